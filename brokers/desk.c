#include "brokers/desk.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/answer.h"
#include "brokers/figures.h"

static json_t *hex_json(const uint8_t *bytes, size_t size)
{
    char hex[2 * 64 + 1];
    bytes_to_hex(bytes_of(bytes, size), hex);
    return json_string(hex);
}

static void put_number(json_t *json, const char *name, uint64_t number)
{
    json_object_set_new(json, name, json_integer((json_int_t)number));
}

static uint64_t since(uint64_t now_ms, uint64_t then_ms)
{
    return now_ms > then_ms ? now_ms - then_ms : 0;
}

/* Since it was heard; of one that never was, since it could have been. */
static uint64_t silent_ms(const struct desk *desk, const struct desk_node *seen)
{
    const uint64_t since_ms = seen->heard_ms != 0     ? seen->heard_ms
                              : seen->decided_ms != 0 ? seen->decided_ms
                                                      : desk->opened_ms;
    return since(desk->now_ms, since_ms);
}

/* What is known from the node's own word; null where it has said nothing. */
static void put_standing(json_t *json, const struct desk *desk, const struct desk_node *seen,
                         uint64_t last_seq)
{
    static const char *const names[] = {"head_seq",      "waiting",        "lag_ms",
                                        "rejected_open", "rejected_files", "imported_at_ms"};
    const uint64_t waiting = since(seen->head_seq, last_seq);
    /* The node's age and ours since then: no clock is compared with another machine's. */
    const uint64_t lag_ms = seen->standing.waiting_ms + since(desk->now_ms, seen->told_ms);
    const uint64_t numbers[] = {seen->head_seq,
                                waiting,
                                waiting > 0 ? lag_ms : 0,
                                seen->standing.rejected_rows,
                                seen->standing.rejected_files,
                                seen->standing.imported_at_ms};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_object_set_new(json, names[i],
                            seen->told_ms != 0 ? json_integer((json_int_t)numbers[i])
                                               : json_null());
    }
}

static json_t *node_json(const struct desk *desk, uint32_t number)
{
    const struct exchange_node *node = exchange_node_at(desk->exchange, number);
    const struct ingest_register reg = ingest_register_of(desk->ingest, number);
    const struct desk_node *seen = &desk->nodes[number];
    json_t *programmes = json_array();
    for (uint32_t i = 0; i < node->programme_count; i++) {
        json_array_append_new(programmes, json_string(node->programmes[i]));
    }
    json_t *json = json_object();
    json_object_set_new(json, "node", hex_json(node->id, ID_BYTES));
    json_object_set_new(json, "name", json_string(node->name));
    json_object_set_new(json, "partner", json_string(node->partner));
    json_object_set_new(json, "programmes", programmes);
    json_object_set_new(json, "revoked", json_boolean(node->revoked));
    put_number(json, "epoch", reg.epoch);
    put_number(json, "last_seq", reg.last_seq);
    put_number(json, "people", reg.last_person);
    put_number(json, "events", seen->events);
    put_number(json, "rejected", seen->rejected);
    put_number(json, "refused_batches", seen->refused_batches);
    put_number(json, "last_received_ms", seen->last_received_ms);
    put_number(json, "last_heard_ms", seen->last_heard_ms);
    put_number(json, "silent_ms", silent_ms(desk, seen));
    put_standing(json, desk, seen, reg.last_seq);
    return json;
}

static json_t *position_json(const struct desk *desk, bool with_totals)
{
    const struct genesis *genesis = exchange_genesis(desk->exchange);
    uint8_t root[DIGEST_BYTES], digest[DIGEST_BYTES];
    json_t *json = json_object();
    ledger_root(desk->ledger, root);
    json_object_set_new(json, "exchange", hex_json(genesis->exchange, ID_BYTES));
    json_object_set_new(json, "incarnation", json_integer(genesis->incarnation));
    json_object_set_new(json, "position", json_integer((json_int_t)ledger_size(desk->ledger)));
    json_object_set_new(json, "root", hex_json(root, sizeof root));
    if (with_totals && counting_digest(desk->counting, digest) == ERR_OK) {
        json_object_set_new(json, "totals", hex_json(digest, sizeof digest));
    }
    return json;
}

static uint32_t answer_digest(const struct desk *desk, json_t *request, json_t **out)
{
    (void)request;
    *out = position_json(desk, true);
    return EX_OK;
}

