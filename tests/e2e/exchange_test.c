/* The way of one event over real stores and real sockets, in one process. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "config/programme_file.h"
#include "e2e/support/exchange_here.h"

#define HEADER                                                                                     \
    "key;op;kind;occurred_on;task;region;person;person_scheme;sex;age;education;status;"           \
    "support;outcome;activity\n"

static int begin(void **state)
{
    static struct here here;
    here_begin(&here);
    *state = &here;
    return 0;
}

static int end(void **state)
{
    here_end(*state);
    return 0;
}

static void rows_of_an_office_become_totals_at_the_lead(void **state)
{
    struct here *here = *state;
    const uint32_t node = here_enrol(here, "KLUCZ");
    here_settle(here);
    struct report report =
        here_import(here, node, "a.csv",
                    HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                           "2;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n"
                           "3;;enrolled;2009-02-03;A;PL-1212;44051401458;;;;;;;;\n");
    assert_int_equal(3, report.accepted);
    report_fini(&report);
    here_settle(here);
    assert_int_equal(1, here_value(here, "coached"));
    assert_int_equal(2, here_value(here, "participants_total"));
    assert_int_equal(ERR_OK, broker_check(here->broker));
}

static void the_same_person_at_two_partners_counts_once(void **state)
{
    struct here *here = *state;
    const uint32_t first = here_enrol(here, "KLUCZ"), second = here_enrol(here, "STOPIL");
    here_settle(here);
    const char *table = HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n";
    struct report report = here_import(here, first, "a.csv", table);
    report_fini(&report);
    report = here_import(here, second, "a.csv", table);
    report_fini(&report);
    here_settle(here);
    assert_int_equal(1, here_value(here, "participants_total"));
}

static void a_file_dropped_again_adds_nothing_and_a_correction_moves_its_totals(void **state)
{
    struct here *here = *state;
    const uint32_t node = here_enrol(here, "KLUCZ");
    here_settle(here);
    const char *first = HEADER "1;;started;2009-02-04;A;PL-1212;44051401359;;;;;;coaching;;\n"
                               "2;;outcome;2009-05-04;A;PL-1212;44051401359;;;;;;;job;\n";
    const char *second = HEADER "1;;started;2009-02-04;A;PL-1212;44051401359;;;;;;training;;\n"
                                "2;;outcome;2009-05-04;A;PL-1212;44051401359;;;;;;;job;\n";
    struct report report = here_import(here, node, "a.csv", first);
    assert_int_equal(2, report.accepted);
    report_fini(&report);
    report = here_import(here, node, "b.csv", second);
    assert_int_equal(1, report.corrected);
    assert_int_equal(1, report.known);
    report_fini(&report);
    here_settle(here);
    assert_int_equal(0, here_value(here, "coached"));
    assert_int_equal(1, here_value(here, "took_job"));
    const uint64_t size = broker_size(here->broker);
    report = here_import(here, node, "a.csv", first);
    assert_true(report.known_file);
    assert_int_equal(2, report.known);
    assert_int_equal(1, report.changed_later);
    report_fini(&report);
    here_settle(here);
    assert_int_equal(size, broker_size(here->broker));
    assert_int_equal(0, here_value(here, "coached"));
    assert_int_equal(ERR_OK, broker_check(here->broker));
}

static void an_enrolment_that_comes_late_is_inherited_by_the_rows_before_it(void **state)
{
    struct here *here = *state;
    const uint32_t node = here_enrol(here, "KLUCZ");
    here_settle(here);
    struct report report =
        here_import(here, node, "a.csv",
                    HEADER "1;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n"
                           "2;;enrolled;2009-02-03;A;PL-1261;44051401359;;;;;;;;\n");
    assert_int_equal(2, report.accepted);
    report_fini(&report);
    here_settle(here);
    json_t *json = here_ask(here, "totals",
                            "{\"programme\":\"ABC\",\"indicator\":\"coached\",\"by\":[\"region\"],"
                            "\"level\":\"county\"}");
    json_t *rows = json_object_get(json, "rows");
    assert_int_equal(1, json_array_size(rows));
    assert_string_equal("PL-1261",
                        json_string_value(json_object_get(json_array_get(rows, 0), "region")));
    json_decref(json);
    assert_int_equal(ERR_OK, broker_check(here->broker));
}

static void broker_and_node_start_again_with_what_they_had(void **state)
{
    struct here *here = *state;
    const uint32_t node = here_enrol(here, "KLUCZ");
    uint8_t before[32], after[32];
    here_settle(here);
    struct report report = here_import(
        here, node, "a.csv", HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n");
    report_fini(&report);
    here_settle(here);
    assert_int_equal(ERR_OK, broker_digest(here->broker, before));
    broker_close(&here->broker);
    node_close(&here->nodes[node]);
    here_broker_open(here);
    here_node_open(here, node);
    assert_int_equal(ERR_OK, broker_digest(here->broker, after));
    assert_memory_equal(before, after, 32);
    report = here_import(here, node, "b.csv",
                         HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                                "2;;enrolled;2009-02-03;A;PL-1212;44051401458;;;;;;;;\n");
    assert_int_equal(1, report.known);
    assert_int_equal(1, report.accepted);
    report_fini(&report);
    here_settle(here);
    assert_int_equal(2, here_value(here, "participants_total"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_of_an_office_become_totals_at_the_lead, begin, end),
        cmocka_unit_test_setup_teardown(the_same_person_at_two_partners_counts_once, begin, end),
        cmocka_unit_test_setup_teardown(
            a_file_dropped_again_adds_nothing_and_a_correction_moves_its_totals, begin, end),
        cmocka_unit_test_setup_teardown(
            an_enrolment_that_comes_late_is_inherited_by_the_rows_before_it, begin, end),
        cmocka_unit_test_setup_teardown(broker_and_node_start_again_with_what_they_had, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
