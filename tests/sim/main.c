/* sim: runs the simulated exchange under one seed or many.
 *
 *   sim --seeds N [--first S]       N seeds in a row
 *   sim --seed S [--verbose]        one seed, told step by step
 *   sim --repeat N                  each of N seeds twice: they must come to the same
 *   sim --expect-violation N        succeeds only if one of N seeds breaks a promise
 *   --marks                         and all SOMETIMES marks must be reached */
#include <argp.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/sealing.h"
#include "tests/sim/sim.h"
#include "tests/sim/world.h"

enum { KEY_FIRST = 1000, KEY_SEEDS, KEY_SEED, KEY_REPEAT, KEY_EXPECT, KEY_MARKS };

struct arguments {
    uint64_t first, count, expect, repeat;
    bool marks;
};

static const struct argp_option options[] = {
    {"first", KEY_FIRST, "S", 0, "The first seed", 0},
    {"seeds", KEY_SEEDS, "N", 0, "How many seeds in a row", 0},
    {"seed", KEY_SEED, "S", 0, "This seed only", 0},
    {"verbose", 'v', NULL, 0, "Tell what happens", 0},
    {"repeat", KEY_REPEAT, "N", 0, "Run each of N seeds twice", 0},
    {"expect-violation", KEY_EXPECT, "N", 0, "Succeed if one of N seeds fails", 0},
    {"marks", KEY_MARKS, NULL, 0, "Fail unless every mark was reached", 0},
    {0}};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    const uint64_t number = value != NULL ? strtoull(value, NULL, 10) : 0;
    switch (key) {
    case KEY_FIRST:
        arguments->first = number;
        return 0;
    case KEY_SEEDS:
        arguments->count = number;
        return 0;
    case KEY_SEED:
        arguments->first = number;
        arguments->count = 1;
        return 0;
    case KEY_REPEAT:
        arguments->repeat = number;
        return 0;
    case KEY_EXPECT:
        arguments->expect = number;
        return 0;
    case KEY_MARKS:
        arguments->marks = true;
        return 0;
    case 'v':
        world.verbose = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* An assertion of the code under test has failed. */
static void tell_seed(int signal_number)
{
    char text[128];
    const int size = snprintf(text, sizeof text,
                              "seed %" PRIu64 " at %" PRIu64 " ms: VIOLATION: an assertion failed\n"
                              "repeat with: sim --seed %" PRIu64 " --verbose\n",
                              world.seed, world.now_ms, world.seed);
    (void)signal_number;
    if (size > 0 && write(STDERR_FILENO, text, (size_t)size) < 0) {
        _exit(2);
    }
    _exit(1);
}

static void run_seeds(const struct arguments *arguments)
{
    struct sim_result sum = {0};
    for (uint64_t i = 0; i < arguments->count; i++) {
        const struct sim_result result = sim_run(arguments->first + i);
        sum.simulated_ms += result.simulated_ms;
        sum.calls += result.calls;
        sum.log_size += result.log_size;
        if (arguments->count == 1) {
            printf("seed %" PRIu64 ": trace %016" PRIx64 "\n", arguments->first, result.trace);
        }
    }
    printf("%" PRIu64 " seeds: %" PRIu64 " simulated minutes, %" PRIu64
           " entries of the log, %" PRIu64 " calls of edges\n",
           arguments->count, sum.simulated_ms / 60000, sum.log_size, sum.calls);
}

static int check_marks(void)
{
    int missing = 0;
    for (int i = 0; i < MARK_COUNT; i++) {
        const uint64_t count = world_marked((enum mark)i);
        printf("%-26s %" PRIu64 "%s\n", world_mark_name((enum mark)i), count,
               count == 0 ? "  NEVER REACHED" : "");
        missing += count == 0 ? 1 : 0;
    }
    return missing > 0 ? 1 : 0;
}

static int repeat(const struct arguments *arguments)
{
    for (uint64_t i = 0; i < arguments->repeat; i++) {
        const uint64_t seed = arguments->first + i;
        const uint64_t once = sim_run(seed).trace, again = sim_run(seed).trace;
        if (once != again) {
            fprintf(stderr, "seed %" PRIu64 " does not repeat: %016" PRIx64 " and %016" PRIx64 "\n",
                    seed, once, again);
            return 1;
        }
    }
    return 0;
}

/* The planted bug must be found: a child runs the seeds and must fail. */
static int expect_violation(struct arguments *arguments)
{
    int status = 0;
    const pid_t child = fork();
    if (child == 0) {
        arguments->count = arguments->expect;
        run_seeds(arguments);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return 2;
    }
    const bool found = !WIFEXITED(status) || WEXITSTATUS(status) == 1;
    printf(found ? "found\n" : "NOT FOUND in %" PRIu64 " seeds\n", arguments->expect);
    return found ? 0 : 1;
}

int main(int count, char **words)
{
    static const struct argp argp = {
        .options = options, .parser = parse, .doc = "Simulates an exchange under seeds."};
    struct arguments arguments = {.first = 1, .count = 1};
    argp_parse(&argp, count, words, 0, NULL, &arguments);
    if (sealing_start() != ERR_OK) {
        return 2;
    }
    signal(SIGABRT, tell_seed);
    if (arguments.expect > 0) {
        return expect_violation(&arguments);
    }
    if (arguments.repeat > 0) {
        return repeat(&arguments);
    }
    run_seeds(&arguments);
    return arguments.marks ? check_marks() : 0;
}
