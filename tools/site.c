#include "tools/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "tools/say.h"

static const char *first_of(const char *given, const char *variable, const char *fallback)
{
    const char *value = getenv(variable);
    return given != NULL ? given : value != NULL && value[0] != '\0' ? value : fallback;
}

const char *site_broker_path(const struct request *request)
{
    return first_of(request->broker, "OGNIWO_BROKER", "/etc/ogniwo/broker.yaml");
}

bool site_names_broker(const struct request *request)
{
    return first_of(request->broker, "OGNIWO_BROKER", NULL) != NULL;
}

bool site_names_node(const struct request *request)
{
    return first_of(request->node, "OGNIWO_NODE", NULL) != NULL;
}

int site_broker(const struct request *request, struct broker_config *out)
{
    const char *path = site_broker_path(request);
    struct config_fault fault = {0};
    const enum err err = broker_config_load(path, out, &fault);
    if (err == ERR_NOT_FOUND) {
        return say(EX_NOINPUT, "name the broker's configuration with --broker FILE",
                   "%s: there is no such file", path);
    }
    return err == ERR_OK ? EX_OK : say_config(err, path, &fault);
}

static int read_config(struct site_node *out)
{
    struct node_config config;
    struct config_fault fault = {0};
    const enum err err = node_config_load(out->config, &config, &fault);
    if (err == ERR_NOT_FOUND) {
        return say(EX_NOINPUT, "name the node with --node DIR, --node FILE or --node SOCKET",
                   "%s: there is no such file", out->config);
    }
    if (err != ERR_OK) {
        return say_config(err, out->config, &fault);
    }
    out->has_config = true;
    memcpy(out->socket, config.admin, sizeof out->socket);
    return EX_OK;
}

static const char *node_name(const struct request *request)
{
    return first_of(request->node, "OGNIWO_NODE", "/etc/ogniwo/node.yaml");
}

bool site_node_there(const struct request *request)
{
    const char *name = node_name(request);
    const char *path = strncmp(name, "ipc://", 6) == 0 ? name + 6 : name;
    char config[CONFIG_PATH_BYTES];
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        return stat(path, &about) == 0;
    }
    const int written = snprintf(config, sizeof config, "%s/node.yaml", path);
    return written < (int)sizeof config && stat(config, &about) == 0;
}

int site_node(const struct request *request, struct site_node *out)
{
    const char *name = node_name(request);
    const char *path = strncmp(name, "ipc://", 6) == 0 ? name + 6 : name;
    struct stat about;
    int written = 0;
    *out = (struct site_node){0};
    const bool there = stat(path, &about) == 0;
    if (path != name || (there && S_ISSOCK(about.st_mode))) {
        written = snprintf(out->socket, sizeof out->socket, "ipc://%s", path);
        return written < (int)sizeof out->socket ? EX_OK
                                                 : say(EX_USAGE, NULL, "%s: too long", name);
    }
    written = snprintf(out->config, sizeof out->config, "%s%s", path,
                       there && S_ISDIR(about.st_mode) ? "/node.yaml" : "");
    return written < (int)sizeof out->config ? read_config(out)
                                             : say(EX_USAGE, NULL, "%s: too long", name);
}

enum err site_ask(const char *endpoint, const char *verb, const json_t *request, uint32_t *status,
                  json_t **answer)
{
    struct client *client = NULL;
    const struct client_question question = {.verb = verb, .request = request};
    *answer = NULL;
    enum err err = client_open(endpoint, &client);
    if (err == ERR_OK) {
        err = client_ask(client, &question, status, answer);
    }
    client_close(&client);
    return err;
}

int site_ask_or_say(const char *endpoint, const char *verb, const json_t *request, json_t **answer)
{
    uint32_t status = 0;
    const enum err err = site_ask(endpoint, verb, request, &status, answer);
    if (err == ERR_UNREACHABLE) {
        return say(EX_UNAVAILABLE, "is it running?", "nobody answers at %s", endpoint);
    }
    if (err != ERR_OK) {
        return say_err(err, endpoint);
    }
    if (status != EX_OK) {
        say((int)status, NULL, "%s", client_error(*answer));
        json_decref(*answer);
        *answer = NULL;
    }
    return (int)status;
}
