/* ogniwo-broker: the aggregator as a foreground daemon. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/broker.h"
#include "config/exchange.h"
#include "io/log.h"
#include "io/loop.h"
#include "proto/keys.h"
#include "proto/sealing.h"

const char *argp_program_version = "ogniwo-broker " OGNIWO_VERSION;

struct arguments {
    const char *config;
    bool check, print;
};

static const struct argp_option options[] = {
    {"config", 'c', "FILE", 0, "Configuration (default /etc/ogniwo/broker.yaml)", 0},
    {"check", 'C', NULL, 0, "Check the configuration and the keys, and end", 0},
    {"print-config", 'p', NULL, 0, "Print the configuration in force, and end", 0},
    {0}};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'c':
        arguments->config = value;
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int say_fault(const char *path, const struct config_fault *fault, enum err err)
{
    if (err == ERR_CONFIG) {
        fprintf(stderr, "%s:%u:%u: %s\n", path, fault->line, fault->column, fault->text);
    } else {
        fprintf(stderr, "ogniwo-broker: %s: %s\n", path, err_text(err));
    }
    return EX_CONFIG;
}

static int print(const struct broker_config *config)
{
    struct buffer out = {.bytes_max = 1 << 20};
    const enum err err = broker_config_print(config, &out);
    if (err == ERR_OK) {
        fwrite(out.data, 1, out.size, stdout);
    }
    buffer_fini(&out);
    return err == ERR_OK ? EX_OK : EX_SOFTWARE;
}

static enum err serve(struct broker *broker, struct loop *loop)
{
    int descriptors[BROKER_DESCRIPTORS_MAX];
    enum err err = ERR_OK;
    while (err == ERR_OK && !loop_stopping(loop)) {
        err = broker_turn(broker);
        if (err == ERR_OK) {
            const uint64_t deadline = broker_ready(broker) ? 0 : broker_deadline_ms(broker);
            err = loop_wait(loop, descriptors, broker_descriptors(broker, descriptors), deadline);
        }
    }
    return err;
}

static int run(const struct broker_config *config, const struct key_file *keys)
{
    const struct broker_options wanted = {.store_path = config->store,
                                          .people_path = config->people,
                                          .store_bytes_max = config->store_bytes_max,
                                          .listen = config->listen,
                                          .admin = config->admin,
                                          .feed = config->feed,
                                          .signing_seed = keys->signing_seed,
                                          .transport_seed = keys->transport_seed,
                                          .people_key = keys->people_key,
                                          .administrators = config->administrators,
                                          .administrator_count = config->administrator_count};
    struct loop *loop = NULL;
    struct broker *broker = NULL;
    enum err err = loop_new(&loop);
    if (err == ERR_OK) {
        err = broker_open(&wanted, &broker);
    }
    if (err == ERR_OK) {
        err = serve(broker, loop);
    }
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "BROKER-STOP", err_text(err), "error=%s", err_name(err));
    } else {
        log_line(LOG_INFO, "BROKER-STOP", "the broker ends as it was told", NULL);
    }
    broker_close(&broker);
    loop_free(&loop);
    return err == ERR_OK ? EX_OK : err == ERR_BUSY ? EX_TEMPFAIL : EX_IOERR;
}

int main(int count, char **words)
{
    static const struct argp argp = {
        .options = options,
        .parser = parse,
        .doc = "Takes the partners' batches, keeps the log and counts."
               "\vIt stays in the foreground; INT or TERM ends it. Example:\n"
               "  ogniwo-broker -c broker.yaml"};
    struct arguments arguments = {.config = "/etc/ogniwo/broker.yaml"};
    struct broker_config config;
    struct key_file keys;
    struct config_fault fault = {0};
    argp_parse(&argp, count, words, 0, NULL, &arguments);
    enum err err = broker_config_load(arguments.config, &config, &fault);
    if (err != ERR_OK) {
        return say_fault(arguments.config, &fault, err);
    }
    if (arguments.print) {
        return print(&config);
    }
    err = key_file_load(config.keys, &keys, &fault);
    if (err != ERR_OK) {
        return say_fault(config.keys, &fault, err);
    }
    log_level_named(config.log_level);
    const int status = arguments.check             ? EX_OK
                       : sealing_start() != ERR_OK ? EX_SOFTWARE
                                                   : run(&config, &keys);
    keys_wipe(&keys, sizeof keys);
    return status;
}
