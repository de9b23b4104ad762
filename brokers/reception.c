/* The happy path of a turn: 1. take what has arrived; each batch that is next is admitted and
 * written into the open group; 2. when nothing more is there, or the group is full, commit
 * people, then the log; 3. answer with receipts.
 *
 * What may go wrong: a batch that is broken, foreign or misplaced is answered by name and
 * counted, and nothing else changes. Any error of a store ends the process, with nothing
 * acknowledged. */
#include "brokers/reception.h"

#include <assert.h>
#include <string.h>

#include "brokers/intake.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/log.h"
#include "proto/codec.h"
#include "proto/sealing.h"

enum {
    MESSAGES_A_TURN = 4 * GROUP_BATCHES_MAX,
    BUSY_RETRY_MS = 1000,
    USER_ID_DIGITS = 2 * ID_BYTES,
    USER_KEY_BYTES = 8, /* of the transport key, in a node's name on the link */
    USER_BYTES = USER_ID_DIGITS + 2 * USER_KEY_BYTES + 1
};

struct reception {
    struct house *house;
    struct intake *intake;
    struct link *link;
    struct buffer body;
    struct control ping; /* in hand */
};

/* ---- sending ---- */

static void send_body(struct reception *self, const struct link_peer *peer,
                      const struct frame_header *frame)
{
    uint8_t header[FRAME_HEADER_BYTES];
    codec_frame_header_put(frame, header);
    /* A peer that is gone or takes no more greets again and asks again: nothing is lost. */
    const enum err err =
        link_send(self->link, peer, bytes_of(header, sizeof header), buffer_bytes(&self->body));
    if (err != ERR_OK) {
        log_line(LOG_DEBUG, "BROKER-UNSENT", "a message could not be sent", "type=%d error=%s",
                 (int)frame->type, err_name(err));
    }
}

static struct link_peer link_peer_of(const struct ingest_peer *peer)
{
    struct link_peer out = {.size = peer->size};
    memcpy(out.bytes, peer->bytes, sizeof out.bytes);
    return out;
}

static struct ingest_peer ingest_peer_of(const struct link_peer *peer)
{
    struct ingest_peer out = {.size = peer->size};
    memcpy(out.bytes, peer->bytes, sizeof out.bytes);
    return out;
}

static enum err send_control(struct reception *self, const struct link_peer *peer,
                             const struct frame_header *frame, const struct control *control)
{
    buffer_clear(&self->body);
    const enum err err = codec_control_encode(control, &self->body);
    if (err == ERR_OK) {
        send_body(self, peer, frame);
    }
    return err;
}

static enum err send_refusal(struct reception *self, const struct link_peer *peer, uint64_t session,
                             enum ingest_refusal refusal, const char *text)
{
    const struct control control = {.refusal = refusal,
                                    .text = bytes_text(text),
                                    .retry_after_ms = refusal == INGEST_BUSY ? BUSY_RETRY_MS : 0};
    const struct frame_header frame = {.type = MESSAGE_ERROR, .session = session};
    return send_control(self, peer, &frame, &control);
}

/* Makes the receipt of a committed batch: from what is stored alone, so that it is the same bytes
 * whenever it is made (Ed25519 is deterministic). */
static enum err encode_receipt(struct reception *self, const uint8_t node[ID_BYTES],
                               uint64_t first_seq)
{
    struct ledger_place place;
    struct log_entry entry;
    struct batch_header header;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    arena_reset(self->house->reading);
    enum err err = ledger_place(self->house->ledger, node, first_seq, &place);
    if (err == ERR_OK) {
        err = ledger_read(self->house->ledger, place.position, self->house->reading, &entry, NULL);
    }
    if (err == ERR_OK) {
        err = codec_batch_header_decode(entry.batch.header, self->house->reading, &header);
    }
    if (err != ERR_OK) {
        return err;
    }
    const struct genesis *genesis = exchange_genesis(self->house->exchange);
    struct receipt_body receipt = {.incarnation = genesis->incarnation,
                                   .epoch = header.epoch,
                                   .first_seq = header.first_seq,
                                   .count = header.count,
                                   .position = entry.position,
                                   .received_at_ms = entry.received_at_ms,
                                   .rejected_index = entry.batch.rejected_index,
                                   .rejected_code = entry.batch.rejected_code,
                                   .rejected_count = entry.batch.rejected_count};
    memcpy(receipt.exchange, genesis->exchange, ID_BYTES);
    memcpy(receipt.node, node, ID_BYTES);
    memcpy(receipt.batch_digest, place.digest, DIGEST_BYTES);
    memcpy(receipt.log_root, place.root, DIGEST_BYTES);
    err = codec_receipt_body_encode(&receipt, &body);
    if (err == ERR_OK) {
        err =
            sealing_sign(SEAL_RECEIPT, buffer_bytes(&body), self->house->signing.secret, signature);
    }
    if (err == ERR_OK) {
        const struct signed_receipt signed_body = {
            .body = buffer_bytes(&body), .signature = bytes_of(signature, sizeof signature)};
        buffer_clear(&self->body);
        err = codec_signed_receipt_encode(&signed_body, &self->body);
    }
    buffer_fini(&body);
    return err;
}

