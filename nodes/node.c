/* The happy path: 1. a file rests in the folder, or comes through the socket; 2. it is read in
 * steps, each a transaction; 3. the conversation sends its batches and stores their receipts; 4.
 * the file moves away with its report beside it.
 *
 * What may go wrong: rows are refused into the report; a folder that cannot be read is said and
 * tried again; any error of the store ends the process, with nothing reported as accepted that
 * is not on disk. */
#include "nodes/node.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config/mapping_file.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/folder.h"
#include "io/link.h"
#include "io/log.h"
#include "nodes/conversation.h"
#include "nodes/import.h"
#include "nodes/packer.h"
#include "nodes/programmes.h"
#include "nodes/records.h"
#include "nodes/registry.h"
#include "nodes/rejects.h"
#include "nodes/seek.h"
#include "proto/codec.h"
#include "proto/keys.h"

enum {
    FILE_BYTES_MAX = 1 << 30,
    QUESTIONS_A_TURN = 16,
    ANSWER_PART_BYTES = FRAME_BYTES_MAX / 2,
    MAPPING_BYTES_MAX = 8 << 20,
    DOCUMENT_BYTES_MAX = 256 << 20
};

/* The file in hand. */
struct in_hand {
    struct import *import; /* null: none */
    struct buffer content;
    struct arena *mapping_memory;
    struct mapping_spec mapping;
    bool from_folder;
    char name[FOLDER_NAME_BYTES];
    struct link_peer peer; /* who waits for the report */
    uint64_t correlation;
};

/* A file that is coming through the socket. */
struct upload {
    struct link_peer peer;
    struct buffer content;
};

struct node {
    struct join_file join;
    const struct mapping_spec *mapping;
    char programme[CONFIG_NAME_BYTES];
    struct records *records;
    struct packer *packer;
    struct registry *registry;
    struct programmes *programmes;
    struct rejects *rejects;
    struct conversation *conversation; /* null: not connected */
    struct folder *folder;             /* null: none */
    struct link *admin;                /* null: none */
    struct arena *arena;
    struct in_hand hand;
    struct upload upload;
    bool folder_waits; /* a file is there but its programme has not come yet */
    uint32_t rescan_ms;
    uint64_t room_ms; /* the store was full: no file is taken before, so that the order stays */
};

static bool is_text(const char *text)
{
    return text != NULL && text[0] != '\0';
}

/* ---- importing ---- */

static enum err new_import(struct node *self, const struct node_file *file, struct import **out)
{
    const char *id = is_text(file->programme) ? file->programme : self->programme;
    const struct node_programme *programme = programmes_find(self->programmes, id);
    if (programme == NULL || programme->programme == NULL) {
        return ERR_NOT_FOUND;
    }
    const struct import_options options = {.records = self->records,
                                           .packer = self->packer,
                                           .registry = self->registry,
                                           .programme = programme->programme,
                                           .key = programme->key,
                                           .digest = programme->digest,
                                           .mapping = file->mapping != NULL ? file->mapping
                                                                            : self->mapping,
                                           .name = file->name,
                                           .content = file->content,
                                           .dry_run = file->dry_run,
                                           .again = file->again};
    return import_new(&options, out);
}

static enum err move_report(struct report *from, struct report *to)
{
    json_t *json = report_json(from);
    const enum err err = json != NULL ? report_read(json, to) : ERR_MEMORY;
    json_decref(json);
    return err;
}

enum err node_import(struct node *self, const struct node_file *file, struct report *report)
{
    struct import *import = NULL;
    bool done = false;
    enum err err = new_import(self, file, &import);
    while (err == ERR_OK && !done) {
        err = import_step(import, clock_wall_ms(), &done);
        if (err == ERR_OK && file->progress != NULL) {
            file->progress(file->context, import_progress(import));
        }
    }
    if (err == ERR_OK) {
        err = rejects_read(self->rejects, import_report(import)->file);
    }
    if (err == ERR_OK) {
        err = move_report((struct report *)(uintptr_t)import_report(import), report);
    }
    if (err != ERR_OK && records_in_transaction(self->records)) {
        packer_reset(self->packer);
        records_abort(self->records);
    }
    import_free(&import);
    return err;
}

/* ---- answers ---- */

static json_t *error_json(const char *text)
{
    char shown[640];
    bytes_to_shown(bytes_text(text), shown, sizeof shown);
    return json_pack("{s:s}", "error", shown);
}

