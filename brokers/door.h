/* door: the administrator's door: questions and decisions at the broker's own socket. */
#ifndef BROKERS_DOOR_H
#define BROKERS_DOOR_H

#include "brokers/reception.h"
#include "brokers/house.h"
#include "brokers/live.h"
#include "core/base/err.h"
#include "io/link.h"

struct door;

struct door_options {
    const char *endpoint;
    struct house *house; /* these are borrowed for the life */
    struct reception *reception;
    struct live *live; /* null: no live totals */
};

/* Listens at ipc://path. Errors: link_listen()'s. */
MUST_CHECK enum err door_open(const struct door_options *options, struct door **out);
void door_close(struct door **self);

/* Answers what has been asked. No group may be open. Errors: those that end the process. */
MUST_CHECK enum err door_turn(struct door *self);

struct link *door_link(struct door *self);

#endif
