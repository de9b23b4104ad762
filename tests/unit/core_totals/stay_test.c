/* People who leave and come back: what counts once, what is frozen at entry, what is left out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/core_totals/site.h"

/* An event of the stay with that number, of somebody about whom all is known. */
static struct event in_stay(uint32_t stay, const char *day, enum event_kind kind, uint32_t person)
{
    struct event event = event_on(day, kind, person);
    event.participation = stay;
    event.has_profile = true;
    event.profile.sex = SEX_WOMAN;
    event.profile.age = 23;
    event.profile.education = bytes_text("isced-3");
    event.profile.status = bytes_text(stay == 1 ? "unemployed" : "inactive");
    return event;
}

static void introduce(struct site *site, uint32_t node, const char *partner, uint32_t number)
{
    begin(site, node, partner);
    folding_introduce(site->batch, 1, number);
}

static void person_who_comes_back_counts_once(void **state)
{
    struct site *site = *state;
    count(site, indicator(site, "events", COUNT_OCCURRENCES));
    count(site, indicator(site, "pairs", COUNT_PARTICIPATIONS));
    count(site, indicator(site, "people", COUNT_PERSONS));
    open(site);
    introduce(site, 0, "north", 11);
    put(site, in_stay(1, "2009-02-01", EVENT_ENROLLED, 1));
    put(site, in_stay(2, "2010-02-01", EVENT_ENROLLED, 1));
    fold(site);
    introduce(site, 1, "south", 11);
    put(site, in_stay(1, "2010-08-01", EVENT_ENROLLED, 1));
    fold(site);
    folding_assert_lines(site->totals, "events||-||3|3\n"
                                       "pairs||-||2|2\n"
                                       "people||-||1|2\n");
}

static void first_stays_and_further_ones_are_told_apart(void **state)
{
    struct site *site = *state;
    const uint32_t again = indicator(site, "again", COUNT_PERSONS);
    const uint32_t both = indicator(site, "both", COUNT_PERSONS);
    const uint32_t first = indicator(site, "first", COUNT_OCCURRENCES);
    where(site, again)->stays = BIT(STAY_AGAIN);
    where(site, both)->stays = BIT(STAY_FIRST) | BIT(STAY_AGAIN);
    where(site, first)->stays = BIT(STAY_FIRST);
    count(site, again);
    count(site, both);
    count(site, first);
    open(site);
    introduce(site, 0, "north", 11);
    folding_introduce(site->batch, 2, 12);
    put(site, in_stay(1, "2009-02-01", EVENT_ENROLLED, 1));
    put(site, in_stay(2, "2010-02-01", EVENT_ENROLLED, 1));
    put(site, in_stay(3, "2010-09-01", EVENT_ENROLLED, 1));
    put(site, in_stay(1, "2010-03-01", EVENT_ENROLLED, 2));
    put(site, event_on("2010-03-01", EVENT_ACTIVITY, 0));
    fold(site);
    /* What is nobody's stay, an activity, is no further one. */
    folding_assert_lines(site->totals, "again||-||1|1\n"
                                       "both||-||2|2\n"
                                       "first||-||3|3\n");
    begin(site, 0, "north");
    take_back(site, in_stay(2, "2010-02-01", EVENT_ENROLLED, 1));
    take_back(site, in_stay(3, "2010-09-01", EVENT_ENROLLED, 1));
    fold(site);
    folding_assert_lines(site->totals, "again||-||0|0\n"
                                       "both||-||2|2\n"
                                       "first||-||3|3\n");
}

static void status_at_first_entry_is_frozen_where_first_stays_are_asked_for(void **state)
{
    struct site *site = *state;
    const uint32_t any = indicator(site, "any", COUNT_PERSONS);
    const uint32_t entry = indicator(site, "entry", COUNT_PERSONS);
    where(site, entry)->stays = BIT(STAY_FIRST);
    count(site, any);
    count(site, entry);
    count_by(site, any, BIT(BY_STATUS), REGION_LEVEL_COUNT);
    count_by(site, entry, BIT(BY_STATUS), REGION_LEVEL_COUNT);
    open(site);
    introduce(site, 0, "north", 11);
    put(site, in_stay(1, "2009-02-01", EVENT_STARTED, 1));
    put(site, in_stay(2, "2010-02-01", EVENT_STARTED, 1));
    fold(site);
    folding_assert_lines(site->totals, "any||-||1|1\n"
                                       "any|status|-|inactive|1|1\n"
                                       "any|status|-|unemployed|1|1\n"
                                       "entry||-||1|1\n"
                                       "entry|status|-|unemployed|1|1\n");
}

