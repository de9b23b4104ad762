/* What peers send that they should not: the broker says no by name, counts it, does not move, and
 * takes the good batch behind it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "core/ingest/ingest.h"
#include "e2e/support/exchange_here.h"
#include "e2e/support/raw_peer.h"
#include "e2e/support/still.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "proto/codec.h"

static struct here here;

static int begin(void **state)
{
    here_begin(&here);
    *state = &here;
    return 0;
}

static int end(void **state)
{
    here_end(*state);
    return 0;
}

/* ---- who may come in ---- */

static void a_strangers_key_never_gets_in_and_its_handshake_is_counted(void **state)
{
    struct raw raw;
    (void)state;
    const uint32_t node = here_enrol_only(&here, "KLUCZ");
    const struct join_file join = here.joins[node];
    entropy_fill(here.joins[node].transport_seed, 32);
    raw_open(&here, node, &raw);
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = MESSAGE_PING};
    codec_frame_header_put(&frame, header);
    const uint64_t end_ms = clock_monotonic_ms() + 20000;
    int64_t refused = 0;
    while (refused == 0) {
        assert_true(clock_monotonic_ms() < end_ms);
        assert_int_equal(ERR_UNREACHABLE, link_send(raw.link, NULL, bytes_of(header, sizeof header),
                                                    bytes_text("let me in")));
        refused = here_counter(&here, "handshakes_refused");
    }
    assert_int_equal(0, here_node_counter(&here, node, "last_heard_ms"));
    assert_int_equal(0, here_counter(&here, "unnamed_messages"));
    assert_int_equal(0, here_counter(&here, "malformed_messages"));
    assert_int_equal(0, here_counter(&here, "batches_refused"));
    raw_close(&raw);
    here.joins[node] = join;
    raw_open(&here, node, &raw);
    raw_greet(&raw);
    raw_deliver_good(&raw);
    raw_close(&raw);
}

static void a_node_cannot_greet_as_another(void **state)
{
    struct raw raw;
    (void)state;
    const uint32_t other = here_enrol_only(&here, "STOPIL");
    still_open(&here, "KLUCZ", &raw);
    const struct still before = still_look(&here);
    struct hello hello = raw_hello(&raw);
    memcpy(hello.node, here.joins[other].node, ID_BYTES);
    raw_send_hello(&raw, &hello);
    still_refused(&raw, INGEST_BAD_BATCH);
    hello = raw_hello(&raw);
    hello.exchange[0] ^= 1;
    raw_send_hello(&raw, &hello);
    still_refused(&raw, INGEST_BAD_BATCH);
    still_check(&here, &before);
    assert_int_equal(before.refused + 2, here_counter(&here, "batches_refused"));
    assert_int_equal(2, here_node_counter(&here, 1, "refused_batches"));
    assert_int_equal(0, here_node_counter(&here, other, "refused_batches"));
    assert_int_equal(0, here_node_counter(&here, other, "last_heard_ms"));
    raw_deliver_good(&raw);
    raw_close(&raw);
}

static void a_batch_of_another_node_or_under_its_key_is_refused(void **state)
{
    struct raw raw, other;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    raw_open(&here, here_enrol_only(&here, "STOPIL"), &other);
    raw_greet(&other);

    struct raw_batch batch = still_batch(&raw);
    memcpy(batch.header.node, other.join->node, ID_BYTES);
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_BATCH);
    raw_batch_fini(&batch);

    batch = still_batch(&raw);
    raw_seal_by(&batch, &other.keys);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_BATCH);
    raw_batch_fini(&batch);

    /* The other node's very own batch, whole and signed, sent by this one. */
    batch = still_batch(&other);
    raw_seal(&other, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_BATCH);
    assert_int_equal(0, here_node_counter(&here, 1, "last_seq"));
    raw_deliver(&other, &batch);
    raw_batch_fini(&batch);
    assert_int_equal(3, here_node_counter(&here, 0, "refused_batches"));
    assert_int_equal(0, here_node_counter(&here, 1, "refused_batches"));
    raw_close(&raw);
    raw_close(&other);
}

static void a_key_that_the_lead_replaced_gets_in_no_more(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    raw_close(&raw);
    const struct join_file old = here.joins[0];
    entropy_fill(here.joins[0].transport_seed, 32);
    here_enrol_again(&here, 0, "ABC");
    const struct join_file replaced = here.joins[0];
    const int64_t before = here_counter(&here, "handshakes_refused");
    here.joins[0] = old;
    raw_open(&here, 0, &raw);
    const uint64_t end_ms = clock_monotonic_ms() + 20000;
    while (here_counter(&here, "handshakes_refused") == before) {
        assert_true(clock_monotonic_ms() < end_ms);
        assert_int_equal(0, link_counters(raw.link).received);
    }
    raw_close(&raw);
    here.joins[0] = replaced;
    raw_open(&here, 0, &raw);
    raw_greet(&raw);
    raw_close(&raw);
}

