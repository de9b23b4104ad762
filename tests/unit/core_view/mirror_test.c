/* The mirror as a machine: parts, answers and time in; questions and what to show out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/view/mirror.h"
#include "support/mem_failing.h"

enum { JOIN_MS = 500, ANSWER_MS = 5000, DEAD_MS = 3500, RETRY_MS = 100, RETRY_MS_MAX = 5000 };

/* A broker's side of one sheet by region: "a" and "b" of one indicator. */
struct site {
    struct mirror *mirror;
    struct mirror_effects fx;
    uint64_t now_ms;
    uint64_t session, version, basis, position;
    int64_t a, b;
};

static const struct mirror_options options = {.join_ms = JOIN_MS,
                                              .answer_ms = ANSWER_MS,
                                              .dead_ms = DEAD_MS,
                                              .retry_ms = RETRY_MS,
                                              .retry_ms_max = RETRY_MS_MAX,
                                              .rows_max = 100,
                                              .held_bytes_max = 4096};

static int setup(void **state)
{
    struct site *site = calloc(1, sizeof *site);
    assert_non_null(site);
    *site = (struct site){.session = 7, .version = 1, .basis = 2, .position = 3, .a = 5, .b = 0};
    assert_int_equal(ERR_OK, mirror_new(&options, &site->mirror));
    *state = site;
    return 0;
}

static int teardown(void **state)
{
    struct site *site = *state;
    mirror_check(site->mirror);
    mirror_free(&site->mirror);
    free(site);
    return 0;
}

static const struct bytes ids[] = {{(const uint8_t *)"people", 6}, {(const uint8_t *)"people", 6}};
static const struct bytes labels[] = {{(const uint8_t *)"a", 1}, {(const uint8_t *)"b", 1}};

static uint64_t digest(const struct site *site)
{
    const int64_t values[] = {site->a, site->b};
    const struct sheet_rows rows = {.count = 2,
                                    .label_count = 1,
                                    .indicators = ids,
                                    .labels = labels,
                                    .values = values,
                                    .partner_sums = values};
    return sheet_row_digest(&rows, 0) + sheet_row_digest(&rows, 1);
}

static void give(struct site *site, enum mirror_event_kind kind, uint64_t ask,
                 const struct sheet_part *part)
{
    const struct mirror_event event = {
        .now_ms = site->now_ms, .random = 12345, .kind = kind, .ask = ask, .part = part};
    assert_int_equal(ERR_OK, mirror_step(site->mirror, &event, &site->fx));
}

/* Rows first to first + count - 1 of the sheet as it stands. */
static void give_rows(struct site *site, enum mirror_event_kind kind, uint64_t ask, uint32_t first,
                      uint32_t count, bool more)
{
    const int64_t values[] = {site->a, site->b};
    const struct sheet_part part = {.session = site->session,
                                    .version = site->version,
                                    .basis = site->basis,
                                    .position = site->position,
                                    .digest = more ? 0 : digest(site),
                                    .more = more,
                                    .rows = {.count = count,
                                             .label_count = 1,
                                             .indicators = ids,
                                             .labels = labels + first,
                                             .values = values + first,
                                             .partner_sums = values + first}};
    give(site, kind, ask, &part);
}

static void beat(struct site *site)
{
    give_rows(site, MIRROR_BEAT, 0, 0, 0, false);
}

/* The broker's next version, in which row a or b has this value. */
static void change(struct site *site, uint32_t row, int64_t value)
{
    *(row == 0 ? &site->a : &site->b) = value;
    site->version++;
    give_rows(site, MIRROR_CHANGE, 0, row, 1, false);
}

/* A change that is lost on the way. */
static void lose(struct site *site, uint32_t row, int64_t value)
{
    *(row == 0 ? &site->a : &site->b) = value;
    site->version++;
}

static void snapshot(struct site *site, uint64_t ask)
{
    give_rows(site, MIRROR_SNAPSHOT, ask, 0, site->b != 0 ? 2 : 1, false);
}

static void timeout(struct site *site)
{
    site->now_ms = mirror_deadline_ms(site->mirror);
    give(site, MIRROR_TIMEOUT, 0, NULL);
}

