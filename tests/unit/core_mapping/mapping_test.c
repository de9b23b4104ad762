/* The mapping from rows to drafts. Tables stand here as text with `;`, cut without any quoting. The
 * PESELs are the worked examples of the public validators' own tests. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/base/date.h"
#include "core/mapping/mapping.h"
#include "tests/support/mem_failing.h"

#define WOMAN "02211307589" /* born 2002-01-13 */
#define MAN "44051401359"   /* born 1944-05-14 */
#define NIP "8567346215"

#define TEXT(t)                                                                                    \
    {                                                                                              \
        .data = (const uint8_t *)(t), .size = sizeof(t) - 1                                        \
    }

static uint32_t cut(const char *line, struct bytes fields[ROW_FIELDS_MAX])
{
    uint32_t count = 0;
    const char *from = line;
    for (const char *at = line;; at++) {
        if (*at == ';' || *at == '\0') {
            fields[count++] = bytes_of(from, (size_t)(at - from));
            from = at + 1;
        }
        if (*at == '\0') {
            return count;
        }
    }
}

static struct mapping *open_table(const struct mapping_spec *spec, const char *header)
{
    struct bytes fields[ROW_FIELDS_MAX];
    struct mapping *mapping;
    struct mapping_fault fault;
    assert_int_equal(ERR_OK, mapping_new(spec, &mapping));
    assert_true(mapping_header(mapping, fields, cut(header, fields), &fault));
    return mapping;
}

static void check_header(const struct mapping_spec *spec, const char *header, enum reject code,
                         const char *column, uint32_t field)
{
    struct bytes fields[ROW_FIELDS_MAX];
    struct mapping *mapping;
    struct mapping_fault fault = {.code = REJECT_NONE};
    assert_int_equal(ERR_OK, mapping_new(spec, &mapping));
    const bool good = mapping_header(mapping, fields, cut(header, fields), &fault);
    assert_int_equal(code == REJECT_NONE, good);
    assert_string_equal(reject_name(code), reject_name(fault.code));
    if (!good) {
        assert_true(bytes_is(fault.column, column));
        assert_int_equal(field, fault.field);
    }
    mapping_free(&mapping);
}

/* Reads one row of the canonical table that must be understood. */
static struct mapping_draft read_row(const char *header, const char *row)
{
    struct bytes fields[ROW_FIELDS_MAX];
    struct mapping *mapping = open_table(mapping_builtin(), header);
    struct mapping_draft draft;
    struct mapping_fault fault = {.code = REJECT_NONE};
    if (!mapping_row(mapping, fields, cut(row, fields), &draft, &fault)) {
        fail_msg("%s: %s", row, reject_name(fault.code));
    }
    mapping_free(&mapping);
    return draft;
}

static void check_fault(const char *header, const char *row, enum reject code, const char *column,
                        uint32_t field)
{
    struct bytes fields[ROW_FIELDS_MAX];
    struct mapping *mapping = open_table(mapping_builtin(), header);
    struct mapping_draft draft;
    struct mapping_fault fault = {.code = REJECT_NONE};
    if (mapping_row(mapping, fields, cut(row, fields), &draft, &fault)) {
        fail_msg("%s was understood", row);
    }
    assert_string_equal(reject_name(code), reject_name(fault.code));
    assert_true(bytes_is(fault.column, column));
    assert_int_equal(field, fault.field);
    mapping_free(&mapping);
}

static void roles_have_the_names_of_the_canonical_columns(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < ROLE_COUNT; i++) {
        enum mapping_role role = ROLE_COUNT;
        const char *text = mapping_role_text((enum mapping_role)i);
        assert_int_equal(ERR_OK, mapping_role_parse(bytes_text(text), &role));
        assert_int_equal(i, role);
    }
    enum mapping_role role;
    assert_string_equal("occurred_on", mapping_role_text(ROLE_OCCURRED_ON));
    assert_int_equal(ERR_NOT_FOUND, mapping_role_parse(bytes_text("Kind"), &role));
}

