#include "tools/demo_check.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/demo_abc.h"
#include "tools/sheet.h"
#include "tools/usage.h"

static const char participants[] = "participants_total";

/* The engine's row of that indicator and, where key is not null, of that label; or null. */
static const json_t *find_row(const json_t *totals, const char *indicator, const char *key,
                              const char *label)
{
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(totals, "rows"), index, row)
    {
        const char *id = json_string_value(json_object_get(row, "indicator"));
        const char *text = key != NULL ? json_string_value(json_object_get(row, key)) : NULL;
        const bool fits = key == NULL || (text != NULL && strcmp(text, label) == 0);
        if (id != NULL && strcmp(id, indicator) == 0 && fits) {
            return row;
        }
    }
    return NULL;
}

/* A row that is not there counts nothing. */
static int64_t number(const json_t *row, const char *key)
{
    return json_integer_value(json_object_get(row, key));
}

static uint32_t compare(const char *what, const char *where, int64_t told, int64_t counted,
                        uint32_t *compared)
{
    ++*compared;
    if (told == counted) {
        return 0;
    }
    fprintf(stderr, "ogniwo: %s%s%s differs: the totals say %" PRId64 ", the files %" PRId64 "\n",
            what, where[0] != '\0' ? " at " : "", where, told, counted);
    return 1;
}

/* How many rows of the document are not nothing. */
static uint32_t count_rows(const json_t *totals)
{
    size_t index;
    json_t *row;
    uint32_t count = 0;
    json_array_foreach(json_object_get(totals, "rows"), index, row)
    {
        count += number(row, "value") != 0 ? 1 : 0;
    }
    return count;
}

static json_t *table_row(const json_t *row, const struct demo_abc_figure *figure, bool same)
{
    const char *title = json_string_value(json_object_get(row, "title"));
    const bool printed = demo_abc_as_printed(figure, number(row, "value"));
    return json_pack("{s:s,s:s,s:I,s:s,s:I,s:I,s:s}", "indicator", figure->id, "title",
                     title != NULL ? title : "", "achieved", (json_int_t)number(row, "value"),
                     "printed", figure->printed, "partner_sum",
                     (json_int_t)number(row, "partner_sum"), "overlap",
                     (json_int_t)number(row, "overlap"), "verdict",
                     !same      ? "DIFFERS from the files"
                     : !printed ? "DIFFERS from the page"
                                : "OK");
}

uint32_t demo_check_totals(const struct demo_count *count, const json_t *totals, uint32_t *compared,
                           json_t **table)
{
    uint32_t differences = 0;
    *table = json_array();
    for (uint32_t i = 0; i < DEMO_COUNT_INDICATORS; i++) {
        const struct demo_abc_figure *figure = demo_abc_figure(i);
        const struct demo_count_of all = {.indicator = i, .partner = UINT32_MAX};
        const char *id = demo_count_id(i);
        const int64_t unique = demo_count_unique(count, &all);
        const int64_t sum = demo_count_partner_sum(count, i, NULL);
        const json_t *row = find_row(totals, id, NULL, NULL);
        const uint32_t differs =
            compare(id, "", number(row, "value"), unique, compared) +
            compare(id, "all partners, added up,", number(row, "partner_sum"), sum, compared) +
            compare(id, "several partners", number(row, "overlap"), sum - unique, compared);
        differences += differs;
        json_array_append_new(*table, table_row(row, figure, differs == 0));
        if (!demo_abc_as_printed(figure, unique)) {
            fprintf(stderr, "ogniwo: %s differs: the files say %" PRId64 ", the page \"%s\"\n", id,
                    unique, figure->printed);
            differences++;
        }
    }
    return differences + compare("the number of indicators", "", count_rows(totals),
                                 DEMO_COUNT_INDICATORS, compared);
}

uint32_t demo_check_partners(const struct demo_count *count, const json_t *totals,
                             uint32_t *compared)
{
    uint32_t differences = 0, expected = 0;
    for (uint32_t i = 0; i < DEMO_COUNT_INDICATORS; i++) {
        for (uint32_t partner = 0; partner < DEMO_ABC_PARTNERS; partner++) {
            const struct demo_count_of of = {.indicator = i, .partner = partner};
            const char *id = demo_count_id(i);
            const char *label = demo_abc_partners[partner];
            const uint32_t unique = demo_count_unique(count, &of);
            const json_t *row = find_row(totals, id, "partner", label);
            expected += unique > 0 ? 1 : 0;
            differences += compare(id, label, number(row, "value"), unique, compared);
        }
    }
    return differences +
           compare("the number of rows by partner", "", count_rows(totals), expected, compared);
}

uint32_t demo_check_counties(const struct demo_count *count, const json_t *totals,
                             uint32_t *compared)
{
    char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES];
    uint32_t indicator = 0, differences = 0;
    while (strcmp(demo_count_id(indicator), participants) != 0) {
        indicator++;
    }
    const uint32_t county_count = demo_count_counties(count, indicator, counties);
    for (uint32_t i = 0; i < county_count; i++) {
        const struct demo_count_of of = {
            .indicator = indicator, .partner = UINT32_MAX, .county = counties[i]};
        const json_t *row = find_row(totals, participants, "region", counties[i]);
        const int64_t sum = demo_count_partner_sum(count, indicator, counties[i]);
        differences +=
            compare(participants, counties[i], number(row, "value"), demo_count_unique(count, &of),
                    compared) +
            compare("the partner sum", counties[i], number(row, "partner_sum"), sum, compared);
    }
    return differences +
           compare("the number of counties", "", count_rows(totals), county_count, compared);
}

int demo_check_print(const json_t *table)
{
    static const struct sheet_column columns[] = {
        {.key = "indicator", .english = "INDICATOR", .polish = "WSKAŹNIK"},
        {.key = "title", .english = "TITLE", .polish = "NAZWA"},
        {.key = "achieved", .english = "ACHIEVED", .polish = "OSIĄGNIĘTO", .right = true},
        {.key = "printed", .english = "PRINTED", .polish = "W ŹRÓDLE", .right = true},
        {.key = "partner_sum", .english = "PARTNER SUM", .polish = "SUMA PARTNERÓW", .right = true},
        {.key = "overlap", .english = "OVERLAP", .polish = "WSPÓLNE", .right = true},
        {.key = "verdict", .english = "VERDICT", .polish = "OCENA"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0]};
    const struct request request = {.format = FORMAT_TABLE, .polish = usage_polish()};
    return sheet_print(&request, &sheet, table);
}
