#include "tools/demo_office.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/base/date.h"

enum column {
    KEY,
    OP,
    KIND,
    OCCURRED_ON,
    TASK,
    REGION,
    PERSON,
    PERSON_SCHEME,
    SURNAME,
    FIRST_NAME,
    SEX,
    AGE,
    EDUCATION,
    STATUS,
    FLAGS,
    SUPPORT,
    OUTCOME,
    ACTIVITY,
    QUANTITY,
    UNIT,
    REMARK,
    COLUMN_COUNT
};

enum { FIELD_BYTES = 128 };

static const char *const names[COLUMN_COUNT] = {
    "key",           "op",       "kind",    "occurred_on", "task",     "region",    "person",
    "person_scheme", "nazwisko", "imię",    "sex",         "age",      "education", "status",
    "flags",         "support",  "outcome", "activity",    "quantity", "unit",      "uwagi"};

const char demo_office_mapping[] =
    "# The canonical table with the office's own columns beside it (nazwisko, imię, uwagi): those\n"
    "# are not read.\n"
    "mapping: z-nazwiskami\n"
    "other_columns: ignore\n"
    "columns:\n"
    "  - {column: key, as: key}\n"
    "  - {column: op, as: op}\n"
    "  - {column: kind, as: kind}\n"
    "  - {column: occurred_on, as: occurred_on}\n"
    "  - {column: task, as: task}\n"
    "  - {column: region, as: region}\n"
    "  - {column: person, as: person}\n"
    "  - {column: person_scheme, as: person_scheme}\n"
    "  - {column: sex, as: sex}\n"
    "  - {column: age, as: age}\n"
    "  - {column: education, as: education}\n"
    "  - {column: status, as: status}\n"
    "  - {column: flags, as: flags}\n"
    "  - {column: support, as: support}\n"
    "  - {column: outcome, as: outcome}\n"
    "  - {column: activity, as: activity}\n"
    "  - {column: quantity, as: quantity}\n"
    "  - {column: unit, as: unit}\n";

static const struct habits {
    bool mark; /* a byte order mark in front, as Excel writes it */
    const char *line_end;
    bool polish_dates;
    const char *guard_front, *guard_back; /* around a PESEL */
    bool tells_sex_and_age;               /* though the PESEL tells them */
    enum column columns[COLUMN_COUNT];
} habits[DEMO_OFFICE_COUNT] = {
    {.line_end = "\n",
     .guard_front = "",
     .guard_back = "",
     .tells_sex_and_age = true,
     .columns = {KEY,           OP,      KIND,       OCCURRED_ON, TASK,     REGION,    PERSON,
                 PERSON_SCHEME, SURNAME, FIRST_NAME, SEX,         AGE,      EDUCATION, STATUS,
                 FLAGS,         SUPPORT, OUTCOME,    ACTIVITY,    QUANTITY, UNIT,      REMARK}},
    {.mark = true,
     .line_end = "\r\n",
     .polish_dates = true,
     .guard_front = "=\"",
     .guard_back = "\"",
     .columns = {SURNAME, FIRST_NAME, PERSON,  PERSON_SCHEME, SEX,      AGE,  EDUCATION,
                 STATUS,  FLAGS,      REGION,  KEY,           OP,       KIND, OCCURRED_ON,
                 TASK,    SUPPORT,    OUTCOME, ACTIVITY,      QUANTITY, UNIT, REMARK}},
    {.line_end = "\r\n",
     .guard_front = "'",
     .guard_back = "",
     .columns = {OCCURRED_ON, KIND,          TASK,       SUPPORT, OUTCOME, ACTIVITY, REGION,
                 PERSON,      PERSON_SCHEME, FIRST_NAME, SURNAME, SEX,     AGE,      EDUCATION,
                 STATUS,      FLAGS,         QUANTITY,   UNIT,    REMARK,  OP,       KEY}},
};

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

static void date_text(const struct habits *of, int32_t days, char out[FIELD_BYTES])
{
    if (of->polish_dates) {
        const struct date date = date_of(days);
        snprintf(out, FIELD_BYTES, "%02d.%02d.%04d", date.day, date.month, date.year);
    } else {
        char iso[DATE_TEXT_BYTES];
        date_format(days, iso);
        snprintf(out, FIELD_BYTES, "%s", iso);
    }
}

/* Now and then a clerk notes something: separators, quotation marks and line ends must not
 * matter. */