static void header_names_are_found_in_any_order_and_case(void **state)
{
    (void)state;
    const struct mapping_spec *spec = mapping_builtin();
    check_header(spec, "kind;occurred_on", REJECT_NONE, "", 0);
    check_header(spec, " Occurred_On ;key;\tKIND\xc2\xa0", REJECT_NONE, "", 0);
    check_header(spec, "kind;occurred_on;;", REJECT_NONE, "", 0);
}

static void a_header_at_fault_is_named(void **state)
{
    (void)state;
    const struct mapping_spec *spec = mapping_builtin();
    check_header(spec, "kind;occurred_on; name ", REJECT_HEADER_UNKNOWN, "name", 3);
    check_header(spec, "kind;occurred_on;Kind", REJECT_HEADER_TWICE, "Kind", 3);
    check_header(spec, "kind;region", REJECT_HEADER_MISSING, "occurred_on", 0);
    check_header(spec, "occurred_on", REJECT_HEADER_MISSING, "kind", 0);
    check_header(spec, "", REJECT_HEADER_MISSING, "kind", 0);
}

static void values_in_a_column_without_a_name_are_not_dropped_in_silence(void **state)
{
    (void)state;
    check_fault("op;key;kind;occurred_on;", "delete;1;;;x", REJECT_ROW_FIELDS, "", 5);
    assert_int_equal(DRAFT_DELETE, read_row("op;key;kind;occurred_on;", "delete;1;;; ").op);
}

static void a_full_row_is_understood(void **state)
{
    (void)state;
    const struct mapping_draft draft = read_row(
        "key;op;kind;occurred_on;task;region;person;person_scheme;sex;age;education;status;flags;"
        "support;outcome;activity;quantity;unit",
        "k-1;upsert;Enrolled;13.01.2012;T1;PL-2011; " WOMAN " ;PESEL;K;10;isced3;jobless;rural|"
        "disabled rural;S1;O1;A1;1 234,5;h");
    const struct event *event = &draft.event;
    assert_int_equal(DRAFT_UPSERT, draft.op);
    assert_true(bytes_is(draft.key, "k-1"));
    assert_int_equal(EVENT_ENROLLED, event->kind);
    assert_int_equal(date_days((struct date){2012, 1, 13}), event->occurred_on);
    assert_true(bytes_is(event->task, "T1"));
    assert_true(bytes_is(event->region, "PL-2011"));
    assert_true(bytes_is(event->support, "S1"));
    assert_true(bytes_is(event->outcome, "O1"));
    assert_true(bytes_is(event->activity, "A1"));
    assert_true(bytes_is(event->unit, "h"));
    assert_int_equal(123450, event->quantity);
    assert_true(draft.has_identity);
    assert_string_equal(WOMAN, draft.identity.text);
    assert_int_equal(0, event->person);
    assert_false(event->entity);
    assert_true(event->has_profile);
    assert_int_equal(SEX_WOMAN, event->profile.sex);
    assert_int_equal(10, event->profile.age);
    assert_true(bytes_is(event->profile.education, "isced3"));
    assert_true(bytes_is(event->profile.status, "jobless"));
    assert_true(bytes_is(event->profile.home_region, "PL-2011"));
    assert_int_equal(2, event->profile.flag_count);
    assert_true(bytes_is(event->profile.flags[0], "disabled"));
    assert_true(bytes_is(event->profile.flags[1], "rural"));
}

static void a_delete_needs_only_its_key(void **state)
{
    (void)state;
    const char *header = "key;op;kind;occurred_on";
    const struct mapping_draft draft = read_row(header, " 7 ;Delete;nonsense;nonsense");
    assert_int_equal(DRAFT_DELETE, draft.op);
    assert_true(bytes_is(draft.key, "7"));
    check_fault(header, ";delete;;", REJECT_KEY_NEEDED, "key", 1);
    check_fault(header, "7;remove;;", REJECT_OP_UNKNOWN, "op", 2);
    check_fault(header,
                "12345678901234567890123456789012345678901234567890123456789012345;delete;;",
                REJECT_KEY_FORM, "key", 1);
    check_fault(header, "a\x01z;delete;;", REJECT_ENCODING, "key", 1);
}

