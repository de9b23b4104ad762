/* The happy path is: 1 the terminal's other screen is taken; 2 each frame is collected, cut to the
 * window and written over the last in one piece; 3 the terminal is given back and the last frame
 * stays on it.
 *
 * What may go wrong: who reads goes away (ERR_IO); the window changes between two frames: the next
 * one is cut anew; the process is stopped: the terminal is given back meanwhile. */
#include "tools/screen.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "core/base/mem.h"

/* The other screen, no cursor, and lines that end at the edge; and the way back. */
#define TAKE "\033[?1049h\033[?25l\033[?7l"
#define GIVE_BACK "\033[?7h\033[?25h\033[?1049l"
#define HOME "\033[H"
/* A line is cleared before it is drawn: a cursor that stands on the last column behind a full line
 * would take that line's last character with it. */
#define CLEAR_LINE "\033[K"
#define CLEAR_BELOW "\n\033[J"
#define ELLIPSIS "…"

enum { FRAME_BYTES_MAX = 16 << 20, SIZE_UNKNOWN_COLUMNS = 80, SIZE_UNKNOWN_ROWS = 24 };

struct screen {
    FILE *out;
    bool terminal, redraws, colours, fresh;
    uint32_t columns, rows;
    uint32_t lines;      /* of the frame in hand */
    struct buffer frame; /* each line: its style in a byte, its text, a zero */
    struct buffer drawn;
    enum err err; /* the first of the frame in hand */
    struct sigaction resized_before, stopped_before;
};

/* What signal handlers may touch. */
static volatile sig_atomic_t window_changed;
static volatile sig_atomic_t terminal = -1;

/* ---- signals ---- */

static void on_resized(int number)
{
    (void)number;
    window_changed = 1;
}

static void say_raw(const char *text, size_t size)
{
    /* A terminal that takes nothing cannot be helped from here. */
    const ssize_t written = write(terminal, text, size);
    (void)written;
}

static void on_stopped(int number)
{
    const int before = errno;
    (void)number;
    say_raw(GIVE_BACK, sizeof GIVE_BACK - 1);
    (void)raise(SIGSTOP);
    say_raw(TAKE, sizeof TAKE - 1);
    window_changed = 1;
    errno = before;
}

static void follow_signals(struct screen *self)
{
    /* Writing to a terminal that is slow goes on; a wait (poll, epoll) ends all the same. */
    struct sigaction resized = {.sa_handler = on_resized, .sa_flags = SA_RESTART};
    struct sigaction stopped = {.sa_handler = on_stopped, .sa_flags = SA_RESTART};
    assert(terminal == -1);
    terminal = fileno(self->out);
    (void)sigaction(SIGWINCH, &resized, &self->resized_before);
    (void)sigaction(SIGTSTP, &stopped, &self->stopped_before);
}

static void leave_signals(const struct screen *self)
{
    (void)sigaction(SIGWINCH, &self->resized_before, NULL);
    (void)sigaction(SIGTSTP, &self->stopped_before, NULL);
    terminal = -1;
}

/* ---- life ---- */

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0';
}

static bool is_terminal(FILE *out)
{
    return isatty(fileno(out)) == 1 && is_set("TERM") && strcmp(getenv("TERM"), "dumb") != 0;
}

static void measure(struct screen *self)
{
    struct winsize size = {0};
    self->columns = self->rows = UINT32_MAX;
    if (self->terminal) {
        const bool known = ioctl(fileno(self->out), TIOCGWINSZ, &size) == 0;
        self->columns = known && size.ws_col > 0 ? size.ws_col : SIZE_UNKNOWN_COLUMNS;
        self->rows = known && size.ws_row > 0 ? size.ws_row : SIZE_UNKNOWN_ROWS;
    }
}

enum err screen_open(FILE *out, bool live, struct screen **self)
{
    struct screen *made = mem_calloc(1, sizeof *made);
    if (made == NULL) {
        return ERR_MEMORY;
    }
    made->out = out;
    made->frame.bytes_max = FRAME_BYTES_MAX;
    made->drawn.bytes_max = 2 * FRAME_BYTES_MAX;
    made->terminal = is_terminal(out);
    made->redraws = live && made->terminal;
    made->colours = made->terminal && !is_set("NO_COLOR");
    made->fresh = true;
    measure(made);
    if (made->redraws) {
        fputs(TAKE, out);
        fflush(out);
        follow_signals(made);
    }
    *self = made;
    return ERR_OK;
}

bool screen_redraws(const struct screen *self)
{
    return self->redraws;
}

bool screen_changed(const struct screen *self)
{
    return self->redraws && window_changed != 0;
}

uint32_t screen_columns(const struct screen *self)
{
    return self->columns;
}

/* ---- width ---- */

/* The next character: its bytes and columns; something that may not be shown has width 0 and
 * *shown false. */
static size_t next_character(const char *text, mbstate_t *state, uint32_t *columns, bool *shown)
{
    wchar_t wide;
    const size_t size = mbrtowc(&wide, text, strlen(text), state);
    const bool broken = size == (size_t)-1 || size == (size_t)-2 || size == 0;
    const int width = broken ? -1 : wcwidth(wide);
    if (broken) {
        memset(state, 0, sizeof *state);
    }
    *shown = width >= 0;
    *columns = width >= 0 ? (uint32_t)width : 1;
    return broken ? 1 : size;
}

static uint64_t width_of(const char *text)
{
    mbstate_t state = {0};
    uint64_t width = 0;
    while (*text != '\0') {
        uint32_t columns;
        bool shown;
        text += next_character(text, &state, &columns, &shown);
        width += columns;
    }
    return width;
}

