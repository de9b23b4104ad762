/* The store on LMDB: its contract, and what only a real disk, a real kill and a second process
 * show. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/store.h"
#include "tests/contract/fresh_folder.h"
#include "tests/contract/store_contract.h"

static const char *const tables[] = {"log"};

struct place {
    char folder[FRESH_FOLDER_BYTES];
    char path[FRESH_PATH_BYTES];
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));
    if (place == NULL) {
        return -1;
    }
    fresh_folder_make(place->folder);
    fresh_folder_path(place->folder, "store", place->path);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;
    fresh_folder_remove(place->folder);
    free(place);
    return 0;
}

static enum err try_open(const struct place *place, uint64_t map_bytes, bool read_only,
                         struct store **out)
{
    const struct store_options options = {.path = place->path,
                                          .tables = tables,
                                          .table_count = 1,
                                          .map_bytes = map_bytes,
                                          .read_only = read_only};
    return store_open(&options, out);
}

static struct store *open_store(const struct place *place)
{
    struct store *store = NULL;
    assert_int_equal(ERR_OK, try_open(place, 64 << 20, false, &store));
    return store;
}

static enum err add(struct store *store, uint64_t number)
{
    struct store_txn *txn = NULL;
    uint8_t key[8];
    uint8_t value[300];
    bytes_put64(key, number);
    memset(value, (int)(number & 0xff), sizeof(value));
    enum err err = store_begin(store, true, &txn);
    if (err != ERR_OK) {
        return err;
    }
    err = store_append(txn, 0, bytes_of(key, sizeof(key)), bytes_of(value, sizeof(value)));
    if (err != ERR_OK) {
        store_abort(&txn);
        return err;
    }
    return store_commit(&txn);
}

/* The last key, or 0; every number before it must be there too, with its value. */
static uint64_t last_whole(struct store *store)
{
    struct store_txn *txn = NULL;
    struct bytes key = {0};
    struct bytes value = {0};
    uint64_t count = 0;
    uint8_t at[8] = {0};
    assert_int_equal(ERR_OK, store_begin(store, false, &txn));
    while (store_seek(txn, 0, bytes_of(at, sizeof(at)), true, &key, &value) == ERR_OK) {
        count++;
        assert_int_equal(count, bytes_get64(key.data));
        assert_int_equal(300, value.size);
        assert_int_equal(count & 0xff, value.data[0]);
        assert_int_equal(count & 0xff, value.data[299]);
        memcpy(at, key.data, sizeof(at));
    }
    store_abort(&txn);
    return count;
}

/* The writer's half of the kill test: tells each number after its commit; ends by being killed. */
static void write_for_ever(const struct place *place, int told)
{
    struct store *store = NULL;
    if (try_open(place, 64 << 20, false, &store) != ERR_OK) {
        _exit(1);
    }
    uint64_t number = last_whole(store);
    for (;;) {
        number++;
        if (add(store, number) != ERR_OK) {
            _exit(2);
        }
        if (write(told, &number, sizeof(number)) != sizeof(number)) {
            _exit(3);
        }
    }
}

/* Lets a writer run until it has told `enough` numbers, kills it, and gives the last one told. */
static uint64_t run_and_kill(const struct place *place, uint32_t enough)
{
    int pipe_ends[2];
    assert_int_equal(0, pipe(pipe_ends));
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(pipe_ends[0]);
        write_for_ever(place, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    uint64_t last = 0;
    uint64_t number = 0;
    for (uint32_t i = 0; i < enough; i++) {
        assert_int_equal(sizeof(number), read(pipe_ends[0], &number, sizeof(number)));
        last = number;
    }
    assert_int_equal(0, kill(child, SIGKILL));
    while (read(pipe_ends[0], &number, sizeof(number)) == sizeof(number)) {
        last = number;
    }
    int status = 0;
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFSIGNALED(status));
    close(pipe_ends[0]);
    return last;
}

