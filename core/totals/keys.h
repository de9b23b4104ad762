/* keys: a view's dimensions packed into the key of a cell, and unpacked into labels again. */
#ifndef CORE_TOTALS_KEYS_H
#define CORE_TOTALS_KEYS_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/programme.h"
#include "core/totals/cells.h"
#include "core/totals/lanes.h"
#include "core/totals/vocabulary.h"

/* How one view's keys are made: which lane goes where. Open, in the caller's storage. */
struct keys {
    uint32_t dimensions;
    uint32_t count;
    struct {
        enum dimension dimension; /* of month, quarter and year the finest tells the others */
        uint32_t lane;
    } parts[DIMENSION_COUNT];
};

/* home: regions are those of the person's home. */
void keys_init(struct keys *self, const struct view *view, bool home);

/* Which lanes the keys read: bits 1 << enum lane. */
uint32_t keys_needs(const struct keys *self);

/* The keys of the count events at these positions of the lanes. */
void keys_pack(const struct keys *self, const struct lanes *lanes, const uint32_t *positions,
               uint32_t count, struct cell_key *out);

/* The texts of months, quarters and years, written when first asked for. */
struct key_periods;

/* Errors: ERR_MEMORY. */
MUST_CHECK enum err key_periods_new(struct key_periods **out);
void key_periods_free(struct key_periods **self);

/* Fills labels[DIMENSION_COUNT], borrowed from the vocabulary and the periods. */
void keys_unpack(const struct keys *self, const struct cell_key *key,
                 const struct vocabulary *vocabulary, struct key_periods *periods,
                 struct bytes *labels);

#endif
