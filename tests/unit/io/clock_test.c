/* The clock and the entropy: little can be claimed, that much must hold. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "io/clock.h"
#include "io/entropy.h"

static void the_monotonic_clock_never_goes_back(void **state)
{
    (void)state;
    uint64_t last = clock_monotonic_ms();
    for (int i = 0; i < 100000; i++) {
        const uint64_t now = clock_monotonic_ms();
        assert_true(now >= last);
        last = now;
    }
}

static void the_wall_clock_counts_milliseconds_since_1970(void **state)
{
    (void)state;
    const uint64_t before = (uint64_t)time(NULL);
    const uint64_t now = clock_wall_ms();
    assert_true(now / 1000 + 1 >= before);
    assert_true(now / 1000 <= (uint64_t)time(NULL));
}

static void entropy_fills_all_bytes_anew(void **state)
{
    (void)state;
    static uint8_t first[4096];
    static uint8_t second[4096];
    uint8_t seen = 0;
    entropy_fill(first, sizeof(first));
    entropy_fill(second, sizeof(second));
    assert_memory_not_equal(first, second, sizeof(first));
    for (size_t i = sizeof(first) - 16; i < sizeof(first); i++) {
        seen |= first[i];
    }
    assert_int_not_equal(0, seen);
    entropy_fill(NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_monotonic_clock_never_goes_back),
        cmocka_unit_test(the_wall_clock_counts_milliseconds_since_1970),
        cmocka_unit_test(entropy_fills_all_bytes_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
