/* The happy path is: 1. a publisher binds an XPUB socket, which hands it the wishes of its readers;
 * 2. each message has three frames: topic, header, body; libzmq sends it to those whose wish is a
 * beginning of the topic.
 *
 * What may go wrong: a reader's queue is full (libzmq drops the message for that reader); a wish of
 * a strange form (passed over). */
#include "io/feed.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include <zmq.h>

#include "core/base/mem.h"
#include "io/frames.h"
#include "io/ipc.h"
#include "io/quiet.h"

enum {
    FRAMES = 3,
    FRAME_OVERHEAD_BYTES = 64,
    DROPS_MAX = 1000, /* strange messages passed over in one call */
    RECONNECT_MS = 50,
    RECONNECT_MS_MAX = 500
};

struct feed {
    void *context;
    void *socket;
    bool publishing;
    uint32_t queue_messages, body_bytes_max;
    struct ipc_place place;
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    zmq_msg_t frames[FRAMES]; /* of the message lent */
};

struct option {
    int name, value;
};

static enum err set_all(void *socket, const struct option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (zmq_setsockopt(socket, options[i].name, &options[i].value, sizeof(int)) != 0) {
            return ERR_IO;
        }
    }
    return ERR_OK;
}

static enum err set_common(struct feed *self)
{
    const int queue = (int)self->queue_messages;
    const int64_t frame_bytes_max = (int64_t)self->body_bytes_max + FRAME_OVERHEAD_BYTES;
    const struct option options[] = {{ZMQ_SNDHWM, queue},
                                     {ZMQ_RCVHWM, queue},
                                     {ZMQ_LINGER, 0},
                                     {ZMQ_RECONNECT_IVL, RECONNECT_MS},
                                     {ZMQ_RECONNECT_IVL_MAX, RECONNECT_MS_MAX}};
    if (zmq_setsockopt(self->socket, ZMQ_MAXMSGSIZE, &frame_bytes_max, sizeof frame_bytes_max) !=
        0) {
        return ERR_IO;
    }
    return set_all(self->socket, options, sizeof options / sizeof options[0]);
}

static enum err open_publisher(void *context)
{
    struct feed *self = context;
    /* Every reader's wish is told, not only the first one of a topic. */
    const struct option verbose = {ZMQ_XPUB_VERBOSE, 1};
    self->socket = zmq_socket(self->context, ZMQ_XPUB);
    enum err err = self->socket != NULL ? set_common(self) : ERR_IO;
    if (err == ERR_OK) {
        err = set_all(self->socket, &verbose, 1);
    }
    return err == ERR_OK ? ipc_bind(&self->place, self->socket) : err;
}

static enum err open_subscriber(void *context)
{
    struct feed *self = context;
    char endpoint[sizeof "ipc://" + IPC_PATH_BYTES] = "ipc://";
    memcpy(endpoint + strlen(endpoint), self->place.path, strlen(self->place.path) + 1);
    self->socket = zmq_socket(self->context, ZMQ_SUB);
    const enum err err = self->socket != NULL ? set_common(self) : ERR_IO;
    if (err != ERR_OK) {
        return err;
    }
    const int rc = zmq_setsockopt(self->socket, ZMQ_SUBSCRIBE, self->topic, strlen(self->topic));
    return rc == 0 && zmq_connect(self->socket, endpoint) == 0 ? ERR_OK : ERR_IO;
}

