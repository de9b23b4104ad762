/* A closed period locks nothing: `show` counts its days once as of the closing and once as of now,
 * both under the programme file of now, so that the difference is what came later. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/base/date.h"
#include "tools/decide.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

struct period_request {
    struct request request;
    const char *programme, *admin, *partner, *task, *through;
};

#define PROGRAMME_OPTION                                                                           \
    {                                                                                              \
        "programme", 'p', "ID", "Which programme, where there are several", USAGE_TEXT,            \
            offsetof(struct period_request, programme)                                             \
    }

static int open_past(const struct period_request *asked, struct broker_config *broker,
                     struct past *past)
{
    int status = site_broker(&asked->request, broker);
    if (status == EX_OK) {
        status = past_open(broker, past);
    }
    return status == EX_OK ? past_read(past, ledger_size(past->ledger)) : status;
}

/* ---- close ---- */

static int close_period(const struct period_request *asked, const struct broker_config *broker,
                        const struct exchange_programme *version, int32_t through_on)
{
    static struct decision decision; /* too large for the stack */
    const struct bytes none = {0};
    json_t *answer = NULL;
    uint64_t position = 0;
    int status = site_ask_or_say(broker->admin, "status", NULL, &answer);
    decision = (struct decision){
        .kind = DECISION_PERIOD_CLOSE,
        .period = {.programme = bytes_text(version->id),
                   .partner = asked->partner != NULL ? bytes_text(asked->partner) : none,
                   .task = asked->task != NULL ? bytes_text(asked->task) : none,
                   .through_on = through_on}};
    if (status == EX_OK) {
        const struct decide_options with = {
            .broker = broker, .status = answer, .admin = asked->admin};
        status = decide(&with, &decision, &position);
    }
    json_decref(answer);
    if (status == EX_OK) {
        printf("closed through %s at position %" PRIu64 "\n", asked->through, position);
    }
    return status;
}

int verb_period_close(int count, char **words)
{
    static const struct usage_option options[] = {
        PROGRAMME_OPTION,
        {"partner", 'P', "ID", "Only this partner's", USAGE_TEXT,
         offsetof(struct period_request, partner)},
        {"task", 't', "ID", "Only this task's", USAGE_TEXT, offsetof(struct period_request, task)},
        {"through", 'T', "DATE", "The period's last day", USAGE_TEXT,
         offsetof(struct period_request, through)},
        {"admin", 'a', "FILE", "The administrator's key file", USAGE_TEXT,
         offsetof(struct period_request, admin)},
    };
    static const struct usage usage = {
        .doc = "Closes a period. It locks nothing: what comes later for its days is counted, and "
               "`ogniwo period show` shows it as a correction."
               "\vExample:\n  ogniwo period close --through 2009-12-31 --admin anna.keys",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .uses = USES_BROKER};
    struct period_request asked = {0};
    struct broker_config broker;
    struct past past = {0};
    struct exchange_programme *version = NULL;
    int32_t through_on = 0;
    usage_read(&usage, count, words, &asked.request);
    if (asked.through == NULL || asked.admin == NULL) {
        return say(EX_USAGE, NULL, "--through DATE and --admin FILE are needed");
    }
    if (date_parse(bytes_text(asked.through), &through_on) != ERR_OK) {
        return say(EX_USAGE, "2009-12-31", "\"%s\" is no day", asked.through);
    }
    int status = open_past(&asked, &broker, &past);
    if (status == EX_OK) {
        status = past_programme(&past, asked.programme, &version);
    }
    if (status == EX_OK) {
        status = close_period(&asked, &broker, version, through_on);
    }
    past_close(&past);
    return status;
}

/* ---- ls ---- */

static json_t *closing_json(const struct exchange_closing *closing, uint32_t number)
{
    char decided[MOMENT_TEXT_BYTES], day[DATE_TEXT_BYTES];
    moment_utc(closing->decided_at_ms, decided);
    date_format(closing->through_on, day);
    return json_pack("{s:i,s:s,s:s,s:s,s:s,s:I,s:s}", "number", (int)number, "programme",
                     closing->programme, "partner", closing->partner, "task", closing->task,
                     "through", day, "position", (json_int_t)closing->position, "decided_at",
                     decided);
}

