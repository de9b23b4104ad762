#include "e2e/support/exchange_here.h"

#include <ftw.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/programme_file.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/link.h"
#include "io/log.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"
#include "proto/version.h"

enum {
    SETTLE_MS = 30000,
    DESCRIPTORS_MAX =
        BROKER_DESCRIPTORS_MAX + HERE_NODES_MAX * NODE_DESCRIPTORS_MAX + HERE_WATCHED_MAX
};

static void wait_a_little(struct here *self)
{
    int descriptors[DESCRIPTORS_MAX];
    struct pollfd polled[DESCRIPTORS_MAX];
    uint32_t count = 0;
    bool ready = false;
    if (self->broker != NULL) {
        ready = broker_ready(self->broker);
        count = broker_descriptors(self->broker, descriptors);
    }
    for (uint32_t i = 0; i < self->node_count; i++) {
        if (self->nodes[i] != NULL) {
            ready = node_ready(self->nodes[i]) || ready;
            count += node_descriptors(self->nodes[i], descriptors + count);
        }
    }
    for (uint32_t i = 0; i < HERE_WATCHED_MAX; i++) {
        if (self->watched[i] != NULL) {
            ready = link_ready(self->watched[i]) || ready;
            descriptors[count++] = link_descriptor(self->watched[i]);
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        polled[i] = (struct pollfd){.fd = descriptors[i], .events = POLLIN};
    }
    poll(polled, count, ready ? 0 : 20);
}

void here_turn(struct here *self)
{
    if (self->broker != NULL) {
        assert_int_equal(ERR_OK, broker_turn(self->broker));
    }
    for (uint32_t i = 0; i < self->node_count; i++) {
        if (self->nodes[i] != NULL) {
            assert_int_equal(ERR_OK, node_turn(self->nodes[i]));
        }
    }
    wait_a_little(self);
}

static bool settled(struct here *self)
{
    for (uint32_t i = 0; i < self->node_count; i++) {
        if (self->nodes[i] != NULL) {
            const struct node_standing standing = node_standing(self->nodes[i]);
            if (standing.state != UPLINK_READY || standing.acked_seq != standing.head_seq) {
                return false;
            }
        }
    }
    return true;
}

void here_settle(struct here *self)
{
    const uint64_t end = clock_monotonic_ms() + SETTLE_MS;
    do {
        here_turn(self);
        assert_true(clock_monotonic_ms() < end);
    } while (!settled(self));
}

void here_broker_open(struct here *self)
{
    char store[128], people[128];
    snprintf(store, sizeof store, "%s/store", self->folder);
    snprintf(people, sizeof people, "%s/people", self->folder);
    struct signing_keys administrator;
    keys_signing(self->administrator, &administrator);
    uint8_t administrators[1][32];
    memcpy(administrators[0], administrator.public_key, 32);
    const struct broker_options options = {
        .store_path = store,
        .people_path = people,
        .store_bytes_max = 1 << 28,
        .listen = self->endpoint[0] != '\0' ? self->endpoint : "tcp://127.0.0.1:*",
        .admin = self->admin,
        .signing_seed = self->broker_signing,
        .transport_seed = self->broker_transport,
        .people_key = self->broker_people,
        .administrators = (const uint8_t(*)[32])administrators,
        .administrator_count = 1};
    assert_int_equal(ERR_OK, broker_open(&options, &self->broker));
    snprintf(self->endpoint, sizeof self->endpoint, "%s", broker_endpoint(self->broker));
}

void here_broker_again(struct here *self)
{
    broker_close(&self->broker);
    here_broker_open(self);
}

/* Sends one question on a socket of its own and turns the broker until the answer is there. */
static json_t *ask(struct here *self, const struct query *query, uint32_t *status)
{
    const struct link_options options = {.endpoint = self->admin,
                                         .body_bytes_max = FRAME_BYTES_MAX};
    struct link *link = NULL;
    struct arena *arena = NULL;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX}, text = {.bytes_max = 1 << 28};
    uint8_t header[FRAME_HEADER_BYTES];
    struct link_message message;
    struct answer answer = {.more = true};
    const struct frame_header frame = {.type = MESSAGE_QUERY, .correlation = 7};
    assert_int_equal(ERR_OK, link_connect(&options, &link));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &arena));
    assert_int_equal(ERR_OK, codec_query_encode(query, &body));
    codec_frame_header_put(&frame, header);
    while (link_send(link, NULL, bytes_of(header, sizeof header), buffer_bytes(&body)) != ERR_OK) {
        poll(NULL, 0, 1);
    }
    while (answer.more) {
        here_turn(self);
        while (answer.more && link_receive(link, &message) == ERR_OK) {
            arena_reset(arena);
            assert_int_equal(ERR_OK, codec_answer_decode(message.body, arena, &answer));
            assert_int_equal(ERR_OK, buffer_add(&text, answer.json));
        }
    }
    *status = answer.status;
    json_t *json = json_loadb((const char *)text.data, text.size, 0, NULL);
    buffer_fini(&body);
    buffer_fini(&text);
    arena_free(&arena);
    link_close(&link);
    return json;
}

