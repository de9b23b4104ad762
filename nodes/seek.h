/* seek: an office's person by an identifier, which goes no further than this. */
#ifndef NODES_SEEK_H
#define NODES_SEEK_H

#include <stdint.h>

#include "config/exchange.h"
#include "core/base/err.h"
#include "core/model/identity.h"
#include "nodes/records.h"

enum { SEEK_SCHEME_BYTES = 16 + 1 + 2 * ID_BYTES + 1 };

/* The scheme as it is hashed: an office's own id means something at this office only, two offices'
 * number 7 are two people. */
void seek_scheme(const struct join_file *join, const struct identity *identity,
                 char out[SEEK_SCHEME_BYTES]);

/* The node's number of the person, in a transaction of its own; none may be open. Errors:
 * ERR_NOT_FOUND, nobody of that identifier; ERR_STORE. */
MUST_CHECK enum err seek_person(struct records *records, const struct join_file *join,
                                const struct join_programme *programme,
                                const struct identity *identity, uint32_t *number);

#endif
