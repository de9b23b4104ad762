/* feed_fake: io/feed.h in memory, and what the simulator may do to it.
 *
 * A connection keeps the order of its messages; it may lose single ones, as a slow reader's does,
 * and when it is cut it loses its tail. */
#ifndef TESTS_SIM_FEED_FAKE_H
#define TESTS_SIM_FEED_FAKE_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "tests/sim/world.h"

/* Begins without feeds under the world's seed; no feed may be open. */
void feed_fake_reset(void);

/* Told of every message that a running process publishes (whether or not anybody gets it), and of
 * every one that one takes. */
typedef void feed_fake_seen(const struct process *who, struct bytes header, struct bytes body);
void feed_fake_watch(feed_fake_seen *sent, feed_fake_seen *received);

/* When the next message or wish arrives at a process; UINT64_MAX for none. */
uint64_t feed_fake_wake_ms(const struct process *process);

/* Cuts the connections of a reader; it connects again at once. */
void feed_fake_cut(uint32_t process);

/* Nothing gets through to the reader, and it cannot connect, until then. */
void feed_fake_partition(uint32_t process, uint64_t until_ms);

/* What the reader is sent waits until then. */
void feed_fake_clog(uint32_t process, uint64_t until_ms);

#endif
