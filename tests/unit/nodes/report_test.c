/* What a clerk reads about a file, and how the lead's refusals change it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "io/polish.h"
#include "nodes/report.h"
#include "support/mem_failing.h"

static void assert_adds_up(const struct report *report)
{
    assert_int_equal(report->rows_read,
                     report->accepted + report->corrected + report->known + report->rejected);
}

static void a_report_reads_back_as_it_was_written(void **state)
{
    struct report report = {.name = "styczeń.csv",
                            .programme = "ABC",
                            .file = 7,
                            .imported_at_ms = 1297000000000,
                            .known_file = true,
                            .rows_read = 10,
                            .accepted = 4,
                            .corrected = 3,
                            .known = 2,
                            .rejected = 1,
                            .changed_later = 1,
                            .first_changed_later = 5};
    const struct report_fault fault = {
        .line = 9, .field = 3, .code = REJECT_PESEL_CHECKSUM, .column = "PESEL"};
    const struct report_notice notice = {
        .line = 4, .field = 3, .code = NOTICE_PESEL_ZERO, .column = "PESEL"};
    struct report back;
    (void)state;
    assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    assert_int_equal(ERR_OK, report_add_notice(&report, &notice));
    json_t *json = report_json(&report);
    assert_int_equal(ERR_OK, report_read(json, &back));
    json_t *again = report_json(&back);
    assert_true(json_equal(json, again));
    assert_int_equal(report.file, back.file);
    assert_int_equal(1, back.noticed);
    assert_int_equal(1, back.notice_count);
    assert_memory_equal(&notice, &back.notices[0], sizeof notice);
    assert_int_equal(1, back.fault_count);
    assert_memory_equal(&fault, &back.faults[0], sizeof fault);
    json_decref(json);
    json_decref(again);
    report_fini(&report);
    report_fini(&back);
}

static void what_is_no_report_is_refused(void **state)
{
    struct report report;
    (void)state;
    json_t *json = json_pack("{s:i}", "rows_read", 3);
    assert_int_equal(ERR_MALFORMED, report_read(json, &report));
    json_decref(json);
    report_fini(&report);
}

static void faults_beyond_the_limit_are_counted_and_left_out(void **state)
{
    struct report report = {0};
    struct report_fault fault = {.code = REJECT_TASK_UNKNOWN};
    (void)state;
    for (uint32_t i = 1; i <= REPORT_FAULTS_MAX + 3; i++) {
        fault.line = i;
        assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    }
    assert_int_equal(REPORT_FAULTS_MAX, report.fault_count);
    assert_int_equal(3, report.faults_left_out);
    assert_int_equal(REPORT_FAULTS_MAX, report.faults[REPORT_FAULTS_MAX - 1].line);
    report_fini(&report);
}

static void a_row_the_lead_refused_counts_as_rejected_once(void **state)
{
    struct report report = {.rows_read = 4, .accepted = 2, .corrected = 1, .known = 1};
    (void)state;
    assert_int_equal(ERR_OK, report_refuse(&report, 2, REJECT_BATCH_PROGRAMME));
    assert_int_equal(ERR_OK, report_refuse(&report, 2, REJECT_PAIR_REFUSED));
    assert_int_equal(1, report.rejected);
    assert_int_equal(1, report.accepted);
    assert_int_equal(1, report.fault_count);
    assert_true(report.faults[0].by_lead);
    assert_int_equal(REJECT_BATCH_PROGRAMME, report.faults[0].code);
    assert_adds_up(&report);
    for (uint32_t line = 3; line <= 5; line++) {
        assert_int_equal(ERR_OK, report_refuse(&report, line, REJECT_BATCH_PROGRAMME));
        assert_adds_up(&report);
    }
    assert_int_equal(4, report.rejected);
    assert_int_equal(0, report.known);
    /* More refusals than rows (a report that was kept by an older reading) still add up. */
    assert_int_equal(ERR_OK, report_refuse(&report, 6, REJECT_BATCH_PROGRAMME));
    assert_adds_up(&report);
    report_fini(&report);
}

static void a_fault_of_the_office_does_not_hide_the_leads_refusal_of_that_line(void **state)
{
    struct report report = {.rows_read = 2, .accepted = 1, .rejected = 1};
    const struct report_fault own = {.line = 2, .code = REJECT_KEY_TWICE};
    (void)state;
    assert_int_equal(ERR_OK, report_add_fault(&report, &own));
    assert_int_equal(ERR_OK, report_refuse(&report, 2, REJECT_BATCH_COLUMNS));
    assert_int_equal(2, report.fault_count);
    assert_int_equal(2, report.rejected);
    report_fini(&report);
}

static void assert_says(const struct report *report, bool polish, const char *words)
{
    struct buffer text = {.bytes_max = 1 << 16};
    assert_int_equal(ERR_OK, report_text(report, polish, &text));
    assert_int_equal(ERR_OK, buffer_add(&text, bytes_of("", 1)));
    assert_non_null(strstr((const char *)text.data, words));
    buffer_fini(&text);
}

