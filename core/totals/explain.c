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

/* A key of the table of shares, which a mean adds up: one label's; where people are counted, of one
 * person at one partner. */
struct share {
    uint32_t over, entity, person, partner;
};

struct explain {
    struct explain_options options;
    const struct indicator *indicator;
    struct vocabulary *vocabulary;
    struct roster *roster;
    struct key_periods *periods;
    struct table *people; /* struct pair to int64_t; null where no people are counted */
    struct table *shares; /* struct share to int64_t; null where no mean is explained */
    struct match match;
    struct keys keys, over_keys;
    int64_t sum;
    struct lanes lanes;
    uint32_t matched[BATCH_EVENTS_MAX];
    struct cell_key packed[BATCH_EVENTS_MAX], over[BATCH_EVENTS_MAX];
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
    const struct table_options shares = {.key_bytes = sizeof(struct share),
                                         .value_bytes = sizeof(int64_t),
                                         .count_max = EXPLAIN_PEOPLE_MAX};
    enum err err = vocabulary_new(self->options.programme, &self->vocabulary);
    if (err == ERR_OK && self->options.regions_dated) {
        vocabulary_show_regions_at(self->vocabulary, self->options.regions_at);
    }
    if (err == ERR_OK && self->options.averaged) {
        err = table_new(&shares, &self->shares);
    }
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
    if (options->averaged) {
        static const struct view alone = {.level = REGION_LEVEL_COUNT};
        keys_init(&self->over_keys, &alone, self->indicator->region_of_home);
        keys_add_over(&self->over_keys, options->over,
                      options->over == BY_REGION ? options->over_at : REGION_LEVEL_COUNT,
                      self->indicator->region_of_home);
    }
    self->lanes.needs =
        keys_needs(&self->keys) | keys_needs(&self->over_keys) | match_needs(&self->match);
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
        table_free(&(*self)->shares);
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

/* Sums wrap at the ends of the range, as those of totals do. */
static int64_t plus(const struct explain *self, int64_t sum, const struct explain_event *event)
{
    const uint64_t value = self->indicator->mode == COUNT_QUANTITY ? (uint64_t)event->quantity : 1;
    return (int64_t)((uint64_t)sum + (event->weight < 0 ? 0 - value : value));
}

static enum err add_share(struct explain *self, const struct explain_event *event, uint32_t over)
{
    struct share share = {.over = over};
    bool fresh;
    if (self->people != NULL) {
        share.entity = event->entity;
        share.person = event->person;
        share.partner = self->lanes.partner;
    }
    int64_t *sum = table_put(self->shares, &share, &fresh);
    if (sum == NULL) {
        return ERR_MEMORY;
    }
    *sum = self->people != NULL ? *sum + event->weight : plus(self, *sum, event);
    return ERR_OK;
}

static enum err add_event(struct explain *self, uint32_t number, explain_visit *visit,
                          void *context)
{
    const struct lanes *lanes = &self->lanes;
    const uint32_t at = self->matched[number];
    enum err err = ERR_OK;
    const struct explain_event event = {
        .index = lanes->event[at],
        .person = lanes->person[at],
        .entity = lanes->entity[at],
        .weight = lanes->weight[at],
        .quantity = lanes->quantity[at],
    };
    if (self->people != NULL) {
        err = add_person(self, &event);
    } else {
        self->sum = plus(self, self->sum, &event);
    }
    if (err == ERR_OK && self->shares != NULL) {
        err = add_share(self, &event, keys_over(&self->over[number]));
    }
    if (err == ERR_OK) {
        visit(context, &event);
    }
    return err;
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
    keys_pack(&self->over_keys, &self->lanes, self->matched, count, self->over);
    for (uint32_t i = 0; err == ERR_OK && i < count; i++) {
        if (in_cell(self, &self->packed[i])) {
            err = add_event(self, i, visit, context);
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

/* ---- a mean ---- */

struct counted_share {
    struct share share;
    int64_t sum;
};

static int compare_shares(const void *a, const void *b)
{
    const struct counted_share *left = a, *right = b;
    const uint32_t one[] = {left->share.over, left->share.entity, left->share.person};
    const uint32_t other[] = {right->share.over, right->share.entity, right->share.person};
    int order = 0;
    for (size_t i = 0; order == 0 && i < sizeof one / sizeof one[0]; i++) {
        order = one[i] < other[i] ? -1 : one[i] > other[i];
    }
    return order;
}

/* A mean goes over labels, not over what has none, and over the months of the programme only. */
static bool is_averaged(const struct explain *self, uint32_t over)
{
    const struct programme *programme = self->options.programme;
    if (self->options.over != BY_MONTH) {
        return over != keys_unlabelled(self->options.over, self->vocabulary);
    }
    return over >= vocabulary_month(self->vocabulary, programme->starts_on) &&
           over <= vocabulary_month(self->vocabulary, programme->ends_on);
}

/* The value under one label, whose shares stand side by side. */
static int64_t value_of(const struct explain *self, const struct counted_share *shares,
                        size_t count)
{
    int64_t value = 0;
    bool counted = false; /* the person at hand */
    if (self->people == NULL) {
        return shares[0].sum;
    }
    for (size_t i = 0; i < count; i++) {
        const bool fresh = i == 0 || compare_shares(&shares[i - 1], &shares[i]) != 0;
        counted = counted && !fresh;
        if (shares[i].sum > 0 && (!counted || self->indicator->mode == COUNT_PARTICIPATIONS)) {
            counted = true;
            value++;
        }
    }
    return value;
}

enum err explain_mean(const struct explain *self, int64_t *sum, uint32_t *label_count)
{
    const void *key;
    void *value;
    size_t cursor = 0, count = 0;
    struct counted_share *shares = mem_calloc(table_count(self->shares) + 1, sizeof *shares);
    *sum = 0;
    *label_count = 0;
    if (shares == NULL) {
        return ERR_MEMORY;
    }
    while (table_next(self->shares, &cursor, &key, &value)) {
        shares[count++] = (struct counted_share){.share = *(const struct share *)key,
                                                 .sum = *(const int64_t *)value};
    }
    qsort(shares, count, sizeof *shares, compare_shares);
    for (size_t first = 0, end = 0; first < count; first = end) {
        while (end < count && shares[end].share.over == shares[first].share.over) {
            end++;
        }
        const int64_t found = value_of(self, &shares[first], end - first);
        if (found != 0 && is_averaged(self, shares[first].share.over)) {
            *sum = (int64_t)((uint64_t)*sum + (uint64_t)found);
            (*label_count)++;
        }
    }
    mem_free(shares);
    return ERR_OK;
}
