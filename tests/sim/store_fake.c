/* The happy path is: 1. a change takes effect in place and leaves what it replaced in the list of
 * undone changes; 2. a commit drops that list; 3. an abort, or the end of the process, goes back
 * along it. So the durable image is the present one without the list.
 *
 * What may go wrong, as the seed wills: a commit answers with an error, done or not done; the
 * process dies in any call; the disk is full. */
#include "tests/sim/store_fake.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "io/store.h"
#include "tests/sim/world.h"

enum {
    TABLES_MAX = 16,
    KEY_BYTES_MAX = 64,
    DISKS_MAX = 64,
    PATH_BYTES = 512,
    CRASH_IN_COMMIT = 20,  /* times as likely as in other calls */
    OWN_BYTES = 32 * 1024, /* of an empty store */
    ENTRY_BYTES = 48       /* of an entry beside its key and value */
};

struct entry {
    size_t key_size, value_size;
    uint8_t bytes[]; /* key, then value */
};

struct table {
    struct entry **entries; /* ascending by key */
    size_t count, room;
};

/* A change, as it is taken back: what stood under the key, or null. */
struct undo {
    uint32_t table;
    uint8_t key[KEY_BYTES_MAX];
    size_t key_size;
    struct entry *old;
};

struct disk {
    char path[PATH_BYTES];
    struct table tables[TABLES_MAX];
    struct undo *undo;
    size_t undo_count, undo_room;
    uint64_t bytes; /* in use */
    bool open;
};

struct loan {
    struct loan *next;
    uint8_t bytes[];
};

struct store_txn {
    struct store *store;
    bool write;
    struct loan *loans;
};

struct store {
    struct disk *disk;
    uint64_t map_bytes;
    uint32_t table_count;
    bool read_only, poisoned, in_txn;
    struct store_txn txn;
};

static struct disk *disks[DISKS_MAX];

static struct bytes key_of(const struct entry *entry)
{
    return bytes_of(entry->bytes, entry->key_size);
}

static struct bytes value_of(const struct entry *entry)
{
    return bytes_of(entry->bytes + entry->key_size, entry->value_size);
}

