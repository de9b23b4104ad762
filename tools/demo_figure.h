/* demo_figure: an indicator of a played programme: which rows it counts, said without the engine,
 * and what is printed of it. */
#ifndef TOOLS_DEMO_FIGURE_H
#define TOOLS_DEMO_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

enum demo_figure_what {
    DEMO_FIGURE_PEOPLE,   /* each once */
    DEMO_FIGURE_ENTITIES, /* each once */
    DEMO_FIGURE_TIMES,    /* rows */
    DEMO_FIGURE_SUM       /* of quantities, in hundredths */
};

/* How the printed value is meant. */
enum demo_figure_op {
    DEMO_FIGURE_FREE, /* printed in a way that no count can be held against */
    DEMO_FIGURE_EQ,
    DEMO_FIGURE_GE,
    DEMO_FIGURE_GT,
    DEMO_FIGURE_APPROX, /* a tenth more or less */
    DEMO_FIGURE_TEEN,   /* 11 to 19 */
    DEMO_FIGURE_PER,    /* at each partner; in a plan, at whatever its words name */
    DEMO_FIGURE_SHARE   /* about so many percent of the indicator `of` */
};

/* A null text is no condition; "a|b" means either, and "a*" whatever begins so. */
struct demo_figure {
    const char *id;
    enum demo_figure_what what;
    const char *kind, *task, *support, *outcome, *activity, *unit, *partner, *region;
    const char *status, *flag; /* at the enrolment, as the rest below */
    bool women;                /* only they */
    int age_from, age_to;      /* both 0: any */
    enum demo_figure_op op;
    int64_t value; /* in whole units */
    const char *of;
    const char *printed;
};

/* Whether a count, in whole units, is as printed; `whole` is that of the indicator `of`. With
 * DEMO_FIGURE_PER the count is one partner's. */
bool demo_figure_as_printed(const struct demo_figure *figure, int64_t value, int64_t whole);

/* The percentage that is reached of a planned value, in tenths; -1 where there is none. */
int64_t demo_figure_percent_tenths(const struct demo_figure *figure, int64_t hundredths);

#endif
