/* demo_programme: what differs between the programmes that a demo plays. */
#ifndef TOOLS_DEMO_PROGRAMME_H
#define TOOLS_DEMO_PROGRAMME_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/demo_figure.h"
#include "tools/demo_files.h"

/* What an office goes on sending while the demo stays: people who begin a support. */
struct demo_programme_news {
    uint32_t office;
    const char *region, *status, *flags, *task, *support;
    int born_first, born_last; /* years; both 0: as everybody else in the programme */
};

struct demo_programme {
    const char *id;   /* "ABC" */
    const char *file; /* "abc.yaml", among the shipped ones */
    struct demo_files_plan plan;
    /* Writes the offices' rows. Errors: ERR_MEMORY, ERR_FULL. */
    enum err (*fill)(struct demo_files *files);
    const struct demo_figure *figures; /* as the indicators in its file, in their order */
    uint32_t figure_count;
    bool planned;          /* the printed figures are plans, so they need not be reached */
    const char *by_county; /* the indicator that is compared by county; null: none */
    const struct demo_programme_news *news;
    uint32_t news_count; /* 0: nothing goes on */
};

#endif
