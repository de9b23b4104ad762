/* A run is: `greet` hands the nodes their programme; then for each pass, on a copy of that folder,
 * a `broker` with `idle` beside it, `import`, a `broker` with `ingest` beside it, `rebuild`, a
 * `broker` with `latency` beside it, and `recount`, which finds the totals unchanged: what the
 * latency stage sent it also took back. */
#include "tests/bench/stages.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "brokers/broker.h"
#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "core/base/date.h"
#include "io/clock.h"
#include "io/loop.h"
#include "nodes/node.h"
#include "proto/codec.h"
#include "tests/bench/checksum.h"
#include "tests/bench/office.h"
#include "tests/bench/probe.h"
#include "tests/bench/site.h"
#include "tools/watcher.h"

enum { TABLE_BYTES_MAX = 1 << 30, NEVER = 0 };

static void tell(const char *name, double value)
{
    printf("%s %.9g\n", name, value);
    fflush(stdout);
}

static void tell_hex(const char *name, struct bytes value)
{
    char hex[2 * DIGEST_BYTES + 1];
    bytes_to_hex(value, hex);
    printf("%s %s\n", name, hex);
    fflush(stdout);
}

/* ---- nodes in a loop ---- */

struct office {
    struct site site;
    struct node *nodes[WORKLOAD_PARTNERS];
    int count;
    struct loop *loop;
};

static void open_office(struct office *self, const struct stage_options *options, int count)
{
    site_load(&self->site, options->folder);
    bench_must(loop_new(&self->loop), "loop");
    self->count = count;
    for (int i = 0; i < count; i++) {
        self->nodes[i] = site_node(&self->site, i, options->endpoint);
    }
}

static void close_office(struct office *self)
{
    for (int i = 0; i < self->count; i++) {
        node_close(&self->nodes[i]);
    }
    loop_free(&self->loop);
}

static void turn(struct office *self)
{
    for (int i = 0; i < self->count; i++) {
        bench_must(node_turn(self->nodes[i]), "node");
    }
}

static void wait(struct office *self)
{
    int descriptors[WORKLOAD_PARTNERS * NODE_DESCRIPTORS_MAX], all[NODE_DESCRIPTORS_MAX];
    uint32_t count = 0;
    uint64_t deadline = UINT64_MAX;
    for (int i = 0; i < self->count; i++) {
        const uint32_t have = node_descriptors(self->nodes[i], all);
        for (uint32_t k = 0; k < have; k++) {
            if (all[k] >= 0) {
                descriptors[count++] = all[k];
            }
        }
        const uint64_t due = node_ready(self->nodes[i]) ? NEVER : node_deadline_ms(self->nodes[i]);
        deadline = due < deadline ? due : deadline;
    }
    bench_must(loop_wait(self->loop, descriptors, count, deadline), "wait");
    if (loop_stopping(self->loop)) { /* the loop has taken the signal */
        exit(1);
    }
}

static bool ready(struct office *self)
{
    for (int i = 0; i < self->count; i++) {
        if (node_standing(self->nodes[i]).state != UPLINK_READY) {
            return false;
        }
    }
    return true;
}

static bool settled(struct office *self)
{
    for (int i = 0; i < self->count; i++) {
        const struct node_standing standing = node_standing(self->nodes[i]);
        if (standing.state == UPLINK_STOPPED) {
            bench_fail(standing.stopped);
        }
        if (standing.state != UPLINK_READY || standing.acked_seq != standing.head_seq) {
            return false;
        }
    }
    return true;
}

/* Turns until everything has its receipt. */
static void settle(struct office *self)
{
    for (turn(self); !settled(self); turn(self)) {
        wait(self);
    }
}

/* ---- the stages ---- */

static bool knows_programme(struct node *node)
{
    struct report report;
    const struct node_file file = {
        .name = "empty.csv", .content = bytes_text("kind;occurred_on\n"), .dry_run = true};
    const enum err err = node_import(node, &file, &report);
    if (err == ERR_OK) {
        report_fini(&report);
    }
    return err == ERR_OK;
}

static void greet(const struct stage_options *options)
{
    static struct office office;
    int known = 0;
    open_office(&office, options, WORKLOAD_PARTNERS);
    while (known < office.count) {
        turn(&office);
        wait(&office);
        while (known < office.count && ready(&office) && knows_programme(office.nodes[known])) {
            known++;
        }
    }
    close_office(&office);
}

