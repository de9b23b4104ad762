#include "unit/core_ingest/world.h"

#include <string.h>

void world_mark(struct world *world, enum conversation_mark which)
{
    world->result->marks[which]++;
}

void world_broken(struct world *world, const char *what)
{
    if (!world->result->broken) {
        world->result->broken = what;
        world->result->at_ms = world->now_ms;
    }
}

/* ---- chance: splitmix64 ---- */

uint64_t world_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t world_draw(struct world *world)
{
    world->random += UINT64_C(0x9e3779b97f4a7c15);
    return world_mix(world->random);
}

uint64_t world_draw_between(struct world *world, uint64_t low, uint64_t high)
{
    assert(low <= high);
    return low + world_draw(world) % (high - low + 1);
}

bool world_chance(struct world *world, uint32_t percent)
{
    return percent != 0 && world_draw(world) % PERCENT < percent;
}

bool world_fault(struct world *world, uint32_t percent)
{
    return !world->healed && world_chance(world, percent);
}

/* ---- the network ---- */

static uint64_t travel_ms(struct world *world, const struct message *message)
{
    struct client *client = &world->clients[message->client];
    uint64_t due_ms = world->now_ms + world_draw_between(world, 0, world->faults.delay_ms);
    if (world_fault(world, world->faults.slow)) {
        due_ms += world_draw_between(world, 0, world->faults.slow_ms);
    }
    uint64_t *last_ms = &client->fifo_ms[message->to_broker ? 1 : 0];
    if ((world->faults.fifo || world->healed) && due_ms < *last_ms) {
        due_ms = *last_ms;
    }
    *last_ms = due_ms;
    return due_ms;
}

void world_post(struct world *world, const struct message *message)
{
    const bool chatter = message->kind == PING || message->kind == PONG;
    if (world->quiet_from_ms != 0 && world->now_ms >= world->quiet_from_ms && !chatter) {
        world_broken(world, "retries do not die down");
    }
    if (world_fault(world, world->faults.loss)) {
        return;
    }
    const uint32_t copies = world_fault(world, world->faults.duplicate) ? 2 : 1;
    for (uint32_t i = 0; i < copies; i++) {
        if (world->message_count == MESSAGES_MAX) {
            world_broken(world, "the network is flooded");
            return;
        }
        struct message *copy = &world->messages[world->message_count++];
        *copy = *message;
        copy->due_ms = travel_ms(world, message);
        copy->order = world->order++;
    }
}

void world_reconnect(struct world *world, uint32_t number, bool new_process)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < world->message_count; i++) {
        const struct message *message = &world->messages[i];
        const bool lost = world->faults.cut_loses || (new_process && !message->to_broker);
        if (message->client != number || !lost) {
            world->messages[kept++] = *message;
        }
    }
    world->message_count = kept;
    world->clients[number].connection++;
}

bool world_same_batch(const struct batch *a, const struct batch *b)
{
    return a->first_seq == b->first_seq && a->last_seq == b->last_seq &&
           memcmp(a->chain, b->chain, sizeof(a->chain)) == 0;
}

const struct batch *world_log_find(const struct broker *broker, uint32_t node, uint32_t count,
                                   uint64_t first_seq)
{
    for (uint32_t i = 0; i < count; i++) {
        if (broker->log[node][i].first_seq == first_seq) {
            return &broker->log[node][i];
        }
    }
    return NULL;
}
