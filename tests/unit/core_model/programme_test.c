/* A programme's lists: ids to numbers, ages to bands, words to modes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/date.h"
#include "core/model/programme.h"
#include "tests/support/mem_failing.h"

static int setup(void **state)
{
    return programme_new(100000, (struct programme **)state) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    programme_free((struct programme **)state);
    return *state == NULL ? 0 : -1;
}

static void code_is_found_by_bisection_in_lists_of_every_size(void **state)
{
    struct programme *programme = *state;
    struct code *codes = arena_zeroed(programme->memory, 26, sizeof *codes);
    char *letters = arena_take(programme->memory, 26);
    for (uint32_t i = 0; i < 26; i++) {
        letters[i] = (char)('a' + i);
        codes[i].id = bytes_of(letters + i, 1);
    }
    programme->codes[CODES_TASK] = codes;
    for (uint32_t count = 0; count <= 26; count++) {
        programme->code_count[CODES_TASK] = count;
        for (uint32_t i = 0; i < 26; i++) {
            assert_int_equal(i < count ? i : CODE_NONE,
                             programme_code(programme, CODES_TASK, codes[i].id));
        }
        assert_int_equal(CODE_NONE, programme_code(programme, CODES_TASK, bytes_text("")));
        assert_int_equal(CODE_NONE, programme_code(programme, CODES_TASK, bytes_text("aa")));
        assert_int_equal(CODE_NONE, programme_code(programme, CODES_TASK, bytes_text("~")));
        assert_int_equal(CODE_NONE, programme_code(programme, CODES_UNIT, codes[0].id));
    }
}

static void indicator_is_found_in_the_files_order(void **state)
{
    struct programme *programme = *state;
    struct indicator *indicators = arena_zeroed(programme->memory, 2, sizeof *indicators);
    indicators[0].id = bytes_text("trained");
    indicators[1].id = bytes_text("advised");
    programme->indicators = indicators;
    programme->indicator_count = 2;
    assert_int_equal(0, programme_indicator(programme, bytes_text("trained")));
    assert_int_equal(1, programme_indicator(programme, bytes_text("advised")));
    assert_int_equal(CODE_NONE, programme_indicator(programme, bytes_text("advise")));
}

static void band_holds_both_its_ends(void **state)
{
    static struct age_band bands[] = {{{0}, 0, 24}, {{0}, 25, 29}, {{0}, 45, AGE_MAX}};
    struct programme *programme = *state;
    programme->bands = bands;
    programme->band_count = 3;
    assert_int_equal(0, programme_band(programme, 0));
    assert_int_equal(0, programme_band(programme, 24));
    assert_int_equal(1, programme_band(programme, 25));
    assert_int_equal(1, programme_band(programme, 29));
    assert_int_equal(CODE_NONE, programme_band(programme, 30));
    assert_int_equal(CODE_NONE, programme_band(programme, 44));
    assert_int_equal(2, programme_band(programme, AGE_MAX));
    assert_int_equal(CODE_NONE, programme_band(programme, AGE_UNKNOWN));
}

static void programme_without_lists_finds_nothing(void **state)
{
    assert_int_equal(CODE_NONE, programme_code(*state, CODES_PARTNER, bytes_text("wup")));
    assert_int_equal(CODE_NONE, programme_indicator(*state, bytes_text("x")));
    assert_int_equal(CODE_NONE, programme_band(*state, 20));
}

static void programme_frees_its_regions_with_it(void **state)
{
    struct programme *programme = NULL;
    uint32_t line;
    (void)state;
    assert_int_equal(ERR_OK, programme_new(10000, &programme));
    assert_int_equal(ERR_OK,
                     regions_parse(bytes_text("code;name;level;parent;valid_from;valid_to\n"),
                                   &programme->regions, &line));
    programme_free(&programme);
    assert_null(programme);
    programme_free(&programme);
}

static void programme_new_says_when_no_memory_is_left(void **state)
{
    struct programme *programme = NULL;
    (void)state;
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, programme_new(10000, &programme));
    assert_true(mem_failing_done());
    assert_null(programme);
    assert_int_equal(ERR_MEMORY, programme_new(sizeof(struct programme) - 1, &programme));
    assert_null(programme);
}

static void newest_version_not_after_the_day_is_in_force(void **state)
{
    (void)state;
    static const struct claim {
        int32_t as_of[3], day;
        int found; /* -1: none */
    } claims[] = {
        {{10, 20, 30}, 25, 1}, {{30, 20, 10}, 25, 1},       {{20, 20, 10}, 20, 1},
        {{30, 20, 10}, 9, -1}, {{DATE_MIN, 20, 10}, 9, 0},  {{DATE_MIN, DATE_MIN, 10}, 9, 1},
        {{10, 20, 30}, 30, 2}, {{30, DATE_MIN, 10}, 99, 0},
    };
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        int found = -1;
        for (int k = 0; k < 3; k++) {
            const int32_t before = found < 0 ? DATE_MAX : claims[i].as_of[found];
            found = target_follows(claims[i].as_of[k], before, claims[i].day) ? k : found;
        }
        assert_int_equal(claims[i].found, found);
    }
}

