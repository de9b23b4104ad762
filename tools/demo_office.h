/* demo_office: rows of an office's table as the CSV that its office would save.
 *
 * Each office has its habits: order of columns, form of dates, line ends, and how a spreadsheet was
 * kept from spoiling a PESEL. */
#ifndef TOOLS_DEMO_OFFICE_H
#define TOOLS_DEMO_OFFICE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/err.h"
#include "tools/demo_people.h"

enum { DEMO_OFFICE_COUNT = 3, DEMO_OFFICE_KEY_BYTES = 32 };

/* The mapping that the offices' nodes use: it leaves out the names of people. */
extern const char demo_office_mapping[];

/* Null texts are empty fields. */
struct demo_office_row {
    const char *key;
    bool deletes; /* then nothing but the key is written */
    const char *kind;
    int32_t occurred_on;
    const char *task, *region;
    const struct demo_people_person *person; /* null: entity, or nobody */
    const char *entity;
    const char *education, *status, *flags;
    const char *support, *outcome, *activity, *quantity, *unit;
};

/* Append to *out, in the habits of the office with this number; there are DEMO_OFFICE_COUNT kinds
 * of habits. Errors: as buffer_add(). */
MUST_CHECK enum err demo_office_header(uint32_t office, struct buffer *out);
MUST_CHECK enum err demo_office_row(uint32_t office, const struct demo_office_row *row,
                                    struct buffer *out);

#endif
