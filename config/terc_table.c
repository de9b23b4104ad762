/* The happy path is, for each unit in the order of codes: 1. the tables have it on the day:
 * compare; 2. they do not: its days are those of the unit above it, less those on which the tables
 * know it; 3. write its line. Then 4. what the tables have alone is told.
 * What may go wrong: no memory. That register and tables differ is no fault: it is told. */
#include "config/terc_table.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "config/region_files.h"
#include "core/base/date.h"
#include "core/base/mem.h"

struct days {
    int32_t from, to;
};

static const struct days always = {DATE_MIN, DATE_MAX};

struct making {
    const struct terc *terc;
    const struct regions *beside;
    struct buffer *out;
    struct terc_table *table;
    struct days *days; /* of each unit of the register, on and around its day */
    struct days country;
};

const char *terc_difference_text(enum terc_difference_kind kind)
{
    static const char *const texts[TERC_DIFFERENCE_COUNT] = {[TERC_ADDED] = "added",
                                                             [TERC_NAME] = "name",
                                                             [TERC_KIND] = "kind",
                                                             [TERC_PLACE] = "place",
                                                             [TERC_GONE] = "gone"};
    assert((uint32_t)kind < TERC_DIFFERENCE_COUNT);
    return texts[kind];
}

static void differ(struct making *self, struct terc_difference difference)
{
    self->table->differences[self->table->difference_count++] = difference;
}

/* ---- days ---- */

/* The days around `number`'s on which the tables have its code without a gap. */
static struct days run_of(const struct regions *beside, uint32_t number)
{
    const struct region *region = regions_get(beside, number);
    const struct bytes code = region->code;
    struct days run = {region->valid_from, region->valid_to};
    while (run.from > DATE_MIN) {
        const uint32_t before = regions_find(beside, code, run.from - 1);
        if (before == REGION_NONE) {
            break;
        }
        run.from = regions_get(beside, before)->valid_from;
    }
    while (run.to < DATE_MAX) {
        const uint32_t after = regions_find(beside, code, run.to + 1);
        if (after == REGION_NONE) {
            break;
        }
        run.to = regions_get(beside, after)->valid_to;
    }
    return run;
}

/* Whether a line of the tables is about the same unit, be it a gmina of another kind. */
static bool same_unit(const struct region *region, struct bytes code)
{
    const struct bytes stem = terc_stem(code);
    return bytes_equal(region->code, code) || (stem.size > 0 && region->level == REGION_GMINA &&
                                               bytes_equal(terc_stem(region->code), stem));
}

/* Takes off the days on which the tables know the unit; they do not on `day`. */
static struct days gap_of(const struct regions *beside, struct bytes code, int32_t day,
                          struct days days)
{
    for (uint32_t i = 0; i < regions_count(beside); i++) {
        const struct region *region = regions_get(beside, i);
        if (!same_unit(region, code)) {
            continue;
        }
        if (region->valid_to < day && region->valid_to >= days.from) {
            days.from = region->valid_to + 1;
        }
        if (region->valid_from > day && region->valid_from <= days.to) {
            days.to = region->valid_from - 1;
        }
    }
    return days;
}

/* Those of the unit above; it stands before this one. */
static struct days days_above(const struct making *self, uint32_t number)
{
    const struct bytes above = terc_parent(terc_get(self->terc, number));
    for (uint32_t i = number; i > 0; i--) {
        if (bytes_is(above, terc_get(self->terc, i - 1)->code)) {
            return self->days[i - 1];
        }
    }
    return self->country;
}

/* ---- lines ---- */

static void day_text(int32_t day, int32_t open, char out[DATE_TEXT_BYTES])
{
    out[0] = '\0';
    if (day != open) {
        date_format(day, out);
    }
}

static enum err line_add(struct making *self, const struct region *region)
{
    char from[DATE_TEXT_BYTES], to[DATE_TEXT_BYTES];
    char line[CODE_BYTES_MAX * 2 + TITLE_BYTES_MAX + 64];
    day_text(region->valid_from, DATE_MIN, from);
    day_text(region->valid_to, DATE_MAX, to);
    const int size =
        snprintf(line, sizeof line, "%.*s;%.*s;%s;%.*s;%s;%s\n", BYTES_FMT(region->code),
                 BYTES_FMT(region->name), region_level_text(region->level),
                 BYTES_FMT(region->parent), from, to);
    assert(size > 0 && (size_t)size < sizeof line);
    self->table->lines++;
    return buffer_add_text(self->out, line);
}

static enum err country_add(struct making *self)
{
    const struct bytes code = bytes_text("PL");
    const uint32_t number =
        self->beside != NULL ? regions_find(self->beside, code, terc_day(self->terc)) : REGION_NONE;
    if (number != REGION_NONE) {
        self->country = run_of(self->beside, number);
        return ERR_OK;
    }
    self->country =
        self->beside != NULL ? gap_of(self->beside, code, terc_day(self->terc), always) : always;
    return line_add(self, &(struct region){.code = code,
                                           .name = bytes_text("Polska"),
                                           .level = REGION_COUNTRY,
                                           .valid_from = self->country.from,
                                           .valid_to = self->country.to});
}

