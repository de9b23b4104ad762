#include "nodes/report.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

void report_fini(struct report *self)
{
    mem_free(self->faults);
    *self = (struct report){0};
}

enum err report_add_fault(struct report *self, const struct report_fault *fault)
{
    if (self->fault_count == REPORT_FAULTS_MAX) {
        self->faults_left_out++;
        return ERR_OK;
    }
    if (self->fault_count == self->fault_room) {
        const uint32_t room = self->fault_room == 0 ? 16 : 2 * self->fault_room;
        struct report_fault *faults = mem_resize(self->faults, room * sizeof *faults);
        if (faults == NULL) {
            return ERR_MEMORY;
        }
        self->faults = faults;
        self->fault_room = room;
    }
    self->faults[self->fault_count++] = *fault;
    return ERR_OK;
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
    {"repaired", offsetof(struct report, repaired)},
    {"rejected", offsetof(struct report, rejected)},
    {"faults_left_out", offsetof(struct report, faults_left_out)},
};

static uint64_t *count_at(const struct report *self, const struct count *count)
{
    return (uint64_t *)((char *)(uintptr_t)self + count->at);
}

static json_t *fault_json(const struct report_fault *fault)
{
    return json_pack("{s:i,s:i,s:s,s:i,s:s,s:b,s:s,s:s}", "line", (int)fault->line, "column",
                     (int)fault->field, "name", fault->column, "number", (int)fault->code, "code",
                     reject_name(fault->code), "by_lead", fault->by_lead ? 1 : 0, "text",
                     reject_text_en(fault->code), "text_pl", reject_text_pl(fault->code));
}

json_t *report_json(const struct report *self)
{
    json_t *json = json_object();
    json_t *faults = json_array();
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
    for (uint32_t i = 0; i < self->fault_count; i++) {
        if (json_array_append_new(faults, fault_json(&self->faults[i])) != 0) {
            json_decref(faults);
            json_decref(json);
            return NULL;
        }
    }
    json_object_set_new(json, "rejects", faults);
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
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        *count_at(out, &counts[i]) = number_of(json, counts[i].name);
    }
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

static enum err add_fault(const struct report_fault *fault, bool polish, struct buffer *out)
{
    char line[32] = "", where[64] = "";
    if (fault->line > 0) {
        snprintf(line, sizeof line, polish ? "w. %u" : "line %u", fault->line);
    }
    if (fault->field > 0) {
        snprintf(where, sizeof where, polish ? ", kol. %u" : ", column %u", fault->field);
    }
    return add(out, "  %s%s%s%s%s%s  %s%s\n", line, where, fault->column[0] != '\0' ? " " : "",
               fault->column, fault->line > 0 ? "  " : "", reject_name(fault->code),
               fault->by_lead ? (polish ? "odrzucone przez lidera: " : "refused by the lead: ")
                              : "",
               polish ? reject_text_pl(fault->code) : reject_text_en(fault->code));
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
    if (err == ERR_OK && self->repaired > 0) {
        err = add(out,
                  polish ? "  %" PRIu64 " numerów PESEL bez zera na początku poprawiono\n"
                         : "  %" PRIu64 " PESELs had lost their leading zero: repaired\n",
                  self->repaired);
    }
    for (uint32_t i = 0; err == ERR_OK && i < self->fault_count; i++) {
        err = add_fault(&self->faults[i], polish, out);
    }
    if (err == ERR_OK && self->faults_left_out > 0) {
        err = add(out, polish ? "  … i %" PRIu64 " dalszych\n" : "  … and %" PRIu64 " more\n",
                  self->faults_left_out);
    }
    return err;
}
