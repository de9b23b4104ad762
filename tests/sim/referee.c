#include "tests/sim/referee.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/ingest/ingest.h"
#include "proto/codec.h"
#include "proto/sealing.h"
#include "tests/sim/store_fake.h"

enum {
    ARENA_BYTES = 8 << 20,
    RECEIPTS_MAX = 65536,
    SEQUENCES_MAX = 65536,
    VERSIONS_MAX = 8,
    /* Tables of the broker's log store, of its people and of a node's store, by number. */
    TABLE_LOG = 0,
    TABLE_BY_NODE = 2,
    TABLE_PEOPLE_META = 2,
    TABLE_OUTBOX = 0
};

const char referee_log_path[] = "broker-log";
const char referee_people_path[] = "broker-people";

/* A receipt that was sent: all later ones of the same batch must be the same bytes. */
struct issued {
    uint32_t node;
    uint64_t first_seq, position;
    uint8_t batch[DIGEST_BYTES], digest[DIGEST_BYTES];
    uint32_t broker_starts; /* when it was sent first */
};

/* What the log holds of a node. */
struct history {
    uint64_t last_seq;
    uint8_t chain[DIGEST_BYTES];
    uint64_t batches;
    uint64_t session;       /* the last one that the broker gave it */
    uint8_t *in_time;       /* by first sequence: came under the session of its moment */
    uint64_t receipted_seq; /* through here the node has been handed every receipt */
};

static struct {
    const struct lead *lead;
    struct arena *arena;
    uint64_t log_size;
    uint8_t last_entry[DIGEST_BYTES];
    struct history histories[WORLD_NODES_MAX];
    uint8_t versions[VERSIONS_MAX][DIGEST_BYTES]; /* of programmes, as batches first named them */
    uint32_t version_count;
    struct issued *issued;
    uint32_t issued_count;
} referee;

const char *referee_node_path(uint32_t node)
{
    static const char *const paths[WORLD_NODES_MAX + 1] = {"node-0", "node-1", "node-2",
                                                           "node-3", "node-4", "clone"};
    return paths[node];
}

void referee_begin(const struct lead *lead)
{
    memset(&referee, 0, sizeof referee);
    referee.lead = lead;
    referee.issued = calloc(RECEIPTS_MAX, sizeof *referee.issued);
    for (uint32_t i = 0; i < WORLD_NODES_MAX; i++) {
        referee.histories[i].in_time = calloc(SEQUENCES_MAX, 1);
        assert(referee.histories[i].in_time != NULL);
    }
    const enum err err = arena_new(ARENA_BYTES, &referee.arena);
    assert(err == ERR_OK && referee.issued != NULL);
}

void referee_end(void)
{
    arena_free(&referee.arena);
    free(referee.issued);
    for (uint32_t i = 0; i < WORLD_NODES_MAX; i++) {
        free(referee.histories[i].in_time);
    }
}

uint64_t referee_log_size(void)
{
    return referee.log_size;
}

static uint32_t node_of(const uint8_t id[ID_BYTES])
{
    for (uint32_t i = 0; i < referee.lead->node_count; i++) {
        if (memcmp(referee.lead->joins[i].node, id, ID_BYTES) == 0) {
            return i;
        }
    }
    world_fail("a node that nobody knows stands in the log or in a receipt");
}

/* ---- messages ---- */

static void check_durable(const struct receipt_body *body)
{
    uint8_t key[ID_BYTES + 8];
    struct bytes place;
    memcpy(key, body->node, ID_BYTES);
    bytes_put64(key + ID_BYTES, body->first_seq);
    if (!store_fake_get(referee_log_path, TABLE_BY_NODE, bytes_of(key, sizeof key), &place) ||
        bytes_get64(place.data) != body->position ||
        memcmp(place.data + 12, body->batch_digest, DIGEST_BYTES) != 0) {
        world_fail("P2/I1: a receipt for sequence %" PRIu64 " of node %u leaves, and the batch is "
                   "not on disk",
                   body->first_seq, node_of(body->node));
    }
    bytes_put64(key, body->position);
    if (!store_fake_get(referee_log_path, TABLE_LOG, bytes_of(key, 8), &place)) {
        world_fail("P2/I1: a receipt names position %" PRIu64 ", and the log does not hold it",
                   body->position);
    }
}

