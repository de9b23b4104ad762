/* Linear probing over a power of two of slots; a byte a slot tells whether it is used. Grows at
 * three quarters. Entries are never removed: counts that reach zero stay as zeros. */
#include "core/base/table.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"

/* A table that was large once and is cleared after each of many small uses: slot by slot. */
enum { RECENT_MAX = 32 };

struct table {
    size_t key_bytes, value_at, entry_bytes, count_max;
    size_t count;
    size_t slots; /* a power of two */
    uint8_t *used;
    uint8_t *entries;
    size_t recent[RECENT_MAX]; /* the slots used, unless there are more or they have moved */
    size_t recent_count;       /* above RECENT_MAX: not known */
};

static uint64_t hash_of(const void *key, size_t size)
{
    const uint8_t *at = key;
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ size;
    for (; size >= 4; at += 4, size -= 4) {
        uint32_t word;
        memcpy(&word, at, 4);
        hash = (hash ^ word) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
    }
    return hash ^ hash >> 29;
}

/* How many entries stand in that many slots before the table grows. */
static size_t room_of(size_t slots)
{
    return slots / 4 * 3;
}

static enum err reserve(struct table *self, size_t slots)
{
    self->used = mem_calloc(slots, 1);
    self->entries = mem_resize(NULL, slots * self->entry_bytes);
    if (self->used == NULL || self->entries == NULL) {
        mem_free(self->used);
        mem_free(self->entries);
        return ERR_MEMORY;
    }
    self->slots = slots;
    return ERR_OK;
}

enum err table_new(const struct table_options *options, struct table **out)
{
    assert(options->key_bytes >= 4 && options->key_bytes <= 96 && options->key_bytes % 4 == 0);
    assert(options->value_bytes <= 256 && options->value_bytes % 4 == 0);
    assert(options->count_reserved <= options->count_max);
    struct table *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    /* Values are aligned to 8 so that they may hold 64-bit numbers. */
    self->value_at = (options->key_bytes + 7) / 8 * 8;
    self->entry_bytes = self->value_at + (options->value_bytes + 7) / 8 * 8;
    self->key_bytes = options->key_bytes;
    self->count_max = options->count_max;
    size_t slots = 16;
    while (room_of(slots) < options->count_reserved) {
        slots *= 2;
    }
    if (reserve(self, slots) != ERR_OK) {
        mem_free(self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void table_free(struct table **self)
{
    if (*self != NULL) {
        mem_free((*self)->used);
        mem_free((*self)->entries);
        mem_free(*self);
    }
    *self = NULL;
}

static void *value_of(const struct table *self, size_t slot)
{
    return self->entries + slot * self->entry_bytes + self->value_at;
}

/* The slot that holds key, or the free one where it belongs. */
static size_t slot_of(const struct table *self, const void *key)
{
    size_t slot = hash_of(key, self->key_bytes) & (self->slots - 1);
    while (self->used[slot] &&
           memcmp(self->entries + slot * self->entry_bytes, key, self->key_bytes) != 0) {
        slot = (slot + 1) & (self->slots - 1);
    }
    return slot;
}

void *table_find(const struct table *self, const void *key)
{
    const size_t slot = slot_of(self, key);
    return self->used[slot] ? value_of(self, slot) : NULL;
}

static enum err grow(struct table *self)
{
    struct table old = *self;
    const enum err err = reserve(self, 2 * old.slots);
    if (err != ERR_OK) {
        *self = old;
        return err;
    }
    for (size_t i = 0; i < old.slots; i++) {
        if (old.used[i]) {
            const uint8_t *entry = old.entries + i * old.entry_bytes;
            const size_t slot = slot_of(self, entry);
            memcpy(self->entries + slot * self->entry_bytes, entry, self->entry_bytes);
            self->used[slot] = 1;
        }
    }
    self->recent_count = RECENT_MAX + 1;
    mem_free(old.used);
    mem_free(old.entries);
    return ERR_OK;
}

void *table_put(struct table *self, const void *key, bool *fresh)
{
    size_t slot = slot_of(self, key);
    *fresh = !self->used[slot];
    if (!*fresh) {
        return value_of(self, slot);
    }
    if (self->count >= self->count_max) {
        return NULL;
    }
    if (self->count == room_of(self->slots)) {
        if (grow(self) != ERR_OK) {
            return NULL;
        }
        slot = slot_of(self, key);
    }
    memset(self->entries + slot * self->entry_bytes, 0, self->entry_bytes);
    memcpy(self->entries + slot * self->entry_bytes, key, self->key_bytes);
    self->used[slot] = 1;
    self->count++;
    if (self->recent_count < RECENT_MAX) {
        self->recent[self->recent_count++] = slot;
    } else {
        self->recent_count = RECENT_MAX + 1;
    }
    return value_of(self, slot);
}

size_t table_count(const struct table *self)
{
    return self->count;
}

void table_clear(struct table *self)
{
    if (self->recent_count > RECENT_MAX) {
        memset(self->used, 0, self->slots);
    }
    for (size_t i = 0; self->recent_count <= RECENT_MAX && i < self->recent_count; i++) {
        self->used[self->recent[i]] = 0;
    }
    self->recent_count = 0;
    self->count = 0;
}

bool table_next(const struct table *self, size_t *cursor, const void **key, void **value)
{
    while (*cursor < self->slots && !self->used[*cursor]) {
        (*cursor)++;
    }
    if (*cursor == self->slots) {
        return false;
    }
    *key = self->entries + *cursor * self->entry_bytes;
    *value = value_of(self, *cursor);
    (*cursor)++;
    return true;
}
