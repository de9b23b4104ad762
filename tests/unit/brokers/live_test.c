/* The broker's half of the live totals over a real ledger, a real feed and a clock that the test
 * sets: what a reader is told, what a snapshot holds, and what keeps a sheet. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "core/view/mirror.h"
#include "unit/brokers/live_fixture.h"

enum {
    KEPT_MS = 60 * 1000,
    PAUSE_MS_MAX = 1000,
    FLOOD_BATCHES = 120 /* in three messages each: more than queue and socket hold */
};

static const char county[] =
    "{\"programme\":\"ABC\",\"indicator\":\"i00\",\"by\":[\"region\"],\"level\":\"county\"}";
static const char county_all[] = "{\"programme\":\"ABC\",\"by\":[\"region\"],\"level\":\"county\"}";

static int setup(void **state)
{
    (void)state;
    live_begin("");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    live_end();
    return 0;
}

/* ---- snapshots and changes ---- */

static void a_snapshot_comes_in_parts_and_its_digest_is_that_of_all_rows(void **state)
{
    (void)state;
    const struct collected empty = snapshot(county);
    assert_int_equal(1, empty.parts);
    assert_int_equal(0, empty.rows);
    assert_int_equal(0, empty.last.digest);
    commit_all_regions();
    const struct collected all = snapshot(county);
    assert_int_equal(3, all.parts);
    assert_int_equal(REGIONS, all.rows);
    assert_int_equal(REGIONS, all.values);
    assert_true(all.last.digest == all.digest && all.digest != 0);
    assert_int_equal(ledger_size(ledger), all.last.position);
    assert_int_equal(2, all.last.basis);
    assert_int_equal(SESSION, all.last.session);
    /* Asked again, and asked first when all is there, it is the same. */
    assert_true(all.last.digest == snapshot(county).last.digest);
    const struct collected late = snapshot(county_all);
    assert_int_equal(COUNTED * REGIONS, late.rows);
    assert_true(late.last.digest == late.digest);
}

static void one_batch_reaches_a_reader_in_parts_with_consecutive_versions(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct collected change = {0};
    struct sheet_part part;
    (void)state;
    commit_all_regions();
    topic_of(county_all, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    const struct collected before = snapshot(county_all);
    assert_true(part.version == before.last.version && part.digest == before.last.digest);
    commit(0, BATCH_EVENTS_MAX);
    do {
        assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
        collect(&change, &part);
        assert_int_equal(before.last.version + change.parts, part.version);
        assert_int_equal(ledger_size(ledger), part.position);
    } while (!change.ended);
    assert_int_equal(COUNTED, change.parts);
    assert_int_equal(COUNTED * BATCH_EVENTS_MAX, change.rows);
    /* Absolute values: each of these regions now has two. */
    assert_int_equal(2 * COUNTED * BATCH_EVENTS_MAX, change.values);
    const struct collected after = snapshot(county_all);
    assert_true(after.last.digest == part.digest && after.digest == part.digest);
    assert_int_equal(part.version, after.last.version);
    now_ms += BEAT_MS;
    const uint64_t version = part.version, digest = part.digest;
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    assert_true(part.version == version && part.digest == digest);
    assert_int_equal(0, part.rows.count);
    feed_close(&reader);
}

static void after_many_rows_the_next_commit_waits_a_little(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct sheet_part part;
    (void)state;
    topic_of(county_all, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    commit(0, BATCH_EVENTS_MAX);
    do {
        assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    } while (part.more);
    const uint64_t version = part.version;
    commit(0, 1);
    commit(1, 1);
    hear_nothing(reader);
    assert_true(live_deadline_ms(live) > now_ms && live_deadline_ms(live) < now_ms + BEAT_MS);
    now_ms = live_deadline_ms(live);
    /* Both commits in one change. */
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    assert_int_equal(version + 1, part.version);
    assert_int_equal(2 * COUNTED, part.rows.count);
    assert_int_equal(ledger_size(ledger), part.position);
    feed_close(&reader);
}

static void a_telling_that_took_long_is_followed_by_a_second_of_quiet_with_beats(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct sheet_part part;
    (void)state;
    topic_of(county, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    commit(0, 1);
    look_takes_ms = 2 * BEAT_MS;
    live_turn(live);
    look_takes_ms = 0;
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    const uint64_t told = part.position;
    commit(1, 1);
    /* The second that it took has made the next one due. */
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    assert_int_equal(told, part.position);
    hear_nothing(reader);
    now_ms += PAUSE_MS_MAX;
    assert_int_equal(MESSAGE_CHANGE, hear(reader, &part));
    assert_int_equal(told + 1, part.position);
    feed_close(&reader);
}

static void a_second_readers_wish_gets_a_beat_while_no_time_passes(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct sheet_part first, second;
    (void)state;
    topic_of(county, topic);
    struct feed *one = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(one, &first));
    hear_nothing(one);
    struct feed *another = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(another, &second));
    assert_true(first.version == second.version && first.session == second.session);
    feed_close(&one);
    feed_close(&another);
}

static void another_programme_file_begins_the_sheet_anew(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct sheet_part part;
    (void)state;
    commit(0, 10);
    topic_of(county, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    const uint64_t version = part.version, basis = part.basis;
    assert_int_equal(2, basis);
    add(&yaml, "# anew\n");
    decide(decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions)));
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    assert_int_equal(ledger_size(ledger), part.basis);
    assert_true(part.version > version && part.digest == 0);
    feed_close(&reader);
}

