/* Each programme that the demo plays: its made-up people, its files, and what they add up to. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "config/programme_file.h"
#include "core/base/date.h"
#include "core/model/event.h"
#include "core/model/identity.h"
#include "tools/demo_check.h"
#include "tools/demo_list.h"
#include "tools/demo_news.h"
#include "tools/demo_zmp.h"
#include "unit/tools/played.h"

enum { ABC, ZMP, JOBTOWN, LUBUSKIE };

static struct played *plays[DEMO_LIST_COUNT];

static int setup(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        plays[i] = played_new(demo_list_at(i));
        played_count(plays[i], DEMO_FILES_WAVES);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        played_free(plays[i]);
    }
    return 0;
}

static void programmes_are_found_in_capitals_or_not(void **state)
{
    (void)state;
    assert_int_equal(ABC, demo_list_find("abc"));
    assert_int_equal(ZMP, demo_list_find("Zmp"));
    assert_int_equal(JOBTOWN, demo_list_find("JOBTOWN"));
    assert_int_equal(LUBUSKIE, demo_list_find("lubuskie"));
    assert_int_equal(DEMO_LIST_COUNT, demo_list_find("lubusk"));
    assert_int_equal(DEMO_LIST_COUNT, demo_list_find(""));
}

/* ---- people ---- */

static void check_person(const struct demo_people_person *person, int32_t last_day)
{
    const char *scheme = person->scheme != NULL ? person->scheme : "pesel";
    struct identity identity;
    assert_int_equal(REJECT_NONE,
                     identity_parse(bytes_text(scheme), bytes_text(person->id), &identity));
    assert_true(date_age(person->birth, last_day) <= AGE_MAX);
    assert_int_equal(DEMO_PEOPLE_ID_BYTES - 1, strlen(person->id));
    if (person->scheme == NULL) {
        assert_true(person->birth < date_days((struct date){1900, 1, 1}));
        assert_int_equal(identity.birth, person->birth);
        assert_int_equal(person->woman ? SEX_WOMAN : SEX_MAN, identity.sex);
    } else { /* no document has so many digits */
        assert_int_equal(DEMO_PEOPLE_ID_DIGITS, strspn(person->id + 2, "0123456789"));
    }
}

static void every_identifier_is_valid_and_no_living_persons(void **state)
{
    static const int last_years[DEMO_LIST_COUNT] = {2011, 2013, 2015, 2013};
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        const int32_t last_day = date_days((struct date){last_years[i], 12, 31});
        uint32_t count = 0;
        for (; demo_files_person(plays[i]->files, count) != NULL; count++) {
            const struct demo_people_person *person = demo_files_person(plays[i]->files, count);
            /* The first programme ends in June. */
            check_person(person, i == ABC ? last_day - 184 : last_day);
            for (uint32_t k = 0; k < count; k++) {
                assert_string_not_equal(person->id, demo_files_person(plays[i]->files, k)->id);
            }
        }
        assert_int_equal(plays[i]->programme->plan.person_count, count);
    }
}

static void jobtown_has_no_person_at_all(void **state)
{
    (void)state;
    assert_null(demo_files_person(plays[JOBTOWN]->files, 0));
    for (uint32_t i = 0; i < plays[JOBTOWN]->count->used; i++) {
        const struct demo_count_row *row = &plays[JOBTOWN]->count->rows[i];
        assert_true(row->fields[DEMO_COUNT_PERSON][0] == '\0' ||
                    strcmp(row->fields[DEMO_COUNT_PERSON_SCHEME], "entity") == 0);
    }
}

/* The search in the broker's files is proved by it: whoever is made up is in a file. */
static void every_person_stands_in_a_file(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        for (uint32_t k = 0; demo_files_person(plays[i]->files, k) != NULL; k++) {
            const char *id = demo_files_person(plays[i]->files, k)->id;
            bool found = false;
            for (uint32_t f = 0; !found && demo_files_at(plays[i]->files, f) != NULL; f++) {
                const struct buffer *text = &demo_files_at(plays[i]->files, f)->text;
                found = memmem(text->data, text->size, id, strlen(id)) != NULL;
            }
            assert_true(found);
        }
    }
}

