#include "config/programme_indicators.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "config/programme_derived.h"

enum { REGION_OF_EVENT, REGION_OF_HOME };

/* Collects words of a condition as bits. */
static enum err bits_build(struct build *build, uint32_t indicator, const char *key,
                           const struct programme_text_words *text, enum programme_words list,
                           uint32_t *out)
{
    assert(programme_words_count(list) <= 32);
    for (uint32_t i = 0; i < text->count; i++) {
        unsigned number;
        const struct place place =
            BUILD_PLACE(build, "indicators[%u].where.%s[%u]", indicator, key, i);
        const enum err err = build_word(build, place, key, text->list[i], list, &number);
        if (err != ERR_OK) {
            return err;
        }
        if ((*out & UINT32_C(1) << number) != 0) {
            return BUILD_FAULT(build, place, "\"%s\" stands twice in \"%s\": leave one out",
                               text->list[i], key);
        }
        *out |= UINT32_C(1) << number;
    }
    return ERR_OK;
}

static int number_order(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a;
    const uint32_t y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static enum err pick_build(struct build *build, uint32_t indicator, enum code_list list,
                           const struct programme_text_words *text, struct pick *out)
{
    void *block;
    const char *key = programme_text_key(list);
    enum err err = build_take(build, text->count, sizeof(uint32_t), &block);
    uint32_t *numbers = block;
    for (uint32_t i = 0; i < text->count && err == ERR_OK; i++) {
        const struct place place =
            BUILD_PLACE(build, "indicators[%u].where.%s[%u]", indicator, key, i);
        err = build_number(build, place, list, text->list[i], &numbers[i]);
        for (uint32_t j = 0; j < i && err == ERR_OK; j++) {
            if (numbers[j] == numbers[i]) {
                err = BUILD_FAULT(build, place, "\"%s\" stands twice in \"%s\": leave one out",
                                  text->list[i], key);
            }
        }
    }
    if (err != ERR_OK) {
        return err;
    }
    qsort(numbers, text->count, sizeof *numbers, number_order);
    *out = (struct pick){.numbers = numbers, .count = text->count};
    return ERR_OK;
}

static enum err regions_build(struct build *build, uint32_t indicator,
                              const struct programme_text_words *text, struct predicate *out)
{
    void *block;
    enum err err = build_take(build, text->count, sizeof(struct bytes), &block);
    struct bytes *regions = block;
    for (uint32_t i = 0; i < text->count && err == ERR_OK; i++) {
        err =
            build_region(build, BUILD_PLACE(build, "indicators[%u].where.region[%u]", indicator, i),
                         text->list[i], &regions[i]);
    }
    out->regions = regions;
    out->region_count = text->count;
    return err;
}

static enum err age_build(struct build *build, uint32_t indicator,
                          const struct programme_text_age *text, struct predicate *out)
{
    if (text == NULL) {
        return ERR_OK;
    }
    const uint32_t from = text->from != NULL ? *text->from : 0;
    const uint32_t to = text->to != NULL ? *text->to : AGE_MAX;
    const struct place place = BUILD_PLACE(build, "indicators[%u].where.age", indicator);
    if (text->from == NULL && text->to == NULL) {
        return BUILD_FAULT(build, place, "\"age\" needs from, to or both");
    }
    if (from > to || to > AGE_MAX) {
        return BUILD_FAULT(build, place, "ages go from 0 to %d, and from may not be above to",
                           AGE_MAX);
    }
    out->by_age = true;
    out->age_from = (int)from;
    out->age_to = (int)to;
    return ERR_OK;
}

static enum err picks_build(struct build *build, uint32_t indicator,
                            const struct programme_text_where *text, struct predicate *out)
{
    enum err err = ERR_OK;
    for (enum code_list list = 0; list < CODES_LIST_COUNT && err == ERR_OK; list++) {
        err = pick_build(build, indicator, list, &text->picks[list], &out->picks[list]);
    }
    return err;
}

/* What a person's stay and profile must be like. */
static enum err profile_build(struct build *build, uint32_t number,
                              const struct programme_text_where *text, struct predicate *out)
{
    unsigned unused;
    enum err err =
        bits_build(build, number, "stay", &text->stay, PROGRAMME_WORDS_STAY, &out->stays);
    if (err == ERR_OK && text->complete != NULL) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].where.complete", number),
                         "complete", text->complete, PROGRAMME_WORDS_COMPLETE, &unused);
        out->complete = true;
    }
    return err;
}

static enum err where_build(struct build *build, uint32_t number, struct predicate *out)
{
    const struct programme_text_where *text = build->text->indicators[number].where;
    unsigned subject = SUBJECT_ANY;
    if (text == NULL) {
        return ERR_OK;
    }
    enum err err =
        bits_build(build, number, "kind", &text->kind, PROGRAMME_WORDS_KIND, &out->kinds);
    if (err == ERR_OK) {
        err = picks_build(build, number, text, out);
    }
    if (err == ERR_OK) {
        err = regions_build(build, number, &text->region, out);
    }
    if (err == ERR_OK) {
        err = bits_build(build, number, "sex", &text->sex, PROGRAMME_WORDS_SEX, &out->sexes);
    }
    if (err == ERR_OK) {
        err = bits_build(build, number, "window", &text->window, PROGRAMME_WORDS_WINDOW,
                         &out->windows);
    }
    if (err == ERR_OK) {
        err = age_build(build, number, text->age, out);
    }
    if (err == ERR_OK) {
        err = profile_build(build, number, text, out);
    }
    if (err == ERR_OK && text->subject != NULL) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].where.subject", number),
                         "subject", text->subject, PROGRAMME_WORDS_SUBJECT, &subject);
    }
    out->subject = (enum subject)subject;
    return err;
}

