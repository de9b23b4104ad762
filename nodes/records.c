/* Tables: outbox (first seq -> sealed batch), receipts (first seq -> receipt), rows (row key ->
 * versions), people (pseudonym -> number), stays (person, ordinal -> stay), person_rows (person,
 * row key), files, file_digests, refusals (file, line, seq), programmes, meta (state). All
 * numbers are big-endian. */
#include "nodes/records.h"

#include <assert.h>
#include <string.h>

#include "core/base/buffer.h"
#include "core/base/mem.h"
#include "io/store.h"

enum table {
    OUTBOX,
    RECEIPTS,
    ROWS,
    PEOPLE,
    STAYS,
    PERSON_ROWS,
    FILES,
    FILE_DIGESTS,
    REFUSALS,
    PROGRAMMES,
    META,
    TABLE_COUNT
};

static const char *const tables[] = {"outbox",   "receipts",    "rows",  "people",
                                     "stays",    "person_rows", "files", "file_digests",
                                     "refusals", "programmes",  "meta"};

enum {
    STATE_VERSION = 1,
    STATE_BYTES = 1 + 8 * 3 + 4 * 2 + 8 + 2 * DIGEST_BYTES + 8 + DIGEST_BYTES,
    VERSION_HEAD_BYTES = 8 + 4 + 4 + 2 + ROW_CONTENT_BYTES + 2,
    STAY_HEAD_BYTES = ROW_KEY_BYTES + 1 + 4 + 1,
    ROW_RECORD_BYTES_MAX = 1 << 20
};

struct records {
    struct store *store;
    struct store_txn *txn;
    bool writing;
    struct records_state state, committed;
    struct buffer scratch;
};

static void state_put(const struct records_state *state, uint8_t out[STATE_BYTES])
{
    out[0] = STATE_VERSION;
    bytes_put64(out + 1, state->epoch);
    bytes_put64(out + 9, state->head_seq);
    bytes_put64(out + 17, state->acked_seq);
    bytes_put32(out + 25, state->last_person);
    bytes_put32(out + 29, state->file_count);
    bytes_put64(out + 33, state->batch_count);
    memcpy(out + 41, state->chain, DIGEST_BYTES);
    memcpy(out + 73, state->acked_chain, DIGEST_BYTES);
    bytes_put64(out + 105, state->checkpoint.size);
    memcpy(out + 113, state->checkpoint.root, DIGEST_BYTES);
}

static enum err state_get(struct bytes from, struct records_state *state)
{
    if (from.size != STATE_BYTES || from.data[0] != STATE_VERSION) {
        return ERR_VERSION;
    }
    const uint8_t *in = from.data;
    state->epoch = bytes_get64(in + 1);
    state->head_seq = bytes_get64(in + 9);
    state->acked_seq = bytes_get64(in + 17);
    state->last_person = bytes_get32(in + 25);
    state->file_count = bytes_get32(in + 29);
    state->batch_count = bytes_get64(in + 33);
    memcpy(state->chain, in + 41, DIGEST_BYTES);
    memcpy(state->acked_chain, in + 73, DIGEST_BYTES);
    state->checkpoint.size = bytes_get64(in + 105);
    memcpy(state->checkpoint.root, in + 113, DIGEST_BYTES);
    return ERR_OK;
}

