/* Who and what is counted, in programmes small enough to be counted by hand. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/model/reject.h"
#include "core/totals/totals.h"
#include "support/mem_failing.h"
#include "unit/core_totals/site.h"

static void empty_totals_have_one_row_for_the_whole(void **state)
{
    struct site *site = *state;
    const uint32_t number = indicator(site, "people", COUNT_PERSONS);
    count(site, number);
    count_by(site, number, BIT(BY_TASK), REGION_LEVEL_COUNT);
    open(site);
    folding_assert_lines(site->totals, "people||-||0|0\n");
}

/* 11 at both partners, 12 at the north only, 13 at the south only. */
static void person_at_two_partners_is_counted_once(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const uint32_t stays = indicator(site, "stays", COUNT_PARTICIPATIONS);
    count(site, people);
    count_by(site, people, BIT(BY_PARTNER), REGION_LEVEL_COUNT);
    count(site, stays);
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    folding_introduce(site->batch, 2, 12);
    put(site, enrolled(1));
    put(site, enrolled(2));
    put(site, event_on("2010-04-01", EVENT_STARTED, 1));
    fold(site);
    begin(site, 1, "south");
    folding_introduce(site->batch, 1, 13);
    folding_introduce(site->batch, 2, 11);
    put(site, enrolled(1));
    put(site, enrolled(2));
    fold(site);
    folding_assert_lines(site->totals, "people||-||3|4\n"
                                       "people|partner|-|north|2|2\n"
                                       "people|partner|-|south|2|2\n"
                                       "stays||-||4|4\n");
}

/* Two offices of one partner: one pair of partner and person. */
static void person_at_two_nodes_of_a_partner_is_one_pair(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    count(site, people);
    open(site);
    for (uint32_t node = 0; node < 2; node++) {
        begin(site, node, "north");
        folding_introduce(site->batch, 1, 11);
        put(site, enrolled(1));
        fold(site);
    }
    folding_assert_lines(site->totals, "people||-||1|1\n");
    begin(site, 1, "north");
    take_back(site, enrolled(1));
    fold(site);
    folding_assert_lines(site->totals, "people||-||1|1\n");
}

static void entity_and_person_of_one_number_never_mix(void **state)
{
    struct site *site = *state;
    const uint32_t any = indicator(site, "any", COUNT_PERSONS);
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const uint32_t firms = indicator(site, "firms", COUNT_PERSONS);
    const uint32_t meetings = indicator(site, "meetings", COUNT_OCCURRENCES);
    where(site, people)->subject = SUBJECT_PERSON;
    where(site, firms)->subject = SUBJECT_ENTITY;
    where(site, meetings)->subject = SUBJECT_ENTITY;
    count(site, any);
    count(site, people);
    count(site, firms);
    count(site, meetings);
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    folding_introduce(site->batch, 2, 12);
    struct event firm = enrolled(1);
    firm.entity = true;
    put(site, firm);
    put(site, firm);
    put(site, enrolled(1));
    put(site, enrolled(2));
    put(site, event_on("2010-03-05", EVENT_ACTIVITY, 0));
    fold(site);
    folding_assert_lines(site->totals, "any||-||3|3\n"
                                       "firms||-||1|1\n"
                                       "meetings||-||2|2\n"
                                       "people||-||2|2\n");
}

static void withdrawal_cancels_exactly(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    const uint32_t money = indicator(site, "money", COUNT_QUANTITY);
    const uint32_t all = BIT(DIMENSION_COUNT) - 1;
    count(site, people);
    count_by(site, people, all, REGION_SUBREGION);
    count_by(site, events, all, REGION_COUNTY);
    count_by(site, money, BIT(BY_SEX), REGION_LEVEL_COUNT);
    open(site);
    char *before = folding_lines(site->totals);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    struct event event = enrolled(1);
    event.region = bytes_text("PL-2011001");
    event.quantity = -7;
    event.has_profile = true;
    event.profile.sex = SEX_WOMAN;
    put(site, event);
    take_back(site, event);
    put(site, event);
    fold(site);
    folding_assert_lines(
        site->totals,
        "events|partner,task,region,month,quarter,year,kind,sex,age,education,status|county|"
        "north,-,PL-2011,2010-03,2010-Q1,2010,enrolled,woman,-,-,-|1|1\n"
        "money|sex|-|woman|-7|-7\n"
        "people||-||1|1\n"
        "people|partner,task,region,month,quarter,year,kind,sex,age,education,status|subregion|"
        "north,-,S-1,2010-03,2010-Q1,2010,enrolled,woman,-,-,-|1|1\n");
    begin(site, 0, "north");
    take_back(site, event);
    fold(site);
    folding_assert_lines(site->totals, before);
    free(before);
}

