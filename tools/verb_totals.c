/* The happy path is: 1 the broker is asked; 2 what it does not keep live, or what is asked as of a
 * day or a position, is folded here from its log; 3 both are one document, printed in one way.
 *
 * What may go wrong: a word that is none of the programme's; a log that cannot be read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/figures.h"
#include "config/hint.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

struct totals_request {
    struct request request;
    const char *programme, *indicator, *by, *level, *until, *known_at;
    int32_t until_day; /* DATE_MAX: none */
};

static const struct usage_option options[] = {
    {"programme", 'p', "ID", "The programme (default: the only one)", USAGE_TEXT,
     offsetof(struct totals_request, programme)},
    {"indicator", 'i', "ID", "One indicator (default: all)", USAGE_TEXT,
     offsetof(struct totals_request, indicator)},
    {"by", 'b', "DIMENSIONS",
     "Break down by partner, task, region, month, quarter, year, kind, "
     "sex, age, education, status; several with commas",
     USAGE_TEXT, offsetof(struct totals_request, by)},
    {"level", 'l', "LEVEL",
     "Regions as country, voivodeship, subregion, county, gmina or city "
     "(default: as the events have them)",
     USAGE_TEXT, offsetof(struct totals_request, level)},
    {"until", 'u', "DATE", "Only what had happened by the end of that day", USAGE_TEXT,
     offsetof(struct totals_request, until)},
    {"known-at", 'k', "POS|TIME",
     "As the broker knew it then: a position of the log, a day (its "
     "end), a time, or -2h",
     USAGE_TEXT, offsetof(struct totals_request, known_at)},
};
static const struct usage usage = {
    .doc = "Prints the totals of a programme with its targets. What the broker keeps live comes "
           "from it; anything else is counted here from its log, also while it does not run."
           "\vWhere people are counted, one may be at two partners: the partners' sum less the "
           "overlap is the total. Examples:\n"
           "  ogniwo totals\n"
           "  ogniwo totals -i coached --by region,sex --level county\n"
           "  ogniwo totals --until 2010-12-31 --known-at 2011-03-31",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};

/* ---- the question ---- */

static json_t *read_dimensions(const char *list)
{
    json_t *by = json_array();
    char *copy = strdup(list), *rest = copy;
    for (char *word = strsep(&rest, ","); word != NULL; word = strsep(&rest, ",")) {
        enum dimension dimension;
        if (dimension_parse(bytes_text(word), &dimension) == ERR_OK) {
            json_array_append_new(by, json_string(word));
            continue;
        }
        struct hint hint;
        hint_init(&hint, bytes_text(word));
        for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
            hint_offer(&hint, bytes_text(dimension_text(i)));
        }
        (void)say(EX_USAGE, NULL, "\"%s\" is no dimension%s: there are %s", word,
                  hint_question(&hint), hint_list(&hint));
        json_decref(by);
        by = NULL;
        break;
    }
    free(copy);
    return by;
}

static int check_words(struct totals_request *asked)
{
    enum region_level level;
    asked->until_day = DATE_MAX;
    if (asked->level != NULL && region_level_parse(bytes_text(asked->level), &level) != ERR_OK) {
        return say(EX_USAGE, NULL,
                   "\"%s\" is no level: country, voivodeship, subregion, county, gmina or city",
                   asked->level);
    }
    if (asked->until != NULL && date_parse(bytes_text(asked->until), &asked->until_day) != ERR_OK) {
        return say(EX_USAGE, NULL, "--until: \"%s\" is no date like 2010-12-31", asked->until);
    }
    return EX_OK;
}

static json_t *question_of(const struct totals_request *asked, const char *programme)
{
    json_t *by = asked->by != NULL ? read_dimensions(asked->by) : json_array();
    if (by == NULL) {
        return NULL;
    }
    json_t *json = json_pack("{s:s,s:o}", "programme", programme, "by", by);
    if (asked->indicator != NULL) {
        json_object_set_new(json, "indicator", json_string(asked->indicator));
    }
    if (asked->level != NULL) {
        json_object_set_new(json, "level", json_string(asked->level));
    }
    return json;
}

/* ---- live ---- */

