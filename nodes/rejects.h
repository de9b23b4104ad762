/* rejects: how many rows of an office's files are refused and not mended yet: of each file the
 * version under its name that was read last counts. It takes the place of the others, and theirs
 * are then closed.
 *
 * Derived from the reports and refusals of the records, once at the start; later only what
 * changed is looked at. Numbers only: names of files stay in the records. */
#ifndef NODES_REJECTS_H
#define NODES_REJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "nodes/records.h"

struct rejects;

struct rejects_sum {
    uint64_t rows;           /* refused by the node or the lead, in files that no newer replaces */
    uint32_t files;          /* such files with a fault; one that could not be read has no rows */
    uint64_t imported_at_ms; /* when a file was last read; 0: never */
};

/* Reads all reports. records and arena are borrowed for the life; no transaction may be open.
 * Errors: ERR_STORE, ERR_MEMORY. Gives a rejects; free with rejects_free(). */
MUST_CHECK enum err rejects_new(struct records *records, struct arena *arena, struct rejects **out);
void rejects_free(struct rejects **self);

/* A file was read, for the first time or again; 0 (a dry run) changes nothing. No transaction may
 * be open. Errors: as above. */
MUST_CHECK enum err rejects_read(struct rejects *self, uint32_t file);

/* The lead refused one more row of the file: told inside the transaction that keeps it, which the
 * process does not outlive when it fails. Of a row that stands in a replaced file too: it is not
 * counted (the list of rejects has it). */
void rejects_refused(struct rejects *self, uint32_t file);

struct rejects_sum rejects_sum(struct rejects *self);

/* The number of the file that took the place of this one; 0: none did. */
uint32_t rejects_replaced_by(const struct rejects *self, uint32_t file);

/* Whether the newest file of that name could not be read at all, and counts as such. */
bool rejects_has_no_rows(const struct rejects *self, const char *programme, const char *name);

#endif
