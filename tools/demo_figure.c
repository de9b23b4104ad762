#include "tools/demo_figure.h"

#include <stdlib.h>

bool demo_figure_as_printed(const struct demo_figure *figure, int64_t value, int64_t whole)
{
    switch (figure->op) {
    case DEMO_FIGURE_FREE:
        return true;
    case DEMO_FIGURE_EQ:
    case DEMO_FIGURE_PER:
        return value == figure->value;
    case DEMO_FIGURE_GE:
        return value >= figure->value;
    case DEMO_FIGURE_GT:
        return value > figure->value;
    case DEMO_FIGURE_APPROX:
        return 10 * llabs(value - figure->value) <= figure->value;
    case DEMO_FIGURE_TEEN:
        return value >= 11 && value <= 19;
    case DEMO_FIGURE_SHARE:
        return llabs(100 * value - figure->value * whole) <= whole;
    }
    return false;
}

int64_t demo_figure_percent_tenths(const struct demo_figure *figure, int64_t hundredths)
{
    const bool comparable = figure->op == DEMO_FIGURE_EQ || figure->op == DEMO_FIGURE_GE ||
                            figure->op == DEMO_FIGURE_GT || figure->op == DEMO_FIGURE_APPROX;
    return comparable && figure->value > 0 ? (10 * hundredths + figure->value / 2) / figure->value
                                           : -1;
}
