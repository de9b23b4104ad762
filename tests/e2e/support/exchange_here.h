/* exchange_here: a whole exchange in one process for tests: a broker and nodes with real stores in
 * a folder of their own and real CURVE sockets on loopback. Everything here asserts on failure. */
#ifndef TESTS_E2E_SUPPORT_EXCHANGE_HERE_H
#define TESTS_E2E_SUPPORT_EXCHANGE_HERE_H

#include <jansson.h>
#include <stdint.h>

#include "brokers/broker.h"
#include "brokers/exchange.h"
#include "config/exchange.h"
#include "io/link.h"
#include "nodes/node.h"
#include "proto/messages.h"

enum { HERE_NODES_MAX = 6, HERE_WATCHED_MAX = 4 };

struct here {
    char folder[64];
    char admin[128];
    uint8_t broker_signing[32], broker_transport[32], broker_people[32], administrator[32];
    uint8_t programme_key[32];
    uint8_t exchange[16];
    uint8_t programme_digest[DIGEST_BYTES]; /* of the version put in force last */
    struct broker *broker;
    char endpoint[128];
    uint64_t decided_at_ms; /* by the newest decision */
    struct join_file joins[HERE_NODES_MAX];
    struct node *nodes[HERE_NODES_MAX]; /* null: enrolled, not running */
    uint32_t node_count;
    struct link *watched[HERE_WATCHED_MAX]; /* a test's own links: a turn also ends for these */
};

/* A folder, keys, a broker that runs, and the ABC programme put in force. */
void here_begin(struct here *self);
void here_end(struct here *self);

/* Enrols a node of a partner and opens it; returns its number. */
uint32_t here_enrol(struct here *self, const char *partner);
/* The same, without opening it. */
uint32_t here_enrol_only(struct here *self, const char *partner);

/* Decides a node's enrolment anew, with what its join file now says, serving ABC or another
 * programme; and revokes it. */
void here_enrol_again(struct here *self, uint32_t number, const char *programme);
void here_revoke(struct here *self, uint32_t number);

void here_broker_open(struct here *self);
void here_broker_again(struct here *self); /* closed and opened */
void here_node_open(struct here *self, uint32_t number);

/* Turns broker and nodes until every node's outbox is acknowledged: half a minute at most. */
void here_settle(struct here *self);
/* One turn of all that are open. */
void here_turn(struct here *self);

/* Puts a programme's YAML in force. */
void here_programme(struct here *self, struct bytes yaml, struct bytes regions);

/* Imports a table at a node; the caller finishes the report. */
struct report here_import(struct here *self, uint32_t number, const char *name, const char *text);
struct report here_import_file(struct here *self, uint32_t number, const struct node_file *file);

/* The kept report of the node's file of that number (from 1), for the caller to finish. */
struct report here_report(struct here *self, uint32_t number, uint32_t file);

/* Asks the broker: gives the JSON answer, which the caller releases. */
json_t *here_ask(struct here *self, const char *verb, const char *request);

/* The value of an indicator without breakdown. */
int64_t here_value(struct here *self, const char *indicator);

/* A number of `status`: of its counters, or of the node's own. */
int64_t here_counter(struct here *self, const char *name);
int64_t here_node_counter(struct here *self, uint32_t number, const char *name);

#endif
