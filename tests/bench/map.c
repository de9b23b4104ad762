/* map: first figures of a whole exchange on this machine: one node, one broker as a process of its
 * own, CURVE on loopback, every commit on disk. A map, not a goal: run it several times.
 *
 *   ogniwo-map [ROWS]      rows of the ABC programme; 200,000 by default */
#include <inttypes.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brokers/broker.h"
#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "config/programme_file.h"
#include "core/base/date.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "io/log.h"
#include "io/loop.h"
#include "nodes/node.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"

struct map {
    char folder[64];
    uint8_t seeds[4][32]; /* broker signing, transport, people; administrator */
    uint8_t programme_key[32];
    struct join_file join;
    char endpoint[128];
};

static void must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        fprintf(stderr, "ogniwo-map: %s: %s\n", what, err_text(err));
        exit(1);
    }
}

static const char *path(const struct map *map, const char *name)
{
    static char text[4][160];
    static int next;
    next = (next + 1) % 4;
    snprintf(text[next], sizeof text[next], "%s/%s", map->folder, name);
    return text[next];
}

static struct broker *open_broker(const struct map *map, const char *listen)
{
    static uint8_t administrators[1][32];
    struct signing_keys administrator;
    struct broker *broker = NULL;
    keys_signing(map->seeds[3], &administrator);
    memcpy(administrators[0], administrator.public_key, 32);
    const struct broker_options options = {.store_path = path(map, "store"),
                                           .people_path = path(map, "people"),
                                           .listen = listen,
                                           .signing_seed = map->seeds[0],
                                           .transport_seed = map->seeds[1],
                                           .people_key = map->seeds[2],
                                           .administrators = (const uint8_t(*)[32])administrators,
                                           .administrator_count = 1};
    must(broker_open(&options, &broker), "broker");
    return broker;
}

/* Appends a signed decision straight to the log. */
static void decide(const struct map *map, struct decision *decision)
{
    struct ledger *ledger = NULL;
    struct signing_keys keys;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    keys_signing(map->seeds[3], &keys);
    must(codec_decision_encode(decision, &body), "decision");
    must(sealing_sign(SEAL_DECISION, buffer_bytes(&body), keys.secret, signature), "signature");
    struct log_entry entry = {.kind = LOG_DECISION,
                              .decision = {.body = buffer_bytes(&body),
                                           .signature = bytes_of(signature, sizeof signature)}};
    memcpy(entry.decision.administrator, keys.public_key, 32);
    must(ledger_open(path(map, "store"), 0, false, &ledger), "ledger");
    must(ledger_begin(ledger), "ledger");
    must(ledger_append(ledger, &entry, clock_wall_ms()), "ledger");
    must(ledger_commit(ledger), "ledger");
    ledger_close(&ledger);
    buffer_fini(&body);
}

static void fill_join(struct map *map)
{
    struct join_file *join = &map->join;
    struct signing_keys broker, administrator;
    struct transport_keys transport;
    entropy_fill(join->node, sizeof join->node);
    entropy_fill(join->signing_seed, 32);
    entropy_fill(join->transport_seed, 32);
    entropy_fill(join->row_key, 32);
    keys_signing(map->seeds[0], &broker);
    keys_transport(map->seeds[1], &transport);
    keys_signing(map->seeds[3], &administrator);
    memcpy(join->broker_transport_key, transport.public_key, 32);
    memcpy(join->broker_signing_key, broker.public_key, 32);
    memcpy(join->administrators[0], administrator.public_key, 32);
    join->administrator_count = 1;
    join->signing_key_number = 1;
    join->programme_count = 1;
    snprintf(join->partner, sizeof join->partner, "KLUCZ");
    snprintf(join->name, sizeof join->name, "klucz-1");
    snprintf(join->programmes[0].programme, sizeof join->programmes[0].programme, "ABC");
    memcpy(join->programmes[0].key, map->programme_key, 32);
    join->programmes[0].key_number = 1;
}

