/* What stands behind a cell: its events and people add up to what totals say, whatever the log. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/totals/explain.h"
#include "unit/core_totals/site.h"

enum { ROUNDS = 12, BATCHES = 12, ROWS = 8, NODES = 3, PEOPLE = 6, CELLS_MAX = 4096 };

/* ---- random logs ---- */

struct dice {
    uint64_t state;
};

static uint32_t below(struct dice *dice, uint32_t limit)
{
    dice->state = dice->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice->state >> 33) % limit;
}

struct log {
    struct folding *batches[BATCHES];
};

static struct event random_event(struct dice *dice)
{
    static const char *const regions[] = {"PL-2011", "PL-2061", "PL-2011001", "CITY-X", ""};
    static const char *const tasks[] = {"A", "B", ""};
    struct event event =
        event_on("2010-12-20", (enum event_kind)(1 + below(dice, 6)), below(dice, PEOPLE + 1));
    event.occurred_on += (int32_t)below(dice, 30);
    event.region = bytes_text(regions[below(dice, 5)]);
    event.task = bytes_text(tasks[below(dice, 3)]);
    event.quantity = (int64_t)below(dice, 900) - 100;
    event.entity = below(dice, 5) == 0;
    event.has_profile = below(dice, 3) != 0;
    if (event.has_profile) {
        event.profile.sex = (enum event_sex)below(dice, SEX_COUNT);
        event.profile.age = (int)below(dice, 60);
    }
    return event;
}

/* Rows, of which some are taken back in the same batch or the node's next one. */
static void fill(struct dice *dice, struct folding *batch, struct event *open, bool *is_open)
{
    for (uint32_t i = 0; i < ROWS; i++) {
        if (*is_open && below(dice, 3) == 0) {
            struct event back = *open;
            back.withdrawal = true;
            back.withdraws = 1;
            folding_put(batch, &back, REJECT_NONE);
            *is_open = false;
            continue;
        }
        const struct event event = random_event(dice);
        const bool refused = below(dice, 6) == 0;
        folding_put(batch, &event, refused ? REJECT_REGION_UNKNOWN : REJECT_NONE);
        if (!refused) {
            *open = event;
            *is_open = true;
        }
    }
}

static void log_make(struct log *log, uint64_t seed)
{
    static const char *const partners[NODES] = {"north", "south", "south"};
    struct dice dice = {seed * UINT64_C(0x9e3779b97f4a7c15) + 1};
    struct event open[NODES] = {{0}};
    bool is_open[NODES] = {false}, introduced[NODES] = {false};
    for (uint32_t i = 0; i < BATCHES; i++) {
        const uint32_t node = below(&dice, NODES);
        log->batches[i] = folding_new();
        folding_begin(log->batches[i], node, partners[node]);
        for (uint32_t own = 1; own <= PEOPLE && !introduced[node]; own++) {
            folding_introduce(log->batches[i], own, 1 + below(&dice, PEOPLE));
        }
        introduced[node] = true;
        fill(&dice, log->batches[i], &open[node], &is_open[node]);
    }
}

static void log_free(struct log *log)
{
    for (uint32_t i = 0; i < BATCHES; i++) {
        folding_free(&log->batches[i]);
    }
}

/* ---- explaining ---- */

struct found {
    uint32_t events, people;
    int64_t occurrences, weights;
    uint32_t at_two;
};

static void note_event(void *context, const struct explain_event *event)
{
    struct found *found = context;
    found->events++;
    found->occurrences += event->weight;
}

static void note_person(void *context, const struct explain_person *person)
{
    struct found *found = context;
    assert_true(person->weight >= 0);
    found->people++;
    found->weights += person->weight;
    found->at_two += person->partner_count > 1 ? 1 : 0;
}

static struct explain_options options_of(const struct site *site, const struct view *view,
                                         const struct bytes *labels, int32_t until)
{
    struct explain_options options = {.programme = site->programme, .view = *view, .until = until};
    memcpy(options.labels, labels, sizeof options.labels);
    return options;
}

static struct explain *explain_log(const struct log *log, const struct explain_options *options,
                                   struct found *found)
{
    struct explain *explain;
    assert_int_equal(ERR_OK, explain_new(options, &explain));
    for (uint32_t i = 0; i < BATCHES; i++) {
        struct folding *from = log->batches[i];
        struct columns columns;
        columns_builder_finish(from->builder, &columns);
        const struct totals_batch batch = {.node = from->node,
                                           .partner = bytes_text(from->partner),
                                           .columns = &columns,
                                           .verdicts = from->verdicts,
                                           .first_person = from->first_person,
                                           .person_count = from->person_count,
                                           .persons = from->persons};
        assert_int_equal(ERR_OK, explain_fold(explain, &batch, note_event, found));
    }
    assert_int_equal(ERR_OK, explain_people(explain, note_person, found));
    return explain;
}

