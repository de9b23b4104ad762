/* The happy path is: 1. the targets in force are chosen, each with the cell that measures it; 2.
 * the windows are listed in which something has to be known: from the first day of a target's span,
 * until today, thirteen times a week before, and the span's end; 3. the log is folded once, each
 * batch into totals of every window; 4. each target's points are read from those and its forecast
 * is made; of a target for each of several the same for every one of them.
 *
 * What may go wrong: memory; a log that cannot be read. What cannot be measured has no points, and
 * a note. */
#include "tools/targets_count.h"

#include <stdio.h>
#include <sysexits.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "tools/say.h"

/* Totals of the days from..until, of the cells of all targets whose spans begin on that day. */
struct window {
    int32_t from, until;
    struct totals *totals;
};

struct targets_work {
    const struct programme *programme;
    const struct targets_options *options;
    struct targets_rows *found;
    uint32_t row_room;
    struct window *windows;
    uint32_t window_count;
};

/* ---- which targets ---- */

static bool same_subject(const struct target *a, const struct target *b)
{
    return a->indicator == b->indicator && a->kind == b->kind && bytes_equal(a->unit, b->unit) &&
           bytes_equal(a->region, b->region) && a->task == b->task && a->partner == b->partner &&
           a->from_on == b->from_on && a->to_on == b->to_on && bytes_equal(a->each, b->each);
}

/* Whether the target is the version in force of those of its subject. */
static bool in_force(const struct programme *programme, const struct target *target, int32_t today)
{
    const struct target *found = NULL;
    if ((target->kind != TARGET_PLANNED && target->kind != TARGET_MONEY) ||
        target->indicator == CODE_NONE) {
        return false;
    }
    for (uint32_t i = 0; i < programme->target_count; i++) {
        const struct target *version = &programme->targets[i];
        const int32_t before = found != NULL ? found->as_of : DATE_MAX;
        if (same_subject(target, version) && target_follows(version->as_of, before, today)) {
            found = version;
        }
    }
    return found == target;
}

/* ---- the cell of a target ---- */

/* The last day that the target is about, or today before that. */
static int32_t last_day(const struct programme *programme, const struct target *target,
                        int32_t today)
{
    const int32_t end = target->to_on < programme->ends_on ? target->to_on : programme->ends_on;
    return end < today ? end : today;
}

/* The first day of the span; DATE_MIN where it is the programme's: what happened before it is the
 * programme's too. */
static int32_t first_day(const struct programme *programme, const struct target *target)
{
    return target->from_on > programme->starts_on ? target->from_on : DATE_MIN;
}

static void set_label(struct targets_row *row, enum dimension dimension, struct bytes label)
{
    row->view.dimensions |= 1u << dimension;
    row->labels[dimension] = label;
}

/* Events are under the region on their own days: a code that has ended still has its figure. */
static void set_region(struct targets_row *row, const struct programme *programme, int32_t today)
{
    const struct target *target = row->target;
    const int32_t last = last_day(programme, target, today);
    const uint32_t line = regions_nearest(programme->regions, target->region, last);
    if (line == REGION_NONE) {
        row->note = TARGETS_NOTE_REGION;
        return;
    }
    const struct region *region = regions_get(programme->regions, line);
    row->view.level = region->level;
    set_label(row, BY_REGION, target->region);
    if (region->valid_to < last) {
        row->ended = true;
        row->ended_on = region->valid_to;
    }
}

/* What a target is for each of: partner, task, or regions of a level. */
static void set_each(struct targets_row *row)
{
    const struct bytes each = row->target->each;
    enum dimension by = BY_REGION;
    row->each = true;
    if (region_level_parse(each, &row->view.level) != ERR_OK &&
        (dimension_parse(each, &by) != ERR_OK || (by != BY_PARTNER && by != BY_TASK))) {
        row->note = TARGETS_NOTE_MEANT;
        row->each = false;
        return;
    }
    row->each_by = by;
    row->view.dimensions |= 1u << by;
}

