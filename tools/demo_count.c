/* The happy path is: 1. a file is cut into rows and fields; 2. a row with a known key replaces
 * or deletes what stood under it, any other one is added; 3. who a person was stands in the row of
 * the enrolment; 4. a figure is the number of different people in the rows that fit, of these
 * rows, or the sum of their quantities.
 *
 * What may go wrong: a file that is not a table, or a deletion of nothing, is told in fault. */
#include "tools/demo_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum { HEADER_MAX = 64 };

static const char *const columns[DEMO_COUNT_COLUMNS] = {
    "key", "op",     "kind",  "task",    "region",  "person",   "person_scheme", "sex",
    "age", "status", "flags", "support", "outcome", "activity", "quantity",      "unit"};

enum err demo_count_new(const char *const *partners, uint32_t partner_count,
                        struct demo_count **out)
{
    *out = mem_calloc(1, sizeof **out);
    if (*out == NULL) {
        return ERR_MEMORY;
    }
    (*out)->partners = partners;
    (*out)->partner_count = partner_count;
    return ERR_OK;
}

void demo_count_free(struct demo_count **self)
{
    mem_free(*self);
    *self = NULL;
}

/* ---- the table ---- */

struct line {
    char *fields[HEADER_MAX];
    uint32_t count;
    bool faulty;
};

/* Cuts one field off *at, in place, and gives the byte that ended it. */
static char cut_field(char **at, char **field)
{
    char *from = *at, *to = *at;
    *field = to;
    if (*from == '"') {
        for (from++; *from != '\0' && (from[0] != '"' || from[1] == '"'); from++) {
            from += from[0] == '"' ? 1 : 0;
            *to++ = *from;
        }
        from += *from == '"' ? 1 : 0;
    } else {
        while (*from != '\0' && *from != ';' && *from != '\n' && *from != '\r') {
            *to++ = *from++;
        }
    }
    from += *from == '\r' && from[1] == '\n' ? 1 : 0;
    const char end = *from;
    *to = '\0';
    *at = end == '\0' ? from : from + 1;
    return end;
}

/* The spreadsheet's ways to keep a number as it is: '01 and ="01". */
static char *plain(char *field)
{
    const size_t size = strlen(field);
    if (size >= 3 && field[0] == '=' && field[1] == '"' && field[size - 1] == '"') {
        field[size - 1] = '\0';
        return field + 2;
    }
    return field[0] == '\'' ? field + 1 : field;
}

/* Cuts one line off *at. */
static struct line cut_line(char **at)
{
    struct line line = {.count = 0};
    char end = ';';
    while (end == ';') {
        char *field;
        end = cut_field(at, &field);
        if (line.count == HEADER_MAX) {
            line.faulty = true;
            return line;
        }
        line.fields[line.count++] = plain(field);
    }
    line.faulty = end != '\n' && end != '\0';
    return line;
}

static bool complain(struct demo_count *self, const char *what, const char *which)
{
    snprintf(self->fault, sizeof self->fault, "%s: \"%s\"", what, which);
    return false;
}

/* ---- the rows that stand ---- */

/* A key is one of its partner; a person is an identifier and its scheme. */
static bool same_slot(const struct demo_count_row *a, const struct demo_count_row *b,
                      enum demo_count_column column)
{
    return a->partner == b->partner && strcmp(a->fields[column], b->fields[column]) == 0 &&
           (column != DEMO_COUNT_PERSON ||
            strcmp(a->fields[DEMO_COUNT_PERSON_SCHEME], b->fields[DEMO_COUNT_PERSON_SCHEME]) == 0);
}

