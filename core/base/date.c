#include "core/base/date.h"

#include <assert.h>

static bool leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && leap(year) ? 1 : 0);
}

bool date_exists(struct date date)
{
    return date.year >= 1800 && date.year <= 2299 && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= month_days(date.year, date.month);
}

/* Counts from 1 March of year 0, so that the leap day is the last of a year; 146,097 days make an
 * era of 400 years (Neri and Schneider, "Euclidean affine functions", 2022, section 3). */
int32_t date_days(struct date date)
{
    assert(date_exists(date));
    const int year = date.month <= 2 ? date.year - 1 : date.year;
    const int era = year / 400;
    const int year_of_era = year % 400;
    const int month = (date.month + 9) % 12;
    const int day_of_year = (153 * month + 2) / 5 + date.day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct date date_of(int32_t days)
{
    assert(days >= DATE_MIN && days <= DATE_MAX);
    const int shifted = days + 719468;
    const int era = shifted / 146097;
    const int day_of_era = shifted % 146097;
    const int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int month = (5 * day_of_year + 2) / 153;
    struct date date = {.day = day_of_year - (153 * month + 2) / 5 + 1};
    date.month = month < 10 ? month + 3 : month - 9;
    date.year = era * 400 + year_of_era + (date.month <= 2 ? 1 : 0);
    return date;
}

/* Reads digits from *at; returns how many, at most max. */
static size_t number(struct bytes text, size_t *at, size_t max, int *out)
{
    const size_t start = *at;
    *out = 0;
    while (*at < text.size && *at - start < max && text.data[*at] >= '0' && text.data[*at] <= '9') {
        *out = *out * 10 + (text.data[(*at)++] - '0');
    }
    return *at - start;
}

static bool separator(struct bytes text, size_t *at, char wanted)
{
    const bool there = *at < text.size && text.data[*at] == (uint8_t)wanted;
    *at += there ? 1 : 0;
    return there;
}

static bool parse_iso(struct bytes text, struct date *date)
{
    size_t at = 0;
    return number(text, &at, 4, &date->year) == 4 && separator(text, &at, '-') &&
           number(text, &at, 2, &date->month) == 2 && separator(text, &at, '-') &&
           number(text, &at, 2, &date->day) == 2 && at == text.size;
}

static bool parse_polish(struct bytes text, struct date *date)
{
    size_t at = 0;
    return number(text, &at, 2, &date->day) > 0 && separator(text, &at, '.') &&
           number(text, &at, 2, &date->month) > 0 && separator(text, &at, '.') &&
           number(text, &at, 4, &date->year) == 4 && at == text.size;
}

enum err date_parse(struct bytes text, int32_t *days)
{
    struct date date;
    if (!parse_iso(text, &date) && !parse_polish(text, &date)) {
        return ERR_MALFORMED;
    }
    if (!date_exists(date)) {
        return ERR_RANGE;
    }
    *days = date_days(date);
    return ERR_OK;
}

static void digits(char *out, int value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void date_format(int32_t days, char out[DATE_TEXT_BYTES])
{
    const struct date date = date_of(days);
    digits(out, date.year, 4);
    out[4] = '-';
    digits(out + 5, date.month, 2);
    out[7] = '-';
    digits(out + 8, date.day, 2);
    out[10] = '\0';
}

int date_age(int32_t birth, int32_t on)
{
    const struct date born = date_of(birth);
    const struct date day = date_of(on);
    const bool before = day.month < born.month || (day.month == born.month && day.day < born.day);
    return day.year - born.year - (before ? 1 : 0);
}
