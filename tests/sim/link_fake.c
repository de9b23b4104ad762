/* The happy path is: 1. a connecting link meets the listening one of its endpoint, which knows its
 * key; 2. each message is put into the other side's inbox for the time at which it arrives; 3. it
 * is received from there.
 *
 * What may go wrong: the key is not known, nobody listens, the network is parted: not connected
 * yet. A side closes or the connection is cut: of what is on its way a first part still
 * arrives, the rest does not. */
#include "tests/sim/link_fake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/link.h"

enum {
    LINKS_MAX = 64,
    ALLOWED_MAX = 64,
    CONNECTIONS_MAX = 256,
    ENDPOINT_BYTES = 512,
    RETRY_MS = 100,
    CARRIES_MAX = 1000 /* messages on their way in one direction */
};

struct letter {
    struct letter *next;
    uint64_t at_ms;
    uint64_t connection;
    char user[LINK_USER_BYTES]; /* travels along: a message may outlive its connection */
    uint8_t header[LINK_HEADER_BYTES];
    size_t size;
    uint8_t body[];
};

struct allowed {
    uint8_t key[LINK_KEY_BYTES];
    char user[LINK_USER_BYTES];
};

struct link {
    char endpoint[ENDPOINT_BYTES];
    bool listening, local;
    struct process *owner; /* null: the simulator itself */
    uint8_t key[LINK_KEY_BYTES];
    uint32_t body_bytes_max;
    struct letter *inbox; /* ascending by time */
    struct letter *taken; /* lent to who received it */
    uint64_t connection;  /* connecting side; 0: none now */
    uint64_t try_at_ms;
    struct allowed allowed[ALLOWED_MAX];
    uint32_t allowed_count;
    struct link_counters counters;
};

struct connection {
    uint64_t id; /* 0: free */
    struct link *client, *server;
    char user[LINK_USER_BYTES];
    uint64_t last_at_ms[2]; /* to the server, to the client */
};

static struct link *links[LINKS_MAX];
static struct connection connections[CONNECTIONS_MAX];
static uint64_t connection_last;
static uint64_t parted_until_ms[WORLD_PROCESSES_MAX];
static uint64_t clogged_until_ms[WORLD_PROCESSES_MAX][2];
static struct chance network;
static link_fake_seen *sent_watcher, *received_watcher;

void link_fake_reset(void)
{
    for (uint32_t i = 0; i < LINKS_MAX; i++) {
        assert(links[i] == NULL);
    }
    memset(connections, 0, sizeof connections);
    memset(parted_until_ms, 0, sizeof parted_until_ms);
    memset(clogged_until_ms, 0, sizeof clogged_until_ms);
    connection_last = 0;
    chance_init(&network, world.seed, 400);
}

void link_fake_watch(link_fake_seen *sent, link_fake_seen *received)
{
    sent_watcher = sent;
    received_watcher = received;
}

static struct connection *connection_of(uint64_t id)
{
    for (uint32_t i = 0; id != 0 && i < CONNECTIONS_MAX; i++) {
        if (connections[i].id == id) {
            return &connections[i];
        }
    }
    return NULL;
}

/* ---- inboxes ---- */

static void deliver(struct link *to, const struct connection *over, uint64_t at_ms,
                    struct bytes header, struct bytes body)
{
    struct letter *letter = malloc(sizeof *letter + body.size + 1);
    assert(letter != NULL);
    letter->at_ms = at_ms;
    letter->connection = over->id;
    letter->size = body.size;
    memcpy(letter->user, to->listening ? over->user : "", to->listening ? LINK_USER_BYTES : 1);
    memcpy(letter->header, header.data, LINK_HEADER_BYTES);
    if (body.size > 0) {
        memcpy(letter->body, body.data, body.size);
    }
    struct letter **place = &to->inbox;
    while (*place != NULL && (*place)->at_ms <= at_ms) {
        place = &(*place)->next;
    }
    letter->next = *place;
    *place = letter;
}

/* Drops what arrives at a link over a connection after a time. */
static void drop_tail(struct link *link, uint64_t connection, uint64_t after_ms)
{
    struct letter **place = &link->inbox;
    while (*place != NULL) {
        struct letter *letter = *place;
        if (letter->connection == connection && letter->at_ms > after_ms) {
            *place = letter->next;
            if (letter->header[3] == 5) {
                world_mark(MARK_RECEIPT_LOST);
            }
            free(letter);
        } else {
            place = &letter->next;
        }
    }
}

