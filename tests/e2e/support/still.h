/* still: what of a broker must not move when it refuses something. Asserts on failure. */
#ifndef TESTS_E2E_SUPPORT_STILL_H
#define TESTS_E2E_SUPPORT_STILL_H

#include <stdint.h>

#include "core/ingest/ingest.h"
#include "e2e/support/exchange_here.h"
#include "e2e/support/raw_peer.h"

struct still {
    uint64_t size;
    uint8_t digest[32]; /* of the totals */
    char root[65];
    int64_t refused, appended; /* counted by the broker */
};

/* Looks at the broker as it is, and asserts later that nothing has moved but `refused`. */
struct still still_look(struct here *here);
void still_check(struct here *here, const struct still *before);

/* Waits for the ERROR with that refusal and a sentence. */
void still_refused(struct raw *raw, enum ingest_refusal refusal);

/* Sends as a batch what must be refused so, counted, with nothing moved; then a good batch. */
void still_refuses(struct raw *raw, struct bytes body, enum ingest_refusal refusal);

/* Connects the node, enrolled anew for the partner, greets, and delivers a good batch. */
void still_open(struct here *here, const char *partner, struct raw *raw);

/* The next batch, not yet sealed: one event of a new person. */
struct raw_batch still_batch(struct raw *raw);

#endif
