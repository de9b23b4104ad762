/* Events to canonical columns and back. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/model/event.h"
#include "tests/support/mem_failing.h"

static int setup(void **state)
{
    return columns_builder_new((struct columns_builder **)state) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    columns_builder_free((struct columns_builder **)state);
    return *state == NULL ? 0 : -1;
}

static struct event started(void)
{
    return (struct event){.kind = EVENT_STARTED, .profile = {.age = AGE_UNKNOWN}};
}

static void add(struct columns_builder *builder, const struct event *event)
{
    assert_int_equal(ERR_OK, columns_builder_add(builder, event));
}

/* The same sequence on every machine (Marsaglia's xorshift). */
static uint32_t draw(uint64_t *seed, uint32_t below)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32) % below;
}

static struct bytes draw_code(uint64_t *seed)
{
    static const char *const codes[] = {"",     "Z1", "Z3", "Z30", "PL-2002073", "PL-20",
                                        "żółw", "a",  "ab", "abc", "H",          "zzz"};
    return bytes_text(codes[draw(seed, sizeof codes / sizeof codes[0])]);
}

static struct event draw_event(uint64_t *seed)
{
    static const char *const flags[] = {"carer", "disabled", "migrant", "rural"};
    struct event event = {
        .kind = (enum event_kind)(1 + draw(seed, EVENT_KIND_COUNT - 1)),
        .occurred_on = 15000 + (int32_t)draw(seed, 1000) - 20000 * (int32_t)draw(seed, 2),
        .task = draw_code(seed),
        .region = draw_code(seed),
        .support = draw_code(seed),
        .outcome = draw_code(seed),
        .activity = draw_code(seed),
        .unit = draw_code(seed),
        .quantity = draw(seed, 3) == 0 ? INT64_MIN : (int64_t)draw(seed, 1000),
        .person = draw(seed, 50),
        .entity = draw(seed, 2) == 1,
        .participation = draw(seed, 3),
        .window = (enum event_window)draw(seed, WINDOW_COUNT),
        .has_profile = draw(seed, 3) > 0,
        .profile = {.age = AGE_UNKNOWN},
        .withdrawal = draw(seed, 2) == 1,
        .withdraws = draw(seed, 2) == 0 ? 0 : UINT64_MAX - draw(seed, 9),
    };
    if (event.has_profile) {
        event.profile.sex = (enum event_sex)draw(seed, SEX_COUNT);
        event.profile.age = (int)draw(seed, AGE_MAX + 2) - 1;
        event.profile.education = draw_code(seed);
        event.profile.status = draw_code(seed);
        event.profile.home_region = draw_code(seed);
        for (uint32_t i = 0; i < 4; i++) {
            if (draw(seed, 2) == 1) {
                event.profile.flags[event.profile.flag_count++] = bytes_text(flags[i]);
            }
        }
    }
    return event;
}

static void assert_same(const struct event *a, const struct event *b)
{
    assert_true(event_same(a, b));
    assert_int_equal(a->withdrawal, b->withdrawal);
    assert_true(a->withdraws == b->withdraws);
}

static void check_terms(const struct columns *columns)
{
    for (uint32_t i = 1; i < columns->term_count; i++) {
        assert_true(bytes_compare(columns->terms[i - 1], columns->terms[i]) < 0);
    }
}

static void columns_hold_every_event_as_it_was_added(void **state)
{
    uint64_t seed = 20110501;
    for (uint32_t round = 0; round < 20; round++) {
        const uint64_t start = seed;
        struct columns columns;
        for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
            const struct event event = draw_event(&seed);
            add(*state, &event);
        }
        columns_builder_finish(*state, &columns);
        assert_int_equal(BATCH_EVENTS_MAX, columns.count);
        check_terms(&columns);
        seed = start;
        for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
            const struct event event = draw_event(&seed);
            struct event back;
            columns_event(&columns, i, &back);
            assert_same(&event, &back);
        }
        columns_builder_reset(*state);
    }
}

static void assert_all_null_but_kind(const struct columns *columns)
{
    assert_int_equal(0, columns->term_count);
    assert_int_equal(0, columns->profile_count);
    assert_null(columns->terms);
    assert_null(columns->occurred_on);
    assert_null(columns->task);
    assert_null(columns->region);
    assert_null(columns->support);
    assert_null(columns->outcome);
    assert_null(columns->activity);
    assert_null(columns->unit);
    assert_null(columns->quantity);
    assert_null(columns->person);
    assert_null(columns->entity);
    assert_null(columns->participation);
    assert_null(columns->window);
    assert_null(columns->profiles);
    assert_null(columns->profile);
    assert_null(columns->withdrawal);
    assert_null(columns->withdraws);
}

