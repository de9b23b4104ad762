/* Totals against a naive reference: random programmes, logs and interleavings of nodes.
 *
 * The reference knows nothing of ranks, keys and tables: it asks each predicate of each event by
 * its texts, writes the labels as texts, and counts with loops over all events. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>

#include "core/model/reject.h"
#include "core/totals/totals.h"
#include "unit/core_totals/folding.h"
#include "unit/core_totals/hand.h"

enum {
    ROUNDS = 300,
    NODES = 4,
    PEOPLE = 12, /* the broker's numbers, shared by all nodes */
    BATCHES_MAX = 24,
    BATCH_ROWS_MAX = 9,
    ROWS_MAX = BATCHES_MAX * BATCH_ROWS_MAX,
    VIEWS = 12,
    INDICATORS = 5,
    TEXT_MAX = 512
};

/* PL-2 moves from S-1 to S-2 with 2010, PL-3 is there in 2009 only and has no subregion. */
static const char regions_csv[] = HAND_HEADER "PL;a;country;;;\n"
                                              "V-1;a;voivodeship;PL;;\n"
                                              "V-2;a;voivodeship;PL;;\n"
                                              "S-1;a;subregion;V-1;;\n"
                                              "S-2;a;subregion;V-2;;\n"
                                              "PL-1;a;county;S-1;;\n"
                                              "PL-2;a;county;S-1;;2009-12-31\n"
                                              "PL-2;a;county;S-2;2010-01-01;\n"
                                              "PL-3;a;county;V-2;2009-01-01;2009-12-31\n"
                                              "G-1;a;gmina;PL-1;;\n"
                                              "G-2;a;gmina;PL-2;;2010-06-30\n"
                                              "G-2;a;gmina;PL-1;2010-07-01;\n"
                                              "C-1;a;city;;;\n";
static const char *const region_codes[] = {"PL",   "V-1",  "S-1", "S-2", "PL-1",
                                           "PL-2", "PL-3", "G-1", "G-2", "C-1"};

struct row {
    struct event event;
    uint16_t verdict;
    uint32_t number; /* the broker's, of event.person */
    bool withdrawn;
};

struct batch {
    uint32_t node;
    uint32_t first_person, person_count;
    uint32_t persons[PEOPLE];
    struct row rows[BATCH_ROWS_MAX];
    uint32_t count;
};

struct world {
    struct programme *programme;
    struct view views[VIEWS];
    uint32_t view_count;
    int32_t until;
    const char *partners[NODES];
    struct batch batches[BATCHES_MAX];
    uint32_t batch_count;
    uint32_t numbers[NODES][PEOPLE + 1]; /* by the node's own number */
    uint32_t introduced[NODES];
    uint64_t random;
};

static uint32_t below(struct world *world, uint32_t limit)
{
    world->random = world->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(world->random >> 33) % limit;
}

static bool one_in(struct world *world, uint32_t count)
{
    return below(world, count) == 0;
}

static struct bytes pick_code(struct world *world, enum code_list list)
{
    const struct programme *programme = world->programme;
    if (one_in(world, 6)) {
        return (struct bytes){0};
    }
    if (one_in(world, 12) || programme->code_count[list] == 0) {
        return bytes_text("unheard");
    }
    return programme->codes[list][below(world, programme->code_count[list])].id;
}

static struct bytes pick_region(struct world *world)
{
    const uint32_t count = sizeof region_codes / sizeof region_codes[0];
    if (one_in(world, 8)) {
        return one_in(world, 2) ? (struct bytes){0} : bytes_text("unheard");
    }
    return bytes_text(region_codes[below(world, count)]);
}

/* ---- random worlds ---- */

static void make_codes(struct world *world)
{
    static const char *const lists[] = {"", "a", "!x A", "A B", "+1 A z\xc5\xbb"};
    hand_codes(world->programme, CODES_PARTNER, "north south west");
    for (int list = CODES_TASK; list < CODES_LIST_COUNT; list++) {
        hand_codes(world->programme, (enum code_list)list, lists[below(world, 5)]);
    }
    hand_band(world->programme, "young", 0, 24);
    hand_band(world->programme, "!mid", 25, 49);
    if (one_in(world, 2)) {
        hand_band(world->programme, "old", 60, 99);
    }
}

