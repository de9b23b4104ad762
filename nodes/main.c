/* ogniwo-node: a partner office's node as a foreground daemon. */
#include <argp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "io/file.h"
#include "io/log.h"
#include "io/loop.h"
#include "io/polish.h"
#include "nodes/node.h"
#include "nodes/office.h"
#include "proto/sealing.h"

const char *argp_program_version = "ogniwo-node " OGNIWO_VERSION;

struct arguments {
    const char *config, *join;
    bool check, print;
};

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "Configuration (default /etc/ogniwo/node.yaml)", 0},
    {"join", 'j', "FILE", 0,
     "Join file from the lead, and nothing else to write: the store lies beside it in "
     "ogniwo-node/, with a node.yaml to change later, and files are dropped into wrzutka/",
     0},
    {"check", 'C', NULL, 0, "Check the configuration, the join file and the mapping, and end", 0},
    {"print-config", 'p', NULL, 0, "Print the configuration in force, and end", 0},
    {0}};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'c':
        arguments->config = value;
        return 0;
    case 'j':
        arguments->join = value;
        return 0;
    case 'C':
        arguments->check = true;
        return 0;
    case 'p':
        arguments->print = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "\"%s\" is not an option", value);
        return 0;
    case ARGP_KEY_END:
        if (arguments->config != NULL && arguments->join != NULL) {
            argp_error(state, "either --config or --join");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int say_fault(const struct office_fault *fault, enum err err)
{
    if (fault->fault.line > 0) {
        fprintf(stderr, "%s:%u:%u: %s\n", fault->path, fault->fault.line, fault->fault.column,
                fault->fault.text);
    } else {
        fprintf(stderr, "ogniwo-node: %s: %s\n", fault->path,
                fault->fault.text[0] != '\0' ? fault->fault.text : err_text(err));
    }
    return EX_CONFIG;
}

/* ---- --join ---- */

/* The folder that the join file lies in, without links. */
static enum err folder_of(const char *path, char out[PATH_MAX])
{
    if (realpath(path, out) == NULL) {
        return ERR_NOT_FOUND;
    }
    char *slash = strrchr(out, '/');
    slash[slash == out ? 1 : 0] = '\0';
    return ERR_OK;
}

/* Joins three texts. */
static enum err put(char out[CONFIG_PATH_BYTES], const char *before, const char *folder,
                    const char *behind)
{
    const int size = snprintf(out, CONFIG_PATH_BYTES, "%s%s%s", before, folder, behind);
    return size < CONFIG_PATH_BYTES ? ERR_OK : ERR_FULL;
}

static enum err fill_defaults(const char *join, const char *folder, struct node_config *out)
{
    node_config_defaults(out);
    enum err err = put(out->join, "", join, "");
    if (err == ERR_OK) {
        err = put(out->store, "", folder, "/ogniwo-node");
    }
    if (err == ERR_OK) {
        err = put(out->admin, "ipc://", folder, "/ogniwo-node/node.sock");
    }
    return err == ERR_OK ? put(out->folder, "", folder, "/wrzutka") : err;
}

static enum err write_config(const char *path, const struct node_config *config)
{
    struct buffer text = {.bytes_max = 1 << 20};
    enum err err = file_make_folder(config->store, 0700);
    if (err == ERR_OK) {
        err = node_config_print(config, &text);
    }
    if (err == ERR_OK) {
        err = file_write(path, buffer_bytes(&text), 0600);
    }
    buffer_fini(&text);
    return err;
}

/* Reads the node.yaml that an earlier start has left, or writes it; the join file is the one
 * named. */
static enum err join_config(const char *join, struct node_config *out, bool write,
                            struct office_fault *fault)
{
    char folder[PATH_MAX], real[PATH_MAX];
    char path[CONFIG_PATH_BYTES];
    snprintf(fault->path, sizeof fault->path, "%s", join);
    enum err err = folder_of(join, folder);
    if (err == ERR_OK && realpath(join, real) == NULL) {
        err = ERR_NOT_FOUND;
    }
    if (err == ERR_OK) {
        err = put(path, "", folder, "/ogniwo-node/node.yaml");
    }
    if (err != ERR_OK) {
        return err;
    }
    snprintf(fault->path, sizeof fault->path, "%s", path);
    err = node_config_load(path, out, &fault->fault);
    if (err == ERR_NOT_FOUND) {
        fault->fault = (struct config_fault){0};
        err = fill_defaults(real, folder, out);
        if (err == ERR_OK && write) {
            err = write_config(path, out);
        }
    }
    return err == ERR_OK ? put(out->join, "", real, "") : err;
}

static enum err load(const struct arguments *arguments, struct office *office,
                     struct office_fault *fault)
{
    *office = (struct office){0};
    if (arguments->join == NULL) {
        const char *path = arguments->config != NULL ? arguments->config : "/etc/ogniwo/node.yaml";
        snprintf(fault->path, sizeof fault->path, "%s", path);
        return node_config_load(path, &office->config, &fault->fault);
    }
    const bool write = !arguments->check && !arguments->print;
    return join_config(arguments->join, &office->config, write, fault);
}

/* ---- running ---- */

static int print(const struct node_config *config)
{
    struct buffer out = {.bytes_max = 1 << 20};
    const enum err err = node_config_print(config, &out);
    if (err == ERR_OK) {
        fwrite(out.data, 1, out.size, stdout);
    }
    buffer_fini(&out);
    return err == ERR_OK ? EX_OK : EX_SOFTWARE;
}

static enum err serve(struct node *node, struct loop *loop)
{
    int descriptors[NODE_DESCRIPTORS_MAX];
    enum err err = ERR_OK;
    while (err == ERR_OK && !loop_stopping(loop)) {
        err = node_turn(node);
        if (err == ERR_OK) {
            const uint64_t deadline = node_ready(node) ? 0 : node_deadline_ms(node);
            err = loop_wait(loop, descriptors, node_descriptors(node, descriptors), deadline);
        }
    }
    return err;
}

static int run(const struct office *office)
{
    const struct node_options wanted = office_options(office, true);
    struct loop *loop = NULL;
    struct node *node = NULL;
    enum err err = loop_new(&loop);
    if (err == ERR_OK) {
        err = node_open(&wanted, &node);
    }
    if (err == ERR_OK) {
        log_line(LOG_INFO, "NODE-OPEN", "the node runs", "partner=%s name=%s broker=%s folder=%s",
                 office->join.partner, office->join.name, office->join.broker,
                 office->config.folder);
        err = serve(node, loop);
    }
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "NODE-STOP", err_text(err), "error=%s", err_name(err));
    } else {
        log_line(LOG_INFO, "NODE-STOP", "the node ends as it was told", NULL);
    }
    node_close(&node);
    loop_free(&loop);
    return err == ERR_OK ? EX_OK : err == ERR_BUSY ? EX_TEMPFAIL : EX_IOERR;
}

static int start(const struct arguments *arguments, struct office *office)
{
    struct office_fault fault = {0};
    enum err err = load(arguments, office, &fault);
    if (err != ERR_OK) {
        return say_fault(&fault, err);
    }
    if (arguments->print) {
        return print(&office->config);
    }
    err = office_load_rest(office, &fault);
    if (err != ERR_OK) {
        return say_fault(&fault, err);
    }
    log_level_named(office->config.log_level);
    return arguments->check ? EX_OK : sealing_start() != ERR_OK ? EX_SOFTWARE : run(office);
}

int main(int count, char **words)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Reads an office's files and sends what was accepted to the lead."
               "\vIt stays in the foreground; INT or TERM ends it. Examples:\n"
               "  ogniwo-node --join partner.join\n"
               "  ogniwo-node -c node.yaml"};
    struct arguments arguments = {0};
    struct office office;
    argp_parse(&argp, count, words, 0, NULL, &arguments);
    (void)polish_open(getenv("OGNIWO_LOCALE_DIR"));
    const int status = start(&arguments, &office);
    office_fini(&office);
    return status;
}
