/* site: an exchange in one folder for the bench: keys, programme W1, twenty enrolled nodes. */
#ifndef TESTS_BENCH_SITE_H
#define TESTS_BENCH_SITE_H

#include <stdint.h>

#include "brokers/broker.h"
#include "config/exchange.h"
#include "core/base/err.h"
#include "nodes/node.h"
#include "tests/bench/workload.h"

enum { SITE_PATH_BYTES = 512 };

/* Plain data, kept in the folder's file "site". */
struct site {
    char folder[SITE_PATH_BYTES];
    uint8_t broker_seed[32], transport_seed[32], people_key[32], administrator_seed[32];
    uint8_t programme_key[32];
    struct join_file joins[WORKLOAD_PARTNERS];
};

/* Says what failed and ends the process. */
void bench_fail(const char *what);
void bench_must(enum err err, const char *what);

/* The folder's name and more behind it, in out. */
void site_path(const struct site *site, const char *name, char out[SITE_PATH_BYTES]);

/* Makes the exchange in an empty folder: genesis, programme and enrolments stand in the log. */
void site_found(struct site *site, const char *folder);
/* Reads what site_found() left; the folder may have been copied since. */
void site_load(struct site *site, const char *folder);

/* The broker's socket on this machine, as ipc://PATH. */
void site_admin(const struct site *site, char out[SITE_PATH_BYTES + 8]);

/* Opens the broker on a free port of loopback. */
struct broker *site_broker(const struct site *site);
/* Opens the node of a partner (from 0); endpoint: of the broker, null to stay unconnected. */
struct node *site_node(struct site *site, int partner, const char *endpoint);

#endif
