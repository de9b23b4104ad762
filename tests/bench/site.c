#include "tests/bench/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brokers/ledger.h"
#include "config/programme_file.h"
#include "core/base/arena.h"
#include "core/base/buffer.h"
#include "io/clock.h"
#include "io/entropy.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"

enum { STORE_BYTES = 1 << 30 };

void bench_fail(const char *what)
{
    fprintf(stderr, "ogniwo-bench: %s\n", what);
    exit(1);
}

void bench_must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        fprintf(stderr, "ogniwo-bench: %s: %s\n", what, err_text(err));
        exit(1);
    }
}

void site_path(const struct site *site, const char *name, char out[SITE_PATH_BYTES])
{
    if (snprintf(out, SITE_PATH_BYTES, "%s/%s", site->folder, name) >= SITE_PATH_BYTES) {
        bench_fail("the folder's name is too long");
    }
}

void site_admin(const struct site *site, char out[SITE_PATH_BYTES + 8])
{
    char path[SITE_PATH_BYTES];
    site_path(site, "broker.sock", path);
    snprintf(out, SITE_PATH_BYTES + 8, "ipc://%s", path);
}

struct broker *site_broker(const struct site *site)
{
    char store[SITE_PATH_BYTES], people[SITE_PATH_BYTES], feed[SITE_PATH_BYTES + 8];
    char admin[SITE_PATH_BYTES + 8];
    uint8_t administrators[1][32];
    struct signing_keys administrator;
    struct broker *broker = NULL;
    site_path(site, "store", store);
    site_path(site, "people", people);
    site_admin(site, admin);
    snprintf(feed, sizeof feed, "%.*s.live", SITE_PATH_BYTES, admin);
    keys_signing(site->administrator_seed, &administrator);
    memcpy(administrators[0], administrator.public_key, 32);
    const struct broker_options options = {.store_path = store,
                                           .people_path = people,
                                           .listen = "tcp://127.0.0.1:*",
                                           .admin = admin,
                                           .feed = feed,
                                           .signing_seed = site->broker_seed,
                                           .transport_seed = site->transport_seed,
                                           .people_key = site->people_key,
                                           .administrators = (const uint8_t(*)[32])administrators,
                                           .administrator_count = 1};
    bench_must(broker_open(&options, &broker), "broker");
    return broker;
}

struct node *site_node(struct site *site, int partner, const char *endpoint)
{
    char store[SITE_PATH_BYTES], name[32];
    struct node *node = NULL;
    snprintf(name, sizeof name, "node-%02d", partner + 1);
    site_path(site, name, store);
    snprintf(site->joins[partner].broker, sizeof site->joins[partner].broker, "%s",
             endpoint != NULL ? endpoint : "tcp://127.0.0.1:1");
    const struct node_options options = {.join = &site->joins[partner],
                                         .store_path = store,
                                         .store_bytes_max = (uint64_t)4 * STORE_BYTES,
                                         .connect = endpoint != NULL};
    bench_must(node_open(&options, &node), "node");
    return node;
}

/* Appends a signed decision straight to the log. */
static void decide(const struct site *site, struct ledger *ledger, const struct decision *decision)
{
    struct signing_keys keys;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    keys_signing(site->administrator_seed, &keys);
    bench_must(codec_decision_encode(decision, &body), "decision");
    bench_must(sealing_sign(SEAL_DECISION, buffer_bytes(&body), keys.secret, signature),
               "signature");
    struct log_entry entry = {.kind = LOG_DECISION,
                              .decision = {.body = buffer_bytes(&body),
                                           .signature = bytes_of(signature, sizeof signature)}};
    memcpy(entry.decision.administrator, keys.public_key, 32);
    bench_must(ledger_begin(ledger), "ledger");
    bench_must(ledger_append(ledger, &entry, clock_wall_ms()), "ledger");
    bench_must(ledger_commit(ledger), "ledger");
    buffer_fini(&body);
}

