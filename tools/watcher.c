/* The happy path is: 1. the link to the broker opens; 2. it is asked what the sheet is, and at
 * once the feed it names is subscribed to; 3. the mirror asks for the snapshot when the feed
 * gives its first sign; 4. changes flow. The question what the sheet is goes before every
 * snapshot, because titles and targets may have changed with the programme file.
 *
 * What may go wrong: the broker is away (the question cannot be sent, or no beat comes), or says
 * no; the mirror asks again, and the last document stays. */
#include "tools/watcher.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brokers/figures.h"
#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/feed.h"
#include "io/link.h"
#include "proto/codec.h"
#include "tools/client.h"

enum {
    TURN_MESSAGES = 256,
    QUEUE_MESSAGES = 1024,
    ROWS_MAX = 1 << 20,
    HELD_BYTES_MAX = 8 << 20,
    ARENA_BYTES = 16 << 20,
    ANSWER_BYTES_MAX = 64 << 20,
    TROUBLE_BYTES = 300
};

struct watcher {
    struct watcher_options options;
    struct link *link;
    struct feed *feed; /* null until the sheet is known */
    struct mirror *mirror;
    struct arena *arena;
    struct buffer answer; /* parts of the one that is arriving */
    bool told;            /* the first question since the link opened is on its way */
    json_t *head;         /* what the sheet is */
    uint64_t described;   /* the ask that the head answers */
    json_t *document;     /* made from head and mirror; null before the first */
    bool stale;           /* the document is to be made anew */
    char endpoint[FEED_TOPIC_BYTES_MAX + 1], topic[FEED_TOPIC_BYTES_MAX + 1]; /* of the feed */
    char trouble[TROUBLE_BYTES];
    uint64_t changes;
    uint64_t random;
};

/* Each ask of the mirror is two questions to the broker, told apart by the lowest bit. */
enum question { QUESTION_SHEET, QUESTION_SNAPSHOT };

static uint64_t correlation_of(uint64_t ask, enum question question)
{
    return 2 * ask + (uint64_t)question;
}

/* ---- opening ---- */

static enum err open_link(struct watcher *self)
{
    const struct link_options options = {.endpoint = self->options.admin,
                                         .body_bytes_max = FRAME_BYTES_MAX};
    feed_close(&self->feed);
    link_close(&self->link);
    self->told = false;
    self->described = 0;
    self->answer.size = 0;
    return link_connect(&options, &self->link);
}

static enum err open_feed(struct watcher *self)
{
    const char *endpoint = json_string_value(json_object_get(self->head, "feed"));
    const char *topic = json_string_value(json_object_get(self->head, "topic"));
    if (endpoint == NULL || topic == NULL) {
        return ERR_MALFORMED;
    }
    if (self->feed != NULL && strcmp(endpoint, self->endpoint) == 0 &&
        strcmp(topic, self->topic) == 0) {
        return ERR_OK;
    }
    feed_close(&self->feed);
    enum err err = bytes_to_text(bytes_text(endpoint), self->endpoint, sizeof self->endpoint);
    if (err == ERR_OK) {
        err = bytes_to_text(bytes_text(topic), self->topic, sizeof self->topic);
    }
    const struct feed_options options = {.endpoint = self->endpoint,
                                         .topic = self->topic,
                                         .queue_messages = QUEUE_MESSAGES,
                                         .body_bytes_max = FRAME_BYTES_MAX};
    return err == ERR_OK ? feed_subscribe_to(&options, &self->feed) : err;
}

/* ---- asking ---- */

static enum err send_question(struct watcher *self, const char *verb, uint64_t correlation)
{
    char *json = json_dumps(self->options.request, JSON_COMPACT);
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t header[FRAME_HEADER_BYTES];
    const struct query query = {.verb = bytes_text(verb),
                                .json = bytes_text(json != NULL ? json : "{}")};
    const struct frame_header frame = {.type = MESSAGE_QUERY, .correlation = correlation};
    codec_frame_header_put(&frame, header);
    enum err err = json != NULL ? codec_query_encode(&query, &body) : ERR_MEMORY;
    if (err == ERR_OK) {
        err = link_send(self->link, NULL, bytes_of(header, sizeof header), buffer_bytes(&body));
    }
    free(json);
    buffer_fini(&body);
    return err;
}

static enum err step(struct watcher *self, struct mirror_event *event);

static enum err ask(struct watcher *self, uint64_t number)
{
    enum err err = send_question(self, "sheet", correlation_of(number, QUESTION_SHEET));
    if (err == ERR_OK) {
        err = send_question(self, "snapshot", correlation_of(number, QUESTION_SNAPSHOT));
    }
    if (err == ERR_UNREACHABLE || err == ERR_FULL) {
        struct mirror_event unsent = {.kind = MIRROR_UNSENT, .ask = number};
        snprintf(self->trouble, sizeof self->trouble, "nobody answers at %s", self->options.admin);
        return step(self, &unsent);
    }
    return err;
}