static uint32_t answer_status(const struct desk *desk, json_t *request, json_t **out)
{
    const struct genesis *genesis = exchange_genesis(desk->exchange);
    const struct ingest_counters counters = ingest_counters(desk->ingest);
    json_t *nodes = json_array(), *programmes = json_array();
    for (uint32_t i = 0; i < exchange_node_count(desk->exchange); i++) {
        json_array_append_new(nodes, node_json(desk, i));
    }
    for (uint32_t i = 0; i < exchange_version_count(desk->exchange); i++) {
        const struct exchange_programme *version = exchange_version_at(desk->exchange, i);
        if (exchange_programme(desk->exchange, bytes_text(version->id)) == version) {
            json_array_append_new(programmes,
                                  json_pack("{s:s,s:o,s:I}", "programme", version->id, "digest",
                                            hex_json(version->digest, DIGEST_BYTES), "position",
                                            (json_int_t)version->position));
        }
    }
    *out = position_json(desk, !json_is_false(json_object_get(request, "totals")));
    json_object_set_new(*out, "endpoint", json_string(desk->endpoint));
    json_object_set_new(*out, "transport_key", hex_json(genesis->broker_transport_key, KEY_BYTES));
    json_object_set_new(*out, "signing_key", hex_json(genesis->broker_signing_key, KEY_BYTES));
    json_t *administrators = json_array();
    for (uint32_t i = 0; i < genesis->administrator_count; i++) {
        json_array_append_new(administrators, hex_json(genesis->administrators[i], KEY_BYTES));
    }
    json_object_set_new(*out, "administrators", administrators);
    json_object_set_new(*out, "programmes", programmes);
    json_object_set_new(*out, "nodes", nodes);
    json_object_set_new(
        *out, "counters",
        json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "batches_appended",
                  (json_int_t)counters.batches_appended, "batches_duplicate",
                  (json_int_t)counters.batches_duplicate, "batches_refused",
                  (json_int_t)counters.batches_refused, "gaps", (json_int_t)counters.gaps,
                  "commits", (json_int_t)counters.commits, "unnamed_messages",
                  (json_int_t)desk->unnamed, "malformed_messages", (json_int_t)desk->malformed,
                  "handshakes_refused", (json_int_t)desk->handshakes_refused));
    return EX_OK;
}

static uint32_t answer_totals(const struct desk *desk, json_t *request, json_t **out)
{
    struct figures_query query;
    const char *id = json_string_value(json_object_get(request, "programme"));
    const struct programme *programme =
        id != NULL ? counting_programme(desk->counting, bytes_text(id)) : NULL;
    if (programme == NULL) {
        return answer_fault(EX_NOINPUT, out, "there is no programme \"%s\" here",
                            id != NULL ? id : "");
    }
    const char *what = NULL;
    if (figures_query_read(programme, request, &query, &what) != ERR_OK) {
        return answer_fault(EX_NOINPUT, out,
                            "\"%s\" is no indicator, dimension or level of the programme",
                            what != NULL ? what : "");
    }
    const enum err err =
        figures_json(programme, counting_totals(desk->counting, bytes_text(id)), &query, out);
    if (err == ERR_NOT_FOUND) {
        return answer_fault(EX_UNAVAILABLE, out, "this breakdown is not kept live");
    }
    if (err != ERR_OK) {
        return answer_fault(EX_SOFTWARE, out, "%s", err_text(err));
    }
    json_object_set_new(*out, "position", json_integer((json_int_t)ledger_size(desk->ledger)));
    json_object_set_new(*out, "live", json_true());
    return EX_OK;
}

static void add_line(void *context, struct bytes line)
{
    json_array_append_new(context, json_stringn((const char *)line.data, line.size));
}

static uint32_t answer_lines(const struct desk *desk, json_t *request, json_t **out)
{
    json_t *lines = json_array();
    (void)request;
    if (counting_lines(desk->counting, add_line, lines) != ERR_OK) {
        json_decref(lines);
        return answer_fault(EX_SOFTWARE, out, "%s", err_text(ERR_MEMORY));
    }
    *out = position_json(desk, true);
    json_object_set_new(*out, "lines", lines);
    return EX_OK;
}

static const struct verb {
    const char *name;
    uint32_t (*answer)(const struct desk *desk, json_t *request, json_t **out);
} verbs[] = {{"status", answer_status},
             {"totals", answer_totals},
             {"digest", answer_digest},
             {"lines", answer_lines}};

uint32_t desk_answer(const struct desk *desk, const struct query *query, json_t **out)
{
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (bytes_is(query->verb, verbs[i].name)) {
            json_t *request = json_loadb((const char *)query->json.data, query->json.size, 0, NULL);
            const uint32_t status = verbs[i].answer(desk, request, out);
            json_decref(request);
            return status;
        }
    }
    return answer_fault(EX_USAGE, out, "this is no question that a broker answers");
}
