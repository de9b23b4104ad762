/* nuts: the codes that a region has in NUTS, the European classification, in two of its versions.
 *
 * A region keeps one code of ours through all renumberings (NUTS-PL841); official reports of a
 * period want the code of their period (PL343 in NUTS 2013). The table says both: CSV, UTF-8, `;`
 * between fields, the header line code;nuts_2013;nuts_2016. NUTS 2021 has the codes of 2016. */
#ifndef CONFIG_NUTS_H
#define CONFIG_NUTS_H

#include <stdint.h>

#include "config/fault.h"
#include "core/base/bytes.h"
#include "core/base/err.h"

enum { NUTS_BYTES_MAX = 1 << 20, NUTS_MAX = 4096 };

/* Borrowed as long as the table lives. */
struct nuts_line {
    struct bytes code;                 /* of the region tables */
    struct bytes nuts_2013, nuts_2016; /* empty: none; several have a blank between them */
};

struct nuts;

/* Gives the table; free with nuts_free(). Errors: ERR_CONFIG with *fault filled, also where a code
 * stands twice in one column; ERR_MEMORY. */
MUST_CHECK enum err nuts_parse(struct bytes csv, struct nuts **out, struct config_fault *fault);
void nuts_free(struct nuts **self);

uint32_t nuts_count(const struct nuts *self);
const struct nuts_line *nuts_get(const struct nuts *self, uint32_t number);

/* The line of a region's code, or of a code that it has in either version; or null. */
const struct nuts_line *nuts_of(const struct nuts *self, struct bytes code);
const struct nuts_line *nuts_find(const struct nuts *self, struct bytes nuts_code);

#endif
