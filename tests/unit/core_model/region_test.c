/* The tree of regions and its dates, with the changes that the Podlaskie programme met. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/model/region.h"
#include "tests/support/mem_failing.h"

#define HEADER "code;name;level;parent;valid_from;valid_to\n"

static const char podlaskie[] = HEADER "PL-2002072;Michałowo;gmina;PL-2002;;2008-12-31\n"
                                       "PL-2002073;Michałowo;gmina;PL-2002;2009-01-01;\n"
                                       "PL-2002;białostocki;county;PL343;;2017-12-31\n"
                                       "PL-2002;białostocki;county;PL841;2018-01-01;\n"
                                       "PL343;białostocki;subregion;PL-20;;2017-12-31\n"
                                       "PL841;białostocki;subregion;PL-20;2018-01-01;\n"
                                       "PL-20;podlaskie;voivodeship;PL;;\n"
                                       "PL;Polska;country;;;\n"
                                       "IT;Włochy;country;;;\n"
                                       "CITY-IT-cesena;Cesena;city;IT;;\n";

static int32_t day(int year, int month, int day_of_month)
{
    return date_days((struct date){year, month, day_of_month});
}

static struct regions *parse(const char *csv)
{
    struct regions *regions = NULL;
    uint32_t line = 77;
    assert_int_equal(ERR_OK, regions_parse(bytes_text(csv), &regions, &line));
    assert_int_equal(0, line);
    return regions;
}

/* The line at fault, after checking the error. */
static uint32_t fault(enum err err, const char *csv)
{
    struct regions *regions = NULL;
    uint32_t line = 77;
    assert_int_equal(err, regions_parse(bytes_text(csv), &regions, &line));
    assert_null(regions);
    return line;
}

static uint32_t find(const struct regions *regions, const char *code, int32_t on)
{
    return regions_find(regions, bytes_text(code), on);
}

/* The code of what stands above code at that level, or "" for nothing. */
static struct bytes above(const struct regions *regions, const char *code, int32_t found_on,
                          enum region_level level, int32_t on)
{
    const uint32_t number = find(regions, code, found_on);
    assert_true(number != REGION_NONE);
    const uint32_t up = regions_above(regions, number, level, on);
    return up == REGION_NONE ? bytes_text("") : regions_get(regions, up)->code;
}

static void levels_are_read_back_from_their_words(void **state)
{
    enum region_level level = REGION_LEVEL_COUNT;
    (void)state;
    for (uint32_t i = 0; i < REGION_LEVEL_COUNT; i++) {
        const char *text = region_level_text((enum region_level)i);
        assert_int_equal(ERR_OK, region_level_parse(bytes_text(text), &level));
        assert_int_equal(i, level);
    }
    assert_string_equal("county", region_level_text(REGION_COUNTY));
    assert_int_equal(ERR_NOT_FOUND, region_level_parse(bytes_text("powiat"), &level));
    assert_int_equal(ERR_NOT_FOUND, region_level_parse(bytes_text(""), &level));
}

static void code_is_found_on_the_days_it_was_valid(void **state)
{
    struct regions *regions = parse(podlaskie);
    (void)state;
    assert_int_equal(REGION_NONE, find(regions, "PL-2002072", day(2009, 1, 1)));
    assert_int_not_equal(REGION_NONE, find(regions, "PL-2002072", day(2008, 12, 31)));
    assert_int_equal(REGION_NONE, find(regions, "PL-2002073", day(2008, 12, 31)));
    assert_int_not_equal(REGION_NONE, find(regions, "PL-2002073", day(2009, 1, 1)));
    assert_int_not_equal(REGION_NONE, find(regions, "PL-2002072", DATE_MIN));
    assert_int_not_equal(REGION_NONE, find(regions, "PL-2002073", DATE_MAX));
    regions_free(&regions);
    regions_free(&regions);
}

