/* The happy path is: 1. the folder is there and the lock is taken; 2. a missing data file is
 * made under another name, synced and renamed; 3. the environment and its tables are open; 4.
 * each transaction begins with enough room and ends with a commit that is on disk.
 *
 * What may go wrong: another process holds the lock (ERR_BUSY); too little room is left
 * (ERR_FULL, before anything is written). Any other failure of LMDB poisons the store: every
 * later call answers ERR_STORE, because LMDB itself would go on after a failed sync, as if the
 * lost pages were there. */
#include "io/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <lmdb.h>

#include "core/base/mem.h"

enum { TABLES_MAX = 16, KEY_BYTES_MAX = 64, READERS_MAX = 512, FILE_MODE = 0600 };

static const uint64_t map_bytes_default = 16ULL << 30;

struct store_txn {
    struct store *store;
    MDB_txn *txn; /* null when none is open */
    bool write;
};

struct store {
    MDB_env *env;
    MDB_dbi tables[TABLES_MAX];
    uint32_t table_count;
    int folder; /* the store's folder */
    int lock;   /* -1 when read_only */
    bool read_only;
    bool poisoned;
    struct store_txn open;
};

/* How LMDB's or the system's answer is told while opening. */
static enum err opening_error(int rc)
{
    if (rc == ENOMEM) {
        return ERR_MEMORY;
    }
    /* LMDB's own codes are negative, those of the system positive. */
    return rc < 0 ? ERR_STORE : ERR_IO;
}

/* From here on nothing is known about what is on disk, and LMDB would go on all the same. */
static enum err poison(struct store *self)
{
    self->poisoned = true;
    return ERR_STORE;
}

static MDB_val val_of(struct bytes bytes)
{
    static uint8_t nothing;
    const MDB_val val = {.mv_size = bytes.size,
                         .mv_data = bytes.size == 0 ? &nothing : (void *)(uintptr_t)bytes.data};
    return val;
}

static struct bytes bytes_of_val(MDB_val val)
{
    return bytes_of(val.mv_data, val.mv_size);
}

/* LMDB's memory map and locks are only sound on a file system of this machine. */
static bool is_network_file_system(int folder)
{
    static const unsigned int magics[] = {
        0x6969U,     /* NFS */
        0x517BU,     /* SMB */
        0xFE534D42U, /* SMB2 */
        0xFF534D42U, /* CIFS */
        0x01021997U, /* 9p */
    };
    struct statfs about;
    if (fstatfs(folder, &about) != 0) {
        return true;
    }
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if ((unsigned int)about.f_type == magics[i]) {
            return true;
        }
    }
    return false;
}

/* Makes the name of a new folder durable in the folder above. */
static enum err sync_above(int folder)
{
    const int above = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (above < 0) {
        return ERR_IO;
    }
    const int rc = fsync(above);
    close(above);
    return rc == 0 ? ERR_OK : ERR_IO;
}

static enum err folder_open_at(struct store *self, const char *path)
{
    bool made = false;
    if (!self->read_only) {
        made = mkdir(path, 0700) == 0;
        if (!made && errno != EEXIST) {
            return ERR_IO;
        }
    }
    self->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->folder < 0) {
        return self->read_only && errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    if (is_network_file_system(self->folder)) {
        return ERR_CONFIG;
    }
    return made ? sync_above(self->folder) : ERR_OK;
}

static enum err lock_take(struct store *self)
{
    const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
    self->lock = openat(self->folder, "lock", flags, FILE_MODE);
    if (self->lock < 0) {
        return ERR_IO;
    }
    if (flock(self->lock, LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
    }
    return ERR_OK;
}

static bool exists(const struct store *self, const char *name)
{
    struct stat about;
    return fstatat(self->folder, name, &about, AT_SYMLINK_NOFOLLOW) == 0;
}

static int env_new(uint64_t map_bytes, MDB_env **out)
{
    MDB_env *env = NULL;
    int rc = mdb_env_create(&env);
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    rc = mdb_env_set_maxdbs(env, TABLES_MAX);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_set_maxreaders(env, READERS_MAX);
    }
    /* A reader is given no size: it takes the writer's. */
    if (rc == MDB_SUCCESS && map_bytes > 0) {
        const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
        rc = mdb_env_set_mapsize(env, (size_t)((map_bytes + page - 1) / page * page));
    }
    if (rc != MDB_SUCCESS) {
        mdb_env_close(env);
        return rc;
    }
    *out = env;
    return MDB_SUCCESS;
}

