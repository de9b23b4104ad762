/* A sealed batch from a stranger, its header and confidential part as well. Also log entries and
 * all other messages, as they share the scan: the first byte chooses. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/model/limits.h"
#include "proto/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_BYTES = BATCH_ARENA_BYTES, TEXT_ROOM = 1 << 12 };

/* Decodes, encodes what was decoded, and expects the input again. */
#define ROUND_TRIP(name)                                                                           \
    static bool round_trip_##name(struct bytes input, struct arena *arena)                         \
    {                                                                                              \
        static struct name out;                                                                    \
        struct buffer again = {.bytes_max = CODEC_BYTES_MAX + TEXT_ROOM};                          \
        const enum err err = codec_##name##_decode(input, arena, &out);                            \
        assert(arena_used(arena) <= ARENA_BYTES);                                                  \
        if (err != ERR_OK) {                                                                       \
            return false;                                                                          \
        }                                                                                          \
        const enum err encoded = codec_##name##_encode(&out, &again);                              \
        assert(encoded == ERR_OK);                                                                 \
        assert(bytes_equal(buffer_bytes(&again), input));                                          \
        buffer_fini(&again);                                                                       \
        return true;                                                                               \
    }
CODEC_LIST(ROUND_TRIP)
#undef ROUND_TRIP

#define ROUND_TRIP_NAME(name) round_trip_##name,
static bool (*const round_trips[])(struct bytes, struct arena *) = {CODEC_LIST(ROUND_TRIP_NAME)};
#undef ROUND_TRIP_NAME

enum { ROUND_TRIP_COUNT = sizeof round_trips / sizeof round_trips[0] };

/* The parts of a sealed batch are messages in bytes fields. */
static void parts(struct bytes input, struct arena *arena)
{
    struct sealed_batch sealed;
    if (codec_sealed_batch_decode(input, arena, &sealed) != ERR_OK) {
        return;
    }
    (void)round_trip_batch_header(sealed.header, arena);
    (void)round_trip_columns(sealed.columns, arena);
    (void)round_trip_confidential(sealed.confidential, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *arena;
    if (arena == NULL && arena_new(ARENA_BYTES, &arena) != ERR_OK) {
        return 0;
    }
    if (size == 0) {
        return 0;
    }
    const struct bytes input = bytes_of(data + 1, size - 1);
    arena_reset(arena);
    if (round_trips[data[0] % ROUND_TRIP_COUNT](input, arena) && data[0] % ROUND_TRIP_COUNT == 0) {
        parts(input, arena);
    }
    return 0;
}
