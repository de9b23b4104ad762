/* terc: the official register of Poland's voivodeships, counties and gminas (TERC), as its keeper
 * publishes it: CSV in UTF-8 with the columns WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA.
 *
 * Gminas are urban (kind 1), rural (2) or urban-rural (3). Kinds 4 and 5 are the town and the
 * rural area of an urban-rural one, 8 and 9 districts of a large city: parts, which are only
 * counted, as a gmina and its parts must never be added up. */
#ifndef CONFIG_TERC_H
#define CONFIG_TERC_H

#include <stdint.h>

#include "config/fault.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/region.h"

enum { TERC_BYTES_MAX = 4 << 20, TERC_CODE_BYTES = 11 };

struct terc_unit {
    char code[TERC_CODE_BYTES]; /* "PL-20", "PL-2002", "PL-2002073" */
    struct bytes name;          /* a voivodeship's in small letters, as in the region tables */
    enum region_level level;    /* voivodeship, county or gmina */
    uint32_t line;              /* from 1 */
};

struct terc;

/* Reads the whole register, or a part that holds each unit's county and voivodeship; copies what it
 * keeps. Lines may stand in any order; empty ones are passed over. Gives it; free with terc_free().
 * Errors: ERR_CONFIG with *fault filled: a header or line that cannot be understood, a unit twice,
 * a gmina of two kinds, a part without its gmina, a unit without the one above it, lines of
 * several days; ERR_MEMORY. */
MUST_CHECK enum err terc_parse(struct bytes csv, struct terc **out, struct config_fault *fault);
void terc_free(struct terc **self);

/* The day of which the register says how Poland was divided (STAN_NA); it does not say since
 * when. */
int32_t terc_day(const struct terc *self);

/* Voivodeships, counties and gminas, sorted by code: each stands behind the one it lies in. */
uint32_t terc_count(const struct terc *self);

/* number < terc_count(). Borrowed as long as the register lives. */
const struct terc_unit *terc_get(const struct terc *self, uint32_t number);

/* The unit of that code, or null. */
const struct terc_unit *terc_find(const struct terc *self, struct bytes code);

/* How many there are of a level; how many parts of kind 4, 5, 8 or 9 were left out. */
uint32_t terc_level_count(const struct terc *self, enum region_level level);
uint32_t terc_part_count(const struct terc *self, uint32_t kind);

/* The code of the unit that it lies in: the county's, the voivodeship's, or "PL". */
struct bytes terc_parent(const struct terc_unit *unit);

/* A gmina's code without its kind: what stays the same where the kind changes. */
struct bytes terc_stem(struct bytes code);

#endif
