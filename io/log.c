/* The happy path is: 1. the line is put together in one buffer; 2. what a terminal could obey is
 * escaped; 3. one write sends it off.
 *
 * What may go wrong: standard error is closed, full or a broken pipe: the line is lost, nothing
 * else. A line that is too long ends in dots. */
#include "io/log.h"

#include <assert.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/bytes.h"

enum { TEXT_BYTES_MAX = 2048, LINE_BYTES_MAX = 4 * TEXT_BYTES_MAX + 8 };

static const char *const words[] = {"debug", "info", "warning", "error"};

static atomic_int level_min = LOG_INFO;

void log_level_set(enum log_level level)
{
    atomic_store(&level_min, (int)level);
}

void log_level_named(const char *name)
{
    for (int i = 0; i < (int)(sizeof words / sizeof words[0]); i++) {
        if (strcmp(name, words[i]) == 0) {
            log_level_set((enum log_level)i);
        }
    }
}

/* Controls of ASCII, C1 (U+0080 to U+009F) and those that turn the direction of writing or break
 * lines (U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069). */
static bool is_harmful(const uint8_t *at, size_t left)
{
    if (at[0] < 0x20 || at[0] == 0x7F) {
        return true;
    }
    if (at[0] == 0xC2 && left >= 2) {
        return at[1] < 0xA0;
    }
    if (at[0] == 0xE2 && left >= 3) {
        const bool general =
            at[1] == 0x80 && (at[2] == 0x8E || at[2] == 0x8F || (at[2] >= 0xA8 && at[2] <= 0xAE));
        const bool isolates = at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9;
        return general || isolates;
    }
    return false;
}

static size_t character_size(uint8_t first)
{
    return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* Copies text with \xNN in place of what is harmful, or of every byte that is not ASCII where the
 * text is not UTF-8. Gives the size written, at most four times that of the text. */
static size_t escape(const char *text, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = (const uint8_t *)text;
    const bool utf8 = bytes_utf8(bytes_of(text, size));
    size_t used = 0;
    size_t at = 0;
    while (at < size) {
        const bool foreign = !utf8 && bytes[at] >= 0x80;
        const size_t step = utf8 ? character_size(bytes[at]) : 1;
        const bool bad = foreign || is_harmful(bytes + at, size - at);
        assert(step <= size - at);
        for (size_t i = at; i < at + step; i++) {
            if (bad) {
                out[used++] = '\\';
                out[used++] = 'x';
                out[used++] = digits[bytes[i] >> 4];
                out[used++] = digits[bytes[i] & 15];
            } else {
                out[used++] = text[i];
            }
        }
        at += step;
    }
    return used;
}

static size_t add_text(char text[TEXT_BYTES_MAX], size_t used, int added)
{
    const size_t room = TEXT_BYTES_MAX - used;
    if (added < 0) {
        return used;
    }
    if ((size_t)added < room) {
        return used + (size_t)added;
    }
    memcpy(text + TEXT_BYTES_MAX - 4, "...", 4);
    return TEXT_BYTES_MAX - 1;
}

static size_t add_time(char text[TEXT_BYTES_MAX], enum log_level level)
{
    struct timespec now = {0};
    struct tm day = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &day);
    const int size = snprintf(text, TEXT_BYTES_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s ",
                              day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, day.tm_hour,
                              day.tm_min, day.tm_sec, (int)(now.tv_nsec / 1000000), words[level]);
    return add_text(text, 0, size);
}

/* A broken pipe must not end the process: its signal is kept back and taken away again. */
static void write_quietly(const char *line, size_t size)
{
    sigset_t pipe_set;
    sigset_t before;
    sigset_t pending;
    const struct timespec at_once = {0};
    sigemptyset(&pipe_set);
    sigaddset(&pipe_set, SIGPIPE);
    sigemptyset(&pending);
    (void)sigpending(&pending);
    const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_set, &before);
    const ssize_t written = write(STDERR_FILENO, line, size);
    if (written < 0 && !was_pending) {
        (void)sigtimedwait(&pipe_set, NULL, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void log_line(enum log_level level, const char *id, const char *sentence, const char *pairs, ...)
{
    char text[TEXT_BYTES_MAX];
    char line[LINE_BYTES_MAX];
    assert(id != NULL && sentence != NULL);
    assert(level <= LOG_ERROR);
    if ((int)level < atomic_load(&level_min)) {
        return;
    }
    size_t used = add_time(text, level);
    used =
        add_text(text, used, snprintf(text + used, TEXT_BYTES_MAX - used, "%s %s", id, sentence));
    if (pairs != NULL && used + 2 < TEXT_BYTES_MAX) {
        va_list arguments;
        text[used++] = ' ';
        va_start(arguments, pairs);
        used =
            add_text(text, used, vsnprintf(text + used, TEXT_BYTES_MAX - used, pairs, arguments));
        va_end(arguments);
    }
    size_t size = escape(text, used, line);
    line[size++] = '\n';
    write_quietly(line, size);
}
