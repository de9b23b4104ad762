/* admission: the one set of rules that a node runs before it signs and the broker runs again.
 *
 * A pure function of (programme, columns, what is known of the events withdrawn): the broker's
 * verdicts are recorded in the log and never made again. */
#ifndef CORE_ADMISSION_H
#define CORE_ADMISSION_H

#include <stdint.h>

#include "core/model/event.h"
#include "core/model/programme.h"
#include "core/model/reject.h"

/* What is known of an event that a withdrawal takes back. */
struct admission_prior {
    bool found;     /* the node's event of that sequence is stored and was accepted */
    bool withdrawn; /* it was withdrawn before (by an accepted event of an earlier batch) */
    const struct event *event; /* where found */
};

struct admission_options {
    const struct programme *programme;
    struct bytes partner; /* the office's id in the programme */
    int32_t today;        /* events after today + 1 are refused; the broker's received_at date */
    uint64_t first_seq;   /* sequence of columns' first event */
    uint32_t person_last; /* highest person number introduced so far, this batch included */
    /* At the node: the profile has only what the row says itself. Else rows other than enrolments
     * may have words and a home of their enrolment, which must be codes, but not of their day. */
    bool own_profile;
    /* At the broker: which of the node's people were introduced in this programme, by the node's
     * number - 1, 0 for one that was not; and whom this batch introduces. Null: all to
     * person_last. */
    const uint32_t *people;
    uint32_t people_count;
    uint32_t first_person, person_count;
};

/* Checks every event and fills verdicts[columns->count], REJECT_NONE for an accepted one.
 *
 * priors[columns->count] answers for each event with withdrawal set (others are not read); null
 * skips those checks (a node that knows its own rows).
 * A withdrawal must be followed at once by its replacement, or stand alone as a deletion: with a
 * replacement both are admitted or refused as one (the innocent half gets PAIR_REFUSED). A
 * withdrawal is the first half of a correction when the event behind it is an assertion whose
 * withdraws field names the same sequence; an assertion with a withdraws field that does not follow
 * such a withdrawal is WITHDRAWAL_ALONE.
 * Of two withdrawals of one sequence in one batch the second is WITHDRAWAL_TWICE where the first
 * was admitted. A withdrawal of an event of this same batch is judged here, its prior is not read:
 * that event must stand before it and be admitted.
 * A withdrawal is judged by these rules only, not by dates and lists: it takes back what an older
 * version of the programme may have admitted. */
void admission_check(const struct admission_options *options, const struct columns *columns,
                     const struct admission_prior *priors, uint16_t *verdicts);

#endif
