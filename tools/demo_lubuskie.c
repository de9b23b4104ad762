/* The happy path is: 1. people are made up, and told apart by age into two pools; 2. each group of
 * the plan takes a stretch of a pool, at one office or at the person's county office; stretches
 * overlap, so that people are in several groups and at several offices; 3. activities and payments
 * are written.
 *
 * What may go wrong: only memory, which demo_files keeps. */
#include "tools/demo_lubuskie.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

enum office {
    WUP,
    ODN,
    LKO,
    DS_UM,
    OHP,
    ROSZM,
    CIIPKZ,
    LUW,
    ROPS,
    SAMORZAD,
    OWES_ZG,
    OWES_GW,
    PUP_GW,
    PUP_ZG,
    PUP_ZAGAN,
    PUP_ZARY,
    OFFICE_COUNT,
    PUPS = OFFICE_COUNT /* the county office of the person's home */
};

enum table { PARTICIPANTS, SUPPORT, ACTIVITIES, TABLE_COUNT };

enum {
    PEOPLE = 5100,
    YOUNG_MAX = 24, /* years, on the middle day of the plan */
    MIDDLE_DAY = 151,
    ENTITY_BYTES = 48,
    UNITS = 6, /* of OHP that have a council of the young */
    REST = 0,  /* a group that goes to the end of its pool */
    ABROAD_FIRST = 900
};

static const char *const table_names[TABLE_COUNT] = {"uczestnicy", "wsparcie", "dzialania"};

static const char *const partners[OFFICE_COUNT] = {[WUP] = "WUP-ZIELONA-GORA",
                                                   [ODN] = "ODN-ZIELONA-GORA",
                                                   [LKO] = "LKO",
                                                   [DS_UM] = "DS-UM",
                                                   [OHP] = "LWK-OHP",
                                                   [ROSZM] = "ROSZM",
                                                   [CIIPKZ] = "CIIPKZ",
                                                   [LUW] = "LUW",
                                                   [ROPS] = "ROPS",
                                                   [SAMORZAD] = "SAMORZAD",
                                                   [OWES_ZG] = "OWES-ZIELONA-GORA",
                                                   [OWES_GW] = "OWES-GORZOW",
                                                   [PUP_GW] = "PUP-GORZOW",
                                                   [PUP_ZG] = "PUP-ZIELONA-GORA",
                                                   [PUP_ZAGAN] = "PUP-ZAGAN",
                                                   [PUP_ZARY] = "PUP-ZARY"};

static const char *const seats[OFFICE_COUNT] = {
    [WUP] = "PL-0862",      [ODN] = "PL-0862",     [LKO] = "PL-0861",
    [DS_UM] = "PL-0862",    [OHP] = "PL-0862",     [ROSZM] = "PL-0862",
    [CIIPKZ] = "PL-0862",   [LUW] = "PL-0861",     [ROPS] = "PL-0862",
    [SAMORZAD] = "PL-0862", [OWES_ZG] = "PL-0862", [OWES_GW] = "PL-0861",
    [PUP_GW] = "PL-0861",   [PUP_ZG] = "PL-0862",  [PUP_ZAGAN] = "PL-0810021",
    [PUP_ZARY] = "PL-0811"};

