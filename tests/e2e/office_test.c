/* What offices drop: bad files, the same files again, corrections, and what the lead refuses. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buffer.h"
#include "e2e/support/exchange_here.h"

#define HEADER                                                                                     \
    "key;op;kind;occurred_on;task;region;person;person_scheme;sex;age;education;status;support;"   \
    "outcome;activity\n"

static struct here here;
static uint32_t node;

static int begin(void **state)
{
    (void)state;
    here_begin(&here);
    node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    return 0;
}

static int end(void **state)
{
    (void)state;
    here_end(&here);
    return 0;
}

/* Imports and asserts what became of the rows. */
struct counts {
    uint64_t accepted, corrected, known, rejected;
};

static void drop(const char *text, struct counts wanted)
{
    struct report report = here_import(&here, node, "plik.csv", text);
    assert_int_equal(wanted.accepted, report.accepted);
    assert_int_equal(wanted.corrected, report.corrected);
    assert_int_equal(wanted.known, report.known);
    assert_int_equal(wanted.rejected, report.rejected);
    report_fini(&report);
    here_settle(&here);
    assert_int_equal(ERR_OK, broker_check(here.broker));
}

/* A people's breakdown of one row: its label. */
static void assert_only(const char *indicator, const char *dimension, const char *level,
                        const char *label)
{
    char request[256];
    snprintf(request, sizeof request,
             "{\"programme\":\"ABC\",\"indicator\":\"%s\",\"by\":[\"%s\"]%s%s%s}", indicator,
             dimension, level[0] != '\0' ? ",\"level\":\"" : "", level,
             level[0] != '\0' ? "\"" : "");
    json_t *json = here_ask(&here, "totals", request);
    const json_t *rows = json_object_get(json, "rows");
    assert_int_equal(1, json_array_size(rows));
    assert_string_equal(label,
                        json_string_value(json_object_get(json_array_get(rows, 0), dimension)));
    json_decref(json);
}

/* ---- bad rows ---- */

struct bad {
    const char *row;
    enum reject code; /* REJECT_NONE: a good row */
    uint32_t field;   /* column number; 0: the whole row */
    const char *column;
};

static const struct bad bad_rows[] = {
    {"1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;", REJECT_NONE, 0, ""},
    {"2;;enrolled;2009-02-03;A;PL-1212;44051401358;;;;;;;;", REJECT_PESEL_CHECKSUM, 7, "person"},
    {"3;;enrolled;2009-02-03;A;PL-1212;44133101357;;;;;;;;", REJECT_PESEL_DATE, 7, "person"},
    {"4;;enrolled;2009-02-03;A;PL-1212;440514013;;;;;;;;", REJECT_PESEL_FORM, 7, "person"},
    {"5;;enrolled;2009-02-03;Z;PL-1212;44051401359;;;;;;;;", REJECT_TASK_UNKNOWN, 5, "task"},
    {"6;;enrolled;2001-01-01;A;PL-1212;44051401359;;;;;;;;", REJECT_DATE_OUTSIDE, 4, "occurred_on"},
    {"7;;enrolled;wczoraj;A;PL-1212;44051401359;;;;;;;;", REJECT_DATE_FORM, 4, "occurred_on"},
    {"8;;enrolled;30.02.2009;A;PL-1212;44051401359;;;;;;;;", REJECT_DATE_NOT_REAL, 4,
     "occurred_on"},
    {"9;;enrolled;2009-02-03;A;PL-9999;44051401359;;;;;;;;", REJECT_REGION_UNKNOWN, 6, "region"},
    {"10;;zapisany;2009-02-03;A;PL-1212;44051401359;;;;;;;;", REJECT_KIND_UNKNOWN, 3, "kind"},
    /* "osób" in windows-1250. */
    {"11;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;os\xf3"
     "b;;;",
     REJECT_ENCODING, 12, ""},
    {"12;;started;2009-02-04;A;;44051401359;;;;;;\"coaching\";;", REJECT_NONE, 0, ""},
    {"13;;enrolled;2009-02-03;A;PL-1212", REJECT_ROW_FIELDS, 0, ""},
    {"14;;started;2009-02-04;A;;44051401359;;;;;;magic;;", REJECT_SUPPORT_UNKNOWN, 13, "support"},
    {"15;;enrolled;2009-02-03;A;PL-1212;44051401359;;K;;;;;;", REJECT_SEX_DIFFERS, 9, "sex"},
    {"16;;enrolled;2009-02-03;A;PL-1212;44051401359;;;17;;;;;", REJECT_AGE_DIFFERS, 10, "age"},
    {"17;delete;;;;;;;;;;;;;", REJECT_DELETE_UNKNOWN, 1, "key"},
    {";delete;;;;;;;;;;;;;", REJECT_KEY_NEEDED, 1, "key"},
    {"1;;enrolled;2009-02-05;A;PL-1212;44051401359;;;;;;;;", REJECT_KEY_TWICE, 1, "key"},
    {"18;;started;2009-02-04;A;PL-1212;;;;;;;coaching;;", REJECT_PERSON_MISSING, 7, "person"},
    {"19;;outcome;2009-02-04;A;;44051401359;;;;;;;;", REJECT_OUTCOME_MISSING, 14, "outcome"},
    {"20;;outcome;2009-05-04;A;;44051401359;;;;;;;job;", REJECT_NONE, 0, ""},
    {"21;;enrolled;2009-02-03;A;\"PL-1212;44051401458;;;;;;;;", REJECT_ROW_QUOTES, 6, ""},
};

