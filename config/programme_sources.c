/* The happy path is: 1 the text is cut at the lines that name an included file; 2 each piece is a
 * document by its own schema; 3 their lists are joined, the programme's own entries first.
 *
 * What may go wrong: a piece is no such document, or the pieces are not those of the list
 * `include`. Every place is one of the whole text until somebody is told of it. */
#include "config/programme_sources.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "config/document.h"
#include "config/sizes.h"
#include "config/source.h"
#include "core/base/mem.h"

static const char cut_line[] = "--- # include: ";

enum { PATH_BYTES = 160 };

/* A piece of the text: the programme's own, or one included file. */
struct piece {
    struct bytes text, name; /* the name is empty for the programme's own */
    uint32_t line;           /* of the whole text, before its first one */
    struct document *document;
};

struct programme_sources {
    struct piece pieces[1 + INCLUDES_MAX];
    uint32_t count;
    struct programme_text whole;
};

/* ---- cutting ---- */

static size_t line_end(struct bytes text, size_t at)
{
    const uint8_t *newline = memchr(text.data + at, '\n', text.size - at);
    return newline != NULL ? (size_t)(newline - text.data) + 1 : text.size;
}

static struct bytes trimmed(struct bytes line)
{
    while (line.size > 0 &&
           (line.data[line.size - 1] == '\n' || line.data[line.size - 1] == '\r')) {
        line.size--;
    }
    return line;
}

/* Fills the pieces' texts, names and lines. More pieces than there is room for are left in the last
 * one, whose document is refused then. */
static void pieces_cut(struct programme_sources *self, struct bytes text)
{
    const size_t mark = sizeof cut_line - 1;
    uint32_t line = 0;
    size_t start = 0;
    self->count = 1;
    for (size_t at = 0; at < text.size; line++) {
        const size_t end = line_end(text, at);
        const bool cut = end - at > mark && memcmp(text.data + at, cut_line, mark) == 0;
        if (cut && self->count <= INCLUDES_MAX) {
            self->pieces[self->count - 1].text = bytes_of(text.data + start, at - start);
            self->pieces[self->count++] =
                (struct piece){.name = trimmed(bytes_of(text.data + at + mark, end - at - mark)),
                               .line = line + 1};
            start = end;
        }
        at = end;
    }
    self->pieces[self->count - 1].text = bytes_of(text.data + start, text.size - start);
}

/* ---- joining ---- */

/* Appends count entries of a size to the list. */
static enum err list_join(void **list, uint32_t *length, const void *more, uint32_t count,
                          size_t size)
{
    if (count == 0) {
        return ERR_OK;
    }
    uint8_t *joined = mem_calloc((size_t)*length + count, size);
    if (joined == NULL) {
        return ERR_MEMORY;
    }
    if (*length > 0) {
        memcpy(joined, *list, *length * size);
    }
    memcpy(joined + *length * size, more, count * size);
    mem_free(*list);
    *list = joined;
    *length += count;
    return ERR_OK;
}

#define JOIN(to, length, from, count)                                                              \
    list_join((void **)&(to), &(length), (from), (count), sizeof *(from))

/* The lists that included files may have too are copies in the whole; all else is the programme's
 * own. */
static enum err piece_join(struct programme_sources *self, const struct piece *piece)
{
    const struct programme_text *text = document_data(piece->document);
    struct programme_text *whole = &self->whole;
    enum err err = ERR_OK;
    for (enum code_list list = 0; list < CODES_LIST_COUNT && err == ERR_OK; list++) {
        err = JOIN(whole->lists.of[list].list, whole->lists.of[list].count,
                   text->lists.of[list].list, text->lists.of[list].count);
    }
    return err == ERR_OK ? JOIN(whole->indicators, whole->indicator_count, text->indicators,
                                text->indicator_count)
                         : err;
}

static enum err pieces_join(struct programme_sources *self)
{
    self->whole = *(const struct programme_text *)document_data(self->pieces[0].document);
    self->whole.lists = (struct programme_text_lists){0};
    self->whole.indicators = NULL;
    self->whole.indicator_count = 0;
    enum err err = ERR_OK;
    for (uint32_t i = 0; i < self->count && err == ERR_OK; i++) {
        err = piece_join(self, &self->pieces[i]);
    }
    return err;
}

