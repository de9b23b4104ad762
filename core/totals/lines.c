/* The happy path is: 1. a view's prefix is written once; 2. each row is written behind it.
 * What may go wrong: only the memory. */
#include "core/totals/lines.h"

#include <assert.h>

enum { LINE_BYTES_MAX = 4096 };

static_assert((DIMENSION_COUNT + 3) * (TITLE_BYTES_MAX + 1) + 2 * 21 < LINE_BYTES_MAX,
              "a line of labels fits");

static void write_bytes(struct lines *self, struct bytes text)
{
    if (self->err == ERR_OK) {
        self->err = buffer_add(&self->line, text);
    }
}

static void write_number(struct lines *self, int64_t number)
{
    char text[20];
    size_t at = sizeof text;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0) {
        text[--at] = '-';
    }
    write_bytes(self, bytes_of(text + at, sizeof text - at));
}

static void write_separator(struct lines *self, bool wanted, const char *text)
{
    if (wanted) {
        write_bytes(self, bytes_text(text));
    }
}

void lines_init(struct lines *self, lines_emit *emit, void *context)
{
    *self = (struct lines){
        .line = {.bytes_max = LINE_BYTES_MAX}, .emit = emit, .context = context, .err = ERR_OK};
}

enum err lines_fini(struct lines *self)
{
    buffer_fini(&self->line);
    return self->err;
}

void lines_view(struct lines *self, struct bytes indicator, const struct view *view)
{
    buffer_clear(&self->line);
    self->dimensions = view->dimensions;
    write_bytes(self, indicator);
    write_bytes(self, bytes_text("|"));
    bool more = false;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if ((view->dimensions >> i & 1) != 0) {
            write_separator(self, more, ",");
            write_bytes(self, bytes_text(dimension_text((enum dimension)i)));
            more = true;
        }
    }
    const bool levelled = view->level < REGION_LEVEL_COUNT;
    write_bytes(self, bytes_text("|"));
    write_bytes(self, bytes_text(levelled ? region_level_text(view->level) : "-"));
    write_bytes(self, bytes_text("|"));
    self->prefix = self->line.size;
}

void lines_row(struct lines *self, const struct bytes *labels, const struct line_numbers *numbers)
{
    bool more = false;
    self->line.size = self->prefix;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if ((self->dimensions >> i & 1) != 0) {
            write_separator(self, more, ",");
            write_bytes(self, labels[i]);
            more = true;
        }
    }
    write_bytes(self, bytes_text("|"));
    if (numbers->undefined) {
        write_bytes(self, bytes_text("-|-"));
    } else {
        write_number(self, numbers->value);
        write_bytes(self, bytes_text("|"));
        write_number(self, numbers->partner_sum);
    }
    if (self->err == ERR_OK) {
        self->emit(self->context, buffer_bytes(&self->line));
    }
}
