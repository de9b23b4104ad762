/* facts: who stands in which cell at which partner, as net weights: for views that count people.
 *
 * One entry for each (cell, person), with the first partner's net weight in it: nearly everybody is
 * known to one partner only. What other partners say of the same person in the same cell stands in
 * a second table. */
#ifndef CORE_TOTALS_FACTS_H
#define CORE_TOTALS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/totals/cells.h"

#define FACTS_COUNT_MAX (UINT64_C(1) << 31) /* (cell, person) pairs of one view */

struct facts;

/* Weights of one partner; each array has count entries, at most BATCH_EVENTS_MAX. */
struct fact_batch {
    uint32_t count;
    uint32_t partner;
    const uint32_t *cells;   /* numbers of cells */
    const uint32_t *persons; /* the broker's numbers, from 1 */
    const bool *entities;    /* people and entities are never the same */
    const int8_t *weights;
};

/* What one weight changed in its cell: -1, 0 or 1. */
struct fact_change {
    int8_t people; /* distinct people */
    int8_t pairs;  /* distinct (partner, person) */
};

/* Gives an empty set of facts; free with facts_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err facts_new(struct facts **out);
void facts_free(struct facts **self);

/* Adds the weights and fills changes[batch->count]. Errors: ERR_MEMORY; ERR_FULL. */
MUST_CHECK enum err facts_add(struct facts *self, const struct fact_batch *batch,
                              struct fact_change *changes);

/* Asserts that no net weight is negative, and that a recount of people and pairs gives each cell's
 * value (people, or pairs where by_pairs) and partner_sum. For tests. */
void facts_check(const struct facts *self, const struct cells *cells, bool by_pairs);

#endif
