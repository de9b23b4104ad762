/* link_contract: what every implementation of io/link.h must do, as cases for cmocka. */
#ifndef TESTS_CONTRACT_LINK_CONTRACT_H
#define TESTS_CONTRACT_LINK_CONTRACT_H

#include <stdint.h>

#include "io/link.h"

/* What differs between the real network and a fake one. */
struct link_contract {
    const char *listen_endpoint; /* one that is free each time */
    void (*keys)(uint8_t public_key[LINK_KEY_BYTES], uint8_t secret_key[LINK_KEY_BYTES]);
    void (*pass)(void); /* lets a little time go by, so that messages can move */
    uint32_t passes_max;
};

/* Runs all cases against the implementation that is linked; the number of failures. */
int link_contract_run(const struct link_contract *contract);

#endif
