#include "nodes/stays.h"

#include <string.h>

#include "nodes/packer.h"

enum {
    ON_LEAVING_DAYS = 28, /* Regulation (EU) 1304/2013, annex I: up to four weeks */
    SIX_MONTHS_DAYS = 184 /* the longest six months, as from March to September */
};

void stays_inherit(struct event *event, uint16_t own, const struct event *enrolment)
{
    const struct event_profile *from = &enrolment->profile;
    struct event_profile *to = &event->profile;
    event->has_profile = true;
    to->sex = own & OWN_SEX ? to->sex : from->sex;
    to->age = own & OWN_AGE ? to->age : from->age;
    to->education = own & OWN_EDUCATION ? to->education : from->education;
    to->status = own & OWN_STATUS ? to->status : from->status;
    if (!(own & OWN_FLAGS)) {
        memcpy(to->flags, from->flags, sizeof to->flags);
        to->flag_count = from->flag_count;
    }
    to->home_region = from->home_region;
    event->region = own & OWN_REGION ? event->region : from->home_region;
}

bool stays_leaves(const struct event *event)
{
    return !event->entity && (event->kind == EVENT_COMPLETED || event->kind == EVENT_DROPPED) &&
           (event->support.size == 0 || bytes_is(event->support, "project"));
}

bool stays_bound(const struct event *event)
{
    return event->kind != EVENT_ENROLLED && event->kind != EVENT_ACTIVITY && !event->entity;
}

enum event_window stays_window(const struct event *event, const struct stay_record *stay)
{
    const int64_t days = (int64_t)event->occurred_on - stay->left_on;
    if (event->kind != EVENT_OUTCOME || !stay->left || days < 0) {
        return WINDOW_NONE;
    }
    return days <= ON_LEAVING_DAYS   ? WINDOW_ON_LEAVING
           : days <= SIX_MONTHS_DAYS ? WINDOW_SIX_MONTHS
                                     : WINDOW_NONE;
}

/* The person's rows that stand, one at a time. */
struct cursor {
    uint32_t person;
    const uint8_t *but; /* a row that is passed over; may be null */
    bool started;
    uint8_t key[ROW_KEY_BYTES];
    struct bytes packed; /* the event, until the next one */
};

/* Errors: ERR_NOT_FOUND, no more. */
static enum err row_next(const struct stays *self, struct cursor *cursor, struct event *event)
{
    for (;;) {
        struct row_record record;
        enum err err =
            records_person_row_next(self->records, cursor->person, &cursor->started, cursor->key);
        if (err != ERR_OK) {
            return err;
        }
        if (cursor->but != NULL && memcmp(cursor->key, cursor->but, ROW_KEY_BYTES) == 0) {
            continue;
        }
        arena_reset(self->arena);
        err = records_row_get(self->records, cursor->key, self->arena, &record);
        if (err != ERR_OK) {
            return err;
        }
        cursor->packed =
            record.count > 0 ? record.versions[record.count - 1].event : (struct bytes){0};
        if (cursor->packed.size > 0) {
            return packer_unpack(cursor->packed, self->arena, event);
        }
    }
}

enum err stays_leaving(const struct stays *self, uint32_t person, const uint8_t *but,
                       struct stay_record *stay)
{
    struct cursor cursor = {.person = person, .but = but};
    struct event event;
    enum err err;
    stay->left = false;
    stay->left_on = 0;
    while ((err = row_next(self, &cursor, &event)) == ERR_OK) {
        if (event.participation == stay->ordinal && stays_leaves(&event) &&
            (!stay->left || event.occurred_on > stay->left_on)) {
            stay->left = true;
            stay->left_on = event.occurred_on;
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err stays_earliest(const struct stays *self, uint32_t person, uint32_t ordinal,
                        const uint8_t *but, int32_t *day)
{
    struct cursor cursor = {.person = person, .but = but};
    struct event event;
    enum err err;
    *day = INT32_MAX;
    while ((err = row_next(self, &cursor, &event)) == ERR_OK) {
        if (event.participation == ordinal && stays_bound(&event) && event.occurred_on < *day) {
            *day = event.occurred_on;
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err stays_earlier(const struct stays *self, uint32_t person, int32_t day, uint32_t *ordinal,
                       struct arena *texts, struct event *enrolment)
{
    struct cursor cursor = {.person = person};
    struct event event;
    struct bytes packed = {0};
    uint32_t best = 0;
    enum err err;
    while ((err = row_next(self, &cursor, &event)) == ERR_OK) {
        if (event.kind != EVENT_ENROLLED || event.occurred_on > day ||
            event.participation >= *ordinal || event.participation <= best) {
            continue;
        }
        best = event.participation;
        err = arena_copy(texts, cursor.packed, &packed);
        if (err != ERR_OK) {
            return err;
        }
    }
    if (err != ERR_NOT_FOUND || best == 0) {
        return err;
    }
    *ordinal = best;
    return packer_unpack(packed, texts, enrolment);
}
