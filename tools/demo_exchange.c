/* The happy path is: 1. a folder; 2. keys and configurations; 3. a broker, whose port is asked
 * of it; 4. the programme and the nodes, as decisions of an administrator; 5. the nodes; 6.
 * files in, and waiting until nothing waits; 7. all processes ended, the folder removed.
 *
 * What may go wrong: a verb fails (its own words are passed on), a process ends by itself (the
 * end of its log is shown), it takes too long, or the user ends it: the close is the same in all
 * cases. */
#include "tools/demo_exchange.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/buffer.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "tools/demo_processes.h"
#include "tools/say.h"
#include "tools/site.h"

enum {
    START_MS = 20 * 1000,
    VERB_MS = 60 * 1000,
    SETTLE_MS = 120 * 1000,
    POLL_MS = 25,
    LOG_LINES = 12,
    LOG_TAIL_BYTES = 4096,
    SIGNALLED = 128,
    TEXT_BYTES = 1024,
    ENDPOINT_BYTES = 64
};

static const char lead[] = "lead";
static const char broker_keys[] = "broker.keys";
static const char admin_keys[] = "admin.keys";

struct partner {
    const char *name;
    uint32_t programme; /* number */
};

struct demo_exchange {
    struct demo_exchange_options options;
    struct partner partners[DEMO_EXCHANGE_PARTNERS_MAX]; /* of all programmes */
    uint32_t partner_count;
    struct demo_processes *processes;
    char folder[DEMO_EXCHANGE_PATH_BYTES];
    char programs[DEMO_EXCHANGE_PATH_BYTES]; /* folder of this program and the daemons */
    char broker_yaml[DEMO_EXCHANGE_PATH_BYTES];
    char endpoint[ENDPOINT_BYTES];
    bool made_folder;
};

const char *demo_exchange_folder(const struct demo_exchange *self)
{
    return self->folder;
}

const char *demo_exchange_endpoint(const struct demo_exchange *self)
{
    return self->endpoint;
}

void demo_exchange_path(const struct demo_exchange *self, const char *place, const char *name,
                        char out[DEMO_EXCHANGE_PATH_BYTES])
{
    const int size = snprintf(out, DEMO_EXCHANGE_PATH_BYTES, "%s/%s/%s", self->folder,
                              place != NULL ? place : lead, name);
    assert(size > 0 && size < DEMO_EXCHANGE_PATH_BYTES);
}

const char *demo_exchange_broker_yaml(struct demo_exchange *self)
{
    demo_exchange_path(self, NULL, "broker.yaml", self->broker_yaml);
    return self->broker_yaml;
}

/* ---- news of the processes ---- */

static void show_log_end(const char *path)
{
    struct buffer text = {.bytes_max = DEMO_PROCESSES_OUTPUT_MAX};
    if (file_read(path, &text) != ERR_OK) {
        return;
    }
    size_t from = text.size;
    uint32_t lines = 0;
    while (from > 0 && text.size - from < LOG_TAIL_BYTES) {
        lines += text.data[from - 1] == '\n' ? 1 : 0;
        if (lines > LOG_LINES) {
            break;
        }
        from--;
    }
    fprintf(stderr, "The end of %s:\n", path);
    fwrite(text.data + from, 1, text.size - from, stderr);
    buffer_fini(&text);
}

static int tell_news(struct demo_exchange *self, enum demo_processes_news news)
{
    switch (news) {
    case DEMO_PROCESSES_QUIET:
        return EX_OK;
    case DEMO_PROCESSES_STOP:
        return SIGNALLED + demo_processes_signal(self->processes);
    case DEMO_PROCESSES_ENDED: {
        const struct demo_processes_death death = demo_processes_ended(self->processes);
        show_log_end(death.log);
        return death.status > SIGNALLED
                   ? say(EX_SOFTWARE, NULL, "%s was ended by signal %d", death.name,
                         death.status - SIGNALLED)
                   : say(EX_SOFTWARE, NULL, "%s ended by itself with %d", death.name, death.status);
    }
    }
    return EX_SOFTWARE;
}

bool demo_exchange_stopped(const struct demo_exchange *self)
{
    return demo_processes_signal(self->processes) != 0;
}

/* ---- verbs ---- */

static int fail_verb(const char *const *words, int status, const struct buffer *complaint)
{
    fwrite(complaint->data, 1, complaint->size, stderr);
    return say(EX_SOFTWARE, NULL, "\"ogniwo %s%s%s\" failed with %d", words[0],
               words[1] != NULL ? " " : "", words[1] != NULL ? words[1] : "", status);
}

