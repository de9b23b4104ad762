/* The conversation: the fixed frame header, greetings, receipts, short messages and queries. */
#include <assert.h>

#include <protobuf-c/protobuf-c.h>

#include "core/model/limits.h"
#include "proto/codec.h"
#include "proto/codec_wire.h"
#include "proto/ogniwo.pb-c.h"

enum { FRAME_MAGIC = 'O' << 8 | 'G', FRAME_VERSION = 1 };

static bool type_known(uint8_t type)
{
    switch ((enum message_type)type) {
    case MESSAGE_HELLO:
    case MESSAGE_WELCOME:
    case MESSAGE_PROGRAMME:
    case MESSAGE_BATCH:
    case MESSAGE_RECEIPT:
    case MESSAGE_RESEND:
    case MESSAGE_PING:
    case MESSAGE_PONG:
    case MESSAGE_ERROR:
    case MESSAGE_QUERY:
    case MESSAGE_ANSWER:
    case MESSAGE_SNAPSHOT:
    case MESSAGE_CHANGE:
    case MESSAGE_BEAT:
        return true;
    }
    return false;
}

void codec_frame_header_put(const struct frame_header *header, uint8_t out[FRAME_HEADER_BYTES])
{
    assert(type_known((uint8_t)header->type));
    bytes_put16(out, FRAME_MAGIC);
    out[2] = FRAME_VERSION;
    out[3] = (uint8_t)header->type;
    bytes_put32(out + 4, 0);
    bytes_put64(out + 8, header->session);
    bytes_put64(out + 16, header->correlation);
}

enum err codec_frame_header_get(struct bytes frame, struct frame_header *out)
{
    if (frame.size != FRAME_HEADER_BYTES || bytes_get16(frame.data) != FRAME_MAGIC) {
        return ERR_MALFORMED;
    }
    if (frame.data[2] != FRAME_VERSION) {
        return ERR_VERSION;
    }
    if (!type_known(frame.data[3]) || bytes_get32(frame.data + 4) != 0) {
        return ERR_MALFORMED;
    }
    out->type = (enum message_type)frame.data[3];
    out->session = bytes_get64(frame.data + 8);
    out->correlation = bytes_get64(frame.data + 16);
    return ERR_OK;
}

static enum err version_get(const Ogniwo__V1__ProgrammeVersion *message,
                            struct programme_version *out)
{
    const struct codec_fixed fixed[] = {
        {CODEC_BYTES(message->digest), out->digest, DIGEST_BYTES},
        {CODEC_BYTES(message->key_check), out->key_check, DIGEST_BYTES},
    };
    const enum err err = codec_fixed_get(fixed, CODEC_COUNT(fixed));
    return err == ERR_OK ? codec_text_get(message->programme, 1, CODE_BYTES_MAX, &out->programme)
                         : err;
}

