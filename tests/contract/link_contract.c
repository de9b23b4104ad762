/* The link as its header promises it, whoever implements it: one broker, some nodes, no raw
 * socket. */
#include "tests/contract/link_contract.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BODY_BYTES_MAX = 4096, NODES = 3 };

static const struct link_contract *contract;

struct keys {
    uint8_t public_key[LINK_KEY_BYTES];
    uint8_t secret_key[LINK_KEY_BYTES];
};

struct world {
    struct keys broker_keys;
    struct keys node_keys[NODES];
    struct link *broker;
    struct link *nodes[NODES];
};

static const char *const users[NODES] = {"p1", "p2", "p3"};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    if (world == NULL) {
        return -1;
    }
    contract->keys(world->broker_keys.public_key, world->broker_keys.secret_key);
    for (int i = 0; i < NODES; i++) {
        contract->keys(world->node_keys[i].public_key, world->node_keys[i].secret_key);
    }
    const struct link_options options = {.endpoint = contract->listen_endpoint,
                                         .public_key = world->broker_keys.public_key,
                                         .secret_key = world->broker_keys.secret_key,
                                         .body_bytes_max = BODY_BYTES_MAX};
    if (link_listen(&options, &world->broker) != ERR_OK) {
        return -1;
    }
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    for (int i = 0; i < NODES; i++) {
        link_close(&world->nodes[i]);
    }
    link_close(&world->broker);
    free(world);
    return 0;
}

static void allow(struct world *world, int node)
{
    assert_int_equal(ERR_OK,
                     link_allow(world->broker, world->node_keys[node].public_key, users[node]));
}

static enum err let_in_first(void *context, struct link *link)
{
    const struct world *world = context;
    return link_allow(link, world->node_keys[0].public_key, users[0]);
}

static void connect_node(struct world *world, int node)
{
    const struct link_options options = {.endpoint = link_endpoint(world->broker),
                                         .public_key = world->node_keys[node].public_key,
                                         .secret_key = world->node_keys[node].secret_key,
                                         .server_key = world->broker_keys.public_key,
                                         .body_bytes_max = BODY_BYTES_MAX};
    assert_int_equal(ERR_OK, link_connect(&options, &world->nodes[node]));
}

static void header_of(uint64_t number, uint8_t out[LINK_HEADER_BYTES])
{
    memset(out, 0x5A, LINK_HEADER_BYTES);
    bytes_put64(out, number);
}

/* Sends until it is taken. */
static void send_number(struct link *link, const struct link_peer *peer, uint64_t number,
                        struct bytes body)
{
    uint8_t header[LINK_HEADER_BYTES];
    header_of(number, header);
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < contract->passes_max; i++) {
        err = link_send(link, peer, bytes_of(header, sizeof(header)), body);
        if (err == ERR_OK) {
            return;
        }
        assert_true(err == ERR_UNREACHABLE || err == ERR_FULL);
        contract->pass();
    }
    assert_int_equal(ERR_OK, err);
}

static void await(struct link *link, struct link_message *out)
{
    for (uint32_t i = 0; i < contract->passes_max; i++) {
        if (link_ready(link)) {
            assert_int_equal(ERR_OK, link_receive(link, out));
            assert_int_equal(LINK_HEADER_BYTES, out->header.size);
            return;
        }
        assert_int_equal(ERR_NOT_FOUND, link_receive(link, out));
        contract->pass();
    }
    fail_msg("no message came");
}

/* Connects an allowed node and lets one message through; where it came from. */
static struct link_peer meet(struct world *world, int node)
{
    struct link_message message;
    allow(world, node);
    connect_node(world, node);
    send_number(world->nodes[node], NULL, 1000 + (uint64_t)node, bytes_text("hello"));
    await(world->broker, &message);
    assert_int_equal(1000 + node, bytes_get64(message.header.data));
    assert_string_equal(users[node], message.user);
    return message.peer;
}

static void a_message_and_its_answer_arrive_whole(void **state)
{
    struct world *world = *state;
    struct link_message message;
    uint8_t header[LINK_HEADER_BYTES];
    allow(world, 0);
    connect_node(world, 0);
    send_number(world->nodes[0], NULL, 7, bytes_text("a batch"));
    await(world->broker, &message);
    header_of(7, header);
    assert_true(bytes_equal(message.header, bytes_of(header, sizeof(header))));
    assert_true(bytes_is(message.body, "a batch"));
    assert_string_equal("p1", message.user);
    assert_true(message.peer.size > 0);

    const struct link_peer peer = message.peer;
    send_number(world->broker, &peer, 8, bytes_text("a receipt"));
    await(world->nodes[0], &message);
    assert_int_equal(8, bytes_get64(message.header.data));
    assert_true(bytes_is(message.body, "a receipt"));
    assert_string_equal("", message.user);
    assert_int_equal(1, link_counters(world->broker).received);
    assert_int_equal(1, link_counters(world->broker).sent);
    assert_int_equal(1, link_counters(world->nodes[0]).received);
    assert_int_equal(1, link_counters(world->nodes[0]).sent);
}

