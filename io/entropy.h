/* entropy: unpredictable bytes from the system. */
#ifndef IO_ENTROPY_H
#define IO_ENTROPY_H

#include <stddef.h>

void entropy_fill(void *out, size_t size);

#endif
