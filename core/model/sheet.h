/* sheet: one breakdown of one or of all indicators of a programme, as rows on their way from a
 * broker to whoever watches its totals live. */
#ifndef CORE_MODEL_SHEET_H
#define CORE_MODEL_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* In place of a partner_sum, which ratios and means lack: the value is one, be it 0; or it is
 * undefined, and 0 stands for it. */
#define SHEET_DERIVED INT64_MAX
#define SHEET_UNDEFINED INT64_MIN

/* Rows as columns. Values are absolute: people, events, or hundredths of the unit. A row of labels
 * whose value and partner_sum are both 0 says that there is no such row any more. */
struct sheet_rows {
    uint32_t count, label_count; /* rows; labels of each */
    const struct bytes *indicators;
    const struct bytes *labels; /* label_count a row, in the order of enum dimension */
    const int64_t *values, *partner_sums;
};

/* One message about a sheet: a part of a snapshot, a change, or a beat, which has no rows. */
struct sheet_part {
    uint64_t session;        /* of the broker's start; versions only rise in each */
    uint64_t version;        /* of the sheet: every change's is one more than the one before */
    uint64_t basis;          /* position in the log of the programme file in force */
    uint64_t position;       /* of the log, up to which it is counted */
    uint64_t received_at_ms; /* of that entry, wall clock */
    uint64_t digest;         /* of all the sheet's rows; where more follows, nothing */
    bool more;               /* another part of the same snapshot or change follows */
    struct sheet_rows rows;
};

/* A number made from all of one row; 0 where both values are 0. A sheet's digest is the sum of its
 * rows' modulo 2^64, so that it can follow a change without a look at the others. It finds what was
 * lost or confused on the way; against forgery there is the signed log. */
uint64_t sheet_row_digest(const struct sheet_rows *rows, uint32_t row);

#endif
