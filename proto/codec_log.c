/* The entries of the log: stored batches, administrators' decisions and genesis. */
#include <assert.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "core/base/date.h"
#include "core/model/limits.h"
#include "proto/codec.h"
#include "proto/codec_wire.h"
#include "proto/ogniwo.pb-c.h"

static enum err stored_batch_get(const Ogniwo__V1__StoredBatch *message, struct stored_batch *out)
{
    if (message->header.len == 0 || message->columns.len == 0) {
        return ERR_MALFORMED;
    }
    if (message->signature.len != SIGNATURE_BYTES) {
        return ERR_RANGE;
    }
    const struct codec_rejects rejects = {.index_count = message->n_rejected_index,
                                          .code_count = message->n_rejected_code,
                                          .index = message->rejected_index,
                                          .code = message->rejected_code,
                                          .index_end = BATCH_EVENTS_MAX};
    const enum err err = codec_rejects_check(&rejects);
    if (err != ERR_OK) {
        return err;
    }
    assert(message->n_persons <= BATCH_EVENTS_MAX);
    *out = (struct stored_batch){.header = CODEC_BYTES(message->header),
                                 .signature = CODEC_BYTES(message->signature),
                                 .columns = CODEC_BYTES(message->columns),
                                 .rejected_index = message->rejected_index,
                                 .rejected_code = message->rejected_code,
                                 .rejected_count = (uint32_t)message->n_rejected_index,
                                 .persons = message->persons,
                                 .person_count = (uint32_t)message->n_persons};
    return ERR_OK;
}

static enum err signed_decision_get(const Ogniwo__V1__SignedDecision *message,
                                    struct signed_decision *out)
{
    if (message->body.len == 0) {
        return ERR_MALFORMED;
    }
    if (message->signature.len != SIGNATURE_BYTES) {
        return ERR_RANGE;
    }
    out->body = CODEC_BYTES(message->body);
    out->signature = CODEC_BYTES(message->signature);
    const struct codec_fixed key = {CODEC_BYTES(message->administrator), out->administrator,
                                    KEY_BYTES};
    return codec_fixed_get(&key, 1);
}

static enum err genesis_get(const Ogniwo__V1__Genesis *message, struct genesis *out)
{
    if (message->incarnation == 0 || message->n_administrators == 0) {
        return ERR_RANGE;
    }
    assert(message->n_administrators <= ADMINISTRATORS_MAX);
    out->incarnation = message->incarnation;
    out->administrator_count = (uint32_t)message->n_administrators;
    for (size_t i = 0; i < message->n_administrators; i++) {
        const struct codec_fixed key = {CODEC_BYTES(message->administrators[i]),
                                        out->administrators[i], KEY_BYTES};
        const enum err err = codec_fixed_get(&key, 1);
        if (err != ERR_OK) {
            return err;
        }
    }
    const struct codec_fixed fixed[] = {
        {CODEC_BYTES(message->exchange), out->exchange, ID_BYTES},
        {CODEC_BYTES(message->broker_signing_key), out->broker_signing_key, KEY_BYTES},
        {CODEC_BYTES(message->broker_transport_key), out->broker_transport_key, KEY_BYTES},
    };
    return codec_fixed_get(fixed, CODEC_COUNT(fixed));
}

enum err codec_log_entry_decode(struct bytes from, struct arena *arena, struct log_entry *out)
{
    const void *found = NULL;
    enum err err = codec_version_check(from);
    if (err == ERR_OK) {
        err = codec_wire_decode(&ogniwo__v1__log_entry__descriptor, from, arena, &found);
    }
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__LogEntry *message = found;
    if (message->position == 0) {
        return ERR_RANGE;
    }
    *out = (struct log_entry){.position = message->position,
                              .received_at_ms = message->received_at_ms};
    switch (message->content_case) {
    case OGNIWO__V1__LOG_ENTRY__CONTENT_BATCH:
        out->kind = LOG_BATCH;
        return stored_batch_get(message->batch, &out->batch);
    case OGNIWO__V1__LOG_ENTRY__CONTENT_DECISION:
        out->kind = LOG_DECISION;
        return signed_decision_get(message->decision, &out->decision);
    case OGNIWO__V1__LOG_ENTRY__CONTENT_GENESIS:
        out->kind = LOG_GENESIS;
        return genesis_get(message->genesis, &out->genesis);
    case OGNIWO__V1__LOG_ENTRY__CONTENT__NOT_SET:
    case _OGNIWO__V1__LOG_ENTRY__CONTENT__CASE_IS_INT_SIZE:
        break;
    }
    return ERR_MALFORMED;
}

