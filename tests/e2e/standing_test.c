/* What the lead knows of an office that it cannot see: the node's own word, over real sockets. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/model/limits.h"
#include "e2e/support/exchange_here.h"
#include "e2e/support/raw_peer.h"
#include "e2e/support/still.h"
#include "io/clock.h"
#include "io/link.h"
#include "proto/codec.h"
#include "proto/keys.h"

enum { TOLD_MS = 1000 }; /* less than the 2 s between two pings of an idle node */

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

/* ---- of a peer made by hand ---- */

static void ping(struct raw *raw, const struct control *control)
{
    struct buffer body = {.bytes_max = 1024};
    assert_int_equal(ERR_OK, codec_control_encode(control, &body));
    raw_send(raw, MESSAGE_PING, buffer_bytes(&body));
    buffer_fini(&body);
}

static struct control standing_of(uint32_t rows)
{
    return (struct control){.seq = 20,
                            .has_standing = true,
                            .standing = {.waiting_ms = 90000,
                                         .imported_at_ms = 1325376000123,
                                         .rejected_rows = rows,
                                         .rejected_files = 2}};
}

static bool is_told(uint32_t number)
{
    static const char *const names[] = {"head_seq",      "waiting",        "lag_ms",
                                        "rejected_open", "rejected_files", "imported_at_ms"};
    json_t *json = here_ask(&here, "status", "{}");
    const json_t *node = json_array_get(json_object_get(json, "nodes"), number);
    const bool told = !json_is_null(json_object_get(node, names[0]));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const json_t *value = json_object_get(node, names[i]);
        assert_true(told ? json_is_integer(value) : json_is_null(value));
    }
    json_decref(json);
    return told;
}

static void a_node_tells_how_its_office_stands(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    const struct control told = standing_of(17);
    assert_false(is_told(0));
    ping(&raw, &told);
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    assert_true(is_told(0));
    assert_int_equal(17, here_node_counter(&here, 0, "rejected_open"));
    assert_int_equal(2, here_node_counter(&here, 0, "rejected_files"));
    assert_int_equal(1325376000123, here_node_counter(&here, 0, "imported_at_ms"));
    assert_int_equal(20, here_node_counter(&here, 0, "head_seq"));
    assert_int_equal(19, here_node_counter(&here, 0, "waiting"));
    assert_in_range(here_node_counter(&here, 0, "lag_ms"), 90000, 150000);
    assert_in_range(here_node_counter(&here, 0, "silent_ms"), 0, 60000);
    raw_close(&raw);
}

static void the_age_of_what_waits_grows_between_two_pings(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    const struct control told = standing_of(17);
    ping(&raw, &told);
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    const uint64_t end_ms = clock_monotonic_ms() + 60 * TOLD_MS;
    while (here_node_counter(&here, 0, "lag_ms") <= 90000) {
        assert_true(clock_monotonic_ms() < end_ms);
        here_turn(&here);
    }
    assert_in_range(here_node_counter(&here, 0, "lag_ms"), 90001, 150000);
    raw_close(&raw);
}

static void a_ping_as_of_old_is_heard_and_tells_nothing(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    ping(&raw, &(struct control){.seq = 20});
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    assert_false(is_told(0));
    assert_true(here_node_counter(&here, 0, "last_heard_ms") > 0);
    raw_close(&raw);
}

static void a_ping_that_cannot_be_read_is_a_sign_of_life(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    const struct control told = standing_of(17);
    ping(&raw, &told);
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    const struct still before = still_look(&here);
    /* As a later version might write it. */
    raw_send(&raw, MESSAGE_PING, bytes_of("\x09\x14\0\0\0\0\0\0\0\xa2\x06\x01x", 13));
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    raw_send(&raw, MESSAGE_PING, bytes_text("nonsense"));
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    still_check(&here, &before);
    assert_int_equal(before.refused, here_counter(&here, "batches_refused"));
    assert_int_equal(17, here_node_counter(&here, 0, "rejected_open"));
    raw_deliver_good(&raw);
    raw_close(&raw);
}

