/* ogniwo-bench: how fast a whole exchange is on this machine: workload W1 from the office tables of
 * twenty nodes to the totals of a broker, stage by stage, with the totals checked each time.
 *
 *   ogniwo-bench [--events N] [--passes N] [--samples N] [--expect CHECKSUM] [--folder DIR]
 *                [--json | --lines] [--callgrind] [--keep]
 *
 * tests/bench/README.md says what each figure means. */
#include <ftw.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/log.h"
#include "proto/sealing.h"
#include "tests/bench/checksum.h"
#include "tests/bench/samples.h"
#include "tests/bench/office.h"
#include "tests/bench/probe.h"
#include "tests/bench/site.h"
#include "tests/bench/stages.h"

enum { TEXT_BYTES = 128, COMMAND_WORDS_MAX = 24 };

enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_LINES };

struct bench {
    char program[SITE_PATH_BYTES];
    uint64_t events, samples, expected;
    int passes;
    enum format format;
    bool callgrind, keep;
    const char *folder; /* where the rest stands */
    char root[SITE_PATH_BYTES];
    char base[SITE_PATH_BYTES]; /* what each pass begins with */
    char pass[SITE_PATH_BYTES];
    struct samples figures;
};

/* ---- stages as processes ---- */

struct process {
    pid_t id;
    FILE *out;
};

/* What a stage prints that is no figure. */
struct texts {
    char endpoint[TEXT_BYTES], digest[TEXT_BYTES], checksum[TEXT_BYTES];
};

/* The function within which instructions are counted, stage by stage. */
static const char *measured_function(const char *stage)
{
    static const char *const of[][2] = {{"import", "node_import"},
                                        {"broker", "broker_turn"},
                                        {"ingest", "node_turn"},
                                        {"rebuild", "counting_run"}};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        if (strcmp(of[i][0], stage) == 0) {
            return of[i][1];
        }
    }
    return NULL;
}

static void fill_command(const struct bench *self, const char *stage, const char *folder,
                         const char *endpoint, const char **words)
{
    static char samples[32], out[SITE_PATH_BYTES + 64], toggle[64];
    const char *function = self->callgrind ? measured_function(stage) : NULL;
    int count = 0;
    if (function != NULL) {
        snprintf(out, sizeof out, "--callgrind-out-file=%s/ogniwo-callgrind.%s", self->folder,
                 stage);
        snprintf(toggle, sizeof toggle, "--toggle-collect=%s", function);
        words[count++] = "valgrind";
        words[count++] = "--quiet";
        words[count++] = "--tool=callgrind";
        words[count++] = toggle;
        words[count++] = out;
    }
    snprintf(samples, sizeof samples, "%" PRIu64, self->samples);
    words[count++] = self->program;
    words[count++] = "--stage";
    words[count++] = stage;
    words[count++] = "--folder";
    words[count++] = folder;
    words[count++] = "--samples";
    words[count++] = samples;
    if (endpoint != NULL) {
        words[count++] = "--endpoint";
        words[count++] = endpoint;
    }
    words[count] = NULL;
}

static struct process start(const struct bench *self, const char *stage, const char *folder,
                            const char *endpoint)
{
    const char *words[COMMAND_WORDS_MAX];
    struct process process = {0};
    int ends[2];
    fill_command(self, stage, folder, endpoint, words);
    fflush(stdout);
    if (pipe(ends) != 0 || (process.id = fork()) < 0) {
        bench_fail("cannot start a stage");
    }
    if (process.id == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* no broker stays when a check fails */
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execvp(words[0], (char *const *)words);
        _exit(127);
    }
    close(ends[1]);
    process.out = fdopen(ends[0], "r");
    return process;
}

/* Takes one line of a stage; false at its end. */
static bool take_line(struct bench *self, struct process *process, struct texts *texts)
{
    char line[TEXT_BYTES + 64], name[48], value[TEXT_BYTES];
    if (fgets(line, sizeof line, process->out) == NULL) {
        return false;
    }
    if (sscanf(line, "%47s %127s", name, value) != 2) {
        bench_fail("a stage said something else than a figure");
    }
    const struct {
        const char *name;
        char *text;
    } known[] = {
        {"endpoint", texts->endpoint}, {"digest", texts->digest}, {"checksum", texts->checksum}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, name) == 0) {
            snprintf(known[i].text, TEXT_BYTES, "%s", value);
            return true;
        }
    }
    samples_add(&self->figures, name, strtod(value, NULL));
    return true;
}

static void finish(struct bench *self, struct process *process, struct texts *texts)
{
    int status = 0;
    while (take_line(self, process, texts)) {
    }
    fclose(process->out);
    if (waitpid(process->id, &status, 0) != process->id || status != 0) {
        bench_fail("a stage failed");
    }
}

static void run(struct bench *self, const char *stage, const char *folder, const char *endpoint,
                struct texts *texts)
{
    struct process process = start(self, stage, folder, endpoint);
    finish(self, &process, texts);
}

static struct process start_broker(struct bench *self, const char *folder, struct texts *texts)
{
    struct process broker = start(self, "broker", folder, NULL);
    if (!take_line(self, &broker, texts) || texts->endpoint[0] == '\0') {
        bench_fail("the broker did not start");
    }
    return broker;
}

