/* The happy path is: 1 the office seals: digests of columns and confidential part go into the
 * header, the header is signed; 2 whoever receives or reads the batch opens it: signature over
 * the bytes as they came, then the header's fields, then the digests of what it names. What may
 * go wrong: a byte of any part is another one, a part comes from another batch, or the key is
 * another one; nothing of the batch is used then. */
#include "proto/sealing.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "core/base/mem.h"
#include "core/model/limits.h"
#include "proto/codec.h"

enum {
    DOMAIN_BYTES_MAX = 32,
    STACK_BYTES = 4096,      /* what is signed is joined on the stack up to this size */
    HEADER_BYTES_MAX = 1024, /* a header with the longest programme code takes less than half */
};

static_assert(sizeof(crypto_generichash_state) <= sizeof(struct seal_stream),
              "a stream holds libsodium's state");
static_assert(_Alignof(crypto_generichash_state) <= _Alignof(struct seal_stream),
              "a stream is aligned as libsodium's state");
static_assert((int)SIGNATURE_BYTES == (int)crypto_sign_BYTES, "Ed25519");
static_assert((int)KEY_BYTES == (int)crypto_sign_PUBLICKEYBYTES, "Ed25519");
static_assert(crypto_sign_SECRETKEYBYTES == 64, "Ed25519");

/* Each with its terminating zero, which ends the domain. */
static const char domains[SEAL_PURPOSE_COUNT][DOMAIN_BYTES_MAX] = {
    [SEAL_BATCH_HEADER] = "ogniwo batch header v1",
    [SEAL_COLUMNS] = "ogniwo columns v1",
    [SEAL_CONFIDENTIAL] = "ogniwo confidential v1",
    [SEAL_LOG_ENTRY] = "ogniwo log entry v1",
    [SEAL_DECISION] = "ogniwo decision v1",
    [SEAL_PROGRAMME] = "ogniwo programme v1",
    [SEAL_RECEIPT] = "ogniwo receipt v1",
    [SEAL_TOTALS] = "ogniwo totals v1",
    [SEAL_FILE] = "ogniwo file v1",
    [SEAL_ROW] = "ogniwo row v1",
};

static struct bytes domain_of(enum seal_purpose purpose)
{
    assert(purpose < SEAL_PURPOSE_COUNT);
    assert(domains[purpose][0] != '\0');
    return bytes_of(domains[purpose], strlen(domains[purpose]) + 1);
}

enum err sealing_start(void)
{
    return sodium_init() < 0 ? ERR_STATE : ERR_OK;
}

void sealing_stream_begin(struct seal_stream *stream, enum seal_purpose purpose)
{
    const int outcome =
        crypto_generichash_init((crypto_generichash_state *)stream->state, NULL, 0, DIGEST_BYTES);
    assert(outcome == 0);
    sealing_stream_add(stream, domain_of(purpose));
}

void sealing_stream_add(struct seal_stream *stream, struct bytes data)
{
    const int outcome =
        crypto_generichash_update((crypto_generichash_state *)stream->state, data.data, data.size);
    assert(outcome == 0);
}

void sealing_stream_end(struct seal_stream *stream, uint8_t out[DIGEST_BYTES])
{
    const int outcome =
        crypto_generichash_final((crypto_generichash_state *)stream->state, out, DIGEST_BYTES);
    assert(outcome == 0);
}

void sealing_digest(enum seal_purpose purpose, struct bytes data, uint8_t out[DIGEST_BYTES])
{
    struct seal_stream stream;
    sealing_stream_begin(&stream, purpose);
    sealing_stream_add(&stream, data);
    sealing_stream_end(&stream, out);
}

/* What is signed: the domain, its zero, the data; in one piece, as Ed25519 reads it twice. */
struct signed_bytes {
    uint8_t stack[STACK_BYTES];
    uint8_t *data;
    size_t size;
};

static enum err signed_bytes_init(struct signed_bytes *self, enum seal_purpose purpose,
                                  struct bytes data)
{
    const struct bytes domain = domain_of(purpose);
    self->size = domain.size + data.size;
    self->data = self->size <= sizeof self->stack ? self->stack : mem_resize(NULL, self->size);
    if (self->data == NULL) {
        return ERR_MEMORY;
    }
    memcpy(self->data, domain.data, domain.size);
    if (data.size > 0) {
        memcpy(self->data + domain.size, data.data, data.size);
    }
    return ERR_OK;
}

static void signed_bytes_fini(struct signed_bytes *self)
{
    if (self->data != self->stack) {
        mem_free(self->data);
    }
    self->data = NULL;
}

enum err sealing_sign(enum seal_purpose purpose, struct bytes data, const uint8_t secret[64],
                      uint8_t out[SIGNATURE_BYTES])
{
    struct signed_bytes whole;
    const enum err err = signed_bytes_init(&whole, purpose, data);
    if (err != ERR_OK) {
        return err;
    }
    const int outcome = crypto_sign_detached(out, NULL, whole.data, whole.size, secret);
    assert(outcome == 0);
    signed_bytes_fini(&whole);
    return ERR_OK;
}

