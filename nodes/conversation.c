#include "nodes/conversation.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/ingest/ingest.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/log.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"

enum {
    MESSAGES_A_TURN = 4 * WINDOW_BATCHES,
    HELLO_AGAIN_MS = 50,
    ASK_MISSING_MS = 30 * 1000,    /* between greetings while a programme has not come */
    ASK_NEWER_MS = 10 * 60 * 1000, /* and while none is missing: a newer version may be in force */
    TELL_MOVED_MS = 1000           /* between two pings that only say how far the outbox is */
};

struct conversation {
    struct conversation_options options;
    struct link *link;
    struct uplink *uplink;
    struct arena *arena;
    struct buffer body;
    struct buffer programme; /* kept back while a file is being read */
    uint64_t told_seq;       /* head that the uplink knows of */
    uint64_t hello_again_ms; /* the greeting waits for a connection until then; UINT64_MAX: no */
    uint64_t greeted_ms;
    struct control told; /* the last ping of this session; has_standing false: none yet */
    uint64_t told_ms;
    uint64_t told_oldest_seq; /* as it was then */
    uint64_t oldest_seq;      /* of the oldest batch without a receipt; 0: none waits */
    uint64_t oldest_sealed_ms;
    bool asks; /* it greets only to be given programmes */
    char stopped[128];
};

static enum err send_body(struct conversation *self, enum message_type type)
{
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = type, .session = uplink_session(self->uplink)};
    codec_frame_header_put(&frame, header);
    return link_send(self->link, NULL, bytes_of(header, sizeof header), buffer_bytes(&self->body));
}

static enum err send_hello(struct conversation *self)
{
    const struct uplink_position position = uplink_position(self->uplink);
    const struct join_file *join = self->options.join;
    struct hello *hello = mem_calloc(1, sizeof *hello);
    if (hello == NULL) {
        return ERR_MEMORY;
    }
    memcpy(hello->exchange, join->exchange, ID_BYTES);
    memcpy(hello->node, join->node, ID_BYTES);
    hello->epoch = position.epoch;
    hello->acked_seq = position.acked_seq;
    hello->head_seq = position.head_seq;
    memcpy(hello->chain, position.chain, DIGEST_BYTES);
    hello->software = bytes_text("ogniwo " OGNIWO_VERSION);
    for (uint32_t i = 0; i < programmes_count(self->options.programmes); i++) {
        const struct node_programme *from = programmes_at(self->options.programmes, i);
        struct programme_version *to = &hello->programmes[hello->programme_count++];
        to->programme = bytes_text(from->key->programme);
        memcpy(to->digest, from->digest, DIGEST_BYTES);
        memcpy(to->key_check, from->key_check, DIGEST_BYTES);
    }
    buffer_clear(&self->body);
    self->greeted_ms = clock_monotonic_ms();
    const enum err err = codec_hello_encode(hello, &self->body);
    mem_free(hello);
    /* A socket just opened is not connected yet: the greeting is tried until the uplink gives
     * up. */
    self->hello_again_ms = UINT64_MAX;
    if (err == ERR_OK && send_body(self, MESSAGE_HELLO) != ERR_OK) {
        self->hello_again_ms = clock_monotonic_ms() + HELLO_AGAIN_MS;
    }
    return err;
}

/* Which batch is the oldest without a receipt, and when it was sealed: looked up once for each. */
static enum err find_oldest(struct conversation *self)
{
    const struct uplink_position position = uplink_position(self->uplink);
    struct sealed_batch sealed;
    struct batch_header header;
    struct bytes bytes;
    const uint64_t oldest_seq =
        position.head_seq != position.acked_seq ? position.acked_seq + 1 : 0;
    if (self->oldest_seq == oldest_seq || oldest_seq == 0) {
        self->oldest_seq = oldest_seq;
        return ERR_OK;
    }
    arena_reset(self->arena);
    enum err err = records_begin(self->options.records, false);
    if (err != ERR_OK) {
        return err;
    }
    self->oldest_seq = oldest_seq;
    err = records_batch_get(self->options.records, oldest_seq, self->arena, &bytes);
    records_abort(self->options.records);
    if (err == ERR_OK) {
        err = codec_sealed_batch_decode(bytes, self->arena, &sealed);
    }
    if (err == ERR_OK) {
        err = codec_batch_header_decode(sealed.header, self->arena, &header);
    }
    self->oldest_sealed_ms = err == ERR_OK ? header.sealed_at_ms : UINT64_MAX;
    /* A batch that cannot be read is found, and said, when it is to be sent. */
    return err == ERR_STORE || err == ERR_MEMORY ? err : ERR_OK;
}