static void make_predicate(struct world *world, uint32_t indicator)
{
    struct predicate *where = &world->programme->indicators[indicator].where;
    where->kinds = one_in(world, 2) ? below(world, 128) : 0;
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        const uint32_t count = world->programme->code_count[list];
        for (uint32_t i = 0; i < count && one_in(world, 7); i++) {
            hand_pick(world->programme, indicator, (enum code_list)list,
                      (const char *)world->programme->codes[list][i].id.data);
        }
    }
    if (one_in(world, 4)) {
        struct bytes *regions = hand_take(world->programme, 2, sizeof *regions);
        regions[0] = bytes_text(region_codes[below(world, 10)]);
        regions[1] = bytes_text(region_codes[below(world, 10)]);
        where->regions = regions;
        where->region_count = 1 + below(world, 2);
    }
    where->sexes = one_in(world, 4) ? 1 + below(world, 7) : 0;
    where->windows = one_in(world, 4) ? 1 + below(world, 7) : 0;
    where->stays = one_in(world, 4) ? 1 + below(world, 3) : 0;
    where->complete = one_in(world, 5);
    where->by_age = one_in(world, 4);
    where->age_from = (int)below(world, 40);
    where->age_to = 30 + (int)below(world, 70);
    where->subject = (enum subject)below(world, 3);
}

static void make_views(struct world *world)
{
    static const char *const ids[INDICATORS] = {"m", "a", "zz", "z", "b"};
    for (uint32_t i = 0; i < INDICATORS; i++) {
        hand_indicator(world->programme, ids[i], (enum count_mode)below(world, COUNT_QUANTITY + 1));
        world->programme->indicators[i].region_of_home = one_in(world, 3);
        make_predicate(world, i);
    }
    world->view_count = VIEWS;
    for (uint32_t i = 0; i < VIEWS; i++) {
        uint32_t dimensions = below(world, UINT32_C(1) << DIMENSION_COUNT);
        dimensions &= one_in(world, 4) ? UINT32_MAX : below(world, UINT32_C(1) << DIMENSION_COUNT);
        world->views[i] = (struct view){
            .indicator = below(world, INDICATORS),
            .dimensions = one_in(world, 5) ? 0 : dimensions,
            .level = (enum region_level)below(world, REGION_LEVEL_COUNT + 1),
        };
    }
}

static struct event random_event(struct world *world, uint32_t node)
{
    struct event event = {
        .kind = (enum event_kind)(1 + below(world, EVENT_KIND_COUNT - 1)),
        .occurred_on = hand_day("2009-06-01") + (int32_t)below(world, 700),
        .task = pick_code(world, CODES_TASK),
        .region = pick_region(world),
        .support = pick_code(world, CODES_SUPPORT),
        .outcome = pick_code(world, CODES_OUTCOME),
        .activity = pick_code(world, CODES_ACTIVITY),
        .unit = pick_code(world, CODES_UNIT),
        .quantity = (int64_t)below(world, 7) - 3,
        .person = below(world, world->introduced[node] + 1),
        .entity = one_in(world, 4),
        .participation = below(world, 4),
        .window = (enum event_window)below(world, WINDOW_COUNT),
        .has_profile = !one_in(world, 4),
        .profile = {.age = AGE_UNKNOWN},
    };
    if (event.has_profile) {
        event.profile.sex = (enum event_sex)below(world, SEX_COUNT);
        event.profile.age = (int)below(world, AGE_MAX + 2) - 1;
        event.profile.education = pick_code(world, CODES_EDUCATION);
        event.profile.status = pick_code(world, CODES_STATUS);
        event.profile.home_region = pick_region(world);
        event.profile.flags[0] = pick_code(world, CODES_FLAG);
        event.profile.flag_count = event.profile.flags[0].size > 0 ? 1 : 0;
    }
    return event;
}

