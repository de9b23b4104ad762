/* programme_text: the shape of a programme file, as libcyaml loads it: texts, nothing checked but
 * keys, types, needed keys and lengths. docs/programme-file.md tells what they mean. */
#ifndef CONFIG_PROGRAMME_TEXT_H
#define CONFIG_PROGRAMME_TEXT_H

#include <stdint.h>

#include "core/model/programme.h"

struct cyaml_schema_value;

/* Pointers are null and counts 0 where a key is absent. */
struct programme_text_words {
    char **list;
    uint32_t count;
};

struct programme_text_code {
    char *id, *title, *parent, *valid_from, *valid_to;
};

struct programme_text_codes {
    struct programme_text_code *list;
    uint32_t count;
};

/* Partners, tasks and the vocabulary, by list. */
struct programme_text_lists {
    struct programme_text_codes of[CODES_LIST_COUNT];
};

struct programme_text_band {
    char *id;
    uint32_t from, to;
};

struct programme_text_age {
    uint32_t *from, *to;
};

struct programme_text_where {
    struct programme_text_words kind, region, sex, window, stay;
    struct programme_text_words picks[CODES_LIST_COUNT];
    struct programme_text_age *age;
    char *subject, *complete;
};

struct programme_text_indicator {
    char *id, *title, *unit, *count, *region;
    char *part_of, *parts, *of, *per, *over, *level;
    struct programme_text_where *where;
};

struct programme_text_target {
    char *indicator, *kind, *op, *value, *unit, *region, *as_of, *source, *words;
    char *task, *partner, *from, *to, *each;
};

struct programme_text_live {
    char *indicator, *level;
    struct programme_text_words by;
};

struct programme_text {
    char *programme, *title, *starts_on, *ends_on, *lead;
    struct programme_text_words regions, include;
    struct programme_text_lists lists;
    struct programme_text_band *bands;
    uint32_t band_count;
    struct programme_text_indicator *indicators;
    uint32_t indicator_count;
    struct programme_text_target *targets;
    uint32_t target_count;
    struct programme_text_live *live;
    uint32_t live_count;
};

/* Where a list of codes stands in the file ("tasks", "vocabulary.support"), and the key of a
 * condition on it ("task", "support"). Static texts. */
const char *programme_text_path(enum code_list list);
const char *programme_text_key(enum code_list list);

enum { INCLUDES_MAX = 16 };

/* Each gives a struct programme_text: of a programme, and of a file that programmes include. */
extern const struct cyaml_schema_value programme_text_schema;
extern const struct cyaml_schema_value programme_text_included_schema;

#endif
