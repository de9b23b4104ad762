/* The happy path is: 1. people are made up; 2. for each, the rows of each office that knows the
 * person are written as the office typed them (first wave) and, where it had slipped, as they
 * should have been (second wave); 3. so for coaches, incubators and new entities.
 *
 * What may go wrong: only memory, which demo_files keeps. */
#include "tools/demo_abc.h"

#include <assert.h>
#include <string.h>

#include "core/base/date.h"

enum {
    SEED = 20080501,
    COACHES = 13,
    MISTAKEN = 13, /* people whose PESEL an office typed in place of another one's */
    PEOPLE = DEMO_ABC_PARTICIPANTS + COACHES + MISTAKEN,
    ENROLMENT_DAYS = 970, /* the last of them leaves half a year to the end of the programme */
    RETURN_DAY = 600,
    MEETING_DAYS = 24
};

enum office { WUP, KLUCZ, STOPIL, OFFICE_COUNT };

enum table { PARTICIPANTS, COACHING, RESULTS, INCUBATOR, MEETINGS, STAFF, TABLE_COUNT };

static const char *const table_names[TABLE_COUNT] = {"uczestnicy", "coaching",  "rezultaty",
                                                     "inkubator",  "spotkania", "kadra"};

static const char *const partners[OFFICE_COUNT] = {
    [WUP] = "WUP-KRAKOW", [KLUCZ] = "KLUCZ", [STOPIL] = "STOPIL"};

struct maker {
    struct demo_files *files;
    uint32_t mistaken; /* used so far */
    int32_t starts_on;
};

/* ---- what is to come out ---- */

/* Every step-th participant from the first one on, count of them. The parts of the printed total do
 * not add up to it (391 + 207 + 242 + 492 = 1332), so they need not be apart either. */
struct share {
    uint32_t first, step, count;
};

static const struct share coached = {0, 1, 391};
static const struct share coaching_left = {0, 15, 26}; /* before its end: 391 - 365 */
static const struct share others_left = {391, 70, 13}; /* with those: 1346 - 1307 */
static const struct share took_job = {2, 3, 112};
static const struct share own_business = {50, 60, 6};
static const struct share internship = {3, 8, 49};
static const struct share internship_done = {3, 8, 45};
static const struct share cis = {7, 28, 14};
static const struct share volunteer = {20, 43, 9};
static const struct share training = {0, 2, 196};
static const struct share training_done = {0, 2, 183};
static const struct share further_education = {38, 97, 4};
static const struct share founders = {391, 1, 242};
static const struct share advised = {608, 1, 207};
static const struct share at_meetings = {815, 1, 492};

static const struct share at_two_partners = {5, 33, DEMO_ABC_TWO_PARTNERS};
static const struct share come_back = {9, 120, 6}; /* enrolled twice at one office */

/* The slips of the first wave. */
static const struct share other_person = {17, 101, MISTAKEN};
static const struct share other_region = {23, 50, 20};
static const struct share other_support = {3, 40, 6}; /* an internship typed as a training */

