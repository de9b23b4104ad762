#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "io/clock.h"
#include "tools/moment.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

static const char *text_at(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text != NULL ? text : "";
}

static json_int_t number_at(const json_t *json, const char *name)
{
    return json_integer_value(json_object_get(json, name));
}

/* ---- broker ---- */

static void print_broker_nodes(const json_t *nodes, bool polish)
{
    size_t index;
    json_t *node;
    json_array_foreach((json_t *)(uintptr_t)nodes, index, node)
    {
        char age[MOMENT_TEXT_BYTES], heard[MOMENT_TEXT_BYTES];
        moment_age((uint64_t)number_at(node, "last_received_ms"), clock_wall_ms(), age);
        moment_age((uint64_t)number_at(node, "last_heard_ms"), clock_wall_ms(), heard);
        printf("  %-20s %-12s %s %" JSON_INTEGER_FORMAT "  %s %" JSON_INTEGER_FORMAT
               "  %s %s  %s %s%s\n",
               text_at(node, "name"), text_at(node, "partner"), polish ? "zdarzeń" : "events",
               number_at(node, "events"), polish ? "odrzuconych" : "rejected",
               number_at(node, "rejected"), polish ? "dane sprzed" : "data age", age,
               polish ? "kontakt sprzed" : "heard", heard,
               json_is_true(json_object_get(node, "revoked"))
                   ? (polish ? "  ODWOŁANY" : "  REVOKED")
                   : "");
    }
}

static void print_broker(const json_t *json, bool polish)
{
    const json_t *counters = json_object_get(json, "counters");
    const json_t *programmes = json_object_get(json, "programmes");
    printf("broker  %s  %s %s\n", text_at(json, "endpoint"), polish ? "wymiana" : "exchange",
           text_at(json, "exchange"));
    printf("  %s %" JSON_INTEGER_FORMAT "  root %.16s…  totals %.16s…\n",
           polish ? "pozycja" : "position", number_at(json, "position"), text_at(json, "root"),
           text_at(json, "totals"));
    printf("  %s:", polish ? "programy" : "programmes");
    for (size_t i = 0; i < json_array_size(programmes); i++) {
        printf(" %s", text_at(json_array_get(programmes, i), "programme"));
    }
    printf("\n  %s: %" JSON_INTEGER_FORMAT " (%" JSON_INTEGER_FORMAT " %s, %" JSON_INTEGER_FORMAT
           " %s)\n",
           polish ? "paczki od startu" : "batches since the start",
           number_at(counters, "batches_appended"), number_at(counters, "batches_duplicate"),
           polish ? "powtórzonych" : "duplicate", number_at(counters, "batches_refused"),
           polish ? "odrzuconych" : "refused");
    print_broker_nodes(json_object_get(json, "nodes"), polish);
}

static int ask_broker(const struct request *request, json_t **answer)
{
    struct broker_config broker;
    const int status = site_broker(request, &broker);
    return status == EX_OK ? site_ask_or_say(broker.admin, "status", NULL, answer) : status;
}

/* ---- node ---- */

static const char *uplink_text(const char *state, bool polish)
{
    static const struct word {
        const char *state, *english, *polish;
    } words[] = {{"ready", "connected", "połączony"},
                 {"greeting", "not connected", "bez połączenia"},
                 {"idle", "not connected", "bez połączenia"},
                 {"stopped", "STOPPED", "ZATRZYMANY"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(state, words[i].state) == 0) {
            return polish ? words[i].polish : words[i].english;
        }
    }
    return state;
}

static void print_node(const json_t *json, bool polish)
{
    size_t index;
    json_t *programme;
    const char *stopped = text_at(json, "stopped");
    printf("node  %s  %s %s  %s%s%s\n", text_at(json, "name"), polish ? "partner" : "of",
           text_at(json, "partner"), uplink_text(text_at(json, "uplink"), polish),
           stopped[0] != '\0' ? ": " : "", stopped);
    printf("  %s %" JSON_INTEGER_FORMAT "  %s %" JSON_INTEGER_FORMAT "  %s %" JSON_INTEGER_FORMAT
           "\n",
           polish ? "zdarzeń" : "events", number_at(json, "head_seq"),
           polish ? "u lidera" : "at the lead", number_at(json, "acked_seq"),
           polish ? "czeka" : "waiting", number_at(json, "waiting"));
    printf("  %s %" JSON_INTEGER_FORMAT "  %s %" JSON_INTEGER_FORMAT "%s\n",
           polish ? "plików" : "files", number_at(json, "files"), polish ? "osób" : "people",
           number_at(json, "people"),
           json_is_true(json_object_get(json, "reading"))
               ? (polish ? "  czyta plik" : "  reading a file")
               : "");
    json_array_foreach(json_object_get(json, "programmes"), index, programme)
    {
        if (!json_is_true(json_object_get(programme, "in_force"))) {
            printf("  %s: %s\n", text_at(programme, "programme"),
                   polish ? "program jeszcze nie nadszedł od lidera"
                          : "the programme has not come from the lead yet");
        }
    }
}

static int ask_node(const struct request *request, json_t **answer)
{
    struct site_node site;
    const int status = site_node(request, &site);
    return status == EX_OK ? site_ask_or_say(site.socket, "status", NULL, answer) : status;
}

/* ---- both ---- */

static int print_json(const struct request *request, const json_t *broker, const json_t *node)
{
    json_t *json = json_object();
    if (broker != NULL) {
        json_object_set(json, "broker", (json_t *)(uintptr_t)broker);
    }
    if (node != NULL) {
        json_object_set(json, "node", (json_t *)(uintptr_t)node);
    }
    const int status = sheet_print_object(request, json);
    json_decref(json);
    return status;
}

int verb_status(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Shows how the broker is, or a node with --node, or both. The exit code is 69 where "
               "one of them cannot be reached."
               "\vExamples:\n"
               "  ogniwo status --broker broker.yaml\n"
               "  ogniwo status --node ogniwo-node --format json",
        .uses = USES_BROKER | USES_NODE | USES_FORMAT | USES_LANGUAGE};
    struct request request = {0};
    json_t *broker = NULL, *node = NULL;
    int status = EX_OK, other = EX_OK;
    usage_read(&usage, count, words, &request);
    const bool named = request.node != NULL || request.broker != NULL;
    const bool wants_node = named ? request.node != NULL : site_names_node(&request);
    const bool wants_broker =
        named ? request.broker != NULL : site_names_broker(&request) || !wants_node;
    if (wants_broker) {
        status = ask_broker(&request, &broker);
    }
    if (wants_node) {
        other = ask_node(&request, &node);
    }
    if (request.format == FORMAT_JSON || request.format == FORMAT_JSONL) {
        (void)print_json(&request, broker, node);
    } else {
        if (broker != NULL) {
            print_broker(broker, request.polish);
        }
        if (node != NULL) {
            print_node(node, request.polish);
        }
    }
    json_decref(broker);
    json_decref(node);
    return status != EX_OK ? status : other;
}
