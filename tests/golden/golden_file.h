/* golden_file: one file of tests/golden, read, compared or, when OGNIWO_GOLDEN_WRITE=1, written. */
#ifndef TESTS_GOLDEN_GOLDEN_FILE_H
#define TESTS_GOLDEN_GOLDEN_FILE_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bytes.h"

static inline bool golden_writing(void)
{
    const char *value = getenv("OGNIWO_GOLDEN_WRITE");
    return value != NULL && strcmp(value, "1") == 0;
}

static inline FILE *golden_open(const char *name, const char *mode)
{
    char path[4096];
    const int size = snprintf(path, sizeof path, "%s/tests/golden/%s", SOURCE_DIR, name);
    return size > 0 && (size_t)size < sizeof path ? fopen(path, mode) : NULL;
}

/* Reads the whole file as text; gives its size, or 0 where there is none or it is too long. */
static inline size_t golden_read(const char *name, char *out, size_t room)
{
    FILE *file = golden_open(name, "r");
    if (file == NULL) {
        return 0;
    }
    const size_t size = fread(out, 1, room - 1, file);
    const bool whole = feof(file) != 0;
    fclose(file);
    out[size] = '\0';
    return whole ? size : 0;
}

/* Writes bytes as lines of hex digits. */
static inline bool golden_write_hex(const char *name, struct bytes data)
{
    enum { LINE = 32 };
    FILE *file = golden_open(name, "w");
    for (size_t at = 0; file != NULL && at < data.size; at += LINE) {
        char hex[2 * LINE + 1];
        const size_t size = data.size - at < LINE ? data.size - at : LINE;
        bytes_to_hex(bytes_of(data.data + at, size), hex);
        fprintf(file, "%s\n", hex);
    }
    return file != NULL && fclose(file) == 0;
}

/* Reads what golden_write_hex() wrote; gives the bytes' number. */
static inline size_t golden_read_hex(const char *name, uint8_t *out, size_t room)
{
    static char text[1 << 16];
    size_t digits = 0;
    const size_t size = golden_read(name, text, sizeof text);
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\n') {
            text[digits++] = text[i];
        }
    }
    if (digits / 2 > room || bytes_from_hex(bytes_of(text, digits), out, digits / 2) != ERR_OK) {
        return 0;
    }
    return digits / 2;
}

#endif
