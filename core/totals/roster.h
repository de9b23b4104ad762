/* roster: the broker's number of each person that a node introduced, by the node's own number. */
#ifndef CORE_TOTALS_ROSTER_H
#define CORE_TOTALS_ROSTER_H

#include <stdint.h>

#include "core/base/err.h"

struct roster;

/* Gives an empty roster; free with roster_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err roster_new(struct roster **out);
void roster_free(struct roster **self);

/* Notes that the node's people first, first + 1 ... are the broker's numbers[0], numbers[1] ...
 * Errors: ERR_MALFORMED, one of them has another number already, or first is 0; ERR_MEMORY. */
MUST_CHECK enum err roster_introduce(struct roster *self, uint32_t node, uint32_t first,
                                     const uint32_t *numbers, uint32_t count);

/* The broker's numbers by the node's number - 1, 0 for one never introduced; *count of them.
 * Borrowed until the next introduction. */
const uint32_t *roster_of(const struct roster *self, uint32_t node, uint32_t *count);

#endif
