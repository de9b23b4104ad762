/* ogniwo regions import: a region table from the official register.
 *
 * The happy path is: 1. read the register and the tables that it is to stand beside; 2. make what
 * these lack; 3. load all together, as a broker would; 4. write it, whole, and tell what it holds.
 * What may go wrong: a fault in a file (named by its line, nothing is written), or a file of that
 * name is there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include <jansson.h>

#include "config/programme_file.h"
#include "config/region_files.h"
#include "config/source.h"
#include "config/terc.h"
#include "config/terc_table.h"
#include "core/base/date.h"
#include "core/model/limits.h"
#include "io/file.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/verbs.h"

struct import_request {
    struct request request;
    const char *out;
    bool dry_run;
};

struct import {
    const struct import_request *asked;
    struct terc *terc;
    struct region_tables beside; /* the tables that were named; regions is null without any */
    struct buffer text;          /* the table that is made */
    struct terc_table table;
    size_t bytes; /* of all tables together */
};

static const struct usage_option options[] = {
    {"output", 'o', "FILE", "Where to write the table; a file that is there is never overwritten",
     USAGE_TEXT, offsetof(struct import_request, out)},
    {"dry-run", 'n', NULL, "Only tell what the table would hold", USAGE_FLAG,
     offsetof(struct import_request, dry_run)},
};
static const struct usage usage = {
    .arguments = "TERC-FILE [TABLE...]",
    .doc = "Makes a region table from the official register of Poland (TERC, CSV as published): "
           "its voivodeships, counties and gminas, or what the named region tables lack of them. "
           "Towns, rural areas and districts are parts of gminas and are left out. Without -o the "
           "table goes to standard output, and what is told about it to standard error."
           "\vThe register says what there is on its day, not since when: a line is dated only as "
           "far as the named tables show that it cannot be older or younger. Example:\n"
           "  ogniwo regions import TERC_Urzedowy.csv regions/pl.csv -o regions/gminas.csv",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_FORMAT | USES_LANGUAGE,
    .least = 1,
    .most = 64};

/* ---- reading ---- */

static int terc_load(const char *path, struct terc **out)
{
    struct buffer text = {.bytes_max = TERC_BYTES_MAX};
    struct config_fault fault = {0};
    enum err err = source_read(path, &text, &fault);
    if (err == ERR_OK) {
        err = terc_parse(buffer_bytes(&text), out, &fault);
    }
    buffer_fini(&text);
    if (err == ERR_OK) {
        return EX_OK;
    }
    const int status = say_config(err, path, &fault);
    return err == ERR_CONFIG ? EX_DATAERR : status;
}

/* Loads tables; a fault is said. */
static int tables_load(struct region_tables *tables)
{
    struct config_fault fault = {0};
    const enum err err = region_files_load(tables, &fault);
    if (err == ERR_OK) {
        return EX_OK;
    }
    return say_config(err,
                      tables->fault_in < tables->count ? tables->paths[tables->fault_in]
                                                       : "the table that is made",
                      &fault);
}

/* All together, as a programme would name them. */
static int check_together(struct import *self)
{
    struct region_tables all = self->beside;
    all.more = buffer_bytes(&self->text);
    const int status = tables_load(&all);
    if (status == EX_OK) {
        self->bytes = all.bytes;
    }
    regions_free(&all.regions);
    return status;
}

static int make(struct import *self)
{
    int status = terc_load(self->asked->request.arguments[0], &self->terc);
    if (status == EX_OK && self->beside.count > 0) {
        status = tables_load(&self->beside);
    }
    if (status != EX_OK) {
        return status;
    }
    const enum err err =
        terc_table_make(self->terc, self->beside.regions, &self->text, &self->table);
    return err == ERR_OK ? check_together(self) : say_err(err, "the region table");
}

static int put(const struct import *self)
{
    struct stat about;
    const char *out = self->asked->out;
    if (self->asked->dry_run) {
        return EX_OK;
    }
    if (out == NULL) {
        const size_t written = fwrite(self->text.data, 1, self->text.size, stdout);
        return written == self->text.size && fflush(stdout) == 0
                   ? EX_OK
                   : say(EX_IOERR, NULL, "the table could not be written");
    }
    if (lstat(out, &about) == 0) {
        return say(EX_CANTCREAT, "name another file", "%s: it is there already", out);
    }
    const enum err err = file_write(out, buffer_bytes(&self->text), 0644);
    return err == ERR_OK ? EX_OK : say_err(err, out);
}

/* ---- telling ---- */

static json_t *text_of(struct bytes text)
{
    return text.size > 0 ? json_stringn((const char *)text.data, text.size) : json_null();
}