static const char *remark(const struct demo_office_row *row)
{
    static const char *const remarks[] = {"dzwonić po 15; pytać o „Opokę”",
                                          "\"bardzo\" zainteresowany(a)", "adres:\nul. Łąkowa"};
    const uint32_t number = row->person != NULL ? (uint32_t)row->person->birth : 1;
    return number % 7 == 0 ? remarks[number / 7 % 3] : "";
}

static const char *person_field(const struct habits *of, const struct demo_office_row *row,
                                enum column column, char out[FIELD_BYTES])
{
    const struct demo_people_person *person = row->person;
    const bool entry = row->kind != NULL && strcmp(row->kind, "enrolled") == 0;
    if (person == NULL) {
        return column == PERSON          ? text_or_empty(row->entity)
               : column == PERSON_SCHEME ? row->entity != NULL ? "entity" : ""
                                         : "";
    }
    const bool pesel = person->scheme == NULL;
    const bool tells = of->tells_sex_and_age || (entry && !pesel);
    if (column == PERSON) {
        snprintf(out, FIELD_BYTES, "%s%s%s", pesel ? of->guard_front : "", person->id,
                 pesel ? of->guard_back : "");
        return out;
    }
    if (column == AGE && tells && entry) {
        snprintf(out, FIELD_BYTES, "%d", date_age(person->birth, row->occurred_on));
        return out;
    }
    return column == PERSON_SCHEME  ? text_or_empty(person->scheme)
           : column == SURNAME      ? person->last
           : column == FIRST_NAME   ? person->first
           : column == SEX && tells ? person->woman ? "K" : "M"
                                    : "";
}

static const char *field_text(const struct habits *of, const struct demo_office_row *row,
                              enum column column, char out[FIELD_BYTES])
{
    const char *const texts[COLUMN_COUNT] = {
        [KEY] = row->key,           [OP] = row->deletes ? "delete" : "",
        [KIND] = row->kind,         [TASK] = row->task,
        [REGION] = row->region,     [EDUCATION] = row->education,
        [STATUS] = row->status,     [FLAGS] = row->flags,
        [SUPPORT] = row->support,   [OUTCOME] = row->outcome,
        [ACTIVITY] = row->activity, [QUANTITY] = row->quantity,
        [UNIT] = row->unit,         [REMARK] = row->deletes ? "" : remark(row)};
    if (row->deletes) {
        return text_or_empty(texts[column]);
    }
    if (column == OCCURRED_ON) {
        date_text(of, row->occurred_on, out);
        return out;
    }
    const char *text = texts[column];
    return text != NULL ? text : person_field(of, row, column, out);
}

/* Appends one field, between quotation marks where it needs them. */
static enum err add_field(const char *text, struct buffer *out)
{
    if (text[strcspn(text, ";\"\r\n")] == '\0') {
        return buffer_add_text(out, text);
    }
    enum err err = buffer_add_text(out, "\"");
    while (err == ERR_OK && *text != '\0') {
        const size_t size = strcspn(text, "\"");
        err = buffer_add(out, bytes_of(text, size));
        text += size;
        if (err == ERR_OK && *text == '"') {
            err = buffer_add_text(out, "\"\"");
            text++;
        }
    }
    return err == ERR_OK ? buffer_add_text(out, "\"") : err;
}

static enum err add_fields(const struct habits *of, const struct demo_office_row *row,
                           struct buffer *out)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < COLUMN_COUNT; i++) {
        char text[FIELD_BYTES];
        const enum column column = of->columns[i];
        err = i > 0 ? buffer_add_text(out, ";") : ERR_OK;
        if (err == ERR_OK) {
            err = add_field(row != NULL ? field_text(of, row, column, text) : names[column], out);
        }
    }
    return err == ERR_OK ? buffer_add_text(out, of->line_end) : err;
}

enum err demo_office_header(uint32_t office, struct buffer *out)
{
    const struct habits *of = &habits[office % DEMO_OFFICE_COUNT];
    const enum err err = of->mark ? buffer_add_text(out, "\xef\xbb\xbf") : ERR_OK;
    return err == ERR_OK ? add_fields(of, NULL, out) : err;
}

enum err demo_office_row(uint32_t office, const struct demo_office_row *row, struct buffer *out)
{
    assert(row->key != NULL || !row->deletes);
    return add_fields(&habits[office % DEMO_OFFICE_COUNT], row, out);
}
