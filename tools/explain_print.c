#include "tools/explain_print.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "tools/sheet.h"

static const struct sheet_column all_columns[] = {
    {.key = "row"},
    {.key = "indicator"},
    {.key = "position", .english = "POSITION", .polish = "POZYCJA", .right = true},
    {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    {.key = "node", .english = "NODE", .polish = "WĘZEŁ"},
    {.key = "seq", .english = "SEQ", .polish = "NUMER", .right = true},
    {.key = "occurred_on", .english = "ON", .polish = "DZIEŃ"},
    {.key = "kind", .english = "KIND", .polish = "RODZAJ"},
    {.key = "weight", .english = "WEIGHT", .polish = "WAGA", .right = true},
    {.key = "withdraws", .english = "WITHDRAWS", .polish = "WYCOFUJE", .right = true},
    {.key = "replaces", .english = "REPLACES", .polish = "ZASTĘPUJE", .right = true},
    {.key = "person", .english = "PERSON", .polish = "OSOBA"},
    {.key = "entity", .english = "ENTITY", .polish = "PODMIOT"},
    {.key = "identity", .english = "IDENTITY", .polish = "TOŻSAMOŚĆ", .right = true},
    {.key = "quantity", .english = "QUANTITY", .polish = "ILOŚĆ", .right = true},
    {.key = "counts", .english = "COUNTS", .polish = "LICZY SIĘ"},
    {.key = "net"},
    {.key = "partners"},
    {.key = "value"},
    {.key = "partner_sum"},
    {.key = "numerator"},
    {.key = "divisor"},
};
static const struct sheet_column people_columns[] = {
    {.key = "row", .english = "WHO", .polish = "KTO"},
    {.key = "identity", .english = "IDENTITY", .polish = "TOŻSAMOŚĆ", .right = true},
    {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    {.key = "net", .english = "NET", .polish = "SALDO", .right = true},
    {.key = "partners", .english = "AT PARTNERS", .polish = "U PARTNERÓW", .right = true},
    {.key = "counts", .english = "COUNTS", .polish = "LICZY SIĘ"},
};
static const struct sheet rows_sheet = {.columns = all_columns,
                                        .column_count = sizeof all_columns / sizeof all_columns[0]};

static void print_sum(const struct request *request, const json_t *part)
{
    char value[64], sum[64], overlap[64];
    const json_int_t count = json_integer_value(json_object_get(part, "event_count"));
    const size_t shown = json_array_size(json_object_get(part, "events"));
    sheet_value_text(json_object_get(part, "value"), value, sizeof value);
    sheet_value_text(json_object_get(part, "partner_sum"), sum, sizeof sum);
    sheet_value_text(json_object_get(part, "overlap"), overlap, sizeof overlap);
    if ((json_int_t)shown < count) {
        printf(request->polish ? "Pokazano %zu z %" JSON_INTEGER_FORMAT " zdarzeń (--limit).\n"
                               : "%zu of %" JSON_INTEGER_FORMAT " events are shown (--limit).\n",
               shown, count);
    }
    printf(request->polish ? "Suma %s: %s (suma partnerów %s, powtórzenia %s)\n"
                           : "Sum of %s: %s (partner sum %s, overlap %s)\n",
           json_string_value(json_object_get(part, "indicator")), value, sum, overlap);
}

/* Columns that no event fills are left out of the table; scripts get them all the same. */
static void choose_columns(const json_t *events, struct sheet_column *out)
{
    memcpy(out, all_columns, sizeof all_columns);
    for (size_t i = 0; i < sizeof all_columns / sizeof all_columns[0]; i++) {
        bool filled = false;
        for (size_t k = 0; !filled && k < json_array_size(events); k++) {
            filled = json_object_get(json_array_get(events, k), out[i].key) != NULL;
        }
        out[i].english = filled ? out[i].english : NULL;
        out[i].polish = filled ? out[i].polish : NULL;
    }
}

static int print_part(const struct request *request, const json_t *part)
{
    struct sheet_column columns[sizeof all_columns / sizeof all_columns[0]];
    const struct sheet events = {
        .columns = columns, .column_count = rows_sheet.column_count, .rows = "events"};
    const struct sheet people = {.columns = people_columns,
                                 .column_count = sizeof people_columns / sizeof people_columns[0],
                                 .rows = "people"};
    printf("%s  %s (%s)\n", json_string_value(json_object_get(part, "indicator")),
           json_string_value(json_object_get(part, "title")),
           json_string_value(json_object_get(part, "unit")));
    choose_columns(json_object_get(part, "events"), columns);
    int status = sheet_print(request, &events, part);
    if (status == EX_OK) {
        status = sheet_print(request, &people, part);
    }
    if (status == EX_OK) {
        print_sum(request, part);
    }
    return status;
}

/* "advisers_per_county: 2.5 = 5 / 2 (county)". */
static void print_quotient(const json_t *document)
{
    static const char *const keys[] = {"value", "numerator", "divisor"};
    const json_t *quotient = json_object_get(document, "quotient");
    const char *over = json_string_value(json_object_get(quotient, "over"));
    char texts[3][64];
    for (size_t i = 0; i < 3; i++) {
        const json_t *number = json_object_get(quotient, keys[i]);
        snprintf(texts[i], sizeof texts[i], "-");
        if (json_is_number(number)) {
            sheet_value_text(number, texts[i], sizeof texts[i]);
        }
    }
    if (quotient != NULL) {
        printf("\n%s: %s = %s%s / %s%s%s%s\n",
               json_string_value(json_object_get(document, "indicator")), texts[0],
               over == NULL ? "100 * " : "", texts[1], texts[2], over != NULL ? " (" : "",
               over != NULL ? over : "", over != NULL ? ")" : "");
    }
}

static int print_table(const struct request *request, const json_t *document)
{
    const char *key;
    json_t *value, *part;
    size_t index;
    int status = EX_OK;
    const char *at = json_string_value(json_object_get(document, "regions_at"));
    printf("%s  %s\n%s %" JSON_INTEGER_FORMAT,
           json_string_value(json_object_get(document, "programme")),
           json_string_value(json_object_get(document, "title")),
           request->polish ? "pozycja" : "position",
           json_integer_value(json_object_get(document, "position")));
    json_object_foreach(json_object_get(document, "where"), key, value)
    {
        printf(", %s=%s", key, json_string_value(value));
    }
    if (at != NULL) {
        printf("%s%s", request->polish ? ", regiony na dzień " : ", regions as at ", at);
    }
    putchar('\n');
    json_array_foreach(json_object_get(document, "parts"), index, part)
    {
        putchar('\n');
        status = status == EX_OK ? print_part(request, part) : status;
    }
    print_quotient(document);
    return status;
}

static void add_rows(json_t *rows, const json_t *part, const char *key)
{
    json_t *row;
    size_t index;
    json_array_foreach(json_object_get(part, key), index, row)
    {
        json_object_set(row, "indicator", json_object_get(part, "indicator"));
        json_array_append(rows, row);
    }
}

/* Scripts that read lines get events, people and the sum as rows of one kind each. */
static int print_rows(const struct request *request, const json_t *document)
{
    json_t *rows = json_array(), *part;
    size_t index;
    json_array_foreach(json_object_get(document, "parts"), index, part)
    {
        add_rows(rows, part, "events");
        add_rows(rows, part, "people");
        json_array_append_new(rows, json_pack("{s:s,s:O,s:O,s:O}", "row", "sum", "indicator",
                                              json_object_get(part, "indicator"), "value",
                                              json_object_get(part, "value"), "partner_sum",
                                              json_object_get(part, "partner_sum")));
    }
    json_t *quotient = json_copy(json_object_get(document, "quotient"));
    if (quotient != NULL) {
        json_object_set_new(quotient, "row", json_string("quotient"));
        json_object_set(quotient, "indicator", json_object_get(document, "indicator"));
        json_array_append_new(rows, quotient);
    }
    const int status = sheet_print(request, &rows_sheet, rows);
    json_decref(rows);
    return status;
}

int explain_print(const struct request *request, const json_t *document)
{
    switch (request->format) {
    case FORMAT_TABLE:
        return print_table(request, document);
    case FORMAT_JSON:
        return sheet_print_object(request, document);
    case FORMAT_JSONL:
    case FORMAT_CSV:
        break;
    }
    return print_rows(request, document);
}
