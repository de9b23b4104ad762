/* survey: what the log knows of the people whom a decision names. */
#ifndef BROKERS_SURVEY_H
#define BROKERS_SURVEY_H

#include <stdint.h>

#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "proto/messages.h"

/* Reads the whole log, and refuses a decision about somebody whom the node never introduced in the
 * programme (ERR_NOT_FOUND), a merge of people with entities, and a split of numbers that are not
 * all one person's (ERR_STATE); fault, at least EXCHANGE_FAULT_BYTES, says who. All nodes must be
 * known to the exchange: exchange_check(). The arena is reset on the way: the decision must not
 * lie in it. Errors of the log: ledger_read()'s, the decoders'; ERR_MEMORY. */
MUST_CHECK enum err survey_people(struct ledger *ledger, const struct exchange *exchange,
                                  const struct decision *decision, struct arena *arena,
                                  char *fault);

#endif
