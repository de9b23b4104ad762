#include "tests/bench/office.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/bench/workload.h"

enum { TABLE_BYTES_MAX = 1 << 30 };

/* What stands in the columns kind, support, outcome and activity for each type of the workload. No
 * row ends a person's stay, so that an event is a row. */
static const struct type {
    const char *kind, *rest;
} types[] = {{"started", "course;;"},   {"activity", ";;advice"}, {"enrolled", ";;"},
             {"completed", "course;;"}, {"outcome", ";job;"},     {"dropped", "course;;"}};

/* A partner's table: enrolments, and all that follows them. */
struct table {
    struct buffer enrolments, rest;
};

static void add_row(struct table *table, const struct workload_event *event)
{
    const struct type *type = &types[event->type];
    char row[256], amount[40] = ";";
    if (event->amount >= 0) {
        snprintf(amount, sizeof amount, "%" PRId64 ",%02" PRId64 ";PLN", event->amount / 100,
                 event->amount % 100);
    }
    snprintf(row, sizeof row,
             "%" PRIu64 ";%s;%04d-%02d-%02d;T%02d;PL-%04d;%016" PRIX64 ";passport:PL;%c;%d;%s;%s\n",
             event->seq, type->kind, event->year, event->month, event->day, event->task,
             event->county, event->person[0], event->woman ? 'K' : 'M',
             event->year - event->birth_year, type->rest, amount);
    bench_must(
        buffer_add_text(event->type == WORKLOAD_ENROLLED ? &table->enrolments : &table->rest, row),
        "table");
}

static void table_path(const struct site *site, int partner, char out[SITE_PATH_BYTES])
{
    char name[32];
    snprintf(name, sizeof name, "tables/p%02d.csv", partner + 1);
    site_path(site, name, out);
}

static void write_table(const struct site *site, int partner, struct table *table)
{
    static const char header[] = "key;kind;occurred_on;task;region;person;person_scheme;sex;age;"
                                 "support;outcome;activity;quantity;unit\n";
    char path[SITE_PATH_BYTES];
    table_path(site, partner, path);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fputs(header, file) < 0 ||
        fwrite(table->enrolments.data, 1, table->enrolments.size, file) != table->enrolments.size ||
        fwrite(table->rest.data, 1, table->rest.size, file) != table->rest.size ||
        fclose(file) != 0) {
        bench_fail("cannot write an office table");
    }
    buffer_fini(&table->enrolments);
    buffer_fini(&table->rest);
}

void office_write(const struct site *site, uint64_t events)
{
    static struct table tables[WORKLOAD_PARTNERS];
    struct workload *workload = workload_new(events);
    struct workload_event event;
    char folder[SITE_PATH_BYTES];
    site_path(site, "tables", folder);
    if (mkdir(folder, 0700) != 0) {
        bench_fail("cannot make the folder of tables");
    }
    for (int i = 0; i < WORKLOAD_PARTNERS; i++) {
        tables[i].enrolments.bytes_max = tables[i].rest.bytes_max = TABLE_BYTES_MAX;
    }
    while (workload_next(workload, &event)) {
        add_row(&tables[event.partner - 1], &event);
    }
    for (int i = 0; i < WORKLOAD_PARTNERS; i++) {
        write_table(site, i, &tables[i]);
    }
    workload_free(&workload);
}

void office_read(const struct site *site, int partner, struct buffer *out)
{
    char path[SITE_PATH_BYTES];
    struct stat stat_of_file;
    uint8_t *room;
    table_path(site, partner, path);
    FILE *file = fopen(path, "rb");
    buffer_clear(out);
    if (file == NULL || fstat(fileno(file), &stat_of_file) != 0) {
        bench_fail("cannot read an office table");
    }
    const size_t size = (size_t)stat_of_file.st_size;
    bench_must(buffer_reserve(out, size, &room), "office table");
    if (fread(room, 1, size, file) != size) {
        bench_fail("cannot read an office table");
    }
    out->size += size;
    fclose(file);
}
