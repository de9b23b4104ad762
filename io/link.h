/* link: messages of two frames (24-byte header, body) over ZeroMQ; CURVE on every TCP socket.
 *
 * A listening link accepts only keys it was told of (ZAP, fail-closed, tested at start) and
 * gives every message its sender's name from the payload frame's User-Id. On ipc:// there is no
 * CURVE: the socket's file mode 0600 is the guard, and the sender's name is empty. */
#ifndef IO_LINK_H
#define IO_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

enum { LINK_HEADER_BYTES = 24, LINK_USER_BYTES = 65, LINK_PEER_BYTES = 16, LINK_KEY_BYTES = 32 };

struct link;

struct link_peer {
    uint8_t bytes[LINK_PEER_BYTES];
    uint8_t size;
};

struct link_message {
    struct link_peer peer;      /* listening side: the way back */
    char user[LINK_USER_BYTES]; /* listening side: who the key belongs to */
    struct bytes header;        /* LINK_HEADER_BYTES */
    struct bytes body;          /* borrowed until the next link_receive() or link_close() */
};

struct link_options {
    const char *endpoint; /* tcp://host:port (port * when listening: any free), ipc://path */
    const uint8_t *public_key, *secret_key; /* 32 each; null only with ipc:// */
    const uint8_t *server_key;              /* connecting by tcp: the broker's */
    uint32_t body_bytes_max;
    uint32_t queue_messages; /* that may wait for one peer; 0: 64 */
    /* Listening: called before the endpoint opens, to link_allow() the keys known already. libzmq
     * 4.3.4 does not try again after a refusal, so that a node which comes back faster than its key
     * is let in would stay away until it opens its link anew. May be null. Its error ends
     * link_listen(). */
    enum err (*let_in)(void *context, struct link *link);
    void *context;
};

/* Binds. Errors: ERR_BUSY, the endpoint is taken; ERR_IO; ERR_MEMORY; ERR_CONFIG, neither tcp://
 * nor ipc:// with a path; ERR_RANGE, the path of ipc:// is longer than the system allows for a
 * socket; ERR_DENIED, the start-up self-test found that a stranger's key is let in; ERR_TIMEOUT,
 * that test came to no end. Gives a link; close with link_close(). */
MUST_CHECK enum err link_listen(const struct link_options *options, struct link **out);

/* Connects; the connection is made and kept in the background. Errors: ERR_IO; ERR_MEMORY;
 * ERR_CONFIG and ERR_RANGE as above. */
MUST_CHECK enum err link_connect(const struct link_options *options, struct link **out);

void link_close(struct link **self);

/* Closes a connecting link's socket and opens a new one; what was in flight is lost, and a
 * message borrowed stays. A host that is given by name is tried with IPv4 first, then with each
 * reopening by the other version in turn. Errors: ERR_IO. */
MUST_CHECK enum err link_reopen(struct link *self);

/* The endpoint bound, with its real port. */
const char *link_endpoint(const struct link *self);

/* Lets a key in under a user's name (null: no longer). Takes effect on the next handshake; messages
 * of sessions that exist already must be refused by the caller.
 * Errors: ERR_MEMORY; ERR_FULL. */
MUST_CHECK enum err link_allow(struct link *self, const uint8_t key[LINK_KEY_BYTES],
                               const char *user);

/* Takes the next message that has arrived. What is not two frames with a header of the right size,
 * is too long, or comes by TCP without a user is dropped and counted.
 * Errors: ERR_NOT_FOUND, nothing there; ERR_IO. */
MUST_CHECK enum err link_receive(struct link *self, struct link_message *out);

/* Sends without waiting; peer is null on the connecting side. Copies what it sends.
 * Errors: ERR_UNREACHABLE, that peer is gone or not connected yet; ERR_FULL, it takes no more now;
 * ERR_IO. */
MUST_CHECK enum err link_send(struct link *self, const struct link_peer *peer, struct bytes header,
                              struct bytes body);

/* Whether link_receive() would give a message; drains the socket's edge. */
bool link_ready(struct link *self);

/* A descriptor that becomes readable when something happens; ask link_ready() after each wait and
 * before each sleep. */
int link_descriptor(const struct link *self);

struct link_counters {
    uint64_t received, sent;
    uint64_t malformed; /* dropped: parts, header size, body too long, or a name it chose itself */
    uint64_t unnamed;   /* dropped: by TCP without a user */
    uint64_t handshakes_refused; /* listening: strangers' keys; connecting: ours was refused */
};
struct link_counters link_counters(const struct link *self);

#endif
