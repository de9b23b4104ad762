/* buffer: a growing run of bytes with a cap. */
#ifndef CORE_BASE_BUFFER_H
#define CORE_BASE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

/* Open, in the caller's storage; `{.bytes_max = N}` initialises one. */
struct buffer {
    uint8_t *data;
    size_t size;
    size_t room;
    size_t bytes_max;
};

/* Releases what the buffer holds; it may be used again. */
void buffer_fini(struct buffer *self);

void buffer_clear(struct buffer *self);

/* Errors: ERR_FULL, bytes_max would be passed; ERR_MEMORY. The buffer is then unchanged. */
MUST_CHECK enum err buffer_add(struct buffer *self, struct bytes more);
MUST_CHECK enum err buffer_add_text(struct buffer *self, const char *text);

/* Makes room for size more bytes and gives where they start; the caller fills all of them and then
 * adds size to self->size. Errors: as buffer_add(). */
MUST_CHECK enum err buffer_reserve(struct buffer *self, size_t size, uint8_t **out);

/* What it holds, borrowed until the next change. */
struct bytes buffer_bytes(const struct buffer *self);

#endif
