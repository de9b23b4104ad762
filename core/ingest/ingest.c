#include "core/ingest/ingest.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "core/base/mem.h"

/* The happy path is: 1. HELLO gives a session. 2. A BATCH that continues the node's tentative
 * register is APPENDed and moves it. 3. The group is full or nothing more has come: COMMIT.
 * 4. COMMITTED promotes the registers and answers every batch of the group with its receipt.
 *
 * What may go wrong: a batch comes again (its stored receipt goes out again, or nothing while its
 * group is open), comes too early (RESEND, seldom), comes under an older session (FENCED), or
 * belongs to another history (BAD_CHAIN, DIVERGED). None of these touches a register. A commit
 * that fails is never reported here: the process stops, and what was tentative never was. */

/* Out-of-order batches that pass in silence after a RESEND, before the next one. */
static const uint32_t resend_pause_batches = 16;

struct node {
    bool loaded;
    struct ingest_register committed;
    struct ingest_register pending;
    uint64_t session; /* 0: has not greeted since the start */
    uint64_t session_epoch;
    struct ingest_peer peer; /* where the session was last heard */
    bool resend_asked;
    uint32_t resend_passed; /* out-of-order batches since then */
};

/* A batch of the open group. */
struct waiting {
    uint32_t node;
    uint64_t first_seq, last_seq;
    uint8_t chain[32];
};

struct ingest {
    struct ingest_options options;
    struct ingest_counters counters;
    uint64_t session; /* the last one given */
    bool commit_asked;
    uint32_t group_count;
    struct waiting group[GROUP_BATCHES_MAX];
    struct node nodes[];
};

enum err ingest_new(const struct ingest_options *options, struct ingest **out)
{
    assert(options->nodes_max >= 1);
    assert(options->nodes_max <= NODES_MAX);
    assert(options->group_batches_max >= 1);
    assert(options->group_batches_max <= GROUP_BATCHES_MAX);

    size_t bytes = sizeof(struct ingest) + options->nodes_max * sizeof(struct node);
    struct ingest *self = mem_calloc(1, bytes);
    if (!self) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->session = options->first_session;
    *out = self;
    return ERR_OK;
}

void ingest_free(struct ingest **self)
{
    mem_free(*self);
    *self = NULL;
}

enum err ingest_load(struct ingest *self, uint32_t node, const struct ingest_register *reg)
{
    assert(self->group_count == 0);
    assert(reg->epoch != 0 || reg->last_seq == 0);
    assert(reg->epoch != 0 || reg->last_person == 0);

    if (node >= self->options.nodes_max) {
        return ERR_FULL;
    }
    struct node *slot = &self->nodes[node];
    slot->loaded = true;
    slot->committed = *reg;
    slot->pending = slot->committed;
    slot->resend_asked = false;
    /* A session goes on, so that a node revoked in the middle of it is told so; but never under
     * another epoch than the one that it was given for. */
    if (slot->session_epoch != slot->pending.epoch && slot->pending.epoch != 0) {
        slot->session = 0;
    }
    return ERR_OK;
}

static bool same_chain(const uint8_t a[32], const uint8_t b[32])
{
    return memcmp(a, b, 32) == 0;
}

static uint64_t limit_seq(const struct ingest *self, const struct node *node)
{
    uint64_t room = UINT64_MAX - node->committed.last_seq;
    uint64_t credit = self->options.credit_events;
    return node->committed.last_seq + (credit < room ? credit : room);
}

/* The next action, with all that every kind of answer to the event has in common. */
static struct ingest_action *add_action(struct ingest_effects *effects,
                                        enum ingest_action_kind kind,
                                        const struct ingest_event *event)
{
    assert(effects->count < INGEST_ACTIONS_MAX);
    struct ingest_action *action = &effects->actions[effects->count++];
    *action = (struct ingest_action){.kind = kind,
                                     .peer = event->peer,
                                     .node = event->node,
                                     .session = event->session,
                                     .first_seq = event->first_seq};
    return action;
}

static void add_error(struct ingest_effects *effects, const struct ingest_event *event,
                      enum ingest_refusal refusal)
{
    add_action(effects, INGEST_SEND_ERROR, event)->refusal = refusal;
}

