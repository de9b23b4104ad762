/* store: named tables of ordered keys in one LMDB environment; a commit is on disk.
 *
 * Keys are compared as bytes and are at most 64 bytes long. No option weakens durability. After any
 * ERR_STORE the process must stop: the outcome of the last commit is unknown. */
#ifndef IO_STORE_H
#define IO_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

struct store;
struct store_txn;

struct store_options {
    const char *path; /* a folder; made when it is not there (not when read_only) */
    const char *const *tables;
    uint32_t table_count; /* at most 16; tables are named by their index below */
    uint64_t map_bytes;   /* the most the store may grow to; 0: 16 GiB */
    bool read_only;       /* beside a running writer; takes no lock */
};

/* Opens the store and, unless read_only, takes its lock for this process. A new store is made in
 * a file aside, synced and renamed, so that a crash leaves a whole store or none. No process may
 * hold the same path open twice, not even once for reading. Errors: ERR_BUSY, another process
 * holds the lock; ERR_NOT_FOUND, read_only and no store there; ERR_CONFIG, the path lies on a
 * network file system; ERR_VERSION, read_only and a table is missing; ERR_IO, also where the
 * folder above is missing; ERR_MEMORY; ERR_STORE, the store is damaged or its data file is gone.
 * Gives a store; close with store_close(). */
MUST_CHECK enum err store_open(const struct store_options *options, struct store **out);

/* Closes without a commit of what is open. *self may be null. */
void store_close(struct store **self);

/* One transaction at a time in a process. Reading ones must be short. Errors: ERR_FULL, write
 * only: less than a tenth of map_bytes is free, or less than half of that in one piece (nothing
 * is open then); ERR_STORE. */
MUST_CHECK enum err store_begin(struct store *self, bool write, struct store_txn **out);

/* store_begin() for changes that make room or finish what was begun (receipts, deletions): may
 * go on where store_begin() refuses, down to the last twentieth. Errors: as store_begin(). */
MUST_CHECK enum err store_begin_tidy(struct store *self, struct store_txn **out);

/* Makes all changes durable and ends the transaction, whatever it answers; clears *txn.
 * Errors: ERR_STORE: outcome unknown, stop the process. */
MUST_CHECK enum err store_commit(struct store_txn **txn);

/* Ends the transaction without its changes; clears *txn, which may be null. */
void store_abort(struct store_txn **txn);

/* Values are borrowed until the next change or the end of the transaction.
 * Errors: ERR_NOT_FOUND; ERR_STORE. */
MUST_CHECK enum err store_get(struct store_txn *txn, uint32_t table, struct bytes key,
                              struct bytes *value);

/* Sets the value under key. Errors: ERR_STORE (also when the map is full). */
MUST_CHECK enum err store_put(struct store_txn *txn, uint32_t table, struct bytes key,
                              struct bytes value);

/* store_put() of a key behind all others of its table. Errors: ERR_STORE, also when it is not. */
MUST_CHECK enum err store_append(struct store_txn *txn, uint32_t table, struct bytes key,
                                 struct bytes value);

/* Errors: ERR_NOT_FOUND; ERR_STORE. */
MUST_CHECK enum err store_delete(struct store_txn *txn, uint32_t table, struct bytes key);

/* The first entry at or after key (after: strictly behind it). key may be empty.
 * Errors: ERR_NOT_FOUND, there is none; ERR_STORE. */
MUST_CHECK enum err store_seek(struct store_txn *txn, uint32_t table, struct bytes key, bool after,
                               struct bytes *found, struct bytes *value);

/* The last entry strictly before key; with an empty key the table's last.
 * Errors: ERR_NOT_FOUND; ERR_STORE. */
MUST_CHECK enum err store_before(struct store_txn *txn, uint32_t table, struct bytes key,
                                 struct bytes *found, struct bytes *value);

/* Bytes the store may still grow by at least, and bytes in use at most, as of the last commit. Both
 * are 0 after ERR_STORE. */
uint64_t store_room(struct store *self);
uint64_t store_used(struct store *self);

#endif
