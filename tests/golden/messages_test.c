/* Messages as they were stored and sent since they were first written down: encoding gives exactly
 * these bytes, and they decode, verify and open. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/model/limits.h"
#include "golden/golden_file.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"
#include "unit/proto/samples.h"

static struct arena *arena;
static struct signing_keys node_keys, admin_keys, broker_keys;
static struct buffer columns = {.bytes_max = FRAME_BYTES_MAX};
static struct buffer sealed = {.bytes_max = FRAME_BYTES_MAX};
static struct buffer built = {.bytes_max = FRAME_BYTES_MAX};
static uint8_t read_bytes[1 << 15];

static int setup(void **state)
{
    (void)state;
    static struct buffer confidential = {.bytes_max = FRAME_BYTES_MAX};
    struct sample_columns sample;
    struct batch_header header = sample_header();
    const struct confidential part = sample_confidential();
    uint8_t chain[DIGEST_BYTES];
    sample_columns(&sample);
    sample_signing_keys(1, &node_keys);
    sample_signing_keys(2, &admin_keys);
    sample_signing_keys(3, &broker_keys);
    bool ready = sealing_start() == ERR_OK && arena_new(BATCH_ARENA_BYTES, &arena) == ERR_OK &&
                 codec_columns_encode(&sample.columns, &columns) == ERR_OK &&
                 codec_confidential_encode(&part, &confidential) == ERR_OK;
    const struct seal_input input = {.header = &header,
                                     .columns = buffer_bytes(&columns),
                                     .confidential = buffer_bytes(&confidential),
                                     .secret = node_keys.secret};
    ready = ready && sealing_seal(&input, &sealed, chain) == ERR_OK;
    buffer_fini(&confidential);
    return ready ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buffer_fini(&columns);
    buffer_fini(&sealed);
    buffer_fini(&built);
    return 0;
}

/* Compares with the file, and gives the file's bytes for decoding. */
static struct bytes golden(const char *name, struct bytes now)
{
    if (golden_writing()) {
        assert_true(golden_write_hex(name, now));
    }
    const size_t size = golden_read_hex(name, read_bytes, sizeof read_bytes);
    assert_int_equal(now.size, size);
    assert_memory_equal(now.data, read_bytes, size);
    return bytes_of(read_bytes, size);
}

static void columns_are_as_ever(void **state)
{
    (void)state;
    struct sample_columns sample;
    struct columns out;
    sample_columns(&sample);
    const struct bytes file = golden("columns.hex", buffer_bytes(&columns));
    assert_int_equal(ERR_OK, codec_columns_decode(file, arena, &out));
    for (uint32_t i = 0; i < SAMPLE_EVENTS; i++) {
        struct event expected, found;
        columns_event(&sample.columns, i, &expected);
        columns_event(&out, i, &found);
        assert_true(event_same(&expected, &found));
        assert_true(expected.withdrawal == found.withdrawal &&
                    expected.withdraws == found.withdraws);
    }
}

static void a_sealed_batch_is_as_ever(void **state)
{
    (void)state;
    struct sealed_batch batch;
    struct opened_batch opened;
    const struct bytes file = golden("sealed_batch.hex", buffer_bytes(&sealed));
    assert_int_equal(ERR_OK, codec_sealed_batch_decode(file, arena, &batch));
    assert_int_equal(ERR_OK, sealing_open(&batch, true, node_keys.public_key, arena, &opened));
    assert_true(opened.header.first_seq == 1025 && opened.header.epoch == 3);
    assert_true(bytes_is(opened.header.programme, "jobtown"));
    assert_true(bytes_equal(sample_confidential().pseudonyms, opened.confidential.pseudonyms));
    golden("sealed_batch_chain.hex", bytes_of(opened.chain, DIGEST_BYTES));
}