static void columns_that_are_all_default_are_null(void **state)
{
    const struct event event = started();
    struct columns columns;
    add(*state, &event);
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(2, columns.count);
    assert_non_null(columns.kind);
    assert_all_null_but_kind(&columns);
    struct event back;
    columns_event(&columns, 1, &back);
    assert_same(&event, &back);
    assert_int_equal(AGE_UNKNOWN, back.profile.age);
}

static void columns_with_one_value_are_there_for_all_events(void **state)
{
    const struct event plain = started();
    struct event event = started();
    struct columns columns;
    event.occurred_on = -1;
    event.task = event.region = event.support = bytes_text("x");
    event.outcome = event.activity = event.unit = bytes_text("x");
    event.quantity = -1;
    event.person = event.participation = 1;
    event.entity = event.withdrawal = event.has_profile = true;
    event.window = WINDOW_SIX_MONTHS;
    event.withdraws = 1;
    add(*state, &plain);
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(-1, columns.occurred_on[1]);
    assert_int_equal(-1, columns.quantity[1]);
    assert_int_equal(2, columns.window[1]);
    const uint32_t *numbers[] = {columns.task,    columns.region,        columns.support,
                                 columns.outcome, columns.activity,      columns.unit,
                                 columns.person,  columns.participation, columns.profile};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        assert_non_null(numbers[i]);
        assert_int_equal(0, numbers[i][0]);
        assert_int_equal(1, numbers[i][1]);
    }
    assert_int_equal(1, columns.entity[1]);
    assert_int_equal(1, columns.withdrawal[1]);
    assert_int_equal(1, columns.withdraws[1]);
    assert_int_equal(0, columns.withdraws[0]);
    assert_int_equal(1, columns.profile_count);
    assert_int_equal(0, columns.profiles[0].age_plus_one);
}

static void columns_number_reads_nothing_from_null(void **state)
{
    static const uint32_t column[] = {5, 6};
    (void)state;
    assert_int_equal(0, columns_number(NULL, 7));
    assert_int_equal(6, columns_number(column, 1));
}

static void terms_ascend_whatever_order_they_come_in(void **state)
{
    static const char *const ascending[] = {"A", "Z", "a", "aa", "ab", "b", "ó"};
    static const uint32_t orders[2][7] = {{6, 1, 3, 0, 5, 2, 4}, {4, 5, 6, 3, 2, 1, 0}};
    for (uint32_t order = 0; order < 2; order++) {
        struct columns columns;
        for (uint32_t i = 0; i < 7; i++) {
            struct event event = started();
            event.task = bytes_text(ascending[orders[order][i]]);
            add(*state, &event);
            add(*state, &event);
        }
        columns_builder_finish(*state, &columns);
        assert_int_equal(7, columns.term_count);
        for (uint32_t i = 0; i < 7; i++) {
            assert_true(bytes_is(columns.terms[i], ascending[i]));
            assert_int_equal(orders[order][i] + 1, columns.task[2 * i]);
        }
        columns_builder_reset(*state);
    }
}

static void profiles_are_unique_and_in_the_order_of_first_use(void **state)
{
    static const int ages[] = {40, 20, 40, 30, 20};
    static const uint32_t numbers[] = {1, 2, 1, 3, 2};
    struct columns columns;
    for (uint32_t i = 0; i < 5; i++) {
        struct event event = started();
        event.has_profile = true;
        event.profile.age = ages[i];
        event.profile.status = bytes_text(ages[i] == 30 ? "a" : "b");
        event.profile.flags[0] = bytes_text(ages[i] == 30 ? "c" : "d");
        event.profile.flag_count = 1;
        add(*state, &event);
    }
    columns_builder_finish(*state, &columns);
    assert_int_equal(3, columns.profile_count);
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(numbers[i], columns.profile[i]);
        assert_int_equal(ages[i] + 1, columns.profiles[numbers[i] - 1].age_plus_one);
    }
    assert_int_equal(2, columns.profiles[0].status);
    assert_int_equal(1, columns.profiles[2].status);
    assert_int_equal(4, columns.profiles[0].flags[0]);
    assert_int_equal(3, columns.profiles[2].flags[0]);
    assert_int_equal(0, columns.profiles[0].flags[1]);
}

