/* The office files of ABC, the count over files, and what finds a difference or a name. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/demo_abc.h"
#include "tools/demo_check.h"
#include "tools/demo_lubuskie.h"
#include "tools/demo_scan.h"
#include "unit/tools/played.h"

static int setup(void **state)
{
    *state = played_new(&demo_abc_programme);
    return 0;
}

static int teardown(void **state)
{
    played_free(*state);
    return 0;
}

static const struct demo_figure *figure_of(const char *id)
{
    return played_figure(&demo_abc_programme, id);
}

static void names_with_diacritics_stand_in_files_that_the_mapping_does_not_read(void **state)
{
    const struct played *self = *state;
    for (uint32_t i = 0; demo_files_at(self->files, i) != NULL; i++) {
        const struct buffer *text = &demo_files_at(self->files, i)->text;
        assert_non_null(memmem(text->data, text->size, "nazwisko", 8));
        assert_true(bytes_utf8(buffer_bytes(text)));
    }
    const struct buffer *first = &demo_files_at(self->files, 0)->text;
    assert_non_null(memmem(first->data, first->size, "Świętochowsk", strlen("Świętochowsk")));
    assert_null(strstr(demo_office_mapping, "column: nazwisko"));
    assert_null(strstr(demo_office_mapping, "column: imię"));
}

/* ---- figures ---- */

static void without_the_corrections_the_figures_are_others(void **state)
{
    struct played *self = *state;
    played_count(self, 1);
    assert_int_not_equal(1307, played_total(self, "participants_completed"));
    assert_int_not_equal(45, played_total(self, "internship_done"));
    assert_int_not_equal(183, played_total(self, "training_completed"));
    assert_int_not_equal(9, played_total(self, "volunteer"));
}

static void corrections_are_upserts_deletions_and_known_rows(void **state)
{
    struct played *self = *state;
    played_count(self, DEMO_FILES_WAVES);
    assert_true(self->count->corrected > 20);
    assert_true(self->count->deleted > 10);
    assert_true(self->count->read >
                self->count->row_count + self->count->deleted + self->count->corrected);
}

static void partner_sums_exceed_people_who_are_at_two_partners(void **state)
{
    struct played *self = *state;
    uint32_t larger = 0;
    played_count(self, DEMO_FILES_WAVES);
    for (uint32_t i = 0; i < demo_abc_programme.figure_count; i++) {
        const struct demo_figure *figure = &demo_abc_programme.figures[i];
        const int64_t sum = demo_count_partner_sum(self->count, figure, NULL);
        assert_true(sum >= played_total(self, figure->id));
        larger += sum > played_total(self, figure->id) ? 1 : 0;
    }
    assert_int_equal(DEMO_ABC_PARTICIPANTS + DEMO_ABC_TWO_PARTNERS,
                     demo_count_partner_sum(self->count, figure_of("participants_total"), NULL));
    assert_true(larger >= 10);
}

static void counties_hold_every_participant(void **state)
{
    struct played *self = *state;
    char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES];
    const struct demo_figure *all = figure_of("participants_total");
    int64_t sum = 0;
    played_count(self, DEMO_FILES_WAVES);
    const uint32_t count = demo_count_counties(self->count, all, counties);
    for (uint32_t i = 0; i < count; i++) {
        const struct demo_count_of of = {
            .figure = all, .partner = UINT32_MAX, .county = counties[i]};
        assert_true(i == 0 || strcmp(counties[i - 1], counties[i]) < 0);
        sum += demo_count_total(self->count, &of);
    }
    assert_int_equal(DEMO_ABC_COUNTIES, count);
    assert_int_equal(DEMO_ABC_PARTICIPANTS, sum);
}

/* ---- the count by itself ---- */

#define HEADER                                                                                     \
    "key;op;kind;task;region;person;person_scheme;support;outcome;activity;nazwisko;sex;age;"      \
    "status;flags;quantity;unit\n"
#define REST ";;;;;;\n"

static int64_t total_of(const struct demo_count *count, const struct demo_figure *figure)
{
    const struct demo_count_of of = {.figure = figure, .partner = UINT32_MAX};
    return demo_count_total(count, &of);
}

