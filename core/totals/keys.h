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
        enum dimension dimension; /* of month, quarter and year the finest tells the others;
                                     DIMENSION_COUNT: what keys_add_over() added */
        uint32_t lane;
    } parts[DIMENSION_COUNT + 1];
};

/* home: regions are those of the person's home. */
void keys_init(struct keys *self, const struct view *view, bool home);

/* Lets the keys hold one more label, in a place of its own: that which a mean goes over. level: of
 * regions. */
void keys_add_over(struct keys *self, enum dimension over, enum region_level level, bool home);

/* The number of "-" among a dimension's labels. */
uint32_t keys_unlabelled(enum dimension dimension, const struct vocabulary *vocabulary);

/* The number of that label, and the key without it. */
uint32_t keys_over(const struct cell_key *key);
struct cell_key keys_without_over(const struct cell_key *key);

/* The months that the key's period spans, first and last: all months there are where the view has
 * no period, none (*first > *last) where it is not known. */
void keys_months(const struct keys *self, const struct cell_key *key, uint32_t *first,
                 uint32_t *last);

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
