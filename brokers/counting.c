#include "brokers/counting.h"

#include <assert.h>
#include <string.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "proto/codec.h"
#include "proto/sealing.h"

struct count {
    char id[CODE_BYTES_MAX + 1];
    const struct programme *programme;
    struct totals *totals;
    struct identities *identities; /* null until people were merged or split */
};

struct counting {
    struct counting_options options;
    struct count counts[PROGRAMMES_MAX]; /* ascending by id */
    uint32_t count;
    uint16_t verdicts[BATCH_EVENTS_MAX];
    uint32_t persons[BATCH_EVENTS_MAX]; /* of the batch in hand, by identity */
};

enum err counting_new(const struct counting_options *options, struct counting **out)
{
    struct counting *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < exchange_version_count(options->exchange); i++) {
        const struct exchange_programme *version = exchange_version_at(options->exchange, i);
        if (exchange_programme(options->exchange, bytes_text(version->id)) == version) {
            err = counting_take_version(self, version);
        }
    }
    if (err != ERR_OK) {
        counting_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void counting_free(struct counting **self)
{
    if (*self != NULL) {
        for (uint32_t i = 0; i < (*self)->count; i++) {
            totals_free(&(*self)->counts[i].totals);
            identities_free(&(*self)->counts[i].identities);
        }
        mem_free(*self);
    }
    *self = NULL;
}

static struct count *find(struct counting *self, struct bytes programme)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (bytes_is(programme, self->counts[i].id)) {
            return &self->counts[i];
        }
    }
    return NULL;
}

static struct count *insert(struct counting *self, const char *id)
{
    uint32_t at = self->count;
    assert(self->count < PROGRAMMES_MAX);
    while (at > 0 && strcmp(self->counts[at - 1].id, id) > 0) {
        self->counts[at] = self->counts[at - 1];
        at--;
    }
    self->counts[at] = (struct count){0};
    memcpy(self->counts[at].id, id, strlen(id) + 1);
    self->count++;
    return &self->counts[at];
}

enum err counting_take_version(struct counting *self, const struct exchange_programme *version)
{
    const struct counting_options *options = &self->options;
    if (options->programme != NULL && strcmp(options->programme, version->id) != 0) {
        return ERR_OK;
    }
    const struct programme *programme =
        options->instead != NULL ? options->instead : version->programme;
    if (programme == NULL) {
        return ERR_OK;
    }
    const struct totals_options wanted = {
        .programme = programme,
        .views = options->views != NULL ? options->views : programme->live,
        .view_count = options->views != NULL ? options->view_count : programme->live_count,
        .until = options->until,
        .regions_dated = options->regions_dated,
        .regions_at = options->regions_at};
    struct totals *totals = NULL;
    struct count *count = find(self, bytes_text(version->id));
    if (count == NULL && self->count == PROGRAMMES_MAX) {
        return ERR_FULL;
    }
    const enum err err = totals_new(&wanted, &totals);
    if (err != ERR_OK) {
        return err;
    }
    count = count != NULL ? count : insert(self, version->id);
    totals_free(&count->totals);
    identities_free(&count->identities);
    count->totals = totals;
    count->programme = programme;
    return ERR_OK;
}

/* The verdicts as recorded; a batch refused as a whole may hold columns that nobody can read. */
static enum err verdicts_of(struct counting *self, const struct stored_batch *batch, uint32_t count)
{
    memset(self->verdicts, 0, sizeof self->verdicts);
    for (uint32_t i = 0; i < batch->rejected_count; i++) {
        if (batch->rejected_index[i] >= count) {
            return ERR_MALFORMED;
        }
        self->verdicts[batch->rejected_index[i]] = (uint16_t)batch->rejected_code[i];
    }
    return ERR_OK;
}

enum err counting_follow_people(struct identities *identities,
                                const struct exchange_people *decision)
{
    struct identities_person people[DECISION_PEOPLE_MAX];
    for (uint32_t i = 0; i < decision->count; i++) {
        people[i] =
            (struct identities_person){decision->people[i].node, decision->people[i].number};
    }
    return decision->merge ? identities_merge(identities, people, decision->count)
                           : identities_split(identities, people, decision->count);
}

