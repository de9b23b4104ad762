#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "config/exchange.h"
#include "config/mapping_file.h"
#include "config/place.h"
#include "config/programme_file.h"
#include "config/programme_schema.h"
#include "config/programme_sums.h"
#include "config/source.h"
#include "core/base/arena.h"
#include "proto/keys.h"
#include "tools/programme_json.h"
#include "tools/say.h"
#include "tools/usage.h"
#include "tools/verbs.h"

enum { TEXT_BYTES_MAX = 2 << 20, MAPPING_BYTES_MAX = 8 << 20, KEYS_MAX = 10 };

static enum err check_broker(const char *path, struct config_fault *fault)
{
    struct broker_config config;
    return broker_config_load(path, &config, fault);
}

static enum err check_node(const char *path, struct config_fault *fault)
{
    struct node_config config;
    return node_config_load(path, &config, fault);
}

static enum err check_join(const char *path, struct config_fault *fault)
{
    struct join_file join;
    const enum err err = join_file_load(path, &join, fault);
    keys_wipe(&join, sizeof join);
    return err;
}

static enum err check_keys(const char *path, struct config_fault *fault)
{
    struct key_file keys;
    const enum err err = key_file_load(path, &keys, fault);
    keys_wipe(&keys, sizeof keys);
    return err;
}

static enum err load_programme(const char *path, struct programme **out, struct config_fault *fault)
{
    struct buffer yaml = {0}, regions = {0};
    enum err err = programme_file_read(path, &yaml, &regions, fault);
    if (err == ERR_OK) {
        err = programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions), out, fault);
    }
    buffer_fini(&yaml);
    buffer_fini(&regions);
    return err;
}

struct noticing {
    const char *path;
    const struct programme *programme;
};

/* Values are in hundredths. */
static void print_number(int64_t low, int64_t high)
{
    printf("%" PRId64, low / 100);
    if (low % 100 != 0) {
        printf(".%02" PRId64, low % 100);
    }
    if (high != low) {
        printf("..");
        print_number(high, high);
    }
}

static void print_sum(void *context, const struct programme_sum *sum)
{
    const struct noticing *noticing = context;
    const struct bytes id = noticing->programme->indicators[sum->whole->indicator].id;
    printf("%s: notice: the %s of the %u parts of \"%.*s\" add up to ", noticing->path,
           sum->whole->kind == TARGET_ACHIEVED ? "reached figures" : "targets", sum->part_count,
           BYTES_FMT(id));
    print_number(sum->parts, sum->parts_to);
    printf(", its own is ");
    print_number(sum->whole->value, sum->whole->value_to);
    putchar('\n');
}

static enum err check_programme(const char *path, struct config_fault *fault)
{
    struct programme *programme = NULL;
    const enum err err = load_programme(path, &programme, fault);
    if (err == ERR_OK) {
        struct noticing noticing = {.path = path, .programme = programme};
        programme_sums_differing(programme, print_sum, &noticing);
    }
    programme_free(&programme);
    return err;
}

static enum err check_mapping(const char *path, struct config_fault *fault)
{
    struct arena *arena = NULL;
    struct mapping_spec spec;
    enum err err = arena_new(MAPPING_BYTES_MAX, &arena);
    if (err == ERR_OK) {
        err = mapping_file_load(path, arena, &spec, fault);
    }
    arena_free(&arena);
    return err;
}

/* A kind of file, and the keys at its top level that tell it from the others. */
static const struct kind {
    const char *name;
    enum err (*check)(const char *path, struct config_fault *fault);
    const char *keys[KEYS_MAX];
} kinds[] = {
    {"broker.yaml",
     check_broker,
     {"listen", "people", "administrators", "keys", "store", "admin", "store_gib", "log_level"}},
    {"node.yaml",
     check_node,
     {"join", "folder", "rest_ms", "rescan_ms", "store", "admin", "store_gib", "log_level"}},
    {"join file",
     check_join,
     {"exchange", "broker_transport_key", "row_key", "node", "partner", "signing_key_number",
      "transport_seed"}},
    {"key file", check_keys, {"purpose", "people_key", "pseudonym_key"}},
    {"indicator file", programme_included_check, {"title", "vocabulary", "indicators"}},
    {"programme file",
     check_programme,
     {"programme", "starts_on", "include", "indicators", "partners", "tasks", "vocabulary", "lead",
      "targets", "title"}},
    {"mapping", check_mapping, {"mapping", "columns", "other_columns"}},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

static bool has_key(const struct kind *kind, struct bytes key)
{
    for (size_t i = 0; i < KEYS_MAX && kind->keys[i] != NULL; i++) {
        if (bytes_is(key, kind->keys[i])) {
            return true;
        }
    }
    return false;
}

/* The key that a line starts with, or nothing: at the left margin; or, where not, behind blanks,
 * quotation marks and the { of JSON. */
static struct bytes key_of(struct bytes line, bool at_margin)
{
    while (!at_margin && line.size > 0 && strchr(" \t\"'{,", line.data[0]) != NULL) {
        line = bytes_of(line.data + 1, line.size - 1);
    }
    size_t size = 0;
    while (size < line.size &&
           ((line.data[size] >= 'a' && line.data[size] <= 'z') || line.data[size] == '_')) {
        size++;
    }
    const size_t quotes = !at_margin && size < line.size && line.data[size] != ':' ? 1 : 0;
    const bool key = size + quotes < line.size && line.data[size + quotes] == ':';
    return key ? bytes_of(line.data, size) : (struct bytes){0};
}

static const struct kind *tell_kind(struct bytes text, bool at_margin)
{
    uint32_t hits[KIND_COUNT] = {0};
    const struct kind *best = NULL;
    uint32_t most = 0;
    struct bytes line;
    text = bytes_unmarked(text);
    while (bytes_cut_line(&text, &line)) {
        const struct bytes key = key_of(line, at_margin);
        for (size_t i = 0; i < KIND_COUNT; i++) {
            hits[i] += key.size > 0 && has_key(&kinds[i], key) ? 1 : 0;
        }
    }
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (hits[i] > most) {
            most = hits[i];
            best = &kinds[i];
        }
    }
    return best;
}