#define PRINTED(number, text) .op = DEMO_FIGURE_EQ, .value = (number), .printed = (text)
#define ENTITIES .what = DEMO_FIGURE_ENTITIES
static const struct demo_figure figures[] = {
    {"coaches_hired", .kind = "activity", .activity = "coach_hired", PRINTED(13, "13")},
    {"coached", .kind = "started", .support = "coaching", PRINTED(391, "391")},
    {"coaching_completed", .kind = "completed", .support = "coaching", PRINTED(365, "365")},
    {"took_job", .kind = "outcome", .outcome = "job", .op = DEMO_FIGURE_GT, .value = 100,
     .printed = "ponad 100"},
    {"own_business", .kind = "outcome", .outcome = "own_business", PRINTED(6, "6")},
    {"internship_done", .kind = "completed", .support = "internship", PRINTED(45, "45")},
    {"cis_programme", .kind = "started", .support = "cis", .op = DEMO_FIGURE_TEEN,
     .printed = "kilkanaście"},
    {"volunteer", .kind = "outcome", .outcome = "volunteering", PRINTED(9, "9")},
    {"training_completed", .kind = "completed", .support = "training", PRINTED(183, "183")},
    {"further_education", .kind = "outcome", .outcome = "further_education", PRINTED(4, "4")},
    {"participants_total", .kind = "enrolled", PRINTED(DEMO_ABC_PARTICIPANTS, "1346")},
    {"participants_completed", .kind = "completed", .support = "project", PRINTED(1307, "1307")},
    {"incubators", ENTITIES, .kind = "activity", .activity = "incubator_opened", PRINTED(2, "2")},
    /* "founded" and what begins so: cooperatives and associations. */
    {"entities_founded", ENTITIES, .kind = "outcome", .outcome = "founded*", PRINTED(4, "cztery")},
    {"cooperatives_founded", ENTITIES, .kind = "outcome", .outcome = "founded_cooperative",
     PRINTED(2, "2")},
    {"associations_founded", ENTITIES, .kind = "outcome", .outcome = "founded_association",
     PRINTED(2, "dwa")},
    {"incubator_advice", .kind = "started", .task = "B", .support = "advice", PRINTED(207, "207")},
    {"founders_trained", .kind = "completed", .task = "C", .support = "founder_training",
     PRINTED(242, "242")},
    {"info_meeting_people", .kind = "activity", .task = "D", .activity = "info_meeting",
     PRINTED(492, "492")},
};

static bool has(const struct share *share, uint32_t participant)
{
    const uint32_t beyond = participant - share->first;
    return participant >= share->first && beyond % share->step == 0 &&
           beyond / share->step < share->count;
}

/* ---- places ---- */

static const struct place {
    const char *region;
    enum office office;
    uint32_t weight;
    bool rural;
} places[] = {
    {"PL-1261", WUP, 24, false},     {"PL-1263", WUP, 12, false},  {"PL-1206", WUP, 8, true},
    {"PL-1202", WUP, 6, true},       {"PL-1201", WUP, 6, true},    {"PL-1216", WUP, 6, true},
    {"PL-1212042", KLUCZ, 10, true}, {"PL-1212", KLUCZ, 8, true},  {"PL-1214", KLUCZ, 5, true},
    {"PL-1262", STOPIL, 10, false},  {"PL-1210", STOPIL, 8, true}, {"PL-1210133", STOPIL, 4, true},
};

static const char *const seats[OFFICE_COUNT] = {
    [WUP] = "PL-1261", [KLUCZ] = "PL-1212042", [STOPIL] = "PL-1262"};

static const struct place *roll_place(struct maker *self)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        sum += places[i].weight;
    }
    uint32_t left = demo_files_roll(self->files, sum);
    const struct place *place = places;
    while (left >= place->weight) {
        left -= place->weight;
        place++;
    }
    return place;
}

/* ---- a participant's stay at an office ---- */

struct stay {
    uint32_t participant;
    const struct demo_people_person *person;
    const struct place *place;
    enum office office;
    bool at_home; /* the office of the person's region: the slips are made here */
    int32_t enrolled_on;
    const char *education, *status, *flags;
};

static struct demo_office_row row_of(const struct stay *stay, const char *kind, int32_t days)
{
    return (struct demo_office_row){.kind = kind,
                                    .occurred_on = stay->enrolled_on + days,
                                    .region = stay->place->region,
                                    .person = stay->person};
}

static void put_support(struct maker *self, const struct stay *stay, enum table table,
                        const char *task, const char *support, const char *kind, int32_t days)
{
    struct demo_office_row row = row_of(stay, kind, days);
    row.task = task;
    row.support = support;
    demo_files_put(self->files, stay->office, table, &row);
}

