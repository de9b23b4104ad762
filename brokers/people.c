#include "brokers/people.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "io/store.h"
#include "proto/keys.h"

enum table { NUMBERS, ROW_KEYS, META, TABLE_COUNT };
static const char *const tables[] = {"numbers", "row_keys", "meta"};

struct people {
    struct store *store;
    struct store_txn *txn;
    const uint8_t *key;
    uint32_t next;
    uint64_t position;
};

static enum err load(struct people *self)
{
    struct store_txn *txn = NULL;
    struct bytes value;
    enum err err = store_begin(self->store, false, &txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_get(txn, META, bytes_text("next"), &value);
    if (err == ERR_OK && value.size == 12) {
        self->next = bytes_get32(value.data);
        self->position = bytes_get64(value.data + 4);
    }
    store_abort(&txn);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err people_open(const char *path, uint64_t bytes_max, const uint8_t *key, struct people **out)
{
    struct people *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    const struct store_options options = {
        .path = path, .tables = tables, .table_count = TABLE_COUNT, .map_bytes = bytes_max};
    self->key = key;
    self->next = 1;
    enum err err = store_open(&options, &self->store);
    if (err == ERR_OK) {
        err = load(self);
    }
    if (err != ERR_OK) {
        people_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void people_close(struct people **self)
{
    if (*self != NULL) {
        store_abort(&(*self)->txn);
        store_close(&(*self)->store);
        mem_free(*self);
    }
    *self = NULL;
}

uint64_t people_position(const struct people *self)
{
    return self->position;
}

void people_floor(struct people *self, uint32_t number)
{
    if (self->next <= number) {
        self->next = number + 1;
    }
}

enum err people_begin(struct people *self)
{
    assert(self->txn == NULL);
    return store_begin(self->store, true, &self->txn);
}

enum err people_number(struct people *self, struct bytes programme,
                       const uint8_t pseudonym[PSEUDONYM_BYTES], uint32_t *number)
{
    uint8_t second[PSEUDONYM_BYTES], value[4];
    struct bytes found;
    assert(self->txn != NULL);
    keys_second_pseudonym(self->key, programme, pseudonym, second);
    enum err err = store_get(self->txn, NUMBERS, bytes_of(second, sizeof second), &found);
    if (err == ERR_OK) {
        *number = bytes_get32(found.data);
        return found.size == 4 ? ERR_OK : ERR_MALFORMED;
    }
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    if (self->next == UINT32_MAX) {
        return ERR_FULL;
    }
    *number = self->next++;
    bytes_put32(value, *number);
    return store_put(self->txn, NUMBERS, bytes_of(second, sizeof second),
                     bytes_of(value, sizeof value));
}

enum err people_keep(struct people *self, const struct batch_header *header, struct bytes row_keys,
                     uint64_t position)
{
    uint8_t key[ID_BYTES + 8];
    assert(self->txn != NULL);
    memcpy(key, header->node, ID_BYTES);
    bytes_put64(key + ID_BYTES, header->first_seq);
    self->position = position;
    return store_put(self->txn, ROW_KEYS, bytes_of(key, sizeof key), row_keys);
}

enum err people_commit(struct people *self)
{
    uint8_t value[12];
    assert(self->txn != NULL);
    bytes_put32(value, self->next);
    bytes_put64(value + 4, self->position);
    const enum err err =
        store_put(self->txn, META, bytes_text("next"), bytes_of(value, sizeof value));
    if (err != ERR_OK) {
        store_abort(&self->txn);
        return err;
    }
    return store_commit(&self->txn);
}

void people_abandon(struct people *self)
{
    store_abort(&self->txn);
}
