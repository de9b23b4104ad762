/* Programmes, batches and totals made by hand, for the tests of admission and totals. */
#ifndef TESTS_UNIT_CORE_TOTALS_HAND_H
#define TESTS_UNIT_CORE_TOTALS_HAND_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/date.h"
#include "core/model/event.h"
#include "core/model/limits.h"
#include "core/model/programme.h"

#define HAND_HEADER "code;name;level;parent;valid_from;valid_to\n"

static inline int32_t hand_day(const char *text)
{
    int32_t day;
    assert_int_equal(ERR_OK, date_parse(bytes_text(text), &day));
    return day;
}

/* A programme of 2008-2013 without codes, regions and indicators. */
static inline struct programme *hand_programme(const char *regions_csv)
{
    struct programme *programme;
    uint32_t line;
    assert_int_equal(ERR_OK, programme_new(1 << 22, &programme));
    programme->starts_on = hand_day("2008-01-01");
    programme->ends_on = hand_day("2013-12-31");
    assert_int_equal(ERR_OK, regions_parse(bytes_text(regions_csv), &programme->regions, &line));
    return programme;
}

static inline void *hand_take(struct programme *programme, size_t count, size_t size)
{
    void *block = arena_zeroed(programme->memory, count, size);
    assert_non_null(block);
    return block;
}

/* A copy with a zero behind it. */
static inline struct bytes hand_text(struct programme *programme, struct bytes text)
{
    char *copy = hand_take(programme, text.size + 1, 1);
    memcpy(copy, text.data, text.size);
    return bytes_of(copy, text.size);
}

/* Sets a list of codes, given in ascending order with a space between two, valid always. */
static inline void hand_codes(struct programme *programme, enum code_list list, const char *ids)
{
    programme->codes[list] = hand_take(programme, 64, sizeof(struct code));
    programme->code_count[list] = 0;
    while (*ids != '\0') {
        const size_t size = strcspn(ids, " ");
        struct code *code = &programme->codes[list][programme->code_count[list]++];
        code->id = hand_text(programme, bytes_of(ids, size));
        code->title = code->id;
        code->valid_from = programme->starts_on;
        code->valid_to = programme->ends_on;
        ids += size + (ids[size] == ' ' ? 1 : 0);
    }
}

static inline struct code *hand_code(struct programme *programme, enum code_list list,
                                     const char *id)
{
    const uint32_t number = programme_code(programme, list, bytes_text(id));
    assert_int_not_equal(CODE_NONE, number);
    return &programme->codes[list][number];
}

static inline void hand_band(struct programme *programme, const char *id, int from, int to)
{
    if (programme->bands == NULL) {
        programme->bands = hand_take(programme, AGE_BANDS_MAX, sizeof(struct age_band));
    }
    programme->bands[programme->band_count++] =
        (struct age_band){.id = bytes_text(id), .from = from, .to = to};
}

/* Adds an indicator without conditions; its number. */
static inline uint32_t hand_indicator(struct programme *programme, const char *id,
                                      enum count_mode mode)
{
    if (programme->indicators == NULL) {
        programme->indicators = hand_take(programme, 64, sizeof(struct indicator));
    }
    programme->indicators[programme->indicator_count] = (struct indicator){.id = bytes_text(id),
                                                                           .mode = mode,
                                                                           .part_of = CODE_NONE,
                                                                           .of = CODE_NONE,
                                                                           .per = CODE_NONE};
    return programme->indicator_count++;
}

/* Lets the indicator ask for one more code of a list; codes must come in ascending order. */
static inline void hand_pick(struct programme *programme, uint32_t indicator, enum code_list list,
                             const char *id)
{
    struct pick *pick = &programme->indicators[indicator].where.picks[list];
    uint32_t *numbers = hand_take(programme, pick->count + 1, sizeof *numbers);
    if (pick->count > 0) {
        memcpy(numbers, pick->numbers, pick->count * sizeof *numbers);
    }
    numbers[pick->count] = programme_code(programme, list, bytes_text(id));
    assert_int_not_equal(CODE_NONE, numbers[pick->count]);
    pick->numbers = numbers;
    pick->count++;
}

static inline struct columns_builder *hand_builder(void)
{
    struct columns_builder *builder;
    assert_int_equal(ERR_OK, columns_builder_new(&builder));
    return builder;
}

#endif
