/* region: the tree of regions with its dates. Codes are strings with a scheme (PL-20, PL-2011,
 * PL-2002073, NUTS-ES43, CITY-IT-cesena); an event keeps the code it was sent with. */
#ifndef CORE_MODEL_REGION_H
#define CORE_MODEL_REGION_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/limits.h"

#define REGION_NONE UINT32_MAX

/* From the widest to the narrowest. */
enum region_level {
    REGION_COUNTRY,
    REGION_VOIVODESHIP,
    REGION_SUBREGION,
    REGION_COUNTY,
    REGION_GMINA,
    REGION_CITY,
    REGION_LEVEL_COUNT
};

/* One line of a region table. A code whose parent changed stands in several lines with dates that
 * do not overlap. */
struct region {
    struct bytes code, name, parent; /* parent: a code, or empty */
    enum region_level level;
    int32_t valid_from, valid_to; /* days, both inclusive */
};

/* What may be wrong with a line by itself. */
enum region_fault {
    REGION_FAULT_NONE,
    REGION_FAULT_FIELDS, /* not six of them */
    REGION_FAULT_CODE,   /* empty, too long or unclean; so too the next */
    REGION_FAULT_NAME,
    REGION_FAULT_LEVEL, /* no such word */
    REGION_FAULT_PARENT,
    REGION_FAULT_DATE,  /* neither empty nor an ISO date */
    REGION_FAULT_ORDER, /* it ends before it begins */
    REGION_FAULT_COUNT
};

struct regions;

/* The first fault of a line that is no header. */
enum region_fault region_line_check(struct bytes line);

/* "county"; errors of the parser: ERR_NOT_FOUND. */
const char *region_level_text(enum region_level level);
MUST_CHECK enum err region_level_parse(struct bytes text, enum region_level *out);

/* Reads a region table: CSV, UTF-8, `;` between fields, no quotes, the header line
 * code;name;level;parent;valid_from;valid_to (dates ISO or empty = always). Copies what it keeps.
 * Lines may stand in any order. A parent has a wider level than its child and is valid on each of
 * the child's days, be it in several lines. Gives the table; free with regions_free().
 *
 * Errors: ERR_MALFORMED (also a code or name that is empty, too long or unclean, and a parent that
 * is not wider), ERR_EXISTS (a code twice on one day; the later line) and ERR_NOT_FOUND (a parent
 * that is not there on some day), each with *line set, from 1; ERR_FULL, more than REGIONS_MAX;
 * ERR_MEMORY. */
MUST_CHECK enum err regions_parse(struct bytes csv, struct regions **out, uint32_t *line);
void regions_free(struct regions **self);

uint32_t regions_count(const struct regions *self);

/* number < regions_count(); the lines of a code stand together, by their days. Borrowed as long as
 * the table lives. */
const struct region *regions_get(const struct regions *self, uint32_t number);

/* The line of code that is valid on the day, or REGION_NONE. */
uint32_t regions_find(const struct regions *self, struct bytes code, int32_t day);

/* The same, or where the code is not valid on the day its line that ended last before, or the one
 * that begins first after; REGION_NONE, it never is. */
uint32_t regions_nearest(const struct regions *self, struct bytes code, int32_t day);

/* The region of that level above (or at) the line number, on the day; REGION_NONE where the tree
 * has none. A line that is not valid on the day stands for its code's line of that day, and where
 * there is none, for itself: so a report may also ask for the tree of another date. */
uint32_t regions_above(const struct regions *self, uint32_t number, enum region_level level,
                       int32_t day);

#endif
