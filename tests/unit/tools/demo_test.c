/* The demo's office files, the count over them, and what finds a difference or a name. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/programme_file.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/model/identity.h"
#include "tools/demo_abc.h"
#include "tools/demo_check.h"
#include "tools/demo_count.h"
#include "tools/demo_scan.h"

struct fixture {
    struct demo_abc *abc;
    struct demo_count *count;
    char *texts[DEMO_ABC_FILES_MAX];
};

static int setup(void **state)
{
    struct fixture *self = mem_calloc(1, sizeof *self);
    *state = self;
    self->count = mem_calloc(1, sizeof *self->count);
    return demo_abc_new(&self->abc) == ERR_OK && self->count != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *self = *state;
    for (uint32_t i = 0; i < DEMO_ABC_FILES_MAX; i++) {
        mem_free(self->texts[i]);
    }
    demo_abc_free(&self->abc);
    mem_free(self->count);
    mem_free(self);
    return 0;
}

/* Counts the files of the first waves. */
static void count_waves(struct fixture *self, uint32_t waves)
{
    for (uint32_t i = 0; demo_abc_file(self->abc, i) != NULL; i++) {
        const struct demo_abc_file *file = demo_abc_file(self->abc, i);
        if (file->wave < waves) {
            self->texts[i] = mem_calloc(file->text.size + 1, 1);
            memcpy(self->texts[i], file->text.data, file->text.size);
            if (!demo_count_file(self->count, file->partner, self->texts[i])) {
                fail_msg("%s: %s", file->name, self->count->fault);
            }
        }
    }
}

static uint32_t unique(const struct demo_count *count, uint32_t indicator)
{
    const struct demo_count_of of = {.indicator = indicator, .partner = UINT32_MAX};
    return demo_count_unique(count, &of);
}

static uint32_t number_of(const char *id)
{
    uint32_t i = 0;
    while (strcmp(demo_count_id(i), id) != 0) {
        i++;
    }
    return i;
}

/* ---- people ---- */

static void every_pesel_is_valid_and_no_living_persons(void **state)
{
    const struct fixture *self = *state;
    const int32_t first = date_days((struct date){1881, 1, 1});
    const int32_t last = date_days((struct date){1899, 12, 31});
    const int32_t end = date_days((struct date){2011, 6, 30});
    uint32_t count = 0;
    for (; demo_abc_person(self->abc, count) != NULL; count++) {
        const struct demo_people_person *person = demo_abc_person(self->abc, count);
        struct identity identity;
        assert_int_equal(REJECT_NONE,
                         identity_parse(bytes_text("pesel"), bytes_text(person->pesel), &identity));
        assert_int_equal(identity.birth, person->birth);
        assert_true(person->birth >= first && person->birth <= last);
        assert_true(date_age(person->birth, end) <= AGE_MAX);
        assert_int_equal(person->woman ? SEX_WOMAN : SEX_MAN, identity.sex);
        for (uint32_t i = 0; i < count; i++) {
            assert_string_not_equal(person->pesel, demo_abc_person(self->abc, i)->pesel);
        }
    }
    assert_true(count > DEMO_ABC_PARTICIPANTS);
}

static void the_files_are_the_same_every_time(void **state)
{
    const struct fixture *self = *state;
    struct demo_abc *other;
    assert_int_equal(ERR_OK, demo_abc_new(&other));
    uint32_t i = 0;
    for (; demo_abc_file(self->abc, i) != NULL; i++) {
        const struct demo_abc_file *a = demo_abc_file(self->abc, i);
        const struct demo_abc_file *b = demo_abc_file(other, i);
        assert_non_null(b);
        assert_string_equal(a->name, b->name);
        assert_true(bytes_equal(buffer_bytes(&a->text), buffer_bytes(&b->text)));
    }
    assert_null(demo_abc_file(other, i));
    assert_true(i > 4 * DEMO_ABC_PARTNERS && i <= DEMO_ABC_FILES_MAX);
    demo_abc_free(&other);
}

