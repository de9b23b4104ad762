/* lanes: the counted events of one batch as columns of small numbers, ready for filters and keys.
 *
 * Counted is what was accepted and happened on the days asked for. Events stand
 * grouped by kind, because nearly every indicator asks for one kind. */
#ifndef CORE_TOTALS_LANES_H
#define CORE_TOTALS_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/limits.h"
#include "core/totals/batch.h"
#include "core/totals/roster.h"
#include "core/totals/vocabulary.h"

/* Columns of label ranks; of months, quarters and years numbers since 1800 + 1, 0 unknown.
 * The lane of a region level is LANE_REGION + level; + VOCABULARY_SELF as the event says.
 * LANE_WHERE: as LANE_REGION by the event's day, where labels are by another one (match). */
enum lane {
    LANE_PARTNER,
    LANE_TASK,
    LANE_MONTH,
    LANE_QUARTER,
    LANE_YEAR,
    LANE_KIND,
    LANE_SEX,
    LANE_AGE,
    LANE_EDUCATION,
    LANE_STATUS,
    LANE_REGION,
    LANE_HOME = LANE_REGION + VOCABULARY_SELF + 1,
    LANE_WHERE = LANE_HOME + VOCABULARY_SELF + 1,
    LANE_COUNT = LANE_WHERE + VOCABULARY_SELF + 1
};

static_assert(LANE_COUNT <= 32, "a set of lanes is a number");

/* A profile's numbers; row 0 is the profile of an event that has none. */
struct lanes_profile {
    uint8_t sex;
    int16_t age;
    uint16_t education, status; /* number in the list + 1 */
    uint16_t flags[PROFILE_FLAGS_MAX];
    uint32_t flag_count;
    uint32_t home; /* term */
};

struct lanes {
    uint32_t needs;   /* bit 1 << enum lane; lanes of regions not asked for stay undefined */
    uint32_t partner; /* the batch's: its number in the programme */
    uint32_t count;
    uint32_t kind_first[EVENT_KIND_COUNT + 1]; /* events of kind k: kind_first[k] to [k + 1] */
    uint32_t label[LANE_COUNT][BATCH_EVENTS_MAX];
    uint16_t code[CODES_LIST_COUNT][BATCH_EVENTS_MAX]; /* number in the list + 1, 0 none */
    uint16_t profile[BATCH_EVENTS_MAX];
    uint8_t window[BATCH_EVENTS_MAX];
    uint8_t stay[BATCH_EVENTS_MAX];    /* enum stay; the first where none is told */
    uint32_t person[BATCH_EVENTS_MAX]; /* the broker's number */
    bool entity[BATCH_EVENTS_MAX];
    int8_t weight[BATCH_EVENTS_MAX];
    int64_t quantity[BATCH_EVENTS_MAX];
    struct lanes_profile profiles[BATCH_EVENTS_MAX + 1];

    /* While a batch is loaded. */
    uint32_t event[BATCH_EVENTS_MAX]; /* index in the batch's columns */
    uint32_t terms[BATCH_TERMS_MAX];  /* the vocabulary's, by number in the batch */
};

struct lanes_source {
    struct vocabulary *vocabulary;
    const struct roster *roster;
    const struct totals_batch *batch;
    uint32_t partner;
    int32_t from, until; /* events before or after these days are left out */
};

/* Fills the lanes. Errors: ERR_MALFORMED, an accepted event names a person never introduced. */
MUST_CHECK enum err lanes_load(struct lanes *self, const struct lanes_source *source);

#endif
