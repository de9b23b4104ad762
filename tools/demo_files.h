/* demo_files: the files that the offices of one programme drop, and the made-up people in them.
 *
 * Each office drops a first wave of files, with slips in them, and later a second one, which
 * corrects them. Names of people stand in the files, beside the columns that a mapping reads. The
 * same plan gives the same files. */
#ifndef TOOLS_DEMO_FILES_H
#define TOOLS_DEMO_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/date.h"
#include "core/base/err.h"
#include "tools/demo_office.h"
#include "tools/demo_people.h"

enum { DEMO_FILES_WAVES = 2, DEMO_FILES_NAME_BYTES = 48 };

/* What the files are made from; texts are static. */
struct demo_files_plan {
    uint64_t seed;
    struct date starts_on;
    const char *const *partners; /* codes: the offices, by number */
    uint32_t partner_count;
    const char *const *tables; /* names of an office's files, by number */
    uint32_t table_count;
    struct demo_people_kind people;
    uint32_t person_count; /* may be 0 */
    /* One office sends this table whole again in the second wave, where this is true. */
    bool resends;
    uint32_t resent_office, resent_table;
};

struct demo_files_file {
    uint32_t partner; /* number of the office */
    uint32_t wave;    /* from 0 */
    char name[DEMO_FILES_NAME_BYTES];
    struct buffer text;
    uint32_t row_count;
};

struct demo_files;

/* Gives people and no rows yet; borrows the plan. Free with demo_files_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err demo_files_new(const struct demo_files_plan *plan, struct demo_files **out);
void demo_files_free(struct demo_files **self);

/* The first error of all the writing below, which does nothing more behind it: ERR_MEMORY,
 * ERR_FULL. */
MUST_CHECK enum err demo_files_error(const struct demo_files *self);

/* A number from 0 to limit - 1, and the programme's first day. */
uint32_t demo_files_roll(struct demo_files *self, uint32_t limit);
int32_t demo_files_day(const struct demo_files *self);

/* Everyone who may stand in a file; null behind the last one. */
const struct demo_people_person *demo_files_person(const struct demo_files *self, uint32_t index);

/* Writes a row as it should be, into the first wave: `put` gives it a key, `put_bare` none. */
void demo_files_put(struct demo_files *self, uint32_t office, uint32_t table,
                    const struct demo_office_row *row);
void demo_files_put_bare(struct demo_files *self, uint32_t office, uint32_t table,
                         const struct demo_office_row *row);

/* Writes what the office typed (null: nothing) and what it should have typed (null: nothing); where
 * the two are not the same object, the second wave mends it. */
void demo_files_put_mended(struct demo_files *self, uint32_t office, uint32_t table,
                           const struct demo_office_row *typed,
                           const struct demo_office_row *truth);

/* By number, in the order in which each office drops them; null behind the last one. */
const struct demo_files_file *demo_files_at(const struct demo_files *self, uint32_t index);

#endif
