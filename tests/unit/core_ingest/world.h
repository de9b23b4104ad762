/* world: who and what there is in a conversation: nodes, a broker, messages, chance. */
#ifndef TESTS_UNIT_CORE_INGEST_WORLD_H
#define TESTS_UNIT_CORE_INGEST_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/ingest/ingest.h"
#include "core/uplink/uplink.h"
#include "unit/core_ingest/conversation.h"

enum {
    NODES = 3,
    CLIENTS = NODES + 1, /* the last one is a clone of node 0, in some seeds */
    CLONE = NODES,
    BATCHES_MAX = 64, /* in one outbox */
    MESSAGES_MAX = 4096,
    FAULTS_END_MS = 30000,
    SETTLED_MS = 240000, /* by then all is acknowledged */
    QUIET_MS = 40000,    /* then nothing but pings, after a while */
    PERCENT = 100
};

struct batch {
    uint64_t first_seq, last_seq;
    uint32_t count, first_person, person_count;
    uint8_t previous[32], chain[32];
};

/* ---- what is sent ---- */

enum kind { HELLO, BATCH, PING, WELCOME, RECEIPT, RESEND, PONG, ERROR };

struct message {
    uint64_t due_ms;
    uint64_t order; /* breaks ties */
    bool to_broker;
    uint32_t client, connection;
    enum kind kind;
    uint64_t session;
    struct batch batch;                 /* BATCH, RECEIPT */
    struct uplink_position position;    /* HELLO */
    uint64_t epoch, last_seq, from_seq; /* WELCOME; RESEND */
    uint64_t limit_seq;                 /* WELCOME, RECEIPT, PONG */
    enum ingest_refusal refusal;        /* ERROR */
};

/* ---- who talks ---- */

struct client {
    uint32_t node;
    struct uplink *uplink; /* null: down, or not there */
    bool exists;
    uint32_t connection;
    uint64_t fifo_ms[2]; /* due time of the last message each way */
    uint64_t up_at_ms;
    uint64_t seal_at_ms;
    /* the store */
    uint32_t batch_count, acked_count;
    struct batch batches[BATCHES_MAX];
    struct batch receipt; /* of the RECEIPT in hand */
};

struct broker {
    struct ingest *ingest; /* null: down */
    uint64_t up_at_ms, idle_at_ms;
    uint64_t session_max;          /* kept across crashes */
    uint64_t session[NODES];       /* the last one given */
    uint64_t group_session[NODES]; /* at the last append */
    struct ingest_register stored[NODES];
    uint32_t log_count[NODES], durable_count[NODES];
    struct batch log[NODES][BATCHES_MAX];
};

/* What may go wrong in this seed, in percent; 0 for never. */
struct faults {
    uint32_t loss, duplicate, slow, blocked, node_crash, broker_crash, commit_crash, store_crash;
    uint64_t delay_ms, slow_ms;
    bool fifo, cut_loses;
};

struct world {
    uint64_t random;
    uint64_t now_ms, order;
    struct faults faults;
    struct uplink_options uplink_options;
    struct ingest_options ingest_options;
    uint32_t batches_each, idle_percent;
    uint64_t seal_ms, idle_ms;
    bool with_clone, healed;
    bool committing; /* COMMITTED is being performed */
    uint64_t clone_at_ms, node_crash_at_ms, broker_crash_at_ms;
    uint64_t quiet_from_ms; /* nothing but pings from here; 0: not yet */
    struct client clients[CLIENTS];
    struct broker broker;
    uint32_t message_count;
    struct message messages[MESSAGES_MAX];
    struct ingest_effects effects[2];
    struct conversation_result *result;
};

/* Notes that a rare thing has happened. */
void world_mark(struct world *world, enum conversation_mark which);

/* Notes the first broken invariant; what: static text. */
void world_broken(struct world *world, const char *what);

/* One round of splitmix64. */
uint64_t world_mix(uint64_t z);

uint64_t world_draw(struct world *world);

/* Both inclusive. */
uint64_t world_draw_between(struct world *world, uint64_t low, uint64_t high);

/* True in so many percent of calls. */
bool world_chance(struct world *world, uint32_t percent);

/* world_chance(), but false once the faults have ended. */
bool world_fault(struct world *world, uint32_t percent);

/* Sends a message, which may be lost, delayed or doubled. */
void world_post(struct world *world, const struct message *message);

/* A new connection: what was on its way over the old one is lost, or comes late all the same.
 * Only a new process never hears what was meant for the old one. */
void world_reconnect(struct world *world, uint32_t number, bool new_process);

bool world_same_batch(const struct batch *a, const struct batch *b);

/* The batch of the log that begins at first_seq, among the first count ones, or null. */
const struct batch *world_log_find(const struct broker *broker, uint32_t node, uint32_t count,
                                   uint64_t first_seq);

#endif
