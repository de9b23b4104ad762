/* country: the codes of countries as passports have them: ISO 3166-1, two letters. */
#ifndef CORE_MODEL_COUNTRY_H
#define CORE_MODEL_COUNTRY_H

#include <stdbool.h>

/* Whether two capital letters are the code of a country (XK, Kosovo, is: passports have it). */
bool country_known(const char letters[2]);

#endif
