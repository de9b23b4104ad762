/* The uplink's sessions: greeting, comparing, staying alive, being refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>

#include "core/base/mem.h"
#include "unit/core_uplink/uplink_fixture.h"

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

/* ---- greeting ---- */

static void uplink_says_when_there_is_no_memory(void **state)
{
    (void)state;
    const struct uplink_options options = {.window_batches = 1,
                                           .hello_ms = 1,
                                           .hello_ms_max = 1,
                                           .ping_ms = 1,
                                           .dead_ms = 2,
                                           .resend_ms = 1};
    struct uplink *uplink = NULL;
    memory_fails = true;
    const enum err err = uplink_new(&options, &uplink);
    memory_fails = false;
    assert_int_equal(ERR_MEMORY, err);
    assert_null(uplink);
    uplink_free(&uplink);
}

static void uplink_waits_for_its_start(void **state)
{
    struct fixture *fixture = *state;
    assert_state(fixture, UPLINK_IDLE);
    assert_true(uplink_deadline_ms(fixture->uplink) == UINT64_MAX);
    step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 5});
    assert_nothing(fixture);
}

static void start_greets_at_once_on_the_link_as_it_is(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    assert_state(fixture, UPLINK_GREETING);
    assert_true(fixture->fx.send_hello);
    assert_false(fixture->fx.reopen);
    assert_int_equal(0, fixture->fx.send_from);
    assert_int_equal(0, uplink_session(fixture->uplink));
    assert_int_equal(4, uplink_position(fixture->uplink).epoch);
    assert_int_equal(50, uplink_position(fixture->uplink).head_seq);
    assert_int_equal(20, acked(fixture));
}

static void hello_without_an_answer_opens_the_link_anew(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, 0);
    const uint64_t at_ms = uplink_deadline_ms(fixture->uplink);
    timeout_at(fixture, at_ms - 1);
    assert_nothing(fixture);
    timeout_at(fixture, at_ms);
    assert_true(fixture->fx.reopen);
    assert_true(fixture->fx.send_hello);
    assert_state(fixture, UPLINK_GREETING);
}

static void hello_is_repeated_later_and_later_up_to_the_maximum(void **state)
{
    struct fixture *fixture = *state;
    uint64_t expected = HELLO_MS;
    start(fixture, 0, 0);
    for (int i = 0; i < 10; i++) {
        const uint64_t pause = uplink_deadline_ms(fixture->uplink) - fixture->now_ms;
        assert_int_equal(expected - expected / 4, pause); /* random is 0 */
        wait(fixture);
        expected = expected * 2 < HELLO_MS_MAX ? expected * 2 : HELLO_MS_MAX;
    }
}

static void hello_is_spread_by_a_quarter_either_way(void **state)
{
    (void)state;
    uint64_t least = UINT64_MAX, most = 0;
    for (uint64_t random = 0; random < 3 * HELLO_MS; random++) {
        void *fresh = NULL;
        assert_int_equal(0, setup(&fresh));
        struct fixture *fixture = fresh;
        step(fixture, (struct uplink_event){
                          .kind = UPLINK_START, .random = random, .position = {.epoch = 1}});
        const uint64_t pause = uplink_deadline_ms(fixture->uplink) - fixture->now_ms;
        least = pause < least ? pause : least;
        most = pause > most ? pause : most;
        assert_int_equal(0, teardown(&fresh));
    }
    assert_int_equal(HELLO_MS - HELLO_MS / 4, least);
    assert_int_equal(HELLO_MS + HELLO_MS / 4, most);
}

static void backoff_begins_anew_once_the_session_was_heard(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, 0);
    for (int i = 0; i < 3; i++) {
        wait(fixture);
    }
    step(fixture, welcome(fixture, SESSION));
    step(fixture, (struct uplink_event){.kind = UPLINK_CREDIT, .session = SESSION});
    timeout_at(fixture, fixture->now_ms + DEAD_MS);
    assert_true(fixture->fx.send_hello);
    assert_in_range(uplink_deadline_ms(fixture->uplink) - fixture->now_ms, HELLO_MS * 3 / 4,
                    HELLO_MS * 5 / 4);
}

