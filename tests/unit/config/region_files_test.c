/* Region tables loaded from files, as a broker would have them: what is wrong is named by its file
 * and line. */
#include "config/region_files.h"
#include "tests/unit/config/files.h"

#define HEADER "code;name;level;parent;valid_from;valid_to\n"

static char folder[64], upper[128], lower[128];

static int setup(void **state)
{
    (void)state;
    files_folder(folder);
    files_path(upper, sizeof upper, folder, "upper.csv");
    files_path(lower, sizeof lower, folder, "lower.csv");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    files_remove(folder, "upper.csv");
    files_remove(folder, "lower.csv");
    return rmdir(folder);
}

static void put(const char *name, const char *text)
{
    files_write(folder, name, text, strlen(text));
}

static enum err load(struct region_tables *tables, struct config_fault *fault)
{
    static char *paths[2];
    paths[0] = upper;
    paths[1] = lower;
    *tables = (struct region_tables){.paths = paths, .count = 2};
    *fault = (struct config_fault){0};
    return region_files_load(tables, fault);
}

static void tables_are_one_and_equal_lines_count_once(void **state)
{
    struct region_tables tables;
    struct config_fault fault;
    (void)state;
    put("upper.csv", HEADER "PL;Polska;country;;;\nPL-20;podlaskie;voivodeship;PL;;\n");
    put("lower.csv", "\xef\xbb\xbf" HEADER "PL-2002;białostocki;county;PL-20;;\r\n\r\n"
                     "PL;Polska;country;;;\r\n");
    assert_int_equal(ERR_OK, load(&tables, &fault));
    assert_int_equal(3, regions_count(tables.regions));
    assert_int_equal(strlen(HEADER "PL;Polska;country;;;\nPL-20;podlaskie;voivodeship;PL;;\n"
                                   "PL-2002;białostocki;county;PL-20;;\n"),
                     tables.bytes);
    regions_free(&tables.regions);
}

static void more_than_the_files_may_be_given(void **state)
{
    struct region_tables tables = {.more = bytes_text(HEADER "PL;Polska;country;;;\n")};
    struct config_fault fault = {0};
    (void)state;
    assert_int_equal(ERR_OK, region_files_load(&tables, &fault));
    assert_int_equal(1, regions_count(tables.regions));
    regions_free(&tables.regions);
    tables.more = bytes_text(HEADER "PL-20;podlaskie;voivodeship;PL;;\n");
    assert_int_equal(ERR_CONFIG, region_files_load(&tables, &fault));
    assert_int_equal(0, tables.fault_in);
    assert_int_equal(2, fault.line);
}

static void a_fault_is_named_by_its_table_and_line(void **state)
{
    static const struct {
        const char *lines;
        uint32_t line;
        const char *text;
    } cases[] = {
        {"\nPL-2002;białostocki;powiat;PL-20;;\n", 3,
         "\"PL-2002;białostocki;powiat;PL-20;;\": its level is none of country, voivodeship, "
         "subregion, county, gmina, city: write one of these"},
        {"PL-2002;białostocki;county;PL-21;;\n", 2,
         "\"PL-2002;białostocki;county;PL-21;;\": its parent is not there, or not on all its days: "
         "add a line, or correct the dates"},
        {"PL-20;województwo podlaskie;voivodeship;PL;;\n", 2,
         "\"PL-20;województwo podlaskie;voivodeship;PL;;\": its code is valid twice on one day: "
         "correct the "
         "dates"},
        {"PL-2002;białostocki;county;PL-20;\n", 2,
         "\"PL-2002;białostocki;county;PL-20;\": it has not the six fields of the header: write "
         "five semicolons"},
        {"PL-2002;białostocki;voivodeship;PL-20;;\n", 2,
         "\"PL-2002;białostocki;voivodeship;PL-20;;\": its parent is not wider than it is: correct "
         "the level or the parent"},
    };
    struct region_tables tables;
    struct config_fault fault;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[300];
        (void)snprintf(text, sizeof text, "%s%s", HEADER, cases[i].lines);
        put("upper.csv", HEADER "PL;Polska;country;;;\nPL-20;podlaskie;voivodeship;PL;;\n");
        put("lower.csv", text);
        assert_int_equal(ERR_CONFIG, load(&tables, &fault));
        assert_string_equal(cases[i].text, fault.text);
        assert_int_equal(cases[i].line, fault.line);
        assert_int_equal(1, tables.fault_in);
        assert_null(tables.regions);
    }
}

static void a_file_that_is_no_table_or_not_there_is_told(void **state)
{
    struct region_tables tables;
    struct config_fault fault;
    (void)state;
    put("upper.csv", HEADER "PL;Polska;country;;;\n");
    put("lower.csv", "kod;nazwa\n");
    assert_int_equal(ERR_CONFIG, load(&tables, &fault));
    assert_int_equal(1, tables.fault_in);
    assert_int_equal(1, fault.line);
    assert_non_null(strstr(fault.text, "is no region table: its first line must be"));
    files_remove(folder, "upper.csv");
    assert_int_equal(ERR_NOT_FOUND, load(&tables, &fault));
    assert_int_equal(0, tables.fault_in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_one_and_equal_lines_count_once),
        cmocka_unit_test(more_than_the_files_may_be_given),
        cmocka_unit_test(a_fault_is_named_by_its_table_and_line),
        cmocka_unit_test(a_file_that_is_no_table_or_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
