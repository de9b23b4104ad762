#include "brokers/intake.h"

#include <assert.h>
#include <string.h>

#include "core/admission/admission.h"
#include "core/base/mem.h"
#include "proto/codec.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, EVENT_TEXTS_MAX = 9 + PROFILE_FLAGS_MAX };

/* Each text with what an arena takes to align it. */
static_assert(BATCH_EVENTS_MAX * EVENT_TEXTS_MAX * (CODE_BYTES_MAX + 16) <= BATCH_ARENA_BYTES,
              "what a whole batch takes back fits into the priors");

struct intake {
    struct intake_options options;
    struct arena *arena;  /* of the batch in hand */
    struct arena *stored; /* of one batch that its withdrawals take back from */
    struct arena *priors; /* of the texts of all events that they take back */
    uint32_t node;
    struct opened_batch batch;
    struct columns columns; /* of the batch in hand; empty where nobody can read them */
    struct log_entry entry;
    uint16_t verdicts[BATCH_EVENTS_MAX];
    struct admission_prior prior[BATCH_EVENTS_MAX];
    struct event prior_event[BATCH_EVENTS_MAX];
    struct ledger_place place[BATCH_EVENTS_MAX];
    uint32_t rejected_index[BATCH_EVENTS_MAX], rejected_code[BATCH_EVENTS_MAX];
    uint32_t persons[BATCH_EVENTS_MAX];
};

