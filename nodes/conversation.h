/* conversation: the shell around the uplink: its effects performed over a link and the records, the
 * broker's messages decoded and checked.
 *
 * Stored before said: a receipt is on the node's disk before the uplink counts it. */
#ifndef NODES_CONVERSATION_H
#define NODES_CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>

#include "config/exchange.h"
#include "core/base/err.h"
#include "core/uplink/uplink.h"
#include "io/link.h"
#include "nodes/programmes.h"
#include "nodes/records.h"
#include "nodes/registry.h"
#include "nodes/rejects.h"

struct conversation;

struct conversation_options {
    const struct join_file *join; /* these are borrowed for the life */
    struct records *records;
    struct registry *registry;
    struct programmes *programmes;
    struct rejects *rejects;
};

/* Connects and greets. Gives a conversation; close with conversation_close(). Errors:
 * link_connect()'s, ERR_MEMORY. */
MUST_CHECK enum err conversation_open(const struct conversation_options *options,
                                      struct conversation **out);
void conversation_close(struct conversation **self);

/* Tells that the outbox may have grown, takes messages and does what is due. While `busy`,
 * programme files are kept back: a file is being read under the present one. What changed in the
 * office's standing is told to the lead. No transaction may be open. Errors: ERR_STORE and others
 * that end the process. */
MUST_CHECK enum err conversation_turn(struct conversation *self, bool busy);

bool conversation_ready(struct conversation *self);
uint64_t conversation_deadline_ms(const struct conversation *self);
int conversation_descriptor(const struct conversation *self);
enum uplink_state conversation_state(const struct conversation *self);

/* Why the uplink stopped, or "". */
const char *conversation_stopped(const struct conversation *self);

#endif
