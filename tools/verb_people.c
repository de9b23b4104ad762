/* The happy path is: 1. NODE:NUMBER is looked up in the log; 2. the totals are counted with the
 * decision and without, and what moves is told; 3. the administrator says yes; 4. the decision is
 * signed and submitted. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "brokers/figures.h"
#include "brokers/survey.h"
#include "core/base/date.h"
#include "tools/decide.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

enum { FIGURE_BYTES = 64 };

struct people_request {
    struct request request;
    const char *programme, *admin;
    bool dry_run, yes;
};

static const struct usage_option options[] = {
    {"programme", 'p', "ID", "Whose people, where there are several programmes", USAGE_TEXT,
     offsetof(struct people_request, programme)},
    {"admin", 'a', "FILE", "The administrator's key file", USAGE_TEXT,
     offsetof(struct people_request, admin)},
    {"dry-run", 'n', NULL, "Say what would change, and decide nothing", USAGE_FLAG,
     offsetof(struct people_request, dry_run)},
    {"yes", 'y', NULL, "Do not ask", USAGE_FLAG, offsetof(struct people_request, yes)},
};

struct deciding {
    const struct people_request *asked;
    struct broker_config broker;
    struct past past;
    json_t *status;
    struct exchange_programme *version;
    struct decision decision;
};

/* ---- who ---- */

static int find_node(const struct exchange *exchange, struct bytes word,
                     const struct exchange_node **out)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < exchange_node_count(exchange); i++) {
        const struct exchange_node *node = exchange_node_at(exchange, i);
        char hex[2 * ID_BYTES + 1];
        bytes_to_hex(bytes_of(node->id, ID_BYTES), hex);
        if (bytes_is(word, node->name) || bytes_is(word, hex)) {
            *out = node;
            found++;
        }
    }
    return found == 1 ? EX_OK
           : found > 1
               ? say(EX_USAGE, "name its id", "%u nodes are called \"%.*s\"", found,
                     BYTES_FMT(word))
               : say(EX_NOINPUT, "ogniwo node ls", "there is no node \"%.*s\"", BYTES_FMT(word));
}

static int read_person(struct deciding *self, const char *word)
{
    struct people_decision *people = &self->decision.people;
    const struct exchange_node *node = NULL;
    const char *colon = strrchr(word, ':');
    uint64_t number = 0;
    if (colon == NULL || bytes_to_u64(bytes_text(colon + 1), UINT32_MAX, &number) != ERR_OK ||
        number == 0) {
        return say(EX_USAGE, "ogniwo person find prints it at the node",
                   "\"%s\" is not NODE:NUMBER", word);
    }
    const int status =
        find_node(self->past.exchange, bytes_of(word, (size_t)(colon - word)), &node);
    if (status != EX_OK) {
        return status;
    }
    struct person_ref *person = &people->people[people->count++];
    memcpy(person->node, node->id, ID_BYTES);
    person->number = (uint32_t)number;
    for (uint32_t i = 0; i + 1 < people->count; i++) {
        if (memcmp(&people->people[i], person, sizeof *person) == 0) {
            return say(EX_USAGE, NULL, "%s is named twice", word);
        }
    }
    return EX_OK;
}

static int read_people(struct deciding *self, bool merge)
{
    const struct request *request = &self->asked->request;
    char fault[EXCHANGE_FAULT_BYTES] = "";
    int status = EX_OK;
    self->decision.kind = merge ? DECISION_PEOPLE_MERGE : DECISION_PEOPLE_SPLIT;
    self->decision.people.programme = bytes_text(self->version->id);
    for (uint32_t i = 0; status == EX_OK && i < request->argument_count; i++) {
        status = read_person(self, request->arguments[i]);
    }
    if (status != EX_OK) {
        return status;
    }
    const enum err err = survey_people(self->past.ledger, self->past.exchange, &self->decision,
                                       self->past.arena, fault);
    return err == ERR_OK      ? EX_OK
           : fault[0] != '\0' ? say(EX_DATAERR, NULL, "%s", fault)
                              : say_err(err, "the log");
}

/* ---- what changes ---- */

struct figure {
    int64_t value;
    bool undefined; /* of a ratio or a mean */
};

static void take_figure(void *context, const struct totals_row *row)
{
    struct figure *figure = context;
    *figure = (struct figure){.value = row->value, .undefined = row->undefined};
}

/* As past_count(), with one entry more behind the log's end for the first of the two passes. */
static enum err count_with(struct deciding *self, const struct log_entry *more,
                           struct counting *counting)
{
    const struct log_entry *known = more;
    struct log_entry entry;
    enum err err = ERR_OK;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint64_t i = 1; err == ERR_OK && i <= self->past.position; i++) {
            arena_reset(self->past.arena);
            err = ledger_read(self->past.ledger, i, self->past.arena, &entry, NULL);
            if (err == ERR_OK) {
                err = pass == 0 ? counting_collect(counting, &entry, self->past.arena)
                                : counting_fold(counting, &entry, self->past.arena);
            }
        }
        if (err == ERR_OK && pass == 0 && known != NULL) {
            err = counting_collect(counting, known, self->past.arena);
        }
    }
    return err;
}