/* The cells of one view, with labels of their own. */
struct cells {
    struct totals_row rows[CELLS_MAX];
    char texts[CELLS_MAX][DIMENSION_COUNT][CODE_BYTES_MAX + 1];
    uint32_t count;
};

static void keep(void *context, const struct totals_row *row)
{
    struct cells *cells = context;
    assert_true(cells->count < CELLS_MAX);
    struct totals_row *kept = &cells->rows[cells->count];
    *kept = *row;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        char *text = cells->texts[cells->count][i];
        assert_true(row->labels[i].size <= CODE_BYTES_MAX);
        if (row->labels[i].size > 0) {
            memcpy(text, row->labels[i].data, row->labels[i].size);
        }
        kept->labels[i] = bytes_of(text, row->labels[i].size);
    }
    cells->count++;
}

static void compare_view(struct site *site, const struct log *log, const struct view *view,
                         int32_t until, struct cells *cells)
{
    cells->count = 0;
    assert_int_equal(ERR_OK, totals_query(site->totals, view, keep, cells));
    for (uint32_t i = 0; i < cells->count; i++) {
        int64_t value, partner_sum;
        struct found found = {0};
        const struct explain_options options = options_of(site, view, cells->rows[i].labels, until);
        struct explain *explain = explain_log(log, &options, &found);
        assert_int_equal(ERR_OK, explain_sums(explain, &value, &partner_sum));
        assert_int_equal(cells->rows[i].value, value);
        assert_int_equal(cells->rows[i].partner_sum, partner_sum);
        assert_true(found.people == 0 || found.weights == found.occurrences);
        for (uint32_t k = 0; k < DIMENSION_COUNT; k++) {
            assert_true((view->dimensions >> k & 1) == 0 ||
                        explain_knows(explain, (enum dimension)k));
        }
        explain_free(&explain);
    }
}

static void explained_events_add_up_to_every_cell(void **state)
{
    struct site *site = *state;
    struct cells *cells = calloc(1, sizeof *cells);
    static const char *const ids[] = {"people", "pairs", "events", "hours"};
    static const uint32_t breakdowns[] = {0,
                                          BIT(BY_PARTNER),
                                          BIT(BY_REGION),
                                          BIT(BY_REGION) | BIT(BY_SEX) | BIT(BY_MONTH),
                                          BIT(BY_TASK) | BIT(BY_KIND) | BIT(BY_AGE) | BIT(BY_YEAR),
                                          BIT(BY_QUARTER) | BIT(BY_EDUCATION) | BIT(BY_STATUS)};
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t number = indicator(site, ids[i], (enum count_mode)i);
        site->programme->indicators[number].region_of_home = i == 1;
        for (size_t k = 0; k < sizeof breakdowns / sizeof breakdowns[0]; k++) {
            count_by(site, number, breakdowns[k], k == 3 ? REGION_SUBREGION : REGION_LEVEL_COUNT);
        }
    }
    where(site, 2)->kinds = BIT(EVENT_STARTED) | BIT(EVENT_ACTIVITY);
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct log log;
        const int32_t until = seed % 3 == 0 ? hand_day("2010-12-31") : DATE_MAX;
        log_make(&log, seed);
        open_until(site, until);
        for (uint32_t i = 0; i < BATCHES; i++) {
            assert_int_equal(ERR_OK, folding_into(log.batches[i], site->totals));
        }
        for (uint32_t i = 0; i < site->view_count; i++) {
            compare_view(site, &log, &site->views[i], until, cells);
        }
        totals_free(&site->totals);
        log_free(&log);
    }
    free(cells);
}

/* What a mean divides, of every cell, by the regions of a day. */
static void compare_mean(struct site *site, const struct log *log, const struct view *view,
                         int32_t regions_at, struct cells *cells)
{
    const struct indicator *mean = &site->programme->indicators[view->indicator];
    cells->count = 0;
    assert_int_equal(ERR_OK, totals_query(site->totals, view, keep, cells));
    for (uint32_t i = 0; i < cells->count; i++) {
        const struct totals_row *row = &cells->rows[i];
        struct found found = {0};
        int64_t sum;
        uint32_t labels;
        struct explain_options options = options_of(site, view, row->labels, DATE_MAX);
        options.view.indicator = mean->of;
        options.regions_dated = true;
        options.regions_at = regions_at;
        options.averaged = true;
        options.over = mean->over;
        options.over_at = mean->over_at;
        struct explain *explain = explain_log(log, &options, &found);
        assert_int_equal(ERR_OK, explain_mean(explain, &sum, &labels));
        assert_int_equal(row->above, sum);
        assert_true(mean->over == BY_MONTH ? labels <= row->below : labels == row->below);
        explain_free(&explain);
    }
}

