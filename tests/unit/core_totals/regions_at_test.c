/* Regions as at the event, and as at one day for all events. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/core_totals/site.h"

static void open_regions_at(struct site *site, const char *day)
{
    const struct totals_options options = {.programme = site->programme,
                                           .views = site->views,
                                           .view_count = site->view_count,
                                           .until = DATE_MAX,
                                           .regions_dated = day != NULL,
                                           .regions_at = day != NULL ? hand_day(day) : 0};
    assert_int_equal(ERR_OK, totals_new(&options, &site->totals));
}

static void put_at(struct site *site, const char *day, const char *region)
{
    struct event event = event_on(day, EVENT_ENROLLED, 1);
    event.region = bytes_text(region);
    put(site, event);
}

/* The same events, in the regions of the day. */
static void assert_shown(struct site *site, const char *day, const char *lines)
{
    open_regions_at(site, day);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    put_at(site, "2009-03-05", "PL-2011");
    put_at(site, "2009-03-06", "PL-2011002");
    put_at(site, "2011-03-05", "PL-2011001");
    fold(site);
    folding_assert_lines(site->totals, lines);
    totals_free(&site->totals);
}

static void county_that_moved_counts_where_it_was_or_where_it_is(void **state)
{
    struct site *site = *state;
    count_by(site, indicator(site, "events", COUNT_OCCURRENCES), BIT(BY_REGION), REGION_SUBREGION);
    assert_shown(site, NULL,
                 "events|region|subregion|S-1|2|2\n"
                 "events|region|subregion|S-2|1|1\n");
    assert_shown(site, "2011-06-01", "events|region|subregion|S-2|3|3\n");
    assert_shown(site, "2009-06-01", "events|region|subregion|S-1|3|3\n");
}

static void gmina_whose_code_was_closed_stands_for_itself(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_REGION), REGION_COUNTY);
    count_by(site, events, BIT(BY_REGION), REGION_GMINA);
    assert_shown(site, "2011-06-01",
                 "events|region|county|PL-2011|3|3\n"
                 "events|region|gmina|-|1|1\n"
                 "events|region|gmina|PL-2011001|1|1\n"
                 "events|region|gmina|PL-2011002|1|1\n");
}

static void what_an_indicator_counts_is_as_at_the_event(void **state)
{
    struct site *site = *state;
    static const struct bytes region = {(const uint8_t *)"S-1", 3};
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    where(site, events)->regions = &region;
    where(site, events)->region_count = 1;
    count_by(site, events, BIT(BY_REGION), REGION_SUBREGION);
    assert_shown(site, NULL, "events|region|subregion|S-1|2|2\n");
    assert_shown(site, "2011-06-01", "events|region|subregion|S-2|2|2\n");
}

static void home_is_of_the_same_day(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    site->programme->indicators[events].region_of_home = true;
    count_by(site, events, BIT(BY_REGION), REGION_SUBREGION);
    open_regions_at(site, "2011-06-01");
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    struct event event = event_on("2009-03-05", EVENT_ENROLLED, 1);
    event.has_profile = true;
    event.profile.home_region = bytes_text("PL-2011");
    put(site, event);
    fold(site);
    folding_assert_lines(site->totals, "events|region|subregion|S-2|1|1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(county_that_moved_counts_where_it_was_or_where_it_is),
        CLAIM(gmina_whose_code_was_closed_stands_for_itself),
        CLAIM(what_an_indicator_counts_is_as_at_the_event),
        CLAIM(home_is_of_the_same_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
