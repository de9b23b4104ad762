/* moment: times as people write and read them. */
#ifndef TOOLS_MOMENT_H
#define TOOLS_MOMENT_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

enum { MOMENT_TEXT_BYTES = 40 };

/* Reads 2024-07-01 (the end of that day), 2024-07-01T08:00[:30][Z] or -2h (s, m, h, d). Without Z
 * it is local time. Errors: ERR_MALFORMED. */
MUST_CHECK enum err moment_read(const char *text, uint64_t now_ms, uint64_t *wall_ms);

/* RFC 3339 in UTC, for JSON and CSV; "" for 0. */
void moment_utc(uint64_t wall_ms, char out[MOMENT_TEXT_BYTES]);

/* The day in UTC. */
int32_t moment_day(uint64_t wall_ms);

/* Local, for tables; "-" for 0. */
void moment_local(uint64_t wall_ms, char out[MOMENT_TEXT_BYTES]);

/* How long ago: "3 min"; "-" where wall_ms is 0. */
void moment_age(uint64_t wall_ms, uint64_t now_ms, char out[MOMENT_TEXT_BYTES]);

#endif
