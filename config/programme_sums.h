/* programme_sums: whether the targets of parts that are meant to add up to a whole do.
 *
 * No fault: a source may print figures that do not, and a programme file has what the source
 * prints. */
#ifndef CONFIG_PROGRAMME_SUMS_H
#define CONFIG_PROGRAMME_SUMS_H

#include "core/model/programme.h"

/* Targets are in hundredths; with ranges the ends are added up by themselves. */
struct programme_sum {
    const struct target *whole;
    uint32_t part_count;
    int64_t parts, parts_to; /* what the parts' values and upper ends add up to */
};

/* Calls visit for each target of an indicator with `parts: sum` where every part has a target of
 * the same kind and scope and they add up to something else. Of several versions the newest counts.
 * Targets without a number and those "per" something are left out. */
typedef void programme_sums_visit(void *context, const struct programme_sum *sum);
void programme_sums_differing(const struct programme *self, programme_sums_visit *visit,
                              void *context);

#endif
