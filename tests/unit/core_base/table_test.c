/* The hash table, held against a plain array. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/table.h"
#include "tests/support/mem_failing.h"

enum { KEYS = 20000, SPAN = 60000, STEPS = 200000 };

struct key {
    uint32_t words[3];
};

/* The same sequence on every machine (Marsaglia's xorshift). */
static uint32_t draw(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32);
}

/* Keys that differ in one word only, as codes and running numbers do. */
static struct key key_of(uint32_t number)
{
    struct key key = {{0, 0, 0}};
    key.words[number % 3] = number / 3 + 1;
    return key;
}

static struct table *new_table(size_t key_bytes, size_t value_bytes, size_t count_max)
{
    const struct table_options options = {
        .key_bytes = key_bytes, .value_bytes = value_bytes, .count_max = count_max};
    struct table *table = NULL;
    assert_int_equal(ERR_OK, table_new(&options, &table));
    return table;
}

static void table_agrees_with_a_plain_array_over_many_keys(void **state)
{
    static uint64_t model[SPAN]; /* 0: not there */
    struct table *table = new_table(sizeof(struct key), sizeof(uint64_t), SPAN);
    uint64_t seed = 20110501;
    size_t count = 0;
    (void)state;
    for (int i = 0; i < STEPS; i++) {
        const uint32_t number = draw(&seed) % SPAN;
        const struct key key = key_of(number);
        uint64_t *value = table_find(table, &key);
        assert_true(value == NULL ? model[number] == 0 : *value == model[number]);
        if (draw(&seed) % 2 == 0) {
            bool fresh;
            value = table_put(table, &key, &fresh);
            assert_non_null(value);
            assert_int_equal(model[number] == 0, fresh);
            assert_true(*value == model[number]);
            count += fresh ? 1 : 0;
            *value += 1 + draw(&seed);
            model[number] = *value;
        }
        assert_int_equal(count, table_count(table));
    }
    assert_true(count > KEYS);

    size_t cursor = 0;
    const void *key;
    void *value;
    while (table_next(table, &cursor, &key, &value)) {
        struct key words;
        memcpy(&words, key, sizeof words);
        const uint32_t word = words.words[0] != 0 ? 0 : words.words[1] != 0 ? 1 : 2;
        const uint32_t number = (words.words[word] - 1) * 3 + word;
        uint64_t held;
        memcpy(&held, value, sizeof held);
        assert_true(held != 0 && held == model[number]);
        model[number] = 0; /* so that a second visit would be seen */
        count--;
    }
    assert_int_equal(0, count);
    assert_false(table_next(table, &cursor, &key, &value));
    table_free(&table);
}

static void table_gives_null_at_its_limit(void **state)
{
    struct table *table = new_table(4, 4, 100);
    bool fresh;
    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        assert_non_null(table_put(table, &i, &fresh));
    }
    for (uint32_t i = 100; i < 110; i++) {
        assert_null(table_put(table, &i, &fresh));
        assert_null(table_find(table, &i));
    }
    for (uint32_t i = 0; i < 100; i++) {
        assert_non_null(table_put(table, &i, &fresh));
        assert_false(fresh);
    }
    assert_int_equal(100, table_count(table));
    table_free(&table);
}

static void table_clears_values_and_aligns_them_for_64_bits(void **state)
{
    struct table *table = new_table(4, 12, 1000);
    static const uint8_t zeros[12];
    bool fresh;
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 1000; i++) {
            uint8_t *value = table_put(table, &i, &fresh);
            assert_true(fresh);
            assert_int_equal(0, (uintptr_t)value % 8);
            assert_memory_equal(zeros, value, sizeof zeros);
            memset(value, 0xff, sizeof zeros);
        }
        table_clear(table);
        assert_int_equal(0, table_count(table));
        const uint32_t one = 1;
        assert_null(table_find(table, &one));
    }
    table_free(&table);
}