struct verb {
    const char *const *words;
    struct buffer output, complaint;
    const char *argv[DEMO_EXCHANGE_WORDS_MAX + 2];
};

static void prepare_run(struct verb *verb, const char *folder, struct demo_processes_run *out)
{
    verb->argv[0] = "/proc/self/exe";
    for (uint32_t i = 0; verb->words[i] != NULL; i++) {
        assert(i < DEMO_EXCHANGE_WORDS_MAX);
        verb->argv[i + 1] = verb->words[i];
    }
    verb->output.bytes_max = verb->complaint.bytes_max = DEMO_PROCESSES_OUTPUT_MAX;
    *out = (struct demo_processes_run){.words = verb->argv,
                                       .folder = folder,
                                       .timeout_ms = VERB_MS,
                                       .output = &verb->output,
                                       .complaint = &verb->complaint};
}

/* Verbs run in the lead's folder, where its keys lie, and side by side. The caller ends the outputs
 * of all. */
static int run_verbs(struct demo_exchange *self, struct verb *verbs, uint32_t count)
{
    struct demo_processes_run runs[DEMO_PROCESSES_RUNS_MAX];
    int statuses[DEMO_PROCESSES_RUNS_MAX] = {0};
    char folder[DEMO_EXCHANGE_PATH_BYTES];
    enum demo_processes_news news;
    demo_exchange_path(self, NULL, ".", folder);
    for (uint32_t i = 0; i < count; i++) {
        prepare_run(&verbs[i], folder, &runs[i]);
    }
    const enum err err = demo_processes_run(self->processes, runs, count, statuses, &news);
    int told = tell_news(self, news);
    if (told == EX_OK && err != ERR_OK) {
        told = say_err(err, verbs[0].words[0]);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (told == EX_OK && statuses[i] != 0) {
            told = fail_verb(verbs[i].words, statuses[i], &verbs[i].complaint);
        }
        buffer_fini(&verbs[i].complaint);
    }
    return told;
}

int demo_exchange_run(struct demo_exchange *self, const char *const *words, json_t **answer)
{
    struct verb verb = {.words = words};
    int status = run_verbs(self, &verb, 1);
    if (status == EX_OK && answer != NULL) {
        *answer = json_loadb((const char *)verb.output.data, verb.output.size, 0, NULL);
        if (*answer == NULL) {
            status = say(EX_SOFTWARE, NULL, "\"ogniwo %s\" printed no JSON", words[0]);
        }
    }
    buffer_fini(&verb.output);
    return status;
}

/* ---- the folder ---- */

static bool is_empty(const char *path)
{
    DIR *folder = opendir(path);
    bool empty = folder != NULL;
    for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL;
         entry = readdir(folder)) {
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return empty;
}

static int make_folder(struct demo_exchange *self)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    char *whole = NULL;
    const char *temporary = getenv("TMPDIR");
    const char *wanted = self->options.folder;
    if (wanted != NULL) {
        snprintf(path, sizeof path, "%s", wanted);
        self->made_folder = mkdir(path, 0700) == 0;
        if (!self->made_folder && (errno != EEXIST || !is_empty(path))) {
            return errno == EEXIST
                       ? say(EX_CANTCREAT, "name an empty folder, or one that is not there",
                             "%s: there is something in it", path)
                       : say(EX_CANTCREAT, NULL, "%s: %s", path, strerror(errno));
        }
    } else {
        snprintf(path, sizeof path, "%s/ogniwo-demo-XXXXXX",
                 temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
        self->made_folder = mkdtemp(path) != NULL;
        if (!self->made_folder) {
            return say(EX_CANTCREAT, "name a folder with --folder DIR", "%s: %s", path,
                       strerror(errno));
        }
    }
    whole = realpath(path, NULL);
    const int size =
        snprintf(self->folder, sizeof self->folder, "%s", whole != NULL ? whole : path);
    free(whole);
    /* A socket's path must fit its address: FOLDER/PARTNER/node.sock. */
    size_t longest = sizeof lead;
    for (uint32_t i = 0; i < self->partner_count; i++) {
        const size_t partner = strlen(self->partners[i].name);
        longest = partner > longest ? partner : longest;
    }
    const size_t room = sizeof((struct sockaddr_un *)NULL)->sun_path;
    if ((size_t)size + longest + sizeof "//broker.sock" > room) {
        return say(EX_CANTCREAT, "name a shorter one with --folder DIR",
                   "%s: the path is too long for a socket in it", self->folder);
    }
    return EX_OK;
}

