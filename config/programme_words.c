#include "config/programme_words.h"

#include <assert.h>
#include <stddef.h>

#include "core/model/programme.h"

enum {
    SUBJECT_COUNT = SUBJECT_ENTITY + 1,
    TARGET_KIND_COUNT = TARGET_CONTEXT + 1,
    REGION_OF_COUNT = 2
};

static const char *kind_word(unsigned number)
{
    return event_kind_text((enum event_kind)number);
}

static const char *sex_word(unsigned number)
{
    return event_sex_text((enum event_sex)number);
}

static const char *window_word(unsigned number)
{
    static const char *const words[WINDOW_COUNT] = {[WINDOW_NONE] = "none",
                                                    [WINDOW_ON_LEAVING] = "on_leaving",
                                                    [WINDOW_SIX_MONTHS] = "six_months"};
    return words[number];
}

static const char *stay_word(unsigned number)
{
    static const char *const words[STAY_COUNT] = {[STAY_FIRST] = "first", [STAY_AGAIN] = "again"};
    return words[number];
}

static const char *complete_word(unsigned number)
{
    (void)number;
    return "true";
}

static const char *subject_word(unsigned number)
{
    static const char *const words[SUBJECT_COUNT] = {
        [SUBJECT_ANY] = "any", [SUBJECT_PERSON] = "person", [SUBJECT_ENTITY] = "entity"};
    return words[number];
}

static const char *count_word(unsigned number)
{
    return count_mode_text((enum count_mode)number);
}

static const char *region_of_word(unsigned number)
{
    static const char *const words[REGION_OF_COUNT] = {"event", "home"};
    return words[number];
}

static const char *parts_word(unsigned number)
{
    (void)number;
    return "sum";
}

static const char *dimension_word(unsigned number)
{
    return dimension_text((enum dimension)number);
}

static const char *level_word(unsigned number)
{
    return region_level_text((enum region_level)number);
}

static const char *each_word(unsigned number)
{
    return number < DIMENSION_COUNT ? dimension_word(number) : level_word(number - DIMENSION_COUNT);
}

static const char *target_kind_word(unsigned number)
{
    static const char *const words[TARGET_KIND_COUNT] = {[TARGET_PLANNED] = "target",
                                                         [TARGET_ACHIEVED] = "achieved",
                                                         [TARGET_MONEY] = "money",
                                                         [TARGET_CONTEXT] = "context"};
    return words[number];
}

static const char *op_word(unsigned number)
{
    return target_op_text((enum target_op)number);
}

static const struct list {
    const char *(*word)(unsigned number);
    unsigned count;
} lists[PROGRAMME_WORDS_LIST_COUNT] = {
    [PROGRAMME_WORDS_KIND] = {kind_word, EVENT_KIND_COUNT},
    [PROGRAMME_WORDS_SEX] = {sex_word, SEX_COUNT},
    [PROGRAMME_WORDS_WINDOW] = {window_word, WINDOW_COUNT},
    [PROGRAMME_WORDS_STAY] = {stay_word, STAY_COUNT},
    [PROGRAMME_WORDS_COMPLETE] = {complete_word, 1},
    [PROGRAMME_WORDS_SUBJECT] = {subject_word, SUBJECT_COUNT},
    [PROGRAMME_WORDS_COUNT_MODE] = {count_word, COUNT_MODE_COUNT},
    [PROGRAMME_WORDS_REGION_OF] = {region_of_word, REGION_OF_COUNT},
    [PROGRAMME_WORDS_PARTS] = {parts_word, 1},
    [PROGRAMME_WORDS_DIMENSION] = {dimension_word, DIMENSION_COUNT},
    [PROGRAMME_WORDS_LEVEL] = {level_word, REGION_LEVEL_COUNT},
    [PROGRAMME_WORDS_EACH] = {each_word, (unsigned)DIMENSION_COUNT + REGION_LEVEL_COUNT},
    [PROGRAMME_WORDS_TARGET_KIND] = {target_kind_word, TARGET_KIND_COUNT},
    [PROGRAMME_WORDS_OP] = {op_word, TARGET_OP_COUNT},
};

unsigned programme_words_count(enum programme_words list)
{
    assert(list < PROGRAMME_WORDS_LIST_COUNT);
    return lists[list].count;
}

const char *programme_words_get(enum programme_words list, unsigned number)
{
    assert(number < programme_words_count(list));
    return lists[list].word(number);
}
