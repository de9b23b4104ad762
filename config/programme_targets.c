#include "config/programme_targets.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/programme_indicators.h"
#include "config/quantity.h"
#include "core/base/date.h"
#include "core/base/mem.h"

enum { TEEN_LEAST = 11, TEEN_MOST = 19 };

/* Money and percentages say their unit themselves. */
static enum err value_unit(struct build *build, uint32_t number, const struct quantity *quantity,
                           const struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    const struct bytes unit = out->indicator != CODE_NONE
                                  ? build->programme->indicators[out->indicator].unit
                                  : bytes_text(text->unit != NULL ? text->unit : "");
    if (quantity->unit == NULL || bytes_is(unit, quantity->unit)) {
        return ERR_OK;
    }
    return BUILD_FAULT(build, BUILD_PLACE(build, "targets[%u].value", number),
                       "\"%s\" is in %s, and this target counts in \"%.*s\": units never mix",
                       text->value, quantity->unit, BYTES_FMT(unit));
}

static enum err quantity_build(struct build *build, uint32_t number, struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    const struct place place = BUILD_PLACE(build, "targets[%u].value", number);
    struct quantity quantity;
    const enum err err = quantity_parse(bytes_text(text->value), &quantity);
    if (err == ERR_RANGE) {
        return BUILD_FAULT(build, place, "\"%s\" ends below its beginning: exchange the two",
                           text->value);
    }
    if (err != ERR_OK) {
        return BUILD_FAULT(build, place,
                           "\"%s\" is no value: write it like 1323, 1.323, 7665600.50, 5.500,0 "
                           "tys. zł, ok. 45, 3..6, V or cztery",
                           text->value);
    }
    if (quantity.says_op && text->op != NULL && quantity.op != out->op) {
        return BUILD_FAULT(build, place,
                           "\"%s\" says op: %s, and the target op: %s: leave op out, or correct "
                           "one of them",
                           text->value, target_op_text(quantity.op), text->op);
    }
    out->op = text->op == NULL ? quantity.op : out->op;
    out->value = quantity.value;
    out->value_to = quantity.value_to;
    return value_unit(build, number, &quantity, out);
}

/* Context in the unit "date" is one, which has no number. */
static bool is_date(const struct programme_text_target *text, const struct target *target)
{
    return target->kind == TARGET_CONTEXT && text->unit != NULL && strcmp(text->unit, "date") == 0;
}

static enum err date_build(struct build *build, uint32_t number)
{
    const char *value = build->text->targets[number].value;
    return quantity_is_date(bytes_text(value))
               ? ERR_OK
               : BUILD_FAULT(build, BUILD_PLACE(build, "targets[%u].value", number),
                             "\"%s\" is no day, month or span of these: write it like 2015-05-31, "
                             "2015-05 or 2008-05..2011-06-30",
                             value);
}

static enum err value_build(struct build *build, uint32_t number, struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    const struct place place = BUILD_PLACE(build, "targets[%u].value", number);
    if (out->op == TARGET_NONE && text->value != NULL) {
        return BUILD_FAULT(build, place,
                           "with op: %s no value is written: leave it out, or choose "
                           "another op",
                           text->op);
    }
    if (out->op == TARGET_NONE || (out->op == TARGET_TEEN && text->value == NULL)) {
        out->value = out->op == TARGET_TEEN ? TEEN_LEAST * 100 : 0;
        out->value_to = out->op == TARGET_TEEN ? TEEN_MOST * 100 : 0;
        return ERR_OK;
    }
    if (text->value == NULL) {
        return BUILD_FAULT(build, place,
                           "this target lacks \"value\": add it, or write op: none where "
                           "no number is given");
    }
    const enum err err =
        is_date(text, out) ? date_build(build, number) : quantity_build(build, number, out);
    if (err != ERR_OK) {
        return err;
    }
    if (out->op == TARGET_TEEN &&
        (out->value != TEEN_LEAST * 100 || out->value_to != TEEN_MOST * 100)) {
        return BUILD_FAULT(build, place,
                           "op: teen means 11 to 19: leave value out, or choose another op");
    }
    return build_copy(build, text->value, &out->written);
}

/* Units never mix: a target is measured in its indicator's unit. */
static enum err target_unit(struct build *build, uint32_t number, struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    const struct place place = BUILD_PLACE(build, "targets[%u].unit", number);
    if (text->unit == NULL && out->indicator == CODE_NONE && out->op != TARGET_NONE) {
        return BUILD_FAULT(build, place, "a number without an indicator needs \"unit\": add it");
    }
    if (text->unit == NULL) {
        return ERR_OK;
    }
    if (out->indicator != CODE_NONE) {
        const struct indicator *indicator = &build->programme->indicators[out->indicator];
        if (!bytes_is(indicator->unit, text->unit)) {
            return BUILD_FAULT(build, place,
                               "the indicator \"%s\" counts in \"%.*s\", not in \"%s\": "
                               "leave unit out, or name another indicator",
                               text->indicator, BYTES_FMT(indicator->unit), text->unit);
        }
    }
    return build_code(build, place, text->unit, &out->unit);
}

