/* The happy path is: 1. the watcher has a change; 2. it is drawn at once where the last drawing
 * was a while ago, else a little later, so that a busy exchange does not flicker; 3. each second
 * the age is drawn anew.
 *
 * What may go wrong: the broker is away: the last table stays, and the line above says since
 * when and why. */
#include "tools/totals_watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "io/clock.h"
#include "io/entropy.h"
#include "io/loop.h"
#include "tools/moment.h"
#include "tools/say.h"
#include "tools/screen.h"
#include "tools/totals_table.h"
#include "tools/watcher.h"

enum {
    DRAW_MS = 50,    /* between two drawings under load: faster is not seen */
    AGE_MS = 1000,   /* the age is drawn anew */
    BRIGHT_MS = 3000 /* a row that has changed stands out */
};

struct watching {
    const struct request *request;
    struct watcher *watcher;
    struct screen *screen; /* null with JSON */
    uint64_t drawn_changes;
    uint64_t drawn_at_ms, changed_at_ms; /* the last drawing; the last of a change */
    uint64_t lost_at_ms;                 /* wall clock; 0: current */
    json_t *shown;                       /* the document drawn last, prepared */
    uint64_t *bright_until_ms;           /* by row */
    size_t bright_room;
};

/* ---- what stands out ---- */

static bool same_row(const json_t *a, const json_t *b)
{
    static const char *const numbers[] = {"value", "partner_sum"};
    bool same = true;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        same = same && json_equal(json_object_get(a, numbers[i]), json_object_get(b, numbers[i]));
    }
    return same;
}

/* Notes which rows of the new document differ from the one before; where rows came or went none
 * stands out. */
static void note_bright(struct watching *self, const json_t *rows, uint64_t now_ms)
{
    const json_t *before = json_object_get(self->shown, "rows");
    const size_t count = json_array_size(rows);
    if (count > self->bright_room) {
        free(self->bright_until_ms);
        self->bright_until_ms = calloc(count, sizeof *self->bright_until_ms);
        self->bright_room = self->bright_until_ms != NULL ? count : 0;
    }
    for (size_t i = 0; i < count && i < self->bright_room; i++) {
        if (json_array_size(before) != count) {
            self->bright_until_ms[i] = 0;
        } else if (!same_row(json_array_get(rows, i), json_array_get(before, i))) {
            self->bright_until_ms[i] = now_ms + BRIGHT_MS;
        }
    }
}

/* ---- drawing ---- */

static void age_line(const struct watching *self, char *out, size_t room)
{
    char age[MOMENT_TEXT_BYTES], since[MOMENT_TEXT_BYTES];
    const bool polish = self->request->polish;
    const uint64_t now_ms = clock_wall_ms();
    const uint64_t received_ms =
        (uint64_t)json_integer_value(json_object_get(self->shown, "received_at_ms"));
    moment_age(received_ms, now_ms, age);
    moment_local(self->lost_at_ms, since);
    const int size =
        snprintf(out, room, "%s %" JSON_INTEGER_FORMAT ", %s %s", polish ? "pozycja" : "position",
                 json_integer_value(json_object_get(self->shown, "position")),
                 polish ? "ostatni wpis sprzed" : "last entry", age);
    if (size > 0 && (size_t)size < room && !polish) {
        snprintf(out + size, room - (size_t)size, " ago");
    }
    if (self->lost_at_ms != 0) {
        const size_t used = strlen(out);
        snprintf(out + used, room - used,
                 polish ? "; NIE NA ŻYWO od %s: %s" : "; NOT LIVE since %s: %s", since,
                 watcher_trouble(self->watcher)[0] != '\0' ? watcher_trouble(self->watcher)
                 : polish                                  ? "broker milczy"
                                                           : "the broker is silent");
    } else {
        const size_t used = strlen(out);
        snprintf(out + used, room - used, polish ? ", na żywo" : ", live");
    }
}

static void draw_rows(struct watching *self, uint64_t now_ms)
{
    char *text =
        totals_table_text(self->request->polish, self->shown, screen_columns(self->screen));
    char *rest = text;
    for (size_t line = 0; rest != NULL && rest[0] != '\0'; line++) {
        const char *row = strsep(&rest, "\n");
        const bool bright = screen_redraws(self->screen) && line > 0 &&
                            line - 1 < self->bright_room &&
                            now_ms < self->bright_until_ms[line - 1];
        screen_line(self->screen, bright ? SCREEN_BOLD : SCREEN_PLAIN, row);
    }
    if (text == NULL) {
        screen_line(self->screen, SCREEN_PLAIN,
                    self->request->polish ? "(nic jeszcze nie policzono)"
                                          : "(nothing is counted yet)");
    }
    free(text);
}

