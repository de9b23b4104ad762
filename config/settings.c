#include "config/settings.h"

#include <assert.h>
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>

#include "config/hint.h"
#include "config/sizes.h"
#include "config/source.h"
#include "core/model/limits.h"

enum {
    DAY_MS = 24 * 60 * 60 * 1000,
    GIB_MAX = 65536,
    WORD_BYTES = 16,
    HEX_DIGITS_MAX = 128 /* a few too many are told by their number */
};

static const char tcp_scheme[] = "tcp://";
static const char ipc_scheme[] = "ipc://";

/* One setting on its way from the file into the configuration. */
struct reading {
    const struct setting *setting;
    const struct settings_source *source;
    struct config_fault *fault;
};

#define FAULT(reading, ...) place_fault((reading)->fault, place_of(reading), __VA_ARGS__)

static struct place place_of(const struct reading *reading)
{
    return document_place(reading->source->document, "%s%s", reading->source->prefix,
                          reading->setting->key);
}

static size_t text_room(enum setting_kind kind)
{
    switch (kind) {
    case SETTING_PATH:
    case SETTING_FOLDER:
    case SETTING_MAPPING:
    case SETTING_ADDRESS:
    case SETTING_SOCKET:
    case SETTING_FEED:
        return CONFIG_PATH_BYTES;
    case SETTING_NAME:
    case SETTING_CHOICE:
        return CONFIG_NAME_BYTES;
    case SETTING_LEVEL:
    case SETTING_PURPOSE:
        return WORD_BYTES;
    case SETTING_HEX16:
    case SETTING_HEX32:
    case SETTING_NUMBER:
    case SETTING_MS:
    case SETTING_GIB:
    case SETTING_KEYS:
        break;
    }
    return 0;
}

static const struct cyaml_schema_value hex_word = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, HEX_DIGITS_MAX)};

static struct cyaml_schema_value value_schema(const struct setting *setting)
{
    const enum setting_kind kind = setting->kind;
    const unsigned flags = CYAML_FLAG_POINTER | (setting->needed ? 0u : CYAML_FLAG_OPTIONAL);
    const size_t room = text_room(kind);
    const bool may_be_empty =
        kind == SETTING_FOLDER || kind == SETTING_FEED || kind == SETTING_CHOICE;
    if (kind == SETTING_KEYS) {
        return (struct cyaml_schema_value){
            CYAML_VALUE_SEQUENCE(flags, char *, &hex_word, 0, ADMINISTRATORS_MAX)};
    }
    if (kind == SETTING_NUMBER || kind == SETTING_MS || kind == SETTING_GIB) {
        return (struct cyaml_schema_value){CYAML_VALUE_UINT(flags, uint32_t)};
    }
    return (struct cyaml_schema_value){CYAML_VALUE_STRING(
        flags, char, may_be_empty ? 0 : 1, room > 0 ? (uint32_t)room - 1 : HEX_DIGITS_MAX)};
}

void settings_fields(const struct setting *list, size_t count, struct cyaml_schema_field *fields)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t place = (uint32_t)(i * sizeof(union settings_given));
        fields[i] = (struct cyaml_schema_field){
            .key = list[i].key,
            .data_offset = place,
            .count_offset = place + (uint32_t)offsetof(union settings_given, keys.count),
            .count_size = sizeof(uint32_t),
            .value = value_schema(&list[i])};
    }
    fields[count] = (struct cyaml_schema_field)CYAML_FIELD_END;
}

static void default_put(const struct setting *setting, uint8_t *field)
{
    const size_t room = text_room(setting->kind);
    if (room > 0) {
        assert(strlen(setting->text) < room);
        memcpy(field, setting->text, strlen(setting->text) + 1);
    } else if (setting->kind == SETTING_GIB) {
        const uint64_t bytes = (uint64_t)setting->number << 30;
        memcpy(field, &bytes, sizeof bytes);
    } else if (setting->kind == SETTING_MS || setting->kind == SETTING_NUMBER) {
        memcpy(field, &setting->number, sizeof setting->number);
    }
}

