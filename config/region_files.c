/* The happy path is: 1 read every table and take off its header; 2 sort all lines; 3 write them,
 * equal ones once. What may go wrong: a table is not there, or is no region table. */
#include "config/region_files.h"

#include <stdlib.h>
#include <string.h>

#include "config/sizes.h"
#include "core/model/limits.h"
#include "config/source.h"
#include "core/base/mem.h"

enum { TABLE_BYTES_MAX = 4 * FRAME_BYTES_MAX };

const char region_files_header[] = "code;name;level;parent;valid_from;valid_to";

/* The line at *at without its end, and moves behind it. */
static struct bytes line_next(struct bytes text, size_t *at)
{
    const uint8_t *start = text.data + *at;
    const uint8_t *newline = memchr(start, '\n', text.size - *at);
    const size_t size = newline != NULL ? (size_t)(newline - start) : text.size - *at;
    *at += size + (newline != NULL ? 1 : 0);
    return bytes_of(start, size > 0 && start[size - 1] == '\r' ? size - 1 : size);
}

static struct bytes without_mark(struct bytes text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    const bool marked = text.size >= sizeof mark && memcmp(text.data, mark, sizeof mark) == 0;
    return marked ? bytes_of(text.data + sizeof mark, text.size - sizeof mark) : text;
}

/* Adds the table's lines behind its header to *lines, each with one line feed. */
static enum err table_add(const char *file, struct place place, struct bytes text,
                          struct buffer *lines, struct config_fault *fault)
{
    size_t at = 0;
    text = without_mark(text);
    const struct bytes header = text.size > 0 ? line_next(text, &at) : text;
    if (!bytes_is(header, region_files_header)) {
        return place_fault(fault, place, "%s is no region table: its first line must be \"%s\"",
                           file, region_files_header);
    }
    while (at < text.size) {
        const struct bytes line = line_next(text, &at);
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

static enum err table_read(const char *path, const char *name, struct place place,
                           struct buffer *lines, struct config_fault *fault)
{
    char file[CONFIG_PATH_BYTES];
    struct buffer text = {.bytes_max = TABLE_BYTES_MAX};
    if (source_beside(path, name, file, sizeof file) != ERR_OK) {
        return place_fault(fault, place, "the path of \"%s\" is too long", name);
    }
    enum err err = source_read(file, &text, fault);
    if (err == ERR_OK) {
        err = table_add(file, place, buffer_bytes(&text), lines, fault);
    } else if (err != ERR_MEMORY) {
        fault->line = place.line;
        fault->column = place.column;
        err = ERR_CONFIG;
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
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        lines[i] = line_next(text, &at);
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
        err = table_read(path, names[i], document_place(document, "regions[%u]", i), &lines, fault);
    }
    if (err == ERR_OK) {
        err = lines_write(buffer_bytes(&lines), out);
    }
    buffer_fini(&lines);
    return err;
}
