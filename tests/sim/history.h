/* history: what each watched sheet was at each position of the log, by a fold of the durable log
 * beside the broker's. Whoever watches may never show anything else. */
#ifndef TESTS_SIM_HISTORY_H
#define TESTS_SIM_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

enum { HISTORY_SHEETS_MAX = 4 };

/* A sheet as of a position. */
struct history_point {
    bool live; /* the programme file in force keeps it */
    uint64_t basis, digest, received_at_ms;
};

/* requests: of count sheets, as a watcher asks for them; borrowed for the run. */
void history_begin(json_t *const *requests, uint32_t count);
void history_end(void);

/* Folds what has become durable. */
void history_read(void);

/* False: the durable log has no such position. */
bool history_at(uint64_t position, uint32_t sheet, struct history_point *out);

#endif