static void check_same(const struct receipt_body *body, struct bytes bytes)
{
    const uint32_t node = node_of(body->node);
    const uint32_t starts = world.processes[WORLD_BROKER].starts;
    uint8_t digest[DIGEST_BYTES];
    sealing_digest(SEAL_RECEIPT, bytes, digest);
    for (uint32_t i = 0; i < referee.issued_count; i++) {
        const struct issued *issued = &referee.issued[i];
        if (issued->node == node && issued->first_seq == body->first_seq) {
            if (memcmp(issued->digest, digest, DIGEST_BYTES) != 0) {
                world_fail("P2: sequence %" PRIu64 " of node %u gets another receipt than before",
                           body->first_seq, node);
            }
            world_mark(MARK_RECEIPT_AGAIN);
            if (issued->broker_starts != starts) {
                world_mark(MARK_DUPLICATE_AFTER_RESTART);
            }
            return;
        }
    }
    assert(referee.issued_count < RECEIPTS_MAX);
    struct issued *issued = &referee.issued[referee.issued_count++];
    *issued = (struct issued){.node = node,
                              .first_seq = body->first_seq,
                              .position = body->position,
                              .broker_starts = starts};
    memcpy(issued->batch, body->batch_digest, DIGEST_BYTES);
    memcpy(issued->digest, digest, DIGEST_BYTES);
}

static void check_receipt(struct bytes bytes)
{
    struct signed_receipt outer;
    struct receipt_body body;
    arena_reset(referee.arena);
    enum err err = codec_signed_receipt_decode(bytes, referee.arena, &outer);
    if (err == ERR_OK) {
        err = codec_receipt_body_decode(outer.body, referee.arena, &body);
    }
    if (err != ERR_OK) {
        world_fail("a receipt leaves that cannot be read: %s", err_name(err));
    }
    check_durable(&body);
    check_same(&body, bytes);
}

static void note_refusal(struct bytes bytes)
{
    struct control control;
    arena_reset(referee.arena);
    if (codec_control_decode(bytes, referee.arena, &control) != ERR_OK) {
        return;
    }
    if (control.refusal == INGEST_FENCED) {
        world_mark(MARK_SESSION_FENCED);
    } else if (control.refusal == INGEST_BUSY) {
        world_mark(MARK_BROKER_BUSY);
    }
}

/* The node that the broker calls so: the name begins with its id. */
static struct history *history_of(const char *user)
{
    uint8_t id[ID_BYTES];
    const enum err err = bytes_from_hex(bytes_of(user, 2 * ID_BYTES), id, sizeof id);
    assert(err == ERR_OK);
    return &referee.histories[node_of(id)];
}

/* A HELLO may acknowledge what the node (or its clone) was handed receipts for, without a gap. */
static void check_acknowledged(struct bytes bytes)
{
    struct hello *hello = NULL;
    arena_reset(referee.arena);
    hello = arena_zeroed(referee.arena, 1, sizeof *hello);
    if (hello == NULL || codec_hello_decode(bytes, referee.arena, hello) != ERR_OK) {
        world_fail("a greeting leaves that cannot be read");
    }
    const uint32_t node = node_of(hello->node);
    if (hello->acked_seq > referee.histories[node].receipted_seq) {
        world_fail("I1: node %u acknowledges through %" PRIu64
                   ", and has receipts through %" PRIu64,
                   node, hello->acked_seq, referee.histories[node].receipted_seq);
    }
}

/* What a node takes of the broker: receipts, of which it needs every one. */
static void note_receipt(struct bytes bytes)
{
    struct signed_receipt outer;
    struct receipt_body body;
    arena_reset(referee.arena);
    if (codec_signed_receipt_decode(bytes, referee.arena, &outer) != ERR_OK ||
        codec_receipt_body_decode(outer.body, referee.arena, &body) != ERR_OK) {
        return;
    }
    struct history *history = &referee.histories[node_of(body.node)];
    if (body.first_seq <= history->receipted_seq + 1 &&
        body.first_seq + body.count > history->receipted_seq) {
        history->receipted_seq = body.first_seq + body.count - 1;
    }
}

