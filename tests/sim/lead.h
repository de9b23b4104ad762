/* lead: the lead office's administrator: makes keys, decides, and asks until there is an answer. */
#ifndef TESTS_SIM_LEAD_H
#define TESTS_SIM_LEAD_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "config/exchange.h"
#include "core/base/buffer.h"
#include "io/link.h"
#include "proto/keys.h"
#include "proto/messages.h"
#include "tests/sim/world.h"

enum { LEAD_TASKS_MAX = 64 };

extern const char lead_broker_endpoint[], lead_admin_endpoint[], lead_feed_endpoint[];

enum lead_verb {
    LEAD_STATUS,    /* learns the exchange's id */
    LEAD_PROGRAMME, /* number: the version */
    LEAD_ENROL,     /* number: the node; it serves the programme */
    LEAD_WITHDRAW,  /* number: the node, enrolled anew without the programme */
    LEAD_MERGE,     /* number: of the decision; the lead's pair become one */
    LEAD_SPLIT,     /* likewise; the pair's second leaves */
    LEAD_LINES      /* asks for all totals */
};

struct lead_task {
    enum lead_verb verb;
    uint32_t number;
};

struct lead {
    uint8_t signing_seed[KEY_BYTES], broker_signing_seed[KEY_BYTES];
    uint8_t broker_transport_seed[KEY_BYTES], people_key[KEY_BYTES], programme_key[KEY_BYTES];
    uint8_t administrators[1][KEY_BYTES];
    struct signing_keys signing;
    struct join_file joins[WORLD_NODES_MAX];
    uint32_t node_count;
    bool knows_exchange;
    uint8_t exchange[ID_BYTES];
    uint32_t version;          /* newest one decided and answered */
    json_t *lines;             /* the newest answer; owned */
    struct person_ref pair[2]; /* of LEAD_MERGE and LEAD_SPLIT */

    struct lead_task tasks[LEAD_TASKS_MAX]; /* the first one is being asked */
    uint32_t task_count, done_count;
    bool asked;
    uint64_t asked_at_ms, correlation;
    struct link *link;
    struct buffer answer; /* its parts so far */
};

void lead_init(struct lead *self, uint32_t node_count);
void lead_fini(struct lead *self);

/* Puts a task behind the others. */
void lead_want(struct lead *self, enum lead_verb verb, uint32_t number);

/* Asks, listens, and asks again where no answer came. */
void lead_turn(struct lead *self);

/* When lead_turn() is next worth a call. */
uint64_t lead_deadline_ms(const struct lead *self);

#endif
