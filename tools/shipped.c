#include "tools/shipped.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { DEPTH_MAX = 5 };

enum err shipped_find(const char *name, char *out, size_t room)
{
    static const char *const places[] = {"share/ogniwo", "config"};
    char folder[PATH_MAX] = {0};
    if (readlink("/proc/self/exe", folder, sizeof folder - 1) < 0) {
        return ERR_IO;
    }
    for (uint32_t depth = 0; depth < DEPTH_MAX; depth++) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL) {
            break;
        }
        *slash = '\0';
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            const int size = snprintf(out, room, "%s/%s/%s", folder, places[i], name);
            if (size > 0 && (size_t)size < room && access(out, R_OK) == 0) {
                return ERR_OK;
            }
        }
    }
    return ERR_NOT_FOUND;
}