/* The only programme of a status answer, or null after having said why. */
static const char *only_programme(const json_t *answer)
{
    const json_t *programmes = json_object_get(answer, "programmes");
    const size_t count = json_array_size(programmes);
    if (count == 1) {
        return json_string_value(json_object_get(json_array_get(programmes, 0), "programme"));
    }
    struct hint hint;
    hint_init(&hint, (struct bytes){0});
    for (size_t i = 0; i < count; i++) {
        hint_offer(&hint, bytes_text(json_string_value(
                              json_object_get(json_array_get(programmes, i), "programme"))));
    }
    if (count == 0) {
        (void)say(EX_NOINPUT, "ogniwo programme put", "there is no programme yet");
    } else {
        (void)say(EX_USAGE, NULL, "which --programme? There are %s", hint_list(&hint));
    }
    return NULL;
}

/* Asks the broker; *document stays null where it has to be folded. */
static int ask_live(const struct totals_request *asked, const struct broker_config *broker,
                    json_t **document)
{
    json_t *status_answer = NULL, *answer = NULL;
    const char *programme = asked->programme;
    uint32_t answered = EX_UNAVAILABLE;
    int status = EX_OK;
    enum err err = site_ask(broker->admin, "status", NULL, &answered, &status_answer);
    if (err == ERR_OK && answered == EX_OK && programme == NULL) {
        programme = only_programme(status_answer);
        status = programme != NULL                                                   ? EX_OK
                 : json_array_size(json_object_get(status_answer, "programmes")) > 0 ? EX_USAGE
                                                                                     : EX_NOINPUT;
    }
    if (err == ERR_OK && answered == EX_OK && status == EX_OK) {
        json_t *question = question_of(asked, programme);
        if (question == NULL) {
            status = EX_USAGE;
        } else {
            err = site_ask(broker->admin, "totals", question, &answered, &answer);
        }
        json_decref(question);
    }
    json_decref(status_answer);
    if (status == EX_OK && err == ERR_OK && answered != EX_OK && answered != EX_UNAVAILABLE) {
        status = say((int)answered, NULL, "%s", client_error(answer));
    }
    if (status == EX_OK && err != ERR_OK && err != ERR_UNREACHABLE) {
        status = say_err(err, broker->admin);
    }
    if (status == EX_OK && err == ERR_OK && answered == EX_OK) {
        *document = json_incref(answer);
    }
    json_decref(answer);
    return status;
}

/* ---- folded ---- */

static int count_views(struct past *past, const struct totals_request *asked,
                       const struct exchange_programme *version, const struct figures_query *query,
                       json_t **document)
{
    const struct programme *programme = version->programme;
    struct counting *counting = NULL;
    struct view *views = mem_calloc(programme->indicator_count + 1u, sizeof *views);
    if (views == NULL) {
        return say_err(ERR_MEMORY, "counting");
    }
    const struct counting_options wanted = {.programme = version->id,
                                            .views = views,
                                            .view_count = figures_views(programme, query, views),
                                            .until = asked->until_day};
    int status = past_count(past, &wanted, &counting);
    if (status == EX_OK) {
        const enum err err =
            figures_json(programme, counting_totals(counting, programme->id), query, document);
        status = err == ERR_OK ? EX_OK : say_err(err, "counting");
    }
    counting_free(&counting);
    mem_free(views);
    return status;
}

static int fold(const struct totals_request *asked, struct past *past, json_t **document)
{
    struct exchange_programme *version = NULL;
    struct figures_query query;
    const char *what = NULL;
    uint64_t position = 0;
    int status = past_find(past, asked->known_at, &position);
    if (status == EX_OK) {
        status = past_read(past, position);
    }
    if (status == EX_OK) {
        status = past_programme(past, asked->programme, &version);
    }
    if (status != EX_OK) {
        return status;
    }
    json_t *question = question_of(asked, version->id);
    if (question == NULL) {
        return EX_USAGE;
    }
    if (figures_query_read(version->programme, question, &query, &what) != ERR_OK) {
        status = say(EX_NOINPUT, NULL, "\"%s\" is no indicator of %s", what != NULL ? what : "",
                     version->id);
    }
    json_decref(question);
    return status == EX_OK ? count_views(past, asked, version, &query, document) : status;
}

