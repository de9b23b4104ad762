/* files: what the tests of config/ share: reading files of the tree, changing a good one into a
 * wrong one, and temporary files. */
#ifndef TESTS_UNIT_CONFIG_FILES_H
#define TESTS_UNIT_CONFIG_FILES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The file's bytes with a zero behind them; free with free(). */
static inline char *files_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = calloc(1, 1 << 20);
    assert_non_null(text);
    assert_true(fread(text, 1, (1 << 20) - 1, file) > 0);
    assert_int_equal(0, fclose(file));
    return text;
}

/* The text with the first `find` replaced by `put`; free with free(). */
static inline char *files_replace(const char *text, const char *find, const char *put)
{
    const char *place = strstr(text, find);
    if (place == NULL) {
        fail_msg("the text has no \"%s\"", find);
        abort();
    }
    char *out = calloc(1, strlen(text) + strlen(put) + 1);
    assert_non_null(out);
    memcpy(out, text, (size_t)(place - text));
    strcat(out, put);
    strcat(out, place + strlen(find));
    return out;
}

/* A fresh folder; its name goes to out[64]. */
static inline void files_folder(char *out)
{
    (void)snprintf(out, 64, "/tmp/ogniwo-config-XXXXXX");
    assert_non_null(mkdtemp(out));
}

static inline void files_path(char *out, size_t room, const char *folder, const char *name)
{
    assert_true((size_t)snprintf(out, room, "%s/%s", folder, name) < room);
}

static inline void files_write(const char *folder, const char *name, const char *text, size_t size)
{
    char path[128];
    files_path(path, sizeof path, folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(size, fwrite(text, 1, size, file));
    assert_int_equal(0, fclose(file));
}

static inline void files_remove(const char *folder, const char *name)
{
    char path[128];
    files_path(path, sizeof path, folder, name);
    (void)unlink(path);
}

#endif
