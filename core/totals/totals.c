/* The happy path of a fold is: 1. note who was introduced; 2. turn the batch into lanes of small
 * numbers; 3. for each indicator find the events that meet its predicate, once; 4. for each of its
 * views pack keys, find cells and add weights: right away in additive modes, and in people modes
 * through the facts, which tell when somebody appears in a cell or leaves it.
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

#include "core/base/buffer.h"
#include "core/base/mem.h"
#include "core/totals/cells.h"
#include "core/totals/changes.h"
#include "core/totals/facts.h"
#include "core/totals/keys.h"
#include "core/totals/lanes.h"
#include "core/totals/match.h"
#include "core/totals/roster.h"
#include "core/totals/vocabulary.h"

enum { LINE_BYTES_MAX = 4096 };

static_assert((DIMENSION_COUNT + 3) * (TITLE_BYTES_MAX + 1) + 2 * 21 < LINE_BYTES_MAX,
              "a line of labels fits");

/* One view with its cells. */
struct shelf {
    struct bytes id; /* of the indicator */
    struct view view;
    struct keys keys;
    struct cells *cells;
    struct facts *facts;     /* null in additive modes */
    struct changes *changes; /* null where nobody watches */
};

/* The views of one indicator: they stand side by side. */
struct group {
    const struct indicator *indicator;
    struct match match;
    uint32_t first, count;
};

struct totals {
    const struct programme *programme;
    int32_t until;
    struct vocabulary *vocabulary;
    struct roster *roster;
    struct key_periods *periods;
    struct shelf *shelves; /* in the order of totals_lines() */
    uint32_t shelf_count;
    struct group *groups;
    uint32_t group_count;

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
    return order;
}

static const struct indicator *indicator_of(const struct totals *self, const struct shelf *shelf)
{
    return &self->programme->indicators[shelf->view.indicator];
}

/* Copies the views in order, each once. */
static enum err take_views(struct totals *self, const struct totals_options *options)
{
    self->shelves = mem_calloc((size_t)options->view_count + 1, sizeof *self->shelves);
    if (self->shelves == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < options->view_count; i++) {
        struct shelf *shelf = &self->shelves[i];
        assert(options->views[i].indicator < self->programme->indicator_count);
        assert(options->views[i].dimensions < UINT32_C(1) << DIMENSION_COUNT);
        shelf->view = normal(&options->views[i]);
        shelf->id = indicator_of(self, shelf)->id;
    }
    qsort(self->shelves, options->view_count, sizeof *self->shelves, compare_shelves);
    for (uint32_t i = 0; i < options->view_count; i++) {
        if (i == 0 || compare_shelves(&self->shelves[i - 1], &self->shelves[i]) != 0) {
            self->shelves[self->shelf_count++] = self->shelves[i];
        }
    }
    return ERR_OK;
}