static enum err target_indicator(struct build *build, uint32_t number, const struct names *ids,
                                 struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    const struct place place = BUILD_PLACE(build, "targets[%u].indicator", number);
    out->indicator = CODE_NONE;
    if (text->indicator != NULL) {
        return build_indicator(build, place, ids, text->indicator, &out->indicator);
    }
    if (out->kind == TARGET_PLANNED || out->kind == TARGET_ACHIEVED) {
        return BUILD_FAULT(build, place,
                           "kind: %s needs \"indicator\": add it; only money and context "
                           "can do without",
                           text->kind);
    }
    return ERR_OK;
}

static enum err each_build(struct build *build, uint32_t number, struct target *out)
{
    const char *text = build->text->targets[number].each;
    const struct place place = BUILD_PLACE(build, "targets[%u].each", number);
    unsigned unused;
    if (text == NULL) {
        return ERR_OK;
    }
    if (out->op != TARGET_PER) {
        return BUILD_FAULT(build, place,
                           "\"each\" goes with op: per: leave it out, or choose that op");
    }
    const enum err err = build_word(build, place, "each", text, PROGRAMME_WORDS_EACH, &unused);
    return err == ERR_OK ? build_copy(build, text, &out->each) : err;
}

static enum err days_build(struct build *build, uint32_t number, struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    const struct place to = BUILD_PLACE(build, "targets[%u].to", number);
    enum err err = build_date(build, BUILD_PLACE(build, "targets[%u].from", number), text->from,
                              &out->from_on);
    if (err == ERR_OK) {
        err = build_date(build, to, text->to, &out->to_on);
    }
    if (err == ERR_OK && out->from_on > out->to_on) {
        return BUILD_FAULT(build, to, "this target ends before it begins: exchange from and to");
    }
    return err;
}

/* Where, when and for whom the figure holds. */
static enum err scope_build(struct build *build, uint32_t number, struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    enum err err = build_region(build, BUILD_PLACE(build, "targets[%u].region", number),
                                text->region, &out->region);
    if (err == ERR_OK && text->task != NULL) {
        err = build_number(build, BUILD_PLACE(build, "targets[%u].task", number), CODES_TASK,
                           text->task, &out->task);
    }
    if (err == ERR_OK && text->partner != NULL) {
        err = build_number(build, BUILD_PLACE(build, "targets[%u].partner", number), CODES_PARTNER,
                           text->partner, &out->partner);
    }
    if (err == ERR_OK) {
        err = days_build(build, number, out);
    }
    return err == ERR_OK ? each_build(build, number, out) : err;
}

static enum err target_build(struct build *build, uint32_t number, const struct names *ids,
                             struct target *out)
{
    const struct programme_text_target *text = &build->text->targets[number];
    unsigned kind = 0;
    unsigned op = TARGET_EQ;
    out->as_of = out->from_on = DATE_MIN;
    out->to_on = DATE_MAX;
    out->task = out->partner = CODE_NONE;
    enum err err = build_word(build, BUILD_PLACE(build, "targets[%u].kind", number), "kind",
                              text->kind, PROGRAMME_WORDS_TARGET_KIND, &kind);
    if (err == ERR_OK && text->op != NULL) {
        err = build_word(build, BUILD_PLACE(build, "targets[%u].op", number), "op", text->op,
                         PROGRAMME_WORDS_OP, &op);
    }
    out->kind = (enum target_kind)kind;
    out->op = (enum target_op)op;
    if (err == ERR_OK) {
        err = target_indicator(build, number, ids, out);
    }
    if (err == ERR_OK) {
        err = value_build(build, number, out);
    }
    if (err == ERR_OK) {
        err = target_unit(build, number, out);
    }
    if (err == ERR_OK) {
        err = scope_build(build, number, out);
    }
    if (err == ERR_OK) {
        err = build_date(build, BUILD_PLACE(build, "targets[%u].as_of", number), text->as_of,
                         &out->as_of);
    }
    if (err == ERR_OK) {
        err = build_copy(build, text->source, &out->source);
    }
    return err == ERR_OK ? build_copy(build, text->words, &out->words) : err;
}

enum err programme_targets_build(struct build *build, const struct names *ids)
{
    void *block;
    const uint32_t count = build->text->target_count;
    enum err err = build_take(build, count, sizeof(struct target), &block);
    build->programme->targets = block;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = target_build(build, i, ids, &build->programme->targets[i]);
        build->programme->target_count = i + 1;
    }
    return err;
}

