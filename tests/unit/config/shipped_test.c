/* The programme files that are shipped: each loads, and its figures are those of its source, which
 * are written down here a second time. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>
#include <string.h>

#include "config/programme_file.h"

static const struct figure {
    const char *programme, *indicator, *unit;
    enum target_kind kind;
    enum target_op op;
    int64_t value;
} figures[] = {
    {"ZMP", "budget", "PLN", TARGET_MONEY, TARGET_EQ, 1838000},
    {"ZMP", "budget", "PLN", TARGET_MONEY, TARGET_EQ, 1838000},
    {"ZMP", "partnership_people", "person", TARGET_PLANNED, TARGET_APPROX, 45},
    {"ZMP", "partnership_entities", "entity", TARGET_ACHIEVED, TARGET_EQ, 34},
    {"ZMP", "advisers_trained", "person", TARGET_PLANNED, TARGET_EQ, 30},
    {"ZMP", "advisers_per_county", "person", TARGET_PLANNED, TARGET_AVG, 2},
    {"ZMP", "advisers_women", "person", TARGET_PLANNED, TARGET_EQ, 25},
    {"ZMP", "training_blocks", "course", TARGET_PLANNED, TARGET_EQ, 5},
    {"ZMP", "advisers_trained", "person", TARGET_ACHIEVED, TARGET_EQ, 30},
    {"ZMP", "training_blocks", "course", TARGET_ACHIEVED, TARGET_EQ, 5},
    {"ZMP", "consultation_hours", "hour", TARGET_ACHIEVED, TARGET_EQ, 600},
    {"ZMP", "people_without_job", "person", TARGET_PLANNED, TARGET_EQ, 150},
    {"ZMP", "people_trained", "person", TARGET_PLANNED, TARGET_EQ, 150},
    {"ZMP", "people_trained", "person", TARGET_ACHIEVED, TARGET_EQ, 148},
    {"ZMP", "tv_episodes", "episode", TARGET_ACHIEVED, TARGET_EQ, 15},
    {"JOBTOWN", "local_groups", "entity", TARGET_PLANNED, TARGET_PER, 1},
    {"JOBTOWN", "local_action_plans", "document", TARGET_PLANNED, TARGET_PER, 1},
    {"JOBTOWN", "lgw_meetings", "event", TARGET_ACHIEVED, TARGET_EQ, 4},
    {"ABC", "coaches_hired", "person", TARGET_ACHIEVED, TARGET_EQ, 13},
    {"ABC", "coached", "person", TARGET_ACHIEVED, TARGET_EQ, 391},
    {"ABC", "coaching_completed", "person", TARGET_ACHIEVED, TARGET_EQ, 365},
    {"ABC", "took_job", "person", TARGET_ACHIEVED, TARGET_GT, 100},
    {"ABC", "own_business", "person", TARGET_ACHIEVED, TARGET_EQ, 6},
    {"ABC", "internship_done", "person", TARGET_ACHIEVED, TARGET_EQ, 45},
    {"ABC", "cis_programme", "person", TARGET_ACHIEVED, TARGET_TEEN, 11},
    {"ABC", "volunteer", "person", TARGET_ACHIEVED, TARGET_EQ, 9},
    {"ABC", "training_completed", "person", TARGET_ACHIEVED, TARGET_EQ, 183},
    {"ABC", "further_education", "person", TARGET_ACHIEVED, TARGET_EQ, 4},
    {"ABC", "participants_total", "person", TARGET_ACHIEVED, TARGET_EQ, 1346},
    {"ABC", "participants_completed", "person", TARGET_ACHIEVED, TARGET_EQ, 1307},
    {"ABC", "incubators", "entity", TARGET_ACHIEVED, TARGET_EQ, 2},
    {"ABC", "entities_founded", "entity", TARGET_ACHIEVED, TARGET_EQ, 4},
    {"ABC", "cooperatives_founded", "entity", TARGET_ACHIEVED, TARGET_EQ, 2},
    {"ABC", "associations_founded", "entity", TARGET_ACHIEVED, TARGET_EQ, 2},
    {"ABC", "incubator_advice", "person", TARGET_ACHIEVED, TARGET_EQ, 207},
    {"ABC", "founders_trained", "person", TARGET_ACHIEVED, TARGET_EQ, 242},
    {"ABC", "info_meeting_people", "person", TARGET_ACHIEVED, TARGET_EQ, 492},
    {"LUBUSKIE", "school_heads_network", "person", TARGET_PLANNED, TARGET_GE, 15},
    {"LUBUSKIE", "conference_teachers", "person", TARGET_PLANNED, TARGET_GE, 15},
    {"LUBUSKIE", "curriculum_teachers", "person", TARGET_PLANNED, TARGET_GE, 15},
    {"LUBUSKIE", "curriculum_fragments", "document", TARGET_PLANNED, TARGET_EQ, 3},
    {"LUBUSKIE", "kkz_teachers", "person", TARGET_PLANNED, TARGET_GE, 15},
    {"LUBUSKIE", "kkz_fragments", "document", TARGET_PLANNED, TARGET_EQ, 3},
    {"LUBUSKIE", "branch_forms", "course", TARGET_PLANNED, TARGET_EQ, 4},
    {"LUBUSKIE", "branch_teachers", "person", TARGET_PLANNED, TARGET_GE, 45},
    {"LUBUSKIE", "postgraduate_maths", "person", TARGET_PLANNED, TARGET_EQ, 20},
    {"LUBUSKIE", "qualification_training", "person", TARGET_PLANNED, TARGET_APPROX, 300},
    {"LUBUSKIE", "ict_training", "person", TARGET_PLANNED, TARGET_APPROX, 250},
    {"LUBUSKIE", "internship_young", "person", TARGET_PLANNED, TARGET_APPROX, 2000},
    {"LUBUSKIE", "money_2.4.1", "PLN", TARGET_MONEY, TARGET_EQ, 5500000},
    {"LUBUSKIE", "ohp_learners", "person", TARGET_PLANNED, TARGET_AVG, 1323},
    {"LUBUSKIE", "ohp_learners_boarding", "person", TARGET_PLANNED, TARGET_EQ, 189},
    {"LUBUSKIE", "vocational_completed", "person", TARGET_PLANNED, TARGET_APPROX, 471},
    {"LUBUSKIE", "apprenticeship_completed", "person", TARGET_PLANNED, TARGET_APPROX, 391},
    {"LUBUSKIE", "exam_taken", "person", TARGET_PLANNED, TARGET_APPROX, 80},
    {"LUBUSKIE", "wage_refund_employers", "employer", TARGET_PLANNED, TARGET_EQ, 1000},
    {"LUBUSKIE", "wage_refund_money", "PLN", TARGET_MONEY, TARGET_EQ, 7000000},
    {"LUBUSKIE", "young_workers", "person", TARGET_PLANNED, TARGET_EQ, 4500},
    {"LUBUSKIE", "training_institutions", "entity", TARGET_PLANNED, TARGET_NONE, 0},
    {"LUBUSKIE", "adult_learners", "person", TARGET_PLANNED, TARGET_EQ, 2000},
    {"LUBUSKIE", "adult_languages", "person", TARGET_PLANNED, TARGET_EQ, 1000},
    {"LUBUSKIE", "adult_ict", "person", TARGET_PLANNED, TARGET_EQ, 1000},
    {"LUBUSKIE", "money_2.5.3", "PLN", TARGET_MONEY, TARGET_EQ, 7665600},
    {"LUBUSKIE", "qualifications", "person", TARGET_PLANNED, TARGET_APPROX, 2000},
    {"LUBUSKIE", "internship_experience", "person", TARGET_PLANNED, TARGET_APPROX, 3000},
    {"LUBUSKIE", "money_2.5.4", "PLN", TARGET_MONEY, TARGET_APPROX, 15000000},
    {"LUBUSKIE", "career_centre_clients", "person", TARGET_PLANNED, TARGET_EQ, 5400},
    {"LUBUSKIE", "social_work", "person", TARGET_PLANNED, TARGET_APPROX, 4000},
    {"LUBUSKIE", "money_3.2.1", "PLN", TARGET_MONEY, TARGET_APPROX, 1200000},
    {"LUBUSKIE", "placement", "person", TARGET_PLANNED, TARGET_APPROX, 6500},
    {"LUBUSKIE", "job_offers", "offer", TARGET_PLANNED, TARGET_APPROX, 3500},
    {"LUBUSKIE", "job_exchanges", "event", TARGET_PLANNED, TARGET_EQ, 30},
    {"LUBUSKIE", "job_fairs", "event", TARGET_PLANNED, TARGET_EQ, 9},
    {"LUBUSKIE", "disabled_programme", "person", TARGET_PLANNED, TARGET_EQ, 12},
    {"LUBUSKIE", "pilot_excluded", "person", TARGET_PLANNED, TARGET_EQ, 8},
    {"LUBUSKIE", "courses", "course", TARGET_PLANNED, TARGET_EQ, 22},
    {"LUBUSKIE", "course_people", "person", TARGET_PLANNED, TARGET_EQ, 260},
    {"LUBUSKIE", "workshops", "event", TARGET_PLANNED, TARGET_EQ, 12},
    {"LUBUSKIE", "events_regional", "event", TARGET_PLANNED, TARGET_GE, 13},
    {"LUBUSKIE", "events_national", "event", TARGET_PLANNED, TARGET_EQ, 1},
    {"LUBUSKIE", "sport_events", "event", TARGET_PLANNED, TARGET_GE, 3},
    {"LUBUSKIE", "programmes", "programme", TARGET_PLANNED, TARGET_GE, 4},
    {"LUBUSKIE", "council_meetings", "event", TARGET_PLANNED, TARGET_GE, 2},
    {"LUBUSKIE", "unit_council_meetings", "event", TARGET_PLANNED, TARGET_PER, 4},
    {"LUBUSKIE", "club_meeting", "event", TARGET_PLANNED, TARGET_EQ, 1},
    {"LUBUSKIE", "contest_people", "person", TARGET_PLANNED, TARGET_GE, 70},
    {"LUBUSKIE", "exchange_meetings", "event", TARGET_PLANNED, TARGET_GE, 11},
    {"LUBUSKIE", "exchange_people", "person", TARGET_PLANNED, TARGET_EQ, 220},
    {"LUBUSKIE", "system_projects", "programme", TARGET_PLANNED, TARGET_GE, 2},
    {"LUBUSKIE", "system_project_people", "person", TARGET_PLANNED, TARGET_APPROX, 120},
    {"LUBUSKIE", "social_contracts", "person", TARGET_PLANNED, TARGET_EQ, 12607},
    {"LUBUSKIE", "staff_qualified", "person", TARGET_PLANNED, TARGET_EQ, 440},
    {"LUBUSKIE", "excluded_completed", "person", TARGET_PLANNED, TARGET_EQ, 4185},
    {"LUBUSKIE", "money_3.2.8", "PLN", TARGET_MONEY, TARGET_EQ, 8352700},
};

static const struct shipped {
    const char *programme, *path;
    uint32_t partners, indicators;
    uint32_t beyond; /* indicators that no source has a figure of */
} shipped[] = {
    {"ABC", SOURCE_DIR "/config/programmes/abc.yaml", 3, 19, 0},
    {"ZMP", SOURCE_DIR "/config/programmes/zmp.yaml", 6, 13, 2},
    {"JOBTOWN", SOURCE_DIR "/config/programmes/jobtown.yaml", 11, 3, 0},
    {"LUBUSKIE", SOURCE_DIR "/config/programmes/lubuskie.yaml", 15, 58, 1},
};