/* Its line of the day, else the last before, else the first after. */
static void code_that_has_ended_is_found_by_its_last_line(void **state)
{
    struct regions *regions = parse(podlaskie);
    static const struct claim {
        const char *code;
        int32_t year;
        const char *parent; /* null: none is found */
    } claims[] = {
        {"PL-2002072", 2011, "PL-2002"},
        {"PL-2002073", 2005, "PL-2002"},
        {"PL-2002", 2018, "PL841"},
        {"PL-2002", 2017, "PL343"},
        {"PL-2002074", 2011, NULL},
        {"A", 2011, NULL},
        {"ZZ", 2011, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        const uint32_t found =
            regions_nearest(regions, bytes_text(claims[i].code), day(claims[i].year, 1, 1));
        assert_int_equal(claims[i].parent == NULL, found == REGION_NONE);
        if (found != REGION_NONE) {
            assert_true(bytes_is(regions_get(regions, found)->code, claims[i].code));
            assert_true(bytes_is(regions_get(regions, found)->parent, claims[i].parent));
        }
    }
    regions_free(&regions);
}

static void code_that_is_not_there_is_none(void **state)
{
    static const char *const codes[] = {"",   "A",          "PL-200",   "PL-20020",
                                        "pl", "PL-2002074", "PL-2002;", "ZZ"};
    struct regions *regions = parse(podlaskie);
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_int_equal(REGION_NONE, find(regions, codes[i], day(2011, 5, 1)));
    }
    regions_free(&regions);
}

static void region_keeps_what_its_line_says(void **state)
{
    struct regions *regions = parse(podlaskie);
    (void)state;
    assert_int_equal(10, regions_count(regions));
    const struct region *region = regions_get(regions, find(regions, "PL-2002", day(2018, 1, 1)));
    assert_true(bytes_is(region->code, "PL-2002"));
    assert_true(bytes_is(region->name, "białostocki"));
    assert_true(bytes_is(region->parent, "PL841"));
    assert_int_equal(REGION_COUNTY, region->level);
    assert_int_equal(day(2018, 1, 1), region->valid_from);
    assert_int_equal(DATE_MAX, region->valid_to);
    regions_free(&regions);
}

static void county_has_the_subregion_of_the_day(void **state)
{
    struct regions *regions = parse(podlaskie);
    const int32_t before = day(2017, 12, 31);
    const int32_t after = day(2018, 1, 1);
    (void)state;
    assert_true(bytes_is(above(regions, "PL-2002", before, REGION_SUBREGION, before), "PL343"));
    assert_true(bytes_is(above(regions, "PL-2002", after, REGION_SUBREGION, after), "PL841"));
    assert_true(bytes_is(above(regions, "PL-2002073", before, REGION_SUBREGION, before), "PL343"));
    assert_true(bytes_is(above(regions, "PL-2002073", after, REGION_SUBREGION, after), "PL841"));
    regions_free(&regions);
}

static void tree_of_another_day_may_be_asked_for(void **state)
{
    struct regions *regions = parse(podlaskie);
    const int32_t old = day(2008, 6, 1);
    const int32_t now = day(2020, 6, 1);
    (void)state;
    assert_true(bytes_is(above(regions, "PL-2002", old, REGION_SUBREGION, now), "PL841"));
    assert_true(bytes_is(above(regions, "PL-2002", now, REGION_SUBREGION, old), "PL343"));
    /* A code that is gone on the day still has its county. */
    assert_true(bytes_is(above(regions, "PL-2002072", old, REGION_SUBREGION, now), "PL841"));
    assert_true(bytes_is(above(regions, "PL-2002072", old, REGION_GMINA, now), "PL-2002072"));
    regions_free(&regions);
}

