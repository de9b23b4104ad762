/* explain: the events behind one cell of a view, and the people behind its number.
 *
 * It folds the same batches as totals do, by the same predicates, keys and identities, and hands
 * on each event that falls into the cell. Its sums are the cell's. */
#ifndef CORE_TOTALS_EXPLAIN_H
#define CORE_TOTALS_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/programme.h"
#include "core/totals/batch.h"

#define EXPLAIN_PEOPLE_MAX (UINT32_C(1) << 27) /* (partner, person) pairs of one cell */

struct explain;

struct explain_options {
    const struct programme *programme;    /* borrowed for the life */
    struct view view;                     /* of an indicator that is not computed from others */
    struct bytes labels[DIMENSION_COUNT]; /* the cell's, of the view's dimensions; borrowed
                                             likewise */
    int32_t until;                        /* DATE_MAX: none */
    bool regions_dated;                   /* labels by the regions as at that day, as in totals */
    int32_t regions_at;
    bool averaged; /* a mean of it is explained, which goes over these labels: */
    enum dimension over;
    enum region_level over_at; /* of BY_REGION */
};

/* One event of the cell. */
struct explain_event {
    uint32_t index;  /* in the batch's columns */
    uint32_t person; /* the identity that it counts as; 0: nobody */
    bool entity;
    int weight;
    int64_t quantity; /* hundredths */
};
typedef void explain_visit(void *context, const struct explain_event *event);

/* One person (or entity) at one partner. */
struct explain_person {
    uint32_t person, partner; /* the identity; the partner's number in the programme */
    bool entity;
    int64_t weight;         /* the sum of the weights; counted where it is above 0 */
    uint32_t partner_count; /* at how many partners the person is counted in this cell */
};
typedef void explain_visit_person(void *context, const struct explain_person *person);

/* Gives an explain without batches; free with explain_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err explain_new(const struct explain_options *options, struct explain **out);
void explain_free(struct explain **self);

/* Whether an event could ever stand under the cell's label of that dimension: it is one of the
 * programme's words, or looks like a period. */
bool explain_knows(const struct explain *self, enum dimension dimension);

/* Takes one batch into account and visits its events of the cell, in no order that means anything.
 * Errors: as totals_fold(). */
MUST_CHECK enum err explain_fold(struct explain *self, const struct totals_batch *batch,
                                 explain_visit *visit, void *context);

/* What the cell comes to, as totals_query() says it. Errors: ERR_MEMORY. */
MUST_CHECK enum err explain_sums(const struct explain *self, int64_t *value, int64_t *partner_sum);

/* What a mean of the cell divides: the sum of the values under each label that it goes over, and
 * how many labels have one; of months those of the programme's span. The options were averaged.
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err explain_mean(const struct explain *self, int64_t *sum, uint32_t *label_count);

/* Visits people with their sums of weights, ascending by identity and partner: people before
 * entities. Nobody where the indicator counts no people. Errors: ERR_MEMORY. */
MUST_CHECK enum err explain_people(const struct explain *self, explain_visit_person *visit,
                                   void *context);

#endif