static uint32_t capped(uint64_t number)
{
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

/* How the office stands now; find_oldest() is done. */
static struct standing standing_now(const struct conversation *self)
{
    const struct rejects_sum sum = rejects_sum(self->options.rejects);
    const uint64_t wall_ms = clock_wall_ms();
    struct standing standing = {.imported_at_ms = sum.imported_at_ms,
                                .rejected_rows = capped(sum.rows),
                                .rejected_files = sum.files};
    if (self->oldest_seq != 0) {
        standing.waiting_ms =
            wall_ms > self->oldest_sealed_ms ? wall_ms - self->oldest_sealed_ms : 1;
    }
    return standing;
}

/* The arena is used, and no transaction may be open. */
static enum err send_ping(struct conversation *self)
{
    enum err err = find_oldest(self);
    const struct control control = {.seq = uplink_position(self->uplink).head_seq,
                                    .has_standing = true,
                                    .standing = standing_now(self)};
    buffer_clear(&self->body);
    if (err == ERR_OK) {
        err = codec_control_encode(&control, &self->body);
    }
    /* A ping that cannot be sent is as good as one that is lost. */
    if (err == ERR_OK && send_body(self, MESSAGE_PING) == ERR_OK) {
        self->told = control;
        self->told_ms = clock_monotonic_ms();
        self->told_oldest_seq = self->oldest_seq;
    }
    return err;
}

static enum err step(struct conversation *self, struct uplink_event *event);

/* Sends the batch that begins there and tells the uplink how far it reaches. */
static enum err send_batch(struct conversation *self, uint64_t first_seq)
{
    struct sealed_batch sealed;
    struct batch_header header;
    struct bytes bytes;
    arena_reset(self->arena);
    enum err err = records_begin(self->options.records, false);
    if (err != ERR_OK) {
        return err;
    }
    err = records_batch_get(self->options.records, first_seq, self->arena, &bytes);
    records_abort(self->options.records);
    if (err == ERR_OK) {
        err = codec_sealed_batch_decode(bytes, self->arena, &sealed);
    }
    if (err == ERR_OK) {
        err = codec_batch_header_decode(sealed.header, self->arena, &header);
    }
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "NODE-OUTBOX", "a batch of the outbox cannot be read",
                 "first=%" PRIu64 " error=%s", first_seq, err_name(err));
        return err;
    }
    buffer_clear(&self->body);
    err = buffer_add(&self->body, bytes);
    if (err != ERR_OK) {
        return err;
    }
    struct uplink_event event = {.kind = UPLINK_SENT,
                                 .through_seq = header.first_seq + header.count - 1};
    if (send_body(self, MESSAGE_BATCH) != ERR_OK) {
        event.kind = UPLINK_BLOCKED;
    }
    return step(self, &event);
}

/* ---- receipts ---- */

/* A receipt checked against the batch it is for. */
struct checked_receipt {
    struct receipt_body body;
    struct confidential confidential; /* of our batch: its row keys */
    uint8_t chain[DIGEST_BYTES];      /* head after it */
};

static enum err match_batch(struct conversation *self, struct checked_receipt *out)
{
    struct sealed_batch sealed;
    struct batch_header header;
    struct bytes bytes;
    uint8_t digest[DIGEST_BYTES];
    enum err err =
        records_batch_get(self->options.records, out->body.first_seq, self->arena, &bytes);
    if (err == ERR_OK) {
        err = codec_sealed_batch_decode(bytes, self->arena, &sealed);
    }
    if (err == ERR_OK) {
        err = codec_batch_header_decode(sealed.header, self->arena, &header);
    }
    if (err == ERR_OK) {
        err = codec_confidential_decode(sealed.confidential, self->arena, &out->confidential);
    }
    if (err != ERR_OK) {
        return err;
    }
    sealing_digest(SEAL_BATCH_HEADER, sealed.header, digest);
    sealing_chain(header.previous, digest, out->chain);
    return memcmp(digest, out->body.batch_digest, DIGEST_BYTES) == 0 &&
                   header.count == out->body.count && header.epoch == out->body.epoch
               ? ERR_OK
               : ERR_DIGEST;
}

