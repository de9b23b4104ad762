/* stages: what is measured, each a process of its own: it prints "name value" for each figure. */
#ifndef TESTS_BENCH_STAGES_H
#define TESTS_BENCH_STAGES_H

#include <stdint.h>

struct stage_options {
    const char *folder;
    const char *endpoint; /* of the broker; null where the stage needs none */
    uint64_t samples;     /* of the latency stage */
};

/* Runs the stage of that name; false where there is none. Ends the process where one fails. */
int stages_run(const char *name, const struct stage_options *options);

#endif