static void each_bad_row_is_named_with_line_and_column_and_the_good_ones_go(void **state)
{
    enum { ROWS = sizeof bad_rows / sizeof bad_rows[0] };
    struct buffer text = {.bytes_max = 1 << 16};
    uint32_t bad = 0;
    (void)state;
    assert_int_equal(ERR_OK, buffer_add_text(&text, HEADER));
    for (uint32_t i = 0; i < ROWS; i++) {
        assert_int_equal(ERR_OK, buffer_add_text(&text, bad_rows[i].row));
        assert_int_equal(ERR_OK, buffer_add_text(&text, i + 1 < ROWS ? "\n" : ""));
    }
    const struct node_file file = {.name = "plik.csv", .content = buffer_bytes(&text)};
    struct report report = here_import_file(&here, node, &file);
    for (uint32_t i = 0; i < ROWS; i++) {
        if (bad_rows[i].code != REJECT_NONE) {
            assert_true(bad < report.fault_count);
            const struct report_fault *fault = &report.faults[bad++];
            assert_string_equal(reject_name(bad_rows[i].code), reject_name(fault->code));
            assert_int_equal(i + 2, fault->line);
            assert_int_equal(bad_rows[i].field, fault->field);
            assert_string_equal(bad_rows[i].column, fault->column);
            assert_false(fault->by_lead);
        }
    }
    assert_int_equal(bad, report.fault_count);
    assert_int_equal(bad, report.rejected);
    assert_int_equal(ROWS, report.rows_read);
    assert_int_equal(ROWS - bad, report.accepted);
    report_fini(&report);
    buffer_fini(&text);
    here_settle(&here);
    assert_int_equal(1, here_value(&here, "participants_total"));
    assert_int_equal(1, here_value(&here, "coached"));
    assert_int_equal(1, here_value(&here, "took_job"));
}

static void bad_rows_that_were_mended_go_with_the_next_drop(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                "2;;enrolled;2009-02-03;A;PL-1212;44051401457;;;;;;;;\n",
         (struct counts){.accepted = 1, .rejected = 1});
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                "2;;enrolled;2009-02-03;A;PL-1212;44051401458;;;;;;;;\n",
         (struct counts){.accepted = 1, .known = 1});
    assert_int_equal(2, here_value(&here, "participants_total"));
}

