#include "nodes/programmes.h"

#include <assert.h>
#include <string.h>

#include "config/programme_file.h"
#include "core/base/mem.h"
#include "io/log.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"
#include "proto/version.h"

struct programmes {
    const struct join_file *join;
    struct records *records;
    struct arena *arena;
    struct node_programme list[PROGRAMMES_MAX];
    uint32_t count;
};

static bool trusted(const struct join_file *join, const uint8_t key[KEY_BYTES])
{
    for (uint32_t i = 0; i < join->administrator_count; i++) {
        if (memcmp(join->administrators[i], key, KEY_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static struct node_programme *find(struct programmes *self, struct bytes id)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (bytes_is(id, self->list[i].key->programme)) {
            return &self->list[i];
        }
    }
    return NULL;
}

/* Puts a decision in force; *id is the programme's, borrowed from the arena. */
static enum err apply(struct programmes *self, struct bytes bytes, struct bytes *id)
{
    struct signed_decision outer;
    struct decision *inner = arena_zeroed(self->arena, 1, sizeof *inner);
    struct config_fault fault = {0};
    struct programme *programme = NULL;
    enum err err =
        inner != NULL ? codec_signed_decision_decode(bytes, self->arena, &outer) : ERR_FULL;
    if (err == ERR_OK && !trusted(self->join, outer.administrator)) {
        err = ERR_DENIED;
    }
    if (err == ERR_OK) {
        err = sealing_verify(SEAL_DECISION, outer.body, outer.signature, outer.administrator);
    }
    if (err == ERR_OK) {
        err = codec_decision_decode(outer.body, self->arena, inner);
    }
    if (err != ERR_OK) {
        return err;
    }
    struct node_programme *slot = find(self, inner->programme.programme);
    if (inner->kind != DECISION_PROGRAMME || slot == NULL ||
        memcmp(inner->exchange, self->join->exchange, ID_BYTES) != 0 ||
        memcmp(inner->programme.key_check, slot->key_check, DIGEST_BYTES) != 0) {
        return ERR_DENIED;
    }
    err = programme_parse(inner->programme.yaml, inner->programme.regions, &programme, &fault);
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "NODE-PROGRAMME", "a programme file cannot be read here",
                 "line=%u fault=\"%s\"", fault.line, fault.text);
        return err;
    }
    programme_free(&slot->programme);
    slot->programme = programme;
    version_digest(inner->programme.yaml, inner->programme.regions, slot->digest);
    *id = inner->programme.programme;
    return ERR_OK;
}

static enum err load(struct programmes *self)
{
    enum err err = records_begin(self->records, false);
    if (err != ERR_OK) {
        return err;
    }
    for (uint32_t i = 0; err == ERR_OK && i < self->count; i++) {
        struct bytes document, id;
        arena_reset(self->arena);
        err =
            records_document_get(self->records, RECORDS_PROGRAMMES,
                                 bytes_text(self->list[i].key->programme), self->arena, &document);
        if (err == ERR_OK) {
            err = apply(self, document, &id);
        } else if (err == ERR_NOT_FOUND) {
            err = ERR_OK;
        }
    }
    records_abort(self->records);
    return err;
}

enum err programmes_new(const struct join_file *join, struct records *records,
                        struct programmes **out)
{
    struct programmes *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->join = join;
    self->records = records;
    self->count = join->programme_count;
    for (uint32_t i = 0; i < self->count; i++) {
        self->list[i].key = &join->programmes[i];
        keys_check(join->programmes[i].key, bytes_text(join->programmes[i].programme),
                   self->list[i].key_check);
    }
    enum err err = arena_new(CONTROL_ARENA_BYTES, &self->arena);
    if (err == ERR_OK) {
        err = load(self);
    }
    if (err != ERR_OK) {
        programmes_free(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void programmes_free(struct programmes **self)
{
    if (*self != NULL) {
        for (uint32_t i = 0; i < (*self)->count; i++) {
            programme_free(&(*self)->list[i].programme);
        }
        arena_free(&(*self)->arena);
        mem_free(*self);
    }
    *self = NULL;
}

enum err programmes_take(struct programmes *self, struct bytes signed_decision)
{
    struct bytes id;
    arena_reset(self->arena);
    enum err err = apply(self, signed_decision, &id);
    if (err != ERR_OK) {
        return err;
    }
    err = records_begin(self->records, true);
    if (err != ERR_OK) {
        return err;
    }
    err = records_document_put(self->records, RECORDS_PROGRAMMES, id, signed_decision);
    if (err != ERR_OK) {
        records_abort(self->records);
        return err;
    }
    return records_commit(self->records);
}

const struct node_programme *programmes_find(const struct programmes *self, const char *id)
{
    if (id == NULL || id[0] == '\0') {
        return self->count == 1 ? &self->list[0] : NULL;
    }
    for (uint32_t i = 0; i < self->count; i++) {
        if (strcmp(self->list[i].key->programme, id) == 0) {
            return &self->list[i];
        }
    }
    return NULL;
}

uint32_t programmes_count(const struct programmes *self)
{
    return self->count;
}

const struct node_programme *programmes_at(const struct programmes *self, uint32_t index)
{
    assert(index < self->count);
    return &self->list[index];
}
