#include "unit/core_ingest/conversation.h"

#include <assert.h>
#include <stdlib.h>

#include "unit/core_ingest/world.h"
#include "unit/core_ingest/world_broker.h"
#include "unit/core_ingest/world_node.h"

/* Invariants:
 *  - the log of every node is 1 to n, in order, once, each batch continuing chain and persons;
 *  - what a node holds as acknowledged is committed at the broker, and is what the node sealed;
 *  - receipts are stored strictly in order;
 *  - only batches of a node's newest session are appended;
 *  - no machine stops and no message is malformed, unless a clone of the node is about;
 *  - once the faults end, everything is acknowledged, and then only pings are sent. */

#define MARK_TEXT(name) #name,
static const char *const mark_texts[] = {CONVERSATION_MARKS(MARK_TEXT)};
#undef MARK_TEXT

const char *conversation_mark_text(enum conversation_mark mark)
{
    assert(mark < MARK_COUNT);
    return mark_texts[mark];
}

static void draw_faults(struct world *world)
{
    struct faults *faults = &world->faults;
    faults->delay_ms = world_draw_between(world, 0, 60);
    faults->slow_ms = world_draw_between(world, 100, 5000);
    faults->fifo = world_chance(world, 40);
    faults->cut_loses = world_chance(world, 60);
    if (world_chance(world, 10)) {
        return; /* some seeds have no faults at all */
    }
    uint32_t *const rates[] = {&faults->loss,         &faults->duplicate,  &faults->slow,
                               &faults->blocked,      &faults->node_crash, &faults->broker_crash,
                               &faults->commit_crash, &faults->store_crash};
    for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
        *rates[i] = world_chance(world, 60) ? (uint32_t)world_draw_between(world, 1, 25) : 0;
    }
}

static void draw_world(struct world *world)
{
    const bool fast = world_chance(world, 70);
    draw_faults(world);
    world->uplink_options = (struct uplink_options){
        .window_batches = (uint32_t)world_draw_between(world, 1, WINDOW_BATCHES),
        .hello_ms = fast ? 200 : 2000,
        .hello_ms_max = fast ? 3000 : 30000,
        .ping_ms = fast ? 300 : 2000,
        .dead_ms = fast ? 900 : 6000,
        .resend_ms = fast ? 500 : 5000};
    world->ingest_options =
        (struct ingest_options){.nodes_max = NODES,
                                .group_batches_max = (uint32_t)world_draw_between(world, 1, 12),
                                .credit_events = world_draw_between(world, 1, 40)};
    world->batches_each = (uint32_t)world_draw_between(world, 1, BATCHES_MAX / 2);
    world->idle_percent = (uint32_t)world_draw_between(world, 0, 60);
    world->seal_ms = world_draw_between(world, 1, 1500);
    world->idle_ms = world_draw_between(world, 0, 400);
    world->with_clone = world_chance(world, 30);
    world->clone_at_ms = world->with_clone ? world_draw_between(world, 0, 15000) : UINT64_MAX;
    world->node_crash_at_ms = world_draw_between(world, 0, 3000);
    world->broker_crash_at_ms = world_draw_between(world, 0, 3000);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        struct client *client = &world->clients[i];
        client->node = i % NODES;
        client->exists = i < NODES;
        client->up_at_ms = client->exists ? world_draw_between(world, 0, 500) : UINT64_MAX;
        client->seal_at_ms = client->exists ? world_draw_between(world, 0, 500) : UINT64_MAX;
    }
    world->broker.up_at_ms = world_draw_between(world, 0, 500);
    world->broker.idle_at_ms = UINT64_MAX;
}

/* The store of node 0 is copied and both go on, each sealing rows of its own. */
static void make_clone(struct world *world)
{
    struct client *clone = &world->clients[CLONE];
    world->clone_at_ms = UINT64_MAX;
    *clone = world->clients[0];
    clone->uplink = NULL;
    clone->up_at_ms = world->now_ms + world_draw_between(world, 0, 3000);
    clone->seal_at_ms = world->now_ms;
    if (clone->batch_count == world->batches_each) {
        clone->seal_at_ms = UINT64_MAX;
    }
}

static void crash_somebody(struct world *world)
{
    if (world->now_ms >= world->node_crash_at_ms) {
        world->node_crash_at_ms = world->now_ms + world_draw_between(world, 500, 5000);
        const uint32_t number = (uint32_t)world_draw_between(world, 0, CLIENTS - 1);
        if (world->clients[number].uplink && world_fault(world, 2 * world->faults.node_crash)) {
            world_node_crash(world, number);
        }
    }
    if (world->now_ms >= world->broker_crash_at_ms) {
        world->broker_crash_at_ms = world->now_ms + world_draw_between(world, 500, 5000);
        if (world->broker.ingest && world_fault(world, 2 * world->faults.broker_crash)) {
            world_broker_crash(world);
        }
    }
}

static void run_clients(struct world *world)
{
    for (uint32_t i = 0; i < CLIENTS; i++) {
        struct client *client = &world->clients[i];
        if (world->now_ms >= client->up_at_ms) {
            world_node_start(world, i);
        }
        if (world->now_ms >= client->seal_at_ms) {
            world_node_seal(world, i);
        }
        if (client->uplink && world->now_ms >= uplink_deadline_ms(client->uplink)) {
            struct uplink_event event = {.kind = UPLINK_TIMEOUT};
            world_node_step(world, i, &event);
        }
    }
}