static void an_older_copy_of_a_node_tells_nothing(void **state)
{
    struct raw raw;
    (void)state;
    still_open(&here, "KLUCZ", &raw);
    const uint64_t older = raw.session;
    raw_greet(&raw);
    const uint64_t session = raw.session;
    struct control told = standing_of(3);
    ping(&raw, &told);
    assert_int_equal(MESSAGE_PONG, raw_wait(&raw));
    raw.session = older;
    told = standing_of(99);
    ping(&raw, &told);
    still_refused(&raw, INGEST_FENCED);
    assert_int_equal(3, here_node_counter(&here, 0, "rejected_open"));
    raw.session = session;
    raw_close(&raw);
}

/* Also at a broker that has run for long: else it would be loud at once. */
static void a_node_never_heard_is_silent_since_it_was_enrolled(void **state)
{
    (void)state;
    const uint32_t early = here_enrol_only(&here, "KLUCZ");
    const uint64_t end_ms = clock_monotonic_ms() + 60 * TOLD_MS;
    while (here_node_counter(&here, early, "silent_ms") < TOLD_MS) {
        assert_true(clock_monotonic_ms() < end_ms);
        here_turn(&here);
    }
    const uint32_t late = here_enrol_only(&here, "STOPIL");
    const int64_t silent_ms = here_node_counter(&here, late, "silent_ms");
    assert_true(silent_ms + TOLD_MS <= here_node_counter(&here, early, "silent_ms"));
    /* After a restart nobody knows better. */
    here_broker_again(&here);
    const int64_t anew_ms = here_node_counter(&here, early, "silent_ms");
    assert_true(anew_ms <= here_node_counter(&here, late, "silent_ms"));
}

static void who_asks_each_second_can_leave_out_the_digest(void **state)
{
    (void)state;
    json_t *whole = here_ask(&here, "status", "{}");
    json_t *cheap = here_ask(&here, "status", "{\"totals\": false}");
    assert_true(json_is_string(json_object_get(whole, "totals")));
    assert_null(json_object_get(cheap, "totals"));
    assert_true(json_object_del(whole, "totals") == 0 && json_equal(whole, cheap));
    json_decref(whole);
    json_decref(cheap);
}

/* ---- of a real node ---- */

/* Turns until the lead has heard so many rows to mend of the node. */
static void wait_for_open(uint32_t node, int64_t rows, uint64_t within_ms)
{
    const uint64_t end_ms = clock_monotonic_ms() + within_ms;
    while (!is_told(node) || here_node_counter(&here, node, "rejected_open") != rows) {
        assert_true(clock_monotonic_ms() < end_ms);
        here_turn(&here);
    }
}

static void turn_until_ready_is(uint32_t node, bool ready)
{
    const uint64_t end_ms = clock_monotonic_ms() + 60 * TOLD_MS;
    while ((node_standing(here.nodes[node]).state == UPLINK_READY) != ready) {
        assert_true(clock_monotonic_ms() < end_ms);
        here_turn(&here);
    }
}

static void import_as(uint32_t node, const char *name, const char *text)
{
    struct report report = here_import(&here, node, name, text);
    report_fini(&report);
}

static void import(uint32_t node, const char *text)
{
    import_as(node, "styczeń.csv", text);
}

#define HEAD "key;kind;occurred_on;task;region;person;support\n"
#define GOOD "1;enrolled;2009-03-01;A;PL-1218;44051401359;\n"
#define BAD "2;started;2009-03-02;A;PL-1218;44051401358;coaching\n"
#define MOVED "2;started;2009-03-02;A;PL-1261;44051401359;coaching\n"
#define NEW "3;completed;2009-05-02;A;PL-1218;44051401359;coaching\n"
#define MENDED "2;started;2009-03-02;A;PL-1218;44051401359;coaching\n"

static void rows_that_a_node_refuses_are_seen_at_the_lead_at_once(void **state)
{
    (void)state;
    const uint32_t node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    wait_for_open(node, 0, TOLD_MS);
    assert_int_equal(0, here_node_counter(&here, node, "imported_at_ms"));
    import(node, HEAD GOOD BAD);
    wait_for_open(node, 1, TOLD_MS);
    assert_int_equal(1, here_node_counter(&here, node, "rejected_files"));
    assert_int_equal(0, here_node_counter(&here, node, "rejected"));
    assert_true(here_node_counter(&here, node, "imported_at_ms") > 0);
    import(node, HEAD GOOD MENDED);
    wait_for_open(node, 0, TOLD_MS);
    assert_int_equal(0, here_node_counter(&here, node, "rejected_files"));
    here_settle(&here);
    assert_int_equal(0, here_node_counter(&here, node, "waiting"));
}