static uint32_t carried(const struct link *to, uint64_t connection)
{
    uint32_t count = 0;
    for (const struct letter *letter = to->inbox; letter != NULL; letter = letter->next) {
        count += letter->connection == connection ? 1 : 0;
    }
    return count;
}

/* ---- connections ---- */

/* Ends a connection. What is on its way arrives up to some moment, be it that a side lives on. */
static void hang_up(struct connection *connection)
{
    /* A harsher network brings what a closed connection carried also much later. */
    const bool near = connection->client != NULL && connection->client->local;
    const uint32_t late_ms = world.faulty && world.faults.late_ppm > 0 && !near ? 20000 : 200;
    const uint64_t survives_ms = world.now_ms + chance_below(&network, late_ms);
    const uint64_t id = connection->id;
    if (connection->server != NULL) {
        drop_tail(connection->server, id, survives_ms);
    }
    if (connection->client != NULL) {
        drop_tail(connection->client, id, survives_ms);
        connection->client->connection = 0;
        connection->client->try_at_ms = world.now_ms + chance_below(&network, RETRY_MS);
    }
    *connection = (struct connection){0};
}

static void hang_up_all(struct link *link)
{
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &connections[i];
        if (connection->id != 0 && (connection->client == link || connection->server == link)) {
            hang_up(connection);
        }
    }
}

static bool parted(const struct link *link)
{
    return link->owner != NULL && world.now_ms < parted_until_ms[link->owner->number];
}

static struct allowed *allowed_of(struct link *server, const uint8_t key[LINK_KEY_BYTES])
{
    for (uint32_t i = 0; i < server->allowed_count; i++) {
        if (memcmp(server->allowed[i].key, key, LINK_KEY_BYTES) == 0) {
            return &server->allowed[i];
        }
    }
    return NULL;
}

static struct link *listener_of(const char *endpoint)
{
    for (uint32_t i = 0; i < LINKS_MAX; i++) {
        if (links[i] != NULL && links[i]->listening && strcmp(links[i]->endpoint, endpoint) == 0) {
            return links[i];
        }
    }
    return NULL;
}

static void shake_hands(struct link *self, struct link *server)
{
    const struct allowed *allowed = allowed_of(server, self->key);
    if (!self->local && allowed == NULL) {
        server->counters.handshakes_refused++;
        return;
    }
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &connections[i];
        if (connection->id == 0) {
            *connection =
                (struct connection){.id = ++connection_last, .client = self, .server = server};
            if (!self->local) {
                memcpy(connection->user, allowed->user, LINK_USER_BYTES);
            }
            self->connection = connection->id;
            return;
        }
    }
    assert(!"too many connections");
}

/* Connects in the background, as ZeroMQ does. */
static void pump(struct link *self)
{
    if (self->listening || self->connection != 0 || world.now_ms < self->try_at_ms) {
        return;
    }
    struct link *server = listener_of(self->endpoint);
    self->try_at_ms = world.now_ms + RETRY_MS;
    if (server != NULL && !parted(self) && (server->owner == NULL || !server->owner->dead)) {
        shake_hands(self, server);
    }
}

/* ---- io/link.h ---- */

static struct link *link_new(const struct link_options *options, bool listening)
{
    struct link *self = calloc(1, sizeof *self);
    assert(self != NULL && strlen(options->endpoint) < ENDPOINT_BYTES);
    memcpy(self->endpoint, options->endpoint, strlen(options->endpoint) + 1);
    self->listening = listening;
    self->local = strncmp(options->endpoint, "ipc://", 6) == 0;
    self->owner = world.current;
    self->body_bytes_max = options->body_bytes_max;
    if (options->public_key != NULL) {
        memcpy(self->key, options->public_key, LINK_KEY_BYTES);
    }
    for (uint32_t i = 0; i < LINKS_MAX; i++) {
        if (links[i] == NULL) {
            links[i] = self;
            return self;
        }
    }
    assert(!"too many links");
    return NULL;
}