/* ---- a copy ---- */

static struct mirror *open_copy(void)
{
    static const struct mirror_options options = {.join_ms = 500,
                                                  .answer_ms = 5000,
                                                  .dead_ms = 3500,
                                                  .retry_ms = 100,
                                                  .retry_ms_max = 5000,
                                                  .rows_max = 1 << 20,
                                                  .held_bytes_max = 8 << 20};
    struct mirror *copy = NULL;
    assert_int_equal(ERR_OK, mirror_new(&options, &copy));
    return copy;
}

struct answering {
    struct mirror *copy;
    uint64_t ask;
};

static void step(struct answering *self, struct mirror_event event)
{
    struct mirror_effects effects;
    event.now_ms = now_ms;
    assert_int_equal(ERR_OK, mirror_step(self->copy, &event, &effects));
    self->ask = effects.ask > 0 ? effects.ask : self->ask;
}

static enum err answer_part(void *context, const struct sheet_part *part)
{
    struct answering *self = context;
    const uint64_t ask = self->ask;
    step(self, (struct mirror_event){.kind = MIRROR_SNAPSHOT, .ask = ask, .part = part});
    return ERR_OK;
}

/* Steps, and answers what is asked with a snapshot. */
static void step_and_answer(struct answering *self, struct mirror_event event)
{
    json_t *request = json_loads(county_all, 0, NULL), *answer = NULL;
    self->ask = 0;
    step(self, event);
    if (self->ask > 0) {
        assert_int_equal(EX_OK, live_snapshot(live, request, answer_part, self, &answer));
    }
    json_decref(request);
}

static void step_heard(struct answering *self, struct feed *reader)
{
    struct sheet_part part;
    const enum message_type type = hear(reader, &part);
    const enum mirror_event_kind kind = type == MESSAGE_BEAT ? MIRROR_BEAT : MIRROR_CHANGE;
    step_and_answer(self, (struct mirror_event){.kind = kind, .part = &part});
    now_ms += 10;
    if (now_ms >= mirror_deadline_ms(self->copy)) {
        step_and_answer(self, (struct mirror_event){.kind = MIRROR_TIMEOUT});
    }
}

static void a_reader_that_stood_still_while_messages_were_lost_heals(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct answering still = {.copy = open_copy()};
    (void)state;
    topic_of(county_all, topic);
    struct feed *reader = listen_with_queue(topic, 1);
    step_and_answer(&still, (struct mirror_event){.kind = MIRROR_START});
    step_heard(&still, reader);
    assert_int_equal(MIRROR_CURRENT, mirror_state(still.copy));
    const uint64_t first = mirror_head(still.copy).version;
    for (uint32_t i = 0; i < FLOOD_BATCHES; i++) {
        commit(0, BATCH_EVENTS_MAX);
        pass(BEAT_MS);
    }
    uint32_t heard_messages = 0;
    while (mirror_counters(still.copy).gaps == 0 || mirror_state(still.copy) != MIRROR_CURRENT) {
        step_heard(&still, reader);
        heard_messages++;
    }
    const struct collected now = snapshot(county_all);
    const struct sheet_part head = mirror_head(still.copy);
    assert_int_equal(first + FLOOD_BATCHES * COUNTED, now.last.version);
    assert_true(heard_messages < FLOOD_BATCHES * COUNTED);
    assert_true(head.digest == now.last.digest && head.version == now.last.version);
    assert_int_equal(ledger_size(ledger), head.position);
    mirror_check(still.copy);
    feed_close(&reader);
    mirror_free(&still.copy);
}

/* ---- what keeps a sheet ---- */

/* One of INDICATORS * 4 breakdowns, of one indicator each. */
static json_t *describe_numbered(uint32_t number, uint32_t expected)
{
    static const char *const by[] = {"", "\"partner\"", "\"month\"", "\"partner\",\"region\""};
    char request[256];
    snprintf(request, sizeof request,
             "{\"programme\":\"ABC\",\"indicator\":\"i%02u\",\"by\":[%s]%s}", number % INDICATORS,
             by[number / INDICATORS], number / INDICATORS == 3 ? ",\"level\":\"county\"" : "");
    return describe(request, expected);
}

