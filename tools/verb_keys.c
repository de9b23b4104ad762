#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <jansson.h>

#include "config/exchange.h"
#include "io/entropy.h"
#include "io/file.h"
#include "proto/keys.h"
#include "tools/decide.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/verbs.h"

struct keys_request {
    struct request request;
    const char *out;
};

static const struct usage_option new_options[] = {
    {"output", 'o', "FILE", "Where to write the keys; a file that is there is never overwritten",
     USAGE_TEXT, offsetof(struct keys_request, out)},
};
static const struct usage new_usage = {
    .arguments = "broker|administrator|programme [ID]",
    .doc = "Makes a key file that only its owner can read, and prints its public parts."
           "\vA programme's key turns identifiers of people into pseudonyms: all its nodes get "
           "the same one. Examples:\n"
           "  ogniwo keys new administrator -o anna.keys\n"
           "  ogniwo keys new programme ABC -o abc.keys",
    .options = new_options,
    .option_count = 1,
    .uses = USES_FORMAT | USES_LANGUAGE,
    .least = 1,
    .most = 2};

static const struct usage show_usage = {
    .arguments = "FILE",
    .doc = "Prints the public parts of a key file, as hexadecimal digits."
           "\vAn administrator's signing_key belongs into broker.yaml. Example:\n"
           "  ogniwo keys show anna.keys",
    .uses = USES_FORMAT | USES_LANGUAGE,
    .least = 1,
    .most = 1};

static void set_hex(json_t *json, const char *name, const uint8_t bytes[KEY_BYTES])
{
    char hex[2 * KEY_BYTES + 1];
    bytes_to_hex(bytes_of(bytes, KEY_BYTES), hex);
    json_object_set_new(json, name, json_string(hex));
}

static int print_public(const struct request *request, const struct key_file *keys)
{
    json_t *json = json_object();
    json_object_set_new(json, "purpose", json_string(keys->purpose));
    if (strcmp(keys->purpose, "programme") == 0) {
        uint8_t check[DIGEST_BYTES];
        keys_check(keys->pseudonym_key, bytes_text(keys->programme), check);
        json_object_set_new(json, "programme", json_string(keys->programme));
        json_object_set_new(json, "key_number", json_integer(keys->key_number));
        set_hex(json, "key_check", check);
    } else {
        struct signing_keys signing;
        keys_signing(keys->signing_seed, &signing);
        set_hex(json, "signing_key", signing.public_key);
        keys_wipe(&signing, sizeof signing);
    }
    if (strcmp(keys->purpose, "broker") == 0) {
        struct transport_keys transport;
        keys_transport(keys->transport_seed, &transport);
        set_hex(json, "transport_key", transport.public_key);
        keys_wipe(&transport, sizeof transport);
    }
    const int status = sheet_print_object(request, json);
    json_decref(json);
    return status;
}

static int fill(const struct keys_request *asked, struct key_file *keys)
{
    const struct request *request = &asked->request;
    const char *purpose = request->arguments[0];
    const bool programme = strcmp(purpose, "programme") == 0;
    if (!programme && strcmp(purpose, "broker") != 0 && strcmp(purpose, "administrator") != 0) {
        return say(EX_USAGE, NULL, "\"%s\" is none of broker, administrator, programme", purpose);
    }
    if (programme != (request->argument_count == 2)) {
        return say(EX_USAGE, "ogniwo keys new programme ID -o FILE",
                   programme ? "the programme's id is missing" : "only a programme has an id");
    }
    if (programme && strlen(request->arguments[1]) >= sizeof keys->programme) {
        return say(EX_USAGE, NULL, "the programme's id is too long");
    }
    snprintf(keys->purpose, sizeof keys->purpose, "%s", purpose);
    snprintf(keys->programme, sizeof keys->programme, "%s", programme ? request->arguments[1] : "");
    keys->key_number = 1;
    entropy_fill(keys->signing_seed, sizeof keys->signing_seed);
    entropy_fill(keys->transport_seed, sizeof keys->transport_seed);
    entropy_fill(keys->people_key, sizeof keys->people_key);
    entropy_fill(keys->pseudonym_key, sizeof keys->pseudonym_key);
    return EX_OK;
}

static int write_keys(const char *path, const struct key_file *keys)
{
    struct stat about;
    struct buffer text = {.bytes_max = 1 << 16};
    uint8_t *unused;
    if (lstat(path, &about) == 0) {
        return say(EX_CANTCREAT, "name another file", "%s: it is there already", path);
    }
    /* All room at once: a buffer that grows leaves copies of the keys behind. */
    enum err err = buffer_reserve(&text, 1 << 15, &unused);
    if (err == ERR_OK) {
        err = key_file_print(keys, &text);
    }
    if (err == ERR_OK) {
        err = file_write(path, buffer_bytes(&text), 0600);
    }
    if (text.data != NULL) {
        keys_wipe(text.data, text.room);
    }
    buffer_fini(&text);
    return err == ERR_OK ? EX_OK : say_err(err, path);
}

int verb_keys_new(int count, char **words)
{
    struct keys_request asked = {0};
    struct key_file keys = {0};
    usage_read(&new_usage, count, words, &asked.request);
    if (asked.out == NULL) {
        return say(EX_USAGE, NULL, "where to? -o FILE is missing");
    }
    int status = fill(&asked, &keys);
    if (status == EX_OK) {
        status = write_keys(asked.out, &keys);
    }
    if (status == EX_OK) {
        status = print_public(&asked.request, &keys);
    }
    keys_wipe(&keys, sizeof keys);
    return status;
}

int verb_keys_show(int count, char **words)
{
    struct request request = {0};
    struct key_file keys;
    struct config_fault fault = {0};
    usage_read(&show_usage, count, words, &request);
    const enum err err = key_file_load(request.arguments[0], &keys, &fault);
    if (err != ERR_OK) {
        return say_config(err, request.arguments[0], &fault);
    }
    const int status = print_public(&request, &keys);
    keys_wipe(&keys, sizeof keys);
    return status;
}
