/* Open addressing with linear probing over a power of two of slots, growing at two thirds; entries
 * are never removed. The happy path is: 1. hash and fetch the slots of the whole batch; 2. find or
 * add each entry and add the weight to its first partner's net, or to the other partner's.
 * What may go wrong: the memory, or the limit. */
#include "core/totals/facts.h"

#include <assert.h>
#include <stddef.h>

#include "core/base/mem.h"
#include "core/base/table.h"
#include "core/model/limits.h"

enum { SLOTS_FIRST = 16 };

static_assert(CELLS_COUNT_MAX < UINT32_MAX / 2 - 1, "a cell's tag has room for the entity bit");
static_assert(PARTNERS_MAX <= UINT16_MAX, "a partner fits");

struct entry {
    uint32_t tag; /* (cell + 1) * 2, + 1 for an entity; 0: free */
    uint32_t person;
    int32_t net;      /* of the first partner */
    uint16_t partner; /* the first to name this person here */
    uint16_t others;  /* other partners whose net is positive */
};

/* Key of the second table, whose values are int32_t nets. */
struct other {
    uint32_t tag, person, partner;
};

struct facts {
    struct entry *entries;
    size_t mask;
    uint64_t count;
    struct table *others; /* null until there is one */
};

enum err facts_new(struct facts **out)
{
    struct facts *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->entries = mem_calloc(SLOTS_FIRST, sizeof *self->entries);
    if (self->entries == NULL) {
        mem_free(self);
        return ERR_MEMORY;
    }
    self->mask = SLOTS_FIRST - 1;
    *out = self;
    return ERR_OK;
}

void facts_free(struct facts **self)
{
    if (*self != NULL) {
        mem_free((*self)->entries);
        table_free(&(*self)->others);
        mem_free(*self);
    }
    *self = NULL;
}

static size_t hash_of(uint32_t tag, uint32_t person)
{
    uint64_t hash = ((uint64_t)tag << 32 | person) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xff51afd7ed558ccd);
    return (size_t)(hash ^ hash >> 32);
}

static struct entry *entry_of(const struct facts *self, uint32_t tag, uint32_t person, size_t hash)
{
    for (size_t at = hash & self->mask;; at = (at + 1) & self->mask) {
        struct entry *entry = &self->entries[at];
        if (entry->tag == 0 || (entry->tag == tag && entry->person == person)) {
            return entry;
        }
    }
}

static enum err grow(struct facts *self)
{
    if (self->count >= FACTS_COUNT_MAX) {
        return ERR_FULL;
    }
    struct facts larger = *self;
    larger.mask = 2 * self->mask + 1;
    larger.entries = mem_calloc(larger.mask + 1, sizeof *larger.entries);
    if (larger.entries == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i <= self->mask; i++) {
        const struct entry *entry = &self->entries[i];
        if (entry->tag != 0) {
            const size_t hash = hash_of(entry->tag, entry->person);
            *entry_of(&larger, entry->tag, entry->person, hash) = *entry;
        }
    }
    mem_free(self->entries);
    *self = larger;
    return ERR_OK;
}

/* Adds weight to *net and tells whether that made it positive (1), no longer so (-1) or neither. */
static int add(int32_t *net, int weight)
{
    const int before = *net > 0;
    *net += weight;
    return (*net > 0) - before;
}

static enum err add_other(struct facts *self, struct entry *entry, uint32_t partner, int weight,
                          int *pairs)
{
    if (self->others == NULL) {
        const struct table_options options = {.key_bytes = sizeof(struct other),
                                              .value_bytes = sizeof(int32_t),
                                              .count_max = (size_t)FACTS_COUNT_MAX};
        const enum err err = table_new(&options, &self->others);
        if (err != ERR_OK) {
            return err;
        }
    }
    const struct other key = {.tag = entry->tag, .person = entry->person, .partner = partner};
    bool fresh;
    int32_t *net = table_put(self->others, &key, &fresh);
    if (net == NULL) {
        return table_count(self->others) >= FACTS_COUNT_MAX ? ERR_FULL : ERR_MEMORY;
    }
    *pairs = add(net, weight);
    entry->others = (uint16_t)(entry->others + *pairs);
    return ERR_OK;
}

