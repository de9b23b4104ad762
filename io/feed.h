/* feed: messages to whoever has subscribed to their topic (XPUB and SUB), on this machine's sockets
 * ipc://PATH with mode 0600.
 *
 * Nothing is promised: who reads slowly, or is away, loses messages and is not told. What they say
 * must be able to heal. */
#ifndef IO_FEED_H
#define IO_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

struct feed;

enum { FEED_HEADER_BYTES = 24, FEED_TOPIC_BYTES_MAX = 240 };

struct feed_options {
    const char *endpoint;    /* ipc://PATH */
    const char *topic;       /* connecting: what is wanted */
    uint32_t queue_messages; /* that may wait for one reader, or here to be read */
    uint32_t body_bytes_max;
};

/* Binds. Errors: ERR_BUSY, the endpoint is taken; ERR_IO; ERR_MEMORY; ERR_CONFIG, not ipc:// with a
 * path; ERR_RANGE, the path is too long. Gives a feed; close with feed_close(). */
MUST_CHECK enum err feed_publish_at(const struct feed_options *options, struct feed **out);

/* Connects and subscribes to all topics that begin with the one given. The connection is made in
 * the background, and again where the publisher starts anew; the wish goes out again while somebody
 * looks: feed_ready(), feed_receive(). Errors: as above but ERR_BUSY. */
MUST_CHECK enum err feed_subscribe_to(const struct feed_options *options, struct feed **out);
void feed_close(struct feed **self);

/* Gives a message to all who want it and can take it; never waits. Errors: ERR_IO. */
MUST_CHECK enum err feed_send(struct feed *self, const char *topic, struct bytes header,
                              struct bytes body);

/* Publishing: the next reader that came (*wanted), or the last one of a topic that went. Errors:
 * ERR_NOT_FOUND, none; ERR_IO. */
MUST_CHECK enum err feed_next_wish(struct feed *self, char topic[FEED_TOPIC_BYTES_MAX + 1],
                                   bool *wanted);

/* Subscribing: the next message; header and body are borrowed until the next call. What is not of
 * three frames, or too long, is passed over; what is too long by more than a header ends the
 * connection for good, so that nothing comes until the feed is opened anew. Errors: ERR_NOT_FOUND,
 * nothing there; ERR_IO. */
MUST_CHECK enum err feed_receive(struct feed *self, struct bytes *header, struct bytes *body);

/* Whether a wish or a message is there; drains the socket's edge. */
bool feed_ready(struct feed *self);

/* A descriptor that becomes readable when something happens; ask feed_ready() after each wait and
 * before each sleep. */
int feed_descriptor(const struct feed *self);

#endif
