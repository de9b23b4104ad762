/* decide: an administrator's decision: signed here, submitted to the broker. */
#ifndef TOOLS_DECIDE_H
#define TOOLS_DECIDE_H

#include <stdint.h>

#include <jansson.h>

#include "config/exchange.h"
#include "core/base/arena.h"
#include "proto/messages.h"

/* Signs the decision with the administrator's key file and submits it to the broker, whose exchange
 * `status` (its answer) names. Sets *position. Returns 0, or an exit code after having said why. */
struct decide_options {
    const struct broker_config *broker;
    const json_t *status;
    const char *admin; /* path of the key file */
};
int decide(const struct decide_options *options, struct decision *decision, uint64_t *position);

/* The same without submitting it: the decision as an entry of the log, its bytes in the arena. */
int decide_entry(const struct decide_options *options, struct decision *decision,
                 struct arena *arena, struct log_entry *out);

/* Reads a key file that must have that purpose; the caller wipes it. Returns as above. */
int decide_keys(const char *path, const char *purpose, struct key_file *out);

/* Reads size bytes of hex from a member of a status answer. Returns as above. */
int decide_hex(const json_t *json, const char *name, uint8_t *out, size_t size);

#endif
