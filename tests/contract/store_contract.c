/* The store as its header promises it, whoever implements it: no case looks at files. */
#include "tests/contract/store_contract.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/store.h"
#include "tests/contract/fresh_folder.h"

enum table { TABLE_LOG, TABLE_NODES };

static const char *const tables[] = {"log", "nodes"};

struct world {
    char folder[FRESH_FOLDER_BYTES];
    char path[FRESH_PATH_BYTES];
    struct store *store;
};

static struct store_options options_of(const struct world *world, uint64_t map_bytes)
{
    const struct store_options options = {
        .path = world->path, .tables = tables, .table_count = 2, .map_bytes = map_bytes};
    return options;
}

static void world_open(struct world *world, uint64_t map_bytes)
{
    const struct store_options options = options_of(world, map_bytes);
    assert_int_equal(ERR_OK, store_open(&options, &world->store));
}

static void world_reopen(struct world *world)
{
    store_close(&world->store);
    assert_null(world->store);
    world_open(world, 1 << 20);
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    if (world == NULL) {
        return -1;
    }
    fresh_folder_make(world->folder);
    fresh_folder_path(world->folder, "store", world->path);
    world_open(world, 1 << 20);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    store_close(&world->store);
    fresh_folder_remove(world->folder);
    free(world);
    return 0;
}

static struct store_txn *begin(struct world *world, bool write)
{
    struct store_txn *txn = NULL;
    assert_int_equal(ERR_OK, store_begin(world->store, write, &txn));
    assert_non_null(txn);
    return txn;
}

static void commit(struct store_txn *txn)
{
    assert_int_equal(ERR_OK, store_commit(&txn));
    assert_null(txn);
}

static void put(struct store_txn *txn, enum table table, const char *key, const char *value)
{
    assert_int_equal(ERR_OK, store_put(txn, table, bytes_text(key), bytes_text(value)));
}

static void put_now(struct world *world, enum table table, const char *key, const char *value)
{
    struct store_txn *txn = begin(world, true);
    put(txn, table, key, value);
    commit(txn);
}

static void expect(struct world *world, enum table table, const char *key, const char *value)
{
    struct bytes found = {0};
    struct store_txn *txn = begin(world, false);
    const enum err err = store_get(txn, table, bytes_text(key), &found);
    assert_int_equal(value == NULL ? ERR_NOT_FOUND : ERR_OK, err);
    if (value != NULL) {
        assert_true(bytes_is(found, value));
    }
    store_abort(&txn);
    assert_null(txn);
}

static void a_committed_value_is_there_after_reopening(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "a", "one");
    expect(world, TABLE_LOG, "a", "one");
    world_reopen(world);
    expect(world, TABLE_LOG, "a", "one");
}

static void an_aborted_change_is_gone(void **state)
{
    struct world *world = *state;
    struct store_txn *txn = begin(world, true);
    struct bytes seen = {0};
    put(txn, TABLE_LOG, "a", "one");
    assert_int_equal(ERR_OK, store_get(txn, TABLE_LOG, bytes_text("a"), &seen));
    store_abort(&txn);
    expect(world, TABLE_LOG, "a", NULL);
}

static void closing_ends_a_transaction_without_its_changes(void **state)
{
    struct world *world = *state;
    struct store_txn *txn = begin(world, true);
    put(txn, TABLE_LOG, "a", "one");
    world_reopen(world);
    expect(world, TABLE_LOG, "a", NULL);
}

static void close_and_abort_take_nothing(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    store_close(&store);
    store_abort(&txn);
}

static void a_second_put_replaces_the_value(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "a", "one");
    put_now(world, TABLE_LOG, "a", "");
    expect(world, TABLE_LOG, "a", "");
    put_now(world, TABLE_LOG, "a", "longer than it was");
    expect(world, TABLE_LOG, "a", "longer than it was");
}