static void put_outcome(struct maker *self, const struct stay *stay, const char *outcome,
                        int32_t days, bool late)
{
    struct demo_office_row row = row_of(stay, "outcome", days);
    row.task = "A";
    row.outcome = outcome;
    demo_files_put_mended(self->files, stay->office, RESULTS, late ? NULL : &row, &row);
}

static void put_enrolment(struct maker *self, const struct stay *stay, int32_t days, bool first)
{
    struct demo_office_row truth = row_of(stay, "enrolled", days);
    truth.education = stay->education;
    truth.status = stay->status;
    truth.flags = stay->flags;
    struct demo_office_row typed = truth;
    const bool slips = stay->at_home && first;
    if (slips && has(&other_person, stay->participant)) {
        typed.person =
            demo_files_person(self->files, DEMO_ABC_PARTICIPANTS + COACHES + self->mistaken++);
    }
    if (slips && has(&other_region, stay->participant)) {
        typed.region = strcmp(truth.region, "PL-1261") == 0 ? "PL-1263" : "PL-1261";
    }
    const bool right = typed.person == truth.person && typed.region == truth.region;
    demo_files_put_mended(self->files, stay->office, PARTICIPANTS, right ? &truth : &typed, &truth);
}

/* Of those who left before the end, every other one was typed as if he had stayed. */
static void put_end(struct maker *self, const struct stay *stay)
{
    const uint32_t i = stay->participant;
    struct demo_office_row row = row_of(stay, "completed", 180);
    row.support = "project";
    if (!has(&coaching_left, i) && !has(&others_left, i)) {
        demo_files_put(self->files, stay->office, PARTICIPANTS, &row);
        return;
    }
    const bool slips = i % 2 == 0;
    if (slips) {
        demo_files_put_mended(self->files, stay->office, PARTICIPANTS, &row, NULL);
    }
    row.kind = "dropped";
    row.occurred_on -= 100;
    demo_files_put_mended(self->files, stay->office, PARTICIPANTS, slips ? NULL : &row, &row);
}

static void put_coaching(struct maker *self, const struct stay *stay)
{
    const bool left = has(&coaching_left, stay->participant);
    put_support(self, stay, COACHING, "A", "coaching", "started", 7);
    put_support(self, stay, COACHING, "A", "coaching", left ? "dropped" : "completed",
                left ? 60 : 120);
}

static void put_internship(struct maker *self, const struct stay *stay)
{
    struct demo_office_row row = row_of(stay, "completed", 150);
    row.task = "A";
    row.support = "internship";
    put_support(self, stay, RESULTS, "A", "internship", "started", 60);
    if (!has(&internship_done, stay->participant)) {
        row.kind = "dropped";
        demo_files_put(self->files, stay->office, RESULTS, &row);
    } else if (stay->at_home && has(&other_support, stay->participant)) {
        struct demo_office_row typed = row;
        typed.support = "training";
        demo_files_put_mended(self->files, stay->office, RESULTS, &typed, NULL);
        demo_files_put_mended(self->files, stay->office, RESULTS, NULL, &row);
    } else {
        demo_files_put(self->files, stay->office, RESULTS, &row);
    }
}

static void put_results(struct maker *self, const struct stay *stay)
{
    const uint32_t i = stay->participant;
    if (has(&training, i)) {
        const char *end = has(&training_done, i) ? "completed" : "dropped";
        put_support(self, stay, RESULTS, "A", "training", "started", 30);
        put_support(self, stay, RESULTS, "A", "training", end, 75);
    }
    if (has(&internship, i)) {
        put_internship(self, stay);
    }
    if (has(&cis, i)) {
        put_support(self, stay, RESULTS, "A", "cis", "started", 40);
    }
    if (has(&took_job, i)) {
        put_outcome(self, stay, "job", 160, false);
    }
    if (has(&own_business, i)) {
        put_outcome(self, stay, "own_business", 170, false);
    }
    if (has(&volunteer, i)) {
        put_outcome(self, stay, "volunteering", 90, true);
    }
    if (has(&further_education, i)) {
        put_outcome(self, stay, "further_education", 140, false);
    }
}

