/* The log's decisions, folded: who may decide, what a decision changes, and that a wrong one
 * changes nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "brokers/exchange.h"
#include "proto/version.h"
#include "unit/brokers/decisions.h"

static struct exchange *exchange;
static struct arena *arena, *made;
static struct exchange_change change;
static char fault[EXCHANGE_FAULT_BYTES];
static struct buffer yaml, regions;

static enum err apply(const struct log_entry *entry)
{
    arena_reset(arena);
    return exchange_apply(exchange, entry, arena, &change, fault);
}

static enum err decide(struct decision *decision, uint8_t seed, uint64_t position)
{
    arena_reset(made);
    const struct log_entry entry = decisions_sign(decision, seed, position, made);
    return apply(&entry);
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, sealing_start());
    assert_int_equal(ERR_OK, exchange_new(&exchange));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &arena));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &made));
    decisions_read_abc(&yaml, &regions);
    return 0;
}

static int setup_begun(void **state)
{
    const int failed = setup(state);
    const struct log_entry genesis = decisions_genesis();
    assert_int_equal(ERR_OK, apply(&genesis));
    return failed;
}

static int teardown(void **state)
{
    (void)state;
    exchange_free(&exchange);
    arena_free(&arena);
    arena_free(&made);
    buffer_fini(&yaml);
    buffer_fini(&regions);
    return 0;
}

static void the_genesis_is_the_first_entry_and_the_only_one(void **state)
{
    struct log_entry genesis = decisions_genesis();
    (void)state;
    assert_null(exchange_genesis(exchange));
    assert_int_equal(ERR_STATE, decide(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 1));
    genesis.position = 2;
    assert_int_equal(ERR_STATE, apply(&genesis));
    genesis.position = 1;
    assert_int_equal(ERR_OK, apply(&genesis));
    assert_true(change.genesis);
    assert_memory_equal(decisions_exchange, exchange_genesis(exchange)->exchange, ID_BYTES);
    assert_int_equal(ERR_STATE, apply(&genesis));
}

static void only_an_administrator_of_this_exchange_decides(void **state)
{
    (void)state;
    struct decision *decision = decisions_enrolment(1, "KLUCZ");
    assert_int_equal(ERR_DENIED, decide(decision, DECISIONS_SEED_STRANGER, 2));

    arena_reset(made);
    struct log_entry entry = decisions_sign(decision, DECISIONS_SEED_ADMIN, 2, made);
    ((uint8_t *)(uintptr_t)entry.decision.body.data)[entry.decision.body.size - 1] ^= 1;
    assert_int_equal(ERR_SIGNATURE, apply(&entry));

    /* A stranger's signature under the administrator's name. */
    arena_reset(made);
    entry = decisions_sign(decision, DECISIONS_SEED_STRANGER, 2, made);
    memcpy(entry.decision.administrator, exchange_genesis(exchange)->administrators[0], KEY_BYTES);
    assert_int_equal(ERR_SIGNATURE, apply(&entry));
    assert_int_equal(0, exchange_node_count(exchange));
}

static void a_decision_for_another_exchange_is_denied(void **state)
{
    (void)state;
    struct exchange *other = NULL;
    struct log_entry genesis = decisions_genesis();
    genesis.genesis.exchange[0] ^= 1;
    assert_int_equal(ERR_OK, exchange_new(&other));
    assert_int_equal(ERR_OK, exchange_apply(other, &genesis, arena, &change, fault));
    const struct log_entry entry =
        decisions_sign(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 2, made);
    assert_int_equal(ERR_DENIED, exchange_apply(other, &entry, arena, &change, fault));
    exchange_free(&other);
}

static void nodes_are_numbered_in_the_order_of_their_enrolment(void **state)
{
    static const uint8_t first[ID_BYTES] = {9}, second[ID_BYTES] = {3}, nobody[ID_BYTES] = {4};
    (void)state;
    assert_int_equal(ERR_OK, decide(decisions_enrolment(9, "KLUCZ"), DECISIONS_SEED_ADMIN, 2));
    assert_int_equal(0, change.node_number);
    assert_false(change.key_replaced);
    assert_int_equal(ERR_OK, decide(decisions_enrolment(3, "STOPIL"), DECISIONS_SEED_ADMIN, 3));
    assert_int_equal(1, change.node_number);
    assert_int_equal(0, exchange_node_find(exchange, first));
    assert_int_equal(1, exchange_node_find(exchange, second));
    assert_int_equal(UINT32_MAX, exchange_node_find(exchange, nobody));
    assert_string_equal("STOPIL", exchange_node_at(exchange, 1)->partner);
}

