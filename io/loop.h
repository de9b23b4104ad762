/* loop: waits for descriptors, a deadline, or a signal to stop. */
#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct loop;

/* Blocks INT, TERM and HUP in this thread (call before any other thread starts and before any
 * file is opened) and takes them from a descriptor; standard descriptors that are closed are
 * opened on /dev/null, lest a store's file become standard error. Gives a loop; free with
 * loop_free(). Errors: ERR_IO, ERR_MEMORY. */
MUST_CHECK enum err loop_new(struct loop **out);
void loop_free(struct loop **self);

/* Waits until one of count descriptors (at most 32; negative ones are passed over) is readable,
 * deadline_ms (monotonic; UINT64_MAX: none) has passed, or a signal came. Errors: ERR_IO. */
MUST_CHECK enum err loop_wait(struct loop *self, const int *descriptors, uint32_t count,
                              uint64_t deadline_ms);

/* Whether INT or TERM has come. */
bool loop_stopping(const struct loop *self);

#endif
