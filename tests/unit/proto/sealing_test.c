/* Digests, signatures, chain, and a whole batch sealed and opened; each byte of it spoiled once. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/model/limits.h"
#include "proto/codec.h"
#include "proto/sealing.h"
#include "support/mem_failing.h"
#include "unit/proto/samples.h"

static struct arena *arena;
static struct signing_keys keys;
static struct buffer columns = {.bytes_max = FRAME_BYTES_MAX};
static struct buffer confidential = {.bytes_max = FRAME_BYTES_MAX};
static struct buffer whole = {.bytes_max = FRAME_BYTES_MAX};
static struct sealed_batch sealed;
static uint8_t chain[DIGEST_BYTES];

static enum err seal(struct batch_header *header, struct buffer *out)
{
    const struct seal_input input = {.header = header,
                                     .columns = buffer_bytes(&columns),
                                     .confidential = buffer_bytes(&confidential),
                                     .secret = keys.secret};
    return sealing_seal(&input, out, chain);
}

static int setup(void **state)
{
    (void)state;
    struct sample_columns sample;
    struct batch_header header = sample_header();
    const struct confidential part = sample_confidential();
    sample_columns(&sample);
    sample_signing_keys(1, &keys);
    const bool ready = sealing_start() == ERR_OK &&
                       arena_new(BATCH_ARENA_BYTES, &arena) == ERR_OK &&
                       codec_columns_encode(&sample.columns, &columns) == ERR_OK &&
                       codec_confidential_encode(&part, &confidential) == ERR_OK &&
                       seal(&header, &whole) == ERR_OK &&
                       codec_sealed_batch_decode(buffer_bytes(&whole), arena, &sealed) == ERR_OK;
    return ready ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buffer_fini(&columns);
    buffer_fini(&confidential);
    buffer_fini(&whole);
    return 0;
}

static void expect_hex(const char *expected, const uint8_t *data, size_t size)
{
    char hex[129];
    assert_true(2 * size < sizeof hex);
    bytes_to_hex(bytes_of(data, size), hex);
    assert_string_equal(expected, hex);
}

static void digests_and_chain_are_blake2b_256(void **state)
{
    (void)state;
    uint8_t digest[DIGEST_BYTES], previous[DIGEST_BYTES] = {0};
    sealing_digest(SEAL_COLUMNS, bytes_text("abc"), digest);
    expect_hex("281ab395fa7e2d6e6335229b03b49a9eadb95954c72986237bffad46c8d3ae9e", digest,
               DIGEST_BYTES);
    sample_fill(digest, sizeof digest, 0);
    sealing_chain(previous, digest, previous);
    expect_hex("77fa625ffb85914361cd9b148de5e8272005668c931047f9edbd21c25f41e5d4", previous,
               DIGEST_BYTES);
}

static void a_digest_of_pieces_is_that_of_the_whole(void **state)
{
    (void)state;
    uint8_t one[DIGEST_BYTES], pieces[DIGEST_BYTES];
    struct seal_stream stream;
    const struct bytes data = buffer_bytes(&whole);
    sealing_digest(SEAL_FILE, data, one);
    for (size_t cut = 0; cut <= data.size; cut += 13) {
        sealing_stream_begin(&stream, SEAL_FILE);
        sealing_stream_add(&stream, bytes_of(data.data, cut));
        sealing_stream_add(&stream, bytes_of(NULL, 0));
        sealing_stream_add(&stream, bytes_of(data.data + cut, data.size - cut));
        sealing_stream_end(&stream, pieces);
        assert_memory_equal(one, pieces, DIGEST_BYTES);
    }
}

static void no_purpose_shares_a_digest_or_a_signature(void **state)
{
    (void)state;
    uint8_t digests[SEAL_PURPOSE_COUNT][DIGEST_BYTES], signature[SIGNATURE_BYTES];
    const struct bytes data = bytes_text("abc");
    for (int i = 0; i < SEAL_PURPOSE_COUNT; i++) {
        sealing_digest((enum seal_purpose)i, data, digests[i]);
        assert_int_equal(ERR_OK, sealing_sign((enum seal_purpose)i, data, keys.secret, signature));
        for (int k = 0; k < SEAL_PURPOSE_COUNT; k++) {
            assert_true(k >= i || memcmp(digests[i], digests[k], DIGEST_BYTES) != 0);
            assert_int_equal(i == k ? ERR_OK : ERR_SIGNATURE,
                             sealing_verify((enum seal_purpose)k, data,
                                            bytes_of(signature, sizeof signature),
                                            keys.public_key));
        }
    }
}

static void signatures_are_ed25519_over_domain_zero_data(void **state)
{
    (void)state;
    uint8_t signature[SIGNATURE_BYTES];
    assert_int_equal(ERR_OK,
                     sealing_sign(SEAL_BATCH_HEADER, bytes_text("abc"), keys.secret, signature));
    expect_hex("589ec0b737438f32ac336f0e19c1524c1e557fcd602bf9880053c8a963c8e9c7"
               "89fd748f2ef8ffef08fcf90d6c479290154d73d3cc6f1909d0f6805276acb401",
               signature, sizeof signature);
}

/* 2^252 + 27742317777372353535851937790883648493, little-endian. */
static const uint8_t group_order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                        0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};

