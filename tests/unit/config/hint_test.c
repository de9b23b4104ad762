/* Which word someone may have meant. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "config/hint.h"

static struct hint hint_of(const char *word)
{
    static const char *const known[] = {"endpoint", "store", "listen", "people", "to"};
    struct hint hint;
    hint_init(&hint, bytes_text(word));
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        hint_offer(&hint, bytes_text(known[i]));
    }
    return hint;
}

static void hint_names_the_nearest_word(void **state)
{
    (void)state;
    static const struct {
        const char *word, *question;
    } cases[] = {
        {"endpont", " (did you mean \"endpoint\"?)"},
        {"Listen", " (did you mean \"listen\"?)"},
        {"sotre", " (did you mean \"store\"?)"},
        {"peple", " (did you mean \"people\"?)"},
        {"zzzz", ""},
        {"", ""},
        {"x", ""},
        {"ot", " (did you mean \"to\"?)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct hint hint = hint_of(cases[i].word);
        assert_string_equal(cases[i].question, hint_question(&hint));
    }
}

static void hint_lists_the_words_in_order(void **state)
{
    (void)state;
    struct hint hint = hint_of("zzzz");
    assert_string_equal("endpoint, store, listen, people, to", hint_list(&hint));
}

static void hint_cuts_a_long_list_between_words(void **state)
{
    (void)state;
    struct hint hint;
    hint_init(&hint, bytes_text("x"));
    for (int i = 0; i < 100; i++) {
        hint_offer(&hint, bytes_text("twelve_bytes"));
    }
    const char *list = hint_list(&hint);
    assert_true(strlen(list) < 200);
    assert_string_equal("twelve_bytes ...", list + strlen(list) - 16);
    assert_string_equal(list, hint_list(&hint));
}

static void hint_ignores_words_that_are_too_long_to_compare(void **state)
{
    (void)state;
    char word[66];
    struct hint hint;
    memset(word, 'a', 65);
    word[65] = '\0';
    hint_init(&hint, bytes_text(word));
    hint_offer(&hint, bytes_text(word));
    assert_string_equal("", hint_question(&hint));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hint_names_the_nearest_word),
        cmocka_unit_test(hint_lists_the_words_in_order),
        cmocka_unit_test(hint_cuts_a_long_list_between_words),
        cmocka_unit_test(hint_ignores_words_that_are_too_long_to_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
