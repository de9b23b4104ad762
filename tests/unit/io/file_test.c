/* Small whole files, in a folder of each test's own. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/file.h"

enum { PATH_BYTES = 512 };

static char folder[64];

static int setup(void **state)
{
    (void)state;
    memcpy(folder, "/tmp/ogniwo-test-XXXXXX", 24);
    return mkdtemp(folder) == NULL ? -1 : 0;
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
    (void)state;
    return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(const char *name)
{
    static char path[PATH_BYTES];
    const int size = snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_in_range(size, 1, PATH_BYTES - 1);
    return path;
}

static size_t entries(void)
{
    size_t count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    while (readdir(dir) != NULL) {
        count++;
    }
    closedir(dir);
    return count - 2;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct buffer out = {.bytes_max = 1000};
    struct stat about;
    assert_int_equal(ERR_OK, file_write(path_of("a"), bytes_text("one"), 0640));
    assert_int_equal(ERR_OK, file_write(path_of("a"), bytes_text("two"), 0604));
    assert_int_equal(ERR_OK, file_read(path_of("a"), &out));
    assert_int_equal(ERR_OK, file_read(path_of("a"), &out));
    assert_true(bytes_is(buffer_bytes(&out), "twotwo"));
    assert_int_equal(0, stat(path_of("a"), &about));
    assert_int_equal(0604, about.st_mode & 07777);
    assert_int_equal(1, entries());
    buffer_fini(&out);
}

static void a_file_of_many_chunks_is_read_whole(void **state)
{
    (void)state;
    const size_t size = 300001;
    uint8_t *content = malloc(size);
    struct buffer out = {.bytes_max = size};
    assert_non_null(content);
    for (size_t i = 0; i < size; i++) {
        content[i] = (uint8_t)(i * 7 % 251);
    }
    assert_int_equal(ERR_OK, file_write(path_of("a"), bytes_of(content, size), 0600));
    assert_int_equal(ERR_OK, file_read(path_of("a"), &out)); /* exactly at the limit */
    assert_true(bytes_equal(buffer_bytes(&out), bytes_of(content, size)));
    free(content);
    buffer_fini(&out);
}

static void an_empty_file_is_no_error(void **state)
{
    (void)state;
    struct buffer out = {.bytes_max = 0};
    assert_int_equal(ERR_OK, file_write(path_of("a"), bytes_of(NULL, 0), 0600));
    assert_int_equal(ERR_OK, file_read(path_of("a"), &out));
    assert_int_equal(0, out.size);
}

static void a_file_over_the_limit_leaves_the_buffer_as_it_was(void **state)
{
    (void)state;
    struct buffer out = {.bytes_max = 5};
    assert_int_equal(ERR_OK, buffer_add_text(&out, "abc"));
    assert_int_equal(ERR_OK, file_write(path_of("a"), bytes_text("123"), 0600));
    assert_int_equal(ERR_FULL, file_read(path_of("a"), &out));
    assert_true(bytes_is(buffer_bytes(&out), "abc"));
    buffer_fini(&out);
}

static void links_pipes_and_folders_are_denied(void **state)
{
    (void)state;
    char target[PATH_BYTES];
    struct buffer out = {.bytes_max = 100};
    assert_int_equal(ERR_OK, file_write(path_of("a"), bytes_text("secret"), 0600));
    memcpy(target, path_of("a"), PATH_BYTES);
    assert_int_equal(0, symlink(target, path_of("link")));
    assert_int_equal(0, mkfifo(path_of("pipe"), 0600));
    assert_int_equal(ERR_DENIED, file_read(path_of("link"), &out));
    assert_int_equal(ERR_DENIED, file_read(path_of("pipe"), &out));
    assert_int_equal(ERR_DENIED, file_read(folder, &out));
    assert_int_equal(ERR_NOT_FOUND, file_read(path_of("nothing"), &out));
    assert_int_equal(ERR_NOT_FOUND, file_read(path_of("a/below"), &out));
    assert_int_equal(0, out.size);
}

static void a_write_that_fails_leaves_nothing_beside(void **state)
{
    (void)state;
    assert_int_equal(0, mkdir(path_of("a"), 0700));
    assert_int_equal(ERR_IO, file_write(path_of("a"), bytes_text("one"), 0600));
    assert_int_equal(ERR_IO, file_write(path_of("no/where"), bytes_text("one"), 0600));
    assert_int_equal(1, entries());
}

static void folders_are_made_with_those_above(void **state)
{
    (void)state;
    struct stat about;
    assert_int_equal(ERR_OK, file_make_folder(path_of("a//b/c/"), 0700));
    assert_int_equal(ERR_OK, file_make_folder(path_of("a/b/c"), 0700));
    assert_int_equal(0, stat(path_of("a/b/c"), &about));
    assert_true(S_ISDIR(about.st_mode));
    assert_int_equal(0700, about.st_mode & 07777);
    assert_int_equal(ERR_OK, file_write(path_of("file"), bytes_text(""), 0600));
    assert_int_equal(ERR_IO, file_make_folder(path_of("file"), 0700));
    assert_int_equal(ERR_IO, file_make_folder(path_of("file/below"), 0700));
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(what_was_written_is_read),
        CASE(a_file_of_many_chunks_is_read_whole),
        CASE(an_empty_file_is_no_error),
        CASE(a_file_over_the_limit_leaves_the_buffer_as_it_was),
        CASE(links_pipes_and_folders_are_denied),
        CASE(a_write_that_fails_leaves_nothing_beside),
        CASE(folders_are_made_with_those_above),
    };
#undef CASE
    return cmocka_run_group_tests(tests, NULL, NULL);
}