static void a_stored_batch_is_as_ever(void **state)
{
    (void)state;
    struct sealed_batch batch;
    struct opened_batch opened;
    struct log_entry entry = sample_log_batch(), out;
    assert_int_equal(ERR_OK, codec_sealed_batch_decode(buffer_bytes(&sealed), arena, &batch));
    entry.batch.header = batch.header;
    entry.batch.signature = batch.signature;
    entry.batch.columns = batch.columns;
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_log_entry_encode(&entry, &built));
    const struct bytes file = golden("log_batch.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_log_entry_decode(file, arena, &out));
    assert_true(out.kind == LOG_BATCH && out.position == 301);
    assert_true(out.batch.rejected_count == 3 && out.batch.rejected_index[2] == 5 &&
                out.batch.rejected_code[2] == 74);
    assert_true(out.batch.person_count == 2 && out.batch.persons[0] == 900);
    const struct sealed_batch logged = {
        .header = out.batch.header, .signature = out.batch.signature, .columns = out.batch.columns};
    assert_int_equal(ERR_OK, sealing_open(&logged, false, node_keys.public_key, arena, &opened));
}

static void decisions_are_as_ever(void **state)
{
    (void)state;
    static const char *const names[] = {"decision_programme.hex",    "decision_enrolment.hex",
                                        "decision_revocation.hex",   "decision_people_merge.hex",
                                        "decision_people_split.hex", "decision_period_close.hex"};
    for (int kind = DECISION_PROGRAMME; kind < DECISION_KIND_COUNT; kind++) {
        const struct decision decision = sample_decision((enum decision_kind)kind);
        struct decision out;
        buffer_clear(&built);
        assert_int_equal(ERR_OK, codec_decision_encode(&decision, &built));
        const struct bytes file = golden(names[kind], buffer_bytes(&built));
        assert_int_equal(ERR_OK, codec_decision_decode(file, arena, &out));
        assert_int_equal(kind, out.kind);
        buffer_clear(&built);
        assert_int_equal(ERR_OK, codec_decision_encode(&out, &built));
        assert_true(bytes_equal(file, buffer_bytes(&built)));
    }
}

static void a_logged_decision_is_as_ever(void **state)
{
    (void)state;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    const struct decision decision = sample_decision(DECISION_REVOCATION);
    struct decision decided;
    uint8_t signature[SIGNATURE_BYTES];
    struct log_entry entry = sample_log_decision(), out;
    assert_int_equal(ERR_OK, codec_decision_encode(&decision, &body));
    assert_int_equal(
        ERR_OK, sealing_sign(SEAL_DECISION, buffer_bytes(&body), admin_keys.secret, signature));
    entry.decision.body = buffer_bytes(&body);
    entry.decision.signature = bytes_of(signature, sizeof signature);
    memcpy(entry.decision.administrator, admin_keys.public_key, KEY_BYTES);
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_log_entry_encode(&entry, &built));
    const struct bytes file = golden("log_decision.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_log_entry_decode(file, arena, &out));
    assert_true(out.kind == LOG_DECISION && out.position == 2);
    assert_int_equal(ERR_OK, sealing_verify(SEAL_DECISION, out.decision.body,
                                            out.decision.signature, out.decision.administrator));
    assert_int_equal(ERR_OK, codec_decision_decode(out.decision.body, arena, &decided));
    assert_memory_equal(decision.revoked_node, decided.revoked_node, ID_BYTES);
    buffer_fini(&body);
}

static void genesis_is_as_ever(void **state)
{
    (void)state;
    const struct log_entry entry = sample_log_genesis();
    struct log_entry out;
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_log_entry_encode(&entry, &built));
    const struct bytes file = golden("log_genesis.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_log_entry_decode(file, arena, &out));
    assert_true(out.kind == LOG_GENESIS && out.position == 1);
    assert_memory_equal(entry.genesis.administrators[1], out.genesis.administrators[1], KEY_BYTES);
    uint8_t digest[DIGEST_BYTES];
    sealing_digest(SEAL_LOG_ENTRY, file, digest);
    golden("log_genesis_digest.hex", bytes_of(digest, sizeof digest));
}

