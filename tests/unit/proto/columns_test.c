/* Columns: what comes back is what went in, and every second way of saying the same is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/date.h"
#include "core/model/limits.h"
#include "proto/codec.h"
#include "support/mem_failing.h"
#include "unit/proto/samples.h"

static struct arena *arena;
static struct buffer bytes = {.bytes_max = FRAME_BYTES_MAX};
static struct sample_columns sample;

static int setup(void **state)
{
    (void)state;
    sample_columns(&sample);
    return arena_new(BATCH_ARENA_BYTES, &arena) == ERR_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    buffer_fini(&bytes);
    return 0;
}

/* Encodes the sample as it is now and decodes it. */
static enum err pass(struct columns *out)
{
    buffer_clear(&bytes);
    arena_reset(arena);
    assert_int_equal(ERR_OK, codec_columns_encode(&sample.columns, &bytes));
    return codec_columns_decode(buffer_bytes(&bytes), arena, out);
}

static void expect(enum err expected)
{
    struct columns out;
    assert_int_equal(expected, pass(&out));
    sample_columns(&sample);
}

static void columns_come_back_as_they_went_in(void **state)
{
    (void)state;
    struct columns out;
    assert_int_equal(ERR_OK, pass(&out));
    assert_int_equal(SAMPLE_EVENTS, out.count);
    assert_int_equal(SAMPLE_TERMS, out.term_count);
    for (uint32_t i = 0; i < SAMPLE_TERMS; i++) {
        assert_true(bytes_is(out.terms[i], sample_terms[i]));
    }
    assert_memory_equal(sample.kind, out.kind, sizeof sample.kind);
    assert_memory_equal(sample.occurred_on, out.occurred_on, sizeof sample.occurred_on);
    assert_memory_equal(sample.task, out.task, sizeof sample.task);
    assert_memory_equal(sample.region, out.region, sizeof sample.region);
    assert_memory_equal(sample.support, out.support, sizeof sample.support);
    assert_memory_equal(sample.outcome, out.outcome, sizeof sample.outcome);
    assert_null(out.activity);
    assert_memory_equal(sample.unit, out.unit, sizeof sample.unit);
    assert_memory_equal(sample.quantity, out.quantity, sizeof sample.quantity);
    assert_memory_equal(sample.person, out.person, sizeof sample.person);
    assert_memory_equal(sample.entity, out.entity, sizeof sample.entity);
    assert_memory_equal(sample.participation, out.participation, sizeof sample.participation);
    assert_memory_equal(sample.window, out.window, sizeof sample.window);
    assert_int_equal(SAMPLE_PROFILES, out.profile_count);
    assert_memory_equal(sample.profiles, out.profiles, sizeof sample.profiles);
    assert_memory_equal(sample.profile, out.profile, sizeof sample.profile);
    assert_memory_equal(sample.withdrawal, out.withdrawal, sizeof sample.withdrawal);
    assert_memory_equal(sample.withdraws, out.withdraws, sizeof sample.withdraws);
}

static void the_least_batch_has_kinds_only(void **state)
{
    (void)state;
    const uint8_t kind = EVENT_ACTIVITY;
    sample.columns = (struct columns){.count = 1, .kind = &kind};
    struct columns out;
    assert_int_equal(ERR_OK, pass(&out));
    assert_int_equal(5, bytes.size);
    assert_int_equal(EVENT_ACTIVITY, out.kind[0]);
    assert_null(out.terms);
    assert_null(out.profiles);
}

static void extremes_of_every_range_pass(void **state)
{
    (void)state;
    sample.occurred_on[0] = DATE_MIN;
    sample.occurred_on[1] = DATE_MAX;
    sample.quantity[0] = INT64_MIN;
    sample.quantity[1] = INT64_MAX;
    sample.person[0] = UINT32_MAX;
    sample.participation[0] = UINT32_MAX;
    sample.withdraws[0] = UINT64_MAX;
    sample.kind[0] = EVENT_ACTIVITY;
    sample.window[0] = WINDOW_SIX_MONTHS;
    sample.profiles[0].age_plus_one = AGE_MAX + 1;
    sample.profiles[0].sex = SEX_MAN;
    struct columns out;
    assert_int_equal(ERR_OK, pass(&out));
    assert_memory_equal(sample.quantity, out.quantity, sizeof sample.quantity);
    assert_memory_equal(sample.occurred_on, out.occurred_on, sizeof sample.occurred_on);
    assert_int_equal(UINT32_MAX, out.person[0]);
    assert_true(out.withdraws[0] == UINT64_MAX);
}

