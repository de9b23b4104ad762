/* Children of the demo: real processes, without sleeping. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/file.h"
#include "tools/demo_processes.h"

struct fixture {
    struct demo_processes *processes;
    char folder[48], log[64];
};

static int setup(void **state)
{
    static struct fixture self;
    self = (struct fixture){.folder = "/tmp/ogniwo-processes-XXXXXX"};
    *state = &self;
    if (mkdtemp(self.folder) == NULL) {
        return -1;
    }
    snprintf(self.log, sizeof self.log, "%s/log", self.folder);
    return demo_processes_open(&self.processes) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *self = *state;
    demo_processes_close(&self->processes);
    (void)unlink(self->log);
    return rmdir(self->folder);
}

static void start(struct fixture *self, const char *script)
{
    const char *const words[] = {"/bin/sh", "-c", script, NULL};
    const struct demo_processes_program program = {
        .name = "child", .words = words, .log = self->log};
    assert_int_equal(ERR_OK, demo_processes_start(self->processes, &program));
}

/* Waits until the child has written a line: its process id. */
static pid_t told_pid(struct fixture *self)
{
    for (;;) {
        struct buffer text = {.bytes_max = 4096};
        assert_int_equal(ERR_OK, file_read(self->log, &text));
        const bool whole = text.size > 0 && text.data[text.size - 1] == '\n';
        const long pid = whole ? strtol((const char *)text.data, NULL, 10) : 0;
        buffer_fini(&text);
        if (pid > 0) {
            return (pid_t)pid;
        }
        assert_int_equal(DEMO_PROCESSES_QUIET, demo_processes_wait(self->processes, 5));
    }
}

static void run_gives_both_outputs_and_the_exit_code(void **state)
{
    struct fixture *self = *state;
    struct buffer output = {.bytes_max = 1 << 20}, complaint = {.bytes_max = 1 << 20};
    const char *const words[] = {"/bin/sh", "-c", "echo out; echo err >&2; exit 7", NULL};
    const struct demo_processes_run run = {
        .words = words, .timeout_ms = 60000, .output = &output, .complaint = &complaint};
    enum demo_processes_news news;
    int status = 0;
    assert_int_equal(ERR_OK, demo_processes_run(self->processes, &run, 1, &status, &news));
    assert_int_equal(DEMO_PROCESSES_QUIET, news);
    assert_int_equal(7, status);
    assert_true(bytes_is(buffer_bytes(&output), "out\n"));
    assert_true(bytes_is(buffer_bytes(&complaint), "err\n"));
    buffer_fini(&output);
    buffer_fini(&complaint);
}

/* Each waits for what the next one writes: one after the other they would never end. */
static void runs_go_side_by_side_and_are_told_apart(void **state)
{
    enum { COUNT = 2 };
    struct fixture *self = *state;
    struct buffer outputs[COUNT] = {{.bytes_max = 4096}, {.bytes_max = 4096}};
    struct buffer complaints[COUNT] = {{.bytes_max = 4096}, {.bytes_max = 4096}};
    const char *const first[] = {"/bin/sh", "-c",
                                 "mkfifo p && read x < p && unlink p; echo 1 $x; exit 3", NULL};
    const char *const second[] = {"/bin/sh", "-c",
                                  "until [ -p p ]; do :; done; echo hello > p; echo 2", NULL};
    const struct demo_processes_run runs[COUNT] = {{.words = first,
                                                    .folder = self->folder,
                                                    .timeout_ms = 60000,
                                                    .output = &outputs[0],
                                                    .complaint = &complaints[0]},
                                                   {.words = second,
                                                    .folder = self->folder,
                                                    .timeout_ms = 60000,
                                                    .output = &outputs[1],
                                                    .complaint = &complaints[1]}};
    enum demo_processes_news news;
    int statuses[COUNT];
    assert_int_equal(ERR_OK, demo_processes_run(self->processes, runs, COUNT, statuses, &news));
    assert_int_equal(3, statuses[0]);
    assert_int_equal(0, statuses[1]);
    assert_true(bytes_is(buffer_bytes(&outputs[0]), "1 hello\n"));
    assert_true(bytes_is(buffer_bytes(&outputs[1]), "2\n"));
    for (uint32_t i = 0; i < COUNT; i++) {
        buffer_fini(&outputs[i]);
        buffer_fini(&complaints[i]);
    }
}