static enum err lengths_check(const struct programme_sources *self, struct config_fault *fault)
{
    if (self->whole.indicator_count == 0) {
        return place_fault(fault, document_place(self->pieces[0].document, "indicators"),
                           "nothing is counted: write \"indicators\", or include a file of them");
    }
    if (self->whole.indicator_count > INDICATORS_MAX) {
        return place_fault(fault, document_place(self->pieces[0].document, "include"),
                           "with what it includes the programme has %u indicators: %d are allowed",
                           self->whole.indicator_count, INDICATORS_MAX);
    }
    for (enum code_list list = 0; list < CODES_LIST_COUNT; list++) {
        if (self->whole.lists.of[list].count > CODES_MAX) {
            return place_fault(fault, document_place(self->pieces[0].document, "include"),
                               "with what it includes \"%s\" has %u entries: %d are allowed",
                               programme_text_path(list), self->whole.lists.of[list].count,
                               CODES_MAX);
        }
    }
    return ERR_OK;
}

/* ---- reading ---- */

static enum err piece_load(struct piece *piece, bool own, struct config_fault *fault)
{
    const enum err err =
        document_new(piece->text, own ? &programme_text_schema : &programme_text_included_schema,
                     &piece->document, fault);
    if (err == ERR_CONFIG && !own) {
        const bool whole = fault->line == 0;
        fault->line = piece->line + (whole ? 1 : fault->line);
        fault->column = whole ? 1 : fault->column;
    }
    return err;
}

/* The names written behind the programme must be those of its list. */
static enum err names_check(const struct programme_sources *self, struct config_fault *fault)
{
    const struct document *own = self->pieces[0].document;
    const struct programme_text *text = document_data(own);
    if (text->include.count != self->count - 1) {
        return place_fault(fault, document_place(own, "include"),
                           "%u files are included, and %u stand behind the programme: leave out "
                           "the lines that start with \"%s\", and all that follows them",
                           text->include.count, self->count - 1, cut_line);
    }
    for (uint32_t i = 0; i < text->include.count; i++) {
        if (!bytes_is(self->pieces[1 + i].name, text->include.list[i])) {
            return place_fault(fault, document_place(own, "include[%u]", i),
                               "\"%s\" is not the file that stands behind the programme: send "
                               "the programme from its file",
                               text->include.list[i]);
        }
    }
    return ERR_OK;
}

static enum err sources_load(struct programme_sources *self, struct config_fault *fault)
{
    enum err err = piece_load(&self->pieces[0], true, fault);
    if (err == ERR_OK) {
        err = names_check(self, fault);
    }
    for (uint32_t i = 1; i < self->count && err == ERR_OK; i++) {
        err = piece_load(&self->pieces[i], false, fault);
    }
    if (err == ERR_OK) {
        err = pieces_join(self);
    }
    return err == ERR_OK ? lengths_check(self, fault) : err;
}

enum err programme_sources_new(struct bytes text, struct programme_sources **out,
                               struct config_fault *fault)
{
    struct programme_sources *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    pieces_cut(self, text);
    const enum err err = sources_load(self, fault);
    if (err == ERR_OK) {
        *out = self;
        return ERR_OK;
    }
    if (err == ERR_CONFIG) {
        programme_sources_fault(self, fault);
    }
    programme_sources_free(&self);
    return err;
}

void programme_sources_free(struct programme_sources **self)
{
    if (*self == NULL) {
        return;
    }
    for (enum code_list list = 0; list < CODES_LIST_COUNT; list++) {
        mem_free((*self)->whole.lists.of[list].list);
    }
    mem_free((*self)->whole.indicators);
    for (uint32_t i = 0; i < (*self)->count; i++) {
        document_free(&(*self)->pieces[i].document);
    }
    mem_free(*self);
    *self = NULL;
}

const struct programme_text *programme_sources_text(const struct programme_sources *self)
{
    return &self->whole;
}

/* ---- places ---- */

