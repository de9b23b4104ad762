#include "brokers/survey.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "brokers/counting.h"
#include "core/totals/identities.h"
#include "proto/codec.h"

struct survey {
    const struct exchange *exchange;
    const struct people_decision *people;
    struct identities *identities; /* for a split; else null */
    bool introduced[DECISION_PEOPLE_MAX];
    bool is_person[DECISION_PEOPLE_MAX], is_entity[DECISION_PEOPLE_MAX]; /* in accepted events */
};

static bool refused(const struct stored_batch *batch, uint32_t index)
{
    for (uint32_t i = 0; i < batch->rejected_count; i++) {
        if (batch->rejected_index[i] == index) {
            return true;
        }
    }
    return false;
}

static void note_event(struct survey *self, const struct batch_header *header, uint32_t number,
                       bool entity)
{
    for (uint32_t i = 0; i < self->people->count; i++) {
        const struct person_ref *person = &self->people->people[i];
        if (person->number == number && memcmp(person->node, header->node, ID_BYTES) == 0) {
            self->is_entity[i] = self->is_entity[i] || entity;
            self->is_person[i] = self->is_person[i] || !entity;
        }
    }
}

/* Whether the batch's node is one of the decision's; notes whom it introduces. */
static bool note_introductions(struct survey *self, const struct batch_header *header,
                               const struct stored_batch *batch)
{
    bool named = false;
    for (uint32_t i = 0; i < self->people->count; i++) {
        const struct person_ref *person = &self->people->people[i];
        if (memcmp(person->node, header->node, ID_BYTES) == 0) {
            named = true;
            self->introduced[i] = self->introduced[i] ||
                                  (person->number >= header->first_person &&
                                   person->number - header->first_person < batch->person_count);
        }
    }
    return named;
}

static enum err introduce(struct survey *self, const struct batch_header *header,
                          const struct stored_batch *batch)
{
    const uint32_t node = exchange_node_find(self->exchange, header->node);
    if (node == UINT32_MAX) {
        return ERR_NOT_FOUND;
    }
    return self->identities != NULL
               ? identities_introduce(self->identities, node, header->first_person, batch->persons,
                                      batch->person_count)
               : ERR_OK;
}

static enum err read_batch(struct survey *self, const struct stored_batch *batch,
                           struct arena *arena)
{
    struct batch_header header;
    struct columns columns;
    enum err err = codec_batch_header_decode(batch->header, arena, &header);
    if (err != ERR_OK || !bytes_equal(header.programme, self->people->programme)) {
        return err;
    }
    err = introduce(self, &header, batch);
    if (err != ERR_OK || !note_introductions(self, &header, batch) ||
        batch->rejected_count == header.count) {
        return err;
    }
    err = codec_columns_decode(batch->columns, arena, &columns);
    for (uint32_t i = 0; err == ERR_OK && i < columns.count; i++) {
        const uint32_t number = columns_number(columns.person, i);
        if (number != 0 && !refused(batch, i)) {
            note_event(self, &header, number, columns.entity != NULL && columns.entity[i] != 0);
        }
    }
    return err;
}

/* What was decided of the programme's people before. */
static enum err follow(struct survey *self, uint64_t position)
{
    const struct exchange_people *decided = exchange_people_find(self->exchange, position);
    return self->identities != NULL && decided != NULL &&
                   bytes_is(self->people->programme, decided->programme)
               ? counting_follow_people(self->identities, decided)
               : ERR_OK;
}

static struct identities_person person_of(const struct survey *self, uint32_t index)
{
    const struct person_ref *person = &self->people->people[index];
    return (struct identities_person){exchange_node_find(self->exchange, person->node),
                                      person->number};
}

/* Numbers of two people, taken out of both at once, would be one person of whom nobody said so. */
static enum err judge_split(const struct survey *self, char *fault)
{
    const struct identities_person first = person_of(self, 0);
    for (uint32_t i = 1; i < self->people->count; i++) {
        const struct identities_person other = person_of(self, i);
        if (identities_of(self->identities, other) != identities_of(self->identities, first)) {
            snprintf(fault, EXCHANGE_FAULT_BYTES,
                     "%s:%u and %s:%u are two people: a split takes numbers out of one person; "
                     "decide a split for each",
                     exchange_node_at(self->exchange, first.node)->name, first.number,
                     exchange_node_at(self->exchange, other.node)->name, other.number);
            return ERR_STATE;
        }
    }
    return ERR_OK;
}

static enum err judge(const struct survey *self, bool merge, char *fault)
{
    bool people = false, entities = false;
    for (uint32_t i = 0; i < self->people->count; i++) {
        const struct person_ref *person = &self->people->people[i];
        const uint32_t node = exchange_node_find(self->exchange, person->node);
        assert(node != UINT32_MAX);
        if (!self->introduced[i]) {
            snprintf(fault, EXCHANGE_FAULT_BYTES,
                     "%s:%u is nobody: that office has introduced no such number in %.*s",
                     exchange_node_at(self->exchange, node)->name, person->number,
                     BYTES_FMT(self->people->programme));
            return ERR_NOT_FOUND;
        }
        people = people || self->is_person[i];
        entities = entities || self->is_entity[i];
    }
    if (merge && people && entities) {
        snprintf(fault, EXCHANGE_FAULT_BYTES,
                 "a person and an entity cannot be one: merge people with people");
        return ERR_STATE;
    }
    return merge ? ERR_OK : judge_split(self, fault);
}

static enum err read_log(struct survey *self, struct ledger *ledger, struct arena *arena)
{
    enum err err = ERR_OK;
    for (uint64_t position = 1; err == ERR_OK && position <= ledger_size(ledger); position++) {
        struct log_entry entry;
        arena_reset(arena);
        err = ledger_read(ledger, position, arena, &entry, NULL);
        if (err == ERR_OK) {
            err = entry.kind == LOG_BATCH ? read_batch(self, &entry.batch, arena)
                                          : follow(self, position);
        }
    }
    return err;
}

enum err survey_people(struct ledger *ledger, const struct exchange *exchange,
                       const struct decision *decision, struct arena *arena, char *fault)
{
    const bool merge = decision->kind == DECISION_PEOPLE_MERGE;
    struct survey survey = {.exchange = exchange, .people = &decision->people};
    enum err err = merge ? ERR_OK : identities_new(&survey.identities);
    if (err == ERR_OK) {
        err = read_log(&survey, ledger, arena);
    }
    if (err == ERR_OK) {
        err = judge(&survey, merge, fault);
    }
    identities_free(&survey.identities);
    return err;
}
