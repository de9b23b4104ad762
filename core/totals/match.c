/* The happy path is: 1. start from the events of the kinds asked for; 2. let one condition after
 * the other thin them out. Conditions that are not there cost nothing. A condition on a code fails
 * where the event has none. What may go wrong: only the memory, when a predicate is made ready. */
#include "core/totals/match.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"

static bool has(const uint64_t *set, uint32_t number)
{
    return (set[number / 64] >> (number % 64) & 1) != 0;
}

static uint64_t *set_new(uint32_t count)
{
    return mem_calloc(count / 64 + 1, sizeof(uint64_t));
}

static void put(uint64_t *set, uint32_t number)
{
    set[number / 64] |= UINT64_C(1) << (number % 64);
}

static enum err init_picks(struct match *self, const struct predicate *where,
                           const struct programme *programme)
{
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        const struct pick *pick = &where->picks[list];
        if (pick->count == 0) {
            continue;
        }
        self->picks[list] = set_new(programme->code_count[list] + 1);
        if (self->picks[list] == NULL) {
            return ERR_MEMORY;
        }
        for (uint32_t i = 0; i < pick->count; i++) {
            assert(pick->numbers[i] < programme->code_count[list]);
            put(self->picks[list], pick->numbers[i] + 1);
        }
    }
    return ERR_OK;
}

enum err match_init(struct match *self, const struct indicator *indicator,
                    const struct programme *programme, const struct vocabulary *vocabulary)
{
    const struct predicate *where = &indicator->where;
    *self = (struct match){
        .kinds = where->kinds,
        .sexes = where->sexes,
        .windows = where->windows,
        .stays = where->stays,
        .complete = where->complete,
        .by_age = where->by_age,
        .age_from = where->age_from,
        .age_to = where->age_to,
        .subject = where->subject,
        .needs_person = indicator->mode == COUNT_PERSONS || indicator->mode == COUNT_PARTICIPATIONS,
    };
    const enum err err = init_picks(self, where, programme);
    if (err != ERR_OK || where->region_count == 0) {
        return err;
    }
    self->regions = set_new(vocabulary_count(vocabulary, WORDS_REGION));
    if (self->regions == NULL) {
        return ERR_MEMORY;
    }
    self->region_lane = vocabulary_dated(vocabulary) ? LANE_WHERE : LANE_REGION;
    for (uint32_t i = 0; i < where->region_count; i++) {
        const uint32_t rank = vocabulary_region(vocabulary, where->regions[i]);
        if (rank != RANK_NONE) {
            put(self->regions, rank);
        }
    }
    return ERR_OK;
}

void match_fini(struct match *self)
{
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        mem_free(self->picks[list]);
    }
    mem_free(self->regions);
    *self = (struct match){0};
}

uint32_t match_needs(const struct match *self)
{
    return self->regions != NULL ? ((UINT32_C(2) << VOCABULARY_SELF) - 1) << self->region_lane : 0;
}

static uint32_t start(const struct match *self, const struct lanes *lanes, uint32_t *out)
{
    uint32_t count = 0;
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (self->kinds != 0 && (self->kinds >> kind & 1) == 0) {
            continue;
        }
        for (uint32_t i = lanes->kind_first[kind]; i < lanes->kind_first[kind + 1]; i++) {
            out[count++] = i;
        }
    }
    return count;
}

/* Each keeper thins out the positions in place and returns how many are left. They write always and
 * step on only where the condition holds, so that there is no branch to guess. */
static uint32_t keep_codes(const uint64_t *set, const uint16_t *codes, uint32_t *at, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = at[i];
        at[kept] = event;
        kept += has(set, codes[event]) ? 1 : 0;
    }
    return kept;
}

/* Of words so few that a set of them is a number. */
static uint32_t keep_words(uint32_t set, const uint8_t *words, uint32_t *at, uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = at[i];
        at[kept] = event;
        kept += set >> words[event] & 1;
    }
    return kept;
}

