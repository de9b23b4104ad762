/* What the house does with decisions, over real stores: which it takes, and in which order it looks
 * at them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "brokers/house.h"
#include "io/clock.h"
#include "support/own_folder.h"
#include "unit/brokers/decisions.h"

static char folder[OWN_FOLDER_BYTES];
static struct house *house;
static struct arena *made;
static struct buffer yaml, regions;
static struct exchange_change change;
static char fault[EXCHANGE_FAULT_BYTES];
static uint64_t position;

static enum err try_house(void)
{
    static const uint8_t seeds[3][KEY_BYTES] = {{11}, {12}, {13}};
    char store[OWN_PATH_BYTES], people[OWN_PATH_BYTES];
    struct signing_keys keys;
    decisions_keys(DECISIONS_SEED_ADMIN, &keys);
    const uint8_t(*administrators)[KEY_BYTES] = (const uint8_t(*)[KEY_BYTES])keys.public_key;
    const struct broker_options options = {.store_path = own_path(folder, "store", store),
                                           .people_path = own_path(folder, "people", people),
                                           .store_bytes_max = 1 << 27,
                                           .signing_seed = seeds[0],
                                           .transport_seed = seeds[1],
                                           .people_key = seeds[2],
                                           .administrators = administrators,
                                           .administrator_count = 1};
    return house_open(&options, &house);
}

static void open_house(void)
{
    assert_int_equal(ERR_OK, try_house());
    memcpy(decisions_exchange, exchange_genesis(house->exchange)->exchange, ID_BYTES);
}

static enum err decide_as(struct decision *decision, uint8_t seed)
{
    struct buffer outer = {.bytes_max = FRAME_BYTES_MAX};
    arena_reset(made);
    const struct log_entry entry = decisions_sign(decision, seed, 0, made);
    assert_int_equal(ERR_OK, codec_signed_decision_encode(&entry.decision, &outer));
    arena_reset(house->arena);
    position = 99;
    const enum err err = house_decide(house, buffer_bytes(&outer), &change, fault, &position);
    buffer_fini(&outer);
    return err;
}

static enum err decide(struct decision *decision)
{
    return decide_as(decision, DECISIONS_SEED_ADMIN);
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, sealing_start());
    own_folder_make(folder);
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &made));
    decisions_read_abc(&yaml, &regions);
    open_house();
    assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ")));
    assert_int_equal(ERR_OK, decide(decisions_enrolment(2, "STOPIL")));
    assert_int_equal(ERR_OK,
                     decide(decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions))));
    assert_int_equal(4, ledger_size(house->ledger));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    house_close(&house);
    arena_free(&made);
    buffer_fini(&yaml);
    buffer_fini(&regions);
    own_folder_remove(folder);
    return 0;
}

static void a_decision_sent_again_is_answered_alike_and_not_appended(void **state)
{
    (void)state;
    for (uint32_t times = 0; times < 3; times++) {
        assert_int_equal(ERR_OK,
                         decide(decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions))));
        assert_int_equal(4, position);
        assert_null(change.programme);
        assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ")));
        assert_int_equal(2, position);
        assert_null(change.node);
        assert_int_equal(4, ledger_size(house->ledger));
        house_close(&house); /* also after a start */
        open_house();
    }
    struct decision *other = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    other->programme.pseudonym_key = 2;
    assert_int_equal(ERR_DENIED, decide(other));
    assert_non_null(strstr(fault, "not newer"));
    assert_int_equal(4, ledger_size(house->ledger));
    other->decided_at_ms = 2;
    assert_int_equal(ERR_OK, decide(other));
    assert_int_equal(5, position);
    assert_int_equal(5, ledger_size(house->ledger));
}

/* The person is nobody, which only the log can tell. */
static void the_log_is_read_only_for_decisions_that_may_be_taken(void **state)
{
    (void)state;
    struct decision *decision = decisions_people(DECISION_PEOPLE_MERGE, 10);
    assert_int_equal(ERR_NOT_FOUND, decide(decision));
    assert_non_null(strstr(fault, "is nobody"));
    assert_int_equal(ERR_DENIED, decide_as(decision, DECISIONS_SEED_STRANGER));
    assert_string_equal("", fault);
    decision->decided_at_ms = clock_wall_ms() + 3600 * 1000;
    assert_int_equal(ERR_RANGE, decide(decision));
    decision->decided_at_ms = 10;
    decision->people.programme = bytes_text("XYZ");
    assert_int_equal(ERR_NOT_FOUND, decide(decision));
    assert_non_null(strstr(fault, "programme \"XYZ\""));
    assert_int_equal(4, ledger_size(house->ledger));
}

static void a_decision_from_the_future_locks_nothing(void **state)
{
    static struct decision decision = {.kind = DECISION_PERIOD_CLOSE,
                                       .period = {.through_on = 14000}};
    (void)state;
    decision.period.programme = bytes_text("ABC");
    decision.decided_at_ms = clock_wall_ms() + UINT64_C(3650) * 86400 * 1000;
    assert_int_equal(ERR_RANGE, decide(&decision));
    assert_non_null(strstr(fault, "ahead of the broker's clock"));
    decision.decided_at_ms = clock_wall_ms();
    assert_int_equal(ERR_OK, decide(&decision));
    assert_int_equal(5, position);
}

/* Behind the house's back, as an earlier release may have done it. */
static void append(struct decision *decision)
{
    char path[OWN_PATH_BYTES];
    struct ledger *ledger = NULL;
    arena_reset(made);
    struct log_entry entry = decisions_sign(decision, DECISIONS_SEED_ADMIN, 0, made);
    assert_int_equal(ERR_OK, ledger_open(own_path(folder, "store", path), 1 << 27, false, &ledger));
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    assert_int_equal(ERR_OK, ledger_append(ledger, &entry, 1000));
    assert_int_equal(ERR_OK, ledger_commit(ledger));
    ledger_close(&ledger);
}

static void
a_programme_file_that_is_no_longer_read_stops_no_replay_once_it_is_replaced(void **state)
{
    static const char wrong[] = "programme: ABC\nspelt: wrong\n";
    (void)state;
    house_close(&house);
    append(decisions_programme(bytes_text(wrong), bytes_text("")));
    assert_int_equal(ERR_CONFIG, try_house());
    assert_null(house);
    append(decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions)));
    open_house();
    assert_int_equal(6, ledger_size(house->ledger));
    assert_int_equal(3, exchange_version_count(house->exchange));
    assert_non_null(counting_totals(house->counting, bytes_text("ABC")));
    assert_int_equal(ERR_OK, house_check(house));
    /* Nobody puts such a file in force anew. */
    struct decision *decision = decisions_programme(bytes_text(wrong), bytes_text(""));
    decision->decided_at_ms = 2;
    assert_int_equal(ERR_CONFIG, decide(decision));
    assert_non_null(strstr(fault, "spelt"));
    assert_int_equal(6, ledger_size(house->ledger));
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(a_decision_sent_again_is_answered_alike_and_not_appended),
        CLAIM(the_log_is_read_only_for_decisions_that_may_be_taken),
        CLAIM(a_decision_from_the_future_locks_nothing),
        CLAIM(a_programme_file_that_is_no_longer_read_stops_no_replay_once_it_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
