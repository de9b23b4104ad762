/* What the scan before protobuf-c must refuse, tried on headers, columns and log entries. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/model/limits.h"
#include "proto/codec.h"
#include "unit/proto/samples.h"

enum { BYTES_MAX = 2 * FRAME_BYTES_MAX };

static struct arena *arena;
static struct buffer bytes = {.bytes_max = BYTES_MAX};

static int setup(void **state)
{
    (void)state;
    buffer_clear(&bytes);
    return arena_new(BATCH_ARENA_BYTES, &arena) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buffer_fini(&bytes);
    return 0;
}

static void add(const char *data, size_t size)
{
    assert_int_equal(ERR_OK, buffer_add(&bytes, bytes_of(data, size)));
}
#define ADD(literal) add((literal), sizeof(literal) - 1)

static void encode_header(void)
{
    const struct batch_header header = sample_header();
    assert_int_equal(ERR_OK, codec_batch_header_encode(&header, &bytes));
}

static enum err decode_header(struct bytes from)
{
    static struct batch_header out;
    arena_reset(arena);
    return codec_batch_header_decode(from, arena, &out);
}

static enum err decode_columns(struct bytes from)
{
    struct columns out;
    arena_reset(arena);
    return codec_columns_decode(from, arena, &out);
}

static enum err decode_hello(struct bytes from)
{
    static struct hello out;
    arena_reset(arena);
    return codec_hello_decode(from, arena, &out);
}

static enum err decode_control(const char *literal, size_t size)
{
    struct control out;
    arena_reset(arena);
    return codec_control_decode(bytes_of(literal, size), arena, &out);
}
#define CONTROL(literal) decode_control((literal), sizeof(literal) - 1)

static void a_header_is_decoded_only_when_it_is_whole(void **state)
{
    (void)state;
    encode_header();
    assert_int_equal(ERR_OK, decode_header(buffer_bytes(&bytes)));
    uint32_t whole_count = 0;
    for (size_t size = 0; size < bytes.size; size++) {
        /* In a block of its own size, so that a read beyond the end is seen. */
        uint8_t *cut = malloc(size + 1);
        memcpy(cut + 1, bytes.data, size);
        const enum err err = decode_header(bytes_of(cut + 1, size));
        free(cut);
        assert_true(err == ERR_MALFORMED || err == ERR_RANGE || err == ERR_OK);
        whole_count += err == ERR_OK;
    }
    /* The last fields may be left out: checkpoint, time, and both numbers of people. */
    assert_int_equal(3, whole_count);
}

static void unknown_fields_are_refused(void **state)
{
    (void)state;
    encode_header();
    ADD("\x90\x01\x01"); /* field 18 */
    assert_int_equal(ERR_MALFORMED, decode_header(buffer_bytes(&bytes)));
    assert_int_equal(ERR_OK, CONTROL("\x10\x01"));
    assert_int_equal(ERR_MALFORMED, CONTROL("\x00\x01"));                 /* tag 0 */
    assert_int_equal(ERR_MALFORMED, CONTROL("\xf8\xff\xff\xff\x1f\x01")); /* beyond all tags */
    assert_int_equal(ERR_MALFORMED, CONTROL("\x13\x14"));                 /* a group */
}

static void a_field_of_another_wire_type_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ERR_MALFORMED, CONTROL("\x15\x01\x00\x00\x00"));
    assert_int_equal(ERR_MALFORMED, CONTROL("\x08\x01"));
    assert_int_equal(ERR_MALFORMED, CONTROL("\x18\x01"));
}

static void singular_fields_come_once_and_in_order(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, CONTROL("\x10\x01\x20\x05"));
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x10\x01\x10\x01"));
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x20\x05\x10\x01"));
}

static void numbers_are_written_in_one_way_only(void **state)
{
    (void)state;
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x10\x81\x00")); /* a padded value */
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x90\x00\x01")); /* a padded tag */
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x1a\x81\x00"
                                                "a"));                        /* a padded length */
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x10\x00"));                 /* a default */
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x1a\x00"));                 /* an empty text */
    assert_int_equal(ERR_NOT_CANONICAL, CONTROL("\x10\xff\xff\xff\xff\x1f")); /* above 32 bits */
    assert_int_equal(ERR_MALFORMED,
                     CONTROL("\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f")); /* above 64 */
}

static void a_bool_is_one_or_absent(void **state)
{
    (void)state;
    struct answer out;
    assert_int_equal(ERR_OK, codec_answer_decode(bytes_of("\x18\x01", 2), arena, &out));
    assert_true(out.more);
    assert_int_equal(ERR_NOT_CANONICAL, codec_answer_decode(bytes_of("\x18\x02", 2), arena, &out));
}