enum err intake_new(const struct intake_options *options, struct intake **out)
{
    struct intake *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    if (arena_new(BATCH_ARENA_BYTES, &self->arena) != ERR_OK ||
        arena_new(4 * BATCH_ARENA_BYTES, &self->stored) != ERR_OK ||
        arena_new(BATCH_ARENA_BYTES, &self->priors) != ERR_OK) {
        intake_free(&self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void intake_free(struct intake **self)
{
    if (*self != NULL) {
        arena_free(&(*self)->arena);
        arena_free(&(*self)->stored);
        arena_free(&(*self)->priors);
        mem_free(*self);
    }
    *self = NULL;
}

enum err intake_open(struct intake *self, uint32_t node, struct bytes body,
                     const struct opened_batch **out)
{
    const struct exchange_node *known = exchange_node_at(self->options.exchange, node);
    const struct genesis *genesis = exchange_genesis(self->options.exchange);
    struct sealed_batch sealed;
    assert(genesis != NULL);
    arena_reset(self->arena);
    self->node = node;
    enum err err = codec_sealed_batch_decode(body, self->arena, &sealed);
    if (err == ERR_OK) {
        err = sealing_open(&sealed, true, known->signing_key, self->arena, &self->batch);
    }
    if (err != ERR_OK) {
        return err;
    }
    const struct batch_header *header = &self->batch.header;
    if (memcmp(header->exchange, genesis->exchange, ID_BYTES) != 0 ||
        memcmp(header->node, known->id, ID_BYTES) != 0 ||
        header->signing_key != known->signing_key_number) {
        return ERR_DENIED;
    }
    *out = &self->batch;
    return ERR_OK;
}

/* The columns of the batch at a position. */
struct stored_events {
    uint64_t position;
    struct log_entry entry;
    struct columns columns;
};

static enum err read_events(struct intake *self, uint64_t position, struct stored_events *stored)
{
    if (stored->position == position) {
        return ERR_OK;
    }
    arena_reset(self->stored);
    enum err err = ledger_read(self->options.ledger, position, self->stored, &stored->entry, NULL);
    if (err == ERR_OK) {
        err = codec_columns_decode(stored->entry.batch.columns, self->stored, &stored->columns);
    }
    stored->position = err == ERR_OK ? position : 0;
    return err;
}

static bool was_rejected(const struct stored_batch *batch, uint64_t index)
{
    for (uint32_t i = 0; i < batch->rejected_count; i++) {
        if (batch->rejected_index[i] == index) {
            return true;
        }
    }
    return false;
}

/* Copies the event's texts, so that the next batch may be read over this one. */
static enum err keep_texts(struct arena *arena, struct event *event)
{
    struct event_profile *profile = &event->profile;
    struct bytes *const texts[] = {&event->task,        &event->region,   &event->support,
                                   &event->outcome,     &event->activity, &event->unit,
                                   &profile->education, &profile->status, &profile->home_region};
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < sizeof texts / sizeof texts[0]; i++) {
        err = arena_copy(arena, *texts[i], texts[i]);
    }
    for (uint32_t i = 0; err == ERR_OK && i < profile->flag_count; i++) {
        err = arena_copy(arena, profile->flags[i], &profile->flags[i]);
    }
    return err;
}

/* What is known of the event that the one at index takes back. A batch refused as a whole, or one
 * that cannot be read any more for want of memory, counts as not found: a withdrawal is then
 * refused, which loses nothing. */
static enum err find_prior(struct intake *self, uint64_t seq, uint32_t index,
                           struct stored_events *stored)
{
    const struct batch_header *header = &self->batch.header;
    struct admission_prior *prior = &self->prior[index];
    struct ledger_place *place = &self->place[index];
    *prior = (struct admission_prior){0};
    if (seq == 0 || seq >= header->first_seq) {
        return ERR_OK;
    }
    enum err err = ledger_place(self->options.ledger, header->node, seq, place);
    if (err != ERR_OK) {
        return err == ERR_STORE ? err : ERR_OK;
    }
    err = read_events(self, place->position, stored);
    if (err != ERR_OK) {
        return err == ERR_STORE ? err : ERR_OK;
    }
    const uint64_t at = seq - place->first_seq;
    if (at >= stored->columns.count || was_rejected(&stored->entry.batch, at)) {
        return ERR_OK;
    }
    columns_event(&stored->columns, (uint32_t)at, &self->prior_event[index]);
    err = keep_texts(self->priors, &self->prior_event[index]);
    if (err != ERR_OK) {
        return err;
    }
    prior->event = &self->prior_event[index];
    prior->found = true;
    return ledger_withdrawn(self->options.ledger, header->node, place, seq, &prior->withdrawn);
}

static enum err find_priors(struct intake *self, const struct columns *columns)
{
    struct stored_events stored = {0};
    enum err err = ERR_OK;
    arena_reset(self->priors);
    for (uint32_t i = 0; err == ERR_OK && i < columns->count; i++) {
        if (columns->withdrawal != NULL && columns->withdrawal[i] != 0) {
            const uint64_t seq = columns->withdraws != NULL ? columns->withdraws[i] : 0;
            err = find_prior(self, seq, i, &stored);
        }
    }
    return err;
}

static void refuse_all(struct intake *self, enum reject code)
{
    for (uint32_t i = 0; i < self->batch.header.count; i++) {
        self->verdicts[i] = (uint16_t)code;
    }
}

static bool serves(const struct exchange_node *node, struct bytes programme)
{
    for (uint32_t i = 0; i < node->programme_count; i++) {
        if (bytes_is(programme, node->programmes[i])) {
            return true;
        }
    }
    return false;
}

/* Fills the verdicts; an authentic batch that cannot be admitted is refused as a whole. */
static enum err judge(struct intake *self, const struct ingest_register *reg, uint64_t now_ms,
                      struct columns *columns)
{
    const struct batch_header *header = &self->batch.header;
    const struct exchange_node *node = exchange_node_at(self->options.exchange, self->node);
    const struct exchange_programme *version =
        exchange_version(self->options.exchange, header->programme, header->programme_digest);
    if (version == NULL || version->programme == NULL) {
        refuse_all(self, REJECT_BATCH_PROGRAMME);
        return ERR_OK;
    }
    if (!serves(node, header->programme)) {
        refuse_all(self, REJECT_PARTNER_NOT_IN_PROGRAMME);
        return ERR_OK;
    }
    enum err err = codec_columns_decode(self->batch.sealed.columns, self->arena, columns);
    if (err != ERR_OK || columns->count != header->count) {
        columns->count = 0;
        refuse_all(self, REJECT_BATCH_COLUMNS);
        return ERR_OK;
    }
    err = find_priors(self, columns);
    if (err != ERR_OK) {
        return err;
    }
    struct totals *totals = counting_totals(self->options.counting, header->programme);
    uint32_t people_count = 0;
    const uint32_t *people = totals_people(totals, self->node, &people_count);
    const struct admission_options options = {.people = people,
                                              .people_count = people_count,
                                              .first_person = header->first_person,
                                              .person_count = header->person_count,
                                              .programme = version->programme,
                                              .partner = bytes_text(node->partner),
                                              .today = (int32_t)(now_ms / DAY_MS),
                                              .first_seq = header->first_seq,
                                              .person_last = reg->last_person};
    admission_check(&options, columns, self->prior, self->verdicts);
    return ERR_OK;
}

static enum err number_people(struct intake *self)
{
    const struct batch_header *header = &self->batch.header;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < header->person_count; i++) {
        err = people_number(self->options.people, header->programme,
                            self->batch.confidential.pseudonyms.data + i * PSEUDONYM_BYTES,
                            &self->persons[i]);
    }
    return err;
}

static void fill_entry(struct intake *self)
{
    struct stored_batch *stored = &self->entry.batch;
    self->entry.kind = LOG_BATCH;
    *stored = (struct stored_batch){.header = self->batch.sealed.header,
                                    .signature = self->batch.sealed.signature,
                                    .columns = self->batch.sealed.columns,
                                    .rejected_index = self->rejected_index,
                                    .rejected_code = self->rejected_code,
                                    .persons = self->persons,
                                    .person_count = self->batch.header.person_count};
    for (uint32_t i = 0; i < self->batch.header.count; i++) {
        if (self->verdicts[i] != REJECT_NONE) {
            self->rejected_index[stored->rejected_count] = i;
            self->rejected_code[stored->rejected_count++] = self->verdicts[i];
        }
    }
}

/* Marks what accepted withdrawals took back. One that names an event of its own batch has no place
 * in the store yet: its batch is filed by then. */
static enum err mark_withdrawn(struct intake *self, const struct columns *columns)
{
    const struct batch_header *header = &self->batch.header;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < columns->count; i++) {
        if (columns->withdrawal == NULL || columns->withdrawal[i] == 0 ||
            self->verdicts[i] != REJECT_NONE) {
            continue;
        }
        struct ledger_place own = {.first_seq = header->first_seq, .count = header->count};
        const uint64_t seq = columns->withdraws[i];
        err = ledger_withdraw(self->options.ledger, header->node,
                              seq >= header->first_seq ? &own : &self->place[i], seq);
    }
    return err;
}

enum err intake_admit(struct intake *self, const struct ingest_register *reg, uint64_t now_ms,
                      struct intake_admitted *out)
{
    self->columns = (struct columns){0};
    enum err err = judge(self, reg, now_ms, &self->columns);
    if (err == ERR_OK) {
        err = number_people(self);
    }
    if (err != ERR_OK) {
        return err;
    }
    fill_entry(self);
    err = ledger_append(self->options.ledger, &self->entry, now_ms);
    if (err == ERR_OK) {
        err = ledger_file_batch(self->options.ledger, &self->batch.header, self->batch.digest, reg);
    }
    if (err == ERR_OK) {
        err = mark_withdrawn(self, &self->columns);
    }
    if (err == ERR_OK) {
        err = people_keep(self->options.people, &self->batch.header,
                          self->batch.confidential.row_keys, self->entry.position);
    }
    *out = (struct intake_admitted){
        .entry = &self->entry, .header = &self->batch.header, .columns = &self->columns};
    return err;
}
