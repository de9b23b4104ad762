/* A person whom two offices know by different numbers: found, merged, parted again; and a period
 * that is closed before the last row comes. Real processes, the verbs of `ogniwo`. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "e2e/support/programs.h"
#include "io/clock.h"
#include "io/file.h"

enum { KLUCZ, STOPIL, PATIENCE_MS = 30000, OUTPUT_BYTES_MAX = 1 << 20 };

#define HEADER "klucz;operacja;rodzaj;data;zadanie;powiat;PESEL;wsparcie;rezultat\n"
#define RIGHT "44051401359"
#define WRONG "44051401458"

static struct programs programs;
static struct buffer output = {.bytes_max = OUTPUT_BYTES_MAX};
static char admin[PROGRAMS_PATH_BYTES];

static int begin(void **state)
{
    (void)state;
    programs_begin(&programs);
    programs_path(&programs, "lead", "admin.keys", admin);
    return 0;
}

static int end(void **state)
{
    (void)state;
    programs_end(&programs);
    buffer_fini(&output);
    return 0;
}

static void drop(uint32_t node, const char *name, const char *rows)
{
    char text[1024];
    const uint64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    snprintf(text, sizeof text, HEADER "%s", rows);
    programs_drop(&programs, node, name, bytes_text(text));
    while (!programs_node_done(&programs, node)) {
        assert_true(clock_monotonic_ms() < end_ms);
        programs_check_alive(&programs);
        poll(NULL, 0, 20);
    }
}

/* Runs the verb and gives what it prints, with a zero behind it. */
static const char *run(int code, const char *const *words)
{
    buffer_clear(&output);
    assert_int_equal(code, programs_run(&programs, words, &output));
    assert_int_equal(ERR_OK, buffer_add(&output, bytes_of("", 1)));
    return (const char *)output.data;
}

/* An identifier on the verb's standard input. */
static const char *find(int code, uint32_t node, const char *identifier)
{
    char path[PROGRAMS_PATH_BYTES], socket[PROGRAMS_PATH_BYTES];
    programs_path(&programs, "lead", "identifier", path);
    programs_path(&programs, programs_partners[node], "node.yaml", socket);
    assert_int_equal(ERR_OK, file_write(path, bytes_text(identifier), 0600));
    const int saved = dup(STDIN_FILENO), input = open(path, O_RDONLY);
    assert_true(saved >= 0 && input >= 0);
    assert_true(dup2(input, STDIN_FILENO) >= 0);
    close(input);
    const char *const words[] = {"person", "find", "--node", socket, NULL};
    const char *out = run(code, words);
    assert_true(dup2(saved, STDIN_FILENO) >= 0);
    close(saved);
    assert_int_equal(0, unlink(path));
    return out;
}

/* The number of a row of totals: value, partner_sum or overlap. */
static int64_t total(const char *what)
{
    const char *const words[] = {"totals",   "--indicator", "participants_total",
                                 "--format", "json",        NULL};
    json_t *json = json_loads(run(0, words), 0, NULL);
    const json_t *rows = json_is_array(json) ? json : json_object_get(json, "rows");
    const json_t *value = json_object_get(json_array_get(rows, 0), what);
    assert_true(json_is_integer(value));
    const int64_t number = json_integer_value(value);
    json_decref(json);
    return number;
}

static void check_log(void)
{
    const char *const verify[] = {"log", "verify", NULL};
    const char *const replay[] = {"replay", "--diff", NULL};
    (void)run(0, verify);
    (void)run(0, replay);
}

