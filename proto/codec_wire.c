/* The happy path is: 1 the scan walks every tag and length once, driven by the generated
 * descriptors; 2 protobuf-c decodes into the arena; 3 the message is packed again and compared
 * with the input.
 * What may go wrong: protobuf-c by itself takes unknown and repeated fields, padded varints, NUL
 * and broken UTF-8, and makes 44 bytes of objects of one byte of input; the scan refuses all that
 * before it is asked, so what it allocates is bounded by the input's size and the limits. */
#include "proto/codec_wire.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "core/model/limits.h"
#include "core/model/programme.h"
#include "proto/codec.h"
#include "proto/messages.h"
#include "proto/ogniwo.pb-c.h"

/* A message holds messages, which hold none: no message of the schema nests deeper. */
enum { DEPTH_MAX = 2 };

struct level {
    const ProtobufCMessageDescriptor *message;
    const uint8_t *end;
    unsigned index;   /* of the lowest field that may come next */
    uint32_t repeats; /* how often that field has come already */
    bool choice_made; /* a member of the message's oneof has come */
};

struct scan {
    const uint8_t *at;
    unsigned depth;
    struct level levels[DEPTH_MAX];
};

/* How often a repeated field may come; all others at most BATCH_EVENTS_MAX times. */
static const struct {
    const ProtobufCMessageDescriptor *message;
    uint32_t id, count_max;
} repeat_limits[] = {
    {&ogniwo__v1__event_columns__descriptor, 2, BATCH_TERMS_MAX},
    {&ogniwo__v1__event_columns__descriptor, 23, BATCH_EVENTS_MAX *PROFILE_FLAGS_MAX},
    {&ogniwo__v1__genesis__descriptor, 3, ADMINISTRATORS_MAX},
    {&ogniwo__v1__node_enrolment__descriptor, 4, PROGRAMMES_MAX},
    {&ogniwo__v1__people_merge__descriptor, 2, DECISION_PEOPLE_MAX},
    {&ogniwo__v1__people_merge__descriptor, 3, DECISION_PEOPLE_MAX},
    {&ogniwo__v1__people_split__descriptor, 2, DECISION_PEOPLE_MAX},
    {&ogniwo__v1__people_split__descriptor, 3, DECISION_PEOPLE_MAX},
    {&ogniwo__v1__hello__descriptor, 7, PROGRAMMES_MAX},
    {&ogniwo__v1__sheet_part__descriptor, 9, SHEET_PART_ROWS_MAX},
    {&ogniwo__v1__sheet_part__descriptor, 10, SHEET_PART_ROWS_MAX *DIMENSION_COUNT},
    {&ogniwo__v1__sheet_part__descriptor, 11, SHEET_PART_ROWS_MAX},
    {&ogniwo__v1__sheet_part__descriptor, 12, SHEET_PART_ROWS_MAX},
};

static uint32_t repeat_limit(const ProtobufCMessageDescriptor *message, uint32_t id)
{
    for (size_t i = 0; i < CODEC_COUNT(repeat_limits); i++) {
        if (repeat_limits[i].message == message && repeat_limits[i].id == id) {
            return repeat_limits[i].count_max;
        }
    }
    return BATCH_EVENTS_MAX;
}

/* The wire type of one value of a type. */
static ProtobufCWireType value_wire_type(ProtobufCType type)
{
    switch (type) {
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SINT32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_BOOL:
    case PROTOBUF_C_TYPE_ENUM:
        return PROTOBUF_C_WIRE_TYPE_VARINT;
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        break;
    }
    return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
}

/* The wire type that a field has in the one canonical encoding. */
static ProtobufCWireType wire_type(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0 ? PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
                                                              : value_wire_type(field->type);
}

static enum err read_varint(struct scan *scan, const uint8_t *end, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (scan->at == end) {
            return ERR_MALFORMED;
        }
        const uint8_t byte = *scan->at++;
        if (shift == 63 && byte > 1) {
            return ERR_MALFORMED;
        }
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = value;
            return byte == 0 && shift > 0 ? ERR_NOT_CANONICAL : ERR_OK;
        }
    }
    return ERR_MALFORMED;
}

/* bytes_clean(), with a short way for what codes nearly always are. */
static bool text_clean(struct bytes text)
{
    bool plain = true;
    for (size_t i = 0; i < text.size; i++) {
        plain &= text.data[i] >= 0x20 && text.data[i] < 0x7f;
    }
    return plain || bytes_clean(text);
}

