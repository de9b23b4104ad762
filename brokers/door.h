/* door: the administrator's door: questions and decisions at the broker's own socket. */
#ifndef BROKERS_DOOR_H
#define BROKERS_DOOR_H

#include "brokers/reception.h"
#include "brokers/house.h"
#include "core/base/err.h"
#include "io/link.h"

struct door;

/* Listens at ipc://path. Both are borrowed for the life. Errors: link_listen()'s. */
MUST_CHECK enum err door_open(struct house *house, struct reception *reception,
                              const char *endpoint, struct door **out);
void door_close(struct door **self);

/* Answers what has been asked. No group may be open. Errors: those that end the process. */
MUST_CHECK enum err door_turn(struct door *self);

struct link *door_link(struct door *self);

#endif