static enum err collect_batch(struct counting *self, const struct log_entry *entry,
                              const char *programme, struct arena *arena)
{
    struct batch_header header;
    const enum err err = codec_batch_header_decode(entry->batch.header, arena, &header);
    struct count *count = err == ERR_OK ? find(self, header.programme) : NULL;
    if (count == NULL || (programme != NULL && !bytes_is(header.programme, programme)) ||
        count->identities == NULL) {
        return err;
    }
    const uint32_t node = exchange_node_find(self->options.exchange, header.node);
    if (node == UINT32_MAX) {
        return ERR_NOT_FOUND;
    }
    return identities_introduce(count->identities, node, header.first_person, entry->batch.persons,
                                entry->batch.person_count);
}

/* Where people were merged or split, their identities are there. */
static enum err open_identities(struct counting *self)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < self->count; i++) {
        struct count *count = &self->counts[i];
        if (count->identities == NULL &&
            exchange_has_people(self->options.exchange, bytes_text(count->id))) {
            err = identities_new(&count->identities);
        }
    }
    return err;
}

static enum err collect(struct counting *self, const struct log_entry *entry, const char *programme,
                        struct arena *arena)
{
    if (entry->kind == LOG_GENESIS) {
        return ERR_OK;
    }
    if (entry->kind == LOG_BATCH) {
        return collect_batch(self, entry, programme, arena);
    }
    const struct exchange_people *people =
        exchange_people_find(self->options.exchange, entry->position);
    if (people == NULL || (programme != NULL && strcmp(programme, people->programme) != 0)) {
        return ERR_OK;
    }
    struct count *count = find(self, bytes_text(people->programme));
    return count != NULL ? counting_follow_people(count->identities, people) : ERR_OK;
}

enum err counting_collect(struct counting *self, const struct log_entry *entry, struct arena *arena)
{
    const enum err err = open_identities(self);
    return err == ERR_OK ? collect(self, entry, NULL, arena) : err;
}

/* The people introduced, by identity. */
static enum err identify(struct counting *self, struct count *count, struct totals_batch *batch)
{
    const enum err err = identities_introduce(count->identities, batch->node, batch->first_person,
                                              batch->persons, batch->person_count);
    for (uint32_t i = 0; err == ERR_OK && i < batch->person_count; i++) {
        const struct identities_person person = {batch->node, batch->first_person + i};
        self->persons[i] = identities_of(count->identities, person);
    }
    batch->persons = self->persons;
    return err;
}

enum err counting_fold_decoded(struct counting *self, const struct log_entry *entry,
                               const struct batch_header *header, const struct columns *columns)
{
    static const struct columns none = {0};
    assert(entry->kind == LOG_BATCH);
    struct count *count = find(self, header->programme);
    if (count == NULL) {
        return ERR_OK;
    }
    const uint32_t node = exchange_node_find(self->options.exchange, header->node);
    if (node == UINT32_MAX) {
        return ERR_NOT_FOUND;
    }
    enum err err = verdicts_of(self, &entry->batch, header->count);
    if (err != ERR_OK) {
        return err;
    }
    struct totals_batch batch = {
        .node = node,
        .partner = bytes_text(exchange_node_at(self->options.exchange, node)->partner),
        .columns = entry->batch.rejected_count < header->count ? columns : &none,
        .verdicts = self->verdicts,
        .first_person = header->first_person,
        .person_count = entry->batch.person_count,
        .persons = entry->batch.persons};
    if (count->identities != NULL) {
        err = identify(self, count, &batch);
    }
    if (err != ERR_OK) {
        return err;
    }
    const struct counting_options *options = &self->options;
    return options->tap != NULL ? options->tap(options->tap_context, entry, header, &batch)
                                : totals_fold(count->totals, &batch);
}

/* Decodes what is counted: the programme's, or all where it is null. */
static enum err fold(struct counting *self, const struct log_entry *entry, const char *programme,
                     struct arena *arena)
{
    struct batch_header header;
    struct columns columns = {0};
    if (entry->kind != LOG_BATCH) {
        return ERR_OK;
    }
    enum err err = codec_batch_header_decode(entry->batch.header, arena, &header);
    if (err != ERR_OK || (programme != NULL && !bytes_is(header.programme, programme)) ||
        find(self, header.programme) == NULL) {
        return err;
    }
    if (entry->batch.rejected_count < header.count) {
        err = codec_columns_decode(entry->batch.columns, arena, &columns);
    }
    return err == ERR_OK ? counting_fold_decoded(self, entry, &header, &columns) : err;
}

