/* terc_table: a region table from the official register, made to stand beside other tables.
 *
 * The register says what there was on one day, not since when. So a line holds on all days that
 * nothing speaks against: those on which the unit above is there, and on which the tables have no
 * other line of the same unit (of a gmina: also of another kind). What the tables know on the
 * register's day is left to them, with the dates they have. */
#ifndef CONFIG_TERC_TABLE_H
#define CONFIG_TERC_TABLE_H

#include <stdint.h>

#include "config/terc.h"
#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/region.h"

/* In what register and tables differ on the register's day. */
enum terc_difference_kind {
    TERC_ADDED, /* a voivodeship or county that the tables lack; it has a line now */
    TERC_NAME,  /* another name in the tables */
    TERC_KIND,  /* a gmina that the tables have as one of another kind; no line was made */
    TERC_PLACE, /* it lies elsewhere in the tables */
    TERC_GONE,  /* the tables have it, the register does not */
    TERC_DIFFERENCE_COUNT
};

/* Texts are borrowed from register and tables. */
struct terc_difference {
    enum terc_difference_kind kind;
    struct bytes code;          /* of the register; GONE: of the tables */
    struct bytes register_says; /* name, code or unit above; GONE: empty */
    struct bytes tables_say;    /* the same; ADDED: empty */
};

struct terc_table {
    uint32_t lines;                      /* written, without the header */
    uint32_t known[REGION_LEVEL_COUNT];  /* units that the tables have already */
    struct terc_difference *differences; /* in the order of codes, GONE last */
    uint32_t difference_count;
};

/* "name", "kind" ... */
const char *terc_difference_text(enum terc_difference_kind kind);

/* Appends the table to *out, its header first. `beside`, the other tables, may be null: then the
 * table has all units, counties under their voivodeships. Fills *table; release it with
 * terc_table_fini(). Errors: ERR_MEMORY; ERR_FULL, out's. */
MUST_CHECK enum err terc_table_make(const struct terc *terc, const struct regions *beside,
                                    struct buffer *out, struct terc_table *table);
void terc_table_fini(struct terc_table *table);

#endif
