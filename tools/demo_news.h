/* demo_news: the small files that offices go on dropping while a demo stays. */
#ifndef TOOLS_DEMO_NEWS_H
#define TOOLS_DEMO_NEWS_H

#include <stdint.h>

#include "core/base/buffer.h"
#include "core/base/err.h"
#include "tools/demo_programme.h"

enum { DEMO_NEWS_NAME_BYTES = 32 };

struct demo_news {
    const char *partner;
    char name[DEMO_NEWS_NAME_BYTES];
    struct buffer text; /* the caller's, cleared first; see buffer_fini() */
};

/* Makes the file of that number, of a programme that has news: up to three people are enrolled and
 * begin a support. The same number gives the same file. Errors: ERR_MEMORY, ERR_FULL. */
MUST_CHECK enum err demo_news_make(const struct demo_programme *programme, uint32_t number,
                                   struct demo_news *out);

#endif
