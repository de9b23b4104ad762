/* targets_count: each target of a programme with what was reached by a day and a forecast, counted
 * from the log in one pass. */
#ifndef TOOLS_TARGETS_COUNT_H
#define TOOLS_TARGETS_COUNT_H

#include <stdint.h>

#include "core/forecast/forecast.h"
#include "core/model/programme.h"
#include "tools/past.h"

struct targets_row {
    const struct target *target;
    struct view view; /* what is measured: the target's indicator by what its scope names */
    struct bytes labels[DIMENSION_COUNT]; /* of the one cell; empty where the view lacks it */
    struct forecast_input input;
    struct forecast forecast;
    const char *note; /* why it is undefined; null where it is not */
};

struct targets_rows {
    struct targets_row *rows;
    uint32_t count;
};

/* Counts the targets in force on the day `today`: those planned and those of money that have an
 * indicator (of all where it is CODE_NONE), each in its newest version not after the day. The log
 * is that of past_read(). Returns 0, or an exit code after having said why; targets_free() in any
 * case. */
int targets_count(struct past *past, const struct exchange_programme *version, uint32_t indicator,
                  int32_t today, struct targets_rows *out);
void targets_free(struct targets_rows *self);

#endif