static Ogniwo__V1__StoredBatch stored_batch_put(const struct stored_batch *from)
{
    assert(from->signature.size == SIGNATURE_BYTES);
    assert(from->rejected_count <= BATCH_EVENTS_MAX && from->person_count <= BATCH_EVENTS_MAX);
    Ogniwo__V1__StoredBatch message = OGNIWO__V1__STORED_BATCH__INIT;
    message.header = CODEC_DATA(from->header);
    message.signature = CODEC_DATA(from->signature);
    message.columns = CODEC_DATA(from->columns);
    message.n_rejected_index = from->rejected_count;
    message.rejected_index = (uint32_t *)from->rejected_index;
    message.n_rejected_code = from->rejected_count;
    message.rejected_code = (uint32_t *)from->rejected_code;
    message.n_persons = from->person_count;
    message.persons = (uint32_t *)from->persons;
    return message;
}

static Ogniwo__V1__SignedDecision signed_decision_put(const struct signed_decision *from)
{
    assert(from->body.size > 0 && from->signature.size == SIGNATURE_BYTES);
    Ogniwo__V1__SignedDecision message = OGNIWO__V1__SIGNED_DECISION__INIT;
    message.body = CODEC_DATA(from->body);
    message.signature = CODEC_DATA(from->signature);
    message.administrator = CODEC_ARRAY(from->administrator);
    return message;
}

static Ogniwo__V1__Genesis genesis_put(const struct genesis *from, ProtobufCBinaryData *keys)
{
    assert(from->incarnation > 0);
    assert(from->administrator_count > 0 && from->administrator_count <= ADMINISTRATORS_MAX);
    for (uint32_t i = 0; i < from->administrator_count; i++) {
        keys[i] = CODEC_ARRAY(from->administrators[i]);
    }
    Ogniwo__V1__Genesis message = OGNIWO__V1__GENESIS__INIT;
    message.exchange = CODEC_ARRAY(from->exchange);
    message.incarnation = from->incarnation;
    message.n_administrators = from->administrator_count;
    message.administrators = keys;
    message.broker_signing_key = CODEC_ARRAY(from->broker_signing_key);
    message.broker_transport_key = CODEC_ARRAY(from->broker_transport_key);
    return message;
}

enum err codec_log_entry_encode(const struct log_entry *from, struct buffer *out)
{
    assert(from->position > 0);
    Ogniwo__V1__StoredBatch batch;
    Ogniwo__V1__SignedDecision decision;
    Ogniwo__V1__Genesis genesis;
    ProtobufCBinaryData keys[ADMINISTRATORS_MAX];
    Ogniwo__V1__LogEntry message = OGNIWO__V1__LOG_ENTRY__INIT;
    message.schema = SCHEMA_VERSION;
    message.position = from->position;
    message.received_at_ms = from->received_at_ms;
    switch (from->kind) {
    case LOG_BATCH:
        batch = stored_batch_put(&from->batch);
        message.content_case = OGNIWO__V1__LOG_ENTRY__CONTENT_BATCH;
        message.batch = &batch;
        break;
    case LOG_DECISION:
        decision = signed_decision_put(&from->decision);
        message.content_case = OGNIWO__V1__LOG_ENTRY__CONTENT_DECISION;
        message.decision = &decision;
        break;
    case LOG_GENESIS:
        genesis = genesis_put(&from->genesis, keys);
        message.content_case = OGNIWO__V1__LOG_ENTRY__CONTENT_GENESIS;
        message.genesis = &genesis;
        break;
    }
    return codec_wire_encode(&message.base, out);
}

enum err codec_signed_decision_decode(struct bytes from, struct arena *arena,
                                      struct signed_decision *out)
{
    const void *found = NULL;
    const enum err err =
        codec_wire_decode(&ogniwo__v1__signed_decision__descriptor, from, arena, &found);
    return err == ERR_OK ? signed_decision_get(found, out) : err;
}

enum err codec_signed_decision_encode(const struct signed_decision *from, struct buffer *out)
{
    const Ogniwo__V1__SignedDecision message = signed_decision_put(from);
    return codec_wire_encode(&message.base, out);
}

static enum err programme_file_get(const Ogniwo__V1__ProgrammeFile *message,
                                   struct programme_file *out)
{
    if (message->yaml.len == 0) {
        return ERR_MALFORMED;
    }
    if (message->pseudonym_key == 0) {
        return ERR_RANGE;
    }
    out->yaml = CODEC_BYTES(message->yaml);
    out->regions = CODEC_BYTES(message->regions);
    out->pseudonym_key = message->pseudonym_key;
    const struct codec_fixed check = {CODEC_BYTES(message->key_check), out->key_check,
                                      DIGEST_BYTES};
    const enum err err = codec_fixed_get(&check, 1);
    return err == ERR_OK ? codec_text_get(message->programme, 1, CODE_BYTES_MAX, &out->programme)
                         : err;
}

