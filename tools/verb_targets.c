/* The happy path is: 1. the log is read, and the programme found; 2. its targets are counted and
 * forecast (targets_count.h); 3. each is a row of one document, printed in one way.
 *
 * What may go wrong: a word that is none of the programme's; a log that cannot be read. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "config/hint.h"
#include "core/base/date.h"
#include "io/clock.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/targets_count.h"
#include "tools/totals_table.h"
#include "tools/verbs.h"

struct targets_request {
    struct request request;
    const char *programme, *indicator, *as_at, *by;
};

static const struct usage_option options[] = {
    {"programme", 'p', "ID", "The programme (default: the only one)", USAGE_TEXT,
     offsetof(struct targets_request, programme)},
    {"indicator", 'i', "ID", "One indicator (default: all)", USAGE_TEXT,
     offsetof(struct targets_request, indicator)},
    {"as-at", 'd', "DATE", "By the end of that day (default: today, in UTC)", USAGE_TEXT,
     offsetof(struct targets_request, as_at)},
    {"by", 'b', "DIMENSION",
     "Those of one region, partner or task, ordered by it: a row for each that has a target",
     USAGE_TEXT, offsetof(struct targets_request, by)},
};
static const struct usage usage = {
    .doc = "Prints how each target of a programme stands: what was reached, the pace of the last "
           "full weeks, at most 13, the day on which it will be reached at that pace, and the "
           "pace that is needed. Counted here from the broker's log, also while it does not run."
           "\vPaces are of a month. Example:\n"
           "  ogniwo targets\n"
           "  ogniwo targets --programme ABC --as-at 2010-12-31\n"
           "  ogniwo targets --by partner",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};

/* ---- one row ---- */

static json_t *text_of(struct bytes text)
{
    return json_stringn((const char *)text.data, text.size);
}

static json_t *amount(bool known, int64_t hundredths)
{
    return !known                  ? json_null()
           : hundredths % 100 == 0 ? json_integer(hundredths / 100)
                                   : json_real((double)hundredths / 100.0);
}

static json_t *day(bool known, int32_t days)
{
    char text[DATE_TEXT_BYTES];
    if (!known || days >= DATE_MAX) {
        return json_null();
    }
    date_format(days, text);
    return json_string(text);
}

/* The label of the row's scope; of a target for each of several only what the file names. */
static struct bytes scope_of(const struct targets_row *row, enum dimension dimension)
{
    const bool meant = row->each && row->each_by == dimension;
    return !meant                   ? row->labels[dimension]
           : dimension == BY_REGION ? row->target->region
                                    : (struct bytes){0};
}

static void add_scope(json_t *json, const struct targets_row *row)
{
    const struct target *target = row->target;
    static const enum dimension dimensions[] = {BY_REGION, BY_TASK, BY_PARTNER};
    for (size_t i = 0; i < sizeof dimensions / sizeof dimensions[0]; i++) {
        const struct bytes label = scope_of(row, dimensions[i]);
        if (label.size > 0) {
            json_object_set_new(json, dimension_text(dimensions[i]), text_of(label));
        }
    }
    if (target->from_on != DATE_MIN) {
        json_object_set_new(json, "from", day(true, target->from_on));
    }
    if (target->to_on != DATE_MAX) {
        json_object_set_new(json, "to", day(true, target->to_on));
    }
    if (target->each.size > 0) {
        json_object_set_new(json, "each", text_of(target->each));
    }
    if (row->each) {
        json_object_set_new(json, "met", json_integer(row->met));
        json_object_set_new(json, "meant", json_integer(row->meant));
        json_object_set_new(json, "smallest", text_of(row->labels[row->each_by]));
    }
}

static void add_forecast(json_t *json, const struct targets_row *row, bool polish)
{
    const struct forecast *is = &row->forecast;
    char note[TARGETS_NOTE_BYTES];
    json_object_set_new(json, "percent", amount(is->has_percent, is->percent));
    json_object_set_new(json, "change", amount(is->has_change, is->change));
    json_object_set_new(json, "pace", amount(is->has_pace, is->pace_per_month));
    json_object_set_new(json, "needed", amount(is->has_needed, is->needed_per_month));
    json_object_set_new(json, "projected", day(is->has_projection, is->projected));
    json_object_set_new(json, "earliest", day(is->has_range, is->earliest));
    json_object_set_new(json, "latest", day(is->has_range, is->latest));
    json_object_set_new(json, "weeks", json_integer(is->week_count));
    json_object_set_new(json, "above", json_boolean(is->above));
    json_object_set_new(json, "state", json_string(forecast_state_text(is->state)));
    if (row->note != TARGETS_NOTE_NONE) {
        targets_note_text(row, polish, note);
        json_object_set_new(json, "note", json_string(note));
    }
}

