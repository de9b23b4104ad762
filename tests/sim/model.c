/* The happy path is: 1. every row of the books becomes an event with what it inherits from its
 * person's enrolment; 2. each indicator's events are sorted into cells by their labels; 3. a cell
 * is counted by going through its events; 4. each line of the broker must be a cell, and each cell
 * a line. Nothing here is shared with the code under test. */
#include "tests/sim/model.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/date.h"
#include "tests/sim/programme.h"

enum {
    EVENTS_MAX = WORLD_NODES_MAX * OFFICE_ROWS_MAX,
    LABELS_BYTES = 96,
    LINE_BYTES = 256,
    PEOPLE = OFFICE_SHARED + WORLD_NODES_MAX * OFFICE_OWN
};

/* A row with all that it inherits. */
struct fact {
    const struct office_row *row;
    uint32_t office, number; /* of the row */
    uint32_t partner;
    int person; /* in the whole exchange; -1: nobody */
    int region, home, status;
    const char *sex, *age;
};

struct model {
    struct fact facts[EVENTS_MAX];
    uint32_t fact_count;
    uint32_t version;
    const struct model_merge *merge;
    const json_t *lines;
    uint64_t line_count; /* that the model has asked for */
};

enum mode { PERSONS, PARTICIPATIONS, OCCURRENCES, QUANTITY, RATIO, MEAN };

enum { ALL = 1u << 1 | 1u << 2 | 1u << 3 }; /* versions of the programme */

typedef bool predicate(const struct fact *fact);
typedef void labeller(const struct fact *fact, char out[LABELS_BYTES]);

static bool is_person(const struct fact *fact)
{
    return fact->person >= 0 && !fact->row->firm;
}

static bool is_enrolled(const struct fact *fact)
{
    return fact->row->kind == EVENT_ENROLLED;
}

static bool is_started(const struct fact *fact)
{
    return fact->row->kind == EVENT_STARTED;
}

static bool is_home(const struct fact *fact)
{
    return fact->row->kind == EVENT_STARTED || fact->row->kind == EVENT_COMPLETED;
}

static bool is_seat(const struct fact *fact)
{
    return is_home(fact) && fact->row->support == 0;
}

static bool is_meeting(const struct fact *fact)
{
    return fact->row->kind == EVENT_ACTIVITY && fact->row->activity == 0;
}

static bool has_hours(const struct fact *fact)
{
    return fact->row->hundredths > 0;
}

static bool is_of_firm(const struct fact *fact)
{
    return fact->row->kind == EVENT_ACTIVITY && fact->row->firm;
}

static bool is_end(const struct fact *fact)
{
    return fact->row->kind == EVENT_COMPLETED;
}

/* ---- labels ---- */

static const char *code(const char *const *codes, int number)
{
    return number < 0 ? "-" : codes[number];
}

static void by_nothing(const struct fact *fact, char out[LABELS_BYTES])
{
    (void)fact;
    out[0] = '\0';
}

static void by_partner(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s", programme_partners[fact->partner]);
}

static void by_sex_age(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s,%s", fact->sex, fact->age);
}

static void by_age(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s", fact->age);
}

static void by_region_status(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s,%s", code(programme_region_codes, fact->region),
             code(programme_statuses, fact->status));
}

static void by_task_sex(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s,%s", code(programme_tasks, fact->row->task), fact->sex);
}

static void by_partner_status(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s,%s", programme_partners[fact->partner],
             code(programme_statuses, fact->status));
}

static void by_home(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s", code(programme_region_codes, fact->home));
}

static void by_month(const struct fact *fact, char out[LABELS_BYTES])
{
    const struct date date = date_of(fact->row->day);
    snprintf(out, LABELS_BYTES, "%04d-%02d", date.year, date.month);
}

static void by_region_month(const struct fact *fact, char out[LABELS_BYTES])
{
    char month[LABELS_BYTES];
    by_month(fact, month);
    snprintf(out, LABELS_BYTES, "%s,%.7s", code(programme_region_codes, fact->region), month);
}

