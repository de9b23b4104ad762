/* Parts behind their whole, and what they add up to. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tools/totals_parts.h"

/* The prepared document of those rows; by and indicator as JSON members, or "". */
static json_t *prepared(const char *members, const char *rows)
{
    char text[4096];
    json_error_t fault;
    snprintf(text, sizeof text, "{%s\"rows\": [%s]}", members, rows);
    json_t *document = json_loads(text, 0, &fault);
    if (document == NULL) {
        fail_msg("%s: %s", fault.text, text);
    }
    totals_parts_prepare(document);
    return document;
}

/* "indicator depth" of each row. */
static void expect_order(const json_t *document, const char *wanted)
{
    char text[512] = "";
    const json_t *rows = json_object_get(document, "rows");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s %d;",
                 json_string_value(json_object_get(row, "indicator")),
                 (int)json_integer_value(json_object_get(row, "depth")));
    }
    assert_string_equal(wanted, text);
}

/* The sum and the difference of a row, in hundredths; INT64_MIN: null; INT64_MAX: not there. */
static int64_t hundredths(const json_t *document, size_t row, const char *key)
{
    const json_t *value =
        json_object_get(json_array_get(json_object_get(document, "rows"), row), key);
    const double number = 100.0 * json_number_value(value);
    return value == NULL         ? INT64_MAX
           : json_is_null(value) ? INT64_MIN
                                 : (int64_t)(number < 0 ? number - 0.5 : number + 0.5);
}

static void expect_sum(const json_t *document, size_t row, int64_t sum, int64_t difference)
{
    assert_int_equal(sum, hundredths(document, row, "parts_sum"));
    assert_int_equal(difference, hundredths(document, row, "parts_difference"));
}

static void parts_come_behind_their_whole_down_the_tree(void **state)
{
    json_t *document = prepared("", "{\"indicator\": \"b2\", \"part_of\": \"b\", \"value\": 1},"
                                    "{\"indicator\": \"a\", \"value\": 1},"
                                    "{\"indicator\": \"b21\", \"part_of\": \"b2\", \"value\": 1},"
                                    "{\"indicator\": \"b\", \"value\": 1},"
                                    "{\"indicator\": \"c\", \"value\": 1},"
                                    "{\"indicator\": \"b1\", \"part_of\": \"b\", \"value\": 1}");
    (void)state;
    expect_order(document, "a 0;b 0;b2 1;b21 2;b1 1;c 0;");
    json_decref(document);
}

static void a_part_without_its_whole_stays_where_it_is(void **state)
{
    json_t *document = prepared("", "{\"indicator\": \"a\", \"value\": 1},"
                                    "{\"indicator\": \"b1\", \"part_of\": \"b\", \"value\": 1},"
                                    "{\"indicator\": \"c\", \"value\": 1}");
    (void)state;
    expect_order(document, "a 0;b1 0;c 0;");
    json_decref(document);
}

static void only_wholes_that_are_meant_to_be_a_sum_have_one(void **state)
{
    json_t *document = prepared("", "{\"indicator\": \"a\", \"parts\": \"sum\", \"value\": 599},"
                                    "{\"indicator\": \"a1\", \"part_of\": \"a\", \"value\": 309},"
                                    "{\"indicator\": \"a2\", \"part_of\": \"a\", \"value\": 300},"
                                    "{\"indicator\": \"b\", \"parts\": \"sum\", \"value\": 12.25},"
                                    "{\"indicator\": \"b1\", \"part_of\": \"b\", \"value\": 10.1},"
                                    "{\"indicator\": \"b2\", \"part_of\": \"b\", \"value\": 0.2},"
                                    "{\"indicator\": \"c\", \"value\": 4},"
                                    "{\"indicator\": \"c1\", \"part_of\": \"c\", \"value\": 4}");
    (void)state;
    expect_sum(document, 0, 60900, 1000);
    expect_sum(document, 1, INT64_MAX, INT64_MAX);
    expect_sum(document, 3, 1030, -195);
    expect_sum(document, 6, INT64_MAX, INT64_MAX);
    assert_true(json_is_integer(
        json_object_get(json_array_get(json_object_get(document, "rows"), 0), "parts_sum")));
    json_decref(document);
}

static void cells_are_added_up_by_their_labels(void **state)
{
    json_t *document =
        prepared("\"by\": [\"sex\", \"year\"],",
                 "{\"indicator\": \"a\", \"parts\": \"sum\", \"sex\": \"man\", \"year\": \"2011\","
                 " \"value\": 5},"
                 "{\"indicator\": \"a\", \"parts\": \"sum\", \"sex\": \"woman\", \"year\": "
                 "\"2011\", \"value\": 7},"
                 "{\"indicator\": \"a1\", \"part_of\": \"a\", \"sex\": \"woman\", \"year\": "
                 "\"2011\", \"value\": 4},"
                 "{\"indicator\": \"a1\", \"part_of\": \"a\", \"sex\": \"woman\", \"year\": "
                 "\"2012\", \"value\": 9},"
                 "{\"indicator\": \"a2\", \"part_of\": \"a\", \"sex\": \"woman\", \"year\": "
                 "\"2011\", \"value\": 3}");
    (void)state;
    expect_sum(document, 0, 0, -500); /* no part has a row there */
    expect_sum(document, 1, 700, 0);
    json_decref(document);
}

static void what_is_undefined_has_no_sum(void **state)
{
    json_t *document = prepared("", "{\"indicator\": \"a\", \"parts\": \"sum\", \"value\": 5.0},"
                                    "{\"indicator\": \"a1\", \"part_of\": \"a\", \"value\": null},"
                                    "{\"indicator\": \"a2\", \"part_of\": \"a\", \"value\": 1.0},"
                                    "{\"indicator\": \"b\", \"parts\": \"sum\", \"value\": null},"
                                    "{\"indicator\": \"b1\", \"part_of\": \"b\", \"value\": 1.0}");
    (void)state;
    expect_sum(document, 0, INT64_MIN, INT64_MIN);
    expect_sum(document, 3, INT64_MIN, INT64_MIN);
    json_decref(document);
}

static void one_indicator_alone_is_not_held_against_parts_that_were_not_asked_for(void **state)
{
    json_t *document = prepared("\"indicator\": \"a\",",
                                "{\"indicator\": \"a\", \"parts\": \"sum\", \"value\": 5}");
    (void)state;
    expect_sum(document, 0, INT64_MAX, INT64_MAX);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_come_behind_their_whole_down_the_tree),
        cmocka_unit_test(a_part_without_its_whole_stays_where_it_is),
        cmocka_unit_test(only_wholes_that_are_meant_to_be_a_sum_have_one),
        cmocka_unit_test(cells_are_added_up_by_their_labels),
        cmocka_unit_test(what_is_undefined_has_no_sum),
        cmocka_unit_test(one_indicator_alone_is_not_held_against_parts_that_were_not_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
