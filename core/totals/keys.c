/* Each dimension has a fixed place in the 128 bits of a key, in the order of enum dimension from
 * the highest bits down, so that keys compare as rows do. What may go wrong: nothing; the places
 * are wide enough for the limits. */
#include "core/totals/keys.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/mem.h"

enum {
    YEAR_FIRST = 1800,
    YEAR_COUNT = 500,
    MONTHS = YEAR_COUNT * 12 + 1, /* the first is "-" */
    QUARTERS = YEAR_COUNT * 4 + 1,
    YEARS = YEAR_COUNT + 1,

    PARTNER_BITS = 11,
    CODE_BITS = 13,
    REGION_BITS = 17,
    PERIOD_BITS = 13,
    KIND_BITS = 3,
    SEX_BITS = 2,
    AGE_BITS = 7,
    OVER_BITS = REGION_BITS, /* any label */
    OVER_SHIFT = KIND_BITS + SEX_BITS + AGE_BITS + 2 * CODE_BITS
};

/* "-" comes on top of what a list may have; WORDS_REGION holds the codes of all lists. */
static_assert(PARTNERS_MAX + 1 <= 1 << PARTNER_BITS, "a partner's rank fits");
static_assert(CODES_MAX + 1 <= 1 << CODE_BITS, "a code's rank fits");
static_assert(REGIONS_MAX + PARTNERS_MAX + (CODES_LIST_COUNT - 1) * CODES_MAX + 1 <=
                  1 << REGION_BITS,
              "a region's rank fits");
static_assert(MONTHS <= 1 << PERIOD_BITS, "a month fits");
static_assert(EVENT_KIND_COUNT <= 1 << KIND_BITS && SEX_COUNT <= 1 << SEX_BITS, "words fit");
static_assert(AGE_BANDS_MAX + 1 <= 1 << AGE_BITS, "an age band's rank fits");
static_assert(PARTNER_BITS + CODE_BITS + REGION_BITS + PERIOD_BITS <= 64, "the upper half");
static_assert(OVER_SHIFT + OVER_BITS <= 64, "the lower half");
static_assert(PARTNER_BITS <= OVER_BITS && CODE_BITS <= OVER_BITS && PERIOD_BITS <= OVER_BITS,
              "any label fits where a mean goes over it");

struct place {
    bool low;
    uint8_t shift, bits;
    uint8_t lane;
};

/* Month, quarter and year share one place: the finest that the view has stands in it. */
static const struct place places[DIMENSION_COUNT + 1] = {
    [BY_PARTNER] = {false, PERIOD_BITS + REGION_BITS + CODE_BITS, PARTNER_BITS, LANE_PARTNER},
    [BY_TASK] = {false, PERIOD_BITS + REGION_BITS, CODE_BITS, LANE_TASK},
    [BY_REGION] = {false, PERIOD_BITS, REGION_BITS, LANE_REGION},
    [BY_MONTH] = {false, 0, PERIOD_BITS, LANE_MONTH},
    [BY_QUARTER] = {false, 0, PERIOD_BITS, LANE_QUARTER},
    [BY_YEAR] = {false, 0, PERIOD_BITS, LANE_YEAR},
    [BY_KIND] = {true, 2 * CODE_BITS + AGE_BITS + SEX_BITS, KIND_BITS, LANE_KIND},
    [BY_SEX] = {true, 2 * CODE_BITS + AGE_BITS, SEX_BITS, LANE_SEX},
    [BY_AGE] = {true, 2 * CODE_BITS, AGE_BITS, LANE_AGE},
    [BY_EDUCATION] = {true, CODE_BITS, CODE_BITS, LANE_EDUCATION},
    [BY_STATUS] = {true, 0, CODE_BITS, LANE_STATUS},
    [DIMENSION_COUNT] = {true, OVER_SHIFT, OVER_BITS, LANE_COUNT}, /* what a mean goes over */
};

struct key_periods {
    char months[MONTHS][8];
    char quarters[QUARTERS][8];
    char years[YEARS][5];
};

