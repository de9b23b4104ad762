/* mem: the one door to the heap, so that a test can make the Nth allocation fail.
 *
 * Unit tests are linked so that both calls go through tests/support/mem_failing.c first. */
#ifndef CORE_BASE_MEM_H
#define CORE_BASE_MEM_H

#include <stddef.h>

/* Gives count * size zeroed bytes, or null; many of them on large pages where the system has such.
 * Free with mem_free(). */
void *mem_calloc(size_t count, size_t size);

/* Gives a block of new_bytes that starts with what block held; block may be null. On null the old
 * block is still the caller's. Bytes beyond the old size are not cleared. */
void *mem_resize(void *block, size_t new_bytes);

/* Releases block, which may be null. */
void mem_free(void *block);

#endif