static void assert_unreadable(const char *text, enum reject code, uint32_t field)
{
    struct report report = here_import(&here, node, "plik.csv", text);
    assert_int_equal(0, report.rows_read);
    assert_int_equal(1, report.fault_count);
    assert_string_equal(reject_name(code), reject_name(report.faults[0].code));
    assert_int_equal(1, report.faults[0].line);
    assert_int_equal(field, report.faults[0].field);
    report_fini(&report);
}

static void a_file_with_wrong_columns_is_refused_whole(void **state)
{
    static const char row[] = "1;enrolled;2009-02-03;44051401359\n";
    char text[256];
    (void)state;
    snprintf(text, sizeof text, "key;rodzaj;occurred_on;person\n%s", row);
    assert_unreadable(text, REJECT_HEADER_UNKNOWN, 2);
    snprintf(text, sizeof text, "key;task;occurred_on;person\n%s", row);
    assert_unreadable(text, REJECT_HEADER_MISSING, 0);
    snprintf(text, sizeof text, "key;kind;occurred_on;key\n%s", row);
    assert_unreadable(text, REJECT_HEADER_TWICE, 4);
    snprintf(text, sizeof text,
             "key;kind;occurred_on;os\xf3"
             "ba\n%s",
             row);
    assert_unreadable(text, REJECT_ENCODING, 4);
    assert_unreadable("", REJECT_HEADER_MISSING, 0);
    here_settle(&here);
    assert_int_equal(0, here_value(&here, "participants_total"));
    drop("key;kind;occurred_on;person\n1;enrolled;2009-02-03;44051401359\n",
         (struct counts){.accepted = 1});
}

/* ---- again ---- */

#define FIRST                                                                                      \
    HEADER "1;;started;2009-02-04;A;PL-1212;44051401359;;;;;;coaching;;\n"                         \
           "2;;outcome;2009-05-04;A;PL-1212;44051401359;;;;;;;job;\n"
#define CORRECTED                                                                                  \
    HEADER "1;;started;2009-02-04;A;PL-1212;44051401359;;;;;;training;;\n"                         \
           "2;;outcome;2009-05-04;A;PL-1212;44051401359;;;;;;;job;\n"

static void a_file_dropped_three_times_adds_nothing(void **state)
{
    (void)state;
    drop(FIRST, (struct counts){.accepted = 2});
    const uint64_t size = broker_size(here.broker);
    drop(FIRST, (struct counts){.known = 2});
    drop(FIRST, (struct counts){.known = 2});
    assert_int_equal(size, broker_size(here.broker));
    assert_int_equal(1, here_value(&here, "coached"));
}

static void rows_without_keys_are_known_by_content_and_place(void **state)
{
    static const char twice[] = "kind;occurred_on;person;support\n"
                                "started;2009-02-04;44051401359;coaching\n"
                                "started;2009-02-04;44051401359;coaching\n";
    (void)state;
    drop(twice, (struct counts){.accepted = 2});
    drop(twice, (struct counts){.known = 2});
    drop("kind;occurred_on;person;support\n"
         "started;2009-02-04;44051401458;coaching\n"
         "started;2009-02-04;44051401359;coaching\n",
         (struct counts){.accepted = 1, .known = 1});
    assert_int_equal(2, here_value(&here, "coached"));
}

static void an_old_file_after_its_correction_changes_nothing_unless_it_is_forced(void **state)
{
    (void)state;
    drop(FIRST, (struct counts){.accepted = 2});
    drop(CORRECTED, (struct counts){.corrected = 1, .known = 1});
    assert_int_equal(0, here_value(&here, "coached"));
    const uint64_t size = broker_size(here.broker);
    struct report report = here_import(&here, node, "stary.csv", FIRST);
    assert_true(report.known_file);
    assert_int_equal(2, report.known);
    assert_int_equal(1, report.changed_later);
    assert_int_equal(2, report.first_changed_later);
    report_fini(&report);
    here_settle(&here);
    assert_int_equal(size, broker_size(here.broker));
    assert_int_equal(0, here_value(&here, "coached"));

    const struct node_file again = {
        .name = "stary.csv", .content = bytes_text(FIRST), .again = true};
    report = here_import_file(&here, node, &again);
    assert_int_equal(1, report.corrected);
    assert_int_equal(1, report.known);
    report_fini(&report);
    here_settle(&here);
    assert_int_equal(1, here_value(&here, "coached"));
    assert_int_equal(ERR_OK, broker_check(here.broker));
}

