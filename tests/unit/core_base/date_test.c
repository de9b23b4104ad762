/* Dates, held against a calendar that only ever steps from one day to the next. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/date.h"

/* The day after, by the rules that everybody knows. */
static struct date next_day(struct date date)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = date.year % 400 == 0 || (date.year % 4 == 0 && date.year % 100 != 0);
    const int last = month_days[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
    if (date.day < last) {
        return (struct date){date.year, date.month, date.day + 1};
    }
    if (date.month < 12) {
        return (struct date){date.year, date.month + 1, 1};
    }
    return (struct date){date.year + 1, 1, 1};
}

static bool same(struct date a, struct date b)
{
    return a.year == b.year && a.month == b.month && a.day == b.day;
}

static void date_zero_is_the_first_of_january_1970(void **state)
{
    (void)state;
    assert_int_equal(0, date_days((struct date){1970, 1, 1}));
    assert_int_equal(15095, date_days((struct date){2011, 5, 1}));
}

static void date_min_and_max_are_the_ends_of_the_five_centuries(void **state)
{
    (void)state;
    assert_true(same(date_of(DATE_MIN), (struct date){1800, 1, 1}));
    assert_true(same(date_of(DATE_MAX), (struct date){2299, 12, 31}));
}

static void date_steps_through_every_day_there_is(void **state)
{
    struct date date = {1800, 1, 1};
    (void)state;
    for (int32_t days = DATE_MIN; days <= DATE_MAX; days++) {
        assert_true(date_exists(date));
        assert_int_equal(days, date_days(date));
        assert_true(same(date, date_of(days)));
        date = next_day(date);
    }
    assert_false(date_exists(date));
}

static void date_exists_for_as_many_days_as_there_are(void **state)
{
    int32_t count = 0;
    (void)state;
    for (int year = 1799; year <= 2300; year++) {
        for (int month = -1; month <= 13; month++) {
            for (int day = -1; day <= 32; day++) {
                count += date_exists((struct date){year, month, day}) ? 1 : 0;
            }
        }
    }
    assert_int_equal(DATE_MAX - DATE_MIN + 1, count);
}

static void date_text_is_read_back_on_every_day(void **state)
{
    char text[DATE_TEXT_BYTES];
    (void)state;
    for (int32_t days = DATE_MIN; days <= DATE_MAX; days++) {
        int32_t back = 0;
        date_format(days, text);
        assert_int_equal(DATE_TEXT_BYTES - 1, strlen(text));
        assert_int_equal(ERR_OK, date_parse(bytes_text(text), &back));
        assert_int_equal(days, back);
    }
}

static void date_is_written_as_iso(void **state)
{
    char text[DATE_TEXT_BYTES];
    (void)state;
    date_format(date_days((struct date){2013, 2, 9}), text);
    assert_string_equal("2013-02-09", text);
}

static void date_is_read_in_the_polish_way_too(void **state)
{
    static const char *const texts[] = {"2011-05-01", "01.05.2011", "1.5.2011", "01.5.2011"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t days = 0;
        assert_int_equal(ERR_OK, date_parse(bytes_text(texts[i]), &days));
        assert_int_equal(15095, days);
    }
}

static void date_of_another_form_is_malformed(void **state)
{
    static const char *const texts[] = {
        "",           " 2011-05-01", "2011-05-01 ", "2011-5-1",      "11-05-01",   "2011/05/01",
        "01-05-2011", "1.5.11",      "1.5.",        "1.5.02011",     "001.5.2011", ".5.2011",
        "2011.05.01", "20110501",    "2011-05-011", "2011-05-0\xc2", "a",          "1,5,2011"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int32_t days = 77;
        assert_int_equal(ERR_MALFORMED, date_parse(bytes_text(texts[i]), &days));
        assert_int_equal(77, days);
    }
}

static void date_that_does_not_exist_is_out_of_range(void **state)
{
    static const char *const texts[] = {"2011-02-29", "1900-02-29", "2100-02-29", "30.2.2012",
                                        "2011-04-31", "2011-13-01", "2011-00-01", "2011-01-00",
                                        "2011-01-32", "1799-12-31", "2300-01-01", "0000-01-01"};
    int32_t days = 77;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(ERR_RANGE, date_parse(bytes_text(texts[i]), &days));
        assert_int_equal(77, days);
    }
    assert_int_equal(ERR_OK, date_parse(bytes_text("2000-02-29"), &days));
    assert_int_equal(ERR_OK, date_parse(bytes_text("2012-02-29"), &days));
}

static int age(int year, int month, int day, int on_year, int on_month, int on_day)
{
    return date_age(date_days((struct date){year, month, day}),
                    date_days((struct date){on_year, on_month, on_day}));
}

static void age_changes_on_the_birthday(void **state)
{
    (void)state;
    assert_int_equal(24, age(1986, 5, 2, 2011, 5, 1));
    assert_int_equal(25, age(1986, 5, 2, 2011, 5, 2));
    assert_int_equal(25, age(1986, 5, 2, 2012, 5, 1));
    assert_int_equal(0, age(2011, 5, 1, 2011, 5, 1));
}

static void age_of_one_born_on_the_leap_day_changes_on_the_first_of_march(void **state)
{
    (void)state;
    assert_int_equal(18, age(1992, 2, 29, 2011, 2, 28));
    assert_int_equal(19, age(1992, 2, 29, 2011, 3, 1));
    assert_int_equal(19, age(1992, 2, 29, 2012, 2, 28));
    assert_int_equal(20, age(1992, 2, 29, 2012, 2, 29));
}

static void age_before_the_birth_is_negative(void **state)
{
    (void)state;
    assert_int_equal(-1, age(2011, 5, 2, 2011, 5, 1));
    assert_int_equal(-1, age(2011, 5, 2, 2010, 5, 2));
    assert_int_equal(-2, age(2011, 5, 2, 2010, 5, 1));
}

static void age_grows_by_one_on_one_day_of_every_year(void **state)
{
    const int32_t birth = date_days((struct date){1964, 2, 29});
    int32_t growths = 0;
    (void)state;
    for (int32_t day = birth; day < DATE_MAX; day++) {
        const int step = date_age(birth, day + 1) - date_age(birth, day);
        assert_true(step == 0 || step == 1);
        growths += step;
    }
    assert_int_equal(2299 - 1964, growths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(date_zero_is_the_first_of_january_1970),
        cmocka_unit_test(date_min_and_max_are_the_ends_of_the_five_centuries),
        cmocka_unit_test(date_steps_through_every_day_there_is),
        cmocka_unit_test(date_exists_for_as_many_days_as_there_are),
        cmocka_unit_test(date_text_is_read_back_on_every_day),
        cmocka_unit_test(date_is_written_as_iso),
        cmocka_unit_test(date_is_read_in_the_polish_way_too),
        cmocka_unit_test(date_of_another_form_is_malformed),
        cmocka_unit_test(date_that_does_not_exist_is_out_of_range),
        cmocka_unit_test(age_changes_on_the_birthday),
        cmocka_unit_test(age_of_one_born_on_the_leap_day_changes_on_the_first_of_march),
        cmocka_unit_test(age_before_the_birth_is_negative),
        cmocka_unit_test(age_grows_by_one_on_one_day_of_every_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
