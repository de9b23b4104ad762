/* ogniwo regions show: one region with all its days, what it lies in and what lies in it.
 *
 * The happy path is: 1. load the tables, by default those that come with the program, and the codes
 * of NUTS; 2. find which region is meant; 3. collect its rows.
 * What may go wrong: a fault in a table, or no such region; the nearest code is then offered. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "config/hint.h"
#include "config/nuts.h"
#include "config/region_files.h"
#include "config/source.h"
#include "core/base/date.h"
#include "core/model/limits.h"
#include "io/clock.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/shipped.h"
#include "tools/verbs.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, SHIPPED_COUNT = 2 };

struct show_request {
    struct request request;
    const char *on;
};

struct show {
    const struct show_request *asked;
    struct region_tables tables;
    struct nuts *nuts; /* null where that table is not there */
    int32_t day;
    uint32_t first; /* line of the region */
    json_t *rows;
};

/* ---- the tables ---- */

static char shipped_paths[SHIPPED_COUNT][PATH_MAX];
static char *shipped[SHIPPED_COUNT] = {shipped_paths[0], shipped_paths[1]};

static int find_shipped(struct show *self)
{
    static const char *const names[SHIPPED_COUNT] = {"regions/pl.csv", "regions/europe.csv"};
    for (uint32_t i = 0; i < SHIPPED_COUNT; i++) {
        if (shipped_find(names[i], shipped[i], PATH_MAX) != ERR_OK) {
            return say(EX_NOINPUT, "name region tables behind the code",
                       "%s is not found beside this program", names[i]);
        }
    }
    self->tables.paths = shipped;
    self->tables.count = SHIPPED_COUNT;
    return EX_OK;
}

static int load_nuts(struct show *self)
{
    char path[PATH_MAX];
    struct config_fault fault = {0};
    struct buffer text = {.bytes_max = NUTS_BYTES_MAX};
    if (shipped_find("regions/nuts.csv", path, sizeof path) != ERR_OK) {
        return EX_OK;
    }
    enum err err = source_read(path, &text, &fault);
    if (err == ERR_OK) {
        err = nuts_parse(buffer_bytes(&text), &self->nuts, &fault);
    }
    buffer_fini(&text);
    return err == ERR_OK ? EX_OK : say_config(err, path, &fault);
}

static int load(struct show *self)
{
    struct config_fault fault = {0};
    const struct request *request = &self->asked->request;
    int status = EX_OK;
    if (request->argument_count > 1) {
        self->tables.paths = request->arguments + 1;
        self->tables.count = request->argument_count - 1;
    } else {
        status = find_shipped(self);
    }
    if (status != EX_OK) {
        return status;
    }
    const enum err err = region_files_load(&self->tables, &fault);
    return err == ERR_OK ? load_nuts(self)
                         : say_config(err, self->tables.paths[self->tables.fault_in], &fault);
}

/* ---- which region ---- */

static bool find_under(struct show *self, const char *scheme, const char *word)
{
    char code[CODE_BYTES_MAX + 1];
    const int size = snprintf(code, sizeof code, "%s%s", scheme, word);
    if (size > CODE_BYTES_MAX) {
        return false;
    }
    self->first = regions_nearest(self->tables.regions, bytes_text(code), DATE_MIN);
    return self->first != REGION_NONE;
}

static bool find_by_nuts(struct show *self, const char *word)
{
    const char *code = strncmp(word, "NUTS-", 5) == 0 ? word + 5 : word;
    const struct nuts_line *line =
        self->nuts != NULL ? nuts_find(self->nuts, bytes_text(code)) : NULL;
    self->first =
        line != NULL ? regions_nearest(self->tables.regions, line->code, DATE_MIN) : REGION_NONE;
    return self->first != REGION_NONE;
}

static int find(struct show *self)
{
    const char *word = self->asked->request.arguments[0];
    if (find_under(self, "", word) || find_under(self, "PL-", word) ||
        find_under(self, "NUTS-", word) || find_by_nuts(self, word)) {
        return EX_OK;
    }
    struct hint hint;
    hint_init(&hint, bytes_text(word));
    for (uint32_t i = 0; i < regions_count(self->tables.regions); i++) {
        hint_offer(&hint, regions_get(self->tables.regions, i)->code);
    }
    return say(EX_NOINPUT, NULL, "the tables have no region \"%s\"%s", word, hint_question(&hint));
}

static int read_day(struct show *self)
{
    const char *on = self->asked->on;
    if (on == NULL) {
        self->day = (int32_t)(clock_wall_ms() / DAY_MS);
        return EX_OK;
    }
    return date_parse(bytes_text(on), &self->day) == ERR_OK
               ? EX_OK
               : say(EX_USAGE, "write YYYY-MM-DD", "--on: \"%s\" is no day", on);
}

/* ---- rows ---- */

static void set_text(json_t *row, const char *key, struct bytes text)
{
    json_object_set_new(
        row, key, text.size > 0 ? json_stringn((const char *)text.data, text.size) : json_null());
}

static void set_day(json_t *row, const char *key, int32_t day, int32_t open)
{
    char text[DATE_TEXT_BYTES];
    if (day == open) {
        json_object_set_new(row, key, json_null());
        return;
    }
    date_format(day, text);
    json_object_set_new(row, key, json_string(text));
}

