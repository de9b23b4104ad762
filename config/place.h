/* place: where in a file a fault is, and filling in a struct config_fault. */
#ifndef CONFIG_PLACE_H
#define CONFIG_PLACE_H

#include <stdint.h>

#include "config/fault.h"
#include "core/base/err.h"

struct place {
    uint32_t line, column; /* from 1; 0: the whole file */
};

/* Fills *fault and returns ERR_CONFIG. A text that is too long is cut between two characters. */
enum err place_fault(struct config_fault *fault, struct place place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