/* What each indicator counts, and the plan with its sign. */
#define PLAN(how, number, text) .op = DEMO_FIGURE_##how, .value = (number), .printed = (text)
#define TIMES .what = DEMO_FIGURE_TIMES
#define SUM .what = DEMO_FIGURE_SUM
#define ENTITIES .what = DEMO_FIGURE_ENTITIES
static const struct demo_figure figures[] = {
    {"school_heads_network", .kind = "started", .task = "2.3.x", .support = "cooperation_network",
     .status = "head", PLAN(GE, 15, "min. 15")},
    {"conference_teachers", .kind = "started", .task = "2.3.x", .support = "methodical_conference",
     .status = "teacher", PLAN(GE, 15, "min. 15")},
    {"curriculum_teachers", .kind = "started", .task = "2.3.x", .support = "curriculum_course",
     .status = "teacher", PLAN(GE, 15, "min. 15")},
    {"curriculum_fragments", TIMES, .kind = "activity", .task = "2.3.x",
     .activity = "curriculum_fragment", PLAN(EQ, 3, "3")},
    {"kkz_teachers", .kind = "started", .task = "2.3.x", .support = "kkz_course",
     .status = "teacher", PLAN(GE, 15, "min. 15")},
    {"kkz_fragments", TIMES, .kind = "activity", .task = "2.3.x", .activity = "kkz_fragment",
     PLAN(EQ, 3, "3")},
    {"branch_forms", TIMES, .kind = "activity", .task = "2.3.3", .activity = "branch_form",
     PLAN(EQ, 4, "4")},
    {"branch_teachers", .kind = "completed", .task = "2.3.3", .support = "branch_form",
     .status = "teacher", PLAN(GE, 45, "min. 45")},
    {"postgraduate_maths", .kind = "started", .task = "2.3.3", .support = "postgraduate_maths",
     PLAN(EQ, 20, "20")},
    {"qualification_training", .kind = "started", .task = "2.3.3",
     .support = "qualification_course", PLAN(APPROX, 300, "ok. 300")},
    {"ict_training", .kind = "started", .task = "2.3.3", .support = "ict_training",
     PLAN(APPROX, 250, "ok. 250")},
    {"internship_young", .kind = "started", .task = "2.4.1",
     .support = "internship|adult_apprenticeship", .status = "unemployed|unemployed_long",
     .age_from = 15, .age_to = 25, PLAN(APPROX, 2000, "ok. 2 000")},
    {"money_2.4.1", SUM, .kind = "activity", .task = "2.4.1", .activity = "payment", .unit = "PLN",
     PLAN(EQ, 5500000, "5 500 000")},
    {"ohp_taught", .kind = "activity", .task = "2.4.2", .activity = "learning_month*",
     PLAN(FREE, 0, "-")},
    {"ohp_taught_boarding", .kind = "activity", .task = "2.4.2",
     .activity = "learning_month_boarding", PLAN(FREE, 0, "-")},
    {"vocational_completed", .kind = "completed", .task = "2.4.2",
     .support = "youth_apprenticeship|vocational_exam", PLAN(APPROX, 471, "ok. 471")},
    {"apprenticeship_completed", .kind = "completed", .task = "2.4.2",
     .support = "youth_apprenticeship", PLAN(APPROX, 391, "ok. 391")},
    {"exam_taken", .kind = "completed", .task = "2.4.2", .support = "vocational_exam",
     PLAN(APPROX, 80, "ok. 80")},
    {"wage_refund_employers", ENTITIES, .kind = "activity", .task = "2.4.2",
     .activity = "wage_refund", PLAN(EQ, 1000, "1 000")},
    {"wage_refund_money", SUM, .kind = "activity", .task = "2.4.2", .activity = "wage_refund",
     .unit = "PLN", PLAN(EQ, 7000000, "7 000 000")},
    {"young_workers", .kind = "started", .task = "2.4.2", .support = "young_worker",
     PLAN(EQ, 4500, "4 500")},
    {"training_institutions", ENTITIES, .kind = "activity", .task = "2.5.2",
     .activity = "ris_entry", PLAN(FREE, 0, "-")},
    {"adult_learners", .kind = "started", .task = "2.5.3", .support = "language_course|ict_course",
     .age_from = 25, .age_to = 64, PLAN(EQ, 2000, "2 000")},
    {"adult_languages", .kind = "started", .task = "2.5.3", .support = "language_course",
     .age_from = 25, .age_to = 64, PLAN(EQ, 1000, "1 000")},
    {"adult_ict", .kind = "started", .task = "2.5.3", .support = "ict_course", .age_from = 25,
     .age_to = 64, PLAN(EQ, 1000, "1 000")},
    {"money_2.5.3", SUM, .kind = "activity", .task = "2.5.3", .activity = "payment", .unit = "PLN",
     PLAN(EQ, 7665600, "7 665 600")},
    {"qualifications", .kind = "completed", .task = "2.5.4", .support = "training",
     .status = "unemployed|unemployed_long", PLAN(APPROX, 2000, "ok. 2 000")},
    {"internship_experience", .kind = "completed", .task = "2.5.4",
     .support = "internship|adult_apprenticeship", PLAN(APPROX, 3000, "ok. 3 000")},
    {"money_2.5.4", SUM, .kind = "activity", .task = "2.5.4", .activity = "payment", .unit = "PLN",
     PLAN(APPROX, 15000000, "ok. 15 000 000")},
    {"career_centre_clients", .kind = "started", .task = "3.1.2", .support = "career_service",
     PLAN(EQ, 5400, "5 400")},
    {"social_work", .kind = "started", .task = "3.2.1", .support = "social_work",
     .status = "unemployed|unemployed_long", .flag = "special_situation",
     PLAN(APPROX, 4000, "ok. 4 000")},
    {"money_3.2.1", SUM, .kind = "activity", .task = "3.2.1", .activity = "payment", .unit = "PLN",
     PLAN(APPROX, 1200000, "ok. 1 200 000")},
    {"placement", .kind = "started", .task = "3.2.2", .support = "placement", .age_from = 15,
     .age_to = 25, PLAN(APPROX, 6500, "ok. 6 500")},
    {"job_offers", SUM, .kind = "activity", .task = "3.2.2", .activity = "job_offers",
     .unit = "offer", PLAN(APPROX, 3500, "ok. 3 500")},
    {"job_exchanges", TIMES, .kind = "activity", .task = "3.2.2", .activity = "job_exchange",
     PLAN(EQ, 30, "30")},
    {"job_fairs", TIMES, .kind = "activity", .task = "3.2.2", .activity = "job_fair",
     PLAN(EQ, 9, "9")},
    {"disabled_programme", .kind = "started", .task = "3.2.2", .support = "disabled_programme",
     .flag = "disabled", PLAN(EQ, 12, "12")},
    {"pilot_excluded", .kind = "started", .task = "3.2.2", .support = "pilot",
     .region = "PL-0810021", PLAN(EQ, 8, "8")},
    {"courses", TIMES, .kind = "activity", .task = "3.2.3", .activity = "course",
     PLAN(EQ, 22, "22")},
    {"course_people", .kind = "started", .task = "3.2.3", .support = "vocational_course",
     .age_from = 18, .age_to = 25, PLAN(EQ, 260, "260")},
    {"workshops", TIMES, .kind = "activity", .task = "3.2.3", .activity = "workshop",
     PLAN(EQ, 12, "12")},
    {"events_regional", TIMES, .kind = "activity", .task = "3.2.4", .activity = "event_regional",
     PLAN(GE, 13, "min. 13")},
    {"events_national", TIMES, .kind = "activity", .task = "3.2.4", .activity = "event_national",
     PLAN(EQ, 1, "1")},
    {"sport_events", TIMES, .kind = "activity", .task = "3.2.4", .activity = "sport_event",
     PLAN(GE, 3, "min. 3")},
    {"programmes", TIMES, .kind = "activity", .task = "3.2.4", .activity = "own_programme",
     PLAN(GE, 4, "min. 4")},
    {"council_meetings", TIMES, .kind = "activity", .task = "3.2.4", .activity = "council_meeting",
     PLAN(GE, 2, "min. 2")},
    {"unit_council_meetings", TIMES, .kind = "activity", .task = "3.2.4",
     .activity = "unit_council_meeting", PLAN(PER, 4, "po 4")},
    {"club_meeting", TIMES, .kind = "activity", .task = "3.2.4", .activity = "club_meeting",
     PLAN(EQ, 1, "1")},
    {"contest_people", .kind = "started", .task = "3.2.4", .support = "contest",
     PLAN(GE, 70, "min. 70")},
    {"exchange_meetings", TIMES, .kind = "activity", .task = "3.2.4",
     .activity = "exchange_meeting", PLAN(GE, 11, "min. 11")},
    {"exchange_people", .kind = "started", .task = "3.2.4", .support = "youth_exchange",
     .age_from = 15, .age_to = 24, PLAN(EQ, 220, "220")},
    {"system_projects", TIMES, .kind = "activity", .task = "3.2.4", .activity = "system_project",
     PLAN(GE, 2, "min. 2")},
    {"system_project_people", .kind = "started", .task = "3.2.4", .support = "system_project",
     .age_from = 15, .age_to = 24, PLAN(APPROX, 120, "ok. 120")},
    {"social_contracts", .kind = "started", .task = "3.2.8", .support = "social_contract",
     PLAN(EQ, 12607, "12 607")},
    {"staff_qualified", .kind = "completed", .task = "3.2.8", .support = "staff_training",
     .status = "welfare_staff", PLAN(EQ, 440, "440")},
    {"excluded_completed", .kind = "completed", .task = "3.2.8", .support = "integration_project",
     PLAN(EQ, 4185, "4 185")},
    {"money_3.2.8", SUM, .kind = "activity", .task = "3.2.8", .activity = "payment", .unit = "PLN",
     PLAN(EQ, 8352700, "8 352 700")},
    {"participants", .kind = "enrolled", PLAN(FREE, 0, "-")},
};