static void a_receipt_is_as_ever(void **state)
{
    (void)state;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    const struct receipt_body receipt = sample_receipt();
    struct receipt_body body_out;
    uint8_t signature[SIGNATURE_BYTES];
    assert_int_equal(ERR_OK, codec_receipt_body_encode(&receipt, &body));
    assert_int_equal(
        ERR_OK, sealing_sign(SEAL_RECEIPT, buffer_bytes(&body), broker_keys.secret, signature));
    const struct signed_receipt whole = {.body = buffer_bytes(&body),
                                         .signature = bytes_of(signature, sizeof signature)};
    struct signed_receipt out;
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_signed_receipt_encode(&whole, &built));
    const struct bytes file = golden("receipt.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_signed_receipt_decode(file, arena, &out));
    assert_int_equal(ERR_OK,
                     sealing_verify(SEAL_RECEIPT, out.body, out.signature, broker_keys.public_key));
    assert_int_equal(ERR_OK, codec_receipt_body_decode(out.body, arena, &body_out));
    assert_true(body_out.position == 301 && body_out.rejected_count == 3);
    assert_memory_equal(receipt.log_root, body_out.log_root, DIGEST_BYTES);
    buffer_fini(&body);
}

static void greetings_are_as_ever(void **state)
{
    (void)state;
    const struct hello hello = sample_hello();
    const struct welcome welcome = sample_welcome();
    struct hello hello_out;
    struct welcome welcome_out;
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_hello_encode(&hello, &built));
    struct bytes file = golden("hello.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_hello_decode(file, arena, &hello_out));
    assert_true(hello_out.head_seq == 1030 && hello_out.programme_count == 1);
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_welcome_encode(&welcome, &built));
    file = golden("welcome.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_welcome_decode(file, arena, &welcome_out));
    assert_memory_equal(&welcome, &welcome_out, sizeof welcome);
}

static void parts_of_a_sheet_are_as_ever(void **state)
{
    (void)state;
    const struct sheet_part part = sample_sheet_part();
    struct sheet_part out;
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_sheet_part_encode(&part, &built));
    const struct bytes file = golden("sheet_part.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_sheet_part_decode(file, arena, &out));
    assert_true(out.version == 12 && out.rows.count == 2 && out.rows.values[1] == -250);
}

static void a_ping_is_as_ever(void **state)
{
    (void)state;
    static const uint8_t before_standings[] = {0x09, 0x06, 0x04, 0, 0, 0, 0, 0, 0};
    const struct control ping = {.seq = 1030,
                                 .has_standing = true,
                                 .standing = {.waiting_ms = 90000,
                                              .imported_at_ms = 1325376000100,
                                              .rejected_rows = 17,
                                              .rejected_files = 2}};
    struct control out;
    buffer_clear(&built);
    assert_int_equal(ERR_OK, codec_control_encode(&ping, &built));
    const struct bytes file = golden("ping.hex", buffer_bytes(&built));
    assert_int_equal(ERR_OK, codec_control_decode(file, arena, &out));
    assert_true(out.seq == 1030 && out.has_standing && out.standing.rejected_rows == 17);
    assert_int_equal(ERR_OK, codec_control_decode(bytes_of(before_standings, 9), arena, &out));
    assert_true(out.seq == 1030 && !out.has_standing);
}

static void merkle_roots_are_as_ever(void **state)
{
    (void)state;
    enum { SIZE_MAX_LISTED = 70 };
    static uint8_t roots[SIZE_MAX_LISTED + 1][DIGEST_BYTES];
    struct merkle merkle = {.size = 0};
    for (int size = 0; size <= SIZE_MAX_LISTED; size++) {
        uint8_t digest[DIGEST_BYTES];
        const uint8_t number = (uint8_t)size;
        merkle_root(&merkle, roots[size]);
        sealing_digest(SEAL_LOG_ENTRY, bytes_of(&number, 1), digest);
        merkle_add(&merkle, digest);
    }
    golden("merkle_roots.hex", bytes_of(roots, sizeof roots));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_as_ever),          cmocka_unit_test(a_sealed_batch_is_as_ever),
        cmocka_unit_test(a_stored_batch_is_as_ever),    cmocka_unit_test(decisions_are_as_ever),
        cmocka_unit_test(a_logged_decision_is_as_ever), cmocka_unit_test(genesis_is_as_ever),
        cmocka_unit_test(a_receipt_is_as_ever),         cmocka_unit_test(greetings_are_as_ever),
        cmocka_unit_test(parts_of_a_sheet_are_as_ever), cmocka_unit_test(a_ping_is_as_ever),
        cmocka_unit_test(merkle_roots_are_as_ever),
    };
    return cmocka_run_group_tests_name("golden.messages", tests, setup, teardown);
}
