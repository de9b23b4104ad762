/* The happy path is: 1. register the codes of all lists and of the region table; 2. rank the labels
 * of each dimension; 3. for each region code remember what lies above it and on which days that
 * holds, so that the tree is climbed once and not for each event.
 * What may go wrong: only the memory. */
#include "core/totals/vocabulary.h"

#include <assert.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/totals/labels.h"

/* What lies above a code, on the days from..to. */
struct climbed {
    int32_t from, to;
    uint32_t above[REGION_LEVEL_COUNT + 1];
};

struct term {
    struct bytes text;
    uint32_t hash;
    uint16_t code[CODES_LIST_COUNT]; /* number in the list + 1 */
    bool region;                     /* the region table has it on some day */
    struct climbed then, shown;      /* by the event's day: in its tree, and in the one shown */
};

struct vocabulary {
    const struct programme *programme;
    struct term *terms;
    uint32_t term_count;
    uint32_t *slots;      /* open addressing by hash: a term's number + 1; 0: free */
    uint32_t mask;        /* slots - 1, slots being a power of two above twice the terms */
    uint32_t *line_terms; /* by line of the region table: its code's number + 1 */
    struct labels *labels[WORDS_LIST_COUNT];
    uint32_t nowhere[REGION_LEVEL_COUNT + 1];
    uint32_t ages[AGE_MAX + 2]; /* by age + 1 */
    bool dated;                 /* one day's tree is shown, that of regions_at */
    int32_t regions_at;
    uint16_t *months; /* by day of the programme, where nearly all events lie */
    int32_t months_from;
    uint32_t months_count;
};

#define YEAR_FIRST 1800

static_assert(AGE_UNKNOWN == -1, "ages are kept under age + 1");
static_assert(CODES_MAX < UINT16_MAX && PARTNERS_MAX < UINT16_MAX, "a number + 1 fits");

static size_t terms_max(const struct programme *programme)
{
    size_t count = regions_count(programme->regions);
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        count += programme->code_count[list];
    }
    return count;
}

/* FNV-1a: the texts are short, and come from the programme or are compared with it. */
static uint32_t hash_of(struct bytes text)
{
    uint32_t hash = UINT32_C(2166136261);
    for (size_t i = 0; i < text.size; i++) {
        hash = (hash ^ text.data[i]) * UINT32_C(16777619);
    }
    return hash ^ hash >> 15;
}

/* The slot of the text's term, or the free one where it belongs. */
static uint32_t *slot_of(const struct vocabulary *self, struct bytes text, uint32_t hash)
{
    for (uint32_t at = hash & self->mask;; at = (at + 1) & self->mask) {
        uint32_t *slot = &self->slots[at];
        const struct term *term = *slot != 0 ? &self->terms[*slot - 1] : NULL;
        if (term == NULL || (term->hash == hash && bytes_equal(term->text, text))) {
            return slot;
        }
    }
}

/* The term of a text, a new one where it is not there yet. */
static uint32_t register_text(struct vocabulary *self, struct bytes text)
{
    const uint32_t hash = hash_of(text);
    uint32_t *slot = slot_of(self, text, hash);
    if (*slot == 0) {
        self->terms[self->term_count] =
            (struct term){.text = text, .hash = hash, .then = {.from = 1}, .shown = {.from = 1}};
        *slot = ++self->term_count;
    }
    return *slot - 1;
}

static void register_codes(struct vocabulary *self, enum code_list list)
{
    const struct programme *programme = self->programme;
    for (uint32_t i = 0; i < programme->code_count[list]; i++) {
        const struct bytes id = programme->codes[list][i].id;
        self->terms[register_text(self, id)].code[list] = (uint16_t)(i + 1);
    }
}

static void register_regions(struct vocabulary *self)
{
    const struct regions *regions = self->programme->regions;
    for (uint32_t line = 0; line < regions_count(regions); line++) {
        const uint32_t number = register_text(self, regions_get(regions, line)->code);
        self->terms[number].region = true;
        self->line_terms[line] = number + 1;
    }
}

static enum err register_all(struct vocabulary *self)
{
    const size_t count_max = terms_max(self->programme) + 1;
    size_t slots = 16;
    while (slots < 2 * count_max) {
        slots *= 2;
    }
    self->mask = (uint32_t)(slots - 1);
    self->slots = mem_calloc(slots, sizeof *self->slots);
    self->terms = mem_calloc(count_max, sizeof *self->terms);
    self->line_terms = mem_calloc(count_max, sizeof *self->line_terms);
    if (self->slots == NULL || self->terms == NULL || self->line_terms == NULL) {
        return ERR_MEMORY;
    }
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        register_codes(self, (enum code_list)list);
    }
    register_regions(self);
    return ERR_OK;
}

