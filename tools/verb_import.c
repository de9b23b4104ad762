/* The happy path is: 1 the file is read; 2 it goes through the store itself, or in parts to the
 * daemon that has the store; 3 the report is printed.
 *
 * What may go wrong: rows are refused (65) into the report; the programme's file has not come
 * from the lead yet (66); the daemon is reading another file: tried again for a while. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/file.h"
#include "nodes/office.h"
#include "tools/progress.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

enum {
    FILE_BYTES_MAX = 1 << 30,
    MAPPING_BYTES_MAX = 8 << 20,
    BUSY_TRIES = 300,
    BUSY_WAIT_MS = 200,
    REPORT_TIMEOUT_MS = 60 * 60 * 1000
};

struct import_request {
    struct request request;
    const char *programme, *mapping;
    bool dry_run, again;
};

static const struct usage_option options[] = {
    {"dry-run", 'n', NULL, "Say what would come of it, and change nothing", USAGE_FLAG,
     offsetof(struct import_request, dry_run)},
    {"programme", 'p', "ID", "Whose files these are, where the node serves several programmes",
     USAGE_TEXT, offsetof(struct import_request, programme)},
    {"mapping", 'm', "NAME|FILE", "How the table is to be read (default: the node's)", USAGE_TEXT,
     offsetof(struct import_request, mapping)},
    {"again", 'g', NULL, "Take the file's content even where a later file says otherwise",
     USAGE_FLAG, offsetof(struct import_request, again)},
};
static const struct usage usage = {
    .arguments = "FILE...",
    .doc = "Imports office tables into a node. Good rows are taken, bad ones come back in the "
           "report; importing the same file twice does no harm. - is standard input."
           "\vExit codes: 0; 65, some rows need correcting; 66, no such file, or the programme is "
           "not known here yet. Example:\n"
           "  ogniwo import --node ogniwo-node --dry-run styczen.csv",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_NODE | USES_FORMAT | USES_LANGUAGE,
    .least = 1,
    .most = 1024};

/* Where files go: a node's open store, or the daemon that has it. */
struct door {
    struct office office;
    struct node *node;     /* null: by the client */
    struct client *client; /* null: by the node */
    struct arena *memory;  /* of the mapping named here */
    struct mapping_spec mapping;
    bool has_mapping;
};

static void door_close(struct door *self)
{
    client_close(&self->client);
    node_close(&self->node);
    arena_free(&self->memory);
    office_fini(&self->office);
}

static int say_office(const struct office_fault *fault, enum err err)
{
    return say_config(err, fault->path, &fault->fault);
}

static int open_client(struct door *self, const char *socket)
{
    const enum err err = client_open(socket, &self->client);
    return err == ERR_OK ? EX_OK
           : err == ERR_UNREACHABLE
               ? say(EX_UNAVAILABLE, "is ogniwo-node running?", "nobody answers at %s", socket)
               : say_err(err, socket);
}

static int read_mapping(struct door *self, const char *name)
{
    struct office_fault fault = {0};
    bool builtin = true;
    enum err err = arena_new(MAPPING_BYTES_MAX, &self->memory);
    if (err == ERR_OK) {
        err = office_mapping(name, self->memory, &self->mapping, &builtin, &fault);
    }
    self->has_mapping = err == ERR_OK;
    return err == ERR_OK ? EX_OK : say_office(&fault, err);
}

static int door_open(const struct import_request *asked, struct door *out)
{
    struct site_node site;
    struct office_fault fault;
    int status = site_node(&asked->request, &site);
    if (status == EX_OK && asked->mapping != NULL) {
        /* Also where the daemon reads it itself: a fault is then told with its line here. */
        status = read_mapping(out, asked->mapping);
    }
    if (status != EX_OK || !site.has_config) {
        return status == EX_OK ? open_client(out, site.socket) : status;
    }
    enum err err = office_load(site.config, &out->office, &fault);
    if (err != ERR_OK) {
        return say_office(&fault, err);
    }
    const struct node_options wanted = office_options(&out->office, false);
    err = node_open(&wanted, &out->node);
    if (err == ERR_BUSY) {
        return open_client(out, site.socket);
    }
    return err == ERR_OK ? EX_OK : say_err(err, out->office.config.store);
}

/* ---- by the store ---- */

static void tell(void *context, size_t bytes_read)
{
    progress_tell(context, bytes_read);
}

