/* The drop folder: time is the tests' own, only notices come from the system. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/folder.h"

enum { PATH_BYTES = 1024, REST_MS = 2000, RESCAN_MS = 30000, FILE_BYTES_MAX = 1000 };

struct office {
    char root[64];
    char drop[128];
    struct folder *folder;
    struct buffer content;
    char name[FOLDER_NAME_BYTES];
};

static int setup(void **state)
{
    struct office *office = calloc(1, sizeof(*office));
    if (office == NULL) {
        return -1;
    }
    memcpy(office->root, "/tmp/ogniwo-test-XXXXXX", 24);
    if (mkdtemp(office->root) == NULL) {
        return -1;
    }
    (void)snprintf(office->drop, sizeof(office->drop), "%s/wrzutka", office->root);
    office->content.bytes_max = 2 * FILE_BYTES_MAX;
    const struct folder_options options = {.path = office->drop,
                                           .rest_ms = REST_MS,
                                           .rescan_ms = RESCAN_MS,
                                           .file_bytes_max = FILE_BYTES_MAX};
    *state = office;
    return folder_open(&options, &office->folder) == ERR_OK ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int teardown(void **state)
{
    struct office *office = *state;
    folder_close(&office->folder);
    folder_close(&office->folder);
    buffer_fini(&office->content);
    const int rc = nftw(office->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(office);
    return rc;
}

static void drop(const struct office *office, const char *name, const char *text)
{
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/%s", office->drop, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(0, fclose(file));
}

/* What folder_next() gives at a time: a name, or null for nothing. */
static void expect_next(struct office *office, uint64_t now_ms, const char *name, const char *text)
{
    buffer_clear(&office->content);
    const enum err err = folder_next(office->folder, now_ms, office->name, &office->content);
    assert_int_equal(name == NULL ? ERR_NOT_FOUND : ERR_OK, err);
    assert_string_equal(name == NULL ? "" : name, office->name);
    if (text != NULL) {
        assert_true(bytes_is(buffer_bytes(&office->content), text));
    }
}

/* The number of files below the folder that match, and the content of the only one. */
static size_t count_like(const struct office *office, const char *pattern, char *content,
                         size_t room)
{
    char path[PATH_BYTES];
    glob_t found;
    (void)snprintf(path, sizeof(path), "%s/%s", office->drop, pattern);
    if (glob(path, 0, NULL, &found) != 0) {
        return 0;
    }
    const size_t count = found.gl_pathc;
    if (content != NULL && count == 1) {
        FILE *file = fopen(found.gl_pathv[0], "r");
        assert_non_null(file);
        content[fread(content, 1, room - 1, file)] = '\0';
        (void)fclose(file);
    }
    globfree(&found);
    return count;
}

static void expect_file(const struct office *office, const char *pattern, const char *text)
{
    char content[256] = "";
    assert_int_equal(1, count_like(office, pattern, content, sizeof(content)));
    assert_string_equal(text, content);
}

static void a_file_is_taken_when_it_has_rested(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "one");
    expect_next(office, 1000, NULL, NULL);
    assert_int_equal(1000 + REST_MS, folder_deadline_ms(office->folder));
    expect_next(office, 1000 + REST_MS - 1, NULL, NULL);
    expect_next(office, 1000 + REST_MS, "a.csv", "one");
}

static void move_in(const struct office *office, const char *name, const char *text)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    (void)snprintf(from, sizeof(from), "%s/beside", office->root);
    (void)snprintf(to, sizeof(to), "%s/%s", office->drop, name);
    FILE *file = fopen(from, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(0, fclose(file));
    assert_int_equal(0, rename(from, to));
}

static void files_moved_in_are_taken_almost_at_once_in_the_order_of_names(void **state)
{
    struct office *office = *state;
    expect_next(office, 1000, NULL, NULL);
    move_in(office, "02.csv", "second");
    expect_next(office, 1001, NULL, NULL);
    move_in(office, "01.csv", "first");
    expect_next(office, 1002, NULL, NULL);
    const uint64_t due_ms = folder_deadline_ms(office->folder);
    assert_in_range(due_ms, 1003, 1050);
    expect_next(office, due_ms, "01.csv", "first");
    expect_next(office, due_ms, "02.csv", "second");
}

