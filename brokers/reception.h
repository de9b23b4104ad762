/* reception: the shell around ingest: nodes' messages decoded and checked, its actions performed:
 * write, commit, answer. */
#ifndef BROKERS_RECEPTION_H
#define BROKERS_RECEPTION_H

#include "brokers/house.h"
#include "core/base/err.h"
#include "io/link.h"

struct reception;

/* Listens, and lets in every node that is enrolled. house is borrowed for the life. Errors:
 * link_listen()'s. Gives a reception; close with reception_close(). */
MUST_CHECK enum err reception_open(struct house *house, const char *endpoint,
                                   struct reception **out);
void reception_close(struct reception **self);

/* Takes what has arrived, commits it and answers. Errors: those that end the process. */
MUST_CHECK enum err reception_turn(struct reception *self);

/* Follows the enrolment or revocation of a node: its key is let in, or no longer, and neither is
 * the one that it had before. */
void reception_follow(struct reception *self, const struct exchange_change *change);

struct link *reception_link(struct reception *self);

#endif