static void one_person_of_two_offices_is_merged_and_parted(void **state)
{
    (void)state;
    drop(KLUCZ, "a.csv",
         "1;;enrolled;2009-03-01;A;PL-1218;" RIGHT ";;\n"
         "2;;enrolled;2009-03-01;A;PL-1218;02070803628;;\n");
    drop(STOPIL, "b.csv",
         "1;;enrolled;2009-03-01;A;PL-1218;" WRONG ";;\n"
         "2;;enrolled;2009-03-01;A;PL-1218;02070803628;;\n");
    /* Once with the same PESEL at both: sum, overlap, total. */
    assert_int_equal(3, total("value"));
    assert_int_equal(4, total("partner_sum"));
    assert_int_equal(1, total("overlap"));
    assert_string_equal("KLUCZ:2\n", find(0, KLUCZ, "02070803628\n"));
    assert_string_equal("STOPIL:2\n", find(0, STOPIL, "02070803628\n"));
    assert_string_equal("KLUCZ:1\n", find(0, KLUCZ, RIGHT "\n"));
    /* As Windows writes it. */
    assert_string_equal("KLUCZ:1\n", find(0, KLUCZ, "\xef\xbb\xbf" RIGHT "\r\n"));
    assert_string_equal("", find(65, KLUCZ, "\xef\xbb\xbf\xef\xbb\xbf" RIGHT "\n"));
    assert_string_equal("STOPIL:1\n", find(0, STOPIL, WRONG));
    assert_string_equal("", find(66, KLUCZ, WRONG "\n"));
    assert_string_equal("", find(65, KLUCZ, "44051401358\n"));

    const char *const dry[] = {"people",  "merge", "KLUCZ:1", "STOPIL:1",
                               "--admin", admin,   "-n",      NULL};
    assert_non_null(strstr(run(0, dry), "3 -> 2"));
    assert_int_equal(3, total("value"));
    const char *const merge[] = {"people",  "merge", "KLUCZ:1", "STOPIL:1",
                                 "--admin", admin,   "--yes",   NULL};
    assert_non_null(strstr(run(0, merge), "decided at position"));
    assert_int_equal(2, total("value"));
    assert_int_equal(4, total("partner_sum"));
    check_log();

    const char *const nobody[] = {"people",  "merge", "KLUCZ:1", "STOPIL:9",
                                  "--admin", admin,   "--yes",   NULL};
    (void)run(65, nobody);
    const char *const split[] = {"people", "split", "STOPIL:1", "--admin", admin, "--yes", NULL};
    assert_non_null(strstr(run(0, split), "2 -> 3"));
    assert_int_equal(3, total("value"));
    /* Two people by now: one split would make them one, of a third number. */
    const char *const both[] = {"people",  "split", "KLUCZ:1", "STOPIL:1",
                                "--admin", admin,   "--yes",   NULL};
    (void)run(65, both);
    assert_int_equal(3, total("value"));
    /* The same of two who were two from the first. */
    const char *const strangers[] = {"people",  "split", "KLUCZ:2", "KLUCZ:1",
                                     "--admin", admin,   "--yes",   NULL};
    (void)run(65, strangers);
    assert_int_equal(3, total("value"));
    const char *const list[] = {"people", "ls", "--format", "csv", NULL};
    const char *rows = run(0, list);
    assert_non_null(strstr(rows, "merge"));
    assert_non_null(strstr(rows, "split"));
    /* All numbers of one person may go together. */
    const char *const whole[] = {"people",  "split", "KLUCZ:2", "STOPIL:2",
                                 "--admin", admin,   "--yes",   NULL};
    assert_non_null(strstr(run(0, whole), "0 of"));
    check_log();
}

static void what_comes_after_a_period_is_closed_is_a_correction(void **state)
{
    (void)state;
    const char *const shut[] = {"period", "close",   "--through", "2009-03-31", "--partner",
                                "KLUCZ",  "--admin", admin,       NULL};
    const char *const show[] = {"period", "show", "1", "--format", "csv", NULL};
    const char *const list[] = {"period", "ls", "--format", "csv", NULL};
    assert_non_null(strstr(run(0, shut), "closed through 2009-03-31"));
    assert_non_null(strstr(run(0, list), "KLUCZ"));
    assert_non_null(strstr(run(0, show), "participants_total,2,2,0"));
    drop(KLUCZ, "c.csv", "3;;enrolled;2009-03-15;A;PL-1218;" WRONG ";;\n");
    drop(STOPIL, "d.csv", "3;;enrolled;2009-03-15;A;PL-1218;" RIGHT ";;\n");
    assert_non_null(strstr(run(0, show), "participants_total,2,3,1"));
    const char *const other[] = {"period", "show", "2", NULL};
    (void)run(66, other);
    check_log();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_person_of_two_offices_is_merged_and_parted),
        cmocka_unit_test(what_comes_after_a_period_is_closed_is_a_correction),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