/* ---- files ---- */

static void the_files_are_the_same_every_time(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        struct played *other = played_new(demo_list_at(i));
        uint32_t k = 0;
        for (; demo_files_at(plays[i]->files, k) != NULL; k++) {
            const struct demo_files_file *a = demo_files_at(plays[i]->files, k);
            const struct demo_files_file *b = demo_files_at(other->files, k);
            assert_non_null(b);
            assert_string_equal(a->name, b->name);
            assert_true(bytes_equal(buffer_bytes(&a->text), buffer_bytes(&b->text)));
        }
        assert_null(demo_files_at(other->files, k));
        assert_true(k >= demo_list_at(i)->plan.partner_count);
        played_free(other);
    }
}

static void every_partner_drops_a_file_and_some_a_correction(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        const uint32_t partners = demo_list_at(i)->plan.partner_count;
        uint32_t seen = 0, corrections = 0;
        for (uint32_t k = 0; demo_files_at(plays[i]->files, k) != NULL; k++) {
            const struct demo_files_file *file = demo_files_at(plays[i]->files, k);
            seen |= 1u << file->partner;
            corrections += file->wave;
        }
        assert_int_equal((1u << partners) - 1, seen);
        assert_true(corrections > 0);
        assert_true(plays[i]->count->deleted > 0);
    }
}

/* ---- figures ---- */

static void figures_come_out_as_printed(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        const struct demo_programme *programme = demo_list_at(i);
        for (uint32_t k = 0; k < programme->figure_count && !programme->planned; k++) {
            const struct demo_figure *figure = &programme->figures[k];
            if (!demo_check_printed(programme, plays[i]->count, figure)) {
                fail_msg("%s: %lld, printed %s", figure->id,
                         (long long)played_total(plays[i], figure->id), figure->printed);
            }
        }
    }
}

/* Written down once more, as people know them. */
static void the_best_known_figures_are_these(void **state)
{
    static const struct {
        uint32_t play;
        const char *id;
        int64_t total;
    } known[] = {{ABC, "participants_total", 1346},  {ABC, "coached", 391},
                 {ZMP, "people_trained", 148},       {ZMP, "advisers_trained", 30},
                 {ZMP, "advisers_women", 25},        {ZMP, "consultation_hours", 60000},
                 {ZMP, "partnership_entities", 34},  {ZMP, "tv_episodes", 15},
                 {ZMP, "training_blocks", 5},        {ZMP, "people_without_job", 150},
                 {ZMP, "internship_people", 45},     {ZMP, "budget", 183800000},
                 {JOBTOWN, "lgw_meetings", 4},       {JOBTOWN, "local_groups", 11},
                 {JOBTOWN, "local_action_plans", 11}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (played_total(plays[known[i].play], known[i].id) != known[i].total) {
            fail_msg("%s: %lld", known[i].id,
                     (long long)played_total(plays[known[i].play], known[i].id));
        }
    }
}

/* Eleven in all are not one at each: two at Kielce and none at Cesena are as many. */
static void a_figure_of_each_partner_is_checked_at_each(void **state)
{
    const struct demo_programme *jobtown = demo_list_at(JOBTOWN);
    const struct demo_figure *plans = played_figure(jobtown, "local_action_plans");
    struct demo_count *count = plays[JOBTOWN]->count;
    const uint32_t rows = count->used;
    uint32_t moved = UINT32_MAX;
    (void)state;
    assert_true(demo_check_printed(jobtown, count, plans));
    for (uint32_t i = 0; i < rows && moved == UINT32_MAX; i++) {
        const struct demo_count_row *row = &count->rows[i];
        const bool plan = strcmp(row->fields[DEMO_COUNT_ACTIVITY], plans->activity) == 0;
        moved = plan && row->partner == 0 ? i : UINT32_MAX;
    }
    assert_true(moved < rows);
    count->rows[moved].partner = 1;
    assert_int_equal(11, played_total(plays[JOBTOWN], plans->id));
    assert_false(demo_check_printed(jobtown, count, plans));
    count->rows[moved].partner = 0;
}

