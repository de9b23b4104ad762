/* targets_count: each target of a programme with what was reached by a day and a forecast, counted
 * from the log in one pass. */
#ifndef TOOLS_TARGETS_COUNT_H
#define TOOLS_TARGETS_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/forecast/forecast.h"
#include "core/model/programme.h"
#include "tools/past.h"

/* What is said of a row besides. */
enum targets_note {
    TARGETS_NOTE_NONE,
    TARGETS_NOTE_REGION,  /* its code is not in the table */
    TARGETS_NOTE_UNIT,    /* figure and target have different ones */
    TARGETS_NOTE_NOTHING, /* the figure has no value yet */
    TARGETS_NOTE_WEEK,    /* no full week has passed */
    TARGETS_NOTE_MEANT,   /* how many are meant is not known */
    TARGETS_NOTE_AVERAGE, /* one is meant, and the indicator is none */
    TARGETS_NOTE_ENDED,   /* the region's code holds through a day of the span */
    TARGETS_NOTE_EACH,    /* how many of those meant reach it, and the smallest */
    TARGETS_NOTE_COUNT
};

struct targets_row {
    const struct target *target;
    struct view view; /* what is measured: the target's indicator by what its scope names */
    struct bytes labels[DIMENSION_COUNT]; /* of the one cell; empty where the view lacks it */
    /* What was reached and the forecast; of a target for each partner, task or region those of the
     * smallest figure, with the gravest state of all. */
    struct forecast_input input;
    struct forecast forecast;
    bool each; /* it is such a target, and the cell is the smallest; then: */
    enum dimension each_by;
    uint32_t met, meant;    /* how many reach it, of how many */
    enum targets_note note; /* why it is undefined, or what to know of the figure */
    bool ended;             /* the region's code, within the span; then: */
    int32_t ended_on;
};

struct targets_rows {
    struct targets_row *rows;
    uint32_t count;
};

struct targets_options {
    uint32_t indicator; /* CODE_NONE: all */
    int32_t today;
    enum dimension by; /* partner, task or region; DIMENSION_COUNT: none */
};

/* Counts the targets in force on the day `today`: those planned and those of money that have an
 * indicator, each in its newest version not after the day. By a dimension: those of one label of
 * it, ordered by the labels, where a target for each of several is a row for each. The log is that
 * of past_read(). Returns 0, or an exit code after having said why; targets_free() in any case. */
int targets_count(struct past *past, const struct exchange_programme *version,
                  const struct targets_options *options, struct targets_rows *out);
void targets_free(struct targets_rows *self);

enum { TARGETS_NOTE_BYTES = 256 };

/* The row's note in English or Polish; "" where there is none. */
void targets_note_text(const struct targets_row *row, bool polish, char out[TARGETS_NOTE_BYTES]);

#endif
