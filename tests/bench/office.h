/* office: the workload as the office tables of its twenty partners. */
#ifndef TESTS_BENCH_OFFICE_H
#define TESTS_BENCH_OFFICE_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "tests/bench/site.h"

/* Writes the folder's tables: one for each partner, its enrolments first, as an office keeps it.
 * Every line of the workload is a row; a repetition is the same row again. */
void office_write(const struct site *site, uint64_t events);

/* Reads a partner's table (from 0) into the cleared buffer. */
void office_read(const struct site *site, int partner, struct buffer *out);

#endif