static enum err step(struct watcher *self, struct mirror_event *event)
{
    struct mirror_effects effects;
    event->now_ms = clock_monotonic_ms();
    self->random = self->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    event->random = self->random >> 33;
    enum err err = mirror_step(self->mirror, event, &effects);
    if (effects.settled || effects.lost) {
        self->changes++;
    }
    if (effects.settled) {
        self->stale = true;
        self->trouble[0] = '\0';
    }
    if (err == ERR_OK && effects.reopen) {
        err = open_link(self);
    }
    return err == ERR_OK && effects.ask > 0 ? ask(self, effects.ask) : err;
}

/* ---- answers ---- */

static enum err take_description(struct watcher *self, const struct answer *answer, uint64_t ask)
{
    json_t *json = json_loadb((const char *)self->answer.data, self->answer.size, 0, NULL);
    self->answer.size = 0;
    if (ask < self->described) {
        /* From a connection that has ended meanwhile. */
        json_decref(json);
        return ERR_OK;
    }
    if (answer->status != 0) {
        struct mirror_event refused = {.kind = MIRROR_REFUSED, .ask = ask};
        bytes_to_shown(bytes_text(client_error(json)), self->trouble, sizeof self->trouble);
        self->changes++;
        json_decref(json);
        /* The broker forgets its readers with the sheet: the next feed is a wish of its own. */
        feed_close(&self->feed);
        return step(self, &refused);
    }
    if (json == NULL) {
        return ERR_MALFORMED;
    }
    json_decref(self->head);
    self->head = json;
    self->described = ask;
    return open_feed(self);
}

static enum err take_answer(struct watcher *self, const struct frame_header *frame,
                            struct bytes body)
{
    struct answer answer;
    enum err err = codec_answer_decode(body, self->arena, &answer);
    if (err == ERR_OK) {
        err = buffer_add(&self->answer, answer.json);
    }
    return err == ERR_OK && !answer.more ? take_description(self, &answer, frame->correlation / 2)
                                         : err;
}

/* Whether the head tells of these rows: another programme file may have come into force between the
 * two answers, or one of them was lost. */
static bool describes(const struct watcher *self, const struct sheet_part *part)
{
    const json_int_t basis = json_integer_value(json_object_get(self->head, "basis"));
    return self->head != NULL && (uint64_t)basis == part->basis;
}

static enum err take_part(struct watcher *self, const struct frame_header *frame, struct bytes body)
{
    static const struct kind {
        enum message_type type;
        enum mirror_event_kind kind;
    } kinds[] = {{MESSAGE_SNAPSHOT, MIRROR_SNAPSHOT},
                 {MESSAGE_CHANGE, MIRROR_CHANGE},
                 {MESSAGE_BEAT, MIRROR_BEAT}};
    struct sheet_part part;
    struct mirror_event event = {.part = &part, .ask = frame->correlation / 2};
    const enum err err = codec_sheet_part_decode(body, self->arena, &part);
    for (size_t i = 0; err == ERR_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].type == frame->type) {
            event.kind = kinds[i].kind == MIRROR_SNAPSHOT && !describes(self, &part)
                             ? MIRROR_REFUSED
                             : kinds[i].kind;
            return step(self, &event);
        }
    }
    return err;
}

/* A message that nobody can read is lost: the next one shows it. */
static enum err take(struct watcher *self, struct bytes header, struct bytes body)
{
    struct frame_header frame;
    arena_reset(self->arena);
    enum err err = codec_frame_header_get(header, &frame);
    if (err == ERR_OK) {
        err = frame.type == MESSAGE_ANSWER ? take_answer(self, &frame, body)
                                           : take_part(self, &frame, body);
    }
    return err == ERR_MEMORY || err == ERR_FULL || err == ERR_IO ? err : ERR_OK;
}

/* The broker is asked what the sheet is as soon as the link has its connection. */
static enum err ask_first(struct watcher *self)
{
    if (self->told) {
        return ERR_OK;
    }
    const enum err err = send_question(self, "sheet", correlation_of(0, QUESTION_SHEET));
    self->told = err == ERR_OK;
    return err == ERR_UNREACHABLE || err == ERR_FULL ? ERR_OK : err;
}

enum err watcher_turn(struct watcher *self)
{
    struct link_message message;
    struct bytes header, body;
    enum err err = ask_first(self);
    for (uint32_t i = 0; err == ERR_OK && i < TURN_MESSAGES; i++) {
        err = link_receive(self->link, &message);
        if (err == ERR_OK) {
            err = take(self, message.header, message.body);
        }
    }
    err = err == ERR_NOT_FOUND ? ERR_OK : err;
    for (uint32_t i = 0; err == ERR_OK && self->feed != NULL && i < TURN_MESSAGES; i++) {
        err = feed_receive(self->feed, &header, &body);
        if (err == ERR_OK) {
            err = take(self, header, body);
        }
    }
    err = err == ERR_NOT_FOUND ? ERR_OK : err;
    if (err == ERR_OK && clock_monotonic_ms() >= mirror_deadline_ms(self->mirror)) {
        struct mirror_event timeout = {.kind = MIRROR_TIMEOUT};
        err = step(self, &timeout);
    }
    return err;
}

/* ---- the document ---- */

