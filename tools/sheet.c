#include "tools/sheet.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "tools/say.h"

enum { CELL_BYTES = 2048, LINE_BYTES_MAX = 1 << 20, JSON_STYLE = JSON_REAL_PRECISION(15) };

static void join_texts(const json_t *array, char *out, size_t room)
{
    size_t index, used = 0;
    json_t *value;
    out[0] = '\0';
    json_array_foreach(array, index, value)
    {
        char text[CELL_BYTES];
        sheet_value_text(value, text, sizeof text);
        const int written = snprintf(out + used, room - used, "%s%s", index > 0 ? " " : "", text);
        if (written < 0 || (size_t)written >= room - used) {
            return;
        }
        used += (size_t)written;
    }
}

void sheet_value_text(const json_t *value, char *out, size_t room)
{
    if (json_is_string(value)) {
        snprintf(out, room, "%s", json_string_value(value));
    } else if (json_is_array(value)) {
        join_texts(value, out, room);
    } else if (value == NULL || json_is_null(value)) {
        out[0] = '\0';
    } else if (json_is_object(value)) {
        snprintf(out, room, "{}");
    } else if (json_is_real(value)) {
        /* Figures are in hundredths: 600, 12.5, 0.25. */
        const int wanted = snprintf(out, room, "%.2f", json_real_value(value));
        const int size = wanted < (int)room ? wanted : (int)room - 1;
        const size_t zeros = size > 3 && strcmp(out + size - 3, ".00") == 0 ? 3
                             : size > 1 && out[size - 1] == '0'             ? 1
                                                                            : 0;
        out[(size_t)size - zeros] = '\0';
    } else {
        const size_t size = json_dumpb(value, out, room - 1, JSON_ENCODE_ANY | JSON_STYLE);
        out[size < room ? size : 0] = '\0';
    }
}

/* ---- CSV ---- */

enum err sheet_csv_cell(struct buffer *out, const char *text, bool is_text)
{
    const bool guard = is_text && text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    const size_t size = strlen(text);
    const bool quoted = strpbrk(text, ",;\"\r\n\t") != NULL ||
                        (size > 0 && (text[0] == ' ' || text[size - 1] == ' '));
    enum err err = quoted ? buffer_add_text(out, "\"") : ERR_OK;
    if (err == ERR_OK && guard) {
        err = buffer_add_text(out, "'");
    }
    for (size_t i = 0; err == ERR_OK && i < size; i++) {
        err =
            text[i] == '"' ? buffer_add_text(out, "\"\"") : buffer_add(out, bytes_of(text + i, 1));
    }
    return err == ERR_OK && quoted ? buffer_add_text(out, "\"") : err;
}

static enum err csv_line(const struct sheet *sheet, const json_t *row, struct buffer *line)
{
    enum err err = ERR_OK;
    buffer_clear(line);
    for (size_t i = 0; err == ERR_OK && i < sheet->column_count; i++) {
        char text[CELL_BYTES];
        const char *key = sheet->columns[i].key;
        const json_t *value = row != NULL ? json_object_get(row, key) : NULL;
        sheet_value_text(value, text, sizeof text);
        err = i > 0 ? buffer_add_text(line, ",") : ERR_OK;
        if (err == ERR_OK) {
            err = row != NULL ? sheet_csv_cell(line, text,
                                               !json_is_number(value) && !json_is_boolean(value))
                              : sheet_csv_cell(line, key, true);
        }
    }
    if (err == ERR_OK) {
        err = buffer_add_text(line, "\n");
    }
    if (err == ERR_OK) {
        fwrite(line->data, 1, line->size, stdout);
    }
    return err;
}

static int print_csv(const struct sheet *sheet, const json_t *rows)
{
    struct buffer line = {.bytes_max = LINE_BYTES_MAX};
    enum err err = csv_line(sheet, NULL, &line);
    for (size_t i = 0; err == ERR_OK && i < json_array_size(rows); i++) {
        err = csv_line(sheet, json_array_get(rows, i), &line);
    }
    buffer_fini(&line);
    return err == ERR_OK ? EX_OK : say_err(err, "a row");
}

/* ---- table ---- */

static int table_row(const struct sheet *sheet, struct libscols_table *table, const json_t *row,
                     bool polish)
{
    struct libscols_line *line = scols_table_new_line(table, NULL);
    size_t cell = 0;
    for (size_t i = 0; line != NULL && i < sheet->column_count; i++) {
        const struct sheet_column *column = &sheet->columns[i];
        const json_t *value = json_object_get(row, column->key);
        char text[CELL_BYTES];
        if (column->english == NULL) {
            continue;
        }
        if (column->text != NULL) {
            column->text(row, text, sizeof text);
        } else if (json_is_boolean(value)) {
            const char *yes = polish ? "tak" : "yes", *no = polish ? "nie" : "no";
            snprintf(text, sizeof text, "%s", json_is_true(value) ? yes : no);
        } else {
            sheet_value_text(value, text, sizeof text);
        }
        if (scols_line_set_data(line, cell++, text) != 0) {
            line = NULL;
        }
    }
    return line != NULL ? 0 : -1;
}

