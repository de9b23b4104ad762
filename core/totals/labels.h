/* labels: the texts that one dimension can show, ranked by their bytes.
 *
 * Cells are kept under ranks, so that the order of keys is the order of texts whatever order the
 * programme lists its codes in. "-" is always among them: nothing is known. Equal texts share a
 * rank. */
#ifndef CORE_TOTALS_LABELS_H
#define CORE_TOTALS_LABELS_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

struct labels;

/* Gives the labels of count texts, borrowed for the life of the labels; free with labels_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err labels_new(const struct bytes *texts, uint32_t count, struct labels **out);
void labels_free(struct labels **self);

/* Ranks by number of the text + 1; the first is the rank of "-". */
const uint32_t *labels_ranks(const struct labels *self);

/* The text of a rank. */
struct bytes labels_text(const struct labels *self, uint32_t rank);

/* How many ranks there are. */
uint32_t labels_count(const struct labels *self);

#endif
