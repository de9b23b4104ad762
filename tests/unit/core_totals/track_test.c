/* What a watcher is told: which cells have changed, and what they were. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "support/mem_failing.h"
#include "unit/core_totals/site.h"

/* Changes as text: "label value/sum was value/sum\n", in ascending order of their lines. */
struct told {
    char lines[16][96];
    uint32_t count;
    enum dimension dimension; /* whose label is written */
};

static void note_change(void *context, const struct totals_change *change)
{
    struct told *told = context;
    char *line = told->lines[told->count++];
    assert_in_range(told->count, 1, 16);
    snprintf(line, sizeof told->lines[0], "%.*s %d/%d was %d/%d",
             BYTES_FMT(change->row.labels[told->dimension]), (int)change->row.value,
             (int)change->row.partner_sum, (int)change->was_value, (int)change->was_partner_sum);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void assert_told(struct site *site, const struct view *view, enum dimension dimension,
                        const char *wanted)
{
    struct told told = {.dimension = dimension};
    char text[16 * 96] = "";
    assert_int_equal(ERR_OK, totals_tell_changes(site->totals, view, note_change, &told));
    qsort(told.lines, told.count, sizeof told.lines[0], compare_lines);
    for (uint32_t i = 0; i < told.count; i++) {
        strcat(strcat(text, told.lines[i]), "\n");
    }
    assert_string_equal(wanted, text);
}

static struct view people_by_partner(struct site *site)
{
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    count_by(site, people, BIT(BY_PARTNER), REGION_LEVEL_COUNT);
    count(site, people);
    open(site);
    return site->views[0];
}

static void come(struct site *site, uint32_t node, const char *partner, uint32_t number)
{
    begin(site, node, partner);
    folding_introduce(site->batch, 1, number);
    put(site, enrolled(1));
    fold(site);
}

static void changed_cells_are_told_once_with_what_they_were(void **state)
{
    struct site *site = *state;
    const struct view view = people_by_partner(site);
    come(site, 0, "north", 11);
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    assert_told(site, &view, BY_PARTNER, "");
    come(site, 1, "south", 11);
    come(site, 2, "north", 12);
    assert_told(site, &view, BY_PARTNER, "north 2/2 was 1/1\nsouth 1/1 was 0/0\n");
    assert_told(site, &view, BY_PARTNER, "");
}

static void person_at_a_second_partner_changes_the_partner_sum_alone(void **state)
{
    struct site *site = *state;
    people_by_partner(site);
    const struct view whole = site->views[1];
    come(site, 0, "north", 11);
    assert_int_equal(ERR_OK, totals_track(site->totals, &whole, true));
    come(site, 1, "south", 11);
    assert_told(site, &whole, BY_PARTNER, " 1/2 was 1/1\n");
}

static void what_changes_and_changes_back_is_not_told(void **state)
{
    struct site *site = *state;
    const struct view view = people_by_partner(site);
    come(site, 0, "north", 11);
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    begin(site, 0, "north");
    take_back(site, enrolled(1));
    fold(site);
    begin(site, 0, "north");
    put(site, enrolled(1));
    fold(site);
    assert_told(site, &view, BY_PARTNER, "");
}

static void person_who_is_taken_back_leaves_a_cell_of_nothing(void **state)
{
    struct site *site = *state;
    const struct view view = people_by_partner(site);
    come(site, 0, "north", 11);
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    begin(site, 0, "north");
    take_back(site, enrolled(1));
    fold(site);
    assert_told(site, &view, BY_PARTNER, "north 0/0 was 1/1\n");
}

static void what_is_no_longer_tracked_is_forgotten(void **state)
{
    struct site *site = *state;
    const struct view view = people_by_partner(site);
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    come(site, 0, "north", 11);
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, false));
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    assert_told(site, &view, BY_PARTNER, "");
}

static void view_that_is_not_counted_is_not_tracked(void **state)
{
    struct site *site = *state;
    const struct view view = people_by_partner(site);
    const struct view other = {
        .indicator = view.indicator, .dimensions = BIT(BY_SEX), .level = REGION_LEVEL_COUNT};
    assert_int_equal(ERR_NOT_FOUND, totals_track(site->totals, &other, true));
}

/* After every batch, what was known before plus what is told is what a query gives. */
static void told_changes_add_up_to_the_totals(void **state)
{
    struct site *site = *state;
    static const char *const partners[] = {"north", "south", "west"};
    const struct view view = people_by_partner(site);
    int64_t sum = 0;
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    for (uint32_t i = 0; i < 60; i++) {
        come(site, i, partners[i % 3], 1 + i * i % 7);
        if (i % 4 == 3) {
            struct told told = {.dimension = BY_PARTNER};
            assert_int_equal(ERR_OK, totals_tell_changes(site->totals, &view, note_change, &told));
            for (uint32_t k = 0; k < told.count; k++) {
                int is = 0, was = 0, other = 0;
                assert_int_equal(
                    4, sscanf(told.lines[k], "%*s %d/%d was %d/%d", &is, &other, &was, &other));
                sum += is - was;
            }
        }
    }
    int64_t counted = 0;
    char *lines = folding_lines(site->totals);
    for (const char *at = strstr(lines, "|partner|"); at != NULL;
         at = strstr(at + 1, "|partner|")) {
        int value = 0;
        assert_int_equal(1, sscanf(at, "|partner|-|%*[a-z]|%d", &value));
        counted += value;
    }
    free(lines);
    assert_int_equal(counted, sum);
}

static void memory_that_runs_out_is_an_error_of_the_fold(void **state)
{
    struct site *site = *state;
    const struct view view = people_by_partner(site);
    enum err err = ERR_MEMORY;
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, totals_track(site->totals, &view, true));
    assert_true(mem_failing_done());
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    put(site, enrolled(1));
    for (size_t nth = 1; err == ERR_MEMORY; nth++) {
        totals_free(&site->totals);
        open(site);
        assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
        mem_failing_at(nth);
        err = folding_into(site->batch, site->totals);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(changed_cells_are_told_once_with_what_they_were),
        CLAIM(person_at_a_second_partner_changes_the_partner_sum_alone),
        CLAIM(what_changes_and_changes_back_is_not_told),
        CLAIM(person_who_is_taken_back_leaves_a_cell_of_nothing),
        CLAIM(what_is_no_longer_tracked_is_forgotten),
        CLAIM(view_that_is_not_counted_is_not_tracked),
        CLAIM(told_changes_add_up_to_the_totals),
        CLAIM(memory_that_runs_out_is_an_error_of_the_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
