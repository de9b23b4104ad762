/* Ratios and means: made of other indicators' figures, and undefined where there is nothing to
 * divide by. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/mem_failing.h"
#include "unit/core_totals/site.h"

static struct view ratio_by(struct site *site, uint32_t dimensions)
{
    const uint32_t of = indicator(site, "of", COUNT_OCCURRENCES);
    const uint32_t per = indicator(site, "per", COUNT_OCCURRENCES);
    const uint32_t share = indicator(site, "share", COUNT_RATIO);
    where(site, of)->kinds = BIT(EVENT_COMPLETED);
    where(site, per)->kinds = BIT(EVENT_STARTED);
    site->programme->indicators[share].of = of;
    site->programme->indicators[share].per = per;
    count_by(site, share, dimensions, REGION_LEVEL_COUNT);
    open(site);
    return site->views[0];
}

static void ratio_is_rounded_and_undefined_without_a_divisor(void **state)
{
    struct site *site = *state;
    ratio_by(site, BIT(BY_PARTNER));
    begin(site, 0, "north");
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    put(site, event_on("2010-01-01", EVENT_COMPLETED, 0));
    put(site, event_on("2010-01-01", EVENT_COMPLETED, 0));
    fold(site);
    begin(site, 1, "south");
    put(site, event_on("2010-01-01", EVENT_COMPLETED, 0));
    fold(site);
    begin(site, 2, "west");
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    fold(site);
    folding_assert_lines(site->totals, "share|partner|-|north|6667|6667\n"
                                       "share|partner|-|south|-|-\n"
                                       "share|partner|-|west|0|0\n");
}

static void mean_goes_over_the_months_up_to_the_last_one_with_an_event(void **state)
{
    struct site *site = *state;
    const uint32_t of = indicator(site, "of", COUNT_OCCURRENCES);
    const uint32_t mean = indicator(site, "mean", COUNT_MEAN);
    site->programme->indicators[mean].of = of;
    site->programme->indicators[mean].over = BY_MONTH;
    count(site, mean);
    count_by(site, mean, BIT(BY_YEAR), REGION_LEVEL_COUNT);
    open(site);
    folding_assert_lines(site->totals, "mean||-||-|-\n");
    begin(site, 0, "north");
    put(site, event_on("2007-12-31", EVENT_STARTED, 0));
    put(site, event_on("2008-01-01", EVENT_STARTED, 0));
    put(site, event_on("2009-03-01", EVENT_STARTED, 0));
    fold(site);
    /* 2 in 15 months; 1 in 12; 1 in 3. */
    folding_assert_lines(site->totals, "mean||-||13|13\n"
                                       "mean|year|-|2007|-|-\n"
                                       "mean|year|-|2008|8|8\n"
                                       "mean|year|-|2009|33|33\n");
    begin(site, 0, "north");
    take_back(site, event_on("2009-03-01", EVENT_STARTED, 0));
    fold(site);
    folding_assert_lines(site->totals, "mean||-||100|100\n"
                                       "mean|year|-|2007|-|-\n"
                                       "mean|year|-|2008|100|100\n");
}

static void mean_goes_over_the_partners_that_have_a_value(void **state)
{
    struct site *site = *state;
    const uint32_t of = indicator(site, "of", COUNT_OCCURRENCES);
    const uint32_t mean = indicator(site, "mean", COUNT_MEAN);
    site->programme->indicators[mean].of = of;
    site->programme->indicators[mean].over = BY_PARTNER;
    count(site, mean);
    open(site);
    begin(site, 0, "north");
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    fold(site);
    begin(site, 1, "south");
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    fold(site);
    folding_assert_lines(site->totals, "mean||-||150|150\n");
}

