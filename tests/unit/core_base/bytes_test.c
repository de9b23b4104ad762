/* Byte ranges, numbers, hex and strict UTF-8. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/bytes.h"

#define BYTES(literal) bytes_of((literal), sizeof(literal) - 1)

static void bytes_of_no_text_are_empty(void **state)
{
    (void)state;
    assert_int_equal(0, bytes_text(NULL).size);
    assert_int_equal(0, bytes_text("").size);
    assert_true(bytes_equal(bytes_text(NULL), bytes_text("")));
}

static void bytes_are_equal_only_with_the_same_bytes(void **state)
{
    (void)state;
    assert_true(bytes_equal(BYTES("a\0b"), BYTES("a\0b")));
    assert_false(bytes_equal(BYTES("a\0b"), BYTES("a\0c")));
    assert_false(bytes_equal(BYTES("ab"), BYTES("abc")));
    assert_true(bytes_is(bytes_text("abc"), "abc"));
    assert_false(bytes_is(bytes_text("abc"), "ab"));
}

static void bytes_are_ordered_as_unsigned_and_shorter_first(void **state)
{
    static const struct bytes ascending[] = {
        {NULL, 0},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"a", 1},
        {(const uint8_t *)"a\0", 2},
        {(const uint8_t *)"ab", 2},
        {(const uint8_t *)"b", 1},
        {(const uint8_t *)"\x7f", 1},
        {(const uint8_t *)"\x80", 1},
        {(const uint8_t *)"\xff", 1},
    };
    (void)state;
    const int count = sizeof ascending / sizeof ascending[0];
    for (int a = 0; a < count; a++) {
        for (int b = 0; b < count; b++) {
            const int order = bytes_compare(ascending[a], ascending[b]);
            assert_int_equal((a > b) - (a < b), (order > 0) - (order < 0));
        }
    }
}

static void bytes_to_text_needs_room_for_the_zero(void **state)
{
    char out[4];
    (void)state;
    assert_int_equal(ERR_OK, bytes_to_text(bytes_text("abc"), out, sizeof out));
    assert_string_equal("abc", out);
    assert_int_equal(ERR_FULL, bytes_to_text(bytes_text("abcd"), out, sizeof out));
    assert_int_equal(ERR_OK, bytes_to_text(bytes_text(NULL), out, 1));
    assert_string_equal("", out);
}

static void bytes_put_numbers_with_the_high_byte_first(void **state)
{
    uint8_t out[8];
    (void)state;
    bytes_put16(out, 0x0102);
    assert_memory_equal("\x01\x02", out, 2);
    bytes_put32(out, 0x01020304);
    assert_memory_equal("\x01\x02\x03\x04", out, 4);
    bytes_put64(out, UINT64_C(0x0102030405060708));
    assert_memory_equal("\x01\x02\x03\x04\x05\x06\x07\x08", out, 8);
}

static void bytes_get_gives_back_what_put_wrote(void **state)
{
    static const uint64_t values[] = {0, 1, 0x80, 0xff00, 0x80000000, UINT64_MAX};
    uint8_t out[8];
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        bytes_put16(out, (uint16_t)values[i]);
        assert_int_equal((uint16_t)values[i], bytes_get16(out));
        bytes_put32(out, (uint32_t)values[i]);
        assert_int_equal((uint32_t)values[i], bytes_get32(out));
        bytes_put64(out, values[i]);
        assert_true(values[i] == bytes_get64(out));
    }
}

static void bytes_from_hex_gives_back_what_to_hex_wrote(void **state)
{
    uint8_t all[256], back[256];
    char text[513];
    (void)state;
    for (int i = 0; i < 256; i++) {
        all[i] = (uint8_t)i;
    }
    bytes_to_hex(bytes_of(all, sizeof all), text);
    assert_int_equal(512, strlen(text));
    assert_memory_equal("000102", text, 6);
    assert_memory_equal("fdfeff", text + 506, 6);
    assert_int_equal(ERR_OK, bytes_from_hex(bytes_text(text), back, sizeof back));
    assert_memory_equal(all, back, sizeof all);
}

static void bytes_from_hex_refuses_other_digits_and_sizes(void **state)
{
    static const char *const wrong[] = {"",     "a",    "abc",  "abcd0", "ag00", "0g00",  "ab d",
                                        "+123", "/123", ":123", "@123",  "`123", "abcdef"};
    uint8_t out[2];
    (void)state;
    assert_int_equal(ERR_OK, bytes_from_hex(bytes_text("aBcD"), out, 2));
    assert_memory_equal("\xab\xcd", out, 2);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(ERR_MALFORMED, bytes_from_hex(bytes_text(wrong[i]), out, 2));
    }
}

/* Writes the code point's bytes in size bytes, be that the right size or not. */
static struct bytes encode(uint32_t point, int size, uint8_t out[4])
{
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (int i = size - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    out[0] = (uint8_t)(leads[size] | point);
    return bytes_of(out, (size_t)size);
}

static int right_size(uint32_t point)
{
    return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}

static void utf8_takes_every_code_point_but_surrogates(void **state)
{
    uint8_t out[4];
    (void)state;
    for (uint32_t point = 0; point < 0x1fffff; point++) {
        const bool valid = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
        assert_int_equal(valid, bytes_utf8(encode(point, right_size(point), out)));
    }
}

static void utf8_refuses_every_overlong_form(void **state)
{
    static const uint32_t ends[] = {0, 0, 0x80, 0x800, 0x10000};
    uint8_t out[4];
    (void)state;
    for (int size = 2; size <= 4; size++) {
        for (uint32_t point = 0; point < ends[size]; point++) {
            assert_false(bytes_utf8(encode(point, size, out)));
        }
    }
}

static void utf8_refuses_every_truncated_sequence(void **state)
{
    static const uint32_t points[] = {0xa2, 0x7ff, 0x800, 0x20ac, 0xffff, 0x10348, 0x10ffff};
    uint8_t out[5] = {0};
    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        const struct bytes whole = encode(points[i], right_size(points[i]), out);
        for (size_t size = 1; size < whole.size; size++) {
            assert_false(bytes_utf8(bytes_of(out, size)));
            const uint8_t kept = out[size];
            out[size] = 'a'; /* more follows, but no continuation */
            assert_false(bytes_utf8(bytes_of(out, size + 1)));
            out[size] = kept;
        }
    }
}