static void a_killed_writer_loses_nothing_it_committed(void **state)
{
    const struct place *place = *state;
    for (uint32_t cycle = 0; cycle < 20; cycle++) {
        const uint64_t told = run_and_kill(place, 1 + cycle * 3 % 17);
        struct store *store = open_store(place);
        const uint64_t found = last_whole(store);
        assert_true(found >= told);
        assert_true(found <= told + 1); /* committed, but killed before it could tell */
        store_close(&store);
    }
}

/* Runs work in a process of its own; its answer. */
static int in_child(int (*work)(const struct place *), const struct place *place)
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(work(place));
    }
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Disk full as the system tells it: the file may not grow any more. */
static int commit_where_the_file_cannot_grow(const struct place *place)
{
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    if (try_open(place, 64 << 20, false, &store) != ERR_OK || add(store, 1) != ERR_OK) {
        return 1;
    }
    char file[FRESH_PATH_BYTES];
    struct stat about;
    fresh_folder_path(place->path, "data.mdb", file);
    signal(SIGXFSZ, SIG_IGN);
    if (stat(file, &about) != 0) {
        return 2;
    }
    const struct rlimit limit = {.rlim_cur = (rlim_t)about.st_size,
                                 .rlim_max = (rlim_t)about.st_size};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 3;
    }
    uint64_t number = 2;
    enum err err = ERR_OK;
    while (err == ERR_OK && number < 1000) {
        err = add(store, number++);
    }
    if (err != ERR_STORE) {
        return 4;
    }
    if (store_begin(store, true, &txn) != ERR_STORE ||
        store_begin(store, false, &txn) != ERR_STORE) {
        return 5;
    }
    return number > 2 && number < 1000 ? 0 : 6;
}

static void a_failed_commit_poisons_the_store(void **state)
{
    const struct place *place = *state;
    assert_int_equal(0, in_child(commit_where_the_file_cannot_grow, place));
    struct store *store = open_store(place);
    assert_true(last_whole(store) >= 1);
    assert_int_equal(ERR_OK, add(store, last_whole(store) + 1));
    store_close(&store);
}

static int writer_is_busy(const struct place *place)
{
    struct store *store = NULL;
    return try_open(place, 64 << 20, false, &store) == ERR_BUSY ? 0 : 1;
}

static void another_process_cannot_write_beside(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place);
    assert_int_equal(0, in_child(writer_is_busy, place));
    assert_int_equal(ERR_OK, add(store, 1));
    store_close(&store);
}

/* Reads after each byte on `ask` and answers the count on `tell`. */
static void read_when_asked(const struct place *place, int ask, int tell)
{
    struct store *store = NULL;
    char byte = 0;
    if (try_open(place, 0, true, &store) != ERR_OK) {
        _exit(1);
    }
    while (read(ask, &byte, 1) == 1) {
        const uint64_t count = last_whole(store);
        if (write(tell, &count, sizeof(count)) != sizeof(count)) {
            _exit(2);
        }
    }
    store_close(&store);
    _exit(0);
}

static void a_reader_in_another_process_follows_the_writer(void **state)
{
    const struct place *place = *state;
    int ask[2];
    int tell[2];
    struct store *store = open_store(place);
    store_close(&store); /* the reader is forked without an open environment */
    assert_int_equal(0, pipe(ask));
    assert_int_equal(0, pipe(tell));
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ask[1]);
        close(tell[0]);
        read_when_asked(place, ask[0], tell[1]);
    }
    close(ask[0]);
    close(tell[1]);
    store = open_store(place);
    for (uint64_t number = 1; number <= 50; number++) {
        uint64_t seen = 0;
        assert_int_equal(ERR_OK, add(store, number));
        assert_int_equal(1, write(ask[1], "?", 1));
        assert_int_equal(sizeof(seen), read(tell[0], &seen, sizeof(seen)));
        assert_int_equal(number, seen);
    }
    close(ask[1]);
    int status = 0;
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(tell[0]);
    store_close(&store);
}

/* Begins to read and does not end before `ask` is closed. */
static void read_for_ever(const struct place *place, int ask, int tell)
{
    struct store *store = NULL;
    struct store_txn *txn = NULL;
    char byte = 0;
    if (try_open(place, 0, true, &store) != ERR_OK || store_begin(store, false, &txn) != ERR_OK) {
        _exit(1);
    }
    if (write(tell, "!", 1) != 1) {
        _exit(2);
    }
    while (read(ask, &byte, 1) == 1) {
    }
    store_abort(&txn);
    store_close(&store);
    _exit(0);
}