enum err link_listen(const struct link_options *options, struct link **out)
{
    if (!world_alive()) {
        return ERR_IO;
    }
    if (listener_of(options->endpoint) != NULL) {
        return ERR_BUSY;
    }
    *out = link_new(options, true);
    return options->let_in != NULL ? options->let_in(options->context, *out) : ERR_OK;
}

enum err link_connect(const struct link_options *options, struct link **out)
{
    if (!world_alive()) {
        return ERR_IO;
    }
    *out = link_new(options, false);
    return ERR_OK;
}

void link_close(struct link **self)
{
    struct link *link = *self;
    if (link == NULL) {
        return;
    }
    hang_up_all(link);
    for (uint32_t i = 0; i < LINKS_MAX; i++) {
        links[i] = links[i] == link ? NULL : links[i];
    }
    while (link->inbox != NULL) {
        struct letter *letter = link->inbox;
        link->inbox = letter->next;
        free(letter);
    }
    free(link->taken);
    free(link);
    *self = NULL;
}

enum err link_reopen(struct link *self)
{
    assert(!self->listening);
    if (!world_alive()) {
        return ERR_IO;
    }
    hang_up_all(self);
    /* This side's socket is gone, and with it all that had not been received. */
    while (self->inbox != NULL) {
        struct letter *letter = self->inbox;
        self->inbox = letter->next;
        free(letter);
    }
    self->try_at_ms = world.now_ms;
    return ERR_OK;
}

const char *link_endpoint(const struct link *self)
{
    return self->endpoint;
}

enum err link_allow(struct link *self, const uint8_t key[LINK_KEY_BYTES], const char *user)
{
    struct allowed *allowed = allowed_of(self, key);
    if (!world_alive()) {
        return ERR_IO;
    }
    if (user == NULL) {
        if (allowed != NULL) {
            *allowed = self->allowed[--self->allowed_count];
        }
        return ERR_OK;
    }
    if (allowed == NULL) {
        assert(self->allowed_count < ALLOWED_MAX);
        allowed = &self->allowed[self->allowed_count++];
        memcpy(allowed->key, key, LINK_KEY_BYTES);
    }
    assert(strlen(user) < LINK_USER_BYTES);
    memcpy(allowed->user, user, strlen(user) + 1);
    return ERR_OK;
}

static bool has_mail(struct link *self)
{
    pump(self);
    return self->inbox != NULL && self->inbox->at_ms <= world.now_ms;
}

enum err link_receive(struct link *self, struct link_message *out)
{
    if (!world_alive()) {
        return ERR_IO;
    }
    free(self->taken);
    self->taken = NULL;
    if (!has_mail(self)) {
        return ERR_NOT_FOUND;
    }
    struct letter *letter = self->inbox;
    self->inbox = letter->next;
    self->taken = letter;
    *out = (struct link_message){.header = bytes_of(letter->header, LINK_HEADER_BYTES),
                                 .body = bytes_of(letter->body, letter->size)};
    if (self->listening) {
        bytes_put64(out->peer.bytes, letter->connection);
        out->peer.size = 8;
        memcpy(out->user, letter->user, LINK_USER_BYTES);
    }
    if (world.current != NULL && received_watcher != NULL) {
        received_watcher(world.current, letter->user, out->header, out->body);
    }
    self->counters.received++;
    return ERR_OK;
}

/* The simulated process at the far end, whose network is troubled: a node, or one that watches;
 * null for the lead, who stands beside the broker. */
static const struct process *far_process(const struct connection *connection)
{
    return connection->client->owner;
}

/* Who watches is on the broker's machine: nothing comes twice or out of order there. */
static bool is_near(const struct process *process)
{
    return process->number >= WORLD_WATCHERS;
}

/* When a message that is sent now arrives; *twice where it does so again, a while later. */
static uint64_t arrival_ms(struct connection *connection, bool to_client, bool *twice, bool *lost)
{
    const struct process *node = far_process(connection);
    uint64_t *last_ms = &connection->last_at_ms[to_client ? 1 : 0];
    *twice = *lost = false;
    if (node == NULL) {
        return world.now_ms;
    }
    const uint32_t delay_ms_max =
        is_near(node) ? world.faults.view_delay_ms_max : world.faults.delay_ms_max;
    uint64_t at_ms = world.now_ms + 1 + chance_below(&network, delay_ms_max + 1);
    const uint64_t clog_ms = clogged_until_ms[node->number][to_client ? 1 : 0];
    at_ms = at_ms < clog_ms ? clog_ms : at_ms;
    if (world.faulty && !is_near(node) && chance_happens(&network, world.faults.late_ppm)) {
        world_mark(MARK_MESSAGE_LATE);
        return at_ms + chance_between(&network, 10, 20000);
    }
    *last_ms = at_ms < *last_ms ? *last_ms : at_ms;
    *twice = world.faulty && !is_near(node) && chance_happens(&network, world.faults.twice_ppm);
    *lost = world.faulty && chance_happens(&network, is_near(node) ? world.faults.view_lose_ppm
                                                                   : world.faults.lose_ppm);
    return *last_ms;
}

