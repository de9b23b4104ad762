/* The capped bump allocator. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdalign.h>
#include <string.h>

#include "core/base/arena.h"
#include "tests/support/mem_failing.h"

static int setup(void **state)
{
    return arena_new(100, (struct arena **)state) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    arena_free((struct arena **)state);
    return *state == NULL ? 0 : -1;
}

static void arena_gives_aligned_blocks_that_do_not_overlap(void **state)
{
    uint8_t *blocks[5];
    for (int i = 0; i < 5; i++) {
        blocks[i] = arena_take(*state, 13);
        assert_non_null(blocks[i]);
        assert_int_equal(0, (uintptr_t)blocks[i] % alignof(max_align_t));
        memset(blocks[i], i, 13);
    }
    for (int i = 0; i < 5; i++) {
        for (int at = 0; at < 13; at++) {
            assert_int_equal(i, blocks[i][at]);
        }
    }
}

static void arena_gives_its_whole_cap_and_no_more(void **state)
{
    uint8_t *block = arena_take(*state, 100);
    assert_non_null(block);
    memset(block, 1, 100);
    assert_int_equal(100, arena_used(*state));
    assert_null(arena_take(*state, 1));
}

static void arena_refuses_what_passes_its_cap_and_stays_usable(void **state)
{
    assert_null(arena_take(*state, 101));
    assert_null(arena_take(*state, SIZE_MAX));
    assert_int_equal(0, arena_used(*state));
    assert_non_null(arena_take(*state, 96));
    assert_null(arena_take(*state, 5));
    assert_non_null(arena_take(*state, 4));
}

static void arena_refuses_a_count_that_overflows(void **state)
{
    assert_null(arena_zeroed(*state, SIZE_MAX / 8 + 2, 8)); /* 8 bytes, had it wrapped */
    assert_null(arena_zeroed(*state, SIZE_MAX, 2));
    assert_int_equal(0, arena_used(*state));
}

static void arena_gives_all_again_after_a_reset_and_zeroes_on_demand(void **state)
{
    static const uint8_t zeros[100];
    uint8_t *first = arena_take(*state, 100);
    memset(first, 0xff, 100);
    arena_reset(*state);
    assert_int_equal(0, arena_used(*state));
    uint8_t *again = arena_zeroed(*state, 25, 4);
    assert_ptr_equal(first, again);
    assert_memory_equal(zeros, again, 100);
}

static void arena_copies_keep_their_bytes(void **state)
{
    char text[] = "Michałowo";
    struct bytes copy;
    assert_int_equal(ERR_OK, arena_copy(*state, bytes_text(text), &copy));
    text[0] = 'x';
    assert_true(bytes_is(copy, "Michałowo"));
    assert_int_equal(ERR_OK, arena_copy(*state, bytes_text(NULL), &copy));
    assert_int_equal(0, copy.size);
}

static void arena_copy_is_full_at_the_cap(void **state)
{
    uint8_t much[101] = {0};
    struct bytes copy;
    assert_int_equal(ERR_FULL, arena_copy(*state, bytes_of(much, 101), &copy));
    assert_int_equal(ERR_OK, arena_copy(*state, bytes_of(much, 100), &copy));
}

static void arena_allocates_once_and_says_so_when_it_cannot(void **state)
{
    struct arena *arena = NULL;
    (void)state;
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, arena_new(100, &arena));
    assert_true(mem_failing_done());
    assert_null(arena);
    mem_failing_at(2);
    assert_int_equal(ERR_OK, arena_new(100, &arena));
    assert_non_null(arena_take(arena, 50));
    assert_false(mem_failing_done());
    arena_free(&arena);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(arena_gives_aligned_blocks_that_do_not_overlap, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(arena_gives_its_whole_cap_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(arena_refuses_what_passes_its_cap_and_stays_usable, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(arena_refuses_a_count_that_overflows, setup, teardown),
        cmocka_unit_test_setup_teardown(arena_gives_all_again_after_a_reset_and_zeroes_on_demand,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(arena_copies_keep_their_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(arena_copy_is_full_at_the_cap, setup, teardown),
        cmocka_unit_test(arena_allocates_once_and_says_so_when_it_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
