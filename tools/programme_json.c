#include "tools/programme_json.h"

#include <string.h>

#include "config/programme_text.h"
#include "config/programme_words.h"
#include "core/base/date.h"

static void put(json_t *json, const char *key, struct bytes text)
{
    if (text.size > 0) {
        json_object_set_new(json, key, json_stringn((const char *)text.data, text.size));
    }
}

static void put_word(json_t *json, const char *key, const char *word)
{
    json_object_set_new(json, key, json_string(word));
}

static void put_day(json_t *json, const char *key, int32_t day)
{
    char text[DATE_TEXT_BYTES];
    if (day != DATE_MIN && day != DATE_MAX) {
        date_format(day, text);
        put_word(json, key, text);
    }
}

static void put_list(json_t *json, const char *key, json_t *list)
{
    if (json_array_size(list) > 0) {
        json_object_set_new(json, key, list);
    } else {
        json_decref(list);
    }
}

static void put_bits(json_t *json, const char *key, uint32_t bits, enum programme_words words)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < 32; i++) {
        if ((bits & UINT32_C(1) << i) != 0) {
            json_array_append_new(list, json_string(programme_words_get(words, i)));
        }
    }
    put_list(json, key, list);
}

static json_t *codes_json(const struct programme *programme, enum code_list list)
{
    json_t *codes = json_array();
    for (uint32_t i = 0; i < programme->code_count[list]; i++) {
        const struct code *code = &programme->codes[list][i];
        json_t *json = json_object();
        put(json, "id", code->id);
        put(json, "title", code->title);
        put(json, "parent", code->parent);
        put_day(json, "valid_from", code->valid_from);
        put_day(json, "valid_to", code->valid_to);
        json_array_append_new(codes, json);
    }
    return codes;
}

static void put_lists(json_t *json, const struct programme *programme)
{
    json_t *vocabulary = json_object();
    for (enum code_list list = 0; list < CODES_LIST_COUNT; list++) {
        const bool below = strchr(programme_text_path(list), '.') != NULL;
        put_list(below ? vocabulary : json,
                 below ? programme_text_key(list) : programme_text_path(list),
                 codes_json(programme, list));
    }
    json_object_set_new(json, "vocabulary", vocabulary);
}

static json_t *bands_json(const struct programme *programme)
{
    json_t *bands = json_array();
    for (uint32_t i = 0; i < programme->band_count; i++) {
        json_t *json = json_object();
        put(json, "id", programme->bands[i].id);
        json_object_set_new(json, "from", json_integer(programme->bands[i].from));
        json_object_set_new(json, "to", json_integer(programme->bands[i].to));
        json_array_append_new(bands, json);
    }
    return bands;
}

static void put_picks(json_t *json, const struct programme *programme,
                      const struct predicate *where)
{
    for (enum code_list list = 0; list < CODES_LIST_COUNT; list++) {
        json_t *ids = json_array();
        for (uint32_t i = 0; i < where->picks[list].count; i++) {
            const struct bytes id = programme->codes[list][where->picks[list].numbers[i]].id;
            json_array_append_new(ids, json_stringn((const char *)id.data, id.size));
        }
        put_list(json, programme_text_key(list), ids);
    }
}

static json_t *where_json(const struct programme *programme, const struct predicate *where)
{
    json_t *json = json_object();
    json_t *regions = json_array();
    put_bits(json, "kind", where->kinds, PROGRAMME_WORDS_KIND);
    put_picks(json, programme, where);
    for (uint32_t i = 0; i < where->region_count; i++) {
        const struct bytes code = where->regions[i];
        json_array_append_new(regions, json_stringn((const char *)code.data, code.size));
    }
    put_list(json, "region", regions);
    put_bits(json, "sex", where->sexes, PROGRAMME_WORDS_SEX);
    if (where->by_age) {
        json_object_set_new(json, "age",
                            json_pack("{s:i,s:i}", "from", where->age_from, "to", where->age_to));
    }
    put_bits(json, "window", where->windows, PROGRAMME_WORDS_WINDOW);
    put_bits(json, "stay", where->stays, PROGRAMME_WORDS_STAY);
    if (where->complete) {
        put_word(json, "complete", "true");
    }
    put_word(json, "subject", programme_words_get(PROGRAMME_WORDS_SUBJECT, where->subject));
    return json;
}

