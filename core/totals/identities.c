/* The happy path is: 1. a merge lets one identity become another, and nothing else moves; 2. a
 * split gives those named an identity that was never there, and their number too where nobody
 * introduced under it stays; 3. who somebody is, is followed from identity to identity, and the way
 * is made shorter as it is walked. So a merge costs what it names, however many there were; a split
 * looks through all introductions. What may go wrong: the memory. */
#include "core/totals/identities.h"

#include <assert.h>
#include <stdbool.h>

#include "core/base/mem.h"
#include "core/base/table.h"
#include "core/model/limits.h"
#include "core/totals/roster.h"

struct identities {
    struct roster *roster;
    struct table *numbers; /* the broker's number -> its identity, where a split took it along */
    struct table *people;  /* (node, number) -> identity, of those split off */
    struct table *became;  /* an identity -> the one that a merge let it become */
    uint32_t split_count;
};

static enum err open_tables(struct identities *self)
{
    const struct {
        struct table **table;
        size_t key_bytes;
    } tables[] = {{&self->numbers, sizeof(uint32_t)},
                  {&self->people, sizeof(struct identities_person)},
                  {&self->became, sizeof(uint32_t)}};
    enum err err = ERR_OK;
    for (size_t i = 0; err == ERR_OK && i < sizeof tables / sizeof tables[0]; i++) {
        const struct table_options options = {.key_bytes = tables[i].key_bytes,
                                              .value_bytes = sizeof(uint32_t),
                                              .count_max = UINT32_MAX};
        err = table_new(&options, tables[i].table);
    }
    return err;
}

enum err identities_new(struct identities **out)
{
    struct identities *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    enum err err = roster_new(&self->roster);
    if (err == ERR_OK) {
        err = open_tables(self);
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
        table_free(&(*self)->became);
        mem_free(*self);
    }
    *self = NULL;
}

/* The broker's number that the person was introduced with; 0: never. */
static uint32_t introduced(const struct identities *self, struct identities_person person)
{
    uint32_t count = 0;
    const uint32_t *numbers = roster_of(self->roster, person.node, &count);
    return person.number > 0 && person.number <= count ? numbers[person.number - 1] : 0;
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

enum err identities_introduce(struct identities *self, uint32_t node, uint32_t first,
                              const uint32_t *numbers, uint32_t count)
{
    return roster_introduce(self->roster, node, first, numbers, count);
}

/* What the identity has become by now. Each step that is walked leads two further afterwards. */
static uint32_t now_is(struct identities *self, uint32_t identity)
{
    uint32_t *step = table_find(self->became, &identity);
    while (step != NULL) {
        const uint32_t *next = table_find(self->became, step);
        identity = *step;
        if (next != NULL) {
            *step = *next;
        }
        step = table_find(self->became, &identity);
    }
    return identity;
}

static uint32_t identity_of_number(struct identities *self, uint32_t number)
{
    const uint32_t *identity = table_find(self->numbers, &number);
    return now_is(self, identity != NULL ? *identity : number);
}

uint32_t identities_of(struct identities *self, struct identities_person person)
{
    const uint32_t number = introduced(self, person);
    const uint32_t *own = table_find(self->people, &person);
    if (number == 0) {
        return 0;
    }
    return own != NULL ? now_is(self, *own) : identity_of_number(self, number);
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
            err = give(self->became, &identity, first);
        }
    }
    return err;
}

/* Whether somebody introduced under the number still has the number's identity. */
static bool somebody_stays(struct identities *self, uint32_t number)
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
