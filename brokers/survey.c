#include "brokers/survey.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/codec.h"

struct survey {
    const struct people_decision *people;
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

static enum err read_batch(struct survey *self, const struct stored_batch *batch,
                           struct arena *arena)
{
    struct batch_header header;
    struct columns columns;
    enum err err = codec_batch_header_decode(batch->header, arena, &header);
    if (err != ERR_OK || !bytes_equal(header.programme, self->people->programme) ||
        !note_introductions(self, &header, batch) || batch->rejected_count == header.count) {
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

static enum err judge(const struct survey *self, const struct exchange *exchange, bool merge,
                      char *fault)
{
    bool people = false, entities = false;
    for (uint32_t i = 0; i < self->people->count; i++) {
        const struct person_ref *person = &self->people->people[i];
        const uint32_t node = exchange_node_find(exchange, person->node);
        assert(node != UINT32_MAX);
        if (!self->introduced[i]) {
            snprintf(fault, EXCHANGE_FAULT_BYTES,
                     "%s:%u is nobody: that office has introduced no such number in %.*s",
                     exchange_node_at(exchange, node)->name, person->number,
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
    return ERR_OK;
}

enum err survey_people(struct ledger *ledger, const struct exchange *exchange,
                       const struct decision *decision, struct arena *arena, char *fault)
{
    struct survey survey = {.people = &decision->people};
    for (uint64_t position = 1; position <= ledger_size(ledger); position++) {
        struct log_entry entry;
        arena_reset(arena);
        enum err err = ledger_read(ledger, position, arena, &entry, NULL);
        if (err == ERR_OK && entry.kind == LOG_BATCH) {
            err = read_batch(&survey, &entry.batch, arena);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return judge(&survey, exchange, decision->kind == DECISION_PEOPLE_MERGE, fault);
}