static void kinds_and_dates_at_fault_are_named(void **state)
{
    (void)state;
    const char *header = "kind;occurred_on;activity";
    check_fault(header, ";2012-01-13;A", REJECT_KIND_UNKNOWN, "kind", 1);
    check_fault(header, "began;2012-01-13;A", REJECT_KIND_UNKNOWN, "kind", 1);
    check_fault(header, "activity;;A", REJECT_DATE_FORM, "occurred_on", 2);
    check_fault(header, "activity;13/01/2012;A", REJECT_DATE_FORM, "occurred_on", 2);
    check_fault(header, "activity;2011-02-29;A", REJECT_DATE_NOT_REAL, "occurred_on", 2);
}

static void each_kind_needs_what_it_tells_of(void **state)
{
    static const char *const kinds[] = {"enrolled", "started", "completed", "dropped"};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char row[64] = "";
        strcat(row, kinds[i]);
        strcat(row, ";2012-01-13;");
        check_fault("kind;occurred_on;person", row, REJECT_PERSON_MISSING, "person", 3);
        strcat(row, WOMAN);
        assert_true(read_row("kind;occurred_on;person", row).event.has_profile);
    }
    const char *header = "kind;occurred_on;person;outcome;activity";
    check_fault(header, "outcome;2012-01-13;;O;", REJECT_PERSON_MISSING, "person", 3);
    check_fault(header, "outcome;2012-01-13;" WOMAN ";;A", REJECT_OUTCOME_MISSING, "outcome", 4);
    check_fault(header, "activity;2012-01-13;;O;", REJECT_ACTIVITY_MISSING, "activity", 5);
    check_fault("kind;occurred_on", "outcome;2012-01-13", REJECT_OUTCOME_MISSING, "", 0);
    assert_false(read_row(header, "activity;2012-01-13;;;A").has_identity);
    assert_true(read_row(header, "activity;2012-01-13;" MAN ";;A").has_identity);
}

static void a_description_of_nobody_is_refused(void **state)
{
    (void)state;
    check_fault("kind;occurred_on;activity;person;status", "activity;2012-01-13;A;;jobless",
                REJECT_PERSON_MISSING, "person", 4);
}

static void codes_that_are_not_clean_or_too_long_are_refused_in_their_column(void **state)
{
    static const char *const columns[] = {"task",     "region",    "support", "outcome", "unit",
                                          "activity", "education", "status",  "flags"};
    (void)state;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char header[64] = "kind;occurred_on;person;";
        strcat(header, columns[i]);
        check_fault(header, "enrolled;2012-01-13;" WOMAN ";a\x1f", REJECT_ENCODING, columns[i], 4);
        char row[128] = "enrolled;2012-01-13;" WOMAN ";";
        const size_t size = strlen(row);
        memset(row + size, 'x', CODE_BYTES_MAX);
        (void)read_row(header, row);
        row[size + CODE_BYTES_MAX] = 'x';
        check_fault(header, row, REJECT_ROW_TOO_LONG, columns[i], 4);
    }
}

static void sex_and_age_come_from_the_pesel(void **state)
{
    (void)state;
    struct mapping_draft draft = read_row("kind;occurred_on;person", "enrolled;2012-01-12;" WOMAN);
    assert_int_equal(SEX_WOMAN, draft.event.profile.sex);
    assert_int_equal(9, draft.event.profile.age);
    assert_true(draft.gave_sex && draft.gave_age);
    draft = read_row("kind;occurred_on;person;region", "dropped;2012-01-13;" WOMAN ";PL-20");
    assert_int_equal(SEX_WOMAN, draft.event.profile.sex);
    assert_int_equal(10, draft.event.profile.age);
    assert_true(draft.gave_sex);
    assert_false(draft.gave_age);
    assert_int_equal(0, draft.event.profile.home_region.size);
}