enum {
    FIGURE_COUNT = sizeof figures / sizeof figures[0],
    SHIPPED_COUNT = sizeof shipped / sizeof shipped[0]
};

static struct programme *programmes[SHIPPED_COUNT];

static int setup(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        struct buffer yaml = {0}, regions = {0};
        struct config_fault fault = {0};
        enum err err = programme_file_read(shipped[i].path, &yaml, &regions, &fault);
        if (err == ERR_OK) {
            err = programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions), &programmes[i],
                                  &fault);
        }
        buffer_fini(&yaml);
        buffer_fini(&regions);
        if (err != ERR_OK) {
            print_error("%s:%u:%u: %s\n", shipped[i].path, fault.line, fault.column, fault.text);
            return -1;
        }
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        programme_free(&programmes[i]);
    }
    return 0;
}

static const struct programme *programme_of(const char *id)
{
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        if (bytes_is(programmes[i]->id, id)) {
            return programmes[i];
        }
    }
    fail_msg("no programme %s", id);
    return NULL;
}

static bool is_figure(const struct programme *programme, const struct target *target,
                      const struct figure *figure)
{
    return target->indicator != CODE_NONE && target->kind == figure->kind &&
           target->op == figure->op && target->value == 100 * figure->value &&
           bytes_is(programme->id, figure->programme) &&
           bytes_is(programme->indicators[target->indicator].id, figure->indicator) &&
           bytes_is(programme->indicators[target->indicator].unit, figure->unit);
}

