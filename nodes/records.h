/* records: the node's store: outbox, rows, people, files, receipts, and where it stands.
 *
 * One transaction at a time; what is read is copied into the caller's arena. After any ERR_STORE
 * the process must stop. */
#ifndef NODES_RECORDS_H
#define NODES_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "proto/messages.h"

struct records;

/* Where the node stands; saved with every commit. */
struct records_state {
    uint64_t epoch;     /* 1 at first */
    uint64_t head_seq;  /* last sequence given */
    uint64_t acked_seq; /* through here receipts are stored */
    uint32_t last_person;
    uint32_t file_count;
    uint64_t batch_count;        /* in the outbox */
    uint8_t chain[DIGEST_BYTES]; /* head after head_seq */
    uint8_t acked_chain[DIGEST_BYTES];
    struct checkpoint checkpoint; /* the newest that a receipt showed */
};

MUST_CHECK enum err records_open(const char *path, uint64_t bytes_max, bool read_only,
                                 struct records **out);
void records_close(struct records **self);

/* Errors: as store_begin(), store_commit(). An abort also takes the state back. */
MUST_CHECK enum err records_begin(struct records *self, bool write);
/* records_begin() for a receipt, which must not wait for room. */
MUST_CHECK enum err records_begin_receipt(struct records *self);
MUST_CHECK enum err records_commit(struct records *self);
void records_abort(struct records *self);
bool records_in_transaction(const struct records *self);

/* The state, to be changed inside a writing transaction only. */
struct records_state *records_state(struct records *self);

/* ---- outbox ---- */

/* Appends a sealed batch under its first sequence. */
MUST_CHECK enum err records_batch_put(struct records *self, uint64_t first_seq,
                                      struct bytes sealed);

/* The batch that begins at first_seq. Errors: ERR_NOT_FOUND, ERR_FULL (the arena), ERR_STORE. */
MUST_CHECK enum err records_batch_get(struct records *self, uint64_t first_seq, struct arena *arena,
                                      struct bytes *sealed);

MUST_CHECK enum err records_receipt_put(struct records *self, uint64_t first_seq,
                                        struct bytes receipt);

/* ---- rows ---- */

enum { ROW_VERSIONS_MAX = 32, ROW_CONTENT_BYTES = 16 };

/* Which parts of its event a row gave itself; the others come from the person's enrolment. */
enum row_own {
    OWN_SEX = 1,
    OWN_AGE = 2,
    OWN_EDUCATION = 4,
    OWN_STATUS = 8,
    OWN_FLAGS = 16,
    OWN_REGION = 32,
    OWN_ALL = 63
};

/* A row as it was sent once. Versions with seq <= acked_seq are at the lead. */
struct row_version {
    uint64_t seq; /* of the assertion; of the withdrawal when the row was deleted */
    uint32_t file, line;
    uint16_t own;                       /* enum row_own */
    uint8_t content[ROW_CONTENT_BYTES]; /* digest of what the office wrote */
    struct bytes event;                 /* packed; empty: deleted */
};

struct row_record {
    uint32_t count;                                /* 0: the row is not known */
    struct row_version versions[ROW_VERSIONS_MAX]; /* oldest first */
};

/* A row that is not there gives count 0. */
MUST_CHECK enum err records_row_get(struct records *self, const uint8_t key[ROW_KEY_BYTES],
                                    struct arena *arena, struct row_record *out);
/* Stores the record; one with count 0 is deleted. */
MUST_CHECK enum err records_row_put(struct records *self, const uint8_t key[ROW_KEY_BYTES],
                                    const struct row_record *row);

/* ---- people ---- */

/* Errors: ERR_NOT_FOUND. */
MUST_CHECK enum err records_person_get(struct records *self,
                                       const uint8_t pseudonym[PSEUDONYM_BYTES], uint32_t *number);
MUST_CHECK enum err records_person_put(struct records *self,
                                       const uint8_t pseudonym[PSEUDONYM_BYTES], uint32_t number);

/* A person's stay at this office: the row that enrolled, and when the person left. */
struct stay_record {
    uint32_t ordinal; /* from 1; 0: none yet */
    uint8_t row[ROW_KEY_BYTES];
    bool left;
    int32_t left_on;
    bool has_enrolment;
    struct bytes event; /* packed, where has_enrolment */
};

/* The latest stay of a person; none gives ordinal 0. */
MUST_CHECK enum err records_stay_get(struct records *self, uint32_t person, struct arena *arena,
                                     struct stay_record *out);
MUST_CHECK enum err records_stay_put(struct records *self, uint32_t person,
                                     const struct stay_record *stay);

/* Remembers that the row is of this person (or no longer). */
MUST_CHECK enum err records_person_row_set(struct records *self, uint32_t person,
                                           const uint8_t row[ROW_KEY_BYTES], bool there);

/* The person's rows, one at a time, in ascending order of keys: start with *started false.
 * Errors: ERR_NOT_FOUND, no more. */
MUST_CHECK enum err records_person_row_next(struct records *self, uint32_t person, bool *started,
                                            uint8_t row[ROW_KEY_BYTES]);

/* ---- what the lead refused ---- */

/* Remembers that the lead refused a row of a file. */
MUST_CHECK enum err records_refusal_put(struct records *self, uint32_t file, uint32_t line,
                                        uint64_t seq, uint32_t code);

/* The refusals of a file, one at a time, by line: start with *line 0, *seq 0.
 * Errors: ERR_NOT_FOUND, no more. */
MUST_CHECK enum err records_refusal_next(struct records *self, uint32_t file, uint32_t *line,
                                         uint64_t *seq, uint32_t *code);

/* Forgets a file's refusals: it is being read again. */
MUST_CHECK enum err records_refusals_clear(struct records *self, uint32_t file);

/* ---- files and programmes: documents ---- */

enum records_table { RECORDS_FILES, RECORDS_FILE_DIGESTS, RECORDS_PROGRAMMES };

MUST_CHECK enum err records_document_put(struct records *self, enum records_table table,
                                         struct bytes key, struct bytes document);
/* Errors: ERR_NOT_FOUND. */
MUST_CHECK enum err records_document_get(struct records *self, enum records_table table,
                                         struct bytes key, struct arena *arena,
                                         struct bytes *document);
/* The first document behind key (empty: the first of all). Errors: ERR_NOT_FOUND. */
MUST_CHECK enum err records_document_next(struct records *self, enum records_table table,
                                          struct bytes key, struct arena *arena,
                                          struct bytes *found, struct bytes *document);

#endif
