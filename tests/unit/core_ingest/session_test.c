/* The ingest's sessions: loading, greeting, fencing, pings. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "unit/core_ingest/ingest_fixture.h"

/* In place of core/base/mem.c, so that the allocation can fail. */
static bool memory_fails;

void *mem_calloc(size_t count, size_t size)
{
    return memory_fails ? NULL : calloc(count, size);
}

void *mem_resize(void *block, size_t new_bytes)
{
    return realloc(block, new_bytes);
}

void mem_free(void *block)
{
    free(block);
}

/* ---- memory and loading ---- */

static void ingest_says_when_there_is_no_memory(void **state)
{
    (void)state;
    const struct ingest_options options = {.nodes_max = 1, .group_batches_max = 1};
    struct ingest *ingest = NULL;
    memory_fails = true;
    const enum err err = ingest_new(&options, &ingest);
    memory_fails = false;
    assert_int_equal(ERR_MEMORY, err);
    assert_null(ingest);
    ingest_free(&ingest);
}

static void ingest_loads_no_node_beyond_its_limit(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_register reg = {0};
    assert_int_equal(ERR_OK, ingest_load(fixture->ingest, NODES - 1, &reg));
    assert_int_equal(ERR_FULL, ingest_load(fixture->ingest, NODES, &reg));
}

static void ingest_does_not_find_a_node_that_was_not_loaded(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = hello(NODES - 1, 0, 0);
    assert_int_equal(ERR_NOT_FOUND, ingest_step(fixture->ingest, &event, &fixture->fx));
    assert_int_equal(0, fixture->fx.count);
    event.node = NODES;
    assert_int_equal(ERR_NOT_FOUND, ingest_step(fixture->ingest, &event, &fixture->fx));
    assert_int_equal(0, ingest_counters(fixture->ingest).hellos);
}

static void ingest_wants_no_time(void **state)
{
    struct fixture *fixture = *state;
    assert_true(ingest_deadline_ms(fixture->ingest) == UINT64_MAX);
}

/* ---- HELLO ---- */

static void welcome_tells_the_committed_register_and_the_credit(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 4);
    const struct ingest_event event = hello(0, 5, 9);
    step(fixture, &event);
    const struct ingest_action *action = only(fixture, INGEST_SEND_WELCOME);
    assert_int_equal(1, action->reg.epoch);
    assert_int_equal(7, action->reg.last_seq);
    assert_int_equal(4, action->reg.last_person);
    assert_int_equal(7, action->reg.chain[0]);
    assert_int_equal(7 + CREDIT, action->limit_seq);
    assert_int_equal(1, action->peer.bytes[0]);
    assert_int_equal(0, action->node);
    assert_int_equal(1, ingest_counters(fixture->ingest).hellos);
}

static void welcome_of_an_open_group_tells_only_what_is_committed(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    append(fixture, &event);
    const struct ingest_event again = hello(0, 0, 5);
    step(fixture, &again);
    assert_int_equal(0, only(fixture, INGEST_SEND_WELCOME)->reg.last_seq);
    assert_int_equal(CREDIT, fixture->fx.actions[0].limit_seq);
}

static void sessions_rise_above_all_that_were_ever_given(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t first = greet(fixture, 0, 0, 0);
    assert_true(first > FIRST_SESSION);
    const uint64_t other = greet(fixture, 1, 0, 0);
    assert_true(other > first);
    assert_true(greet(fixture, 0, 0, 0) > other);
}

static void credit_stops_at_the_last_number_there_is(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, UINT64_MAX - 5, 0);
    const struct ingest_event event = hello(0, UINT64_MAX - 5, UINT64_MAX - 5);
    step(fixture, &event);
    assert_true(only(fixture, INGEST_SEND_WELCOME)->limit_seq == UINT64_MAX);
}

static void hello_of_a_revoked_node_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_register reg = {.revoked = true};
    assert_int_equal(ERR_OK, ingest_load(fixture->ingest, 0, &reg));
    const struct ingest_event event = hello(0, 0, 0);
    step(fixture, &event);
    assert_refused(fixture, INGEST_REVOKED);
}

