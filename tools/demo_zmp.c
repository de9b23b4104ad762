#include "tools/demo_zmp.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum office { WUP, BIALYSTOK, LOMZA, SUWALKI, IMPACT, PCTEX, OFFICE_COUNT };

enum table { PARTICIPANTS, TRAINING, ADVISERS, PARTNERSHIP, COSTS, TABLE_COUNT };

enum {
    TRAINEES = 150,
    INTERNS = 45,
    ADVISERS_COUNT = 30,
    WOMEN = 25,
    MEMBERS = 45, /* people of the partnership */
    ENTITIES = 34,
    BLOCKS = 5,
    EPISODES = 15,
    PAYMENTS = 30,
    ENTITY_BYTES = 32
};

static const char *const table_names[TABLE_COUNT] = {"uczestnicy", "szkolenia", "doradcy",
                                                     "partnerstwo", "wydatki"};

static const char *const partners[OFFICE_COUNT] = {
    [WUP] = "WUP-BIALYSTOK",   [BIALYSTOK] = "SUB-BIALOSTOCKI",
    [LOMZA] = "SUB-LOMZYNSKI", [SUWALKI] = "SUB-SUWALSKI",
    [IMPACT] = "IMPACT",       [PCTEX] = "PCTEX"};

#define PRINTED(how, number, text) .op = (how), .value = (number), .printed = (text)
#define EXACT(number, text) PRINTED(DEMO_FIGURE_EQ, number, text)
static const struct demo_figure figures[] = {
    {"partnership_people", .kind = "activity", .task = "Z1", .activity = "partnership_joined",
     PRINTED(DEMO_FIGURE_APPROX, 45, "ok. 45")},
    {"partnership_entities", .what = DEMO_FIGURE_ENTITIES, .kind = "activity", .task = "Z1",
     .activity = "partnership_joined", EXACT(34, "34")},
    {"advisers_trained", .kind = "completed", .task = "Z2", .support = "adviser_training",
     EXACT(30, "30")},
    {"advisers_women", .kind = "completed", .task = "Z2", .support = "adviser_training",
     .women = true, EXACT(25, "25")},
    {"training_blocks", .what = DEMO_FIGURE_TIMES, .kind = "activity", .task = "Z2",
     .activity = "training_block", EXACT(5, "V")},
    {"consultation_hours", .what = DEMO_FIGURE_SUM, .kind = "activity", .task = "Z2",
     .activity = "consultation", .unit = "hour", EXACT(600, "600h")},
    {"people_without_job", .kind = "enrolled", .task = "Z3",
     .status = "unemployed|unemployed_long|inactive|inactive_learning", EXACT(150, "150")},
    {"people_trained", .kind = "completed", .task = "Z3", .support = "training_*",
     EXACT(148, "148")},
    {"internship_people", .kind = "started", .task = "Z3", .support = "internship",
     PRINTED(DEMO_FIGURE_SHARE, 30, "ok. 30 %"), .of = "people_without_job"},
    {"tv_episodes", .what = DEMO_FIGURE_TIMES, .kind = "activity", .task = "Z4",
     .activity = "tv_episode", EXACT(15, "15")},
    {"budget", .what = DEMO_FIGURE_SUM, .kind = "activity", .activity = "payment", .unit = "PLN",
     EXACT(1838000, "1 838 000")},
    {"participants", .kind = "enrolled", PRINTED(DEMO_FIGURE_FREE, 0, "-")},
};

/* ---- places ---- */

static const struct place {
    const char *region;
    enum office office;
    bool rural;
} places[] = {
    {"PL-2061", BIALYSTOK, false}, {"PL-2002", BIALYSTOK, true},    {"PL-2011", BIALYSTOK, true},
    {"PL-2062", LOMZA, false},     {"PL-2007", LOMZA, true},        {"PL-2013", LOMZA, true},
    {"PL-2063", SUWALKI, false},   {"PL-2012", SUWALKI, true},      {"PL-2001", SUWALKI, true},
    {"PL-2003", LOMZA, true},      {"PL-2002073", BIALYSTOK, true}, {"PL-2014", LOMZA, true},
    {"PL-2004", SUWALKI, true},    {"PL-2005", LOMZA, true},        {"PL-2009", SUWALKI, true},
    {"PL-2013093", LOMZA, true},   {"PL-2006", LOMZA, true},        {"PL-2010", LOMZA, true},
    {"PL-2008", SUWALKI, true},
};

enum { PLACE_COUNT = sizeof places / sizeof places[0] };

/* The first places are the more frequent ones. */
static const struct place *roll_place(struct demo_files *files)
{
    const uint32_t limit = 1 + demo_files_roll(files, PLACE_COUNT);
    return &places[demo_files_roll(files, limit)];
}

/* ---- those who are trained ---- */

struct stay {
    uint32_t trainee;
    const struct demo_people_person *person;
    const struct place *place;
    enum office office;
    int32_t day;
};

static struct demo_office_row row_of(const struct stay *stay, const char *kind, int32_t days)
{
    return (struct demo_office_row){.kind = kind,
                                    .occurred_on = stay->day + days,
                                    .task = "Z3",
                                    .region = stay->place->region,
                                    .person = stay->person};
}