/* Removes one folder that the demo made, with all that its processes left in it. */
static void remove_tree(const char *path)
{
    char *const roots[] = {(char *)(uintptr_t)path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    bool done = walk != NULL;
    for (FTSENT *entry = walk != NULL ? fts_read(walk) : NULL; entry != NULL;
         entry = fts_read(walk)) {
        const bool folder = entry->fts_info == FTS_DP;
        const bool file = entry->fts_info != FTS_D && !folder;
        if ((folder && rmdir(entry->fts_path) != 0 && errno != ENOENT) ||
            (file && unlink(entry->fts_path) != 0 && errno != ENOENT)) {
            done = false;
        }
    }
    if (walk != NULL) {
        fts_close(walk);
    }
    if (!done) {
        say(EX_IOERR, "remove it by hand", "%s could not be removed whole", path);
    }
}

static void remove_folder(const struct demo_exchange *self)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    if (self->folder[0] == '\0') {
        return;
    }
    for (uint32_t i = 0; i <= self->partner_count; i++) {
        struct stat about;
        const char *place = i > 0 ? self->partners[i - 1].name : lead;
        snprintf(path, sizeof path, "%.*s/%s", (int)sizeof path / 2, self->folder, place);
        if (lstat(path, &about) == 0) {
            remove_tree(path);
        }
    }
    if (self->made_folder && rmdir(self->folder) != 0) {
        say(EX_IOERR, NULL, "%s stays: something else is in it", self->folder);
    }
}

/* ---- life ---- */

static int find_programs(struct demo_exchange *self)
{
    char path[PATH_MAX] = {0};
    const ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    char *slash = size > 0 ? strrchr(path, '/') : NULL;
    if (slash == NULL || (size_t)(slash - path) >= sizeof self->programs - 16) {
        return say(EX_OSFILE, NULL, "this program cannot find itself");
    }
    memcpy(self->programs, path, (size_t)(slash - path));
    return EX_OK;
}

static void list_partners(struct demo_exchange *self)
{
    assert(self->options.programme_count <= DEMO_EXCHANGE_PROGRAMMES_MAX);
    for (uint32_t i = 0; i < self->options.programme_count; i++) {
        const struct demo_exchange_programme *programme = &self->options.programmes[i];
        for (uint32_t k = 0; k < programme->partner_count; k++) {
            assert(self->partner_count < DEMO_EXCHANGE_PARTNERS_MAX);
            self->partners[self->partner_count++] =
                (struct partner){.name = programme->partners[k], .programme = i};
        }
    }
}

int demo_exchange_open(const struct demo_exchange_options *options, struct demo_exchange **out)
{
    struct demo_exchange *self = mem_calloc(1, sizeof *self);
    *out = self;
    if (self == NULL) {
        return say_err(ERR_MEMORY, "demo");
    }
    self->options = *options;
    list_partners(self);
    const enum err err = demo_processes_open(&self->processes);
    int status = err == ERR_OK ? find_programs(self) : say_err(err, "demo");
    if (status == EX_OK) {
        status = make_folder(self);
    }
    if (status != EX_OK) {
        demo_exchange_close(out);
    }
    return status;
}

/* The signals stay kept back until the folder is gone. */
void demo_exchange_close(struct demo_exchange **self)
{
    struct demo_exchange *exchange = *self;
    if (exchange != NULL) {
        if (exchange->processes != NULL) {
            demo_processes_end(exchange->processes);
        }
        remove_folder(exchange);
        demo_processes_close(&exchange->processes);
        mem_free(exchange);
    }
    *self = NULL;
}

/* ---- setting up ---- */

static int write_file(const struct demo_exchange *self, const char *place, const char *name,
                      const char *text)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    demo_exchange_path(self, place, name, path);
    const enum err err = file_write(path, bytes_text(text), 0600);
    return err == ERR_OK ? EX_OK : say_err(err, path);
}

static int make_place(const struct demo_exchange *self, const char *place)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    snprintf(path, sizeof path, "%.*s/%s", (int)sizeof path / 2, self->folder, place);
    const enum err err = file_make_folder(path, 0700);
    return err == ERR_OK ? EX_OK : say_err(err, path);
}

