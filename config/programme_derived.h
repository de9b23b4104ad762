/* programme_derived: what an indicator takes from other indicators: whose part it is, and of which
 * ones a ratio or a mean is computed. */
#ifndef CONFIG_PROGRAMME_DERIVED_H
#define CONFIG_PROGRAMME_DERIVED_H

#include "config/build.h"

enum programme_key_use { PROGRAMME_KEY_NOT, PROGRAMME_KEY_MAY, PROGRAMME_KEY_NEEDED };

/* Of the keys that not every indicator has, the one of a number and what a mode does with it; null
 * behind the last. */
const char *programme_derived_key(unsigned number, enum count_mode mode,
                                  enum programme_key_use *out);

/* Fills part_of, parts_sum, of, per, over and over_at of the indicator of that number; all
 * indicators' ids, units and modes must be there. Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err programme_derived_build(struct build *build, const struct names *ids,
                                            uint32_t number, struct indicator *out);

/* No indicator is a part of itself, and who has parts: sum has parts. Errors: ERR_CONFIG. */
MUST_CHECK enum err programme_derived_circles(struct build *build);

#endif