static void set_cell(struct targets_row *row, const struct programme *programme, int32_t today)
{
    const struct target *target = row->target;
    row->view = (struct view){.indicator = target->indicator, .level = REGION_LEVEL_COUNT};
    if (target->task != CODE_NONE) {
        set_label(row, BY_TASK, programme->codes[CODES_TASK][target->task].id);
    }
    if (target->partner != CODE_NONE) {
        set_label(row, BY_PARTNER, programme->codes[CODES_PARTNER][target->partner].id);
    }
    if (target->region.size > 0) {
        set_region(row, programme, today);
    }
    if (target->op == TARGET_PER) {
        set_each(row);
    }
}

static void set_input(struct targets_row *row, const struct programme *programme, int32_t today)
{
    const struct target *target = row->target;
    const struct indicator *indicator = &programme->indicators[target->indicator];
    row->input = (struct forecast_input){
        .op = target->op,
        .value = target->value,
        .value_to = target->value_to,
        .comparable = target->unit.size == 0 || bytes_equal(target->unit, indicator->unit),
        .level = count_mode_derived(indicator->mode),
        .today = today,
        .starts_on =
            target->from_on > programme->starts_on ? target->from_on : programme->starts_on,
        .ends_on = target->to_on < programme->ends_on ? target->to_on : programme->ends_on};
    if (target->value < 0) {
        row->input.op = TARGET_NONE;
    }
}

/* ---- those meant by "each" ---- */

/* Visits a label of each that the target is meant for. */
typedef enum err visit_label(struct targets_work *work, struct targets_row *row,
                             struct bytes label);

static enum err visit_codes(struct targets_work *work, struct targets_row *row, visit_label *visit)
{
    const struct programme *programme = work->programme;
    const struct target *target = row->target;
    const bool partners = row->each_by == BY_PARTNER;
    const enum code_list list = partners ? CODES_PARTNER : CODES_TASK;
    const uint32_t only = partners ? target->partner : target->task;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < programme->code_count[list]; i++) {
        const struct code *code = &programme->codes[list][i];
        const bool there = code->valid_from <= target->to_on && code->valid_to >= target->from_on;
        if (there && (only == CODE_NONE || only == i)) {
            err = visit(work, row, code->id);
        }
    }
    return err;
}

/* Of the level, valid on the last day, and within the target's region. */
static bool is_meant(const struct targets_work *work, const struct targets_row *row, uint32_t line)
{
    const struct regions *regions = work->programme->regions;
    const struct region *region = regions_get(regions, line);
    const struct bytes within = row->target->region;
    const int32_t day = last_day(work->programme, row->target, work->options->today);
    if (region->level != row->view.level || day < region->valid_from || day > region->valid_to) {
        return false;
    }
    const uint32_t scope = regions_find(regions, within, day);
    return within.size == 0 ||
           (scope != REGION_NONE &&
            regions_above(regions, line, regions_get(regions, scope)->level, day) == scope);
}

static enum err visit_meant(struct targets_work *work, struct targets_row *row, visit_label *visit)
{
    const struct regions *regions = work->programme->regions;
    enum err err = ERR_OK;
    if (row->each_by != BY_REGION) {
        return visit_codes(work, row, visit);
    }
    for (uint32_t i = 0; err == ERR_OK && i < regions_count(regions); i++) {
        if (is_meant(work, row, i)) {
            err = visit(work, row, regions_get(regions, i)->code);
        }
    }
    return err;
}

/* ---- rows ---- */

static enum err add_row(struct targets_work *work, const struct targets_row *row)
{
    struct targets_rows *found = work->found;
    if (found->count == work->row_room) {
        const uint32_t room = 2 * work->row_room + 64;
        struct targets_row *larger = mem_resize(found->rows, room * sizeof *larger);
        if (larger == NULL) {
            return ERR_MEMORY;
        }
        found->rows = larger;
        work->row_room = room;
    }
    found->rows[found->count++] = *row;
    return ERR_OK;
}

/* A row of its own for one of those meant. */
static enum err add_one(struct targets_work *work, struct targets_row *row, struct bytes label)
{
    struct targets_row one = *row;
    one.each = false;
    set_label(&one, row->each_by, label);
    return add_row(work, &one);
}