static enum err programmes_get(const Ogniwo__V1__NodeEnrolment *message, struct node_enrolment *out)
{
    assert(message->n_programmes <= PROGRAMMES_MAX);
    out->programme_count = (uint32_t)message->n_programmes;
    for (uint32_t i = 0; i < out->programme_count; i++) {
        const enum err err =
            codec_text_get(message->programmes[i], 1, CODE_BYTES_MAX, &out->programmes[i]);
        if (err != ERR_OK) {
            return err;
        }
        if (i > 0 && bytes_compare(out->programmes[i - 1], out->programmes[i]) >= 0) {
            return ERR_NOT_CANONICAL;
        }
    }
    return ERR_OK;
}

static enum err enrolment_get(const Ogniwo__V1__NodeEnrolment *message, struct node_enrolment *out)
{
    const struct codec_fixed fixed[] = {
        {CODEC_BYTES(message->node), out->node, ID_BYTES},
        {CODEC_BYTES(message->signing_key), out->signing_key, KEY_BYTES},
        {CODEC_BYTES(message->transport_key), out->transport_key, KEY_BYTES},
    };
    enum err err = codec_fixed_get(fixed, CODEC_COUNT(fixed));
    if (err == ERR_OK) {
        err = codec_text_get(message->partner, 1, CODE_BYTES_MAX, &out->partner);
    }
    if (err == ERR_OK) {
        err = codec_text_get(message->name, 0, TITLE_BYTES_MAX, &out->name);
    }
    if (err == ERR_OK) {
        err = programmes_get(message, out);
    }
    out->signing_key_number = message->signing_key_number;
    return err == ERR_OK && out->signing_key_number == 0 ? ERR_RANGE : err;
}

/* A merge and a split have the same fields. */
struct people_fields {
    const char *programme;
    size_t node_count, number_count;
    const ProtobufCBinaryData *nodes;
    const uint32_t *numbers;
    size_t count_min;
};

static enum err person_get(const struct people_fields *from, uint32_t index,
                           struct people_decision *out)
{
    struct person_ref *person = &out->people[index];
    const struct codec_fixed node = {CODEC_BYTES(from->nodes[index]), person->node, ID_BYTES};
    person->number = from->numbers[index];
    const enum err err = person->number > 0 ? codec_fixed_get(&node, 1) : ERR_RANGE;
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < index; i++) {
        if (out->people[i].number == person->number &&
            memcmp(out->people[i].node, person->node, ID_BYTES) == 0) {
            return ERR_MALFORMED;
        }
    }
    return ERR_OK;
}

static enum err people_get(const struct people_fields *from, struct people_decision *out)
{
    if (from->node_count != from->number_count || from->node_count < from->count_min) {
        return ERR_RANGE;
    }
    assert(from->node_count <= DECISION_PEOPLE_MAX);
    enum err err = codec_text_get(from->programme, 1, CODE_BYTES_MAX, &out->programme);
    out->count = (uint32_t)from->node_count;
    for (uint32_t i = 0; err == ERR_OK && i < out->count; i++) {
        err = person_get(from, i, out);
    }
    return err;
}

static enum err merge_get(const Ogniwo__V1__PeopleMerge *message, struct people_decision *out)
{
    const struct people_fields fields = {.programme = message->programme,
                                         .node_count = message->n_node,
                                         .number_count = message->n_number,
                                         .nodes = message->node,
                                         .numbers = message->number,
                                         .count_min = 2};
    return people_get(&fields, out);
}

static enum err split_get(const Ogniwo__V1__PeopleSplit *message, struct people_decision *out)
{
    const struct people_fields fields = {.programme = message->programme,
                                         .node_count = message->n_node,
                                         .number_count = message->n_number,
                                         .nodes = message->node,
                                         .numbers = message->number,
                                         .count_min = 1};
    return people_get(&fields, out);
}

static enum err period_get(const Ogniwo__V1__PeriodClose *message, struct period_close *out)
{
    out->through_on = message->through_on;
    enum err err = out->through_on >= DATE_MIN && out->through_on <= DATE_MAX ? ERR_OK : ERR_RANGE;
    if (err == ERR_OK) {
        err = codec_text_get(message->programme, 1, CODE_BYTES_MAX, &out->programme);
    }
    if (err == ERR_OK) {
        err = codec_text_get(message->partner, 0, CODE_BYTES_MAX, &out->partner);
    }
    return err == ERR_OK ? codec_text_get(message->task, 0, CODE_BYTES_MAX, &out->task) : err;
}

