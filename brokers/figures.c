#include "brokers/figures.h"

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

static json_t *number_of(enum count_mode mode, int64_t value)
{
    return mode == COUNT_QUANTITY ? json_real((double)value / 100.0) : json_integer(value);
}

static json_t *target_json(const struct target *target)
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
    if (target->region.size > 0) {
        json_object_set_new(json, "region", text_of(target->region));
    }
    if (target->source.size > 0) {
        json_object_set_new(json, "source", text_of(target->source));
        json_object_set_new(json, "words", text_of(target->words));
    }
    return json;
}

struct rows_target {
    const struct programme *programme;
    uint32_t indicator;
    uint32_t dimensions;
    json_t *rows;
};

static void add_row(void *context, const struct totals_row *row)
{
    const struct rows_target *target = context;
    const struct indicator *indicator = &target->programme->indicators[target->indicator];
    json_t *json = json_object();
    json_object_set_new(json, "indicator", text_of(indicator->id));
    json_object_set_new(json, "title", text_of(indicator->title));
    json_object_set_new(json, "unit", text_of(indicator->unit));
    json_object_set_new(json, "count", json_string(count_mode_text(indicator->mode)));
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (target->dimensions & 1u << i) {
            json_object_set_new(json, dimension_text(i), text_of(row->labels[i]));
        }
    }
    json_object_set_new(json, "value", number_of(indicator->mode, row->value));
    json_object_set_new(json, "partner_sum", number_of(indicator->mode, row->partner_sum));
    json_object_set_new(json, "overlap", number_of(indicator->mode, row->partner_sum - row->value));
    if (target->dimensions == 0) {
        json_t *targets = json_array();
        for (uint32_t i = 0; i < target->programme->target_count; i++) {
            if (target->programme->targets[i].indicator == target->indicator) {
                json_array_append_new(targets, target_json(&target->programme->targets[i]));
            }
        }
        json_object_set_new(json, "targets", targets);
    }
    json_array_append_new(target->rows, json);
}

enum err figures_json(const struct programme *programme, struct totals *totals,
                      const struct figures_query *query, json_t **out)
{
    enum err err = ERR_OK;
    json_t *rows = json_array();
    for (uint32_t i = 0; err == ERR_OK && i < programme->indicator_count; i++) {
        if (query->indicator == CODE_NONE || query->indicator == i) {
            struct rows_target target = {.programme = programme,
                                         .indicator = i,
                                         .dimensions = query->dimensions,
                                         .rows = rows};
            const struct view view = view_of(query, i);
            err = totals_query(totals, &view, add_row, &target);
        }
    }
    if (err != ERR_OK) {
        json_decref(rows);
        return err;
    }
    json_t *by = json_array();
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (query->dimensions & 1u << i) {
            json_array_append_new(by, json_string(dimension_text(i)));
        }
    }
    *out = json_object();
    json_object_set_new(*out, "programme", text_of(programme->id));
    json_object_set_new(*out, "title", text_of(programme->title));
    json_object_set_new(*out, "by", by);
    if (query->level != REGION_LEVEL_COUNT) {
        json_object_set_new(*out, "level", json_string(region_level_text(query->level)));
    }
    json_object_set_new(*out, "rows", rows);
    return ERR_OK;
}