/* Now and then the wrong county was typed. */
static void put_enrolment(struct demo_files *files, const struct stay *stay)
{
    static const char *const status[] = {"unemployed", "unemployed_long", "inactive",
                                         "inactive_learning", "unemployed"};
    static const char *const education[] = {"primary", "lower_secondary", "upper_secondary",
                                            "post_secondary", "tertiary"};
    struct demo_office_row truth = row_of(stay, "enrolled", 0);
    truth.status = status[stay->trainee % 5];
    truth.education = education[stay->trainee / 5 % 5];
    truth.flags = stay->place->rural ? "rural" : "";
    struct demo_office_row typed = truth;
    typed.region = "PL-2061";
    const bool slips = stay->trainee % 23 == 5 && strcmp(truth.region, typed.region) != 0;
    demo_files_put_mended(files, stay->office, PARTICIPANTS, slips ? &typed : &truth, &truth);
}

/* Two leave before the end; some certificates come late. */
static void put_training(struct demo_files *files, const struct stay *stay)
{
    static const char *const lines[] = {"training_renewables", "training_sewage",
                                        "training_recycling", "training_guide", "training_food"};
    struct demo_office_row row = row_of(stay, "started", 10);
    row.support = lines[stay->trainee % 5];
    demo_files_put(files, stay->office, TRAINING, &row);
    row.kind = stay->trainee == 40 || stay->trainee == 97 ? "dropped" : "completed";
    row.occurred_on = stay->day + 70;
    demo_files_put_mended(files, stay->office, TRAINING, stay->trainee % 31 == 7 ? NULL : &row,
                          &row);
}

/* An internship takes three to six months. */
static void put_internship(struct demo_files *files, const struct stay *stay)
{
    struct demo_office_row row = row_of(stay, "started", 80);
    row.support = "internship";
    demo_files_put(files, stay->office, TRAINING, &row);
    row.kind = "completed";
    row.occurred_on += 90 + 30 * (int32_t)(stay->trainee % 4);
    demo_files_put(files, stay->office, TRAINING, &row);
}

static bool is_intern(uint32_t trainee)
{
    return trainee % 3 == 0 && trainee / 3 < INTERNS;
}

static void put_trainee(struct demo_files *files, uint32_t trainee)
{
    const struct place *place = roll_place(files);
    struct stay stay = {.trainee = trainee,
                        .person = demo_files_person(files, trainee),
                        .place = place,
                        .office = place->office,
                        .day = demo_files_day(files) + 200 + (int32_t)demo_files_roll(files, 400)};
    put_enrolment(files, &stay);
    put_training(files, &stay);
    if (trainee % 14 == 3) { /* at two offices: the second one has the internships */
        stay.office = BIALYSTOK + (stay.office - BIALYSTOK + 1) % 3;
        stay.day += 40;
        put_enrolment(files, &stay);
    }
    if (is_intern(trainee)) {
        put_internship(files, &stay);
    } else if (trainee % 50 == 1) { /* typed in error */
        struct demo_office_row row = row_of(&stay, "started", 80);
        row.support = "internship";
        demo_files_put_mended(files, stay.office, TRAINING, &row, NULL);
    }
}

/* ---- advisers and the partnership ---- */

static void put_consultations(struct demo_files *files, uint32_t adviser)
{
    static const char *const hours[] = {"4,5", "5,50", "5", "5.0"}; /* 20 in all */
    for (uint32_t i = 0; i < 4; i++) {
        const struct demo_office_row row = {.kind = "activity",
                                            .occurred_on =
                                                demo_files_day(files) + 400 + 60 * (int32_t)i,
                                            .task = "Z2",
                                            .region = places[adviser % PLACE_COUNT].region,
                                            .activity = "consultation",
                                            .quantity = hours[i],
                                            .unit = "hour"};
        demo_files_put(files, places[adviser % PLACE_COUNT].office, ADVISERS, &row);
    }
}

static void put_adviser(struct demo_files *files, uint32_t adviser,
                        const struct demo_people_person *person)
{
    struct demo_office_row row = {.kind = "enrolled",
                                  .occurred_on = demo_files_day(files) + 90,
                                  .task = "Z2",
                                  .region = places[adviser % PLACE_COUNT].region,
                                  .person = person,
                                  .education = "tertiary",
                                  .status = "employed"};
    demo_files_put(files, WUP, PARTICIPANTS, &row);
    row.kind = "completed";
    row.occurred_on += 150;
    row.support = "adviser_training";
    row.education = row.status = NULL;
    demo_files_put(files, WUP, ADVISERS, &row);
    put_consultations(files, adviser);
}

/* Whoever works in the partnership; a few are named by the lead as well. */
static void put_member(struct demo_files *files, uint32_t member,
                       const struct demo_people_person *person, const char *entity)
{
    const struct place *place = &places[member % PLACE_COUNT];
    const struct demo_office_row row = {.kind = "activity",
                                        .occurred_on = demo_files_day(files) + 60 + (int32_t)member,
                                        .task = "Z1",
                                        .region = place->region,
                                        .person = person,
                                        .entity = entity,
                                        .activity = "partnership_joined"};
    demo_files_put(files, place->office, PARTNERSHIP, &row);
    if (member < 6) {
        demo_files_put(files, WUP, PARTNERSHIP, &row);
    }
}

