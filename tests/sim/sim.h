/* sim: one run of a whole exchange under one seed. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <stdint.h>

/* What a run has come to, for people and for comparing. */
struct sim_result {
    uint64_t trace; /* digest of all that happened */
    uint64_t simulated_ms, calls, log_size;
};

/* Runs the seed; ends the program where a promise is broken. */
struct sim_result sim_run(uint64_t seed);

#endif
