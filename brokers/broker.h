/* broker: the aggregator: links, ingest, ledger, people and totals put together, without a main.
 *
 * broker_turn() does all that can be done now, in one order: take messages, write, commit,
 * acknowledge, answer, tell what has changed. Between turns the caller waits on the descriptors
 * until the deadline. */
#ifndef BROKERS_BROKER_H
#define BROKERS_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include "brokers/options.h"
#include "core/base/err.h"

struct broker;

enum { BROKER_DESCRIPTORS_MAX = 3 };

/* Opens the stores (a new exchange begins with its genesis), folds the log and listens. Errors:
 * ERR_BUSY, another broker has the store or the endpoint; ERR_DENIED, the keys are not those of
 * the genesis; ERR_STATE, `people` is older than the log; and those of the parts. What is wrong
 * is in the log. Gives a broker; close with broker_close(). */
MUST_CHECK enum err broker_open(const struct broker_options *options, struct broker **out);
void broker_close(struct broker **self);

/* Errors: ERR_STORE and others: the process must stop (what was acknowledged is safe). */
MUST_CHECK enum err broker_turn(struct broker *self);

/* Whether a turn would find something to do at once. */
bool broker_ready(struct broker *self);
uint64_t broker_deadline_ms(const struct broker *self);
uint32_t broker_descriptors(const struct broker *self, int out[BROKER_DESCRIPTORS_MAX]);

/* The endpoint bound, with its real port. */
const char *broker_endpoint(const struct broker *self);

/* For tests and the simulator: entries committed, the digest of all totals, and every invariant
 * that can be checked from inside (I2, I3, I4: sequences without gap, fold(log) = totals). */
uint64_t broker_size(const struct broker *self);
MUST_CHECK enum err broker_digest(struct broker *self, uint8_t out[32]);
MUST_CHECK enum err broker_check(struct broker *self);

#endif