static void rows_that_the_lead_refuses_are_open_at_the_office_too(void **state)
{
    (void)state;
    const uint32_t node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    import(node, HEAD GOOD MENDED);
    here_settle(&here);
    here_enrol_again(&here, node, "XYZ");
    /* A new row, and a correction: its two events are one row. */
    import(node, HEAD GOOD MOVED NEW);
    wait_for_open(node, 2, 10 * TOLD_MS);
    assert_int_equal(3, here_node_counter(&here, node, "rejected"));
    here_enrol_again(&here, node, "ABC");
    import(node, HEAD GOOD NEW MOVED);
    wait_for_open(node, 0, TOLD_MS);
    here_settle(&here);
    assert_int_equal(1, here_value(&here, "coached"));
}

static void a_row_whose_versions_were_all_refused_is_open_once(void **state)
{
    (void)state;
    const uint32_t node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    here_enrol_again(&here, node, "XYZ");
    import(node, HEAD GOOD MENDED);
    /* The enrolment tells the status now, and the row behind it goes again with that. */
    import_as(node, "luty.csv",
              "key;kind;occurred_on;task;region;person;status;support\n"
              "1;enrolled;2009-03-01;A;PL-1218;44051401359;unemployed;\n");
    wait_for_open(node, 3, 10 * TOLD_MS);
    here_settle(&here);
    assert_true(here_node_counter(&here, node, "rejected") > 4);
    assert_int_equal(3, here_node_counter(&here, node, "rejected_open"));
}

/* More than a node may have on its way at once. */
static void import_backlog(uint32_t node)
{
    struct buffer text = {.bytes_max = 4 << 20};
    assert_int_equal(ERR_OK, buffer_add_text(&text, HEAD GOOD));
    for (uint32_t i = 0; i < (WINDOW_BATCHES + 8) * BATCH_EVENTS_MAX; i++) {
        char line[96];
        snprintf(line, sizeof line, "s%u;started;2009-03-02;A;PL-1218;44051401359;coaching\n", i);
        assert_int_equal(ERR_OK, buffer_add_text(&text, line));
    }
    assert_int_equal(ERR_OK, buffer_add(&text, bytes_of("", 1)));
    import(node, (const char *)text.data);
    buffer_fini(&text);
}

/* The age of what waits and that something does, of one answer; 0: nothing. */
static uint64_t lag_of(uint32_t number)
{
    json_t *json = here_ask(&here, "status", "{}");
    const json_t *node = json_array_get(json_object_get(json, "nodes"), number);
    const bool waits = json_integer_value(json_object_get(node, "waiting")) > 0;
    const json_int_t lag_ms = json_integer_value(json_object_get(node, "lag_ms"));
    json_decref(json);
    assert_int_equal(waits, lag_ms > 0);
    return (uint64_t)lag_ms;
}

static void a_backlog_is_told_with_the_age_of_its_oldest_event(void **state)
{
    (void)state;
    const uint32_t node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    broker_close(&here.broker);
    const uint64_t before_ms = clock_monotonic_ms();
    import_backlog(node);
    const uint64_t sealed_ms = clock_monotonic_ms();
    here_broker_open(&here);
    const uint64_t end_ms = clock_monotonic_ms() + 60 * TOLD_MS;
    uint64_t lag_ms = 0;
    while ((lag_ms = lag_of(node)) == 0) {
        assert_true(clock_monotonic_ms() < end_ms);
        here_turn(&here);
    }
    const uint64_t now_ms = clock_monotonic_ms();
    assert_in_range(lag_ms, now_ms - sealed_ms > 100 ? now_ms - sealed_ms - 100 : 0,
                    now_ms - before_ms + 100);
    here_settle(&here);
    assert_int_equal(0, here_node_counter(&here, node, "waiting"));
    assert_int_equal(0, here_node_counter(&here, node, "lag_ms"));
}