static void stop_broker(struct bench *self, struct process *broker, struct texts *texts)
{
    kill(broker->id, SIGTERM);
    finish(self, broker, texts);
}

/* ---- a pass ---- */

static void copy(const char *from, const char *to)
{
    const pid_t child = fork();
    int status = 0;
    if (child == 0) {
        execlp("cp", "cp", "-r", "--sparse=always", from, to, (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
        bench_fail("cannot copy the exchange");
    }
    sync();
}

static int remove_one(const char *name, const struct stat *stat, int type, struct FTW *walk)
{
    (void)stat;
    (void)type;
    (void)walk;
    return remove(name);
}

static void drop(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Instructions that callgrind counted in a stage, an event. */
static void take_instructions(struct bench *self, const char *stage, double events)
{
    char path[SITE_PATH_BYTES + 64], line[256], name[FIGURE_NAME_BYTES];
    double total = 0;
    snprintf(path, sizeof path, "%s/ogniwo-callgrind.%s", self->folder, stage);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "summary: %lf", &total) == 1 || sscanf(line, "totals: %lf", &total) == 1) {
            break;
        }
    }
    if (file == NULL || total == 0) {
        bench_fail("callgrind left no count");
    }
    fclose(file);
    snprintf(name, sizeof name, "instructions_%s_per_event", stage);
    samples_add(&self->figures, name, total / events);
}

/* Before anything is imported. */
static void idle(struct bench *self)
{
    struct texts texts = {0};
    struct bench plain = *self; /* its broker's instructions are not those of ingest */
    plain.callgrind = false;
    struct process broker = start_broker(&plain, self->pass, &texts);
    run(&plain, "idle", self->pass, texts.endpoint, &texts);
    stop_broker(&plain, &broker, &texts);
    self->figures = plain.figures;
}

static void ingest(struct bench *self, struct texts *texts)
{
    struct process broker = start_broker(self, self->pass, texts);
    const double events = samples_last(&self->figures, "events");
    samples_add(&self->figures, "broker_idle_kib", (double)probe_resident_kib(broker.id));
    const double cpu = probe_cpu(broker.id), written = (double)probe_written(broker.id);
    run(self, "ingest", self->pass, texts->endpoint, texts);
    samples_add(&self->figures, "ingest_broker_cpu_us_per_event",
                (probe_cpu(broker.id) - cpu) * 1e6 / events);
    samples_add(&self->figures, "ingest_broker_written_bytes_per_event",
                ((double)probe_written(broker.id) - written) / events);
    samples_add(&self->figures, "broker_loaded_kib", (double)probe_resident_kib(broker.id));
    stop_broker(self, &broker, texts);
    if (self->callgrind) {
        take_instructions(self, "import", events);
        take_instructions(self, "broker", events);
        take_instructions(self, "ingest", events);
    }
}

static void rebuild(struct bench *self, const struct texts *live)
{
    struct texts rebuilt = {0};
    const double events = samples_last(&self->figures, "events");
    run(self, "rebuild", self->pass, NULL, &rebuilt);
    samples_add(&self->figures, "rebuild_events_per_s",
                events / samples_last(&self->figures, "rebuild_seconds"));
    samples_add(&self->figures, "log_bytes_per_event",
                samples_last(&self->figures, "log_bytes") / events);
    if (strcmp(live->digest, rebuilt.digest) != 0) {
        bench_fail("the totals rebuilt are not the live ones");
    }
    if (strtoull(rebuilt.checksum, NULL, 16) != self->expected) {
        fprintf(stderr, "ogniwo-bench: the totals' checksum is %s\n", rebuilt.checksum);
        bench_fail("the totals are not the reference's");
    }
    if (self->callgrind) {
        take_instructions(self, "rebuild", events);
    }
}

static void latency(struct bench *self, const struct texts *before)
{
    struct texts texts = {0}, again = {0};
    struct bench plain = *self; /* time says nothing under callgrind */
    plain.callgrind = false;
    const double opening = probe_now();
    struct process broker = start_broker(&plain, self->pass, &texts);
    samples_add(&plain.figures, "broker_start_seconds", probe_now() - opening);
    run(&plain, "latency", self->pass, texts.endpoint, &texts);
    stop_broker(&plain, &broker, &texts);
    run(&plain, "recount", self->pass, NULL, &again);
    if (strcmp(before->digest, again.digest) != 0 || strcmp(texts.digest, again.digest) != 0) {
        bench_fail("what was sent and taken back changed the totals");
    }
    self->figures = plain.figures;
}

static void pass(struct bench *self)
{
    struct texts texts = {0};
    drop(self->pass);
    copy(self->base, self->pass);
    idle(self);
    run(self, "import", self->pass, NULL, &texts);
    ingest(self, &texts);
    rebuild(self, &texts);
    latency(self, &texts);
}

