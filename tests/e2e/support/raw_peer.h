/* raw_peer: a node made by hand for tests: a bare link, and batches that say whatever a test wants
 * them to. It keeps to the protocol where it is not told otherwise. Asserts on failure. */
#ifndef TESTS_E2E_SUPPORT_RAW_PEER_H
#define TESTS_E2E_SUPPORT_RAW_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/model/event.h"
#include "e2e/support/exchange_here.h"
#include "io/link.h"
#include "proto/keys.h"
#include "proto/messages.h"

struct raw {
    struct here *here;
    const struct join_file *join;
    struct signing_keys keys;
    struct link *link;
    uint64_t session, epoch, next_seq;
    uint32_t last_person;
    uint8_t chain[DIGEST_BYTES];
    /* What came last. */
    enum message_type type;
    struct frame_header frame;
    struct buffer body;          /* as it came */
    struct arena *arena;         /* of what is decoded */
    struct control control;      /* ERROR, RESEND, PONG */
    struct receipt_body receipt; /* RECEIPT, its signature checked */
    struct welcome welcome;      /* WELCOME */
};

/* Connects with the keys of a node that is enrolled and not running. */
void raw_open(struct here *here, uint32_t number, struct raw *out);
void raw_close(struct raw *self);

/* Greets, as the node itself, and takes the WELCOME. */
void raw_greet(struct raw *self);

/* What a greeting says, for a test to change and send. */
struct hello raw_hello(const struct raw *self);
void raw_send_hello(struct raw *self, const struct hello *hello);

/* Sends bytes as a message of that type, in the session. */
void raw_send(struct raw *self, enum message_type type, struct bytes body);

/* Waits for the next message that is no PROGRAMME. */
enum message_type raw_wait(struct raw *self);

/* A batch in parts; what is in them may be changed before it is sealed. */
struct raw_batch {
    struct batch_header header;
    struct confidential confidential;
    struct buffer columns, confidential_bytes, sealed;
    uint8_t chain[DIGEST_BYTES];
    uint8_t pseudonyms[8 * PSEUDONYM_BYTES];
};

/* Fills the parts: the next batch of the node's chain. persons: new people that it introduces. */
void raw_make(struct raw *self, const struct event *events, uint32_t count, uint32_t persons,
              struct raw_batch *out);
void raw_batch_fini(struct raw_batch *self);

/* Signs with the node's own key, or with another. */
void raw_seal(struct raw *self, struct raw_batch *batch);
void raw_seal_by(struct raw_batch *batch, const struct signing_keys *keys);

/* The broker has taken it: the next batch continues from it. */
void raw_advance(struct raw *self, const struct raw_batch *batch);

/* Sends a sealed batch and asserts that a receipt comes for it; advances. */
void raw_deliver(struct raw *self, const struct raw_batch *batch);

/* An event that ABC accepts: the person started coaching. */
struct event raw_started(uint32_t person);

/* Makes, seals and delivers a batch of one such event about a new person, and asserts that nothing
 * of it was refused. */
void raw_deliver_good(struct raw *self);

#endif