static enum err load(struct records *self)
{
    struct bytes value;
    enum err err = store_begin(self->store, false, &self->txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_get(self->txn, META, bytes_text("state"), &value);
    self->state = (struct records_state){.epoch = 1};
    if (err == ERR_OK) {
        err = state_get(value, &self->state);
    } else if (err == ERR_NOT_FOUND) {
        err = ERR_OK;
    }
    self->committed = self->state;
    store_abort(&self->txn);
    return err;
}

enum err records_open(const char *path, uint64_t bytes_max, bool read_only, struct records **out)
{
    struct records *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->scratch.bytes_max = ROW_RECORD_BYTES_MAX;
    const struct store_options options = {.path = path,
                                          .tables = tables,
                                          .table_count = TABLE_COUNT,
                                          .map_bytes = bytes_max,
                                          .read_only = read_only};
    enum err err = store_open(&options, &self->store);
    if (err == ERR_OK) {
        err = load(self);
    }
    if (err != ERR_OK) {
        records_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void records_close(struct records **self)
{
    if (*self != NULL) {
        store_abort(&(*self)->txn);
        store_close(&(*self)->store);
        buffer_fini(&(*self)->scratch);
        mem_free(*self);
    }
    *self = NULL;
}

enum err records_begin(struct records *self, bool write)
{
    assert(self->txn == NULL);
    self->writing = write;
    return store_begin(self->store, write, &self->txn);
}

enum err records_begin_receipt(struct records *self)
{
    assert(self->txn == NULL);
    self->writing = true;
    return store_begin_tidy(self->store, &self->txn);
}

enum err records_commit(struct records *self)
{
    uint8_t state[STATE_BYTES];
    assert(self->txn != NULL && self->writing);
    state_put(&self->state, state);
    enum err err = store_put(self->txn, META, bytes_text("state"), bytes_of(state, sizeof state));
    if (err != ERR_OK) {
        records_abort(self);
        return err;
    }
    err = store_commit(&self->txn);
    if (err == ERR_OK) {
        self->committed = self->state;
    }
    return err;
}

void records_abort(struct records *self)
{
    store_abort(&self->txn);
    self->state = self->committed;
}

bool records_in_transaction(const struct records *self)
{
    return self->txn != NULL;
}

struct records_state *records_state(struct records *self)
{
    return &self->state;
}

static struct bytes key64(uint8_t key[8], uint64_t number)
{
    bytes_put64(key, number);
    return bytes_of(key, 8);
}

static enum err get_copy(struct records *self, uint32_t table, struct bytes key,
                         struct arena *arena, struct bytes *out)
{
    struct bytes value;
    assert(self->txn != NULL);
    const enum err err = store_get(self->txn, table, key, &value);
    return err == ERR_OK ? arena_copy(arena, value, out) : err;
}

enum err records_batch_put(struct records *self, uint64_t first_seq, struct bytes sealed)
{
    uint8_t key[8];
    self->state.batch_count++;
    return store_append(self->txn, OUTBOX, key64(key, first_seq), sealed);
}

enum err records_batch_get(struct records *self, uint64_t first_seq, struct arena *arena,
                           struct bytes *sealed)
{
    uint8_t key[8];
    return get_copy(self, OUTBOX, key64(key, first_seq), arena, sealed);
}

enum err records_receipt_put(struct records *self, uint64_t first_seq, struct bytes receipt)
{
    uint8_t key[8];
    return store_put(self->txn, RECEIPTS, key64(key, first_seq), receipt);
}

/* ---- rows ---- */

static enum err version_get(struct bytes *from, struct row_version *out)
{
    if (from->size < VERSION_HEAD_BYTES) {
        return ERR_MALFORMED;
    }
    const uint8_t *in = from->data;
    out->seq = bytes_get64(in);
    out->file = bytes_get32(in + 8);
    out->line = bytes_get32(in + 12);
    out->own = bytes_get16(in + 16);
    memcpy(out->content, in + 18, ROW_CONTENT_BYTES);
    const size_t size = bytes_get16(in + 18 + ROW_CONTENT_BYTES);
    if (from->size - VERSION_HEAD_BYTES < size) {
        return ERR_MALFORMED;
    }
    out->event = bytes_of(in + VERSION_HEAD_BYTES, size);
    *from = bytes_of(in + VERSION_HEAD_BYTES + size, from->size - VERSION_HEAD_BYTES - size);
    return ERR_OK;
}

enum err records_row_get(struct records *self, const uint8_t key[ROW_KEY_BYTES],
                         struct arena *arena, struct row_record *out)
{
    struct bytes rest;
    out->count = 0;
    enum err err = get_copy(self, ROWS, bytes_of(key, ROW_KEY_BYTES), arena, &rest);
    if (err == ERR_NOT_FOUND) {
        return ERR_OK;
    }
    while (err == ERR_OK && rest.size > 0) {
        if (out->count == ROW_VERSIONS_MAX) {
            return ERR_MALFORMED;
        }
        err = version_get(&rest, &out->versions[out->count++]);
    }
    return err;
}

static enum err version_put(const struct row_version *version, struct buffer *out)
{
    uint8_t head[VERSION_HEAD_BYTES];
    assert(version->event.size <= UINT16_MAX);
    bytes_put64(head, version->seq);
    bytes_put32(head + 8, version->file);
    bytes_put32(head + 12, version->line);
    bytes_put16(head + 16, version->own);
    memcpy(head + 18, version->content, ROW_CONTENT_BYTES);
    bytes_put16(head + 18 + ROW_CONTENT_BYTES, (uint16_t)version->event.size);
    const enum err err = buffer_add(out, bytes_of(head, sizeof head));
    return err == ERR_OK ? buffer_add(out, version->event) : err;
}

enum err records_row_put(struct records *self, const uint8_t key[ROW_KEY_BYTES],
                         const struct row_record *row)
{
    enum err err = ERR_OK;
    if (row->count == 0) {
        err = store_delete(self->txn, ROWS, bytes_of(key, ROW_KEY_BYTES));
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    buffer_clear(&self->scratch);
    for (uint32_t i = 0; err == ERR_OK && i < row->count; i++) {
        err = version_put(&row->versions[i], &self->scratch);
    }
    return err == ERR_OK ? store_put(self->txn, ROWS, bytes_of(key, ROW_KEY_BYTES),
                                     buffer_bytes(&self->scratch))
                         : err;
}

/* ---- people ---- */

enum err records_person_get(struct records *self, const uint8_t pseudonym[PSEUDONYM_BYTES],
                            uint32_t *number)
{
    struct bytes value;
    const enum err err = store_get(self->txn, PEOPLE, bytes_of(pseudonym, PSEUDONYM_BYTES), &value);
    if (err == ERR_OK) {
        if (value.size != 4) {
            return ERR_MALFORMED;
        }
        *number = bytes_get32(value.data);
    }
    return err;
}

enum err records_person_put(struct records *self, const uint8_t pseudonym[PSEUDONYM_BYTES],
                            uint32_t number)
{
    uint8_t value[4];
    bytes_put32(value, number);
    return store_put(self->txn, PEOPLE, bytes_of(pseudonym, PSEUDONYM_BYTES),
                     bytes_of(value, sizeof value));
}

enum err records_stay_get(struct records *self, uint32_t person, struct arena *arena,
                          struct stay_record *out)
{
    uint8_t key[4];
    struct bytes found, value, copy;
    *out = (struct stay_record){0};
    bytes_put32(key, person + 1);
    enum err err = store_before(self->txn, STAYS, bytes_of(key, sizeof key), &found, &value);
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    }
    if (found.size != 8 || bytes_get32(found.data) != person) {
        return ERR_OK;
    }
    out->ordinal = bytes_get32(found.data + 4);
    err = arena_copy(arena, value, &copy);
    if (err != ERR_OK) {
        return err;
    }
    if (copy.size < STAY_HEAD_BYTES) {
        return ERR_MALFORMED;
    }
    memcpy(out->row, copy.data, ROW_KEY_BYTES);
    out->left = copy.data[ROW_KEY_BYTES] != 0;
    out->left_on = (int32_t)bytes_get32(copy.data + ROW_KEY_BYTES + 1);
    out->has_enrolment = copy.data[ROW_KEY_BYTES + 5] != 0;
    out->event = bytes_of(copy.data + STAY_HEAD_BYTES, copy.size - STAY_HEAD_BYTES);
    return ERR_OK;
}

enum err records_stay_put(struct records *self, uint32_t person, const struct stay_record *stay)
{
    uint8_t key[8], head[STAY_HEAD_BYTES];
    assert(stay->ordinal > 0);
    bytes_put32(key, person);
    bytes_put32(key + 4, stay->ordinal);
    memcpy(head, stay->row, ROW_KEY_BYTES);
    head[ROW_KEY_BYTES] = stay->left ? 1 : 0;
    bytes_put32(head + ROW_KEY_BYTES + 1, (uint32_t)stay->left_on);
    head[ROW_KEY_BYTES + 5] = stay->has_enrolment ? 1 : 0;
    buffer_clear(&self->scratch);
    enum err err = buffer_add(&self->scratch, bytes_of(head, sizeof head));
    if (err == ERR_OK && stay->has_enrolment) {
        err = buffer_add(&self->scratch, stay->event);
    }
    return err == ERR_OK ? store_put(self->txn, STAYS, bytes_of(key, sizeof key),
                                     buffer_bytes(&self->scratch))
                         : err;
}

static struct bytes person_row(uint8_t key[4 + ROW_KEY_BYTES], uint32_t person,
                               const uint8_t row[ROW_KEY_BYTES])
{
    bytes_put32(key, person);
    memcpy(key + 4, row, ROW_KEY_BYTES);
    return bytes_of(key, 4 + ROW_KEY_BYTES);
}

enum err records_person_row_set(struct records *self, uint32_t person,
                                const uint8_t row[ROW_KEY_BYTES], bool there)
{
    uint8_t key[4 + ROW_KEY_BYTES];
    const struct bytes where = person_row(key, person, row);
    if (there) {
        return store_put(self->txn, PERSON_ROWS, where, bytes_text("1"));
    }
    const enum err err = store_delete(self->txn, PERSON_ROWS, where);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err records_person_row_next(struct records *self, uint32_t person, bool *started,
                                 uint8_t row[ROW_KEY_BYTES])
{
    uint8_t key[4 + ROW_KEY_BYTES];
    static const uint8_t first[ROW_KEY_BYTES];
    struct bytes found, value;
    const enum err err =
        store_seek(self->txn, PERSON_ROWS, person_row(key, person, *started ? row : first),
                   *started, &found, &value);
    if (err != ERR_OK) {
        return err;
    }
    if (found.size != sizeof key || bytes_get32(found.data) != person) {
        return ERR_NOT_FOUND;
    }
    memcpy(row, found.data + 4, ROW_KEY_BYTES);
    *started = true;
    return ERR_OK;
}

/* ---- refusals ---- */

static struct bytes refusal_key(uint8_t key[16], uint32_t file, uint32_t line, uint64_t seq)
{
    bytes_put32(key, file);
    bytes_put32(key + 4, line);
    bytes_put64(key + 8, seq);
    return bytes_of(key, 16);
}

enum err records_refusal_put(struct records *self, uint32_t file, uint32_t line, uint64_t seq,
                             uint32_t code)
{
    uint8_t key[16], value[4];
    bytes_put32(value, code);
    return store_put(self->txn, REFUSALS, refusal_key(key, file, line, seq),
                     bytes_of(value, sizeof value));
}

enum err records_refusal_next(struct records *self, uint32_t file, uint32_t *line, uint64_t *seq,
                              uint32_t *code)
{
    uint8_t key[16];
    struct bytes found, value;
    const enum err err =
        store_seek(self->txn, REFUSALS, refusal_key(key, file, *line, *seq), true, &found, &value);
    if (err != ERR_OK) {
        return err;
    }
    if (found.size != sizeof key || value.size != 4 || bytes_get32(found.data) != file) {
        return ERR_NOT_FOUND;
    }
    *line = bytes_get32(found.data + 4);
    *seq = bytes_get64(found.data + 8);
    *code = bytes_get32(value.data);
    return ERR_OK;
}

enum err records_refusals_clear(struct records *self, uint32_t file)
{
    uint8_t key[16];
    uint32_t line = 0, code;
    uint64_t seq = 0;
    enum err err = records_refusal_next(self, file, &line, &seq, &code);
    while (err == ERR_OK) {
        err = store_delete(self->txn, REFUSALS, refusal_key(key, file, line, seq));
        if (err == ERR_OK) {
            err = records_refusal_next(self, file, &line, &seq, &code);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- documents ---- */

static uint32_t table_of(enum records_table table)
{
    static const uint32_t places[] = {FILES, FILE_DIGESTS, PROGRAMMES};
    return places[table];
}

enum err records_document_put(struct records *self, enum records_table table, struct bytes key,
                              struct bytes document)
{
    return store_put(self->txn, table_of(table), key, document);
}

enum err records_document_get(struct records *self, enum records_table table, struct bytes key,
                              struct arena *arena, struct bytes *document)
{
    return get_copy(self, table_of(table), key, arena, document);
}

enum err records_document_next(struct records *self, enum records_table table, struct bytes key,
                               struct arena *arena, struct bytes *found, struct bytes *document)
{
    struct bytes at, value;
    enum err err = store_seek(self->txn, table_of(table), key, key.size > 0, &at, &value);
    if (err == ERR_OK) {
        err = arena_copy(arena, at, found);
    }
    return err == ERR_OK ? arena_copy(arena, value, document) : err;
}
