/* The link on ZeroMQ: its contract over 127.0.0.1, and what only raw sockets can try. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>
#include <zmq.h>

#include "io/link.h"
#include "tests/contract/fresh_folder.h"
#include "tests/contract/link_contract.h"

enum { BODY_BYTES_MAX = 65536, PASS_MS = 5, PASSES_MAX = 6000 };

static void make_keys(uint8_t public_key[LINK_KEY_BYTES], uint8_t secret_key[LINK_KEY_BYTES])
{
    assert_int_equal(0, crypto_box_keypair(public_key, secret_key));
}

static void pass(void)
{
    (void)poll(NULL, 0, PASS_MS);
}

struct keys {
    uint8_t public_key[LINK_KEY_BYTES];
    uint8_t secret_key[LINK_KEY_BYTES];
};

struct world {
    char folder[FRESH_FOLDER_BYTES];
    struct keys broker_keys;
    struct keys node_keys;
    struct link *broker;
    struct link *node;
    void *context; /* of the raw sockets */
};

static struct link_options broker_options(const struct world *world, const char *endpoint)
{
    const struct link_options options = {.endpoint = endpoint,
                                         .public_key = world->broker_keys.public_key,
                                         .secret_key = world->broker_keys.secret_key,
                                         .body_bytes_max = BODY_BYTES_MAX};
    return options;
}

static void listen_on(struct world *world, const char *endpoint)
{
    const struct link_options options = broker_options(world, endpoint);
    assert_int_equal(ERR_OK, link_listen(&options, &world->broker));
}

static void connect_node(struct world *world, const char *endpoint)
{
    const struct link_options options = {.endpoint = endpoint,
                                         .public_key = world->node_keys.public_key,
                                         .secret_key = world->node_keys.secret_key,
                                         .server_key = world->broker_keys.public_key,
                                         .body_bytes_max = BODY_BYTES_MAX};
    assert_int_equal(ERR_OK, link_connect(&options, &world->node));
}

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    if (world == NULL) {
        return -1;
    }
    fresh_folder_make(world->folder);
    make_keys(world->broker_keys.public_key, world->broker_keys.secret_key);
    make_keys(world->node_keys.public_key, world->node_keys.secret_key);
    world->context = zmq_ctx_new();
    (void)zmq_ctx_set(world->context, ZMQ_BLOCKY, 0);
    *state = world;
    return 0;
}

static int setup_tcp(void **state)
{
    if (setup(state) != 0) {
        return -1;
    }
    struct world *world = *state;
    listen_on(world, "tcp://127.0.0.1:*");
    assert_int_equal(ERR_OK, link_allow(world->broker, world->node_keys.public_key, "p1"));
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    link_close(&world->node);
    link_close(&world->broker);
    zmq_ctx_term(world->context);
    fresh_folder_remove(world->folder);
    free(world);
    return 0;
}

/* Lets one message of the node through, whatever else happens. */
static void node_is_served(struct world *world, const char *user)
{
    static uint64_t number;
    uint8_t header[LINK_HEADER_BYTES] = {0};
    struct link_message message;
    number++;
    bytes_put64(header, number);
    enum err err = ERR_UNREACHABLE;
    for (int i = 0; i < PASSES_MAX && err != ERR_OK; i++) {
        err = link_send(world->node, NULL, bytes_of(header, sizeof(header)), bytes_text("fine"));
        if (err != ERR_OK) {
            pass();
        }
    }
    assert_int_equal(ERR_OK, err);
    for (int i = 0; i < PASSES_MAX && !link_ready(world->broker); i++) {
        pass();
    }
    assert_int_equal(ERR_OK, link_receive(world->broker, &message));
    assert_int_equal(number, bytes_get64(message.header.data));
    assert_string_equal(user, message.user);
}

/* --- Peers of ZeroMQ that do not keep the rules ----------------------------------------------- */

/* A DEALER with the node's key, or with a key of its own, or without CURVE. */
static void *raw_dealer(const struct world *world, const struct keys *keys, const char *id)
{
    const int none = 0;
    void *dealer = zmq_socket(world->context, ZMQ_DEALER);
    assert_non_null(dealer);
    assert_int_equal(0, zmq_setsockopt(dealer, ZMQ_LINGER, &none, sizeof(none)));
    if (id != NULL) {
        assert_int_equal(0, zmq_setsockopt(dealer, ZMQ_ROUTING_ID, id, strlen(id)));
    }
    if (keys != NULL) {
        assert_int_equal(0, zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY,
                                           world->broker_keys.public_key, LINK_KEY_BYTES));
        assert_int_equal(
            0, zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, keys->public_key, LINK_KEY_BYTES));
        assert_int_equal(
            0, zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, keys->secret_key, LINK_KEY_BYTES));
    }
    assert_int_equal(0, zmq_connect(dealer, link_endpoint(world->broker)));
    return dealer;
}