static void fill_join(struct site *site, int partner, const uint8_t exchange[ID_BYTES])
{
    struct join_file *join = &site->joins[partner];
    struct signing_keys broker, administrator;
    struct transport_keys transport;
    memcpy(join->exchange, exchange, ID_BYTES);
    entropy_fill(join->node, sizeof join->node);
    entropy_fill(join->signing_seed, 32);
    entropy_fill(join->transport_seed, 32);
    entropy_fill(join->row_key, 32);
    keys_signing(site->broker_seed, &broker);
    keys_transport(site->transport_seed, &transport);
    keys_signing(site->administrator_seed, &administrator);
    memcpy(join->broker_transport_key, transport.public_key, 32);
    memcpy(join->broker_signing_key, broker.public_key, 32);
    memcpy(join->administrators[0], administrator.public_key, 32);
    join->administrator_count = 1;
    join->signing_key_number = 1;
    join->programme_count = 1;
    snprintf(join->partner, sizeof join->partner, "P%02d", partner + 1);
    snprintf(join->name, sizeof join->name, "p%02d-1", partner + 1);
    snprintf(join->programmes[0].programme, sizeof join->programmes[0].programme, "W1");
    memcpy(join->programmes[0].key, site->programme_key, 32);
    join->programmes[0].key_number = 1;
}

static void set_programme(const struct site *site, struct ledger *ledger, struct decision *decision)
{
    struct buffer yaml = {0}, regions = {0};
    struct config_fault fault;
    bench_must(
        programme_file_read(SOURCE_DIR "/tests/bench/programme.yaml", &yaml, &regions, &fault),
        "programme.yaml");
    decision->kind = DECISION_PROGRAMME;
    decision->programme = (struct programme_file){.programme = bytes_text("W1"),
                                                  .yaml = buffer_bytes(&yaml),
                                                  .regions = buffer_bytes(&regions),
                                                  .pseudonym_key = 1};
    keys_check(site->programme_key, bytes_text("W1"), decision->programme.key_check);
    decide(site, ledger, decision);
    buffer_fini(&yaml);
    buffer_fini(&regions);
}

static void enrol(const struct site *site, struct ledger *ledger, int partner,
                  struct decision *decision)
{
    const struct join_file *join = &site->joins[partner];
    struct signing_keys signing;
    struct transport_keys transport;
    keys_signing(join->signing_seed, &signing);
    keys_transport(join->transport_seed, &transport);
    decision->kind = DECISION_ENROLMENT;
    struct node_enrolment *enrolment = &decision->enrolment;
    *enrolment = (struct node_enrolment){.partner = bytes_text(join->partner),
                                         .name = bytes_text(join->name),
                                         .programme_count = 1,
                                         .signing_key_number = 1};
    enrolment->programmes[0] = bytes_text("W1");
    memcpy(enrolment->node, join->node, ID_BYTES);
    memcpy(enrolment->signing_key, signing.public_key, 32);
    memcpy(enrolment->transport_key, transport.public_key, 32);
    decide(site, ledger, decision);
}

static void save(const struct site *site)
{
    char path[SITE_PATH_BYTES];
    site_path(site, "site", path);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(site, sizeof *site, 1, file) != 1 || fclose(file) != 0) {
        bench_fail("cannot write the site's file");
    }
}

void site_load(struct site *site, const char *folder)
{
    snprintf(site->folder, sizeof site->folder, "%s", folder);
    char path[SITE_PATH_BYTES];
    site_path(site, "site", path);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(site, sizeof *site, 1, file) != 1) {
        bench_fail("cannot read the site's file");
    }
    fclose(file);
    snprintf(site->folder, sizeof site->folder, "%s", folder);
}

void site_found(struct site *site, const char *folder)
{
    struct decision *decision = calloc(1, sizeof *decision);
    struct ledger *ledger = NULL;
    struct arena *arena = NULL;
    struct log_entry entry;
    char store[SITE_PATH_BYTES];
    if (decision == NULL) {
        bench_fail("no memory");
    }
    memset(site, 0, sizeof *site);
    snprintf(site->folder, sizeof site->folder, "%s", folder);
    entropy_fill(site->broker_seed, 32);
    entropy_fill(site->transport_seed, 32);
    entropy_fill(site->people_key, 32);
    entropy_fill(site->administrator_seed, 32);
    entropy_fill(site->programme_key, 32);
    struct broker *broker = site_broker(site);
    broker_close(&broker);
    site_path(site, "store", store);
    bench_must(arena_new(CONTROL_ARENA_BYTES, &arena), "arena");
    bench_must(ledger_open(store, 0, false, &ledger), "ledger");
    bench_must(ledger_read(ledger, 1, arena, &entry, NULL), "genesis");
    memcpy(decision->exchange, entry.genesis.exchange, ID_BYTES);
    set_programme(site, ledger, decision);
    for (int i = 0; i < WORKLOAD_PARTNERS; i++) {
        fill_join(site, i, decision->exchange);
        enrol(site, ledger, i, decision);
    }
    ledger_close(&ledger);
    arena_free(&arena);
    free(decision);
    save(site);
}
