/* The entries of the log: stored batches, administrators' decisions and genesis. */
#include <assert.h>

#include <protobuf-c/protobuf-c.h>

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
        const struct codec_fixed node = {CODEC_BYTES(message->revocation->node), out->revoked_node,
                                         ID_BYTES};
        return codec_fixed_get(&node, 1);
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
    }
    return ERR_STATE;
}