static enum err answer(struct node *self, const struct link_peer *peer, uint64_t correlation,
                       uint32_t status, json_t *json)
{
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = MESSAGE_ANSWER, .correlation = correlation};
    struct buffer body = {.bytes_max = 2 * FRAME_BYTES_MAX};
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    const size_t size = text != NULL ? strlen(text) : 0;
    enum err err = text != NULL ? ERR_OK : ERR_MEMORY;
    codec_frame_header_put(&frame, header);
    for (size_t at = 0; err == ERR_OK && at < size; at += ANSWER_PART_BYTES) {
        const size_t part = size - at < ANSWER_PART_BYTES ? size - at : ANSWER_PART_BYTES;
        const struct answer out = {
            .status = status, .json = bytes_of(text + at, part), .more = at + part < size};
        buffer_clear(&body);
        err = codec_answer_encode(&out, &body);
        if (err == ERR_OK && link_send(self->admin, peer, bytes_of(header, sizeof header),
                                       buffer_bytes(&body)) != ERR_OK) {
            /* Who asked has gone. */
            break;
        }
    }
    buffer_fini(&body);
    free(text);
    return err;
}

/* ---- the file in hand ---- */

static void drop_hand(struct node *self)
{
    import_free(&self->hand.import);
    buffer_fini(&self->hand.content);
    arena_free(&self->hand.mapping_memory);
    self->hand = (struct in_hand){.content = {.bytes_max = FILE_BYTES_MAX}};
}

/* A file may have been taken away or changed meanwhile, or the folder forbids to move it: it is
 * known, reading it again does no harm. */
static enum err unmoved(enum err err)
{
    if (err == ERR_OK || err == ERR_MEMORY || err == ERR_STORE) {
        return err;
    }
    log_line(LOG_WARNING, "NODE-FOLDER", "a file could not be moved out of the folder", "error=%s",
             err_name(err));
    return ERR_OK;
}

static enum err finish_folder_file(struct node *self)
{
    struct buffer text = {.bytes_max = DOCUMENT_BYTES_MAX};
    const struct report *report = import_report(self->hand.import);
    const bool failed = report->rejected > 0 || report->fault_count > 0;
    enum err err = report_text(report, true, &text);
    if (err == ERR_OK) {
        err = folder_done(self->folder, self->hand.name, failed, buffer_bytes(&text));
    }
    log_line(LOG_INFO, "NODE-FILE", "a file of the folder was read",
             "file=%u read=%" PRIu64 " accepted=%" PRIu64 " corrected=%" PRIu64 " known=%" PRIu64
             " rejected=%" PRIu64,
             report->file, report->rows_read, report->accepted, report->corrected, report->known,
             report->rejected);
    buffer_fini(&text);
    return unmoved(err);
}

static enum err finish_hand(struct node *self)
{
    enum err err = rejects_read(self->rejects, import_report(self->hand.import)->file);
    if (err == ERR_OK && self->hand.from_folder) {
        err = finish_folder_file(self);
    } else if (err == ERR_OK) {
        const struct report *report = import_report(self->hand.import);
        json_t *json = report_json(report);
        err = answer(self, &self->hand.peer, self->hand.correlation,
                     report->fault_count > 0 ? EX_DATAERR : EX_OK, json);
        json_decref(json);
    }
    drop_hand(self);
    return err;
}

/* The folder gives its file again later, before those that came after it; who waits at the
 * socket is told. */
static enum err postpone_hand(struct node *self)
{
    enum err err = ERR_OK;
    log_line(LOG_ERROR, "NODE-FULL", "the store is nearly full: the file waits", NULL);
    if (!self->hand.from_folder) {
        json_t *json = error_json("the store is nearly full: try again later");
        err = answer(self, &self->hand.peer, self->hand.correlation, EX_TEMPFAIL, json);
        json_decref(json);
    }
    drop_hand(self);
    self->room_ms = clock_monotonic_ms() + self->rescan_ms;
    return err;
}

static enum err step_hand(struct node *self)
{
    bool done = false;
    if (self->hand.import == NULL) {
        return ERR_OK;
    }
    /* A dry run holds its transaction open to the end: it is done in one turn. */
    enum err err = ERR_OK;
    do {
        err = import_step(self->hand.import, clock_wall_ms(), &done);
    } while (err == ERR_OK && !done && records_in_transaction(self->records));
    if (err == ERR_FULL) {
        return postpone_hand(self);
    }
    return err == ERR_OK && done ? finish_hand(self) : err;
}

