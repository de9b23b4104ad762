#include "e2e/support/programs.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/file.h"
#include "tools/site.h"

enum {
    WORDS_MAX = 24,
    OUTPUT_BYTES_MAX = 64 << 20,
    START_MS = 30000,
    REST_MS = 20,
    RESCAN_MS = 300
};

const char *const programs_partners[PROGRAMS_NODES] = {"KLUCZ", "STOPIL"};

void programs_path(const struct programs *self, const char *place, const char *name,
                   char out[PROGRAMS_PATH_BYTES])
{
    const int size = snprintf(out, PROGRAMS_PATH_BYTES, "%s/%s/%s", self->folder, place, name);
    assert_true(size > 0 && size < PROGRAMS_PATH_BYTES);
}

static void write_text(const struct programs *self, const char *place, const char *name,
                       const char *text)
{
    char path[PROGRAMS_PATH_BYTES];
    programs_path(self, place, name, path);
    assert_int_equal(ERR_OK, file_write(path, bytes_text(text), 0600));
}

/* A terminal becomes the controlling one, so that keys and the window's size reach the program. */
static bool take_terminal(int output)
{
    return isatty(output) != 1 || (setsid() >= 0 && ioctl(output, TIOCSCTTY, 0) == 0);
}

/* Starts a program that dies with the test; its output goes to the descriptor. */
static pid_t start(const char *const *words, int output, int complaint)
{
    const pid_t parent = getpid();
    fflush(NULL);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent || !take_terminal(output) || dup2(output, STDOUT_FILENO) < 0 ||
            dup2(complaint, STDERR_FILENO) < 0) {
            _exit(126);
        }
        execv(words[0], (char *const *)(uintptr_t)words);
        _exit(127);
    }
    return pid;
}

static pid_t start_daemon(const struct programs *self, const char *program, const char *place,
                          const char *yaml, const char *log)
{
    char path[PROGRAMS_PATH_BYTES], config[PROGRAMS_PATH_BYTES], log_path[PROGRAMS_PATH_BYTES];
    const char *const words[] = {path, "-c", config, NULL};
    snprintf(path, sizeof path, "%s/%s", BIN_DIR, program);
    programs_path(self, place, yaml, config);
    programs_path(self, place, log, log_path);
    const int output = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    assert_true(output >= 0);
    const pid_t pid = start(words, output, output);
    close(output);
    return pid;
}

void programs_start_broker(struct programs *self)
{
    self->broker = start_daemon(self, "ogniwo-broker", "lead", "broker.yaml", "broker.log");
}

void programs_start_node(struct programs *self, uint32_t node)
{
    self->nodes[node] =
        start_daemon(self, "ogniwo-node", programs_partners[node], "node.yaml", "node.log");
}

void programs_kill(pid_t *pid)
{
    int status = 0;
    assert_true(*pid > 0);
    assert_int_equal(0, kill(*pid, SIGKILL));
    assert_int_equal(*pid, waitpid(*pid, &status, 0));
    /* It was still running: it did not end by itself before. */
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    *pid = 0;
}

static void assert_runs(pid_t pid)
{
    int status = 0;
    assert_int_equal(0, waitpid(pid, &status, WNOHANG));
}

void programs_check_alive(struct programs *self)
{
    assert_runs(self->broker);
    for (uint32_t i = 0; i < PROGRAMS_NODES; i++) {
        assert_runs(self->nodes[i]);
    }
}

pid_t programs_spawn(struct programs *self, const char *const *words, int output)
{
    char program[PROGRAMS_PATH_BYTES], broker[PROGRAMS_PATH_BYTES];
    const char *argv[WORDS_MAX] = {program};
    int count = 1;
    snprintf(program, sizeof program, "%s/ogniwo", BIN_DIR);
    programs_path(self, "lead", "broker.yaml", broker);
    assert_int_equal(0, setenv("OGNIWO_BROKER", broker, 1));
    for (int i = 0; words[i] != NULL; i++) {
        assert_true(count + 1 < WORDS_MAX);
        argv[count++] = words[i];
    }
    return start(argv, output, STDERR_FILENO);
}