static void found(struct map *map)
{
    struct decision *decision = calloc(1, sizeof *decision);
    struct buffer yaml = {0}, regions = {0};
    struct config_fault fault;
    struct signing_keys signing;
    struct transport_keys transport;
    struct broker *broker = open_broker(map, "tcp://127.0.0.1:*");
    broker_close(&broker);
    struct ledger *ledger = NULL;
    struct arena *arena = NULL;
    struct log_entry entry;
    must(arena_new(CONTROL_ARENA_BYTES, &arena), "arena");
    must(ledger_open(path(map, "store"), 0, false, &ledger), "ledger");
    must(ledger_read(ledger, 1, arena, &entry, NULL), "genesis");
    ledger_close(&ledger);
    memcpy(map->join.exchange, entry.genesis.exchange, ID_BYTES);
    memcpy(decision->exchange, entry.genesis.exchange, ID_BYTES);
    arena_free(&arena);
    must(programme_file_read(SOURCE_DIR "/config/programmes/abc.yaml", &yaml, &regions, &fault),
         "programme");
    decision->kind = DECISION_PROGRAMME;
    decision->programme = (struct programme_file){.programme = bytes_text("ABC"),
                                                  .yaml = buffer_bytes(&yaml),
                                                  .regions = buffer_bytes(&regions),
                                                  .pseudonym_key = 1};
    keys_check(map->programme_key, bytes_text("ABC"), decision->programme.key_check);
    decide(map, decision);
    fill_join(map);
    keys_signing(map->join.signing_seed, &signing);
    keys_transport(map->join.transport_seed, &transport);
    decision->kind = DECISION_ENROLMENT;
    struct node_enrolment *enrolment = &decision->enrolment;
    memcpy(enrolment->node, map->join.node, ID_BYTES);
    enrolment->partner = bytes_text(map->join.partner);
    enrolment->name = bytes_text(map->join.name);
    enrolment->programmes[0] = bytes_text("ABC");
    enrolment->programme_count = 1;
    enrolment->signing_key_number = 1;
    memcpy(enrolment->signing_key, signing.public_key, 32);
    memcpy(enrolment->transport_key, transport.public_key, 32);
    decide(map, decision);
    buffer_fini(&yaml);
    buffer_fini(&regions);
    free(decision);
}

/* The broker in a process of its own; its port comes back through a pipe. */
static pid_t start_broker(struct map *map)
{
    int ends[2];
    if (pipe(ends) != 0) {
        exit(1);
    }
    const pid_t child = fork();
    if (child == 0) {
        struct loop *loop = NULL;
        int descriptors[BROKER_DESCRIPTORS_MAX];
        must(loop_new(&loop), "loop");
        struct broker *broker = open_broker(map, "tcp://127.0.0.1:*");
        if (write(ends[1], broker_endpoint(broker), strlen(broker_endpoint(broker)) + 1) < 0) {
            exit(1);
        }
        while (!loop_stopping(loop)) {
            must(broker_turn(broker), "turn");
            must(loop_wait(loop, descriptors, broker_descriptors(broker, descriptors),
                           broker_ready(broker) ? 0 : broker_deadline_ms(broker)),
                 "wait");
        }
        broker_close(&broker);
        loop_free(&loop);
        exit(0);
    }
    if (read(ends[0], map->endpoint, sizeof map->endpoint) <= 0) {
        exit(1);
    }
    snprintf(map->join.broker, sizeof map->join.broker, "%s", map->endpoint);
    return child;
}

static struct node *open_node(struct map *map)
{
    struct node *node = NULL;
    const struct node_options options = {
        .join = &map->join, .store_path = path(map, "node"), .connect = true};
    must(node_open(&options, &node), "node");
    return node;
}

/* Turns the node until its outbox is acknowledged. */
static void settle(struct node *node, struct loop *loop)
{
    int descriptors[NODE_DESCRIPTORS_MAX];
    for (;;) {
        must(node_turn(node), "node");
        const struct node_standing standing = node_standing(node);
        if (standing.state == UPLINK_READY && standing.acked_seq == standing.head_seq) {
            return;
        }
        must(loop_wait(loop, descriptors, node_descriptors(node, descriptors),
                       node_ready(node) ? 0 : node_deadline_ms(node)),
             "wait");
    }
}

static void make_table(uint64_t rows, struct buffer *out)
{
    static const char *const regions[] = {"PL-1201", "PL-1206", "PL-1210", "PL-1212", "PL-1216"};
    must(buffer_add_text(out, "key;kind;occurred_on;task;region;person;person_scheme;sex;age;"
                              "support;outcome\n"),
         "table");
    for (uint64_t i = 0; i < rows; i++) {
        char line[256], day[DATE_TEXT_BYTES];
        const uint64_t person = (i * 2654435761u) % (rows / 5 + 1);
        date_format(14000 + (int32_t)(i % 1000), day);
        const bool enrolled = i % 5 == 0, outcome = i % 5 == 4;
        snprintf(line, sizeof line, "r%" PRIu64 ";%s;%s;A;%s;P%07" PRIu64 ";local;%s;%d;%s;%s\n", i,
                 enrolled  ? "enrolled"
                 : outcome ? "outcome"
                           : "started",
                 day, regions[i % 5], person, person % 2 == 0 ? "K" : "M", 20 + (int)(person % 40),
                 enrolled || outcome ? "" : "coaching", outcome ? "job" : "");
        must(buffer_add_text(out, line), "table");
    }
}

