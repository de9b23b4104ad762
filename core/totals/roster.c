/* A dense array a node: numbers run from 1 without end. The happy path is: 1. make room; 2. copy.
 * What may go wrong: the memory, or a log in which a number names two people. */
#include "core/totals/roster.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/model/limits.h"

struct people {
    uint32_t *numbers;
    uint32_t count, room;
};

struct roster {
    struct people nodes[NODES_MAX];
};

enum err roster_new(struct roster **out)
{
    *out = mem_calloc(1, sizeof **out);
    return *out != NULL ? ERR_OK : ERR_MEMORY;
}

void roster_free(struct roster **self)
{
    if (*self != NULL) {
        for (uint32_t i = 0; i < NODES_MAX; i++) {
            mem_free((*self)->nodes[i].numbers);
        }
        mem_free(*self);
    }
    *self = NULL;
}

static enum err grow(struct people *self, uint32_t count)
{
    if (count <= self->room) {
        return ERR_OK;
    }
    uint64_t room = self->room == 0 ? 64 : self->room;
    while (room < count) {
        room *= 2;
    }
    room = room > UINT32_MAX ? UINT32_MAX : room;
    uint32_t *numbers = mem_resize(self->numbers, (size_t)room * sizeof *numbers);
    if (numbers == NULL) {
        return ERR_MEMORY;
    }
    memset(numbers + self->room, 0, ((size_t)room - self->room) * sizeof *numbers);
    self->numbers = numbers;
    self->room = (uint32_t)room;
    return ERR_OK;
}

enum err roster_introduce(struct roster *self, uint32_t node, uint32_t first,
                          const uint32_t *numbers, uint32_t count)
{
    assert(node < NODES_MAX);
    struct people *people = &self->nodes[node];
    if (count == 0) {
        return ERR_OK;
    }
    if (first == 0 || count - 1 > UINT32_MAX - first) {
        return ERR_MALFORMED;
    }
    const uint32_t last = first + (count - 1);
    const enum err err = grow(people, last);
    if (err != ERR_OK) {
        return err;
    }
    people->count = last > people->count ? last : people->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *known = &people->numbers[first - 1 + i];
        if (*known != 0 && *known != numbers[i]) {
            return ERR_MALFORMED;
        }
        *known = numbers[i];
    }
    return ERR_OK;
}

const uint32_t *roster_of(const struct roster *self, uint32_t node, uint32_t *count)
{
    assert(node < NODES_MAX);
    *count = self->nodes[node].count;
    return self->nodes[node].numbers;
}
