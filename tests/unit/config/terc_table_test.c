/* What a register adds to region tables: all that they lack, on the days that they leave open. */
#include <stdbool.h>

#include "config/terc_table.h"
#include "core/base/date.h"
#include "tests/unit/config/files.h"
#include "support/mem_failing.h"

#define HEADER "code;name;level;parent;valid_from;valid_to\n"

static const char registered[] = "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA\n"
                                 "20;;;;PODLASKIE;województwo;2012-06-01\n"
                                 "20;02;;;białostocki;powiat;2012-06-01\n"
                                 "20;02;07;3;Michałowo;gmina miejsko-wiejska;2012-06-01\n"
                                 "20;02;07;4;Michałowo;miasto;2012-06-01\n"
                                 "20;02;01;2;Choroszcz;gmina wiejska;2012-06-01\n";

/* The county with its subregion, its name of 2011 and a history. */
#define UPPER                                                                                      \
    "PL;Polska;country;;;\n"                                                                       \
    "PL-20;podlaskie;voivodeship;PL;;\n"                                                           \
    "NUTS-PL841;białostocki;subregion;PL-20;;\n"

struct made {
    struct terc *terc;
    struct regions *beside;
    struct buffer text;
    struct terc_table table;
};

static struct made made;

/* The lines that the register adds to these; null: there are no tables. */
static const char *make(const char *csv, const char *beside)
{
    struct config_fault fault = {0};
    uint32_t line = 0;
    made = (struct made){.text = {.bytes_max = 1 << 20}};
    assert_int_equal(ERR_OK, terc_parse(bytes_text(csv), &made.terc, &fault));
    if (beside != NULL) {
        assert_int_equal(ERR_OK, regions_parse(bytes_text(beside), &made.beside, &line));
    }
    assert_int_equal(ERR_OK, terc_table_make(made.terc, made.beside, &made.text, &made.table));
    assert_int_equal(ERR_OK, buffer_add(&made.text, bytes_of("", 1)));
    assert_int_equal(0, strncmp((const char *)made.text.data, HEADER, strlen(HEADER)));
    return (const char *)made.text.data + strlen(HEADER);
}

/* What was added and what it stands beside are a table together. */
static void loads_together(const char *beside, const char *added)
{
    struct regions *regions = NULL;
    uint32_t line = 0;
    char *all = calloc(1, strlen(beside) + strlen(added) + 1);
    strcat(strcpy(all, beside), added);
    const enum err err = regions_parse(bytes_text(all), &regions, &line);
    if (err != ERR_OK) {
        fail_msg("error %d in line %u of\n%s", (int)err, line, all);
    }
    regions_free(&regions);
    free(all);
}

static void differs(uint32_t number, enum terc_difference_kind kind, const char *code,
                    const char *register_says, const char *tables_say)
{
    assert_true(number < made.table.difference_count);
    const struct terc_difference *one = &made.table.differences[number];
    assert_int_equal(kind, one->kind);
    assert_true(bytes_is(one->code, code));
    assert_true(bytes_is(one->register_says, register_says));
    assert_true(bytes_is(one->tables_say, tables_say));
}

static int release(void **state)
{
    (void)state;
    terc_table_fini(&made.table);
    buffer_fini(&made.text);
    regions_free(&made.beside);
    terc_free(&made.terc);
    return 0;
}

static void a_register_alone_is_a_whole_table(void **state)
{
    (void)state;
    const char *lines = make(registered, NULL);
    assert_string_equal("PL;Polska;country;;;\n"
                        "PL-20;podlaskie;voivodeship;PL;;\n"
                        "PL-2002;białostocki;county;PL-20;;\n"
                        "PL-2002012;Choroszcz;gmina;PL-2002;;\n"
                        "PL-2002073;Michałowo;gmina;PL-2002;;\n",
                        lines);
    assert_int_equal(5, made.table.lines);
    assert_int_equal(0, made.table.difference_count);
    loads_together(HEADER, lines);
}

static void what_the_tables_know_on_the_day_is_left_to_them(void **state)
{
    static const char beside[] = HEADER UPPER "PL-2002;białostocki;county;NUTS-PL841;;\n"
                                              "PL-2002072;Michałowo;gmina;PL-2002;;2008-12-31\n"
                                              "PL-2002073;Michałowo;gmina;PL-2002;2009-01-01;\n";
    (void)state;
    const char *lines = make(registered, beside);
    assert_string_equal("PL-2002012;Choroszcz;gmina;PL-2002;;\n", lines);
    assert_int_equal(1, made.table.lines);
    assert_int_equal(1, made.table.known[REGION_VOIVODESHIP]);
    assert_int_equal(1, made.table.known[REGION_COUNTY]);
    assert_int_equal(1, made.table.known[REGION_GMINA]);
    assert_int_equal(0, made.table.difference_count);
    loads_together(beside, lines);
}

