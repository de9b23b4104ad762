/* The feed on ZeroMQ: its contract over a socket in the file system, and what only raw sockets and
 * files can try. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

#include "io/feed.h"
#include "tests/contract/feed_contract.h"
#include "tests/contract/fresh_folder.h"

enum { QUEUE_MESSAGES = 64, BODY_BYTES_MAX = 4096, PASS_MS = 5, PASSES_MAX = 6000 };

static void pass(void)
{
    (void)poll(NULL, 0, PASS_MS);
}

struct world {
    char folder[FRESH_FOLDER_BYTES];
    char path[FRESH_PATH_BYTES];
    char endpoint[FRESH_PATH_BYTES + 8];
    struct feed *publisher;
    struct feed *reader;
    void *context, *raw; /* a socket of ZeroMQ that keeps no rules */
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    if (world == NULL) {
        return -1;
    }
    fresh_folder_make(world->folder);
    fresh_folder_path(world->folder, "feed", world->path);
    (void)snprintf(world->endpoint, sizeof(world->endpoint), "ipc://%s", world->path);
    world->context = zmq_ctx_new();
    (void)zmq_ctx_set(world->context, ZMQ_BLOCKY, 0);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    feed_close(&world->reader);
    feed_close(&world->publisher);
    if (world->raw != NULL) {
        zmq_close(world->raw);
    }
    zmq_ctx_term(world->context);
    fresh_folder_remove(world->folder);
    free(world);
    return 0;
}

static enum err publish_at(struct feed **out, const char *endpoint)
{
    const struct feed_options options = {
        .endpoint = endpoint, .queue_messages = QUEUE_MESSAGES, .body_bytes_max = BODY_BYTES_MAX};
    return feed_publish_at(&options, out);
}

static void subscribe_up_to(struct world *world, const char *topic, uint32_t body_bytes_max)
{
    const struct feed_options options = {.endpoint = world->endpoint,
                                         .topic = topic,
                                         .queue_messages = QUEUE_MESSAGES,
                                         .body_bytes_max = body_bytes_max};
    assert_int_equal(ERR_OK, feed_subscribe_to(&options, &world->reader));
}

static void subscribe(struct world *world, const char *topic)
{
    subscribe_up_to(world, topic, BODY_BYTES_MAX);
}

static void await_wish(struct world *world, const char *topic)
{
    char told[FEED_TOPIC_BYTES_MAX + 1];
    bool wanted = false;
    for (int i = 0; i < PASSES_MAX; i++) {
        if (feed_next_wish(world->publisher, told, &wanted) == ERR_OK) {
            assert_string_equal(topic, told);
            assert_true(wanted);
            return;
        }
        pass();
    }
    fail_msg("no wish came");
}

/* ---- messages and wishes of peers that do not keep the rules ---- */

static void raw_send(struct world *world, int frames, size_t header_bytes, const char *body)
{
    const uint8_t header[2 * FEED_HEADER_BYTES] = {0};
    const struct frame {
        const void *data;
        size_t size;
    } all[] = {{"a", 1}, {header, header_bytes}, {body, strlen(body)}, {"more", 4}};
    for (int i = 0; i < frames; i++) {
        const int flags = i + 1 < frames ? ZMQ_SNDMORE : 0;
        assert_int_equal((int)all[i].size, zmq_send(world->raw, all[i].data, all[i].size, flags));
    }
}

static void what_is_not_three_good_frames_is_passed_over(void **state)
{
    struct world *world = *state;
    struct bytes header, body;
    char wish[8];
    world->raw = zmq_socket(world->context, ZMQ_XPUB);
    assert_int_equal(0, zmq_bind(world->raw, world->endpoint));
    subscribe(world, "a");
    assert_int_equal(2, zmq_recv(world->raw, wish, sizeof(wish), 0));
    raw_send(world, 1, 0, "");
    raw_send(world, 2, FEED_HEADER_BYTES, "");
    raw_send(world, 3, FEED_HEADER_BYTES - 1, "short header");
    raw_send(world, 3, FEED_HEADER_BYTES + 1, "long header");
    raw_send(world, 4, FEED_HEADER_BYTES, "a frame too many");
    raw_send(world, 3, FEED_HEADER_BYTES, "good");
    enum err err = ERR_NOT_FOUND;
    for (int i = 0; i < PASSES_MAX && err == ERR_NOT_FOUND; i++) {
        err = feed_receive(world->reader, &header, &body);
        pass();
    }
    assert_int_equal(ERR_OK, err);
    assert_true(bytes_is(body, "good"));
}

