/* live_fixture: the broker's half of the live totals over a real ledger, a real feed and a clock
 * that the test sets; batches for it, questions to it, and readers. */
#ifndef TESTS_UNIT_BROKERS_LIVE_FIXTURE_H
#define TESTS_UNIT_BROKERS_LIVE_FIXTURE_H

#include <poll.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/live.h"
#include "core/base/date.h"
#include "io/clock.h"
#include "io/feed.h"
#include "support/own_folder.h"
#include "unit/brokers/decisions.h"

enum {
    REGIONS = 2500,  /* more than two parts of a sheet */
    INDICATORS = 70, /* of which the first three count what the batches say */
    COUNTED = 3,
    SESSION = 7,
    BEAT_MS = 1000,
    PATIENCE_MS = 20 * 1000,
    QUEUE_MESSAGES = 1024
};

/* ---- the clock stands still until the test moves it ---- */

static uint64_t now_ms, look_takes_ms;

uint64_t __real_clock_monotonic_ms(void);
uint64_t __wrap_clock_monotonic_ms(void);
uint64_t __wrap_clock_monotonic_ms(void)
{
    now_ms += look_takes_ms;
    return now_ms;
}

/* ---- a broker's parts ---- */

static char folder[OWN_FOLDER_BYTES], endpoint[OWN_PATH_BYTES + 8];
static struct exchange *exchange;
static struct counting *counting;
static struct ledger *ledger;
static struct live *live;
static struct arena *arena, *made, *heard;
static struct buffer yaml, regions;
static uint64_t next_seq;

static inline void append(struct log_entry *entry)
{
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    assert_int_equal(ERR_OK, ledger_append(ledger, entry, 1000));
    assert_int_equal(ERR_OK, ledger_commit(ledger));
}

static inline void apply(struct log_entry entry)
{
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES] = "";
    append(&entry);
    arena_reset(arena);
    if (exchange_apply(exchange, &entry, arena, &change, fault) != ERR_OK) {
        fail_msg("%s", fault);
    }
    if (change.programme != NULL && counting != NULL) {
        assert_int_equal(ERR_OK, counting_take_version(counting, change.programme));
    }
}

static inline void decide(struct decision *decision)
{
    arena_reset(made);
    apply(decisions_sign(decision, DECISIONS_SEED_ADMIN, ledger_size(ledger) + 1, made));
}

__attribute__((format(printf, 2, 3))) static inline void add(struct buffer *out, const char *format,
                                                             ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assert_int_equal(ERR_OK, buffer_add_text(out, text));
}

/* more: indicators in the programme file besides, which need not count what the batches say. */
static inline void write_programme(const char *more)
{
    yaml = regions = (struct buffer){.bytes_max = 1 << 20};
    add(&yaml,
        "programme: ABC\ntitle: Próba\nstarts_on: 2008-05-01\nends_on: 2011-06-30\nlead: KLUCZ\n"
        "partners:\n  - {id: KLUCZ, title: Klucz}\ntasks:\n  - {id: A, title: Coaching}\n"
        "vocabulary:\n  support:\n    - {id: coaching, title: Coaching}\nindicators:\n");
    for (unsigned i = 0; i < INDICATORS; i++) {
        add(&yaml,
            "  - {id: i%02u, title: Wskaźnik %u, unit: event, count: occurrences, "
            "where: {kind: [%s]}}\n",
            i, i, i < COUNTED ? "started" : "dropped");
    }
    add(&yaml, "%s", more);
    add(&yaml, "live:\n  - {indicator: all, by: [region], level: county}\n"
               "  - {indicator: all, by: [partner]}\n  - {indicator: all, by: [month]}\n"
               "  - {indicator: all, by: [partner, region], level: county}\n");
    add(&regions, "code;name;level;parent;valid_from;valid_to\nR;kraj;country;;;\n");
    for (unsigned i = 0; i < REGIONS; i++) {
        add(&regions, "R%04u;powiat %u;county;R;;\n", i, i);
    }
}

static inline void begin_session(void)
{
    assert_int_equal(ERR_OK, ledger_begin(ledger));
    assert_int_equal(ERR_OK, ledger_session_set(ledger, SESSION));
    assert_int_equal(ERR_OK, ledger_commit(ledger));
}