static void mean_leaves_out_what_has_no_label(void **state)
{
    static const struct {
        enum dimension over;
        const char *lines;
    } cases[] = {{BY_TASK, "mean||-||150|150\nmean|partner|-|north|150|150\n"
                           "mean|partner|-|south|-|-\n"},
                 {BY_REGION, "mean||-||300|300\nmean|partner|-|north|300|300\n"
                             "mean|partner|-|south|-|-\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        void *fresh = NULL;
        assert_int_equal(0, setup(&fresh));
        struct site *site = fresh;
        const uint32_t of = indicator(site, "of", COUNT_OCCURRENCES);
        const uint32_t mean = indicator(site, "mean", COUNT_MEAN);
        site->programme->indicators[mean].of = of;
        site->programme->indicators[mean].over = cases[i].over;
        site->programme->indicators[mean].over_at = REGION_COUNTY;
        count(site, mean);
        count_by(site, mean, BIT(BY_PARTNER), REGION_LEVEL_COUNT);
        open(site);
        begin(site, 0, "north");
        struct event event = event_on("2010-01-01", EVENT_STARTED, 0);
        event.region = bytes_text("PL-2061");
        event.task = bytes_text("A");
        put(site, event);
        put(site, event);
        event.task = bytes_text("B");
        put(site, event);
        event.task = bytes_text("");
        event.region = bytes_text("PL-20"); /* a voivodeship is in no county */
        put(site, event);
        put(site, event);
        fold(site);
        begin(site, 1, "south");
        put(site, event);
        fold(site);
        folding_assert_lines(site->totals, cases[i].lines);
        teardown(&fresh);
    }
}

static void count_change(void *context, const struct totals_change *change)
{
    int64_t *out = context;
    out[0]++;
    out[1] = change->row.value;
    out[2] = change->was_gone || change->was_undefined ? -1 : change->was_value;
}

static void watcher_of_a_ratio_is_told_when_a_part_changes(void **state)
{
    struct site *site = *state;
    const struct view view = ratio_by(site, 0);
    int64_t told[3] = {0};
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    begin(site, 0, "north");
    put(site, event_on("2010-01-01", EVENT_STARTED, 0));
    fold(site);
    assert_int_equal(ERR_OK, totals_tell_changes(site->totals, &view, count_change, told));
    assert_int_equal(1, told[0]);
    assert_int_equal(-1, told[2]);
    begin(site, 0, "north");
    put(site, event_on("2010-01-01", EVENT_COMPLETED, 0));
    fold(site);
    assert_int_equal(ERR_OK, totals_tell_changes(site->totals, &view, count_change, told));
    assert_int_equal(2, told[0]);
    assert_int_equal(10000, told[1]);
    assert_int_equal(0, told[2]);
}

/* Computing allocates. */
static bool computes(struct site *site, const struct view *view, int64_t *told)
{
    mem_failing_at(0);
    assert_int_equal(ERR_OK, totals_tell_changes(site->totals, view, count_change, told));
    return mem_failing_count() > 0;
}

static void what_is_watched_is_computed_only_where_a_part_has_changed(void **state)
{
    struct site *site = *state;
    const uint32_t of = indicator(site, "of", COUNT_OCCURRENCES);
    const uint32_t mean = indicator(site, "mean", COUNT_MEAN);
    int64_t told[3] = {0};
    where(site, of)->kinds = BIT(EVENT_STARTED);
    site->programme->indicators[mean].of = of;
    site->programme->indicators[mean].over = BY_MONTH;
    count(site, mean);
    open(site);
    const struct view view = site->views[0];
    begin(site, 0, "north");
    put(site, event_on("2008-02-01", EVENT_STARTED, 0));
    fold(site);
    assert_int_equal(ERR_OK, totals_track(site->totals, &view, true));
    assert_false(computes(site, &view, told));
    /* Another kind of event, in a month that is there. */
    begin(site, 0, "north");
    put(site, event_on("2008-02-01", EVENT_COMPLETED, 0));
    fold(site);
    assert_false(computes(site, &view, told));
    assert_int_equal(0, told[0]);
    /* The same in a later month: 1 in 4 instead of 2. */
    begin(site, 0, "north");
    put(site, event_on("2008-04-01", EVENT_COMPLETED, 0));
    fold(site);
    assert_true(computes(site, &view, told));
    assert_int_equal(1, told[0]);
    assert_int_equal(25, told[1]);
    assert_int_equal(50, told[2]);
    begin(site, 0, "north");
    put(site, event_on("2008-04-01", EVENT_STARTED, 0));
    fold(site);
    assert_true(computes(site, &view, told));
    assert_int_equal(2, told[0]);
    assert_int_equal(50, told[1]);
    /* Who asks in between costs a telling nothing, and gets what was told. */
    mem_failing_at(0);
    folding_assert_lines(site->totals, "mean||-||50|50\n");
    assert_false(computes(site, &view, told));
    totals_check(site->totals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(ratio_is_rounded_and_undefined_without_a_divisor),
        CLAIM(mean_goes_over_the_months_up_to_the_last_one_with_an_event),
        CLAIM(mean_goes_over_the_partners_that_have_a_value),
        cmocka_unit_test(mean_leaves_out_what_has_no_label),
        CLAIM(watcher_of_a_ratio_is_told_when_a_part_changes),
        CLAIM(what_is_watched_is_computed_only_where_a_part_has_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
