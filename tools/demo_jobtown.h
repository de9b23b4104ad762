/* demo_jobtown: a network of eleven members in nine countries, and no person in it. */
#ifndef TOOLS_DEMO_JOBTOWN_H
#define TOOLS_DEMO_JOBTOWN_H

#include "tools/demo_programme.h"

extern const struct demo_programme demo_jobtown_programme;

#endif
