/* node: a partner office's side: folder, import, outbox and uplink put together, without a main.
 *
 * node_turn() does all that can be done now: questions, a step of the file in hand, messages of the
 * broker, what is due. Between turns the caller waits on the descriptors until the deadline. */
#ifndef NODES_NODE_H
#define NODES_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/exchange.h"
#include "core/base/err.h"
#include "core/mapping/mapping.h"
#include "core/uplink/uplink.h"
#include "nodes/rejects.h"
#include "nodes/report.h"

struct node;

struct node_options {
    const struct join_file *join; /* copied */
    const char *store_path;
    uint64_t store_bytes_max;           /* 0: the store's own default */
    const char *programme;              /* whose files these are; null or "": the node's only one */
    const struct mapping_spec *mapping; /* borrowed for the life; null: the built-in one */
    const char *folder;                 /* null or "": none */
    uint32_t rest_ms, rescan_ms;        /* of the folder */
    const char *admin;                  /* ipc://path; null or "": none */
    bool connect;                       /* false: only import; nothing is sent */
};

enum { NODE_DESCRIPTORS_MAX = 3 };

/* Errors: ERR_BUSY, another process has the store; ERR_STATE, the store is another node's; those of
 * the parts. What is wrong is in the log. Gives a node; close with node_close(). */
MUST_CHECK enum err node_open(const struct node_options *options, struct node **out);
void node_close(struct node **self);

/* Errors: ERR_STORE and others: the process must stop (what was reported as accepted is safe). */
MUST_CHECK enum err node_turn(struct node *self);

bool node_ready(struct node *self);
uint64_t node_deadline_ms(const struct node *self);
uint32_t node_descriptors(const struct node *self, int out[NODE_DESCRIPTORS_MAX]);

/* Imports one file at once, for a process that has the store to itself. */
struct node_file {
    const char *name;
    struct bytes content;
    const char *programme;              /* null or "": the node's */
    const struct mapping_spec *mapping; /* null: the node's */
    bool dry_run, again;
    void (*progress)(void *context, size_t bytes_read); /* may be null */
    void *context;
};

/* Fills *report, which the caller finishes. Errors: ERR_NOT_FOUND, the programme is not (yet) known
 * here: the node must have greeted the broker once; ERR_FULL; ERR_STORE. */
MUST_CHECK enum err node_import(struct node *self, const struct node_file *file,
                                struct report *report);

/* The node's own number of whoever bears the identifier in a programme (null or "": the node's),
 * with the node's name; nothing of it is kept or logged. Sets *fault where it is no identifier.
 * Errors: ERR_NOT_FOUND, nobody of that identifier is known here; ERR_STATE, the programme is not
 * known here; ERR_STORE. A file may not be in hand. */
struct node_person {
    struct bytes scheme, identifier; /* an empty scheme: pesel */
    const char *programme;
};
MUST_CHECK enum err node_find_person(struct node *self, const struct node_person *person,
                                     uint32_t *number, enum reject *fault);
const char *node_name(const struct node *self);

/* Where the node stands. */
struct node_standing {
    enum uplink_state state;
    uint64_t epoch, head_seq, acked_seq, batch_count;
    uint32_t people, files;
    struct rejects_sum rejects; /* to be mended at the office */
    char stopped[128];          /* why, when state is UPLINK_STOPPED */
};
struct node_standing node_standing(struct node *self);

/* The reports kept, as JSON documents in the order of their files: called for each. "replaced_by"
 * is the number of a newer file of that name, or 0.
 * Errors: ERR_STORE. */
typedef void node_visit_report(void *context, const json_t *report);
MUST_CHECK enum err node_reports(struct node *self, node_visit_report *visit, void *context);

#endif
