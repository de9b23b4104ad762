/* The happy path of a fold is: 1. note who was introduced; 2. turn the batch into lanes of small
 * numbers; 3. for each indicator find the events that meet its predicate, once; 4. for each of its
 * views pack keys, find cells and add weights: right away in additive modes, and in people modes
 * through the facts, which tell when somebody appears in a cell or leaves it. Ratios and means are
 * not folded: they are made of other views' cells when they are asked for.
 *
 * What may go wrong: the memory, a limit of the tables, a log that names people it never
 * introduced. After an error in the middle of a fold the totals are not to be used.
 *
 * Tables of its own (cells, facts) stand here in place of core/base/table, because a fold looks up
 * whole batches and fetches memory ahead. */
#include "core/totals/totals.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/totals/cells.h"
#include "core/totals/changes.h"
#include "core/totals/derived.h"
#include "core/totals/facts.h"
#include "core/totals/keys.h"
#include "core/totals/lanes.h"
#include "core/totals/lines.h"
#include "core/totals/match.h"
#include "core/totals/months.h"
#include "core/totals/roster.h"
#include "core/totals/vocabulary.h"

enum { HUNDREDTHS = 100 };

/* One view with its cells. */
struct shelf {
    struct bytes id; /* of the indicator */
    struct view view;
    enum dimension over; /* one more label in its keys, for a mean; DIMENSION_COUNT: none */
    enum region_level over_at;
    bool hidden; /* nobody asked for it: it is a part of another */
    struct keys keys;
    struct cells *cells;     /* null in derived modes */
    struct facts *facts;     /* null in additive modes, and derived ones */
    struct changes *changes; /* null where nobody watches */
    struct derived *derived; /* null where cells are not */
};

/* The views of one indicator: they stand side by side. */
struct group {
    const struct indicator *indicator;
    struct match match;
    uint32_t first, count;
};

struct totals {
    const struct programme *programme;
    int32_t from, until;
    struct vocabulary *vocabulary;
    struct roster *roster;
    struct key_periods *periods;
    struct shelf *shelves; /* in the order of totals_lines() */
    uint32_t shelf_count;
    struct group *groups;
    uint32_t group_count;
    struct months *months; /* null where no mean goes over them */

    /* Of the batch that is being folded. */
    struct lanes lanes;
    uint32_t matched[BATCH_EVENTS_MAX];
    struct cell_key keys[BATCH_EVENTS_MAX];
    uint32_t numbers[BATCH_EVENTS_MAX];
    uint32_t persons[BATCH_EVENTS_MAX];
    bool entities[BATCH_EVENTS_MAX];
    int8_t weights[BATCH_EVENTS_MAX];
    struct fact_change changes[BATCH_EVENTS_MAX];
};

static bool counts_people(const struct indicator *indicator)
{
    return indicator->mode == COUNT_PERSONS || indicator->mode == COUNT_PARTICIPATIONS;
}

