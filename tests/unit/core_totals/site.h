/* A small programme and totals over it, for tests that count by hand. */
#ifndef TESTS_UNIT_CORE_TOTALS_SITE_H
#define TESTS_UNIT_CORE_TOTALS_SITE_H

#include "core/model/reject.h"
#include "unit/core_totals/folding.h"

#define BIT(number) (UINT32_C(1) << (number))

/* Sokółka leaves the subregion of Białystok for that of Łomża with the year 2011; the gmina is
 * closed with 2009. */
static const char site_regions[] = HAND_HEADER "PL;Polska;country;;;\n"
                                               "PL-20;podlaskie;voivodeship;PL;;\n"
                                               "S-1;białostocki;subregion;PL-20;;\n"
                                               "S-2;łomżyński;subregion;PL-20;;\n"
                                               "PL-2011;sokólski;county;S-1;;2010-12-31\n"
                                               "PL-2011;sokólski;county;S-2;2011-01-01;\n"
                                               "PL-2061;Białystok;county;S-1;;\n"
                                               "PL-2011001;Sokółka;gmina;PL-2011;;\n"
                                               "PL-2011002;Dawna;gmina;PL-2011;;2009-12-31\n"
                                               "CITY-X;obce;city;;;\n";

struct site {
    struct programme *programme;
    struct folding *batch;
    struct totals *totals;
    struct view views[32];
    uint32_t view_count;
};

static inline int setup(void **state)
{
    struct site *site = calloc(1, sizeof *site);
    assert_non_null(site);
    site->programme = hand_programme(site_regions);
    hand_codes(site->programme, CODES_PARTNER, "north south west");
    hand_codes(site->programme, CODES_TASK, "!first A B");
    hand_codes(site->programme, CODES_SUPPORT, "course internship");
    hand_codes(site->programme, CODES_OUTCOME, "job study");
    hand_codes(site->programme, CODES_ACTIVITY, "fair visit");
    hand_codes(site->programme, CODES_UNIT, "PLN h");
    hand_codes(site->programme, CODES_EDUCATION, "isced-2 isced-3");
    hand_codes(site->programme, CODES_STATUS, "inactive unemployed");
    hand_codes(site->programme, CODES_FLAG, "disability rural");
    hand_band(site->programme, "0-24", 0, 24);
    hand_band(site->programme, "25-29", 25, 29);
    hand_band(site->programme, "50+", 50, AGE_MAX);
    site->batch = folding_new();
    *state = site;
    return 0;
}

static inline int teardown(void **state)
{
    struct site *site = *state;
    totals_free(&site->totals);
    folding_free(&site->batch);
    programme_free(&site->programme);
    free(site);
    return 0;
}

static inline uint32_t indicator(struct site *site, const char *id, enum count_mode mode)
{
    return hand_indicator(site->programme, id, mode);
}

static inline struct predicate *where(struct site *site, uint32_t number)
{
    return &site->programme->indicators[number].where;
}

static inline void count_by(struct site *site, uint32_t number, uint32_t dimensions,
                            enum region_level level)
{
    site->views[site->view_count++] =
        (struct view){.indicator = number, .dimensions = dimensions, .level = level};
}

static inline void count(struct site *site, uint32_t number)
{
    count_by(site, number, 0, REGION_LEVEL_COUNT);
}

static inline void open_until(struct site *site, int32_t until)
{
    const struct totals_options options = {.programme = site->programme,
                                           .views = site->views,
                                           .view_count = site->view_count,
                                           .until = until};
    assert_int_equal(ERR_OK, totals_new(&options, &site->totals));
}

static inline void open(struct site *site)
{
    open_until(site, DATE_MAX);
}

static inline struct event event_on(const char *day, enum event_kind kind, uint32_t person)
{
    return (struct event){.kind = kind,
                          .occurred_on = hand_day(day),
                          .person = person,
                          .profile = {.age = AGE_UNKNOWN}};
}

static inline struct event enrolled(uint32_t person)
{
    return event_on("2010-03-05", EVENT_ENROLLED, person);
}

static inline void put(struct site *site, struct event event)
{
    folding_put(site->batch, &event, REJECT_NONE);
}

static inline void take_back(struct site *site, struct event event)
{
    event.withdrawal = true;
    event.withdraws = 1;
    folding_put(site->batch, &event, REJECT_NONE);
}

static inline void fold(struct site *site)
{
    assert_int_equal(ERR_OK, folding_into(site->batch, site->totals));
}

static inline void begin(struct site *site, uint32_t node, const char *partner)
{
    folding_begin(site->batch, node, partner);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
