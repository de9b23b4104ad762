/* The happy path is: 1. a listening link binds the ZAP handler in its own thread, then its
 * ROUTER socket; 2. a throw-away key tries to come in and must be refused; 3. keys are let in
 * one by one; 4. every message is read whole, checked and named by the User-Id of its header
 * frame. A connecting link has a DEALER socket, and a monitor that tells whether it is
 * connected.
 *
 * What may go wrong: an unknown peer or one that is gone (ERR_UNREACHABLE), a full queue
 * (ERR_FULL); a peer's malformed message is dropped and counted. Should the ZAP thread end, the
 * link answers ERR_IO and lets nobody in: ZMQ_ZAP_ENFORCE_DOMAIN makes libzmq refuse where no
 * handler is. */
#include "io/link.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <sodium.h>
#include <zmq.h>

#include "core/base/mem.h"
#include "io/frames.h"
#include "io/ipc.h"
#include "io/quiet.h"
#include "io/zap.h"

static_assert((int)LINK_KEY_BYTES == (int)ZAP_KEY_BYTES, "one size of keys");
static_assert((int)LINK_USER_BYTES <= (int)ZAP_USER_BYTES, "a user's name fits");

/* Its name is a draft in zmq.h, the option itself is in every build of 4.3.4. */
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

enum {
    ENDPOINT_BYTES = 256,
    QUEUE_MESSAGES = 64,
    FRAME_OVERHEAD_BYTES = 64, /* CURVE adds 33 to a frame */
    DROPS_MAX = 1000,          /* malformed messages passed over in one call */
    SELF_TEST_MS = 10000,
    PEER_GIVEN_BYTES = 5, /* a peer's name that ROUTER made: a zero and four bytes */
};

struct arrival {
    zmq_msg_t header, body;
    struct link_peer peer;
    char user[LINK_USER_BYTES];
};

struct link {
    void *context;
    void *socket;
    void *monitor; /* connecting only */
    uint32_t monitor_count;
    bool listening;
    bool tcp;
    bool named_host; /* by name, so that its version of IP is not known */
    bool ipv6;
    bool connected;
    uint8_t public_key[LINK_KEY_BYTES], secret_key[LINK_KEY_BYTES], server_key[LINK_KEY_BYTES];
    uint32_t body_bytes_max;
    int queue_messages;
    char endpoint[ENDPOINT_BYTES];
    struct ipc_place place;     /* of an ipc:// endpoint */
    struct arrival arrivals[2]; /* the one borrowed, and the one read ahead by link_ready() */
    uint32_t borrowed;
    bool ahead;
    struct link_counters counters;
    struct zap *zap; /* listening only */
    enum err (*let_in)(void *context, struct link *link);
    void *let_in_context;
};

/* --- Options ---------------------------------------------------------------------------------- */

struct option {
    int name;
    int value;
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

static enum err set_common(const struct link *self, void *socket)
{
    const struct option options[] = {
        {ZMQ_SNDHWM, self->queue_messages}, {ZMQ_RCVHWM, self->queue_messages},
        {ZMQ_HANDSHAKE_IVL, 5000}, /* silent connections are closed */
        {ZMQ_HEARTBEAT_IVL, 2000},          {ZMQ_HEARTBEAT_TIMEOUT, 6000},
        {ZMQ_HEARTBEAT_TTL, 6000},          {ZMQ_TCP_KEEPALIVE, 1},
        {ZMQ_TCP_KEEPALIVE_IDLE, 30},       {ZMQ_TCP_KEEPALIVE_INTVL, 10},
        {ZMQ_TCP_KEEPALIVE_CNT, 3},         {ZMQ_TCP_MAXRT, 30000},
        {ZMQ_IPV6, self->ipv6 ? 1 : 0},
    };
    const int64_t frame_bytes_max = (int64_t)self->body_bytes_max + FRAME_OVERHEAD_BYTES;
    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_bytes_max, sizeof(frame_bytes_max)) != 0) {
        return ERR_IO;
    }
    return set_all(socket, options, sizeof(options) / sizeof(options[0]));
}

