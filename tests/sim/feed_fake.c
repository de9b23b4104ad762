/* The happy path is: 1. a reader meets the publisher of its endpoint, and its wish is on its way
 * there; 2. the publisher is told of the wish, and sends from then on; 3. each message is put into
 * the inbox of those whose wish its topic begins with, for the time at which it arrives.
 *
 * What may go wrong: nobody publishes, the way is parted: not connected yet. A side closes or the
 * connection is cut: of what is on its way a first part still arrives. Too many messages wait for a
 * reader, or the seed says so: one is lost. */
#include "tests/sim/feed_fake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/feed.h"

enum { FEEDS_MAX = 16, READERS_MAX = 64, ENDPOINT_BYTES = 512, RETRY_MS = 100 };

struct parcel {
    struct parcel *next;
    uint64_t at_ms, reader;
    uint8_t header[FEED_HEADER_BYTES];
    size_t size;
    uint8_t body[];
};

struct wish {
    struct wish *next;
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    bool wanted;
};

struct feed {
    char endpoint[ENDPOINT_BYTES];
    bool publishing;
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct process *owner; /* null: a test */
    uint32_t queue_messages, body_bytes_max;
    struct parcel *inbox; /* ascending by time */
    struct parcel *taken; /* lent to who received it */
    uint64_t reader;      /* connection; 0: none now */
    uint64_t try_at_ms;
    struct wish *wishes; /* publishing: to be told */
};

/* What a publisher knows of one that has subscribed. It outlives the connection for a moment. */
struct reader {
    uint64_t id; /* 0: free */
    struct feed *publisher;
    struct feed *subscriber; /* null: it has gone */
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    bool subscribed;     /* its wish has arrived */
    uint64_t next_at_ms; /* when the publisher learns of the wish, then of the going */
    uint64_t last_at_ms;
};

static struct feed *feeds[FEEDS_MAX];
static struct reader readers[READERS_MAX];
static uint64_t reader_last;
static uint64_t parted_until_ms[WORLD_PROCESSES_MAX], clogged_until_ms[WORLD_PROCESSES_MAX];
static struct chance network;
static feed_fake_seen *sent_watcher, *received_watcher;

void feed_fake_reset(void)
{
    for (uint32_t i = 0; i < FEEDS_MAX; i++) {
        assert(feeds[i] == NULL);
    }
    memset(readers, 0, sizeof readers);
    memset(parted_until_ms, 0, sizeof parted_until_ms);
    memset(clogged_until_ms, 0, sizeof clogged_until_ms);
    reader_last = 0;
    chance_init(&network, world.seed, 450);
}

void feed_fake_watch(feed_fake_seen *sent, feed_fake_seen *received)
{
    sent_watcher = sent;
    received_watcher = received;
}

static uint64_t delay_ms(void)
{
    return 1 + chance_below(&network, world.faults.view_delay_ms_max + 1);
}

static bool reached(const struct feed *feed, const uint64_t until_ms[WORLD_PROCESSES_MAX])
{
    return feed->owner == NULL || world.now_ms >= until_ms[feed->owner->number];
}

static struct feed *publisher_at(const char *endpoint)
{
    for (uint32_t i = 0; i < FEEDS_MAX; i++) {
        if (feeds[i] != NULL && feeds[i]->publishing && strcmp(feeds[i]->endpoint, endpoint) == 0) {
            return feeds[i];
        }
    }
    return NULL;
}

static struct reader *reader_of(uint64_t id)
{
    for (uint32_t i = 0; i < READERS_MAX; i++) {
        if (readers[i].id == id) {
            return &readers[i];
        }
    }
    return NULL;
}

/* ---- connections ---- */