/* The rows of each indicator, by its id. */
static void add_row(void *context, const struct mirror_row *row)
{
    json_t *by_indicator = context;
    char id[CODE_BYTES_MAX + 1];
    if (bytes_to_text(row->indicator, id, sizeof id) != ERR_OK) {
        return;
    }
    json_t *entry = json_object_get(by_indicator, id);
    json_t *indicator = json_object_get(entry, "indicator");
    if (indicator != NULL &&
        json_array_size(json_object_get(by_indicator, "")) == row->label_count) {
        json_array_append_new(json_object_get(entry, "rows"),
                              figures_row_json(indicator, json_object_get(by_indicator, ""),
                                               row->labels, row->value, row->partner_sum));
    }
}

static json_t *make_document(const struct watcher *self, json_t *by_indicator)
{
    const struct sheet_part head = mirror_head(self->mirror);
    json_t *document = json_copy(self->head), *rows = json_array(), *indicator;
    size_t index;
    json_array_foreach(json_object_get(self->head, "indicators"), index, indicator)
    {
        const char *id = json_string_value(json_object_get(indicator, "indicator"));
        json_array_extend(rows, json_object_get(json_object_get(by_indicator, id), "rows"));
    }
    json_object_del(document, "indicators");
    json_object_del(document, "feed");
    json_object_del(document, "topic");
    json_object_del(document, "basis");
    json_object_set_new(document, "rows", rows);
    json_object_set_new(document, "position", json_integer((json_int_t)head.position));
    json_object_set_new(document, "received_at_ms", json_integer((json_int_t)head.received_at_ms));
    json_object_set_new(document, "live", json_true());
    return document;
}

enum err watcher_document(struct watcher *self, const json_t **out)
{
    const struct sheet_part copy = mirror_head(self->mirror);
    *out = self->document;
    if (!self->stale || !watcher_current(self) || copy.more || !describes(self, &copy)) {
        return ERR_OK;
    }
    size_t index;
    json_t *indicator, *by_indicator = json_object();
    json_object_set(by_indicator, "", json_object_get(self->head, "by"));
    json_array_foreach(json_object_get(self->head, "indicators"), index, indicator)
    {
        json_object_set_new(by_indicator,
                            json_string_value(json_object_get(indicator, "indicator")),
                            json_pack("{s:O,s:[]}", "indicator", indicator, "rows"));
    }
    const enum err err = mirror_rows(self->mirror, add_row, by_indicator);
    if (err == ERR_OK) {
        json_decref(self->document);
        self->document = make_document(self, by_indicator);
        self->stale = false;
    }
    json_decref(by_indicator);
    *out = self->document;
    return err;
}

/* ---- life ---- */

enum err watcher_open(const struct watcher_options *options, struct watcher **out)
{
    static const struct mirror_options mirror = {.join_ms = 500,
                                                 .answer_ms = 5000,
                                                 .dead_ms = 3500,
                                                 .retry_ms = 100,
                                                 .retry_ms_max = 5000,
                                                 .rows_max = ROWS_MAX,
                                                 .held_bytes_max = HELD_BYTES_MAX};
    struct watcher *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->random = options->random;
    self->answer.bytes_max = ANSWER_BYTES_MAX;
    enum err err = arena_new(ARENA_BYTES, &self->arena);
    if (err == ERR_OK) {
        err = mirror_new(&mirror, &self->mirror);
    }
    if (err == ERR_OK) {
        struct mirror_event start = {.kind = MIRROR_START};
        err = step(self, &start);
    }
    if (err != ERR_OK) {
        watcher_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void watcher_close(struct watcher **self)
{
    if (*self != NULL) {
        feed_close(&(*self)->feed);
        link_close(&(*self)->link);
        mirror_free(&(*self)->mirror);
        arena_free(&(*self)->arena);
        buffer_fini(&(*self)->answer);
        json_decref((*self)->head);
        json_decref((*self)->document);
        mem_free(*self);
    }
    *self = NULL;
}

bool watcher_ready(struct watcher *self)
{
    return link_ready(self->link) || (self->feed != NULL && feed_ready(self->feed));
}

uint64_t watcher_deadline_ms(const struct watcher *self)
{
    enum { CONNECT_LOOK_MS = 20 };
    const uint64_t deadline = mirror_deadline_ms(self->mirror);
    const uint64_t look_ms = clock_monotonic_ms() + CONNECT_LOOK_MS;
    return self->told || deadline < look_ms ? deadline : look_ms;
}

uint32_t watcher_descriptors(const struct watcher *self, int out[WATCHER_DESCRIPTORS_MAX])
{
    uint32_t count = 0;
    out[count++] = link_descriptor(self->link);
    if (self->feed != NULL) {
        out[count++] = feed_descriptor(self->feed);
    }
    return count;
}

uint64_t watcher_changes(const struct watcher *self)
{
    return self->changes;
}

bool watcher_current(const struct watcher *self)
{
    return mirror_state(self->mirror) == MIRROR_CURRENT;
}

const char *watcher_trouble(const struct watcher *self)
{
    return self->trouble;
}

struct mirror *watcher_mirror(struct watcher *self)
{
    return self->mirror;
}
