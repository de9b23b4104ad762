/* The happy path is: 1. the log's decisions are read as of the later position, which gives the
 * programme file, and as of the earlier one, which gives who was who then; 2. the log is folded
 * twice under that file; 3. the rows of both, which come in the same order, are merged, and those
 * whose values differ are printed.
 *
 * What may go wrong: a position that is not there, a word that is none of the programme's, a log
 * that cannot be read. */
#include "tools/totals_since.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/figures.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/totals_table.h"

struct comparing {
    const struct totals_since_options *asked;
    struct past now, then;
    struct exchange_programme *version; /* of now */
    struct figures_query query;
    struct counting *after, *before;
    json_t *rows;
};

/* ---- one row ---- */

/* A cell without a row holds nothing; what is computed from others is then not defined. */
static json_t *value_of(const json_t *row, const char *count)
{
    enum count_mode mode = COUNT_PERSONS;
    if (row != NULL) {
        return json_incref(json_object_get(row, "value"));
    }
    const bool known = count != NULL && count_mode_parse(bytes_text(count), &mode) == ERR_OK;
    return known && count_mode_derived(mode) ? json_null() : json_integer(0);
}

static json_t *difference(const json_t *before, const json_t *after)
{
    if (!json_is_number(before) || !json_is_number(after)) {
        return json_null();
    }
    if (json_is_integer(before) && json_is_integer(after)) {
        return json_integer(json_integer_value(after) - json_integer_value(before));
    }
    /* Figures are whole hundredths. */
    const double hundredths = 100.0 * (json_number_value(after) - json_number_value(before));
    const int64_t rounded = (int64_t)(hundredths < 0 ? hundredths - 0.5 : hundredths + 0.5);
    return json_real((double)rounded / 100.0);
}

static bool same_value(const json_t *before, const json_t *after)
{
    return json_is_number(before) && json_is_number(after)
               ? json_number_value(before) == json_number_value(after)
               : json_is_null(before) == json_is_null(after);
}

/* Takes the row of a cell then and now; one of them may be missing. */
static void add_row(struct comparing *self, const json_t *before, const json_t *after)
{
    const json_t *one = after != NULL ? after : before;
    const char *count = json_string_value(json_object_get(one, "count"));
    json_t *was = value_of(before, count), *is = value_of(after, count);
    if (!same_value(was, is)) {
        static const char *const unwanted[] = {"value", "partner_sum", "overlap", "targets"};
        json_t *row = json_copy((json_t *)(uintptr_t)one);
        for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
            json_object_del(row, unwanted[i]);
        }
        json_object_set(row, "before", was);
        json_object_set(row, "after", is);
        json_object_set_new(row, "difference", difference(was, is));
        json_array_append_new(self->rows, row);
    }
    json_decref(was);
    json_decref(is);
}

/* ---- all rows ---- */

/* By the labels, as the rows are ordered. */
static int compare_rows(const json_t *a, const json_t *b, const json_t *by)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < json_array_size(by); i++) {
        const char *dimension = json_string_value(json_array_get(by, i));
        order = strcmp(json_string_value(json_object_get(a, dimension)),
                       json_string_value(json_object_get(b, dimension)));
    }
    return order;
}

static void merge(struct comparing *self, const json_t *before, const json_t *after)
{
    const json_t *by = json_object_get(after, "by");
    const json_t *were = json_object_get(before, "rows"), *are = json_object_get(after, "rows");
    size_t i = 0, k = 0;
    while (i < json_array_size(were) || k < json_array_size(are)) {
        const json_t *was = json_array_get(were, i), *is = json_array_get(are, k);
        const int order = was == NULL ? 1 : is == NULL ? -1 : compare_rows(was, is, by);
        add_row(self, order <= 0 ? was : NULL, order >= 0 ? is : NULL);
        i += order <= 0 ? 1 : 0;
        k += order >= 0 ? 1 : 0;
    }
}