/* ---- groups of people ---- */

enum pool { YOUNG, ADULTS, POOL_COUNT };

/* At each office the first group that has a person enrols the person: narrow groups come first.
 * Some take part and are not those whom the plan means: an indicator without its status or its age
 * would count them. */
static const struct group {
    enum office office;
    enum pool pool;
    uint32_t first, count; /* of the pool */
    const char *task, *support;
    uint32_t completed; /* percent of them, or 0: no such row is written */
    const char *status, *flags;
    const char *region; /* null: the person's home */
} groups[] = {
    {ODN, ADULTS, 0, 17, "2.3.x", "cooperation_network", 0, "head", "", NULL},
    {ODN, ADULTS, 17, 22, "2.3.x", "methodical_conference", 0, "teacher", "", NULL},
    {ODN, ADULTS, 20, 15, "2.3.x", "curriculum_course", 0, "teacher", "", NULL},
    {ODN, ADULTS, 30, 11, "2.3.x", "kkz_course", 0, "teacher", "", NULL},
    {ODN, ADULTS, 60, 2, "2.3.x", "cooperation_network", 0, "teacher", "", NULL}, /* no heads */
    {ODN, ADULTS, 62, 3, "2.3.x", "methodical_conference", 0, "unemployed", "", NULL},
    {ODN, ADULTS, 64, 3, "2.3.x", "curriculum_course", 0, "unemployed", "", NULL},
    {ODN, ADULTS, 66, 2, "2.3.x", "kkz_course", 0, "unemployed", "", NULL},
    {DS_UM, ADULTS, 10, 40, "2.3.3", "branch_form", 95, "teacher", "", NULL},
    {DS_UM, ADULTS, 400, 4, "2.3.3", "branch_form", 95, "unemployed", "", NULL},
    {DS_UM, ADULTS, 50, 20, "2.3.3", "postgraduate_maths", 0, "teacher", "", NULL},
    {DS_UM, ADULTS, 40, 212, "2.3.3", "qualification_course", 0, "teacher", "", NULL},
    {DS_UM, ADULTS, 200, 174, "2.3.3", "ict_training", 0, "teacher", "", NULL},
    {WUP, ADULTS, 300, 310, "2.5.3", "language_course", 0, "employed", "", NULL},
    {WUP, ADULTS, 600, 300, "2.5.3", "ict_course", 0, "employed", "", NULL},
    {WUP, YOUNG, 40, 12, "2.5.3", "ict_course", 0, "employed", "", NULL}, /* too young */

    {OHP, YOUNG, 880, 12, "3.2.2", "disabled_programme", 0, "unemployed", "disabled", NULL},
    {OHP, ADULTS, 1560, 3, "3.2.2", "disabled_programme", 0, "unemployed", "", NULL},
    {OHP, YOUNG, 892, 8, "3.2.2", "pilot", 0, "inactive", "excluded", "PL-0810021"},
    {OHP, YOUNG, ABROAD_FIRST, REST, "3.2.4", "youth_exchange", 0, "inactive_learning", "", "DE"},
    {OHP, YOUNG, 0, 96, "2.4.2", "learning_boarding", 0, "inactive_learning", "", NULL},
    {OHP, YOUNG, 96, 324, "2.4.2", "learning", 0, "inactive_learning", "unqualified", NULL},
    {OHP, YOUNG, 0, 190, "2.4.2", "youth_apprenticeship", 90, "inactive_learning", "", NULL},
    {OHP, YOUNG, 190, 42, "2.4.2", "vocational_exam", 95, "inactive_learning", "", NULL},
    {OHP, YOUNG, 420, 300, "2.4.2", "young_worker", 0, "employed", "", NULL},
    {OHP, YOUNG, 500, 380, "3.2.2", "placement", 0, "unemployed", "", NULL},
    {OHP, ADULTS, 1500, 60, "3.2.2", "placement", 0, "unemployed", "", NULL}, /* too old */
    {OHP, YOUNG, 100, 74, "3.2.4", "contest", 0, "inactive_learning", "", NULL},
    {OHP, YOUNG, 20, 100, "3.2.4", "youth_exchange", 0, "inactive_learning", "", NULL},
    {OHP, YOUNG, 700, 64, "3.2.4", "system_project", 0, "inactive_learning", "", NULL},
    {OHP, ADULTS, 1600, 8, "3.2.4", "youth_exchange", 0, "employed", "", NULL}, /* too old */
    {OHP, ADULTS, 1608, 6, "3.2.4", "system_project", 0, "employed", "", NULL},
    {ROSZM, YOUNG, 300, 190, "3.2.3", "vocational_course", 0, "unemployed", "", NULL},

    {PUPS, ADULTS, 1700, 520, "3.2.1", "social_work", 0, "unemployed_long", "special_situation",
     NULL},
    {PUPS, ADULTS, 2220, 20, "3.2.1", "social_work", 0, "inactive", "special_situation", NULL},
    {PUPS, ADULTS, 2240, 12, "3.2.1", "social_work", 0, "unemployed", "", NULL},
    {PUPS, YOUNG, 200, 520, "2.4.1", "internship", 68, "unemployed", "", NULL},
    {PUPS, YOUNG, 720, 80, "2.4.1", "adult_apprenticeship", 60, "unemployed", "unqualified", NULL},
    {PUPS, YOUNG, 800, 16, "2.4.1", "internship", 70, "inactive", "", NULL},    /* not unemployed */
    {PUPS, YOUNG, 640, 120, "2.5.4", "internship", 80, "unemployed", "", NULL}, /* in both tasks */
    {PUPS, ADULTS, 820, 40, "2.4.1", "internship", 70, "unemployed", "", NULL}, /* too old */
    {PUPS, ADULTS, 900, 560, "2.5.4", "training", 88, "unemployed", "", NULL},
    {PUPS, ADULTS, 1460, 40, "2.5.4", "training", 90, "inactive", "", NULL}, /* not unemployed */
    {PUPS, ADULTS, 1400, 400, "2.5.4", "internship", 86, "unemployed_long", "", NULL},
    {CIIPKZ, ADULTS, 1300, 650, "3.1.2", "career_service", 0, "unemployed", "", NULL},
    {CIIPKZ, YOUNG, 780, 100, "3.1.2", "career_service", 0, "inactive", "", NULL},

    {ROPS, ADULTS, 2100, 900, "3.2.8", "social_contract", 0, "inactive", "excluded", NULL},
    {ROPS, ADULTS, 3000, 130, "3.2.8", "staff_training", 92, "welfare_staff", "", NULL},
    {ROPS, ADULTS, 2100, 5, "3.2.8", "staff_training", 92, "inactive", "excluded", NULL},
    {ROPS, ADULTS, 3130, REST, "3.2.8", "integration_project", 80, "unemployed_long", "excluded",
     NULL},
};

