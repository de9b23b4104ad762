/* world_node: a node's shell over arrays: performs what the uplink asks for. */
#ifndef TESTS_UNIT_CORE_INGEST_WORLD_NODE_H
#define TESTS_UNIT_CORE_INGEST_WORLD_NODE_H

#include "unit/core_ingest/world.h"

/* Starts a machine over what is stored. */
void world_node_start(struct world *world, uint32_t number);

/* Loses the machine; the store stays. */
void world_node_crash(struct world *world, uint32_t number);

/* Gives the machine an event, with time and chance filled in, and performs the effects. */
void world_node_step(struct world *world, uint32_t number, struct uplink_event *event);

/* Takes a message to a node. */
void world_node_take(struct world *world, const struct message *message);

/* Puts another batch into the outbox. */
void world_node_seal(struct world *world, uint32_t number);

#endif
