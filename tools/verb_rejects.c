/* Refused rows, seen from either side: a node has its files' reports, with the office's own line
 * numbers; the lead has sequences and codes in its log. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/model/reject.h"
#include "io/polish.h"
#include "nodes/office.h"
#include "proto/codec.h"
#include "tools/entry.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/progress.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

/* The node, unless only the broker was named. */
static bool asks_broker(const struct request *request)
{
    if (request->node != NULL || request->broker != NULL) {
        return request->node == NULL;
    }
    return !site_names_node(request);
}

/* ---- at a node ---- */

static void keep_report(void *context, const json_t *report)
{
    json_array_append(context, (json_t *)(uintptr_t)report);
}

static int reports_of_store(const struct site_node *site, json_t **reports)
{
    struct office office;
    struct office_fault fault;
    struct node *node = NULL;
    enum err err = office_load(site->config, &office, &fault);
    if (err != ERR_OK) {
        const int status = say_config(err, fault.path, &fault.fault);
        office_fini(&office);
        return status;
    }
    const struct node_options wanted = office_options(&office, false);
    *reports = json_array();
    err = node_open(&wanted, &node);
    if (err == ERR_OK) {
        err = node_reports(node, keep_report, *reports);
    }
    node_close(&node);
    const int status = err == ERR_OK ? EX_OK : say_err(err, office.config.store);
    office_fini(&office);
    return status;
}

/* All reports kept: from the daemon, or from the store where it does not run. */
static int reports_of_node(const struct request *request, json_t **reports)
{
    struct site_node site;
    uint32_t answered = 0;
    int status = site_node(request, &site);
    if (status != EX_OK) {
        return status;
    }
    const enum err err = site_ask(site.socket, "reports", NULL, &answered, reports);
    if (err == ERR_UNREACHABLE && site.has_config) {
        return reports_of_store(&site, reports);
    }
    if (err == ERR_UNREACHABLE) {
        return say(EX_UNAVAILABLE, "is ogniwo-node running?", "nobody answers at %s", site.socket);
    }
    return err != ERR_OK       ? say_err(err, site.socket)
           : answered == EX_OK ? EX_OK
                               : say((int)answered, NULL, "%s", client_error(*reports));
}

static json_t *rows_of_reports(const json_t *reports)
{
    json_t *rows = json_array(), *report, *fault;
    size_t i, j;
    json_array_foreach((json_t *)(uintptr_t)reports, i, report)
    {
        json_array_foreach(json_object_get(report, "rejects"), j, fault)
        {
            json_t *row = json_copy(fault);
            json_object_set(row, "file", json_object_get(report, "file"));
            json_object_set(row, "file_number", json_object_get(report, "number"));
            json_object_set(row, "programme", json_object_get(report, "programme"));
            json_object_set(row, "replaced_by", json_object_get(report, "replaced_by"));
            json_array_append_new(rows, row);
        }
    }
    return rows;
}

/* The file under the same name that was read since: these rows are no longer counted as open. */
static void newer_text(const json_t *row, char *out, size_t room)
{
    const json_int_t file = json_integer_value(json_object_get(row, "replaced_by"));
    snprintf(out, room, file > 0 ? "%" JSON_INTEGER_FORMAT : "-", file);
}

static int list_of_node(const struct request *request)
{
    const struct sheet_column columns[] = {
        {.key = "file_number", .english = "NO", .polish = "NR", .right = true},
        {.key = "file", .english = "FILE", .polish = "PLIK"},
        {.key = "programme"},
        {.key = "line", .english = "LINE", .polish = "WIERSZ", .right = true},
        {.key = "name", .english = "COLUMN", .polish = "KOLUMNA"},
        {.key = "code", .english = "CODE", .polish = "KOD"},
        {.key = "by_lead", .english = "BY THE LEAD", .polish = "PRZEZ LIDERA"},
        {.key = "replaced_by",
         .english = "NEWER",
         .polish = "NOWSZY",
         .right = true,
         .text = newer_text},
        {.key = request->polish ? "text_pl" : "text", .english = "WHY", .polish = "DLACZEGO"},
    };
    const struct sheet sheet = {.columns = columns,
                                .column_count = sizeof columns / sizeof columns[0]};
    json_t *reports = NULL;
    int status = reports_of_node(request, &reports);
    if (status == EX_OK) {
        json_t *rows = rows_of_reports(reports);
        status = sheet_print(request, &sheet, rows);
        json_decref(rows);
    }
    json_decref(reports);
    return status;
}

static int print_report(const struct request *request, const json_t *json)
{
    struct report report = {0};
    struct buffer text = {.bytes_max = 256 << 20};
    if (request->format != FORMAT_TABLE) {
        return sheet_print_object(request, json);
    }
    enum err err = report_read(json, &report);
    if (err == ERR_OK) {
        err = report_text(&report, request->polish, &text);
    }
    if (err == ERR_OK) {
        fwrite(text.data, 1, text.size, stdout);
    }
    report_fini(&report);
    buffer_fini(&text);
    return err == ERR_OK ? EX_OK : say_err(err, "the report");
}

static int show_of_node(const struct request *request, uint64_t number)
{
    json_t *reports = NULL, *report;
    size_t index;
    int status = reports_of_node(request, &reports);
    bool found = false;
    json_array_foreach(reports, index, report)
    {
        if (status == EX_OK && !found &&
            (uint64_t)json_integer_value(json_object_get(report, "number")) == number) {
            found = true;
            status = print_report(request, report);
        }
    }
    json_decref(reports);
    return status == EX_OK && !found
               ? say(EX_NOINPUT, "ogniwo rejects ls", "there is no file number %" PRIu64, number)
               : status;
}

