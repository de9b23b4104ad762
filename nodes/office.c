#include "nodes/office.h"

#include <stdio.h>
#include <string.h>

#include "config/mapping_file.h"
#include "proto/keys.h"

enum { MAPPING_BYTES_MAX = 8 << 20 };

static void name_file(struct office_fault *fault, const char *path)
{
    snprintf(fault->path, sizeof fault->path, "%s", path);
}

enum err office_mapping(const char *name, struct arena *memory, struct mapping_spec *out,
                        bool *builtin, struct office_fault *fault)
{
    name_file(fault, name);
    *builtin = name[0] == '\0' || strcmp(name, "ogniwo") == 0;
    if (*builtin) {
        *out = *mapping_builtin();
        return ERR_OK;
    }
    return mapping_file_load(name, memory, out, &fault->fault);
}

enum err office_load_rest(struct office *out, struct office_fault *fault)
{
    bool builtin = true;
    name_file(fault, out->config.join);
    enum err err = join_file_load(out->config.join, &out->join, &fault->fault);
    if (err == ERR_OK) {
        err = arena_new(MAPPING_BYTES_MAX, &out->memory);
    }
    if (err == ERR_OK) {
        err = office_mapping(out->config.mapping, out->memory, &out->mapping, &builtin, fault);
    }
    out->has_mapping = !builtin;
    return err;
}

enum err office_load(const char *path, struct office *out, struct office_fault *fault)
{
    *out = (struct office){0};
    *fault = (struct office_fault){0};
    name_file(fault, path);
    const enum err err = node_config_load(path, &out->config, &fault->fault);
    return err == ERR_OK ? office_load_rest(out, fault) : err;
}

struct node_options office_options(const struct office *self, bool connect)
{
    const struct node_config *config = &self->config;
    return (struct node_options){.join = &self->join,
                                 .store_path = config->store,
                                 .store_bytes_max = config->store_bytes_max,
                                 .programme = config->programme,
                                 .mapping = self->has_mapping ? &self->mapping : NULL,
                                 .folder = connect ? config->folder : NULL,
                                 .rest_ms = config->rest_ms,
                                 .rescan_ms = config->rescan_ms,
                                 .admin = connect ? config->admin : NULL,
                                 .connect = connect};
}

void office_fini(struct office *self)
{
    arena_free(&self->memory);
    keys_wipe(&self->join, sizeof self->join);
}