/* Connects in the background, as ZeroMQ does. */
static void connect_reader(struct feed *self)
{
    if (self->publishing || self->reader != 0 || world.now_ms < self->try_at_ms) {
        return;
    }
    struct feed *publisher = publisher_at(self->endpoint);
    self->try_at_ms = world.now_ms + RETRY_MS;
    if (publisher == NULL || !reached(self, parted_until_ms) ||
        (publisher->owner != NULL && publisher->owner->dead)) {
        return;
    }
    struct reader *reader = reader_of(0);
    assert(reader != NULL);
    *reader = (struct reader){.id = ++reader_last,
                              .publisher = publisher,
                              .subscriber = self,
                              .next_at_ms = world.now_ms + delay_ms()};
    memcpy(reader->topic, self->topic, sizeof reader->topic);
    self->reader = reader->id;
}

/* Drops what arrives from a connection after a time. */
static void drop_tail(struct feed *feed, uint64_t reader, uint64_t after_ms)
{
    struct parcel **place = &feed->inbox;
    while (*place != NULL) {
        struct parcel *parcel = *place;
        if (parcel->reader == reader && parcel->at_ms > after_ms) {
            *place = parcel->next;
            free(parcel);
        } else {
            place = &parcel->next;
        }
    }
}

/* Ends a connection: its reader tries again, its publisher learns of it a little later. */
static void hang_up(struct reader *reader)
{
    if (reader->subscriber != NULL) {
        drop_tail(reader->subscriber, reader->id, world.now_ms + chance_below(&network, 200));
        reader->subscriber->reader = 0;
        reader->subscriber->try_at_ms = world.now_ms + chance_below(&network, RETRY_MS);
        reader->subscriber = NULL;
        reader->next_at_ms = world.now_ms + delay_ms();
    }
}

/* ---- wishes ---- */

static void add_wish(struct feed *publisher, const char *topic, bool wanted)
{
    struct wish **place = &publisher->wishes;
    struct wish *wish = calloc(1, sizeof *wish);
    assert(wish != NULL);
    memcpy(wish->topic, topic, strlen(topic) + 1);
    wish->wanted = wanted;
    while (*place != NULL) {
        place = &(*place)->next;
    }
    *place = wish;
}

static bool wanted_by_another(const struct reader *gone)
{
    for (uint32_t i = 0; i < READERS_MAX; i++) {
        const struct reader *other = &readers[i];
        if (other->id != 0 && other != gone && other->publisher == gone->publisher &&
            other->subscribed && strcmp(other->topic, gone->topic) == 0) {
            return true;
        }
    }
    return false;
}

/* The next thing that a publisher learns of a reader, if its time has come. */
static struct reader *next_news(const struct feed *publisher)
{
    struct reader *next = NULL;
    for (uint32_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &readers[i];
        if (reader->id != 0 && reader->publisher == publisher &&
            (!reader->subscribed || reader->subscriber == NULL) &&
            (next == NULL || reader->next_at_ms < next->next_at_ms)) {
            next = reader;
        }
    }
    return next;
}

static void learn(struct feed *self)
{
    struct reader *reader = next_news(self);
    while (reader != NULL && reader->next_at_ms <= world.now_ms) {
        if (reader->subscriber != NULL) {
            reader->subscribed = true;
            add_wish(self, reader->topic, true);
        } else {
            if (reader->subscribed && !wanted_by_another(reader)) {
                add_wish(self, reader->topic, false);
            }
            reader->id = 0;
        }
        reader = next_news(self);
    }
}

static void pump_all(void)
{
    for (uint32_t i = 0; i < FEEDS_MAX; i++) {
        if (feeds[i] != NULL) {
            connect_reader(feeds[i]);
        }
    }
}

/* ---- io/feed.h ---- */