static void utf8_refuses_stray_continuations_and_impossible_leads(void **state)
{
    (void)state;
    for (int lead = 0x80; lead <= 0xff; lead++) {
        const uint8_t alone[] = {'a', (uint8_t)lead};
        assert_false(bytes_utf8(bytes_of(alone, 2)));
        const uint8_t followed[] = {(uint8_t)lead, 0x80, 0x80, 0x80, 0x80, 0x80};
        assert_false(bytes_utf8(bytes_of(followed, sizeof followed)));
    }
}

static void utf8_takes_nothing_and_polish(void **state)
{
    (void)state;
    assert_true(bytes_utf8(bytes_text("")));
    assert_true(bytes_utf8(bytes_text("Zażółć gęślą jaźń")));
    assert_true(bytes_clean(bytes_text("Zażółć gęślą jaźń — 12%; „cytat”")));
}

static void clean_refuses_what_cannot_be_seen(void **state)
{
    static const uint32_t points[] = {
        0,      1,      '\t',   '\n',   '\r',    0x1f,    0x7f,    0x80,    0x85,     0x9f,
        0xad,   0x34f,  0x61c,  0x180e, 0x200b,  0x200c,  0x200d,  0x200e,  0x200f,   0x2028,
        0x2029, 0x202a, 0x202e, 0x2060, 0x2066,  0x2069,  0x3164,  0xfdd0,  0xfdef,   0xfe0f,
        0xfeff, 0xfff9, 0xfffe, 0xffff, 0x1fffe, 0x1ffff, 0xe0001, 0xe0041, 0x10fffe, 0x10ffff};
    uint8_t out[4];
    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        const struct bytes text = encode(points[i], right_size(points[i]), out);
        assert_true(bytes_utf8(text));
        assert_false(bytes_clean(text));
    }
}

static void clean_refuses_what_is_not_utf8(void **state)
{
    (void)state;
    assert_false(bytes_clean(BYTES("a\xc0\x80")));
    assert_false(bytes_clean(BYTES("a\xed\xa0\x80")));
    assert_false(bytes_clean(BYTES("a\xc5")));
}

