/* Texts to running numbers and back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/names.h"
#include "tests/support/mem_failing.h"

/* "n0", "n1" ... */
static struct bytes name_of(uint32_t number, char out[12])
{
    size_t size = 12;
    do {
        out[--size] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    out[--size] = 'n';
    return bytes_of(out + size, 12 - size);
}

static void names_number_texts_in_the_order_they_come(void **state)
{
    struct names *names = NULL;
    char text[12];
    uint32_t number = 0;
    (void)state;
    assert_int_equal(ERR_OK, names_new(5000, &names));
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(NAMES_NONE, names_find(names, name_of(i, text)));
        assert_int_equal(ERR_OK, names_add(names, name_of(i, text), &number));
        assert_int_equal(i, number);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(ERR_OK, names_add(names, name_of(i, text), &number));
        assert_int_equal(i, number);
        assert_int_equal(i, names_find(names, name_of(i, text)));
        assert_true(bytes_equal(name_of(i, text), names_text(names, i)));
    }
    assert_int_equal(5000, names_count(names));
    names_free(&names);
    names_free(&names);
    assert_null(names);
}

static void names_tell_texts_apart_that_differ_in_zeros_at_the_end(void **state)
{
    struct names *names = NULL;
    uint32_t empty = 9, zero = 9, two_zeros = 9;
    (void)state;
    assert_int_equal(ERR_OK, names_new(3, &names));
    assert_int_equal(ERR_OK, names_add(names, bytes_of("", 0), &empty));
    assert_int_equal(ERR_OK, names_add(names, bytes_of("\0", 1), &zero));
    assert_int_equal(ERR_OK, names_add(names, bytes_of("\0\0", 2), &two_zeros));
    assert_int_equal(0, empty);
    assert_int_equal(1, zero);
    assert_int_equal(2, two_zeros);
    names_free(&names);
}

static void names_take_64_bytes_and_refuse_65(void **state)
{
    struct names *names = NULL;
    char text[65];
    uint32_t number = 9;
    (void)state;
    memset(text, 'x', sizeof text);
    assert_int_equal(ERR_OK, names_new(3, &names));
    assert_int_equal(ERR_RANGE, names_add(names, bytes_of(text, 65), &number));
    assert_int_equal(NAMES_NONE, names_find(names, bytes_of(text, 65)));
    assert_int_equal(0, names_count(names));
    assert_int_equal(ERR_OK, names_add(names, bytes_of(text, 64), &number));
    assert_int_equal(0, names_find(names, bytes_of(text, 64)));
    assert_int_equal(NAMES_NONE, names_find(names, bytes_of(text, 63)));
    assert_int_equal(64, names_text(names, 0).size);
    names_free(&names);
}

static void names_are_full_at_their_limit_but_know_the_old_ones(void **state)
{
    struct names *names = NULL;
    uint32_t number = 9;
    (void)state;
    assert_int_equal(ERR_OK, names_new(2, &names));
    assert_int_equal(ERR_OK, names_add(names, bytes_text("a"), &number));
    assert_int_equal(ERR_OK, names_add(names, bytes_text("b"), &number));
    assert_int_equal(ERR_FULL, names_add(names, bytes_text("c"), &number));
    assert_int_equal(ERR_OK, names_add(names, bytes_text("a"), &number));
    assert_int_equal(0, number);
    assert_int_equal(2, names_count(names));
    names_free(&names);
}

static void names_new_says_when_the_nth_allocation_fails(void **state)
{
    struct names *names = NULL;
    enum err err = ERR_MEMORY;
    size_t nth = 0;
    (void)state;
    while (err == ERR_MEMORY) {
        mem_failing_at(++nth);
        err = names_new(10, &names);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 1);
    names_free(&names);
}

static void names_are_unchanged_when_they_cannot_grow(void **state)
{
    struct names *names = NULL;
    char text[12];
    uint32_t refusals = 0;
    (void)state;
    assert_int_equal(ERR_OK, names_new(500, &names));
    for (uint32_t i = 0; i < 500; i++) {
        enum err err = ERR_MEMORY;
        uint32_t number = 9;
        for (size_t nth = 1; err == ERR_MEMORY; nth++) {
            mem_failing_at(nth);
            err = names_add(names, name_of(i, text), &number);
            assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
            refusals += err == ERR_MEMORY ? 1 : 0;
            assert_int_equal(err == ERR_OK ? i + 1 : i, names_count(names));
        }
        assert_int_equal(i, number);
        assert_int_equal(0, names_find(names, name_of(0, text)));
    }
    assert_true(refusals > 4);
    names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_number_texts_in_the_order_they_come),
        cmocka_unit_test(names_tell_texts_apart_that_differ_in_zeros_at_the_end),
        cmocka_unit_test(names_take_64_bytes_and_refuse_65),
        cmocka_unit_test(names_are_full_at_their_limit_but_know_the_old_ones),
        cmocka_unit_test(names_new_says_when_the_nth_allocation_fails),
        cmocka_unit_test(names_are_unchanged_when_they_cannot_grow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
