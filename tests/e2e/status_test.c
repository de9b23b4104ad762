/* What a lead sees of partners: one that goes silent, one that sends a wrong file, two that share a
 * person; with real processes, in `ogniwo status`, its watch and `ogniwo totals`. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/support/programs.h"
#include "io/clock.h"
#include "tools/standing.h"

enum { KLUCZ, STOPIL };
enum { WITHIN_MS = 30000, OUTPUT_BYTES_MAX = 16 << 20, POLL_MS = 50 };
#define SILENT_S "4" /* two pings of an idle node */

static struct programs programs;

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

/* ---- asking ---- */

static json_t *answer_of(const char *const *words)
{
    struct buffer out = {.bytes_max = OUTPUT_BYTES_MAX};
    assert_int_equal(0, programs_run(&programs, words, &out));
    json_t *json = json_loadb((const char *)out.data, out.size, 0, NULL);
    assert_non_null(json);
    buffer_fini(&out);
    return json;
}

static const json_t *node_of(const json_t *broker, uint32_t node)
{
    const json_t *found = json_array_get(json_object_get(broker, "nodes"), node);
    /* Sorted by name. */
    assert_string_equal(programs_partners[node], json_string_value(json_object_get(found, "name")));
    return found;
}

static bool stands(const json_t *broker, uint32_t node, const char *state, json_int_t open)
{
    const json_t *found = node_of(broker, node);
    const json_t *rows = json_object_get(found, "rejected_open");
    return strcmp(state, json_string_value(json_object_get(found, "state"))) == 0 &&
           json_is_integer(rows) && json_integer_value(rows) == open;
}

static void wait_until_it_stands(uint32_t node, const char *state, json_int_t open)
{
    const char *const words[] = {"status", "--silent", SILENT_S, "--format", "json", NULL};
    const uint64_t end_ms = clock_monotonic_ms() + WITHIN_MS;
    bool done = false;
    while (!done) {
        assert_true(clock_monotonic_ms() < end_ms);
        json_t *json = answer_of(words);
        done = stands(json_object_get(json, "broker"), node, state, open);
        json_decref(json);
        poll(NULL, 0, done ? 0 : POLL_MS);
    }
}

static void assert_table_says(const char *const *words, const char *expected)
{
    struct buffer out = {.bytes_max = OUTPUT_BYTES_MAX};
    assert_int_equal(0, programs_run(&programs, words, &out));
    assert_int_equal(ERR_OK, buffer_add(&out, bytes_of("", 1)));
    if (strstr((const char *)out.data, expected) == NULL) {
        fail_msg("\"%s\" does not stand in:\n%s", expected, (const char *)out.data);
    }
    buffer_fini(&out);
}

/* ---- partners ---- */

#define HEAD "klucz;operacja;rodzaj;data;zadanie;powiat;PESEL;wsparcie;rezultat\n"
#define ENROLLED(key, region)                                                                      \
    key ";;enrolled;2009-03-01;A;" region ";44051401359;;\n" key "a;;started;2009-03-02;A;" region \
        ";44051401359;coaching;\n"
#define BAD "9;;enrolled;2009-03-01;A;PL-1218;44051401358;;\n"

static void drop(uint32_t node, const char *text)
{
    programs_drop(&programs, node, "styczen.csv", bytes_text(text));
}

static void all_are_connected_at_first(void **state)
{
    const char *const words[] = {"status", "--lang", "en", NULL};
    (void)state;
    wait_until_it_stands(KLUCZ, "quiet", 0);
    wait_until_it_stands(STOPIL, "quiet", 0);
    assert_table_says(words, "nodes 2: connected 2, silent 0, behind 0, to mend 0");
}

static void a_wrong_file_is_seen_until_it_is_mended(void **state)
{
    const char *const words[] = {"status", "--lang", "pl", NULL};
    (void)state;
    drop(KLUCZ, HEAD ENROLLED("1", "PL-1218") BAD BAD);
    wait_until_it_stands(KLUCZ, "mending", 2);
    assert_table_says(words, "do poprawy 1\n");
    drop(STOPIL, "to;nie;jest;tabela\n");
    wait_until_it_stands(STOPIL, "mending", 0);
    assert_table_says(words, "1 plik");
    drop(KLUCZ, HEAD ENROLLED("1", "PL-1218"));
    drop(STOPIL, HEAD ENROLLED("1", "PL-1261"));
    wait_until_it_stands(KLUCZ, "connected", 0);
    wait_until_it_stands(STOPIL, "connected", 0);
}

