/* The forecast by hand: each state, each word of a target, and dates that can be counted on a
 * calendar. Day 0 is a day like others; amounts are whole units here. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/base/date.h"
#include "core/forecast/forecast.h"

enum { TODAY = 1000, START = 0, END = 2000 };

/* A target of 100, and no events. */
static struct forecast_input hundred(void)
{
    return (struct forecast_input){.op = TARGET_EQ,
                                   .value = 10000,
                                   .value_to = 10000,
                                   .comparable = true,
                                   .today = TODAY,
                                   .starts_on = START,
                                   .ends_on = END,
                                   .point_count = FORECAST_POINTS_MAX};
}

/* So many now, and so many fewer each week before. */
static struct forecast_input steady(int64_t now, int64_t weekly)
{
    struct forecast_input input = hundred();
    for (uint32_t i = 0; i < FORECAST_POINTS_MAX; i++) {
        input.points[i] = 100 * (now - weekly * (int64_t)i);
    }
    return input;
}

static void assert_state(enum forecast_state wanted, struct forecast_input input)
{
    assert_string_equal(forecast_state_text(wanted),
                        forecast_state_text(forecast_of(&input).state));
}

static void no_events_put_a_target_at_risk_without_a_date(void **state)
{
    (void)state;
    const struct forecast_input input = hundred();
    const struct forecast got = forecast_of(&input);
    assert_int_equal(FORECAST_AT_RISK, got.state);
    assert_true(got.has_percent && got.percent == 0);
    assert_true(got.has_change && got.change == 0);
    assert_false(got.has_projection || got.has_range);
    /* 100 in 1000 days are 3.0436875 a month. */
    assert_true(got.has_needed);
    assert_int_equal(305, got.needed_per_month);
}

static void steady_pace_reaches_its_target_on_a_day_that_can_be_counted(void **state)
{
    (void)state;
    /* 30 are missing, 7 come a week: 30 days. */
    const struct forecast_input input = steady(70, 7);
    const struct forecast got = forecast_of(&input);
    assert_int_equal(FORECAST_ON_PACE, got.state);
    assert_int_equal(13, got.week_count);
    assert_int_equal(700, got.change);
    assert_int_equal(7000, got.percent);
    assert_int_equal(3044, got.pace_per_month);
    assert_true(got.has_range);
    assert_int_equal(TODAY + 30, got.projected);
    assert_int_equal(TODAY + 30, got.earliest);
    assert_int_equal(TODAY + 30, got.latest);
}

static void last_day_of_the_period_is_in_time_and_the_next_is_not(void **state)
{
    (void)state;
    struct forecast_input input = steady(70, 7);
    input.ends_on = TODAY + 30;
    assert_state(FORECAST_ON_PACE, input);
    input.ends_on = TODAY + 29;
    assert_state(FORECAST_AT_RISK, input);
}

static void uneven_weeks_give_a_range_of_one_standard_error(void **state)
{
    (void)state;
    /* Weeks of 1 and 3: mean 2, squares 1 + 1, error sqrt(2 / (2 * 1)) = 1. 12 are missing. */
    struct forecast_input input = hundred();
    input.points[0] = 8800;
    input.points[1] = 8700;
    input.points[2] = 8400;
    input.point_count = 3;
    const struct forecast got = forecast_of(&input);
    assert_int_equal(2, got.week_count);
    assert_int_equal(TODAY + 42, got.projected);
    assert_int_equal(TODAY + 28, got.earliest);
    assert_int_equal(TODAY + 84, got.latest);
    /* Weeks of 0 and 4: the error is as large as the pace, and the slow end is never. */
    input.points[1] = 8800;
    const struct forecast wide = forecast_of(&input);
    assert_int_equal(TODAY + 42, wide.projected);
    assert_int_equal(TODAY + 21, wide.earliest);
    assert_int_equal(DATE_MAX, wide.latest);
}

static void one_week_of_data_gives_a_day_and_no_range(void **state)
{
    (void)state;
    struct forecast_input input = steady(10, 10);
    input.starts_on = TODAY - 6;
    input.points[1] = 0;
    const struct forecast got = forecast_of(&input);
    assert_int_equal(1, got.week_count);
    assert_int_equal(FORECAST_ON_PACE, got.state);
    assert_int_equal(TODAY + 63, got.projected);
    assert_false(got.has_range);
    /* A day less, and no week is full. */
    input.starts_on = TODAY - 5;
    const struct forecast none = forecast_of(&input);
    assert_int_equal(FORECAST_UNDEFINED, none.state);
    assert_false(none.has_pace || none.has_projection);
    assert_true(none.has_percent && none.has_needed);
    input.starts_on = TODAY + 100;
    assert_state(FORECAST_UNDEFINED, input);
}