static void a_wish_of_a_strange_form_is_passed_over(void **state)
{
    struct world *world = *state;
    char long_topic[FEED_TOPIC_BYTES_MAX + 2];
    memset(long_topic, 'x', sizeof(long_topic));
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    world->raw = zmq_socket(world->context, ZMQ_XSUB);
    const int linger = 0;
    assert_int_equal(0, zmq_setsockopt(world->raw, ZMQ_LINGER, &linger, sizeof(linger)));
    assert_int_equal(0, zmq_connect(world->raw, world->endpoint));
    long_topic[0] = 1;
    assert_int_equal((int)sizeof(long_topic),
                     zmq_send(world->raw, long_topic, sizeof(long_topic), 0));
    assert_int_equal(4, zmq_send(world->raw, "\1a\0b", 4, 0)); /* a zero within the topic */
    assert_int_equal(8, zmq_send(world->raw, "no wish?", 8, 0));
    assert_int_equal(5, zmq_send(world->raw, "\1good", 5, 0));
    await_wish(world, "good");
}

/* libzmq ends such a connection and makes no other one: the reader has to be opened anew. */
static void a_frame_announced_far_too_long_ends_its_reader_and_nobody_else(void **state)
{
    struct world *world = *state;
    const uint8_t words[BODY_BYTES_MAX] = {0};
    const struct bytes header = bytes_of(words, FEED_HEADER_BYTES);
    struct bytes had_header, had_body;
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    subscribe_up_to(world, "a", 100);
    await_wish(world, "a");
    assert_int_equal(ERR_OK,
                     feed_send(world->publisher, "a", header, bytes_of(words, BODY_BYTES_MAX)));
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    bool wanted = true;
    for (int i = 0; i < PASSES_MAX && wanted; i++) {
        assert_int_equal(ERR_NOT_FOUND, feed_receive(world->reader, &had_header, &had_body));
        if (feed_next_wish(world->publisher, topic, &wanted) != ERR_OK) {
            pass();
        }
    }
    assert_false(wanted);
    feed_close(&world->reader);
    subscribe_up_to(world, "a", 100);
    await_wish(world, "a");
    assert_int_equal(ERR_OK, feed_send(world->publisher, "a", header, bytes_text("short")));
    for (int i = 0; i < PASSES_MAX && !feed_ready(world->reader); i++) {
        pass();
    }
    assert_int_equal(ERR_OK, feed_receive(world->reader, &had_header, &had_body));
    assert_true(bytes_is(had_body, "short"));
}

/* ---- the socket's file ---- */

static void only_the_owner_may_connect(void **state)
{
    struct world *world = *state;
    struct stat about;
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    assert_int_equal(0, lstat(world->path, &about));
    assert_true(S_ISSOCK(about.st_mode));
    assert_int_equal(0600, about.st_mode & 07777);
}

static void the_file_goes_with_its_publisher(void **state)
{
    struct world *world = *state;
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    assert_int_equal(0, access(world->path, F_OK));
    feed_close(&world->publisher);
    assert_int_not_equal(0, access(world->path, F_OK));
}

static void a_reader_makes_and_removes_no_file(void **state)
{
    struct world *world = *state;
    subscribe(world, "a");
    assert_int_not_equal(0, access(world->path, F_OK));
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    await_wish(world, "a");
    feed_close(&world->reader);
    assert_int_equal(0, access(world->path, F_OK));
}

static void a_socket_that_a_crash_left_is_replaced(void **state)
{
    struct world *world = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int left = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(strlen(world->path) < sizeof(address.sun_path));
    memcpy(address.sun_path, world->path, strlen(world->path) + 1);
    assert_int_equal(0, bind(left, (const struct sockaddr *)&address, sizeof(address)));
    close(left);
    assert_int_equal(0, access(world->path, F_OK));
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    subscribe(world, "a");
    await_wish(world, "a");
}

