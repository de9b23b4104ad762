/* Codes are numbered in the order they come while events are added; the canonical numbers, by
 * bytewise order, are given in finish(), into arrays of their own, so that more may be added
 * afterwards. All memory is reserved at the start: an event is either taken whole or refused before
 * anything has changed. */
#include "core/model/event.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/table.h"

enum { CODE_COLUMNS = 6, EVENT_CODES_MAX = CODE_COLUMNS + 3 + PROFILE_FLAGS_MAX };

static_assert(BATCH_TERMS_MAX < UINT16_MAX, "a profile's codes fit into 16 bits");
static_assert(AGE_MAX < UINT8_MAX, "an age + 1 fits into 8 bits");

/* A table's key: cleared behind the text. */
struct term {
    uint8_t text[CODE_BYTES_MAX];
    uint32_t size;
};

static_assert(sizeof(struct columns_profile) == 8 + 2 * PROFILE_FLAGS_MAX + 4, "without padding");
static_assert(sizeof(struct term) == CODE_BYTES_MAX + 4, "without padding");

/* The two copies of whatever holds numbers of codes: as added, and as given out. */
struct numbered {
    uint32_t codes[CODE_COLUMNS][BATCH_EVENTS_MAX];
    struct columns_profile profiles[BATCH_EVENTS_MAX];
};

struct columns_builder {
    uint32_t count, term_count, profile_count;
    struct table *term_numbers;    /* struct term -> number + 1, in the order they came */
    struct table *profile_numbers; /* struct columns_profile as added -> number + 1 */
    struct term terms[BATCH_TERMS_MAX];
    struct numbered added, given;
    struct bytes sorted[BATCH_TERMS_MAX];
    uint16_t ranks[BATCH_TERMS_MAX + 1]; /* number + 1 as added -> number + 1 as given */
    uint8_t kind[BATCH_EVENTS_MAX], entity[BATCH_EVENTS_MAX];
    uint8_t window[BATCH_EVENTS_MAX], withdrawal[BATCH_EVENTS_MAX];
    int32_t occurred_on[BATCH_EVENTS_MAX];
    int64_t quantity[BATCH_EVENTS_MAX];
    uint32_t person[BATCH_EVENTS_MAX], participation[BATCH_EVENTS_MAX], profile[BATCH_EVENTS_MAX];
    uint64_t withdraws[BATCH_EVENTS_MAX];
};

