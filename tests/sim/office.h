/* office: a partner's own books, and the clerk who drops them file by file and reads the reports.
 *
 * The books are what the totals must come to in the end. The clerk knows only what a clerk can
 * know: which rows have changed since the last file, and which ones a report names. */
#ifndef TESTS_SIM_OFFICE_H
#define TESTS_SIM_OFFICE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/buffer.h"
#include "core/model/event.h"
#include "tests/sim/world.h"

enum {
    OFFICE_ROWS_MAX = 160,
    OFFICE_FILES_MAX = 96,
    OFFICE_LINES_MAX = 200,
    OFFICE_NAME_BYTES = 32,
    OFFICE_NOBODY = -1,
    OFFICE_SHARED = 24, /* people of the region, who may be at several offices */
    OFFICE_OWN = 8,     /* people whom an office knows by its own number */
    OFFICE_FIRMS = 5,
    OFFICE_GONE_MAX = 6
};

/* What is wrong with a row, until the clerk mends it. */
enum flaw { FLAW_NONE, FLAW_PESEL, FLAW_TASK, FLAW_FUTURE, FLAW_ORDER, FLAW_COUNT };

/* A row of the books. Numbers stand for the programme's codes; -1: the field is empty. */
struct office_row {
    bool there;    /* false: deleted */
    bool keyless;  /* known by its content only; never changed */
    bool changed;  /* since it was last written into a file */
    bool named;    /* by a report: it needs to be dropped again */
    bool dropped;  /* it was in some file */
    bool doubtful; /* some report has named it: what an old file does to it is not certain */
    enum flaw flaw;
    enum event_kind kind;
    int32_t day;
    int task, region, status, support, activity;
    int person; /* 0 to OFFICE_SHARED - 1, then own ones; with firm: 0 to OFFICE_FIRMS - 1 */
    bool firm;
    uint32_t hundredths; /* of an hour; 0: no quantity */
};

struct office_file {
    char name[OFFICE_NAME_BYTES];
    uint32_t line_count;            /* rows */
    int16_t rows[OFFICE_LINES_MAX]; /* of each line, from the file's second */
    bool slow;                      /* it was written in two parts */
    struct buffer content;
};

/* How much of a kept report has been read. */
struct office_report {
    uint64_t imported_at_ms;
    uint8_t faults[2 + OFFICE_LINES_MAX]; /* that name the line */
};

struct office {
    uint32_t node; /* from 0 */
    struct office_row rows[OFFICE_ROWS_MAX];
    uint32_t row_count;
    int enrolments[OFFICE_SHARED + OFFICE_OWN]; /* the person's row + 1 */
    bool gone[OFFICE_SHARED + OFFICE_OWN]; /* people taken out of the books, with all their rows */
    uint32_t gone_count;
    struct office_file files[OFFICE_FILES_MAX];
    uint32_t file_count;
    struct office_report reports[OFFICE_FILES_MAX]; /* by the node's number of the file */
    struct chance chance;
    bool deletes_enrolments, has_keyless, is_fat;
    uint64_t writing_until_ms; /* a file is being written slowly */
    char folder[32];
};

void office_init(struct office *self, uint32_t node);
void office_fini(struct office *self);

/* A little work in the books: rows added, changed, deleted. */
void office_work(struct office *self);

/* Drops what has changed, and now and then the whole table, or an old file again. */
void office_drop_something(struct office *self);

/* Drops everything that the clerk knows to be outstanding, or (whole) the whole table; mends
 * rows that reports have named. False when there is nothing to drop. */
bool office_drop_outstanding(struct office *self, bool whole);

/* Finishes a file that was being written slowly. */
void office_go_on(struct office *self);

/* A file has gone without a report: the clerk cannot know what became of its rows. */
void office_report_missing(struct office *self, const char *name);

/* Reads a kept report: checks that it adds up, and notes the rows that it names. */
void office_read_report(struct office *self, const json_t *report);

/* The content of PESEL, local number or NIP that stands for a person. */
void office_identifier(const struct office *self, const struct office_row *row, char out[16]);

/* Year, month and day of birth of a shared person, and whether it is a woman. */
struct office_person {
    int32_t born; /* days since 1970-01-01 */
    bool woman;
};
struct office_person office_person_of(int shared);

#endif