static void a_node_may_get_other_keys_but_not_another_partner(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 2));
    assert_int_equal(ERR_DENIED, decide(decisions_enrolment(1, "STOPIL"), DECISIONS_SEED_ADMIN, 3));
    assert_string_equal("KLUCZ", exchange_node_at(exchange, 0)->partner);
    struct decision *again = decisions_enrolment(1, "KLUCZ");
    again->enrolment.transport_key[5] = 99;
    again->enrolment.signing_key_number = 2;
    assert_int_equal(ERR_OK, decide(again, DECISIONS_SEED_ADMIN, 3));
    assert_true(change.key_replaced);
    assert_memory_equal(decisions_enrolment(1, "KLUCZ")->enrolment.transport_key,
                        change.replaced_key, KEY_BYTES);
    assert_int_equal(99, exchange_node_at(exchange, 0)->transport_key[5]);
    assert_int_equal(2, exchange_node_at(exchange, 0)->signing_key_number);
    assert_int_equal(1, exchange_node_count(exchange));
}

static void a_revoked_node_stays_known_and_may_be_enrolled_again(void **state)
{
    static struct decision revocation = {.kind = DECISION_REVOCATION, .revoked_node = {1}};
    (void)state;
    assert_int_equal(ERR_NOT_FOUND, decide(&revocation, DECISIONS_SEED_ADMIN, 2));
    assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 2));
    assert_int_equal(ERR_OK, decide(&revocation, DECISIONS_SEED_ADMIN, 3));
    assert_true(change.node->revoked);
    assert_int_equal(1, exchange_node_count(exchange));
    assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 4));
    assert_false(exchange_node_at(exchange, 0)->revoked);
}

static void a_programme_has_versions_of_which_the_last_is_in_force(void **state)
{
    uint8_t first[DIGEST_BYTES], second[DIGEST_BYTES];
    struct buffer newer = {.bytes_max = 1 << 20};
    (void)state;
    assert_null(exchange_programme(exchange, bytes_text("ABC")));
    version_digest(buffer_bytes(&yaml), buffer_bytes(&regions), first);
    assert_int_equal(ERR_OK, buffer_add(&newer, buffer_bytes(&yaml)));
    assert_int_equal(ERR_OK, buffer_add_text(&newer, "\n# a word more\n"));
    version_digest(buffer_bytes(&newer), buffer_bytes(&regions), second);
    struct decision *decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 2));
    decision = decisions_programme(buffer_bytes(&newer), buffer_bytes(&regions));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 3));
    assert_int_equal(2, exchange_version_count(exchange));
    assert_int_equal(3, exchange_programme(exchange, bytes_text("ABC"))->position);
    assert_int_equal(2, exchange_version(exchange, bytes_text("ABC"), first)->position);
    assert_int_equal(3, exchange_version(exchange, bytes_text("ABC"), second)->position);
    second[0] ^= 1;
    assert_null(exchange_version(exchange, bytes_text("ABC"), second));
    assert_null(exchange_version(exchange, bytes_text("ABD"), first));
    buffer_fini(&newer);
}

static struct exchange_asked asked;

static enum err check(struct decision *decision, uint64_t now)
{
    arena_reset(made);
    arena_reset(arena);
    asked = (struct exchange_asked){0};
    const struct log_entry entry = decisions_sign(decision, DECISIONS_SEED_ADMIN, 9, made);
    return exchange_check(exchange, &entry.decision, now, arena, &asked, fault);
}

static void a_wrong_programme_file_is_told_with_its_line_and_not_taken(void **state)
{
    (void)state;
    struct decision *decision =
        decisions_programme(bytes_text("programme: ABC\nspelt: wrong\n"), bytes_text(""));
    assert_int_equal(ERR_CONFIG, check(decision, 10));
    assert_int_equal(0, strncmp("2:1: ", fault, 5));
    assert_non_null(strstr(fault, "spelt"));
    /* A file that is another programme's than the decision says. */
    decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    decision->programme.programme = bytes_text("XYZ");
    assert_int_equal(ERR_CONFIG, check(decision, 10));
    assert_non_null(strstr(fault, "\"XYZ\""));
    assert_int_equal(0, exchange_version_count(exchange));
}

/* As if an earlier release had read it. */
static void a_file_of_the_log_that_is_refused_now_is_a_version_without_a_programme(void **state)
{
    (void)state;
    struct decision *decision =
        decisions_programme(bytes_text("programme: ABC\nspelt: wrong\n"), bytes_text(""));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 2));
    assert_null(change.programme->programme);
    assert_non_null(strstr(fault, "spelt"));
    assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 3));
    assert_int_equal(ERR_OK, decide(decisions_enrolment(2, "STOPIL"), DECISIONS_SEED_ADMIN, 4));
    assert_int_equal(ERR_OK,
                     decide(decisions_people(DECISION_PEOPLE_MERGE, 10), DECISIONS_SEED_ADMIN, 5));
    decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 6));
    assert_non_null(exchange_programme(exchange, bytes_text("ABC"))->programme);
    assert_int_equal(2, exchange_version_count(exchange));
}