static enum err decode_receipt(struct conversation *self, struct bytes bytes,
                               struct receipt_body *out)
{
    const struct join_file *join = self->options.join;
    struct signed_receipt outer;
    enum err err = codec_signed_receipt_decode(bytes, self->arena, &outer);
    if (err == ERR_OK) {
        err = sealing_verify(SEAL_RECEIPT, outer.body, outer.signature, join->broker_signing_key);
    }
    if (err == ERR_OK) {
        err = codec_receipt_body_decode(outer.body, self->arena, out);
    }
    if (err == ERR_OK && (memcmp(out->exchange, join->exchange, ID_BYTES) != 0 ||
                          memcmp(out->node, join->node, ID_BYTES) != 0)) {
        err = ERR_DENIED;
    }
    return err;
}

/* Whether the lead has refused an event of that row before: a row counts once. */
static enum err is_refused(struct conversation *self, uint32_t file, uint32_t line, bool *out)
{
    uint32_t found = line, code;
    uint64_t seq = 0;
    const enum err err = records_refusal_next(self->options.records, file, &found, &seq, &code);
    *out = err == ERR_OK && found == line;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err take_refusals(struct conversation *self, const struct checked_receipt *receipt)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < receipt->body.rejected_count; i++) {
        const uint32_t index = receipt->body.rejected_index[i];
        uint32_t file = 0, line = 0;
        bool again = false;
        if (index >= receipt->body.count) {
            return ERR_RANGE;
        }
        err = registry_refuse(self->options.registry,
                              receipt->confidential.row_keys.data + index * ROW_KEY_BYTES,
                              receipt->body.first_seq + index, &file, &line);
        if (err == ERR_OK && file != 0) {
            err = is_refused(self, file, line, &again);
        }
        if (err == ERR_OK && file != 0) {
            err = records_refusal_put(self->options.records, file, line,
                                      receipt->body.first_seq + index,
                                      receipt->body.rejected_code[i]);
        }
        if (err == ERR_OK && file != 0 && !again) {
            rejects_refused(self->options.rejects, file);
        }
    }
    return err;
}

static enum err write_receipt(struct conversation *self, struct bytes bytes,
                              struct receipt_body *body, struct checked_receipt *checked)
{
    struct records_state *state = records_state(self->options.records);
    checked->body = *body;
    enum err err = match_batch(self, checked);
    if (err == ERR_OK) {
        err = records_receipt_put(self->options.records, body->first_seq, bytes);
    }
    if (err == ERR_OK) {
        err = take_refusals(self, checked);
    }
    if (err == ERR_OK) {
        state->acked_seq = body->first_seq + body->count - 1;
        memcpy(state->acked_chain, checked->chain, DIGEST_BYTES);
        state->checkpoint.size = body->position;
        memcpy(state->checkpoint.root, body->log_root, DIGEST_BYTES);
    }
    return err;
}

/* Stores the receipt with all that follows from it, then tells the uplink. */
static enum err store_receipt(struct conversation *self, struct bytes bytes,
                              struct receipt_body *body)
{
    struct checked_receipt checked;
    enum err err = records_begin_receipt(self->options.records);
    if (err != ERR_OK) {
        /* Without room the receipt is let go: it comes again. */
        return err == ERR_FULL ? ERR_OK : err;
    }
    err = write_receipt(self, bytes, body, &checked);
    if (err != ERR_OK) {
        records_abort(self->options.records);
        log_line(LOG_ERROR, "NODE-RECEIPT", "a receipt does not fit the batch it names",
                 "first=%" PRIu64 " error=%s", body->first_seq, err_name(err));
        if (err != ERR_DIGEST && err != ERR_NOT_FOUND) {
            return err;
        }
        /* The lead has another batch under this sequence: asking again would not change it. */
        struct uplink_event diverged = {.kind = UPLINK_REFUSED,
                                        .session = uplink_session(self->uplink),
                                        .refusal = REFUSAL_DIVERGED};
        return step(self, &diverged);
    }
    err = records_commit(self->options.records);
    if (err != ERR_OK) {
        return err;
    }
    struct uplink_event event = {.kind = UPLINK_RECEIPT_STORED,
                                 .through_seq = body->first_seq + body->count - 1};
    memcpy(event.chain, checked.chain, DIGEST_BYTES);
    return step(self, &event);
}

/* ---- stepping ---- */