static void clean_takes_the_neighbours_of_what_it_refuses(void **state)
{
    static const uint32_t points[] = {' ',    '~',    0xa0,   0xac,   0xae,    0x61b,
                                      0x61d,  0x200a, 0x2010, 0x2027, 0x202f,  0x205f,
                                      0x2070, 0xfdf0, 0xfffc, 0xfffd, 0x10000, 0x1f600};
    uint8_t out[4];
    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        assert_true(bytes_clean(encode(points[i], right_size(points[i]), out)));
    }
}

static void trim_takes_blanks_off_both_ends_only(void **state)
{
    (void)state;
    assert_true(bytes_is(bytes_trim(bytes_text(" \t\xc2\xa0 a b\xc2\xa0\tc \xc2\xa0\t")),
                         "a b\xc2\xa0\tc"));
    assert_int_equal(0, bytes_trim(bytes_text(" \t\xc2\xa0")).size);
    assert_int_equal(0, bytes_trim(bytes_text("")).size);
    assert_true(bytes_is(bytes_trim(bytes_text("a\n")), "a\n"));
}

static void trim_does_not_cut_letters_that_share_a_byte_with_the_no_break_space(void **state)
{
    (void)state;
    /* U+0160 ends in 0xa0, U+00A1 starts with 0xc2. */
    assert_true(bytes_is(bytes_trim(bytes_text("\xc5\xa0")), "\xc5\xa0"));
    assert_true(bytes_is(bytes_trim(bytes_text("\xc2\xa1")), "\xc2\xa1"));
}

static void numbers_are_read_up_to_their_maximum(void **state)
{
    uint64_t value = 7;
    (void)state;
    assert_int_equal(ERR_OK, bytes_to_u64(bytes_text("0"), 0, &value));
    assert_true(value == 0);
    assert_int_equal(ERR_OK, bytes_to_u64(bytes_text("00042"), 42, &value));
    assert_true(value == 42);
    assert_int_equal(ERR_RANGE, bytes_to_u64(bytes_text("43"), 42, &value));
    assert_int_equal(ERR_RANGE, bytes_to_u64(bytes_text("420"), 42, &value));
    assert_true(value == 42);
}

static void numbers_do_not_wrap_at_the_largest(void **state)
{
    uint64_t value = 7;
    (void)state;
    assert_int_equal(ERR_OK, bytes_to_u64(bytes_text("18446744073709551615"), UINT64_MAX, &value));
    assert_true(value == UINT64_MAX);
    assert_int_equal(ERR_RANGE,
                     bytes_to_u64(bytes_text("18446744073709551616"), UINT64_MAX, &value));
    assert_int_equal(ERR_RANGE,
                     bytes_to_u64(bytes_text("99999999999999999999999"), UINT64_MAX, &value));
}

static void numbers_hold_digits_only(void **state)
{
    static const char *const wrong[] = {
        "", " 1", "1 ", "-1", "+1", "1.0", "0x1", "1e3", "/", ":", "99999999999999999999999x"};
    uint64_t value;
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(ERR_MALFORMED, bytes_to_u64(bytes_text(wrong[i]), 99, &value));
    }
}

static void text_to_show_is_cut_between_characters_and_has_no_odd_bytes(void **state)
{
    char out[6];
    (void)state;
    bytes_to_shown(bytes_text("za\xc5\xbc\xc3\xb3\xc5\x82"), out, sizeof out);
    assert_string_equal("za\xc5\xbc", out);
    bytes_to_shown(bytes_text("a\xff\n\x1b[b"), out, sizeof out);
    assert_string_equal("a???[", out);
    bytes_to_shown(bytes_text(""), out, sizeof out);
    assert_string_equal("", out);
    bytes_to_shown(bytes_text("\xc5"), out, sizeof out);
    assert_string_equal("?", out);
}