/* The same view has one form only: without regions their level says nothing. */
static struct view normal(const struct view *view)
{
    struct view out = *view;
    if ((view->dimensions >> BY_REGION & 1) == 0) {
        out.level = REGION_LEVEL_COUNT;
    }
    return out;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_shelves(const void *a, const void *b)
{
    const struct shelf *left = a;
    const struct shelf *right = b;
    int order = bytes_compare(left->id, right->id);
    if (order == 0) {
        order = compare_numbers(left->view.indicator, right->view.indicator);
    }
    if (order == 0) {
        order = compare_numbers(left->view.dimensions, right->view.dimensions);
    }
    if (order == 0) {
        order = compare_numbers((uint32_t)left->view.level, (uint32_t)right->view.level);
    }
    if (order == 0) {
        order = compare_numbers((uint32_t)left->over, (uint32_t)right->over);
    }
    if (order == 0) {
        order = compare_numbers((uint32_t)left->over_at, (uint32_t)right->over_at);
    }
    return order;
}

/* Those asked for before their hidden likes. */
static int compare_wanted(const void *a, const void *b)
{
    const struct shelf *left = a;
    const struct shelf *right = b;
    const int order = compare_shelves(a, b);
    return order != 0 ? order : compare_numbers(left->hidden ? 1 : 0, right->hidden ? 1 : 0);
}

static const struct indicator *indicator_of(const struct totals *self, const struct shelf *shelf)
{
    return &self->programme->indicators[shelf->view.indicator];
}

static struct shelf wanted_of(const struct totals *self, const struct view *view)
{
    assert(view->indicator < self->programme->indicator_count);
    assert(view->dimensions < UINT32_C(1) << DIMENSION_COUNT);
    return (struct shelf){.id = self->programme->indicators[view->indicator].id,
                          .view = normal(view),
                          .over = DIMENSION_COUNT,
                          .over_at = REGION_LEVEL_COUNT};
}

/* What the derived shelf is made of: of (first) or per. */
static struct shelf part_of(const struct totals *self, const struct shelf *shelf, bool first)
{
    const struct indicator *indicator = indicator_of(self, shelf);
    struct view view = shelf->view;
    view.indicator = first ? indicator->of : indicator->per;
    struct shelf part = wanted_of(self, &view);
    assert(!count_mode_derived(indicator_of(self, &part)->mode));
    part.hidden = true;
    if (indicator->mode == COUNT_MEAN) {
        part.over = indicator->over;
        part.over_at = indicator->over == BY_REGION ? indicator->over_at : REGION_LEVEL_COUNT;
    }
    return part;
}

static struct shelf *find_shelf(const struct totals *self, const struct shelf *wanted)
{
    return bsearch(wanted, self->shelves, self->shelf_count, sizeof *wanted, compare_shelves);
}

/* Lists the views in order, each once, with the parts of those that are derived. */
static enum err take_views(struct totals *self, const struct totals_options *options)
{
    uint32_t count = 0;
    self->shelves = mem_calloc(3 * (size_t)options->view_count + 1, sizeof *self->shelves);
    if (self->shelves == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < options->view_count; i++) {
        const struct shelf shelf = wanted_of(self, &options->views[i]);
        const enum count_mode mode = indicator_of(self, &shelf)->mode;
        self->shelves[count++] = shelf;
        if (count_mode_derived(mode)) {
            self->shelves[count++] = part_of(self, &shelf, true);
        }
        if (mode == COUNT_RATIO) {
            self->shelves[count++] = part_of(self, &shelf, false);
        }
    }
    qsort(self->shelves, count, sizeof *self->shelves, compare_wanted);
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || compare_shelves(&self->shelves[i - 1], &self->shelves[i]) != 0) {
            self->shelves[self->shelf_count++] = self->shelves[i];
        }
    }
    return ERR_OK;
}

/* Opens the cells of a shelf that has its own. */
static enum err open_shelf(struct totals *self, struct shelf *shelf)
{
    const struct indicator *indicator = indicator_of(self, shelf);
    keys_init(&shelf->keys, &shelf->view, indicator->region_of_home);
    if (shelf->over != DIMENSION_COUNT) {
        keys_add_over(&shelf->keys, shelf->over, shelf->over_at, indicator->region_of_home);
    }
    self->lanes.needs |= keys_needs(&shelf->keys);
    const enum err err = cells_new(&shelf->cells);
    if (err != ERR_OK || !counts_people(indicator)) {
        return err;
    }
    return facts_new(&shelf->facts);
}

static enum err open_months(struct totals *self)
{
    const struct programme *programme = self->programme;
    const int32_t from = self->from > programme->starts_on ? self->from : programme->starts_on;
    return self->months != NULL
               ? ERR_OK
               : months_new(vocabulary_month(self->vocabulary, from),
                            vocabulary_month(self->vocabulary, programme->ends_on), &self->months);
}

static uint32_t times_of(const struct totals *self, const struct indicator *indicator)
{
    const enum count_mode of = self->programme->indicators[indicator->of].mode;
    return indicator->mode == COUNT_RATIO ? 100 * HUNDREDTHS
           : of == COUNT_QUANTITY         ? 1
                                          : HUNDREDTHS;
}