static void bodies_of_no_and_of_most_bytes_arrive(void **state)
{
    struct world *world = *state;
    static uint8_t most[BODY_BYTES_MAX];
    struct link_message message;
    (void)meet(world, 0);
    send_number(world->nodes[0], NULL, 1, bytes_of(NULL, 0));
    await(world->broker, &message);
    assert_int_equal(0, message.body.size);
    memset(most, 0xA5, sizeof(most));
    send_number(world->nodes[0], NULL, 2, bytes_of(most, sizeof(most)));
    await(world->broker, &message);
    assert_true(bytes_equal(message.body, bytes_of(most, sizeof(most))));
    assert_int_equal(0, link_counters(world->broker).malformed);
}

static void messages_of_one_node_keep_their_order(void **state)
{
    struct world *world = *state;
    struct link_message message;
    (void)meet(world, 0);
    uint64_t sent = 0;
    uint64_t received = 0;
    while (received < 500) {
        uint8_t header[LINK_HEADER_BYTES];
        header_of(sent + 1, header);
        const struct bytes body = bytes_of(header, sizeof(header));
        if (sent < 500 && link_send(world->nodes[0], NULL, body, body) == ERR_OK) {
            sent++;
            continue;
        }
        if (sent == received) {
            /* All has arrived, but the sender has not heard yet that there is room again. */
            contract->pass();
            continue;
        }
        await(world->broker, &message);
        received++;
        assert_int_equal(received, bytes_get64(message.header.data));
        assert_int_equal(received, bytes_get64(message.body.data));
    }
}

static void each_key_has_its_own_name_and_way_back(void **state)
{
    struct world *world = *state;
    struct link_peer peers[NODES];
    for (int i = 0; i < NODES; i++) {
        peers[i] = meet(world, i);
    }
    for (int i = 0; i < NODES; i++) {
        for (int j = 0; j < i; j++) {
            assert_memory_not_equal(peers[i].bytes, peers[j].bytes, LINK_PEER_BYTES);
        }
        struct link_message message;
        send_number(world->broker, &peers[i], (uint64_t)i, bytes_text(users[i]));
        await(world->nodes[i], &message);
        assert_int_equal(i, bytes_get64(message.header.data));
        assert_true(bytes_is(message.body, users[i]));
    }
}

/* Gives a stranger every chance, while a friend is served all along. */
static void expect_nothing_from(struct world *world, int stranger, int friend)
{
    struct link_message message;
    uint8_t header[LINK_HEADER_BYTES];
    header_of(666, header);
    for (uint64_t i = 1; i <= 10; i++) {
        const enum err err = link_send(world->nodes[stranger], NULL,
                                       bytes_of(header, sizeof(header)), bytes_text("let me in"));
        assert_true(err == ERR_OK || err == ERR_UNREACHABLE || err == ERR_FULL);
        send_number(world->nodes[friend], NULL, i, bytes_text("fine"));
        await(world->broker, &message);
        assert_int_equal(i, bytes_get64(message.header.data));
        assert_string_equal(users[friend], message.user);
        assert_int_equal(ERR_NOT_FOUND, link_receive(world->nodes[stranger], &message));
        contract->pass();
    }
}

static void a_key_that_was_never_let_in_gets_nothing_in(void **state)
{
    struct world *world = *state;
    connect_node(world, 1);
    (void)meet(world, 0);
    expect_nothing_from(world, 1, 0);
}

static void a_key_let_in_no_longer_cannot_come_back(void **state)
{
    struct world *world = *state;
    (void)meet(world, 0);
    (void)meet(world, 1);
    assert_int_equal(ERR_OK, link_allow(world->broker, world->node_keys[1].public_key, NULL));
    assert_int_equal(ERR_OK, link_reopen(world->nodes[1]));
    expect_nothing_from(world, 1, 0);
}

static void a_key_let_in_again_comes_under_its_new_name(void **state)
{
    struct world *world = *state;
    struct link_message message;
    const uint8_t *key = world->node_keys[0].public_key;
    assert_int_equal(ERR_OK, link_allow(world->broker, key, "old"));
    assert_int_equal(ERR_OK, link_allow(world->broker, key, NULL));
    assert_int_equal(ERR_OK, link_allow(world->broker, key, NULL));
    assert_int_equal(ERR_OK, link_allow(world->broker, key,
                                        "a-name-of-64-bytes-"
                                        "012345678901234567890123456789012345678901234"));
    connect_node(world, 0);
    send_number(world->nodes[0], NULL, 1, bytes_text("it is me"));
    await(world->broker, &message);
    assert_int_equal(64, strlen(message.user));
}