/* ---- at the lead ---- */

static const struct sheet_column lead_columns[] = {
    {.key = "position", .english = "POSITION", .polish = "POZYCJA", .right = true},
    {.key = "received_at"},
    {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    {.key = "name", .english = "NODE", .polish = "WĘZEŁ"},
    {.key = "programme", .english = "PROGRAMME", .polish = "PROGRAM"},
    {.key = "seq", .english = "SEQ", .polish = "NUMER", .right = true},
    {.key = "code", .english = "CODE", .polish = "KOD"},
    {.key = "text", .english = "WHY", .polish = "DLACZEGO"},
};
static const struct sheet lead_sheet = {
    .columns = lead_columns, .column_count = sizeof lead_columns / sizeof lead_columns[0]};

/* One row for each refused event of a batch. */
static enum err add_refused(const struct request *request, struct past *past,
                            const struct log_entry *entry, json_t *rows)
{
    json_t *head = NULL;
    const enum err err = entry_json(entry, past->exchange, false, past->arena, &head);
    if (err != ERR_OK) {
        return err;
    }
    const json_int_t first = json_integer_value(json_object_get(head, "first_seq"));
    for (uint32_t i = 0; i < entry->batch.rejected_count; i++) {
        const enum reject code = (enum reject)entry->batch.rejected_code[i];
        const char *cause = reject_cause(code), *cure = reject_cure(code);
        json_t *text = json_sprintf("%s: %s", request->polish ? polish_of(cause) : cause,
                                    request->polish ? polish_of(cure) : cure);
        json_t *row = json_pack("{s:s,s:o,s:I}", "code", reject_name(code), "text", text, "seq",
                                first + (json_int_t)entry->batch.rejected_index[i]);
        json_object_set(row, "position", json_object_get(head, "position"));
        json_object_set(row, "received_at", json_object_get(head, "received_at"));
        json_object_set(row, "partner", json_object_get(head, "partner"));
        json_object_set(row, "name", json_object_get(head, "name"));
        json_object_set(row, "node", json_object_get(head, "node"));
        json_object_set(row, "programme", json_object_get(head, "programme"));
        json_array_append_new(rows, row);
    }
    json_decref(head);
    return ERR_OK;
}

/* Scans entries first to last. */
static int scan(const struct request *request, struct past *past, uint64_t first, uint64_t last,
                json_t *rows)
{
    struct progress progress;
    enum err err = ERR_OK;
    uint64_t position = first;
    progress_start(&progress, "looking for refused rows", "entries", last);
    for (; err == ERR_OK && position <= last; position++) {
        struct log_entry entry;
        arena_reset(past->arena);
        err = ledger_read(past->ledger, position, past->arena, &entry, NULL);
        if (err == ERR_OK && entry.kind == LOG_BATCH && entry.batch.rejected_count > 0) {
            err = add_refused(request, past, &entry, rows);
        }
        progress_tell(&progress, position);
    }
    progress_end(&progress);
    return err == ERR_OK ? EX_OK
                         : say(say_code(err), "ogniwo log verify",
                               "the log's entry %" PRIu64 ": %s", position - 1, err_text(err));
}

/* only: one position, or 0 for all. */
static int list_of_lead(const struct request *request, uint64_t only)
{
    struct broker_config broker;
    struct past past = {0};
    json_t *rows = json_array();
    int status = site_broker(request, &broker);
    if (status == EX_OK) {
        status = past_open(&broker, &past);
    }
    if (status == EX_OK) {
        status = past_read(&past, ledger_size(past.ledger));
    }
    if (status == EX_OK && only > past.position) {
        status = say(EX_NOINPUT, NULL, "the log holds positions 1 to %" PRIu64, past.position);
    }
    if (status == EX_OK) {
        status = scan(request, &past, only > 0 ? only : 1, only > 0 ? only : past.position, rows);
    }
    if (status == EX_OK) {
        status = sheet_print(request, &lead_sheet, rows);
    }
    past_close(&past);
    json_decref(rows);
    return status;
}

int verb_rejects_ls(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Lists rows that were refused: with --node those of an office's files, with their "
               "lines; with --broker those that the lead refused, by position and sequence."
               "\vExample:\n  ogniwo rejects ls --node ogniwo-node",
        .uses = USES_BROKER | USES_NODE | USES_FORMAT | USES_LANGUAGE};
    struct request request = {0};
    usage_read(&usage, count, words, &request);
    return asks_broker(&request) ? list_of_lead(&request, 0) : list_of_node(&request);
}

int verb_rejects_show(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "NUMBER",
        .doc = "Shows the report of one file at a node (its number stands in `rejects ls`), or "
               "with --broker the refused rows of the batch at one position."
               "\vExample:\n  ogniwo rejects show 3 --node ogniwo-node",
        .uses = USES_BROKER | USES_NODE | USES_FORMAT | USES_LANGUAGE,
        .least = 1,
        .most = 1};
    struct request request = {0};
    uint64_t number = 0;
    usage_read(&usage, count, words, &request);
    if (bytes_to_u64(bytes_text(request.arguments[0]), UINT32_MAX, &number) != ERR_OK ||
        number == 0) {
        return say(EX_USAGE, NULL, "\"%s\" is no number from 1", request.arguments[0]);
    }
    return asks_broker(&request) ? list_of_lead(&request, number) : show_of_node(&request, number);
}