static void tables_do_not_see_each_other(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "a", "log");
    expect(world, TABLE_NODES, "a", NULL);
    put_now(world, TABLE_NODES, "a", "nodes");
    expect(world, TABLE_LOG, "a", "log");
    expect(world, TABLE_NODES, "a", "nodes");
}

static void delete_takes_one_key_and_names_a_missing_one(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "a", "one");
    put_now(world, TABLE_LOG, "b", "two");
    struct store_txn *txn = begin(world, true);
    assert_int_equal(ERR_OK, store_delete(txn, TABLE_LOG, bytes_text("a")));
    assert_int_equal(ERR_NOT_FOUND, store_delete(txn, TABLE_LOG, bytes_text("a")));
    assert_int_equal(ERR_NOT_FOUND, store_delete(txn, TABLE_NODES, bytes_text("b")));
    commit(txn);
    expect(world, TABLE_LOG, "a", NULL);
    expect(world, TABLE_LOG, "b", "two");
}

/* What store_seek() and store_before() give; null for ERR_NOT_FOUND. */
static void expect_seek(struct store_txn *txn, const char *key, bool after, const char *found)
{
    struct bytes got = {0};
    struct bytes value = {0};
    const enum err err = store_seek(txn, TABLE_LOG, bytes_text(key), after, &got, &value);
    assert_int_equal(found == NULL ? ERR_NOT_FOUND : ERR_OK, err);
    if (found != NULL) {
        assert_true(bytes_is(got, found));
        assert_true(bytes_is(value, found));
    }
}

static void expect_before(struct store_txn *txn, const char *key, const char *found)
{
    struct bytes got = {0};
    struct bytes value = {0};
    const enum err err = store_before(txn, TABLE_LOG, bytes_text(key), &got, &value);
    assert_int_equal(found == NULL ? ERR_NOT_FOUND : ERR_OK, err);
    if (found != NULL) {
        assert_true(bytes_is(got, found));
        assert_true(bytes_is(value, found));
    }
}

static void seek_and_before_walk_the_keys_in_order_of_bytes(void **state)
{
    struct world *world = *state;
    static const char *const keys[] = {"b", "\xff", "bb", "a", "\x7f"};
    struct store_txn *txn = begin(world, true);
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        put(txn, TABLE_LOG, keys[i], keys[i]);
    }
    expect_seek(txn, "b", true, "bb"); /* also in the transaction that wrote them */
    commit(txn);

    txn = begin(world, false);
    expect_seek(txn, "", false, "a");
    expect_seek(txn, "", true, "a");
    expect_seek(txn, "a", false, "a");
    expect_seek(txn, "a", true, "b");
    expect_seek(txn, "b", true, "bb");
    expect_seek(txn, "ba", true, "bb");
    expect_seek(txn, "ba", false, "bb");
    expect_seek(txn, "c", false, "\x7f");
    expect_seek(txn, "\x7f", true, "\xff");
    expect_seek(txn, "\xff", true, NULL);
    expect_seek(txn, "\xff\x01", false, NULL);
    expect_before(txn, "", "\xff");
    expect_before(txn, "\xff\x01", "\xff");
    expect_before(txn, "\xff", "\x7f");
    expect_before(txn, "bb", "b");
    expect_before(txn, "ba", "b");
    expect_before(txn, "a", NULL);
    store_abort(&txn);
}

static void an_empty_table_has_neither_first_nor_last(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_NODES, "a", "in the other table");
    struct store_txn *txn = begin(world, false);
    expect_seek(txn, "", false, NULL);
    expect_seek(txn, "a", true, NULL);
    expect_before(txn, "", NULL);
    expect_before(txn, "a", NULL);
    store_abort(&txn);
}

