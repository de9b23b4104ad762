/* words: a fixed list of words for the values of an enum, and back. */
#ifndef CORE_MODEL_WORDS_H
#define CORE_MODEL_WORDS_H

#include <stdint.h>

#include "core/base/bytes.h"

#define WORDS_NONE UINT32_MAX

/* The index of text in words[count], or WORDS_NONE; null entries match nothing. */
uint32_t words_find(const char *const *words, uint32_t count, struct bytes text);

#endif
