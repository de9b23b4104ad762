#include "nodes/import.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/rows/rows.h"
#include "proto/sealing.h"

enum {
    STEP_BYTES = 256 * 1024,
    STEP_BYTES_MAX = 1024 * 1024,
    STEPS_LEAST = 4, /* of a file that could do with fewer of the largest */
    DAY_MS = 24 * 60 * 60 * 1000,
    REPORT_ARENA_BYTES = 64 << 20
};

struct import {
    struct import_options options;
    struct rows *rows;
    struct mapping *mapping;
    struct arena *arena;
    struct report report;
    uint8_t digest[DIGEST_BYTES];
    size_t at; /* bytes read */
    bool started, has_header, unreadable;
    enum err err; /* of a callback */
};

/* ---- rows ---- */

static void refuse(struct import *self, const struct report_fault *fault)
{
    self->report.rejected++;
    self->err = report_add_fault(&self->report, fault);
}

static struct report_fault fault_of(uint32_t line, const struct mapping_fault *from)
{
    struct report_fault fault = {.line = line, .field = from->field, .code = from->code};
    bytes_to_shown(from->column, fault.column, sizeof fault.column);
    return fault;
}

static void take_header(struct import *self, const struct rows_row *row)
{
    struct mapping_fault fault;
    self->has_header = true;
    if (!mapping_header(self->mapping, row->fields, row->field_count, &fault)) {
        const struct report_fault where = fault_of(row->line, &fault);
        self->unreadable = true;
        self->err = report_add_fault(&self->report, &where);
    }
}

static void count_outcome(struct import *self, enum registry_outcome outcome, uint32_t line)
{
    struct report *report = &self->report;
    switch (outcome) {
    case ROW_ACCEPTED:
        report->accepted++;
        break;
    case ROW_CORRECTED:
        report->corrected++;
        break;
    case ROW_CHANGED_LATER:
        report->changed_later++;
        report->first_changed_later =
            report->first_changed_later == 0 ? line : report->first_changed_later;
        report->known++;
        break;
    case ROW_KNOWN:
        report->known++;
        break;
    case ROW_REFUSED:
        break;
    }
}

static void notice(struct import *self, enum notice code, uint32_t line)
{
    struct mapping_fault where = {0};
    if (self->err == ERR_OK) {
        mapping_blame(self->mapping, notice_column(code), &where);
        struct report_notice told = {.line = line, .field = where.field, .code = code};
        bytes_to_shown(where.column, told.column, sizeof told.column);
        self->err = report_add_notice(&self->report, &told);
    }
}

/* What there is to say of a row that went. */
static void take_notices(struct import *self, const struct mapping_draft *draft, uint32_t line)
{
    if (draft->has_identity && draft->identity.repaired) {
        notice(self, NOTICE_PESEL_ZERO, line);
    }
}

static void take_row(struct import *self, const struct rows_row *row)
{
    struct mapping_draft draft;
    struct mapping_fault fault;
    enum registry_outcome outcome;
    self->report.rows_read++;
    if (!mapping_row(self->mapping, row->fields, row->field_count, &draft, &fault)) {
        const struct report_fault where = fault_of(row->line, &fault);
        refuse(self, &where);
        return;
    }
    enum reject why = REJECT_NONE;
    self->err = registry_take(self->options.registry, &draft, row->line, &outcome, &why);
    if (self->err != ERR_OK) {
        return;
    }
    if (outcome == ROW_REFUSED) {
        fault = (struct mapping_fault){.code = why};
        mapping_blame(self->mapping, reject_column(why), &fault);
        const struct report_fault where = fault_of(row->line, &fault);
        refuse(self, &where);
    }
    count_outcome(self, outcome, row->line);
    if (outcome == ROW_ACCEPTED || outcome == ROW_CORRECTED) {
        take_notices(self, &draft, row->line);
    }
}

static void on_row(void *context, const struct rows_row *row)
{
    struct import *self = context;
    if (self->err != ERR_OK || self->unreadable) {
        return;
    }
    if (!self->has_header) {
        take_header(self, row);
    } else {
        take_row(self, row);
    }
}

static void on_fault(void *context, const struct rows_fault *fault)
{
    struct import *self = context;
    const struct report_fault where = {
        .line = fault->line, .field = fault->field, .code = fault->code};
    if (self->err != ERR_OK || self->unreadable) {
        return;
    }
    if (!self->has_header) {
        self->has_header = self->unreadable = true;
        self->err = report_add_fault(&self->report, &where);
        return;
    }
    self->report.rows_read++;
    refuse(self, &where);
}

