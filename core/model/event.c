#include "core/model/event.h"

#include <assert.h>

#include "core/model/words.h"

static const char *const kind_words[EVENT_KIND_COUNT] = {
    [EVENT_ENROLLED] = "enrolled", [EVENT_STARTED] = "started", [EVENT_COMPLETED] = "completed",
    [EVENT_DROPPED] = "dropped",   [EVENT_OUTCOME] = "outcome", [EVENT_ACTIVITY] = "activity",
};

static const char *const sex_words[SEX_COUNT] = {
    [SEX_UNKNOWN] = "unknown",
    [SEX_WOMAN] = "woman",
    [SEX_MAN] = "man",
};

const char *event_kind_text(enum event_kind kind)
{
    return (uint32_t)kind < EVENT_KIND_COUNT ? kind_words[kind] : NULL;
}

enum err event_kind_parse(struct bytes text, enum event_kind *out)
{
    const uint32_t kind = words_find(kind_words, EVENT_KIND_COUNT, text);
    if (kind == WORDS_NONE) {
        return ERR_NOT_FOUND;
    }
    *out = (enum event_kind)kind;
    return ERR_OK;
}

const char *event_sex_text(enum event_sex sex)
{
    assert((uint32_t)sex < SEX_COUNT);
    return sex_words[sex];
}

static bool profile_same(const struct event_profile *a, const struct event_profile *b)
{
    if (a->sex != b->sex || a->age != b->age || a->flag_count != b->flag_count ||
        !bytes_equal(a->education, b->education) || !bytes_equal(a->status, b->status) ||
        !bytes_equal(a->home_region, b->home_region)) {
        return false;
    }
    assert(a->flag_count <= PROFILE_FLAGS_MAX);
    for (uint32_t i = 0; i < a->flag_count; i++) {
        if (!bytes_equal(a->flags[i], b->flags[i])) {
            return false;
        }
    }
    return true;
}

bool event_same(const struct event *a, const struct event *b)
{
    return a->kind == b->kind && a->occurred_on == b->occurred_on && a->quantity == b->quantity &&
           a->person == b->person && a->entity == b->entity &&
           a->participation == b->participation && a->window == b->window &&
           bytes_equal(a->task, b->task) && bytes_equal(a->region, b->region) &&
           bytes_equal(a->support, b->support) && bytes_equal(a->outcome, b->outcome) &&
           bytes_equal(a->activity, b->activity) && bytes_equal(a->unit, b->unit) &&
           a->has_profile == b->has_profile &&
           (!a->has_profile || profile_same(&a->profile, &b->profile));
}
