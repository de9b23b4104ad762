/* The happy path is: 1. the goal from the target's words; 2. percent and change; 3. the pace of the
 * weeks; 4. the day, its range and what is needed; 5. the state. Nothing can go wrong: what cannot
 * be told is left out. */
#include "core/forecast/forecast.h"

#include <assert.h>

#include "core/base/date.h"

enum { TEEN_FROM = 1100, TEEN_TO = 1900 };

#define MONTH_DAYS (365.2425 / 12.0)

#define RANGE_END 9223372036854775808.0 /* 2^63, which a double holds exactly */

/* What lies beyond the range stands at its end. */
static int64_t whole_of(double value)
{
    return value >= RANGE_END ? INT64_MAX : value < -RANGE_END ? INT64_MIN : (int64_t)value;
}

static int64_t round_up(double value)
{
    const int64_t whole = whole_of(value);
    return whole < INT64_MAX && (double)whole < value ? whole + 1 : whole;
}

static int64_t round_half(double value)
{
    return whole_of(value < 0 ? value - 0.5 : value + 0.5);
}

/* b is not negative. */
static int64_t sum_of(int64_t a, int64_t b)
{
    return a > INT64_MAX - b ? INT64_MAX : a + b;
}

static int64_t difference_of(int64_t a, int64_t b)
{
    if (b < 0 ? a > INT64_MAX + b : a < INT64_MIN + b) {
        return b < 0 ? INT64_MAX : INT64_MIN;
    }
    return a - b;
}

/* By Newton's steps from above; core calls no mathematics of the system's. */
static double root_of(double square)
{
    double root = square > 1.0 ? square : 1.0;
    for (double next = (root + square / root) / 2.0; next < root;
         next = (root + square / root) / 2.0) {
        root = next;
    }
    return root;
}

/* 10000 * part / whole, half away from zero. whole > 0. */
static int64_t percent_of(int64_t part, int64_t whole)
{
    if (part > INT64_MAX / 20001 || part < -(INT64_MAX / 20001) || whole > INT64_MAX / 4) {
        return round_half((double)part / (double)whole * 10000.0);
    }
    const int64_t twice = 20000 * part;
    return (part < 0 ? twice - whole : twice + whole) / (2 * whole);
}

/* ---- the goal ---- */

struct goal {
    bool there;
    bool beyond;         /* no number reaches it */
    int64_t least, most; /* most: the upper end of what is planned */
    int64_t base;        /* what 100 % is; 0: none */
};

static struct goal goal_of(const struct forecast_input *input)
{
    const int64_t from = input->value;
    const int64_t to = input->value_to > from ? input->value_to : from;
    struct goal goal = {.there = true, .least = from, .most = to, .base = from};
    switch (input->op) {
    case TARGET_NONE:
    case TARGET_OP_COUNT:
        return (struct goal){0};
    case TARGET_EQ:
    case TARGET_PER:
        break;
    case TARGET_GE:
        goal.most = INT64_MAX;
        break;
    case TARGET_GT:
        goal.least = sum_of(from, 1);
        goal.beyond = from == INT64_MAX;
        goal.most = INT64_MAX;
        break;
    case TARGET_APPROX:
        goal.least = from - from / 10;
        goal.most = sum_of(to, to / 10);
        break;
    case TARGET_AVG:
        goal.there = input->level;
        break;
    case TARGET_TEEN:
        goal = (struct goal){.there = true, .least = TEEN_FROM, .most = TEEN_TO};
        break;
    }
    return goal;
}

/* ---- the pace ---- */

struct pace {
    uint32_t weeks;
    double mean, error; /* a week; error below 0: not known */
};

static struct pace pace_of(const struct forecast_input *input)
{
    const bool over = input->today > input->ends_on;
    const int32_t days = input->today - input->starts_on + 1;
    const uint32_t full = days > 0 && !over ? (uint32_t)days / 7 : 0;
    struct pace pace = {.weeks = input->point_count > 0 ? input->point_count - 1 : 0};
    pace.weeks = full < pace.weeks ? full : pace.weeks;
    pace.error = -1.0;
    if (pace.weeks == 0) {
        return pace;
    }
    const double count = (double)pace.weeks;
    double squares = 0.0;
    pace.mean = (double)difference_of(input->points[0], input->points[pace.weeks]) / count;
    for (uint32_t i = 0; i < pace.weeks; i++) {
        const double week = (double)difference_of(input->points[i], input->points[i + 1]);
        const double off = week - pace.mean;
        squares += off * off;
    }
    if (pace.weeks > 1) {
        pace.error = root_of(squares / (count * (count - 1.0)));
    }
    return pace;
}