static void jobtowns_eleven_members_are_in_nine_countries(void **state)
{
    const struct demo_count *count = plays[JOBTOWN]->count;
    char seen[32][3];
    uint32_t countries = 0;
    (void)state;
    assert_int_equal(11, demo_list_at(JOBTOWN)->plan.partner_count);
    for (uint32_t i = 0; i < count->used; i++) {
        const char *region = count->rows[i].fields[DEMO_COUNT_REGION];
        const char *country = strncmp(region, "CITY-", 5) == 0 ? region + 5 : region;
        bool known = false;
        for (uint32_t k = 0; k < countries; k++) {
            known = known || strncmp(seen[k], country, 2) == 0;
        }
        if (!known) {
            snprintf(seen[countries++], sizeof seen[0], "%.2s", country);
        }
    }
    assert_int_equal(9, countries);
}

/* A plan whose targets are partly reached, and some of them whole. */
static void lubuskies_targets_are_partly_reached(void **state)
{
    const struct demo_programme *programme = demo_list_at(LUBUSKIE);
    uint32_t partly = 0, reached = 0;
    (void)state;
    for (uint32_t i = 0; i < programme->figure_count; i++) {
        const struct demo_figure *figure = &programme->figures[i];
        const int64_t total = played_total(plays[LUBUSKIE], figure->id);
        const int64_t hundredths = figure->what == DEMO_FIGURE_SUM ? total : 100 * total;
        const int64_t tenths = demo_figure_percent_tenths(figure, hundredths);
        assert_true(total > 0);
        assert_true(tenths < 1500);
        partly += tenths > 0 && tenths < 1000 ? 1 : 0;
        reached += tenths >= 1000 ? 1 : 0;
    }
    assert_true(partly > 30);
    assert_true(reached > 5);
}

static int64_t total_of(const struct played *self, const struct demo_figure *figure)
{
    const struct demo_count_of of = {.figure = figure, .partner = UINT32_MAX};
    return demo_count_total(self->count, &of);
}

/* A condition that a figure has and `other` lacks; returns 1 where there is one. */
static uint32_t check_condition(const struct played *self, const struct demo_figure *figure,
                                const struct demo_figure *other)
{
    const bool same = figure->status == other->status && figure->flag == other->flag &&
                      figure->age_to == other->age_to;
    if (!same && total_of(self, other) <= total_of(self, figure)) {
        fail_msg("%s: nobody is left out", figure->id);
    }
    return same ? 0 : 1;
}

/* Somebody takes part in each and is not who is meant. */
static void lubuskies_conditions_on_people_leave_somebody_out(void **state)
{
    const struct played *self = plays[LUBUSKIE];
    uint32_t conditions = 0;
    (void)state;
    for (uint32_t i = 0; i < self->programme->figure_count; i++) {
        const struct demo_figure *figure = &self->programme->figures[i];
        struct demo_figure any_status = *figure, any_flag = *figure, any_age = *figure;
        any_status.status = NULL;
        any_flag.flag = NULL;
        any_age.age_from = any_age.age_to = 0;
        conditions += check_condition(self, figure, &any_status) +
                      check_condition(self, figure, &any_flag) +
                      check_condition(self, figure, &any_age);
    }
    assert_int_equal(9 + 2 + 8, conditions);
}

/* "po 4 spotkania ... w każdej jednostce": each unit is an entity at a place of its own. */
static void lubuskies_units_have_at_most_four_meetings_each(void **state)
{
    const struct played *self = plays[LUBUSKIE];
    char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES];
    struct demo_figure units = *played_figure(self->programme, "unit_council_meetings");
    const uint32_t count = demo_count_counties(self->count, &units, counties);
    uint32_t whole = 0;
    (void)state;
    for (uint32_t i = 0; i < count; i++) {
        const struct demo_count_of of = {
            .figure = &units, .partner = UINT32_MAX, .county = counties[i]};
        const int64_t meetings = demo_count_total(self->count, &of);
        assert_true(meetings <= units.value);
        whole += meetings == units.value ? 1 : 0;
    }
    assert_int_equal(4, whole);
    units.what = DEMO_FIGURE_ENTITIES;
    assert_int_equal(6, count);
    assert_int_equal(count, total_of(self, &units));
}

