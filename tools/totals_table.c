#include "tools/totals_table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/date.h"
#include "core/model/programme.h"
#include "tools/sheet.h"
#include "tools/totals_parts.h"

/* ---- targets ---- */

const char *const totals_table_scopes[TOTALS_TABLE_SCOPES] = {"region", "task", "partner",
                                                              "each",   "from", "to"};

/* Whether a target is of a part of the programme only. */
static bool has_scope(const json_t *target)
{
    for (size_t i = 0; i < TOTALS_TABLE_SCOPES; i++) {
        if (json_object_get(target, totals_table_scopes[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* The date of a target's version; DATE_MIN where it has none. */
static int32_t version_of(const json_t *target)
{
    const char *text = json_string_value(json_object_get(target, "as_of"));
    int32_t as_of = DATE_MIN;
    return text != NULL && date_parse(bytes_text(text), &as_of) == ERR_OK ? as_of : DATE_MIN;
}

/* The whole programme's target, and the figure that its source says was reached, in the version in
 * force on the day. */
static const json_t *target_of(const json_t *row, const char *kind, int32_t day)
{
    size_t index;
    json_t *target;
    const json_t *found = NULL;
    json_array_foreach(json_object_get(row, "targets"), index, target)
    {
        const char *text = json_string_value(json_object_get(target, "kind"));
        const int32_t before = found != NULL ? version_of(found) : DATE_MAX;
        if (text != NULL && strcmp(text, kind) == 0 && !has_scope(target) &&
            target_follows(version_of(target), before, day)) {
            found = target;
        }
    }
    return found;
}

static bool has_percent(const char *op)
{
    return op != NULL && (strcmp(op, "eq") == 0 || strcmp(op, "ge") == 0 || strcmp(op, "gt") == 0 ||
                          strcmp(op, "approx") == 0);
}

void totals_table_prepare(json_t *document, int32_t day)
{
    size_t index;
    json_t *row;
    totals_parts_prepare(document);
    json_array_foreach(json_object_get(document, "rows"), index, row)
    {
        const json_t *target = target_of(row, "target", day);
        const json_t *achieved = target_of(row, "achieved", day);
        /* Money that is planned is a target in money. */
        target = target != NULL ? target : target_of(row, "money", day);
        json_t *value = json_object_get(target, "value");
        const char *op = json_string_value(json_object_get(target, "op"));
        if (target != NULL) {
            json_object_set_new(row, "target_op", json_string(op));
            json_object_set(row, "target", value != NULL ? value : json_null());
        }
        if (json_object_get(achieved, "value") != NULL) {
            json_object_set(row, "achieved", json_object_get(achieved, "value"));
        }
        const bool defined = json_is_number(json_object_get(row, "value"));
        if (defined && has_percent(op) && json_number_value(value) > 0) {
            const double part = json_number_value(json_object_get(row, "value"));
            const int64_t tenths = (int64_t)(1000.0 * part / json_number_value(value) + 0.5);
            json_object_set_new(row, "percent", json_real((double)tenths / 10.0));
        }
    }
}

void totals_table_target_text(const json_t *row, char *out, size_t room)
{
    static const struct sign {
        const char *op, *sign;
    } signs[] = {{"ge", "≥ "}, {"gt", "> "}, {"approx", "ok. "}, {"avg", "śr. "}, {"per", "po "}};
    const char *op = json_string_value(json_object_get(row, "target_op"));
    const char *sign = "";
    char value[64];
    sheet_value_text(json_object_get(row, "target"), value, sizeof value);
    for (size_t i = 0; op != NULL && i < sizeof signs / sizeof signs[0]; i++) {
        sign = strcmp(op, signs[i].op) == 0 ? signs[i].sign : sign;
    }
    if (op != NULL && strcmp(op, "teen") == 0) {
        snprintf(out, room, "11-19");
    } else if (op != NULL && strcmp(op, "none") == 0) {
        snprintf(out, room, "-");
    } else {
        snprintf(out, room, "%s%s", sign, value);
    }
}

/* A ratio or mean without a value is a state, not an empty cell. */
static void number_text(const json_t *value, char *out, size_t room)
{
    if (json_is_null(value)) {
        snprintf(out, room, "-");
    } else {
        sheet_value_text(value, out, room);
    }
}

static void reached_text(const json_t *row, char *out, size_t room)
{
    number_text(json_object_get(row, "value"), out, room);
}

/* Parts stand indented below their whole. */
static void title_text(const json_t *row, const char *word, char *out, size_t room)
{
    const int depth = (int)json_integer_value(json_object_get(row, "depth"));
    const char *title = json_string_value(json_object_get(row, "title"));
    const bool says_so = title != NULL && strncmp(title, "w tym ", strlen("w tym ")) == 0;
    snprintf(out, room, "%*s%s%s", 2 * depth, "", depth > 0 && !says_so ? word : "",
             title != NULL ? title : "");
}

static void english_title(const json_t *row, char *out, size_t room)
{
    title_text(row, "of which: ", out, room);
}

static void polish_title(const json_t *row, char *out, size_t room)
{
    title_text(row, "w tym: ", out, room);
}

static void parts_text(const json_t *row, char *out, size_t room)
{
    number_text(json_object_get(row, "parts_sum"), out, room);
}

/* Parts that add up to their whole need no word. */
static void difference_text(const json_t *row, char *out, size_t room)
{
    const json_t *value = json_object_get(row, "parts_difference");
    out[0] = '\0';
    if (json_number_value(value) > 0.0) {
        *out++ = '+';
        room--;
    }
    if (json_is_null(value) || json_number_value(value) != 0.0) {
        number_text(value, out, room);
    }
}

/* ---- printing ---- */

static const struct sheet_column dimension_columns[DIMENSION_COUNT] = {
    [BY_PARTNER] = {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    [BY_TASK] = {.key = "task", .english = "TASK", .polish = "ZADANIE"},
    [BY_REGION] = {.key = "region", .english = "REGION", .polish = "REGION"},
    [BY_MONTH] = {.key = "month", .english = "MONTH", .polish = "MIESIĄC"},
    [BY_QUARTER] = {.key = "quarter", .english = "QUARTER", .polish = "KWARTAŁ"},
    [BY_YEAR] = {.key = "year", .english = "YEAR", .polish = "ROK"},
    [BY_KIND] = {.key = "kind", .english = "KIND", .polish = "RODZAJ"},
    [BY_SEX] = {.key = "sex", .english = "SEX", .polish = "PŁEĆ"},
    [BY_AGE] = {.key = "age", .english = "AGE", .polish = "WIEK"},
    [BY_EDUCATION] = {.key = "education", .english = "EDUCATION", .polish = "WYKSZTAŁCENIE"},
    [BY_STATUS] = {.key = "status", .english = "STATUS", .polish = "STATUS"},
};

static const struct sheet_column first_columns[] = {
    {.key = "indicator", .english = "INDICATOR", .polish = "WSKAŹNIK"},
    {.key = "title", .english = "TITLE", .polish = "NAZWA", .shrinks = true},
};
static const struct sheet_column unit_column = {
    .key = "unit", .english = "UNIT", .polish = "JEDNOSTKA"};
static const struct sheet_column last_columns[] = {
    {.key = "value",
     .english = "REACHED",
     .polish = "OSIĄGNIĘTO",
     .right = true,
     .text = reached_text},
    {.key = "partner_sum", .english = "PARTNER SUM", .polish = "SUMA PARTNERÓW", .right = true},
    {.key = "overlap", .english = "OVERLAP", .polish = "POWTÓRZENIA", .right = true},
};
static const struct sheet_column parts_columns[] = {
    {.key = "part_of"},
    {.key = "parts_sum", .english = "PARTS", .polish = "CZĘŚCI", .right = true, .text = parts_text},
    {.key = "parts_difference",
     .english = "DIFFERENCE",
     .polish = "RÓŻNICA",
     .right = true,
     .text = difference_text},
};
static const struct sheet_column target_columns[] = {
    {.key = "target_op"},
    {.key = "target",
     .english = "TARGET",
     .polish = "CEL",
     .right = true,
     .text = totals_table_target_text},
    {.key = "achieved", .english = "AS REPORTED", .polish = "WYKAZANO", .right = true},
    {.key = "percent", .english = "%", .polish = "%", .right = true},
};

enum {
    TITLE_COLUMN = 1,
    LAST_COLUMNS = sizeof last_columns / sizeof last_columns[0],
    PARTS_COLUMNS = sizeof parts_columns / sizeof parts_columns[0],
    TARGET_COLUMNS = sizeof target_columns / sizeof target_columns[0],
    COLUMNS_MAX = TOTALS_TABLE_FIRST_MAX + LAST_COLUMNS + PARTS_COLUMNS + TARGET_COLUMNS,
    TITLE_ROOM = CODE_BYTES_MAX + TITLE_BYTES_MAX + 8
};

static bool any_row_has(const json_t *document, const char *key)
{
    const json_t *rows = json_object_get(document, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        if (json_object_get(json_array_get(rows, i), key) != NULL) {
            return true;
        }
    }
    return false;
}

/* Columns that no row has are left out of the table; scripts get them all the same. */
static size_t choose_some(const json_t *document, const struct sheet_column *columns, size_t count,
                          struct sheet_column *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = columns[i];
        if (!any_row_has(document, out[i].key)) {
            out[i].english = out[i].polish = NULL;
        }
    }
    return count;
}

size_t totals_table_first_columns(bool polish, const json_t *document, struct sheet_column *out)
{
    size_t count = 0, index;
    const json_t *by = json_object_get(document, "by");
    json_t *word;
    memcpy(out, first_columns, sizeof first_columns);
    out[TITLE_COLUMN].text = polish ? polish_title : english_title;
    count += sizeof first_columns / sizeof first_columns[0];
    json_array_foreach((json_t *)(uintptr_t)by, index, word)
    {
        enum dimension dimension;
        if (dimension_parse(bytes_text(json_string_value(word)), &dimension) == ERR_OK) {
            out[count++] = dimension_columns[dimension];
        }
    }
    out[count++] = unit_column;
    return count;
}

static size_t choose_columns(bool polish, const json_t *document, struct sheet_column *out)
{
    size_t count = totals_table_first_columns(polish, document, out);
    memcpy(out + count, last_columns, sizeof last_columns);
    count += LAST_COLUMNS;
    count += choose_some(document, parts_columns, PARTS_COLUMNS, out + count);
    if (json_array_size(json_object_get(document, "by")) == 0) {
        count += choose_some(document, target_columns, TARGET_COLUMNS, out + count);
    }
    return count;
}

void totals_table_title(const json_t *document, char *out, size_t room)
{
    snprintf(out, room, "%s  %s", json_string_value(json_object_get(document, "programme")),
             json_string_value(json_object_get(document, "title")));
}

static void print_caption(const struct request *request, const json_t *document)
{
    char title[TITLE_ROOM];
    const bool live = json_is_true(json_object_get(document, "live"));
    const char *until = json_string_value(json_object_get(document, "until"));
    const char *at = json_string_value(json_object_get(document, "regions_at"));
    totals_table_title(document, title, sizeof title);
    printf("%s\n%s %" JSON_INTEGER_FORMAT ", %s%s%s%s%s\n\n", title,
           request->polish ? "pozycja" : "position",
           json_integer_value(json_object_get(document, "position")),
           live              ? (request->polish ? "na żywo" : "live")
           : request->polish ? "policzone z dziennika"
                             : "counted from the log",
           until != NULL ? (request->polish ? ", zdarzenia do " : ", events until ") : "",
           until != NULL ? until : "",
           at != NULL ? (request->polish ? ", regiony na dzień " : ", regions as at ") : "",
           at != NULL ? at : "");
}

int totals_table_print(const struct request *request, const json_t *document)
{
    struct sheet_column columns[COLUMNS_MAX];
    const struct sheet sheet = {.columns = columns,
                                .column_count = choose_columns(request->polish, document, columns),
                                .rows = "rows"};
    if (request->format == FORMAT_TABLE) {
        print_caption(request, document);
    }
    return sheet_print(request, &sheet, document);
}

char *totals_table_text(bool polish, const json_t *document, uint32_t columns)
{
    struct sheet_column list[COLUMNS_MAX];
    const struct sheet sheet = {.columns = list,
                                .column_count = choose_columns(polish, document, list)};
    return sheet_table_text(polish, &sheet, json_object_get(document, "rows"), columns);
}
