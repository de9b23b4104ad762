/* feed_contract: what every implementation of io/feed.h must do, as cases for cmocka. */
#ifndef TESTS_CONTRACT_FEED_CONTRACT_H
#define TESTS_CONTRACT_FEED_CONTRACT_H

#include <stdint.h>

/* What differs between the real sockets and fake ones. */
struct feed_contract {
    const char *endpoint;
    void (*pass)(void); /* lets a little time go by, so that messages can move */
    uint32_t passes_max;
};

/* Runs all cases against the implementation that is linked; the number of failures. */
int feed_contract_run(const struct feed_contract *contract);

#endif
