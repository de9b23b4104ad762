/* model: what the totals must be, by plain loops over the offices' books. */
#ifndef TESTS_SIM_MODEL_H
#define TESTS_SIM_MODEL_H

#include <stdint.h>

#include <jansson.h>

#include "tests/sim/office.h"

/* Fails the run unless the broker's lines (an array of texts PROGRAMME|INDICATOR|DIMENSIONS|LEVEL|
 * labels|value|partner sum) are exactly what the books come to. version: of the programme. */
void model_compare(const struct office *offices, uint32_t office_count, uint32_t version,
                   const json_t *lines);

#endif
