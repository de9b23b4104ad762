#include "nodes/packer.h"

#include <assert.h>
#include <string.h>

#include "core/base/mem.h"
#include "io/entropy.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"

struct packer {
    struct packer_options options;
    const struct join_programme *programme;
    uint8_t digest[DIGEST_BYTES];
    struct signing_keys keys;
    struct columns_builder *builder; /* the batch in hand */
    struct columns_builder *single;  /* for packing one event */
    struct buffer pseudonyms, row_keys;
    struct buffer columns, confidential, sealed;
    uint32_t first_person; /* introduced by the batch in hand */
    size_t settled;        /* bytes of pseudonyms whose events are in the batch */
};

enum err packer_new(const struct packer_options *options, struct packer **out)
{
    struct packer *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    keys_signing(options->join->signing_seed, &self->keys);
    struct buffer *const buffers[] = {&self->pseudonyms, &self->row_keys, &self->columns,
                                      &self->confidential, &self->sealed};
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        buffers[i]->bytes_max = FRAME_BYTES_MAX;
    }
    if (columns_builder_new(&self->builder) != ERR_OK ||
        columns_builder_new(&self->single) != ERR_OK) {
        packer_free(&self);
        return ERR_MEMORY;
    }
    *out = self;
    return ERR_OK;
}

void packer_free(struct packer **self)
{
    if (*self != NULL) {
        columns_builder_free(&(*self)->builder);
        columns_builder_free(&(*self)->single);
        buffer_fini(&(*self)->pseudonyms);
        buffer_fini(&(*self)->row_keys);
        buffer_fini(&(*self)->columns);
        buffer_fini(&(*self)->confidential);
        buffer_fini(&(*self)->sealed);
        keys_wipe(&(*self)->keys, sizeof(*self)->keys);
        mem_free(*self);
    }
    *self = NULL;
}

void packer_programme(struct packer *self, const struct join_programme *programme,
                      const uint8_t digest[DIGEST_BYTES])
{
    assert(columns_builder_count(self->builder) == 0);
    self->programme = programme;
    memcpy(self->digest, digest, DIGEST_BYTES);
}

enum err packer_person(struct packer *self, struct bytes scheme, struct bytes identifier,
                       uint32_t *number)
{
    struct records_state *state = records_state(self->options.records);
    uint8_t pseudonym[PSEUDONYM_BYTES];
    assert(self->programme != NULL);
    keys_pseudonym(self->programme->key, bytes_text(self->programme->programme), scheme, identifier,
                   pseudonym);
    enum err err = records_person_get(self->options.records, pseudonym, number);
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    if (state->last_person == UINT32_MAX) {
        return ERR_FULL;
    }
    *number = ++state->last_person;
    if (self->pseudonyms.size == 0) {
        self->first_person = *number;
    }
    err = buffer_add(&self->pseudonyms, bytes_of(pseudonym, sizeof pseudonym));
    return err == ERR_OK ? records_person_put(self->options.records, pseudonym, *number) : err;
}

enum err packer_add(struct packer *self, const struct event *event,
                    const uint8_t row[ROW_KEY_BYTES], uint32_t more, uint64_t now_ms, uint64_t *seq)
{
    enum err err = ERR_OK;
    if (columns_builder_count(self->builder) + 1 + more > BATCH_EVENTS_MAX) {
        err = packer_seal(self, now_ms);
    }
    if (err == ERR_OK) {
        err = columns_builder_add(self->builder, event);
        if (err == ERR_FULL) {
            /* The batch's terms are full: this event begins the next one. */
            err = packer_seal(self, now_ms);
            err = err == ERR_OK ? columns_builder_add(self->builder, event) : err;
        }
    }
    if (err == ERR_OK) {
        err = buffer_add(&self->row_keys, bytes_of(row, ROW_KEY_BYTES));
    }
    self->settled = self->pseudonyms.size;
    *seq = records_state(self->options.records)->head_seq + columns_builder_count(self->builder);
    return err;
}

