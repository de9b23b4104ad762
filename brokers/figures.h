/* figures: totals as a JSON document, with their targets: the one form that the broker answers with
 * and that `ogniwo totals` prints, live or folded on demand. */
#ifndef BROKERS_FIGURES_H
#define BROKERS_FIGURES_H

#include <jansson.h>

#include "core/base/err.h"
#include "core/model/programme.h"
#include "core/totals/totals.h"

/* What is asked for. */
struct figures_query {
    uint32_t indicator;      /* number; CODE_NONE: all */
    uint32_t dimensions;     /* bits */
    enum region_level level; /* of BY_REGION; REGION_LEVEL_COUNT: as sent */
};

/* Reads {"indicator": ID, "by": ["region", ...], "level": "county"} for the programme.
 * Errors: ERR_NOT_FOUND: *what (borrowed from the request) is the word not known. */
MUST_CHECK enum err figures_query_read(const struct programme *programme, json_t *request,
                                       struct figures_query *out, const char **what);

/* The views that answer the query: at most one an indicator. views has room for indicator_count. */
uint32_t figures_views(const struct programme *programme, const struct figures_query *query,
                       struct view *views);

/* Gives what is the same in every row: {"programme", "title", "by", "indicator", "level",
 * "indicators": [{"indicator", "title", "unit", "count", "part_of", "parts", "targets": [...]}]};
 * "indicator" at the top only where one was asked for, "part_of" (the whole's id) and "parts"
 * ("sum") as the programme file has them, targets only without a breakdown. The caller releases it
 * with json_decref(). */
json_t *figures_head_json(const struct programme *programme, const struct figures_query *query);

/* One row, whose numbers are null where the partner sum of a ratio or mean is SHEET_UNDEFINED: what
 * the head says of its indicator, with labels and numbers. labels: one for each
 * word of `by`. The caller releases it. */
json_t *figures_row_json(const json_t *indicator, const json_t *by, const struct bytes *labels,
                         int64_t value, int64_t partner_sum);

/* Gives the head without its indicators, and "rows": [{"indicator", "title", "unit", "count",
 * "part_of", "parts", "region", ..., "value", "partner_sum", "overlap", "targets": [...]}]; the
 * caller releases it with json_decref(). Errors: ERR_NOT_FOUND, a view is not counted in these
 * totals; ERR_MEMORY. */
MUST_CHECK enum err figures_json(const struct programme *programme, struct totals *totals,
                                 const struct figures_query *query, json_t **out);

#endif
