#include "tests/bench/samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/site.h"

static struct figure *find(struct samples *self, const char *name)
{
    for (int i = 0; i < self->count; i++) {
        if (strcmp(self->all[i].name, name) == 0) {
            return &self->all[i];
        }
    }
    if (self->count == FIGURES_MAX) {
        bench_fail("too many figures");
    }
    struct figure *figure = &self->all[self->count++];
    snprintf(figure->name, sizeof figure->name, "%s", name);
    return figure;
}

void samples_add(struct samples *self, const char *name, double sample)
{
    struct figure *figure = find(self, name);
    if (figure->count == SAMPLES_MAX) {
        bench_fail("too many passes");
    }
    figure->samples[figure->count++] = sample;
}

double samples_last(const struct samples *self, const char *name)
{
    for (int i = 0; i < self->count; i++) {
        const struct figure *figure = &self->all[i];
        if (strcmp(figure->name, name) == 0 && figure->count > 0) {
            return figure->samples[figure->count - 1];
        }
    }
    return 0;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median(struct figure *figure)
{
    const int middle = figure->count / 2;
    qsort(figure->samples, (size_t)figure->count, sizeof figure->samples[0], compare);
    return figure->count % 2 == 1 ? figure->samples[middle]
                                  : (figure->samples[middle - 1] + figure->samples[middle]) / 2;
}

void samples_table(struct samples *self, const struct samples_header *header)
{
    printf("W1, %" PRIu64 " events, %d passes; totals as the reference's: %016" PRIx64 "\n",
           header->events, header->passes, header->checksum);
    printf("%-36s %14s %14s %14s\n", "FIGURE", "MEDIAN", "LEAST", "MOST");
    for (int i = 0; i < self->count; i++) {
        struct figure *figure = &self->all[i];
        const double middle = median(figure);
        printf("%-36s %14.9g %14.9g %14.9g\n", figure->name, middle, figure->samples[0],
               figure->samples[figure->count - 1]);
    }
}

void samples_json(struct samples *self, const struct samples_header *header)
{
    printf("{\"workload\": \"W1\", \"events\": %" PRIu64 ", \"passes\": %d, \"checksum\": "
           "\"%016" PRIx64 "\", \"figures\": {",
           header->events, header->passes, header->checksum);
    for (int i = 0; i < self->count; i++) {
        struct figure *figure = &self->all[i];
        const double middle = median(figure);
        printf("%s\n  \"%s\": {\"median\": %.9g, \"min\": %.9g, \"max\": %.9g, \"count\": %d}",
               i > 0 ? "," : "", figure->name, middle, figure->samples[0],
               figure->samples[figure->count - 1], figure->count);
    }
    printf("\n}}\n");
}

void samples_lines(const struct samples *self)
{
    for (int i = 0; i < self->count; i++) {
        for (int k = 0; k < self->all[i].count; k++) {
            printf("peer=ogniwo mode=fsync+curve:20-nodes metric=%s value=%.9g\n",
                   self->all[i].name, self->all[i].samples[k]);
        }
    }
}
