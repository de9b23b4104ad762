/* totals_since: which cells are no longer what they were at an earlier position of the log. */
#ifndef TOOLS_TOTALS_SINCE_H
#define TOOLS_TOTALS_SINCE_H

#include <stdint.h>

#include <jansson.h>

#include "config/exchange.h"
#include "tools/usage.h"

struct totals_since_options {
    const char *programme;  /* null: the only one */
    const char *since;      /* the earlier position or time */
    const char *known_at;   /* the later one; null: the log's end */
    const char *until;      /* as written, or null */
    int32_t until_day;      /* events after it are left out of both; DATE_MAX: none */
    const json_t *question; /* indicator, by, level: as figures_query_read() */
};

/* Folds the log as of both positions, under the programme file of the later one, and prints the
 * cells whose value differs: before, after, difference. Returns 0, or an exit code after having
 * said why. */
int totals_since(const struct request *request, const struct broker_config *broker,
                 const struct totals_since_options *options);

#endif
