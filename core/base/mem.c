#include "core/base/mem.h"

#include <stdint.h>
#include <stdlib.h>

#include <sys/mman.h>

/* From here on a block is a table that is read all over: with pages of 4 KiB nearly every look-up
 * misses the processor's cache of page addresses, and the kernel hands out each page by itself. */
static const size_t large_bytes = (size_t)1 << 20;
static const uintptr_t large_page_bytes = (uintptr_t)2 << 20;

/* Only a wish, for what whole large pages the block has; nothing is touched by it. */
static void wish_large_pages(void *block, size_t bytes)
{
    const uintptr_t start = (uintptr_t)block + large_page_bytes - 1, end = (uintptr_t)block + bytes;
    const uintptr_t first = start / large_page_bytes * large_page_bytes;
    const uintptr_t last = end / large_page_bytes * large_page_bytes;
    if (first < last) {
        (void)madvise((void *)first, last - first, MADV_HUGEPAGE);
    }
}

void *mem_calloc(size_t count, size_t size)
{
    void *block = calloc(count, size);
    if (block != NULL && size != 0 && count >= large_bytes / size) {
        wish_large_pages(block, count * size);
    }
    return block;
}

void *mem_resize(void *block, size_t new_bytes)
{
    return realloc(block, new_bytes);
}

void mem_free(void *block)
{
    free(block);
}