/* The slot of a text of a partner in one of the two tables: where its row stands, or a free one. */
static uint32_t *find_slot(const struct demo_count *self, const uint32_t *slots,
                           enum demo_count_column column, const struct demo_count_row *row)
{
    const char *text = row->fields[column];
    uint32_t at = row->partner;
    for (const char *c = text; *c != '\0'; c++) {
        at = at * 31 + (uint8_t)*c;
    }
    for (at %= DEMO_COUNT_SLOTS; slots[at] != 0; at = (at + 1) % DEMO_COUNT_SLOTS) {
        if (same_slot(&self->rows[slots[at] - 1], row, column)) {
            break;
        }
    }
    return (uint32_t *)(uintptr_t)&slots[at];
}

static bool delete_row(struct demo_count *self, uint32_t known, const char *key)
{
    if (known == 0 || self->rows[known - 1].gone) {
        return complain(self, "there is no row to delete", key);
    }
    self->rows[known - 1].gone = true;
    self->row_count--;
    self->deleted++;
    return true;
}

static void replace_row(struct demo_count *self, struct demo_count_row *old,
                        const struct demo_count_row *row)
{
    bool same = true;
    for (uint32_t i = 0; i < DEMO_COUNT_COLUMNS; i++) {
        same = same && strcmp(old->fields[i], row->fields[i]) == 0;
    }
    self->row_count += old->gone ? 1 : 0;
    self->corrected += same || old->gone ? 0 : 1;
    *old = *row;
}

/* A row without a key is one of its own: where people are counted once, a second one like it
 * changes nothing; rows that are counted one by one have keys. */
static bool take_row(struct demo_count *self, const struct demo_count_row *row)
{
    const char *key = row->fields[DEMO_COUNT_KEY];
    uint32_t nowhere = 0;
    uint32_t *slot = key[0] != '\0' ? find_slot(self, self->by_key, DEMO_COUNT_KEY, row) : &nowhere;
    self->read++;
    if (strcmp(row->fields[DEMO_COUNT_OP], "delete") == 0) {
        return delete_row(self, *slot, key);
    }
    if (*slot != 0) {
        replace_row(self, &self->rows[*slot - 1], row);
        return true;
    }
    if (self->used == DEMO_COUNT_ROWS_MAX) {
        return complain(self, "there are too many rows", key);
    }
    self->rows[self->used++] = *row;
    self->row_count++;
    *slot = self->used;
    return true;
}

void demo_count_finish(struct demo_count *self)
{
    memset(self->by_person, 0, sizeof self->by_person);
    for (uint32_t i = 0; i < self->used; i++) {
        const struct demo_count_row *row = &self->rows[i];
        if (!row->gone && strcmp(row->fields[DEMO_COUNT_KIND], "enrolled") == 0) {
            *find_slot(self, self->by_person, DEMO_COUNT_PERSON, row) = i + 1;
        }
    }
}

bool demo_count_file(struct demo_count *self, uint32_t partner, char *text)
{
    uint32_t places[DEMO_COUNT_COLUMNS];
    char *at = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    const struct line header = cut_line(&at);
    for (uint32_t i = 0; i < DEMO_COUNT_COLUMNS; i++) {
        places[i] = UINT32_MAX;
        for (uint32_t place = 0; place < header.count; place++) {
            if (strcmp(header.fields[place], columns[i]) == 0) {
                places[i] = place;
            }
        }
        if (places[i] == UINT32_MAX) {
            return complain(self, "the header has no such column", columns[i]);
        }
    }
    while (*at != '\0') {
        const struct line line = cut_line(&at);
        if (line.faulty || line.count != header.count) {
            return complain(self, "this row is not like the header", line.fields[0]);
        }
        struct demo_count_row row = {.partner = partner};
        for (uint32_t i = 0; i < DEMO_COUNT_COLUMNS; i++) {
            row.fields[i] = line.fields[places[i]];
        }
        if (!take_row(self, &row)) {
            return false;
        }
    }
    return true;
}

/* ---- conditions ---- */

static bool fits_one(const char *wanted, size_t size, const char *text)
{
    return size > 0 && wanted[size - 1] == '*'
               ? strncmp(wanted, text, size - 1) == 0
               : strlen(text) == size && strncmp(wanted, text, size) == 0;
}

