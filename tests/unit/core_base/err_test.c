/* The list of errors: each code has a name and a sentence of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/err.h"

static void err_ok_is_zero(void **state)
{
    (void)state;
    assert_int_equal(0, ERR_OK);
}

static void err_names_and_texts_belong_to_their_codes(void **state)
{
    (void)state;
    assert_string_equal("OK", err_name(ERR_OK));
    assert_string_equal("MALFORMED", err_name(ERR_MALFORMED));
    assert_string_equal("STATE", err_name(ERR_STATE));
    assert_string_equal("out of memory", err_text(ERR_MEMORY));
}

static void err_names_and_texts_differ_from_one_another(void **state)
{
    (void)state;
    for (uint32_t a = 0; a < ERR_COUNT; a++) {
        assert_true(strlen(err_text((enum err)a)) > 0);
        for (uint32_t b = 0; b < a; b++) {
            assert_string_not_equal(err_name((enum err)a), err_name((enum err)b));
            assert_string_not_equal(err_text((enum err)a), err_text((enum err)b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(err_ok_is_zero),
        cmocka_unit_test(err_names_and_texts_belong_to_their_codes),
        cmocka_unit_test(err_names_and_texts_differ_from_one_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