/* The county is there in three pieces without a gap, from 2002 to 2019: so are its gminas. */
static void a_gmina_has_the_days_of_its_county(void **state)
{
    static const char beside[] =
        HEADER UPPER "PL-2002;białostocki;county;NUTS-PL841;2002-01-01;2010-12-31\n"
                     "PL-2002;białostocki;county;PL-20;2011-01-01;2012-12-31\n"
                     "PL-2002;białostocki;county;PL-20;2013-01-01;2019-12-31\n"
                     "PL-2002;białostocki;county;PL-20;2021-01-01;\n";
    (void)state;
    const char *lines = make(registered, beside);
    assert_string_equal("PL-2002012;Choroszcz;gmina;PL-2002;2002-01-01;2019-12-31\n"
                        "PL-2002073;Michałowo;gmina;PL-2002;2002-01-01;2019-12-31\n",
                        lines);
    loads_together(beside, lines);
}

/* The tables know it as rural to 2008 and again from 2020: urban-rural is it between. */
static void a_gmina_begins_and_ends_where_the_tables_know_it_otherwise(void **state)
{
    static const char beside[] = HEADER UPPER "PL-2002;białostocki;county;NUTS-PL841;;\n"
                                              "PL-2002072;Michałowo;gmina;PL-2002;;2008-12-31\n"
                                              "PL-2002073;Michałowo;gmina;PL-2002;2020-01-01;\n"
                                              "PL-2002012;Choroszcz;gmina;PL-2002;2012-06-02;\n";
    (void)state;
    const char *lines = make(registered, beside);
    assert_string_equal("PL-2002012;Choroszcz;gmina;PL-2002;;2012-06-01\n"
                        "PL-2002073;Michałowo;gmina;PL-2002;2009-01-01;2019-12-31\n",
                        lines);
    loads_together(beside, lines);
}

static void a_gmina_of_another_kind_on_the_day_is_told_and_not_doubled(void **state)
{
    static const char beside[] = HEADER UPPER "PL-2002;białostocki;county;NUTS-PL841;;\n"
                                              "PL-2002072;Michałowo;gmina;PL-2002;;\n";
    (void)state;
    const char *lines = make(registered, beside);
    assert_string_equal("PL-2002012;Choroszcz;gmina;PL-2002;;\n", lines);
    assert_int_equal(1, made.table.difference_count);
    differs(0, TERC_KIND, "PL-2002073", "PL-2002073", "PL-2002072");
    loads_together(beside, lines);
}

static void names_and_places_that_differ_are_told(void **state)
{
    static const char beside[] = HEADER UPPER "PL-14;mazowieckie;voivodeship;PL;;\n"
                                              "PL-2002;bialostocki;county;PL-14;;\n";
    (void)state;
    const char *lines = make(registered, beside);
    assert_int_equal(3, made.table.difference_count);
    differs(0, TERC_NAME, "PL-2002", "białostocki", "bialostocki");
    differs(1, TERC_PLACE, "PL-2002", "PL-20", "PL-14");
    differs(2, TERC_GONE, "PL-14", "", "mazowieckie");
    loads_together(beside, lines);
}

static void what_either_side_lacks_is_told(void **state)
{
    static const char beside[] = HEADER UPPER "PL-2001;augustowski;county;NUTS-PL841;;\n"
                                              "PL-2003;bielski;county;NUTS-PL841;;2012-05-31\n"
                                              "PL-2001011;Augustów;gmina;PL-2001;;\n"
                                              "CITY-PL-x;X;city;PL;;\n";
    (void)state;
    const char *lines = make(registered, beside);
    assert_string_equal("PL-2002;białostocki;county;PL-20;;\n"
                        "PL-2002012;Choroszcz;gmina;PL-2002;;\n"
                        "PL-2002073;Michałowo;gmina;PL-2002;;\n",
                        lines);
    assert_int_equal(3, made.table.difference_count);
    differs(0, TERC_ADDED, "PL-2002", "białostocki", "");
    differs(1, TERC_GONE, "PL-2001", "", "augustowski");
    differs(2, TERC_GONE, "PL-2001011", "", "Augustów");
    loads_together(beside, lines);
}

static void no_memory_is_told(void **state)
{
    struct config_fault fault = {0};
    struct terc *terc = NULL;
    struct terc_table table;
    enum err err = ERR_MEMORY;
    size_t nth = 0;
    (void)state;
    assert_int_equal(ERR_OK, terc_parse(bytes_text(registered), &terc, &fault));
    while (err != ERR_OK) {
        struct buffer out = {.bytes_max = 1 << 20};
        mem_failing_at(++nth);
        err = terc_table_make(terc, NULL, &out, &table);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
        assert_true(err == ERR_OK || table.differences == NULL);
        buffer_fini(&out);
    }
    assert_true(nth > 3);
    terc_table_fini(&table);
    terc_free(&terc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_register_alone_is_a_whole_table, release),
        cmocka_unit_test_teardown(what_the_tables_know_on_the_day_is_left_to_them, release),
        cmocka_unit_test_teardown(a_gmina_has_the_days_of_its_county, release),
        cmocka_unit_test_teardown(a_gmina_begins_and_ends_where_the_tables_know_it_otherwise,
                                  release),
        cmocka_unit_test_teardown(a_gmina_of_another_kind_on_the_day_is_told_and_not_doubled,
                                  release),
        cmocka_unit_test_teardown(names_and_places_that_differ_are_told, release),
        cmocka_unit_test_teardown(what_either_side_lacks_is_told, release),
        cmocka_unit_test(no_memory_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
