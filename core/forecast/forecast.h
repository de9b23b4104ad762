/* forecast: how a figure stands against its target, and when it will reach it at its recent pace.
 *
 * Pure: numbers and days in, numbers and days out. Amounts are hundredths of a unit. Percents and
 * sums are exact integers; paces and dates are computed in double, in which sums of weeks are exact
 * below 2^53 hundredths. What would leave the range of int64_t stands at its end. The definitions:
 *
 * The goal is the least that meets the target: EQ and GE its value; GT more than it; APPROX at
 * least 90 % of it (and up to 110 % is as planned); AVG its value, of a figure that is an average;
 * TEEN 11 (to 19); PER its value, of the figure of one of those meant. Of a range the goal is the
 * lower end. More than planned is met too, and marked.
 * The pace is the mean change over the full weeks before the day, at most 13 and none that begins
 * before the period or ends after it: so after the period there is none. Its error is the standard
 * error of that mean. The projected day is the first on which the mean pace has reached the goal;
 * earliest and latest are those of the pace plus and minus one error.
 *
 * The state is the first that holds: no target, where no number is given; undefined, where figure
 * and target cannot be compared; cannot be met, where more than INT64_MAX is asked; met; cannot be
 * met, where the period is over; at risk, where the figure is a ratio or an average (it has no
 * pace); undefined, where no full week has passed; on pace, where the projected day is in the
 * period; at risk. */
#ifndef CORE_FORECAST_H
#define CORE_FORECAST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/model/programme.h"

enum { FORECAST_WEEKS_MAX = 13, FORECAST_POINTS_MAX = FORECAST_WEEKS_MAX + 1 };

enum forecast_state {
    FORECAST_NO_TARGET,
    FORECAST_UNDEFINED,
    FORECAST_MET,
    FORECAST_CANNOT,
    FORECAST_AT_RISK,
    FORECAST_ON_PACE,
    FORECAST_STATE_COUNT
};

struct forecast_input {
    enum target_op op;
    int64_t value, value_to; /* of the target; not negative */
    bool comparable;         /* figure and target have the same unit */
    bool level;              /* a ratio or an average: it does not add up over time */
    int32_t today, starts_on, ends_on;
    /* What was reached by the end of today, of the day a week before, and so on; of a level only as
     * far back as it is defined. */
    int64_t points[FORECAST_POINTS_MAX];
    uint32_t point_count; /* 0: not defined today */
};

struct forecast {
    enum forecast_state state;
    bool has_goal, has_percent, has_change, has_pace, has_needed, has_projection, has_range;
    int64_t goal;             /* the least that meets the target */
    bool above;               /* more than planned: above the upper end */
    int64_t percent;          /* of the value, in hundredths of a percent, half away from zero */
    int64_t change;           /* in the last 7 days */
    int64_t pace_per_month;   /* a month is 365.2425 / 12 days */
    int64_t needed_per_month; /* until the end, rounded up; today is over */
    uint32_t week_count;      /* that the pace is the mean of */
    int32_t projected, earliest;
    int32_t latest; /* DATE_MAX: never at that pace, or beyond all dates */
};

struct forecast forecast_of(const struct forecast_input *input);

/* "met", "on pace" and so on. */
const char *forecast_state_text(enum forecast_state state);

#endif