static void raw_send(void *dealer, const size_t *sizes, int count)
{
    static uint8_t zeros[2 * BODY_BYTES_MAX];
    for (int i = 0; i < count; i++) {
        const int flags = i + 1 < count ? ZMQ_SNDMORE : 0;
        assert_int_equal(sizes[i], zmq_send(dealer, zeros, sizes[i], flags));
    }
}

static void await_malformed(struct world *world, uint64_t count)
{
    for (int i = 0; i < PASSES_MAX && link_counters(world->broker).malformed < count; i++) {
        assert_false(link_ready(world->broker));
        pass();
    }
    assert_int_equal(count, link_counters(world->broker).malformed);
}

static void what_is_not_two_good_frames_is_dropped_and_counted(void **state)
{
    struct world *world = *state;
    void *dealer = raw_dealer(world, &world->node_keys, NULL);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES}, 1);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES, 5, 5}, 3);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES - 1, 5}, 2);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES + 1, 5}, 2);
    raw_send(dealer, (const size_t[]){0, 5}, 2);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES, BODY_BYTES_MAX + 1}, 2);
    await_malformed(world, 6);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES, 5}, 2);
    for (int i = 0; i < PASSES_MAX && !link_ready(world->broker); i++) {
        pass();
    }
    struct link_message message;
    assert_int_equal(ERR_OK, link_receive(world->broker, &message));
    assert_string_equal("p1", message.user);
    zmq_close(dealer);
}

static void a_name_that_a_peer_gave_itself_is_not_taken(void **state)
{
    struct world *world = *state;
    void *dealer = raw_dealer(world, &world->node_keys, "broker-made-me");
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES, 5}, 2);
    await_malformed(world, 1);
    zmq_close(dealer);
}

/* The second of two nodes that claim the first one's way back must not get its answers. */
static void one_node_cannot_take_the_way_back_of_another(void **state)
{
    struct world *world = *state;
    struct keys evil;
    make_keys(evil.public_key, evil.secret_key);
    assert_int_equal(ERR_OK, link_allow(world->broker, evil.public_key, "p2"));
    connect_node(world, link_endpoint(world->broker));
    node_is_served(world, "p1");
    void *dealer = raw_dealer(world, &evil, NULL);
    raw_send(dealer, (const size_t[]){LINK_HEADER_BYTES, 5}, 2);
    struct link_message message;
    for (int i = 0; i < PASSES_MAX && !link_ready(world->broker); i++) {
        pass();
    }
    assert_int_equal(ERR_OK, link_receive(world->broker, &message));
    assert_string_equal("p2", message.user);
    node_is_served(world, "p1");
    zmq_close(dealer);
}

static void refused_peers_leave_nothing(struct world *world, void *dealer)
{
    uint8_t byte = 0;
    connect_node(world, link_endpoint(world->broker));
    /* Taken into a queue that leads nowhere, or not taken at all: libzmq does either. */
    (void)zmq_send(dealer, &byte, 1, ZMQ_DONTWAIT);
    for (int i = 0; i < 20; i++) {
        node_is_served(world, "p1");
        assert_false(link_ready(world->broker));
        assert_int_equal(-1, zmq_recv(dealer, &byte, 1, ZMQ_DONTWAIT));
        pass();
    }
    assert_int_equal(0, link_counters(world->broker).unnamed);
    zmq_close(dealer);
}

static void a_strangers_key_gets_nothing_in_or_out(void **state)
{
    struct world *world = *state;
    struct keys stranger;
    make_keys(stranger.public_key, stranger.secret_key);
    void *dealer = raw_dealer(world, &stranger, NULL);
    for (int i = 0; i < PASSES_MAX && link_counters(world->broker).handshakes_refused == 0; i++) {
        pass();
    }
    assert_true(link_counters(world->broker).handshakes_refused >= 1);
    refused_peers_leave_nothing(world, dealer);
}