static void values_outside_their_range_are_refused(void **state)
{
    (void)state;
    sample.occurred_on[0] = DATE_MIN - 1;
    expect(ERR_RANGE);
    sample.occurred_on[0] = DATE_MAX + 1;
    expect(ERR_RANGE);
    sample.kind[3] = EVENT_KIND_COUNT;
    expect(ERR_RANGE);
    sample.kind[3] = 0;
    expect(ERR_RANGE);
    sample.window[0] = WINDOW_COUNT;
    expect(ERR_RANGE);
    sample.entity[0] = 2;
    expect(ERR_RANGE);
    sample.withdrawal[4] = 2;
    expect(ERR_RANGE);
    sample.profile[5] = SAMPLE_EVENTS + 1;
    expect(ERR_RANGE);
    sample.profiles[0].sex = SEX_COUNT;
    expect(ERR_RANGE);
    sample.profiles[0].age_plus_one = AGE_MAX + 2;
    expect(ERR_RANGE);
}

static void indexes_stay_inside_the_terms(void **state)
{
    (void)state;
    uint32_t *const columns[] = {sample.task, sample.region, sample.support, sample.outcome,
                                 sample.unit};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        columns[i][0] = SAMPLE_TERMS + 1;
        expect(ERR_RANGE);
    }
    sample.profiles[0].education = SAMPLE_TERMS + 1;
    expect(ERR_RANGE);
    sample.profiles[0].status = SAMPLE_TERMS + 1;
    expect(ERR_RANGE);
    sample.profiles[0].home_region = SAMPLE_TERMS + 1;
    expect(ERR_RANGE);
    sample.profiles[1].flags[1] = SAMPLE_TERMS + 1;
    expect(ERR_RANGE);
    sample.profiles[1].flags[0] = 0;
    expect(ERR_RANGE);
}

static void a_column_is_as_long_as_the_batch(void **state)
{
    (void)state;
    struct columns out;
    assert_int_equal(ERR_OK, pass(&out));
    assert_int_equal(0x08, bytes.data[0]);
    for (uint8_t count = 1; count < 20; count++) {
        if (count != SAMPLE_EVENTS) {
            bytes.data[1] = count;
            assert_int_equal(ERR_RANGE, codec_columns_decode(buffer_bytes(&bytes), arena, &out));
        }
    }
    /* The batch is one event longer than one column: each in turn. */
    static const uint8_t kind[2] = {1, 1};
    static const char *const single[] = {
        "\x22\x04\1\0\0\0", "\x5a\x01\x02",     "\x62\x04\1\0\0\0",
        "\x6a\x01\x01",     "\x72\x01\x01",     "\x7a\x01\x01",
        "\x82\x01\x01\x01", "\xc2\x01\x01\x01", "\xca\x01\x08\1\0\0\0\0\0\0\0",
    };
    static const size_t sizes[] = {6, 3, 6, 3, 3, 3, 4, 4, 11};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        sample.columns = (struct columns){.count = 2, .kind = kind};
        buffer_clear(&bytes);
        assert_int_equal(ERR_OK, codec_columns_encode(&sample.columns, &bytes));
        assert_int_equal(ERR_OK, buffer_add(&bytes, bytes_of(single[i], sizes[i])));
        assert_int_equal(ERR_RANGE, codec_columns_decode(buffer_bytes(&bytes), arena, &out));
    }
}

static void a_column_of_defaults_is_refused(void **state)
{
    (void)state;
    static const uint32_t zeros[SAMPLE_EVENTS];
    static const uint8_t zero_bytes[SAMPLE_EVENTS];
    static const uint64_t zero_wide[SAMPLE_EVENTS];
    sample.columns.activity = zeros;
    expect(ERR_NOT_CANONICAL);
    sample.columns.person = zeros;
    expect(ERR_NOT_CANONICAL);
    sample.columns.participation = zeros;
    expect(ERR_NOT_CANONICAL);
    sample.columns.occurred_on = (const int32_t *)zeros;
    expect(ERR_NOT_CANONICAL);
    sample.columns.entity = zero_bytes;
    expect(ERR_NOT_CANONICAL);
    sample.columns.window = zero_bytes;
    expect(ERR_NOT_CANONICAL);
    sample.columns.quantity = (const int64_t *)zero_wide;
    expect(ERR_NOT_CANONICAL);
    sample.columns.withdrawal = zero_bytes;
    sample.columns.withdraws = zero_wide;
    expect(ERR_NOT_CANONICAL);
    sample.columns.profile_count = 0;
    sample.columns.profile = zeros;
    expect(ERR_NOT_CANONICAL);
}