json_t *here_ask(struct here *self, const char *verb, const char *request)
{
    const struct query query = {.verb = bytes_text(verb), .json = bytes_text(request)};
    uint32_t status = 0;
    json_t *json = ask(self, &query, &status);
    assert_int_equal(0, status);
    return json;
}

static void submit(struct here *self, struct decision *decision)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX}, data = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    struct signing_keys keys;
    uint32_t status = 99;
    keys_signing(self->administrator, &keys);
    const uint64_t now_ms = clock_wall_ms();
    self->decided_at_ms = now_ms > self->decided_at_ms ? now_ms : self->decided_at_ms + 1;
    decision->decided_at_ms = self->decided_at_ms;
    memcpy(decision->exchange, self->exchange, ID_BYTES);
    assert_int_equal(ERR_OK, codec_decision_encode(decision, &body));
    assert_int_equal(ERR_OK,
                     sealing_sign(SEAL_DECISION, buffer_bytes(&body), keys.secret, signature));
    struct signed_decision outer = {.body = buffer_bytes(&body),
                                    .signature = bytes_of(signature, sizeof signature)};
    memcpy(outer.administrator, keys.public_key, 32);
    assert_int_equal(ERR_OK, codec_signed_decision_encode(&outer, &data));
    const struct query query = {.verb = bytes_text("submit"), .data = buffer_bytes(&data)};
    json_t *json = ask(self, &query, &status);
    if (status != 0) {
        print_error("%s\n", json_dumps(json, 0));
    }
    assert_int_equal(0, status);
    json_decref(json);
    buffer_fini(&body);
    buffer_fini(&data);
}

void here_programme(struct here *self, struct bytes yaml, struct bytes regions)
{
    struct decision *decision = calloc(1, sizeof *decision);
    decision->kind = DECISION_PROGRAMME;
    decision->programme = (struct programme_file){
        .programme = bytes_text("ABC"), .yaml = yaml, .regions = regions, .pseudonym_key = 1};
    keys_check(self->programme_key, bytes_text("ABC"), decision->programme.key_check);
    version_digest(yaml, regions, self->programme_digest);
    submit(self, decision);
    free(decision);
}

void here_begin(struct here *self)
{
    struct buffer yaml = {.bytes_max = 1 << 20}, regions = {.bytes_max = 1 << 20};
    struct config_fault fault;
    *self = (struct here){.folder = "/tmp/ogniwo-e2e-XXXXXX"};
    assert_int_equal(ERR_OK, sealing_start());
    assert_non_null(mkdtemp(self->folder));
    snprintf(self->admin, sizeof self->admin, "ipc://%s/broker.sock", self->folder);
    log_level_set(getenv("OGNIWO_TEST_LOG") != NULL ? LOG_DEBUG : LOG_ERROR);
    entropy_fill(self->broker_signing, 32);
    entropy_fill(self->broker_transport, 32);
    entropy_fill(self->broker_people, 32);
    entropy_fill(self->administrator, 32);
    entropy_fill(self->programme_key, 32);
    here_broker_open(self);
    json_t *status = here_ask(self, "digest", "{}");
    assert_int_equal(
        ERR_OK, bytes_from_hex(bytes_text(json_string_value(json_object_get(status, "exchange"))),
                               self->exchange, ID_BYTES));
    json_decref(status);
    assert_int_equal(ERR_OK, programme_file_read(SOURCE_DIR "/config/programmes/abc.yaml", &yaml,
                                                 &regions, &fault));
    here_programme(self, buffer_bytes(&yaml), buffer_bytes(&regions));
    buffer_fini(&yaml);
    buffer_fini(&regions);
}

static int remove_one(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(path);
}

