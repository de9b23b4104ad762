/* Other indicators may stand later in the file: this runs when all of them are there. */
#include "config/programme_derived.h"

#include <assert.h>

/* Units never mix, in a tree of parts as in a ratio or a mean. */
static enum err same_unit(struct build *build, struct place place, const struct indicator *a,
                          const struct indicator *b)
{
    if (bytes_equal(a->unit, b->unit)) {
        return ERR_OK;
    }
    return BUILD_FAULT(build, place,
                       "\"%.*s\" counts in \"%.*s\" and \"%.*s\" in \"%.*s\": units never mix; "
                       "name an indicator of the same unit",
                       BYTES_FMT(a->id), BYTES_FMT(a->unit), BYTES_FMT(b->id), BYTES_FMT(b->unit));
}

static enum err part_build(struct build *build, const struct names *ids, uint32_t number,
                           struct indicator *out)
{
    const struct programme_text_indicator *text = &build->text->indicators[number];
    const struct place place = BUILD_PLACE(build, "indicators[%u].part_of", number);
    unsigned unused;
    enum err err = ERR_OK;
    if (text->part_of != NULL) {
        err = build_indicator(build, place, ids, text->part_of, &out->part_of);
        if (err == ERR_OK) {
            err = same_unit(build, place, out, &build->programme->indicators[out->part_of]);
        }
    }
    if (err == ERR_OK && text->parts != NULL) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].parts", number), "parts",
                         text->parts, PROGRAMME_WORDS_PARTS, &unused);
        out->parts_sum = true;
    }
    return err;
}

/* The indicator that a key of a derived one names, which is not derived itself. */
static enum err source_build(struct build *build, const struct names *ids, uint32_t number,
                             const char *key, const char *text, uint32_t *out)
{
    const struct programme_text_indicator *own = &build->text->indicators[number];
    const struct place place = BUILD_PLACE(build, "indicators[%u].%s", number, key);
    if (text == NULL) {
        return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u]", number),
                           "count: %s needs \"%s\": add it, with the id of another indicator",
                           own->count, key);
    }
    const enum err err = build_indicator(build, place, ids, text, out);
    if (err == ERR_OK && count_mode_derived(build->programme->indicators[*out].mode)) {
        return BUILD_FAULT(
            build, place, "\"%s\" is computed itself: name an indicator that counts or sums", text);
    }
    return err;
}

static enum err ratio_build(struct build *build, const struct names *ids, uint32_t number,
                            struct indicator *out)
{
    const struct programme_text_indicator *text = &build->text->indicators[number];
    const struct indicator *all = build->programme->indicators;
    if (!bytes_is(out->unit, "percent")) {
        return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u].unit", number),
                           "a ratio is told in percent: write unit: percent");
    }
    enum err err = source_build(build, ids, number, "of", text->of, &out->of);
    if (err == ERR_OK) {
        err = source_build(build, ids, number, "per", text->per, &out->per);
    }
    return err == ERR_OK ? same_unit(build, BUILD_PLACE(build, "indicators[%u].per", number),
                                     &all[out->of], &all[out->per])
                         : err;
}

static enum err mean_build(struct build *build, const struct names *ids, uint32_t number,
                           struct indicator *out)
{
    const struct programme_text_indicator *text = &build->text->indicators[number];
    unsigned over = BY_MONTH;
    unsigned level = REGION_LEVEL_COUNT;
    enum err err = source_build(build, ids, number, "of", text->of, &out->of);
    if (err == ERR_OK) {
        err = same_unit(build, BUILD_PLACE(build, "indicators[%u].unit", number), out,
                        &build->programme->indicators[out->of]);
    }
    if (err == ERR_OK && text->over == NULL) {
        return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u]", number),
                           "count: mean needs \"over\": add it, such as over: month");
    }
    if (err == ERR_OK) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].over", number), "over",
                         text->over, PROGRAMME_WORDS_DIMENSION, &over);
    }
    if (err == ERR_OK && text->level != NULL) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].level", number), "level",
                         text->level, PROGRAMME_WORDS_LEVEL, &level);
    }
    if (err == ERR_OK && text->level != NULL && over != BY_REGION) {
        return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u].level", number),
                           "\"level\" goes with over: region: leave it out");
    }
    out->over = (enum dimension)over;
    out->over_at = (enum region_level)level;
    return err;
}