static void a_later_row_replaces_one_with_the_same_key_and_office(void **state)
{
    struct played *self = *state;
    char one[] = HEADER "a;;enrolled;;PL-1261;1;;;;;X" REST "b;;enrolled;;PL-1261;2;;;;;X" REST;
    char other[] = HEADER "a;;enrolled;;PL-1261;3;;;;;X" REST;
    char mended[] = HEADER "a;;enrolled;;PL-1261;2;;;;;X" REST;
    const struct demo_figure *all = figure_of("participants_total");
    assert_true(demo_count_file(self->count, 0, one));
    assert_true(demo_count_file(self->count, 1, other));
    assert_int_equal(3, total_of(self->count, all));
    assert_true(demo_count_file(self->count, 0, mended));
    assert_int_equal(2, total_of(self->count, all));
    assert_int_equal(2, demo_count_partner_sum(self->count, all, NULL));
    assert_int_equal(1, self->count->corrected);
}

static void a_deletion_takes_the_row_back_and_needs_one(void **state)
{
    struct played *self = *state;
    char text[] = HEADER "a;;enrolled;;PL-1261;1;;;;;X" REST "a;delete;;;;;;;;;" REST;
    char again[] = HEADER "a;delete;;;;;;;;;" REST;
    char anew[] = HEADER "a;;enrolled;;PL-1261;1;;;;;X" REST;
    assert_true(demo_count_file(self->count, 0, text));
    assert_int_equal(0, self->count->row_count);
    assert_int_equal(0, played_total(self, "participants_total"));
    assert_false(demo_count_file(self->count, 0, again));
    assert_non_null(strstr(self->count->fault, "a"));
    assert_true(demo_count_file(self->count, 0, anew));
    assert_int_equal(1, self->count->row_count);
    assert_int_equal(1, played_total(self, "participants_total"));
}

static void quotes_marks_and_spreadsheet_guards_are_read_through(void **state)
{
    struct played *self = *state;
    char text[] = "\xef\xbb\xbf"
                  "nazwisko;activity;outcome;support;person_scheme;person;region;task;kind;op;key;"
                  "sex;age;status;flags;quantity;unit\r\n"
                  "\"a;\"\"b\"\"\r\nc\";;;;;\"=\"\"81\"\"\";PL-1261;;enrolled;;1;;;;;;\r\n"
                  "d;;;;;'81;PL-1261;;enrolled;;2;;;;;;\r\n"
                  "\"\";;;;;81;PL-1261;;enrolled;;3;;;;;;";
    assert_true(demo_count_file(self->count, 0, text));
    assert_int_equal(3, self->count->row_count);
    assert_int_equal(1, played_total(self, "participants_total"));
}

static void people_are_who_they_were_at_their_enrolment(void **state)
{
    struct played *self = *state;
    char text[] = HEADER "1;;enrolled;;PL-1261;ZZ1;passport:PL;;;;X;K;24;pupil;rural|disabled;;\n"
                         "2;;enrolled;;PL-1261;ZZ2;passport:PL;;;;X;M;25;pupil;disabledish;;\n"
                         "3;;enrolled;;PL-1261;81810100024;;;;;X;;;;;;\n"
                         "4;;started;;PL-1261;ZZ1;passport:PL;s;;;X" REST
                         "5;;started;;PL-1261;ZZ2;passport:PL;s;;;X" REST
                         "6;;started;;PL-1261;81810100024;;s;;;X" REST
                         "7;;started;;PL-1261;ZZ3;passport:PL;s;;;X" REST;
    const struct {
        struct demo_figure figure;
        int64_t count;
    } cases[] = {
        {{.id = "any", .kind = "started"}, 4},
        {{.id = "women", .kind = "started", .women = true}, 2},
        {{.id = "young", .kind = "started", .age_from = 15, .age_to = 24}, 1},
        {{.id = "all ages", .kind = "started", .age_from = 15, .age_to = 25}, 2},
        {{.id = "status", .kind = "started", .status = "x|pupil"}, 2},
        {{.id = "flag", .kind = "started", .flag = "disabled"}, 1},
    };
    assert_true(demo_count_file(self->count, 0, text));
    demo_count_finish(self->count);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (total_of(self->count, &cases[i].figure) != cases[i].count) {
            fail_msg("%s: %lld", cases[i].figure.id,
                     (long long)total_of(self->count, &cases[i].figure));
        }
    }
}

