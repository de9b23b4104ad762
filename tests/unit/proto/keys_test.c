/* Keys and pseudonyms against values computed by other implementations (Python's hashlib and
 * cryptography). */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "proto/keys.h"
#include "proto/sealing.h"
#include "unit/proto/samples.h"

static uint8_t key[KEY_BYTES];

static int setup(void **state)
{
    (void)state;
    sample_fill(key, sizeof key, 0x41);
    return sealing_start() == ERR_OK ? 0 : -1;
}

static void expect_hex(const char *expected, const uint8_t *data, size_t size)
{
    char hex[129];
    assert_true(2 * size < sizeof hex);
    bytes_to_hex(bytes_of(data, size), hex);
    assert_string_equal(expected, hex);
}

static void pseudonyms_are_keyed_blake2b_128(void **state)
{
    (void)state;
    uint8_t out[PSEUDONYM_BYTES];
    keys_pseudonym(key, bytes_text("jobtown"), bytes_text("pesel"), bytes_text("44051401359"), out);
    expect_hex("5b3d139af2ff1c322a095df6903e65cc", out, sizeof out);
    sample_fill(out, sizeof out, 1);
    keys_second_pseudonym(key, bytes_text("jobtown"), out, out);
    expect_hex("a4a714eb7a1d6f94490aab08e40f7608", out, sizeof out);
}

static void pseudonyms_differ_by_key_programme_scheme_and_identifier(void **state)
{
    (void)state;
    static const char *const inputs[][3] = {
        {"jobtown", "pesel", "44051401359"}, {"jobtown", "pesel", "44051401358"},
        {"jobtown", "pese", "l44051401359"}, {"jobtow", "npesel", "44051401359"},
        {"jobtown", "local", "44051401359"}, {"green", "pesel", "44051401359"},
    };
    enum { COUNT = sizeof inputs / sizeof inputs[0] };
    uint8_t found[COUNT + 1][PSEUDONYM_BYTES];
    for (size_t i = 0; i < COUNT; i++) {
        keys_pseudonym(key, bytes_text(inputs[i][0]), bytes_text(inputs[i][1]),
                       bytes_text(inputs[i][2]), found[i]);
    }
    uint8_t other[KEY_BYTES] = {0};
    keys_pseudonym(other, bytes_text("jobtown"), bytes_text("pesel"), bytes_text("44051401359"),
                   found[COUNT]);
    for (size_t i = 0; i <= COUNT; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_memory_not_equal(found[i], found[k], PSEUDONYM_BYTES);
        }
    }
}

static void row_keys_are_keyed_blake2b_64(void **state)
{
    (void)state;
    uint8_t out[ROW_KEY_BYTES];
    keys_row(key, bytes_text("jobtown"), bytes_text("row;1;2"), out);
    expect_hex("b1acf65944715a8d", out, sizeof out);
}

static void the_check_value_tells_keys_apart(void **state)
{
    (void)state;
    uint8_t out[DIGEST_BYTES], other[DIGEST_BYTES];
    keys_check(key, bytes_text("jobtown"), out);
    expect_hex("d140a0948e067e188304349a320f08b62eedc3777d5bb9a679fa1c913107289f", out, sizeof out);
    key[31] ^= 1;
    keys_check(key, bytes_text("jobtown"), other);
    key[31] ^= 1;
    assert_memory_not_equal(out, other, DIGEST_BYTES);
}

static void signing_keys_are_rfc_8032s(void **state)
{
    (void)state;
    struct signing_keys keys;
    sample_signing_keys(1, &keys);
    expect_hex("79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664", keys.public_key,
               KEY_BYTES);
}

static void transport_keys_are_curve25519_and_no_signing_keys(void **state)
{
    (void)state;
    struct transport_keys keys;
    struct signing_keys signing;
    keys_transport(key, &keys);
    expect_hex("2e873f6c79c4b6b8679cdd6728dcf5b14199e8e2c03459bc2a524dc22d229bae", keys.secret,
               KEY_BYTES);
    expect_hex("63db5f212ce1ad017cd237d735916f75c6cbb013c7e65897e5b004ef94571742", keys.public_key,
               KEY_BYTES);
    keys_signing(key, &signing);
    assert_memory_not_equal(signing.secret, keys.secret, KEY_BYTES);
}

static void wiped_secrets_are_zeros(void **state)
{
    (void)state;
    static const uint8_t zeros[64];
    struct signing_keys keys;
    sample_signing_keys(1, &keys);
    keys_wipe(keys.secret, sizeof keys.secret);
    assert_memory_equal(zeros, keys.secret, sizeof zeros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudonyms_are_keyed_blake2b_128),
        cmocka_unit_test(pseudonyms_differ_by_key_programme_scheme_and_identifier),
        cmocka_unit_test(row_keys_are_keyed_blake2b_64),
        cmocka_unit_test(the_check_value_tells_keys_apart),
        cmocka_unit_test(signing_keys_are_rfc_8032s),
        cmocka_unit_test(transport_keys_are_curve25519_and_no_signing_keys),
        cmocka_unit_test(wiped_secrets_are_zeros),
    };
    return cmocka_run_group_tests_name("proto.keys", tests, setup, NULL);
}
