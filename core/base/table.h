/* table: an open-addressing hash table of fixed-size keys and values.
 *
 * Keys are compared as bytes: clear padding. Nothing is ever ordered by the hash that leaves the
 * process: iteration order must not reach a total, a digest or a file. */
#ifndef CORE_BASE_TABLE_H
#define CORE_BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct table;

struct table_options {
    size_t key_bytes;      /* a multiple of 4, 4 to 96 */
    size_t value_bytes;    /* a multiple of 4, 0 to 256 */
    size_t count_max;      /* entries, beyond which table_put() gives null */
    size_t count_reserved; /* entries up to which table_put() never allocates */
};

/* Gives an empty table; free with table_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err table_new(const struct table_options *options, struct table **out);
void table_free(struct table **self);

/* The value stored under key, borrowed until the next put, or null. With value_bytes 0 the pointer
 * only says that the key is there. */
void *table_find(const struct table *self, const void *key);

/* The value under key, cleared when *fresh is set to true; borrowed until the next put. Null when
 * count_max or the memory is reached: the table is then unchanged. */
void *table_put(struct table *self, const void *key, bool *fresh);

size_t table_count(const struct table *self);
void table_clear(struct table *self);

/* Walks all entries: start with *cursor = 0; false at the end. No put between two calls. */
bool table_next(const struct table *self, size_t *cursor, const void **key, void **value);

#endif