static void backoff_goes_on_when_every_welcome_is_followed_by_a_refusal(void **state)
{
    struct fixture *fixture = *state;
    uint64_t expected = HELLO_MS;
    start(fixture, 0, 0);
    for (uint64_t i = 0; i < 4; i++) {
        step(fixture, welcome(fixture, SESSION + i));
        heard(fixture);
        step(fixture, refused(REFUSAL_RETRY, SESSION + i));
        expected *= 2;
        assert_in_range(uplink_deadline_ms(fixture->uplink) - fixture->now_ms, expected * 3 / 4,
                        expected * 5 / 4);
        wait(fixture);
        expected *= 2;
        if (expected > HELLO_MS_MAX) {
            break;
        }
    }
}

/* ---- WELCOME ---- */

static void welcome_starts_sending_behind_the_last_receipt(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    struct uplink_event event = welcome(fixture, SESSION);
    event.broker_seq = 40; /* it has more: the receipts were lost */
    step(fixture, event);
    assert_state(fixture, UPLINK_READY);
    assert_int_equal(SESSION, uplink_session(fixture->uplink));
    assert_int_equal(21, fixture->fx.send_from);
}

static void welcome_of_a_broker_that_knows_nothing_is_fine_for_a_new_node(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, 50);
    step(fixture, welcome(fixture, SESSION));
    assert_int_equal(1, fixture->fx.send_from);
}

static void welcome_without_a_session_is_ignored(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, 50);
    step(fixture, welcome(fixture, 0));
    assert_nothing(fixture);
    assert_state(fixture, UPLINK_GREETING);
}

static void welcome_of_a_broker_that_lost_everything_stops_the_node(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    struct uplink_event event = welcome(fixture, SESSION);
    event.broker_epoch = 0;
    event.broker_seq = 0;
    assert_int_equal(ERR_CHAIN, try_step(fixture, event));
    assert_stopped(fixture);
}

static void welcome_with_sequences_of_no_epoch_stops_the_node(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 0, 50);
    struct uplink_event event = welcome(fixture, SESSION);
    event.broker_seq = 5;
    assert_int_equal(ERR_CHAIN, try_step(fixture, event));
    assert_stopped(fixture);
}

static void welcome_with_another_epoch_stops_the_node(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    struct uplink_event event = welcome(fixture, SESSION);
    event.broker_epoch = 5;
    step(fixture, event);
    assert_stopped(fixture);
}

static void welcome_with_more_than_the_node_has_stops_it(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    struct uplink_event event = welcome(fixture, SESSION);
    event.broker_seq = 51;
    assert_int_equal(ERR_CHAIN, try_step(fixture, event));
    assert_stopped(fixture);
}

static void welcome_with_less_than_was_acknowledged_stops_the_node(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    struct uplink_event event = welcome(fixture, SESSION);
    event.broker_seq = 19;
    assert_int_equal(ERR_CHAIN, try_step(fixture, event));
    assert_stopped(fixture);
}

static void late_welcome_that_knows_less_than_receipts_told_is_ignored(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    acknowledge(fixture, 21);
    timeout_at(fixture, fixture->now_ms + DEAD_MS);
    assert_state(fixture, UPLINK_GREETING);
    struct uplink_event late = welcome(fixture, SESSION - 1);
    late.broker_seq = 20;
    step(fixture, late);
    assert_nothing(fixture);
    assert_state(fixture, UPLINK_GREETING);
    late.session = SESSION + 1; /* a broker that speaks now has lost something */
    assert_int_equal(ERR_CHAIN, try_step(fixture, late));
    assert_stopped(fixture);
}

