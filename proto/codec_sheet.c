/* Live totals: parts of snapshots, changes and beats. */
#include <assert.h>

#include <protobuf-c/protobuf-c.h>

#include "core/model/limits.h"
#include "core/model/programme.h"
#include "proto/codec.h"
#include "proto/codec_wire.h"
#include "proto/ogniwo.pb-c.h"

static_assert(SHEET_PART_ROWS_MAX * ((DIMENSION_COUNT + 1) * (2 + CODE_BYTES_MAX) + 2 * 10) + 128 <
                  FRAME_BYTES_MAX,
              "a full part fits into a frame");

static enum err texts_get(char **from, size_t count, struct arena *arena, const struct bytes **out)
{
    struct bytes *texts = arena_zeroed(arena, count, sizeof *texts);
    enum err err = texts != NULL ? ERR_OK : ERR_FULL;
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        err = codec_text_get(from[i], 1, CODE_BYTES_MAX, &texts[i]);
    }
    *out = texts;
    return err;
}

static enum err rows_get(const Ogniwo__V1__SheetPart *message, struct arena *arena,
                         struct sheet_rows *out)
{
    const size_t count = message->n_indicator;
    if (message->label_count > DIMENSION_COUNT || message->n_value != count ||
        message->n_partner_sum != count || message->n_label != count * message->label_count) {
        return ERR_RANGE;
    }
    *out = (struct sheet_rows){.count = (uint32_t)count,
                               .label_count = message->label_count,
                               .values = message->value,
                               .partner_sums = message->partner_sum};
    const enum err err = texts_get(message->indicator, count, arena, &out->indicators);
    return err == ERR_OK ? texts_get(message->label, message->n_label, arena, &out->labels) : err;
}

enum err codec_sheet_part_decode(struct bytes from, struct arena *arena, struct sheet_part *out)
{
    const void *found = NULL;
    const enum err err =
        codec_wire_decode(&ogniwo__v1__sheet_part__descriptor, from, arena, &found);
    if (err != ERR_OK) {
        return err;
    }
    const Ogniwo__V1__SheetPart *message = found;
    *out = (struct sheet_part){.session = message->session,
                               .version = message->version,
                               .basis = message->basis,
                               .position = message->position,
                               .received_at_ms = message->received_at_ms,
                               .digest = message->digest,
                               .more = message->more != 0};
    if (out->session == 0) {
        return ERR_RANGE;
    }
    return rows_get(message, arena, &out->rows);
}

/* Each text with a terminating zero, its place in the list, and what the arena takes to align. */
static size_t scratch_bytes(const struct sheet_rows *rows)
{
    const size_t texts = (size_t)rows->count * (1 + rows->label_count);
    return texts * (CODE_BYTES_MAX + 1 + sizeof(char *) + 32) + 256;
}

static enum err texts_put(const struct bytes *from, size_t count, struct arena *scratch,
                          char ***out)
{
    char **list = arena_zeroed(scratch, count, sizeof *list);
    enum err err = ERR_OK;
    assert(list != NULL);
    for (size_t i = 0; i < count && err == ERR_OK; i++) {
        list[i] = arena_take(scratch, CODE_BYTES_MAX + 1);
        assert(list[i] != NULL);
        err = codec_text_put(from[i], 1, CODE_BYTES_MAX, list[i]);
    }
    *out = list;
    return err;
}

enum err codec_sheet_part_encode(const struct sheet_part *from, struct buffer *out)
{
    const struct sheet_rows *rows = &from->rows;
    struct arena *scratch = NULL;
    assert(from->session != 0);
    assert(rows->count <= SHEET_PART_ROWS_MAX && rows->label_count <= DIMENSION_COUNT);
    enum err err = arena_new(scratch_bytes(rows), &scratch);
    if (err != ERR_OK) {
        return err;
    }
    Ogniwo__V1__SheetPart message = OGNIWO__V1__SHEET_PART__INIT;
    message.session = from->session;
    message.version = from->version;
    message.basis = from->basis;
    message.position = from->position;
    message.received_at_ms = from->received_at_ms;
    message.digest = from->digest;
    message.more = from->more;
    message.label_count = rows->label_count;
    message.n_indicator = message.n_value = message.n_partner_sum = rows->count;
    message.n_label = (size_t)rows->count * rows->label_count;
    message.value = (int64_t *)(uintptr_t)rows->values;
    message.partner_sum = (int64_t *)(uintptr_t)rows->partner_sums;
    err = texts_put(rows->indicators, rows->count, scratch, &message.indicator);
    if (err == ERR_OK) {
        err = texts_put(rows->labels, message.n_label, scratch, &message.label);
    }
    if (err == ERR_OK) {
        err = codec_wire_encode(&message.base, out);
    }
    arena_free(&scratch);
    return err;
}