static void correction_moves_exactly_its_own_totals(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const uint32_t hours = indicator(site, "hours", COUNT_QUANTITY);
    count_by(site, people, BIT(BY_TASK), REGION_LEVEL_COUNT);
    count_by(site, hours, BIT(BY_TASK), REGION_LEVEL_COUNT);
    open(site);
    struct event event = enrolled(1);
    event.task = bytes_text("A");
    event.quantity = 150;
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    folding_introduce(site->batch, 2, 12);
    put(site, event);
    event.person = 2;
    put(site, event);
    fold(site);
    begin(site, 0, "north");
    take_back(site, event);
    event.task = bytes_text("!first");
    event.quantity = 250;
    put(site, event);
    fold(site);
    folding_assert_lines(site->totals, "hours|task|-|!first|250|250\n"
                                       "hours|task|-|A|150|150\n"
                                       "people|task|-|!first|1|1\n"
                                       "people|task|-|A|1|1\n");
}

static void refused_events_are_not_counted(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    count(site, people);
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    const struct event event = enrolled(1);
    const struct event stranger = enrolled(9);
    folding_put(site->batch, &event, REJECT_TASK_UNKNOWN);
    folding_put(site->batch, &stranger, REJECT_PERSON_UNKNOWN);
    fold(site);
    folding_assert_lines(site->totals, "people||-||0|0\n");
}

static void person_never_introduced_is_an_error(void **state)
{
    struct site *site = *state;
    count(site, indicator(site, "people", COUNT_PERSONS));
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    put(site, enrolled(2));
    assert_int_equal(ERR_MALFORMED, folding_into(site->batch, site->totals));
}

static void person_introduced_as_two_is_an_error(void **state)
{
    struct site *site = *state;
    count(site, indicator(site, "people", COUNT_PERSONS));
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    fold(site);
    fold(site);
    site->batch->persons[0] = 12;
    assert_int_equal(ERR_MALFORMED, folding_into(site->batch, site->totals));
}

/* The people of a partner that joins the programme later are known from the start. */
static void partner_outside_the_programme_is_skipped(void **state)
{
    struct site *site = *state;
    count(site, indicator(site, "people", COUNT_PERSONS));
    open(site);
    begin(site, 0, "nobody");
    folding_introduce(site->batch, 1, 11);
    put(site, enrolled(1));
    fold(site);
    folding_assert_lines(site->totals, "people||-||0|0\n");
    begin(site, 0, "north");
    put(site, enrolled(1));
    fold(site);
    folding_assert_lines(site->totals, "people||-||1|1\n");
}

static void quantity_is_summed_in_hundredths_for_its_unit(void **state)
{
    struct site *site = *state;
    const uint32_t hours = indicator(site, "hours", COUNT_QUANTITY);
    hand_pick(site->programme, hours, CODES_UNIT, "h");
    count(site, hours);
    open(site);
    begin(site, 0, "north");
    struct event event = event_on("2010-03-05", EVENT_ACTIVITY, 0);
    event.unit = bytes_text("h");
    event.quantity = 125;
    put(site, event);
    put(site, event);
    event.unit = bytes_text("PLN");
    put(site, event);
    event.unit = (struct bytes){0};
    put(site, event);
    fold(site);
    folding_assert_lines(site->totals, "hours||-||250|250\n");
}

/* The sum passes the end of its range and comes back without a trap. */
static void quantity_beyond_the_range_cancels_exactly(void **state)
{
    struct site *site = *state;
    count(site, indicator(site, "money", COUNT_QUANTITY));
    open(site);
    begin(site, 0, "north");
    struct event large = event_on("2010-03-05", EVENT_ACTIVITY, 0);
    struct event small = large;
    large.quantity = INT64_MAX;
    small.quantity = INT64_MIN;
    put(site, large);
    put(site, large);
    put(site, small);
    take_back(site, large);
    take_back(site, small);
    fold(site);
    folding_assert_lines(site->totals, "money||-||9223372036854775807|9223372036854775807\n");
    begin(site, 0, "north");
    put(site, event_on("2010-03-05", EVENT_ACTIVITY, 0));
    take_back(site, large);
    put(site, small);
    fold(site);
    folding_assert_lines(site->totals, "money||-||-9223372036854775808|-9223372036854775808\n");
}

static void events_after_the_last_day_are_left_out(void **state)
{
    struct site *site = *state;
    const uint32_t events = indicator(site, "events", COUNT_OCCURRENCES);
    count_by(site, events, BIT(BY_MONTH), REGION_LEVEL_COUNT);
    open_until(site, hand_day("2010-03-31"));
    begin(site, 0, "north");
    put(site, event_on("2010-03-31", EVENT_ACTIVITY, 0));
    put(site, event_on("2010-04-01", EVENT_ACTIVITY, 0));
    fold(site);
    begin(site, 0, "north");
    take_back(site, event_on("2010-04-01", EVENT_ACTIVITY, 0));
    fold(site);
    folding_assert_lines(site->totals, "events|month|-|2010-03|1|1\n");
}