static void a_file_written_in_place_beside_one_moved_in_rests_all_the_same(void **state)
{
    struct office *office = *state;
    expect_next(office, 1000, NULL, NULL);
    drop(office, "half.csv", "half of i");
    move_in(office, "whole.csv", "whole");
    expect_next(office, 1001, NULL, NULL);
    expect_next(office, 1100, "whole.csv", "whole");
    expect_next(office, 1100, NULL, NULL);
    expect_next(office, 1001 + REST_MS, "half.csv", "half of i");
}

static void a_file_written_to_after_it_was_moved_in_rests(void **state)
{
    struct office *office = *state;
    expect_next(office, 1000, NULL, NULL);
    move_in(office, "plik.csv", "half");
    expect_next(office, 1001, NULL, NULL);
    drop(office, "plik.csv", "half and more");
    expect_next(office, 1100, NULL, NULL);
    expect_next(office, 1101 + REST_MS, "plik.csv", "half and more");
}

static void a_file_moved_in_and_written_to_before_it_was_looked_at_rests(void **state)
{
    struct office *office = *state;
    expect_next(office, 1000, NULL, NULL);
    move_in(office, "plik.csv", "half");
    drop(office, "plik.csv", "half and more");
    expect_next(office, 1001, NULL, NULL);
    expect_next(office, 1000 + REST_MS, NULL, NULL);
    expect_next(office, 1001 + REST_MS, "plik.csv", "half and more");
    /* One that takes its place in one step is whole again. */
    drop(office, "plik.csv", "half");
    move_in(office, "plik.csv", "whole");
    expect_next(office, 9000, NULL, NULL);
    expect_next(office, 9100, "plik.csv", "whole");
}

static void files_that_come_on_and_on_hold_up_none_beyond_its_own_rest(void **state)
{
    struct office *office = *state;
    char name[32];
    expect_next(office, 1000, NULL, NULL);
    move_in(office, "a.csv", "first");
    for (uint64_t now_ms = 1001; now_ms < 1001 + REST_MS; now_ms += 15) {
        expect_next(office, now_ms, NULL, NULL);
        (void)snprintf(name, sizeof name, "b%u.csv", (unsigned)now_ms);
        move_in(office, name, "more");
    }
    expect_next(office, 1001 + REST_MS, "a.csv", "first");
}

static void a_file_that_grows_waits_on(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "one");
    expect_next(office, 1000, NULL, NULL);
    drop(office, "a.csv", "one and two");
    expect_next(office, 1000 + REST_MS, NULL, NULL);
    expect_next(office, 1000 + REST_MS + REST_MS - 1, NULL, NULL);
    expect_next(office, 1000 + REST_MS + REST_MS, "a.csv", "one and two");
}

static void a_file_written_without_a_notice_is_not_taken_half(void **state)
{
    struct office *office = *state;
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/a.csv", office->drop);
    drop(office, "a.csv", "one");
    expect_next(office, 1000, NULL, NULL);
    FILE *file = fopen(path, "a"); /* and not closed: no notice comes */
    assert_non_null(file);
    assert_true(fputs(" and two", file) >= 0 && fflush(file) == 0);
    expect_next(office, 1000 + REST_MS, NULL, NULL);
    expect_next(office, 1000 + 2 * REST_MS, "a.csv", "one and two");
    (void)fclose(file);
}

static void files_come_in_the_order_of_their_names(void **state)
{
    struct office *office = *state;
    char name[8] = "?.csv";
    for (int i = 0; i < 26; i++) {
        name[0] = (char)('a' + i * 7 % 26);
        drop(office, name, name);
    }
    expect_next(office, 0, NULL, NULL);
    for (int i = 0; i < 26; i++) {
        name[0] = (char)('a' + i);
        expect_next(office, REST_MS, name, name);
    }
    expect_next(office, REST_MS, NULL, NULL);
}

static void one_that_is_not_moved_away_comes_again_later(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "one");
    expect_next(office, 0, NULL, NULL);
    expect_next(office, REST_MS, "a.csv", "one");
    expect_next(office, REST_MS + RESCAN_MS - 1, NULL, NULL);
    expect_next(office, REST_MS + RESCAN_MS, "a.csv", "one");
}