static void append_takes_rising_keys(void **state)
{
    struct world *world = *state;
    struct store_txn *txn = begin(world, true);
    for (uint64_t i = 1; i <= 300; i++) {
        uint8_t key[8];
        bytes_put64(key, i);
        const struct bytes entry = bytes_of(key, sizeof(key));
        assert_int_equal(ERR_OK, store_append(txn, TABLE_LOG, entry, entry));
    }
    commit(txn);
    txn = begin(world, false);
    struct bytes key = {0};
    struct bytes value = {0};
    assert_int_equal(ERR_OK, store_before(txn, TABLE_LOG, bytes_text(""), &key, &value));
    assert_int_equal(8, key.size);
    assert_int_equal(300, bytes_get64(key.data));
    store_abort(&txn);
}

/* After the first ERR_STORE nothing but closing is possible. */
static void expect_poisoned(struct world *world)
{
    struct store_txn *txn = NULL;
    assert_int_equal(ERR_STORE, store_begin(world->store, false, &txn));
    assert_int_equal(ERR_STORE, store_begin(world->store, true, &txn));
    assert_int_equal(ERR_STORE, store_begin_tidy(world->store, &txn));
    assert_null(txn);
    assert_int_equal(0, store_room(world->store));
}

static void append_out_of_order_is_the_end(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "b", "one");
    struct store_txn *txn = begin(world, true);
    struct bytes value = {0};
    put(txn, TABLE_NODES, "n", "not to be kept");
    assert_int_equal(ERR_STORE, store_append(txn, TABLE_LOG, bytes_text("a"), bytes_text("two")));
    assert_int_equal(ERR_STORE, store_get(txn, TABLE_LOG, bytes_text("b"), &value));
    assert_int_equal(ERR_STORE, store_put(txn, TABLE_LOG, bytes_text("c"), bytes_text("three")));
    assert_int_equal(ERR_STORE, store_commit(&txn));
    assert_null(txn);
    expect_poisoned(world);
    world_reopen(world);
    expect(world, TABLE_LOG, "b", "one");
    expect(world, TABLE_NODES, "n", NULL);
}

static void append_of_the_last_key_again_is_the_end(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "b", "one");
    struct store_txn *txn = begin(world, true);
    assert_int_equal(ERR_STORE, store_append(txn, TABLE_LOG, bytes_text("b"), bytes_text("one")));
    store_abort(&txn);
    expect_poisoned(world);
}

/* Fills table LOG with values of 4,000 bytes, one commit each, until a begin is refused. */
static uint32_t fill(struct world *world)
{
    static uint8_t value[4000];
    for (uint32_t i = 0; i < 10000; i++) {
        struct store_txn *txn = NULL;
        uint8_t key[4];
        const enum err err = store_begin(world->store, true, &txn);
        if (err == ERR_FULL) {
            assert_null(txn);
            return i;
        }
        assert_int_equal(ERR_OK, err);
        bytes_put32(key, i);
        const struct bytes key_bytes = bytes_of(key, sizeof(key));
        assert_int_equal(ERR_OK,
                         store_put(txn, TABLE_LOG, key_bytes, bytes_of(value, sizeof(value))));
        commit(txn);
    }
    fail_msg("a store of 1 MiB took 40 MB");
    return 0;
}

static void a_full_store_refuses_before_it_writes_and_still_reads(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_NODES, "a", "one");
    const uint32_t count = fill(world);
    assert_in_range(count, 100, 262); /* a tenth of 1 MiB stays free */
    assert_true(store_room(world->store) < (1 << 20) / 10);
    assert_true(store_room(world->store) > (1 << 20) / 13);
    assert_true(store_used(world->store) > (1 << 20) / 2);
    expect(world, TABLE_NODES, "a", "one");
    world_reopen(world);
    struct store_txn *txn = NULL;
    assert_int_equal(ERR_FULL, store_begin(world->store, true, &txn));
}

static void tidying_makes_room_in_a_full_store(void **state)
{
    struct world *world = *state;
    const uint32_t count = fill(world);
    for (uint32_t i = 0; i < count / 2; i++) {
        struct store_txn *txn = NULL;
        uint8_t key[4];
        assert_int_equal(ERR_OK, store_begin_tidy(world->store, &txn));
        bytes_put32(key, i);
        assert_int_equal(ERR_OK, store_delete(txn, TABLE_LOG, bytes_of(key, sizeof(key))));
        commit(txn);
    }
    put_now(world, TABLE_NODES, "a", "there is room again");
    expect(world, TABLE_NODES, "a", "there is room again");
    assert_true(fill(world) > 0);
}

