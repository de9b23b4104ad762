/* mirror: a watcher's half of the live totals: a copy of one sheet that heals itself.
 *
 * Pure: times, parts and answers in, what to do next out. The happy path: START -> open and
 * subscribe -> the first BEAT shows that changes arrive -> ask for a snapshot, hold the changes
 * that come meanwhile -> SNAPSHOT, then the held changes -> CHANGE after CHANGE, and a BEAT each
 * second that tells whether any was lost.
 *
 * What is lost on the way, a slow reader, a broker that starts again or counts under another
 * file: the copy notices by session, version, basis or digest, says that it is old, and asks
 * anew. */
#ifndef CORE_VIEW_MIRROR_H
#define CORE_VIEW_MIRROR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/programme.h"
#include "core/model/sheet.h"

struct mirror;

struct mirror_options {
    uint32_t join_ms;        /* wait for a first beat before asking all the same; 500 */
    uint32_t answer_ms;      /* wait for (the next part of) an answer; 5,000 */
    uint32_t dead_ms;        /* silence after which the sockets are opened anew; 3,500 */
    uint32_t retry_ms;       /* before asking again when the last copy did not hold; 100 */
    uint32_t retry_ms_max;   /* that wait doubles up to this; 5,000 */
    uint32_t rows_max;       /* of the sheet */
    uint32_t held_bytes_max; /* of changes that arrive while the snapshot is on its way */
};

enum mirror_state {
    MIRROR_IDLE,    /* not started */
    MIRROR_JOINING, /* subscribed, nothing heard yet */
    MIRROR_ASKING,  /* a snapshot is on its way */
    MIRROR_WAITING, /* about to ask again */
    MIRROR_CURRENT  /* the copy is what the broker has, as far as can be known */
};

enum mirror_event_kind {
    MIRROR_START,
    MIRROR_SNAPSHOT, /* ask, part */
    MIRROR_UNSENT,   /* ask: the question could not be sent, the broker is not there */
    MIRROR_REFUSED,  /* ask: the broker has no such sheet now */
    MIRROR_CHANGE,   /* part */
    MIRROR_BEAT,     /* part, without rows */
    MIRROR_TIMEOUT   /* the deadline passed */
};

struct mirror_event {
    uint64_t now_ms; /* monotonic */
    uint64_t random; /* any number, fresh each time: jitter */
    enum mirror_event_kind kind;
    uint64_t ask;                  /* number of the question that is answered */
    const struct sheet_part *part; /* borrowed */
};

/* What to do, in this order. */
struct mirror_effects {
    bool reopen;  /* close both sockets, open them anew and subscribe */
    uint64_t ask; /* ask for the sheet under this number; 0: do not */
    bool settled; /* the copy is current and has changed: show it */
    bool lost;    /* the copy was current and is no longer: show its age */
};

/* How often the copy had to be mended, since the start. */
struct mirror_counters {
    uint64_t snapshots;
    uint64_t gaps;     /* a change was lost */
    uint64_t restarts; /* another session, or another programme file */
    uint64_t diverged; /* nothing was lost, and yet the digests differed */
    uint64_t silences;
};

/* Gives a mirror; free with mirror_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err mirror_new(const struct mirror_options *options, struct mirror **out);
void mirror_free(struct mirror **self);

/* Takes one event into account and fills *effects. Answers to earlier questions are ignored.
 * Errors: ERR_FULL, more rows than rows_max or more texts than they can have; ERR_MEMORY: the
 * mirror is then not to be used. */
MUST_CHECK enum err mirror_step(struct mirror *self, const struct mirror_event *event,
                                struct mirror_effects *effects);

/* When the mirror next wants a TIMEOUT; UINT64_MAX for never. */
uint64_t mirror_deadline_ms(const struct mirror *self);

enum mirror_state mirror_state(const struct mirror *self);
struct mirror_counters mirror_counters(const struct mirror *self);

/* Of the copy: its part without rows; all zeros before the first snapshot. */
struct sheet_part mirror_head(const struct mirror *self);

/* One row, borrowed during the call. */
struct mirror_row {
    struct bytes indicator;
    struct bytes labels[DIMENSION_COUNT]; /* label_count of them */
    uint32_t label_count;
    int64_t value, partner_sum;
};
typedef void mirror_visit(void *context, const struct mirror_row *row);

/* Calls visit with each row of the copy, by indicator, then by labels, bytewise. Rows of labels
 * that came to nothing are left out. Errors: ERR_MEMORY. */
MUST_CHECK enum err mirror_rows(const struct mirror *self, mirror_visit *visit, void *context);

/* Asserts what must hold inside; the digest equals a recount. For tests. */
void mirror_check(const struct mirror *self);

#endif
