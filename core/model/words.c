#include "core/model/words.h"

#include <stddef.h>

uint32_t words_find(const char *const *words, uint32_t count, struct bytes text)
{
    for (uint32_t i = 0; i < count; i++) {
        if (words[i] != NULL && bytes_is(text, words[i])) {
            return i;
        }
    }
    return WORDS_NONE;
}
