/* demo_exchange: a whole exchange in one folder: a broker for all programmes and a node a partner,
 * as real processes on the loopback, set up by the verbs that an administrator would type.
 *
 *   FOLDER/lead/          broker.yaml, keys, store, people, broker.sock, broker.log
 *   FOLDER/PARTNER/       node.yaml, node.join, mapping.yaml, store, node.sock, node.log, wrzutka/
 *
 * Each function that gives an int returns 0, or an exit code after having said why; it ends at
 * once when the user has had enough or when one of the processes has ended by itself. */
#ifndef TOOLS_DEMO_EXCHANGE_H
#define TOOLS_DEMO_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/bytes.h"

struct demo_exchange;

enum {
    DEMO_EXCHANGE_PATH_BYTES = 512,
    DEMO_EXCHANGE_WORDS_MAX = 24,
    DEMO_EXCHANGE_PROGRAMMES_MAX = 8,
    DEMO_EXCHANGE_PARTNERS_MAX = 60 /* of all programmes */
};

struct demo_exchange_programme {
    const char *id;
    const char *file;            /* whole path of its YAML */
    const char *const *partners; /* no two of the exchange are called alike */
    uint32_t partner_count;
};

struct demo_exchange_options {
    const struct demo_exchange_programme *programmes;
    uint32_t programme_count; /* at most DEMO_EXCHANGE_PROGRAMMES_MAX */
    const char *mapping;      /* YAML of the nodes' mapping */
    const char *folder;       /* null: a new one in $TMPDIR or /tmp */
};

/* Makes the folder, which must not be there or be empty. Gives an exchange; close with
 * demo_exchange_close(), which ends the processes and removes what was made. The options are
 * borrowed for its life. */
int demo_exchange_open(const struct demo_exchange_options *options, struct demo_exchange **out);
void demo_exchange_close(struct demo_exchange **self);

/* Makes keys, starts the broker, puts the programmes in force, enrols and starts the nodes. */
int demo_exchange_start(struct demo_exchange *self);

/* Puts a file into a partner's drop folder, as one step. */
int demo_exchange_drop(struct demo_exchange *self, const char *partner, const char *name,
                       struct bytes content);

/* Finds where the node has put a file that it has read: in a folder of the day. */
int demo_exchange_sent(const struct demo_exchange *self, const char *partner, const char *name,
                       char out[DEMO_EXCHANGE_PATH_BYTES]);

/* Waits until every node has read its files and the broker has acknowledged everything. A file that
 * was put aside because rows of it were refused is a failure. */
int demo_exchange_settle(struct demo_exchange *self);

/* Runs `ogniwo WORDS...` in the lead's folder, at most DEMO_EXCHANGE_WORDS_MAX, ended by a null.
 * Where answer is not null it gets what was printed, as JSON, released by the caller. */
int demo_exchange_run(struct demo_exchange *self, const char *const *words, json_t **answer);

/* Asks the broker a question; the caller releases the answer. */
int demo_exchange_ask(struct demo_exchange *self, const char *verb, json_t **answer);

/* Waits so long; *ended (0 is returned) where the user ended it meanwhile. */
int demo_exchange_stay(struct demo_exchange *self, uint64_t ms, bool *ended);

/* Whether the user asked to end it. */
bool demo_exchange_stopped(const struct demo_exchange *self);

/* Paths; borrowed until the next call of the same function. */
const char *demo_exchange_folder(const struct demo_exchange *self);
const char *demo_exchange_broker_yaml(struct demo_exchange *self);
const char *demo_exchange_endpoint(const struct demo_exchange *self);

/* Writes into out the path FOLDER/place/name; place null: the lead's. */
void demo_exchange_path(const struct demo_exchange *self, const char *place, const char *name,
                        char out[DEMO_EXCHANGE_PATH_BYTES]);

#endif
