#include "nodes/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"
#include "io/polish.h"

void report_fini(struct report *self)
{
    mem_free(self->faults);
    mem_free(self->notices);
    *self = (struct report){0};
}

/* Makes room for one more entry of a list that doubles. */
static enum err make_room(void **list, uint32_t count, uint32_t *room, size_t entry_bytes)
{
    if (count < *room) {
        return ERR_OK;
    }
    const uint32_t more = *room == 0 ? 16 : 2 * *room;
    void *grown = mem_resize(*list, more * entry_bytes);
    if (grown == NULL) {
        return ERR_MEMORY;
    }
    *list = grown;
    *room = more;
    return ERR_OK;
}

enum err report_add_fault(struct report *self, const struct report_fault *fault)
{
    if (self->fault_count == REPORT_FAULTS_MAX) {
        self->faults_left_out++;
        return ERR_OK;
    }
    void *list = self->faults;
    const enum err err = make_room(&list, self->fault_count, &self->fault_room, sizeof *fault);
    self->faults = list;
    if (err == ERR_OK) {
        self->faults[self->fault_count++] = *fault;
    }
    return err;
}

enum err report_add_notice(struct report *self, const struct report_notice *notice)
{
    void *list = self->notices;
    enum err err = ERR_OK;
    if (self->notice_count < REPORT_FAULTS_MAX) {
        err = make_room(&list, self->notice_count, &self->notice_room, sizeof *notice);
        self->notices = list;
        if (err == ERR_OK) {
            self->notices[self->notice_count++] = *notice;
        }
    }
    self->noticed += err == ERR_OK ? 1 : 0;
    return err;
}

enum err report_refuse(struct report *self, uint32_t line, enum reject code)
{
    const struct report_fault fault = {.line = line, .code = code, .by_lead = true};
    const struct report_fault *last =
        self->fault_count > 0 ? &self->faults[self->fault_count - 1] : NULL;
    /* A file read again in the meantime counts the row as known. */
    uint64_t *const counted[] = {&self->accepted, &self->corrected, &self->known};
    if (last != NULL && last->by_lead && last->line == line) {
        return ERR_OK;
    }
    for (size_t i = 0; i < sizeof counted / sizeof counted[0]; i++) {
        if (*counted[i] > 0) {
            (*counted[i])--;
            self->rejected++;
            break;
        }
    }
    return report_add_fault(self, &fault);
}

/* The numbers of the document, in its order. */
static const struct count {
    const char *name;
    size_t at;
} counts[] = {
    {"imported_at_ms", offsetof(struct report, imported_at_ms)},
    {"rows_read", offsetof(struct report, rows_read)},
    {"accepted", offsetof(struct report, accepted)},
    {"corrected", offsetof(struct report, corrected)},
    {"known", offsetof(struct report, known)},
    {"changed_later", offsetof(struct report, changed_later)},
    {"noticed", offsetof(struct report, noticed)},
    {"rejected", offsetof(struct report, rejected)},
    {"faults_left_out", offsetof(struct report, faults_left_out)},
};

static uint64_t *count_at(const struct report *self, const struct count *count)
{
    return (uint64_t *)((char *)(uintptr_t)self + count->at);
}

/* "cause: cure", as one text of the JSON. */
static json_t *reason_json(const char *cause, const char *cure)
{
    return json_sprintf("%s: %s", cause, cure);
}

static json_t *fault_json(const struct report_fault *fault)
{
    const char *cause = reject_cause(fault->code), *cure = reject_cure(fault->code);
    return json_pack("{s:i,s:i,s:s,s:i,s:s,s:b,s:o,s:o}", "line", (int)fault->line, "column",
                     (int)fault->field, "name", fault->column, "number", (int)fault->code, "code",
                     reject_name(fault->code), "by_lead", fault->by_lead ? 1 : 0, "text",
                     reason_json(cause, cure), "text_pl",
                     reason_json(polish_of(cause), polish_of(cure)));
}