static json_t *differences_of(const struct terc_table *table)
{
    json_t *rows = json_array();
    for (uint32_t i = 0; i < table->difference_count; i++) {
        const struct terc_difference *one = &table->differences[i];
        json_t *row = json_object();
        json_object_set_new(row, "code", text_of(one->code));
        json_object_set_new(row, "difference", json_string(terc_difference_text(one->kind)));
        json_object_set_new(row, "register", text_of(one->register_says));
        json_object_set_new(row, "tables", text_of(one->tables_say));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *report_of(const struct import *self)
{
    static const enum region_level levels[] = {REGION_VOIVODESHIP, REGION_COUNTY, REGION_GMINA};
    static const char *const level_keys[] = {"voivodeships", "counties", "gminas"};
    static const uint32_t kinds[] = {4, 5, 8, 9};
    static const char *const part_keys[] = {"towns_left_out", "rural_areas_left_out",
                                            "districts_left_out", "delegatures_left_out"};
    char day[DATE_TEXT_BYTES];
    uint32_t known = 0;
    date_format(terc_day(self->terc), day);
    json_t *report = json_object();
    json_object_set_new(report, "as_at", json_string(day));
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        json_object_set_new(report, level_keys[i],
                            json_integer(terc_level_count(self->terc, levels[i])));
        known += self->table.known[levels[i]];
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        json_object_set_new(report, part_keys[i],
                            json_integer(terc_part_count(self->terc, kinds[i])));
    }
    json_object_set_new(report, "known", json_integer(known));
    json_object_set_new(report, "lines", json_integer(self->table.lines));
    json_object_set_new(report, "bytes", json_integer((json_int_t)self->bytes));
    json_object_set_new(report, "bytes_max", json_integer(PROGRAMME_FILE_BYTES_MAX));
    json_object_set_new(report, "dry_run", json_boolean(self->asked->dry_run));
    json_object_set_new(report, "differences", differences_of(&self->table));
    return report;
}

static void tell_counts(const struct import *self, FILE *to)
{
    const bool polish = self->asked->request.polish;
    const struct terc *terc = self->terc;
    const struct terc_table *table = &self->table;
    char day[DATE_TEXT_BYTES];
    date_format(terc_day(terc), day);
    fprintf(to,
            polish ? "Rejestr na dzień %s: województwa %u, powiaty %u, gminy %u\n"
                   : "Register as at %s: voivodeships %u, counties %u, gminas %u\n",
            day, terc_level_count(terc, REGION_VOIVODESHIP), terc_level_count(terc, REGION_COUNTY),
            terc_level_count(terc, REGION_GMINA));
    fprintf(to,
            polish ? "Pominięte części gmin: miasta %u, obszary wiejskie %u, dzielnice %u, "
                     "delegatury %u\n"
                   : "Left out as parts of gminas: towns %u, rural areas %u, districts %u, "
                     "delegatures %u\n",
            terc_part_count(terc, 4), terc_part_count(terc, 5), terc_part_count(terc, 8),
            terc_part_count(terc, 9));
    fprintf(to,
            polish
                ? "Podane tabele mają już: województwa %u, powiaty %u, gminy %u; tu wierszy %u\n"
                : "The named tables have already: voivodeships %u, counties %u, gminas %u; lines "
                  "here %u\n",
            table->known[REGION_VOIVODESHIP], table->known[REGION_COUNTY],
            table->known[REGION_GMINA], table->lines);
    fprintf(to,
            polish ? "Razem %zu bajtów; program i jego tabele mogą mieć %d\n"
                   : "Together %zu bytes; a programme and its tables may have %d\n",
            self->bytes, PROGRAMME_FILE_BYTES_MAX);
    if (self->beside.count == 0) {
        fputs(polish ? "Bez tabeli z podregionami powiaty leżą wprost w województwach.\n"
                     : "Without a table that has subregions, counties lie directly in "
                       "voivodeships.\n",
              to);
    }
    fprintf(to,
            polish ? "Różnice między rejestrem a tabelami: %u\n"
                   : "Differences between register and tables: %u\n",
            table->difference_count);
    if (self->bytes > PROGRAMME_FILE_BYTES_MAX) {
        fputs(polish ? "To za dużo na jeden program: usuń gminy, których nie potrzebuje.\n"
                     : "That is too much for one programme: take out gminas it does not need.\n",
              to);
    }
}

static int tell_differences(const struct import *self, bool aside, const json_t *report)
{
    static const struct sheet_column columns[] = {
        {.key = "code", .english = "CODE", .polish = "KOD"},
        {.key = "difference", .english = "DIFFERENCE", .polish = "RÓŻNICA"},
        {.key = "register", .english = "REGISTER", .polish = "REJESTR"},
        {.key = "tables", .english = "TABLES", .polish = "TABELE"},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0],
                                       .rows = "differences"};
    const json_t *rows = json_object_get(report, "differences");
    if (!aside || json_array_size(rows) == 0) {
        return aside ? EX_OK : sheet_print(&self->asked->request, &sheet, report);
    }
    char *text = sheet_table_text(self->asked->request.polish, &sheet, rows, UINT32_MAX);
    if (text == NULL) {
        return say(EX_SOFTWARE, NULL, "the table could not be made");
    }
    fprintf(stderr, "%s\n", text);
    free(text);
    return EX_OK;
}

/* Where the table itself goes to standard output, the report does not. CSV and JSON lines have the
 * differences; the counts are then said aside. */
static int tell(const struct import *self)
{
    const bool aside = self->asked->out == NULL && !self->asked->dry_run;
    const enum format format = self->asked->request.format;
    json_t *report = report_of(self);
    if (aside || format != FORMAT_JSON) {
        tell_counts(self, aside || format != FORMAT_TABLE ? stderr : stdout);
    }
    const int status = tell_differences(self, aside, report);
    json_decref(report);
    return status;
}

int verb_regions_import(int count, char **words)
{
    struct import_request asked = {0};
    struct import self = {.asked = &asked, .text = {.bytes_max = 2 * TERC_BYTES_MAX}};
    usage_read(&usage, count, words, &asked.request);
    self.beside.paths = asked.request.arguments + 1;
    self.beside.count = asked.request.argument_count - 1;
    int status = make(&self);
    if (status == EX_OK) {
        status = put(&self);
    }
    if (status == EX_OK) {
        status = tell(&self);
    }
    terc_table_fini(&self.table);
    buffer_fini(&self.text);
    regions_free(&self.beside.regions);
    terc_free(&self.terc);
    return status;
}
