/* Tables: log (position -> entry), nodes (node -> register), by_node (node, first seq -> place),
 * withdrawn (node, first seq -> bitmap), by_time (received, position), meta (merkle, session,
 * received).
 *
 * Reads see the open group's changes where there is one, else the last commit. */
#include "brokers/ledger.h"

#include <assert.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/mem.h"
#include "io/store.h"
#include "proto/codec.h"
#include "proto/sealing.h"

enum table { LOG, NODES, BY_NODE, WITHDRAWN, BY_TIME, META, TABLE_COUNT };
static const char *const tables[] = {"log", "nodes", "by_node", "withdrawn", "by_time", "meta"};

enum {
    NODE_SEQ_BYTES = ID_BYTES + 8,
    PLACE_BYTES = 8 + 4 + 2 * DIGEST_BYTES,
    REGISTER_BYTES = 1 + 8 + 8 + 4 + DIGEST_BYTES + 1,
    REGISTER_VERSION = 1,
    BITMAP_BYTES = BATCH_EVENTS_MAX / 8
};

struct ledger {
    struct store *store;
    struct store_txn *txn; /* the open group */
    struct merkle tree;
    struct merkle committed;
    uint64_t received_at_ms;
    uint64_t session;
    struct buffer scratch;
};

/* A transaction to read in: the open group's, or one of its own that ends with finish(). */
static enum err start(struct ledger *self, struct store_txn **txn)
{
    if (self->txn != NULL) {
        *txn = self->txn;
        return ERR_OK;
    }
    return store_begin(self->store, false, txn);
}

static void finish(struct ledger *self, struct store_txn **txn)
{
    if (*txn != self->txn) {
        store_abort(txn);
    }
}

