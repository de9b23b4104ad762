/* The happy path is: 1 the broker says who it is; 2 keys are made and the join file is written; 3
 * the enrolment is signed and submitted.
 *
 * What may go wrong: the broker refuses: the join file is taken away again. Written first, its
 * keys cannot be lost behind an enrolment that stands. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "io/entropy.h"
#include "io/file.h"
#include "proto/keys.h"
#include "tools/decide.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/site.h"
#include "tools/verbs.h"

struct enrol_request {
    struct request request;
    const char *programmes, *partner, *name, *admin, *address, *out;
};

static const struct usage_option options[] = {
    {"programme", 'p', "ID=KEYFILE,...", "The node's programmes, each with its key file",
     USAGE_TEXT, offsetof(struct enrol_request, programmes)},
    {"partner", 'P', "ID", "The partner's id in those programmes", USAGE_TEXT,
     offsetof(struct enrol_request, partner)},
    {"name", 'N', "NAME", "What this node is called", USAGE_TEXT,
     offsetof(struct enrol_request, name)},
    {"admin", 'a', "FILE", "The administrator's key file", USAGE_TEXT,
     offsetof(struct enrol_request, admin)},
    {"address", 'A', "tcp://HOST:PORT",
     "Where the node reaches the broker (default: where it "
     "listens)",
     USAGE_TEXT, offsetof(struct enrol_request, address)},
    {"output", 'o', "FILE", "Where to write the join file (default: standard output)", USAGE_TEXT,
     offsetof(struct enrol_request, out)},
};
static const struct usage usage = {
    .doc = "Enrols a partner's node: makes its keys, signs the enrolment, and writes the join "
           "file, which is all that the partner needs. It is secret: hand it over in person."
           "\vExample:\n"
           "  ogniwo node enrol --programme ABC=abc.keys --partner KLUCZ --name klucz-1 \\\n"
           "    --admin anna.keys --address tcp://ogniwo.example.pl:5570 -o klucz.join",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_BROKER};

/* ---- programmes and their keys ---- */

static int take_programme(char *word, struct join_file *join)
{
    char *equals = strchr(word, '=');
    struct key_file keys;
    if (equals == NULL || join->programme_count == PROGRAMMES_MAX) {
        return say(EX_USAGE, NULL, "\"%s\" is not ID=KEYFILE", word);
    }
    *equals = '\0';
    const int status = decide_keys(equals + 1, "programme", &keys);
    if (status != EX_OK) {
        return status;
    }
    if (strcmp(keys.programme, word) != 0) {
        keys_wipe(&keys, sizeof keys);
        return say(EX_CONFIG, NULL, "%s: the key is that of \"%s\", not of \"%s\"", equals + 1,
                   keys.programme, word);
    }
    /* Ascending by id, as the enrolment lists them. */
    uint32_t at = join->programme_count++;
    while (at > 0 && strcmp(join->programmes[at - 1].programme, word) > 0) {
        join->programmes[at] = join->programmes[at - 1];
        at--;
    }
    struct join_programme *programme = &join->programmes[at];
    *programme = (struct join_programme){.key_number = keys.key_number};
    snprintf(programme->programme, sizeof programme->programme, "%s", word);
    memcpy(programme->key, keys.pseudonym_key, sizeof programme->key);
    keys_wipe(&keys, sizeof keys);
    return EX_OK;
}

static int take_programmes(const char *list, struct join_file *join)
{
    int status = EX_OK;
    char *copy = strdup(list), *rest = copy;
    if (copy == NULL) {
        return say_err(ERR_MEMORY, "the programmes");
    }
    for (char *word = strsep(&rest, ","); status == EX_OK && word != NULL;
         word = strsep(&rest, ",")) {
        status = take_programme(word, join);
    }
    free(copy);
    for (uint32_t i = 1; status == EX_OK && i < join->programme_count; i++) {
        if (strcmp(join->programmes[i - 1].programme, join->programmes[i].programme) == 0) {
            status =
                say(EX_USAGE, NULL, "the programme %s stands twice", join->programmes[i].programme);
        }
    }
    return status;
}

