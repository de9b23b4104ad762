/* The uplink in a session: what it sends when, and which receipts count. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/core_uplink/uplink_fixture.h"

/* ---- sending ---- */

static void sending_stops_at_the_window(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    assert_int_equal(WINDOW, send_all(fixture, 21));
    acknowledge(fixture, 21);
    assert_int_equal(51, fixture->fx.send_from);
}

static void sending_stops_at_the_head_and_goes_on_when_it_grows(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 40);
    assert_int_equal(2, send_all(fixture, 21));
    step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 50});
    assert_int_equal(41, fixture->fx.send_from);
    assert_int_equal(50, uplink_position(fixture->uplink).head_seq);
}

static void only_one_batch_is_asked_for_at_a_time(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 40);
    assert_int_equal(21, fixture->fx.send_from);
    step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 50});
    assert_nothing(fixture);
    sent(fixture, 30);
    assert_int_equal(31, fixture->fx.send_from);
}

static void sending_stops_at_the_credit_and_goes_on_when_it_rises(void **state)
{
    struct fixture *fixture = *state;
    start(fixture, 20, 90);
    struct uplink_event event = welcome(fixture, SESSION);
    event.limit_seq = 30;
    step(fixture, event);
    assert_int_equal(1, send_all(fixture, 21));
    step(fixture, (struct uplink_event){.kind = UPLINK_CREDIT, .session = 9, .limit_seq = 99});
    assert_nothing(fixture);
    step(fixture,
         (struct uplink_event){.kind = UPLINK_CREDIT, .session = SESSION, .limit_seq = 31});
    assert_int_equal(31, fixture->fx.send_from);
}

static void credit_that_comes_late_takes_nothing_back(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    step(fixture,
         (struct uplink_event){.kind = UPLINK_CREDIT, .session = SESSION, .limit_seq = 20});
    sent(fixture, 30);
    assert_int_equal(31, fixture->fx.send_from);
}

static void blocked_link_is_tried_again_after_a_pause(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    step(fixture, (struct uplink_event){.kind = UPLINK_BLOCKED});
    assert_nothing(fixture);
    assert_int_equal(NOW + BLOCKED_MS, uplink_deadline_ms(fixture->uplink));
    step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 100});
    assert_nothing(fixture);
    wait(fixture);
    assert_int_equal(21, fixture->fx.send_from);
    assert_true(uplink_deadline_ms(fixture->uplink) > fixture->now_ms);
}

static void new_session_tries_a_blocked_link_at_once(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    step(fixture, (struct uplink_event){.kind = UPLINK_BLOCKED});
    step(fixture, welcome(fixture, SESSION + 1));
    assert_int_equal(21, fixture->fx.send_from);
}

static void batch_sent_after_going_back_is_not_counted_as_in_flight(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    sent(fixture, 30); /* 31 is asked for now */
    timeout_at(fixture, NOW + RESEND_MS);
    assert_int_equal(0, fixture->fx.send_from);
    sent(fixture, 40);
    assert_int_equal(21, fixture->fx.send_from);
}

/* ---- receipts ---- */

static void receipt_is_stored_before_it_counts(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 40);
    (void)send_all(fixture, 21);
    step(fixture, receipt(21));
    assert_true(fixture->fx.store_receipt);
    assert_int_equal(20, acked(fixture));
    stored(fixture, 30);
    assert_int_equal(30, acked(fixture));
    assert_int_equal(30, uplink_position(fixture->uplink).chain[31]);
    assert_nothing(fixture);
}

static void receipt_that_was_not_stored_is_taken_again(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 40);
    (void)send_all(fixture, 21);
    step(fixture, receipt(21));
    assert_true(fixture->fx.store_receipt);
    timeout_at(fixture, NOW + RESEND_MS); /* it did not fit, and nothing was said */
    (void)send_all(fixture, 21);
    acknowledge(fixture, 21);
}

static void receipt_is_stored_before_the_next_batch_is_asked_for(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 40);
    sent(fixture, 30);
    step(fixture, (struct uplink_event){.kind = UPLINK_BLOCKED});
    fixture->now_ms += BLOCKED_MS;
    step(fixture, receipt(21));
    const struct uplink_effects expected = {.store_receipt = true};
    assert_memory_equal(&expected, &fixture->fx, sizeof(expected));
    stored(fixture, 30);
    assert_int_equal(31, fixture->fx.send_from);
}

