/* The log's lines as they arrive at standard error, which each test puts on a pipe of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/log.h"

struct capture {
    int stderr_before;
    int reader;
    char text[16384];
};

static int setup(void **state)
{
    struct capture *capture = calloc(1, sizeof(*capture));
    int ends[2];
    if (capture == NULL || pipe2(ends, O_CLOEXEC) != 0) {
        return -1;
    }
    capture->stderr_before = dup(STDERR_FILENO);
    capture->reader = ends[0];
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0 || dup2(ends[1], STDERR_FILENO) < 0) {
        return -1;
    }
    close(ends[1]);
    log_level_set(LOG_INFO);
    *state = capture;
    return 0;
}

static int teardown(void **state)
{
    struct capture *capture = *state;
    dup2(capture->stderr_before, STDERR_FILENO);
    close(capture->stderr_before);
    close(capture->reader);
    free(capture);
    return 0;
}

/* What was written since the last call. */
static const char *written(struct capture *capture)
{
    const ssize_t size = read(capture->reader, capture->text, sizeof(capture->text) - 1);
    capture->text[size < 0 ? 0 : size] = '\0';
    return capture->text;
}

static void expect_like(const char *text, const char *pattern)
{
    regex_t regex;
    assert_int_equal(0, regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB));
    if (regexec(&regex, text, 0, NULL, 0) != 0) {
        fail_msg("\"%s\" is not like %s", text, pattern);
    }
    regfree(&regex);
}

#define TIME "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "

static void a_line_has_time_level_id_sentence_and_pairs(void **state)
{
    log_line(LOG_INFO, "NODE-READY", "the node is connected", "partner=%s seq=%d", "p7", 42);
    expect_like(written(*state), TIME "info NODE-READY the node is connected partner=p7 seq=42\n$");
    log_line(LOG_ERROR, "STORE-FAIL", "the store failed", NULL);
    expect_like(written(*state), TIME "error STORE-FAIL the store failed\n$");
    log_line(LOG_WARNING, "A", "b", NULL);
    expect_like(written(*state), TIME "warning A b\n$");
}

static void lines_below_the_level_are_left_out(void **state)
{
    log_line(LOG_DEBUG, "A", "not seen", NULL);
    assert_string_equal("", written(*state));
    log_level_set(LOG_DEBUG);
    log_line(LOG_DEBUG, "A", "seen", NULL);
    expect_like(written(*state), TIME "debug A seen\n$");
    log_level_set(LOG_ERROR);
    log_line(LOG_WARNING, "A", "not seen", NULL);
    assert_string_equal("", written(*state));
}

static void no_control_reaches_the_terminal(void **state)
{
    log_line(LOG_INFO, "A", "b", "x=%s", "1\n2\x1b[31m\r\x7f");
    expect_like(written(*state), " x=1\\\\x0a2\\\\x1b\\[31m\\\\x0d\\\\x7f\n$");
    log_line(LOG_INFO, "A", "b", "x=%s",
             "\xc2\x9b"
             "31m\xe2\x80\xae!\xe2\x81\xa6");
    expect_like(written(*state),
                " x=\\\\xc2\\\\x9b31m\\\\xe2\\\\x80\\\\xae!\\\\xe2\\\\x81\\\\xa6\n$");
}

static void polish_letters_stay_and_broken_ones_are_escaped(void **state)
{
    log_line(LOG_INFO, "A", "b", "x=%s", "Białystok");
    assert_non_null(strstr(written(*state), " x=Białystok\n"));
    log_line(LOG_INFO, "A", "b", "x=%s", "Bia\xb3ystok");
    assert_non_null(strstr(written(*state), " x=Bia\\xb3ystok\n"));
}

static void a_line_too_long_ends_in_dots(void **state)
{
    static char large[5000];
    memset(large, 'x', sizeof(large) - 1);
    log_line(LOG_INFO, "A", "b", "x=%s", large);
    const char *line = written(*state);
    assert_true(strlen(line) < 3000);
    assert_string_equal("xxx...\n", line + strlen(line) - 7);
    memset(large, 1, sizeof(large) - 1); /* each byte becomes four */
    log_line(LOG_INFO, "A", large, "x=%s", large);
    assert_string_equal("...\n", strrchr(written(*state), '1') + 1);
}

/* The exit status of a child that logs with a standard error that is no good. */
static int log_in_child(void (*spoil)(void))
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        spoil();
        errno = 0;
        log_line(LOG_ERROR, "A", "nobody reads this", NULL);
        sigset_t pending;
        sigpending(&pending);
        _exit(sigismember(&pending, SIGPIPE));
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    return status;
}

static void close_it(void)
{
    close(STDERR_FILENO);
}

static void break_it(void)
{
    int ends[2];
    if (pipe(ends) == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
    }
}

static void fill_it(void)
{
    const int full = open("/dev/full", O_WRONLY);
    dup2(full, STDERR_FILENO);
}

static void nothing_breaks_when_standard_error_does(void **state)
{
    (void)state;
    assert_int_equal(0, log_in_child(close_it));
    assert_int_equal(0, log_in_child(break_it));
    assert_int_equal(0, log_in_child(fill_it));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_line_has_time_level_id_sentence_and_pairs),
        CASE(lines_below_the_level_are_left_out),
        CASE(no_control_reaches_the_terminal),
        CASE(polish_letters_stay_and_broken_ones_are_escaped),
        CASE(a_line_too_long_ends_in_dots),
        CASE(nothing_breaks_when_standard_error_does),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
