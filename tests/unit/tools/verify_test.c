/* Logs that a dishonest broker might write, each with one thing wrong, and what verifying says. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "brokers/ledger.h"
#include "core/model/event.h"
#include "io/file.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"
#include "tools/verbs.h"

enum { ARENA_BYTES = 4 << 20, NOW_MS = 1000 };

static const uint8_t admin_seed[32] = {1}, node_seed[32] = {2}, other_seed[32] = {3};
static const uint8_t exchange_id[ID_BYTES] = {4}, node_id[ID_BYTES] = {5}, other_id[ID_BYTES] = {6};

/* What the third batch does otherwise than it should. */
struct plan {
    uint64_t skip_seq, epoch;
    uint32_t skip_person;
    bool other_chain, other_node, other_key, other_admin, other_root;
};

struct world {
    char folder[64], store[96], config[96];
    struct ledger *ledger;
    struct arena *arena;
    struct ingest_register reg;
};

static int setup(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    snprintf(world->folder, sizeof world->folder, "/tmp/verify-XXXXXX");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->store, sizeof world->store, "%s/log", world->folder);
    snprintf(world->config, sizeof world->config, "%s/broker.yaml", world->folder);
    assert_int_equal(ERR_OK, sealing_start());
    assert_int_equal(ERR_OK, file_write(world->config, bytes_text("store: log\n"), 0600));
    assert_int_equal(ERR_OK, arena_new(ARENA_BYTES, &world->arena));
    assert_int_equal(ERR_OK, ledger_open(world->store, 64 << 20, false, &world->ledger));
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    struct world *world = *state;
    char command[128];
    ledger_close(&world->ledger);
    arena_free(&world->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", world->folder);
    assert_int_equal(0, system(command));
    free(world);
    return 0;
}

static void append(struct world *world, struct log_entry *entry)
{
    assert_int_equal(ERR_OK, ledger_append(world->ledger, entry, NOW_MS));
}

static void append_genesis(struct world *world)
{
    struct signing_keys admin;
    struct log_entry entry = {.kind = LOG_GENESIS,
                              .genesis = {.incarnation = 1, .administrator_count = 1}};
    keys_signing(admin_seed, &admin);
    memcpy(entry.genesis.exchange, exchange_id, ID_BYTES);
    memcpy(entry.genesis.administrators[0], admin.public_key, KEY_BYTES);
    append(world, &entry);
}

static void append_enrolment(struct world *world, const struct plan *plan)
{
    static struct decision decision;
    struct buffer body = {.bytes_max = 1 << 16};
    struct signing_keys admin, node;
    struct log_entry entry = {.kind = LOG_DECISION};
    uint8_t signature[SIGNATURE_BYTES];
    keys_signing(plan->other_admin ? other_seed : admin_seed, &admin);
    keys_signing(node_seed, &node);
    decision = (struct decision){.decided_at_ms = NOW_MS,
                                 .kind = DECISION_ENROLMENT,
                                 .enrolment = {.partner = bytes_text("KLUCZ"),
                                               .name = bytes_text("klucz-1"),
                                               .programmes = {bytes_text("ABC")},
                                               .programme_count = 1,
                                               .signing_key_number = 1}};
    memcpy(decision.exchange, exchange_id, ID_BYTES);
    memcpy(decision.enrolment.node, node_id, ID_BYTES);
    memcpy(decision.enrolment.signing_key, node.public_key, KEY_BYTES);
    assert_int_equal(ERR_OK, codec_decision_encode(&decision, &body));
    assert_int_equal(ERR_OK,
                     sealing_sign(SEAL_DECISION, buffer_bytes(&body), admin.secret, signature));
    entry.decision.body = buffer_bytes(&body);
    entry.decision.signature = bytes_of(signature, sizeof signature);
    memcpy(entry.decision.administrator, admin.public_key, KEY_BYTES);
    append(world, &entry);
    buffer_fini(&body);
}

static void encode_columns(struct buffer *out)
{
    struct columns_builder *builder = NULL;
    struct columns columns;
    const struct event event = {.kind = EVENT_ACTIVITY, .activity = bytes_text("info_meeting")};
    assert_int_equal(ERR_OK, columns_builder_new(&builder));
    assert_int_equal(ERR_OK, columns_builder_add(builder, &event));
    columns_builder_finish(builder, &columns);
    assert_int_equal(ERR_OK, codec_columns_encode(&columns, out));
    columns_builder_free(&builder);
}