static void a_second_signature_cannot_be_made_from_the_first(void **state)
{
    (void)state;
    const struct bytes data = bytes_text("abc");
    uint8_t signature[SIGNATURE_BYTES];
    assert_int_equal(ERR_OK, sealing_sign(SEAL_RECEIPT, data, keys.secret, signature));
    /* S + L satisfies the same equation. */
    unsigned carry = 0;
    for (size_t i = 0; i < sizeof group_order; i++) {
        carry += (unsigned)signature[32 + i] + group_order[i];
        signature[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(
        ERR_SIGNATURE,
        sealing_verify(SEAL_RECEIPT, data, bytes_of(signature, sizeof signature), keys.public_key));
}

static void a_key_of_small_order_signs_nothing(void **state)
{
    (void)state;
    /* With A and R the neutral element and S = 0 every message would verify. */
    const uint8_t neutral[KEY_BYTES] = {1}, signature[SIGNATURE_BYTES] = {1};
    assert_int_equal(ERR_SIGNATURE, sealing_verify(SEAL_RECEIPT, bytes_text("any"),
                                                   bytes_of(signature, sizeof signature), neutral));
}

static void long_data_is_signed_too(void **state)
{
    (void)state;
    static uint8_t data[FRAME_BYTES_MAX];
    uint8_t signature[SIGNATURE_BYTES];
    const struct bytes sizes[] = {bytes_of(data, 0), bytes_of(data, 4000), bytes_of(data, 4096),
                                  bytes_of(data, sizeof data)};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        assert_int_equal(ERR_OK, sealing_sign(SEAL_DECISION, sizes[i], keys.secret, signature));
        const struct bytes given = bytes_of(signature, sizeof signature);
        assert_int_equal(ERR_OK, sealing_verify(SEAL_DECISION, sizes[i], given, keys.public_key));
    }
    data[sizeof data - 1] ^= 1;
    assert_int_equal(ERR_SIGNATURE,
                     sealing_verify(SEAL_DECISION, bytes_of(data, sizeof data),
                                    bytes_of(signature, sizeof signature), keys.public_key));
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, sealing_sign(SEAL_DECISION, bytes_of(data, sizeof data),
                                              keys.secret, signature));
    assert_true(mem_failing_done());
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY,
                     sealing_verify(SEAL_DECISION, bytes_of(data, sizeof data),
                                    bytes_of(signature, sizeof signature), keys.public_key));
    assert_true(mem_failing_done());
}

static void a_sealed_batch_opens(void **state)
{
    (void)state;
    struct opened_batch opened;
    uint8_t digest[DIGEST_BYTES];
    assert_int_equal(ERR_OK, sealing_open(&sealed, true, keys.public_key, arena, &opened));
    assert_true(bytes_is(opened.header.programme, "jobtown"));
    assert_true(bytes_equal(buffer_bytes(&columns), opened.sealed.columns));
    assert_true(bytes_equal(sample_confidential().row_keys, opened.confidential.row_keys));
    sealing_digest(SEAL_BATCH_HEADER, sealed.header, digest);
    assert_memory_equal(digest, opened.digest, DIGEST_BYTES);
    assert_memory_equal(chain, opened.chain, DIGEST_BYTES);
}

