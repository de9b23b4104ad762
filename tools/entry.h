/* entry: an entry of the log as a JSON document. */
#ifndef TOOLS_ENTRY_H
#define TOOLS_ENTRY_H

#include <stdbool.h>

#include <jansson.h>

#include "brokers/exchange.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "proto/messages.h"

/* Gives one document about the entry, released by the caller; with_events: a batch's events, each
 * with its verdict, under "events". The exchange tells who the node is; it may be younger than the
 * entry. Errors: the decoders'; ERR_FULL, the arena's. */
MUST_CHECK enum err entry_json(const struct log_entry *entry, const struct exchange *exchange,
                               bool with_events, struct arena *arena, json_t **out);

#endif
