/* demo_check: what `ogniwo totals` tells of a programme, beside the independent count over the
 * office files. */
#ifndef TOOLS_DEMO_CHECK_H
#define TOOLS_DEMO_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "tools/demo_count.h"
#include "tools/demo_programme.h"

/* Each returns how many figures differ, after having said which on standard error, and adds to
 * *compared. `totals` is the verb's JSON document. Ratios and means are left out: what they are
 * made of is compared. */

/* Without any breakdown; gives the rows of the table for people to *table, released by the caller.
 * A figure that is not as printed differs too, unless it is a plan. */
uint32_t demo_check_totals(const struct demo_programme *programme, const struct demo_count *count,
                           const json_t *totals, uint32_t *compared, json_t **table);

/* All indicators by partner. */
uint32_t demo_check_partners(const struct demo_programme *programme, const struct demo_count *count,
                             const json_t *totals, uint32_t *compared);

/* The programme's indicator by county. */
uint32_t demo_check_counties(const struct demo_programme *programme, const struct demo_count *count,
                             const json_t *totals, uint32_t *compared);

/* Whether what the files say is as printed: in the whole, or at each partner where that is what is
 * printed. A plan need not be reached. */
bool demo_check_printed(const struct demo_programme *programme, const struct demo_count *count,
                        const struct demo_figure *figure);

/* Prints the table. Returns 0 or an exit code, as sheet_print(). */
int demo_check_print(const struct demo_programme *programme, const json_t *table);

#endif
