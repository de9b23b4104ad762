/* A mapping file: what it becomes, and what each wrong one is told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/mapping_file.h"
#include "support/mem_failing.h"
#include "unit/config/files.h"

static const char good[] = "mapping: sm-efs-2021\n"
                           "other_columns: ignore\n"
                           "columns:\n"
                           "  - {column: Data rozpoczęcia, as: occurred_on}\n"
                           "  - {as: kind, constant: enrolled}\n"
                           "  - column: Płeć\n"
                           "    as: sex\n"
                           "    values: [{from: Kobieta, to: woman}, {from: b/d, to: \"\"}]\n";

static char folder[64];
static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    files_folder(folder);
    return arena_new(1 << 16, &arena) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    files_remove(folder, "m.yaml");
    return rmdir(folder);
}

static enum err load(const char *text, struct mapping_spec *out, struct config_fault *fault)
{
    char path[128];
    *fault = (struct config_fault){0};
    files_write(folder, "m.yaml", text, strlen(text));
    files_path(path, sizeof path, folder, "m.yaml");
    arena_reset(arena);
    return mapping_file_load(path, arena, out, fault);
}

static void a_good_file_becomes_the_mapping_that_it_says(void **state)
{
    (void)state;
    struct mapping_spec spec;
    struct config_fault fault;
    assert_int_equal(ERR_OK, load(good, &spec, &fault));
    assert_true(bytes_is(spec.id, "sm-efs-2021"));
    assert_true(spec.ignore_other_columns);
    assert_int_equal(3, spec.column_count);
    assert_int_equal(ROLE_OCCURRED_ON, spec.columns[0].role);
    assert_true(bytes_is(spec.columns[0].name, "Data rozpoczęcia"));
    assert_int_equal(0, spec.columns[1].name.size);
    assert_true(bytes_is(spec.columns[1].constant, "enrolled"));
    assert_int_equal(2, spec.columns[2].value_count);
    assert_true(bytes_is(spec.columns[2].values[0].to, "woman"));
    assert_int_equal(0, spec.columns[2].values[1].to.size);
}

static void other_columns_are_refused_where_nothing_is_said(void **state)
{
    (void)state;
    struct mapping_spec spec;
    struct config_fault fault;
    char *text = files_replace(good, "other_columns: ignore\n", "");
    assert_int_equal(ERR_OK, load(text, &spec, &fault));
    assert_false(spec.ignore_other_columns);
    free(text);
}

static void the_shipped_file_is_the_builtin_mapping(void **state)
{
    (void)state;
    struct mapping_spec spec;
    struct config_fault fault;
    const struct mapping_spec *builtin = mapping_builtin();
    assert_int_equal(
        ERR_OK, mapping_file_load(SOURCE_DIR "/config/mappings/ogniwo.yaml", arena, &spec, &fault));
    assert_true(bytes_equal(builtin->id, spec.id));
    assert_true(builtin->ignore_other_columns == spec.ignore_other_columns);
    assert_int_equal(builtin->column_count, spec.column_count);
    for (uint32_t i = 0; i < spec.column_count; i++) {
        assert_int_equal(builtin->columns[i].role, spec.columns[i].role);
        assert_true(bytes_equal(builtin->columns[i].name, spec.columns[i].name));
        assert_int_equal(0, spec.columns[i].constant.size + spec.columns[i].value_count);
    }
}

static void each_wrong_file_is_told_where_and_what_and_how(void **state)
{
    (void)state;
    static const struct {
        const char *find, *put;
        uint32_t line, column;
        const char *text;
    } wrongs[] = {
        {"as: sex", "as: gender", 7, 9,
         "\"gender\" is no column of the canonical table: write one of key, op, kind, occurred_on, "
         "task, "
         "region, person, person_scheme, sex, age, education, status, flags, support, outcome, "
         "activity, quantity, unit"},
        {"as: sex", "as: kind", 7, 9, "\"kind\" is filled in line 5 already: leave one out"},
        {"as: kind, constant: enrolled", "as: kind", 5, 5,
         "\"kind\" needs either \"column\", the header in the office's table, or \"constant\", one "
         "value "
         "for all rows"},
        {"as: kind, ", "as: kind, column: Rodzaj, ", 5, 5,
         "\"kind\" needs either \"column\", the header in the office's table, or \"constant\", one "
         "value "
         "for all rows"},
        {"from: b/d", "from: Kobieta", 8, 49,
         "the value \"Kobieta\" stands in line 8 already: leave one out"},
        {"constant: enrolled", "constant: enrolled, values: [{from: a, to: b}]", 5, 44,
         "a constant needs no \"values\": leave them out"},
        {"as: occurred_on", "as: key", 4, 3,
         "no column gives \"occurred_on\": add one, or a constant"},
        {"ignore", "ignored", 2, 16,
         "\"ignored\" is not allowed for \"other_columns\" (did you mean \"ignore\"?): write one "
         "of "
         "ignore, refuse"},
        {"other_columns: ignore", "other_columns: 1", 2, 16,
         "\"1\" is not allowed for \"other_columns\": write one of ignore, refuse"},
        {"{column: Data", "{kolumna: Data", 4, 6,
         "unknown key \"kolumna\" in an entry of \"columns\" (did you mean \"column\"?)"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct mapping_spec spec;
        struct config_fault fault;
        char *text = files_replace(good, wrongs[i].find, wrongs[i].put);
        assert_int_equal(ERR_CONFIG, load(text, &spec, &fault));
        assert_string_equal(wrongs[i].text, fault.text);
        assert_int_equal(wrongs[i].line, fault.line);
        assert_int_equal(wrongs[i].column, fault.column);
        free(text);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    enum err err = ERR_MEMORY;
    for (size_t nth = 1; err == ERR_MEMORY; nth++) {
        struct mapping_spec spec;
        struct config_fault fault;
        mem_failing_at(nth);
        err = load(good, &spec, &fault);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
}

static void a_file_that_is_not_there_is_named(void **state)
{
    (void)state;
    struct mapping_spec spec;
    struct config_fault fault;
    assert_int_equal(ERR_NOT_FOUND, mapping_file_load("/nonexistent/m.yaml", arena, &spec, &fault));
    assert_string_equal("cannot open \"/nonexistent/m.yaml\": No such file or directory",
                        fault.text);
    assert_int_equal(ERR_IO, mapping_file_load("/", arena, &spec, &fault));
    assert_string_equal("cannot read \"/\": Is a directory", fault.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_becomes_the_mapping_that_it_says),
        cmocka_unit_test(other_columns_are_refused_where_nothing_is_said),
        cmocka_unit_test(the_shipped_file_is_the_builtin_mapping),
        cmocka_unit_test(each_wrong_file_is_told_where_and_what_and_how),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
