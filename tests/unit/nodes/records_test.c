/* The node's store: what is committed is there, what is aborted is not, and nobody gets
 * what is another's. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "nodes/records.h"
#include "support/own_folder.h"

static char folder[OWN_FOLDER_BYTES], path[OWN_PATH_BYTES];
static struct records *records;
static struct arena *arena;

static const uint8_t keys[][ROW_KEY_BYTES] = {"row-aaa", "row-bbb", "row-ccc"};

static void open_it(void)
{
    assert_int_equal(ERR_OK, records_open(path, 1 << 26, false, &records));
}

static int setup(void **state)
{
    (void)state;
    own_folder_make(folder);
    own_path(folder, "store", path);
    open_it();
    return (int)arena_new(8 << 20, &arena);
}

static int teardown(void **state)
{
    (void)state;
    records_close(&records);
    arena_free(&arena);
    own_folder_remove(folder);
    return 0;
}

static void begin(void)
{
    arena_reset(arena);
    assert_int_equal(ERR_OK, records_begin(records, true));
}

static void commit(void)
{
    assert_int_equal(ERR_OK, records_commit(records));
}

static void a_new_store_stands_at_the_first_epoch(void **state)
{
    (void)state;
    assert_int_equal(1, records_state(records)->epoch);
    assert_int_equal(0, records_state(records)->head_seq);
    assert_int_equal(0, records_state(records)->acked_seq);
}

static void the_state_goes_with_a_commit_and_back_with_an_abort(void **state)
{
    (void)state;
    begin();
    struct records_state *standing = records_state(records);
    standing->head_seq = 41;
    standing->acked_seq = 40;
    standing->last_person = 7;
    standing->file_count = 3;
    standing->checkpoint.size = 99;
    memset(standing->chain, 0xaa, DIGEST_BYTES);
    memset(standing->acked_chain, 0xbb, DIGEST_BYTES);
    memset(standing->checkpoint.root, 0xcc, DIGEST_BYTES);
    commit();
    const struct records_state saved = *records_state(records);
    begin();
    records_state(records)->head_seq = 1000;
    records_abort(records);
    assert_false(records_in_transaction(records));
    assert_int_equal(41, records_state(records)->head_seq);
    records_close(&records);
    open_it();
    assert_int_equal(saved.acked_seq, records_state(records)->acked_seq);
    assert_int_equal(saved.last_person, records_state(records)->last_person);
    assert_int_equal(saved.file_count, records_state(records)->file_count);
    assert_int_equal(saved.checkpoint.size, records_state(records)->checkpoint.size);
    assert_memory_equal(saved.chain, records_state(records)->chain, DIGEST_BYTES);
    assert_memory_equal(saved.acked_chain, records_state(records)->acked_chain, DIGEST_BYTES);
    assert_memory_equal(saved.checkpoint.root, records_state(records)->checkpoint.root,
                        DIGEST_BYTES);
}

static void a_batch_of_the_outbox_is_kept_byte_for_byte(void **state)
{
    struct bytes got;
    (void)state;
    begin();
    assert_int_equal(ERR_OK, records_batch_put(records, 1, bytes_text("first")));
    assert_int_equal(ERR_OK, records_batch_put(records, 4, bytes_text("second")));
    commit();
    begin();
    assert_int_equal(2, records_state(records)->batch_count);
    assert_int_equal(ERR_OK, records_batch_get(records, 4, arena, &got));
    assert_true(bytes_is(got, "second"));
    assert_int_equal(ERR_NOT_FOUND, records_batch_get(records, 2, arena, &got));
    records_abort(records);
}

static void a_row_keeps_its_versions_in_their_order(void **state)
{
    struct row_record row = {.count = 3}, got;
    (void)state;
    for (uint32_t i = 0; i < row.count; i++) {
        row.versions[i] = (struct row_version){.seq = 10 + i,
                                               .file = 2,
                                               .line = 5 + i,
                                               .own = OWN_REGION,
                                               .content = {(uint8_t)i},
                                               .event = bytes_text(i < 2 ? "an event" : "")};
    }
    begin();
    assert_int_equal(ERR_OK, records_row_put(records, keys[0], &row));
    commit();
    begin();
    assert_int_equal(ERR_OK, records_row_get(records, keys[0], arena, &got));
    assert_int_equal(3, got.count);
    for (uint32_t i = 0; i < got.count; i++) {
        assert_int_equal(10 + i, got.versions[i].seq);
        assert_int_equal(2, got.versions[i].file);
        assert_int_equal(5 + i, got.versions[i].line);
        assert_int_equal(OWN_REGION, got.versions[i].own);
        assert_memory_equal(row.versions[i].content, got.versions[i].content, ROW_CONTENT_BYTES);
        assert_true(bytes_equal(row.versions[i].event, got.versions[i].event));
    }
    assert_int_equal(ERR_OK, records_row_get(records, keys[1], arena, &got));
    assert_int_equal(0, got.count);
    row.count = 0;
    assert_int_equal(ERR_OK, records_row_put(records, keys[0], &row));
    assert_int_equal(ERR_OK, records_row_put(records, keys[0], &row));
    assert_int_equal(ERR_OK, records_row_get(records, keys[0], arena, &got));
    assert_int_equal(0, got.count);
    records_abort(records);
}

static void a_person_has_the_number_that_was_put(void **state)
{
    static const uint8_t one[PSEUDONYM_BYTES] = {1}, two[PSEUDONYM_BYTES] = {2};
    uint32_t number = 0;
    (void)state;
    begin();
    assert_int_equal(ERR_OK, records_person_put(records, one, 77));
    assert_int_equal(ERR_OK, records_person_get(records, one, &number));
    assert_int_equal(77, number);
    assert_int_equal(ERR_NOT_FOUND, records_person_get(records, two, &number));
    records_abort(records);
    begin();
    assert_int_equal(ERR_NOT_FOUND, records_person_get(records, one, &number));
    records_abort(records);
}

static void the_latest_stay_is_the_persons_own(void **state)
{
    struct stay_record got;
    (void)state;
    begin();
    for (uint32_t ordinal = 1; ordinal <= 3; ordinal++) {
        const struct stay_record stay = {.ordinal = ordinal,
                                         .left = ordinal < 3,
                                         .left_on = -5,
                                         .has_enrolment = true,
                                         .event = bytes_text("enrolled")};
        assert_int_equal(ERR_OK, records_stay_put(records, 5, &stay));
    }
    assert_int_equal(ERR_OK, records_stay_get(records, 5, arena, &got));
    assert_int_equal(3, got.ordinal);
    assert_false(got.left);
    assert_int_equal(-5, got.left_on);
    assert_true(bytes_is(got.event, "enrolled"));
    static const uint32_t others[] = {4, 6, 0, UINT32_MAX - 1};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(ERR_OK, records_stay_get(records, others[i], arena, &got));
        assert_int_equal(0, got.ordinal);
    }
    records_abort(records);
}

static void a_persons_rows_come_in_order_and_nobody_elses(void **state)
{
    uint8_t row[ROW_KEY_BYTES];
    bool started = false;
    (void)state;
    begin();
    assert_int_equal(ERR_OK, records_person_row_set(records, 5, keys[2], true));
    assert_int_equal(ERR_OK, records_person_row_set(records, 5, keys[0], true));
    assert_int_equal(ERR_OK, records_person_row_set(records, 6, keys[1], true));
    assert_int_equal(ERR_OK, records_person_row_set(records, 5, keys[1], true));
    assert_int_equal(ERR_OK, records_person_row_set(records, 5, keys[1], false));
    assert_int_equal(ERR_OK, records_person_row_set(records, 5, keys[1], false));
    assert_int_equal(ERR_OK, records_person_row_next(records, 5, &started, row));
    assert_memory_equal(keys[0], row, ROW_KEY_BYTES);
    assert_int_equal(ERR_OK, records_person_row_next(records, 5, &started, row));
    assert_memory_equal(keys[2], row, ROW_KEY_BYTES);
    assert_int_equal(ERR_NOT_FOUND, records_person_row_next(records, 5, &started, row));
    started = false;
    assert_int_equal(ERR_NOT_FOUND, records_person_row_next(records, 7, &started, row));
    records_abort(records);
}

static void refusals_come_by_line_and_are_forgotten_by_file(void **state)
{
    static const struct {
        uint32_t file, line;
        uint64_t seq;
    } put[] = {{2, 9, 4}, {2, 3, 11}, {3, 1, 5}, {2, 3, 7}, {1, 8, 6}};
    uint32_t line = 0, code;
    uint64_t seq = 0;
    (void)state;
    begin();
    for (size_t i = 0; i < sizeof put / sizeof put[0]; i++) {
        assert_int_equal(ERR_OK, records_refusal_put(records, put[i].file, put[i].line, put[i].seq,
                                                     80 + (uint32_t)i));
    }
    static const uint64_t wanted[][3] = {{3, 7, 83}, {3, 11, 81}, {9, 4, 80}};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ERR_OK, records_refusal_next(records, 2, &line, &seq, &code));
        assert_int_equal(wanted[i][0], line);
        assert_int_equal(wanted[i][1], seq);
        assert_int_equal(wanted[i][2], code);
    }
    assert_int_equal(ERR_NOT_FOUND, records_refusal_next(records, 2, &line, &seq, &code));
    assert_int_equal(ERR_OK, records_refusals_clear(records, 2));
    line = 0;
    seq = 0;
    assert_int_equal(ERR_NOT_FOUND, records_refusal_next(records, 2, &line, &seq, &code));
    assert_int_equal(ERR_OK, records_refusal_next(records, 1, &line, &seq, &code));
    assert_int_equal(8, line);
    records_abort(records);
}

static void documents_are_found_by_key_and_one_behind_the_other(void **state)
{
    struct bytes key, document;
    (void)state;
    begin();
    assert_int_equal(ERR_OK, records_document_put(records, RECORDS_PROGRAMMES, bytes_text("B"),
                                                  bytes_text("two")));
    assert_int_equal(ERR_OK, records_document_put(records, RECORDS_PROGRAMMES, bytes_text("A"),
                                                  bytes_text("one")));
    assert_int_equal(ERR_OK, records_document_next(records, RECORDS_PROGRAMMES, bytes_text(""),
                                                   arena, &key, &document));
    assert_true(bytes_is(key, "A"));
    assert_int_equal(ERR_OK, records_document_next(records, RECORDS_PROGRAMMES, bytes_text("A"),
                                                   arena, &key, &document));
    assert_true(bytes_is(document, "two"));
    assert_int_equal(ERR_NOT_FOUND, records_document_next(records, RECORDS_PROGRAMMES,
                                                          bytes_text("B"), arena, &key, &document));
    assert_int_equal(ERR_NOT_FOUND, records_document_get(records, RECORDS_FILES, bytes_text("A"),
                                                         arena, &document));
    records_abort(records);
}

static void a_receipt_may_be_put_again_and_is_no_batch(void **state)
{
    struct bytes got;
    (void)state;
    begin();
    assert_int_equal(ERR_OK, records_receipt_put(records, 1, bytes_text("receipt")));
    assert_int_equal(ERR_OK, records_receipt_put(records, 1, bytes_text("the same again")));
    commit();
    begin();
    assert_int_equal(ERR_NOT_FOUND, records_batch_get(records, 1, arena, &got));
    records_abort(records);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_new_store_stands_at_the_first_epoch),
        CLAIM(the_state_goes_with_a_commit_and_back_with_an_abort),
        CLAIM(a_batch_of_the_outbox_is_kept_byte_for_byte),
        CLAIM(a_row_keeps_its_versions_in_their_order),
        CLAIM(a_person_has_the_number_that_was_put),
        CLAIM(the_latest_stay_is_the_persons_own),
        CLAIM(a_persons_rows_come_in_order_and_nobody_elses),
        CLAIM(refusals_come_by_line_and_are_forgotten_by_file),
        CLAIM(documents_are_found_by_key_and_one_behind_the_other),
        CLAIM(a_receipt_may_be_put_again_and_is_no_batch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
