/* `ogniwo totals --watch` on a terminal: what it draws while offices send, the window changes and
 * the broker comes and goes, and how it leaves the terminal. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "e2e/support/programs.h"
#include "e2e/support/terminal.h"
#include "io/clock.h"

enum { KLUCZ, COLUMNS = 200, ROWS = 40, ATTEMPTS = 20, PATIENCE_MS = 30000 };

#define GIVEN_BACK "\033[?7h\033[?25h\033[?1049l"
#define CTRL_C "\003"
#define PLAIN_ROW "\033[K"
#define BOLD_ROW "\033[K\033[1m"
#define LIVE ", live\r\n"
#define LIVE_POLISH ", na żywo\r\n"

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

static void restart_broker(void)
{
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    json_t *status = NULL;
    programs_start_broker(&programs);
    while ((status = programs_ask(&programs, UINT32_MAX, "status")) == NULL) {
        assert_true(clock_monotonic_ms() < end_ms);
        programs_check_alive(&programs);
        poll(NULL, 0, 20);
    }
    json_decref(status);
}

static void drop_one_person(void)
{
    programs_drop(&programs, KLUCZ, "styczen.csv",
                  bytes_text("klucz;operacja;rodzaj;data;zadanie;powiat;PESEL;wsparcie;rezultat\n"
                             "1;;enrolled;2009-03-01;A;PL-1218;44051401359;;\n"
                             "1a;;started;2009-03-02;A;PL-1218;44051401359;coaching;\n"));
}

/* Awaits a bold row of the indicator, with that number in it. */
static void await_bold(struct terminal *terminal, const char *indicator, const char *number)
{
    char row[64], line[1024] = "";
    snprintf(row, sizeof row, BOLD_ROW "%s ", indicator);
    const size_t from = terminal_await(terminal, row);
    const size_t to = terminal_await(terminal, "\033[0m");
    assert_true(to - from < sizeof line);
    memcpy(line, terminal->seen.data + from, to - from);
    if (strstr(line, number) == NULL) {
        fail_msg("\"%s\" does not stand in: %s", number, line);
    }
}

static void leaves_in_order(struct terminal *terminal, const char *stays)
{
    assert_int_equal(0, terminal_end(terminal, CTRL_C));
    const size_t given_back = terminal_await(terminal, GIVEN_BACK);
    /* On the screen that was there before, nothing is drawn in place any more. */
    assert_true(terminal_has(terminal, given_back, stays));
    assert_false(terminal_has(terminal, given_back, "\033[K"));
    assert_false(terminal_has(terminal, given_back, "\033[?1049h"));
    terminal_close(terminal);
}

static void the_table_moves_and_what_changed_stands_out_for_a_while(void **state)
{
    const char *const words[] = {"totals", "--watch", "--lang", "en", NULL};
    struct terminal terminal;
    (void)state;
    terminal_start(&programs, words, COLUMNS, ROWS, &terminal);
    terminal_await(&terminal, "\033[?1049h");
    terminal_await(&terminal, LIVE);
    terminal_await(&terminal, PLAIN_ROW "INDICATOR ");
    terminal_await(&terminal, " REACHED ");
    terminal_await(&terminal, PLAIN_ROW "participants_total ");
    drop_one_person();
    await_bold(&terminal, "participants_total", " 1 ");
    terminal_await(&terminal, PLAIN_ROW "participants_total ");
    assert_true(terminal_has(&terminal, 0, BOLD_ROW "coached "));
    assert_false(terminal_has(&terminal, 0, BOLD_ROW "coaches_hired "));
    leaves_in_order(&terminal, "participants_total ");
}

static void another_window_does_not_end_it_and_is_filled(void **state)
{
    const char *const words[] = {"totals", "--watch", "--lang", "en", NULL};
    struct terminal terminal;
    (void)state;
    terminal_start(&programs, words, COLUMNS, ROWS, &terminal);
    terminal_await(&terminal, "info_meeting_people ");
    assert_false(terminal_has(&terminal, 0, "… +"));
    terminal_resize(&terminal, COLUMNS, 8);
    terminal_await(&terminal, "… +");
    terminal_resize(&terminal, COLUMNS, ROWS);
    terminal_await(&terminal, "info_meeting_people ");
    leaves_in_order(&terminal, "info_meeting_people ");
}

static void a_broker_that_is_away_is_loud_and_the_table_stays(void **state)
{
    const char *const words[] = {"totals", "--watch", "--lang", "en", NULL};
    struct terminal terminal;
    (void)state;
    terminal_start(&programs, words, COLUMNS, ROWS, &terminal);
    terminal_await(&terminal, LIVE);
    programs_kill(&programs.broker);
    terminal_await(&terminal, PLAIN_ROW "\033[1;31mposition ");
    terminal_await(&terminal, "; NOT LIVE since ");
    terminal_await(&terminal, "participants_total ");
    terminal_await(&terminal, "nobody answers at ipc://");
    programs_start_broker(&programs);
    terminal_await(&terminal, LIVE);
    leaves_in_order(&terminal, LIVE);
}

/* The broker dies between its answer that there is such a table and the first one: as soon as the
 * watch says that it waits. Where the table was quicker, once more. */
static void start_without_a_table(const char *const *words, const char *waits, const char *heading,
                                  struct terminal *out)
{
    for (uint32_t i = 0; i < ATTEMPTS; i++) {
        terminal_start(&programs, words, COLUMNS, ROWS, out);
        terminal_await(out, waits);
        programs_kill(&programs.broker);
        terminal_await(out, "nobody answers at ipc://");
        if (!terminal_has(out, 0, heading)) {
            return;
        }
        assert_int_equal(0, terminal_end(out, CTRL_C));
        terminal_close(out);
        restart_broker();
    }
    fail_msg("the table was always quicker");
}

static void before_the_first_table_it_says_in_polish_why_there_is_none(void **state)
{
    const char *const words[] = {"totals", "--watch", "--lang", "pl", NULL};
    struct terminal terminal;
    (void)state;
    start_without_a_table(words, "czekam na brokera", "WSKAŹNIK ", &terminal);
    programs_start_broker(&programs);
    terminal_await(&terminal, "pozycja ");
    terminal_await(&terminal, LIVE_POLISH);
    terminal_await(&terminal, "WSKAŹNIK ");
    terminal_await(&terminal, " OSIĄGNIĘTO ");
    terminal_await(&terminal, "participants_total ");
    leaves_in_order(&terminal, "WSKAŹNIK ");
}

static void a_watch_of_nobody_is_refused_and_takes_no_terminal(void **state)
{
    const char *const words[] = {"totals", "--watch", NULL};
    struct terminal terminal;
    (void)state;
    programs_kill(&programs.broker);
    terminal_start(&programs, words, COLUMNS, ROWS, &terminal);
    assert_int_equal(69, terminal_end(&terminal, ""));
    assert_int_equal(0, terminal.seen.size);
    terminal_close(&terminal);
    restart_broker();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_moves_and_what_changed_stands_out_for_a_while),
        cmocka_unit_test(another_window_does_not_end_it_and_is_filled),
        cmocka_unit_test(a_broker_that_is_away_is_loud_and_the_table_stays),
        cmocka_unit_test(before_the_first_table_it_says_in_polish_why_there_is_none),
        cmocka_unit_test(a_watch_of_nobody_is_refused_and_takes_no_terminal),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