static bool has_programme(const struct node *self)
{
    const struct node_programme *programme = programmes_find(self->programmes, self->programme);
    return programme != NULL && programme->programme != NULL;
}

/* The lead shall see a file that was not read: its report is kept as that of one that was. One that
 * is too large moves away with it; one that may not be read now stays and is tried again. */
static enum err refuse_folder_file(struct node *self, enum reject code)
{
    struct buffer text = {.bytes_max = DOCUMENT_BYTES_MAX};
    struct report report = {.imported_at_ms = clock_wall_ms()};
    const bool moves = code == REJECT_FILE_TOO_LARGE;
    enum err err = ERR_OK;
    const struct node_programme *programme = programmes_find(self->programmes, self->programme);
    bytes_to_shown(bytes_text(self->hand.name), report.name, sizeof report.name);
    snprintf(report.programme, sizeof report.programme, "%s", programme->key->programme);
    if (moves || !rejects_has_no_rows(self->rejects, report.programme, report.name)) {
        log_line(LOG_WARNING, "NODE-FILE", "a file of the folder could not be read", "reject=%s",
                 reject_name(code));
        arena_reset(self->arena);
        err = import_unread(self->records, self->arena, code, &report);
        if (err == ERR_OK) {
            err = rejects_read(self->rejects, report.file);
        }
    }
    if (err == ERR_OK && moves) {
        err = report_text(&report, true, &text);
        err = err == ERR_OK
                  ? unmoved(folder_done(self->folder, self->hand.name, true, buffer_bytes(&text)))
                  : err;
    }
    buffer_fini(&text);
    report_fini(&report);
    if (err == ERR_FULL) {
        self->hand.from_folder = true;
        return postpone_hand(self);
    }
    return err;
}

static enum err take_folder_file(struct node *self)
{
    struct in_hand *hand = &self->hand;
    if (self->folder == NULL || hand->import != NULL || clock_monotonic_ms() < self->room_ms) {
        return ERR_OK;
    }
    /* Files wait in their folder until the programme has come from the lead. */
    self->folder_waits = !has_programme(self);
    if (self->folder_waits) {
        return ERR_OK;
    }
    buffer_clear(&hand->content);
    const enum err err =
        folder_next(self->folder, clock_monotonic_ms(), hand->name, &hand->content);
    if (err == ERR_FULL || err == ERR_DENIED) {
        return refuse_folder_file(self,
                                  err == ERR_FULL ? REJECT_FILE_TOO_LARGE : REJECT_FILE_DENIED);
    }
    if (err != ERR_OK) {
        if (err != ERR_NOT_FOUND) {
            log_line(LOG_WARNING, "NODE-FOLDER", "the folder cannot be read", "error=%s",
                     err_name(err));
        }
        return err == ERR_MEMORY ? err : ERR_OK;
    }
    const struct node_file file = {.name = hand->name, .content = buffer_bytes(&hand->content)};
    hand->from_folder = true;
    return new_import(self, &file, &hand->import);
}

/* ---- questions ---- */

static const char *state_text(enum uplink_state state)
{
    static const char *const texts[] = {"idle", "greeting", "ready", "stopped"};
    return texts[state];
}

static json_t *status_json(struct node *self)
{
    const struct node_standing standing = node_standing(self);
    char node[2 * ID_BYTES + 1];
    json_t *programmes = json_array();
    bytes_to_hex(bytes_of(self->join.node, ID_BYTES), node);
    for (uint32_t i = 0; i < programmes_count(self->programmes); i++) {
        const struct node_programme *programme = programmes_at(self->programmes, i);
        json_array_append_new(programmes,
                              json_pack("{s:s,s:b}", "programme", programme->key->programme,
                                        "in_force", programme->programme != NULL ? 1 : 0));
    }
    return json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:o}", "node", node, "name",
        self->join.name, "partner", self->join.partner, "uplink", state_text(standing.state),
        "stopped", standing.stopped, "epoch", (json_int_t)standing.epoch, "head_seq",
        (json_int_t)standing.head_seq, "acked_seq", (json_int_t)standing.acked_seq, "waiting",
        (json_int_t)(standing.head_seq - standing.acked_seq), "people", (json_int_t)standing.people,
        "files", (json_int_t)standing.files, "rejected_rows", (json_int_t)standing.rejects.rows,
        "rejected_files", (json_int_t)standing.rejects.files, "reading",
        self->hand.import != NULL ? 1 : 0, "programmes", programmes);
}