static enum err encode_parts(struct packer *self)
{
    struct columns columns;
    struct confidential confidential = {.pseudonyms =
                                            bytes_of(self->pseudonyms.data, self->settled),
                                        .row_keys = buffer_bytes(&self->row_keys)};
    entropy_fill(confidential.salt, SALT_BYTES);
    columns_builder_finish(self->builder, &columns);
    buffer_clear(&self->columns);
    buffer_clear(&self->confidential);
    buffer_clear(&self->sealed);
    const enum err err = codec_columns_encode(&columns, &self->columns);
    return err == ERR_OK ? codec_confidential_encode(&confidential, &self->confidential) : err;
}

static struct batch_header header_of(struct packer *self, uint64_t now_ms)
{
    const struct records_state *state = records_state(self->options.records);
    const struct join_file *join = self->options.join;
    const uint32_t persons = (uint32_t)(self->settled / PSEUDONYM_BYTES);
    struct batch_header header = {.schema = SCHEMA_VERSION,
                                  .programme = bytes_text(self->programme->programme),
                                  .epoch = state->epoch,
                                  .first_seq = state->head_seq + 1,
                                  .count = columns_builder_count(self->builder),
                                  .signing_key = join->signing_key_number,
                                  .pseudonym_key = self->programme->key_number,
                                  .first_person = persons > 0 ? self->first_person : 0,
                                  .person_count = persons,
                                  .sealed_at_ms = now_ms,
                                  .last_checkpoint_seen = state->checkpoint};
    memcpy(header.exchange, join->exchange, ID_BYTES);
    memcpy(header.node, join->node, ID_BYTES);
    memcpy(header.programme_digest, self->digest, DIGEST_BYTES);
    memcpy(header.previous, state->chain, DIGEST_BYTES);
    return header;
}

/* A person whose event did not fit is introduced by the batch that has it. */
static void begin_next(struct packer *self)
{
    const size_t left = self->pseudonyms.size - self->settled;
    assert(left % PSEUDONYM_BYTES == 0);
    columns_builder_reset(self->builder);
    buffer_clear(&self->row_keys);
    if (left > 0) {
        memmove(self->pseudonyms.data, self->pseudonyms.data + self->settled, left);
    }
    self->first_person += (uint32_t)(self->settled / PSEUDONYM_BYTES);
    self->pseudonyms.size = left;
    self->settled = 0;
}

enum err packer_seal(struct packer *self, uint64_t now_ms)
{
    struct records_state *state = records_state(self->options.records);
    if (columns_builder_count(self->builder) == 0) {
        return ERR_OK;
    }
    enum err err = encode_parts(self);
    if (err != ERR_OK) {
        return err;
    }
    struct batch_header header = header_of(self, now_ms);
    const struct seal_input input = {.header = &header,
                                     .columns = buffer_bytes(&self->columns),
                                     .confidential = buffer_bytes(&self->confidential),
                                     .secret = self->keys.secret};
    uint8_t chain[DIGEST_BYTES];
    err = sealing_seal(&input, &self->sealed, chain);
    if (err == ERR_OK) {
        err =
            records_batch_put(self->options.records, header.first_seq, buffer_bytes(&self->sealed));
    }
    if (err == ERR_OK) {
        state->head_seq += header.count;
        memcpy(state->chain, chain, DIGEST_BYTES);
        begin_next(self);
    }
    return err;
}

void packer_reset(struct packer *self)
{
    columns_builder_reset(self->builder);
    buffer_clear(&self->pseudonyms);
    buffer_clear(&self->row_keys);
    self->settled = 0;
}

enum err packer_pack(struct packer *self, const struct event *event, struct buffer *out)
{
    struct columns columns;
    columns_builder_reset(self->single);
    const enum err err = columns_builder_add(self->single, event);
    if (err != ERR_OK) {
        return err;
    }
    columns_builder_finish(self->single, &columns);
    return codec_columns_encode(&columns, out);
}

enum err packer_unpack(struct bytes packed, struct arena *arena, struct event *out)
{
    /* The event's texts point into the columns: both stay in the arena. */
    struct columns *columns = arena_zeroed(arena, 1, sizeof *columns);
    if (columns == NULL) {
        return ERR_FULL;
    }
    const enum err err = codec_columns_decode(packed, arena, columns);
    if (err != ERR_OK || columns->count != 1) {
        return err != ERR_OK ? err : ERR_MALFORMED;
    }
    columns_event(columns, 0, out);
    return ERR_OK;
}