static void the_same_identifier_under_two_schemes_is_two_people(void **state)
{
    struct played *self = *state;
    char text[] = HEADER "1;;enrolled;;PL-1261;ZZ1;passport:PL;;;;X;K;24;pupil;;;\n"
                         "2;;enrolled;;PL-1261;ZZ1;passport:DE;;;;X;M;60;other;;;\n"
                         "3;;started;;PL-1261;ZZ1;passport:PL;s;;;X" REST
                         "4;;started;;PL-1261;ZZ1;passport:DE;s;;;X" REST
                         "5;;started;;PL-1261;ZZ1;passport:DE;s;;;X" REST;
    const struct demo_figure all = {.kind = "started"};
    const struct demo_figure pupils = {.kind = "started", .status = "pupil"};
    assert_true(demo_count_file(self->count, 0, text));
    demo_count_finish(self->count);
    assert_int_equal(2, total_of(self->count, &all));
    assert_int_equal(1, total_of(self->count, &pupils));
}

static void rows_entities_and_quantities_are_counted_apart(void **state)
{
    struct played *self = *state;
    char text[] = HEADER "1;;activity;A;PL-1261;E;entity;;;a;X;;;;;1 000,5;PLN\n"
                         "2;;activity;A;PL-12;E;entity;;;a;X;;;;;2.25;PLN\n"
                         "3;;activity;A;DE;;;;;b;X;;;;;7;hour\n";
    char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES];
    const struct demo_figure people = {.kind = "activity"};
    const struct demo_figure entities = {.what = DEMO_FIGURE_ENTITIES, .kind = "activity"};
    const struct demo_figure times = {.what = DEMO_FIGURE_TIMES, .activity = "a*|b"};
    const struct demo_figure sum = {.what = DEMO_FIGURE_SUM, .unit = "PLN"};
    const struct demo_figure here = {.what = DEMO_FIGURE_TIMES, .partner = "KLUCZ"};
    assert_true(demo_count_file(self->count, 0, text));
    assert_int_equal(0, total_of(self->count, &people));
    assert_int_equal(1, total_of(self->count, &entities));
    assert_int_equal(3, total_of(self->count, &times));
    assert_int_equal(100275, total_of(self->count, &sum));
    assert_int_equal(0, total_of(self->count, &here));
    assert_int_equal(2, demo_count_counties(self->count, &times, counties));
    assert_string_equal(DEMO_COUNT_NO_COUNTY, counties[0]);
    assert_string_equal("PL-1261", counties[1]);
}

static void rows_and_headers_that_do_not_fit_are_told(void **state)
{
    struct played *self = *state;
    char shorter[] = HEADER "a;;enrolled\n";
    char headless[] = "key;op\na;\n";
    assert_false(demo_count_file(self->count, 0, shorter));
    assert_false(demo_count_file(self->count, 0, headless));
    assert_non_null(strstr(self->count->fault, "kind"));
}

/* ---- comparing ---- */

/* What `ogniwo totals` would print. */
static json_t *totals_of(const struct played *self)
{
    json_t *rows = json_array();
    for (uint32_t i = 0; i < self->programme->figure_count; i++) {
        const struct demo_figure *figure = &self->programme->figures[i];
        const json_int_t value = total_of(self->count, figure);
        const json_int_t sum = demo_count_partner_sum(self->count, figure, NULL);
        json_array_append_new(rows, json_pack("{s:s,s:s,s:I,s:I,s:I}", "indicator", figure->id,
                                              "title", "x", "value", value, "partner_sum", sum,
                                              "overlap", sum - value));
    }
    return json_pack("{s:o}", "rows", rows);
}

static const char *verdict_of(const json_t *table, size_t index)
{
    return json_string_value(json_object_get(json_array_get(table, index), "verdict"));
}

static void check_finds_nothing_in_right_totals_and_one_figure_that_is_wrong(void **state)
{
    struct played *self = *state;
    const uint32_t figures = self->programme->figure_count;
    uint32_t compared = 0;
    json_t *table = NULL;
    played_count(self, DEMO_FILES_WAVES);
    json_t *totals = totals_of(self);
    assert_int_equal(0, demo_check_totals(self->programme, self->count, totals, &compared, &table));
    assert_true(compared >= 3 * figures);
    assert_int_equal(figures, json_array_size(table));
    assert_string_equal("OK", verdict_of(table, 4));
    json_decref(table);

    json_t *row = json_array_get(json_object_get(totals, "rows"), 4);
    json_object_set_new(row, "value", json_integer(7));
    assert_int_equal(1, demo_check_totals(self->programme, self->count, totals, &compared, &table));
    assert_string_not_equal("OK", verdict_of(table, 4));
    json_decref(table);
    json_decref(totals);
}

