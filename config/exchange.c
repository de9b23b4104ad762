/* Each file is a table of settings; the join file has its programmes besides.
 *
 * The happy path is: 1 the file is read into one block, which is wiped later; 2 it becomes a
 * document; 3 defaults, then what is given. What may go wrong: whatever someone may write. */
#include "config/exchange.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "config/document.h"
#include "config/settings.h"
#include "config/source.h"

enum { FILE_BYTES_MAX = 64 * 1024 };

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const char gib_comment[] =
    "How large the store may become, in GiB. Only address space until it is used.";
static const char level_comment[] = "debug, info, warning or error.";

static const struct setting broker_settings[] = {
    {.key = "listen",
     .kind = SETTING_ADDRESS,
     .field = offsetof(struct broker_config, listen),
     .text = "tcp://0.0.0.0:5570",
     .comment = "Where nodes and tools connect: tcp://HOST:PORT or ipc://PATH."},
    {.key = "admin",
     .kind = SETTING_SOCKET,
     .field = offsetof(struct broker_config, admin),
     .text = "ipc:///run/ogniwo/broker.sock",
     .comment = "The administrator's socket on this machine."},
    {.key = "feed",
     .kind = SETTING_FEED,
     .field = offsetof(struct broker_config, feed),
     .text = "",
     .comment =
         "Where live totals are published to watchers on this machine; \"\" for not at all,\n"
         "without this key: the path of admin with .live behind."},
    {.key = "store",
     .kind = SETTING_PATH,
     .field = offsetof(struct broker_config, store),
     .text = "/var/lib/ogniwo/broker",
     .comment = "The log and all that is made from it."},
    {.key = "people",
     .kind = SETTING_PATH,
     .field = offsetof(struct broker_config, people),
     .text = "/var/lib/ogniwo/people",
     .comment = "Pseudonyms of people, apart from the log. A backup needs both."},
    {.key = "store_gib",
     .kind = SETTING_GIB,
     .field = offsetof(struct broker_config, store_bytes_max),
     .number = 64,
     .comment = gib_comment},
    {.key = "keys",
     .kind = SETTING_PATH,
     .field = offsetof(struct broker_config, keys),
     .text = "/etc/ogniwo/broker.keys",
     .comment = "The broker's own keys, made by `ogniwo keys new`. Keep the file secret."},
    {.key = "administrators",
     .kind = SETTING_KEYS,
     .field = offsetof(struct broker_config, administrators),
     .count_field = offsetof(struct broker_config, administrator_count),
     .comment = "Public keys of those whose decisions count, 64 hexadecimal digits each."},
    {.key = "log_level",
     .kind = SETTING_LEVEL,
     .field = offsetof(struct broker_config, log_level),
     .text = "info",
     .comment = level_comment},
};

static const struct setting node_settings[] = {
    {.key = "join",
     .kind = SETTING_PATH,
     .field = offsetof(struct node_config, join),
     .text = "/etc/ogniwo/node.join",
     .comment = "The join file from the lead: who this node is, and its keys. Keep it secret."},
    {.key = "store",
     .kind = SETTING_PATH,
     .field = offsetof(struct node_config, store),
     .text = "/var/lib/ogniwo/node",
     .comment = "What this office has accepted."},
    {.key = "store_gib",
     .kind = SETTING_GIB,
     .field = offsetof(struct node_config, store_bytes_max),
     .number = 4,
     .comment = gib_comment},
    {.key = "admin",
     .kind = SETTING_SOCKET,
     .field = offsetof(struct node_config, admin),
     .text = "ipc:///run/ogniwo/node.sock",
     .comment = "The socket of `ogniwo import` and `ogniwo status` on this machine."},
    {.key = "folder",
     .kind = SETTING_FOLDER,
     .field = offsetof(struct node_config, folder),
     .text = "",
     .comment =
         "A folder whose files are taken in, such as /var/lib/ogniwo/wrzutka; \"\" for none."},
    {.key = "mapping",
     .kind = SETTING_MAPPING,
     .field = offsetof(struct node_config, mapping),
     .text = "ogniwo",
     .comment = "How the office's tables are read: ogniwo, or the path of a mapping file."},
    {.key = "programme",
     .kind = SETTING_CHOICE,
     .field = offsetof(struct node_config, programme),
     .text = "",
     .comment = "The programme of the folder's files; \"\" where the node serves only one."},
    {.key = "rest_ms",
     .kind = SETTING_MS,
     .field = offsetof(struct node_config, rest_ms),
     .number = 2000,
     .comment =
         "A file that has not changed for so many milliseconds is complete; one that is moved\n"
         "in is taken at once."},
    {.key = "rescan_ms",
     .kind = SETTING_MS,
     .field = offsetof(struct node_config, rescan_ms),
     .number = 30000,
     .comment = "How often the folder is looked through; network drives tell of no change."},
    {.key = "log_level",
     .kind = SETTING_LEVEL,
     .field = offsetof(struct node_config, log_level),
     .text = "info",
     .comment = level_comment},
};

