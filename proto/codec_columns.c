/* The columns of a batch. The happy path is: 1 terms and profiles are turned into our own arrays;
 * 2 each column is checked in a loop of its own and borrowed as protobuf-c decoded it; 3 every term
 * must have been used.
 * What may go wrong: a column of another length than the batch, an index that points nowhere, or a
 * second way of writing the same events, which would give one batch two digests. */
#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "core/base/date.h"
#include "core/model/limits.h"
#include "proto/codec.h"
#include "proto/codec_wire.h"
#include "proto/ogniwo.pb-c.h"

/* Slots of the set that finds two equal profiles: never more than half full. */
enum { PROFILE_SLOTS = 2 * BATCH_EVENTS_MAX };

static_assert((PROFILE_SLOTS & (PROFILE_SLOTS - 1)) == 0, "a mask finds the slot");
static_assert(BATCH_TERMS_MAX <= UINT16_MAX, "a profile holds its terms in 16 bits");
static_assert(BATCH_EVENTS_MAX <= UINT16_MAX, "a slot holds a profile's number in 16 bits");
static_assert(AGE_MAX + 1 <= UINT8_MAX, "an age fits into a byte");
static_assert(sizeof(struct columns_profile) == 8 + 2 * PROFILE_FLAGS_MAX + 4,
              "profiles have no padding: they are compared as bytes");

/* What a column's check needs besides the column. */
struct check {
    uint32_t count;      /* events, or profiles */
    uint32_t term_count; /* terms */
    uint8_t *used;       /* [term_count + 1]: the term of that number is used */
};

static enum err terms_get(const Ogniwo__V1__EventColumns *message, struct arena *arena,
                          struct columns *out)
{
    assert(message->n_terms <= BATCH_TERMS_MAX);
    struct bytes *terms = arena_take(arena, message->n_terms * sizeof *terms);
    if (terms == NULL) {
        return ERR_FULL;
    }
    for (size_t i = 0; i < message->n_terms; i++) {
        const enum err err = codec_text_get(message->terms[i], 1, CODE_BYTES_MAX, &terms[i]);
        if (err != ERR_OK) {
            return err;
        }
        if (i > 0 && bytes_compare(terms[i - 1], terms[i]) >= 0) {
            return ERR_NOT_CANONICAL;
        }
    }
    out->term_count = (uint32_t)message->n_terms;
    out->terms = message->n_terms > 0 ? terms : NULL;
    return ERR_OK;
}

/* A column of bytes, of numbers up to max, and of codes. All of them: absent, or as long as the
 * batch and not all default. */
static enum err bytes_get(const struct check *check, ProtobufCBinaryData column, uint8_t max,
                          const uint8_t **out)
{
    if (column.len == 0) {
        *out = NULL;
        return ERR_OK;
    }
    if (column.len != check->count) {
        return ERR_RANGE;
    }
    uint8_t highest = 0;
    for (size_t i = 0; i < column.len; i++) {
        highest = column.data[i] > highest ? column.data[i] : highest;
    }
    if (highest == 0) {
        return ERR_NOT_CANONICAL;
    }
    *out = column.data;
    return highest > max ? ERR_RANGE : ERR_OK;
}

static enum err numbers_get(const struct check *check, size_t count, const uint32_t *column,
                            uint32_t max, const uint32_t **out)
{
    if (count == 0) {
        *out = NULL;
        return ERR_OK;
    }
    if (count != check->count) {
        return ERR_RANGE;
    }
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++) {
        highest = column[i] > highest ? column[i] : highest;
    }
    if (highest == 0) {
        return ERR_NOT_CANONICAL;
    }
    *out = column;
    return highest > max ? ERR_RANGE : ERR_OK;
}

static enum err codes_get(const struct check *check, size_t count, const uint32_t *column,
                          const uint32_t **out)
{
    const enum err err = numbers_get(check, count, column, check->term_count, out);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        check->used[column[i]] = 1;
    }
    return err;
}

