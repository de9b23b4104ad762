/* The happy path is: 1 the YAML is read by its schema; 2 columns and values are copied into the
 * arena. What may go wrong: whatever someone may write; the first fault ends the work. */
#include "config/mapping_file.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stddef.h>
#include <string.h>

#include "config/document.h"
#include "config/hint.h"
#include "config/source.h"

enum { FILE_BYTES_MAX = 1 << 20, VALUES_MAX = 4096, OTHER_REFUSE = 0, OTHER_IGNORE = 1 };

struct value_text {
    char *from, *to;
};

struct column_text {
    char *column, *as, *constant;
    struct value_text *values;
    uint32_t values_count;
};

struct mapping_text {
    char *mapping;
    int other_columns;
    struct column_text *columns;
    uint32_t columns_count;
};

static const cyaml_schema_field_t value_fields[] = {
    CYAML_FIELD_STRING_PTR("from", CYAML_FLAG_POINTER, struct value_text, from, 1, TITLE_BYTES_MAX),
    CYAML_FIELD_STRING_PTR("to", CYAML_FLAG_POINTER, struct value_text, to, 0, TITLE_BYTES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t value_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct value_text, value_fields)};

#define OPTIONAL_TEXT(key, member)                                                                 \
    CYAML_FIELD_STRING_PTR((key), CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct column_text,    \
                           member, 1, TITLE_BYTES_MAX)
static const cyaml_schema_field_t column_fields[] = {
    OPTIONAL_TEXT("column", column),
    CYAML_FIELD_STRING_PTR("as", CYAML_FLAG_POINTER, struct column_text, as, 1, CODE_BYTES_MAX),
    OPTIONAL_TEXT("constant", constant),
    CYAML_FIELD_SEQUENCE("values", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct column_text,
                         values, &value_entry, 1, VALUES_MAX),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t column_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct column_text, column_fields)};

static const cyaml_strval_t other_words[] = {{"ignore", OTHER_IGNORE}, {"refuse", OTHER_REFUSE}};
static const cyaml_schema_field_t mapping_fields[] = {
    CYAML_FIELD_STRING_PTR("mapping", CYAML_FLAG_POINTER, struct mapping_text, mapping, 1,
                           CODE_BYTES_MAX),
    CYAML_FIELD_ENUM("other_columns", CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL, struct mapping_text,
                     other_columns, other_words, CYAML_ARRAY_LEN(other_words)),
    CYAML_FIELD_SEQUENCE("columns", CYAML_FLAG_POINTER, struct mapping_text, columns, &column_entry,
                         1, ROLE_COUNT),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t mapping_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct mapping_text, mapping_fields)};

struct reading {
    const struct document *document;
    const struct mapping_text *text;
    struct arena *arena;
    struct config_fault *fault;
};

#define FAULT(reading, place, ...) place_fault((reading)->fault, (place), __VA_ARGS__)
#define PLACE(reading, ...) document_place((reading)->document, __VA_ARGS__)

static enum err role_read(const struct reading *reading, uint32_t number, enum mapping_role *out)
{
    struct hint hint;
    const char *as = reading->text->columns[number].as;
    if (mapping_role_parse(bytes_text(as), out) == ERR_OK) {
        return ERR_OK;
    }
    hint_init(&hint, bytes_text(as));
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        hint_offer(&hint, bytes_text(mapping_role_text((enum mapping_role)role)));
    }
    return FAULT(reading, PLACE(reading, "columns[%u].as", number),
                 "\"%s\" is no column of the canonical table%s: write one of %s", as,
                 hint_question(&hint), hint_list(&hint));
}

