/* The happy path is: 1. the partner is found in the programme; 2. each assertion is judged by the
 * programme's lists and dates, each withdrawal by what is known of the event it takes back; 3. the
 * two halves of a correction share one fate.
 *
 * What may go wrong: nothing; what is not acceptable becomes a verdict. Each term of the batch is
 * looked up once in each list that it is used for, on first use.
 *
 * A withdrawal is not judged by dates and lists: it takes back what an older version of the
 * programme may have admitted. */
#include "core/admission/admission.h"

#include <assert.h>
#include <string.h>

#define NUMBER_NOT_ASKED 0
#define NUMBER_UNKNOWN UINT16_MAX

static_assert(CODES_MAX < NUMBER_UNKNOWN && PARTNERS_MAX < NUMBER_UNKNOWN,
              "a code's number + 1 stands beside the two special ones");

/* What was found of the batch's terms so far. */
struct check {
    const struct admission_options *options;
    const struct columns *columns;
    const struct admission_prior *priors;
    uint16_t *verdicts;
    uint16_t numbers[CODES_LIST_COUNT][BATCH_TERMS_MAX]; /* in the list, + 1 */
    struct {
        int32_t from, to; /* the line of the region table found last; from > to: none yet */
    } regions[BATCH_TERMS_MAX];
    uint64_t withdrawn[BATCH_EVENTS_MAX]; /* sequences that this batch takes back, as admitted */
    uint32_t withdrawn_count;
};

static struct bytes term_of(const struct check *self, uint32_t term)
{
    assert(term > 0 && term <= self->columns->term_count);
    return self->columns->terms[term - 1];
}

/* The code of the list that the term (+ 1, not 0) names; null: none. */
static const struct code *code_of(struct check *self, enum code_list list, uint32_t term)
{
    const struct programme *programme = self->options->programme;
    uint16_t *number = &self->numbers[list][term - 1];
    if (*number == NUMBER_NOT_ASKED) {
        const uint32_t found = programme_code(programme, list, term_of(self, term));
        *number = found == CODE_NONE ? NUMBER_UNKNOWN : (uint16_t)(found + 1);
    }
    return *number != NUMBER_UNKNOWN ? &programme->codes[list][*number - 1] : NULL;
}

/* Whether the term (+ 1; 0 is fine) is a code of the list that is valid on the day. */
static bool code_known(struct check *self, enum code_list list, uint32_t term, int32_t day)
{
    if (term == 0) {
        return true;
    }
    const struct code *code = code_of(self, list, term);
    return code != NULL && day >= code->valid_from && day <= code->valid_to;
}

/* What a row took over from its enrolment was valid then, and need not be valid any more. */
static bool inherits(const struct check *self, uint32_t index)
{
    const struct columns *columns = self->columns;
    const uint32_t kind = columns->kind != NULL ? columns->kind[index] : 0;
    return !self->options->own_profile && kind != EVENT_ENROLLED;
}

static bool profile_code_known(struct check *self, uint32_t index, enum code_list list,
                               uint32_t term, int32_t day)
{
    return code_known(self, list, term, day) ||
           (inherits(self, index) && code_of(self, list, term) != NULL);
}

static bool region_known(struct check *self, uint32_t term, int32_t day)
{
    if (term == 0) {
        return true;
    }
    const struct bytes code = term_of(self, term);
    if (day >= self->regions[term - 1].from && day <= self->regions[term - 1].to) {
        return true;
    }
    const struct regions *regions = self->options->programme->regions;
    const uint32_t number = regions_find(regions, code, day);
    if (number == REGION_NONE) {
        return false;
    }
    self->regions[term - 1].from = regions_get(regions, number)->valid_from;
    self->regions[term - 1].to = regions_get(regions, number)->valid_to;
    return true;
}

static bool home_known(struct check *self, uint32_t index, uint32_t term, int32_t day)
{
    return region_known(self, term, day) ||
           (inherits(self, index) && regions_nearest(self->options->programme->regions,
                                                     term_of(self, term), day) != REGION_NONE);
}

/* The event's own region, or that of its person's home. */
static bool place_known(struct check *self, uint32_t index, int32_t day)
{
    const struct columns *columns = self->columns;
    const uint32_t term = columns_number(columns->region, index);
    const uint32_t profile = columns_number(columns->profile, index);
    const bool at_home = profile != 0 && columns->profiles[profile - 1].home_region == term;
    return at_home ? home_known(self, index, term, day) : region_known(self, term, day);
}

static enum reject date_verdict(const struct check *self, int32_t day)
{
    const struct programme *programme = self->options->programme;
    if (day < programme->starts_on || day > programme->ends_on) {
        return REJECT_DATE_OUTSIDE;
    }
    return day > (int64_t)self->options->today + 1 ? REJECT_DATE_FUTURE : REJECT_NONE;
}