void settings_defaults(const struct setting *list, size_t count, void *config)
{
    for (size_t i = 0; i < count; i++) {
        default_put(&list[i], (uint8_t *)config + list[i].field);
    }
}

static enum err path_read(const struct reading *reading, const char *text, char *out)
{
    if (source_beside(reading->source->path, text, out, CONFIG_PATH_BYTES) != ERR_OK) {
        return FAULT(reading, "the path of \"%s\" has more than %d bytes: choose a shorter one",
                     reading->setting->key, CONFIG_PATH_BYTES - 1);
    }
    return ERR_OK;
}

static enum err mapping_read(const struct reading *reading, const char *text, char *out)
{
    static const char end[] = ".yaml";
    const size_t size = strlen(text);
    const bool file = strchr(text, '/') != NULL ||
                      (size >= sizeof end && strcmp(text + size - (sizeof end - 1), end) == 0);
    if (file) {
        return path_read(reading, text, out);
    }
    (void)snprintf(out, CONFIG_PATH_BYTES, "%s", text);
    return ERR_OK;
}

/* ipc://path, the path taken from the folder of the file. */
static enum err socket_read(const struct reading *reading, const char *text, char *out)
{
    char path[CONFIG_PATH_BYTES];
    const char *name = text + strlen(ipc_scheme);
    if (*name == '\0') {
        return FAULT(reading, "\"%s\" lacks a path: write ipc:///run/ogniwo/NAME.sock",
                     reading->setting->key);
    }
    const enum err err = path_read(reading, name, path);
    if (err != ERR_OK) {
        return err;
    }
    if (strlen(path) > SETTINGS_SOCKET_BYTES_MAX) {
        return FAULT(reading,
                     "the socket \"%s\" has a path of %zu bytes: the system allows %d, choose "
                     "a shorter one",
                     path, strlen(path), SETTINGS_SOCKET_BYTES_MAX);
    }
    (void)snprintf(out, CONFIG_PATH_BYTES, "%s%.*s", ipc_scheme, SETTINGS_SOCKET_BYTES_MAX, path);
    return ERR_OK;
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* tcp://host:port; the port may be * where any will do. */
static bool tcp_form(const char *text)
{
    const char *host = text + strlen(tcp_scheme);
    const char *colon = strrchr(host, ':');
    uint64_t port = 0;
    if (colon == NULL || colon == host || strchr(host, '/') != NULL || strchr(host, ' ') != NULL) {
        return false;
    }
    return strcmp(colon + 1, "*") == 0 ||
           (bytes_to_u64(bytes_text(colon + 1), 65535, &port) == ERR_OK && port > 0);
}

static enum err address_read(const struct reading *reading, const char *text, char *out)
{
    const bool tcp = reading->setting->kind == SETTING_ADDRESS && starts_with(text, tcp_scheme);
    if (starts_with(text, ipc_scheme)) {
        return socket_read(reading, text, out);
    }
    if (!tcp || !tcp_form(text)) {
        return FAULT(reading,
                     "\"%s\" is no address for \"%s\": write %sipc:///run/ogniwo/NAME.sock", text,
                     reading->setting->key,
                     reading->setting->kind == SETTING_ADDRESS ? "tcp://HOST:PORT or " : "");
    }
    if (strlen(text) >= CONFIG_PATH_BYTES) {
        return FAULT(reading, "the address of \"%s\" has more than %d bytes", reading->setting->key,
                     CONFIG_PATH_BYTES - 1);
    }
    (void)snprintf(out, CONFIG_PATH_BYTES, "%s", text);
    return ERR_OK;
}

/* One of the words of a kind, which end with null. */
static enum err word_read(const struct reading *reading, const char *const *words, const char *text,
                          char *out)
{
    struct hint hint;
    hint_init(&hint, bytes_text(text));
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            (void)snprintf(out, WORD_BYTES, "%s", text);
            return ERR_OK;
        }
        hint_offer(&hint, bytes_text(words[i]));
    }
    return FAULT(reading, "\"%s\" is not allowed for \"%s\"%s: write one of %s", text,
                 reading->setting->key, hint_question(&hint), hint_list(&hint));
}