/* polish: its note. */
static json_t *row_json(const struct programme *programme, const struct targets_row *row,
                        bool polish)
{
    const struct target *target = row->target;
    const struct indicator *indicator = &programme->indicators[target->indicator];
    const bool given = target->op != TARGET_NONE;
    json_t *json = json_object();
    json_object_set_new(json, "indicator", text_of(indicator->id));
    json_object_set_new(json, "title", text_of(indicator->title));
    json_object_set_new(json, "kind",
                        json_string(target->kind == TARGET_MONEY ? "money" : "target"));
    add_scope(json, row);
    json_object_set_new(json, "value", amount(row->input.point_count > 0, row->input.points[0]));
    json_object_set_new(json, "target_op", json_string(target_op_text(target->op)));
    json_object_set_new(json, "target", amount(given, target->value));
    if (given && target->value_to > target->value) {
        json_object_set_new(json, "target_to", amount(true, target->value_to));
    }
    json_object_set_new(json, "unit",
                        text_of(target->unit.size > 0 ? target->unit : indicator->unit));
    add_forecast(json, row, polish);
    return json;
}

/* ---- printing ---- */

static void scope_text(const json_t *row, char *out, size_t room)
{
    static const char *const signs[TOTALS_TABLE_SCOPES] = {"", "", "", "/ ", ">= ", "<= "};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < TOTALS_TABLE_SCOPES && used < room; i++) {
        const char *value = json_string_value(json_object_get(row, totals_table_scopes[i]));
        if (value != NULL) {
            const int size =
                snprintf(out + used, room - used, "%s%s%s", used > 0 ? " " : "", signs[i], value);
            used += size > 0 ? (size_t)size : 0;
        }
    }
}

static void target_text(const json_t *row, char *out, size_t room)
{
    totals_table_target_text(row, out, room);
    const json_t *to = json_object_get(row, "target_to");
    const size_t used = strlen(out);
    if (to != NULL && used + 1 < room) {
        out[used] = '-';
        sheet_value_text(to, out + used + 1, room - used - 1);
    }
}

/* "2010-03-01 to 2010-05-09"; "2010-03-01 to -": at the slowest pace never. */
static void range_text(const json_t *row, char *out, size_t room)
{
    const char *earliest = json_string_value(json_object_get(row, "earliest"));
    const char *latest = json_string_value(json_object_get(row, "latest"));
    out[0] = '\0';
    if (earliest != NULL) {
        snprintf(out, room, "%s .. %s", earliest, latest != NULL ? latest : "-");
    }
}

static void polish_state_text(const json_t *row, char *out, size_t room)
{
    static const char *const texts[FORECAST_STATE_COUNT] = {
        [FORECAST_NO_TARGET] = "bez liczby", [FORECAST_UNDEFINED] = "nieokreślony",
        [FORECAST_MET] = "osiągnięty",       [FORECAST_CANNOT] = "nie do osiągnięcia",
        [FORECAST_AT_RISK] = "zagrożony",    [FORECAST_ON_PACE] = "zgodnie z planem",
    };
    const char *state = json_string_value(json_object_get(row, "state"));
    for (unsigned i = 0; i < FORECAST_STATE_COUNT; i++) {
        if (strcmp(forecast_state_text(i), state) == 0) {
            snprintf(out, room, "%s", texts[i]);
        }
    }
}

