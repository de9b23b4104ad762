/* The happy path is: 1. copy the text; 2. read each line into a unit; 3. sort by code, so that a
 * unit stands behind the one it lies in, and a gmina beside its parts; 4. check what must be there
 * once or at all; 5. take the parts out.
 * What may go wrong: a file that a spreadsheet has saved anew (zeros lost, other separators, not
 * UTF-8), one that was cut, or another file: the first fault is named with its line. */
#include "config/terc.h"

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/place.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/model/limits.h"

enum { WOJ, POW, GMI, RODZ, NAZWA, NAZWA_DOD, STAN_NA, FIELD_COUNT };
enum { VOIVODESHIP_BYTES = 5, COUNTY_BYTES = 7, STEM_BYTES = 9, KIND_MAX = 9, UNIT_MAX = 65536 };

static const char *const columns[FIELD_COUNT] = {"WOJ",   "POW",       "GMI",    "RODZ",
                                                 "NAZWA", "NAZWA_DOD", "STAN_NA"};
static const char header[] = "WOJ;POW;GMI;RODZ;NAZWA;NAZWA_DOD;STAN_NA";
/* The seventh column had this name in older files. */
static const char header_before[] = "WOJ;POW;GMI;RODZ;NAZWA;NAZDOD;STAN_NA";

struct unit {
    struct terc_unit known;
    uint32_t kind; /* of a gmina or a part; else 0 */
};

struct terc {
    struct unit *units;
    uint32_t count;
    int32_t day;
    uint32_t parts[KIND_MAX + 1];
    uint8_t *text;
};

struct reading {
    struct terc *terc;
    struct config_fault *fault;
    struct bytes line, fields[FIELD_COUNT];
    uint32_t number; /* of the line */
};

/* ---- one line ---- */

/* At a field of the line, by characters. */
static struct place place_of(const struct reading *self, uint32_t field)
{
    struct place place = {.line = self->number, .column = 1};
    for (const uint8_t *at = self->line.data; at < self->fields[field].data; at++) {
        place.column += (*at & 0xc0) != 0x80 ? 1 : 0;
    }
    return place;
}

static enum err line_cut(struct reading *self)
{
    struct bytes rest = self->line;
    uint32_t count = 0;
    struct bytes field;
    if (!bytes_clean(self->line)) {
        return place_fault(self->fault, (struct place){self->number, 1},
                           "the line is not clean UTF-8: take the file as it is published");
    }
    while (bytes_cut(&rest, ';', &field)) {
        if (count < FIELD_COUNT) {
            self->fields[count] = field;
        }
        count++;
    }
    return count == FIELD_COUNT
               ? ERR_OK
               : place_fault(self->fault, (struct place){self->number, 1},
                             "the line has %u fields, not the seven of %s: complete it", count,
                             header);
}

static bool digits(struct bytes text, size_t size)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return text.size == size;
}

static enum err number_fault(const struct reading *self, uint32_t field)
{
    char shown[32];
    bytes_to_shown(self->fields[field], shown, sizeof shown);
    return place_fault(self->fault, place_of(self, field),
                       "\"%s\" is no %s: there are two digits, the zero in front too (a "
                       "spreadsheet takes it away: take the file as it is published)",
                       shown, columns[field]);
}

