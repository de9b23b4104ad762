/* sealing: digests, chain, signatures and the Merkle root: what makes totals provable.
 *
 * Every hash and signature is over a domain string and the exact bytes received or sent:
 * BLAKE2b-256 (RFC 7693) and Ed25519 (RFC 8032) by libsodium; the log's tree is that of RFC 9162,
 * section 2.1, with SHA-256. */
#ifndef PROTO_SEALING_H
#define PROTO_SEALING_H

#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/base/err.h"
#include "proto/messages.h"

/* What is signed or hashed: no signature or digest is valid for another purpose. */
enum seal_purpose {
    SEAL_BATCH_HEADER,
    SEAL_COLUMNS,
    SEAL_CONFIDENTIAL,
    SEAL_LOG_ENTRY,
    SEAL_DECISION,
    SEAL_PROGRAMME,
    SEAL_RECEIPT,
    SEAL_TOTALS,
    SEAL_FILE, /* an office file's content */
    SEAL_ROW,  /* an office row's content */
    SEAL_PURPOSE_COUNT
};

/* Call once before anything else here. Errors: ERR_STATE, libsodium cannot start. */
MUST_CHECK enum err sealing_start(void);

void sealing_digest(enum seal_purpose purpose, struct bytes data, uint8_t out[DIGEST_BYTES]);

/* A digest of many pieces: of their concatenation, equal to sealing_digest() of it. */
struct seal_stream {
    _Alignas(64) uint8_t state[384];
};
void sealing_stream_begin(struct seal_stream *stream, enum seal_purpose purpose);
void sealing_stream_add(struct seal_stream *stream, struct bytes data);
void sealing_stream_end(struct seal_stream *stream, uint8_t out[DIGEST_BYTES]);

/* Ed25519 over domain || 0 || data. Errors: ERR_MEMORY, only for data of more than 4,000 bytes. */
MUST_CHECK enum err sealing_sign(enum seal_purpose purpose, struct bytes data,
                                 const uint8_t secret[64], uint8_t out[SIGNATURE_BYTES]);

/* Errors: ERR_SIGNATURE; ERR_MEMORY as above. */
MUST_CHECK enum err sealing_verify(enum seal_purpose purpose, struct bytes data,
                                   struct bytes signature, const uint8_t public_key[KEY_BYTES]);

/* chain_n = BLAKE2b-256(chain_{n-1} || digest of the header); out may be previous. */
void sealing_chain(const uint8_t previous[DIGEST_BYTES], const uint8_t header_digest[DIGEST_BYTES],
                   uint8_t out[DIGEST_BYTES]);

/* What sealing_seal() takes. */
struct seal_input {
    struct batch_header *header; /* both digests are set here */
    struct bytes columns;        /* encoded EventColumns */
    struct bytes confidential;   /* encoded Confidential */
    const uint8_t *secret;       /* 64: the node's signing key */
};
/* Signs the header (its columns_digest and confidential_digest are filled in from the bytes given)
 * and appends the whole SealedBatch to out. chain: the head after this batch.
 * Errors: the encoders'. */
MUST_CHECK enum err sealing_seal(const struct seal_input *input, struct buffer *out,
                                 uint8_t chain[DIGEST_BYTES]);

/* A batch taken apart and checked. */
struct opened_batch {
    struct sealed_batch sealed;
    struct batch_header header;
    struct confidential confidential; /* empty when the sealed batch has none and none is wanted */
    uint8_t digest[DIGEST_BYTES];     /* of the header: names the batch */
    uint8_t chain[DIGEST_BYTES];      /* the head after it */
};

/* Decodes header and confidential part, checks the digests of columns and confidential part, that
 * the confidential part has as many pseudonyms and row keys as the header says, and the signature.
 * with_confidential: false for a batch of the log, which has none. Columns are not decoded.
 * Errors: the decoders', ERR_DIGEST, ERR_SIGNATURE, ERR_MEMORY; ERR_MALFORMED, a confidential part
 * that is not wanted. */
MUST_CHECK enum err sealing_open(const struct sealed_batch *sealed, bool with_confidential,
                                 const uint8_t public_key[KEY_BYTES], struct arena *arena,
                                 struct opened_batch *out);

/* The frontier of a growing Merkle tree: the roots of its perfect subtrees. */
struct merkle {
    uint64_t size;
    uint8_t roots[64]
                 [DIGEST_BYTES]; /* [i]: the subtree of 2^i leaves, where bit i of size is set */
};
void merkle_add(struct merkle *self, const uint8_t entry_digest[DIGEST_BYTES]);
void merkle_root(const struct merkle *self, uint8_t out[DIGEST_BYTES]);

/* Its stored form: size (8 bytes) and the roots in use, from the smallest subtree. */
enum { MERKLE_BYTES_MAX = 8 + 64 * DIGEST_BYTES };
size_t merkle_put(const struct merkle *self, uint8_t out[MERKLE_BYTES_MAX]);
/* Errors: ERR_MALFORMED. */
MUST_CHECK enum err merkle_get(struct bytes from, struct merkle *out);

#endif