static void pieces_are_cut_off_until_nothing_is_left(void **state)
{
    struct bytes rest = bytes_text("a;;b"), piece;
    (void)state;
    assert_true(bytes_cut(&rest, ';', &piece));
    assert_true(bytes_is(piece, "a"));
    assert_true(bytes_cut(&rest, ';', &piece));
    assert_int_equal(0, piece.size);
    assert_true(bytes_cut(&rest, ';', &piece));
    assert_true(bytes_is(piece, "b"));
    assert_false(bytes_cut(&rest, ';', &piece));
}

static void the_last_piece_may_be_empty(void **state)
{
    struct bytes rest = bytes_text("a;"), piece;
    (void)state;
    assert_true(bytes_cut(&rest, ';', &piece));
    assert_true(bytes_cut(&rest, ';', &piece));
    assert_int_equal(0, piece.size);
    assert_false(bytes_cut(&rest, ';', &piece));
}

static void lines_end_as_on_linux_or_windows_or_with_the_text(void **state)
{
    static const char *const lines[] = {"a", "", "b\rc", "d"};
    struct bytes rest = bytes_unmarked(bytes_text("\xef\xbb\xbf"
                                                  "a\r\n\nb\rc\r\nd"));
    struct bytes line;
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        assert_true(bytes_cut_line(&rest, &line));
        assert_true(bytes_is(line, lines[i]));
    }
    assert_false(bytes_cut_line(&rest, &line));
    rest = bytes_text("a\n");
    assert_true(bytes_cut_line(&rest, &line));
    assert_false(bytes_cut_line(&rest, &line));
    assert_int_equal(2, bytes_unmarked(bytes_text("\xef\xbb")).size);
}

static void spaces_of_all_kinds_are_seen(void **state)
{
    (void)state;
    static const char *const spaced[] = {"a b",          "a\xc2\xa0",     "\xe1\x9a\x80",
                                         "\xe2\x80\x83", "ó\xe2\x80\x8a", "\xe2\x80\xaf",
                                         "\xe2\x81\x9f", "\xe3\x80\x80"};
    for (size_t i = 0; i < sizeof spaced / sizeof spaced[0]; i++) {
        assert_true(bytes_spaced(bytes_text(spaced[i])));
    }
    assert_false(bytes_spaced(bytes_text("a-b_ż\xe2\x80\x90")));
    assert_false(bytes_spaced(bytes_text("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_of_no_text_are_empty),
        cmocka_unit_test(bytes_are_equal_only_with_the_same_bytes),
        cmocka_unit_test(bytes_are_ordered_as_unsigned_and_shorter_first),
        cmocka_unit_test(bytes_to_text_needs_room_for_the_zero),
        cmocka_unit_test(bytes_put_numbers_with_the_high_byte_first),
        cmocka_unit_test(bytes_get_gives_back_what_put_wrote),
        cmocka_unit_test(bytes_from_hex_gives_back_what_to_hex_wrote),
        cmocka_unit_test(bytes_from_hex_refuses_other_digits_and_sizes),
        cmocka_unit_test(utf8_takes_every_code_point_but_surrogates),
        cmocka_unit_test(utf8_refuses_every_overlong_form),
        cmocka_unit_test(utf8_refuses_every_truncated_sequence),
        cmocka_unit_test(utf8_refuses_stray_continuations_and_impossible_leads),
        cmocka_unit_test(utf8_takes_nothing_and_polish),
        cmocka_unit_test(clean_refuses_what_cannot_be_seen),
        cmocka_unit_test(clean_refuses_what_is_not_utf8),
        cmocka_unit_test(clean_takes_the_neighbours_of_what_it_refuses),
        cmocka_unit_test(trim_takes_blanks_off_both_ends_only),
        cmocka_unit_test(trim_does_not_cut_letters_that_share_a_byte_with_the_no_break_space),
        cmocka_unit_test(numbers_are_read_up_to_their_maximum),
        cmocka_unit_test(numbers_do_not_wrap_at_the_largest),
        cmocka_unit_test(numbers_hold_digits_only),
        cmocka_unit_test(pieces_are_cut_off_until_nothing_is_left),
        cmocka_unit_test(spaces_of_all_kinds_are_seen),
        cmocka_unit_test(the_last_piece_may_be_empty),
        cmocka_unit_test(lines_end_as_on_linux_or_windows_or_with_the_text),
        cmocka_unit_test(text_to_show_is_cut_between_characters_and_has_no_odd_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