static enum err add_target(struct targets_work *work, const struct target *target)
{
    const enum dimension by = work->options->by;
    struct targets_row row = {.target = target};
    set_cell(&row, work->programme, work->options->today);
    set_input(&row, work->programme, work->options->today);
    if (by == DIMENSION_COUNT) {
        return add_row(work, &row);
    }
    if (row.each && row.each_by == by) {
        return visit_meant(work, &row, add_one);
    }
    return row.labels[by].size > 0 ? add_row(work, &row) : ERR_OK;
}

/* By the label, then as they stand in the file. */
static void sort_rows(struct targets_work *work)
{
    const enum dimension by = work->options->by;
    struct targets_row *rows = work->found->rows;
    for (uint32_t i = 1; by != DIMENSION_COUNT && i < work->found->count; i++) {
        const struct targets_row row = rows[i];
        uint32_t at = i;
        for (; at > 0 && bytes_compare(rows[at - 1].labels[by], row.labels[by]) > 0; at--) {
            rows[at] = rows[at - 1];
        }
        rows[at] = row;
    }
}

static enum err choose(struct targets_work *work)
{
    const struct programme *programme = work->programme;
    const struct targets_options *options = work->options;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < programme->target_count; i++) {
        const struct target *target = &programme->targets[i];
        if ((options->indicator == CODE_NONE || options->indicator == target->indicator) &&
            in_force(programme, target, options->today)) {
            err = add_target(work, target);
        }
    }
    sort_rows(work);
    return err;
}

/* ---- windows ---- */

static struct window *find_window(const struct targets_work *work, int32_t from, int32_t until)
{
    uint32_t i = 0;
    while (i < work->window_count &&
           (work->windows[i].from != from || work->windows[i].until != until)) {
        i++;
    }
    return i < work->window_count ? &work->windows[i] : NULL;
}

static int32_t until_of(const struct targets_work *work, const struct targets_row *row,
                        int32_t week)
{
    const int32_t day = work->options->today - 7 * week;
    return row->target->to_on < day ? row->target->to_on : day;
}

static enum err list_windows(struct targets_work *work)
{
    work->windows =
        mem_calloc((size_t)work->found->count * FORECAST_POINTS_MAX + 1, sizeof *work->windows);
    for (uint32_t i = 0; work->windows != NULL && i < work->found->count; i++) {
        const struct targets_row *row = &work->found->rows[i];
        const int32_t from = first_day(work->programme, row->target);
        for (int32_t week = 0; row->note == TARGETS_NOTE_NONE && week < FORECAST_POINTS_MAX;
             week++) {
            const int32_t until = until_of(work, row, week);
            if (until >= from && find_window(work, from, until) == NULL) {
                work->windows[work->window_count++] = (struct window){.from = from, .until = until};
            }
        }
    }
    return work->windows != NULL ? ERR_OK : ERR_MEMORY;
}

/* The cells of the targets whose spans begin on the day; totals take each view once. */
static enum err open_window(const struct targets_work *work, struct window *window)
{
    struct view *views = mem_calloc(work->found->count + 1u, sizeof *views);
    uint32_t count = 0;
    for (uint32_t i = 0; views != NULL && i < work->found->count; i++) {
        const struct targets_row *row = &work->found->rows[i];
        if (row->note == TARGETS_NOTE_NONE &&
            first_day(work->programme, row->target) == window->from) {
            views[count++] = row->view;
        }
    }
    const struct totals_options options = {.programme = work->programme,
                                           .views = views,
                                           .view_count = count,
                                           .has_from = window->from > DATE_MIN,
                                           .from = window->from,
                                           .until = window->until};
    const enum err err = views != NULL ? totals_new(&options, &window->totals) : ERR_MEMORY;
    mem_free(views);
    return err;
}

/* ---- counting ---- */

static enum err fold_windows(void *context, const struct log_entry *entry,
                             const struct batch_header *header, const struct totals_batch *batch)
{
    struct targets_work *work = context;
    enum err err = ERR_OK;
    (void)entry;
    (void)header;
    for (uint32_t i = 0; err == ERR_OK && i < work->window_count; i++) {
        err = totals_fold(work->windows[i].totals, batch);
    }
    return err;
}

