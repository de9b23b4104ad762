#include "tools/demo_jobtown.h"

#include <stdio.h>

enum office {
    CESENA,
    KIELCE,
    ENFIELD,
    THURROCK,
    LATSIA,
    GONDOMAR,
    AVEIRO,
    KAISERSLAUTERN,
    RENNES,
    AVILES,
    NAGYKALLO,
    OFFICE_COUNT
};

enum { ENTITY_BYTES = 48, MEETING_DAYS = 90, THEMES = 5 };

static const char *const table_names[] = {"dzialania"};

/* Two countries have two members: nine countries. */
static const char *const regions[OFFICE_COUNT] = {
    [CESENA] = "CITY-IT-cesena",       [KIELCE] = "PL-2661",
    [ENFIELD] = "CITY-GB-enfield",     [THURROCK] = "CITY-GB-thurrock",
    [LATSIA] = "CITY-CY-latsia",       [GONDOMAR] = "CITY-PT-gondomar",
    [AVEIRO] = "CITY-PT-aveiro",       [KAISERSLAUTERN] = "CITY-DE-kaiserslautern",
    [RENNES] = "CITY-FR-rennes",       [AVILES] = "CITY-ES-aviles",
    [NAGYKALLO] = "CITY-HU-nagykallo",
};

static const char *const partners[OFFICE_COUNT] = {
    [CESENA] = "CESENA",       [KIELCE] = "KIELCE",
    [ENFIELD] = "ENFIELD",     [THURROCK] = "THURROCK",
    [LATSIA] = "LATSIA",       [GONDOMAR] = "GONDOMAR",
    [AVEIRO] = "AVEIRO",       [KAISERSLAUTERN] = "KAISERSLAUTERN",
    [RENNES] = "RENNES",       [AVILES] = "AVILES",
    [NAGYKALLO] = "NAGYKALLO",
};

static const struct demo_figure figures[] = {
    {"local_groups", .what = DEMO_FIGURE_ENTITIES, .kind = "activity",
     .activity = "local_group_formed", .op = DEMO_FIGURE_PER, .value = 1, .printed = "po 1"},
    {"local_action_plans", .what = DEMO_FIGURE_TIMES, .kind = "activity",
     .activity = "local_action_plan", .op = DEMO_FIGURE_PER, .value = 1, .printed = "po 1"},
    {"lgw_meetings", .what = DEMO_FIGURE_TIMES, .kind = "activity", .activity = "lgw_meeting",
     .partner = "KIELCE", .op = DEMO_FIGURE_EQ, .value = 4, .printed = "cztery"},
};

/* Kielce typed a meeting that was put off: it is deleted again. */
static void put_meetings(struct demo_files *files, uint32_t office)
{
    static const char *const themes[THEMES] = {"T1", "T2", "T3", "T4", "T5"};
    const uint32_t count = office == KIELCE ? 4 : 2 + office % 3;
    struct demo_office_row row = {
        .kind = "activity", .region = regions[office], .activity = "lgw_meeting"};
    for (uint32_t i = 0; i < count; i++) {
        row.task = themes[(office + i) % THEMES];
        row.occurred_on = demo_files_day(files) + MEETING_DAYS * (int32_t)(i + 2);
        demo_files_put(files, office, 0, &row);
    }
    if (office == KIELCE) {
        row.occurred_on += MEETING_DAYS;
        demo_files_put_mended(files, office, 0, &row, NULL);
    }
}

static enum err fill(struct demo_files *files)
{
    for (uint32_t office = 0; office < OFFICE_COUNT; office++) {
        char group[ENTITY_BYTES];
        snprintf(group, sizeof group, "LGW-%s", partners[office]);
        struct demo_office_row row = {.kind = "activity",
                                      .occurred_on = demo_files_day(files) + 100 + (int32_t)office,
                                      .task = "T1",
                                      .region = regions[office],
                                      .entity = group,
                                      .activity = "local_group_formed"};
        demo_files_put(files, office, 0, &row);
        put_meetings(files, office);
        row.entity = NULL;
        row.occurred_on += 900;
        row.activity = "local_action_plan";
        demo_files_put(files, office, 0, &row);
    }
    return demo_files_error(files);
}

const struct demo_programme demo_jobtown_programme = {
    .id = "JOBTOWN",
    .file = "jobtown.yaml",
    .plan = {.seed = 20150531,
             .starts_on = {2012, 1, 1},
             .partners = partners,
             .partner_count = OFFICE_COUNT,
             .tables = table_names,
             .table_count = sizeof table_names / sizeof table_names[0]},
    .fill = fill,
    .figures = figures,
    .figure_count = sizeof figures / sizeof figures[0],
};
