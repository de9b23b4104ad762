/* The happy path is: 1. a file is cut into rows and fields; 2. a row with a known key replaces
 * or deletes what stood under it, any other one is added; 3. a figure is the number of different
 * people in the rows that fit.
 *
 * What may go wrong: a file that is not a table, or a deletion of nothing, is told in fault. */
#include "tools/demo_count.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADER_MAX = 64 };

/* What an indicator of the programme counts; a null text means no condition. */
static const struct condition {
    const char *id, *kind, *task, *support, *outcome, *activity;
    bool entity;
} conditions[DEMO_COUNT_INDICATORS] = {
    {.id = "coaches_hired", .kind = "activity", .activity = "coach_hired"},
    {.id = "coached", .kind = "started", .support = "coaching"},
    {.id = "coaching_completed", .kind = "completed", .support = "coaching"},
    {.id = "took_job", .kind = "outcome", .outcome = "job"},
    {.id = "own_business", .kind = "outcome", .outcome = "own_business"},
    {.id = "internship_done", .kind = "completed", .support = "internship"},
    {.id = "cis_programme", .kind = "started", .support = "cis"},
    {.id = "volunteer", .kind = "outcome", .outcome = "volunteering"},
    {.id = "training_completed", .kind = "completed", .support = "training"},
    {.id = "further_education", .kind = "outcome", .outcome = "further_education"},
    {.id = "participants_total", .kind = "enrolled"},
    {.id = "participants_completed", .kind = "completed", .support = "project"},
    {.id = "incubators", .kind = "activity", .activity = "incubator_opened", .entity = true},
    /* "founded" and what begins so: cooperatives and associations. */
    {.id = "entities_founded", .kind = "outcome", .outcome = "founded*", .entity = true},
    {.id = "cooperatives_founded",
     .kind = "outcome",
     .outcome = "founded_cooperative",
     .entity = true},
    {.id = "associations_founded",
     .kind = "outcome",
     .outcome = "founded_association",
     .entity = true},
    {.id = "incubator_advice", .kind = "started", .task = "B", .support = "advice"},
    {.id = "founders_trained", .kind = "completed", .task = "C", .support = "founder_training"},
    {.id = "info_meeting_people", .kind = "activity", .task = "D", .activity = "info_meeting"},
};

static const char *const columns[DEMO_COUNT_COLUMNS] = {
    "key",           "op",      "kind",    "task",    "region", "person",
    "person_scheme", "support", "outcome", "activity"};

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

static uint32_t find_key(const struct demo_count *self, uint32_t partner, const char *key)
{
    for (uint32_t i = 0; key[0] != '\0' && i < self->row_count; i++) {
        if (self->rows[i].partner == partner &&
            strcmp(self->rows[i].fields[DEMO_COUNT_KEY], key) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

/* A row without a key is one of its own: where people are counted once, a second one like it
 * changes nothing. */
static bool take_row(struct demo_count *self, const struct demo_count_row *row)
{
    const char *key = row->fields[DEMO_COUNT_KEY];
    const uint32_t known = find_key(self, row->partner, key);
    self->read++;
    if (strcmp(row->fields[DEMO_COUNT_OP], "delete") == 0) {
        if (known == UINT32_MAX) {
            return complain(self, "there is no row to delete", key);
        }
        self->rows[known] = self->rows[--self->row_count];
        self->deleted++;
        return true;
    }
    if (known != UINT32_MAX) {
        for (uint32_t i = 0; i < DEMO_COUNT_COLUMNS; i++) {
            if (strcmp(self->rows[known].fields[i], row->fields[i]) != 0) {
                self->corrected++;
                break;
            }
        }
        self->rows[known] = *row;
        return true;
    }
    if (self->row_count == DEMO_COUNT_ROWS_MAX) {
        return complain(self, "there are too many rows", key);
    }
    self->rows[self->row_count++] = *row;
    return true;
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

/* ---- figures ---- */

const char *demo_count_id(uint32_t indicator)
{
    return conditions[indicator].id;
}

/* A wanted text ends with '*' where any text will do that begins like it. */
static bool fits_text(const char *wanted, const char *text)
{
    const size_t size = wanted != NULL ? strlen(wanted) : 0;
    if (wanted == NULL) {
        return true;
    }
    return wanted[size - 1] == '*' ? strncmp(wanted, text, size - 1) == 0
                                   : strcmp(wanted, text) == 0;
}

static bool fits(const struct demo_count_row *row, const struct condition *condition)
{
    const char *scheme = row->fields[DEMO_COUNT_PERSON_SCHEME];
    return fits_text(condition->kind, row->fields[DEMO_COUNT_KIND]) &&
           fits_text(condition->task, row->fields[DEMO_COUNT_TASK]) &&
           fits_text(condition->support, row->fields[DEMO_COUNT_SUPPORT]) &&
           fits_text(condition->outcome, row->fields[DEMO_COUNT_OUTCOME]) &&
           fits_text(condition->activity, row->fields[DEMO_COUNT_ACTIVITY]) &&
           (strcmp(scheme, "entity") == 0) == condition->entity;
}

/* "PL-1212042" lies in the county "PL-1212". */
static bool in_county(const struct demo_count_row *row, const char *county)
{
    return county == NULL ||
           strncmp(row->fields[DEMO_COUNT_REGION], county, DEMO_COUNT_COUNTY_BYTES - 1) == 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

uint32_t demo_count_unique(const struct demo_count *self, const struct demo_count_of *of)
{
    const char *who[DEMO_COUNT_ROWS_MAX];
    uint32_t count = 0, unique = 0;
    for (uint32_t i = 0; i < self->row_count; i++) {
        const struct demo_count_row *row = &self->rows[i];
        if ((of->partner == UINT32_MAX || row->partner == of->partner) &&
            in_county(row, of->county) && fits(row, &conditions[of->indicator])) {
            who[count++] = row->fields[DEMO_COUNT_PERSON];
        }
    }
    qsort(who, count, sizeof who[0], compare_texts);
    for (uint32_t i = 0; i < count; i++) {
        unique += i == 0 || strcmp(who[i], who[i - 1]) != 0 ? 1 : 0;
    }
    return unique;
}

uint32_t demo_count_partner_sum(const struct demo_count *self, uint32_t indicator,
                                const char *county)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < DEMO_COUNT_PARTNERS_MAX; i++) {
        const struct demo_count_of of = {.indicator = indicator, .partner = i, .county = county};
        sum += demo_count_unique(self, &of);
    }
    return sum;
}

static int compare_counties(const void *a, const void *b)
{
    return strcmp(a, b);
}

uint32_t demo_count_counties(const struct demo_count *self, uint32_t indicator,
                             char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->row_count; i++) {
        bool known = !fits(&self->rows[i], &conditions[indicator]);
        for (uint32_t k = 0; k < count && !known; k++) {
            known = in_county(&self->rows[i], counties[k]);
        }
        if (!known && count < DEMO_COUNT_COUNTIES_MAX) {
            snprintf(counties[count++], DEMO_COUNT_COUNTY_BYTES, "%.7s",
                     self->rows[i].fields[DEMO_COUNT_REGION]);
        }
    }
    qsort(counties, count, DEMO_COUNT_COUNTY_BYTES, compare_counties);
    return count;
}
