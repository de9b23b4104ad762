/* date: calendar dates as days since 1970-01-01 in the proleptic Gregorian calendar. */
#ifndef CORE_BASE_DATE_H
#define CORE_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/bytes.h"
#include "core/base/err.h"

/* The first and the last date known here: 1800-01-01 and 2299-12-31, the centuries that a PESEL
 * can name. */
#define DATE_MIN (-62091)
#define DATE_MAX 120529
#define DATE_TEXT_BYTES 11

struct date {
    int year;  /* 1800 to 2299 */
    int month; /* 1 to 12 */
    int day;   /* 1 to 31 */
};

/* False where no such day exists or it lies outside DATE_MIN to DATE_MAX. */
bool date_exists(struct date date);

/* The date must exist. */
int32_t date_days(struct date date);

/* days must lie in DATE_MIN to DATE_MAX. */
struct date date_of(int32_t days);

/* Reads YYYY-MM-DD, DD.MM.YYYY or D.M.YYYY. Errors: ERR_MALFORMED; ERR_RANGE, no such day. */
MUST_CHECK enum err date_parse(struct bytes text, int32_t *days);

/* Writes YYYY-MM-DD and a zero. */
void date_format(int32_t days, char out[DATE_TEXT_BYTES]);

/* Whole years on the day `on` of one born on `birth`; negative before the birth. One born on
 * 29 February becomes older on 1 March of a common year. */
int date_age(int32_t birth, int32_t on);

#endif
