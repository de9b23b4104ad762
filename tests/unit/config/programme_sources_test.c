/* Programmes that include files: what becomes of them, and where each fault is said to be. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/programme_file.h"
#include "support/mem_failing.h"
#include "unit/config/files.h"

static const char programme_text[] = "programme: P1\n"
                                     "title: Próba\n"
                                     "starts_on: 2010-01-01\n"
                                     "ends_on: 2012-12-31\n"
                                     "lead: LEAD\n"
                                     "partners: [{id: LEAD, title: Lider}]\n"
                                     "include: [first.yaml, second.yaml]\n"
                                     "vocabulary:\n"
                                     "  status: [{id: student, title: Uczeń}]\n"
                                     "indicators:\n"
                                     "  - id: students\n"
                                     "    title: Uczniowie\n"
                                     "    unit: person\n"
                                     "    count: persons\n"
                                     "    where: {status: [student]}\n"
                                     "targets:\n"
                                     "  - {indicator: jobless, kind: target, value: 10}";
static const char first_text[] = "\xef\xbb\xbf# a mark of the byte order, and lines of Windows\r\n"
                                 "title: Pierwszy\r\n"
                                 "vocabulary:\r\n"
                                 "  status: [{id: unemployed, title: Bezrobotny}]\r\n"
                                 "indicators:\r\n"
                                 "  - id: jobless\r\n"
                                 "    title: Bezrobotni\r\n"
                                 "    unit: person\r\n"
                                 "    count: persons\r\n"
                                 "    where: {status: [unemployed]}";
static const char second_text[] = "---\n"
                                  "indicators:\n"
                                  "  - id: both\n"
                                  "    title: Razem\n"
                                  "    unit: person\n"
                                  "    count: persons\n"
                                  "    where: {status: [unemployed, student]}\n";

struct world {
    char folder[64];
    struct buffer yaml, csv;
    struct config_fault fault;
    struct programme *programme;
};

static void write_text(const struct world *world, const char *name, const char *text)
{
    files_write(world->folder, name, text, strlen(text));
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    files_folder(world->folder);
    write_text(world, "p.yaml", programme_text);
    write_text(world, "first.yaml", first_text);
    write_text(world, "second.yaml", second_text);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    files_remove(world->folder, "p.yaml");
    files_remove(world->folder, "first.yaml");
    files_remove(world->folder, "second.yaml");
    assert_int_equal(0, rmdir(world->folder));
    programme_free(&world->programme);
    buffer_fini(&world->yaml);
    buffer_fini(&world->csv);
    free(world);
    return 0;
}

static enum err load(struct world *world)
{
    char path[128];
    files_path(path, sizeof path, world->folder, "p.yaml");
    programme_free(&world->programme);
    world->fault = (struct config_fault){0};
    const enum err err = programme_file_read(path, &world->yaml, &world->csv, &world->fault);
    return err != ERR_OK ? err
                         : programme_parse(buffer_bytes(&world->yaml), buffer_bytes(&world->csv),
                                           &world->programme, &world->fault);
}

/* Loads the files with one replacement in one of them, and expects the fault. */
static void expect_fault(struct world *world, const char *name, const char *text, const char *find,
                         const char *put, uint32_t line, uint32_t column, const char *part)
{
    char *changed = files_replace(text, find, put);
    write_text(world, name, changed);
    const enum err err = load(world);
    if (err != ERR_CONFIG || world->fault.line != line || world->fault.column != column ||
        strstr(world->fault.text, part) == NULL) {
        fail_msg("with \"%s\": error %d, %u:%u: %s", put, err, world->fault.line,
                 world->fault.column, world->fault.text);
    }
    write_text(world, name, text);
    free(changed);
}

static void included_entries_stand_behind_the_own_ones(void **state)
{
    struct world *world = *state;
    if (load(world) != ERR_OK) {
        fail_msg("%u:%u: %s", world->fault.line, world->fault.column, world->fault.text);
    }
    const struct programme *programme = world->programme;
    assert_int_equal(3, programme->indicator_count);
    assert_true(bytes_is(programme->indicators[0].id, "students"));
    assert_true(bytes_is(programme->indicators[1].id, "jobless"));
    assert_true(bytes_is(programme->indicators[2].id, "both"));
    assert_int_equal(2, programme->indicators[2].where.picks[CODES_STATUS].count);
    assert_int_equal(2, programme->code_count[CODES_STATUS]);
    assert_int_equal(1, programme->targets[0].indicator);
    assert_true(bytes_is(programme->title, "Próba"));
}

static void programme_needs_no_indicator_of_its_own(void **state)
{
    struct world *world = *state;
    char *bare =
        files_replace(programme_text, strstr(programme_text, "vocabulary:"), "# nothing more\n");
    write_text(world, "p.yaml", bare);
    char *second = files_replace(second_text, "[unemployed, student]", "[unemployed]");
    write_text(world, "second.yaml", second);
    assert_int_equal(ERR_OK, load(world));
    assert_int_equal(2, world->programme->indicator_count);
    free(bare);
    free(second);
}

