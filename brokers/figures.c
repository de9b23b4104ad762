#include "brokers/figures.h"

#include <string.h>

#include "core/base/date.h"
#include "core/model/sheet.h"

static json_t *text_of(struct bytes text)
{
    return json_stringn((const char *)text.data, text.size);
}

static enum err read_dimensions(json_t *by, struct figures_query *out, const char **what)
{
    size_t index;
    json_t *word;
    json_array_foreach(by, index, word)
    {
        enum dimension dimension;
        *what = json_string_value(word);
        if (*what == NULL || dimension_parse(bytes_text(*what), &dimension) != ERR_OK) {
            return ERR_NOT_FOUND;
        }
        out->dimensions |= 1u << dimension;
    }
    return ERR_OK;
}

enum err figures_query_read(const struct programme *programme, json_t *request,
                            struct figures_query *out, const char **what)
{
    *out = (struct figures_query){.indicator = CODE_NONE, .level = REGION_LEVEL_COUNT};
    *what = json_string_value(json_object_get(request, "indicator"));
    if (*what != NULL) {
        out->indicator = programme_indicator(programme, bytes_text(*what));
        if (out->indicator == CODE_NONE) {
            return ERR_NOT_FOUND;
        }
    }
    *what = json_string_value(json_object_get(request, "level"));
    if (*what != NULL && region_level_parse(bytes_text(*what), &out->level) != ERR_OK) {
        return ERR_NOT_FOUND;
    }
    return read_dimensions(json_object_get(request, "by"), out, what);
}

static struct view view_of(const struct figures_query *query, uint32_t indicator)
{
    return (struct view){.indicator = indicator,
                         .dimensions = query->dimensions,
                         .level = query->dimensions & 1u << BY_REGION ? query->level
                                                                      : REGION_LEVEL_COUNT};
}

uint32_t figures_views(const struct programme *programme, const struct figures_query *query,
                       struct view *views)
{
    if (query->indicator != CODE_NONE) {
        views[0] = view_of(query, query->indicator);
        return 1;
    }
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        views[i] = view_of(query, i);
    }
    return programme->indicator_count;
}

static void add_text(json_t *json, const char *key, struct bytes text)
{
    if (text.size > 0) {
        json_object_set_new(json, key, text_of(text));
    }
}

static void add_day(json_t *json, const char *key, int32_t day)
{
    char text[DATE_TEXT_BYTES];
    date_format(day, text);
    json_object_set_new(json, key, json_string(text));
}

/* Where and when the target holds; nothing of what holds for the whole programme. */
static void add_scope(json_t *json, const struct programme *programme, const struct target *target)
{
    add_text(json, "region", target->region);
    if (target->task != CODE_NONE) {
        add_text(json, "task", programme->codes[CODES_TASK][target->task].id);
    }
    if (target->partner != CODE_NONE) {
        add_text(json, "partner", programme->codes[CODES_PARTNER][target->partner].id);
    }
    if (target->from_on != DATE_MIN) {
        add_day(json, "from", target->from_on);
    }
    if (target->to_on != DATE_MAX) {
        add_day(json, "to", target->to_on);
    }
    add_text(json, "each", target->each);
}

static json_t *target_json(const struct programme *programme, const struct target *target)
{
    static const char *const kinds[] = {"target", "achieved", "money", "context"};
    json_t *json = json_object();
    json_object_set_new(json, "kind", json_string(kinds[target->kind]));
    json_object_set_new(json, "op", json_string(target_op_text(target->op)));
    if (target->op != TARGET_NONE) {
        json_object_set_new(json, "value",
                            target->value % 100 == 0 ? json_integer(target->value / 100)
                                                     : json_real((double)target->value / 100.0));
    }
    add_scope(json, programme, target);
    if (target->as_of != DATE_MIN) {
        add_day(json, "as_of", target->as_of);
    }
    if (target->source.size > 0) {
        json_object_set_new(json, "source", text_of(target->source));
        json_object_set_new(json, "words", text_of(target->words));
    }
    return json;
}

static json_t *targets_json(const struct programme *programme, uint32_t indicator)
{
    json_t *targets = json_array();
    for (uint32_t i = 0; i < programme->target_count; i++) {
        if (programme->targets[i].indicator == indicator) {
            json_array_append_new(targets, target_json(programme, &programme->targets[i]));
        }
    }
    return targets;
}