static void sex_and_age_are_compared_with_the_pesel(void **state)
{
    (void)state;
    const char *header = "kind;occurred_on;person;sex;age";
    check_fault(header, "enrolled;2012-01-12;" WOMAN ";M;9", REJECT_SEX_DIFFERS, "sex", 4);
    check_fault(header, "dropped;2012-01-12;" WOMAN ";man;9", REJECT_SEX_DIFFERS, "sex", 4);
    check_fault(header, "enrolled;2012-01-12;" WOMAN ";;10", REJECT_AGE_DIFFERS, "age", 5);
    const struct mapping_draft draft = read_row(header, "dropped;2012-01-13;" WOMAN ";;9");
    assert_int_equal(9, draft.event.profile.age);
    assert_true(draft.gave_age);
    check_fault(header, "enrolled;2002-01-12;" WOMAN ";;", REJECT_AGE_IMPOSSIBLE, "person", 3);
    check_fault(header, "enrolled;2075-05-14;" MAN ";;", REJECT_AGE_IMPOSSIBLE, "person", 3);
    assert_int_equal(0, read_row(header, "enrolled;2002-01-13;" WOMAN ";;").event.profile.age);
    assert_int_equal(130, read_row(header, "enrolled;2075-05-13;" MAN ";;").event.profile.age);
}

static void sex_and_age_are_taken_as_given_without_a_pesel(void **state)
{
    static const struct {
        const char *row;
        enum event_sex sex;
        int age;
    } rows[] = {
        {"enrolled;2012-01-12;x1;local;;", SEX_UNKNOWN, AGE_UNKNOWN},
        {"enrolled;2012-01-12;x1;local;k;0", SEX_WOMAN, 0},
        {"enrolled;2012-01-12;x1;local; Kobieta ;25", SEX_WOMAN, 25},
        {"enrolled;2012-01-12;x1;local;WOMAN;130", SEX_WOMAN, 130},
        {"enrolled;2012-01-12;x1;local;M;25", SEX_MAN, 25},
        {"enrolled;2012-01-12;x1;local;mężczyzna;25", SEX_MAN, 25},
        {"enrolled;2012-01-12;x1;local;Mężczyzna;25", SEX_MAN, 25},
        {"enrolled;2012-01-12;x1;local;MĘŻCZYZNA;25", SEX_MAN, 25},
        {"enrolled;2012-01-12;AB 123;passport:DE;man;25", SEX_MAN, 25},
    };
    const char *header = "kind;occurred_on;person;person_scheme;sex;age";
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct mapping_draft draft = read_row(header, rows[i].row);
        assert_int_equal(rows[i].sex, draft.event.profile.sex);
        assert_int_equal(rows[i].age, draft.event.profile.age);
        assert_int_equal(rows[i].sex != SEX_UNKNOWN, draft.gave_sex);
        assert_int_equal(rows[i].age != AGE_UNKNOWN, draft.gave_age);
    }
    check_fault(header, "enrolled;2012-01-12;x1;local;X;", REJECT_SEX_FORM, "sex", 5);
    check_fault(header, "enrolled;2012-01-12;x1;local;;25 lat", REJECT_AGE_FORM, "age", 6);
    check_fault(header, "enrolled;2012-01-12;x1;local;;25,5", REJECT_AGE_FORM, "age", 6);
    check_fault(header, "enrolled;2012-01-12;x1;local;;-", REJECT_AGE_FORM, "age", 6);
    check_fault(header, "enrolled;2012-01-12;x1;local;;-1", REJECT_AGE_IMPOSSIBLE, "age", 6);
    check_fault(header, "enrolled;2012-01-12;x1;local;;131", REJECT_AGE_IMPOSSIBLE, "age", 6);
}

static void identifiers_at_fault_are_named_in_their_column(void **state)
{
    (void)state;
    const char *header = "kind;occurred_on;person;person_scheme";
    check_fault(header, "enrolled;2012-01-12;44051401358;", REJECT_PESEL_CHECKSUM, "person", 3);
    check_fault(header, "enrolled;2012-01-12;x1;visa", REJECT_SCHEME_UNKNOWN, "person_scheme", 4);
    check_fault(header, "enrolled;2012-01-12;8567346216;nip", REJECT_NIP_WRONG, "person", 3);
    check_fault(header, "enrolled;2012-01-12;123;regon", REJECT_REGON_WRONG, "person", 3);
}

