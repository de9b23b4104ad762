/* Identifiers: the published rules, with numbers that are made up or printed as examples. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "core/base/date.h"
#include "core/model/identity.h"

static enum reject parse(const char *scheme, const char *text, struct identity *out)
{
    return identity_parse(bytes_text(scheme), bytes_text(text), out);
}

static enum reject verdict(const char *scheme, const char *text)
{
    struct identity identity;
    return parse(scheme, text, &identity);
}

static void pesel_tells_birth_and_sex(void **state)
{
    static const struct {
        const char *text;
        struct date birth;
        enum event_sex sex;
    } people[] = {
        {"44051401359", {1944, 5, 14}, SEX_MAN},
        {"44051401458", {1944, 5, 14}, SEX_MAN},
        {"02211307589", {2002, 1, 13}, SEX_WOMAN},
        {"02122401358", {1902, 12, 24}, SEX_MAN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        struct identity identity;
        assert_int_equal(REJECT_NONE, parse("pesel", people[i].text, &identity));
        assert_int_equal(IDENTITY_PESEL, identity.scheme);
        assert_string_equal("pesel", identity.scheme_text);
        assert_string_equal(people[i].text, identity.text);
        assert_true(identity.has_birth);
        assert_int_equal(date_days(people[i].birth), identity.birth);
        assert_int_equal(people[i].sex, identity.sex);
        assert_false(identity.entity);
        assert_false(identity.repaired);
    }
}

/* Writes the digits with the right check digit behind them. */
static void with_check(const char *ten, char out[12])
{
    static const int weights[] = {1, 3, 7, 9, 1, 3, 7, 9, 1, 3};
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        sum += weights[i] * (ten[i] - '0');
        out[i] = ten[i];
    }
    out[10] = (char)('0' + (10 - sum % 10) % 10);
    out[11] = '\0';
}

