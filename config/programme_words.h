/* programme_words: the words that keys of a programme file may have, list by list. Who reads a
 * file, who prints one and who describes one take them from here. */
#ifndef CONFIG_PROGRAMME_WORDS_H
#define CONFIG_PROGRAMME_WORDS_H

enum programme_words {
    PROGRAMME_WORDS_KIND,
    PROGRAMME_WORDS_SEX,
    PROGRAMME_WORDS_WINDOW,
    PROGRAMME_WORDS_STAY,
    PROGRAMME_WORDS_COMPLETE,
    PROGRAMME_WORDS_SUBJECT,
    PROGRAMME_WORDS_COUNT_MODE,
    PROGRAMME_WORDS_REGION_OF,
    PROGRAMME_WORDS_PARTS,
    PROGRAMME_WORDS_DIMENSION,
    PROGRAMME_WORDS_LEVEL,
    PROGRAMME_WORDS_EACH, /* a dimension, or a level of regions */
    PROGRAMME_WORDS_TARGET_KIND,
    PROGRAMME_WORDS_OP,
    PROGRAMME_WORDS_LIST_COUNT
};

/* The first number behind a list's words. */
unsigned programme_words_count(enum programme_words list);

/* The word of a number below the count, or null where a number has none. The numbers are those of
 * the model's enums. Static text. */
const char *programme_words_get(enum programme_words list, unsigned number);

#endif