/* Writes one value again and again; the first error, or ERR_OK after very many. */
static enum err rewrite(struct store *store, bool tidy)
{
    static uint8_t value[2000];
    enum err err = ERR_OK;
    for (int i = 0; i < 400 && err == ERR_OK; i++) {
        struct store_txn *txn = NULL;
        err = tidy ? store_begin_tidy(store, &txn) : store_begin(store, true, &txn);
        if (err == ERR_OK) {
            err = store_put(txn, 0, bytes_text("key"), bytes_of(value, sizeof(value)));
        }
        if (err == ERR_OK) {
            err = store_commit(&txn);
        }
    }
    return err;
}

static void a_reader_that_stays_fills_the_store_but_does_not_break_it(void **state)
{
    const struct place *place = *state;
    int ask[2];
    int tell[2];
    char byte = 0;
    int status = 0;
    struct store *store = NULL;
    assert_int_equal(ERR_OK, try_open(place, 1 << 20, false, &store));
    store_close(&store);
    assert_int_equal(0, pipe(ask));
    assert_int_equal(0, pipe(tell));
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ask[1]);
        read_for_ever(place, ask[0], tell[1]);
    }
    close(ask[0]);
    assert_int_equal(1, read(tell[0], &byte, 1));
    assert_int_equal(ERR_OK, try_open(place, 1 << 20, false, &store));
    assert_int_equal(ERR_FULL, rewrite(store, false));
    assert_int_equal(ERR_FULL, rewrite(store, true));
    close(ask[1]);
    assert_int_equal(child, waitpid(child, &status, 0));
    assert_int_equal(0, status);
    assert_int_equal(ERR_OK, rewrite(store, false));
    close(tell[0]);
    close(tell[1]);
    store_close(&store);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[FRESH_PATH_BYTES];
    fresh_folder_path(folder, name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(0, fclose(file));
}

static mode_t mode_of(const char *folder, const char *name)
{
    char path[FRESH_PATH_BYTES];
    struct stat about;
    fresh_folder_path(folder, name, path);
    return stat(path, &about) == 0 ? about.st_mode & 07777 : 0;
}

static void what_a_crash_left_while_making_the_store_is_removed(void **state)
{
    const struct place *place = *state;
    assert_int_equal(0, mkdir(place->path, 0700));
    write_text(place->path, "data.mdb.new", "half of an environment");
    write_text(place->path, "data.mdb.new-lock", "its lock");
    struct store *store = open_store(place);
    assert_int_equal(ERR_OK, add(store, 1));
    store_close(&store);
    assert_int_equal(0, mode_of(place->path, "data.mdb.new"));
    assert_int_equal(0, mode_of(place->path, "data.mdb.new-lock"));
}

static void only_the_owner_may_look(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place);
    store_close(&store);
    assert_int_equal(0700, mode_of(place->folder, "store"));
    assert_int_equal(0600, mode_of(place->path, "data.mdb"));
    assert_int_equal(0600, mode_of(place->path, "lock.mdb"));
    assert_int_equal(0600, mode_of(place->path, "lock"));
}

static void a_store_whose_data_vanished_is_not_made_anew(void **state)
{
    const struct place *place = *state;
    char file[FRESH_PATH_BYTES];
    struct store *store = open_store(place);
    store_close(&store);
    fresh_folder_path(place->path, "data.mdb", file);
    assert_int_equal(0, unlink(file));
    assert_int_equal(ERR_STORE, try_open(place, 64 << 20, false, &store));
    assert_int_equal(ERR_NOT_FOUND, try_open(place, 64 << 20, true, &store));
}

static void a_commit_into_a_deleted_file_is_the_end(void **state)
{
    const struct place *place = *state;
    char file[FRESH_PATH_BYTES];
    struct store *store = open_store(place);
    fresh_folder_path(place->path, "data.mdb", file);
    assert_int_equal(0, unlink(file));
    assert_int_equal(ERR_STORE, add(store, 1));
    assert_int_equal(ERR_STORE, add(store, 1));
    store_close(&store);
}

