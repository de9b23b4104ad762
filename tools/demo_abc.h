/* demo_abc: "ABC Gospodarki Społecznej": three partners, whose files add up to the figures that the
 * lead office printed. Some people are at two partners. */
#ifndef TOOLS_DEMO_ABC_H
#define TOOLS_DEMO_ABC_H

#include "tools/demo_programme.h"

enum {
    DEMO_ABC_PARTICIPANTS = 1346,
    DEMO_ABC_TWO_PARTNERS = 40, /* people */
    DEMO_ABC_COUNTIES = 10
};

extern const struct demo_programme demo_abc_programme;

#endif
