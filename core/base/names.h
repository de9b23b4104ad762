/* names: texts to small running numbers and back (0, 1, 2 ... in the order they came). */
#ifndef CORE_BASE_NAMES_H
#define CORE_BASE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

#define NAMES_NONE UINT32_MAX

struct names;

/* Gives an empty register of at most count_max texts of at most 64 bytes; free with names_free().
 * Errors: ERR_MEMORY. */
MUST_CHECK enum err names_new(size_t count_max, struct names **out);
void names_free(struct names **self);

/* Gives the number of text, a new one where it is not there yet.
 * Errors: ERR_FULL, ERR_MEMORY, ERR_RANGE (longer than 64 bytes). */
MUST_CHECK enum err names_add(struct names *self, struct bytes text, uint32_t *number);

/* The number of text, or NAMES_NONE. */
uint32_t names_find(const struct names *self, struct bytes text);

/* The text of a number below names_count(), borrowed until the next add. */
struct bytes names_text(const struct names *self, uint32_t number);

size_t names_count(const struct names *self);

#endif