void referee_sent(const struct process *from, const char *user, struct bytes header,
                  struct bytes body)
{
    struct frame_header frame;
    if (from->stopping) {
        world_fail("P8: process %u sends a message after a failed commit", from->number);
    }
    if (codec_frame_header_get(header, &frame) != ERR_OK) {
        return;
    }
    if (from->number != WORLD_BROKER) {
        if (frame.type == MESSAGE_HELLO) {
            check_acknowledged(body);
        }
        return;
    }
    if (frame.type == MESSAGE_RECEIPT) {
        check_receipt(body);
    } else if (frame.type == MESSAGE_RESEND) {
        world_mark(MARK_GAP_RESEND);
    } else if (frame.type == MESSAGE_ERROR) {
        note_refusal(body);
    } else if (frame.type == MESSAGE_WELCOME && user[0] != '\0') {
        history_of(user)->session = frame.session;
    }
}

static bool durable_entry(uint64_t position, struct bytes *value)
{
    uint8_t key[8];
    bytes_put64(key, position);
    return store_fake_get(referee_log_path, TABLE_LOG, bytes_of(key, sizeof key), value);
}

void referee_published(const struct process *from, struct bytes header, struct bytes body)
{
    struct frame_header frame;
    struct sheet_part part;
    struct bytes value;
    if (from->stopping) {
        world_fail("P8: process %u publishes after a failed commit", from->number);
    }
    arena_reset(referee.arena);
    if (codec_frame_header_get(header, &frame) != ERR_OK ||
        codec_sheet_part_decode(body, referee.arena, &part) != ERR_OK) {
        world_fail("a message is published that cannot be read");
    }
    if (!durable_entry(part.position, &value)) {
        world_fail("V1: position %" PRIu64 " is published, and the log does not hold it",
                   part.position);
    }
}

void referee_received(const struct process *by, const char *user, struct bytes header,
                      struct bytes body)
{
    struct frame_header frame;
    struct sealed_batch sealed;
    struct batch_header batch;
    if (codec_frame_header_get(header, &frame) != ERR_OK) {
        return;
    }
    if (by->number != WORLD_BROKER) {
        if (frame.type == MESSAGE_RECEIPT) {
            note_receipt(body);
        }
        return;
    }
    if (user[0] == '\0' || frame.type != MESSAGE_BATCH) {
        return;
    }
    struct history *history = history_of(user);
    arena_reset(referee.arena);
    enum err err = codec_sealed_batch_decode(body, referee.arena, &sealed);
    if (err == ERR_OK) {
        err = codec_batch_header_decode(sealed.header, referee.arena, &batch);
    }
    assert(err == ERR_OK && batch.first_seq < SEQUENCES_MAX);
    if (frame.session == history->session) {
        history->in_time[batch.first_seq] = 1;
    } else {
        world_mark(MARK_STALE_BATCH);
    }
}

/* ---- the log ---- */

static void note_version(const uint8_t digest[DIGEST_BYTES])
{
    for (uint32_t i = 0; i < referee.version_count; i++) {
        if (memcmp(referee.versions[i], digest, DIGEST_BYTES) == 0) {
            if (i + 1 < referee.version_count) {
                world_mark(MARK_VERSION_BEHIND);
            }
            return;
        }
    }
    assert(referee.version_count < VERSIONS_MAX);
    memcpy(referee.versions[referee.version_count++], digest, DIGEST_BYTES);
}

static void read_batch(const struct log_entry *entry)
{
    struct batch_header header;
    uint8_t digest[DIGEST_BYTES];
    const enum err err = codec_batch_header_decode(entry->batch.header, referee.arena, &header);
    if (err != ERR_OK) {
        world_fail("entry %" PRIu64 " of the log has a header that cannot be read",
                   entry->position);
    }
    const uint32_t node = node_of(header.node);
    struct history *history = &referee.histories[node];
    if (header.first_seq != history->last_seq + 1) {
        world_fail("I2/I4: entry %" PRIu64 " begins at sequence %" PRIu64
                   " of node %u, which stood at %" PRIu64,
                   entry->position, header.first_seq, node, history->last_seq);
    }
    if (memcmp(header.previous, history->chain, DIGEST_BYTES) != 0) {
        world_fail("entry %" PRIu64 " does not continue the chain of node %u", entry->position,
                   node);
    }
    if (!history->in_time[header.first_seq]) {
        world_fail("sequence %" PRIu64 " of node %u was taken from a session that was over",
                   header.first_seq, node);
    }
    note_version(header.programme_digest);
    history->last_seq += header.count;
    history->batches++;
    sealing_digest(SEAL_BATCH_HEADER, entry->batch.header, digest);
    sealing_chain(history->chain, digest, history->chain);
}