/* Where a programme's key lies, in the lead's folder. */
static void key_file(const struct demo_exchange *self, uint32_t programme, char out[NAME_MAX])
{
    snprintf(out, NAME_MAX, "%s.keys", self->options.programmes[programme].id);
}

static int make_programme_keys(struct demo_exchange *self)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < self->options.programme_count; i++) {
        char file[NAME_MAX];
        const char *const words[] = {"keys", "new", "programme", self->options.programmes[i].id,
                                     "-o",   file,  NULL};
        key_file(self, i, file);
        status = demo_exchange_run(self, words, NULL);
    }
    return status;
}

/* Three kinds of keys; the broker's configuration names the administrator's public one. */
static int make_keys(struct demo_exchange *self)
{
    const char *const new_broker[] = {"keys", "new", "broker", "-o", broker_keys, NULL};
    const char *const new_admin[] = {"keys",     "new",      "administrator", "-o",
                                     admin_keys, "--format", "json",          NULL};
    char text[TEXT_BYTES];
    json_t *keys = NULL;
    int status = demo_exchange_run(self, new_broker, NULL);
    if (status == EX_OK) {
        status = make_programme_keys(self);
    }
    if (status == EX_OK) {
        status = demo_exchange_run(self, new_admin, &keys);
    }
    if (status == EX_OK) {
        const char *key = json_string_value(json_object_get(keys, "signing_key"));
        snprintf(text, sizeof text,
                 "store: store\npeople: people\nlisten: tcp://127.0.0.1:*\n"
                 "admin: ipc://broker.sock\nkeys: %s\nadministrators: [%s]\nstore_gib: 1\n",
                 broker_keys, key != NULL ? key : "");
        status = write_file(self, NULL, "broker.yaml", text);
    }
    json_decref(keys);
    return status;
}

static int start_program(struct demo_exchange *self, const char *place, const char *name,
                         const char *yaml, const char *log)
{
    char program[DEMO_EXCHANGE_PATH_BYTES + 32], config[DEMO_EXCHANGE_PATH_BYTES];
    char log_path[DEMO_EXCHANGE_PATH_BYTES], title[DEMO_PROCESSES_NAME_BYTES];
    const char *const words[] = {program, "-c", config, NULL};
    const struct demo_processes_program start = {.name = title, .words = words, .log = log_path};
    snprintf(program, sizeof program, "%s/%s", self->programs, name);
    snprintf(title, sizeof title, "%s%s%s", name, place != NULL ? " of " : "",
             place != NULL ? place : "");
    demo_exchange_path(self, place, yaml, config);
    demo_exchange_path(self, place, log, log_path);
    if (access(program, X_OK) != 0) {
        return say(EX_OSFILE, "build or install all three programs", "%s: %s", program,
                   strerror(errno));
    }
    const enum err err = demo_processes_start(self->processes, &start);
    return err == ERR_OK ? EX_OK : say_err(err, program);
}

/* The status of the broker, once there is one. */
static int wait_for_broker(struct demo_exchange *self)
{
    char path[DEMO_EXCHANGE_PATH_BYTES], socket[DEMO_EXCHANGE_PATH_BYTES + 8];
    const uint64_t until = clock_monotonic_ms() + START_MS;
    demo_exchange_path(self, NULL, "broker.sock", path);
    snprintf(socket, sizeof socket, "ipc://%s", path);
    while (clock_monotonic_ms() < until) {
        json_t *answer = NULL;
        uint32_t refused = 0;
        const int status = tell_news(self, demo_processes_wait(self->processes, POLL_MS));
        if (status != EX_OK) {
            return status;
        }
        const enum err err = site_ask(socket, "status", NULL, &refused, &answer);
        const char *endpoint = json_string_value(json_object_get(answer, "endpoint"));
        snprintf(self->endpoint, sizeof self->endpoint, "%s", endpoint != NULL ? endpoint : "");
        json_decref(answer);
        if (err == ERR_OK && refused == 0 && self->endpoint[0] != '\0') {
            return EX_OK;
        }
    }
    return say(EX_UNAVAILABLE, NULL, "the broker does not answer at %s", socket);
}

static int put_programmes(struct demo_exchange *self)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < self->options.programme_count; i++) {
        char file[NAME_MAX];
        const char *const words[] = {
            "programme", "put",      self->options.programmes[i].file, "--key", file, "--admin",
            admin_keys,  "--broker", demo_exchange_broker_yaml(self),  NULL};
        key_file(self, i, file);
        status = demo_exchange_run(self, words, NULL);
    }
    return status;
}

