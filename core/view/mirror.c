/* The happy path is: 1. START subscribes; 2. the first sign on the feed makes it ask; 3. parts
 * of the snapshot fill a second copy, which takes the first one's place when it is whole; 4.
 * changes that were held are applied behind it; 5. each further change is applied as it comes.
 *
 * What may go wrong: no sign comes (asks all the same), no answer or no beat comes (opens anew),
 * a version is missing, the session or the basis is another, the digest differs (asks again,
 * later and later until a beat has agreed). A copy that is not current stays to be shown, with
 * its age. */
#include "core/view/mirror.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/mem.h"
#include "core/base/names.h"
#include "core/base/table.h"
#include "core/model/limits.h"

enum { HELD_PARTS_MAX = 1024, NAMES_FLOOR = 4096 };

/* A row's texts by their numbers; unused ones are NAMES_NONE. */
struct row_key {
    uint32_t indicator;
    uint32_t labels[DIMENSION_COUNT];
};

struct row_value {
    int64_t value, partner_sum;
};

/* One copy of the sheet. */
struct copy {
    struct table *rows;     /* row_key -> row_value */
    struct sheet_part head; /* its digest is that of the rows here */
};

struct mirror {
    struct mirror_options options;
    enum mirror_state state;
    struct mirror_counters counters;
    struct names *names;
    struct copy shown, coming;
    uint64_t ask;      /* number of the newest question */
    uint32_t attempts; /* questions since a beat has last agreed */
    uint64_t deadline_ms;

    struct arena *memory; /* of the changes held */
    struct sheet_part held[HELD_PARTS_MAX];
    uint32_t held_count;
    bool overflowed; /* a change could not be held */
};

/* ---- life ---- */

static enum err new_copy(struct mirror *self, struct copy *copy)
{
    const struct table_options options = {.key_bytes = sizeof(struct row_key),
                                          .value_bytes = sizeof(struct row_value),
                                          .count_max = self->options.rows_max};
    return table_new(&options, &copy->rows);
}

enum err mirror_new(const struct mirror_options *options, struct mirror **out)
{
    assert(options->join_ms > 0 && options->answer_ms > 0 && options->dead_ms > 0);
    assert(options->retry_ms > 0 && options->retry_ms_max >= options->retry_ms);
    assert(options->rows_max > 0 && options->held_bytes_max > 0);
    struct mirror *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->deadline_ms = UINT64_MAX;
    enum err err = names_new((size_t)options->rows_max + NAMES_FLOOR, &self->names);
    if (err == ERR_OK) {
        err = arena_new(options->held_bytes_max, &self->memory);
    }
    if (err == ERR_OK) {
        err = new_copy(self, &self->shown);
    }
    if (err == ERR_OK) {
        err = new_copy(self, &self->coming);
    }
    if (err != ERR_OK) {
        mirror_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void mirror_free(struct mirror **self)
{
    if (*self != NULL) {
        table_free(&(*self)->shown.rows);
        table_free(&(*self)->coming.rows);
        names_free(&(*self)->names);
        arena_free(&(*self)->memory);
        mem_free(*self);
    }
    *self = NULL;
}

/* ---- rows ---- */

static enum err key_of(struct mirror *self, const struct sheet_rows *rows, uint32_t row,
                       struct row_key *out)
{
    enum err err = names_add(self->names, rows->indicators[row], &out->indicator);
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        out->labels[i] = NAMES_NONE;
        if (err == ERR_OK && i < rows->label_count) {
            err = names_add(self->names, rows->labels[(size_t)row * rows->label_count + i],
                            &out->labels[i]);
        }
    }
    return err;
}

/* The digest of the row's texts with other numbers. */
static uint64_t digest_of(const struct sheet_rows *rows, uint32_t row, struct row_value value)
{
    const struct sheet_rows one = {
        .count = 1,
        .label_count = rows->label_count,
        .indicators = &rows->indicators[row],
        .labels = rows->label_count == 0 ? NULL : &rows->labels[(size_t)row * rows->label_count],
        .values = &value.value,
        .partner_sums = &value.partner_sum};
    return sheet_row_digest(&one, 0);
}

static enum err put_row(struct mirror *self, struct copy *copy, const struct sheet_rows *rows,
                        uint32_t row)
{
    struct row_key key;
    struct row_value was = {0};
    const struct row_value is = {.value = rows->values[row],
                                 .partner_sum = rows->partner_sums[row]};
    const enum err err = key_of(self, rows, row, &key);
    if (err != ERR_OK) {
        return err;
    }
    bool fresh = false;
    void *place = table_put(copy->rows, &key, &fresh);
    if (place == NULL) {
        return table_count(copy->rows) == self->options.rows_max ? ERR_FULL : ERR_MEMORY;
    }
    /* The table aligns for numbers of 32 bits. */
    memcpy(&was, place, sizeof was);
    memcpy(place, &is, sizeof is);
    copy->head.digest += digest_of(rows, row, is) - digest_of(rows, row, was);
    return ERR_OK;
}

/* Takes a part's rows and everything it says of the sheet but its digest, which is made here. */
static enum err put_part(struct mirror *self, struct copy *copy, const struct sheet_part *part)
{
    const uint64_t digest = copy->head.digest;
    assert(part->rows.label_count <= DIMENSION_COUNT);
    copy->head = *part;
    copy->head.digest = digest;
    copy->head.rows = (struct sheet_rows){.label_count = part->rows.label_count};
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < part->rows.count; i++) {
        err = put_row(self, copy, &part->rows, i);
    }
    return err;
}