static bool subject_fits(const struct match *self, const struct lanes *lanes, uint32_t event)
{
    if (lanes->person[event] == 0) {
        return !self->needs_person && self->subject == SUBJECT_ANY;
    }
    return self->subject == SUBJECT_ANY ||
           (self->subject == SUBJECT_ENTITY) == lanes->entity[event];
}

static uint32_t keep_subjects(const struct match *self, const struct lanes *lanes, uint32_t *at,
                              uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = at[i];
        at[kept] = event;
        kept += subject_fits(self, lanes, event) ? 1 : 0;
    }
    return kept;
}

static bool region_fits(const struct match *self, const struct lanes *lanes, uint32_t event)
{
    for (int level = 0; level <= VOCABULARY_SELF; level++) {
        if (has(self->regions, lanes->label[self->region_lane + (uint32_t)level][event])) {
            return true;
        }
    }
    return false;
}

static uint32_t keep_regions(const struct match *self, const struct lanes *lanes, uint32_t *at,
                             uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = at[i];
        at[kept] = event;
        kept += region_fits(self, lanes, event) ? 1 : 0;
    }
    return kept;
}

static bool flags_fit(const uint64_t *set, const struct lanes_profile *profile)
{
    for (uint32_t i = 0; i < profile->flag_count; i++) {
        if (has(set, profile->flags[i])) {
            return true;
        }
    }
    return false;
}

/* What the programme does not know is not said. */
static bool is_complete(const struct lanes_profile *profile)
{
    return profile->sex != SEX_UNKNOWN && profile->age != AGE_UNKNOWN && profile->education != 0 &&
           profile->status != 0;
}

static bool profile_fits(const struct match *self, const struct lanes_profile *profile)
{
    const uint64_t *const *picks = (const uint64_t *const *)self->picks;
    return (!self->complete || is_complete(profile)) &&
           (self->sexes == 0 || (self->sexes >> profile->sex & 1) != 0) &&
           (!self->by_age || (profile->age != AGE_UNKNOWN && profile->age >= self->age_from &&
                              profile->age <= self->age_to)) &&
           (picks[CODES_EDUCATION] == NULL || has(picks[CODES_EDUCATION], profile->education)) &&
           (picks[CODES_STATUS] == NULL || has(picks[CODES_STATUS], profile->status)) &&
           (picks[CODES_FLAG] == NULL || flags_fit(picks[CODES_FLAG], profile));
}

static uint32_t keep_profiles(const struct match *self, const struct lanes *lanes, uint32_t *at,
                              uint32_t count)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t event = at[i];
        at[kept] = event;
        kept += profile_fits(self, &lanes->profiles[lanes->profile[event]]) ? 1 : 0;
    }
    return kept;
}

static bool asks_profile(const struct match *self)
{
    return self->complete || self->sexes != 0 || self->by_age ||
           self->picks[CODES_EDUCATION] != NULL || self->picks[CODES_STATUS] != NULL ||
           self->picks[CODES_FLAG] != NULL;
}

uint32_t match_run(const struct match *self, const struct lanes *lanes, uint32_t *out)
{
    static const enum code_list own[] = {CODES_OUTCOME, CODES_ACTIVITY, CODES_SUPPORT, CODES_TASK,
                                         CODES_UNIT};
    const uint64_t *partners = self->picks[CODES_PARTNER];
    if (partners != NULL && !has(partners, lanes->partner + 1)) {
        return 0;
    }
    uint32_t count = start(self, lanes, out);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (self->picks[own[i]] != NULL && count > 0) {
            count = keep_codes(self->picks[own[i]], lanes->code[own[i]], out, count);
        }
    }
    if (self->windows != 0) {
        count = keep_words(self->windows, lanes->window, out, count);
    }
    if (self->stays != 0) {
        count = keep_words(self->stays, lanes->stay, out, count);
    }
    if (self->needs_person || self->subject != SUBJECT_ANY) {
        count = keep_subjects(self, lanes, out, count);
    }
    if (asks_profile(self)) {
        count = keep_profiles(self, lanes, out, count);
    }
    return self->regions != NULL ? keep_regions(self, lanes, out, count) : count;
}