static inline void live_begin(const char *more)
{
    char path[OWN_PATH_BYTES];
    now_ms = 1000 * 1000;
    look_takes_ms = 0;
    next_seq = 1;
    assert_int_equal(ERR_OK, sealing_start());
    own_folder_make(folder);
    snprintf(endpoint, sizeof endpoint, "ipc://%s", own_path(folder, "feed.sock", path));
    assert_int_equal(ERR_OK, ledger_open(own_path(folder, "store", path), 1 << 27, false, &ledger));
    assert_int_equal(ERR_OK, exchange_new(&exchange));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &arena));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &made));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &heard));
    write_programme(more);
    begin_session();
    apply(decisions_genesis());
    decide(decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions)));
    decide(decisions_enrolment(1, "KLUCZ"));
    const struct counting_options options = {.exchange = exchange, .until = DATE_MAX};
    assert_int_equal(ERR_OK, counting_new(&options, &counting));
    const struct live_options told = {
        .endpoint = endpoint, .exchange = exchange, .counting = counting, .ledger = ledger};
    assert_int_equal(ERR_OK, live_open(&told, &live));
}

static inline void live_end(void)
{
    live_close(&live);
    counting_free(&counting);
    exchange_free(&exchange);
    ledger_close(&ledger);
    arena_free(&arena);
    arena_free(&made);
    arena_free(&heard);
    buffer_fini(&yaml);
    buffer_fini(&regions);
    own_folder_remove(folder);
}

/* ---- batches ---- */

static inline struct bytes region_code(uint32_t number)
{
    static char code[16];
    snprintf(code, sizeof code, "R%04u", number);
    return bytes_text(code);
}

static inline void build(struct columns_builder *builder, uint32_t first, uint32_t count)
{
    struct event event = {.kind = EVENT_STARTED,
                          .occurred_on = date_days((struct date){2009, 2, 4}),
                          .task = bytes_text("A"),
                          .support = bytes_text("coaching"),
                          .person = 1,
                          .participation = 1};
    for (uint32_t i = 0; i < count; i++) {
        event.region = region_code(first + i);
        assert_int_equal(ERR_OK, columns_builder_add(builder, &event));
    }
}

static inline struct batch_header header_of(uint32_t count)
{
    const bool first = next_seq == 1;
    return (struct batch_header){.schema = SCHEMA_VERSION,
                                 .programme = bytes_text("ABC"),
                                 .node = {1},
                                 .epoch = 1,
                                 .first_seq = next_seq,
                                 .count = count,
                                 .signing_key = 1,
                                 .pseudonym_key = 1,
                                 .first_person = first ? 1 : 0,
                                 .person_count = first ? 1 : 0};
}

/* Commits and counts one batch: an event in each of these regions. */
static inline void commit(uint32_t first, uint32_t count)
{
    static const uint8_t signature[SIGNATURE_BYTES] = {5};
    static const uint32_t person = 500;
    const struct batch_header header = header_of(count);
    struct columns_builder *builder = NULL;
    struct columns columns;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX}, head = {.bytes_max = 4096};
    assert_int_equal(ERR_OK, columns_builder_new(&builder));
    build(builder, first, count);
    columns_builder_finish(builder, &columns);
    assert_int_equal(ERR_OK, codec_columns_encode(&columns, &body));
    assert_int_equal(ERR_OK, codec_batch_header_encode(&header, &head));
    struct log_entry entry = {.kind = LOG_BATCH,
                              .batch = {.header = buffer_bytes(&head),
                                        .signature = bytes_of(signature, sizeof signature),
                                        .columns = buffer_bytes(&body),
                                        .persons = &person,
                                        .person_count = header.person_count}};
    append(&entry);
    arena_reset(arena);
    assert_int_equal(ERR_OK, counting_fold(counting, &entry, arena));
    next_seq += count;
    columns_builder_free(&builder);
    buffer_fini(&body);
    buffer_fini(&head);
}

static inline void commit_all_regions(void)
{
    for (uint32_t first = 0; first < REGIONS; first += BATCH_EVENTS_MAX) {
        const uint32_t left = REGIONS - first;
        commit(first, left < BATCH_EVENTS_MAX ? left : BATCH_EVENTS_MAX);
    }
}

/* ---- asking ---- */

struct collected {
    uint32_t parts, rows;
    bool ended;
    struct sheet_part last; /* without rows */
    uint64_t digest;        /* of all rows */
    int64_t values;         /* their sum */
};

