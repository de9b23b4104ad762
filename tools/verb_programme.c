#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "config/programme_file.h"
#include "proto/keys.h"
#include "tools/decide.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

struct put_request {
    struct request request;
    const char *key, *admin;
};

static const struct usage_option put_options[] = {
    {"key", 'k', "FILE", "The programme's key file", USAGE_TEXT, offsetof(struct put_request, key)},
    {"admin", 'a', "FILE", "The administrator's key file", USAGE_TEXT,
     offsetof(struct put_request, admin)},
};
static const struct usage put_usage = {
    .arguments = "FILE",
    .doc = "Checks a programme file with its region tables, signs it and puts it in force: the "
           "programme's totals are then counted anew, and every node gets it."
           "\vOf the key file only a check value goes to the broker. Example:\n"
           "  ogniwo programme put abc.yaml --key abc.keys --admin anna.keys",
    .options = put_options,
    .option_count = 2,
    .uses = USES_BROKER,
    .least = 1,
    .most = 1};

/* A programme file as read, with its key. */
struct version {
    struct buffer yaml, regions;
    struct programme *programme;
    struct key_file key;
};

static void version_fini(struct version *self)
{
    programme_free(&self->programme);
    buffer_fini(&self->yaml);
    buffer_fini(&self->regions);
    keys_wipe(&self->key, sizeof self->key);
}

static int version_read(const struct put_request *asked, struct version *out)
{
    struct config_fault fault = {0};
    const char *path = asked->request.arguments[0];
    enum err err = programme_file_read(path, &out->yaml, &out->regions, &fault);
    if (err == ERR_OK) {
        err = programme_parse(buffer_bytes(&out->yaml), buffer_bytes(&out->regions),
                              &out->programme, &fault);
    }
    if (err != ERR_OK) {
        return say_config(err, path, &fault);
    }
    const int status = decide_keys(asked->key, "programme", &out->key);
    if (status == EX_OK && !bytes_is(out->programme->id, out->key.programme)) {
        return say(EX_CONFIG, NULL, "%s: the key is that of \"%s\", the file that of \"%.*s\"",
                   asked->key, out->key.programme, BYTES_FMT(out->programme->id));
    }
    return status;
}

static int put(const struct put_request *asked, const struct version *version)
{
    static struct decision decision; /* too large for the stack */
    struct broker_config broker;
    json_t *status_answer = NULL;
    uint64_t position = 0;
    int status = site_broker(&asked->request, &broker);
    if (status == EX_OK) {
        status = site_ask_or_say(broker.admin, "status", NULL, &status_answer);
    }
    if (status != EX_OK) {
        return status;
    }
    decision = (struct decision){.kind = DECISION_PROGRAMME,
                                 .programme = {.programme = version->programme->id,
                                               .yaml = buffer_bytes(&version->yaml),
                                               .regions = buffer_bytes(&version->regions),
                                               .pseudonym_key = version->key.key_number}};
    keys_check(version->key.pseudonym_key, version->programme->id, decision.programme.key_check);
    const struct decide_options options = {
        .broker = &broker, .status = status_answer, .admin = asked->admin};
    status = decide(&options, &decision, &position);
    json_decref(status_answer);
    if (status == EX_OK) {
        printf("%.*s is in force from position %" PRIu64 " (%u indicators, %u targets)\n",
               BYTES_FMT(version->programme->id), position, version->programme->indicator_count,
               version->programme->target_count);
    }
    return status;
}

int verb_programme_put(int count, char **words)
{
    struct put_request asked = {0};
    struct version version = {0};
    usage_read(&put_usage, count, words, &asked.request);
    if (asked.key == NULL || asked.admin == NULL) {
        return say(EX_USAGE, NULL, "--key FILE and --admin FILE are needed");
    }
    int status = version_read(&asked, &version);
    if (status == EX_OK) {
        status = put(&asked, &version);
    }
    version_fini(&version);
    return status;
}

/* ---- ls ---- */

static json_t *version_json(const struct past *past, const struct exchange_programme *version)
{
    char digest[2 * DIGEST_BYTES + 1];
    const struct programme *programme = version->programme;
    const bool in_force = exchange_programme(past->exchange, bytes_text(version->id)) == version;
    const struct bytes title =
        programme != NULL ? programme->title : bytes_text("(this release cannot read it)");
    bytes_to_hex(bytes_of(version->digest, DIGEST_BYTES), digest);
    return json_pack("{s:s,s:s%,s:I,s:b,s:i,s:i,s:s}", "programme", version->id, "title",
                     (const char *)title.data, title.size, "position",
                     (json_int_t)version->position, "in_force", in_force ? 1 : 0, "indicators",
                     programme != NULL ? (int)programme->indicator_count : 0, "targets",
                     programme != NULL ? (int)programme->target_count : 0, "digest", digest);
}

int verb_programme_ls(int count, char **words)
{
    static const struct usage usage = {.doc =
                                           "Lists all versions of all programmes, from the log."
                                           "\vExample:\n  ogniwo programme ls --broker broker.yaml",
                                       .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    static const struct sheet_column columns[] = {
        {.key = "programme", .english = "PROGRAMME", .polish = "PROGRAM"},
        {.key = "title", .english = "TITLE", .polish = "NAZWA"},
        {.key = "position", .english = "POSITION", .polish = "POZYCJA", .right = true},
        {.key = "in_force", .english = "IN FORCE", .polish = "OBOWIĄZUJE"},
        {.key = "indicators", .english = "INDICATORS", .polish = "WSKAŹNIKI", .right = true},
        {.key = "targets", .english = "TARGETS", .polish = "CELE", .right = true},
        {.key = "digest"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0]};
    struct request request = {0};
    struct broker_config broker;
    struct past past = {0};
    usage_read(&usage, count, words, &request);
    int status = site_broker(&request, &broker);
    if (status == EX_OK) {
        status = past_open(&broker, &past);
    }
    if (status == EX_OK) {
        status = past_read(&past, ledger_size(past.ledger));
    }
    if (status == EX_OK) {
        json_t *rows = json_array();
        for (uint32_t i = 0; i < exchange_version_count(past.exchange); i++) {
            json_array_append_new(rows, version_json(&past, exchange_version_at(past.exchange, i)));
        }
        status = sheet_print(&request, &sheet, rows);
        json_decref(rows);
    }
    past_close(&past);
    return status;
}