static enum err feed_new(const struct feed_options *options, bool publishing, struct feed **out)
{
    struct feed *self = calloc(1, sizeof *self);
    assert(self != NULL && strlen(options->endpoint) < ENDPOINT_BYTES);
    memcpy(self->endpoint, options->endpoint, strlen(options->endpoint) + 1);
    self->publishing = publishing;
    self->owner = world.current;
    self->queue_messages = options->queue_messages;
    self->body_bytes_max = options->body_bytes_max;
    if (!publishing) {
        assert(strlen(options->topic) <= FEED_TOPIC_BYTES_MAX);
        memcpy(self->topic, options->topic, strlen(options->topic) + 1);
    }
    for (uint32_t i = 0; i < FEEDS_MAX; i++) {
        if (feeds[i] == NULL) {
            feeds[i] = self;
            *out = self;
            return ERR_OK;
        }
    }
    assert(!"too many feeds");
    return ERR_FULL;
}

enum err feed_publish_at(const struct feed_options *options, struct feed **out)
{
    if (!world_alive()) {
        return ERR_IO;
    }
    return publisher_at(options->endpoint) != NULL ? ERR_BUSY : feed_new(options, true, out);
}

enum err feed_subscribe_to(const struct feed_options *options, struct feed **out)
{
    return world_alive() ? feed_new(options, false, out) : ERR_IO;
}

void feed_close(struct feed **self)
{
    struct feed *feed = *self;
    if (feed == NULL) {
        return;
    }
    for (uint32_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &readers[i];
        if (reader->id != 0 && (reader->publisher == feed || reader->subscriber == feed)) {
            hang_up(reader);
            reader->id = reader->publisher == feed ? 0 : reader->id;
        }
    }
    for (uint32_t i = 0; i < FEEDS_MAX; i++) {
        feeds[i] = feeds[i] == feed ? NULL : feeds[i];
    }
    while (feed->inbox != NULL) {
        struct parcel *parcel = feed->inbox;
        feed->inbox = parcel->next;
        free(parcel);
    }
    while (feed->wishes != NULL) {
        struct wish *wish = feed->wishes;
        feed->wishes = wish->next;
        free(wish);
    }
    free(feed->taken);
    free(feed);
    *self = NULL;
}

static uint32_t waiting(const struct feed *subscriber, uint64_t reader)
{
    uint32_t count = 0;
    for (const struct parcel *parcel = subscriber->inbox; parcel != NULL; parcel = parcel->next) {
        count += parcel->reader == reader ? 1 : 0;
    }
    return count;
}

/* Whether the message is lost for the reader: its queue is full, or it has bad luck. */
static bool is_lost(const struct reader *reader)
{
    const struct feed *subscriber = reader->subscriber;
    const bool small = world.faulty && world.faults.view_queue_messages > 0;
    const uint32_t room = small ? world.faults.view_queue_messages
                                : reader->publisher->queue_messages + subscriber->queue_messages;
    if (waiting(subscriber, reader->id) >= room) {
        world_mark(MARK_VIEW_SLOW);
        return true;
    }
    return world.faulty && chance_happens(&network, world.faults.view_lose_ppm);
}

static void carry(struct reader *reader, struct bytes header, struct bytes body)
{
    struct feed *to = reader->subscriber;
    uint64_t at_ms = world.now_ms + delay_ms();
    if (to->owner != NULL && at_ms < clogged_until_ms[to->owner->number]) {
        at_ms = clogged_until_ms[to->owner->number];
    }
    at_ms = at_ms < reader->last_at_ms ? reader->last_at_ms : at_ms;
    reader->last_at_ms = at_ms;
    struct parcel *parcel = malloc(sizeof *parcel + body.size + 1);
    assert(parcel != NULL);
    parcel->at_ms = at_ms;
    parcel->reader = reader->id;
    parcel->size = body.size;
    memcpy(parcel->header, header.data, FEED_HEADER_BYTES);
    if (body.size > 0) {
        memcpy(parcel->body, body.data, body.size);
    }
    struct parcel **place = &to->inbox;
    while (*place != NULL && (*place)->at_ms <= at_ms) {
        place = &(*place)->next;
    }
    parcel->next = *place;
    *place = parcel;
}

