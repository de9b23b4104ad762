/* The growing tree against RFC 9162, section 2.1.1, written down as it stands there. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include <sodium.h>

#include "proto/sealing.h"

enum { LEAVES = 70 };

static uint8_t leaves[LEAVES][DIGEST_BYTES];

static int setup(void **state)
{
    (void)state;
    for (int i = 0; i < LEAVES; i++) {
        memset(leaves[i], i, DIGEST_BYTES);
    }
    return sealing_start() == ERR_OK ? 0 : -1;
}

/* MTH(D[n]): the empty tree, one leaf, or two halves split at the largest power of two below n. */
static void naive_root(const uint8_t (*from)[DIGEST_BYTES], size_t count, uint8_t out[DIGEST_BYTES])
{
    uint8_t node[1 + 2 * DIGEST_BYTES] = {1};
    if (count == 0) {
        crypto_hash_sha256(out, NULL, 0);
        return;
    }
    if (count == 1) {
        node[0] = 0;
        memcpy(node + 1, from[0], DIGEST_BYTES);
        crypto_hash_sha256(out, node, 1 + DIGEST_BYTES);
        return;
    }
    size_t split = 1;
    while (2 * split < count) {
        split *= 2;
    }
    naive_root(from, split, node + 1);
    naive_root(from + split, count - split, node + 1 + DIGEST_BYTES);
    crypto_hash_sha256(out, node, sizeof node);
}

static void the_root_is_that_of_the_rfc_at_every_size(void **state)
{
    (void)state;
    struct merkle merkle = {.size = 0};
    uint8_t root[DIGEST_BYTES], expected[DIGEST_BYTES];
    for (size_t size = 0; size <= LEAVES; size++) {
        assert_int_equal(size, merkle.size);
        merkle_root(&merkle, root);
        naive_root((const uint8_t(*)[DIGEST_BYTES])leaves, size, expected);
        assert_memory_equal(expected, root, DIGEST_BYTES);
        if (size < LEAVES) {
            merkle_add(&merkle, leaves[size]);
        }
    }
}

static void the_empty_root_is_the_hash_of_nothing(void **state)
{
    (void)state;
    const struct merkle merkle = {.size = 0};
    uint8_t root[DIGEST_BYTES];
    char hex[2 * DIGEST_BYTES + 1];
    merkle_root(&merkle, root);
    bytes_to_hex(bytes_of(root, sizeof root), hex);
    assert_string_equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hex);
}

static void a_stored_tree_goes_on_growing_as_if_it_had_not_been_stored(void **state)
{
    (void)state;
    struct merkle merkle = {.size = 0}, read;
    uint8_t stored[MERKLE_BYTES_MAX];
    for (size_t i = 0; i < LEAVES; i++) {
        const size_t size = merkle_put(&merkle, stored);
        memset(&read, 0xee, sizeof read);
        assert_int_equal(ERR_OK, merkle_get(bytes_of(stored, size), &read));
        assert_memory_equal(&merkle, &read, sizeof merkle);
        merkle_add(&merkle, leaves[i]);
    }
}

static void a_stored_tree_of_another_size_is_refused(void **state)
{
    (void)state;
    struct merkle merkle = {.size = 0}, read;
    uint8_t stored[MERKLE_BYTES_MAX + 1] = {0};
    for (size_t i = 0; i < 5; i++) {
        merkle_add(&merkle, leaves[i]);
    }
    const size_t right = merkle_put(&merkle, stored);
    assert_int_equal(8 + 2 * DIGEST_BYTES, right);
    for (size_t size = 0; size < sizeof stored; size++) {
        const enum err err = merkle_get(bytes_of(stored, size), &read);
        assert_int_equal(size == right ? ERR_OK : ERR_MALFORMED, err);
    }
    memset(stored, 0xff, 8);
    assert_int_equal(ERR_OK, merkle_get(bytes_of(stored, MERKLE_BYTES_MAX), &read));
    assert_int_equal(ERR_MALFORMED, merkle_get(bytes_of(stored, MERKLE_BYTES_MAX + 1), &read));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_is_that_of_the_rfc_at_every_size),
        cmocka_unit_test(the_empty_root_is_the_hash_of_nothing),
        cmocka_unit_test(a_stored_tree_goes_on_growing_as_if_it_had_not_been_stored),
        cmocka_unit_test(a_stored_tree_of_another_size_is_refused),
    };
    return cmocka_run_group_tests_name("proto.merkle", tests, setup, NULL);
}
