#include "brokers/door.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/answer.h"
#include "brokers/desk.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/log.h"
#include "proto/codec.h"

enum {
    MESSAGES_A_TURN = 64,
    ANSWER_PART_BYTES = FRAME_BYTES_MAX / 2,
    QUEUE_MESSAGES = 1200 /* parts of an answer: a snapshot of a million rows */
};

struct door {
    struct house *house;
    struct reception *reception;
    struct live *live;  /* may be null */
    bool snapshot_sent; /* in this turn */
    struct link *link;
    struct buffer body;
};

/* Errors: link_send()'s: who asked has gone, or does not read. */
static enum err send_body(struct door *self, const struct link_peer *peer, enum message_type type,
                          uint64_t correlation)
{
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = type, .correlation = correlation};
    codec_frame_header_put(&frame, header);
    const enum err err =
        link_send(self->link, peer, bytes_of(header, sizeof header), buffer_bytes(&self->body));
    if (err != ERR_OK) {
        log_line(LOG_DEBUG, "BROKER-UNHEARD", "who asked has gone, or does not read", "error=%s",
                 err_name(err));
    }
    return err;
}

static enum err answer(struct door *self, const struct link_message *message, uint64_t correlation,
                       uint32_t status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
    const size_t size = text != NULL ? strlen(text) : 0;
    enum err err = text != NULL ? ERR_OK : ERR_MEMORY;
    size_t at = 0;
    bool heard = true;
    do {
        const size_t part = size - at < ANSWER_PART_BYTES ? size - at : ANSWER_PART_BYTES;
        const struct answer body = {
            .status = status, .json = bytes_of(text + at, part), .more = at + part < size};
        buffer_clear(&self->body);
        err = err == ERR_OK ? codec_answer_encode(&body, &self->body) : err;
        if (err == ERR_OK) {
            heard = send_body(self, &message->peer, MESSAGE_ANSWER, correlation) == ERR_OK;
        }
        at += part;
    } while (err == ERR_OK && heard && at < size);
    free(text);
    return err;
}

/* Takes an administrator's decision. A wrong one is answered and changes nothing. */
static enum err submit(struct door *self, struct bytes data, uint32_t *status, json_t **json)
{
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    uint64_t position = 0;
    const enum err err = house_decide(self->house, data, &change, fault, &position);
    if (err == ERR_STORE || err == ERR_MEMORY) {
        return err;
    }
    if (err != ERR_OK) {
        *status = err == ERR_CONFIG || err == ERR_NOT_FOUND || err == ERR_STATE || err == ERR_RANGE
                      ? EX_DATAERR
                      : EX_NOPERM;
        char shown[EXCHANGE_FAULT_BYTES];
        bytes_to_shown(bytes_text(fault), shown, sizeof shown);
        *json = json_pack("{s:s,s:s}", "error", err_text(err), "fault", shown);
        return ERR_OK;
    }
    if (change.node != NULL) {
        reception_follow(self->reception, &change);
    }
    *status = EX_OK;
    *json = json_pack("{s:I}", "position", (json_int_t)position);
    return ERR_OK;
}

static struct desk desk_of(struct door *self)
{
    const struct link_counters counters = link_counters(reception_link(self->reception));
    return (struct desk){.exchange = self->house->exchange,
                         .counting = self->house->counting,
                         .ledger = self->house->ledger,
                         .ingest = self->house->ingest,
                         .nodes = self->house->nodes,
                         .endpoint = link_endpoint(reception_link(self->reception)),
                         .wall_ms = clock_wall_ms(),
                         .now_ms = clock_monotonic_ms(),
                         .opened_ms = self->house->opened_ms,
                         .unnamed = counters.unnamed,
                         .malformed = counters.malformed,
                         .handshakes_refused = counters.handshakes_refused};
}

/* ---- live totals ---- */

static uint32_t no_feed(json_t **json)
{
    return answer_fault(EX_UNAVAILABLE, json,
                        "this broker publishes no live totals: its configuration has no feed, or "
                        "the path beside its admin socket is too long for one");
}