/* The tables' line of the same gmina under another kind on the day, or REGION_NONE. */
static uint32_t other_kind(const struct making *self, struct bytes code)
{
    char other[TERC_CODE_BYTES];
    if (self->beside == NULL || terc_stem(code).size == 0) {
        return REGION_NONE;
    }
    for (char kind = '1'; kind <= '3'; kind++) {
        snprintf(other, sizeof other, "%.*s%c", BYTES_FMT(terc_stem(code)), kind);
        const uint32_t number = regions_find(self->beside, bytes_text(other), terc_day(self->terc));
        if (number != REGION_NONE) {
            return number;
        }
    }
    return REGION_NONE;
}

/* A unit that the tables have on the day. */
static void compare(struct making *self, const struct terc_unit *unit, uint32_t number)
{
    const struct region *region = regions_get(self->beside, number);
    const struct bytes above = terc_parent(unit);
    const enum region_level level = unit->level == REGION_GMINA    ? REGION_COUNTY
                                    : unit->level == REGION_COUNTY ? REGION_VOIVODESHIP
                                                                   : REGION_COUNTRY;
    const uint32_t place = regions_above(self->beside, number, level, terc_day(self->terc));
    const struct bytes there =
        place != REGION_NONE ? regions_get(self->beside, place)->code : region->parent;
    if (!bytes_equal(region->name, unit->name)) {
        differ(self, (struct terc_difference){TERC_NAME, region->code, unit->name, region->name});
    }
    if (!bytes_equal(there, above)) {
        differ(self, (struct terc_difference){TERC_PLACE, region->code, above, there});
    }
}

static enum err unit_add(struct making *self, uint32_t number)
{
    const struct terc_unit *unit = terc_get(self->terc, number);
    const struct bytes code = bytes_text(unit->code);
    const int32_t day = terc_day(self->terc);
    const uint32_t known =
        self->beside != NULL ? regions_find(self->beside, code, day) : REGION_NONE;
    const uint32_t other = known == REGION_NONE ? other_kind(self, code) : REGION_NONE;
    if (known != REGION_NONE) {
        self->days[number] = run_of(self->beside, known);
        self->table->known[unit->level]++;
        compare(self, unit, known);
        return ERR_OK;
    }
    if (other != REGION_NONE) {
        const struct bytes there = regions_get(self->beside, other)->code;
        differ(self, (struct terc_difference){TERC_KIND, code, code, there});
        return ERR_OK;
    }
    self->days[number] = days_above(self, number);
    if (self->beside != NULL) {
        self->days[number] = gap_of(self->beside, code, day, self->days[number]);
        if (unit->level != REGION_GMINA) {
            differ(self, (struct terc_difference){TERC_ADDED, code, unit->name, {0}});
        }
    }
    return line_add(self, &(struct region){.code = code,
                                           .name = unit->name,
                                           .level = unit->level,
                                           .parent = terc_parent(unit),
                                           .valid_from = self->days[number].from,
                                           .valid_to = self->days[number].to});
}

/* ---- what the tables have alone ---- */

static bool is_official(const struct region *region)
{
    return region->code.size > 3 && memcmp(region->code.data, "PL-", 3) == 0 &&
           (region->level == REGION_VOIVODESHIP || region->level == REGION_COUNTY ||
            region->level == REGION_GMINA);
}

/* A gmina of another kind has been told. */
static bool register_has(const struct terc *terc, struct bytes code)
{
    char other[TERC_CODE_BYTES];
    bool has = terc_find(terc, code) != NULL;
    for (char kind = '1'; kind <= '3' && !has && terc_stem(code).size > 0; kind++) {
        snprintf(other, sizeof other, "%.*s%c", BYTES_FMT(terc_stem(code)), kind);
        has = terc_find(terc, bytes_text(other)) != NULL;
    }
    return has;
}

static void tell_gone(struct making *self)
{
    const int32_t day = terc_day(self->terc);
    for (uint32_t i = 0; self->beside != NULL && i < regions_count(self->beside); i++) {
        const struct region *region = regions_get(self->beside, i);
        if (is_official(region) && region->valid_from <= day && day <= region->valid_to &&
            !register_has(self->terc, region->code)) {
            differ(self, (struct terc_difference){TERC_GONE, region->code, {0}, region->name});
        }
    }
}

enum err terc_table_make(const struct terc *terc, const struct regions *beside, struct buffer *out,
                         struct terc_table *table)
{
    struct making self = {.terc = terc, .beside = beside, .out = out, .table = table};
    const size_t known = beside != NULL ? regions_count(beside) : 0;
    *table = (struct terc_table){0};
    /* A unit differs in its name and its place at most. */
    table->differences = mem_calloc(2 * terc_count(terc) + known, sizeof *table->differences);
    self.days = mem_calloc(terc_count(terc), sizeof *self.days);
    enum err err = table->differences != NULL && self.days != NULL ? ERR_OK : ERR_MEMORY;
    if (err == ERR_OK) {
        err = buffer_add_text(out, region_files_header);
    }
    if (err == ERR_OK) {
        err = buffer_add_text(out, "\n");
    }
    if (err == ERR_OK) {
        err = country_add(&self);
    }
    for (uint32_t i = 0; i < terc_count(terc) && err == ERR_OK; i++) {
        err = unit_add(&self, i);
    }
    if (err == ERR_OK) {
        tell_gone(&self);
    }
    mem_free(self.days);
    if (err != ERR_OK) {
        terc_table_fini(table);
    }
    return err;
}

void terc_table_fini(struct terc_table *table)
{
    mem_free(table->differences);
    *table = (struct terc_table){0};
}