static void an_entity_has_no_profile(void **state)
{
    static const char *const given[] = {"K;;;;", ";5;;;", ";;e;;", ";;;s;", ";;;;f"};
    const char *header = "kind;occurred_on;person;person_scheme;sex;age;education;status;flags";
    (void)state;
    const struct mapping_draft draft = read_row(header, "started;2012-01-12;" NIP ";nip;;;;;");
    assert_true(draft.has_identity && draft.identity.entity && draft.event.entity);
    assert_false(draft.event.has_profile);
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
        char row[64] = "started;2012-01-12;" NIP ";nip;";
        strcat(row, given[i]);
        check_fault(header, row, REJECT_ENTITY_KIND, "person_scheme", 4);
    }
}

static void quantities_are_read_in_hundredths(void **state)
{
    static const struct {
        const char *text;
        int64_t hundredths;
    } good[] = {
        {"", 0},
        {"0", 0},
        {"7", 700},
        {"007", 700},
        {"1,5", 150},
        {"1.05", 105},
        {"1 234", 123400},
        {"12 345 678,90", 1234567890},
        {"1\xc2\xa0"
         "234\xe2\x80\xaf"
         "567.8",
         123456780},
        {"100000000000", INT64_C(10000000000000)},
        {"99999999999,99", INT64_C(9999999999999)},
    };
    static const char *const bad[] = {
        "-1",
        "+1",
        "1,",
        ",5",
        "1,234",
        "1.000,50",
        "1 23",
        "1234 567",
        "1 2345",
        "1e3",
        "h",
        "1 h",
        "1..2",
        "100000000000,01",
        "1  234",
        "100000000001",
        "99999999999999999999999",
        "100000000000000000000,00",
        "1,0 0",
    };
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char row[64] = "activity;2012-01-12;A;h;";
        strcat(row, good[i].text);
        const struct mapping_draft draft = read_row("kind;occurred_on;activity;unit;quantity", row);
        assert_true(good[i].hundredths == draft.event.quantity);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char row[64] = "activity;2012-01-12;A;h;";
        strcat(row, bad[i]);
        check_fault("kind;occurred_on;activity;unit;quantity", row, REJECT_QUANTITY_FORM,
                    "quantity", 5);
    }
    check_fault("kind;occurred_on;activity;unit;quantity", "activity;2012-01-12;A;;5",
                REJECT_QUANTITY_UNIT, "unit", 4);
}

static void a_spreadsheets_guards_are_taken_off(void **state)
{
    (void)state;
    const char *header = "kind;occurred_on;person";
    assert_string_equal(WOMAN, read_row(header, "started;2012-01-12;'" WOMAN).identity.text);
    assert_string_equal(WOMAN, read_row(header, "started;2012-01-12;=\"" WOMAN "\"").identity.text);
    check_fault(header, "started;2012-01-12;'", REJECT_PERSON_MISSING, "person", 3);
    check_fault(header, "started;2012-01-12;=\"", REJECT_PESEL_FORM, "person", 3);
}

static void flags_beyond_the_limit_are_refused_and_doubles_are_not(void **state)
{
    const char *header = "kind;occurred_on;person;flags";
    char row[128] = "enrolled;2012-01-12;" WOMAN ";|";
    (void)state;
    for (char flag = 'a' + PROFILE_FLAGS_MAX - 1; flag >= 'a'; flag--) {
        strcat(row, (const char[]){flag, ' ', flag, '|', '\0'});
    }
    const struct mapping_draft draft = read_row(header, row);
    assert_int_equal(PROFILE_FLAGS_MAX, draft.event.profile.flag_count);
    for (uint32_t i = 0; i < PROFILE_FLAGS_MAX; i++) {
        assert_int_equal('a' + i, draft.event.profile.flags[i].data[0]);
    }
    strcat(row, "z");
    check_fault(header, row, REJECT_ROW_TOO_LONG, "flags", 4);
}