/* ---- asking ---- */

/* Doubled every time, and spread by a quarter: a broker's watchers do not all ask at once. */
static uint64_t retry_ms(const struct mirror *self, uint64_t random)
{
    uint64_t wait = self->options.retry_ms;
    for (uint32_t i = 1; i < self->attempts && wait < self->options.retry_ms_max; i++) {
        wait *= 2;
    }
    wait = wait < self->options.retry_ms_max ? wait : self->options.retry_ms_max;
    return wait - wait / 4 + random % (wait / 2 + 1);
}

static void leave(struct mirror *self, struct mirror_effects *effects)
{
    effects->lost = effects->lost || self->state == MIRROR_CURRENT;
    effects->settled = false;
}

static void ask(struct mirror *self, const struct mirror_event *event,
                struct mirror_effects *effects)
{
    leave(self, effects);
    self->state = MIRROR_ASKING;
    self->attempts += self->attempts < UINT32_MAX ? 1 : 0;
    self->deadline_ms = event->now_ms + self->options.answer_ms;
    self->held_count = 0;
    self->overflowed = false;
    arena_reset(self->memory);
    table_clear(self->coming.rows);
    self->coming.head = (struct sheet_part){0};
    effects->ask = ++self->ask;
}

/* At once after the first fault; later where the copy did not hold before a beat has agreed. */
static void ask_again(struct mirror *self, const struct mirror_event *event,
                      struct mirror_effects *effects)
{
    if (self->attempts == 0) {
        ask(self, event, effects);
        return;
    }
    leave(self, effects);
    self->state = MIRROR_WAITING;
    self->deadline_ms = event->now_ms + retry_ms(self, event->random);
}

static void join(struct mirror *self, const struct mirror_event *event,
                 struct mirror_effects *effects)
{
    leave(self, effects);
    self->state = MIRROR_JOINING;
    self->deadline_ms = event->now_ms + self->options.join_ms +
                        (self->attempts > 1 ? retry_ms(self, event->random) : 0);
    effects->reopen = true;
}

/* ---- changes ---- */

/* Copies a change, whose rows are only borrowed. */
static void hold(struct mirror *self, const struct sheet_part *part)
{
    const struct sheet_rows *rows = &part->rows;
    const size_t label_count = (size_t)rows->count * rows->label_count;
    struct bytes *indicators = arena_zeroed(self->memory, rows->count, sizeof *indicators);
    struct bytes *labels = arena_zeroed(self->memory, label_count, sizeof *labels);
    int64_t *values = arena_zeroed(self->memory, rows->count, sizeof *values);
    int64_t *sums = arena_zeroed(self->memory, rows->count, sizeof *sums);
    enum err err = indicators != NULL && labels != NULL && values != NULL && sums != NULL &&
                           self->held_count < HELD_PARTS_MAX
                       ? ERR_OK
                       : ERR_FULL;
    for (uint32_t i = 0; err == ERR_OK && i < rows->count; i++) {
        err = arena_copy(self->memory, rows->indicators[i], &indicators[i]);
        values[i] = rows->values[i];
        sums[i] = rows->partner_sums[i];
    }
    for (size_t i = 0; err == ERR_OK && i < label_count; i++) {
        err = arena_copy(self->memory, rows->labels[i], &labels[i]);
    }
    if (err != ERR_OK) {
        self->overflowed = true;
        return;
    }
    struct sheet_part *held = &self->held[self->held_count++];
    *held = *part;
    held->rows.indicators = indicators;
    held->rows.labels = labels;
    held->rows.values = values;
    held->rows.partner_sums = sums;
}

/* What a part says of the copy that is shown. */
enum news {
    NEWS_OLD,  /* it is about what the copy has already */
    NEWS_SAME, /* it is about the copy's very version */
    NEWS_NEXT,
    NEWS_GAP,
    NEWS_OTHER /* another session, or another programme file */
};

