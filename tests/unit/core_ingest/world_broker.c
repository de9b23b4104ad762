#include "unit/core_ingest/world_broker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void world_broker_crash(struct world *world)
{
    struct broker *broker = &world->broker;
    if (broker->ingest && ingest_open(broker->ingest)) {
        world_mark(world, MARK_BROKER_CRASH_WITH_OPEN_GROUP);
    }
    ingest_free(&broker->ingest);
    memcpy(broker->log_count, broker->durable_count, sizeof(broker->log_count));
    broker->up_at_ms = world->now_ms + world_draw_between(world, 1, 1500);
    broker->idle_at_ms = UINT64_MAX;
}

void world_broker_start(struct world *world)
{
    struct broker *broker = &world->broker;
    struct ingest_options options = world->ingest_options;
    options.first_session = broker->session_max;
    if (ingest_new(&options, &broker->ingest) != ERR_OK) {
        abort();
    }
    for (uint32_t i = 0; i < NODES; i++) {
        broker->session[i] = 0;
        if (ingest_load(broker->ingest, i, &broker->stored[i]) != ERR_OK) {
            abort();
        }
    }
    broker->up_at_ms = UINT64_MAX;
}

static void append(struct world *world, const struct ingest_action *action,
                   const struct message *message)
{
    struct broker *broker = &world->broker;
    const uint32_t node = action->node;
    const struct batch *batch = &message->batch;
    const uint32_t count = broker->log_count[node];
    static const struct batch none;
    const struct batch *last = count > 0 ? &broker->log[node][count - 1] : &none;

    if (message->session != broker->session[node]) {
        world_broken(world, "a batch of a fenced session was appended");
    }
    if (batch->first_seq != last->last_seq + 1) {
        world_broken(world, "the log is not 1 to n, each once");
    }
    if (memcmp(batch->previous, last->chain, sizeof(last->chain)) != 0) {
        world_broken(world, "the log's chain is cut");
    }
    if (count == BATCHES_MAX) {
        world_broken(world, "the log holds more than was sealed");
        return;
    }
    broker->log[node][broker->log_count[node]++] = *batch;
    broker->group_session[node] = broker->session[node];
}

static bool committed_step(struct world *world);

/* False when the broker crashed. */
static bool commit(struct world *world)
{
    struct broker *broker = &world->broker;
    if (world_fault(world, world->faults.commit_crash)) {
        world_mark(world, MARK_BROKER_CRASH_BEFORE_COMMIT);
        world_broker_crash(world);
        return false;
    }
    memcpy(broker->durable_count, broker->log_count, sizeof(broker->durable_count));
    for (uint32_t i = 0; i < NODES; i++) {
        broker->stored[i] = ingest_register_of(broker->ingest, i);
    }
    if (world_fault(world, world->faults.commit_crash)) {
        world_mark(world, MARK_BROKER_CRASH_AFTER_COMMIT);
        world_broker_crash(world);
        return false;
    }
    return committed_step(world);
}

static struct message answer(const struct ingest_action *action, enum kind kind)
{
    struct message message = {.kind = kind, .session = action->session};
    assert(action->peer.size == 8);
    memcpy(&message.client, action->peer.bytes, 4);
    memcpy(&message.connection, action->peer.bytes + 4, 4);
    message.limit_seq = action->limit_seq;
    return message;
}

static void send_welcome(struct world *world, const struct ingest_action *action)
{
    struct message message = answer(action, WELCOME);
    if (action->session <= world->broker.session_max) {
        world_broken(world, "a session was given twice");
    }
    world->broker.session_max = action->session;
    world->broker.session[action->node] = action->session;
    message.epoch = action->reg.epoch;
    message.last_seq = action->reg.last_seq;
    world_post(world, &message);
}

static void send_receipt(struct world *world, const struct ingest_action *action)
{
    const struct broker *broker = &world->broker;
    struct message message = answer(action, RECEIPT);
    const struct batch *batch =
        world_log_find(broker, action->node, broker->log_count[action->node], action->first_seq);
    if (!batch) {
        world_broken(world, "a receipt for a batch that is not in the log");
        return;
    }
    if (world->committing && action->session != broker->group_session[action->node]) {
        world_mark(world, MARK_RECEIPT_TO_NEWER_SESSION);
    }
    message.batch = *batch;
    world_post(world, &message);
}

static void send_error(struct world *world, const struct ingest_action *action)
{
    struct message message = answer(action, ERROR);
    message.refusal = action->refusal;
    if (action->refusal == INGEST_FENCED) {
        world_mark(world, MARK_SESSION_FENCED);
    } else if (action->refusal == INGEST_UNKNOWN_SESSION) {
        world_mark(world, MARK_SESSION_UNKNOWN);
    } else if (!world->with_clone) {
        world_broken(world, "an honest node was refused");
    } else if (action->refusal == INGEST_BAD_CHAIN) {
        world_mark(world, MARK_CLONE_BAD_CHAIN);
    } else if (action->refusal == INGEST_DIVERGED) {
        world_mark(world, MARK_CLONE_DIVERGED);
    }
    world_post(world, &message);
}