static void a_peer_without_curve_gets_nothing_in_or_out(void **state)
{
    struct world *world = *state;
    refused_peers_leave_nothing(world, raw_dealer(world, NULL, NULL));
}

static void a_node_learns_that_its_key_is_refused(void **state)
{
    struct world *world = *state;
    assert_int_equal(ERR_OK, link_allow(world->broker, world->node_keys.public_key, NULL));
    connect_node(world, link_endpoint(world->broker));
    for (int i = 0; i < PASSES_MAX && link_counters(world->node).handshakes_refused == 0; i++) {
        assert_false(link_ready(world->node));
        pass();
    }
    assert_true(link_counters(world->node).handshakes_refused >= 1);
}

static void the_self_test_is_not_counted(void **state)
{
    struct world *world = *state;
    assert_int_equal(0, link_counters(world->broker).handshakes_refused);
}

/* --- Peers that do not even speak ZeroMQ ------------------------------------------------------ */

static int raw_connect(const struct world *world)
{
    const char *port = strrchr(link_endpoint(world->broker), ':');
    struct sockaddr_in address = {.sin_family = AF_INET};
    assert_non_null(port);
    address.sin_port = htons((uint16_t)strtoul(port + 1, NULL, 10));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int raw = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(raw >= 0);
    assert_int_equal(0, connect(raw, (struct sockaddr *)&address, sizeof(address)));
    return raw;
}

static void write_all(int raw, const void *data, size_t size)
{
    assert_int_equal(size, send(raw, data, size, MSG_NOSIGNAL));
}

/* Reads until the other side closes, or gives up. */
static bool is_closed_by_peer(int raw)
{
    uint8_t spare[256];
    struct pollfd item = {.fd = raw, .events = POLLIN};
    while (poll(&item, 1, PASS_MS * PASSES_MAX) == 1) {
        if (recv(raw, spare, sizeof(spare), 0) <= 0) {
            return true;
        }
    }
    return false;
}

/* The 64 bytes with which a peer of ZMTP 3.1 begins, for the mechanism CURVE. */
static void greeting(uint8_t out[64])
{
    static const uint8_t start[] = {0xFF, 0, 0, 0,   0,   0,   0,   0,  1,
                                    0x7F, 3, 1, 'C', 'U', 'R', 'V', 'E'};
    memset(out, 0, 64);
    memcpy(out, start, sizeof(start));
}

static uint64_t address_space_bytes(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(1, fscanf(file, "%lu", &pages));
    (void)fclose(file);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void a_frame_announced_too_long_is_closed_without_growth(void **state)
{
    struct world *world = *state;
    static const uint8_t long_frame[] = {0x06, 0, 0, 0, 0, 0x40, 0, 0, 0}; /* a command of 1 GiB */
    uint8_t hello[64];
    int raw[20];
    connect_node(world, link_endpoint(world->broker));
    node_is_served(world, "p1");
    greeting(hello);
    const uint64_t before = address_space_bytes();
    for (int i = 0; i < 20; i++) {
        raw[i] = raw_connect(world);
        write_all(raw[i], hello, sizeof(hello));
        write_all(raw[i], long_frame, sizeof(long_frame));
    }
    for (int i = 0; i < 20; i++) {
        assert_true(is_closed_by_peer(raw[i]));
        close(raw[i]);
    }
    assert_true(address_space_bytes() < before + (256U << 20));
    node_is_served(world, "p1");
}

static void twenty_connections_of_garbage_do_not_disturb_a_node(void **state)
{
    struct world *world = *state;
    uint8_t garbage[512];
    uint8_t hello[64];
    int raw[20];
    connect_node(world, link_endpoint(world->broker));
    node_is_served(world, "p1");
    greeting(hello);
    for (int i = 0; i < 20; i++) {
        raw[i] = raw_connect(world);
        randombytes_buf_deterministic(garbage, sizeof(garbage),
                                      (const uint8_t[randombytes_SEEDBYTES]){(uint8_t)i});
        if (i % 2 == 0) {
            (void)send(raw[i], hello, sizeof(hello), MSG_NOSIGNAL);
        }
        (void)send(raw[i], garbage, sizeof(garbage), MSG_NOSIGNAL);
        node_is_served(world, "p1");
    }
    for (int i = 0; i < 20; i++) {
        node_is_served(world, "p1");
        close(raw[i]);
    }
    assert_int_equal(0, link_counters(world->broker).malformed);
    assert_int_equal(0, link_counters(world->broker).unnamed);
}

/* --- Endpoints -------------------------------------------------------------------------------- */

static void an_endpoint_that_is_taken_is_busy(void **state)
{
    struct world *world = *state;
    struct link *second = NULL;
    const struct link_options options = broker_options(world, link_endpoint(world->broker));
    assert_int_equal(ERR_BUSY, link_listen(&options, &second));
    assert_null(second);
}

static void all_addresses_are_served_by_both_versions_of_ip(void **state)
{
    struct world *world = *state;
    static const char *const hosts[] = {"tcp://127.0.0.1", "tcp://[::1]", "tcp://localhost"};
    listen_on(world, "tcp://*:*");
    assert_int_equal(ERR_OK, link_allow(world->broker, world->node_keys.public_key, "p1"));
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        char endpoint[128];
        const char *port = strrchr(link_endpoint(world->broker), ':');
        (void)snprintf(endpoint, sizeof(endpoint), "%s%s", hosts[i], port);
        connect_node(world, endpoint);
        node_is_served(world, "p1");
        link_close(&world->node);
    }
}

