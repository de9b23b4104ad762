/* totals: fold(batch) -> totals, queries, and the canonical rows that a digest is made of.
 *
 * Sums of signed weights: the order of batches of different nodes does not matter. A fold obeys the
 * decisions recorded in the log (verdicts, person numbers) and decides nothing. */
#ifndef CORE_TOTALS_H
#define CORE_TOTALS_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/model/event.h"
#include "core/model/programme.h"
#include "core/totals/batch.h"

struct totals;

struct totals_options {
    const struct programme *programme; /* borrowed for the life of the totals */
    const struct view *views;          /* copied; what is counted */
    uint32_t view_count;
    int32_t until; /* events after this day are left out; DATE_MAX: none */
    /* Events before this day are left out too, and a mean over months begins with its month. */
    bool has_from;
    int32_t from;
    /* Cells are labelled by the regions as at the event, or, where regions_dated, all as at that
     * day. What an indicator counts (where.region) is always as at the event. */
    bool regions_dated;
    int32_t regions_at;
};

/* One cell of a view. Labels are borrowed until the next fold. */
struct totals_row {
    struct bytes
        labels[DIMENSION_COUNT]; /* by dimension; empty where the view lacks it, or "-" when
                                             the event does not say */
    int64_t value;               /* people, events, or hundredths of the unit */
    int64_t partner_sum; /* what the partners' own values add up to; = value in additive modes, and
                            in derived ones, where it means nothing */
    /* overlap = partner_sum - value */
    bool derived;         /* a ratio or a mean */
    bool undefined;       /* of a ratio or a mean: there is nothing to divide by, and no value */
    int64_t above, below; /* of a ratio or a mean: what was divided by what, in people, events or
                             hundredths of the unit; of a mean by the number of labels or months */
};

/* Gives empty totals; free with totals_free(). What a ratio or a mean is made of is counted too,
 * and shown only where it is among the views itself. Errors: ERR_MEMORY. */
MUST_CHECK enum err totals_new(const struct totals_options *options, struct totals **out);
void totals_free(struct totals **self);

/* Takes one batch into account. Batches of a node come in the order of their sequences.
 * Errors: ERR_MEMORY or ERR_FULL: the totals are no longer to be used. ERR_MALFORMED: a person
 * number that was never introduced stands in an accepted event; likewise. */
MUST_CHECK enum err totals_fold(struct totals *self, const struct totals_batch *batch);

/* The broker's numbers of a node's people that were introduced here, by the node's number - 1, 0
 * for one never introduced; *count of them; never null. Borrowed until the next fold. */
const uint32_t *totals_people(const struct totals *self, uint32_t node, uint32_t *count);

/* Whether the view is one of those counted. */
bool totals_has(const struct totals *self, const struct view *view);

/* Called for each cell whose value or partner_sum is not zero, in ascending order of the labels
 * (dimension by dimension, bytewise). Without dimensions there is always exactly one row. A ratio
 * has a row wherever one of its two indicators has one, a mean wherever its indicator has one;
 * these may be 0, or undefined. */
typedef void totals_visit(void *context, const struct totals_row *row);

/* Errors: ERR_NOT_FOUND, the view is not counted here; ERR_MEMORY. */
MUST_CHECK enum err totals_query(struct totals *self, const struct view *view, totals_visit *visit,
                                 void *context);

/* Begins or ends to note which cells of the view change. Errors: ERR_NOT_FOUND, the view is not
 * counted here; ERR_MEMORY. */
MUST_CHECK enum err totals_track(struct totals *self, const struct view *view, bool on);

/* One cell that has changed. */
struct totals_change {
    struct totals_row row;              /* as it is now; nothing at all where both numbers are 0 */
    int64_t was_value, was_partner_sum; /* when it was last told, or tracking began */
    /* Of a ratio or a mean, where 0 is a value like others: whether there is, and was, a row. */
    bool gone, was_gone, was_undefined;
};
typedef void totals_visit_change(void *context, const struct totals_change *change);

/* Called for each cell of a tracked view that is not as it was when last told, in no order that
 * means anything; then they count as told. The view must be tracked. Errors: ERR_MEMORY, only of a
 * ratio or a mean: nothing was told. */
MUST_CHECK enum err totals_tell_changes(struct totals *self, const struct view *view,
                                        totals_visit_change *visit, void *context);

/* Calls emit with every row of every view as one text line without line end, views in the order of
 * (indicator id, dimensions, level), rows as totals_query(): the same lines in the same order for
 * the same totals, however they were reached:
 * INDICATOR|DIMENSIONS|LEVEL|label,label,...|value|partner_sum
 * with the dimensions' words and labels joined by commas in the order of enum dimension, and "-"
 * for the level where regions stay as the event says or the view has none; "-" for both numbers of
 * a row that is undefined. Errors: ERR_MEMORY. */
typedef void totals_emit(void *context, struct bytes line);
MUST_CHECK enum err totals_lines(struct totals *self, totals_emit *emit, void *context);

/* Asserts what must hold inside: no negative fact, counters equal to a recount. For tests. */
void totals_check(const struct totals *self);

#endif
