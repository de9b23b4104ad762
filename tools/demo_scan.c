#include "tools/demo_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

enum { SURNAMES_MAX = 256, ID_SIZE = DEMO_PEOPLE_ID_BYTES - 1 };

struct demo_scan {
    const char **ids; /* ascending, each once */
    bool *id_found;
    uint32_t id_count;
    bool surname_found[SURNAMES_MAX];
    struct demo_scan_findings findings;
};

static int compare_ids(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts the identifiers and keeps each once: programmes may have people in common. */
static void settle_ids(struct demo_scan *self)
{
    uint32_t kept = 0;
    qsort(self->ids, self->id_count, sizeof *self->ids, compare_ids);
    for (uint32_t i = 0; i < self->id_count; i++) {
        if (kept == 0 || strcmp(self->ids[kept - 1], self->ids[i]) != 0) {
            self->ids[kept++] = self->ids[i];
        }
    }
    self->id_count = kept;
}

enum err demo_scan_new(struct demo_files *const *files, uint32_t count, struct demo_scan **out)
{
    struct demo_scan *self = mem_calloc(1, sizeof *self);
    size_t room = 1;
    if (self == NULL) {
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; demo_files_person(files[i], k) != NULL; k++) {
            room++;
        }
    }
    self->ids = mem_calloc(room, sizeof *self->ids);
    self->id_found = mem_calloc(room, sizeof *self->id_found);
    if (self->ids == NULL || self->id_found == NULL) {
        demo_scan_free(&self);
        return ERR_MEMORY;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; demo_files_person(files[i], k) != NULL; k++) {
            self->ids[self->id_count++] = demo_files_person(files[i], k)->id;
        }
    }
    settle_ids(self);
    *out = self;
    return ERR_OK;
}

void demo_scan_free(struct demo_scan **self)
{
    if (*self != NULL) {
        mem_free((*self)->ids);
        mem_free((*self)->id_found);
        mem_free(*self);
    }
    *self = NULL;
}

uint32_t demo_scan_people(const struct demo_scan *self)
{
    return self->id_count;
}

static void tell_find(struct demo_scan *self, bool *found, uint32_t *count, const char *path)
{
    *count += *found ? 0 : 1;
    *found = true;
    if (self->findings.where[0] == '\0') {
        snprintf(self->findings.where, sizeof self->findings.where, "%s", path);
    }
}

/* All identifiers are of one size and end with so many digits. */
static void look_for_ids(struct demo_scan *self, const char *bytes, size_t size, const char *path)
{
    size_t run = 0;
    for (size_t i = 0; i < size; i++) {
        run = bytes[i] >= '0' && bytes[i] <= '9' ? run + 1 : 0;
        if (run < DEMO_PEOPLE_ID_DIGITS || i + 1 < ID_SIZE) {
            continue;
        }
        char text[DEMO_PEOPLE_ID_BYTES] = {0};
        const char *key = text;
        memcpy(text, bytes + i + 1 - ID_SIZE, ID_SIZE);
        const char **hit = bsearch(&key, self->ids, self->id_count, sizeof *self->ids, compare_ids);
        if (hit != NULL) {
            tell_find(self, &self->id_found[hit - self->ids], &self->findings.people, path);
        }
    }
}

static void look_for_surnames(struct demo_scan *self, const char *bytes, size_t size,
                              const char *path)
{
    for (uint32_t i = 0; i < SURNAMES_MAX && demo_people_surname(i) != NULL; i++) {
        const char *surname = demo_people_surname(i);
        if (memmem(bytes, size, surname, strlen(surname)) != NULL) {
            tell_find(self, &self->surname_found[i], &self->findings.surnames, path);
        }
    }
}

/* The broker may be writing the file: what stands there now is looked at. */
static enum err look_at_file(struct demo_scan *self, const char *path)
{
    struct stat about;
    enum err err = ERR_IO;
    const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0) {
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    }
    if (fstat(file, &about) != 0) {
        goto done;
    }
    const size_t size = (size_t)about.st_size;
    err = ERR_OK;
    if (size > 0) {
        void *bytes = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
        if (bytes == MAP_FAILED) {
            err = ERR_IO;
            goto done;
        }
        look_for_ids(self, bytes, size, path);
        look_for_surnames(self, bytes, size, path);
        munmap(bytes, size);
    }
    self->findings.files++;
    self->findings.bytes += size;

done:
    close(file);
    return err;
}

enum err demo_scan_path(struct demo_scan *self, const char *path)
{
    char *const roots[] = {(char *)(uintptr_t)path, NULL};
    enum err err = ERR_OK;
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL) {
        return ERR_IO;
    }
    for (FTSENT *entry = fts_read(walk); err == ERR_OK && entry != NULL; entry = fts_read(walk)) {
        switch (entry->fts_info) {
        case FTS_F:
            err = look_at_file(self, entry->fts_path);
            break;
        case FTS_NS:
            err = entry->fts_errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
            break;
        case FTS_DNR:
        case FTS_ERR:
            err = ERR_IO;
            break;
        default: /* folders and sockets */
            break;
        }
    }
    fts_close(walk);
    return err;
}

struct demo_scan_findings demo_scan_take(struct demo_scan *self)
{
    const struct demo_scan_findings findings = self->findings;
    self->findings = (struct demo_scan_findings){0};
    memset(self->id_found, 0, self->id_count * sizeof *self->id_found);
    memset(self->surname_found, 0, sizeof self->surname_found);
    return findings;
}