static enum err scan_packed(ProtobufCWireType type, struct bytes packed, uint32_t count_max)
{
    if (packed.size == 0) {
        return ERR_NOT_CANONICAL;
    }
    if (type != PROTOBUF_C_WIRE_TYPE_VARINT) {
        const size_t width = type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;
        if (packed.size % width != 0) {
            return ERR_MALFORMED;
        }
        return packed.size / width > count_max ? ERR_RANGE : ERR_OK;
    }
    size_t count = 0;
    for (size_t i = 0; i < packed.size; i++) {
        count += packed.data[i] < 0x80;
    }
    if (packed.data[packed.size - 1] >= 0x80) {
        return ERR_MALFORMED;
    }
    return count > count_max ? ERR_RANGE : ERR_OK;
}

/* Finds the field of a tag; each field's number is at or above the one before, as it is packed. */
static enum err next_field(struct level *level, uint64_t tag, const ProtobufCFieldDescriptor **out)
{
    const ProtobufCMessageDescriptor *message = level->message;
    const uint32_t id = tag <= UINT32_MAX ? (uint32_t)tag >> 3 : 0;
    unsigned index = level->index;
    while (index < message->n_fields && message->fields[index].id < id) {
        index++;
    }
    if (index == message->n_fields || message->fields[index].id != id) {
        const bool known = protobuf_c_message_descriptor_get_field(message, id) != NULL;
        return known ? ERR_NOT_CANONICAL : ERR_MALFORMED;
    }
    const ProtobufCFieldDescriptor *field = &message->fields[index];
    if ((ProtobufCWireType)(tag & 7) != wire_type(field)) {
        return ERR_MALFORMED;
    }
    const bool oneof = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
    if (oneof && level->choice_made) {
        return ERR_MALFORMED;
    }
    level->choice_made |= oneof;
    level->repeats = index == level->index ? level->repeats + 1 : 1;
    level->index = index;
    const bool again = field->label == PROTOBUF_C_LABEL_REPEATED &&
                       (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) == 0;
    if (again && level->repeats > repeat_limit(message, id)) {
        return ERR_RANGE;
    }
    if (!again) {
        level->index++;
        level->repeats = 0;
    }
    *out = field;
    return ERR_OK;
}

static enum err scan_prefixed(struct scan *scan, struct level *level,
                              const ProtobufCFieldDescriptor *field)
{
    uint64_t size = 0;
    const enum err err = read_varint(scan, level->end, &size);
    if (err != ERR_OK) {
        return err;
    }
    if (size > (uint64_t)(level->end - scan->at)) {
        return ERR_MALFORMED;
    }
    const struct bytes value = bytes_of(scan->at, (size_t)size);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
        assert(scan->depth < DEPTH_MAX);
        scan->levels[scan->depth++] =
            (struct level){.message = field->descriptor, .end = value.data + value.size};
        return ERR_OK;
    }
    scan->at += value.size;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0) {
        return scan_packed(value_wire_type(field->type), value,
                           repeat_limit(level->message, field->id));
    }
    if (field->type == PROTOBUF_C_TYPE_STRING && !text_clean(value)) {
        return ERR_ENCODING;
    }
    return ERR_OK;
}

static enum err scan_field(struct scan *scan)
{
    struct level *level = &scan->levels[scan->depth - 1];
    const ProtobufCFieldDescriptor *field = NULL;
    uint64_t tag = 0;
    enum err err = read_varint(scan, level->end, &tag);
    if (err == ERR_OK) {
        err = next_field(level, tag, &field);
    }
    if (err != ERR_OK) {
        return err;
    }
    const ProtobufCWireType type = wire_type(field);
    if (type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) {
        return scan_prefixed(scan, level, field);
    }
    if (type == PROTOBUF_C_WIRE_TYPE_VARINT) {
        uint64_t value = 0;
        return read_varint(scan, level->end, &value);
    }
    const ptrdiff_t width = type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;
    if (level->end - scan->at < width) {
        return ERR_MALFORMED;
    }
    scan->at += width;
    return ERR_OK;
}