static void a_transaction_larger_than_the_store_is_the_end(void **state)
{
    struct world *world = *state;
    const size_t size = 2 << 20;
    uint8_t *value = calloc(1, size);
    assert_non_null(value);
    put_now(world, TABLE_LOG, "a", "one");
    struct store_txn *txn = begin(world, true);
    assert_int_equal(ERR_STORE, store_put(txn, TABLE_LOG, bytes_text("b"), bytes_of(value, size)));
    free(value);
    assert_int_equal(ERR_STORE, store_commit(&txn));
    expect_poisoned(world);
    world_reopen(world);
    expect(world, TABLE_LOG, "a", "one");
    expect(world, TABLE_LOG, "b", NULL);
}

static void a_second_writer_is_busy(void **state)
{
    struct world *world = *state;
    const struct store_options options = options_of(world, 1 << 20);
    struct store *second = NULL;
    assert_int_equal(ERR_BUSY, store_open(&options, &second));
    assert_null(second);
    put_now(world, TABLE_LOG, "a", "the first goes on");
    store_close(&world->store);
    assert_int_equal(ERR_OK, store_open(&options, &second));
    store_close(&second);
}

static void a_reader_of_no_store_is_told_so(void **state)
{
    struct world *world = *state;
    char path[FRESH_PATH_BYTES];
    struct store *store = NULL;
    fresh_folder_path(world->folder, "nowhere", path);
    const struct store_options options = {
        .path = path, .tables = tables, .table_count = 2, .read_only = true};
    assert_int_equal(ERR_NOT_FOUND, store_open(&options, &store));
    assert_null(store);
}

static void a_read_only_store_reads_what_was_committed(void **state)
{
    struct world *world = *state;
    put_now(world, TABLE_LOG, "a", "one");
    store_close(&world->store);
    struct store_options options = options_of(world, 0);
    options.read_only = true;
    assert_int_equal(ERR_OK, store_open(&options, &world->store));
    expect(world, TABLE_LOG, "a", "one");
    expect(world, TABLE_LOG, "b", NULL);
}

enum { MODEL_KEYS = 64 };

struct model {
    uint32_t value[MODEL_KEYS]; /* 0: not there */
};

static uint32_t random_below(uint64_t *seed, uint32_t limit)
{
    *seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(*seed >> 33) % limit;
}

static void check_against_model(struct store_txn *txn, const struct model *model)
{
    struct bytes key = {0};
    struct bytes value = {0};
    uint8_t last[4];
    enum err err = store_seek(txn, TABLE_LOG, bytes_text(""), false, &key, &value);
    for (uint32_t i = 0; i < MODEL_KEYS; i++) {
        if (model->value[i] == 0) {
            continue;
        }
        assert_int_equal(ERR_OK, err);
        assert_int_equal(i, bytes_get32(key.data));
        assert_int_equal(model->value[i], bytes_get32(value.data));
        memcpy(last, key.data, sizeof(last));
        err = store_seek(txn, TABLE_LOG, bytes_of(last, sizeof(last)), true, &key, &value);
    }
    assert_int_equal(ERR_NOT_FOUND, err);
}

/* Some changes in one transaction, on the store and on the model. */
static void change_both(struct store_txn *txn, struct model *model, uint64_t *seed)
{
    for (uint32_t change = random_below(seed, 8); change > 0; change--) {
        uint8_t key[4];
        uint8_t value[4];
        const uint32_t at = random_below(seed, MODEL_KEYS);
        const uint32_t number = random_below(seed, 3) == 0 ? 0 : 1 + random_below(seed, 1000);
        bytes_put32(key, at);
        bytes_put32(value, number);
        const struct bytes key_bytes = bytes_of(key, sizeof(key));
        if (number == 0) {
            assert_int_equal(model->value[at] == 0 ? ERR_NOT_FOUND : ERR_OK,
                             store_delete(txn, TABLE_LOG, key_bytes));
        } else {
            assert_int_equal(ERR_OK,
                             store_put(txn, TABLE_LOG, key_bytes, bytes_of(value, sizeof(value))));
        }
        model->value[at] = number;
    }
}