/* Each of WOJ, POW and GMI has two digits, or is empty as all behind it. */
static enum err numbers_check(const struct reading *self)
{
    const bool is_kind = self->fields[RODZ].size == 0 ||
                         (digits(self->fields[RODZ], 1) &&
                          strchr("1234589", (char)self->fields[RODZ].data[0]) != NULL);
    for (uint32_t i = WOJ; i <= GMI; i++) {
        const bool may_lack = i > WOJ && self->fields[i].size == 0;
        if (!may_lack && !digits(self->fields[i], 2)) {
            return number_fault(self, i);
        }
        if (i > WOJ && self->fields[i].size > 0 && self->fields[i - 1].size == 0) {
            return place_fault(self->fault, place_of(self, i - 1),
                               "%s is empty before a %s: write it", columns[i - 1], columns[i]);
        }
    }
    if (!is_kind) {
        return place_fault(self->fault, place_of(self, RODZ),
                           "RODZ is one of 1, 2, 3 (gminas) and 4, 5, 8, 9 (parts of them): "
                           "correct it");
    }
    return (self->fields[GMI].size > 0) == (self->fields[RODZ].size > 0)
               ? ERR_OK
               : place_fault(self->fault, place_of(self, RODZ),
                             "a gmina has both GMI and RODZ, all else has neither: correct it");
}

static enum err day_check(struct reading *self)
{
    const struct bytes text = self->fields[STAN_NA];
    struct terc *terc = self->terc;
    int32_t day = 0;
    if (text.size != DATE_TEXT_BYTES - 1 || text.data[4] != '-' ||
        date_parse(text, &day) != ERR_OK) {
        return place_fault(self->fault, place_of(self, STAN_NA),
                           "STAN_NA is no day: there is a date such as 2024-01-01");
    }
    if (terc->count > 0 && day != terc->day) {
        char first[DATE_TEXT_BYTES];
        date_format(terc->day, first);
        return place_fault(self->fault, place_of(self, STAN_NA),
                           "the lines before are as at %s: a register is of one day, so take one "
                           "file at a time",
                           first);
    }
    terc->day = day;
    return ERR_OK;
}

/* The register writes voivodeships in capitals. All of our letters keep their size. */
static void make_small(uint8_t *text, size_t size)
{
    static const uint8_t capitals[][2] = {{0xc4, 0x84}, {0xc4, 0x86}, {0xc4, 0x98}, {0xc5, 0x81},
                                          {0xc5, 0x83}, {0xc5, 0x9a}, {0xc5, 0xb9}, {0xc5, 0xbb}};
    for (size_t i = 0; i < size; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z') {
            text[i] = (uint8_t)(text[i] + 'a' - 'A');
        } else if (i + 1 < size && text[i] == 0xc3 && text[i + 1] == 0x93) {
            text[++i] = 0xb3; /* Ó */
        } else {
            for (size_t k = 0; i + 1 < size && k < sizeof capitals / sizeof capitals[0]; k++) {
                if (memcmp(text + i, capitals[k], 2) == 0) {
                    text[++i]++; /* the small one comes next */
                    break;
                }
            }
        }
    }
}

static enum err line_read(struct reading *self)
{
    struct terc *terc = self->terc;
    enum err err = line_cut(self);
    if (err == ERR_OK) {
        err = numbers_check(self);
    }
    if (err == ERR_OK &&
        (self->fields[NAZWA].size == 0 || self->fields[NAZWA].size > TITLE_BYTES_MAX)) {
        err = place_fault(self->fault, place_of(self, NAZWA),
                          "NAZWA is empty or longer than %d bytes: correct it", TITLE_BYTES_MAX);
    }
    if (err == ERR_OK) {
        err = day_check(self);
    }
    if (err != ERR_OK) {
        return err;
    }
    struct unit *unit = &terc->units[terc->count++];
    const struct bytes *fields = self->fields;
    snprintf(unit->known.code, sizeof unit->known.code, "PL-%.*s%.*s%.*s%.*s",
             BYTES_FMT(fields[WOJ]), BYTES_FMT(fields[POW]), BYTES_FMT(fields[GMI]),
             BYTES_FMT(fields[RODZ]));
    unit->kind = fields[RODZ].size > 0 ? (uint32_t)(fields[RODZ].data[0] - '0') : 0;
    unit->known.level = fields[POW].size == 0   ? REGION_VOIVODESHIP
                        : fields[GMI].size == 0 ? REGION_COUNTY
                                                : REGION_GMINA;
    unit->known.name = fields[NAZWA];
    unit->known.line = self->number;
    if (unit->known.level == REGION_VOIVODESHIP) {
        make_small(terc->text + (fields[NAZWA].data - terc->text), fields[NAZWA].size);
    }
    return ERR_OK;
}

