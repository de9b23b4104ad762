/* totals_table: a totals document (brokers/figures.h) for people and for scripts. */
#ifndef TOOLS_TOTALS_TABLE_H
#define TOOLS_TOTALS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "core/model/programme.h"
#include "tools/sheet.h"
#include "tools/usage.h"

enum { TOTALS_TABLE_FIRST_MAX = DIMENSION_COUNT + 3 };

/* The keys in JSON that make a target one of a part of the programme only, as they are printed. */
enum { TOTALS_TABLE_SCOPES = 6 };
extern const char *const totals_table_scopes[TOTALS_TABLE_SCOPES];

/* Puts target, figure reported and percent into the rows themselves, where all formats have them:
 * those in force on the day; and brings parts behind their whole, as totals_parts_prepare(). */
void totals_table_prepare(json_t *document, int32_t day);

/* Prints a document that was prepared, in the format asked for. Returns 0 or an exit code, as
 * sheet_print(). */
int totals_table_print(const struct request *request, const json_t *document);

/* The table alone, as sheet_table_text(). The caller frees it. */
char *totals_table_text(bool polish, const json_t *document, uint32_t columns);

/* Fills out[TOTALS_TABLE_FIRST_MAX] with the columns that say which cell a row is: indicator,
 * title, a column for each word of the document's `by`, unit. Returns how many. */
size_t totals_table_first_columns(bool polish, const json_t *document, struct sheet_column *out);

/* ">= 120" of a row with target and target_op. */
void totals_table_target_text(const json_t *row, char *out, size_t room);

/* Programme and title, cut to the room. */
void totals_table_title(const json_t *document, char *out, size_t room);

#endif
