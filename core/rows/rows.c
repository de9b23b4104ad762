/* The happy path is: 1 the pushed bytes gather in a window; 2 each whole physical line goes to
 * libcsv; 3 where that ends a row, the row is checked and handed out, and the window moves on.
 *
 * What may go wrong: a quotation mark is still open at the end of a line. Then the next lines are
 * read as its content, and stay in the window until the row is complete. Where it does not become a
 * good row within the limits, its first line is the fault, and reading starts again at the second.
 * A line that does not fit into the window is dropped up to its end. */
#include "core/rows/rows.h"

#include <assert.h>
#include <csv.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/mem.h"

/* What is not decided yet is at most one row and one byte, so moving it to the front costs no more
 * than reading as many bytes again. */
#define WINDOW_BYTES (2 * (ROW_BYTES_MAX + 1))

struct rows {
    struct rows_options options;
    struct csv_parser csv;
    uint32_t field_count; /* the header's; 0 before it */
    bool header_lost;
    bool skipping; /* the line at start is too long; some of it may be dropped already */
    bool finished;

    uint32_t line;       /* number of the line at start */
    uint32_t line_last;  /* the highest that was read */
    uint32_t row_lines;  /* lines of this row that libcsv has */
    uint32_t open_field; /* the field in which the first of them ended or broke */

    size_t start;     /* the first byte of this row */
    size_t first_end; /* behind its first line */
    size_t fed;       /* behind its last line that libcsv has */
    size_t scanned;   /* no line ends between fed and here */
    size_t size;

    bool row_done; /* the row as libcsv gives it */
    bool row_blank;
    uint32_t field_total;
    size_t text_size;
    struct bytes fields[ROW_FIELDS_MAX];
    uint8_t text[ROW_BYTES_MAX];
    uint8_t window[WINDOW_BYTES];
};

/* Lets what follows start a row at the window's place `at`, `lines` lines on. */
static void go_on(struct rows *self, size_t at, uint32_t lines)
{
    assert(at >= self->start && at <= self->size);
    self->line = lines < UINT32_MAX - self->line ? self->line + lines : UINT32_MAX;
    self->start = self->first_end = self->fed = self->scanned = at;
    self->row_lines = 0;
    self->row_done = false;
    self->row_blank = true;
    self->field_total = 0;
    self->text_size = 0;
    /* Without CSV_STRICT_FINI this only resets. */
    (void)csv_fini(&self->csv, NULL, NULL, NULL);
}

