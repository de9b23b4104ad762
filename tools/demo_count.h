/* demo_count: what the offices' files of the ABC programme amount to, counted without the engine.
 *
 * Plain sets and loops over the rows that stand: it shares no code with what it checks, only the
 * words of docs/office-table.md and of the programme. */
#ifndef TOOLS_DEMO_COUNT_H
#define TOOLS_DEMO_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DEMO_COUNT_ROWS_MAX = 16384,
    DEMO_COUNT_INDICATORS = 19,
    DEMO_COUNT_PARTNERS_MAX = 8,
    DEMO_COUNT_COUNTIES_MAX = 64,
    DEMO_COUNT_COUNTY_BYTES = 8,
    DEMO_COUNT_FAULT_BYTES = 160
};

enum demo_count_column {
    DEMO_COUNT_KEY,
    DEMO_COUNT_OP,
    DEMO_COUNT_KIND,
    DEMO_COUNT_TASK,
    DEMO_COUNT_REGION,
    DEMO_COUNT_PERSON,
    DEMO_COUNT_PERSON_SCHEME,
    DEMO_COUNT_SUPPORT,
    DEMO_COUNT_OUTCOME,
    DEMO_COUNT_ACTIVITY,
    DEMO_COUNT_COLUMNS
};

struct demo_count_row {
    uint32_t partner;
    const char *fields[DEMO_COUNT_COLUMNS];
};

/* Open, in the caller's storage (it is large); all zeros is an empty one. Fields point into the
 * texts added. */
struct demo_count {
    struct demo_count_row rows[DEMO_COUNT_ROWS_MAX]; /* those that stand */
    uint32_t row_count;
    uint32_t read, deleted, corrected; /* rows of the files */
    char fault[DEMO_COUNT_FAULT_BYTES];
};

/* Reads one file of a partner; files of one partner come in the order in which its office dropped
 * them. The text ends with a zero, is cut up in place and must live as long as the count.
 * False with self->fault filled where the file is not what it should be. */
bool demo_count_file(struct demo_count *self, uint32_t partner, char *text);

/* Indicators by number, 0 to DEMO_COUNT_INDICATORS - 1. */
const char *demo_count_id(uint32_t indicator);

/* Where a null county and a partner of UINT32_MAX mean any. */
struct demo_count_of {
    uint32_t indicator;
    uint32_t partner;
    const char *county; /* "PL-1212" */
};

/* How many people, or entities, the rows name, each once. */
uint32_t demo_count_unique(const struct demo_count *self, const struct demo_count_of *of);

/* The same, counted at each partner and added up. */
uint32_t demo_count_partner_sum(const struct demo_count *self, uint32_t indicator,
                                const char *county);

/* Fills counties, ascending, with those where the indicator has rows; returns how many. */
uint32_t demo_count_counties(const struct demo_count *self, uint32_t indicator,
                             char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES]);

#endif