static void add_report(void *context, const json_t *report)
{
    json_array_append(context, (json_t *)(uintptr_t)report);
}

static enum err take_upload(struct node *self, const struct link_message *message,
                            const struct query *query, json_t *request, uint64_t correlation)
{
    struct in_hand *hand = &self->hand;
    const char *mapping = json_string_value(json_object_get(request, "mapping"));
    const char *name = json_string_value(json_object_get(request, "name"));
    struct config_fault fault = {0};
    struct node_file file = {.name = is_text(name) ? name : "-",
                             .programme = json_string_value(json_object_get(request, "programme")),
                             .dry_run = json_is_true(json_object_get(request, "dry_run")),
                             .again = json_is_true(json_object_get(request, "again"))};
    enum err err = ERR_OK;
    (void)query;
    buffer_fini(&hand->content);
    hand->content = self->upload.content;
    self->upload.content = (struct buffer){.bytes_max = FILE_BYTES_MAX};
    hand->peer = message->peer;
    hand->correlation = correlation;
    if (is_text(mapping) && strcmp(mapping, "ogniwo") != 0) {
        err = arena_new(MAPPING_BYTES_MAX, &hand->mapping_memory);
        if (err == ERR_OK) {
            err = mapping_file_load(mapping, hand->mapping_memory, &hand->mapping, &fault);
        }
        file.mapping = &hand->mapping;
    }
    file.content = buffer_bytes(&hand->content);
    if (err == ERR_OK) {
        err = new_import(self, &file, &hand->import);
    }
    if (err != ERR_OK) {
        char text[640];
        snprintf(text, sizeof text, "%s%s%s",
                 err == ERR_NOT_FOUND ? "the programme is not known here (yet)" : err_text(err),
                 fault.text[0] != '\0' ? ": " : "", fault.text);
        json_t *json = error_json(text);
        err = answer(self, &message->peer, correlation, EX_NOINPUT, json);
        json_decref(json);
        drop_hand(self);
    }
    return err;
}

/* A file comes in parts; the last one starts the import. One file at a time. */
static enum err take_part(struct node *self, const struct link_message *message,
                          const struct query *query, json_t *request, uint64_t correlation)
{
    struct upload *upload = &self->upload;
    const bool first = json_is_true(json_object_get(request, "first"));
    const bool last = json_is_true(json_object_get(request, "last"));
    const bool mine = upload->peer.size == message->peer.size &&
                      memcmp(upload->peer.bytes, message->peer.bytes, LINK_PEER_BYTES) == 0;
    json_t *json = NULL;
    if (self->hand.import != NULL || (!first && !mine)) {
        json = error_json("another file is being read: try again");
    } else if (first) {
        buffer_clear(&upload->content);
        upload->peer = message->peer;
    }
    enum err err = ERR_OK;
    if (json == NULL) {
        err = buffer_add(&upload->content, query->data);
        if (err == ERR_FULL) {
            json = error_json("the file is too large");
            err = ERR_OK;
        }
    }
    if (err == ERR_OK && json == NULL && last) {
        return take_upload(self, message, query, request, correlation);
    }
    if (err == ERR_OK) {
        const uint32_t status = json != NULL ? EX_TEMPFAIL : EX_OK;
        json = json != NULL ? json : json_object();
        err = answer(self, &message->peer, correlation, status, json);
    }
    json_decref(json);
    return err;
}

enum err node_find_person(struct node *self, const struct node_person *person, uint32_t *number,
                          enum reject *fault)
{
    struct identity identity;
    const char *id = is_text(person->programme) ? person->programme : self->programme;
    const struct node_programme *programme = programmes_find(self->programmes, id);
    *number = 0;
    *fault = REJECT_NONE;
    if (programme == NULL) {
        return ERR_STATE;
    }
    enum err err = ERR_OK;
    *fault = identity_parse(person->scheme, person->identifier, &identity);
    if (*fault == REJECT_NONE) {
        err = seek_person(self->records, &self->join, programme->key, &identity, number);
    }
    keys_wipe(&identity, sizeof identity);
    return err;
}

const char *node_name(const struct node *self)
{
    return self->join.name;
}

/* Answers {"scheme", "programme"} and the identifier as data with {"node", "number", "reject",
 * "served"}. */