static enum news news_of(const struct mirror *self, const struct sheet_part *part)
{
    const struct sheet_part *head = &self->shown.head;
    if (part->session != head->session || part->basis != head->basis) {
        return NEWS_OTHER;
    }
    if (part->version <= head->version) {
        return part->version == head->version ? NEWS_SAME : NEWS_OLD;
    }
    return part->version == head->version + 1 ? NEWS_NEXT : NEWS_GAP;
}

/* A broker that began anew, or counts under another file, has all its watchers to answer: they ask
 * within retry_ms, not all at once. */
static void restart(struct mirror *self, const struct mirror_event *event,
                    struct mirror_effects *effects)
{
    self->counters.restarts++;
    leave(self, effects);
    self->state = MIRROR_WAITING;
    self->deadline_ms = event->now_ms + event->random % self->options.retry_ms;
}

/* Asks again where the copy cannot be what the broker has. */
static void mend(struct mirror *self, const struct mirror_event *event, uint64_t *counter,
                 struct mirror_effects *effects)
{
    ++*counter;
    ask_again(self, event, effects);
}

static enum err apply(struct mirror *self, const struct mirror_event *event,
                      const struct sheet_part *part, struct mirror_effects *effects)
{
    switch (news_of(self, part)) {
    case NEWS_OLD:
    case NEWS_SAME:
        return ERR_OK;
    case NEWS_GAP:
        mend(self, event, &self->counters.gaps, effects);
        return ERR_OK;
    case NEWS_OTHER:
        restart(self, event, effects);
        return ERR_OK;
    case NEWS_NEXT:
        break;
    }
    const enum err err = put_part(self, &self->shown, part);
    if (err != ERR_OK || part->more) {
        return err;
    }
    effects->settled = true;
    if (self->shown.head.digest != part->digest) {
        mend(self, event, &self->counters.diverged, effects);
    }
    return ERR_OK;
}

static void take_beat(struct mirror *self, const struct mirror_event *event,
                      struct mirror_effects *effects)
{
    switch (news_of(self, event->part)) {
    case NEWS_OLD:
        return;
    case NEWS_OTHER:
        restart(self, event, effects);
        return;
    case NEWS_NEXT:
    case NEWS_GAP:
        mend(self, event, &self->counters.gaps, effects);
        return;
    case NEWS_SAME:
        break;
    }
    if (self->shown.head.digest != event->part->digest) {
        mend(self, event, &self->counters.diverged, effects);
        return;
    }
    self->attempts = 0;
    /* What changed no row of the sheet moves its age all the same. */
    effects->settled = self->shown.head.position != event->part->position;
    self->shown.head.position = event->part->position;
    self->shown.head.received_at_ms = event->part->received_at_ms;
}

/* ---- the snapshot ---- */

static enum err finish(struct mirror *self, const struct mirror_event *event,
                       struct mirror_effects *effects)
{
    const struct copy whole = self->coming;
    self->coming = self->shown;
    self->shown = whole;
    self->counters.snapshots++;
    self->state = MIRROR_CURRENT;
    self->deadline_ms = event->now_ms + self->options.dead_ms;
    effects->settled = true;
    if (self->shown.head.digest != event->part->digest) {
        mend(self, event, &self->counters.diverged, effects);
        return ERR_OK;
    }
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && self->state == MIRROR_CURRENT && i < self->held_count;
         i++) {
        err = apply(self, event, &self->held[i], effects);
    }
    if (err == ERR_OK && self->state == MIRROR_CURRENT && self->overflowed) {
        mend(self, event, &self->counters.gaps, effects);
    }
    /* A change whose last part is still to come is not shown by half. */
    effects->settled = effects->settled && !self->shown.head.more;
    return err;
}

static enum err take_snapshot(struct mirror *self, const struct mirror_event *event,
                              struct mirror_effects *effects)
{
    const struct sheet_part *part = event->part;
    if (self->state != MIRROR_ASKING || event->ask != self->ask) {
        return ERR_OK;
    }
    const enum err err = put_part(self, &self->coming, part);
    self->deadline_ms = event->now_ms + self->options.answer_ms;
    return err == ERR_OK && !part->more ? finish(self, event, effects) : err;
}

/* ---- steps ---- */

/* A broker that is not there shows itself by its beat; one that refuses is asked again. */
static void give_up_ask(struct mirror *self, const struct mirror_event *event,
                        struct mirror_effects *effects)
{
    if (event->kind == MIRROR_REFUSED) {
        ask_again(self, event, effects);
        return;
    }
    self->state = MIRROR_JOINING;
    self->deadline_ms = event->now_ms + self->options.join_ms;
}