#define NEEDED(key_text, kind_number, structure, member)                                           \
    .key = (key_text), .kind = (kind_number), .needed = true, .field = offsetof(structure, member)

static const struct setting join_settings[] = {
    {NEEDED("exchange", SETTING_HEX16, struct join_file, exchange),
     .comment = "The exchange and the way to its broker."},
    {NEEDED("broker", SETTING_ADDRESS, struct join_file, broker), .text = ""},
    {NEEDED("broker_transport_key", SETTING_HEX32, struct join_file, broker_transport_key)},
    {NEEDED("broker_signing_key", SETTING_HEX32, struct join_file, broker_signing_key)},
    {NEEDED("administrators", SETTING_KEYS, struct join_file, administrators),
     .count_field = offsetof(struct join_file, administrator_count)},
    {NEEDED("node", SETTING_HEX16, struct join_file, node), .comment = "This node."},
    {NEEDED("name", SETTING_NAME, struct join_file, name), .text = ""},
    {NEEDED("partner", SETTING_NAME, struct join_file, partner), .text = ""},
    {NEEDED("signing_seed", SETTING_HEX32, struct join_file, signing_seed),
     .comment = "Its secrets."},
    {NEEDED("signing_key_number", SETTING_NUMBER, struct join_file, signing_key_number)},
    {NEEDED("transport_seed", SETTING_HEX32, struct join_file, transport_seed)},
    {NEEDED("row_key", SETTING_HEX32, struct join_file, row_key)},
};

static const struct setting join_programme_settings[] = {
    {NEEDED("programme", SETTING_NAME, struct join_programme, programme), .text = ""},
    {NEEDED("key", SETTING_HEX32, struct join_programme, key)},
    {NEEDED("key_number", SETTING_NUMBER, struct join_programme, key_number)},
};

/* Which purposes a key file's setting belongs to. */
enum { OF_BROKER = 1, OF_ADMINISTRATOR = 2, OF_PROGRAMME = 4, OF_ALL = 7 };

static const struct setting key_settings[] = {
    {NEEDED("purpose", SETTING_PURPOSE, struct key_file, purpose), .text = "", .variants = OF_ALL},
    {NEEDED("signing_seed", SETTING_HEX32, struct key_file, signing_seed),
     .variants = OF_BROKER | OF_ADMINISTRATOR},
    {NEEDED("transport_seed", SETTING_HEX32, struct key_file, transport_seed),
     .variants = OF_BROKER},
    {NEEDED("people_key", SETTING_HEX32, struct key_file, people_key), .variants = OF_BROKER},
    {NEEDED("programme", SETTING_NAME, struct key_file, programme), .text = "",
     .variants = OF_PROGRAMME},
    {NEEDED("pseudonym_key", SETTING_HEX32, struct key_file, pseudonym_key),
     .variants = OF_PROGRAMME},
    {NEEDED("key_number", SETTING_NUMBER, struct key_file, key_number), .variants = OF_PROGRAMME},
};

/* A file on its way: its bytes and the schema that its settings make. */
struct opened {
    const char *path;
    struct buffer text;
    struct cyaml_schema_value schema;
    struct document *document;
};

/* Wipes what was read: it may hold secrets. */
static void opened_close(struct opened *self)
{
    document_free(&self->document);
    if (self->text.data != NULL) {
        explicit_bzero(self->text.data, self->text.room);
    }
    buffer_fini(&self->text);
}

static enum err opened_read(struct opened *self, const char *path, struct config_fault *fault)
{
    uint8_t *unused;
    *self = (struct opened){.path = path, .text = {.bytes_max = FILE_BYTES_MAX}};
    /* All room at once: a buffer that grows leaves copies behind. */
    const enum err err = buffer_reserve(&self->text, FILE_BYTES_MAX, &unused);
    return err == ERR_OK ? source_read(path, &self->text, fault) : err;
}

static enum err opened_parse(struct opened *self, const struct cyaml_schema_field *fields,
                             size_t given_bytes, struct config_fault *fault)
{
    document_free(&self->document);
    self->schema = (struct cyaml_schema_value){.type = CYAML_MAPPING,
                                               .flags = CYAML_FLAG_POINTER,
                                               .data_size = (uint32_t)given_bytes,
                                               .mapping = {.fields = fields}};
    return document_new(buffer_bytes(&self->text), &self->schema, &self->document, fault);
}

