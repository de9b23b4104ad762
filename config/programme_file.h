/* programme_file: a programme's YAML and its regions to a checked struct programme.
 *
 * The same bytes give the same programme everywhere: they travel in the log. Needs no file but the
 * bytes given. docs/programme-file.md describes the file for those who write one. */
#ifndef CONFIG_PROGRAMME_FILE_H
#define CONFIG_PROGRAMME_FILE_H

#include "config/fault.h"
#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/programme.h"

/* A programme file and its regions travel in one message, with some room for what is around. */
enum { PROGRAMME_FILE_BYTES_MAX = FRAME_BYTES_MAX - 16 * 1024 };

/* Gives a programme; free with programme_free(). Checks all that can be checked: unknown keys and
 * codes, doubled ids, dates in order, bands that overlap, indicators that name unknown codes,
 * targets of unknown indicators or other units, limits. Empty regions are a table without lines.
 * Errors: ERR_CONFIG with *fault filled (line and column in the YAML; a fault in the regions says
 * so in its text); ERR_MEMORY. */
MUST_CHECK enum err programme_parse(struct bytes yaml, struct bytes regions_csv,
                                    struct programme **out, struct config_fault *fault);

/* Reads a programme file from disk: its YAML with the files that its `include:` list names behind
 * it (see programme_sources.h), and into regions the region tables that its `regions:` list names
 * (one header line, concatenated, lines sorted, doubles once). Paths are relative to the file. Both
 * are cleared first; a bytes_max of 0 means PROGRAMME_FILE_BYTES_MAX.
 * Errors: ERR_NOT_FOUND, ERR_IO, ERR_CONFIG with *fault filled; ERR_MEMORY, ERR_FULL. */
MUST_CHECK enum err programme_file_read(const char *path, struct buffer *yaml,
                                        struct buffer *regions, struct config_fault *fault);

/* Checks the shape of a file that programmes include; the codes that it names are only known with
 * the programme. Errors: as of programme_file_read(). */
MUST_CHECK enum err programme_included_check(const char *path, struct config_fault *fault);

#endif