static int fold_document(const struct totals_request *asked, const struct broker_config *broker,
                         json_t **document)
{
    struct past past = {0};
    char received[MOMENT_TEXT_BYTES];
    int status = past_open(broker, &past);
    if (status == EX_OK) {
        status = fold(asked, &past, document);
    }
    if (status == EX_OK) {
        moment_utc(past.received_at_ms, received);
        json_object_set_new(*document, "position", json_integer((json_int_t)past.position));
        json_object_set_new(*document, "live", json_false());
        json_object_set_new(*document, "received_at", json_string(received));
        if (asked->until != NULL) {
            char day[DATE_TEXT_BYTES];
            date_format(asked->until_day, day);
            json_object_set_new(*document, "until", json_string(day));
        }
    }
    past_close(&past);
    return status;
}

/* ---- targets ---- */

/* The whole programme's target, and the figure that its source says was reached: of several, the
 * last in the file. */
static const json_t *target_of(const json_t *row, const char *kind)
{
    size_t index;
    json_t *target;
    const json_t *found = NULL;
    json_array_foreach(json_object_get(row, "targets"), index, target)
    {
        const char *text = json_string_value(json_object_get(target, "kind"));
        if (text != NULL && strcmp(text, kind) == 0 && json_object_get(target, "region") == NULL) {
            found = target;
        }
    }
    return found;
}

static bool has_percent(const char *op)
{
    return op != NULL && (strcmp(op, "eq") == 0 || strcmp(op, "ge") == 0 || strcmp(op, "gt") == 0 ||
                          strcmp(op, "approx") == 0);
}

/* What the formats share: target, achieved and percent stand in the row itself. */
static void add_targets(json_t *document)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(document, "rows"), index, row)
    {
        const json_t *target = target_of(row, "target"), *achieved = target_of(row, "achieved");
        json_t *value = json_object_get(target, "value");
        const char *op = json_string_value(json_object_get(target, "op"));
        if (target != NULL) {
            json_object_set_new(row, "target_op", json_string(op));
            json_object_set(row, "target", value != NULL ? value : json_null());
        }
        if (json_object_get(achieved, "value") != NULL) {
            json_object_set(row, "achieved", json_object_get(achieved, "value"));
        }
        if (has_percent(op) && json_number_value(value) > 0) {
            const double part = json_number_value(json_object_get(row, "value"));
            const int64_t tenths = (int64_t)(1000.0 * part / json_number_value(value) + 0.5);
            json_object_set_new(row, "percent", json_real((double)tenths / 10.0));
        }
    }
}

static void target_text(const json_t *row, char *out, size_t room)
{
    static const struct sign {
        const char *op, *sign;
    } signs[] = {{"ge", "≥ "}, {"gt", "> "}, {"approx", "ok. "}, {"avg", "śr. "}, {"per", "po "}};
    const char *op = json_string_value(json_object_get(row, "target_op"));
    const char *sign = "";
    char value[64];
    sheet_value_text(json_object_get(row, "target"), value, sizeof value);
    for (size_t i = 0; op != NULL && i < sizeof signs / sizeof signs[0]; i++) {
        sign = strcmp(op, signs[i].op) == 0 ? signs[i].sign : sign;
    }
    if (op != NULL && strcmp(op, "teen") == 0) {
        snprintf(out, room, "11-19");
    } else if (op != NULL && strcmp(op, "none") == 0) {
        snprintf(out, room, "-");
    } else {
        snprintf(out, room, "%s%s", sign, value);
    }
}

/* ---- printing ---- */

