#include "core/mapping/value.h"

#include <assert.h>
#include <stddef.h>

static struct bytes without(struct bytes text, size_t front, size_t back)
{
    assert(text.size >= front + back);
    return bytes_of(text.data + front, text.size - front - back);
}

struct bytes value_clean(struct bytes text)
{
    text = bytes_trim(text);
    if (text.size >= 3 && text.data[0] == '=' && text.data[1] == '"' &&
        text.data[text.size - 1] == '"') {
        return bytes_trim(without(text, 2, 1));
    }
    return text.size > 0 && text.data[0] == '\'' ? bytes_trim(without(text, 1, 0)) : text;
}

static uint8_t lower(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t)(letter + ('a' - 'A')) : letter;
}

bool value_same(struct bytes a, struct bytes b)
{
    if (a.size != b.size) {
        return false;
    }
    for (size_t i = 0; i < a.size; i++) {
        if (lower(a.data[i]) != lower(b.data[i])) {
            return false;
        }
    }
    return true;
}

bool value_sex(struct bytes text, enum event_sex *out)
{
    static const struct {
        const char *word;
        enum event_sex sex;
    } words[] = {
        {"k", SEX_WOMAN},       {"m", SEX_MAN},         {"kobieta", SEX_WOMAN},
        {"mężczyzna", SEX_MAN}, {"MĘŻCZYZNA", SEX_MAN}, {"mezczyzna", SEX_MAN},
        {"woman", SEX_WOMAN},   {"man", SEX_MAN},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (value_same(text, bytes_text(words[i].word))) {
            *out = words[i].sex;
            return true;
        }
    }
    return false;
}

/* Bytes of the blank at the start: a space, a tab, or a no-break space (U+00A0, U+202F); else 0. */
static size_t blank_at(struct bytes text)
{
    if (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        return 1;
    }
    if (text.size > 1 && text.data[0] == 0xc2 && text.data[1] == 0xa0) {
        return 2;
    }
    return text.size > 2 && text.data[0] == 0xe2 && text.data[1] == 0x80 && text.data[2] == 0xaf
               ? 3
               : 0;
}

/* Reads digits from the start of *text and gives how many; false where *value gets too large. */
static bool digits(struct bytes *text, int64_t *value, size_t *count)
{
    *count = 0;
    while (text->size > 0 && text->data[0] >= '0' && text->data[0] <= '9') {
        *value = *value * 10 + (text->data[0] - '0');
        if (*value > VALUE_QUANTITY_MAX) {
            return false;
        }
        *text = without(*text, 1, 0);
        (*count)++;
    }
    return true;
}

/* Reads whole digits, in one run or in groups of three behind a first one of one to three. */
static bool whole_number(struct bytes *text, int64_t *value)
{
    size_t count;
    if (!digits(text, value, &count) || count == 0) {
        return false;
    }
    bool grouped = count <= 3;
    for (size_t blank = blank_at(*text); blank > 0; blank = blank_at(*text)) {
        *text = without(*text, blank, 0);
        grouped = grouped && digits(text, value, &count) && count == 3;
        if (!grouped) {
            return false;
        }
    }
    return true;
}

bool value_quantity(struct bytes text, int64_t *hundredths)
{
    int64_t value = 0;
    size_t decimals = 0;
    if (!whole_number(&text, &value)) {
        return false;
    }
    if (text.size > 0 && (text.data[0] == '.' || text.data[0] == ',')) {
        text = without(text, 1, 0);
        if (!digits(&text, &value, &decimals) || decimals == 0 || decimals > 2) {
            return false;
        }
    }
    for (; decimals < 2; decimals++) {
        value *= 10;
    }
    *hundredths = value;
    return text.size == 0 && value <= VALUE_QUANTITY_MAX;
}

static size_t gap_at(struct bytes text)
{
    return text.size > 0 && text.data[0] == '|' ? 1 : blank_at(text);
}

bool value_next(struct bytes *rest, struct bytes *out)
{
    for (size_t gap = gap_at(*rest); gap > 0; gap = gap_at(*rest)) {
        *rest = without(*rest, gap, 0);
    }
    *out = bytes_of(rest->data, 0);
    while (rest->size > 0 && gap_at(*rest) == 0) {
        *rest = without(*rest, 1, 0);
        out->size++;
    }
    return out->size > 0;
}
