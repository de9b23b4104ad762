/* What names a version of a programme file. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "proto/sealing.h"
#include "proto/version.h"

static int setup(void **state)
{
    (void)state;
    return (int)sealing_start();
}

static void digest_of(const char *yaml, const char *regions, uint8_t out[DIGEST_BYTES])
{
    version_digest(bytes_text(yaml), bytes_text(regions), out);
}

static void a_version_is_named_by_its_two_parts_with_their_sizes(void **state)
{
    static const char yaml[] = "programme: ABC\n", regions[] = "code;name\n";
    uint8_t got[DIGEST_BYTES], wanted[DIGEST_BYTES], data[64];
    (void)state;
    bytes_put64(data, strlen(yaml));
    bytes_put64(data + 8, strlen(regions));
    memcpy(data + 16, yaml, strlen(yaml));
    memcpy(data + 16 + strlen(yaml), regions, strlen(regions));
    sealing_digest(SEAL_PROGRAMME, bytes_of(data, 16 + strlen(yaml) + strlen(regions)), wanted);
    digest_of(yaml, regions, got);
    assert_memory_equal(wanted, got, DIGEST_BYTES);
}

static void text_moved_from_one_part_to_the_other_is_another_version(void **state)
{
    uint8_t whole[DIGEST_BYTES], moved[DIGEST_BYTES], swapped[DIGEST_BYTES];
    (void)state;
    digest_of("ab", "c", whole);
    digest_of("a", "bc", moved);
    digest_of("c", "ab", swapped);
    assert_memory_not_equal(whole, moved, DIGEST_BYTES);
    assert_memory_not_equal(whole, swapped, DIGEST_BYTES);
}

static void every_byte_of_either_part_counts(void **state)
{
    char yaml[] = "programme: ABC\nends_on: 2011-06-30\n", regions[] = "code;name\nPL;Polska\n";
    uint8_t before[DIGEST_BYTES], after[DIGEST_BYTES];
    (void)state;
    digest_of(yaml, regions, before);
    for (size_t i = 0; i < strlen(yaml); i++) {
        yaml[i] ^= 1;
        digest_of(yaml, regions, after);
        yaml[i] ^= 1;
        assert_memory_not_equal(before, after, DIGEST_BYTES);
    }
    for (size_t i = 0; i < strlen(regions); i++) {
        regions[i] ^= 1;
        digest_of(yaml, regions, after);
        regions[i] ^= 1;
        assert_memory_not_equal(before, after, DIGEST_BYTES);
    }
    digest_of(yaml, regions, after);
    assert_memory_equal(before, after, DIGEST_BYTES);
}

static void parts_may_be_empty(void **state)
{
    uint8_t empty[DIGEST_BYTES], space[DIGEST_BYTES];
    (void)state;
    digest_of("", "", empty);
    digest_of(" ", "", space);
    assert_memory_not_equal(empty, space, DIGEST_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_version_is_named_by_its_two_parts_with_their_sizes),
        cmocka_unit_test(text_moved_from_one_part_to_the_other_is_another_version),
        cmocka_unit_test(every_byte_of_either_part_counts),
        cmocka_unit_test(parts_may_be_empty),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
