/* The happy path is: 1. number the texts; 2. sort them; 3. give each distinct text a rank.
 * What may go wrong: only the memory. */
#include "core/totals/labels.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/mem.h"

struct labels {
    struct bytes *texts; /* by rank */
    uint32_t count;
    uint32_t *ranks; /* by number + 1 */
};

struct numbered {
    struct bytes text;
    uint32_t number;
};

static int compare(const void *a, const void *b)
{
    const struct numbered *left = a;
    const struct numbered *right = b;
    return bytes_compare(left->text, right->text);
}

static void rank(struct labels *self, const struct numbered *sorted, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i == 0 || !bytes_equal(sorted[i - 1].text, sorted[i].text)) {
            self->texts[self->count++] = sorted[i].text;
        }
        self->ranks[sorted[i].number] = self->count - 1;
    }
}

enum err labels_new(const struct bytes *texts, uint32_t count, struct labels **out)
{
    assert(count < UINT32_MAX);
    const uint32_t all = count + 1;
    struct labels *self = mem_calloc(1, sizeof *self);
    struct numbered *sorted = mem_calloc(all, sizeof *sorted);
    if (self == NULL || sorted == NULL) {
        goto fail;
    }
    self->texts = mem_calloc(all, sizeof *self->texts);
    self->ranks = mem_calloc(all, sizeof *self->ranks);
    if (self->texts == NULL || self->ranks == NULL) {
        goto fail;
    }
    sorted[0] = (struct numbered){.text = bytes_text("-"), .number = 0};
    for (uint32_t i = 0; i < count; i++) {
        sorted[i + 1] = (struct numbered){.text = texts[i], .number = i + 1};
    }
    qsort(sorted, all, sizeof *sorted, compare);
    rank(self, sorted, all);
    mem_free(sorted);
    *out = self;
    return ERR_OK;

fail:
    mem_free(sorted);
    labels_free(&self);
    return ERR_MEMORY;
}

void labels_free(struct labels **self)
{
    if (*self != NULL) {
        mem_free((*self)->texts);
        mem_free((*self)->ranks);
        mem_free(*self);
    }
    *self = NULL;
}

const uint32_t *labels_ranks(const struct labels *self)
{
    return self->ranks;
}

struct bytes labels_text(const struct labels *self, uint32_t rank_wanted)
{
    assert(rank_wanted < self->count);
    return self->texts[rank_wanted];
}

uint32_t labels_count(const struct labels *self)
{
    return self->count;
}
