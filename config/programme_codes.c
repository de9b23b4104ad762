#include "config/programme_codes.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/mem.h"

/* A code and where it stands in the file. */
struct row {
    struct code code;
    uint32_t number;
};

static int row_order(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;
    const int order = bytes_compare(x->code.id, y->code.id);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static enum err row_build(struct build *build, enum code_list list, struct row *row)
{
    const struct programme_text_code *text = &build->text->lists.of[list].list[row->number];
    const char *path = programme_text_path(list);
    const uint32_t number = row->number;
    struct code *code = &row->code;
    code->valid_from = build->programme->starts_on;
    code->valid_to = build->programme->ends_on;
    enum err err =
        build_code(build, BUILD_PLACE(build, "%s[%u].id", path, number), text->id, &code->id);
    if (err == ERR_OK) {
        err = build_copy(build, text->title, &code->title);
    }
    if (err == ERR_OK) {
        err = build_copy(build, text->parent, &code->parent);
    }
    if (err == ERR_OK) {
        err = build_date(build, BUILD_PLACE(build, "%s[%u].valid_from", path, number),
                         text->valid_from, &code->valid_from);
    }
    const struct place valid_to = BUILD_PLACE(build, "%s[%u].valid_to", path, number);
    if (err == ERR_OK) {
        err = build_date(build, valid_to, text->valid_to, &code->valid_to);
    }
    if (err == ERR_OK && code->valid_from > code->valid_to) {
        return BUILD_FAULT(build, valid_to,
                           "\"%s\" ends before it begins: valid_to must not lie "
                           "before valid_from (or before the programme)",
                           text->id);
    }
    return err;
}

/* Sorts the rows and looks for ids that stand twice. */
static enum err rows_sort(struct build *build, enum code_list list, struct row *rows,
                          uint32_t count)
{
    const char *path = programme_text_path(list);
    qsort(rows, count, sizeof *rows, row_order);
    for (uint32_t i = 1; i < count; i++) {
        if (bytes_equal(rows[i].code.id, rows[i - 1].code.id)) {
            const struct place before = BUILD_PLACE(build, "%s[%u].id", path, rows[i - 1].number);
            const struct place place = BUILD_PLACE(build, "%s[%u].id", path, rows[i].number);
            return build_twice(build, place, rows[i].code.id, before);
        }
    }
    return ERR_OK;
}

/* Whether the way up from the code ends. */
static bool has_root(const struct programme *programme, enum code_list list, uint32_t number)
{
    uint32_t steps = 0;
    struct bytes parent = programme->codes[list][number].parent;
    while (parent.size > 0 && steps <= programme->code_count[list]) {
        parent = programme->codes[list][programme_code(programme, list, parent)].parent;
        steps++;
    }
    return parent.size == 0;
}

static enum err parents_check(struct build *build, enum code_list list, const struct row *rows)
{
    const struct programme *programme = build->programme;
    const char *path = programme_text_path(list);
    for (uint32_t i = 0; i < programme->code_count[list]; i++) {
        const uint32_t number = rows[i].number;
        const char *parent = build->text->lists.of[list].list[number].parent;
        uint32_t unused;
        const enum err err =
            parent == NULL ? ERR_OK
                           : build_number(build, BUILD_PLACE(build, "%s[%u].parent", path, number),
                                          list, parent, &unused);
        if (err != ERR_OK) {
            return err;
        }
    }
    for (uint32_t i = 0; i < programme->code_count[list]; i++) {
        if (!has_root(programme, list, i)) {
            const struct place place = BUILD_PLACE(build, "%s[%u].parent", path, rows[i].number);
            return BUILD_FAULT(build, place,
                               "the parents of \"%.*s\" form a circle: leave one of "
                               "them out",
                               BYTES_FMT(rows[i].code.id));
        }
    }
    return ERR_OK;
}

static enum err list_fill(struct build *build, enum code_list list, struct row *rows,
                          uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        rows[i].number = i;
        const enum err err = row_build(build, list, &rows[i]);
        if (err != ERR_OK) {
            return err;
        }
    }
    void *codes;
    enum err err = rows_sort(build, list, rows, count);
    if (err == ERR_OK) {
        err = build_take(build, count, sizeof(struct code), &codes);
    }
    if (err != ERR_OK) {
        return err;
    }
    build->programme->codes[list] = codes;
    build->programme->code_count[list] = count;
    for (uint32_t i = 0; i < count; i++) {
        build->programme->codes[list][i] = rows[i].code;
    }
    return parents_check(build, list, rows);
}

enum err programme_codes_build(struct build *build)
{
    for (enum code_list list = 0; list < CODES_LIST_COUNT; list++) {
        const uint32_t count = build->text->lists.of[list].count;
        struct row *rows = mem_calloc((size_t)count + 1, sizeof *rows);
        if (rows == NULL) {
            return ERR_MEMORY;
        }
        const enum err err = list_fill(build, list, rows, count);
        mem_free(rows);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static enum err band_build(struct build *build, uint32_t number)
{
    const struct programme_text_band *text = &build->text->bands[number];
    struct age_band *bands = build->programme->bands;
    const struct place id = BUILD_PLACE(build, "age_bands[%u].id", number);
    const struct place from = BUILD_PLACE(build, "age_bands[%u].from", number);
    const struct place to = BUILD_PLACE(build, "age_bands[%u].to", number);
    if (text->to > AGE_MAX) {
        return BUILD_FAULT(build, to, "nobody is older than %d years: write %d at most", AGE_MAX,
                           AGE_MAX);
    }
    if (text->from > text->to) {
        return BUILD_FAULT(
            build, to, "the band \"%s\" ends below its beginning: exchange from and to", text->id);
    }
    for (uint32_t i = 0; i < number; i++) {
        if (bytes_is(bands[i].id, text->id)) {
            return build_twice(build, id, bands[i].id, BUILD_PLACE(build, "age_bands[%u].id", i));
        }
    }
    if (number > 0 && (int)text->from <= bands[number - 1].to) {
        return BUILD_FAULT(build, from,
                           "the band \"%s\" must begin above %d, the last year of the band "
                           "before it: bands are written from young to old and share no "
                           "year",
                           text->id, bands[number - 1].to);
    }
    bands[number].from = (int)text->from;
    bands[number].to = (int)text->to;
    return build_code(build, id, text->id, &bands[number].id);
}

enum err programme_codes_bands(struct build *build)
{
    void *bands;
    enum err err = build_take(build, build->text->band_count, sizeof(struct age_band), &bands);
    if (err != ERR_OK) {
        return err;
    }
    build->programme->bands = bands;
    build->programme->band_count = build->text->band_count;
    for (uint32_t i = 0; i < build->text->band_count && err == ERR_OK; i++) {
        err = band_build(build, i);
    }
    return err;
}