static void the_clerk_reads_of_a_whole_file_without_a_line(void **state)
{
    struct report report = {.name = "duży.csv"};
    const struct report_fault fault = {.code = REJECT_FILE_TOO_LARGE};
    (void)state;
    assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    assert_says(&report, true, "\n  FILE_TOO_LARGE  cały plik: jest za duży");
    assert_says(&report, false, "\n  FILE_TOO_LARGE  the whole file: it is too large");
    report_fini(&report);
}

static void the_clerk_reads_line_column_name_and_cure_in_polish_or_english(void **state)
{
    struct report report = {.name = "styczen.csv",
                            .rows_read = 9,
                            .accepted = 1,
                            .corrected = 2,
                            .known = 3,
                            .rejected = 3,
                            .changed_later = 2,
                            .first_changed_later = 4,
                            .known_file = true,
                            .faults_left_out = 12};
    const struct report_fault fault = {
        .line = 17, .field = 7, .code = REJECT_PESEL_CHECKSUM, .column = "PESEL"};
    (void)state;
    assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    assert_int_equal(ERR_OK, report_refuse(&report, 18, REJECT_TASK_UNKNOWN));
    assert_says(&report, true, "styczen.csv: wierszy 9 = ");
    assert_says(&report, true, "w. 17, kol. 7 PESEL  PESEL_CHECKSUM  ");
    assert_says(&report, true, "suma kontrolna PESEL się nie zgadza: sprawdź z dokumentem");
    assert_says(&report, true, "w. 18  TASK_UNKNOWN  odrzucone przez lidera: ");
    assert_says(&report, true, "12 dalszych");
    assert_says(&report, true, "ten plik był już wczytany");
    assert_says(&report, false, "styczen.csv: rows 9 = ");
    assert_says(&report, false, "line 17, column 7 PESEL  PESEL_CHECKSUM  ");
    assert_says(&report, false, "the PESEL's check digit is wrong: compare with the document");
    assert_says(&report, false, "refused by the lead: ");
    report_fini(&report);
}

static void notices_are_told_with_their_number_and_refuse_nothing(void **state)
{
    struct report report = {.name = "styczen.csv", .rows_read = 2, .accepted = 2};
    const struct report_notice notice = {
        .line = 2, .field = 7, .code = NOTICE_PESEL_ZERO, .column = "PESEL"};
    (void)state;
    assert_int_equal(ERR_OK, report_add_notice(&report, &notice));
    assert_says(&report, true,
                "  uwagi: 1 (wiersze są przyjęte)\n  w. 2, kol. 7 PESEL  PESEL_ZERO  ");
    assert_says(&report, true, "PESEL stracił zero na początku i został uzupełniony: ");
    assert_says(&report, false, "  notices: 1 (the rows are accepted)\n  line 2, column 7 PESEL  ");
    assert_says(&report, false, "the PESEL had lost its leading zero and was repaired: ");
    assert_int_equal(0, report.rejected);
    assert_int_equal(0, report.fault_count);
    assert_adds_up(&report);
    report_fini(&report);
}

static void notices_beyond_the_limit_are_counted_all_the_same(void **state)
{
    struct report report = {0};
    const struct report_notice notice = {.line = 1, .code = NOTICE_PESEL_ZERO};
    (void)state;
    for (uint32_t i = 1; i <= REPORT_FAULTS_MAX + 3; i++) {
        assert_int_equal(ERR_OK, report_add_notice(&report, &notice));
    }
    assert_int_equal(REPORT_FAULTS_MAX, report.notice_count);
    assert_int_equal(REPORT_FAULTS_MAX + 3, report.noticed);
    report_fini(&report);
}

static void a_fault_that_finds_no_memory_is_told(void **state)
{
    struct report report = {0};
    const struct report_fault fault = {.line = 1};
    (void)state;
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, report_add_fault(&report, &fault));
    assert_true(mem_failing_done());
    assert_int_equal(ERR_OK, report_add_fault(&report, &fault));
    report_fini(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_reads_back_as_it_was_written),
        cmocka_unit_test(what_is_no_report_is_refused),
        cmocka_unit_test(faults_beyond_the_limit_are_counted_and_left_out),
        cmocka_unit_test(a_row_the_lead_refused_counts_as_rejected_once),
        cmocka_unit_test(a_fault_of_the_office_does_not_hide_the_leads_refusal_of_that_line),
        cmocka_unit_test(the_clerk_reads_of_a_whole_file_without_a_line),
        cmocka_unit_test(the_clerk_reads_line_column_name_and_cure_in_polish_or_english),
        cmocka_unit_test(notices_are_told_with_their_number_and_refuse_nothing),
        cmocka_unit_test(notices_beyond_the_limit_are_counted_all_the_same),
        cmocka_unit_test(a_fault_that_finds_no_memory_is_told),
    };
    if (!polish_open(NULL)) {
        return 1;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
