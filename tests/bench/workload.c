#include "tests/bench/workload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    VOIVODESHIPS = 16,
    COUNTIES = 380,
    CITY_FIRST = 60, /* cities with a county's rights are numbered from 61 */
    RECENT = 5000,   /* a repetition is of one of these */
    REPEATED_PERMILLE = 10,
    DAYS = 700,
    SEED = 20240101
};

static const int land_counties[VOIVODESHIPS] = {26, 19, 20, 12, 21, 19, 37, 11,
                                                21, 14, 16, 17, 13, 19, 31, 18};
static const int city_counties[VOIVODESHIPS] = {4, 4, 4, 2, 3, 3, 5, 1, 4, 3, 4, 19, 1, 2, 4, 3};

struct workload {
    uint64_t events, made, people, random;
    uint64_t seq[WORKLOAD_PARTNERS];
    int counties[COUNTIES];
    struct workload_event recent[WORKLOAD_PARTNERS][RECENT];
};

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t below(struct workload *self, uint32_t limit)
{
    self->random += 0x9e3779b97f4a7c15u;
    return (uint32_t)(((mix(self->random) >> 32) * (uint64_t)limit) >> 32);
}

/* A number that belongs to (what, which) for ever. */
static uint64_t belongs(uint64_t what, uint64_t which)
{
    return mix(mix((SEED ^ what) * 0x9e3779b97f4a7c15u + 1) ^ (which + 0x632be59bd9b4e019u));
}

struct workload *workload_new(uint64_t events)
{
    struct workload *self = calloc(1, sizeof *self);
    int count = 0;
    if (self == NULL) {
        abort();
    }
    self->events = events;
    self->people = events / 5 > 1000 ? events / 5 : 1000;
    self->random = SEED;
    for (int v = 0; v < VOIVODESHIPS; v++) {
        for (int i = 1; i <= land_counties[v]; i++) {
            self->counties[count++] = (2 * v + 2) * 100 + i;
        }
        for (int i = 1; i <= city_counties[v]; i++) {
            self->counties[count++] = (2 * v + 2) * 100 + CITY_FIRST + i;
        }
    }
    return self;
}

void workload_free(struct workload **self)
{
    free(*self);
    *self = NULL;
}

/* day 0 is 2024-01-01 */
static void set_date(struct workload_event *event, int day)
{
    static const int months[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int year = 2024;; year++) {
        const int leap = year % 4 == 0 ? 1 : 0;
        for (int i = 0; i < 12; i++) {
            const int length = months[i] + (i == 1 ? leap : 0);
            if (day < length) {
                event->year = year;
                event->month = i + 1;
                event->day = day + 1;
                return;
            }
            day -= length;
        }
    }
}

/* Most people live in one of their partner's five counties. */
static void set_person(struct workload *self, struct workload_event *event, uint64_t partner)
{
    const uint64_t slice = self->people / WORKLOAD_PARTNERS;
    uint64_t who;
    if (below(self, 10) != 0 && slice != 0) {
        who = partner * slice + below(self, (uint32_t)slice);
    } else {
        who = below(self, (uint32_t)self->people);
    }
    event->person[0] = belongs(21, who);
    event->person[1] = belongs(22, event->person[0]);
    uint64_t traits = belongs(31, who);
    event->woman = (traits & 127) < 68;
    traits >>= 7;
    event->birth_year = 1945 + (int)(traits % 64);
    traits >>= 8;
    uint64_t county = (traits & 7) != 0
                          ? belongs(41, who / (slice != 0 ? slice : 1) * 8 + traits % 5) % COUNTIES
                          : belongs(42, who) % COUNTIES;
    if (below(self, 20) == 0) {
        county = below(self, COUNTIES);
    }
    event->county = self->counties[county];
}

static int type_of(uint32_t share)
{
    static const uint32_t through[] = {40, 65, 80, 90, 97, 100};
    int type = 0;
    while (share >= through[type]) {
        type++;
    }
    return type;
}

static void make(struct workload *self, struct workload_event *event, uint32_t partner)
{
    *event = (struct workload_event){.partner = (int)partner + 1, .seq = ++self->seq[partner]};
    event->id[0] = belongs(11, (uint64_t)partner << 40 | event->seq);
    event->id[1] = belongs(12, event->id[0]);
    set_person(self, event, partner);
    event->task = 1 + (int)(belongs(51, partner * 2 + (below(self, 4) == 0 ? 1 : 0)) % 20);
    event->type = type_of(below(self, 100));
    const int day = (int)((double)self->made / (double)self->events * (double)DAYS);
    const int shift = (int)below(self, 31);
    /* People are enrolled on the first day: nodes refuse what is dated before an enrolment. */
    set_date(event, event->type == WORKLOAD_ENROLLED ? 0 : day + shift);
    event->amount = below(self, 10) < 3 ? 100 + (int64_t)below(self, 500000) : -1;
    self->recent[partner][event->seq % RECENT] = *event;
}

bool workload_next(struct workload *self, struct workload_event *out)
{
    if (self->made == self->events) {
        return false;
    }
    const uint32_t partner = below(self, WORKLOAD_PARTNERS);
    const uint64_t seq = self->seq[partner];
    if (seq != 0 && below(self, 1000) < REPEATED_PERMILLE) {
        const uint64_t back = below(self, seq < RECENT ? (uint32_t)seq : RECENT);
        *out = self->recent[partner][(seq - back) % RECENT];
    } else {
        make(self, out, partner);
    }
    self->made++;
    return true;
}

size_t workload_line(const struct workload_event *event, char out[WORKLOAD_LINE_BYTES])
{
    int size = snprintf(out, WORKLOAD_LINE_BYTES,
                        "%d,%" PRIu64 ",%016" PRIx64 "%016" PRIx64 ",%016" PRIx64 "%016" PRIx64
                        ",%d,%04d,%d,%c,%d,%04d-%02d-%02d,",
                        event->partner, event->seq, event->id[0], event->id[1], event->person[0],
                        event->person[1], event->type, event->county, event->task,
                        event->woman ? 'K' : 'M', event->birth_year, event->year, event->month,
                        event->day);
    const size_t room = WORKLOAD_LINE_BYTES - (size_t)size;
    if (event->amount >= 0) {
        size += snprintf(out + size, room, "%" PRId64 ".%02" PRId64 "\n", event->amount / 100,
                         event->amount % 100);
    } else {
        size += snprintf(out + size, room, "\n");
    }
    return (size_t)size;
}
