#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "tools/entry.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

enum { TAIL_ENTRIES = 10, TAIL_ENTRIES_MAX = 1000000 };

/* Opens the log and reads its decisions through the position (0: its end). */
static int open_past(const struct request *request, uint64_t through, struct past *past)
{
    struct broker_config broker;
    int status = site_broker(request, &broker);
    if (status == EX_OK) {
        status = past_open(&broker, past);
    }
    return status == EX_OK ? past_read(past, through > 0 ? through : ledger_size(past->ledger))
                           : status;
}

/* ---- info ---- */

static json_t *info_json(const struct past *past)
{
    char root[2 * DIGEST_BYTES + 1], exchange[2 * ID_BYTES + 1], received[MOMENT_TEXT_BYTES];
    uint8_t bytes[DIGEST_BYTES];
    const struct genesis *genesis = exchange_genesis(past->exchange);
    uint32_t revoked = 0;
    ledger_root(past->ledger, bytes);
    bytes_to_hex(bytes_of(bytes, sizeof bytes), root);
    bytes_to_hex(bytes_of(genesis != NULL ? genesis->exchange : bytes, ID_BYTES), exchange);
    moment_utc(past->received_at_ms, received);
    for (uint32_t i = 0; i < exchange_node_count(past->exchange); i++) {
        revoked += exchange_node_at(past->exchange, i)->revoked ? 1 : 0;
    }
    return json_pack("{s:s,s:I,s:I,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "exchange", exchange,
                     "incarnation", (json_int_t)(genesis != NULL ? genesis->incarnation : 0),
                     "position", (json_int_t)past->position, "root", root, "last_received_at",
                     received, "batches", (json_int_t)past->batches, "events",
                     (json_int_t)past->events, "rejected", (json_int_t)past->rejected, "nodes",
                     (json_int_t)exchange_node_count(past->exchange), "revoked_nodes",
                     (json_int_t)revoked, "programme_versions",
                     (json_int_t)exchange_version_count(past->exchange));
}

int verb_log_info(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Says what the log holds: entries, events, nodes, its root."
               "\vExample:\n  ogniwo log info --broker broker.yaml",
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct request request = {0};
    struct past past = {0};
    usage_read(&usage, count, words, &request);
    int status = open_past(&request, 0, &past);
    if (status == EX_OK) {
        json_t *json = info_json(&past);
        status = sheet_print_object(&request, json);
        json_decref(json);
    }
    past_close(&past);
    return status;
}

/* ---- tail ---- */