void here_end(struct here *self)
{
    for (uint32_t i = 0; i < self->node_count; i++) {
        node_close(&self->nodes[i]);
    }
    broker_close(&self->broker);
    nftw(self->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void here_node_open(struct here *self, uint32_t number)
{
    char store[128];
    snprintf(store, sizeof store, "%s/node-%u", self->folder, number);
    const struct node_options options = {.join = &self->joins[number],
                                         .store_path = store,
                                         .store_bytes_max = 1 << 28,
                                         .connect = true};
    assert_int_equal(ERR_OK, node_open(&options, &self->nodes[number]));
}

static void fill_join(struct here *self, const char *partner, struct join_file *join)
{
    struct signing_keys broker, administrator;
    struct transport_keys server;
    entropy_fill(join->node, sizeof join->node);
    entropy_fill(join->signing_seed, 32);
    entropy_fill(join->transport_seed, 32);
    entropy_fill(join->row_key, 32);
    keys_signing(self->broker_signing, &broker);
    keys_transport(self->broker_transport, &server);
    keys_signing(self->administrator, &administrator);
    memcpy(join->exchange, self->exchange, 16);
    snprintf(join->broker, sizeof join->broker, "%s", self->endpoint);
    memcpy(join->broker_transport_key, server.public_key, 32);
    memcpy(join->broker_signing_key, broker.public_key, 32);
    memcpy(join->administrators[0], administrator.public_key, 32);
    join->administrator_count = 1;
    snprintf(join->name, sizeof join->name, "%s-%u", partner, self->node_count);
    snprintf(join->partner, sizeof join->partner, "%s", partner);
    join->signing_key_number = 1;
    join->programme_count = 1;
    snprintf(join->programmes[0].programme, sizeof join->programmes[0].programme, "ABC");
    memcpy(join->programmes[0].key, self->programme_key, 32);
    join->programmes[0].key_number = 1;
}

void here_enrol_again(struct here *self, uint32_t number, const char *programme)
{
    const struct join_file *join = &self->joins[number];
    struct signing_keys signing;
    struct transport_keys transport;
    struct decision *decision = calloc(1, sizeof *decision);
    struct node_enrolment *enrolment = &decision->enrolment;
    keys_signing(join->signing_seed, &signing);
    keys_transport(join->transport_seed, &transport);
    decision->kind = DECISION_ENROLMENT;
    memcpy(enrolment->node, join->node, ID_BYTES);
    enrolment->partner = bytes_text(join->partner);
    enrolment->name = bytes_text(join->name);
    enrolment->programmes[0] = bytes_text(programme);
    enrolment->programme_count = 1;
    enrolment->signing_key_number = join->signing_key_number;
    memcpy(enrolment->signing_key, signing.public_key, 32);
    memcpy(enrolment->transport_key, transport.public_key, 32);
    submit(self, decision);
    free(decision);
}

void here_revoke(struct here *self, uint32_t number)
{
    struct decision *decision = calloc(1, sizeof *decision);
    decision->kind = DECISION_REVOCATION;
    memcpy(decision->revoked_node, self->joins[number].node, ID_BYTES);
    submit(self, decision);
    free(decision);
}

uint32_t here_enrol_only(struct here *self, const char *partner)
{
    const uint32_t number = self->node_count++;
    assert_true(number < HERE_NODES_MAX);
    fill_join(self, partner, &self->joins[number]);
    here_enrol_again(self, number, "ABC");
    return number;
}

uint32_t here_enrol(struct here *self, const char *partner)
{
    const uint32_t number = here_enrol_only(self, partner);
    here_node_open(self, number);
    return number;
}

struct report here_import_file(struct here *self, uint32_t number, const struct node_file *file)
{
    struct report report;
    assert_int_equal(ERR_OK, node_import(self->nodes[number], file, &report));
    assert_int_equal(report.rows_read,
                     report.accepted + report.corrected + report.known + report.rejected);
    return report;
}

struct report here_import(struct here *self, uint32_t number, const char *name, const char *text)
{
    const struct node_file file = {.name = name, .content = bytes_text(text)};
    return here_import_file(self, number, &file);
}

struct wanted_report {
    uint32_t file;
    bool found;
    struct report report;
};

static void pick_report(void *context, const json_t *json)
{
    struct wanted_report *wanted = context;
    if ((uint32_t)json_integer_value(json_object_get(json, "number")) == wanted->file) {
        assert_int_equal(ERR_OK, report_read(json, &wanted->report));
        wanted->found = true;
    }
}

struct report here_report(struct here *self, uint32_t number, uint32_t file)
{
    struct wanted_report wanted = {.file = file};
    assert_int_equal(ERR_OK, node_reports(self->nodes[number], pick_report, &wanted));
    assert_true(wanted.found);
    assert_int_equal(wanted.report.rows_read, wanted.report.accepted + wanted.report.corrected +
                                                  wanted.report.known + wanted.report.rejected);
    return wanted.report;
}

int64_t here_value(struct here *self, const char *indicator)
{
    char request[256];
    snprintf(request, sizeof request, "{\"programme\":\"ABC\",\"indicator\":\"%s\"}", indicator);
    json_t *json = here_ask(self, "totals", request);
    json_t *row = json_array_get(json_object_get(json, "rows"), 0);
    const int64_t value = json_integer_value(json_object_get(row, "value"));
    json_decref(json);
    return value;
}

int64_t here_counter(struct here *self, const char *name)
{
    json_t *json = here_ask(self, "status", "{}");
    const json_t *value = json_object_get(json_object_get(json, "counters"), name);
    assert_true(json_is_integer(value));
    const int64_t counter = json_integer_value(value);
    json_decref(json);
    return counter;
}

int64_t here_node_counter(struct here *self, uint32_t number, const char *name)
{
    json_t *json = here_ask(self, "status", "{}");
    const json_t *node = json_array_get(json_object_get(json, "nodes"), number);
    const json_t *value = json_object_get(node, name);
    assert_true(json_is_integer(value));
    const int64_t counter = json_integer_value(value);
    json_decref(json);
    return counter;
}