struct place programme_sources_place(const struct programme_sources *self, const char *format, ...)
{
    char path[PATH_BYTES];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    assert(size >= 0 && (size_t)size < sizeof path);
    const int head = (int)strcspn(path, "[");
    const char *rest = strchr(path, ']');
    if (rest == NULL) {
        return document_place(self->pieces[0].document, "%s", path);
    }
    size_t index = 0;
    for (const char *digit = path + head + 1; digit < rest; digit++) {
        index = index * 10 + (size_t)(*digit - '0');
    }
    for (uint32_t i = 0; i < self->count; i++) {
        const struct piece *piece = &self->pieces[i];
        const size_t count = document_count(piece->document, path, (size_t)head);
        if (index < count) {
            struct place place =
                document_place(piece->document, "%.*s[%zu%s", head, path, index, rest);
            place.line += piece->line;
            return place;
        }
        index -= count;
    }
    return document_place(self->pieces[0].document, "%.*s", head, path);
}

/* The number of the piece that holds the place. */
static uint32_t piece_of(const struct programme_sources *self, struct place place)
{
    uint32_t number = 0;
    while (number + 1 < self->count && place.line > self->pieces[number + 1].line) {
        number++;
    }
    return number;
}

const char *programme_sources_line(const struct programme_sources *self, struct place place,
                                   char out[PROGRAMME_LINE_BYTES])
{
    const struct piece *piece = &self->pieces[piece_of(self, place)];
    const int size = piece->name.size == 0
                         ? snprintf(out, PROGRAMME_LINE_BYTES, "line %u", place.line)
                         : snprintf(out, PROGRAMME_LINE_BYTES, "line %u of %.*s",
                                    place.line - piece->line, BYTES_FMT(piece->name));
    assert(size > 0 && size < PROGRAMME_LINE_BYTES);
    return out;
}

void programme_sources_fault(const struct programme_sources *self, struct config_fault *fault)
{
    const struct place place = {.line = fault->line, .column = fault->column};
    const uint32_t number = piece_of(self, place);
    if (number == 0) {
        return;
    }
    char line[PROGRAMME_LINE_BYTES];
    struct config_fault inner = *fault;
    (void)place_fault(fault, document_place(self->pieces[0].document, "include[%u]", number - 1),
                      "%s, column %u: %s", programme_sources_line(self, place, line), place.column,
                      inner.text);
}

/* ---- from disk ---- */

static enum err included_read(const char *path, const char *name, struct place place,
                              struct buffer *text, struct config_fault *fault)
{
    char file[CONFIG_PATH_BYTES];
    if (source_beside(path, name, file, sizeof file) != ERR_OK) {
        return place_fault(fault, place, "the path of \"%s\" is too long", name);
    }
    const struct bytes so_far = buffer_bytes(text);
    const bool ended = so_far.size > 0 && so_far.data[so_far.size - 1] == '\n';
    enum err err = buffer_add_text(text, ended ? cut_line : "\n");
    err = err == ERR_OK && !ended ? buffer_add_text(text, cut_line) : err;
    err = err == ERR_OK ? buffer_add_text(text, name) : err;
    err = err == ERR_OK ? buffer_add_text(text, "\n") : err;
    err = err == ERR_OK ? source_read(file, text, fault) : err;
    if (err == ERR_FULL) {
        return place_fault(fault, place,
                           "with \"%s\" the programme is larger than the %zu bytes that it may "
                           "have: include fewer files",
                           name, text->bytes_max);
    }
    if (err == ERR_NOT_FOUND || err == ERR_IO) {
        fault->line = place.line;
        fault->column = place.column;
        return ERR_CONFIG;
    }
    return err;
}

enum err programme_sources_read(const char *path, struct buffer *text, struct document **own,
                                struct config_fault *fault)
{
    struct document *document = NULL;
    enum err err = source_read(path, text, fault);
    if (err == ERR_OK) {
        err = document_new(buffer_bytes(text), &programme_text_schema, &document, fault);
    }
    if (err != ERR_OK) {
        return err;
    }
    const struct programme_text *programme = document_data(document);
    for (uint32_t i = 0; i < programme->include.count && err == ERR_OK; i++) {
        err = included_read(path, programme->include.list[i],
                            document_place(document, "include[%u]", i), text, fault);
    }
    if (err == ERR_OK) {
        *own = document;
    } else {
        document_free(&document);
    }
    return err;
}
