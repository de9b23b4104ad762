#include "nodes/rejects.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/table.h"
#include "nodes/import.h"
#include "proto/sealing.h"

/* A file by its number less one. One that was cut off has no report: all zeros. */
struct version {
    bool kept;
    uint8_t name[DIGEST_BYTES]; /* of programme and name */
    uint64_t rows, faults, imported_at_ms;
};

struct rejects {
    struct records *records;
    struct arena *arena;
    struct version *versions;
    struct table *newest; /* by name: the number of the version that was read last, 0: none now */
    uint32_t count, room;
    struct rejects_sum sum;
    bool stale; /* the sum is to be made anew */
};

static void digest_name(const char *programme, const char *name, uint8_t out[DIGEST_BYTES])
{
    struct seal_stream stream;
    sealing_stream_begin(&stream, SEAL_FILE);
    sealing_stream_add(&stream, bytes_text(programme));
    sealing_stream_add(&stream, bytes_text("/"));
    sealing_stream_add(&stream, bytes_text(name));
    sealing_stream_end(&stream, out);
}

static enum err make_room(struct rejects *self, uint32_t file)
{
    const uint32_t room = file > 2 * self->room ? file : 2 * self->room;
    if (file > self->room) {
        struct version *versions = mem_resize(self->versions, room * sizeof *versions);
        if (versions == NULL) {
            return ERR_MEMORY;
        }
        self->versions = versions;
        self->room = room;
    }
    for (; self->count < file; self->count++) {
        self->versions[self->count] = (struct version){0};
    }
    return ERR_OK;
}

/* The version that was read last: an office that goes back to an older content means that one. */
static bool is_newer(const struct rejects *self, uint32_t file, uint32_t than)
{
    const uint64_t read_ms = self->versions[file - 1].imported_at_ms;
    const uint64_t than_ms = self->versions[than - 1].imported_at_ms;
    return read_ms != than_ms ? read_ms > than_ms : file > than;
}

/* The newest version under a name, looked for among all; 0: none. */
static uint32_t search_newest(const struct rejects *self, const uint8_t name[DIGEST_BYTES])
{
    uint32_t newest = 0;
    for (uint32_t i = 1; i <= self->count; i++) {
        const struct version *version = &self->versions[i - 1];
        if (version->kept && memcmp(version->name, name, DIGEST_BYTES) == 0 &&
            (newest == 0 || is_newer(self, i, newest))) {
            newest = i;
        }
    }
    return newest;
}

static enum err keep(struct rejects *self, uint32_t file, const struct report *report)
{
    struct version *version = &self->versions[file - 1];
    const struct version before = *version;
    bool fresh = false;
    *version = (struct version){.kept = true,
                                .rows = report->rejected,
                                .faults = report->fault_count,
                                .imported_at_ms = report->imported_at_ms};
    digest_name(report->programme, report->name, version->name);
    self->stale = true;
    if (before.kept) {
        /* Read again, maybe under another name: those that it had replaced stand for themselves. */
        uint32_t *left = table_find(self->newest, before.name);
        *left = search_newest(self, before.name);
    }
    uint32_t *newest = table_put(self->newest, version->name, &fresh);
    if (newest != NULL && (*newest == 0 || is_newer(self, file, *newest))) {
        *newest = file;
    }
    return newest != NULL ? ERR_OK : ERR_MEMORY;
}

/* Inside a transaction. */
static enum err take_report(struct rejects *self, uint32_t file)
{
    struct report report = {0};
    arena_reset(self->arena);
    enum err err = make_room(self, file);
    if (err == ERR_OK) {
        err = import_kept_report(self->records, file, self->arena, &report);
    }
    if (err == ERR_OK) {
        err = keep(self, file, &report);
    }
    report_fini(&report);
    /* Its reading was cut off, and begins anew when it is dropped again. */
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err rejects_new(struct records *records, struct arena *arena, struct rejects **out)
{
    const struct table_options names = {
        .key_bytes = DIGEST_BYTES, .value_bytes = sizeof(uint32_t), .count_max = UINT32_MAX};
    struct rejects *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->records = records;
    self->arena = arena;
    enum err err = table_new(&names, &self->newest);
    if (err == ERR_OK) {
        err = records_begin(records, false);
    }
    for (uint32_t i = 1; err == ERR_OK && i <= records_state(records)->file_count; i++) {
        err = take_report(self, i);
    }
    if (records_in_transaction(records)) {
        records_abort(records);
    }
    if (err != ERR_OK) {
        rejects_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void rejects_free(struct rejects **self)
{
    if (*self != NULL) {
        mem_free((*self)->versions);
        table_free(&(*self)->newest);
        mem_free(*self);
    }
    *self = NULL;
}

enum err rejects_read(struct rejects *self, uint32_t file)
{
    if (file == 0) {
        return ERR_OK;
    }
    enum err err = records_begin(self->records, false);
    if (err == ERR_OK) {
        err = take_report(self, file);
        records_abort(self->records);
    }
    return err;
}

void rejects_refused(struct rejects *self, uint32_t file)
{
    assert(file > 0);
    /* Of a file that is just being read the whole report is looked at when that is done. */
    if (file <= self->count) {
        self->versions[file - 1].rows++;
        self->versions[file - 1].faults++;
        self->stale = true;
    }
}

struct rejects_sum rejects_sum(struct rejects *self)
{
    if (!self->stale) {
        return self->sum;
    }
    self->sum = (struct rejects_sum){0};
    self->stale = false;
    for (uint32_t i = 0; i < self->count; i++) {
        const struct version *version = &self->versions[i];
        if (version->imported_at_ms > self->sum.imported_at_ms) {
            self->sum.imported_at_ms = version->imported_at_ms;
        }
        if (version->faults > 0 && rejects_replaced_by(self, i + 1) == 0) {
            self->sum.rows += version->rows;
            self->sum.files++;
        }
    }
    return self->sum;
}

uint32_t rejects_replaced_by(const struct rejects *self, uint32_t file)
{
    if (file == 0 || file > self->count || !self->versions[file - 1].kept) {
        return 0;
    }
    const uint32_t *newest = table_find(self->newest, self->versions[file - 1].name);
    return *newest != file ? *newest : 0;
}

bool rejects_has_no_rows(const struct rejects *self, const char *programme, const char *name)
{
    uint8_t digest[DIGEST_BYTES];
    digest_name(programme, name, digest);
    const uint32_t *newest = table_find(self->newest, digest);
    return newest != NULL && *newest != 0 && self->versions[*newest - 1].faults > 0 &&
           self->versions[*newest - 1].rows == 0;
}
