/* fold: reads worlds of tests/reference/generate.py, one JSON document a line, and prints what the
 * engine counts at each position of their logs.
 *
 * The happy path is: 1. a world's entries become a real log: encoded, signed where they are
 * decisions, in a store of their own; 2. position by position the exchange and the live totals
 * follow as the broker's do; 3. beside them totals are rebuilt from the log's first entry, and
 * counted as of each day that the world asks for; 4. all lines are printed. What goes wrong ends
 * the program: a world is never wrong. */
#include <ftw.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brokers/counting.h"
#include "brokers/exchange.h"
#include "brokers/ledger.h"
#include "core/base/buffer.h"
#include "core/base/date.h"
#include "core/model/reject.h"
#include "proto/codec.h"
#include "proto/keys.h"
#include "proto/sealing.h"

enum { LOG_BYTES = 64 << 20, FOLDER_BYTES = 64 };

static struct arena *reading;
static uint64_t now_ms; /* rises with each entry */
static struct signing_keys administrator;
static const uint8_t exchange_id[ID_BYTES] = {7, 7, 7};

static void must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        fprintf(stderr, "fold: %s: %s\n", what, err_text(err));
        exit(2);
    }
}

/* ---- a world's entries as the log's ---- */

static int64_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static struct bytes text(const json_t *object, const char *name)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value != NULL ? bytes_text(value) : (struct bytes){0};
}

/* The number of a word in a list of words. */
static uint8_t word(const json_t *object, const char *name, const char *const *words, int count)
{
    for (int i = 0; i < count; i++) {
        if (bytes_is(text(object, name), words[i])) {
            return (uint8_t)i;
        }
    }
    return 0;
}

static void read_profile(const json_t *from, struct event_profile *out)
{
    static const char *const sexes[] = {"unknown", "woman", "man"};
    const json_t *flags = json_object_get(from, "flags");
    *out = (struct event_profile){.sex = (enum event_sex)word(from, "sex", sexes, 3),
                                  .age = (int)number(from, "age"),
                                  .education = text(from, "education"),
                                  .status = text(from, "status"),
                                  .home_region = text(from, "home_region"),
                                  .flag_count = (uint32_t)json_array_size(flags)};
    for (uint32_t i = 0; i < out->flag_count; i++) {
        out->flags[i] = bytes_text(json_string_value(json_array_get(flags, i)));
    }
}

static void read_event(const json_t *from, struct event *out)
{
    static const char *const windows[] = {"none", "on_leaving", "six_months"};
    const json_t *profile = json_object_get(from, "profile");
    *out = (struct event){.occurred_on = (int32_t)number(from, "on"),
                          .task = text(from, "task"),
                          .region = text(from, "region"),
                          .support = text(from, "support"),
                          .outcome = text(from, "outcome"),
                          .activity = text(from, "activity"),
                          .unit = text(from, "unit"),
                          .quantity = number(from, "quantity"),
                          .person = (uint32_t)number(from, "person"),
                          .entity = json_is_true(json_object_get(from, "entity")),
                          .participation = (uint32_t)number(from, "participation"),
                          .window = (enum event_window)word(from, "window", windows, 3),
                          .has_profile = json_is_object(profile),
                          .withdrawal = json_is_true(json_object_get(from, "withdrawal")),
                          .withdraws = (uint64_t)number(from, "withdraws")};
    must(event_kind_parse(text(from, "kind"), &out->kind), "an event's kind");
    if (out->has_profile) {
        read_profile(profile, &out->profile);
    }
}

static void encode_columns(const json_t *events, struct buffer *out)
{
    struct columns_builder *builder = NULL;
    struct columns columns;
    size_t index;
    const json_t *event;
    must(columns_builder_new(&builder), "columns");
    json_array_foreach(events, index, event)
    {
        struct event read;
        read_event(event, &read);
        must(columns_builder_add(builder, &read), "an event");
    }
    columns_builder_finish(builder, &columns);
    must(codec_columns_encode(&columns, out), "columns");
    columns_builder_free(&builder);
}

static void append(struct ledger *ledger, struct log_entry *entry)
{
    must(ledger_append(ledger, entry, ++now_ms), "append");
}