int programs_run(struct programs *self, const char *const *words, struct buffer *out)
{
    char part[4096];
    int ends[2], status = 0;
    ssize_t got;
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    const pid_t pid = programs_spawn(self, words, ends[1]);
    close(ends[1]);
    while ((got = read(ends[0], part, sizeof part)) > 0) {
        if (out != NULL) {
            assert_int_equal(ERR_OK, buffer_add(out, bytes_of(part, (size_t)got)));
        }
    }
    close(ends[0]);
    assert_int_equal(pid, waitpid(pid, &status, 0));
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

json_t *programs_ask(struct programs *self, uint32_t node, const char *verb)
{
    char path[PROGRAMS_PATH_BYTES], endpoint[PROGRAMS_PATH_BYTES + 8];
    json_t *answer = NULL;
    uint32_t status = 0;
    programs_path(self, node == UINT32_MAX ? "lead" : programs_partners[node],
                  node == UINT32_MAX ? "broker.sock" : "node.sock", path);
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    if (site_ask(endpoint, verb, NULL, &status, &answer) != ERR_OK) {
        return NULL;
    }
    assert_int_equal(0, status);
    return answer;
}

static json_t *wait_for(struct programs *self, uint32_t node)
{
    const uint64_t end = clock_monotonic_ms() + START_MS;
    json_t *answer = NULL;
    while (answer == NULL) {
        assert_true(clock_monotonic_ms() < end);
        programs_check_alive(self);
        answer = programs_ask(self, node, "status");
        poll(NULL, 0, answer == NULL ? 20 : 0);
    }
    return answer;
}

/* ---- setting up ---- */

static void configure(const struct programs *self, const char *listen, const char *administrator)
{
    char text[1024];
    snprintf(text, sizeof text,
             "store: store\npeople: people\nlisten: %s\nadmin: ipc://broker.sock\n"
             "keys: broker.keys\nadministrators: [%s]\nstore_gib: 1\nlog_level: debug\n",
             listen, administrator);
    write_text(self, "lead", "broker.yaml", text);
}

static void make_keys(struct programs *self, char administrator[65])
{
    char broker[PROGRAMS_PATH_BYTES], admin[PROGRAMS_PATH_BYTES], programme[PROGRAMS_PATH_BYTES];
    struct buffer out = {.bytes_max = OUTPUT_BYTES_MAX};
    programs_path(self, "lead", "broker.keys", broker);
    programs_path(self, "lead", "admin.keys", admin);
    programs_path(self, "lead", "abc.keys", programme);
    const char *const new_broker[] = {"keys", "new", "broker", "-o", broker, NULL};
    const char *const new_programme[] = {"keys", "new", "programme", "ABC", "-o", programme, NULL};
    const char *const new_admin[] = {"keys", "new",      "administrator", "-o",
                                     admin,  "--format", "json",          NULL};
    struct buffer unread = {.bytes_max = OUTPUT_BYTES_MAX};
    assert_int_equal(0, programs_run(self, new_broker, &unread));
    assert_int_equal(0, programs_run(self, new_programme, &unread));
    assert_int_equal(0, programs_run(self, new_admin, &out));
    json_t *json = json_loadb((const char *)out.data, out.size, 0, NULL);
    const char *key = json_string_value(json_object_get(json, "signing_key"));
    assert_non_null(key);
    snprintf(administrator, 65, "%s", key);
    json_decref(json);
    buffer_fini(&out);
    buffer_fini(&unread);
}

void programs_configure_node(const struct programs *self, uint32_t node, uint32_t rest_ms,
                             uint32_t rescan_ms)
{
    char text[512];
    snprintf(text, sizeof text,
             "join: node.join\nstore: store\nadmin: ipc://node.sock\nfolder: wrzutka\n"
             "mapping: mapping.yaml\nrest_ms: %u\nrescan_ms: %u\nstore_gib: 1\n"
             "log_level: debug\n",
             rest_ms, rescan_ms);
    write_text(self, programs_partners[node], "node.yaml", text);
}

static void enrol(struct programs *self, uint32_t node)
{
    const char *partner = programs_partners[node];
    char admin[PROGRAMS_PATH_BYTES], join[PROGRAMS_PATH_BYTES], key[PROGRAMS_PATH_BYTES];
    char programme[PROGRAMS_PATH_BYTES + 8], place[PROGRAMS_PATH_BYTES];
    struct buffer unread = {.bytes_max = OUTPUT_BYTES_MAX};
    snprintf(place, sizeof place, "%s/%s", self->folder, partner);
    assert_int_equal(0, mkdir(place, 0700));
    programs_path(self, "lead", "admin.keys", admin);
    programs_path(self, "lead", "abc.keys", key);
    programs_path(self, partner, "node.join", join);
    snprintf(programme, sizeof programme, "ABC=%s", key);
    const char *const words[] = {"node",     "enrol",  "--programme", programme, "--partner",
                                 partner,    "--name", partner,       "--admin", admin,
                                 "--output", join,     NULL};
    assert_int_equal(0, programs_run(self, words, &unread));
    write_text(self, partner, "mapping.yaml", office_mapping);
    programs_configure_node(self, node, REST_MS, RESCAN_MS);
    buffer_fini(&unread);
}

void programs_begin(struct programs *self)
{
    char place[PROGRAMS_PATH_BYTES], administrator[65], admin[PROGRAMS_PATH_BYTES];
    char key[PROGRAMS_PATH_BYTES];
    struct buffer unread = {.bytes_max = OUTPUT_BYTES_MAX};
    *self = (struct programs){.folder = "/tmp/ogniwo-e2e-XXXXXX"};
    assert_non_null(mkdtemp(self->folder));
    snprintf(place, sizeof place, "%s/lead", self->folder);
    assert_int_equal(0, mkdir(place, 0700));
    make_keys(self, administrator);
    configure(self, "tcp://127.0.0.1:*", administrator);
    programs_start_broker(self);
    self->nodes[0] = self->nodes[1] = self->broker; /* not yet: only the broker is looked at */
    json_t *status = wait_for(self, UINT32_MAX);
    /* The nodes must find it again: it keeps the port that it was given. */
    configure(self, json_string_value(json_object_get(status, "endpoint")), administrator);
    json_decref(status);
    programs_path(self, "lead", "admin.keys", admin);
    programs_path(self, "lead", "abc.keys", key);
    const char *const words[] = {"programme", "put", SOURCE_DIR "/config/programmes/abc.yaml",
                                 "--key",     key,   "--admin",
                                 admin,       NULL};
    assert_int_equal(0, programs_run(self, words, &unread));
    buffer_fini(&unread);
    for (uint32_t i = 0; i < PROGRAMS_NODES; i++) {
        enrol(self, i);
        programs_start_node(self, i);
    }
    for (uint32_t i = 0; i < PROGRAMS_NODES; i++) {
        json_decref(wait_for(self, i));
    }
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

void programs_end(struct programs *self)
{
    for (uint32_t i = 0; i < PROGRAMS_NODES; i++) {
        if (self->nodes[i] > 0 && self->nodes[i] != self->broker) {
            programs_kill(&self->nodes[i]);
        }
    }
    if (self->broker > 0) {
        programs_kill(&self->broker);
    }
    nftw(self->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- files ---- */

void programs_drop(struct programs *self, uint32_t node, const char *name, struct bytes content)
{
    char place[PROGRAMS_PATH_BYTES], path[PROGRAMS_PATH_BYTES];
    programs_path(self, programs_partners[node], "wrzutka", place);
    snprintf(path, sizeof path, "%.200s/%s", place, name);
    assert_int_equal(ERR_OK, file_make_folder(place, 0770));
    assert_int_equal(ERR_OK, file_write(path, content, 0600));
}

bool programs_files_wait(const struct programs *self, uint32_t node)
{
    char place[PROGRAMS_PATH_BYTES];
    bool found = false;
    programs_path(self, programs_partners[node], "wrzutka", place);
    DIR *folder = opendir(place);
    for (const struct dirent *entry = folder != NULL ? readdir(folder) : NULL;
         entry != NULL && !found; entry = readdir(folder)) {
        const char *dot = strrchr(entry->d_name, '.');
        found = entry->d_type == DT_REG && dot != NULL && strcmp(dot, ".csv") == 0;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return found;
}

bool programs_node_done(struct programs *self, uint32_t node)
{
    if (programs_files_wait(self, node)) {
        return false;
    }
    json_t *status = programs_ask(self, node, "status");
    const bool done = status != NULL &&
                      json_integer_value(json_object_get(status, "waiting")) == 0 &&
                      json_is_false(json_object_get(status, "reading")) &&
                      json_integer_value(json_object_get(status, "head_seq")) > 0;
    json_decref(status);
    return done;
}

void programs_drop_office_file(struct programs *self, uint32_t node, uint32_t file)
{
    struct buffer text = {.bytes_max = OUTPUT_BYTES_MAX};
    char name[32];
    office_file(node, file, &text);
    snprintf(name, sizeof name, "plik-%02u.csv", file);
    programs_drop(self, node, name, buffer_bytes(&text));
    buffer_fini(&text);
}