static enum err kinds_get(const struct check *check, ProtobufCBinaryData column,
                          const uint8_t **out)
{
    if (column.len != check->count) {
        return ERR_RANGE;
    }
    for (size_t i = 0; i < column.len; i++) {
        if (column.data[i] == 0) {
            return ERR_RANGE;
        }
    }
    return bytes_get(check, column, EVENT_KIND_COUNT - 1, out);
}

static enum err dates_get(const struct check *check, size_t count, const int32_t *column,
                          const int32_t **out)
{
    if (count == 0) {
        *out = NULL;
        return ERR_OK;
    }
    if (count != check->count) {
        return ERR_RANGE;
    }
    int32_t first = 0, last = 0;
    for (size_t i = 0; i < count; i++) {
        first = column[i] < first ? column[i] : first;
        last = column[i] > last ? column[i] : last;
    }
    if (first == 0 && last == 0) {
        return ERR_NOT_CANONICAL;
    }
    *out = column;
    return first < DATE_MIN || last > DATE_MAX ? ERR_RANGE : ERR_OK;
}

/* The checks of a column of 64-bit numbers, which have no range. */
static enum err wide_check(const struct check *check, size_t count, const uint64_t *column)
{
    if (count == 0) {
        return ERR_OK;
    }
    uint64_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= column[i];
    }
    if (count != check->count) {
        return ERR_RANGE;
    }
    return any == 0 ? ERR_NOT_CANONICAL : ERR_OK;
}

/* The columns of the profiles, as those of the events: each has an entry for each profile, or is
 * absent. Flags: profile_flags_get(). */
static enum err profile_fields_get(const struct check *check,
                                   const Ogniwo__V1__EventColumns *message,
                                   struct columns_profile *profiles)
{
    const uint8_t *sex = NULL, *age = NULL;
    const uint32_t *education = NULL, *status = NULL, *home_region = NULL;
    enum err err = bytes_get(check, message->profile_sex, SEX_COUNT - 1, &sex);
    if (err == ERR_OK) {
        err = bytes_get(check, message->profile_age_plus_one, AGE_MAX + 1, &age);
    }
    if (err == ERR_OK) {
        err =
            codes_get(check, message->n_profile_education, message->profile_education, &education);
    }
    if (err == ERR_OK) {
        err = codes_get(check, message->n_profile_status, message->profile_status, &status);
    }
    if (err == ERR_OK) {
        err = codes_get(check, message->n_profile_home_region, message->profile_home_region,
                        &home_region);
    }
    for (uint32_t i = 0; i < check->count && err == ERR_OK; i++) {
        profiles[i].sex = sex != NULL ? sex[i] : 0;
        profiles[i].age_plus_one = age != NULL ? age[i] : 0;
        profiles[i].education = (uint16_t)columns_number(education, i);
        profiles[i].status = (uint16_t)columns_number(status, i);
        profiles[i].home_region = (uint16_t)columns_number(home_region, i);
    }
    return err;
}

static enum err profile_flags_get(const struct check *check,
                                  const Ogniwo__V1__EventColumns *message,
                                  struct columns_profile *profiles)
{
    const uint8_t *counts = NULL;
    size_t at = 0;
    const enum err err = bytes_get(check, message->profile_flag_count, PROFILE_FLAGS_MAX, &counts);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; counts != NULL && i < check->count; i++) {
        struct columns_profile *profile = &profiles[i];
        if (counts[i] > message->n_profile_flags - at) {
            return ERR_RANGE;
        }
        for (uint32_t k = 0; k < counts[i]; k++, at++) {
            const uint32_t flag = message->profile_flags[at];
            if (flag == 0 || flag > check->term_count) {
                return ERR_RANGE;
            }
            if (k > 0 && profile->flags[k - 1] >= flag) {
                return ERR_NOT_CANONICAL;
            }
            profile->flags[k] = (uint16_t)flag;
            check->used[flag] = 1;
        }
        profile->flag_count = counts[i];
    }
    return at == message->n_profile_flags ? ERR_OK : ERR_RANGE;
}

