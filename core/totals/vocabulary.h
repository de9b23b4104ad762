/* vocabulary: every text that an event of the programme may name, as small numbers.
 *
 * A batch's terms are looked up here once; all that is asked of an event afterwards is an array
 * look-up. Numbers and ranks are local to one object and never leave it. */
#ifndef CORE_TOTALS_VOCABULARY_H
#define CORE_TOTALS_VOCABULARY_H

#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/programme.h"

struct vocabulary;

/* The dimensions whose labels are texts of a closed list. */
enum word_list {
    WORDS_PARTNER,
    WORDS_TASK,
    WORDS_REGION,
    WORDS_KIND,
    WORDS_SEX,
    WORDS_AGE,
    WORDS_EDUCATION,
    WORDS_STATUS,
    WORDS_LIST_COUNT
};

/* Where vocabulary_above() keeps the rank of the code itself. */
#define VOCABULARY_SELF REGION_LEVEL_COUNT
#define RANK_NONE UINT32_MAX

/* Gives the vocabulary of a programme, borrowed for its life; free with vocabulary_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err vocabulary_new(const struct programme *programme, struct vocabulary **out);
void vocabulary_free(struct vocabulary **self);

/* The number of a text + 1, or 0 where neither a list nor the region table has it. */
uint32_t vocabulary_find(const struct vocabulary *self, struct bytes text);

/* The term's number in one of the programme's lists + 1, or 0. term: as vocabulary_find(). */
uint16_t vocabulary_code(const struct vocabulary *self, uint32_t term, enum code_list list);

/* Ranks of the regions above (or at) the term on the day, by level, and of the code itself at
 * VOCABULARY_SELF; the rank of "-" where there is none. Borrowed until the next call. */
const uint32_t *vocabulary_above(struct vocabulary *self, uint32_t term, int32_t day);

/* Cells are labelled by the tree of that day from now on, and no longer by the events' days. */
void vocabulary_show_regions_at(struct vocabulary *self, int32_t day);
bool vocabulary_dated(const struct vocabulary *self);

/* The same for labels: in the tree of the day that is shown, where there is one. A code that it
 * does not have stands for its line of the event's day (see regions_above()). */
const uint32_t *vocabulary_shown(struct vocabulary *self, uint32_t term, int32_t day);

/* The rank of a region's code, or RANK_NONE where the region table does not have it. */
uint32_t vocabulary_region(const struct vocabulary *self, struct bytes code);

/* The rank of the age band that holds age, or of "-". age: AGE_UNKNOWN to AGE_MAX. */
uint32_t vocabulary_age(const struct vocabulary *self, int age);

/* Months from January of the year 1800 + 1; 0 for a day outside DATE_MIN to DATE_MAX. */
uint32_t vocabulary_month(const struct vocabulary *self, int32_t day);

/* Ranks of a list's words by number in the programme's list + 1, or by enum event_kind or
 * event_sex; the first is the rank of "-". */
const uint32_t *vocabulary_ranks(const struct vocabulary *self, enum word_list list);

struct bytes vocabulary_text(const struct vocabulary *self, enum word_list list, uint32_t rank);

/* How many ranks a list has. */
uint32_t vocabulary_count(const struct vocabulary *self, enum word_list list);

#endif