static void terms_ascend_and_each_is_used(void **state)
{
    (void)state;
    const struct bytes first = sample.terms[0];
    sample.terms[0] = sample.terms[1];
    sample.terms[1] = first;
    expect(ERR_NOT_CANONICAL);
    sample.terms[1] = sample.terms[0];
    expect(ERR_NOT_CANONICAL);
    for (int i = 0; i < SAMPLE_EVENTS; i++) {
        sample.unit[i] = 0;
    }
    sample.unit[0] = 6; /* "hours" is no longer used by anything */
    expect(ERR_NOT_CANONICAL);
}

static void a_withdrawal_names_what_it_takes_back(void **state)
{
    (void)state;
    sample.withdraws[4] = 0;
    expect(ERR_RANGE);
    sample.columns.withdraws = NULL;
    expect(ERR_RANGE);
}

static void profiles_are_unique_and_in_order_of_first_use(void **state)
{
    (void)state;
    sample.profiles[1] = sample.profiles[0];
    expect(ERR_NOT_CANONICAL);
    sample.profile[0] = 2;
    sample.profile[5] = 1;
    expect(ERR_NOT_CANONICAL);
    sample.profile[5] = SAMPLE_PROFILES + 1;
    expect(ERR_NOT_CANONICAL);
    sample.profiles[1].flags[0] = 8;
    sample.profiles[1].flags[1] = 7;
    expect(ERR_NOT_CANONICAL);
    sample.profiles[1].flags[0] = 8;
    expect(ERR_NOT_CANONICAL);
}

static void every_profile_is_used(void **state)
{
    (void)state;
    sample.profile[5] = 1;
    expect(ERR_RANGE);
    sample.columns.profile = NULL;
    expect(ERR_RANGE);
}

static void a_profile_of_which_nothing_is_known_is_a_profile(void **state)
{
    (void)state;
    const struct columns_profile unknown = {.sex = 0};
    const uint32_t profile[] = {0, 1};
    const uint8_t kind[] = {1, 1};
    struct columns out;
    sample.columns = (struct columns){
        .count = 2, .kind = kind, .profile_count = 1, .profiles = &unknown, .profile = profile};
    assert_int_equal(ERR_OK, pass(&out));
    assert_int_equal(1, out.profile_count);
    assert_memory_equal(&unknown, out.profiles, sizeof unknown);
    assert_memory_equal(profile, out.profile, sizeof profile);
}

static void each_flag_belongs_to_a_profile(void **state)
{
    (void)state;
    struct columns out;
    for (uint8_t count = 0; count <= PROFILE_FLAGS_MAX + 1; count++) {
        assert_int_equal(ERR_OK, pass(&out));
        uint8_t *flag_count = NULL;
        for (size_t i = 0; i + 5 <= bytes.size; i++) {
            if (memcmp(bytes.data + i, "\xb2\x01\x02\x00\x02", 5) == 0) {
                flag_count = bytes.data + i + 4;
            }
        }
        assert_non_null(flag_count);
        *flag_count = count;
        const enum err expected = count == 0 ? ERR_NOT_CANONICAL : count == 2 ? ERR_OK : ERR_RANGE;
        assert_int_equal(expected, codec_columns_decode(buffer_bytes(&bytes), arena, &out));
    }
}

