/* Which rows of an office are open: the newest version of each file counts, also after a
 * restart. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nodes/import.h"
#include "nodes/rejects.h"
#include "nodes/report.h"
#include "support/own_folder.h"

static char folder[OWN_FOLDER_BYTES], path[OWN_PATH_BYTES];
static struct records *records;
static struct arena *arena;
static struct rejects *rejects;

static int setup(void **state)
{
    (void)state;
    own_folder_make(folder);
    own_path(folder, "store", path);
    assert_int_equal(ERR_OK, records_open(path, 1 << 26, false, &records));
    assert_int_equal(ERR_OK, arena_new(8 << 20, &arena));
    return (int)rejects_new(records, arena, &rejects);
}

static int teardown(void **state)
{
    (void)state;
    rejects_free(&rejects);
    records_close(&records);
    arena_free(&arena);
    own_folder_remove(folder);
    return 0;
}

static struct bytes digest_of(uint32_t file, uint8_t out[DIGEST_BYTES])
{
    memset(out, 0, DIGEST_BYTES);
    bytes_put32(out, file);
    return bytes_of(out, DIGEST_BYTES);
}

/* Keeps a report as an import does: that many rows refused. */
static void put_report(uint32_t file, const char *name, uint32_t refused, uint64_t at_ms)
{
    uint8_t digest[DIGEST_BYTES], number[4];
    struct report report = {.programme = "ABC",
                            .file = file,
                            .imported_at_ms = at_ms,
                            .rows_read = 10,
                            .accepted = 10 - refused,
                            .rejected = refused};
    snprintf(report.name, sizeof report.name, "%s", name);
    for (uint32_t i = 0; i < refused; i++) {
        const struct report_fault fault = {.line = i + 2, .code = REJECT_PESEL_CHECKSUM};
        assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    }
    json_t *json = report_json(&report);
    char *text = json_dumps(json, JSON_COMPACT);
    bytes_put32(number, file);
    assert_int_equal(ERR_OK, records_begin(records, true));
    struct records_state *state = records_state(records);
    state->file_count = state->file_count < file ? file : state->file_count;
    assert_int_equal(ERR_OK, records_document_put(records, RECORDS_FILE_DIGESTS,
                                                  bytes_of(number, sizeof number),
                                                  digest_of(file, digest)));
    assert_int_equal(ERR_OK, records_document_put(records, RECORDS_FILES, digest_of(file, digest),
                                                  bytes_text(text)));
    assert_int_equal(ERR_OK, records_commit(records));
    assert_int_equal(ERR_OK, rejects_read(rejects, file));
    free(text);
    json_decref(json);
    report_fini(&report);
}

/* The same numbers stand after a restart, when all is derived anew. */
static void assert_open(uint64_t rows, uint32_t files)
{
    struct rejects *again = NULL;
    const struct rejects_sum sum = rejects_sum(rejects);
    assert_int_equal(rows, sum.rows);
    assert_int_equal(files, sum.files);
    assert_int_equal(ERR_OK, rejects_new(records, arena, &again));
    const struct rejects_sum derived = rejects_sum(again);
    assert_int_equal(rows, derived.rows);
    assert_int_equal(files, derived.files);
    assert_int_equal(sum.imported_at_ms, derived.imported_at_ms);
    rejects_free(&again);
}

static void refuse(uint32_t file, uint32_t line, uint64_t seq)
{
    assert_int_equal(ERR_OK, records_begin(records, true));
    assert_int_equal(ERR_OK, records_refusal_put(records, file, line, seq, REJECT_REGION_UNKNOWN));
    rejects_refused(rejects, file);
    assert_int_equal(ERR_OK, records_commit(records));
}

static void nothing_is_open_at_first(void **state)
{
    (void)state;
    assert_open(0, 0);
    assert_int_equal(0, rejects_sum(rejects).imported_at_ms);
}

static void rows_are_open_until_their_file_comes_mended(void **state)
{
    (void)state;
    put_report(1, "styczeń.csv", 3, 1000);
    put_report(2, "luty.csv", 1, 2000);
    assert_open(4, 2);
    put_report(3, "styczeń.csv", 1, 3000);
    assert_open(2, 2);
    assert_int_equal(3, rejects_replaced_by(rejects, 1));
    put_report(4, "styczeń.csv", 0, 4000);
    assert_open(1, 1);
    assert_int_equal(4, rejects_replaced_by(rejects, 1));
    assert_int_equal(4, rejects_replaced_by(rejects, 3));
    assert_int_equal(0, rejects_replaced_by(rejects, 4));
    assert_int_equal(4000, rejects_sum(rejects).imported_at_ms);
}

static void an_older_content_that_is_read_again_counts_again(void **state)
{
    (void)state;
    put_report(1, "styczeń.csv", 0, 1000);
    put_report(2, "styczeń.csv", 5, 2000);
    assert_open(5, 1);
    put_report(1, "styczeń.csv", 0, 3000);
    assert_open(0, 0);
    assert_int_equal(1, rejects_replaced_by(rejects, 2));
    put_report(2, "styczeń.csv", 5, 4000);
    assert_open(5, 1);
}

