/* derived: the rows of a ratio or a mean, computed from the cells that it is made of.
 *
 * They are computed when somebody asks, and kept until a part of them has changed: asking again
 * meanwhile costs nothing. Of one that is watched, the rows told last are kept besides. */
#ifndef CORE_TOTALS_DERIVED_H
#define CORE_TOTALS_DERIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/totals/cells.h"
#include "core/totals/keys.h"
#include "core/totals/months.h"

struct derived;

/* All are borrowed for the life. */
struct derived_options {
    const struct keys *keys; /* of the view */
    const struct cells *of;
    const struct cells *per; /* of a ratio: under the same keys; of a mean null, and of's keys have
                                the label that is averaged over besides */
    const struct months *months; /* of a mean over months; else null */
    uint32_t unlabelled;         /* of another mean: the number of "-" among what it goes over */
    uint32_t times;              /* what the quotient is multiplied by */
};

struct derived_row {
    struct cell_key key;
    int64_t value;
    int64_t above, below; /* what was divided by what */
    bool undefined;       /* nothing to divide by; value is 0 */
};

/* What a row was when it was told last, and what it is; null where it is none. Both have one
 * key. */
struct derived_change {
    const struct derived_row *was, *is;
};

/* Gives the rows of a view, which are not computed yet; free with derived_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err derived_new(const struct derived_options *options, struct derived **out);
void derived_free(struct derived **self);

/* The rows as they are now, ascending by key: one for each key that any part has something
 * under; without dimensions always one. *rows is borrowed until the next call.
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err derived_rows(struct derived *self, const struct derived_row **rows,
                                 uint32_t *count);

/* Begins or ends to keep what was told; what is there now counts as told. Errors: ERR_MEMORY. */
MUST_CHECK enum err derived_track(struct derived *self, bool on);
bool derived_tracked(const struct derived *self);

/* Calls visit with each row that is not as it was told last; then they count as told. Computes
 * nothing where no part has changed since.
 * Errors: ERR_MEMORY: nothing was told. */
typedef void derived_visit(void *context, const struct derived_change *change);
MUST_CHECK enum err derived_tell(struct derived *self, derived_visit *visit, void *context);

#endif