static void newer_welcome_replaces_the_session_and_an_older_one_does_not(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    (void)send_all(fixture, 21);
    step(fixture, welcome(fixture, SESSION - 1));
    assert_nothing(fixture);
    assert_int_equal(SESSION, uplink_session(fixture->uplink));
    step(fixture, welcome(fixture, SESSION + 1));
    assert_int_equal(SESSION + 1, uplink_session(fixture->uplink));
    assert_int_equal(21, fixture->fx.send_from);
}

/* ---- liveness ---- */

static void idle_link_is_pinged(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 20);
    assert_int_equal(NOW + PING_MS, uplink_deadline_ms(fixture->uplink));
    wait(fixture);
    assert_true(fixture->fx.send_ping);
    assert_false(fixture->fx.reopen);
    heard(fixture);
    assert_int_equal(NOW + 2 * PING_MS, uplink_deadline_ms(fixture->uplink));
}

static void sending_puts_off_the_ping(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 20);
    fixture->now_ms += 1500;
    step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 30});
    sent(fixture, 30);
    timeout_at(fixture, NOW + PING_MS);
    assert_nothing(fixture);
    timeout_at(fixture, NOW + 1500 + PING_MS);
    assert_true(fixture->fx.send_ping);
}

static void silent_link_is_opened_anew(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 20);
    wait(fixture);
    heard(fixture); /* at PING_MS */
    wait(fixture);
    wait(fixture);
    assert_true(fixture->fx.send_ping);
    wait(fixture);
    assert_int_equal(NOW + PING_MS + DEAD_MS, fixture->now_ms);
    assert_true(fixture->fx.reopen);
    assert_true(fixture->fx.send_hello);
    assert_false(fixture->fx.send_ping);
    assert_state(fixture, UPLINK_GREETING);
    assert_int_equal(0, uplink_session(fixture->uplink));
}

static void messages_of_another_session_do_not_keep_the_link_alive(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 20);
    fixture->now_ms += 3000;
    step(fixture, (struct uplink_event){.kind = UPLINK_CREDIT, .session = 9, .limit_seq = 99});
    timeout_at(fixture, NOW + DEAD_MS);
    assert_true(fixture->fx.reopen);
}

static void everything_unacknowledged_is_sent_again_after_a_reconnect(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    acknowledge(fixture, 21);
    timeout_at(fixture, fixture->now_ms + DEAD_MS);
    step(fixture, welcome(fixture, SESSION + 1));
    assert_int_equal(2, send_all(fixture, 31));
}

/* ---- refusals ---- */

static void retry_greets_again_after_a_while_without_a_new_link(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    step(fixture, refused(REFUSAL_RETRY, SESSION));
    assert_nothing(fixture);
    assert_state(fixture, UPLINK_GREETING);
    const uint64_t at_ms = uplink_deadline_ms(fixture->uplink);
    assert_true(at_ms > fixture->now_ms);
    step(fixture, refused(REFUSAL_RETRY, SESSION)); /* of the rest of the window */
    step(fixture, refused(REFUSAL_RETRY, 0));
    assert_true(uplink_deadline_ms(fixture->uplink) == at_ms);
    wait(fixture);
    assert_true(fixture->fx.send_hello);
    assert_false(fixture->fx.reopen);
    wait(fixture); /* this one has no answer */
    assert_true(fixture->fx.reopen);
}

static void busy_answer_to_a_hello_is_waited_out(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    step(fixture, refused(REFUSAL_RETRY, 0));
    assert_nothing(fixture);
    wait(fixture);
    assert_true(fixture->fx.send_hello);
    assert_false(fixture->fx.reopen);
}

