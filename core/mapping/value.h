/* value: what stands in one field of an office table, as people and spreadsheets write it. */
#ifndef CORE_MAPPING_VALUE_H
#define CORE_MAPPING_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/model/event.h"

/* The most that one row may bring: 10^13 hundredths. */
#define VALUE_QUANTITY_MAX INT64_C(10000000000000)

/* The text without blanks at both ends, and without what keeps a spreadsheet from changing it: an
 * apostrophe before it, or ="..." around it. */
struct bytes value_clean(struct bytes text);

/* Whether both are the same; upper and lower case are alike for ASCII. */
bool value_same(struct bytes a, struct bytes b);

/* Reads K, M, kobieta, mężczyzna, woman, man. False where it is none of them. */
bool value_sex(struct bytes text, enum event_sex *out);

/* Reads a number that is not negative: decimal point or comma, at most two decimals, groups of
 * three digits may stand apart by a space or a no-break space. False where it is none, or above
 * VALUE_QUANTITY_MAX. */
bool value_quantity(struct bytes text, int64_t *hundredths);

/* Takes the first of the codes that blanks or `|` keep apart; false where none is left. */
bool value_next(struct bytes *rest, struct bytes *out);

#endif