/* The traps of the plan: parts and their whole, and two tasks that overlap. */
static void lubuskies_parts_and_overlaps_are_what_they_say(void **state)
{
    const struct played *self = plays[LUBUSKIE];
    struct demo_figure either = *played_figure(self->programme, "internship_experience");
    int64_t both = played_total(self, "internship_experience");
    (void)state;
    assert_int_equal(played_total(self, "vocational_completed"),
                     played_total(self, "apprenticeship_completed") +
                         played_total(self, "exam_taken"));
    either.task = "2.4.1";
    both += total_of(self, &either);
    either.task = "2.4.1|2.5.4";
    assert_true(both > total_of(self, &either) + 20);
}

static void people_at_two_offices_make_the_partners_sum_larger(void **state)
{
    const struct demo_figure *zmp = played_figure(demo_list_at(ZMP), "participants");
    const struct demo_figure *lubuskie = played_figure(demo_list_at(LUBUSKIE), "participants");
    (void)state;
    assert_int_equal(played_total(plays[ZMP], "participants") + DEMO_ZMP_TWO_PARTNERS,
                     demo_count_partner_sum(plays[ZMP]->count, zmp, NULL));
    assert_true(demo_count_partner_sum(plays[LUBUSKIE]->count, lubuskie, NULL) >
                played_total(plays[LUBUSKIE], "participants") + 1000);
}

/* ---- the shipped programmes ---- */

static void check_target(const struct target *target, const struct demo_figure *figure)
{
    static const enum target_op ops[] = {
        [DEMO_FIGURE_FREE] = TARGET_OP_COUNT, [DEMO_FIGURE_EQ] = TARGET_EQ,
        [DEMO_FIGURE_GE] = TARGET_GE,         [DEMO_FIGURE_GT] = TARGET_GT,
        [DEMO_FIGURE_APPROX] = TARGET_APPROX, [DEMO_FIGURE_TEEN] = TARGET_TEEN,
        [DEMO_FIGURE_PER] = TARGET_PER,       [DEMO_FIGURE_SHARE] = TARGET_OP_COUNT};
    assert_int_equal(ops[figure->op], target->op);
    if (figure->op != DEMO_FIGURE_TEEN) {
        assert_int_equal(100 * figure->value, target->value);
    }
}

/* What was reached, where that is printed, and else what was planned. */
static const struct target *printed_target(const struct programme *programme, uint32_t indicator)
{
    const struct target *found = NULL;
    for (uint32_t i = 0; i < programme->target_count; i++) {
        const struct target *target = &programme->targets[i];
        if (target->indicator == indicator && target->op != TARGET_NONE &&
            (found == NULL || target->kind == TARGET_ACHIEVED)) {
            found = target;
        }
    }
    return found;
}

/* "a|b" and "a*", as in a figure. */
static bool names(const char *wanted, struct bytes id)
{
    bool found = false;
    for (; !found && *wanted != '\0'; wanted += *wanted == '|' ? 1 : 0) {
        const size_t size = strcspn(wanted, "|");
        const bool front = wanted[size - 1] == '*';
        const struct bytes text = bytes_of(wanted, front ? size - 1 : size);
        found = bytes_equal(text,
                            bytes_of(id.data, front && id.size > text.size ? text.size : id.size));
        wanted += size;
    }
    return found;
}

static bool picks(const struct pick *pick, uint32_t number)
{
    for (uint32_t i = 0; i < pick->count; i++) {
        if (pick->numbers[i] == number) {
            return true;
        }
    }
    return false;
}

/* Both pick the same codes of each list. */
static void check_picks(const struct programme *programme, const struct demo_figure *figure,
                        const struct predicate *where)
{
    const char *const wanted[CODES_LIST_COUNT] = {
        [CODES_PARTNER] = figure->partner,   [CODES_TASK] = figure->task,
        [CODES_SUPPORT] = figure->support,   [CODES_OUTCOME] = figure->outcome,
        [CODES_ACTIVITY] = figure->activity, [CODES_UNIT] = figure->unit,
        [CODES_STATUS] = figure->status,     [CODES_FLAG] = figure->flag};
    for (uint32_t list = 0; list < CODES_LIST_COUNT; list++) {
        const struct pick *pick = &where->picks[list];
        if ((wanted[list] != NULL) != (pick->count > 0)) {
            fail_msg("%s: a condition of list %u stands in one place only", figure->id, list);
        }
        for (uint32_t i = 0; pick->count > 0 && i < programme->code_count[list]; i++) {
            const struct bytes id = programme->codes[list][i].id;
            if (names(wanted[list], id) != picks(pick, i)) {
                fail_msg("%s: %.*s is meant in one place only", figure->id, BYTES_FMT(id));
            }
        }
    }
}