static void carry(struct connection *connection, bool to_client, struct bytes header,
                  struct bytes body)
{
    struct link *to = to_client ? connection->client : connection->server;
    bool twice, lost;
    const uint64_t at_ms = arrival_ms(connection, to_client, &twice, &lost);
    if (lost) {
        world_mark(MARK_MESSAGE_LOST);
    } else {
        deliver(to, connection, at_ms, header, body);
    }
    if (twice) {
        world_mark(MARK_MESSAGE_TWICE);
        deliver(to, connection, at_ms + chance_below(&network, 30000), header, body);
    }
}

static struct connection *way_to(struct link *self, const struct link_peer *peer)
{
    pump(self);
    if (!self->listening) {
        return connection_of(self->connection);
    }
    assert(peer != NULL && peer->size == 8);
    struct connection *connection = connection_of(bytes_get64(peer->bytes));
    return connection != NULL && connection->server == self ? connection : NULL;
}

enum err link_send(struct link *self, const struct link_peer *peer, struct bytes header,
                   struct bytes body)
{
    assert(header.size == LINK_HEADER_BYTES && body.size <= self->body_bytes_max);
    if (!world_alive()) {
        return ERR_IO;
    }
    struct connection *connection = way_to(self, peer);
    if (world.current != NULL && sent_watcher != NULL) {
        sent_watcher(world.current, connection != NULL ? connection->user : "", header, body);
    }
    if (connection == NULL) {
        return ERR_UNREACHABLE;
    }
    const struct link *to = self->listening ? connection->client : connection->server;
    const uint32_t room =
        world.faults.window_messages > 0 && world.faulty && !connection->client->local
            ? world.faults.window_messages
            : CARRIES_MAX;
    if (carried(to, connection->id) >= room) {
        world_mark(MARK_LINK_BLOCKED);
        return ERR_FULL;
    }
    world_trace("header", header.data, header.size);
    world_trace("body", body.data, body.size);
    carry(connection, self->listening, header, body);
    self->counters.sent++;
    return ERR_OK;
}

bool link_ready(struct link *self)
{
    return has_mail(self);
}

int link_descriptor(const struct link *self)
{
    (void)self;
    return -1;
}

struct link_counters link_counters(const struct link *self)
{
    return self->counters;
}

/* ---- what the simulator does to it ---- */

uint64_t link_fake_wake_ms(const struct process *process)
{
    uint64_t wake_ms = UINT64_MAX;
    for (uint32_t i = 0; i < LINKS_MAX; i++) {
        const struct link *link = links[i];
        if (link != NULL && link->owner == process && link->inbox != NULL &&
            link->inbox->at_ms < wake_ms) {
            wake_ms = link->inbox->at_ms;
        }
    }
    return wake_ms;
}

void link_fake_cut(uint32_t process)
{
    for (uint32_t i = 0; i < CONNECTIONS_MAX; i++) {
        struct connection *connection = &connections[i];
        if (connection->id != 0 && far_process(connection) == &world.processes[process]) {
            world_mark(MARK_CONNECTION_CUT);
            hang_up(connection);
        }
    }
}

void link_fake_partition(uint32_t process, uint64_t until_ms)
{
    if (until_ms > world.now_ms) {
        world_mark(MARK_PARTITION);
        link_fake_cut(process);
    }
    parted_until_ms[process] = until_ms;
}

void link_fake_clog(uint32_t process, bool to_node, uint64_t until_ms)
{
    if (until_ms > world.now_ms) {
        world_mark(MARK_CLOG);
    }
    clogged_until_ms[process][to_node ? 1 : 0] = until_ms;
}