static uint32_t profile_hash(const struct columns_profile *profile)
{
    const uint64_t spread = 0x9e3779b97f4a7c15u;
    uint64_t hash = ((uint64_t)profile->sex << 8 | profile->age_plus_one) * spread;
    hash ^=
        (uint64_t)profile->education << 32 | (uint32_t)profile->status << 16 | profile->home_region;
    for (uint32_t i = 0; i < profile->flag_count; i++) {
        hash = (hash ^ hash >> 32 ^ profile->flags[i]) * spread;
    }
    hash = (hash ^ hash >> 32) * spread;
    return (uint32_t)(hash >> 32);
}

static bool profiles_unique(const struct columns_profile *profiles, uint32_t count)
{
    uint16_t slots[PROFILE_SLOTS] = {0};
    assert(count <= PROFILE_SLOTS / 2);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = profile_hash(&profiles[i]) & (PROFILE_SLOTS - 1);
        while (slots[slot] != 0) {
            if (memcmp(&profiles[slots[slot] - 1], &profiles[i], sizeof profiles[i]) == 0) {
                return false;
            }
            slot = (slot + 1) & (PROFILE_SLOTS - 1);
        }
        slots[slot] = (uint16_t)(i + 1);
    }
    return true;
}

/* Gives how many profiles the events use. Errors: ERR_NOT_CANONICAL, their numbers do not appear as
 * 1, 2, 3 ... */
static enum err profile_count_get(const struct columns *columns, uint32_t *out)
{
    uint32_t seen = 0;
    for (uint32_t i = 0; columns->profile != NULL && i < columns->count; i++) {
        if (columns->profile[i] > seen + 1) {
            return ERR_NOT_CANONICAL;
        }
        seen += columns->profile[i] == seen + 1;
    }
    *out = seen;
    return ERR_OK;
}

static enum err profiles_get(const struct check *events, const Ogniwo__V1__EventColumns *message,
                             struct arena *arena, struct columns *out)
{
    struct check check = *events; /* of columns that have an entry for each profile */
    enum err err =
        numbers_get(events, message->n_profile, message->profile, events->count, &out->profile);
    if (err == ERR_OK) {
        err = profile_count_get(out, &check.count);
    }
    if (err != ERR_OK) {
        return err;
    }
    assert(check.count <= BATCH_EVENTS_MAX);
    struct columns_profile *profiles = arena_zeroed(arena, check.count, sizeof *profiles);
    if (profiles == NULL) {
        return ERR_FULL;
    }
    err = profile_fields_get(&check, message, profiles);
    if (err == ERR_OK) {
        err = profile_flags_get(&check, message, profiles);
    }
    if (err == ERR_OK && !profiles_unique(profiles, check.count)) {
        err = ERR_NOT_CANONICAL;
    }
    out->profile_count = check.count;
    out->profiles = check.count > 0 ? profiles : NULL;
    return err;
}

static enum err withdrawals_get(const struct check *check, const Ogniwo__V1__EventColumns *message,
                                struct columns *out)
{
    enum err err = bytes_get(check, message->withdrawal, 1, &out->withdrawal);
    if (err == ERR_OK) {
        err = wide_check(check, message->n_withdraws, message->withdraws);
    }
    out->withdraws = message->n_withdraws > 0 ? message->withdraws : NULL;
    for (uint32_t i = 0; err == ERR_OK && out->withdrawal != NULL && i < out->count; i++) {
        if (out->withdrawal[i] != 0 && (out->withdraws == NULL || out->withdraws[i] == 0)) {
            err = ERR_RANGE;
        }
    }
    return err;
}