/* The first day on which so much more is there at a weekly pace; DATE_MAX: none. */
static int32_t day_of(const struct forecast_input *input, double missing, double weekly)
{
    if (weekly <= 0.0) {
        return DATE_MAX;
    }
    const double days = 7.0 * missing / weekly;
    const double room = (double)(DATE_MAX - input->today);
    return days < room ? input->today + (int32_t)round_up(days) : DATE_MAX;
}

static void project(const struct forecast_input *input, const struct pace *pace,
                    struct forecast *out)
{
    const double missing = (double)difference_of(out->goal, input->points[0]);
    const double total = (double)difference_of(input->points[0], input->points[pace->weeks]);
    /* Whole weeks are multiplied before they are divided: a day that is exact stays so. */
    out->projected = day_of(input, missing * (double)pace->weeks, total);
    out->has_projection = out->projected < DATE_MAX;
    out->has_range = out->has_projection && pace->error >= 0.0;
    if (out->has_range) {
        const bool steady = pace->error == 0.0;
        out->earliest = steady ? out->projected : day_of(input, missing, pace->mean + pace->error);
        out->latest = steady ? out->projected : day_of(input, missing, pace->mean - pace->error);
    }
}

static void need(const struct forecast_input *input, struct forecast *out)
{
    const int32_t left = input->ends_on - input->today;
    out->has_needed = input->today <= input->ends_on;
    if (out->has_needed) {
        const double missing = (double)difference_of(out->goal, input->points[0]);
        out->needed_per_month = round_up(missing * MONTH_DAYS / (double)(left > 0 ? left : 1));
    }
}

/* ---- all ---- */

/* Of a target that is not met. */
static enum forecast_state look_ahead(const struct forecast_input *input, const struct pace *pace,
                                      struct forecast *out)
{
    if (input->today > input->ends_on) {
        return FORECAST_CANNOT;
    }
    if (input->level) {
        return FORECAST_AT_RISK;
    }
    need(input, out);
    if (pace->weeks == 0) {
        return FORECAST_UNDEFINED;
    }
    project(input, pace, out);
    return out->has_projection && out->projected <= input->ends_on ? FORECAST_ON_PACE
                                                                   : FORECAST_AT_RISK;
}

struct forecast forecast_of(const struct forecast_input *input)
{
    struct forecast out = {0};
    const struct goal goal = goal_of(input);
    assert(input->point_count <= FORECAST_POINTS_MAX);
    assert(input->value >= 0);
    out.has_change = input->point_count > 1;
    out.change = out.has_change ? difference_of(input->points[0], input->points[1]) : 0;
    struct pace pace = {0};
    if (!input->level) {
        pace = pace_of(input);
        out.has_pace = pace.weeks > 0;
        out.week_count = pace.weeks;
        out.pace_per_month = round_half(pace.mean * MONTH_DAYS / 7.0);
    }
    out.state = input->op == TARGET_NONE ? FORECAST_NO_TARGET : FORECAST_UNDEFINED;
    if (!goal.there) {
        return out;
    }
    out.has_goal = true;
    out.goal = goal.least;
    if (!input->comparable || input->point_count == 0) {
        return out;
    }
    out.has_percent = goal.base > 0;
    out.percent = out.has_percent ? percent_of(input->points[0], goal.base) : 0;
    out.above = input->points[0] > goal.most;
    if (goal.beyond) {
        out.state = FORECAST_CANNOT;
        return out;
    }
    out.state = input->points[0] >= goal.least ? FORECAST_MET : look_ahead(input, &pace, &out);
    return out;
}

const char *forecast_state_text(enum forecast_state state)
{
    static const char *const texts[FORECAST_STATE_COUNT] = {
        [FORECAST_NO_TARGET] = "no target",
        [FORECAST_UNDEFINED] = "undefined",
        [FORECAST_MET] = "met",
        [FORECAST_CANNOT] = "cannot be met",
        [FORECAST_AT_RISK] = "at risk",
        [FORECAST_ON_PACE] = "on pace",
    };
    return (unsigned)state < FORECAST_STATE_COUNT ? texts[state] : "?";
}
