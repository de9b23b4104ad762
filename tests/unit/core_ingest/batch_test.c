/* The ingest in a session: what is next, a duplicate, missing, and when receipts leave. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "unit/core_ingest/ingest_fixture.h"

/* ---- the next batch ---- */

static void next_batch_moves_the_tentative_register_only(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = batch(0, greet(fixture, 0, 0, 9), 1, 5);
    event.first_person = 1;
    event.person_count = 2;
    append(fixture, &event);
    (void)only(fixture, INGEST_APPEND);
    assert_true(ingest_open(fixture->ingest));
    const struct ingest_register reg = ingest_register_of(fixture->ingest, 0);
    assert_int_equal(1, reg.epoch);
    assert_int_equal(5, reg.last_seq);
    assert_int_equal(2, reg.last_person);
    assert_int_equal(5, reg.chain[31]);

    const struct ingest_event ping = {
        .kind = INGEST_PING, .peer = peer(1), .session = event.session};
    step(fixture, &ping);
    assert_int_equal(CREDIT, only(fixture, INGEST_SEND_PONG)->limit_seq);
}

static void batches_of_one_group_continue_one_another(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 9);
    struct ingest_event event = batch(0, session, 1, 5);
    event.first_person = 1;
    event.person_count = 2;
    append(fixture, &event);
    event = batch(0, session, 6, 4);
    event.first_person = 3;
    event.person_count = 1;
    append(fixture, &event);
    assert_int_equal(9, ingest_register_of(fixture->ingest, 0).last_seq);
    assert_int_equal(3, ingest_register_of(fixture->ingest, 0).last_person);
    assert_int_equal(2, ingest_counters(fixture->ingest).batches_appended);
}

static void batch_that_does_not_continue_the_chain_is_refused(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    struct ingest_event event = batch(0, greet(fixture, 0, 7, 9), 8, 2);
    event.previous[31] ^= 1;
    step(fixture, &event);
    assert_refused(fixture, INGEST_BAD_CHAIN);
    assert_int_equal(7, ingest_register_of(fixture->ingest, 0).last_seq);
    assert_int_equal(1, ingest_counters(fixture->ingest).batches_refused);
    assert_int_equal(0, ingest_counters(fixture->ingest).batches_appended);
}

static void batch_whose_persons_do_not_continue_is_refused(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 4);
    struct ingest_event event = batch(0, greet(fixture, 0, 7, 9), 8, 2);
    event.person_count = 1;
    for (uint32_t first = 4; first <= 6; first += 2) {
        event.first_person = first;
        step(fixture, &event);
        assert_refused(fixture, INGEST_BAD_PERSONS);
    }
    event.first_person = 5;
    append(fixture, &event);
}

static void person_numbers_never_run_over(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, UINT32_MAX - 1);
    struct ingest_event event = batch(0, greet(fixture, 0, 7, 9), 8, 2);
    event.first_person = UINT32_MAX;
    event.person_count = 2;
    step(fixture, &event);
    assert_refused(fixture, INGEST_BAD_PERSONS);
    event.person_count = 1;
    append(fixture, &event);
    event = batch(0, event.session, 10, 1);
    event.first_person = 0;
    event.person_count = 1;
    step(fixture, &event);
    assert_refused(fixture, INGEST_BAD_PERSONS);
    event.person_count = 0;
    append(fixture, &event);
}

static void batch_that_no_node_can_seal_is_refused(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, UINT64_MAX - 2, 0);
    const uint64_t session = greet(fixture, 0, UINT64_MAX - 2, UINT64_MAX - 2);
    const struct ingest_event events[] = {
        batch(0, session, UINT64_MAX - 1, 0),
        batch(0, session, UINT64_MAX - 1, BATCH_EVENTS_MAX + 1),
        batch(0, session, UINT64_MAX - 1, 3),
        batch(0, session, 0, 1),
    };
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        step(fixture, &events[i]);
        assert_refused(fixture, INGEST_BAD_BATCH);
    }
    const uint64_t other = greet(fixture, 1, 0, 0);
    const struct ingest_event none = batch(1, other, 1, 0);
    step(fixture, &none);
    assert_refused(fixture, INGEST_BAD_BATCH);
    const struct ingest_event large = batch(1, other, 1, BATCH_EVENTS_MAX + 1);
    step(fixture, &large);
    assert_refused(fixture, INGEST_BAD_BATCH);
    const struct ingest_event last = batch(0, session, UINT64_MAX - 1, 2);
    append(fixture, &last);
    commit(fixture);
    step(fixture, &events[3]);
    assert_refused(fixture, INGEST_BAD_BATCH);
}