static void lengths_stay_inside_their_message(void **state)
{
    (void)state;
    assert_int_equal(ERR_MALFORMED, CONTROL("\x1a\x02"
                                            "a"));
    assert_int_equal(ERR_MALFORMED, CONTROL("\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                            "a"));
    assert_int_equal(ERR_MALFORMED, CONTROL("\x09\x01\x02"));
    /* A programme's version of 2 bytes that claims a digest of 5. */
    static const uint8_t version[] = {0x3a, 0x02, 0x12, 0x05, 1, 2, 3, 4, 5};
    assert_int_equal(ERR_MALFORMED, decode_hello(bytes_of(version, sizeof version)));
}

static void texts_are_strict_utf8_without_controls(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, CONTROL("\x1a\x02\xc5\x82"));
    assert_int_equal(ERR_ENCODING, CONTROL("\x1a\x02\xc0\xaf"));     /* overlong */
    assert_int_equal(ERR_ENCODING, CONTROL("\x1a\x03\xed\xa0\x80")); /* a surrogate */
    assert_int_equal(ERR_ENCODING, CONTROL("\x1a\x02"
                                           "a\x00")); /* NUL */
    assert_int_equal(ERR_ENCODING, CONTROL("\x1a\x02"
                                           "a\n")); /* a control */
    assert_int_equal(ERR_ENCODING, CONTROL("\x1a\x04"
                                           "a\xe2\x80\xae")); /* bidi */
    assert_int_equal(ERR_ENCODING, CONTROL("\x1a\x01\x7f"));
}

static void a_megabyte_of_small_fields_allocates_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < FRAME_BYTES_MAX / 2; i++) {
        ADD("\x38\x01"); /* an unknown field of Control */
    }
    struct control control;
    assert_int_equal(ERR_MALFORMED, codec_control_decode(buffer_bytes(&bytes), arena, &control));
    assert_int_equal(0, arena_used(arena));
    buffer_clear(&bytes);
    for (size_t i = 0; i < FRAME_BYTES_MAX / 2; i++) {
        ADD("\x12\x00"); /* an empty term */
    }
    assert_int_equal(ERR_RANGE, decode_columns(buffer_bytes(&bytes)));
    assert_int_equal(0, arena_used(arena));
    buffer_clear(&bytes);
    for (size_t i = 0; i < FRAME_BYTES_MAX / 2; i++) {
        ADD("\x3a\x00"); /* an empty message */
    }
    assert_int_equal(ERR_RANGE, decode_hello(buffer_bytes(&bytes)));
    assert_int_equal(0, arena_used(arena));
}

static void packed_numbers_are_counted_before_they_are_decoded(void **state)
{
    (void)state;
    static char zeros[FRAME_BYTES_MAX];
    ADD("\x08\x01\x2a\x80\x80\x40"); /* task: 1 MiB of one-byte numbers */
    add(zeros, sizeof zeros);
    assert_int_equal(ERR_RANGE, decode_columns(buffer_bytes(&bytes)));
    assert_int_equal(0, arena_used(arena));
    /* person: 1,025 numbers of 4 bytes. */
    buffer_clear(&bytes);
    ADD("\x08\x01\x62\x84\x20");
    add(zeros, 4 * 1025);
    assert_int_equal(ERR_RANGE, decode_columns(buffer_bytes(&bytes)));
    assert_int_equal(0, arena_used(arena));
    /* A number cut in two; a varint without end; none at all. */
    assert_int_equal(ERR_MALFORMED, decode_columns(bytes_of("\x08\x01\x62\x03\0\0\0", 7)));
    assert_int_equal(ERR_MALFORMED, decode_columns(bytes_of("\x08\x01\x2a\x01\x80", 5)));
    assert_int_equal(ERR_NOT_CANONICAL, decode_columns(bytes_of("\x08\x01\x2a\x00", 4)));
}

static void a_oneof_is_chosen_once(void **state)
{
    (void)state;
    const struct log_entry genesis = sample_log_genesis();
    struct log_entry out;
    assert_int_equal(ERR_OK, codec_log_entry_encode(&genesis, &bytes));
    assert_int_equal(ERR_OK, codec_log_entry_decode(buffer_bytes(&bytes), arena, &out));
    /* The decision's field 5 put before genesis's 6. */
    const struct bytes whole = buffer_bytes(&bytes);
    struct buffer both = {.bytes_max = BYTES_MAX};
    const size_t before = 2 + 9 + 9;
    assert_int_equal(ERR_OK, buffer_add(&both, bytes_of(whole.data, before)));
    assert_int_equal(ERR_OK, buffer_add(&both, bytes_of("\x2a\x00", 2)));
    assert_int_equal(ERR_OK, buffer_add(&both, bytes_of(whole.data + before, whole.size - before)));
    assert_int_equal(ERR_MALFORMED, codec_log_entry_decode(buffer_bytes(&both), arena, &out));
    buffer_fini(&both);
    /* And not at all. */
    assert_int_equal(ERR_MALFORMED,
                     codec_log_entry_decode(bytes_of(whole.data, before), arena, &out));
}

