/* Cells stand in one array in the order in which they came; an open-addressing table of (hash,
 * number) finds them. It grows at two thirds; cells are never removed. A slot's place comes from
 * the low bits of the hash that stands in it, so that growing needs no look at the cells and writes
 * in two ascending runs.
 * The happy path is: 1. hash all keys and fetch their slots; 2. fetch the cells that the slots
 * name; 3. compare, or add. What may go wrong: the memory, or the limit. */
#include "core/totals/cells.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/model/limits.h"

enum { SLOTS_FIRST = 16 };

struct slot {
    uint32_t hash;   /* tells most others apart without a look at the cell */
    uint32_t number; /* of the cell + 1; 0: free */
};

static_assert(CELLS_COUNT_MAX <= UINT32_MAX / 4, "a hash of 32 bits reaches every slot");

struct cells {
    struct cell *all;
    uint32_t count, room;
    struct slot *slots;
    uint32_t mask; /* slots - 1, slots being a power of two */
    uint64_t touched;
};

enum err cells_new(struct cells **out)
{
    struct cells *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->slots = mem_calloc(SLOTS_FIRST, sizeof *self->slots);
    if (self->slots == NULL) {
        mem_free(self);
        return ERR_MEMORY;
    }
    self->mask = SLOTS_FIRST - 1;
    *out = self;
    return ERR_OK;
}

void cells_free(struct cells **self)
{
    if (*self != NULL) {
        mem_free((*self)->all);
        mem_free((*self)->slots);
        mem_free(*self);
    }
    *self = NULL;
}

/* Multiply and fold twice: keys are dense small numbers, which must spread over low bits. */
static uint32_t hash_of(const struct cell_key *key)
{
    uint64_t hash = key->high * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    hash = (hash ^ key->low) * UINT64_C(0xff51afd7ed558ccd);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(hash >> 32);
}

static bool same(const struct cell_key *a, const struct cell_key *b)
{
    return a->high == b->high && a->low == b->low;
}

static enum err grow_slots(struct cells *self)
{
    const uint32_t mask = 2 * self->mask + 1;
    struct slot *slots = mem_calloc((size_t)mask + 1, sizeof *slots);
    if (slots == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i <= self->mask; i++) {
        if (self->slots[i].number != 0) {
            uint32_t at = self->slots[i].hash & mask;
            while (slots[at].number != 0) {
                at = (at + 1) & mask;
            }
            slots[at] = self->slots[i];
        }
    }
    mem_free(self->slots);
    self->slots = slots;
    self->mask = mask;
    return ERR_OK;
}

static enum err grow_cells(struct cells *self)
{
    if (self->count == CELLS_COUNT_MAX) {
        return ERR_FULL;
    }
    const uint32_t room = self->room == 0 ? SLOTS_FIRST : 2 * self->room;
    struct cell *all = mem_calloc(room, sizeof *all);
    if (all == NULL) {
        return ERR_MEMORY;
    }
    if (self->count > 0) {
        memcpy(all, self->all, self->count * sizeof *all);
    }
    mem_free(self->all);
    self->all = all;
    self->room = room;
    return ERR_OK;
}

/* The slot of the key's cell, or the free one where it belongs. */
static uint32_t slot_of(const struct cells *self, const struct cell_key *key, uint32_t hash)
{
    for (uint32_t at = hash & self->mask;; at = (at + 1) & self->mask) {
        const struct slot *slot = &self->slots[at];
        if (slot->number == 0 ||
            (slot->hash == hash && same(&self->all[slot->number - 1].key, key))) {
            return at;
        }
    }
}

static enum err add(struct cells *self, const struct cell_key *key, uint32_t hash, uint32_t at)
{
    enum err err = self->count == self->room ? grow_cells(self) : ERR_OK;
    if (err != ERR_OK) {
        return err;
    }
    if (self->count + 1 > (self->mask + 1) / 3 * 2) {
        err = grow_slots(self);
        if (err != ERR_OK) {
            return err;
        }
        at = slot_of(self, key, hash);
    }
    assert(self->slots[at].number == 0);
    self->all[self->count] = (struct cell){.key = *key};
    self->count++;
    self->slots[at] = (struct slot){.hash = hash, .number = self->count};
    return ERR_OK;
}

static void fetch(const struct cells *self, const struct cell_key *keys, uint32_t count,
                  uint32_t *hashes)
{
    for (uint32_t i = 0; i < count; i++) {
        hashes[i] = hash_of(&keys[i]);
        __builtin_prefetch(&self->slots[hashes[i] & self->mask]);
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct slot *slot = &self->slots[hashes[i] & self->mask];
        if (slot->number != 0) {
            __builtin_prefetch(&self->all[slot->number - 1], 1);
        }
    }
}

enum err cells_numbers(struct cells *self, const struct cell_key *keys, uint32_t count,
                       uint32_t *numbers)
{
    uint32_t hashes[BATCH_EVENTS_MAX];
    assert(count <= BATCH_EVENTS_MAX);
    self->touched++;
    fetch(self, keys, count, hashes);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = slot_of(self, &keys[i], hashes[i]);
        if (self->slots[at].number != 0) {
            numbers[i] = self->slots[at].number - 1;
            continue;
        }
        const enum err err = add(self, &keys[i], hashes[i], at);
        if (err != ERR_OK) {
            return err;
        }
        numbers[i] = self->count - 1;
    }
    return ERR_OK;
}

uint64_t cells_touched(const struct cells *self)
{
    return self->touched;
}

struct cell *cells_all(const struct cells *self)
{
    return self->all;
}

uint32_t cells_count(const struct cells *self)
{
    return self->count;
}