/* An accepted assertion of the node that was not taken back yet, or null. */
static struct row *pick_prior(struct world *world, uint32_t node)
{
    struct batch *batch = &world->batches[below(world, world->batch_count)];
    if (batch->node != node || batch->count == 0) {
        return NULL;
    }
    struct row *row = &batch->rows[below(world, batch->count)];
    const bool fit = row->verdict == REJECT_NONE && !row->event.withdrawal && !row->withdrawn;
    return fit ? row : NULL;
}

static void add_row(struct world *world, struct batch *batch, struct event event, bool accepted)
{
    if (batch->count == BATCH_ROWS_MAX) {
        return;
    }
    batch->rows[batch->count++] = (struct row){
        .event = event,
        .verdict = accepted ? REJECT_NONE : REJECT_REGION_UNKNOWN,
        .number = world->numbers[batch->node][event.person],
    };
}

static void add_rows(struct world *world, struct batch *batch)
{
    const uint32_t wanted = below(world, BATCH_ROWS_MAX + 1);
    while (batch->count < wanted) {
        struct row *prior = one_in(world, 3) ? pick_prior(world, batch->node) : NULL;
        const bool accepted = !one_in(world, 6);
        if (prior != NULL) {
            struct event back = prior->event;
            back.withdrawal = true;
            back.withdraws = 1;
            prior->withdrawn = accepted;
            add_row(world, batch, back, accepted);
        }
        if (prior == NULL || one_in(world, 2)) {
            struct event event = random_event(world, batch->node);
            event.withdraws = prior != NULL ? 1 : 0;
            if (prior != NULL && batch->count == BATCH_ROWS_MAX) {
                continue; /* a deletion then */
            }
            add_row(world, batch, event, accepted);
        }
    }
}

static void make_batches(struct world *world)
{
    static const char *const partners[] = {"north", "south", "west", "nobody"};
    for (uint32_t node = 0; node < NODES; node++) {
        world->partners[node] = partners[one_in(world, 8) ? 3 : below(world, 3)];
    }
    const uint32_t count = 1 + below(world, BATCHES_MAX);
    for (uint32_t i = 0; i < count; i++) {
        struct batch *batch = &world->batches[i];
        batch->node = below(world, NODES);
        uint32_t *introduced = &world->introduced[batch->node];
        batch->first_person = *introduced + 1;
        while (*introduced < PEOPLE && one_in(world, 2)) {
            const uint32_t number = 1 + below(world, PEOPLE);
            world->numbers[batch->node][++*introduced] = number;
            batch->persons[batch->person_count++] = number;
        }
        world->batch_count++;
        add_rows(world, batch);
    }
}

static struct world *world_new(uint64_t seed)
{
    struct world *world = calloc(1, sizeof *world);
    assert_non_null(world);
    world->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    world->programme = hand_programme(regions_csv);
    world->until = one_in(world, 3) ? hand_day("2010-07-01") : DATE_MAX;
    make_codes(world);
    make_views(world);
    make_batches(world);
    return world;
}

static void world_free(struct world **world)
{
    programme_free(&(*world)->programme);
    free(*world);
    *world = NULL;
}

/* ---- the reference ---- */

struct cell {
    char labels[TEXT_MAX];
    struct bytes parts[DIMENSION_COUNT];
    char texts[DIMENSION_COUNT][CODE_BYTES_MAX + 1];
    const struct row *rows[ROWS_MAX];
    const char *partners[ROWS_MAX];
    uint32_t count;
};

/* The day, or where the code is not there then, the last one before on which it was, or else the
 * first after. */
