/* The happy path is: 1. pick and group the counted events; 2. translate profiles; 3. fill the
 * columns one after the other.
 * What may go wrong: a person number that was never introduced. */
#include "core/totals/lanes.h"

#include <assert.h>
#include <string.h>

#include "core/model/reject.h"

#define TERM_NOT_ASKED UINT32_MAX

/* The vocabulary's term (+ 1) of a batch's term (+ 1). */
static uint32_t term(struct lanes *self, const struct lanes_source *source, uint32_t number)
{
    const struct columns *columns = source->batch->columns;
    if (number == 0) {
        return 0;
    }
    assert(number <= columns->term_count);
    uint32_t *found = &self->terms[number - 1];
    if (*found == TERM_NOT_ASKED) {
        *found = vocabulary_find(source->vocabulary, columns->terms[number - 1]);
    }
    return *found;
}

static uint32_t kind_of(const struct columns *columns, uint32_t index)
{
    const uint32_t kind = columns->kind != NULL ? columns->kind[index] : 0;
    return kind < EVENT_KIND_COUNT ? kind : 0;
}

static int32_t day_of(const struct columns *columns, uint32_t index)
{
    return columns->occurred_on != NULL ? columns->occurred_on[index] : 0;
}

static bool counted(const struct lanes_source *source, uint32_t index)
{
    const int32_t day = day_of(source->batch->columns, index);
    return source->batch->verdicts[index] == REJECT_NONE && day >= source->from &&
           day <= source->until;
}

/* Whether every accepted event's person was introduced. */
static bool people_known(const struct lanes_source *source)
{
    const struct totals_batch *batch = source->batch;
    uint32_t known;
    const uint32_t *numbers = roster_of(source->roster, batch->node, &known);
    for (uint32_t i = 0; i < batch->columns->count; i++) {
        const uint32_t person = columns_number(batch->columns->person, i);
        if (batch->verdicts[i] == REJECT_NONE && person != 0 &&
            (person > known || numbers[person - 1] == 0)) {
            return false;
        }
    }
    return true;
}

static void group(struct lanes *self, const struct lanes_source *source)
{
    const struct columns *columns = source->batch->columns;
    uint32_t next[EVENT_KIND_COUNT] = {0};
    for (uint32_t i = 0; i < columns->count; i++) {
        next[kind_of(columns, i)] += counted(source, i) ? 1 : 0;
    }
    self->count = 0;
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        self->kind_first[kind] = self->count;
        self->count += next[kind];
        next[kind] = self->kind_first[kind];
    }
    self->kind_first[EVENT_KIND_COUNT] = self->count;
    for (uint32_t i = 0; i < columns->count; i++) {
        if (counted(source, i)) {
            self->event[next[kind_of(columns, i)]++] = i;
        }
    }
}

static void load_profile(struct lanes *self, const struct lanes_source *source,
                         const struct columns_profile *from, struct lanes_profile *out)
{
    const struct vocabulary *vocabulary = source->vocabulary;
    out->sex = from->sex < SEX_COUNT ? from->sex : SEX_UNKNOWN;
    out->age = (int16_t)(from->age_plus_one <= AGE_MAX + 1 ? from->age_plus_one - 1 : AGE_UNKNOWN);
    out->education =
        vocabulary_code(vocabulary, term(self, source, from->education), CODES_EDUCATION);
    out->status = vocabulary_code(vocabulary, term(self, source, from->status), CODES_STATUS);
    out->home = term(self, source, from->home_region);
    assert(from->flag_count <= PROFILE_FLAGS_MAX);
    out->flag_count = from->flag_count;
    for (uint32_t i = 0; i < from->flag_count; i++) {
        out->flags[i] = vocabulary_code(vocabulary, term(self, source, from->flags[i]), CODES_FLAG);
    }
}

static void load_profiles(struct lanes *self, const struct lanes_source *source)
{
    const struct columns *columns = source->batch->columns;
    assert(columns->profile_count <= BATCH_EVENTS_MAX);
    self->profiles[0] = (struct lanes_profile){.age = AGE_UNKNOWN};
    for (uint32_t i = 0; i < columns->profile_count; i++) {
        load_profile(self, source, &columns->profiles[i], &self->profiles[i + 1]);
    }
}

static void load_plain(struct lanes *self, const struct lanes_source *source)
{
    const struct columns *columns = source->batch->columns;
    uint32_t known;
    const uint32_t *numbers = roster_of(source->roster, source->batch->node, &known);
    for (uint32_t i = 0; i < self->count; i++) {
        const uint32_t event = self->event[i];
        const uint32_t person = columns_number(columns->person, event);
        const uint32_t profile = columns_number(columns->profile, event);
        const uint8_t window = columns->window != NULL ? columns->window[event] : 0;
        assert(profile <= columns->profile_count);
        self->profile[i] = (uint16_t)profile;
        self->window[i] = window < WINDOW_COUNT ? window : WINDOW_NONE;
        self->stay[i] = columns_number(columns->participation, event) > 1 ? STAY_AGAIN : STAY_FIRST;
        self->person[i] = person != 0 ? numbers[person - 1] : 0;
        self->entity[i] = columns->entity != NULL && columns->entity[event] != 0;
        self->weight[i] = columns->withdrawal != NULL && columns->withdrawal[event] != 0 ? -1 : 1;
        self->quantity[i] = columns->quantity != NULL ? columns->quantity[event] : 0;
    }
}