static int unknown_programme(const char *id)
{
    return say(EX_NOINPUT,
               "ogniwo-node must have reached the broker once; name one with --programme "
               "where there are several",
               "the programme%s%s is not known here (yet)", id != NULL ? " " : "",
               id != NULL ? id : "");
}

static int import_here(struct door *door, const struct import_request *asked,
                       const struct node_file *file, json_t **json)
{
    struct progress progress;
    struct report report = {0};
    struct node_file wanted = *file;
    progress_start(&progress, file->name, "bytes", file->content.size);
    wanted.mapping = door->has_mapping ? &door->mapping : NULL;
    wanted.progress = tell;
    wanted.context = &progress;
    const enum err err = node_import(door->node, &wanted, &report);
    progress_end(&progress);
    if (err == ERR_OK) {
        *json = report_json(&report);
    }
    report_fini(&report);
    if (err == ERR_NOT_FOUND) {
        return unknown_programme(asked->programme);
    }
    return err == ERR_OK ? EX_OK : say_err(err, file->name);
}

/* ---- by the daemon ---- */

static json_t *part_json(const struct import_request *asked, const struct node_file *file,
                         size_t at, size_t size)
{
    char real[PATH_MAX], name[REPORT_NAME_BYTES];
    bytes_to_shown(bytes_text(file->name), name, sizeof name);
    json_t *json = json_pack("{s:s,s:b,s:b,s:b,s:b}", "name", name, "first", at == 0 ? 1 : 0,
                             "last", at + size == file->content.size ? 1 : 0, "dry_run",
                             asked->dry_run ? 1 : 0, "again", asked->again ? 1 : 0);
    if (asked->programme != NULL) {
        json_object_set_new(json, "programme", json_string(asked->programme));
    }
    if (asked->mapping != NULL) {
        /* The daemon stands in another folder. */
        json_object_set_new(
            json, "mapping",
            json_string(realpath(asked->mapping, real) != NULL ? real : asked->mapping));
    }
    return json;
}

static enum err send_part(struct client *client, const struct client_question *question,
                          uint32_t *status, json_t **answer)
{
    enum err err = client_ask(client, question, status, answer);
    for (uint32_t i = 0; err == ERR_OK && *status == EX_TEMPFAIL && i < BUSY_TRIES &&
                         json_is_true(json_object_get(question->request, "first"));
         i++) {
        json_decref(*answer);
        usleep(BUSY_WAIT_MS * 1000);
        err = client_ask(client, question, status, answer);
    }
    return err;
}

static int import_there(struct door *door, const struct import_request *asked,
                        const struct node_file *file, json_t **json)
{
    struct progress progress;
    size_t at = 0;
    uint32_t status = EX_OK;
    enum err err = ERR_OK;
    progress_start(&progress, file->name, "bytes", file->content.size);
    do {
        const size_t left = file->content.size - at;
        const size_t size = left < CLIENT_PART_BYTES ? left : CLIENT_PART_BYTES;
        json_t *part = part_json(asked, file, at, size);
        const struct client_question question = {
            .verb = "import",
            .request = part,
            .data = bytes_of(size > 0 ? file->content.data + at : NULL, size),
            .timeout_ms = REPORT_TIMEOUT_MS};
        json_decref(*json);
        *json = NULL;
        err = send_part(door->client, &question, &status, json);
        json_decref(part);
        at += size;
        progress_tell(&progress, at);
    } while (err == ERR_OK && status == EX_OK && at < file->content.size);
    progress_end(&progress);
    if (err != ERR_OK) {
        return say_err(err, "the node");
    }
    if (status == EX_NOINPUT) {
        return unknown_programme(asked->programme);
    }
    return status == EX_OK || status == EX_DATAERR
               ? EX_OK
               : say((int)status, NULL, "%s: %s", file->name, client_error(*json));
}

/* ---- files ---- */

static int read_standard(struct buffer *out)
{
    uint8_t block[64 * 1024];
    enum err err = ERR_OK;
    size_t size;
    while (err == ERR_OK && (size = fread(block, 1, sizeof block, stdin)) > 0) {
        err = buffer_add(out, bytes_of(block, size));
    }
    return err == ERR_OK && ferror(stdin) == 0 ? EX_OK : say_err(ERR_IO, "standard input");
}