/* By bytes, a shorter one before those that it begins. */
static int compare(struct bytes a, struct bytes b)
{
    const size_t size = a.size < b.size ? a.size : b.size;
    const int order = size > 0 ? memcmp(a.data, b.data, size) : 0;
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* The place of the first entry at or behind key. */
static size_t place_of(const struct table *table, struct bytes key)
{
    size_t low = 0, high = table->count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (compare(key_of(table->entries[middle]), key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool stands_at(const struct table *table, size_t place, struct bytes key)
{
    return place < table->count && compare(key_of(table->entries[place]), key) == 0;
}

static struct entry *entry_new(struct bytes key, struct bytes value)
{
    struct entry *entry = malloc(sizeof *entry + key.size + value.size + 1);
    assert(entry != NULL);
    entry->key_size = key.size;
    entry->value_size = value.size;
    memcpy(entry->bytes, key.data, key.size);
    if (value.size > 0) {
        memcpy(entry->bytes + key.size, value.data, value.size);
    }
    return entry;
}

static uint64_t bytes_used(const struct entry *entry)
{
    return entry != NULL ? ENTRY_BYTES + entry->key_size + entry->value_size : 0;
}

/* Puts entry (null: nothing) under key and gives what stood there. */
static struct entry *exchange(struct disk *disk, uint32_t number, struct bytes key,
                              struct entry *entry)
{
    struct table *table = &disk->tables[number];
    const size_t place = place_of(table, key);
    struct entry *old = stands_at(table, place, key) ? table->entries[place] : NULL;
    disk->bytes += bytes_used(entry);
    disk->bytes -= bytes_used(old);
    if (old != NULL && entry != NULL) {
        table->entries[place] = entry;
        return old;
    }
    if (entry != NULL) {
        if (table->count == table->room) {
            table->room = table->room == 0 ? 64 : 2 * table->room;
            table->entries = realloc(table->entries, table->room * sizeof *table->entries);
            assert(table->entries != NULL);
        }
        memmove(table->entries + place + 1, table->entries + place,
                (table->count - place) * sizeof *table->entries);
        table->entries[place] = entry;
        table->count++;
    } else if (old != NULL) {
        table->count--;
        memmove(table->entries + place, table->entries + place + 1,
                (table->count - place) * sizeof *table->entries);
    }
    return old;
}

static void change(struct disk *disk, uint32_t table, struct bytes key, struct entry *entry)
{
    if (disk->undo_count == disk->undo_room) {
        disk->undo_room = disk->undo_room == 0 ? 64 : 2 * disk->undo_room;
        disk->undo = realloc(disk->undo, disk->undo_room * sizeof *disk->undo);
        assert(disk->undo != NULL);
    }
    struct undo *undo = &disk->undo[disk->undo_count++];
    assert(key.size <= KEY_BYTES_MAX);
    undo->table = table;
    undo->key_size = key.size;
    memcpy(undo->key, key.data, key.size);
    undo->old = exchange(disk, table, key, entry);
}

static void make_durable(struct disk *disk)
{
    for (size_t i = 0; i < disk->undo_count; i++) {
        free(disk->undo[i].old);
    }
    disk->undo_count = 0;
}

static void take_back(struct disk *disk)
{
    while (disk->undo_count > 0) {
        struct undo *undo = &disk->undo[--disk->undo_count];
        free(exchange(disk, undo->table, bytes_of(undo->key, undo->key_size), undo->old));
    }
}

static void disk_free(struct disk *disk)
{
    take_back(disk);
    for (uint32_t i = 0; i < TABLES_MAX; i++) {
        for (size_t k = 0; k < disk->tables[i].count; k++) {
            free(disk->tables[i].entries[k]);
        }
        free(disk->tables[i].entries);
    }
    free(disk->undo);
    free(disk);
}

void store_fake_reset(void)
{
    for (uint32_t i = 0; i < DISKS_MAX; i++) {
        if (disks[i] != NULL) {
            assert(!disks[i]->open);
            disk_free(disks[i]);
            disks[i] = NULL;
        }
    }
}

/* The disk of that path; where it is new, one for it or null. */
static struct disk *disk_at(const char *path, bool make)
{
    for (uint32_t i = 0; i < DISKS_MAX; i++) {
        if (disks[i] != NULL && strcmp(disks[i]->path, path) == 0) {
            return disks[i];
        }
    }
    for (uint32_t i = 0; make && i < DISKS_MAX; i++) {
        if (disks[i] == NULL) {
            disks[i] = calloc(1, sizeof *disks[i]);
            assert(disks[i] != NULL && strlen(path) < PATH_BYTES);
            memcpy(disks[i]->path, path, strlen(path) + 1);
            disks[i]->bytes = OWN_BYTES;
            return disks[i];
        }
    }
    assert(!make);
    return NULL;
}

/* ---- what the simulator sees ---- */

/* The oldest change of the key that is not durable. */
static const struct undo *undone(const struct disk *disk, uint32_t table, struct bytes key)
{
    for (size_t i = 0; i < disk->undo_count; i++) {
        const struct undo *undo = &disk->undo[i];
        if (undo->table == table && compare(bytes_of(undo->key, undo->key_size), key) == 0) {
            return undo;
        }
    }
    return NULL;
}

bool store_fake_get(const char *path, uint32_t number, struct bytes key, struct bytes *value)
{
    const struct disk *disk = disk_at(path, false);
    if (disk == NULL) {
        return false;
    }
    const struct undo *undo = undone(disk, number, key);
    const struct table *table = &disk->tables[number];
    const size_t place = place_of(table, key);
    const struct entry *entry = undo != NULL                   ? undo->old
                                : stands_at(table, place, key) ? table->entries[place]
                                                               : NULL;
    if (entry != NULL) {
        *value = value_of(entry);
    }
    return entry != NULL;
}

bool store_fake_seek(const char *path, uint32_t number, struct bytes key, bool behind,
                     struct bytes *found, struct bytes *value)
{
    const struct disk *disk = disk_at(path, false);
    if (disk == NULL) {
        return false;
    }
    const struct table *table = &disk->tables[number];
    size_t place = place_of(table, key);
    if (behind && stands_at(table, place, key)) {
        place++;
    }
    /* Keys that a pending change has deleted are passed over: nothing asks for them. */
    for (; place < table->count; place++) {
        *found = key_of(table->entries[place]);
        if (store_fake_get(path, number, *found, value)) {
            return true;
        }
    }
    return false;
}

void store_fake_copy(const char *from, const char *to)
{
    struct disk *source = disk_at(from, false);
    struct disk *target = disk_at(to, true);
    assert(source != NULL && target->bytes == OWN_BYTES);
    for (uint32_t i = 0; i < TABLES_MAX; i++) {
        for (size_t k = 0; k < source->tables[i].count; k++) {
            const struct bytes key = key_of(source->tables[i].entries[k]);
            struct bytes value;
            if (store_fake_get(from, i, key, &value)) {
                struct entry *old = exchange(target, i, key, entry_new(key, value));
                assert(old == NULL);
            }
        }
    }
}

bool store_fake_pending(const char *path)
{
    const struct disk *disk = disk_at(path, false);
    return disk != NULL && disk->undo_count > 0;
}

/* ---- io/store.h ---- */

enum err store_open(const struct store_options *options, struct store **out)
{
    if (!world_alive()) {
        return ERR_STORE;
    }
    struct disk *disk = disk_at(options->path, !options->read_only);
    if (disk == NULL) {
        return ERR_NOT_FOUND;
    }
    if (disk->open) {
        return ERR_BUSY;
    }
    struct store *self = calloc(1, sizeof *self);
    assert(self != NULL && options->table_count <= TABLES_MAX);
    *self =
        (struct store){.disk = disk,
                       .map_bytes = options->map_bytes > 0 ? options->map_bytes : UINT64_C(1) << 34,
                       .table_count = options->table_count,
                       .read_only = options->read_only};
    disk->open = true;
    *out = self;
    return ERR_OK;
}

static void end_loans(struct store_txn *txn)
{
    while (txn->loans != NULL) {
        struct loan *loan = txn->loans;
        txn->loans = loan->next;
        free(loan);
    }
}

static void end(struct store_txn **txn)
{
    end_loans(*txn);
    (*txn)->store->in_txn = false;
    *txn = NULL;
}

void store_close(struct store **self)
{
    if (*self != NULL) {
        struct store_txn *txn = &(*self)->txn;
        if ((*self)->in_txn) {
            store_abort(&txn);
        }
        (*self)->disk->open = false;
        free(*self);
    }
    *self = NULL;
}

static enum err begin(struct store *self, bool write, uint64_t spare, struct store_txn **out)
{
    const struct process *process = world.current;
    if (!world_alive() || self->poisoned) {
        return ERR_STORE;
    }
    if (self->in_txn) {
        world_fail("two transactions at a time on %s", self->disk->path);
    }
    const bool full = process != NULL && world.now_ms < process->full_until_ms && spare == 10;
    if (write && (full || store_room(self) < self->map_bytes / spare)) {
        world_mark(MARK_DISK_FULL);
        return ERR_FULL;
    }
    assert(!write || !self->read_only);
    self->in_txn = true;
    self->txn = (struct store_txn){.store = self, .write = write};
    *out = &self->txn;
    return ERR_OK;
}

enum err store_begin(struct store *self, bool write, struct store_txn **out)
{
    return begin(self, write, 10, out);
}

enum err store_begin_tidy(struct store *self, struct store_txn **out)
{
    return begin(self, true, 20, out);
}

void store_abort(struct store_txn **txn)
{
    if (*txn != NULL) {
        if ((*txn)->write) {
            take_back((*txn)->store->disk);
        }
        end(txn);
    }
}

/* What becomes of a commit that answers with an error: nobody can tell. */
static void settle_unknown(struct disk *disk, struct process *process, bool crash)
{
    const bool kept = chance_below(&process->disk, 2) == 0;
    if (crash) {
        world_mark(kept ? MARK_CRASH_IN_COMMIT_KEPT : MARK_CRASH_IN_COMMIT_LOST);
    } else {
        world_mark(kept ? MARK_COMMIT_UNKNOWN_KEPT : MARK_COMMIT_UNKNOWN_LOST);
        process->stopping = true;
    }
    world_say("  commit of %s fails, %s", disk->path, kept ? "kept" : "lost");
    if (kept) {
        make_durable(disk);
    } else {
        take_back(disk);
    }
}

enum err store_commit(struct store_txn **txn)
{
    struct store *self = (*txn)->store;
    struct process *process = world.current;
    const bool was_dead = process != NULL && process->dead;
    const bool alive = world_survives(CRASH_IN_COMMIT);
    enum err err = ERR_STORE;
    assert((*txn)->write);
    if (self->poisoned || was_dead) {
        take_back(self->disk);
    } else if (!alive) {
        settle_unknown(self->disk, process, true);
    } else if (process != NULL && world.faulty &&
               chance_happens(&process->disk, world.faults.commit_ppm)) {
        settle_unknown(self->disk, process, false);
    } else {
        make_durable(self->disk);
        err = ERR_OK;
    }
    world_trace("commit", &self->disk->bytes, sizeof self->disk->bytes);
    self->poisoned = self->poisoned || err != ERR_OK;
    end(txn);
    return err;
}

/* Gives a copy of what lives as long as a transaction may lend it. */
static struct bytes lend(struct store_txn *txn, struct bytes from)
{
    struct loan *loan = malloc(sizeof *loan + from.size + 1);
    assert(loan != NULL);
    loan->next = txn->loans;
    txn->loans = loan;
    if (from.size > 0) {
        memcpy(loan->bytes, from.data, from.size);
    }
    return bytes_of(loan->bytes, from.size);
}

static bool usable(const struct store_txn *txn, uint32_t table)
{
    assert(table < txn->store->table_count);
    return world_alive() && !txn->store->poisoned;
}

enum err store_get(struct store_txn *txn, uint32_t number, struct bytes key, struct bytes *value)
{
    const struct table *table = &txn->store->disk->tables[number];
    if (!usable(txn, number)) {
        return ERR_STORE;
    }
    const size_t place = place_of(table, key);
    if (!stands_at(table, place, key)) {
        return ERR_NOT_FOUND;
    }
    *value = lend(txn, value_of(table->entries[place]));
    return ERR_OK;
}

static enum err poison(struct store_txn *txn)
{
    txn->store->poisoned = true;
    return ERR_STORE;
}

enum err store_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    struct disk *disk = txn->store->disk;
    assert(txn->write && key.size > 0);
    if (!usable(txn, table)) {
        return ERR_STORE;
    }
    struct entry *entry = entry_new(key, value);
    if (disk->bytes + bytes_used(entry) > txn->store->map_bytes) {
        free(entry);
        return poison(txn);
    }
    change(disk, table, key, entry);
    end_loans(txn);
    return ERR_OK;
}

enum err store_append(struct store_txn *txn, uint32_t number, struct bytes key, struct bytes value)
{
    const struct table *table = &txn->store->disk->tables[number];
    if (table->count > 0 && compare(key_of(table->entries[table->count - 1]), key) >= 0) {
        if (world.current != NULL) {
            world_fail("a key is appended to table %u of %s that is not behind the others", number,
                       txn->store->disk->path);
        }
        return poison(txn);
    }
    return store_put(txn, number, key, value);
}

enum err store_delete(struct store_txn *txn, uint32_t number, struct bytes key)
{
    const struct table *table = &txn->store->disk->tables[number];
    assert(txn->write);
    if (!usable(txn, number)) {
        return ERR_STORE;
    }
    if (!stands_at(table, place_of(table, key), key)) {
        return ERR_NOT_FOUND;
    }
    change(txn->store->disk, number, key, NULL);
    end_loans(txn);
    return ERR_OK;
}

static enum err lend_entry(struct store_txn *txn, const struct entry *entry, struct bytes *found,
                           struct bytes *value)
{
    *found = lend(txn, key_of(entry));
    *value = lend(txn, value_of(entry));
    return ERR_OK;
}

enum err store_seek(struct store_txn *txn, uint32_t number, struct bytes key, bool after,
                    struct bytes *found, struct bytes *value)
{
    const struct table *table = &txn->store->disk->tables[number];
    if (!usable(txn, number)) {
        return ERR_STORE;
    }
    size_t place = place_of(table, key);
    place += after && stands_at(table, place, key) ? 1 : 0;
    return place < table->count ? lend_entry(txn, table->entries[place], found, value)
                                : ERR_NOT_FOUND;
}

enum err store_before(struct store_txn *txn, uint32_t number, struct bytes key, struct bytes *found,
                      struct bytes *value)
{
    const struct table *table = &txn->store->disk->tables[number];
    if (!usable(txn, number)) {
        return ERR_STORE;
    }
    const size_t place = key.size > 0 ? place_of(table, key) : table->count;
    return place > 0 ? lend_entry(txn, table->entries[place - 1], found, value) : ERR_NOT_FOUND;
}

uint64_t store_room(struct store *self)
{
    const uint64_t used = self->disk->bytes;
    return self->poisoned || used > self->map_bytes ? 0 : self->map_bytes - used;
}

uint64_t store_used(struct store *self)
{
    return self->poisoned ? 0 : self->disk->bytes;
}
