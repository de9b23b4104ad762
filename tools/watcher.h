/* watcher: follows one sheet of a broker's live totals over its sockets on this machine, and has at
 * any time a document like that of `totals`, with its age.
 *
 * core/view/mirror decides, this file has the sockets. It never gives up: a broker that is away, or
 * that keeps no such sheet just now, is asked again. */
#ifndef TOOLS_WATCHER_H
#define TOOLS_WATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/err.h"
#include "core/view/mirror.h"

struct watcher;

struct watcher_options {
    const char *admin;     /* the broker's ipc://path; borrowed for the life */
    const json_t *request; /* {"programme", "indicator", "by", "level"}; borrowed for the life */
    uint64_t random;       /* any number, another for each watcher: jitter */
};

enum { WATCHER_DESCRIPTORS_MAX = 2 };

/* Errors: ERR_MEMORY, ERR_IO. Gives a watcher; close with watcher_close(). */
MUST_CHECK enum err watcher_open(const struct watcher_options *options, struct watcher **out);
void watcher_close(struct watcher **self);

/* Takes what has arrived and does what is due. Errors: ERR_MEMORY; ERR_FULL, the sheet has too many
 * rows; ERR_IO. */
MUST_CHECK enum err watcher_turn(struct watcher *self);
bool watcher_ready(struct watcher *self);
uint64_t watcher_deadline_ms(const struct watcher *self);
uint32_t watcher_descriptors(const struct watcher *self, int out[WATCHER_DESCRIPTORS_MAX]);

/* Grows with each change of the document or of whether it is current. */
uint64_t watcher_changes(const struct watcher *self);

/* Whether the document is what the broker has, as far as can be known. */
bool watcher_current(const struct watcher *self);

/* The document: as figures_json(), with "position", "received_at_ms" and "live"; null before the
 * first. Borrowed until the next turn. Errors: ERR_MEMORY. */
MUST_CHECK enum err watcher_document(struct watcher *self, const json_t **out);

/* Why there is no current document: what the broker said, or "". Borrowed until the next turn. */
const char *watcher_trouble(const struct watcher *self);

/* For tests. */
struct mirror *watcher_mirror(struct watcher *self);

#endif
