/* live: the broker's half of the live totals: tells whoever watches a breakdown what has changed.
 *
 * A sheet is one breakdown of one or all indicators of a programme. It is followed while somebody
 * has subscribed to it, and a while after somebody asked for it. Changes go out behind the commit
 * that made them: at once when little happens, together when much does, so that telling them takes
 * a quarter of the time at most, snapshots apart. A beat each second carries version and digest. */
#ifndef BROKERS_LIVE_H
#define BROKERS_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "core/base/err.h"
#include "core/model/sheet.h"

struct live;

struct live_options {
    const char *endpoint;      /* ipc://path */
    struct exchange *exchange; /* these are borrowed for the life */
    struct counting *counting;
    struct ledger *ledger;
};

/* Errors: feed_publish_at()'s. Gives a live; close with live_close(). */
MUST_CHECK enum err live_open(const struct live_options *options, struct live **out);
void live_close(struct live **self);

/* Takes wishes, and tells what is due. Between two commits only: what stands in an open group is
 * nobody's yet. */
void live_turn(struct live *self);
bool live_ready(struct live *self);
uint64_t live_deadline_ms(const struct live *self);
int live_descriptor(const struct live *self); /* -1 once the socket has failed */

/* Answers {"programme", "indicator", "by", "level"} with what a watcher must know before it
 * subscribes: figures_head_json() with "feed", "topic" and "basis". Gives a document that the
 * caller releases. Returns an exit code: 0, 66 (no such programme or indicator), 69 (this
 * breakdown is not kept live), 75 (too many are watched); with any but 0 it is {"error":
 * sentence}. */
uint32_t live_describe(struct live *self, json_t *request, json_t **out);

/* Takes one part; its rows are borrowed during the call. Errors: any, which end the snapshot. */
typedef enum err live_emit(void *context, const struct sheet_part *part);

/* All rows of the sheet asked for, in one or more parts, the last with `more` off. Returns as
 * live_describe(), with a document only where it is not 0; 70 where emit or the memory failed. */
uint32_t live_snapshot(struct live *self, json_t *request, live_emit *emit, void *context,
                       json_t **out);

#endif