static enum err send_receipt(struct reception *self, const struct ingest_action *action)
{
    const struct link_peer peer = link_peer_of(&action->peer);
    const struct frame_header frame = {
        .type = MESSAGE_RECEIPT, .session = action->session, .correlation = action->limit_seq};
    const enum err err = encode_receipt(
        self, exchange_node_at(self->house->exchange, action->node)->id, action->first_seq);
    if (err == ERR_OK) {
        send_body(self, &peer, &frame);
    }
    return err;
}

static enum err send_welcome(struct reception *self, const struct ingest_action *action)
{
    const struct link_peer peer = link_peer_of(&action->peer);
    const struct frame_header frame = {.type = MESSAGE_WELCOME, .session = action->session};
    struct welcome welcome = {.epoch = action->reg.epoch,
                              .last_seq = action->reg.last_seq,
                              .last_person = action->reg.last_person,
                              .limit_seq = action->limit_seq,
                              .incarnation = exchange_genesis(self->house->exchange)->incarnation,
                              .time_ms = clock_wall_ms()};
    memcpy(welcome.chain, action->reg.chain, DIGEST_BYTES);
    buffer_clear(&self->body);
    const enum err err = codec_welcome_encode(&welcome, &self->body);
    if (err == ERR_OK) {
        send_body(self, &peer, &frame);
    }
    return err;
}

static const char *refusal_text(enum ingest_refusal refusal)
{
    switch (refusal) {
    case INGEST_UNKNOWN_SESSION:
        return "greet first";
    case INGEST_FENCED:
        return "a newer session of this node took over";
    case INGEST_DIVERGED:
        return "node and broker hold different histories of this node";
    case INGEST_REVOKED:
        return "this node was revoked";
    case INGEST_BAD_CHAIN:
        return "the batch does not continue this node's chain";
    case INGEST_BAD_BATCH:
        return "the batch is broken, not signed by this node, or claims to be another's";
    case INGEST_BAD_PERSONS:
        return "person numbers do not continue";
    case INGEST_BUSY:
        return "the broker takes nothing now";
    }
    return "refused";
}

static enum err send_error(struct reception *self, const struct ingest_action *action)
{
    const struct link_peer peer = link_peer_of(&action->peer);
    if (action->refusal != INGEST_UNKNOWN_SESSION && action->refusal != INGEST_FENCED) {
        self->house->nodes[action->node].refused_batches++;
        log_line(LOG_WARNING, "BROKER-REFUSED", refusal_text(action->refusal),
                 "partner=%s node=%s refusal=%d",
                 exchange_node_at(self->house->exchange, action->node)->partner,
                 exchange_node_at(self->house->exchange, action->node)->name, (int)action->refusal);
    }
    return send_refusal(self, &peer, action->session, action->refusal,
                        refusal_text(action->refusal));
}

/* ---- performing what ingest asks for ---- */

static enum err perform(struct reception *self, const struct ingest_event *event);

static enum err commit(struct reception *self)
{
    const struct ingest_event committed = {.kind = INGEST_COMMITTED};
    enum err err = people_commit(self->house->people);
    if (err == ERR_OK) {
        err = ledger_commit(self->house->ledger);
    }
    return err == ERR_OK ? perform(self, &committed) : err;
}

/* Writes the batch in hand into the open group and into the totals: if the commit fails, both go
 * with the process. */