static void put_indicator(json_t *json, const char *key, const struct programme *programme,
                          uint32_t number)
{
    if (number != CODE_NONE) {
        put(json, key, programme->indicators[number].id);
    }
}

static void put_level(json_t *json, enum region_level level)
{
    if (level != REGION_LEVEL_COUNT) {
        put_word(json, "level", region_level_text(level));
    }
}

static json_t *indicator_json(const struct programme *programme, uint32_t number)
{
    const struct indicator *indicator = &programme->indicators[number];
    json_t *json = json_object();
    put(json, "id", indicator->id);
    put(json, "title", indicator->title);
    put(json, "unit", indicator->unit);
    put_word(json, "count", count_mode_text(indicator->mode));
    put_indicator(json, "part_of", programme, indicator->part_of);
    if (indicator->parts_sum) {
        put_word(json, "parts", "sum");
    }
    put_indicator(json, "of", programme, indicator->of);
    put_indicator(json, "per", programme, indicator->per);
    if (indicator->mode == COUNT_MEAN) {
        put_word(json, "over", dimension_text(indicator->over));
        put_level(json, indicator->over_at);
    }
    if (!count_mode_derived(indicator->mode)) {
        put_word(json, "region", indicator->region_of_home ? "home" : "event");
        json_object_set_new(json, "where", where_json(programme, &indicator->where));
    }
    return json;
}

static json_t *number_json(int64_t hundredths)
{
    return hundredths % 100 == 0 ? json_integer(hundredths / 100)
                                 : json_real((double)hundredths / 100.0);
}

static json_t *target_json(const struct programme *programme, const struct target *target,
                           bool numbers)
{
    json_t *json = json_object();
    put_indicator(json, "indicator", programme, target->indicator);
    put_word(json, "kind", programme_words_get(PROGRAMME_WORDS_TARGET_KIND, target->kind));
    put_word(json, "op", target_op_text(target->op));
    put(json, "value", target->written);
    if (numbers && target->op != TARGET_NONE) {
        json_object_set_new(json, "number", number_json(target->value));
        json_object_set_new(json, "number_to", number_json(target->value_to));
    }
    put(json, "unit", target->unit);
    put(json, "region", target->region);
    if (target->task != CODE_NONE) {
        put(json, "task", programme->codes[CODES_TASK][target->task].id);
    }
    if (target->partner != CODE_NONE) {
        put(json, "partner", programme->codes[CODES_PARTNER][target->partner].id);
    }
    put_day(json, "from", target->from_on);
    put_day(json, "to", target->to_on);
    put(json, "each", target->each);
    put_day(json, "as_of", target->as_of);
    put(json, "source", target->source);
    put(json, "words", target->words);
    return json;
}

static json_t *live_json(const struct programme *programme)
{
    json_t *live = json_array();
    for (uint32_t i = 0; i < programme->live_count; i++) {
        const struct view *view = &programme->live[i];
        if (view->dimensions != 0) {
            json_t *json = json_object();
            put_indicator(json, "indicator", programme, view->indicator);
            put_bits(json, "by", view->dimensions, PROGRAMME_WORDS_DIMENSION);
            put_level(json, view->level);
            json_array_append_new(live, json);
        }
    }
    return live;
}

json_t *programme_json(const struct programme *programme, bool numbers)
{
    json_t *json = json_object();
    json_t *indicators = json_array();
    json_t *targets = json_array();
    put(json, "programme", programme->id);
    put(json, "title", programme->title);
    put_day(json, "starts_on", programme->starts_on);
    put_day(json, "ends_on", programme->ends_on);
    put(json, "lead", programme->lead);
    put_lists(json, programme);
    put_list(json, "age_bands", bands_json(programme));
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        json_array_append_new(indicators, indicator_json(programme, i));
    }
    for (uint32_t i = 0; i < programme->target_count; i++) {
        json_array_append_new(targets, target_json(programme, &programme->targets[i], numbers));
    }
    put_list(json, "indicators", indicators);
    put_list(json, "targets", targets);
    put_list(json, "live", live_json(programme));
    return json;
}