static int tables_open(const struct store_options *options, MDB_env *env,
                       MDB_dbi tables[TABLES_MAX])
{
    MDB_txn *txn = NULL;
    int rc = mdb_txn_begin(env, NULL, options->read_only ? MDB_RDONLY : 0, &txn);
    if (rc == MDB_MAP_RESIZED) {
        rc = mdb_env_set_mapsize(env, 0);
        if (rc == MDB_SUCCESS) {
            rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
        }
    }
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    for (uint32_t i = 0; i < options->table_count && rc == MDB_SUCCESS; i++) {
        rc = mdb_dbi_open(txn, options->tables[i], options->read_only ? 0 : MDB_CREATE, &tables[i]);
    }
    if (rc != MDB_SUCCESS) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn); /* A handle outlives only a transaction that was committed. */
}

static int fill_new_file(const struct store_options *options, uint64_t map_bytes, const char *file)
{
    MDB_env *env = NULL;
    MDB_dbi tables[TABLES_MAX];
    int rc = env_new(map_bytes, &env);
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    rc = mdb_env_open(env, file, MDB_NOSUBDIR | MDB_NOTLS, FILE_MODE);
    if (rc == MDB_SUCCESS) {
        rc = tables_open(options, env, tables);
    }
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_sync(env, 1);
    }
    mdb_env_close(env);
    return rc;
}

static enum err sync_file(const struct store *self, const char *name)
{
    const int file = openat(self->folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        return ERR_IO;
    }
    const int rc = fsync(file);
    close(file);
    return rc == 0 ? ERR_OK : ERR_IO;
}

/* Making an environment is not safe against a crash, opening one is: so it appears by a rename. The
 * lock is held, so what lies under the new name is left over from a crash. */
static enum err create(struct store *self, const struct store_options *options, uint64_t map_bytes)
{
    static const char fresh[] = "data.mdb.new";
    static const char fresh_lock[] = "data.mdb.new-lock";
    char file[PATH_MAX];
    if (exists(self, "data.mdb")) {
        return ERR_OK;
    }
    /* LMDB's lock file is made when a store is opened: here was one, and its data are gone. */
    if (exists(self, "lock.mdb")) {
        return ERR_STORE;
    }
    const int size = snprintf(file, sizeof(file), "%s/%s", options->path, fresh);
    if (size < 0 || (size_t)size >= sizeof(file)) {
        return ERR_IO;
    }
    if ((unlinkat(self->folder, fresh, 0) != 0 && errno != ENOENT) ||
        (unlinkat(self->folder, fresh_lock, 0) != 0 && errno != ENOENT)) {
        return ERR_IO;
    }
    const int rc = fill_new_file(options, map_bytes, file);
    if (rc != MDB_SUCCESS) {
        return opening_error(rc);
    }
    if (sync_file(self, fresh) != ERR_OK || unlinkat(self->folder, fresh_lock, 0) != 0 ||
        renameat(self->folder, fresh, self->folder, "data.mdb") != 0 || fsync(self->folder) != 0) {
        return ERR_IO;
    }
    return ERR_OK;
}

static enum err environment_open(struct store *self, const struct store_options *options,
                                 uint64_t map_bytes)
{
    int rc = env_new(self->read_only ? 0 : map_bytes, &self->env);
    if (rc != MDB_SUCCESS) {
        return opening_error(rc);
    }
    const unsigned int flags = self->read_only ? MDB_RDONLY | MDB_NOTLS : MDB_NOTLS;
    rc = mdb_env_open(self->env, options->path, flags, FILE_MODE);
    if (rc != MDB_SUCCESS) {
        return opening_error(rc);
    }
    int dead = 0; /* Readers that were killed would pin their pages for ever. */
    rc = mdb_reader_check(self->env, &dead);
    if (rc != MDB_SUCCESS) {
        return opening_error(rc);
    }
    rc = tables_open(options, self->env, self->tables);
    if (rc == MDB_NOTFOUND && self->read_only) {
        return ERR_VERSION;
    }
    return rc == MDB_SUCCESS ? ERR_OK : opening_error(rc);
}

static enum err open_all(struct store *self, const struct store_options *options)
{
    const uint64_t map_bytes = options->map_bytes > 0 ? options->map_bytes : map_bytes_default;
    enum err err = folder_open_at(self, options->path);
    if (err == ERR_OK && !self->read_only) {
        err = lock_take(self);
    }
    if (err == ERR_OK && !self->read_only) {
        err = create(self, options, map_bytes);
    }
    if (err == ERR_OK && !exists(self, "data.mdb")) {
        err = ERR_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = environment_open(self, options, map_bytes);
    }
    return err;
}