static void profile_of_nothing_known_is_not_the_same_as_none(void **state)
{
    struct event event = started();
    struct columns columns;
    add(*state, &event);
    event.has_profile = true;
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(1, columns.profile_count);
    assert_int_equal(0, columns.profile[0]);
    assert_int_equal(1, columns.profile[1]);
}

static void profile_that_an_event_does_not_have_leaves_no_terms(void **state)
{
    struct event event = started();
    struct columns columns;
    char text[CODE_BYTES_MAX + 1];
    memset(text, 'x', sizeof text);
    event.profile.status = bytes_of(text, sizeof text);
    event.profile.flags[0] = bytes_of(text, sizeof text);
    event.profile.flag_count = 1;
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(0, columns.term_count);
    assert_null(columns.terms);
    assert_null(columns.profiles);
}

static void builder_copies_the_texts(void **state)
{
    char text[] = "Z3";
    struct event event = started();
    struct columns columns;
    event.task = bytes_text(text);
    add(*state, &event);
    text[0] = 'x';
    columns_builder_finish(*state, &columns);
    assert_true(bytes_is(columns.terms[0], "Z3"));
}

static void builder_takes_more_after_finish_and_nothing_remains_after_reset(void **state)
{
    struct event event = started();
    struct columns columns;
    event.task = bytes_text("b");
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(1, columns.task[0]);
    event.task = bytes_text("a");
    add(*state, &event);
    assert_int_equal(2, columns_builder_count(*state));
    columns_builder_finish(*state, &columns);
    assert_int_equal(2, columns.task[0]);
    assert_int_equal(1, columns.task[1]);
    columns_builder_finish(*state, &columns);
    assert_int_equal(2, columns.task[0]);
    columns_builder_reset(*state);
    assert_int_equal(0, columns_builder_count(*state));
    columns_builder_finish(*state, &columns);
    assert_int_equal(0, columns.count);
    assert_null(columns.kind);
    assert_all_null_but_kind(&columns);
}

static void builder_is_full_at_1024_events(void **state)
{
    const struct event event = started();
    for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
        add(*state, &event);
    }
    assert_int_equal(ERR_FULL, columns_builder_add(*state, &event));
    assert_int_equal(BATCH_EVENTS_MAX, columns_builder_count(*state));
}

/* A code of its own for each number. */
static struct bytes code_of(uint32_t number, char out[4])
{
    for (int i = 3; i >= 0; i--) {
        out[i] = (char)('a' + number % 16);
        number /= 16;
    }
    return bytes_of(out, 4);
}

static void builder_is_full_at_its_terms_and_then_unchanged(void **state)
{
    char texts[6][4];
    struct event event = started();
    struct columns columns;
    struct bytes *const places[] = {&event.task,    &event.region,   &event.support,
                                    &event.outcome, &event.activity, &event.unit};
    uint32_t number = 0;
    while (number < BATCH_TERMS_MAX - 4) { /* 682 events of 6 */
        for (uint32_t i = 0; i < 6; i++) {
            *places[i] = code_of(number++, texts[i]);
        }
        add(*state, &event);
    }
    const uint32_t count = columns_builder_count(*state);
    assert_int_equal(BATCH_TERMS_MAX - 4, number);
    for (uint32_t i = 0; i < 6; i++) {
        *places[i] = code_of(number + i, texts[i]);
    }
    assert_int_equal(ERR_FULL, columns_builder_add(*state, &event));
    event.unit = code_of(0, texts[5]); /* known; still 5 new ones */
    assert_int_equal(ERR_FULL, columns_builder_add(*state, &event));
    columns_builder_finish(*state, &columns);
    assert_int_equal(count, columns.count);
    assert_int_equal(number, columns.term_count);

    event.activity = event.outcome; /* 4 new ones, one of them twice */
    event.has_profile = true;
    event.profile.status = event.task;
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(BATCH_TERMS_MAX, columns.term_count);
    check_terms(&columns);
    struct event back;
    columns_event(&columns, count, &back);
    assert_same(&event, &back);

    add(*state, &event);
    event.profile.flags[0] = bytes_text("new");
    event.profile.flag_count = 1;
    assert_int_equal(ERR_FULL, columns_builder_add(*state, &event));
    assert_int_equal(count + 2, columns_builder_count(*state));
}