static void a_thousand_profiles_are_told_apart(void **state)
{
    (void)state;
    static struct columns_profile profiles[BATCH_EVENTS_MAX];
    static uint32_t profile[BATCH_EVENTS_MAX];
    static uint8_t kind[BATCH_EVENTS_MAX];
    memset(kind, EVENT_ENROLLED, sizeof kind);
    struct bytes terms[8];
    memcpy(terms, sample.terms, sizeof terms);
    for (uint32_t i = 0; i < BATCH_EVENTS_MAX; i++) {
        profiles[i] = (struct columns_profile){.sex = (uint8_t)(i % 2),
                                               .age_plus_one = (uint8_t)(i / 2 % 128),
                                               .education = (uint16_t)(1 + i / 256),
                                               .status = (uint16_t)(5 + i / 256)};
        profile[i] = i + 1;
    }
    sample.columns = (struct columns){.count = BATCH_EVENTS_MAX,
                                      .term_count = 8,
                                      .terms = terms,
                                      .kind = kind,
                                      .profile_count = BATCH_EVENTS_MAX,
                                      .profiles = profiles,
                                      .profile = profile};
    struct columns out;
    assert_int_equal(ERR_OK, pass(&out));
    assert_memory_equal(profiles, out.profiles, sizeof profiles);
    profiles[1000] = profiles[3];
    assert_int_equal(ERR_NOT_CANONICAL, pass(&out));
}

static void a_term_no_decoder_would_take_is_not_encoded(void **state)
{
    (void)state;
    static const char longer[CODE_BYTES_MAX + 1] = {'z'};
    buffer_clear(&bytes);
    sample.terms[7] = bytes_of(longer, sizeof longer);
    assert_int_equal(ERR_RANGE, codec_columns_encode(&sample.columns, &bytes));
    sample.terms[7] = bytes_of("z\0z", 3);
    assert_int_equal(ERR_ENCODING, codec_columns_encode(&sample.columns, &bytes));
    sample.terms[7] = bytes_of(NULL, 0);
    assert_int_equal(ERR_RANGE, codec_columns_encode(&sample.columns, &bytes));
    assert_int_equal(0, bytes.size);
}

static void encoding_survives_every_failed_allocation(void **state)
{
    (void)state;
    enum err err = ERR_MEMORY;
    size_t nth = 1;
    for (; err == ERR_MEMORY; nth++) {
        struct buffer fresh = {.bytes_max = FRAME_BYTES_MAX};
        mem_failing_at(nth);
        err = codec_columns_encode(&sample.columns, &fresh);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
        buffer_fini(&fresh);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 3);
}

static void what_the_builder_makes_is_canonical(void **state)
{
    (void)state;
    struct columns_builder *builder = NULL;
    struct event event, back;
    assert_int_equal(ERR_OK, columns_builder_new(&builder));
    for (uint32_t i = 0; i < SAMPLE_EVENTS; i++) {
        columns_event(&sample.columns, i, &event);
        assert_int_equal(ERR_OK, columns_builder_add(builder, &event));
    }
    struct columns built, out;
    columns_builder_finish(builder, &built);
    buffer_clear(&bytes);
    assert_int_equal(ERR_OK, codec_columns_encode(&built, &bytes));
    assert_int_equal(ERR_OK, codec_columns_decode(buffer_bytes(&bytes), arena, &out));
    for (uint32_t i = 0; i < SAMPLE_EVENTS; i++) {
        columns_event(&sample.columns, i, &event);
        columns_event(&out, i, &back);
        assert_true(event_same(&event, &back));
        assert_int_equal(event.withdrawal, back.withdrawal);
        assert_true(event.withdraws == back.withdraws);
    }
    columns_builder_free(&builder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(columns_come_back_as_they_went_in, setup, teardown),
        cmocka_unit_test_setup_teardown(the_least_batch_has_kinds_only, setup, teardown),
        cmocka_unit_test_setup_teardown(extremes_of_every_range_pass, setup, teardown),
        cmocka_unit_test_setup_teardown(values_outside_their_range_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(indexes_stay_inside_the_terms, setup, teardown),
        cmocka_unit_test_setup_teardown(a_column_is_as_long_as_the_batch, setup, teardown),
        cmocka_unit_test_setup_teardown(a_column_of_defaults_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(terms_ascend_and_each_is_used, setup, teardown),
        cmocka_unit_test_setup_teardown(a_withdrawal_names_what_it_takes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(profiles_are_unique_and_in_order_of_first_use, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(every_profile_is_used, setup, teardown),
        cmocka_unit_test_setup_teardown(a_profile_of_which_nothing_is_known_is_a_profile, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(each_flag_belongs_to_a_profile, setup, teardown),
        cmocka_unit_test_setup_teardown(a_thousand_profiles_are_told_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_term_no_decoder_would_take_is_not_encoded, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(encoding_survives_every_failed_allocation, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_builder_makes_is_canonical, setup, teardown),
    };
    return cmocka_run_group_tests_name("proto.columns", tests, NULL, NULL);
}