/* A batch of one event that introduces one person, filed as the broker does it. */
static void append_batch(struct world *world, const struct plan *plan)
{
    struct buffer columns = {.bytes_max = 1 << 16}, confidential = {.bytes_max = 1 << 16},
                  sealed = {.bytes_max = 1 << 20};
    struct signing_keys node;
    const uint8_t zeros[PSEUDONYM_BYTES] = {0};
    const uint32_t person = world->reg.last_person + 1;
    struct batch_header header = {.schema = SCHEMA_VERSION,
                                  .programme = bytes_text("ABC"),
                                  .epoch = plan->epoch,
                                  .first_seq = world->reg.last_seq + 1 + plan->skip_seq,
                                  .count = 1,
                                  .signing_key = 1,
                                  .pseudonym_key = 1,
                                  .first_person = person + plan->skip_person,
                                  .person_count = 1,
                                  .sealed_at_ms = NOW_MS};
    const struct confidential secret = {.pseudonyms = bytes_of(zeros, PSEUDONYM_BYTES),
                                        .row_keys = bytes_of(zeros, ROW_KEY_BYTES)};
    struct opened_batch opened;
    struct sealed_batch parts;
    uint8_t chain[DIGEST_BYTES];
    keys_signing(plan->other_key ? other_seed : node_seed, &node);
    memcpy(header.exchange, exchange_id, ID_BYTES);
    memcpy(header.node, plan->other_node ? other_id : node_id, ID_BYTES);
    memcpy(header.previous, world->reg.chain, DIGEST_BYTES);
    header.previous[0] ^= plan->other_chain ? 1 : 0;
    encode_columns(&columns);
    assert_int_equal(ERR_OK, codec_confidential_encode(&secret, &confidential));
    const struct seal_input input = {.header = &header,
                                     .columns = buffer_bytes(&columns),
                                     .confidential = buffer_bytes(&confidential),
                                     .secret = node.secret};
    assert_int_equal(ERR_OK, sealing_seal(&input, &sealed, chain));
    arena_reset(world->arena);
    assert_int_equal(ERR_OK,
                     codec_sealed_batch_decode(buffer_bytes(&sealed), world->arena, &parts));
    assert_int_equal(ERR_OK, sealing_open(&parts, true, node.public_key, world->arena, &opened));
    struct log_entry entry = {.kind = LOG_BATCH,
                              .batch = {.header = parts.header,
                                        .signature = parts.signature,
                                        .columns = parts.columns,
                                        .persons = &person,
                                        .person_count = 1}};
    append(world, &entry);
    world->reg.epoch = plan->epoch;
    world->reg.last_seq = header.first_seq;
    world->reg.last_person++;
    memcpy(world->reg.chain, chain, DIGEST_BYTES);
    opened.digest[0] ^= plan->other_root ? 1 : 0;
    assert_int_equal(ERR_OK, ledger_file_batch(world->ledger, &header, opened.digest, &world->reg));
    buffer_fini(&columns);
    buffer_fini(&confidential);
    buffer_fini(&sealed);
}

/* Runs the verb with its output in a file; gives its exit code and its document. */
static int verify(struct world *world, json_t **document)
{
    char path[96], name[] = "ogniwo log verify", broker[] = "--broker", format[] = "--format=json";
    char *words[] = {name, broker, world->config, format, NULL};
    snprintf(path, sizeof path, "%s/out", world->folder);
    fflush(stdout);
    const int kept = dup(STDOUT_FILENO);
    const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(kept >= 0 && file >= 0 && dup2(file, STDOUT_FILENO) >= 0);
    const int status = verb_log_verify(4, words);
    fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) >= 0);
    close(kept);
    close(file);
    *document = json_load_file(path, 0, NULL);
    assert_non_null(*document);
    return status;
}

/* Writes a log whose third batch follows the plan; null `fault`: it must verify. */
static void expect(struct world *world, const struct plan *plan, json_int_t position,
                   const char *fault)
{
    const struct plan honest = {.epoch = 2};
    json_t *document = NULL;
    assert_int_equal(ERR_OK, ledger_begin(world->ledger));
    append_genesis(world);
    append_enrolment(world, plan);
    append_batch(world, &honest);
    append_batch(world, &honest);
    append_batch(world, plan);
    assert_int_equal(ERR_OK, ledger_commit(world->ledger));
    ledger_close(&world->ledger);
    assert_int_equal(fault == NULL ? EX_OK : EX_DATAERR, verify(world, &document));
    if (fault != NULL) {
        assert_int_equal(position, json_integer_value(json_object_get(document, "position")));
        assert_non_null(strstr(json_string_value(json_object_get(document, "fault")), fault));
    } else {
        assert_int_equal(3, json_integer_value(json_object_get(document, "batches")));
    }
    json_decref(document);
}

static void an_honest_log_verifies(void **state)
{
    expect(*state, &(struct plan){.epoch = 2}, 0, NULL);
}

static void a_gap_in_the_sequence_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .skip_seq = 1}, 5, "the node's next is 3");
}

static void a_broken_chain_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .other_chain = true}, 5, "chain");
}

static void an_epoch_that_falls_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 1}, 5, "epoch");
}

static void a_gap_in_person_numbers_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .skip_person = 1}, 5, "the node's next is 3");
}

static void a_batch_signed_by_another_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .other_key = true}, 5, "signature");
}

static void a_batch_of_a_stranger_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .other_node = true}, 5, "not enrolled");
}

static void a_decision_of_a_stranger_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .other_admin = true}, 2, "may not");
}

static void a_receipt_for_something_else_is_found(void **state)
{
    expect(*state, &(struct plan){.epoch = 2, .other_root = true}, 5, "receipt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define VERIFY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        VERIFY_TEST(an_honest_log_verifies),
        VERIFY_TEST(a_gap_in_the_sequence_is_found),
        VERIFY_TEST(a_broken_chain_is_found),
        VERIFY_TEST(an_epoch_that_falls_is_found),
        VERIFY_TEST(a_gap_in_person_numbers_is_found),
        VERIFY_TEST(a_batch_signed_by_another_is_found),
        VERIFY_TEST(a_batch_of_a_stranger_is_found),
        VERIFY_TEST(a_decision_of_a_stranger_is_found),
        VERIFY_TEST(a_receipt_for_something_else_is_found),
#undef VERIFY_TEST
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
