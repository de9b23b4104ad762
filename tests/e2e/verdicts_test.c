/* Batches that are authentic and not acceptable: logged as refused with their reason, so that what
 * stands behind them flows. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/model/reject.h"
#include "e2e/support/exchange_here.h"
#include "e2e/support/raw_peer.h"
#include "e2e/support/still.h"
#include "proto/codec.h"

static struct here here;

static int begin(void **state)
{
    here_begin(&here);
    *state = &here;
    return 0;
}

static int end(void **state)
{
    here_end(*state);
    return 0;
}

/* Delivers the batch and asserts that all of it is logged as refused with that code. */
static void assert_rejected_whole(struct raw *raw, struct raw_batch *batch, enum reject code)
{
    uint8_t before[32], after[32];
    const uint64_t size = broker_size(here.broker);
    const int64_t rejected = here_node_counter(&here, 0, "rejected");
    assert_int_equal(ERR_OK, broker_digest(here.broker, before));
    raw_seal(raw, batch);
    raw_deliver(raw, batch);
    assert_int_equal(batch->header.count, raw->receipt.rejected_count);
    for (uint32_t i = 0; i < batch->header.count; i++) {
        assert_int_equal(i, raw->receipt.rejected_index[i]);
        assert_int_equal(code, raw->receipt.rejected_code[i]);
    }
    raw_batch_fini(batch);
    assert_int_equal(ERR_OK, broker_digest(here.broker, after));
    assert_memory_equal(before, after, 32);
    assert_int_equal(size + 1, broker_size(here.broker));
    assert_int_equal(rejected + raw->receipt.count, here_node_counter(&here, 0, "rejected"));
    raw_deliver_good(raw);
    assert_int_equal(ERR_OK, broker_check(here.broker));
}

static void a_foreign_programme_is_logged_as_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    batch.header.programme = bytes_text("XYZ");
    assert_rejected_whole(&raw, &batch, REJECT_BATCH_PROGRAMME);
    batch = still_batch(&raw);
    batch.header.programme_digest[0] ^= 1;
    assert_rejected_whole(&raw, &batch, REJECT_BATCH_PROGRAMME);
    here_enrol_again(&here, 0, "XYZ");
    batch = still_batch(&raw);
    raw_seal(&raw, &batch);
    raw_deliver(&raw, &batch);
    assert_int_equal(1, raw.receipt.rejected_count);
    assert_int_equal(REJECT_PARTNER_NOT_IN_PROGRAMME, raw.receipt.rejected_code[0]);
    raw_batch_fini(&batch);
    here_enrol_again(&here, 0, "ABC");
    raw_deliver_good(&raw);
    raw_close(&raw);
}

static void columns_that_cannot_be_read_are_logged_as_refused(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct raw_batch batch = still_batch(&raw);
    buffer_clear(&batch.columns);
    assert_int_equal(ERR_OK, buffer_add_text(&batch.columns, "these are no columns"));
    assert_rejected_whole(&raw, &batch, REJECT_BATCH_COLUMNS);

    const struct event events[] = {raw_started(1), raw_started(1)};
    raw_make(&raw, events, 2, 0, &batch);
    batch.header.count = 1;
    batch.confidential.row_keys.size = ROW_KEY_BYTES;
    buffer_clear(&batch.confidential_bytes);
    assert_int_equal(ERR_OK,
                     codec_confidential_encode(&batch.confidential, &batch.confidential_bytes));
    assert_rejected_whole(&raw, &batch, REJECT_BATCH_COLUMNS);
    raw_close(&raw);
}

static void a_person_never_introduced_is_logged_as_refused(void **state)
{
    struct raw raw;
    struct raw_batch batch;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    const struct event event = raw_started(77);
    raw_make(&raw, &event, 1, 0, &batch);
    assert_rejected_whole(&raw, &batch, REJECT_PERSON_UNKNOWN);
    raw_close(&raw);
}

static struct event taken_back(struct event event, uint64_t seq)
{
    event.withdrawal = true;
    event.withdraws = seq;
    return event;
}

static void deliver_one(struct raw *raw, struct event event, enum reject code)
{
    struct raw_batch batch;
    raw_make(raw, &event, 1, 0, &batch);
    if (code != REJECT_NONE) {
        assert_rejected_whole(raw, &batch, code);
        return;
    }
    raw_seal(raw, &batch);
    raw_deliver(raw, &batch);
    assert_int_equal(0, raw->receipt.rejected_count);
    raw_batch_fini(&batch);
}

static void a_withdrawal_needs_an_event_that_is_there_once_and_the_same(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw); /* sequence 1: person 1 */
    assert_int_equal(1, here_value(&here, "coached"));
    deliver_one(&raw, taken_back(raw_started(1), 999), REJECT_WITHDRAWAL_UNKNOWN);
    struct event other = raw_started(1);
    other.support = bytes_text("training");
    deliver_one(&raw, taken_back(other, 1), REJECT_WITHDRAWAL_DIFFERS);
    const int64_t before = here_value(&here, "coached");
    deliver_one(&raw, taken_back(raw_started(1), 1), REJECT_NONE);
    assert_int_equal(before - 1, here_value(&here, "coached"));
    deliver_one(&raw, taken_back(raw_started(1), 1), REJECT_WITHDRAWAL_TWICE);
    here_broker_again(&here);
    raw_greet(&raw);
    deliver_one(&raw, taken_back(raw_started(1), 1), REJECT_WITHDRAWAL_TWICE);
    struct event alone = raw_started(1);
    alone.withdraws = 1;
    deliver_one(&raw, alone, REJECT_WITHDRAWAL_ALONE);
    raw_close(&raw);
}