/* A sign of life on the feed. */
static enum err take_sign(struct mirror *self, const struct mirror_event *event,
                          struct mirror_effects *effects)
{
    const bool changes = event->kind == MIRROR_CHANGE;
    if (self->state == MIRROR_JOINING) {
        ask(self, event, effects);
    }
    if (self->state == MIRROR_ASKING && changes) {
        hold(self, event->part);
    }
    if (self->state != MIRROR_CURRENT) {
        return ERR_OK;
    }
    self->deadline_ms = event->now_ms + self->options.dead_ms;
    if (changes) {
        return apply(self, event, event->part, effects);
    }
    take_beat(self, event, effects);
    return ERR_OK;
}

static void take_timeout(struct mirror *self, const struct mirror_event *event,
                         struct mirror_effects *effects)
{
    if (event->now_ms < self->deadline_ms) {
        return;
    }
    switch (self->state) {
    case MIRROR_IDLE:
        return;
    case MIRROR_JOINING:
    case MIRROR_WAITING:
        ask(self, event, effects);
        return;
    case MIRROR_ASKING:
    case MIRROR_CURRENT:
        self->counters.silences++;
        join(self, event, effects);
        return;
    }
}

enum err mirror_step(struct mirror *self, const struct mirror_event *event,
                     struct mirror_effects *effects)
{
    *effects = (struct mirror_effects){0};
    switch (event->kind) {
    case MIRROR_START:
        join(self, event, effects);
        return ERR_OK;
    case MIRROR_SNAPSHOT:
        return take_snapshot(self, event, effects);
    case MIRROR_UNSENT:
    case MIRROR_REFUSED:
        if (self->state == MIRROR_ASKING && event->ask == self->ask) {
            give_up_ask(self, event, effects);
        }
        return ERR_OK;
    case MIRROR_CHANGE:
    case MIRROR_BEAT:
        return take_sign(self, event, effects);
    case MIRROR_TIMEOUT:
        take_timeout(self, event, effects);
        return ERR_OK;
    }
    return ERR_STATE;
}

uint64_t mirror_deadline_ms(const struct mirror *self)
{
    return self->deadline_ms;
}

enum mirror_state mirror_state(const struct mirror *self)
{
    return self->state;
}

struct mirror_counters mirror_counters(const struct mirror *self)
{
    return self->counters;
}

struct sheet_part mirror_head(const struct mirror *self)
{
    return self->shown.head;
}

/* ---- reading ---- */

static struct mirror_row row_of(const struct mirror *self, const struct row_key *key,
                                const void *value)
{
    struct mirror_row row = {.indicator = names_text(self->names, key->indicator),
                             .label_count = self->shown.head.rows.label_count};
    struct row_value numbers;
    memcpy(&numbers, value, sizeof numbers);
    row.value = numbers.value;
    row.partner_sum = numbers.partner_sum;
    for (uint32_t i = 0; i < row.label_count; i++) {
        row.labels[i] = names_text(self->names, key->labels[i]);
    }
    return row;
}

static int compare_rows(const void *a, const void *b)
{
    const struct mirror_row *left = a;
    const struct mirror_row *right = b;
    int order = bytes_compare(left->indicator, right->indicator);
    for (uint32_t i = 0; order == 0 && i < left->label_count; i++) {
        order = bytes_compare(left->labels[i], right->labels[i]);
    }
    return order;
}

enum err mirror_rows(const struct mirror *self, mirror_visit *visit, void *context)
{
    const size_t room = table_count(self->shown.rows);
    struct mirror_row *sorted = mem_calloc(room + 1, sizeof *sorted);
    const void *key = NULL;
    void *value = NULL;
    size_t cursor = 0, count = 0;
    if (sorted == NULL) {
        return ERR_MEMORY;
    }
    while (table_next(self->shown.rows, &cursor, &key, &value)) {
        const struct mirror_row row = row_of(self, key, value);
        if (row.label_count == 0 || row.value != 0 || row.partner_sum != 0) {
            sorted[count++] = row;
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_rows);
    for (size_t i = 0; i < count; i++) {
        visit(context, &sorted[i]);
    }
    mem_free(sorted);
    return ERR_OK;
}

static void add_digest(void *context, const struct mirror_row *row)
{
    uint64_t *sum = context;
    const struct sheet_rows one = {.count = 1,
                                   .label_count = row->label_count,
                                   .indicators = &row->indicator,
                                   .labels = row->labels,
                                   .values = &row->value,
                                   .partner_sums = &row->partner_sum};
    *sum += sheet_row_digest(&one, 0);
}

void mirror_check(const struct mirror *self)
{
    uint64_t sum = 0;
    const enum err err = mirror_rows(self, add_digest, &sum);
    assert(err == ERR_OK);
    assert(sum == self->shown.head.digest);
    assert(self->held_count <= HELD_PARTS_MAX);
    assert(self->state != MIRROR_CURRENT || self->shown.head.session != 0);
    assert(self->state == MIRROR_IDLE || self->deadline_ms != UINT64_MAX);
}
