/* programme_targets: a programme's targets and the views it always keeps, from their text. */
#ifndef CONFIG_PROGRAMME_TARGETS_H
#define CONFIG_PROGRAMME_TARGETS_H

#include "config/build.h"

/* Fill the targets and the live views; the indicators must be there, with their ids.
 * Errors: ERR_CONFIG, ERR_MEMORY. */
MUST_CHECK enum err programme_targets_build(struct build *build, const struct names *ids);
MUST_CHECK enum err programme_targets_live(struct build *build, const struct names *ids);

#endif
