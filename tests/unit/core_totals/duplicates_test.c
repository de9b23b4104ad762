/* How duplicates count: each case in which a person, or an event, might count twice.
 *
 * A batch that is sent twice never reaches a fold twice (unit.core_ingest.batch), and merges at
 * every position are held by reference.totals. A minimum of support before a person counts cannot
 * be said. */
#include "unit/core_totals/site.h"

#include "core/totals/identities.h"

static struct event supported(const char *support, const char *day, uint32_t person)
{
    struct event event = event_on(day, EVENT_STARTED, person);
    event.support = bytes_text(support);
    event.participation = 1;
    return event;
}

/* People, pairs of partner and person, and supports of the whole. */
static void count_three(struct site *site)
{
    count(site, indicator(site, "people", COUNT_PERSONS));
    count(site, indicator(site, "stays", COUNT_PARTICIPATIONS));
    count(site, indicator(site, "supports", COUNT_OCCURRENCES));
    open(site);
}

static void one_of(struct site *site, uint32_t node, const char *partner, uint32_t number)
{
    begin(site, node, partner);
    folding_introduce(site->batch, 1, number);
    put(site, supported("course", "2010-03-05", 1));
    fold(site);
}

static void same_row_accepted_twice_is_two_events_of_one_person(void **state)
{
    struct site *site = *state;
    count_three(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    put(site, supported("course", "2010-03-05", 1));
    put(site, supported("course", "2010-03-05", 1));
    fold(site);
    folding_assert_lines(site->totals, "people||-||1|1\nstays||-||1|1\nsupports||-||2|2\n");
}

static void same_person_in_two_activities_is_one_participant_and_two_supports(void **state)
{
    struct site *site = *state;
    count_three(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    put(site, supported("course", "2010-03-05", 1));
    put(site, supported("internship", "2010-06-05", 1));
    fold(site);
    folding_assert_lines(site->totals, "people||-||1|1\nstays||-||1|1\nsupports||-||2|2\n");
}

static void same_pesel_at_two_partners_is_one_participant_and_both_show_it(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    count(site, people);
    count_by(site, people, BIT(BY_PARTNER), REGION_LEVEL_COUNT);
    open(site);
    one_of(site, 0, "north", 11);
    one_of(site, 1, "south", 11);
    folding_assert_lines(site->totals, "people||-||1|2\n"
                                       "people|partner|-|north|1|1\n"
                                       "people|partner|-|south|1|1\n");
}

static void who_leaves_and_comes_back_is_counted_once_and_the_first_stay_is_told_apart(void **state)
{
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const uint32_t again = indicator(site, "back", COUNT_PERSONS);
    where(site, again)->stays = BIT(STAY_AGAIN);
    count(site, people);
    count(site, again);
    open(site);
    begin(site, 0, "north");
    folding_introduce(site->batch, 1, 11);
    folding_introduce(site->batch, 2, 12);
    put(site, supported("course", "2010-03-05", 1));
    put(site, supported("course", "2010-03-05", 2));
    struct event back = supported("course", "2011-03-05", 1);
    back.participation = 2;
    put(site, back);
    fold(site);
    folding_assert_lines(site->totals, "back||-||1|1\npeople||-||2|2\n");
}

/* Two projects are two programmes: each has totals of its own, and nothing adds them up. */
static void same_person_in_two_projects_is_counted_in_each(void **state)
{
    struct site *one = *state;
    void *second = NULL;
    assert_int_equal(0, setup(&second));
    struct site *other = second;
    count_three(one);
    count_three(other);
    one_of(one, 0, "north", 11);
    one_of(other, 0, "north", 11);
    folding_assert_lines(one->totals, "people||-||1|1\nstays||-||1|1\nsupports||-||1|1\n");
    folding_assert_lines(other->totals, "people||-||1|1\nstays||-||1|1\nsupports||-||1|1\n");
    teardown(&second);
}

/* One person under two numbers, by mistake: after the merge a fold takes both for one, and after a
 * split each is one again. */
static void two_pesels_of_one_person_are_one_after_a_merge_and_two_after_a_split(void **state)
{
    static const struct identities_person pair[] = {{0, 1}, {1, 1}};
    static const uint32_t numbers[] = {11, 12};
    struct identities *who = NULL;
    (void)state;
    assert_int_equal(ERR_OK, identities_new(&who));
    assert_int_equal(ERR_OK, identities_introduce(who, 0, 1, &numbers[0], 1));
    assert_int_equal(ERR_OK, identities_introduce(who, 1, 1, &numbers[1], 1));
    assert_int_not_equal(identities_of(who, pair[0]), identities_of(who, pair[1]));
    assert_int_equal(ERR_OK, identities_merge(who, pair, 2));
    assert_int_equal(identities_of(who, pair[0]), identities_of(who, pair[1]));
    assert_int_equal(ERR_OK, identities_split(who, &pair[1], 1));
    assert_int_not_equal(identities_of(who, pair[0]), identities_of(who, pair[1]));
    identities_free(&who);
}

/* A foreigner without PESEL has another identifier, so a number like everybody; nobody is ever
 * counted for an event that names no one. */
static void event_without_a_person_counts_nobody(void **state)
{
    struct site *site = *state;
    count_three(site);
    begin(site, 0, "north");
    put(site, event_on("2010-03-05", EVENT_ACTIVITY, 0));
    put(site, event_on("2010-03-06", EVENT_ACTIVITY, 0));
    fold(site);
    folding_assert_lines(site->totals, "people||-||0|0\nstays||-||0|0\nsupports||-||2|2\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(same_row_accepted_twice_is_two_events_of_one_person),
        CLAIM(same_person_in_two_activities_is_one_participant_and_two_supports),
        CLAIM(same_pesel_at_two_partners_is_one_participant_and_both_show_it),
        CLAIM(who_leaves_and_comes_back_is_counted_once_and_the_first_stay_is_told_apart),
        CLAIM(same_person_in_two_projects_is_counted_in_each),
        CLAIM(two_pesels_of_one_person_are_one_after_a_merge_and_two_after_a_split),
        CLAIM(event_without_a_person_counts_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