/* Started, subscribed, asked and answered. */
static void follow(struct site *site)
{
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    snapshot(site, site->fx.ask);
    assert_true(site->fx.settled);
    assert_int_equal(MIRROR_CURRENT, mirror_state(site->mirror));
    beat(site);
}

static void note_row(void *context, const struct mirror_row *row)
{
    char *out = context;
    char line[64];
    snprintf(line, sizeof line, "%.*s=%d ", BYTES_FMT(row->labels[0]), (int)row->value);
    strcat(out, line);
}

static void assert_rows(struct site *site, const char *wanted)
{
    char text[256] = "";
    assert_int_equal(ERR_OK, mirror_rows(site->mirror, note_row, text));
    assert_string_equal(wanted, text);
}

static void asks_when_the_first_beat_shows_that_changes_arrive(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    assert_true(site->fx.reopen);
    assert_int_equal(0, site->fx.ask);
    beat(site);
    assert_int_equal(1, site->fx.ask);
    assert_int_equal(MIRROR_ASKING, mirror_state(site->mirror));
    snapshot(site, 1);
    assert_true(site->fx.settled);
    assert_rows(site, "a=5 ");
    assert_int_equal(3, mirror_head(site->mirror).position);
}

static void asks_all_the_same_when_no_beat_comes(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    assert_int_equal(JOIN_MS, mirror_deadline_ms(site->mirror));
    timeout(site);
    assert_int_equal(1, site->fx.ask);
}

static void change_is_shown_as_it_comes(void **state)
{
    struct site *site = *state;
    follow(site);
    change(site, 1, 8);
    assert_true(site->fx.settled);
    assert_false(site->fx.lost);
    assert_rows(site, "a=5 b=8 ");
    change(site, 0, 0);
    assert_rows(site, "b=8 ");
}

static void change_that_comes_twice_is_taken_once(void **state)
{
    struct site *site = *state;
    follow(site);
    change(site, 0, 6);
    give_rows(site, MIRROR_CHANGE, 0, 0, 1, false);
    assert_false(site->fx.settled);
    assert_int_equal(0, site->fx.ask);
    assert_rows(site, "a=6 ");
}

static void change_in_parts_is_shown_when_it_is_whole(void **state)
{
    struct site *site = *state;
    follow(site);
    site->a = 6;
    site->b = 7;
    site->version++;
    give_rows(site, MIRROR_CHANGE, 0, 0, 1, true);
    assert_false(site->fx.settled);
    site->version++;
    give_rows(site, MIRROR_CHANGE, 0, 1, 1, false);
    assert_true(site->fx.settled);
    assert_rows(site, "a=6 b=7 ");
}

static void changes_that_pass_the_snapshot_are_held_for_it(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    const struct site then = *site;
    change(site, 0, 6);
    change(site, 1, 9);
    struct site asked = then;
    snapshot(&asked, 1);
    assert_true(asked.fx.settled);
    assert_rows(site, "a=6 b=9 ");
    assert_int_equal(site->version, mirror_head(site->mirror).version);
}

static void held_changes_that_the_snapshot_has_already_are_passed_over(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    change(site, 0, 6);
    change(site, 0, 7);
    snapshot(site, 1);
    assert_true(site->fx.settled);
    assert_int_equal(0, site->fx.ask);
    assert_rows(site, "a=7 ");
}

static void lost_change_is_noticed_by_the_next(void **state)
{
    struct site *site = *state;
    follow(site);
    lose(site, 0, 6);
    change(site, 1, 1);
    assert_true(site->fx.lost);
    assert_int_equal(2, site->fx.ask);
    assert_int_equal(1, mirror_counters(site->mirror).gaps);
    snapshot(site, 2);
    assert_rows(site, "a=6 b=1 ");
}

static void lost_last_change_is_noticed_by_the_beat(void **state)
{
    struct site *site = *state;
    follow(site);
    lose(site, 0, 6);
    beat(site);
    assert_true(site->fx.lost);
    assert_int_equal(2, site->fx.ask);
}

static void silent_divergence_is_noticed_by_the_digest(void **state)
{
    struct site *site = *state;
    follow(site);
    site->a = 6;
    beat(site);
    assert_int_equal(1, mirror_counters(site->mirror).diverged);
    assert_int_equal(2, site->fx.ask);
}

