/* store_fake: io/store.h in memory, with what the simulator may see of its disks.
 *
 * A commit makes what is pending durable; a crash keeps what is durable. Values handed out are
 * copies that end with the next change or with the transaction, so that whoever keeps one longer is
 * caught. */
#ifndef TESTS_SIM_STORE_FAKE_H
#define TESTS_SIM_STORE_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Forgets all disks; no store may be open. */
void store_fake_reset(void);

/* What a table holds durably, in the order of its keys: the first entry at or behind key (behind:
 * strictly). False when there is none, or no such disk. Borrowed until the next change. */
bool store_fake_seek(const char *path, uint32_t table, struct bytes key, bool behind,
                     struct bytes *found, struct bytes *value);

/* The durable value under key. */
bool store_fake_get(const char *path, uint32_t table, struct bytes key, struct bytes *value);

/* Copies the durable image of a disk to a new one: a clone's. */
void store_fake_copy(const char *from, const char *to);

/* Whether a change is pending on the disk. */
bool store_fake_pending(const char *path);

#endif
