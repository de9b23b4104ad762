#include "tools/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "io/clock.h"

enum { FIRST_MS = 500, TERMINAL_MS = 200, LINE_MS = 10 * 1000 };

void progress_start(struct progress *self, const char *what, const char *unit, uint64_t total)
{
    *self = (struct progress){.what = what,
                              .unit = unit,
                              .total = total,
                              .started_ms = clock_monotonic_ms(),
                              .terminal = isatty(STDERR_FILENO) == 1};
    self->next_ms = self->started_ms + (self->terminal ? FIRST_MS : LINE_MS);
}

void progress_tell(struct progress *self, uint64_t done)
{
    const uint64_t now = clock_monotonic_ms();
    if (now < self->next_ms) {
        return;
    }
    const uint64_t rate = done * 1000 / (now - self->started_ms + 1);
    const char *before = self->terminal ? "\r\033[K" : "";
    const char *after = self->terminal ? "" : "\n";
    if (self->total > 0) {
        fprintf(stderr, "%s%s: %" PRIu64 " %%  %" PRIu64 " / %" PRIu64 " %s  %" PRIu64 "/s%s",
                before, self->what, done * 100 / self->total, done, self->total, self->unit, rate,
                after);
    } else {
        fprintf(stderr, "%s%s: %" PRIu64 " %s  %" PRIu64 "/s%s", before, self->what, done,
                self->unit, rate, after);
    }
    fflush(stderr);
    self->shown = true;
    self->next_ms = now + (self->terminal ? TERMINAL_MS : LINE_MS);
}

void progress_end(struct progress *self)
{
    if (self->shown && self->terminal) {
        fputs("\r\033[K", stderr);
    }
}