static void note_row(void *context, const struct totals_row *row)
{
    struct totals_row *out = context;
    *out = *row;
}

/* Person 11 stays as long as one of three partners says so, whoever said it first. */
static void person_stays_until_the_last_partner_takes_back(void **state)
{
    struct site *site = *state;
    static const char *const partners[] = {"north", "south", "west"};
    static const char *const wanted[] = {"people||-||1|2\n", "people||-||1|1\n",
                                         "people||-||0|0\n"};
    count(site, indicator(site, "people", COUNT_PERSONS));
    open(site);
    for (uint32_t i = 0; i < 3; i++) {
        begin(site, i, partners[i]);
        folding_introduce(site->batch, 1, 11);
        put(site, enrolled(1));
        put(site, enrolled(1));
        fold(site);
    }
    for (uint32_t i = 0; i < 3; i++) {
        begin(site, i, partners[i]);
        take_back(site, enrolled(1));
        take_back(site, enrolled(1));
        fold(site);
        folding_assert_lines(site->totals, wanted[i]);
    }
    begin(site, 1, "south");
    put(site, enrolled(1));
    fold(site);
    folding_assert_lines(site->totals, "people||-||1|1\n");
}

/* Two thousand people in as many cells: tables grow several times. */
static void tables_grow_without_losing_anything(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    count(site, people);
    count_by(site, people, BIT(BY_MONTH) | BIT(BY_TASK), REGION_LEVEL_COUNT);
    open(site);
    for (uint32_t round = 0; round < 20; round++) {
        begin(site, round, round % 2 == 0 ? "north" : "south");
        for (uint32_t i = 0; i < 1000; i++) {
            folding_introduce(site->batch, i + 1, round / 2 * 1000 + i + 1);
            struct event event = enrolled(i + 1);
            event.occurred_on += (int32_t)i;
            put(site, event);
        }
        fold(site);
    }
    char *lines = folding_lines(site->totals);
    assert_memory_equal("people||-||10000|20000\n", lines, 23);
    assert_non_null(strstr(lines, "people|task,month|-|-,2010-04|300|600\n"));
    free(lines);
    totals_check(site->totals);
}

static enum err run_all(struct site *site)
{
    const struct totals_options options = {.programme = site->programme,
                                           .views = site->views,
                                           .view_count = site->view_count,
                                           .until = DATE_MAX};
    enum err err = totals_new(&options, &site->totals);
    for (uint32_t node = 0; err == ERR_OK && node < 2; node++) {
        site->batch->node = node;
        site->batch->partner = node == 0 ? "north" : "south";
        err = folding_into(site->batch, site->totals);
    }
    if (err == ERR_OK) {
        err = totals_query(site->totals, &site->views[0], note_row, &(struct totals_row){0});
    }
    totals_free(&site->totals);
    return err;
}

/* Whichever allocation fails is told, and everything is released (the sanitizer looks). */
static void no_memory_is_an_error_and_leaks_nothing(void **state)
{
    struct site *site = *state;
    static const struct bytes region = {(const uint8_t *)"PL-20", 5};
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    hand_pick(site->programme, people, CODES_TASK, "A");
    where(site, people)->regions = &region;
    where(site, people)->region_count = 1;
    count_by(site, people, BIT(BY_MONTH), REGION_LEVEL_COUNT);
    count(site, indicator(site, "events", COUNT_OCCURRENCES));
    begin(site, 0, "north");
    for (uint32_t i = 0; i < 100; i++) {
        struct event event = enrolled(i + 1);
        folding_introduce(site->batch, i + 1, i + 1);
        event.occurred_on += (int32_t)i * 12;
        event.task = bytes_text("A");
        event.region = bytes_text("PL-2061");
        put(site, event);
    }
    enum err err = ERR_MEMORY;
    size_t nth = 0;
    while (err == ERR_MEMORY) {
        mem_failing_at(++nth);
        err = run_all(site);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(empty_totals_have_one_row_for_the_whole),
        CLAIM(person_at_two_partners_is_counted_once),
        CLAIM(person_at_two_nodes_of_a_partner_is_one_pair),
        CLAIM(entity_and_person_of_one_number_never_mix),
        CLAIM(withdrawal_cancels_exactly),
        CLAIM(correction_moves_exactly_its_own_totals),
        CLAIM(refused_events_are_not_counted),
        CLAIM(person_never_introduced_is_an_error),
        CLAIM(person_introduced_as_two_is_an_error),
        CLAIM(partner_outside_the_programme_is_skipped),
        CLAIM(quantity_is_summed_in_hundredths_for_its_unit),
        CLAIM(quantity_beyond_the_range_cancels_exactly),
        CLAIM(events_after_the_last_day_are_left_out),
        CLAIM(person_stays_until_the_last_partner_takes_back),
        CLAIM(tables_grow_without_losing_anything),
        CLAIM(no_memory_is_an_error_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
