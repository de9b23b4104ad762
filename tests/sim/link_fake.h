/* link_fake: io/link.h over a network in memory, and what the simulator may do to it.
 *
 * Within a connection messages keep their order; a cut connection loses its tail. The harsher
 * network of some seeds loses, doubles and delays single messages. */
#ifndef TESTS_SIM_LINK_FAKE_H
#define TESTS_SIM_LINK_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "tests/sim/world.h"

/* Begins a network without links under the world's seed; no link may be open. */
void link_fake_reset(void);

/* Told of every message that a running process gives to the network (whether or not it arrives),
 * and of every one that it takes. user: who is at the far end, as the broker knows it, or "". */
typedef void link_fake_seen(const struct process *who, const char *user, struct bytes header,
                            struct bytes body);
void link_fake_watch(link_fake_seen *sent, link_fake_seen *received);

/* When the next message arrives at a process; UINT64_MAX for none. */
uint64_t link_fake_wake_ms(const struct process *process);

/* Cuts the connections of a node; both sides may connect again at once. */
void link_fake_cut(uint32_t process);

/* Nothing gets through between the node and anybody until then. */
void link_fake_partition(uint32_t process, uint64_t until_ms);

/* What the node sends (or is sent) waits until then. */
void link_fake_clog(uint32_t process, bool to_node, uint64_t until_ms);

#endif
