/* cells: the cells of one view: a packed key of label ranks to a number, a value, a partner sum.
 *
 * Looked up a batch at a time, so that memory is fetched ahead: with some millions of cells that is
 * twice as fast as one by one (core/base/table does the latter). */
#ifndef CORE_TOTALS_CELLS_H
#define CORE_TOTALS_CELLS_H

#include <stdint.h>

#include "core/base/err.h"

#define CELLS_COUNT_MAX (UINT32_C(1) << 28) /* of one view */

/* Ranks of labels, the first dimension in the highest bits: keys order as their labels do. */
struct cell_key {
    uint64_t high, low;
};

struct cell {
    struct cell_key key;
    int64_t value, partner_sum;
};

struct cells;

/* Gives an empty set of cells; free with cells_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err cells_new(struct cells **out);
void cells_free(struct cells **self);

/* Gives the number of each key's cell, which is made with zeros where it is not there yet. Up to
 * BATCH_EVENTS_MAX keys. Errors: ERR_MEMORY; ERR_FULL, CELLS_COUNT_MAX. */
MUST_CHECK enum err cells_numbers(struct cells *self, const struct cell_key *keys, uint32_t count,
                                  uint32_t *numbers);

/* How often cells were looked up, and their values may have changed behind that. */
uint64_t cells_touched(const struct cells *self);

/* All cells by number, borrowed until the next cells_numbers(). */
struct cell *cells_all(const struct cells *self);
uint32_t cells_count(const struct cells *self);

#endif