static void note_stop(struct conversation *self, const struct uplink_event *event, enum err err)
{
    const char *why = err == ERR_CHAIN
                          ? "the lead does not have of this node what the node has of itself"
                      : event->kind == UPLINK_REFUSED && event->refusal == REFUSAL_REVOKED
                          ? "the lead has revoked this node"
                          : "node and lead hold different histories of this node";
    if (self->stopped[0] == '\0') {
        snprintf(self->stopped, sizeof self->stopped, "%s", why);
    }
    log_line(LOG_ERROR, "NODE-STOPPED", self->stopped, "partner=%s", self->options.join->partner);
}

static enum err perform(struct conversation *self, const struct uplink_effects *effects)
{
    enum err err = ERR_OK;
    if (effects->reopen) {
        err = link_reopen(self->link);
    }
    if (err == ERR_OK && effects->send_hello) {
        err = send_hello(self);
    }
    if (err == ERR_OK && effects->send_from != 0) {
        err = send_batch(self, effects->send_from);
    }
    return err == ERR_OK && effects->send_ping ? send_ping(self) : err;
}

/* Steps the uplink and performs all but store_receipt, which needs the message. */
static enum err step_for(struct conversation *self, struct uplink_event *event,
                         struct uplink_effects *effects)
{
    event->now_ms = clock_monotonic_ms();
    entropy_fill(&event->random, sizeof event->random);
    const enum err err = uplink_step(self->uplink, event, effects);
    if (effects->stopped) {
        note_stop(self, event, err);
    }
    if (err != ERR_OK && err != ERR_CHAIN) {
        log_line(LOG_WARNING, "NODE-MESSAGE", "a message of the broker was not expected",
                 "kind=%d error=%s", (int)event->kind, err_name(err));
    }
    return perform(self, effects);
}

static enum err step(struct conversation *self, struct uplink_event *event)
{
    struct uplink_effects effects = {0};
    return step_for(self, event, &effects);
}

/* ---- messages ---- */

static enum err take_welcome(struct conversation *self, uint64_t session, struct bytes body)
{
    struct welcome welcome;
    if (codec_welcome_decode(body, self->arena, &welcome) != ERR_OK) {
        return ERR_OK;
    }
    struct uplink_event event = {.kind = UPLINK_WELCOME,
                                 .session = session,
                                 .broker_epoch = welcome.epoch,
                                 .broker_seq = welcome.last_seq,
                                 .limit_seq = welcome.limit_seq};
    const enum err err = step(self, &event);
    self->told = (struct control){0};
    if (err == ERR_OK && uplink_state(self->uplink) == UPLINK_READY) {
        log_line(self->asks ? LOG_DEBUG : LOG_INFO, "NODE-READY", "the lead's broker answered",
                 "partner=%s acked=%" PRIu64 " head=%" PRIu64, self->options.join->partner,
                 uplink_position(self->uplink).acked_seq, uplink_position(self->uplink).head_seq);
        self->asks = false;
    }
    return err;
}

static enum err take_receipt(struct conversation *self, const struct frame_header *frame,
                             struct bytes body)
{
    struct receipt_body receipt;
    struct uplink_effects effects = {0};
    const enum err err = decode_receipt(self, body, &receipt);
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "NODE-RECEIPT", "a receipt is not the broker's", "error=%s",
                 err_name(err));
        return ERR_OK;
    }
    struct uplink_event credit = {
        .kind = UPLINK_CREDIT, .session = frame->session, .limit_seq = frame->correlation};
    struct uplink_event event = {.kind = UPLINK_RECEIPT,
                                 .session = frame->session,
                                 .first_seq = receipt.first_seq,
                                 .count = receipt.count};
    enum err done = step_for(self, &event, &effects);
    if (done == ERR_OK && effects.store_receipt) {
        done = store_receipt(self, body, &receipt);
    }
    return done == ERR_OK ? step(self, &credit) : done;
}

static enum uplink_refusal refusal_of(uint32_t number, uint64_t session)
{
    switch (number) {
    case INGEST_FENCED:
        /* A greeting that is fenced comes from an older epoch: greeting again would not help. */
        return session == 0 ? REFUSAL_DIVERGED : REFUSAL_RETRY;
    case INGEST_DIVERGED:
        return REFUSAL_DIVERGED;
    case INGEST_REVOKED:
        return REFUSAL_REVOKED;
    case INGEST_BAD_CHAIN:
    case INGEST_BAD_BATCH:
    case INGEST_BAD_PERSONS:
        return REFUSAL_BATCH;
    default:
        return REFUSAL_RETRY;
    }
}