int verb_period_ls(int count, char **words)
{
    static const struct sheet_column columns[] = {
        {.key = "number", .english = "NUMBER", .polish = "NUMER", .right = true},
        {.key = "programme", .english = "PROGRAMME", .polish = "PROGRAM"},
        {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
        {.key = "task", .english = "TASK", .polish = "ZADANIE"},
        {.key = "through", .english = "THROUGH", .polish = "DO DNIA"},
        {.key = "position", .english = "POSITION", .polish = "POZYCJA", .right = true},
        {.key = "decided_at", .english = "DECIDED", .polish = "DECYZJA"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0]};
    static const struct usage_option options[] = {PROGRAMME_OPTION};
    static const struct usage usage = {
        .doc = "Lists the closed periods: of what, through which day, and at which position."
               "\vExample:\n  ogniwo period ls",
        .options = options,
        .option_count = 1,
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct period_request asked = {0};
    struct broker_config broker;
    struct past past = {0};
    json_t *rows = json_array();
    usage_read(&usage, count, words, &asked.request);
    int status = open_past(&asked, &broker, &past);
    for (uint32_t i = 0; status == EX_OK && i < exchange_closing_count(past.exchange); i++) {
        const struct exchange_closing *closing = exchange_closing_at(past.exchange, i);
        if (asked.programme == NULL || strcmp(asked.programme, closing->programme) == 0) {
            json_array_append_new(rows, closing_json(closing, i + 1));
        }
    }
    if (status == EX_OK) {
        status = sheet_print(&asked.request, &sheet, rows);
    }
    past_close(&past);
    json_decref(rows);
    return status;
}

/* ---- show ---- */

/* The closing's cell of one indicator. */
struct cell {
    const struct exchange_closing *closing;
    uint32_t dimensions;
    int64_t value;
};

static void take_row(void *context, const struct totals_row *row)
{
    struct cell *cell = context;
    const bool partner = (cell->dimensions & 1u << BY_PARTNER) == 0 ||
                         bytes_is(row->labels[BY_PARTNER], cell->closing->partner);
    const bool task = (cell->dimensions & 1u << BY_TASK) == 0 ||
                      bytes_is(row->labels[BY_TASK], cell->closing->task);
    if (partner && task) {
        cell->value = row->value;
    }
}

/* {indicator: value} by the programme's file, as of the past's position, for the closing's days. */
static int figures_of(struct past *past, const struct exchange_closing *closing,
                      struct programme *programme, json_t *out)
{
    if (programme == NULL) {
        return say(EX_CONFIG, NULL, "this release cannot read the programme file in force");
    }
    struct view *views = calloc((size_t)programme->indicator_count + 1, sizeof *views);
    struct counting *counting = NULL;
    uint32_t count = 0;
    const uint32_t dimensions = (closing->partner[0] != '\0' ? 1u << BY_PARTNER : 0) |
                                (closing->task[0] != '\0' ? 1u << BY_TASK : 0);
    for (uint32_t i = 0; views != NULL && i < programme->indicator_count; i++) {
        if (!count_mode_derived(programme->indicators[i].mode)) {
            views[count++] = (struct view){
                .indicator = i, .dimensions = dimensions, .level = REGION_LEVEL_COUNT};
        }
    }
    const struct counting_options wanted = {.programme = closing->programme,
                                            .instead = programme,
                                            .views = views,
                                            .view_count = count,
                                            .until = closing->through_on};
    int status =
        views != NULL ? past_count(past, &wanted, &counting) : say_err(ERR_MEMORY, "counting");
    for (uint32_t i = 0; status == EX_OK && i < count; i++) {
        struct cell cell = {.closing = closing, .dimensions = dimensions};
        const struct bytes id = programme->indicators[views[i].indicator].id;
        char name[CODE_BYTES_MAX + 1];
        enum err err = totals_query(counting_totals(counting, bytes_text(closing->programme)),
                                    &views[i], take_row, &cell);
        if (err == ERR_OK) {
            err = bytes_to_text(id, name, sizeof name);
        }
        status = err == ERR_OK ? EX_OK : say_err(err, "counting");
        json_object_set_new(out, name, json_integer((json_int_t)cell.value));
    }
    counting_free(&counting);
    free(views);
    return status;
}

static json_t *rows_of(const json_t *then, const json_t *now, bool changed)
{
    json_t *rows = json_array(), *value;
    const char *id;
    json_object_foreach((json_t *)(uintptr_t)now, id, value)
    {
        const json_int_t is = json_integer_value(value);
        const json_int_t was = json_integer_value(json_object_get(then, id));
        json_array_append_new(rows, json_pack("{s:s,s:I,s:I,s:I,s:b}", "indicator", id, "closed",
                                              was, "now", is, "correction", is - was,
                                              "programme_changed", changed));
    }
    return rows;
}

/* Whether the file in force at the closing was another one. */
static bool file_changed(const struct past *before, const struct exchange_programme *version)
{
    const struct exchange_programme *old =
        exchange_programme(before->exchange, bytes_text(version->id));
    return old == NULL || memcmp(old->digest, version->digest, sizeof old->digest) != 0;
}

static int show(const struct request *request, struct past *past, uint64_t number)
{
    static const struct sheet_column columns[] = {
        {.key = "indicator", .english = "INDICATOR", .polish = "WSKAŹNIK"},
        {.key = "closed", .english = "AT CLOSING", .polish = "PRZY ZAMKNIĘCIU", .right = true},
        {.key = "now", .english = "NOW", .polish = "TERAZ", .right = true},
        {.key = "correction", .english = "CORRECTION", .polish = "KOREKTA", .right = true},
        {.key = "programme_changed"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0]};
    struct past before = {0};
    json_t *then = json_object(), *now = json_object(), *rows = NULL;
    const struct exchange_closing *closing =
        exchange_closing_at(past->exchange, (uint32_t)number - 1);
    const struct exchange_programme *version =
        exchange_programme(past->exchange, bytes_text(closing->programme));
    int status = past_beside(past, &before);
    if (status == EX_OK) {
        status = past_read(&before, closing->position);
    }
    if (status == EX_OK) {
        status = figures_of(&before, closing, version->programme, then);
    }
    if (status == EX_OK) {
        status = figures_of(past, closing, version->programme, now);
    }
    if (status == EX_OK) {
        const bool changed = file_changed(&before, version);
        rows = rows_of(then, now, changed);
        if (changed && request->format == FORMAT_TABLE) {
            puts(request->polish
                     ? "Plik programu się zmienił; obie liczby są według nowego.\n"
                     : "The programme file has changed since; both numbers are by the new one.\n");
        }
        status = sheet_print(request, &sheet, rows);
    }
    past_close(&before);
    json_decref(rows);
    json_decref(then);
    json_decref(now);
    return status;
}

int verb_period_show(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "NUMBER",
        .doc =
            "Shows a closed period's figures as they stood at its closing and as they are now, "
            "each for the days through its last and by the programme file of now; the "
            "difference is corrections that came later. Quantities are in hundredths of their unit."
            "\vExample:\n  ogniwo period show 1",
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE,
        .least = 1,
        .most = 1};
    struct period_request asked = {0};
    struct broker_config broker;
    struct past past = {0};
    uint64_t number = 0;
    usage_read(&usage, count, words, &asked.request);
    int status = open_past(&asked, &broker, &past);
    if (status == EX_OK) {
        const uint32_t closings = exchange_closing_count(past.exchange);
        const bool there =
            bytes_to_u64(bytes_text(asked.request.arguments[0]), closings, &number) == ERR_OK &&
            number > 0;
        status = there ? show(&asked.request, &past, number)
                       : say(EX_NOINPUT, "ogniwo period ls", "there is no closed period \"%s\"",
                             asked.request.arguments[0]);
    }
    past_close(&past);
    return status;
}