static void hello_of_an_older_epoch_is_fenced(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_register reg = {.epoch = 3, .last_seq = 7};
    assert_int_equal(ERR_OK, ingest_load(fixture->ingest, 0, &reg));
    struct ingest_event event = hello(0, 5, 9);
    event.epoch = 2;
    step(fixture, &event);
    assert_refused(fixture, INGEST_FENCED);
    event.epoch = 3;
    step(fixture, &event);
    (void)only(fixture, INGEST_SEND_WELCOME);
}

static void hello_of_a_newer_epoch_waits_for_an_operator(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    struct ingest_event event = hello(0, 5, 9);
    event.epoch = 2;
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
}

static void first_hello_may_have_any_epoch_but_zero(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = hello(0, 0, 9);
    event.epoch = 0;
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    event.epoch = 12;
    step(fixture, &event);
    assert_int_equal(0, only(fixture, INGEST_SEND_WELCOME)->reg.epoch);
}

static void second_first_epoch_is_refused_before_the_first_one_is_committed(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    append(fixture, &event);
    struct ingest_event other = hello(0, 0, 5);
    other.epoch = 2;
    step(fixture, &other);
    assert_refused(fixture, INGEST_DIVERGED);
}

static void hello_with_receipts_that_the_broker_has_lost_is_diverged(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    struct ingest_event event = hello(0, 8, 9);
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    event.first_seq = 0; /* of no acknowledged sequence at all */
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    event.first_seq = 8;
    step(fixture, &event);
    (void)only(fixture, INGEST_SEND_WELCOME);
}

static void hello_with_receipts_of_a_broker_that_knows_nothing_is_diverged(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = hello(0, 3, 3);
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
}

static void hello_of_a_node_that_is_behind_is_welcomed_so_that_it_sees_it(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    const struct ingest_event event = hello(0, 3, 5);
    step(fixture, &event);
    assert_int_equal(7, only(fixture, INGEST_SEND_WELCOME)->reg.last_seq);
}

static void hello_with_another_chain_at_a_known_sequence_is_diverged(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    struct ingest_event event = hello(0, 5, 9);
    event.has_known_chain = true;
    memset(event.known_chain, 5, sizeof(event.known_chain));
    event.known_chain[31] = 6;
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    event.known_chain[31] = 5;
    step(fixture, &event);
    (void)only(fixture, INGEST_SEND_WELCOME);
}

/* ---- sessions ---- */

static void batch_without_a_session_is_told_to_greet(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = batch(0, 7, 1, 1);
    step(fixture, &event);
    assert_refused(fixture, INGEST_UNKNOWN_SESSION);
    assert_int_equal(7, fixture->fx.actions[0].session);

    const uint64_t session = greet(fixture, 0, 0, 1);
    event.session = 0;
    step(fixture, &event);
    assert_refused(fixture, INGEST_UNKNOWN_SESSION);
    event.session = session + 1;
    step(fixture, &event);
    assert_refused(fixture, INGEST_UNKNOWN_SESSION);
    assert_int_equal(3, ingest_counters(fixture->ingest).batches_refused);
    assert_false(ingest_open(fixture->ingest));
}

static void batch_under_an_older_session_is_fenced(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t older = greet(fixture, 0, 0, 1);
    const uint64_t newer = greet(fixture, 0, 0, 1);
    struct ingest_event event = batch(0, older, 1, 1);
    step(fixture, &event);
    assert_refused(fixture, INGEST_FENCED);
    assert_int_equal(older, fixture->fx.actions[0].session);
    event.session = newer;
    append(fixture, &event);
}

static void refused_hello_leaves_the_session_alone(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 1);
    const struct ingest_event wrong = hello(0, 3, 3);
    step(fixture, &wrong);
    assert_refused(fixture, INGEST_DIVERGED);
    const struct ingest_event event = batch(0, session, 1, 1);
    append(fixture, &event);
}

