/* programmes: the programme files that the lead has handed out, kept for weeks without a link. */
#ifndef NODES_PROGRAMMES_H
#define NODES_PROGRAMMES_H

#include <stdint.h>

#include "config/exchange.h"
#include "core/base/err.h"
#include "core/model/programme.h"
#include "nodes/records.h"
#include "proto/messages.h"

struct programmes;

/* One of the node's programmes; programme is null until its file has come. */
struct node_programme {
    const struct join_programme *key;
    struct programme *programme;
    uint8_t digest[DIGEST_BYTES];
    uint8_t key_check[DIGEST_BYTES]; /* of the node's own key */
};

/* Reads what is stored. Gives the programmes; free with programmes_free(). */
MUST_CHECK enum err programmes_new(const struct join_file *join, struct records *records,
                                   struct programmes **out);
void programmes_free(struct programmes **self);

/* Takes a signed programme file from the broker: checks the administrator's signature and the key,
 * stores it, and puts it in force. Errors: ERR_SIGNATURE, ERR_DENIED (not an administrator of the
 * join file, another exchange, a programme that is not the node's), ERR_CONFIG, the decoders';
 * ERR_STORE. */
MUST_CHECK enum err programmes_take(struct programmes *self, struct bytes signed_decision);

/* The programme of that id (null or "": the node's only one), or null. */
const struct node_programme *programmes_find(const struct programmes *self, const char *id);

uint32_t programmes_count(const struct programmes *self);
const struct node_programme *programmes_at(const struct programmes *self, uint32_t index);

#endif