static void weeks_before_the_period_are_not_in_the_pace(void **state)
{
    (void)state;
    struct forecast_input input = steady(70, 0);
    input.points[0] = 7700; /* 7 in the last week, none before */
    input.starts_on = TODAY - 13;
    const struct forecast got = forecast_of(&input);
    assert_int_equal(2, got.week_count);
    /* 23 are missing, 3.5 a week. */
    assert_int_equal(TODAY + 46, got.projected);
}

/* After the end there is nothing to project: the weeks behind the day are not the period's. */
static void after_the_end_there_is_no_pace(void **state)
{
    (void)state;
    struct forecast_input input = steady(70, 7);
    input.ends_on = TODAY;
    assert_true(forecast_of(&input).has_pace);
    input.ends_on = TODAY - 1;
    const struct forecast missed = forecast_of(&input);
    assert_int_equal(FORECAST_CANNOT, missed.state);
    assert_false(missed.has_pace || missed.has_projection || missed.has_range);
    assert_int_equal(0, missed.week_count);
    assert_true(missed.has_change);
    input.points[0] = 10000;
    const struct forecast met = forecast_of(&input);
    assert_int_equal(FORECAST_MET, met.state);
    assert_false(met.has_pace || met.has_projection || met.has_range);
}

static void withdrawals_make_a_negative_change_and_no_date(void **state)
{
    (void)state;
    const struct forecast_input input = steady(50, -2);
    const struct forecast got = forecast_of(&input);
    assert_int_equal(FORECAST_AT_RISK, got.state);
    assert_int_equal(-200, got.change);
    assert_int_equal(-870, got.pace_per_month);
    assert_false(got.has_projection);
    assert_true(got.has_needed);
}

static void met_long_ago_stays_met_after_the_end(void **state)
{
    (void)state;
    struct forecast_input input = steady(100, 0);
    assert_state(FORECAST_MET, input);
    input.ends_on = TODAY - 400;
    const struct forecast got = forecast_of(&input);
    assert_int_equal(FORECAST_MET, got.state);
    assert_int_equal(10000, got.percent);
    assert_false(got.above || got.has_needed || got.has_projection);
}

static void what_is_missing_after_the_end_cannot_be_met(void **state)
{
    (void)state;
    struct forecast_input input = steady(99, 7);
    input.ends_on = TODAY;
    assert_state(FORECAST_AT_RISK, input); /* the last day is not over */
    input.ends_on = TODAY - 1;
    const struct forecast got = forecast_of(&input);
    assert_int_equal(FORECAST_CANNOT, got.state);
    assert_false(got.has_needed || got.has_projection);
    assert_int_equal(9900, got.percent);
}

/* The least that meets it, and the first that is more than planned, in hundredths. */
static void words_of_targets_mean_what_is_written_down(void **state)
{
    (void)state;
    static const struct claim {
        enum target_op op;
        int64_t value, value_to;
        int64_t least, above; /* above 0: never */
    } claims[] = {
        {TARGET_EQ, 10000, 10000, 10000, 10001},    {TARGET_EQ, 2000, 2500, 2000, 2501},
        {TARGET_GE, 10000, 10000, 10000, 0},        {TARGET_GT, 10000, 10000, 10001, 0},
        {TARGET_APPROX, 10000, 10000, 9000, 11001}, {TARGET_APPROX, 4500, 4500, 4050, 4951},
        {TARGET_APPROX, 105, 105, 95, 116},         {TARGET_TEEN, 0, 0, 1100, 1901},
        {TARGET_PER, 400, 400, 400, 401},
    };
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct forecast_input input = hundred();
        input.op = claims[i].op;
        input.value = claims[i].value;
        input.value_to = claims[i].value_to;
        input.points[0] = claims[i].least;
        assert_state(FORECAST_MET, input);
        assert_int_equal(claims[i].least, forecast_of(&input).goal);
        input.points[0] = claims[i].least - 1;
        assert_true(forecast_of(&input).state != FORECAST_MET);
        input.points[0] = claims[i].above > 0 ? claims[i].above : INT64_C(1) << 40;
        assert_int_equal(claims[i].above > 0, forecast_of(&input).above);
        input.points[0] = claims[i].above > 0 ? claims[i].above - 1 : 0;
        assert_false(forecast_of(&input).above);
    }
}

