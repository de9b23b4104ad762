/* samples: one fixed value of every message, of synthetic people only; shared by the unit tests,
 * the golden files and the fuzz corpus. */
#ifndef TESTS_UNIT_PROTO_SAMPLES_H
#define TESTS_UNIT_PROTO_SAMPLES_H

#include <string.h>

#include "core/model/event.h"
#include "core/model/sheet.h"
#include "proto/keys.h"
#include "proto/messages.h"

enum { SAMPLE_EVENTS = 6, SAMPLE_TERMS = 8, SAMPLE_PROFILES = 2, SAMPLE_PEOPLE = 2 };

static const char *const sample_terms[SAMPLE_TERMS] = {
    "PL-2002073", "PL-2011", "higher", "hours", "job-found", "task-1", "training", "unemployed",
};

/* Everything a batch's columns may point to, so that a test can spoil a copy. */
struct sample_columns {
    struct columns columns;
    struct bytes terms[SAMPLE_TERMS];
    uint8_t kind[SAMPLE_EVENTS], entity[SAMPLE_EVENTS], window[SAMPLE_EVENTS];
    uint8_t withdrawal[SAMPLE_EVENTS];
    int32_t occurred_on[SAMPLE_EVENTS];
    uint32_t task[SAMPLE_EVENTS], region[SAMPLE_EVENTS], support[SAMPLE_EVENTS];
    uint32_t outcome[SAMPLE_EVENTS], unit[SAMPLE_EVENTS], person[SAMPLE_EVENTS];
    uint32_t participation[SAMPLE_EVENTS], profile[SAMPLE_EVENTS];
    int64_t quantity[SAMPLE_EVENTS];
    uint64_t withdraws[SAMPLE_EVENTS];
    struct columns_profile profiles[SAMPLE_PROFILES];
};

/* Points the columns at the arrays beside them; `activity` stays absent. */
static inline void sample_columns_point(struct sample_columns *self)
{
    self->columns = (struct columns){.count = SAMPLE_EVENTS,
                                     .term_count = SAMPLE_TERMS,
                                     .terms = self->terms,
                                     .kind = self->kind,
                                     .occurred_on = self->occurred_on,
                                     .task = self->task,
                                     .region = self->region,
                                     .support = self->support,
                                     .outcome = self->outcome,
                                     .unit = self->unit,
                                     .quantity = self->quantity,
                                     .person = self->person,
                                     .entity = self->entity,
                                     .participation = self->participation,
                                     .window = self->window,
                                     .profile_count = SAMPLE_PROFILES,
                                     .profiles = self->profiles,
                                     .profile = self->profile,
                                     .withdrawal = self->withdrawal,
                                     .withdraws = self->withdraws};
}

static inline void sample_columns(struct sample_columns *self)
{
    *self = (struct sample_columns){
        .kind = {1, 1, 2, 5, 1, 1},
        .entity = {0, 1, 0, 0, 0, 0},
        .window = {0, 0, 0, 1, 0, 0},
        .withdrawal = {0, 0, 0, 0, 1, 0},
        .occurred_on = {15340, 15341, -1, 15500, 15340, 15340},
        .task = {6, 6, 6, 6, 6, 6},
        .region = {1, 2, 1, 1, 1, 2},
        .support = {0, 0, 7, 7, 0, 0},
        .outcome = {0, 0, 0, 5, 0, 0},
        .unit = {0, 0, 4, 0, 0, 0},
        .quantity = {0, 0, 1250, -3, 0, 0},
        .person = {1, 2, 1, 1, 1, 1},
        .participation = {1, 1, 1, 1, 1, 1},
        .profile = {1, 0, 1, 1, 1, 2},
        .withdraws = {0, 0, 0, 0, 1, 1},
        .profiles = {{.sex = 1, .age_plus_one = 33, .education = 3, .status = 8, .home_region = 1},
                     {.sex = 1,
                      .age_plus_one = 34,
                      .education = 3,
                      .home_region = 2,
                      .flags = {7, 8},
                      .flag_count = 2}},
    };
    for (int i = 0; i < SAMPLE_TERMS; i++) {
        self->terms[i] = bytes_text(sample_terms[i]);
    }
    sample_columns_point(self);
}

static inline void sample_fill(uint8_t *out, size_t size, uint8_t start)
{
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)(start + i);
    }
}

static inline void sample_signing_keys(uint8_t start, struct signing_keys *out)
{
    uint8_t seed[KEY_BYTES];
    sample_fill(seed, sizeof seed, start);
    keys_signing(seed, out);
}

