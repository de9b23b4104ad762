/* watching: those who watch the totals live, with the very watcher of the tools: what troubles
 * them, and the checks.
 *
 * V1 what is shown is the fold of the durable log up to the position it names; V2 versions never go
 * back within a session of the broker, nor do sessions; V3 what is current has a document; V4 where
 * nothing is lost nothing is missed, and digests never differ; V5 in peace everybody becomes
 * current in bounded time, and shows what the broker has; V6 nobody is content with less than a
 * version that was heard of. */
#ifndef TESTS_SIM_WATCHING_H
#define TESTS_SIM_WATCHING_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/bytes.h"
#include "tests/sim/world.h"

/* Draws who watches; they open one by one. */
void watching_begin(void);
void watching_end(void);

/* Lets everybody do what is due, and troubles happen. */
void watching_run(void);

/* When watching_run() is next worth a call. */
uint64_t watching_due_ms(void);

/* The faults are over: all open and stay open. */
void watching_make_peace(void);

/* The broker is about to be stopped although there is peace. */
void watching_expect_restart(void);

/* Somebody takes a message of the feed (feed_fake_watch()). */
void watching_received(const struct process *who, struct bytes header, struct bytes body);

/* Whether everybody shows what the log holds. */
bool watching_settled(void);
void watching_say(void);

/* Fails the run unless the documents are what the broker's lines say. */
void watching_compare(const json_t *lines);

#endif
