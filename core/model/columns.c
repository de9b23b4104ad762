#include "core/model/event.h"

#include <assert.h>

/* A code is a number into terms + 1; 0 means that none was given. */
static struct bytes term_of(const struct columns *columns, uint32_t number)
{
    if (number == 0) {
        return (struct bytes){0};
    }
    assert(number <= columns->term_count);
    return columns->terms[number - 1];
}

static struct bytes code_at(const struct columns *columns, const uint32_t *column, uint32_t index)
{
    return term_of(columns, columns_number(column, index));
}

static uint8_t small_at(const uint8_t *column, uint32_t index)
{
    return column != NULL ? column[index] : 0;
}

static void profile_of(const struct columns *columns, uint32_t number, struct event_profile *out)
{
    assert(number > 0 && number <= columns->profile_count);
    const struct columns_profile *packed = &columns->profiles[number - 1];
    assert(packed->flag_count <= PROFILE_FLAGS_MAX);
    *out = (struct event_profile){
        .sex = (enum event_sex)packed->sex,
        .age = packed->age_plus_one == 0 ? AGE_UNKNOWN : packed->age_plus_one - 1,
        .education = term_of(columns, packed->education),
        .status = term_of(columns, packed->status),
        .home_region = term_of(columns, packed->home_region),
        .flag_count = packed->flag_count,
    };
    for (uint32_t i = 0; i < packed->flag_count; i++) {
        out->flags[i] = term_of(columns, packed->flags[i]);
    }
}

uint32_t columns_number(const uint32_t *column, uint32_t index)
{
    return column != NULL ? column[index] : 0;
}

void columns_event(const struct columns *columns, uint32_t index, struct event *out)
{
    assert(index < columns->count);
    const uint32_t profile = columns_number(columns->profile, index);
    *out = (struct event){
        .kind = (enum event_kind)small_at(columns->kind, index),
        .occurred_on = columns->occurred_on != NULL ? columns->occurred_on[index] : 0,
        .task = code_at(columns, columns->task, index),
        .region = code_at(columns, columns->region, index),
        .support = code_at(columns, columns->support, index),
        .outcome = code_at(columns, columns->outcome, index),
        .activity = code_at(columns, columns->activity, index),
        .unit = code_at(columns, columns->unit, index),
        .quantity = columns->quantity != NULL ? columns->quantity[index] : 0,
        .person = columns_number(columns->person, index),
        .entity = small_at(columns->entity, index) != 0,
        .participation = columns_number(columns->participation, index),
        .window = (enum event_window)small_at(columns->window, index),
        .has_profile = profile != 0,
        .profile = {.age = AGE_UNKNOWN},
        .withdrawal = small_at(columns->withdrawal, index) != 0,
        .withdraws = columns->withdraws != NULL ? columns->withdraws[index] : 0,
    };
    if (profile != 0) {
        profile_of(columns, profile, &out->profile);
    }
}
