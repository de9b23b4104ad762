/* rows: office table bytes -> rows of fields, pushed in any split with the same result.
 *
 * CSV after RFC 4180 with `;`, `,` or TAB between fields (found from the first line), read by
 * libcsv; lines end with LF, CRLF or a lone CR; a byte order mark is skipped. A row that cannot be
 * read is one fault with its line; what stands behind it is read on: a quotation mark that is never
 * closed costs its own line only. So does any other fault of a row that spans several lines (but
 * ENCODING): reading goes on at its second line. */
#ifndef CORE_ROWS_H
#define CORE_ROWS_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/limits.h"
#include "core/model/reject.h"

struct rows;

/* Borrowed for the call. The first row of a file is its header. */
struct rows_row {
    uint32_t line;              /* physical line of its first byte, from 1 */
    uint32_t field_count;       /* as the header's, for every row but the header */
    const struct bytes *fields; /* unquoted; without the blanks around it; UTF-8 without NUL */
};

struct rows_fault {
    uint32_t line;
    uint32_t field;   /* number of the field at fault, from 1; 0: the whole row */
    enum reject code; /* ROW_QUOTES, ROW_FIELDS, ROW_TOO_LONG, ENCODING */
};

/* The two functions must not call the parser that calls them. */
struct rows_options {
    void *context;
    void (*on_row)(void *context, const struct rows_row *row);
    void (*on_fault)(void *context, const struct rows_fault *fault);
};

/* Gives a parser for one file, with all the memory that it will need; free with rows_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err rows_new(const struct rows_options *options, struct rows **out);
void rows_free(struct rows **self);

/* Reads more of the file. Blank lines, and rows whose fields are all empty, are no rows. Where the
 * header itself is at fault, that fault is the only one: the rows mean nothing without it.
 * Errors: none so far. */
MUST_CHECK enum err rows_push(struct rows *self, struct bytes more);

/* Reads what is left: a last line needs no line end. No push may follow. Errors: none so
 * far. */
MUST_CHECK enum err rows_finish(struct rows *self);

/* Physical lines read so far; after rows_finish(), of the whole file. */
uint32_t rows_lines(const struct rows *self);

#endif
