#include "tools/entry.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/date.h"
#include "core/model/event.h"
#include "core/model/reject.h"
#include "proto/codec.h"
#include "tools/moment.h"

static void set_text(json_t *json, const char *name, struct bytes text)
{
    if (text.size > 0) {
        json_object_set_new(json, name, json_stringn((const char *)text.data, text.size));
    }
}

static void set_hex(json_t *json, const char *name, const uint8_t *bytes, size_t size)
{
    char hex[2 * DIGEST_BYTES + 1];
    bytes_to_hex(bytes_of(bytes, size), hex);
    json_object_set_new(json, name, json_string(hex));
}

__attribute__((format(printf, 2, 3))) static void set_what(json_t *json, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_object_set_new(json, "what", json_string(text));
}

/* ---- decisions ---- */

static const char *node_name(const struct exchange *exchange, const uint8_t id[ID_BYTES])
{
    const uint32_t number = exchange_node_find(exchange, id);
    return number != UINT32_MAX ? exchange_node_at(exchange, number)->name : "?";
}

static void add_people(const struct people_decision *people, bool merge,
                       const struct exchange *exchange, json_t *json)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < people->count; i++) {
        const struct person_ref *person = &people->people[i];
        json_array_append_new(
            list, json_sprintf("%s:%u", node_name(exchange, person->node), person->number));
    }
    set_text(json, "programme", people->programme);
    json_object_set_new(json, "people", list);
    set_what(json, merge ? "programme %.*s: %u people are one" : "programme %.*s: %u split off",
             BYTES_FMT(people->programme), people->count);
}

static void add_period(const struct period_close *period, json_t *json)
{
    char day[DATE_TEXT_BYTES];
    date_format(period->through_on, day);
    set_text(json, "programme", period->programme);
    set_text(json, "partner", period->partner);
    set_text(json, "task", period->task);
    json_object_set_new(json, "through", json_string(day));
    set_what(json, "programme %.*s: the period through %s is closed", BYTES_FMT(period->programme),
             day);
}

static enum err add_decision(const struct log_entry *entry, const struct exchange *exchange,
                             struct arena *arena, json_t *json)
{
    struct decision *decision = arena_zeroed(arena, 1, sizeof *decision);
    const enum err err =
        decision != NULL ? codec_decision_decode(entry->decision.body, arena, decision) : ERR_FULL;
    if (err != ERR_OK) {
        return err;
    }
    set_hex(json, "administrator", entry->decision.administrator, KEY_BYTES);
    char decided[MOMENT_TEXT_BYTES];
    moment_utc(decision->decided_at_ms, decided);
    json_object_set_new(json, "decided_at", json_string(decided));
    const struct node_enrolment *enrolment = &decision->enrolment;
    switch (decision->kind) {
    case DECISION_PROGRAMME:
        set_text(json, "programme", decision->programme.programme);
        set_what(json, "programme %.*s: a version comes into force",
                 BYTES_FMT(decision->programme.programme));
        break;
    case DECISION_ENROLMENT:
        set_text(json, "partner", enrolment->partner);
        set_text(json, "name", enrolment->name);
        set_hex(json, "node", enrolment->node, ID_BYTES);
        set_what(json, "node %.*s of %.*s is enrolled", BYTES_FMT(enrolment->name),
                 BYTES_FMT(enrolment->partner));
        break;
    case DECISION_REVOCATION:
        set_hex(json, "node", decision->revoked_node, ID_BYTES);
        set_what(json, "node %s is revoked", node_name(exchange, decision->revoked_node));
        break;
    case DECISION_PEOPLE_MERGE:
    case DECISION_PEOPLE_SPLIT:
        add_people(&decision->people, decision->kind == DECISION_PEOPLE_MERGE, exchange, json);
        break;
    case DECISION_PERIOD_CLOSE:
        add_period(&decision->period, json);
        break;
    case DECISION_KIND_COUNT:
        break;
    }
    return ERR_OK;
}

/* ---- batches ---- */

static uint32_t verdict_of(const struct stored_batch *batch, uint32_t index)
{
    for (uint32_t i = 0; i < batch->rejected_count; i++) {
        if (batch->rejected_index[i] == index) {
            return batch->rejected_code[i];
        }
    }
    return REJECT_NONE;
}

