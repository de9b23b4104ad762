/* How totals are broken down: labels, periods, regions, conditions, the order of rows. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/totals/totals.h"
#include "unit/core_totals/site.h"

static void note_row(void *context, const struct totals_row *row)
{
    struct totals_row *out = context;
    *out = *row;
}

static void county_is_rolled_up_to_the_subregion_of_the_date(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_REGION), REGION_VOIVODESHIP);
    count_by(site, events, BIT(BY_REGION), REGION_SUBREGION);
    count_by(site, events, BIT(BY_REGION), REGION_LEVEL_COUNT);
    open(site);
    static const struct {
        const char *day, *region;
    } rows[] = {
        {"2010-12-31", "PL-2011"},    {"2011-01-01", "PL-2011"},    {"2011-05-05", "PL-2011001"},
        {"2009-05-05", "PL-2011001"}, {"2010-07-07", "PL-20"},      {"2010-07-07", "CITY-X"},
        {"2010-07-07", "PL-2061"},    {"2010-07-07", ""},           {"2010-12-30", "PL-2011"},
        {"2010-01-01", "PL-2011002"}, {"2009-12-31", "PL-2011002"}, {"2010-07-07", "unknown"},
        {"2010-07-07", "A"},
    };
    begin(site, 0, "north");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct event event = event_on(rows[i].day, EVENT_ACTIVITY, 0);
        event.region = bytes_text(rows[i].region);
        put(site, event);
    }
    fold(site);
    /* PL-2011002 begins with 2010: before, it stands where it stands then. */
    folding_assert_lines(site->totals, "events|region|voivodeship|-|4|4\n"
                                       "events|region|voivodeship|PL-20|9|9\n"
                                       "events|region|subregion|-|5|5\n"
                                       "events|region|subregion|S-1|6|6\n"
                                       "events|region|subregion|S-2|2|2\n"
                                       "events|region|-|-|3|3\n"
                                       "events|region|-|CITY-X|1|1\n"
                                       "events|region|-|PL-20|1|1\n"
                                       "events|region|-|PL-2011|3|3\n"
                                       "events|region|-|PL-2011001|2|2\n"
                                       "events|region|-|PL-2011002|2|2\n"
                                       "events|region|-|PL-2061|1|1\n");
}

static void region_condition_holds_for_what_lies_below_on_the_date(void **state)
{
    struct site *site = *state;
    static const struct bytes wanted[] = {
        {(const uint8_t *)"CITY-X", 6}, {(const uint8_t *)"S-2", 3}, {(const uint8_t *)"none", 4}};
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    where(site, events)->regions = wanted;
    where(site, events)->region_count = 3;
    count_by(site, events, BIT(BY_REGION) | BIT(BY_YEAR), REGION_LEVEL_COUNT);
    open(site);
    begin(site, 0, "north");
    static const char *const codes[] = {"PL-2011", "PL-2011001", "S-2", "S-1", "PL-20", "CITY-X"};
    for (int i = 0; i < 12; i++) {
        struct event event = event_on(i < 6 ? "2010-02-02" : "2011-02-02", EVENT_ACTIVITY, 0);
        event.region = bytes_text(codes[i % 6]);
        put(site, event);
    }
    fold(site);
    folding_assert_lines(site->totals, "events|region,year|-|CITY-X,2010|1|1\n"
                                       "events|region,year|-|CITY-X,2011|1|1\n"
                                       "events|region,year|-|PL-2011,2011|1|1\n"
                                       "events|region,year|-|PL-2011001,2011|1|1\n"
                                       "events|region,year|-|S-2,2010|1|1\n"
                                       "events|region,year|-|S-2,2011|1|1\n");
}

static void region_of_home_is_taken_where_the_indicator_says_so(void **state)
{
    struct site *site = *state;
    const uint32_t home = indicator(site, "home", COUNT_PERSONS);
    const uint32_t there = indicator(site, "there", COUNT_PERSONS);
    site->programme->indicators[home].region_of_home = true;
    count_by(site, home, BIT(BY_REGION), REGION_COUNTY);
    count_by(site, there, BIT(BY_REGION), REGION_COUNTY);
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    struct event event = enrolled(1);
    event.region = bytes_text("PL-2061");
    put(site, event);
    event.has_profile = true;
    event.profile.home_region = bytes_text("PL-2011001");
    put(site, event);
    fold(site);
    folding_assert_lines(site->totals, "home|region|county|-|1|1\n"
                                       "home|region|county|PL-2011|1|1\n"
                                       "there|region|county|PL-2061|1|1\n");
}