enum err rows_new(const struct rows_options *options, struct rows **out)
{
    assert(options->on_row != NULL && options->on_fault != NULL);
    struct rows *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    (void)csv_init(&self->csv, CSV_STRICT | CSV_REPALL_NL);
    csv_set_realloc_func(&self->csv, mem_resize);
    csv_set_free_func(&self->csv, mem_free);
    csv_set_blk_size(&self->csv, ROW_BYTES_MAX + 1);
    self->line = 1;
    /* Makes libcsv take its memory, enough for any row, now; it makes do with less on its own. */
    (void)csv_parse(&self->csv, "\n", 1, NULL, NULL, NULL);
    go_on(self, 0, 0);
    if (csv_get_buffer_size(&self->csv) <= ROW_BYTES_MAX) {
        rows_free(&self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void rows_free(struct rows **self)
{
    if (*self != NULL) {
        csv_free(&(*self)->csv);
        mem_free(*self);
    }
    *self = NULL;
}

uint32_t rows_lines(const struct rows *self)
{
    return self->line_last;
}

static void fault(struct rows *self, enum reject code, uint32_t field)
{
    const struct rows_fault found = {.line = self->line, .field = field, .code = code};
    self->header_lost = self->field_count == 0;
    self->options.on_fault(self->options.context, &found);
}

/* Called by libcsv. */
static void take_field(void *data, size_t size, void *context)
{
    struct rows *self = context;
    self->row_blank = self->row_blank && size == 0;
    if (self->field_total < ROW_FIELDS_MAX) {
        assert(size <= ROW_BYTES_MAX - self->text_size);
        uint8_t *to = self->text + self->text_size;
        memcpy(to, data, size);
        self->fields[self->field_total] = bytes_of(to, size);
        self->text_size += size;
    }
    self->field_total++;
}

/* Called by libcsv; twice where CRLF ends the row. */
static void take_row_end(int end, void *context)
{
    (void)end;
    ((struct rows *)context)->row_done = true;
}

static char separator_of(struct bytes line)
{
    static const char separators[] = {';', ',', '\t'};
    size_t counts[sizeof separators] = {0};
    bool quoted = false;
    for (size_t i = 0; i < line.size; i++) {
        quoted = quoted != (line.data[i] == '"');
        for (size_t s = 0; s < sizeof separators; s++) {
            counts[s] += !quoted && line.data[i] == (uint8_t)separators[s];
        }
    }
    size_t best = 0;
    for (size_t s = 1; s < sizeof separators; s++) {
        best = counts[s] > counts[best] ? s : best;
    }
    return separators[best];
}

/* Finds the end of the line at fed, behind its line end. False where it may yet go on: a CR at the
 * window's end may be half of a CRLF. */
static bool find_line(struct rows *self, bool final, size_t *end)
{
    while (self->scanned < self->size) {
        const uint8_t byte = self->window[self->scanned];
        if (byte == '\n') {
            *end = self->scanned + 1;
            return true;
        }
        if (byte == '\r') {
            const bool last = self->scanned + 1 == self->size;
            *end = self->scanned + (!last && self->window[self->scanned + 1] == '\n' ? 2 : 1);
            return !last || final;
        }
        self->scanned++;
    }
    *end = self->size;
    return final && self->size > self->fed;
}

/* Gives the line that ends at `end` to libcsv; false where that cannot read it. */
static bool feed(struct rows *self, size_t end)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    const bool first = self->row_lines == 0;
    struct bytes line = bytes_of(self->window + self->fed, end - self->fed);
    assert(line.size > 0);
    const bool ended = line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r';
    if (self->line == 1 && first && line.size >= sizeof mark &&
        memcmp(line.data, mark, sizeof mark) == 0) {
        line = bytes_of(line.data + sizeof mark, line.size - sizeof mark);
    }
    if (self->field_count == 0 && first) {
        csv_set_delim(&self->csv, (unsigned char)separator_of(line));
    }
    bool good =
        csv_parse(&self->csv, line.data, line.size, take_field, take_row_end, self) == line.size;
    if (good && !ended) {
        good = csv_parse(&self->csv, "\n", 1, take_field, take_row_end, self) == 1;
    }
    assert(good || csv_error(&self->csv) == CSV_EPARSE);
    if (first) {
        self->first_end = end;
        self->open_field = self->field_total + 1;
    }
    self->fed = self->scanned = end;
    self->row_lines++;
    const uint32_t line_now = self->line + self->row_lines - 1;
    self->line_last = line_now > self->line_last ? line_now : self->line_last;
    return good;
}

/* Drops what there is of the line at start. False where it may yet go on. */
static bool drop_line(struct rows *self, bool whole, size_t end)
{
    if (whole || self->scanned > self->start) {
        self->line_last = self->line > self->line_last ? self->line : self->line_last;
        self->skipping = !whole;
        go_on(self, whole ? end : self->scanned, whole ? 1 : 0);
    }
    return whole;
}

static enum reject row_wrong(const struct rows *self, uint32_t *field)
{
    const uint32_t total = self->field_total;
    const uint32_t held = total < ROW_FIELDS_MAX ? total : ROW_FIELDS_MAX;
    for (uint32_t i = 0; i < held; i++) {
        if (self->fields[i].size > FIELD_BYTES_MAX) {
            *field = i + 1;
            return REJECT_ROW_TOO_LONG;
        }
    }
    *field = 0;
    if (self->field_count == 0 && total > ROW_FIELDS_MAX) {
        return REJECT_ROW_TOO_LONG;
    }
    if (self->field_count != 0 && total != self->field_count) {
        return REJECT_ROW_FIELDS;
    }
    for (uint32_t i = 0; i < held; i++) {
        const struct bytes text = self->fields[i];
        if (!bytes_utf8(text) || (text.size > 0 && memchr(text.data, 0, text.size) != NULL)) {
            *field = i + 1;
            return REJECT_ENCODING;
        }
    }
    return REJECT_NONE;
}

static void refuse_first_line(struct rows *self, enum reject code, uint32_t field)
{
    fault(self, code, field);
    go_on(self, self->first_end, 1);
}

static void hand_out(struct rows *self)
{
    const struct rows_row row = {
        .line = self->line, .field_count = self->field_total, .fields = self->fields};
    self->field_count = self->field_total;
    self->options.on_row(self->options.context, &row);
}

static void take_row(struct rows *self)
{
    uint32_t field = 0;
    const enum reject code = self->row_blank ? REJECT_NONE : row_wrong(self, &field);
    if (code == REJECT_ROW_FIELDS || code == REJECT_ROW_TOO_LONG) {
        refuse_first_line(self, code, field);
        return;
    }
    if (code != REJECT_NONE) {
        fault(self, code, field);
    } else if (!self->row_blank) {
        hand_out(self);
    }
    go_on(self, self->fed, self->row_lines);
}

/* Reads all lines that are whole. */
static void work(struct rows *self, bool final)
{
    for (;;) {
        size_t end;
        const bool whole = find_line(self, final, &end);
        if (self->skipping || self->header_lost) {
            if (!drop_line(self, whole, end)) {
                return;
            }
            continue;
        }
        const bool fits = (whole ? end : self->size) - self->start <= ROW_BYTES_MAX;
        const bool open = self->row_lines > 0;
        if (!whole && fits && !(final && open)) {
            return;
        }
        if (!whole || !fits || self->row_lines == ROW_LINES_MAX) {
            if (open) {
                refuse_first_line(self, REJECT_ROW_QUOTES, self->open_field);
            } else {
                fault(self, REJECT_ROW_TOO_LONG, 0);
                self->skipping = true;
            }
            continue;
        }
        if (!feed(self, end)) {
            refuse_first_line(self, REJECT_ROW_QUOTES, self->open_field);
        } else if (self->row_done) {
            take_row(self);
        }
    }
}

static void move_to_front(struct rows *self)
{
    const size_t gone = self->start;
    memmove(self->window, self->window + gone, self->size - gone);
    self->start = 0;
    self->first_end -= gone;
    self->fed -= gone;
    self->scanned -= gone;
    self->size -= gone;
}

enum err rows_push(struct rows *self, struct bytes more)
{
    assert(!self->finished);
    while (more.size > 0) {
        if (self->size == WINDOW_BYTES) {
            move_to_front(self);
        }
        const size_t room = WINDOW_BYTES - self->size;
        const size_t size = more.size < room ? more.size : room;
        assert(size > 0);
        memcpy(self->window + self->size, more.data, size);
        self->size += size;
        more = bytes_of(more.data + size, more.size - size);
        work(self, false);
        assert(self->size - self->start <= ROW_BYTES_MAX);
    }
    return ERR_OK;
}

enum err rows_finish(struct rows *self)
{
    assert(!self->finished);
    self->finished = true;
    work(self, true);
    return ERR_OK;
}
