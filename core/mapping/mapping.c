/* The happy path is: 1 the header tells which field plays which role; 2 a row's fields become one
 * value a role, trimmed and translated; 3 the values are read in groups, each of which fills its
 * part of the draft or names the first fault.
 *
 * What may go wrong: anything that a clerk can write. It is a fault with the column to look at. */
#include "core/mapping/mapping.h"

#include <assert.h>
#include <stddef.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/mapping/value.h"
#include "core/model/limits.h"

#define LITERAL(text)                                                                              \
    {                                                                                              \
        .data = (const uint8_t *)(text), .size = sizeof(text) - 1                                  \
    }
#define COLUMN(role_name, text) [role_name] = {.role = (role_name), .name = LITERAL(text)}

static const struct mapping_column builtin_columns[] = {
    COLUMN(ROLE_KEY, "key"),
    COLUMN(ROLE_OP, "op"),
    COLUMN(ROLE_KIND, "kind"),
    COLUMN(ROLE_OCCURRED_ON, "occurred_on"),
    COLUMN(ROLE_TASK, "task"),
    COLUMN(ROLE_REGION, "region"),
    COLUMN(ROLE_PERSON, "person"),
    COLUMN(ROLE_PERSON_SCHEME, "person_scheme"),
    COLUMN(ROLE_SEX, "sex"),
    COLUMN(ROLE_AGE, "age"),
    COLUMN(ROLE_EDUCATION, "education"),
    COLUMN(ROLE_STATUS, "status"),
    COLUMN(ROLE_FLAGS, "flags"),
    COLUMN(ROLE_SUPPORT, "support"),
    COLUMN(ROLE_OUTCOME, "outcome"),
    COLUMN(ROLE_ACTIVITY, "activity"),
    COLUMN(ROLE_QUANTITY, "quantity"),
    COLUMN(ROLE_UNIT, "unit"),
};
static_assert(sizeof builtin_columns / sizeof builtin_columns[0] == ROLE_COUNT,
              "every role has its canonical column");

/* Where a role's values come from. */
struct binding {
    const struct mapping_column *column; /* null: the mapping has none */
    uint32_t field;                      /* its number in the table, from 1; 0: not there */
};

struct mapping {
    const struct mapping_spec *spec;
    struct binding roles[ROLE_COUNT];
    bool unnamed[ROW_FIELDS_MAX]; /* columns without a name, which must stay empty */
    uint32_t field_count;         /* the header's; 0 before it */
};

/* One row on its way. */
struct reading {
    const struct mapping *mapping;
    struct bytes values[ROLE_COUNT];
    bool listed[ROLE_COUNT]; /* the mapping has translated the value */
    struct mapping_fault *fault;
};

const char *mapping_role_text(enum mapping_role role)
{
    assert(role < ROLE_COUNT);
    return (const char *)builtin_columns[role].name.data;
}

enum err mapping_role_parse(struct bytes text, enum mapping_role *out)
{
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        if (bytes_equal(text, builtin_columns[i].name)) {
            *out = builtin_columns[i].role;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

const struct mapping_spec *mapping_builtin(void)
{
    static const struct mapping_spec builtin = {
        .id = LITERAL("ogniwo"), .columns = builtin_columns, .column_count = ROLE_COUNT};
    return &builtin;
}

enum err mapping_new(const struct mapping_spec *spec, struct mapping **out)
{
    struct mapping *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->spec = spec;
    for (uint32_t i = 0; i < spec->column_count; i++) {
        struct binding *binding = &self->roles[spec->columns[i].role];
        assert(spec->columns[i].role < ROLE_COUNT);
        if (binding->column != NULL) {
            mapping_free(&self);
            return ERR_EXISTS;
        }
        binding->column = &spec->columns[i];
    }
    *out = self;
    return ERR_OK;
}

void mapping_free(struct mapping **self)
{
    mem_free(*self);
    *self = NULL;
}

static bool refuse_header(struct mapping_fault *fault, enum reject code, struct bytes column,
                          uint32_t field)
{
    *fault = (struct mapping_fault){.code = code, .column = column, .field = field};
    return false;
}

/* Binds the field to each role that names its column; *known where there is one. */
static bool bind(struct mapping *self, struct bytes name, uint32_t field, bool *known)
{
    *known = false;
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        struct binding *binding = &self->roles[i];
        if (binding->column == NULL || !value_same(name, bytes_trim(binding->column->name))) {
            continue;
        }
        if (binding->field != 0) {
            return false;
        }
        binding->field = field;
        *known = true;
    }
    return true;
}

/* What cannot do without: kind and date; and, where other columns are ignored, each column that the
 * mapping names, or a renamed one would be lost in silence. */
static bool needed(const struct mapping *self, enum mapping_role role)
{
    const struct mapping_column *column = self->roles[role].column;
    if (column == NULL || column->name.size == 0) {
        return column == NULL && (role == ROLE_KIND || role == ROLE_OCCURRED_ON);
    }
    return role == ROLE_KIND || role == ROLE_OCCURRED_ON || self->spec->ignore_other_columns;
}

bool mapping_header(struct mapping *self, const struct bytes *fields, uint32_t count,
                    struct mapping_fault *fault)
{
    assert(count > 0 && count <= ROW_FIELDS_MAX);
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        self->roles[i].field = 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct bytes name = bytes_trim(fields[i]);
        bool known = false;
        self->unnamed[i] = name.size == 0;
        if (!self->unnamed[i] && !bind(self, name, i + 1, &known)) {
            return refuse_header(fault, REJECT_HEADER_TWICE, name, i + 1);
        }
        if (!self->unnamed[i] && !known && !self->spec->ignore_other_columns) {
            return refuse_header(fault, REJECT_HEADER_UNKNOWN, name, i + 1);
        }
    }
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        const enum mapping_role role = (enum mapping_role)i;
        const struct binding *binding = &self->roles[i];
        if (binding->field == 0 && needed(self, role)) {
            const struct bytes name =
                binding->column != NULL ? binding->column->name : builtin_columns[i].name;
            return refuse_header(fault, REJECT_HEADER_MISSING, name, 0);
        }
    }
    self->field_count = count;
    return true;
}