static enum err append(struct reception *self, const struct ingest_event *event)
{
    const struct ingest_register reg = ingest_register_of(self->house->ingest, event->node);
    struct intake_admitted admitted = {0};
    const enum err err = intake_admit(self->intake, &reg, clock_wall_ms(), &admitted);
    if (err != ERR_OK) {
        return err;
    }
    house_note_batch(self->house, event->node, admitted.entry, event->count);
    return counting_fold_decoded(self->house->counting, admitted.entry, admitted.header,
                                 admitted.columns);
}

/* What a node says of itself counts under the session that it has: an older copy is not heard. */
static void note_ping(struct reception *self, uint32_t node)
{
    struct desk_node *seen = &self->house->nodes[node];
    if (self->ping.has_standing) {
        seen->told_ms = clock_monotonic_ms();
        seen->head_seq = self->ping.seq;
        seen->standing = self->ping.standing;
    }
}

static enum err act(struct reception *self, const struct ingest_event *event,
                    const struct ingest_action *action)
{
    const struct link_peer peer = link_peer_of(&action->peer);
    const struct control control = {.seq = action->kind == INGEST_SEND_PONG ? action->limit_seq
                                                                            : action->first_seq};
    switch (action->kind) {
    case INGEST_SEND_WELCOME:
        return send_welcome(self, action);
    case INGEST_APPEND:
        return append(self, event);
    case INGEST_SEND_RECEIPT:
        return send_receipt(self, action);
    case INGEST_SEND_PONG:
        note_ping(self, event->node);
        return send_control(
            self, &peer, &(struct frame_header){.type = MESSAGE_PONG, .session = action->session},
            &control);
    case INGEST_SEND_RESEND:
        return send_control(
            self, &peer, &(struct frame_header){.type = MESSAGE_RESEND, .session = action->session},
            &control);
    case INGEST_SEND_ERROR:
        return send_error(self, action);
    case INGEST_COMMIT:
        return commit(self);
    }
    return ERR_STATE;
}

static enum err perform(struct reception *self, const struct ingest_event *event)
{
    struct ingest_effects *effects = mem_calloc(1, sizeof *effects);
    if (effects == NULL) {
        return ERR_MEMORY;
    }
    enum err err = ingest_step(self->house->ingest, event, effects);
    for (uint32_t i = 0; err == ERR_OK && i < effects->count; i++) {
        err = act(self, event, &effects->actions[i]);
    }
    mem_free(effects);
    return err;
}

/* ---- messages of nodes ---- */

struct incoming {
    const struct link_message *message;
    struct frame_header frame;
    uint32_t node;
};

static struct ingest_event event_of(const struct incoming *in, enum ingest_event_kind kind)
{
    return (struct ingest_event){.kind = kind,
                                 .peer = ingest_peer_of(&in->message->peer),
                                 .node = in->node,
                                 .session = in->frame.session};
}

static enum err hand_out(struct reception *self, const struct incoming *in,
                         const struct exchange_programme *version)
{
    struct log_entry entry;
    const struct frame_header frame = {.type = MESSAGE_PROGRAMME};
    arena_reset(self->house->reading);
    enum err err =
        ledger_read(self->house->ledger, version->position, self->house->reading, &entry, NULL);
    if (err != ERR_OK) {
        return err;
    }
    buffer_clear(&self->body);
    err = codec_signed_decision_encode(&entry.decision, &self->body);
    if (err == ERR_OK) {
        send_body(self, &in->message->peer, &frame);
    }
    return err;
}

static const struct programme_version *version_held(const struct hello *hello, const char *id)
{
    for (uint32_t i = 0; i < hello->programme_count; i++) {
        if (bytes_is(hello->programmes[i].programme, id)) {
            return &hello->programmes[i];
        }
    }
    return NULL;
}

/* Hands out every programme file that the node lacks or holds in another version; refuses a node
 * whose pseudonym key is not the programme's: it would count people twice. */
static enum err settle_programmes(struct reception *self, const struct incoming *in,
                                  const struct hello *hello, bool *refused)
{
    const struct exchange_node *node = exchange_node_at(self->house->exchange, in->node);
    enum err err = ERR_OK;
    *refused = false;
    for (uint32_t i = 0; err == ERR_OK && i < node->programme_count; i++) {
        const struct exchange_programme *version =
            exchange_programme(self->house->exchange, bytes_text(node->programmes[i]));
        const struct programme_version *held = version_held(hello, node->programmes[i]);
        if (version == NULL) {
            continue;
        }
        if (held != NULL && memcmp(held->key_check, version->key_check, DIGEST_BYTES) != 0) {
            *refused = true;
            return send_refusal(self, &in->message->peer, 0, INGEST_REVOKED,
                                "the node's pseudonym key is not the programme's");
        }
        if (held == NULL || memcmp(held->digest, version->digest, DIGEST_BYTES) != 0) {
            err = hand_out(self, in, version);
        }
    }
    return err;
}

