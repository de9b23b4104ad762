/* lines: the canonical text of rows, one line each, of which a digest of totals is made. */
#ifndef CORE_TOTALS_LINES_H
#define CORE_TOTALS_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/programme.h"

typedef void lines_emit(void *context, struct bytes line);

/* Open, in the caller's storage. The first error ends the writing; it stands in err. */
struct lines {
    struct buffer line;
    size_t prefix; /* bytes of the line that all rows of the view share */
    uint32_t dimensions;
    lines_emit *emit;
    void *context;
    enum err err;
};

struct line_numbers {
    int64_t value, partner_sum;
    bool undefined;
};

/* Release with lines_fini(), which returns the first error: ERR_MEMORY. */
void lines_init(struct lines *self, lines_emit *emit, void *context);
MUST_CHECK enum err lines_fini(struct lines *self);

/* What follows are rows of this view of an indicator. */
void lines_view(struct lines *self, struct bytes indicator, const struct view *view);

/* Emits INDICATOR|DIMENSIONS|LEVEL|label,label,...|value|partner_sum. labels: by dimension. */
void lines_row(struct lines *self, const struct bytes *labels, const struct line_numbers *numbers);

#endif
