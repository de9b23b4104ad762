/* clock: the two times. Only edges and shells ask; machines are told. */
#ifndef IO_CLOCK_H
#define IO_CLOCK_H

#include <stdint.h>

/* Since some fixed moment; never goes back. */
uint64_t clock_monotonic_ms(void);

/* Since 1970-01-01 UTC; may jump. */
uint64_t clock_wall_ms(void);

#endif