/* The newest of the first count versions that is of that programme; null: none. */
static const struct exchange_programme *version_before(const struct exchange *exchange,
                                                       const char *id, uint32_t count)
{
    while (count > 0 && strcmp(exchange_version_at(exchange, count - 1)->id, id) != 0) {
        count--;
    }
    return count > 0 ? exchange_version_at(exchange, count - 1) : NULL;
}

/* Hands out what came into force since the node greeted, with its next sign of life: a link may
 * hold for months. A programme with another pseudonym key waits for the next greeting, which
 * judges the node's. */
static enum err hand_out_newer(struct reception *self, const struct incoming *in)
{
    const struct exchange *exchange = self->house->exchange;
    const struct exchange_node *node = exchange_node_at(exchange, in->node);
    struct desk_node *life = &self->house->nodes[in->node];
    const uint32_t count = exchange_version_count(exchange);
    enum err err = ERR_OK;
    if (!life->greeted || life->versions_told == count) {
        return ERR_OK;
    }
    for (uint32_t i = 0; err == ERR_OK && i < node->programme_count; i++) {
        const char *id = node->programmes[i];
        const struct exchange_programme *now = exchange_programme(exchange, bytes_text(id));
        const struct exchange_programme *told = version_before(exchange, id, life->versions_told);
        if (now != told &&
            (told == NULL || memcmp(told->key_check, now->key_check, DIGEST_BYTES) == 0)) {
            err = hand_out(self, in, now);
        }
    }
    life->versions_told = count;
    return err;
}