static void a_damaged_store_is_refused(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place);
    store_close(&store);
    write_text(place->path, "data.mdb", "this is not an environment");
    assert_int_equal(ERR_STORE, try_open(place, 64 << 20, false, &store));
    assert_null(store);
}

static void a_missing_folder_above_is_an_error(void **state)
{
    const struct place *place = *state;
    struct place deeper = *place;
    struct store *store = NULL;
    fresh_folder_path(place->folder, "not/there", deeper.path);
    assert_int_equal(ERR_IO, try_open(&deeper, 0, false, &store));
}

static void a_reader_names_a_table_that_is_missing(void **state)
{
    const struct place *place = *state;
    static const char *const more[] = {"log", "later"};
    struct store *store = open_store(place);
    store_close(&store);
    const struct store_options options = {
        .path = place->path, .tables = more, .table_count = 2, .read_only = true};
    assert_int_equal(ERR_VERSION, store_open(&options, &store));
    assert_null(store);
}

static void a_writer_adds_a_table_that_is_missing(void **state)
{
    const struct place *place = *state;
    static const char *const more[] = {"log", "later"};
    struct store *store = open_store(place);
    assert_int_equal(ERR_OK, add(store, 1));
    store_close(&store);
    const struct store_options options = {.path = place->path, .tables = more, .table_count = 2};
    assert_int_equal(ERR_OK, store_open(&options, &store));
    assert_int_equal(1, last_whole(store));
    store_close(&store);
}

static void a_map_of_many_gigabytes_costs_nothing_on_disk(void **state)
{
    const struct place *place = *state;
    struct store *store = NULL;
    char file[FRESH_PATH_BYTES];
    struct stat about;
    assert_int_equal(ERR_OK, try_open(place, 64ULL << 30, false, &store));
    assert_int_equal(ERR_OK, add(store, 1));
    assert_true(store_room(store) > 63ULL << 30);
    assert_true(store_used(store) < 1 << 20);
    store_close(&store);
    fresh_folder_path(place->path, "data.mdb", file);
    assert_int_equal(0, stat(file, &about));
    assert_true(about.st_blocks * 512 < 1 << 20);
}

static void a_store_opened_with_a_smaller_limit_stays_whole(void **state)
{
    const struct place *place = *state;
    struct store *store = open_store(place);
    for (uint64_t number = 1; number <= 500; number++) {
        assert_int_equal(ERR_OK, add(store, number));
    }
    store_close(&store);
    assert_int_equal(ERR_OK, try_open(place, 64 << 10, false, &store));
    assert_int_equal(500, last_whole(store));
    uint64_t number = 501;
    enum err err = ERR_OK;
    while (err == ERR_OK && number < 1000) {
        err = add(store, number++);
    }
    assert_int_equal(ERR_FULL, err);
    assert_true(number < 600);
    store_close(&store);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest cases[] = {
        CASE(a_killed_writer_loses_nothing_it_committed),
        CASE(a_failed_commit_poisons_the_store),
        CASE(another_process_cannot_write_beside),
        CASE(a_reader_in_another_process_follows_the_writer),
        CASE(a_reader_that_stays_fills_the_store_but_does_not_break_it),
        CASE(what_a_crash_left_while_making_the_store_is_removed),
        CASE(only_the_owner_may_look),
        CASE(a_store_whose_data_vanished_is_not_made_anew),
        CASE(a_commit_into_a_deleted_file_is_the_end),
        CASE(a_damaged_store_is_refused),
        CASE(a_missing_folder_above_is_an_error),
        CASE(a_reader_names_a_table_that_is_missing),
        CASE(a_writer_adds_a_table_that_is_missing),
        CASE(a_map_of_many_gigabytes_costs_nothing_on_disk),
        CASE(a_store_opened_with_a_smaller_limit_stays_whole),
    };
#undef CASE
    const int failed = store_contract_run();
    return failed + cmocka_run_group_tests_name("the store on LMDB", cases, NULL, NULL);
}