void referee_read_log(void)
{
    struct bytes value;
    uint32_t batches = 0;
    while (durable_entry(referee.log_size + 1, &value)) {
        struct log_entry entry;
        arena_reset(referee.arena);
        const enum err err = codec_log_entry_decode(value, referee.arena, &entry);
        if (err != ERR_OK || entry.position != referee.log_size + 1) {
            world_fail("entry %" PRIu64 " of the log cannot be read", referee.log_size + 1);
        }
        if (entry.kind == LOG_BATCH) {
            read_batch(&entry);
            batches++;
        }
        sealing_digest(SEAL_LOG_ENTRY, value, referee.last_entry);
        referee.log_size++;
    }
    if (batches > 1) {
        world_mark(MARK_GROUP_OF_MANY);
    }
}

static void note_people(void)
{
    struct bytes value;
    if (store_fake_get(referee_people_path, TABLE_PEOPLE_META, bytes_text("next"), &value) &&
        value.size == 12 && bytes_get64(value.data + 4) > referee.log_size) {
        world_mark(MARK_PEOPLE_AHEAD_OF_LOG);
    }
}

void referee_broker_starts(void)
{
    struct bytes value;
    uint8_t digest[DIGEST_BYTES];
    referee_read_log();
    note_people();
    if (referee.log_size == 0) {
        return;
    }
    if (!durable_entry(referee.log_size, &value)) {
        world_fail("P2: entry %" PRIu64 " has gone from the log", referee.log_size);
    }
    sealing_digest(SEAL_LOG_ENTRY, value, digest);
    if (memcmp(digest, referee.last_entry, DIGEST_BYTES) != 0) {
        world_fail("P2: entry %" PRIu64 " of the log has changed", referee.log_size);
    }
}

/* ---- nodes ---- */

void referee_check_node(uint32_t node, const struct node_standing *standing)
{
    const struct history *history = &referee.histories[node];
    if (standing->state == UPLINK_STOPPED) {
        world_fail("node %u has stopped and needs an operator, though nobody did wrong: %s", node,
                   standing->stopped);
    }
    if (standing->acked_seq > history->last_seq || history->last_seq > standing->head_seq) {
        world_fail("I5: node %u: acknowledged %" PRIu64 ", in the log %" PRIu64 ", head %" PRIu64,
                   node, standing->acked_seq, history->last_seq, standing->head_seq);
    }
}

void referee_check_outbox(uint32_t node)
{
    struct bytes key = {0}, value;
    uint64_t batches = 0;
    uint8_t place_key[ID_BYTES + 8];
    memcpy(place_key, referee.lead->joins[node].node, ID_BYTES);
    while (
        store_fake_seek(referee_node_path(node), TABLE_OUTBOX, key, key.size > 0, &key, &value)) {
        struct sealed_batch sealed;
        struct bytes place;
        uint8_t digest[DIGEST_BYTES];
        arena_reset(referee.arena);
        const enum err err = codec_sealed_batch_decode(value, referee.arena, &sealed);
        if (err != ERR_OK) {
            world_fail("a batch of node %u's outbox cannot be read", node);
        }
        sealing_digest(SEAL_BATCH_HEADER, sealed.header, digest);
        memcpy(place_key + ID_BYTES, key.data, 8);
        if (!store_fake_get(referee_log_path, TABLE_BY_NODE, bytes_of(place_key, sizeof place_key),
                            &place) ||
            memcmp(place.data + 12, digest, DIGEST_BYTES) != 0) {
            world_fail("P1: the batch of node %u at sequence %" PRIu64 " is not in the log", node,
                       bytes_get64(key.data));
        }
        batches++;
    }
    if (batches != referee.histories[node].batches) {
        world_fail("the log has %" PRIu64 " batches of node %u, which made %" PRIu64,
                   referee.histories[node].batches, node, batches);
    }
}
