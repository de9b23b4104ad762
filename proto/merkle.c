/* The tree of RFC 9162, section 2.1: a leaf is SHA-256(0 || entry digest), a node SHA-256(1 || left
 * || right), and the left subtree of n leaves is the largest perfect one that is smaller than n.
 * Adding a leaf joins perfect subtrees as adding 1 carries bits; the root folds what is left,
 * smallest first. */
#include "proto/sealing.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

enum { LEVELS = 64 };

static_assert((int)DIGEST_BYTES == (int)crypto_hash_sha256_BYTES, "SHA-256");

static void leaf_hash(const uint8_t digest[DIGEST_BYTES], uint8_t out[DIGEST_BYTES])
{
    uint8_t whole[1 + DIGEST_BYTES] = {0x00};
    memcpy(whole + 1, digest, DIGEST_BYTES);
    crypto_hash_sha256(out, whole, sizeof whole);
}

/* out may be either of them. */
static void node_hash(const uint8_t left[DIGEST_BYTES], const uint8_t right[DIGEST_BYTES],
                      uint8_t out[DIGEST_BYTES])
{
    uint8_t whole[1 + 2 * DIGEST_BYTES] = {0x01};
    memcpy(whole + 1, left, DIGEST_BYTES);
    memcpy(whole + 1 + DIGEST_BYTES, right, DIGEST_BYTES);
    crypto_hash_sha256(out, whole, sizeof whole);
}

void merkle_add(struct merkle *self, const uint8_t entry_digest[DIGEST_BYTES])
{
    uint8_t carry[DIGEST_BYTES];
    unsigned level = 0;
    assert(self->size < UINT64_MAX);
    leaf_hash(entry_digest, carry);
    for (; (self->size >> level & 1) != 0; level++) {
        node_hash(self->roots[level], carry, carry);
        memset(self->roots[level], 0, DIGEST_BYTES);
    }
    assert(level < LEVELS);
    memcpy(self->roots[level], carry, DIGEST_BYTES);
    self->size++;
}

void merkle_root(const struct merkle *self, uint8_t out[DIGEST_BYTES])
{
    uint8_t root[DIGEST_BYTES];
    bool any = false;
    for (unsigned level = 0; level < LEVELS; level++) {
        if ((self->size >> level & 1) == 0) {
            continue;
        }
        if (any) {
            node_hash(self->roots[level], root, root);
        } else {
            memcpy(root, self->roots[level], DIGEST_BYTES);
        }
        any = true;
    }
    if (!any) {
        crypto_hash_sha256(root, NULL, 0);
    }
    memcpy(out, root, DIGEST_BYTES);
}

size_t merkle_put(const struct merkle *self, uint8_t out[MERKLE_BYTES_MAX])
{
    size_t size = 8;
    bytes_put64(out, self->size);
    for (unsigned level = 0; level < LEVELS; level++) {
        if ((self->size >> level & 1) != 0) {
            memcpy(out + size, self->roots[level], DIGEST_BYTES);
            size += DIGEST_BYTES;
        }
    }
    assert(size <= MERKLE_BYTES_MAX);
    return size;
}

enum err merkle_get(struct bytes from, struct merkle *out)
{
    if (from.size < 8 || from.size > MERKLE_BYTES_MAX) {
        return ERR_MALFORMED;
    }
    struct merkle found = {.size = bytes_get64(from.data)};
    size_t at = 8;
    for (unsigned level = 0; level < LEVELS; level++) {
        if ((found.size >> level & 1) == 0) {
            continue;
        }
        if (from.size - at < DIGEST_BYTES) {
            return ERR_MALFORMED;
        }
        memcpy(found.roots[level], from.data + at, DIGEST_BYTES);
        at += DIGEST_BYTES;
    }
    if (at != from.size) {
        return ERR_MALFORMED;
    }
    *out = found;
    return ERR_OK;
}
