/* screen: a picture of lines that is drawn again and again in place, or plainly, one below the
 * other, where nobody looks at a terminal.
 *
 * Live on a terminal it takes the other screen, draws each frame over the last with one write and
 * leaves the newest frame on the ordinary screen when it is closed. Elsewhere (a pipe, a file,
 * TERM=dumb, not live) frames are printed whole, with an empty line between two of them. Widths are
 * of the display, not bytes: LC_CTYPE must be UTF-8. */
#ifndef TOOLS_SCREEN_H
#define TOOLS_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/buffer.h"
#include "core/base/err.h"

struct screen;

/* Colour never says anything alone: the words do. None where NO_COLOR is set, or off a terminal. */
enum screen_style { SCREEN_PLAIN, SCREEN_BOLD, SCREEN_LOUD, SCREEN_NOTED };

/* live: frames replace one another. Borrows out for the life. One live screen at a time: it looks
 * for changes of the window's size and for being stopped (Ctrl-Z). Errors: ERR_MEMORY. Gives a
 * screen; close with screen_close(). */
MUST_CHECK enum err screen_open(FILE *out, bool live, struct screen **self);

/* Leaves the terminal as it was, with the last frame on it. Not called, the terminal stays on its
 * other screen: a loop that ends with INT and TERM (io/loop) comes here also then. */
void screen_close(struct screen **self);

/* Whether frames replace one another on a terminal. */
bool screen_redraws(const struct screen *self);

/* Whether the window has changed since the last frame was begun: draw the picture again. A wait
 * (loop_wait, poll) ends when it changes. */
bool screen_changed(const struct screen *self);

/* Columns of the terminal as of the last begin, live or not; UINT32_MAX off a terminal. */
uint32_t screen_columns(const struct screen *self);

/* A frame: begin, its lines from above, end. A line end in the text begins another line. Lines
 * that are wider than a live terminal are cut with an ellipsis; of a frame that is higher the last
 * line says how many are left out. */
void screen_begin(struct screen *self);
void screen_line(struct screen *self, enum screen_style style, const char *text);

/* Shows the frame, in one write. Errors: ERR_IO, who reads has gone; ERR_FULL or ERR_MEMORY, it did
 * not fit. */
MUST_CHECK enum err screen_end(struct screen *self);

/* Appends a text cut to so many columns of the display, an ellipsis included where it is cut.
 * Characters that would move the cursor, and bytes that are no UTF-8, come out as one "?".
 * Errors: buffer_add()'s. */
MUST_CHECK enum err screen_fit(const char *text, uint32_t columns, struct buffer *out);

#endif