enum err counting_fold(struct counting *self, const struct log_entry *entry, struct arena *arena)
{
    return fold(self, entry, NULL, arena);
}

static bool has_people(const struct counting *self, const char *programme)
{
    bool any = false;
    for (uint32_t i = 0; i < self->count; i++) {
        any = any || ((programme == NULL || strcmp(programme, self->counts[i].id) == 0) &&
                      exchange_has_people(self->options.exchange, bytes_text(self->counts[i].id)));
    }
    return any;
}

/* The first of two passes, where it is needed. */
static enum err collect_all(struct counting *self, struct ledger *ledger, uint64_t through,
                            const char *programme, struct arena *arena)
{
    if (!has_people(self, programme)) {
        return ERR_OK;
    }
    enum err err = open_identities(self);
    for (uint64_t position = 1; err == ERR_OK && position <= through; position++) {
        struct log_entry entry;
        arena_reset(arena);
        err = ledger_read(ledger, position, arena, &entry, NULL);
        if (err == ERR_OK) {
            err = collect(self, &entry, programme, arena);
        }
    }
    return err;
}

enum err counting_run(struct counting *self, struct ledger *ledger, uint64_t through,
                      const char *programme, counting_progress *progress, void *context)
{
    struct arena *arena = NULL;
    enum err err = arena_new(CONTROL_ARENA_BYTES, &arena);
    if (err == ERR_OK) {
        err = collect_all(self, ledger, through, programme, arena);
    }
    for (uint64_t position = 1; err == ERR_OK && position <= through; position++) {
        struct log_entry entry;
        arena_reset(arena);
        err = ledger_read(ledger, position, arena, &entry, NULL);
        if (err == ERR_OK) {
            err = fold(self, &entry, programme, arena);
        }
        if (err == ERR_OK && progress != NULL && !progress(context, position)) {
            err = ERR_STATE;
        }
    }
    arena_free(&arena);
    return err;
}

struct totals *counting_totals(struct counting *self, struct bytes programme)
{
    struct count *count = find(self, programme);
    return count != NULL ? count->totals : NULL;
}

const struct programme *counting_programme(struct counting *self, struct bytes programme)
{
    struct count *count = find(self, programme);
    return count != NULL ? count->programme : NULL;
}

struct line_target {
    totals_emit *emit;
    void *context;
    const char *programme;
    struct buffer line;
    enum err err;
};

static void prefix_line(void *context, struct bytes line)
{
    struct line_target *target = context;
    buffer_clear(&target->line);
    enum err err = buffer_add_text(&target->line, target->programme);
    if (err == ERR_OK) {
        err = buffer_add_text(&target->line, "|");
    }
    if (err == ERR_OK) {
        err = buffer_add(&target->line, line);
    }
    if (err == ERR_OK) {
        target->emit(target->context, buffer_bytes(&target->line));
    } else {
        target->err = err;
    }
}

enum err counting_lines(struct counting *self, totals_emit *emit, void *context)
{
    struct line_target target = {
        .emit = emit, .context = context, .line = {.bytes_max = FRAME_BYTES_MAX}};
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < self->count; i++) {
        target.programme = self->counts[i].id;
        err = totals_lines(self->counts[i].totals, prefix_line, &target);
        err = err == ERR_OK ? target.err : err;
    }
    buffer_fini(&target.line);
    return err;
}

static void digest_line(void *context, struct bytes line)
{
    struct seal_stream *stream = context;
    sealing_stream_add(stream, line);
    sealing_stream_add(stream, bytes_text("\n"));
}

enum err counting_digest(struct counting *self, uint8_t out[DIGEST_BYTES])
{
    struct seal_stream stream;
    sealing_stream_begin(&stream, SEAL_TOTALS);
    const enum err err = counting_lines(self, digest_line, &stream);
    sealing_stream_end(&stream, out);
    return err;
}
