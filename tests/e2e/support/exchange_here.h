/* exchange_here: a whole exchange in one process for tests: a broker and nodes with real stores in a
 * folder of their own and real CURVE sockets on loopback. */
#ifndef TESTS_E2E_EXCHANGE_HERE_H
#define TESTS_E2E_EXCHANGE_HERE_H

#include <stdint.h>

#include "brokers/broker.h"
#include "brokers/exchange.h"
#include "config/exchange.h"
#include "nodes/node.h"

enum { HERE_NODES_MAX = 4 };

struct here {
    char folder[64];
    char admin[128];
    uint8_t broker_signing[32], broker_transport[32], broker_people[32], administrator[32];
    uint8_t programme_key[32];
    uint8_t exchange[16];
    struct broker *broker;
    char endpoint[128];
    struct join_file joins[HERE_NODES_MAX];
    struct node *nodes[HERE_NODES_MAX];
    uint32_t node_count;
};

/* A folder, keys, a broker that runs, and the ABC programme put in force. Asserts on failure. */
void here_begin(struct here *self);
void here_end(struct here *self);

/* Enrols a node of a partner and opens it; returns its number. */
uint32_t here_enrol(struct here *self, const char *partner);

void here_broker_open(struct here *self);
void here_node_open(struct here *self, uint32_t number);

/* Turns broker and nodes until every node's outbox is acknowledged. Asserts that it does not take
 * more than half a minute. */
void here_settle(struct here *self);
/* One turn of all that are open. */
void here_turn(struct here *self);

/* Puts a programme's YAML in force. */
void here_programme(struct here *self, struct bytes yaml, struct bytes regions);

/* Imports a table's text at a node. */
struct report here_import(struct here *self, uint32_t number, const char *name, const char *text);

/* Asks the broker: gives the JSON answer. */
struct json_t;
json_t *here_ask(struct here *self, const char *verb, const char *request);

/* The value of an indicator without breakdown. */
int64_t here_value(struct here *self, const char *indicator);

#endif