/* The chain head that the log holds after the node's acknowledged sequence. */
static enum err known_chain(struct reception *self, const uint8_t node[ID_BYTES], uint64_t acked,
                            struct ingest_event *event)
{
    struct ledger_place place;
    struct log_entry entry;
    struct batch_header header;
    arena_reset(self->house->reading);
    enum err err = ledger_place(self->house->ledger, node, acked + 1, &place);
    if (err == ERR_OK && place.first_seq == acked + 1) {
        err = ledger_read(self->house->ledger, place.position, self->house->reading, &entry, NULL);
        if (err == ERR_OK) {
            err = codec_batch_header_decode(entry.batch.header, self->house->reading, &header);
        }
        if (err == ERR_OK) {
            event->has_known_chain = true;
            memcpy(event->known_chain, header.previous, DIGEST_BYTES);
        }
        return err;
    }
    const struct ingest_register reg = ingest_register_of(self->house->ingest, event->node);
    if (reg.last_seq == acked && reg.epoch != 0) {
        event->has_known_chain = true;
        memcpy(event->known_chain, reg.chain, DIGEST_BYTES);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err take_broken(struct reception *self, const struct incoming *in, enum err why)
{
    const struct ingest_event event = event_of(in, INGEST_BROKEN);
    log_line(LOG_WARNING, "BROKER-BROKEN", err_text(why), "partner=%s error=%s",
             exchange_node_at(self->house->exchange, in->node)->partner, err_name(why));
    return perform(self, &event);
}

/* Whatever a ping's body holds, it is a sign of life: one of a newer version is read as one that
 * tells nothing. */
static enum err take_ping(struct reception *self, const struct incoming *in)
{
    const struct ingest_event event = event_of(in, INGEST_PING);
    arena_reset(self->house->arena);
    if (codec_control_decode(in->message->body, self->house->arena, &self->ping) != ERR_OK) {
        self->ping = (struct control){0};
    }
    const enum err err = hand_out_newer(self, in);
    return err == ERR_OK ? perform(self, &event) : err;
}

static enum err take_hello(struct reception *self, const struct incoming *in)
{
    struct hello *hello = NULL;
    bool refused = false;
    arena_reset(self->house->arena);
    hello = arena_zeroed(self->house->arena, 1, sizeof *hello);
    if (hello == NULL) {
        return ERR_MEMORY;
    }
    enum err err = codec_hello_decode(in->message->body, self->house->arena, hello);
    const uint8_t *id = exchange_node_at(self->house->exchange, in->node)->id;
    if (err == ERR_OK && (memcmp(hello->node, id, ID_BYTES) != 0 ||
                          memcmp(hello->exchange, exchange_genesis(self->house->exchange)->exchange,
                                 ID_BYTES) != 0)) {
        err = ERR_DENIED;
    }
    if (err != ERR_OK) {
        return take_broken(self, in, err);
    }
    struct ingest_event event = event_of(in, INGEST_HELLO);
    event.epoch = hello->epoch;
    event.first_seq = hello->acked_seq + 1;
    event.last_seq = hello->head_seq;
    memcpy(event.previous, hello->chain, DIGEST_BYTES);
    err = known_chain(self, id, hello->acked_seq, &event);
    if (err == ERR_OK) {
        err = settle_programmes(self, in, hello, &refused);
        self->house->nodes[in->node].greeted = true;
        self->house->nodes[in->node].versions_told = exchange_version_count(self->house->exchange);
    }
    return err == ERR_OK && !refused ? perform(self, &event) : err;
}

/* Opens the group's transactions with its first batch; false when the store is nearly full. */
static enum err open_group(struct reception *self, bool *full)
{
    *full = false;
    if (ledger_writing(self->house->ledger)) {
        return ERR_OK;
    }
    enum err err = people_begin(self->house->people);
    if (err == ERR_OK) {
        err = ledger_begin(self->house->ledger);
        if (err != ERR_OK) {
            people_abandon(self->house->people);
        }
    }
    *full = err == ERR_FULL;
    return *full ? ERR_OK : err;
}

static enum err take_opened(struct reception *self, const struct incoming *in,
                            const struct opened_batch *batch)
{
    const struct batch_header *header = &batch->header;
    struct ingest_event event = event_of(in, INGEST_BATCH);
    struct ledger_place place;
    event.epoch = header->epoch;
    event.first_seq = header->first_seq;
    event.count = header->count;
    event.first_person = header->first_person;
    event.person_count = header->person_count;
    memcpy(event.previous, header->previous, DIGEST_BYTES);
    memcpy(event.chain, batch->chain, DIGEST_BYTES);
    const enum err err = ledger_place(self->house->ledger, header->node, header->first_seq, &place);
    if (err != ERR_OK && err != ERR_NOT_FOUND) {
        return err;
    }
    event.stored_same = err == ERR_OK && place.first_seq == header->first_seq &&
                        memcmp(place.digest, batch->digest, DIGEST_BYTES) == 0;
    return perform(self, &event);
}

static enum err take_batch(struct reception *self, const struct incoming *in)
{
    const struct opened_batch *batch = NULL;
    bool full = false;
    enum err err = intake_open(self->intake, in->node, in->message->body, &batch);
    if (err != ERR_OK) {
        return err == ERR_MEMORY ? err : take_broken(self, in, err);
    }
    err = open_group(self, &full);
    if (err != ERR_OK) {
        return err;
    }
    if (full) {
        log_line(LOG_ERROR, "BROKER-FULL", "the store is nearly full: nothing is taken", NULL);
        return send_refusal(self, &in->message->peer, in->frame.session, INGEST_BUSY,
                            refusal_text(INGEST_BUSY));
    }
    return take_opened(self, in, batch);
}

/* What the link calls a node: its id and the first bytes of its key. ZAP asks only when a
 * connection is made; with the key in the name, one made under a key that was replaced is known
 * by it. */
static void name_user(const struct exchange_node *node, char out[USER_BYTES])
{
    bytes_to_hex(bytes_of(node->id, ID_BYTES), out);
    bytes_to_hex(bytes_of(node->transport_key, USER_KEY_BYTES), out + USER_ID_DIGITS);
}

static enum err take_message(struct reception *self, const struct link_message *message)
{
    struct incoming in = {.message = message};
    uint8_t id[ID_BYTES];
    char name[USER_BYTES];
    if (strlen(message->user) != USER_BYTES - 1 ||
        bytes_from_hex(bytes_of(message->user, USER_ID_DIGITS), id, sizeof id) != ERR_OK) {
        return ERR_OK;
    }
    in.node = exchange_node_find(self->house->exchange, id);
    if (in.node == UINT32_MAX) {
        return ERR_OK;
    }
    name_user(exchange_node_at(self->house->exchange, in.node), name);
    if (strcmp(name, message->user) != 0 ||
        exchange_node_at(self->house->exchange, in.node)->revoked) {
        self->house->nodes[in.node].refused_batches++;
        return send_refusal(self, &message->peer, 0, INGEST_REVOKED, refusal_text(INGEST_REVOKED));
    }
    self->house->nodes[in.node].last_heard_ms = clock_wall_ms();
    self->house->nodes[in.node].heard_ms = clock_monotonic_ms();
    const enum err err = codec_frame_header_get(message->header, &in.frame);
    if (err != ERR_OK) {
        return take_broken(self, &in, err);
    }
    /* A few types are a node's; the rest of the list is a peer's mistake. */
    if (in.frame.type == MESSAGE_HELLO) {
        return take_hello(self, &in);
    }
    if (in.frame.type == MESSAGE_BATCH) {
        return take_batch(self, &in);
    }
    return in.frame.type == MESSAGE_PING ? take_ping(self, &in)
                                         : take_broken(self, &in, ERR_MALFORMED);
}

enum err reception_turn(struct reception *self)
{
    struct link_message message;
    enum err err = ERR_OK, arrived = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && arrived == ERR_OK && i < MESSAGES_A_TURN; i++) {
        arrived = link_receive(self->link, &message);
        if (arrived == ERR_OK) {
            err = take_message(self, &message);
        }
    }
    if (err != ERR_OK || (arrived != ERR_OK && arrived != ERR_NOT_FOUND)) {
        /* What the store should have and has not is no answer either: the process stops. */
        return err != ERR_OK ? err : arrived;
    }
    const struct ingest_event idle = {.kind = INGEST_IDLE};
    err = perform(self, &idle);
    if (err == ERR_OK && ledger_writing(self->house->ledger)) {
        /* The group was opened for batches that turned out to be duplicates. */
        people_abandon(self->house->people);
        ledger_abandon(self->house->ledger);
    }
    return err;
}

/* ---- life ---- */

static enum err let_in_node(struct link *link, const struct exchange_node *node)
{
    char name[USER_BYTES];
    name_user(node, name);
    return link_allow(link, node->transport_key, node->revoked ? NULL : name);
}

void reception_follow(struct reception *self, const struct exchange_change *change)
{
    enum err err = ERR_OK;
    if (change->key_replaced) {
        err = link_allow(self->link, change->replaced_key, NULL);
    }
    if (err == ERR_OK) {
        err = let_in_node(self->link, change->node);
    }
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "BROKER-ALLOW", "a node's key could not be let in", "node=%s error=%s",
                 change->node->name, err_name(err));
    }
}

