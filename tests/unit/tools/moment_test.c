/* Times as people write them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "tools/moment.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static const uint64_t now_ms = UINT64_C(1719828000000); /* 2024-07-01T10:00:00Z */

static int setup(void **state)
{
    (void)state;
    setenv("TZ", "Europe/Warsaw", 1);
    tzset();
    return 0;
}

static uint64_t read(const char *text)
{
    uint64_t wall_ms = 0;
    assert_int_equal(ERR_OK, moment_read(text, now_ms, &wall_ms));
    return wall_ms;
}

static void day_of_a_moment_is_that_of_utc(void **state)
{
    (void)state;
    assert_int_equal(0, moment_day(DAY_MS - 1));
    assert_int_equal(1, moment_day(DAY_MS));
    /* Half past midnight in Warsaw is the day before in UTC. */
    assert_int_equal(19904, moment_day(read("2024-07-01T00:30")));
    assert_int_equal(19905, moment_day(now_ms));
}

static void times_with_z_are_utc_and_others_local(void **state)
{
    (void)state;
    assert_int_equal(now_ms, read("2024-07-01T10:00Z"));
    assert_int_equal(now_ms, read("2024-07-01T10:00:00Z"));
    assert_int_equal(now_ms, read("2024-07-01T12:00"));
    assert_int_equal(now_ms + 30 * 1000, read("2024-07-01T12:00:30"));
}

static void a_day_means_its_end(void **state)
{
    (void)state;
    assert_int_equal(now_ms + 12 * 60 * 60 * 1000 - 1, read("2024-07-01"));
    /* The day on which clocks go back has 25 hours. */
    assert_int_equal(DAY_MS + 60 * 60 * 1000, read("2024-10-27") - read("2024-10-26"));
}

static void times_ago_are_taken_from_now(void **state)
{
    (void)state;
    assert_int_equal(now_ms - 2 * 60 * 60 * 1000, read("-2h"));
    assert_int_equal(now_ms - 90 * 1000, read("-90s"));
    assert_int_equal(now_ms - (uint64_t)3 * DAY_MS, read("-3d"));
}

static void what_is_no_time_is_refused(void **state)
{
    static const char *const texts[] = {
        "",    "yesterday",  "2024-13-01", "2024-07-01x",         "-", "-2", "-h",
        "-2w", "01.07.2024", "1950-01-01", "-999999999999999999h"};
    uint64_t wall_ms = 0;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(ERR_MALFORMED, moment_read(texts[i], now_ms, &wall_ms));
    }
}

static void times_are_written_as_rfc_3339(void **state)
{
    char text[MOMENT_TEXT_BYTES];
    (void)state;
    moment_utc(now_ms + 7, text);
    assert_string_equal("2024-07-01T10:00:00.007Z", text);
    moment_utc(0, text);
    assert_string_equal("", text);
    moment_local(now_ms, text);
    assert_string_equal("2024-07-01 12:00:00", text);
}

static void ages_are_short(void **state)
{
    char text[MOMENT_TEXT_BYTES];
    (void)state;
    moment_age(0, now_ms, text);
    assert_string_equal("-", text);
    moment_age(now_ms - 90 * 1000, now_ms, text);
    assert_string_equal("90 s", text);
    moment_age(now_ms - 5 * 60 * 1000, now_ms, text);
    assert_string_equal("5 min", text);
    moment_age(now_ms + 1000, now_ms, text);
    assert_string_equal("0 s", text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(day_of_a_moment_is_that_of_utc),
        cmocka_unit_test(times_with_z_are_utc_and_others_local),
        cmocka_unit_test(a_day_means_its_end),
        cmocka_unit_test(times_ago_are_taken_from_now),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(times_are_written_as_rfc_3339),
        cmocka_unit_test(ages_are_short),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
