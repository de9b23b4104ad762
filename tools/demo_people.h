/* demo_people: synthetic people, always the same ones for a seed.
 *
 * Their PESELs are valid but name a day of birth from 1881 to 1899: no living person has one. */
#ifndef TOOLS_DEMO_PEOPLE_H
#define TOOLS_DEMO_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

enum { DEMO_PEOPLE_PESEL_BYTES = 12 };

struct demo_people_person {
    char pesel[DEMO_PEOPLE_PESEL_BYTES];
    int32_t birth; /* days since 1970-01-01 */
    bool woman;
    const char *first, *last; /* static texts */
};

/* A stream of numbers; state is the seed. */
struct demo_people_dice {
    uint64_t state;
};

/* A number from 0 to limit - 1. */
uint32_t demo_people_roll(struct demo_people_dice *dice, uint32_t limit);

/* Fills people[0] to people[count - 1]; no two have the same PESEL. */
void demo_people_make(struct demo_people_dice *dice, struct demo_people_person *people,
                      uint32_t count);

/* All surnames that a person may get, a man's and a woman's form each; null behind the last one. */
const char *demo_people_surname(uint32_t index);

#endif
