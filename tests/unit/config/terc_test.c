/* The reader of the official register, on a register of three gminas. */
#include <stdbool.h>

#include "config/terc.h"
#include "core/base/date.h"
#include "tests/unit/config/files.h"
#include "support/mem_failing.h"

/* As the register is published: a byte order mark, Windows' line ends, voivodeships in capitals. */
static const char good[] = "\xef\xbb\xbf"
                           "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\r\n"
                           "10;;;;ŁÓDZKIE;województwo;2024-01-01\r\n"
                           "10;21;;;brzeziński;powiat;2024-01-01\r\n"
                           "10;21;01;1;Brzeziny;gmina miejska;2024-01-01\r\n"
                           "10;21;02;2;Brzeziny;gmina wiejska;2024-01-01\r\n"
                           "10;21;04;3;Jeżów;gmina miejsko-wiejska;2024-01-01\r\n"
                           "10;21;04;4;Jeżów;miasto;2024-01-01\r\n"
                           "10;21;04;5;Jeżów;obszar wiejski;2024-01-01\r\n"
                           "10;61;;;Łódź;miasto na prawach powiatu;2024-01-01\r\n"
                           "10;61;01;1;Łódź;gmina miejska;2024-01-01\r\n"
                           "10;61;02;9;Łódź-Bałuty;delegatura;2024-01-01\r\n";

static struct terc *parsed(const char *csv)
{
    struct terc *terc = NULL;
    struct config_fault fault = {0};
    const enum err err = terc_parse(bytes_text(csv), &terc, &fault);
    if (err != ERR_OK) {
        fail_msg("%d at line %u: %s", (int)err, fault.line, fault.text);
    }
    return terc;
}

static void units_stand_behind_the_one_they_lie_in(void **state)
{
    static const struct {
        const char *code, *name, *parent;
        enum region_level level;
        uint32_t line;
    } units[] = {
        {"PL-10", "łódzkie", "PL", REGION_VOIVODESHIP, 2},
        {"PL-1021", "brzeziński", "PL-10", REGION_COUNTY, 3},
        {"PL-1021011", "Brzeziny", "PL-1021", REGION_GMINA, 4},
        {"PL-1021022", "Brzeziny", "PL-1021", REGION_GMINA, 5},
        {"PL-1021043", "Jeżów", "PL-1021", REGION_GMINA, 6},
        {"PL-1061", "Łódź", "PL-10", REGION_COUNTY, 9},
        {"PL-1061011", "Łódź", "PL-1061", REGION_GMINA, 10},
    };
    (void)state;
    struct terc *terc = parsed(good);
    assert_int_equal(sizeof units / sizeof units[0], terc_count(terc));
    for (uint32_t i = 0; i < terc_count(terc); i++) {
        const struct terc_unit *unit = terc_get(terc, i);
        assert_string_equal(units[i].code, unit->code);
        assert_true(bytes_is(unit->name, units[i].name));
        assert_true(bytes_is(terc_parent(unit), units[i].parent));
        assert_int_equal(units[i].level, unit->level);
        assert_int_equal(units[i].line, unit->line);
        assert_ptr_equal(unit, terc_find(terc, bytes_text(units[i].code)));
    }
    assert_null(terc_find(terc, bytes_text("PL-1021044")));
    terc_free(&terc);
    assert_null(terc);
    terc_free(&terc);
}

/* A town and the rural area around it are counted in their gmina. */
static void parts_of_gminas_are_counted_and_left_out(void **state)
{
    (void)state;
    struct terc *terc = parsed(good);
    assert_int_equal(1, terc_part_count(terc, 4));
    assert_int_equal(1, terc_part_count(terc, 5));
    assert_int_equal(0, terc_part_count(terc, 8));
    assert_int_equal(1, terc_part_count(terc, 9));
    assert_int_equal(1, terc_level_count(terc, REGION_VOIVODESHIP));
    assert_int_equal(2, terc_level_count(terc, REGION_COUNTY));
    assert_int_equal(4, terc_level_count(terc, REGION_GMINA));
    terc_free(&terc);
}

static void the_register_has_a_day(void **state)
{
    char day[DATE_TEXT_BYTES];
    (void)state;
    struct terc *terc = parsed(good);
    date_format(terc_day(terc), day);
    assert_string_equal("2024-01-01", day);
    terc_free(&terc);
}

static void all_polish_capitals_of_a_voivodeship_become_small(void **state)
{
    (void)state;
    char *csv = files_replace(good, "ŁÓDZKIE", "ĄĆĘŁŃÓŚŹŻ-AZ ąćęłńóśźż");
    struct terc *terc = parsed(csv);
    assert_true(bytes_is(terc_get(terc, 0)->name, "ąćęłńóśźż-az ąćęłńóśźż"));
    terc_free(&terc);
    free(csv);
}

static void the_order_of_lines_and_empty_ones_do_not_matter(void **state)
{
    (void)state;
    char *csv = files_replace(good, "10;;;;ŁÓDZKIE;województwo;2024-01-01\r\n", "\n");
    char *moved = calloc(1, strlen(csv) + 100);
    strcpy(moved, csv);
    strcat(moved, "\r\n10;;;;ŁÓDZKIE;województwo;2024-01-01");
    struct terc *terc = parsed(moved);
    assert_int_equal(7, terc_count(terc));
    assert_string_equal("PL-10", terc_get(terc, 0)->code);
    assert_int_equal(13, terc_get(terc, 0)->line);
    terc_free(&terc);
    free(moved);
    free(csv);
}

