/* ogniwo regions check: region tables as a broker would load them, and what they say of time.
 *
 * The happy path is: 1. load them as one; 2. sweep over the days on which lines begin or end,
 * counting what is there from each on. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <jansson.h>

#include "config/programme_file.h"
#include "config/region_files.h"
#include "core/base/date.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/verbs.h"

/* A line begins, or has ended the day before. */
struct change {
    int32_t day;
    enum region_level level;
    bool begins;
};

static int by_day(const void *a, const void *b)
{
    const struct change *left = a, *right = b;
    return left->day < right->day ? -1 : left->day > right->day;
}

/* Gives the changes in the order of days; the caller frees them. Null: no memory. */
static struct change *changes_of(const struct regions *regions, size_t *count)
{
    const uint32_t lines = regions_count(regions);
    struct change *changes = calloc(2 * (size_t)lines + 1, sizeof *changes);
    *count = 0;
    for (uint32_t i = 0; i < lines && changes != NULL; i++) {
        const struct region *region = regions_get(regions, i);
        changes[(*count)++] = (struct change){region->valid_from, region->level, true};
        if (region->valid_to < DATE_MAX) {
            changes[(*count)++] = (struct change){region->valid_to + 1, region->level, false};
        }
    }
    if (changes != NULL) {
        qsort(changes, *count, sizeof *changes, by_day);
    }
    return changes;
}

static json_t *day_row(int32_t day, const int64_t there[REGION_LEVEL_COUNT], uint32_t begin,
                       uint32_t end)
{
    char text[DATE_TEXT_BYTES] = "";
    json_t *row = json_object();
    if (day > DATE_MIN) {
        date_format(day, text);
    }
    json_object_set_new(row, "from", day > DATE_MIN ? json_string(text) : json_null());
    for (uint32_t i = 0; i < REGION_LEVEL_COUNT; i++) {
        json_object_set_new(row, region_level_text((enum region_level)i), json_integer(there[i]));
    }
    json_object_set_new(row, "begin", json_integer(begin));
    json_object_set_new(row, "end", json_integer(end));
    return row;
}

/* A row for the state at the beginning and for each day on which something changes. */
static json_t *days_of(const struct change *changes, size_t count)
{
    int64_t there[REGION_LEVEL_COUNT] = {0};
    json_t *rows = json_array();
    for (size_t i = 0; i < count;) {
        const int32_t day = changes[i].day;
        uint32_t begin = 0, end = 0;
        for (; i < count && changes[i].day == day; i++) {
            there[changes[i].level] += changes[i].begins ? 1 : -1;
            begin += changes[i].begins ? 1 : 0;
            end += changes[i].begins ? 0 : 1;
        }
        json_array_append_new(rows, day_row(day, there, begin, end));
    }
    return rows;
}

static int print(const struct request *request, const struct region_tables *tables)
{
    static const struct sheet_column columns[] = {
        {.key = "from", .english = "FROM", .polish = "OD"},
        {.key = "country", .english = "COUNTRIES", .polish = "KRAJE", .right = true},
        {.key = "voivodeship", .english = "VOIVODESHIPS", .polish = "WOJEWÓDZTWA", .right = true},
        {.key = "subregion", .english = "SUBREGIONS", .polish = "PODREGIONY", .right = true},
        {.key = "county", .english = "COUNTIES", .polish = "POWIATY", .right = true},
        {.key = "gmina", .english = "GMINAS", .polish = "GMINY", .right = true},
        {.key = "city", .english = "CITIES", .polish = "MIASTA", .right = true},
        {.key = "begin", .english = "BEGIN", .polish = "ZACZYNA SIĘ", .right = true},
        {.key = "end", .english = "END", .polish = "KOŃCZY SIĘ", .right = true},
    };
    static const struct sheet sheet = {
        .columns = columns, .column_count = sizeof columns / sizeof columns[0], .rows = "days"};
    const uint32_t lines = regions_count(tables->regions);
    size_t count;
    struct change *changes = changes_of(tables->regions, &count);
    if (changes == NULL) {
        return say_err(ERR_MEMORY, "the region tables");
    }
    json_t *document = json_object();
    json_object_set_new(document, "lines", json_integer(lines));
    json_object_set_new(document, "bytes", json_integer((json_int_t)tables->bytes));
    json_object_set_new(document, "bytes_max", json_integer(PROGRAMME_FILE_BYTES_MAX));
    json_object_set_new(document, "days", days_of(changes, count));
    free(changes);
    if (request->format == FORMAT_TABLE) {
        printf(request->polish ? "W porządku: wierszy %u, bajtów %zu; program i jego tabele mogą "
                                 "mieć %d\n"
                               : "Fine: lines %u, bytes %zu; a programme and its tables may have "
                                 "%d\n",
               lines, tables->bytes, PROGRAMME_FILE_BYTES_MAX);
    }
    const int status = sheet_print(request, &sheet, document);
    json_decref(document);
    return status;
}

int verb_regions_check(int count, char **words)
{
    static const struct usage usage = {
        .arguments = "TABLE...",
        .doc = "Loads region tables together, as a programme that names them would have them. A "
               "fault is told with file and line. Else it tells how many regions of each level "
               "there are, and from which day on that changes."
               "\vLines that stand in two tables count once. Exit 78: a fault. Example:\n"
               "  ogniwo regions check regions/pl.csv regions/gminas.csv",
        .uses = USES_FORMAT | USES_LANGUAGE,
        .least = 1,
        .most = 64};
    struct request request = {0};
    struct config_fault fault = {0};
    usage_read(&usage, count, words, &request);
    struct region_tables tables = {.paths = request.arguments, .count = request.argument_count};
    const enum err err = region_files_load(&tables, &fault);
    int status = EX_OK;
    if (err != ERR_OK) {
        status = say_config(err, tables.paths[tables.fault_in], &fault);
    } else if (tables.bytes > PROGRAMME_FILE_BYTES_MAX) {
        status = say(EX_CONFIG, "leave out regions that the programme does not need",
                     "the region tables have %zu bytes: %d are allowed with the programme file, "
                     "as they travel in one message",
                     tables.bytes, PROGRAMME_FILE_BYTES_MAX);
    } else {
        status = print(&request, &tables);
    }
    regions_free(&tables.regions);
    return status;
}