static enum err feed_new(const struct feed_options *options, bool publishing, struct feed **out)
{
    assert(options->queue_messages > 0 && options->body_bytes_max > 0);
    struct feed *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->publishing = publishing;
    self->queue_messages = options->queue_messages;
    self->body_bytes_max = options->body_bytes_max;
    for (uint32_t i = 0; i < FRAMES; i++) {
        zmq_msg_init(&self->frames[i]);
    }
    enum err err = ipc_init(&self->place, options->endpoint);
    if (err == ERR_OK && !publishing) {
        err = bytes_to_text(bytes_text(options->topic), self->topic, sizeof self->topic);
    }
    if (err == ERR_OK) {
        self->context = zmq_ctx_new();
        err = self->context != NULL ? ERR_OK : ERR_IO;
    }
    if (err == ERR_OK) {
        (void)zmq_ctx_set(self->context, ZMQ_BLOCKY, 0);
        err = quiet_do(publishing ? open_publisher : open_subscriber, self);
    }
    if (err != ERR_OK) {
        feed_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

enum err feed_publish_at(const struct feed_options *options, struct feed **out)
{
    return feed_new(options, true, out);
}

enum err feed_subscribe_to(const struct feed_options *options, struct feed **out)
{
    assert(options->topic != NULL);
    return feed_new(options, false, out);
}

void feed_close(struct feed **self)
{
    struct feed *feed = *self;
    if (feed == NULL) {
        return;
    }
    for (uint32_t i = 0; i < FRAMES; i++) {
        zmq_msg_close(&feed->frames[i]);
    }
    if (feed->socket != NULL) {
        zmq_close(feed->socket);
    }
    if (feed->context != NULL) {
        while (zmq_ctx_term(feed->context) != 0 && errno == EINTR) {
        }
    }
    ipc_remove(&feed->place);
    mem_free(feed);
    *self = NULL;
}

enum err feed_send(struct feed *self, const char *topic, struct bytes header, struct bytes body)
{
    assert(self->publishing);
    assert(strlen(topic) <= FEED_TOPIC_BYTES_MAX && header.size == FEED_HEADER_BYTES);
    assert(body.size <= self->body_bytes_max);
    const int more = ZMQ_DONTWAIT | ZMQ_SNDMORE;
    const bool sent = frames_send(self->socket, bytes_text(topic), more) &&
                      frames_send(self->socket, header, more) &&
                      frames_send(self->socket, body, ZMQ_DONTWAIT);
    return sent ? ERR_OK : ERR_IO;
}

static int read_frames(struct feed *self)
{
    void *const frames[FRAMES] = {&self->frames[0], &self->frames[1], &self->frames[2]};
    return frames_read(self->socket, frames, FRAMES);
}

static struct bytes frame_bytes(struct feed *self, uint32_t number)
{
    zmq_msg_t *frame = &self->frames[number];
    return bytes_of(zmq_msg_data(frame), zmq_msg_size(frame));
}

enum err feed_next_wish(struct feed *self, char topic[FEED_TOPIC_BYTES_MAX + 1], bool *wanted)
{
    assert(self->publishing);
    for (uint32_t dropped = 0; dropped < DROPS_MAX; dropped++) {
        const int frames = read_frames(self);
        if (frames <= 0) {
            return frames == 0 ? ERR_NOT_FOUND : ERR_IO;
        }
        const struct bytes wish = frame_bytes(self, 0);
        if (frames == 1 && wish.size > 0 && wish.data[0] <= 1 &&
            memchr(wish.data + 1, 0, wish.size - 1) == NULL &&
            bytes_to_text(bytes_of(wish.data + 1, wish.size - 1), topic,
                          FEED_TOPIC_BYTES_MAX + 1) == ERR_OK) {
            *wanted = wish.data[0] == 1;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

enum err feed_receive(struct feed *self, struct bytes *header, struct bytes *body)
{
    assert(!self->publishing);
    for (uint32_t dropped = 0; dropped < DROPS_MAX; dropped++) {
        const int frames = read_frames(self);
        if (frames <= 0) {
            return frames == 0 ? ERR_NOT_FOUND : ERR_IO;
        }
        *header = frame_bytes(self, 1);
        *body = frame_bytes(self, 2);
        if (frames == FRAMES && header->size == FEED_HEADER_BYTES &&
            body->size <= self->body_bytes_max) {
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

bool feed_ready(struct feed *self)
{
    int events = 0;
    size_t size = sizeof events;
    const int rc = zmq_getsockopt(self->socket, ZMQ_EVENTS, &events, &size);
    return rc != 0 || (events & ZMQ_POLLIN) != 0;
}

int feed_descriptor(const struct feed *self)
{
    int descriptor = -1;
    size_t size = sizeof descriptor;
    const int rc = zmq_getsockopt(self->socket, ZMQ_FD, &descriptor, &size);
    assert(rc == 0);
    return descriptor;
}