static int count_windows(struct targets_work *work, struct past *past,
                         const struct exchange_programme *version)
{
    struct counting *counting = NULL;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < work->window_count; i++) {
        err = open_window(work, &work->windows[i]);
    }
    if (err != ERR_OK) {
        return say_err(err, "counting");
    }
    static const struct view none; /* beside the tap nothing is counted */
    const struct counting_options options = {.programme = version->id,
                                             .views = &none,
                                             .until = DATE_MAX,
                                             .tap = fold_windows,
                                             .tap_context = work};
    const int status = past_count(past, &options, &counting);
    counting_free(&counting);
    return status;
}

/* ---- points ---- */

struct cell {
    const struct targets_row *row;
    int64_t value;
    bool undefined;
};

static void take_cell(void *context, const struct totals_row *found)
{
    struct cell *cell = context;
    bool same = true;
    for (uint32_t i = 0; same && i < DIMENSION_COUNT; i++) {
        same = (cell->row->view.dimensions & 1u << i) == 0 ||
               bytes_equal(found->labels[i], cell->row->labels[i]);
    }
    if (same) {
        cell->value = found->value;
        cell->undefined = found->undefined;
    }
}

/* In hundredths. A cell without a row holds nothing; of a ratio or a mean it is undefined. */
static enum err value_at(const struct targets_work *work, const struct targets_row *row,
                         int32_t week, struct cell *out)
{
    const enum count_mode mode = work->programme->indicators[row->target->indicator].mode;
    const struct window *window =
        find_window(work, first_day(work->programme, row->target), until_of(work, row, week));
    *out = (struct cell){.row = row, .undefined = count_mode_derived(mode)};
    const enum err err =
        window != NULL ? totals_query(window->totals, &row->view, take_cell, out) : ERR_OK;
    if (mode != COUNT_QUANTITY && !count_mode_derived(mode)) {
        out->value *= 100;
    }
    return err;
}

static enum err read_points(const struct targets_work *work, struct targets_row *row)
{
    enum err err = ERR_OK;
    row->input.point_count = 0;
    for (int32_t week = 0; err == ERR_OK && week < FORECAST_POINTS_MAX; week++) {
        struct cell cell;
        err = value_at(work, row, week, &cell);
        if (cell.undefined) {
            break;
        }
        row->input.points[week] = cell.value;
        row->input.point_count = (uint32_t)week + 1;
    }
    return err;
}

/* ---- forecasts ---- */

static enum err forecast_one(const struct targets_work *work, struct targets_row *row)
{
    const enum err err = row->note == TARGETS_NOTE_NONE ? read_points(work, row) : ERR_OK;
    row->forecast = forecast_of(&row->input);
    return err;
}

/* The gravest first. */
static uint32_t gravity(enum forecast_state state)
{
    static const uint32_t order[FORECAST_STATE_COUNT] = {
        [FORECAST_CANNOT] = 4,  [FORECAST_AT_RISK] = 3, [FORECAST_UNDEFINED] = 2,
        [FORECAST_ON_PACE] = 1, [FORECAST_MET] = 0,     [FORECAST_NO_TARGET] = 0};
    return order[state];
}

/* A figure without a value is less than any. */
static bool is_less(const struct forecast_input *a, const struct forecast_input *b)
{
    return b->point_count > 0 && (a->point_count == 0 || a->points[0] < b->points[0]);
}

/* Takes one of those meant into the row of all. */
static enum err judge_one(struct targets_work *work, struct targets_row *row, struct bytes label)
{
    struct targets_row one = *row;
    set_label(&one, row->each_by, label);
    const enum err err = forecast_one(work, &one);
    const enum forecast_state before = row->forecast.state, is = one.forecast.state;
    const bool first = row->meant == 0;
    const enum forecast_state gravest = !first && gravity(before) >= gravity(is) ? before : is;
    if (first || is_less(&one.input, &row->input)) {
        row->labels[row->each_by] = label;
        row->input = one.input;
        row->forecast = one.forecast;
    }
    row->forecast.state = gravest;
    row->met += is == FORECAST_MET ? 1 : 0;
    row->meant++;
    return err;
}

