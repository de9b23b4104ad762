/* progress: how far a long work is, on standard error: a line that renews itself on a terminal
 * after half a second, else a line now and then. */
#ifndef TOOLS_PROGRESS_H
#define TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Open, in the caller's storage; start with progress_start(). */
struct progress {
    const char *what, *unit;
    uint64_t total; /* 0: not known */
    uint64_t started_ms, next_ms;
    bool terminal, shown;
};

void progress_start(struct progress *self, const char *what, const char *unit, uint64_t total);
void progress_tell(struct progress *self, uint64_t done);

/* Takes the line away. */
void progress_end(struct progress *self);

#endif