static void append_batch(struct ledger *ledger, const json_t *batch)
{
    static const uint8_t signature[SIGNATURE_BYTES] = {5};
    static uint32_t indexes[BATCH_EVENTS_MAX], codes[BATCH_EVENTS_MAX], people[BATCH_EVENTS_MAX];
    struct buffer columns = {.bytes_max = FRAME_BYTES_MAX}, head = {.bytes_max = 4096};
    const json_t *events = json_object_get(batch, "events"),
                 *rejected = json_object_get(batch, "rejected"),
                 *persons = json_object_get(batch, "persons");
    const uint32_t rejected_count = (uint32_t)json_array_size(rejected),
                   person_count = (uint32_t)json_array_size(persons);
    for (uint32_t i = 0; i < rejected_count; i++) {
        const json_t *pair = json_array_get(rejected, i);
        indexes[i] = (uint32_t)json_integer_value(json_array_get(pair, 0));
        codes[i] = (uint32_t)json_integer_value(json_array_get(pair, 1));
    }
    for (uint32_t i = 0; i < person_count; i++) {
        people[i] = (uint32_t)json_integer_value(json_array_get(persons, i));
    }
    const struct batch_header header = {.schema = SCHEMA_VERSION,
                                        .programme = bytes_text("R"),
                                        .node = {(uint8_t)number(batch, "node")},
                                        .epoch = 1,
                                        .first_seq = (uint64_t)number(batch, "first_seq"),
                                        .count = (uint32_t)json_array_size(events),
                                        .signing_key = 1,
                                        .pseudonym_key = 1,
                                        .first_person = (uint32_t)number(batch, "first_person"),
                                        .person_count = person_count};
    encode_columns(events, &columns);
    must(codec_batch_header_encode(&header, &head), "a batch's header");
    struct log_entry entry = {.kind = LOG_BATCH,
                              .batch = {.header = buffer_bytes(&head),
                                        .signature = bytes_of(signature, sizeof signature),
                                        .columns = buffer_bytes(&columns),
                                        .rejected_index = indexes,
                                        .rejected_code = codes,
                                        .rejected_count = rejected_count,
                                        .persons = people,
                                        .person_count = person_count}};
    append(ledger, &entry);
    buffer_fini(&head);
    buffer_fini(&columns);
}

static void append_decision(struct ledger *ledger, struct decision *decision)
{
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX};
    uint8_t signature[SIGNATURE_BYTES];
    memcpy(decision->exchange, exchange_id, ID_BYTES);
    decision->decided_at_ms = now_ms + 1;
    must(codec_decision_encode(decision, &body), "a decision");
    must(sealing_sign(SEAL_DECISION, buffer_bytes(&body), administrator.secret, signature),
         "a decision's signature");
    struct log_entry entry = {.kind = LOG_DECISION,
                              .decision = {.body = buffer_bytes(&body),
                                           .signature = bytes_of(signature, sizeof signature)}};
    memcpy(entry.decision.administrator, administrator.public_key, KEY_BYTES);
    append(ledger, &entry);
    buffer_fini(&body);
}

static void append_people(struct ledger *ledger, enum decision_kind kind, const json_t *people)
{
    static struct decision decision;
    size_t index;
    const json_t *pair;
    decision = (struct decision){.kind = kind, .people = {.programme = bytes_text("R")}};
    json_array_foreach(people, index, pair)
    {
        struct person_ref *person = &decision.people.people[decision.people.count++];
        person->node[0] = (uint8_t)json_integer_value(json_array_get(pair, 0));
        person->number = (uint32_t)json_integer_value(json_array_get(pair, 1));
    }
    append_decision(ledger, &decision);
}

/* Decisions are too large for the stack. */
static void append_entry(struct ledger *ledger, const json_t *from)
{
    static struct decision decision;
    const json_t *programme = json_object_get(from, "programme"),
                 *node = json_object_get(from, "node"), *merge = json_object_get(from, "merge"),
                 *split = json_object_get(from, "split");
    if (programme != NULL) {
        decision = (struct decision){.kind = DECISION_PROGRAMME,
                                     .programme = {.programme = bytes_text("R"),
                                                   .yaml = text(programme, "yaml"),
                                                   .regions = text(programme, "regions"),
                                                   .pseudonym_key = 1}};
        append_decision(ledger, &decision);
    } else if (node != NULL) {
        const uint8_t id = (uint8_t)number(node, "id");
        decision = (struct decision){.kind = DECISION_ENROLMENT,
                                     .enrolment = {.node = {id},
                                                   .partner = text(node, "partner"),
                                                   .name = bytes_text("office"),
                                                   .programmes = {bytes_text("R")},
                                                   .programme_count = 1,
                                                   .signing_key_number = 1,
                                                   .signing_key = {id, 1},
                                                   .transport_key = {id, 2}}};
        append_decision(ledger, &decision);
    } else if (merge != NULL || split != NULL) {
        append_people(ledger, merge != NULL ? DECISION_PEOPLE_MERGE : DECISION_PEOPLE_SPLIT,
                      merge != NULL ? merge : split);
    } else {
        append_batch(ledger, json_object_get(from, "batch"));
    }
}