static void broker_that_starts_again_is_asked_anew(void **state)
{
    struct site *site = *state;
    follow(site);
    site->session = 8;
    beat(site);
    assert_true(site->fx.lost);
    /* Not all its watchers at once. */
    assert_int_equal(0, site->fx.ask);
    assert_true(mirror_deadline_ms(site->mirror) < site->now_ms + RETRY_MS);
    timeout(site);
    assert_int_equal(2, site->fx.ask);
    assert_int_equal(1, mirror_counters(site->mirror).restarts);
    snapshot(site, 2);
    assert_int_equal(MIRROR_CURRENT, mirror_state(site->mirror));
}

static void another_programme_file_is_asked_anew(void **state)
{
    struct site *site = *state;
    follow(site);
    site->basis = 9;
    site->version++;
    beat(site);
    timeout(site);
    assert_int_equal(2, site->fx.ask);
    assert_int_equal(1, mirror_counters(site->mirror).restarts);
}

static void silence_opens_the_sockets_anew_and_keeps_the_copy(void **state)
{
    struct site *site = *state;
    follow(site);
    timeout(site);
    assert_true(site->fx.reopen);
    assert_true(site->fx.lost);
    assert_int_equal(MIRROR_JOINING, mirror_state(site->mirror));
    assert_rows(site, "a=5 ");
    beat(site);
    snapshot(site, site->fx.ask);
    assert_true(site->fx.settled);
}

static void beats_keep_the_copy_current(void **state)
{
    struct site *site = *state;
    follow(site);
    for (uint32_t i = 0; i < 10; i++) {
        site->now_ms += DEAD_MS - 1;
        beat(site);
        assert_false(site->fx.lost);
        assert_false(site->fx.settled);
    }
    site->position = 12;
    beat(site);
    assert_true(site->fx.settled);
    assert_int_equal(12, mirror_head(site->mirror).position);
}

static void answer_that_does_not_come_opens_the_sockets_anew(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    timeout(site);
    assert_true(site->fx.reopen);
    assert_int_equal(ANSWER_MS, site->now_ms);
}

static void answer_to_an_earlier_question_is_passed_over(void **state)
{
    struct site *site = *state;
    follow(site);
    lose(site, 0, 6);
    beat(site);
    snapshot(site, 1);
    assert_int_equal(MIRROR_ASKING, mirror_state(site->mirror));
    snapshot(site, 2);
    assert_int_equal(MIRROR_CURRENT, mirror_state(site->mirror));
}

static void question_that_cannot_be_sent_waits_for_the_next_beat(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    timeout(site);
    give(site, MIRROR_UNSENT, 1, NULL);
    assert_int_equal(MIRROR_JOINING, mirror_state(site->mirror));
    assert_false(site->fx.reopen);
    beat(site);
    assert_int_equal(2, site->fx.ask);
}

static void refusal_is_asked_again_later_and_later(void **state)
{
    struct site *site = *state;
    uint64_t wait = 0, before = 0;
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    for (uint64_t ask = 1; ask < 12; ask++) {
        before = wait;
        give(site, MIRROR_REFUSED, ask, NULL);
        assert_int_equal(MIRROR_WAITING, mirror_state(site->mirror));
        wait = mirror_deadline_ms(site->mirror) - site->now_ms;
        assert_true(wait >= before);
        timeout(site);
        assert_int_equal(ask + 1, site->fx.ask);
    }
    assert_in_range(wait, RETRY_MS_MAX * 3 / 4, RETRY_MS_MAX * 5 / 4);
}

static void copies_that_do_not_hold_are_not_asked_for_in_a_rush(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    snapshot(site, 1);
    lose(site, 0, 6);
    change(site, 0, 7);
    assert_int_equal(0, site->fx.ask);
    assert_int_equal(MIRROR_WAITING, mirror_state(site->mirror));
    timeout(site);
    assert_int_equal(2, site->fx.ask);
}

static void more_than_can_be_held_is_a_gap(void **state)
{
    struct site *site = *state;
    give(site, MIRROR_START, 0, NULL);
    beat(site);
    struct site asked = *site;
    for (int64_t i = 1; i < 100; i++) {
        change(site, 0, i);
    }
    snapshot(&asked, 1);
    assert_int_not_equal(MIRROR_CURRENT, mirror_state(site->mirror));
    assert_false(asked.fx.settled);
    assert_int_equal(1, mirror_counters(site->mirror).gaps);
}

