/* A broker's answer judged and drawn. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/standing.h"

#define NOW_MS UINT64_C(1800000000000)
#define DAY_MS UINT64_C(86400000)

static const struct standing_limits limits = {
    .silent_ms = STANDING_SILENT_MS, .grace_ms = STANDING_GRACE_MS, .wall_ms = NOW_MS};

static int setup(void **state)
{
    (void)state;
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : -1;
}

/* A node that is as it should be. */
static json_t *good_node(const char *name)
{
    return json_pack("{s:s,s:s,s:s,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "name", name,
                     "partner", name, "node", name, "revoked", 0, "events", (json_int_t)1030,
                     "rejected", (json_int_t)4, "waiting", (json_int_t)0, "lag_ms", (json_int_t)0,
                     "rejected_open", (json_int_t)0, "rejected_files", (json_int_t)0,
                     "last_received_ms", (json_int_t)(NOW_MS - 61000), "last_heard_ms",
                     (json_int_t)(NOW_MS - 2000), "silent_ms", (json_int_t)2000);
}

static void set(json_t *node, const char *name, uint64_t number)
{
    json_object_set_new(node, name, json_integer((json_int_t)number));
}

static json_t *answer_of(json_t *node)
{
    return json_pack("{s:[o]}", "nodes", node);
}

static void assert_state(json_t *node, const char *state, const char *counted)
{
    static const char *const counts[] = {"nodes", "connected", "silent", "behind", "mending"};
    json_t *answer = answer_of(node);
    standing_judge(answer, &limits);
    assert_string_equal(state, json_string_value(json_object_get(
                                   json_array_get(json_object_get(answer, "nodes"), 0), "state")));
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const char expected = counted[i];
        const json_int_t found =
            json_integer_value(json_object_get(json_object_get(answer, "summary"), counts[i]));
        assert_int_equal(expected - '0', found);
    }
    json_decref(answer);
}

static void a_node_is_connected_while_it_is_heard(void **state)
{
    (void)state;
    json_t *node = good_node("a");
    set(node, "silent_ms", STANDING_SILENT_MS);
    assert_state(node, "connected", "11000");
    node = good_node("a");
    set(node, "silent_ms", STANDING_SILENT_MS + 1);
    assert_state(node, "silent", "10100");
}

static void after_the_start_nodes_are_awaited_for_a_while(void **state)
{
    (void)state;
    json_t *node = good_node("a");
    set(node, "last_heard_ms", 0);
    set(node, "silent_ms", STANDING_GRACE_MS);
    assert_state(node, "awaited", "10000");
    node = good_node("a");
    set(node, "last_heard_ms", 0);
    set(node, "silent_ms", STANDING_GRACE_MS + 1);
    assert_state(node, "silent", "10100");
}

static void what_waits_longer_than_a_lost_receipt_is_behind(void **state)
{
    (void)state;
    json_t *node = good_node("a");
    set(node, "waiting", 7);
    set(node, "lag_ms", STANDING_BEHIND_MS);
    assert_state(node, "connected", "11000");
    node = good_node("a");
    set(node, "waiting", 7);
    set(node, "lag_ms", STANDING_BEHIND_MS + 1);
    assert_state(node, "behind", "11010");
    /* A lag is of something. */
    node = good_node("a");
    set(node, "lag_ms", STANDING_BEHIND_MS + 1);
    assert_state(node, "connected", "11000");
}

static void silence_weighs_more_than_rows_to_mend_and_both_are_counted(void **state)
{
    (void)state;
    json_t *node = good_node("a");
    set(node, "rejected_files", 1);
    assert_state(node, "mending", "11001");
    node = good_node("a");
    set(node, "rejected_files", 1);
    set(node, "silent_ms", UINT32_MAX);
    assert_state(node, "silent", "10101");
}

static void a_node_without_news_is_noted_only(void **state)
{
    (void)state;
    json_t *node = good_node("a");
    set(node, "last_received_ms", NOW_MS - STANDING_QUIET_MS - 1);
    assert_state(node, "quiet", "11000");
    node = good_node("a");
    set(node, "last_received_ms", NOW_MS - STANDING_QUIET_MS);
    assert_state(node, "connected", "11000");
    /* Nor has one that never sent anything. */
    node = good_node("a");
    set(node, "last_received_ms", 0);
    assert_state(node, "quiet", "11000");
}

