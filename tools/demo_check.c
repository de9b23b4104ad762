#include "tools/demo_check.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tools/sheet.h"
#include "tools/usage.h"

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

/* In hundredths where quantities are summed. A row that is not there counts nothing. */
static int64_t number(const struct demo_figure *figure, const json_t *row, const char *key)
{
    const double value = json_number_value(json_object_get(row, key));
    const double units = figure->what == DEMO_FIGURE_SUM ? 100.0 * value : value;
    return (int64_t)(units < 0.0 ? units - 0.5 : units + 0.5);
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

static bool is_derived(const json_t *row)
{
    const char *mode = json_string_value(json_object_get(row, "count"));
    return mode != NULL && (strcmp(mode, "ratio") == 0 || strcmp(mode, "mean") == 0);
}

/* How many rows of the document are not nothing and no ratio or mean. */
static uint32_t count_rows(const json_t *totals)
{
    size_t index;
    json_t *row;
    uint32_t count = 0;
    json_array_foreach(json_object_get(totals, "rows"), index, row)
    {
        const bool something = json_number_value(json_object_get(row, "value")) != 0.0;
        count += something && !is_derived(row) ? 1 : 0;
    }
    return count;
}

/* ---- the whole programme ---- */

static const struct demo_figure *find_figure(const struct demo_programme *programme, const char *id)
{
    for (uint32_t i = 0; i < programme->figure_count; i++) {
        if (strcmp(programme->figures[i].id, id) == 0) {
            return &programme->figures[i];
        }
    }
    return NULL;
}

static bool one_as_printed(const struct demo_programme *programme, const struct demo_count *count,
                           const struct demo_figure *figure, uint32_t partner)
{
    const struct demo_count_of of = {.figure = figure, .partner = partner};
    const int64_t unit = figure->what == DEMO_FIGURE_SUM ? 100 : 1;
    const int64_t value = demo_count_total(count, &of);
    int64_t whole = 0;
    if (figure->of != NULL) {
        const struct demo_count_of of_whole = {.figure = find_figure(programme, figure->of),
                                               .partner = partner};
        assert(of_whole.figure != NULL);
        whole = demo_count_total(count, &of_whole);
    }
    return value % unit == 0 && demo_figure_as_printed(figure, value / unit, whole);
}

bool demo_check_printed(const struct demo_programme *programme, const struct demo_count *count,
                        const struct demo_figure *figure)
{
    if (programme->planned || figure->op != DEMO_FIGURE_PER) {
        return programme->planned || one_as_printed(programme, count, figure, UINT32_MAX);
    }
    bool printed = true;
    for (uint32_t i = 0; i < programme->plan.partner_count; i++) {
        printed = printed && one_as_printed(programme, count, figure, i);
    }
    return printed;
}

/* Sums of quantities, which come as decimals, stand without them where they are whole. */
static json_t *cell(const struct demo_figure *figure, const json_t *row, const char *key)
{
    const int64_t value = number(figure, row, key);
    if (figure->what != DEMO_FIGURE_SUM) {
        return json_integer(value);
    }
    return value % 100 == 0 ? json_integer(value / 100) : json_real((double)value / 100.0);
}

static json_t *table_row(const json_t *row, const struct demo_figure *figure, bool same,
                         bool printed)
{
    const char *title = json_string_value(json_object_get(row, "title"));
    const int64_t unit = figure->what == DEMO_FIGURE_SUM ? 100 : 1;
    const int64_t tenths =
        demo_figure_percent_tenths(figure, number(figure, row, "value") * 100 / unit);
    json_t *json =
        json_pack("{s:s,s:s,s:o,s:s,s:o,s:o,s:s}", "indicator", figure->id, "title",
                  title != NULL ? title : "", "achieved", cell(figure, row, "value"), "printed",
                  figure->printed, "partner_sum", cell(figure, row, "partner_sum"), "overlap",
                  cell(figure, row, "overlap"), "verdict",
                  !same      ? "DIFFERS from the files"
                  : !printed ? "DIFFERS from the page"
                             : "OK");
    if (tenths >= 0) {
        json_object_set_new(json, "percent", json_real((double)tenths / 10.0));
    }
    return json;
}

static uint32_t check_figure(const struct demo_programme *programme, const struct demo_count *count,
                             const struct demo_figure *figure, const json_t *row,
                             uint32_t *compared, json_t *table)
{
    const struct demo_count_of all = {.figure = figure, .partner = UINT32_MAX};
    const int64_t total = demo_count_total(count, &all);
    const int64_t sum = demo_count_partner_sum(count, figure, NULL);
    const bool printed = demo_check_printed(programme, count, figure);
    const uint32_t differs =
        compare(figure->id, "", number(figure, row, "value"), total, compared) +
        compare(figure->id, "all partners, added up,", number(figure, row, "partner_sum"), sum,
                compared) +
        compare(figure->id, "several partners", number(figure, row, "overlap"), sum - total,
                compared);
    json_array_append_new(table, table_row(row, figure, differs == 0, printed));
    if (!printed) {
        fprintf(stderr, "ogniwo: %s differs: the files say %" PRId64 ", the page \"%s\"\n",
                figure->id, total, figure->printed);
    }
    return differs + (printed ? 0 : 1);
}

uint32_t demo_check_totals(const struct demo_programme *programme, const struct demo_count *count,
                           const json_t *totals, uint32_t *compared, json_t **table)
{
    uint32_t differences = 0;
    *table = json_array();
    for (uint32_t i = 0; i < programme->figure_count; i++) {
        const struct demo_figure *figure = &programme->figures[i];
        differences += check_figure(programme, count, figure,
                                    find_row(totals, figure->id, NULL, NULL), compared, *table);
    }
    return differences + compare("the number of indicators", "", count_rows(totals),
                                 programme->figure_count, compared);
}

/* ---- breakdowns ---- */

uint32_t demo_check_partners(const struct demo_programme *programme, const struct demo_count *count,
                             const json_t *totals, uint32_t *compared)
{
    uint32_t differences = 0, expected = 0;
    for (uint32_t i = 0; i < programme->figure_count; i++) {
        const struct demo_figure *figure = &programme->figures[i];
        for (uint32_t partner = 0; partner < programme->plan.partner_count; partner++) {
            const struct demo_count_of of = {.figure = figure, .partner = partner};
            const char *label = programme->plan.partners[partner];
            const int64_t total = demo_count_total(count, &of);
            const json_t *row = find_row(totals, figure->id, "partner", label);
            expected += total > 0 ? 1 : 0;
            differences +=
                compare(figure->id, label, number(figure, row, "value"), total, compared);
        }
    }
    return differences +
           compare("the number of rows by partner", "", count_rows(totals), expected, compared);
}

uint32_t demo_check_counties(const struct demo_programme *programme, const struct demo_count *count,
                             const json_t *totals, uint32_t *compared)
{
    char counties[DEMO_COUNT_COUNTIES_MAX][DEMO_COUNT_COUNTY_BYTES];
    uint32_t differences = 0;
    const struct demo_figure *figure = find_figure(programme, programme->by_county);
    assert(figure != NULL);
    const uint32_t county_count = demo_count_counties(count, figure, counties);
    for (uint32_t i = 0; i < county_count; i++) {
        const struct demo_count_of of = {
            .figure = figure, .partner = UINT32_MAX, .county = counties[i]};
        const json_t *row = find_row(totals, figure->id, "region", counties[i]);
        const int64_t sum = demo_count_partner_sum(count, figure, counties[i]);
        differences += compare(figure->id, counties[i], number(figure, row, "value"),
                               demo_count_total(count, &of), compared) +
                       compare("the partner sum", counties[i], number(figure, row, "partner_sum"),
                               sum, compared);
    }
    return differences +
           compare("the number of counties", "", count_rows(totals), county_count, compared);
}

/* ---- the table ---- */

#define COLUMN_INDICATOR                                                                           \
    {                                                                                              \
        .key = "indicator", .english = "INDICATOR", .polish = "WSKAŹNIK"                          \
    }
#define COLUMN_TITLE                                                                               \
    {                                                                                              \
        .key = "title", .english = "TITLE", .polish = "NAZWA"                                      \
    }
#define COLUMN_ACHIEVED                                                                            \
    {                                                                                              \
        .key = "achieved", .english = "ACHIEVED", .polish = "OSIĄGNIĘTO", .right = true            \
    }
#define COLUMN_SUM                                                                                 \
    {                                                                                              \
        .key = "partner_sum", .english = "PARTNER SUM", .polish = "SUMA PARTNERÓW", .right = true  \
    }
#define COLUMN_OVERLAP                                                                             \
    {                                                                                              \
        .key = "overlap", .english = "OVERLAP", .polish = "WSPÓLNE", .right = true                 \
    }
#define COLUMN_VERDICT                                                                             \
    {                                                                                              \
        .key = "verdict", .english = "VERDICT", .polish = "OCENA"                                  \
    }

int demo_check_print(const struct demo_programme *programme, const json_t *table)
{
    static const struct sheet_column reached[] = {
        COLUMN_INDICATOR,
        COLUMN_TITLE,
        COLUMN_ACHIEVED,
        {.key = "printed", .english = "PRINTED", .polish = "W ŹRÓDLE", .right = true},
        COLUMN_SUM,
        COLUMN_OVERLAP,
        COLUMN_VERDICT};
    static const struct sheet_column planned[] = {
        COLUMN_INDICATOR,
        COLUMN_TITLE,
        COLUMN_ACHIEVED,
        {.key = "printed", .english = "TARGET", .polish = "CEL", .right = true},
        {.key = "percent", .english = "%", .polish = "%", .right = true},
        COLUMN_SUM,
        COLUMN_OVERLAP,
        COLUMN_VERDICT};
    const struct sheet sheets[] = {
        {.columns = reached, .column_count = sizeof reached / sizeof reached[0]},
        {.columns = planned, .column_count = sizeof planned / sizeof planned[0]}};
    const struct request request = {.format = FORMAT_TABLE, .polish = usage_polish()};
    return sheet_print(&request, &sheets[programme->planned ? 1 : 0], table);
}
