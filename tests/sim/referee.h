/* referee: checks the promises while the exchange runs, from its disks and its messages alone.
 *
 * P2/I1 what was acknowledged is durable, and stays; duplicates get the same receipt, byte for
 * byte; I2, I4 each node's sequences stand in the log once and without a gap, chained; I5
 * acknowledged <= durable <= head; a batch that came under a session which was over is not
 * taken; P8 a process that was told of a failed commit says no more. */
#ifndef TESTS_SIM_REFEREE_H
#define TESTS_SIM_REFEREE_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "nodes/node.h"
#include "tests/sim/lead.h"
#include "tests/sim/world.h"

extern const char referee_log_path[], referee_people_path[];
const char *referee_node_path(uint32_t node);

/* lead: borrowed for the run. */
void referee_begin(const struct lead *lead);
void referee_end(void);

/* A message leaves a process (link_fake_watch()). */
void referee_sent(const struct process *from, const char *user, struct bytes header,
                  struct bytes body);

/* The broker publishes (feed_fake_watch()). */
void referee_published(const struct process *from, struct bytes header, struct bytes body);

/* A process takes a message (likewise). */
void referee_received(const struct process *by, const char *user, struct bytes header,
                      struct bytes body);

/* Reads on in the log. */
void referee_read_log(void);

/* The broker is about to start: what was seen in the log must still be there. */
void referee_broker_starts(void);

void referee_check_node(uint32_t node, const struct node_standing *standing);

/* At the end: P1, every batch of every outbox is in the log, and nothing else is. */
void referee_check_outbox(uint32_t node);

/* Entries of the log that were seen. */
uint64_t referee_log_size(void);

#endif