/* ---- broken bytes ---- */

static void a_batch_cut_anywhere_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    const struct still before = still_look(&here);
    uint32_t sent = 0;
    for (size_t size = 0; size < batch.sealed.size; size += size < 40 ? 1 : 7) {
        raw_send(&raw, MESSAGE_BATCH, bytes_of(batch.sealed.data, size));
        still_refused(&raw, INGEST_BAD_BATCH);
        sent++;
    }
    still_check(&here, &before);
    assert_int_equal(before.refused + sent, here_counter(&here, "batches_refused"));
    assert_int_equal(sent, here_node_counter(&here, 0, "refused_batches"));
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void a_batch_doubled_or_with_a_byte_behind_it_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    struct buffer twice = {.bytes_max = FRAME_BYTES_MAX};
    raw_seal(&raw, &batch);
    assert_int_equal(ERR_OK, buffer_add(&twice, buffer_bytes(&batch.sealed)));
    assert_int_equal(ERR_OK, buffer_add(&twice, buffer_bytes(&batch.sealed)));
    const struct still before = still_look(&here);
    raw_send(&raw, MESSAGE_BATCH, buffer_bytes(&twice));
    still_refused(&raw, INGEST_BAD_BATCH);
    raw_send(&raw, MESSAGE_BATCH, bytes_of(twice.data, batch.sealed.size + 1));
    still_refused(&raw, INGEST_BAD_BATCH);
    still_check(&here, &before);
    raw_deliver(&raw, &batch);
    assert_int_equal(0, raw.receipt.rejected_count);
    buffer_fini(&twice);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void a_batch_with_a_bit_flipped_anywhere_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    const struct still before = still_look(&here);
    uint8_t *bytes = batch.sealed.data;
    srand(20081);
    for (size_t i = 0; i < batch.sealed.size; i++) {
        const uint8_t flip = (uint8_t)(1 << rand() % 8);
        bytes[i] ^= flip;
        raw_send(&raw, MESSAGE_BATCH, buffer_bytes(&batch.sealed));
        bytes[i] ^= flip;
        still_refused(&raw, INGEST_BAD_BATCH);
    }
    still_check(&here, &before);
    assert_int_equal(before.refused + (int64_t)batch.sealed.size,
                     here_counter(&here, "batches_refused"));
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void a_batch_with_many_random_faults_is_refused(void **state)
{
    struct raw raw;
    uint8_t spoilt[4096];
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    assert_true(batch.sealed.size <= sizeof spoilt);
    const struct still before = still_look(&here);
    srand(20082);
    for (uint32_t round = 0; round < 400; round++) {
        memcpy(spoilt, batch.sealed.data, batch.sealed.size);
        const uint32_t faults = 2 + (uint32_t)rand() % 30;
        for (uint32_t i = 0; i < faults; i++) {
            spoilt[(size_t)rand() % batch.sealed.size] ^= (uint8_t)(1 + rand() % 255);
        }
        if (memcmp(spoilt, batch.sealed.data, batch.sealed.size) == 0) {
            continue;
        }
        raw_send(&raw, MESSAGE_BATCH, bytes_of(spoilt, batch.sealed.size));
        still_refused(&raw, INGEST_BAD_BATCH);
    }
    still_check(&here, &before);
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void an_oversized_message_ends_its_connection_and_nothing_else(void **state)
{
    struct raw raw, other;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    raw_open(&here, here_enrol_only(&here, "STOPIL"), &other);
    raw_greet(&other);
    uint8_t *large = calloc(1, FRAME_BYTES_MAX + 4096);
    const struct still before = still_look(&here);
    /* The largest frame that is let in, a little more, and far more: ZeroMQ itself ends a
     * connection that announces more than fits. */
    raw_send(&raw, MESSAGE_BATCH, bytes_of(large, FRAME_BYTES_MAX));
    still_refused(&raw, INGEST_BAD_BATCH);
    raw_send(&raw, MESSAGE_BATCH, bytes_of(large, FRAME_BYTES_MAX + 1));
    raw_send(&raw, MESSAGE_PING, bytes_text(""));
    raw_deliver_good(&other);
    while (raw_wait(&raw) != MESSAGE_PONG) {
    }
    raw_send(&raw, MESSAGE_BATCH, bytes_of(large, FRAME_BYTES_MAX + 4096));
    raw_deliver_good(&other);
    assert_int_equal(before.size + 2, broker_size(here.broker));
    assert_true(here_counter(&here, "malformed_messages") >= 1);
    /* What was sent into the connection that ended is lost: so is a good batch, until it is sent
     * again. */
    struct raw_batch batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    do {
        raw_greet(&raw);
        raw_send(&raw, MESSAGE_BATCH, buffer_bytes(&batch.sealed));
    } while (raw_wait(&raw) != MESSAGE_RECEIPT);
    assert_int_equal(before.size + 3, broker_size(here.broker));
    free(large);
    raw_batch_fini(&batch);
    raw_close(&raw);
    raw_close(&other);
}

static void a_message_that_no_node_sends_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    const struct still before = still_look(&here);
    static const enum message_type types[] = {MESSAGE_WELCOME, MESSAGE_PROGRAMME, MESSAGE_RECEIPT,
                                              MESSAGE_RESEND,  MESSAGE_PONG,      MESSAGE_ERROR,
                                              MESSAGE_QUERY,   MESSAGE_ANSWER};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        raw_send(&raw, types[i], bytes_text("hello"));
        still_refused(&raw, INGEST_BAD_BATCH);
    }
    raw_send(&raw, MESSAGE_HELLO, bytes_text("hello"));
    still_refused(&raw, INGEST_BAD_BATCH);
    uint8_t header[FRAME_HEADER_BYTES] = "no header at all";
    assert_int_equal(ERR_OK,
                     link_send(raw.link, NULL, bytes_of(header, sizeof header), bytes_text("")));
    still_refused(&raw, INGEST_BAD_BATCH);
    still_check(&here, &before);
    assert_int_equal(before.refused + 10, here_counter(&here, "batches_refused"));
    raw_deliver_good(&raw);
    raw_close(&raw);
}