/* X(key, whether an indicator that counts or sums has it, a ratio, a mean) */
#define KEYS_OF_MODES(X)                                                                           \
    X(where, PROGRAMME_KEY_MAY, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NOT)                              \
    X(region, PROGRAMME_KEY_MAY, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NOT)                             \
    X(of, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NEEDED, PROGRAMME_KEY_NEEDED)                           \
    X(per, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NEEDED, PROGRAMME_KEY_NOT)                             \
    X(over, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NEEDED)                            \
    X(level, PROGRAMME_KEY_NOT, PROGRAMME_KEY_NOT, PROGRAMME_KEY_MAY)

#define KEY_ROW(key, counted, ratio, mean) {#key, {(counted), (ratio), (mean)}},
static const struct {
    const char *key;
    enum programme_key_use use[3]; /* counted, ratio, mean */
} keys_of_modes[] = {KEYS_OF_MODES(KEY_ROW)};

enum { KEYS_OF_MODES_COUNT = sizeof keys_of_modes / sizeof keys_of_modes[0] };

const char *programme_derived_key(unsigned number, enum count_mode mode,
                                  enum programme_key_use *out)
{
    if (number >= KEYS_OF_MODES_COUNT) {
        return NULL;
    }
    *out = keys_of_modes[number].use[mode == COUNT_RATIO ? 1 : mode == COUNT_MEAN ? 2 : 0];
    return keys_of_modes[number].key;
}

/* The first key that is written although the indicator's mode knows no such key, or null. */
static const char *foreign_key(const struct programme_text_indicator *text, enum count_mode mode)
{
#define KEY_THERE(key, counted, ratio, mean) text->key != NULL,
    const bool there[KEYS_OF_MODES_COUNT] = {KEYS_OF_MODES(KEY_THERE)};
    for (unsigned i = 0; i < KEYS_OF_MODES_COUNT; i++) {
        enum programme_key_use use = PROGRAMME_KEY_MAY;
        const char *key = programme_derived_key(i, mode, &use);
        if (there[i] && use == PROGRAMME_KEY_NOT) {
            return key;
        }
    }
    return NULL;
}

enum err programme_derived_build(struct build *build, const struct names *ids, uint32_t number,
                                 struct indicator *out)
{
    const struct programme_text_indicator *text = &build->text->indicators[number];
    const char *foreign = foreign_key(text, out->mode);
    if (foreign != NULL) {
        return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u].%s", number, foreign),
                           "count: %s has no \"%s\": leave it out, or choose another count",
                           text->count, foreign);
    }
    const enum err err = part_build(build, ids, number, out);
    if (err != ERR_OK || !count_mode_derived(out->mode)) {
        return err;
    }
    return out->mode == COUNT_RATIO ? ratio_build(build, ids, number, out)
                                    : mean_build(build, ids, number, out);
}

static bool has_root(const struct programme *programme, uint32_t number)
{
    uint32_t steps = 0;
    while (number != CODE_NONE && steps <= programme->indicator_count) {
        number = programme->indicators[number].part_of;
        steps++;
    }
    return number == CODE_NONE;
}

static bool has_parts(const struct programme *programme, uint32_t number)
{
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        if (programme->indicators[i].part_of == number) {
            return true;
        }
    }
    return false;
}

enum err programme_derived_circles(struct build *build)
{
    const struct programme *programme = build->programme;
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        const struct indicator *indicator = &programme->indicators[i];
        if (!has_root(programme, i)) {
            return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u].part_of", i),
                               "\"%.*s\" is a part of itself: leave one part_of of the circle out",
                               BYTES_FMT(indicator->id));
        }
        if (indicator->parts_sum && !has_parts(programme, i)) {
            return BUILD_FAULT(build, BUILD_PLACE(build, "indicators[%u].parts", i),
                               "no indicator is a part of \"%.*s\": write part_of: %.*s at its "
                               "parts, or leave parts out",
                               BYTES_FMT(indicator->id), BYTES_FMT(indicator->id));
        }
    }
    return ERR_OK;
}
