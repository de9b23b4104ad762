/* The log folded into totals, and totals as a document: what a fold takes, and what a row says. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "brokers/counting.h"
#include "brokers/figures.h"
#include "core/base/date.h"
#include "unit/brokers/decisions.h"

static struct exchange *exchange;
static struct counting *counting;
static struct arena *arena, *made;
static struct buffer yaml, regions;
static enum err (*pass)(struct counting *, const struct log_entry *,
                        struct arena *) = counting_fold;

static void apply(const struct log_entry *entry)
{
    struct exchange_change change;
    char fault[EXCHANGE_FAULT_BYTES];
    arena_reset(arena);
    assert_int_equal(ERR_OK, exchange_apply(exchange, entry, arena, &change, fault));
}

static void decide(struct decision *decision, uint64_t position)
{
    arena_reset(made);
    const struct log_entry entry = decisions_sign(decision, DECISIONS_SEED_ADMIN, position, made);
    apply(&entry);
}

static void count_anew(const struct counting_options *options)
{
    counting_free(&counting);
    assert_int_equal(ERR_OK, counting_new(options, &counting));
}

/* Node 1 of KLUCZ, node 2 of STOPIL, and ABC in force. */
static int setup(void **state)
{
    const struct log_entry genesis = decisions_genesis();
    (void)state;
    assert_int_equal(ERR_OK, sealing_start());
    assert_int_equal(ERR_OK, exchange_new(&exchange));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &arena));
    assert_int_equal(ERR_OK, arena_new(CONTROL_ARENA_BYTES, &made));
    decisions_read_abc(&yaml, &regions);
    apply(&genesis);
    decide(decisions_programme(buffer_bytes(&yaml), buffer_bytes(&regions)), 2);
    decide(decisions_enrolment(1, "KLUCZ"), 3);
    decide(decisions_enrolment(2, "STOPIL"), 4);
    const struct counting_options options = {.exchange = exchange, .until = DATE_MAX};
    count_anew(&options);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    counting_free(&counting);
    exchange_free(&exchange);
    arena_free(&arena);
    arena_free(&made);
    buffer_fini(&yaml);
    buffer_fini(&regions);
    return 0;
}

/* One batch in which one new person starts coaching; the broker numbered the person so. */
struct started {
    uint8_t node;
    const char *programme, *region;
    uint64_t first_seq;
    uint32_t person, number;
    uint32_t rejected; /* code; 0: accepted */
};

static enum err fold(const struct started *what)
{
    static const uint32_t index = 0;
    struct columns_builder *builder = NULL;
    struct columns columns;
    struct buffer body = {.bytes_max = FRAME_BYTES_MAX}, header_body = {.bytes_max = 4096};
    const struct event event = {.kind = EVENT_STARTED,
                                .occurred_on = date_days((struct date){2009, 2, 4}),
                                .task = bytes_text("A"),
                                .region = bytes_text(what->region),
                                .support = bytes_text("coaching"),
                                .person = what->person,
                                .participation = 1};
    const struct batch_header header = {.schema = SCHEMA_VERSION,
                                        .programme = bytes_text(what->programme),
                                        .node = {what->node},
                                        .epoch = 1,
                                        .first_seq = what->first_seq,
                                        .count = 1,
                                        .signing_key = 1,
                                        .pseudonym_key = 1,
                                        .first_person = what->person,
                                        .person_count = 1};
    assert_int_equal(ERR_OK, columns_builder_new(&builder));
    assert_int_equal(ERR_OK, columns_builder_add(builder, &event));
    columns_builder_finish(builder, &columns);
    assert_int_equal(ERR_OK, codec_columns_encode(&columns, &body));
    assert_int_equal(ERR_OK, codec_batch_header_encode(&header, &header_body));
    const struct log_entry entry = {.kind = LOG_BATCH,
                                    .batch = {.header = buffer_bytes(&header_body),
                                              .columns = buffer_bytes(&body),
                                              .rejected_index = &index,
                                              .rejected_code = &what->rejected,
                                              .rejected_count = what->rejected != 0 ? 1 : 0,
                                              .persons = &what->number,
                                              .person_count = 1}};
    arena_reset(arena);
    const enum err err = pass(counting, &entry, arena);
    columns_builder_free(&builder);
    buffer_fini(&body);
    buffer_fini(&header_body);
    return err;
}

static const struct started one = {1, "ABC", "PL-1212", 1, 1, 500, 0};
static const struct started same_at_another = {2, "ABC", "PL-1261", 1, 1, 500, 0};

static json_t *figures(const char *request)
{
    const struct programme *programme = counting_programme(counting, bytes_text("ABC"));
    struct figures_query query;
    const char *what;
    json_t *asked = json_loads(request, 0, NULL), *json = NULL;
    assert_non_null(asked);
    assert_int_equal(ERR_OK, figures_query_read(programme, asked, &query, &what));
    assert_int_equal(ERR_OK, figures_json(programme, counting_totals(counting, bytes_text("ABC")),
                                          &query, &json));
    json_decref(asked);
    return json;
}