static enum reject codes_verdict(struct check *self, uint32_t index, int32_t day)
{
    const struct columns *columns = self->columns;
    if (!code_known(self, CODES_TASK, columns_number(columns->task, index), day)) {
        return REJECT_TASK_UNKNOWN;
    }
    if (!place_known(self, index, day)) {
        return REJECT_REGION_UNKNOWN;
    }
    if (!code_known(self, CODES_SUPPORT, columns_number(columns->support, index), day)) {
        return REJECT_SUPPORT_UNKNOWN;
    }
    if (!code_known(self, CODES_OUTCOME, columns_number(columns->outcome, index), day)) {
        return REJECT_OUTCOME_UNKNOWN;
    }
    if (!code_known(self, CODES_ACTIVITY, columns_number(columns->activity, index), day)) {
        return REJECT_ACTIVITY_UNKNOWN;
    }
    if (!code_known(self, CODES_UNIT, columns_number(columns->unit, index), day)) {
        return REJECT_UNIT_UNKNOWN;
    }
    return REJECT_NONE;
}

static bool person_known(const struct admission_options *options, uint32_t person)
{
    if (person == 0 || options->people == NULL) {
        return person <= options->person_last;
    }
    return (person >= options->first_person &&
            person - options->first_person < options->person_count) ||
           (person <= options->people_count && options->people[person - 1] != 0);
}

/* What must be there for this kind of event. */
static enum reject parts_verdict(const struct check *self, uint32_t index, enum event_kind kind)
{
    const struct columns *columns = self->columns;
    const uint32_t person = columns_number(columns->person, index);
    if (kind == EVENT_OUTCOME && columns_number(columns->outcome, index) == 0) {
        return REJECT_OUTCOME_MISSING;
    }
    if (kind == EVENT_ACTIVITY && columns_number(columns->activity, index) == 0) {
        return REJECT_ACTIVITY_MISSING;
    }
    if (kind != EVENT_ACTIVITY && person == 0) {
        return REJECT_PERSON_MISSING;
    }
    if (!person_known(self->options, person)) {
        return REJECT_PERSON_UNKNOWN;
    }
    if (columns->quantity != NULL && columns->quantity[index] < 0) {
        return REJECT_QUANTITY_NEGATIVE;
    }
    if (columns->quantity != NULL && columns->quantity[index] != 0 &&
        columns_number(columns->unit, index) == 0) {
        return REJECT_QUANTITY_UNIT;
    }
    const uint32_t window = columns->window != NULL ? columns->window[index] : WINDOW_NONE;
    if (window >= WINDOW_COUNT || (window != WINDOW_NONE && kind != EVENT_OUTCOME)) {
        return REJECT_BATCH_COLUMNS;
    }
    return REJECT_NONE;
}

/* An entity may have a seat, and nothing else of what people have. */
static bool describes_person(const struct columns_profile *profile)
{
    return profile->sex != SEX_UNKNOWN || profile->age_plus_one != 0 || profile->education != 0 ||
           profile->status != 0 || profile->flag_count != 0;
}

static enum reject profile_verdict(struct check *self, uint32_t index, int32_t day)
{
    const struct columns *columns = self->columns;
    const uint32_t number = columns_number(columns->profile, index);
    if (number == 0) {
        return REJECT_NONE;
    }
    assert(number <= columns->profile_count);
    const struct columns_profile *profile = &columns->profiles[number - 1];
    if (profile->sex >= SEX_COUNT) {
        return REJECT_SEX_FORM;
    }
    if (profile->age_plus_one > AGE_MAX + 1) {
        return REJECT_AGE_IMPOSSIBLE;
    }
    if (columns->entity != NULL && columns->entity[index] != 0 && describes_person(profile)) {
        return REJECT_ENTITY_KIND;
    }
    if (!profile_code_known(self, index, CODES_EDUCATION, profile->education, day)) {
        return REJECT_EDUCATION_UNKNOWN;
    }
    if (!profile_code_known(self, index, CODES_STATUS, profile->status, day)) {
        return REJECT_STATUS_UNKNOWN;
    }
    if (!home_known(self, index, profile->home_region, day)) {
        return REJECT_REGION_UNKNOWN;
    }
    assert(profile->flag_count <= PROFILE_FLAGS_MAX);
    for (uint32_t i = 0; i < profile->flag_count; i++) {
        if (!profile_code_known(self, index, CODES_FLAG, profile->flags[i], day)) {
            return REJECT_FLAG_UNKNOWN;
        }
    }
    return REJECT_NONE;
}

static enum reject assertion_verdict(struct check *self, uint32_t index)
{
    const struct columns *columns = self->columns;
    const uint32_t kind = columns->kind != NULL ? columns->kind[index] : 0;
    if (kind == 0 || kind >= EVENT_KIND_COUNT) {
        return REJECT_KIND_UNKNOWN;
    }
    const int32_t day = columns->occurred_on != NULL ? columns->occurred_on[index] : 0;
    enum reject verdict = date_verdict(self, day);
    if (verdict == REJECT_NONE) {
        verdict = codes_verdict(self, index, day);
    }
    if (verdict == REJECT_NONE) {
        verdict = parts_verdict(self, index, (enum event_kind)kind);
    }
    return verdict != REJECT_NONE ? verdict : profile_verdict(self, index, day);
}

static bool is_withdrawal(const struct columns *columns, uint32_t index)
{
    return columns->withdrawal != NULL && columns->withdrawal[index] != 0;
}

