/* chance: repeatable numbers in streams of their own: one purpose does not shift another's. */
#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHANCE_MILLION = 1000000 };

struct chance {
    uint64_t state;
};

/* The stream of that name under a seed. */
void chance_init(struct chance *self, uint64_t seed, uint64_t purpose);

uint64_t chance_next(struct chance *self);

/* 0 to limit - 1; limit at least 1. */
uint32_t chance_below(struct chance *self, uint32_t limit);

/* from to to, both inclusive. */
uint32_t chance_between(struct chance *self, uint32_t from, uint32_t to);

/* True in ppm of a million cases; 0 draws nothing. */
bool chance_happens(struct chance *self, uint32_t ppm);

void chance_fill(struct chance *self, void *out, size_t size);

#endif