enum err screen_fit(const char *text, uint32_t columns, struct buffer *out)
{
    mbstate_t state = {0};
    enum err err = ERR_OK;
    const bool cut = width_of(text) > columns;
    uint32_t left = cut && columns > 0 ? columns - 1 : columns;
    while (err == ERR_OK && *text != '\0') {
        uint32_t wide;
        bool shown;
        const size_t size = next_character(text, &state, &wide, &shown);
        if (wide > left) {
            break;
        }
        err = shown ? buffer_add(out, bytes_of(text, size)) : buffer_add_text(out, "?");
        left -= wide;
        text += size;
    }
    return err == ERR_OK && cut && columns > 0 ? buffer_add_text(out, ELLIPSIS) : err;
}

/* ---- frames ---- */

static void note(struct screen *self, enum err err)
{
    self->err = self->err == ERR_OK ? err : self->err;
}

void screen_begin(struct screen *self)
{
    window_changed = 0;
    measure(self);
    buffer_clear(&self->frame);
    self->lines = 0;
    self->err = ERR_OK;
}

static void add_line(struct screen *self, enum screen_style style, const char *text, size_t size)
{
    const uint8_t before = (uint8_t)style, behind = 0;
    if (self->redraws && self->lines >= self->rows) {
        /* It would not be shown: only how many there are. */
        self->lines++;
        return;
    }
    note(self, buffer_add(&self->frame, bytes_of(&before, 1)));
    note(self, buffer_add(&self->frame, bytes_of(text, size)));
    note(self, buffer_add(&self->frame, bytes_of(&behind, 1)));
    self->lines++;
}

void screen_line(struct screen *self, enum screen_style style, const char *text)
{
    const char *end = strchr(text, '\n');
    for (; end != NULL; end = strchr(text, '\n')) {
        add_line(self, style, text, (size_t)(end - text));
        text = end + 1;
    }
    add_line(self, style, text, strlen(text));
}

static void draw_text(struct screen *self, enum screen_style style, const char *text,
                      const char *before_line)
{
    static const char *const before[] = {[SCREEN_PLAIN] = "",
                                         [SCREEN_BOLD] = "\033[1m",
                                         [SCREEN_LOUD] = "\033[1;31m",
                                         [SCREEN_NOTED] = "\033[33m"};
    const bool styled = self->colours && style != SCREEN_PLAIN;
    note(self, buffer_add_text(&self->drawn, before_line));
    if (styled) {
        note(self, buffer_add_text(&self->drawn, before[style]));
    }
    note(self, screen_fit(text, self->redraws ? self->columns : UINT32_MAX, &self->drawn));
    if (styled) {
        note(self, buffer_add_text(&self->drawn, "\033[0m"));
    }
}

/* Draws the frame's lines, at most `rows` of them, each with `before_line` before it. */
static void draw_lines(struct screen *self, uint32_t rows, const char *before_line)
{
    const char *at = (const char *)self->frame.data;
    const uint32_t shown = self->lines <= rows ? self->lines : rows - 1;
    char rest[32];
    for (uint32_t i = 0; self->err == ERR_OK && i < shown; i++) {
        note(self, i > 0 ? buffer_add_text(&self->drawn, "\n") : ERR_OK);
        draw_text(self, (enum screen_style)(uint8_t)at[0], at + 1, before_line);
        at += 1 + strlen(at + 1) + 1;
    }
    if (shown < self->lines) {
        snprintf(rest, sizeof rest, ELLIPSIS " +%u", self->lines - shown);
        note(self, shown > 0 ? buffer_add_text(&self->drawn, "\n") : ERR_OK);
        draw_text(self, SCREEN_BOLD, rest, before_line);
    }
}

static void write_drawn(struct screen *self)
{
    if (self->err == ERR_OK && self->drawn.size > 0 &&
        (fwrite(self->drawn.data, 1, self->drawn.size, self->out) != self->drawn.size ||
         fflush(self->out) != 0)) {
        self->err = ERR_IO;
    }
}

enum err screen_end(struct screen *self)
{
    const uint32_t rows = self->redraws ? self->rows : UINT32_MAX;
    buffer_clear(&self->drawn);
    note(self, self->redraws ? buffer_add_text(&self->drawn, HOME)
               : self->fresh ? ERR_OK
                             : buffer_add_text(&self->drawn, "\n"));
    draw_lines(self, rows, self->redraws ? CLEAR_LINE : "");
    if (self->redraws) {
        note(self, buffer_add_text(&self->drawn, self->lines < rows ? CLEAR_BELOW : ""));
    } else {
        note(self, buffer_add_text(&self->drawn, self->lines > 0 ? "\n" : ""));
    }
    write_drawn(self);
    self->fresh = false;
    return self->err;
}

void screen_close(struct screen **self)
{
    struct screen *screen = *self;
    if (screen != NULL && screen->redraws) {
        leave_signals(screen);
        fputs(GIVE_BACK, screen->out);
        buffer_clear(&screen->drawn);
        draw_lines(screen, screen->rows, "");
        note(screen, screen->lines > 0 ? buffer_add_text(&screen->drawn, "\n") : ERR_OK);
        write_drawn(screen);
        fflush(screen->out);
    }
    if (screen != NULL) {
        buffer_fini(&screen->frame);
        buffer_fini(&screen->drawn);
        mem_free(screen);
    }
    *self = NULL;
}