static void put_advice(struct maker *self, const struct stay *stay)
{
    static const char *const hours[] = {"1", "1,5", "2", "2,5"};
    const uint32_t times = 1 + stay->participant % 2;
    for (uint32_t i = 0; i < times; i++) {
        struct demo_office_row row = row_of(stay, "started", 20 + 15 * (int32_t)i);
        row.task = "B";
        row.support = "advice";
        row.quantity = hours[stay->participant % 4];
        row.unit = "hour";
        demo_files_put(self->files, stay->office, INCUBATOR, &row);
    }
}

/* Lists of those present have no keys, and some were typed twice. */
static void put_meetings(struct maker *self, const struct stay *stay)
{
    struct demo_office_row row = row_of(stay, "activity", 0);
    const int32_t meeting = (stay->enrolled_on - self->starts_on) / 50;
    row.task = "D";
    row.activity = "info_meeting";
    row.occurred_on = self->starts_on + 40 * (1 + meeting % MEETING_DAYS);
    row.region = seats[stay->office];
    demo_files_put_bare(self->files, stay->office, MEETINGS, &row);
    if (stay->participant % 25 == 0) {
        demo_files_put_bare(self->files, stay->office, MEETINGS, &row);
    }
}

static void put_stay(struct maker *self, struct stay *stay)
{
    const uint32_t i = stay->participant;
    const bool returns = has(&come_back, i) && stay->at_home;
    stay->enrolled_on =
        self->starts_on + 4 + (int32_t)demo_files_roll(self->files, returns ? 200 : ENROLMENT_DAYS);
    put_enrolment(self, stay, 0, true);
    put_end(self, stay);
    if (returns) {
        struct demo_office_row again = row_of(stay, "completed", RETURN_DAY + 100);
        again.support = "project";
        put_enrolment(self, stay, RETURN_DAY, false);
        demo_files_put(self->files, stay->office, PARTICIPANTS, &again);
    }
    if (has(&coached, i)) {
        put_coaching(self, stay);
        put_results(self, stay);
    }
    if (has(&founders, i)) {
        put_support(self, stay, INCUBATOR, "C", "founder_training", "started", 10);
        put_support(self, stay, INCUBATOR, "C", "founder_training", "completed", 50);
    }
    if (has(&advised, i)) {
        put_advice(self, stay);
    }
    if (has(&at_meetings, i)) {
        put_meetings(self, stay);
    }
}

static void put_participant(struct maker *self, uint32_t participant)
{
    static const char *const education[] = {"primary", "lower_secondary", "upper_secondary",
                                            "post_secondary", "tertiary"};
    static const char *const status[] = {"unemployed", "unemployed_long", "unemployed_long",
                                         "inactive", "employed"};
    static const char *const flags[2][3] = {{"excluded", "excluded|disabled", ""},
                                            {"rural", "rural excluded", "excluded rural carer"}};
    const struct place *place = roll_place(self);
    struct stay stay = {.participant = participant,
                        .person = demo_files_person(self->files, participant),
                        .place = place,
                        .office = place->office,
                        .at_home = true,
                        .education = education[demo_files_roll(self->files, 5)],
                        .status = status[demo_files_roll(self->files, 5)],
                        .flags = flags[place->rural][demo_files_roll(self->files, 3)]};
    put_stay(self, &stay);
    if (has(&at_two_partners, participant)) {
        stay.at_home = false;
        stay.office =
            (enum office)((stay.office + 1 + demo_files_roll(self->files, 2)) % OFFICE_COUNT);
        put_stay(self, &stay);
    }
}

/* ---- coaches and entities ---- */