static uint32_t words_count(const struct vocabulary *self, enum word_list list)
{
    const struct programme *programme = self->programme;
    switch (list) {
    case WORDS_PARTNER:
        return programme->code_count[CODES_PARTNER];
    case WORDS_TASK:
        return programme->code_count[CODES_TASK];
    case WORDS_REGION:
        return self->term_count;
    case WORDS_KIND:
        return EVENT_KIND_COUNT - 1;
    case WORDS_SEX:
        return SEX_COUNT - 1;
    case WORDS_AGE:
        return programme->band_count;
    case WORDS_EDUCATION:
        return programme->code_count[CODES_EDUCATION];
    case WORDS_STATUS:
        return programme->code_count[CODES_STATUS];
    case WORDS_LIST_COUNT:
        break;
    }
    assert(!"a list of words");
    return 0;
}

static struct bytes word(const struct vocabulary *self, enum word_list list, uint32_t number)
{
    const struct programme *programme = self->programme;
    switch (list) {
    case WORDS_PARTNER:
        return programme->codes[CODES_PARTNER][number].id;
    case WORDS_TASK:
        return programme->codes[CODES_TASK][number].id;
    case WORDS_REGION:
        return self->terms[number].text;
    case WORDS_KIND:
        return bytes_text(event_kind_text((enum event_kind)(number + 1)));
    case WORDS_SEX:
        return bytes_text(event_sex_text((enum event_sex)(number + 1)));
    case WORDS_AGE:
        return programme->bands[number].id;
    case WORDS_EDUCATION:
        return programme->codes[CODES_EDUCATION][number].id;
    case WORDS_STATUS:
        return programme->codes[CODES_STATUS][number].id;
    case WORDS_LIST_COUNT:
        break;
    }
    assert(!"a list of words");
    return (struct bytes){0};
}

static enum err rank_words(struct vocabulary *self, enum word_list list)
{
    const uint32_t count = words_count(self, list);
    struct bytes *words = mem_calloc((size_t)count + 1, sizeof *words);
    if (words == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        words[i] = word(self, list, i);
    }
    const enum err err = labels_new(words, count, &self->labels[list]);
    mem_free(words);
    return err;
}

static uint32_t month_of(int32_t day)
{
    if (day < DATE_MIN || day > DATE_MAX) {
        return 0;
    }
    const struct date date = date_of(day);
    return (uint32_t)((date.year - YEAR_FIRST) * 12 + date.month);
}

static enum err list_months(struct vocabulary *self)
{
    const struct programme *programme = self->programme;
    const int32_t from = programme->starts_on > DATE_MIN ? programme->starts_on : DATE_MIN;
    const int32_t to = programme->ends_on < DATE_MAX ? programme->ends_on : DATE_MAX;
    self->months_from = from;
    self->months_count = to >= from ? (uint32_t)(to - from) + 1 : 0;
    self->months = mem_calloc((size_t)self->months_count + 1, sizeof *self->months);
    if (self->months == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < self->months_count; i++) {
        self->months[i] = (uint16_t)month_of(from + (int32_t)i);
    }
    return ERR_OK;
}

enum err vocabulary_new(const struct programme *programme, struct vocabulary **out)
{
    struct vocabulary *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->programme = programme;
    enum err err = register_all(self);
    for (int list = 0; err == ERR_OK && list < WORDS_LIST_COUNT; list++) {
        err = rank_words(self, (enum word_list)list);
    }
    if (err == ERR_OK) {
        err = list_months(self);
    }
    if (err != ERR_OK) {
        vocabulary_free(&self);
        return ERR_MEMORY;
    }
    for (int i = 0; i <= REGION_LEVEL_COUNT; i++) {
        self->nowhere[i] = labels_ranks(self->labels[WORDS_REGION])[0];
    }
    for (int age = AGE_UNKNOWN; age <= AGE_MAX; age++) {
        const uint32_t band = programme_band(programme, age);
        const uint32_t *ranks = labels_ranks(self->labels[WORDS_AGE]);
        self->ages[age + 1] = ranks[band == CODE_NONE ? 0 : band + 1];
    }
    *out = self;
    return ERR_OK;
}

void vocabulary_free(struct vocabulary **self)
{
    if (*self != NULL) {
        for (int list = 0; list < WORDS_LIST_COUNT; list++) {
            labels_free(&(*self)->labels[list]);
        }
        mem_free((*self)->months);
        mem_free((*self)->slots);
        mem_free((*self)->terms);
        mem_free((*self)->line_terms);
        mem_free(*self);
    }
    *self = NULL;
}

uint32_t vocabulary_find(const struct vocabulary *self, struct bytes text)
{
    return *slot_of(self, text, hash_of(text));
}

uint16_t vocabulary_code(const struct vocabulary *self, uint32_t term, enum code_list list)
{
    return term == 0 ? 0 : self->terms[term - 1].code[list];
}

/* Ranks of what lies above a line in the tree of a day. */
static void place(const struct vocabulary *self, struct climbed *out, uint32_t start, int32_t day)
{
    const uint32_t *ranks = labels_ranks(self->labels[WORDS_REGION]);
    for (int level = 0; level < REGION_LEVEL_COUNT; level++) {
        const uint32_t at = start != REGION_NONE ? regions_above(self->programme->regions, start,
                                                                 (enum region_level)level, day)
                                                 : REGION_NONE;
        out->above[level] = ranks[at == REGION_NONE ? 0 : self->line_terms[at]];
    }
}

