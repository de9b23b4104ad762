/* intake: one batch from the wire's bytes to a log entry.
 *
 * First what can be told from the bytes alone (form, digests, signature, whose it is), then, once
 * ingest has said that it is next, admission, person numbers and withdrawals. */
#ifndef BROKERS_INTAKE_H
#define BROKERS_INTAKE_H

#include <stdint.h>

#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "brokers/people.h"
#include "core/base/err.h"
#include "proto/sealing.h"

struct intake;

struct intake_options {
    struct exchange *exchange; /* these are borrowed for the life */
    struct counting *counting; /* knows whom a node has introduced in a programme */
    struct ledger *ledger;
    struct people *people;
};

/* Gives an intake; free with intake_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err intake_new(const struct intake_options *options, struct intake **out);
void intake_free(struct intake **self);

/* Takes the bytes of a batch from node number apart and checks them. What comes out is borrowed
 * until the next intake_open(). Errors: sealing_open()'s and the decoders'; ERR_DENIED, the
 * batch is another node's or another exchange's. */
MUST_CHECK enum err intake_open(struct intake *self, uint32_t node, struct bytes body,
                                const struct opened_batch **out);

/* A batch as it was admitted; columns are empty where nobody can read them. */
struct intake_admitted {
    const struct log_entry *entry;
    const struct batch_header *header;
    const struct columns *columns;
};

/* Admits the batch just opened and appends it to the ledger's open group: events that are not
 * acceptable are recorded as refused. reg: the node's register with this batch. What comes
 * out is borrowed until the next intake_open().
 * Errors: ERR_STORE and ERR_FULL: stop; ERR_MEMORY. */
MUST_CHECK enum err intake_admit(struct intake *self, const struct ingest_register *reg,
                                 uint64_t now_ms, struct intake_admitted *out);

#endif
