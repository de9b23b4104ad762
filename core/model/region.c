/* The table is sorted by code and first day, and searched by bisection. All texts stand in one copy
 * of the file. The happy path is: 1. copy the text and count its lines; 2. read each line; 3. sort;
 * 4. check that no code is there twice on a day and that parents are there and wider.
 * What may go wrong: a line that cannot be understood, named by its number; more lines than fit. */
#include "core/model/region.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/model/words.h"

enum { FIELD_CODE, FIELD_NAME, FIELD_LEVEL, FIELD_PARENT, FIELD_FROM, FIELD_TO, FIELD_COUNT };

static const char header_text[] = "code;name;level;parent;valid_from;valid_to";

static const char *const level_words[REGION_LEVEL_COUNT] = {
    [REGION_COUNTRY] = "country",     [REGION_VOIVODESHIP] = "voivodeship",
    [REGION_SUBREGION] = "subregion", [REGION_COUNTY] = "county",
    [REGION_GMINA] = "gmina",         [REGION_CITY] = "city",
};

struct entry {
    struct region region;
    uint32_t line;
};

struct regions {
    struct entry *entries;
    uint32_t count;
    uint8_t *text;
};

const char *region_level_text(enum region_level level)
{
    assert((uint32_t)level < REGION_LEVEL_COUNT);
    return level_words[level];
}

enum err region_level_parse(struct bytes text, enum region_level *out)
{
    const uint32_t level = words_find(level_words, REGION_LEVEL_COUNT, text);
    if (level == WORDS_NONE) {
        return ERR_NOT_FOUND;
    }
    *out = (enum region_level)level;
    return ERR_OK;
}

static bool text_fits(struct bytes text, size_t bytes_max)
{
    return text.size > 0 && text.size <= bytes_max && bytes_clean(text);
}

/* An empty date is the given end of time; only ISO dates are read. */
static bool read_day(struct bytes text, int32_t empty, int32_t *out)
{
    if (text.size == 0) {
        *out = empty;
        return true;
    }
    return text.size == DATE_TEXT_BYTES - 1 && text.data[4] == '-' &&
           date_parse(text, out) == ERR_OK;
}

static enum region_fault read_line(struct bytes line, struct region *out)
{
    struct bytes fields[FIELD_COUNT];
    for (uint32_t i = 0; i < FIELD_COUNT; i++) {
        if (!bytes_cut(&line, ';', &fields[i])) {
            return REGION_FAULT_FIELDS;
        }
    }
    out->code = fields[FIELD_CODE];
    out->name = fields[FIELD_NAME];
    out->parent = fields[FIELD_PARENT];
    const bool parent_fits = out->parent.size == 0 || text_fits(out->parent, CODE_BYTES_MAX);
    const bool has_level = region_level_parse(fields[FIELD_LEVEL], &out->level) == ERR_OK;
    const bool has_days = read_day(fields[FIELD_FROM], DATE_MIN, &out->valid_from) &&
                          read_day(fields[FIELD_TO], DATE_MAX, &out->valid_to);
    return line.data != NULL                        ? REGION_FAULT_FIELDS
           : !text_fits(out->code, CODE_BYTES_MAX)  ? REGION_FAULT_CODE
           : !text_fits(out->name, TITLE_BYTES_MAX) ? REGION_FAULT_NAME
           : !has_level                             ? REGION_FAULT_LEVEL
           : !parent_fits                           ? REGION_FAULT_PARENT
           : !has_days                              ? REGION_FAULT_DATE
           : out->valid_from > out->valid_to        ? REGION_FAULT_ORDER
                                                    : REGION_FAULT_NONE;
}

enum region_fault region_line_check(struct bytes line)
{
    struct region unused = {0};
    return read_line(line, &unused);
}

static enum err read_lines(struct regions *self, struct bytes text, uint32_t *line)
{
    struct bytes rest = bytes_unmarked(text);
    struct bytes found;
    *line = 1;
    if (!bytes_cut_line(&rest, &found) || !bytes_is(found, header_text)) {
        return ERR_MALFORMED;
    }
    while (bytes_cut_line(&rest, &found)) {
        (*line)++;
        if (self->count == REGIONS_MAX) {
            return ERR_FULL;
        }
        struct entry *entry = &self->entries[self->count];
        if (read_line(found, &entry->region) != REGION_FAULT_NONE) {
            return ERR_MALFORMED;
        }
        entry->line = *line;
        self->count++;
    }
    return ERR_OK;
}

static int compare(const void *a, const void *b)
{
    const struct entry *left = a;
    const struct entry *right = b;
    const int order = bytes_compare(left->region.code, right->region.code);
    if (order != 0) {
        return order;
    }
    if (left->region.valid_from != right->region.valid_from) {
        return left->region.valid_from < right->region.valid_from ? -1 : 1;
    }
    return left->line < right->line ? -1 : left->line > right->line;
}

