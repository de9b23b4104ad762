/* arena: a capped bump allocator; everything taken from it goes at once.
 *
 * Decoding uses one arena a batch, so that no input can make us allocate more than the cap. */
#ifndef CORE_BASE_ARENA_H
#define CORE_BASE_ARENA_H

#include <stddef.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

struct arena;

/* Gives an arena of at most bytes_max bytes, all reserved now; free with arena_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err arena_new(size_t bytes_max, struct arena **out);

/* Releases *self and clears it; *self may be null. */
void arena_free(struct arena **self);

/* Gives size bytes aligned for any type, not cleared, valid until the next reset; null at the
 * cap. */
void *arena_take(struct arena *self, size_t size);

/* arena_take() of count * size cleared bytes. */
void *arena_zeroed(struct arena *self, size_t count, size_t size);

/* Copies the bytes into the arena. Errors: ERR_FULL. */
MUST_CHECK enum err arena_copy(struct arena *self, struct bytes from, struct bytes *out);

void arena_reset(struct arena *self);

/* Bytes taken since the last reset. */
size_t arena_used(const struct arena *self);

#endif