static int32_t day_there(const struct world *world, struct bytes code, int32_t day)
{
    const struct regions *regions = world->programme->regions;
    int32_t before = DATE_MIN, after = DATE_MAX;
    for (uint32_t i = 0; i < regions_count(regions); i++) {
        const struct region *region = regions_get(regions, i);
        if (!bytes_equal(region->code, code)) {
            continue;
        }
        if (region->valid_from <= day && region->valid_to >= day) {
            return day;
        }
        before = region->valid_to < day && region->valid_to > before ? region->valid_to : before;
        after = region->valid_from > day && region->valid_from < after ? region->valid_from : after;
    }
    return before != DATE_MIN ? before : after != DATE_MAX ? after : day;
}

/* The region at a level above a code on a day, by its lines; "-" where there is none. */
static struct bytes region_at(const struct world *world, struct bytes code, int32_t day,
                              enum region_level level)
{
    const struct regions *regions = world->programme->regions;
    day = day_there(world, code, day);
    while (code.size > 0) {
        const struct region *found = NULL;
        for (uint32_t i = 0; i < regions_count(regions); i++) {
            const struct region *region = regions_get(regions, i);
            if (bytes_equal(region->code, code) && region->valid_from <= day &&
                region->valid_to >= day) {
                found = region;
            }
        }
        if (found == NULL) {
            break;
        }
        if (found->level == level) {
            return found->code;
        }
        code = found->parent;
    }
    return bytes_text("-");
}

static bool listed(const struct world *world, const struct pick *pick, enum code_list list,
                   struct bytes code)
{
    for (uint32_t i = 0; i < pick->count; i++) {
        if (bytes_equal(world->programme->codes[list][pick->numbers[i]].id, code)) {
            return true;
        }
    }
    return pick->count == 0;
}

static bool lies_in(const struct world *world, const struct predicate *where,
                    const struct event *event)
{
    for (uint32_t i = 0; i < where->region_count; i++) {
        if (bytes_equal(where->regions[i], event->region)) {
            return true;
        }
        for (int level = 0; level < REGION_LEVEL_COUNT; level++) {
            if (bytes_equal(where->regions[i], region_at(world, event->region, event->occurred_on,
                                                         (enum region_level)level))) {
                return true;
            }
        }
    }
    return where->region_count == 0;
}

/* The code if the programme has it, else "-". */
static struct bytes known(const struct world *world, enum code_list list, struct bytes code)
{
    const bool there = programme_code(world->programme, list, code) != CODE_NONE;
    return there ? code : bytes_text("-");
}

static bool stays_fit(const struct predicate *where, const struct event *event)
{
    return where->stays == 0 ||
           (where->stays & UINT32_C(1) << (event->participation <= 1 ? STAY_FIRST : STAY_AGAIN));
}

static bool says_all(const struct world *world, const struct event_profile *profile)
{
    return profile->sex != SEX_UNKNOWN && profile->age != AGE_UNKNOWN &&
           !bytes_is(known(world, CODES_EDUCATION, profile->education), "-") &&
           !bytes_is(known(world, CODES_STATUS, profile->status), "-");
}

static bool meets(const struct world *world, const struct indicator *indicator,
                  const struct row *row, const char *partner)
{
    const struct predicate *where = &indicator->where;
    const struct event *event = &row->event;
    const struct event_profile *profile = &event->profile;
    const bool people = indicator->mode == COUNT_PERSONS || indicator->mode == COUNT_PARTICIPATIONS;
    const struct bytes codes[CODES_LIST_COUNT] = {
        [CODES_PARTNER] = bytes_text(partner),
        [CODES_TASK] = event->task,
        [CODES_SUPPORT] = event->support,
        [CODES_OUTCOME] = event->outcome,
        [CODES_ACTIVITY] = event->activity,
        [CODES_UNIT] = event->unit,
        [CODES_EDUCATION] = profile->education,
        [CODES_STATUS] = profile->status,
        [CODES_FLAG] = profile->flag_count > 0 ? profile->flags[0] : (struct bytes){0},
    };
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        if (!listed(world, &where->picks[list], (enum code_list)list, codes[list])) {
            return false;
        }
    }
    if (event->person == 0 && (people || where->subject != SUBJECT_ANY)) {
        return false;
    }
    return stays_fit(where, event) && (!where->complete || says_all(world, profile)) &&
           (where->kinds == 0 || (where->kinds & UINT32_C(1) << event->kind) != 0) &&
           (where->sexes == 0 || (where->sexes & UINT32_C(1) << profile->sex) != 0) &&
           (where->windows == 0 || (where->windows & UINT32_C(1) << event->window) != 0) &&
           (!where->by_age || (profile->age != AGE_UNKNOWN && profile->age >= where->age_from &&
                               profile->age <= where->age_to)) &&
           (where->subject != SUBJECT_PERSON || !event->entity) &&
           (where->subject != SUBJECT_ENTITY || event->entity) && lies_in(world, where, event);
}