static void level_that_the_tree_lacks_is_none(void **state)
{
    struct regions *regions = parse(podlaskie);
    const int32_t on = day(2011, 5, 1);
    (void)state;
    assert_true(bytes_is(above(regions, "PL-2002073", on, REGION_GMINA, on), "PL-2002073"));
    assert_true(bytes_is(above(regions, "PL-2002073", on, REGION_COUNTRY, on), "PL"));
    assert_true(bytes_is(above(regions, "PL-2002", on, REGION_GMINA, on), ""));
    assert_true(bytes_is(above(regions, "PL-2002", on, REGION_CITY, on), ""));
    assert_true(bytes_is(above(regions, "CITY-IT-cesena", on, REGION_COUNTY, on), ""));
    assert_true(bytes_is(above(regions, "CITY-IT-cesena", on, REGION_COUNTRY, on), "IT"));
    assert_true(bytes_is(above(regions, "CITY-IT-cesena", on, REGION_CITY, on), "CITY-IT-cesena"));
    regions_free(&regions);
}

static void numbers_do_not_depend_on_the_order_of_lines(void **state)
{
    static const char other[] = HEADER "PL;Polska;country;;;\n"
                                       "B;b;county;PL;2001-01-01;\n"
                                       "A;a;county;PL;;\n"
                                       "B;b;county;PL;;2000-12-31\n";
    struct regions *regions = parse(other);
    (void)state;
    assert_true(bytes_is(regions_get(regions, 0)->code, "A"));
    assert_int_equal(1, find(regions, "B", day(2000, 12, 31)));
    assert_int_equal(2, find(regions, "B", day(2001, 1, 1)));
    assert_int_equal(3, find(regions, "PL", day(2001, 1, 1)));
    regions_free(&regions);
}

static void table_is_copied_and_may_come_from_windows(void **state)
{
    char text[] = "\xef\xbb\xbf"
                  "code;name;level;parent;valid_from;valid_to\r\n"
                  "PL;Polska;country;;;\r\n"
                  "PL-20;podlaskie;voivodeship;PL;1999-01-01;";
    struct regions *regions = parse(text);
    (void)state;
    memset(text, 'x', sizeof text - 1);
    assert_int_equal(2, regions_count(regions));
    assert_int_equal(REGION_NONE, find(regions, "PL-20", day(1998, 12, 31)));
    assert_true(bytes_is(above(regions, "PL-20", day(1999, 1, 1), REGION_COUNTRY, 0), "PL"));
    regions_free(&regions);
}

static void table_of_a_header_alone_is_empty(void **state)
{
    struct regions *regions = parse(HEADER);
    (void)state;
    assert_int_equal(0, regions_count(regions));
    assert_int_equal(REGION_NONE, find(regions, "PL", 0));
    regions_free(&regions);
}

static void header_must_be_as_agreed(void **state)
{
    (void)state;
    assert_int_equal(1, fault(ERR_MALFORMED, ""));
    assert_int_equal(1, fault(ERR_MALFORMED, "PL;Polska;country;;;\n"));
    assert_int_equal(1, fault(ERR_MALFORMED, "code;name;level;parent;valid_from\n"));
    assert_int_equal(1, fault(ERR_MALFORMED, "\n" HEADER));
}

static void line_that_is_not_understood_is_named(void **state)
{
    static const char *const lines[] = {
        "",
        "B",
        "B;b;county;A;",
        "B;b;county;A;;;",
        ";b;county;A;;",
        "B;;county;A;;",
        "B;b;powiat;A;;",
        "B;b;;A;;",
        "B;b;county;A;2011-02-30;",
        "B;b;county;A;1.5.2011;",
        "B;b;county;A;01.05.2011;",
        "B;b;county;A;;2011-05",
        "B;b;county;A;2011-05-02;2011-05-01",
        "B;b\x01;county;A;;",
        "B\xff;b;county;A;;",
        "B;b;county;A\xe2\x80\xae;;",
    };
    char csv[300];
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        strcpy(csv, HEADER "A;a;country;;;\n");
        strcat(csv, lines[i]);
        strcat(csv, "\nC;c;county;A;;\n");
        assert_int_equal(3, fault(ERR_MALFORMED, csv));
    }
}

