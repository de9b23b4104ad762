#include "tools/demo_files.h"

#include <assert.h>
#include <stdio.h>

#include "core/base/mem.h"

enum { FILE_BYTES_MAX = 8 << 20 };

struct demo_files {
    const struct demo_files_plan *plan;
    struct demo_people_dice dice;
    struct demo_people_person *people;
    struct demo_files_file *files; /* by wave, office and table */
    uint32_t file_count;
    uint32_t *keys; /* given so far, by office */
    enum err err;
};

enum err demo_files_new(const struct demo_files_plan *plan, struct demo_files **out)
{
    struct demo_files *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->plan = plan;
    self->dice.state = plan->seed;
    self->file_count = DEMO_FILES_WAVES * plan->partner_count * plan->table_count;
    self->people = mem_calloc((size_t)plan->person_count + 1, sizeof *self->people);
    self->files = mem_calloc(self->file_count, sizeof *self->files);
    self->keys = mem_calloc(plan->partner_count, sizeof *self->keys);
    if (self->people == NULL || self->files == NULL || self->keys == NULL) {
        demo_files_free(&self);
        return ERR_MEMORY;
    }
    demo_people_make(&self->dice, &plan->people, self->people, plan->person_count);
    *out = self;
    return ERR_OK;
}

void demo_files_free(struct demo_files **self)
{
    struct demo_files *files = *self;
    if (files != NULL) {
        for (uint32_t i = 0; files->files != NULL && i < files->file_count; i++) {
            buffer_fini(&files->files[i].text);
        }
        mem_free(files->people);
        mem_free(files->files);
        mem_free(files->keys);
        mem_free(files);
    }
    *self = NULL;
}

enum err demo_files_error(const struct demo_files *self)
{
    return self->err;
}

uint32_t demo_files_roll(struct demo_files *self, uint32_t limit)
{
    return demo_people_roll(&self->dice, limit);
}

int32_t demo_files_day(const struct demo_files *self)
{
    return date_days(self->plan->starts_on);
}

const struct demo_people_person *demo_files_person(const struct demo_files *self, uint32_t index)
{
    return index < self->plan->person_count ? &self->people[index] : NULL;
}

/* ---- rows into files ---- */

static void write_row(struct demo_files *self, uint32_t wave, uint32_t office, uint32_t table,
                      const struct demo_office_row *row)
{
    const struct demo_files_plan *plan = self->plan;
    assert(office < plan->partner_count && table < plan->table_count);
    struct demo_files_file *file =
        &self->files[(wave * plan->partner_count + office) * plan->table_count + table];
    if (self->err != ERR_OK) {
        return;
    }
    if (file->row_count == 0) {
        file->partner = office;
        file->wave = wave;
        file->text.bytes_max = FILE_BYTES_MAX;
        snprintf(file->name, sizeof file->name, "%02u_%s%s.csv", table + 1, plan->tables[table],
                 wave == 0 ? "" : "_korekta");
        self->err = demo_office_header(office, &file->text);
    }
    if (self->err == ERR_OK) {
        self->err = demo_office_row(office, row, &file->text);
        file->row_count++;
    }
}

void demo_files_put_mended(struct demo_files *self, uint32_t office, uint32_t table,
                           const struct demo_office_row *typed, const struct demo_office_row *truth)
{
    const struct demo_files_plan *plan = self->plan;
    const bool resent =
        plan->resends && office == plan->resent_office && table == plan->resent_table;
    char key[DEMO_OFFICE_KEY_BYTES];
    struct demo_office_row row;
    snprintf(key, sizeof key, "%s/%c/%05u", plan->partners[office],
             plan->tables[table][0] - 'a' + 'A', ++self->keys[office]);
    if (typed != NULL) {
        row = *typed;
        row.key = key;
        write_row(self, 0, office, table, &row);
    }
    if (typed != truth && truth == NULL) {
        row = (struct demo_office_row){.key = key, .deletes = true};
        write_row(self, 1, office, table, &row);
    } else if (typed != truth || resent) {
        row = *truth;
        row.key = key;
        write_row(self, 1, office, table, &row);
    }
}

void demo_files_put(struct demo_files *self, uint32_t office, uint32_t table,
                    const struct demo_office_row *row)
{
    demo_files_put_mended(self, office, table, row, row);
}

void demo_files_put_bare(struct demo_files *self, uint32_t office, uint32_t table,
                         const struct demo_office_row *row)
{
    write_row(self, 0, office, table, row);
}

const struct demo_files_file *demo_files_at(const struct demo_files *self, uint32_t index)
{
    for (uint32_t i = 0; i < self->file_count; i++) {
        if (self->files[i].row_count > 0 && index-- == 0) {
            return &self->files[i];
        }
    }
    return NULL;
}
