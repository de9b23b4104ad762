/* The happy path is: 1. copy the text; 2. read its lines; 3. look that no code is there twice.
 * The table has about a hundred lines and is asked by people: every search looks through all. */
#include "config/nuts.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "config/place.h"
#include "core/base/mem.h"
#include "core/model/limits.h"

static const char header[] = "code;nuts_2013;nuts_2016";

struct nuts {
    struct nuts_line *lines;
    uint32_t count;
    uint8_t *text;
};

/* Whether one of the codes of a list, with blanks between them, is this one. */
static bool has(struct bytes list, struct bytes code)
{
    struct bytes one;
    while (list.size > 0 && bytes_cut(&list, ' ', &one)) {
        if (one.size > 0 && bytes_equal(one, code)) {
            return true;
        }
    }
    return false;
}

static bool any_of(struct bytes list, struct bytes others)
{
    struct bytes one;
    while (list.size > 0 && bytes_cut(&list, ' ', &one)) {
        if (has(others, one)) {
            return true;
        }
    }
    return false;
}

static bool fits(struct bytes text)
{
    return text.size <= CODE_BYTES_MAX && bytes_clean(text);
}

static enum err line_read(struct nuts *self, struct bytes text, struct place place,
                          struct config_fault *fault)
{
    struct nuts_line line = {0};
    const bool three = bytes_cut(&text, ';', &line.code) &&
                       bytes_cut(&text, ';', &line.nuts_2013) &&
                       bytes_cut(&text, ';', &line.nuts_2016) && text.data == NULL;
    if (!three || line.code.size == 0 || !fits(line.code) || !fits(line.nuts_2013) ||
        !fits(line.nuts_2016)) {
        return place_fault(fault, place, "the line has not the form %s: correct it", header);
    }
    for (uint32_t i = 0; i < self->count; i++) {
        const struct nuts_line *before = &self->lines[i];
        if (bytes_equal(before->code, line.code) || any_of(line.nuts_2013, before->nuts_2013) ||
            any_of(line.nuts_2016, before->nuts_2016)) {
            return place_fault(fault, place,
                               "a code of this line stands in line %u already: leave it out there "
                               "or here",
                               i + 2);
        }
    }
    self->lines[self->count++] = line;
    return ERR_OK;
}

static enum err lines_read(struct nuts *self, struct bytes text, struct config_fault *fault)
{
    struct place place = {.line = 1, .column = 1};
    struct bytes rest = bytes_unmarked(text), line;
    if (!bytes_cut_line(&rest, &line) || !bytes_is(line, header)) {
        return place_fault(fault, place,
                           "this is no table of NUTS codes: its first line must be "
                           "\"%s\"",
                           header);
    }
    while (bytes_cut_line(&rest, &line)) {
        place.line++;
        const enum err err = self->count < NUTS_MAX
                                 ? line_read(self, line, place, fault)
                                 : place_fault(fault, place,
                                               "there are more than %d lines: leave "
                                               "some out",
                                               NUTS_MAX);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

enum err nuts_parse(struct bytes csv, struct nuts **out, struct config_fault *fault)
{
    enum err err = ERR_MEMORY;
    struct nuts *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->lines = mem_calloc(NUTS_MAX, sizeof *self->lines);
    self->text = mem_resize(NULL, csv.size + 1);
    if (self->lines != NULL && self->text != NULL) {
        if (csv.size > 0) {
            memcpy(self->text, csv.data, csv.size);
        }
        err = lines_read(self, bytes_of(self->text, csv.size), fault);
    }
    if (err == ERR_OK) {
        *out = self;
    } else {
        nuts_free(&self);
    }
    return err;
}

void nuts_free(struct nuts **self)
{
    if (*self != NULL) {
        mem_free((*self)->lines);
        mem_free((*self)->text);
        mem_free(*self);
    }
    *self = NULL;
}

uint32_t nuts_count(const struct nuts *self)
{
    return self->count;
}

const struct nuts_line *nuts_get(const struct nuts *self, uint32_t number)
{
    assert(number < self->count);
    return &self->lines[number];
}

const struct nuts_line *nuts_of(const struct nuts *self, struct bytes code)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (bytes_equal(self->lines[i].code, code)) {
            return &self->lines[i];
        }
    }
    return NULL;
}

const struct nuts_line *nuts_find(const struct nuts *self, struct bytes nuts_code)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (has(self->lines[i].nuts_2013, nuts_code) || has(self->lines[i].nuts_2016, nuts_code)) {
            return &self->lines[i];
        }
    }
    return NULL;
}
