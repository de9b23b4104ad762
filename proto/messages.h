/* messages: the decoded form of what proto/ogniwo.proto describes. Plain data; byte ranges and
 * arrays are borrowed from the arena they were decoded into. Digests, keys and ids of a fixed size
 * are held by value. */
#ifndef PROTO_MESSAGES_H
#define PROTO_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/model/limits.h"

enum {
    SCHEMA_VERSION = 1,
    ID_BYTES = 16,     /* exchange, node */
    DIGEST_BYTES = 32, /* BLAKE2b-256; SHA-256 in the log's Merkle tree */
    KEY_BYTES = 32,
    SIGNATURE_BYTES = 64,
    PSEUDONYM_BYTES = 16,
    ROW_KEY_BYTES = 8,
    SALT_BYTES = 16
};

struct sealed_batch {
    struct bytes header, signature, columns, confidential;
};

struct checkpoint {
    uint64_t size;
    uint8_t root[DIGEST_BYTES];
};

struct batch_header {
    uint32_t schema;
    uint8_t exchange[ID_BYTES];
    struct bytes programme;
    uint8_t programme_digest[DIGEST_BYTES];
    uint8_t node[ID_BYTES];
    uint64_t epoch, first_seq;
    uint32_t count, signing_key, pseudonym_key;
    uint8_t previous[DIGEST_BYTES];
    uint8_t columns_digest[DIGEST_BYTES];
    uint8_t confidential_digest[DIGEST_BYTES];
    uint32_t first_person, person_count;
    uint64_t sealed_at_ms;
    struct checkpoint last_checkpoint_seen;
};

struct confidential {
    uint8_t salt[SALT_BYTES];
    struct bytes pseudonyms; /* PSEUDONYM_BYTES a person introduced */
    struct bytes row_keys;   /* ROW_KEY_BYTES an event */
};

enum log_entry_kind { LOG_BATCH, LOG_DECISION, LOG_GENESIS };

struct stored_batch {
    struct bytes header, signature, columns;
    const uint32_t *rejected_index, *rejected_code;
    uint32_t rejected_count;
    const uint32_t *persons;
    uint32_t person_count;
};

struct signed_decision {
    struct bytes body, signature;
    uint8_t administrator[KEY_BYTES];
};

struct genesis {
    uint8_t exchange[ID_BYTES];
    uint32_t incarnation;
    uint8_t administrators[ADMINISTRATORS_MAX][KEY_BYTES];
    uint32_t administrator_count;
    uint8_t broker_signing_key[KEY_BYTES];
    uint8_t broker_transport_key[KEY_BYTES];
};

struct log_entry {
    uint64_t position, received_at_ms;
    enum log_entry_kind kind;
    struct stored_batch batch;       /* LOG_BATCH */
    struct signed_decision decision; /* LOG_DECISION */
    struct genesis genesis;          /* LOG_GENESIS */
};

enum decision_kind {
    DECISION_PROGRAMME,
    DECISION_ENROLMENT,
    DECISION_REVOCATION,
    DECISION_PEOPLE_MERGE,
    DECISION_PEOPLE_SPLIT,
    DECISION_PERIOD_CLOSE,
    DECISION_KIND_COUNT
};

struct programme_file {
    struct bytes programme, yaml, regions;
    uint8_t key_check[DIGEST_BYTES];
    uint32_t pseudonym_key;
};

struct node_enrolment {
    uint8_t node[ID_BYTES];
    struct bytes partner, name;
    struct bytes programmes[PROGRAMMES_MAX]; /* ascending */
    uint32_t programme_count;
    uint32_t signing_key_number;
    uint8_t signing_key[KEY_BYTES], transport_key[KEY_BYTES];
};

/* A person as an office knows them. */
struct person_ref {
    uint8_t node[ID_BYTES];
    uint32_t number; /* the node's own, from 1 */
};

struct people_decision {
    struct bytes programme;
    struct person_ref people[DECISION_PEOPLE_MAX]; /* each once; of a merge: the first is who all
                                                      become */
    uint32_t count;                                /* a merge: at least 2; a split: at least 1 */
};

struct period_close {
    struct bytes programme;
    struct bytes partner, task; /* empty: all */
    int32_t through_on;         /* days from 1970-01-01; the last day of the period */
};

struct decision {
    uint8_t exchange[ID_BYTES];
    uint64_t decided_at_ms;
    enum decision_kind kind;
    struct programme_file programme;
    struct node_enrolment enrolment;
    uint8_t revoked_node[ID_BYTES];
    struct people_decision people; /* MERGE, SPLIT */
    struct period_close period;
};

struct programme_version {
    struct bytes programme;
    uint8_t digest[DIGEST_BYTES];
    uint8_t key_check[DIGEST_BYTES];
};

struct hello {
    uint8_t exchange[ID_BYTES], node[ID_BYTES];
    uint64_t epoch, acked_seq, head_seq;
    uint8_t chain[DIGEST_BYTES];
    struct programme_version programmes[PROGRAMMES_MAX];
    uint32_t programme_count;
    struct bytes software;
};

struct welcome {
    uint64_t epoch, last_seq;
    uint32_t last_person;
    uint8_t chain[DIGEST_BYTES];
    uint64_t limit_seq;
    uint32_t incarnation;
    uint64_t time_ms;
};

struct receipt_body {
    uint8_t exchange[ID_BYTES];
    uint32_t incarnation;
    uint8_t node[ID_BYTES];
    uint64_t epoch, first_seq;
    uint32_t count;
    uint8_t batch_digest[DIGEST_BYTES];
    uint64_t position, received_at_ms;
    const uint32_t *rejected_index, *rejected_code;
    uint32_t rejected_count;
    uint8_t log_root[DIGEST_BYTES];
};

struct signed_receipt {
    struct bytes body, signature;
};

/* What a node says of its office with a PING: numbers alone. */
struct standing {
    uint64_t waiting_ms; /* since the oldest event without a receipt was sealed; 0: none waits */
    uint64_t imported_at_ms;                /* 0: never */
    uint32_t rejected_rows, rejected_files; /* to be mended */
};

struct control {
    uint64_t seq;
    uint32_t refusal;
    struct bytes text;
    uint32_t retry_after_ms;
    bool has_standing;
    struct standing standing;
};

struct query {
    struct bytes verb, json, data;
};

struct answer {
    uint32_t status;
    struct bytes json;
    bool more;
};

/* The types of the fixed header. Numbers are sent: only ever added to. */
enum message_type {
    MESSAGE_HELLO = 1,
    MESSAGE_WELCOME = 2,
    MESSAGE_PROGRAMME = 3, /* broker to node: a SignedDecision with a ProgrammeFile */
    MESSAGE_BATCH = 4,
    MESSAGE_RECEIPT = 5,
    MESSAGE_RESEND = 6,
    MESSAGE_PING = 7,
    MESSAGE_PONG = 8,
    MESSAGE_ERROR = 9,
    MESSAGE_QUERY = 16,
    MESSAGE_ANSWER = 17,
    MESSAGE_SNAPSHOT = 32, /* these three: broker to watcher, a SheetPart */
    MESSAGE_CHANGE = 33,
    MESSAGE_BEAT = 34
};

/* The header frame: 24 bytes, big-endian: magic "OG", version 1, type, flags u16 (0), reserved u16
 * (0), session u64, correlation u64. */
enum { FRAME_HEADER_BYTES = 24 };

struct frame_header {
    enum message_type type;
    uint64_t session;
    uint64_t correlation;
};

#endif
