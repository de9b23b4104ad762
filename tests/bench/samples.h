/* samples: what was measured, by name, and their median, least and most as a table or as JSON. */
#ifndef TESTS_BENCH_SAMPLES_H
#define TESTS_BENCH_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

enum { FIGURES_MAX = 64, SAMPLES_MAX = 64, FIGURE_NAME_BYTES = 48 };

struct figure {
    char name[FIGURE_NAME_BYTES];
    double samples[SAMPLES_MAX];
    int count;
};

/* Open, in the caller's storage; zero to begin with. */
struct samples {
    struct figure all[FIGURES_MAX];
    int count;
};

void samples_add(struct samples *self, const char *name, double sample);
/* The newest sample of that name; 0 where there is none. */
double samples_last(const struct samples *self, const char *name);

struct samples_header {
    uint64_t events;
    int passes;
    uint64_t checksum;
};

void samples_table(struct samples *self, const struct samples_header *header);
void samples_json(struct samples *self, const struct samples_header *header);
/* A line for each sample, as the peers' programs write theirs. */
void samples_lines(const struct samples *self);

#endif