static void a_file_in_the_way_stays(void **state)
{
    struct world *world = *state;
    FILE *file = fopen(world->path, "w");
    assert_non_null(file);
    assert_int_equal(0, fclose(file));
    assert_int_equal(ERR_BUSY, publish_at(&world->publisher, world->endpoint));
    assert_int_equal(0, access(world->path, F_OK));
}

static void endpoints_of_other_kinds_are_refused(void **state)
{
    static const char *const endpoints[] = {"tcp://127.0.0.1:5570",
                                            "inproc://feed",
                                            "ipc://",
                                            "ipc://@feed",
                                            "ipc://*",
                                            "/run/feed",
                                            ""};
    struct world *world = *state;
    char long_endpoint[200] = "ipc:///";
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        const struct feed_options options = {
            .endpoint = endpoints[i], .topic = "a", .queue_messages = 1, .body_bytes_max = 1};
        assert_int_equal(ERR_CONFIG, feed_publish_at(&options, &world->publisher));
        assert_int_equal(ERR_CONFIG, feed_subscribe_to(&options, &world->reader));
    }
    memset(long_endpoint + 7, 'x', sizeof(long_endpoint) - 8);
    assert_int_equal(ERR_RANGE, publish_at(&world->publisher, long_endpoint));
    assert_null(world->publisher);
}

static void the_descriptor_tells_of_wishes_and_messages(void **state)
{
    struct world *world = *state;
    struct bytes header, body;
    const uint8_t words[FEED_HEADER_BYTES] = {0};
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    bool wanted;
    assert_int_equal(ERR_OK, publish_at(&world->publisher, world->endpoint));
    subscribe(world, "a");
    for (int i = 0; i < 20; i++) {
        while (!feed_ready(world->publisher) && i == 0) {
            struct pollfd item = {.fd = feed_descriptor(world->publisher), .events = POLLIN};
            assert_int_equal(1, poll(&item, 1, PASS_MS * PASSES_MAX));
        }
        if (i == 0) {
            assert_int_equal(ERR_OK, feed_next_wish(world->publisher, topic, &wanted));
        }
        assert_int_equal(ERR_OK, feed_send(world->publisher, "a", bytes_of(words, sizeof(words)),
                                           bytes_text("hear")));
        while (!feed_ready(world->reader)) {
            struct pollfd item = {.fd = feed_descriptor(world->reader), .events = POLLIN};
            assert_int_equal(1, poll(&item, 1, PASS_MS * PASSES_MAX));
        }
        assert_int_equal(ERR_OK, feed_receive(world->reader, &header, &body));
    }
}

static int run_contract(void)
{
    char folder[FRESH_FOLDER_BYTES], path[FRESH_PATH_BYTES], endpoint[FRESH_PATH_BYTES + 8];
    const struct feed_contract contract = {
        .endpoint = endpoint, .pass = pass, .passes_max = PASSES_MAX};
    fresh_folder_make(folder);
    fresh_folder_path(folder, "feed", path);
    (void)snprintf(endpoint, sizeof(endpoint), "ipc://%s", path);
    const int failed = feed_contract_run(&contract);
    fresh_folder_remove(folder);
    return failed;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest cases[] = {
        CASE(what_is_not_three_good_frames_is_passed_over),
        CASE(a_wish_of_a_strange_form_is_passed_over),
        CASE(a_frame_announced_far_too_long_ends_its_reader_and_nobody_else),
        CASE(only_the_owner_may_connect),
        CASE(the_file_goes_with_its_publisher),
        CASE(a_reader_makes_and_removes_no_file),
        CASE(a_socket_that_a_crash_left_is_replaced),
        CASE(a_file_in_the_way_stays),
        CASE(endpoints_of_other_kinds_are_refused),
        CASE(the_descriptor_tells_of_wishes_and_messages),
    };
#undef CASE
    const int failed = run_contract();
    return failed + cmocka_run_group_tests_name("the feed on ZeroMQ", cases, NULL, NULL);
}