/* Where the programme was not there yet, nothing was counted. */
static enum err rows_of(const struct comparing *self, struct counting *counting,
                        const struct figures_query *query, json_t **out)
{
    const struct programme *programme = self->version->programme;
    struct totals *totals = counting_totals(counting, programme->id);
    *out = NULL;
    return totals != NULL ? figures_json(programme, totals, query, out) : ERR_OK;
}

static int compare(struct comparing *self)
{
    enum err err = ERR_OK;
    const uint32_t count = self->version->programme->indicator_count;
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        json_t *before = NULL, *after = NULL;
        struct figures_query query = self->query;
        if (query.indicator != CODE_NONE && query.indicator != i) {
            continue;
        }
        query.indicator = i;
        err = rows_of(self, self->before, &query, &before);
        if (err == ERR_OK) {
            err = rows_of(self, self->after, &query, &after);
        }
        if (err == ERR_OK) {
            merge(self, before, after);
        }
        json_decref(before);
        json_decref(after);
    }
    return err == ERR_OK ? EX_OK : say_err(err, "counting");
}

static int count_both(struct comparing *self)
{
    struct programme *programme = self->version->programme;
    struct view *views = mem_calloc(programme->indicator_count + 1u, sizeof *views);
    if (views == NULL) {
        return say_err(ERR_MEMORY, "counting");
    }
    const struct counting_options wanted = {
        .programme = self->version->id,
        .instead = programme,
        .views = views,
        .view_count = figures_views(programme, &self->query, views),
        .until = self->asked->until_day,
    };
    int status = past_count(&self->then, &wanted, &self->before);
    if (status == EX_OK) {
        status = past_count(&self->now, &wanted, &self->after);
    }
    mem_free(views);
    return status == EX_OK ? compare(self) : status;
}

/* ---- the log ---- */

static int open_both(struct comparing *self, const struct broker_config *broker)
{
    uint64_t since = 0, position = 0;
    int status = past_open(broker, &self->now);
    if (status == EX_OK) {
        status = past_find(&self->now, self->asked->since, &since);
    }
    if (status == EX_OK) {
        status = past_find(&self->now, self->asked->known_at, &position);
    }
    if (status == EX_OK && since > position) {
        return say(EX_USAGE, NULL,
                   "--changed-since: position %" PRIu64 " is after %" PRIu64 " of --known-at",
                   since, position);
    }
    if (status == EX_OK) {
        status = past_read(&self->now, position);
    }
    if (status == EX_OK) {
        status = past_beside(&self->now, &self->then);
    }
    if (status == EX_OK) {
        status = past_read(&self->then, since);
    }
    return status == EX_OK ? past_programme(&self->now, self->asked->programme, &self->version)
                           : status;
}

static int read_question(struct comparing *self)
{
    const char *what = NULL;
    json_t *question = json_deep_copy(self->asked->question);
    const enum err err =
        figures_query_read(self->version->programme, question, &self->query, &what);
    const int status = err == ERR_OK ? EX_OK
                                     : say(EX_NOINPUT, NULL, "\"%s\" is no indicator of %s",
                                           what != NULL ? what : "", self->version->id);
    json_decref(question);
    return status;
}

/* ---- printing ---- */

static json_t *document_of(struct comparing *self)
{
    char now[MOMENT_TEXT_BYTES], then[MOMENT_TEXT_BYTES];
    const struct exchange_programme *old =
        exchange_programme(self->then.exchange, bytes_text(self->version->id));
    const bool changed =
        old == NULL || memcmp(old->digest, self->version->digest, sizeof old->digest) != 0;
    json_t *document = figures_head_json(self->version->programme, &self->query);
    json_object_del(document, "indicators");
    moment_utc(self->now.received_at_ms, now);
    moment_utc(self->then.received_at_ms, then);
    json_object_set_new(document, "position", json_integer((json_int_t)self->now.position));
    json_object_set_new(document, "received_at", json_string(now));
    json_object_set_new(document, "since", json_integer((json_int_t)self->then.position));
    json_object_set_new(document, "since_received_at", json_string(then));
    json_object_set_new(document, "programme_changed", json_boolean(changed));
    if (self->asked->until != NULL) {
        json_object_set_new(document, "until", json_string(self->asked->until));
    }
    json_object_set(document, "rows", self->rows);
    return document;
}