static void what_is_not_meant_for_us_is_left_alone(void **state)
{
    struct office *office = *state;
    static const char *const names[] = {".hidden", "~$a.xlsx", ".~lock.a.csv#",
                                        "a.tmp",   "a.PART",   "CZYTAJ-TO.txt"};
    char path[PATH_BYTES];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        drop(office, names[i], "x");
    }
    (void)snprintf(path, sizeof(path), "%s/folder.csv", office->drop);
    assert_int_equal(0, mkdir(path, 0700));
    (void)snprintf(path, sizeof(path), "%s/link.csv", office->drop);
    assert_int_equal(0, symlink("/etc/passwd", path));
    (void)snprintf(path, sizeof(path), "%s/pipe.csv", office->drop);
    assert_int_equal(0, mkfifo(path, 0600));
    expect_next(office, 0, NULL, NULL);
    expect_next(office, REST_MS, NULL, NULL);
    expect_next(office, RESCAN_MS, NULL, NULL);
}

static void a_file_too_large_is_named_and_holds_up_nobody(void **state)
{
    struct office *office = *state;
    char large[FILE_BYTES_MAX + 2];
    memset(large, 'x', sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    drop(office, "a.csv", large);
    drop(office, "b.csv", large + 1);
    expect_next(office, 0, NULL, NULL);
    assert_int_equal(ERR_FULL,
                     folder_next(office->folder, REST_MS, office->name, &office->content));
    assert_string_equal("a.csv", office->name);
    assert_int_equal(0, office->content.size);
    assert_int_equal(ERR_OK, folder_done(office->folder, "a.csv", true, bytes_text("too large")));
    expect_next(office, REST_MS, "b.csv", large + 1);
}

static void a_buffer_without_room_is_the_same_as_too_large(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "12345");
    expect_next(office, 0, NULL, NULL);
    struct buffer small = {.bytes_max = 6};
    assert_int_equal(ERR_OK, buffer_add_text(&small, "ab"));
    assert_int_equal(ERR_FULL, folder_next(office->folder, REST_MS, office->name, &small));
    assert_true(bytes_is(buffer_bytes(&small), "ab"));
    buffer_fini(&small);
}

static void done_moves_the_file_with_its_report_under_the_day(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "one");
    expect_next(office, 0, NULL, NULL);
    expect_next(office, REST_MS, "a.csv", "one");
    assert_int_equal(ERR_OK, folder_done(office->folder, "a.csv", false, bytes_text("fine")));
    expect_file(office, "wyslane/[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]/a.csv", "one");
    expect_file(office, "wyslane/*/a.csv.raport.txt", "fine");
    assert_int_equal(0, count_like(office, "a.csv", NULL, 0));
    expect_next(office, REST_MS + RESCAN_MS, NULL, NULL);
    assert_int_equal(ERR_NOT_FOUND,
                     folder_done(office->folder, "a.csv", false, bytes_text("again")));
    assert_int_equal(2, count_like(office, "wyslane/*/*", NULL, 0));
}

static void done_never_writes_over_what_is_there(void **state)
{
    struct office *office = *state;
    static const char *const reports[] = {"r1", "r2", "r3"};
    for (int i = 0; i < 3; i++) {
        drop(office, "plik.v1.csv", reports[i]);
        assert_int_equal(ERR_OK,
                         folder_done(office->folder, "plik.v1.csv", true, bytes_text(reports[i])));
    }
    expect_file(office, "do-poprawy/plik.v1.csv", "r1");
    expect_file(office, "do-poprawy/plik.v1.csv.raport.txt", "r1");
    expect_file(office, "do-poprawy/plik.v1 (2).csv", "r2");
    expect_file(office, "do-poprawy/plik.v1 (2).csv.raport.txt", "r2");
    expect_file(office, "do-poprawy/plik.v1 (3).csv", "r3");
}

/* A report whose file never came, and a file whose report is gone, both keep their name. */
static void done_gives_file_and_report_one_name(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "one");
    assert_int_equal(ERR_OK, folder_done(office->folder, "a.csv", true, bytes_text("r1")));
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/do-poprawy/a.csv.raport.txt", office->drop);
    assert_int_equal(0, unlink(path));
    drop(office, "do-poprawy/a (2).csv.raport.txt", "left by a crash");
    drop(office, "a.csv", "two");
    assert_int_equal(ERR_OK, folder_done(office->folder, "a.csv", true, bytes_text("r2")));
    expect_file(office, "do-poprawy/a (3).csv", "two");
    expect_file(office, "do-poprawy/a (3).csv.raport.txt", "r2");
    assert_int_equal(0, count_like(office, "do-poprawy/a.csv.raport.txt", NULL, 0));
}