/* One node by itself that is greeted and knows its programme, before anything is imported. */
static void idle(const struct stage_options *options)
{
    static struct office office;
    open_office(&office, options, 1);
    settle(&office);
    if (!knows_programme(office.nodes[0])) {
        bench_fail("the node does not know its programme");
    }
    tell("node_idle_kib", (double)probe_resident_kib(getpid()));
    close_office(&office);
}

static void import(const struct stage_options *options)
{
    static struct site site;
    struct buffer table = {.bytes_max = TABLE_BYTES_MAX};
    double took = 0;
    uint64_t rows = 0, events = 0;
    site_load(&site, options->folder);
    const double cpu = probe_own_cpu();
    double reading = 0;
    for (int i = 0; i < WORKLOAD_PARTNERS; i++) {
        struct report report;
        struct node *node = site_node(&site, i, NULL);
        const double before = probe_own_cpu();
        office_read(&site, i, &table);
        reading += probe_own_cpu() - before;
        const struct node_file file = {.name = "w1.csv", .content = buffer_bytes(&table)};
        const double start = probe_now();
        bench_must(node_import(node, &file, &report), "import");
        took += probe_now() - start;
        rows += report.rows_read;
        events += node_standing(node).head_seq;
        if (report.accepted + report.known != report.rows_read ||
            report.accepted != node_standing(node).head_seq) {
            bench_fail("a row of the workload is not one event");
        }
        report_fini(&report);
        buffer_fini(&table);
        if (i == 0) {
            tell("node_imported_kib", (double)probe_resident_kib(getpid()));
        }
        node_close(&node);
    }
    tell("import_rows_per_s", (double)rows / took);
    tell("import_cpu_us_per_row", (probe_own_cpu() - cpu - reading) * 1e6 / (double)rows);
    tell("import_written_bytes_per_row", (double)probe_written(getpid()) / (double)rows);
    tell("events", (double)events);
}

