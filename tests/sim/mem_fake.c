/* mem for the simulator: large blocks come from the system without passing the sanitizer, which
 * would poison every page of a cap of many megabytes each time that a file or a process begins. */
#include "core/base/mem.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LARGE_BYTES = 1 << 20, LARGE_MAX = 256 };

static struct large {
    void *block;
    size_t bytes;
} larges[LARGE_MAX];

static struct large *large_of(const void *block)
{
    for (size_t i = 0; i < LARGE_MAX; i++) {
        if (larges[i].block == block) {
            return &larges[i];
        }
    }
    return NULL;
}

/* Zeroed; its pages cost nothing until they are touched. */
static void *large_new(size_t bytes)
{
    struct large *free_place = large_of(NULL);
    assert(free_place != NULL);
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) {
        return NULL;
    }
    *free_place = (struct large){.block = block, .bytes = bytes};
    return block;
}

void *mem_calloc(size_t count, size_t size)
{
    assert(size > 0 && count <= SIZE_MAX / size);
    return count * size >= LARGE_BYTES ? large_new(count * size) : calloc(count, size);
}

void *mem_resize(void *block, size_t new_bytes)
{
    const struct large *large = block != NULL ? large_of(block) : NULL;
    if (large == NULL) {
        /* One that grows is bounded by what the simulator writes: it may stay with the heap. */
        return block == NULL && new_bytes >= LARGE_BYTES ? large_new(new_bytes)
                                                         : realloc(block, new_bytes);
    }
    const size_t kept = large->bytes < new_bytes ? large->bytes : new_bytes;
    void *moved = new_bytes >= LARGE_BYTES ? large_new(new_bytes) : malloc(new_bytes);
    if (moved != NULL) {
        memcpy(moved, block, kept);
        mem_free(block);
    }
    return moved;
}

void mem_free(void *block)
{
    struct large *large = block != NULL ? large_of(block) : NULL;
    if (large == NULL) {
        free(block);
        return;
    }
    const int result = munmap(large->block, large->bytes);
    assert(result == 0);
    *large = (struct large){0};
}
