/* The happy path is: 1 the word of the operator is taken off the front, 2 unit and scale off the
 * end, 3 what is left is one number or two. What is left over is no figure. */
#include "config/quantity.h"

#include <string.h>

#include "core/base/date.h"

enum { DIGITS_MAX = 12, GROUP_DIGITS = 3, ROMAN_BYTES_MAX = 15, FIGURE_BYTES_MAX = 128 };

struct op_word {
    const char *text; /* ends in a point where the number may follow at once */
    enum target_op op;
};

static const struct op_word op_words[] = {
    {"ok.", TARGET_APPROX},     {"ok", TARGET_APPROX},   {"około", TARGET_APPROX},
    {"co najmniej", TARGET_GE}, {"minimum", TARGET_GE},  {"min.", TARGET_GE},
    {"min", TARGET_GE},         {"ponad", TARGET_GT},    {"łącznie", TARGET_EQ},
    {"średnio", TARGET_AVG},    {"średnia", TARGET_AVG}, {"po", TARGET_PER},
};

static const struct number_word {
    const char *text;
    int64_t value;
} number_words[] = {
    {"zero", 0},
    {"jeden", 1},
    {"jedna", 1},
    {"jedno", 1},
    {"dwa", 2},
    {"dwie", 2},
    {"dwóch", 2},
    {"trzy", 3},
    {"trzech", 3},
    {"cztery", 4},
    {"czterech", 4},
    {"pięć", 5},
    {"sześć", 6},
    {"siedem", 7},
    {"osiem", 8},
    {"dziewięć", 9},
    {"dziesięć", 10},
    {"jedenaście", 11},
    {"dwanaście", 12},
    {"trzynaście", 13},
    {"czternaście", 14},
    {"piętnaście", 15},
    {"szesnaście", 16},
    {"siedemnaście", 17},
    {"osiemnaście", 18},
    {"dziewiętnaście", 19},
    {"dwadzieścia", 20},
    {"trzydzieści", 30},
    {"czterdzieści", 40},
    {"pięćdziesiąt", 50},
    {"sześćdziesiąt", 60},
    {"siedemdziesiąt", 70},
    {"osiemdziesiąt", 80},
    {"dziewięćdziesiąt", 90},
    {"sto", 100},
    {"dwieście", 200},
    {"trzysta", 300},
    {"czterysta", 400},
    {"pięćset", 500},
    {"sześćset", 600},
    {"siedemset", 700},
    {"osiemset", 800},
    {"dziewięćset", 900},
    {"tysiąc", 1000},
};

static bool starts(struct bytes text, const char *word)
{
    const size_t size = strlen(word);
    return text.size >= size && memcmp(text.data, word, size) == 0;
}

static struct bytes behind(struct bytes text, size_t size)
{
    return bytes_trim(bytes_of(text.data + size, text.size - size));
}

/* Takes a word off the end, with the blanks before it. */
static bool take_end(struct bytes *text, const char *word)
{
    const size_t size = strlen(word);
    if (text->size <= size || memcmp(text->data + text->size - size, word, size) != 0) {
        return false;
    }
    *text = bytes_trim(bytes_of(text->data, text->size - size));
    return true;
}

static void take_op(struct bytes *text, struct quantity *out)
{
    for (size_t i = 0; i < sizeof op_words / sizeof op_words[0]; i++) {
        const char *word = op_words[i].text;
        const size_t size = strlen(word);
        const bool whole = starts(*text, word) && text->size > size &&
                           (word[size - 1] == '.' || text->data[size] == ' ' ||
                            text->data[size] == 0xc2 /* a no-break space */);
        if (whole) {
            *text = behind(*text, size);
            out->says_op = true;
            out->op = op_words[i].op;
            return;
        }
    }
}

static int64_t take_scale(struct bytes *text, struct quantity *out)
{
    if (take_end(text, "zł") || take_end(text, "PLN")) {
        out->unit = "PLN";
    } else if (take_end(text, "%")) {
        out->unit = "percent";
    }
    static const struct {
        const char *word;
        int64_t scale;
    } words[] = {{"tys.", 1000},       {"tysiące", 1000},        {"tysięcy", 1000},
                 {"mln", 1000 * 1000}, {"miliony", 1000 * 1000}, {"milionów", 1000 * 1000}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (take_end(text, words[i].word)) {
            return words[i].scale;
        }
    }
    return 1;
}

