#include "core/model/programme.h"

#include <assert.h>

#include "core/model/words.h"

static const char *const mode_words[COUNT_MODE_COUNT] = {
    [COUNT_PERSONS] = "persons",
    [COUNT_PARTICIPATIONS] = "participations",
    [COUNT_OCCURRENCES] = "occurrences",
    [COUNT_QUANTITY] = "quantity",
    [COUNT_RATIO] = "ratio",
    [COUNT_MEAN] = "mean",
};

static const char *const op_words[TARGET_OP_COUNT] = {
    [TARGET_NONE] = "none",     [TARGET_EQ] = "eq",   [TARGET_GE] = "ge",
    [TARGET_APPROX] = "approx", [TARGET_GT] = "gt",   [TARGET_AVG] = "avg",
    [TARGET_TEEN] = "teen",     [TARGET_PER] = "per",
};

static const char *const dimension_words[DIMENSION_COUNT] = {
    [BY_PARTNER] = "partner",     [BY_TASK] = "task",       [BY_REGION] = "region",
    [BY_MONTH] = "month",         [BY_QUARTER] = "quarter", [BY_YEAR] = "year",
    [BY_KIND] = "kind",           [BY_SEX] = "sex",         [BY_AGE] = "age",
    [BY_EDUCATION] = "education", [BY_STATUS] = "status",
};

enum err programme_new(size_t bytes_max, struct programme **out)
{
    struct arena *memory = NULL;
    const enum err err = arena_new(bytes_max, &memory);
    if (err != ERR_OK) {
        return err;
    }
    struct programme *self = arena_zeroed(memory, 1, sizeof *self);
    if (self == NULL) {
        arena_free(&memory);
        return ERR_MEMORY;
    }
    self->memory = memory;
    *out = self;
    return ERR_OK;
}

void programme_free(struct programme **self)
{
    if (*self != NULL) {
        struct arena *memory = (*self)->memory;
        regions_free(&(*self)->regions);
        arena_free(&memory);
    }
    *self = NULL;
}

uint32_t programme_code(const struct programme *self, enum code_list list, struct bytes id)
{
    assert((uint32_t)list < CODES_LIST_COUNT);
    uint32_t low = 0;
    uint32_t high = self->code_count[list];
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = bytes_compare(self->codes[list][middle].id, id);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return CODE_NONE;
}

bool target_follows(int32_t as_of, int32_t before, int32_t day)
{
    return as_of <= day && (before > day || as_of >= before);
}

uint32_t programme_indicator(const struct programme *self, struct bytes id)
{
    for (uint32_t i = 0; i < self->indicator_count; i++) {
        if (bytes_equal(self->indicators[i].id, id)) {
            return i;
        }
    }
    return CODE_NONE;
}

uint32_t programme_band(const struct programme *self, int age)
{
    if (age == AGE_UNKNOWN) {
        return CODE_NONE;
    }
    for (uint32_t i = 0; i < self->band_count; i++) {
        if (age >= self->bands[i].from && age <= self->bands[i].to) {
            return i;
        }
    }
    return CODE_NONE;
}

bool count_mode_derived(enum count_mode mode)
{
    return mode == COUNT_RATIO || mode == COUNT_MEAN;
}

const char *count_mode_text(enum count_mode mode)
{
    assert((uint32_t)mode < COUNT_MODE_COUNT);
    return mode_words[mode];
}

enum err count_mode_parse(struct bytes text, enum count_mode *out)
{
    const uint32_t mode = words_find(mode_words, COUNT_MODE_COUNT, text);
    if (mode == WORDS_NONE) {
        return ERR_NOT_FOUND;
    }
    *out = (enum count_mode)mode;
    return ERR_OK;
}

const char *target_op_text(enum target_op op)
{
    assert((uint32_t)op < TARGET_OP_COUNT);
    return op_words[op];
}

enum err target_op_parse(struct bytes text, enum target_op *out)
{
    const uint32_t op = words_find(op_words, TARGET_OP_COUNT, text);
    if (op == WORDS_NONE) {
        return ERR_NOT_FOUND;
    }
    *out = (enum target_op)op;
    return ERR_OK;
}

const char *dimension_text(enum dimension dimension)
{
    assert((uint32_t)dimension < DIMENSION_COUNT);
    return dimension_words[dimension];
}

enum err dimension_parse(struct bytes text, enum dimension *out)
{
    const uint32_t dimension = words_find(dimension_words, DIMENSION_COUNT, text);
    if (dimension == WORDS_NONE) {
        return ERR_NOT_FOUND;
    }
    *out = (enum dimension)dimension;
    return ERR_OK;
}
