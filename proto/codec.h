/* codec: bytes to messages and back; the only code that sees protobuf-c.
 *
 * Decoding bounds the input before protobuf-c sees it (a flat scan of tags and lengths: known
 * fields, right wire types, singular fields once, counts within limits.h), decodes into the given
 * arena, refuses unknown fields and whatever is not the one canonical encoding (pack(unpack(x)) ==
 * x), checks UTF-8 and all sizes and ranges that the messages' comments state. What is decoded
 * borrows from the arena only.
 *
 * All decoders' errors: ERR_MALFORMED, ERR_NOT_CANONICAL, ERR_ENCODING, ERR_RANGE (a count, size or
 * number beyond its limit), ERR_VERSION (another schema), ERR_FULL (the arena's cap). *out is then
 * of no use; the arena may hold scraps.
 * All encoders append to a buffer; errors: ERR_FULL, ERR_MEMORY; ERR_RANGE and ERR_ENCODING for a
 * text that is too long or that a decoder would refuse. The buffer is then unchanged. */
#ifndef PROTO_CODEC_H
#define PROTO_CODEC_H

#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/event.h"
#include "core/model/sheet.h"
#include "proto/messages.h"

enum {
    /* The longest input of a decoder: a log entry is as long as the frame that brought its batch,
     * and holds verdicts and person numbers besides. */
    CODEC_BYTES_MAX = FRAME_BYTES_MAX + 32 * 1024
};

void codec_frame_header_put(const struct frame_header *header, uint8_t out[FRAME_HEADER_BYTES]);
/* Errors: ERR_MALFORMED, ERR_VERSION. */
MUST_CHECK enum err codec_frame_header_get(struct bytes frame, struct frame_header *out);

/* The decoders are named codec_X_decode, the encoders codec_X_encode. */
#define CODEC_LIST(X)                                                                              \
    X(sealed_batch)                                                                                \
    X(batch_header)                                                                                \
    X(columns)                                                                                     \
    X(confidential)                                                                                \
    X(log_entry)                                                                                   \
    X(signed_decision)                                                                             \
    X(decision)                                                                                    \
    X(hello)                                                                                       \
    X(welcome)                                                                                     \
    X(signed_receipt)                                                                              \
    X(receipt_body)                                                                                \
    X(control)                                                                                     \
    X(query)                                                                                       \
    X(answer)                                                                                      \
    X(sheet_part)

#define CODEC_DECLARE(name)                                                                        \
    MUST_CHECK enum err codec_##name##_decode(struct bytes from, struct arena *arena,              \
                                              struct name *out);                                   \
    MUST_CHECK enum err codec_##name##_encode(const struct name *from, struct buffer *out);
CODEC_LIST(CODEC_DECLARE)
#undef CODEC_DECLARE

#endif
