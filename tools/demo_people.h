/* demo_people: synthetic people, always the same ones for a seed.
 *
 * PESELs are valid but name a day of birth before 1900: no living person has one. People who have
 * to be of a certain age have a document instead, with more digits than any real one. */
#ifndef TOOLS_DEMO_PEOPLE_H
#define TOOLS_DEMO_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

/* An identifier with its zero: eleven digits, or two letters and nine digits. */
enum { DEMO_PEOPLE_ID_BYTES = 12, DEMO_PEOPLE_ID_DIGITS = 9 };

struct demo_people_person {
    char id[DEMO_PEOPLE_ID_BYTES]; /* a PESEL, or a document's number */
    const char *scheme;            /* of a document; null: a PESEL */
    int32_t birth;                 /* days since 1970-01-01 */
    bool woman;
    const char *first, *last; /* static texts */
};

/* A stream of numbers; state is the seed. */
struct demo_people_dice {
    uint64_t state;
};

/* A number from 0 to limit - 1. */
uint32_t demo_people_roll(struct demo_people_dice *dice, uint32_t limit);

/* Which people: years of birth, both included; with PESELs, all of them from 1800 to 1899. */
struct demo_people_kind {
    int born_first, born_last;
    const char *scheme; /* of their documents; null: they have PESELs */
};

/* Fills people[0] to people[count - 1]; no two have the same identifier. */
void demo_people_make(struct demo_people_dice *dice, const struct demo_people_kind *kind,
                      struct demo_people_person *people, uint32_t count);

/* All surnames that a person may get, a man's and a woman's form each; null behind the last one. */
const char *demo_people_surname(uint32_t index);

#endif