static void pesel_carries_five_centuries(void **state)
{
    static const struct {
        const char *ten;
        struct date birth;
    } people[] = {
        {"0081010000", {1800, 1, 1}},   {"9992310000", {1899, 12, 31}},
        {"0001010000", {1900, 1, 1}},   {"9912310000", {1999, 12, 31}},
        {"0021010000", {2000, 1, 1}},   {"0022290000", {2000, 2, 29}},
        {"9932310000", {2099, 12, 31}}, {"0041010000", {2100, 1, 1}},
        {"9952310000", {2199, 12, 31}}, {"0061010000", {2200, 1, 1}},
        {"9972310000", {2299, 12, 31}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        struct identity identity;
        char text[12];
        with_check(people[i].ten, text);
        assert_int_equal(REJECT_NONE, parse("", text, &identity));
        assert_int_equal(date_days(people[i].birth), identity.birth);
    }
}

static void pesel_with_another_check_digit_is_wrong(void **state)
{
    char text[] = "44051401350";
    (void)state;
    assert_int_equal(REJECT_PESEL_CHECKSUM, verdict("pesel", "44051401358"));
    for (char digit = '0'; digit <= '9'; digit++) {
        text[10] = digit;
        assert_int_equal(digit == '9' ? REJECT_NONE : REJECT_PESEL_CHECKSUM,
                         verdict("pesel", text));
    }
}

static void pesel_with_one_digit_mistyped_is_wrong(void **state)
{
    (void)state;
    for (size_t at = 0; at < 11; at++) {
        char text[] = "02211307589";
        for (char digit = '0'; digit <= '9'; digit++) {
            const bool right = "02211307589"[at] == digit;
            text[at] = digit;
            assert_int_equal(right, verdict("pesel", text) == REJECT_NONE);
        }
    }
}

static void pesel_of_a_day_that_does_not_exist_is_wrong(void **state)
{
    static const char *const tens[] = {"0000000000", "1113010000", "1120010000", "1102290000",
                                       "1104310000", "1105000000", "0042290000", "1193010000",
                                       "1100010000", "0082290000"};
    (void)state;
    assert_int_equal(REJECT_PESEL_DATE, verdict("pesel", "02381307589"));
    assert_int_equal(REJECT_PESEL_DATE, verdict("pesel", "00000000000"));
    for (size_t i = 0; i < sizeof tens / sizeof tens[0]; i++) {
        char text[12];
        with_check(tens[i], text);
        assert_int_equal(REJECT_PESEL_DATE, verdict("pesel", text));
    }
}

static void pesel_of_another_form_is_wrong(void **state)
{
    static const char *const texts[] = {
        "",  "4405140135",   "440514013590",  "4405140135x",   "44051401359\n", "4405140135٣",
        "-", "-44051401358", "PL44051401359", "44051401359.0", "4.4051E+10"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const enum reject reject = verdict("pesel", texts[i]);
        assert_int_equal(strcmp(texts[i], "-44051401358") == 0 ? REJECT_PESEL_CHECKSUM
                                                               : REJECT_PESEL_FORM,
                         reject);
    }
}

static void pesel_that_lost_its_leading_zero_is_repaired(void **state)
{
    struct identity identity;
    (void)state;
    assert_int_equal(REJECT_NONE, parse("pesel", "2211307589", &identity));
    assert_true(identity.repaired);
    assert_string_equal("02211307589", identity.text);
    assert_int_equal(SEX_WOMAN, identity.sex);
    assert_int_equal(date_days((struct date){2002, 1, 13}), identity.birth);
    assert_int_equal(REJECT_PESEL_FORM, verdict("pesel", "2211307588"));
    assert_int_equal(REJECT_PESEL_FORM, verdict("pesel", "0000000000"));
    assert_int_equal(REJECT_PESEL_FORM, verdict("pesel", "211307589"));
}

static void pesel_is_the_same_however_it_was_grouped(void **state)
{
    static const char *const texts[] = {" 44051401359", "44051401359\xc2\xa0", "440514 01359",
                                        "440514-01359"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct identity identity;
        assert_int_equal(REJECT_NONE, parse("pesel", texts[i], &identity));
        assert_string_equal("44051401359", identity.text);
    }
}

static void nip_is_an_entity_of_ten_digits(void **state)
{
    static const char *const texts[] = {"8567346215", "PL8567346215", "pl 856-734-62-15",
                                        "856 734 62 15"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct identity identity;
        assert_int_equal(REJECT_NONE, parse("nip", texts[i], &identity));
        assert_string_equal("8567346215", identity.text);
        assert_string_equal("nip", identity.scheme_text);
        assert_true(identity.entity);
        assert_false(identity.has_birth);
        assert_int_equal(SEX_UNKNOWN, identity.sex);
    }
}

static void nip_with_a_wrong_check_digit_or_form_is_wrong(void **state)
{
    static const char *const texts[] = {"8567346216",  "",           "856734621",
                                        "85673462155", "PL",         "DE8567346215",
                                        "856734621x",  "0000000000", "P8567346215"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(REJECT_NIP_WRONG, verdict("nip", texts[i]));
    }
}

static void nip_with_the_remainder_ten_is_never_valid(void **state)
{
    char text[] = "1000000160";
    (void)state;
    for (char digit = '0'; digit <= '9'; digit++) {
        text[9] = digit;
        assert_int_equal(REJECT_NIP_WRONG, verdict("nip", text));
    }
}

static void regon_has_nine_or_fourteen_digits(void **state)
{
    static const char *const texts[] = {"192598184", "123456785", "12345678512347", "100000050"};
    struct identity identity;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(REJECT_NONE, parse("regon", texts[i], &identity));
        assert_string_equal(texts[i], identity.text);
        assert_string_equal("regon", identity.scheme_text);
        assert_true(identity.entity);
    }
    assert_int_equal(REJECT_NONE, parse("regon", "192-598-184", &identity));
    assert_string_equal("192598184", identity.text);
}

