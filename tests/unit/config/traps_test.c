/* What a reader of the four sources may get wrong, and the shipped files do not. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "config/programme_file.h"

static struct programme *load(const char *path)
{
    struct buffer yaml = {0}, regions = {0};
    struct config_fault fault = {0};
    struct programme *programme = NULL;
    assert_int_equal(ERR_OK, programme_file_read(path, &yaml, &regions, &fault));
    assert_int_equal(
        ERR_OK, programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions), &programme, &fault));
    buffer_fini(&yaml);
    buffer_fini(&regions);
    return programme;
}

static struct programme *zmp, *jobtown, *abc, *lubuskie;

static int setup(void **state)
{
    (void)state;
    zmp = load(SOURCE_DIR "/config/programmes/zmp.yaml");
    jobtown = load(SOURCE_DIR "/config/programmes/jobtown.yaml");
    abc = load(SOURCE_DIR "/config/programmes/abc.yaml");
    lubuskie = load(SOURCE_DIR "/config/programmes/lubuskie.yaml");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    programme_free(&zmp);
    programme_free(&jobtown);
    programme_free(&abc);
    programme_free(&lubuskie);
    return 0;
}

static const struct indicator *indicator(const struct programme *programme, const char *id)
{
    const uint32_t number = programme_indicator(programme, bytes_text(id));
    assert_int_not_equal(CODE_NONE, number);
    return &programme->indicators[number];
}

/* The one figure of that kind of an indicator, or null. */
static const struct target *figure(const struct programme *programme, const char *id,
                                   enum target_kind kind)
{
    const struct target *found = NULL;
    const uint32_t number = programme_indicator(programme, bytes_text(id));
    assert_int_not_equal(CODE_NONE, number);
    for (uint32_t i = 0; i < programme->target_count; i++) {
        const struct target *target = &programme->targets[i];
        if (target->indicator == number && target->kind == kind) {
            assert_null(found);
            found = target;
        }
    }
    return found;
}

static int64_t planned(const struct programme *programme, const char *id)
{
    const struct target *target = figure(programme, id, TARGET_PLANNED);
    assert_non_null(target);
    return target->value / 100;
}

static int64_t achieved(const struct programme *programme, const char *id)
{
    const struct target *target = figure(programme, id, TARGET_ACHIEVED);
    assert_non_null(target);
    return target->value / 100;
}

static bool words_have(const struct target *target, const char *words)
{
    return target->words.size > 0 &&
           memmem(target->words.data, target->words.size, words, strlen(words)) != NULL;
}

/* ---- ZMP ---- */

static void zmp_plans_persons_and_reached_entities_which_are_never_divided(void **state)
{
    (void)state;
    assert_true(bytes_is(indicator(zmp, "partnership_people")->unit, "person"));
    assert_true(bytes_is(indicator(zmp, "partnership_entities")->unit, "entity"));
    assert_int_equal(SUBJECT_PERSON, indicator(zmp, "partnership_people")->where.subject);
    assert_int_equal(SUBJECT_ENTITY, indicator(zmp, "partnership_entities")->where.subject);
    assert_int_equal(45, planned(zmp, "partnership_people"));
    assert_null(figure(zmp, "partnership_people", TARGET_ACHIEVED));
    assert_int_equal(34, achieved(zmp, "partnership_entities"));
    assert_int_equal(TARGET_NONE, figure(zmp, "partnership_entities", TARGET_PLANNED)->op);
}

static void zmp_trained_148_of_150_which_is_98_point_7_percent(void **state)
{
    (void)state;
    assert_int_equal(150, planned(zmp, "people_trained"));
    assert_int_equal(148, achieved(zmp, "people_trained"));
    assert_int_equal(987, (148 * 1000 + 75) / 150);
}

static void zmp_about_30_percent_stays_a_percentage(void **state)
{
    uint32_t found = 0;
    (void)state;
    for (uint32_t i = 0; i < zmp->target_count; i++) {
        const struct target *target = &zmp->targets[i];
        if (words_have(target, "Ok 30 %")) {
            assert_true(bytes_is(target->unit, "percent") ||
                        bytes_is(zmp->indicators[target->indicator].unit, "percent"));
            assert_int_equal(TARGET_APPROX, target->op);
            assert_int_equal(3000, target->value);
            found++;
        }
        assert_false(target->value == 4400); /* of 148; and nobody of 150 */
    }
    assert_int_equal(1, found);
}

static void zmp_has_no_sex_split_of_the_148(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < zmp->target_count; i++) {
        const struct target *target = &zmp->targets[i];
        if (target->indicator != CODE_NONE && target->kind == TARGET_ACHIEVED) {
            assert_int_equal(0, zmp->indicators[target->indicator].where.sexes);
        }
    }
}

/* ---- JOBTOWN ---- */

static void jobtown_counts_no_participants_and_loads(void **state)
{
    (void)state;
    assert_true(jobtown->indicator_count > 0);
    for (uint32_t i = 0; i < jobtown->indicator_count; i++) {
        const struct indicator *its = &jobtown->indicators[i];
        assert_int_equal(UINT32_C(1) << EVENT_ACTIVITY, its->where.kinds);
        assert_false(bytes_is(its->unit, "person"));
    }
}

