#include "config/source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/place.h"

/* Reads until the end; the buffer's own cap is the limit, also for a device that never ends. */
static enum err read_all(FILE *file, struct buffer *out)
{
    for (;;) {
        char piece[4096];
        const size_t size = fread(piece, 1, sizeof piece, file);
        const enum err err = buffer_add(out, bytes_of(piece, size));
        if (err != ERR_OK) {
            return err;
        }
        if (size < sizeof piece) {
            return ferror(file) ? ERR_IO : ERR_OK;
        }
    }
}

enum err source_read(const char *path, struct buffer *out, struct config_fault *fault)
{
    const struct place whole = {0};
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        const enum err err = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
        (void)place_fault(fault, whole, "cannot open \"%s\": %s", path, strerror(errno));
        return err;
    }
    enum err err = read_all(file, out);
    if (err == ERR_IO) {
        (void)place_fault(fault, whole, "cannot read \"%s\": %s", path, strerror(errno));
    } else if (err == ERR_FULL) {
        (void)place_fault(fault, whole,
                          "\"%s\" is larger than the %zu bytes that such files may have", path,
                          out->bytes_max);
    } else if (err != ERR_OK) {
        (void)place_fault(fault, whole, "cannot read \"%s\": %s", path, err_text(err));
    }
    (void)fclose(file);
    return err;
}

enum err source_beside(const char *path, const char *name, char *out, size_t room)
{
    const char *slash = strrchr(path, '/');
    const int folder = name[0] == '/' || slash == NULL ? 0 : (int)(slash - path + 1);
    const int size = snprintf(out, room, "%.*s%s", folder, path, name);
    return size < 0 || (size_t)size >= room ? ERR_FULL : ERR_OK;
}
