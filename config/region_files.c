/* The happy path is: 1 read every table and take off its header; 2 sort all lines; 3 write them,
 * equal ones once. What may go wrong: a table is not there, or is no region table; or, where they
 * are parsed too, one of their lines cannot stand there. Lines keep no note of where they came
 * from: the one at fault is looked for in the tables. */
#include "config/region_files.h"

#include <stdlib.h>

#include "config/place.h"
#include "config/sizes.h"
#include "config/source.h"
#include "core/base/mem.h"
#include "core/model/limits.h"

enum { TABLE_BYTES_MAX = 4 * FRAME_BYTES_MAX };

const char region_files_header[] = "code;name;level;parent;valid_from;valid_to";

/* Adds the table's lines behind its header to *lines, each with one line feed. */
static enum err table_add(const char *file, struct place place, struct bytes text,
                          struct buffer *lines, struct config_fault *fault)
{
    struct bytes line = {0};
    text = bytes_unmarked(text);
    if (!bytes_cut_line(&text, &line) || !bytes_is(line, region_files_header)) {
        return place_fault(fault, place, "%s is no region table: its first line must be \"%s\"",
                           file, region_files_header);
    }
    while (bytes_cut_line(&text, &line)) {
        enum err err = ERR_OK;
        if (line.size > 0) {
            err = buffer_add(lines, line);
            err = err == ERR_OK ? buffer_add_text(lines, "\n") : err;
        }
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static enum err table_read(const char *file, struct place place, struct buffer *lines,
                           struct config_fault *fault)
{
    struct buffer text = {.bytes_max = TABLE_BYTES_MAX};
    enum err err = source_read(file, &text, fault);
    if (err == ERR_OK) {
        err = table_add(file, place, buffer_bytes(&text), lines, fault);
    }
    buffer_fini(&text);
    return err;
}

/* A table that a programme file names at that place. */
static enum err table_read_beside(const char *path, const char *name, struct place place,
                                  struct buffer *lines, struct config_fault *fault)
{
    char file[CONFIG_PATH_BYTES];
    if (source_beside(path, name, file, sizeof file) != ERR_OK) {
        return place_fault(fault, place, "the path of \"%s\" is too long", name);
    }
    const enum err err = table_read(file, place, lines, fault);
    if (err == ERR_OK || err == ERR_MEMORY) {
        return err;
    }
    fault->line = place.line;
    fault->column = place.column;
    return ERR_CONFIG;
}

static int line_order(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static enum err lines_write(struct bytes text, struct buffer *out)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        count += text.data[i] == '\n' ? 1 : 0;
    }
    struct bytes *lines = mem_calloc(count + 1, sizeof *lines);
    if (lines == NULL) {
        return ERR_MEMORY;
    }
    for (size_t i = 0; i < count && bytes_cut_line(&text, &lines[i]); i++) {
    }
    qsort(lines, count, sizeof *lines, line_order);
    enum err err = buffer_add_text(out, region_files_header);
    err = err == ERR_OK ? buffer_add_text(out, "\n") : err;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        if (i > 0 && bytes_equal(lines[i], lines[i - 1])) {
            continue;
        }
        err = buffer_add(out, lines[i]);
        err = err == ERR_OK ? buffer_add_text(out, "\n") : err;
    }
    mem_free(lines);
    return err;
}

enum err region_files_merge(const char *path, const struct document *document, char *const *names,
                            uint32_t count, struct buffer *out, struct config_fault *fault)
{
    struct buffer lines = {.bytes_max = 2 * TABLE_BYTES_MAX};
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = table_read_beside(path, names[i], document_place(document, "regions[%u]", i), &lines,
                                fault);
    }
    if (err == ERR_OK) {
        err = lines_write(buffer_bytes(&lines), out);
    }
    buffer_fini(&lines);
    return err;
}

/* ---- parsed ---- */