static void other_refusals_stop_the_node_for_good(void **state)
{
    (void)state;
    const enum uplink_refusal refusals[] = {REFUSAL_DIVERGED, REFUSAL_REVOKED, REFUSAL_BATCH};
    for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        void *fresh = NULL;
        assert_int_equal(0, setup(&fresh));
        struct fixture *fixture = fresh;
        make_ready(fixture, 20, 50);
        (void)send_all(fixture, 21);
        step(fixture, refused(refusals[i], SESSION));
        assert_stopped(fixture);
        step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 60});
        assert_nothing(fixture);
        step(fixture, welcome(fixture, SESSION + 1));
        assert_nothing(fixture);
        step(fixture, refused(REFUSAL_RETRY, 0));
        assert_nothing(fixture);
        assert_state(fixture, UPLINK_STOPPED);
        assert_int_equal(0, teardown(&fresh));
    }
}

static void refusal_of_a_hello_stops_the_node(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    step(fixture, refused(REFUSAL_REVOKED, 0));
    assert_stopped(fixture);
}

static void refusal_without_a_session_counts_in_any(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    step(fixture, refused(REFUSAL_REVOKED, 0));
    assert_stopped(fixture);
}

static void stopped_node_may_be_started_anew(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 50);
    wait(fixture);
    step(fixture, welcome(fixture, SESSION));
    (void)send_all(fixture, 21);
    step(fixture, receipt(21));
    assert_true(fixture->fx.store_receipt);
    step(fixture, refused(REFUSAL_DIVERGED, 0));
    assert_stopped(fixture);
    start(fixture, 20, 50);
    assert_true(fixture->fx.send_hello);
    assert_state(fixture, UPLINK_GREETING);
    step(fixture, refused(REFUSAL_REVOKED, 0));
    start(fixture, 20, 50);
    assert_int_equal(HELLO_MS - HELLO_MS / 4,
                     uplink_deadline_ms(fixture->uplink) - fixture->now_ms);
    step(fixture, welcome(fixture, SESSION));
    (void)send_all(fixture, 21);
    acknowledge(fixture, 21);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uplink_says_when_there_is_no_memory),
        CLAIM(uplink_waits_for_its_start),
        CLAIM(start_greets_at_once_on_the_link_as_it_is),
        CLAIM(hello_without_an_answer_opens_the_link_anew),
        CLAIM(hello_is_repeated_later_and_later_up_to_the_maximum),
        cmocka_unit_test(hello_is_spread_by_a_quarter_either_way),
        CLAIM(backoff_begins_anew_once_the_session_was_heard),
        CLAIM(backoff_goes_on_when_every_welcome_is_followed_by_a_refusal),
        CLAIM(welcome_starts_sending_behind_the_last_receipt),
        CLAIM(welcome_of_a_broker_that_knows_nothing_is_fine_for_a_new_node),
        CLAIM(welcome_without_a_session_is_ignored),
        CLAIM(welcome_of_a_broker_that_lost_everything_stops_the_node),
        CLAIM(welcome_with_sequences_of_no_epoch_stops_the_node),
        CLAIM(welcome_with_another_epoch_stops_the_node),
        CLAIM(welcome_with_more_than_the_node_has_stops_it),
        CLAIM(welcome_with_less_than_was_acknowledged_stops_the_node),
        CLAIM(late_welcome_that_knows_less_than_receipts_told_is_ignored),
        CLAIM(newer_welcome_replaces_the_session_and_an_older_one_does_not),
        CLAIM(idle_link_is_pinged),
        CLAIM(sending_puts_off_the_ping),
        CLAIM(silent_link_is_opened_anew),
        CLAIM(messages_of_another_session_do_not_keep_the_link_alive),
        CLAIM(everything_unacknowledged_is_sent_again_after_a_reconnect),
        CLAIM(retry_greets_again_after_a_while_without_a_new_link),
        CLAIM(busy_answer_to_a_hello_is_waited_out),
        cmocka_unit_test(other_refusals_stop_the_node_for_good),
        CLAIM(refusal_of_a_hello_stops_the_node),
        CLAIM(refusal_without_a_session_counts_in_any),
        CLAIM(stopped_node_may_be_started_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
