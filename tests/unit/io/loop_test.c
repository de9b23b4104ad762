/* The loop: what ends a wait. No test waits longer than it must. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/clock.h"
#include "io/loop.h"

static int setup(void **state)
{
    return loop_new((struct loop **)state) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    loop_free((struct loop **)state);
    return *state == NULL ? 0 : -1;
}

static void a_deadline_ends_the_wait_and_has_passed_then(void **state)
{
    const uint64_t deadline = clock_monotonic_ms() + 20;
    while (clock_monotonic_ms() < deadline) {
        assert_int_equal(ERR_OK, loop_wait(*state, NULL, 0, deadline));
    }
    assert_int_equal(ERR_OK, loop_wait(*state, NULL, 0, 0));
    assert_false(loop_stopping(*state));
}

static void a_readable_descriptor_ends_the_wait(void **state)
{
    int ends[2];
    assert_int_equal(0, pipe(ends));
    assert_int_equal(1, write(ends[1], "x", 1));
    const int descriptors[] = {-1, ends[0]};
    assert_int_equal(ERR_OK, loop_wait(*state, descriptors, 2, UINT64_MAX));
    close(ends[0]);
    close(ends[1]);
}

static void int_and_term_mean_to_stop(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        struct loop *loop = NULL;
        assert_int_equal(ERR_OK, loop_new(&loop));
        assert_int_equal(0, raise(signals[i]));
        assert_int_equal(ERR_OK, loop_wait(loop, NULL, 0, UINT64_MAX));
        assert_true(loop_stopping(loop));
        loop_free(&loop);
    }
    assert_false(loop_stopping(*state));
}

static void hup_only_ends_the_wait(void **state)
{
    assert_int_equal(0, raise(SIGHUP));
    assert_int_equal(ERR_OK, loop_wait(*state, NULL, 0, UINT64_MAX));
    assert_false(loop_stopping(*state));
}

/* A file opened next must not become standard error. */
static void closed_standard_descriptors_are_filled(void **state)
{
    (void)state;
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct loop *loop = NULL;
        close(STDIN_FILENO);
        close(STDERR_FILENO);
        const enum err err = loop_new(&loop);
        const int next = open("/dev/null", O_RDONLY);
        _exit(err == ERR_OK && next > STDERR_FILENO ? 0 : 1);
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
}

static void freeing_gives_the_signals_back(void **state)
{
    (void)state;
    struct loop *loop = NULL;
    sigset_t before;
    sigset_t after;
    assert_int_equal(0, pthread_sigmask(SIG_BLOCK, NULL, &before));
    assert_int_equal(ERR_OK, loop_new(&loop));
    loop_free(&loop);
    loop_free(&loop);
    assert_int_equal(0, pthread_sigmask(SIG_BLOCK, NULL, &after));
    assert_int_equal(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_deadline_ends_the_wait_and_has_passed_then, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_readable_descriptor_ends_the_wait, setup, teardown),
        cmocka_unit_test_setup_teardown(int_and_term_mean_to_stop, setup, teardown),
        cmocka_unit_test_setup_teardown(hup_only_ends_the_wait, setup, teardown),
        cmocka_unit_test(closed_standard_descriptors_are_filled),
        cmocka_unit_test(freeing_gives_the_signals_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