static void add_receipt(const struct ingest *self, uint32_t number, uint64_t first_seq,
                        struct ingest_effects *effects)
{
    assert(effects->count < INGEST_ACTIONS_MAX);
    const struct node *node = &self->nodes[number];
    effects->actions[effects->count++] = (struct ingest_action){.kind = INGEST_SEND_RECEIPT,
                                                                .peer = node->peer,
                                                                .node = number,
                                                                .session = node->session,
                                                                .first_seq = first_seq,
                                                                .limit_seq = limit_seq(self, node)};
}

/* Whether a HELLO must be refused, and why. The epoch is compared with what it will be when the
 * open group commits: a second first epoch may not slip in before that. */
static bool hello_refused(const struct node *node, const struct ingest_event *event,
                          enum ingest_refusal *refusal)
{
    const struct ingest_register *committed = &node->committed;
    const uint64_t epoch = node->pending.epoch;
    const uint64_t acked = event->first_seq - 1; /* first_seq 0 wraps to ahead of everything */

    if (committed->revoked) {
        *refusal = INGEST_REVOKED;
        return true;
    }
    if (epoch != 0 && event->epoch < epoch) {
        *refusal = INGEST_FENCED;
        return true;
    }
    *refusal = INGEST_DIVERGED;
    if (event->epoch == 0 || (epoch != 0 && event->epoch > epoch)) {
        return true;
    }
    if (acked > committed->last_seq) {
        return true;
    }
    return event->has_known_chain && !same_chain(event->known_chain, event->previous);
}

static void step_hello(struct ingest *self, const struct ingest_event *event,
                       struct ingest_effects *effects)
{
    struct node *node = &self->nodes[event->node];
    enum ingest_refusal refusal;

    self->counters.hellos++;
    if (hello_refused(node, event, &refusal)) {
        add_error(effects, event, refusal);
        return;
    }
    assert(self->session < UINT64_MAX);
    node->session = ++self->session;
    node->session_epoch = event->epoch;
    node->peer = event->peer;
    node->resend_asked = false;

    struct ingest_action *action = add_action(effects, INGEST_SEND_WELCOME, event);
    action->session = node->session;
    action->reg = node->committed;
    action->limit_seq = limit_seq(self, node);
}

/* Whether a message under a session must be refused, and why. */
static bool session_refused(const struct node *node, const struct ingest_event *event,
                            enum ingest_refusal *refusal)
{
    if (node->session == 0 || event->session == 0 || event->session > node->session) {
        *refusal = INGEST_UNKNOWN_SESSION;
        return true;
    }
    if (event->session < node->session) {
        *refusal = INGEST_FENCED;
        return true;
    }
    if (node->committed.revoked) {
        *refusal = INGEST_REVOKED;
        return true;
    }
    return false;
}

/* Whether a batch is one that no node of ours could have sealed. */
static bool batch_impossible(const struct ingest_event *event)
{
    if (event->count == 0 || event->count > BATCH_EVENTS_MAX || event->first_seq == 0) {
        return true;
    }
    return event->first_seq > UINT64_MAX - (event->count - 1);
}

static bool persons_continue(const struct ingest_register *reg, const struct ingest_event *event)
{
    if (event->person_count == 0) {
        return true;
    }
    const uint64_t next = (uint64_t)reg->last_person + 1;
    return event->first_person == next && event->person_count <= UINT32_MAX - reg->last_person;
}

static void refuse_batch(struct ingest *self, const struct ingest_event *event,
                         enum ingest_refusal refusal, struct ingest_effects *effects)
{
    self->counters.batches_refused++;
    add_error(effects, event, refusal);
}

static void ask_commit(struct ingest *self, struct ingest_effects *effects)
{
    assert(self->group_count > 0);
    assert(!self->commit_asked);
    assert(effects->count < INGEST_ACTIONS_MAX);
    self->commit_asked = true;
    effects->actions[effects->count++] = (struct ingest_action){.kind = INGEST_COMMIT};
}

