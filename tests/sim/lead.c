#include "tests/sim/lead.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/codec.h"
#include "proto/sealing.h"
#include "tests/sim/programme.h"

enum { PATIENCE_MS = 2000, BODY_BYTES_MAX = 4 << 20, ARENA_BYTES = 4 << 20, STEP_MS = 50 };

const char lead_broker_endpoint[] = "tcp://sim:5570";
const char lead_admin_endpoint[] = "ipc://sim-admin";
const char lead_feed_endpoint[] = "ipc://sim-feed";

static const uint64_t decided_at_ms = UINT64_C(86400000) * WORLD_EPOCH_DAY;

static void fill_join(struct lead *self, uint32_t number, struct chance *chance)
{
    struct join_file *join = &self->joins[number];
    struct transport_keys transport;
    struct signing_keys signing;
    keys_transport(self->broker_transport_seed, &transport);
    keys_signing(self->broker_signing_seed, &signing);
    snprintf(join->broker, sizeof join->broker, "%s", lead_broker_endpoint);
    memcpy(join->broker_transport_key, transport.public_key, KEY_BYTES);
    memcpy(join->broker_signing_key, signing.public_key, KEY_BYTES);
    memcpy(join->administrators[0], self->signing.public_key, KEY_BYTES);
    join->administrator_count = 1;
    chance_fill(chance, join->node, sizeof join->node);
    snprintf(join->name, sizeof join->name, "node-%u", number);
    snprintf(join->partner, sizeof join->partner, "%s",
             programme_partners[number % PROGRAMME_PARTNERS]);
    chance_fill(chance, join->signing_seed, KEY_BYTES);
    join->signing_key_number = 1;
    chance_fill(chance, join->transport_seed, KEY_BYTES);
    chance_fill(chance, join->row_key, KEY_BYTES);
    snprintf(join->programmes[0].programme, sizeof join->programmes[0].programme, "%s",
             programme_id);
    memcpy(join->programmes[0].key, self->programme_key, KEY_BYTES);
    join->programmes[0].key_number = 1;
    join->programme_count = 1;
}

void lead_init(struct lead *self, uint32_t node_count)
{
    struct chance chance;
    chance_init(&chance, world.seed, 600);
    *self = (struct lead){.node_count = node_count, .answer = {.bytes_max = BODY_BYTES_MAX}};
    uint8_t *const secrets[] = {self->signing_seed, self->broker_signing_seed,
                                self->broker_transport_seed, self->people_key, self->programme_key};
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        chance_fill(&chance, secrets[i], KEY_BYTES);
    }
    keys_signing(self->signing_seed, &self->signing);
    memcpy(self->administrators[0], self->signing.public_key, KEY_BYTES);
    for (uint32_t i = 0; i < node_count; i++) {
        fill_join(self, i, &chance);
    }
    lead_want(self, LEAD_STATUS, 0);
    lead_want(self, LEAD_PROGRAMME, 1);
    for (uint32_t i = 0; i < node_count; i++) {
        lead_want(self, LEAD_ENROL, i);
    }
}

void lead_fini(struct lead *self)
{
    link_close(&self->link);
    buffer_fini(&self->answer);
    json_decref(self->lines);
    self->lines = NULL;
}

void lead_want(struct lead *self, enum lead_verb verb, uint32_t number)
{
    assert(self->task_count < LEAD_TASKS_MAX);
    self->tasks[self->task_count++] = (struct lead_task){.verb = verb, .number = number};
}

/* ---- decisions ---- */

static void fill_enrolment(const struct lead *self, const struct lead_task *task,
                           struct node_enrolment *out)
{
    const struct join_file *join = &self->joins[task->number];
    struct transport_keys transport;
    struct signing_keys signing;
    keys_transport(join->transport_seed, &transport);
    keys_signing(join->signing_seed, &signing);
    memcpy(out->node, join->node, ID_BYTES);
    out->partner = bytes_text(join->partner);
    out->name = bytes_text(join->name);
    out->programmes[0] = bytes_text(programme_id);
    out->programme_count = task->verb == LEAD_ENROL ? 1 : 0;
    out->signing_key_number = 1;
    memcpy(out->signing_key, signing.public_key, KEY_BYTES);
    memcpy(out->transport_key, transport.public_key, KEY_BYTES);
}

