#include "config/programme_text.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stddef.h>

enum {
    NEEDED = CYAML_FLAG_POINTER,
    OPTIONAL = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
    REGION_FILES_MAX = 64,
    WORDS_MAX = 16 /* of kinds, sexes, windows, dimensions */
};

/* X(list, path, key of a condition) */
#define LISTS(X)                                                                                   \
    X(CODES_PARTNER, "partners", "partner")                                                        \
    X(CODES_TASK, "tasks", "task")                                                                 \
    X(CODES_SUPPORT, "vocabulary.support", "support")                                              \
    X(CODES_OUTCOME, "vocabulary.outcome", "outcome")                                              \
    X(CODES_ACTIVITY, "vocabulary.activity", "activity")                                           \
    X(CODES_UNIT, "vocabulary.unit", "unit")                                                       \
    X(CODES_EDUCATION, "vocabulary.education", "education")                                        \
    X(CODES_STATUS, "vocabulary.status", "status")                                                 \
    X(CODES_FLAG, "vocabulary.flag", "flag")

#define LIST_PATH(list, path, key) [list] = (path),
static const char *const list_paths[CODES_LIST_COUNT] = {LISTS(LIST_PATH)};
#define LIST_KEY(list, path, key) [list] = (key),
static const char *const list_keys[CODES_LIST_COUNT] = {LISTS(LIST_KEY)};

const char *programme_text_path(enum code_list list)
{
    assert(list < CODES_LIST_COUNT);
    return list_paths[list];
}

const char *programme_text_key(enum code_list list)
{
    assert(list < CODES_LIST_COUNT);
    return list_keys[list];
}

#define CODE(key, flags, structure, member)                                                        \
    CYAML_FIELD_STRING_PTR((key), (flags), structure, member, 1, CODE_BYTES_MAX)
#define TITLE(key, flags, structure, member)                                                       \
    CYAML_FIELD_STRING_PTR((key), (flags), structure, member, 1, TITLE_BYTES_MAX)
#define LIST_OF(key, flags, structure, member, entry, min, max)                                    \
    CYAML_FIELD_SEQUENCE_COUNT((key), (flags), structure, member.list, member.count, (entry),      \
                               (min), (max))

static const cyaml_schema_value_t code_word = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CODE_BYTES_MAX)};
static const cyaml_schema_value_t file_name = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, TITLE_BYTES_MAX)};

static const cyaml_schema_field_t code_fields[] = {
    CODE("id", NEEDED, struct programme_text_code, id),
    TITLE("title", NEEDED, struct programme_text_code, title),
    CODE("parent", OPTIONAL, struct programme_text_code, parent),
    CODE("valid_from", OPTIONAL, struct programme_text_code, valid_from),
    CODE("valid_to", OPTIONAL, struct programme_text_code, valid_to),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t code_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct programme_text_code, code_fields)};

#define VOCABULARY(key, list)                                                                      \
    LIST_OF((key), OPTIONAL, struct programme_text_lists, of[list], &code_entry, 0, CODES_MAX)
static const cyaml_schema_field_t vocabulary_fields[] = {
    VOCABULARY("support", CODES_SUPPORT),     VOCABULARY("outcome", CODES_OUTCOME),
    VOCABULARY("activity", CODES_ACTIVITY),   VOCABULARY("unit", CODES_UNIT),
    VOCABULARY("education", CODES_EDUCATION), VOCABULARY("status", CODES_STATUS),
    VOCABULARY("flag", CODES_FLAG),           CYAML_FIELD_END,
};

static const cyaml_schema_field_t band_fields[] = {
    CODE("id", NEEDED, struct programme_text_band, id),
    CYAML_FIELD_UINT("from", CYAML_FLAG_DEFAULT, struct programme_text_band, from),
    CYAML_FIELD_UINT("to", CYAML_FLAG_DEFAULT, struct programme_text_band, to),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t band_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct programme_text_band, band_fields)};

static const cyaml_schema_field_t age_fields[] = {
    CYAML_FIELD_UINT_PTR("from", CYAML_FLAG_OPTIONAL, struct programme_text_age, from),
    CYAML_FIELD_UINT_PTR("to", CYAML_FLAG_OPTIONAL, struct programme_text_age, to),
    CYAML_FIELD_END,
};

#define PICK(list, path, key)                                                                      \
    LIST_OF((key), OPTIONAL, struct programme_text_where, picks[list], &code_word, 1, PICK_MAX),
#define WORDS(key, member)                                                                         \
    LIST_OF((key), OPTIONAL, struct programme_text_where, member, &code_word, 1, WORDS_MAX)
