#include "brokers/house.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "brokers/survey.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/log.h"
#include "proto/codec.h"

enum { CREDIT_EVENTS = 2 * WINDOW_BATCHES * BATCH_EVENTS_MAX };

void house_note_batch(struct house *self, uint32_t node, const struct log_entry *entry,
                      uint32_t count)
{
    struct desk_node *seen = &self->nodes[node];
    seen->last_received_ms = entry->received_at_ms;
    seen->events += count;
    seen->rejected += entry->batch.rejected_count;
}

static enum err load_register(struct house *self, const struct exchange_change *change)
{
    struct ingest_register reg;
    const enum err err = ledger_register(self->ledger, change->node->id, &reg);
    reg.revoked = change->node->revoked;
    return err == ERR_OK ? ingest_load(self->ingest, change->node_number, &reg) : err;
}

static enum err write_genesis(struct house *self, const struct broker_options *options)
{
    struct log_entry entry = {.kind = LOG_GENESIS};
    struct genesis *genesis = &entry.genesis;
    entropy_fill(genesis->exchange, ID_BYTES);
    genesis->incarnation = 1;
    genesis->administrator_count = options->administrator_count;
    for (uint32_t i = 0; i < options->administrator_count; i++) {
        memcpy(genesis->administrators[i], options->administrators[i], KEY_BYTES);
    }
    memcpy(genesis->broker_signing_key, self->signing.public_key, KEY_BYTES);
    memcpy(genesis->broker_transport_key, self->transport.public_key, KEY_BYTES);
    enum err err = ledger_begin_small(self->ledger);
    if (err == ERR_OK) {
        err = ledger_append(self->ledger, &entry, clock_wall_ms());
    }
    return err == ERR_OK ? ledger_commit(self->ledger) : err;
}

/* Sessions are fencing tokens: each start takes a range of its own. */
static enum err reserve_sessions(struct house *self)
{
    const uint64_t range = (ledger_session(self->ledger) >> 32) + 1;
    enum err err = ledger_begin_small(self->ledger);
    if (err == ERR_OK) {
        err = ledger_session_set(self->ledger, range << 32);
    }
    return err == ERR_OK ? ledger_commit(self->ledger) : err;
}

struct scan {
    uint64_t last_batch;  /* position */
    uint32_t person_last; /* highest number given */
};

static enum err scan_batch(struct house *self, const struct log_entry *entry, struct scan *scan)
{
    struct batch_header header;
    const enum err err = codec_batch_header_decode(entry->batch.header, self->arena, &header);
    if (err != ERR_OK) {
        return err;
    }
    const uint32_t node = exchange_node_find(self->exchange, header.node);
    if (node == UINT32_MAX) {
        return ERR_NOT_FOUND;
    }
    house_note_batch(self, node, entry, header.count);
    scan->last_batch = entry->position;
    for (uint32_t i = 0; i < entry->batch.person_count; i++) {
        scan->person_last = entry->batch.persons[i] > scan->person_last ? entry->batch.persons[i]
                                                                        : scan->person_last;
    }
    return ERR_OK;
}

/* Folds the log's decisions, and notes what its batches say of nodes and people. */
static enum err scan_log(struct house *self, struct scan *scan)
{
    char fault[EXCHANGE_FAULT_BYTES] = "";
    enum err err = ERR_OK;
    for (uint64_t i = 1; err == ERR_OK && i <= ledger_size(self->ledger); i++) {
        struct exchange_change change = {0};
        struct log_entry entry;
        arena_reset(self->arena);
        err = ledger_read(self->ledger, i, self->arena, &entry, NULL);
        if (err == ERR_OK && entry.kind == LOG_BATCH) {
            err = scan_batch(self, &entry, scan);
        } else if (err == ERR_OK) {
            err = exchange_apply(self->exchange, &entry, self->arena, &change, fault);
        }
        if (change.programme != NULL && change.programme->programme == NULL) {
            log_line(LOG_WARNING, "BROKER-PROGRAMME", "a programme file of the log cannot be read",
                     "position=%" PRIu64 " fault=%s", i, fault);
        }
        if (err != ERR_OK) {
            log_line(LOG_ERROR, "BROKER-LOG", "an entry of the log cannot be read",
                     "position=%" PRIu64 " error=%s", i, err_name(err));
        }
    }
    return err;
}

