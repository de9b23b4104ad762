/* The happy path is: 1. each cell becomes a share: its key in the view, what it adds above the
 * line and below; 2. shares are sorted and those of one key added up; 3. each sum is divided;
 * 4. the rows bear the state of the parts that they were made of, and hold while it is the same.
 * What may go wrong: only the memory. */
#include "core/totals/derived.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

struct share {
    struct cell_key key;
    int64_t above, below;
};

/* All that the rows depend on, as far as it changes. */
struct parts {
    uint64_t of, per; /* cells_touched() */
    uint32_t months_end;
};

struct list {
    struct derived_row *rows; /* null: never computed */
    uint32_t count;
    struct parts parts; /* as they were then */
};

struct derived {
    struct derived_options options;
    struct list now, told;
    bool tracked;
};

enum err derived_new(const struct derived_options *options, struct derived **out)
{
    struct derived *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    assert(options->times > 0);
    self->options = *options;
    *out = self;
    return ERR_OK;
}

void derived_free(struct derived **self)
{
    if (*self != NULL) {
        mem_free((*self)->now.rows);
        mem_free((*self)->told.rows);
        mem_free(*self);
    }
    *self = NULL;
}

static int compare_keys(const struct cell_key *a, const struct cell_key *b)
{
    if (a->high != b->high) {
        return a->high < b->high ? -1 : 1;
    }
    return a->low < b->low ? -1 : a->low > b->low;
}

static int compare_shares(const void *a, const void *b)
{
    const struct share *left = a;
    const struct share *right = b;
    return compare_keys(&left->key, &right->key);
}

/* Sums wrap at the ends of the range, as those of cells do. */
static int64_t plus(int64_t a, int64_t b)
{
    return (int64_t)((uint64_t)a + (uint64_t)b);
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
}

/* number * times / by, rounded half away from zero; doubling bit by bit, so that no product leaves
 * the range. */
static int64_t quotient(int64_t number, uint32_t times, int64_t by)
{
    const uint64_t whole = magnitude(number);
    const uint64_t divisor = magnitude(by);
    uint64_t result = 0;
    uint64_t rest = 0; /* less than the divisor, which is at most 2^63 */
    for (int bit = 31; bit >= 0; bit--) {
        const uint64_t added = times >> bit & 1;
        result = 2 * result + added * (whole / divisor);
        rest *= 2;
        result += rest >= divisor ? 1 : 0;
        rest -= rest >= divisor ? divisor : 0;
        rest += added * (whole % divisor);
        result += rest >= divisor ? 1 : 0;
        rest -= rest >= divisor ? divisor : 0;
    }
    result += rest >= divisor - rest ? 1 : 0;
    return (int64_t)((number < 0) != (by < 0) ? 0 - result : result);
}

/* A month that is not averaged over, and what has no label at all, gives its row a key and nothing
 * else. */
static struct share mean_share(const struct derived *self, const struct cell *cell)
{
    const struct months *months = self->options.months;
    const uint32_t over = keys_over(&cell->key);
    const bool counts =
        months != NULL ? months_has(months, over) : over != self->options.unlabelled;
    return (struct share){.key = keys_without_over(&cell->key),
                          .above = counts ? cell->value : 0,
                          .below = counts ? 1 : 0};
}

static uint32_t take_shares(const struct derived *self, struct share *out)
{
    const struct derived_options *options = &self->options;
    const struct cell *of = cells_all(options->of);
    uint32_t count = 0;
    for (uint32_t i = 0; i < cells_count(options->of); i++) {
        if (of[i].value != 0) {
            out[count++] = options->per == NULL
                               ? mean_share(self, &of[i])
                               : (struct share){.key = of[i].key, .above = of[i].value};
        }
    }
    const uint32_t per_count = options->per != NULL ? cells_count(options->per) : 0;
    const struct cell *per = options->per != NULL ? cells_all(options->per) : NULL;
    for (uint32_t i = 0; i < per_count; i++) {
        if (per[i].value != 0) {
            out[count++] = (struct share){.key = per[i].key, .below = per[i].value};
        }
    }
    return count;
}

/* Adds up the shares of each key, in place. */
static uint32_t add_up(struct share *shares, uint32_t count)
{
    uint32_t kept = 0;
    qsort(shares, count, sizeof *shares, compare_shares);
    for (uint32_t i = 0; i < count; i++) {
        if (kept > 0 && compare_keys(&shares[kept - 1].key, &shares[i].key) == 0) {
            shares[kept - 1].above = plus(shares[kept - 1].above, shares[i].above);
            shares[kept - 1].below = plus(shares[kept - 1].below, shares[i].below);
        } else {
            shares[kept++] = shares[i];
        }
    }
    return kept;
}