static struct bytes region_label(const struct world *world, const struct view *view,
                                 const struct event *event)
{
    const bool home = world->programme->indicators[view->indicator].region_of_home;
    const struct bytes code = home ? event->profile.home_region : event->region;
    if (view->level < REGION_LEVEL_COUNT) {
        return region_at(world, code, event->occurred_on, view->level);
    }
    return code.size == 0 || bytes_is(code, "unheard") ? bytes_text("-") : code;
}

static struct bytes band_label(const struct world *world, int age)
{
    const struct programme *programme = world->programme;
    for (uint32_t i = 0; i < programme->band_count; i++) {
        if (age != AGE_UNKNOWN && age >= programme->bands[i].from &&
            age <= programme->bands[i].to) {
            return programme->bands[i].id;
        }
    }
    return bytes_text("-");
}

static struct bytes sex_label(enum event_sex sex)
{
    return bytes_text(sex == SEX_UNKNOWN ? "-" : event_sex_text(sex));
}

/* Writes the labels one by one and joined. */
static void label(const struct world *world, const struct view *view, const struct row *row,
                  const char *partner, struct cell *out)
{
    const struct event *event = &row->event;
    const struct date date = date_of(event->occurred_on);
    char month[16], quarter[16], year[16];
    snprintf(month, sizeof month, "%d-%02d", date.year, date.month);
    snprintf(quarter, sizeof quarter, "%d-Q%d", date.year, (date.month + 2) / 3);
    snprintf(year, sizeof year, "%d", date.year);
    const struct bytes all[DIMENSION_COUNT] = {
        [BY_PARTNER] = bytes_text(partner),
        [BY_TASK] = known(world, CODES_TASK, event->task),
        [BY_REGION] = region_label(world, view, event),
        [BY_MONTH] = bytes_text(month),
        [BY_QUARTER] = bytes_text(quarter),
        [BY_YEAR] = bytes_text(year),
        [BY_KIND] = bytes_text(event_kind_text(event->kind)),
        [BY_SEX] = sex_label(event->profile.sex),
        [BY_AGE] = band_label(world, event->profile.age),
        [BY_EDUCATION] = known(world, CODES_EDUCATION, event->profile.education),
        [BY_STATUS] = known(world, CODES_STATUS, event->profile.status),
    };
    size_t size = 0;
    out->labels[0] = '\0';
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        out->texts[i][0] = '\0';
        if ((view->dimensions >> i & 1) != 0) {
            snprintf(out->texts[i], sizeof out->texts[i], "%.*s", BYTES_FMT(all[i]));
            size += (size_t)snprintf(out->labels + size, sizeof out->labels - size, "%s%s",
                                     size > 0 ? "," : "", out->texts[i]);
        }
    }
}

static int compare_cells(const void *a, const void *b)
{
    const struct cell *left = a;
    const struct cell *right = b;
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        const int order = strcmp(left->texts[i], right->texts[i]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static bool same_person(const struct row *a, const struct row *b)
{
    return a->number == b->number && a->event.entity == b->event.entity;
}

/* Net weight of the row's person in the cell at one partner. */
static int64_t net(const struct cell *cell, const struct row *row, const char *partner)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < cell->count; i++) {
        if (same_person(cell->rows[i], row) && strcmp(cell->partners[i], partner) == 0) {
            sum += cell->rows[i]->event.withdrawal ? -1 : 1;
        }
    }
    return sum;
}

