/* The growing run of bytes with a cap. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/buffer.h"
#include "tests/support/mem_failing.h"

static void buffer_holds_what_was_added_in_order(void **state)
{
    struct buffer buffer = {.bytes_max = 1000};
    (void)state;
    assert_int_equal(0, buffer_bytes(&buffer).size);
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "one "));
    assert_int_equal(ERR_OK, buffer_add(&buffer, bytes_text(NULL)));
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "two"));
    assert_true(bytes_is(buffer_bytes(&buffer), "one two"));
    buffer_clear(&buffer);
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "three"));
    assert_true(bytes_is(buffer_bytes(&buffer), "three"));
    buffer_fini(&buffer);
}

static void buffer_keeps_its_bytes_while_it_grows(void **state)
{
    struct buffer buffer = {.bytes_max = 100000};
    (void)state;
    for (int i = 0; i < 100000; i++) {
        const uint8_t byte = (uint8_t)(i * 7);
        assert_int_equal(ERR_OK, buffer_add(&buffer, bytes_of(&byte, 1)));
    }
    for (int i = 0; i < 100000; i++) {
        assert_int_equal((uint8_t)(i * 7), buffer_bytes(&buffer).data[i]);
    }
    buffer_fini(&buffer);
}

static void buffer_is_full_at_its_cap_and_then_unchanged(void **state)
{
    struct buffer buffer = {.bytes_max = 5};
    uint8_t *place = NULL;
    (void)state;
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "abc"));
    assert_int_equal(ERR_FULL, buffer_add_text(&buffer, "def"));
    assert_int_equal(ERR_FULL, buffer_reserve(&buffer, SIZE_MAX, &place));
    assert_true(bytes_is(buffer_bytes(&buffer), "abc"));
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "de"));
    assert_int_equal(ERR_FULL, buffer_add_text(&buffer, "f"));
    assert_true(bytes_is(buffer_bytes(&buffer), "abcde"));
    buffer_fini(&buffer);
}

static void buffer_reserves_room_that_the_caller_fills(void **state)
{
    struct buffer buffer = {.bytes_max = 1000};
    uint8_t *place = NULL;
    (void)state;
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "a"));
    assert_int_equal(ERR_OK, buffer_reserve(&buffer, 999, &place));
    assert_int_equal(1, buffer.size);
    memset(place, 'b', 999);
    buffer.size += 999;
    assert_int_equal('a', buffer_bytes(&buffer).data[0]);
    assert_int_equal('b', buffer_bytes(&buffer).data[999]);
    buffer_fini(&buffer);
}

static void buffer_may_be_used_again_after_fini(void **state)
{
    struct buffer buffer = {.bytes_max = 3};
    (void)state;
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "abc"));
    buffer_fini(&buffer);
    buffer_fini(&buffer);
    assert_int_equal(0, buffer_bytes(&buffer).size);
    assert_int_equal(ERR_FULL, buffer_add_text(&buffer, "abcd"));
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "xyz"));
    buffer_fini(&buffer);
}

static void buffer_is_unchanged_when_no_memory_is_left(void **state)
{
    struct buffer buffer = {.bytes_max = 10000};
    uint8_t much[1000] = {0};
    (void)state;
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, buffer_add_text(&buffer, "abc"));
    assert_true(mem_failing_done());
    assert_int_equal(0, buffer.size);
    assert_int_equal(ERR_OK, buffer_add_text(&buffer, "abc"));
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, buffer_add(&buffer, bytes_of(much, sizeof much)));
    assert_true(mem_failing_done());
    assert_true(bytes_is(buffer_bytes(&buffer), "abc"));
    assert_int_equal(ERR_OK, buffer_add(&buffer, bytes_of(much, sizeof much)));
    buffer_fini(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_holds_what_was_added_in_order),
        cmocka_unit_test(buffer_keeps_its_bytes_while_it_grows),
        cmocka_unit_test(buffer_is_full_at_its_cap_and_then_unchanged),
        cmocka_unit_test(buffer_reserves_room_that_the_caller_fills),
        cmocka_unit_test(buffer_may_be_used_again_after_fini),
        cmocka_unit_test(buffer_is_unchanged_when_no_memory_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