/* ---- the wrong place ---- */

static void a_batch_of_another_exchange_or_signing_key_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    batch.header.exchange[3] ^= 1;
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_BATCH);
    raw_batch_fini(&batch);
    batch = still_batch(&raw);
    batch.header.signing_key = 2;
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_BATCH);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void a_batch_that_does_not_continue_the_chain_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    batch.header.previous[31] ^= 1;
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_CHAIN);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void a_batch_with_others_missing_before_it_is_asked_from_where_they_are(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    batch.header.first_seq += 10;
    raw_seal(&raw, &batch);
    const struct still before = still_look(&here);
    raw_send(&raw, MESSAGE_BATCH, buffer_bytes(&batch.sealed));
    assert_int_equal(MESSAGE_RESEND, raw_wait(&raw));
    assert_int_equal(raw.next_seq, raw.control.seq);
    still_check(&here, &before);
    assert_int_equal(1, here_counter(&here, "gaps"));
    raw_deliver_good(&raw);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void a_batch_of_another_epoch_or_session_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    batch.header.epoch = 2;
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_FENCED);
    raw_batch_fini(&batch);

    batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    const struct still before = still_look(&here);
    const uint64_t old = raw.session;
    raw_greet(&raw);
    const uint64_t session = raw.session;
    const uint64_t others[] = {old, session + 1, 0};
    const enum ingest_refusal refusals[] = {INGEST_FENCED, INGEST_UNKNOWN_SESSION,
                                            INGEST_UNKNOWN_SESSION};
    for (int i = 0; i < 3; i++) {
        raw.session = others[i];
        raw_send(&raw, MESSAGE_BATCH, buffer_bytes(&batch.sealed));
        still_refused(&raw, refusals[i]);
    }
    still_check(&here, &before);
    raw.session = session;
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void person_numbers_that_jump_are_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    batch.header.first_person += 5;
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_PERSONS);
    raw_batch_fini(&batch);

    /* Fewer pseudonyms than people are introduced by the header. */
    const struct event events[] = {raw_started(raw.last_person + 1), raw_started(1)};
    raw_make(&raw, events, 2, 1, &batch);
    batch.header.person_count = 2;
    raw_seal(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&batch.sealed), INGEST_BAD_BATCH);
    raw_batch_fini(&batch);
    raw_close(&raw);
}

static void another_batch_under_a_sequence_that_is_taken_is_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw), fork = still_batch(&raw);
    raw_seal(&raw, &batch);
    raw_seal(&raw, &fork); /* the same but for its pseudonym and salt */
    raw_deliver(&raw, &batch);
    still_refuses(&raw, buffer_bytes(&fork.sealed), INGEST_DIVERGED);
    raw_batch_fini(&batch);
    raw_batch_fini(&fork);
    raw_close(&raw);
}

static void a_node_with_another_pseudonym_key_gets_no_session(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct hello hello = raw_hello(&raw);
    hello.programmes[0].key_check[0] ^= 1;
    raw_send_hello(&raw, &hello);
    still_refused(&raw, INGEST_REVOKED);
    raw_close(&raw);
}

/* ---- revocation ---- */