static const struct sheet_column dimension_columns[DIMENSION_COUNT] = {
    [BY_PARTNER] = {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    [BY_TASK] = {.key = "task", .english = "TASK", .polish = "ZADANIE"},
    [BY_REGION] = {.key = "region", .english = "REGION", .polish = "REGION"},
    [BY_MONTH] = {.key = "month", .english = "MONTH", .polish = "MIESIĄC"},
    [BY_QUARTER] = {.key = "quarter", .english = "QUARTER", .polish = "KWARTAŁ"},
    [BY_YEAR] = {.key = "year", .english = "YEAR", .polish = "ROK"},
    [BY_KIND] = {.key = "kind", .english = "KIND", .polish = "RODZAJ"},
    [BY_SEX] = {.key = "sex", .english = "SEX", .polish = "PŁEĆ"},
    [BY_AGE] = {.key = "age", .english = "AGE", .polish = "WIEK"},
    [BY_EDUCATION] = {.key = "education", .english = "EDUCATION", .polish = "WYKSZTAŁCENIE"},
    [BY_STATUS] = {.key = "status", .english = "STATUS", .polish = "STATUS"},
};

static const struct sheet_column first_columns[] = {
    {.key = "indicator", .english = "INDICATOR", .polish = "WSKAŹNIK"},
    {.key = "title", .english = "TITLE", .polish = "NAZWA"},
};
static const struct sheet_column last_columns[] = {
    {.key = "unit", .english = "UNIT", .polish = "JEDNOSTKA"},
    {.key = "value", .english = "REACHED", .polish = "OSIĄGNIĘTO", .right = true},
    {.key = "partner_sum", .english = "PARTNER SUM", .polish = "SUMA PARTNERÓW", .right = true},
    {.key = "overlap", .english = "OVERLAP", .polish = "POWTÓRZENIA", .right = true},
};
static const struct sheet_column target_columns[] = {
    {.key = "target_op"},
    {.key = "target", .english = "TARGET", .polish = "CEL", .right = true, .text = target_text},
    {.key = "achieved", .english = "AS REPORTED", .polish = "WYKAZANO", .right = true},
    {.key = "percent", .english = "%", .polish = "%", .right = true},
};

enum { COLUMNS_MAX = DIMENSION_COUNT + 2 + 4 + 4 };

static size_t choose_columns(const json_t *document, struct sheet_column *out)
{
    size_t count = 0, index;
    const json_t *by = json_object_get(document, "by");
    json_t *word;
    memcpy(out, first_columns, sizeof first_columns);
    count += sizeof first_columns / sizeof first_columns[0];
    json_array_foreach((json_t *)(uintptr_t)by, index, word)
    {
        enum dimension dimension;
        if (dimension_parse(bytes_text(json_string_value(word)), &dimension) == ERR_OK) {
            out[count++] = dimension_columns[dimension];
        }
    }
    memcpy(out + count, last_columns, sizeof last_columns);
    count += sizeof last_columns / sizeof last_columns[0];
    if (json_array_size(by) == 0) {
        memcpy(out + count, target_columns, sizeof target_columns);
        count += sizeof target_columns / sizeof target_columns[0];
    }
    return count;
}

static void print_caption(const struct request *request, const json_t *document)
{
    const bool live = json_is_true(json_object_get(document, "live"));
    const char *until = json_string_value(json_object_get(document, "until"));
    printf("%s  %s\n%s %" JSON_INTEGER_FORMAT ", %s%s%s\n\n",
           json_string_value(json_object_get(document, "programme")),
           json_string_value(json_object_get(document, "title")),
           request->polish ? "pozycja" : "position",
           json_integer_value(json_object_get(document, "position")),
           live              ? (request->polish ? "na żywo" : "live")
           : request->polish ? "policzone z dziennika"
                             : "counted from the log",
           until != NULL ? (request->polish ? ", zdarzenia do " : ", events until ") : "",
           until != NULL ? until : "");
}

static int print_totals(const struct request *request, json_t *document)
{
    struct sheet_column columns[COLUMNS_MAX];
    const struct sheet sheet = {
        .columns = columns, .column_count = choose_columns(document, columns), .rows = "rows"};
    add_targets(document);
    if (request->format == FORMAT_TABLE) {
        print_caption(request, document);
    }
    return sheet_print(request, &sheet, document);
}

int verb_totals(int count, char **words)
{
    struct totals_request asked = {0};
    struct broker_config broker;
    json_t *document = NULL;
    usage_read(&usage, count, words, &asked.request);
    int status = check_words(&asked);
    if (status == EX_OK) {
        status = site_broker(&asked.request, &broker);
    }
    if (status == EX_OK && asked.until == NULL && asked.known_at == NULL) {
        status = ask_live(&asked, &broker, &document);
    }
    if (status == EX_OK && document == NULL) {
        status = fold_document(&asked, &broker, &document);
    }
    if (status == EX_OK) {
        status = print_totals(&asked.request, document);
    }
    json_decref(document);
    return status;
}