static void a_correction_is_taken_or_refused_as_one(void **state)
{
    struct raw raw;
    struct raw_batch batch;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    struct event pair[] = {taken_back(raw_started(1), 1), raw_started(1)};
    pair[1].withdraws = 1;
    pair[1].task = bytes_text("Z");
    raw_make(&raw, pair, 2, 0, &batch);
    raw_seal(&raw, &batch);
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    assert_int_equal(2, raw.receipt.rejected_count);
    assert_int_equal(REJECT_PAIR_REFUSED, raw.receipt.rejected_code[0]);
    assert_int_equal(REJECT_TASK_UNKNOWN, raw.receipt.rejected_code[1]);
    assert_int_equal(1, here_value(&here, "coached"));
    pair[1].task = bytes_text("A");
    pair[1].support = bytes_text("training");
    raw_make(&raw, pair, 2, 0, &batch);
    raw_seal(&raw, &batch);
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    assert_int_equal(0, raw.receipt.rejected_count);
    assert_int_equal(0, here_value(&here, "coached"));
    assert_int_equal(ERR_OK, broker_check(here.broker));
    raw_close(&raw);
}

/* Each with a profile of its own, so that the batch is as large in memory as a real one gets. */
static void fill_events(struct event *events)
{
    static const char *const education[] = {
        "none", "primary", "lower_secondary", "upper_secondary", "post_secondary", "tertiary"};
    for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
        events[i] = raw_started(1);
        events[i].occurred_on += (int32_t)(i % 365);
        events[i].unit = bytes_text("hour");
        events[i].quantity = i;
        events[i].has_profile = true;
        events[i].profile = (struct event_profile){.sex = i / 100 % 2 == 0 ? SEX_WOMAN : SEX_MAN,
                                                   .age = (int)(i % 100),
                                                   .education = bytes_text(education[i / 200])};
    }
}

/* One batch may take back events of as many batches as it has room for. */
static void a_batch_may_take_back_events_of_many_batches(void **state)
{
    enum { BATCHES = 160 };
    struct raw raw;
    struct raw_batch batch;
    static struct event events[BATCH_EVENTS_MAX];
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    fill_events(events);
    const uint64_t first = raw.next_seq;
    for (uint32_t i = 0; i < BATCHES; i++) {
        raw_make(&raw, events, BATCH_EVENTS_MAX, 0, &batch);
        raw_seal(&raw, &batch);
        raw_deliver(&raw, &batch);
        assert_int_equal(0, raw.receipt.rejected_count);
        raw_batch_fini(&batch);
    }
    const struct event same = events[7];
    for (uint32_t i = 0; i < BATCHES; i++) {
        events[i] = taken_back(same, first + i * BATCH_EVENTS_MAX + 7);
    }
    raw_make(&raw, events, BATCHES, 0, &batch);
    raw_seal(&raw, &batch);
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    assert_int_equal(0, raw.receipt.rejected_count);
    assert_int_equal(ERR_OK, broker_check(here.broker));
    raw_close(&raw);
}

static void a_person_introduced_under_another_programme_is_unknown_in_this_one(void **state)
{
    struct raw raw;
    struct raw_batch batch;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    raw_deliver_good(&raw);
    const uint32_t stranger = raw.last_person + 1;
    const struct event event = raw_started(stranger);
    raw_make(&raw, &event, 1, 1, &batch);
    batch.header.programme = bytes_text("XYZ");
    raw_seal(&raw, &batch);
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    assert_int_equal(REJECT_BATCH_PROGRAMME, raw.receipt.rejected_code[0]);
    raw_make(&raw, &event, 1, 0, &batch);
    raw_seal(&raw, &batch);
    raw_deliver(&raw, &batch);
    raw_batch_fini(&batch);
    assert_int_equal(1, raw.receipt.rejected_count);
    assert_int_equal(REJECT_PERSON_UNKNOWN, raw.receipt.rejected_code[0]);
    raw_deliver_good(&raw);
    assert_int_equal(ERR_OK, broker_check(here.broker));
    raw_close(&raw);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_foreign_programme_is_logged_as_refused),
        CLAIM(columns_that_cannot_be_read_are_logged_as_refused),
        CLAIM(a_person_never_introduced_is_logged_as_refused),
        CLAIM(a_person_introduced_under_another_programme_is_unknown_in_this_one),
        CLAIM(a_withdrawal_needs_an_event_that_is_there_once_and_the_same),
        CLAIM(a_correction_is_taken_or_refused_as_one),
        CLAIM(a_batch_may_take_back_events_of_many_batches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