/* All nodes that are enrolled, before the first of them can knock. */
static enum err let_in_all(void *context, struct link *link)
{
    const struct house *house = context;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < exchange_node_count(house->exchange); i++) {
        const struct exchange_node *node = exchange_node_at(house->exchange, i);
        err = node->revoked ? ERR_OK : let_in_node(link, node);
    }
    return err;
}

enum err reception_open(struct house *house, const char *endpoint, struct reception **out)
{
    struct reception *self = mem_calloc(1, sizeof *self);
    const struct intake_options intake = {.exchange = house->exchange,
                                          .counting = house->counting,
                                          .ledger = house->ledger,
                                          .people = house->people};
    const struct link_options link = {.endpoint = endpoint,
                                      .public_key = house->transport.public_key,
                                      .secret_key = house->transport.secret,
                                      .body_bytes_max = FRAME_BYTES_MAX,
                                      .let_in = let_in_all,
                                      .context = house};
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->house = house;
    self->body.bytes_max = 2 * FRAME_BYTES_MAX;
    enum err err = intake_new(&intake, &self->intake);
    if (err == ERR_OK) {
        err = link_listen(&link, &self->link);
    }
    if (err != ERR_OK) {
        reception_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void reception_close(struct reception **self)
{
    if (*self != NULL) {
        link_close(&(*self)->link);
        intake_free(&(*self)->intake);
        buffer_fini(&(*self)->body);
        mem_free(*self);
    }
    *self = NULL;
}

struct link *reception_link(struct reception *self)
{
    return self->link;
}
