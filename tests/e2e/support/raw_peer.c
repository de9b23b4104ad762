#include "e2e/support/raw_peer.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/date.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "proto/codec.h"
#include "proto/sealing.h"

enum { WAIT_MS = 20000, RAW_BODY_BYTES_MAX = 8 << 20 };

void raw_open(struct here *here, uint32_t number, struct raw *out)
{
    struct transport_keys keys;
    *out = (struct raw){.here = here,
                        .join = &here->joins[number],
                        .epoch = 1,
                        .next_seq = 1,
                        .body = {.bytes_max = RAW_BODY_BYTES_MAX}};
    keys_signing(out->join->signing_seed, &out->keys);
    keys_transport(out->join->transport_seed, &keys);
    const struct link_options options = {.endpoint = here->endpoint,
                                         .public_key = keys.public_key,
                                         .secret_key = keys.secret,
                                         .server_key = out->join->broker_transport_key,
                                         .body_bytes_max = RAW_BODY_BYTES_MAX};
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &out->arena));
    assert_int_equal(ERR_OK, link_connect(&options, &out->link));
    for (int i = 0; i < HERE_WATCHED_MAX; i++) {
        if (here->watched[i] == NULL) {
            here->watched[i] = out->link;
            return;
        }
    }
    fail_msg("too many links are watched");
}

void raw_close(struct raw *self)
{
    for (int i = 0; i < HERE_WATCHED_MAX; i++) {
        if (self->here->watched[i] == self->link) {
            self->here->watched[i] = NULL;
        }
    }
    link_close(&self->link);
    arena_free(&self->arena);
    buffer_fini(&self->body);
}

/* ---- messages ---- */

void raw_send(struct raw *self, enum message_type type, struct bytes body)
{
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = type, .session = self->session};
    const uint64_t end = clock_monotonic_ms() + WAIT_MS;
    codec_frame_header_put(&frame, header);
    while (link_send(self->link, NULL, bytes_of(header, sizeof header), body) != ERR_OK) {
        assert_true(clock_monotonic_ms() < end);
        here_turn(self->here);
    }
}

static void decode(struct raw *self)
{
    struct signed_receipt outer;
    struct signing_keys broker;
    const struct bytes body = buffer_bytes(&self->body);
    arena_reset(self->arena);
    switch (self->type) {
    case MESSAGE_WELCOME:
        assert_int_equal(ERR_OK, codec_welcome_decode(body, self->arena, &self->welcome));
        return;
    case MESSAGE_RECEIPT:
        keys_signing(self->here->broker_signing, &broker);
        assert_int_equal(ERR_OK, codec_signed_receipt_decode(body, self->arena, &outer));
        assert_int_equal(
            ERR_OK, sealing_verify(SEAL_RECEIPT, outer.body, outer.signature, broker.public_key));
        assert_int_equal(ERR_OK,
                         codec_receipt_body_decode(outer.body, self->arena, &self->receipt));
        return;
    case MESSAGE_ERROR:
    case MESSAGE_RESEND:
    case MESSAGE_PONG:
        assert_int_equal(ERR_OK, codec_control_decode(body, self->arena, &self->control));
        return;
    case MESSAGE_HELLO:
    case MESSAGE_PROGRAMME:
    case MESSAGE_BATCH:
    case MESSAGE_PING:
    case MESSAGE_QUERY:
    case MESSAGE_ANSWER:
    case MESSAGE_SNAPSHOT:
    case MESSAGE_CHANGE:
    case MESSAGE_BEAT:
        return;
    }
}

enum message_type raw_wait(struct raw *self)
{
    struct link_message message;
    const uint64_t end = clock_monotonic_ms() + WAIT_MS;
    for (;;) {
        const enum err err = link_receive(self->link, &message);
        if (err == ERR_OK) {
            assert_int_equal(ERR_OK, codec_frame_header_get(message.header, &self->frame));
            if (self->frame.type != MESSAGE_PROGRAMME) {
                break;
            }
        } else {
            assert_int_equal(ERR_NOT_FOUND, err);
            assert_true(clock_monotonic_ms() < end);
            here_turn(self->here);
        }
    }
    self->type = self->frame.type;
    buffer_clear(&self->body);
    assert_int_equal(ERR_OK, buffer_add(&self->body, message.body));
    decode(self);
    return self->type;
}

struct hello raw_hello(const struct raw *self)
{
    struct hello hello = {.epoch = self->epoch,
                          .acked_seq = self->next_seq - 1,
                          .head_seq = self->next_seq - 1,
                          .software = bytes_text("raw"),
                          .programme_count = 1};
    memcpy(hello.exchange, self->join->exchange, ID_BYTES);
    memcpy(hello.node, self->join->node, ID_BYTES);
    memcpy(hello.chain, self->chain, DIGEST_BYTES);
    hello.programmes[0].programme = bytes_text(self->join->programmes[0].programme);
    memcpy(hello.programmes[0].digest, self->here->programme_digest, DIGEST_BYTES);
    keys_check(self->join->programmes[0].key, hello.programmes[0].programme,
               hello.programmes[0].key_check);
    return hello;
}