/* People and pairs whose net is above zero; each is counted at its first row. */
static void count_people(const struct cell *cell, int64_t *people, int64_t *pairs)
{
    *people = 0;
    *pairs = 0;
    for (uint32_t i = 0; i < cell->count; i++) {
        bool first_pair = true;
        bool counted_before = false;
        for (uint32_t k = 0; k < i; k++) {
            if (same_person(cell->rows[k], cell->rows[i])) {
                first_pair = first_pair && strcmp(cell->partners[k], cell->partners[i]) != 0;
                counted_before = counted_before || net(cell, cell->rows[k], cell->partners[k]) > 0;
            }
        }
        const bool there = net(cell, cell->rows[i], cell->partners[i]) > 0;
        *pairs += there && first_pair ? 1 : 0;
        *people += there && !counted_before ? 1 : 0;
    }
}

static void measure(const struct cell *cell, enum count_mode mode, int64_t *value, int64_t *sum)
{
    int64_t people, pairs;
    count_people(cell, &people, &pairs);
    *value = mode == COUNT_PERSONS ? people : pairs;
    *sum = pairs;
    if (mode == COUNT_PERSONS || mode == COUNT_PARTICIPATIONS) {
        return;
    }
    *value = 0;
    for (uint32_t i = 0; i < cell->count; i++) {
        const struct event *event = &cell->rows[i]->event;
        const int64_t one = mode == COUNT_QUANTITY ? event->quantity : 1;
        *value += event->withdrawal ? -one : one;
    }
    *sum = *value;
}

static bool in_programme(const char *partner)
{
    return strcmp(partner, "nobody") != 0;
}

static uint32_t collect(const struct world *world, const struct view *view, struct cell *cells)
{
    const struct indicator *indicator = &world->programme->indicators[view->indicator];
    uint32_t count = 0;
    for (uint32_t b = 0; b < world->batch_count; b++) {
        const struct batch *batch = &world->batches[b];
        const char *partner = world->partners[batch->node];
        for (uint32_t i = 0; i < batch->count && in_programme(partner); i++) {
            const struct row *row = &batch->rows[i];
            if (row->verdict != REJECT_NONE || row->event.occurred_on > world->until ||
                !meets(world, indicator, row, partner)) {
                continue;
            }
            struct cell *cell = &cells[count];
            label(world, view, row, partner, cell);
            cell->count = 0;
            for (uint32_t k = 0; k < count; k++) {
                cell = strcmp(cells[k].labels, cells[count].labels) == 0 ? &cells[k] : cell;
            }
            count += cell == &cells[count] ? 1 : 0;
            cell->partners[cell->count] = partner;
            cell->rows[cell->count++] = row;
        }
    }
    qsort(cells, count, sizeof *cells, compare_cells);
    return count;
}

static void note_row(void *context, const struct totals_row *row)
{
    char text[2 * TEXT_MAX];
    char labels[TEXT_MAX] = "";
    size_t size = 0;
    for (int i = 0; i < DIMENSION_COUNT; i++) {
        if (row->labels[i].size > 0) {
            size += (size_t)snprintf(labels + size, sizeof labels - size, "%s%.*s",
                                     size > 0 ? "," : "", BYTES_FMT(row->labels[i]));
        }
    }
    snprintf(text, sizeof text, "%s|%lld|%lld\n", labels, (long long)row->value,
             (long long)row->partner_sum);
    assert_int_equal(ERR_OK, buffer_add_text(context, text));
}