static const struct home {
    const char *region;
    enum office office;
    bool rural;
} homes[] = {
    {"PL-0862", PUP_ZG, false},       {"PL-0861", PUP_GW, false},  {"PL-0811", PUP_ZARY, false},
    {"PL-0810021", PUP_ZAGAN, false}, {"PL-0804", PUP_ZG, false},  {"PL-0809", PUP_ZG, true},
    {"PL-0801", PUP_GW, true},        {"PL-0803", PUP_GW, false},  {"PL-0810", PUP_ZAGAN, true},
    {"PL-0808", PUP_ZG, false},       {"PL-0802", PUP_ZG, true},   {"PL-0806", PUP_GW, true},
    {"PL-0805", PUP_GW, false},       {"PL-0812", PUP_ZARY, true}, {"PL-0807", PUP_GW, true},
};

enum { HOME_COUNT = sizeof homes / sizeof homes[0] };

struct maker {
    struct demo_files *files;
    uint32_t pools[POOL_COUNT][PEOPLE]; /* numbers of people */
    uint32_t pool_count[POOL_COUNT];
    const struct home *homes[PEOPLE];
    bool enrolled[OFFICE_COUNT][PEOPLE];
    uint32_t starts; /* rows written so far: the slips are counted by them */
};

/* The first homes are the more frequent ones. */
static void meet_people(struct maker *self)
{
    const int32_t middle = demo_files_day(self->files) + MIDDLE_DAY;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        const struct demo_people_person *person = demo_files_person(self->files, i);
        const enum pool pool = date_age(person->birth, middle) <= YOUNG_MAX ? YOUNG : ADULTS;
        self->pools[pool][self->pool_count[pool]++] = i;
        const uint32_t limit = 1 + demo_files_roll(self->files, HOME_COUNT);
        self->homes[i] = &homes[demo_files_roll(self->files, limit)];
    }
}