static enum err values_read(const struct reading *reading, uint32_t number,
                            struct mapping_column *out)
{
    const struct column_text *text = &reading->text->columns[number];
    struct mapping_value *values = arena_zeroed(reading->arena, text->values_count, sizeof *values);
    enum err err = values != NULL ? ERR_OK : ERR_FULL;
    for (uint32_t i = 0; i < text->values_count && err == ERR_OK; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(text->values[i].from, text->values[j].from) == 0) {
                return FAULT(reading, PLACE(reading, "columns[%u].values[%u].from", number, i),
                             "the value \"%s\" stands in line %u already: leave one out",
                             text->values[i].from,
                             PLACE(reading, "columns[%u].values[%u].from", number, j).line);
            }
        }
        err = arena_copy(reading->arena, bytes_text(text->values[i].from), &values[i].from);
        if (err == ERR_OK) {
            err = arena_copy(reading->arena, bytes_text(text->values[i].to), &values[i].to);
        }
    }
    out->values = values;
    out->value_count = text->values_count;
    return err;
}

static enum err column_read(const struct reading *reading, uint32_t number,
                            struct mapping_column *columns)
{
    const struct column_text *text = &reading->text->columns[number];
    struct mapping_column *out = &columns[number];
    const struct place place = PLACE(reading, "columns[%u]", number);
    enum err err = role_read(reading, number, &out->role);
    for (uint32_t i = 0; i < number && err == ERR_OK; i++) {
        if (columns[i].role == out->role) {
            return FAULT(reading, PLACE(reading, "columns[%u].as", number),
                         "\"%s\" is filled in line %u already: leave one out", text->as,
                         PLACE(reading, "columns[%u].as", i).line);
        }
    }
    if (err == ERR_OK && (text->column == NULL) == (text->constant == NULL)) {
        return FAULT(reading, place,
                     "\"%s\" needs either \"column\", the header in the office's table, "
                     "or \"constant\", one value for all rows",
                     text->as);
    }
    if (err == ERR_OK && text->constant != NULL && text->values != NULL) {
        return FAULT(reading, PLACE(reading, "columns[%u].values", number),
                     "a constant needs no \"values\": leave them out");
    }
    if (err == ERR_OK) {
        err = arena_copy(reading->arena, bytes_text(text->column), &out->name);
    }
    if (err == ERR_OK) {
        err = arena_copy(reading->arena, bytes_text(text->constant), &out->constant);
    }
    return err == ERR_OK ? values_read(reading, number, out) : err;
}

/* Rows without these two are never accepted. */
static enum err needed_check(const struct reading *reading, const struct mapping_spec *spec)
{
    static const enum mapping_role needed[] = {ROLE_KIND, ROLE_OCCURRED_ON};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        bool there = false;
        for (uint32_t j = 0; j < spec->column_count; j++) {
            there = there || spec->columns[j].role == needed[i];
        }
        if (!there) {
            return FAULT(reading, PLACE(reading, "columns"),
                         "no column gives \"%s\": add one, or a constant",
                         mapping_role_text(needed[i]));
        }
    }
    return ERR_OK;
}

static enum err spec_read(const struct reading *reading, struct mapping_spec *out)
{
    const struct mapping_text *text = reading->text;
    struct mapping_column *columns =
        arena_zeroed(reading->arena, text->columns_count, sizeof *columns);
    if (columns == NULL) {
        return ERR_FULL;
    }
    *out = (struct mapping_spec){.columns = columns,
                                 .column_count = text->columns_count,
                                 .ignore_other_columns = text->other_columns == OTHER_IGNORE};
    enum err err = arena_copy(reading->arena, bytes_text(text->mapping), &out->id);
    for (uint32_t i = 0; i < text->columns_count && err == ERR_OK; i++) {
        err = column_read(reading, i, columns);
    }
    return err == ERR_OK ? needed_check(reading, out) : err;
}

enum err mapping_file_load(const char *path, struct arena *arena, struct mapping_spec *out,
                           struct config_fault *fault)
{
    struct document *document = NULL;
    struct buffer text = {.bytes_max = FILE_BYTES_MAX};
    enum err err = source_read(path, &text, fault);
    if (err == ERR_OK) {
        err = document_new(buffer_bytes(&text), &mapping_schema, &document, fault);
    }
    if (err == ERR_OK) {
        const struct reading reading = {
            .document = document, .text = document_data(document), .arena = arena, .fault = fault};
        err = spec_read(&reading, out);
    }
    document_free(&document);
    buffer_fini(&text);
    return err;
}
