/* desk: answers to the questions of people and tools: status, totals, digest, lines.
 *
 * "status" with {"totals": false} leaves out the digest of all totals, the only part whose price
 * grows with them: for who asks each second.
 *
 * It reads what the broker holds and changes nothing. Between two commits only. */
#ifndef BROKERS_DESK_H
#define BROKERS_DESK_H

#include <stdint.h>

#include <jansson.h>

#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "core/ingest/ingest.h"
#include "proto/messages.h"

/* What is known of a node beside its register; kept since the broker's start, and from the log. */
struct desk_node {
    uint64_t last_received_ms; /* of its newest batch; 0: none */
    uint64_t last_heard_ms;    /* of its newest message since the start; 0: none */
    uint64_t heard_ms;         /* the same, monotonic */
    uint64_t decided_ms;       /* newest decision about it since the start, monotonic; 0: none */
    uint64_t events, rejected; /* in the log */
    uint64_t refused_batches;  /* broken or misplaced, since the start */
    bool greeted;              /* since the start */
    uint32_t versions_told; /* of programmes: how many there were when it was last told of them */
    /* What the node said of itself with its newest ping since the start. */
    uint64_t told_ms; /* then, monotonic; 0: it has not, or is older than standings are */
    uint64_t head_seq;
    struct standing standing;
};

struct desk {
    struct exchange *exchange;
    struct counting *counting;
    struct ledger *ledger;
    struct ingest *ingest;
    const struct desk_node *nodes;
    const char *endpoint;
    uint64_t wall_ms, now_ms, opened_ms; /* now, now and the broker's start (monotonic) */
    uint64_t unnamed, malformed, handshakes_refused; /* by the link */
};

/* Answers one query; gives a JSON document that the caller releases. Returns an exit code of
 * sysexits.h: 0, 64 (not a question), 66 (no such programme, indicator ...), 69 (not live: fold
 * it on demand), 70. With any but 0 the document is {"error": sentence}. */
uint32_t desk_answer(const struct desk *desk, const struct query *query, json_t **out);

#endif