enum err columns_builder_new(struct columns_builder **out)
{
    struct columns_builder *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    const struct table_options terms = {.key_bytes = sizeof(struct term),
                                        .value_bytes = sizeof(uint32_t),
                                        .count_max = BATCH_TERMS_MAX,
                                        .count_reserved = BATCH_TERMS_MAX};
    const struct table_options profiles = {.key_bytes = sizeof(struct columns_profile),
                                           .value_bytes = sizeof(uint32_t),
                                           .count_max = BATCH_EVENTS_MAX,
                                           .count_reserved = BATCH_EVENTS_MAX};
    if (table_new(&terms, &self->term_numbers) != ERR_OK ||
        table_new(&profiles, &self->profile_numbers) != ERR_OK) {
        columns_builder_free(&self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void columns_builder_free(struct columns_builder **self)
{
    if (*self != NULL) {
        table_free(&(*self)->term_numbers);
        table_free(&(*self)->profile_numbers);
        mem_free(*self);
    }
    *self = NULL;
}

static struct term term_of(struct bytes code)
{
    struct term term;
    assert(code.size > 0 && code.size <= CODE_BYTES_MAX);
    memset(&term, 0, sizeof term);
    memcpy(term.text, code.data, code.size);
    term.size = (uint32_t)code.size;
    return term;
}

/* All codes of the event that are not empty; returns how many. */
static uint32_t codes_of(const struct event *event, struct bytes out[EVENT_CODES_MAX])
{
    const struct bytes fixed[CODE_COLUMNS + 3] = {
        event->task,
        event->region,
        event->support,
        event->outcome,
        event->activity,
        event->unit,
        event->has_profile ? event->profile.education : (struct bytes){0},
        event->has_profile ? event->profile.status : (struct bytes){0},
        event->has_profile ? event->profile.home_region : (struct bytes){0},
    };
    uint32_t count = 0;
    for (uint32_t i = 0; i < CODE_COLUMNS + 3; i++) {
        if (fixed[i].size > 0) {
            out[count++] = fixed[i];
        }
    }
    for (uint32_t i = 0; event->has_profile && i < event->profile.flag_count; i++) {
        assert(event->profile.flags[i].size > 0);
        out[count++] = event->profile.flags[i];
    }
    return count;
}

static bool stands_before(const struct bytes *codes, uint32_t index)
{
    for (uint32_t i = 0; i < index; i++) {
        if (bytes_equal(codes[i], codes[index])) {
            return true;
        }
    }
    return false;
}

/* Whether the event's new codes still fit. */
static enum err check_codes(const struct columns_builder *self, const struct event *event)
{
    struct bytes codes[EVENT_CODES_MAX];
    const uint32_t count = codes_of(event, codes);
    uint32_t fresh = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (codes[i].size > CODE_BYTES_MAX) {
            return ERR_RANGE;
        }
    }
    if (self->term_count + count <= BATCH_TERMS_MAX) {
        return ERR_OK;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct term term = term_of(codes[i]);
        if (table_find(self->term_numbers, &term) == NULL && !stands_before(codes, i)) {
            fresh++;
        }
    }
    return fresh <= BATCH_TERMS_MAX - self->term_count ? ERR_OK : ERR_FULL;
}

/* The number + 1 of a code that is known to fit, 0 of an empty one. */
static uint32_t number_code(struct columns_builder *self, struct bytes code)
{
    if (code.size == 0) {
        return 0;
    }
    bool fresh;
    const struct term term = term_of(code);
    uint32_t *number = table_put(self->term_numbers, &term, &fresh);
    assert(number != NULL);
    if (fresh) {
        self->terms[self->term_count++] = term;
        *number = self->term_count;
    }
    return *number;
}

static uint32_t number_profile(struct columns_builder *self, const struct event_profile *profile)
{
    assert(profile->age == AGE_UNKNOWN || (profile->age >= 0 && profile->age <= AGE_MAX));
    assert((uint32_t)profile->sex < SEX_COUNT);
    assert(profile->flag_count <= PROFILE_FLAGS_MAX);
    struct columns_profile packed = {
        .sex = (uint8_t)profile->sex,
        .age_plus_one = (uint8_t)(profile->age == AGE_UNKNOWN ? 0 : profile->age + 1),
        .education = (uint16_t)number_code(self, profile->education),
        .status = (uint16_t)number_code(self, profile->status),
        .home_region = (uint16_t)number_code(self, profile->home_region),
        .flag_count = profile->flag_count,
    };
    for (uint32_t i = 0; i < profile->flag_count; i++) {
        assert(i == 0 || bytes_compare(profile->flags[i - 1], profile->flags[i]) < 0);
        packed.flags[i] = (uint16_t)number_code(self, profile->flags[i]);
    }
    bool fresh;
    uint32_t *number = table_put(self->profile_numbers, &packed, &fresh);
    assert(number != NULL);
    if (fresh) {
        self->added.profiles[self->profile_count++] = packed;
        *number = self->profile_count;
    }
    return *number;
}

enum err columns_builder_add(struct columns_builder *self, const struct event *event)
{
    assert(event_kind_text(event->kind) != NULL);
    assert((uint32_t)event->window < WINDOW_COUNT);
    if (self->count == BATCH_EVENTS_MAX) {
        return ERR_FULL;
    }
    const enum err err = check_codes(self, event);
    if (err != ERR_OK) {
        return err;
    }
    const struct bytes codes[CODE_COLUMNS] = {event->task,    event->region,   event->support,
                                              event->outcome, event->activity, event->unit};
    const uint32_t at = self->count++;
    for (uint32_t i = 0; i < CODE_COLUMNS; i++) {
        self->added.codes[i][at] = number_code(self, codes[i]);
    }
    self->kind[at] = (uint8_t)event->kind;
    self->occurred_on[at] = event->occurred_on;
    self->quantity[at] = event->quantity;
    self->person[at] = event->person;
    self->entity[at] = event->entity ? 1 : 0;
    self->participation[at] = event->participation;
    self->window[at] = (uint8_t)event->window;
    self->profile[at] = event->has_profile ? number_profile(self, &event->profile) : 0;
    self->withdrawal[at] = event->withdrawal ? 1 : 0;
    self->withdraws[at] = event->withdraws;
    return ERR_OK;
}

uint32_t columns_builder_count(const struct columns_builder *self)
{
    return self->count;
}

static int term_order(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* Sorts the terms and fills ranks. */
static void rank_terms(struct columns_builder *self)
{
    for (uint32_t i = 0; i < self->term_count; i++) {
        self->sorted[i] = bytes_of(self->terms[i].text, self->terms[i].size);
    }
    qsort(self->sorted, self->term_count, sizeof self->sorted[0], term_order);
    self->ranks[0] = 0;
    for (uint32_t i = 0; i < self->term_count; i++) {
        const ptrdiff_t offset = self->sorted[i].data - self->terms[0].text;
        self->ranks[(size_t)offset / sizeof self->terms[0] + 1] = (uint16_t)(i + 1);
    }
}

static void rank_profile(const struct columns_builder *self, const struct columns_profile *added,
                         struct columns_profile *given)
{
    *given = *added;
    given->education = self->ranks[added->education];
    given->status = self->ranks[added->status];
    given->home_region = self->ranks[added->home_region];
    for (uint32_t i = 0; i < added->flag_count; i++) {
        given->flags[i] = self->ranks[added->flags[i]];
    }
}

/* The column, or null where it holds nothing but zeros. */
static const void *column_of(const void *column, size_t size)
{
    const uint8_t *at = column;
    for (size_t i = 0; i < size; i++) {
        if (at[i] != 0) {
            return column;
        }
    }
    return NULL;
}

#define COLUMN_OF(column, count) column_of((column), (count) * sizeof(column)[0])

void columns_builder_finish(struct columns_builder *self, struct columns *out)
{
    const uint32_t count = self->count;
    rank_terms(self);
    for (uint32_t i = 0; i < CODE_COLUMNS; i++) {
        for (uint32_t at = 0; at < count; at++) {
            self->given.codes[i][at] = self->ranks[self->added.codes[i][at]];
        }
    }
    for (uint32_t i = 0; i < self->profile_count; i++) {
        rank_profile(self, &self->added.profiles[i], &self->given.profiles[i]);
    }
    *out = (struct columns){
        .count = count,
        .term_count = self->term_count,
        .terms = self->term_count > 0 ? self->sorted : NULL,
        .kind = COLUMN_OF(self->kind, count),
        .occurred_on = COLUMN_OF(self->occurred_on, count),
        .task = COLUMN_OF(self->given.codes[0], count),
        .region = COLUMN_OF(self->given.codes[1], count),
        .support = COLUMN_OF(self->given.codes[2], count),
        .outcome = COLUMN_OF(self->given.codes[3], count),
        .activity = COLUMN_OF(self->given.codes[4], count),
        .unit = COLUMN_OF(self->given.codes[5], count),
        .quantity = COLUMN_OF(self->quantity, count),
        .person = COLUMN_OF(self->person, count),
        .entity = COLUMN_OF(self->entity, count),
        .participation = COLUMN_OF(self->participation, count),
        .window = COLUMN_OF(self->window, count),
        .profile_count = self->profile_count,
        .profiles = self->profile_count > 0 ? self->given.profiles : NULL,
        .profile = COLUMN_OF(self->profile, count),
        .withdrawal = COLUMN_OF(self->withdrawal, count),
        .withdraws = COLUMN_OF(self->withdraws, count),
    };
}

void columns_builder_reset(struct columns_builder *self)
{
    table_clear(self->term_numbers);
    table_clear(self->profile_numbers);
    self->count = 0;
    self->term_count = 0;
    self->profile_count = 0;
}
