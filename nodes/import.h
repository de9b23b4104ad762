/* import: one office file, step by step: bytes -> rows -> drafts -> events -> sealed batches,
 * and a report.
 *
 * Each step is one transaction: what it accepted is on disk with its batches. A crash between
 * two steps loses nothing: when the file is read again, what was taken is known. */
#ifndef NODES_IMPORT_H
#define NODES_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/mapping/mapping.h"
#include "core/model/programme.h"
#include "nodes/packer.h"
#include "nodes/records.h"
#include "nodes/registry.h"
#include "nodes/report.h"

struct import;

struct import_options {
    struct records *records; /* these are borrowed for the life */
    struct packer *packer;
    struct registry *registry;
    const struct programme *programme;
    const struct join_programme *key;
    const uint8_t *digest; /* of the programme version */
    const struct mapping_spec *mapping;
    const char *name; /* copied, without its folders */
    struct bytes content;
    bool dry_run, again;
};

/* Gives an import; free with import_free(), which ends what is open. Errors: ERR_MEMORY. */
MUST_CHECK enum err import_new(const struct import_options *options, struct import **out);
void import_free(struct import **self);

/* Does one step; *done when the file is finished. wall_ms: now. Errors: ERR_STORE and others:
 * the node must stop; ERR_FULL: the store is nearly full, try again. */
MUST_CHECK enum err import_step(struct import *self, uint64_t wall_ms, bool *done);

const struct report *import_report(const struct import *self);

/* Bytes read so far. */
size_t import_progress(const struct import *self);

/* Keeps the report of a file that was not read (name, programme and time are given): one fault of
 * the whole file and no rows, under one number for each name. No transaction may be open. Errors:
 * ERR_STORE, ERR_MEMORY; ERR_FULL: the store is nearly full, try again. */
MUST_CHECK enum err import_unread(struct records *records, struct arena *arena, enum reject code,
                                  struct report *report);

/* Reads the kept report of a file, with what the lead has refused since; the caller finishes it.
 * Inside a transaction. Errors: ERR_NOT_FOUND, no such file, or its reading was cut off; ERR_STORE,
 * ERR_MEMORY. */
MUST_CHECK enum err import_kept_report(struct records *records, uint32_t file, struct arena *arena,
                                       struct report *out);

#endif