/* One place at an office: what its rows have in common. */
struct stay {
    const struct group *group;
    uint32_t number; /* of the person */
    enum office office;
    const struct demo_people_person *person;
    const char *region;
    int32_t day;
};

static void put_enrolment(struct maker *self, const struct stay *stay)
{
    char flags[64];
    const bool rural = self->homes[stay->number]->rural;
    const char *own = stay->group->flags;
    if (self->enrolled[stay->office][stay->number]) {
        return;
    }
    self->enrolled[stay->office][stay->number] = true;
    snprintf(flags, sizeof flags, "%s%s%s", own, rural && own[0] != '\0' ? "|" : "",
             rural ? "rural" : "");
    const struct demo_office_row row = {.kind = "enrolled",
                                        .occurred_on = stay->day,
                                        .task = stay->group->task,
                                        .region = stay->region,
                                        .person = stay->person,
                                        .status = stay->group->status,
                                        .flags = flags};
    demo_files_put(self->files, stay->office, PARTICIPANTS, &row);
}

/* Some rows are late, some have the wrong place, and some are of nobody who ever came. */
static void put_start(struct maker *self, const struct stay *stay,
                      const struct demo_office_row *row)
{
    struct demo_office_row typed = *row;
    const uint32_t start = ++self->starts;
    typed.region = seats[stay->office];
    if (start % 71 == 0) {
        demo_files_put_mended(self->files, stay->office, SUPPORT, NULL, row);
    } else if (start % 53 == 0 && strcmp(typed.region, row->region) != 0) {
        demo_files_put_mended(self->files, stay->office, SUPPORT, &typed, row);
    } else {
        demo_files_put(self->files, stay->office, SUPPORT, row);
    }
    if (start % 97 == 0) {
        typed.occurred_on++;
        typed.support = "social_contract";
        demo_files_put_mended(self->files, stay->office, SUPPORT, &typed, NULL);
    }
}

