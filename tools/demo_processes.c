/* The happy path is: 1. signals are kept back; 2. children are started and run; 3. every wait is
 * for a signal: of a child's end, or to end; 4. close ends the children, newest first.
 *
 * What may go wrong: a child ends by itself, or the user has had enough: both are news, told
 * until the close. A child that does not end in time is killed. */
#include "tools/demo_processes.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "io/clock.h"

enum { END_MS = 5000, LOG_PATH_BYTES = 512, CANNOT_RUN = 127, SIGNALLED = 128 };

struct child {
    pid_t pid; /* 0: it has ended and was waited for */
    int status;
    char name[DEMO_PROCESSES_NAME_BYTES];
    char log[LOG_PATH_BYTES];
};

struct demo_processes {
    sigset_t watched, mask_before;
    struct sigaction pipe_before;
    bool stop, closing;
    int signal; /* that asked for the stop */
    struct child children[DEMO_PROCESSES_MAX];
    uint32_t count;
    struct child *ended;                        /* by itself; null: none */
    struct child runs[DEMO_PROCESSES_RUNS_MAX]; /* programs that are run to their ends */
};

enum err demo_processes_open(struct demo_processes **out)
{
    static const int asks[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD};
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct demo_processes *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    sigemptyset(&self->watched);
    for (size_t i = 0; i < sizeof asks / sizeof asks[0]; i++) {
        sigaddset(&self->watched, asks[i]);
    }
    /* A reader that went away must not end us before the children are ended. */
    if (sigprocmask(SIG_BLOCK, &self->watched, &self->mask_before) != 0 ||
        sigaction(SIGPIPE, &ignore, &self->pipe_before) != 0) {
        mem_free(self);
        return ERR_IO;
    }
    *out = self;
    return ERR_OK;
}

/* ---- children ---- */

struct beginning {
    const char *const *words;
    const char *folder; /* null: where this process is */
    int outputs[2];
};

/* In the child: only calls that are safe behind a fork. */
_Noreturn static void become(const struct demo_processes *self, const struct beginning *beginning,
                             pid_t parent)
{
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    const int nothing = open("/dev/null", O_RDONLY);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || (beginning->folder != NULL && chdir(beginning->folder) != 0) ||
        nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(beginning->outputs[0], STDOUT_FILENO) < 0 ||
        dup2(beginning->outputs[1], STDERR_FILENO) < 0) {
        _exit(CANNOT_RUN);
    }
    /* An old kernel that does not know this leaves it to what was opened with O_CLOEXEC. */
    (void)close_range(STDERR_FILENO + 1, UINT32_MAX, 0);
    sigaction(SIGPIPE, &usual, NULL);
    sigprocmask(SIG_SETMASK, &self->mask_before, NULL);
    execv(beginning->words[0], (char *const *)(uintptr_t)beginning->words);
    static const char text[] = "this program cannot be run\n";
    const ssize_t told = write(STDERR_FILENO, text, sizeof text - 1);
    _exit(told > 0 ? CANNOT_RUN : CANNOT_RUN + 1);
}

static enum err start(struct demo_processes *self, const struct beginning *beginning,
                      struct child *child)
{
    const pid_t parent = getpid();
    fflush(NULL);
    child->pid = fork();
    if (child->pid == 0) {
        become(self, beginning, parent);
    }
    if (child->pid < 0) {
        child->pid = 0;
        return ERR_IO;
    }
    return ERR_OK;
}

enum err demo_processes_start(struct demo_processes *self,
                              const struct demo_processes_program *program)
{
    if (self->count == DEMO_PROCESSES_MAX) {
        return ERR_FULL;
    }
    struct child *child = &self->children[self->count];
    const int log = open(program->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) {
        return ERR_IO;
    }
    const struct beginning beginning = {.words = program->words, .outputs = {log, log}};
    snprintf(child->name, sizeof child->name, "%s", program->name);
    snprintf(child->log, sizeof child->log, "%s", program->log);
    const enum err err = start(self, &beginning, child);
    close(log);
    self->count += err == ERR_OK ? 1 : 0;
    return err;
}