enum err feed_send(struct feed *self, const char *topic, struct bytes header, struct bytes body)
{
    assert(self->publishing);
    assert(strlen(topic) <= FEED_TOPIC_BYTES_MAX && header.size == FEED_HEADER_BYTES);
    assert(body.size <= self->body_bytes_max);
    if (!world_alive()) {
        return ERR_IO;
    }
    if (world.current != NULL && sent_watcher != NULL) {
        sent_watcher(world.current, header, body);
    }
    world_trace("topic", topic, strlen(topic));
    world_trace("change", body.data, body.size);
    learn(self);
    for (uint32_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &readers[i];
        if (reader->id != 0 && reader->publisher == self && reader->subscribed &&
            reader->subscriber != NULL &&
            strncmp(topic, reader->topic, strlen(reader->topic)) == 0 && !is_lost(reader)) {
            carry(reader, header, body);
        }
    }
    return ERR_OK;
}

enum err feed_next_wish(struct feed *self, char topic[FEED_TOPIC_BYTES_MAX + 1], bool *wanted)
{
    assert(self->publishing);
    if (!world_alive()) {
        return ERR_IO;
    }
    learn(self);
    struct wish *wish = self->wishes;
    if (wish == NULL) {
        return ERR_NOT_FOUND;
    }
    self->wishes = wish->next;
    memcpy(topic, wish->topic, sizeof wish->topic);
    *wanted = wish->wanted;
    free(wish);
    return ERR_OK;
}

static bool has_parcel(struct feed *self)
{
    pump_all();
    return self->inbox != NULL && self->inbox->at_ms <= world.now_ms;
}

enum err feed_receive(struct feed *self, struct bytes *header, struct bytes *body)
{
    assert(!self->publishing);
    if (!world_alive()) {
        return ERR_IO;
    }
    free(self->taken);
    self->taken = NULL;
    while (has_parcel(self)) {
        struct parcel *parcel = self->inbox;
        self->inbox = parcel->next;
        if (parcel->size <= self->body_bytes_max) {
            self->taken = parcel;
            *header = bytes_of(parcel->header, FEED_HEADER_BYTES);
            *body = bytes_of(parcel->body, parcel->size);
            if (world.current != NULL && received_watcher != NULL) {
                received_watcher(world.current, *header, *body);
            }
            return ERR_OK;
        }
        free(parcel);
    }
    return ERR_NOT_FOUND;
}

bool feed_ready(struct feed *self)
{
    if (self->publishing) {
        pump_all();
        learn(self);
        return self->wishes != NULL;
    }
    return has_parcel(self);
}

int feed_descriptor(const struct feed *self)
{
    (void)self;
    return -1;
}

/* ---- what the simulator does to it ---- */

uint64_t feed_fake_wake_ms(const struct process *process)
{
    uint64_t wake_ms = UINT64_MAX;
    for (uint32_t i = 0; i < FEEDS_MAX; i++) {
        const struct feed *feed = feeds[i];
        if (feed == NULL || feed->owner != process) {
            continue;
        }
        const struct reader *news = feed->publishing ? next_news(feed) : NULL;
        if (feed->inbox != NULL && feed->inbox->at_ms < wake_ms) {
            wake_ms = feed->inbox->at_ms;
        }
        if (news != NULL && news->next_at_ms < wake_ms) {
            wake_ms = news->next_at_ms;
        }
    }
    return wake_ms;
}

void feed_fake_cut(uint32_t process)
{
    for (uint32_t i = 0; i < READERS_MAX; i++) {
        struct reader *reader = &readers[i];
        if (reader->id != 0 && reader->subscriber != NULL &&
            reader->subscriber->owner == &world.processes[process]) {
            hang_up(reader);
        }
    }
}

void feed_fake_partition(uint32_t process, uint64_t until_ms)
{
    if (until_ms > world.now_ms) {
        feed_fake_cut(process);
    }
    parted_until_ms[process] = until_ms;
}

void feed_fake_clog(uint32_t process, uint64_t until_ms)
{
    clogged_until_ms[process] = until_ms;
}
