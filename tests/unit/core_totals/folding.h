/* Batches folded and lines read back, for the tests of totals. */
#ifndef TESTS_UNIT_CORE_TOTALS_FOLDING_H
#define TESTS_UNIT_CORE_TOTALS_FOLDING_H

#include <stdlib.h>

#include "core/base/buffer.h"
#include "core/totals/totals.h"
#include "unit/core_totals/hand.h"

/* A batch under construction, for one node. */
struct folding {
    struct columns_builder *builder;
    uint16_t verdicts[BATCH_EVENTS_MAX];
    uint32_t node;
    const char *partner;
    uint32_t first_person, person_count;
    uint32_t persons[BATCH_EVENTS_MAX];
};

static inline struct folding *folding_new(void)
{
    struct folding *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->builder = hand_builder();
    return self;
}

static inline void folding_free(struct folding **self)
{
    columns_builder_free(&(*self)->builder);
    free(*self);
    *self = NULL;
}

static inline void folding_begin(struct folding *self, uint32_t node, const char *partner)
{
    columns_builder_reset(self->builder);
    memset(self->verdicts, 0, sizeof self->verdicts);
    self->node = node;
    self->partner = partner;
    self->first_person = 0;
    self->person_count = 0;
}

/* Introduces the node's next person, own number `own`, as the broker's number. */
static inline void folding_introduce(struct folding *self, uint32_t own, uint32_t number)
{
    if (self->person_count == 0) {
        self->first_person = own;
    }
    assert_int_equal(self->first_person + self->person_count, own);
    self->persons[self->person_count++] = number;
}

static inline void folding_put(struct folding *self, const struct event *event, uint16_t verdict)
{
    self->verdicts[columns_builder_count(self->builder)] = verdict;
    assert_int_equal(ERR_OK, columns_builder_add(self->builder, event));
}

/* Folds what was put; it may be folded into other totals afterwards. */
static inline enum err folding_into(struct folding *self, struct totals *totals)
{
    struct columns columns;
    columns_builder_finish(self->builder, &columns);
    const struct totals_batch batch = {
        .node = self->node,
        .partner = bytes_text(self->partner),
        .columns = &columns,
        .verdicts = self->verdicts,
        .first_person = self->first_person,
        .person_count = self->person_count,
        .persons = self->persons,
    };
    return totals_fold(totals, &batch);
}

static inline void folding_emit(void *context, struct bytes line)
{
    struct buffer *out = context;
    assert_int_equal(ERR_OK, buffer_add(out, line));
    assert_int_equal(ERR_OK, buffer_add_text(out, "\n"));
}

/* All lines of the totals as one text, to be released with free(). */
static inline char *folding_lines(struct totals *totals)
{
    struct buffer out = {.bytes_max = 1 << 24};
    assert_int_equal(ERR_OK, totals_lines(totals, folding_emit, &out));
    char *text = calloc(1, out.size + 1);
    assert_non_null(text);
    if (out.size > 0) {
        memcpy(text, out.data, out.size);
    }
    buffer_fini(&out);
    return text;
}

static inline void folding_assert_lines(struct totals *totals, const char *wanted)
{
    char *lines = folding_lines(totals);
    assert_string_equal(wanted, lines);
    free(lines);
    totals_check(totals);
}

#endif