static const struct sheet_column columns[] = {
    {.key = "indicator", .english = "INDICATOR", .polish = "WSKAŹNIK"},
    {.key = "title"},
    {.key = "kind"},
    {.key = "scope", .english = "SCOPE", .polish = "ZAKRES", .text = scope_text},
    {.key = "region"},
    {.key = "task"},
    {.key = "partner"},
    {.key = "from"},
    {.key = "to"},
    {.key = "each"},
    {.key = "met"},
    {.key = "meant"},
    {.key = "smallest"},
    {.key = "value", .english = "REACHED", .polish = "OSIĄGNIĘTO", .right = true},
    {.key = "target_op"},
    {.key = "target", .english = "TARGET", .polish = "CEL", .right = true, .text = target_text},
    {.key = "target_to"},
    {.key = "unit", .english = "UNIT", .polish = "JEDNOSTKA"},
    {.key = "percent", .english = "%", .polish = "%", .right = true},
    {.key = "change", .english = "7 DAYS", .polish = "7 DNI", .right = true},
    {.key = "pace", .english = "PACE", .polish = "TEMPO", .right = true},
    {.key = "needed", .english = "NEEDED", .polish = "POTRZEBNE", .right = true},
    {.key = "weeks"},
    {.key = "projected", .english = "REACHED ON", .polish = "DZIEŃ OSIĄGNIĘCIA"},
    {.key = "range", .english = "RANGE", .polish = "PRZEDZIAŁ", .text = range_text},
    {.key = "earliest"},
    {.key = "latest"},
    {.key = "above"},
    {.key = "state", .english = "STATE", .polish = "STAN"},
    {.key = "note", .english = "NOTE", .polish = "UWAGA", .shrinks = true},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

/* The table has two columns of its own, and the state in the reader's language. */
static int print(const struct request *request, const json_t *document)
{
    const bool table = request->format == FORMAT_TABLE;
    struct sheet_column shown[COLUMN_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const bool own = columns[i].text == scope_text || columns[i].text == range_text;
        if (own && !table) {
            continue;
        }
        shown[count] = columns[i];
        if (strcmp(columns[i].key, "state") == 0 && request->polish) {
            shown[count].text = polish_state_text;
        }
        count++;
    }
    if (table) {
        printf("%s  %s\n%s %s\n\n", json_string_value(json_object_get(document, "programme")),
               json_string_value(json_object_get(document, "title")),
               request->polish ? "stan na" : "as at",
               json_string_value(json_object_get(document, "as_at")));
    }
    const struct sheet sheet = {.columns = shown, .column_count = count, .rows = "rows"};
    return sheet_print(request, &sheet, document);
}

/* ---- all ---- */

static int find_indicator(const struct programme *programme, const char *id, uint32_t *out)
{
    struct hint hint;
    *out = id != NULL ? programme_indicator(programme, bytes_text(id)) : CODE_NONE;
    if (id == NULL || *out != CODE_NONE) {
        return EX_OK;
    }
    hint_init(&hint, bytes_text(id));
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        hint_offer(&hint, programme->indicators[i].id);
    }
    return say(EX_NOINPUT, NULL, "there is no indicator \"%s\"%s", id, hint_question(&hint));
}

static int count_and_print(const struct targets_request *asked, struct past *past,
                           struct targets_options *wanted)
{
    struct exchange_programme *version = NULL;
    struct targets_rows found = {0};
    int status = past_programme(past, asked->programme, &version);
    if (status == EX_OK) {
        status = find_indicator(version->programme, asked->indicator, &wanted->indicator);
    }
    if (status == EX_OK) {
        status = targets_count(past, version, wanted, &found);
    }
    if (status == EX_OK) {
        const struct programme *programme = version->programme;
        /* Scripts get the same words in any language. */
        const bool polish = asked->request.polish && asked->request.format == FORMAT_TABLE;
        json_t *rows = json_array(), *document = json_object();
        for (uint32_t i = 0; i < found.count; i++) {
            json_array_append_new(rows, row_json(programme, &found.rows[i], polish));
        }
        json_object_set_new(document, "programme", text_of(programme->id));
        json_object_set_new(document, "title", text_of(programme->title));
        json_object_set_new(document, "as_at", day(true, wanted->today));
        json_object_set_new(document, "position", json_integer((json_int_t)past->position));
        json_object_set_new(document, "rows", rows);
        status = print(&asked->request, document);
        json_decref(document);
    }
    targets_free(&found);
    return status;
}

static int read_options(const struct targets_request *asked, struct targets_options *out)
{
    *out = (struct targets_options){
        .indicator = CODE_NONE, .today = moment_day(clock_wall_ms()), .by = DIMENSION_COUNT};
    if (asked->as_at != NULL && date_parse(bytes_text(asked->as_at), &out->today) != ERR_OK) {
        return say(EX_USAGE, NULL, "--as-at: \"%s\" is no date like 2010-12-31", asked->as_at);
    }
    if (asked->by != NULL &&
        (dimension_parse(bytes_text(asked->by), &out->by) != ERR_OK ||
         (out->by != BY_REGION && out->by != BY_PARTNER && out->by != BY_TASK))) {
        return say(EX_USAGE, NULL, "--by: \"%s\" is none of region, partner, task", asked->by);
    }
    return EX_OK;
}

int verb_targets(int count, char **words)
{
    struct targets_request asked = {0};
    struct broker_config broker;
    struct past past = {0};
    struct targets_options wanted;
    usage_read(&usage, count, words, &asked.request);
    int status = read_options(&asked, &wanted);
    if (status == EX_OK) {
        status = site_broker(&asked.request, &broker);
    }
    if (status == EX_OK) {
        status = past_open(&broker, &past);
    }
    if (status == EX_OK) {
        status = past_read(&past, ledger_size(past.ledger));
    }
    if (status == EX_OK) {
        status = count_and_print(&asked, &past, &wanted);
    }
    past_close(&past);
    return status;
}