static void node_revoked_in_its_session_is_told_so(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    const uint64_t session = greet(fixture, 0, 7, 8);
    struct ingest_register reg = ingest_register_of(fixture->ingest, 0);
    reg.revoked = true;
    assert_int_equal(ERR_OK, ingest_load(fixture->ingest, 0, &reg));
    struct ingest_event event = batch(0, session, 8, 1);
    step(fixture, &event);
    assert_refused(fixture, INGEST_REVOKED);
    event.kind = INGEST_PING;
    step(fixture, &event);
    assert_refused(fixture, INGEST_REVOKED);
}

static void session_does_not_outlive_its_epoch(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 1);
    const struct ingest_register reg = {.epoch = 2};
    assert_int_equal(ERR_OK, ingest_load(fixture->ingest, 0, &reg));
    const struct ingest_event event = batch(0, session, 1, 1);
    step(fixture, &event);
    assert_refused(fixture, INGEST_UNKNOWN_SESSION);
}

static void batch_of_another_epoch_than_its_session_is_fenced(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = batch(0, greet(fixture, 0, 0, 1), 1, 1);
    event.epoch = 2;
    step(fixture, &event);
    assert_refused(fixture, INGEST_FENCED);
}

static void ping_is_answered_with_the_credit_or_told_to_greet(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    struct ingest_event ping = {.kind = INGEST_PING, .peer = peer(9), .session = 5};
    step(fixture, &ping);
    assert_refused(fixture, INGEST_UNKNOWN_SESSION);
    const uint64_t older = greet(fixture, 0, 7, 7);
    const uint64_t session = greet(fixture, 0, 7, 7);
    ping.session = older;
    step(fixture, &ping);
    assert_refused(fixture, INGEST_FENCED);
    ping.session = session;
    step(fixture, &ping);
    assert_int_equal(7 + CREDIT, only(fixture, INGEST_SEND_PONG)->limit_seq);
    assert_int_equal(session, fixture->fx.actions[0].session);
    assert_int_equal(9, fixture->fx.actions[0].peer.bytes[0]);
    assert_int_equal(0, ingest_counters(fixture->ingest).batches_refused);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ingest_says_when_there_is_no_memory),
        CLAIM(ingest_loads_no_node_beyond_its_limit),
        CLAIM(ingest_does_not_find_a_node_that_was_not_loaded),
        CLAIM(ingest_wants_no_time),
        CLAIM(welcome_tells_the_committed_register_and_the_credit),
        CLAIM(welcome_of_an_open_group_tells_only_what_is_committed),
        CLAIM(sessions_rise_above_all_that_were_ever_given),
        CLAIM(credit_stops_at_the_last_number_there_is),
        CLAIM(hello_of_a_revoked_node_is_refused),
        CLAIM(hello_of_an_older_epoch_is_fenced),
        CLAIM(hello_of_a_newer_epoch_waits_for_an_operator),
        CLAIM(first_hello_may_have_any_epoch_but_zero),
        CLAIM(second_first_epoch_is_refused_before_the_first_one_is_committed),
        CLAIM(hello_with_receipts_that_the_broker_has_lost_is_diverged),
        CLAIM(hello_with_receipts_of_a_broker_that_knows_nothing_is_diverged),
        CLAIM(hello_of_a_node_that_is_behind_is_welcomed_so_that_it_sees_it),
        CLAIM(hello_with_another_chain_at_a_known_sequence_is_diverged),
        CLAIM(batch_without_a_session_is_told_to_greet),
        CLAIM(batch_under_an_older_session_is_fenced),
        CLAIM(refused_hello_leaves_the_session_alone),
        CLAIM(node_revoked_in_its_session_is_told_so),
        CLAIM(session_does_not_outlive_its_epoch),
        CLAIM(batch_of_another_epoch_than_its_session_is_fenced),
        CLAIM(ping_is_answered_with_the_credit_or_told_to_greet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
