/* Any bytes as an office table: the first one tells how the rest is split into pushes, which must
 * not change what is read; and what is read is understood or refused by the canonical mapping. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/mapping/mapping.h"
#include "core/rows/rows.h"

/* What the parser tells, as a digest (FNV-1a). */
struct told {
    uint64_t digest;
    uint32_t line; /* of the call before */
    struct mapping *mapping;
    bool header_seen, header_good;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add(struct told *told, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        told->digest = (told->digest ^ bytes[i]) * UINT64_C(1099511628211);
    }
    told->digest = (told->digest ^ size) * UINT64_C(1099511628211);
}

static void understand(struct told *told, const struct rows_row *row)
{
    struct mapping_draft draft;
    struct mapping_fault fault = {.code = REJECT_NONE};
    if (!told->header_seen) {
        told->header_seen = true;
        told->header_good = mapping_header(told->mapping, row->fields, row->field_count, &fault);
        assert(told->header_good == (fault.code == REJECT_NONE));
    } else if (told->header_good) {
        const bool good = mapping_row(told->mapping, row->fields, row->field_count, &draft, &fault);
        assert(good == (fault.code == REJECT_NONE));
        assert(fault.field <= row->field_count);
    }
    add(told, &fault.code, sizeof fault.code);
}

static void on_row(void *context, const struct rows_row *row)
{
    struct told *told = context;
    assert(row->line > told->line);
    told->line = row->line;
    add(told, &row->line, sizeof row->line);
    for (uint32_t i = 0; i < row->field_count; i++) {
        assert(row->fields[i].size <= FIELD_BYTES_MAX && bytes_utf8(row->fields[i]));
        add(told, row->fields[i].data, row->fields[i].size);
    }
    understand(told, row);
}

static void on_fault(void *context, const struct rows_fault *fault)
{
    struct told *told = context;
    assert(fault->line > told->line);
    told->line = fault->line;
    add(told, fault, sizeof *fault);
}

/* Pushes pieces of piece, 2 * piece, 3 * piece ... bytes; all at once where piece is 0. */
static uint64_t read_table(struct bytes table, size_t piece)
{
    struct told told = {.digest = UINT64_C(14695981039346656037)};
    const struct rows_options options = {.context = &told, .on_row = on_row, .on_fault = on_fault};
    struct rows *rows;
    enum err err = mapping_new(mapping_builtin(), &told.mapping);
    assert(err == ERR_OK);
    err = rows_new(&options, &rows);
    assert(err == ERR_OK);
    for (size_t next = piece; table.size > 0; next += piece) {
        const size_t size = piece == 0 || next > table.size ? table.size : next;
        err = rows_push(rows, bytes_of(table.data, size));
        assert(err == ERR_OK);
        table = bytes_of(table.data + size, table.size - size);
    }
    err = rows_finish(rows);
    assert(err == ERR_OK);
    const uint32_t lines = rows_lines(rows);
    assert(told.line <= lines);
    add(&told, &lines, sizeof lines);
    rows_free(&rows);
    mapping_free(&told.mapping);
    return told.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0) {
        const struct bytes table = bytes_of(data + 1, size - 1);
        const uint64_t split = read_table(table, (size_t)data[0] + 1);
        assert(read_table(table, 0) == split);
    }
    return 0;
}
