/* demo_processes: the programs that a demo starts, watches and ends.
 *
 * While it is open, the signals that ask this process to end are kept back and told by the calls
 * below. Children stand in process groups of their own, so a terminal's Ctrl-C reaches this process
 * alone, which ends them in order; they die with this process however it dies. */
#ifndef TOOLS_DEMO_PROCESSES_H
#define TOOLS_DEMO_PROCESSES_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/err.h"

struct demo_processes;

enum {
    DEMO_PROCESSES_MAX = 64,
    DEMO_PROCESSES_RUNS_MAX = 4, /* side by side */
    DEMO_PROCESSES_NAME_BYTES = 32,
    DEMO_PROCESSES_OUTPUT_MAX = 64 << 20
};

enum demo_processes_news {
    DEMO_PROCESSES_QUIET,
    DEMO_PROCESSES_STOP, /* this process was asked to end */
    DEMO_PROCESSES_ENDED /* a child that should have gone on: see demo_processes_ended() */
};

/* Gives an empty list; close with demo_processes_close(), which ends what still runs and gives the
 * signals back. Errors: ERR_MEMORY, ERR_IO. */
MUST_CHECK enum err demo_processes_open(struct demo_processes **out);
void demo_processes_close(struct demo_processes **self);

/* Ends all children, the last started first: TERM, and KILL five seconds later or when this process
 * is asked to end once more. */
void demo_processes_end(struct demo_processes *self);

/* Starts a program that goes on; both its outputs are appended to the file log. words is as for
 * execv(), words[0] the program's path. Errors: ERR_FULL, too many; ERR_IO. */
struct demo_processes_program {
    const char *name; /* for people: "broker" */
    const char *const *words;
    const char *log;
};
MUST_CHECK enum err demo_processes_start(struct demo_processes *self,
                                         const struct demo_processes_program *program);

/* Runs programs side by side to their ends, at most DEMO_PROCESSES_RUNS_MAX: statuses[i] is the
 * exit code of runs[i] (128 + the signal where it was killed); what it wrote is appended to its
 * output and complaint. *news is other than QUIET where that came between; then the programs were
 * ended. Errors: ERR_IO, ERR_TIMEOUT, ERR_MEMORY, ERR_FULL. */
struct demo_processes_run {
    const char *const *words;
    const char *folder; /* where it runs; null: where this process does */
    uint64_t timeout_ms;
    struct buffer *output, *complaint;
};
MUST_CHECK enum err demo_processes_run(struct demo_processes *self,
                                       const struct demo_processes_run *runs, uint32_t count,
                                       int *statuses, enum demo_processes_news *news);

/* Waits until something is to be told, at most so long; UINT64_MAX: for ever. */
enum demo_processes_news demo_processes_wait(struct demo_processes *self, uint64_t ms);

/* The signal that asked for the STOP, or 0. */
int demo_processes_signal(const struct demo_processes *self);

/* The name, the log and the exit code (as above) of the child that ended by itself; the name is
 * null where none did. Borrowed. */
struct demo_processes_death {
    const char *name, *log;
    int status;
};
struct demo_processes_death demo_processes_ended(const struct demo_processes *self);

#endif