static void age_bands_are_those_of_the_programme(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const uint32_t young = indicator(site, "young", COUNT_PERSONS);
    where(site, young)->by_age = true;
    where(site, young)->age_from = -5;
    where(site, young)->age_to = 25;
    count_by(site, people, BIT(BY_AGE), REGION_LEVEL_COUNT);
    count(site, young);
    open(site);
    begin(site, 0, "north");
    static const int ages[] = {0, 24, 25, 29, 30, 49, 50, AGE_MAX, AGE_UNKNOWN};
    for (uint32_t i = 0; i < sizeof ages / sizeof ages[0]; i++) {
        folding_introduce(site->batch, i + 1, 11 + i);
        struct event event = enrolled(i + 1);
        event.has_profile = true;
        event.profile.age = ages[i];
        put(site, event);
    }
    fold(site);
    folding_assert_lines(site->totals, "people|age|-|-|3|3\n"
                                       "people|age|-|0-24|2|2\n"
                                       "people|age|-|25-29|2|2\n"
                                       "people|age|-|50+|2|2\n"
                                       "young||-||3|3\n");
}

static void periods_have_their_names(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_MONTH) | BIT(BY_QUARTER) | BIT(BY_YEAR), REGION_LEVEL_COUNT);
    count_by(site, events, BIT(BY_MONTH) | BIT(BY_YEAR), REGION_LEVEL_COUNT);
    count_by(site, events, BIT(BY_QUARTER), REGION_LEVEL_COUNT);
    count_by(site, events, BIT(BY_YEAR), REGION_LEVEL_COUNT);
    open(site);
    begin(site, 0, "north");
    put(site, event_on("2010-12-31", EVENT_ACTIVITY, 0));
    put(site, event_on("2009-01-31", EVENT_ACTIVITY, 0));
    put(site, event_on("2009-02-01", EVENT_ACTIVITY, 0));
    struct event lost = event_on("2009-02-01", EVENT_ACTIVITY, 0);
    lost.occurred_on = DATE_MIN - 1;
    put(site, lost);
    fold(site);
    folding_assert_lines(site->totals, "events|quarter|-|-|1|1\n"
                                       "events|quarter|-|2009-Q1|2|2\n"
                                       "events|quarter|-|2010-Q4|1|1\n"
                                       "events|year|-|-|1|1\n"
                                       "events|year|-|2009|2|2\n"
                                       "events|year|-|2010|1|1\n"
                                       "events|month,year|-|-,-|1|1\n"
                                       "events|month,year|-|2009-01,2009|1|1\n"
                                       "events|month,year|-|2009-02,2009|1|1\n"
                                       "events|month,year|-|2010-12,2010|1|1\n"
                                       "events|month,quarter,year|-|-,-,-|1|1\n"
                                       "events|month,quarter,year|-|2009-01,2009-Q1,2009|1|1\n"
                                       "events|month,quarter,year|-|2009-02,2009-Q1,2009|1|1\n"
                                       "events|month,quarter,year|-|2010-12,2010-Q4,2010|1|1\n");
}

/* A fold obeys what an older version of the programme admitted. */
static void day_outside_the_programme_keeps_its_month(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_MONTH), REGION_LEVEL_COUNT);
    open(site);
    begin(site, 0, "north");
    put(site, event_on("1999-02-28", EVENT_ACTIVITY, 0));
    put(site, event_on("2007-12-31", EVENT_ACTIVITY, 0));
    put(site, event_on("2014-01-01", EVENT_ACTIVITY, 0));
    fold(site);
    folding_assert_lines(site->totals, "events|month|-|1999-02|1|1\n"
                                       "events|month|-|2007-12|1|1\n"
                                       "events|month|-|2014-01|1|1\n");
}