const char *region_files_why(enum err err, struct bytes line)
{
    static const char *const whys[REGION_FAULT_COUNT] = {
        [REGION_FAULT_NONE] = "its parent is not wider than it is: correct the level or the parent",
        [REGION_FAULT_FIELDS] = "it has not the six fields of the header: write five semicolons",
        [REGION_FAULT_CODE] = "its code is empty, too long or has letters that cannot be seen: "
                              "correct it",
        [REGION_FAULT_NAME] = "its name is empty, too long or has letters that cannot be seen: "
                              "correct it",
        [REGION_FAULT_LEVEL] = "its level is none of country, voivodeship, subregion, county, "
                               "gmina, city: write one of these",
        [REGION_FAULT_PARENT] = "its parent's code is too long or has letters that cannot be seen: "
                                "correct it",
        [REGION_FAULT_DATE] = "one of its dates is no day: write YYYY-MM-DD, or leave it empty",
        [REGION_FAULT_ORDER] = "it ends before it begins: exchange its dates",
    };
    return err == ERR_EXISTS      ? "its code is valid twice on one day: correct the dates"
           : err == ERR_NOT_FOUND ? "its parent is not there, or not on all its days: add a line, "
                                    "or correct the dates"
                                  : whys[region_line_check(line)];
}

/* The line of that number, from 1. */
static struct bytes line_of(struct bytes text, uint32_t number)
{
    struct bytes line = {0};
    for (uint32_t i = 0; i < number && bytes_cut_line(&text, &line); i++) {
    }
    return line;
}

/* The number of the line in the text, from 1; 0 where it is not there. */
static uint32_t line_find(struct bytes text, struct bytes wanted)
{
    struct bytes line;
    text = bytes_unmarked(text);
    for (uint32_t number = 1; bytes_cut_line(&text, &line); number++) {
        if (bytes_equal(line, wanted)) {
            return number;
        }
    }
    return 0;
}

/* Looks in which table a line stands, and fills its number and ours. */
static void line_locate(struct region_tables *tables, struct bytes line, struct config_fault *fault)
{
    struct config_fault unused;
    fault->line = 0;
    for (uint32_t i = 0; i < tables->count && fault->line == 0; i++) {
        struct buffer text = {.bytes_max = TABLE_BYTES_MAX};
        const enum err err = source_read(tables->paths[i], &text, &unused);
        fault->line = err == ERR_OK ? line_find(buffer_bytes(&text), line) : 0;
        tables->fault_in = i;
        buffer_fini(&text);
    }
    if (fault->line == 0) {
        fault->line = line_find(tables->more, line);
        tables->fault_in = tables->count;
    }
    fault->column = 1;
}

static enum err tables_parse(struct region_tables *tables, struct bytes merged,
                             struct config_fault *fault)
{
    uint32_t number = 0;
    const enum err err = regions_parse(merged, &tables->regions, &number);
    if (err == ERR_OK || err == ERR_MEMORY) {
        return err;
    }
    if (err == ERR_FULL) {
        return place_fault(fault, (struct place){0},
                           "the region tables have more than %d lines: leave some out",
                           REGIONS_MAX);
    }
    const struct bytes line = line_of(merged, number);
    char shown[160];
    bytes_to_shown(line, shown, sizeof shown);
    (void)place_fault(fault, (struct place){0}, "\"%s\": %s", shown, region_files_why(err, line));
    line_locate(tables, line, fault);
    return ERR_CONFIG;
}

enum err region_files_load(struct region_tables *tables, struct config_fault *fault)
{
    const struct place first = {.line = 1, .column = 1};
    struct buffer lines = {.bytes_max = 2 * TABLE_BYTES_MAX};
    struct buffer merged = {.bytes_max = 2 * TABLE_BYTES_MAX};
    enum err err = ERR_OK;
    tables->regions = NULL;
    tables->fault_in = 0;
    for (uint32_t i = 0; i < tables->count && err == ERR_OK; i++) {
        tables->fault_in = i;
        err = table_read(tables->paths[i], first, &lines, fault);
    }
    if (err == ERR_OK && tables->more.size > 0) {
        tables->fault_in = tables->count;
        err = table_add("what is added", first, tables->more, &lines, fault);
    }
    if (err == ERR_OK) {
        err = lines_write(buffer_bytes(&lines), &merged);
    }
    if (err == ERR_OK) {
        tables->bytes = merged.size;
        err = tables_parse(tables, buffer_bytes(&merged), fault);
    }
    buffer_fini(&lines);
    buffer_fini(&merged);
    return err;
}