static void a_dry_run_tells_and_sends_nothing(void **state)
{
    const struct node_file file = {
        .name = "plik.csv", .content = bytes_text(FIRST), .dry_run = true};
    (void)state;
    struct report report = here_import_file(&here, node, &file);
    assert_int_equal(2, report.accepted);
    assert_int_equal(0, report.file);
    report_fini(&report);
    here_settle(&here);
    assert_int_equal(0, here_value(&here, "coached"));
    drop(FIRST, (struct counts){.accepted = 2});
}

static void a_row_deleted_is_taken_back_and_may_come_again(void **state)
{
    (void)state;
    drop(FIRST, (struct counts){.accepted = 2});
    drop(HEADER "1;delete;;;;;;;;;;;;;\n", (struct counts){.corrected = 1});
    assert_int_equal(0, here_value(&here, "coached"));
    assert_int_equal(1, here_value(&here, "took_job"));
    drop(HEADER "1;delete;;;;;;;;;;;;;\n\n", (struct counts){.known = 1});
    /* The file it was in does not bring it back; a new one does. */
    drop(FIRST, (struct counts){.known = 2});
    assert_int_equal(0, here_value(&here, "coached"));
    drop(HEADER "1;;started;2009-02-04;A;PL-1212;44051401359;;;;;;coaching;;\n",
         (struct counts){.corrected = 1});
    assert_int_equal(1, here_value(&here, "coached"));
}

/* ---- people ---- */

static void a_profile_corrected_moves_all_rows_of_the_person(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                "2;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n"
                "3;;outcome;2009-05-04;A;;44051401359;;;;;;;job;\n"
                "4;;completed;2009-05-04;A;PL-1213;44051401359;;;;;;coaching;;\n",
         (struct counts){.accepted = 4});
    assert_only("coached", "region", "county", "PL-1212");
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1261;44051401359;;;;;;;;\n",
         (struct counts){.corrected = 1});
    assert_only("participants_total", "region", "county", "PL-1261");
    assert_only("coached", "region", "county", "PL-1261");
    assert_only("took_job", "region", "county", "PL-1261");
    /* A row that says its own region keeps it. */
    assert_only("coaching_completed", "region", "county", "PL-1213");
    assert_int_equal(1, here_value(&here, "coached"));
}

static void an_enrolment_deleted_makes_room_for_another(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                "2;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n",
         (struct counts){.accepted = 2});
    drop(HEADER "1;delete;;;;;;;;;;;;;\n", (struct counts){.corrected = 1});
    assert_int_equal(0, here_value(&here, "participants_total"));
    drop(HEADER "9;;enrolled;2009-02-03;A;PL-1261;44051401359;;;;;;;;\n",
         (struct counts){.accepted = 1});
    assert_only("coached", "region", "county", "PL-1261");
}

static void an_enrolment_corrected_to_another_person_leaves_the_first(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n",
         (struct counts){.accepted = 1});
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401458;;;;;;;;\n",
         (struct counts){.corrected = 1});
    drop(HEADER "2;;enrolled;2009-02-03;A;PL-1261;44051401359;;;;;;;;\n"
                "3;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n",
         (struct counts){.accepted = 2});
    assert_int_equal(2, here_value(&here, "participants_total"));
    assert_only("coached", "region", "county", "PL-1261");
}

/* ---- what the lead refuses ---- */

