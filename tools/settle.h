/* settle: waiting until broker and node have done what they were started or asked for. */
#ifndef TOOLS_SETTLE_H
#define TOOLS_SETTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/usage.h"

struct settle {
    const struct request *request;
    bool broker; /* until it answers */
    bool node; /* until it is connected, has its programmes, reads no file and waits with nothing */
    uint64_t seconds;
};

/* Returns 0 when both have; 75 after having said what has not, when the time is over. What answers
 * with a fault, or has stopped, is not waited for. */
int settle_wait(const struct settle *self);

#endif
