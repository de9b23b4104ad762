#include "tests/support/mem_failing.h"

#include "core/base/mem.h"

static size_t fails_at;
static size_t count;
static bool failed;

/* Names that the linker's --wrap asks for. */
void *__real_mem_calloc(size_t number, size_t size);
void *__real_mem_resize(void *block, size_t new_bytes);
void *__wrap_mem_calloc(size_t number, size_t size);
void *__wrap_mem_resize(void *block, size_t new_bytes);

void mem_failing_at(size_t nth)
{
    fails_at = nth;
    count = 0;
    failed = false;
}

bool mem_failing_done(void)
{
    fails_at = 0;
    return failed;
}

size_t mem_failing_count(void)
{
    return count;
}

static bool fails_now(void)
{
    count++;
    if (count != fails_at) {
        return false;
    }
    failed = true;
    return true;
}

void *__wrap_mem_calloc(size_t number, size_t size)
{
    return fails_now() ? NULL : __real_mem_calloc(number, size);
}

void *__wrap_mem_resize(void *block, size_t new_bytes)
{
    return fails_now() ? NULL : __real_mem_resize(block, new_bytes);
}