/* The value as the mapping translates it; *listed where it does. */
static struct bytes translate(const struct mapping_column *column, struct bytes value, bool *listed)
{
    for (uint32_t i = 0; i < column->value_count; i++) {
        if (value_same(value, bytes_trim(column->values[i].from))) {
            *listed = true;
            return column->values[i].to;
        }
    }
    *listed = false;
    return value;
}

static bool refuse(struct reading *row, enum reject code, enum mapping_role role)
{
    const struct binding *binding = &row->mapping->roles[role];
    const bool there = binding->field != 0;
    *row->fault =
        (struct mapping_fault){.code = code,
                               .column = there ? binding->column->name : bytes_of(NULL, 0),
                               .field = binding->field};
    return false;
}

static bool given(const struct reading *row, enum mapping_role role)
{
    return row->values[role].size > 0;
}

static bool check_code(struct reading *row, enum mapping_role role, struct bytes code)
{
    if (code.size > CODE_BYTES_MAX) {
        return refuse(row, REJECT_ROW_TOO_LONG, role);
    }
    return bytes_clean(code) || refuse(row, REJECT_ENCODING, role);
}

static bool read_code(struct reading *row, enum mapping_role role, struct bytes *out)
{
    *out = row->values[role];
    return check_code(row, role, *out);
}

static bool read_op(struct reading *row, struct mapping_draft *draft)
{
    draft->key = row->values[ROLE_KEY];
    if (value_same(row->values[ROLE_OP], bytes_text("delete"))) {
        draft->op = DRAFT_DELETE;
    } else if (given(row, ROLE_OP) && !value_same(row->values[ROLE_OP], bytes_text("upsert"))) {
        return refuse(row, REJECT_OP_UNKNOWN, ROLE_OP);
    }
    if (draft->op == DRAFT_DELETE && !given(row, ROLE_KEY)) {
        return refuse(row, REJECT_KEY_NEEDED, ROLE_KEY);
    }
    if (draft->key.size > CODE_BYTES_MAX) {
        return refuse(row, REJECT_KEY_FORM, ROLE_KEY);
    }
    return bytes_clean(draft->key) || refuse(row, REJECT_ENCODING, ROLE_KEY);
}

static bool read_kind(struct reading *row, struct event *event)
{
    for (int i = EVENT_ENROLLED; i < EVENT_KIND_COUNT; i++) {
        const enum event_kind kind = (enum event_kind)i;
        if (value_same(row->values[ROLE_KIND], bytes_text(event_kind_text(kind)))) {
            event->kind = kind;
            return true;
        }
    }
    return refuse(row, REJECT_KIND_UNKNOWN, ROLE_KIND);
}

static bool read_date(struct reading *row, struct event *event)
{
    const enum err err = date_parse(row->values[ROLE_OCCURRED_ON], &event->occurred_on);
    if (err == ERR_OK) {
        return true;
    }
    return refuse(row, err == ERR_RANGE ? REJECT_DATE_NOT_REAL : REJECT_DATE_FORM,
                  ROLE_OCCURRED_ON);
}

