#include "config/hint.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { WORD_BYTES_MAX = 64 };

void hint_init(struct hint *self, struct bytes word)
{
    *self = (struct hint){.word = word, .distance = SIZE_MAX};
}

static size_t least(size_t a, size_t b, size_t c)
{
    const size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static uint8_t lower(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t)(letter + 'a' - 'A') : letter;
}

/* Letters to insert, leave out, change, or swap with their neighbour, case ignored. */
static size_t distance(struct bytes a, struct bytes b)
{
    size_t rows[3][WORD_BYTES_MAX + 1];
    assert(a.size <= WORD_BYTES_MAX && b.size <= WORD_BYTES_MAX);
    for (size_t j = 0; j <= b.size; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            const bool same = lower(a.data[i - 1]) == lower(b.data[j - 1]);
            row[j] = least(row[j - 1] + 1, above[j] + 1, above[j - 1] + (same ? 0 : 1));
            const bool swapped = i > 1 && j > 1 && lower(a.data[i - 1]) == lower(b.data[j - 2]) &&
                                 lower(a.data[i - 2]) == lower(b.data[j - 1]);
            if (swapped && before[j - 2] + 1 < row[j]) {
                row[j] = before[j - 2] + 1;
            }
        }
    }
    return rows[a.size % 3][b.size];
}

static void list_add(struct hint *self, struct bytes known)
{
    const char *comma = self->list_size > 0 ? ", " : "";
    const size_t room = sizeof self->list - self->list_size;
    if (self->left_out > 0 || known.size + 16 > room) {
        self->left_out++;
        return;
    }
    const int written =
        snprintf(self->list + self->list_size, room, "%s%.*s", comma, BYTES_FMT(known));
    assert(written > 0 && (size_t)written < room);
    self->list_size += (size_t)written;
}

void hint_offer(struct hint *self, struct bytes known)
{
    list_add(self, known);
    if (known.size > WORD_BYTES_MAX || self->word.size > WORD_BYTES_MAX) {
        return;
    }
    const size_t shorter = known.size < self->word.size ? known.size : self->word.size;
    const size_t near = distance(self->word, known);
    if (near < self->distance && near <= shorter / 3 + (shorter > 1 ? 1 : 0)) {
        self->distance = near;
        self->nearest = known;
    }
}

const char *hint_list(struct hint *self)
{
    if (self->left_out > 0) {
        const size_t room = sizeof self->list - self->list_size;
        (void)snprintf(self->list + self->list_size, room, " ...");
        self->left_out = 0;
    }
    return self->list;
}

const char *hint_question(struct hint *self)
{
    self->text[0] = '\0';
    if (self->distance != SIZE_MAX) {
        (void)snprintf(self->text, sizeof self->text, " (did you mean \"%.*s\"?)",
                       BYTES_FMT(self->nearest));
    }
    return self->text;
}