static enum err load_meta(struct ledger *self, struct store_txn *txn)
{
    struct bytes value;
    enum err err = store_get(txn, META, bytes_text("merkle"), &value);
    if (err == ERR_NOT_FOUND) {
        return ERR_OK;
    }
    if (err == ERR_OK) {
        err = merkle_get(value, &self->tree);
    }
    if (err == ERR_OK) {
        err = store_get(txn, META, bytes_text("received"), &value);
    }
    if (err == ERR_OK && value.size == 8) {
        self->received_at_ms = bytes_get64(value.data);
    }
    if (err == ERR_OK) {
        err = store_get(txn, META, bytes_text("session"), &value);
        if (err == ERR_OK && value.size == 8) {
            self->session = bytes_get64(value.data);
        }
        err = err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    self->committed = self->tree;
    return err;
}

enum err ledger_refresh(struct ledger *self)
{
    struct store_txn *txn = NULL;
    assert(self->txn == NULL);
    enum err err = start(self, &txn);
    if (err == ERR_OK) {
        err = load_meta(self, txn);
        finish(self, &txn);
    }
    return err;
}

enum err ledger_open(const char *path, uint64_t bytes_max, bool read_only, struct ledger **out)
{
    struct ledger *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->scratch.bytes_max = 2 * FRAME_BYTES_MAX;
    const struct store_options options = {.path = path,
                                          .tables = tables,
                                          .table_count = TABLE_COUNT,
                                          .map_bytes = bytes_max,
                                          .read_only = read_only};
    enum err err = store_open(&options, &self->store);
    if (err == ERR_OK) {
        err = ledger_refresh(self);
    }
    if (err != ERR_OK) {
        ledger_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void ledger_close(struct ledger **self)
{
    if (*self != NULL) {
        store_abort(&(*self)->txn);
        store_close(&(*self)->store);
        buffer_fini(&(*self)->scratch);
        mem_free(*self);
    }
    *self = NULL;
}

uint64_t ledger_size(const struct ledger *self)
{
    return self->committed.size;
}

void ledger_root(const struct ledger *self, uint8_t out[DIGEST_BYTES])
{
    merkle_root(&self->committed, out);
}

uint64_t ledger_received_at_ms(const struct ledger *self)
{
    return self->received_at_ms;
}

static struct bytes key64(uint8_t key[8], uint64_t number)
{
    bytes_put64(key, number);
    return bytes_of(key, 8);
}

enum err ledger_read(struct ledger *self, uint64_t position, struct arena *arena,
                     struct log_entry *out, struct bytes *bytes)
{
    struct store_txn *txn = NULL;
    uint8_t key[8];
    struct bytes value, copy = {0};
    enum err err = start(self, &txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_get(txn, LOG, key64(key, position), &value);
    if (err == ERR_OK) {
        err = arena_copy(arena, value, &copy);
    }
    finish(self, &txn);
    if (err == ERR_OK) {
        err = codec_log_entry_decode(copy, arena, out);
    }
    if (err == ERR_OK && bytes != NULL) {
        *bytes = copy;
    }
    return err;
}

static struct bytes node_seq(uint8_t key[NODE_SEQ_BYTES], const uint8_t node[ID_BYTES],
                             uint64_t seq)
{
    memcpy(key, node, ID_BYTES);
    bytes_put64(key + ID_BYTES, seq);
    return bytes_of(key, NODE_SEQ_BYTES);
}

static enum err place_get(struct bytes found, struct bytes value, const uint8_t node[ID_BYTES],
                          uint64_t seq, struct ledger_place *out)
{
    if (found.size != NODE_SEQ_BYTES || memcmp(found.data, node, ID_BYTES) != 0) {
        return ERR_NOT_FOUND;
    }
    if (value.size != PLACE_BYTES) {
        return ERR_MALFORMED;
    }
    out->first_seq = bytes_get64(found.data + ID_BYTES);
    out->position = bytes_get64(value.data);
    out->count = bytes_get32(value.data + 8);
    memcpy(out->digest, value.data + 12, DIGEST_BYTES);
    memcpy(out->root, value.data + 12 + DIGEST_BYTES, DIGEST_BYTES);
    return seq - out->first_seq < out->count ? ERR_OK : ERR_NOT_FOUND;
}

enum err ledger_place(struct ledger *self, const uint8_t node[ID_BYTES], uint64_t seq,
                      struct ledger_place *out)
{
    struct store_txn *txn = NULL;
    uint8_t key[NODE_SEQ_BYTES];
    struct bytes found, value;
    if (seq == UINT64_MAX) {
        return ERR_NOT_FOUND;
    }
    enum err err = start(self, &txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_before(txn, BY_NODE, node_seq(key, node, seq + 1), &found, &value);
    if (err == ERR_OK) {
        err = place_get(found, value, node, seq, out);
    }
    finish(self, &txn);
    return err;
}

enum err ledger_withdrawn(struct ledger *self, const uint8_t node[ID_BYTES],
                          const struct ledger_place *place, uint64_t seq, bool *out)
{
    struct store_txn *txn = NULL;
    uint8_t key[NODE_SEQ_BYTES];
    struct bytes bitmap;
    const uint64_t bit = seq - place->first_seq;
    enum err err = start(self, &txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_get(txn, WITHDRAWN, node_seq(key, node, place->first_seq), &bitmap);
    *out = err == ERR_OK && bitmap.size == BITMAP_BYTES && (bitmap.data[bit / 8] >> bit % 8 & 1);
    finish(self, &txn);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err ledger_withdraw(struct ledger *self, const uint8_t node[ID_BYTES],
                         const struct ledger_place *place, uint64_t seq)
{
    uint8_t key[NODE_SEQ_BYTES], bitmap[BITMAP_BYTES] = {0};
    struct bytes value;
    const uint64_t bit = seq - place->first_seq;
    assert(self->txn != NULL && bit < place->count);
    enum err err = store_get(self->txn, WITHDRAWN, node_seq(key, node, place->first_seq), &value);
    if (err == ERR_OK && value.size == BITMAP_BYTES) {
        memcpy(bitmap, value.data, BITMAP_BYTES);
    } else if (err != ERR_NOT_FOUND) {
        return err == ERR_OK ? ERR_MALFORMED : err;
    }
    bitmap[bit / 8] = (uint8_t)(bitmap[bit / 8] | 1 << bit % 8);
    return store_put(self->txn, WITHDRAWN, bytes_of(key, sizeof key),
                     bytes_of(bitmap, sizeof bitmap));
}

enum err ledger_register(struct ledger *self, const uint8_t node[ID_BYTES],
                         struct ingest_register *out)
{
    struct store_txn *txn = NULL;
    struct bytes value;
    *out = (struct ingest_register){0};
    enum err err = start(self, &txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_get(txn, NODES, bytes_of(node, ID_BYTES), &value);
    if (err == ERR_OK && (value.size != REGISTER_BYTES || value.data[0] != REGISTER_VERSION)) {
        err = ERR_VERSION;
    }
    if (err == ERR_OK) {
        out->epoch = bytes_get64(value.data + 1);
        out->last_seq = bytes_get64(value.data + 9);
        out->last_person = bytes_get32(value.data + 17);
        memcpy(out->chain, value.data + 21, DIGEST_BYTES);
        out->revoked = value.data[21 + DIGEST_BYTES] != 0;
    }
    finish(self, &txn);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err ledger_register_put(struct ledger *self, const uint8_t node[ID_BYTES],
                             const struct ingest_register *reg)
{
    uint8_t value[REGISTER_BYTES] = {REGISTER_VERSION};
    assert(self->txn != NULL);
    bytes_put64(value + 1, reg->epoch);
    bytes_put64(value + 9, reg->last_seq);
    bytes_put32(value + 17, reg->last_person);
    memcpy(value + 21, reg->chain, DIGEST_BYTES);
    value[21 + DIGEST_BYTES] = reg->revoked ? 1 : 0;
    return store_put(self->txn, NODES, bytes_of(node, ID_BYTES), bytes_of(value, sizeof value));
}

enum err ledger_at_time(struct ledger *self, uint64_t wall_ms, uint64_t *position)
{
    struct store_txn *txn = NULL;
    uint8_t key[8];
    struct bytes found, value;
    *position = 0;
    enum err err = start(self, &txn);
    if (err != ERR_OK) {
        return err;
    }
    const struct bytes behind =
        wall_ms < UINT64_MAX ? key64(key, wall_ms + 1) : (struct bytes){0}; /* the table's end */
    err = store_before(txn, BY_TIME, behind, &found, &value);
    if (err == ERR_OK && found.size == 16) {
        *position = bytes_get64(found.data + 8);
    }
    finish(self, &txn);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

uint64_t ledger_session(const struct ledger *self)
{
    return self->session;
}

enum err ledger_begin(struct ledger *self)
{
    assert(self->txn == NULL);
    return store_begin(self->store, true, &self->txn);
}

enum err ledger_begin_small(struct ledger *self)
{
    assert(self->txn == NULL);
    return store_begin_tidy(self->store, &self->txn);
}

bool ledger_writing(const struct ledger *self)
{
    return self->txn != NULL;
}

enum err ledger_append(struct ledger *self, struct log_entry *entry, uint64_t now_ms)
{
    uint8_t key[16], digest[DIGEST_BYTES];
    assert(self->txn != NULL);
    entry->position = self->tree.size + 1;
    entry->received_at_ms = now_ms > self->received_at_ms ? now_ms : self->received_at_ms;
    buffer_clear(&self->scratch);
    enum err err = codec_log_entry_encode(entry, &self->scratch);
    if (err != ERR_OK) {
        return err;
    }
    const struct bytes bytes = buffer_bytes(&self->scratch);
    err = store_append(self->txn, LOG, key64(key, entry->position), bytes);
    if (err != ERR_OK) {
        return err;
    }
    bytes_put64(key, entry->received_at_ms);
    bytes_put64(key + 8, entry->position);
    err = store_append(self->txn, BY_TIME, bytes_of(key, 16), (struct bytes){0});
    sealing_digest(SEAL_LOG_ENTRY, bytes, digest);
    merkle_add(&self->tree, digest);
    self->received_at_ms = entry->received_at_ms;
    return err;
}

enum err ledger_file_batch(struct ledger *self, const struct batch_header *header,
                           const uint8_t digest[DIGEST_BYTES], const struct ingest_register *reg)
{
    uint8_t key[NODE_SEQ_BYTES], value[PLACE_BYTES];
    assert(self->txn != NULL);
    bytes_put64(value, self->tree.size);
    bytes_put32(value + 8, header->count);
    memcpy(value + 12, digest, DIGEST_BYTES);
    merkle_root(&self->tree, value + 12 + DIGEST_BYTES);
    const enum err err =
        store_put(self->txn, BY_NODE, node_seq(key, header->node, header->first_seq),
                  bytes_of(value, sizeof value));
    return err == ERR_OK ? ledger_register_put(self, header->node, reg) : err;
}

enum err ledger_session_set(struct ledger *self, uint64_t session)
{
    uint8_t value[8];
    assert(self->txn != NULL);
    self->session = session;
    return store_put(self->txn, META, bytes_text("session"), key64(value, session));
}

enum err ledger_commit(struct ledger *self)
{
    uint8_t tree[MERKLE_BYTES_MAX], received[8];
    assert(self->txn != NULL);
    const size_t size = merkle_put(&self->tree, tree);
    enum err err = store_put(self->txn, META, bytes_text("merkle"), bytes_of(tree, size));
    if (err == ERR_OK) {
        err = store_put(self->txn, META, bytes_text("received"),
                        key64(received, self->received_at_ms));
    }
    if (err != ERR_OK) {
        store_abort(&self->txn);
        return err;
    }
    err = store_commit(&self->txn);
    if (err == ERR_OK) {
        self->committed = self->tree;
    }
    return err;
}

void ledger_abandon(struct ledger *self)
{
    assert(self->tree.size == self->committed.size);
    store_abort(&self->txn);
}
