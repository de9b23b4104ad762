/* folder: an office's drop folder: inotify, and a rescan now and then.
 *
 * Takes regular files whose name does not start with `.`, `~$`, `.~lock` or end with `.tmp`,
 * `.part` and is not CZYTAJ-TO.txt, once their size and time have rested; a file that is moved
 * in by one rename is whole and is taken almost at once, in the order of names. A file taken is
 * read by name; folder_done() moves it away. */
#ifndef IO_FOLDER_H
#define IO_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/err.h"

struct folder;

struct folder_options {
    const char *path;   /* made when it is not there */
    uint32_t rest_ms;   /* a file is taken when it has not changed for so long */
    uint32_t rescan_ms; /* also without any notice */
    uint64_t file_bytes_max;
};

enum { FOLDER_NAME_BYTES = 256 };

/* Errors: ERR_IO, ERR_MEMORY. Gives a folder; close with folder_close(). */
MUST_CHECK enum err folder_open(const struct folder_options *options, struct folder **out);
void folder_close(struct folder **self);

/* The next file to take, by name in ascending order: its name and its content (appended to
 * content). One that was given or told of and is not moved away comes again after rescan_ms, so
 * that it does not stand in the way of others. Errors: ERR_NOT_FOUND, none now; ERR_FULL, name
 * is set but it is too large; ERR_DENIED, name is set but it cannot be read; ERR_IO, the folder
 * is gone; ERR_MEMORY. */
MUST_CHECK enum err folder_next(struct folder *self, uint64_t now_ms, char name[FOLDER_NAME_BYTES],
                                struct buffer *content);

/* Moves the file into the folder's `done` subfolder (wyslane/) or `failed` (do-poprawy/), under a
 * name not taken there yet, and writes report beside it as NAME.raport.txt.
 * Errors: ERR_NOT_FOUND; ERR_STATE, it has changed since it was given: it stays and will be given
 * again; ERR_IO. */
MUST_CHECK enum err folder_done(struct folder *self, const char *name, bool failed,
                                struct bytes report);

/* When folder_next() is worth a call again; and a descriptor that tells earlier, or -1 where the
 * system gives none. */
uint64_t folder_deadline_ms(const struct folder *self);
int folder_descriptor(const struct folder *self);

#endif