/* "-" stands between "!first" and "A"; of equal labels there is one row. */
static void rows_stand_in_the_order_of_their_labels(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_TASK) | BIT(BY_SEX), REGION_LEVEL_COUNT);
    open(site);
    begin(site, 0, "north");
    static const char *const tasks[] = {"B", "", "A", "!first", "unknown"};
    for (int i = 0; i < 15; i++) {
        struct event event = event_on("2010-12-31", EVENT_ACTIVITY, 0);
        event.task = bytes_text(tasks[i % 5]);
        event.has_profile = i >= 5;
        event.profile.sex = i >= 10 ? SEX_WOMAN : SEX_MAN;
        put(site, event);
    }
    fold(site);
    folding_assert_lines(site->totals, "events|task,sex|-|!first,-|1|1\n"
                                       "events|task,sex|-|!first,man|1|1\n"
                                       "events|task,sex|-|!first,woman|1|1\n"
                                       "events|task,sex|-|-,-|2|2\n"
                                       "events|task,sex|-|-,man|2|2\n"
                                       "events|task,sex|-|-,woman|2|2\n"
                                       "events|task,sex|-|A,-|1|1\n"
                                       "events|task,sex|-|A,man|1|1\n"
                                       "events|task,sex|-|A,woman|1|1\n"
                                       "events|task,sex|-|B,-|1|1\n"
                                       "events|task,sex|-|B,man|1|1\n"
                                       "events|task,sex|-|B,woman|1|1\n");
}

static uint32_t ask_for_everything(struct site *site)
{
    static const struct bytes subregion = {(const uint8_t *)"S-1", 3};
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    struct predicate *asked = where(site, events);
    asked->kinds = BIT(EVENT_OUTCOME) | BIT(EVENT_DROPPED);
    hand_pick(site->programme, events, CODES_PARTNER, "north");
    hand_pick(site->programme, events, CODES_PARTNER, "south");
    hand_pick(site->programme, events, CODES_TASK, "A");
    hand_pick(site->programme, events, CODES_SUPPORT, "course");
    hand_pick(site->programme, events, CODES_OUTCOME, "job");
    hand_pick(site->programme, events, CODES_ACTIVITY, "fair");
    hand_pick(site->programme, events, CODES_UNIT, "h");
    hand_pick(site->programme, events, CODES_EDUCATION, "isced-3");
    hand_pick(site->programme, events, CODES_STATUS, "unemployed");
    hand_pick(site->programme, events, CODES_FLAG, "rural");
    asked->regions = &subregion;
    asked->region_count = 1;
    asked->sexes = BIT(SEX_WOMAN);
    asked->windows = BIT(WINDOW_ON_LEAVING);
    asked->by_age = true;
    asked->age_from = 20;
    asked->age_to = 30;
    return events;
}

/* The one event that meets every condition. */
static struct event wanted_event(void)
{
    struct event good = event_on("2010-03-05", EVENT_OUTCOME, 0);
    good.task = bytes_text("A");
    good.region = bytes_text("PL-2061");
    good.support = bytes_text("course");
    good.outcome = bytes_text("job");
    good.activity = bytes_text("fair");
    good.unit = bytes_text("h");
    good.window = WINDOW_ON_LEAVING;
    good.has_profile = true;
    good.profile = (struct event_profile){.sex = SEX_WOMAN,
                                          .age = 20,
                                          .education = bytes_text("isced-3"),
                                          .status = bytes_text("unemployed"),
                                          .flags = {bytes_text("disability"), bytes_text("rural")},
                                          .flag_count = 2};
    return good;
}

/* Fifteen events differ from the wanted one in one thing each. */
static void every_condition_of_a_predicate_must_hold(void **state)
{
    struct site *site = *state;
    count(site, ask_for_everything(site));
    open(site);
    struct event good = wanted_event();
    struct event bad[15];
    for (int i = 0; i < 15; i++) {
        bad[i] = good;
    }
    bad[0].kind = EVENT_ENROLLED;
    bad[1].task = bytes_text("B");
    bad[2].region = bytes_text("PL-20");
    bad[3].support = (struct bytes){0};
    bad[4].outcome = bytes_text("study");
    bad[5].activity = bytes_text("visit");
    bad[6].unit = bytes_text("PLN");
    bad[7].window = WINDOW_SIX_MONTHS;
    bad[8].has_profile = false;
    bad[9].profile.sex = SEX_UNKNOWN;
    bad[10].profile.age = 31;
    bad[11].profile.age = AGE_UNKNOWN;
    bad[12].profile.education = bytes_text("isced-2");
    bad[13].profile.status = (struct bytes){0};
    bad[14].profile.flag_count = 1;
    begin(site, 0, "north");
    for (int i = 0; i < 15; i++) {
        put(site, bad[i]);
    }
    fold(site);
    folding_assert_lines(site->totals, "events||-||0|0\n");
    put(site, good);
    good.kind = EVENT_DROPPED;
    good.profile.age = 30;
    put(site, good);
    fold(site);
    folding_assert_lines(site->totals, "events||-||2|2\n");
    site->batch->partner = "west";
    fold(site);
    folding_assert_lines(site->totals, "events||-||2|2\n");
}

