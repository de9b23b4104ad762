/* zap: decides for one ZeroMQ context which CURVE keys may come in, and under whose name (RFC
 * 27).
 *
 * A part of link, which alone uses it; a thread of its own answers, whoever is not known is
 * refused. */
#ifndef IO_ZAP_H
#define IO_ZAP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

enum { ZAP_KEY_BYTES = 32, ZAP_USER_BYTES = 68 };

/* The domain that a socket must name to be served. */
extern const char zap_domain[];

struct zap;

/* Binds the handler in a ZeroMQ context (borrowed until zap_free()) and starts its thread; to be
 * done before any socket of the context listens. Errors: ERR_MEMORY; ERR_IO. */
MUST_CHECK enum err zap_new(void *context, struct zap **out);

/* Waits for the thread, which ends when the context was shut down; *self may be null. */
void zap_free(struct zap **self);

/* Lets a key in under a name of less than ZAP_USER_BYTES, or no longer (null).
 * Errors: ERR_FULL; ERR_MEMORY. */
MUST_CHECK enum err zap_allow(struct zap *self, const uint8_t key[ZAP_KEY_BYTES], const char *user);

/* Handshakes refused since the start or since zap_forget_refused(). */
uint64_t zap_refused(const struct zap *self);
void zap_forget_refused(struct zap *self);

/* Whether the thread has ended, which it should not before the context does. */
bool zap_ended(const struct zap *self);

#endif