/* ---- life ---- */

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

enum err import_new(const struct import_options *options, struct import **out)
{
    struct import *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    bytes_to_shown(bytes_text(base_name(options->name)), self->report.name,
                   sizeof self->report.name);
    self->options.name = self->report.name;
    self->report.dry_run = options->dry_run;
    const struct rows_options rows = {.context = self, .on_row = on_row, .on_fault = on_fault};
    if (rows_new(&rows, &self->rows) != ERR_OK ||
        mapping_new(options->mapping, &self->mapping) != ERR_OK ||
        arena_new(REPORT_ARENA_BYTES, &self->arena) != ERR_OK) {
        import_free(&self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void import_free(struct import **self)
{
    if (*self != NULL) {
        rows_free(&(*self)->rows);
        mapping_free(&(*self)->mapping);
        arena_free(&(*self)->arena);
        report_fini(&(*self)->report);
        mem_free(*self);
    }
    *self = NULL;
}

const struct report *import_report(const struct import *self)
{
    return &self->report;
}

size_t import_progress(const struct import *self)
{
    return self->at;
}

/* ---- steps ---- */

/* A file is its content under a programme and a mapping: its name does not matter. */
static void digest_file(struct import *self)
{
    struct seal_stream stream;
    sealing_stream_begin(&stream, SEAL_FILE);
    sealing_stream_add(&stream, self->options.programme->id);
    sealing_stream_add(&stream, bytes_text("/"));
    sealing_stream_add(&stream, self->options.mapping->id);
    sealing_stream_add(&stream, bytes_text("/"));
    sealing_stream_add(&stream, self->options.content);
    sealing_stream_end(&stream, self->digest);
}

/* Ties the number to the content from the first step on: a file whose reading was cut off keeps
 * it when it is read again. */
static enum err keep_number(struct records *records, struct bytes key, uint32_t file)
{
    char text[64];
    uint8_t number[4];
    bytes_put32(number, file);
    snprintf(text, sizeof text, "{\"number\":%u}", file);
    const enum err err =
        records_document_put(records, RECORDS_FILE_DIGESTS, bytes_of(number, sizeof number), key);
    return err == ERR_OK ? records_document_put(records, RECORDS_FILES, key, bytes_text(text))
                         : err;
}

/* Numbers the file: a known one keeps its number. */
static enum err number_file(struct records *records, struct bytes key, struct arena *arena,
                            struct report *report)
{
    struct bytes document;
    const enum err err = records_document_get(records, RECORDS_FILES, key, arena, &document);
    if (err == ERR_OK) {
        json_t *json = json_loadb((const char *)document.data, document.size, 0, NULL);
        report->file = (uint32_t)json_integer_value(json_object_get(json, "number"));
        /* One without a count of rows was being read when the node stopped. */
        report->known_file = json_object_get(json, "rows_read") != NULL;
        json_decref(json);
        return records_refusals_clear(records, report->file);
    }
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    report->file = ++records_state(records)->file_count;
    return keep_number(records, key, report->file);
}

static enum err start(struct import *self, uint64_t wall_ms)
{
    digest_file(self);
    snprintf(self->report.programme, sizeof self->report.programme, "%.*s",
             BYTES_FMT(self->options.programme->id));
    const enum err err =
        number_file(self->options.records, bytes_of(self->digest, sizeof self->digest), self->arena,
                    &self->report);
    if (err != ERR_OK) {
        return err;
    }
    self->started = true;
    self->report.imported_at_ms = wall_ms;
    packer_programme(self->options.packer, self->options.key, self->options.digest);
    const struct registry_file file = {.programme = self->options.programme,
                                       .file = self->report.file,
                                       .known_file =
                                           self->report.known_file && !self->options.again,
                                       .today = (int32_t)(wall_ms / DAY_MS),
                                       .now_ms = wall_ms};
    return registry_begin(self->options.registry, &file);
}

static enum err keep_report(struct records *records, struct bytes key, const struct report *report)
{
    json_t *json = report_json(report);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    enum err err = ERR_MEMORY;
    if (text != NULL) {
        err = records_document_put(records, RECORDS_FILES, key, bytes_text(text));
    }
    free(text);
    json_decref(json);
    return err;
}

static enum err finish(struct import *self)
{
    const enum err err = rows_finish(self->rows);
    if (err == ERR_OK && self->err == ERR_OK && !self->has_header) {
        /* An empty file has no header. */
        const struct report_fault fault = {.line = 1, .code = REJECT_HEADER_MISSING};
        self->err = report_add_fault(&self->report, &fault);
    }
    return err;
}

/* Rows and people lie all over their tables, so that a commit of a large store writes most of its
 * pages anew: a large file takes larger steps. */
static size_t step_bytes(size_t file_bytes)
{
    const size_t part = file_bytes / STEPS_LEAST;
    return part < STEP_BYTES ? STEP_BYTES : part < STEP_BYTES_MAX ? part : STEP_BYTES_MAX;
}

static enum err read_on(struct import *self, uint64_t wall_ms, bool *last)
{
    const struct bytes content = self->options.content;
    const size_t left = content.size - self->at;
    const size_t step = step_bytes(content.size);
    const size_t size = left < step ? left : step;
    enum err err = self->started ? ERR_OK : start(self, wall_ms);
    if (err == ERR_OK && size > 0) {
        err = rows_push(self->rows, bytes_of(content.data + self->at, size));
    }
    *last = size == left;
    if (err == ERR_OK && *last) {
        err = finish(self);
    }
    if (err == ERR_OK) {
        err = self->err;
    }
    if (err == ERR_OK) {
        err = packer_seal(self->options.packer, wall_ms);
    }
    if (err == ERR_OK && *last) {
        err = keep_report(self->options.records, bytes_of(self->digest, sizeof self->digest),
                          &self->report);
    }
    self->at += size;
    return err;
}

enum err import_step(struct import *self, uint64_t wall_ms, bool *done)
{
    struct records *records = self->options.records;
    bool last = false;
    enum err err = ERR_OK;
    *done = false;
    if (!records_in_transaction(records)) {
        err = records_begin(records, true);
        if (err != ERR_OK) {
            return err;
        }
    }
    err = read_on(self, wall_ms, &last);
    if (err != ERR_OK || (self->options.dry_run && last)) {
        packer_reset(self->options.packer);
        records_abort(records);
    } else if (!self->options.dry_run) {
        err = records_commit(records);
    }
    if (self->options.dry_run && last) {
        self->report.file = 0;
    }
    *done = err == ERR_OK && last;
    return err;
}

/* What was not read has no content to be known by: its name stands behind an empty mapping. */
static void digest_unread(const struct report *report, uint8_t out[DIGEST_BYTES])
{
    struct seal_stream stream;
    sealing_stream_begin(&stream, SEAL_FILE);
    sealing_stream_add(&stream, bytes_text(report->programme));
    sealing_stream_add(&stream, bytes_text("//"));
    sealing_stream_add(&stream, bytes_text(report->name));
    sealing_stream_end(&stream, out);
}

enum err import_unread(struct records *records, struct arena *arena, enum reject code,
                       struct report *report)
{
    const struct report_fault fault = {.code = code};
    uint8_t digest[DIGEST_BYTES];
    digest_unread(report, digest);
    const struct bytes key = bytes_of(digest, sizeof digest);
    enum err err = report_add_fault(report, &fault);
    if (err == ERR_OK) {
        err = records_begin(records, true);
    }
    if (err != ERR_OK) {
        return err;
    }
    err = number_file(records, key, arena, report);
    report->known_file = false;
    if (err == ERR_OK) {
        err = keep_report(records, key, report);
    }
    if (err != ERR_OK) {
        records_abort(records);
        return err;
    }
    return records_commit(records);
}

/* Adds what the lead refused since the file was read. */
static enum err add_refusals(struct records *records, struct report *report)
{
    uint32_t line = 0, code;
    uint64_t seq = 0;
    enum err err = ERR_OK;
    while (err == ERR_OK) {
        err = records_refusal_next(records, report->file, &line, &seq, &code);
        if (err == ERR_OK) {
            err = report_refuse(report, line, (enum reject)code);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err import_kept_report(struct records *records, uint32_t file, struct arena *arena,
                            struct report *out)
{
    struct bytes digest, document;
    uint8_t number[4];
    bytes_put32(number, file);
    *out = (struct report){0};
    enum err err = records_document_get(records, RECORDS_FILE_DIGESTS,
                                        bytes_of(number, sizeof number), arena, &digest);
    if (err == ERR_OK) {
        err = records_document_get(records, RECORDS_FILES, digest, arena, &document);
    }
    if (err != ERR_OK) {
        return err;
    }
    json_t *json = json_loadb((const char *)document.data, document.size, 0, NULL);
    err = json_object_get(json, "rows_read") != NULL ? report_read(json, out) : ERR_NOT_FOUND;
    json_decref(json);
    return err == ERR_OK ? add_refusals(records, out) : err;
}
