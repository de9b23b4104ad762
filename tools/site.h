/* site: where the broker and the node of this machine are: their configuration and their
 * sockets. */
#ifndef TOOLS_SITE_H
#define TOOLS_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "config/exchange.h"
#include "tools/client.h"
#include "tools/usage.h"

/* Which broker.yaml is meant: --broker, $OGNIWO_BROKER, /etc/ogniwo/broker.yaml. Borrowed. */
const char *site_broker_path(const struct request *request);

/* Reads it. Returns 0, or an exit code after having said why. */
int site_broker(const struct request *request, struct broker_config *out);

/* Where a node is: its configuration file, or only its socket. */
struct site_node {
    bool has_config;
    char config[CONFIG_PATH_BYTES]; /* path of node.yaml */
    char socket[CONFIG_PATH_BYTES]; /* ipc://path */
};

/* Finds --node, $OGNIWO_NODE or /etc/ogniwo/node.yaml. Returns 0, or an exit code after having said
 * why. */
int site_node(const struct request *request, struct site_node *out);

/* Whether that node's file or socket is there already; it is made when a node starts. */
bool site_node_there(const struct request *request);

/* Whether a node was named by option or environment. */
bool site_names_node(const struct request *request);
bool site_names_broker(const struct request *request);

/* Asks one question and takes the answer, which the caller releases. Says nothing when nobody
 * listens (ERR_UNREACHABLE) or when the answer's status is not 0. Errors: client's. */
MUST_CHECK enum err site_ask(const char *endpoint, const char *verb, const json_t *request,
                             uint32_t *status, json_t **answer);

/* site_ask() that says what went wrong and returns an exit code. */
int site_ask_or_say(const char *endpoint, const char *verb, const json_t *request, json_t **answer);

#endif
