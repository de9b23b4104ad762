#include "tests/sim/folder_fake.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/folder.h"
#include "tests/sim/world.h"

enum { DROPS_MAX = 8, FILES_MAX = 100, PATH_BYTES = 64 };

struct file {
    char name[64]; /* empty: no file */
    uint8_t *content;
    size_t size;
    uint64_t changed_ms;
    uint64_t given_ms; /* by the folder open now; UINT64_MAX: not yet */
    size_t given_size; /* as it was then */
};

/* What lies on the office's disk. */
struct drop {
    char path[PATH_BYTES];
    struct file files[FILES_MAX];
};

struct folder {
    struct drop *drop;
    struct process *owner;
    uint32_t rest_ms, rescan_ms;
};

static struct drop drops[DROPS_MAX];
static folder_fake_done *watcher;

static void file_clear(struct file *file)
{
    free(file->content);
    *file = (struct file){0};
}

void folder_fake_reset(void)
{
    for (uint32_t i = 0; i < DROPS_MAX; i++) {
        for (uint32_t k = 0; k < FILES_MAX; k++) {
            file_clear(&drops[i].files[k]);
        }
        drops[i] = (struct drop){0};
    }
}

void folder_fake_watch(folder_fake_done *done)
{
    watcher = done;
}

static struct drop *drop_at(const char *path)
{
    for (uint32_t i = 0; i < DROPS_MAX; i++) {
        if (strcmp(drops[i].path, path) == 0) {
            return &drops[i];
        }
        if (drops[i].path[0] == '\0') {
            snprintf(drops[i].path, sizeof drops[i].path, "%s", path);
            return &drops[i];
        }
    }
    assert(!"too many drop folders");
    return NULL;
}

static struct file *file_named(struct drop *drop, const char *name)
{
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        if (strcmp(drop->files[i].name, name) == 0) {
            return &drop->files[i];
        }
    }
    return NULL;
}

void folder_fake_drop(const char *path, const char *name, struct bytes content)
{
    struct drop *drop = drop_at(path);
    struct file *file = file_named(drop, name);
    if (file == NULL) {
        file = file_named(drop, "");
        assert(file != NULL);
        snprintf(file->name, sizeof file->name, "%s", name);
        file->given_ms = UINT64_MAX;
    }
    free(file->content);
    file->content = malloc(content.size + 1);
    assert(file->content != NULL);
    memcpy(file->content, content.data, content.size);
    file->size = content.size;
    file->changed_ms = world.now_ms;
}

uint32_t folder_fake_waiting(const char *path)
{
    const struct drop *drop = drop_at(path);
    uint32_t count = 0;
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        count += drop->files[i].name[0] != '\0' ? 1 : 0;
    }
    return count;
}

enum err folder_open(const struct folder_options *options, struct folder **out)
{
    if (!world_alive()) {
        return ERR_IO;
    }
    struct folder *self = calloc(1, sizeof *self);
    assert(self != NULL);
    *self = (struct folder){.drop = drop_at(options->path),
                            .owner = world.current,
                            .rest_ms = options->rest_ms,
                            .rescan_ms = options->rescan_ms};
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        self->drop->files[i].given_ms = UINT64_MAX;
    }
    *out = self;
    return ERR_OK;
}

void folder_close(struct folder **self)
{
    free(*self);
    *self = NULL;
}

static uint64_t due_ms(const struct folder *self, const struct file *file)
{
    const uint64_t rested_ms = file->changed_ms + self->rest_ms;
    const uint64_t again_ms = file->given_ms == UINT64_MAX ? 0 : file->given_ms + self->rescan_ms;
    return rested_ms > again_ms ? rested_ms : again_ms;
}

enum err folder_next(struct folder *self, uint64_t now_ms, char name[FOLDER_NAME_BYTES],
                     struct buffer *content)
{
    struct file *first = NULL;
    (void)now_ms; /* the process's; the folder has its own clock, which does not jump */
    if (!world_alive()) {
        return ERR_IO;
    }
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        struct file *file = &self->drop->files[i];
        if (file->name[0] != '\0' && due_ms(self, file) <= world.now_ms &&
            (first == NULL || strcmp(file->name, first->name) < 0)) {
            first = file;
        }
    }
    if (first == NULL) {
        return ERR_NOT_FOUND;
    }
    first->given_ms = world.now_ms;
    first->given_size = first->size;
    snprintf(name, FOLDER_NAME_BYTES, "%s", first->name);
    return buffer_add(content, bytes_of(first->content, first->size));
}

/* A clerk's hand, or a disk, in the way of moving the file. */
static enum err troubled(struct folder *self, const char *name, struct file *file)
{
    struct chance *chance = &self->owner->disk;
    if (!world.faulty || !chance_happens(chance, world.faults.folder_ppm)) {
        return ERR_OK;
    }
    world_mark(MARK_FILE_NOT_MOVED);
    if (chance_below(chance, 2) == 0) {
        return ERR_IO;
    }
    file_clear(file);
    watcher(self->drop->path, name, true);
    return ERR_NOT_FOUND;
}

enum err folder_done(struct folder *self, const char *name, bool failed, struct bytes report)
{
    struct file *file = file_named(self->drop, name);
    (void)failed;
    if (!world_alive()) {
        return ERR_IO;
    }
    if (file == NULL) {
        return ERR_NOT_FOUND;
    }
    if (file->size != file->given_size) {
        world_mark(MARK_FILE_NOT_MOVED);
        return ERR_STATE;
    }
    const enum err err = self->owner != NULL ? troubled(self, name, file) : ERR_OK;
    if (err != ERR_OK) {
        return err;
    }
    world_trace("report", report.data, report.size);
    file_clear(file);
    watcher(self->drop->path, name, false);
    return ERR_OK;
}

/* In the owner's time. */
uint64_t folder_deadline_ms(const struct folder *self)
{
    uint64_t first_ms = UINT64_MAX;
    for (uint32_t i = 0; i < FILES_MAX; i++) {
        const struct file *file = &self->drop->files[i];
        if (file->name[0] != '\0' && due_ms(self, file) < first_ms) {
            first_ms = due_ms(self, file);
        }
    }
    if (first_ms == UINT64_MAX || self->owner == NULL) {
        return first_ms;
    }
    return first_ms + self->owner->monotonic_offset_ms;
}

int folder_descriptor(const struct folder *self)
{
    (void)self;
    return -1;
}
