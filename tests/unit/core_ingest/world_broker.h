/* world_broker: a broker's shell over arrays: performs what the ingest asks for. */
#ifndef TESTS_UNIT_CORE_INGEST_WORLD_BROKER_H
#define TESTS_UNIT_CORE_INGEST_WORLD_BROKER_H

#include "unit/core_ingest/world.h"

/* Loses the machine and all that was not committed. */
void world_broker_crash(struct world *world);

/* Starts a machine over what is stored. */
void world_broker_start(struct world *world);

/* Tells the machine that nothing more has come. */
void world_broker_idle(struct world *world);

/* Takes a message to the broker. */
void world_broker_take(struct world *world, const struct message *message);

#endif
