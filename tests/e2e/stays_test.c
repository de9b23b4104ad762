/* The stays of a person at an office: in which one a row belongs, what it inherits there, which
 * days it may have, and how outcomes follow the day the person left. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "config/programme_file.h"
#include "core/base/buffer.h"
#include "e2e/support/exchange_here.h"

#define HEADER                                                                                     \
    "key;op;kind;occurred_on;task;region;person;person_scheme;sex;age;education;status;support;"   \
    "outcome;activity\n"

static struct here here;
static uint32_t node;

/* Puts ABC in force with two indicators more: jobs within four weeks of leaving, and within six
 * months. */
static void count_jobs_on_leaving(void)
{
    static const char more[] = "indicators:\n"
                               "  - {id: job_on_leaving, title: Job on leaving, unit: person, "
                               "count: persons, where: {outcome: [job], window: [on_leaving]}}\n"
                               "  - {id: job_at_six_months, title: Job, unit: person, "
                               "count: persons, where: {outcome: [job], window: [six_months]}}\n";
    struct buffer yaml = {.bytes_max = 1 << 20}, regions = {.bytes_max = 1 << 20};
    struct buffer changed = {.bytes_max = 1 << 20};
    struct config_fault fault;
    assert_int_equal(ERR_OK, programme_file_read(SOURCE_DIR "/config/programmes/abc.yaml", &yaml,
                                                 &regions, &fault));
    assert_int_equal(ERR_OK, buffer_add(&yaml, bytes_of("", 1)));
    const char *text = (const char *)yaml.data;
    const char *at = strstr(text, "\nindicators:\n");
    assert_non_null(at);
    assert_int_equal(ERR_OK, buffer_add(&changed, bytes_of(text, (size_t)(at + 1 - text))));
    assert_int_equal(ERR_OK, buffer_add_text(&changed, more));
    assert_int_equal(ERR_OK, buffer_add_text(&changed, at + strlen("\nindicators:\n")));
    here_programme(&here, buffer_bytes(&changed), buffer_bytes(&regions));
    buffer_fini(&yaml);
    buffer_fini(&regions);
    buffer_fini(&changed);
}

static int begin(void **state)
{
    (void)state;
    here_begin(&here);
    count_jobs_on_leaving();
    node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    return 0;
}

static int end(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, broker_check(here.broker));
    here_end(&here);
    return 0;
}

/* Drops a table; `refused` is the reason of its only refused row, in its column occurred_on. */
static void drop(const char *text, uint64_t taken, enum reject refused)
{
    struct report report = here_import(&here, node, "plik.csv", text);
    assert_int_equal(taken, report.accepted + report.corrected);
    assert_int_equal(refused == REJECT_NONE ? 0 : 1, report.fault_count);
    for (uint32_t i = 0; i < report.fault_count; i++) {
        assert_string_equal(reject_name(refused), reject_name(report.faults[i].code));
        assert_string_equal("occurred_on", report.faults[i].column);
        assert_int_equal(4, report.faults[i].field);
    }
    report_fini(&report);
    here_settle(&here);
}

/* That the indicator counts one person, in one county. */
static void assert_county(const char *indicator, const char *county)
{
    char question[160];
    (void)snprintf(question, sizeof question,
                   "{\"programme\":\"ABC\",\"indicator\":\"%s\",\"by\":[\"region\"],"
                   "\"level\":\"county\"}",
                   indicator);
    json_t *json = here_ask(&here, "totals", question);
    const json_t *rows = json_object_get(json, "rows");
    assert_int_equal(1, json_array_size(rows));
    assert_string_equal(county,
                        json_string_value(json_object_get(json_array_get(rows, 0), "region")));
    json_decref(json);
}

#define PERSON ";44051401359;;;;;;"
/* A stay from February to May in one county, and one from September in another. */
#define TWO_STAYS                                                                                  \
    HEADER "1;;enrolled;2009-02-03;A;PL-1212" PERSON ";;\n"                                        \
           "2;;outcome;2009-06-10;A;" PERSON ";job;\n"                                             \
           "3;;completed;2009-06-01;;" PERSON "project;;\n"                                        \
           "4;;enrolled;2009-09-01;A;PL-1261" PERSON ";;\n"