static void incomplete_records_are_left_out(void **state)
{
    struct site *site = *state;
    const uint32_t all = indicator(site, "all", COUNT_PERSONS);
    const uint32_t complete = indicator(site, "complete", COUNT_PERSONS);
    where(site, complete)->complete = true;
    count(site, all);
    count(site, complete);
    open(site);
    begin(site, 0, "north");
    for (uint32_t i = 1; i <= 7; i++) {
        folding_introduce(site->batch, i, 10 + i);
        struct event event = in_stay(1, "2009-02-01", EVENT_ENROLLED, i);
        struct event_profile *profile = &event.profile;
        profile->sex = i == 1 ? SEX_UNKNOWN : profile->sex;
        profile->age = i == 2 ? AGE_UNKNOWN : profile->age;
        profile->education = i == 3 ? bytes_text("") : profile->education;
        profile->status = i == 4 ? bytes_text("") : profile->status;
        /* A word that the programme does not have says nothing. */
        profile->status = i == 5 ? bytes_text("unheard") : profile->status;
        event.has_profile = i != 6;
        put(site, event);
    }
    fold(site);
    folding_assert_lines(site->totals, "all||-||7|7\n"
                                       "complete||-||1|1\n");
}

static struct event outcome_in(uint32_t stay, const char *day, enum event_window window)
{
    struct event event = in_stay(stay, day, EVENT_OUTCOME, 1);
    event.outcome = bytes_text("job");
    event.window = window;
    return event;
}

/* Somebody who left, found work within four weeks, came back, left, and had work six months
 * later. */
static void outcomes_of_all_stays_count_a_person_once_in_each_window(void **state)
{
    struct site *site = *state;
    const uint32_t later = indicator(site, "later", COUNT_PARTICIPATIONS);
    const uint32_t leaving = indicator(site, "leaving", COUNT_PERSONS);
    const uint32_t leaving_again = indicator(site, "leaving-again", COUNT_PERSONS);
    const uint32_t work = indicator(site, "work", COUNT_PERSONS);
    where(site, later)->windows = BIT(WINDOW_SIX_MONTHS);
    where(site, leaving)->windows = BIT(WINDOW_ON_LEAVING);
    where(site, leaving_again)->windows = BIT(WINDOW_ON_LEAVING);
    where(site, leaving_again)->stays = BIT(STAY_AGAIN);
    for (uint32_t i = later; i <= work; i++) {
        where(site, i)->kinds = BIT(EVENT_OUTCOME);
        count(site, i);
    }
    open(site);
    introduce(site, 0, "north", 11);
    put(site, outcome_in(1, "2009-08-10", WINDOW_ON_LEAVING));
    put(site, outcome_in(2, "2010-08-10", WINDOW_ON_LEAVING));
    put(site, outcome_in(2, "2011-01-15", WINDOW_SIX_MONTHS));
    fold(site);
    introduce(site, 1, "south", 11);
    put(site, outcome_in(1, "2011-03-15", WINDOW_SIX_MONTHS));
    fold(site);
    folding_assert_lines(site->totals, "later||-||2|2\n"
                                       "leaving||-||1|1\n"
                                       "leaving-again||-||1|1\n"
                                       "work||-||1|2\n");
    begin(site, 0, "north");
    take_back(site, outcome_in(2, "2010-08-10", WINDOW_ON_LEAVING));
    fold(site);
    folding_assert_lines(site->totals, "later||-||2|2\n"
                                       "leaving||-||1|1\n"
                                       "leaving-again||-||0|0\n"
                                       "work||-||1|2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(person_who_comes_back_counts_once),
        CLAIM(first_stays_and_further_ones_are_told_apart),
        CLAIM(status_at_first_entry_is_frozen_where_first_stays_are_asked_for),
        CLAIM(incomplete_records_are_left_out),
        CLAIM(outcomes_of_all_stays_count_a_person_once_in_each_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