static void a_batch_of_the_log_opens_without_its_confidential_part(void **state)
{
    (void)state;
    struct opened_batch opened;
    struct sealed_batch logged = sealed;
    logged.confidential = bytes_of(NULL, 0);
    assert_int_equal(ERR_OK, sealing_open(&logged, false, keys.public_key, arena, &opened));
    assert_memory_equal(chain, opened.chain, DIGEST_BYTES);
    assert_int_equal(0, opened.confidential.pseudonyms.size);
    assert_int_equal(ERR_DIGEST, sealing_open(&logged, true, keys.public_key, arena, &opened));
    assert_int_equal(ERR_MALFORMED, sealing_open(&sealed, false, keys.public_key, arena, &opened));
}

static void no_bit_of_a_batch_can_be_changed(void **state)
{
    (void)state;
    struct opened_batch opened;
    const struct bytes parts[] = {sealed.header, sealed.signature, sealed.columns,
                                  sealed.confidential};
    for (size_t part = 0; part < 4; part++) {
        for (size_t i = 0; i < parts[part].size; i++) {
            uint8_t *byte = (uint8_t *)&parts[part].data[i];
            const uint8_t before = *byte;
            *byte ^= (uint8_t)(1 << i % 8);
            const enum err err = sealing_open(&sealed, true, keys.public_key, arena, &opened);
            assert_int_equal(part < 2 ? ERR_SIGNATURE : ERR_DIGEST, err);
            *byte = before;
        }
    }
    assert_int_equal(ERR_OK, sealing_open(&sealed, true, keys.public_key, arena, &opened));
}

static void another_key_opens_nothing(void **state)
{
    (void)state;
    struct opened_batch opened;
    struct signing_keys other;
    sample_signing_keys(2, &other);
    assert_int_equal(ERR_SIGNATURE, sealing_open(&sealed, true, other.public_key, arena, &opened));
}

static void the_confidential_part_fits_its_header(void **state)
{
    (void)state;
    struct opened_batch opened;
    struct batch_header header = sample_header();
    header.person_count = SAMPLE_PEOPLE + 1;
    buffer_clear(&whole);
    assert_int_equal(ERR_OK, seal(&header, &whole));
    assert_int_equal(ERR_OK, codec_sealed_batch_decode(buffer_bytes(&whole), arena, &sealed));
    assert_int_equal(ERR_RANGE, sealing_open(&sealed, true, keys.public_key, arena, &opened));
    header = sample_header();
    header.count = SAMPLE_EVENTS + 1;
    buffer_clear(&whole);
    assert_int_equal(ERR_OK, seal(&header, &whole));
    assert_int_equal(ERR_OK, codec_sealed_batch_decode(buffer_bytes(&whole), arena, &sealed));
    assert_int_equal(ERR_RANGE, sealing_open(&sealed, true, keys.public_key, arena, &opened));
}

static void sealing_appends_all_or_nothing(void **state)
{
    (void)state;
    struct batch_header header = sample_header();
    struct buffer small = {.bytes_max = 300};
    assert_int_equal(ERR_OK, buffer_add_text(&small, "before"));
    assert_int_equal(ERR_FULL, seal(&header, &small));
    assert_true(bytes_is(buffer_bytes(&small), "before"));
    buffer_fini(&small);
    header.programme = bytes_text("a\nb");
    assert_int_equal(ERR_ENCODING, seal(&header, &whole));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(digests_and_chain_are_blake2b_256),
        TEST(a_digest_of_pieces_is_that_of_the_whole),
        TEST(no_purpose_shares_a_digest_or_a_signature),
        TEST(signatures_are_ed25519_over_domain_zero_data),
        TEST(a_second_signature_cannot_be_made_from_the_first),
        TEST(a_key_of_small_order_signs_nothing),
        TEST(long_data_is_signed_too),
        TEST(a_sealed_batch_opens),
        TEST(a_batch_of_the_log_opens_without_its_confidential_part),
        TEST(no_bit_of_a_batch_can_be_changed),
        TEST(another_key_opens_nothing),
        TEST(the_confidential_part_fits_its_header),
        TEST(sealing_appends_all_or_nothing),
    };
    return cmocka_run_group_tests_name("proto.sealing", tests, NULL, NULL);
}