static enum err set_listening(const struct link *self, void *socket)
{
    const int enforce = 1;
    const struct option options[] = {
        {ZMQ_LINGER, 500}, /* the last receipts */
        {ZMQ_ROUTER_MANDATORY, 1},
        {ZMQ_BACKLOG, 512},
    };
    const enum err err = set_all(socket, options, sizeof(options) / sizeof(options[0]));
    if (err != ERR_OK || !self->tcp) {
        return err;
    }
    const int server = 1;
    if (zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof(server)) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, self->secret_key, LINK_KEY_BYTES) != 0 ||
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, zap_domain, strlen(zap_domain)) != 0) {
        return ERR_IO;
    }
    /* Where a build does not know the option, the self-test and the check of every message stay. */
    (void)zmq_setsockopt(socket, ZMQ_ZAP_ENFORCE_DOMAIN, &enforce, sizeof(enforce));
    return ERR_OK;
}

static enum err set_connecting(const struct link *self, void *socket)
{
    const struct option options[] = {
        {ZMQ_LINGER, 0}, /* the outbox is the truth */
        {ZMQ_IMMEDIATE, 1},
        {ZMQ_RECONNECT_IVL, 250 + (int)randombytes_uniform(501)},
        {ZMQ_RECONNECT_IVL_MAX, 30000},
    };
    const enum err err = set_all(socket, options, sizeof(options) / sizeof(options[0]));
    if (err != ERR_OK || !self->tcp) {
        return err;
    }
    if (zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, self->server_key, LINK_KEY_BYTES) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, self->public_key, LINK_KEY_BYTES) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, self->secret_key, LINK_KEY_BYTES) != 0) {
        return ERR_IO;
    }
    return ERR_OK;
}

/* --- The start-up self-test ------------------------------------------------------------------- */

static uint64_t now_ms(void)
{
    struct timespec now;
    const int rc = clock_gettime(CLOCK_MONOTONIC, &now);
    assert(rc == 0);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The next event of a monitor, 0 for none. */
static unsigned int monitor_next(void *monitor)
{
    uint8_t frame[6];
    uint8_t endpoint[ENDPOINT_BYTES];
    uint16_t event = 0;
    if (zmq_recv(monitor, frame, sizeof(frame), ZMQ_DONTWAIT) != (int)sizeof(frame)) {
        return 0;
    }
    (void)zmq_recv(monitor, endpoint, sizeof(endpoint), 0);
    memcpy(&event, frame, sizeof(event));
    return event;
}

/* Starts a monitor of events under a name of its own in the context. */
static void *monitor_open(void *context, void *socket, const char *name, int events)
{
    const int unlimited = 0; /* libzmq's thread would wait where the queue is full */
    if (zmq_socket_monitor(socket, name, events) != 0) {
        return NULL;
    }
    void *monitor = zmq_socket(context, ZMQ_PAIR);
    if (monitor == NULL) {
        return NULL;
    }
    if (zmq_setsockopt(monitor, ZMQ_RCVHWM, &unlimited, sizeof(unlimited)) != 0 ||
        zmq_connect(monitor, name) != 0) {
        zmq_close(monitor);
        return NULL;
    }
    return monitor;
}

/* Nobody was let in yet: whatever the ROUTER gives is a stranger's. */
static bool anything_arrived(void *router)
{
    uint8_t byte;
    return zmq_recv(router, &byte, 1, ZMQ_DONTWAIT) >= 0;
}

static enum err await_refusal(struct link *self, void *monitor)
{
    const uint64_t deadline = now_ms() + SELF_TEST_MS;
    while (now_ms() < deadline) {
        zmq_pollitem_t items[] = {{.socket = monitor, .events = ZMQ_POLLIN},
                                  {.socket = self->socket, .events = ZMQ_POLLIN}};
        if (zmq_poll(items, 2, 100) < 0 && errno != EINTR) {
            return ERR_IO;
        }
        if (anything_arrived(self->socket)) {
            return ERR_DENIED;
        }
        const unsigned int event = monitor_next(monitor);
        if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
            return ERR_DENIED;
        }
        /* The connection may be closed before the refusal was read: then the handler's word
         * counts. */
        const bool closed =
            event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL || event == ZMQ_EVENT_DISCONNECTED;
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH || (closed && zap_refused(self->zap) > 0)) {
            return anything_arrived(self->socket) ? ERR_DENIED : ERR_OK;
        }
    }
    return ERR_TIMEOUT;
}