static bool has(uint32_t dimensions, enum dimension dimension)
{
    return (dimensions >> dimension & 1) != 0;
}

/* Whether a finer period of the view tells this one. */
static bool told_by_finer(uint32_t dimensions, enum dimension dimension)
{
    return (dimension == BY_QUARTER && has(dimensions, BY_MONTH)) ||
           (dimension == BY_YEAR && (has(dimensions, BY_MONTH) || has(dimensions, BY_QUARTER)));
}

/* level: of regions. */
static uint32_t lane_of(enum dimension dimension, enum region_level level, bool home)
{
    return dimension != BY_REGION ? places[dimension].lane
                                  : (home ? LANE_HOME : LANE_REGION) + (uint32_t)level;
}

void keys_init(struct keys *self, const struct view *view, bool home)
{
    *self = (struct keys){.dimensions = view->dimensions};
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        const enum dimension dimension = (enum dimension)i;
        if (!has(view->dimensions, dimension) || told_by_finer(view->dimensions, dimension)) {
            continue;
        }
        self->parts[self->count].dimension = dimension;
        self->parts[self->count].lane = lane_of(dimension, view->level, home);
        self->count++;
    }
}

void keys_add_over(struct keys *self, enum dimension over, enum region_level level, bool home)
{
    assert(self->count <= DIMENSION_COUNT);
    self->parts[self->count].dimension = DIMENSION_COUNT;
    self->parts[self->count].lane = lane_of(over, level, home);
    self->count++;
}

static enum word_list words_of(enum dimension dimension)
{
    switch (dimension) {
    case BY_PARTNER:
        return WORDS_PARTNER;
    case BY_TASK:
        return WORDS_TASK;
    case BY_REGION:
        return WORDS_REGION;
    case BY_KIND:
        return WORDS_KIND;
    case BY_SEX:
        return WORDS_SEX;
    case BY_AGE:
        return WORDS_AGE;
    case BY_EDUCATION:
        return WORDS_EDUCATION;
    case BY_STATUS:
        return WORDS_STATUS;
    case BY_MONTH:
    case BY_QUARTER:
    case BY_YEAR:
    case DIMENSION_COUNT:
        break;
    }
    return WORDS_LIST_COUNT; /* a period: no list */
}

uint32_t keys_unlabelled(enum dimension dimension, const struct vocabulary *vocabulary)
{
    const enum word_list words = words_of(dimension);
    return words == WORDS_LIST_COUNT ? 0 : vocabulary_ranks(vocabulary, words)[0];
}

uint32_t keys_over(const struct cell_key *key)
{
    return (uint32_t)(key->low >> OVER_SHIFT & ((UINT64_C(1) << OVER_BITS) - 1));
}

struct cell_key keys_without_over(const struct cell_key *key)
{
    return (struct cell_key){.high = key->high,
                             .low = key->low & ((UINT64_C(1) << OVER_SHIFT) - 1)};
}

void keys_months(const struct keys *self, const struct cell_key *key, uint32_t *first,
                 uint32_t *last)
{
    const uint32_t number = (uint32_t)(key->high & ((UINT64_C(1) << PERIOD_BITS) - 1));
    const uint32_t months = has(self->dimensions, BY_MONTH)     ? 1
                            : has(self->dimensions, BY_QUARTER) ? 3
                            : has(self->dimensions, BY_YEAR)    ? 12
                                                                : 0;
    *first = months == 0 || number == 0 ? 1 : (number - 1) * months + 1;
    *last = months == 0 ? MONTHS - 1 : number == 0 ? 0 : number * months;
}

uint32_t keys_needs(const struct keys *self)
{
    uint32_t needs = 0;
    for (uint32_t i = 0; i < self->count; i++) {
        needs |= UINT32_C(1) << self->parts[i].lane;
    }
    return needs;
}

