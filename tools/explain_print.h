/* explain_print: what stands behind a figure, for people and for scripts. */
#ifndef TOOLS_EXPLAIN_PRINT_H
#define TOOLS_EXPLAIN_PRINT_H

#include <jansson.h>

#include "tools/usage.h"

/* Prints {"programme", "title", "indicator", "position", "where", "parts": [{"indicator", "title",
 * "unit", "event_count", "events": [...], "people": [...], "value", "partner_sum", "overlap"}]},
 * and of a ratio or a mean "quotient": {"value", "numerator", "divisor", "over"} (over: of a mean).
 * Where scripts read lines these are rows of one kind each. Returns 0 or an exit code, as
 * sheet_print(). */
int explain_print(const struct request *request, const json_t *document);

#endif