static enum err change(struct facts *self, struct entry *entry, uint32_t partner, int weight,
                       struct fact_change *out)
{
    const int before = entry->net > 0 || entry->others > 0;
    int pairs = 0;
    if (entry->partner == partner) {
        pairs = add(&entry->net, weight);
    } else {
        const enum err err = add_other(self, entry, partner, weight, &pairs);
        if (err != ERR_OK) {
            return err;
        }
    }
    const int after = entry->net > 0 || entry->others > 0;
    *out = (struct fact_change){.people = (int8_t)(after - before), .pairs = (int8_t)pairs};
    return ERR_OK;
}

static uint32_t tag_of(const struct fact_batch *batch, uint32_t index)
{
    return (batch->cells[index] + 1) * 2 + (batch->entities[index] ? 1 : 0);
}

enum err facts_add(struct facts *self, const struct fact_batch *batch, struct fact_change *changes)
{
    size_t hashes[BATCH_EVENTS_MAX];
    assert(batch->count <= BATCH_EVENTS_MAX);
    assert(batch->partner < PARTNERS_MAX);
    for (uint32_t i = 0; i < batch->count; i++) {
        hashes[i] = hash_of(tag_of(batch, i), batch->persons[i]);
        __builtin_prefetch(&self->entries[hashes[i] & self->mask], 1);
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        const uint32_t tag = tag_of(batch, i);
        struct entry *entry = entry_of(self, tag, batch->persons[i], hashes[i]);
        if (entry->tag == 0 && self->count + 1 > (self->mask + 1) / 3 * 2) {
            const enum err err = grow(self);
            if (err != ERR_OK) {
                return err;
            }
            entry = entry_of(self, tag, batch->persons[i], hashes[i]);
        }
        if (entry->tag == 0) {
            *entry = (struct entry){
                .tag = tag, .person = batch->persons[i], .partner = (uint16_t)batch->partner};
            self->count++;
        }
        const enum err err = change(self, entry, batch->partner, batch->weights[i], &changes[i]);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* Asserts that the entries' counts of other partners are those of the second table. */
static void check_others(const struct facts *self)
{
    uint64_t positive = 0;
    uint64_t claimed = 0;
    size_t cursor = 0;
    const void *key;
    void *value;
    while (self->others != NULL && table_next(self->others, &cursor, &key, &value)) {
        const struct other *other = key;
        const int32_t net = *(const int32_t *)value;
        const size_t hash = hash_of(other->tag, other->person);
        const struct entry *entry = entry_of(self, other->tag, other->person, hash);
        assert(net >= 0);
        assert(entry->tag == other->tag && entry->partner != other->partner);
        assert(net == 0 || entry->others > 0);
        positive += net > 0 ? 1 : 0;
    }
    for (size_t i = 0; i <= self->mask; i++) {
        claimed += self->entries[i].others;
    }
    assert(positive == claimed);
}

void facts_check(const struct facts *self, const struct cells *cells, bool by_pairs)
{
    const struct cell *all = cells_all(cells);
    const uint32_t count = cells_count(cells);
    int64_t *people = mem_calloc((size_t)count + 1, sizeof *people);
    int64_t *pairs = mem_calloc((size_t)count + 1, sizeof *pairs);
    assert(people != NULL && pairs != NULL);
    for (size_t i = 0; i <= self->mask; i++) {
        const struct entry *entry = &self->entries[i];
        if (entry->tag != 0) {
            const uint32_t cell = entry->tag / 2 - 1;
            assert(cell < count && entry->net >= 0);
            people[cell] += entry->net > 0 || entry->others > 0 ? 1 : 0;
            pairs[cell] += (entry->net > 0 ? 1 : 0) + entry->others;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        assert(all[i].value == (by_pairs ? pairs[i] : people[i]));
        assert(all[i].partner_sum == pairs[i]);
    }
    check_others(self);
    mem_free(people);
    mem_free(pairs);
}