static void jobtown_has_eleven_members_and_one_is_a_university(void **state)
{
    uint32_t universities = 0;
    (void)state;
    assert_int_equal(11, jobtown->code_count[CODES_PARTNER]);
    for (uint32_t i = 0; i < jobtown->code_count[CODES_PARTNER]; i++) {
        const struct bytes title = jobtown->codes[CODES_PARTNER][i].title;
        universities += memmem(title.data, title.size, "Uniwersytet", 11) != NULL ? 1 : 0;
    }
    assert_int_equal(1, universities);
}

/* ---- ABC ---- */

static void abc_prints_no_targets_which_is_none_and_not_zero(void **state)
{
    (void)state;
    uint32_t plans = 0;
    for (uint32_t i = 0; i < abc->target_count; i++) {
        if (abc->targets[i].kind == TARGET_PLANNED) {
            assert_int_equal(TARGET_NONE, abc->targets[i].op);
            plans++;
        }
    }
    assert_int_equal(abc->indicator_count, plans);
}

static void abc_outcomes_of_the_391_are_no_partition(void **state)
{
    static const char *const outcomes[] = {"took_job",  "own_business",       "internship_done",
                                           "volunteer", "training_completed", "further_education"};
    int64_t sum = 0;
    (void)state;
    for (size_t i = 0; i < sizeof outcomes / sizeof outcomes[0]; i++) {
        sum += achieved(abc, outcomes[i]);
        assert_false(indicator(abc, outcomes[i])->parts_sum);
    }
    assert_int_equal(TARGET_TEEN, figure(abc, "cis_programme", TARGET_ACHIEVED)->op);
    assert_int_equal(TARGET_GT, figure(abc, "took_job", TARGET_ACHIEVED)->op);
    assert_int_equal(358, sum + 11);
    assert_int_equal(366, sum + 19);
    assert_false(indicator(abc, "coached")->parts_sum);
}

static void abc_total_is_not_the_sum_of_its_tasks(void **state)
{
    (void)state;
    assert_int_equal(1332, achieved(abc, "coached") + achieved(abc, "incubator_advice") +
                               achieved(abc, "founders_trained") +
                               achieved(abc, "info_meeting_people"));
    assert_int_equal(1346, achieved(abc, "participants_total"));
    assert_false(indicator(abc, "participants_total")->parts_sum);
}

/* ---- LUBUSKIE ---- */

static void lubuskie_has_internships_in_two_tasks_that_overlap(void **state)
{
    (void)state;
    assert_int_equal(2000, planned(lubuskie, "internship_young"));
    assert_int_equal(3000, planned(lubuskie, "internship_experience"));
    assert_int_equal(COUNT_PERSONS, indicator(lubuskie, "internship_young")->mode);
    assert_int_equal(CODE_NONE, indicator(lubuskie, "internship_young")->part_of);
    assert_int_equal(CODE_NONE, indicator(lubuskie, "internship_experience")->part_of);
}

static void lubuskie_parts_that_are_said_to_add_up_do(void **state)
{
    (void)state;
    assert_int_equal(planned(lubuskie, "vocational_completed"),
                     planned(lubuskie, "apprenticeship_completed") +
                         planned(lubuskie, "exam_taken"));
    assert_int_equal(planned(lubuskie, "adult_learners"),
                     planned(lubuskie, "adult_languages") + planned(lubuskie, "adult_ict"));
}

static void lubuskie_srednia_is_a_mean_over_the_year(void **state)
{
    const struct target *target = figure(lubuskie, "ohp_learners", TARGET_PLANNED);
    (void)state;
    assert_int_equal(TARGET_AVG, target->op);
    assert_int_equal(132300, target->value);
}

static void lubuskie_dot_thousands_and_decimal_commas_are_read_as_polish(void **state)
{
    (void)state;
    assert_int_equal(INT64_C(550000000), figure(lubuskie, "money_2.4.1", TARGET_MONEY)->value);
    assert_int_equal(INT64_C(766560000), figure(lubuskie, "money_2.5.3", TARGET_MONEY)->value);
    assert_int_equal(12607, planned(lubuskie, "social_contracts"));
}

static void lubuskie_has_no_achieved_values(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < lubuskie->target_count; i++) {
        assert_int_not_equal(TARGET_ACHIEVED, lubuskie->targets[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zmp_plans_persons_and_reached_entities_which_are_never_divided),
        cmocka_unit_test(zmp_trained_148_of_150_which_is_98_point_7_percent),
        cmocka_unit_test(zmp_about_30_percent_stays_a_percentage),
        cmocka_unit_test(zmp_has_no_sex_split_of_the_148),
        cmocka_unit_test(jobtown_counts_no_participants_and_loads),
        cmocka_unit_test(jobtown_has_eleven_members_and_one_is_a_university),
        cmocka_unit_test(abc_prints_no_targets_which_is_none_and_not_zero),
        cmocka_unit_test(abc_outcomes_of_the_391_are_no_partition),
        cmocka_unit_test(abc_total_is_not_the_sum_of_its_tasks),
        cmocka_unit_test(lubuskie_has_internships_in_two_tasks_that_overlap),
        cmocka_unit_test(lubuskie_parts_that_are_said_to_add_up_do),
        cmocka_unit_test(lubuskie_srednia_is_a_mean_over_the_year),
        cmocka_unit_test(lubuskie_dot_thousands_and_decimal_commas_are_read_as_polish),
        cmocka_unit_test(lubuskie_has_no_achieved_values),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