static void broken_bytes_are_refused_and_counted(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = {.kind = INGEST_BROKEN, .peer = peer(4), .session = 77};
    step(fixture, &event);
    assert_refused(fixture, INGEST_BAD_BATCH);
    assert_int_equal(4, fixture->fx.actions[0].peer.bytes[0]);
    assert_int_equal(77, fixture->fx.actions[0].session);
    assert_int_equal(1, ingest_counters(fixture->ingest).batches_refused);
}

/* ---- commit ---- */

static void no_receipt_leaves_before_the_group_is_committed(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    const struct ingest_event idle = {.kind = INGEST_IDLE};
    const struct ingest_event committed = {.kind = INGEST_COMMITTED};
    append(fixture, &event);
    (void)only(fixture, INGEST_APPEND);
    step(fixture, &idle);
    (void)only(fixture, INGEST_COMMIT);
    step(fixture, &committed);
    const struct ingest_action *action = only(fixture, INGEST_SEND_RECEIPT);
    assert_int_equal(1, action->first_seq);
    assert_int_equal(event.session, action->session);
    assert_int_equal(5 + CREDIT, action->limit_seq);
    assert_int_equal(1, action->peer.bytes[0]);
    assert_false(ingest_open(fixture->ingest));
    assert_int_equal(1, ingest_counters(fixture->ingest).commits);
}

static void full_group_is_committed_at_once(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 9);
    for (uint32_t i = 1; i < GROUP; i++) {
        const struct ingest_event event = batch(0, session, i, 1);
        append(fixture, &event);
        (void)only(fixture, INGEST_APPEND);
    }
    const struct ingest_event event = batch(0, session, GROUP, 1);
    append(fixture, &event);
    assert_int_equal(2, fixture->fx.count);
    assert_int_equal(INGEST_COMMIT, fixture->fx.actions[1].kind);
}

static void idle_without_a_group_asks_for_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event idle = {.kind = INGEST_IDLE};
    step(fixture, &idle);
    assert_int_equal(0, fixture->fx.count);
}

static void receipts_come_in_the_order_of_the_group(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t one = greet(fixture, 0, 0, 9);
    const uint64_t two = greet(fixture, 1, 0, 9);
    const struct ingest_event events[] = {batch(0, one, 1, 2), batch(1, two, 1, 3),
                                          batch(0, one, 3, 4)};
    const struct ingest_event committed = {.kind = INGEST_COMMITTED};
    for (size_t i = 0; i < GROUP; i++) {
        append(fixture, &events[i]);
    }
    step(fixture, &committed);
    assert_int_equal(GROUP, fixture->fx.count);
    for (size_t i = 0; i < GROUP; i++) {
        const struct ingest_action *action = &fixture->fx.actions[i];
        assert_int_equal(INGEST_SEND_RECEIPT, action->kind);
        assert_int_equal(events[i].node, action->node);
        assert_int_equal(events[i].first_seq, action->first_seq);
        assert_int_equal(events[i].session, action->session);
        assert_int_equal((events[i].node == 0 ? 6 : 3) + CREDIT, action->limit_seq);
    }
}

static void receipts_go_to_the_session_that_the_node_has_now(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    append(fixture, &event);
    struct ingest_event again = hello(0, 0, 5);
    again.peer = peer(200);
    step(fixture, &again);
    const uint64_t session = only(fixture, INGEST_SEND_WELCOME)->session;
    commit(fixture);
    const struct ingest_action *action = only(fixture, INGEST_SEND_RECEIPT);
    assert_int_equal(session, action->session);
    assert_int_equal(200, action->peer.bytes[0]);
}

