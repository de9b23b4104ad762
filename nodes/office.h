/* office: all that a node's configuration file names, read: settings, join file, mapping. */
#ifndef NODES_OFFICE_H
#define NODES_OFFICE_H

#include <stdbool.h>

#include "config/exchange.h"
#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/mapping/mapping.h"
#include "nodes/node.h"

/* Open, in the caller's storage; it holds secrets: finish it with office_fini(). */
struct office {
    struct node_config config;
    struct join_file join;
    struct arena *memory;        /* of the mapping */
    struct mapping_spec mapping; /* where has_mapping */
    bool has_mapping;            /* else the built-in one */
};

/* What is wrong, and in which file. */
struct office_fault {
    char path[CONFIG_PATH_BYTES];
    struct config_fault fault;
};

/* Reads node.yaml and what it names. Errors: ERR_NOT_FOUND, ERR_IO, ERR_CONFIG, ERR_FULL, with
 * *fault filled; ERR_MEMORY. */
MUST_CHECK enum err office_load(const char *path, struct office *out, struct office_fault *fault);

/* Reads what the settings in out->config name. Errors: as above. */
MUST_CHECK enum err office_load_rest(struct office *out, struct office_fault *fault);

/* Reads a mapping by its name (`ogniwo`, the built-in one: *builtin) or the path of its file.
 * Errors: as above. */
MUST_CHECK enum err office_mapping(const char *name, struct arena *memory, struct mapping_spec *out,
                                   bool *builtin, struct office_fault *fault);

/* For node_open(): a whole daemon, or (connect false) only the store. Borrows from the office. */
struct node_options office_options(const struct office *self, bool connect);

void office_fini(struct office *self);

#endif