static const struct mapping_value sex_values[] = {{TEXT("1"), TEXT("woman")}};
static const struct mapping_value flag_values[] = {
    {TEXT("tak "), TEXT("disabled")}, {TEXT("nie"), TEXT("")}, {TEXT("disabled"), TEXT("never")}};
static const struct mapping_value task_values[] = {{TEXT(""), TEXT("T9")}};
static const struct mapping_column own_columns[] = {
    {.role = ROLE_KIND, .constant = TEXT("enrolled")},
    {.role = ROLE_OCCURRED_ON, .name = TEXT("Data")},
    {.role = ROLE_PERSON, .name = TEXT("PESEL/Inny")},
    {.role = ROLE_KEY, .name = TEXT("PESEL/Inny")},
    {.role = ROLE_SEX, .name = TEXT("Płeć"), .values = sex_values, .value_count = 1},
    {.role = ROLE_FLAGS, .name = TEXT("Flagi"), .values = flag_values, .value_count = 3},
    {.role = ROLE_TASK, .name = TEXT("Zadanie"), .values = task_values, .value_count = 1},
};

static void a_mapping_of_ones_own_translates_columns_and_values(void **state)
{
    const struct mapping_spec spec = {
        .id = TEXT("own"), .columns = own_columns, .column_count = 7, .ignore_other_columns = true};
    struct mapping *mapping = open_table(&spec, "w tym;pesel/inny;Płeć;Data;Flagi;w tym;Zadanie;");
    struct bytes fields[ROW_FIELDS_MAX];
    struct mapping_draft draft;
    struct mapping_fault fault;
    (void)state;
    uint32_t count = cut("x;" WOMAN ";1;2012-01-13;TAK;y;;z", fields);
    assert_true(mapping_row(mapping, fields, count, &draft, &fault));
    assert_int_equal(EVENT_ENROLLED, draft.event.kind);
    assert_true(bytes_is(draft.key, WOMAN));
    assert_string_equal(WOMAN, draft.identity.text);
    assert_int_equal(SEX_WOMAN, draft.event.profile.sex);
    assert_int_equal(1, draft.event.profile.flag_count);
    assert_true(bytes_is(draft.event.profile.flags[0], "disabled"));
    assert_true(bytes_is(draft.event.task, "T9"));

    count = cut("x;" WOMAN ";K;2012-01-13;nie | Tak other;y;T1;z", fields);
    assert_true(mapping_row(mapping, fields, count, &draft, &fault));
    assert_int_equal(2, draft.event.profile.flag_count);
    assert_true(bytes_is(draft.event.profile.flags[0], "disabled"));
    assert_true(bytes_is(draft.event.profile.flags[1], "other"));

    count = cut("x;" WOMAN ";2;2012-01-13;nie;y;T1;z", fields);
    assert_false(mapping_row(mapping, fields, count, &draft, &fault));
    assert_int_equal(REJECT_SEX_FORM, fault.code);
    assert_true(bytes_is(fault.column, "Płeć"));
    assert_int_equal(3, fault.field);
    mapping_free(&mapping);
}

static void a_column_that_an_own_mapping_names_is_needed(void **state)
{
    struct mapping_spec spec = {
        .id = TEXT("own"), .columns = own_columns, .column_count = 7, .ignore_other_columns = true};
    (void)state;
    check_header(&spec, "PESEL/Inny;Plec;Data;Flagi;Zadanie", REJECT_HEADER_MISSING, "Płeć", 0);
    check_header(&spec, "PESEL/Inny;Płeć;Data;Flagi;Zadanie", REJECT_NONE, "", 0);
    check_header(&spec, "PESEL/Inny;Płeć;Data;Data;Flagi;Zadanie", REJECT_HEADER_TWICE, "Data", 4);
    spec.ignore_other_columns = false;
    check_header(&spec, "Data;PESEL/Inny", REJECT_NONE, "", 0);
    check_header(&spec, "PESEL/Inny", REJECT_HEADER_MISSING, "Data", 0);
    spec.columns = own_columns + 1;
    spec.column_count = 1;
    check_header(&spec, "Data", REJECT_HEADER_MISSING, "kind", 0);
}

