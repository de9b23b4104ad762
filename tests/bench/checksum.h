/* checksum: the totals of workload W1 as one number that does not depend on the order of cells,
 * made as tests/bench/reference.py makes it. */
#ifndef TESTS_BENCH_CHECKSUM_H
#define TESTS_BENCH_CHECKSUM_H

#include <stdint.h>

#include "core/model/programme.h"
#include "core/totals/totals.h"

/* What reference.py finds for so many events, where it was asked already; else 0. */
uint64_t checksum_known(uint64_t events);

/* Of the live views of programme W1. Ends the process if the totals cannot be asked. */
uint64_t checksum_of(struct totals *totals, const struct programme *programme);

#endif