static enum err scan_message(const ProtobufCMessageDescriptor *message, struct bytes from)
{
    /* Never a null pointer, so that the scan may take differences. */
    const uint8_t *start = from.data != NULL ? from.data : (const uint8_t *)"";
    struct scan scan = {.at = start, .depth = 1};
    scan.levels[0] = (struct level){.message = message, .end = start + from.size};
    while (scan.depth > 0) {
        assert(scan.at <= scan.levels[scan.depth - 1].end);
        if (scan.at == scan.levels[scan.depth - 1].end) {
            scan.depth--;
            continue;
        }
        const enum err err = scan_field(&scan);
        if (err != ERR_OK) {
            return err;
        }
    }
    return ERR_OK;
}

/* protobuf-c's allocator: takes from the arena and gives nothing back. */
struct source {
    struct arena *arena;
    bool full;
};

static void *source_alloc(void *context, size_t size)
{
    struct source *source = context;
    void *block = arena_take(source->arena, size);
    source->full |= block == NULL;
    return block;
}

static void source_free(void *context, void *block)
{
    (void)context;
    (void)block;
}

/* pack(unpack(x)) == x. Packing into a scratch and comparing once is more than twice as fast as
 * comparing piece by piece while packing. */
static enum err check_canonical(const ProtobufCMessage *message, struct bytes from,
                                struct arena *arena)
{
    if (protobuf_c_message_get_packed_size(message) != from.size) {
        return ERR_NOT_CANONICAL;
    }
    uint8_t *scratch = arena_take(arena, from.size);
    if (scratch == NULL) {
        return ERR_FULL;
    }
    const size_t size = protobuf_c_message_pack(message, scratch);
    assert(size == from.size);
    return bytes_equal(bytes_of(scratch, size), from) ? ERR_OK : ERR_NOT_CANONICAL;
}

enum err codec_version_check(struct bytes from)
{
    if (from.size < 2 || from.data[0] != (1 << 3 | PROTOBUF_C_WIRE_TYPE_VARINT)) {
        return ERR_MALFORMED;
    }
    return from.data[1] == SCHEMA_VERSION ? ERR_OK : ERR_VERSION;
}

enum err codec_wire_decode(const ProtobufCMessageDescriptor *descriptor, struct bytes from,
                           struct arena *arena, const void **out)
{
    if (from.size > CODEC_BYTES_MAX) {
        return ERR_RANGE;
    }
    const enum err err = scan_message(descriptor, from);
    if (err != ERR_OK) {
        return err;
    }
    struct source source = {.arena = arena};
    ProtobufCAllocator allocator = {
        .alloc = source_alloc, .free = source_free, .allocator_data = &source};
    const ProtobufCMessage *message =
        protobuf_c_message_unpack(descriptor, &allocator, from.size, from.data);
    if (message == NULL) {
        return source.full ? ERR_FULL : ERR_MALFORMED;
    }
    assert(message->n_unknown_fields == 0);
    *out = message;
    return check_canonical(message, from, arena);
}

enum err codec_wire_encode(const ProtobufCMessage *message, struct buffer *out)
{
    assert(protobuf_c_message_check(message));
    const size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *place = NULL;
    const enum err err = buffer_reserve(out, size, &place);
    if (err != ERR_OK) {
        return err;
    }
    const size_t packed = protobuf_c_message_pack(message, place);
    assert(packed == size);
    out->size += packed;
    return ERR_OK;
}

enum err codec_fixed_get(const struct codec_fixed *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert(fields[i].size > 0);
        if (fields[i].from.size != fields[i].size) {
            return ERR_RANGE;
        }
        memcpy(fields[i].out, fields[i].from.data, fields[i].size);
    }
    return ERR_OK;
}

enum err codec_text_get(const char *from, size_t min, size_t max, struct bytes *out)
{
    assert(min <= max);
    *out = bytes_text(from);
    return out->size < min || out->size > max ? ERR_RANGE : ERR_OK;
}

enum err codec_text_put(struct bytes from, size_t min, size_t max, char *out)
{
    if (from.size < min || from.size > max) {
        return ERR_RANGE;
    }
    return text_clean(from) ? bytes_to_text(from, out, max + 1) : ERR_ENCODING;
}

enum err codec_rejects_check(const struct codec_rejects *rejects)
{
    if (rejects->index_count != rejects->code_count || rejects->index_count > rejects->index_end) {
        return ERR_RANGE;
    }
    for (size_t i = 0; i < rejects->index_count; i++) {
        if (rejects->index[i] >= rejects->index_end || rejects->code[i] == 0) {
            return ERR_RANGE;
        }
        if (i > 0 && rejects->index[i - 1] >= rejects->index[i]) {
            return ERR_NOT_CANONICAL;
        }
    }
    return ERR_OK;
}
