/* demo_abc: the office files of the three partners of "ABC Gospodarki Społecznej", made up from
 * a fixed seed so that the figures come out that the lead office printed.
 *
 * Each partner drops a first wave of files, with slips in them, and later a second one, which
 * corrects them: other content under a known key, deletions, replacements, late rows. Some
 * people are at two partners. Names of people stand in the files, beside the columns that a
 * mapping reads. */
#ifndef TOOLS_DEMO_ABC_H
#define TOOLS_DEMO_ABC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/err.h"
#include "tools/demo_office.h"
#include "tools/demo_people.h"

enum {
    DEMO_ABC_PARTNERS = DEMO_OFFICE_COUNT,
    DEMO_ABC_FILES_MAX = 40,
    DEMO_ABC_WAVES = 2,
    DEMO_ABC_PARTICIPANTS = 1346,
    DEMO_ABC_TWO_PARTNERS = 40, /* people */
    DEMO_ABC_FILE_NAME_BYTES = 48
};

struct demo_abc_file {
    uint32_t partner; /* index of demo_abc_partners */
    uint32_t wave;    /* from 0 */
    char name[DEMO_ABC_FILE_NAME_BYTES];
    struct buffer text;
    uint32_t row_count;
};

enum demo_abc_op { DEMO_ABC_EQ, DEMO_ABC_GT, DEMO_ABC_TEEN };

/* What the lead office printed of an indicator. */
struct demo_abc_figure {
    const char *id;
    enum demo_abc_op op;
    uint32_t value; /* EQ, GT */
    const char *printed;
};

struct demo_abc;

/* Gives the files; free with demo_abc_free(). Errors: ERR_MEMORY, ERR_FULL. */
MUST_CHECK enum err demo_abc_new(struct demo_abc **out);
void demo_abc_free(struct demo_abc **self);

/* By number, in the order in which each office drops them; null behind the last one. */
const struct demo_abc_file *demo_abc_file(const struct demo_abc *self, uint32_t index);

/* Everyone who stands in a file, also by a slip; null behind the last one. */
const struct demo_people_person *demo_abc_person(const struct demo_abc *self, uint32_t index);

/* The partners' codes in the programme. */
extern const char *const demo_abc_partners[DEMO_ABC_PARTNERS];

/* By number; null behind the last one. */
const struct demo_abc_figure *demo_abc_figure(uint32_t index);

/* Whether a figure is as printed. */
bool demo_abc_as_printed(const struct demo_abc_figure *figure, int64_t value);

#endif