static void put_support(struct maker *self, const struct stay *stay, uint32_t place)
{
    struct demo_office_row row = {.kind = "started",
                                  .occurred_on = stay->day + 5,
                                  .task = stay->group->task,
                                  .region = stay->region,
                                  .person = stay->person,
                                  .support = stay->group->support};
    put_start(self, stay, &row);
    if (stay->group->completed > 0) {
        row.kind = place % 100 < stay->group->completed ? "completed" : "dropped";
        row.occurred_on += 60 + (int32_t)(stay->number % 30);
        demo_files_put(self->files, stay->office, SUPPORT, &row);
    }
}

/* Who is taught has a row for each month from the first one on. */
static void put_months(struct maker *self, const struct stay *stay)
{
    const bool boarding = strcmp(stay->group->support, "learning_boarding") == 0;
    const bool taught = boarding || strcmp(stay->group->support, "learning") == 0;
    for (int32_t month = 0; taught && month < 12; month++) {
        const struct demo_office_row row = {
            .kind = "activity",
            .occurred_on = demo_files_day(self->files) + 19 + 30 * month,
            .task = stay->group->task,
            .region = stay->region,
            .person = stay->person,
            .activity = boarding ? "learning_month_boarding" : "learning_month"};
        if (row.occurred_on > stay->day) {
            demo_files_put(self->files, stay->office, ACTIVITIES, &row);
        }
    }
}