static int count_people(struct deciding *self, const struct log_entry *more, struct figure *out)
{
    const struct programme *programme = self->version->programme;
    const uint32_t count = programme->indicator_count;
    struct view *views = calloc((size_t)count + 1, sizeof *views);
    struct counting *counting = NULL;
    for (uint32_t i = 0; views != NULL && i < count; i++) {
        views[i] = (struct view){.indicator = i, .level = REGION_LEVEL_COUNT};
    }
    const struct counting_options wanted = {.exchange = self->past.exchange,
                                            .programme = self->version->id,
                                            .views = views,
                                            .view_count = count,
                                            .until = DATE_MAX};
    enum err err = views != NULL ? counting_new(&wanted, &counting) : ERR_MEMORY;
    if (err == ERR_OK) {
        err = count_with(self, more, counting);
    }
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        err = totals_query(counting_totals(counting, bytes_text(self->version->id)), &views[i],
                           take_figure, &out[i]);
    }
    counting_free(&counting);
    free(views);
    return err == ERR_OK ? EX_OK : say_err(err, "counting the log");
}

/* As totals print it. */
static void figure_text(const struct indicator *indicator, const struct figure *figure, char *out,
                        size_t room)
{
    const bool hundredths =
        count_mode_derived(indicator->mode) || indicator->mode == COUNT_QUANTITY;
    json_t *value = hundredths ? json_real((double)figure->value / 100.0)
                               : json_integer((json_int_t)figure->value);
    if (figure->undefined) {
        snprintf(out, room, "-");
    } else {
        sheet_value_text(value, out, room);
    }
    json_decref(value);
}

static void tell_moves(const struct deciding *self, const struct figure *before,
                       const struct figure *after)
{
    const struct programme *programme = self->version->programme;
    uint32_t moved = 0;
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        const struct indicator *indicator = &programme->indicators[i];
        char was[FIGURE_BYTES], is[FIGURE_BYTES];
        if (before[i].value != after[i].value || before[i].undefined != after[i].undefined) {
            figure_text(indicator, &before[i], was, sizeof was);
            figure_text(indicator, &after[i], is, sizeof is);
            printf("%-24.*s %s -> %s\n", BYTES_FMT(indicator->id), was, is);
            moved++;
        }
    }
    printf("%u of %u indicators move.\n", moved, programme->indicator_count);
}

/* Applies the decision to the past read here, never to the log. */
static int preview(struct deciding *self)
{
    const struct decide_options with = {
        .broker = &self->broker, .status = self->status, .admin = self->asked->admin};
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    struct log_entry entry;
    struct arena *arena = NULL;
    const uint32_t count = self->version->programme->indicator_count;
    struct figure *figures = calloc(2 * (size_t)count + 1, sizeof *figures);
    int status = figures != NULL && arena_new(CONTROL_ARENA_BYTES, &arena) == ERR_OK
                     ? count_people(self, NULL, figures)
                     : say_err(ERR_MEMORY, "counting");
    if (status == EX_OK) {
        status = decide_entry(&with, &self->decision, arena, &entry);
    }
    if (status == EX_OK) {
        entry.position = self->past.position + 1;
        const enum err err = exchange_apply(self->past.exchange, &entry, arena, &change, fault);
        status = err == ERR_OK ? count_people(self, &entry, figures + count)
                               : say(EX_NOPERM, NULL, "%s %s", err_text(err), fault);
    }
    if (status == EX_OK) {
        tell_moves(self, figures, figures + count);
    }
    arena_free(&arena);
    free(figures);
    return status;
}

/* ---- the verbs ---- */

static int confirm(void)
{
    char line[16];
    if (isatty(STDIN_FILENO) != 1) {
        return say(EX_USAGE, NULL, "without a terminal to ask at, --yes is needed");
    }
    fprintf(stderr, "Decide so? Type yes: ");
    return fgets(line, sizeof line, stdin) != NULL && strcmp(line, "yes\n") == 0
               ? EX_OK
               : say(EX_USAGE, NULL, "nothing was decided");
}

static int open_deciding(struct deciding *self)
{
    int status = site_broker(&self->asked->request, &self->broker);
    if (status == EX_OK) {
        status = site_ask_or_say(self->broker.admin, "status", NULL, &self->status);
    }
    if (status == EX_OK) {
        status = past_open(&self->broker, &self->past);
    }
    if (status == EX_OK) {
        status = past_read(&self->past, ledger_size(self->past.ledger));
    }
    return status == EX_OK ? past_programme(&self->past, self->asked->programme, &self->version)
                           : status;
}