static const struct sheet_column tail_columns[] = {
    {.key = "position", .english = "POSITION", .polish = "POZYCJA", .right = true},
    {.key = "received_at", .english = "RECEIVED (UTC)", .polish = "ODEBRANO (UTC)"},
    {.key = "kind", .english = "KIND", .polish = "RODZAJ"},
    {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    {.key = "name"},
    {.key = "programme", .english = "PROGRAMME", .polish = "PROGRAM"},
    {.key = "first_seq"},
    {.key = "count", .english = "EVENTS", .polish = "ZDARZENIA", .right = true},
    {.key = "rejected", .english = "REJECTED", .polish = "ODRZUCONE", .right = true},
    {.key = "what", .english = "WHAT", .polish = "CO"},
};
static const struct sheet tail_sheet = {
    .columns = tail_columns, .column_count = sizeof tail_columns / sizeof tail_columns[0]};

struct tail_request {
    struct request request;
    uint64_t lines;
};

static int add_entry(struct past *past, uint64_t position, bool with_events, json_t *rows)
{
    struct log_entry entry;
    json_t *json = NULL;
    arena_reset(past->arena);
    enum err err = ledger_read(past->ledger, position, past->arena, &entry, NULL);
    if (err == ERR_OK) {
        err = entry_json(&entry, past->exchange, with_events, past->arena, &json);
    }
    if (err != ERR_OK) {
        return say(say_code(err), NULL, "the log's entry %" PRIu64 ": %s", position, err_text(err));
    }
    json_array_append_new(rows, json);
    return EX_OK;
}

int verb_log_tail(int count, char **words)
{
    static const struct usage_option options[] = {
        {"lines", 'n', "N", "How many (default 10)", USAGE_NUMBER,
         offsetof(struct tail_request, lines)},
    };
    static const struct usage usage = {
        .doc = "Prints the log's last entries.\vExample:\n  ogniwo log tail -n 3",
        .options = options,
        .option_count = 1,
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct tail_request asked = {.lines = TAIL_ENTRIES};
    struct past past = {0};
    json_t *rows = json_array();
    usage_read(&usage, count, words, &asked.request);
    const uint64_t wanted = asked.lines < TAIL_ENTRIES_MAX ? asked.lines : TAIL_ENTRIES_MAX;
    int status = open_past(&asked.request, 0, &past);
    const uint64_t first = past.position > wanted ? past.position - wanted + 1 : 1;
    for (uint64_t i = first; status == EX_OK && i <= past.position; i++) {
        status = add_entry(&past, i, false, rows);
    }
    if (status == EX_OK) {
        status = sheet_print(&asked.request, &tail_sheet, rows);
    }
    past_close(&past);
    json_decref(rows);
    return status;
}

/* ---- show ---- */

static const struct sheet_column event_columns[] = {
    {.key = "seq", .english = "SEQ", .polish = "NUMER", .right = true},
    {.key = "weight", .english = "WEIGHT", .polish = "WAGA", .right = true},
    {.key = "kind", .english = "KIND", .polish = "RODZAJ"},
    {.key = "occurred_on", .english = "ON", .polish = "DZIEŃ"},
    {.key = "task", .english = "TASK", .polish = "ZADANIE"},
    {.key = "region", .english = "REGION", .polish = "REGION"},
    {.key = "support", .english = "SUPPORT", .polish = "WSPARCIE"},
    {.key = "outcome", .english = "OUTCOME", .polish = "REZULTAT"},
    {.key = "activity", .english = "ACTIVITY", .polish = "DZIAŁANIE"},
    {.key = "quantity", .english = "QUANTITY", .polish = "ILOŚĆ", .right = true},
    {.key = "unit", .english = "UNIT", .polish = "JEDNOSTKA"},
    {.key = "person", .english = "PERSON", .polish = "OSOBA", .right = true},
    {.key = "entity", .english = "ENTITY", .polish = "PODMIOT", .right = true},
    {.key = "participation"},
    {.key = "withdraws", .english = "WITHDRAWS", .polish = "WYCOFUJE", .right = true},
    {.key = "rejected", .english = "REJECTED", .polish = "ODRZUCONE"},
};

static int print_entry(const struct request *request, json_t *entry)
{
    static const struct sheet sheet = {.columns = event_columns,
                                       .column_count =
                                           sizeof event_columns / sizeof event_columns[0],
                                       .rows = "events"};
    json_t *events = json_object_get(entry, "events");
    if (request->format == FORMAT_JSON) {
        return sheet_print_object(request, entry);
    }
    if (request->format != FORMAT_TABLE && events != NULL) {
        return sheet_print(request, &sheet, entry);
    }
    json_t *head = json_copy(entry);
    json_object_del(head, "events");
    int status = sheet_print_object(request, head);
    json_decref(head);
    if (status == EX_OK && request->format == FORMAT_TABLE && events != NULL) {
        putchar('\n');
        status = sheet_print(request, &sheet, entry);
    }
    return status;
}

int verb_log_show(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "POS",
        .doc = "Prints one entry of the log; of a batch also its events, each with what became of "
               "it. People are shown by the node's running numbers: the log knows no more."
               "\vExample:\n  ogniwo log show 42",
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE,
        .least = 1,
        .most = 1};
    struct request request = {0};
    struct past past = {0};
    uint64_t position = 0;
    json_t *rows = json_array();
    usage_read(&usage, count, words, &request);
    int status = open_past(&request, 0, &past);
    if (status == EX_OK) {
        status = past_find(&past, request.arguments[0], &position);
    }
    if (status == EX_OK) {
        status = add_entry(&past, position, true, rows);
    }
    if (status == EX_OK) {
        status = print_entry(&request, json_array_get(rows, 0));
    }
    past_close(&past);
    json_decref(rows);
    return status;
}

/* ---- digest ---- */

struct digest_request {
    struct request request;
    const char *at;
    bool fold;
};

static int folded_digest(const struct digest_request *asked, const struct broker_config *broker,
                         json_t **out)
{
    struct past past = {0};
    uint64_t position = 0;
    int status = past_open(broker, &past);
    if (status == EX_OK) {
        status = past_find(&past, asked->at, &position);
    }
    if (status == EX_OK) {
        status = past_read(&past, position);
    }
    if (status == EX_OK) {
        status = past_digest(&past, out);
    }
    past_close(&past);
    return status;
}

int verb_log_digest(int count, char **words)
{
    static const struct usage_option options[] = {
        {"known-at", 'k', "POS|TIME", "As of that position or time, folded from the log",
         USAGE_TEXT, offsetof(struct digest_request, at)},
        {"fold", 'f', NULL, "Fold the log even where the broker could tell", USAGE_FLAG,
         offsetof(struct digest_request, fold)},
    };
    static const struct usage usage = {
        .doc = "Prints the log's root and the digest of all totals at a position: from the broker "
               "where it runs, else counted from the log. Both ways give the same."
               "\vExample:\n  ogniwo log digest --fold",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct digest_request asked = {0};
    struct broker_config broker;
    json_t *json = NULL;
    uint32_t answered = EX_UNAVAILABLE;
    usage_read(&usage, count, words, &asked.request);
    int status = site_broker(&asked.request, &broker);
    if (status == EX_OK && !asked.fold && asked.at == NULL) {
        const enum err err = site_ask(broker.admin, "digest", NULL, &answered, &json);
        if (err != ERR_OK && err != ERR_UNREACHABLE) {
            status = say_err(err, broker.admin);
        } else if (err == ERR_OK && answered == EX_OK) {
            json_object_set_new(json, "live", json_true());
        } else if (err == ERR_OK) {
            status = say((int)answered, NULL, "%s", client_error(json));
        }
    }
    if (status == EX_OK && json == NULL) {
        status = folded_digest(&asked, &broker, &json);
    }
    if (status == EX_OK) {
        status = sheet_print_object(&asked.request, json);
    }
    json_decref(json);
    return status;
}
