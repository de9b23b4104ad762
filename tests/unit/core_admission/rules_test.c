/* The rules of admission, one broken at a time, and the fate of corrections. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#include "core/admission/admission.h"
#include "unit/core_totals/hand.h"

#define FIRST_SEQ 100
#define TODAY "2012-06-15"

struct office {
    struct programme *programme;
    struct columns_builder *builder;
    struct admission_options options;
    struct admission_prior priors[BATCH_EVENTS_MAX];
    uint16_t verdicts[BATCH_EVENTS_MAX];
};

static int setup(void **state)
{
    struct office *office = calloc(1, sizeof *office);
    assert_non_null(office);
    struct programme *programme =
        hand_programme(HAND_HEADER "PL-20;podlaskie;voivodeship;;;\n"
                                   "PL-2011;sokolski;county;PL-20;;\n"
                                   "PL-2002;old;county;PL-20;;2009-12-31\n");
    hand_codes(programme, CODES_PARTNER, "north south");
    hand_codes(programme, CODES_TASK, "A B C");
    hand_codes(programme, CODES_SUPPORT, "course internship");
    hand_codes(programme, CODES_OUTCOME, "job");
    hand_codes(programme, CODES_ACTIVITY, "fair");
    hand_codes(programme, CODES_UNIT, "PLN h");
    hand_codes(programme, CODES_EDUCATION, "isced-2 isced-3");
    hand_codes(programme, CODES_STATUS, "inactive unemployed");
    hand_codes(programme, CODES_FLAG, "disability rural");
    for (int list = CODES_TASK; list < CODES_LIST_COUNT; list++) {
        struct code *last = &programme->codes[list][programme->code_count[list] - 1];
        last->valid_to = hand_day("2010-12-31");
    }
    office->programme = programme;
    office->builder = hand_builder();
    office->options = (struct admission_options){
        .programme = programme,
        .partner = bytes_text("south"),
        .today = hand_day(TODAY),
        .first_seq = FIRST_SEQ,
        .person_last = 7,
    };
    *state = office;
    return 0;
}

static int teardown(void **state)
{
    struct office *office = *state;
    columns_builder_free(&office->builder);
    programme_free(&office->programme);
    free(office);
    return 0;
}

/* An event that all rules admit. */
static struct event good(void)
{
    return (struct event){
        .kind = EVENT_OUTCOME,
        .occurred_on = hand_day("2010-05-05"),
        .task = bytes_text("A"),
        .region = bytes_text("PL-2011"),
        .support = bytes_text("internship"),
        .outcome = bytes_text("job"),
        .activity = bytes_text("fair"),
        .unit = bytes_text("h"),
        .quantity = 250,
        .person = 7,
        .participation = 1,
        .window = WINDOW_ON_LEAVING,
        .has_profile = true,
        .profile = {.sex = SEX_WOMAN,
                    .age = 33,
                    .education = bytes_text("isced-3"),
                    .status = bytes_text("unemployed"),
                    .home_region = bytes_text("PL-20"),
                    .flags = {bytes_text("disability"), bytes_text("rural")},
                    .flag_count = 2},
    };
}

static void put(struct office *office, const struct event *event)
{
    assert_int_equal(ERR_OK, columns_builder_add(office->builder, event));
}

static void judge(struct office *office, bool with_priors)
{
    struct columns columns;
    columns_builder_finish(office->builder, &columns);
    memset(office->verdicts, 0, sizeof office->verdicts);
    office->verdicts[columns.count] = 0xeeee;
    admission_check(&office->options, &columns, with_priors ? office->priors : NULL,
                    office->verdicts);
    assert_int_equal(0xeeee, office->verdicts[columns.count]);
}

/* The verdict on one event alone. */
static uint16_t verdict(struct office *office, const struct event *event)
{
    columns_builder_reset(office->builder);
    put(office, event);
    judge(office, true);
    return office->verdicts[0];
}

