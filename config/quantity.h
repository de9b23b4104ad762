/* quantity: figures as Polish sources print them: "5.500,0 tys. zł", "ok. 45", "kilkanaście", "V".
 *
 * A dot before exactly three digits parts thousands, as blanks do; a comma, or a dot before one or
 * two last digits, is the decimal one. So 1.323 is one thousand, and 12.5 is twelve and a half. */
#ifndef CONFIG_QUANTITY_H
#define CONFIG_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/programme.h"

struct quantity {
    int64_t value, value_to; /* hundredths; the same where the figure is no range */
    bool says_op;            /* a word of the text says the operator */
    enum target_op op;       /* TARGET_EQ where none does */
    const char *unit;        /* "PLN" or "percent" where the text says it, else null; static */
};

/* Reads a figure: a word of its operator, then digits, a Roman number, a number in words or two of
 * these as a range ("3..6", "od 3 do 6"), then "tys." or "mln", then "zł", "PLN" or "%"; all but
 * the number may be absent. The first letter may be a capital one.
 * Errors: ERR_MALFORMED; ERR_RANGE, a range that ends before it begins. */
MUST_CHECK enum err quantity_parse(struct bytes text, struct quantity *out);

/* Whether the text is a date, a month (2015-05), or two of these, in their order, with ".."
 * between. */
bool quantity_is_date(struct bytes text);

#endif
