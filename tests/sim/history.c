#include "tests/sim/history.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/figures.h"
#include "core/base/arena.h"
#include "core/base/date.h"
#include "core/model/limits.h"
#include "core/model/sheet.h"
#include "proto/codec.h"
#include "tests/sim/programme.h"
#include "tests/sim/referee.h"
#include "tests/sim/store_fake.h"
#include "tests/sim/world.h"

enum { POSITIONS_MAX = 65536, TABLE_LOG = 0 };

static struct {
    json_t *const *requests;
    uint32_t sheet_count;
    struct exchange *exchange;
    struct counting *counting;
    struct arena *arena;
    struct history_point (*points)[HISTORY_SHEETS_MAX]; /* by position */
    uint64_t size;
} history;

void history_begin(json_t *const *requests, uint32_t count)
{
    assert(count <= HISTORY_SHEETS_MAX);
    memset(&history, 0, sizeof history);
    history.requests = requests;
    history.sheet_count = count;
    history.points = calloc(POSITIONS_MAX, sizeof *history.points);
    enum err err = exchange_new(&history.exchange);
    if (err == ERR_OK) {
        const struct counting_options options = {.exchange = history.exchange, .until = DATE_MAX};
        err = counting_new(&options, &history.counting);
    }
    if (err == ERR_OK) {
        err = arena_new(CONTROL_ARENA_BYTES, &history.arena);
    }
    assert(err == ERR_OK && history.points != NULL);
}

void history_end(void)
{
    counting_free(&history.counting);
    exchange_free(&history.exchange);
    arena_free(&history.arena);
    free(history.points);
    history.points = NULL;
}

/* ---- folding ---- */

static bool read_entry(uint64_t position, struct log_entry *out)
{
    uint8_t key[8];
    struct bytes value;
    bytes_put64(key, position);
    if (!store_fake_get(referee_log_path, TABLE_LOG, bytes_of(key, sizeof key), &value)) {
        return false;
    }
    arena_reset(history.arena);
    const enum err err = codec_log_entry_decode(value, history.arena, out);
    assert(err == ERR_OK);
    return true;
}

/* All batches up to the position, under the version that it brought. */
static void count_anew(const struct exchange_programme *version, uint64_t position)
{
    struct log_entry entry;
    enum err err = counting_take_version(history.counting, version);
    for (uint64_t i = 1; err == ERR_OK && i <= position; i++) {
        const bool found = read_entry(i, &entry);
        assert(found);
        err = counting_collect(history.counting, &entry, history.arena);
    }
    for (uint64_t i = 1; err == ERR_OK && i < position; i++) {
        const bool found = read_entry(i, &entry);
        assert(found);
        err = counting_fold(history.counting, &entry, history.arena);
    }
    assert(err == ERR_OK);
}

static void fold(const struct log_entry *entry)
{
    struct exchange_change change = {0};
    char fault[EXCHANGE_FAULT_BYTES];
    const uint64_t position = entry->position;
    const enum err err =
        entry->kind == LOG_BATCH
            ? counting_fold(history.counting, entry, history.arena)
            : exchange_apply(history.exchange, entry, history.arena, &change, fault);
    if (err != ERR_OK) {
        world_fail("entry %d of the log cannot be folded: %s", (int)position, err_name(err));
    }
    if (change.programme != NULL) {
        count_anew(change.programme, position);
    } else if (change.people != NULL) {
        count_anew(exchange_programme(history.exchange, bytes_text(change.people->programme)),
                   position);
    }
}

/* ---- the sheets ---- */

struct summing {
    uint32_t dimensions;
    struct bytes indicator;
    uint64_t digest;
};

static void add_row(void *context, const struct totals_row *row)
{
    struct summing *summing = context;
    struct bytes labels[DIMENSION_COUNT];
    uint32_t count = 0;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (summing->dimensions & 1u << i) {
            labels[count++] = row->labels[i];
        }
    }
    const int64_t partner_sum = row->undefined ? SHEET_UNDEFINED
                                : row->derived ? SHEET_DERIVED
                                               : row->partner_sum;
    const struct sheet_rows one = {.count = 1,
                                   .label_count = count,
                                   .indicators = &summing->indicator,
                                   .labels = labels,
                                   .values = &row->value,
                                   .partner_sums = &partner_sum};
    summing->digest += sheet_row_digest(&one, 0);
}

/* Fills in basis and digest, and whether the sheet is live. */
static void take_point(uint32_t sheet, struct history_point *out)
{
    static struct view views[INDICATORS_MAX];
    struct figures_query query;
    const char *what = NULL;
    const struct bytes id = bytes_text(programme_id);
    const struct programme *programme = counting_programme(history.counting, id);
    struct totals *totals = counting_totals(history.counting, id);
    if (programme == NULL ||
        figures_query_read(programme, history.requests[sheet], &query, &what) != ERR_OK) {
        return;
    }
    const uint32_t count = figures_views(programme, &query, views);
    for (uint32_t i = 0; i < count; i++) {
        struct summing summing = {.dimensions = query.dimensions,
                                  .indicator = programme->indicators[views[i].indicator].id};
        if (totals_query(totals, &views[i], add_row, &summing) != ERR_OK) {
            return;
        }
        out->digest += summing.digest;
    }
    out->live = true;
    out->basis = exchange_basis(history.exchange, id);
}

void history_read(void)
{
    struct log_entry entry;
    while (read_entry(history.size + 1, &entry)) {
        struct history_point *points = history.points[++history.size];
        assert(history.size + 1 < POSITIONS_MAX);
        const uint64_t received_at_ms = entry.received_at_ms;
        fold(&entry);
        for (uint32_t i = 0; i < history.sheet_count; i++) {
            take_point(i, &points[i]);
            points[i].received_at_ms = received_at_ms;
        }
    }
}

bool history_at(uint64_t position, uint32_t sheet, struct history_point *out)
{
    assert(sheet < history.sheet_count);
    if (position == 0 || position > history.size) {
        return false;
    }
    *out = history.points[position][sheet];
    return true;
}