static void an_older_name_of_a_column_will_do(void **state)
{
    (void)state;
    char *csv = files_replace(good, "NAZWA_DOD", "NAZDOD");
    struct terc *terc = parsed(csv);
    assert_int_equal(7, terc_count(terc));
    terc_free(&terc);
    free(csv);
}

/* ---- what is wrong ---- */

static const struct {
    const char *find, *put;
    uint32_t line, column;
    const char *text;
} wrong[] = {
    {"WOJ;POW", "WOJ,POW", 1, 1,
     "this is no TERC file: its first line must be \"WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\""},
    {"powiat;2024-01-01", "powiat", 3, 1,
     "the line has 6 fields, not the seven of WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA: complete "
     "it"},
    {"powiat;2024-01-01", "powiat;2024-01-01;", 3, 1,
     "the line has 8 fields, not the seven of WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA: complete "
     "it"},
    {"brzezi\xc5\x84ski", "brzezi\xf1ski", 3, 1,
     "the line is not clean UTF-8: take the file as it is published"},
    {"10;21;02;2", "10;21;2;2", 5, 7,
     "\"2\" is no GMI: there are two digits, the zero in front too (a spreadsheet takes it away: "
     "take the file as it is published)"},
    {"10;21;02;2", "1x;21;02;2", 5, 1,
     "\"1x\" is no WOJ: there are two digits, the zero in front too (a spreadsheet takes it away: "
     "take the file as it is published)"},
    {"10;21;02;2", "10;;02;2", 5, 4, "POW is empty before a GMI: write it"},
    {"10;21;02;2", "10;21;02;6", 5, 10,
     "RODZ is one of 1, 2, 3 (gminas) and 4, 5, 8, 9 (parts of them): correct it"},
    {"10;21;02;2", "10;21;02;", 5, 10,
     "a gmina has both GMI and RODZ, all else has neither: correct it"},
    {"10;21;;;", "10;21;;1;", 3, 8,
     "a gmina has both GMI and RODZ, all else has neither: correct it"},
    {"brzeziński", "", 3, 9, "NAZWA is empty or longer than 256 bytes: correct it"},
    {"powiat;2024-01-01", "powiat;1.1.2024", 3, 27,
     "STAN_NA is no day: there is a date such as 2024-01-01"},
    {"powiat;2024-01-01", "powiat;2024-02-30", 3, 27,
     "STAN_NA is no day: there is a date such as 2024-01-01"},
    {"powiat;2024-01-01", "powiat;2023-01-01", 3, 27,
     "the lines before are as at 2024-01-01: a register is of one day, so take one file at a time"},
    {"10;21;02;2;", "10;21;01;1;", 5, 1,
     "PL-1021011 Brzeziny stands there twice: leave one line out"},
    {"10;21;02;2;", "10;21;01;2;", 5, 1,
     "PL-1021012 Brzeziny is the same gmina of another kind: on one day it has one kind, so leave "
     "a "
     "line out"},
    {"10;;;;", "12;;;;", 3, 1,
     "PL-1021 brzeziński is in a voivodeship that has no line: take the whole file"},
    {"10;21;;;", "10;22;;;", 4, 1,
     "PL-1021011 Brzeziny is in a county that has no line: take the whole file"},
    {"10;21;04;3", "10;21;05;3", 7, 1,
     "PL-1021044 Jeżów is a part of an urban-rural gmina (kind 3) that has no line: take the whole "
     "file"},
};

static void the_first_fault_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct terc *terc = NULL;
        struct config_fault fault = {0};
        char *csv = files_replace(good, wrong[i].find, wrong[i].put);
        assert_int_equal(ERR_CONFIG, terc_parse(bytes_text(csv), &terc, &fault));
        assert_string_equal(wrong[i].text, fault.text);
        assert_int_equal(wrong[i].line, fault.line);
        assert_int_equal(wrong[i].column, fault.column);
        assert_null(terc);
        free(csv);
    }
}

static void a_file_without_units_is_no_register(void **state)
{
    struct terc *terc = NULL;
    struct config_fault fault = {0};
    (void)state;
    assert_int_equal(ERR_CONFIG, terc_parse(bytes_text(""), &terc, &fault));
    assert_int_equal(1, fault.line);
    assert_int_equal(
        ERR_CONFIG,
        terc_parse(bytes_text("WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\n"), &terc, &fault));
    assert_string_equal("there is no unit behind the header: take the whole file", fault.text);
}

static void a_register_says_when_the_nth_allocation_fails(void **state)
{
    struct terc *terc = NULL;
    struct config_fault fault = {0};
    enum err err = ERR_MEMORY;
    size_t nth = 0;
    (void)state;
    while (err != ERR_OK) {
        mem_failing_at(++nth);
        err = terc_parse(bytes_text(good), &terc, &fault);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(4, nth);
    terc_free(&terc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_stand_behind_the_one_they_lie_in),
        cmocka_unit_test(parts_of_gminas_are_counted_and_left_out),
        cmocka_unit_test(the_register_has_a_day),
        cmocka_unit_test(all_polish_capitals_of_a_voivodeship_become_small),
        cmocka_unit_test(the_order_of_lines_and_empty_ones_do_not_matter),
        cmocka_unit_test(an_older_name_of_a_column_will_do),
        cmocka_unit_test(the_first_fault_is_named_with_its_line),
        cmocka_unit_test(a_file_without_units_is_no_register),
        cmocka_unit_test(a_register_says_when_the_nth_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
