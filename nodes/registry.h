/* registry: what an office's row means for what was sent before: new, known, a correction, a
 * deletion; and what a person's enrolment says about the person's other rows.
 *
 * A row is known by its key, or, without one, by its content and its place among equal rows of the
 * file. The row keeps every version on its way to the lead, so that a refusal takes it back to
 * what the lead has. */
#ifndef NODES_REGISTRY_H
#define NODES_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/mapping/mapping.h"
#include "core/model/programme.h"
#include "nodes/packer.h"
#include "nodes/records.h"

struct registry;

struct registry_options {
    struct records *records; /* these are borrowed for the life */
    struct packer *packer;
    const struct join_file *join;
};

/* What the rows of one file have in common. */
struct registry_file {
    const struct programme *programme; /* borrowed until the next registry_begin() */
    uint32_t file;                     /* its number */
    bool known_file;                   /* rows that a later file changed stay as that has them */
    int32_t today;
    uint64_t now_ms;
};

enum registry_outcome {
    ROW_ACCEPTED,
    ROW_CORRECTED, /* a correction or a deletion was sent */
    ROW_KNOWN,
    ROW_CHANGED_LATER, /* known, but a later file says otherwise */
    ROW_REFUSED        /* see fault */
};

/* Gives a registry; free with registry_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err registry_new(const struct registry_options *options, struct registry **out);
void registry_free(struct registry **self);

/* Starts a file: keys seen in the one before are forgotten. */
MUST_CHECK enum err registry_begin(struct registry *self, const struct registry_file *file);

/* Takes one row, inside a writing transaction. *fault is set with ROW_REFUSED; nothing of such a
 * row is kept. Errors: ERR_STORE, ERR_MEMORY, ERR_FULL: the transaction must be aborted. */
MUST_CHECK enum err registry_take(struct registry *self, const struct mapping_draft *draft,
                                  uint32_t line, enum registry_outcome *outcome,
                                  enum reject *fault);

/* The lead refused the event of that sequence: its row goes back to the version before. Tells where
 * the row stood (file 0: the row is no longer known here). Errors: as above. */
MUST_CHECK enum err registry_refuse(struct registry *self, const uint8_t row[ROW_KEY_BYTES],
                                    uint64_t seq, uint32_t *file, uint32_t *line);

#endif