static enum err take_control(struct conversation *self, const struct frame_header *frame,
                             struct bytes body)
{
    struct control control;
    if (codec_control_decode(body, self->arena, &control) != ERR_OK) {
        return ERR_OK;
    }
    struct uplink_event event = {.kind = UPLINK_CREDIT,
                                 .session = frame->session,
                                 .limit_seq = control.seq,
                                 .from_seq = control.seq};
    if (frame->type == MESSAGE_RESEND) {
        event.kind = UPLINK_RESEND;
    }
    if (frame->type == MESSAGE_ERROR) {
        event.kind = UPLINK_REFUSED;
        event.refusal = refusal_of(control.refusal, frame->session);
        if (event.refusal != REFUSAL_RETRY) {
            bytes_to_shown(control.text, self->stopped, sizeof self->stopped);
        }
    }
    return step(self, &event);
}

static enum err take_programme(struct conversation *self, struct bytes body, bool busy)
{
    if (busy) {
        buffer_clear(&self->programme);
        return buffer_add(&self->programme, body);
    }
    const enum err err = programmes_take(self->options.programmes, body);
    if (err == ERR_STORE || err == ERR_MEMORY) {
        return err;
    }
    log_line(err == ERR_OK ? LOG_INFO : LOG_ERROR, "NODE-PROGRAMME",
             err == ERR_OK ? "a programme file came into force" : "a programme file was refused",
             "error=%s", err_name(err));
    return ERR_OK;
}

static enum err take_message(struct conversation *self, const struct link_message *message,
                             bool busy)
{
    struct frame_header frame;
    struct uplink_event heard = {.kind = UPLINK_HEARD};
    arena_reset(self->arena);
    if (codec_frame_header_get(message->header, &frame) != ERR_OK) {
        return ERR_OK;
    }
    const enum err err = step(self, &heard);
    if (err != ERR_OK) {
        return err;
    }
    arena_reset(self->arena);
    if (frame.type == MESSAGE_WELCOME) {
        return take_welcome(self, frame.session, message->body);
    }
    if (frame.type == MESSAGE_RECEIPT) {
        return take_receipt(self, &frame, message->body);
    }
    if (frame.type == MESSAGE_PROGRAMME) {
        return take_programme(self, message->body, busy);
    }
    if (frame.type == MESSAGE_RESEND || frame.type == MESSAGE_PONG || frame.type == MESSAGE_ERROR) {
        return take_control(self, &frame, message->body);
    }
    return ERR_OK;
}

/* ---- life ---- */

