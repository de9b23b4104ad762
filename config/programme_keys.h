/* programme_keys: what each key of a programme file is called and means, in a few words, and which
 * form its value has. docs/programme-file.md says it at length. */
#ifndef CONFIG_PROGRAMME_KEYS_H
#define CONFIG_PROGRAMME_KEYS_H

#include "config/programme_words.h"

/* The form of a value, or of each value of a list. */
enum programme_form {
    PROGRAMME_FORM_NONE,   /* it holds keys */
    PROGRAMME_FORM_CODE,   /* see build_code() */
    PROGRAMME_FORM_TEXT,   /* one line, as is a region's code */
    PROGRAMME_FORM_DATE,   /* see date_parse() */
    PROGRAMME_FORM_FIGURE, /* see quantity_parse() */
    PROGRAMME_FORM_AGE,    /* 0 to AGE_MAX */
    PROGRAMME_FORM_WORD    /* one of a list */
};

struct programme_key {
    const char *mapping; /* where it stands: a key that holds keys, an entry, or "programme" */
    const char *key;
    const char *title, *text;
    enum programme_form form;
    enum programme_words words; /* with PROGRAMME_FORM_WORD */
    const char *entry;          /* of a list whose entries hold keys: how one is called; or null */
};

/* The row of a key, static; null where there is none. */
const struct programme_key *programme_keys_find(const char *mapping, const char *key);

#endif