static uint32_t take_digits(struct bytes *text, int64_t *value)
{
    uint32_t count = 0;
    while (text->size > 0 && text->data[0] >= '0' && text->data[0] <= '9' && count <= DIGITS_MAX) {
        *value = *value * 10 + (text->data[0] - '0');
        *text = bytes_of(text->data + 1, text->size - 1);
        count++;
    }
    return count;
}

/* The bytes of what stands between two groups of digits, or 0. */
static size_t separator(struct bytes text)
{
    if (starts(text, ".") || starts(text, " ")) {
        return 1;
    }
    return starts(text, "\xc2\xa0") ? 2 : starts(text, "\xe2\x80\xaf") ? 3 : 0;
}

/* The digits at the front of a text, as hundredths. */
static bool digits_parse(struct bytes text, int64_t *out)
{
    int64_t value = 0;
    int64_t part = 0;
    const bool zero = starts(text, "0");
    uint32_t count = take_digits(&text, &value);
    const bool groups = count > 0 && count <= GROUP_DIGITS && !zero;
    const struct bytes mark = bytes_of(text.data, separator(text));
    bool whole = true;
    if (count == 0 || count > DIGITS_MAX || (zero && count > 1)) {
        return false;
    }
    while (groups && mark.size > 0 && text.size > mark.size && count <= DIGITS_MAX &&
           memcmp(text.data, mark.data, mark.size) == 0) {
        struct bytes rest = bytes_of(text.data + mark.size, text.size - mark.size);
        int64_t group = 0;
        if (take_digits(&rest, &group) != GROUP_DIGITS) {
            break;
        }
        value = value * 1000 + group;
        count += GROUP_DIGITS;
        text = rest;
        whole = false;
    }
    if (text.size > 1 && (text.data[0] == ',' || (text.data[0] == '.' && whole))) {
        text = bytes_of(text.data + 1, text.size - 1);
        const uint32_t digits = take_digits(&text, &part);
        part *= digits == 1 ? 10 : 1;
        if (digits == 0 || digits > 2) {
            return false;
        }
    }
    *out = value * 100 + part;
    return text.size == 0 && count <= DIGITS_MAX;
}

/* A Roman number in its one right form. */
static bool roman_parse(struct bytes text, int64_t *out)
{
    static const struct {
        const char *sign;
        int value, times;
        int below; /* what may follow it */
    } signs[] = {{"M", 1000, 3, 1000}, {"CM", 900, 1, 100}, {"D", 500, 1, 400}, {"CD", 400, 1, 100},
                 {"C", 100, 3, 100},   {"XC", 90, 1, 10},   {"L", 50, 1, 40},   {"XL", 40, 1, 10},
                 {"X", 10, 3, 10},     {"IX", 9, 1, 1},     {"V", 5, 1, 4},     {"IV", 4, 1, 1},
                 {"I", 1, 3, 1}};
    int64_t value = 0;
    int below = INT32_MAX;
    struct bytes rest = text;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0] && text.size <= ROMAN_BYTES_MAX; i++) {
        const bool may = signs[i].value < below;
        for (int k = 0; may && k < signs[i].times && starts(rest, signs[i].sign); k++) {
            rest = bytes_of(rest.data + strlen(signs[i].sign), rest.size - strlen(signs[i].sign));
            value += signs[i].value;
            below = signs[i].below;
        }
    }
    *out = value * 100;
    return value > 0 && rest.size == 0;
}

/* The value of the word at the front, which is taken off; negative where it is none. */
static int64_t take_number_word(struct bytes *text)
{
    const uint8_t *blank = memchr(text->data, ' ', text->size);
    const size_t size = blank != NULL ? (size_t)(blank - text->data) : text->size;
    const struct bytes word = bytes_of(text->data, size);
    for (size_t i = 0; i < sizeof number_words / sizeof number_words[0]; i++) {
        if (bytes_is(word, number_words[i].text)) {
            *text = behind(*text, size);
            return number_words[i].value;
        }
    }
    return -1;
}