static struct event withdrawal_of(const struct event *event, uint64_t sequence)
{
    struct event out = *event;
    out.withdrawal = true;
    out.withdraws = sequence;
    return out;
}

static struct event replacement(const struct event *event, uint64_t sequence)
{
    struct event out = *event;
    out.withdraws = sequence;
    return out;
}

static void good_event_is_admitted(void **state)
{
    const struct event event = good();
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static void event_with_nothing_but_kind_date_and_person_is_admitted(void **state)
{
    const struct event event = {
        .kind = EVENT_ENROLLED, .occurred_on = hand_day("2010-05-05"), .person = 1};
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static void activity_without_person_is_admitted(void **state)
{
    struct event event = good();
    event.kind = EVENT_ACTIVITY;
    event.window = WINDOW_NONE;
    event.person = 0;
    event.has_profile = false;
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static void unknown_kind_is_refused(void **state)
{
    struct office *office = *state;
    static const uint8_t kinds[] = {0, EVENT_KIND_COUNT, 255, EVENT_ENROLLED};
    struct event event = good();
    event.window = WINDOW_NONE;
    for (int i = 0; i < 4; i++) {
        put(office, &event);
    }
    struct columns columns;
    columns_builder_finish(office->builder, &columns);
    columns.kind = kinds;
    admission_check(&office->options, &columns, NULL, office->verdicts);
    assert_int_equal(REJECT_KIND_UNKNOWN, office->verdicts[0]);
    assert_int_equal(REJECT_KIND_UNKNOWN, office->verdicts[1]);
    assert_int_equal(REJECT_KIND_UNKNOWN, office->verdicts[2]);
    assert_int_equal(REJECT_NONE, office->verdicts[3]);
    columns.kind = NULL;
    admission_check(&office->options, &columns, NULL, office->verdicts);
    assert_int_equal(REJECT_KIND_UNKNOWN, office->verdicts[3]);
}

static void date_outside_the_programme_is_refused(void **state)
{
    struct event event = {.kind = EVENT_ENROLLED, .person = 1};
    event.occurred_on = hand_day("2007-12-31");
    assert_int_equal(REJECT_DATE_OUTSIDE, verdict(*state, &event));
    event.occurred_on = hand_day("2008-01-01");
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
    event.occurred_on = hand_day("2014-01-01");
    assert_int_equal(REJECT_DATE_OUTSIDE, verdict(*state, &event));
    event.occurred_on = INT32_MIN;
    assert_int_equal(REJECT_DATE_OUTSIDE, verdict(*state, &event));
    event.occurred_on = INT32_MAX;
    assert_int_equal(REJECT_DATE_OUTSIDE, verdict(*state, &event));
}

static void date_after_tomorrow_is_refused(void **state)
{
    struct office *office = *state;
    struct event event = {.kind = EVENT_ENROLLED, .person = 1};
    event.occurred_on = hand_day("2012-06-16");
    assert_int_equal(REJECT_NONE, verdict(office, &event));
    event.occurred_on = hand_day("2012-06-17");
    assert_int_equal(REJECT_DATE_FUTURE, verdict(office, &event));
    office->options.today = INT32_MAX;
    assert_int_equal(REJECT_NONE, verdict(office, &event));
}

/* Each code in turn: unknown; known, but of another list; closed before the event. */
static void code_that_is_unknown_or_closed_is_refused(void **state)
{
    static const struct {
        size_t offset;
        enum reject reject;
        const char *closed, *other_list;
    } cases[] = {
        {offsetof(struct event, task), REJECT_TASK_UNKNOWN, "C", "job"},
        {offsetof(struct event, support), REJECT_SUPPORT_UNKNOWN, "internship", "A"},
        {offsetof(struct event, outcome), REJECT_OUTCOME_UNKNOWN, "job", "A"},
        {offsetof(struct event, activity), REJECT_ACTIVITY_UNKNOWN, "fair", "A"},
        {offsetof(struct event, unit), REJECT_UNIT_UNKNOWN, "h", "A"},
        {offsetof(struct event, profile.education), REJECT_EDUCATION_UNKNOWN, "isced-3", "A"},
        {offsetof(struct event, profile.status), REJECT_STATUS_UNKNOWN, "unemployed", "A"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event event = good();
        struct bytes *code = (struct bytes *)((char *)&event + cases[i].offset);
        *code = bytes_text("nothing");
        assert_int_equal(cases[i].reject, verdict(*state, &event));
        *code = bytes_text(cases[i].other_list);
        assert_int_equal(cases[i].reject, verdict(*state, &event));
        event = (struct event){.kind = EVENT_ENROLLED, .person = 1, .has_profile = true};
        event.profile.age = AGE_UNKNOWN;
        *code = bytes_text(cases[i].closed);
        event.occurred_on = hand_day("2010-12-31");
        assert_int_equal(REJECT_NONE, verdict(*state, &event));
        event.occurred_on = hand_day("2011-01-01");
        assert_int_equal(cases[i].reject, verdict(*state, &event));
    }
}

static void flag_that_is_unknown_or_closed_is_refused(void **state)
{
    struct event event = good();
    event.profile.flags[1] = bytes_text("tall");
    assert_int_equal(REJECT_FLAG_UNKNOWN, verdict(*state, &event));
    event = (struct event){
        .kind = EVENT_ENROLLED,
        .person = 1,
        .has_profile = true,
        .occurred_on = hand_day("2011-01-01"),
        .profile = {.age = AGE_UNKNOWN, .flags = {bytes_text("rural")}, .flag_count = 1},
    };
    assert_int_equal(REJECT_FLAG_UNKNOWN, verdict(*state, &event));
    event.profile.flags[0] = bytes_text("disability");
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static void code_is_refused_before_it_opens(void **state)
{
    struct office *office = *state;
    hand_code(office->programme, CODES_TASK, "B")->valid_from = hand_day("2010-02-01");
    struct event event = {.kind = EVENT_ENROLLED, .person = 1, .task = bytes_text("B")};
    event.occurred_on = hand_day("2010-01-31");
    assert_int_equal(REJECT_TASK_UNKNOWN, verdict(office, &event));
    event.occurred_on = hand_day("2010-02-01");
    assert_int_equal(REJECT_NONE, verdict(office, &event));
}

/* Both events stand in one batch, so that the second meets what was found for the first. */
static void region_is_refused_where_it_is_not_valid_on_the_date(void **state)
{
    struct office *office = *state;
    struct event event = {.kind = EVENT_ENROLLED, .person = 1, .region = bytes_text("PL-2002")};
    event.occurred_on = hand_day("2009-12-31");
    put(office, &event);
    event.occurred_on = hand_day("2010-01-01");
    put(office, &event);
    event.region = bytes_text("PL-9999");
    put(office, &event);
    judge(office, true);
    assert_int_equal(REJECT_NONE, office->verdicts[0]);
    assert_int_equal(REJECT_REGION_UNKNOWN, office->verdicts[1]);
    assert_int_equal(REJECT_REGION_UNKNOWN, office->verdicts[2]);
}

/* What stood in the enrolment stays as it was, also where its code has ended since. */
static void only_an_enrolments_words_must_be_valid_on_its_own_date(void **state)
{
    struct office *office = *state;
    struct event event = good();
    event.window = WINDOW_NONE;
    event.profile.home_region = event.region = bytes_text("PL-2002");
    assert_int_equal(REJECT_NONE, verdict(office, &event));
    event.profile.home_region = bytes_text("PL-20");
    assert_int_equal(REJECT_REGION_UNKNOWN, verdict(office, &event));
    event.profile.home_region = event.region = bytes_text("PL-9999");
    assert_int_equal(REJECT_REGION_UNKNOWN, verdict(office, &event));
    event.region = bytes_text("PL-20");
    event.profile.home_region = bytes_text("PL-2002");
    office->options.own_profile = true; /* a row of an office has only what it says itself */
    assert_int_equal(REJECT_REGION_UNKNOWN, verdict(office, &event));
    office->options.own_profile = false;
    event.kind = EVENT_ENROLLED;
    assert_int_equal(REJECT_REGION_UNKNOWN, verdict(office, &event));
    event.occurred_on = hand_day("2009-12-31");
    assert_int_equal(REJECT_NONE, verdict(office, &event));
    event = (struct event){.kind = EVENT_ENROLLED,
                           .occurred_on = hand_day("2011-05-05"), /* the status ended in 2010 */
                           .person = 7,
                           .has_profile = true,
                           .profile = {.status = bytes_text("unemployed")}};
    assert_int_equal(REJECT_STATUS_UNKNOWN, verdict(office, &event));
    event.kind = EVENT_STARTED;
    assert_int_equal(REJECT_NONE, verdict(office, &event));
}

static void everything_of_a_foreign_partner_is_refused(void **state)
{
    struct office *office = *state;
    office->options.partner = bytes_text("west");
    const struct event event = good();
    const struct event back = withdrawal_of(&event, 5);
    put(office, &event);
    put(office, &back);
    judge(office, true);
    assert_int_equal(REJECT_PARTNER_NOT_IN_PROGRAMME, office->verdicts[0]);
    assert_int_equal(REJECT_PARTNER_NOT_IN_PROGRAMME, office->verdicts[1]);
}

static void participant_event_without_person_is_refused(void **state)
{
    struct event event = good();
    event.person = 0;
    for (int kind = EVENT_ENROLLED; kind <= EVENT_OUTCOME; kind++) {
        event.kind = (enum event_kind)kind;
        assert_int_equal(REJECT_PERSON_MISSING, verdict(*state, &event));
    }
}

static void person_never_introduced_is_refused(void **state)
{
    struct event event = good();
    event.person = 8;
    assert_int_equal(REJECT_PERSON_UNKNOWN, verdict(*state, &event));
    event.kind = EVENT_ACTIVITY;
    assert_int_equal(REJECT_PERSON_UNKNOWN, verdict(*state, &event));
}

static void outcome_without_code_is_refused(void **state)
{
    struct event event = good();
    event.outcome = (struct bytes){0};
    assert_int_equal(REJECT_OUTCOME_MISSING, verdict(*state, &event));
    event.kind = EVENT_COMPLETED;
    event.window = WINDOW_NONE;
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static void window_of_what_is_no_outcome_is_refused(void **state)
{
    struct event event = good();
    event.kind = EVENT_COMPLETED;
    assert_int_equal(REJECT_BATCH_COLUMNS, verdict(*state, &event));
    event.window = WINDOW_NONE;
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static void entity_with_what_only_people_have_is_refused(void **state)
{
    static const struct event_profile seat = {.home_region = {(const uint8_t *)"PL-20", 5},
                                              .age = AGE_UNKNOWN};
    struct event event = good();
    event.entity = true;
    assert_int_equal(REJECT_ENTITY_KIND, verdict(*state, &event));
    event.profile = seat;
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
    event.profile.sex = SEX_MAN;
    assert_int_equal(REJECT_ENTITY_KIND, verdict(*state, &event));
    event.profile = seat;
    event.profile.age = 0;
    assert_int_equal(REJECT_ENTITY_KIND, verdict(*state, &event));
    event.profile = seat;
    event.profile.education = bytes_text("isced-3");
    assert_int_equal(REJECT_ENTITY_KIND, verdict(*state, &event));
    event.profile = seat;
    event.profile.status = bytes_text("unemployed");
    assert_int_equal(REJECT_ENTITY_KIND, verdict(*state, &event));
    event.profile = seat;
    event.profile.flags[0] = bytes_text("rural");
    event.profile.flag_count = 1;
    assert_int_equal(REJECT_ENTITY_KIND, verdict(*state, &event));
}

static void activity_without_code_is_refused(void **state)
{
    struct event event = good();
    event.kind = EVENT_ACTIVITY;
    event.activity = (struct bytes){0};
    assert_int_equal(REJECT_ACTIVITY_MISSING, verdict(*state, &event));
}

static void quantity_without_unit_is_refused(void **state)
{
    struct event event = good();
    event.unit = (struct bytes){0};
    assert_int_equal(REJECT_QUANTITY_UNIT, verdict(*state, &event));
    event.quantity = 0;
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

/* A sum is taken back by a withdrawal, never by a row of the opposite sign. */
static void quantity_below_zero_is_refused(void **state)
{
    struct event event = good();
    event.quantity = -1;
    assert_int_equal(REJECT_QUANTITY_NEGATIVE, verdict(*state, &event));
    event.quantity = INT64_MIN;
    assert_int_equal(REJECT_QUANTITY_NEGATIVE, verdict(*state, &event));
    struct event old = good();
    old.quantity = -1;
    struct office *office = *state;
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    event = withdrawal_of(&old, 7);
    assert_int_equal(REJECT_NONE, verdict(*state, &event));
}

static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*seed >> 33) % below;
}

static struct event random_event(uint64_t *seed)
{
    static const char *const words[] = {"A", "C", "job", "fair", "h", "course", "nothing", ""};
    struct event event = good();
    struct bytes *const codes[] = {&event.task,     &event.support, &event.outcome,
                                   &event.activity, &event.unit,    &event.profile.status};
    event.kind = (enum event_kind)(1 + draw(seed, EVENT_KIND_COUNT - 1));
    event.window =
        event.kind == EVENT_OUTCOME || draw(seed, 9) == 0 ? WINDOW_ON_LEAVING : WINDOW_NONE;
    event.entity = draw(seed, 9) == 0;
    event.occurred_on += (int32_t)draw(seed, 40) * 60 - 900;
    event.quantity = (int64_t)draw(seed, 20) - 2;
    event.person = draw(seed, 5) == 0 ? 0 : 1;
    event.participation = event.person;
    event.has_profile = draw(seed, 2) == 0;
    if (draw(seed, 2) == 0) {
        *codes[draw(seed, 6)] = bytes_text(words[draw(seed, 8)]);
    }
    return event;
}

/* The node asks of one event with its person as number 1, the broker with what it has stored. */
static void node_and_broker_judge_random_events_alike(void **state)
{
    static const uint32_t people[] = {11, 0, 13, 14, 15};
    struct office *office = *state;
    const struct admission_options broker = {.programme = office->programme,
                                             .partner = office->options.partner,
                                             .today = office->options.today,
                                             .first_seq = FIRST_SEQ,
                                             .person_last = 5,
                                             .people = people,
                                             .people_count = 5};
    const struct admission_options node = {.programme = office->programme,
                                           .partner = office->options.partner,
                                           .today = office->options.today,
                                           .first_seq = 1,
                                           .person_last = 1};
    uint64_t seed = 20120615;
    uint32_t admitted = 0;
    for (int i = 0; i < 5000; i++) {
        struct event event = random_event(&seed);
        office->options = node;
        columns_builder_reset(office->builder);
        put(office, &event);
        judge(office, false);
        const uint16_t at_node = office->verdicts[0];
        office->options = broker;
        event.person = event.person == 0 ? 0 : 4;
        assert_int_equal(at_node, verdict(office, &event));
        admitted += at_node == REJECT_NONE;
    }
    assert_in_range(admitted, 500, 4500);
}

static void numbers_beyond_their_range_are_refused(void **state)
{
    struct office *office = *state;
    const struct event event = good();
    put(office, &event);
    struct columns columns;
    columns_builder_finish(office->builder, &columns);
    struct columns_profile profile = columns.profiles[0];
    columns.profiles = &profile;
    profile.sex = SEX_COUNT;
    admission_check(&office->options, &columns, NULL, office->verdicts);
    assert_int_equal(REJECT_SEX_FORM, office->verdicts[0]);
    profile.sex = SEX_MAN;
    profile.age_plus_one = AGE_MAX + 2;
    admission_check(&office->options, &columns, NULL, office->verdicts);
    assert_int_equal(REJECT_AGE_IMPOSSIBLE, office->verdicts[0]);
    profile.age_plus_one = AGE_MAX + 1;
    admission_check(&office->options, &columns, NULL, office->verdicts);
    assert_int_equal(REJECT_NONE, office->verdicts[0]);
    const uint8_t window = WINDOW_COUNT;
    columns.window = &window;
    admission_check(&office->options, &columns, NULL, office->verdicts);
    assert_int_equal(REJECT_BATCH_COLUMNS, office->verdicts[0]);
}

/* The event that the priors tell of lies outside the programme, has a closed code and a person of
 * whom nothing is known here: none of that matters when it is taken back. */
static void withdrawal_of_what_an_older_programme_admitted_is_admitted(void **state)
{
    struct office *office = *state;
    struct event old = good();
    old.occurred_on = hand_day("1999-01-01");
    old.task = bytes_text("gone");
    old.person = 99;
    const struct event back = withdrawal_of(&old, 5);
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    assert_int_equal(REJECT_NONE, verdict(office, &back));
}

static void withdrawal_of_what_is_not_stored_is_refused(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    struct event back = withdrawal_of(&old, 5);
    assert_int_equal(REJECT_WITHDRAWAL_UNKNOWN, verdict(office, &back));
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    back.withdraws = 0;
    assert_int_equal(REJECT_WITHDRAWAL_UNKNOWN, verdict(office, &back));
}

static void withdrawal_of_what_was_withdrawn_before_is_refused(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    office->priors[0] = (struct admission_prior){.found = true, .withdrawn = true, .event = &old};
    assert_int_equal(REJECT_WITHDRAWAL_TWICE, verdict(office, &back));
}

static void withdrawal_with_other_content_is_refused(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    struct event back = withdrawal_of(&old, 5);
    back.quantity++;
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    assert_int_equal(REJECT_WITHDRAWAL_DIFFERS, verdict(office, &back));
}

static void withdrawals_are_not_compared_without_priors(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    put(office, &back);
    judge(office, false);
    assert_int_equal(REJECT_NONE, office->verdicts[0]);
}

static void second_withdrawal_in_a_batch_is_refused(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    for (uint32_t i = 0; i < 2; i++) {
        office->priors[i] = (struct admission_prior){.found = true, .event = &old};
        put(office, &back);
    }
    judge(office, true);
    assert_int_equal(REJECT_NONE, office->verdicts[0]);
    assert_int_equal(REJECT_WITHDRAWAL_TWICE, office->verdicts[1]);
    judge(office, false);
    assert_int_equal(REJECT_WITHDRAWAL_TWICE, office->verdicts[1]);
}

/* A refused correction took nothing back: the event may still be deleted. */
static void withdrawal_after_a_refused_one_is_admitted(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    struct event wrong = replacement(&old, 5);
    wrong.task = bytes_text("nothing");
    put(office, &back);
    put(office, &wrong);
    put(office, &back);
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    office->priors[2] = office->priors[0];
    judge(office, true);
    assert_int_equal(REJECT_PAIR_REFUSED, office->verdicts[0]);
    assert_int_equal(REJECT_TASK_UNKNOWN, office->verdicts[1]);
    assert_int_equal(REJECT_NONE, office->verdicts[2]);
}

static void both_halves_of_a_good_correction_are_admitted(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    struct event better = replacement(&old, 5);
    better.quantity = 300;
    put(office, &back);
    put(office, &better);
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    judge(office, true);
    assert_int_equal(REJECT_NONE, office->verdicts[0]);
    assert_int_equal(REJECT_NONE, office->verdicts[1]);
}

static void replacement_falls_with_its_withdrawal(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    const struct event better = replacement(&old, 5);
    put(office, &back);
    put(office, &better);
    judge(office, true);
    assert_int_equal(REJECT_WITHDRAWAL_UNKNOWN, office->verdicts[0]);
    assert_int_equal(REJECT_PAIR_REFUSED, office->verdicts[1]);
}

static void both_halves_keep_their_own_reasons(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    struct event wrong = replacement(&old, 5);
    wrong.person = 0;
    put(office, &back);
    put(office, &wrong);
    judge(office, true);
    assert_int_equal(REJECT_WITHDRAWAL_UNKNOWN, office->verdicts[0]);
    assert_int_equal(REJECT_PERSON_MISSING, office->verdicts[1]);
}

static void replacement_away_from_its_withdrawal_is_refused(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    const struct event better = replacement(&old, 5);
    const struct event other = replacement(&old, 6);
    put(office, &better);
    put(office, &back);
    put(office, &old);
    put(office, &better);
    put(office, &other);
    office->priors[1] = (struct admission_prior){.found = true, .event = &old};
    judge(office, true);
    assert_int_equal(REJECT_WITHDRAWAL_ALONE, office->verdicts[0]);
    assert_int_equal(REJECT_NONE, office->verdicts[1]);
    assert_int_equal(REJECT_NONE, office->verdicts[2]);
    assert_int_equal(REJECT_WITHDRAWAL_ALONE, office->verdicts[3]);
    assert_int_equal(REJECT_WITHDRAWAL_ALONE, office->verdicts[4]);
}

/* The replacement names the sequence of another event than the withdrawal before it. */
static void replacement_of_another_event_does_not_pull_the_withdrawal_down(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    const struct event back = withdrawal_of(&old, 5);
    const struct event other = replacement(&old, 6);
    put(office, &back);
    put(office, &other);
    office->priors[0] = (struct admission_prior){.found = true, .event = &old};
    judge(office, true);
    assert_int_equal(REJECT_NONE, office->verdicts[0]);
    assert_int_equal(REJECT_WITHDRAWAL_ALONE, office->verdicts[1]);
}

/* 100 +, 101 - of 100, 102 + for 100, 103 - of 102, 104 - of 102, 105 - of the event behind it,
 * 106 +, 107 - of the withdrawal 101, 108 - of itself. */
static void withdrawal_of_an_event_of_the_same_batch_is_judged_here(void **state)
{
    struct office *office = *state;
    const struct event event = good();
    struct event better = replacement(&event, FIRST_SEQ);
    better.quantity = 1;
    struct event events[] = {
        event,
        withdrawal_of(&event, FIRST_SEQ),
        better,
        withdrawal_of(&better, FIRST_SEQ + 2),
        withdrawal_of(&better, FIRST_SEQ + 2),
        withdrawal_of(&event, FIRST_SEQ + 6),
        event,
        withdrawal_of(&event, FIRST_SEQ + 1),
        withdrawal_of(&event, FIRST_SEQ + 8),
    };
    static const uint16_t wanted[] = {
        REJECT_NONE,
        REJECT_NONE,
        REJECT_NONE,
        REJECT_NONE,
        REJECT_WITHDRAWAL_TWICE,
        REJECT_WITHDRAWAL_UNKNOWN,
        REJECT_NONE,
        REJECT_WITHDRAWAL_UNKNOWN,
        REJECT_WITHDRAWAL_UNKNOWN,
    };
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        put(office, &events[i]);
    }
    judge(office, true);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        assert_int_equal(wanted[i], office->verdicts[i]);
    }
}

static void withdrawal_of_a_refused_or_other_event_of_the_same_batch_is_refused(void **state)
{
    struct office *office = *state;
    struct event refused = good();
    refused.person = 0;
    const struct event event = good();
    struct event differs = withdrawal_of(&event, FIRST_SEQ + 1);
    differs.region = bytes_text("PL-20");
    const struct event of_refused = withdrawal_of(&refused, FIRST_SEQ);
    const struct event of_withdrawal = withdrawal_of(&event, FIRST_SEQ + 2);
    put(office, &refused);
    put(office, &event);
    put(office, &of_refused);
    put(office, &differs);
    put(office, &of_withdrawal);
    judge(office, true);
    assert_int_equal(REJECT_PERSON_MISSING, office->verdicts[0]);
    assert_int_equal(REJECT_NONE, office->verdicts[1]);
    assert_int_equal(REJECT_WITHDRAWAL_UNKNOWN, office->verdicts[2]);
    assert_int_equal(REJECT_WITHDRAWAL_DIFFERS, office->verdicts[3]);
    assert_int_equal(REJECT_WITHDRAWAL_UNKNOWN, office->verdicts[4]);
}

static void full_batch_of_withdrawals_is_judged(void **state)
{
    struct office *office = *state;
    const struct event old = good();
    for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
        const struct event back = withdrawal_of(&old, 10000 + i);
        office->priors[i] = (struct admission_prior){.found = true, .event = &old};
        put(office, &back);
    }
    struct columns columns;
    columns_builder_finish(office->builder, &columns);
    admission_check(&office->options, &columns, office->priors, office->verdicts);
    for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
        assert_int_equal(REJECT_NONE, office->verdicts[i]);
    }
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(good_event_is_admitted),
        CLAIM(event_with_nothing_but_kind_date_and_person_is_admitted),
        CLAIM(activity_without_person_is_admitted),
        CLAIM(unknown_kind_is_refused),
        CLAIM(date_outside_the_programme_is_refused),
        CLAIM(date_after_tomorrow_is_refused),
        CLAIM(code_that_is_unknown_or_closed_is_refused),
        CLAIM(flag_that_is_unknown_or_closed_is_refused),
        CLAIM(code_is_refused_before_it_opens),
        CLAIM(region_is_refused_where_it_is_not_valid_on_the_date),
        CLAIM(only_an_enrolments_words_must_be_valid_on_its_own_date),
        CLAIM(everything_of_a_foreign_partner_is_refused),
        CLAIM(participant_event_without_person_is_refused),
        CLAIM(person_never_introduced_is_refused),
        CLAIM(outcome_without_code_is_refused),
        CLAIM(window_of_what_is_no_outcome_is_refused),
        CLAIM(entity_with_what_only_people_have_is_refused),
        CLAIM(activity_without_code_is_refused),
        CLAIM(quantity_without_unit_is_refused),
        CLAIM(quantity_below_zero_is_refused),
        CLAIM(node_and_broker_judge_random_events_alike),
        CLAIM(numbers_beyond_their_range_are_refused),
        CLAIM(withdrawal_of_what_an_older_programme_admitted_is_admitted),
        CLAIM(withdrawal_of_what_is_not_stored_is_refused),
        CLAIM(withdrawal_of_what_was_withdrawn_before_is_refused),
        CLAIM(withdrawal_with_other_content_is_refused),
        CLAIM(withdrawals_are_not_compared_without_priors),
        CLAIM(second_withdrawal_in_a_batch_is_refused),
        CLAIM(withdrawal_after_a_refused_one_is_admitted),
        CLAIM(both_halves_of_a_good_correction_are_admitted),
        CLAIM(replacement_falls_with_its_withdrawal),
        CLAIM(both_halves_keep_their_own_reasons),
        CLAIM(replacement_away_from_its_withdrawal_is_refused),
        CLAIM(replacement_of_another_event_does_not_pull_the_withdrawal_down),
        CLAIM(withdrawal_of_an_event_of_the_same_batch_is_judged_here),
        CLAIM(withdrawal_of_a_refused_or_other_event_of_the_same_batch_is_refused),
        CLAIM(full_batch_of_withdrawals_is_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