enum err conversation_open(const struct conversation_options *options, struct conversation **out)
{
    const struct uplink_options uplink = {.window_batches = WINDOW_BATCHES,
                                          .hello_ms = 2000,
                                          .hello_ms_max = 30000,
                                          .ping_ms = 2000,
                                          .dead_ms = 6000,
                                          .resend_ms = 5000};
    struct transport_keys keys;
    struct conversation *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->hello_again_ms = UINT64_MAX;
    self->body.bytes_max = self->programme.bytes_max = 2 * FRAME_BYTES_MAX;
    keys_transport(options->join->transport_seed, &keys);
    const struct link_options link = {.endpoint = options->join->broker,
                                      .public_key = keys.public_key,
                                      .secret_key = keys.secret,
                                      .server_key = options->join->broker_transport_key,
                                      .body_bytes_max = FRAME_BYTES_MAX};
    enum err err = arena_new(BATCH_ARENA_BYTES, &self->arena);
    if (err == ERR_OK) {
        err = uplink_new(&uplink, &self->uplink);
    }
    if (err == ERR_OK) {
        err = link_connect(&link, &self->link);
    }
    keys_wipe(&keys, sizeof keys);
    if (err == ERR_OK) {
        const struct records_state *state = records_state(options->records);
        struct uplink_event event = {.kind = UPLINK_START,
                                     .position = {.epoch = state->epoch,
                                                  .head_seq = state->head_seq,
                                                  .acked_seq = state->acked_seq}};
        memcpy(event.position.chain, state->acked_chain, DIGEST_BYTES);
        self->told_seq = state->head_seq;
        err = step(self, &event);
    }
    if (err != ERR_OK) {
        conversation_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void conversation_close(struct conversation **self)
{
    if (*self != NULL) {
        link_close(&(*self)->link);
        uplink_free(&(*self)->uplink);
        arena_free(&(*self)->arena);
        buffer_fini(&(*self)->body);
        buffer_fini(&(*self)->programme);
        mem_free(*self);
    }
    *self = NULL;
}

static enum err tell_stored(struct conversation *self)
{
    const uint64_t head = records_state(self->options.records)->head_seq;
    struct uplink_event event = {.kind = UPLINK_STORED, .head_seq = head};
    if (head == self->told_seq) {
        return ERR_OK;
    }
    self->told_seq = head;
    return step(self, &event);
}

static enum err take_kept_programme(struct conversation *self)
{
    if (self->programme.size == 0) {
        return ERR_OK;
    }
    const enum err err = take_programme(self, buffer_bytes(&self->programme), false);
    buffer_clear(&self->programme);
    return err;
}

/* The broker hands out programmes with its welcome: one that came into force later, or was lost on
 * its way, is fetched by greeting again. */
static uint64_t ask_again_ms(const struct conversation *self)
{
    uint64_t wait_ms = ASK_NEWER_MS;
    for (uint32_t i = 0; i < programmes_count(self->options.programmes); i++) {
        if (programmes_at(self->options.programmes, i)->programme == NULL) {
            wait_ms = ASK_MISSING_MS;
        }
    }
    return uplink_state(self->uplink) == UPLINK_READY ? self->greeted_ms + wait_ms : UINT64_MAX;
}

static enum err ask_again(struct conversation *self)
{
    struct uplink_event again = {
        .kind = UPLINK_REFUSED, .session = uplink_session(self->uplink), .refusal = REFUSAL_RETRY};
    self->asks = true;
    return step(self, &again);
}

/* ---- standing ---- */

/* Tells the lead at once what changed at the office, and now and then how far the outbox is; the
 * pings of an idle link say it again. */
static enum err tell_standing(struct conversation *self)
{
    const struct standing *told = &self->told.standing;
    const struct standing now = standing_now(self);
    const bool changed = !self->told.has_standing || told->imported_at_ms != now.imported_at_ms ||
                         told->rejected_rows != now.rejected_rows ||
                         told->rejected_files != now.rejected_files;
    const bool due = clock_monotonic_ms() >= self->told_ms + TELL_MOVED_MS;
    if (uplink_state(self->uplink) != UPLINK_READY || (!changed && !due)) {
        return ERR_OK;
    }
    const enum err err = find_oldest(self);
    const bool moved = self->told.seq != uplink_position(self->uplink).head_seq ||
                       self->told_oldest_seq != self->oldest_seq;
    return err == ERR_OK && (changed || moved) ? send_ping(self) : err;
}

static enum err turn(struct conversation *self, bool busy)
{
    struct link_message message;
    enum err err = busy ? ERR_OK : take_kept_programme(self);
    if (err == ERR_OK) {
        err = tell_stored(self);
    }
    enum err arrived = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && arrived == ERR_OK && i < MESSAGES_A_TURN; i++) {
        arrived = link_receive(self->link, &message);
        if (arrived == ERR_OK) {
            err = take_message(self, &message, busy);
        }
    }
    if (err != ERR_OK || (arrived != ERR_OK && arrived != ERR_NOT_FOUND)) {
        return err != ERR_OK ? err : arrived;
    }
    if (clock_monotonic_ms() >= uplink_deadline_ms(self->uplink)) {
        struct uplink_event timeout = {.kind = UPLINK_TIMEOUT};
        return step(self, &timeout);
    }
    if (clock_monotonic_ms() >= ask_again_ms(self)) {
        return ask_again(self);
    }
    return self->hello_again_ms <= clock_monotonic_ms() ? send_hello(self) : ERR_OK;
}

enum err conversation_turn(struct conversation *self, bool busy)
{
    assert(!records_in_transaction(self->options.records));
    const enum err err = turn(self, busy);
    return err == ERR_OK ? tell_standing(self) : err;
}

bool conversation_ready(struct conversation *self)
{
    return link_ready(self->link);
}

uint64_t conversation_deadline_ms(const struct conversation *self)
{
    const uint64_t asks_ms = ask_again_ms(self);
    uint64_t deadline = uplink_deadline_ms(self->uplink);
    deadline = asks_ms < deadline ? asks_ms : deadline;
    return self->hello_again_ms < deadline ? self->hello_again_ms : deadline;
}

int conversation_descriptor(const struct conversation *self)
{
    return link_descriptor(self->link);
}

enum uplink_state conversation_state(const struct conversation *self)
{
    return uplink_state(self->uplink);
}

const char *conversation_stopped(const struct conversation *self)
{
    return self->stopped;
}
