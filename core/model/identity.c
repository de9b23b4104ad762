#include "core/model/identity.h"

#include <assert.h>
#include <string.h>

#include "core/base/date.h"
#include "core/model/country.h"

enum { PESEL_DIGITS = 11, NIP_DIGITS = 10, REGON_DIGITS = 9, REGON_LOCAL_DIGITS = 14 };

static const char passport_prefix[] = "passport:";

static uint8_t lower(uint8_t letter)
{
    return letter >= 'A' && letter <= 'Z' ? (uint8_t)(letter + ('a' - 'A')) : letter;
}

static uint8_t upper(uint8_t letter)
{
    return letter >= 'a' && letter <= 'z' ? (uint8_t)(letter - ('a' - 'A')) : letter;
}

static bool is_letter(uint8_t byte)
{
    return lower(byte) >= 'a' && lower(byte) <= 'z';
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Whether text starts with the word, whatever its case. */
static bool starts_with(struct bytes text, const char *word)
{
    for (size_t i = 0; word[i] != '\0'; i++) {
        if (i == text.size || lower(text.data[i]) != (uint8_t)word[i]) {
            return false;
        }
    }
    return true;
}

static bool is_word(struct bytes text, const char *word)
{
    return text.size == strlen(word) && starts_with(text, word);
}

/* Fills scheme, entity and scheme_text. */
static enum reject read_scheme(struct bytes text, struct identity *out)
{
    static const struct {
        const char *word;
        bool entity;
    } schemes[IDENTITY_SCHEME_COUNT] = {
        [IDENTITY_PESEL] = {"pesel", false}, [IDENTITY_LOCAL] = {"local", false},
        [IDENTITY_PASSPORT] = {NULL, false}, [IDENTITY_NIP] = {"nip", true},
        [IDENTITY_REGON] = {"regon", true},  [IDENTITY_ENTITY] = {"entity", true},
    };
    const size_t prefix = sizeof passport_prefix - 1;
    if (text.size == prefix + 2 && starts_with(text, passport_prefix) &&
        is_letter(text.data[prefix]) && is_letter(text.data[prefix + 1])) {
        out->scheme = IDENTITY_PASSPORT;
        memcpy(out->scheme_text, passport_prefix, prefix);
        out->scheme_text[prefix] = (char)upper(text.data[prefix]);
        out->scheme_text[prefix + 1] = (char)upper(text.data[prefix + 1]);
        return country_known(out->scheme_text + prefix) ? REJECT_NONE : REJECT_COUNTRY_UNKNOWN;
    }
    for (uint32_t i = 0; i < IDENTITY_SCHEME_COUNT; i++) {
        const char *word = schemes[i].word;
        if (word != NULL && (is_word(text, word) || (text.size == 0 && i == IDENTITY_PESEL))) {
            out->scheme = (enum identity_scheme)i;
            out->entity = schemes[i].entity;
            memcpy(out->scheme_text, word, strlen(word));
            return REJECT_NONE;
        }
    }
    return REJECT_SCHEME_UNKNOWN;
}

/* Copies without the blanks and hyphens that people group digits by, in upper case. Returns the
 * size, or 0 where it is too long or holds another byte than a digit (or, if allowed, a letter). */
static size_t squeeze(struct bytes text, bool letters, char out[IDENTIFIER_BYTES_MAX + 1])
{
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t byte = text.data[i];
        if (byte == ' ' || byte == '-') {
            continue;
        }
        if (size == IDENTIFIER_BYTES_MAX || !(is_digit(byte) || (letters && is_letter(byte)))) {
            return 0;
        }
        out[size++] = (char)upper(byte);
    }
    out[size] = '\0';
    return size;
}

/* The digits, each times its weight, added up. */
static int weighted(const char *digits, const char *weights)
{
    int sum = 0;
    for (size_t i = 0; weights[i] != '\0'; i++) {
        sum += (digits[i] - '0') * (weights[i] - '0');
    }
    return sum;
}

static int two_digits(const char *digits)
{
    return 10 * (digits[0] - '0') + digits[1] - '0';
}