/* False when the broker crashed, and with it the rest of the effects. */
static bool broker_act(struct world *world, const struct ingest_action *action,
                       const struct message *message)
{
    struct message resend;

    switch (action->kind) {
    case INGEST_SEND_WELCOME:
        send_welcome(world, action);
        return true;
    case INGEST_SEND_PONG:
        resend = answer(action, PONG);
        world_post(world, &resend);
        return true;
    case INGEST_APPEND:
        append(world, action, message);
        return true;
    case INGEST_SEND_RECEIPT:
        send_receipt(world, action);
        return true;
    case INGEST_SEND_RESEND:
        world_mark(world, MARK_RESEND);
        resend = answer(action, RESEND);
        resend.from_seq = action->first_seq;
        world_post(world, &resend);
        return true;
    case INGEST_SEND_ERROR:
        send_error(world, action);
        return true;
    case INGEST_COMMIT:
        return commit(world);
    }
    return false;
}

static bool broker_step(struct world *world, const struct ingest_event *event,
                        const struct message *message, struct ingest_effects *effects)
{
    if (ingest_step(world->broker.ingest, event, effects) != ERR_OK) {
        world_broken(world, "ingest refused an event");
        return true;
    }
    ingest_check(world->broker.ingest);
    for (uint32_t i = 0; i < effects->count; i++) {
        if (!broker_act(world, &effects->actions[i], message)) {
            return false;
        }
    }
    return true;
}

static bool committed_step(struct world *world)
{
    const struct ingest_event event = {.kind = INGEST_COMMITTED};
    world->committing = true;
    const bool up = broker_step(world, &event, NULL, &world->effects[1]);
    world->committing = false;
    return up;
}

void world_broker_idle(struct world *world)
{
    const struct ingest_event event = {.kind = INGEST_IDLE};
    world->broker.idle_at_ms = UINT64_MAX;
    (void)broker_step(world, &event, NULL, &world->effects[0]);
}

/* The chain head behind the node's acknowledged sequence, where the log has it. */
static void add_known_chain(const struct broker *broker, uint64_t acked, struct ingest_event *event)
{
    if (acked == 0) {
        event->has_known_chain = true;
        return;
    }
    for (uint32_t i = 0; i < broker->durable_count[event->node]; i++) {
        const struct batch *batch = &broker->log[event->node][i];
        if (batch->last_seq == acked) {
            event->has_known_chain = true;
            memcpy(event->known_chain, batch->chain, sizeof(event->known_chain));
        }
    }
}

static void add_batch(const struct broker *broker, const struct batch *batch,
                      struct ingest_event *event)
{
    event->first_seq = batch->first_seq;
    event->count = batch->count;
    event->first_person = batch->first_person;
    event->person_count = batch->person_count;
    memcpy(event->previous, batch->previous, sizeof(event->previous));
    memcpy(event->chain, batch->chain, sizeof(event->chain));
    const struct batch *stored =
        world_log_find(broker, event->node, broker->durable_count[event->node], batch->first_seq);
    event->stored_same = stored && world_same_batch(stored, batch);
}

void world_broker_take(struct world *world, const struct message *message)
{
    struct broker *broker = &world->broker;
    if (!broker->ingest) {
        return;
    }
    struct ingest_event event = {
        .node = world->clients[message->client].node, .session = message->session, .epoch = 1};
    event.peer.size = 8;
    memcpy(event.peer.bytes, &message->client, 4);
    memcpy(event.peer.bytes + 4, &message->connection, 4);
    if (message->kind == HELLO) {
        event.kind = INGEST_HELLO;
        event.first_seq = message->position.acked_seq + 1;
        event.last_seq = message->position.head_seq;
        memcpy(event.previous, message->position.chain, sizeof(event.previous));
        add_known_chain(broker, message->position.acked_seq, &event);
    } else if (message->kind == BATCH) {
        event.kind = INGEST_BATCH;
        add_batch(broker, &message->batch, &event);
    } else {
        event.kind = INGEST_PING;
    }
    const uint64_t before = ingest_counters(broker->ingest).batches_duplicate;
    if (!broker_step(world, &event, message, &world->effects[0])) {
        return;
    }
    if (ingest_counters(broker->ingest).batches_duplicate > before) {
        world_mark(world, world->effects[0].count > 0 ? MARK_DUPLICATE_ANSWERED
                                                      : MARK_DUPLICATE_IN_OPEN_GROUP);
    }
    if (!ingest_open(broker->ingest)) {
        return;
    }
    if (world_chance(world, world->idle_percent)) {
        world_broker_idle(world);
    } else if (broker->idle_at_ms == UINT64_MAX) {
        broker->idle_at_ms = world->now_ms + world_draw_between(world, 0, world->idle_ms);
    }
}
