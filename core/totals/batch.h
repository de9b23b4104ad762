/* batch: what a fold takes in at a time. */
#ifndef CORE_TOTALS_BATCH_H
#define CORE_TOTALS_BATCH_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/model/event.h"

/* One stored batch as the log holds it. Borrowed for the call. */
struct totals_batch {
    uint32_t node;        /* a number that the caller gives each node, from 0 */
    struct bytes partner; /* the node's partner id; one not in the programme is skipped */
    const struct columns *columns;
    const uint16_t *verdicts; /* columns->count; only REJECT_NONE counts */
    uint32_t first_person;    /* node's numbers of the people introduced: first, first+1 ... */
    uint32_t person_count;
    const uint32_t *persons; /* the broker's numbers of them */
};

#endif
