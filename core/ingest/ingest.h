/* ingest: the broker's half of the conversation: what of a node's stream is new, what is a
 * duplicate, what is missing, and who may be answered when.
 *
 * Pure. A receipt is only ever an output of the step that was told COMMITTED, or of a duplicate of
 * what was committed before. Group commit: batches of all sessions are collected until COMMIT is
 * asked for. The machine holds a register of every node twice: as committed, and as it will be. */
#ifndef CORE_INGEST_H
#define CORE_INGEST_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/model/limits.h"

struct ingest;

struct ingest_options {
    uint32_t nodes_max;         /* at most NODES_MAX */
    uint32_t group_batches_max; /* 1 to GROUP_BATCHES_MAX */
    uint64_t credit_events;     /* how far beyond what is committed a node may send */
    uint64_t first_session;     /* above every session ever given: sessions are fencing tokens */
};

/* What the broker knows of a node, as stored in its `nodes` table. */
struct ingest_register {
    uint64_t epoch; /* 0: nothing was ever taken */
    uint64_t last_seq;
    uint32_t last_person; /* highest person number introduced */
    uint8_t chain[32];    /* chain head after last_seq; zeros at first */
    bool revoked;
};

/* Who sent a message: the link's handle for the way back. */
struct ingest_peer {
    uint8_t bytes[16];
    uint8_t size;
};

enum ingest_event_kind {
    INGEST_HELLO,    /* peer, node, epoch, first_seq = acked + 1, last_seq = head, chain at acked,
                        known_chain */
    INGEST_BATCH,    /* peer, node, session and the batch's fields */
    INGEST_BROKEN,   /* peer, node, session: bytes that are no batch, or not signed by this node */
    INGEST_PING,     /* peer, node, session */
    INGEST_IDLE,     /* nothing more has arrived: commit what waits */
    INGEST_COMMITTED /* the group is on disk */
};

struct ingest_event {
    enum ingest_event_kind kind;
    struct ingest_peer peer;
    uint32_t node;    /* number of the node that the link's User-Id names */
    uint64_t session; /* of the message's header */
    uint64_t epoch;
    uint64_t first_seq;
    uint32_t count;        /* BATCH: events */
    uint64_t last_seq;     /* HELLO: the node's head */
    uint32_t first_person; /* BATCH: 0 when person_count is 0 */
    uint32_t person_count;
    uint8_t previous[32]; /* BATCH: header.previous; HELLO: chain head at acked */
    uint8_t chain[32];    /* BATCH: chain head after it */
    bool has_known_chain; /* HELLO: the store knows the chain head after the node's acked */
    uint8_t known_chain[32];
    bool stored_same; /* BATCH at or below the committed sequence: the stored batch that begins
                         there has the same digest */
};

/* Numbers are sent in ERROR messages: only ever added to. */
enum ingest_refusal {
    INGEST_UNKNOWN_SESSION = 1, /* greet first */
    INGEST_FENCED = 2,          /* a newer session or epoch of this node took over */
    INGEST_DIVERGED = 3,        /* two histories under one epoch: an operator decides */
    INGEST_REVOKED = 4,
    INGEST_BAD_CHAIN = 5,   /* the batch does not continue this node's chain */
    INGEST_BAD_BATCH = 6,   /* broken bytes, signature, digest or identity */
    INGEST_BAD_PERSONS = 7, /* person numbers do not continue */
    INGEST_BUSY = 8
};

enum ingest_action_kind {
    INGEST_SEND_WELCOME, /* session, reg (committed), limit_seq */
    INGEST_SEND_PONG,    /* limit_seq */
    INGEST_APPEND, /* the batch just given is next: admit it and write it into the transaction */
    INGEST_SEND_RECEIPT, /* first_seq: of a committed batch */
    INGEST_SEND_RESEND,  /* first_seq: send again from here */
    INGEST_SEND_ERROR,   /* refusal; session as in the message refused */
    INGEST_COMMIT        /* commit the transaction, then COMMITTED */
};

struct ingest_action {
    enum ingest_action_kind kind;
    struct ingest_peer peer;
    uint32_t node;
    uint64_t session;
    uint64_t first_seq;
    uint64_t limit_seq;
    struct ingest_register reg;
    enum ingest_refusal refusal;
};

enum { INGEST_ACTIONS_MAX = GROUP_BATCHES_MAX + 2 };

/* To be performed in this order. */
struct ingest_effects {
    uint32_t count;
    struct ingest_action actions[INGEST_ACTIONS_MAX];
};

/* Since the start, for status and metrics. */
struct ingest_counters {
    uint64_t batches_appended, batches_duplicate, batches_refused, gaps, hellos, commits;
};

/* Gives an ingest without nodes; free with ingest_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err ingest_new(const struct ingest_options *options, struct ingest **out);
void ingest_free(struct ingest **self);

/* Sets what is stored of a node, at start and when it is enrolled or revoked. No group may be
 * open. A session that the node has goes on, unless the epoch has become another.
 * Errors: ERR_FULL, node >= nodes_max. */
MUST_CHECK enum err ingest_load(struct ingest *self, uint32_t node,
                                const struct ingest_register *reg);

/* Takes one event into account and fills *effects.
 * Errors: ERR_STATE, COMMITTED without a COMMIT, or anything else between the two; ERR_NOT_FOUND,
 * a node that was not loaded: nothing has changed. */
MUST_CHECK enum err ingest_step(struct ingest *self, const struct ingest_event *event,
                                struct ingest_effects *effects);

/* Whether batches wait for a commit. */
bool ingest_open(const struct ingest *self);

/* The register as it will be when the open group commits, to be written into that transaction. */
struct ingest_register ingest_register_of(const struct ingest *self, uint32_t node);

struct ingest_counters ingest_counters(const struct ingest *self);

/* When the machine next wants an event: UINT64_MAX, it only ever answers. */
uint64_t ingest_deadline_ms(const struct ingest *self);

/* Asserts what must hold between the registers. */
void ingest_check(const struct ingest *self);

#endif