static const cyaml_schema_field_t where_fields[] = {
    WORDS("kind", kind),
    LISTS(PICK)
        LIST_OF("region", OPTIONAL, struct programme_text_where, region, &code_word, 1, PICK_MAX),
    WORDS("sex", sex),
    CYAML_FIELD_MAPPING_PTR("age", CYAML_FLAG_OPTIONAL, struct programme_text_where, age,
                            age_fields),
    WORDS("window", window),
    WORDS("stay", stay),
    CODE("complete", OPTIONAL, struct programme_text_where, complete),
    CODE("subject", OPTIONAL, struct programme_text_where, subject),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t indicator_fields[] = {
    CODE("id", NEEDED, struct programme_text_indicator, id),
    TITLE("title", NEEDED, struct programme_text_indicator, title),
    CODE("unit", NEEDED, struct programme_text_indicator, unit),
    CODE("count", NEEDED, struct programme_text_indicator, count),
    CODE("region", OPTIONAL, struct programme_text_indicator, region),
    CODE("part_of", OPTIONAL, struct programme_text_indicator, part_of),
    CODE("parts", OPTIONAL, struct programme_text_indicator, parts),
    CODE("of", OPTIONAL, struct programme_text_indicator, of),
    CODE("per", OPTIONAL, struct programme_text_indicator, per),
    CODE("over", OPTIONAL, struct programme_text_indicator, over),
    CODE("level", OPTIONAL, struct programme_text_indicator, level),
    CYAML_FIELD_MAPPING_PTR("where", CYAML_FLAG_OPTIONAL, struct programme_text_indicator, where,
                            where_fields),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t indicator_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct programme_text_indicator, indicator_fields)};

static const cyaml_schema_field_t target_fields[] = {
    CODE("indicator", OPTIONAL, struct programme_text_target, indicator),
    CODE("kind", NEEDED, struct programme_text_target, kind),
    CODE("op", OPTIONAL, struct programme_text_target, op),
    CODE("value", OPTIONAL, struct programme_text_target, value),
    CODE("unit", OPTIONAL, struct programme_text_target, unit),
    CODE("region", OPTIONAL, struct programme_text_target, region),
    CODE("task", OPTIONAL, struct programme_text_target, task),
    CODE("partner", OPTIONAL, struct programme_text_target, partner),
    CODE("from", OPTIONAL, struct programme_text_target, from),
    CODE("to", OPTIONAL, struct programme_text_target, to),
    CODE("each", OPTIONAL, struct programme_text_target, each),
    CODE("as_of", OPTIONAL, struct programme_text_target, as_of),
    TITLE("source", OPTIONAL, struct programme_text_target, source),
    TITLE("words", OPTIONAL, struct programme_text_target, words),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t target_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct programme_text_target, target_fields)};

static const cyaml_schema_field_t live_fields[] = {
    CODE("indicator", NEEDED, struct programme_text_live, indicator),
    LIST_OF("by", NEEDED, struct programme_text_live, by, &code_word, 1, WORDS_MAX),
    CODE("level", OPTIONAL, struct programme_text_live, level),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t live_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct programme_text_live, live_fields)};

/* What included files have too. */
#define VOCABULARY_AND_INDICATORS                                                                  \
    CYAML_FIELD_MAPPING("vocabulary", CYAML_FLAG_OPTIONAL, struct programme_text, lists,           \
                        vocabulary_fields),                                                        \
        CYAML_FIELD_SEQUENCE_COUNT("indicators", OPTIONAL, struct programme_text, indicators,      \
                                   indicator_count, &indicator_entry, 1, INDICATORS_MAX)

static const cyaml_schema_field_t programme_fields[] = {
    CODE("programme", NEEDED, struct programme_text, programme),
    TITLE("title", NEEDED, struct programme_text, title),
    CODE("starts_on", NEEDED, struct programme_text, starts_on),
    CODE("ends_on", NEEDED, struct programme_text, ends_on),
    CODE("lead", NEEDED, struct programme_text, lead),
    LIST_OF("regions", OPTIONAL, struct programme_text, regions, &file_name, 0, REGION_FILES_MAX),
    LIST_OF("include", OPTIONAL, struct programme_text, include, &file_name, 0, INCLUDES_MAX),
    LIST_OF("partners", NEEDED, struct programme_text, lists.of[CODES_PARTNER], &code_entry, 1,
            PARTNERS_MAX),
    LIST_OF("tasks", OPTIONAL, struct programme_text, lists.of[CODES_TASK], &code_entry, 0,
            CODES_MAX),
    CYAML_FIELD_SEQUENCE_COUNT("age_bands", OPTIONAL, struct programme_text, bands, band_count,
                               &band_entry, 0, AGE_BANDS_MAX),
    VOCABULARY_AND_INDICATORS,
    CYAML_FIELD_SEQUENCE_COUNT("targets", OPTIONAL, struct programme_text, targets, target_count,
                               &target_entry, 0, TARGETS_MAX),
    CYAML_FIELD_SEQUENCE_COUNT("live", OPTIONAL, struct programme_text, live, live_count,
                               &live_entry, 0, VIEWS_MAX),
    CYAML_FIELD_END,
};

const cyaml_schema_value_t programme_text_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct programme_text, programme_fields)};

static const cyaml_schema_field_t included_fields[] = {
    TITLE("title", OPTIONAL, struct programme_text, title),
    VOCABULARY_AND_INDICATORS,
    CYAML_FIELD_END,
};

const cyaml_schema_value_t programme_text_included_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct programme_text, included_fields)};