/* "sto dwadzieścia pięć": each word is below the last digit's place of the one before. */
static bool words_parse(struct bytes text, int64_t *out)
{
    int64_t sum = 0;
    int64_t room = INT64_MAX;
    while (text.size > 0) {
        const int64_t value = take_number_word(&text);
        if (value < 0 || value >= room || (value == 0 && room != INT64_MAX)) {
            return false;
        }
        sum += value;
        room = value >= 1000 ? 1000 : value >= 100 ? 100 : value >= 20 ? 10 : 0;
    }
    *out = sum * 100;
    return room != INT64_MAX;
}

static bool number_parse(struct bytes text, int64_t *out)
{
    return text.size > 0 &&
           (digits_parse(text, out) || roman_parse(text, out) || words_parse(text, out));
}

/* What stands before and behind a mark in the middle of the text. */
static bool split(struct bytes text, const char *mark, struct bytes *a, struct bytes *b)
{
    const uint8_t *place = memmem(text.data, text.size, mark, strlen(mark));
    if (place == NULL) {
        return false;
    }
    const size_t size = (size_t)(place - text.data);
    *a = bytes_trim(bytes_of(text.data, size));
    *b = behind(text, size + strlen(mark));
    return true;
}

static enum err figure_parse(struct bytes text, struct quantity *out)
{
    struct bytes from;
    struct bytes to;
    struct bytes rest = bytes_trim(text);
    *out = (struct quantity){.op = TARGET_EQ};
    take_op(&rest, out);
    const int64_t scale = take_scale(&rest, out);
    bool good;
    if (bytes_is(rest, "kilkanaście")) {
        good = !out->says_op;
        out->says_op = true;
        out->op = TARGET_TEEN;
        out->value = 1100;
        out->value_to = 1900;
    } else if (split(rest, "..", &from, &to) ||
               (starts(rest, "od ") && split(behind(rest, 3), " do ", &from, &to))) {
        good = number_parse(from, &out->value) && number_parse(to, &out->value_to);
    } else {
        good = number_parse(rest, &out->value);
        out->value_to = out->value;
    }
    if (!good || out->value > INT64_MAX / scale || out->value_to > INT64_MAX / scale) {
        return ERR_MALFORMED;
    }
    out->value *= scale;
    out->value_to *= scale;
    return out->value <= out->value_to ? ERR_OK : ERR_RANGE;
}

/* The text with a small first letter; false where it has no capital one that begins a word. */
static bool first_lowered(struct bytes text, uint8_t out[FIGURE_BYTES_MAX])
{
    static const struct {
        const char *capital, *small;
    } polish[] = {{"Ł", "ł"}, {"Ś", "ś"}};
    if (text.size == 0 || text.size > FIGURE_BYTES_MAX) {
        return false;
    }
    memcpy(out, text.data, text.size);
    for (size_t i = 0; i < sizeof polish / sizeof polish[0]; i++) {
        if (starts(text, polish[i].capital)) {
            memcpy(out, polish[i].small, strlen(polish[i].small));
            return true;
        }
    }
    const bool capital = text.data[0] >= 'A' && text.data[0] <= 'Z';
    out[0] = (uint8_t)(out[0] + (capital ? 'a' - 'A' : 0));
    return capital;
}

enum err quantity_parse(struct bytes text, struct quantity *out)
{
    uint8_t lowered[FIGURE_BYTES_MAX];
    const enum err err = figure_parse(text, out);
    text = bytes_trim(text);
    return err == ERR_MALFORMED && first_lowered(text, lowered)
               ? figure_parse(bytes_of(lowered, text.size), out)
               : err;
}

static bool day_or_month(struct bytes text, int32_t *out)
{
    enum { MONTH_BYTES = 7 };
    char day[DATE_TEXT_BYTES] = "";
    if (text.size == MONTH_BYTES) {
        memcpy(day, text.data, MONTH_BYTES);
        memcpy(day + MONTH_BYTES, "-01", sizeof "-01");
        text = bytes_text(day);
    }
    return text.size == DATE_TEXT_BYTES - 1 && date_parse(text, out) == ERR_OK;
}

bool quantity_is_date(struct bytes text)
{
    struct bytes from;
    struct bytes to;
    int32_t first;
    int32_t last;
    return split(text, "..", &from, &to)
               ? day_or_month(from, &first) && day_or_month(to, &last) && first <= last
               : day_or_month(text, &first);
}
