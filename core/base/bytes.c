#include "core/base/bytes.h"

#include <assert.h>
#include <string.h>

struct bytes bytes_of(const void *data, size_t size)
{
    assert(data != NULL || size == 0);
    return (struct bytes){.data = data, .size = size};
}

struct bytes bytes_text(const char *text)
{
    return (struct bytes){.data = (const uint8_t *)text, .size = text != NULL ? strlen(text) : 0};
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

int bytes_compare(struct bytes a, struct bytes b)
{
    const size_t common = a.size < b.size ? a.size : b.size;
    const int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0) {
        return order;
    }
    return a.size < b.size ? -1 : a.size > b.size;
}

bool bytes_is(struct bytes a, const char *text)
{
    return bytes_equal(a, bytes_text(text));
}

enum err bytes_to_text(struct bytes from, char *out, size_t room)
{
    assert(room > 0);
    if (from.size >= room) {
        return ERR_FULL;
    }
    if (from.size > 0) {
        memcpy(out, from.data, from.size);
    }
    out[from.size] = '\0';
    return ERR_OK;
}

static void put(uint8_t *out, uint64_t value, int size)
{
    for (int i = size - 1; i >= 0; i--) {
        out[i] = (uint8_t)value;
        value >>= 8;
    }
}

static uint64_t get(const uint8_t *in, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++) {
        value = value << 8 | in[i];
    }
    return value;
}

void bytes_put16(uint8_t *out, uint16_t value)
{
    put(out, value, 2);
}

void bytes_put32(uint8_t *out, uint32_t value)
{
    put(out, value, 4);
}

void bytes_put64(uint8_t *out, uint64_t value)
{
    put(out, value, 8);
}

uint16_t bytes_get16(const uint8_t *in)
{
    return (uint16_t)get(in, 2);
}

uint32_t bytes_get32(const uint8_t *in)
{
    return (uint32_t)get(in, 4);
}

uint64_t bytes_get64(const uint8_t *in)
{
    return get(in, 8);
}

void bytes_to_hex(struct bytes from, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < from.size; i++) {
        out[2 * i] = digits[from.data[i] >> 4];
        out[2 * i + 1] = digits[from.data[i] & 15];
    }
    out[2 * from.size] = '\0';
}

static int hex_value(uint8_t digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

enum err bytes_from_hex(struct bytes text, uint8_t *out, size_t size)
{
    if (text.size != 2 * size) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < size; i++) {
        const int high = hex_value(text.data[2 * i]);
        const int low = hex_value(text.data[2 * i + 1]);
        if (high < 0 || low < 0) {
            return ERR_MALFORMED;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return ERR_OK;
}

/* Reads one code point at *at and moves behind it; returns UINT32_MAX where there is none. */
static uint32_t code_point(struct bytes text, size_t *at)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const uint8_t lead = text.data[*at];
    const int more = lead < 0x80 ? 0 : lead < 0xc0 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    if (more < 0 || lead > 0xf4 || text.size - *at <= (size_t)more) {
        return UINT32_MAX;
    }
    uint32_t value = more == 0 ? lead : lead & (0x3fu >> more);
    for (int i = 1; i <= more; i++) {
        const uint8_t next = text.data[*at + (size_t)i];
        if ((next & 0xc0) != 0x80) {
            return UINT32_MAX;
        }
        value = value << 6 | (next & 0x3f);
    }
    if (value < least[more] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return UINT32_MAX;
    }
    *at += (size_t)more + 1;
    return value;
}

void bytes_to_shown(struct bytes from, char *out, size_t room)
{
    size_t at = 0, used = 0;
    assert(room > 0);
    while (at < from.size) {
        const size_t start = at;
        const uint32_t point = code_point(from, &at);
        const bool shown = point != UINT32_MAX && point >= ' ' && (point < 0x7f || point > 0x9f);
        const size_t size = shown ? at - start : 1;
        at = point == UINT32_MAX ? start + 1 : at;
        if (used + size >= room) {
            break;
        }
        memcpy(out + used, shown ? (const char *)from.data + start : "?", size);
        used += size;
    }
    out[used] = '\0';
}

bool bytes_utf8(struct bytes text)
{
    size_t at = 0;
    while (at < text.size) {
        if (code_point(text, &at) == UINT32_MAX) {
            return false;
        }
    }
    return true;
}

static bool forbidden(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},
        {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
        {0x200b, 0x200f}, {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
        {0xfdd0, 0xfdef}, {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (point >= ranges[i].first && point <= ranges[i].last) {
            return true;
        }
    }
    return (point & 0xfffe) == 0xfffe;
}

bool bytes_clean(struct bytes text)
{
    size_t at = 0;
    while (at < text.size) {
        const uint32_t point = code_point(text, &at);
        if (point == UINT32_MAX || forbidden(point)) {
            return false;
        }
    }
    return true;
}

bool bytes_spaced(struct bytes text)
{
    size_t at = 0;
    while (at < text.size) {
        const uint32_t point = code_point(text, &at);
        if (point == UINT32_MAX) {
            return false;
        }
        if (point == ' ' || point == 0xa0 || point == 0x1680 ||
            (point >= 0x2000 && point <= 0x200a) || point == 0x202f || point == 0x205f ||
            point == 0x3000) {
            return true;
        }
    }
    return false;
}

static size_t space_at_start(struct bytes text)
{
    if (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        return 1;
    }
    return text.size > 1 && text.data[0] == 0xc2 && text.data[1] == 0xa0 ? 2 : 0;
}

static size_t space_at_end(struct bytes text)
{
    if (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t')) {
        return 1;
    }
    return text.size > 1 && text.data[text.size - 2] == 0xc2 && text.data[text.size - 1] == 0xa0
               ? 2
               : 0;
}

struct bytes bytes_trim(struct bytes text)
{
    for (size_t cut = space_at_start(text); cut > 0; cut = space_at_start(text)) {
        text.data += cut;
        text.size -= cut;
    }
    for (size_t cut = space_at_end(text); cut > 0; cut = space_at_end(text)) {
        text.size -= cut;
    }
    return text;
}

bool bytes_cut(struct bytes *rest, uint8_t separator, struct bytes *out)
{
    if (rest->data == NULL) {
        return false;
    }
    const uint8_t *end = rest->size > 0 ? memchr(rest->data, separator, rest->size) : NULL;
    if (end == NULL) {
        *out = *rest;
        *rest = (struct bytes){0};
        return true;
    }
    *out = bytes_of(rest->data, (size_t)(end - rest->data));
    *rest = bytes_of(end + 1, rest->size - out->size - 1);
    return true;
}

bool bytes_cut_line(struct bytes *rest, struct bytes *out)
{
    if (rest->size == 0 || !bytes_cut(rest, '\n', out)) {
        return false;
    }
    if (out->size > 0 && out->data[out->size - 1] == '\r') {
        out->size--;
    }
    return true;
}

struct bytes bytes_unmarked(struct bytes text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    const bool marked = text.size >= sizeof mark && memcmp(text.data, mark, sizeof mark) == 0;
    return marked ? bytes_of(text.data + sizeof mark, text.size - sizeof mark) : text;
}

enum err bytes_to_u64(struct bytes text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    bool fits = true;
    if (text.size == 0) {
        return ERR_MALFORMED;
    }
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return ERR_MALFORMED;
        }
        const uint64_t digit = (uint64_t)(text.data[i] - '0');
        fits = fits && value <= max / 10 && digit <= max - value * 10;
        value = fits ? value * 10 + digit : 0;
    }
    if (!fits) {
        return ERR_RANGE;
    }
    *out = value;
    return ERR_OK;
}