static struct derived_row row_of(const struct derived *self, const struct share *share)
{
    int64_t below = share->below;
    if (self->options.months != NULL) {
        uint32_t first, last;
        keys_months(self->options.keys, &share->key, &first, &last);
        below = months_count(self->options.months, first, last);
    }
    if (below == 0) {
        return (struct derived_row){.key = share->key, .above = share->above, .undefined = true};
    }
    return (struct derived_row){.key = share->key,
                                .above = share->above,
                                .below = below,
                                .value = quotient(share->above, self->options.times, below)};
}

static enum err compute(const struct derived *self, struct list *out)
{
    const uint32_t per_count = self->options.per != NULL ? cells_count(self->options.per) : 0;
    const size_t room = (size_t)cells_count(self->options.of) + per_count + 1;
    struct share *shares = mem_calloc(room, sizeof *shares);
    if (shares == NULL) {
        return ERR_MEMORY;
    }
    uint32_t count = add_up(shares, take_shares(self, shares));
    if (self->options.keys->dimensions == 0 && count == 0) {
        count = 1; /* of nothing at all */
    }
    out->rows = mem_calloc((size_t)count + 1, sizeof *out->rows);
    if (out->rows == NULL) {
        mem_free(shares);
        return ERR_MEMORY;
    }
    out->count = count;
    for (uint32_t i = 0; i < count; i++) {
        out->rows[i] = row_of(self, &shares[i]);
    }
    mem_free(shares);
    return ERR_OK;
}

static struct parts parts_of(const struct derived *self)
{
    const struct derived_options *options = &self->options;
    return (struct parts){.of = cells_touched(options->of),
                          .per = options->per != NULL ? cells_touched(options->per) : 0,
                          .months_end = options->months != NULL ? months_end(options->months) : 0};
}

static bool holds(const struct derived *self, const struct list *list)
{
    const struct parts parts = parts_of(self);
    return list->rows != NULL && list->parts.of == parts.of && list->parts.per == parts.per &&
           list->parts.months_end == parts.months_end;
}

/* Computes the rows, where a part has changed, and lets them take the list's place. */
static enum err renew(const struct derived *self, struct list *list)
{
    struct list fresh = {.parts = parts_of(self)};
    if (holds(self, list)) {
        return ERR_OK;
    }
    const enum err err = compute(self, &fresh);
    if (err == ERR_OK) {
        mem_free(list->rows);
        *list = fresh;
    }
    return err;
}

enum err derived_rows(struct derived *self, const struct derived_row **rows, uint32_t *count)
{
    struct list *list = holds(self, &self->told) ? &self->told : &self->now;
    const enum err err = renew(self, list);
    if (err == ERR_OK) {
        *rows = list->rows;
        *count = list->count;
    }
    return err;
}

enum err derived_track(struct derived *self, bool on)
{
    if (!on) {
        mem_free(self->told.rows);
        self->told = (struct list){0};
    }
    const enum err err = on && !self->tracked ? renew(self, &self->told) : ERR_OK;
    self->tracked = on && err == ERR_OK;
    return err;
}

bool derived_tracked(const struct derived *self)
{
    return self->tracked;
}

static bool same(const struct derived_row *a, const struct derived_row *b)
{
    return a->value == b->value && a->undefined == b->undefined;
}

enum err derived_tell(struct derived *self, derived_visit *visit, void *context)
{
    assert(self->tracked);
    if (holds(self, &self->told)) {
        return ERR_OK;
    }
    const enum err err = renew(self, &self->now);
    if (err != ERR_OK) {
        return err;
    }
    uint32_t is = 0, was = 0;
    while (is < self->now.count || was < self->told.count) {
        struct derived_change change = {
            .is = is < self->now.count ? &self->now.rows[is] : NULL,
            .was = was < self->told.count ? &self->told.rows[was] : NULL,
        };
        const int order = change.is == NULL    ? 1
                          : change.was == NULL ? -1
                                               : compare_keys(&change.is->key, &change.was->key);
        change.is = order <= 0 ? change.is : NULL;
        change.was = order >= 0 ? change.was : NULL;
        is += order <= 0 ? 1 : 0;
        was += order >= 0 ? 1 : 0;
        if (change.is == NULL || change.was == NULL || !same(change.is, change.was)) {
            visit(context, &change);
        }
    }
    const struct list told = self->told;
    self->told = self->now;
    self->now = told;
    return ERR_OK;
}
