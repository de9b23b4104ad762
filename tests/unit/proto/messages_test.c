/* Every message comes back as it went in, and each range that its comment states is held. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/model/limits.h"
#include "proto/codec.h"
#include "unit/proto/samples.h"

static struct arena *arena;
static struct buffer bytes = {.bytes_max = FRAME_BYTES_MAX};
static struct buffer again = {.bytes_max = FRAME_BYTES_MAX};

static int setup(void **state)
{
    (void)state;
    return arena_new(CONTROL_ARENA_BYTES, &arena) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buffer_fini(&bytes);
    buffer_fini(&again);
    return 0;
}

/* Encodes what is given into `bytes`, decodes it into out, and encodes that again: it must be the
 * same bytes. */
#define PASS(name, given, out)                                                                     \
    do {                                                                                           \
        buffer_clear(&bytes);                                                                      \
        buffer_clear(&again);                                                                      \
        arena_reset(arena);                                                                        \
        assert_int_equal(ERR_OK, codec_##name##_encode((given), &bytes));                          \
        assert_int_equal(ERR_OK, codec_##name##_decode(buffer_bytes(&bytes), arena, (out)));       \
        assert_int_equal(ERR_OK, codec_##name##_encode((out), &again));                            \
        assert_true(bytes_equal(buffer_bytes(&bytes), buffer_bytes(&again)));                      \
    } while (0)

static void sealed_batches_pass(void **state)
{
    (void)state;
    struct sealed_batch out;
    const struct sealed_batch sealed = {.header = bytes_text("header"),
                                        .signature = sample_signature(),
                                        .columns = bytes_text("columns"),
                                        .confidential = bytes_text("confidential")};
    PASS(sealed_batch, &sealed, &out);
    assert_true(bytes_is(out.header, "header"));
    assert_true(bytes_equal(sealed.signature, out.signature));
    assert_true(bytes_is(out.columns, "columns"));
    assert_true(bytes_is(out.confidential, "confidential"));
    const struct sealed_batch bare = {
        .header = sealed.header, .signature = sealed.signature, .columns = sealed.columns};
    PASS(sealed_batch, &bare, &out);
    assert_int_equal(0, out.confidential.size);
}

static void a_sealed_batch_has_all_its_parts(void **state)
{
    (void)state;
    struct sealed_batch out;
    assert_int_equal(ERR_MALFORMED, codec_sealed_batch_decode(bytes_of(NULL, 0), arena, &out));
    assert_int_equal(ERR_MALFORMED,
                     codec_sealed_batch_decode(bytes_of("\x0a\x01h", 3), arena, &out));
    assert_int_equal(ERR_RANGE, codec_sealed_batch_decode(bytes_of("\x0a\x01h\x12\x01s\x1a\x01"
                                                                   "c",
                                                                   9),
                                                          arena, &out));
}

static void headers_pass(void **state)
{
    (void)state;
    struct batch_header header = sample_header(), out;
    PASS(batch_header, &header, &out);
    assert_true(bytes_equal(header.programme, out.programme));
    header.programme = out.programme;
    assert_memory_equal(header.exchange, out.exchange, ID_BYTES);
    assert_memory_equal(header.programme_digest, out.programme_digest, DIGEST_BYTES);
    assert_memory_equal(header.node, out.node, ID_BYTES);
    assert_memory_equal(header.previous, out.previous, DIGEST_BYTES);
    assert_memory_equal(header.columns_digest, out.columns_digest, DIGEST_BYTES);
    assert_memory_equal(header.confidential_digest, out.confidential_digest, DIGEST_BYTES);
    assert_memory_equal(header.last_checkpoint_seen.root, out.last_checkpoint_seen.root,
                        DIGEST_BYTES);
    assert_true(out.epoch == 3 && out.first_seq == 1025 && out.sealed_at_ms == 1325376000000);
    assert_true(out.count == SAMPLE_EVENTS && out.signing_key == 1 && out.pseudonym_key == 1);
    assert_true(out.first_person == 1 && out.person_count == SAMPLE_PEOPLE);
    assert_true(out.last_checkpoint_seen.size == 300);
    /* Nobody is introduced and no checkpoint was seen: both are simply absent. */
    header.first_person = header.person_count = 0;
    header.last_checkpoint_seen = (struct checkpoint){.size = 0};
    PASS(batch_header, &header, &out);
    assert_true(out.first_person == 0 && out.last_checkpoint_seen.size == 0);
}

/* The sample header's fields by their places: tag, size, payload. A byte is changed in the encoded
 * header, as the encoder asserts what the decoder must refuse. */
static void header_with(const char *tag, size_t tag_size, const char *value, size_t value_size,
                        enum err expected)
{
    struct batch_header header = sample_header(), out;
    buffer_clear(&bytes);
    assert_int_equal(ERR_OK, codec_batch_header_encode(&header, &bytes));
    for (size_t i = 0; i + tag_size + value_size <= bytes.size; i++) {
        if (memcmp(bytes.data + i, tag, tag_size) == 0) {
            memcpy(bytes.data + i + tag_size, value, value_size);
            assert_int_equal(expected,
                             codec_batch_header_decode(buffer_bytes(&bytes), arena, &out));
            return;
        }
    }
    fail();
}
#define HEADER_WITH(tag, value, expected)                                                          \
    header_with((tag), sizeof(tag) - 1, (value), sizeof(value) - 1, (expected))

static void a_headers_numbers_are_consistent(void **state)
{
    (void)state;
    HEADER_WITH("\x40\x06", "", ERR_OK);
    HEADER_WITH("\x4f\x31", "\0\0\0\0\0\0\0\0", ERR_NOT_CANONICAL); /* epoch 0, written out */
    HEADER_WITH("\x03\0\0\0\0\0\0\0\x39", "\xff\xff\xff\xff\xff\xff\xff\xff", ERR_RANGE);
    HEADER_WITH("\x03\0\0\0\0\0\0\0\x39", "\xfa\xff\xff\xff\xff\xff\xff\xff", ERR_RANGE);
    HEADER_WITH("\x03\0\0\0\0\0\0\0\x39", "\xf9\xff\xff\xff\xff\xff\xff\xff", ERR_OK);
    HEADER_WITH("\xaf\x75", "\xff\xff\xff\xff", ERR_RANGE);
    HEADER_WITH("\xaf\x75", "\xfe\xff\xff\xff", ERR_OK);
    HEADER_WITH("\x75\x01\0\0\0\x78", "\x07", ERR_RANGE); /* more people than events */
    HEADER_WITH("\x75\x01\0\0\0\x78", "\x06", ERR_OK);
}

static void a_header_without_one_of_its_fields_is_refused(void **state)
{
    (void)state;
    /* Field by field, but for the last three, which may be absent. */
    static const size_t sizes[] = {2, 18, 9, 34, 18, 9, 9, 2, 2, 2, 34, 34, 34, 5};
    struct batch_header header = sample_header(), out;
    assert_int_equal(ERR_OK, codec_batch_header_encode(&header, &bytes));
    size_t at = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        buffer_clear(&again);
        const size_t behind = at + sizes[i];
        assert_int_equal(ERR_OK, buffer_add(&again, bytes_of(bytes.data, at)));
        assert_int_equal(ERR_OK,
                         buffer_add(&again, bytes_of(bytes.data + behind, bytes.size - behind)));
        const enum err err = codec_batch_header_decode(buffer_bytes(&again), arena, &out);
        assert_int_equal(i == 0 ? ERR_MALFORMED : ERR_RANGE, err);
        at = behind;
    }
}

static void the_confidential_part_passes(void **state)
{
    (void)state;
    const struct confidential confidential = sample_confidential();
    struct confidential out;
    PASS(confidential, &confidential, &out);
    assert_memory_equal(confidential.salt, out.salt, SALT_BYTES);
    assert_true(bytes_equal(confidential.pseudonyms, out.pseudonyms));
    assert_true(bytes_equal(confidential.row_keys, out.row_keys));
    bytes.data[1] = 15;
    assert_int_not_equal(ERR_OK, codec_confidential_decode(buffer_bytes(&bytes), arena, &out));
    static const uint8_t odd[] = {0x1a, 0x07, 1, 2, 3, 4, 5, 6, 7};
    assert_int_equal(ERR_RANGE, codec_confidential_decode(bytes_of(odd, sizeof odd), arena, &out));
}

static void each_kind_of_log_entry_passes(void **state)
{
    (void)state;
    const struct log_entry batch = sample_log_batch(), decision = sample_log_decision();
    const struct log_entry genesis = sample_log_genesis();
    struct log_entry out;
    PASS(log_entry, &batch, &out);
    assert_int_equal(LOG_BATCH, out.kind);
    assert_true(out.position == 301 && out.received_at_ms == 1325376000123);
    assert_int_equal(3, out.batch.rejected_count);
    assert_int_equal(74, out.batch.rejected_code[2]);
    assert_int_equal(2, out.batch.person_count);
    assert_int_equal(901, out.batch.persons[1]);
    PASS(log_entry, &decision, &out);
    assert_int_equal(LOG_DECISION, out.kind);
    assert_true(bytes_is(out.decision.body, "body of a decision"));
    assert_memory_equal(decision.decision.administrator, out.decision.administrator, KEY_BYTES);
    PASS(log_entry, &genesis, &out);
    assert_int_equal(LOG_GENESIS, out.kind);
    assert_int_equal(2, out.genesis.administrator_count);
    assert_memory_equal(genesis.genesis.administrators, out.genesis.administrators, 2 * KEY_BYTES);
    assert_memory_equal(genesis.genesis.broker_transport_key, out.genesis.broker_transport_key,
                        KEY_BYTES);
}

static void rejected_rows_ascend_and_have_a_code(void **state)
{
    (void)state;
    static const uint32_t twice[] = {1, 1, 5}, beyond[] = {1, 4, BATCH_EVENTS_MAX};
    static const uint32_t no_code[] = {21, 0, 74};
    struct log_entry entry = sample_log_batch(), out;
    entry.batch.rejected_index = twice;
    assert_int_equal(ERR_OK, codec_log_entry_encode(&entry, &bytes));
    assert_int_equal(ERR_NOT_CANONICAL, codec_log_entry_decode(buffer_bytes(&bytes), arena, &out));
    buffer_clear(&bytes);
    entry.batch.rejected_index = beyond;
    assert_int_equal(ERR_OK, codec_log_entry_encode(&entry, &bytes));
    assert_int_equal(ERR_RANGE, codec_log_entry_decode(buffer_bytes(&bytes), arena, &out));
    buffer_clear(&bytes);
    entry = sample_log_batch();
    entry.batch.rejected_code = no_code;
    assert_int_equal(ERR_OK, codec_log_entry_encode(&entry, &bytes));
    assert_int_equal(ERR_RANGE, codec_log_entry_decode(buffer_bytes(&bytes), arena, &out));
}

static void each_kind_of_decision_passes(void **state)
{
    (void)state;
    const struct decision programme = sample_decision(DECISION_PROGRAMME);
    const struct decision enrolment = sample_decision(DECISION_ENROLMENT);
    const struct decision revocation = sample_decision(DECISION_REVOCATION);
    struct decision out;
    PASS(decision, &programme, &out);
    assert_int_equal(DECISION_PROGRAMME, out.kind);
    assert_true(out.decided_at_ms == 1325376000000);
    assert_true(bytes_is(out.programme.programme, "jobtown"));
    assert_true(bytes_equal(programme.programme.yaml, out.programme.yaml));
    assert_true(bytes_equal(programme.programme.regions, out.programme.regions));
    assert_memory_equal(programme.programme.key_check, out.programme.key_check, DIGEST_BYTES);
    PASS(decision, &enrolment, &out);
    assert_int_equal(DECISION_ENROLMENT, out.kind);
    assert_true(bytes_is(out.enrolment.partner, "partner-7"));
    assert_true(bytes_equal(enrolment.enrolment.name, out.enrolment.name));
    assert_int_equal(2, out.enrolment.programme_count);
    assert_true(bytes_is(out.enrolment.programmes[1], "jobtown"));
    assert_memory_equal(enrolment.enrolment.signing_key, out.enrolment.signing_key, KEY_BYTES);
    assert_memory_equal(enrolment.enrolment.transport_key, out.enrolment.transport_key, KEY_BYTES);
    PASS(decision, &revocation, &out);
    assert_int_equal(DECISION_REVOCATION, out.kind);
    assert_memory_equal(revocation.revoked_node, out.revoked_node, ID_BYTES);
}

static void decisions_about_people_and_periods_pass(void **state)
{
    (void)state;
    const struct decision merge = sample_decision(DECISION_PEOPLE_MERGE);
    const struct decision split = sample_decision(DECISION_PEOPLE_SPLIT);
    struct decision out;
    PASS(decision, &merge, &out);
    assert_int_equal(DECISION_PEOPLE_MERGE, out.kind);
    assert_int_equal(3, out.people.count);
    assert_memory_equal(&merge.people.people[2], &out.people.people[2], sizeof(struct person_ref));
    PASS(decision, &split, &out);
    assert_int_equal(DECISION_PEOPLE_SPLIT, out.kind);
    assert_memory_equal(&split.people.people[1], &out.people.people[1], sizeof(struct person_ref));
    const struct decision period = sample_decision(DECISION_PERIOD_CLOSE);
    PASS(decision, &period, &out);
    assert_int_equal(DECISION_PERIOD_CLOSE, out.kind);
    assert_true(bytes_is(out.period.partner, "cesena") && bytes_is(out.period.task, "2"));
    assert_int_equal(15430, out.period.through_on);
}

static enum err people_decoded(const struct decision *decision)
{
    struct decision out;
    buffer_clear(&bytes);
    arena_reset(arena);
    assert_int_equal(ERR_OK, codec_decision_encode(decision, &bytes));
    return codec_decision_decode(buffer_bytes(&bytes), arena, &out);
}

static void a_merge_names_two_people_at_least_and_each_once(void **state)
{
    (void)state;
    struct decision merge = sample_decision(DECISION_PEOPLE_MERGE);
    merge.people.people[2] = merge.people.people[0];
    assert_int_equal(ERR_MALFORMED, people_decoded(&merge));
    merge.people.count = 1;
    assert_int_equal(ERR_RANGE, people_decoded(&merge));
    merge.kind = DECISION_PEOPLE_SPLIT;
    assert_int_equal(ERR_OK, people_decoded(&merge));
    merge.people.people[0].number = 0;
    assert_int_equal(ERR_RANGE, people_decoded(&merge));
}

static void texts_that_no_decoder_would_take_are_not_encoded(void **state)
{
    (void)state;
    static const char longer[TITLE_BYTES_MAX + 1] = {'a'};
    struct decision enrolment = sample_decision(DECISION_ENROLMENT);
    enrolment.enrolment.name = bytes_of(longer, sizeof longer);
    assert_int_equal(ERR_RANGE, codec_decision_encode(&enrolment, &bytes));
    enrolment.enrolment.name = bytes_text("two\nlines");
    assert_int_equal(ERR_ENCODING, codec_decision_encode(&enrolment, &bytes));
    enrolment = sample_decision(DECISION_ENROLMENT);
    enrolment.enrolment.partner = bytes_of(NULL, 0);
    assert_int_equal(ERR_RANGE, codec_decision_encode(&enrolment, &bytes));
    struct batch_header header = sample_header();
    header.programme = bytes_of("a\0b", 3);
    assert_int_equal(ERR_ENCODING, codec_batch_header_encode(&header, &bytes));
    assert_int_equal(0, bytes.size);
}

static void greetings_pass(void **state)
{
    (void)state;
    struct hello hello = sample_hello(), hello_out;
    const struct welcome welcome = sample_welcome();
    struct welcome welcome_out;
    PASS(hello, &hello, &hello_out);
    assert_true(hello_out.epoch == 3 && hello_out.acked_seq == 1024 && hello_out.head_seq == 1030);
    assert_int_equal(1, hello_out.programme_count);
    assert_true(bytes_is(hello_out.programmes[0].programme, "jobtown"));
    assert_memory_equal(hello.programmes[0].digest, hello_out.programmes[0].digest, DIGEST_BYTES);
    assert_memory_equal(hello.programmes[0].key_check, hello_out.programmes[0].key_check,
                        DIGEST_BYTES);
    assert_memory_equal(hello.chain, hello_out.chain, DIGEST_BYTES);
    assert_true(bytes_is(hello_out.software, "ogniwo-node 0.1.0"));
    PASS(welcome, &welcome, &welcome_out);
    assert_memory_equal(&welcome, &welcome_out, sizeof welcome);
    /* More acknowledged than there is. */
    bytes.size = 0;
    assert_int_equal(ERR_OK, codec_hello_encode(&hello, &bytes));
    for (size_t i = 0; i + 9 < bytes.size; i++) {
        if (bytes.data[i] == 0x21 && bytes.data[i + 9] == 0x29) {
            bytes.data[i + 2] = 9;
        }
    }
    assert_int_equal(ERR_RANGE, codec_hello_decode(buffer_bytes(&bytes), arena, &hello_out));
}

static void receipts_pass(void **state)
{
    (void)state;
    struct receipt_body receipt = sample_receipt(), out;
    struct signed_receipt signed_out;
    PASS(receipt_body, &receipt, &out);
    assert_memory_equal(receipt.batch_digest, out.batch_digest, DIGEST_BYTES);
    assert_memory_equal(receipt.log_root, out.log_root, DIGEST_BYTES);
    assert_memory_equal(receipt.node, out.node, ID_BYTES);
    assert_memory_equal(receipt.exchange, out.exchange, ID_BYTES);
    assert_true(out.first_seq == 1025 && out.position == 301 && out.count == SAMPLE_EVENTS);
    assert_true(out.epoch == 3 && out.received_at_ms == 1325376000123 && out.incarnation == 1);
    assert_int_equal(3, out.rejected_count);
    assert_int_equal(4, out.rejected_index[1]);
    assert_int_equal(70, out.rejected_code[1]);
    receipt.rejected_count = 0;
    PASS(receipt_body, &receipt, &out);
    assert_int_equal(0, out.rejected_count);
    const struct signed_receipt whole = {.body = bytes_text("body"),
                                         .signature = sample_signature()};
    PASS(signed_receipt, &whole, &signed_out);
    assert_true(bytes_is(signed_out.body, "body"));
}

static void a_receipt_rejects_only_what_its_batch_holds(void **state)
{
    (void)state;
    const struct receipt_body receipt = sample_receipt();
    struct receipt_body out;
    assert_int_equal(ERR_OK, codec_receipt_body_encode(&receipt, &bytes));
    for (size_t i = 0; i + 1 < bytes.size; i++) {
        if (bytes.data[i] == 0x30 && bytes.data[i + 1] == SAMPLE_EVENTS) {
            bytes.data[i + 1] = 5; /* of five events the last is number 4 */
        }
    }
    assert_int_equal(ERR_RANGE, codec_receipt_body_decode(buffer_bytes(&bytes), arena, &out));
}

static void short_messages_pass(void **state)
{
    (void)state;
    const struct control control = {.seq = UINT64_MAX,
                                    .refusal = 3,
                                    .text = bytes_text("dwie historie"),
                                    .retry_after_ms = 500};
    const struct control ping = {.seq = 0};
    const struct query query = {
        .verb = bytes_text("totals"), .json = bytes_text("{}"), .data = bytes_of("\0\1\2", 3)};
    const struct answer answer = {.status = 65, .json = bytes_text("[1]"), .more = true};
    struct control control_out;
    struct query query_out;
    struct answer answer_out;
    PASS(control, &control, &control_out);
    assert_true(control_out.seq == UINT64_MAX && control_out.refusal == 3);
    assert_true(bytes_is(control_out.text, "dwie historie") && control_out.retry_after_ms == 500);
    PASS(control, &ping, &control_out);
    assert_int_equal(0, bytes.size);
    assert_false(control_out.has_standing);
    const struct control told = {.seq = 7,
                                 .has_standing = true,
                                 .standing = {.waiting_ms = 90000,
                                              .imported_at_ms = UINT64_MAX,
                                              .rejected_rows = UINT32_MAX,
                                              .rejected_files = 1}};
    const struct control nothing_to_tell = {.has_standing = true};
    PASS(control, &told, &control_out);
    assert_true(control_out.has_standing &&
                memcmp(&told.standing, &control_out.standing, sizeof told.standing) == 0);
    /* Told that nothing is open is not the same as not told. */
    PASS(control, &nothing_to_tell, &control_out);
    assert_true(control_out.has_standing && control_out.standing.rejected_files == 0);
    PASS(query, &query, &query_out);
    assert_true(bytes_is(query_out.verb, "totals") && bytes_is(query_out.json, "{}"));
    assert_true(bytes_equal(query.data, query_out.data));
    PASS(answer, &answer, &answer_out);
    assert_true(answer_out.status == 65 && answer_out.more && bytes_is(answer_out.json, "[1]"));
}

static void parts_of_a_sheet_pass(void **state)
{
    (void)state;
    const struct sheet_part part = sample_sheet_part();
    const struct sheet_part beat = {.session = 1, .version = 1, .rows = {.label_count = 2}};
    struct sheet_part out;
    PASS(sheet_part, &part, &out);
    assert_true(out.session == part.session && out.version == 12 && out.basis == 2);
    assert_true(out.position == 301 && out.received_at_ms == part.received_at_ms);
    assert_true(out.digest == part.digest && !out.more);
    assert_int_equal(2, out.rows.count);
    assert_int_equal(2, out.rows.label_count);
    assert_true(bytes_is(out.rows.indicators[1], "hours"));
    assert_true(bytes_is(out.rows.labels[2], "PL-1261") && bytes_is(out.rows.labels[3], "-"));
    assert_true(out.rows.values[1] == -250 && out.rows.partner_sums[0] == 403);
    PASS(sheet_part, &beat, &out);
    assert_int_equal(0, out.rows.count);
}

static void a_part_of_a_sheet_has_all_columns_of_its_rows(void **state)
{
    (void)state;
    static const struct broken {
        const char *hex;
        enum err err;
    } broken[] = {
        {"", ERR_RANGE}, /* no session */
        {"090100000000000000"
         "4a0161"
         "5a0102",
         ERR_RANGE}, /* no partner_sum */
        {"090100000000000000"
         "4a0161"
         "5a0102"
         "620102",
         ERR_OK}, /* no labels wanted */
        {"090100000000000000"
         "4001"
         "4a0161"
         "5a0102"
         "620102",
         ERR_RANGE}, /* no label */
        {"090100000000000000"
         "400c",
         ERR_RANGE}, /* twelve labels */
        {"090100000000000000"
         "4a00"
         "5a0102"
         "620102",
         ERR_RANGE}, /* no name */
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        uint8_t data[64];
        struct sheet_part out;
        const struct bytes text = bytes_text(broken[i].hex);
        assert_int_equal(ERR_OK, bytes_from_hex(text, data, text.size / 2));
        assert_int_equal(broken[i].err,
                         codec_sheet_part_decode(bytes_of(data, text.size / 2), arena, &out));
    }
}

static void an_encoder_leaves_a_full_buffer_as_it_was(void **state)
{
    (void)state;
    struct buffer small = {.bytes_max = 20};
    const struct welcome welcome = sample_welcome();
    assert_int_equal(ERR_OK, buffer_add_text(&small, "before"));
    assert_int_equal(ERR_FULL, codec_welcome_encode(&welcome, &small));
    assert_true(bytes_is(buffer_bytes(&small), "before"));
    buffer_fini(&small);
}

static void the_frame_header_is_24_bytes_big_endian(void **state)
{
    (void)state;
    static const uint8_t expected[FRAME_HEADER_BYTES] = {
        'O', 'G', 1, 4, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    const struct frame_header header = {
        .type = MESSAGE_BATCH, .session = 0x0102030405060708, .correlation = 0x090a0b0c0d0e0f10};
    uint8_t frame[FRAME_HEADER_BYTES];
    struct frame_header out;
    codec_frame_header_put(&header, frame);
    assert_memory_equal(expected, frame, sizeof frame);
    assert_int_equal(ERR_OK, codec_frame_header_get(bytes_of(frame, sizeof frame), &out));
    assert_true(out.type == header.type && out.session == header.session &&
                out.correlation == header.correlation);
}

static void a_frame_header_with_anything_else_is_refused(void **state)
{
    (void)state;
    const struct frame_header header = {.type = MESSAGE_PING};
    struct frame_header out;
    uint8_t frame[FRAME_HEADER_BYTES + 1] = {0};
    codec_frame_header_put(&header, frame);
    assert_int_equal(ERR_MALFORMED, codec_frame_header_get(bytes_of(frame, 23), &out));
    assert_int_equal(ERR_MALFORMED, codec_frame_header_get(bytes_of(frame, 25), &out));
    for (size_t i = 0; i < 8; i++) {
        frame[i] ^= 0x40;
        assert_int_equal(i == 2 ? ERR_VERSION : ERR_MALFORMED,
                         codec_frame_header_get(bytes_of(frame, FRAME_HEADER_BYTES), &out));
        frame[i] ^= 0x40;
    }
    assert_int_equal(ERR_OK, codec_frame_header_get(bytes_of(frame, FRAME_HEADER_BYTES), &out));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sealed_batches_pass),
        TEST(a_sealed_batch_has_all_its_parts),
        TEST(headers_pass),
        TEST(a_headers_numbers_are_consistent),
        TEST(a_header_without_one_of_its_fields_is_refused),
        TEST(the_confidential_part_passes),
        TEST(each_kind_of_log_entry_passes),
        TEST(rejected_rows_ascend_and_have_a_code),
        TEST(each_kind_of_decision_passes),
        TEST(decisions_about_people_and_periods_pass),
        TEST(a_merge_names_two_people_at_least_and_each_once),
        TEST(texts_that_no_decoder_would_take_are_not_encoded),
        TEST(greetings_pass),
        TEST(receipts_pass),
        TEST(a_receipt_rejects_only_what_its_batch_holds),
        TEST(short_messages_pass),
        TEST(parts_of_a_sheet_pass),
        TEST(a_part_of_a_sheet_has_all_columns_of_its_rows),
        TEST(an_encoder_leaves_a_full_buffer_as_it_was),
        TEST(the_frame_header_is_24_bytes_big_endian),
        TEST(a_frame_header_with_anything_else_is_refused),
    };
    return cmocka_run_group_tests_name("proto.messages", tests, NULL, NULL);
}