/* Whether it has ended by now. */
static bool reap(struct child *child, int flags)
{
    int status = 0;
    if (child->pid == 0) {
        return true;
    }
    const pid_t got = waitpid(child->pid, &status, flags);
    if (got != child->pid) {
        return false;
    }
    child->pid = 0;
    child->status = WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
    return true;
}

static void reap_all(struct demo_processes *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        struct child *child = &self->children[i];
        if (child->pid != 0 && reap(child, WNOHANG) && !self->closing && self->ended == NULL) {
            self->ended = child;
        }
    }
    for (uint32_t i = 0; i < DEMO_PROCESSES_RUNS_MAX; i++) {
        (void)reap(&self->runs[i], WNOHANG);
    }
}

/* ---- waiting ---- */

static enum demo_processes_news news(const struct demo_processes *self)
{
    return self->stop            ? DEMO_PROCESSES_STOP
           : self->ended != NULL ? DEMO_PROCESSES_ENDED
                                 : DEMO_PROCESSES_QUIET;
}

/* Takes one signal if one comes in time; false: none came. */
static bool take_signal(struct demo_processes *self, uint64_t ms)
{
    const struct timespec time = {.tv_sec = (time_t)(ms / 1000),
                                  .tv_nsec = (long)(ms % 1000) * 1000000};
    const int signal = ms == UINT64_MAX ? sigwaitinfo(&self->watched, NULL)
                                        : sigtimedwait(&self->watched, NULL, &time);
    if (signal < 0) {
        return errno == EINTR;
    }
    if (signal == SIGCHLD) {
        reap_all(self);
    } else {
        self->stop = true;
        self->signal = signal;
    }
    return true;
}

enum demo_processes_news demo_processes_wait(struct demo_processes *self, uint64_t ms)
{
    const uint64_t now = clock_monotonic_ms();
    const uint64_t until = ms < UINT64_MAX - now ? now + ms : UINT64_MAX;
    reap_all(self);
    while (news(self) == DEMO_PROCESSES_QUIET) {
        const uint64_t at = clock_monotonic_ms();
        const uint64_t left = until == UINT64_MAX ? UINT64_MAX : at < until ? until - at : 0;
        if (!take_signal(self, left)) {
            break;
        }
    }
    return news(self);
}

int demo_processes_signal(const struct demo_processes *self)
{
    return self->signal;
}

struct demo_processes_death demo_processes_ended(const struct demo_processes *self)
{
    const struct child *child = self->ended;
    return child == NULL ? (struct demo_processes_death){0}
                         : (struct demo_processes_death){
                               .name = child->name, .log = child->log, .status = child->status};
}

/* ---- running to the end ---- */

static enum err read_output(int file, struct buffer *out)
{
    const off_t size = lseek(file, 0, SEEK_END);
    uint8_t *to = NULL;
    if (size < 0) {
        return ERR_IO;
    }
    const enum err err = buffer_reserve(out, (size_t)size, &to);
    for (off_t at = 0; err == ERR_OK && at < size;) {
        const ssize_t got = pread(file, to + at, (size_t)(size - at), at);
        if (got <= 0) {
            return ERR_IO;
        }
        at += got;
    }
    out->size += err == ERR_OK ? (size_t)size : 0;
    return err;
}

static bool runs_go_on(const struct demo_processes *self)
{
    bool any = false;
    for (uint32_t i = 0; i < DEMO_PROCESSES_RUNS_MAX; i++) {
        any = any || self->runs[i].pid != 0;
    }
    return any;
}

static enum err wait_for_runs(struct demo_processes *self, uint64_t timeout_ms)
{
    const uint64_t until = clock_monotonic_ms() + timeout_ms;
    while (runs_go_on(self) && news(self) == DEMO_PROCESSES_QUIET) {
        const uint64_t at = clock_monotonic_ms();
        if (at >= until) {
            return ERR_TIMEOUT;
        }
        (void)take_signal(self, until - at);
    }
    return ERR_OK;
}