/* Where one on this machine reaches the socket that was bound. */
static void loopback_endpoint(const struct link *self, char out[ENDPOINT_BYTES])
{
    const char *port = strrchr(self->endpoint, ':');
    const bool any = strncmp(self->endpoint, "tcp://0.0.0.0:", 14) == 0 ||
                     strncmp(self->endpoint, "tcp://[::]:", 11) == 0;
    assert(port != NULL);
    (void)snprintf(out, ENDPOINT_BYTES, "%s%s", any ? "tcp://127.0.0.1" : self->endpoint,
                   any ? port : "");
}

/* A throw-away key knocks at the very socket that was bound, with a message in hand. */
static enum err self_test(struct link *self)
{
    char public_key[41];
    char secret_key[41];
    char endpoint[ENDPOINT_BYTES];
    const struct option options[] = {{ZMQ_LINGER, 0}, {ZMQ_RECONNECT_IVL, -1}, {ZMQ_IPV6, 1}};
    const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                       ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_DISCONNECTED;
    enum err err = ERR_IO;
    void *monitor = NULL;
    void *stranger = zmq_socket(self->context, ZMQ_DEALER);
    if (stranger == NULL) {
        return ERR_IO;
    }
    const size_t count = strstr(self->endpoint, "[") == NULL ? 2 : 3;
    if (zmq_curve_keypair(public_key, secret_key) != 0 ||
        set_all(stranger, options, count) != ERR_OK ||
        zmq_setsockopt(stranger, ZMQ_CURVE_SERVERKEY, self->public_key, LINK_KEY_BYTES) != 0 ||
        zmq_setsockopt(stranger, ZMQ_CURVE_PUBLICKEY, public_key, sizeof(public_key)) != 0 ||
        zmq_setsockopt(stranger, ZMQ_CURVE_SECRETKEY, secret_key, sizeof(secret_key)) != 0) {
        goto fail_stranger;
    }
    monitor = monitor_open(self->context, stranger, "inproc://self-test", events);
    if (monitor == NULL) {
        goto fail_stranger;
    }
    loopback_endpoint(self, endpoint);
    if (zmq_connect(stranger, endpoint) == 0 && zmq_send(stranger, "let me in", 9, 0) == 9) {
        err = await_refusal(self, monitor);
    }
    (void)zmq_socket_monitor(stranger, NULL, 0);
    zmq_close(monitor);
fail_stranger:
    zmq_close(stranger);
    sodium_memzero(secret_key, sizeof(secret_key));
    zap_forget_refused(self->zap);
    return err;
}

/* --- Opening and closing ---------------------------------------------------------------------- */

/* Which version of IP an endpoint needs: a literal tells it; `*` takes both. */
static void read_host(struct link *self)
{
    char host[ENDPOINT_BYTES];
    struct in_addr address;
    const char *start = self->endpoint + strlen("tcp://");
    const char *end = strrchr(start, ':');
    const size_t size = end == NULL ? strlen(start) : (size_t)(end - start);
    memcpy(host, start, size);
    host[size] = '\0';
    const bool ipv4 = inet_pton(AF_INET, host, &address) == 1;
    const bool ipv6 = host[0] == '[' || strcmp(host, "*") == 0;
    self->named_host = !ipv4 && !ipv6 && !self->listening;
    self->ipv6 = ipv6;
}

static enum err read_endpoint(struct link *self, const char *endpoint)
{
    if (strlen(endpoint) >= sizeof(self->endpoint)) {
        return strncmp(endpoint, "ipc://", 6) == 0 ? ERR_RANGE : ERR_CONFIG;
    }
    memcpy(self->endpoint, endpoint, strlen(endpoint) + 1);
    self->tcp = strncmp(endpoint, "tcp://", 6) == 0;
    if (self->tcp) {
        read_host(self);
        return ERR_OK;
    }
    return ipc_init(&self->place, endpoint);
}