static bool fits_text(const char *wanted, const char *text)
{
    while (wanted != NULL && *wanted != '\0') {
        const size_t size = strcspn(wanted, "|");
        if (fits_one(wanted, size, text)) {
            return true;
        }
        wanted += size + (wanted[size] == '|' ? 1 : 0);
    }
    return wanted == NULL;
}

static bool has_flag(const char *flags, const char *wanted)
{
    const size_t size = strlen(wanted);
    for (const char *at = flags; *at != '\0'; at += strcspn(at, " |")) {
        at += strspn(at, " |");
        if (strcspn(at, " |") == size && strncmp(at, wanted, size) == 0) {
            return true;
        }
    }
    return false;
}

/* The tenth digit of a PESEL is even for a woman. */
static bool is_woman(const struct demo_count_row *enrolment)
{
    const char *person = enrolment->fields[DEMO_COUNT_PERSON];
    const char *sex = enrolment->fields[DEMO_COUNT_SEX];
    return sex[0] != '\0' ? strcmp(sex, "K") == 0
                          : strlen(person) == 11 && (person[9] - '0') % 2 == 0;
}

/* Who the person was at the enrolment at this partner. */
static bool fits_person(const struct demo_count *self, const struct demo_count_row *row,
                        const struct demo_figure *figure)
{
    const bool any =
        figure->status == NULL && figure->flag == NULL && !figure->women && figure->age_to == 0;
    if (any) {
        return true;
    }
    const uint32_t found = *find_slot(self, self->by_person, DEMO_COUNT_PERSON, row);
    if (found == 0) {
        return false;
    }
    const struct demo_count_row *enrolment = &self->rows[found - 1];
    const char *age = enrolment->fields[DEMO_COUNT_AGE];
    const long years = age[0] != '\0' ? strtol(age, NULL, 10) : -1;
    return fits_text(figure->status, enrolment->fields[DEMO_COUNT_STATUS]) &&
           (figure->flag == NULL || has_flag(enrolment->fields[DEMO_COUNT_FLAGS], figure->flag)) &&
           (!figure->women || is_woman(enrolment)) &&
           (figure->age_to == 0 || (years >= figure->age_from && years <= figure->age_to));
}

/* Units never mix, and neither do people and entities. */
static bool fits_what(const struct demo_count_row *row, enum demo_figure_what what)
{
    const bool named = row->fields[DEMO_COUNT_PERSON][0] != '\0';
    const bool entity = strcmp(row->fields[DEMO_COUNT_PERSON_SCHEME], "entity") == 0;
    return what == DEMO_FIGURE_PEOPLE     ? named && !entity
           : what == DEMO_FIGURE_ENTITIES ? named && entity
                                          : true;
}

static bool fits(const struct demo_count *self, const struct demo_count_row *row,
                 const struct demo_figure *figure)
{
    return !row->gone && fits_text(figure->kind, row->fields[DEMO_COUNT_KIND]) &&
           fits_text(figure->task, row->fields[DEMO_COUNT_TASK]) &&
           fits_text(figure->support, row->fields[DEMO_COUNT_SUPPORT]) &&
           fits_text(figure->outcome, row->fields[DEMO_COUNT_OUTCOME]) &&
           fits_text(figure->activity, row->fields[DEMO_COUNT_ACTIVITY]) &&
           fits_text(figure->unit, row->fields[DEMO_COUNT_UNIT]) &&
           fits_text(figure->region, row->fields[DEMO_COUNT_REGION]) &&
           (figure->partner == NULL ||
            strcmp(figure->partner, self->partners[row->partner]) == 0) &&
           fits_what(row, figure->what) && fits_person(self, row, figure);
}