/* A batch that begins right behind the tentative register. */
static void take_next(struct ingest *self, const struct ingest_event *event,
                      struct ingest_effects *effects)
{
    struct node *node = &self->nodes[event->node];
    struct ingest_register *pending = &node->pending;

    if (!same_chain(event->previous, pending->chain)) {
        refuse_batch(self, event, INGEST_BAD_CHAIN, effects);
        return;
    }
    if (!persons_continue(pending, event)) {
        refuse_batch(self, event, INGEST_BAD_PERSONS, effects);
        return;
    }
    pending->epoch = node->session_epoch;
    pending->last_seq += event->count;
    pending->last_person += event->person_count;
    memcpy(pending->chain, event->chain, sizeof(pending->chain));
    node->resend_asked = false;

    assert(self->group_count < self->options.group_batches_max);
    struct waiting *waiting = &self->group[self->group_count++];
    *waiting = (struct waiting){
        .node = event->node, .first_seq = event->first_seq, .last_seq = pending->last_seq};
    memcpy(waiting->chain, event->chain, sizeof(waiting->chain));

    self->counters.batches_appended++;
    add_action(effects, INGEST_APPEND, event);
    if (self->group_count == self->options.group_batches_max) {
        ask_commit(self, effects);
    }
}

/* A batch with others missing before it. Everything behind one lost batch comes here: one RESEND
 * fetches it all again, so the rest passes in silence for a while. */
static void ask_missing(struct ingest *self, const struct ingest_event *event,
                        struct ingest_effects *effects)
{
    struct node *node = &self->nodes[event->node];

    self->counters.gaps++;
    if (node->resend_asked && node->resend_passed < resend_pause_batches) {
        node->resend_passed++;
        return;
    }
    node->resend_asked = true;
    node->resend_passed = 0;
    add_action(effects, INGEST_SEND_RESEND, event)->first_seq = node->pending.last_seq + 1;
}

/* Whether the open group holds this very batch. The chain behind it covers all that it says. */
static bool group_holds(const struct ingest *self, const struct ingest_event *event)
{
    for (uint32_t i = 0; i < self->group_count; i++) {
        const struct waiting *waiting = &self->group[i];
        if (waiting->node == event->node && waiting->first_seq == event->first_seq) {
            return same_chain(waiting->chain, event->chain);
        }
    }
    return false;
}

/* A batch that begins at or below the tentative register. */
static void take_again(struct ingest *self, const struct ingest_event *event,
                       struct ingest_effects *effects)
{
    const struct node *node = &self->nodes[event->node];
    const uint64_t last_seq = event->first_seq + event->count - 1;

    if (last_seq <= node->committed.last_seq) {
        if (event->stored_same) {
            self->counters.batches_duplicate++;
            add_receipt(self, event->node, event->first_seq, effects);
            return;
        }
    } else if (group_holds(self, event)) {
        self->counters.batches_duplicate++; /* its receipt comes with COMMITTED */
        return;
    }
    refuse_batch(self, event, INGEST_DIVERGED, effects);
}

static void step_batch(struct ingest *self, const struct ingest_event *event,
                       struct ingest_effects *effects)
{
    struct node *node = &self->nodes[event->node];
    enum ingest_refusal refusal;

    if (session_refused(node, event, &refusal)) {
        refuse_batch(self, event, refusal, effects);
        return;
    }
    /* ZeroMQ reconnects by itself, under a new routing id: the answers go where the session was
     * heard last. */
    node->peer = event->peer;
    if (event->epoch != node->session_epoch) {
        refuse_batch(self, event, INGEST_FENCED, effects);
        return;
    }
    if (batch_impossible(event)) {
        refuse_batch(self, event, INGEST_BAD_BATCH, effects);
        return;
    }
    const uint64_t before = event->first_seq - 1;
    if (before > node->pending.last_seq) {
        ask_missing(self, event, effects);
    } else if (before == node->pending.last_seq) {
        take_next(self, event, effects);
    } else {
        take_again(self, event, effects);
    }
}

static void step_ping(struct ingest *self, const struct ingest_event *event,
                      struct ingest_effects *effects)
{
    struct node *node = &self->nodes[event->node];
    enum ingest_refusal refusal;