/* One byte more than a node takes; it takes no room on the disk. */
static void drop_too_large(uint32_t node, const char *name)
{
    char place[PROGRAMS_PATH_BYTES], from[PROGRAMS_PATH_BYTES], to[PROGRAMS_PATH_BYTES + 64];
    programs_path(&programs, programs_partners[node], "wrzutka", place);
    programs_path(&programs, programs_partners[node], "duzy.csv", from);
    snprintf(to, sizeof to, "%s/%s", place, name);
    FILE *file = fopen(from, "w");
    assert_non_null(file);
    assert_int_equal(0, ftruncate(fileno(file), ((off_t)1 << 30) + 1));
    fclose(file);
    assert_int_equal(0, rename(from, to));
}

static void a_file_too_large_is_to_be_mended_until_one_of_its_name_is_read(void **state)
{
    const char *const words[] = {"status", "--lang", "en", NULL};
    (void)state;
    drop_too_large(STOPIL, "styczen.csv");
    wait_until_it_stands(STOPIL, "mending", 0);
    assert_table_says(words, "1 file");
    drop(STOPIL, HEAD ENROLLED("1", "PL-1261"));
    wait_until_it_stands(STOPIL, "connected", 0);
}

static json_int_t number_of(const json_t *row, const char *name)
{
    assert_true(json_is_integer(json_object_get(row, name)));
    return json_integer_value(json_object_get(row, name));
}

/* Both have sent it by now: the file of the test above. */
static bool both_have_coached(void)
{
    const char *const words[] = {"totals",  "--indicator", "coached", "--by",
                                 "partner", "--format",    "json",    NULL};
    json_t *json = answer_of(words);
    const json_t *rows = json_object_get(json, "rows");
    bool both = json_array_size(rows) == PROGRAMS_NODES;
    for (size_t i = 0; both && i < PROGRAMS_NODES; i++) {
        both = number_of(json_array_get(rows, i), "value") == 1;
    }
    json_decref(json);
    return both;
}

static void a_person_whom_two_partners_have_is_one_and_their_overlap_is_told(void **state)
{
    const char *const words[] = {"totals", "--indicator", "coached", "--format", "json", NULL};
    const uint64_t end_ms = clock_monotonic_ms() + WITHIN_MS;
    (void)state;
    while (!both_have_coached()) {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, POLL_MS);
    }
    json_t *json = answer_of(words);
    const json_t *row = json_array_get(json_object_get(json, "rows"), 0);
    assert_int_equal(1, number_of(row, "value"));
    assert_int_equal(2, number_of(row, "partner_sum"));
    assert_int_equal(1, number_of(row, "overlap"));
    json_decref(json);
}

static void a_partner_that_goes_silent_is_loud_until_it_is_back(void **state)
{
    const char *const words[] = {"status", "--silent", SILENT_S, "--lang", "en", NULL};
    (void)state;
    wait_until_it_stands(STOPIL, "connected", 0);
    programs_kill(&programs.nodes[STOPIL]);
    const uint64_t killed_ms = clock_monotonic_ms();
    wait_until_it_stands(STOPIL, "silent", 0);
    assert_true(clock_monotonic_ms() < killed_ms + STANDING_SILENT_MS);
    assert_table_says(words, "nodes 2: connected 1, SILENT 1,");
    assert_table_says(words, "STOPIL SILENT ");
    programs_start_node(&programs, STOPIL);
    wait_until_it_stands(STOPIL, "connected", 0);
}

/* ---- watching ---- */

struct watcher {
    pid_t pid;
    int from;
    struct buffer seen; /* what it has printed since the last look, ended by a zero */
};

static void watch(struct watcher *self, const char *const *words, int from, int output)
{
    *self = (struct watcher){.from = from, .seen = {.bytes_max = OUTPUT_BYTES_MAX}};
    self->pid = programs_spawn(&programs, words, output);
    close(output);
}