/* Of the people behind the trainees 25 women and 5 men are advisers, and the rest are members. */
static void put_others(struct demo_files *files)
{
    uint32_t women = 0, men = 0, members = 0;
    for (uint32_t i = TRAINEES; demo_files_person(files, i) != NULL; i++) {
        const struct demo_people_person *person = demo_files_person(files, i);
        uint32_t *of = person->woman ? &women : &men;
        if (*of < (person->woman ? WOMEN : ADVISERS_COUNT - WOMEN)) {
            ++*of;
            put_adviser(files, women + men - 1, person);
        } else {
            put_member(files, members++, person, NULL);
        }
    }
    assert(women == WOMEN && women + men == ADVISERS_COUNT && members == MEMBERS);
    for (uint32_t i = 0; i < ENTITIES; i++) {
        char entity[ENTITY_BYTES];
        snprintf(entity, sizeof entity, "PODMIOT-%02u", i + 1);
        put_member(files, i, NULL, entity);
    }
}

/* ---- what nobody takes part in by name ---- */

static void put_activity(struct demo_files *files, enum office office, enum table table,
                         const struct demo_office_row *of, int32_t days)
{
    struct demo_office_row row = *of;
    row.kind = "activity";
    row.occurred_on = demo_files_day(files) + days;
    demo_files_put(files, office, table, &row);
}

static void put_activities(struct demo_files *files)
{
    static const struct demo_office_row block = {
        .task = "Z2", .region = "PL-2061", .activity = "training_block"};
    static const struct demo_office_row episode = {
        .task = "Z4", .region = "PL-20", .activity = "tv_episode"};
    static const struct demo_office_row visits[] = {
        {.task = "Z5", .region = "NUTS-UKD1", .activity = "study_visit"},
        {.task = "Z5", .region = "NUTS-ES43", .activity = "study_visit"}};
    for (int32_t i = 0; i < BLOCKS; i++) {
        put_activity(files, WUP, ADVISERS, &block, 120 + 20 * i);
    }
    for (int32_t i = 0; i < EPISODES; i++) {
        put_activity(files, WUP, PARTNERSHIP, &episode, 300 + 30 * i);
    }
    for (int32_t i = 0; i < 2; i++) {
        put_activity(files, IMPACT, PARTNERSHIP, &visits[0], 250 + 200 * i);
        put_activity(files, PCTEX, PARTNERSHIP, &visits[1], 300 + 200 * i);
    }
}

/* 1 838 000 in all. */
static void put_costs(struct demo_files *files)
{
#define PAYMENT(in, where, sum)                                                                    \
    {                                                                                              \
        .task = (in), .region = (where), .activity = "payment", .quantity = (sum), .unit = "PLN"   \
    }
    static const struct demo_office_row month = PAYMENT("Z3", "PL-2061", "57 000,25");
    static const struct demo_office_row last = PAYMENT("Z3", "PL-2061", "48342");
    static const struct demo_office_row cumbria = PAYMENT("Z5", "NUTS-UKD1", "41 250,5");
    static const struct demo_office_row extremadura = PAYMENT("Z5", "NUTS-ES43", "38400.00");
    for (int32_t i = 0; i < PAYMENTS; i++) {
        put_activity(files, WUP, COSTS, &month, 30 * (i + 1));
    }
    put_activity(files, WUP, COSTS, &last, 960);
    put_activity(files, IMPACT, COSTS, &cumbria, 500);
    put_activity(files, PCTEX, COSTS, &extremadura, 520);
}

static enum err fill(struct demo_files *files)
{
    for (uint32_t i = 0; i < TRAINEES; i++) {
        put_trainee(files, i);
    }
    put_others(files);
    put_activities(files);
    put_costs(files);
    return demo_files_error(files);
}

static const struct demo_programme_news news[] = {
    {BIALYSTOK, "PL-2061", "unemployed", "", "Z3", .support = "training_renewables"},
    {LOMZA, "PL-2007", "unemployed_long", "rural", "Z3", .support = "training_sewage"},
    {SUWALKI, "PL-2063", "inactive", "", "Z3", .support = "internship"},
};

const struct demo_programme demo_zmp_programme = {
    .id = "ZMP",
    .file = "zmp.yaml",
    .plan = {.seed = 20110501,
             .starts_on = {2011, 5, 1},
             .partners = partners,
             .partner_count = OFFICE_COUNT,
             .tables = table_names,
             .table_count = TABLE_COUNT,
             .people = {.born_first = 1885, .born_last = 1899},
             .person_count = TRAINEES + ADVISERS_COUNT + MEMBERS},
    .fill = fill,
    .figures = figures,
    .figure_count = sizeof figures / sizeof figures[0],
    .by_county = "participants",
    .news = news,
    .news_count = sizeof news / sizeof news[0],
};
