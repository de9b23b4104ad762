/* hint: what to tell someone who wrote a word that is not known: the nearest one, and which there
 * are. */
#ifndef CONFIG_HINT_H
#define CONFIG_HINT_H

#include <stddef.h>

#include "core/base/bytes.h"

/* Open, in the caller's storage. Offered words must live as long as the hint. */
struct hint {
    struct bytes word;
    struct bytes nearest;
    size_t distance; /* of the nearest to the word */
    char list[200];  /* the words offered, as many as fit */
    size_t list_size;
    size_t left_out; /* words that did not fit */
    char text[160];
};

void hint_init(struct hint *self, struct bytes word);

/* Takes one known word into account. */
void hint_offer(struct hint *self, struct bytes known);

/* "a, b, c", borrowed. */
const char *hint_list(struct hint *self);

/* " (did you mean \"c\"?)", or empty where no word is near enough. Borrowed until the next call. */
const char *hint_question(struct hint *self);

#endif