static void names_with_diacritics_stand_in_files_that_the_mapping_does_not_read(void **state)
{
    const struct fixture *self = *state;
    for (uint32_t i = 0; demo_abc_file(self->abc, i) != NULL; i++) {
        const struct buffer *text = &demo_abc_file(self->abc, i)->text;
        assert_non_null(memmem(text->data, text->size, "nazwisko", 8));
        assert_true(bytes_utf8(buffer_bytes(text)));
    }
    const struct buffer *first = &demo_abc_file(self->abc, 0)->text;
    assert_non_null(memmem(first->data, first->size, "Świętochowsk", strlen("Świętochowsk")));
    assert_null(strstr(demo_office_mapping, "column: nazwisko"));
    assert_null(strstr(demo_office_mapping, "column: imię"));
}

/* ---- figures ---- */

static void the_count_over_the_files_gives_the_printed_figures(void **state)
{
    struct fixture *self = *state;
    count_waves(self, DEMO_ABC_WAVES);
    for (uint32_t i = 0; i < DEMO_COUNT_INDICATORS; i++) {
        assert_string_equal(demo_count_id(i), demo_abc_figure(i)->id);
        if (!demo_abc_as_printed(demo_abc_figure(i), unique(self->count, i))) {
            fail_msg("%s: %u, printed %s", demo_count_id(i), unique(self->count, i),
                     demo_abc_figure(i)->printed);
        }
    }
    assert_null(demo_abc_figure(DEMO_COUNT_INDICATORS));
}

static void without_the_corrections_the_figures_are_others(void **state)
{
    struct fixture *self = *state;
    count_waves(self, 1);
    assert_int_not_equal(1307, unique(self->count, number_of("participants_completed")));
    assert_int_not_equal(45, unique(self->count, number_of("internship_done")));
    assert_int_not_equal(183, unique(self->count, number_of("training_completed")));
    assert_int_not_equal(9, unique(self->count, number_of("volunteer")));
}

static void corrections_are_upserts_deletions_and_known_rows(void **state)
{
    struct fixture *self = *state;
    count_waves(self, DEMO_ABC_WAVES);
    assert_true(self->count->corrected > 20);
    assert_true(self->count->deleted > 10);
    assert_true(self->count->read >
                self->count->row_count + self->count->deleted + self->count->corrected);
}

static void partner_sums_exceed_people_who_are_at_two_partners(void **state)
{
    struct fixture *self = *state;
    uint32_t larger = 0;
    count_waves(self, DEMO_ABC_WAVES);
    for (uint32_t i = 0; i < DEMO_COUNT_INDICATORS; i++) {
        const uint32_t sum = demo_count_partner_sum(self->count, i, NULL);
        assert_true(sum >= unique(self->count, i));
        larger += sum > unique(self->count, i) ? 1 : 0;
    }
    const uint32_t all = number_of("participants_total");
    assert_int_equal(DEMO_ABC_PARTICIPANTS + DEMO_ABC_TWO_PARTNERS,
                     demo_count_partner_sum(self->count, all, NULL));
    assert_true(larger >= 10);
}

static void counties_hold_every_participant(void **state)
{
    struct fixture *self = *state;
    char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES];
    const uint32_t all = number_of("participants_total");
    uint32_t sum = 0;
    count_waves(self, DEMO_ABC_WAVES);
    const uint32_t count = demo_count_counties(self->count, all, counties);
    for (uint32_t i = 0; i < count; i++) {
        const struct demo_count_of of = {
            .indicator = all, .partner = UINT32_MAX, .county = counties[i]};
        assert_true(i == 0 || strcmp(counties[i - 1], counties[i]) < 0);
        sum += demo_count_unique(self->count, &of);
    }
    assert_int_equal(10, count);
    assert_int_equal(DEMO_ABC_PARTICIPANTS, sum);
}