static enum err link_new(const struct link_options *options, bool listening, struct link **out)
{
    assert(options->endpoint != NULL);
    assert(options->body_bytes_max > 0);
    if (sodium_init() < 0) {
        return ERR_IO;
    }
    struct link *self = mem_calloc(1, sizeof(*self));
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->listening = listening;
    self->body_bytes_max = options->body_bytes_max;
    self->queue_messages =
        options->queue_messages > 0 ? (int)options->queue_messages : QUEUE_MESSAGES;
    self->let_in = options->let_in;
    self->let_in_context = options->context;
    for (uint32_t i = 0; i < 2; i++) {
        zmq_msg_init(&self->arrivals[i].header);
        zmq_msg_init(&self->arrivals[i].body);
    }
    const enum err err = read_endpoint(self, options->endpoint);
    if (err != ERR_OK) {
        link_close(&self);
        return err;
    }
    if (self->tcp) {
        assert(options->public_key != NULL && options->secret_key != NULL);
        assert(listening || options->server_key != NULL);
        memcpy(self->public_key, options->public_key, LINK_KEY_BYTES);
        memcpy(self->secret_key, options->secret_key, LINK_KEY_BYTES);
        if (!listening) {
            memcpy(self->server_key, options->server_key, LINK_KEY_BYTES);
        }
    }
    self->context = zmq_ctx_new();
    if (self->context == NULL) {
        link_close(&self);
        return ERR_IO;
    }
    (void)zmq_ctx_set(self->context, ZMQ_BLOCKY, 0);
    *out = self;
    return ERR_OK;
}

static enum err bind_socket(struct link *self)
{
    size_t size = sizeof(self->endpoint);
    if (!self->tcp) {
        return ipc_bind(&self->place, self->socket);
    }
    if (zmq_bind(self->socket, self->endpoint) != 0) {
        return errno == EADDRINUSE ? ERR_BUSY : ERR_IO;
    }
    return zmq_getsockopt(self->socket, ZMQ_LAST_ENDPOINT, self->endpoint, &size) == 0 ? ERR_OK
                                                                                       : ERR_IO;
}

static enum err listen_all(void *context)
{
    struct link *self = context;
    enum err err = zap_new(self->context, &self->zap);
    if (err != ERR_OK) {
        return err;
    }
    self->socket = zmq_socket(self->context, ZMQ_ROUTER);
    if (self->socket == NULL) {
        return ERR_IO;
    }
    err = set_common(self, self->socket);
    if (err == ERR_OK) {
        err = set_listening(self, self->socket);
    }
    if (err == ERR_OK && self->let_in != NULL) {
        err = self->let_in(self->let_in_context, self);
    }
    if (err == ERR_OK) {
        err = bind_socket(self);
    }
    return err == ERR_OK && self->tcp ? self_test(self) : err;
}

static enum err connect_all(void *context)
{
    struct link *self = context;
    char name[64];
    const int events =
        ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED;
    self->connected = false;
    self->socket = zmq_socket(self->context, ZMQ_DEALER);
    if (self->socket == NULL) {
        return ERR_IO;
    }
    (void)snprintf(name, sizeof(name), "inproc://monitor-%u", self->monitor_count++);
    self->monitor = monitor_open(self->context, self->socket, name, events);
    if (self->monitor == NULL) {
        return ERR_IO;
    }
    enum err err = set_common(self, self->socket);
    if (err == ERR_OK) {
        err = set_connecting(self, self->socket);
    }
    if (err != ERR_OK) {
        return err;
    }
    return zmq_connect(self->socket, self->endpoint) == 0 ? ERR_OK : ERR_IO;
}

