/* What is printed of a figure, and counts at the edges of it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "tools/demo_figure.h"

enum { WHOLE = 148 };

static void counts_are_as_printed_up_to_the_edge(void **state)
{
    static const struct {
        enum demo_figure_op op;
        int64_t printed, least, most; /* -1: without end */
    } cases[] = {
        {DEMO_FIGURE_EQ, 148, 148, 148}, {DEMO_FIGURE_GE, 15, 15, -1},
        {DEMO_FIGURE_GT, 100, 101, -1},  {DEMO_FIGURE_APPROX, 50, 45, 55},
        {DEMO_FIGURE_TEEN, 0, 11, 19},   {DEMO_FIGURE_PER, 2, 2, 2},
        {DEMO_FIGURE_SHARE, 30, 43, 45}, /* 29 to 31 percent of 148 */
        {DEMO_FIGURE_FREE, 7, 0, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct demo_figure figure = {.op = cases[i].op, .value = cases[i].printed};
        for (int64_t value = 0; value < 200; value++) {
            const bool within =
                value >= cases[i].least && (cases[i].most < 0 || value <= cases[i].most);
            if (demo_figure_as_printed(&figure, value, WHOLE) != within) {
                fail_msg("case %zu: %lld", i, (long long)value);
            }
        }
    }
}

static void percentages_are_of_what_can_be_compared(void **state)
{
    const struct demo_figure about = {.op = DEMO_FIGURE_APPROX, .value = 3000};
    const struct demo_figure mean = {.op = DEMO_FIGURE_FREE, .value = 1323};
    const struct demo_figure none = {.op = DEMO_FIGURE_EQ, .value = 0};
    (void)state;
    assert_int_equal(255, demo_figure_percent_tenths(&about, 76400));
    assert_int_equal(1000, demo_figure_percent_tenths(&about, 300000));
    assert_int_equal(-1, demo_figure_percent_tenths(&mean, 42000));
    assert_int_equal(-1, demo_figure_percent_tenths(&none, 100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_as_printed_up_to_the_edge),
        cmocka_unit_test(percentages_are_of_what_can_be_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