static void regon_with_a_wrong_check_digit_or_form_is_wrong(void **state)
{
    static const char *const texts[] = {"192598183", "12345678612342", "12345678512348",
                                        "",          "19259818",       "1925981840",
                                        "19259818x", "000000000",      "00000000000000"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_int_equal(REJECT_REGON_WRONG, verdict("regon", texts[i]));
    }
}

static void passport_is_written_large_with_its_country(void **state)
{
    struct identity identity;
    (void)state;
    assert_int_equal(REJECT_NONE, parse("Passport:de", " c01x 00t47 ", &identity));
    assert_int_equal(IDENTITY_PASSPORT, identity.scheme);
    assert_string_equal("passport:DE", identity.scheme_text);
    assert_string_equal("C01X00T47", identity.text);
    assert_false(identity.entity);
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("passport:DE", ""));
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("passport:DE", " - "));
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("passport:DE", "C01/X"));
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("passport:DE", "ŁC01"));
}

static void local_and_entity_ids_stay_as_they_are(void **state)
{
    struct identity identity;
    (void)state;
    assert_int_equal(REJECT_NONE, parse("local", " Teczka 7/łódź ", &identity));
    assert_string_equal("Teczka 7/łódź", identity.text);
    assert_string_equal("local", identity.scheme_text);
    assert_false(identity.entity);
    assert_int_equal(REJECT_NONE, parse("entity", "„Opoka”", &identity));
    assert_string_equal("„Opoka”", identity.text);
    assert_true(identity.entity);
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("local", ""));
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("local", "a\tb"));
    assert_int_equal(REJECT_IDENTIFIER_FORM, verdict("local", "a\xff"));
}

static void ids_take_64_bytes_and_no_more(void **state)
{
    static const char *const schemes[] = {"local", "entity", "passport:PT"};
    char text[66];
    (void)state;
    memset(text, 'A', 65);
    text[65] = '\0';
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        struct identity identity;
        assert_int_equal(REJECT_IDENTIFIER_FORM, verdict(schemes[i], text));
        assert_int_equal(REJECT_NONE, parse(schemes[i], text + 1, &identity));
        assert_int_equal(64, strlen(identity.text));
    }
}

static void scheme_is_pesel_where_none_is_given(void **state)
{
    struct identity identity;
    (void)state;
    assert_int_equal(REJECT_NONE, parse(" ", "44051401359", &identity));
    assert_int_equal(IDENTITY_PESEL, identity.scheme);
    assert_int_equal(REJECT_NONE, parse("PESEL", "44051401359", &identity));
    assert_string_equal("pesel", identity.scheme_text);
}

static void scheme_that_is_not_known_is_refused(void **state)
{
    static const char *const schemes[] = {"dowód",        "pesel2",      "pese",
                                          "passport",     "passport:",   "passport:D",
                                          "passport:DEU", "passport:1A", "passport:D ",
                                          "passport;DE"};
    (void)state;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        assert_int_equal(REJECT_SCHEME_UNKNOWN, verdict(schemes[i], "44051401359"));
    }
}

static void pesel_of_somebody_born_after_1999_is_read(void **state)
{
    struct identity identity;
    (void)state;
    assert_int_equal(REJECT_NONE, parse("pesel", "02211307589", &identity));
    assert_int_equal(date_days((struct date){2002, 1, 13}), identity.birth);
    assert_int_equal(SEX_WOMAN, identity.sex);
}

static void pesel_of_zeros_is_refused_though_its_check_digit_is_right(void **state)
{
    (void)state;
    assert_int_equal(REJECT_PESEL_DATE, verdict("pesel", "00000000000"));
    assert_int_equal(REJECT_PESEL_FORM, verdict("pesel", "0000000000"));
}

static void pesel_of_ten_digits_is_not_repaired_to_a_wrong_one(void **state)
{
    struct identity identity;
    (void)state;
    assert_int_equal(REJECT_PESEL_FORM, parse("pesel", "2211307588", &identity));
    assert_false(identity.repaired);
    assert_int_equal(REJECT_PESEL_FORM, parse("pesel", "2381307589", &identity));
    assert_false(identity.repaired);
}