static json_t *indicator_json(const struct programme *programme, uint32_t number, bool targets)
{
    const struct indicator *indicator = &programme->indicators[number];
    json_t *json = json_object();
    json_object_set_new(json, "indicator", text_of(indicator->id));
    json_object_set_new(json, "title", text_of(indicator->title));
    json_object_set_new(json, "unit", text_of(indicator->unit));
    json_object_set_new(json, "count", json_string(count_mode_text(indicator->mode)));
    if (indicator->part_of != CODE_NONE) {
        add_text(json, "part_of", programme->indicators[indicator->part_of].id);
    }
    if (indicator->parts_sum) {
        json_object_set_new(json, "parts", json_string("sum"));
    }
    if (targets) {
        json_object_set_new(json, "targets", targets_json(programme, number));
    }
    return json;
}

json_t *figures_head_json(const struct programme *programme, const struct figures_query *query)
{
    json_t *by = json_array(), *indicators = json_array(), *json = json_object();
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (query->dimensions & 1u << i) {
            json_array_append_new(by, json_string(dimension_text(i)));
        }
    }
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        if (query->indicator == CODE_NONE || query->indicator == i) {
            json_array_append_new(indicators, indicator_json(programme, i, query->dimensions == 0));
        }
    }
    json_object_set_new(json, "programme", text_of(programme->id));
    json_object_set_new(json, "title", text_of(programme->title));
    json_object_set_new(json, "by", by);
    if (query->indicator != CODE_NONE) {
        add_text(json, "indicator", programme->indicators[query->indicator].id);
    }
    if (query->level != REGION_LEVEL_COUNT) {
        json_object_set_new(json, "level", json_string(region_level_text(query->level)));
    }
    json_object_set_new(json, "indicators", indicators);
    return json;
}

json_t *figures_row_json(const json_t *indicator, const json_t *by, const struct bytes *labels,
                         int64_t value, int64_t partner_sum)
{
    const char *count = json_string_value(json_object_get(indicator, "count"));
    enum count_mode mode = COUNT_PERSONS;
    const bool known = count != NULL && count_mode_parse(bytes_text(count), &mode) == ERR_OK;
    const bool derived = known && count_mode_derived(mode);
    const bool hundredths = derived || mode == COUNT_QUANTITY;
    const bool undefined = derived && partner_sum == SHEET_UNDEFINED;
    const struct number {
        const char *key;
        int64_t number;
    } numbers[] = {{"value", value},
                   {"partner_sum", derived ? value : partner_sum},
                   {"overlap", derived ? 0 : partner_sum - value}};
    json_t *json = json_copy((json_t *)(uintptr_t)indicator);
    for (size_t i = 0; i < json_array_size(by); i++) {
        json_object_set_new(json, json_string_value(json_array_get(by, i)), text_of(labels[i]));
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        json_object_set_new(json, numbers[i].key,
                            undefined    ? json_null()
                            : hundredths ? json_real((double)numbers[i].number / 100.0)
                                         : json_integer(numbers[i].number));
    }
    return json;
}

struct rows_target {
    uint32_t dimensions;
    const json_t *indicator, *by;
    json_t *rows;
};

static void add_row(void *context, const struct totals_row *row)
{
    const struct rows_target *target = context;
    struct bytes labels[DIMENSION_COUNT];
    uint32_t count = 0;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (target->dimensions & 1u << i) {
            labels[count++] = row->labels[i];
        }
    }
    json_array_append_new(target->rows,
                          figures_row_json(target->indicator, target->by, labels, row->value,
                                           row->undefined ? SHEET_UNDEFINED : row->partner_sum));
}

enum err figures_json(const struct programme *programme, struct totals *totals,
                      const struct figures_query *query, json_t **out)
{
    enum err err = ERR_OK;
    json_t *head = figures_head_json(programme, query), *rows = json_array();
    const json_t *indicators = json_object_get(head, "indicators");
    for (size_t i = 0; err == ERR_OK && i < json_array_size(indicators); i++) {
        struct rows_target target = {.dimensions = query->dimensions,
                                     .indicator = json_array_get(indicators, i),
                                     .by = json_object_get(head, "by"),
                                     .rows = rows};
        const uint32_t number = query->indicator == CODE_NONE ? (uint32_t)i : query->indicator;
        const struct view view = view_of(query, number);
        err = totals_query(totals, &view, add_row, &target);
    }
    json_object_del(head, "indicators");
    json_object_set_new(head, "rows", rows);
    if (err != ERR_OK) {
        json_decref(head);
        return err;
    }
    *out = head;
    return ERR_OK;
}
