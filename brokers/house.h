/* house: all that the broker holds between two messages: keys, exchange, ledger, people, totals and
 * the ingest machine, opened from disk together. No link is known here. */
#ifndef BROKERS_HOUSE_H
#define BROKERS_HOUSE_H

#include "brokers/counting.h"
#include "brokers/desk.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "brokers/options.h"
#include "brokers/people.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/ingest/ingest.h"
#include "proto/keys.h"

/* Open: its parts are used by the reception and the door; all are owned by the house. */
struct house {
    struct signing_keys signing;
    struct transport_keys transport;
    uint8_t people_key[KEY_BYTES];
    struct exchange *exchange;
    struct ledger *ledger;
    struct people *people;
    struct counting *counting;
    struct ingest *ingest;
    struct arena *arena;   /* of the message in hand */
    struct arena *reading; /* of log entries read meanwhile */
    struct desk_node nodes[NODES_MAX];
    uint64_t opened_ms; /* monotonic */
};

/* Opens the stores, begins a new exchange with its genesis, folds the log. Errors: broker_open()'s.
 * Gives a house; close with house_close(). */
MUST_CHECK enum err house_open(const struct broker_options *options, struct house **out);
void house_close(struct house **self);

/* Counts a batch entry for its node's standing. */
void house_note_batch(struct house *self, uint32_t node, const struct log_entry *entry,
                      uint32_t count);

/* Appends an administrator's decision, durably, and follows it: totals of a new programme
 * version or of people merged and split, a node's register. One that is in the log already changes
 * nothing, and gets its first position. No group may be open. fault: at least
 * EXCHANGE_FAULT_BYTES. Errors of the decision (nothing has changed): exchange_check()'s,
 * survey_people()'s and exchange_apply()'s, ERR_FULL, the decoders'. Errors that end the process:
 * ERR_STORE and ERR_MEMORY. */
MUST_CHECK enum err house_decide(struct house *self, struct bytes signed_decision,
                                 struct exchange_change *change, char *fault, uint64_t *position);

/* Folds the log anew beside the live totals and compares. Errors: ERR_DIGEST, they differ; the
 * fold's. */
MUST_CHECK enum err house_check(struct house *self);

#endif
