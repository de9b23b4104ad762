/* months: how many events stand in each month of a programme: over how many months to average.
 *
 * Net weights are kept by month, so that what is withdrawn shortens the span again. Months are
 * numbered as vocabulary_month() does. */
#ifndef CORE_TOTALS_MONTHS_H
#define CORE_TOTALS_MONTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct months;

/* Gives the months of a programme, first to last; free with months_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err months_new(uint32_t first, uint32_t last, struct months **out);
void months_free(struct months **self);

/* Adds the weights of count events; those outside the programme count nowhere. */
void months_note(struct months *self, const uint32_t *numbers, const int8_t *weights,
                 uint32_t count);

/* The last month with an event + 1; the first one where there is none. */
uint32_t months_end(const struct months *self);

/* Whether the month lies between the programme's first and the last one with an event. */
bool months_has(const struct months *self, uint32_t month);

/* How many of the months from first to last (inclusive) it has. */
uint32_t months_count(const struct months *self, uint32_t first, uint32_t last);

/* Asserts that no month has less than nothing. For tests. */
void months_check(const struct months *self);

#endif