static void what_is_wrong_with_a_line_has_a_name(void **state)
{
    static const struct {
        const char *line;
        enum region_fault fault;
    } cases[] = {
        {"B;b;county;A;2011-05-01;2011-05-01", REGION_FAULT_NONE},
        {"B;b;county;A;", REGION_FAULT_FIELDS},
        {"B;b;county;A;;;", REGION_FAULT_FIELDS},
        {";b;county;A;;", REGION_FAULT_CODE},
        {"B;;county;A;;", REGION_FAULT_NAME},
        {"B;b;powiat;A;;", REGION_FAULT_LEVEL},
        {"B;b;county;A\xff;;", REGION_FAULT_PARENT},
        {"B;b;county;A;1.5.2011;", REGION_FAULT_DATE},
        {"B;b;county;A;;2011-02-29", REGION_FAULT_DATE},
        {"B;b;county;A;2011-05-02;2011-05-01", REGION_FAULT_ORDER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(cases[i].fault, region_line_check(bytes_text(cases[i].line)));
    }
}

static void code_and_name_have_their_limits(void **state)
{
    char csv[600];
    (void)state;
    for (size_t code_bytes = 64; code_bytes <= 65; code_bytes++) {
        for (size_t name_bytes = 256; name_bytes <= 257; name_bytes++) {
            struct regions *regions = NULL;
            uint32_t line;
            strcpy(csv, HEADER);
            memset(csv + strlen(HEADER), 'c', code_bytes);
            csv[strlen(HEADER) + code_bytes] = ';';
            memset(csv + strlen(HEADER) + code_bytes + 1, 'n', name_bytes);
            strcpy(csv + strlen(HEADER) + code_bytes + 1 + name_bytes, ";county;;;");
            const enum err err = regions_parse(bytes_text(csv), &regions, &line);
            assert_int_equal(code_bytes == 64 && name_bytes == 256 ? ERR_OK : ERR_MALFORMED, err);
            regions_free(&regions);
        }
    }
}

static void code_twice_on_one_day_is_named_by_its_later_line(void **state)
{
    (void)state;
    assert_int_equal(3, fault(ERR_EXISTS, HEADER "A;a;country;;;\nA;b;country;;;\n"));
    assert_int_equal(4, fault(ERR_EXISTS, HEADER "A;a;country;;2001-01-01;\n"
                                                 "B;b;country;;;\n"
                                                 "A;a;country;;;2001-01-01\n"));
    struct regions *regions = parse(HEADER "A;a;country;;2001-01-01;\n"
                                           "A;a;country;;;2000-12-31\n");
    regions_free(&regions);
}

static void parent_that_is_not_there_is_named_by_the_childs_line(void **state)
{
    (void)state;
    assert_int_equal(3, fault(ERR_NOT_FOUND, HEADER "A;a;country;;;\nB;b;county;X;;\n"));
}

static void parent_must_be_there_on_all_of_the_childs_days(void **state)
{
    (void)state;
    assert_int_equal(3, fault(ERR_NOT_FOUND, HEADER "A;a;country;;2001-01-01;\nB;b;county;A;;\n"));
    assert_int_equal(3, fault(ERR_NOT_FOUND, HEADER "A;a;country;;;2011-01-01\nB;b;county;A;;\n"));
    assert_int_equal(4, fault(ERR_NOT_FOUND, HEADER "A;a;country;;;2001-01-01\n"
                                                    "A;a;country;;2001-01-03;\n"
                                                    "B;b;county;A;;\n"));
    struct regions *regions = parse(HEADER "A;a;country;;;2001-01-01\n"
                                           "A;a;country;;2001-01-02;2005-01-01\n"
                                           "B;b;county;A;2000-01-01;2005-01-01\n");
    regions_free(&regions);
}

static void parent_must_be_wider_so_that_no_circle_exists(void **state)
{
    (void)state;
    assert_int_equal(2, fault(ERR_MALFORMED, HEADER "A;a;county;A;;\n"));
    assert_int_equal(2, fault(ERR_MALFORMED, HEADER "A;a;county;B;;\nB;b;county;;;\n"));
    assert_int_equal(3, fault(ERR_MALFORMED, HEADER "A;a;county;;;\nB;b;subregion;A;;\n"));
}

/* "code;" with the number as five digits, and the rest. */
static char *add_line(char *at, uint32_t number)
{
    static const char rest[] = ";x;gmina;;;\n";
    for (int i = 4; i >= 0; i--) {
        at[i] = (char)('0' + number % 10);
        number /= 10;
    }
    memcpy(at + 5, rest, sizeof rest - 1);
    return at + 5 + sizeof rest - 1;
}

static void table_takes_65536_regions_and_no_more(void **state)
{
    const size_t bytes = sizeof HEADER + 17 * (REGIONS_MAX + 1);
    char *csv = mem_calloc(bytes, 1);
    struct regions *regions = NULL;
    uint32_t line = 0;
    (void)state;
    strcpy(csv, HEADER);
    char *end = csv + strlen(csv);
    for (uint32_t i = 0; i < REGIONS_MAX; i++) {
        end = add_line(end, (i * 40503) % REGIONS_MAX);
    }
    struct bytes text = bytes_of(csv, (size_t)(end - csv));
    assert_int_equal(ERR_OK, regions_parse(text, &regions, &line));
    assert_int_equal(REGIONS_MAX, regions_count(regions));
    assert_int_equal(12345, find(regions, "12345", 0));
    regions_free(&regions);
    end = add_line(end, REGIONS_MAX);
    text.size = (size_t)(end - csv);
    assert_int_equal(ERR_FULL, regions_parse(text, &regions, &line));
    assert_int_equal(REGIONS_MAX + 2, line);
    mem_free(csv);
}

static void table_says_when_the_nth_allocation_fails(void **state)
{
    struct regions *regions = NULL;
    enum err err = ERR_MEMORY;
    uint32_t line;
    size_t nth = 0;
    (void)state;
    while (err == ERR_MEMORY) {
        mem_failing_at(++nth);
        err = regions_parse(bytes_text(podlaskie), &regions, &line);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 1);
    regions_free(&regions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_read_back_from_their_words),
        cmocka_unit_test(code_is_found_on_the_days_it_was_valid),
        cmocka_unit_test(code_that_has_ended_is_found_by_its_last_line),
        cmocka_unit_test(code_that_is_not_there_is_none),
        cmocka_unit_test(region_keeps_what_its_line_says),
        cmocka_unit_test(county_has_the_subregion_of_the_day),
        cmocka_unit_test(tree_of_another_day_may_be_asked_for),
        cmocka_unit_test(level_that_the_tree_lacks_is_none),
        cmocka_unit_test(numbers_do_not_depend_on_the_order_of_lines),
        cmocka_unit_test(table_is_copied_and_may_come_from_windows),
        cmocka_unit_test(table_of_a_header_alone_is_empty),
        cmocka_unit_test(header_must_be_as_agreed),
        cmocka_unit_test(line_that_is_not_understood_is_named),
        cmocka_unit_test(what_is_wrong_with_a_line_has_a_name),
        cmocka_unit_test(code_and_name_have_their_limits),
        cmocka_unit_test(code_twice_on_one_day_is_named_by_its_later_line),
        cmocka_unit_test(parent_that_is_not_there_is_named_by_the_childs_line),
        cmocka_unit_test(parent_must_be_there_on_all_of_the_childs_days),
        cmocka_unit_test(parent_must_be_wider_so_that_no_circle_exists),
        cmocka_unit_test(table_takes_65536_regions_and_no_more),
        cmocka_unit_test(table_says_when_the_nth_allocation_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
