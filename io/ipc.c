#include "io/ipc.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <zmq.h>

#include "core/base/bytes.h"

static const char scheme[] = "ipc://";

static struct sockaddr_un address_of(const struct ipc_place *self)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    static_assert(sizeof address.sun_path == IPC_PATH_BYTES, "a path fits");
    memcpy(address.sun_path, self->path, sizeof address.sun_path);
    return address;
}

enum err ipc_init(struct ipc_place *self, const char *endpoint)
{
    *self = (struct ipc_place){0};
    if (strncmp(endpoint, scheme, strlen(scheme)) != 0) {
        return ERR_CONFIG;
    }
    const char *path = endpoint + strlen(scheme);
    if (path[0] == '\0' || path[0] == '@' || path[0] == '*') {
        return ERR_CONFIG;
    }
    return bytes_to_text(bytes_text(path), self->path, sizeof self->path) == ERR_OK ? ERR_OK
                                                                                    : ERR_RANGE;
}

static bool someone_listens(const struct ipc_place *self)
{
    const struct sockaddr_un address = address_of(self);
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) {
        return true;
    }
    const int rc = connect(probe, (const struct sockaddr *)&address, sizeof address);
    const bool refused = rc != 0 && errno == ECONNREFUSED;
    close(probe);
    return !refused;
}

/* libzmq would unlink whatever stands in the way, even a file or another's socket. */
static enum err clear_way(const struct ipc_place *self)
{
    struct stat about;
    if (lstat(self->path, &about) != 0) {
        return errno == ENOENT ? ERR_OK : ERR_IO;
    }
    if (!S_ISSOCK(about.st_mode) || someone_listens(self)) {
        return ERR_BUSY;
    }
    return unlink(self->path) == 0 ? ERR_OK : ERR_IO;
}

enum err ipc_bind(struct ipc_place *self, void *socket)
{
    char endpoint[sizeof scheme + IPC_PATH_BYTES];
    struct stat about;
    const enum err err = clear_way(self);
    if (err != ERR_OK) {
        return err;
    }
    (void)snprintf(endpoint, sizeof endpoint, "%s%s", scheme, self->path);
    const mode_t mask = umask(0177); /* nobody gets in between binding and chmod */
    const int rc = zmq_bind(socket, endpoint);
    const int reason = errno;
    umask(mask);
    if (rc != 0) {
        return reason == EADDRINUSE ? ERR_BUSY : ERR_IO;
    }
    if (chmod(self->path, 0600) != 0 || lstat(self->path, &about) != 0) {
        return ERR_IO;
    }
    self->device = (uint64_t)about.st_dev;
    self->inode = (uint64_t)about.st_ino;
    return ERR_OK;
}

void ipc_remove(struct ipc_place *self)
{
    struct stat about;
    if (self->inode != 0 && lstat(self->path, &about) == 0 &&
        (uint64_t)about.st_ino == self->inode && (uint64_t)about.st_dev == self->device) {
        (void)unlink(self->path);
    }
    self->inode = 0;
}
