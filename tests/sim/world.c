#include "tests/sim/world.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world world;

static uint64_t marks[MARK_COUNT];

void world_init(uint64_t seed)
{
    const bool verbose = world.verbose;
    world = (struct world){.seed = seed, .verbose = verbose};
    world.trace = UINT64_C(0xCBF29CE484222325);
    for (uint32_t i = 0; i < WORLD_PROCESSES_MAX; i++) {
        struct process *process = &world.processes[i];
        process->number = i;
        chance_init(&process->chance, seed, 100 + i);
        chance_init(&process->crashes, seed, 200 + i);
        chance_init(&process->disk, seed, 300 + i);
    }
}

bool world_alive(void)
{
    return world_survives(1);
}

bool world_survives(uint32_t times)
{
    struct process *process = world.current;
    world.calls++;
    if (process == NULL || process->number >= WORLD_WATCHERS) {
        return true;
    }
    if (!process->dead && world.faulty &&
        chance_happens(&process->crashes, times * world.faults.crash_ppm)) {
        process->dead = true;
        world_trace_number("crash", process->number);
        world_say("process %u dies", process->number);
        world_mark(process->number == WORLD_BROKER ? MARK_BROKER_CRASHED : MARK_NODE_CRASHED);
    }
    return !process->dead;
}

/* FNV-1a. */
static void trace_bytes(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        world.trace = (world.trace ^ bytes[i]) * UINT64_C(0x100000001B3);
    }
}

void world_trace(const char *what, const void *data, size_t size)
{
    trace_bytes(what, strlen(what));
    trace_bytes(&world.now_ms, sizeof world.now_ms);
    trace_bytes(data, size);
}

void world_trace_number(const char *what, uint64_t number)
{
    world_trace(what, &number, sizeof number);
}

void world_mark(enum mark mark)
{
    marks[mark]++;
}

uint64_t world_marked(enum mark mark)
{
    return marks[mark];
}

const char *world_mark_name(enum mark mark)
{
#define MARK_NAME(name) #name,
    static const char *const names[] = {MARK_LIST(MARK_NAME)};
#undef MARK_NAME
    return names[mark];
}

_Noreturn void world_fail(const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    fprintf(stderr, "seed %" PRIu64 " at %" PRIu64 " ms: VIOLATION: ", world.seed, world.now_ms);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nrepeat with: sim --seed %" PRIu64 " --verbose\n", world.seed);
    /* At once: the run is broken, and no leak of it matters. */
    _Exit(1);
}

void world_say(const char *format, ...)
{
    va_list arguments;
    if (!world.verbose) {
        return;
    }
    printf("%8" PRIu64 " ", world.now_ms);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout);
}
