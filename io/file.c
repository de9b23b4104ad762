/* The happy path is: reading: 1. open, 2. look that it is a regular file, 3. read to the end.
 * Writing: 1. write beside, 2. sync, 3. rename, 4. sync the folder.
 *
 * What may go wrong: the path is a link, a pipe or forbidden (ERR_DENIED); it is too long for
 * the buffer (ERR_FULL); a write that fails leaves the old file, and nothing beside it. */
#include "io/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 64 * 1024 };

static enum err system_error(void)
{
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP:
        return ERR_DENIED;
    default:
        return ERR_IO;
    }
}

/* The same where ERR_NOT_FOUND is not among the answers. */
static enum err writing_error(void)
{
    const enum err err = system_error();
    return err == ERR_NOT_FOUND ? ERR_IO : err;
}

/* Reads up to size bytes; 0 at the end, -1 on failure. */
static ssize_t read_some(int file, void *into, size_t size)
{
    for (;;) {
        const ssize_t got = read(file, into, size);
        if (got >= 0 || errno != EINTR) {
            return got;
        }
    }
}

static enum err read_all(int file, struct buffer *out)
{
    for (;;) {
        uint8_t spare;
        uint8_t *into = &spare;
        size_t room = out->bytes_max - out->size;
        room = room < CHUNK_BYTES ? room : CHUNK_BYTES;
        const enum err err = room > 0 ? buffer_reserve(out, room, &into) : ERR_OK;
        if (err != ERR_OK) {
            return err;
        }
        const ssize_t got = read_some(file, into, room > 0 ? room : 1);
        if (got <= 0) {
            return got == 0 ? ERR_OK : ERR_IO;
        }
        if (room == 0) {
            return ERR_FULL;
        }
        out->size += (size_t)got;
    }
}

enum err file_read(const char *path, struct buffer *out)
{
    struct stat about;
    const size_t size_before = out->size;
    /* Without O_NONBLOCK a pipe in the way would hold us for ever. */
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (file < 0) {
        return errno == ENXIO ? ERR_DENIED : system_error();
    }
    enum err err = ERR_OK;
    if (fstat(file, &about) != 0) {
        err = ERR_IO;
    } else if (!S_ISREG(about.st_mode)) {
        err = ERR_DENIED;
    } else {
        err = read_all(file, out);
    }
    close(file);
    if (err != ERR_OK) {
        out->size = size_before;
    }
    return err;
}

static enum err write_all(int file, struct bytes content)
{
    size_t done = 0;
    while (done < content.size) {
        const ssize_t put = write(file, content.data + done, content.size - done);
        if (put < 0 && errno != EINTR) {
            return ERR_IO;
        }
        done += put > 0 ? (size_t)put : 0;
    }
    return ERR_OK;
}

/* Makes what happened in a path's folder durable. */
static enum err sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const size_t size = slash == NULL ? 0 : (size_t)(slash - path);
    if (size >= sizeof(folder)) {
        return ERR_IO;
    }
    memcpy(folder, path, size);
    folder[size] = '\0';
    const char *name = slash == NULL ? "." : size == 0 ? "/" : folder;
    const int file = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) {
        return writing_error();
    }
    const int rc = fsync(file);
    close(file);
    return rc == 0 ? ERR_OK : ERR_IO;
}

static enum err write_synced(const char *path, struct bytes content, uint32_t mode)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const int file = open(path, flags, (mode_t)(mode & 0700));
    if (file < 0) {
        return writing_error();
    }
    enum err err = write_all(file, content);
    /* By its own call, so that the caller's umask has no say. */
    if (err == ERR_OK && (fchmod(file, (mode_t)mode) != 0 || fsync(file) != 0)) {
        err = ERR_IO;
    }
    if (close(file) != 0 && err == ERR_OK) {
        err = ERR_IO;
    }
    return err;
}

enum err file_write(const char *path, struct bytes content, uint32_t mode)
{
    char beside[PATH_MAX];
    assert((mode & ~07777U) == 0);
    const int size = snprintf(beside, sizeof(beside), "%s.%ld.tmp", path, (long)getpid());
    if (size < 0 || (size_t)size >= sizeof(beside)) {
        return ERR_IO;
    }
    (void)unlink(beside); /* left over from a crash of one with our number */
    enum err err = write_synced(beside, content, mode);
    if (err == ERR_OK && rename(beside, path) != 0) {
        err = writing_error();
    }
    if (err != ERR_OK) {
        (void)unlink(beside);
        return err;
    }
    return sync_folder_of(path);
}

static enum err make_one(const char *path, uint32_t mode)
{
    struct stat about;
    if (mkdir(path, (mode_t)mode) == 0) {
        return sync_folder_of(path);
    }
    if (errno != EEXIST) {
        return writing_error();
    }
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode) ? ERR_OK : ERR_IO;
}

enum err file_make_folder(const char *path, uint32_t mode)
{
    char part[PATH_MAX];
    const size_t size = strlen(path);
    assert(size > 0);
    if (size >= sizeof(part)) {
        return ERR_IO;
    }
    for (size_t i = 1; i <= size; i++) {
        const bool ends = i == size || path[i] == '/';
        if (!ends || path[i - 1] == '/') {
            continue;
        }
        memcpy(part, path, i);
        part[i] = '\0';
        struct stat about;
        const bool there = stat(part, &about) == 0 && S_ISDIR(about.st_mode);
        const enum err err = there ? ERR_OK : make_one(part, mode);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}