enum err store_open(const struct store_options *options, struct store **out)
{
    assert(options->path != NULL);
    assert(options->table_count >= 1 && options->table_count <= TABLES_MAX);
    struct store *self = mem_calloc(1, sizeof(*self));
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->table_count = options->table_count;
    self->folder = -1;
    self->lock = -1;
    self->read_only = options->read_only;
    self->open.store = self;
    const enum err err = open_all(self, options);
    if (err != ERR_OK) {
        store_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void store_close(struct store **self)
{
    struct store *store = *self;
    if (store == NULL) {
        return;
    }
    if (store->open.txn != NULL) {
        mdb_txn_abort(store->open.txn);
    }
    if (store->env != NULL) {
        mdb_env_close(store->env);
    }
    if (store->lock >= 0) {
        close(store->lock);
    }
    if (store->folder >= 0) {
        close(store->folder);
    }
    mem_free(store);
    *self = NULL;
}

struct space {
    uint64_t map_bytes;
    uint64_t
        room_bytes;     /* behind the last page ever used, and in free pages that may be used now */
    uint64_t run_bytes; /* the longest of these in one piece */
};

/* LMDB tells of its readers only in lines of text: process, thread, transaction (or `-`). */
static int note_reader(const char *line, void *context)
{
    uint64_t *oldest = context;
    const char *last = strrchr(line, ' ');
    uint64_t txnid = 0;
    const bool is_number = last != NULL && last[1] >= '0' && last[1] <= '9';
    if (is_number) {
        const struct bytes digits = bytes_of(last + 1, strcspn(last + 1, "\n"));
        if (bytes_to_u64(digits, UINT64_MAX, &txnid) == ERR_OK && txnid < *oldest) {
            *oldest = txnid;
        }
    }
    return 0;
}

/* Notes each page of one record of the free list: a length, then that many page numbers. */
static uint64_t note_free_pages(MDB_val record, uint64_t page_count, uint8_t *bitmap)
{
    size_t length = 0;
    assert(record.mv_size >= sizeof(length));
    memcpy(&length, record.mv_data, sizeof(length));
    assert(record.mv_size / sizeof(length) > length);
    for (size_t i = 1; i <= length; i++) {
        size_t page = 0;
        memcpy(&page, (const uint8_t *)record.mv_data + i * sizeof(page), sizeof(page));
        assert(page < page_count);
        bitmap[page / 8] = (uint8_t)(bitmap[page / 8] | 1U << page % 8);
    }
    return length;
}

static uint64_t longest_run(const uint8_t *bitmap, uint64_t page_count)
{
    uint64_t run = 0;
    uint64_t longest = 0;
    for (uint64_t page = 0; page < page_count; page++) {
        run = (bitmap[page / 8] >> page % 8 & 1) != 0 ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Walks the free list, which LMDB keeps as table 0 under the transactions that freed the pages.
 * Those freed by the last one, or that a reader may still see, cannot be used yet. */
static int count_free_pages(MDB_env *env, const MDB_envinfo *info, uint64_t *pages, uint64_t *run)
{
    MDB_txn *txn = NULL;
    MDB_cursor *cursor = NULL;
    MDB_val key;
    MDB_val value;
    uint64_t oldest = info->me_last_txnid;
    const uint64_t page_count = (uint64_t)info->me_last_pgno + 1;
    if (mdb_reader_list(env, note_reader, &oldest) < 0) {
        return EIO;
    }
    uint8_t *bitmap = mem_calloc(page_count / 8 + 1, 1);
    if (bitmap == NULL) {
        return MDB_SUCCESS; /* no more than is known for sure */
    }
    int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (rc == MDB_SUCCESS) {
        rc = mdb_cursor_open(txn, 0, &cursor);
    }
    while (rc == MDB_SUCCESS) {
        rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
        size_t freed_by = 0;
        if (rc == MDB_SUCCESS) {
            assert(key.mv_size == sizeof(freed_by));
            memcpy(&freed_by, key.mv_data, sizeof(freed_by));
            *pages += freed_by < oldest ? note_free_pages(value, page_count, bitmap) : 0;
        }
    }
    *run = longest_run(bitmap, page_count);
    if (cursor != NULL) {
        mdb_cursor_close(cursor);
    }
    if (txn != NULL) {
        mdb_txn_abort(txn);
    }
    mem_free(bitmap);
    return rc == MDB_NOTFOUND ? MDB_SUCCESS : rc;
}

/* The free list may be long: it is only walked where less than 1 / share of the map is free without
 * it. */
static int measure(const struct store *self, uint64_t share, struct space *out)
{
    MDB_envinfo info;
    MDB_stat stat;
    int rc = mdb_env_info(self->env, &info);
    if (rc == MDB_SUCCESS) {
        rc = mdb_env_stat(self->env, &stat);
    }
    if (rc != MDB_SUCCESS) {
        return rc;
    }
    const uint64_t used = ((uint64_t)info.me_last_pgno + 1) * stat.ms_psize;
    const uint64_t tail = used < info.me_mapsize ? info.me_mapsize - used : 0;
    uint64_t pages = 0;
    uint64_t run = 0;
    if (tail < info.me_mapsize / share) {
        rc = count_free_pages(self->env, &info, &pages, &run);
    }
    out->map_bytes = info.me_mapsize;
    out->room_bytes = tail + pages * stat.ms_psize;
    out->run_bytes = tail > run * stat.ms_psize ? tail : run * stat.ms_psize;
    return rc;
}

/* 1 / share of the map must be free, and for new long values half of that in one piece. */
static enum err check_room(struct store *self, uint64_t share, bool tidy)
{
    struct space space = {0};
    if (measure(self, share, &space) != MDB_SUCCESS) {
        return poison(self);
    }
    if (space.room_bytes < space.map_bytes / share) {
        return ERR_FULL;
    }
    return tidy || space.run_bytes >= space.map_bytes / share / 2 ? ERR_OK : ERR_FULL;
}

static enum err begin(struct store *self, bool write, struct store_txn **out)
{
    int rc = mdb_txn_begin(self->env, NULL, write ? 0 : MDB_RDONLY, &self->open.txn);
    if (rc == MDB_MAP_RESIZED && self->read_only) {
        rc = mdb_env_set_mapsize(self->env, 0);
        if (rc == MDB_SUCCESS) {
            rc = mdb_txn_begin(self->env, NULL, MDB_RDONLY, &self->open.txn);
        }
    }
    if (rc != MDB_SUCCESS) {
        self->open.txn = NULL;
        return poison(self);
    }
    self->open.write = write;
    *out = &self->open;
    return ERR_OK;
}

enum err store_begin(struct store *self, bool write, struct store_txn **out)
{
    assert(self->open.txn == NULL);
    assert(!write || !self->read_only);
    enum err err = self->poisoned ? ERR_STORE : ERR_OK;
    if (err == ERR_OK && write) {
        err = check_room(self, 10, false);
    }
    return err == ERR_OK ? begin(self, write, out) : err;
}

enum err store_begin_tidy(struct store *self, struct store_txn **out)
{
    assert(self->open.txn == NULL);
    assert(!self->read_only);
    enum err err = self->poisoned ? ERR_STORE : ERR_OK;
    if (err == ERR_OK) {
        err = check_room(self, 20, true);
    }
    return err == ERR_OK ? begin(self, true, out) : err;
}

/* A store whose file was deleted or replaced would commit into nothing. */
static bool file_is_gone(const struct store *self)
{
    mdb_filehandle_t file = -1;
    struct stat about;
    if (mdb_env_get_fd(self->env, &file) != MDB_SUCCESS || fstat(file, &about) != 0) {
        return true;
    }
    return about.st_nlink == 0;
}

enum err store_commit(struct store_txn **txn)
{
    assert(*txn != NULL && (*txn)->txn != NULL);
    struct store *self = (*txn)->store;
    if (self->poisoned || (self->open.write && file_is_gone(self))) {
        store_abort(txn);
        return poison(self);
    }
    const int rc = mdb_txn_commit(self->open.txn);
    self->open.txn = NULL;
    *txn = NULL;
    return rc == MDB_SUCCESS ? ERR_OK : poison(self);
}

void store_abort(struct store_txn **txn)
{
    if (*txn == NULL) {
        return;
    }
    assert((*txn)->txn != NULL);
    mdb_txn_abort((*txn)->txn);
    (*txn)->txn = NULL;
    *txn = NULL;
}

static MDB_dbi table_of(const struct store_txn *txn, uint32_t table)
{
    assert(txn->txn != NULL);
    assert(table < txn->store->table_count);
    return txn->store->tables[table];
}

/* How LMDB's answer to a call inside a transaction is told. */
static enum err answer(struct store_txn *txn, int rc)
{
    if (rc == MDB_SUCCESS) {
        return ERR_OK;
    }
    return rc == MDB_NOTFOUND ? ERR_NOT_FOUND : poison(txn->store);
}

enum err store_get(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes *value)
{
    const MDB_dbi dbi = table_of(txn, table);
    assert(key.size >= 1 && key.size <= KEY_BYTES_MAX);
    MDB_val key_val = val_of(key);
    MDB_val found = {0};
    if (txn->store->poisoned) {
        return ERR_STORE;
    }
    const enum err err = answer(txn, mdb_get(txn->txn, dbi, &key_val, &found));
    if (err == ERR_OK) {
        *value = bytes_of_val(found);
    }
    return err;
}

static enum err put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value,
                    unsigned int flags)
{
    const MDB_dbi dbi = table_of(txn, table);
    assert(txn->write);
    assert(key.size >= 1 && key.size <= KEY_BYTES_MAX);
    MDB_val key_val = val_of(key);
    MDB_val value_val = val_of(value);
    if (txn->store->poisoned) {
        return ERR_STORE;
    }
    return mdb_put(txn->txn, dbi, &key_val, &value_val, flags) == MDB_SUCCESS ? ERR_OK
                                                                              : poison(txn->store);
}

enum err store_put(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    return put(txn, table, key, value, 0);
}

enum err store_append(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes value)
{
    return put(txn, table, key, value, MDB_APPEND);
}

enum err store_delete(struct store_txn *txn, uint32_t table, struct bytes key)
{
    const MDB_dbi dbi = table_of(txn, table);
    assert(txn->write);
    assert(key.size >= 1 && key.size <= KEY_BYTES_MAX);
    MDB_val key_val = val_of(key);
    if (txn->store->poisoned) {
        return ERR_STORE;
    }
    return answer(txn, mdb_del(txn->txn, dbi, &key_val, NULL));
}

static int seek(MDB_cursor *cursor, struct bytes key, bool after, MDB_val *found, MDB_val *value)
{
    if (key.size == 0) {
        return mdb_cursor_get(cursor, found, value, MDB_FIRST);
    }
    *found = val_of(key);
    const int rc = mdb_cursor_get(cursor, found, value, MDB_SET_RANGE);
    if (rc == MDB_SUCCESS && after && bytes_equal(bytes_of_val(*found), key)) {
        return mdb_cursor_get(cursor, found, value, MDB_NEXT);
    }
    return rc;
}

static int before(MDB_cursor *cursor, struct bytes key, MDB_val *found, MDB_val *value)
{
    if (key.size == 0) {
        return mdb_cursor_get(cursor, found, value, MDB_LAST);
    }
    *found = val_of(key);
    const int rc = mdb_cursor_get(cursor, found, value, MDB_SET_RANGE);
    if (rc == MDB_NOTFOUND) {
        return mdb_cursor_get(cursor, found, value, MDB_LAST);
    }
    return rc == MDB_SUCCESS ? mdb_cursor_get(cursor, found, value, MDB_PREV) : rc;
}

enum move { MOVE_SEEK, MOVE_AFTER, MOVE_BEFORE };

static enum err move_to(struct store_txn *txn, uint32_t table, struct bytes key, enum move move,
                        struct bytes *found, struct bytes *value)
{
    const MDB_dbi dbi = table_of(txn, table);
    assert(key.size <= KEY_BYTES_MAX);
    MDB_cursor *cursor = NULL;
    MDB_val found_val = {0};
    MDB_val value_val = {0};
    if (txn->store->poisoned) {
        return ERR_STORE;
    }
    int rc = mdb_cursor_open(txn->txn, dbi, &cursor);
    if (rc != MDB_SUCCESS) {
        return poison(txn->store);
    }
    rc = move == MOVE_BEFORE ? before(cursor, key, &found_val, &value_val)
                             : seek(cursor, key, move == MOVE_AFTER, &found_val, &value_val);
    mdb_cursor_close(cursor);
    const enum err err = answer(txn, rc);
    if (err == ERR_OK) {
        *found = bytes_of_val(found_val);
        *value = bytes_of_val(value_val);
    }
    return err;
}

enum err store_seek(struct store_txn *txn, uint32_t table, struct bytes key, bool after,
                    struct bytes *found, struct bytes *value)
{
    return move_to(txn, table, key, after ? MOVE_AFTER : MOVE_SEEK, found, value);
}

enum err store_before(struct store_txn *txn, uint32_t table, struct bytes key, struct bytes *found,
                      struct bytes *value)
{
    return move_to(txn, table, key, MOVE_BEFORE, found, value);
}

uint64_t store_room(struct store *self)
{
    struct space space = {0};
    if (!self->poisoned && measure(self, 4, &space) != MDB_SUCCESS) {
        self->poisoned = true;
    }
    return self->poisoned ? 0 : space.room_bytes;
}

uint64_t store_used(struct store *self)
{
    struct space space = {0};
    if (!self->poisoned && measure(self, 4, &space) != MDB_SUCCESS) {
        self->poisoned = true;
    }
    return self->poisoned ? 0 : space.map_bytes - space.room_bytes;
}