static void a_revoked_node_is_not_missed(void **state)
{
    (void)state;
    json_t *node = good_node("a");
    json_object_set_new(node, "revoked", json_true());
    set(node, "silent_ms", UINT32_MAX);
    assert_state(node, "revoked", "00000");
}

static void nodes_are_sorted_by_name(void **state)
{
    (void)state;
    json_t *answer =
        json_pack("{s:[o,o,o]}", "nodes", good_node("b"), good_node("c"), good_node("a"));
    standing_judge(answer, &limits);
    for (size_t i = 0; i < 3; i++) {
        const json_t *node = json_array_get(json_object_get(answer, "nodes"), i);
        assert_int_equal("abc"[i], json_string_value(json_object_get(node, "name"))[0]);
    }
    json_decref(answer);
}

static char *drawn(json_t *answer, bool polish)
{
    struct screen *screen = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    standing_judge(answer, &limits);
    assert_int_equal(ERR_OK, screen_open(out, false, &screen));
    screen_begin(screen);
    standing_draw(answer, polish, NOW_MS, screen);
    assert_int_equal(ERR_OK, screen_end(screen));
    screen_close(&screen);
    fclose(out);
    json_decref(answer);
    return text;
}

static json_t *mixed_answer(void)
{
    json_t *answer = json_object(), *nodes = json_array();
    json_t *silent = good_node("cicha-gżegżółka"), *wrong = good_node("a"), *never = good_node("n");
    json_t *unread = good_node("u"), *untold = good_node("z");
    set(silent, "silent_ms", 185000);
    set(wrong, "rejected_open", 17);
    set(wrong, "rejected_files", 2);
    set(wrong, "waiting", 1030);
    set(wrong, "lag_ms", 190000);
    set(never, "last_heard_ms", 0);
    set(never, "silent_ms", 185000);
    set(unread, "rejected_files", 1);
    json_object_set_new(untold, "rejected_open", json_null());
    json_object_set_new(untold, "waiting", json_null());
    set(untold, "last_received_ms", NOW_MS - 40 * DAY_MS);
    json_array_append_new(nodes, silent);
    json_array_append_new(nodes, wrong);
    json_array_append_new(nodes, never);
    json_array_append_new(nodes, unread);
    json_array_append_new(nodes, untold);
    json_object_set_new(answer, "nodes", nodes);
    return answer;
}

/* The names that begin the lines of the table, in their order. */
static void the_gravest_state_is_drawn_first_and_then_by_name(void **state)
{
    (void)state;
    json_t *a = good_node("a"), *b = good_node("b"), *c = good_node("c"), *d = good_node("d");
    json_t *e = good_node("e"), *f = good_node("f"), *g = good_node("g"), *h = good_node("h");
    json_object_set_new(a, "revoked", json_true());
    set(a, "silent_ms", 3600000);
    set(c, "last_received_ms", 0);
    set(d, "waiting", 7);
    set(d, "lag_ms", 60000);
    set(e, "rejected_files", 1);
    set(f, "last_heard_ms", 0);
    set(g, "silent_ms", 60000);
    set(h, "silent_ms", 50000);
    char *text = drawn(json_pack("{s:[o,o,o,o,o,o,o,o]}", "nodes", h, g, f, e, d, c, b, a), false);
    char names[16] = "";
    size_t count = 0;
    for (const char *line = strchr(text, '\n'); line != NULL; line = strchr(line + 1, '\n')) {
        names[count++] = line[1];
    }
    assert_string_equal("Nghfedcba", names);
    assert_null(strstr(text, "no data -"));
    assert_non_null(strstr(text, "c    no data     "));
    free(text);
}

static void the_picture_says_all_in_words(void **state)
{
    (void)state;
    char *text = drawn(mixed_answer(), false);
    assert_string_equal("nodes 5: connected 3, SILENT 2, behind 1, to mend 2\n"
                        "NODE            STATE        DATA EVENTS WAITS   LAG   MEND REFUSED\n"
                        "cicha-gżegżółka SILENT 3 min 61 s   1030     0     -      0       4\n"
                        "n               NEVER HEARD  61 s   1030     0     -      0       4\n"
                        "a               to mend      61 s   1030  1030 3 min     17       4\n"
                        "u               to mend      61 s   1030     0     - 1 file       4\n"
                        "z               no data 40 d 40 d   1030     -     -      -       4\n",
                        text);
    free(text);
}