/* A few moved, and are at the next county's office too. */
static void put_member(struct maker *self, const struct group *group, uint32_t place)
{
    const uint32_t number = self->pools[group->pool][group->first + place];
    const struct home *home = self->homes[number];
    struct demo_people_person abroad = *demo_files_person(self->files, number);
    struct stay stay = {.group = group,
                        .number = number,
                        .office = group->office == PUPS ? home->office : group->office,
                        .person = demo_files_person(self->files, number),
                        .region = group->region != NULL ? group->region : home->region,
                        .day = demo_files_day(self->files) + 10 + (int32_t)(number % 200)};
    if (group->region != NULL && strcmp(group->region, "DE") == 0) {
        abroad.scheme = "passport:DE";
        stay.person = &abroad;
    }
    put_enrolment(self, &stay);
    put_support(self, &stay, place);
    put_months(self, &stay);
    if (group->office == PUPS && place % 40 == 7) {
        stay.office = PUP_GW + (stay.office - PUP_GW + 1) % (OFFICE_COUNT - PUP_GW);
        stay.day += 20;
        put_enrolment(self, &stay);
        put_support(self, &stay, place);
    }
}

static void put_groups(struct maker *self)
{
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        const struct group *group = &groups[i];
        const uint32_t room = self->pool_count[group->pool] - group->first;
        assert(group->first < self->pool_count[group->pool] && group->count <= room);
        for (uint32_t k = 0; k < (group->count == REST ? room : group->count); k++) {
            put_member(self, group, k);
        }
    }
}

/* ---- activities and payments ---- */