static enum err answer_person(struct node *self, const struct query *query, const json_t *request,
                              uint32_t *status, json_t **json)
{
    const char *scheme = json_string_value(json_object_get(request, "scheme"));
    const struct node_person person = {
        .scheme = bytes_text(scheme != NULL ? scheme : ""),
        .identifier = query->data,
        .programme = json_string_value(json_object_get(request, "programme"))};
    uint32_t number = 0;
    enum reject fault = REJECT_NONE;
    if (self->hand.import != NULL) {
        *status = EX_TEMPFAIL;
        *json = error_json("a file is being read: try again");
        return ERR_OK;
    }
    const enum err err = node_find_person(self, &person, &number, &fault);
    *json = json_pack("{s:s,s:I,s:i,s:b}", "node", node_name(self), "number", (json_int_t)number,
                      "reject", (int)fault, "served", err != ERR_STATE);
    return err == ERR_NOT_FOUND || err == ERR_STATE ? ERR_OK : err;
}

static enum err take_question(struct node *self, const struct link_message *message)
{
    struct frame_header frame;
    struct query query;
    arena_reset(self->arena);
    if (codec_frame_header_get(message->header, &frame) != ERR_OK || frame.type != MESSAGE_QUERY ||
        codec_query_decode(message->body, self->arena, &query) != ERR_OK) {
        return ERR_OK;
    }
    json_t *request = json_loadb((const char *)query.json.data, query.json.size, 0, NULL);
    json_t *json = NULL;
    enum err err = ERR_OK;
    if (bytes_is(query.verb, "import")) {
        err = take_part(self, message, &query, request, frame.correlation);
        json_decref(request);
        return err;
    }
    uint32_t status = EX_OK;
    if (bytes_is(query.verb, "status")) {
        json = status_json(self);
    } else if (bytes_is(query.verb, "reports")) {
        json = json_array();
        err = node_reports(self, add_report, json);
    } else if (bytes_is(query.verb, "person")) {
        err = answer_person(self, &query, request, &status, &json);
    } else {
        json = error_json("this is no question that a node answers");
        status = EX_USAGE;
    }
    if (err == ERR_OK) {
        err = answer(self, &message->peer, frame.correlation, status, json);
    }
    json_decref(json);
    json_decref(request);
    return err;
}

