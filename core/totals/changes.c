/* The happy path is: 1. room is made for as many entries as numbers come; 2. a cell without its
 * mark is marked and listed; 3. clearing takes back the marks of those listed, not of all cells.
 * What may go wrong: the memory, before anything is noted. */
#include "core/totals/changes.h"

#include <assert.h>
#include <stdbool.h>

#include "core/base/mem.h"

enum { ROOM_FIRST = 64 };

struct changes {
    struct change *all;
    uint32_t count, room;
    bool *marks; /* by number of the cell */
    uint32_t mark_room;
};

enum err changes_new(struct changes **out)
{
    *out = mem_calloc(1, sizeof **out);
    return *out != NULL ? ERR_OK : ERR_MEMORY;
}

void changes_free(struct changes **self)
{
    if (*self != NULL) {
        mem_free((*self)->all);
        mem_free((*self)->marks);
        mem_free(*self);
    }
    *self = NULL;
}

/* The next size of a list that is to hold at least so many; doubling keeps growing cheap. */
static uint32_t grown(uint32_t room, uint32_t wanted)
{
    room = room > 0 ? room : ROOM_FIRST;
    while (room < wanted) {
        room *= 2;
    }
    return room;
}

static enum err make_room(struct changes *self, uint32_t entries, uint32_t marks)
{
    if (entries > self->room) {
        const uint32_t room = grown(self->room, entries);
        struct change *all = mem_resize(self->all, room * sizeof *all);
        if (all == NULL) {
            return ERR_MEMORY;
        }
        self->all = all;
        self->room = room;
    }
    if (marks > self->mark_room) {
        const uint32_t room = grown(self->mark_room, marks);
        bool *list = mem_resize(self->marks, room * sizeof *list);
        if (list == NULL) {
            return ERR_MEMORY;
        }
        for (uint32_t i = self->mark_room; i < room; i++) {
            list[i] = false;
        }
        self->marks = list;
        self->mark_room = room;
    }
    return ERR_OK;
}

enum err changes_note(struct changes *self, const struct cells *cells, const uint32_t *numbers,
                      uint32_t count)
{
    const struct cell *all = cells_all(cells);
    const enum err err = make_room(self, self->count + count, cells_count(cells));
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t cell = numbers[i];
        assert(cell < cells_count(cells));
        if (!self->marks[cell]) {
            self->marks[cell] = true;
            self->all[self->count++] = (struct change){
                .cell = cell, .value = all[cell].value, .partner_sum = all[cell].partner_sum};
        }
    }
    return ERR_OK;
}

const struct change *changes_all(const struct changes *self)
{
    return self->all;
}

uint32_t changes_count(const struct changes *self)
{
    return self->count;
}

void changes_clear(struct changes *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        self->marks[self->all[i].cell] = false;
    }
    self->count = 0;
}
