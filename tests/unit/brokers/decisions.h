/* decisions: an exchange's genesis and signed decisions, made by hand for tests. */
#ifndef TESTS_UNIT_BROKERS_DECISIONS_H
#define TESTS_UNIT_BROKERS_DECISIONS_H

#include <stdlib.h>
#include <string.h>

#include "config/programme_file.h"
#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/messages.h"
#include "proto/sealing.h"

enum { DECISIONS_SEED_ADMIN = 1, DECISIONS_SEED_STRANGER = 2 };

static uint8_t decisions_exchange[ID_BYTES] = {7, 7, 7};

static inline void decisions_keys(uint8_t seed, struct signing_keys *out)
{
    const uint8_t bytes[KEY_BYTES] = {seed};
    keys_signing(bytes, out);
}

static inline struct log_entry decisions_genesis(void)
{
    struct signing_keys keys;
    struct log_entry entry = {.position = 1, .kind = LOG_GENESIS};
    decisions_keys(DECISIONS_SEED_ADMIN, &keys);
    memcpy(entry.genesis.exchange, decisions_exchange, ID_BYTES);
    entry.genesis.incarnation = 1;
    entry.genesis.administrator_count = 1;
    memcpy(entry.genesis.administrators[0], keys.public_key, KEY_BYTES);
    return entry;
}

/* An entry with the decision, signed under the seed's key; its bytes lie in the arena. */
static inline struct log_entry decisions_sign(struct decision *decision, uint8_t seed,
                                              uint64_t position, struct arena *arena)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    struct log_entry entry = {.position = position, .kind = LOG_DECISION};
    struct signing_keys keys;
    uint8_t signature[SIGNATURE_BYTES];
    decisions_keys(seed, &keys);
    memcpy(decision->exchange, decisions_exchange, ID_BYTES);
    decision->decided_at_ms = decision->decided_at_ms > 0 ? decision->decided_at_ms : 1;
    assert_int_equal(ERR_OK, codec_decision_encode(decision, &body));
    assert_int_equal(ERR_OK,
                     sealing_sign(SEAL_DECISION, buffer_bytes(&body), keys.secret, signature));
    memcpy(entry.decision.administrator, keys.public_key, KEY_BYTES);
    assert_int_equal(ERR_OK, arena_copy(arena, buffer_bytes(&body), &entry.decision.body));
    assert_int_equal(ERR_OK, arena_copy(arena, bytes_of(signature, sizeof signature),
                                        &entry.decision.signature));
    buffer_fini(&body);
    return entry;
}

/* Decisions are too large for the stack. */
static inline struct decision *decisions_enrolment(uint8_t node, const char *partner)
{
    static struct decision decision;
    decision = (struct decision){.kind = DECISION_ENROLMENT,
                                 .enrolment = {.node = {node},
                                               .partner = bytes_text(partner),
                                               .name = bytes_text("biuro"),
                                               .programmes = {bytes_text("ABC")},
                                               .programme_count = 1,
                                               .signing_key_number = 1,
                                               .signing_key = {node, 1},
                                               .transport_key = {node, 2}}};
    return &decision;
}

static inline struct decision *decisions_programme(struct bytes yaml, struct bytes regions)
{
    static struct decision decision;
    decision = (struct decision){
        .kind = DECISION_PROGRAMME,
        .programme = {
            .programme = bytes_text("ABC"), .yaml = yaml, .regions = regions, .pseudonym_key = 1}};
    return &decision;
}

/* Person 1 of node 1 and person 1 of node 2. */
static inline struct decision *decisions_people(enum decision_kind kind, uint64_t decided_at_ms)
{
    static struct decision decision;
    decision = (struct decision){
        .kind = kind,
        .decided_at_ms = decided_at_ms,
        .people = {.programme = bytes_text("ABC"),
                   .people = {{.node = {1}, .number = 1}, {.node = {2}, .number = 1}},
                   .count = 2}};
    return &decision;
}

/* The shipped ABC programme. */
static inline void decisions_read_abc(struct buffer *yaml, struct buffer *regions)
{
    struct config_fault fault;
    *yaml = *regions = (struct buffer){.bytes_max = 1 << 20};
    assert_int_equal(ERR_OK, programme_file_read(SOURCE_DIR "/config/programmes/abc.yaml", yaml,
                                                 regions, &fault));
}

#endif