static void snapshot_in_parts_takes_the_place_of_the_copy_when_it_is_whole(void **state)
{
    struct site *site = *state;
    follow(site);
    lose(site, 1, 4);
    beat(site);
    give_rows(site, MIRROR_SNAPSHOT, 2, 0, 1, true);
    assert_false(site->fx.settled);
    assert_rows(site, "a=5 ");
    give_rows(site, MIRROR_SNAPSHOT, 2, 1, 1, false);
    assert_true(site->fx.settled);
    assert_rows(site, "a=5 b=4 ");
}

static void row_that_the_new_snapshot_lacks_is_gone(void **state)
{
    struct site *site = *state;
    follow(site);
    change(site, 1, 4);
    lose(site, 1, 0);
    beat(site);
    snapshot(site, site->fx.ask);
    assert_rows(site, "a=5 ");
    /* Also where the copy is filled that was shown before. */
    beat(site);
    lose(site, 0, 6);
    beat(site);
    snapshot(site, site->fx.ask);
    assert_true(site->fx.settled);
    assert_rows(site, "a=6 ");
}

static void more_rows_than_agreed_are_an_error(void **state)
{
    struct site *site = *state;
    follow(site);
    struct bytes many[101], names[101];
    char texts[101][16];
    int64_t values[101];
    for (int i = 0; i < 101; i++) {
        snprintf(texts[i], sizeof texts[i], "r%d", i);
        many[i] = ids[0];
        names[i] = bytes_text(texts[i]);
        values[i] = 1;
    }
    const struct sheet_part part = {.session = 7,
                                    .version = site->version + 1,
                                    .basis = 2,
                                    .rows = {.count = 101,
                                             .label_count = 1,
                                             .indicators = many,
                                             .labels = names,
                                             .values = values,
                                             .partner_sums = values}};
    const struct mirror_event event = {.kind = MIRROR_CHANGE, .part = &part};
    assert_int_equal(ERR_FULL, mirror_step(site->mirror, &event, &site->fx));
}

static void memory_that_runs_out_leaves_nothing_behind(void **state)
{
    struct mirror *mirror = NULL;
    enum err err = ERR_MEMORY;
    (void)state;
    for (size_t nth = 1; err == ERR_MEMORY; nth++) {
        mem_failing_at(nth);
        err = mirror_new(&options, &mirror);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
    mirror_free(&mirror);
    assert_null(mirror);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(asks_when_the_first_beat_shows_that_changes_arrive),
        CLAIM(asks_all_the_same_when_no_beat_comes),
        CLAIM(change_is_shown_as_it_comes),
        CLAIM(change_that_comes_twice_is_taken_once),
        CLAIM(change_in_parts_is_shown_when_it_is_whole),
        CLAIM(changes_that_pass_the_snapshot_are_held_for_it),
        CLAIM(held_changes_that_the_snapshot_has_already_are_passed_over),
        CLAIM(lost_change_is_noticed_by_the_next),
        CLAIM(lost_last_change_is_noticed_by_the_beat),
        CLAIM(silent_divergence_is_noticed_by_the_digest),
        CLAIM(broker_that_starts_again_is_asked_anew),
        CLAIM(another_programme_file_is_asked_anew),
        CLAIM(silence_opens_the_sockets_anew_and_keeps_the_copy),
        CLAIM(beats_keep_the_copy_current),
        CLAIM(answer_that_does_not_come_opens_the_sockets_anew),
        CLAIM(answer_to_an_earlier_question_is_passed_over),
        CLAIM(question_that_cannot_be_sent_waits_for_the_next_beat),
        CLAIM(refusal_is_asked_again_later_and_later),
        CLAIM(copies_that_do_not_hold_are_not_asked_for_in_a_rush),
        CLAIM(more_than_can_be_held_is_a_gap),
        CLAIM(snapshot_in_parts_takes_the_place_of_the_copy_when_it_is_whole),
        CLAIM(row_that_the_new_snapshot_lacks_is_gone),
        CLAIM(more_rows_than_agreed_are_an_error),
        CLAIM(memory_that_runs_out_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
