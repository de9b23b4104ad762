/* Totals of the days of a span: who has an event in it, whatever was before. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/core_totals/site.h"

static void open_days(struct site *site, const char *from, const char *until)
{
    const struct totals_options options = {.programme = site->programme,
                                           .views = site->views,
                                           .view_count = site->view_count,
                                           .has_from = true,
                                           .from = hand_day(from),
                                           .until = hand_day(until)};
    assert_int_equal(ERR_OK, totals_new(&options, &site->totals));
}

static void put_on(struct site *site, const char *day, uint32_t person)
{
    put(site, event_on(day, EVENT_STARTED, person));
}

static void people_are_those_with_an_event_on_these_days(void **state)
{
    struct site *site = *state;
    count(site, indicator(site, "events", COUNT_OCCURRENCES));
    count(site, indicator(site, "people", COUNT_PERSONS));
    open_days(site, "2010-03-01", "2010-03-31");
    begin(site, 0, "north");
    for (uint32_t own = 1; own <= 4; own++) {
        folding_introduce(site->batch, own, own + 10);
    }
    put_on(site, "2010-02-28", 1);
    put_on(site, "2010-03-01", 1); /* counted before, and active in the span */
    put_on(site, "2010-02-28", 2);
    put_on(site, "2010-03-31", 3);
    put_on(site, "2010-04-01", 4);
    put_on(site, "2010-03-15", 4);
    take_back(site, event_on("2010-03-15", EVENT_STARTED, 4));
    fold(site);
    folding_assert_lines(site->totals, "events||-||2|2\npeople||-||2|2\n");
    totals_check(site->totals);
}

static void mean_over_months_begins_with_the_first_days_month(void **state)
{
    struct site *site = *state;
    const uint32_t of = indicator(site, "of", COUNT_OCCURRENCES);
    const uint32_t mean = indicator(site, "mean", COUNT_MEAN);
    site->programme->indicators[mean].of = of;
    site->programme->indicators[mean].over = BY_MONTH;
    count(site, mean);
    open_days(site, "2010-03-10", "2010-12-31");
    begin(site, 0, "north");
    put_on(site, "2010-03-09", 0);
    put_on(site, "2010-03-10", 0);
    put_on(site, "2010-06-01", 0);
    fold(site);
    /* Two in March to June. */
    folding_assert_lines(site->totals, "mean||-||50|50\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(people_are_those_with_an_event_on_these_days),
        CLAIM(mean_over_months_begins_with_the_first_days_month),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
