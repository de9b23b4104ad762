/* A programme as a demo plays it: its files, and the count over them. */
#ifndef TESTS_UNIT_TOOLS_PLAYED_H
#define TESTS_UNIT_TOOLS_PLAYED_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "core/base/mem.h"
#include "tools/demo_count.h"
#include "tools/demo_programme.h"

enum { PLAYED_FILES_MAX = 128 };

struct played {
    const struct demo_programme *programme;
    struct demo_files *files;
    struct demo_count *count;
    char *texts[PLAYED_FILES_MAX];
};

static inline struct played *played_new(const struct demo_programme *programme)
{
    struct played *self = mem_calloc(1, sizeof *self);
    const struct demo_files_plan *plan = &programme->plan;
    assert_non_null(self);
    self->programme = programme;
    assert_int_equal(ERR_OK, demo_files_new(plan, &self->files));
    assert_int_equal(ERR_OK, programme->fill(self->files));
    assert_int_equal(ERR_OK, demo_count_new(plan->partners, plan->partner_count, &self->count));
    return self;
}

static inline void played_free(struct played *self)
{
    for (uint32_t i = 0; i < PLAYED_FILES_MAX; i++) {
        mem_free(self->texts[i]);
    }
    demo_count_free(&self->count);
    demo_files_free(&self->files);
    mem_free(self);
}

/* Counts the files of the first waves. */
static inline void played_count(struct played *self, uint32_t waves)
{
    for (uint32_t i = 0; demo_files_at(self->files, i) != NULL; i++) {
        const struct demo_files_file *file = demo_files_at(self->files, i);
        assert_true(i < PLAYED_FILES_MAX);
        if (file->wave < waves) {
            self->texts[i] = mem_calloc(file->text.size + 1, 1);
            memcpy(self->texts[i], file->text.data, file->text.size);
            if (!demo_count_file(self->count, file->partner, self->texts[i])) {
                fail_msg("%s: %s", file->name, self->count->fault);
            }
        }
    }
    demo_count_finish(self->count);
}

static inline const struct demo_figure *played_figure(const struct demo_programme *programme,
                                                      const char *id)
{
    for (uint32_t i = 0; i < programme->figure_count; i++) {
        if (strcmp(programme->figures[i].id, id) == 0) {
            return &programme->figures[i];
        }
    }
    fail_msg("no figure %s", id);
    return NULL;
}

/* Of all partners and places. */
static inline int64_t played_total(const struct played *self, const char *id)
{
    const struct demo_count_of of = {.figure = played_figure(self->programme, id),
                                     .partner = UINT32_MAX};
    return demo_count_total(self->count, &of);
}

#endif
