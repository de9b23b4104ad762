/* programme_indicators: a programme's indicators from their text. */
#ifndef CONFIG_PROGRAMME_INDICATORS_H
#define CONFIG_PROGRAMME_INDICATORS_H

#include "config/build.h"

/* The word that stands for every indicator where one may be named. */
#define PROGRAMME_INDICATORS_ALL "all"

/* Fills the indicators, in the file's order; the codes must be there. *ids gets their ids, with
 * numbers that are theirs. Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err programme_indicators_build(struct build *build, struct names *ids);

#endif