static void figures_are_those_of_the_shipped_programme(void **state)
{
    struct buffer yaml = {.bytes_max = 1 << 22}, regions = {.bytes_max = 1 << 22};
    struct programme *programme;
    struct config_fault fault;
    (void)state;
    assert_int_equal(ERR_OK, programme_file_read(SOURCE_DIR "/config/programmes/abc.yaml", &yaml,
                                                 &regions, &fault));
    assert_int_equal(
        ERR_OK, programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions), &programme, &fault));
    assert_int_equal(DEMO_COUNT_INDICATORS, programme->indicator_count);
    for (uint32_t i = 0; i < programme->target_count; i++) {
        const struct target *target = &programme->targets[i];
        if (target->kind != TARGET_ACHIEVED) {
            continue;
        }
        const struct demo_abc_figure *figure = demo_abc_figure(target->indicator);
        assert_true(bytes_is(programme->indicators[target->indicator].id, figure->id));
        assert_int_equal(figure->op == DEMO_ABC_EQ   ? TARGET_EQ
                         : figure->op == DEMO_ABC_GT ? TARGET_GT
                                                     : TARGET_TEEN,
                         target->op);
        if (figure->op != DEMO_ABC_TEEN) {
            assert_int_equal(100 * (int64_t)figure->value, target->value);
        }
    }
    for (uint32_t i = 0; i < DEMO_ABC_PARTNERS; i++) {
        assert_int_not_equal(
            CODE_NONE, programme_code(programme, CODES_PARTNER, bytes_text(demo_abc_partners[i])));
    }
    programme_free(&programme);
    buffer_fini(&yaml);
    buffer_fini(&regions);
}

/* ---- the count by itself ---- */

#define HEADER "key;op;kind;task;region;person;person_scheme;support;outcome;activity;nazwisko\n"

static void a_later_row_replaces_one_with_the_same_key_and_office(void **state)
{
    struct fixture *self = *state;
    char one[] = HEADER "a;;enrolled;;PL-1261;1;;;;;X\nb;;enrolled;;PL-1261;2;;;;;X\n";
    char other[] = HEADER "a;;enrolled;;PL-1261;3;;;;;X\n";
    char mended[] = HEADER "a;;enrolled;;PL-1261;2;;;;;X\n";
    const uint32_t all = number_of("participants_total");
    assert_true(demo_count_file(self->count, 0, one));
    assert_true(demo_count_file(self->count, 1, other));
    assert_int_equal(3, unique(self->count, all));
    assert_true(demo_count_file(self->count, 0, mended));
    assert_int_equal(2, unique(self->count, all));
    assert_int_equal(2, demo_count_partner_sum(self->count, all, NULL));
    assert_int_equal(1, self->count->corrected);
}

static void a_deletion_takes_the_row_back_and_needs_one(void **state)
{
    struct fixture *self = *state;
    char text[] = HEADER "a;;enrolled;;PL-1261;1;;;;;X\na;delete;;;;;;;;;\n";
    char again[] = HEADER "a;delete;;;;;;;;;\n";
    assert_true(demo_count_file(self->count, 0, text));
    assert_int_equal(0, self->count->row_count);
    assert_false(demo_count_file(self->count, 0, again));
    assert_non_null(strstr(self->count->fault, "a"));
}

static void quotes_marks_and_spreadsheet_guards_are_read_through(void **state)
{
    struct fixture *self = *state;
    char text[] =
        "\xef\xbb\xbf"
        "nazwisko;activity;outcome;support;person_scheme;person;region;task;kind;op;key\r\n"
        "\"a;\"\"b\"\"\r\nc\";;;;;\"=\"\"81\"\"\";PL-1261;;enrolled;;1\r\n"
        "d;;;;;'81;PL-1261;;enrolled;;2\r\n"
        "\"\";;;;;81;PL-1261;;enrolled;;3";
    assert_true(demo_count_file(self->count, 0, text));
    assert_int_equal(3, self->count->row_count);
    assert_int_equal(1, unique(self->count, number_of("participants_total")));
}

static void rows_and_headers_that_do_not_fit_are_told(void **state)
{
    struct fixture *self = *state;
    char shorter[] = HEADER "a;;enrolled\n";
    char headless[] = "key;op\na;\n";
    assert_false(demo_count_file(self->count, 0, shorter));
    assert_false(demo_count_file(self->count, 0, headless));
    assert_non_null(strstr(self->count->fault, "kind"));
}

/* ---- comparing ---- */

/* What `ogniwo totals` would print. */
static json_t *totals_of(const struct demo_count *count)
{
    json_t *rows = json_array();
    for (uint32_t i = 0; i < DEMO_COUNT_INDICATORS; i++) {
        const json_int_t value = unique(count, i);
        const json_int_t sum = demo_count_partner_sum(count, i, NULL);
        json_array_append_new(rows, json_pack("{s:s,s:s,s:I,s:I,s:I}", "indicator",
                                              demo_count_id(i), "title", "x", "value", value,
                                              "partner_sum", sum, "overlap", sum - value));
    }
    return json_pack("{s:o}", "rows", rows);
}