static void a_content_under_another_name_leaves_the_old_name(void **state)
{
    (void)state;
    put_report(1, "styczeń.csv", 2, 1000);
    put_report(2, "styczeń.csv", 0, 2000);
    assert_open(0, 0);
    put_report(2, "luty.csv", 0, 3000);
    assert_open(2, 1);
}

static void what_the_lead_refuses_is_open_too(void **state)
{
    (void)state;
    put_report(1, "styczeń.csv", 0, 1000);
    refuse(1, 4, 7);
    refuse(1, 6, 9);
    assert_open(2, 1);
    put_report(2, "styczeń.csv", 0, 2000);
    assert_open(0, 0);
    /* Refused late, in a file that was replaced: the list has it, the count has not. */
    refuse(1, 8, 11);
    assert_open(0, 0);
}

static void a_file_that_could_not_be_read_is_open_without_rows(void **state)
{
    (void)state;
    struct report report = {.programme = "ABC", .name = "zły.csv", .file = 1, .imported_at_ms = 5};
    const struct report_fault fault = {.line = 1, .code = REJECT_HEADER_MISSING};
    uint8_t digest[DIGEST_BYTES];
    put_report(1, "zły.csv", 0, 5);
    assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    json_t *json = report_json(&report);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_int_equal(ERR_OK, records_begin(records, true));
    assert_int_equal(ERR_OK, records_document_put(records, RECORDS_FILES, digest_of(1, digest),
                                                  bytes_text(text)));
    assert_int_equal(ERR_OK, records_commit(records));
    assert_int_equal(ERR_OK, rejects_read(rejects, 1));
    assert_open(0, 1);
    free(text);
    json_decref(json);
    report_fini(&report);
}

static uint32_t leave_unread(uint64_t at_ms)
{
    struct report report = {.programme = "ABC", .name = "duży.csv", .imported_at_ms = at_ms};
    arena_reset(arena);
    assert_int_equal(ERR_OK, import_unread(records, arena, REJECT_FILE_TOO_LARGE, &report));
    const uint32_t file = report.file;
    report_fini(&report);
    assert_int_equal(ERR_OK, rejects_read(rejects, file));
    return file;
}

static void a_file_that_was_not_read_is_open_until_one_of_its_name_is(void **state)
{
    (void)state;
    put_report(1, "styczeń.csv", 2, 1000);
    assert_false(rejects_has_no_rows(rejects, "ABC", "styczeń.csv"));
    assert_false(rejects_has_no_rows(rejects, "ABC", "duży.csv"));
    assert_int_equal(2, leave_unread(2000));
    assert_open(2, 2);
    assert_true(rejects_has_no_rows(rejects, "ABC", "duży.csv"));
    assert_false(rejects_has_no_rows(rejects, "XYZ", "duży.csv"));
    /* Again: it is the same one. */
    assert_int_equal(2, leave_unread(3000));
    assert_open(2, 2);
    put_report(3, "duży.csv", 0, 4000);
    assert_open(2, 1);
    assert_false(rejects_has_no_rows(rejects, "ABC", "duży.csv"));
    assert_int_equal(2, leave_unread(5000));
    assert_open(2, 2);
}

static void many_files_under_few_names_are_settled(void **state)
{
    enum { FILES = 60, NAMES = 4 };
    char name[32];
    (void)state;
    for (uint32_t i = 1; i <= FILES; i++) {
        snprintf(name, sizeof name, "plik-%u.csv", i % NAMES);
        put_report(i, name, 1 + i / (FILES - NAMES), 1000 + i);
    }
    assert_open(2 * NAMES, NAMES);
    for (uint32_t i = 1; i <= FILES; i++) {
        const uint32_t newest = FILES - (FILES - i) % NAMES;
        assert_int_equal(newest != i ? newest : 0, rejects_replaced_by(rejects, i));
    }
}

static void a_dry_run_and_a_file_cut_off_change_nothing(void **state)
{
    (void)state;
    put_report(1, "styczeń.csv", 2, 1000);
    assert_int_equal(ERR_OK, rejects_read(rejects, 0));
    assert_int_equal(ERR_OK, records_begin(records, true));
    records_state(records)->file_count = 2;
    assert_int_equal(ERR_OK, records_commit(records));
    assert_int_equal(ERR_OK, rejects_read(rejects, 2));
    assert_open(2, 1);
    assert_int_equal(0, rejects_replaced_by(rejects, 2));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(nothing_is_open_at_first),
        CASE(rows_are_open_until_their_file_comes_mended),
        CASE(an_older_content_that_is_read_again_counts_again),
        CASE(a_content_under_another_name_leaves_the_old_name),
        CASE(what_the_lead_refuses_is_open_too),
        CASE(a_file_that_could_not_be_read_is_open_without_rows),
        CASE(a_file_that_was_not_read_is_open_until_one_of_its_name_is),
        CASE(many_files_under_few_names_are_settled),
        CASE(a_dry_run_and_a_file_cut_off_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