/* Also at the ends of the range: what is above it is above nothing. */
static void largest_numbers_are_exact(void **state)
{
    (void)state;
    struct forecast_input input = hundred();
    input.op = TARGET_APPROX;
    input.value = input.value_to = INT64_C(9000000000000000000);
    input.points[0] = INT64_C(8100000000000000000);
    assert_state(FORECAST_MET, input);
    assert_int_equal(input.points[0], forecast_of(&input).goal);
    input.points[0]--;
    assert_true(forecast_of(&input).state != FORECAST_MET);
    input.points[0] = INT64_MAX;
    assert_false(forecast_of(&input).above);
    input.value = input.value_to = INT64_C(8000000000000000000);
    input.points[0] = INT64_C(8800000000000000000);
    assert_false(forecast_of(&input).above);
    input.points[0]++;
    assert_true(forecast_of(&input).above);
    input.op = TARGET_GT;
    input.value = input.value_to = INT64_MAX;
    assert_true(forecast_of(&input).goal == INT64_MAX);
    assert_state(FORECAST_CANNOT, input);
    input.points[0] = INT64_MAX;
    assert_state(FORECAST_CANNOT, input);
    input.op = TARGET_GE;
    assert_state(FORECAST_MET, input);
}

static void what_leaves_the_range_stands_at_its_end(void **state)
{
    (void)state;
    struct forecast_input input = hundred();
    input.value = input.value_to = INT64_MAX;
    input.points[0] = INT64_MIN;
    input.points[1] = INT64_MAX;
    input.point_count = 2;
    input.ends_on = TODAY + 1;
    const struct forecast got = forecast_of(&input);
    assert_true(got.change == INT64_MIN && got.pace_per_month == INT64_MIN);
    assert_true(got.needed_per_month == INT64_MAX);
    input.value = input.value_to = 1;
    input.points[0] = INT64_MAX;
    assert_true(forecast_of(&input).percent == INT64_MAX);
}

static void averages_and_ratios_have_no_pace(void **state)
{
    (void)state;
    struct forecast_input input = steady(70, 7);
    input.op = TARGET_AVG;
    assert_state(FORECAST_UNDEFINED, input); /* a sum is no average */
    input.level = true;
    const struct forecast got = forecast_of(&input);
    assert_int_equal(FORECAST_AT_RISK, got.state);
    assert_true(got.has_percent && got.has_change);
    assert_false(got.has_pace || got.has_projection || got.has_needed);
    input.points[0] = 10000;
    assert_state(FORECAST_MET, input);
    input.point_count = 0;
    const struct forecast none = forecast_of(&input);
    assert_int_equal(FORECAST_UNDEFINED, none.state);
    assert_false(none.has_percent || none.has_change);
}

static void what_cannot_be_compared_has_no_percent(void **state)
{
    (void)state;
    struct forecast_input input = steady(70, 7);
    input.op = TARGET_NONE;
    assert_state(FORECAST_NO_TARGET, input);
    assert_false(forecast_of(&input).has_percent);
    assert_true(forecast_of(&input).has_pace);
    input = steady(70, 7);
    input.comparable = false;
    assert_state(FORECAST_UNDEFINED, input);
    assert_false(forecast_of(&input).has_percent);
    input = steady(70, 7);
    input.value = input.value_to = 0;
    assert_state(FORECAST_MET, input);
    assert_false(forecast_of(&input).has_percent);
    input.op = TARGET_TEEN;
    assert_false(forecast_of(&input).has_percent);
}

static void percents_are_rounded_half_away_from_zero(void **state)
{
    (void)state;
    struct forecast_input input = hundred();
    input.value = input.value_to = 80000; /* 1 of 800 is 0.125 %, 12.5 hundredths */
    input.points[0] = 100;
    assert_int_equal(13, forecast_of(&input).percent);
    input.points[0] = -100;
    assert_int_equal(-13, forecast_of(&input).percent);
    input.value = input.value_to = 15000;
    input.points[0] = 14800;
    assert_int_equal(9867, forecast_of(&input).percent);
    input.value = input.value_to = INT64_C(1) << 60;
    input.points[0] = INT64_C(1) << 59;
    assert_int_equal(5000, forecast_of(&input).percent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_events_put_a_target_at_risk_without_a_date),
        cmocka_unit_test(steady_pace_reaches_its_target_on_a_day_that_can_be_counted),
        cmocka_unit_test(last_day_of_the_period_is_in_time_and_the_next_is_not),
        cmocka_unit_test(uneven_weeks_give_a_range_of_one_standard_error),
        cmocka_unit_test(one_week_of_data_gives_a_day_and_no_range),
        cmocka_unit_test(weeks_before_the_period_are_not_in_the_pace),
        cmocka_unit_test(after_the_end_there_is_no_pace),
        cmocka_unit_test(withdrawals_make_a_negative_change_and_no_date),
        cmocka_unit_test(met_long_ago_stays_met_after_the_end),
        cmocka_unit_test(what_is_missing_after_the_end_cannot_be_met),
        cmocka_unit_test(words_of_targets_mean_what_is_written_down),
        cmocka_unit_test(largest_numbers_are_exact),
        cmocka_unit_test(what_leaves_the_range_stands_at_its_end),
        cmocka_unit_test(averages_and_ratios_have_no_pace),
        cmocka_unit_test(what_cannot_be_compared_has_no_percent),
        cmocka_unit_test(percents_are_rounded_half_away_from_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
