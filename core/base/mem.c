#include "core/base/mem.h"

#include <stdlib.h>

void *mem_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void *mem_resize(void *block, size_t new_bytes)
{
    return realloc(block, new_bytes);
}

void mem_free(void *block)
{
    free(block);
}