/* Opens a ratio or a mean, whose parts are open. */
static enum err open_derived(struct totals *self, struct shelf *shelf)
{
    const struct indicator *indicator = indicator_of(self, shelf);
    const bool ratio = indicator->mode == COUNT_RATIO;
    const bool months = !ratio && indicator->over == BY_MONTH;
    const struct shelf of = part_of(self, shelf, true);
    const struct shelf per = ratio ? part_of(self, shelf, false) : of;
    const enum err err = months ? open_months(self) : ERR_OK;
    if (err != ERR_OK) {
        return err;
    }
    keys_init(&shelf->keys, &shelf->view, false);
    const struct derived_options options = {
        .keys = &shelf->keys,
        .of = find_shelf(self, &of)->cells,
        .per = ratio ? find_shelf(self, &per)->cells : NULL,
        .months = months ? self->months : NULL,
        .unlabelled = ratio ? 0 : keys_unlabelled(indicator->over, self->vocabulary),
        .times = times_of(self, indicator)};
    return derived_new(&options, &shelf->derived);
}

static enum err open_group(struct totals *self, uint32_t first)
{
    struct group *group = &self->groups[self->group_count++];
    group->indicator = indicator_of(self, &self->shelves[first]);
    group->first = first;
    const enum err err =
        match_init(&group->match, group->indicator, self->programme, self->vocabulary);
    self->lanes.needs |= match_needs(&group->match);
    return err;
}

static bool is_derived(const struct totals *self, const struct shelf *shelf)
{
    return count_mode_derived(indicator_of(self, shelf)->mode);
}

/* Opens the shelves that have cells, each in the group of its indicator. */
static enum err open_counted(struct totals *self)
{
    for (uint32_t i = 0; i < self->shelf_count; i++) {
        if (is_derived(self, &self->shelves[i])) {
            continue;
        }
        enum err err = open_shelf(self, &self->shelves[i]);
        const bool same =
            i > 0 && self->shelves[i - 1].view.indicator == self->shelves[i].view.indicator;
        if (err == ERR_OK && !same) {
            err = open_group(self, i);
        }
        if (err != ERR_OK) {
            return err;
        }
        self->groups[self->group_count - 1].count++;
    }
    return ERR_OK;
}

static enum err open_all(struct totals *self)
{
    self->groups = mem_calloc((size_t)self->shelf_count + 1, sizeof *self->groups);
    enum err err = self->groups != NULL ? open_counted(self) : ERR_MEMORY;
    for (uint32_t i = 0; err == ERR_OK && i < self->shelf_count; i++) {
        if (is_derived(self, &self->shelves[i])) {
            err = open_derived(self, &self->shelves[i]);
        }
    }
    return err;
}

