/* counting: the log's entries folded into each programme's totals: live, rebuilt and as-of
 * alike. */
#ifndef BROKERS_COUNTING_H
#define BROKERS_COUNTING_H

#include <stdint.h>

#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/totals/identities.h"
#include "core/totals/totals.h"

struct counting;

/* Takes a batch as it would be folded, in place of the totals. All is borrowed. Its errors are
 * those of the run. */
typedef enum err counting_tap(void *context, const struct log_entry *entry,
                              const struct batch_header *header, const struct totals_batch *batch);

struct counting_options {
    struct exchange
        *exchange;         /* borrowed for the life: who is who, and which version is in force */
    const char *programme; /* only this one; null: all */
    struct programme *instead; /* counted under this file, not the one in force; borrowed */
    const struct view *views;  /* null: the programme's live ones */
    uint32_t view_count;
    int32_t until;      /* DATE_MAX: no end */
    bool regions_dated; /* regions as at regions_at, not as at each event */
    int32_t regions_at;
    counting_tap *tap; /* null: the totals are folded */
    void *tap_context;
};

/* Gives a counting without entries; free with counting_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err counting_new(const struct counting_options *options, struct counting **out);
void counting_free(struct counting **self);

/* Takes the version now in force for a programme: its totals start empty. One that cannot be read
 * is not counted. Errors: ERR_MEMORY. */
MUST_CHECK enum err counting_take_version(struct counting *self,
                                          const struct exchange_programme *version);

/* People merged and split in entries 1 to p are who they are from the first entry on: so each entry
 * is collected before the first is folded, where exchange_has_people(). counting_run() does it.
 * Entries that were collected are folded as before, and so are later batches. Errors:
 * identities_introduce()'s, the decoders'. */
MUST_CHECK enum err counting_collect(struct counting *self, const struct log_entry *entry,
                                     struct arena *arena);

/* Lets identities follow one merge or split. Errors: ERR_MEMORY, as identities_merge()'s. */
MUST_CHECK enum err counting_follow_people(struct identities *identities,
                                           const struct exchange_people *decision);

/* Folds one batch entry; other entries are passed over. Errors: totals_fold()'s; the decoders' (a
 * damaged log); ERR_NOT_FOUND, a node that was never enrolled. */
MUST_CHECK enum err counting_fold(struct counting *self, const struct log_entry *entry,
                                  struct arena *arena);

/* The same for whoever has the entry's header and columns decoded already. */
MUST_CHECK enum err counting_fold_decoded(struct counting *self, const struct log_entry *entry,
                                          const struct batch_header *header,
                                          const struct columns *columns);

/* Told now and then during counting_run(); false stops the run. */
typedef bool counting_progress(void *context, uint64_t position);

/* Reads the ledger's entries 1 to through and folds those of the programme (null: of all).
 * Errors: ledger_read()'s, counting_fold()'s; ERR_STATE, stopped by progress. */
MUST_CHECK enum err counting_run(struct counting *self, struct ledger *ledger, uint64_t through,
                                 const char *programme, counting_progress *progress, void *context);

/* The totals of a programme and the file they are counted under; null where there are none. */
struct totals *counting_totals(struct counting *self, struct bytes programme);
const struct programme *counting_programme(struct counting *self, struct bytes programme);

/* All programmes' lines in the order of their ids: PROGRAMME|line. Errors: ERR_MEMORY. */
MUST_CHECK enum err counting_lines(struct counting *self, totals_emit *emit, void *context);

/* The digest of all lines, each with its line end. Errors: ERR_MEMORY. */
MUST_CHECK enum err counting_digest(struct counting *self, uint8_t out[DIGEST_BYTES]);

#endif