static void number_text(const json_t *row, const char *key, char *out, size_t room)
{
    const json_t *value = json_object_get(row, key);
    if (json_is_null(value)) {
        snprintf(out, room, "-");
    } else {
        sheet_value_text(value, out, room);
    }
}

static void before_text(const json_t *row, char *out, size_t room)
{
    number_text(row, "before", out, room);
}

static void after_text(const json_t *row, char *out, size_t room)
{
    number_text(row, "after", out, room);
}

static void difference_text(const json_t *row, char *out, size_t room)
{
    if (json_number_value(json_object_get(row, "difference")) > 0) {
        *out++ = '+';
        room--;
    }
    number_text(row, "difference", out, room);
}

static const struct sheet_column number_columns[] = {
    {.key = "before",
     .english = "BEFORE",
     .polish = "PRZEDTEM",
     .right = true,
     .text = before_text},
    {.key = "after", .english = "AFTER", .polish = "POTEM", .right = true, .text = after_text},
    {.key = "difference",
     .english = "DIFFERENCE",
     .polish = "RÓŻNICA",
     .right = true,
     .text = difference_text},
};

enum { NUMBER_COLUMNS = sizeof number_columns / sizeof number_columns[0] };

static void print_caption(const struct request *request, const json_t *document)
{
    const bool polish = request->polish;
    printf("%s  %s\n%s %" JSON_INTEGER_FORMAT "%s%" JSON_INTEGER_FORMAT,
           json_string_value(json_object_get(document, "programme")),
           json_string_value(json_object_get(document, "title")), polish ? "pozycja" : "position",
           json_integer_value(json_object_get(document, "position")),
           polish ? ", zmiany od pozycji " : ", changed since position ",
           json_integer_value(json_object_get(document, "since")));
    const char *until = json_string_value(json_object_get(document, "until"));
    if (until != NULL) {
        printf("%s%s", polish ? ", zdarzenia do " : ", events until ", until);
    }
    putchar('\n');
    if (json_is_true(json_object_get(document, "programme_changed"))) {
        puts(polish ? "Plik programu się zmienił; obie liczby są według nowego."
                    : "The programme file has changed since; both numbers are by the new one.");
    }
    if (json_array_size(json_object_get(document, "rows")) == 0) {
        puts(polish ? "Żadna liczba się nie zmieniła." : "No number has changed.");
    } else {
        putchar('\n');
    }
}

static int print(const struct request *request, const json_t *document)
{
    struct sheet_column columns[TOTALS_TABLE_FIRST_MAX + 1 + NUMBER_COLUMNS];
    size_t count = totals_table_first_columns(request->polish, document, columns);
    memcpy(columns + count, number_columns, sizeof number_columns);
    const struct sheet sheet = {
        .columns = columns, .column_count = count + NUMBER_COLUMNS, .rows = "rows"};
    if (request->format == FORMAT_TABLE) {
        print_caption(request, document);
    }
    return sheet_print(request, &sheet, document);
}

int totals_since(const struct request *request, const struct broker_config *broker,
                 const struct totals_since_options *options)
{
    struct comparing self = {.asked = options, .rows = json_array()};
    int status = open_both(&self, broker);
    if (status == EX_OK) {
        status = read_question(&self);
    }
    if (status == EX_OK) {
        status = count_both(&self);
    }
    if (status == EX_OK) {
        json_t *document = document_of(&self);
        status = print(request, document);
        json_decref(document);
    }
    json_decref(self.rows);
    counting_free(&self.before);
    counting_free(&self.after);
    past_close(&self.then);
    past_close(&self.now);
    return status;
}
