#include "tests/contract/fresh_folder.h"

#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fresh_folder_make(char path[FRESH_FOLDER_BYTES])
{
    static const char pattern[] = "/tmp/ogniwo-test-XXXXXX";
    memcpy(path, pattern, sizeof(pattern));
    const char *made = mkdtemp(path);
    assert(made != NULL);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
    (void)about;
    (void)kind;
    (void)walk;
    return remove(path);
}

void fresh_folder_remove(const char *path)
{
    const int rc = nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    assert(rc == 0);
}

void fresh_folder_path(const char *folder, const char *name, char out[FRESH_PATH_BYTES])
{
    const int size = snprintf(out, FRESH_PATH_BYTES, "%s/%s", folder, name);
    assert(size > 0 && size < FRESH_PATH_BYTES);
}