static void by_partner_task(const struct fact *fact, char out[LABELS_BYTES])
{
    snprintf(out, LABELS_BYTES, "%s,%s", programme_partners[fact->partner],
             code(programme_tasks, fact->row->task));
}

static const struct view_model {
    const char *head; /* INDICATOR|DIMENSIONS|LEVEL */
    enum mode mode;
    predicate *where;
    labeller *labels;
    uint32_t versions; /* that have it, as bits */
    predicate *per;    /* of a ratio of people */
} views[] = {
    {"people||-", PERSONS, is_enrolled, by_nothing, ALL, NULL},
    {"people|partner|-", PERSONS, is_enrolled, by_partner, ALL, NULL},
    {"people|sex,age|-", PERSONS, is_enrolled, by_sex_age, ALL, NULL},
    {"people|region,status|county", PERSONS, is_enrolled, by_region_status, ALL, NULL},
    {"started||-", PERSONS, is_started, by_nothing, ALL, NULL},
    {"started|task,sex|-", PERSONS, is_started, by_task_sex, ALL, NULL},
    {"started|age|-", PERSONS, is_started, by_age, 1u << 1 | 1u << 3, NULL},
    {"started|partner,status|-", PERSONS, is_started, by_partner_status, ALL, NULL},
    {"homes||-", PERSONS, is_home, by_nothing, ALL, NULL},
    {"homes|region|county", PERSONS, is_home, by_home, ALL, NULL},
    {"seats||-", PARTICIPATIONS, is_seat, by_nothing, ALL, NULL},
    {"seats|partner|-", PARTICIPATIONS, is_seat, by_partner, ALL, NULL},
    {"seats|region,month|county", PARTICIPATIONS, is_seat, by_region_month, ALL, NULL},
    {"meetings||-", OCCURRENCES, is_meeting, by_nothing, ALL, NULL},
    {"meetings|region,month|county", OCCURRENCES, is_meeting, by_region_month, ALL, NULL},
    {"hours||-", QUANTITY, has_hours, by_nothing, ALL, NULL},
    {"hours|partner,task|-", QUANTITY, has_hours, by_partner_task, ALL, NULL},
    {"hours|month|-", QUANTITY, has_hours, by_month, ALL, NULL},
    {"firms||-", PERSONS, is_of_firm, by_nothing, ALL, NULL},
    {"firms|partner|-", PERSONS, is_of_firm, by_partner, ALL, NULL},
    {"share||-", RATIO, is_started, by_nothing, ALL, is_enrolled},
    {"share|partner|-", RATIO, is_started, by_partner, ALL, is_enrolled},
    {"pace||-", MEAN, has_hours, by_nothing, ALL, NULL},
    {"pace|partner|-", MEAN, has_hours, by_partner, ALL, NULL},
    {"ends||-", OCCURRENCES, is_end, by_nothing, 1u << 3, NULL},
};

/* ---- facts ---- */

static const char *age_text(int age)
{
    return age < 30 ? "0-29" : age < 50 ? "30-49" : "50+";
}

/* What the row, or the enrolment of its person, tells of the person. */
static void describe(struct fact *fact, const struct office_row *enrolment)
{
    const struct office_row *row = fact->row;
    const bool own = row->person >= OFFICE_SHARED;
    fact->sex = "-";
    fact->age = "-";
    if (!own) {
        const struct office_person person = office_person_of(row->person);
        const int32_t day = enrolment != NULL ? enrolment->day : row->day;
        fact->sex = person.woman ? "woman" : "man";
        fact->age = age_text(date_age(person.born, day));
    } else if (enrolment != NULL) {
        fact->sex = row->person % 2 == 0 ? "woman" : "man";
        fact->age = "30-49";
    }
    if (enrolment != NULL) {
        fact->home = enrolment->region;
        fact->region = row->region >= 0 ? row->region : enrolment->region;
        fact->status = row->status >= 0 ? row->status : enrolment->status;
    }
}

