/* The happy path is: 1. weights are added to their months; 2. the last month with an event is
 * looked for from the end, once for all that was added. What may go wrong: only the memory. */
#include "core/totals/months.h"

#include <assert.h>

#include "core/base/mem.h"

struct months {
    uint32_t first, count;
    uint32_t end;  /* the last month with an event + 1 */
    int64_t *nets; /* by month - first */
};

enum err months_new(uint32_t first, uint32_t last, struct months **out)
{
    struct months *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->first = first;
    self->end = first;
    self->count = last >= first ? last - first + 1 : 0;
    self->nets = mem_calloc((size_t)self->count + 1, sizeof *self->nets);
    if (self->nets == NULL) {
        months_free(&self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void months_free(struct months **self)
{
    if (*self != NULL) {
        mem_free((*self)->nets);
        mem_free(*self);
    }
    *self = NULL;
}

static uint32_t find_end(const struct months *self)
{
    uint32_t count = self->count;
    while (count > 0 && self->nets[count - 1] <= 0) {
        count--;
    }
    return self->first + count;
}

void months_note(struct months *self, const uint32_t *numbers, const int8_t *weights,
                 uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = numbers[i] - self->first; /* wraps around where it lies before */
        if (at < self->count) {
            self->nets[at] += weights[i];
        }
    }
    self->end = find_end(self);
}

uint32_t months_end(const struct months *self)
{
    return self->end;
}

bool months_has(const struct months *self, uint32_t month)
{
    return month >= self->first && month < self->end;
}

uint32_t months_count(const struct months *self, uint32_t first, uint32_t last)
{
    const uint32_t from = first > self->first ? first : self->first;
    const uint32_t to = last < self->end ? last + 1 : self->end;
    return to > from ? to - from : 0;
}

void months_check(const struct months *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        assert(self->nets[i] >= 0);
    }
    assert(self->end == find_end(self));
}