/* Only the versions in force are counted: one that was replaced since need not be read. */
static enum err check_versions(const struct house *self)
{
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < exchange_version_count(self->exchange); i++) {
        const struct exchange_programme *version = exchange_version_at(self->exchange, i);
        if (version->programme == NULL &&
            exchange_programme(self->exchange, bytes_text(version->id)) == version) {
            log_line(LOG_ERROR, "BROKER-PROGRAMME",
                     "a programme file in force cannot be read by this release: put in force one "
                     "that can, by the release that was here before",
                     "programme=%s position=%" PRIu64, version->id, version->position);
            err = ERR_CONFIG;
        }
    }
    return err;
}

static enum err open_stores(struct house *self, const struct broker_options *options)
{
    struct scan scan = {0};
    enum err err = ledger_open(options->store_path, options->store_bytes_max, false, &self->ledger);
    if (err == ERR_OK && ledger_size(self->ledger) == 0) {
        err = write_genesis(self, options);
    }
    if (err == ERR_OK) {
        err = scan_log(self, &scan);
    }
    if (err == ERR_OK) {
        err = check_versions(self);
    }
    if (err != ERR_OK) {
        return err;
    }
    const struct genesis *genesis = exchange_genesis(self->exchange);
    if (memcmp(genesis->broker_signing_key, self->signing.public_key, KEY_BYTES) != 0) {
        log_line(LOG_ERROR, "BROKER-KEYS", "the key file is not the one of this exchange", NULL);
        return ERR_DENIED;
    }
    err = people_open(options->people_path, options->store_bytes_max, self->people_key,
                      &self->people);
    if (err == ERR_OK && people_position(self->people) < scan.last_batch) {
        log_line(LOG_ERROR, "BROKER-PEOPLE",
                 "the people store is older than the log: bring back the newer copy",
                 "people=%" PRIu64 " log=%" PRIu64, people_position(self->people), scan.last_batch);
        return ERR_STATE;
    }
    if (err == ERR_OK) {
        people_floor(self->people, scan.person_last);
        err = reserve_sessions(self);
    }
    return err;
}

static enum err open_counting(struct house *self)
{
    const struct counting_options options = {.exchange = self->exchange, .until = DATE_MAX};
    const enum err err = counting_new(&options, &self->counting);
    return err == ERR_OK ? counting_run(self->counting, self->ledger, ledger_size(self->ledger),
                                        NULL, NULL, NULL)
                         : err;
}

static enum err open_machines(struct house *self)
{
    const struct ingest_options options = {.nodes_max = NODES_MAX,
                                           .group_batches_max = GROUP_BATCHES_MAX,
                                           .credit_events = CREDIT_EVENTS,
                                           .first_session = ledger_session(self->ledger)};
    enum err err = ingest_new(&options, &self->ingest);
    for (uint32_t i = 0; err == ERR_OK && i < exchange_node_count(self->exchange); i++) {
        const struct exchange_change change = {.node = exchange_node_at(self->exchange, i),
                                               .node_number = i};
        err = load_register(self, &change);
    }
    return err;
}