static void write_log(struct ledger *ledger, const json_t *world)
{
    struct log_entry genesis = {.kind = LOG_GENESIS};
    size_t index;
    const json_t *entry;
    memcpy(genesis.genesis.exchange, exchange_id, ID_BYTES);
    genesis.genesis.incarnation = 1;
    genesis.genesis.administrator_count = 1;
    memcpy(genesis.genesis.administrators[0], administrator.public_key, KEY_BYTES);
    must(ledger_begin(ledger), "a group");
    append(ledger, &genesis);
    json_array_foreach(json_object_get(world, "entries"), index, entry)
    {
        append_entry(ledger, entry);
    }
    must(ledger_commit(ledger), "the commit");
}

/* ---- counting ---- */

static void print_line(void *context, struct bytes line)
{
    (void)context;
    printf("%.*s\n", (int)line.size, (const char *)line.data);
}

static void print_lines(struct counting *counting)
{
    must(counting_lines(counting, print_line, NULL), "lines");
}

/* Counted anew from the first entry to the position. */
static void print_counted(struct exchange *exchange, struct ledger *ledger, uint64_t position,
                          int32_t until)
{
    const struct counting_options options = {.exchange = exchange, .until = until};
    struct counting *counting = NULL;
    must(counting_new(&options, &counting), "a counting");
    must(counting_run(counting, ledger, position, NULL, NULL, NULL), "a fold");
    print_lines(counting);
    counting_free(&counting);
}

/* The live totals take one entry as the broker's do. */
static void follow(struct exchange *exchange, struct ledger *ledger, struct counting *live,
                   uint64_t position)
{
    struct log_entry entry;
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES] = "";
    arena_reset(reading);
    must(ledger_read(ledger, position, reading, &entry, NULL), "an entry");
    const enum err err = exchange_apply(exchange, &entry, reading, &change, fault);
    if (err != ERR_OK) {
        fprintf(stderr, "fold: position %" PRIu64 ": %s\n", position, fault);
    }
    must(err, "an entry is applied");
    const struct exchange_programme *version = change.programme;
    if (change.people != NULL) {
        version = exchange_programme(exchange, bytes_text(change.people->programme));
    }
    if (version != NULL) {
        must(counting_take_version(live, version), "a new version");
        must(counting_run(live, ledger, position, version->id, NULL, NULL), "a fold");
    }
    must(counting_fold(live, &entry, reading), "the live fold");
}

static void tell_position(struct exchange *exchange, struct ledger *ledger, struct counting *live,
                          uint64_t position, const json_t *untils)
{
    size_t index;
    const json_t *until;
    printf("live %" PRIu64 "\n", position);
    print_lines(live);
    printf("rebuilt %" PRIu64 "\n", position);
    print_counted(exchange, ledger, position, DATE_MAX);
    json_array_foreach(untils, index, until)
    {
        const int32_t day = (int32_t)json_integer_value(until);
        printf("until %" PRId32 " %" PRIu64 "\n", day, position);
        print_counted(exchange, ledger, position, day);
    }
}

static void tell_world(const char *path, const json_t *world)
{
    struct ledger *ledger = NULL;
    struct exchange *exchange = NULL;
    struct counting *live = NULL;
    must(ledger_open(path, LOG_BYTES, false, &ledger), "a store");
    write_log(ledger, world);
    must(exchange_new(&exchange), "an exchange");
    const struct counting_options options = {.exchange = exchange, .until = DATE_MAX};
    must(counting_new(&options, &live), "the live totals");
    for (uint64_t position = 1; position <= ledger_size(ledger); position++) {
        follow(exchange, ledger, live, position);
        tell_position(exchange, ledger, live, position, json_object_get(world, "untils"));
    }
    printf("end\n");
    fflush(stdout);
    counting_free(&live);
    exchange_free(&exchange);
    ledger_close(&ledger);
}

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

int main(void)
{
    char folder[FOLDER_BYTES], path[FOLDER_BYTES + 8];
    const uint8_t seed[KEY_BYTES] = {1};
    json_t *world;
    must(sealing_start(), "cryptography");
    must(arena_new(CONTROL_ARENA_BYTES, &reading), "memory");
    keys_signing(seed, &administrator);
    while ((world = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        snprintf(folder, sizeof folder, "/tmp/ogniwo-reference-XXXXXX");
        if (mkdtemp(folder) == NULL) {
            must(ERR_IO, "a folder of its own");
        }
        snprintf(path, sizeof path, "%s/log", folder);
        tell_world(path, world);
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        json_decref(world);
    }
    arena_free(&reading);
    return 0;
}
