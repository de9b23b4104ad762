/* programme_sources: a programme file and the files that it includes, read as one.
 *
 * What is included travels behind the programme's own text: each included file whole, after a line
 * that says its name. So the log holds all that a programme counts by, and its bytes are those of
 * the files. An included file has the keys "title", "vocabulary" and "indicators" alone; its
 * entries stand behind the programme's own, in the order of the list `include`. */
#ifndef CONFIG_PROGRAMME_SOURCES_H
#define CONFIG_PROGRAMME_SOURCES_H

#include "config/fault.h"
#include "config/place.h"
#include "config/programme_text.h"
#include "core/base/buffer.h"
#include "core/base/bytes.h"
#include "core/base/err.h"

struct document;
struct programme_sources;

/* Gives sources; free with programme_sources_free(). The text is borrowed for their life.
 * Errors: ERR_CONFIG with *fault filled, in the programme's own lines; ERR_MEMORY. */
MUST_CHECK enum err programme_sources_new(struct bytes text, struct programme_sources **out,
                                          struct config_fault *fault);
void programme_sources_free(struct programme_sources **self);

/* All of them as one programme; borrowed. */
const struct programme_text *programme_sources_text(const struct programme_sources *self);

/* Where the value of a path stands; see document_place(). The line is counted in the whole text:
 * programme_sources_fault() says it in terms of files. */
struct place programme_sources_place(const struct programme_sources *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

enum { PROGRAMME_LINE_BYTES = 300 };

/* How people call the line of a place: "line 12", or "line 3 of esf.yaml". Writes and gives out. */
const char *programme_sources_line(const struct programme_sources *self, struct place place,
                                   char out[PROGRAMME_LINE_BYTES]);

/* Moves a fault inside an included text to the entry of `include`, and says in its text where in
 * the included file it is. */
void programme_sources_fault(const struct programme_sources *self, struct config_fault *fault);

/* Reads the programme file and what it includes (names are relative to it) into *text, behind what
 * that holds, and gives its own document, which the caller frees with document_free().
 * Errors: ERR_NOT_FOUND, ERR_IO, ERR_CONFIG with *fault filled; ERR_MEMORY, ERR_FULL. */
MUST_CHECK enum err programme_sources_read(const char *path, struct buffer *text,
                                           struct document **own, struct config_fault *fault);

#endif
