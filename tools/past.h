/* past: the broker's log opened for reading, beside a running broker or without one, and what it
 * had decided up to a position. */
#ifndef TOOLS_PAST_H
#define TOOLS_PAST_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "config/exchange.h"
#include "core/base/arena.h"

struct past {
    struct ledger *ledger;
    bool beside;               /* the ledger is another's */
    struct exchange *exchange; /* of entries 1 to position */
    struct arena *arena;
    uint64_t position;
    uint64_t batches, events, rejected; /* in entries 1 to position */
    uint64_t received_at_ms;            /* of the entry at the position */
};

/* Opens the log. All of these return 0, or an exit code after having said why; past_close() in any
 * case. */
int past_open(const struct broker_config *config, struct past *out);
void past_close(struct past *self);

/* A second look at the same log, as of another position; closed before the first. */
int past_beside(const struct past *first, struct past *out);

/* Turns POS, @POS or a time (see moment.h) into a position; null is the log's end. */
int past_find(struct past *self, const char *text, uint64_t *position);

/* Reads entries 1 to through: their decisions, and how many events there are. */
int past_read(struct past *self, uint64_t through);

/* The programme of that id as of the position, or the only one where id is null. */
int past_programme(struct past *self, const char *id, struct exchange_programme **out);

/* Folds entries 1 to the position; gives the counting, to be freed. With options->programme only
 * that one's. */
int past_count(struct past *self, const struct counting_options *options, struct counting **out);

/* {"position", "root", "totals"} as folded; released by the caller. */
int past_digest(struct past *self, json_t **out);

#endif
