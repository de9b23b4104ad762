/* The small edges of the simulator: clock, entropy and log. */
#include <stdarg.h>
#include <stdio.h>

#include "io/clock.h"
#include "io/entropy.h"
#include "io/log.h"
#include "io/polish.h"
#include "tests/sim/world.h"

static const uint64_t epoch_ms = UINT64_C(86400000) * WORLD_EPOCH_DAY + UINT64_C(43200000);

uint64_t clock_monotonic_ms(void)
{
    return world.now_ms + (world.current != NULL ? world.current->monotonic_offset_ms : 0);
}

uint64_t clock_wall_ms(void)
{
    const int64_t offset = world.current != NULL ? world.current->wall_offset_ms : 0;
    return epoch_ms + world.now_ms + (uint64_t)offset;
}

void entropy_fill(void *out, size_t size)
{
    static struct chance nobody = {.state = 1};
    chance_fill(world.current != NULL ? &world.current->chance : &nobody, out, size);
}

void log_level_set(enum log_level level)
{
    (void)level;
}

void log_level_named(const char *name)
{
    (void)name;
}

void log_line(enum log_level level, const char *id, const char *sentence, const char *pairs, ...)
{
    char text[1024] = "";
    va_list arguments;
    if (!world.verbose) {
        return;
    }
    va_start(arguments, pairs);
    if (pairs != NULL) {
        vsnprintf(text, sizeof text, pairs, arguments);
    }
    va_end(arguments);
    world_say("  %u %s %s: %s %s", world.current != NULL ? world.current->number : 99,
              level == LOG_ERROR     ? "ERROR"
              : level == LOG_WARNING ? "WARNING"
                                     : "info",
              id, sentence, text);
}

bool polish_open(const char *folder)
{
    (void)folder;
    return false;
}

const char *polish_of(const char *english)
{
    return english;
}
