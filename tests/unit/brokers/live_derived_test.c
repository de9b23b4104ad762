/* Ratios and means that somebody watches: what is told of them, what it costs, and what happens
 * when the memory does not suffice for it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "support/mem_failing.h"
#include "unit/brokers/live_fixture.h"

/* i00 and i01 count the same events: the share of one in the other is always 100%. */
static const char share[] = "  - {id: share, title: Udział, unit: percent, count: ratio, of: i00, "
                            "per: i01}\n";
static const char share_by_county[] =
    "{\"programme\":\"ABC\",\"indicator\":\"share\",\"by\":[\"region\"],\"level\":\"county\"}";

enum { WHOLE = 100 * 100, TELLING_MS = 20 };

static int setup(void **state)
{
    (void)state;
    live_begin(share);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    live_end();
    return 0;
}

static struct feed *begin_to_listen(struct sheet_part *part)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    topic_of(share_by_county, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, part));
    return reader;
}

static void a_ratio_is_told_where_it_is_another(void **state)
{
    struct sheet_part part;
    (void)state;
    struct feed *reader = begin_to_listen(&part);
    commit(0, 2);
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    assert_int_equal(2, part.rows.count);
    assert_int_equal(WHOLE, part.rows.values[0]);
    assert_int_equal(SHEET_DERIVED, part.rows.partner_sums[0]);
    assert_true(part.digest == snapshot(share_by_county).digest);
    /* More of the same, and one more county. */
    commit(0, 3);
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    assert_int_equal(1, part.rows.count);
    assert_true(bytes_equal(region_code(2), part.rows.labels[0]));
    assert_true(part.digest == snapshot(share_by_county).digest);
    feed_close(&reader);
}

static void the_time_of_computing_a_ratio_that_stays_as_it_was_counts_too(void **state)
{
    struct sheet_part part;
    (void)state;
    struct feed *reader = begin_to_listen(&part);
    commit(0, 1);
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    commit(0, 1);
    look_takes_ms = TELLING_MS;
    live_turn(live);
    look_takes_ms = 0;
    const uint64_t told_ms = now_ms;
    commit(1, 1);
    hear_nothing(reader);
    assert_int_equal(told_ms + 3 * TELLING_MS, live_deadline_ms(live));
    now_ms = live_deadline_ms(live);
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    assert_int_equal(1, part.rows.count);
    feed_close(&reader);
}

static void a_question_shortens_no_pause(void **state)
{
    struct sheet_part part;
    (void)state;
    struct feed *reader = begin_to_listen(&part);
    commit(0, 1);
    look_takes_ms = TELLING_MS;
    live_turn(live);
    look_takes_ms = 0;
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    const uint64_t told_ms = now_ms;
    snapshot(share_by_county);
    commit(1, 1);
    hear_nothing(reader);
    assert_int_equal(told_ms + 3 * TELLING_MS, live_deadline_ms(live));
    feed_close(&reader);
}

/* The two allocations of computing: what the rows are made from, and the rows. */
static void without_memory_for_a_change_the_sheet_begins_anew(void **state)
{
    struct sheet_part part;
    (void)state;
    struct feed *reader = begin_to_listen(&part);
    for (uint32_t nth = 1; nth <= 2; nth++) {
        const struct sheet_part before = part;
        commit(2 * nth, 1);
        mem_failing_at(nth);
        live_turn(live);
        assert_true(mem_failing_done());
        assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
        assert_true(part.version > before.version);
        assert_int_equal(before.basis, part.basis);
        assert_int_equal(ledger_size(ledger), part.position);
        const struct collected all = snapshot(share_by_county);
        assert_int_equal(2 * nth - 1, all.rows);
        assert_true(part.version == all.last.version && part.digest == all.digest);
        /* And goes on from there. */
        const uint64_t version = part.version;
        commit(2 * nth + 1, 1);
        assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
        assert_int_equal(version + 1, part.version);
        assert_int_equal(1, part.rows.count);
        assert_true(part.digest == snapshot(share_by_county).digest);
    }
    feed_close(&reader);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_ratio_is_told_where_it_is_another),
        CLAIM(the_time_of_computing_a_ratio_that_stays_as_it_was_counts_too),
        CLAIM(a_question_shortens_no_pause),
        CLAIM(without_memory_for_a_change_the_sheet_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