/* "PL-1212042" lies in the county "PL-1212", and "PL-12" in none. */
static bool in_county(const struct demo_count_row *row, const char *county)
{
    const char *region = row->fields[DEMO_COUNT_REGION];
    if (county == NULL) {
        return true;
    }
    return strlen(region) < DEMO_COUNT_COUNTY_BYTES - 1
               ? strcmp(county, DEMO_COUNT_NO_COUNTY) == 0
               : strncmp(region, county, DEMO_COUNT_COUNTY_BYTES - 1) == 0;
}

/* ---- figures ---- */

/* The same digits under another scheme are somebody else. */
static int compare_who(const void *a, const void *b)
{
    const char *const *one = (*(const struct demo_count_row *const *)a)->fields;
    const char *const *other = (*(const struct demo_count_row *const *)b)->fields;
    const int order = strcmp(one[DEMO_COUNT_PERSON], other[DEMO_COUNT_PERSON]);
    return order != 0 ? order
                      : strcmp(one[DEMO_COUNT_PERSON_SCHEME], other[DEMO_COUNT_PERSON_SCHEME]);
}

static int64_t count_different(const struct demo_count_row **rows, uint32_t count)
{
    int64_t different = 0;
    qsort(rows, count, sizeof rows[0], compare_who);
    for (uint32_t i = 0; i < count; i++) {
        different += i == 0 || compare_who(&rows[i], &rows[i - 1]) != 0 ? 1 : 0;
    }
    return different;
}

/* "7 000", "12,5" and "12.50" in hundredths. */
static int64_t hundredths(const char *text)
{
    int64_t value = 0;
    int behind = -1;
    for (; *text != '\0'; text++) {
        if (*text == ',' || *text == '.') {
            behind = 0;
        } else if (*text >= '0' && *text <= '9') {
            value = 10 * value + (*text - '0');
            behind += behind >= 0 ? 1 : 0;
        }
    }
    return behind < 1 ? 100 * value : behind == 1 ? 10 * value : value;
}

int64_t demo_count_total(const struct demo_count *self, const struct demo_count_of *of)
{
    const struct demo_count_row *rows[DEMO_COUNT_ROWS_MAX];
    uint32_t count = 0;
    int64_t sum = 0;
    for (uint32_t i = 0; i < self->used; i++) {
        const struct demo_count_row *row = &self->rows[i];
        if ((of->partner == UINT32_MAX || row->partner == of->partner) &&
            in_county(row, of->county) && fits(self, row, of->figure)) {
            rows[count++] = row;
            sum += hundredths(row->fields[DEMO_COUNT_QUANTITY]);
        }
    }
    return of->figure->what == DEMO_FIGURE_SUM     ? sum
           : of->figure->what == DEMO_FIGURE_TIMES ? count
                                                   : count_different(rows, count);
}

int64_t demo_count_partner_sum(const struct demo_count *self, const struct demo_figure *figure,
                               const char *county)
{
    int64_t sum = 0;
    for (uint32_t i = 0; i < self->partner_count; i++) {
        const struct demo_count_of of = {.figure = figure, .partner = i, .county = county};
        sum += demo_count_total(self, &of);
    }
    return sum;
}

static int compare_counties(const void *a, const void *b)
{
    return strcmp(a, b);
}

uint32_t demo_count_counties(const struct demo_count *self, const struct demo_figure *figure,
                             char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->used; i++) {
        const char *region = self->rows[i].fields[DEMO_COUNT_REGION];
        bool known = !fits(self, &self->rows[i], figure);
        for (uint32_t k = 0; k < count && !known; k++) {
            known = in_county(&self->rows[i], counties[k]);
        }
        if (!known && count < DEMO_COUNT_COUNTIES_MAX) {
            const bool none = strlen(region) < DEMO_COUNT_COUNTY_BYTES - 1;
            snprintf(counties[count++], DEMO_COUNT_COUNTY_BYTES, "%.7s",
                     none ? DEMO_COUNT_NO_COUNTY : region);
        }
    }
    qsort(counties, count, DEMO_COUNT_COUNTY_BYTES, compare_counties);
    return count;
}