static void check_where(const struct programme *programme, const struct demo_figure *figure,
                        const struct predicate *where)
{
    for (uint32_t kind = EVENT_ENROLLED; kind < EVENT_KIND_COUNT; kind++) {
        const bool meant = strcmp(figure->kind, event_kind_text((enum event_kind)kind)) == 0;
        assert_int_equal(meant, (where->kinds >> kind) & 1);
    }
    check_picks(programme, figure, where);
    assert_int_equal(figure->region != NULL ? 1 : 0, where->region_count);
    assert_true(figure->region == NULL || bytes_is(where->regions[0], figure->region));
    assert_int_equal(figure->women ? 1 << SEX_WOMAN : 0, where->sexes);
    assert_int_equal(0, where->windows);
    assert_int_equal(figure->age_to > 0, where->by_age);
    assert_true(!where->by_age ||
                (figure->age_from == where->age_from && figure->age_to == where->age_to));
    assert_int_equal(figure->what == DEMO_FIGURE_ENTITIES, where->subject == SUBJECT_ENTITY);
}

/* All digits of what is printed are those of the value; words ("cztery", "V") have none. */
static void check_printed(const struct demo_figure *figure)
{
    int64_t value = 0;
    for (const char *at = figure->printed; *at != '\0'; at++) {
        value = *at >= '0' && *at <= '9' ? 10 * value + (*at - '0') : value;
    }
    if (strpbrk(figure->printed, "0123456789") != NULL && value != figure->value) {
        fail_msg("%s: %s is not %lld", figure->id, figure->printed, (long long)figure->value);
    }
}

static void check_figure(const struct demo_figure *figure, const struct programme *programme,
                         uint32_t number)
{
    const struct indicator *indicator = &programme->indicators[number];
    const struct target *target = printed_target(programme, number);
    assert_true(bytes_is(indicator->id, figure->id));
    assert_int_equal(figure->what == DEMO_FIGURE_TIMES, indicator->mode == COUNT_OCCURRENCES);
    assert_int_equal(figure->what == DEMO_FIGURE_SUM, indicator->mode == COUNT_QUANTITY);
    check_where(programme, figure, &indicator->where);
    check_printed(figure);
    if (target != NULL) {
        check_target(target, figure);
    }
}

/* Figures are the indicators in their order, without the ratios and means. */
static void check_shipped(const struct demo_programme *play, const struct programme *programme)
{
    uint32_t counted = 0;
    assert_true(bytes_is(programme->id, play->id));
    assert_int_equal(play->plan.partner_count, programme->code_count[CODES_PARTNER]);
    assert_int_equal(date_days(play->plan.starts_on), programme->starts_on);
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        if (!count_mode_derived(programme->indicators[i].mode)) {
            assert_true(counted < play->figure_count);
            check_figure(&play->figures[counted++], programme, i);
        }
    }
    assert_int_equal(play->figure_count, counted);
    for (uint32_t i = 0; i < play->plan.partner_count; i++) {
        assert_int_not_equal(CODE_NONE, programme_code(programme, CODES_PARTNER,
                                                       bytes_text(play->plan.partners[i])));
    }
}

static void figures_are_those_of_the_shipped_programmes(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        char path[512];
        struct buffer yaml = {.bytes_max = 1 << 22}, regions = {.bytes_max = 1 << 22};
        struct programme *programme;
        struct config_fault fault;
        snprintf(path, sizeof path, SOURCE_DIR "/config/programmes/%s", demo_list_at(i)->file);
        assert_int_equal(ERR_OK, programme_file_read(path, &yaml, &regions, &fault));
        assert_int_equal(ERR_OK, programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions),
                                                 &programme, &fault));
        check_shipped(demo_list_at(i), programme);
        programme_free(&programme);
        buffer_fini(&yaml);
        buffer_fini(&regions);
    }
}