static void found(struct bench *self)
{
    static struct site site;
    struct texts texts = {0};
    struct bench plain = *self;
    plain.callgrind = false;
    if (mkdir(self->base, 0700) != 0) {
        bench_fail("cannot make the exchange's folder");
    }
    site_found(&site, self->base);
    office_write(&site, self->events);
    struct process broker = start_broker(&plain, self->base, &texts);
    run(&plain, "greet", self->base, texts.endpoint, &texts);
    stop_broker(&plain, &broker, &texts);
}

/* ---- options ---- */

static const struct option long_options[] = {
    {"events", required_argument, NULL, 'n'},   {"passes", required_argument, NULL, 'p'},
    {"samples", required_argument, NULL, 'l'},  {"expect", required_argument, NULL, 'e'},
    {"folder", required_argument, NULL, 'f'},   {"json", no_argument, NULL, 'j'},
    {"lines", no_argument, NULL, 'L'},          {"callgrind", no_argument, NULL, 'c'},
    {"keep", no_argument, NULL, 'k'},           {"stage", required_argument, NULL, 's'},
    {"endpoint", required_argument, NULL, 'E'}, {NULL, 0, NULL, 0}};

struct words {
    const char *folder, *stage, *endpoint;
};

static void read_options(struct bench *self, struct words *words, int count, char **arguments)
{
    int letter;
    while ((letter = getopt_long(count, arguments, "", long_options, NULL)) != -1) {
        switch (letter) {
        case 'n':
            self->events = strtoull(optarg, NULL, 10);
            break;
        case 'p':
            self->passes = (int)strtol(optarg, NULL, 10);
            break;
        case 'l':
            self->samples = strtoull(optarg, NULL, 10);
            break;
        case 'e':
            self->expected = strtoull(optarg, NULL, 16);
            break;
        case 'f':
            words->folder = optarg;
            break;
        case 'j':
            self->format = FORMAT_JSON;
            break;
        case 'L':
            self->format = FORMAT_LINES;
            break;
        case 'c':
            self->callgrind = true;
            break;
        case 'k':
            self->keep = true;
            break;
        case 's':
            words->stage = optarg;
            break;
        case 'E':
            words->endpoint = optarg;
            break;
        default:
            exit(64);
        }
    }
    if (optind != count || self->passes < 1 || self->passes > SAMPLES_MAX || self->samples < 2) {
        fprintf(stderr, "ogniwo-bench: see the head of tests/bench/main.c for its options\n");
        exit(64);
    }
}

static void print(struct bench *self)
{
    const struct samples_header header = {
        .events = self->events, .passes = self->passes, .checksum = self->expected};
    switch (self->format) {
    case FORMAT_TABLE:
        samples_table(&self->figures, &header);
        break;
    case FORMAT_JSON:
        samples_json(&self->figures, &header);
        break;
    case FORMAT_LINES:
        samples_lines(&self->figures);
        break;
    }
}

/* ---- the whole ---- */

static _Noreturn void work(struct bench *self)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    snprintf(self->base, sizeof self->base, "%.450s/base", self->root);
    snprintf(self->pass, sizeof self->pass, "%.450s/pass", self->root);
    found(self);
    for (int i = 0; i < self->passes; i++) {
        pass(self);
    }
    print(self);
    exit(0);
}

/* Runs the bench as a process of its own, ends it on INT, TERM and HUP, and removes the folder when
 * nothing that it started runs any more. Gives the exit status. */
static int guard(struct bench *self)
{
    sigset_t awaited, before;
    int signal = 0, status = 0;
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGINT);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGHUP);
    sigaddset(&awaited, SIGCHLD);
    sigprocmask(SIG_BLOCK, &awaited, &before);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* the stages of a bench that was ended are waited for */
    if (mkdtemp(self->root) == NULL) {
        bench_fail("cannot make a folder");
    }
    const pid_t worker = fork();
    if (worker == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        work(self);
    }
    while (worker > 0 && waitpid(worker, &status, WNOHANG) != worker) {
        sigwait(&awaited, &signal);
        if (signal != SIGCHLD) {
            kill(worker, SIGTERM);
        }
    }
    while (wait(NULL) > 0) {
    }
    if (!self->keep) {
        drop(self->root);
    }
    return worker > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int main(int count, char **arguments)
{
    static struct bench self = {.events = 1000000, .passes = 3, .samples = 1000};
    struct words words = {.folder = "/var/tmp"};
    if (readlink("/proc/self/exe", self.program, sizeof self.program - 1) < 0) {
        bench_fail("where does this program stand?");
    }
    read_options(&self, &words, count, arguments);
    log_level_set(LOG_WARNING);
    bench_must(sealing_start(), "libsodium");
    if (words.stage != NULL) {
        const struct stage_options options = {
            .folder = words.folder, .endpoint = words.endpoint, .samples = self.samples};
        return stages_run(words.stage, &options) ? 0 : 64;
    }
    self.samples += self.samples % 2;
    self.expected = self.expected != 0 ? self.expected : checksum_known(self.events);
    if (self.expected == 0) {
        bench_fail("give --expect: the sum that reference.py finds for so many events");
    }
    self.folder = words.folder;
    snprintf(self.root, sizeof self.root, "%.400s/ogniwo-bench-XXXXXX", words.folder);
    return guard(&self);
}
