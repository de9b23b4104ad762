/* match: an indicator's predicate, made ready to be run over a batch's lanes. */
#ifndef CORE_TOTALS_MATCH_H
#define CORE_TOTALS_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/programme.h"
#include "core/totals/lanes.h"
#include "core/totals/vocabulary.h"

/* Open, in the caller's storage. Sets are bits by number + 1 (by rank, of regions); null where
 * there is no condition. */
struct match {
    uint32_t kinds, sexes, windows, stays;
    uint64_t *picks[CODES_LIST_COUNT];
    uint64_t *regions;
    bool complete, by_age;
    int age_from, age_to;
    enum subject subject;
    bool needs_person;
    uint32_t region_lane; /* where the regions as at the event stand */
};

/* Makes the predicate ready; needs_person: events that name nobody never match. Release with
 * match_fini(), also after an error. Errors: ERR_MEMORY. */
MUST_CHECK enum err match_init(struct match *self, const struct indicator *indicator,
                               const struct programme *programme,
                               const struct vocabulary *vocabulary);
void match_fini(struct match *self);

/* Which lanes the predicate reads: bits 1 << enum lane. */
uint32_t match_needs(const struct match *self);

/* Puts the positions of the lanes' events that meet all conditions into out[BATCH_EVENTS_MAX];
 * returns how many. */
uint32_t match_run(const struct match *self, const struct lanes *lanes, uint32_t *out);

#endif
