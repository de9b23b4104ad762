/* options: what a broker is opened with: places, endpoints and keys. */
#ifndef BROKERS_OPTIONS_H
#define BROKERS_OPTIONS_H

#include <stdint.h>

struct broker_options {
    const char *store_path, *people_path;
    uint64_t store_bytes_max;    /* 0: the store's own default */
    const char *listen;          /* tcp://host:port */
    const char *admin;           /* ipc://path; null: none */
    const char *feed;            /* ipc://path of the live totals; null or empty: none */
    const uint8_t *signing_seed; /* 32 each */
    const uint8_t *transport_seed;
    const uint8_t *people_key;
    const uint8_t (*administrators)[32]; /* of a new exchange */
    uint32_t administrator_count;
};

#endif
