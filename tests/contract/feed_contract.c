/* The feed as its header promises it, whoever implements it: one publisher, some readers. */
#include "tests/contract/feed_contract.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/feed.h"

enum {
    QUEUE_MESSAGES = 64,
    /* A sender learns by halves of the queue that there is room again, and may do so only when it
     * looks for wishes. */
    IN_FLIGHT = QUEUE_MESSAGES / 4,
    BODY_BYTES_MAX = 4096,
    READERS = 3,
    FLOOD = 5000,
    FLOOD_BYTES = 1000
};

static const struct feed_contract *contract;

struct world {
    struct feed *publisher;
    struct feed *readers[READERS];
    uint64_t last; /* number of the message sent last */
};

static void publish(struct world *world)
{
    const struct feed_options options = {.endpoint = contract->endpoint,
                                         .queue_messages = QUEUE_MESSAGES,
                                         .body_bytes_max = BODY_BYTES_MAX};
    assert_int_equal(ERR_OK, feed_publish_at(&options, &world->publisher));
}

static void subscribe(struct world *world, int reader, const char *topic, uint32_t body_bytes_max)
{
    const struct feed_options options = {.endpoint = contract->endpoint,
                                         .topic = topic,
                                         .queue_messages = QUEUE_MESSAGES,
                                         .body_bytes_max = body_bytes_max};
    assert_int_equal(ERR_OK, feed_subscribe_to(&options, &world->readers[reader]));
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    if (world == NULL) {
        return -1;
    }
    *state = world;
    publish(world);
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < READERS; i++) {
        feed_close(&world->readers[i]);
    }
    feed_close(&world->publisher);
    free(world);
    return 0;
}

/* A reader keeps its connection while somebody looks at it. */
static void look_at_readers(struct world *world)
{
    for (int i = 0; i < READERS; i++) {
        if (world->readers[i] != NULL) {
            (void)feed_ready(world->readers[i]);
        }
    }
}

static void await_wish(struct world *world, const char *topic, bool wanted)
{
    char told[FEED_TOPIC_BYTES_MAX + 1] = "";
    bool told_wanted = !wanted;
    for (uint32_t i = 0; i < contract->passes_max; i++) {
        const bool ready = feed_ready(world->publisher);
        const enum err err = feed_next_wish(world->publisher, told, &told_wanted);
        if (err == ERR_OK) {
            assert_string_equal(topic, told);
            assert_int_equal(wanted, told_wanted);
            return;
        }
        assert_int_equal(ERR_NOT_FOUND, err);
        assert_false(ready);
        look_at_readers(world);
        contract->pass();
    }
    fail_msg("no wish came");
}

static void assert_no_wish(struct world *world)
{
    char told[FEED_TOPIC_BYTES_MAX + 1];
    bool wanted;
    assert_int_equal(ERR_NOT_FOUND, feed_next_wish(world->publisher, told, &wanted));
}

/* Publishes a body of that size; its header, and the body itself where it has room, begins with
 * the message's number. */
static void send_sized(struct world *world, const char *topic, size_t size)
{
    uint8_t header[FEED_HEADER_BYTES];
    uint8_t body[BODY_BYTES_MAX];
    memset(header, 0x5A, sizeof(header));
    memset(body, 0xA5, sizeof(body));
    bytes_put64(header, ++world->last);
    bytes_put64(body, world->last);
    assert_int_equal(ERR_OK, feed_send(world->publisher, topic, bytes_of(header, sizeof(header)),
                                       bytes_of(body, size)));
}

static void send(struct world *world, const char *topic)
{
    send_sized(world, topic, 100);
}

/* The next message's number, and how long its body was. */
static uint64_t await_sized(struct feed *reader, size_t *size)
{
    struct bytes header, body;
    for (uint32_t i = 0; i < contract->passes_max; i++) {
        if (feed_ready(reader)) {
            const enum err err = feed_receive(reader, &header, &body);
            if (err == ERR_OK) {
                assert_int_equal(FEED_HEADER_BYTES, header.size);
                assert_int_equal(0x5A, header.data[FEED_HEADER_BYTES - 1]);
                const uint64_t number = bytes_get64(header.data);
                assert_true(body.size < 8 || bytes_get64(body.data) == number);
                *size = body.size;
                return number;
            }
            assert_int_equal(ERR_NOT_FOUND, err); /* one was passed over */
        }
        contract->pass();
    }
    fail_msg("no message came");
    return 0;
}