static inline struct batch_header sample_header(void)
{
    struct batch_header header = {.schema = SCHEMA_VERSION,
                                  .programme = bytes_text("jobtown"),
                                  .epoch = 3,
                                  .first_seq = 1025,
                                  .count = SAMPLE_EVENTS,
                                  .signing_key = 1,
                                  .pseudonym_key = 1,
                                  .first_person = 1,
                                  .person_count = SAMPLE_PEOPLE,
                                  .sealed_at_ms = 1325376000000,
                                  .last_checkpoint_seen = {.size = 300}};
    sample_fill(header.exchange, ID_BYTES, 0x10);
    sample_fill(header.programme_digest, DIGEST_BYTES, 0x20);
    sample_fill(header.node, ID_BYTES, 0x40);
    sample_fill(header.previous, DIGEST_BYTES, 0x50);
    sample_fill(header.columns_digest, DIGEST_BYTES, 0x70);
    sample_fill(header.confidential_digest, DIGEST_BYTES, 0x90);
    sample_fill(header.last_checkpoint_seen.root, DIGEST_BYTES, 0xb0);
    return header;
}

static inline struct confidential sample_confidential(void)
{
    static uint8_t pseudonyms[SAMPLE_PEOPLE * PSEUDONYM_BYTES];
    static uint8_t row_keys[SAMPLE_EVENTS * ROW_KEY_BYTES];
    struct confidential confidential;
    sample_fill(confidential.salt, SALT_BYTES, 0xd0);
    sample_fill(pseudonyms, sizeof pseudonyms, 0x01);
    sample_fill(row_keys, sizeof row_keys, 0x81);
    confidential.pseudonyms = bytes_of(pseudonyms, sizeof pseudonyms);
    confidential.row_keys = bytes_of(row_keys, sizeof row_keys);
    return confidential;
}

static inline struct bytes sample_signature(void)
{
    static uint8_t signature[SIGNATURE_BYTES];
    sample_fill(signature, sizeof signature, 0x33);
    return bytes_of(signature, sizeof signature);
}

static inline struct log_entry sample_log_batch(void)
{
    static const uint32_t index[] = {1, 4, 5}, code[] = {21, 70, 74}, persons[] = {900, 901};
    return (struct log_entry){.position = 301,
                              .received_at_ms = 1325376000123,
                              .kind = LOG_BATCH,
                              .batch = {.header = bytes_text("header as it came"),
                                        .signature = sample_signature(),
                                        .columns = bytes_text("columns as they came"),
                                        .rejected_index = index,
                                        .rejected_code = code,
                                        .rejected_count = 3,
                                        .persons = persons,
                                        .person_count = 2}};
}

static inline struct signed_decision sample_signed_decision(void)
{
    struct signed_decision decision = {.body = bytes_text("body of a decision"),
                                       .signature = sample_signature()};
    sample_fill(decision.administrator, KEY_BYTES, 0x61);
    return decision;
}

static inline struct log_entry sample_log_decision(void)
{
    return (struct log_entry){.position = 2,
                              .received_at_ms = 1325376000001,
                              .kind = LOG_DECISION,
                              .decision = sample_signed_decision()};
}

static inline struct log_entry sample_log_genesis(void)
{
    struct log_entry entry = {.position = 1,
                              .received_at_ms = 1325376000000,
                              .kind = LOG_GENESIS,
                              .genesis = {.incarnation = 1, .administrator_count = 2}};
    sample_fill(entry.genesis.exchange, ID_BYTES, 0x10);
    sample_fill(entry.genesis.administrators[0], KEY_BYTES, 0x61);
    sample_fill(entry.genesis.administrators[1], KEY_BYTES, 0x62);
    sample_fill(entry.genesis.broker_signing_key, KEY_BYTES, 0x63);
    sample_fill(entry.genesis.broker_transport_key, KEY_BYTES, 0x64);
    return entry;
}

