/* own_folder: a folder of a test's own, gone afterwards, for tests of one file. Asserts that it
 * can be made. */
#ifndef TESTS_SUPPORT_OWN_FOLDER_H
#define TESTS_SUPPORT_OWN_FOLDER_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { OWN_FOLDER_BYTES = 64, OWN_PATH_BYTES = 128 };

static inline void own_folder_make(char folder[OWN_FOLDER_BYTES])
{
    snprintf(folder, OWN_FOLDER_BYTES, "/tmp/ogniwo-unit-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static inline const char *own_path(const char *folder, const char *name, char out[OWN_PATH_BYTES])
{
    snprintf(out, OWN_PATH_BYTES, "%.63s/%.60s", folder, name);
    return out;
}

static inline int own_folder_remove_one(const char *path, const struct stat *about, int type,
                                        struct FTW *walk)
{
    (void)about;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void own_folder_remove(const char *folder)
{
    nftw(folder, own_folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
