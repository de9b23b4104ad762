/* demo_list: the programmes that can be played. */
#ifndef TOOLS_DEMO_LIST_H
#define TOOLS_DEMO_LIST_H

#include "tools/demo_programme.h"

enum { DEMO_LIST_COUNT = 4 };

/* index < DEMO_LIST_COUNT */
const struct demo_programme *demo_list_at(uint32_t index);

/* The number of the one that is called so, in capitals or not; DEMO_LIST_COUNT: none. */
uint32_t demo_list_find(const char *name);

#endif