static bool read_codes(struct reading *row, struct event *event)
{
    if (!read_code(row, ROLE_TASK, &event->task) || !read_code(row, ROLE_REGION, &event->region) ||
        !read_code(row, ROLE_SUPPORT, &event->support) ||
        !read_code(row, ROLE_OUTCOME, &event->outcome) ||
        !read_code(row, ROLE_ACTIVITY, &event->activity) ||
        !read_code(row, ROLE_UNIT, &event->unit)) {
        return false;
    }
    if (event->kind == EVENT_OUTCOME && !given(row, ROLE_OUTCOME)) {
        return refuse(row, REJECT_OUTCOME_MISSING, ROLE_OUTCOME);
    }
    if (event->kind == EVENT_ACTIVITY && !given(row, ROLE_ACTIVITY)) {
        return refuse(row, REJECT_ACTIVITY_MISSING, ROLE_ACTIVITY);
    }
    return true;
}

static bool read_quantity(struct reading *row, struct event *event)
{
    if (!given(row, ROLE_QUANTITY)) {
        return true;
    }
    if (!value_quantity(row->values[ROLE_QUANTITY], &event->quantity)) {
        return refuse(row, REJECT_QUANTITY_FORM, ROLE_QUANTITY);
    }
    return given(row, ROLE_UNIT) || refuse(row, REJECT_QUANTITY_UNIT, ROLE_UNIT);
}

static bool read_person(struct reading *row, struct mapping_draft *draft)
{
    const bool described = given(row, ROLE_SEX) || given(row, ROLE_AGE) ||
                           given(row, ROLE_EDUCATION) || given(row, ROLE_STATUS) ||
                           given(row, ROLE_FLAGS);
    draft->has_identity = given(row, ROLE_PERSON);
    if (!draft->has_identity) {
        /* A description of nobody is a forgotten identifier, not something to drop in silence. */
        const bool may_lack = draft->event.kind == EVENT_ACTIVITY && !described;
        return may_lack || refuse(row, REJECT_PERSON_MISSING, ROLE_PERSON);
    }
    const enum reject reject =
        identity_parse(row->values[ROLE_PERSON_SCHEME], row->values[ROLE_PERSON], &draft->identity);
    if (reject != REJECT_NONE) {
        const bool of_scheme = reject == REJECT_SCHEME_UNKNOWN || reject == REJECT_COUNTRY_UNKNOWN;
        return refuse(row, reject, of_scheme ? ROLE_PERSON_SCHEME : ROLE_PERSON);
    }
    draft->event.entity = draft->identity.entity;
    draft->event.has_profile = !draft->identity.entity;
    if (draft->identity.entity && described) {
        return refuse(row, REJECT_ENTITY_KIND, ROLE_PERSON_SCHEME);
    }
    return true;
}

static bool read_sex(struct reading *row, struct mapping_draft *draft)
{
    enum event_sex *sex = &draft->event.profile.sex;
    *sex = draft->identity.sex;
    draft->gave_sex = given(row, ROLE_SEX) || *sex != SEX_UNKNOWN;
    if (!given(row, ROLE_SEX)) {
        return true;
    }
    if (!value_sex(row->values[ROLE_SEX], sex)) {
        return refuse(row, REJECT_SEX_FORM, ROLE_SEX);
    }
    if (draft->identity.sex != SEX_UNKNOWN && *sex != draft->identity.sex) {
        return refuse(row, REJECT_SEX_DIFFERS, ROLE_SEX);
    }
    return true;
}

/* Reads the age as written: AGE_UNKNOWN where none is. */
static bool read_age_written(struct reading *row, int *age)
{
    struct bytes text = row->values[ROLE_AGE];
    const bool negative = text.size > 1 && text.data[0] == '-';
    *age = AGE_UNKNOWN;
    if (text.size == 0) {
        return true;
    }
    if (negative) {
        text = bytes_of(text.data + 1, text.size - 1);
    }
    uint64_t years;
    const enum err err = bytes_to_u64(text, AGE_MAX, &years);
    if (err == ERR_MALFORMED) {
        return refuse(row, REJECT_AGE_FORM, ROLE_AGE);
    }
    if (err != ERR_OK || negative) {
        return refuse(row, REJECT_AGE_IMPOSSIBLE, ROLE_AGE);
    }
    *age = (int)years;
    return true;
}

