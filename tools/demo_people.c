#include "tools/demo_people.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/date.h"

enum { SERIALS = 10000 };

struct surname {
    const char *man, *woman;
};

static const struct surname surnames[] = {
    {"Błaszczyk", "Błaszczyk"},
    {"Błoński", "Błońska"},
    {"Chęciński", "Chęcińska"},
    {"Ćwikliński", "Ćwiklińska"},
    {"Dąbkowski", "Dąbkowska"},
    {"Dębiński", "Dębińska"},
    {"Dziedzic", "Dziedzic"},
    {"Gąsiorek", "Gąsiorek"},
    {"Gołąbek", "Gołąbek"},
    {"Grześkowiak", "Grześkowiak"},
    {"Jabłoński", "Jabłońska"},
    {"Jaśkiewicz", "Jaśkiewicz"},
    {"Jędrzejczyk", "Jędrzejczyk"},
    {"Kaźmierczak", "Kaźmierczak"},
    {"Kędzierski", "Kędzierska"},
    {"Kołodziejczyk", "Kołodziejczyk"},
    {"Kościelniak", "Kościelniak"},
    {"Kozłowski", "Kozłowska"},
    {"Księżopolski", "Księżopolska"},
    {"Łukasiewicz", "Łukasiewicz"},
    {"Łuczyński", "Łuczyńska"},
    {"Majchrzak", "Majchrzak"},
    {"Małachowski", "Małachowska"},
    {"Michałek", "Michałek"},
    {"Miśkiewicz", "Miśkiewicz"},
    {"Mrożek", "Mrożek"},
    {"Ołdakowski", "Ołdakowska"},
    {"Pałczyński", "Pałczyńska"},
    {"Piątkowski", "Piątkowska"},
    {"Pękała", "Pękała"},
    {"Przybyła", "Przybyła"},
    {"Różański", "Różańska"},
    {"Rzążewski", "Rzążewska"},
    {"Sędziak", "Sędziak"},
    {"Słomiński", "Słomińska"},
    {"Staśkiewicz", "Staśkiewicz"},
    {"Szczęsny", "Szczęsna"},
    {"Śliwiński", "Śliwińska"},
    {"Świętochowski", "Świętochowska"},
    {"Trzciński", "Trzcińska"},
    {"Wąsowicz", "Wąsowicz"},
    {"Wiśniewski", "Wiśniewska"},
    {"Wójcicki", "Wójcicka"},
    {"Woźniacki", "Woźniacka"},
    {"Wróblewski", "Wróblewska"},
    {"Zabłocki", "Zabłocka"},
    {"Zieliński", "Zielińska"},
    {"Źródłowski", "Źródłowska"},
    {"Żółkiewski", "Żółkiewska"},
    {"Żyłowski", "Żyłowska"},
};

static const char *const women[] = {"Agnieszka",  "Bożena",   "Elżbieta",   "Felicja",   "Grażyna",
                                    "Jadwiga",    "Łucja",    "Małgorzata", "Mirosława", "Róża",
                                    "Stanisława", "Wiesława", "Władysława", "Zdzisława", "Żaneta"};
static const char *const men[] = {"Bolesław",   "Dobiesław", "Józef",     "Łukasz",    "Michał",
                                  "Mieczysław", "Paweł",     "Rafał",     "Stanisław", "Świętosław",
                                  "Wacław",     "Wiesław",   "Władysław", "Zdzisław",  "Ziemowit"};

enum {
    SURNAME_COUNT = sizeof surnames / sizeof surnames[0],
    WOMEN_COUNT = sizeof women / sizeof women[0],
    MEN_COUNT = sizeof men / sizeof men[0]
};

/* SplitMix64: public domain, and the same everywhere. */
uint32_t demo_people_roll(struct demo_people_dice *dice, uint32_t limit)
{
    assert(limit > 0);
    dice->state += 0x9e3779b97f4a7c15u;
    uint64_t value = dice->state;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((value ^ (value >> 31)) % limit);
}

/* The century stands in the month: + 80 for the years 1800 to 1899. The tenth digit tells the
 * sex. */
static void write_pesel(const struct date *birth, uint32_t serial, char out[DEMO_PEOPLE_ID_BYTES])
{
    static const int weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    char digits[32];
    int sum = 0;
    snprintf(digits, sizeof digits, "%02d%02d%02d%04u", birth->year % 100, birth->month + 80,
             birth->day, serial);
    for (int i = 0; i < 10; i++) {
        sum += weights[i] * (digits[i] - '0');
    }
    memcpy(out, digits, 10);
    out[10] = (char)('0' + (10 - sum % 10) % 10);
    out[11] = '\0';
}

/* Documents have two letters and seven digits; these have nine, from the day of birth as well. */
static void write_document(int32_t birth, uint32_t serial, char out[DEMO_PEOPLE_ID_BYTES])
{
    snprintf(out, DEMO_PEOPLE_ID_BYTES, "ZZ%05u%04u", (unsigned)(birth + 50000) % 100000, serial);
}

static void make_one(struct demo_people_dice *dice, const struct demo_people_kind *kind,
                     struct demo_people_person *out)
{
    const uint32_t years = (uint32_t)(kind->born_last - kind->born_first) + 1;
    const struct date birth = {.year = kind->born_first + (int)demo_people_roll(dice, years),
                               .month = 1 + (int)demo_people_roll(dice, 12),
                               .day = 1 + (int)demo_people_roll(dice, 28)};
    const uint32_t serial = demo_people_roll(dice, SERIALS);
    const struct surname *surname = &surnames[demo_people_roll(dice, SURNAME_COUNT)];
    out->birth = date_days(birth);
    out->woman = serial % 2 == 0;
    out->last = out->woman ? surname->woman : surname->man;
    out->first = out->woman ? women[demo_people_roll(dice, WOMEN_COUNT)]
                            : men[demo_people_roll(dice, MEN_COUNT)];
    out->scheme = kind->scheme;
    if (kind->scheme != NULL) {
        write_document(out->birth, serial, out->id);
    } else {
        assert(birth.year >= 1800 && birth.year < 1900);
        write_pesel(&birth, serial, out->id);
    }
}

static bool taken(const struct demo_people_person *people, uint32_t count, const char *id)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(people[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

void demo_people_make(struct demo_people_dice *dice, const struct demo_people_kind *kind,
                      struct demo_people_person *people, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        do {
            make_one(dice, kind, &people[i]);
        } while (taken(people, i, people[i].id));
    }
}

const char *demo_people_surname(uint32_t index)
{
    for (uint32_t i = 0; i < 2 * SURNAME_COUNT; i++) {
        const struct surname *surname = &surnames[i / 2];
        const bool second = i % 2 == 1 && strcmp(surname->man, surname->woman) == 0;
        if (!second && index-- == 0) {
            return i % 2 == 0 ? surname->man : surname->woman;
        }
    }
    return NULL;
}
