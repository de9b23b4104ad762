/* Merges and splits: who is who, and who follows that comes later. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/model/limits.h"
#include "core/totals/identities.h"

static struct identities *who;

/* Node 0 has people 1 and 2, node 1 has people 1 and 2: the first of both are the broker's 100. */
static int setup(void **state)
{
    static const uint32_t at_first[] = {100, 200}, at_second[] = {100, 300};
    (void)state;
    assert_int_equal(ERR_OK, identities_new(&who));
    assert_int_equal(ERR_OK, identities_introduce(who, 0, 1, at_first, 2));
    assert_int_equal(ERR_OK, identities_introduce(who, 1, 1, at_second, 2));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    identities_free(&who);
    return 0;
}

static uint32_t of(uint32_t node, uint32_t number)
{
    return identities_of(who, (struct identities_person){node, number});
}

static void introduce(uint32_t node, uint32_t number, uint32_t broker)
{
    assert_int_equal(ERR_OK, identities_introduce(who, node, number, &broker, 1));
}

static void merge(uint32_t a, uint32_t x, uint32_t b, uint32_t y)
{
    const struct identities_person people[] = {{a, x}, {b, y}};
    assert_int_equal(ERR_OK, identities_merge(who, people, 2));
}

static void split(uint32_t node, uint32_t number)
{
    const struct identities_person person = {node, number};
    assert_int_equal(ERR_OK, identities_split(who, &person, 1));
}

static void without_decisions_all_are_who_the_broker_says(void **state)
{
    (void)state;
    assert_int_equal(100, of(0, 1));
    assert_int_equal(100, of(1, 1));
    assert_int_equal(300, of(1, 2));
    assert_int_equal(0, of(1, 3));
    assert_int_equal(0, of(2, 1));
    assert_int_equal(0, of(0, 0));
}

static void merged_people_are_the_first_and_later_ones_follow(void **state)
{
    (void)state;
    merge(0, 2, 1, 2);
    assert_int_equal(200, of(0, 2));
    assert_int_equal(200, of(1, 2));
    introduce(2, 1, 300);
    assert_int_equal(200, of(2, 1));
    merge(1, 1, 2, 1);
    assert_int_equal(100, of(0, 2));
    assert_int_equal(100, of(1, 2));
    introduce(2, 2, 200);
    assert_int_equal(100, of(2, 2));
}

static void a_split_takes_only_those_named(void **state)
{
    (void)state;
    split(1, 1);
    assert_int_equal(100, of(0, 1));
    assert_int_equal(UINT32_MAX, of(1, 1));
    introduce(2, 1, 100);
    assert_int_equal(100, of(2, 1));
}

static void where_nobody_stays_later_ones_follow_the_split(void **state)
{
    (void)state;
    split(1, 2);
    introduce(2, 1, 300);
    assert_int_equal(UINT32_MAX, of(1, 2));
    assert_int_equal(UINT32_MAX, of(2, 1));
    split(0, 1);
    split(1, 1);
    assert_int_equal(UINT32_MAX - 1, of(0, 1));
    introduce(2, 2, 100);
    assert_int_equal(UINT32_MAX - 2, of(2, 2));
}

static void a_split_does_not_move_whom_a_merge_brought(void **state)
{
    (void)state;
    merge(0, 2, 1, 2);
    split(0, 2);
    assert_int_equal(UINT32_MAX, of(0, 2));
    assert_int_equal(200, of(1, 2));
    introduce(2, 1, 300);
    assert_int_equal(200, of(2, 1));
    introduce(2, 2, 200);
    assert_int_equal(UINT32_MAX, of(2, 2));
}

static void a_split_that_is_merged_back_is_as_before(void **state)
{
    (void)state;
    split(1, 1);
    merge(0, 1, 1, 1);
    assert_int_equal(100, of(1, 1));
    introduce(2, 1, 100);
    assert_int_equal(100, of(2, 1));
    /* Whoever came back stays behind when the other leaves. */
    split(0, 1);
    introduce(2, 2, 100);
    assert_int_equal(100, of(2, 2));
}

static void whoever_was_never_introduced_makes_no_difference(void **state)
{
    (void)state;
    merge(3, 7, 1, 2);
    assert_int_equal(300, of(1, 2));
    merge(1, 2, 3, 7);
    split(3, 7);
    introduce(3, 7, 700);
    assert_int_equal(700, of(3, 7));
    split(1, 2);
    assert_int_equal(UINT32_MAX - 1, of(1, 2));
}

static void one_number_cannot_be_two_people(void **state)
{
    static const uint32_t other = 101;
    (void)state;
    assert_int_equal(ERR_MALFORMED, identities_introduce(who, 0, 1, &other, 1));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(without_decisions_all_are_who_the_broker_says),
        CLAIM(merged_people_are_the_first_and_later_ones_follow),
        CLAIM(a_split_takes_only_those_named),
        CLAIM(where_nobody_stays_later_ones_follow_the_split),
        CLAIM(a_split_does_not_move_whom_a_merge_brought),
        CLAIM(a_split_that_is_merged_back_is_as_before),
        CLAIM(whoever_was_never_introduced_makes_no_difference),
        CLAIM(one_number_cannot_be_two_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
