/* file: small whole files. */
#ifndef IO_FILE_H
#define IO_FILE_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/err.h"

/* Appends all of a regular file to out (whose bytes_max is the limit), not following a symbolic
 * link at the end of the path. Errors: ERR_NOT_FOUND, ERR_DENIED, ERR_FULL, ERR_IO, ERR_MEMORY. */
MUST_CHECK enum err file_read(const char *path, struct buffer *out);

/* Writes a file whole or not at all: beside, synced, renamed, folder synced.
 * Errors: ERR_DENIED, ERR_IO. */
MUST_CHECK enum err file_write(const char *path, struct bytes content, uint32_t mode);

/* Makes a folder and those above it. Errors: ERR_DENIED, ERR_IO. */
MUST_CHECK enum err file_make_folder(const char *path, uint32_t mode);

#endif