static bool read_age(struct reading *row, struct mapping_draft *draft)
{
    const struct identity *identity = &draft->identity;
    const bool enrolled = draft->event.kind == EVENT_ENROLLED;
    int *age = &draft->event.profile.age;
    if (!read_age_written(row, age)) {
        return false;
    }
    draft->gave_age = given(row, ROLE_AGE) || (enrolled && identity->has_birth);
    if (!identity->has_birth) {
        return true;
    }
    const int years = date_age(identity->birth, draft->event.occurred_on);
    if (years < 0 || years > AGE_MAX) {
        return refuse(row, REJECT_AGE_IMPOSSIBLE, ROLE_PERSON);
    }
    if (!given(row, ROLE_AGE)) {
        *age = years;
    }
    return !enrolled || *age == years || refuse(row, REJECT_AGE_DIFFERS, ROLE_AGE);
}

/* Keeps the flags ascending, each once. */
static bool add_flag(struct reading *row, struct event_profile *profile, struct bytes flag)
{
    uint32_t at = 0;
    int order = 1;
    while (at < profile->flag_count && (order = bytes_compare(flag, profile->flags[at])) > 0) {
        at++;
    }
    if (flag.size == 0 || (at < profile->flag_count && order == 0)) {
        return true;
    }
    if (profile->flag_count == PROFILE_FLAGS_MAX) {
        return refuse(row, REJECT_ROW_TOO_LONG, ROLE_FLAGS);
    }
    for (uint32_t i = profile->flag_count++; i > at; i--) {
        profile->flags[i] = profile->flags[i - 1];
    }
    profile->flags[at] = flag;
    return check_code(row, ROLE_FLAGS, flag);
}

/* The mapping may translate the whole field or each of its flags, but no value twice. */
static bool read_flags(struct reading *row, struct event_profile *profile)
{
    const struct mapping_column *column = row->mapping->roles[ROLE_FLAGS].column;
    const bool translated = row->listed[ROLE_FLAGS];
    struct bytes rest = row->values[ROLE_FLAGS];
    struct bytes flag;
    while (value_next(&rest, &flag)) {
        bool listed;
        if (!add_flag(row, profile, translated ? flag : translate(column, flag, &listed))) {
            return false;
        }
    }
    return true;
}

static bool read_profile(struct reading *row, struct mapping_draft *draft)
{
    struct event_profile *profile = &draft->event.profile;
    if (!draft->event.has_profile) {
        return true;
    }
    if (draft->event.kind == EVENT_ENROLLED) {
        profile->home_region = draft->event.region;
    }
    return read_sex(row, draft) && read_age(row, draft) &&
           read_code(row, ROLE_EDUCATION, &profile->education) &&
           read_code(row, ROLE_STATUS, &profile->status) && read_flags(row, profile);
}

static bool take_values(struct reading *row, const struct bytes *fields, uint32_t count)
{
    const struct mapping *self = row->mapping;
    for (uint32_t i = 0; i < count; i++) {
        if (self->unnamed[i] && !self->spec->ignore_other_columns &&
            bytes_trim(fields[i]).size > 0) {
            *row->fault = (struct mapping_fault){.code = REJECT_ROW_FIELDS, .field = i + 1};
            return false;
        }
    }
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        const struct binding *binding = &self->roles[i];
        if (binding->field != 0) {
            const struct bytes value = value_clean(fields[binding->field - 1]);
            row->values[i] = translate(binding->column, value, &row->listed[i]);
        } else if (binding->column != NULL && binding->column->name.size == 0) {
            row->values[i] = binding->column->constant;
        }
    }
    return true;
}

bool mapping_row(struct mapping *self, const struct bytes *fields, uint32_t count,
                 struct mapping_draft *draft, struct mapping_fault *fault)
{
    assert(self->field_count > 0 && count == self->field_count);
    struct reading row = {.mapping = self, .fault = fault};
    *draft = (struct mapping_draft){.event.profile.age = AGE_UNKNOWN};
    if (!take_values(&row, fields, count) || !read_op(&row, draft)) {
        return false;
    }
    if (draft->op == DRAFT_DELETE) {
        return true;
    }
    struct event *event = &draft->event;
    return read_kind(&row, event) && read_date(&row, event) && read_codes(&row, event) &&
           read_quantity(&row, event) && read_person(&row, draft) && read_profile(&row, draft);
}

void mapping_blame(const struct mapping *self, const char *canonical, struct mapping_fault *fault)
{
    enum mapping_role role;
    if (mapping_role_parse(bytes_text(canonical), &role) != ERR_OK) {
        return;
    }
    fault->column = bytes_text(canonical);
    if (self->roles[role].column != NULL && self->roles[role].field > 0) {
        fault->column = self->roles[role].column->name;
        fault->field = self->roles[role].field;
    }
}
