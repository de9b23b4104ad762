/* The happy path of a batch is: 1. note who was introduced; 2. turn it into lanes and find the
 * events that meet the predicate, as a fold does; 3. of these keep those whose key has the cell's
 * labels, hand them on and add them up: in people modes as net weights of (partner, person).
 *
 * What may go wrong: the memory, and a log that names people it never introduced. */
#include "core/totals/explain.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/table.h"
#include "core/totals/keys.h"
#include "core/totals/lanes.h"
#include "core/totals/match.h"
#include "core/totals/roster.h"
#include "core/totals/vocabulary.h"

/* A key of the table of people. */
struct pair {
    uint32_t entity, person, partner;
};

struct explain {
    struct explain_options options;
    const struct indicator *indicator;
    struct vocabulary *vocabulary;
    struct roster *roster;
    struct key_periods *periods;
    struct table *people; /* struct pair to int64_t; null where no people are counted */
    struct match match;
    struct keys keys;
    int64_t sum;
    struct lanes lanes;
    uint32_t matched[BATCH_EVENTS_MAX];
    struct cell_key packed[BATCH_EVENTS_MAX];
};

static bool counts_people(const struct indicator *indicator)
{
    return indicator->mode == COUNT_PERSONS || indicator->mode == COUNT_PARTICIPATIONS;
}

static enum err open_parts(struct explain *self)
{
    const struct table_options people = {.key_bytes = sizeof(struct pair),
                                         .value_bytes = sizeof(int64_t),
                                         .count_max = EXPLAIN_PEOPLE_MAX};
    enum err err = vocabulary_new(self->options.programme, &self->vocabulary);
    if (err == ERR_OK) {
        err = roster_new(&self->roster);
    }
    if (err == ERR_OK) {
        err = key_periods_new(&self->periods);
    }
    if (err == ERR_OK && counts_people(self->indicator)) {
        err = table_new(&people, &self->people);
    }
    if (err == ERR_OK) {
        err = match_init(&self->match, self->indicator, self->options.programme, self->vocabulary);
    }
    return err;
}

enum err explain_new(const struct explain_options *options, struct explain **out)
{
    assert(options->view.indicator < options->programme->indicator_count);
    struct explain *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    if ((options->view.dimensions >> BY_REGION & 1) == 0) {
        self->options.view.level = REGION_LEVEL_COUNT;
    }
    self->indicator = &options->programme->indicators[options->view.indicator];
    assert(!count_mode_derived(self->indicator->mode));
    const enum err err = open_parts(self);
    if (err != ERR_OK) {
        explain_free(&self);
        return err;
    }
    keys_init(&self->keys, &self->options.view, self->indicator->region_of_home);
    self->lanes.needs = keys_needs(&self->keys) | match_needs(&self->match);
    *out = self;
    return ERR_OK;
}

void explain_free(struct explain **self)
{
    if (*self != NULL) {
        match_fini(&(*self)->match);
        vocabulary_free(&(*self)->vocabulary);
        roster_free(&(*self)->roster);
        key_periods_free(&(*self)->periods);
        table_free(&(*self)->people);
        mem_free(*self);
    }
    *self = NULL;
}

/* ---- labels ---- */

static bool in_list(const struct vocabulary *vocabulary, enum word_list list, struct bytes label)
{
    for (uint32_t rank = 0; rank < vocabulary_count(vocabulary, list); rank++) {
        if (bytes_equal(vocabulary_text(vocabulary, list, rank), label)) {
            return true;
        }
    }
    return false;
}

/* Whether it is written like the pattern: 9 for any digit; or "-". */
static bool is_like(struct bytes label, const char *pattern)
{
    bool fits = label.size == strlen(pattern);
    for (size_t i = 0; fits && i < label.size; i++) {
        const uint8_t c = label.data[i];
        fits = pattern[i] == '9' ? c >= '0' && c <= '9' : c == (uint8_t)pattern[i];
    }
    return fits || bytes_is(label, "-");
}

bool explain_knows(const struct explain *self, enum dimension dimension)
{
    static const struct kind_of_label {
        enum word_list list;
        const char *pattern; /* of periods; null: the list is meant */
    } kinds[DIMENSION_COUNT] = {
        [BY_PARTNER] = {WORDS_PARTNER, NULL},
        [BY_TASK] = {WORDS_TASK, NULL},
        [BY_REGION] = {WORDS_REGION, NULL},
        [BY_MONTH] = {WORDS_LIST_COUNT, "9999-99"},
        [BY_QUARTER] = {WORDS_LIST_COUNT, "9999-Q9"},
        [BY_YEAR] = {WORDS_LIST_COUNT, "9999"},
        [BY_KIND] = {WORDS_KIND, NULL},
        [BY_SEX] = {WORDS_SEX, NULL},
        [BY_AGE] = {WORDS_AGE, NULL},
        [BY_EDUCATION] = {WORDS_EDUCATION, NULL},
        [BY_STATUS] = {WORDS_STATUS, NULL},
    };
    const struct bytes label = self->options.labels[dimension];
    const struct kind_of_label *kind = &kinds[dimension];
    return kind->pattern != NULL ? is_like(label, kind->pattern)
                                 : in_list(self->vocabulary, kind->list, label);
}

static bool in_cell(struct explain *self, const struct cell_key *key)
{
    struct bytes labels[DIMENSION_COUNT];
    keys_unpack(&self->keys, key, self->vocabulary, self->periods, labels);
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if ((self->keys.dimensions >> i & 1) != 0 &&
            !bytes_equal(labels[i], self->options.labels[i])) {
            return false;
        }
    }
    return true;
}