static enum err text_read(const struct reading *reading, const char *text, char *out)
{
    static const char *const levels[] = {"debug", "info", "warning", "error", NULL};
    static const char *const purposes[] = {"broker", "administrator", "programme", NULL};
    switch (reading->setting->kind) {
    case SETTING_PATH:
        return path_read(reading, text, out);
    case SETTING_FOLDER:
        out[0] = '\0';
        return text[0] == '\0' ? ERR_OK : path_read(reading, text, out);
    case SETTING_MAPPING:
        return mapping_read(reading, text, out);
    case SETTING_FEED:
        out[0] = '\0';
        return text[0] == '\0' ? ERR_OK : address_read(reading, text, out);
    case SETTING_ADDRESS:
    case SETTING_SOCKET:
        return address_read(reading, text, out);
    case SETTING_LEVEL:
        return word_read(reading, levels, text, out);
    case SETTING_PURPOSE:
        return word_read(reading, purposes, text, out);
    case SETTING_NAME:
    case SETTING_CHOICE:
    case SETTING_HEX16:
    case SETTING_HEX32:
    case SETTING_NUMBER:
    case SETTING_MS:
    case SETTING_GIB:
    case SETTING_KEYS:
        break;
    }
    const size_t room = text_room(reading->setting->kind);
    assert(strlen(text) < room);
    (void)snprintf(out, room, "%s", text);
    return ERR_OK;
}

static enum err number_read(const struct reading *reading, uint32_t number, uint8_t *field)
{
    const enum setting_kind kind = reading->setting->kind;
    const uint32_t max = kind == SETTING_GIB ? GIB_MAX : kind == SETTING_MS ? DAY_MS : UINT32_MAX;
    if (number < 1 || number > max) {
        return FAULT(reading, "\"%s\" may go from 1 to %u", reading->setting->key, max);
    }
    if (kind == SETTING_GIB) {
        const uint64_t bytes = (uint64_t)number << 30;
        memcpy(field, &bytes, sizeof bytes);
    } else {
        memcpy(field, &number, sizeof number);
    }
    return ERR_OK;
}

static enum err hex_read(const struct reading *reading, struct place place, const char *text,
                         uint8_t *out, size_t size)
{
    if (bytes_from_hex(bytes_text(text), out, size) != ERR_OK) {
        return place_fault(reading->fault, place,
                           "\"%s\" must be %zu hexadecimal digits, and has %zu "
                           "characters: copy it anew",
                           reading->setting->key, 2 * size, strlen(text));
    }
    return ERR_OK;
}

