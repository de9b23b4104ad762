/* stays: what the rows of a person, as they stand at this office, say about the person's stays.
 *
 * A stay begins with an enrolment and ends with a completion or a drop-out of the project. The
 * latest one has a record; the earlier ones are found from the rows. */
#ifndef NODES_STAYS_H
#define NODES_STAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/event.h"
#include "nodes/records.h"

/* All borrowed. The arena holds one row at a time. */
struct stays {
    struct records *records;
    struct arena *arena;
};

/* Takes from the enrolment what the row did not say itself; own: enum row_own. */
void stays_inherit(struct event *event, uint16_t own, const struct event *enrolment);

/* Whether the event says that a person leaves: a completion or a drop-out of `project`, or of no
 * support. */
bool stays_leaves(const struct event *event);

/* Whether the event belongs between enrolment and leaving. Activities may lie before, such as a
 * meeting of those who are interested. */
bool stays_bound(const struct event *event);

/* When an outcome was seen, counted from the day the person left; the day itself may come later. */
enum event_window stays_window(const struct event *event, const struct stay_record *stay);

/* Writes into *stay whether and when the person left the stay of that ordinal: the last day that
 * one of the rows names. `but` (may be null) is a row that has no say.
 * Errors: ERR_STORE, ERR_MEMORY, ERR_FULL, as all here. */
MUST_CHECK enum err stays_leaving(const struct stays *self, uint32_t person, const uint8_t *but,
                                  struct stay_record *stay);

/* The earliest day of the rows that belong behind the enrolment of that stay; INT32_MAX: none. */
MUST_CHECK enum err stays_earliest(const struct stays *self, uint32_t person, uint32_t ordinal,
                                   const uint8_t *but, int32_t *day);

/* Finds the last stay before *ordinal whose enrolment is not later than the day: its number goes to
 * *ordinal, and the enrolment to *enrolment, with texts from `texts`.
 * Errors: ERR_NOT_FOUND, and as above. */
MUST_CHECK enum err stays_earlier(const struct stays *self, uint32_t person, int32_t day,
                                  uint32_t *ordinal, struct arena *texts, struct event *enrolment);

#endif
