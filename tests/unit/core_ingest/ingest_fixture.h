/* ingest_fixture: an ingest, the effects of its last step, and words to talk to it. To be included
 * behind cmocka. */
#ifndef TESTS_UNIT_CORE_INGEST_INGEST_FIXTURE_H
#define TESTS_UNIT_CORE_INGEST_INGEST_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "core/ingest/ingest.h"

enum { NODES = 3, GROUP = 3, CREDIT = 100, FIRST_SESSION = 40 };

struct fixture {
    struct ingest *ingest;
    struct ingest_effects fx;
};

static inline int setup(void **state)
{
    const struct ingest_options options = {.nodes_max = NODES,
                                           .group_batches_max = GROUP,
                                           .credit_events = CREDIT,
                                           .first_session = FIRST_SESSION};
    const struct ingest_register fresh = {0};
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture || ingest_new(&options, &fixture->ingest) != ERR_OK) {
        free(fixture);
        return -1;
    }
    for (uint32_t i = 0; i < NODES - 1; i++) {
        if (ingest_load(fixture->ingest, i, &fresh) != ERR_OK) {
            return -1;
        }
    }
    *state = fixture;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *fixture = *state;
    ingest_free(&fixture->ingest);
    assert_null(fixture->ingest);
    free(fixture);
    return 0;
}

static inline struct ingest_peer peer(uint8_t which)
{
    return (struct ingest_peer){.bytes = {which}, .size = 1};
}

static inline void step(struct fixture *fixture, const struct ingest_event *event)
{
    assert_int_equal(ERR_OK, ingest_step(fixture->ingest, event, &fixture->fx));
    ingest_check(fixture->ingest);
}

/* The one action of the last step. */
static const struct ingest_action *only(const struct fixture *fixture, enum ingest_action_kind kind)
{
    assert_int_equal(1, fixture->fx.count);
    assert_int_equal(kind, fixture->fx.actions[0].kind);
    return &fixture->fx.actions[0];
}

static inline void assert_refused(const struct fixture *fixture, enum ingest_refusal refusal)
{
    assert_int_equal(refusal, only(fixture, INGEST_SEND_ERROR)->refusal);
}

/* A HELLO of a node whose chain head is 32 times the last byte of its acked sequence. */
static inline struct ingest_event hello(uint32_t node, uint64_t acked, uint64_t head)
{
    struct ingest_event event = {.kind = INGEST_HELLO,
                                 .peer = peer((uint8_t)(node + 1)),
                                 .node = node,
                                 .epoch = 1,
                                 .first_seq = acked + 1,
                                 .last_seq = head};
    memset(event.previous, (uint8_t)acked, sizeof(event.previous));
    return event;
}

/* Batches whose chain heads are 32 times the last byte of their last sequence. */
static inline struct ingest_event batch(uint32_t node, uint64_t session, uint64_t first,
                                        uint32_t count)
{
    struct ingest_event event = {.kind = INGEST_BATCH,
                                 .peer = peer((uint8_t)(node + 1)),
                                 .node = node,
                                 .session = session,
                                 .epoch = 1,
                                 .first_seq = first,
                                 .count = count};
    memset(event.previous, (uint8_t)(first - 1), sizeof(event.previous));
    memset(event.chain, (uint8_t)(first + count - 1), sizeof(event.chain));
    return event;
}

static inline void load(struct fixture *fixture, uint32_t node, uint64_t last_seq,
                        uint32_t last_person)
{
    struct ingest_register reg = {.epoch = 1, .last_seq = last_seq, .last_person = last_person};
    memset(reg.chain, (uint8_t)last_seq, sizeof(reg.chain));
    assert_int_equal(ERR_OK, ingest_load(fixture->ingest, node, &reg));
}

static inline uint64_t greet(struct fixture *fixture, uint32_t node, uint64_t acked, uint64_t head)
{
    const struct ingest_event event = hello(node, acked, head);
    step(fixture, &event);
    return only(fixture, INGEST_SEND_WELCOME)->session;
}

static inline void append(struct fixture *fixture, const struct ingest_event *event)
{
    step(fixture, event);
    assert_true(fixture->fx.count >= 1);
    assert_int_equal(INGEST_APPEND, fixture->fx.actions[0].kind);
    assert_int_equal(event->first_seq, fixture->fx.actions[0].first_seq);
    assert_int_equal(event->node, fixture->fx.actions[0].node);
}

/* Asks for the commit where it was not asked for yet, and answers it. */
static inline void commit(struct fixture *fixture)
{
    const struct ingest_event idle = {.kind = INGEST_IDLE};
    const struct ingest_event committed = {.kind = INGEST_COMMITTED};
    step(fixture, &idle);
    (void)only(fixture, INGEST_COMMIT);
    step(fixture, &committed);
}

#endif