/* A wrong key or partner would only show at the partner's office, when the broker refuses it. */
static int check_programmes(const struct broker_config *broker, const struct join_file *join)
{
    struct past past = {0};
    int status = past_open(broker, &past);
    if (status == EX_OK) {
        status = past_read(&past, ledger_size(past.ledger));
    }
    for (uint32_t i = 0; status == EX_OK && i < join->programme_count; i++) {
        const struct join_programme *mine = &join->programmes[i];
        struct exchange_programme *version = NULL;
        uint8_t check[DIGEST_BYTES];
        status = past_programme(&past, mine->programme, &version);
        if (status != EX_OK) {
            break;
        }
        keys_check(mine->key, bytes_text(mine->programme), check);
        if (memcmp(check, version->key_check, sizeof check) != 0) {
            status = say(EX_CONFIG, "the file that `ogniwo programme put` was given",
                         "this is not the key that %s is in force with", mine->programme);
        } else if (programme_code(version->programme, CODES_PARTNER, bytes_text(join->partner)) ==
                   CODE_NONE) {
            status = say(EX_NOINPUT, NULL, "the programme %s has no partner \"%s\"",
                         mine->programme, join->partner);
        }
    }
    past_close(&past);
    return status;
}

/* ---- the join file ---- */

static int take_broker(const json_t *answer, struct join_file *join)
{
    size_t index;
    json_t *key;
    const json_t *keys = json_object_get(answer, "administrators");
    int status = decide_hex(json_object_get(answer, "exchange"), "exchange", join->exchange,
                            sizeof join->exchange);
    if (status == EX_OK) {
        status = decide_hex(json_object_get(answer, "transport_key"), "transport_key",
                            join->broker_transport_key, sizeof join->broker_transport_key);
    }
    if (status == EX_OK) {
        status = decide_hex(json_object_get(answer, "signing_key"), "signing_key",
                            join->broker_signing_key, sizeof join->broker_signing_key);
    }
    json_array_foreach(keys, index, key)
    {
        if (status == EX_OK && join->administrator_count < ADMINISTRATORS_MAX) {
            status = decide_hex(key, "administrators",
                                join->administrators[join->administrator_count++], 32);
        }
    }
    return status;
}

/* Where the broker listens on every address, other machines know it by its host's name. */
static int take_address(const struct enrol_request *asked, const json_t *answer,
                        struct join_file *join)
{
    static const char *const any[] = {"tcp://0.0.0.0:", "tcp://[::]:", "tcp://*:"};
    const char *endpoint = json_string_value(json_object_get(answer, "endpoint"));
    const char *address = asked->address != NULL ? asked->address : endpoint;
    char host[128] = "";
    if (address == NULL || strncmp(address, "tcp://", 6) != 0 ||
        strlen(address) >= sizeof join->broker) {
        return say(EX_USAGE, NULL, "\"%s\" is no address tcp://HOST:PORT",
                   address != NULL ? address : "");
    }
    snprintf(join->broker, sizeof join->broker, "%s", address);
    for (size_t i = 0; i < sizeof any / sizeof any[0]; i++) {
        const size_t size = strlen(any[i]);
        if (strncmp(address, any[i], size) == 0 && gethostname(host, sizeof host - 1) == 0) {
            snprintf(join->broker, sizeof join->broker, "tcp://%s:%s", host, address + size);
            (void)say(EX_OK, "--address tcp://HOST:PORT says it otherwise",
                      "the node will look for the broker at %s", join->broker);
        }
    }
    return EX_OK;
}

static int write_join(const char *path, const struct join_file *join)
{
    struct buffer text = {.bytes_max = 1 << 17};
    struct stat about;
    uint8_t *unused;
    if (path != NULL && lstat(path, &about) == 0) {
        return say(EX_CANTCREAT, "name another file", "%s: it is there already", path);
    }
    /* All room at once: a buffer that grows leaves copies of the keys behind. */
    enum err err = buffer_reserve(&text, 1 << 16, &unused);
    if (err == ERR_OK) {
        err = join_file_print(join, &text);
    }
    if (err == ERR_OK && path != NULL) {
        err = file_write(path, buffer_bytes(&text), 0600);
    } else if (err == ERR_OK) {
        fwrite(text.data, 1, text.size, stdout);
        err = fflush(stdout) == 0 ? ERR_OK : ERR_IO;
    }
    if (text.data != NULL) {
        keys_wipe(text.data, text.room);
    }
    buffer_fini(&text);
    return err == ERR_OK ? EX_OK : say_err(err, path != NULL ? path : "standard output");
}

