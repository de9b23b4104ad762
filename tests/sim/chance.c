#include "tests/sim/chance.h"

#include <assert.h>
#include <string.h>

/* SplitMix64 (Steele, Lea, Flood 2014): every state is good, so streams may start anywhere. */
uint64_t chance_next(struct chance *self)
{
    self->state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t mixed = self->state;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

void chance_init(struct chance *self, uint64_t seed, uint64_t purpose)
{
    struct chance first = {.state = seed};
    self->state = chance_next(&first) ^ purpose * UINT64_C(0xD1342543DE82EF95);
    (void)chance_next(self);
}

uint32_t chance_below(struct chance *self, uint32_t limit)
{
    assert(limit > 0);
    return (uint32_t)((chance_next(self) >> 32) * limit >> 32);
}

uint32_t chance_between(struct chance *self, uint32_t from, uint32_t to)
{
    assert(from <= to);
    return from + chance_below(self, to - from + 1);
}

bool chance_happens(struct chance *self, uint32_t ppm)
{
    return ppm > 0 && chance_below(self, CHANCE_MILLION) < ppm;
}

void chance_fill(struct chance *self, void *out, size_t size)
{
    uint8_t *at = out;
    while (size > 0) {
        const uint64_t number = chance_next(self);
        const size_t part = size < sizeof number ? size : sizeof number;
        memcpy(at, &number, part);
        at += part;
        size -= part;
    }
}