static int64_t number_of(const json_t *json, size_t row, const char *name)
{
    const json_t *value = json_object_get(json_array_get(json_object_get(json, "rows"), row), name);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

static int64_t coached(void)
{
    json_t *json = figures("{\"indicator\":\"coached\"}");
    const int64_t value = number_of(json, 0, "value");
    json_decref(json);
    return value;
}

/* ---- counting ---- */

static void one_person_at_two_partners_counts_once_with_the_overlap_beside(void **state)
{
    (void)state;
    assert_int_equal(0, coached());
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(ERR_OK, fold(&same_at_another));
    json_t *json = figures("{\"indicator\":\"coached\"}");
    assert_int_equal(1, number_of(json, 0, "value"));
    assert_int_equal(2, number_of(json, 0, "partner_sum"));
    assert_int_equal(1, number_of(json, 0, "overlap"));
    json_decref(json);
}

static void what_was_refused_is_not_counted(void **state)
{
    struct started refused = one;
    (void)state;
    refused.rejected = 20;
    assert_int_equal(ERR_OK, fold(&refused));
    assert_int_equal(0, coached());
}

static void a_batch_of_nobody_is_a_damaged_log_and_of_no_programme_is_passed_over(void **state)
{
    struct started nobody = one, elsewhere = one;
    const struct log_entry genesis = decisions_genesis();
    (void)state;
    nobody.node = 9;
    assert_int_equal(ERR_NOT_FOUND, fold(&nobody));
    elsewhere.programme = "XYZ";
    assert_int_equal(ERR_OK, fold(&elsewhere));
    assert_int_equal(ERR_OK, counting_fold(counting, &genesis, arena));
    assert_int_equal(0, coached());
}

static void a_new_version_starts_empty(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(1, coached());
    assert_int_equal(
        ERR_OK, counting_take_version(counting, exchange_programme(exchange, bytes_text("ABC"))));
    assert_int_equal(0, coached());
}

/* Both passes over the two batches and the decisions at positions 5 to last. */
static void count_with_decisions(uint64_t last)
{
    static const struct started other = {2, "ABC", "PL-1261", 1, 1, 501, 0};
    const struct counting_options options = {.exchange = exchange, .until = DATE_MAX};
    count_anew(&options);
    pass = counting_collect;
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(ERR_OK, fold(&other));
    for (uint64_t position = 5; position <= last; position++) {
        const struct log_entry entry = {.kind = LOG_DECISION, .position = position};
        assert_int_equal(ERR_OK, counting_collect(counting, &entry, arena));
    }
    pass = counting_fold;
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(ERR_OK, fold(&other));
}

static void merged_people_count_once_from_the_first_entry_until_they_are_split(void **state)
{
    (void)state;
    count_with_decisions(4);
    assert_int_equal(2, coached());
    decide(decisions_people(DECISION_PEOPLE_MERGE, 10), 5);
    count_with_decisions(5);
    assert_int_equal(1, coached());
    struct decision *split = decisions_people(DECISION_PEOPLE_SPLIT, 11);
    split->people.count = 1;
    decide(split, 6);
    count_with_decisions(6);
    assert_int_equal(2, coached());
}

static void only_the_programme_asked_for_and_only_until_the_day(void **state)
{
    const struct counting_options other = {
        .exchange = exchange, .programme = "XYZ", .until = DATE_MAX};
    const struct counting_options early = {.exchange = exchange,
                                           .until = date_days((struct date){2009, 2, 3})};
    (void)state;
    count_anew(&other);
    assert_null(counting_totals(counting, bytes_text("ABC")));
    assert_int_equal(ERR_OK, fold(&one));
    count_anew(&early);
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(0, coached());
}

struct lines {
    uint32_t count, wrong;
};

static void take_line(void *context, struct bytes line)
{
    struct lines *lines = context;
    lines->count++;
    lines->wrong += line.size < 4 || memcmp(line.data, "ABC|", 4) != 0 ? 1 : 0;
}

static void the_digest_is_of_lines_that_begin_with_the_programme(void **state)
{
    struct lines lines = {0};
    uint8_t empty[DIGEST_BYTES], first[DIGEST_BYTES], both[DIGEST_BYTES], again[DIGEST_BYTES];
    const struct counting_options options = {.exchange = exchange, .until = DATE_MAX};
    (void)state;
    assert_int_equal(ERR_OK, counting_digest(counting, empty));
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(ERR_OK, counting_lines(counting, take_line, &lines));
    assert_true(lines.count > 0);
    assert_int_equal(0, lines.wrong);
    assert_int_equal(ERR_OK, counting_digest(counting, first));
    assert_memory_not_equal(empty, first, DIGEST_BYTES);
    assert_int_equal(ERR_OK, fold(&same_at_another));
    assert_int_equal(ERR_OK, counting_digest(counting, both));
    assert_memory_not_equal(first, both, DIGEST_BYTES);
    /* Batches of different nodes in another order come to the same. */
    count_anew(&options);
    assert_int_equal(ERR_OK, fold(&same_at_another));
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(ERR_OK, counting_digest(counting, again));
    assert_memory_equal(both, again, DIGEST_BYTES);
}

/* ---- figures ---- */

static void rows_name_their_region_at_the_level_asked_for(void **state)
{
    (void)state;
    assert_int_equal(ERR_OK, fold(&one));
    assert_int_equal(ERR_OK, fold(&same_at_another));
    json_t *json = figures("{\"indicator\":\"coached\",\"by\":[\"region\"],\"level\":\"county\"}");
    json_t *rows = json_object_get(json, "rows");
    assert_int_equal(2, json_array_size(rows));
    assert_string_equal("PL-1212",
                        json_string_value(json_object_get(json_array_get(rows, 0), "region")));
    assert_string_equal("county", json_string_value(json_object_get(json, "level")));
    assert_null(json_object_get(json_array_get(rows, 0), "targets"));
    json_decref(json);
    json = figures("{\"indicator\":\"coached\",\"by\":[\"partner\"]}");
    assert_int_equal(2, json_array_size(json_object_get(json, "rows")));
    assert_int_equal(1, number_of(json, 0, "value"));
    json_decref(json);
}

static void without_an_indicator_all_stand_there_with_their_targets(void **state)
{
    (void)state;
    const struct programme *programme = counting_programme(counting, bytes_text("ABC"));
    json_t *json = figures("{}"), *row;
    size_t index, targets = 0;
    assert_int_equal(programme->indicator_count, json_array_size(json_object_get(json, "rows")));
    json_array_foreach(json_object_get(json, "rows"), index, row)
    {
        targets += json_array_size(json_object_get(row, "targets"));
        assert_int_equal(0, json_integer_value(json_object_get(row, "value")));
    }
    assert_true(targets > programme->indicator_count);
    json_decref(json);
}

static void assert_unknown(const char *request, const char *word)
{
    const struct programme *programme = counting_programme(counting, bytes_text("ABC"));
    struct figures_query query;
    const char *what = NULL;
    json_t *asked = json_loads(request, 0, NULL);
    assert_int_equal(ERR_NOT_FOUND, figures_query_read(programme, asked, &query, &what));
    assert_string_equal(word, what);
    json_decref(asked);
}

static void a_word_not_known_is_named(void **state)
{
    (void)state;
    assert_unknown("{\"indicator\":\"coaching\"}", "coaching");
    assert_unknown("{\"by\":[\"region\",\"weekday\"]}", "weekday");
    assert_unknown("{\"by\":[\"region\"],\"level\":\"street\"}", "street");
}

static void a_breakdown_that_is_not_kept_live_is_told(void **state)
{
    const struct programme *programme = counting_programme(counting, bytes_text("ABC"));
    const struct figures_query query = {.indicator =
                                            programme_indicator(programme, bytes_text("coached")),
                                        .dimensions = 1u << BY_EDUCATION | 1u << BY_YEAR,
                                        .level = REGION_LEVEL_COUNT};
    json_t *json = NULL;
    (void)state;
    assert_int_equal(
        ERR_NOT_FOUND,
        figures_json(programme, counting_totals(counting, bytes_text("ABC")), &query, &json));
    struct view *views = calloc(programme->indicator_count, sizeof *views);
    assert_int_equal(1, figures_views(programme, &query, views));
    /* Counted with the very views that answer it. */
    const struct counting_options options = {
        .exchange = exchange, .views = views, .view_count = 1, .until = DATE_MAX};
    count_anew(&options);
    programme = counting_programme(counting, bytes_text("ABC"));
    assert_int_equal(ERR_OK, figures_json(programme, counting_totals(counting, bytes_text("ABC")),
                                          &query, &json));
    json_decref(json);
    free(views);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(one_person_at_two_partners_counts_once_with_the_overlap_beside),
        CLAIM(what_was_refused_is_not_counted),
        CLAIM(a_batch_of_nobody_is_a_damaged_log_and_of_no_programme_is_passed_over),
        CLAIM(a_new_version_starts_empty),
        CLAIM(merged_people_count_once_from_the_first_entry_until_they_are_split),
        CLAIM(only_the_programme_asked_for_and_only_until_the_day),
        CLAIM(the_digest_is_of_lines_that_begin_with_the_programme),
        CLAIM(rows_name_their_region_at_the_level_asked_for),
        CLAIM(without_an_indicator_all_stand_there_with_their_targets),
        CLAIM(a_word_not_known_is_named),
        CLAIM(a_breakdown_that_is_not_kept_live_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