/* The rows of one view as the reference counts them. */
static void reference(const struct world *world, const struct view *view, struct cell *cells,
                      struct buffer *out)
{
    const enum count_mode mode = world->programme->indicators[view->indicator].mode;
    const uint32_t count = collect(world, view, cells);
    if (count == 0 && view->dimensions == 0) {
        assert_int_equal(ERR_OK, buffer_add_text(out, "|0|0\n"));
    }
    for (uint32_t i = 0; i < count; i++) {
        char text[2 * TEXT_MAX];
        int64_t value, sum;
        measure(&cells[i], mode, &value, &sum);
        if (value != 0 || sum != 0 || view->dimensions == 0) {
            snprintf(text, sizeof text, "%s|%lld|%lld\n", cells[i].labels, (long long)value,
                     (long long)sum);
            assert_int_equal(ERR_OK, buffer_add_text(out, text));
        }
    }
}

/* ---- the tests ---- */

/* Folds all batches; those of one node keep their order, nodes are interleaved as seed says. */
static struct totals *fold_all(struct world *world, struct folding *folding, uint64_t seed)
{
    const struct totals_options options = {.programme = world->programme,
                                           .views = world->views,
                                           .view_count = world->view_count,
                                           .until = world->until};
    struct totals *totals;
    uint32_t next[NODES] = {0};
    uint32_t folded = 0;
    world->random ^= seed;
    assert_int_equal(ERR_OK, totals_new(&options, &totals));
    while (folded < world->batch_count) {
        const uint32_t node = below(world, NODES);
        while (next[node] < world->batch_count && world->batches[next[node]].node != node) {
            next[node]++;
        }
        if (next[node] == world->batch_count) {
            continue;
        }
        const struct batch *batch = &world->batches[next[node]++];
        folding_begin(folding, node, world->partners[node]);
        for (uint32_t i = 0; i < batch->person_count; i++) {
            folding_introduce(folding, batch->first_person + i, batch->persons[i]);
        }
        for (uint32_t i = 0; i < batch->count; i++) {
            folding_put(folding, &batch->rows[i].event, batch->rows[i].verdict);
        }
        assert_int_equal(ERR_OK, folding_into(folding, totals));
        folded++;
    }
    totals_check(totals);
    return totals;
}

static void totals_are_those_of_a_naive_count(void **state)
{
    struct folding *folding = folding_new();
    struct cell *cells = calloc(ROWS_MAX, sizeof *cells);
    uint32_t rows = 0;
    (void)state;
    assert_non_null(cells);
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct world *world = world_new(seed);
        struct totals *totals = fold_all(world, folding, 0);
        for (uint32_t i = 0; i < world->view_count; i++) {
            struct buffer wanted = {.bytes_max = 1 << 22};
            struct buffer got = {.bytes_max = 1 << 22};
            reference(world, &world->views[i], cells, &wanted);
            assert_int_equal(ERR_OK, totals_query(totals, &world->views[i], note_row, &got));
            assert_int_equal(ERR_OK, buffer_add(&wanted, bytes_of("", 1)));
            assert_int_equal(ERR_OK, buffer_add(&got, bytes_of("", 1)));
            if (strcmp((char *)wanted.data, (char *)got.data) != 0) {
                print_error("seed %llu, view %u\n", (unsigned long long)seed, i);
            }
            assert_string_equal((char *)wanted.data, (char *)got.data);
            rows += got.size > 1 ? 1 : 0;
            buffer_fini(&wanted);
            buffer_fini(&got);
        }
        totals_free(&totals);
        world_free(&world);
    }
    assert_true(rows > ROUNDS * 4); /* or the worlds are too empty to tell anything */
    free(cells);
    folding_free(&folding);
}

static void order_of_nodes_does_not_matter(void **state)
{
    struct folding *folding = folding_new();
    (void)state;
    for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
        struct world *world = world_new(seed);
        char *lines[3];
        for (uint64_t i = 0; i < 3; i++) {
            struct totals *totals = fold_all(world, folding, i * 77 + seed);
            lines[i] = folding_lines(totals);
            totals_free(&totals);
        }
        assert_string_equal(lines[0], lines[1]);
        assert_string_equal(lines[0], lines[2]);
        for (int i = 0; i < 3; i++) {
            free(lines[i]);
        }
        world_free(&world);
    }
    folding_free(&folding);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_are_those_of_a_naive_count),
        cmocka_unit_test(order_of_nodes_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