static void a_file_changed_after_it_was_given_stays(void **state)
{
    struct office *office = *state;
    drop(office, "a.csv", "one");
    expect_next(office, 0, NULL, NULL);
    expect_next(office, REST_MS, "a.csv", "one");
    drop(office, "a.csv", "one and two");
    assert_int_equal(ERR_STATE, folder_done(office->folder, "a.csv", false, bytes_text("fine")));
    expect_next(office, 2 * REST_MS, NULL, NULL); /* the scan must not forget what was given */
    assert_int_equal(ERR_STATE, folder_done(office->folder, "a.csv", false, bytes_text("fine")));
    expect_next(office, 3 * REST_MS, "a.csv", "one and two");
    assert_int_equal(ERR_OK, folder_done(office->folder, "a.csv", false, bytes_text("fine")));
    expect_file(office, "wyslane/*/a.csv", "one and two");
}

static void a_subfolder_that_is_a_link_is_not_followed(void **state)
{
    struct office *office = *state;
    char path[PATH_BYTES];
    (void)snprintf(path, sizeof(path), "%s/do-poprawy", office->drop);
    assert_int_equal(0, symlink(office->root, path));
    drop(office, "a.csv", "one");
    assert_int_equal(ERR_IO, folder_done(office->folder, "a.csv", true, bytes_text("r")));
    assert_int_equal(1, count_like(office, "a.csv", NULL, 0));
}

static void a_name_of_the_greatest_length_gets_its_report(void **state)
{
    struct office *office = *state;
    char name[FOLDER_NAME_BYTES];
    memset(name, 'x', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    drop(office, name, "one");
    expect_next(office, 0, NULL, NULL);
    expect_next(office, REST_MS, name, "one");
    assert_int_equal(ERR_OK, folder_done(office->folder, name, true, bytes_text("r")));
    expect_file(office, "do-poprawy/*x", "one");
    expect_file(office, "do-poprawy/*.raport.txt", "r");
}

static void a_notice_wakes_before_the_rescan(void **state)
{
    struct office *office = *state;
    expect_next(office, 0, NULL, NULL);
    assert_int_equal(RESCAN_MS, folder_deadline_ms(office->folder));
    drop(office, "a.csv", "one");
    struct pollfd item = {.fd = folder_descriptor(office->folder), .events = POLLIN};
    assert_int_equal(1, poll(&item, 1, 10000));
    expect_next(office, 100, NULL, NULL);
    assert_int_equal(100 + REST_MS, folder_deadline_ms(office->folder));
    assert_int_equal(0, poll(&item, 1, 0));
}

static void a_folder_that_is_gone_is_an_error(void **state)
{
    struct office *office = *state;
    expect_next(office, 0, NULL, NULL);
    assert_int_equal(0, rmdir(office->drop));
    assert_int_equal(ERR_IO,
                     folder_next(office->folder, RESCAN_MS, office->name, &office->content));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_taken_when_it_has_rested),
        CASE(files_moved_in_are_taken_almost_at_once_in_the_order_of_names),
        CASE(a_file_written_in_place_beside_one_moved_in_rests_all_the_same),
        CASE(a_file_written_to_after_it_was_moved_in_rests),
        CASE(a_file_moved_in_and_written_to_before_it_was_looked_at_rests),
        CASE(files_that_come_on_and_on_hold_up_none_beyond_its_own_rest),
        CASE(a_file_that_grows_waits_on),
        CASE(a_file_written_without_a_notice_is_not_taken_half),
        CASE(files_come_in_the_order_of_their_names),
        CASE(one_that_is_not_moved_away_comes_again_later),
        CASE(what_is_not_meant_for_us_is_left_alone),
        CASE(a_file_too_large_is_named_and_holds_up_nobody),
        CASE(a_buffer_without_room_is_the_same_as_too_large),
        CASE(done_moves_the_file_with_its_report_under_the_day),
        CASE(done_never_writes_over_what_is_there),
        CASE(done_gives_file_and_report_one_name),
        CASE(a_file_changed_after_it_was_given_stays),
        CASE(a_subfolder_that_is_a_link_is_not_followed),
        CASE(a_name_of_the_greatest_length_gets_its_report),
        CASE(a_notice_wakes_before_the_rescan),
        CASE(a_folder_that_is_gone_is_an_error),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