static void add_row(struct show *self, const char *relation, uint32_t number)
{
    const struct region *region = regions_get(self->tables.regions, number);
    const struct nuts_line *nuts = self->nuts != NULL ? nuts_of(self->nuts, region->code) : NULL;
    json_t *row = json_object();
    json_object_set_new(row, "relation", json_string(relation));
    set_text(row, "code", region->code);
    set_text(row, "name", region->name);
    json_object_set_new(row, "level", json_string(region_level_text(region->level)));
    set_text(row, "parent", region->parent);
    set_day(row, "valid_from", region->valid_from, DATE_MIN);
    set_day(row, "valid_to", region->valid_to, DATE_MAX);
    set_text(row, "nuts_2013", nuts != NULL ? nuts->nuts_2013 : (struct bytes){0});
    set_text(row, "nuts_2016", nuts != NULL ? nuts->nuts_2016 : (struct bytes){0});
    json_array_append_new(self->rows, row);
}

static struct bytes code_of(const struct show *self)
{
    return regions_get(self->tables.regions, self->first)->code;
}

static void add_lines(struct show *self)
{
    const struct regions *regions = self->tables.regions;
    for (uint32_t i = self->first; i < regions_count(regions); i++) {
        const struct region *region = regions_get(regions, i);
        if (!bytes_equal(region->code, code_of(self))) {
            return;
        }
        add_row(self,
                region->valid_to < self->day     ? "earlier"
                : region->valid_from > self->day ? "later"
                                                 : "now",
                i);
    }
}

static void add_relatives(struct show *self, uint32_t number)
{
    const struct regions *regions = self->tables.regions;
    uint32_t above = number;
    while (above != REGION_NONE) {
        const struct bytes parent = regions_get(regions, above)->parent;
        above = parent.size > 0 ? regions_find(regions, parent, self->day) : REGION_NONE;
        if (above != REGION_NONE) {
            add_row(self, "above", above);
        }
    }
    for (uint32_t i = 0; i < regions_count(regions); i++) {
        const struct region *region = regions_get(regions, i);
        if (bytes_equal(region->parent, code_of(self)) && region->valid_from <= self->day &&
            self->day <= region->valid_to) {
            add_row(self, "below", i);
        }
    }
}

static void polish_relation(const json_t *row, char *out, size_t room)
{
    static const char *const words[][2] = {{"earlier", "wcześniej"},
                                           {"now", "wtedy"},
                                           {"later", "później"},
                                           {"above", "nad"},
                                           {"below", "pod"}};
    const char *relation = json_string_value(json_object_get(row, "relation"));
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i][0], relation) == 0) {
            snprintf(out, room, "%s", words[i][1]);
        }
    }
}

static int print(const struct show *self, bool valid)
{
    const struct request *request = &self->asked->request;
    const struct sheet_column columns[] = {
        {.key = "relation",
         .english = "WHAT",
         .polish = "CO",
         .text = request->polish ? polish_relation : NULL},
        {.key = "code", .english = "CODE", .polish = "KOD"},
        {.key = "name", .english = "NAME", .polish = "NAZWA"},
        {.key = "level", .english = "LEVEL", .polish = "POZIOM"},
        {.key = "parent", .english = "IN", .polish = "W"},
        {.key = "valid_from", .english = "FROM", .polish = "OD"},
        {.key = "valid_to", .english = "TO", .polish = "DO"},
        {.key = "nuts_2013", .english = "NUTS 2013", .polish = "NUTS 2013"},
        {.key = "nuts_2016", .english = "NUTS 2016/2021", .polish = "NUTS 2016/2021"},
    };
    const struct sheet sheet = {
        .columns = columns, .column_count = sizeof columns / sizeof columns[0], .rows = "rows"};
    char day[DATE_TEXT_BYTES], code[CODE_BYTES_MAX + 1];
    bytes_to_shown(code_of(self), code, sizeof code);
    date_format(self->day, day);
    if (request->format == FORMAT_TABLE) {
        const char *not_valid = request->polish ? ": wtedy nie obowiązuje" : ": not valid then";
        printf(request->polish ? "%s w dniu %s%s\n" : "%s on %s%s\n", code, day,
               valid ? "" : not_valid);
    }
    json_t *document = json_object();
    json_object_set_new(document, "code", json_string(code));
    json_object_set_new(document, "on", json_string(day));
    json_object_set_new(document, "valid", json_boolean(valid));
    json_object_set(document, "rows", self->rows);
    const int status = sheet_print(request, &sheet, document);
    json_decref(document);
    return status;
}

static int show(struct show *self)
{
    const uint32_t now = regions_find(self->tables.regions, code_of(self), self->day);
    self->rows = json_array();
    add_lines(self);
    if (now != REGION_NONE) {
        add_relatives(self, now);
    }
    const int status = print(self, now != REGION_NONE);
    json_decref(self->rows);
    return status;
}

int verb_regions_show(int count, char **words)
{
    static const struct usage_option options[] = {
        {"on", 'd', "DATE", "The tree of this day; default: today, in UTC", USAGE_TEXT,
         offsetof(struct show_request, on)},
    };
    static const struct usage usage = {
        .arguments = "CODE [TABLE...]",
        .doc = "Shows a region of the named tables, or of those that come with this program: the "
               "days of all its lines, what it lies in and what lies in it on a day, and the "
               "codes that each has in NUTS 2013 and NUTS 2016/2021."
               "\vPL- and NUTS- may be left out, and a code of either NUTS will do. Example:\n"
               "  ogniwo regions show PL343 --on 2015-06-30",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .uses = USES_FORMAT | USES_LANGUAGE,
        .least = 1,
        .most = 64};
    struct show_request asked = {0};
    struct show self = {.asked = &asked};
    usage_read(&usage, count, words, &asked.request);
    int status = read_day(&self);
    if (status == EX_OK) {
        status = load(&self);
    }
    if (status == EX_OK) {
        status = find(&self);
    }
    if (status == EX_OK) {
        status = show(&self);
    }
    regions_free(&self.tables.regions);
    nuts_free(&self.nuts);
    return status;
}
