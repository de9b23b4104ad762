/* programme_indicators: a programme's indicators from their text. */
#ifndef CONFIG_PROGRAMME_INDICATORS_H
#define CONFIG_PROGRAMME_INDICATORS_H

#include "config/build.h"

/* The word that stands for every indicator where one may be named. */
#define PROGRAMME_INDICATORS_ALL "all"

/* The words of the file for a window, a subject and a stay. */
const char *programme_window_text(unsigned window);
const char *programme_subject_text(unsigned subject);
const char *programme_stay_text(unsigned stay);

/* Fills the indicators, in the file's order; the codes must be there. *ids gets their ids, with
 * numbers that are theirs. Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err programme_indicators_build(struct build *build, struct names *ids);

#endif
