/* limits: every maximum of the exchange in one place. What passes one is refused by name. */
#ifndef CORE_MODEL_LIMITS_H
#define CORE_MODEL_LIMITS_H

#include <assert.h>

enum {
    FRAME_BYTES_MAX = 1 << 20, /* one message on the wire */
    BATCH_EVENTS_MAX = 1024,
    BATCH_TERMS_MAX = 4096, /* distinct codes used in one batch */
    CODE_BYTES_MAX = 64,
    TITLE_BYTES_MAX = 256,
    IDENTIFIER_BYTES_MAX = 64, /* a person's or an entity's id, as written */
    PROFILE_FLAGS_MAX = 16,

    PROGRAMMES_MAX = 64,
    PARTNERS_MAX = 1024, /* of one programme */
    CODES_MAX = 4096,    /* of one list of one programme */
    INDICATORS_MAX = 4096,
    TARGETS_MAX = 16384,
    VIEWS_MAX = 32768,
    REGIONS_MAX = 65536,
    AGE_BANDS_MAX = 64,
    PICK_MAX = 256, /* codes in one condition of an indicator */
    NODES_MAX = 4096,
    ADMINISTRATORS_MAX = 16,
    DECISION_PEOPLE_MAX = 256,             /* named in one decision */
    DECISION_AHEAD_MS_MAX = 5 * 60 * 1000, /* by the broker's clock, when it is submitted */

    ROW_BYTES_MAX = 64 * 1024, /* one row of an office table, with its line ends */
    ROW_LINES_MAX = 64,        /* physical lines that one quoted row may span */
    ROW_FIELDS_MAX = 256,
    FIELD_BYTES_MAX = 4096,

    SHEET_PART_ROWS_MAX = 1024, /* rows of live totals in one message */
    SHEETS_MAX = 256,           /* breakdowns watched at a time */

    GROUP_BATCHES_MAX = 64, /* batches that share one commit of the broker */
    WINDOW_BATCHES = 8,     /* batches a node may have on their way */

    BATCH_ARENA_BYTES = 4 * FRAME_BYTES_MAX,    /* decoding a batch */
    CONTROL_ARENA_BYTES = 16 * FRAME_BYTES_MAX, /* decoding any other message */
};

/* The largest sealed batch: each term with its tag and size; each event's numbers in all columns,
 * its row key and a pseudonym; a profile for each event; header, signature and salt. */
static_assert(BATCH_TERMS_MAX * (2 + CODE_BYTES_MAX) +
                      BATCH_EVENTS_MAX * (1 + 4 + 6 * 2 + 10 + 4 + 1 + 5 + 1 + 2 + 1 + 8 + 8 + 16) +
                      BATCH_EVENTS_MAX * (16 + 3 * 3 + 4 + 2 * PROFILE_FLAGS_MAX) + 4096 <
                  FRAME_BYTES_MAX,
              "a full batch fits into a frame");
static_assert(FIELD_BYTES_MAX < ROW_BYTES_MAX, "a field fits into a row");

#endif
