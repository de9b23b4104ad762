/* bytes: borrowed byte ranges, big-endian numbers, hex, and strict UTF-8. */
#ifndef CORE_BASE_BYTES_H
#define CORE_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

/* A borrowed range; data may be null when size is 0. Text held so has no terminating zero. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

/* For printf("%.*s", BYTES_FMT(b)). */
#define BYTES_FMT(b) (int)(b).size, (const char *)(b).data

struct bytes bytes_of(const void *data, size_t size);

/* The text's bytes without the terminating zero; null gives the empty range. */
struct bytes bytes_text(const char *text);

bool bytes_equal(struct bytes a, struct bytes b);

/* Negative, zero or positive, by unsigned bytes, shorter first. */
int bytes_compare(struct bytes a, struct bytes b);

bool bytes_is(struct bytes a, const char *text);

/* Copies into out[room] with a terminating zero. Errors: ERR_FULL, it does not fit. */
MUST_CHECK enum err bytes_to_text(struct bytes from, char *out, size_t room);

/* Writes what fits into out[room], cut between two characters, with a terminating zero; each
 * byte that is not UTF-8 or is a control becomes '?': always text that may be shown. */
void bytes_to_shown(struct bytes from, char *out, size_t room);

void bytes_put16(uint8_t *out, uint16_t value);
void bytes_put32(uint8_t *out, uint32_t value);
void bytes_put64(uint8_t *out, uint64_t value);
uint16_t bytes_get16(const uint8_t *in);
uint32_t bytes_get32(const uint8_t *in);
uint64_t bytes_get64(const uint8_t *in);

/* Writes 2 * size lower-case digits and a zero: out needs 2 * size + 1 bytes. */
void bytes_to_hex(struct bytes from, char *out);

/* Reads exactly size bytes from 2 * size hex digits. Errors: ERR_MALFORMED. */
MUST_CHECK enum err bytes_from_hex(struct bytes text, uint8_t *out, size_t size);

/* Strict UTF-8 of RFC 3629: no overlong forms, surrogates or values above U+10FFFF. */
bool bytes_utf8(struct bytes text);

/* bytes_utf8, and without NUL, C0/C1 controls, bidi controls, invisible (default-ignorable) and
 * noncharacters: what a code or a title may hold (Unicode UAX 9, UAX 44, UTS 39). */
bool bytes_clean(struct bytes text);

/* Whether a space of any kind stands in the text (category Zs: U+0020, U+00A0, U+2003, ...). */
bool bytes_spaced(struct bytes text);

/* The text without ASCII spaces, tabs and no-break spaces (U+00A0) at both ends. */
struct bytes bytes_trim(struct bytes text);

/* Takes all up to the separator off *rest, and the separator; the last piece is what is left, be it
 * empty. False where that has been taken: rest->data is then null. */
bool bytes_cut(struct bytes *rest, uint8_t separator, struct bytes *out);

/* The next line of *rest without its end, LF or CRLF; false where nothing is left. */
bool bytes_cut_line(struct bytes *rest, struct bytes *out);

/* The text without the byte order mark that Excel writes in front of UTF-8. */
struct bytes bytes_unmarked(struct bytes text);

/* A decimal number without sign and leading '+', at most max. Errors: ERR_MALFORMED, ERR_RANGE. */
MUST_CHECK enum err bytes_to_u64(struct bytes text, uint64_t max, uint64_t *out);

#endif