static enum err opened_settings(const struct opened *self, const struct setting *list, size_t count,
                                void *out, struct config_fault *fault)
{
    const struct settings_source source = {.path = self->path,
                                           .document = self->document,
                                           .prefix = "",
                                           .given = document_data(self->document)};
    return settings_read(list, count, &source, out, fault);
}

/* A file that has nothing but settings. */
static enum err settings_load(const char *path, const struct setting *list, size_t count, void *out,
                              struct config_fault *fault)
{
    enum { SETTINGS_MAX = 16 };
    struct cyaml_schema_field fields[SETTINGS_MAX + 1];
    struct opened opened;
    assert(count <= SETTINGS_MAX);
    settings_fields(list, count, fields);
    enum err err = opened_read(&opened, path, fault);
    if (err == ERR_OK) {
        err = opened_parse(&opened, fields, count * sizeof(union settings_given), fault);
    }
    if (err == ERR_OK) {
        err = opened_settings(&opened, list, count, out, fault);
    }
    opened_close(&opened);
    return err;
}

/* What stands in the configuration while a file has not named the feed: no path begins so. */
static const char feed_beside[] = "?";

/* The feed's socket stands beside the administrator's, where the system allows so long a path. */
static void place_feed(struct broker_config *config)
{
    char beside[CONFIG_PATH_BYTES + 8];
    const int size = snprintf(beside, sizeof beside, "%s.live", config->admin);
    const size_t scheme = strlen("ipc://");
    if (strcmp(config->feed, feed_beside) != 0) {
        return;
    }
    const bool fits = (size_t)size <= scheme + SETTINGS_SOCKET_BYTES_MAX;
    memcpy(config->feed, fits ? beside : "", fits ? (size_t)size + 1 : 1);
}

void broker_config_defaults(struct broker_config *out)
{
    memset(out, 0, sizeof *out);
    settings_defaults(broker_settings, COUNT(broker_settings), out);
    memcpy(out->feed, feed_beside, sizeof feed_beside);
    place_feed(out);
}

void node_config_defaults(struct node_config *out)
{
    memset(out, 0, sizeof *out);
    settings_defaults(node_settings, COUNT(node_settings), out);
}

enum err broker_config_load(const char *path, struct broker_config *out, struct config_fault *fault)
{
    broker_config_defaults(out);
    memcpy(out->feed, feed_beside, sizeof feed_beside);
    const enum err err = settings_load(path, broker_settings, COUNT(broker_settings), out, fault);
    if (err == ERR_OK) {
        place_feed(out);
    }
    return err;
}

enum err node_config_load(const char *path, struct node_config *out, struct config_fault *fault)
{
    node_config_defaults(out);
    return settings_load(path, node_settings, COUNT(node_settings), out, fault);
}

static enum err file_print(const char *head, const struct setting *list, size_t count,
                           const void *config, struct buffer *out)
{
    const enum err err = buffer_add_text(out, head);
    return err == ERR_OK ? settings_print(list, count, config, "", out) : err;
}

enum err broker_config_print(const struct broker_config *config, struct buffer *out)
{
    return file_print("# ogniwo-broker. Relative paths are taken from the folder of this file.\n"
                      "# Every key may be left out; --print-config tells what then holds.\n",
                      broker_settings, COUNT(broker_settings), config, out);
}

enum err node_config_print(const struct node_config *config, struct buffer *out)
{
    return file_print("# ogniwo-node. Relative paths are taken from the folder of this file.\n"
                      "# Every key may be left out; --print-config tells what then holds.\n",
                      node_settings, COUNT(node_settings), config, out);
}

/* What libcyaml loads of a join file. */
struct join_programme_given {
    union settings_given settings[COUNT(join_programme_settings)];
};

struct join_given {
    union settings_given settings[COUNT(join_settings)];
    struct join_programme_given *programmes;
    uint32_t programmes_count;
};

static enum err join_programmes_read(const struct opened *opened, struct join_file *out,
                                     struct config_fault *fault)
{
    const struct join_given *given = document_data(opened->document);
    out->programme_count = given->programmes_count;
    for (uint32_t i = 0; i < given->programmes_count; i++) {
        char prefix[32];
        (void)snprintf(prefix, sizeof prefix, "programmes[%u].", i);
        const struct settings_source source = {.path = opened->path,
                                               .document = opened->document,
                                               .prefix = prefix,
                                               .given = given->programmes[i].settings};
        const enum err err = settings_read(join_programme_settings, COUNT(join_programme_settings),
                                           &source, &out->programmes[i], fault);
        if (err != ERR_OK) {
            return err;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (strcmp(out->programmes[j].programme, out->programmes[i].programme) == 0) {
                return place_fault(fault, document_place(opened->document, "%sprogramme", prefix),
                                   "the programme \"%s\" stands twice: leave one out",
                                   out->programmes[i].programme);
            }
        }
    }
    return ERR_OK;
}