static bool valid_on(const struct region *region, int32_t day)
{
    return region->valid_from <= day && day <= region->valid_to;
}

/* Whether the parent has a wider level and is there on each of the child's days. */
static enum err check_parent(const struct regions *self, const struct region *child)
{
    int32_t day = child->valid_from;
    while (child->parent.size > 0) {
        const uint32_t number = regions_find(self, child->parent, day);
        if (number == REGION_NONE) {
            return ERR_NOT_FOUND;
        }
        const struct region *parent = &self->entries[number].region;
        if (parent->level >= child->level) {
            return ERR_MALFORMED;
        }
        if (parent->valid_to >= child->valid_to) {
            return ERR_OK;
        }
        day = parent->valid_to + 1;
    }
    return ERR_OK;
}

static enum err check_entries(const struct regions *self, uint32_t *line)
{
    for (uint32_t i = 1; i < self->count; i++) {
        const struct entry *before = &self->entries[i - 1];
        const struct entry *entry = &self->entries[i];
        if (bytes_equal(before->region.code, entry->region.code) &&
            before->region.valid_to >= entry->region.valid_from) {
            *line = before->line > entry->line ? before->line : entry->line;
            return ERR_EXISTS;
        }
    }
    for (uint32_t i = 0; i < self->count; i++) {
        const enum err err = check_parent(self, &self->entries[i].region);
        if (err != ERR_OK) {
            *line = self->entries[i].line;
            return err;
        }
    }
    return ERR_OK;
}

/* Room for as many entries as the text can have, at most REGIONS_MAX. */
static size_t entries_room(struct bytes csv)
{
    size_t lines = 1;
    for (size_t i = 0; i < csv.size && lines < REGIONS_MAX; i++) {
        lines += csv.data[i] == '\n' ? 1 : 0;
    }
    return lines;
}

enum err regions_parse(struct bytes csv, struct regions **out, uint32_t *line)
{
    enum err err = ERR_MEMORY;
    *line = 0;
    struct regions *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->entries = mem_calloc(entries_room(csv), sizeof *self->entries);
    self->text = mem_resize(NULL, csv.size + 1);
    if (self->entries == NULL || self->text == NULL) {
        goto fail;
    }
    if (csv.size > 0) {
        memcpy(self->text, csv.data, csv.size);
    }
    err = read_lines(self, bytes_of(self->text, csv.size), line);
    if (err != ERR_OK) {
        goto fail;
    }
    qsort(self->entries, self->count, sizeof *self->entries, compare);
    err = check_entries(self, line);
    if (err != ERR_OK) {
        goto fail;
    }
    *line = 0;
    *out = self;
    return ERR_OK;

fail:
    regions_free(&self);
    return err;
}

void regions_free(struct regions **self)
{
    if (*self != NULL) {
        mem_free((*self)->entries);
        mem_free((*self)->text);
        mem_free(*self);
    }
    *self = NULL;
}

uint32_t regions_count(const struct regions *self)
{
    return self->count;
}

const struct region *regions_get(const struct regions *self, uint32_t number)
{
    assert(number < self->count);
    return &self->entries[number].region;
}

/* The number of lines of lesser codes, and of this one that start on the day or before. */
static uint32_t lines_until(const struct regions *self, struct bytes code, int32_t day)
{
    uint32_t low = 0;
    uint32_t high = self->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct region *region = &self->entries[middle].region;
        const int order = bytes_compare(region->code, code);
        if (order < 0 || (order == 0 && region->valid_from <= day)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool has_code(const struct regions *self, uint32_t number, struct bytes code)
{
    return number < self->count && bytes_equal(self->entries[number].region.code, code);
}

uint32_t regions_find(const struct regions *self, struct bytes code, int32_t day)
{
    const uint32_t found = lines_until(self, code, day);
    return found > 0 && has_code(self, found - 1, code) &&
                   valid_on(&self->entries[found - 1].region, day)
               ? found - 1
               : REGION_NONE;
}

uint32_t regions_nearest(const struct regions *self, struct bytes code, int32_t day)
{
    const uint32_t found = lines_until(self, code, day);
    return found > 0 && has_code(self, found - 1, code) ? found - 1
           : has_code(self, found, code)                ? found
                                                        : REGION_NONE;
}

uint32_t regions_above(const struct regions *self, uint32_t number, enum region_level level,
                       int32_t day)
{
    assert(number < self->count);
    assert((uint32_t)level < REGION_LEVEL_COUNT);
    if (!valid_on(&self->entries[number].region, day)) {
        const uint32_t then = regions_find(self, self->entries[number].region.code, day);
        number = then != REGION_NONE ? then : number;
    }
    while (number != REGION_NONE && self->entries[number].region.level > level) {
        const struct bytes parent = self->entries[number].region.parent;
        number = parent.size > 0 ? regions_find(self, parent, day) : REGION_NONE;
    }
    if (number == REGION_NONE || self->entries[number].region.level != level) {
        return REGION_NONE;
    }
    return number;
}
