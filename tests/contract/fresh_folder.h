/* fresh_folder: a folder of a test's own, gone afterwards. */
#ifndef TESTS_CONTRACT_FRESH_FOLDER_H
#define TESTS_CONTRACT_FRESH_FOLDER_H

#include <stddef.h>

enum { FRESH_FOLDER_BYTES = 64, FRESH_PATH_BYTES = 512 };

/* Makes an empty folder; the test stops where it cannot. */
void fresh_folder_make(char path[FRESH_FOLDER_BYTES]);

/* Removes it with all that is in it. */
void fresh_folder_remove(const char *path);

/* Writes FOLDER/NAME to out. */
void fresh_folder_path(const char *folder, const char *name, char out[FRESH_PATH_BYTES]);

#endif
