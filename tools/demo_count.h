/* demo_count: what the offices' files of a programme amount to, counted without the engine.
 *
 * Plain sets and loops over the rows that stand: it shares no code with what it checks, only the
 * words of docs/office-table.md and of the programme. */
#ifndef TOOLS_DEMO_COUNT_H
#define TOOLS_DEMO_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "tools/demo_figure.h"

enum {
    DEMO_COUNT_ROWS_MAX = 1 << 15,
    DEMO_COUNT_SLOTS = 2 * DEMO_COUNT_ROWS_MAX,
    DEMO_COUNT_COUNTIES_MAX = 64,
    DEMO_COUNT_COUNTY_BYTES = 8,
    DEMO_COUNT_FAULT_BYTES = 160
};

/* What stands for no county, as in the totals. */
#define DEMO_COUNT_NO_COUNTY "-"

enum demo_count_column {
    DEMO_COUNT_KEY,
    DEMO_COUNT_OP,
    DEMO_COUNT_KIND,
    DEMO_COUNT_TASK,
    DEMO_COUNT_REGION,
    DEMO_COUNT_PERSON,
    DEMO_COUNT_PERSON_SCHEME,
    DEMO_COUNT_SEX,
    DEMO_COUNT_AGE,
    DEMO_COUNT_STATUS,
    DEMO_COUNT_FLAGS,
    DEMO_COUNT_SUPPORT,
    DEMO_COUNT_OUTCOME,
    DEMO_COUNT_ACTIVITY,
    DEMO_COUNT_QUANTITY,
    DEMO_COUNT_UNIT,
    DEMO_COUNT_COLUMNS
};

struct demo_count_row {
    uint32_t partner;
    bool gone; /* deleted */
    const char *fields[DEMO_COUNT_COLUMNS];
};

/* Open, in the caller's storage (it is large); all zeros is an empty one. Fields point into the
 * texts added. */
struct demo_count {
    const char *const *partners; /* codes; only conditions on a partner need them */
    uint32_t partner_count;
    struct demo_count_row rows[DEMO_COUNT_ROWS_MAX];
    uint32_t used;
    uint32_t row_count;                                             /* those that stand */
    uint32_t read, deleted, corrected;                              /* rows of the files */
    uint32_t by_key[DEMO_COUNT_SLOTS], by_person[DEMO_COUNT_SLOTS]; /* number of a row + 1 */
    char fault[DEMO_COUNT_FAULT_BYTES];
};

/* Gives an empty one; free with demo_count_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err demo_count_new(const char *const *partners, uint32_t partner_count,
                                   struct demo_count **out);
void demo_count_free(struct demo_count **self);

/* Reads one file of a partner; files of one partner come in the order in which its office dropped
 * them. The text ends with a zero, is cut up in place and must live as long as the count.
 * False with self->fault filled where the file is not what it should be. */
bool demo_count_file(struct demo_count *self, uint32_t partner, char *text);

/* Between the last file and the first question about who people were at their enrolment. */
void demo_count_finish(struct demo_count *self);

/* Where a null county and a partner of UINT32_MAX mean any. */
struct demo_count_of {
    const struct demo_figure *figure;
    uint32_t partner;
    const char *county; /* "PL-1212" */
};

/* How many people, or entities, the rows name, each once; how many rows there are; or the sum of
 * their quantities, in hundredths. */
int64_t demo_count_total(const struct demo_count *self, const struct demo_count_of *of);

/* The same, counted at each partner and added up. */
int64_t demo_count_partner_sum(const struct demo_count *self, const struct demo_figure *figure,
                               const char *county);

/* Fills counties, ascending, with those where the figure has rows; returns how many.
 * DEMO_COUNT_NO_COUNTY is among them where rows are in none, as those of "PL-08" and "DE". */
uint32_t demo_count_counties(const struct demo_count *self, const struct demo_figure *figure,
                             char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES]);

#endif
