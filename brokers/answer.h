/* answer: what a question that cannot be answered gets instead. */
#ifndef BROKERS_ANSWER_H
#define BROKERS_ANSWER_H

#include <stdint.h>

#include <jansson.h>

/* Gives {"error": sentence}, without whatever may not be shown, to *out, which the caller releases.
 * Returns the code, one of sysexits.h. */
uint32_t answer_fault(uint32_t code, json_t **out, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