void keys_pack(const struct keys *self, const struct lanes *lanes, const uint32_t *positions,
               uint32_t count, struct cell_key *out)
{
    memset(out, 0, count * sizeof *out);
    for (uint32_t part = 0; part < self->count; part++) {
        const struct place *place = &places[self->parts[part].dimension];
        const uint32_t *label = lanes->label[self->parts[part].lane];
        const uint8_t shift = place->shift;
        if (place->low) {
            for (uint32_t i = 0; i < count; i++) {
                out[i].low |= (uint64_t)label[positions[i]] << shift;
            }
        } else {
            for (uint32_t i = 0; i < count; i++) {
                out[i].high |= (uint64_t)label[positions[i]] << shift;
            }
        }
    }
}

enum err key_periods_new(struct key_periods **out)
{
    *out = mem_calloc(1, sizeof **out);
    return *out != NULL ? ERR_OK : ERR_MEMORY;
}

void key_periods_free(struct key_periods **self)
{
    mem_free(*self);
    *self = NULL;
}

static void put_digits(char *out, uint32_t value, uint32_t count)
{
    for (uint32_t i = count; i > 0; i--) {
        out[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* "2010" and the given part of it: "-Q1", "-03". Number 0 is not known. */
static struct bytes month_text(struct key_periods *self, uint32_t number)
{
    assert(number < MONTHS);
    char *text = self->months[number];
    if (number == 0) {
        return bytes_text("-");
    }
    if (text[0] == '\0') {
        put_digits(text, YEAR_FIRST + (number - 1) / 12, 4);
        text[4] = '-';
        put_digits(text + 5, (number - 1) % 12 + 1, 2);
    }
    return bytes_of(text, 7);
}

static struct bytes quarter_text(struct key_periods *self, uint32_t number)
{
    assert(number < QUARTERS);
    char *text = self->quarters[number];
    if (number == 0) {
        return bytes_text("-");
    }
    if (text[0] == '\0') {
        put_digits(text, YEAR_FIRST + (number - 1) / 4, 4);
        text[4] = '-';
        text[5] = 'Q';
        put_digits(text + 6, (number - 1) % 4 + 1, 1);
    }
    return bytes_of(text, 7);
}

static struct bytes year_text(struct key_periods *self, uint32_t number)
{
    assert(number < YEARS);
    char *text = self->years[number];
    if (number == 0) {
        return bytes_text("-");
    }
    if (text[0] == '\0') {
        put_digits(text, YEAR_FIRST + number - 1, 4);
    }
    return bytes_of(text, 4);
}

/* Labels of the period and of the coarser ones that the view has. */
static void unpack_period(const struct keys *self, enum dimension finest, uint32_t number,
                          struct key_periods *periods, struct bytes *labels)
{
    if (finest == BY_MONTH) {
        labels[BY_MONTH] = month_text(periods, number);
        number = number == 0 ? 0 : (number - 1) / 3 + 1;
    }
    if (finest != BY_YEAR) {
        if (has(self->dimensions, BY_QUARTER)) {
            labels[BY_QUARTER] = quarter_text(periods, number);
        }
        number = number == 0 ? 0 : (number - 1) / 4 + 1;
    }
    if (has(self->dimensions, BY_YEAR)) {
        labels[BY_YEAR] = year_text(periods, number);
    }
}

void keys_unpack(const struct keys *self, const struct cell_key *key,
                 const struct vocabulary *vocabulary, struct key_periods *periods,
                 struct bytes *labels)
{
    memset(labels, 0, DIMENSION_COUNT * sizeof *labels);
    for (uint32_t part = 0; part < self->count; part++) {
        const enum dimension dimension = self->parts[part].dimension;
        const struct place *place = &places[dimension];
        assert(dimension < DIMENSION_COUNT); /* what a mean goes over is no label of a row */
        const uint64_t half = place->low ? key->low : key->high;
        const uint32_t number =
            (uint32_t)(half >> place->shift & ((UINT64_C(1) << place->bits) - 1));
        const enum word_list words = words_of(dimension);
        if (words == WORDS_LIST_COUNT) {
            unpack_period(self, dimension, number, periods, labels);
        } else {
            labels[dimension] = vocabulary_text(vocabulary, words, number);
        }
    }
}
