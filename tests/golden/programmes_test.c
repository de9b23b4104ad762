/* Programme files as they were shipped once stand in logs for good: each is still put in force. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>

#include "brokers/exchange.h"
#include "unit/brokers/decisions.h"

#define FOLDER SOURCE_DIR "/tests/golden/programmes"

enum { FILES_MIN = 7 };

static int is_yaml(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".yaml") == 0;
}

/* The programme's id as the file says it in its own line. */
static struct bytes id_of(struct bytes yaml)
{
    static const char key[] = "\nprogramme: ";
    const char *text = (const char *)yaml.data;
    const char *at = memmem(text, yaml.size, key, sizeof key - 1);
    assert_non_null(at);
    at += sizeof key - 1;
    return bytes_of(at, strcspn(at, "\n"));
}

static void put_in_force(struct exchange *exchange, uint64_t position, const char *name)
{
    char path[512], fault[EXCHANGE_FAULT_BYTES] = "";
    struct buffer yaml = {.bytes_max = 0}, regions = {.bytes_max = 0};
    struct arena *arena = NULL, *made = NULL;
    struct config_fault where = {0};
    struct exchange_change change;
    snprintf(path, sizeof path, FOLDER "/%s", name);
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &arena));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &made));
    assert_int_equal(ERR_OK, programme_file_read(path, &yaml, &regions, &where));
    struct decision *decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    decision->programme.programme = id_of(buffer_bytes(&yaml));
    decision->decided_at_ms = position;
    const struct log_entry entry = decisions_sign(decision, DECISIONS_SEED_ADMIN, position, made);
    if (exchange_apply(exchange, &entry, arena, &change, fault) != ERR_OK ||
        change.programme->programme == NULL) {
        fail_msg("%s is no longer read: %s", name, fault);
    }
    assert_int_equal(position, change.programme->position);
    assert_true(change.programme->programme->indicator_count > 0);
    arena_free(&arena);
    arena_free(&made);
    buffer_fini(&yaml);
    buffer_fini(&regions);
}

static void every_file_that_was_shipped_is_still_read_from_a_log(void **state)
{
    struct dirent **entries = NULL;
    struct exchange *exchange = NULL;
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    const struct log_entry genesis = decisions_genesis();
    (void)state;
    const int count = scandir(FOLDER, &entries, is_yaml, alphasort);
    assert_true(count >= FILES_MIN);
    assert_int_equal(ERR_OK, sealing_start());
    assert_int_equal(ERR_OK, exchange_new(&exchange));
    assert_int_equal(ERR_OK, exchange_apply(exchange, &genesis, NULL, &change, fault));
    for (int i = 0; i < count; i++) {
        put_in_force(exchange, 2 + (uint64_t)i, entries[i]->d_name);
        free(entries[i]);
    }
    assert_int_equal(count, exchange_version_count(exchange));
    free(entries);
    exchange_free(&exchange);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_that_was_shipped_is_still_read_from_a_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
