/* mapping: rows of any office table -> drafts of events.
 *
 * A mapping names the columns of a table and translates their values; the built-in one, `ogniwo`,
 * is the canonical table of docs/office-table.md. Nothing here depends on the programme: codes are
 * checked by admission. */
#ifndef CORE_MAPPING_H
#define CORE_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/event.h"
#include "core/model/identity.h"
#include "core/model/reject.h"

/* The columns of the canonical table. */
enum mapping_role {
    ROLE_KEY,
    ROLE_OP,
    ROLE_KIND,
    ROLE_OCCURRED_ON,
    ROLE_TASK,
    ROLE_REGION,
    ROLE_PERSON,
    ROLE_PERSON_SCHEME,
    ROLE_SEX,
    ROLE_AGE,
    ROLE_EDUCATION,
    ROLE_STATUS,
    ROLE_FLAGS, /* codes separated by blanks or `|` */
    ROLE_SUPPORT,
    ROLE_OUTCOME,
    ROLE_ACTIVITY,
    ROLE_QUANTITY,
    ROLE_UNIT,
    ROLE_COUNT
};

/* The canonical column's name ("occurred_on"). Errors of the parser: ERR_NOT_FOUND. */
const char *mapping_role_text(enum mapping_role role);
MUST_CHECK enum err mapping_role_parse(struct bytes text, enum mapping_role *out);

struct mapping_value {
    struct bytes from, to; /* compared after trimming, upper and lower case alike for ASCII */
};

struct mapping_column {
    enum mapping_role role;
    struct bytes name;     /* the column's header; empty: there is no such column, see constant */
    struct bytes constant; /* the value of every row where name is empty */
    const struct mapping_value *values; /* a value not listed stays as it is */
    uint32_t value_count;
};

/* Plain data; built by config/ or mapping_builtin(). Each role has one column at most; several
 * roles may read one column. */
struct mapping_spec {
    struct bytes id;
    const struct mapping_column *columns;
    uint32_t column_count;
    /* Then each column named here is needed: a renamed one would be lost in silence. Else a column
     * that is not named here is HEADER_UNKNOWN, but one without a name and without values. */
    bool ignore_other_columns;
};

/* The canonical table: every role by its own name, unknown columns refused, `kind` and
 * `occurred_on` needed. Static. */
const struct mapping_spec *mapping_builtin(void);

enum draft_op { DRAFT_UPSERT, DRAFT_DELETE };

/* A row understood. All texts are borrowed from the row's fields or the mapping. */
struct mapping_draft {
    enum draft_op op;
    struct bytes key; /* the office's own id of the row, or empty */
    bool has_identity;
    struct identity identity; /* event.person stays 0: the node numbers people */
    /* There is a profile where a person is named, not for an entity. Its sex and age are what was
     * given, else what the PESEL tells (age: on occurred_on). Of an enrolment, home_region is the
     * event's region. */
    struct event event;
    /* The row itself tells these: by their columns or the PESEL (age: of an enrolment only, since
     * it is the age at entry). The node lets others be inherited. */
    bool gave_sex, gave_age;
};

struct mapping_fault {
    enum reject code;
    struct bytes column; /* the column at fault by the table's own name, or empty; borrowed from the
                            mapping or, where the mapping has none, from the header */
    uint32_t field;      /* its number, from 1; 0: the whole row */
};

struct mapping;

/* Gives a mapping for one file; the spec is borrowed for its life; free with mapping_free().
 * Errors: ERR_EXISTS, a role has two columns; ERR_MEMORY. */
MUST_CHECK enum err mapping_new(const struct mapping_spec *spec, struct mapping **out);
void mapping_free(struct mapping **self);

/* Takes the header (names trimmed, ASCII case ignored). False with *fault filled when the file
 * cannot be read at all: HEADER_UNKNOWN, HEADER_MISSING, HEADER_TWICE; for a missing one
 * fault->column is the name looked for. */
bool mapping_header(struct mapping *self, const struct bytes *fields, uint32_t count,
                    struct mapping_fault *fault);

/* Understands one row, which has as many fields as the header. Fills *draft and returns true, or
 * *fault (the first one met) and returns false. A delete needs only its key. Values are trimmed and
 * rid of a spreadsheet's apostrophe or ="..."; decimal point or comma; K, M, kobieta, mężczyzna,
 * woman, man. Sex and age are compared with the PESEL (age: on the enrolment date, so for
 * `enrolled` only). A code that is not bytes_clean() is ENCODING, one too long ROW_TOO_LONG. */
bool mapping_row(struct mapping *self, const struct bytes *fields, uint32_t count,
                 struct mapping_draft *draft, struct mapping_fault *fault);

/* Fills fault->column and fault->field with the table's own column for a canonical one
 * ("person"), whose row was refused later; leaves both alone where the table has none. */
void mapping_blame(const struct mapping *self, const char *canonical, struct mapping_fault *fault);

#endif