static enum err take_questions(struct node *self)
{
    struct link_message message;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && self->admin != NULL && i < QUESTIONS_A_TURN; i++) {
        err = link_receive(self->admin, &message);
        if (err == ERR_OK) {
            err = take_question(self, &message);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err node_turn(struct node *self)
{
    enum err err = take_questions(self);
    if (err == ERR_OK) {
        err = take_folder_file(self);
    }
    if (err == ERR_OK) {
        err = step_hand(self);
    }
    return err == ERR_OK && self->conversation != NULL
               ? conversation_turn(self->conversation, self->hand.import != NULL)
               : err;
}

/* ---- life ---- */

static enum err open_parts(struct node *self, const struct node_options *options)
{
    const struct packer_options packer = {.records = self->records, .join = &self->join};
    enum err err = packer_new(&packer, &self->packer);
    if (err == ERR_OK) {
        const struct registry_options registry = {
            .records = self->records, .packer = self->packer, .join = &self->join};
        err = registry_new(&registry, &self->registry);
    }
    if (err == ERR_OK) {
        err = programmes_new(&self->join, self->records, &self->programmes);
    }
    if (err == ERR_OK) {
        err = rejects_new(self->records, self->arena, &self->rejects);
    }
    if (err == ERR_OK && is_text(options->folder)) {
        const struct folder_options folder = {.path = options->folder,
                                              .rest_ms = options->rest_ms,
                                              .rescan_ms = options->rescan_ms,
                                              .file_bytes_max = FILE_BYTES_MAX};
        err = folder_open(&folder, &self->folder);
    }
    if (err == ERR_OK && is_text(options->admin)) {
        const struct link_options admin = {.endpoint = options->admin,
                                           .body_bytes_max = FRAME_BYTES_MAX};
        err = link_listen(&admin, &self->admin);
    }
    if (err == ERR_OK && options->connect) {
        const struct conversation_options conversation = {.join = &self->join,
                                                          .records = self->records,
                                                          .registry = self->registry,
                                                          .programmes = self->programmes,
                                                          .rejects = self->rejects};
        err = conversation_open(&conversation, &self->conversation);
    }
    return err;
}

enum err node_open(const struct node_options *options, struct node **out)
{
    struct node *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->join = *options->join;
    self->mapping = options->mapping != NULL ? options->mapping : mapping_builtin();
    self->rescan_ms = options->rescan_ms;
    self->hand.content.bytes_max = self->upload.content.bytes_max = FILE_BYTES_MAX;
    snprintf(self->programme, sizeof self->programme, "%s",
             is_text(options->programme) ? options->programme : "");
    enum err err = arena_new(DOCUMENT_BYTES_MAX, &self->arena);
    if (err == ERR_OK) {
        err = records_open(options->store_path, options->store_bytes_max, false, &self->records);
    }
    if (err == ERR_OK) {
        err = open_parts(self, options);
    }
    if (err != ERR_OK) {
        if (err != ERR_BUSY || options->connect) {
            /* Who only imports turns to the process that has the store. */
            log_line(LOG_ERROR, "NODE-OPEN", "the node cannot start", "error=%s text=\"%s\"",
                     err_name(err), err_text(err));
        }
        node_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void node_close(struct node **self)
{
    struct node *node = *self;
    if (node != NULL) {
        drop_hand(node);
        conversation_close(&node->conversation);
        link_close(&node->admin);
        folder_close(&node->folder);
        rejects_free(&node->rejects);
        programmes_free(&node->programmes);
        registry_free(&node->registry);
        packer_free(&node->packer);
        records_close(&node->records);
        arena_free(&node->arena);
        buffer_fini(&node->upload.content);
        keys_wipe(&node->join, sizeof node->join);
        mem_free(node);
    }
    *self = NULL;
}

/* ---- between turns ---- */

bool node_ready(struct node *self)
{
    /* The programme that files have waited for may just have come. */
    return self->hand.import != NULL || (self->folder_waits && has_programme(self)) ||
           (self->conversation != NULL && conversation_ready(self->conversation)) ||
           (self->admin != NULL && link_ready(self->admin));
}

uint64_t node_deadline_ms(const struct node *self)
{
    uint64_t deadline =
        self->conversation != NULL ? conversation_deadline_ms(self->conversation) : UINT64_MAX;
    if (self->folder != NULL && !self->folder_waits) {
        uint64_t folder = folder_deadline_ms(self->folder);
        folder = folder < self->room_ms ? self->room_ms : folder;
        deadline = folder < deadline ? folder : deadline;
    }
    return deadline;
}

uint32_t node_descriptors(const struct node *self, int out[NODE_DESCRIPTORS_MAX])
{
    uint32_t count = 0;
    if (self->conversation != NULL) {
        out[count++] = conversation_descriptor(self->conversation);
    }
    if (self->admin != NULL) {
        out[count++] = link_descriptor(self->admin);
    }
    if (self->folder != NULL && !self->folder_waits) {
        out[count++] = folder_descriptor(self->folder);
    }
    return count;
}

struct node_standing node_standing(struct node *self)
{
    const struct records_state *state = records_state(self->records);
    struct node_standing standing = {.epoch = state->epoch,
                                     .head_seq = state->head_seq,
                                     .acked_seq = state->acked_seq,
                                     .batch_count = state->batch_count,
                                     .people = state->last_person,
                                     .files = state->file_count,
                                     .rejects = rejects_sum(self->rejects)};
    if (self->conversation != NULL) {
        standing.state = conversation_state(self->conversation);
        if (standing.state == UPLINK_STOPPED) {
            snprintf(standing.stopped, sizeof standing.stopped, "%s",
                     conversation_stopped(self->conversation));
        }
    }
    return standing;
}

static enum err visit_report(struct node *self, uint32_t file, node_visit_report *visit,
                             void *context)
{
    struct report report;
    arena_reset(self->arena);
    enum err err = import_kept_report(self->records, file, self->arena, &report);
    if (err == ERR_OK) {
        json_t *json = report_json(&report);
        err = json != NULL ? ERR_OK : ERR_MEMORY;
        json_object_set_new(json, "replaced_by",
                            json_integer(rejects_replaced_by(self->rejects, file)));
        visit(context, json);
        json_decref(json);
    }
    report_fini(&report);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err node_reports(struct node *self, node_visit_report *visit, void *context)
{
    enum err err = records_begin(self->records, false);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 1; err == ERR_OK && i <= records_state(self->records)->file_count; i++) {
        err = visit_report(self, i, visit, context);
    }
    records_abort(self->records);
    return err;
}
