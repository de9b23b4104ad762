/* source: configuration files as bytes, and the paths written in them. */
#ifndef CONFIG_SOURCE_H
#define CONFIG_SOURCE_H

#include <stddef.h>

#include "config/fault.h"
#include "core/base/buffer.h"
#include "core/base/err.h"

/* Appends the whole file to *out.
 * Errors: ERR_NOT_FOUND, ERR_IO, ERR_MEMORY, ERR_FULL (out->bytes_max), each with *fault filled. */
MUST_CHECK enum err source_read(const char *path, struct buffer *out, struct config_fault *fault);

/* Writes into out[room] where `name`, as written in the file `path`, lies: beside that file, unless
 * the name is absolute. Errors: ERR_FULL. */
MUST_CHECK enum err source_beside(const char *path, const char *name, char *out, size_t room);

#endif