static void put_coaches(struct maker *self)
{
    for (uint32_t i = 0; i < COACHES; i++) {
        const enum office office = i < 6 ? WUP : i < 10 ? KLUCZ : STOPIL;
        struct demo_office_row row = {.kind = "activity",
                                      .occurred_on = self->starts_on + 14 + (int32_t)i,
                                      .task = "A",
                                      .region = seats[office],
                                      .person =
                                          demo_files_person(self->files, DEMO_ABC_PARTICIPANTS + i),
                                      .activity = "coach_hired"};
        demo_files_put(self->files, office, STAFF, &row);
        if (i == 2 || i == 7) {
            row.region = seats[STOPIL];
            row.occurred_on += 365;
            demo_files_put(self->files, STOPIL, STAFF, &row);
        }
    }
}

/* The branch in Piwniczna-Zdrój is the incubator of Nowy Sącz, so it opens no third one. The first
 * cooperative had two founders, and each of them reported it. */
static void put_entities(struct maker *self)
{
    static const struct {
        enum office office;
        const char *entity, *region, *outcome, *activity;
        int32_t days;
    } list[] = {
        {KLUCZ, "IES-KLUCZE", "PL-1212042", NULL, "incubator_opened", 200},
        {STOPIL, "IES-NOWY-SACZ", "PL-1262", NULL, "incubator_opened", 230},
        {STOPIL, "IES-NOWY-SACZ", "PL-1210133", NULL, "incubator_opened", 420},
        {KLUCZ, "OPOKA", "PL-1212042", "founded_cooperative", NULL, 480},
        {WUP, "OPOKA", "PL-1212042", "founded_cooperative", NULL, 480},
        {STOPIL, "ZDROJOWIANKA", "PL-1210133", "founded_cooperative", NULL, 610},
        {STOPIL, "AKTYWNE-WSPARCIE", "PL-1262", "founded_association", NULL, 700},
        {KLUCZ, "KLUCZ-PALECZNICA", "PL-1214042", "founded_association", NULL, 820},
    };
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        const struct demo_office_row row = {.kind =
                                                list[i].outcome != NULL ? "outcome" : "activity",
                                            .occurred_on = self->starts_on + list[i].days,
                                            .task = "B",
                                            .region = list[i].region,
                                            .entity = list[i].entity,
                                            .outcome = list[i].outcome,
                                            .activity = list[i].activity};
        demo_files_put(self->files, list[i].office, INCUBATOR, &row);
    }
}

static enum err fill(struct demo_files *files)
{
    struct maker maker = {.files = files, .starts_on = demo_files_day(files)};
    for (uint32_t i = 0; i < DEMO_ABC_PARTICIPANTS; i++) {
        put_participant(&maker, i);
    }
    put_coaches(&maker);
    put_entities(&maker);
    assert(maker.mistaken == MISTAKEN);
    return demo_files_error(files);
}

static const struct demo_programme_news news[] = {
    {KLUCZ, "PL-1212042", "unemployed", "excluded", "A", .support = "coaching"},
    {WUP, "PL-1261", "unemployed_long", "", "A", .support = "training"},
    {STOPIL, "PL-1262", "unemployed", "", "B", .support = "advice"},
};

const struct demo_programme demo_abc_programme = {
    .id = "ABC",
    .file = "abc.yaml",
    .plan = {.seed = SEED,
             .starts_on = {2008, 5, 1},
             .partners = partners,
             .partner_count = OFFICE_COUNT,
             .tables = table_names,
             .table_count = TABLE_COUNT,
             .people = {.born_first = 1881, .born_last = 1899},
             .person_count = PEOPLE,
             .resends = true,
             .resent_office = STOPIL,
             .resent_table = PARTICIPANTS},
    .fill = fill,
    .figures = figures,
    .figure_count = sizeof figures / sizeof figures[0],
    .by_county = "participants_total",
    .news = news,
    .news_count = sizeof news / sizeof news[0],
};
