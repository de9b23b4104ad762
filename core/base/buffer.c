#include "core/base/buffer.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"

void buffer_fini(struct buffer *self)
{
    mem_free(self->data);
    *self = (struct buffer){.bytes_max = self->bytes_max};
}

void buffer_clear(struct buffer *self)
{
    self->size = 0;
}

enum err buffer_reserve(struct buffer *self, size_t size, uint8_t **out)
{
    assert(self->size <= self->bytes_max);
    if (size > self->bytes_max - self->size) {
        return ERR_FULL;
    }
    const size_t needed = self->size + size;
    if (needed > self->room || self->data == NULL) {
        size_t room = self->room < 256 ? 256 : 2 * self->room;
        room = room < needed ? needed : room;
        uint8_t *data = mem_resize(self->data, room);
        if (data == NULL) {
            return ERR_MEMORY;
        }
        self->data = data;
        self->room = room;
    }
    *out = self->data + self->size;
    return ERR_OK;
}

enum err buffer_add(struct buffer *self, struct bytes more)
{
    uint8_t *place = NULL;
    const enum err err = buffer_reserve(self, more.size, &place);
    if (err != ERR_OK) {
        return err;
    }
    if (more.size > 0) {
        memcpy(place, more.data, more.size);
    }
    self->size += more.size;
    return ERR_OK;
}

enum err buffer_add_text(struct buffer *self, const char *text)
{
    return buffer_add(self, bytes_text(text));
}

struct bytes buffer_bytes(const struct buffer *self)
{
    return bytes_of(self->data, self->size);
}
