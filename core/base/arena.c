#include "core/base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "core/base/mem.h"

struct arena {
    size_t used;
    size_t bytes_max;
    alignas(max_align_t) uint8_t memory[];
};

enum err arena_new(size_t bytes_max, struct arena **out)
{
    assert(bytes_max > 0 && bytes_max <= SIZE_MAX / 2);
    /* Not cleared and not touched: the pages of an unused cap cost nothing. */
    struct arena *self = mem_resize(NULL, sizeof *self + bytes_max);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->used = 0;
    self->bytes_max = bytes_max;
    *out = self;
    return ERR_OK;
}

void arena_free(struct arena **self)
{
    mem_free(*self);
    *self = NULL;
}

void *arena_take(struct arena *self, size_t size)
{
    assert(self->used <= self->bytes_max);
    const size_t step = alignof(max_align_t);
    const size_t room = self->bytes_max - self->used;
    if (size > room) {
        return NULL;
    }
    void *block = self->memory + self->used;
    /* The last block may end where no other could start: the whole cap is usable. */
    const size_t aligned = (size + step - 1) / step * step;
    self->used += aligned < room ? aligned : room;
    return block;
}

void *arena_zeroed(struct arena *self, size_t count, size_t size)
{
    assert(size > 0);
    if (count > SIZE_MAX / size) {
        return NULL;
    }
    void *block = arena_take(self, count * size);
    if (block != NULL) {
        memset(block, 0, count * size);
    }
    return block;
}

enum err arena_copy(struct arena *self, struct bytes from, struct bytes *out)
{
    uint8_t *block = arena_take(self, from.size);
    if (block == NULL) {
        return ERR_FULL;
    }
    if (from.size > 0) {
        memcpy(block, from.data, from.size);
    }
    *out = bytes_of(block, from.size);
    return ERR_OK;
}

void arena_reset(struct arena *self)
{
    self->used = 0;
}

size_t arena_used(const struct arena *self)
{
    return self->used;
}