static enum err lines_read(struct terc *self, struct bytes text, struct config_fault *fault)
{
    struct reading reading = {.terc = self, .fault = fault, .number = 1};
    struct bytes rest = bytes_unmarked(text);
    if (!bytes_cut_line(&rest, &reading.line) ||
        (!bytes_is(reading.line, header) && !bytes_is(reading.line, header_before))) {
        return place_fault(fault, (struct place){1, 1},
                           "this is no TERC file: its first line must be \"%s\"", header);
    }
    while (bytes_cut_line(&rest, &reading.line)) {
        reading.number++;
        if (self->count == UNIT_MAX) {
            return place_fault(fault, (struct place){reading.number, 1},
                               "the register has more than %d units", UNIT_MAX);
        }
        const enum err err = reading.line.size > 0 ? line_read(&reading) : ERR_OK;
        if (err != ERR_OK) {
            return err;
        }
    }
    return self->count > 0 ? ERR_OK
                           : place_fault(fault, (struct place){1, 1},
                                         "there is no unit behind the header: take the whole file");
}

/* ---- all of them ---- */

static int by_code(const void *a, const void *b)
{
    const struct unit *left = a, *right = b;
    const int order = strcmp(left->known.code, right->known.code);
    return order != 0 ? order : left->known.line < right->known.line ? -1 : 1;
}