static inline struct decision sample_decision(enum decision_kind kind)
{
    struct decision decision = {.decided_at_ms = 1325376000000, .kind = kind};
    sample_fill(decision.exchange, ID_BYTES, 0x10);
    switch (kind) {
    case DECISION_PROGRAMME:
        decision.programme = (struct programme_file){.programme = bytes_text("jobtown"),
                                                     .yaml = bytes_text("id: jobtown\n"),
                                                     .regions = bytes_text("code;name\n"),
                                                     .pseudonym_key = 1};
        sample_fill(decision.programme.key_check, DIGEST_BYTES, 0x71);
        break;
    case DECISION_ENROLMENT:
        decision.enrolment =
            (struct node_enrolment){.partner = bytes_text("partner-7"),
                                    .name = bytes_text("Urz\xc4\x85"
                                                       "d przyk\xc5\x82"
                                                       "adowy"),
                                    .programmes = {bytes_text("green-jobs"), bytes_text("jobtown")},
                                    .programme_count = 2,
                                    .signing_key_number = 1};
        sample_fill(decision.enrolment.node, ID_BYTES, 0x40);
        sample_fill(decision.enrolment.signing_key, KEY_BYTES, 0x72);
        sample_fill(decision.enrolment.transport_key, KEY_BYTES, 0x73);
        break;
    case DECISION_REVOCATION:
        sample_fill(decision.revoked_node, ID_BYTES, 0x40);
        break;
    case DECISION_PEOPLE_MERGE:
    case DECISION_PEOPLE_SPLIT:
        decision.people = (struct people_decision){.programme = bytes_text("jobtown"), .count = 3};
        for (uint8_t i = 0; i < 3; i++) {
            sample_fill(decision.people.people[i].node, ID_BYTES, (uint8_t)(0x40 + i / 2));
            decision.people.people[i].number = 7u + i;
        }
        break;
    case DECISION_PERIOD_CLOSE:
        decision.period = (struct period_close){.programme = bytes_text("jobtown"),
                                                .partner = bytes_text("cesena"),
                                                .task = bytes_text("2"),
                                                .through_on = 15430};
        break;
    case DECISION_KIND_COUNT:
        break;
    }
    return decision;
}

static inline struct hello sample_hello(void)
{
    struct hello hello = {.epoch = 3,
                          .acked_seq = 1024,
                          .head_seq = 1030,
                          .programme_count = 1,
                          .programmes = {{.programme = bytes_text("jobtown")}},
                          .software = bytes_text("ogniwo-node 0.1.0")};
    sample_fill(hello.exchange, ID_BYTES, 0x10);
    sample_fill(hello.node, ID_BYTES, 0x40);
    sample_fill(hello.chain, DIGEST_BYTES, 0x50);
    sample_fill(hello.programmes[0].digest, DIGEST_BYTES, 0x20);
    sample_fill(hello.programmes[0].key_check, DIGEST_BYTES, 0x71);
    return hello;
}

static inline struct welcome sample_welcome(void)
{
    struct welcome welcome = {.epoch = 3,
                              .last_seq = 1024,
                              .last_person = 77,
                              .limit_seq = 9216,
                              .incarnation = 1,
                              .time_ms = 1325376000456};
    sample_fill(welcome.chain, DIGEST_BYTES, 0x50);
    return welcome;
}

static inline struct receipt_body sample_receipt(void)
{
    static const uint32_t index[] = {1, 4, 5}, code[] = {21, 70, 74};
    struct receipt_body receipt = {.incarnation = 1,
                                   .epoch = 3,
                                   .first_seq = 1025,
                                   .count = SAMPLE_EVENTS,
                                   .position = 301,
                                   .received_at_ms = 1325376000123,
                                   .rejected_index = index,
                                   .rejected_code = code,
                                   .rejected_count = 3};
    sample_fill(receipt.exchange, ID_BYTES, 0x10);
    sample_fill(receipt.node, ID_BYTES, 0x40);
    sample_fill(receipt.batch_digest, DIGEST_BYTES, 0x91);
    sample_fill(receipt.log_root, DIGEST_BYTES, 0xa1);
    return receipt;
}

static inline struct sheet_part sample_sheet_part(void)
{
    static const struct bytes indicators[] = {{(const uint8_t *)"coached", 7},
                                              {(const uint8_t *)"hours", 5}};
    static const struct bytes labels[] = {{(const uint8_t *)"PL-1212", 7},
                                          {(const uint8_t *)"f", 1},
                                          {(const uint8_t *)"PL-1261", 7},
                                          {(const uint8_t *)"-", 1}};
    static const int64_t values[] = {391, -250}, partner_sums[] = {403, 0};
    return (struct sheet_part){.session = UINT64_C(5) << 32,
                               .version = 12,
                               .basis = 2,
                               .position = 301,
                               .received_at_ms = 1325376000123,
                               .digest = 0x0123456789abcdef,
                               .rows = {.count = 2,
                                        .label_count = 2,
                                        .indicators = indicators,
                                        .labels = labels,
                                        .values = values,
                                        .partner_sums = partner_sums}};
}

#endif
