/* sheet: rows of a JSON document, printed as a table, JSON, JSON lines or CSV: the same values in
 * each. */
#ifndef TOOLS_SHEET_H
#define TOOLS_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "core/base/buffer.h"
#include "core/base/err.h"
#include "tools/usage.h"

struct sheet_column {
    const char *key;              /* of the row's object, and the CSV's heading: never translated */
    const char *english, *polish; /* headings of the table; null: not in the table */
    bool right;                   /* numbers stand to the right */
    bool shrinks;                 /* is cut where the table is wider than the terminal */
    /* The table's text, where it is not the plain value; may be null. */
    void (*text)(const json_t *row, char *out, size_t room);
};

struct sheet {
    const struct sheet_column *columns;
    size_t column_count;
    const char *rows; /* key of the document's array of rows; null: the document is the array */
};

/* Prints to standard output. Returns 0, or 70 or 74 after having said why. */
int sheet_print(const struct request *request, const struct sheet *sheet, const json_t *document);

/* The table alone as text, a line for the headings and one for each row, without colour; at most
 * `columns` wide as far as its columns shrink (UINT32_MAX: whole). The caller frees it. Null: no
 * memory, or no row. */
char *sheet_table_text(bool polish, const struct sheet *sheet, const json_t *rows,
                       uint32_t columns);

/* Prints a document by itself: names and values below one another, or JSON. */
int sheet_print_object(const struct request *request, const json_t *object);

/* Appends one CSV cell. Quoted where needed; `text` ones that a spreadsheet would take for a
 * formula get an apostrophe before them. Errors: as buffer_add(). */
MUST_CHECK enum err sheet_csv_cell(struct buffer *out, const char *text, bool is_text);

/* A value as table and CSV show it. */
void sheet_value_text(const json_t *value, char *out, size_t room);

#endif
