/* The happy path is: 1. a notice or the clock makes the folder be scanned; 2. a file whose size
 * and time have rested, or that was moved in, is read whole; 3. the caller imports it; 4. the
 * report is written, then the file moves away, both under one name.
 *
 * What may go wrong: a file changes while it is read or before it is moved (it stays and comes
 * again); it is too large or cannot be read (the caller is told its name); a crash between
 * report and move (the file is taken again, which is harmless). Other files are never held up. */
#include "io/folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"

enum {
    FILES_MAX = 4096,
    NAMES_TRIED_MAX = 10000,
    CHUNK_BYTES = 64 * 1024,
    PLACE_BYTES = 32,
    MOVED_REST_MS = 20, /* so that files moved in together come in the order of their names */
    MOVED_BYTES_MAX = 64 * 1024
};

/* What tells one state of a file from another. */
struct shape {
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct candidate {
    char name[FOLDER_NAME_BYTES];
    struct shape shape;
    uint64_t since_ms;        /* it has had this shape */
    uint64_t not_before_ms;   /* it was given and is not to be given again */
    struct shape given_shape; /* the one it had then */
    bool given;
    bool whole; /* it was moved in, and has not changed since */
};

struct folder {
    int descriptor;
    int notices; /* -1 where the system gives none */
    uint32_t rest_ms, rescan_ms;
    uint64_t file_bytes_max;
    uint64_t rescan_at_ms;
    struct buffer moved;     /* names moved in since the last scan, each with a zero */
    uint64_t moved_at_ms;    /* the last of them */
    struct candidate *files; /* by name */
    uint32_t count, room;
};

static const char failed_folder[] = "do-poprawy";
static const char done_folder[] = "wyslane";

static struct shape shape_of(const struct stat *about)
{
    return (struct shape){
        .inode = about->st_ino, .size = about->st_size, .changed = about->st_mtim};
}

static bool same_shape(struct shape a, struct shape b)
{
    return a.inode == b.inode && a.size == b.size && a.changed.tv_sec == b.changed.tv_sec &&
           a.changed.tv_nsec == b.changed.tv_nsec;
}

static bool ends_with(const char *name, const char *end)
{
    const size_t size = strlen(name);
    const size_t end_size = strlen(end);
    return size >= end_size && strcasecmp(name + size - end_size, end) == 0;
}

static bool is_wanted(const char *name)
{
    return name[0] != '.' && strncmp(name, "~$", 2) != 0 && !ends_with(name, ".tmp") &&
           !ends_with(name, ".part") && strcasecmp(name, "CZYTAJ-TO.txt") != 0 &&
           strlen(name) < FOLDER_NAME_BYTES;
}

enum err folder_open(const struct folder_options *options, struct folder **out)
{
    assert(options->path != NULL);
    if (mkdir(options->path, 0770) != 0 && errno != EEXIST) {
        return ERR_IO;
    }
    struct folder *self = mem_calloc(1, sizeof(*self));
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->rest_ms = options->rest_ms;
    self->rescan_ms = options->rescan_ms;
    self->file_bytes_max = options->file_bytes_max;
    self->moved.bytes_max = MOVED_BYTES_MAX;
    /* Where notices fail (too many users of inotify), the rescan goes on without. */
    self->notices = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    self->descriptor = open(options->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (self->descriptor < 0) {
        folder_close(&self);
        return ERR_IO;
    }
    const uint32_t kinds = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE;
    if (self->notices >= 0 && inotify_add_watch(self->notices, options->path, kinds) < 0) {
        close(self->notices);
        self->notices = -1;
    }
    *out = self;
    return ERR_OK;
}

void folder_close(struct folder **self)
{
    struct folder *folder = *self;
    if (folder == NULL) {
        return;
    }
    if (folder->notices >= 0) {
        close(folder->notices);
    }
    if (folder->descriptor >= 0) {
        close(folder->descriptor);
    }
    buffer_fini(&folder->moved);
    mem_free(folder->files);
    mem_free(folder);
    *self = NULL;
}

static int compare_names(const void *a, const void *b)
{
    const struct candidate *left = a;
    const struct candidate *right = b;
    return strcmp(left->name, right->name);
}

static struct candidate *find(const struct folder *self, const char *name)
{
    uint32_t low = 0;
    uint32_t high = self->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const int order = strcmp(name, self->files[middle].name);
        if (order == 0) {
            return &self->files[middle];
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    return NULL;
}

/* The name among those moved in, or null. */
static char *find_moved(const struct folder *self, const char *name)
{
    for (size_t at = 0; at < self->moved.size; at += strlen((char *)self->moved.data + at) + 1) {
        if (strcmp((char *)self->moved.data + at, name) == 0) {
            return (char *)self->moved.data + at;
        }
    }
    return NULL;
}

/* A file that is there, with what is known of it already. */
static struct candidate candidate_of(const struct folder *self, const char *name,
                                     const struct stat *about, uint64_t now_ms)
{
    struct candidate file = {.name = ""};
    const struct candidate *before = find(self, name);
    if (before != NULL) {
        file = *before;
    } else {
        memcpy(file.name, name, strlen(name) + 1);
    }
    if (before == NULL || !same_shape(before->shape, shape_of(about))) {
        file.shape = shape_of(about);
        file.since_ms = now_ms;
        file.not_before_ms = 0;
        file.whole = find_moved(self, name) != NULL;
    }
    return file;
}

/* The files that are there now, in any order. */
static enum err list(const struct folder *self, DIR *dir, uint64_t now_ms, struct candidate **files,
                     uint32_t *count)
{
    uint32_t room = 0;
    const struct dirent *entry = NULL;
    while (*count < FILES_MAX && (entry = readdir(dir)) != NULL) {
        struct stat about;
        if (!is_wanted(entry->d_name) ||
            fstatat(self->descriptor, entry->d_name, &about, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(about.st_mode)) {
            continue;
        }
        if (*count == room) {
            room = room == 0 ? 16 : 2 * room;
            struct candidate *more = mem_resize(*files, room * sizeof(**files));
            if (more == NULL) {
                return ERR_MEMORY;
            }
            *files = more;
        }
        (*files)[(*count)++] = candidate_of(self, entry->d_name, &about, now_ms);
    }
    return ERR_OK;
}

static enum err rescan(struct folder *self, uint64_t now_ms)
{
    struct candidate *files = NULL;
    uint32_t count = 0;
    struct stat about;
    if (fstat(self->descriptor, &about) != 0 || about.st_nlink == 0) {
        return ERR_IO;
    }
    const int descriptor = openat(self->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (dir == NULL) {
        if (descriptor >= 0) {
            close(descriptor);
        }
        return ERR_IO;
    }
    const enum err err = list(self, dir, now_ms, &files, &count);
    closedir(dir);
    if (err != ERR_OK) {
        mem_free(files);
        return err;
    }
    if (count > 0) {
        qsort(files, count, sizeof(*files), compare_names);
    }
    mem_free(self->files);
    self->files = files;
    self->count = count;
    self->rescan_at_ms = now_ms + self->rescan_ms;
    self->moved_at_ms = self->moved.size > 0 ? now_ms : self->moved_at_ms;
    buffer_clear(&self->moved);
    return ERR_OK;
}

/* Notes the name of a file that was moved in: a rename is one step, so the file is whole, until it
 * is written in place. One whose name finds no room here rests like all others. */
static void note_moved(struct folder *self, const struct inotify_event *notice)
{
    char *moved = notice->len > 0 ? find_moved(self, notice->name) : NULL;
    if ((notice->mask & IN_MOVED_TO) != 0 && notice->len > 0 && moved == NULL) {
        const enum err err =
            buffer_add(&self->moved, bytes_of(notice->name, strlen(notice->name) + 1));
        (void)err;
    }
    if ((notice->mask & IN_CLOSE_WRITE) != 0 && moved != NULL) {
        /* No file has this name. */
        memset(moved, '/', strlen(moved));
    }
}

static bool take_notices(struct folder *self)
{
    alignas(struct inotify_event) uint8_t notices[4096];
    ssize_t size = 0;
    bool any = false;
    while (self->notices >= 0 && (size = read(self->notices, notices, sizeof(notices))) > 0) {
        for (ssize_t at = 0; at < size;) {
            const struct inotify_event *notice = (const void *)(notices + at);
            note_moved(self, notice);
            at += (ssize_t)(sizeof(*notice) + notice->len);
        }
        any = true;
    }
    return any;
}

static uint64_t due_ms(const struct folder *self, const struct candidate *file)
{
    const uint64_t moved_ms = self->moved_at_ms + MOVED_REST_MS;
    uint64_t rested_ms = file->since_ms + self->rest_ms;
    /* Others that come on and on hold none up beyond its own rest. */
    rested_ms = file->whole && moved_ms < rested_ms ? moved_ms : rested_ms;
    return rested_ms > file->not_before_ms ? rested_ms : file->not_before_ms;
}

static enum err read_all(int file, struct buffer *content)
{
    for (;;) {
        uint8_t spare;
        uint8_t *into = &spare;
        size_t room = content->bytes_max - content->size;
        room = room < CHUNK_BYTES ? room : CHUNK_BYTES;
        const enum err err = room > 0 ? buffer_reserve(content, room, &into) : ERR_OK;
        if (err != ERR_OK) {
            return err;
        }
        const ssize_t got = read(file, into, room > 0 ? room : 1);
        if (got < 0 && errno != EINTR) {
            return ERR_DENIED;
        }
        if (got == 0) {
            return ERR_OK;
        }
        if (room == 0) {
            return ERR_FULL;
        }
        content->size += got > 0 ? (size_t)got : 0;
    }
}

static enum err read_rested(const struct folder *self, struct candidate *file, int descriptor,
                            uint64_t now_ms, struct buffer *content)
{
    struct stat about;
    if (fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        return ERR_NOT_FOUND;
    }
    enum err err = ERR_NOT_FOUND;
    if (same_shape(shape_of(&about), file->shape)) {
        err = (uint64_t)about.st_size > self->file_bytes_max ? ERR_FULL
                                                             : read_all(descriptor, content);
        if (fstat(descriptor, &about) != 0) {
            return ERR_NOT_FOUND;
        }
    }
    if (same_shape(shape_of(&about), file->shape)) {
        return err;
    }
    /* Someone is writing still. */
    file->shape = shape_of(&about);
    file->whole = false;
    file->since_ms = now_ms;
    return ERR_NOT_FOUND;
}

/* ERR_NOT_FOUND: it has not rested, or is gone. */
static enum err take(const struct folder *self, struct candidate *file, uint64_t now_ms,
                     struct buffer *content)
{
    const size_t size_before = content->size;
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    const int descriptor = openat(self->descriptor, file->name, flags);
    if (descriptor < 0) {
        return errno == ENOENT || errno == ELOOP ? ERR_NOT_FOUND : ERR_DENIED;
    }
    const enum err err = read_rested(self, file, descriptor, now_ms, content);
    close(descriptor);
    if (err != ERR_OK) {
        content->size = size_before;
    }
    return err;
}

enum err folder_next(struct folder *self, uint64_t now_ms, char name[FOLDER_NAME_BYTES],
                     struct buffer *content)
{
    name[0] = '\0';
    if (take_notices(self) || now_ms >= self->rescan_at_ms) {
        const enum err err = rescan(self, now_ms);
        if (err != ERR_OK) {
            return err;
        }
    }
    for (uint32_t i = 0; i < self->count; i++) {
        struct candidate *file = &self->files[i];
        if (due_ms(self, file) > now_ms) {
            continue;
        }
        const enum err err = take(self, file, now_ms, content);
        if (err == ERR_NOT_FOUND) {
            /* Changed or gone: its turn is over for now. */
            file->since_ms = now_ms;
            file->whole = false;
            continue;
        }
        file->not_before_ms = now_ms + self->rescan_ms;
        file->given = true;
        file->given_shape = file->shape;
        memcpy(name, file->name, sizeof(file->name));
        return err;
    }
    return ERR_NOT_FOUND;
}

/* --- Moving away ------------------------------------------------------------------------------ */

static int open_place(int above, const char *name)
{
    if (mkdirat(above, name, 0770) != 0 && errno != EEXIST) {
        return -1;
    }
    return openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* do-poprawy, or wyslane/YYYY-MM-DD by the office's calendar. */
static int open_target(const struct folder *self, bool failed)
{
    char day[PLACE_BYTES];
    struct tm today = {0};
    const time_t now = time(NULL);
    if (failed) {
        return open_place(self->descriptor, failed_folder);
    }
    if (localtime_r(&now, &today) == NULL || strftime(day, sizeof(day), "%Y-%m-%d", &today) == 0) {
        return -1;
    }
    const int above = open_place(self->descriptor, done_folder);
    if (above < 0) {
        return -1;
    }
    const int place = open_place(above, day);
    (void)fsync(above);
    close(above);
    return place;
}

enum { SUFFIX_BYTES = 32, TARGET_BYTES = FOLDER_NAME_BYTES + SUFFIX_BYTES };

/* "plik.csv", "plik (2).csv", "plik (3).csv" ...; false where that is too long for a name. */
static bool target_name(const char *name, uint32_t attempt, char out[TARGET_BYTES])
{
    const char *dot = strrchr(name, '.');
    const size_t stem = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    const int size = attempt == 1 ? snprintf(out, TARGET_BYTES, "%s", name)
                                  : snprintf(out, TARGET_BYTES, "%.*s (%u)%s", (int)stem, name,
                                             attempt, name + stem);
    return size > 0 && size < FOLDER_NAME_BYTES;
}

/* The report's name; a very long file name is cut, at the start of a character. */
static void report_name(const char *name, char out[TARGET_BYTES])
{
    static const char ending[] = ".raport.txt";
    size_t size = strlen(name);
    const size_t size_max = FOLDER_NAME_BYTES - sizeof(ending);
    if (size > size_max) {
        size = size_max;
        while (size > 0 && ((uint8_t)name[size] & 0xC0) == 0x80) {
            size--;
        }
    }
    memcpy(out, name, size);
    memcpy(out + size, ending, sizeof(ending));
}

/* Makes a new file. Errors: ERR_EXISTS. */
static enum err write_report(int place, const char *name, struct bytes report)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const int file = openat(place, name, flags, 0660);
    size_t done = 0;
    bool failed = false;
    if (file < 0) {
        return errno == EEXIST ? ERR_EXISTS : ERR_IO;
    }
    while (done < report.size && !failed) {
        const ssize_t put = write(file, report.data + done, report.size - done);
        failed = put < 0 && errno != EINTR;
        done += put > 0 ? (size_t)put : 0;
    }
    failed = fsync(file) != 0 || failed;
    failed = close(file) != 0 || failed;
    if (failed) {
        (void)unlinkat(place, name, 0);
    }
    return failed ? ERR_IO : ERR_OK;
}

/* Errors: ERR_EXISTS; ERR_NOT_FOUND. */
static enum err move(const struct folder *self, const char *name, int place, const char *target)
{
    struct stat about;
    if (renameat2(self->descriptor, name, place, target, RENAME_NOREPLACE) == 0) {
        return ERR_OK;
    }
    if (errno == EINVAL) { /* a file system that cannot refuse to replace */
        if (fstatat(place, target, &about, AT_SYMLINK_NOFOLLOW) == 0) {
            return ERR_EXISTS;
        }
        if (renameat(self->descriptor, name, place, target) == 0) {
            return ERR_OK;
        }
    }
    return errno == EEXIST ? ERR_EXISTS : errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
}

/* Report first: its new file keeps the name free for the one that follows. */
static enum err move_with_report(const struct folder *self, const char *name, int place,
                                 struct bytes report)
{
    for (uint32_t attempt = 1; attempt <= NAMES_TRIED_MAX; attempt++) {
        char target[TARGET_BYTES];
        char beside[TARGET_BYTES];
        if (!target_name(name, attempt, target)) {
            return ERR_IO;
        }
        report_name(target, beside);
        enum err err = write_report(place, beside, report);
        if (err == ERR_OK) {
            err = move(self, name, place, target);
            if (err != ERR_OK) {
                (void)unlinkat(place, beside, 0);
            }
        }
        if (err != ERR_EXISTS) {
            return err;
        }
    }
    return ERR_IO;
}

static bool has_changed(const struct folder *self, const char *name, const struct stat *about)
{
    const struct candidate *file = find(self, name);
    return file != NULL && file->given && !same_shape(file->given_shape, shape_of(about));
}

enum err folder_done(struct folder *self, const char *name, bool failed, struct bytes report)
{
    struct stat about;
    assert(name[0] != '\0' && strchr(name, '/') == NULL);
    if (fstatat(self->descriptor, name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    if (!S_ISREG(about.st_mode)) {
        return ERR_NOT_FOUND;
    }
    if (has_changed(self, name, &about)) {
        return ERR_STATE;
    }
    const int place = open_target(self, failed);
    if (place < 0) {
        return ERR_IO;
    }
    enum err err = move_with_report(self, name, place, report);
    if (err == ERR_OK && (fsync(place) != 0 || fsync(self->descriptor) != 0)) {
        err = ERR_IO;
    }
    close(place);
    return err;
}

uint64_t folder_deadline_ms(const struct folder *self)
{
    uint64_t deadline_ms = self->rescan_at_ms;
    for (uint32_t i = 0; i < self->count; i++) {
        const uint64_t due = due_ms(self, &self->files[i]);
        deadline_ms = due < deadline_ms ? due : deadline_ms;
    }
    return deadline_ms;
}

int folder_descriptor(const struct folder *self)
{
    return self->notices;
}
