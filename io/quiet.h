/* quiet: work during which threads are started that must never take a signal. */
#ifndef IO_QUIET_H
#define IO_QUIET_H

#include "core/base/err.h"

/* Does the work with all signals blocked, and then lets them in as before. Errors: the work's. */
MUST_CHECK enum err quiet_do(enum err (*work)(void *context), void *context);

#endif