static enum err keys_read(const struct reading *reading, const struct settings_keys *given,
                          uint8_t *config)
{
    const struct setting *setting = reading->setting;
    assert(given->count <= ADMINISTRATORS_MAX);
    memcpy(config + setting->count_field, &given->count, sizeof given->count);
    for (uint32_t i = 0; i < given->count; i++) {
        const struct place place = document_place(reading->source->document, "%s%s[%u]",
                                                  reading->source->prefix, setting->key, i);
        const enum err err =
            hex_read(reading, place, given->list[i], config + setting->field + 32 * (size_t)i, 32);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

static enum err setting_read(const struct reading *reading, const union settings_given *given,
                             uint8_t *config)
{
    const struct setting *setting = reading->setting;
    uint8_t *field = config + setting->field;
    if (setting->kind == SETTING_KEYS) {
        return keys_read(reading, &given->keys, config);
    }
    if (given->text == NULL) {
        return ERR_OK;
    }
    if (setting->kind == SETTING_HEX16 || setting->kind == SETTING_HEX32) {
        const size_t size = setting->kind == SETTING_HEX16 ? 16 : 32;
        return hex_read(reading, place_of(reading), given->text, field, size);
    }
    if (text_room(setting->kind) > 0) {
        return text_read(reading, given->text, (char *)field);
    }
    return number_read(reading, *given->number, field);
}

enum err settings_read(const struct setting *list, size_t count,
                       const struct settings_source *source, void *config,
                       struct config_fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        const struct reading reading = {.setting = &list[i], .source = source, .fault = fault};
        const enum err err = setting_read(&reading, &source->given[i], config);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/"

/* Whether YAML reads the text as it is: a careful choice, for others there are quotation marks. */
static bool plain(const char *text)
{
    const size_t size = strlen(text);
    return strspn(text, LETTERS) > 0 && strspn(text, LETTERS "._:-*[]") == size &&
           text[size - 1] != ':';
}

static enum err quoted_print(const char *text, struct buffer *out)
{
    enum err err = buffer_add_text(out, "\"");
    for (const char *i = text; *i != '\0' && err == ERR_OK; i++) {
        if (*i == '"' || *i == '\\') {
            err = buffer_add_text(out, "\\");
        }
        if (err == ERR_OK) {
            err = buffer_add(out, bytes_of(i, 1));
        }
    }
    return err == ERR_OK ? buffer_add_text(out, "\"") : err;
}

static enum err hex_print(const uint8_t *bytes, size_t size, struct buffer *out)
{
    char digits[65];
    assert(2 * size < sizeof digits);
    bytes_to_hex(bytes_of(bytes, size), digits);
    const enum err err = buffer_add_text(out, digits);
    explicit_bzero(digits, sizeof digits);
    return err;
}

static enum err number_print(uint64_t number, struct buffer *out)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    return buffer_add_text(out, digits);
}

static enum err keys_print(const struct setting *setting, const uint8_t *config, struct buffer *out)
{
    uint32_t count;
    memcpy(&count, config + setting->count_field, sizeof count);
    enum err err = buffer_add_text(out, "[");
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = i > 0 ? buffer_add_text(out, ", ") : ERR_OK;
        if (err == ERR_OK) {
            err = hex_print(config + setting->field + 32 * (size_t)i, 32, out);
        }
    }
    return err == ERR_OK ? buffer_add_text(out, "]") : err;
}

static enum err value_print(const struct setting *setting, const uint8_t *config,
                            struct buffer *out)
{
    const uint8_t *field = config + setting->field;
    uint64_t bytes;
    uint32_t number;
    if (setting->kind == SETTING_KEYS) {
        return keys_print(setting, config, out);
    }
    if (setting->kind == SETTING_HEX16 || setting->kind == SETTING_HEX32) {
        return hex_print(field, setting->kind == SETTING_HEX16 ? 16 : 32, out);
    }
    if (setting->kind == SETTING_GIB) {
        memcpy(&bytes, field, sizeof bytes);
        return number_print((bytes + (UINT64_C(1) << 30) - 1) >> 30, out);
    }
    if (text_room(setting->kind) == 0) {
        memcpy(&number, field, sizeof number);
        return number_print(number, out);
    }
    const char *text = (const char *)field;
    return plain(text) ? buffer_add_text(out, text) : quoted_print(text, out);
}

static enum err comment_print(const char *comment, const char *indent, struct buffer *out)
{
    enum err err = comment != NULL ? buffer_add_text(out, "\n") : ERR_OK;
    while (comment != NULL && *comment != '\0' && err == ERR_OK) {
        const size_t size = strcspn(comment, "\n");
        err = buffer_add_text(out, indent);
        err = err == ERR_OK ? buffer_add_text(out, "# ") : err;
        err = err == ERR_OK ? buffer_add(out, bytes_of(comment, size)) : err;
        err = err == ERR_OK ? buffer_add_text(out, "\n") : err;
        comment += size + (comment[size] == '\n' ? 1 : 0);
    }
    return err;
}

enum err settings_print(const struct setting *list, size_t count, const void *config,
                        const char *indent, struct buffer *out)
{
    enum err err = ERR_OK;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        err = comment_print(list[i].comment, indent, out);
        err = err == ERR_OK ? buffer_add_text(out, indent) : err;
        err = err == ERR_OK ? buffer_add_text(out, list[i].key) : err;
        err = err == ERR_OK ? buffer_add_text(out, ": ") : err;
        err = err == ERR_OK ? value_print(&list[i], config, out) : err;
        err = err == ERR_OK ? buffer_add_text(out, "\n") : err;
    }
    return err;
}