static void receipt_out_of_order_or_known_is_ignored(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    step(fixture, receipt(31));
    assert_nothing(fixture);
    acknowledge(fixture, 21);
    step(fixture, receipt(21));
    assert_nothing(fixture);
    step(fixture, receipt(11));
    assert_nothing(fixture);
    acknowledge(fixture, 31);
    assert_int_equal(40, acked(fixture));
}

static void receipt_for_what_the_node_does_not_have_is_malformed(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 30);
    (void)send_all(fixture, 21);
    struct uplink_event event = receipt(21);
    event.count = COUNT + 1;
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    assert_nothing(fixture);
    event.count = 0;
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    event = receipt(0);
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    event = receipt(UINT64_MAX - 3);
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    assert_nothing(fixture);
    assert_int_equal(20, acked(fixture));
    acknowledge(fixture, 21);
}

static void receipt_for_no_events_is_malformed(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, UINT64_MAX - 1);
    sent(fixture, UINT64_MAX - 2);
    struct uplink_event event = receipt(21);
    event.count = 0;
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    event = receipt(22);
    event.count = 0;
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
}

static void receipt_for_another_batch_than_was_sent_is_malformed(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    struct uplink_event event = receipt(21);
    event.count = COUNT - 1;
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    event.count = 2 * COUNT;
    assert_int_equal(ERR_MALFORMED, try_step(fixture, event));
    assert_nothing(fixture);
}

static void receipt_for_a_batch_of_an_earlier_session_waits_until_it_is_sent_again(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    assert_int_equal(21, fixture->fx.send_from);
    step(fixture, receipt(21));
    assert_nothing(fixture);
    (void)try_step(fixture, (struct uplink_event){.kind = UPLINK_SENT, .through_seq = 30});
    acknowledge(fixture, 21);
}

static void messages_of_another_session_are_ignored(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    struct uplink_event event = receipt(21);
    event.session = SESSION - 1;
    step(fixture, event);
    assert_nothing(fixture);
    event = (struct uplink_event){.kind = UPLINK_RESEND, .session = SESSION - 1, .from_seq = 31};
    step(fixture, event);
    assert_nothing(fixture);
    step(fixture, refused(REFUSAL_DIVERGED, SESSION - 1));
    assert_nothing(fixture);
    assert_state(fixture, UPLINK_READY);
}

static void receipt_that_is_being_stored_counts_after_a_new_greeting(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    step(fixture, receipt(21));
    timeout_at(fixture, fixture->now_ms + DEAD_MS);
    assert_state(fixture, UPLINK_GREETING);
    stored(fixture, 30);
    assert_int_equal(30, acked(fixture));
    step(fixture, welcome(fixture, SESSION + 1));
    assert_int_equal(31, fixture->fx.send_from);
}

/* ---- resending ---- */

static void batches_without_receipts_are_sent_again(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    fixture->now_ms += 3000;
    acknowledge(fixture, 21);
    timeout_at(fixture, NOW + RESEND_MS);
    assert_int_equal(0, fixture->fx.send_from);
    heard(fixture);
    timeout_at(fixture, NOW + 3000 + RESEND_MS - 1);
    assert_int_equal(0, fixture->fx.send_from);
    timeout_at(fixture, NOW + 3000 + RESEND_MS);
    assert_int_equal(2, send_all(fixture, 31));
}

static void resend_goes_back_to_the_batch_that_is_missing(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    const struct uplink_event event = {.kind = UPLINK_RESEND, .session = SESSION, .from_seq = 31};
    step(fixture, event);
    assert_int_equal(2, send_all(fixture, 31));
    acknowledge(fixture, 21);
    acknowledge(fixture, 31);
}

static void resend_repeated_within_200_ms_is_ignored(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    struct uplink_event event = {.kind = UPLINK_RESEND, .session = SESSION, .from_seq = 31};
    step(fixture, event);
    (void)send_all(fixture, 31);
    fixture->now_ms += 199;
    step(fixture, event);
    assert_nothing(fixture);
    event.from_seq = 41; /* another one */
    step(fixture, event);
    (void)send_all(fixture, 41);
    fixture->now_ms += 200;
    step(fixture, event);
    assert_int_equal(41, fixture->fx.send_from);
}