static int check(const char *path)
{
    struct config_fault fault = {0};
    struct buffer text = {.bytes_max = TEXT_BYTES_MAX};
    uint8_t *unused;
    enum err err = buffer_reserve(&text, 1 << 16, &unused);
    if (err == ERR_OK) {
        err = source_read(path, &text, &fault);
    }
    const struct kind *kind = err == ERR_OK ? tell_kind(buffer_bytes(&text), true) : NULL;
    if (err == ERR_OK && kind == NULL) {
        kind = tell_kind(buffer_bytes(&text), false);
    }
    const bool utf8 = bytes_utf8(buffer_bytes(&text));
    if (text.data != NULL) {
        keys_wipe(text.data, text.room);
    }
    buffer_fini(&text);
    if (err != ERR_OK) {
        return say_config(err, path, &fault);
    }
    if (kind == NULL) {
        const struct place first = {.line = 1, .column = 1};
        err = utf8 ? place_fault(&fault, first,
                                 "none of broker.yaml, node.yaml, join file, key file, indicator "
                                 "file, programme file, mapping: no line starts with a key of "
                                 "theirs; write each key at the left margin, as \"key: value\"")
                   : place_fault(&fault, first, "this is not UTF-8: save the file as UTF-8");
        return say_config(err, path, &fault);
    }
    err = kind->check(path, &fault);
    if (err != ERR_OK) {
        return say_config(err, path, &fault);
    }
    printf("%s: fine (%s)\n", path, kind->name);
    return EX_OK;
}

int verb_config_check(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "FILE...",
        .doc =
            "Checks files that someone has written: broker.yaml, node.yaml, join and key "
            "files, programme files, files that these include, and mappings. They are told apart "
            "by their keys."
            "\vA fault is named with file, line and column; the exit code is then 78. A notice "
            "is no fault: the targets of parts do not add up to that of their whole. Example:\n"
            "  ogniwo config check broker.yaml programmes/abc.yaml",
        .least = 1,
        .most = 1024};
    struct request request = {0};
    int status = EX_OK;
    usage_read(&usage, count, words, &request);
    for (uint32_t i = 0; i < request.argument_count; i++) {
        const int one = check(request.arguments[i]);
        status = status == EX_OK ? one : status;
    }
    return status;
}

int verb_config_show(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "FILE",
        .doc = "Prints a programme file as it is understood. What is printed is JSON, and a "
               "programme file again once the region tables are named in it (\"regions\"). With "
               "--format json each target has its value as a number besides."
               "\vExample:\n"
               "  ogniwo config show programmes/abc.yaml --format json",
        .uses = USES_FORMAT,
        .least = 1,
        .most = 1};
    struct request request = {0};
    struct config_fault fault = {0};
    struct programme *programme = NULL;
    usage_read(&usage, count, words, &request);
    const char *path = request.arguments[0];
    const enum err err = load_programme(path, &programme, &fault);
    if (err != ERR_OK) {
        return say_config(err, path, &fault);
    }
    json_t *json = programme_json(programme, request.format == FORMAT_JSON);
    const int failed = json_dumpf(json, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(json);
    programme_free(&programme);
    return failed == 0 ? EX_OK : EX_OSERR;
}

int verb_config_schema(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "[programme|indicators]",
        .doc = "Prints a JSON Schema (draft 2020-12) of the programme file, or of a file of "
               "indicators that programmes include. Editors use it to complete and to check what "
               "is written; what depends on other entries only `ogniwo config check` knows."
               "\vExample, and the first line of the file in an editor with a YAML language "
               "server:\n"
               "  ogniwo config schema >programme.schema.json\n"
               "  # yaml-language-server: $schema=programme.schema.json",
        .most = 1};
    struct request request = {0};
    struct buffer text = {.bytes_max = TEXT_BYTES_MAX};
    usage_read(&usage, count, words, &request);
    const char *which = request.argument_count > 0 ? request.arguments[0] : "programme";
    const bool included = strcmp(which, "indicators") == 0;
    if (!included && strcmp(which, "programme") != 0) {
        return say(EX_USAGE, NULL, "there is no schema of \"%s\": write programme or indicators",
                   which);
    }
    const enum err err = programme_schema_write(
        included ? PROGRAMME_SCHEMA_INCLUDED : PROGRAMME_SCHEMA_PROGRAMME, &text);
    const size_t written = err == ERR_OK ? fwrite(text.data, 1, text.size, stdout) : 0;
    const bool whole = written == text.size;
    buffer_fini(&text);
    if (err != ERR_OK) {
        return say_err(err, "the schema");
    }
    return whole ? EX_OK : say(EX_IOERR, NULL, "the schema could not be written");
}