static void add_fact(struct model *self, const struct office *office, const struct office_row *row)
{
    struct fact *fact = &self->facts[self->fact_count++];
    *fact = (struct fact){.row = row,
                          .office = office->node,
                          .number = (uint32_t)(row - office->rows),
                          .partner = office->node % PROGRAMME_PARTNERS,
                          .person = row->person,
                          .region = row->region,
                          .home = -1,
                          .status = row->status,
                          .sex = "-",
                          .age = "-"};
    if (row->person < 0 || row->firm) {
        return;
    }
    const int enrolment = office->enrolments[row->person];
    describe(fact, enrolment > 0 ? &office->rows[enrolment - 1] : NULL);
    if (row->person >= OFFICE_SHARED) {
        const struct model_merge *merge = self->merge;
        const bool second =
            merge != NULL && merge->offices[1] == office->node && merge->people[1] == row->person;
        fact->person = second ? merge->people[0] + (int)merge->offices[0] * OFFICE_OWN
                              : row->person + (int)office->node * OFFICE_OWN;
    }
}

/* ---- counting ---- */

struct count {
    int64_t value, partner_sum;
};

static struct count count_people(const struct model *self, const struct view_model *view,
                                 const char *labels)
{
    static bool at[PROGRAMME_PARTNERS][PEOPLE];
    struct count count = {0};
    memset(at, 0, sizeof at);
    for (uint32_t i = 0; i < self->fact_count; i++) {
        const struct fact *fact = &self->facts[i];
        char own[LABELS_BYTES];
        if (fact->person < 0 || !view->where(fact) ||
            (view->where != is_of_firm && !is_person(fact))) {
            continue;
        }
        view->labels(fact, own);
        if (strcmp(own, labels) == 0) {
            at[fact->partner][fact->person] = true;
        }
    }
    for (int person = 0; person < PEOPLE; person++) {
        bool any = false;
        for (uint32_t partner = 0; partner < PROGRAMME_PARTNERS; partner++) {
            count.partner_sum += at[partner][person] ? 1 : 0;
            any = any || at[partner][person];
        }
        count.value += any ? 1 : 0;
    }
    count.value = view->mode == PARTICIPATIONS ? count.partner_sum : count.value;
    return count;
}

static struct count count_sum(const struct model *self, const struct view_model *view,
                              const char *labels)
{
    const bool sums = view->mode == QUANTITY || view->mode == MEAN;
    struct count count = {0};
    for (uint32_t i = 0; i < self->fact_count; i++) {
        const struct fact *fact = &self->facts[i];
        char own[LABELS_BYTES];
        if (!view->where(fact)) {
            continue;
        }
        view->labels(fact, own);
        if (strcmp(own, labels) == 0) {
            count.value += sums ? (int64_t)fact->row->hundredths : 1;
        }
    }
    count.partner_sum = count.value;
    return count;
}

/* Months from the programme's first to the last one in which anything happened. */
static int64_t months_of(const struct model *self)
{
    int64_t months = 0;
    for (uint32_t i = 0; i < self->fact_count; i++) {
        const struct date date = date_of(self->facts[i].row->day);
        const int64_t month = 12 * (date.year - PROGRAMME_FIRST_YEAR) + date.month;
        months = month > months ? month : months;
    }
    return months;
}

/* A quotient in hundredths, rounded to the nearest. *none: there is nothing to divide by. */
static int64_t count_derived(const struct model *self, const struct view_model *view,
                             const char *labels, bool *none)
{
    const struct view_model per = {.where = view->per, .labels = view->labels};
    const bool ratio = view->mode == RATIO;
    const int64_t above = ratio ? 10000 * count_people(self, view, labels).value
                                : count_sum(self, view, labels).value;
    const int64_t below = ratio ? count_people(self, &per, labels).value : months_of(self);
    *none = below == 0;
    return *none ? 0 : (2 * above + below) / (2 * below);
}

static bool has_line(const struct model *self, const char *line)
{
    size_t index;
    json_t *other;
    json_array_foreach((json_t *)(uintptr_t)self->lines, index, other)
    {
        if (strcmp(json_string_value(other), line) == 0) {
            return true;
        }
    }
    return false;
}

static void say_all(const struct model *self, const char *head)
{
    size_t index;
    json_t *line;
    json_array_foreach((json_t *)(uintptr_t)self->lines, index, line)
    {
        if (strncmp(json_string_value(line) + strlen("SIM|"), head, strlen(head)) == 0) {
            world_say("the broker says %s", json_string_value(line));
        }
    }
}