/* A broker that lets the node in and takes no batch. */
static struct link *listen_as_broker(uint32_t node)
{
    struct transport_keys keys, theirs;
    struct link *link = NULL;
    keys_transport(here.broker_transport, &keys);
    keys_transport(here.joins[node].transport_seed, &theirs);
    const struct link_options options = {.endpoint = here.joins[node].broker,
                                         .public_key = keys.public_key,
                                         .secret_key = keys.secret,
                                         .body_bytes_max = 1 << 20};
    assert_int_equal(ERR_OK, link_listen(&options, &link));
    assert_int_equal(ERR_OK, link_allow(link, theirs.public_key, "KLUCZ"));
    here.watched[0] = link;
    return link;
}

static void welcome(struct link *link, const struct link_message *message)
{
    uint8_t header[FRAME_HEADER_BYTES];
    struct buffer body = {.bytes_max = 1024};
    const struct frame_header frame = {.type = MESSAGE_WELCOME, .session = 77};
    const struct welcome none = {.epoch = 1};
    codec_frame_header_put(&frame, header);
    assert_int_equal(ERR_OK, codec_welcome_encode(&none, &body));
    assert_int_equal(ERR_OK, link_send(link, &message->peer, bytes_of(header, sizeof header),
                                       buffer_bytes(&body)));
    buffer_fini(&body);
}

/* The age that the next ping tells. */
static uint64_t next_told_ms(struct link *link, struct arena *arena)
{
    const uint64_t end_ms = clock_monotonic_ms() + 60 * TOLD_MS;
    struct link_message message;
    struct frame_header frame;
    struct control ping;
    for (;;) {
        assert_true(clock_monotonic_ms() < end_ms);
        if (link_receive(link, &message) != ERR_OK) {
            here_turn(&here);
            continue;
        }
        assert_int_equal(ERR_OK, codec_frame_header_get(message.header, &frame));
        if (frame.type == MESSAGE_HELLO) {
            welcome(link, &message);
        }
        if (frame.type == MESSAGE_PING) {
            assert_int_equal(ERR_OK, codec_control_decode(message.body, arena, &ping));
            return ping.standing.waiting_ms;
        }
    }
}

static void the_pings_of_an_idle_link_tell_the_age_anew(void **state)
{
    struct arena *arena = NULL;
    (void)state;
    assert_int_equal(ERR_OK, arena_new(1 << 20, &arena));
    const uint32_t node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    broker_close(&here.broker);
    import(node, HEAD GOOD);
    struct link *link = listen_as_broker(node);
    const uint64_t first_ms = next_told_ms(link, arena);
    const uint64_t then_ms = clock_monotonic_ms();
    const uint64_t second_ms = next_told_ms(link, arena);
    assert_true(first_ms > 0);
    /* Nothing has changed but the time. */
    assert_true(clock_monotonic_ms() >= then_ms + TOLD_MS);
    assert_in_range(second_ms, first_ms + TOLD_MS, first_ms + 60 * TOLD_MS);
    here.watched[0] = NULL;
    link_close(&link);
    arena_free(&arena);
}

static void a_broker_that_comes_back_is_told_anew_at_once(void **state)
{
    (void)state;
    const uint32_t node = here_enrol(&here, "KLUCZ");
    here_settle(&here);
    import(node, HEAD GOOD BAD);
    wait_for_open(node, 1, TOLD_MS);
    here_broker_again(&here);
    assert_false(is_told(node));
    /* It notices, and greets after a while. */
    turn_until_ready_is(node, false);
    turn_until_ready_is(node, true);
    wait_for_open(node, 1, TOLD_MS);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_node_tells_how_its_office_stands),
        CLAIM(the_age_of_what_waits_grows_between_two_pings),
        CLAIM(a_ping_as_of_old_is_heard_and_tells_nothing),
        CLAIM(a_ping_that_cannot_be_read_is_a_sign_of_life),
        CLAIM(an_older_copy_of_a_node_tells_nothing),
        CLAIM(a_node_never_heard_is_silent_since_it_was_enrolled),
        CLAIM(the_pings_of_an_idle_link_tell_the_age_anew),
        CLAIM(who_asks_each_second_can_leave_out_the_digest),
        CLAIM(rows_that_a_node_refuses_are_seen_at_the_lead_at_once),
        CLAIM(rows_that_the_lead_refuses_are_open_at_the_office_too),
        CLAIM(a_row_whose_versions_were_all_refused_is_open_once),
        CLAIM(a_backlog_is_told_with_the_age_of_its_oldest_event),
        CLAIM(a_broker_that_comes_back_is_told_anew_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