/* The first of count units whose code starts with these bytes or comes behind them. */
static uint32_t lower_bound(const struct terc *self, struct bytes code)
{
    uint32_t low = 0, high = self->count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (bytes_compare(bytes_text(self->units[middle].known.code), code) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A code is a voivodeship's where it has 5 letters, a county's with 7, a gmina's with 10. */
static bool is_there(const struct terc *self, struct bytes code)
{
    const uint32_t at = lower_bound(self, code);
    return at < self->count && bytes_is(code, self->units[at].known.code);
}

static bool is_gmina(const struct unit *unit)
{
    return unit->kind >= 1 && unit->kind <= 3;
}

static enum err unit_fault(struct config_fault *fault, const struct unit *unit, const char *why)
{
    return place_fault(fault, (struct place){unit->known.line, 1}, "%s %.*s %s", unit->known.code,
                       BYTES_FMT(unit->known.name), why);
}

/* A unit and the one before it in the order of codes. */
static enum err pair_check(const struct unit *one, const struct unit *two,
                           struct config_fault *fault)
{
    const struct unit *later = one->known.line > two->known.line ? one : two;
    if (strcmp(one->known.code, two->known.code) == 0) {
        return unit_fault(fault, later, "stands there twice: leave one line out");
    }
    const bool same = one->known.level == REGION_GMINA && two->known.level == REGION_GMINA &&
                      strncmp(one->known.code, two->known.code, STEM_BYTES) == 0;
    return same && is_gmina(one) && is_gmina(two)
               ? unit_fault(fault, later,
                            "is the same gmina of another kind: on one day it has one kind, so "
                            "leave a line out")
               : ERR_OK;
}

static enum err unit_check(const struct terc *self, const struct unit *unit,
                           struct config_fault *fault)
{
    const struct bytes above = terc_parent(&unit->known);
    if (unit->known.level != REGION_VOIVODESHIP && !is_there(self, above)) {
        return unit_fault(fault, unit,
                          unit->known.level == REGION_COUNTY
                              ? "is in a voivodeship that has no line: take the whole file"
                              : "is in a county that has no line: take the whole file");
    }
    if (unit->kind == 4 || unit->kind == 5) {
        char whole[TERC_CODE_BYTES];
        snprintf(whole, sizeof whole, "%.*s3", STEM_BYTES, unit->known.code);
        if (!is_there(self, bytes_text(whole))) {
            return unit_fault(fault, unit,
                              "is a part of an urban-rural gmina (kind 3) that has no line: take "
                              "the whole file");
        }
    }
    return ERR_OK;
}

static enum err units_check(const struct terc *self, struct config_fault *fault)
{
    for (uint32_t i = 0; i < self->count; i++) {
        const enum err err =
            i > 0 ? pair_check(&self->units[i - 1], &self->units[i], fault) : ERR_OK;
        if (err != ERR_OK) {
            return err;
        }
    }
    for (uint32_t i = 0; i < self->count; i++) {
        const enum err err = unit_check(self, &self->units[i], fault);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static void parts_out(struct terc *self)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < self->count; i++) {
        const struct unit unit = self->units[i];
        if (unit.kind > 3) {
            self->parts[unit.kind]++;
        } else {
            self->units[kept++] = unit;
        }
    }
    self->count = kept;
}

static size_t units_room(struct bytes csv)
{
    size_t lines = 1;
    for (size_t i = 0; i < csv.size && lines < UNIT_MAX; i++) {
        lines += csv.data[i] == '\n' ? 1 : 0;
    }
    return lines;
}

enum err terc_parse(struct bytes csv, struct terc **out, struct config_fault *fault)
{
    enum err err = ERR_MEMORY;
    struct terc *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->units = mem_calloc(units_room(csv), sizeof *self->units);
    self->text = mem_resize(NULL, csv.size + 1);
    if (self->units == NULL || self->text == NULL) {
        goto fail;
    }
    if (csv.size > 0) {
        memcpy(self->text, csv.data, csv.size);
    }
    err = lines_read(self, bytes_of(self->text, csv.size), fault);
    if (err != ERR_OK) {
        goto fail;
    }
    qsort(self->units, self->count, sizeof *self->units, by_code);
    err = units_check(self, fault);
    if (err != ERR_OK) {
        goto fail;
    }
    parts_out(self);
    *out = self;
    return ERR_OK;

fail:
    terc_free(&self);
    return err;
}

void terc_free(struct terc **self)
{
    if (*self != NULL) {
        mem_free((*self)->units);
        mem_free((*self)->text);
        mem_free(*self);
    }
    *self = NULL;
}

/* ---- what it holds ---- */

int32_t terc_day(const struct terc *self)
{
    return self->day;
}

uint32_t terc_count(const struct terc *self)
{
    return self->count;
}

const struct terc_unit *terc_get(const struct terc *self, uint32_t number)
{
    assert(number < self->count);
    return &self->units[number].known;
}

const struct terc_unit *terc_find(const struct terc *self, struct bytes code)
{
    return is_there(self, code) ? &self->units[lower_bound(self, code)].known : NULL;
}

uint32_t terc_level_count(const struct terc *self, enum region_level level)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < self->count; i++) {
        count += self->units[i].known.level == level ? 1 : 0;
    }
    return count;
}

uint32_t terc_part_count(const struct terc *self, uint32_t kind)
{
    assert(kind <= KIND_MAX);
    return self->parts[kind];
}

struct bytes terc_parent(const struct terc_unit *unit)
{
    switch (unit->level) {
    case REGION_COUNTY:
        return bytes_of(unit->code, VOIVODESHIP_BYTES);
    case REGION_GMINA:
        return bytes_of(unit->code, COUNTY_BYTES);
    case REGION_COUNTRY:
    case REGION_VOIVODESHIP:
    case REGION_SUBREGION:
    case REGION_CITY:
    case REGION_LEVEL_COUNT:
        break;
    }
    return bytes_text("PL");
}

struct bytes terc_stem(struct bytes code)
{
    return code.size == STEM_BYTES + 1 ? bytes_of(code.data, STEM_BYTES) : (struct bytes){0};
}
