/* people: who is who, in an environment of its own: pseudonyms to the broker's person numbers, and
 * the row keys that nodes want back after a loss. Small, so that erasing can compact-copy it.
 *
 * It commits before the log does: a number given and not used is a gap, never given again. */
#ifndef BROKERS_PEOPLE_H
#define BROKERS_PEOPLE_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "proto/messages.h"

struct people;

/* Opens the environment. key: 32 bytes, of the second function over pseudonyms, borrowed for the
 * life. Errors: store_open()'s. Close with people_close(). */
MUST_CHECK enum err people_open(const char *path, uint64_t bytes_max, const uint8_t *key,
                                struct people **out);
void people_close(struct people **self);

/* The position of the last batch whose people are here. */
uint64_t people_position(const struct people *self);

/* Numbers up to this one are taken in the log. */
void people_floor(struct people *self, uint32_t number);

/* Opens a transaction. Errors: as store_begin(). */
MUST_CHECK enum err people_begin(struct people *self);

/* Gives the number of a pseudonym, a new one where it is not known. Errors: ERR_FULL, ERR_STORE. */
MUST_CHECK enum err people_number(struct people *self, struct bytes programme,
                                  const uint8_t pseudonym[PSEUDONYM_BYTES], uint32_t *number);

/* Keeps a batch's row keys for its node, and the batch's position. Errors: ERR_STORE. */
MUST_CHECK enum err people_keep(struct people *self, const struct batch_header *header,
                                struct bytes row_keys, uint64_t position);

/* Errors: ERR_STORE: stop. */
MUST_CHECK enum err people_commit(struct people *self);

/* Ends a transaction in which nothing was given or kept. */
void people_abandon(struct people *self);

#endif