static void query_gives_labels_by_dimension(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_TASK) | BIT(BY_YEAR), REGION_GMINA);
    open(site);
    begin(site, 0, "north");
    put(site, event_on("2010-12-31", EVENT_ACTIVITY, 0));
    fold(site);
    struct totals_row row = {0};
    struct view view = site->views[0];
    view.level = REGION_LEVEL_COUNT; /* without regions the level says nothing */
    assert_int_equal(ERR_OK, totals_query(site->totals, &view, note_row, &row));
    assert_int_equal(1, row.value);
    assert_true(bytes_is(row.labels[BY_TASK], "-"));
    assert_true(bytes_is(row.labels[BY_YEAR], "2010"));
    assert_int_equal(0, row.labels[BY_QUARTER].size);
    assert_int_equal(0, row.labels[BY_REGION].size);
}

static void view_that_is_given_twice_is_counted_once(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count(site, events);
    count_by(site, events, 0, REGION_COUNTY);
    count(site, events);
    open(site);
    begin(site, 0, "north");
    put(site, event_on("2010-12-31", EVENT_ACTIVITY, 0));
    fold(site);
    folding_assert_lines(site->totals, "events||-||1|1\n");
}

static void code_named_like_the_unknown_shares_its_row(void **state)
{
    struct site *site = *state;
    hand_codes(site->programme, CODES_TASK, "!first -");
    count_by(site, indicator(site, "events", COUNT_OCCURRENCES), BIT(BY_TASK), REGION_LEVEL_COUNT);
    open(site);
    begin(site, 0, "north");
    struct event event = event_on("2010-12-31", EVENT_ACTIVITY, 0);
    put(site, event);
    event.task = bytes_text("-");
    put(site, event);
    fold(site);
    folding_assert_lines(site->totals, "events|task|-|-|2|2\n");
}

static void view_that_is_not_counted_is_not_found(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_REGION), REGION_COUNTY);
    count_by(site, events, BIT(BY_REGION), REGION_COUNTY);
    open(site);
    struct totals_row row;
    struct view view = site->views[0];
    assert_true(totals_has(site->totals, &view));
    view.level = REGION_GMINA;
    assert_false(totals_has(site->totals, &view));
    assert_int_equal(ERR_NOT_FOUND, totals_query(site->totals, &view, note_row, &row));
    view = (struct view){.indicator = events + 1, .level = REGION_COUNTY};
    assert_false(totals_has(site->totals, &view));
}

/* The views are given in another order than they come out. */
static void views_come_out_by_indicator_id_and_dimensions(void **state)
{
    struct site *site = *state;
    const uint32_t later = indicator(site, "b", COUNT_OCCURRENCES);
    const uint32_t sooner = indicator(site, "a", COUNT_OCCURRENCES);
    count_by(site, later, BIT(BY_PARTNER), REGION_LEVEL_COUNT);
    count(site, later);
    count_by(site, sooner, BIT(BY_REGION), REGION_GMINA);
    count_by(site, sooner, BIT(BY_REGION), REGION_COUNTRY);
    open(site);
    begin(site, 0, "west");
    put(site, event_on("2010-12-31", EVENT_ACTIVITY, 0));
    fold(site);
    folding_assert_lines(site->totals, "a|region|country|-|1|1\n"
                                       "a|region|gmina|-|1|1\n"
                                       "b||-||1|1\n"
                                       "b|partner|-|west|1|1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(county_is_rolled_up_to_the_subregion_of_the_date),
        CLAIM(region_condition_holds_for_what_lies_below_on_the_date),
        CLAIM(region_of_home_is_taken_where_the_indicator_says_so),
        CLAIM(age_bands_are_those_of_the_programme),
        CLAIM(periods_have_their_names),
        CLAIM(day_outside_the_programme_keeps_its_month),
        CLAIM(rows_stand_in_the_order_of_their_labels),
        CLAIM(every_condition_of_a_predicate_must_hold),
        CLAIM(query_gives_labels_by_dimension),
        CLAIM(view_that_is_given_twice_is_counted_once),
        CLAIM(code_named_like_the_unknown_shares_its_row),
        CLAIM(view_that_is_not_counted_is_not_found),
        CLAIM(views_come_out_by_indicator_id_and_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