/* Files and totals agree, and both are not as printed. */
static void check_finds_a_figure_that_is_not_as_printed_unless_it_is_a_plan(void **state)
{
    struct played *self = *state;
    struct demo_figure figures[64];
    struct demo_programme other = *self->programme;
    uint32_t compared = 0;
    json_t *table = NULL;
    memcpy(figures, other.figures, other.figure_count * sizeof figures[0]);
    figures[4].value++;
    other.figures = figures;
    played_count(self, DEMO_FILES_WAVES);
    json_t *totals = totals_of(self);
    assert_int_equal(1, demo_check_totals(&other, self->count, totals, &compared, &table));
    assert_string_not_equal("OK", verdict_of(table, 4));
    json_decref(table);
    other.planned = true;
    assert_int_equal(0, demo_check_totals(&other, self->count, totals, &compared, &table));
    json_decref(table);
    json_decref(totals);
}

static void check_misses_no_row_by_partner(void **state)
{
    struct played *self = *state;
    uint32_t compared = 0;
    json_t *totals = json_pack("{s:[]}", "rows");
    played_count(self, DEMO_FILES_WAVES);
    assert_true(demo_check_partners(self->programme, self->count, totals, &compared) >
                self->programme->figure_count);
    assert_true(demo_check_counties(self->programme, self->count, totals, &compared) >=
                DEMO_ABC_COUNTIES);
    json_decref(totals);
}

static void write_file(const char *path, const char *front, const char *rest, size_t rest_size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(front, file);
    fwrite(rest, 1, rest_size, file);
    fclose(file);
}

static void scan_finds_identifiers_and_surnames_between_other_bytes(void **state)
{
    const struct played *self = *state;
    char folder[] = "/tmp/ogniwo-demo-test-XXXXXX", path[64], text[64];
    struct played *documents = played_new(&demo_lubuskie_programme);
    struct demo_files *const files[] = {self->files, documents->files, self->files};
    struct demo_scan *scan;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(text, sizeof text, "12%s3Z%sx", demo_files_person(self->files, 7)->id,
             demo_files_person(documents->files, 9)->id);
    const char *surname = demo_people_surname(3);
    char rest[64] = "\0\xff";
    memcpy(rest + 2, surname, strlen(surname));
    write_file(path, text, rest, sizeof rest);
    assert_int_equal(ERR_OK, demo_scan_new(files, 3, &scan));
    assert_true(demo_scan_people(scan) > 6000);
    assert_int_equal(ERR_OK, demo_scan_path(scan, folder));
    struct demo_scan_findings found = demo_scan_take(scan);
    assert_int_equal(1, found.files);
    assert_int_equal(2, found.people);
    assert_int_equal(1, found.surnames);
    assert_string_equal(path, found.where);
    write_file(path, "01234567890 ZZ123456789 Nobody", "", 0);
    assert_int_equal(ERR_OK, demo_scan_path(scan, folder));
    found = demo_scan_take(scan);
    assert_int_equal(0, found.people + found.surnames);
    assert_int_equal(ERR_OK, unlink(path));
    assert_int_equal(0, rmdir(folder));
    assert_int_equal(ERR_NOT_FOUND, demo_scan_path(scan, folder));
    demo_scan_free(&scan);
    played_free(documents);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(names_with_diacritics_stand_in_files_that_the_mapping_does_not_read),
        CLAIM(without_the_corrections_the_figures_are_others),
        CLAIM(corrections_are_upserts_deletions_and_known_rows),
        CLAIM(partner_sums_exceed_people_who_are_at_two_partners),
        CLAIM(counties_hold_every_participant),
        CLAIM(a_later_row_replaces_one_with_the_same_key_and_office),
        CLAIM(a_deletion_takes_the_row_back_and_needs_one),
        CLAIM(quotes_marks_and_spreadsheet_guards_are_read_through),
        CLAIM(people_are_who_they_were_at_their_enrolment),
        CLAIM(the_same_identifier_under_two_schemes_is_two_people),
        CLAIM(rows_entities_and_quantities_are_counted_apart),
        CLAIM(rows_and_headers_that_do_not_fit_are_told),
        CLAIM(check_finds_nothing_in_right_totals_and_one_figure_that_is_wrong),
        CLAIM(check_finds_a_figure_that_is_not_as_printed_unless_it_is_a_plan),
        CLAIM(check_misses_no_row_by_partner),
        CLAIM(scan_finds_identifiers_and_surnames_between_other_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
