/* `ogniwo totals --watch` as real processes: what it shows moves with the offices' files, is what
 * `ogniwo totals` says, and becomes so again by itself after whatever came between. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/support/programs.h"
#include "io/clock.h"

enum {
    TEXT_BYTES_MAX = 256 << 20,
    PATIENCE_MS = 60000,
    RESTING_MS = 60000,
    SHOWN_MS = 5000 /* generous: no measure of speed, but far from the rest */
};

static struct programs programs;
static uint32_t files[PROGRAMS_NODES]; /* dropped so far */

static int begin(void **state)
{
    (void)state;
    programs_begin(&programs);
    return 0;
}

static int end(void **state)
{
    (void)state;
    programs_end(&programs);
    return 0;
}

static void drop_next(uint32_t node)
{
    programs_drop_office_file(&programs, node, files[node]++);
}

/* ---- a watcher ---- */

struct follower {
    pid_t pid;
    int output;
    struct buffer text;
    json_t *last; /* the newest whole line */
    uint32_t lines, stale_lines;
    const char *const *words; /* what `ogniwo totals` is asked with, to compare */
};

static void take_line(struct follower *self, const char *line, size_t size)
{
    json_decref(self->last);
    self->last = json_loadb(line, size, 0, NULL);
    assert_non_null(self->last);
    self->lines++;
    self->stale_lines += json_is_false(json_object_get(self->last, "live")) ? 1 : 0;
}

/* Reads what is there now. */
static void listen(struct follower *self)
{
    char part[65536];
    ssize_t got = 0;
    while ((got = read(self->output, part, sizeof part)) > 0) {
        assert_int_equal(ERR_OK, buffer_add(&self->text, bytes_of(part, (size_t)got)));
    }
    /* It ends only when it is told to. */
    assert_true(got < 0 && errno == EAGAIN);
    size_t at = 0;
    for (size_t i = 0; i < self->text.size; i++) {
        if (self->text.data[i] == '\n') {
            take_line(self, (const char *)self->text.data + at, i - at);
            at = i + 1;
        }
    }
    if (at > 0) {
        memmove(self->text.data, self->text.data + at, self->text.size - at);
        self->text.size -= at;
    }
}

static struct follower follow(const char *const *words)
{
    const char *argv[16] = {"totals", "--watch", "--format", "jsonl"};
    int ends[2], count = 4;
    struct follower self = {.text = {.bytes_max = TEXT_BYTES_MAX}, .words = words};
    for (int i = 0; words[i] != NULL; i++) {
        argv[count++] = words[i];
    }
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    self.pid = programs_spawn(&programs, argv, ends[1]);
    close(ends[1]);
    assert_int_equal(0, fcntl(ends[0], F_SETFL, O_NONBLOCK));
    self.output = ends[0];
    return self;
}

static int stop(struct follower *self, int signal_number)
{
    int status = 0;
    assert_int_equal(0, kill(self->pid, signal_number));
    assert_int_equal(self->pid, waitpid(self->pid, &status, 0));
    close(self->output);
    json_decref(self->last);
    buffer_fini(&self->text);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* ---- comparing ---- */

static json_t *totals_now(const struct follower *self)
{
    const char *argv[16] = {"totals", "--format", "json"};
    struct buffer out = {.bytes_max = TEXT_BYTES_MAX};
    int count = 3;
    for (int i = 0; self->words[i] != NULL; i++) {
        argv[count++] = self->words[i];
    }
    assert_int_equal(0, programs_run(&programs, argv, &out));
    json_t *json = json_loadb((const char *)out.data, out.size, 0, NULL);
    buffer_fini(&out);
    assert_non_null(json);
    return json;
}

/* Live, at the broker's position, and row for row what `totals` says. */
static bool agrees(struct follower *self)
{
    listen(self);
    if (self->last == NULL || !json_is_true(json_object_get(self->last, "live"))) {
        return false;
    }
    json_t *totals = totals_now(self);
    const bool same =
        json_equal(json_object_get(totals, "rows"), json_object_get(self->last, "rows")) &&
        json_equal(json_object_get(totals, "position"), json_object_get(self->last, "position"));
    json_decref(totals);
    return same;
}

static void await_offices(void)
{
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (!programs_node_done(&programs, 0) || !programs_node_done(&programs, 1)) {
        assert_true(clock_monotonic_ms() < end_ms);
        programs_check_alive(&programs);
        poll(NULL, 0, 20);
    }
}

static void await_agreement(struct follower *self)
{
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    await_offices();
    while (!agrees(self)) {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, 20);
    }
}

static void await_stale(struct follower *self)
{
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    do {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, 20);
        listen(self);
    } while (json_is_true(json_object_get(self->last, "live")));
}

/* ---- claims ---- */

