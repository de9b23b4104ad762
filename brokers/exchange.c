#include "brokers/exchange.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "config/programme_file.h"
#include "core/base/mem.h"
#include "core/base/table.h"
#include "proto/codec.h"
#include "proto/sealing.h"
#include "proto/version.h"

enum { VERSIONS_MAX = 4096 };

struct exchange {
    bool has_genesis;
    struct genesis genesis;
    struct exchange_programme *versions[VERSIONS_MAX];
    uint32_t version_count;
    struct exchange_node *nodes[NODES_MAX];
    uint32_t node_count;
    struct exchange_people **people;
    uint32_t people_count;
    struct exchange_closing **closings;
    uint32_t closing_count;
    struct table *taken; /* a decision's digest -> its first position; 0: it was refused */
};

enum err exchange_new(struct exchange **out)
{
    static const struct table_options taken = {
        .key_bytes = DIGEST_BYTES, .value_bytes = sizeof(uint64_t), .count_max = UINT32_MAX};
    struct exchange *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    const enum err err = table_new(&taken, &self->taken);
    if (err != ERR_OK) {
        exchange_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void exchange_free(struct exchange **self)
{
    if (*self != NULL) {
        for (uint32_t i = 0; i < (*self)->version_count; i++) {
            programme_free(&(*self)->versions[i]->programme);
            mem_free((*self)->versions[i]);
        }
        for (uint32_t i = 0; i < (*self)->node_count; i++) {
            mem_free((*self)->nodes[i]);
        }
        for (uint32_t i = 0; i < (*self)->people_count; i++) {
            mem_free((*self)->people[i]);
        }
        for (uint32_t i = 0; i < (*self)->closing_count; i++) {
            mem_free((*self)->closings[i]);
        }
        mem_free((*self)->people);
        mem_free((*self)->closings);
        table_free(&(*self)->taken);
        mem_free(*self);
    }
    *self = NULL;
}

static bool is_administrator(const struct exchange *self, const uint8_t key[KEY_BYTES])
{
    for (uint32_t i = 0; i < self->genesis.administrator_count; i++) {
        if (memcmp(self->genesis.administrators[i], key, KEY_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static enum err read_programme(const struct programme_file *file, struct programme **out,
                               char *fault)
{
    struct config_fault where = {0};
    const enum err err = programme_parse(file->yaml, file->regions, out, &where);
    if (err == ERR_CONFIG) {
        snprintf(fault, EXCHANGE_FAULT_BYTES, "%u:%u: %s", where.line, where.column, where.text);
    }
    if (err != ERR_OK || bytes_equal((*out)->id, file->programme)) {
        return err;
    }
    programme_free(out);
    snprintf(fault, EXCHANGE_FAULT_BYTES, "the file is another programme's than \"%.*s\"",
             BYTES_FMT(file->programme));
    return ERR_CONFIG;
}

/* A file that was read when it was decided may be refused by a later loader: it stays the version
 * that it is, without a programme. */
static enum err take_programme(struct exchange *self, uint64_t position,
                               const struct decision *decision, struct exchange_change *change,
                               char *fault)
{
    const struct programme_file *file = &decision->programme;
    const struct exchange_programme *newest = exchange_programme(self, file->programme);
    if (self->version_count == VERSIONS_MAX) {
        return ERR_FULL;
    }
    struct exchange_programme *version = mem_calloc(1, sizeof *version);
    if (version == NULL) {
        return ERR_MEMORY;
    }
    enum err err = bytes_to_text(file->programme, version->id, sizeof version->id);
    if (err == ERR_OK) {
        err = read_programme(file, &version->programme, fault);
    }
    if (err != ERR_OK && err != ERR_CONFIG) {
        mem_free(version);
        return err;
    }
    version_digest(file->yaml, file->regions, version->digest);
    memcpy(version->key_check, file->key_check, DIGEST_BYTES);
    version->position = position;
    version->decided_at_ms = decision->decided_at_ms;
    version->people = newest != NULL ? newest->people : NULL;
    self->versions[self->version_count++] = version;
    change->programme = version;
    return ERR_OK;
}

static enum err fill_node(const struct node_enrolment *from, struct exchange_node *node)
{
    enum err err = bytes_to_text(from->partner, node->partner, sizeof node->partner);
    if (err == ERR_OK) {
        err = bytes_to_text(from->name, node->name, sizeof node->name);
    }
    for (uint32_t i = 0; err == ERR_OK && i < from->programme_count; i++) {
        err = bytes_to_text(from->programmes[i], node->programmes[i], sizeof node->programmes[i]);
    }
    memcpy(node->id, from->node, ID_BYTES);
    node->programme_count = from->programme_count;
    node->signing_key_number = from->signing_key_number;
    memcpy(node->signing_key, from->signing_key, KEY_BYTES);
    memcpy(node->transport_key, from->transport_key, KEY_BYTES);
    return err;
}

static enum err take_enrolment(struct exchange *self, const struct decision *decision,
                               struct exchange_change *change)
{
    const struct node_enrolment *from = &decision->enrolment;
    struct exchange_node filled = {.decided_at_ms = decision->decided_at_ms};
    uint32_t number = exchange_node_find(self, from->node);
    const bool known = number != UINT32_MAX;
    const enum err err = fill_node(from, &filled);
    if (err != ERR_OK) {
        return err;
    }
    if (!known) {
        if (self->node_count == NODES_MAX) {
            return ERR_FULL;
        }
        number = self->node_count;
        self->nodes[number] = mem_calloc(1, sizeof filled);
        if (self->nodes[number] == NULL) {
            return ERR_MEMORY;
        }
        self->node_count++;
    }
    struct exchange_node *node = self->nodes[number];
    change->key_replaced =
        known && memcmp(node->transport_key, filled.transport_key, KEY_BYTES) != 0;
    memcpy(change->replaced_key, node->transport_key, KEY_BYTES);
    *node = filled;
    change->node = node;
    change->node_number = number;
    return ERR_OK;
}

static enum err take_revocation(struct exchange *self, const struct decision *decision,
                                struct exchange_change *change)
{
    const uint32_t number = exchange_node_find(self, decision->revoked_node);
    assert(number != UINT32_MAX);
    self->nodes[number]->revoked = true;
    self->nodes[number]->decided_at_ms = decision->decided_at_ms;
    change->node = self->nodes[number];
    change->node_number = number;
    return ERR_OK;
}

static enum err fill_people(const struct exchange *self, const struct people_decision *from,
                            struct exchange_people *out)
{
    out->count = from->count;
    for (uint32_t i = 0; i < from->count; i++) {
        out->people[i].node = exchange_node_find(self, from->people[i].node);
        out->people[i].number = from->people[i].number;
        assert(out->people[i].node != UINT32_MAX);
    }
    return bytes_to_text(from->programme, out->programme, sizeof out->programme);
}

/* Adds to a list of pointers. */
static enum err keep(void ***list, uint32_t count, void *item)
{
    void **grown = mem_resize(*list, ((size_t)count + 1) * sizeof *grown);
    if (grown == NULL) {
        return ERR_MEMORY;
    }
    grown[count] = item;
    *list = grown;
    return ERR_OK;
}

static enum err take_people(struct exchange *self, uint64_t position,
                            const struct decision *decision, struct exchange_change *change)
{
    const struct people_decision *from = &decision->people;
    struct exchange_people *made =
        mem_calloc(1, sizeof *made + from->count * sizeof made->people[0]);
    if (made == NULL) {
        return ERR_MEMORY;
    }
    made->merge = decision->kind == DECISION_PEOPLE_MERGE;
    made->position = position;
    made->decided_at_ms = decision->decided_at_ms;
    enum err err = fill_people(self, from, made);
    if (err == ERR_OK) {
        err = keep((void ***)&self->people, self->people_count, made);
    }
    if (err != ERR_OK) {
        mem_free(made);
        return err;
    }
    self->people_count++;
    exchange_programme(self, from->programme)->people = made;
    change->people = made;
    return ERR_OK;
}

static enum err take_period(struct exchange *self, uint64_t position,
                            const struct decision *decision, struct exchange_change *change)
{
    const struct period_close *from = &decision->period;
    struct exchange_closing *made = mem_calloc(1, sizeof *made);
    if (made == NULL) {
        return ERR_MEMORY;
    }
    made->position = position;
    made->decided_at_ms = decision->decided_at_ms;
    made->through_on = from->through_on;
    enum err err = bytes_to_text(from->programme, made->programme, sizeof made->programme);
    if (err == ERR_OK) {
        err = bytes_to_text(from->partner, made->partner, sizeof made->partner);
    }
    if (err == ERR_OK) {
        err = bytes_to_text(from->task, made->task, sizeof made->task);
    }
    if (err == ERR_OK) {
        err = keep((void ***)&self->closings, self->closing_count, made);
    }
    if (err != ERR_OK) {
        mem_free(made);
        return err;
    }
    self->closing_count++;
    change->closing = made;
    return ERR_OK;
}

/* ---- judging ---- */

static enum err fault_of(enum err err, char *fault, const char *text, struct bytes name)
{
    snprintf(fault, EXCHANGE_FAULT_BYTES, "%s \"%.*s\"", text, BYTES_FMT(name));
    return err;
}

/* A node's keys and programmes may be decided anew, its partner may not: what it has sent was
 * counted as that partner's. */
static enum err check_enrolment(const struct exchange *self, const struct node_enrolment *from,
                                char *fault)
{
    const uint32_t number = exchange_node_find(self, from->node);
    return number == UINT32_MAX || bytes_is(from->partner, self->nodes[number]->partner)
               ? ERR_OK
               : fault_of(ERR_DENIED, fault, "what this node has sent was counted as that of",
                          bytes_text(self->nodes[number]->partner));
}

static enum err check_node(const struct exchange *self, const uint8_t node[ID_BYTES], char *fault)
{
    char hex[2 * ID_BYTES + 1];
    bytes_to_hex(bytes_of(node, ID_BYTES), hex);
    return exchange_node_find(self, node) != UINT32_MAX
               ? ERR_OK
               : fault_of(ERR_NOT_FOUND, fault, "there is no node", bytes_text(hex));
}

static enum err check_people(const struct exchange *self, const struct people_decision *from,
                             char *fault)
{
    enum err err = exchange_programme(self, from->programme) != NULL
                       ? ERR_OK
                       : fault_of(ERR_NOT_FOUND, fault, "there is no programme", from->programme);
    for (uint32_t i = 0; err == ERR_OK && i < from->count; i++) {
        err = check_node(self, from->people[i].node, fault);
    }
    return err;
}

static enum err check_period(const struct exchange *self, const struct period_close *from,
                             char *fault)
{
    const struct exchange_programme *version = exchange_programme(self, from->programme);
    if (version == NULL) {
        return fault_of(ERR_NOT_FOUND, fault, "there is no programme", from->programme);
    }
    if (version->programme == NULL) {
        return ERR_OK;
    }
    if (from->partner.size > 0 &&
        programme_code(version->programme, CODES_PARTNER, from->partner) == CODE_NONE) {
        return fault_of(ERR_NOT_FOUND, fault, "the programme has no partner", from->partner);
    }
    if (from->task.size > 0 &&
        programme_code(version->programme, CODES_TASK, from->task) == CODE_NONE) {
        return fault_of(ERR_NOT_FOUND, fault, "the programme has no task", from->task);
    }
    return ERR_OK;
}

/* Whether all is there that the decision names. */
static enum err check_names(const struct exchange *self, const struct decision *decision,
                            char *fault)
{
    switch (decision->kind) {
    case DECISION_PROGRAMME:
        return ERR_OK;
    case DECISION_ENROLMENT:
        return check_enrolment(self, &decision->enrolment, fault);
    case DECISION_REVOCATION:
        return check_node(self, decision->revoked_node, fault);
    case DECISION_PEOPLE_MERGE:
    case DECISION_PEOPLE_SPLIT:
        return check_people(self, &decision->people, fault);
    case DECISION_PERIOD_CLOSE:
        return check_period(self, &decision->period, fault);
    case DECISION_KIND_COUNT:
        break;
    }
    return ERR_MALFORMED;
}

static uint64_t node_decided_at_ms(const struct exchange *self, const uint8_t node[ID_BYTES])
{
    const uint32_t number = exchange_node_find(self, node);
    return number != UINT32_MAX ? self->nodes[number]->decided_at_ms : 0;
}

static uint64_t period_decided_at_ms(const struct exchange *self, struct bytes programme)
{
    uint32_t at = self->closing_count;
    while (at > 0 && !bytes_is(programme, self->closings[at - 1]->programme)) {
        at--;
    }
    return at > 0 ? self->closings[at - 1]->decided_at_ms : 0;
}

/* When the newest decision was taken that this one is to follow; 0: there is none. */
static uint64_t newest_at_ms(const struct exchange *self, const struct decision *decision)
{
    const struct exchange_programme *version = NULL;
    switch (decision->kind) {
    case DECISION_PROGRAMME:
        version = exchange_programme(self, decision->programme.programme);
        return version != NULL ? version->decided_at_ms : 0;
    case DECISION_ENROLMENT:
        return node_decided_at_ms(self, decision->enrolment.node);
    case DECISION_REVOCATION:
        return node_decided_at_ms(self, decision->revoked_node);
    case DECISION_PEOPLE_MERGE:
    case DECISION_PEOPLE_SPLIT:
        version = exchange_programme(self, decision->people.programme);
        return version != NULL && version->people != NULL ? version->people->decided_at_ms : 0;
    case DECISION_PERIOD_CLOSE:
        return period_decided_at_ms(self, decision->period.programme);
    case DECISION_KIND_COUNT:
        break;
    }
    return 0;
}

/* Logs have decisions about nodes and programmes with the time of the one before; no new one
 * may. */
static enum err check_age(const struct exchange *self, const struct decision *decision, bool is_new,
                          char *fault)
{
    const uint64_t newest_ms = newest_at_ms(self, decision);
    const bool equal_will_do =
        !is_new && (decision->kind == DECISION_PROGRAMME || decision->kind == DECISION_ENROLMENT ||
                    decision->kind == DECISION_REVOCATION);
    if (decision->decided_at_ms > newest_ms || newest_ms == 0 ||
        (equal_will_do && decision->decided_at_ms == newest_ms)) {
        return ERR_OK;
    }
    snprintf(fault, EXCHANGE_FAULT_BYTES,
             "it is not newer than the newest decision about the same (%" PRIu64
             " s older): an old one sent again, or a clock that is slow?",
             (newest_ms - decision->decided_at_ms) / 1000);
    return ERR_DENIED;
}

static enum err check_programme(const struct decision *decision, char *fault)
{
    struct programme *programme = NULL;
    const enum err err = decision->kind == DECISION_PROGRAMME
                             ? read_programme(&decision->programme, &programme, fault)
                             : ERR_OK;
    programme_free(&programme);
    return err;
}

static enum err check_ahead(const struct decision *decision, uint64_t now_ms, char *fault)
{
    if (decision->decided_at_ms <= now_ms + DECISION_AHEAD_MS_MAX) {
        return ERR_OK;
    }
    snprintf(fault, EXCHANGE_FAULT_BYTES,
             "it is dated %" PRIu64
             " s ahead of the broker's clock, and %d s are the most: set the "
             "clock of the machine that signs decisions, or that of the broker",
             (decision->decided_at_ms - now_ms) / 1000, DECISION_AHEAD_MS_MAX / 1000);
    return ERR_RANGE;
}

/* Who decides, and what; the digest names the decision. */
static enum err read_decision(const struct exchange *self, const struct signed_decision *signed_by,
                              struct arena *arena, struct decision **out,
                              uint8_t digest[DIGEST_BYTES])
{
    if (!is_administrator(self, signed_by->administrator)) {
        return ERR_DENIED;
    }
    enum err err = sealing_verify(SEAL_DECISION, signed_by->body, signed_by->signature,
                                  signed_by->administrator);
    if (err != ERR_OK) {
        return err;
    }
    struct decision *decision = arena_zeroed(arena, 1, sizeof *decision);
    if (decision == NULL) {
        return ERR_FULL;
    }
    err = codec_decision_decode(signed_by->body, arena, decision);
    if (err != ERR_OK) {
        return err;
    }
    sealing_digest(SEAL_DECISION, signed_by->body, digest);
    *out = decision;
    return memcmp(decision->exchange, self->genesis.exchange, ID_BYTES) == 0 ? ERR_OK : ERR_DENIED;
}

enum err exchange_check(const struct exchange *self, const struct signed_decision *signed_by,
                        uint64_t now_ms, struct arena *arena, struct exchange_asked *out,
                        char fault[EXCHANGE_FAULT_BYTES])
{
    struct decision *decision = NULL;
    uint8_t digest[DIGEST_BYTES];
    fault[0] = '\0';
    enum err err =
        self->has_genesis ? read_decision(self, signed_by, arena, &decision, digest) : ERR_STATE;
    if (err != ERR_OK) {
        return err;
    }
    const uint64_t *taken = table_find(self->taken, digest);
    *out = (struct exchange_asked){decision, taken != NULL ? *taken : 0};
    if (out->position != 0) {
        return ERR_OK;
    }
    err = check_ahead(decision, now_ms, fault);
    if (err == ERR_OK) {
        err = check_names(self, decision, fault);
    }
    if (err == ERR_OK) {
        err = check_age(self, decision, true, fault);
    }
    return err == ERR_OK ? check_programme(decision, fault) : err;
}

/* ---- applying ---- */

static enum err take(struct exchange *self, uint64_t position, const struct decision *decision,
                     struct exchange_change *change, char *fault)
{
    switch (decision->kind) {
    case DECISION_PROGRAMME:
        return take_programme(self, position, decision, change, fault);
    case DECISION_ENROLMENT:
        return take_enrolment(self, decision, change);
    case DECISION_REVOCATION:
        return take_revocation(self, decision, change);
    case DECISION_PEOPLE_MERGE:
    case DECISION_PEOPLE_SPLIT:
        return take_people(self, position, decision, change);
    case DECISION_PERIOD_CLOSE:
        return take_period(self, position, decision, change);
    case DECISION_KIND_COUNT:
        break;
    }
    return ERR_MALFORMED;
}

static enum err take_decision(struct exchange *self, const struct log_entry *entry,
                              struct arena *arena, struct exchange_change *change,
                              char fault[EXCHANGE_FAULT_BYTES])
{
    struct decision *decision = NULL;
    uint8_t digest[DIGEST_BYTES];
    bool fresh = false;
    enum err err = read_decision(self, &entry->decision, arena, &decision, digest);
    if (err == ERR_OK) {
        err = check_names(self, decision, fault);
    }
    if (err == ERR_OK) {
        err = check_age(self, decision, false, fault);
    }
    if (err != ERR_OK) {
        return err;
    }
    uint64_t *taken = table_put(self->taken, digest, &fresh);
    if (taken == NULL) {
        return ERR_MEMORY;
    }
    err = take(self, entry->position, decision, change, fault);
    if (err == ERR_OK && *taken == 0) {
        *taken = entry->position;
    }
    return err;
}

enum err exchange_apply(struct exchange *self, const struct log_entry *entry, struct arena *arena,
                        struct exchange_change *change, char fault[EXCHANGE_FAULT_BYTES])
{
    *change = (struct exchange_change){0};
    fault[0] = '\0';
    switch (entry->kind) {
    case LOG_BATCH:
        return ERR_OK;
    case LOG_GENESIS:
        if (self->has_genesis || entry->position != 1) {
            return ERR_STATE;
        }
        self->genesis = entry->genesis;
        self->has_genesis = true;
        change->genesis = true;
        return ERR_OK;
    case LOG_DECISION:
        return self->has_genesis ? take_decision(self, entry, arena, change, fault) : ERR_STATE;
    }
    return ERR_MALFORMED;
}

const struct genesis *exchange_genesis(const struct exchange *self)
{
    return self->has_genesis ? &self->genesis : NULL;
}

struct exchange_programme *exchange_programme(const struct exchange *self, struct bytes id)
{
    for (uint32_t i = self->version_count; i > 0; i--) {
        if (bytes_is(id, self->versions[i - 1]->id)) {
            return self->versions[i - 1];
        }
    }
    return NULL;
}

struct exchange_programme *exchange_version(const struct exchange *self, struct bytes id,
                                            const uint8_t digest[DIGEST_BYTES])
{
    for (uint32_t i = self->version_count; i > 0; i--) {
        if (bytes_is(id, self->versions[i - 1]->id) &&
            memcmp(self->versions[i - 1]->digest, digest, DIGEST_BYTES) == 0) {
            return self->versions[i - 1];
        }
    }
    return NULL;
}

uint32_t exchange_version_count(const struct exchange *self)
{
    return self->version_count;
}

struct exchange_programme *exchange_version_at(const struct exchange *self, uint32_t index)
{
    assert(index < self->version_count);
    return self->versions[index];
}

uint32_t exchange_node_count(const struct exchange *self)
{
    return self->node_count;
}

struct exchange_node *exchange_node_at(const struct exchange *self, uint32_t number)
{
    assert(number < self->node_count);
    return self->nodes[number];
}

uint32_t exchange_node_find(const struct exchange *self, const uint8_t id[ID_BYTES])
{
    for (uint32_t i = 0; i < self->node_count; i++) {
        if (memcmp(self->nodes[i]->id, id, ID_BYTES) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

uint32_t exchange_people_count(const struct exchange *self)
{
    return self->people_count;
}

const struct exchange_people *exchange_people_at(const struct exchange *self, uint32_t index)
{
    assert(index < self->people_count);
    return self->people[index];
}

const struct exchange_people *exchange_people_find(const struct exchange *self, uint64_t position)
{
    uint32_t first = 0, end = self->people_count;
    while (first < end) {
        const uint32_t middle = first + (end - first) / 2;
        if (self->people[middle]->position < position) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first < self->people_count && self->people[first]->position == position
               ? self->people[first]
               : NULL;
}

bool exchange_has_people(const struct exchange *self, struct bytes programme)
{
    const struct exchange_programme *version = exchange_programme(self, programme);
    return version != NULL && version->people != NULL;
}

uint64_t exchange_basis(const struct exchange *self, struct bytes programme)
{
    const struct exchange_programme *version = exchange_programme(self, programme);
    if (version == NULL) {
        return 0;
    }
    return version->people != NULL && version->people->position > version->position
               ? version->people->position
               : version->position;
}

uint32_t exchange_closing_count(const struct exchange *self)
{
    return self->closing_count;
}

const struct exchange_closing *exchange_closing_at(const struct exchange *self, uint32_t index)
{
    assert(index < self->closing_count);
    return self->closings[index];
}