static uint64_t await(struct feed *reader)
{
    size_t size;
    return await_sized(reader, &size);
}

/* Publishes until one arrives at a reader that may be away for a while; its number. */
static uint64_t send_until_heard(struct world *world, int reader, const char *topic)
{
    struct bytes header, body;
    for (uint32_t i = 0; i < contract->passes_max; i++) {
        send(world, topic);
        contract->pass();
        if (feed_receive(world->readers[reader], &header, &body) == ERR_OK) {
            return bytes_get64(header.data);
        }
    }
    fail_msg("the reader does not come back");
    return 0;
}

/* ---- cases ---- */

static void a_message_arrives_whole_at_who_wants_its_topic(void **state)
{
    struct world *world = *state;
    size_t size = 0;
    subscribe(world, 0, "a|", BODY_BYTES_MAX);
    await_wish(world, "a|", true);
    const size_t sizes[] = {100, 0, BODY_BYTES_MAX};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        send_sized(world, "a|", sizes[i]);
        assert_int_equal(world->last, await_sized(world->readers[0], &size));
        assert_int_equal(sizes[i], size);
    }
}

static void only_topics_that_begin_with_the_wish_arrive(void **state)
{
    static const char *const topics[] = {"a|", "b|", "a", "a|more", "|a|"};
    static const uint64_t wanted[] = {1, 4, 6};
    struct world *world = *state;
    subscribe(world, 0, "a|", BODY_BYTES_MAX);
    await_wish(world, "a|", true);
    subscribe(world, 1, "", BODY_BYTES_MAX);
    await_wish(world, "", true);
    for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
        send(world, topics[i]);
    }
    send(world, "a|");
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        assert_int_equal(wanted[i], await(world->readers[0]));
    }
    for (uint64_t i = 1; i <= world->last; i++) {
        assert_int_equal(i, await(world->readers[1]));
    }
}

static void messages_keep_their_order(void **state)
{
    struct world *world = *state;
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    for (uint64_t received = 0; received < 500; received++) {
        (void)feed_ready(world->publisher);
        while (world->last < 500 && world->last - received < IN_FLIGHT) {
            send(world, "a");
        }
        assert_int_equal(received + 1, await(world->readers[0]));
    }
}

static void nothing_from_before_a_subscription_arrives(void **state)
{
    struct world *world = *state;
    send(world, "a");
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    send(world, "a");
    assert_int_equal(2, await(world->readers[0]));
}

static void every_reader_is_told_of_and_only_the_last_that_goes(void **state)
{
    struct world *world = *state;
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    subscribe(world, 1, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    feed_close(&world->readers[0]);
    subscribe(world, 2, "b", BODY_BYTES_MAX);
    await_wish(world, "b", true);
    send(world, "a");
    assert_int_equal(world->last, await(world->readers[1]));
    feed_close(&world->readers[1]);
    await_wish(world, "a", false);
    assert_no_wish(world);
}

static void a_reader_that_does_not_read_loses_and_holds_nobody_up(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < 2; i++) {
        subscribe(world, i, "a", BODY_BYTES_MAX);
        await_wish(world, "a", true);
    }
    for (uint64_t received = 0; received < FLOOD; received++) {
        (void)feed_ready(world->publisher);
        while (world->last < FLOOD && world->last - received < IN_FLIGHT) {
            send_sized(world, "a", FLOOD_BYTES);
        }
        assert_int_equal(received + 1, await(world->readers[0]));
    }
    uint64_t previous = 0, count = 0;
    while (previous < FLOOD) {
        const uint64_t number = previous == 0 || feed_ready(world->readers[1])
                                    ? await(world->readers[1])
                                    : send_until_heard(world, 1, "a");
        assert_true(number > previous);
        previous = number;
        count++;
    }
    assert_true(count < FLOOD);
}

