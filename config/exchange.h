/* exchange: the files that an administrator writes or that `ogniwo` makes: broker.yaml, node.yaml,
 * the join file of a node, and key files. YAML, read by libcyaml; errors have line and column. */
#ifndef CONFIG_EXCHANGE_H
#define CONFIG_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/fault.h"
#include "config/sizes.h"
#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/limits.h"

/* broker.yaml:
 *   store: /var/lib/ogniwo/broker          people: /var/lib/ogniwo/people
 *   listen: tcp://0.0.0.0:5570             admin: ipc:///run/ogniwo/broker.sock
 *   feed: ipc:///run/ogniwo/broker.sock.live (default: admin's path with .live behind)
 *   keys: /etc/ogniwo/broker.keys          administrators: [hex, ...]
 *   log_level: info                        store_gib: 64 */
struct broker_config {
    char store[CONFIG_PATH_BYTES], people[CONFIG_PATH_BYTES];
    char listen[CONFIG_PATH_BYTES], admin[CONFIG_PATH_BYTES];
    char feed[CONFIG_PATH_BYTES]; /* empty: none, also where the path beside admin is too long */
    char keys[CONFIG_PATH_BYTES];
    uint8_t administrators[ADMINISTRATORS_MAX][32];
    uint32_t administrator_count;
    char log_level[16];
    uint64_t store_bytes_max; /* key store_gib */
};

/* node.yaml:
 *   join: /etc/ogniwo/node.join            store: /var/lib/ogniwo/node
 *   admin: ipc:///run/ogniwo/node.sock     folder: /var/lib/ogniwo/wrzutka (optional)
 *   mapping: ogniwo (a name or a file)     programme: ABC (where the node serves several)
 *   rest_ms: 2000  rescan_ms: 30000        log_level: info       store_gib: 4 */
struct node_config {
    char join[CONFIG_PATH_BYTES], store[CONFIG_PATH_BYTES], admin[CONFIG_PATH_BYTES];
    char folder[CONFIG_PATH_BYTES]; /* empty: none */
    char mapping[CONFIG_PATH_BYTES];
    char programme[CONFIG_NAME_BYTES]; /* empty: the node's only one */
    uint32_t rest_ms, rescan_ms;
    char log_level[16];
    uint64_t store_bytes_max;
};

/* Relative paths are taken from the folder of the configuration file (also inside ipc://).
 * Environment variables OGNIWO_STORE and so on are not read: one file says it all.
 * Errors: ERR_NOT_FOUND, ERR_IO, ERR_FULL (a file of more than 64 KiB), ERR_CONFIG, each with
 * *fault filled; ERR_MEMORY. */
MUST_CHECK enum err broker_config_load(const char *path, struct broker_config *out,
                                       struct config_fault *fault);
MUST_CHECK enum err node_config_load(const char *path, struct node_config *out,
                                     struct config_fault *fault);

/* What holds where a file says nothing; paths as they are, not taken from any folder. */
void broker_config_defaults(struct broker_config *out);
void node_config_defaults(struct node_config *out);

/* Append the configuration in force as YAML, every key with its comment: --print-config, and the
 * shipped config/broker.yaml and config/node.yaml, are made by these. */
MUST_CHECK enum err broker_config_print(const struct broker_config *config, struct buffer *out);
MUST_CHECK enum err node_config_print(const struct node_config *config, struct buffer *out);

/* What a partner gets from the lead: who it is, how to reach the broker, and its secrets. */
struct join_programme {
    char programme[CONFIG_NAME_BYTES];
    uint8_t key[32]; /* the programme's pseudonym key */
    uint32_t key_number;
};

struct join_file {
    uint8_t exchange[16];
    char broker[CONFIG_PATH_BYTES]; /* tcp://host:port */
    uint8_t broker_transport_key[32];
    uint8_t broker_signing_key[32];
    uint8_t administrators[ADMINISTRATORS_MAX][32];
    uint32_t administrator_count;
    uint8_t node[16];
    char name[CONFIG_NAME_BYTES];
    char partner[CONFIG_NAME_BYTES];
    uint8_t signing_seed[32];
    uint32_t signing_key_number;
    uint8_t transport_seed[32];
    uint8_t row_key[32]; /* the node's own secret for row keys */
    struct join_programme programmes[PROGRAMMES_MAX];
    uint32_t programme_count;
};

/* Errors: as broker_config_load(). The caller wipes what was read; no fault quotes a secret. */
MUST_CHECK enum err join_file_load(const char *path, struct join_file *out,
                                   struct config_fault *fault);
MUST_CHECK enum err join_file_print(const struct join_file *join, struct buffer *out);

/* A key file: the broker's, an administrator's, or a programme's.
 *   purpose: broker | administrator | programme
 *   signing_seed: hex   transport_seed: hex   people_key: hex   (broker)
 *   signing_seed: hex                                           (administrator)
 *   programme: ABC  pseudonym_key: hex  key_number: 1           (programme) */
struct key_file {
    char purpose[16];
    uint8_t signing_seed[32], transport_seed[32], people_key[32], pseudonym_key[32];
    char programme[CONFIG_NAME_BYTES];
    uint32_t key_number;
};

/* Errors: as broker_config_load(). The caller wipes what was read. */
MUST_CHECK enum err key_file_load(const char *path, struct key_file *out,
                                  struct config_fault *fault);
MUST_CHECK enum err key_file_print(const struct key_file *keys, struct buffer *out);

#endif
