#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "core/base/date.h"
#include "e2e/support/programs.h"

enum { SHARED_EACH = 5, CORRECTED_PEOPLE = 60, DELETED_PEOPLE = 10 };

const char office_mapping[] = "mapping: biuro\n"
                              "other_columns: ignore\n"
                              "columns:\n"
                              "  - {column: klucz, as: key}\n"
                              "  - {column: operacja, as: op}\n"
                              "  - {column: rodzaj, as: kind}\n"
                              "  - {column: data, as: occurred_on}\n"
                              "  - {column: zadanie, as: task}\n"
                              "  - {column: powiat, as: region}\n"
                              "  - {column: PESEL, as: person}\n"
                              "  - {column: wsparcie, as: support}\n"
                              "  - {column: rezultat, as: outcome}\n";

static const char *const surnames[OFFICE_SURNAMES] = {
    "Brzęczyszczykiewicz", "Grzegorzewska-Łąka", "Świerszczyński", "Chrząszczewski",
    "Żółtaszkówna",        "Podgórzańska",       "Wierzbołowska",  "Krępczyński",
    "Dźwigołowicz",        "Śmietanowska",       "Gżegżółkiewicz", "Trzcianowski"};

const char *office_surname(uint32_t person)
{
    return surnames[person % OFFICE_SURNAMES];
}

void office_pesel(uint32_t person, char out[OFFICE_PESEL_BYTES])
{
    static const int weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    const int32_t first = date_days((struct date){1880, 1, 1});
    const struct date born = date_of(first + (int32_t)(person % 7000));
    int sum = 0;
    char digits[48];
    snprintf(digits, sizeof digits, "%02d%02d%02d%04u", born.year % 100, born.month + 80, born.day,
             (person * 7 + person / 7000) % 10000);
    memcpy(out, digits, 10);
    for (int i = 0; i < 10; i++) {
        sum += weights[i] * (out[i] - '0');
    }
    out[10] = (char)('0' + (10 - sum % 10) % 10);
    out[11] = '\0';
}

uint32_t office_people(uint32_t files)
{
    return files * PROGRAMS_NODES * OFFICE_PEOPLE_A_FILE;
}

/* Each fifth person of the second node is one of the first's. */
static uint32_t person_of(uint32_t node, uint32_t file, uint32_t number)
{
    const uint32_t from = number % SHARED_EACH == 0 ? 0 : node;
    return (file * PROGRAMS_NODES + from) * OFFICE_PEOPLE_A_FILE + number;
}

struct office_row {
    const char *kind, *day, *region, *support, *outcome, *op;
};

static void add_row(struct buffer *out, uint32_t file, uint32_t person,
                    const struct office_row *row)
{
    char pesel[OFFICE_PESEL_BYTES], line[256];
    office_pesel(person, pesel);
    const int size = snprintf(line, sizeof line, "%u/%u/%c;%s;%s;A;%s;%s;%s;%s;%s;Gżegżółka;%s\n",
                              file, person, row->kind[0], row->kind, row->day, row->region,
                              row->support, row->outcome, row->op, pesel, office_surname(person));
    assert_true(size > 0 && (size_t)size < sizeof line);
    assert_int_equal(ERR_OK, buffer_add_text(out, line));
}

static const struct office_row started = {"started", "2009-02-04", "", "coaching", "", ""};
static const struct office_row completed = {"completed", "2009-05-04", "", "coaching", "", ""};
static const struct office_row job = {"outcome", "2009-05-20", "", "", "job", ""};
static const struct office_row retrained = {"started", "2009-02-04", "", "training", "", ""};
static const struct office_row not_started = {"started", "", "", "", "", "delete"};
static const struct office_row moved = {"enrolled", "2009-02-03", "PL-1201", "", "", ""};

static void add_person(struct buffer *out, uint32_t node, uint32_t file, uint32_t number)
{
    static const char *const counties[] = {"PL-1212", "PL-1213", "PL-1261", "PL-1262"};
    const uint32_t person = person_of(node, file, number);
    const struct office_row enrolled = {"enrolled", "2009-02-03", counties[person % 4], "", "", ""};
    add_row(out, file, person, &enrolled);
    add_row(out, file, person, &started);
    if (number % 3 == 0) {
        add_row(out, file, person, &completed);
    }
    if (number % 4 == 0) {
        add_row(out, file, person, &job);
    }
}

/* People of the file before move, or change what they started with, or did not start at all. */
static void add_corrections(struct buffer *out, uint32_t node, uint32_t file)
{
    for (uint32_t i = 0; i < CORRECTED_PEOPLE; i++) {
        const struct office_row *row = i < DELETED_PEOPLE ? &not_started
                                       : i % 2 == 0       ? &moved
                                                          : &retrained;
        add_row(out, file, person_of(node, file, i), row);
    }
}

void office_file(uint32_t node, uint32_t file, struct buffer *out)
{
    assert_int_equal(ERR_OK, buffer_add_text(out, "klucz;rodzaj;data;zadanie;powiat;wsparcie;"
                                                  "rezultat;operacja;PESEL;imię;nazwisko\n"));
    for (uint32_t i = 0; i < OFFICE_PEOPLE_A_FILE; i++) {
        add_person(out, node, file, i);
    }
    if (file > 0) {
        add_corrections(out, node, file - 1);
    }
}