static enum err revocation_get(const Ogniwo__V1__NodeRevocation *message, uint8_t out[ID_BYTES])
{
    const struct codec_fixed node = {CODEC_BYTES(message->node), out, ID_BYTES};
    return codec_fixed_get(&node, 1);
}

enum err codec_decision_decode(struct bytes from, struct arena *arena, struct decision *out)
{
    const void *found = NULL;
    enum err err = codec_wire_decode(&ogniwo__v1__decision__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Decision *message = found;
    *out = (struct decision){.decided_at_ms = message->decided_at_ms};
    const struct codec_fixed exchange = {CODEC_BYTES(message->exchange), out->exchange, ID_BYTES};
    err = codec_fixed_get(&exchange, 1);
    if (err != ERR_OK) {
        return err;
    }
    switch (message->what_case) {
    case OGNIWO__V1__DECISION__WHAT_PROGRAMME:
        out->kind = DECISION_PROGRAMME;
        return programme_file_get(message->programme, &out->programme);
    case OGNIWO__V1__DECISION__WHAT_ENROLMENT:
        out->kind = DECISION_ENROLMENT;
        return enrolment_get(message->enrolment, &out->enrolment);
    case OGNIWO__V1__DECISION__WHAT_REVOCATION:
        out->kind = DECISION_REVOCATION;
        return revocation_get(message->revocation, out->revoked_node);
    case OGNIWO__V1__DECISION__WHAT_PEOPLE_MERGE:
        out->kind = DECISION_PEOPLE_MERGE;
        return merge_get(message->people_merge, &out->people);
    case OGNIWO__V1__DECISION__WHAT_PEOPLE_SPLIT:
        out->kind = DECISION_PEOPLE_SPLIT;
        return split_get(message->people_split, &out->people);
    case OGNIWO__V1__DECISION__WHAT_PERIOD_CLOSE:
        out->kind = DECISION_PERIOD_CLOSE;
        return period_get(message->period_close, &out->period);
    case OGNIWO__V1__DECISION__WHAT__NOT_SET:
    case _OGNIWO__V1__DECISION__WHAT__CASE_IS_INT_SIZE:
        break;
    }
    return ERR_MALFORMED;
}

static enum err programme_file_encode(const struct decision *from, Ogniwo__V1__Decision *message,
                                      struct buffer *out)
{
    const struct programme_file *file = &from->programme;
    char programme[CODE_BYTES_MAX + 1];
    const enum err err = codec_text_put(file->programme, 1, CODE_BYTES_MAX, programme);
    if (err != ERR_OK) {
        return err;
    }
    assert(file->yaml.size > 0 && file->pseudonym_key > 0);
    Ogniwo__V1__ProgrammeFile what = OGNIWO__V1__PROGRAMME_FILE__INIT;
    what.programme = programme;
    what.yaml = CODEC_DATA(file->yaml);
    what.regions = CODEC_DATA(file->regions);
    what.key_check = CODEC_ARRAY(file->key_check);
    what.pseudonym_key = file->pseudonym_key;
    message->what_case = OGNIWO__V1__DECISION__WHAT_PROGRAMME;
    message->programme = &what;
    return codec_wire_encode(&message->base, out);
}

static enum err enrolment_encode(const struct decision *from, Ogniwo__V1__Decision *message,
                                 struct buffer *out)
{
    const struct node_enrolment *node = &from->enrolment;
    char partner[CODE_BYTES_MAX + 1], name[TITLE_BYTES_MAX + 1];
    char programmes[PROGRAMMES_MAX][CODE_BYTES_MAX + 1];
    char *list[PROGRAMMES_MAX];
    assert(node->programme_count <= PROGRAMMES_MAX && node->signing_key_number > 0);
    enum err err = codec_text_put(node->partner, 1, CODE_BYTES_MAX, partner);
    if (err == ERR_OK) {
        err = codec_text_put(node->name, 0, TITLE_BYTES_MAX, name);
    }
    for (uint32_t i = 0; i < node->programme_count && err == ERR_OK; i++) {
        assert(i == 0 || bytes_compare(node->programmes[i - 1], node->programmes[i]) < 0);
        list[i] = programmes[i];
        err = codec_text_put(node->programmes[i], 1, CODE_BYTES_MAX, list[i]);
    }
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__NodeEnrolment what = OGNIWO__V1__NODE_ENROLMENT__INIT;
    what.node = CODEC_ARRAY(node->node);
    what.partner = partner;
    what.name = name;
    what.n_programmes = node->programme_count;
    what.programmes = list;
    what.signing_key_number = node->signing_key_number;
    what.signing_key = CODEC_ARRAY(node->signing_key);
    what.transport_key = CODEC_ARRAY(node->transport_key);
    message->what_case = OGNIWO__V1__DECISION__WHAT_ENROLMENT;
    message->enrolment = &what;
    return codec_wire_encode(&message->base, out);
}

static enum err revocation_encode(const struct decision *from, Ogniwo__V1__Decision *message,
                                  struct buffer *out)
{
    Ogniwo__V1__NodeRevocation what = OGNIWO__V1__NODE_REVOCATION__INIT;
    what.node = CODEC_ARRAY(from->revoked_node);
    message->what_case = OGNIWO__V1__DECISION__WHAT_REVOCATION;
    message->revocation = &what;
    return codec_wire_encode(&message->base, out);
}

static enum err people_encode(const struct decision *from, Ogniwo__V1__Decision *message,
                              struct buffer *out)
{
    const struct people_decision *people = &from->people;
    char programme[CODE_BYTES_MAX + 1];
    ProtobufCBinaryData nodes[DECISION_PEOPLE_MAX];
    uint32_t numbers[DECISION_PEOPLE_MAX];
    assert(people->count > 0 && people->count <= DECISION_PEOPLE_MAX);
    const enum err err = codec_text_put(people->programme, 1, CODE_BYTES_MAX, programme);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < people->count; i++) {
        nodes[i] = CODEC_ARRAY(people->people[i].node);
        numbers[i] = people->people[i].number;
    }
    Ogniwo__V1__PeopleMerge merge = OGNIWO__V1__PEOPLE_MERGE__INIT;
    Ogniwo__V1__PeopleSplit split = OGNIWO__V1__PEOPLE_SPLIT__INIT;
    merge.programme = split.programme = programme;
    merge.n_node = merge.n_number = split.n_node = split.n_number = people->count;
    merge.node = split.node = nodes;
    merge.number = split.number = numbers;
    if (from->kind == DECISION_PEOPLE_MERGE) {
        message->what_case = OGNIWO__V1__DECISION__WHAT_PEOPLE_MERGE;
        message->people_merge = &merge;
    } else {
        message->what_case = OGNIWO__V1__DECISION__WHAT_PEOPLE_SPLIT;
        message->people_split = &split;
    }
    return codec_wire_encode(&message->base, out);
}