static enum err forecast_row(struct targets_work *work, struct targets_row *row)
{
    if (!row->each || row->note != TARGETS_NOTE_NONE) {
        return forecast_one(work, row);
    }
    const enum err err = visit_meant(work, row, judge_one);
    if (row->meant == 0) {
        row->each = false;
        row->note = TARGETS_NOTE_MEANT;
        row->forecast = forecast_of(&row->input);
    }
    return err;
}

static enum targets_note note_of(const struct targets_row *row)
{
    if (row->each) {
        return TARGETS_NOTE_EACH;
    }
    if (row->forecast.state != FORECAST_UNDEFINED) {
        return row->ended && row->forecast.state != FORECAST_NO_TARGET ? TARGETS_NOTE_ENDED
                                                                       : TARGETS_NOTE_NONE;
    }
    return row->note != TARGETS_NOTE_NONE ? row->note
           : !row->input.comparable       ? TARGETS_NOTE_UNIT
           : row->input.point_count == 0  ? TARGETS_NOTE_NOTHING
           : row->forecast.has_goal       ? TARGETS_NOTE_WEEK
                                          : TARGETS_NOTE_AVERAGE;
}

static enum err forecast_all(struct targets_work *work)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < work->found->count; i++) {
        struct targets_row *row = &work->found->rows[i];
        err = forecast_row(work, row);
        row->note = note_of(row);
    }
    return err;
}

/* ---- all ---- */

static void free_work(struct targets_work *work)
{
    for (uint32_t i = 0; i < work->window_count; i++) {
        totals_free(&work->windows[i].totals);
    }
    mem_free(work->windows);
}

int targets_count(struct past *past, const struct exchange_programme *version,
                  const struct targets_options *options, struct targets_rows *out)
{
    struct targets_work work = {.programme = version->programme, .options = options, .found = out};
    *out = (struct targets_rows){0};
    enum err err = choose(&work);
    if (err == ERR_OK) {
        err = list_windows(&work);
    }
    int status = err == ERR_OK ? count_windows(&work, past, version) : say_err(err, "counting");
    if (status == EX_OK) {
        err = forecast_all(&work);
        status = err == ERR_OK ? EX_OK : say_err(err, "counting");
    }
    free_work(&work);
    return status;
}

void targets_free(struct targets_rows *self)
{
    mem_free(self->rows);
    *self = (struct targets_rows){0};
}

void targets_note_text(const struct targets_row *row, bool polish, char out[TARGETS_NOTE_BYTES])
{
    static const struct text {
        const char *english, *polish;
    } texts[TARGETS_NOTE_COUNT] = {
        [TARGETS_NOTE_NONE] = {"", ""},
        [TARGETS_NOTE_REGION] = {"its region is not in the table", "nie ma jego regionu w tabeli"},
        [TARGETS_NOTE_UNIT] = {"its unit is not the indicator's", "ma inną jednostkę niż wskaźnik"},
        [TARGETS_NOTE_NOTHING] = {"the figure has no value yet", "nie ma jeszcze wartości"},
        [TARGETS_NOTE_WEEK] = {"no full week has passed", "nie minął jeszcze cały tydzień"},
        [TARGETS_NOTE_MEANT] = {"how many are meant is not known", "nie wiadomo, ilu ma dotyczyć"},
        [TARGETS_NOTE_AVERAGE] = {"an average is meant, and the indicator is none",
                                  "chodzi o średnią, a wskaźnik nią nie jest"},
        [TARGETS_NOTE_ENDED] = {"what comes after its region's code has ended is not in it: ",
                                "bez tego, co po dniu, w którym skończył się kod regionu: "},
    };
    char day[DATE_TEXT_BYTES] = "";
    if (row->note == TARGETS_NOTE_ENDED) {
        date_format(row->ended_on, day);
    }
    if (row->note == TARGETS_NOTE_EACH) {
        snprintf(out, TARGETS_NOTE_BYTES,
                 polish ? "osiąga go %u z %u; najmniej ma %.*s"
                        : "%u of %u reach it; the smallest is %.*s",
                 row->met, row->meant, BYTES_FMT(row->labels[row->each_by]));
        return;
    }
    snprintf(out, TARGETS_NOTE_BYTES, "%s%s",
             polish ? texts[row->note].polish : texts[row->note].english, day);
}