static void kill_runs(struct demo_processes *self)
{
    for (uint32_t i = 0; i < DEMO_PROCESSES_RUNS_MAX; i++) {
        if (self->runs[i].pid != 0) {
            kill(self->runs[i].pid, SIGKILL);
            (void)reap(&self->runs[i], 0);
        }
    }
}

struct outputs {
    int output, complaint; /* files in memory; -1: none */
};

static enum err start_run(struct demo_processes *self, const struct demo_processes_run *run,
                          struct outputs *to, struct child *child)
{
    to->output = memfd_create("output", MFD_CLOEXEC);
    to->complaint = memfd_create("complaint", MFD_CLOEXEC);
    const struct beginning beginning = {
        .words = run->words, .folder = run->folder, .outputs = {to->output, to->complaint}};
    return to->output >= 0 && to->complaint >= 0 ? start(self, &beginning, child) : ERR_IO;
}

static enum err read_run(const struct demo_processes_run *run, const struct outputs *from)
{
    const enum err err = read_output(from->output, run->output);
    return err == ERR_OK ? read_output(from->complaint, run->complaint) : err;
}

static void close_outputs(const struct outputs *outputs)
{
    if (outputs->output >= 0) {
        close(outputs->output);
    }
    if (outputs->complaint >= 0) {
        close(outputs->complaint);
    }
}

enum err demo_processes_run(struct demo_processes *self, const struct demo_processes_run *runs,
                            uint32_t count, int *statuses, enum demo_processes_news *told)
{
    struct outputs outputs[DEMO_PROCESSES_RUNS_MAX];
    uint64_t timeout_ms = 0;
    uint32_t started = 0;
    enum err err = ERR_OK;
    assert(count <= DEMO_PROCESSES_RUNS_MAX && !runs_go_on(self));
    while (err == ERR_OK && started < count) {
        err = start_run(self, &runs[started], &outputs[started], &self->runs[started]);
        timeout_ms = runs[started].timeout_ms > timeout_ms ? runs[started].timeout_ms : timeout_ms;
        started++;
    }
    if (err == ERR_OK) {
        err = wait_for_runs(self, timeout_ms);
    }
    kill_runs(self);
    for (uint32_t i = 0; i < started; i++) {
        err = err == ERR_OK ? read_run(&runs[i], &outputs[i]) : err;
        statuses[i] = self->runs[i].status;
        close_outputs(&outputs[i]);
    }
    *told = news(self);
    return err;
}

/* ---- the end ---- */

/* The newest first, since the others may be asked by it. A second request to end makes it short. */
static void end_child(struct demo_processes *self, struct child *child)
{
    const uint64_t until = clock_monotonic_ms() + END_MS;
    if (child->pid == 0) {
        return;
    }
    kill(child->pid, SIGTERM);
    self->stop = false;
    while (!reap(child, WNOHANG) && !self->stop) {
        const uint64_t at = clock_monotonic_ms();
        if (at >= until) {
            break;
        }
        (void)take_signal(self, until - at);
    }
    if (child->pid != 0) {
        kill(child->pid, SIGKILL);
        (void)reap(child, 0);
    }
}

void demo_processes_end(struct demo_processes *self)
{
    self->closing = true;
    for (uint32_t i = self->count; i > 0; i--) {
        end_child(self, &self->children[i - 1]);
    }
    self->count = 0;
}

void demo_processes_close(struct demo_processes **self)
{
    struct demo_processes *processes = *self;
    if (processes != NULL) {
        demo_processes_end(processes);
        /* What asked us to end meanwhile has been obeyed. */
        while (take_signal(processes, 0)) {
        }
        sigaction(SIGPIPE, &processes->pipe_before, NULL);
        sigprocmask(SIG_SETMASK, &processes->mask_before, NULL);
        mem_free(processes);
    }
    *self = NULL;
}
