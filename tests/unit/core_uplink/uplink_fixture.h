/* uplink_fixture: an uplink, the effects of its last step, and words to talk to it. To be included
 * behind cmocka. */
#ifndef TESTS_UNIT_CORE_UPLINK_UPLINK_FIXTURE_H
#define TESTS_UNIT_CORE_UPLINK_UPLINK_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "core/uplink/uplink.h"

enum {
    WINDOW = 3,
    HELLO_MS = 2000,
    HELLO_MS_MAX = 30000,
    PING_MS = 2000,
    DEAD_MS = 6000,
    RESEND_MS = 5000,
    BLOCKED_MS = 50,
    SESSION = 70,
    COUNT = 10, /* events in every batch */
    NOW = 1000
};

struct fixture {
    struct uplink *uplink;
    struct uplink_effects fx;
    uint64_t now_ms;
};

static inline int setup(void **state)
{
    const struct uplink_options options = {.window_batches = WINDOW,
                                           .hello_ms = HELLO_MS,
                                           .hello_ms_max = HELLO_MS_MAX,
                                           .ping_ms = PING_MS,
                                           .dead_ms = DEAD_MS,
                                           .resend_ms = RESEND_MS};
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    if (!fixture || uplink_new(&options, &fixture->uplink) != ERR_OK) {
        free(fixture);
        return -1;
    }
    fixture->now_ms = NOW;
    *state = fixture;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *fixture = *state;
    uplink_free(&fixture->uplink);
    assert_null(fixture->uplink);
    free(fixture);
    return 0;
}

static inline enum err try_step(struct fixture *fixture, struct uplink_event event)
{
    event.now_ms = fixture->now_ms;
    const enum err err = uplink_step(fixture->uplink, &event, &fixture->fx);
    uplink_check(fixture->uplink);
    return err;
}

static inline void step(struct fixture *fixture, struct uplink_event event)
{
    assert_int_equal(ERR_OK, try_step(fixture, event));
}

static inline void assert_nothing(const struct fixture *fixture)
{
    const struct uplink_effects none = {0};
    assert_memory_equal(&none, &fixture->fx, sizeof(none));
}

static inline void assert_state(const struct fixture *fixture, enum uplink_state state)
{
    assert_int_equal(state, uplink_state(fixture->uplink));
}

static inline void assert_stopped(const struct fixture *fixture)
{
    const struct uplink_effects stopped = {.stopped = true};
    assert_memory_equal(&stopped, &fixture->fx, sizeof(stopped));
    assert_state(fixture, UPLINK_STOPPED);
    assert_true(uplink_deadline_ms(fixture->uplink) == UINT64_MAX);
}

static inline uint64_t acked(const struct fixture *fixture)
{
    return uplink_position(fixture->uplink).acked_seq;
}

static inline void start(struct fixture *fixture, uint64_t acked_seq, uint64_t head_seq)
{
    step(fixture, (struct uplink_event){
                      .kind = UPLINK_START,
                      .position = {.epoch = 4, .head_seq = head_seq, .acked_seq = acked_seq}});
}

/* A WELCOME of a broker that has just what was acknowledged, with credit for all. */
static inline struct uplink_event welcome(const struct fixture *fixture, uint64_t session)
{
    return (struct uplink_event){.kind = UPLINK_WELCOME,
                                 .session = session,
                                 .broker_epoch = acked(fixture) == 0 ? 0 : 4,
                                 .broker_seq = acked(fixture),
                                 .limit_seq = UINT64_MAX};
}

static inline void make_ready(struct fixture *fixture, uint64_t acked_seq, uint64_t head_seq)
{
    start(fixture, acked_seq, head_seq);
    step(fixture, welcome(fixture, SESSION));
    assert_state(fixture, UPLINK_READY);
}

static inline void sent(struct fixture *fixture, uint64_t through_seq)
{
    step(fixture, (struct uplink_event){.kind = UPLINK_SENT, .through_seq = through_seq});
}

/* Answers send_from as long as batches are asked for; the first must begin at first_seq. */
static inline uint32_t send_all(struct fixture *fixture, uint64_t first_seq)
{
    uint32_t count = 0;
    assert_int_equal(first_seq, fixture->fx.send_from);
    while (fixture->fx.send_from != 0) {
        assert_int_equal(first_seq + count * COUNT, fixture->fx.send_from);
        sent(fixture, fixture->fx.send_from + COUNT - 1);
        count++;
    }
    return count;
}

static inline struct uplink_event receipt(uint64_t first_seq)
{
    return (struct uplink_event){
        .kind = UPLINK_RECEIPT, .session = SESSION, .first_seq = first_seq, .count = COUNT};
}

static inline void stored(struct fixture *fixture, uint64_t through_seq)
{
    struct uplink_event event = {.kind = UPLINK_RECEIPT_STORED, .through_seq = through_seq};
    memset(event.chain, (uint8_t)through_seq, sizeof(event.chain));
    step(fixture, event);
}

static inline void acknowledge(struct fixture *fixture, uint64_t first_seq)
{
    step(fixture, receipt(first_seq));
    assert_true(fixture->fx.store_receipt);
    stored(fixture, first_seq + COUNT - 1);
}

static inline void heard(struct fixture *fixture)
{
    step(fixture, (struct uplink_event){.kind = UPLINK_HEARD});
}

/* Lets time pass to the deadline. */
static inline void wait(struct fixture *fixture)
{
    const uint64_t at_ms = uplink_deadline_ms(fixture->uplink);
    assert_true(at_ms != UINT64_MAX);
    assert_true(at_ms >= fixture->now_ms);
    fixture->now_ms = at_ms;
    step(fixture, (struct uplink_event){.kind = UPLINK_TIMEOUT});
}

static inline void timeout_at(struct fixture *fixture, uint64_t now_ms)
{
    fixture->now_ms = now_ms;
    step(fixture, (struct uplink_event){.kind = UPLINK_TIMEOUT});
}

static inline struct uplink_event refused(enum uplink_refusal refusal, uint64_t session)
{
    return (struct uplink_event){.kind = UPLINK_REFUSED, .refusal = refusal, .session = session};
}

#endif