static void the_day_of_leaving_moves_the_outcomes_before_and_after_it(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212" PERSON ";;\n"
                "2;;outcome;2009-06-10;A;" PERSON ";job;\n"
                "3;;completed;2009-06-01;;" PERSON "project;;\n",
         3, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
    drop(HEADER "3;;completed;2009-05-01;;" PERSON "project;;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
    assert_int_equal(1, here_value(&here, "took_job"));
    drop(HEADER "3;;completed;2009-06-02;;" PERSON "project;;\n", 1, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
    drop(HEADER "3;delete;;;;;;;;;;;;;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
}

/* Each with its last day. */
static void windows_end_after_four_weeks_and_after_six_months(void **state)
{
    static const struct {
        const char *day;
        uint64_t on_leaving, at_six_months;
    } cases[] = {{"2009-02-28", 0, 0}, {"2009-03-01", 1, 0}, {"2009-03-29", 1, 0},
                 {"2009-03-30", 0, 1}, {"2009-09-01", 0, 1}, {"2009-09-02", 0, 0}};
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212" PERSON ";;\n"
                "3;;completed;2009-03-01;;" PERSON "project;;\n",
         2, REJECT_NONE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char table[256];
        (void)snprintf(table, sizeof table, HEADER "2;;outcome;%s;A;" PERSON ";job;\n",
                       cases[i].day);
        drop(table, 1, REJECT_NONE);
        assert_int_equal(cases[i].on_leaving, here_value(&here, "job_on_leaving"));
        assert_int_equal(cases[i].at_six_months, here_value(&here, "job_at_six_months"));
    }
}

static void the_day_of_leaving_of_an_earlier_stay_moves_its_outcomes(void **state)
{
    (void)state;
    drop(TWO_STAYS, 4, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
    drop(HEADER "3;;completed;2009-05-01;;" PERSON "project;;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
    drop(HEADER "3;;completed;2009-06-02;;" PERSON "project;;\n", 1, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
    drop(HEADER "3;delete;;;;;;;;;;;;;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
}

static void
an_outcome_of_an_earlier_stay_that_is_corrected_has_the_window_of_its_new_day(void **state)
{
    (void)state;
    drop(TWO_STAYS, 4, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
    drop(HEADER "2;;outcome;2009-08-10;A;" PERSON ";job;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
    drop(HEADER "2;;outcome;2009-06-20;A;" PERSON ";job;\n", 1, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
    assert_county("took_job", "PL-1212");
    /* What is no outcome any more has no window, whatever it was. */
    drop(HEADER "2;;started;2009-06-20;A;" PERSON "coaching;;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
    assert_county("coached", "PL-1212");
}

static void a_row_that_comes_late_goes_to_the_stay_of_its_day(void **state)
{
    (void)state;
    drop(TWO_STAYS "5;;started;2009-03-01;A;" PERSON "coaching;;\n", 5, REJECT_NONE);
    assert_county("coached", "PL-1212");
    /* And with it its outcome, counted from that stay's end. */
    drop(HEADER "6;;outcome;2009-06-25;A;" PERSON ";own_business;\n"
                "7;;started;2009-09-02;A;" PERSON "internship;;\n"
                "8;;completed;2009-09-20;A;" PERSON "internship;;\n",
         3, REJECT_NONE);
    assert_county("own_business", "PL-1212");
    assert_county("internship_done", "PL-1261");
}

static void a_row_dated_before_the_enrolment_is_refused(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212" PERSON ";;\n"
                "2;;started;2009-02-02;A;" PERSON "coaching;;\n"
                "3;;activity;2009-01-15;D;" PERSON ";;info_meeting\n"
                "4;;started;2009-02-03;A;" PERSON "coaching;;\n",
         3, REJECT_DATE_BEFORE_ENROLMENT);
    /* A correction too; what stood before stays. */
    drop(HEADER "4;;started;2009-02-01;A;" PERSON "coaching;;\n", 0, REJECT_DATE_BEFORE_ENROLMENT);
    assert_int_equal(1, here_value(&here, "coached"));
    drop(HEADER "2;;started;2009-02-03;A;" PERSON "coaching;;\n", 1, REJECT_NONE);
}

static void an_enrolment_dated_after_rows_of_its_stay_is_refused(void **state)
{
    (void)state;
    drop(HEADER "1;;started;2009-02-02;A;" PERSON "coaching;;\n"
                "2;;enrolled;2009-02-03;A;PL-1212" PERSON ";;\n",
         1, REJECT_DATE_AFTER_ROWS);
    assert_int_equal(0, here_value(&here, "participants_total"));
    drop(HEADER "1;;started;2009-02-04;A;" PERSON "coaching;;\n"
                "2;;enrolled;2009-02-03;A;PL-1212" PERSON ";;\n",
         2, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "participants_total"));
    drop(HEADER "2;;enrolled;2009-02-05;A;PL-1212" PERSON ";;\n", 0, REJECT_DATE_AFTER_ROWS);
    drop(HEADER "2;;enrolled;2009-02-04;A;PL-1212" PERSON ";;\n", 1, REJECT_NONE);
    assert_county("coached", "PL-1212");
}

static void an_enrolment_of_an_earlier_stay_that_is_corrected_tells_its_home(void **state)
{
    (void)state;
    drop(TWO_STAYS, 4, REJECT_NONE);
    drop(HEADER "1;;enrolled;2009-02-04;A;PL-1213" PERSON ";;\n"
                "5;;started;2009-03-01;A;" PERSON "coaching;;\n",
         2, REJECT_NONE);
    assert_county("coached", "PL-1213");
}

static void a_leaving_of_an_earlier_stay_that_comes_late_moves_its_outcomes(void **state)
{
    (void)state;
    drop(TWO_STAYS, 4, REJECT_NONE);
    drop(HEADER "2;;outcome;2009-07-05;A;" PERSON ";job;\n", 1, REJECT_NONE);
    assert_int_equal(0, here_value(&here, "job_on_leaving"));
    drop(HEADER "9;;dropped;2009-06-15;;" PERSON "project;;\n", 1, REJECT_NONE);
    assert_int_equal(1, here_value(&here, "job_on_leaving"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define STORY(name) cmocka_unit_test_setup_teardown(name, begin, end)
        STORY(the_day_of_leaving_moves_the_outcomes_before_and_after_it),
        STORY(windows_end_after_four_weeks_and_after_six_months),
        STORY(the_day_of_leaving_of_an_earlier_stay_moves_its_outcomes),
        STORY(an_outcome_of_an_earlier_stay_that_is_corrected_has_the_window_of_its_new_day),
        STORY(a_row_that_comes_late_goes_to_the_stay_of_its_day),
        STORY(a_row_dated_before_the_enrolment_is_refused),
        STORY(an_enrolment_dated_after_rows_of_its_stay_is_refused),
        STORY(an_enrolment_of_an_earlier_stay_that_is_corrected_tells_its_home),
        STORY(a_leaving_of_an_earlier_stay_that_comes_late_moves_its_outcomes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