enum err house_open(const struct broker_options *options, struct house **out)
{
    struct house *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    keys_signing(options->signing_seed, &self->signing);
    keys_transport(options->transport_seed, &self->transport);
    memcpy(self->people_key, options->people_key, KEY_BYTES);
    self->opened_ms = clock_monotonic_ms();
    enum err err = arena_new(CONTROL_ARENA_BYTES, &self->arena);
    if (err == ERR_OK) {
        err = arena_new(CONTROL_ARENA_BYTES, &self->reading);
    }
    if (err == ERR_OK) {
        err = exchange_new(&self->exchange);
    }
    if (err == ERR_OK) {
        err = open_stores(self, options);
    }
    if (err == ERR_OK) {
        err = open_counting(self);
    }
    if (err == ERR_OK) {
        err = open_machines(self);
    }
    if (err != ERR_OK) {
        house_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void house_close(struct house **self)
{
    struct house *house = *self;
    if (house != NULL) {
        ingest_free(&house->ingest);
        counting_free(&house->counting);
        people_close(&house->people);
        ledger_close(&house->ledger);
        exchange_free(&house->exchange);
        arena_free(&house->arena);
        arena_free(&house->reading);
        keys_wipe(&house->signing, sizeof house->signing);
        keys_wipe(&house->transport, sizeof house->transport);
        keys_wipe(house->people_key, sizeof house->people_key);
        mem_free(house);
    }
    *self = NULL;
}

/* What a decision changes beside the exchange itself. */
static enum err follow(struct house *self, const struct exchange_change *change)
{
    enum err err = ERR_OK;
    const struct exchange_programme *version = change->programme;
    if (change->people != NULL) {
        version = exchange_programme(self->exchange, bytes_text(change->people->programme));
    }
    if (version != NULL) {
        err = counting_take_version(self->counting, version);
        if (err == ERR_OK) {
            err = counting_run(self->counting, self->ledger, ledger_size(self->ledger), version->id,
                               NULL, NULL);
        }
    }
    if (err == ERR_OK && change->node != NULL) {
        self->nodes[change->node_number].decided_ms = clock_monotonic_ms();
        err = load_register(self, change);
    }
    return err;
}

/* What the exchange alone can judge comes first: the log is read for nobody else's decisions. */
static enum err check(struct house *self, const struct signed_decision *signed_by,
                      struct exchange_asked *asked, char *fault)
{
    const uint64_t now_ms = clock_wall_ms();
    const uint64_t last_ms = ledger_received_at_ms(self->ledger);
    const enum err err = exchange_check(
        self->exchange, signed_by, now_ms > last_ms ? now_ms : last_ms, self->arena, asked, fault);
    if (err != ERR_OK || asked->position != 0 ||
        (asked->decision->kind != DECISION_PEOPLE_MERGE &&
         asked->decision->kind != DECISION_PEOPLE_SPLIT)) {
        return err;
    }
    return survey_people(self->ledger, self->exchange, asked->decision, self->reading, fault);
}

enum err house_decide(struct house *self, struct bytes signed_decision,
                      struct exchange_change *change, char *fault, uint64_t *position)
{
    struct log_entry entry = {.kind = LOG_DECISION, .position = ledger_size(self->ledger) + 1};
    struct exchange_asked asked = {0};
    fault[0] = '\0';
    *change = (struct exchange_change){0};
    enum err err = codec_signed_decision_decode(signed_decision, self->arena, &entry.decision);
    if (err == ERR_OK) {
        err = check(self, &entry.decision, &asked, fault);
    }
    *position = asked.position;
    if (err != ERR_OK || asked.position != 0) {
        return err;
    }
    err = ledger_begin_small(self->ledger);
    if (err != ERR_OK) {
        return err;
    }
    err = exchange_apply(self->exchange, &entry, self->arena, change, fault);
    if (err != ERR_OK) {
        ledger_abandon(self->ledger);
        return err;
    }
    /* From here on the exchange has followed: whatever fails ends the process. */
    err = ledger_append(self->ledger, &entry, clock_wall_ms());
    if (err == ERR_OK) {
        err = ledger_commit(self->ledger);
    }
    if (err == ERR_OK) {
        err = follow(self, change);
    }
    *position = entry.position;
    return err == ERR_OK ? ERR_OK : ERR_STORE;
}

enum err house_check(struct house *self)
{
    const struct counting_options options = {.exchange = self->exchange, .until = DATE_MAX};
    struct counting *rebuilt = NULL;
    uint8_t live[DIGEST_BYTES], again[DIGEST_BYTES];
    ingest_check(self->ingest);
    enum err err = counting_new(&options, &rebuilt);
    if (err == ERR_OK) {
        err = counting_run(rebuilt, self->ledger, ledger_size(self->ledger), NULL, NULL, NULL);
    }
    if (err == ERR_OK) {
        err = counting_digest(rebuilt, again);
    }
    if (err == ERR_OK) {
        err = counting_digest(self->counting, live);
    }
    counting_free(&rebuilt);
    if (err == ERR_OK && memcmp(live, again, DIGEST_BYTES) != 0) {
        err = ERR_DIGEST;
    }
    return err;
}
