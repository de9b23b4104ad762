#include "unit/core_ingest/world_node.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct uplink_position position_of(const struct client *client)
{
    struct uplink_position position = {.epoch = 1};
    if (client->batch_count > 0) {
        position.head_seq = client->batches[client->batch_count - 1].last_seq;
    }
    if (client->acked_count > 0) {
        const struct batch *acked = &client->batches[client->acked_count - 1];
        position.acked_seq = acked->last_seq;
        memcpy(position.chain, acked->chain, sizeof(position.chain));
    }
    return position;
}

void world_node_start(struct world *world, uint32_t number)
{
    struct client *client = &world->clients[number];
    struct uplink_event event = {.kind = UPLINK_START, .position = position_of(client)};
    if (uplink_new(&world->uplink_options, &client->uplink) != ERR_OK) {
        abort();
    }
    client->up_at_ms = UINT64_MAX;
    world_reconnect(world, number, true);
    world_node_step(world, number, &event);
}

void world_node_crash(struct world *world, uint32_t number)
{
    struct client *client = &world->clients[number];
    uplink_free(&client->uplink);
    client->up_at_ms = world->now_ms + world_draw_between(world, 1, 1500);
}

void world_node_seal(struct world *world, uint32_t number)
{
    struct client *client = &world->clients[number];
    static const struct batch none;
    const uint32_t count = client->batch_count;
    const struct batch *last = count > 0 ? &client->batches[count - 1] : &none;
    struct batch *batch = &client->batches[count];

    *batch = (struct batch){.first_seq = last->last_seq + 1,
                            .count = (uint32_t)world_draw_between(world, 1, 5),
                            .person_count = (uint32_t)world_draw_between(world, 0, 2)};
    batch->last_seq = batch->first_seq + batch->count - 1;
    uint32_t persons = 0;
    for (uint32_t i = 0; i < count; i++) {
        persons += client->batches[i].person_count;
    }
    batch->first_person = batch->person_count > 0 ? persons + 1 : 0;
    memcpy(batch->previous, last->chain, sizeof(batch->previous));
    for (uint32_t i = 0; i < 4; i++) {
        const uint64_t word = world_draw(world);
        memcpy(batch->chain + 8 * i, &word, sizeof(word));
    }
    client->batch_count++;
    client->seal_at_ms = client->batch_count < world->batches_each
                             ? world->now_ms + world_draw_between(world, 0, world->seal_ms)
                             : UINT64_MAX;
    if (client->uplink) {
        struct uplink_event event = {.kind = UPLINK_STORED, .head_seq = batch->last_seq};
        world_node_step(world, number, &event);
    }
}

static void send_batch(struct world *world, uint32_t number, uint64_t first_seq)
{
    struct client *client = &world->clients[number];
    struct uplink_event event = {.kind = UPLINK_BLOCKED};
    if (world_fault(world, world->faults.blocked)) {
        world_mark(world, MARK_LINK_BLOCKED);
        world_node_step(world, number, &event);
        return;
    }
    struct message message = {.to_broker = true,
                              .client = number,
                              .connection = client->connection,
                              .kind = BATCH,
                              .session = uplink_session(client->uplink)};
    for (uint32_t i = 0; i < client->batch_count; i++) {
        if (client->batches[i].first_seq == first_seq) {
            message.batch = client->batches[i];
        }
    }
    if (message.batch.count == 0) {
        world_broken(world, "the uplink asked for a batch that the outbox does not have");
        return;
    }
    world_post(world, &message);
    event = (struct uplink_event){.kind = UPLINK_SENT, .through_seq = message.batch.last_seq};
    world_node_step(world, number, &event);
}

static void store_receipt(struct world *world, uint32_t number)
{
    struct client *client = &world->clients[number];
    const struct batch *receipt = &client->receipt;
    const struct broker *broker = &world->broker;

    if (world_fault(world, world->faults.store_crash)) {
        world_mark(world, MARK_NODE_CRASH_BEFORE_STORING);
        world_node_crash(world, number);
        return;
    }
    if (client->acked_count == client->batch_count ||
        !world_same_batch(receipt, &client->batches[client->acked_count])) {
        world_broken(world, "a receipt was stored out of order");
        return;
    }
    client->acked_count++;
    const struct batch *durable = world_log_find(
        broker, client->node, broker->durable_count[client->node], receipt->first_seq);
    if (!durable || !world_same_batch(durable, receipt)) {
        world_broken(world, "acknowledged, but not committed");
        return;
    }
    if (world_fault(world, world->faults.store_crash)) {
        world_mark(world, MARK_NODE_CRASH_AFTER_STORING);
        world_node_crash(world, number);
        return;
    }
    struct uplink_event event = {.kind = UPLINK_RECEIPT_STORED, .through_seq = receipt->last_seq};
    memcpy(event.chain, receipt->chain, sizeof(event.chain));
    world_node_step(world, number, &event);
}