static void a_node_that_reopens_is_a_new_peer_of_the_same_name(void **state)
{
    struct world *world = *state;
    struct link_message message;
    const struct link_peer before = meet(world, 0);
    assert_int_equal(ERR_OK, link_reopen(world->nodes[0]));
    send_number(world->nodes[0], NULL, 2, bytes_text("again"));
    await(world->broker, &message);
    assert_int_equal(2, bytes_get64(message.header.data));
    assert_string_equal("p1", message.user);
    assert_memory_not_equal(before.bytes, message.peer.bytes, LINK_PEER_BYTES);
    const struct link_peer after = message.peer;
    send_number(world->broker, &after, 3, bytes_text("welcome back"));
    await(world->nodes[0], &message);
    assert_int_equal(3, bytes_get64(message.header.data));
}

static void a_peer_that_is_gone_is_unreachable(void **state)
{
    struct world *world = *state;
    uint8_t header[LINK_HEADER_BYTES];
    const struct link_peer peer = meet(world, 0);
    link_close(&world->nodes[0]);
    header_of(1, header);
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < contract->passes_max && err != ERR_UNREACHABLE; i++) {
        err = link_send(world->broker, &peer, bytes_of(header, sizeof(header)), bytes_text("?"));
        assert_true(err == ERR_OK || err == ERR_FULL || err == ERR_UNREACHABLE);
        contract->pass();
    }
    assert_int_equal(ERR_UNREACHABLE, err);
}

static void a_broker_that_is_gone_is_unreachable_and_nothing_is_kept(void **state)
{
    struct world *world = *state;
    uint8_t header[LINK_HEADER_BYTES];
    allow(world, 0);
    connect_node(world, 0);
    link_close(&world->broker);
    header_of(1, header);
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < contract->passes_max && err != ERR_UNREACHABLE; i++) {
        err = link_send(world->nodes[0], NULL, bytes_of(header, sizeof(header)), bytes_text("?"));
        contract->pass();
    }
    assert_int_equal(ERR_UNREACHABLE, err);
}

static void what_could_not_be_sent_is_not_sent_later(void **state)
{
    struct world *world = *state;
    struct link_message message;
    char endpoint[128];
    uint8_t header[LINK_HEADER_BYTES];
    assert_true(strlen(link_endpoint(world->broker)) < sizeof(endpoint));
    memcpy(endpoint, link_endpoint(world->broker), strlen(link_endpoint(world->broker)) + 1);
    connect_node(world, 0);
    link_close(&world->broker);
    assert_int_equal(ERR_OK, link_reopen(world->nodes[0]));
    header_of(1, header);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(ERR_UNREACHABLE,
                         link_send(world->nodes[0], NULL, bytes_of(header, sizeof(header)),
                                   bytes_text("too early")));
    }
    const struct link_options options = {.endpoint = endpoint,
                                         .public_key = world->broker_keys.public_key,
                                         .secret_key = world->broker_keys.secret_key,
                                         .body_bytes_max = BODY_BYTES_MAX,
                                         .let_in = let_in_first,
                                         .context = world};
    assert_int_equal(ERR_OK, link_listen(&options, &world->broker));
    send_number(world->nodes[0], NULL, 2, bytes_text("now"));
    await(world->broker, &message);
    assert_int_equal(2, bytes_get64(message.header.data));
}

static void a_message_stays_while_the_next_is_looked_for(void **state)
{
    struct world *world = *state;
    struct link_message first;
    struct link_message second;
    (void)meet(world, 0);
    send_number(world->nodes[0], NULL, 1, bytes_text("the first of two"));
    await(world->broker, &first);
    send_number(world->nodes[0], NULL, 2, bytes_text("the second"));
    for (uint32_t i = 0; i < contract->passes_max && !link_ready(world->broker); i++) {
        contract->pass();
    }
    assert_true(link_ready(world->broker));
    assert_true(bytes_is(first.body, "the first of two"));
    assert_int_equal(1, bytes_get64(first.header.data));
    await(world->broker, &second);
    assert_true(bytes_is(second.body, "the second"));
}

static void close_takes_nothing(void **state)
{
    (void)state;
    struct link *link = NULL;
    link_close(&link);
}

int link_contract_run(const struct link_contract *given)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest cases[] = {
        CASE(a_message_and_its_answer_arrive_whole),
        CASE(bodies_of_no_and_of_most_bytes_arrive),
        CASE(messages_of_one_node_keep_their_order),
        CASE(each_key_has_its_own_name_and_way_back),
        CASE(a_key_that_was_never_let_in_gets_nothing_in),
        CASE(a_key_let_in_no_longer_cannot_come_back),
        CASE(a_key_let_in_again_comes_under_its_new_name),
        CASE(a_node_that_reopens_is_a_new_peer_of_the_same_name),
        CASE(a_peer_that_is_gone_is_unreachable),
        CASE(a_broker_that_is_gone_is_unreachable_and_nothing_is_kept),
        CASE(what_could_not_be_sent_is_not_sent_later),
        CASE(a_message_stays_while_the_next_is_looked_for),
        CASE(close_takes_nothing),
    };
#undef CASE
    contract = given;
    return cmocka_run_group_tests_name("the link's contract", cases, NULL, NULL);
}