static void assert_refused_by_lead(uint32_t file, uint64_t rows)
{
    struct report report = here_report(&here, node, file);
    assert_int_equal(rows, report.rows_read);
    assert_int_equal(rows, report.rejected);
    assert_int_equal(rows, report.fault_count);
    for (uint32_t i = 0; i < report.fault_count; i++) {
        assert_true(report.faults[i].by_lead);
        assert_true(report.faults[i].line >= 2 && report.faults[i].line <= rows + 1);
        assert_string_equal("PARTNER_NOT_IN_PROGRAMME", reject_name(report.faults[i].code));
    }
    report_fini(&report);
}

static void what_the_lead_refuses_is_named_and_goes_again_with_the_next_drop(void **state)
{
    (void)state;
    here_enrol_again(&here, node, "XYZ");
    drop(FIRST, (struct counts){.accepted = 2});
    assert_refused_by_lead(1, 2);
    assert_int_equal(0, here_value(&here, "coached"));
    here_enrol_again(&here, node, "ABC");
    drop(FIRST, (struct counts){.accepted = 2});
    assert_int_equal(1, here_value(&here, "coached"));
    assert_int_equal(1, here_value(&here, "took_job"));
    drop(FIRST, (struct counts){.known = 2});
    struct report report = here_report(&here, node, 1);
    assert_int_equal(0, report.rejected);
    report_fini(&report);
}

static void a_row_sent_twice_for_its_profile_is_refused_once_in_the_report(void **state)
{
    (void)state;
    here_enrol_again(&here, node, "XYZ");
    /* The enrolment comes late: the row before it is corrected within the same file. */
    static const char table[] = HEADER "1;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n"
                                       "2;;enrolled;2009-02-03;A;PL-1261;44051401359;;;;;;;;\n";
    drop(table, (struct counts){.accepted = 2});
    assert_refused_by_lead(1, 2);
    here_enrol_again(&here, node, "ABC");
    drop(table, (struct counts){.accepted = 2});
    assert_only("coached", "region", "county", "PL-1261");
}

static void a_file_dropped_twice_before_the_lead_refuses_it_adds_up(void **state)
{
    (void)state;
    here_enrol_again(&here, node, "XYZ");
    struct report report = here_import(&here, node, "plik.csv", FIRST);
    report_fini(&report);
    drop(FIRST, (struct counts){.known = 2});
    assert_refused_by_lead(1, 2);
    here_enrol_again(&here, node, "ABC");
    drop(FIRST, (struct counts){.accepted = 2});
}

static void a_correction_refused_by_the_lead_leaves_what_it_has(void **state)
{
    (void)state;
    drop(FIRST, (struct counts){.accepted = 2});
    here_enrol_again(&here, node, "XYZ");
    drop(CORRECTED, (struct counts){.corrected = 1, .known = 1});
    assert_int_equal(1, here_value(&here, "coached"));
    struct report report = here_report(&here, node, 2);
    assert_int_equal(1, report.rejected);
    assert_int_equal(0, report.corrected);
    assert_int_equal(1, report.known);
    report_fini(&report);
    here_enrol_again(&here, node, "ABC");
    drop(FIRST, (struct counts){.known = 2});
    drop(HEADER "1;delete;;;;;;;;;;;;;\n", (struct counts){.corrected = 1});
    assert_int_equal(0, here_value(&here, "coached"));
}

static void a_deletion_refused_by_the_lead_keeps_the_row_with_its_person(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                "2;;started;2009-02-04;A;;44051401359;;;;;;coaching;;\n",
         (struct counts){.accepted = 2});
    here_enrol_again(&here, node, "XYZ");
    drop(HEADER "2;delete;;;;;;;;;;;;;\n", (struct counts){.corrected = 1});
    here_enrol_again(&here, node, "ABC");
    assert_int_equal(1, here_value(&here, "coached"));
    drop(HEADER "1;;enrolled;2009-02-03;A;PL-1261;44051401359;;;;;;;;\n",
         (struct counts){.corrected = 1});
    assert_only("coached", "region", "county", "PL-1261");
}

