/* ipc: sockets of ZeroMQ in the file system: taken only where nobody listens, guarded by mode 0600,
 * removed by whoever made them.
 *
 * A part of link and feed, which alone use it. */
#ifndef IO_IPC_H
#define IO_IPC_H

#include <stdint.h>

#include "core/base/err.h"

enum { IPC_PATH_BYTES = 108 }; /* what the system allows for a socket, with a zero */

/* Open, in the caller's storage. */
struct ipc_place {
    char path[IPC_PATH_BYTES];
    uint64_t device, inode; /* of the socket's file, once bound; else 0 */
};

/* Reads ipc://PATH. Errors: ERR_CONFIG, no such endpoint, or one that no file's mode guards
 * (`@`, `*`); ERR_RANGE, the path is too long for a socket. */
MUST_CHECK enum err ipc_init(struct ipc_place *self, const char *endpoint);

/* Binds a ZeroMQ socket there. A socket's file that nobody listens at is removed first. Errors:
 * ERR_BUSY, somebody listens there or it is another kind of file; ERR_IO. */
MUST_CHECK enum err ipc_bind(struct ipc_place *self, void *socket);

/* Removes the file, unless a successor has put its own there meanwhile. */
void ipc_remove(struct ipc_place *self);

#endif