static enum err open_shelf(struct totals *self, struct shelf *shelf)
{
    const struct indicator *indicator = indicator_of(self, shelf);
    keys_init(&shelf->keys, &shelf->view, indicator->region_of_home);
    self->lanes.needs |= keys_needs(&shelf->keys);
    const enum err err = cells_new(&shelf->cells);
    if (err != ERR_OK || !counts_people(indicator)) {
        return err;
    }
    return facts_new(&shelf->facts);
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

static enum err open_all(struct totals *self)
{
    self->groups = mem_calloc((size_t)self->shelf_count + 1, sizeof *self->groups);
    if (self->groups == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < self->shelf_count; i++) {
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

enum err totals_new(const struct totals_options *options, struct totals **out)
{
    struct totals *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->programme = options->programme;
    self->until = options->until;
    enum err err = take_views(self, options);
    if (err == ERR_OK) {
        err = vocabulary_new(self->programme, &self->vocabulary);
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
        }
        for (uint32_t i = 0; i < (*self)->group_count; i++) {
            match_fini(&(*self)->groups[i].match);
        }
        vocabulary_free(&(*self)->vocabulary);
        roster_free(&(*self)->roster);
        key_periods_free(&(*self)->periods);
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
        .until = self->until,
    };
    err = lanes_load(&self->lanes, &source);
    if (self->lanes.count == 0) {
        return err;
    }
    for (uint32_t i = 0; err == ERR_OK && i < self->group_count; i++) {
        err = fold_group(self, &self->groups[i]);
    }
    return err;
}

static struct shelf *shelf_of(const struct totals *self, const struct view *view)
{
    if (view->indicator >= self->programme->indicator_count) {
        return NULL;
    }
    const struct shelf wanted = {
        .id = self->programme->indicators[view->indicator].id,
        .view = normal(view),
    };
    return bsearch(&wanted, self->shelves, self->shelf_count, sizeof wanted, compare_shelves);
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

static enum err visit_shelf(struct totals *self, const struct shelf *shelf, totals_visit *visit,
                            void *context)
{
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
    if (!on) {
        changes_free(&shelf->changes);
    }
    return on && shelf->changes == NULL ? changes_new(&shelf->changes) : ERR_OK;
}

void totals_tell_changes(struct totals *self, const struct view *view, totals_visit_change *visit,
                         void *context)
{
    const struct shelf *shelf = shelf_of(self, view);
    assert(shelf != NULL && shelf->changes != NULL);
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

/* What writing a line needs; the first error ends it all. */
struct writer {
    struct buffer line;
    size_t prefix; /* bytes of the line that all rows of the view share */
    const struct shelf *shelf;
    totals_emit *emit;
    void *context;
    enum err err;
};

static void write_bytes(struct writer *self, struct bytes text)
{
    if (self->err == ERR_OK) {
        self->err = buffer_add(&self->line, text);
    }
}

static void write_number(struct writer *self, int64_t number)
{
    char text[20];
    size_t at = sizeof text;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        text[--at] = '-';
    }
    write_bytes(self, bytes_of(text + at, sizeof text - at));
}

static void write_separator(struct writer *self, bool wanted, const char *text)
{
    if (wanted) {
        write_bytes(self, bytes_text(text));
    }
}

static void write_prefix(struct writer *self)
{
    const struct view *view = &self->shelf->view;
    buffer_clear(&self->line);
    write_bytes(self, self->shelf->id);
    write_bytes(self, bytes_text("|"));
    bool more = false;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if ((view->dimensions >> i & 1) != 0) {
            write_separator(self, more, ",");
            write_bytes(self, bytes_text(dimension_text((enum dimension)i)));
            more = true;
        }
    }
    const bool levelled = view->level < REGION_LEVEL_COUNT;
    write_bytes(self, bytes_text("|"));
    write_bytes(self, bytes_text(levelled ? region_level_text(view->level) : "-"));
    write_bytes(self, bytes_text("|"));
    self->prefix = self->line.size;
}

static void write_row(void *context, const struct totals_row *row)
{
    struct writer *self = context;
    bool more = false;
    self->line.size = self->prefix;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if ((self->shelf->view.dimensions >> i & 1) != 0) {
            write_separator(self, more, ",");
            write_bytes(self, row->labels[i]);
            more = true;
        }
    }
    write_bytes(self, bytes_text("|"));
    write_number(self, row->value);
    write_bytes(self, bytes_text("|"));
    write_number(self, row->partner_sum);
    if (self->err == ERR_OK) {
        self->emit(self->context, buffer_bytes(&self->line));
    }
}

enum err totals_lines(struct totals *self, totals_emit *emit, void *context)
{
    struct writer writer = {
        .line = {.bytes_max = LINE_BYTES_MAX}, .emit = emit, .context = context, .err = ERR_OK};
    for (uint32_t i = 0; writer.err == ERR_OK && i < self->shelf_count; i++) {
        writer.shelf = &self->shelves[i];
        write_prefix(&writer);
        const enum err err = visit_shelf(self, writer.shelf, write_row, &writer);
        writer.err = writer.err == ERR_OK ? err : writer.err;
    }
    buffer_fini(&writer.line);
    return writer.err;
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
    for (uint32_t i = 0; i < self->shelf_count; i++) {
        const struct shelf *shelf = &self->shelves[i];
        if (shelf->facts != NULL) {
            const bool by_pairs = indicator_of(self, shelf)->mode == COUNT_PARTICIPATIONS;
            facts_check(shelf->facts, shelf->cells, by_pairs);
        }
    }
}