static void a_body_too_long_for_its_reader_is_passed_over(void **state)
{
    struct world *world = *state;
    size_t size = 0;
    subscribe(world, 0, "a", 100);
    await_wish(world, "a", true);
    send_sized(world, "a", 101);
    send_sized(world, "a", 100);
    assert_int_equal(2, await_sized(world->readers[0], &size));
    assert_int_equal(100, size);
}

static void a_taken_endpoint_is_busy(void **state)
{
    struct world *world = *state;
    struct feed *second = NULL;
    const struct feed_options options = {
        .endpoint = contract->endpoint, .queue_messages = 1, .body_bytes_max = 1};
    assert_int_equal(ERR_BUSY, feed_publish_at(&options, &second));
    assert_null(second);
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    send(world, "a");
    assert_int_equal(1, await(world->readers[0]));
}

static void a_reader_comes_back_by_itself_and_is_told_of_anew(void **state)
{
    struct world *world = *state;
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    send(world, "a");
    assert_int_equal(1, await(world->readers[0]));
    feed_close(&world->publisher);
    contract->pass();
    publish(world);
    await_wish(world, "a", true);
    send(world, "a");
    assert_int_equal(2, await(world->readers[0]));
}

static void a_reader_may_be_there_before_its_publisher(void **state)
{
    struct world *world = *state;
    feed_close(&world->publisher);
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    contract->pass();
    publish(world);
    await_wish(world, "a", true);
    send(world, "a");
    assert_int_equal(1, await(world->readers[0]));
}

static void what_had_arrived_outlives_its_publisher(void **state)
{
    struct world *world = *state;
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    send(world, "a");
    send(world, "a");
    assert_int_equal(1, await(world->readers[0]));
    for (uint32_t i = 0; i < contract->passes_max && !feed_ready(world->readers[0]); i++) {
        contract->pass();
    }
    feed_close(&world->publisher);
    assert_int_equal(2, await(world->readers[0]));
}

static void a_message_stays_until_the_next_is_looked_for(void **state)
{
    struct world *world = *state;
    struct bytes header, body;
    subscribe(world, 0, "a", BODY_BYTES_MAX);
    await_wish(world, "a", true);
    send(world, "a");
    send(world, "a");
    for (uint32_t i = 0; i < contract->passes_max && !feed_ready(world->readers[0]); i++) {
        contract->pass();
    }
    assert_int_equal(ERR_OK, feed_receive(world->readers[0], &header, &body));
    contract->pass();
    (void)feed_ready(world->readers[0]);
    assert_int_equal(1, bytes_get64(header.data));
    assert_int_equal(1, bytes_get64(body.data));
    assert_int_equal(2, await(world->readers[0]));
    assert_int_equal(ERR_NOT_FOUND, feed_receive(world->readers[0], &header, &body));
    assert_false(feed_ready(world->readers[0]));
}

static void close_takes_nothing(void **state)
{
    (void)state;
    struct feed *feed = NULL;
    feed_close(&feed);
}

int feed_contract_run(const struct feed_contract *given)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest cases[] = {
        CASE(a_message_arrives_whole_at_who_wants_its_topic),
        CASE(only_topics_that_begin_with_the_wish_arrive),
        CASE(messages_keep_their_order),
        CASE(nothing_from_before_a_subscription_arrives),
        CASE(every_reader_is_told_of_and_only_the_last_that_goes),
        CASE(a_reader_that_does_not_read_loses_and_holds_nobody_up),
        CASE(a_body_too_long_for_its_reader_is_passed_over),
        CASE(a_taken_endpoint_is_busy),
        CASE(a_reader_comes_back_by_itself_and_is_told_of_anew),
        CASE(a_reader_may_be_there_before_its_publisher),
        CASE(what_had_arrived_outlives_its_publisher),
        CASE(a_message_stays_until_the_next_is_looked_for),
        CASE(close_takes_nothing),
    };
#undef CASE
    contract = given;
    return cmocka_run_group_tests_name("the feed's contract", cases, NULL, NULL);
}