void raw_send_hello(struct raw *self, const struct hello *hello)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    const uint64_t session = self->session;
    assert_int_equal(ERR_OK, codec_hello_encode(hello, &body));
    self->session = 0;
    raw_send(self, MESSAGE_HELLO, buffer_bytes(&body));
    self->session = session;
    buffer_fini(&body);
}

void raw_greet(struct raw *self)
{
    const struct hello hello = raw_hello(self);
    raw_send_hello(self, &hello);
    assert_int_equal(MESSAGE_WELCOME, raw_wait(self));
    self->session = self->frame.session;
}

/* ---- batches ---- */

void raw_make(struct raw *self, const struct event *events, uint32_t count, uint32_t persons,
              struct raw_batch *out)
{
    static const uint8_t row_keys[BATCH_EVENTS_MAX * ROW_KEY_BYTES];
    struct columns_builder *builder = NULL;
    struct columns columns;
    *out = (struct raw_batch){.columns = {.bytes_max = RAW_BODY_BYTES_MAX},
                              .confidential_bytes = {.bytes_max = RAW_BODY_BYTES_MAX},
                              .sealed = {.bytes_max = RAW_BODY_BYTES_MAX}};
    assert_int_equal(ERR_OK, columns_builder_new(&builder));
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(ERR_OK, columns_builder_add(builder, &events[i]));
    }
    columns_builder_finish(builder, &columns);
    assert_int_equal(ERR_OK, codec_columns_encode(&columns, &out->columns));
    columns_builder_free(&builder);

    assert_true(persons * PSEUDONYM_BYTES <= sizeof out->pseudonyms);
    entropy_fill(out->pseudonyms, sizeof out->pseudonyms);
    out->confidential.pseudonyms = bytes_of(out->pseudonyms, persons * PSEUDONYM_BYTES);
    out->confidential.row_keys = bytes_of(row_keys, count * ROW_KEY_BYTES);
    assert_int_equal(ERR_OK,
                     codec_confidential_encode(&out->confidential, &out->confidential_bytes));

    out->header = (struct batch_header){.schema = SCHEMA_VERSION,
                                        .programme = bytes_text("ABC"),
                                        .epoch = self->epoch,
                                        .first_seq = self->next_seq,
                                        .count = count,
                                        .signing_key = self->join->signing_key_number,
                                        .pseudonym_key = 1,
                                        .first_person = persons > 0 ? self->last_person + 1 : 0,
                                        .person_count = persons,
                                        .sealed_at_ms = clock_wall_ms()};
    memcpy(out->header.exchange, self->join->exchange, ID_BYTES);
    memcpy(out->header.node, self->join->node, ID_BYTES);
    memcpy(out->header.programme_digest, self->here->programme_digest, DIGEST_BYTES);
    memcpy(out->header.previous, self->chain, DIGEST_BYTES);
}

void raw_batch_fini(struct raw_batch *self)
{
    buffer_fini(&self->columns);
    buffer_fini(&self->confidential_bytes);
    buffer_fini(&self->sealed);
}

void raw_seal_by(struct raw_batch *batch, const struct signing_keys *keys)
{
    const struct seal_input input = {.header = &batch->header,
                                     .columns = buffer_bytes(&batch->columns),
                                     .confidential = buffer_bytes(&batch->confidential_bytes),
                                     .secret = keys->secret};
    buffer_clear(&batch->sealed);
    assert_int_equal(ERR_OK, sealing_seal(&input, &batch->sealed, batch->chain));
}

void raw_seal(struct raw *self, struct raw_batch *batch)
{
    raw_seal_by(batch, &self->keys);
}

void raw_advance(struct raw *self, const struct raw_batch *batch)
{
    self->next_seq += batch->header.count;
    self->last_person += batch->header.person_count;
    memcpy(self->chain, batch->chain, DIGEST_BYTES);
}

void raw_deliver(struct raw *self, const struct raw_batch *batch)
{
    raw_send(self, MESSAGE_BATCH, buffer_bytes(&batch->sealed));
    assert_int_equal(MESSAGE_RECEIPT, raw_wait(self));
    assert_int_equal(batch->header.first_seq, self->receipt.first_seq);
    assert_int_equal(batch->header.count, self->receipt.count);
    raw_advance(self, batch);
}

struct event raw_started(uint32_t person)
{
    return (struct event){.kind = EVENT_STARTED,
                          .occurred_on = date_days((struct date){2009, 2, 4}),
                          .task = bytes_text("A"),
                          .region = bytes_text("PL-1212"),
                          .support = bytes_text("coaching"),
                          .person = person,
                          .participation = 1};
}

void raw_deliver_good(struct raw *self)
{
    struct raw_batch batch;
    const struct event event = raw_started(self->last_person + 1);
    raw_make(self, &event, 1, 1, &batch);
    raw_seal(self, &batch);
    raw_deliver(self, &batch);
    assert_int_equal(0, self->receipt.rejected_count);
    raw_batch_fini(&batch);
}