static void check_finds_nothing_in_right_totals_and_one_figure_that_is_wrong(void **state)
{
    struct fixture *self = *state;
    uint32_t compared = 0;
    json_t *table = NULL;
    count_waves(self, DEMO_ABC_WAVES);
    json_t *totals = totals_of(self->count);
    assert_int_equal(0, demo_check_totals(self->count, totals, &compared, &table));
    assert_true(compared >= 3 * DEMO_COUNT_INDICATORS);
    assert_int_equal(DEMO_COUNT_INDICATORS, json_array_size(table));
    json_decref(table);

    json_t *row = json_array_get(json_object_get(totals, "rows"), 4);
    json_object_set_new(row, "value", json_integer(7));
    assert_int_equal(1, demo_check_totals(self->count, totals, &compared, &table));
    const char *verdict = json_string_value(json_object_get(json_array_get(table, 4), "verdict"));
    assert_string_not_equal("OK", verdict);
    json_decref(table);
    json_decref(totals);
}

static void check_misses_no_row_by_partner(void **state)
{
    struct fixture *self = *state;
    uint32_t compared = 0;
    json_t *totals = json_pack("{s:[]}", "rows");
    count_waves(self, DEMO_ABC_WAVES);
    assert_true(demo_check_partners(self->count, totals, &compared) > DEMO_COUNT_INDICATORS);
    assert_true(demo_check_counties(self->count, totals, &compared) >= 10);
    json_decref(totals);
}

static void scan_finds_a_pesel_and_a_surname_between_other_bytes(void **state)
{
    const struct fixture *self = *state;
    char folder[] = "/tmp/ogniwo-demo-test-XXXXXX", path[64];
    struct demo_scan *scan;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "12%s3", demo_abc_person(self->abc, 7)->pesel);
    fwrite("\0\xff", 1, 2, file);
    fprintf(file, "x%sx", demo_people_surname(3));
    fclose(file);
    assert_int_equal(ERR_OK, demo_scan_new(self->abc, &scan));
    assert_int_equal(ERR_OK, demo_scan_path(scan, folder));
    struct demo_scan_findings found = demo_scan_take(scan);
    assert_int_equal(1, found.files);
    assert_int_equal(1, found.pesels);
    assert_int_equal(1, found.surnames);
    assert_string_equal(path, found.where);
    file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "01234567890 Nobody");
    fclose(file);
    assert_int_equal(ERR_OK, demo_scan_path(scan, folder));
    found = demo_scan_take(scan);
    assert_int_equal(0, found.pesels + found.surnames);
    assert_int_equal(ERR_OK, unlink(path));
    assert_int_equal(0, rmdir(folder));
    assert_int_equal(ERR_NOT_FOUND, demo_scan_path(scan, folder));
    demo_scan_free(&scan);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(every_pesel_is_valid_and_no_living_persons),
        CLAIM(the_files_are_the_same_every_time),
        CLAIM(names_with_diacritics_stand_in_files_that_the_mapping_does_not_read),
        CLAIM(the_count_over_the_files_gives_the_printed_figures),
        CLAIM(without_the_corrections_the_figures_are_others),
        CLAIM(corrections_are_upserts_deletions_and_known_rows),
        CLAIM(partner_sums_exceed_people_who_are_at_two_partners),
        CLAIM(counties_hold_every_participant),
        CLAIM(figures_are_those_of_the_shipped_programme),
        CLAIM(a_later_row_replaces_one_with_the_same_key_and_office),
        CLAIM(a_deletion_takes_the_row_back_and_needs_one),
        CLAIM(quotes_marks_and_spreadsheet_guards_are_read_through),
        CLAIM(rows_and_headers_that_do_not_fit_are_told),
        CLAIM(check_finds_nothing_in_right_totals_and_one_figure_that_is_wrong),
        CLAIM(check_misses_no_row_by_partner),
        CLAIM(scan_finds_a_pesel_and_a_surname_between_other_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