static void regon_of_remainder_ten_has_the_check_digit_zero(void **state)
{
    (void)state;
    assert_int_equal(REJECT_NONE, verdict("regon", "100000050"));
    assert_int_equal(REJECT_REGON_WRONG, verdict("regon", "100000051"));
}

static void regon_of_fourteen_digits_holds_a_valid_one_of_nine(void **state)
{
    (void)state;
    assert_int_equal(REJECT_NONE, verdict("regon", "12345678512347"));
    assert_int_equal(REJECT_REGON_WRONG, verdict("regon", "12345678612342"));
    assert_int_equal(REJECT_REGON_WRONG, verdict("regon", "12345678512348"));
}

static void passport_of_a_country_that_does_not_exist_is_refused(void **state)
{
    static const char *const schemes[] = {"passport:XX", "passport:AA", "passport:ZZ",
                                          "passport:UK", "passport:QB"};
    (void)state;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        assert_int_equal(REJECT_COUNTRY_UNKNOWN, verdict(schemes[i], "C01X00T47"));
    }
    assert_int_equal(REJECT_NONE, verdict("passport:XK", "C01X00T47"));
    assert_int_equal(REJECT_NONE, verdict("passport:ua", "C01X00T47"));
}

static void no_scheme_gives_a_blank_key(void **state)
{
    static const char *const schemes[] = {"pesel", "local", "passport:DE",
                                          "nip",   "regon", "entity"};
    static const char *const blanks[] = {"", " ", "\t", "\xc2\xa0", " - ", "PL"};
    (void)state;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        for (size_t j = 0; j < sizeof blanks / sizeof blanks[0]; j++) {
            struct identity identity;
            if (parse(schemes[i], blanks[j], &identity) == REJECT_NONE) {
                assert_true(identity.text[0] != '\0' && identity.text[0] != ' ');
            }
        }
        assert_int_not_equal(REJECT_NONE, verdict(schemes[i], ""));
        assert_int_not_equal(REJECT_NONE, verdict(schemes[i], "   "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pesel_tells_birth_and_sex),
        cmocka_unit_test(pesel_carries_five_centuries),
        cmocka_unit_test(pesel_with_another_check_digit_is_wrong),
        cmocka_unit_test(pesel_with_one_digit_mistyped_is_wrong),
        cmocka_unit_test(pesel_of_a_day_that_does_not_exist_is_wrong),
        cmocka_unit_test(pesel_of_another_form_is_wrong),
        cmocka_unit_test(pesel_that_lost_its_leading_zero_is_repaired),
        cmocka_unit_test(pesel_is_the_same_however_it_was_grouped),
        cmocka_unit_test(nip_is_an_entity_of_ten_digits),
        cmocka_unit_test(nip_with_a_wrong_check_digit_or_form_is_wrong),
        cmocka_unit_test(nip_with_the_remainder_ten_is_never_valid),
        cmocka_unit_test(regon_has_nine_or_fourteen_digits),
        cmocka_unit_test(regon_with_a_wrong_check_digit_or_form_is_wrong),
        cmocka_unit_test(passport_is_written_large_with_its_country),
        cmocka_unit_test(local_and_entity_ids_stay_as_they_are),
        cmocka_unit_test(ids_take_64_bytes_and_no_more),
        cmocka_unit_test(scheme_is_pesel_where_none_is_given),
        cmocka_unit_test(scheme_that_is_not_known_is_refused),
        cmocka_unit_test(pesel_of_somebody_born_after_1999_is_read),
        cmocka_unit_test(pesel_of_zeros_is_refused_though_its_check_digit_is_right),
        cmocka_unit_test(pesel_of_ten_digits_is_not_repaired_to_a_wrong_one),
        cmocka_unit_test(regon_of_remainder_ten_has_the_check_digit_zero),
        cmocka_unit_test(regon_of_fourteen_digits_holds_a_valid_one_of_nine),
        cmocka_unit_test(passport_of_a_country_that_does_not_exist_is_refused),
        cmocka_unit_test(no_scheme_gives_a_blank_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