/* Whether the view has a line for facts like this one. */
static bool has_part(const struct view_model *view, const struct fact *fact)
{
    return view->where(fact) || (view->per != NULL && view->per(fact));
}

static void say_facts(const struct model *self, const struct view_model *view)
{
    for (uint32_t i = 0; i < self->fact_count; i++) {
        const struct fact *fact = &self->facts[i];
        char own[LABELS_BYTES];
        view->labels(fact, own);
        if (has_part(view, fact)) {
            world_say("%s: office %u row %u, person %d, day %" PRId32, own, fact->office,
                      fact->number, fact->person, fact->row->day);
        }
    }
}

static bool is_derived(const struct view_model *view)
{
    return view->mode == RATIO || view->mode == MEAN;
}

/* The end of a cell's line; false where the cell has none. */
static bool write_cell(const struct model *self, const struct view_model *view, const char *labels,
                       char out[LINE_BYTES])
{
    struct count count = {0};
    bool none = false;
    if (is_derived(view)) {
        count.value = count.partner_sum = count_derived(self, view, labels, &none);
    } else if (view->mode == PERSONS || view->mode == PARTICIPATIONS) {
        count = count_people(self, view, labels);
    } else {
        count = count_sum(self, view, labels);
    }
    if (view->labels != by_nothing && !is_derived(view) && count.value == 0 &&
        count.partner_sum == 0) {
        return false;
    }
    if (count.value != count.partner_sum) {
        world_mark(MARK_PERSON_AT_TWO_PARTNERS);
    }
    if (is_derived(view)) {
        world_mark(none ? MARK_FIGURE_UNDEFINED : MARK_FIGURE_DERIVED);
    }
    if (none) {
        snprintf(out, LINE_BYTES, "-|-");
    } else {
        snprintf(out, LINE_BYTES, "%" PRId64 "|%" PRId64, count.value, count.partner_sum);
    }
    return true;
}

static void compare_cell(struct model *self, const struct view_model *view, const char *labels)
{
    char line[2 * LINE_BYTES], numbers[LINE_BYTES];
    if (!write_cell(self, view, labels, numbers)) {
        return;
    }
    snprintf(line, sizeof line, "%s|%s|%s|%s", programme_id, view->head, labels, numbers);
    self->line_count++;
    if (!has_line(self, line)) {
        say_all(self, view->head);
        say_facts(self, view);
        world_fail("the books come to %s, and the totals do not say so", line);
    }
}

static void compare_view(struct model *self, const struct view_model *view)
{
    static char seen[EVENTS_MAX + 1][LABELS_BYTES];
    uint32_t count = 0;
    if (view->labels == by_nothing) {
        compare_cell(self, view, "");
        return;
    }
    for (uint32_t i = 0; i < self->fact_count; i++) {
        uint32_t at = 0;
        if (!has_part(view, &self->facts[i])) {
            continue;
        }
        view->labels(&self->facts[i], seen[count]);
        while (strcmp(seen[at], seen[count]) != 0) {
            at++;
        }
        if (at == count) {
            compare_cell(self, view, seen[count++]);
        }
    }
}

void model_compare(const struct office *offices, uint32_t office_count, uint32_t version,
                   const struct model_merge *merge, const json_t *lines)
{
    static struct model model;
    model = (struct model){.version = version, .merge = merge, .lines = lines};
    for (uint32_t i = 0; i < office_count; i++) {
        for (uint32_t k = 0; k < offices[i].row_count; k++) {
            if (offices[i].rows[k].there) {
                add_fact(&model, &offices[i], &offices[i].rows[k]);
            }
        }
    }
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        if (views[i].versions & 1u << version) {
            compare_view(&model, &views[i]);
        }
    }
    if (model.line_count != json_array_size(lines)) {
        char *text = json_dumps(lines, JSON_INDENT(1));
        world_fail("the books come to %" PRIu64 " lines, the totals to %zu: %s", model.line_count,
                   json_array_size(lines), text);
    }
}
