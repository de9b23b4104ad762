/* region_files: the region tables of a programme, made one.
 *
 * The result does not depend on the order of the files or of their lines. */
#ifndef CONFIG_REGION_FILES_H
#define CONFIG_REGION_FILES_H

#include "config/document.h"
#include "config/fault.h"
#include "core/base/buffer.h"
#include "core/base/err.h"

/* Adds to *out one header line and the lines of all tables that `document`, read from the file
 * `path`, names at regions[0] to regions[count - 1].
 * Errors: ERR_CONFIG with *fault filled, also for a table that cannot be read; ERR_MEMORY;
 * ERR_FULL. */
MUST_CHECK enum err region_files_merge(const char *path, const struct document *document,
                                       char *const *names, uint32_t count, struct buffer *out,
                                       struct config_fault *fault);

/* The header line of a region table, without a line end. */
extern const char region_files_header[];

#endif