static void another_schema_is_told_from_a_broken_message(void **state)
{
    (void)state;
    encode_header();
    bytes.data[1] = 2;
    ADD("\x90\x01\x01"); /* with a field of the future */
    assert_int_equal(ERR_VERSION, decode_header(buffer_bytes(&bytes)));
    bytes.data[0] = 0x10;
    assert_int_equal(ERR_MALFORMED, decode_header(buffer_bytes(&bytes)));
    assert_int_equal(ERR_MALFORMED, decode_header(bytes_of(NULL, 0)));
}

static void too_long_an_input_is_refused_unread(void **state)
{
    (void)state;
    static uint8_t long_input[CODEC_BYTES_MAX + 1];
    struct query out;
    assert_int_equal(ERR_RANGE,
                     codec_query_decode(bytes_of(long_input, sizeof long_input), arena, &out));
}

static void the_arenas_cap_is_an_error_wherever_it_is_met(void **state)
{
    (void)state;
    struct sample_columns sample;
    sample_columns(&sample);
    assert_int_equal(ERR_OK, codec_columns_encode(&sample.columns, &bytes));
    assert_int_equal(ERR_OK, decode_columns(buffer_bytes(&bytes)));
    /* Less what the last block may have been rounded up by. */
    const size_t needed = arena_used(arena) - 15;
    for (size_t cap = 1; cap < needed; cap += 7) {
        struct arena *small = NULL;
        struct columns out;
        assert_int_equal(ERR_OK, arena_new(cap, &small));
        assert_int_equal(ERR_FULL, codec_columns_decode(buffer_bytes(&bytes), small, &out));
        arena_free(&small);
    }
}

static void the_largest_message_needs_less_than_the_arena(void **state)
{
    (void)state;
    /* As many terms, profiles and flags as are allowed. */
    ADD("\x08\x80\x08");
    char term[3 + CODE_BYTES_MAX] = "\x12\x40";
    for (int i = 0; i < BATCH_TERMS_MAX; i++) {
        memset(term + 2, 'a', CODE_BYTES_MAX);
        for (int k = 0, rest = i; k < 3; k++, rest /= 26) {
            term[4 - k] = (char)('a' + rest % 26);
        }
        add(term, 2 + CODE_BYTES_MAX);
    }
    static char kind[BATCH_EVENTS_MAX], numbers[BATCH_EVENTS_MAX * PROFILE_FLAGS_MAX];
    memset(kind, 1, sizeof kind);
    memset(numbers, 1, sizeof numbers);
    ADD("\x1a\x80\x08");
    add(kind, sizeof kind);
    ADD("\x82\x01\x80\x08"); /* profile */
    add(kind, sizeof kind);
    ADD("\xba\x01\x80\x80\x01"); /* profile_flags */
    add(numbers, sizeof numbers);
    ADD("\xca\x01\x80\x40"); /* withdraws */
    add(numbers, 8 * sizeof kind);
    /* Refused in the end, but only after protobuf-c has decoded all of it. */
    assert_int_equal(ERR_RANGE, decode_columns(buffer_bytes(&bytes)));
    assert_true(arena_used(arena) > FRAME_BYTES_MAX / 2);
    assert_true(arena_used(arena) < BATCH_ARENA_BYTES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_header_is_decoded_only_when_it_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_fields_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_field_of_another_wire_type_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(singular_fields_come_once_and_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_written_in_one_way_only, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bool_is_one_or_absent, setup, teardown),
        cmocka_unit_test_setup_teardown(lengths_stay_inside_their_message, setup, teardown),
        cmocka_unit_test_setup_teardown(texts_are_strict_utf8_without_controls, setup, teardown),
        cmocka_unit_test_setup_teardown(a_megabyte_of_small_fields_allocates_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(packed_numbers_are_counted_before_they_are_decoded, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_oneof_is_chosen_once, setup, teardown),
        cmocka_unit_test_setup_teardown(another_schema_is_told_from_a_broken_message, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(too_long_an_input_is_refused_unread, setup, teardown),
        cmocka_unit_test_setup_teardown(the_arenas_cap_is_an_error_wherever_it_is_met, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(the_largest_message_needs_less_than_the_arena, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("proto.wire", tests, NULL, NULL);
}
