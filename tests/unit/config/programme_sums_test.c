/* Targets of parts beside that of their whole. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "config/programme_file.h"
#include "config/programme_sums.h"

static const char head[] =
    "programme: P\ntitle: Sums\nstarts_on: 2011-01-01\nends_on: 2012-12-31\nlead: A\n"
    "partners:\n  - {id: A, title: Lead}\n"
    "tasks:\n  - {id: T, title: Task}\n"
    "indicators:\n"
    "  - {id: all_of_it, title: W, unit: event, count: occurrences, parts: sum}\n"
    "  - {id: one, title: O, unit: event, count: occurrences, part_of: all_of_it}\n"
    "  - {id: two, title: T, unit: event, count: occurrences, part_of: all_of_it}\n"
    "  - {id: loose, title: L, unit: event, count: occurrences}\n"
    "  - {id: some, title: S, unit: event, count: occurrences, part_of: loose}\n"
    "targets:\n";

struct found {
    uint32_t count;
    struct programme_sum last;
    int64_t whole;
};

static void note(void *context, const struct programme_sum *sum)
{
    struct found *found = context;
    found->count++;
    found->last = *sum;
    found->whole = sum->whole->value;
}

static struct found found_in(const char *targets)
{
    char yaml[2048];
    struct programme *programme = NULL;
    struct config_fault fault = {0};
    struct found found = {0};
    snprintf(yaml, sizeof yaml, "%s%s", head, targets);
    if (programme_parse(bytes_text(yaml), bytes_text(""), &programme, &fault) != ERR_OK) {
        fail_msg("%u:%u: %s", fault.line, fault.column, fault.text);
    }
    programme_sums_differing(programme, note, &found);
    programme_free(&programme);
    return found;
}

static void targets_that_add_up_are_nothing_to_tell(void **state)
{
    (void)state;
    assert_int_equal(0,
                     found_in("  - {indicator: all_of_it, kind: target, op: approx, value: 471}\n"
                              "  - {indicator: one, kind: target, op: approx, value: 391}\n"
                              "  - {indicator: two, kind: target, op: approx, value: 80}\n")
                         .count);
}

static void targets_that_do_not_are_told_with_both_sums(void **state)
{
    const struct found found =
        found_in("  - {indicator: one, kind: target, op: approx, value: 391}\n"
                 "  - {indicator: all_of_it, kind: target, op: approx, value: 470}\n"
                 "  - {indicator: two, kind: target, op: approx, value: 80}\n");
    (void)state;
    assert_int_equal(1, found.count);
    assert_int_equal(2, found.last.part_count);
    assert_int_equal(47100, found.last.parts);
    assert_int_equal(47000, found.whole);
}

static void the_ends_of_ranges_are_added_up_by_themselves(void **state)
{
    const struct found found = found_in("  - {indicator: all_of_it, kind: target, value: 3..9}\n"
                                        "  - {indicator: one, kind: target, value: 1..4}\n"
                                        "  - {indicator: two, kind: target, value: 2..4}\n");
    (void)state;
    assert_int_equal(1, found.count);
    assert_int_equal(300, found.last.parts);
    assert_int_equal(800, found.last.parts_to);
}

static void only_targets_of_one_kind_and_scope_are_held_together(void **state)
{
    (void)state;
    assert_int_equal(0, found_in("  - {indicator: all_of_it, kind: target, value: 5}\n"
                                 "  - {indicator: one, kind: achieved, value: 1}\n"
                                 "  - {indicator: two, kind: target, value: 1}\n")
                            .count);
    assert_int_equal(0, found_in("  - {indicator: all_of_it, kind: target, value: 5}\n"
                                 "  - {indicator: one, kind: target, value: 1, task: T}\n"
                                 "  - {indicator: two, kind: target, value: 1}\n")
                            .count);
    assert_int_equal(1, found_in("  - {indicator: all_of_it, kind: achieved, value: 5, task: T}\n"
                                 "  - {indicator: one, kind: achieved, value: 1, task: T}\n"
                                 "  - {indicator: two, kind: achieved, value: 1, task: T}\n")
                            .count);
}

static void the_newest_versions_are_held_together(void **state)
{
    (void)state;
    assert_int_equal(
        0, found_in("  - {indicator: all_of_it, kind: target, value: 6, as_of: 2011-02-01}\n"
                    "  - {indicator: all_of_it, kind: target, value: 5}\n"
                    "  - {indicator: one, kind: target, value: 2}\n"
                    "  - {indicator: two, kind: target, value: 4, as_of: 2011-03-01}\n"
                    "  - {indicator: two, kind: target, value: 9, as_of: 2011-01-01}\n")
               .count);
}

static void a_part_without_a_number_makes_no_sum(void **state)
{
    (void)state;
    assert_int_equal(0, found_in("  - {indicator: all_of_it, kind: target, value: 5}\n"
                                 "  - {indicator: one, kind: target, op: none}\n"
                                 "  - {indicator: two, kind: target, value: 1}\n")
                            .count);
    assert_int_equal(0, found_in("  - {indicator: all_of_it, kind: target, value: 5}\n"
                                 "  - {indicator: two, kind: target, value: 1}\n")
                            .count);
}

static void parts_that_need_not_add_up_are_not_looked_at(void **state)
{
    (void)state;
    assert_int_equal(0, found_in("  - {indicator: loose, kind: target, value: 5}\n"
                                 "  - {indicator: some, kind: target, value: 1}\n")
                            .count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_that_add_up_are_nothing_to_tell),
        cmocka_unit_test(targets_that_do_not_are_told_with_both_sums),
        cmocka_unit_test(the_ends_of_ranges_are_added_up_by_themselves),
        cmocka_unit_test(only_targets_of_one_kind_and_scope_are_held_together),
        cmocka_unit_test(the_newest_versions_are_held_together),
        cmocka_unit_test(a_part_without_a_number_makes_no_sum),
        cmocka_unit_test(parts_that_need_not_add_up_are_not_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
