/* Who is who at the broker: one number a person and programme, given once for ever. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "brokers/people.h"
#include "proto/sealing.h"
#include "support/own_folder.h"

static char folder[OWN_FOLDER_BYTES], path[OWN_PATH_BYTES];
static struct people *people;
static const uint8_t key[KEY_BYTES] = {1}, other_key[KEY_BYTES] = {2};
static const uint8_t anna[PSEUDONYM_BYTES] = {1}, jan[PSEUDONYM_BYTES] = {2};

static void open_with(const uint8_t *with)
{
    assert_int_equal(ERR_OK, people_open(path, 1 << 26, with, &people));
}

static int setup(void **state)
{
    (void)state;
    own_folder_make(folder);
    own_path(folder, "people", path);
    open_with(key);
    return (int)sealing_start();
}

static int teardown(void **state)
{
    (void)state;
    people_close(&people);
    own_folder_remove(folder);
    return 0;
}

static uint32_t number_of(const char *programme, const uint8_t *who)
{
    uint32_t number = 0;
    assert_int_equal(ERR_OK, people_number(people, bytes_text(programme), who, &number));
    return number;
}

static void begin(void)
{
    assert_int_equal(ERR_OK, people_begin(people));
}

static void commit(void)
{
    assert_int_equal(ERR_OK, people_commit(people));
}

static void a_person_has_one_number_in_a_programme(void **state)
{
    (void)state;
    begin();
    const uint32_t first = number_of("ABC", anna);
    assert_int_equal(1, first);
    assert_int_equal(2, number_of("ABC", jan));
    assert_int_equal(first, number_of("ABC", anna));
    assert_int_not_equal(first, number_of("XYZ", anna));
    commit();
    people_close(&people);
    open_with(key);
    begin();
    assert_int_equal(first, number_of("ABC", anna));
    assert_int_equal(2, number_of("ABC", jan));
    people_abandon(people);
}

static void under_another_key_everybody_is_new(void **state)
{
    (void)state;
    begin();
    number_of("ABC", anna);
    commit();
    people_close(&people);
    open_with(other_key);
    begin();
    assert_int_equal(2, number_of("ABC", anna));
    commit();
}

static void a_number_that_the_log_has_is_never_given_again(void **state)
{
    (void)state;
    begin();
    number_of("ABC", anna);
    commit();
    people_floor(people, 40);
    people_floor(people, 3);
    begin();
    assert_int_equal(41, number_of("ABC", jan));
    commit();
    people_close(&people);
    open_with(key);
    begin();
    assert_int_equal(42, number_of("XYZ", jan));
    commit();
}

static void numbers_end_before_they_would_begin_again(void **state)
{
    uint32_t number = 0;
    (void)state;
    people_floor(people, UINT32_MAX - 2);
    begin();
    assert_int_equal(UINT32_MAX - 1, number_of("ABC", anna));
    assert_int_equal(ERR_FULL, people_number(people, bytes_text("ABC"), jan, &number));
    assert_int_equal(UINT32_MAX - 1, number_of("ABC", anna));
    commit();
}

static void the_position_of_the_last_batch_is_kept(void **state)
{
    const struct batch_header header = {.node = {1}, .first_seq = 1, .count = 1};
    (void)state;
    assert_int_equal(0, people_position(people));
    begin();
    assert_int_equal(ERR_OK, people_keep(people, &header, bytes_text("row-keys"), 5));
    commit();
    people_close(&people);
    open_with(key);
    assert_int_equal(5, people_position(people));
}

static void what_was_not_committed_is_not_there(void **state)
{
    (void)state;
    begin();
    number_of("ABC", anna);
    people_close(&people); /* as after a crash */
    open_with(key);
    begin();
    assert_int_equal(1, number_of("ABC", jan));
    commit();
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_person_has_one_number_in_a_programme),
        CLAIM(under_another_key_everybody_is_new),
        CLAIM(a_number_that_the_log_has_is_never_given_again),
        CLAIM(numbers_end_before_they_would_begin_again),
        CLAIM(the_position_of_the_last_batch_is_kept),
        CLAIM(what_was_not_committed_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
