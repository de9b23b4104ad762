/* The list of rejects: numbers are stored for ever, texts are what a clerk reads. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/model/notice.h"
#include "core/model/reject.h"

static const struct {
    uint32_t number;
    const char *name;
} list[] = {
#define ENTRY(number, name, column, cause, cure) {(number), #name},
    REJECT_LIST(ENTRY)
#undef ENTRY
};

static const size_t list_count = sizeof list / sizeof list[0];

static void rejects_keep_their_stored_numbers(void **state)
{
    (void)state;
    assert_int_equal(0, REJECT_NONE);
    assert_int_equal(1, REJECT_ROW_QUOTES);
    assert_int_equal(14, REJECT_DATE_OUTSIDE);
    assert_int_equal(16, REJECT_DATE_BEFORE_ENROLMENT);
    assert_int_equal(33, REJECT_PESEL_CHECKSUM);
    assert_int_equal(82, REJECT_PARTNER_NOT_IN_PROGRAMME);
}

static void rejects_have_numbers_that_ascend_and_fit_into_16_bits(void **state)
{
    (void)state;
    for (size_t i = 1; i < list_count; i++) {
        assert_true(list[i - 1].number < list[i].number);
    }
    assert_true(list[0].number > 0 && list[list_count - 1].number <= UINT16_MAX);
}

static void rejects_are_named_with_cause_and_cure(void **state)
{
    (void)state;
    for (size_t i = 0; i < list_count; i++) {
        const enum reject code = (enum reject)list[i].number;
        assert_string_equal(list[i].name, reject_name(code));
        assert_true(strlen(reject_cause(code)) > 0);
        assert_true(strlen(reject_cure(code)) > 0);
    }
    assert_string_equal("person", reject_column(REJECT_PESEL_CHECKSUM));
    assert_string_equal("a PESEL has 11 digits", reject_cause(REJECT_PESEL_FORM));
}

static void notices_are_named_with_column_cause_and_cure(void **state)
{
    (void)state;
    assert_int_equal(1, NOTICE_PESEL_ZERO);
    assert_string_equal("PESEL_ZERO", notice_name(NOTICE_PESEL_ZERO));
    assert_string_equal("person", notice_column(NOTICE_PESEL_ZERO));
    assert_true(strlen(notice_cause(NOTICE_PESEL_ZERO)) > 0);
    assert_true(strlen(notice_cure(NOTICE_PESEL_ZERO)) > 0);
    assert_string_equal("UNKNOWN", notice_name((enum notice)9999));
    assert_string_equal("", notice_cause((enum notice)9999));
}

static void rejects_name_columns_of_the_office_table_only(void **state)
{
    static const char *const columns[] = {
        "",        "key",           "op",       "kind",     "occurred_on", "task",   "region",
        "person",  "person_scheme", "sex",      "age",      "education",   "status", "flags",
        "support", "outcome",       "activity", "quantity", "unit"};
    (void)state;
    for (size_t i = 0; i < list_count; i++) {
        const char *column = reject_column((enum reject)list[i].number);
        size_t at = 0;
        while (at < sizeof columns / sizeof columns[0] && strcmp(columns[at], column) != 0) {
            at++;
        }
        assert_true(at < sizeof columns / sizeof columns[0]);
    }
}

static void reject_of_a_newer_peer_is_unknown_but_harmless(void **state)
{
    static const uint32_t unknown[] = {0, 18, 9999, UINT16_MAX, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        const enum reject code = (enum reject)unknown[i];
        assert_string_equal("UNKNOWN", reject_name(code));
        assert_string_equal("", reject_column(code));
        assert_string_equal("", reject_cause(code));
        assert_string_equal("", reject_cure(code));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rejects_keep_their_stored_numbers),
        cmocka_unit_test(rejects_have_numbers_that_ascend_and_fit_into_16_bits),
        cmocka_unit_test(rejects_are_named_with_cause_and_cure),
        cmocka_unit_test(notices_are_named_with_column_cause_and_cure),
        cmocka_unit_test(rejects_name_columns_of_the_office_table_only),
        cmocka_unit_test(reject_of_a_newer_peer_is_unknown_but_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
