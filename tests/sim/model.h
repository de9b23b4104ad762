/* model: what the totals must be, by plain loops over the offices' books. */
#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include <stdint.h>

#include <jansson.h>

#include "tests/sim/office.h"

/* Two people whom the lead has merged: they count as the first. */
struct model_merge {
    uint32_t offices[2];
    int people[2]; /* of the offices' own */
};

/* Fails the run unless the broker's lines (an array of texts PROGRAMME|INDICATOR|DIMENSIONS|LEVEL|
 * labels|value|partner sum) are exactly what the books come to. version: of the programme; merge:
 * null for none. */
void model_compare(const struct office *offices, uint32_t office_count, uint32_t version,
                   const struct model_merge *merge, const json_t *lines);

#endif
