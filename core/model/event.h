/* event: what happened to a participant or an activity, one at a time or as a batch's columns.
 *
 * The words are those of proto/ogniwo.proto; this is their decoded form, which the machines use. */
#ifndef CORE_MODEL_EVENT_H
#define CORE_MODEL_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/limits.h"

/* Numbers are stored and sent: only ever added to. */
enum event_kind {
    EVENT_ENROLLED = 1,
    EVENT_STARTED = 2,
    EVENT_COMPLETED = 3,
    EVENT_DROPPED = 4,
    EVENT_OUTCOME = 5,
    EVENT_ACTIVITY = 6,
    EVENT_KIND_COUNT
};

enum event_sex { SEX_UNKNOWN = 0, SEX_WOMAN = 1, SEX_MAN = 2, SEX_COUNT };

/* When an outcome was seen, counted from the day the person left. */
enum event_window { WINDOW_NONE = 0, WINDOW_ON_LEAVING = 1, WINDOW_SIX_MONTHS = 2, WINDOW_COUNT };

#define AGE_UNKNOWN (-1)
#define AGE_MAX 130

/* "enrolled" and so on; null for a number that is no kind. */
const char *event_kind_text(enum event_kind kind);

/* Errors: ERR_NOT_FOUND. */
MUST_CHECK enum err event_kind_parse(struct bytes text, enum event_kind *out);

/* "woman", "man", "unknown". */
const char *event_sex_text(enum event_sex sex);

/* Who a person was on the day of entry. Codes are empty where nothing is known. */
struct event_profile {
    enum event_sex sex;
    int age; /* whole years at entry, or AGE_UNKNOWN */
    struct bytes education, status, home_region;
    struct bytes flags[PROFILE_FLAGS_MAX]; /* ascending, each once */
    uint32_t flag_count;
};

/* One event. Texts are borrowed; an empty code means that none was given. */
struct event {
    enum event_kind kind;
    int32_t occurred_on; /* days since 1970-01-01 */
    struct bytes task, region, support, outcome, activity, unit;
    int64_t quantity; /* hundredths of the unit */
    uint32_t person;  /* the node's own number of the person or entity; 0: nobody is counted */
    bool entity;      /* the number is an entity's, not a person's */
    /* Ordinal of the person's stay at this node, from 1; 0 with no person. */
    uint32_t participation;
    enum event_window window;
    bool has_profile;
    struct event_profile profile;
    bool withdrawal;    /* weight -1, else +1 */
    uint64_t withdraws; /* sequence that a withdrawal takes back, or that the assertion right behind
                           it replaces; else 0 */
};

/* A profile as the columns hold it: codes are numbers into terms + 1, 0 for none. */
struct columns_profile {
    uint8_t sex;
    uint8_t age_plus_one; /* 0: unknown */
    uint16_t education, status, home_region;
    uint16_t flags[PROFILE_FLAGS_MAX];
    uint32_t flag_count;
};

/* A batch's events as columns: each has count entries or is null (= all default). Codes are
 * numbers into terms + 1, 0 for none. All memory is borrowed from whoever decoded or built it. */
struct columns {
    uint32_t count;
    uint32_t term_count;
    const struct bytes *terms; /* strictly ascending */
    const uint8_t *kind;       /* enum event_kind */
    const int32_t *occurred_on;
    const uint32_t *task, *region, *support, *outcome, *activity, *unit;
    const int64_t *quantity;
    const uint32_t *person;
    const uint8_t *entity; /* 1 where the number is an entity's */
    const uint32_t *participation;
    const uint8_t *window;
    uint32_t profile_count;
    const struct columns_profile *profiles;
    const uint32_t *profile;   /* number of the profile + 1, 0 for none */
    const uint8_t *withdrawal; /* 1 where the weight is -1 */
    const uint64_t *withdraws;
};

/* The event at index, with texts borrowed from the columns' terms. */
void columns_event(const struct columns *columns, uint32_t index, struct event *out);

/* The number at index of a column that may be null. */
uint32_t columns_number(const uint32_t *column, uint32_t index);

/* Whether two events are the same row: all fields but weight and what they withdraw. */
bool event_same(const struct event *a, const struct event *b);

/* Collects up to BATCH_EVENTS_MAX events and makes their columns, terms and profiles canonical:
 * terms ascending, profiles in order of first use, all-default columns null. */
struct columns_builder;

/* Gives a builder; free with columns_builder_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err columns_builder_new(struct columns_builder **out);
void columns_builder_free(struct columns_builder **self);

/* Copies what the event holds. Errors: ERR_FULL, the batch or its terms are full; the builder is
 * unchanged. ERR_RANGE, a code is longer than CODE_BYTES_MAX. */
MUST_CHECK enum err columns_builder_add(struct columns_builder *self, const struct event *event);

uint32_t columns_builder_count(const struct columns_builder *self);

/* Gives the columns of all events added, borrowed until the next add or reset. */
void columns_builder_finish(struct columns_builder *self, struct columns *out);

void columns_builder_reset(struct columns_builder *self);

#endif