static void means_divide_what_their_events_come_to(void **state)
{
    struct site *site = *state;
    struct cells *cells = calloc(1, sizeof *cells);
    static const char *const ids[] = {"people", "pairs", "events", "hours"};
    static const char *const names[] = {"m1", "m2",  "m3",  "m4",  "m5",  "m6",  "m7",  "m8",
                                        "m9", "m10", "m11", "m12", "m13", "m14", "m15", "m16"};
    static const enum dimension overs[] = {BY_PARTNER, BY_REGION, BY_SEX, BY_MONTH};
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t of = indicator(site, ids[i], (enum count_mode)i);
        for (uint32_t k = 0; k < 4; k++) {
            const uint32_t mean = indicator(site, names[4 * i + k], COUNT_MEAN);
            site->programme->indicators[mean].of = of;
            site->programme->indicators[mean].over = overs[k];
            site->programme->indicators[mean].over_at = REGION_COUNTY;
            count(site, mean);
            count_by(site, mean, BIT(BY_REGION) | BIT(BY_KIND), REGION_SUBREGION);
        }
    }
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct log log;
        const int32_t regions_at = hand_day(seed % 2 == 0 ? "2010-06-01" : "2011-06-01");
        const struct totals_options options = {.programme = site->programme,
                                               .views = site->views,
                                               .view_count = site->view_count,
                                               .until = DATE_MAX,
                                               .regions_dated = true,
                                               .regions_at = regions_at};
        log_make(&log, seed);
        assert_int_equal(ERR_OK, totals_new(&options, &site->totals));
        for (uint32_t i = 0; i < BATCHES; i++) {
            assert_int_equal(ERR_OK, folding_into(log.batches[i], site->totals));
        }
        for (uint32_t i = 0; i < site->view_count; i++) {
            compare_mean(site, &log, &site->views[i], regions_at, cells);
        }
        totals_free(&site->totals);
        log_free(&log);
    }
    free(cells);
}

static void somebody_at_two_partners_is_marked_and_counts_once(void **state)
{
    struct site *site = *state;
    const struct bytes labels[DIMENSION_COUNT] = {{0}};
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    const struct view view = {.indicator = people, .level = REGION_LEVEL_COUNT};
    struct log log;
    struct found found = {0};
    int64_t value, partner_sum;
    for (uint32_t i = 0; i < BATCHES; i++) {
        log.batches[i] = folding_new();
        folding_begin(log.batches[i], i % 2, i % 2 == 0 ? "north" : "south");
        const struct event event = enrolled(1);
        if (i < 2) {
            folding_introduce(log.batches[i], 1, 7);
            folding_put(log.batches[i], &event, REJECT_NONE);
        }
    }
    const struct explain_options options = options_of(site, &view, labels, DATE_MAX);
    struct explain *explain = explain_log(&log, &options, &found);
    assert_int_equal(ERR_OK, explain_sums(explain, &value, &partner_sum));
    assert_int_equal(1, value);
    assert_int_equal(2, partner_sum);
    assert_int_equal(2, found.people);
    assert_int_equal(2, found.at_two);
    explain_free(&explain);
    log_free(&log);
}

static void labels_that_nothing_can_have_are_known_as_such(void **state)
{
    static const struct claim {
        enum dimension dimension;
        const char *label;
        bool known;
    } claims[] = {
        {BY_REGION, "PL-2011", true}, {BY_REGION, "PL-9999", false}, {BY_SEX, "woman", true},
        {BY_SEX, "-", true},          {BY_SEX, "female", false},     {BY_MONTH, "2010-03", true},
        {BY_MONTH, "2010-3", false},  {BY_QUARTER, "2010-Q1", true}, {BY_QUARTER, "2010-1", false},
        {BY_YEAR, "2010", true},      {BY_AGE, "25-29", true},       {BY_AGE, "25-30", false},
    };
    struct site *site = *state;
    const uint32_t people = indicator(site, "people", COUNT_PERSONS);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct explain *explain;
        struct explain_options options = {.programme = site->programme,
                                          .view = {.indicator = people,
                                                   .dimensions = BIT(claims[i].dimension),
                                                   .level = REGION_LEVEL_COUNT},
                                          .until = DATE_MAX};
        options.labels[claims[i].dimension] = bytes_text(claims[i].label);
        assert_int_equal(ERR_OK, explain_new(&options, &explain));
        assert_int_equal(claims[i].known, explain_knows(explain, claims[i].dimension));
        explain_free(&explain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(explained_events_add_up_to_every_cell),
        CLAIM(means_divide_what_their_events_come_to),
        CLAIM(somebody_at_two_partners_is_marked_and_counts_once),
        CLAIM(labels_that_nothing_can_have_are_known_as_such),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
