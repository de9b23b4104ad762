/* A sheet's digest is the sum of its rows': what each of them must tell apart. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/model/sheet.h"

static uint64_t digest(const char *indicator, const char *first, const char *second, int64_t value,
                       int64_t partner_sum)
{
    const struct bytes id = bytes_text(indicator);
    const struct bytes labels[] = {bytes_text(first), bytes_text(second)};
    const struct sheet_rows rows = {.count = 1,
                                    .label_count = second != NULL  ? 2
                                                   : first != NULL ? 1
                                                                   : 0,
                                    .indicators = &id,
                                    .labels = labels,
                                    .values = &value,
                                    .partner_sums = &partner_sum};
    return sheet_row_digest(&rows, 0);
}

static void row_of_nothing_has_no_digest(void **state)
{
    (void)state;
    assert_int_equal(0, digest("coached", "PL-12", NULL, 0, 0));
    assert_int_not_equal(0, digest("coached", "PL-12", NULL, 0, 1));
    assert_int_not_equal(0, digest("coached", "PL-12", NULL, 1, 0));
}

static void digest_is_of_every_text_and_number(void **state)
{
    (void)state;
    const uint64_t one = digest("coached", "PL-12", "f", 7, 9);
    assert_int_equal(one, digest("coached", "PL-12", "f", 7, 9));
    assert_int_not_equal(one, digest("coachee", "PL-12", "f", 7, 9));
    assert_int_not_equal(one, digest("coached", "PL-13", "f", 7, 9));
    assert_int_not_equal(one, digest("coached", "PL-12", "m", 7, 9));
    assert_int_not_equal(one, digest("coached", "PL-12", "f", 9, 7));
    assert_int_not_equal(one, digest("coached", "PL-12", "f", 7, 8));
}

static void texts_do_not_run_into_one_another(void **state)
{
    (void)state;
    assert_int_not_equal(digest("a", "bc", "d", 1, 1), digest("a", "b", "cd", 1, 1));
    assert_int_not_equal(digest("ab", "c", NULL, 1, 1), digest("a", "bc", NULL, 1, 1));
}

/* With a plain sum of plain hashes, moving a person between two cells would often go unnoticed. */
static void people_moved_between_cells_change_the_sum(void **state)
{
    (void)state;
    const uint64_t before = digest("a", "x", NULL, 5, 5) + digest("a", "y", NULL, 3, 3);
    const uint64_t after = digest("a", "x", NULL, 4, 4) + digest("a", "y", NULL, 4, 4);
    const uint64_t swapped = digest("a", "x", NULL, 3, 3) + digest("a", "y", NULL, 5, 5);
    assert_int_not_equal(before, after);
    assert_int_not_equal(before, swapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_of_nothing_has_no_digest),
        cmocka_unit_test(digest_is_of_every_text_and_number),
        cmocka_unit_test(texts_do_not_run_into_one_another),
        cmocka_unit_test(people_moved_between_cells_change_the_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
