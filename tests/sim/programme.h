/* programme: the small programme of the simulated exchange, and its codes. */
#ifndef TESTS_SIM_PROGRAMME_H
#define TESTS_SIM_PROGRAMME_H

#include <stdint.h>

#include "tests/sim/world.h"

enum {
    PROGRAMME_PARTNERS = 3,
    PROGRAMME_TASKS = 2,
    PROGRAMME_REGIONS = 3,
    PROGRAMME_STATUSES = 2,
    PROGRAMME_SUPPORTS = 2, /* the second one is closed by the second version */
    PROGRAMME_ACTIVITIES = 2,
    PROGRAMME_VERSIONS = 3,
    PROGRAMME_FIRST_YEAR = 2023,
    PROGRAMME_CLOSED_DAY = WORLD_EPOCH_DAY - 100 /* last day of the closed support */
};

extern const char programme_id[];
extern const char *const programme_partners[PROGRAMME_PARTNERS];
extern const char *const programme_tasks[PROGRAMME_TASKS];
extern const char *const programme_region_codes[PROGRAMME_REGIONS];
extern const char *const programme_statuses[PROGRAMME_STATUSES];
extern const char *const programme_supports[PROGRAMME_SUPPORTS];
extern const char *const programme_activities[PROGRAMME_ACTIVITIES];
extern const char programme_regions[]; /* the region table */

enum { PROGRAMME_YAML_BYTES = 8192 };

/* Writes the YAML of a version, from 1: the second closes a support and keeps one
 * breakdown less live, the third has it again and counts one more. */
void programme_yaml(uint32_t version, char out[PROGRAMME_YAML_BYTES]);

#endif