/* The budget of ZMP stands in two sources. */
static bool same_figure(const struct figure *a, const struct figure *b)
{
    return strcmp(a->programme, b->programme) == 0 && strcmp(a->indicator, b->indicator) == 0 &&
           a->kind == b->kind && a->op == b->op && a->value == b->value;
}

static void each_has_its_partners_and_indicators(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        assert_true(bytes_is(programmes[i]->id, shipped[i].programme));
        assert_int_equal(shipped[i].partners, programmes[i]->code_count[CODES_PARTNER]);
        assert_int_equal(shipped[i].indicators, programmes[i]->indicator_count);
    }
}

static void every_figure_of_the_sources_stands_in_its_file_in_words(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < FIGURE_COUNT; i++) {
        const struct programme *programme = programme_of(figures[i].programme);
        uint32_t found = 0, wanted = 0;
        for (uint32_t k = 0; k < FIGURE_COUNT; k++) {
            wanted += same_figure(&figures[k], &figures[i]) ? 1 : 0;
        }
        for (uint32_t k = 0; k < programme->target_count; k++) {
            const struct target *target = &programme->targets[k];
            const bool fits = is_figure(programme, target, &figures[i]);
            found += fits ? 1 : 0;
            assert_true(!fits || (target->source.size > 0 && target->words.size > 0));
        }
        if (found != wanted) {
            fail_msg("%s %s: %u times, not %u", figures[i].programme, figures[i].indicator, found,
                     wanted);
        }
    }
}

