/* packer: collects events into the next batch, and seals it into the outbox.
 *
 * Everything happens inside the records' writing transaction: an event has its sequence, its row
 * and its person's number on disk together, or not at all. */
#ifndef NODES_PACKER_H
#define NODES_PACKER_H

#include <stdint.h>

#include "config/exchange.h"
#include "core/base/err.h"
#include "core/model/event.h"
#include "nodes/records.h"

struct packer;

struct packer_options {
    struct records *records; /* borrowed for the life, as is the join file */
    const struct join_file *join;
};

/* Gives a packer; free with packer_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err packer_new(const struct packer_options *options, struct packer **out);
void packer_free(struct packer **self);

/* Whose batches are made from here on; no batch may be open. digest: of the programme version. */
void packer_programme(struct packer *self, const struct join_programme *programme,
                      const uint8_t digest[DIGEST_BYTES]);

/* The number of a person or entity at this node: a known one, or the next, introduced by the
 * batch in hand. Errors: ERR_FULL, numbers are used up; ERR_STORE. */
MUST_CHECK enum err packer_person(struct packer *self, struct bytes scheme, struct bytes identifier,
                                  uint32_t *number);

/* Adds one event under its row's key and tells its sequence. A batch that is full is sealed first;
 * with `more` set, so is one that has no room for `more` further events.
 * Errors: ERR_RANGE (a code is too long); ERR_STORE; ERR_MEMORY; ERR_FULL. */
MUST_CHECK enum err packer_add(struct packer *self, const struct event *event,
                               const uint8_t row[ROW_KEY_BYTES], uint32_t more, uint64_t now_ms,
                               uint64_t *seq);

/* Seals what is open, if anything, into the outbox. */
MUST_CHECK enum err packer_seal(struct packer *self, uint64_t now_ms);

/* Forgets what is open, after the transaction was aborted. */
void packer_reset(struct packer *self);

/* One event as bytes for the row register, and back (texts are borrowed from the arena). */
MUST_CHECK enum err packer_pack(struct packer *self, const struct event *event, struct buffer *out);
MUST_CHECK enum err packer_unpack(struct bytes packed, struct arena *arena, struct event *out);

#endif