/* A unit is one that every programme has, or one of the vocabulary. */
static enum err unit_check(struct build *build, uint32_t number, const struct indicator *indicator)
{
    const struct place place = BUILD_PLACE(build, "indicators[%u].unit", number);
    const struct pick *units = &indicator->where.picks[CODES_UNIT];
    uint32_t unused;
    if (count_mode_derived(indicator->mode)) {
        return ERR_OK; /* programme_derived knows it */
    }
    if (indicator->mode != COUNT_QUANTITY &&
        (bytes_is(indicator->unit, "person") || bytes_is(indicator->unit, "entity") ||
         bytes_is(indicator->unit, "event"))) {
        return ERR_OK;
    }
    const enum err err =
        build_number(build, place, CODES_UNIT, build->text->indicators[number].unit, &unused);
    if (err != ERR_OK || indicator->mode != COUNT_QUANTITY) {
        return err;
    }
    if (units->count != 1 || units->numbers[0] != unused) {
        return BUILD_FAULT(build, place,
                           "a quantity is summed in one unit: add unit: [%s] to "
                           "\"where\"",
                           build->text->indicators[number].unit);
    }
    return ERR_OK;
}

/* People and entities never mix: an indicator that counts them says which, by its unit or its
 * subject. */
static enum err subject_settle(struct build *build, uint32_t number, struct indicator *indicator)
{
    const struct programme_text_where *where = build->text->indicators[number].where;
    const bool entity = bytes_is(indicator->unit, "entity");
    const bool person = bytes_is(indicator->unit, "person");
    const enum subject subject = indicator->where.subject;
    if (indicator->mode != COUNT_PERSONS && indicator->mode != COUNT_PARTICIPATIONS) {
        return ERR_OK;
    }
    if (where == NULL || where->subject == NULL) {
        indicator->where.subject = entity ? SUBJECT_ENTITY : SUBJECT_PERSON;
        return ERR_OK;
    }
    if (subject == SUBJECT_ANY || (entity && subject == SUBJECT_PERSON) ||
        (person && subject == SUBJECT_ENTITY)) {
        const struct place place = BUILD_PLACE(build, "indicators[%u].where.subject", number);
        return BUILD_FAULT(build, place,
                           "people and entities are never counted together: with the unit "
                           "\"%s\" write subject: %s",
                           build->text->indicators[number].unit, entity ? "entity" : "person");
    }
    return ERR_OK;
}

static enum err id_build(struct build *build, uint32_t number, struct names *ids, struct bytes *out)
{
    const struct programme_text_indicator *text = &build->text->indicators[number];
    const struct place place = BUILD_PLACE(build, "indicators[%u].id", number);
    uint32_t given;
    if (strcmp(text->id, PROGRAMME_INDICATORS_ALL) == 0) {
        return BUILD_FAULT(build, place, "\"%s\" means every indicator: choose another id",
                           text->id);
    }
    const uint32_t before = names_find(ids, bytes_text(text->id));
    if (before != NAMES_NONE) {
        return build_twice(build, place, bytes_text(text->id),
                           BUILD_PLACE(build, "indicators[%u].id", before));
    }
    enum err err = names_add(ids, bytes_text(text->id), &given);
    if (err == ERR_OK) {
        assert(given == number);
        err = build_code(build, place, text->id, out);
    }
    return err;
}

static enum err indicator_build(struct build *build, uint32_t number, struct names *ids,
                                struct indicator *out)
{
    const struct programme_text_indicator *text = &build->text->indicators[number];
    unsigned mode = 0;
    unsigned region_of = REGION_OF_EVENT;
    out->part_of = out->of = out->per = CODE_NONE;
    out->over_at = REGION_LEVEL_COUNT;
    enum err err = id_build(build, number, ids, &out->id);
    if (err == ERR_OK) {
        err = build_copy(build, text->title, &out->title);
    }
    if (err == ERR_OK) {
        err = build_copy(build, text->unit, &out->unit);
    }
    if (err == ERR_OK) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].count", number), "count",
                         text->count, PROGRAMME_WORDS_COUNT_MODE, &mode);
    }
    if (err == ERR_OK && text->region != NULL) {
        err = build_word(build, BUILD_PLACE(build, "indicators[%u].region", number), "region",
                         text->region, PROGRAMME_WORDS_REGION_OF, &region_of);
    }
    out->mode = (enum count_mode)mode;
    out->region_of_home = region_of == REGION_OF_HOME;
    if (err == ERR_OK) {
        err = where_build(build, number, &out->where);
    }
    if (err == ERR_OK) {
        err = unit_check(build, number, out);
    }
    return err == ERR_OK ? subject_settle(build, number, out) : err;
}

enum err programme_indicators_build(struct build *build, struct names *ids)
{
    void *block;
    const uint32_t count = build->text->indicator_count;
    enum err err = build_take(build, count, sizeof(struct indicator), &block);
    build->programme->indicators = block;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = indicator_build(build, i, ids, &build->programme->indicators[i]);
        build->programme->indicator_count = i + 1;
    }
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = programme_derived_build(build, ids, i, &build->programme->indicators[i]);
    }
    return err == ERR_OK ? programme_derived_circles(build) : err;
}
