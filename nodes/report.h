/* report: what became of an office file, row by row: for the clerk, and kept with the file.
 *
 * Rows read = accepted + corrected + known + rejected. It stays in the office. */
#ifndef NODES_REPORT_H
#define NODES_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/notice.h"
#include "core/model/reject.h"

enum { REPORT_NAME_BYTES = 256, REPORT_COLUMN_BYTES = 68, REPORT_FAULTS_MAX = 100000 };

/* A row that did not go, or that the lead refused. */
struct report_fault {
    uint32_t line, field; /* from 1; field 0: the whole row; line 0: the whole file */
    enum reject code;
    bool by_lead;
    char column[REPORT_COLUMN_BYTES]; /* the table's own header, or "" */
};

/* What a row that went was told all the same. */
struct report_notice {
    uint32_t line, field; /* from 1; field 0: no column of the file */
    enum notice code;
    char column[REPORT_COLUMN_BYTES];
};

struct report {
    char name[REPORT_NAME_BYTES]; /* the file's name, without folders */
    char programme[68];
    uint32_t file; /* number of the file at this node, from 1; 0: a dry run */
    uint64_t imported_at_ms;
    bool known_file; /* its content was imported before */
    bool dry_run;
    uint64_t rows_read, accepted, corrected, known, rejected;
    uint64_t changed_later; /* of the known: a later file says otherwise; left as that has it */
    uint32_t first_changed_later; /* line; 0: none */
    struct report_fault *faults;  /* owned */
    uint32_t fault_count, fault_room;
    uint64_t faults_left_out;      /* beyond REPORT_FAULTS_MAX */
    struct report_notice *notices; /* owned */
    uint32_t notice_count, notice_room;
    uint64_t noticed; /* notices given, also those beyond REPORT_FAULTS_MAX */
};

void report_fini(struct report *self);

/* Errors: ERR_MEMORY. */
MUST_CHECK enum err report_add_fault(struct report *self, const struct report_fault *fault);

/* A notice refuses nothing: no other count changes. Errors: ERR_MEMORY. */
MUST_CHECK enum err report_add_notice(struct report *self, const struct report_notice *notice);

/* The lead refused the row that stands in that line: it now counts as rejected, once, however many
 * of its events were refused. To be told in the order of lines. Errors: ERR_MEMORY. */
MUST_CHECK enum err report_refuse(struct report *self, uint32_t line, enum reject code);

/* The document; the caller releases it. Null: no memory. */
json_t *report_json(const struct report *self);

/* Errors: ERR_MALFORMED, ERR_MEMORY. The report is the caller's to finish, also then. */
MUST_CHECK enum err report_read(const json_t *json, struct report *out);

/* Appends the report as a clerk reads it, in Polish or English. Errors: ERR_FULL, ERR_MEMORY. */
MUST_CHECK enum err report_text(const struct report *self, bool polish, struct buffer *out);

#endif
