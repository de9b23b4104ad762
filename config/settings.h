/* settings: files of single values, described by a table: from it come libcyaml's schema, the
 * defaults, the checks and the printed file with its comments. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/document.h"
#include "config/fault.h"
#include "core/base/buffer.h"
#include "core/base/err.h"

struct cyaml_schema_field;

enum { SETTINGS_SOCKET_BYTES_MAX = 107 }; /* of a socket's path: sun_path but for its zero */

enum setting_kind {
    SETTING_PATH,    /* char[CONFIG_PATH_BYTES]; taken from the folder of the file */
    SETTING_FOLDER,  /* the same, or empty */
    SETTING_MAPPING, /* a path where it has a slash or ends in .yaml, else a name */
    SETTING_ADDRESS, /* tcp://host:port or ipc://path */
    SETTING_SOCKET,  /* ipc://path */
    SETTING_FEED,    /* the same, or empty */
    SETTING_NAME,    /* char[CONFIG_NAME_BYTES], one or more bytes */
    SETTING_CHOICE,  /* the same, or empty */
    SETTING_LEVEL,   /* char[16]: debug, info, warning, error */
    SETTING_PURPOSE, /* char[16]: broker, administrator, programme */
    SETTING_HEX16,   /* uint8_t[16] */
    SETTING_HEX32,   /* uint8_t[32] */
    SETTING_NUMBER,  /* uint32_t, from 1 */
    SETTING_MS,      /* uint32_t, from 1 ms to a day */
    SETTING_GIB,     /* uint64_t bytes, written in GiB */
    SETTING_KEYS     /* uint8_t[ADMINISTRATORS_MAX][32], with a uint32_t count */
};

struct setting {
    const char *key;
    enum setting_kind kind;
    bool needed;         /* a file without it is refused */
    unsigned variants;   /* bits: in which forms of the file it stands; the caller's own business */
    size_t field;        /* offset in the configuration */
    size_t count_field;  /* SETTING_KEYS: offset of the count */
    const char *text;    /* default, for kinds of text */
    uint32_t number;     /* default, for numbers */
    const char *comment; /* lines of what it means for whoever edits the file, or null */
};

struct settings_keys {
    char **list;
    uint32_t count;
};

/* What libcyaml loads for one setting; null where it is absent. */
union settings_given {
    char *text;
    uint32_t *number;
    struct settings_keys keys;
};

/* Fills fields[0] to fields[count - 1] for an array of union settings_given, and fields[count] with
 * the end. They borrow the keys. */
void settings_fields(const struct setting *list, size_t count, struct cyaml_schema_field *fields);

/* Puts the defaults in. */
void settings_defaults(const struct setting *list, size_t count, void *config);

struct settings_source {
    const char *path; /* of the file */
    const struct document *document;
    const char *prefix; /* path inside the document, with its dot, or "" */
    const union settings_given *given;
};

/* Overrides *config with what is given. Errors: ERR_CONFIG with *fault filled. No fault quotes a
 * secret. */
MUST_CHECK enum err settings_read(const struct setting *list, size_t count,
                                  const struct settings_source *source, void *config,
                                  struct config_fault *fault);

/* Appends "key: value" lines behind `indent`, those with a comment below it and an empty line.
 * Errors: as buffer_add(). */
MUST_CHECK enum err settings_print(const struct setting *list, size_t count, const void *config,
                                   const char *indent, struct buffer *out);

#endif