static int read_file(const char *path, struct buffer *out)
{
    char real[PATH_MAX];
    if (strcmp(path, "-") == 0) {
        return read_standard(out);
    }
    if (realpath(path, real) == NULL) {
        return say(EX_NOINPUT, NULL, "%s: there is no such file", path);
    }
    const enum err err = file_read(real, out);
    return err == ERR_OK       ? EX_OK
           : err == ERR_DENIED ? say(EX_NOINPUT, NULL, "%s: it may not be read", path)
                               : say(EX_NOINPUT, NULL, "%s: %s", path, err_text(err));
}

static int print_text(const json_t *json, bool polish)
{
    struct report report = {0};
    struct buffer text = {.bytes_max = 256 << 20};
    enum err err = report_read(json, &report);
    if (err == ERR_OK) {
        err = report_text(&report, polish, &text);
    }
    if (err == ERR_OK) {
        fwrite(text.data, 1, text.size, stdout);
    }
    report_fini(&report);
    buffer_fini(&text);
    return err == ERR_OK ? EX_OK : say_err(err, "the report");
}

static bool has_faults(const json_t *json)
{
    return json_integer_value(json_object_get(json, "rejected")) > 0 ||
           json_array_size(json_object_get(json, "rejects")) > 0;
}

static int import_one(struct door *door, const struct import_request *asked, const char *path,
                      json_t *reports)
{
    struct buffer content = {.bytes_max = FILE_BYTES_MAX};
    json_t *json = NULL;
    int status = read_file(path, &content);
    if (status == EX_OK) {
        const char *slash = strrchr(path, '/');
        const struct node_file file = {.name = slash != NULL ? slash + 1 : path,
                                       .content = buffer_bytes(&content),
                                       .programme = asked->programme,
                                       .dry_run = asked->dry_run,
                                       .again = asked->again};
        status = door->node != NULL ? import_here(door, asked, &file, &json)
                                    : import_there(door, asked, &file, &json);
    }
    if (status == EX_OK) {
        if (asked->request.format == FORMAT_TABLE) {
            status = print_text(json, asked->request.polish);
        }
        json_array_append(reports, json);
        status = status == EX_OK && has_faults(json) ? EX_DATAERR : status;
    }
    json_decref(json);
    buffer_fini(&content);
    return status;
}

/* All refused rows of all files, for CSV. */
static json_t *fault_rows(const json_t *reports)
{
    json_t *rows = json_array(), *report, *fault;
    size_t i, j;
    json_array_foreach((json_t *)(uintptr_t)reports, i, report)
    {
        json_array_foreach(json_object_get(report, "rejects"), j, fault)
        {
            json_t *row = json_copy(fault);
            json_object_set(row, "file", json_object_get(report, "file"));
            json_array_append_new(rows, row);
        }
    }
    return rows;
}

static int print_reports(const struct import_request *asked, const json_t *reports)
{
    static const struct sheet_column columns[] = {
        {.key = "file"}, {.key = "line"}, {.key = "column"},  {.key = "name"},
        {.key = "code"}, {.key = "text"}, {.key = "text_pl"}, {.key = "by_lead"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0]};
    int status = EX_OK;
    if (asked->request.format == FORMAT_CSV) {
        json_t *rows = fault_rows(reports);
        status = sheet_print(&asked->request, &sheet, rows);
        json_decref(rows);
    } else if (asked->request.format == FORMAT_JSON && asked->request.argument_count == 1) {
        status = json_array_size(reports) == 1
                     ? sheet_print_object(&asked->request, json_array_get(reports, 0))
                     : EX_OK;
    } else if (asked->request.format != FORMAT_TABLE) {
        status = sheet_print(&asked->request, &sheet, reports);
    }
    return status;
}

/* Of two outcomes the one that needs looking after first. */
static int worse(int a, int b)
{
    if (a == EX_OK || a == EX_DATAERR) {
        return b == EX_OK ? a : b == EX_DATAERR ? EX_DATAERR : b;
    }
    return a;
}

int verb_import(int count, char **words)
{
    struct import_request asked = {0};
    struct door door = {0};
    json_t *reports = json_array();
    usage_read(&usage, count, words, &asked.request);
    int status = door_open(&asked, &door);
    if (status == EX_OK) {
        for (uint32_t i = 0; i < asked.request.argument_count; i++) {
            status = worse(status, import_one(&door, &asked, asked.request.arguments[i], reports));
        }
        const int printed = print_reports(&asked, reports);
        status = printed == EX_OK ? status : printed;
    }
    door_close(&door);
    json_decref(reports);
    return status;
}