static void receipts_go_where_the_session_was_heard_last(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    event.peer = peer(100);
    append(fixture, &event);
    const struct ingest_event ping = {
        .kind = INGEST_PING, .peer = peer(101), .session = event.session};
    step(fixture, &ping);
    commit(fixture);
    assert_int_equal(101, only(fixture, INGEST_SEND_RECEIPT)->peer.bytes[0]);
}

static void nothing_but_committed_may_follow_a_commit(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = batch(0, greet(fixture, 0, 0, 9), 1, 5);
    const struct ingest_event idle = {.kind = INGEST_IDLE};
    const struct ingest_event committed = {.kind = INGEST_COMMITTED};
    append(fixture, &event);
    assert_int_equal(ERR_STATE, ingest_step(fixture->ingest, &committed, &fixture->fx));
    assert_int_equal(0, fixture->fx.count);
    step(fixture, &idle);
    const struct ingest_event next = batch(0, event.session, 6, 1);
    assert_int_equal(ERR_STATE, ingest_step(fixture->ingest, &next, &fixture->fx));
    assert_int_equal(ERR_STATE, ingest_step(fixture->ingest, &idle, &fixture->fx));
    assert_int_equal(0, fixture->fx.count);
    step(fixture, &committed);
    assert_int_equal(ERR_STATE, ingest_step(fixture->ingest, &committed, &fixture->fx));
    append(fixture, &next);
}

static void first_batch_of_a_node_fixes_its_epoch(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = hello(0, 0, 5);
    event.epoch = 9;
    step(fixture, &event);
    struct ingest_event first = batch(0, only(fixture, INGEST_SEND_WELCOME)->session, 1, 5);
    first.epoch = 9;
    append(fixture, &first);
    assert_int_equal(9, ingest_register_of(fixture->ingest, 0).epoch);
    commit(fixture);
    event.epoch = 8;
    step(fixture, &event);
    assert_refused(fixture, INGEST_FENCED);
}

/* ---- duplicates, gaps, overlaps ---- */

static void committed_duplicate_gets_its_receipt_again(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    struct ingest_event event = batch(0, greet(fixture, 0, 3, 9), 6, 2); /* ends at 7 */
    event.stored_same = true;
    event.peer = peer(55);
    step(fixture, &event);
    const struct ingest_action *action = only(fixture, INGEST_SEND_RECEIPT);
    assert_int_equal(6, action->first_seq);
    assert_int_equal(event.session, action->session);
    assert_int_equal(55, action->peer.bytes[0]);
    assert_int_equal(7 + CREDIT, action->limit_seq);
    assert_int_equal(1, ingest_counters(fixture->ingest).batches_duplicate);
    assert_false(ingest_open(fixture->ingest));
}

static void other_batch_at_a_committed_sequence_is_diverged(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    const struct ingest_event event = batch(0, greet(fixture, 0, 3, 9), 4, 2);
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    assert_int_equal(0, ingest_counters(fixture->ingest).batches_duplicate);
}

static void duplicate_in_the_open_group_waits_for_its_commit(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    append(fixture, &event);
    step(fixture, &event);
    assert_int_equal(0, fixture->fx.count);
    assert_int_equal(1, ingest_counters(fixture->ingest).batches_duplicate);
    commit(fixture);
    assert_int_equal(1, only(fixture, INGEST_SEND_RECEIPT)->first_seq);
}

static void duplicate_in_a_group_of_several_nodes_is_known_by_its_node(void **state)
{
    struct fixture *fixture = *state;
    const struct ingest_event one = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    const struct ingest_event two = batch(1, greet(fixture, 1, 0, 3), 1, 3);
    append(fixture, &one);
    append(fixture, &two);
    step(fixture, &two);
    assert_int_equal(0, fixture->fx.count);
}

static void other_batch_at_a_sequence_of_the_open_group_is_diverged(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event event = batch(0, greet(fixture, 0, 0, 5), 1, 5);
    append(fixture, &event);
    event.chain[0] ^= 1;
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
}

static void batch_that_overlaps_is_diverged(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, 0, 7, 0);
    const uint64_t session = greet(fixture, 0, 3, 20);
    struct ingest_event event = batch(0, session, 6, 3); /* over the committed end */
    event.stored_same = true;
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    const struct ingest_event next = batch(0, session, 8, 5);
    append(fixture, &next);
    event = batch(0, session, 10, 3); /* inside the open group, at no boundary */
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    event = batch(0, session, 10, 9); /* over the tentative end */
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
    event = batch(0, session, 6, 7); /* over the committed end to the tentative one */
    event.stored_same = true;
    step(fixture, &event);
    assert_refused(fixture, INGEST_DIVERGED);
}