static json_t *event_json(const struct event *event, uint64_t seq, uint32_t verdict)
{
    char day[DATE_TEXT_BYTES];
    date_format(event->occurred_on, day);
    json_t *json =
        json_pack("{s:I,s:i,s:s,s:s}", "seq", (json_int_t)seq, "weight", event->withdrawal ? -1 : 1,
                  "kind", event_kind_text(event->kind), "occurred_on", day);
    set_text(json, "task", event->task);
    set_text(json, "region", event->region);
    set_text(json, "support", event->support);
    set_text(json, "outcome", event->outcome);
    set_text(json, "activity", event->activity);
    if (event->unit.size > 0) {
        set_text(json, "unit", event->unit);
        json_object_set_new(json, "quantity", json_real((double)event->quantity / 100.0));
    }
    if (event->person != 0) {
        json_object_set_new(json, event->entity ? "entity" : "person", json_integer(event->person));
        json_object_set_new(json, "participation", json_integer(event->participation));
    }
    if (event->withdraws != 0) {
        json_object_set_new(json, "withdraws", json_integer((json_int_t)event->withdraws));
    }
    json_object_set_new(json, "rejected",
                        verdict != REJECT_NONE ? json_string(reject_name((enum reject)verdict))
                                               : json_null());
    return json;
}

static enum err add_events(const struct stored_batch *batch, const struct batch_header *header,
                           struct arena *arena, json_t *json)
{
    struct columns columns;
    json_t *events = json_array();
    json_object_set_new(json, "events", events);
    const enum err err = codec_columns_decode(batch->columns, arena, &columns);
    if (err != ERR_OK) {
        /* A batch refused as a whole may hold columns that nobody can read. */
        return batch->rejected_count == header->count ? ERR_OK : err;
    }
    for (uint32_t i = 0; i < columns.count; i++) {
        struct event event;
        columns_event(&columns, i, &event);
        json_array_append_new(events,
                              event_json(&event, header->first_seq + i, verdict_of(batch, i)));
    }
    return ERR_OK;
}

static enum err add_batch(const struct log_entry *entry, const struct exchange *exchange,
                          bool with_events, struct arena *arena, json_t *json)
{
    struct batch_header header;
    const enum err err = codec_batch_header_decode(entry->batch.header, arena, &header);
    if (err != ERR_OK) {
        return err;
    }
    const uint32_t number = exchange_node_find(exchange, header.node);
    const struct exchange_node *node =
        number != UINT32_MAX ? exchange_node_at(exchange, number) : NULL;
    set_text(json, "programme", header.programme);
    json_object_set_new(json, "partner", json_string(node != NULL ? node->partner : "?"));
    json_object_set_new(json, "name", json_string(node != NULL ? node->name : "?"));
    set_hex(json, "node", header.node, ID_BYTES);
    json_object_set_new(json, "epoch", json_integer((json_int_t)header.epoch));
    json_object_set_new(json, "first_seq", json_integer((json_int_t)header.first_seq));
    json_object_set_new(json, "count", json_integer(header.count));
    json_object_set_new(json, "rejected", json_integer(entry->batch.rejected_count));
    json_object_set_new(json, "people", json_integer(entry->batch.person_count));
    set_hex(json, "programme_digest", header.programme_digest, DIGEST_BYTES);
    set_hex(json, "previous", header.previous, DIGEST_BYTES);
    set_what(json, "%s: events %" PRIu64 " to %" PRIu64, node != NULL ? node->name : "?",
             header.first_seq, header.first_seq + header.count - 1);
    return with_events ? add_events(&entry->batch, &header, arena, json) : ERR_OK;
}

static void add_genesis(const struct genesis *genesis, json_t *json)
{
    json_t *keys = json_array();
    for (uint32_t i = 0; i < genesis->administrator_count; i++) {
        char hex[2 * KEY_BYTES + 1];
        bytes_to_hex(bytes_of(genesis->administrators[i], KEY_BYTES), hex);
        json_array_append_new(keys, json_string(hex));
    }
    set_hex(json, "exchange", genesis->exchange, ID_BYTES);
    json_object_set_new(json, "incarnation", json_integer(genesis->incarnation));
    json_object_set_new(json, "administrators", keys);
    set_hex(json, "signing_key", genesis->broker_signing_key, KEY_BYTES);
    set_hex(json, "transport_key", genesis->broker_transport_key, KEY_BYTES);
    set_what(json, "the exchange begins");
}

enum err entry_json(const struct log_entry *entry, const struct exchange *exchange,
                    bool with_events, struct arena *arena, json_t **out)
{
    static const char *const kinds[] = {
        [LOG_BATCH] = "batch", [LOG_DECISION] = "decision", [LOG_GENESIS] = "genesis"};
    char received[MOMENT_TEXT_BYTES];
    enum err err = ERR_OK;
    moment_utc(entry->received_at_ms, received);
    json_t *json = json_pack("{s:I,s:s,s:s}", "position", (json_int_t)entry->position,
                             "received_at", received, "kind", kinds[entry->kind]);
    switch (entry->kind) {
    case LOG_BATCH:
        err = add_batch(entry, exchange, with_events, arena, json);
        break;
    case LOG_DECISION:
        err = add_decision(entry, exchange, arena, json);
        break;
    case LOG_GENESIS:
        add_genesis(&entry->genesis, json);
        break;
    }
    if (err != ERR_OK) {
        json_decref(json);
        return err;
    }
    *out = json;
    return ERR_OK;
}
