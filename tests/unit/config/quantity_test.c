/* Figures as sources print them, and what is none. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "config/quantity.h"

static const struct {
    const char *text;
    int64_t value, value_to;
    enum target_op op;
    const char *unit;
} goods[] = {
    {"1323", 132300, 132300, TARGET_EQ, NULL},
    {"1.323", 132300, 132300, TARGET_EQ, NULL},
    {"12.607", 1260700, 1260700, TARGET_EQ, NULL},
    {"12.5", 1250, 1250, TARGET_EQ, NULL},
    {"7665600.50", 766560050, 766560050, TARGET_EQ, NULL},
    {"0.05", 5, 5, TARGET_EQ, NULL},
    {"0", 0, 0, TARGET_EQ, NULL},
    {"5.500,0 tys. zł", 550000000, 550000000, TARGET_EQ, "PLN"},
    {"7.665,6 tys. zł", 766560000, 766560000, TARGET_EQ, "PLN"},
    {"7.000 tys. zł", 700000000, 700000000, TARGET_EQ, "PLN"},
    {"około 15.000,0 tys. zł", 1500000000, 1500000000, TARGET_APPROX, "PLN"},
    {"1 838 000,00 zł", 183800000, 183800000, TARGET_EQ, "PLN"},
    {"1\xc2\xa0"
     "838\xc2\xa0"
     "000 PLN",
     183800000, 183800000, TARGET_EQ, "PLN"},
    {"1,5 mln zł", 150000000, 150000000, TARGET_EQ, "PLN"},
    {"Ok 30 %", 3000, 3000, TARGET_APPROX, "percent"},
    {"Ok. 5", 500, 500, TARGET_APPROX, NULL},
    {"min 13", 1300, 1300, TARGET_GE, NULL},
    {"Co najmniej 15", 1500, 1500, TARGET_GE, NULL},
    {"Minimum 15", 1500, 1500, TARGET_GE, NULL},
    {"Ponad 100", 10000, 10000, TARGET_GT, NULL},
    {" Łącznie 220", 22000, 22000, TARGET_EQ, NULL},
    {"Średnia 1.323", 132300, 132300, TARGET_AVG, NULL},
    {"Cztery", 400, 400, TARGET_EQ, NULL},
    {"Kilkanaście", 1100, 1900, TARGET_TEEN, NULL},
    {"dwa tysiące", 200000, 200000, TARGET_EQ, NULL},
    {"pięć milionów zł", 500000000, 500000000, TARGET_EQ, "PLN"},
    {"1\xe2\x80\xaf"
     "500",
     150000, 150000, TARGET_EQ, NULL},
    {"OK 30", 0, 0, TARGET_NONE, NULL},
    {"ok30", 0, 0, TARGET_NONE, NULL},
    {"min", 0, 0, TARGET_NONE, NULL},
    {"ok. 30 %", 3000, 3000, TARGET_APPROX, "percent"},
    {"ok.45", 4500, 4500, TARGET_APPROX, NULL},
    {"ok. 2.000", 200000, 200000, TARGET_APPROX, NULL},
    {"min. 13", 1300, 1300, TARGET_GE, NULL},
    {"co najmniej 15", 1500, 1500, TARGET_GE, NULL},
    {"minimum 15", 1500, 1500, TARGET_GE, NULL},
    {"ponad 100", 10000, 10000, TARGET_GT, NULL},
    {"łącznie 220", 22000, 22000, TARGET_EQ, NULL},
    {"średnio 2", 200, 200, TARGET_AVG, NULL},
    {"po 4", 400, 400, TARGET_PER, NULL},
    {"V", 500, 500, TARGET_EQ, NULL},
    {"XIV", 1400, 1400, TARGET_EQ, NULL},
    {"MMCDXCIX", 249900, 249900, TARGET_EQ, NULL},
    {"cztery", 400, 400, TARGET_EQ, NULL},
    {"jedenaście", 1100, 1100, TARGET_EQ, NULL},
    {"dwadzieścia", 2000, 2000, TARGET_EQ, NULL},
    {"sto dwadzieścia pięć", 12500, 12500, TARGET_EQ, NULL},
    {"kilkanaście", 1100, 1900, TARGET_TEEN, NULL},
    {"3..6", 300, 600, TARGET_EQ, NULL},
    {"od 3 do 6", 300, 600, TARGET_EQ, NULL},
};

static void each_figure_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof goods / sizeof goods[0]; i++) {
        struct quantity quantity;
        const enum err err = quantity_parse(bytes_text(goods[i].text), &quantity);
        if (goods[i].op == TARGET_NONE) {
            assert_int_equal(ERR_MALFORMED, err);
            continue;
        }
        if (err != ERR_OK || quantity.value != goods[i].value ||
            quantity.value_to != goods[i].value_to || quantity.op != goods[i].op) {
            fail_msg("%s: err %d, %lld to %lld, op %d", goods[i].text, (int)err,
                     (long long)quantity.value, (long long)quantity.value_to, (int)quantity.op);
        }
        assert_true((quantity.unit == NULL) == (goods[i].unit == NULL));
        if (goods[i].unit != NULL) {
            assert_string_equal(goods[i].unit, quantity.unit);
        }
    }
}

static void what_can_be_read_in_two_ways_is_no_figure(void **state)
{
    static const char *const wrongs[] = {
        "",
        "ok.",
        "zł",
        "01",
        "1.32.3",
        "1.3234",
        "0.500",
        "1 23",
        "1.000 00",
        "1,234",
        "1,",
        "IIII",
        "VX",
        "pięć dwadzieścia",
        "6..3",
        "3..",
        "-5",
        "1e3",
        "dużo",
        "9999999999999",
        "ok. kilkanaście",
        "sto sto",
        "IXI",
        "DCD",
        "IVI",
        "XCX",
        "1.000 000",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        struct quantity quantity;
        if (quantity_parse(bytes_text(wrongs[i]), &quantity) == ERR_OK) {
            fail_msg("\"%s\" is read as %lld", wrongs[i], (long long)quantity.value);
        }
    }
}

static void dates_and_months_are_known(void **state)
{
    (void)state;
    assert_true(quantity_is_date(bytes_text("2011-05-01")));
    assert_true(quantity_is_date(bytes_text("2015-05")));
    assert_true(quantity_is_date(bytes_text("2008-05..2011-06-30")));
    assert_false(quantity_is_date(bytes_text("2011-02-30")));
    assert_false(quantity_is_date(bytes_text("2015-13")));
    assert_false(quantity_is_date(bytes_text("11")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_figure_is_read),
        cmocka_unit_test(what_can_be_read_in_two_ways_is_no_figure),
        cmocka_unit_test(dates_and_months_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