/* Two nodes, and ABC in force. */
static void begin_abc(void)
{
    assert_int_equal(ERR_OK, decide(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_ADMIN, 2));
    assert_int_equal(ERR_OK, decide(decisions_enrolment(2, "STOPIL"), DECISIONS_SEED_ADMIN, 3));
    struct decision *decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 4));
}

static void people_are_merged_and_split_in_order_and_a_copy_is_denied(void **state)
{
    (void)state;
    struct decision *decision = decisions_people(DECISION_PEOPLE_MERGE, 10);
    assert_int_equal(ERR_NOT_FOUND, decide(decision, DECISIONS_SEED_ADMIN, 2));
    assert_non_null(strstr(fault, "programme \"ABC\""));
    begin_abc();
    assert_int_equal(4, exchange_basis(exchange, bytes_text("ABC")));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 5));
    assert_true(change.people->merge && change.people->count == 2);
    assert_int_equal(1, change.people->people[1].node);
    assert_int_equal(5, exchange_basis(exchange, bytes_text("ABC")));
    assert_int_equal(ERR_DENIED, decide(decision, DECISIONS_SEED_ADMIN, 6));
    assert_non_null(strstr(fault, "not newer"));
    decision = decisions_people(DECISION_PEOPLE_SPLIT, 11);
    decision->people.people[1].node[0] = 9;
    assert_int_equal(ERR_NOT_FOUND, decide(decision, DECISIONS_SEED_ADMIN, 6));
    decision->people.count = 1;
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 6));
    assert_int_equal(2, exchange_people_count(exchange));
    assert_false(exchange_people_find(exchange, 6)->merge);
    assert_null(exchange_people_find(exchange, 4));
}

static void a_period_is_closed_for_a_partner_and_a_task_that_exist(void **state)
{
    static struct decision decision = {
        .kind = DECISION_PERIOD_CLOSE,
        .decided_at_ms = 10,
        .period = {.partner = {(const uint8_t *)"KLUCZ", 5}, .through_on = 14000}};
    (void)state;
    begin_abc();
    decision.period.programme = bytes_text("ABC");
    decision.period.task = bytes_text("no such task");
    assert_int_equal(ERR_NOT_FOUND, decide(&decision, DECISIONS_SEED_ADMIN, 5));
    assert_non_null(strstr(fault, "no task \"no such task\""));
    decision.period.task = bytes_text("A");
    assert_int_equal(ERR_OK, decide(&decision, DECISIONS_SEED_ADMIN, 5));
    assert_int_equal(ERR_DENIED, decide(&decision, DECISIONS_SEED_ADMIN, 6));
    assert_int_equal(1, exchange_closing_count(exchange));
    assert_string_equal("A", exchange_closing_at(exchange, 0)->task);
    assert_int_equal(14000, exchange_closing_at(exchange, 0)->through_on);
    assert_null(change.closing);
}

static void a_decision_sent_again_is_known_and_no_other_may_have_its_time(void **state)
{
    (void)state;
    begin_abc();
    struct decision *decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    decision->decided_at_ms = 10;
    assert_int_equal(ERR_OK, check(decision, 10));
    assert_int_equal(0, asked.position);
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 5));
    assert_int_equal(ERR_OK, check(decision, 10));
    assert_int_equal(5, asked.position);
    assert_int_equal(DECISION_PROGRAMME, asked.decision->kind);
    /* Another one of that time, as older logs have it: read, and not taken anew. */
    decision->programme.pseudonym_key = 2;
    assert_int_equal(ERR_DENIED, check(decision, 10));
    assert_non_null(strstr(fault, "not newer"));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 6));
    assert_int_equal(ERR_OK, check(decision, 10));
    assert_int_equal(6, asked.position);
    /* The first of the two is still the one at 5, and what is older is refused by both. */
    decision->programme.pseudonym_key = 1;
    assert_int_equal(ERR_OK, check(decision, 10));
    assert_int_equal(5, asked.position);
    decision->decided_at_ms = 9;
    assert_int_equal(ERR_DENIED, check(decision, 10));
    assert_int_equal(ERR_DENIED, decide(decision, DECISIONS_SEED_ADMIN, 7));
    decision = decisions_enrolment(1, "KLUCZ");
    decision->enrolment.signing_key_number = 2;
    assert_int_equal(ERR_DENIED, check(decision, 10)); /* decided at 1, as the one before */
    decision->decided_at_ms = 2;
    assert_int_equal(ERR_OK, check(decision, 10));
}

