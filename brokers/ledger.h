/* ledger: the log and the node state in the broker's store: one commit for both.
 *
 * All above this header knows a log as append -> position, read at position, size and root; only
 * this file knows which tables hold it. */
#ifndef BROKERS_LEDGER_H
#define BROKERS_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/ingest/ingest.h"
#include "proto/messages.h"

struct ledger;

/* Opens the ledger in a store folder. Errors: store_open()'s. Close with ledger_close(). */
MUST_CHECK enum err ledger_open(const char *path, uint64_t bytes_max, bool read_only,
                                struct ledger **out);
void ledger_close(struct ledger **self);

/* Entries committed (a read-only ledger: as of its last ledger_refresh()), and their root. */
uint64_t ledger_size(const struct ledger *self);
void ledger_root(const struct ledger *self, uint8_t out[DIGEST_BYTES]);

/* When the last entry was received; 0 before the first. */
uint64_t ledger_received_at_ms(const struct ledger *self);

/* Looks again at what the writer has committed. Errors: ERR_STORE. */
MUST_CHECK enum err ledger_refresh(struct ledger *self);

/* Reads one entry; what is decoded and its bytes are copied into the arena. bytes may be null.
 * Errors: ERR_NOT_FOUND; the decoders' (a damaged log); ERR_STORE. */
MUST_CHECK enum err ledger_read(struct ledger *self, uint64_t position, struct arena *arena,
                                struct log_entry *out, struct bytes *bytes);

/* Where a node's batch lies. */
struct ledger_place {
    uint64_t position, first_seq;
    uint32_t count;
    uint8_t digest[DIGEST_BYTES]; /* of the batch's header */
    uint8_t root[DIGEST_BYTES];   /* of the log up to and with its entry */
};

/* The batch that holds the node's sequence, also one of the open group. Errors: ERR_NOT_FOUND,
 * ERR_STORE. */
MUST_CHECK enum err ledger_place(struct ledger *self, const uint8_t node[ID_BYTES], uint64_t seq,
                                 struct ledger_place *out);

/* Whether the node's event of that sequence was withdrawn (place: of its batch). Errors:
 * ERR_STORE. */
MUST_CHECK enum err ledger_withdrawn(struct ledger *self, const uint8_t node[ID_BYTES],
                                     const struct ledger_place *place, uint64_t seq, bool *out);

/* The stored register of a node; a node never heard of gives zeros. Errors: ERR_STORE. */
MUST_CHECK enum err ledger_register(struct ledger *self, const uint8_t node[ID_BYTES],
                                    struct ingest_register *out);

/* The position of the last entry received at or before the time; 0: none. Errors: ERR_STORE. */
MUST_CHECK enum err ledger_at_time(struct ledger *self, uint64_t wall_ms, uint64_t *position);

/* Sessions above this one were never given; written by ledger_session_set(). */
uint64_t ledger_session(const struct ledger *self);

/* ---- writing: one group at a time ---- */

/* Opens a group. Errors: ERR_FULL, the store is nearly full: refuse and go on reading;
 * ERR_STORE. */
MUST_CHECK enum err ledger_begin(struct ledger *self);
bool ledger_writing(const struct ledger *self);

/* ledger_begin() for what is small and must not wait for room: a start, an administrator's
 * decision. */
MUST_CHECK enum err ledger_begin_small(struct ledger *self);

/* Appends an entry; sets its position (size + 1) and received_at_ms (max(previous, now)).
 * Errors: ERR_STORE, ERR_FULL (too large), ERR_MEMORY. */
MUST_CHECK enum err ledger_append(struct ledger *self, struct log_entry *entry, uint64_t now_ms);

/* Files the entry just appended under its node, with the node's new register. */
MUST_CHECK enum err ledger_file_batch(struct ledger *self, const struct batch_header *header,
                                      const uint8_t digest[DIGEST_BYTES],
                                      const struct ingest_register *reg);
MUST_CHECK enum err ledger_register_put(struct ledger *self, const uint8_t node[ID_BYTES],
                                        const struct ingest_register *reg);
MUST_CHECK enum err ledger_withdraw(struct ledger *self, const uint8_t node[ID_BYTES],
                                    const struct ledger_place *place, uint64_t seq);
MUST_CHECK enum err ledger_session_set(struct ledger *self, uint64_t session);

/* Errors: ERR_STORE: outcome unknown, stop. */
MUST_CHECK enum err ledger_commit(struct ledger *self);

/* Ends a group in which nothing was written. */
void ledger_abandon(struct ledger *self);

#endif
