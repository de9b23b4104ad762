/* What the four formats make of one value. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tools/sheet.h"

static void expect_cell(const char *text, bool is_text, const char *wanted)
{
    struct buffer out = {.bytes_max = 1024};
    assert_int_equal(ERR_OK, sheet_csv_cell(&out, text, is_text));
    assert_int_equal(strlen(wanted), out.size);
    assert_true(out.size == 0 || memcmp(wanted, out.data, out.size) == 0);
    buffer_fini(&out);
}

static void plain_cells_stay_plain(void **state)
{
    (void)state;
    expect_cell("", true, "");
    expect_cell("PL-1218", true, "PL-1218");
    expect_cell("zażółć gęślą", true, "zażółć gęślą");
}

static void separators_and_quotes_are_quoted(void **state)
{
    (void)state;
    expect_cell("a,b", true, "\"a,b\"");
    expect_cell("a;b", true, "\"a;b\"");
    expect_cell("said \"yes\"", true, "\"said \"\"yes\"\"\"");
    expect_cell("two\nlines", true, "\"two\nlines\"");
    expect_cell(" blank", true, "\" blank\"");
}

static void formulas_are_disarmed(void **state)
{
    (void)state;
    expect_cell("=1+1", true, "'=1+1");
    expect_cell("+48", true, "'+48");
    expect_cell("-", true, "'-");
    expect_cell("@sum", true, "'@sum");
    expect_cell("\tx", true, "\"'\tx\"");
    expect_cell("\rx", true, "\"'\rx\"");
    expect_cell("=cmd|' /C calc'!A0,b", true, "\"'=cmd|' /C calc'!A0,b\"");
}

static void negative_numbers_are_no_formulas(void **state)
{
    (void)state;
    expect_cell("-5", false, "-5");
}

static void a_table_is_cut_only_where_it_may_shrink(void **state)
{
    static const struct sheet_column columns[] = {
        {.key = "name", .english = "NAME", .polish = "NAZWA", .shrinks = true},
        {.key = "count", .english = "COUNT", .polish = "LICZBA", .right = true},
    };
    static const struct sheet sheet = {.columns = columns, .column_count = 2};
    (void)state;
    json_t *rows = json_pack("[{s:s,s:i},{s:s,s:i}]", "name", "Kędzierzyn-Koźle", "count", 1030,
                             "name", "Łódź", "count", 7);
    char *whole = sheet_table_text(true, &sheet, rows, UINT32_MAX);
    char *narrow = sheet_table_text(false, &sheet, rows, 16);
    assert_string_equal("NAZWA            LICZBA\nKędzierzyn-Koźle   1030\n"
                        "Łódź                  7",
                        whole);
    assert_string_equal("NAME       COUNT\nKędzierzyn  1030\nŁódź           7", narrow);
    free(whole);
    free(narrow);
    json_array_clear(rows);
    assert_null(sheet_table_text(true, &sheet, rows, UINT32_MAX));
    json_decref(rows);
}

static void assert_value(json_t *value, const char *wanted)
{
    char text[64];
    sheet_value_text(value, text, sizeof text);
    assert_string_equal(wanted, text);
    json_decref(value);
}

static void values_look_the_same_everywhere(void **state)
{
    (void)state;
    assert_value(json_integer(1346), "1346");
    assert_value(json_real(12.5), "12.5");
    assert_value(json_real(0.1), "0.1");
    assert_value(json_string("ABC"), "ABC");
    assert_value(json_null(), "");
    assert_value(json_true(), "true");
    assert_value(json_pack("[s,s]", "ABC", "ZMP"), "ABC ZMP");
}

static void a_value_too_long_for_its_room_is_cut(void **state)
{
    char text[8];
    json_t *value = json_string("1234567890");
    (void)state;
    sheet_value_text(value, text, sizeof text);
    assert_string_equal("1234567", text);
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_cut_only_where_it_may_shrink),
        cmocka_unit_test(plain_cells_stay_plain),
        cmocka_unit_test(separators_and_quotes_are_quoted),
        cmocka_unit_test(formulas_are_disarmed),
        cmocka_unit_test(negative_numbers_are_no_formulas),
        cmocka_unit_test(values_look_the_same_everywhere),
        cmocka_unit_test(a_value_too_long_for_its_room_is_cut),
    };
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