/* The signed decision of a task, appended to out. */
static void write_decision(const struct lead *self, const struct lead_task *task,
                           struct buffer *out)
{
    static struct decision decision;
    static char yaml[PROGRAMME_YAML_BYTES];
    struct buffer body = {.bytes_max = BODY_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    /* Later than all that were answered; sent again it is the same, byte for byte. */
    decision = (struct decision){.decided_at_ms = decided_at_ms + self->done_count,
                                 .kind = DECISION_ENROLMENT};
    memcpy(decision.exchange, self->exchange, ID_BYTES);
    if (task->verb == LEAD_PROGRAMME) {
        programme_yaml(task->number, yaml);
        decision.kind = DECISION_PROGRAMME;
        decision.programme = (struct programme_file){.programme = bytes_text(programme_id),
                                                     .yaml = bytes_text(yaml),
                                                     .regions = bytes_text(programme_regions),
                                                     .pseudonym_key = 1};
        keys_check(self->programme_key, bytes_text(programme_id), decision.programme.key_check);
    } else if (task->verb == LEAD_MERGE || task->verb == LEAD_SPLIT) {
        const bool merge = task->verb == LEAD_MERGE;
        decision.kind = merge ? DECISION_PEOPLE_MERGE : DECISION_PEOPLE_SPLIT;
        decision.people.programme = bytes_text(programme_id);
        decision.people.count = merge ? 2 : 1;
        memcpy(decision.people.people, merge ? &self->pair[0] : &self->pair[1],
               decision.people.count * sizeof self->pair[0]);
    } else {
        fill_enrolment(self, task, &decision.enrolment);
    }
    enum err err = codec_decision_encode(&decision, &body);
    assert(err == ERR_OK);
    err = sealing_sign(SEAL_DECISION, buffer_bytes(&body), self->signing.secret, signature);
    assert(err == ERR_OK);
    struct signed_decision outer = {.body = buffer_bytes(&body),
                                    .signature = bytes_of(signature, sizeof signature)};
    memcpy(outer.administrator, self->signing.public_key, KEY_BYTES);
    err = codec_signed_decision_encode(&outer, out);
    assert(err == ERR_OK);
    buffer_fini(&body);
}

/* ---- asking ---- */

static void ask(struct lead *self)
{
    const struct lead_task *task = &self->tasks[0];
    const bool decides = task->verb != LEAD_STATUS && task->verb != LEAD_LINES;
    struct buffer data = {.bytes_max = BODY_BYTES_MAX}, body = {.bytes_max = BODY_BYTES_MAX};
    uint8_t header[FRAME_HEADER_BYTES];
    if (decides) {
        write_decision(self, task, &data);
        if (self->asked) {
            world_mark(MARK_DECISION_SENT_AGAIN);
        }
    }
    const struct query query = {.verb = bytes_text(decides                     ? "submit"
                                                   : task->verb == LEAD_STATUS ? "status"
                                                                               : "lines"),
                                .json = bytes_text("{}"),
                                .data = buffer_bytes(&data)};
    enum err err = codec_query_encode(&query, &body);
    assert(err == ERR_OK);
    const struct frame_header frame = {.type = MESSAGE_QUERY, .correlation = ++self->correlation};
    codec_frame_header_put(&frame, header);
    /* Where the broker is down, patience brings the next try. */
    err = link_send(self->link, NULL, bytes_of(header, sizeof header), buffer_bytes(&body));
    assert(err == ERR_OK || err == ERR_UNREACHABLE || err == ERR_FULL);
    self->asked = self->asked || err == ERR_OK;
    self->asked_at_ms = world.now_ms;
    buffer_clear(&self->answer);
    buffer_fini(&data);
    buffer_fini(&body);
}

static void take_json(struct lead *self, const struct answer *answer, json_t *json)
{
    const struct lead_task task = self->tasks[0];
    if (answer->status != 0) {
        if (answer->status == 75) {
            /* Try again later: the broker's disk is full. */
            return;
        }
        world_fail("the broker refuses the administrator's task %d: %s", (int)task.verb,
                   json_dumps(json, 0));
    }
    if (task.verb == LEAD_STATUS) {
        const char *hex = json_string_value(json_object_get(json, "exchange"));
        const enum err err = bytes_from_hex(bytes_text(hex), self->exchange, ID_BYTES);
        assert(err == ERR_OK);
        self->knows_exchange = true;
        for (uint32_t i = 0; i < self->node_count; i++) {
            memcpy(self->joins[i].exchange, self->exchange, ID_BYTES);
        }
    } else if (task.verb == LEAD_PROGRAMME) {
        self->version = task.number;
        world_mark(task.number > 1 ? MARK_VERSION_CHANGED : MARK_FILE_READ);
    } else if (task.verb == LEAD_MERGE) {
        world_mark(MARK_PEOPLE_MERGED);
    } else if (task.verb == LEAD_LINES) {
        json_decref(self->lines);
        self->lines = json_incref(json_object_get(json, "lines"));
    }
    world_say("the lead's task %d (%u) is done", (int)task.verb, task.number);
    self->task_count--;
    self->done_count++;
    memmove(self->tasks, self->tasks + 1, self->task_count * sizeof self->tasks[0]);
    self->asked = false;
    self->asked_at_ms = 0;
}

static void take_answer(struct lead *self, const struct link_message *message, struct arena *arena)
{
    struct frame_header frame;
    struct answer answer;
    enum err err = codec_frame_header_get(message->header, &frame);
    assert(err == ERR_OK && frame.type == MESSAGE_ANSWER);
    if (frame.correlation != self->correlation || self->task_count == 0) {
        return;
    }
    err = codec_answer_decode(message->body, arena, &answer);
    assert(err == ERR_OK);
    err = buffer_add(&self->answer, answer.json);
    assert(err == ERR_OK);
    if (!answer.more) {
        json_t *json = json_loadb((const char *)self->answer.data, self->answer.size, 0, NULL);
        assert(json != NULL);
        take_json(self, &answer, json);
        json_decref(json);
    }
}

void lead_turn(struct lead *self)
{
    struct link_message message;
    struct arena *arena = NULL;
    if (self->link == NULL) {
        const struct link_options options = {.endpoint = lead_admin_endpoint,
                                             .body_bytes_max = BODY_BYTES_MAX};
        const enum err err = link_connect(&options, &self->link);
        assert(err == ERR_OK);
    }
    while (link_ready(self->link)) {
        if (arena == NULL) {
            const enum err err = arena_new(ARENA_BYTES, &arena);
            assert(err == ERR_OK);
        }
        const enum err err = link_receive(self->link, &message);
        assert(err == ERR_OK);
        take_answer(self, &message, arena);
        arena_reset(arena);
    }
    arena_free(&arena);
    if (self->task_count > 0 &&
        (self->asked_at_ms == 0 || world.now_ms >= self->asked_at_ms + PATIENCE_MS)) {
        ask(self);
    }
}

uint64_t lead_deadline_ms(const struct lead *self)
{
    return self->task_count > 0 ? world.now_ms + STEP_MS : UINT64_MAX;
}
