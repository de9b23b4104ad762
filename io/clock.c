#include "io/clock.h"

#include <assert.h>
#include <time.h>

static uint64_t read_ms(clockid_t which)
{
    struct timespec now;
    const int rc = clock_gettime(which, &now);
    assert(rc == 0);
    assert(now.tv_sec >= 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

uint64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}
