/* The happy path is: 1 read every table and take off its header; 2 sort all lines; 3 write them,
 * equal ones once; 4 parse what is written. What may go wrong: a table is not there, or is no
 * region table; or one of their lines cannot stand there. Lines keep no note of where they came
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
    err = err == ERR_FULL ? ERR_CONFIG : err;
    if (err == ERR_OK) {
        err = table_add(file, place, buffer_bytes(&text), lines, fault);
    }
    buffer_fini(&text);
    return err;
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

/* ---- parsed ---- */

static const char *why(enum err err, struct bytes line)
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

enum err region_files_parse(struct bytes merged, struct regions **out, struct config_fault *fault)
{
    enum { SHOWN_BYTES = 160 };
    uint32_t number = 0;
    const enum err err = regions_parse(merged, out, &number);
    if (err == ERR_OK || err == ERR_MEMORY) {
        return err;
    }
    if (err == ERR_FULL) {
        return place_fault(fault, (struct place){0},
                           "the region tables have more than %d lines: leave some out",
                           REGIONS_MAX);
    }
    const struct place place = {.line = number, .column = 1};
    const struct bytes line = line_of(merged, number);
    char shown[SHOWN_BYTES];
    bytes_to_shown(line, shown, sizeof shown);
    return number == 1 ? place_fault(fault, place, "\"%s\" is not the header \"%s\": write it",
                                     shown, region_files_header)
                       : place_fault(fault, place, "\"%s\": %s", shown, why(err, line));
}

static enum err tables_parse(struct region_tables *tables, struct bytes merged,
                             struct config_fault *fault)
{
    const enum err err = region_files_parse(merged, &tables->regions, fault);
    if (err == ERR_CONFIG && fault->line > 0) {
        line_locate(tables, line_of(merged, fault->line), fault);
    }
    return err;
}

/* Into one text, and that text parsed. */
static enum err tables_load(struct region_tables *tables, struct buffer *merged,
                            struct config_fault *fault)
{
    const struct place first = {.line = 1, .column = 1};
    struct buffer lines = {.bytes_max = 2 * TABLE_BYTES_MAX};
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
        err = lines_write(buffer_bytes(&lines), merged);
    }
    if (err == ERR_OK) {
        tables->bytes = merged->size;
        err = tables_parse(tables, buffer_bytes(merged), fault);
    }
    buffer_fini(&lines);
    return err;
}

enum err region_files_load(struct region_tables *tables, struct config_fault *fault)
{
    struct buffer merged = {.bytes_max = 2 * TABLE_BYTES_MAX};
    const enum err err = tables_load(tables, &merged, fault);
    buffer_fini(&merged);
    return err;
}

/* ---- named by a programme file ---- */

/* The fault of a table, told where the programme file names it. */
static enum err name_fault(const struct document *document, char *const *names,
                           const struct region_tables *tables, struct config_fault *fault)
{
    const struct config_fault told = *fault;
    const struct place place = document_place(document, "regions[%u]", tables->fault_in);
    return told.line > 0 ? place_fault(fault, place, "%s, line %u: %s", names[tables->fault_in],
                                       told.line, told.text)
                         : place_fault(fault, place, "%s", told.text);
}

enum err region_files_merge(const char *path, const struct document *document, char *const *names,
                            uint32_t count, struct buffer *out, struct config_fault *fault)
{
    struct region_tables tables = {.count = count};
    char(*files)[CONFIG_PATH_BYTES] = mem_calloc((size_t)count + 1, sizeof *files);
    char **paths = mem_calloc((size_t)count + 1, sizeof *paths);
    enum err err = files != NULL && paths != NULL ? ERR_OK : ERR_MEMORY;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        paths[i] = files[i];
        if (source_beside(path, names[i], files[i], sizeof files[i]) != ERR_OK) {
            err = place_fault(fault, document_place(document, "regions[%u]", i),
                              "the path of \"%s\" is too long", names[i]);
        }
    }
    if (err == ERR_OK) {
        tables.paths = paths;
        err = tables_load(&tables, out, fault);
        const bool of_table = err == ERR_CONFIG || err == ERR_NOT_FOUND || err == ERR_IO;
        err = of_table ? name_fault(document, names, &tables, fault) : err;
    }
    regions_free(&tables.regions);
    mem_free(paths);
    mem_free(files);
    return err;
}