static void the_picture_is_polish_where_it_is_asked_for(void **state)
{
    (void)state;
    char *text = drawn(mixed_answer(), true);
    assert_non_null(strstr(text, "węzłów 5: połączone 3, MILCZY 2, opóźnione 1, do poprawy 2\n"));
    assert_non_null(strstr(text, "cicha-gżegżółka MILCZY 3 min "));
    assert_non_null(strstr(text, "BEZ KONTAKTU"));
    assert_non_null(strstr(text, "bez danych 40 d"));
    free(text);
}

static void a_partner_is_named_where_its_node_is_called_otherwise(void **state)
{
    (void)state;
    json_t *node = good_node("klucz-1");
    json_object_set_new(node, "partner", json_string("KLUCZ"));
    char *text = drawn(answer_of(node), false);
    assert_non_null(strstr(text, " PARTNER\n"));
    assert_non_null(strstr(text, " KLUCZ\n"));
    free(text);
}

static void on_eighty_columns_names_are_cut_and_numbers_are_not(void **state)
{
    const struct winsize size = {.ws_col = 80, .ws_row = 24};
    struct screen *screen = NULL;
    char seen[4096] = "";
    (void)state;
    const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    FILE *out = fopen(ptsname(master), "w");
    assert_int_equal(0, ioctl(fileno(out), TIOCSWINSZ, &size));
    setenv("TERM", "xterm", 1);
    setenv("NO_COLOR", "1", 1);
    json_t *node = good_node("wojewódzki-urząd-pracy-w-rzeszowie");
    json_object_set_new(node, "partner", json_string("WOJEWÓDZKI-URZĄD-PRACY-W-RZESZOWIE"));
    set(node, "silent_ms", 59 * 60000);
    set(node, "events", 1234567);
    set(node, "waiting", 102400);
    set(node, "lag_ms", 40 * DAY_MS);
    set(node, "rejected_open", 54321);
    set(node, "rejected_files", 1);
    set(node, "rejected", 98765);
    json_t *answer = answer_of(node);
    standing_judge(answer, &limits);
    assert_int_equal(ERR_OK, screen_open(out, false, &screen));
    screen_begin(screen);
    standing_draw(answer, true, NOW_MS, screen);
    assert_int_equal(ERR_OK, screen_end(screen));
    /* A terminal may give it in pieces. */
    for (size_t held = 0; strstr(seen, "WOJEWÓDZKI-UR\r\n") == NULL;) {
        struct pollfd more = {.fd = master, .events = POLLIN};
        assert_int_equal(1, poll(&more, 1, 10000));
        const ssize_t got = read(master, seen + held, sizeof seen - 1 - held);
        assert_true(got > 0);
        held += (size_t)got;
    }
    assert_non_null(strstr(seen, "wojewódzki-u MILCZY 59 min 61 s 1234567 102400   40 d  54321 "
                                 "98765 WOJEWÓDZKI-UR\r\n"));
    screen_close(&screen);
    fclose(out);
    close(master);
    json_decref(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_is_connected_while_it_is_heard),
        cmocka_unit_test(after_the_start_nodes_are_awaited_for_a_while),
        cmocka_unit_test(what_waits_longer_than_a_lost_receipt_is_behind),
        cmocka_unit_test(silence_weighs_more_than_rows_to_mend_and_both_are_counted),
        cmocka_unit_test(a_node_without_news_is_noted_only),
        cmocka_unit_test(a_revoked_node_is_not_missed),
        cmocka_unit_test(nodes_are_sorted_by_name),
        cmocka_unit_test(the_gravest_state_is_drawn_first_and_then_by_name),
        cmocka_unit_test(the_picture_says_all_in_words),
        cmocka_unit_test(the_picture_is_polish_where_it_is_asked_for),
        cmocka_unit_test(on_eighty_columns_names_are_cut_and_numbers_are_not),
        cmocka_unit_test(a_partner_is_named_where_its_node_is_called_otherwise),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
