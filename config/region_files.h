/* region_files: the region tables of a programme, made one.
 *
 * The result does not depend on the order of the files or of their lines. */
#ifndef CONFIG_REGION_FILES_H
#define CONFIG_REGION_FILES_H

#include "config/document.h"
#include "config/fault.h"
#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/region.h"

/* Adds to *out one header line and the lines of all tables that `document`, read from the file
 * `path`, names at regions[0] to regions[count - 1].
 * Errors: ERR_CONFIG with *fault filled, also for a table that cannot be read or parsed: it tells
 * the table's name and line, and has the place where `document` names it; ERR_MEMORY; ERR_FULL. */
MUST_CHECK enum err region_files_merge(const char *path, const struct document *document,
                                       char *const *names, uint32_t count, struct buffer *out,
                                       struct config_fault *fault);

/* Tables as a programme that names them would have them. */
struct region_tables {
    char *const *paths;
    uint32_t count;
    struct bytes more; /* the text of another table, or empty */

    /* The answer. */
    struct regions *regions; /* free with regions_free() */
    size_t bytes;            /* that they take beside the programme file in its message */
    uint32_t fault_in;       /* ERR_NOT_FOUND, ERR_IO, ERR_CONFIG: the number of the table at fault;
                              * `count`: it is `more` */
};

/* Errors: ERR_CONFIG, ERR_NOT_FOUND, ERR_IO with *fault filled, its line in the table at fault;
 * ERR_MEMORY; ERR_FULL. */
MUST_CHECK enum err region_files_load(struct region_tables *tables, struct config_fault *fault);

/* Parses what region_files_merge() wrote; free with regions_free(). Errors: ERR_CONFIG with *fault
 * filled, its line that of the text; ERR_MEMORY. */
MUST_CHECK enum err region_files_parse(struct bytes merged, struct regions **out,
                                       struct config_fault *fault);

/* The header line of a region table, without a line end. */
extern const char region_files_header[];

#endif