/* From the first node that is greeted to the last receipt that is stored. */
static void ingest(const struct stage_options *options)
{
    static struct office office;
    uint64_t events = 0;
    double start = 0;
    open_office(&office, options, WORKLOAD_PARTNERS);
    for (int i = 0; i < office.count; i++) {
        events += node_standing(office.nodes[i]).head_seq;
    }
    const double cpu = probe_own_cpu();
    for (;;) {
        turn(&office);
        for (int i = 0; start == 0 && i < office.count; i++) {
            start = node_standing(office.nodes[i]).state == UPLINK_READY ? probe_now() : 0;
        }
        if (settled(&office)) {
            break;
        }
        wait(&office);
    }
    tell("ingest_events_per_s", (double)events / (probe_now() - start));
    tell("ingest_nodes_cpu_us_per_event", (probe_own_cpu() - cpu) * 1e6 / (double)events);
    close_office(&office);
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static void tell_percentiles(const char *name, double *samples, uint64_t count)
{
    char text[64];
    qsort(samples, count, sizeof *samples, compare);
    snprintf(text, sizeof text, "%s_p50", name);
    tell(text, samples[count / 2] * 1e3);
    snprintf(text, sizeof text, "%s_p99", name);
    tell(text, samples[count * 99 / 100] * 1e3);
}

/* What one row took, in seconds: from before it was imported, and from when that was done. */
struct latencies {
    double *row_to_receipt, *sent_to_receipt, *row_to_watcher, *sent_to_watcher;
};

/* A copy that was mended changes for other reasons than a row. */
static void must_be_whole(struct watcher *watcher)
{
    const struct mirror_counters mended = mirror_counters(watcher_mirror(watcher));
    if (mended.snapshots != 1 || mended.gaps + mended.restarts + mended.diverged != 0 ||
        mended.silences != 0) {
        bench_fail("the watcher lost a change");
    }
}

/* A process of its own that follows the programme's totals: what a node does meanwhile must not
 * make it late. It writes the time at which it saw each change. */
static void watch(const struct site *site, int told)
{
    char admin[SITE_PATH_BYTES + 8];
    int descriptors[WATCHER_DESCRIPTORS_MAX];
    struct watcher *watcher = NULL;
    struct loop *loop = NULL;
    uint64_t seen = 0;
    json_t *sheet = json_pack("{s:s,s:[]}", "programme", "W1", "by");
    site_admin(site, admin);
    const struct watcher_options options = {.admin = admin, .request = sheet, .random = 1};
    bench_must(loop_new(&loop), "loop");
    bench_must(watcher_open(&options, &watcher), "watcher");
    while (!loop_stopping(loop)) {
        bench_must(watcher_turn(watcher), "watcher");
        if (watcher_current(watcher) && watcher_changes(watcher) != seen) {
            const double now = probe_now();
            seen = watcher_changes(watcher);
            must_be_whole(watcher);
            if (write(told, &now, sizeof now) != (ssize_t)sizeof now) {
                break;
            }
        }
        bench_must(loop_wait(loop, descriptors, watcher_descriptors(watcher, descriptors),
                             watcher_ready(watcher) ? NEVER : watcher_deadline_ms(watcher)),
                   "wait");
    }
    watcher_close(&watcher);
    loop_free(&loop);
    json_decref(sheet);
}

/* To be called before a socket of ZeroMQ is opened: it forks. Gives where it tells what it saw. */
static int start_watcher(const struct stage_options *options)
{
    static struct site site;
    int ends[2];
    site_load(&site, options->folder);
    if (pipe(ends) != 0) {
        bench_fail("no pipe");
    }
    fflush(NULL);
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        watch(&site, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    return pid > 0 ? ends[0] : -1;
}

/* When the watcher saw the next change; waits for it. */
static double seen_at(int told)
{
    double at = 0;
    if (read(told, &at, sizeof at) != (ssize_t)sizeof at) {
        bench_fail("the watcher has ended");
    }
    return at;
}

/* Imports one row, and waits until its receipt is stored and a watcher has seen the totals move. */
static void send_one(struct office *office, int watcher, const char *table,
                     const struct latencies *out, uint64_t number)
{
    struct report report;
    const struct node_file file = {.name = "one.csv", .content = bytes_text(table)};
    const double start = probe_now();
    bench_must(node_import(office->nodes[0], &file, &report), "import");
    const double imported = probe_now();
    if (report.accepted + report.corrected != 1) {
        bench_fail("one row is not one event");
    }
    report_fini(&report);
    settle(office);
    const double received = probe_now(), seen = seen_at(watcher);
    if (seen < imported) {
        bench_fail("the watcher saw a change that no row made");
    }
    out->row_to_receipt[number] = received - start;
    out->sent_to_receipt[number] = received - imported;
    out->row_to_watcher[number] = seen - start;
    out->sent_to_watcher[number] = seen - imported;
}

static double *room(const struct stage_options *options)
{
    double *samples = calloc(options->samples + 1, sizeof *samples);
    if (samples == NULL) {
        bench_fail("no memory");
    }
    return samples;
}

/* One event at a time: half of them assert a row, half take it back, so that the totals stay. */
static void latency(const struct stage_options *options)
{
    static struct office office;
    const struct latencies took = {.row_to_receipt = room(options),
                                   .sent_to_receipt = room(options),
                                   .row_to_watcher = room(options),
                                   .sent_to_watcher = room(options)};
    const int watcher = start_watcher(options);
    (void)seen_at(watcher); /* its snapshot */
    open_office(&office, options, 1);
    settle(&office);
    for (uint64_t i = 0; i < options->samples; i++) {
        char table[256];
        const bool back = i % 2 == 1;
        snprintf(table, sizeof table,
                 "key;op;kind;occurred_on;task;region;activity\nx%" PRIu64
                 ";%s;activity;2024-05-06;T01;PL-0201;advice\n",
                 i / 2, back ? "delete" : "upsert");
        send_one(&office, watcher, table, &took, i);
    }
    tell("node_loaded_kib", (double)probe_resident_kib(getpid()));
    const struct figure {
        const char *name;
        double *samples;
    } figures[] = {{"latency_row_to_receipt_ms", took.row_to_receipt},
                   {"latency_sent_to_receipt_ms", took.sent_to_receipt},
                   {"latency_row_to_watcher_ms", took.row_to_watcher},
                   {"latency_sent_to_watcher_ms", took.sent_to_watcher}};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        tell_percentiles(figures[i].name, figures[i].samples, options->samples);
        free(figures[i].samples);
    }
    close(watcher);
    close_office(&office);
}

static void broker(const struct stage_options *options)
{
    static struct site site;
    struct loop *loop = NULL;
    int descriptors[BROKER_DESCRIPTORS_MAX];
    uint8_t digest[DIGEST_BYTES];
    site_load(&site, options->folder);
    bench_must(loop_new(&loop), "loop");
    struct broker *broker_of_site = site_broker(&site);
    printf("endpoint %s\n", broker_endpoint(broker_of_site));
    fflush(stdout);
    while (!loop_stopping(loop)) {
        bench_must(broker_turn(broker_of_site), "turn");
        bench_must(
            loop_wait(loop, descriptors, broker_descriptors(broker_of_site, descriptors),
                      broker_ready(broker_of_site) ? NEVER : broker_deadline_ms(broker_of_site)),
            "wait");
    }
    bench_must(broker_digest(broker_of_site, digest), "digest");
    tell_hex("digest", bytes_of(digest, sizeof digest));
    broker_close(&broker_of_site);
    loop_free(&loop);
}

/* Follows the decisions of the log, so that its batches can be counted. */
static uint64_t follow(struct ledger *ledger, struct exchange *exchange, struct arena *arena)
{
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    uint64_t bytes = 0;
    for (uint64_t i = 1; i <= ledger_size(ledger); i++) {
        struct log_entry entry;
        struct bytes raw;
        arena_reset(arena);
        bench_must(ledger_read(ledger, i, arena, &entry, &raw), "entry");
        bytes += entry.kind == LOG_BATCH ? raw.size : 0;
        if (entry.kind != LOG_BATCH) {
            bench_must(exchange_apply(exchange, &entry, arena, &change, fault), "entry");
        }
    }
    return bytes;
}

static void count_anew(const struct stage_options *options, bool measured)
{
    static struct site site;
    char store[SITE_PATH_BYTES];
    struct ledger *ledger = NULL;
    struct exchange *exchange = NULL;
    struct counting *counting = NULL;
    struct arena *arena = NULL;
    uint8_t digest[DIGEST_BYTES], sum[8];
    site_load(&site, options->folder);
    site_path(&site, "store", store);
    bench_must(arena_new(CONTROL_ARENA_BYTES, &arena), "arena");
    bench_must(exchange_new(&exchange), "exchange");
    bench_must(ledger_open(store, 0, true, &ledger), "ledger");
    const uint64_t bytes = follow(ledger, exchange, arena);
    const struct counting_options counted = {.exchange = exchange, .until = DATE_MAX};
    bench_must(counting_new(&counted, &counting), "counting");
    const double start = probe_now(), cpu = probe_own_cpu();
    bench_must(counting_run(counting, ledger, ledger_size(ledger), NULL, NULL, NULL), "run");
    const double took = probe_now() - start;
    if (measured) {
        tell("rebuild_seconds", took);
        tell("rebuild_cpu_seconds", probe_own_cpu() - cpu);
        tell("log_bytes", (double)bytes);
    }
    bench_must(counting_digest(counting, digest), "digest");
    tell_hex("digest", bytes_of(digest, sizeof digest));
    bytes_put64(sum, checksum_of(counting_totals(counting, bytes_text("W1")),
                                 counting_programme(counting, bytes_text("W1"))));
    tell_hex("checksum", bytes_of(sum, sizeof sum));
    counting_free(&counting);
    exchange_free(&exchange);
    ledger_close(&ledger);
    arena_free(&arena);
}

static void rebuild(const struct stage_options *options)
{
    count_anew(options, true);
}

static void recount(const struct stage_options *options)
{
    count_anew(options, false);
}

int stages_run(const char *name, const struct stage_options *options)
{
    static const struct stage {
        const char *name;
        void (*run)(const struct stage_options *options);
    } stages[] = {{"greet", greet},     {"idle", idle},       {"import", import},
                  {"ingest", ingest},   {"latency", latency}, {"broker", broker},
                  {"rebuild", rebuild}, {"recount", recount}};
    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        if (strcmp(stages[i].name, name) == 0) {
            prctl(PR_SET_NAME, name); /* for ps and perf */
            stages[i].run(options);
            return 1;
        }
    }
    return 0;
}