static void a_host_by_name_is_tried_by_both_versions_in_turn(void **state)
{
    struct world *world = *state;
    char endpoint[128];
    (void)snprintf(endpoint, sizeof(endpoint), "tcp://localhost%s",
                   strrchr(link_endpoint(world->broker), ':'));
    connect_node(world, endpoint);
    node_is_served(world, "p1");
    assert_int_equal(ERR_OK, link_reopen(world->node)); /* nobody listens on ::1 */
    assert_int_equal(ERR_OK, link_reopen(world->node));
    node_is_served(world, "p1");
}

static void endpoints_of_other_kinds_are_refused(void **state)
{
    struct world *world = *state;
    static const char *const endpoints[] = {"inproc://x", "udp://127.0.0.1:1", "",
                                            "ipc://",     "ipc://@abstract",   "ipc://*"};
    for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
        const struct link_options options = broker_options(world, endpoints[i]);
        assert_int_equal(ERR_CONFIG, link_listen(&options, &world->broker));
        assert_int_equal(ERR_CONFIG, link_connect(&options, &world->node));
    }
}

static void ipc_endpoint(const struct world *world, const char *name, char out[FRESH_PATH_BYTES])
{
    (void)snprintf(out, FRESH_PATH_BYTES, "ipc://%s/%s", world->folder, name);
}

static void ipc_is_guarded_by_the_mode_of_its_file(void **state)
{
    struct world *world = *state;
    char endpoint[FRESH_PATH_BYTES];
    struct stat about;
    ipc_endpoint(world, "control", endpoint);
    listen_on(world, endpoint);
    assert_int_equal(0, stat(endpoint + 6, &about));
    assert_int_equal(0600, about.st_mode & 07777);
    connect_node(world, endpoint);
    node_is_served(world, "");
    link_close(&world->broker);
    assert_int_equal(-1, stat(endpoint + 6, &about));
}

static void ipc_takes_over_a_socket_that_a_crash_left(void **state)
{
    struct world *world = *state;
    char endpoint[FRESH_PATH_BYTES];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    ipc_endpoint(world, "control", endpoint);
    assert_true(strlen(endpoint + 6) < sizeof(address.sun_path));
    memcpy(address.sun_path, endpoint + 6, strlen(endpoint + 6) + 1);
    const int left = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(0, bind(left, (struct sockaddr *)&address, sizeof(address)));
    close(left);
    listen_on(world, endpoint);
    connect_node(world, endpoint);
    node_is_served(world, "");
}

static void ipc_does_not_push_away_one_that_lives(void **state)
{
    struct world *world = *state;
    char endpoint[FRESH_PATH_BYTES];
    struct link *second = NULL;
    ipc_endpoint(world, "control", endpoint);
    listen_on(world, endpoint);
    const struct link_options options = broker_options(world, endpoint);
    assert_int_equal(ERR_BUSY, link_listen(&options, &second));
    connect_node(world, endpoint);
    node_is_served(world, "");
}

static void ipc_does_not_delete_a_file_in_its_way(void **state)
{
    struct world *world = *state;
    char endpoint[FRESH_PATH_BYTES];
    struct stat about;
    ipc_endpoint(world, "control", endpoint);
    FILE *file = fopen(endpoint + 6, "w");
    assert_non_null(file);
    (void)fclose(file);
    const struct link_options options = broker_options(world, endpoint);
    assert_int_equal(ERR_BUSY, link_listen(&options, &world->broker));
    assert_int_equal(0, stat(endpoint + 6, &about));
}