static enum err period_encode(const struct decision *from, Ogniwo__V1__Decision *message,
                              struct buffer *out)
{
    const struct period_close *period = &from->period;
    char programme[CODE_BYTES_MAX + 1], partner[CODE_BYTES_MAX + 1], task[CODE_BYTES_MAX + 1];
    enum err err = codec_text_put(period->programme, 1, CODE_BYTES_MAX, programme);
    if (err == ERR_OK) {
        err = codec_text_put(period->partner, 0, CODE_BYTES_MAX, partner);
    }
    if (err == ERR_OK) {
        err = codec_text_put(period->task, 0, CODE_BYTES_MAX, task);
    }
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__PeriodClose what = OGNIWO__V1__PERIOD_CLOSE__INIT;
    what.programme = programme;
    what.partner = partner;
    what.task = task;
    what.through_on = period->through_on;
    message->what_case = OGNIWO__V1__DECISION__WHAT_PERIOD_CLOSE;
    message->period_close = &what;
    return codec_wire_encode(&message->base, out);
}

enum err codec_decision_encode(const struct decision *from, struct buffer *out)
{
    Ogniwo__V1__Decision message = OGNIWO__V1__DECISION__INIT;
    message.exchange = CODEC_ARRAY(from->exchange);
    message.decided_at_ms = from->decided_at_ms;
    switch (from->kind) {
    case DECISION_PROGRAMME:
        return programme_file_encode(from, &message, out);
    case DECISION_ENROLMENT:
        return enrolment_encode(from, &message, out);
    case DECISION_REVOCATION:
        return revocation_encode(from, &message, out);
    case DECISION_PEOPLE_MERGE:
    case DECISION_PEOPLE_SPLIT:
        return people_encode(from, &message, out);
    case DECISION_PERIOD_CLOSE:
        return period_encode(from, &message, out);
    case DECISION_KIND_COUNT:
        break;
    }
    return ERR_STATE;
}
