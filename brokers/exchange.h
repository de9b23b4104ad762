/* exchange: what the log has decided so far: keys, programmes and their versions, nodes.
 *
 * A fold over the log's entries, like totals: the same entries give the same exchange. It reads no
 * store and no clock. */
#ifndef BROKERS_EXCHANGE_H
#define BROKERS_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/programme.h"
#include "proto/messages.h"

/* One version of a programme, in force from its position until the next one. */
struct exchange_programme {
    char id[CODE_BYTES_MAX + 1];
    uint8_t digest[DIGEST_BYTES]; /* of the ProgrammeFile's YAML and regions: names the version */
    uint8_t key_check[DIGEST_BYTES];
    uint64_t position, decided_at_ms;
    struct programme *programme; /* null: a log's file that this release's loader refuses */
    const struct exchange_people *people; /* the newest merge or split up to now; null: none */
};

struct exchange_node {
    uint8_t id[ID_BYTES];
    char partner[CODE_BYTES_MAX + 1], name[CODE_BYTES_MAX + 1];
    char programmes[PROGRAMMES_MAX][CODE_BYTES_MAX + 1];
    uint32_t programme_count;
    uint32_t signing_key_number;
    uint8_t signing_key[KEY_BYTES], transport_key[KEY_BYTES];
    bool revoked;
    uint64_t decided_at_ms; /* of the newest decision about it */
};

/* A merge or a split of people, in the log's order. */
struct exchange_people {
    bool merge;
    uint64_t position, decided_at_ms;
    char programme[CODE_BYTES_MAX + 1];
    uint32_t count;
    struct exchange_person {
        uint32_t node, number; /* the exchange's number of the node; the node's of the person */
    } people[];
};

/* The close of a period: what comes later for its days is counted, and shown as a correction. */
struct exchange_closing {
    uint64_t position, decided_at_ms;
    char programme[CODE_BYTES_MAX + 1];
    char partner[CODE_BYTES_MAX + 1], task[CODE_BYTES_MAX + 1]; /* empty: all */
    int32_t through_on;
};

struct exchange;

enum { EXCHANGE_FAULT_BYTES = 640 };

/* Gives an empty exchange; free with exchange_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err exchange_new(struct exchange **out);
void exchange_free(struct exchange **self);

/* What an applied entry changed. */
struct exchange_change {
    bool genesis;
    struct exchange_programme *programme; /* a new version came into force */
    struct exchange_node *node;           /* enrolled, changed or revoked */
    uint32_t node_number;
    const struct exchange_people *people; /* the programme is to be counted anew */
    const struct exchange_closing *closing;
    bool key_replaced; /* the node's transport key is now another; this was it */
    uint8_t replaced_key[KEY_BYTES];
};

/* Takes an entry into account; a batch changes nothing. A decision's signature and its
 * administrator are checked; the arena is used for decoding. Errors: ERR_SIGNATURE, ERR_DENIED
 * (not an administrator, another exchange, a node's other partner, older than the newest decision
 * about the same node or programme; one about people or a period must be newer than the newest of
 * its kind in the programme), ERR_NOT_FOUND (a node, programme, partner or task that nobody knows:
 * fault says which), the decoders'. Then nothing has changed. What was once taken into the log is
 * not asked more than this: a programme file that is wrong is no error, but a version without a
 * programme, and fault says why. */
MUST_CHECK enum err exchange_apply(struct exchange *self, const struct log_entry *entry,
                                   struct arena *arena, struct exchange_change *change,
                                   char fault[EXCHANGE_FAULT_BYTES]);

/* A decision that is to become an entry. */
struct exchange_asked {
    const struct decision *decision; /* in the arena */
    uint64_t position;               /* of the same decision in the log; 0: it is not there */
};

/* Judges a decision that was submitted now_ms by the log's clock; changes nothing and reads no log.
 * One that is in the log already is right as it is: it is not judged further, and is not to be
 * appended again. Errors: exchange_apply()'s, where ERR_DENIED is also one that is no newer than
 * the newest about the same node, programme, or programme's people or periods; ERR_CONFIG, the
 * programme file is wrong; ERR_RANGE, dated more than DECISION_AHEAD_MS_MAX ahead: all that come
 * behind it in time would be refused. fault says why, where there is more to say than the error
 * does. */
MUST_CHECK enum err exchange_check(const struct exchange *self,
                                   const struct signed_decision *signed_by, uint64_t now_ms,
                                   struct arena *arena, struct exchange_asked *out,
                                   char fault[EXCHANGE_FAULT_BYTES]);

/* Null before the genesis. Borrowed. */
const struct genesis *exchange_genesis(const struct exchange *self);

/* The version in force, or null; the version of that digest, or null. */
struct exchange_programme *exchange_programme(const struct exchange *self, struct bytes id);
struct exchange_programme *exchange_version(const struct exchange *self, struct bytes id,
                                            const uint8_t digest[DIGEST_BYTES]);

/* All versions, in the log's order; all nodes, numbered in the order of their enrolment. */
uint32_t exchange_version_count(const struct exchange *self);
struct exchange_programme *exchange_version_at(const struct exchange *self, uint32_t index);
uint32_t exchange_node_count(const struct exchange *self);
struct exchange_node *exchange_node_at(const struct exchange *self, uint32_t number);

/* Merges and splits of all programmes, in the log's order; the one at a position, or null. */
uint32_t exchange_people_count(const struct exchange *self);
const struct exchange_people *exchange_people_at(const struct exchange *self, uint32_t index);
const struct exchange_people *exchange_people_find(const struct exchange *self, uint64_t position);

/* Whether people of the programme have been merged or split. */
bool exchange_has_people(const struct exchange *self, struct bytes programme);

/* The position of the decision that the programme is counted under: its newest version, merge or
 * split; 0 where there is no such programme. */
uint64_t exchange_basis(const struct exchange *self, struct bytes programme);

/* Closed periods, in the log's order. */
uint32_t exchange_closing_count(const struct exchange *self);
const struct exchange_closing *exchange_closing_at(const struct exchange *self, uint32_t index);

/* The node's number, or UINT32_MAX. */
uint32_t exchange_node_find(const struct exchange *self, const uint8_t id[ID_BYTES]);

#endif