enum err join_file_load(const char *path, struct join_file *out, struct config_fault *fault)
{
    struct cyaml_schema_field programme_fields[COUNT(join_programme_settings) + 1];
    struct cyaml_schema_field fields[COUNT(join_settings) + 2];
    const struct cyaml_schema_value programme = {
        CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct join_programme_given, programme_fields)};
    struct opened opened;
    settings_fields(join_programme_settings, COUNT(join_programme_settings), programme_fields);
    settings_fields(join_settings, COUNT(join_settings), fields);
    fields[COUNT(join_settings)] = (struct cyaml_schema_field)CYAML_FIELD_SEQUENCE(
        "programmes", CYAML_FLAG_POINTER, struct join_given, programmes, &programme, 1,
        PROGRAMMES_MAX);
    fields[COUNT(join_settings) + 1] = (struct cyaml_schema_field)CYAML_FIELD_END;
    memset(out, 0, sizeof *out);
    enum err err = opened_read(&opened, path, fault);
    if (err == ERR_OK) {
        err = opened_parse(&opened, fields, sizeof(struct join_given), fault);
    }
    if (err == ERR_OK) {
        err = opened_settings(&opened, join_settings, COUNT(join_settings), out, fault);
    }
    if (err == ERR_OK) {
        err = join_programmes_read(&opened, out, fault);
    }
    opened_close(&opened);
    return err;
}

enum err join_file_print(const struct join_file *join, struct buffer *out)
{
    enum err err =
        file_print("# Join file of an Ogniwo node. Secret: whoever has it can send as this "
                   "partner.\n",
                   join_settings, COUNT(join_settings), join, out);
    err = err == ERR_OK ? buffer_add_text(out, "programmes:\n") : err;
    for (uint32_t i = 0; i < join->programme_count && err == ERR_OK; i++) {
        err = buffer_add_text(out, "  -\n");
        if (err == ERR_OK) {
            err = settings_print(join_programme_settings, COUNT(join_programme_settings),
                                 &join->programmes[i], "    ", out);
        }
    }
    return err;
}

static unsigned purpose_variant(const char *purpose)
{
    return strcmp(purpose, "broker") == 0          ? OF_BROKER
           : strcmp(purpose, "administrator") == 0 ? OF_ADMINISTRATOR
                                                   : OF_PROGRAMME;
}

/* The settings that files of a purpose have; returns how many. */
static size_t key_variant(unsigned variant, struct setting out[COUNT(key_settings)])
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT(key_settings); i++) {
        if ((key_settings[i].variants & variant) != 0) {
            out[count++] = key_settings[i];
        }
    }
    return count;
}

/* Reads the purpose alone: all keys are known here, and none but the purpose is needed. */
static enum err purpose_read(struct opened *opened, struct key_file *out,
                             struct config_fault *fault)
{
    struct setting all[COUNT(key_settings)];
    struct cyaml_schema_field fields[COUNT(key_settings) + 1];
    memcpy(all, key_settings, sizeof all);
    for (size_t i = 1; i < COUNT(key_settings); i++) {
        all[i].needed = false;
    }
    settings_fields(all, COUNT(all), fields);
    const enum err err =
        opened_parse(opened, fields, COUNT(all) * sizeof(union settings_given), fault);
    return err == ERR_OK ? opened_settings(opened, all, 1, out, fault) : err;
}

enum err key_file_load(const char *path, struct key_file *out, struct config_fault *fault)
{
    struct setting list[COUNT(key_settings)];
    struct cyaml_schema_field fields[COUNT(key_settings) + 1];
    struct opened opened;
    memset(out, 0, sizeof *out);
    enum err err = opened_read(&opened, path, fault);
    if (err == ERR_OK) {
        err = purpose_read(&opened, out, fault);
    }
    if (err == ERR_OK) {
        const size_t count = key_variant(purpose_variant(out->purpose), list);
        settings_fields(list, count, fields);
        err = opened_parse(&opened, fields, count * sizeof(union settings_given), fault);
        err = err == ERR_OK ? opened_settings(&opened, list, count, out, fault) : err;
    }
    opened_close(&opened);
    return err;
}

enum err key_file_print(const struct key_file *keys, struct buffer *out)
{
    struct setting list[COUNT(key_settings)];
    const size_t count = key_variant(purpose_variant(keys->purpose), list);
    return file_print(
        "# Keys of Ogniwo. Secret: keep this file where only its owner can read it.\n", list, count,
        keys, out);
}