enum err totals_new(const struct totals_options *options, struct totals **out)
{
    struct totals *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->programme = options->programme;
    self->from = options->has_from ? options->from : INT32_MIN;
    self->until = options->until;
    enum err err = take_views(self, options);
    if (err == ERR_OK) {
        err = vocabulary_new(self->programme, &self->vocabulary);
    }
    if (err == ERR_OK && options->regions_dated) {
        vocabulary_show_regions_at(self->vocabulary, options->regions_at);
    }
    if (err == ERR_OK) {
        err = roster_new(&self->roster);
    }
    if (err == ERR_OK) {
        err = key_periods_new(&self->periods);
    }
    if (err == ERR_OK) {
        err = open_all(self);
    }
    if (err != ERR_OK) {
        totals_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void totals_free(struct totals **self)
{
    if (*self != NULL) {
        for (uint32_t i = 0; i < (*self)->shelf_count; i++) {
            cells_free(&(*self)->shelves[i].cells);
            facts_free(&(*self)->shelves[i].facts);
            changes_free(&(*self)->shelves[i].changes);
            derived_free(&(*self)->shelves[i].derived);
        }
        for (uint32_t i = 0; i < (*self)->group_count; i++) {
            match_fini(&(*self)->groups[i].match);
        }
        vocabulary_free(&(*self)->vocabulary);
        roster_free(&(*self)->roster);
        key_periods_free(&(*self)->periods);
        months_free(&(*self)->months);
        mem_free((*self)->shelves);
        mem_free((*self)->groups);
        mem_free(*self);
    }
    *self = NULL;
}

/* Adds without a trap at the ends of the range: sums wrap there and a withdrawal unwraps them. */
static int64_t plus(int64_t sum, int64_t value, int weight)
{
    const uint64_t step = weight < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    return (int64_t)((uint64_t)sum + step);
}

static void add_values(struct totals *self, struct shelf *shelf, enum count_mode mode,
                       uint32_t count)
{
    const struct lanes *lanes = &self->lanes;
    struct cell *cells = cells_all(shelf->cells);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = self->matched[i];
        struct cell *cell = &cells[self->numbers[i]];
        const int64_t value = mode == COUNT_QUANTITY ? lanes->quantity[event] : 1;
        cell->value = plus(cell->value, value, lanes->weight[event]);
        cell->partner_sum = cell->value;
    }
}

static enum err add_people(struct totals *self, struct shelf *shelf, enum count_mode mode,
                           uint32_t count)
{
    const struct fact_batch batch = {
        .count = count,
        .partner = self->lanes.partner,
        .cells = self->numbers,
        .persons = self->persons,
        .entities = self->entities,
        .weights = self->weights,
    };
    const enum err err = facts_add(shelf->facts, &batch, self->changes);
    if (err != ERR_OK) {
        return err;
    }
    struct cell *cells = cells_all(shelf->cells);
    for (uint32_t i = 0; i < count; i++) {
        const struct fact_change *change = &self->changes[i];
        struct cell *cell = &cells[self->numbers[i]];
        cell->value += mode == COUNT_PERSONS ? change->people : change->pairs;
        cell->partner_sum += change->pairs;
    }
    return ERR_OK;
}

static void gather_people(struct totals *self, uint32_t count)
{
    const struct lanes *lanes = &self->lanes;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = self->matched[i];
        self->persons[i] = lanes->person[event];
        self->entities[i] = lanes->entity[event];
        self->weights[i] = lanes->weight[event];
    }
}