static json_t *notice_json(const struct report_notice *notice)
{
    const char *cause = notice_cause(notice->code), *cure = notice_cure(notice->code);
    return json_pack("{s:i,s:i,s:s,s:i,s:s,s:o,s:o}", "line", (int)notice->line, "column",
                     (int)notice->field, "name", notice->column, "number", (int)notice->code,
                     "code", notice_name(notice->code), "text", reason_json(cause, cure), "text_pl",
                     reason_json(polish_of(cause), polish_of(cure)));
}

static bool add_lists(const struct report *self, json_t *json)
{
    json_t *faults = json_array(), *notices = json_array();
    int failed = json_object_set_new(json, "rejects", faults);
    failed += json_object_set_new(json, "notices", notices);
    for (uint32_t i = 0; failed == 0 && i < self->fault_count; i++) {
        failed = json_array_append_new(faults, fault_json(&self->faults[i]));
    }
    for (uint32_t i = 0; failed == 0 && i < self->notice_count; i++) {
        failed = json_array_append_new(notices, notice_json(&self->notices[i]));
    }
    return failed == 0;
}

json_t *report_json(const struct report *self)
{
    json_t *json = json_object();
    json_object_set_new(json, "file", json_string(self->name));
    json_object_set_new(json, "programme", json_string(self->programme));
    json_object_set_new(json, "number", json_integer(self->file));
    json_object_set_new(json, "known_file", json_boolean(self->known_file));
    json_object_set_new(json, "dry_run", json_boolean(self->dry_run));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        json_object_set_new(json, counts[i].name,
                            json_integer((json_int_t)*count_at(self, &counts[i])));
    }
    json_object_set_new(json, "first_changed_later", json_integer(self->first_changed_later));
    if (!add_lists(self, json)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static void copy_text(const json_t *json, const char *name, char *out, size_t room)
{
    const char *text = json_string_value(json_object_get(json, name));
    snprintf(out, room, "%s", text != NULL ? text : "");
}

static uint64_t number_of(const json_t *json, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(json, name));
}

static enum err read_faults(const json_t *faults, struct report *out)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < json_array_size(faults); i++) {
        const json_t *from = json_array_get(faults, i);
        struct report_fault fault = {.line = (uint32_t)number_of(from, "line"),
                                     .field = (uint32_t)number_of(from, "column"),
                                     .code = (enum reject)number_of(from, "number"),
                                     .by_lead = json_is_true(json_object_get(from, "by_lead"))};
        copy_text(from, "name", fault.column, sizeof fault.column);
        err = report_add_fault(out, &fault);
    }
    return err;
}

static enum err read_notices(const json_t *notices, struct report *out)
{
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < json_array_size(notices); i++) {
        const json_t *from = json_array_get(notices, i);
        struct report_notice notice = {.line = (uint32_t)number_of(from, "line"),
                                       .field = (uint32_t)number_of(from, "column"),
                                       .code = (enum notice)number_of(from, "number")};
        copy_text(from, "name", notice.column, sizeof notice.column);
        err = report_add_notice(out, &notice);
    }
    return err;
}

enum err report_read(const json_t *json, struct report *out)
{
    const json_t *faults = json_object_get(json, "rejects");
    enum err err = json_is_array(faults) ? ERR_OK : ERR_MALFORMED;
    *out = (struct report){.file = (uint32_t)number_of(json, "number"),
                           .known_file = json_is_true(json_object_get(json, "known_file")),
                           .dry_run = json_is_true(json_object_get(json, "dry_run")),
                           .first_changed_later = (uint32_t)number_of(json, "first_changed_later")};
    copy_text(json, "file", out->name, sizeof out->name);
    copy_text(json, "programme", out->programme, sizeof out->programme);
    if (err == ERR_OK) {
        err = read_faults(faults, out);
    }
    if (err == ERR_OK) {
        err = read_notices(json_object_get(json, "notices"), out);
    }
    /* Last: the lists above count as they are filled. */
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        *count_at(out, &counts[i]) = number_of(json, counts[i].name);
    }
    return err;
}

__attribute__((format(printf, 2, 3))) static enum err add(struct buffer *out, const char *format,
                                                          ...)
{
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return buffer_add_text(out, line);
}

/* A row's line, column and code, as a fault and a notice are told alike. */
struct told {
    uint32_t line, field;
    const char *column, *name, *by_whom, *cause, *cure;
};