static void builder_refuses_a_code_of_65_bytes_wherever_it_stands(void **state)
{
    char text[66];
    struct event event = started();
    struct columns columns;
    struct bytes *const places[] = {&event.task,
                                    &event.region,
                                    &event.support,
                                    &event.outcome,
                                    &event.activity,
                                    &event.unit,
                                    &event.profile.education,
                                    &event.profile.status,
                                    &event.profile.home_region,
                                    &event.profile.flags[0]};
    memset(text, 'x', sizeof text);
    event.has_profile = true;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        event.profile.flag_count = places[i] == &event.profile.flags[0] ? 1 : 0;
        *places[i] = bytes_of(text, 65);
        assert_int_equal(ERR_RANGE, columns_builder_add(*state, &event));
        *places[i] = (struct bytes){0};
    }
    columns_builder_finish(*state, &columns);
    assert_int_equal(0, columns.count + columns.term_count + columns.profile_count);
    event.profile.flag_count = 0;
    event.task = bytes_of(text, 64);
    add(*state, &event);
    columns_builder_finish(*state, &columns);
    assert_int_equal(64, columns.terms[0].size);
}

static void builder_takes_all_ages_and_sixteen_flags(void **state)
{
    char texts[PROFILE_FLAGS_MAX][4];
    struct columns columns;
    for (int age = AGE_UNKNOWN; age <= AGE_MAX; age++) {
        struct event event = started();
        event.has_profile = true;
        event.profile.age = age;
        event.profile.flag_count = PROFILE_FLAGS_MAX;
        for (uint32_t i = 0; i < PROFILE_FLAGS_MAX; i++) {
            event.profile.flags[i] = code_of(i, texts[i]);
        }
        add(*state, &event);
    }
    columns_builder_finish(*state, &columns);
    for (int age = AGE_UNKNOWN; age <= AGE_MAX; age++) {
        struct event back;
        columns_event(&columns, (uint32_t)(age - AGE_UNKNOWN), &back);
        assert_int_equal(age, back.profile.age);
        assert_int_equal(PROFILE_FLAGS_MAX, back.profile.flag_count);
        assert_true(bytes_is(back.profile.flags[15], "aaap"));
    }
}

static void builder_allocates_when_it_is_made_and_never_again(void **state)
{
    struct columns_builder *builder = NULL;
    struct columns columns;
    enum err err = ERR_MEMORY;
    uint64_t seed = 7;
    size_t nth = 0;
    (void)state;
    while (err == ERR_MEMORY) {
        mem_failing_at(++nth);
        err = columns_builder_new(&builder);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
        assert_int_equal(err == ERR_MEMORY, builder == NULL);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 1);
    mem_failing_at(1);
    for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
        char texts[4][4];
        struct event event = draw_event(&seed);
        event.task = code_of(4 * i, texts[0]);
        event.region = code_of(4 * i + 1, texts[1]);
        event.support = code_of(4 * i + 2, texts[2]);
        event.outcome = code_of(4 * i + 3, texts[3]);
        err = columns_builder_add(builder, &event);
        assert_true(err == ERR_OK || err == ERR_FULL);
    }
    columns_builder_finish(builder, &columns);
    assert_true(columns.term_count > BATCH_TERMS_MAX - 4);
    assert_int_equal(0, mem_failing_count());
    assert_false(mem_failing_done());
    columns_builder_free(&builder);
    columns_builder_free(&builder);
}

#define BUILDER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUILDER_TEST(columns_hold_every_event_as_it_was_added),
        BUILDER_TEST(columns_that_are_all_default_are_null),
        BUILDER_TEST(columns_with_one_value_are_there_for_all_events),
        cmocka_unit_test(columns_number_reads_nothing_from_null),
        BUILDER_TEST(terms_ascend_whatever_order_they_come_in),
        BUILDER_TEST(profiles_are_unique_and_in_the_order_of_first_use),
        BUILDER_TEST(profile_of_nothing_known_is_not_the_same_as_none),
        BUILDER_TEST(profile_that_an_event_does_not_have_leaves_no_terms),
        BUILDER_TEST(builder_copies_the_texts),
        BUILDER_TEST(builder_takes_more_after_finish_and_nothing_remains_after_reset),
        BUILDER_TEST(builder_is_full_at_1024_events),
        BUILDER_TEST(builder_is_full_at_its_terms_and_then_unchanged),
        BUILDER_TEST(builder_refuses_a_code_of_65_bytes_wherever_it_stands),
        BUILDER_TEST(builder_takes_all_ages_and_sixteen_flags),
        cmocka_unit_test(builder_allocates_when_it_is_made_and_never_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