static void fault_in_an_included_file_names_its_line_there(void **state)
{
    struct world *world = *state;
    expect_fault(world, "first.yaml", first_text, "count: persons", "count: person", 7, 11,
                 "line 9 of first.yaml, column 12: \"person\"");
    expect_fault(world, "second.yaml", second_text, "[unemployed, student]", "[unemployed, pupil]",
                 7, 23, "line 7 of second.yaml, column 34: there is no \"pupil\"");
    expect_fault(world, "second.yaml", second_text, "indicators:", "indicator:", 7, 23,
                 "line 2 of second.yaml, column 1: unknown key \"indicator\"");
    expect_fault(world, "first.yaml", first_text, "title: Pierwszy", "lead: LEAD", 7, 11,
                 "line 2 of first.yaml, column 1: unknown key \"lead\"");
    expect_fault(world, "first.yaml", first_text, "Pierwszy", "\xff", 7, 11,
                 "line 2 of first.yaml, column 8: this is not UTF-8");
    expect_fault(world, "first.yaml", first_text, first_text, "", 7, 11,
                 "line 1 of first.yaml, column 1: the file is empty");
}

static void ids_that_stand_twice_say_in_which_file(void **state)
{
    struct world *world = *state;
    expect_fault(world, "first.yaml", first_text, "id: jobless", "id: students", 7, 11,
                 "line 6 of first.yaml, column 9: the id \"students\" stands in line 11 already");
    expect_fault(world, "second.yaml", second_text, "id: both", "id: jobless", 7, 23,
                 "the id \"jobless\" stands in line 6 of first.yaml already");
    expect_fault(world, "p.yaml", programme_text, "id: student,", "id: unemployed,", 7, 11,
                 "the id \"unemployed\" stands in line 9 already");
}

static void fault_of_the_programme_itself_stays_where_it_is(void **state)
{
    struct world *world = *state;
    expect_fault(world, "p.yaml", programme_text, "jobless", "joblos", 17, 17,
                 "did you mean \"jobless\"?");
    expect_fault(world, "p.yaml", programme_text, "second.yaml", "third.yaml", 7, 23,
                 "/third.yaml\": No such file or directory");
    expect_fault(world, "p.yaml", programme_text, "second.yaml]",
                 "a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]", 7, 10,
                 "\"include\" has 17 entries: it may have 0 to 16");
    expect_fault(world, "p.yaml", programme_text, strstr(programme_text, "include:"),
                 "# nothing more\n", 1, 1, "nothing is counted");
}

/* Somebody may write the lines by hand that stand between the files. */
static void pieces_are_those_of_the_list(void **state)
{
    struct world *world = *state;
    expect_fault(world, "p.yaml", programme_text, "value: 10}",
                 "value: 10}\n--- # include: third.yaml\nindicators: []\n", 18, 1,
                 "a second document starts here");
    assert_int_equal(ERR_OK, load(world));
    char *text = calloc(1, world->yaml.size + 1);
    assert_non_null(text);
    memcpy(text, world->yaml.data, world->yaml.size);
    char *changed = files_replace(text, "# include: first.yaml", "# include: other.yaml");
    assert_int_equal(ERR_CONFIG, programme_parse(bytes_text(changed), buffer_bytes(&world->csv),
                                                 &world->programme, &world->fault));
    assert_non_null(strstr(world->fault.text, "\"first.yaml\" is not the file that stands behind"));
    free(changed);
    changed = files_replace(text, "include: [first.yaml, second.yaml]", "include: [first.yaml]");
    assert_int_equal(ERR_CONFIG, programme_parse(bytes_text(changed), buffer_bytes(&world->csv),
                                                 &world->programme, &world->fault));
    assert_non_null(strstr(world->fault.text, "1 files are included, and 2 stand behind"));
    free(changed);
    free(text);
}

static void included_file_is_checked_by_itself_too(void **state)
{
    struct world *world = *state;
    char path[128];
    files_path(path, sizeof path, world->folder, "first.yaml");
    assert_int_equal(ERR_OK, programme_included_check(path, &world->fault));
    files_path(path, sizeof path, world->folder, "p.yaml");
    assert_int_equal(ERR_CONFIG, programme_included_check(path, &world->fault));
    assert_int_equal(1, world->fault.line);
    assert_non_null(strstr(world->fault.text, "unknown key \"programme\""));
    files_path(path, sizeof path, world->folder, "none.yaml");
    assert_int_equal(ERR_NOT_FOUND, programme_included_check(path, &world->fault));
}

static void lack_of_memory_is_told_and_leaks_nothing(void **state)
{
    struct world *world = *state;
    assert_int_equal(ERR_OK, load(world));
    enum err err = ERR_MEMORY;
    for (size_t nth = 1; err == ERR_MEMORY; nth++) {
        programme_free(&world->programme);
        mem_failing_at(nth);
        err = programme_parse(buffer_bytes(&world->yaml), buffer_bytes(&world->csv),
                              &world->programme, &world->fault);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(included_entries_stand_behind_the_own_ones, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(programme_needs_no_indicator_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(fault_in_an_included_file_names_its_line_there, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(ids_that_stand_twice_say_in_which_file, setup, teardown),
        cmocka_unit_test_setup_teardown(fault_of_the_programme_itself_stays_where_it_is, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(pieces_are_those_of_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(included_file_is_checked_by_itself_too, setup, teardown),
        cmocka_unit_test_setup_teardown(lack_of_memory_is_told_and_leaks_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
