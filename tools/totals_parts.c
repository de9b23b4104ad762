/* The happy path is: 1. the rows of each part are added up by whole and labels; 2. each whole takes
 * its sum; 3. rows are grouped by indicator, and the groups are taken down the tree.
 *
 * What may go wrong: nothing. Without memory jansson leaves out, and nothing is asserted of it. */
#include "tools/totals_parts.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 1024 };

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text != NULL ? text : "";
}

/* ---- sums ---- */

/* Figures are whole hundredths. */
static json_int_t hundredths(const json_t *value)
{
    const double number = 100.0 * json_number_value(value);
    return (json_int_t)(number < 0 ? number - 0.5 : number + 0.5);
}

/* "whole|label|label": codes have no bar. */
static void key_of(const json_t *row, const char *indicator, const json_t *by, char *out)
{
    size_t used = 0;
    const int first = snprintf(out, KEY_BYTES, "%s", indicator);
    used += first > 0 ? (size_t)first : 0;
    for (size_t i = 0; i < json_array_size(by) && used < KEY_BYTES; i++) {
        const char *label = text_of(row, json_string_value(json_array_get(by, i)));
        const int size = snprintf(out + used, KEY_BYTES - used, "|%s", label);
        used += size > 0 ? (size_t)size : 0;
    }
}

/* In hundredths by key; null where one of the parts is undefined. The caller releases it. */
static json_t *add_up(const json_t *rows, const json_t *by)
{
    json_t *sums = json_object();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_t *value = json_object_get(row, "value");
        char key[KEY_BYTES];
        if (json_object_get(row, "part_of") == NULL) {
            continue;
        }
        key_of(row, text_of(row, "part_of"), by, key);
        const json_t *sum = json_object_get(sums, key);
        const bool defined = json_is_number(value) && !json_is_null(sum);
        json_object_set_new(sums, key,
                            defined ? json_integer(json_integer_value(sum) + hundredths(value))
                                    : json_null());
    }
    return sums;
}

static json_t *number_of(json_int_t in_hundredths, bool whole)
{
    return whole ? json_integer(in_hundredths / 100) : json_real((double)in_hundredths / 100.0);
}

static void put_sum(json_t *row, const json_t *sum)
{
    const json_t *value = json_object_get(row, "value");
    const bool defined = json_is_number(value) && !json_is_null(sum);
    const json_int_t number = json_integer_value(sum); /* 0 where no part has a row */
    json_object_set_new(row, "parts_sum",
                        defined ? number_of(number, json_is_integer(value)) : json_null());
    json_object_set_new(row, "parts_difference",
                        defined ? number_of(number - hundredths(value), json_is_integer(value))
                                : json_null());
}

static void put_sums(json_t *rows, const json_t *by)
{
    json_t *sums = add_up(rows, by);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        char key[KEY_BYTES];
        if (strcmp(text_of(row, "parts"), "sum") == 0) {
            key_of(row, text_of(row, "indicator"), by, key);
            put_sum(row, json_object_get(sums, key));
        }
    }
    json_decref(sums);
}

/* ---- the tree ---- */

/* The rows of each indicator, in the order in which the first of them comes. The caller releases
 * it. */
static json_t *group(const json_t *rows)
{
    json_t *groups = json_object();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const char *indicator = text_of(row, "indicator");
        json_t *members = json_object_get(groups, indicator);
        if (members == NULL) {
            members = json_array();
            json_object_set_new(groups, indicator, members);
        }
        json_array_append(members, row);
    }
    return groups;
}

static const char *whole_of(const json_t *groups, const json_t *members)
{
    const char *whole = text_of(json_array_get(members, 0), "part_of");
    return json_object_get(groups, whole) != NULL ? whole : "";
}

/* Appends the groups that are parts of `whole` ("": of nothing), each with its own parts behind
 * it. */
static void append_parts(json_t *groups, const char *whole, json_int_t depth, json_t *out)
{
    const char *indicator;
    json_t *members;
    json_object_foreach(groups, indicator, members)
    {
        if (strcmp(whole_of(groups, members), whole) != 0) {
            continue;
        }
        for (size_t i = 0; depth > 0 && i < json_array_size(members); i++) {
            json_object_set_new(json_array_get(members, i), "depth", json_integer(depth));
        }
        json_array_extend(out, members);
        append_parts(groups, indicator, depth + 1, out);
    }
}

void totals_parts_prepare(json_t *document)
{
    json_t *rows = json_object_get(document, "rows");
    json_t *groups = group(rows), *ordered = json_array();
    if (json_object_get(document, "indicator") == NULL) {
        put_sums(rows, json_object_get(document, "by"));
    }
    append_parts(groups, "", 0, ordered);
    json_decref(groups);
    json_object_set_new(document, "rows", ordered);
}