/* The words of one enrolment, and the texts that they point to. */
struct enrolment {
    char join[DEMO_EXCHANGE_PATH_BYTES], programme[TEXT_BYTES];
    const char *words[DEMO_EXCHANGE_WORDS_MAX];
};

static void prepare_enrolment(struct demo_exchange *self, const struct partner *partner,
                              struct enrolment *out)
{
    char file[NAME_MAX];
    demo_exchange_path(self, partner->name, "node.join", out->join);
    key_file(self, partner->programme, file);
    snprintf(out->programme, sizeof out->programme, "%s=%s",
             self->options.programmes[partner->programme].id, file);
    const char *const words[] = {"node",        "enrol",
                                 "--programme", out->programme,
                                 "--partner",   partner->name,
                                 "--name",      partner->name,
                                 "--admin",     admin_keys,
                                 "--output",    out->join,
                                 "--broker",    demo_exchange_broker_yaml(self),
                                 NULL};
    memcpy(out->words, words, sizeof words);
}

/* Each enrolment waits for the disk, so several wait together. */
static int enrol(struct demo_exchange *self, const struct partner *partners, uint32_t count)
{
    struct enrolment enrolments[DEMO_PROCESSES_RUNS_MAX];
    struct verb verbs[DEMO_PROCESSES_RUNS_MAX] = {0};
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < count; i++) {
        prepare_enrolment(self, &partners[i], &enrolments[i]);
        verbs[i].words = enrolments[i].words;
        status = make_place(self, partners[i].name);
    }
    if (status == EX_OK) {
        status = run_verbs(self, verbs, count);
    }
    for (uint32_t i = 0; i < count; i++) {
        buffer_fini(&verbs[i].output);
    }
    return status;
}

static int start_node(struct demo_exchange *self, const char *partner)
{
    static const char yaml[] = "join: node.join\nstore: store\nadmin: ipc://node.sock\n"
                               "folder: wrzutka\nmapping: mapping.yaml\nrest_ms: 100\n"
                               "rescan_ms: 1000\nstore_gib: 1\n";
    int status = write_file(self, partner, "mapping.yaml", self->options.mapping);
    if (status == EX_OK) {
        status = write_file(self, partner, "node.yaml", yaml);
    }
    return status == EX_OK ? start_program(self, partner, "ogniwo-node", "node.yaml", "node.log")
                           : status;
}

static int start_nodes(struct demo_exchange *self)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < self->partner_count;) {
        const uint32_t left = self->partner_count - i;
        const uint32_t count = left < DEMO_PROCESSES_RUNS_MAX ? left : DEMO_PROCESSES_RUNS_MAX;
        status = enrol(self, &self->partners[i], count);
        for (uint32_t k = 0; status == EX_OK && k < count; k++) {
            status = start_node(self, self->partners[i + k].name);
        }
        i += count;
    }
    return status;
}

int demo_exchange_start(struct demo_exchange *self)
{
    int status = make_place(self, lead);
    if (status == EX_OK) {
        status = make_keys(self);
    }
    if (status == EX_OK) {
        status = start_program(self, NULL, "ogniwo-broker", "broker.yaml", "broker.log");
    }
    if (status == EX_OK) {
        status = wait_for_broker(self);
    }
    if (status == EX_OK) {
        status = put_programmes(self);
    }
    return status == EX_OK ? start_nodes(self) : status;
}

/* ---- files ---- */

int demo_exchange_drop(struct demo_exchange *self, const char *partner, const char *name,
                       struct bytes content)
{
    char path[DEMO_EXCHANGE_PATH_BYTES], place[DEMO_EXCHANGE_PATH_BYTES];
    demo_exchange_path(self, partner, "wrzutka", place);
    snprintf(path, sizeof path, "%.*s/%s", (int)sizeof path - 64, place, name);
    enum err err = file_make_folder(place, 0770);
    if (err == ERR_OK) {
        err = file_write(path, content, 0600);
    }
    return err == ERR_OK ? EX_OK : say_err(err, path);
}