static inline void collect(struct collected *self, const struct sheet_part *part)
{
    assert_false(self->ended);
    assert_true(part->rows.count <= SHEET_PART_ROWS_MAX);
    assert_true(!part->more || part->rows.count == SHEET_PART_ROWS_MAX);
    for (uint32_t i = 0; i < part->rows.count; i++) {
        self->digest += sheet_row_digest(&part->rows, i);
        self->values += part->rows.values[i];
    }
    self->parts++;
    self->rows += part->rows.count;
    self->ended = !part->more;
    self->last = *part;
    self->last.rows = (struct sheet_rows){0};
}

static inline enum err collect_part(void *context, const struct sheet_part *part)
{
    struct collected *self = context;
    if (self->parts > 0) {
        assert_int_equal(self->last.version, part->version);
        assert_int_equal(self->last.position, part->position);
        assert_int_equal(self->last.session, part->session);
    }
    collect(self, part);
    return ERR_OK;
}

static inline struct collected snapshot(const char *request)
{
    struct collected all = {0};
    json_t *asked = json_loads(request, 0, NULL), *answer = NULL;
    assert_non_null(asked);
    assert_int_equal(EX_OK, live_snapshot(live, asked, collect_part, &all, &answer));
    assert_null(answer);
    assert_true(all.ended);
    json_decref(asked);
    return all;
}

static inline json_t *describe(const char *request, uint32_t expected)
{
    json_t *asked = json_loads(request, 0, NULL), *answer = NULL;
    assert_non_null(asked);
    assert_int_equal(expected, live_describe(live, asked, &answer));
    assert_non_null(answer);
    json_decref(asked);
    return answer;
}

static inline void topic_of(const char *request, char out[FEED_TOPIC_BYTES_MAX + 1])
{
    json_t *answer = describe(request, EX_OK);
    const char *topic = json_string_value(json_object_get(answer, "topic"));
    assert_non_null(topic);
    assert_string_equal(endpoint, json_string_value(json_object_get(answer, "feed")));
    snprintf(out, FEED_TOPIC_BYTES_MAX + 1, "%s", topic);
    json_decref(answer);
}

/* ---- listening ---- */

static inline struct feed *listen_with_queue(const char *topic, uint32_t messages)
{
    const struct feed_options options = {.endpoint = endpoint,
                                         .topic = topic,
                                         .queue_messages = messages,
                                         .body_bytes_max = FRAME_BYTES_MAX};
    struct feed *feed = NULL;
    assert_int_equal(ERR_OK, feed_subscribe_to(&options, &feed));
    return feed;
}

static inline struct feed *listen_to(const char *topic)
{
    return listen_with_queue(topic, QUEUE_MESSAGES);
}

static inline void look(struct feed *reader)
{
    struct pollfd both[] = {
        {.fd = live_descriptor(live), .events = POLLIN},
        {.fd = reader != NULL ? feed_descriptor(reader) : -1, .events = POLLIN}};
    poll(both, 2, 10);
}

/* The reader's next message while the broker's part turns; the rows lie in an arena. */
static inline enum message_type hear(struct feed *reader, struct sheet_part *out)
{
    const uint64_t end_ms = __real_clock_monotonic_ms() + PATIENCE_MS;
    struct bytes header, body;
    struct frame_header frame;
    enum err err = ERR_NOT_FOUND;
    while ((err = feed_receive(reader, &header, &body)) == ERR_NOT_FOUND) {
        assert_true(__real_clock_monotonic_ms() < end_ms);
        live_turn(live);
        look(reader);
    }
    assert_int_equal(ERR_OK, err);
    assert_int_equal(ERR_OK, codec_frame_header_get(header, &frame));
    arena_reset(heard);
    assert_int_equal(ERR_OK, codec_sheet_part_decode(body, heard, out));
    return frame.type;
}

/* Nothing comes of so many turns. */
static inline void hear_nothing(struct feed *reader)
{
    struct bytes header, body;
    for (int i = 0; i < 10; i++) {
        live_turn(live);
        look(reader);
        assert_int_equal(ERR_NOT_FOUND, feed_receive(reader, &header, &body));
    }
}

/* Turns once the next wish has arrived. */
static inline void take_wish(void)
{
    const uint64_t end_ms = __real_clock_monotonic_ms() + PATIENCE_MS;
    while (!live_ready(live)) {
        assert_true(__real_clock_monotonic_ms() < end_ms);
        look(NULL);
    }
    live_turn(live);
}

static inline void pass(uint64_t ms)
{
    now_ms += ms;
    live_turn(live);
}

#endif
