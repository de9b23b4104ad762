#include "config/build.h"

#include <assert.h>
#include <string.h>

#include "config/hint.h"
#include "core/base/arena.h"
#include "core/base/date.h"

enum err build_twice(struct build *self, struct place place, struct bytes id, struct place before)
{
    char line[PROGRAMME_LINE_BYTES];
    return BUILD_FAULT(self, place, "the id \"%.*s\" stands in %s already: choose another",
                       BYTES_FMT(id), programme_sources_line(self->sources, before, line));
}

enum err build_take(struct build *self, size_t count, size_t size, void **out)
{
    *out = arena_zeroed(self->programme->memory, count, size);
    return *out != NULL ? ERR_OK : ERR_MEMORY;
}

enum err build_copy(struct build *self, const char *text, struct bytes *out)
{
    const enum err err = arena_copy(self->programme->memory, bytes_text(text), out);
    return err == ERR_FULL ? ERR_MEMORY : err;
}

/* Codes stand in office tables, in flag lists and on command lines: no separator of these. */
static bool code_form(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] <= ' ' || strchr(",;|\"'", text.data[i]) != NULL) {
            return false;
        }
    }
    return !bytes_spaced(text);
}

enum err build_code(struct build *self, struct place place, const char *text, struct bytes *out)
{
    if (!code_form(bytes_text(text))) {
        return BUILD_FAULT(self, place,
                           "\"%s\" cannot be a code: leave out blanks, commas, "
                           "semicolons, bars and quotation marks",
                           text);
    }
    return build_copy(self, text, out);
}

enum err build_date(struct build *self, struct place place, const char *text, int32_t *days)
{
    if (text == NULL) {
        return ERR_OK;
    }
    const enum err err = date_parse(bytes_text(text), days);
    if (err == ERR_RANGE) {
        return BUILD_FAULT(self, place, "there is no day %s: correct the date", text);
    }
    return err == ERR_OK ? ERR_OK
                         : BUILD_FAULT(self, place, "\"%s\" is no date: write YYYY-MM-DD", text);
}

enum err build_word(struct build *self, struct place place, const char *what, const char *text,
                    enum programme_words list, unsigned *out)
{
    struct hint hint;
    hint_init(&hint, bytes_text(text));
    for (unsigned number = 0; number < programme_words_count(list); number++) {
        const char *word = programme_words_get(list, number);
        if (word != NULL && strcmp(word, text) == 0) {
            *out = number;
            return ERR_OK;
        }
        if (word != NULL) {
            hint_offer(&hint, bytes_text(word));
        }
    }
    return BUILD_FAULT(self, place, "\"%s\" is not allowed for \"%s\"%s: write one of %s", text,
                       what, hint_question(&hint), hint_list(&hint));
}

enum err build_number(struct build *self, struct place place, enum code_list list, const char *text,
                      uint32_t *out)
{
    const struct programme *programme = self->programme;
    struct hint hint;
    *out = programme_code(programme, list, bytes_text(text));
    if (*out != CODE_NONE) {
        return ERR_OK;
    }
    hint_init(&hint, bytes_text(text));
    for (uint32_t i = 0; i < programme->code_count[list]; i++) {
        hint_offer(&hint, programme->codes[list][i].id);
    }
    return BUILD_FAULT(self, place, "there is no \"%s\" in \"%s\"%s: add it there, or correct it",
                       text, programme_text_path(list), hint_question(&hint));
}

enum err build_indicator(struct build *self, struct place place, const struct names *ids,
                         const char *text, uint32_t *out)
{
    struct hint hint;
    *out = names_find(ids, bytes_text(text));
    if (*out != NAMES_NONE) {
        return ERR_OK;
    }
    hint_init(&hint, bytes_text(text));
    for (uint32_t i = 0; i < names_count(ids); i++) {
        hint_offer(&hint, names_text(ids, i));
    }
    return BUILD_FAULT(self, place,
                       "there is no indicator \"%s\"%s: add it under \"indicators\", or "
                       "correct it",
                       text, hint_question(&hint));
}

enum err build_region(struct build *self, struct place place, const char *text, struct bytes *out)
{
    *out = bytes_of(NULL, 0);
    if (text == NULL) {
        return ERR_OK;
    }
    if (names_find(self->regions, bytes_text(text)) == NAMES_NONE) {
        return BUILD_FAULT(self, place,
                           "the region tables have no \"%s\": add it to one of the files "
                           "under \"regions\", or correct it",
                           text);
    }
    return build_copy(self, text, out);
}
