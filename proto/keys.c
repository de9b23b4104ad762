/* Each function hashes under a domain of its own and separates its texts by zero bytes, which no
 * clean text holds; only the last piece may hold any byte. */
#include "proto/keys.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

static_assert(crypto_sign_SEEDBYTES == KEY_BYTES, "Ed25519 seeds");
static_assert(crypto_scalarmult_BYTES == KEY_BYTES, "Curve25519");
static_assert(KEY_BYTES <= crypto_generichash_KEYBYTES_MAX, "keyed BLAKE2b");

/* What is hashed: pieces, each but the last followed by a zero. */
struct keyed_input {
    const char *domain;
    struct bytes pieces[3];
    size_t piece_count;
};

static void keyed_hash(const uint8_t key[KEY_BYTES], const struct keyed_input *input, uint8_t *out,
                       size_t out_size)
{
    crypto_generichash_state state;
    const uint8_t zero = 0;
    assert(input->piece_count > 0 && input->piece_count <= 3);
    /* Eight bytes are below what crypto_generichash() recommends, not below what BLAKE2b gives. */
    int outcome = crypto_generichash_init(&state, key, KEY_BYTES, out_size);
    if (input->domain != NULL) {
        outcome |= crypto_generichash_update(&state, (const uint8_t *)input->domain,
                                             strlen(input->domain) + 1);
    }
    for (size_t i = 0; i < input->piece_count; i++) {
        if (i > 0) {
            outcome |= crypto_generichash_update(&state, &zero, 1);
        }
        outcome |= crypto_generichash_update(&state, input->pieces[i].data, input->pieces[i].size);
    }
    outcome |= crypto_generichash_final(&state, out, out_size);
    assert(outcome == 0);
    keys_wipe(&state, sizeof state);
}

void keys_signing(const uint8_t seed[KEY_BYTES], struct signing_keys *out)
{
    const int outcome = crypto_sign_seed_keypair(out->public_key, out->secret, seed);
    assert(outcome == 0);
}

/* Hashed first: the same seed must not make one scalar for signing and for transport. */
void keys_transport(const uint8_t seed[KEY_BYTES], struct transport_keys *out)
{
    const struct keyed_input input = {.pieces = {bytes_text("ogniwo transport key v1")},
                                      .piece_count = 1};
    keyed_hash(seed, &input, out->secret, KEY_BYTES);
    const int outcome = crypto_scalarmult_base(out->public_key, out->secret);
    assert(outcome == 0);
}

void keys_pseudonym(const uint8_t key[KEY_BYTES], struct bytes programme, struct bytes scheme,
                    struct bytes identifier, uint8_t out[PSEUDONYM_BYTES])
{
    const struct keyed_input input = {.domain = "ogniwo pseudonym v1",
                                      .pieces = {programme, scheme, identifier},
                                      .piece_count = 3};
    keyed_hash(key, &input, out, PSEUDONYM_BYTES);
}

void keys_second_pseudonym(const uint8_t key[KEY_BYTES], struct bytes programme,
                           const uint8_t pseudonym[PSEUDONYM_BYTES], uint8_t out[PSEUDONYM_BYTES])
{
    const struct keyed_input input = {.domain = "ogniwo second pseudonym v1",
                                      .pieces = {programme, bytes_of(pseudonym, PSEUDONYM_BYTES)},
                                      .piece_count = 2};
    keyed_hash(key, &input, out, PSEUDONYM_BYTES);
}

void keys_row(const uint8_t key[KEY_BYTES], struct bytes programme, struct bytes content,
              uint8_t out[ROW_KEY_BYTES])
{
    const struct keyed_input input = {.pieces = {programme, content}, .piece_count = 2};
    keyed_hash(key, &input, out, ROW_KEY_BYTES);
}

void keys_check(const uint8_t key[KEY_BYTES], struct bytes programme, uint8_t out[DIGEST_BYTES])
{
    const struct keyed_input input = {
        .domain = "ogniwo key check v1", .pieces = {programme}, .piece_count = 1};
    keyed_hash(key, &input, out, DIGEST_BYTES);
}

void keys_wipe(void *secret, size_t size)
{
    sodium_memzero(secret, size);
}