static uint32_t describe_sheet(struct door *self, const struct query *query, json_t **json)
{
    json_t *request = json_loadb((const char *)query->json.data, query->json.size, 0, NULL);
    const uint32_t status =
        self->live != NULL ? live_describe(self->live, request, json) : no_feed(json);
    json_decref(request);
    return status;
}

/* Who asks for a snapshot, and under which number. */
struct asker {
    struct door *door;
    const struct link_message *message;
    uint64_t correlation;
};

static enum err send_snapshot_part(void *context, const struct sheet_part *part)
{
    const struct asker *asker = context;
    buffer_clear(&asker->door->body);
    const enum err err = codec_sheet_part_encode(part, &asker->door->body);
    return err == ERR_OK
               ? send_body(asker->door, &asker->message->peer, MESSAGE_SNAPSHOT, asker->correlation)
               : err;
}

/* Where it succeeds the parts were the answer. */
static uint32_t send_snapshot(struct asker *asker, const struct query *query, json_t **json)
{
    struct live *live = asker->door->live;
    json_t *request = json_loadb((const char *)query->json.data, query->json.size, 0, NULL);
    const uint32_t status = live != NULL
                                ? live_snapshot(live, request, send_snapshot_part, asker, json)
                                : no_feed(json);
    json_decref(request);
    return status;
}

static enum err take_query(struct door *self, const struct link_message *message)
{
    struct frame_header frame;
    struct query query;
    json_t *json = NULL;
    uint32_t status = EX_USAGE;
    arena_reset(self->house->arena);
    if (codec_frame_header_get(message->header, &frame) != ERR_OK || frame.type != MESSAGE_QUERY ||
        codec_query_decode(message->body, self->house->arena, &query) != ERR_OK) {
        log_line(LOG_WARNING, "BROKER-QUESTION", "a question could not be read", NULL);
        return ERR_OK;
    }
    enum err err = ERR_OK;
    struct asker asker = {.door = self, .message = message, .correlation = frame.correlation};
    if (bytes_is(query.verb, "submit")) {
        err = submit(self, query.data, &status, &json);
    } else if (bytes_is(query.verb, "sheet")) {
        status = describe_sheet(self, &query, &json);
    } else if (bytes_is(query.verb, "snapshot")) {
        self->snapshot_sent = true;
        status = send_snapshot(&asker, &query, &json);
    } else {
        const struct desk desk = desk_of(self);
        status = desk_answer(&desk, &query, &json);
    }
    if (err == ERR_OK && json != NULL) {
        err = answer(self, message, frame.correlation, status, json);
    }
    json_decref(json);
    return err;
}

enum err door_turn(struct door *self)
{
    struct link_message message;
    enum err err = ERR_OK;
    self->snapshot_sent = false;
    /* A snapshot may be long, and nodes are waiting: one a turn. */
    for (uint32_t i = 0; err == ERR_OK && !self->snapshot_sent && i < MESSAGES_A_TURN; i++) {
        err = link_receive(self->link, &message);
        if (err == ERR_OK) {
            err = take_query(self, &message);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err door_open(const struct door_options *wanted, struct door **out)
{
    const struct link_options options = {.endpoint = wanted->endpoint,
                                         .queue_messages = QUEUE_MESSAGES,
                                         .body_bytes_max = FRAME_BYTES_MAX};
    struct door *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->house = wanted->house;
    self->reception = wanted->reception;
    self->live = wanted->live;
    self->body.bytes_max = 2 * FRAME_BYTES_MAX;
    const enum err err = link_listen(&options, &self->link);
    if (err != ERR_OK) {
        door_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void door_close(struct door **self)
{
    if (*self != NULL) {
        link_close(&(*self)->link);
        buffer_fini(&(*self)->body);
        mem_free(*self);
    }
    *self = NULL;
}

struct link *door_link(struct door *self)
{
    return self->link;
}
