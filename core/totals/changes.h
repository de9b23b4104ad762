/* changes: which cells of one view have changed since they were last asked for, and what they were.
 *
 * Kept only for views that somebody watches. A cell is noted once, with its values from before the
 * first change, so that whoever knows those can be told the difference. */
#ifndef CORE_TOTALS_CHANGES_H
#define CORE_TOTALS_CHANGES_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/totals/cells.h"

struct changes;

struct change {
    uint32_t cell;              /* its number */
    int64_t value, partner_sum; /* before */
};

/* Gives an empty list; free with changes_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err changes_new(struct changes **out);
void changes_free(struct changes **self);

/* Notes the count cells of these numbers, whose values are about to change. Errors: ERR_MEMORY: the
 * list is as it was. */
MUST_CHECK enum err changes_note(struct changes *self, const struct cells *cells,
                                 const uint32_t *numbers, uint32_t count);

/* All that were noted, in the order of their first change; borrowed until the next note or
 * clear. */
const struct change *changes_all(const struct changes *self);
uint32_t changes_count(const struct changes *self);

void changes_clear(struct changes *self);

#endif