/* libsodium refuses what other libraries let pass: an S that is not reduced, keys and points R of
 * small order, a key that is not canonical. */
enum err sealing_verify(enum seal_purpose purpose, struct bytes data, struct bytes signature,
                        const uint8_t public_key[KEY_BYTES])
{
    struct signed_bytes whole;
    if (signature.size != SIGNATURE_BYTES) {
        return ERR_SIGNATURE;
    }
    const enum err err = signed_bytes_init(&whole, purpose, data);
    if (err != ERR_OK) {
        return err;
    }
    const int outcome =
        crypto_sign_verify_detached(signature.data, whole.data, whole.size, public_key);
    signed_bytes_fini(&whole);
    return outcome == 0 ? ERR_OK : ERR_SIGNATURE;
}

void sealing_chain(const uint8_t previous[DIGEST_BYTES], const uint8_t header_digest[DIGEST_BYTES],
                   uint8_t out[DIGEST_BYTES])
{
    uint8_t both[2 * DIGEST_BYTES];
    memcpy(both, previous, DIGEST_BYTES);
    memcpy(both + DIGEST_BYTES, header_digest, DIGEST_BYTES);
    const int outcome = crypto_generichash(out, DIGEST_BYTES, both, sizeof both, NULL, 0);
    assert(outcome == 0);
}

enum err sealing_seal(const struct seal_input *input, struct buffer *out,
                      uint8_t chain[DIGEST_BYTES])
{
    struct batch_header *header = input->header;
    uint8_t stack[HEADER_BYTES_MAX];
    /* Full from the start, so that it never reaches for the heap. */
    struct buffer encoded = {.data = stack, .room = sizeof stack, .bytes_max = sizeof stack};
    sealing_digest(SEAL_COLUMNS, input->columns, header->columns_digest);
    sealing_digest(SEAL_CONFIDENTIAL, input->confidential, header->confidential_digest);
    enum err err = codec_batch_header_encode(header, &encoded);
    if (err != ERR_OK) {
        return err;
    }
    uint8_t signature[SIGNATURE_BYTES], digest[DIGEST_BYTES];
    err = sealing_sign(SEAL_BATCH_HEADER, buffer_bytes(&encoded), input->secret, signature);
    if (err != ERR_OK) {
        return err;
    }
    const struct sealed_batch sealed = {.header = buffer_bytes(&encoded),
                                        .signature = bytes_of(signature, sizeof signature),
                                        .columns = input->columns,
                                        .confidential = input->confidential};
    err = codec_sealed_batch_encode(&sealed, out);
    if (err != ERR_OK) {
        return err;
    }
    sealing_digest(SEAL_BATCH_HEADER, sealed.header, digest);
    sealing_chain(header->previous, digest, chain);
    return ERR_OK;
}

static enum err digest_check(enum seal_purpose purpose, struct bytes data,
                             const uint8_t expected[DIGEST_BYTES])
{
    uint8_t digest[DIGEST_BYTES];
    sealing_digest(purpose, data, digest);
    return memcmp(digest, expected, DIGEST_BYTES) == 0 ? ERR_OK : ERR_DIGEST;
}

static enum err confidential_open(const struct batch_header *header, struct bytes from,
                                  struct arena *arena, struct confidential *out)
{
    enum err err = digest_check(SEAL_CONFIDENTIAL, from, header->confidential_digest);
    if (err == ERR_OK) {
        err = codec_confidential_decode(from, arena, out);
    }
    if (err != ERR_OK) {
        return err;
    }
    const bool complete = out->pseudonyms.size == (size_t)header->person_count * PSEUDONYM_BYTES &&
                          out->row_keys.size == (size_t)header->count * ROW_KEY_BYTES;
    return complete ? ERR_OK : ERR_RANGE;
}

enum err sealing_open(const struct sealed_batch *sealed, bool with_confidential,
                      const uint8_t public_key[KEY_BYTES], struct arena *arena,
                      struct opened_batch *out)
{
    enum err err = sealing_verify(SEAL_BATCH_HEADER, sealed->header, sealed->signature, public_key);
    if (err != ERR_OK) {
        return err;
    }
    *out = (struct opened_batch){.sealed = *sealed};
    err = codec_batch_header_decode(sealed->header, arena, &out->header);
    if (err == ERR_OK) {
        err = digest_check(SEAL_COLUMNS, sealed->columns, out->header.columns_digest);
    }
    if (err == ERR_OK && with_confidential) {
        err = confidential_open(&out->header, sealed->confidential, arena, &out->confidential);
    }
    if (err == ERR_OK && !with_confidential && sealed->confidential.size > 0) {
        err = ERR_MALFORMED;
    }
    if (err != ERR_OK) {
        return err;
    }
    sealing_digest(SEAL_BATCH_HEADER, sealed->header, out->digest);
    sealing_chain(out->header.previous, out->digest, out->chain);
    return ERR_OK;
}