/* One entry of `live:`, before it is spread over the indicators. */
struct live {
    uint32_t first, count; /* indicators */
    uint32_t dimensions;
    enum region_level level;
};

static enum err live_dimensions(struct build *build, uint32_t number, struct live *out)
{
    const struct programme_text_live *text = &build->text->live[number];
    for (uint32_t i = 0; i < text->by.count; i++) {
        unsigned dimension;
        const struct place place = BUILD_PLACE(build, "live[%u].by[%u]", number, i);
        const enum err err =
            build_word(build, place, "by", text->by.list[i], PROGRAMME_WORDS_DIMENSION, &dimension);
        if (err != ERR_OK) {
            return err;
        }
        if ((out->dimensions & UINT32_C(1) << dimension) != 0) {
            return BUILD_FAULT(build, place, "\"%s\" stands twice in \"by\": leave one out",
                               text->by.list[i]);
        }
        out->dimensions |= UINT32_C(1) << dimension;
    }
    return ERR_OK;
}

static enum err live_build(struct build *build, uint32_t number, const struct names *ids,
                           struct live *out)
{
    const struct programme_text_live *text = &build->text->live[number];
    const struct place place = BUILD_PLACE(build, "live[%u].level", number);
    unsigned level = REGION_LEVEL_COUNT;
    enum err err = ERR_OK;
    *out = (struct live){.first = 0, .count = build->programme->indicator_count};
    if (strcmp(text->indicator, PROGRAMME_INDICATORS_ALL) != 0) {
        out->count = 1;
        err = build_indicator(build, BUILD_PLACE(build, "live[%u].indicator", number), ids,
                              text->indicator, &out->first);
    }
    if (err == ERR_OK) {
        err = live_dimensions(build, number, out);
    }
    if (err == ERR_OK && text->level != NULL) {
        err = build_word(build, place, "level", text->level, PROGRAMME_WORDS_LEVEL, &level);
    }
    out->level = (enum region_level)level;
    if (err == ERR_OK && text->level != NULL && (out->dimensions & 1u << BY_REGION) == 0) {
        return BUILD_FAULT(build, place,
                           "\"level\" says how far regions are rolled up: add region to "
                           "\"by\", or leave level out");
    }
    return err;
}

static int view_order(const void *a, const void *b)
{
    const struct view *x = a;
    const struct view *y = b;
    if (x->indicator != y->indicator) {
        return x->indicator < y->indicator ? -1 : 1;
    }
    if (x->dimensions != y->dimensions) {
        return x->dimensions < y->dimensions ? -1 : 1;
    }
    return (x->level > y->level) - (x->level < y->level);
}

/* Sorts the views and keeps each once: an entry for all may repeat an entry for one. */
static enum err views_settle(struct build *build, struct view *views, uint32_t count)
{
    void *block;
    uint32_t kept = 0;
    qsort(views, count, sizeof *views, view_order);
    for (uint32_t i = 0; i < count; i++) {
        if (kept == 0 || view_order(&views[kept - 1], &views[i]) != 0) {
            views[kept++] = views[i];
        }
    }
    const enum err err = build_take(build, kept, sizeof *views, &block);
    if (err == ERR_OK) {
        memcpy(block, views, kept * sizeof *views);
        build->programme->live = block;
        build->programme->live_count = kept;
    }
    return err;
}

static enum err views_collect(struct build *build, const struct names *ids, struct view *views,
                              uint32_t *count)
{
    const struct programme *programme = build->programme;
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        views[(*count)++] = (struct view){.indicator = i, .level = REGION_LEVEL_COUNT};
    }
    for (uint32_t i = 0; i < build->text->live_count; i++) {
        struct live live;
        const enum err err = live_build(build, i, ids, &live);
        if (err != ERR_OK) {
            return err;
        }
        if (live.count > VIEWS_MAX - *count) {
            return BUILD_FAULT(build, BUILD_PLACE(build, "live[%u]", i),
                               "more than %d views would be live: name single indicators instead "
                               "of all",
                               VIEWS_MAX);
        }
        for (uint32_t j = 0; j < live.count; j++) {
            views[(*count)++] = (struct view){
                .indicator = live.first + j, .dimensions = live.dimensions, .level = live.level};
        }
    }
    return ERR_OK;
}

enum err programme_targets_live(struct build *build, const struct names *ids)
{
    uint32_t count = 0;
    static_assert(VIEWS_MAX >= INDICATORS_MAX, "every indicator has a view of its own");
    struct view *views = mem_calloc(VIEWS_MAX, sizeof *views);
    if (views == NULL) {
        return ERR_MEMORY;
    }
    enum err err = views_collect(build, ids, views, &count);
    if (err == ERR_OK) {
        err = views_settle(build, views, count);
    }
    mem_free(views);
    return err;
}
