/* totals_watch: totals that move before the eye: `ogniwo totals --watch`. */
#ifndef TOOLS_TOTALS_WATCH_H
#define TOOLS_TOTALS_WATCH_H

#include <jansson.h>

#include "tools/usage.h"

/* Follows the sheet that question names, at the broker's socket, until the user ends it (0). On a
 * terminal the table is drawn in place; elsewhere each state is printed whole: a table, or with
 * json and jsonl a line of JSON. While the broker is away the last state stays, with its age. */
int totals_watch(const struct request *request, const char *admin, const json_t *question);

#endif
