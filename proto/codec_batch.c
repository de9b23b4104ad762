/* The sealed batch, its header and its confidential part. Columns: codec_columns.c. */
#include <assert.h>

#include <protobuf-c/protobuf-c.h>

#include "core/model/limits.h"
#include "proto/codec.h"
#include "proto/codec_wire.h"
#include "proto/ogniwo.pb-c.h"

enum err codec_sealed_batch_decode(struct bytes from, struct arena *arena, struct sealed_batch *out)
{
    const void *found = NULL;
    const enum err err =
        codec_wire_decode(&ogniwo__v1__sealed_batch__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__SealedBatch *message = found;
    if (message->header.len == 0 || message->columns.len == 0) {
        return ERR_MALFORMED;
    }
    if (message->signature.len != SIGNATURE_BYTES) {
        return ERR_RANGE;
    }
    *out = (struct sealed_batch){.header = CODEC_BYTES(message->header),
                                 .signature = CODEC_BYTES(message->signature),
                                 .columns = CODEC_BYTES(message->columns),
                                 .confidential = CODEC_BYTES(message->confidential)};
    return ERR_OK;
}

enum err codec_sealed_batch_encode(const struct sealed_batch *from, struct buffer *out)
{
    assert(from->header.size > 0 && from->columns.size > 0);
    assert(from->signature.size == SIGNATURE_BYTES);
    Ogniwo__V1__SealedBatch message = OGNIWO__V1__SEALED_BATCH__INIT;
    message.header = CODEC_DATA(from->header);
    message.signature = CODEC_DATA(from->signature);
    message.columns = CODEC_DATA(from->columns);
    message.confidential = CODEC_DATA(from->confidential);
    return codec_wire_encode(&message.base, out);
}

/* What the numbers of a header must satisfy between themselves. */
static enum err header_check(const struct batch_header *header)
{
    if (header->epoch == 0 || header->signing_key == 0 || header->pseudonym_key == 0) {
        return ERR_RANGE;
    }
    if (header->count == 0 || header->count > BATCH_EVENTS_MAX) {
        return ERR_RANGE;
    }
    if (header->first_seq == 0 || header->first_seq > UINT64_MAX - header->count) {
        return ERR_RANGE;
    }
    if (header->person_count == 0) {
        return header->first_person == 0 ? ERR_OK : ERR_RANGE;
    }
    /* Every person introduced stands in one of the events at least. */
    if (header->first_person == 0 || header->person_count > header->count) {
        return ERR_RANGE;
    }
    return header->first_person > UINT32_MAX - (header->person_count - 1) ? ERR_RANGE : ERR_OK;
}

static enum err checkpoint_get(const Ogniwo__V1__Checkpoint *message, struct checkpoint *out)
{
    *out = (struct checkpoint){.size = 0};
    if (message == NULL) {
        return ERR_OK;
    }
    if (message->size == 0) {
        return ERR_RANGE;
    }
    out->size = message->size;
    const struct codec_fixed root = {CODEC_BYTES(message->root), out->root, DIGEST_BYTES};
    return codec_fixed_get(&root, 1);
}

enum err codec_batch_header_decode(struct bytes from, struct arena *arena, struct batch_header *out)
{
    const void *found = NULL;
    enum err err = codec_version_check(from);
    if (err == ERR_OK) {
        err = codec_wire_decode(&ogniwo__v1__batch_header__descriptor, from, arena, &found);
    }
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__BatchHeader *message = found;
    *out = (struct batch_header){.schema = message->schema,
                                 .epoch = message->epoch,
                                 .first_seq = message->first_seq,
                                 .count = message->count,
                                 .signing_key = message->signing_key,
                                 .pseudonym_key = message->pseudonym_key,
                                 .first_person = message->first_person,
                                 .person_count = message->person_count,
                                 .sealed_at_ms = message->sealed_at_ms};
    const struct codec_fixed fixed[] = {
        {CODEC_BYTES(message->exchange), out->exchange, ID_BYTES},
        {CODEC_BYTES(message->programme_digest), out->programme_digest, DIGEST_BYTES},
        {CODEC_BYTES(message->node), out->node, ID_BYTES},
        {CODEC_BYTES(message->previous), out->previous, DIGEST_BYTES},
        {CODEC_BYTES(message->columns_digest), out->columns_digest, DIGEST_BYTES},
        {CODEC_BYTES(message->confidential_digest), out->confidential_digest, DIGEST_BYTES},
    };
    err = codec_fixed_get(fixed, CODEC_COUNT(fixed));
    if (err == ERR_OK) {
        err = codec_text_get(message->programme, 1, CODE_BYTES_MAX, &out->programme);
    }
    if (err == ERR_OK) {
        err = checkpoint_get(message->last_checkpoint_seen, &out->last_checkpoint_seen);
    }
    return err == ERR_OK ? header_check(out) : err;
}

enum err codec_batch_header_encode(const struct batch_header *from, struct buffer *out)
{
    char programme[CODE_BYTES_MAX + 1];
    const enum err err = codec_text_put(from->programme, 1, CODE_BYTES_MAX, programme);
    if (err != ERR_OK) {
        return err;
    }
    assert(from->schema == SCHEMA_VERSION);
    assert(header_check(from) == ERR_OK);
    Ogniwo__V1__Checkpoint checkpoint = OGNIWO__V1__CHECKPOINT__INIT;
    checkpoint.size = from->last_checkpoint_seen.size;
    checkpoint.root = CODEC_ARRAY(from->last_checkpoint_seen.root);
    Ogniwo__V1__BatchHeader message = OGNIWO__V1__BATCH_HEADER__INIT;
    message.schema = from->schema;
    message.exchange = CODEC_ARRAY(from->exchange);
    message.programme = programme;
    message.programme_digest = CODEC_ARRAY(from->programme_digest);
    message.node = CODEC_ARRAY(from->node);
    message.epoch = from->epoch;
    message.first_seq = from->first_seq;
    message.count = from->count;
    message.signing_key = from->signing_key;
    message.pseudonym_key = from->pseudonym_key;
    message.previous = CODEC_ARRAY(from->previous);
    message.columns_digest = CODEC_ARRAY(from->columns_digest);
    message.confidential_digest = CODEC_ARRAY(from->confidential_digest);
    message.first_person = from->first_person;
    message.person_count = from->person_count;
    message.sealed_at_ms = from->sealed_at_ms;
    message.last_checkpoint_seen = checkpoint.size > 0 ? &checkpoint : NULL;
    return codec_wire_encode(&message.base, out);
}

enum err codec_confidential_decode(struct bytes from, struct arena *arena, struct confidential *out)
{
    const void *found = NULL;
    const enum err err =
        codec_wire_decode(&ogniwo__v1__confidential__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Confidential *message = found;
    const size_t pseudonyms = message->pseudonyms.len, row_keys = message->row_keys.len;
    if (pseudonyms % PSEUDONYM_BYTES != 0 || pseudonyms / PSEUDONYM_BYTES > BATCH_EVENTS_MAX) {
        return ERR_RANGE;
    }
    if (row_keys % ROW_KEY_BYTES != 0 || row_keys / ROW_KEY_BYTES > BATCH_EVENTS_MAX) {
        return ERR_RANGE;
    }
    out->pseudonyms = CODEC_BYTES(message->pseudonyms);
    out->row_keys = CODEC_BYTES(message->row_keys);
    const struct codec_fixed salt = {CODEC_BYTES(message->salt), out->salt, SALT_BYTES};
    return codec_fixed_get(&salt, 1);
}

enum err codec_confidential_encode(const struct confidential *from, struct buffer *out)
{
    assert(from->pseudonyms.size % PSEUDONYM_BYTES == 0);
    assert(from->row_keys.size % ROW_KEY_BYTES == 0);
    Ogniwo__V1__Confidential message = OGNIWO__V1__CONFIDENTIAL__INIT;
    message.salt = CODEC_ARRAY(from->salt);
    message.pseudonyms = CODEC_DATA(from->pseudonyms);
    message.row_keys = CODEC_DATA(from->row_keys);
    return codec_wire_encode(&message.base, out);
}
