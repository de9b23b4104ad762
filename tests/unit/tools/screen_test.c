/* Pictures on a terminal of our own (a pty) and on a pipe. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/screen.h"

struct fixture {
    int master, slave;
    FILE *out;
    struct screen *screen;
    char seen[8192]; /* what the terminal was told since the last look */
};

static void resize(struct fixture *self, uint16_t columns, uint16_t rows)
{
    const struct winsize size = {.ws_col = columns, .ws_row = rows};
    assert_int_equal(0, ioctl(self->slave, TIOCSWINSZ, &size));
}

static int setup(void **state)
{
    static struct fixture self;
    self = (struct fixture){.master = posix_openpt(O_RDWR | O_NOCTTY)};
    *state = &self;
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    if (setlocale(LC_CTYPE, "C.UTF-8") == NULL || self.master < 0 || grantpt(self.master) != 0 ||
        unlockpt(self.master) != 0) {
        return -1;
    }
    self.slave = open(ptsname(self.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    self.out = fdopen(self.slave, "w");
    (void)fcntl(self.master, F_SETFL, O_NONBLOCK);
    resize(&self, 20, 5);
    return self.out != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    struct fixture *self = *state;
    screen_close(&self->screen);
    fclose(self->out);
    return close(self->master);
}

static void look(struct fixture *self)
{
    size_t size = 0;
    ssize_t got = 0;
    do {
        got = read(self->master, self->seen + size, sizeof self->seen - 1 - size);
        size += got > 0 ? (size_t)got : 0;
    } while (got > 0);
    self->seen[size] = '\0';
}

static bool says(const struct fixture *self, const char *text)
{
    return strstr(self->seen, text) != NULL;
}

static void draw(struct fixture *self, const char *text)
{
    screen_begin(self->screen);
    screen_line(self->screen, SCREEN_PLAIN, text);
    assert_int_equal(ERR_OK, screen_end(self->screen));
    look(self);
}

static void assert_fits(const char *text, uint32_t columns, const char *expected)
{
    struct buffer out = {.bytes_max = 4096};
    assert_int_equal(ERR_OK, screen_fit(text, columns, &out));
    assert_int_equal(ERR_OK, buffer_add(&out, bytes_of("", 1)));
    assert_string_equal(expected, (const char *)out.data);
    buffer_fini(&out);
}

static void texts_are_cut_by_columns_not_bytes(void **state)
{
    (void)state;
    assert_fits("Kędzierzyn-Koźle", 16, "Kędzierzyn-Koźle");
    assert_fits("Kędzierzyn-Koźle", 15, "Kędzierzyn-Koź…");
    assert_fits("żółć", 2, "ż…");
    assert_fits("żółć", 1, "…");
    assert_fits("żółć", 0, "");
    /* Two columns a sign: half of one does not stand anywhere. */
    assert_fits("日本語", 6, "日本語");
    assert_fits("日本語", 5, "日本…");
    assert_fits("日本語", 4, "日…");
    /* A letter and its accent are one column. */
    assert_fits("z\xcc\x87o", 2, "z\xcc\x87o");
}

static void what_would_move_the_cursor_is_not_shown(void **state)
{
    (void)state;
    assert_fits("a\033[2Jb", 20, "a?[2Jb");
    assert_fits("a\rb\tc", 20, "a?b?c");
    assert_fits("a\xff\xc4", 20, "a??");
}

static void a_pipe_gets_whole_frames_one_below_the_other(void **state)
{
    struct fixture *self = *state;
    struct screen *screen = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    (void)self;
    assert_int_equal(ERR_OK, screen_open(out, true, &screen));
    assert_false(screen_redraws(screen));
    for (int i = 0; i < 2; i++) {
        screen_begin(screen);
        screen_line(screen, SCREEN_LOUD, "a line that is longer than twenty columns");
        screen_line(screen, SCREEN_PLAIN, "two\nthree");
        assert_int_equal(ERR_OK, screen_end(screen));
    }
    screen_close(&screen);
    fclose(out);
    assert_string_equal("a line that is longer than twenty columns\ntwo\nthree\n\n"
                        "a line that is longer than twenty columns\ntwo\nthree\n",
                        text);
    free(text);
}

static void frames_replace_one_another_and_the_last_one_stays(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(ERR_OK, screen_open(self->out, true, &self->screen));
    look(self);
    assert_true(says(self, "\033[?1049h") && says(self, "\033[?25l"));
    draw(self, "one\ntwo");
    assert_string_equal("\033[H\033[Kone\r\n\033[Ktwo\r\n\033[J", self->seen);
    draw(self, "a line longer than twenty columns");
    assert_true(says(self, "\033[H\033[Ka line longer than …\r\n\033[J"));
    screen_close(&self->screen);
    look(self);
    assert_string_equal("\033[?7h\033[?25h\033[?1049la line longer than …\r\n", self->seen);
}

/* With the cursor standing on the last column, clearing to the end of the line takes that
 * column. */
static void nothing_is_cleared_behind_a_line_as_wide_as_the_window(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(ERR_OK, screen_open(self->out, true, &self->screen));
    look(self);
    draw(self, "exactly twenty wide.\nanother");
    assert_string_equal("\033[H\033[Kexactly twenty wide.\r\n\033[Kanother\r\n\033[J", self->seen);
}

static void closed_before_its_first_frame_it_leaves_nothing(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(ERR_OK, screen_open(self->out, true, &self->screen));
    screen_close(&self->screen);
    look(self);
    assert_string_equal("\033[?1049h\033[?25l\033[?7l\033[?7h\033[?25h\033[?1049l", self->seen);
}

static void a_frame_that_is_too_high_says_what_is_left_out(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(ERR_OK, screen_open(self->out, true, &self->screen));
    draw(self, "1\n2\n3\n4\n5");
    /* Nothing is written behind the last line of the window: it would scroll. */
    assert_true(says(self, "\r\n\033[K5") && !says(self, "5\r\n"));
    draw(self, "1\n2\n3\n4\n5\n6");
    assert_true(says(self, "\033[K4\r\n\033[K\033[1m… +2"));
    assert_false(says(self, "\033[K5"));
}

static void a_new_size_of_the_window_is_noticed(void **state)
{
    struct fixture *self = *state;
    assert_int_equal(ERR_OK, screen_open(self->out, true, &self->screen));
    draw(self, "Kędzierzyn-Koźle");
    assert_false(screen_changed(self->screen));
    resize(self, 8, 5);
    raise(SIGWINCH);
    assert_true(screen_changed(self->screen));
    draw(self, "Kędzierzyn-Koźle");
    assert_true(says(self, "\033[KKędzier…"));
    assert_int_equal(8, screen_columns(self->screen));
    assert_false(screen_changed(self->screen));
}

static void loud_lines_are_red_unless_colours_are_not_wanted(void **state)
{
    struct fixture *self = *state;
    for (int plain = 0; plain < 2; plain++) {
        assert_int_equal(ERR_OK, screen_open(self->out, false, &self->screen));
        assert_false(screen_redraws(self->screen));
        screen_begin(self->screen);
        screen_line(self->screen, SCREEN_LOUD, "SILENT");
        assert_int_equal(ERR_OK, screen_end(self->screen));
        look(self);
        assert_string_equal(plain == 0 ? "\033[1;31mSILENT\033[0m\r\n" : "SILENT\r\n", self->seen);
        screen_close(&self->screen);
        setenv("NO_COLOR", "1", 1);
    }
}

static void a_dumb_terminal_is_not_drawn_on(void **state)
{
    struct fixture *self = *state;
    setenv("TERM", "dumb", 1);
    assert_int_equal(ERR_OK, screen_open(self->out, true, &self->screen));
    assert_false(screen_redraws(self->screen));
    draw(self, "one");
    assert_string_equal("one\r\n", self->seen);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(texts_are_cut_by_columns_not_bytes),
        CASE(what_would_move_the_cursor_is_not_shown),
        CASE(a_pipe_gets_whole_frames_one_below_the_other),
        CASE(frames_replace_one_another_and_the_last_one_stays),
        CASE(nothing_is_cleared_behind_a_line_as_wide_as_the_window),
        CASE(closed_before_its_first_frame_it_leaves_nothing),
        CASE(a_frame_that_is_too_high_says_what_is_left_out),
        CASE(a_new_size_of_the_window_is_noticed),
        CASE(loud_lines_are_red_unless_colours_are_not_wanted),
        CASE(a_dumb_terminal_is_not_drawn_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