static void gap_asks_for_what_is_missing(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 20);
    const struct ingest_event first = batch(0, session, 1, 5);
    append(fixture, &first);
    const struct ingest_event far = batch(0, session, 8, 2);
    step(fixture, &far);
    assert_int_equal(6, only(fixture, INGEST_SEND_RESEND)->first_seq);
    assert_int_equal(session, fixture->fx.actions[0].session);
    assert_int_equal(1, ingest_counters(fixture->ingest).gaps);
    assert_int_equal(0, ingest_counters(fixture->ingest).batches_refused);
}

static void gap_does_not_storm(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 20);
    const struct ingest_event far = batch(0, session, 8, 2);
    step(fixture, &far);
    (void)only(fixture, INGEST_SEND_RESEND);
    for (uint32_t i = 0; i < 16; i++) {
        step(fixture, &far);
        assert_int_equal(0, fixture->fx.count);
    }
    step(fixture, &far);
    assert_int_equal(1, only(fixture, INGEST_SEND_RESEND)->first_seq);
    step(fixture, &far);
    assert_int_equal(0, fixture->fx.count);
    assert_int_equal(19, ingest_counters(fixture->ingest).gaps);
}

static void next_gap_asks_again_once_the_expected_batch_came(void **state)
{
    struct fixture *fixture = *state;
    const uint64_t session = greet(fixture, 0, 0, 20);
    const struct ingest_event far = batch(0, session, 8, 2);
    const struct ingest_event next = batch(0, session, 1, 2);
    step(fixture, &far);
    (void)only(fixture, INGEST_SEND_RESEND);
    append(fixture, &next);
    step(fixture, &far);
    assert_int_equal(3, only(fixture, INGEST_SEND_RESEND)->first_seq);
}

static void new_session_may_ask_for_what_is_missing_at_once(void **state)
{
    struct fixture *fixture = *state;
    struct ingest_event far = batch(0, greet(fixture, 0, 0, 20), 8, 2);
    step(fixture, &far);
    (void)only(fixture, INGEST_SEND_RESEND);
    far.session = greet(fixture, 0, 0, 20);
    step(fixture, &far);
    (void)only(fixture, INGEST_SEND_RESEND);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(next_batch_moves_the_tentative_register_only),
        CLAIM(batches_of_one_group_continue_one_another),
        CLAIM(batch_that_does_not_continue_the_chain_is_refused),
        CLAIM(batch_whose_persons_do_not_continue_is_refused),
        CLAIM(person_numbers_never_run_over),
        CLAIM(batch_that_no_node_can_seal_is_refused),
        CLAIM(broken_bytes_are_refused_and_counted),
        CLAIM(no_receipt_leaves_before_the_group_is_committed),
        CLAIM(full_group_is_committed_at_once),
        CLAIM(idle_without_a_group_asks_for_nothing),
        CLAIM(receipts_come_in_the_order_of_the_group),
        CLAIM(receipts_go_to_the_session_that_the_node_has_now),
        CLAIM(receipts_go_where_the_session_was_heard_last),
        CLAIM(nothing_but_committed_may_follow_a_commit),
        CLAIM(first_batch_of_a_node_fixes_its_epoch),
        CLAIM(committed_duplicate_gets_its_receipt_again),
        CLAIM(other_batch_at_a_committed_sequence_is_diverged),
        CLAIM(duplicate_in_the_open_group_waits_for_its_commit),
        CLAIM(duplicate_in_a_group_of_several_nodes_is_known_by_its_node),
        CLAIM(other_batch_at_a_sequence_of_the_open_group_is_diverged),
        CLAIM(batch_that_overlaps_is_diverged),
        CLAIM(gap_asks_for_what_is_missing),
        CLAIM(gap_does_not_storm),
        CLAIM(next_gap_asks_again_once_the_expected_batch_came),
        CLAIM(new_session_may_ask_for_what_is_missing_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
