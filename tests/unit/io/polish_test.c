/* Polish texts on a machine that has no Polish locale: here there is C.UTF-8 alone. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "core/model/reject.h"
#include "io/polish.h"

static void a_text_is_polish_whatever_the_locale_of_the_process(void **state)
{
    static const char *const locales[] = {"C", "C.UTF-8"};
    (void)state;
    assert_true(polish_open(NULL));
    for (size_t i = 0; i < sizeof locales / sizeof locales[0]; i++) {
        assert_non_null(setlocale(LC_ALL, locales[i]));
        assert_string_equal("PESEL ma 11 cyfr", polish_of("a PESEL has 11 digits"));
        assert_string_equal(locales[i], setlocale(LC_ALL, NULL));
    }
    assert_non_null(setlocale(LC_ALL, "C"));
}

static void the_rest_of_the_process_keeps_its_language(void **state)
{
    (void)state;
    assert_true(polish_open(NULL));
    assert_string_equal("No such file or directory", strerror(2));
}

static void every_reject_has_a_polish_cause_and_cure(void **state)
{
    static const enum reject codes[] = {
#define ENTRY(number, name, column, cause, cure) REJECT_##name,
        REJECT_LIST(ENTRY)
#undef ENTRY
    };
    (void)state;
    assert_true(polish_open(NULL));
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const char *cause = reject_cause(codes[i]), *cure = reject_cure(codes[i]);
        assert_string_not_equal(cause, polish_of(cause));
        assert_string_not_equal(cure, polish_of(cure));
    }
}

static void a_text_that_is_not_listed_stays_english(void **state)
{
    (void)state;
    assert_true(polish_open(NULL));
    assert_string_equal("no such text", polish_of("no such text"));
    assert_string_equal("", polish_of(""));
}

static void a_folder_without_the_catalogue_gives_english(void **state)
{
    (void)state;
    assert_false(polish_open("/nonexistent"));
    assert_string_equal("there is no such day", polish_of("there is no such day"));
    assert_true(polish_open(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_without_the_catalogue_gives_english),
        cmocka_unit_test(a_text_is_polish_whatever_the_locale_of_the_process),
        cmocka_unit_test(the_rest_of_the_process_keeps_its_language),
        cmocka_unit_test(every_reject_has_a_polish_cause_and_cure),
        cmocka_unit_test(a_text_that_is_not_listed_stays_english),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