static int table_columns(const struct sheet *sheet, struct libscols_table *table, bool polish)
{
    int fault = 0;
    for (size_t i = 0; fault == 0 && i < sheet->column_count; i++) {
        const struct sheet_column *column = &sheet->columns[i];
        const char *heading = polish ? column->polish : column->english;
        const int flags =
            (column->right ? SCOLS_FL_RIGHT : 0) | (column->shrinks ? SCOLS_FL_TRUNC : 0);
        if (heading != NULL && scols_table_new_column(table, heading, 0, flags) == NULL) {
            fault = -1;
        }
    }
    return fault;
}

char *sheet_table_text(bool polish, const struct sheet *sheet, const json_t *rows, uint32_t columns)
{
    struct libscols_table *table = scols_new_table();
    char *text = NULL;
    int fault = table != NULL ? table_columns(sheet, table, polish) : -1;
    for (size_t i = 0; fault == 0 && i < json_array_size(rows); i++) {
        fault = table_row(sheet, table, json_array_get(rows, i), polish);
    }
    if (fault == 0 && json_array_size(rows) > 0) {
        /* A pipe has no width: nothing is ever cut there. */
        const bool whole = columns == UINT32_MAX;
        scols_table_set_termforce(table, whole ? SCOLS_TERMFORCE_NEVER : SCOLS_TERMFORCE_ALWAYS);
        scols_table_set_termwidth(table, whole ? 0 : columns);
        scols_table_enable_colors(table, 0);
        fault = scols_print_table_to_string(table, &text);
    }
    scols_unref_table(table);
    return fault == 0 ? text : NULL;
}

static int print_table(const struct request *request, const struct sheet *sheet, const json_t *rows)
{
    if (json_array_size(rows) == 0) {
        return EX_OK;
    }
    char *text = sheet_table_text(request->polish, sheet, rows, UINT32_MAX);
    if (text == NULL) {
        return say(EX_SOFTWARE, NULL, "the table could not be made");
    }
    puts(text);
    free(text);
    return EX_OK;
}

/* ---- all ---- */

static int print_json(const json_t *json, size_t indent)
{
    const int fault = json_dumpf(json, stdout,
                                 JSON_STYLE | JSON_ENCODE_ANY | JSON_INDENT(indent) |
                                     (indent == 0 ? JSON_COMPACT : 0u));
    putchar('\n');
    return fault == 0 ? EX_OK : say(EX_IOERR, NULL, "the answer could not be written");
}

static int print_jsonl(const json_t *rows)
{
    int status = EX_OK;
    for (size_t i = 0; status == EX_OK && i < json_array_size(rows); i++) {
        status = print_json(json_array_get(rows, i), 0);
    }
    return status;
}

static int flushed(int status)
{
    return fflush(stdout) == 0 ? status : say(EX_IOERR, NULL, "the answer could not be written");
}

int sheet_print(const struct request *request, const struct sheet *sheet, const json_t *document)
{
    const json_t *rows = sheet->rows != NULL ? json_object_get(document, sheet->rows) : document;
    switch (request->format) {
    case FORMAT_TABLE:
        return flushed(print_table(request, sheet, rows));
    case FORMAT_JSON:
        return flushed(print_json(document, 2));
    case FORMAT_JSONL:
        return flushed(print_jsonl(rows));
    case FORMAT_CSV:
        return flushed(print_csv(sheet, rows));
    }
    return EX_SOFTWARE;
}

int sheet_print_object(const struct request *request, const json_t *object)
{
    static const struct sheet_column columns[] = {
        {.key = "name", .english = "", .polish = ""},
        {.key = "value", .english = "", .polish = ""},
    };
    static const struct sheet sheet = {.columns = columns, .column_count = 2};
    if (request->format == FORMAT_JSON || request->format == FORMAT_JSONL) {
        return flushed(print_json(object, request->format == FORMAT_JSON ? 2 : 0));
    }
    const char *key;
    json_t *value, *rows = json_array();
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (!json_is_object(value)) {
            json_array_append_new(rows, json_pack("{s:s,s:O}", "name", key, "value", value));
        }
    }
    int status = EX_OK;
    if (request->format == FORMAT_CSV) {
        status = print_csv(&sheet, rows);
    } else {
        for (size_t i = 0; i < json_array_size(rows); i++) {
            char text[CELL_BYTES];
            const json_t *row = json_array_get(rows, i);
            sheet_value_text(json_object_get(row, "value"), text, sizeof text);
            printf("%-20s %s\n", json_string_value(json_object_get(row, "name")), text);
        }
    }
    json_decref(rows);
    return flushed(status);
}