/* ---- the fold ---- */

static enum err add_person(struct explain *self, const struct explain_event *event)
{
    const struct pair pair = {
        .entity = event->entity, .person = event->person, .partner = self->lanes.partner};
    bool fresh;
    int64_t *weight = table_put(self->people, &pair, &fresh);
    if (weight == NULL) {
        return ERR_MEMORY;
    }
    *weight += event->weight;
    return ERR_OK;
}

static enum err add_event(struct explain *self, uint32_t at, explain_visit *visit, void *context)
{
    const struct lanes *lanes = &self->lanes;
    const struct explain_event event = {
        .index = lanes->event[at],
        .person = lanes->person[at],
        .entity = lanes->entity[at],
        .weight = lanes->weight[at],
        .quantity = lanes->quantity[at],
    };
    if (self->people != NULL) {
        const enum err err = add_person(self, &event);
        if (err != ERR_OK) {
            return err;
        }
    } else {
        /* Sums wrap at the ends of the range, as those of totals do. */
        const uint64_t value =
            self->indicator->mode == COUNT_QUANTITY ? (uint64_t)event.quantity : 1;
        const uint64_t step = event.weight < 0 ? 0 - value : value;
        self->sum = (int64_t)((uint64_t)self->sum + step);
    }
    visit(context, &event);
    return ERR_OK;
}

enum err explain_fold(struct explain *self, const struct totals_batch *batch, explain_visit *visit,
                      void *context)
{
    enum err err = roster_introduce(self->roster, batch->node, batch->first_person, batch->persons,
                                    batch->person_count);
    const uint32_t partner = programme_code(self->options.programme, CODES_PARTNER, batch->partner);
    if (err != ERR_OK || partner == CODE_NONE) {
        return err;
    }
    const struct lanes_source source = {.vocabulary = self->vocabulary,
                                        .roster = self->roster,
                                        .batch = batch,
                                        .partner = partner,
                                        .from = INT32_MIN,
                                        .until = self->options.until};
    err = lanes_load(&self->lanes, &source);
    if (err != ERR_OK || self->lanes.count == 0) {
        return err;
    }
    const uint32_t count = match_run(&self->match, &self->lanes, self->matched);
    keys_pack(&self->keys, &self->lanes, self->matched, count, self->packed);
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        if (in_cell(self, &self->packed[i])) {
            err = add_event(self, self->matched[i], visit, context);
        }
    }
    return err;
}

/* ---- people ---- */

static int compare_people(const void *a, const void *b)
{
    const struct explain_person *left = a;
    const struct explain_person *right = b;
    if (left->entity != right->entity) {
        return left->entity ? 1 : -1;
    }
    if (left->person != right->person) {
        return left->person < right->person ? -1 : 1;
    }
    return left->partner < right->partner ? -1 : left->partner > right->partner;
}

static bool same_person(const struct explain_person *a, const struct explain_person *b)
{
    return a->person == b->person && a->entity == b->entity;
}

/* Tells the people of one person's rows at how many partners they are counted. */
static void mark(struct explain_person *people, size_t count)
{
    for (size_t first = 0; first < count;) {
        uint32_t partners = 0;
        size_t end = first;
        for (; end < count && same_person(&people[first], &people[end]); end++) {
            partners += people[end].weight > 0 ? 1 : 0;
        }
        for (; first < end; first++) {
            people[first].partner_count = partners;
        }
    }
}

/* Gives all (partner, person) pairs in order, to be released with mem_free(). */
static enum err gather(const struct explain *self, struct explain_person **out, size_t *count)
{
    const void *key;
    void *value;
    size_t cursor = 0;
    *count = 0;
    *out = mem_calloc(table_count(self->people) + 1, sizeof **out);
    if (*out == NULL) {
        return ERR_MEMORY;
    }
    while (table_next(self->people, &cursor, &key, &value)) {
        const struct pair *pair = key;
        (*out)[(*count)++] = (struct explain_person){.person = pair->person,
                                                     .partner = pair->partner,
                                                     .entity = pair->entity != 0,
                                                     .weight = *(const int64_t *)value};
    }
    qsort(*out, *count, sizeof **out, compare_people);
    mark(*out, *count);
    return ERR_OK;
}

enum err explain_people(const struct explain *self, explain_visit_person *visit, void *context)
{
    struct explain_person *people;
    size_t count;
    if (self->people == NULL) {
        return ERR_OK;
    }
    const enum err err = gather(self, &people, &count);
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        visit(context, &people[i]);
    }
    mem_free(people);
    return err;
}

enum err explain_sums(const struct explain *self, int64_t *value, int64_t *partner_sum)
{
    struct explain_person *people;
    size_t count;
    *value = *partner_sum = self->sum;
    if (self->people == NULL) {
        return ERR_OK;
    }
    const enum err err = gather(self, &people, &count);
    for (size_t i = 0; err == ERR_OK && i < count; i++) {
        const bool first = i == 0 || !same_person(&people[i - 1], &people[i]);
        *partner_sum += people[i].weight > 0 ? 1 : 0;
        *value += first && people[i].partner_count > 0 ? 1 : 0;
    }
    if (err == ERR_OK && self->indicator->mode == COUNT_PARTICIPATIONS) {
        *value = *partner_sum;
    }
    mem_free(people);
    return err;
}