static enum err all_codes_get(const struct check *check, const Ogniwo__V1__EventColumns *message,
                              struct columns *out)
{
    const struct {
        size_t count;
        const uint32_t *column;
        const uint32_t **out;
    } codes[] = {
        {message->n_task, message->task, &out->task},
        {message->n_region, message->region, &out->region},
        {message->n_support, message->support, &out->support},
        {message->n_outcome, message->outcome, &out->outcome},
        {message->n_activity, message->activity, &out->activity},
        {message->n_unit, message->unit, &out->unit},
    };
    for (size_t i = 0; i < CODEC_COUNT(codes); i++) {
        const enum err err = codes_get(check, codes[i].count, codes[i].column, codes[i].out);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static enum err events_get(const struct check *check, const Ogniwo__V1__EventColumns *message,
                           struct columns *out)
{
    enum err err = kinds_get(check, message->kind, &out->kind);
    if (err == ERR_OK) {
        err = dates_get(check, message->n_occurred_on, message->occurred_on, &out->occurred_on);
    }
    if (err == ERR_OK) {
        err = all_codes_get(check, message, out);
    }
    if (err == ERR_OK) {
        err = wide_check(check, message->n_quantity, (const uint64_t *)message->quantity);
        out->quantity = message->n_quantity > 0 ? message->quantity : NULL;
    }
    if (err == ERR_OK) {
        err = numbers_get(check, message->n_person, message->person, UINT32_MAX, &out->person);
    }
    if (err == ERR_OK) {
        err = bytes_get(check, message->entity, 1, &out->entity);
    }
    if (err == ERR_OK) {
        err = numbers_get(check, message->n_participation, message->participation, UINT32_MAX,
                          &out->participation);
    }
    if (err == ERR_OK) {
        err = bytes_get(check, message->window, WINDOW_COUNT - 1, &out->window);
    }
    return err == ERR_OK ? withdrawals_get(check, message, out) : err;
}

enum err codec_columns_decode(struct bytes from, struct arena *arena, struct columns *out)
{
    const void *found = NULL;
    enum err err = codec_wire_decode(&ogniwo__v1__event_columns__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__EventColumns *message = found;
    if (message->count == 0 || message->count > BATCH_EVENTS_MAX) {
        return ERR_RANGE;
    }
    uint8_t used[BATCH_TERMS_MAX + 1] = {0};
    const struct check check = {
        .count = message->count, .term_count = (uint32_t)message->n_terms, .used = used};
    *out = (struct columns){.count = message->count};
    err = terms_get(message, arena, out);
    if (err == ERR_OK) {
        err = events_get(&check, message, out);
    }
    if (err == ERR_OK) {
        err = profiles_get(&check, message, arena, out);
    }
    for (uint32_t i = 1; i <= check.term_count && err == ERR_OK; i++) {
        err = used[i] != 0 ? ERR_OK : ERR_NOT_CANONICAL;
    }
    return err;
}

/* The profiles as columns. */
struct profile_columns {
    uint8_t sex[BATCH_EVENTS_MAX], age_plus_one[BATCH_EVENTS_MAX], flag_count[BATCH_EVENTS_MAX];
    uint32_t education[BATCH_EVENTS_MAX], status[BATCH_EVENTS_MAX], home_region[BATCH_EVENTS_MAX];
    uint32_t flags[BATCH_EVENTS_MAX * PROFILE_FLAGS_MAX];
};

/* Room for what an encoding has to copy: terms with a terminating zero, and profiles. */
static size_t scratch_bytes(const struct columns *from)
{
    const size_t step = 16; /* what an arena rounds up to, at most */
    size_t bytes = 4 * step + from->term_count * sizeof(char *);
    for (uint32_t i = 0; i < from->term_count; i++) {
        bytes += from->terms[i].size + 1 + step;
    }
    return bytes + sizeof(struct profile_columns);
}

static enum err terms_put(const struct columns *from, struct arena *scratch,
                          Ogniwo__V1__EventColumns *message)
{
    message->n_terms = from->term_count;
    message->terms = arena_take(scratch, from->term_count * sizeof *message->terms);
    assert(message->terms != NULL);
    for (uint32_t i = 0; i < from->term_count; i++) {
        message->terms[i] = arena_take(scratch, from->terms[i].size + 1);
        assert(message->terms[i] != NULL);
        const enum err err = codec_text_put(from->terms[i], 1, CODE_BYTES_MAX, message->terms[i]);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* Borrows a column of numbers, or of bytes, which may be null. */
#define NUMBERS_PUT(name)                                                                          \
    do {                                                                                           \
        message->n_##name = from->name != NULL ? from->count : 0;                                  \
        message->name = (void *)from->name;                                                        \
    } while (0)
#define BYTES_PUT(name)                                                                            \
    do {                                                                                           \
        message->name.len = from->name != NULL ? from->count : 0;                                  \
        message->name.data = (void *)from->name;                                                   \
    } while (0)

static void events_put(const struct columns *from, Ogniwo__V1__EventColumns *message)
{
    message->count = from->count;
    BYTES_PUT(kind);
    NUMBERS_PUT(occurred_on);
    NUMBERS_PUT(task);
    NUMBERS_PUT(region);
    NUMBERS_PUT(support);
    NUMBERS_PUT(outcome);
    NUMBERS_PUT(activity);
    NUMBERS_PUT(unit);
    NUMBERS_PUT(quantity);
    NUMBERS_PUT(person);
    BYTES_PUT(entity);
    NUMBERS_PUT(participation);
    BYTES_PUT(window);
    NUMBERS_PUT(profile);
    BYTES_PUT(withdrawal);
    NUMBERS_PUT(withdraws);
}

static void numbers_put(size_t count, uint32_t *column, size_t *n_out, uint32_t **out)
{
    uint32_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= column[i];
    }
    *n_out = any != 0 ? count : 0;
    *out = column;
}

static void bytes_put(size_t count, uint8_t *column, ProtobufCBinaryData *out)
{
    uint8_t any = 0;
    for (size_t i = 0; i < count; i++) {
        any |= column[i];
    }
    out->len = any != 0 ? count : 0;
    out->data = column;
}

static void profiles_put(const struct columns *from, struct profile_columns *to,
                         Ogniwo__V1__EventColumns *message)
{
    const size_t count = from->profile_count;
    size_t flags = 0;
    for (size_t i = 0; i < count; i++) {
        const struct columns_profile *profile = &from->profiles[i];
        assert(profile->flag_count <= PROFILE_FLAGS_MAX);
        to->sex[i] = profile->sex;
        to->age_plus_one[i] = profile->age_plus_one;
        to->education[i] = profile->education;
        to->status[i] = profile->status;
        to->home_region[i] = profile->home_region;
        to->flag_count[i] = (uint8_t)profile->flag_count;
        for (uint32_t k = 0; k < profile->flag_count; k++) {
            to->flags[flags++] = profile->flags[k];
        }
    }
    bytes_put(count, to->sex, &message->profile_sex);
    bytes_put(count, to->age_plus_one, &message->profile_age_plus_one);
    bytes_put(count, to->flag_count, &message->profile_flag_count);
    numbers_put(count, to->education, &message->n_profile_education, &message->profile_education);
    numbers_put(count, to->status, &message->n_profile_status, &message->profile_status);
    numbers_put(count, to->home_region, &message->n_profile_home_region,
                &message->profile_home_region);
    message->n_profile_flags = flags;
    message->profile_flags = to->flags;
}

enum err codec_columns_encode(const struct columns *from, struct buffer *out)
{
    assert(from->count > 0 && from->count <= BATCH_EVENTS_MAX);
    assert(from->kind != NULL);
    assert(from->term_count <= BATCH_TERMS_MAX && from->profile_count <= BATCH_EVENTS_MAX);
    struct arena *scratch = NULL;
    enum err err = arena_new(scratch_bytes(from), &scratch);
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__EventColumns message = OGNIWO__V1__EVENT_COLUMNS__INIT;
    events_put(from, &message);
    struct profile_columns *profiles = arena_take(scratch, sizeof *profiles);
    assert(profiles != NULL);
    profiles_put(from, profiles, &message);
    err = terms_put(from, scratch, &message);
    if (err == ERR_OK) {
        err = codec_wire_encode(&message.base, out);
    }
    arena_free(&scratch);
    return err;
}
