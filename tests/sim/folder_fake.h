/* folder_fake: io/folder.h over drop folders in memory. */
#ifndef TESTS_SIM_FOLDER_FAKE_H
#define TESTS_SIM_FOLDER_FAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"

/* Forgets all drop folders; none may be open. */
void folder_fake_reset(void);

/* The office drops a file, or writes on at one that lies there. */
void folder_fake_drop(const char *path, const char *name, struct bytes content);

/* Files that have not been moved away. */
uint32_t folder_fake_waiting(const char *path);

/* A file has been moved away, or was gone when it should be. missing: no report lies beside it. */
typedef void folder_fake_done(const char *path, const char *name, bool missing);
void folder_fake_watch(folder_fake_done *done);

#endif
