/* A batch's columns: whatever is accepted is the one encoding of its events, and every event of it
 * can be read. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/model/event.h"
#include "core/model/limits.h"
#include "proto/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    struct columns columns;
    struct buffer again = {.bytes_max = CODEC_BYTES_MAX};
    if (arena == NULL && arena_new(BATCH_ARENA_BYTES, &arena) != ERR_OK) {
        return 0;
    }
    arena_reset(arena);
    const enum err err = codec_columns_decode(bytes_of(data, size), arena, &columns);
    assert(arena_used(arena) <= BATCH_ARENA_BYTES);
    if (err != ERR_OK) {
        return 0;
    }
    const enum err encoded = codec_columns_encode(&columns, &again);
    assert(encoded == ERR_OK);
    assert(bytes_equal(buffer_bytes(&again), bytes_of(data, size)));
    buffer_fini(&again);
    for (uint32_t i = 0; i < columns.count; i++) {
        struct event event;
        columns_event(&columns, i, &event);
        assert(event.task.size <= CODE_BYTES_MAX && event.region.size <= CODE_BYTES_MAX);
        assert(event.kind >= EVENT_ENROLLED && event.kind < EVENT_KIND_COUNT);
    }
    return 0;
}