static int submit_people(struct deciding *self)
{
    const struct decide_options with = {
        .broker = &self->broker, .status = self->status, .admin = self->asked->admin};
    uint64_t position = 0;
    const int status = decide(&with, &self->decision, &position);
    if (status == EX_OK) {
        printf("decided at position %" PRIu64 "\n", position);
    }
    return status;
}

/* What may be decided, and how it is asked for. */
struct way {
    const char *doc;
    uint32_t least; /* people */
    bool merge;
};
static const struct way merging = {
    .doc = "Decides that these are one person, who counts once from the first entry of the log on. "
           "Says first which totals move."
           "\vExample:\n  ogniwo people merge klucz-1:17 stopil-1:4 --admin anna.keys -n",
    .least = 2,
    .merge = true};
static const struct way parting = {
    .doc = "Decides that these are together another person than the one they were counted as. Says "
           "first which totals move."
           "\vExample:\n  ogniwo people split stopil-1:4 --admin anna.keys",
    .least = 1};

static int decide_people(const struct way *way, int count, char **words)
{
    const struct usage usage = {.arguments = "NODE:NUMBER...",
                                .doc = way->doc,
                                .options = options,
                                .option_count = sizeof options / sizeof options[0],
                                .uses = USES_BROKER,
                                .least = way->least,
                                .most = DECISION_PEOPLE_MAX};
    static struct deciding deciding; /* too large for the stack */
    struct people_request asked = {0};
    usage_read(&usage, count, words, &asked.request);
    if (asked.admin == NULL) {
        return say(EX_USAGE, NULL, "--admin FILE is needed");
    }
    deciding.asked = &asked;
    int status = open_deciding(&deciding);
    if (status == EX_OK) {
        status = read_people(&deciding, way->merge);
    }
    if (status == EX_OK) {
        status = preview(&deciding);
    }
    if (status == EX_OK && !asked.dry_run && !asked.yes) {
        status = confirm();
    }
    if (status == EX_OK && !asked.dry_run) {
        status = submit_people(&deciding);
    }
    past_close(&deciding.past);
    json_decref(deciding.status);
    return status;
}

int verb_people_merge(int count, char **words)
{
    return decide_people(&merging, count, words);
}

int verb_people_split(int count, char **words)
{
    return decide_people(&parting, count, words);
}

static json_t *people_json(const struct exchange *exchange, const struct exchange_people *people)
{
    char decided[MOMENT_TEXT_BYTES];
    json_t *list = json_array();
    moment_utc(people->decided_at_ms, decided);
    for (uint32_t i = 0; i < people->count; i++) {
        const struct exchange_person *person = &people->people[i];
        json_array_append_new(list, json_sprintf("%s:%" PRIu32,
                                                 exchange_node_at(exchange, person->node)->name,
                                                 person->number));
    }
    return json_pack("{s:I,s:s,s:s,s:s,s:o}", "position", (json_int_t)people->position,
                     "decided_at", decided, "programme", people->programme, "what",
                     people->merge ? "merge" : "split", "people", list);
}

int verb_people_ls(int count, char **words)
{
    static const struct sheet_column columns[] = {
        {.key = "position", .english = "POSITION", .polish = "POZYCJA", .right = true},
        {.key = "decided_at", .english = "DECIDED", .polish = "DECYZJA"},
        {.key = "programme", .english = "PROGRAMME", .polish = "PROGRAM"},
        {.key = "what", .english = "WHAT", .polish = "CO"},
        {.key = "people", .english = "PEOPLE", .polish = "OSOBY"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0]};
    static const struct usage usage = {
        .doc = "Lists the merges and splits of people that were decided, in order."
               "\vExample:\n  ogniwo people ls",
        .options = options,
        .option_count = 1,
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct people_request asked = {0};
    struct broker_config broker;
    struct past past = {0};
    json_t *rows = json_array();
    usage_read(&usage, count, words, &asked.request);
    int status = site_broker(&asked.request, &broker);
    if (status == EX_OK) {
        status = past_open(&broker, &past);
    }
    if (status == EX_OK) {
        status = past_read(&past, ledger_size(past.ledger));
    }
    for (uint32_t i = 0; status == EX_OK && i < exchange_people_count(past.exchange); i++) {
        const struct exchange_people *people = exchange_people_at(past.exchange, i);
        if (asked.programme == NULL || strcmp(asked.programme, people->programme) == 0) {
            json_array_append_new(rows, people_json(past.exchange, people));
        }
    }
    if (status == EX_OK) {
        status = sheet_print(&asked.request, &sheet, rows);
    }
    past_close(&past);
    json_decref(rows);
    return status;
}