/* Each `times` over at every office from the first to the last. */
static const struct activity {
    enum office first, last;
    const char *task, *activity;
    uint32_t times;
    const char *quantity, *unit;
    const char *entity; /* what its names begin with; null: nobody is named */
    uint32_t units;     /* so many of these names come by turns, each at a home; 0: all differ */
} activities[] = {
    {ODN, ODN, "2.3.x", "curriculum_fragment", 3, NULL, NULL, NULL, 0},
    {ODN, ODN, "2.3.x", "kkz_fragment", 2, NULL, NULL, NULL, 0},
    {DS_UM, DS_UM, "2.3.3", "branch_form", 3, NULL, NULL, NULL, 0},
    {LKO, LKO, "2.5.1", "information", 6, NULL, NULL, NULL, 0},
    {WUP, WUP, "2.5.2", "ris_entry", 46, NULL, NULL, "INSTYTUCJA", 0},
    {OHP, OHP, "2.4.2", "wage_refund", 130, "6 850,00", "PLN", "PRACODAWCA", 0},
    {OHP, OHP, "3.1.1", "information", 5, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.2", "job_offers", 24, "81", "offer", NULL, 0},
    {OHP, OHP, "3.2.2", "job_exchange", 14, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.2", "job_fair", 4, NULL, NULL, NULL, 0},
    {ROSZM, ROSZM, "3.2.3", "course", 13, NULL, NULL, NULL, 0},
    {ROSZM, ROSZM, "3.2.3", "workshop", 7, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "event_regional", 9, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "event_national", 1, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "sport_event", 3, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "own_programme", 3, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "council_meeting", 1, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "unit_council_meeting", 22, NULL, NULL, "JEDNOSTKA", UNITS},
    {OHP, OHP, "3.2.4", "club_meeting", 1, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "exchange_meeting", 6, NULL, NULL, NULL, 0},
    {OHP, OHP, "3.2.4", "system_project", 2, NULL, NULL, NULL, 0},
    {LUW, LUW, "3.2.5", "register_entry", 12, NULL, NULL, "CIS", 0},
    {SAMORZAD, SAMORZAD, "3.2.6", "payment", 4, "24 500,00", "PLN", NULL, 0},
    {OWES_ZG, OWES_GW, "3.2.9", "owes_advice", 30, "1,5", "hour", NULL, 0},
    {PUP_GW, PUP_ZARY, "2.4.1", "payment", 6, "95 400,00", "PLN", NULL, 0},
    {PUP_GW, PUP_ZARY, "2.5.4", "payment", 6, "248000", "PLN", NULL, 0},
    {PUP_GW, PUP_ZARY, "3.2.1", "payment", 4, "38500,50", "PLN", NULL, 0},
    {WUP, WUP, "2.5.3", "payment", 6, "412 300,10", "PLN", NULL, 0},
    {ROPS, ROPS, "3.2.8", "payment", 6, "689400.25", "PLN", NULL, 0},
};

static void put_activities(struct demo_files *files, const struct activity *of, enum office office)
{
    for (uint32_t i = 0; i < of->times; i++) {
        char entity[ENTITY_BYTES];
        const uint32_t unit = of->units > 0 ? i % of->units : i;
        snprintf(entity, sizeof entity, "%s-%03u", of->entity != NULL ? of->entity : "", unit + 1);
        const struct demo_office_row row = {
            .kind = "activity",
            .occurred_on = demo_files_day(files) + 15 + (int32_t)(i * 280 / of->times),
            .task = of->task,
            .region = of->units > 0 ? homes[unit].region : seats[office],
            .entity = of->entity != NULL ? entity : NULL,
            .activity = of->activity,
            .quantity = of->quantity,
            .unit = of->unit};
        demo_files_put(files, office, ACTIVITIES, &row);
    }
}

static enum err fill(struct demo_files *files)
{
    struct maker *maker = mem_calloc(1, sizeof *maker);
    if (maker == NULL) {
        return ERR_MEMORY;
    }
    maker->files = files;
    meet_people(maker);
    put_groups(maker);
    for (size_t i = 0; i < sizeof activities / sizeof activities[0]; i++) {
        for (uint32_t office = activities[i].first; office <= activities[i].last; office++) {
            put_activities(files, &activities[i], office);
        }
    }
    mem_free(maker);
    return demo_files_error(files);
}

/* The young of the first two are 15 to 25 years old in 2013, as the plan wants them. */
static const struct demo_programme_news news[] = {
    {PUP_GW, "PL-0861", "unemployed", "", "2.4.1", .support = "internship", .born_first = 1989,
     .born_last = 1994},
    {OHP, "PL-0862", "unemployed", "", "3.2.2", .support = "placement", .born_first = 1989,
     .born_last = 1997},
    {PUP_ZARY, "PL-0811", "unemployed_long", "special_situation", "3.2.1",
     .support = "social_work"},
    {CIIPKZ, "PL-0862", "unemployed", "", "3.1.2", .support = "career_service"},
    {ROPS, "PL-0810021", "inactive", "excluded", "3.2.8", .support = "social_contract"},
};

const struct demo_programme demo_lubuskie_programme = {
    .id = "LUBUSKIE",
    .file = "lubuskie.yaml",
    .plan = {.seed = 20130101,
             .starts_on = {2013, 1, 1},
             .partners = partners,
             .partner_count = OFFICE_COUNT,
             .tables = table_names,
             .table_count = TABLE_COUNT,
             .people = {.born_first = 1950, .born_last = 1997, .scheme = "passport:PL"},
             .person_count = PEOPLE},
    .fill = fill,
    .figures = figures,
    .figure_count = sizeof figures / sizeof figures[0],
    .planned = true,
    .by_county = "participants",
    .news = news,
    .news_count = sizeof news / sizeof news[0],
};