static uint64_t resident_kib(pid_t process)
{
    char name[64], line[256];
    uint64_t kib = 0;
    snprintf(name, sizeof name, "/proc/%d/status", (int)process);
    FILE *file = fopen(name, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "VmRSS: %" SCNu64, &kib) == 1) {
            break;
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    return kib;
}

/* Folds the log anew; tells events a second and bytes an event. */
static void rebuild(const struct map *map, uint64_t events)
{
    struct ledger *ledger = NULL;
    struct exchange *exchange = NULL;
    struct counting *counting = NULL;
    struct arena *arena = NULL;
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    uint64_t bytes = 0;
    must(arena_new(CONTROL_ARENA_BYTES, &arena), "arena");
    must(exchange_new(&exchange), "exchange");
    must(ledger_open(path(map, "store"), 0, true, &ledger), "ledger");
    for (uint64_t i = 1; i <= ledger_size(ledger); i++) {
        struct log_entry entry;
        struct bytes raw;
        arena_reset(arena);
        must(ledger_read(ledger, i, arena, &entry, &raw), "entry");
        must(exchange_apply(exchange, &entry, arena, &change, fault), "entry");
        bytes += entry.kind == LOG_BATCH ? raw.size : 0;
    }
    const struct counting_options options = {.exchange = exchange, .until = DATE_MAX};
    must(counting_new(&options, &counting), "counting");
    const uint64_t start = clock_monotonic_ms();
    must(counting_run(counting, ledger, ledger_size(ledger), NULL, NULL, NULL), "run");
    const uint64_t took = clock_monotonic_ms() - start + 1;
    printf("rebuild_events_per_s %" PRIu64 "\n", events * 1000 / took);
    printf("log_bytes_per_event %.1f\n", (double)bytes / (double)events);
    counting_free(&counting);
    exchange_free(&exchange);
    ledger_close(&ledger);
    arena_free(&arena);
}

static int remove_one(const char *name, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(name);
}

int main(int count, char **words)
{
    static struct map map;
    const uint64_t rows = count > 1 ? strtoull(words[1], NULL, 10) : 200000;
    struct loop *loop = NULL;
    struct buffer table = {.bytes_max = (size_t)1 << 30};
    struct report report;
    snprintf(map.folder, sizeof map.folder, "/var/tmp/ogniwo-map-XXXXXX");
    if (mkdtemp(map.folder) == NULL) {
        return 1;
    }
    log_level_set(LOG_WARNING);
    must(sealing_start(), "libsodium");
    entropy_fill(map.seeds, sizeof map.seeds);
    entropy_fill(map.programme_key, sizeof map.programme_key);
    found(&map);
    make_table(rows, &table);
    const pid_t broker = start_broker(&map);
    must(loop_new(&loop), "loop");
    struct node *node = open_node(&map);
    settle(node, loop);
    printf("broker_idle_kib %" PRIu64 "\nnode_idle_kib %" PRIu64 "\n", resident_kib(broker),
           resident_kib(getpid()) - (uint64_t)(table.room >> 10));
    const struct node_file file = {.name = "map.csv", .content = buffer_bytes(&table)};
    uint64_t start = clock_monotonic_ms();
    must(node_import(node, &file, &report), "import");
    uint64_t took = clock_monotonic_ms() - start + 1;
    printf("import_rows_per_s %" PRIu64 " (accepted %" PRIu64 ", rejected %" PRIu64 ")\n",
           rows * 1000 / took, report.accepted, report.rejected);
    const uint64_t events = node_standing(node).head_seq;
    start = clock_monotonic_ms();
    settle(node, loop);
    took = clock_monotonic_ms() - start + 1;
    printf("ingest_events_per_s %" PRIu64 " (%" PRIu64 " events)\n", events * 1000 / took, events);
    printf("broker_loaded_kib %" PRIu64 "\n", resident_kib(broker));
    node_close(&node);
    kill(broker, SIGTERM);
    waitpid(broker, NULL, 0);
    rebuild(&map, events);
    report_fini(&report);
    buffer_fini(&table);
    loop_free(&loop);
    nftw(map.folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
