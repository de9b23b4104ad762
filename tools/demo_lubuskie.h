/* demo_lubuskie: a regional plan of action with its offices: targets that are partly reached, and
 * people who are at several offices. */
#ifndef TOOLS_DEMO_LUBUSKIE_H
#define TOOLS_DEMO_LUBUSKIE_H

#include "tools/demo_programme.h"

extern const struct demo_programme demo_lubuskie_programme;

#endif