static void a_node_revoked_while_connected_sends_nothing_more(void **state)
{
    struct raw raw, other;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    raw_open(&here, here_enrol_only(&here, "STOPIL"), &other);
    raw_greet(&other);
    struct raw_batch batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    here_revoke(&here, 0);
    const struct still before = still_look(&here);
    raw_send(&raw, MESSAGE_BATCH, buffer_bytes(&batch.sealed));
    still_refused(&raw, INGEST_REVOKED);
    raw_send(&raw, MESSAGE_PING, bytes_text(""));
    still_refused(&raw, INGEST_REVOKED);
    const struct hello hello = raw_hello(&raw);
    raw_send_hello(&raw, &hello);
    still_refused(&raw, INGEST_REVOKED);
    still_check(&here, &before);
    /* What it had sent before stays counted, and the others go on. */
    assert_int_equal(1, here_value(&here, "coached"));
    raw_deliver_good(&other);
    assert_int_equal(2, here_value(&here, "coached"));
    raw_close(&raw);

    /* Its key gets in no more, also after a restart. */
    for (int i = 0; i < 2; i++) {
        const int64_t refused = here_counter(&here, "handshakes_refused");
        const uint64_t end_ms = clock_monotonic_ms() + 20000;
        raw_open(&here, 0, &raw);
        while (here_counter(&here, "handshakes_refused") == refused) {
            assert_true(clock_monotonic_ms() < end_ms);
        }
        raw_close(&raw);
        here_broker_again(&here);
    }
    raw_greet(&other);
    raw_deliver_good(&other);
    raw_batch_fini(&batch);
    raw_close(&other);
}

/* ---- duplicates ---- */

static void send_again(struct raw *raw, const struct raw_batch *batch, const struct buffer *receipt)
{
    raw_send(raw, MESSAGE_BATCH, buffer_bytes(&batch->sealed));
    assert_int_equal(MESSAGE_RECEIPT, raw_wait(raw));
    assert_int_equal(receipt->size, raw->body.size);
    assert_memory_equal(receipt->data, raw->body.data, raw->body.size);
}

static void duplicates_get_the_same_receipt_also_after_a_restart(void **state)
{
    enum { BATCHES = 3 };
    struct raw raw;
    struct raw_batch batches[BATCHES];
    struct buffer receipts[BATCHES];
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    for (int i = 0; i < BATCHES; i++) {
        batches[i] = still_batch(&raw);
        if (i == 1) {
            batches[i].header.programme = bytes_text("XYZ"); /* a receipt with refusals */
        }
        raw_seal(&raw, &batches[i]);
        raw_deliver(&raw, &batches[i]);
        receipts[i] = (struct buffer){.bytes_max = FRAME_BYTES_MAX};
        assert_int_equal(ERR_OK, buffer_add(&receipts[i], buffer_bytes(&raw.body)));
    }
    struct still before = still_look(&here);
    for (int i = BATCHES - 1; i >= 0; i--) {
        send_again(&raw, &batches[i], &receipts[i]);
    }
    still_check(&here, &before);
    assert_int_equal(BATCHES, here_counter(&here, "batches_duplicate"));
    here_broker_again(&here);
    raw_greet(&raw);
    before = still_look(&here);
    for (int i = 0; i < BATCHES; i++) {
        send_again(&raw, &batches[i], &receipts[i]);
        raw_batch_fini(&batches[i]);
        buffer_fini(&receipts[i]);
    }
    still_check(&here, &before);
    raw_deliver_good(&raw);
    assert_int_equal(ERR_OK, broker_check(here.broker));
    raw_close(&raw);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_strangers_key_never_gets_in_and_its_handshake_is_counted),
        CLAIM(a_node_cannot_greet_as_another),
        CLAIM(a_batch_of_another_node_or_under_its_key_is_refused),
        CLAIM(a_key_that_the_lead_replaced_gets_in_no_more),
        CLAIM(a_batch_cut_anywhere_is_refused),
        CLAIM(a_batch_doubled_or_with_a_byte_behind_it_is_refused),
        CLAIM(a_batch_with_a_bit_flipped_anywhere_is_refused),
        CLAIM(a_batch_with_many_random_faults_is_refused),
        CLAIM(an_oversized_message_ends_its_connection_and_nothing_else),
        CLAIM(a_message_that_no_node_sends_is_refused),
        CLAIM(a_batch_of_another_exchange_or_signing_key_is_refused),
        CLAIM(a_batch_that_does_not_continue_the_chain_is_refused),
        CLAIM(a_batch_with_others_missing_before_it_is_asked_from_where_they_are),
        CLAIM(a_batch_of_another_epoch_or_session_is_refused),
        CLAIM(person_numbers_that_jump_are_refused),
        CLAIM(another_batch_under_a_sequence_that_is_taken_is_refused),
        CLAIM(a_node_with_another_pseudonym_key_gets_no_session),
        CLAIM(a_node_revoked_while_connected_sends_nothing_more),
        CLAIM(duplicates_get_the_same_receipt_also_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