/* "None" may stand there besides: it is no figure. */
static void no_file_has_a_figure_that_no_source_has(void **state)
{
    uint32_t found = 0, none = 0;
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        for (uint32_t k = 0; k < programmes[i]->target_count; k++) {
            const struct target *target = &programmes[i]->targets[k];
            const bool figure = target->indicator != CODE_NONE && target->kind != TARGET_CONTEXT;
            found += figure && target->op != TARGET_NONE ? 1 : 0;
            none += figure && target->op == TARGET_NONE && target->words.size > 0 ? 1 : 0;
        }
    }
    assert_int_equal(FIGURE_COUNT, found + none);
    assert_int_equal(1, none);
}

static void every_indicator_but_a_few_has_a_figure(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        uint32_t without = 0;
        for (uint32_t k = 0; k < programmes[i]->indicator_count; k++) {
            bool known = false;
            for (uint32_t f = 0; f < FIGURE_COUNT; f++) {
                known = known || (bytes_is(programmes[i]->id, figures[f].programme) &&
                                  bytes_is(programmes[i]->indicators[k].id, figures[f].indicator));
            }
            without += known ? 0 : 1;
        }
        assert_int_equal(shipped[i].beyond, without);
    }
}

/* A plan that counts people and a result that counts entities are never one indicator. */
static void zmp_plans_people_and_reaches_entities_in_two_indicators(void **state)
{
    const struct programme *zmp = programme_of("ZMP");
    const uint32_t people = programme_indicator(zmp, bytes_text("partnership_people"));
    const uint32_t entities = programme_indicator(zmp, bytes_text("partnership_entities"));
    (void)state;
    for (uint32_t i = 0; i < zmp->target_count; i++) {
        const struct target *target = &zmp->targets[i];
        assert_false(target->indicator == people && target->kind == TARGET_ACHIEVED);
        assert_false(target->indicator == entities && target->kind == TARGET_PLANNED &&
                     target->op != TARGET_NONE);
    }
}

static void jobtown_counts_no_people(void **state)
{
    const struct programme *jobtown = programme_of("JOBTOWN");
    (void)state;
    for (uint32_t i = 0; i < jobtown->indicator_count; i++) {
        assert_false(bytes_is(jobtown->indicators[i].unit, "person"));
        assert_int_not_equal(SUBJECT_PERSON, jobtown->indicators[i].where.subject);
    }
}

static void lubuskie_has_priorities_goals_and_tasks(void **state)
{
    const struct programme *lubuskie = programme_of("LUBUSKIE");
    uint32_t by_depth[3] = {0};
    (void)state;
    for (uint32_t i = 0; i < lubuskie->code_count[CODES_TASK]; i++) {
        uint32_t depth = 0, number = i;
        while (lubuskie->codes[CODES_TASK][number].parent.size > 0) {
            number =
                programme_code(lubuskie, CODES_TASK, lubuskie->codes[CODES_TASK][number].parent);
            depth++;
        }
        assert_true(depth < 3);
        by_depth[depth]++;
    }
    assert_int_equal(2, by_depth[0]);
    assert_int_equal(5, by_depth[1]);
    assert_int_equal(19, by_depth[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_partners_and_indicators),
        cmocka_unit_test(every_figure_of_the_sources_stands_in_its_file_in_words),
        cmocka_unit_test(no_file_has_a_figure_that_no_source_has),
        cmocka_unit_test(every_indicator_but_a_few_has_a_figure),
        cmocka_unit_test(zmp_plans_people_and_reaches_entities_in_two_indicators),
        cmocka_unit_test(jobtown_counts_no_people),
        cmocka_unit_test(lubuskie_has_priorities_goals_and_tasks),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