static void words_are_read_back(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < COUNT_MODE_COUNT; i++) {
        enum count_mode mode = COUNT_MODE_COUNT;
        const char *text = count_mode_text((enum count_mode)i);
        assert_int_equal(ERR_OK, count_mode_parse(bytes_text(text), &mode));
        assert_int_equal(i, mode);
    }
    for (uint32_t i = 0; i < TARGET_OP_COUNT; i++) {
        enum target_op op = TARGET_OP_COUNT;
        const char *text = target_op_text((enum target_op)i);
        assert_int_equal(ERR_OK, target_op_parse(bytes_text(text), &op));
        assert_int_equal(i, op);
    }
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        enum dimension dimension = DIMENSION_COUNT;
        const char *text = dimension_text((enum dimension)i);
        assert_int_equal(ERR_OK, dimension_parse(bytes_text(text), &dimension));
        assert_int_equal(i, dimension);
    }
}

static void words_are_those_of_the_programme_file(void **state)
{
    (void)state;
    assert_string_equal("persons", count_mode_text(COUNT_PERSONS));
    assert_string_equal("participations", count_mode_text(COUNT_PARTICIPATIONS));
    assert_string_equal("occurrences", count_mode_text(COUNT_OCCURRENCES));
    assert_string_equal("quantity", count_mode_text(COUNT_QUANTITY));
    assert_string_equal("none", target_op_text(TARGET_NONE));
    assert_string_equal("eq", target_op_text(TARGET_EQ));
    assert_string_equal("ge", target_op_text(TARGET_GE));
    assert_string_equal("approx", target_op_text(TARGET_APPROX));
    assert_string_equal("gt", target_op_text(TARGET_GT));
    assert_string_equal("avg", target_op_text(TARGET_AVG));
    assert_string_equal("teen", target_op_text(TARGET_TEEN));
    assert_string_equal("per", target_op_text(TARGET_PER));
    assert_string_equal("region", dimension_text(BY_REGION));
    assert_string_equal("age", dimension_text(BY_AGE));
}

static void words_that_are_not_known_are_not_found(void **state)
{
    enum count_mode mode = COUNT_QUANTITY;
    enum target_op op = TARGET_PER;
    enum dimension dimension = BY_STATUS;
    (void)state;
    assert_int_equal(ERR_NOT_FOUND, count_mode_parse(bytes_text("people"), &mode));
    assert_int_equal(ERR_NOT_FOUND, target_op_parse(bytes_text(""), &op));
    assert_int_equal(ERR_NOT_FOUND, dimension_parse(bytes_text("Region"), &dimension));
    assert_int_equal(COUNT_QUANTITY, mode);
    assert_int_equal(TARGET_PER, op);
    assert_int_equal(BY_STATUS, dimension);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(code_is_found_by_bisection_in_lists_of_every_size, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(indicator_is_found_in_the_files_order, setup, teardown),
        cmocka_unit_test_setup_teardown(band_holds_both_its_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(programme_without_lists_finds_nothing, setup, teardown),
        cmocka_unit_test(programme_frees_its_regions_with_it),
        cmocka_unit_test(programme_new_says_when_no_memory_is_left),
        cmocka_unit_test(newest_version_not_after_the_day_is_in_force),
        cmocka_unit_test(words_are_read_back),
        cmocka_unit_test(words_are_those_of_the_programme_file),
        cmocka_unit_test(words_that_are_not_known_are_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