/* The day of a code's own line that is nearest to the day. */
static int32_t day_within(const struct regions *regions, uint32_t line, int32_t day)
{
    const struct region *region = regions_get(regions, line);
    return day < region->valid_from ? region->valid_from
           : day > region->valid_to ? region->valid_to
                                    : day;
}

/* Climbs the tree from a code and notes the days on which each step leads to the same line. A home
 * whose code has ended since the enrolment stands where it stood last. */
static void climb(const struct vocabulary *self, const struct term *term, struct climbed *out,
                  int32_t event_day)
{
    const struct regions *regions = self->programme->regions;
    out->from = INT32_MIN;
    out->to = INT32_MAX;
    const uint32_t start = regions_nearest(regions, term->text, event_day);
    const int32_t day = start != REGION_NONE ? day_within(regions, start, event_day) : event_day;
    uint32_t line = start;
    for (int step = 0; line != REGION_NONE && step < REGION_LEVEL_COUNT; step++) {
        const struct region *region = regions_get(regions, line);
        out->from = region->valid_from > out->from ? region->valid_from : out->from;
        out->to = region->valid_to < out->to ? region->valid_to : out->to;
        if (region->parent.size == 0) {
            break;
        }
        line = regions_find(regions, region->parent, day);
    }
    if (line == REGION_NONE || day != event_day) {
        out->from = event_day; /* until when it stays so is not known */
        out->to = event_day;
    }
    place(self, out, start, day);
}

/* Climbs the tree of regions_at. A code that it does not have starts from its line of the event's
 * day, and what is found holds as long as that line. */
static void climb_shown(const struct vocabulary *self, const struct term *term, struct climbed *out,
                        int32_t day)
{
    const struct regions *regions = self->programme->regions;
    uint32_t start = regions_find(regions, term->text, self->regions_at);
    out->from = INT32_MIN;
    out->to = INT32_MAX;
    if (start == REGION_NONE) {
        start = regions_nearest(regions, term->text, day);
        const bool valid = start != REGION_NONE && day_within(regions, start, day) == day;
        out->from = valid ? regions_get(regions, start)->valid_from : day;
        out->to = valid ? regions_get(regions, start)->valid_to : day;
    }
    place(self, out, start, self->regions_at);
}

void vocabulary_show_regions_at(struct vocabulary *self, int32_t day)
{
    for (uint32_t i = 0; i < self->term_count; i++) {
        self->terms[i].shown = (struct climbed){.from = 1};
    }
    self->dated = true;
    self->regions_at = day;
}

bool vocabulary_dated(const struct vocabulary *self)
{
    return self->dated;
}

const uint32_t *vocabulary_above(struct vocabulary *self, uint32_t term, int32_t day)
{
    if (term == 0 || !self->terms[term - 1].region) {
        return self->nowhere;
    }
    struct climbed *found = &self->terms[term - 1].then;
    if (day < found->from || day > found->to) {
        climb(self, &self->terms[term - 1], found, day);
        found->above[VOCABULARY_SELF] = labels_ranks(self->labels[WORDS_REGION])[term];
    }
    return found->above;
}

const uint32_t *vocabulary_shown(struct vocabulary *self, uint32_t term, int32_t day)
{
    if (!self->dated || term == 0 || !self->terms[term - 1].region) {
        return vocabulary_above(self, term, day);
    }
    struct climbed *found = &self->terms[term - 1].shown;
    if (day < found->from || day > found->to) {
        climb_shown(self, &self->terms[term - 1], found, day);
        found->above[VOCABULARY_SELF] = labels_ranks(self->labels[WORDS_REGION])[term];
    }
    return found->above;
}

uint32_t vocabulary_region(const struct vocabulary *self, struct bytes code)
{
    const uint32_t term = vocabulary_find(self, code);
    if (term == 0 || !self->terms[term - 1].region) {
        return RANK_NONE;
    }
    return labels_ranks(self->labels[WORDS_REGION])[term];
}

uint32_t vocabulary_month(const struct vocabulary *self, int32_t day)
{
    const int64_t at = (int64_t)day - self->months_from;
    return at >= 0 && at < self->months_count ? self->months[at] : month_of(day);
}

uint32_t vocabulary_age(const struct vocabulary *self, int age)
{
    assert(age >= AGE_UNKNOWN && age <= AGE_MAX);
    return self->ages[age + 1];
}

const uint32_t *vocabulary_ranks(const struct vocabulary *self, enum word_list list)
{
    return labels_ranks(self->labels[list]);
}

struct bytes vocabulary_text(const struct vocabulary *self, enum word_list list, uint32_t rank)
{
    return labels_text(self->labels[list], rank);
}

uint32_t vocabulary_count(const struct vocabulary *self, enum word_list list)
{
    return labels_count(self->labels[list]);
}