static void a_pesel_without_its_zero_goes_with_a_notice_and_is_the_same_person(void **state)
{
    (void)state;
    drop(HEADER "1;;enrolled;2022-02-03;A;PL-1212;02211307589;;;;;;;;\n",
         (struct counts){.rejected = 1}); /* outside the programme: nothing is kept */
    struct report report =
        here_import(&here, node, "zero.csv",
                    HEADER "1;;enrolled;2009-02-03;A;PL-1212;44051401359;;;;;;;;\n"
                           "2;;started;2009-02-04;A;;2122401358;;;;;;coaching;;\n"
                           "3;;started;2009-02-05;A;;02122401358;;;;;;coaching;;\n");
    assert_int_equal(3, report.accepted);
    assert_int_equal(0, report.fault_count);
    assert_int_equal(1, report.noticed);
    assert_int_equal(NOTICE_PESEL_ZERO, report.notices[0].code);
    assert_int_equal(3, report.notices[0].line);
    assert_int_equal(7, report.notices[0].field);
    assert_string_equal("person", report.notices[0].column);
    report_fini(&report);
    here_settle(&here);
    assert_int_equal(1, here_value(&here, "coached"));
    drop(HEADER "2;;started;2009-02-04;A;;2122401359;;;;;;coaching;;\n",
         (struct counts){.rejected = 1});
}

static void a_nip_or_regon_written_in_several_ways_is_one_entity(void **state)
{
    (void)state;
    drop(HEADER "1;;outcome;2009-02-03;A;PL-1212;8567346215;nip;;;;;;founded;\n"
                "2;;outcome;2009-02-04;A;PL-1212;PL8567346215;nip;;;;;;founded;\n"
                "3;;outcome;2009-02-05;A;PL-1212;PL 856-734-62-15;NIP;;;;;;founded;\n",
         (struct counts){.accepted = 3});
    assert_int_equal(1, here_value(&here, "entities_founded"));
    drop(HEADER "4;;outcome;2009-02-03;A;PL-1212;192598184;regon;;;;;;founded;\n"
                "5;;outcome;2009-02-04;A;PL-1212;192-598-184;regon;;;;;;founded;\n"
                "6;;outcome;2009-02-04;A;PL-1212;192598183;regon;;;;;;founded;\n",
         (struct counts){.accepted = 2, .rejected = 1});
    assert_int_equal(2, here_value(&here, "entities_founded"));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(each_bad_row_is_named_with_line_and_column_and_the_good_ones_go),
        CLAIM(bad_rows_that_were_mended_go_with_the_next_drop),
        CLAIM(a_file_with_wrong_columns_is_refused_whole),
        CLAIM(a_file_dropped_three_times_adds_nothing),
        CLAIM(rows_without_keys_are_known_by_content_and_place),
        CLAIM(an_old_file_after_its_correction_changes_nothing_unless_it_is_forced),
        CLAIM(a_dry_run_tells_and_sends_nothing),
        CLAIM(a_row_deleted_is_taken_back_and_may_come_again),
        CLAIM(a_profile_corrected_moves_all_rows_of_the_person),
        CLAIM(an_enrolment_deleted_makes_room_for_another),
        CLAIM(an_enrolment_corrected_to_another_person_leaves_the_first),
        CLAIM(what_the_lead_refuses_is_named_and_goes_again_with_the_next_drop),
        CLAIM(a_row_sent_twice_for_its_profile_is_refused_once_in_the_report),
        CLAIM(a_file_dropped_twice_before_the_lead_refuses_it_adds_up),
        CLAIM(a_correction_refused_by_the_lead_leaves_what_it_has),
        CLAIM(a_deletion_refused_by_the_lead_keeps_the_row_with_its_person),
        CLAIM(a_pesel_without_its_zero_goes_with_a_notice_and_is_the_same_person),
        CLAIM(a_nip_or_regon_written_in_several_ways_is_one_entity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
