/* demo_zmp: green jobs in Podlaskie: six partners in three countries, whose files add up to what
 * the lead office planned and printed. Some people are at two partners. */
#ifndef TOOLS_DEMO_ZMP_H
#define TOOLS_DEMO_ZMP_H

#include "tools/demo_programme.h"

enum { DEMO_ZMP_TWO_PARTNERS = 11 /* people */ };

extern const struct demo_programme demo_zmp_programme;

#endif