/* ---- the enrolment ---- */

static void make_keys(struct join_file *join)
{
    entropy_fill(join->node, sizeof join->node);
    entropy_fill(join->signing_seed, sizeof join->signing_seed);
    entropy_fill(join->transport_seed, sizeof join->transport_seed);
    entropy_fill(join->row_key, sizeof join->row_key);
    join->signing_key_number = 1;
}

static void fill_decision(const struct join_file *join, struct decision *decision)
{
    struct signing_keys signing;
    struct transport_keys transport;
    struct node_enrolment *enrolment = &decision->enrolment;
    keys_signing(join->signing_seed, &signing);
    keys_transport(join->transport_seed, &transport);
    *decision = (struct decision){.kind = DECISION_ENROLMENT};
    memcpy(enrolment->node, join->node, ID_BYTES);
    enrolment->partner = bytes_text(join->partner);
    enrolment->name = bytes_text(join->name);
    enrolment->programme_count = join->programme_count;
    for (uint32_t i = 0; i < join->programme_count; i++) {
        enrolment->programmes[i] = bytes_text(join->programmes[i].programme);
    }
    enrolment->signing_key_number = join->signing_key_number;
    memcpy(enrolment->signing_key, signing.public_key, KEY_BYTES);
    memcpy(enrolment->transport_key, transport.public_key, KEY_BYTES);
    keys_wipe(&signing, sizeof signing);
    keys_wipe(&transport, sizeof transport);
}

/* To a file the keys go before the enrolment, to standard output behind it: what is printed can
 * be used. */
static int enrol(const struct enrol_request *asked, const struct decide_options *with,
                 const struct join_file *join)
{
    static struct decision decision; /* too large for the stack */
    uint64_t position = 0;
    int status = asked->out != NULL ? write_join(asked->out, join) : EX_OK;
    if (status != EX_OK) {
        return status;
    }
    fill_decision(join, &decision);
    status = decide(with, &decision, &position);
    if (status != EX_OK) {
        if (asked->out != NULL) {
            (void)unlink(asked->out);
        }
        return status;
    }
    fprintf(stderr, "%s of %s is enrolled (position %" PRIu64 ")%s%s\n", join->name, join->partner,
            position, asked->out != NULL ? "; the partner types: ogniwo-node --join " : "",
            asked->out != NULL ? asked->out : "");
    return asked->out != NULL ? EX_OK : write_join(NULL, join);
}

static int prepare(const struct enrol_request *asked, const json_t *answer, struct join_file *join)
{
    if (strlen(asked->partner) >= sizeof join->partner ||
        strlen(asked->name) >= sizeof join->name) {
        return say(EX_USAGE, NULL, "--partner or --name is too long");
    }
    snprintf(join->partner, sizeof join->partner, "%s", asked->partner);
    snprintf(join->name, sizeof join->name, "%s", asked->name);
    make_keys(join);
    int status = take_programmes(asked->programmes, join);
    if (status == EX_OK) {
        status = take_broker(answer, join);
    }
    return status == EX_OK ? take_address(asked, answer, join) : status;
}

int verb_node_enrol(int count, char **words)
{
    struct enrol_request asked = {0};
    struct broker_config broker;
    struct join_file join = {0};
    json_t *answer = NULL;
    usage_read(&usage, count, words, &asked.request);
    if (asked.programmes == NULL || asked.partner == NULL || asked.name == NULL ||
        asked.admin == NULL) {
        return say(EX_USAGE, "ogniwo node enrol --help",
                   "--programme, --partner, --name and --admin are needed");
    }
    int status = site_broker(&asked.request, &broker);
    if (status == EX_OK) {
        status = site_ask_or_say(broker.admin, "status", NULL, &answer);
    }
    if (status == EX_OK) {
        status = prepare(&asked, answer, &join);
    }
    if (status == EX_OK) {
        status = check_programmes(&broker, &join);
    }
    if (status == EX_OK) {
        const struct decide_options with = {
            .broker = &broker, .status = answer, .admin = asked.admin};
        status = enrol(&asked, &with, &join);
    }
    json_decref(answer);
    keys_wipe(&join, sizeof join);
    return status;
}
