/* The happy path is: 1. the targets in force are chosen, each with the cell that measures it; 2.
 * the days are listed by whose end something has to be known: today, thirteen times a week before
 * and the bounds of the targets' own spans; 3. the log is folded once, each batch into totals of
 * every day; 4. each target's points are read from those and its forecast is made.
 *
 * What may go wrong: memory; a log that cannot be read. What cannot be measured has no points, and
 * a note. */
#include "tools/targets_count.h"

#include <stdio.h>
#include <sysexits.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "tools/say.h"

struct targets_work {
    const struct programme *programme;
    struct targets_rows *found;
    int32_t today;
    int32_t *days; /* each once */
    struct totals **totals;
    uint32_t day_count;
    struct view *views;
    uint32_t view_count;
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

static bool additive(const struct indicator *indicator)
{
    return indicator->mode == COUNT_OCCURRENCES || indicator->mode == COUNT_QUANTITY;
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
    const int32_t end = target->to_on < programme->ends_on ? target->to_on : programme->ends_on;
    const int32_t last = end < today ? end : today;
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
    if (target->from_on > programme->starts_on &&
        !additive(&programme->indicators[target->indicator])) {
        row->note = TARGETS_NOTE_LATER;
    }
}

static uint32_t each_count(const struct programme *programme, struct bytes each)
{
    return bytes_is(each, "partner") ? programme->code_count[CODES_PARTNER]
           : bytes_is(each, "task")  ? programme->code_count[CODES_TASK]
                                     : 0;
}

static void set_input(struct targets_row *row, const struct programme *programme, int32_t today)
{
    const struct target *target = row->target;
    const struct indicator *indicator = &programme->indicators[target->indicator];
    row->input = (struct forecast_input){
        .op = target->op,
        .value = target->value,
        .value_to = target->value_to,
        .each_count = each_count(programme, target->each),
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

static enum err choose(struct targets_work *work, uint32_t indicator)
{
    const struct programme *programme = work->programme;
    work->found->rows = mem_calloc(programme->target_count + 1u, sizeof *work->found->rows);
    if (work->found->rows == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < programme->target_count; i++) {
        const struct target *target = &programme->targets[i];
        if ((indicator == CODE_NONE || indicator == target->indicator) &&
            in_force(programme, target, work->today)) {
            struct targets_row *row = &work->found->rows[work->found->count++];
            row->target = target;
            set_cell(row, programme, work->today);
            set_input(row, programme, work->today);
        }
    }
    return ERR_OK;
}

/* ---- views and days ---- */

static void add_view(struct targets_work *work, const struct view *view)
{
    for (uint32_t i = 0; i < work->view_count; i++) {
        const struct view *other = &work->views[i];
        if (other->indicator == view->indicator && other->dimensions == view->dimensions &&
            other->level == view->level) {
            return;
        }
    }
    work->views[work->view_count++] = *view;
}

static uint32_t find_day(const struct targets_work *work, int32_t day)
{
    uint32_t i = 0;
    while (i < work->day_count && work->days[i] != day) {
        i++;
    }
    return i;
}

static void add_day(struct targets_work *work, int32_t day)
{
    if (find_day(work, day) == work->day_count) {
        work->days[work->day_count++] = day;
    }
}

static bool from_later(const struct targets_work *work, const struct targets_row *row)
{
    return row->target->from_on > work->programme->starts_on;
}

static enum err list_days(struct targets_work *work)
{
    const uint32_t count = work->found->count;
    const uint32_t room = FORECAST_POINTS_MAX + 2 * count;
    work->views = mem_calloc(count + 1u, sizeof *work->views);
    work->days = mem_calloc(room, sizeof *work->days);
    work->totals = mem_calloc(room, sizeof(struct totals *));
    if (work->views == NULL || work->days == NULL || work->totals == NULL) {
        return ERR_MEMORY;
    }
    for (int32_t week = 0; week < FORECAST_POINTS_MAX; week++) {
        add_day(work, work->today - 7 * week);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct targets_row *row = &work->found->rows[i];
        if (row->note != TARGETS_NOTE_NONE) {
            continue;
        }
        add_view(work, &row->view);
        if (row->target->to_on < work->today) {
            add_day(work, row->target->to_on);
        }
        if (from_later(work, row)) {
            add_day(work, row->target->from_on - 1);
        }
    }
    return ERR_OK;
}

/* ---- counting ---- */

static enum err fold_days(void *context, const struct log_entry *entry,
                          const struct batch_header *header, const struct totals_batch *batch)
{
    struct targets_work *work = context;
    enum err err = ERR_OK;
    (void)entry;
    (void)header;
    for (uint32_t i = 0; err == ERR_OK && i < work->day_count; i++) {
        err = totals_fold(work->totals[i], batch);
    }
    return err;
}

static int count_days(struct targets_work *work, struct past *past,
                      const struct exchange_programme *version)
{
    struct counting *counting = NULL;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < work->day_count; i++) {
        const struct totals_options options = {.programme = work->programme,
                                               .views = work->views,
                                               .view_count = work->view_count,
                                               .until = work->days[i]};
        err = totals_new(&options, &work->totals[i]);
    }
    if (err != ERR_OK) {
        return say_err(err, "counting");
    }
    static const struct view none; /* beside the tap nothing is counted */
    const struct counting_options options = {.programme = version->id,
                                             .views = &none,
                                             .until = DATE_MAX,
                                             .tap = fold_days,
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
                         int32_t day, struct cell *out)
{
    const enum count_mode mode = work->programme->indicators[row->target->indicator].mode;
    const int32_t last = row->target->to_on < day ? row->target->to_on : day;
    const uint32_t at = find_day(work, last);
    *out = (struct cell){.row = row, .undefined = count_mode_derived(mode)};
    const enum err err = totals_query(work->totals[at], &row->view, take_cell, out);
    if (mode != COUNT_QUANTITY && !count_mode_derived(mode)) {
        out->value *= 100;
    }
    return err;
}

static enum err read_points(const struct targets_work *work, struct targets_row *row)
{
    struct cell before = {0};
    enum err err = ERR_OK;
    if (from_later(work, row)) {
        err = value_at(work, row, row->target->from_on - 1, &before);
    }
    for (int32_t week = 0; err == ERR_OK && week < FORECAST_POINTS_MAX; week++) {
        struct cell cell;
        const int32_t day = work->today - 7 * week;
        err = value_at(work, row, day, &cell);
        if (cell.undefined) {
            break;
        }
        const bool begun = !from_later(work, row) || day >= row->target->from_on;
        row->input.points[week] = begun ? cell.value - before.value : 0;
        row->input.point_count = (uint32_t)week + 1;
    }
    return err;
}

static enum targets_note note_of(const struct targets_row *row)
{
    if (row->forecast.state != FORECAST_UNDEFINED) {
        return row->ended && row->forecast.state != FORECAST_NO_TARGET ? TARGETS_NOTE_ENDED
                                                                       : TARGETS_NOTE_NONE;
    }
    return row->note != TARGETS_NOTE_NONE ? row->note
           : !row->input.comparable       ? TARGETS_NOTE_UNIT
           : row->input.point_count == 0  ? TARGETS_NOTE_NOTHING
           : row->forecast.has_goal       ? TARGETS_NOTE_WEEK
           : row->input.op == TARGET_PER  ? TARGETS_NOTE_MEANT
                                          : TARGETS_NOTE_AVERAGE;
}

static enum err forecast_all(struct targets_work *work)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < work->found->count; i++) {
        struct targets_row *row = &work->found->rows[i];
        if (row->note == TARGETS_NOTE_NONE) {
            err = read_points(work, row);
        }
        row->forecast = forecast_of(&row->input);
        row->note = note_of(row);
    }
    return err;
}

/* ---- all ---- */

static void free_work(struct targets_work *work)
{
    for (uint32_t i = 0; work->totals != NULL && i < work->day_count; i++) {
        totals_free(&work->totals[i]);
    }
    mem_free(work->totals);
    mem_free(work->days);
    mem_free(work->views);
}

int targets_count(struct past *past, const struct exchange_programme *version, uint32_t indicator,
                  int32_t today, struct targets_rows *out)
{
    struct targets_work work = {.programme = version->programme, .found = out, .today = today};
    *out = (struct targets_rows){0};
    enum err err = choose(&work, indicator);
    if (err == ERR_OK) {
        err = list_days(&work);
    }
    int status = err == ERR_OK ? count_days(&work, past, version) : say_err(err, "counting");
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
        [TARGETS_NOTE_LATER] = {"people, ratios and means are not counted from a later day than "
                                "the programme's start",
                                "osób, udziałów i średnich nie liczy się od dnia późniejszego niż "
                                "początek programu"},
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
    snprintf(out, TARGETS_NOTE_BYTES, "%s%s",
             polish ? texts[row->note].polish : texts[row->note].english, day);
}