static void load_codes(struct lanes *self, const struct lanes_source *source, enum code_list list,
                       const uint32_t *column)
{
    if (column == NULL) {
        memset(self->code[list], 0, self->count * sizeof self->code[list][0]);
        return;
    }
    for (uint32_t i = 0; i < self->count; i++) {
        const uint32_t number = column[self->event[i]];
        self->code[list][i] = vocabulary_code(source->vocabulary, term(self, source, number), list);
    }
}

static void load_dates(struct lanes *self, const struct lanes_source *source)
{
    for (uint32_t i = 0; i < self->count; i++) {
        const int32_t day = day_of(source->batch->columns, self->event[i]);
        const uint32_t month = vocabulary_month(source->vocabulary, day);
        self->label[LANE_MONTH][i] = month;
        self->label[LANE_QUARTER][i] = month == 0 ? 0 : (month - 1) / 3 + 1;
        self->label[LANE_YEAR][i] = month == 0 ? 0 : (month - 1) / 12 + 1;
    }
}

static void load_regions(struct lanes *self, const struct lanes_source *source, uint32_t lane,
                         const uint32_t *terms)
{
    uint32_t levels[VOCABULARY_SELF + 1];
    uint32_t level_count = 0;
    for (uint32_t level = 0; level <= VOCABULARY_SELF; level++) {
        if ((self->needs >> (lane + level) & 1) != 0) {
            levels[level_count++] = level;
        }
    }
    for (uint32_t i = 0; level_count > 0 && i < self->count; i++) {
        const int32_t day = day_of(source->batch->columns, self->event[i]);
        const uint32_t *above = lane == LANE_WHERE
                                    ? vocabulary_above(source->vocabulary, terms[i], day)
                                    : vocabulary_shown(source->vocabulary, terms[i], day);
        for (uint32_t k = 0; k < level_count; k++) {
            self->label[lane + levels[k]][i] = above[levels[k]];
        }
    }
}

static void load_places(struct lanes *self, const struct lanes_source *source)
{
    uint32_t terms[BATCH_EVENTS_MAX];
    for (uint32_t i = 0; i < self->count; i++) {
        const uint32_t number = columns_number(source->batch->columns->region, self->event[i]);
        terms[i] = term(self, source, number);
    }
    load_regions(self, source, LANE_REGION, terms);
    load_regions(self, source, LANE_WHERE, terms);
    for (uint32_t i = 0; i < self->count; i++) {
        terms[i] = self->profiles[self->profile[i]].home;
    }
    load_regions(self, source, LANE_HOME, terms);
}

/* Labels that the event's kind, task and profile give. */
static void load_labels(struct lanes *self, const struct lanes_source *source)
{
    const struct vocabulary *vocabulary = source->vocabulary;
    const uint32_t partner = vocabulary_ranks(vocabulary, WORDS_PARTNER)[source->partner + 1];
    const uint32_t *tasks = vocabulary_ranks(vocabulary, WORDS_TASK);
    const uint32_t *sexes = vocabulary_ranks(vocabulary, WORDS_SEX);
    const uint32_t *educations = vocabulary_ranks(vocabulary, WORDS_EDUCATION);
    const uint32_t *statuses = vocabulary_ranks(vocabulary, WORDS_STATUS);
    for (uint32_t i = 0; i < self->count; i++) {
        const struct lanes_profile *profile = &self->profiles[self->profile[i]];
        self->label[LANE_PARTNER][i] = partner;
        self->label[LANE_TASK][i] = tasks[self->code[CODES_TASK][i]];
        self->label[LANE_SEX][i] = sexes[profile->sex];
        self->label[LANE_AGE][i] = vocabulary_age(vocabulary, profile->age);
        self->label[LANE_EDUCATION][i] = educations[profile->education];
        self->label[LANE_STATUS][i] = statuses[profile->status];
    }
    const uint32_t *kinds = vocabulary_ranks(vocabulary, WORDS_KIND);
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        for (uint32_t i = self->kind_first[kind]; i < self->kind_first[kind + 1]; i++) {
            self->label[LANE_KIND][i] = kinds[kind];
        }
    }
}

enum err lanes_load(struct lanes *self, const struct lanes_source *source)
{
    const struct columns *columns = source->batch->columns;
    assert(columns->count <= BATCH_EVENTS_MAX);
    assert(columns->term_count <= BATCH_TERMS_MAX);
    self->partner = source->partner;
    if (!people_known(source)) {
        return ERR_MALFORMED;
    }
    group(self, source);
    if (self->count == 0) {
        return ERR_OK;
    }
    memset(self->terms, 0xff, columns->term_count * sizeof self->terms[0]);
    load_profiles(self, source);
    load_plain(self, source);
    load_codes(self, source, CODES_TASK, columns->task);
    load_codes(self, source, CODES_SUPPORT, columns->support);
    load_codes(self, source, CODES_OUTCOME, columns->outcome);
    load_codes(self, source, CODES_ACTIVITY, columns->activity);
    load_codes(self, source, CODES_UNIT, columns->unit);
    load_dates(self, source);
    load_places(self, source);
    load_labels(self, source);
    return ERR_OK;
}
