/* identities: who a node's person is, when people have been merged and split.
 *
 * A person (node, number) has the identity of the broker's number that it was introduced with. A
 * merge gives all identities of the people named that of the first; whoever is introduced later
 * under one of the merged numbers follows. A split gives the people named an identity of their own;
 * where nobody introduced under a broker's number stays behind with it, whoever is introduced later
 * under that number follows the split. Introductions and decisions come in the log's order. */
#ifndef CORE_TOTALS_IDENTITIES_H
#define CORE_TOTALS_IDENTITIES_H

#include <stdint.h>

#include "core/base/err.h"

struct identities;

struct identities_person {
    uint32_t node, number; /* the caller's number of the node; the node's own of the person */
};

/* Gives identities of nobody; free with identities_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err identities_new(struct identities **out);
void identities_free(struct identities **self);

/* Notes that the node's people first, first + 1 ... are the broker's numbers[0] ...; saying it
 * again changes nothing. Errors: ERR_MALFORMED, one of them has another number already, or first is
 * 0; ERR_MEMORY. */
MUST_CHECK enum err identities_introduce(struct identities *self, uint32_t node, uint32_t first,
                                         const uint32_t *numbers, uint32_t count);

/* Decisions, each in its turn. People never introduced so far are passed over. Errors:
 * ERR_MEMORY: the identities are no longer to be used. */
MUST_CHECK enum err identities_merge(struct identities *self,
                                     const struct identities_person *people, uint32_t count);
MUST_CHECK enum err identities_split(struct identities *self,
                                     const struct identities_person *people, uint32_t count);

/* The person's identity; 0 for one never introduced. A number of the broker's, or of a split:
 * UINT32_MAX less the number of splits before it. */
uint32_t identities_of(struct identities *self, struct identities_person person);

#endif
