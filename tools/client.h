/* client: questions to a broker or a node over its socket on this machine, and their answers. */
#ifndef TOOLS_CLIENT_H
#define TOOLS_CLIENT_H

#include <stdint.h>

#include <jansson.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

struct client;

enum { CLIENT_PART_BYTES = 512 * 1024, CLIENT_TIMEOUT_MS = 30 * 1000 };

/* Connects to ipc://PATH. Errors: ERR_UNREACHABLE, nobody listens there; link_connect()'s. Gives a
 * client; close with client_close(). */
MUST_CHECK enum err client_open(const char *endpoint, struct client **out);
void client_close(struct client **self);

struct client_question {
    const char *verb;
    const json_t *request; /* may be null */
    struct bytes data;
    uint64_t timeout_ms; /* without a sign from the other side; 0: CLIENT_TIMEOUT_MS */
};

/* Asks and waits for the whole answer: its status (0 or an exit code) and its document, which the
 * caller releases. Errors: ERR_UNREACHABLE, ERR_TIMEOUT, ERR_MALFORMED, ERR_FULL (beyond 512 MiB),
 * ERR_MEMORY. */
MUST_CHECK enum err client_ask(struct client *self, const struct client_question *question,
                               uint32_t *status, json_t **answer);

/* The "error" of an answer, with its "fault"; borrowed, "" where it has none. */
const char *client_error(const json_t *answer);

#endif