/* Few entries are cleared one by one, many at once, and those that have moved too. */
static void table_is_empty_after_each_use_however_many_it_held(void **state)
{
    static const uint32_t uses[] = {1000, 1, 31, 32, 33, 0, 12, 13, 500, 2};
    struct table *table = new_table(4, 4, 1000);
    bool fresh;
    (void)state;
    for (size_t use = 0; use < sizeof uses / sizeof uses[0]; use++) {
        size_t cursor = 0;
        const void *key;
        void *value;
        for (uint32_t i = 0; i < uses[use]; i++) {
            assert_non_null(table_put(table, &i, &fresh));
            assert_true(fresh);
        }
        table_clear(table);
        assert_false(table_next(table, &cursor, &key, &value));
    }
    table_free(&table);
}

static void table_without_values_is_a_set(void **state)
{
    struct table *table = new_table(96, 0, 1000);
    uint8_t key[96] = {0};
    bool fresh;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        memcpy(key + 92, &i, 4);
        assert_null(table_find(table, key));
        assert_non_null(table_put(table, key, &fresh));
        assert_true(fresh);
        assert_non_null(table_find(table, key));
    }
    assert_int_equal(1000, table_count(table));
    table_free(&table);
}

static void table_of_nothing_has_nothing_to_walk(void **state)
{
    struct table *table = new_table(4, 4, 0);
    size_t cursor = 0;
    const void *key;
    void *value;
    const uint32_t one = 1;
    bool fresh;
    (void)state;
    assert_false(table_next(table, &cursor, &key, &value));
    assert_null(table_put(table, &one, &fresh));
    table_free(&table);
    table_free(&table);
    assert_null(table);
}

static void table_new_says_when_the_nth_allocation_fails(void **state)
{
    const struct table_options options = {.key_bytes = 4, .value_bytes = 4, .count_max = 10};
    struct table *table = NULL;
    enum err err = ERR_MEMORY;
    size_t nth = 0;
    (void)state;
    while (err == ERR_MEMORY) {
        mem_failing_at(++nth);
        err = table_new(&options, &table);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
        assert_int_equal(err == ERR_MEMORY, table == NULL);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 1);
    table_free(&table);
}

static void table_is_unchanged_when_it_cannot_grow(void **state)
{
    struct table *table = new_table(4, 4, 1000);
    uint32_t refusals = 0;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) {
        bool fresh;
        uint32_t *value = NULL;
        for (size_t nth = 1; value == NULL; nth++) {
            mem_failing_at(nth);
            value = table_put(table, &i, &fresh);
            assert_int_equal(mem_failing_done(), value == NULL);
            if (value == NULL) {
                refusals++;
                assert_int_equal(i, table_count(table));
                assert_null(table_find(table, &i));
            }
        }
        *value = i * 3;
        for (uint32_t before = 0; before <= i; before += 37) {
            assert_int_equal(before * 3, *(uint32_t *)table_find(table, &before));
        }
    }
    assert_true(refusals > 4);
    table_free(&table);
}

static void table_does_not_allocate_below_what_was_reserved(void **state)
{
    static const size_t reserved[] = {0, 1, 12, 13, 1000, 4096, 6144, 6145};
    (void)state;
    for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
        const struct table_options options = {.key_bytes = 4,
                                              .value_bytes = 4,
                                              .count_max = reserved[i] + 1000000,
                                              .count_reserved = reserved[i]};
        struct table *table = NULL;
        bool fresh;
        assert_int_equal(ERR_OK, table_new(&options, &table));
        mem_failing_at(1);
        for (int round = 0; round < 2; round++) {
            for (uint32_t key = 0; key < reserved[i]; key++) {
                assert_non_null(table_put(table, &key, &fresh));
            }
            table_clear(table);
        }
        assert_int_equal(0, mem_failing_count());
        assert_false(mem_failing_done());
        table_free(&table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_agrees_with_a_plain_array_over_many_keys),
        cmocka_unit_test(table_gives_null_at_its_limit),
        cmocka_unit_test(table_clears_values_and_aligns_them_for_64_bits),
        cmocka_unit_test(table_is_empty_after_each_use_however_many_it_held),
        cmocka_unit_test(table_without_values_is_a_set),
        cmocka_unit_test(table_of_nothing_has_nothing_to_walk),
        cmocka_unit_test(table_new_says_when_the_nth_allocation_fails),
        cmocka_unit_test(table_is_unchanged_when_it_cannot_grow),
        cmocka_unit_test(table_does_not_allocate_below_what_was_reserved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