static void a_role_with_two_columns_is_refused(void **state)
{
    static const struct mapping_column twice[] = {{.role = ROLE_KIND, .name = TEXT("a")},
                                                  {.role = ROLE_KIND, .name = TEXT("b")}};
    const struct mapping_spec spec = {.columns = twice, .column_count = 2};
    struct mapping *mapping = NULL;
    (void)state;
    assert_int_equal(ERR_EXISTS, mapping_new(&spec, &mapping));
    assert_null(mapping);
}

/* Reads the tables of a manual, which stand between ```csv and ``` lines; gives how many rows. */
static uint32_t read_manual(FILE *manual)
{
    char line[1024];
    uint32_t row_count = 0;
    bool table = false;
    struct mapping *mapping = NULL;
    while (fgets(line, sizeof line, manual) != NULL) {
        struct bytes fields[ROW_FIELDS_MAX];
        struct mapping_draft draft;
        struct mapping_fault fault = {.code = REJECT_NONE};
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "```", 3) == 0) {
            table = strcmp(line, "```csv") == 0;
            mapping_free(&mapping);
        } else if (table && mapping == NULL) {
            mapping = open_table(mapping_builtin(), line);
        } else if (table) {
            if (!mapping_row(mapping, fields, cut(line, fields), &draft, &fault)) {
                fail_msg("%s: %s", line, reject_name(fault.code));
            }
            row_count++;
        }
    }
    assert_null(mapping);
    return row_count;
}

static void the_examples_of_the_manual_are_understood(void **state)
{
    FILE *manual = fopen(SOURCE_DIR "/docs/office-table.md", "r");
    (void)state;
    assert_non_null(manual);
    assert_int_equal(9, read_manual(manual));
    assert_int_equal(0, fclose(manual));
}

static void an_allocation_that_fails_is_told(void **state)
{
    struct mapping *mapping = NULL;
    (void)state;
    mem_failing_at(1);
    assert_int_equal(ERR_MEMORY, mapping_new(mapping_builtin(), &mapping));
    assert_true(mem_failing_done());
    mapping_free(&mapping);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_the_names_of_the_canonical_columns),
        cmocka_unit_test(header_names_are_found_in_any_order_and_case),
        cmocka_unit_test(a_header_at_fault_is_named),
        cmocka_unit_test(values_in_a_column_without_a_name_are_not_dropped_in_silence),
        cmocka_unit_test(a_full_row_is_understood),
        cmocka_unit_test(a_delete_needs_only_its_key),
        cmocka_unit_test(kinds_and_dates_at_fault_are_named),
        cmocka_unit_test(each_kind_needs_what_it_tells_of),
        cmocka_unit_test(a_description_of_nobody_is_refused),
        cmocka_unit_test(codes_that_are_not_clean_or_too_long_are_refused_in_their_column),
        cmocka_unit_test(sex_and_age_come_from_the_pesel),
        cmocka_unit_test(sex_and_age_are_compared_with_the_pesel),
        cmocka_unit_test(sex_and_age_are_taken_as_given_without_a_pesel),
        cmocka_unit_test(identifiers_at_fault_are_named_in_their_column),
        cmocka_unit_test(an_entity_has_no_profile),
        cmocka_unit_test(quantities_are_read_in_hundredths),
        cmocka_unit_test(a_spreadsheets_guards_are_taken_off),
        cmocka_unit_test(flags_beyond_the_limit_are_refused_and_doubles_are_not),
        cmocka_unit_test(a_mapping_of_ones_own_translates_columns_and_values),
        cmocka_unit_test(a_column_that_an_own_mapping_names_is_needed),
        cmocka_unit_test(a_role_with_two_columns_is_refused),
        cmocka_unit_test(the_examples_of_the_manual_are_understood),
        cmocka_unit_test(an_allocation_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
