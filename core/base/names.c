#include "core/base/names.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/table.h"

/* Stands in the list and is the table's key: cleared behind the text. */
struct name {
    char text[64];
    uint32_t size;
};

struct names {
    struct table *numbers;
    struct name *list;
    size_t count, room, count_max;
};

enum err names_new(size_t count_max, struct names **out)
{
    assert(count_max > 0 && count_max < NAMES_NONE);
    struct names *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    const struct table_options options = {
        .key_bytes = sizeof(struct name), .value_bytes = 4, .count_max = count_max};
    if (table_new(&options, &self->numbers) != ERR_OK) {
        mem_free(self);
        return ERR_MEMORY;
    }
    self->count_max = count_max;
    *out = self;
    return ERR_OK;
}

void names_free(struct names **self)
{
    if (*self != NULL) {
        table_free(&(*self)->numbers);
        mem_free((*self)->list);
        mem_free(*self);
    }
    *self = NULL;
}

static struct name key_of(struct bytes text)
{
    struct name key;
    assert(text.size <= sizeof key.text);
    memset(&key, 0, sizeof key);
    key.size = (uint32_t)text.size;
    if (text.size > 0) {
        memcpy(key.text, text.data, text.size);
    }
    return key;
}

static enum err list_grow(struct names *self)
{
    const size_t room = self->room == 0 ? 16 : 2 * self->room;
    struct name *list = mem_resize(self->list, room * sizeof *list);
    if (list == NULL) {
        return ERR_MEMORY;
    }
    self->list = list;
    self->room = room;
    return ERR_OK;
}

enum err names_add(struct names *self, struct bytes text, uint32_t *number)
{
    if (text.size > sizeof(((struct name *)NULL)->text)) {
        return ERR_RANGE;
    }
    const struct name key = key_of(text);
    const uint32_t *known = table_find(self->numbers, &key);
    if (known != NULL) {
        *number = *known;
        return ERR_OK;
    }
    if (self->count == self->count_max) {
        return ERR_FULL;
    }
    if (self->count == self->room && list_grow(self) != ERR_OK) {
        return ERR_MEMORY;
    }
    bool fresh;
    uint32_t *value = table_put(self->numbers, &key, &fresh);
    if (value == NULL) {
        return ERR_MEMORY;
    }
    assert(fresh);
    *value = (uint32_t)self->count;
    self->list[self->count++] = key;
    *number = *value;
    return ERR_OK;
}

uint32_t names_find(const struct names *self, struct bytes text)
{
    if (text.size > sizeof(((struct name *)NULL)->text)) {
        return NAMES_NONE;
    }
    const struct name key = key_of(text);
    const uint32_t *known = table_find(self->numbers, &key);
    return known != NULL ? *known : NAMES_NONE;
}

struct bytes names_text(const struct names *self, uint32_t number)
{
    assert(number < self->count);
    return bytes_of(self->list[number].text, self->list[number].size);
}

size_t names_count(const struct names *self)
{
    return self->count;
}
