/* The log and the node state in one commit, over a real store. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "brokers/ledger.h"
#include "proto/sealing.h"
#include "support/own_folder.h"
#include "unit/brokers/decisions.h"

static char folder[OWN_FOLDER_BYTES], path[OWN_PATH_BYTES];
static struct ledger *ledger;
static struct arena *arena;

static void open_it(void)
{
    assert_int_equal(ERR_OK, ledger_open(path, 1 << 27, false, &ledger));
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, sealing_start());
    own_folder_make(folder);
    own_path(folder, "store", path);
    open_it();
    return (int)arena_new(CONTROL_ARENA_BYTES, &arena);
}

static int teardown(void **state)
{
    (void)state;
    ledger_close(&ledger);
    arena_free(&arena);
    own_folder_remove(folder);
    return 0;
}

static const uint8_t signature[SIGNATURE_BYTES] = {5};

static struct log_entry batch_entry(const char *header)
{
    return (struct log_entry){.kind = LOG_BATCH,
                              .batch = {.header = bytes_text(header),
                                        .signature = bytes_of(signature, sizeof signature),
                                        .columns = bytes_text("columns")}};
}

static void append(const char *header, uint64_t now_ms)
{
    struct log_entry entry = batch_entry(header);
    const uint64_t size = ledger_size(ledger);
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    assert_int_equal(ERR_OK, ledger_append(ledger, &entry, now_ms));
    assert_int_equal(size + 1, entry.position);
    assert_int_equal(ERR_OK, ledger_commit(ledger));
}

static struct log_entry read_at(uint64_t position, struct bytes *bytes)
{
    struct log_entry entry;
    arena_reset(arena);
    assert_int_equal(ERR_OK, ledger_read(ledger, position, arena, &entry, bytes));
    return entry;
}

static void entries_are_read_as_they_were_appended_from_position_one(void **state)
{
    struct log_entry genesis = decisions_genesis(), entry;
    struct bytes bytes;
    (void)state;
    assert_int_equal(0, ledger_size(ledger));
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    assert_int_equal(ERR_OK, ledger_append(ledger, &genesis, 1000));
    assert_int_equal(ERR_OK, ledger_commit(ledger));
    append("header", 2000);
    assert_int_equal(2, ledger_size(ledger));
    entry = read_at(1, NULL);
    assert_int_equal(LOG_GENESIS, entry.kind);
    entry = read_at(2, &bytes);
    assert_int_equal(LOG_BATCH, entry.kind);
    assert_int_equal(2, entry.position);
    assert_int_equal(2000, entry.received_at_ms);
    assert_true(bytes_is(entry.batch.header, "header"));
    assert_int_equal(ERR_NOT_FOUND, ledger_read(ledger, 3, arena, &entry, NULL));
    assert_int_equal(ERR_NOT_FOUND, ledger_read(ledger, 0, arena, &entry, NULL));
}

static void the_root_is_that_of_the_entries_digests_also_after_a_restart(void **state)
{
    struct merkle tree = {0};
    uint8_t root[DIGEST_BYTES], wanted[DIGEST_BYTES], digest[DIGEST_BYTES];
    struct bytes bytes;
    (void)state;
    for (uint64_t i = 1; i <= 9; i++) {
        append("header", i);
        read_at(i, &bytes);
        sealing_digest(SEAL_LOG_ENTRY, bytes, digest);
        merkle_add(&tree, digest);
        merkle_root(&tree, wanted);
        if (i % 4 == 0) {
            ledger_close(&ledger);
            open_it();
        }
        assert_int_equal(i, ledger_size(ledger));
        ledger_root(ledger, root);
        assert_memory_equal(wanted, root, DIGEST_BYTES);
    }
}

static void the_time_of_receipt_never_goes_back(void **state)
{
    (void)state;
    append("a", 5000);
    append("b", 4000);
    ledger_close(&ledger);
    open_it();
    append("c", 3000);
    append("d", 6000);
    static const uint64_t wanted[] = {5000, 5000, 5000, 6000};
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(wanted[i], read_at(i + 1, NULL).received_at_ms);
    }
}

static void a_time_finds_the_last_entry_at_or_before_it(void **state)
{
    static const uint64_t asked[][2] = {{999, 0},  {1000, 1}, {1999, 1},
                                        {2000, 3}, {2001, 3}, {UINT64_MAX - 1, 3}};
    uint64_t position = 99;
    (void)state;
    append("a", 1000);
    append("b", 2000);
    append("c", 2000);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        assert_int_equal(ERR_OK, ledger_at_time(ledger, asked[i][0], &position));
        assert_int_equal(asked[i][1], position);
    }
    assert_int_equal(ERR_OK, ledger_at_time(ledger, UINT64_MAX, &position));
    assert_int_equal(3, position);
}

static const struct batch_header first_batch = {.node = {1}, .first_seq = 1, .count = 10};
static const struct batch_header second_batch = {.node = {1}, .first_seq = 11, .count = 1};
static const struct batch_header other_batch = {.node = {2}, .first_seq = 1, .count = 5};
static const uint8_t digest_of_batch[DIGEST_BYTES] = {0xdd};

static void file_batch(const struct batch_header *header)
{
    struct log_entry entry = batch_entry("header");
    const struct ingest_register reg = {.epoch = 1,
                                        .last_seq = header->first_seq + header->count - 1,
                                        .last_person = header->count,
                                        .chain = {header->node[0]}};
    assert_int_equal(ERR_OK, ledger_append(ledger, &entry, 1));
    assert_int_equal(ERR_OK, ledger_file_batch(ledger, header, digest_of_batch, &reg));
}

static void file_batches(void)
{
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    file_batch(&first_batch);
    file_batch(&other_batch);
    file_batch(&second_batch);
}

static void a_sequence_finds_its_nodes_batch_also_in_the_open_group(void **state)
{
    static const uint8_t nobody[ID_BYTES] = {3};
    struct ledger_place place;
    (void)state;
    file_batches();
    for (int committed = 0; committed < 2; committed++) {
        assert_int_equal(ERR_OK, ledger_place(ledger, first_batch.node, 1, &place));
        assert_int_equal(1, place.position);
        assert_int_equal(ERR_OK, ledger_place(ledger, first_batch.node, 10, &place));
        assert_int_equal(1, place.first_seq);
        assert_int_equal(10, place.count);
        assert_memory_equal(digest_of_batch, place.digest, DIGEST_BYTES);
        assert_int_equal(ERR_OK, ledger_place(ledger, first_batch.node, 11, &place));
        assert_int_equal(3, place.position);
        assert_int_equal(ERR_OK, ledger_place(ledger, other_batch.node, 5, &place));
        assert_int_equal(2, place.position);
        assert_int_equal(ERR_NOT_FOUND, ledger_place(ledger, other_batch.node, 6, &place));
        assert_int_equal(ERR_NOT_FOUND, ledger_place(ledger, first_batch.node, 12, &place));
        assert_int_equal(ERR_NOT_FOUND, ledger_place(ledger, first_batch.node, 0, &place));
        assert_int_equal(ERR_NOT_FOUND, ledger_place(ledger, first_batch.node, UINT64_MAX, &place));
        assert_int_equal(ERR_NOT_FOUND, ledger_place(ledger, nobody, 1, &place));
        if (committed == 0) {
            assert_int_equal(ERR_OK, ledger_commit(ledger));
        }
    }
}

static void a_place_has_the_root_as_of_its_own_entry(void **state)
{
    uint8_t root[DIGEST_BYTES];
    struct ledger_place place;
    (void)state;
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    file_batch(&first_batch);
    assert_int_equal(ERR_OK, ledger_commit(ledger));
    ledger_root(ledger, root);
    append("another", 5);
    assert_int_equal(ERR_OK, ledger_place(ledger, first_batch.node, 1, &place));
    assert_memory_equal(root, place.root, DIGEST_BYTES);
}

static void what_was_withdrawn_stays_so(void **state)
{
    struct ledger_place place;
    bool withdrawn;
    (void)state;
    file_batches();
    assert_int_equal(ERR_OK, ledger_place(ledger, first_batch.node, 1, &place));
    assert_int_equal(ERR_OK, ledger_withdraw(ledger, first_batch.node, &place, 3));
    assert_int_equal(ERR_OK, ledger_withdraw(ledger, first_batch.node, &place, 10));
    assert_int_equal(ERR_OK, ledger_commit(ledger));
    ledger_close(&ledger);
    open_it();
    for (uint64_t seq = 1; seq <= 10; seq++) {
        assert_int_equal(ERR_OK,
                         ledger_withdrawn(ledger, first_batch.node, &place, seq, &withdrawn));
        assert_int_equal(seq == 3 || seq == 10, withdrawn);
    }
    assert_int_equal(ERR_OK, ledger_place(ledger, other_batch.node, 3, &place));
    assert_int_equal(ERR_OK, ledger_withdrawn(ledger, other_batch.node, &place, 3, &withdrawn));
    assert_false(withdrawn);
}

static void registers_and_sessions_are_there_after_a_restart(void **state)
{
    static const uint8_t nobody[ID_BYTES] = {3};
    struct ingest_register reg;
    (void)state;
    file_batches();
    assert_int_equal(ERR_OK, ledger_session_set(ledger, 77));
    assert_int_equal(ERR_OK, ledger_commit(ledger));
    ledger_close(&ledger);
    open_it();
    assert_int_equal(77, ledger_session(ledger));
    assert_int_equal(ERR_OK, ledger_register(ledger, first_batch.node, &reg));
    assert_int_equal(1, reg.epoch);
    assert_int_equal(11, reg.last_seq);
    assert_int_equal(1, reg.chain[0]);
    assert_int_equal(ERR_OK, ledger_register(ledger, nobody, &reg));
    assert_int_equal(0, reg.epoch);
    assert_int_equal(0, reg.last_seq);
}

static void a_group_without_entries_is_abandoned_and_nothing_has_changed(void **state)
{
    (void)state;
    append("a", 1);
    assert_false(ledger_writing(ledger));
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    assert_true(ledger_writing(ledger));
    ledger_abandon(ledger);
    assert_false(ledger_writing(ledger));
    assert_int_equal(1, ledger_size(ledger));
    append("b", 2);
    assert_int_equal(2, ledger_size(ledger));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(entries_are_read_as_they_were_appended_from_position_one),
        CLAIM(the_root_is_that_of_the_entries_digests_also_after_a_restart),
        CLAIM(the_time_of_receipt_never_goes_back),
        CLAIM(a_time_finds_the_last_entry_at_or_before_it),
        CLAIM(a_sequence_finds_its_nodes_batch_also_in_the_open_group),
        CLAIM(a_place_has_the_root_as_of_its_own_entry),
        CLAIM(what_was_withdrawn_stays_so),
        CLAIM(registers_and_sessions_are_there_after_a_restart),
        CLAIM(a_group_without_entries_is_abandoned_and_nothing_has_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
