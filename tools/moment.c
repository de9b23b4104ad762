#include "tools/moment.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static enum err read_ago(const char *text, uint64_t now_ms, uint64_t *wall_ms)
{
    static const struct unit {
        char letter;
        uint64_t ms;
    } units[] = {{'s', 1000}, {'m', 60 * 1000}, {'h', 60 * 60 * 1000}, {'d', DAY_MS}};
    char *end = NULL;
    const unsigned long long count = strtoull(text + 1, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (end != text + 1 && end[0] == units[i].letter && end[1] == '\0' &&
            count <= now_ms / units[i].ms) {
            *wall_ms = now_ms - count * units[i].ms;
            return ERR_OK;
        }
    }
    return ERR_MALFORMED;
}

enum err moment_read(const char *text, uint64_t now_ms, uint64_t *wall_ms)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ",
                                        "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"};
    if (text[0] == '-') {
        return read_ago(text, now_ms, wall_ms);
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm parts = {.tm_isdst = -1};
        const char *end = strptime(text, forms[i], &parts);
        if (end == NULL || *end != '\0') {
            continue;
        }
        const size_t size = strlen(forms[i]);
        const bool utc = forms[i][size - 1] == 'Z';
        const bool day = strcmp(forms[i], "%Y-%m-%d") == 0;
        parts.tm_mday += day ? 1 : 0;
        const time_t seconds = utc ? timegm(&parts) : mktime(&parts);
        if (seconds < 0) {
            return ERR_MALFORMED;
        }
        *wall_ms = (uint64_t)seconds * 1000 - (day ? 1 : 0);
        return ERR_OK;
    }
    return ERR_MALFORMED;
}

void moment_utc(uint64_t wall_ms, char out[MOMENT_TEXT_BYTES])
{
    const time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    out[0] = '\0';
    if (wall_ms > 0 && gmtime_r(&seconds, &parts) != NULL) {
        const size_t size = strftime(out, MOMENT_TEXT_BYTES, "%Y-%m-%dT%H:%M:%S", &parts);
        snprintf(out + size, MOMENT_TEXT_BYTES - size, ".%03uZ", (unsigned)(wall_ms % 1000));
    }
}

int32_t moment_day(uint64_t wall_ms)
{
    return (int32_t)(wall_ms / DAY_MS);
}

void moment_local(uint64_t wall_ms, char out[MOMENT_TEXT_BYTES])
{
    const time_t seconds = (time_t)(wall_ms / 1000);
    struct tm parts;
    snprintf(out, MOMENT_TEXT_BYTES, "-");
    if (wall_ms > 0 && localtime_r(&seconds, &parts) != NULL) {
        (void)strftime(out, MOMENT_TEXT_BYTES, "%Y-%m-%d %H:%M:%S", &parts);
    }
}

void moment_age(uint64_t wall_ms, uint64_t now_ms, char out[MOMENT_TEXT_BYTES])
{
    const uint64_t seconds = now_ms > wall_ms ? (now_ms - wall_ms) / 1000 : 0;
    if (wall_ms == 0) {
        snprintf(out, MOMENT_TEXT_BYTES, "-");
    } else if (seconds < 120) {
        snprintf(out, MOMENT_TEXT_BYTES, "%" PRIu64 " s", seconds);
    } else if (seconds < 2 * 60 * 60) {
        snprintf(out, MOMENT_TEXT_BYTES, "%" PRIu64 " min", seconds / 60);
    } else if (seconds < 2 * 24 * 60 * 60) {
        snprintf(out, MOMENT_TEXT_BYTES, "%" PRIu64 " h", seconds / 3600);
    } else {
        snprintf(out, MOMENT_TEXT_BYTES, "%" PRIu64 " d", seconds / 86400);
    }
}