static void client_say(struct world *world, uint32_t number, enum kind kind)
{
    const struct client *client = &world->clients[number];
    const struct message message = {.to_broker = true,
                                    .client = number,
                                    .connection = client->connection,
                                    .kind = kind,
                                    .session = uplink_session(client->uplink),
                                    .position = uplink_position(client->uplink)};
    world_post(world, &message);
}

static void client_perform(struct world *world, uint32_t number,
                           const struct uplink_effects *effects)
{
    const struct client *client = &world->clients[number];
    if (effects->reopen) {
        world_reconnect(world, number, false);
    }
    if (effects->send_hello) {
        client_say(world, number, HELLO);
    }
    if (effects->store_receipt) {
        store_receipt(world, number);
    }
    if (effects->send_from != 0 && client->uplink) {
        send_batch(world, number, effects->send_from);
    }
    if (effects->send_ping && client->uplink) {
        client_say(world, number, PING);
    }
}

void world_node_step(struct world *world, uint32_t number, struct uplink_event *event)
{
    struct client *client = &world->clients[number];
    struct uplink_effects effects;

    if (world->result->broken) {
        return;
    }
    event->now_ms = world->now_ms;
    event->random = world_draw(world);
    const enum err err = uplink_step(client->uplink, event, &effects);
    if (err != ERR_OK && !world->with_clone) {
        world_broken(world, "an honest broker's message was refused");
        return;
    }
    if (effects.stopped && !world->with_clone) {
        world_broken(world, "an honest node stopped");
        return;
    }
    client_perform(world, number, &effects);
}

/* One that fences a session only says that another greeting won; one that refuses a HELLO is for an
 * operator. */
static enum uplink_refusal refusal_of(const struct message *message)
{
    switch (message->refusal) {
    case INGEST_UNKNOWN_SESSION:
    case INGEST_BUSY:
        return REFUSAL_RETRY;
    case INGEST_FENCED:
        return message->session != 0 ? REFUSAL_RETRY : REFUSAL_DIVERGED;
    case INGEST_DIVERGED:
        return REFUSAL_DIVERGED;
    case INGEST_REVOKED:
        return REFUSAL_REVOKED;
    case INGEST_BAD_CHAIN:
    case INGEST_BAD_BATCH:
    case INGEST_BAD_PERSONS:
        break;
    }
    return REFUSAL_BATCH;
}

static void take_credit(struct world *world, uint32_t number, const struct message *message)
{
    struct uplink_event event = {
        .kind = UPLINK_CREDIT, .session = message->session, .limit_seq = message->limit_seq};
    if (world->clients[number].uplink) {
        world_node_step(world, number, &event);
    }
}

/* The receipt's digest is compared before the uplink sees it. */
static void take_receipt(struct world *world, uint32_t number, const struct message *message)
{
    struct client *client = &world->clients[number];
    struct uplink_event event = {.kind = UPLINK_RECEIPT,
                                 .session = message->session,
                                 .first_seq = message->batch.first_seq,
                                 .count = message->batch.count};
    for (uint32_t i = 0; i < client->batch_count; i++) {
        const struct batch *ours = &client->batches[i];
        if (ours->first_seq == event.first_seq && !world_same_batch(ours, &message->batch)) {
            world_mark(world, MARK_CLONE_RECEIPT_OF_ANOTHER);
            event.kind = UPLINK_REFUSED;
            event.refusal = REFUSAL_DIVERGED;
        }
    }
    client->receipt = message->batch;
    world_node_step(world, number, &event);
    take_credit(world, number, message);
}

void world_node_take(struct world *world, const struct message *message)
{
    const uint32_t number = message->client;
    struct uplink_event event = {.session = message->session,
                                 .broker_epoch = message->epoch,
                                 .broker_seq = message->last_seq,
                                 .limit_seq = message->limit_seq,
                                 .from_seq = message->from_seq};
    if (!world->clients[number].uplink) {
        return;
    }
    switch (message->kind) {
    case WELCOME:
        event.kind = UPLINK_WELCOME;
        break;
    case RESEND:
        event.kind = UPLINK_RESEND;
        break;
    case ERROR:
        event.kind = UPLINK_REFUSED;
        event.refusal = refusal_of(message);
        break;
    case PONG:
        take_credit(world, number, message);
        return;
    case RECEIPT:
        take_receipt(world, number, message);
        return;
    case HELLO:
    case BATCH:
    case PING:
        assert(false);
        return;
    }
    world_node_step(world, number, &event);
}
