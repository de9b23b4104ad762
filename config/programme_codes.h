/* programme_codes: a programme's lists of codes and its age bands from their text. */
#ifndef CONFIG_PROGRAMME_CODES_H
#define CONFIG_PROGRAMME_CODES_H

#include "config/build.h"

/* Fills all lists of codes, each sorted by id. The programme's dates must be set.
 * Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err programme_codes_build(struct build *build);

/* Fills the age bands. Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err programme_codes_bands(struct build *build);

#endif