/* Before the first document: only why there is none. */
static enum err draw_trouble(struct watching *self)
{
    const char *trouble = watcher_trouble(self->watcher);
    screen_begin(self->screen);
    screen_line(self->screen, SCREEN_LOUD,
                trouble[0] != '\0'      ? trouble
                : self->request->polish ? "czekam na brokera"
                                        : "waiting for the broker");
    return screen_end(self->screen);
}

static enum err draw_frame(struct watching *self, uint64_t now_ms)
{
    char title[512], age[512];
    totals_table_title(self->shown, title, sizeof title);
    age_line(self, age, sizeof age);
    screen_begin(self->screen);
    screen_line(self->screen, SCREEN_BOLD, title);
    screen_line(self->screen, self->lost_at_ms != 0 ? SCREEN_LOUD : SCREEN_PLAIN, age);
    screen_line(self->screen, SCREEN_PLAIN, "");
    draw_rows(self, now_ms);
    return screen_end(self->screen);
}

static enum err print_json(struct watching *self)
{
    json_t *document = self->shown != NULL ? json_copy(self->shown) : json_object();
    if (self->lost_at_ms != 0) {
        json_object_set_new(document, "live", json_false());
        json_object_set_new(document, "trouble", json_string(watcher_trouble(self->watcher)));
    }
    const int fault = json_dumpf(document, stdout, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(document);
    putchar('\n');
    return fault == 0 && fflush(stdout) == 0 ? ERR_OK : ERR_IO;
}

/* Takes the watcher's newest document, if there is one. */
static enum err take_document(struct watching *self, uint64_t now_ms)
{
    const json_t *document = NULL;
    const enum err err = watcher_document(self->watcher, &document);
    if (err != ERR_OK || document == NULL || !watcher_current(self->watcher)) {
        return err;
    }
    json_t *prepared = json_deep_copy(document);
    totals_table_prepare(prepared, moment_day(clock_wall_ms()));
    note_bright(self, json_object_get(prepared, "rows"), now_ms);
    json_decref(self->shown);
    self->shown = prepared;
    return ERR_OK;
}

static enum err draw(struct watching *self, uint64_t now_ms)
{
    const bool changed = watcher_changes(self->watcher) != self->drawn_changes;
    enum err err = changed ? take_document(self, now_ms) : ERR_OK;
    const bool current = watcher_current(self->watcher);
    self->lost_at_ms = current ? 0 : self->lost_at_ms != 0 ? self->lost_at_ms : clock_wall_ms();
    self->drawn_changes = watcher_changes(self->watcher);
    self->drawn_at_ms = now_ms;
    self->changed_at_ms = changed ? now_ms : self->changed_at_ms;
    if (err != ERR_OK) {
        return err;
    }
    if (self->screen == NULL) {
        return print_json(self);
    }
    return self->shown != NULL ? draw_frame(self, now_ms) : draw_trouble(self);
}

/* ---- the loop ---- */

/* When the next drawing is due. A pipe is told of changes only. */
static uint64_t draw_deadline_ms(const struct watching *self)
{
    const bool changed = watcher_changes(self->watcher) != self->drawn_changes;
    const bool ages = self->screen != NULL && screen_redraws(self->screen);
    if (ages && screen_changed(self->screen)) {
        return 0;
    }
    return changed ? self->changed_at_ms + DRAW_MS : ages ? self->drawn_at_ms + AGE_MS : UINT64_MAX;
}

static enum err turn(struct watching *self, struct loop *loop)
{
    int descriptors[WATCHER_DESCRIPTORS_MAX];
    enum err err = watcher_turn(self->watcher);
    const uint64_t now_ms = clock_monotonic_ms();
    if (err == ERR_OK && now_ms >= draw_deadline_ms(self)) {
        err = draw(self, now_ms);
    }
    if (err != ERR_OK) {
        return err;
    }
    const uint64_t draw_ms = draw_deadline_ms(self);
    const uint64_t watch_ms = watcher_ready(self->watcher) ? 0 : watcher_deadline_ms(self->watcher);
    return loop_wait(loop, descriptors, watcher_descriptors(self->watcher, descriptors),
                     draw_ms < watch_ms ? draw_ms : watch_ms);
}

int totals_watch(const struct request *request, const char *admin, const json_t *question)
{
    struct watching self = {.request = request};
    struct watcher_options options = {.admin = admin, .request = question};
    struct loop *loop = NULL;
    entropy_fill((uint8_t *)&options.random, sizeof options.random);
    enum err err = loop_new(&loop);
    if (err == ERR_OK && request->format == FORMAT_TABLE) {
        err = screen_open(stdout, true, &self.screen);
    }
    if (err == ERR_OK) {
        err = watcher_open(&options, &self.watcher);
    }
    while (err == ERR_OK && !loop_stopping(loop)) {
        err = turn(&self, loop);
    }
    screen_close(&self.screen);
    watcher_close(&self.watcher);
    loop_free(&loop);
    json_decref(self.shown);
    free(self.bright_until_ms);
    return err == ERR_OK ? EX_OK : say_err(err, admin);
}
