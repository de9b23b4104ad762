/* demo_scan: whether identifiers or surnames of a demo's people stand in files, byte by byte. */
#ifndef TOOLS_DEMO_SCAN_H
#define TOOLS_DEMO_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "tools/demo_files.h"

struct demo_scan;

/* Gives a scan for the people of all these files, which it borrows; free with demo_scan_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err demo_scan_new(struct demo_files *const *files, uint32_t count,
                                  struct demo_scan **out);
void demo_scan_free(struct demo_scan **self);

/* How many different identifiers are looked for. */
uint32_t demo_scan_people(const struct demo_scan *self);

/* Reads a file, or all files of a folder and below. Errors: ERR_NOT_FOUND, ERR_IO. */
MUST_CHECK enum err demo_scan_path(struct demo_scan *self, const char *path);

/* What was read since the beginning or the last call, and what of it was found, each once. */
struct demo_scan_findings {
    uint32_t files, people, surnames;
    uint64_t bytes;
    char where[512]; /* the first file with a find, or "" */
};
struct demo_scan_findings demo_scan_take(struct demo_scan *self);

#endif