static uint64_t withdraws(const struct columns *columns, uint32_t index)
{
    return columns->withdraws != NULL ? columns->withdraws[index] : 0;
}

static bool withdrawn_here(const struct check *self, uint64_t sequence)
{
    for (uint32_t i = 0; i < self->withdrawn_count; i++) {
        if (self->withdrawn[i] == sequence) {
            return true;
        }
    }
    return false;
}

/* Of a withdrawal of an event of this same batch, which no store knows yet. */
static enum reject withdrawal_here_verdict(const struct check *self, uint32_t index,
                                           uint32_t target)
{
    if (target >= index || is_withdrawal(self->columns, target) ||
        self->verdicts[target] != REJECT_NONE) {
        return REJECT_WITHDRAWAL_UNKNOWN;
    }
    struct event mine, taken_back;
    columns_event(self->columns, index, &mine);
    columns_event(self->columns, target, &taken_back);
    return event_same(&mine, &taken_back) ? REJECT_NONE : REJECT_WITHDRAWAL_DIFFERS;
}

static enum reject withdrawal_verdict(const struct check *self, uint32_t index)
{
    const uint64_t sequence = withdraws(self->columns, index);
    if (sequence != 0 && withdrawn_here(self, sequence)) {
        return REJECT_WITHDRAWAL_TWICE;
    }
    if (self->priors == NULL) {
        return REJECT_NONE;
    }
    if (sequence == 0) {
        return REJECT_WITHDRAWAL_UNKNOWN;
    }
    const uint64_t first = self->options->first_seq;
    if (sequence >= first && sequence - first < self->columns->count) {
        return withdrawal_here_verdict(self, index, (uint32_t)(sequence - first));
    }
    const struct admission_prior *prior = &self->priors[index];
    if (!prior->found) {
        return REJECT_WITHDRAWAL_UNKNOWN;
    }
    if (prior->withdrawn) {
        return REJECT_WITHDRAWAL_TWICE;
    }
    assert(prior->event != NULL);
    struct event mine;
    columns_event(self->columns, index, &mine);
    return event_same(&mine, prior->event) ? REJECT_NONE : REJECT_WITHDRAWAL_DIFFERS;
}

/* Whether the event behind the withdrawal at index replaces what that takes back. */
static bool has_replacement(const struct columns *columns, uint32_t index)
{
    return index + 1 < columns->count && !is_withdrawal(columns, index + 1) &&
           withdraws(columns, index + 1) != 0 &&
           withdraws(columns, index + 1) == withdraws(columns, index);
}

/* Judges the withdrawal at index with its replacement, if any; returns how many events. */
static uint32_t check_withdrawal(struct check *self, uint32_t index)
{
    uint16_t *verdicts = &self->verdicts[index];
    const bool pair = has_replacement(self->columns, index);
    verdicts[0] = (uint16_t)withdrawal_verdict(self, index);
    if (pair) {
        verdicts[1] = (uint16_t)assertion_verdict(self, index + 1);
        if (verdicts[0] == REJECT_NONE && verdicts[1] != REJECT_NONE) {
            verdicts[0] = REJECT_PAIR_REFUSED;
        } else if (verdicts[0] != REJECT_NONE && verdicts[1] == REJECT_NONE) {
            verdicts[1] = REJECT_PAIR_REFUSED;
        }
    }
    if (verdicts[0] == REJECT_NONE) {
        self->withdrawn[self->withdrawn_count++] = withdraws(self->columns, index);
    }
    return pair ? 2 : 1;
}

static void check_init(struct check *self, const struct admission_options *options,
                       const struct columns *columns)
{
    const uint32_t terms = columns->term_count;
    self->options = options;
    self->columns = columns;
    self->withdrawn_count = 0;
    for (int list = 0; list < CODES_LIST_COUNT; list++) {
        memset(self->numbers[list], 0, terms * sizeof self->numbers[list][0]);
    }
    for (uint32_t i = 0; i < terms; i++) {
        self->regions[i].from = 1;
        self->regions[i].to = 0;
    }
}

void admission_check(const struct admission_options *options, const struct columns *columns,
                     const struct admission_prior *priors, uint16_t *verdicts)
{
    assert(columns->count <= BATCH_EVENTS_MAX);
    assert(columns->term_count <= BATCH_TERMS_MAX);
    if (programme_code(options->programme, CODES_PARTNER, options->partner) == CODE_NONE) {
        for (uint32_t i = 0; i < columns->count; i++) {
            verdicts[i] = REJECT_PARTNER_NOT_IN_PROGRAMME;
        }
        return;
    }
    struct check check;
    check_init(&check, options, columns);
    check.priors = priors;
    check.verdicts = verdicts;
    for (uint32_t i = 0; i < columns->count;) {
        if (is_withdrawal(columns, i)) {
            i += check_withdrawal(&check, i);
        } else {
            const bool orphan = withdraws(columns, i) != 0;
            verdicts[i] = orphan ? REJECT_WITHDRAWAL_ALONE : (uint16_t)assertion_verdict(&check, i);
            i++;
        }
    }
}