static void run_is_killed_when_it_takes_too_long(void **state)
{
    struct fixture *self = *state;
    struct buffer output = {.bytes_max = 1 << 20}, complaint = {.bytes_max = 1 << 20};
    const char *const words[] = {"/bin/sh", "-c", "trap '' TERM; while :; do :; done", NULL};
    const struct demo_processes_run run = {
        .words = words, .timeout_ms = 50, .output = &output, .complaint = &complaint};
    enum demo_processes_news news;
    int status = 0;
    assert_int_equal(ERR_TIMEOUT, demo_processes_run(self->processes, &run, 1, &status, &news));
    assert_int_equal(128 + SIGKILL, status);
    buffer_fini(&output);
    buffer_fini(&complaint);
}

static void a_child_that_ends_by_itself_is_told_with_its_code(void **state)
{
    struct fixture *self = *state;
    start(self, "exit 5");
    assert_int_equal(DEMO_PROCESSES_ENDED, demo_processes_wait(self->processes, UINT64_MAX));
    const struct demo_processes_death death = demo_processes_ended(self->processes);
    assert_string_equal("child", death.name);
    assert_string_equal(self->log, death.log);
    assert_int_equal(5, death.status);
}

static void a_child_that_is_killed_is_told_with_the_signal(void **state)
{
    struct fixture *self = *state;
    start(self, "kill -9 $$");
    assert_int_equal(DEMO_PROCESSES_ENDED, demo_processes_wait(self->processes, UINT64_MAX));
    assert_int_equal(128 + SIGKILL, demo_processes_ended(self->processes).status);
}

static void close_leaves_no_child_behind(void **state)
{
    struct fixture *self = *state;
    start(self, "echo $$; while :; do read x < /dev/zero; done");
    const pid_t pid = told_pid(self);
    assert_int_equal(0, kill(pid, 0));
    demo_processes_close(&self->processes);
    assert_int_equal(-1, kill(pid, 0));
    assert_int_equal(ESRCH, errno);
}

static void children_stand_in_groups_of_their_own(void **state)
{
    struct fixture *self = *state;
    start(self, "echo $$; while :; do read x < /dev/zero; done");
    assert_int_not_equal(getpgrp(), getpgid(told_pid(self)));
}

static void a_signal_to_end_is_told_and_does_not_end_this_process(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(0, demo_processes_signal(self->processes));
    assert_int_equal(0, kill(getpid(), SIGINT));
    assert_int_equal(DEMO_PROCESSES_STOP, demo_processes_wait(self->processes, UINT64_MAX));
    assert_int_equal(SIGINT, demo_processes_signal(self->processes));
    /* One more while all is being closed must not get through either. */
    assert_int_equal(0, kill(getpid(), SIGTERM));
}

static void waiting_for_nothing_ends_in_time(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(DEMO_PROCESSES_QUIET, demo_processes_wait(self->processes, 1));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(run_gives_both_outputs_and_the_exit_code),
        CLAIM(runs_go_side_by_side_and_are_told_apart),
        CLAIM(run_is_killed_when_it_takes_too_long),
        CLAIM(a_child_that_ends_by_itself_is_told_with_its_code),
        CLAIM(a_child_that_is_killed_is_told_with_the_signal),
        CLAIM(close_leaves_no_child_behind),
        CLAIM(children_stand_in_groups_of_their_own),
        CLAIM(a_signal_to_end_is_told_and_does_not_end_this_process),
        CLAIM(waiting_for_nothing_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