static enum err fold_group(struct totals *self, const struct group *group)
{
    const uint32_t count = match_run(&group->match, &self->lanes, self->matched);
    const enum count_mode mode = group->indicator->mode;
    if (count == 0) {
        return ERR_OK;
    }
    if (counts_people(group->indicator)) {
        gather_people(self, count);
    }
    for (uint32_t i = group->first; i < group->first + group->count; i++) {
        struct shelf *shelf = &self->shelves[i];
        keys_pack(&shelf->keys, &self->lanes, self->matched, count, self->keys);
        enum err err = cells_numbers(shelf->cells, self->keys, count, self->numbers);
        if (err == ERR_OK && shelf->changes != NULL) {
            err = changes_note(shelf->changes, shelf->cells, self->numbers, count);
        }
        if (err == ERR_OK && shelf->facts != NULL) {
            err = add_people(self, shelf, mode, count);
        } else if (err == ERR_OK) {
            add_values(self, shelf, mode, count);
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

enum err totals_fold(struct totals *self, const struct totals_batch *batch)
{
    assert(batch->person_count == 0 || batch->persons != NULL);
    enum err err = roster_introduce(self->roster, batch->node, batch->first_person, batch->persons,
                                    batch->person_count);
    if (err != ERR_OK) {
        return err;
    }
    const uint32_t partner = programme_code(self->programme, CODES_PARTNER, batch->partner);
    if (partner == CODE_NONE) {
        return ERR_OK;
    }
    const struct lanes_source source = {
        .vocabulary = self->vocabulary,
        .roster = self->roster,
        .batch = batch,
        .partner = partner,
        .from = self->from,
        .until = self->until,
    };
    err = lanes_load(&self->lanes, &source);
    if (self->lanes.count == 0) {
        return err;
    }
    if (err == ERR_OK && self->months != NULL) {
        months_note(self->months, self->lanes.label[LANE_MONTH], self->lanes.weight,
                    self->lanes.count);
    }
    for (uint32_t i = 0; err == ERR_OK && i < self->group_count; i++) {
        err = fold_group(self, &self->groups[i]);
    }
    return err;
}

/* The shelf of a view that was asked for. */
static struct shelf *shelf_of(const struct totals *self, const struct view *view)
{
    if (view->indicator >= self->programme->indicator_count) {
        return NULL;
    }
    const struct shelf wanted = wanted_of(self, view);
    struct shelf *shelf = find_shelf(self, &wanted);
    return shelf != NULL && !shelf->hidden ? shelf : NULL;
}

const uint32_t *totals_people(const struct totals *self, uint32_t node, uint32_t *count)
{
    static const uint32_t nobody;
    const uint32_t *people = roster_of(self->roster, node, count);
    return people != NULL ? people : &nobody;
}

bool totals_has(const struct totals *self, const struct view *view)
{
    return shelf_of(self, view) != NULL;
}

static int compare_cells(const void *a, const void *b)
{
    const struct cell *left = a;
    const struct cell *right = b;
    if (left->key.high != right->key.high) {
        return left->key.high < right->key.high ? -1 : 1;
    }
    return left->key.low < right->key.low ? -1 : left->key.low > right->key.low;
}

static struct totals_row row_of(struct totals *self, const struct shelf *shelf,
                                const struct cell *cell)
{
    struct totals_row row = {.value = cell->value, .partner_sum = cell->partner_sum};
    keys_unpack(&shelf->keys, &cell->key, self->vocabulary, self->periods, row.labels);
    return row;
}

static void visit_cell(struct totals *self, const struct shelf *shelf, const struct cell *cell,
                       totals_visit *visit, void *context)
{
    const struct totals_row row = row_of(self, shelf, cell);
    visit(context, &row);
}

static struct totals_row derived_row_of(struct totals *self, const struct shelf *shelf,
                                        const struct derived_row *derived)
{
    struct totals_row row = {.value = derived->value,
                             .partner_sum = derived->value,
                             .derived = true,
                             .undefined = derived->undefined,
                             .above = derived->above,
                             .below = derived->below};
    keys_unpack(&shelf->keys, &derived->key, self->vocabulary, self->periods, row.labels);
    return row;
}

static enum err visit_derived(struct totals *self, const struct shelf *shelf, totals_visit *visit,
                              void *context)
{
    const struct derived_row *rows;
    uint32_t count;
    const enum err err = derived_rows(shelf->derived, &rows, &count);
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        const struct totals_row row = derived_row_of(self, shelf, &rows[i]);
        visit(context, &row);
    }
    return err;
}

static enum err visit_shelf(struct totals *self, const struct shelf *shelf, totals_visit *visit,
                            void *context)
{
    if (shelf->derived != NULL) {
        return visit_derived(self, shelf, visit, context);
    }
    const struct cell *cells = cells_all(shelf->cells);
    const uint32_t count = cells_count(shelf->cells);
    if (shelf->view.dimensions == 0) {
        const struct cell none = {0};
        assert(count <= 1);
        visit_cell(self, shelf, count > 0 ? cells : &none, visit, context);
        return ERR_OK;
    }
    struct cell *sorted = mem_calloc((size_t)count + 1, sizeof *sorted);
    if (sorted == NULL) {
        return ERR_MEMORY;
    }
    uint32_t live = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (cells[i].value != 0 || cells[i].partner_sum != 0) {
            sorted[live++] = cells[i];
        }
    }
    qsort(sorted, live, sizeof *sorted, compare_cells);
    for (uint32_t i = 0; i < live; i++) {
        visit_cell(self, shelf, &sorted[i], visit, context);
    }
    mem_free(sorted);
    return ERR_OK;
}

enum err totals_query(struct totals *self, const struct view *view, totals_visit *visit,
                      void *context)
{
    const struct shelf *shelf = shelf_of(self, view);
    return shelf == NULL ? ERR_NOT_FOUND : visit_shelf(self, shelf, visit, context);
}

enum err totals_track(struct totals *self, const struct view *view, bool on)
{
    struct shelf *shelf = shelf_of(self, view);
    if (shelf == NULL) {
        return ERR_NOT_FOUND;
    }
    if (shelf->derived != NULL) {
        return derived_track(shelf->derived, on);
    }
    if (!on) {
        changes_free(&shelf->changes);
    }
    return on && shelf->changes == NULL ? changes_new(&shelf->changes) : ERR_OK;
}

/* Who is told of a derived view's changes. */
struct listener {
    struct totals *totals;
    const struct shelf *shelf;
    totals_visit_change *visit;
    void *context;
};

static void tell_derived(void *context, const struct derived_change *change)
{
    const struct listener *listener = context;
    const struct derived_row none = {.key =
                                         change->is != NULL ? change->is->key : change->was->key};
    const struct derived_row *is = change->is != NULL ? change->is : &none;
    const struct derived_row *was = change->was != NULL ? change->was : &none;
    const struct totals_change told = {
        .row = derived_row_of(listener->totals, listener->shelf, is),
        .was_value = was->value,
        .was_partner_sum = was->value,
        .gone = change->is == NULL,
        .was_gone = change->was == NULL,
        .was_undefined = was->undefined,
    };
    listener->visit(listener->context, &told);
}

static void tell_cells(struct totals *self, const struct shelf *shelf, totals_visit_change *visit,
                       void *context)
{
    assert(shelf->changes != NULL);
    const struct cell *cells = cells_all(shelf->cells);
    const struct change *changes = changes_all(shelf->changes);
    for (uint32_t i = 0; i < changes_count(shelf->changes); i++) {
        const struct cell *cell = &cells[changes[i].cell];
        if (cell->value != changes[i].value || cell->partner_sum != changes[i].partner_sum) {
            const struct totals_change change = {.row = row_of(self, shelf, cell),
                                                 .was_value = changes[i].value,
                                                 .was_partner_sum = changes[i].partner_sum};
            visit(context, &change);
        }
    }
    changes_clear(shelf->changes);
}

enum err totals_tell_changes(struct totals *self, const struct view *view,
                             totals_visit_change *visit, void *context)
{
    const struct shelf *shelf = shelf_of(self, view);
    assert(shelf != NULL);
    if (shelf->derived != NULL) {
        struct listener listener = {
            .totals = self, .shelf = shelf, .visit = visit, .context = context};
        return derived_tell(shelf->derived, tell_derived, &listener);
    }
    tell_cells(self, shelf, visit, context);
    return ERR_OK;
}

static void write_row(void *context, const struct totals_row *row)
{
    const struct line_numbers numbers = {
        .value = row->value, .partner_sum = row->partner_sum, .undefined = row->undefined};
    lines_row(context, row->labels, &numbers);
}

enum err totals_lines(struct totals *self, totals_emit *emit, void *context)
{
    struct lines lines;
    lines_init(&lines, emit, context);
    for (uint32_t i = 0; lines.err == ERR_OK && i < self->shelf_count; i++) {
        const struct shelf *shelf = &self->shelves[i];
        if (!shelf->hidden) {
            lines_view(&lines, shelf->id, &shelf->view);
            const enum err err = visit_shelf(self, shelf, write_row, &lines);
            lines.err = lines.err == ERR_OK ? err : lines.err;
        }
    }
    return lines_fini(&lines);
}

/* Every view of an additive indicator adds up to the same. */
static void check_group(const struct totals *self, const struct group *group)
{
    int64_t first = 0;
    for (uint32_t i = group->first; i < group->first + group->count; i++) {
        const struct shelf *shelf = &self->shelves[i];
        const struct cell *cells = cells_all(shelf->cells);
        int64_t sum = 0;
        for (uint32_t k = 0; k < cells_count(shelf->cells); k++) {
            assert(cells[k].value == cells[k].partner_sum);
            sum = plus(sum, cells[k].value, 1);
        }
        first = i == group->first ? sum : first;
        assert(sum == first);
    }
}

void totals_check(const struct totals *self)
{
    for (uint32_t i = 0; i < self->group_count; i++) {
        if (!counts_people(self->groups[i].indicator)) {
            check_group(self, &self->groups[i]);
        }
    }
    if (self->months != NULL) {
        months_check(self->months);
    }
    for (uint32_t i = 0; i < self->shelf_count; i++) {
        const struct shelf *shelf = &self->shelves[i];
        assert((shelf->cells == NULL) != (shelf->derived == NULL));
        if (shelf->facts != NULL) {
            const bool by_pairs = indicator_of(self, shelf)->mode == COUNT_PARTICIPATIONS;
            facts_check(shelf->facts, shelf->cells, by_pairs);
        }
    }
}