/* The month carries the century: + 80 for 18xx, + 0 for 19xx, 20, 40 and 60 for the next three. */
static bool pesel_birth(const char *digits, int32_t *out)
{
    static const int centuries[] = {1900, 2000, 2100, 2200, 1800};
    const int month = two_digits(digits + 2);
    const struct date birth = {.year = centuries[month / 20] + two_digits(digits),
                               .month = month % 20,
                               .day = two_digits(digits + 4)};
    if (!date_exists(birth)) {
        return false;
    }
    *out = date_days(birth);
    return true;
}

static enum reject check_pesel(struct identity *self)
{
    const int check = (10 - weighted(self->text, "1379137913") % 10) % 10;
    if (check != self->text[10] - '0') {
        return REJECT_PESEL_CHECKSUM;
    }
    if (!pesel_birth(self->text, &self->birth)) {
        return REJECT_PESEL_DATE;
    }
    self->has_birth = true;
    self->sex = (self->text[9] - '0') % 2 == 0 ? SEX_WOMAN : SEX_MAN;
    return REJECT_NONE;
}

static enum reject read_pesel(struct bytes text, struct identity *out)
{
    const size_t size = squeeze(text, false, out->text);
    if (size == PESEL_DIGITS) {
        return check_pesel(out);
    }
    if (size != PESEL_DIGITS - 1) {
        return REJECT_PESEL_FORM;
    }
    /* Spreadsheets drop the leading zero of those born in 2000 to 2009. */
    memmove(out->text + 1, out->text, PESEL_DIGITS);
    out->text[0] = '0';
    out->repaired = check_pesel(out) == REJECT_NONE;
    return out->repaired ? REJECT_NONE : REJECT_PESEL_FORM;
}

/* Nobody has the number zero, though its check digits are right. */
static bool all_zeros(const char *digits)
{
    return digits[strspn(digits, "0")] == '\0';
}

static enum reject read_nip(struct bytes text, struct identity *out)
{
    if (starts_with(text, "pl")) {
        text = bytes_of(text.data + 2, text.size - 2);
    }
    if (squeeze(text, false, out->text) != NIP_DIGITS || all_zeros(out->text)) {
        return REJECT_NIP_WRONG;
    }
    /* A remainder of 10 is no digit, so such a number was never given. */
    const int check = weighted(out->text, "657234567") % 11;
    return check == out->text[9] - '0' ? REJECT_NONE : REJECT_NIP_WRONG;
}

static bool regon_check(const char *digits, const char *weights)
{
    return weighted(digits, weights) % 11 % 10 == digits[strlen(weights)] - '0';
}

static enum reject read_regon(struct bytes text, struct identity *out)
{
    const size_t size = squeeze(text, false, out->text);
    if ((size != REGON_DIGITS && size != REGON_LOCAL_DIGITS) || all_zeros(out->text)) {
        return REJECT_REGON_WRONG;
    }
    const bool valid = regon_check(out->text, "89234567") &&
                       (size == REGON_DIGITS || regon_check(out->text, "2485097361248"));
    return valid ? REJECT_NONE : REJECT_REGON_WRONG;
}

static enum reject read_passport(struct bytes text, struct identity *out)
{
    return squeeze(text, true, out->text) > 0 ? REJECT_NONE : REJECT_IDENTIFIER_FORM;
}

static enum reject read_free(struct bytes text, struct identity *out)
{
    const bool fits = text.size > 0 && bytes_clean(text) &&
                      bytes_to_text(text, out->text, sizeof out->text) == ERR_OK;
    return fits ? REJECT_NONE : REJECT_IDENTIFIER_FORM;
}

enum reject identity_parse(struct bytes scheme, struct bytes text, struct identity *out)
{
    static enum reject (*const readers[IDENTITY_SCHEME_COUNT])(struct bytes, struct identity *) = {
        [IDENTITY_PESEL] = read_pesel,       [IDENTITY_LOCAL] = read_free,
        [IDENTITY_PASSPORT] = read_passport, [IDENTITY_NIP] = read_nip,
        [IDENTITY_REGON] = read_regon,       [IDENTITY_ENTITY] = read_free,
    };
    memset(out, 0, sizeof *out);
    const enum reject reject = read_scheme(bytes_trim(scheme), out);
    if (reject != REJECT_NONE) {
        return reject;
    }
    assert(readers[out->scheme] != NULL);
    return readers[out->scheme](bytes_trim(text), out);
}