/* ---- news ---- */

static void news_are_new_rows_and_the_same_every_time(void **state)
{
    struct played *self = plays[LUBUSKIE];
    struct demo_news one = {.text = {0}}, again = {.text = {0}};
    const uint32_t rows = self->count->row_count;
    char *texts[20];
    uint32_t read = 0;
    (void)state;
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t partner = 0;
        assert_int_equal(ERR_OK, demo_news_make(self->programme, i, &one));
        assert_int_equal(ERR_OK, demo_news_make(self->programme, i, &again));
        assert_string_equal(one.name, again.name);
        assert_true(bytes_equal(buffer_bytes(&one.text), buffer_bytes(&again.text)));
        while (strcmp(self->programme->plan.partners[partner], one.partner) != 0) {
            partner++;
        }
        texts[i] = mem_calloc(one.text.size + 1, 1);
        memcpy(texts[i], one.text.data, one.text.size);
        const uint32_t before = self->count->read;
        assert_true(demo_count_file(self->count, partner, texts[i]));
        assert_true(self->count->read > before);
        read += self->count->read - before;
    }
    assert_int_equal(rows + read, self->count->row_count);
    buffer_fini(&one.text);
    buffer_fini(&again.text);
    /* The count borrows them: the fixture is made anew. */
    played_free(plays[LUBUSKIE]);
    plays[LUBUSKIE] = played_new(demo_list_at(LUBUSKIE));
    played_count(plays[LUBUSKIE], DEMO_FILES_WAVES);
    for (uint32_t i = 0; i < 20; i++) {
        mem_free(texts[i]);
    }
}

/* Nothing but news is counted. */
static void news_bring_only_the_young_to_the_internships_of_the_young(void **state)
{
    struct played *self = played_new(demo_list_at(LUBUSKIE));
    struct demo_figure any_age = *played_figure(self->programme, "internship_young");
    struct demo_news news = {.text = {0}};
    (void)state;
    any_age.age_from = any_age.age_to = 0;
    for (uint32_t i = 0; i < 20; i++) {
        assert_int_equal(ERR_OK, demo_news_make(self->programme, i, &news));
        self->texts[i] = mem_calloc(news.text.size + 1, 1);
        memcpy(self->texts[i], news.text.data, news.text.size);
        assert_true(demo_count_file(self->count, 0, self->texts[i]));
    }
    demo_count_finish(self->count);
    assert_true(total_of(self, &any_age) > 0);
    assert_int_equal(total_of(self, &any_age), played_total(self, "internship_young"));
    buffer_fini(&news.text);
    played_free(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programmes_are_found_in_capitals_or_not),
        cmocka_unit_test(every_identifier_is_valid_and_no_living_persons),
        cmocka_unit_test(jobtown_has_no_person_at_all),
        cmocka_unit_test(every_person_stands_in_a_file),
        cmocka_unit_test(the_files_are_the_same_every_time),
        cmocka_unit_test(every_partner_drops_a_file_and_some_a_correction),
        cmocka_unit_test(figures_come_out_as_printed),
        cmocka_unit_test(the_best_known_figures_are_these),
        cmocka_unit_test(a_figure_of_each_partner_is_checked_at_each),
        cmocka_unit_test(jobtowns_eleven_members_are_in_nine_countries),
        cmocka_unit_test(lubuskies_targets_are_partly_reached),
        cmocka_unit_test(lubuskies_conditions_on_people_leave_somebody_out),
        cmocka_unit_test(lubuskies_units_have_at_most_four_meetings_each),
        cmocka_unit_test(lubuskies_parts_and_overlaps_are_what_they_say),
        cmocka_unit_test(people_at_two_offices_make_the_partners_sum_larger),
        cmocka_unit_test(figures_are_those_of_the_shipped_programmes),
        cmocka_unit_test(news_are_new_rows_and_the_same_every_time),
        cmocka_unit_test(news_bring_only_the_young_to_the_internships_of_the_young),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