int demo_exchange_sent(const struct demo_exchange *self, const char *partner, const char *name,
                       char out[DEMO_EXCHANGE_PATH_BYTES])
{
    char place[DEMO_EXCHANGE_PATH_BYTES];
    bool found = false;
    demo_exchange_path(self, partner, "wrzutka/wyslane", place);
    DIR *folder = opendir(place);
    while (folder != NULL && !found) {
        const struct dirent *day = readdir(folder);
        if (day == NULL) {
            break;
        }
        const int size =
            snprintf(out, DEMO_EXCHANGE_PATH_BYTES, "%s/%s/%s", place, day->d_name, name);
        found = size < DEMO_EXCHANGE_PATH_BYTES && access(out, R_OK) == 0;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return found
               ? EX_OK
               : say(EX_NOINPUT, NULL, "%s is not among the files that %s has read", name, partner);
}

/* How many files that a clerk would have put there are in a folder; the first one's name. */
static uint32_t count_files(const char *path, char name[NAME_MAX + 1])
{
    DIR *folder = opendir(path);
    uint32_t count = 0;
    for (struct dirent *entry = folder != NULL ? readdir(folder) : NULL; entry != NULL;
         entry = readdir(folder)) {
        const size_t size = strlen(entry->d_name);
        if (size > 4 && strcmp(entry->d_name + size - 4, ".csv") == 0) {
            snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
            count++;
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return count;
}

/* Fills *settled. Whatever is put aside for mending ends the demo, and its report is shown. */
static int ask_node(struct demo_exchange *self, const char *partner, bool *settled)
{
    char path[DEMO_EXCHANGE_PATH_BYTES], socket[DEMO_EXCHANGE_PATH_BYTES + 8];
    char name[NAME_MAX + 1];
    json_t *answer = NULL;
    uint32_t refused = 0;
    demo_exchange_path(self, partner, "wrzutka/do-poprawy", path);
    if (count_files(path, name) > 0) {
        char report[DEMO_EXCHANGE_PATH_BYTES + NAME_MAX + 32];
        snprintf(report, sizeof report, "%s/%s.raport.txt", path, name);
        show_log_end(report);
        return say(EX_DATAERR, NULL, "%s at %s was refused, in whole or in part", name, partner);
    }
    demo_exchange_path(self, partner, "wrzutka", path);
    *settled = count_files(path, name) == 0;
    if (!*settled) {
        return EX_OK;
    }
    demo_exchange_path(self, partner, "node.sock", path);
    snprintf(socket, sizeof socket, "ipc://%s", path);
    const enum err err = site_ask(socket, "status", NULL, &refused, &answer);
    const char *uplink = json_string_value(json_object_get(answer, "uplink"));
    *settled = err == ERR_OK && refused == 0 && uplink != NULL && strcmp(uplink, "ready") == 0 &&
               json_is_false(json_object_get(answer, "reading")) &&
               json_integer_value(json_object_get(answer, "waiting")) == 0;
    const bool stopped = uplink != NULL && strcmp(uplink, "stopped") == 0;
    const char *why = json_string_value(json_object_get(answer, "stopped"));
    const int status = stopped ? say(EX_PROTOCOL, NULL, "the node of %s has stopped sending: %s",
                                     partner, why != NULL ? why : "")
                               : EX_OK;
    json_decref(answer);
    return status;
}

int demo_exchange_settle(struct demo_exchange *self)
{
    const uint64_t until = clock_monotonic_ms() + SETTLE_MS;
    uint32_t partner = 0;
    while (partner < self->partner_count) {
        bool settled = false;
        const char *name = self->partners[partner].name;
        int status = tell_news(self, demo_processes_wait(self->processes, 0));
        if (status == EX_OK) {
            status = ask_node(self, name, &settled);
        }
        if (status != EX_OK) {
            return status;
        }
        if (settled) {
            partner++;
        } else if (clock_monotonic_ms() >= until) {
            return say(EX_TEMPFAIL, NULL, "the node of %s has not come to rest within %d s", name,
                       SETTLE_MS / 1000);
        } else {
            (void)demo_processes_wait(self->processes, POLL_MS);
        }
    }
    return EX_OK;
}

int demo_exchange_ask(struct demo_exchange *self, const char *verb, json_t **answer)
{
    char path[DEMO_EXCHANGE_PATH_BYTES], socket[DEMO_EXCHANGE_PATH_BYTES + 8];
    demo_exchange_path(self, NULL, "broker.sock", path);
    snprintf(socket, sizeof socket, "ipc://%s", path);
    return site_ask_or_say(socket, verb, NULL, answer);
}

int demo_exchange_stay(struct demo_exchange *self, uint64_t ms, bool *ended)
{
    const enum demo_processes_news news = demo_processes_wait(self->processes, ms);
    *ended = news == DEMO_PROCESSES_STOP;
    return *ended ? EX_OK : tell_news(self, news);
}