/* Reads along until it has said that. */
static void wait_until_it_says(struct watcher *self, const char *text)
{
    const uint64_t end_ms = clock_monotonic_ms() + WITHIN_MS;
    buffer_clear(&self->seen);
    for (;;) {
        struct pollfd wanted = {.fd = self->from, .events = POLLIN};
        char part[4096];
        assert_true(clock_monotonic_ms() < end_ms);
        if (poll(&wanted, 1, POLL_MS) <= 0) {
            continue;
        }
        const ssize_t got = read(self->from, part, sizeof part - 1);
        assert_true(got > 0);
        part[got] = '\0';
        assert_int_equal(ERR_OK, buffer_add(&self->seen, bytes_of(part, (size_t)got + 1)));
        self->seen.size--;
        if (strstr((const char *)self->seen.data, text) != NULL) {
            return;
        }
    }
}

static void assert_it_ends_well(struct watcher *self, int number)
{
    int status = 0;
    assert_int_equal(0, kill(self->pid, number));
    assert_int_equal(self->pid, waitpid(self->pid, &status, 0));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    buffer_fini(&self->seen);
    close(self->from);
}

static void a_watch_outlives_the_broker_and_heals(void **state)
{
    const char *const words[] = {"status", "--watch",  "--every", "1", "--silent",
                                 SILENT_S, "--format", "jsonl",   NULL};
    struct watcher watcher;
    int ends[2];
    (void)state;
    assert_int_equal(0, pipe2(ends, O_CLOEXEC));
    watch(&watcher, words, ends[0], ends[1]);
    wait_until_it_says(&watcher, "\"summary\":{\"nodes\":2,\"connected\":2,\"silent\":0,");
    assert_null(strstr((const char *)watcher.seen.data, "\"totals\""));
    programs_kill(&programs.broker);
    wait_until_it_says(&watcher, "{\"broker\":null,\"no_answer_since_ms\":");
    programs_start_broker(&programs);
    wait_until_it_says(&watcher, "\"summary\":{\"nodes\":2,\"connected\":2,\"silent\":0,");
    programs_kill(&programs.nodes[KLUCZ]);
    wait_until_it_says(&watcher, "\"connected\":1,\"silent\":1,");
    programs_start_node(&programs, KLUCZ);
    wait_until_it_says(&watcher, "\"connected\":2,\"silent\":0,");
    assert_it_ends_well(&watcher, SIGTERM);
}

static void a_watch_on_a_terminal_draws_in_place_and_leaves_it_in_order(void **state)
{
    const char *const words[] = {"status", "-w", "--silent", SILENT_S, "--lang", "pl", NULL};
    const struct winsize size = {.ws_col = 80, .ws_row = 24};
    struct watcher watcher;
    (void)state;
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_int_equal(0, ioctl(slave, TIOCSWINSZ, &size));
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    const int kept = dup(slave); /* the terminal stays when the watch ends */
    watch(&watcher, words, master, slave);
    wait_until_it_says(&watcher, "węzłów 2: połączone 2, milczy 0");
    wait_until_it_says(&watcher, "\033[H");
    programs_kill(&programs.nodes[STOPIL]);
    wait_until_it_says(&watcher, "\033[1;31mSTOPIL MILCZY");
    programs_kill(&programs.broker);
    wait_until_it_says(&watcher, "\033[1;31mBROKER NIE ODPOWIADA od ");
    assert_int_equal(0, kill(watcher.pid, SIGINT));
    wait_until_it_says(&watcher, "\033[?7h\033[?25h\033[?1049l");
    assert_it_ends_well(&watcher, 0);
    close(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_connected_at_first),
        cmocka_unit_test(a_wrong_file_is_seen_until_it_is_mended),
        cmocka_unit_test(a_file_too_large_is_to_be_mended_until_one_of_its_name_is_read),
        cmocka_unit_test(a_person_whom_two_partners_have_is_one_and_their_overlap_is_told),
        cmocka_unit_test(a_partner_that_goes_silent_is_loud_until_it_is_back),
        cmocka_unit_test(a_watch_outlives_the_broker_and_heals),
        cmocka_unit_test(a_watch_on_a_terminal_draws_in_place_and_leaves_it_in_order),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
