#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "config/hint.h"
#include "io/clock.h"
#include "tools/decide.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

/* ---- ls ---- */

static void received_text(const json_t *row, char *out, size_t room)
{
    char text[MOMENT_TEXT_BYTES];
    moment_age((uint64_t)json_integer_value(json_object_get(row, "last_received_ms")),
               clock_wall_ms(), text);
    snprintf(out, room, "%s", text);
}

static void heard_text(const json_t *row, char *out, size_t room)
{
    char text[MOMENT_TEXT_BYTES];
    moment_age((uint64_t)json_integer_value(json_object_get(row, "last_heard_ms")), clock_wall_ms(),
               text);
    snprintf(out, room, "%s", text);
}

static const struct sheet_column columns[] = {
    {.key = "name", .english = "NAME", .polish = "WĘZEŁ"},
    {.key = "partner", .english = "PARTNER", .polish = "PARTNER"},
    {.key = "programmes", .english = "PROGRAMMES", .polish = "PROGRAMY"},
    {.key = "events", .english = "EVENTS", .polish = "ZDARZENIA", .right = true},
    {.key = "rejected", .english = "REJECTED", .polish = "ODRZUCONE", .right = true},
    {.key = "people", .english = "PEOPLE", .polish = "OSOBY", .right = true},
    {.key = "last_received_ms",
     .english = "LAST DATA",
     .polish = "OSTATNIE DANE",
     .right = true,
     .text = received_text},
    {.key = "last_heard_ms",
     .english = "HEARD",
     .polish = "KONTAKT",
     .right = true,
     .text = heard_text},
    {.key = "revoked", .english = "REVOKED", .polish = "ODWOŁANY"},
    {.key = "epoch"},
    {.key = "last_seq"},
    {.key = "refused_batches"},
    {.key = "node", .english = "ID", .polish = "ID"},
};
static const struct sheet sheet = {.columns = columns,
                                   .column_count = sizeof columns / sizeof columns[0]};

/* What the log alone tells of a node. */
static json_t *node_json(const struct exchange_node *node, const struct ingest_register *reg)
{
    char id[2 * ID_BYTES + 1];
    json_t *programmes = json_array();
    bytes_to_hex(bytes_of(node->id, ID_BYTES), id);
    for (uint32_t i = 0; i < node->programme_count; i++) {
        json_array_append_new(programmes, json_string(node->programmes[i]));
    }
    return json_pack("{s:s,s:s,s:s,s:o,s:b,s:I,s:I,s:i}", "node", id, "name", node->name, "partner",
                     node->partner, "programmes", programmes, "revoked", node->revoked ? 1 : 0,
                     "epoch", (json_int_t)reg->epoch, "last_seq", (json_int_t)reg->last_seq,
                     "people", (int)reg->last_person);
}

static int list_from_log(const struct broker_config *broker, json_t **rows)
{
    struct past past = {0};
    int status = past_open(broker, &past);
    if (status == EX_OK) {
        status = past_read(&past, ledger_size(past.ledger));
    }
    *rows = json_array();
    for (uint32_t i = 0; status == EX_OK && i < exchange_node_count(past.exchange); i++) {
        const struct exchange_node *node = exchange_node_at(past.exchange, i);
        struct ingest_register reg;
        const enum err err = ledger_register(past.ledger, node->id, &reg);
        status = err == ERR_OK ? EX_OK : say_err(err, "the log");
        json_array_append_new(*rows, node_json(node, &reg));
    }
    past_close(&past);
    return status;
}

int verb_node_ls(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Lists the nodes: live from the broker, or what the log knows of them while the "
               "broker does not run."
               "\vExample:\n  ogniwo node ls --format json",
        .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};
    struct request request = {0};
    struct broker_config broker;
    json_t *answer = NULL, *rows = NULL;
    uint32_t answered = 0;
    usage_read(&usage, count, words, &request);
    int status = site_broker(&request, &broker);
    if (status != EX_OK) {
        return status;
    }
    const enum err err = site_ask(broker.admin, "status", NULL, &answered, &answer);
    if (err == ERR_OK && answered == EX_OK) {
        rows = json_incref(json_object_get(answer, "nodes"));
    } else if (err == ERR_UNREACHABLE) {
        (void)say(EX_OK, NULL, "the broker does not run: this is from the log alone");
        status = list_from_log(&broker, &rows);
    } else {
        status = err != ERR_OK ? say_err(err, broker.admin)
                               : say((int)answered, NULL, "%s", client_error(answer));
    }
    if (status == EX_OK) {
        status = sheet_print(&request, &sheet, rows);
    }
    json_decref(rows);
    json_decref(answer);
    return status;
}