static void resend_of_a_new_session_is_no_repeat(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    struct uplink_event event = {.kind = UPLINK_RESEND, .session = SESSION, .from_seq = 31};
    step(fixture, event);
    (void)send_all(fixture, 31);
    step(fixture, welcome(fixture, SESSION + 1));
    (void)send_all(fixture, 21);
    event.session = SESSION + 1;
    step(fixture, event);
    assert_int_equal(31, fixture->fx.send_from);
}

static void timer_counts_from_the_first_batch_in_flight(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 20);
    timeout_at(fixture, NOW + PING_MS);
    heard(fixture);
    timeout_at(fixture, NOW + 2 * PING_MS);
    heard(fixture);
    step(fixture, (struct uplink_event){.kind = UPLINK_STORED, .head_seq = 40});
    sent(fixture, 30);
    fixture->now_ms += 1000;
    sent(fixture, 40);
    timeout_at(fixture, NOW + 2 * PING_MS + RESEND_MS - 1);
    assert_int_equal(0, fixture->fx.send_from);
    assert_int_equal(fixture->now_ms + 1, uplink_deadline_ms(fixture->uplink));
    wait(fixture);
    assert_int_equal(21, fixture->fx.send_from);
}

static void resend_of_what_is_acknowledged_unsent_or_no_boundary_is_ignored(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 90);
    (void)send_all(fixture, 21);
    const uint64_t wrong[] = {0, 1, 20, 25, 51, 91};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        step(fixture, (struct uplink_event){
                          .kind = UPLINK_RESEND, .session = SESSION, .from_seq = wrong[i]});
        assert_nothing(fixture);
    }
}

static void resends_do_not_put_off_the_timer(void **state)
{
    struct fixture *fixture = *state;
    make_ready(fixture, 20, 50);
    (void)send_all(fixture, 21);
    for (uint64_t at_ms = 1000; at_ms < RESEND_MS; at_ms += 1000) {
        fixture->now_ms = NOW + at_ms;
        step(fixture,
             (struct uplink_event){.kind = UPLINK_RESEND, .session = SESSION, .from_seq = 31});
        (void)send_all(fixture, 31);
    }
    timeout_at(fixture, NOW + RESEND_MS);
    assert_int_equal(21, fixture->fx.send_from);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(sending_stops_at_the_window),
        CLAIM(sending_stops_at_the_head_and_goes_on_when_it_grows),
        CLAIM(only_one_batch_is_asked_for_at_a_time),
        CLAIM(sending_stops_at_the_credit_and_goes_on_when_it_rises),
        CLAIM(credit_that_comes_late_takes_nothing_back),
        CLAIM(blocked_link_is_tried_again_after_a_pause),
        CLAIM(new_session_tries_a_blocked_link_at_once),
        CLAIM(batch_sent_after_going_back_is_not_counted_as_in_flight),
        CLAIM(receipt_is_stored_before_it_counts),
        CLAIM(receipt_that_was_not_stored_is_taken_again),
        CLAIM(receipt_is_stored_before_the_next_batch_is_asked_for),
        CLAIM(receipt_out_of_order_or_known_is_ignored),
        CLAIM(receipt_for_what_the_node_does_not_have_is_malformed),
        CLAIM(receipt_for_no_events_is_malformed),
        CLAIM(receipt_for_another_batch_than_was_sent_is_malformed),
        CLAIM(receipt_for_a_batch_of_an_earlier_session_waits_until_it_is_sent_again),
        CLAIM(messages_of_another_session_are_ignored),
        CLAIM(receipt_that_is_being_stored_counts_after_a_new_greeting),
        CLAIM(batches_without_receipts_are_sent_again),
        CLAIM(resend_goes_back_to_the_batch_that_is_missing),
        CLAIM(resend_repeated_within_200_ms_is_ignored),
        CLAIM(resend_of_a_new_session_is_no_repeat),
        CLAIM(timer_counts_from_the_first_batch_in_flight),
        CLAIM(resend_of_what_is_acknowledged_unsent_or_no_boundary_is_ignored),
        CLAIM(resends_do_not_put_off_the_timer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