static void fill(uint32_t sheets)
{
    for (uint32_t i = 0; i < sheets; i++) {
        json_decref(describe_numbered(i, EX_OK));
    }
}

static void one_sheet_too_many_is_refused_until_others_are_dropped(void **state)
{
    (void)state;
    fill(SHEETS_MAX);
    json_t *answer = describe_numbered(SHEETS_MAX, EX_TEMPFAIL);
    const char *sentence = json_string_value(json_object_get(answer, "error"));
    assert_non_null(sentence);
    assert_non_null(strstr(sentence, "256"));
    json_decref(answer);
    /* One that is there is still answered, and kept anew by the question. */
    pass(KEPT_MS - 1);
    json_decref(describe_numbered(SHEETS_MAX, EX_TEMPFAIL));
    json_decref(describe_numbered(0, EX_OK));
    pass(1);
    for (uint32_t i = 0; i < SHEETS_MAX - 1; i++) {
        json_decref(describe_numbered(INDICATORS * 4 - 1 - i, EX_OK));
    }
    json_decref(describe_numbered(1, EX_TEMPFAIL));
    json_decref(describe_numbered(0, EX_OK));
}

static void a_sheet_is_kept_while_it_is_read_and_no_longer(void **state)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct sheet_part part;
    (void)state;
    topic_of(county_all, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    pass(2 * KEPT_MS);
    fill(SHEETS_MAX - 1);
    json_decref(describe_numbered(SHEETS_MAX - 1, EX_TEMPFAIL));
    feed_close(&reader);
    take_wish();
    pass(2 * KEPT_MS);
    fill(SHEETS_MAX);
}

static void a_wish_that_no_sheet_is_named_by_keeps_none(void **state)
{
    static const char *const topics[] = {"ABC||region,partner|county|", "ABC|", "ABC||region|",
                                         "ABC||partner,region|county", "A"};
    struct feed *readers[sizeof topics / sizeof topics[0]];
    (void)state;
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        readers[i] = listen_to(topics[i]);
        take_wish();
    }
    /* While the readers are still there, and after they are gone. */
    pass(KEPT_MS + 1);
    fill(SHEETS_MAX);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        feed_close(&readers[i]);
        take_wish();
    }
    pass(KEPT_MS + 1);
    fill(SHEETS_MAX);
}

static void an_unknown_topic_is_passed_over(void **state)
{
    static const char *const topics[] = {"",
                                         "|",
                                         "XYZ||||",
                                         "ABC|nobody|||",
                                         "ABC||weekday||",
                                         "ABC||region|street|",
                                         "no topic at all"};
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    struct sheet_part part;
    struct feed *readers[sizeof topics / sizeof topics[0]];
    (void)state;
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        readers[i] = listen_to(topics[i]);
        take_wish();
        hear_nothing(readers[i]);
    }
    fill(SHEETS_MAX - 1);
    /* The one place left is still there, and its reader is heard. */
    topic_of(county, topic);
    struct feed *reader = listen_to(topic);
    assert_int_equal(MESSAGE_BEAT, hear(reader, &part));
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        feed_close(&readers[i]);
    }
    feed_close(&reader);
}

static void what_is_not_kept_live_or_not_there_is_refused_by_name(void **state)
{
    (void)state;
    json_decref(describe("{\"programme\":\"ABC\",\"by\":[\"sex\"]}", EX_UNAVAILABLE));
    json_decref(describe("{\"programme\":\"XYZ\"}", EX_NOINPUT));
    json_decref(describe("{\"programme\":\"ABC\",\"indicator\":\"nobody\"}", EX_NOINPUT));
    json_decref(describe("{}", EX_NOINPUT));
    fill(SHEETS_MAX);
}

#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE_TEST(a_snapshot_comes_in_parts_and_its_digest_is_that_of_all_rows),
        LIVE_TEST(one_batch_reaches_a_reader_in_parts_with_consecutive_versions),
        LIVE_TEST(after_many_rows_the_next_commit_waits_a_little),
        LIVE_TEST(a_telling_that_took_long_is_followed_by_a_second_of_quiet_with_beats),
        LIVE_TEST(a_second_readers_wish_gets_a_beat_while_no_time_passes),
        LIVE_TEST(another_programme_file_begins_the_sheet_anew),
        LIVE_TEST(a_reader_that_stood_still_while_messages_were_lost_heals),
        LIVE_TEST(one_sheet_too_many_is_refused_until_others_are_dropped),
        LIVE_TEST(a_sheet_is_kept_while_it_is_read_and_no_longer),
        LIVE_TEST(a_wish_that_no_sheet_is_named_by_keeps_none),
        LIVE_TEST(an_unknown_topic_is_passed_over),
        LIVE_TEST(what_is_not_kept_live_or_not_there_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
