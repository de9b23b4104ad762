/* keys: key pairs, pseudonyms, row keys and the check value of a pseudonym key. */
#ifndef PROTO_KEYS_H
#define PROTO_KEYS_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "proto/messages.h"

/* Ed25519: the seed is all that a file keeps. */
struct signing_keys {
    uint8_t public_key[KEY_BYTES];
    uint8_t secret[64];
};

/* Curve25519, as ZeroMQ's CURVE wants them. */
struct transport_keys {
    uint8_t public_key[KEY_BYTES];
    uint8_t secret[KEY_BYTES];
};

/* Both from a 32-byte seed: the same seed gives the same keys. */
void keys_signing(const uint8_t seed[KEY_BYTES], struct signing_keys *out);
void keys_transport(const uint8_t seed[KEY_BYTES], struct transport_keys *out);

/* The pseudonym of a person or entity under a programme's key: keyed BLAKE2b-128 over
 * "ogniwo pseudonym v1" 0 programme 0 scheme 0 identifier. */
void keys_pseudonym(const uint8_t key[KEY_BYTES], struct bytes programme, struct bytes scheme,
                    struct bytes identifier, uint8_t out[PSEUDONYM_BYTES]);

/* The broker's second function over what arrives, under its own key. */
void keys_second_pseudonym(const uint8_t key[KEY_BYTES], struct bytes programme,
                           const uint8_t pseudonym[PSEUDONYM_BYTES], uint8_t out[PSEUDONYM_BYTES]);

/* A row's key in the node's own store: keyed BLAKE2b-64 over programme 0 content. */
void keys_row(const uint8_t key[KEY_BYTES], struct bytes programme, struct bytes content,
              uint8_t out[ROW_KEY_BYTES]);

/* Tells whether two hold the same pseudonym key, and nothing else about it. */
void keys_check(const uint8_t key[KEY_BYTES], struct bytes programme, uint8_t out[DIGEST_BYTES]);

/* Overwrites secrets so that the compiler cannot leave it out. */
void keys_wipe(void *secret, size_t size);

#endif
