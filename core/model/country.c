#include "core/model/country.h"

#include <stddef.h>

/* For each first letter the second ones that make a code: ISO 3166-1 as of 2024, and XK. */
static const char *const seconds[] = {
    ['A' - 'A'] = "DEFGILMOQRSTUWXZ",
    ['B' - 'A'] = "ABDEFGHIJLMNOQRSTVWYZ",
    ['C' - 'A'] = "ACDFGHIKLMNORUVWXYZ",
    ['D' - 'A'] = "EJKMOZ",
    ['E' - 'A'] = "CEGHRST",
    ['F' - 'A'] = "IJKMOR",
    ['G' - 'A'] = "ABDEFGHILMNPQRSTUWY",
    ['H' - 'A'] = "KMNRTU",
    ['I' - 'A'] = "DELMNOQRST",
    ['J' - 'A'] = "EMOP",
    ['K' - 'A'] = "EGHIMNPRWYZ",
    ['L' - 'A'] = "ABCIKRSTUVY",
    ['M' - 'A'] = "ACDEFGHKLMNOPQRSTUVWXYZ",
    ['N' - 'A'] = "ACEFGILOPRUZ",
    ['O' - 'A'] = "M",
    ['P' - 'A'] = "AEFGHKLMNRSTWY",
    ['Q' - 'A'] = "A",
    ['R' - 'A'] = "EOSUW",
    ['S' - 'A'] = "ABCDEGHIJKLMNORSTVXYZ",
    ['T' - 'A'] = "CDFGHJKLMNORTVWZ",
    ['U' - 'A'] = "AGMSYZ",
    ['V' - 'A'] = "ACEGINU",
    ['W' - 'A'] = "FS",
    ['X' - 'A'] = "K",
    ['Y' - 'A'] = "ET",
    ['Z' - 'A'] = "AMW",
};

bool country_known(const char letters[2])
{
    if (letters[0] < 'A' || letters[0] > 'Z') {
        return false;
    }
    const char *of = seconds[letters[0] - 'A'];
    for (size_t i = 0; of[i] != '\0'; i++) {
        if (of[i] == letters[1]) {
            return true;
        }
    }
    return false;
}