static void run_broker(struct world *world)
{
    struct broker *broker = &world->broker;
    if (world->now_ms >= broker->up_at_ms) {
        world_broker_start(world);
    }
    if (broker->ingest && world->now_ms >= broker->idle_at_ms) {
        world_broker_idle(world);
    }
}

/* The message that is due first, or null. */
static struct message *first_message(struct world *world)
{
    struct message *first = NULL;
    for (uint32_t i = 0; i < world->message_count; i++) {
        struct message *message = &world->messages[i];
        if (!first || message->due_ms < first->due_ms ||
            (message->due_ms == first->due_ms && message->order < first->order)) {
            first = message;
        }
    }
    return first;
}

static void deliver(struct world *world)
{
    for (;;) {
        struct message *first = first_message(world);
        if (!first || first->due_ms > world->now_ms || world->result->broken) {
            return;
        }
        const struct message message = *first;
        *first = world->messages[--world->message_count];
        if (message.to_broker) {
            world_broker_take(world, &message);
        } else {
            world_node_take(world, &message);
        }
    }
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t next_ms(struct world *world)
{
    const struct message *message = first_message(world);
    uint64_t at_ms = message ? message->due_ms : UINT64_MAX;
    at_ms = least(at_ms, least(world->broker.up_at_ms, world->broker.idle_at_ms));
    for (uint32_t i = 0; i < CLIENTS; i++) {
        const struct client *client = &world->clients[i];
        at_ms = least(at_ms, least(client->up_at_ms, client->seal_at_ms));
        if (client->uplink) {
            at_ms = least(at_ms, uplink_deadline_ms(client->uplink));
        }
    }
    if (!world->healed) {
        at_ms = least(at_ms, least(world->node_crash_at_ms, world->broker_crash_at_ms));
        at_ms = least(at_ms, least(world->clone_at_ms, FAULTS_END_MS));
    }
    return at_ms;
}

/* Whether every node has been acknowledged all that it sealed. */
static bool settled(const struct world *world)
{
    for (uint32_t i = 0; i < NODES; i++) {
        const struct client *client = &world->clients[i];
        if (!client->uplink || client->seal_at_ms != UINT64_MAX ||
            client->acked_count < client->batch_count) {
            return false;
        }
    }
    return true;
}

static void check_logs(struct world *world)
{
    const struct broker *broker = &world->broker;
    for (uint32_t i = 0; i < CLIENTS; i++) {
        const struct client *client = &world->clients[i];
        if (client->acked_count > broker->durable_count[client->node]) {
            world_broken(world, "more is acknowledged than is committed");
        }
        for (uint32_t j = 0; j < client->acked_count; j++) {
            if (!world_same_batch(&client->batches[j], &broker->log[client->node][j])) {
                world_broken(world, "the log holds other batches than were acknowledged");
            }
        }
    }
    for (uint32_t i = 0; i < NODES; i++) {
        uint32_t persons = 0;
        for (uint32_t j = 0; j < broker->durable_count[i]; j++) {
            persons += broker->log[i][j].person_count;
        }
        if (broker->stored[i].last_person != persons) {
            world_broken(world, "the register's persons are not the log's");
        }
        world->result->batches += broker->durable_count[i];
    }
}

static void note_spent_credit(struct world *world)
{
    const struct client *client = &world->clients[1];
    if (client->batch_count > 0 &&
        client->batches[client->batch_count - 1].last_seq >
            world->broker.stored[1].last_seq + world->ingest_options.credit_events) {
        world_mark(world, MARK_CREDIT_SPENT);
    }
}

static void run(struct world *world)
{
    while (!world->result->broken) {
        const uint64_t at_ms = next_ms(world);
        world->now_ms = at_ms > world->now_ms ? at_ms : world->now_ms;
        if (!world->healed && world->now_ms >= FAULTS_END_MS) {
            world->healed = true;
        }
        if (!world->healed) {
            crash_somebody(world);
            note_spent_credit(world);
        }
        if (world->now_ms >= world->clone_at_ms) {
            make_clone(world);
        }
        run_broker(world);
        run_clients(world);
        deliver(world);
        if (world->healed && world->with_clone && world->now_ms >= 2 * FAULTS_END_MS) {
            return;
        }
        if (world->healed && !world->with_clone && world->quiet_from_ms == 0 && settled(world)) {
            world->quiet_from_ms = world->now_ms + QUIET_MS;
        }
        if (world->quiet_from_ms != 0 && world->now_ms >= world->quiet_from_ms + QUIET_MS) {
            return;
        }
        if (world->quiet_from_ms == 0 && world->now_ms >= SETTLED_MS) {
            world_broken(world, "not everything was acknowledged in the end");
        }
    }
}

void conversation_run(uint64_t seed, struct conversation_result *out)
{
    *out = (struct conversation_result){0};
    struct world *world = calloc(1, sizeof(*world));
    if (!world) {
        abort();
    }
    world->random = world_mix(seed + 1);
    world->result = out;
    draw_world(world);
    run(world);
    check_logs(world);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        uplink_free(&world->clients[i].uplink);
    }
    ingest_free(&world->broker.ingest);
    free(world);
}
