#include "tests/bench/checksum.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/site.h"

enum { ROW_BYTES = 160, CELL_BYTES = 112 };

static const struct known {
    uint64_t events, checksum;
} known[] = {
    {2000, 0x34acabd6f66163a3},
    {20000, 0x2630e887f0e67bd5},
    {1000000, 0x0e429bfd08b5d6a7},
    {10000000, 0x2102b9138aef49a2},
};

/* The columns of programme.yaml behind the numbers of the workload. */
static const char *const kinds[] = {"started",   "activity", "enrolled",
                                    "completed", "outcome",  "dropped"};
static const char *const bands[] = {"0-17",  "18-24", "25-29", "30-39",
                                    "40-49", "50-59", "60-64", "65+"};

uint64_t checksum_known(uint64_t events)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].events == events) {
            return known[i].checksum;
        }
    }
    return 0;
}

/* A cell of the amounts, remembered until its count comes by. */
struct cell {
    char name[CELL_BYTES];
    int64_t value;
};

struct sums {
    struct cell *cells; /* of the amounts, ascending as the totals give them */
    size_t count, room, next;
    uint64_t checksum;
};

static uint64_t row_hash(const char *row)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *row != '\0'; row++) {
        hash = (hash ^ (uint8_t)*row) * 0x100000001b3u;
    }
    hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebu;
    return hash ^ (hash >> 31);
}

static int number_in(struct bytes label, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        if (bytes_is(label, words[i])) {
            return i;
        }
    }
    bench_fail("a label of the totals is none of programme.yaml");
    return -1;
}

/* "PL-0203" and "T07" without what stands before their numbers. */
static const char *county_of(const struct totals_row *row)
{
    assert(row->labels[BY_REGION].size == 7);
    return (const char *)row->labels[BY_REGION].data + 3;
}

static int task_of(const struct totals_row *row)
{
    const struct bytes task = row->labels[BY_TASK];
    assert(task.size == 3);
    return (task.data[1] - '0') * 10 + task.data[2] - '0';
}

static void name_cell(const struct totals_row *row, char out[CELL_BYTES])
{
    const char *county = county_of(row);
    snprintf(out, CELL_BYTES, "%.2s|%.4s|%d|%d|%c|%d|%.*s", county, county, task_of(row),
             number_in(row->labels[BY_KIND], kinds, 6),
             bytes_is(row->labels[BY_SEX], "woman") ? 'K' : 'M',
             number_in(row->labels[BY_AGE], bands, 8), BYTES_FMT(row->labels[BY_MONTH]));
}

static void take_amount(void *context, const struct totals_row *row)
{
    struct sums *sums = context;
    if (sums->count == sums->room) {
        sums->room = sums->room * 2 + 1024;
        sums->cells = realloc(sums->cells, sums->room * sizeof *sums->cells);
        assert(sums->cells != NULL);
    }
    struct cell *cell = &sums->cells[sums->count++];
    name_cell(row, cell->name);
    cell->value = row->value;
}

/* Both views come in the same order, and where there is an amount there is a count. */
static void take_count(void *context, const struct totals_row *row)
{
    struct sums *sums = context;
    char name[CELL_BYTES], text[ROW_BYTES];
    int64_t amount = 0;
    name_cell(row, name);
    if (sums->next < sums->count && strcmp(sums->cells[sums->next].name, name) == 0) {
        amount = sums->cells[sums->next++].value;
    }
    snprintf(text, sizeof text, "T|%s|%" PRId64 "|%" PRId64, name, row->value, amount);
    sums->checksum += row_hash(text);
}

static void take_people(void *context, const struct totals_row *row)
{
    struct sums *sums = context;
    char text[ROW_BYTES];
    snprintf(text, sizeof text, "U|%.4s|%d|%" PRId64, county_of(row), task_of(row), row->value);
    sums->checksum += row_hash(text);
}

static void query(struct totals *totals, const struct programme *programme, const char *indicator,
                  totals_visit *visit, struct sums *sums)
{
    for (uint32_t i = 0; i < programme->live_count; i++) {
        const struct view *view = &programme->live[i];
        if (view->dimensions != 0 &&
            bytes_is(programme->indicators[view->indicator].id, indicator)) {
            bench_must(totals_query(totals, view, visit, sums), "totals");
            return;
        }
    }
    bench_fail("programme.yaml lacks a live view");
}

uint64_t checksum_of(struct totals *totals, const struct programme *programme)
{
    struct sums sums = {0};
    query(totals, programme, "amount", take_amount, &sums);
    query(totals, programme, "events", take_count, &sums);
    query(totals, programme, "people", take_people, &sums);
    if (sums.next != sums.count) {
        bench_fail("an amount stands in a cell without events");
    }
    free(sums.cells);
    return sums.checksum;
}