    if (session_refused(node, event, &refusal)) {
        add_error(effects, event, refusal);
        return;
    }
    node->peer = event->peer;
    add_action(effects, INGEST_SEND_PONG, event)->limit_seq = limit_seq(self, node);
}

/* Receipts go to the session that the node has now: it may have greeted again since. */
static void step_committed(struct ingest *self, struct ingest_effects *effects)
{
    assert(self->group_count > 0);
    for (uint32_t i = 0; i < self->group_count; i++) {
        struct node *node = &self->nodes[self->group[i].node];
        node->committed = node->pending;
    }
    for (uint32_t i = 0; i < self->group_count; i++) {
        add_receipt(self, self->group[i].node, self->group[i].first_seq, effects);
    }
    self->counters.commits++;
    self->group_count = 0;
    self->commit_asked = false;
}

static bool names_node(enum ingest_event_kind kind)
{
    return kind != INGEST_IDLE && kind != INGEST_COMMITTED;
}

enum err ingest_step(struct ingest *self, const struct ingest_event *event,
                     struct ingest_effects *effects)
{
    effects->count = 0;
    if (self->commit_asked != (event->kind == INGEST_COMMITTED)) {
        return ERR_STATE;
    }
    if (names_node(event->kind) &&
        (event->node >= self->options.nodes_max || !self->nodes[event->node].loaded)) {
        return ERR_NOT_FOUND;
    }
    switch (event->kind) {
    case INGEST_HELLO:
        step_hello(self, event, effects);
        break;
    case INGEST_BATCH:
        step_batch(self, event, effects);
        break;
    case INGEST_BROKEN:
        refuse_batch(self, event, INGEST_BAD_BATCH, effects);
        break;
    case INGEST_PING:
        step_ping(self, event, effects);
        break;
    case INGEST_IDLE:
        if (self->group_count > 0) {
            ask_commit(self, effects);
        }
        break;
    case INGEST_COMMITTED:
        step_committed(self, effects);
        break;
    }
    assert(self->commit_asked || self->group_count < self->options.group_batches_max);
    return ERR_OK;
}

bool ingest_open(const struct ingest *self)
{
    return self->group_count > 0;
}

struct ingest_register ingest_register_of(const struct ingest *self, uint32_t node)
{
    assert(node < self->options.nodes_max);
    return self->nodes[node].pending;
}

struct ingest_counters ingest_counters(const struct ingest *self)
{
    return self->counters;
}

uint64_t ingest_deadline_ms(const struct ingest *self)
{
    (void)self;
    return UINT64_MAX;
}

/* What the group holds of a node leads without a gap from what is committed to what is pending. */
static void check_node(const struct ingest *self, uint32_t number)
{
    const struct node *node = &self->nodes[number];
    uint64_t last_seq = node->committed.last_seq;

    for (uint32_t i = 0; i < self->group_count; i++) {
        const struct waiting *waiting = &self->group[i];
        if (waiting->node == number) {
            assert(waiting->first_seq == last_seq + 1);
            assert(waiting->last_seq >= waiting->first_seq);
            last_seq = waiting->last_seq;
        }
    }
    assert(last_seq == node->pending.last_seq);
    assert(node->pending.last_person >= node->committed.last_person);
    assert(node->pending.epoch == node->committed.epoch || node->committed.epoch == 0);
    if (last_seq == node->committed.last_seq) {
        assert(same_chain(node->pending.chain, node->committed.chain));
        assert(node->pending.last_person == node->committed.last_person);
    }
    assert(node->session <= self->session);
    if (node->session != 0 && node->pending.epoch != 0) {
        assert(node->session_epoch == node->pending.epoch);
    }
}

void ingest_check(const struct ingest *self)
{
    assert(self->group_count <= self->options.group_batches_max);
    assert(!self->commit_asked || self->group_count > 0);
    for (uint32_t i = 0; i < self->group_count; i++) {
        assert(self->group[i].node < self->options.nodes_max);
        assert(self->nodes[self->group[i].node].session != 0);
    }
    for (uint32_t i = 0; i < self->options.nodes_max; i++) {
        if (self->nodes[i].loaded) {
            check_node(self, i);
        }
    }
}