static void a_path_too_long_for_a_socket_is_named(void **state)
{
    struct world *world = *state;
    char endpoint[300];
    for (size_t size = 108; size < 300; size += 191) {
        memset(endpoint, 'x', sizeof(endpoint));
        memcpy(endpoint, "ipc:///", 7);
        endpoint[size == 108 ? 6 + 108 : 299] = '\0';
        const struct link_options options = broker_options(world, endpoint);
        assert_int_equal(ERR_RANGE, link_listen(&options, &world->broker));
        assert_int_equal(ERR_RANGE, link_connect(&options, &world->node));
    }
}

/* --- The way a program waits ------------------------------------------------------------------ */

static void the_descriptor_tells_of_a_message(void **state)
{
    struct world *world = *state;
    connect_node(world, link_endpoint(world->broker));
    node_is_served(world, "p1");
    uint8_t header[LINK_HEADER_BYTES] = {0};
    for (int round = 0; round < 200; round++) {
        struct link_message message;
        assert_false(link_ready(world->broker));
        assert_int_equal(ERR_OK, link_send(world->node, NULL, bytes_of(header, sizeof(header)),
                                           bytes_text("wake up")));
        while (!link_ready(world->broker)) {
            struct pollfd item = {.fd = link_descriptor(world->broker), .events = POLLIN};
            assert_int_equal(1, poll(&item, 1, PASS_MS * PASSES_MAX));
        }
        assert_int_equal(ERR_OK, link_receive(world->broker, &message));
    }
}

/* A thread of the link that took SIGTERM would end the program without its loop knowing. */
static void no_thread_of_the_link_takes_signals(void **state)
{
    (void)state;
    sigset_t set;
    sigset_t before;
    const struct timespec at_once = {0};
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    assert_int_equal(0, sigprocmask(SIG_BLOCK, &set, &before));
    assert_int_equal(0, kill(getpid(), SIGTERM));
    assert_int_equal(SIGTERM, sigtimedwait(&set, NULL, &at_once));
    assert_int_equal(0, sigprocmask(SIG_SETMASK, &before, NULL));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define CASE_TCP(name) cmocka_unit_test_setup_teardown(name, setup_tcp, teardown)
    const struct CMUnitTest cases[] = {
        CASE_TCP(what_is_not_two_good_frames_is_dropped_and_counted),
        CASE_TCP(a_name_that_a_peer_gave_itself_is_not_taken),
        CASE_TCP(one_node_cannot_take_the_way_back_of_another),
        CASE_TCP(a_strangers_key_gets_nothing_in_or_out),
        CASE_TCP(a_peer_without_curve_gets_nothing_in_or_out),
        CASE_TCP(a_node_learns_that_its_key_is_refused),
        CASE_TCP(the_self_test_is_not_counted),
        CASE_TCP(a_frame_announced_too_long_is_closed_without_growth),
        CASE_TCP(twenty_connections_of_garbage_do_not_disturb_a_node),
        CASE_TCP(an_endpoint_that_is_taken_is_busy),
        CASE(all_addresses_are_served_by_both_versions_of_ip),
        CASE_TCP(a_host_by_name_is_tried_by_both_versions_in_turn),
        CASE(endpoints_of_other_kinds_are_refused),
        CASE(ipc_is_guarded_by_the_mode_of_its_file),
        CASE(ipc_takes_over_a_socket_that_a_crash_left),
        CASE(ipc_does_not_push_away_one_that_lives),
        CASE(ipc_does_not_delete_a_file_in_its_way),
        CASE(a_path_too_long_for_a_socket_is_named),
        CASE_TCP(the_descriptor_tells_of_a_message),
        CASE_TCP(no_thread_of_the_link_takes_signals),
    };
#undef CASE_TCP
#undef CASE
    const struct link_contract contract = {.listen_endpoint = "tcp://127.0.0.1:*",
                                           .keys = make_keys,
                                           .pass = pass,
                                           .passes_max = PASSES_MAX};
    if (sodium_init() < 0) {
        return 1;
    }
    const int failed = link_contract_run(&contract);
    return failed + cmocka_run_group_tests_name("the link on ZeroMQ", cases, NULL, NULL);
}