enum err link_listen(const struct link_options *options, struct link **out)
{
    struct link *self = NULL;
    enum err err = link_new(options, true, &self);
    if (err != ERR_OK) {
        return err;
    }
    err = quiet_do(listen_all, self);
    if (err != ERR_OK) {
        link_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

enum err link_connect(const struct link_options *options, struct link **out)
{
    struct link *self = NULL;
    enum err err = link_new(options, false, &self);
    if (err != ERR_OK) {
        return err;
    }
    err = quiet_do(connect_all, self);
    if (err != ERR_OK) {
        link_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

static void close_socket(struct link *self)
{
    if (self->monitor != NULL) {
        (void)zmq_socket_monitor(self->socket, NULL, 0);
        zmq_close(self->monitor);
        self->monitor = NULL;
    }
    if (self->socket != NULL) {
        zmq_close(self->socket);
        self->socket = NULL;
    }
}

void link_close(struct link **self)
{
    struct link *link = *self;
    if (link == NULL) {
        return;
    }
    close_socket(link);
    if (link->context != NULL) {
        zmq_ctx_shutdown(link->context); /* ends the ZAP thread's wait */
    }
    zap_free(&link->zap);
    for (uint32_t i = 0; i < 2; i++) {
        zmq_msg_close(&link->arrivals[i].header);
        zmq_msg_close(&link->arrivals[i].body);
    }
    if (link->context != NULL) {
        while (zmq_ctx_term(link->context) != 0 && errno == EINTR) {
        }
    }
    ipc_remove(&link->place);
    sodium_memzero(link->secret_key, sizeof(link->secret_key));
    mem_free(link);
    *self = NULL;
}

enum err link_reopen(struct link *self)
{
    assert(!self->listening);
    close_socket(self);
    self->ahead = false;
    if (self->named_host) {
        self->ipv6 = !self->ipv6;
    }
    return quiet_do(connect_all, self);
}

const char *link_endpoint(const struct link *self)
{
    return self->endpoint;
}

enum err link_allow(struct link *self, const uint8_t key[LINK_KEY_BYTES], const char *user)
{
    assert(self->listening);
    assert(user == NULL || (user[0] != '\0' && strlen(user) < LINK_USER_BYTES));
    return zap_allow(self->zap, key, user);
}

/* --- Messages --------------------------------------------------------------------------------- */

static void read_monitor(struct link *self)
{
    if (self->monitor == NULL) {
        return;
    }
    for (;;) {
        const unsigned int event = monitor_next(self->monitor);
        if (event == 0) {
            return;
        }
        if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
            self->counters.handshakes_refused++;
        }
        self->connected = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    }
}

/* A listening link's messages begin with the peer's name. */
static int read_frames(struct link *self, struct arrival *into, zmq_msg_t *id)
{
    void *const frames[] = {id, &into->header, &into->body};
    const uint32_t skipped = self->listening ? 0 : 1;
    return frames_read(self->socket, frames + skipped, 3 - skipped);
}

/* A name that a peer chose itself could be another's; only the ROUTER's own are taken. */
static bool read_peer(zmq_msg_t *id, struct link_peer *out)
{
    const uint8_t *data = zmq_msg_data(id);
    if (zmq_msg_size(id) != PEER_GIVEN_BYTES || data[0] != 0) {
        return false;
    }
    *out = (struct link_peer){.size = PEER_GIVEN_BYTES};
    memcpy(out->bytes, data, PEER_GIVEN_BYTES);
    return true;
}

/* The key's owner, from the metadata of the payload's first frame: that of the id frame may
 * lack. */
static bool read_user(zmq_msg_t *header, char user[LINK_USER_BYTES])
{
    const char *name = zmq_msg_gets(header, "User-Id");
    return name != NULL && name[0] != '\0' &&
           bytes_to_text(bytes_text(name), user, LINK_USER_BYTES) == ERR_OK;
}

static bool accept_arrival(struct link *self, int frames, zmq_msg_t *id, struct arrival *arrival)
{
    const int wanted = self->listening ? 3 : 2;
    arrival->user[0] = '\0';
    arrival->peer.size = 0;
    if (frames != wanted || zmq_msg_size(&arrival->header) != LINK_HEADER_BYTES ||
        zmq_msg_size(&arrival->body) > self->body_bytes_max) {
        self->counters.malformed++;
        return false;
    }
    if (self->listening && self->tcp && !read_user(&arrival->header, arrival->user)) {
        self->counters.unnamed++;
        return false;
    }
    if (self->listening && !read_peer(id, &arrival->peer)) {
        self->counters.malformed++;
        return false;
    }
    return true;
}

/* Reads ahead until a good message is there. ERR_NOT_FOUND: nothing more has arrived. ERR_FULL:
 * only bad ones so far, and there may be more. */
static enum err read_ahead(struct link *self)
{
    zmq_msg_t id;
    enum err err = self->ahead ? ERR_OK : ERR_FULL;
    read_monitor(self);
    if (self->listening && zap_ended(self->zap)) {
        return ERR_IO;
    }
    zmq_msg_init(&id);
    for (uint32_t dropped = 0; err == ERR_FULL && dropped < DROPS_MAX; dropped++) {
        struct arrival *arrival = &self->arrivals[1 - self->borrowed];
        const int frames = read_frames(self, arrival, &id);
        if (frames <= 0) {
            err = frames == 0 ? ERR_NOT_FOUND : ERR_IO;
        } else if (accept_arrival(self, frames, &id, arrival)) {
            self->ahead = true;
            err = ERR_OK;
        }
    }
    zmq_msg_close(&id);
    return err;
}

enum err link_receive(struct link *self, struct link_message *out)
{
    const enum err err = read_ahead(self);
    if (err != ERR_OK) {
        return err == ERR_FULL ? ERR_NOT_FOUND : err;
    }
    self->borrowed = 1 - self->borrowed;
    self->ahead = false;
    self->counters.received++;
    struct arrival *arrival = &self->arrivals[self->borrowed];
    out->peer = arrival->peer;
    memcpy(out->user, arrival->user, sizeof(out->user));
    out->header = bytes_of(zmq_msg_data(&arrival->header), zmq_msg_size(&arrival->header));
    out->body = bytes_of(zmq_msg_data(&arrival->body), zmq_msg_size(&arrival->body));
    return ERR_OK;
}

/* How a refusal of libzmq to send is told. */
static enum err sending_error(struct link *self)
{
    if (errno == EHOSTUNREACH) {
        return ERR_UNREACHABLE;
    }
    if (errno != EAGAIN) {
        return ERR_IO;
    }
    /* A DEALER without a connection has no queue: it says the same as one whose queue is full. */
    read_monitor(self);
    return self->listening || self->connected ? ERR_FULL : ERR_UNREACHABLE;
}

enum err link_send(struct link *self, const struct link_peer *peer, struct bytes header,
                   struct bytes body)
{
    assert(self->listening == (peer != NULL));
    assert(header.size == LINK_HEADER_BYTES);
    assert(body.size <= self->body_bytes_max);
    const int more = ZMQ_DONTWAIT | ZMQ_SNDMORE;
    if (peer != NULL && !frames_send(self->socket, bytes_of(peer->bytes, peer->size), more)) {
        return sending_error(self);
    }
    if (!frames_send(self->socket, header, more)) {
        return sending_error(self);
    }
    if (!frames_send(self->socket, body, ZMQ_DONTWAIT)) {
        /* Only a connection that ended in between does this; the message went with it. */
        return errno == EAGAIN ? ERR_UNREACHABLE : sending_error(self);
    }
    self->counters.sent++;
    return ERR_OK;
}

bool link_ready(struct link *self)
{
    return read_ahead(self) != ERR_NOT_FOUND;
}

int link_descriptor(const struct link *self)
{
    int descriptor = -1;
    size_t size = sizeof(descriptor);
    const int rc = zmq_getsockopt(self->socket, ZMQ_FD, &descriptor, &size);
    assert(rc == 0);
    return descriptor;
}

struct link_counters link_counters(const struct link *self)
{
    struct link_counters counters = self->counters;
    if (self->listening) {
        counters.handshakes_refused = zap_refused(self->zap);
    }
    return counters;
}
