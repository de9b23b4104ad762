/* totals_parts: the tree of parts in a document of totals: parts behind their whole, and what they
 * add up to.
 *
 * Rows bear "part_of" (the whole's indicator) and, of a whole whose parts are meant to add up to
 * it, "parts": "sum". */
#ifndef TOOLS_TOTALS_PARTS_H
#define TOOLS_TOTALS_PARTS_H

#include <jansson.h>

/* Puts the rows of each part behind those of its whole, otherwise in the order that they have, and
 * "depth" into the rows of parts: 1 below a whole, 2 below a part of it. A part whose whole has no
 * row stays where it is.
 *
 * Into each row of a whole with "parts": "sum" go "parts_sum", the sum of the parts' values under
 * the same labels, and "parts_difference", that sum less the row's own value: both null where a
 * part or the whole is undefined, and left out where the document has one "indicator" alone. */
void totals_parts_prepare(json_t *document);

#endif
