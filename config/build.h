/* build: what all parts of building a programme from its text need. */
#ifndef CONFIG_BUILD_H
#define CONFIG_BUILD_H

#include <stdint.h>

#include "config/fault.h"
#include "config/place.h"
#include "config/programme_sources.h"
#include "config/programme_text.h"
#include "config/programme_words.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/base/names.h"
#include "core/model/programme.h"

struct build {
    const struct programme_sources *sources;
    const struct programme_text *text;
    struct programme *programme; /* under construction */
    struct names *regions;       /* every code of its region table */
    struct config_fault *fault;
};

/* Place of the value that a path names; see programme_sources_place(). */
#define BUILD_PLACE(self, ...) programme_sources_place((self)->sources, __VA_ARGS__)

/* Fills the fault and is ERR_CONFIG. */
#define BUILD_FAULT(self, place, ...) place_fault((self)->fault, (place), __VA_ARGS__)

/* The fault that an id stands twice; before is where it stood first. */
enum err build_twice(struct build *self, struct place place, struct bytes id, struct place before);

/* count * size cleared bytes of the programme's memory, never null for count 0.
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err build_take(struct build *self, size_t count, size_t size, void **out);

/* Copies a text, which may be null, into the programme. Errors: ERR_MEMORY. */
MUST_CHECK enum err build_copy(struct build *self, const char *text, struct bytes *out);

/* build_copy() of what must have the form of a code. Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err build_code(struct build *self, struct place place, const char *text,
                               struct bytes *out);

/* Reads a date; a null text leaves *days as it is. Errors: ERR_CONFIG. */
MUST_CHECK enum err build_date(struct build *self, struct place place, const char *text,
                               int32_t *days);

/* The number of a list's word. `what` names the key. Errors: ERR_CONFIG, with the words there
 * are. */
MUST_CHECK enum err build_word(struct build *self, struct place place, const char *what,
                               const char *text, enum programme_words list, unsigned *out);

/* The number of a code in one of the programme's lists. Errors: ERR_CONFIG. */
MUST_CHECK enum err build_number(struct build *self, struct place place, enum code_list list,
                                 const char *text, uint32_t *out);

/* The number of an indicator in the register of their ids. Errors: ERR_CONFIG. */
MUST_CHECK enum err build_indicator(struct build *self, struct place place, const struct names *ids,
                                    const char *text, uint32_t *out);

/* Copies a region's code, which must be in the table; a null text gives empty bytes.
 * Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err build_region(struct build *self, struct place place, const char *text,
                                 struct bytes *out);

#endif