enum err codec_hello_decode(struct bytes from, struct arena *arena, struct hello *out)
{
    const void *found = NULL;
    enum err err = codec_wire_decode(&ogniwo__v1__hello__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Hello *message = found;
    assert(message->n_programmes <= PROGRAMMES_MAX);
    *out = (struct hello){.epoch = message->epoch,
                          .acked_seq = message->acked_seq,
                          .head_seq = message->head_seq,
                          .programme_count = (uint32_t)message->n_programmes};
    const struct codec_fixed fixed[] = {
        {CODEC_BYTES(message->exchange), out->exchange, ID_BYTES},
        {CODEC_BYTES(message->node), out->node, ID_BYTES},
        {CODEC_BYTES(message->chain), out->chain, DIGEST_BYTES},
    };
    err = codec_fixed_get(fixed, CODEC_COUNT(fixed));
    for (uint32_t i = 0; i < out->programme_count && err == ERR_OK; i++) {
        err = version_get(message->programmes[i], &out->programmes[i]);
    }
    if (err == ERR_OK) {
        err = codec_text_get(message->software, 0, TITLE_BYTES_MAX, &out->software);
    }
    return err == ERR_OK && out->acked_seq > out->head_seq ? ERR_RANGE : err;
}

enum err codec_hello_encode(const struct hello *from, struct buffer *out)
{
    char software[TITLE_BYTES_MAX + 1];
    char programmes[PROGRAMMES_MAX][CODE_BYTES_MAX + 1];
    Ogniwo__V1__ProgrammeVersion versions[PROGRAMMES_MAX];
    Ogniwo__V1__ProgrammeVersion *list[PROGRAMMES_MAX];
    assert(from->programme_count <= PROGRAMMES_MAX && from->acked_seq <= from->head_seq);
    enum err err = codec_text_put(from->software, 0, TITLE_BYTES_MAX, software);
    for (uint32_t i = 0; i < from->programme_count && err == ERR_OK; i++) {
        const struct programme_version *version = &from->programmes[i];
        err = codec_text_put(version->programme, 1, CODE_BYTES_MAX, programmes[i]);
        list[i] = &versions[i];
        ogniwo__v1__programme_version__init(list[i]);
        list[i]->programme = programmes[i];
        list[i]->digest = CODEC_ARRAY(version->digest);
        list[i]->key_check = CODEC_ARRAY(version->key_check);
    }
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__Hello message = OGNIWO__V1__HELLO__INIT;
    message.exchange = CODEC_ARRAY(from->exchange);
    message.node = CODEC_ARRAY(from->node);
    message.epoch = from->epoch;
    message.acked_seq = from->acked_seq;
    message.head_seq = from->head_seq;
    message.chain = CODEC_ARRAY(from->chain);
    message.n_programmes = from->programme_count;
    message.programmes = list;
    message.software = software;
    return codec_wire_encode(&message.base, out);
}

enum err codec_welcome_decode(struct bytes from, struct arena *arena, struct welcome *out)
{
    const void *found = NULL;
    const enum err err = codec_wire_decode(&ogniwo__v1__welcome__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Welcome *message = found;
    *out = (struct welcome){.epoch = message->epoch,
                            .last_seq = message->last_seq,
                            .last_person = message->last_person,
                            .limit_seq = message->limit_seq,
                            .incarnation = message->incarnation,
                            .time_ms = message->time_ms};
    if (out->incarnation == 0) {
        return ERR_RANGE;
    }
    const struct codec_fixed chain = {CODEC_BYTES(message->chain), out->chain, DIGEST_BYTES};
    return codec_fixed_get(&chain, 1);
}

enum err codec_welcome_encode(const struct welcome *from, struct buffer *out)
{
    assert(from->incarnation > 0);
    Ogniwo__V1__Welcome message = OGNIWO__V1__WELCOME__INIT;
    message.epoch = from->epoch;
    message.last_seq = from->last_seq;
    message.last_person = from->last_person;
    message.chain = CODEC_ARRAY(from->chain);
    message.limit_seq = from->limit_seq;
    message.incarnation = from->incarnation;
    message.time_ms = from->time_ms;
    return codec_wire_encode(&message.base, out);
}

enum err codec_signed_receipt_decode(struct bytes from, struct arena *arena,
                                     struct signed_receipt *out)
{
    const void *found = NULL;
    const enum err err = codec_wire_decode(&ogniwo__v1__receipt__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Receipt *message = found;
    if (message->body.len == 0) {
        return ERR_MALFORMED;
    }
    out->body = CODEC_BYTES(message->body);
    out->signature = CODEC_BYTES(message->signature);
    return out->signature.size == SIGNATURE_BYTES ? ERR_OK : ERR_RANGE;
}

enum err codec_signed_receipt_encode(const struct signed_receipt *from, struct buffer *out)
{
    assert(from->body.size > 0 && from->signature.size == SIGNATURE_BYTES);
    Ogniwo__V1__Receipt message = OGNIWO__V1__RECEIPT__INIT;
    message.body = CODEC_DATA(from->body);
    message.signature = CODEC_DATA(from->signature);
    return codec_wire_encode(&message.base, out);
}

static enum err receipt_check(const struct receipt_body *receipt)
{
    if (receipt->incarnation == 0 || receipt->position == 0 || receipt->first_seq == 0) {
        return ERR_RANGE;
    }
    if (receipt->count == 0 || receipt->count > BATCH_EVENTS_MAX ||
        receipt->first_seq > UINT64_MAX - receipt->count) {
        return ERR_RANGE;
    }
    const struct codec_rejects rejects = {.index_count = receipt->rejected_count,
                                          .code_count = receipt->rejected_count,
                                          .index = receipt->rejected_index,
                                          .code = receipt->rejected_code,
                                          .index_end = receipt->count};
    return codec_rejects_check(&rejects);
}

enum err codec_receipt_body_decode(struct bytes from, struct arena *arena, struct receipt_body *out)
{
    const void *found = NULL;
    enum err err = codec_wire_decode(&ogniwo__v1__receipt_body__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__ReceiptBody *message = found;
    if (message->n_rejected_index != message->n_rejected_code) {
        return ERR_RANGE;
    }
    *out = (struct receipt_body){.incarnation = message->incarnation,
                                 .epoch = message->epoch,
                                 .first_seq = message->first_seq,
                                 .count = message->count,
                                 .position = message->position,
                                 .received_at_ms = message->received_at_ms,
                                 .rejected_index = message->rejected_index,
                                 .rejected_code = message->rejected_code,
                                 .rejected_count = (uint32_t)message->n_rejected_index};
    const struct codec_fixed fixed[] = {
        {CODEC_BYTES(message->exchange), out->exchange, ID_BYTES},
        {CODEC_BYTES(message->node), out->node, ID_BYTES},
        {CODEC_BYTES(message->batch_digest), out->batch_digest, DIGEST_BYTES},
        {CODEC_BYTES(message->log_root), out->log_root, DIGEST_BYTES},
    };
    err = codec_fixed_get(fixed, CODEC_COUNT(fixed));
    return err == ERR_OK ? receipt_check(out) : err;
}

enum err codec_receipt_body_encode(const struct receipt_body *from, struct buffer *out)
{
    assert(receipt_check(from) == ERR_OK);
    Ogniwo__V1__ReceiptBody message = OGNIWO__V1__RECEIPT_BODY__INIT;
    message.exchange = CODEC_ARRAY(from->exchange);
    message.incarnation = from->incarnation;
    message.node = CODEC_ARRAY(from->node);
    message.epoch = from->epoch;
    message.first_seq = from->first_seq;
    message.count = from->count;
    message.batch_digest = CODEC_ARRAY(from->batch_digest);
    message.position = from->position;
    message.received_at_ms = from->received_at_ms;
    message.n_rejected_index = from->rejected_count;
    message.rejected_index = (uint32_t *)from->rejected_index;
    message.n_rejected_code = from->rejected_count;
    message.rejected_code = (uint32_t *)from->rejected_code;
    message.log_root = CODEC_ARRAY(from->log_root);
    return codec_wire_encode(&message.base, out);
}

enum err codec_control_decode(struct bytes from, struct arena *arena, struct control *out)
{
    const void *found = NULL;
    const enum err err = codec_wire_decode(&ogniwo__v1__control__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Control *message = found;
    *out = (struct control){.seq = message->seq,
                            .refusal = message->refusal,
                            .retry_after_ms = message->retry_after_ms,
                            .has_standing = message->standing != NULL};
    if (out->has_standing) {
        out->standing = (struct standing){.waiting_ms = message->standing->waiting_ms,
                                          .imported_at_ms = message->standing->imported_at_ms,
                                          .rejected_rows = message->standing->rejected_rows,
                                          .rejected_files = message->standing->rejected_files};
    }
    return codec_text_get(message->text, 0, TITLE_BYTES_MAX, &out->text);
}

enum err codec_control_encode(const struct control *from, struct buffer *out)
{
    char text[TITLE_BYTES_MAX + 1];
    const enum err err = codec_text_put(from->text, 0, TITLE_BYTES_MAX, text);
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__Standing standing = OGNIWO__V1__STANDING__INIT;
    standing.waiting_ms = from->standing.waiting_ms;
    standing.imported_at_ms = from->standing.imported_at_ms;
    standing.rejected_rows = from->standing.rejected_rows;
    standing.rejected_files = from->standing.rejected_files;
    Ogniwo__V1__Control message = OGNIWO__V1__CONTROL__INIT;
    message.seq = from->seq;
    message.refusal = from->refusal;
    message.text = text;
    message.retry_after_ms = from->retry_after_ms;
    message.standing = from->has_standing ? &standing : NULL;
    return codec_wire_encode(&message.base, out);
}

enum err codec_query_decode(struct bytes from, struct arena *arena, struct query *out)
{
    const void *found = NULL;
    const enum err err = codec_wire_decode(&ogniwo__v1__query__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Query *message = found;
    out->json = CODEC_BYTES(message->json);
    out->data = CODEC_BYTES(message->data);
    return codec_text_get(message->verb, 1, CODE_BYTES_MAX, &out->verb);
}

enum err codec_query_encode(const struct query *from, struct buffer *out)
{
    char verb[CODE_BYTES_MAX + 1];
    const enum err err = codec_text_put(from->verb, 1, CODE_BYTES_MAX, verb);
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__Query message = OGNIWO__V1__QUERY__INIT;
    message.verb = verb;
    message.json = CODEC_DATA(from->json);
    message.data = CODEC_DATA(from->data);
    return codec_wire_encode(&message.base, out);
}

enum err codec_answer_decode(struct bytes from, struct arena *arena, struct answer *out)
{
    const void *found = NULL;
    const enum err err = codec_wire_decode(&ogniwo__v1__answer__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__Answer *message = found;
    *out = (struct answer){
        .status = message->status, .json = CODEC_BYTES(message->json), .more = message->more != 0};
    return ERR_OK;
}

enum err codec_answer_encode(const struct answer *from, struct buffer *out)
{
    Ogniwo__V1__Answer message = OGNIWO__V1__ANSWER__INIT;
    message.status = from->status;
    message.json = CODEC_DATA(from->json);
    message.more = from->more;
    return codec_wire_encode(&message.base, out);
}