/* ---- revoke ---- */

struct revoke_request {
    struct request request;
    const char *admin;
    bool yes;
};

static const struct usage_option revoke_options[] = {
    {"admin", 'a', "FILE", "The administrator's key file", USAGE_TEXT,
     offsetof(struct revoke_request, admin)},
    {"yes", 'y', NULL, "Do not ask", USAGE_FLAG, offsetof(struct revoke_request, yes)},
};

/* The node of that name or id; a name that two nodes have must be told apart by the id. */
static int find_node(const json_t *nodes, const char *word, const json_t **out)
{
    size_t index, found = 0;
    json_t *node;
    struct hint hint;
    hint_init(&hint, bytes_text(word));
    json_array_foreach((json_t *)(uintptr_t)nodes, index, node)
    {
        const char *name = json_string_value(json_object_get(node, "name"));
        const char *id = json_string_value(json_object_get(node, "node"));
        hint_offer(&hint, bytes_text(name));
        if (strcmp(name, word) == 0 || strcmp(id, word) == 0) {
            found++;
            *out = node;
        }
    }
    if (found == 1) {
        return EX_OK;
    }
    return found > 1 ? say(EX_USAGE, "name its id", "%zu nodes are called \"%s\"", found, word)
                     : say(EX_NOINPUT, "ogniwo node ls", "there is no node \"%s\"%s", word,
                           hint_question(&hint));
}

static int confirm(const char *name)
{
    char line[256];
    if (isatty(STDIN_FILENO) != 1) {
        return say(EX_USAGE, NULL, "without a terminal to ask at, --yes is needed");
    }
    fprintf(stderr,
            "Revoke %s? It can send nothing any more; what it has sent stays. Type its "
            "name: ",
            name);
    if (fgets(line, sizeof line, stdin) == NULL) {
        return say(EX_USAGE, NULL, "nothing was revoked");
    }
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, name) == 0 ? EX_OK : say(EX_USAGE, NULL, "nothing was revoked");
}

static int revoke_node(const struct revoke_request *asked, const struct broker_config *broker,
                       const json_t *answer)
{
    static struct decision decision; /* too large for the stack */
    const json_t *node = NULL;
    uint64_t position = 0;
    int status = find_node(json_object_get(answer, "nodes"), asked->request.arguments[0], &node);
    const char *name = json_string_value(json_object_get(node, "name"));
    if (status == EX_OK && !asked->yes) {
        status = confirm(name);
    }
    decision = (struct decision){.kind = DECISION_REVOCATION};
    if (status == EX_OK) {
        status = decide_hex(json_object_get(node, "node"), "node", decision.revoked_node, ID_BYTES);
    }
    if (status == EX_OK) {
        const struct decide_options with = {
            .broker = broker, .status = answer, .admin = asked->admin};
        status = decide(&with, &decision, &position);
    }
    if (status == EX_OK) {
        printf("%s is revoked from position %" PRIu64 "\n", name, position);
    }
    return status;
}

int verb_node_revoke(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "NAME|ID",
        .doc = "Revokes a node: its key opens no door any more. What it has sent stays counted."
               "\vExample:\n  ogniwo node revoke klucz-1 --admin anna.keys",
        .options = revoke_options,
        .option_count = sizeof revoke_options / sizeof revoke_options[0],
        .uses = USES_BROKER,
        .least = 1,
        .most = 1};
    struct revoke_request asked = {0};
    struct broker_config broker;
    json_t *answer = NULL;
    usage_read(&usage, count, words, &asked.request);
    if (asked.admin == NULL) {
        return say(EX_USAGE, NULL, "--admin FILE is needed");
    }
    int status = site_broker(&asked.request, &broker);
    if (status == EX_OK) {
        status = site_ask_or_say(broker.admin, "status", NULL, &answer);
    }
    if (status == EX_OK) {
        status = revoke_node(&asked, &broker, answer);
    }
    json_decref(answer);
    return status;
}