static enum err add_told(const struct told *told, bool polish, struct buffer *out)
{
    char line[32] = "", where[64] = "";
    if (told->line > 0) {
        snprintf(line, sizeof line, polish ? "w. %u" : "line %u", told->line);
    }
    if (told->field > 0) {
        snprintf(where, sizeof where, polish ? ", kol. %u" : ", column %u", told->field);
    }
    const char *cause = polish ? polish_of(told->cause) : told->cause;
    const char *cure = polish ? polish_of(told->cure) : told->cure;
    return add(out, "  %s%s%s%s%s%s  %s%s%s%s\n", line, where, told->column[0] != '\0' ? " " : "",
               told->column, told->line > 0 ? "  " : "", told->name, told->by_whom, cause,
               cure[0] != '\0' ? ": " : "", cure);
}

static enum err add_fault(const struct report_fault *fault, bool polish, struct buffer *out)
{
    const char *lead = polish ? "odrzucone przez lidera: " : "refused by the lead: ";
    const struct told told = {.line = fault->line,
                              .field = fault->field,
                              .column = fault->column,
                              .name = reject_name(fault->code),
                              .by_whom = fault->by_lead ? lead : "",
                              .cause = reject_cause(fault->code),
                              .cure = reject_cure(fault->code)};
    return add_told(&told, polish, out);
}

static enum err add_notice(const struct report_notice *notice, bool polish, struct buffer *out)
{
    const struct told told = {.line = notice->line,
                              .field = notice->field,
                              .column = notice->column,
                              .name = notice_name(notice->code),
                              .by_whom = "",
                              .cause = notice_cause(notice->code),
                              .cure = notice_cure(notice->code)};
    return add_told(&told, polish, out);
}

static enum err add_notices(const struct report *self, bool polish, struct buffer *out)
{
    enum err err = ERR_OK;
    if (self->noticed == 0) {
        return ERR_OK;
    }
    err = add(out,
              polish ? "  uwagi: %" PRIu64 " (wiersze są przyjęte)\n"
                     : "  notices: %" PRIu64 " (the rows are accepted)\n",
              self->noticed);
    for (uint32_t i = 0; err == ERR_OK && i < self->notice_count; i++) {
        err = add_notice(&self->notices[i], polish, out);
    }
    return err;
}

static enum err add_counts(const struct report *self, bool polish, struct buffer *out)
{
    return add(out,
               polish ? "%s: wierszy %" PRIu64 " = przyjęte %" PRIu64 " + poprawione %" PRIu64
                        " + już znane %" PRIu64 " + do poprawy %" PRIu64 "%s\n"
                      : "%s: rows %" PRIu64 " = accepted %" PRIu64 " + corrected %" PRIu64
                        " + known %" PRIu64 " + rejected %" PRIu64 "%s\n",
               self->name, self->rows_read, self->accepted, self->corrected, self->known,
               self->rejected,
               self->dry_run
                   ? (polish ? " (na próbę: niczego nie wysłano)" : " (dry run: nothing was sent)")
                   : "");
}

enum err report_text(const struct report *self, bool polish, struct buffer *out)
{
    enum err err = add_counts(self, polish, out);
    if (err == ERR_OK && self->known_file) {
        err = buffer_add_text(out, polish ? "  ten plik był już wczytany\n"
                                          : "  this file was imported before\n");
    }
    if (err == ERR_OK && self->changed_later > 0) {
        err = add(out,
                  polish ? "  %" PRIu64 " wierszy zmienił późniejszy plik (pierwszy: w. %u): "
                           "zostaje jego treść; --again wymusza ten plik\n"
                         : "  %" PRIu64 " rows were changed by a later file (first: line %u): "
                           "its content stays; --again forces this file\n",
                  self->changed_later, self->first_changed_later);
    }
    for (uint32_t i = 0; err == ERR_OK && i < self->fault_count; i++) {
        err = add_fault(&self->faults[i], polish, out);
    }
    if (err == ERR_OK && self->faults_left_out > 0) {
        err = add(out, polish ? "  … i %" PRIu64 " dalszych\n" : "  … and %" PRIu64 " more\n",
                  self->faults_left_out);
    }
    return err == ERR_OK ? add_notices(self, polish, out) : err;
}