static void a_decision_from_the_future_is_not_taken_but_read(void **state)
{
    const uint64_t now = 1000 * 1000;
    (void)state;
    begin_abc();
    struct decision *decision =
        decisions_people(DECISION_PEOPLE_MERGE, now + DECISION_AHEAD_MS_MAX);
    assert_int_equal(ERR_OK, check(decision, now));
    decision->decided_at_ms += 60 * 1000;
    assert_int_equal(ERR_RANGE, check(decision, now));
    assert_non_null(strstr(fault, "360 s ahead"));
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 5));
    assert_int_equal(ERR_OK, check(decision, now)); /* in the log: no longer judged */
    assert_int_equal(5, asked.position);
}

static void what_a_decision_names_must_be_there_before_it_is_taken(void **state)
{
    static struct decision revocation = {.kind = DECISION_REVOCATION, .revoked_node = {9}};
    (void)state;
    begin_abc();
    assert_int_equal(ERR_NOT_FOUND, check(&revocation, 10));
    assert_int_equal(ERR_DENIED, check(decisions_enrolment(1, "STOPIL"), 10));
    assert_non_null(strstr(fault, "\"KLUCZ\""));
    struct decision *decision = decisions_people(DECISION_PEOPLE_SPLIT, 10);
    decision->people.people[1].node[0] = 9;
    assert_int_equal(ERR_NOT_FOUND, check(decision, 10));
    arena_reset(made);
    const struct log_entry entry =
        decisions_sign(decisions_enrolment(1, "KLUCZ"), DECISIONS_SEED_STRANGER, 9, made);
    assert_int_equal(ERR_DENIED,
                     exchange_check(exchange, &entry.decision, 10, arena, &asked, fault));
}

static void a_new_version_keeps_what_was_decided_of_its_people(void **state)
{
    (void)state;
    begin_abc();
    assert_false(exchange_has_people(exchange, bytes_text("ABC")));
    assert_int_equal(ERR_OK,
                     decide(decisions_people(DECISION_PEOPLE_MERGE, 10), DECISIONS_SEED_ADMIN, 5));
    struct decision *decision = decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions));
    decision->decided_at_ms = 11;
    assert_int_equal(ERR_OK, decide(decision, DECISIONS_SEED_ADMIN, 6));
    assert_true(exchange_has_people(exchange, bytes_text("ABC")));
    assert_int_equal(6, exchange_basis(exchange, bytes_text("ABC")));
    assert_int_equal(ERR_DENIED, check(decisions_people(DECISION_PEOPLE_SPLIT, 10), 20));
    assert_int_equal(ERR_OK,
                     decide(decisions_people(DECISION_PEOPLE_SPLIT, 11), DECISIONS_SEED_ADMIN, 7));
    assert_int_equal(7, exchange_basis(exchange, bytes_text("ABC")));
    assert_int_equal(0, exchange_basis(exchange, bytes_text("XYZ")));
}

static void a_batch_changes_nothing(void **state)
{
    const struct log_entry entry = {.position = 2, .kind = LOG_BATCH};
    (void)state;
    assert_int_equal(ERR_OK, apply(&entry));
    assert_false(change.genesis);
    assert_null(change.node);
    assert_null(change.programme);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup_begun, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_genesis_is_the_first_entry_and_the_only_one, setup,
                                        teardown),
        CLAIM(only_an_administrator_of_this_exchange_decides),
        CLAIM(a_decision_for_another_exchange_is_denied),
        CLAIM(nodes_are_numbered_in_the_order_of_their_enrolment),
        CLAIM(a_node_may_get_other_keys_but_not_another_partner),
        CLAIM(a_revoked_node_stays_known_and_may_be_enrolled_again),
        CLAIM(a_programme_has_versions_of_which_the_last_is_in_force),
        CLAIM(a_wrong_programme_file_is_told_with_its_line_and_not_taken),
        CLAIM(a_file_of_the_log_that_is_refused_now_is_a_version_without_a_programme),
        CLAIM(people_are_merged_and_split_in_order_and_a_copy_is_denied),
        CLAIM(a_period_is_closed_for_a_partner_and_a_task_that_exist),
        CLAIM(a_decision_sent_again_is_known_and_no_other_may_have_its_time),
        CLAIM(a_decision_from_the_future_is_not_taken_but_read),
        CLAIM(what_a_decision_names_must_be_there_before_it_is_taken),
        CLAIM(a_new_version_keeps_what_was_decided_of_its_people),
        CLAIM(a_batch_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