static void random_transactions_agree_with_a_plain_model(void **state)
{
    struct world *world = *state;
    struct model model = {{0}};
    uint64_t seed = 7;
    for (int round = 0; round < 300; round++) {
        struct model trial = model;
        struct store_txn *txn = begin(world, true);
        change_both(txn, &trial, &seed);
        check_against_model(txn, &trial);
        if (random_below(&seed, 3) == 0) {
            store_abort(&txn);
        } else {
            commit(txn);
            model = trial;
        }
        if (random_below(&seed, 20) == 0) {
            world_reopen(world);
        }
        txn = begin(world, false);
        check_against_model(txn, &model);
        store_abort(&txn);
    }
}

enum { CHURN_BYTES_MAX = 20000 };

/* One more value of a random size at the end, in a store that is nearly full; or, where it is
 * refused, the two oldest go. */
static enum err churn(struct world *world, uint64_t *seed, uint32_t *first, uint32_t *next)
{
    static uint8_t value[CHURN_BYTES_MAX];
    struct store_txn *txn = NULL;
    uint8_t key[4];
    enum err err = store_begin(world->store, true, &txn);
    if (err == ERR_OK) {
        const struct bytes bytes = bytes_of(value, 1 + random_below(seed, CHURN_BYTES_MAX));
        bytes_put32(key, (*next)++);
        err = store_append(txn, TABLE_LOG, bytes_of(key, sizeof(key)), bytes);
        return err == ERR_OK ? store_commit(&txn) : err;
    }
    if (err != ERR_FULL) {
        return err;
    }
    err = store_begin_tidy(world->store, &txn);
    for (int i = 0; i < 2 && err == ERR_OK; i++) {
        bytes_put32(key, (*first)++);
        err = store_delete(txn, TABLE_LOG, bytes_of(key, sizeof(key)));
    }
    return err == ERR_OK ? store_commit(&txn) : err;
}

static void a_store_kept_nearly_full_never_breaks(void **state)
{
    struct world *world = *state;
    uint64_t seed = 11;
    uint32_t first = 0;
    uint32_t next = 0;
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(ERR_OK, churn(world, &seed, &first, &next));
    }
    assert_true(first > 500);
}

int store_contract_run(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest cases[] = {
        CASE(a_committed_value_is_there_after_reopening),
        CASE(an_aborted_change_is_gone),
        CASE(closing_ends_a_transaction_without_its_changes),
        CASE(close_and_abort_take_nothing),
        CASE(a_second_put_replaces_the_value),
        CASE(tables_do_not_see_each_other),
        CASE(delete_takes_one_key_and_names_a_missing_one),
        CASE(seek_and_before_walk_the_keys_in_order_of_bytes),
        CASE(an_empty_table_has_neither_first_nor_last),
        CASE(append_takes_rising_keys),
        CASE(append_out_of_order_is_the_end),
        CASE(append_of_the_last_key_again_is_the_end),
        CASE(a_full_store_refuses_before_it_writes_and_still_reads),
        CASE(tidying_makes_room_in_a_full_store),
        CASE(a_store_kept_nearly_full_never_breaks),
        CASE(a_transaction_larger_than_the_store_is_the_end),
        CASE(a_second_writer_is_busy),
        CASE(a_reader_of_no_store_is_told_so),
        CASE(a_read_only_store_reads_what_was_committed),
        CASE(random_transactions_agree_with_a_plain_model),
    };
#undef CASE
    return cmocka_run_group_tests_name("the store's contract", cases, NULL, NULL);
}
