/* The words of events, and when two events are the same row. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/model/event.h"

static void kinds_are_read_back_from_their_words(void **state)
{
    (void)state;
    for (uint32_t kind = 1; kind < EVENT_KIND_COUNT; kind++) {
        enum event_kind back = EVENT_KIND_COUNT;
        const char *text = event_kind_text((enum event_kind)kind);
        assert_int_equal(ERR_OK, event_kind_parse(bytes_text(text), &back));
        assert_int_equal(kind, back);
    }
    assert_string_equal("enrolled", event_kind_text(EVENT_ENROLLED));
    assert_string_equal("activity", event_kind_text(EVENT_ACTIVITY));
}

static void kinds_that_are_none_have_no_words(void **state)
{
    static const char *const wrong[] = {"", "enrol", "enrolled ", "Enrolled", "unknown"};
    (void)state;
    assert_null(event_kind_text((enum event_kind)0));
    assert_null(event_kind_text(EVENT_KIND_COUNT));
    assert_null(event_kind_text((enum event_kind)255));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        enum event_kind kind = EVENT_STARTED;
        assert_int_equal(ERR_NOT_FOUND, event_kind_parse(bytes_text(wrong[i]), &kind));
        assert_int_equal(EVENT_STARTED, kind);
    }
}

static void kinds_and_sexes_keep_their_stored_numbers(void **state)
{
    (void)state;
    assert_int_equal(1, EVENT_ENROLLED);
    assert_int_equal(2, EVENT_STARTED);
    assert_int_equal(3, EVENT_COMPLETED);
    assert_int_equal(4, EVENT_DROPPED);
    assert_int_equal(5, EVENT_OUTCOME);
    assert_int_equal(6, EVENT_ACTIVITY);
    assert_int_equal(1, SEX_WOMAN);
    assert_int_equal(2, SEX_MAN);
    assert_string_equal("unknown", event_sex_text(SEX_UNKNOWN));
    assert_string_equal("woman", event_sex_text(SEX_WOMAN));
    assert_string_equal("man", event_sex_text(SEX_MAN));
}

static struct event sample(void)
{
    return (struct event){
        .kind = EVENT_ENROLLED,
        .occurred_on = 15095,
        .task = bytes_text("Z3"),
        .region = bytes_text("PL-2002073"),
        .quantity = 100,
        .person = 7,
        .participation = 1,
        .has_profile = true,
        .profile = {.sex = SEX_WOMAN,
                    .age = 24,
                    .education = bytes_text("ed3"),
                    .flags = {bytes_text("disabled"), bytes_text("rural")},
                    .flag_count = 2},
    };
}

static void event_is_the_same_row_whatever_it_weighs_and_withdraws(void **state)
{
    struct event a = sample();
    struct event b = sample();
    (void)state;
    b.withdrawal = true;
    b.withdraws = 99;
    assert_true(event_same(&a, &b));
}

static void event_is_the_same_row_where_its_texts_stand_elsewhere(void **state)
{
    struct event a = sample();
    struct event b = sample();
    char task[] = "Z3";
    (void)state;
    b.task = bytes_text(task);
    assert_true(a.task.data != b.task.data);
    assert_true(event_same(&a, &b));
}

static void event_is_another_row_when_any_field_differs(void **state)
{
    struct event others[22];
    const struct event a = sample();
    uint32_t count = 0;
    (void)state;
    for (uint32_t i = 0; i < 22; i++) {
        others[i] = sample();
    }
    others[count++].kind = EVENT_STARTED;
    others[count++].occurred_on++;
    others[count++].task = bytes_text("Z4");
    others[count++].region = bytes_text("PL-2002072");
    others[count++].support = bytes_text("x");
    others[count++].outcome = bytes_text("x");
    others[count++].activity = bytes_text("x");
    others[count++].unit = bytes_text("x");
    others[count++].quantity = -100;
    others[count++].person = 8;
    others[count++].entity = true;
    others[count++].participation = 2;
    others[count++].window = WINDOW_ON_LEAVING;
    others[count++].has_profile = false;
    others[count++].profile.sex = SEX_MAN;
    others[count++].profile.age = AGE_UNKNOWN;
    others[count++].profile.education = bytes_text("ed4");
    others[count++].profile.status = bytes_text("x");
    others[count++].profile.home_region = bytes_text("x");
    others[count++].profile.flag_count = 1;
    others[count++].profile.flags[0] = bytes_text("carer");
    others[count++].profile.flags[1] = bytes_text("young");
    assert_int_equal(22, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_false(event_same(&a, &others[i]));
        assert_false(event_same(&others[i], &a));
    }
}

static void event_without_profile_is_not_told_by_what_stands_in_its_place(void **state)
{
    struct event a = sample();
    struct event b = sample();
    (void)state;
    a.has_profile = b.has_profile = false;
    b.profile.sex = SEX_MAN;
    assert_true(event_same(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_read_back_from_their_words),
        cmocka_unit_test(kinds_that_are_none_have_no_words),
        cmocka_unit_test(kinds_and_sexes_keep_their_stored_numbers),
        cmocka_unit_test(event_is_the_same_row_whatever_it_weighs_and_withdraws),
        cmocka_unit_test(event_is_the_same_row_where_its_texts_stand_elsewhere),
        cmocka_unit_test(event_is_another_row_when_any_field_differs),
        cmocka_unit_test(event_without_profile_is_not_told_by_what_stands_in_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