static const char *const plain[] = {NULL};
static const char *const by_county[] = {"--by", "region", "--level", "county", NULL};
static const char *const one[] = {"--indicator", "participants_total", NULL};

static void files_move_what_is_watched_until_it_is_what_totals_says(void **state)
{
    (void)state;
    struct follower all = follow(plain), counties = follow(by_county), single = follow(one);
    drop_next(0);
    drop_next(1);
    await_agreement(&all);
    await_agreement(&counties);
    const uint32_t before = all.lines;
    for (uint32_t i = 0; i < 3; i++) {
        drop_next(0);
        drop_next(1);
        await_agreement(&all);
    }
    await_agreement(&counties);
    await_agreement(&single);
    assert_true(all.lines >= before + 3);
    assert_int_equal(0, all.stale_lines + counties.stale_lines + single.stale_lines);
    assert_true(json_array_size(json_object_get(counties.last, "rows")) > 1);
    assert_int_equal(1, json_array_size(json_object_get(single.last, "rows")));
    assert_int_equal(0, stop(&all, SIGINT));
    assert_int_equal(0, stop(&counties, SIGTERM));
    assert_int_equal(0, stop(&single, SIGINT));
}

static void broker_that_is_killed_and_comes_back_is_followed_again(void **state)
{
    (void)state;
    struct follower all = follow(plain), counties = follow(by_county);
    await_agreement(&all);
    await_agreement(&counties);
    programs_kill(&programs.broker);
    drop_next(0);
    await_stale(&all);
    assert_true(json_array_size(json_object_get(all.last, "rows")) > 0);
    programs_start_broker(&programs);
    await_agreement(&all);
    await_agreement(&counties);
    /* Quickly down and up, before the silence can be noticed, with news in between. */
    programs_kill(&programs.broker);
    drop_next(1);
    programs_start_broker(&programs);
    await_agreement(&all);
    await_agreement(&counties);
    assert_int_equal(0, stop(&all, SIGINT));
    assert_int_equal(0, stop(&counties, SIGINT));
}

static void reader_that_stands_still_holds_nobody_up_and_catches_up(void **state)
{
    (void)state;
    struct follower still = follow(by_county), other = follow(plain);
    await_agreement(&still);
    await_agreement(&other);
    assert_int_equal(0, kill(still.pid, SIGSTOP));
    for (uint32_t i = 0; i < 3; i++) {
        drop_next(0);
        drop_next(1);
        /* Nobody waits for the one who stands still. */
        await_agreement(&other);
    }
    assert_int_equal(0, kill(still.pid, SIGCONT));
    await_agreement(&still);
    assert_int_equal(0, stop(&still, SIGINT));
    assert_int_equal(0, stop(&other, SIGINT));
}

static void await_new_line(struct follower *self, uint64_t end_ms)
{
    const uint32_t lines = self->lines;
    while (self->lines == lines) {
        struct pollfd output = {.fd = self->output, .events = POLLIN};
        assert_true(clock_monotonic_ms() < end_ms);
        poll(&output, 1, 20);
        listen(self);
    }
}

static void file_that_is_moved_in_is_shown_long_before_the_folder_has_rested(void **state)
{
    (void)state;
    await_offices();
    programs_kill(&programs.nodes[0]);
    programs_configure_node(&programs, 0, RESTING_MS, RESTING_MS);
    programs_start_node(&programs, 0);
    struct follower all = follow(plain);
    await_agreement(&all);
    const json_int_t before = json_integer_value(json_object_get(all.last, "position"));
    const uint64_t end_ms = clock_monotonic_ms() + SHOWN_MS;
    drop_next(0);
    await_new_line(&all, end_ms);
    assert_true(json_integer_value(json_object_get(all.last, "position")) > before);
    assert_true(json_is_true(json_object_get(all.last, "live")));
    await_agreement(&all);
    assert_int_equal(0, stop(&all, SIGINT));
}

static void what_cannot_be_watched_is_refused_by_name(void **state)
{
    static const struct refused {
        const char *words[8];
        int status;
    } refused[] = {
        {{"totals", "--watch", "--by", "month,sex,education", NULL}, 69},
        {{"totals", "--watch", "--indicator", "nobody", NULL}, 66},
        {{"totals", "--watch", "--programme", "NONE", NULL}, 66},
        {{"totals", "--watch", "--until", "2010-01-01", NULL}, 64},
        {{"totals", "--watch", "--format", "csv", NULL}, 64},
    };
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(refused[i].status, programs_run(&programs, refused[i].words, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_move_what_is_watched_until_it_is_what_totals_says),
        cmocka_unit_test(broker_that_is_killed_and_comes_back_is_followed_again),
        cmocka_unit_test(reader_that_stands_still_holds_nobody_up_and_catches_up),
        cmocka_unit_test(file_that_is_moved_in_is_shown_long_before_the_folder_has_rested),
        cmocka_unit_test(what_cannot_be_watched_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
