/* Two flat tables: what a broker's number stands for where it no longer is itself, and who has been
 * split off. The happy path is: 1. look up the identities of the people named; 2. give the new one
 * to every entry that has an old one. No entry refers to another, so that nothing is followed in
 * steps and a split never moves those who stay. */
#include "core/totals/identities.h"

#include <assert.h>
#include <stdbool.h>

#include "core/base/mem.h"
#include "core/base/table.h"
#include "core/model/limits.h"
#include "core/totals/roster.h"

struct identities {
    struct roster *roster;
    struct table *numbers; /* the broker's number -> identity, where it is another */
    struct table *people;  /* (node, number) -> identity, of those split off */
    uint32_t split_count;
};

enum err identities_new(struct identities **out)
{
    const struct table_options numbers = {
        .key_bytes = sizeof(uint32_t), .value_bytes = sizeof(uint32_t), .count_max = UINT32_MAX};
    const struct table_options people = {.key_bytes = sizeof(struct identities_person),
                                         .value_bytes = sizeof(uint32_t),
                                         .count_max = UINT32_MAX};
    struct identities *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    enum err err = roster_new(&self->roster);
    if (err == ERR_OK) {
        err = table_new(&numbers, &self->numbers);
    }
    if (err == ERR_OK) {
        err = table_new(&people, &self->people);
    }
    if (err != ERR_OK) {
        identities_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void identities_free(struct identities **self)
{
    if (*self != NULL) {
        roster_free(&(*self)->roster);
        table_free(&(*self)->numbers);
        table_free(&(*self)->people);
        mem_free(*self);
    }
    *self = NULL;
}

enum err identities_introduce(struct identities *self, uint32_t node, uint32_t first,
                              const uint32_t *numbers, uint32_t count)
{
    return roster_introduce(self->roster, node, first, numbers, count);
}

/* The broker's number that the person was introduced with; 0: never. */
static uint32_t introduced(const struct identities *self, struct identities_person person)
{
    uint32_t count = 0;
    const uint32_t *numbers = roster_of(self->roster, person.node, &count);
    return person.number > 0 && person.number <= count ? numbers[person.number - 1] : 0;
}

static uint32_t identity_of_number(const struct identities *self, uint32_t number)
{
    const uint32_t *identity = table_find(self->numbers, &number);
    return identity != NULL ? *identity : number;
}

uint32_t identities_of(const struct identities *self, struct identities_person person)
{
    const uint32_t number = introduced(self, person);
    const uint32_t *own = table_find(self->people, &person);
    if (number == 0) {
        return 0;
    }
    return own != NULL ? *own : identity_of_number(self, number);
}

static enum err give(struct table *table, const void *key, uint32_t identity)
{
    bool fresh;
    uint32_t *value = table_put(table, key, &fresh);
    if (value == NULL) {
        return ERR_MEMORY;
    }
    *value = identity;
    return ERR_OK;
}

static void rename_all(struct table *table, uint32_t from, uint32_t to)
{
    size_t cursor = 0;
    const void *key;
    void *value;
    while (table_next(table, &cursor, &key, &value)) {
        uint32_t *identity = value;
        *identity = *identity == from ? to : *identity;
    }
}

/* Whoever has one identity has the other from now on, and so has who will come under its number. */
static enum err become(struct identities *self, uint32_t from, uint32_t to)
{
    const bool is_itself = table_find(self->numbers, &from) == NULL;
    rename_all(self->numbers, from, to);
    rename_all(self->people, from, to);
    return is_itself ? give(self->numbers, &from, to) : ERR_OK;
}

enum err identities_merge(struct identities *self, const struct identities_person *people,
                          uint32_t count)
{
    uint32_t first = 0;
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        const uint32_t identity = identities_of(self, people[i]);
        if (first == 0) {
            first = identity;
        } else if (identity != 0 && identity != first) {
            err = become(self, identity, first);
        }
    }
    return err;
}

/* Whether somebody introduced under the number still has the number's identity. */
static bool somebody_stays(const struct identities *self, uint32_t number)
{
    const uint32_t identity = identity_of_number(self, number);
    for (uint32_t node = 0; node < NODES_MAX; node++) {
        uint32_t count = 0;
        const uint32_t *numbers = roster_of(self->roster, node, &count);
        for (uint32_t i = 0; i < count; i++) {
            const struct identities_person person = {node, i + 1};
            if (numbers[i] == number && identities_of(self, person) == identity) {
                return true;
            }
        }
    }
    return false;
}

enum err identities_split(struct identities *self, const struct identities_person *people,
                          uint32_t count)
{
    const uint32_t identity = UINT32_MAX - self->split_count;
    enum err err = ERR_OK;
    self->split_count++;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        if (introduced(self, people[i]) != 0) {
            err = give(self->people, &people[i], identity);
        }
    }
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        const uint32_t number = introduced(self, people[i]);
        if (number != 0 && !somebody_stays(self, number)) {
            err = give(self->numbers, &number, identity);
        }
    }
    return err;
}
