/* The shipped region tables: what they hold, and that codes which changed are found on the right
 * days. */
#include <stdbool.h>

#include "core/base/buffer.h"
#include "core/base/date.h"
#include "core/model/region.h"
#include "tests/unit/config/files.h"

static struct regions *poland, *europe;

static struct regions *table(const char *path)
{
    char *text = files_read(path);
    struct regions *regions = NULL;
    uint32_t line = 0;
    const enum err err = regions_parse(bytes_text(text), &regions, &line);
    if (err != ERR_OK) {
        fail_msg("%s:%u: error %d", path, line, (int)err);
    }
    free(text);
    return regions;
}

static int setup(void **state)
{
    (void)state;
    poland = table(SOURCE_DIR "/config/regions/pl.csv");
    europe = table(SOURCE_DIR "/config/regions/europe.csv");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    regions_free(&poland);
    regions_free(&europe);
    return 0;
}

static int32_t day_of(const char *text)
{
    int32_t day = 0;
    assert_int_equal(ERR_OK, date_parse(bytes_text(text), &day));
    return day;
}

static const struct region *found(const struct regions *regions, const char *code, const char *day)
{
    const uint32_t number = regions_find(regions, bytes_text(code), day_of(day));
    return number == REGION_NONE ? NULL : regions_get(regions, number);
}

static bool valid(const struct region *region, int32_t day)
{
    return region->valid_from <= day && day <= region->valid_to;
}

static uint32_t count(enum region_level level, const char *day)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < regions_count(poland); i++) {
        const struct region *region = regions_get(poland, i);
        n += region->level == level && valid(region, day_of(day)) ? 1 : 0;
    }
    return n;
}

static void is_in(const char *code, const char *day, const char *parent)
{
    const struct region *region = found(poland, code, day);
    if (region == NULL || !bytes_is(region->parent, parent)) {
        fail_msg("%s on %s is not in %s", code, day, parent);
    }
}

/* The code is valid through the first day and not on the next. */
static void ends(const char *code, const char *last, const char *next)
{
    assert_non_null(found(poland, code, last));
    assert_null(found(poland, code, next));
}

static void begins(const char *code, const char *before, const char *first)
{
    assert_null(found(poland, code, before));
    assert_non_null(found(poland, code, first));
}

/* ---- What is there ---- */

static void poland_has_16_voivodeships_and_380_counties(void **state)
{
    (void)state;
    assert_int_equal(16, count(REGION_VOIVODESHIP, "2024-01-01"));
    assert_int_equal(373, count(REGION_COUNTY, "2001-12-31"));
    assert_int_equal(380, count(REGION_COUNTY, "2002-12-31"));
    assert_int_equal(379, count(REGION_COUNTY, "2003-01-01"));
    assert_int_equal(379, count(REGION_COUNTY, "2012-12-31"));
    assert_int_equal(380, count(REGION_COUNTY, "2013-01-01"));
    assert_int_equal(380, count(REGION_COUNTY, "2027-12-31"));
}

static void subregions_are_66_then_72_then_73(void **state)
{
    (void)state;
    assert_int_equal(66, count(REGION_SUBREGION, "2014-12-31"));
    assert_int_equal(72, count(REGION_SUBREGION, "2015-01-01"));
    assert_int_equal(72, count(REGION_SUBREGION, "2017-12-31"));
    assert_int_equal(73, count(REGION_SUBREGION, "2018-01-01"));
}

static void every_county_has_a_subregion_of_its_voivodeship_on_every_day(void **state)
{
    (void)state;
    const int32_t last = day_of("2027-12-31");
    for (int32_t day = day_of("2007-01-01"); day <= last; day++) {
        if (date_of(day).day != 1) {
            continue; /* each line begins on the first of a month, as the next test holds */
        }
        for (uint32_t i = 0; i < regions_count(poland); i++) {
            const struct region *region = regions_get(poland, i);
            if (region->level != REGION_COUNTY || !valid(region, day)) {
                continue;
            }
            const uint32_t above = regions_above(poland, i, REGION_SUBREGION, day);
            const uint32_t top = regions_above(poland, i, REGION_VOIVODESHIP, day);
            if (above == REGION_NONE || top == REGION_NONE ||
                memcmp(regions_get(poland, top)->code.data, region->code.data, 5) != 0) {
                fail_msg("line of %.*s", (int)region->code.size, (const char *)region->code.data);
            }
        }
    }
}

static void lines_begin_on_the_first_and_end_on_the_last_of_a_month(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < regions_count(poland); i++) {
        const struct region *region = regions_get(poland, i);
        assert_true(region->valid_from <= DATE_MIN || date_of(region->valid_from).day == 1);
        assert_true(region->valid_to >= DATE_MAX || date_of(region->valid_to + 1).day == 1);
    }
}

/* Kind 3 is 4 and 5 together: parts of a gmina are no gminas, nor are two kinds on one day. */
static void no_gmina_is_there_twice(void **state)
{
    (void)state;
    uint32_t gminas = 0;
    for (uint32_t i = 0; i < regions_count(poland); i++) {
        const struct region *one = regions_get(poland, i);
        if (one->level != REGION_GMINA) {
            continue;
        }
        gminas++;
        assert_int_equal(10, one->code.size);
        assert_in_range(one->code.data[9], '1', '3');
        for (uint32_t k = i + 1; k < regions_count(poland); k++) {
            const struct region *other = regions_get(poland, k);
            const bool same =
                other->level == REGION_GMINA && memcmp(one->code.data, other->code.data, 9) == 0;
            assert_false(same && one->valid_from <= other->valid_to &&
                         other->valid_from <= one->valid_to);
        }
    }
    assert_int_equal(11, gminas);
}

static void the_gminas_of_the_sources_are_there(void **state)
{
    static const char *const gminas[] = {"PL-0810021", "PL-1210133", "PL-1212042", "PL-1214042",
                                         "PL-2002073", "PL-2013033", "PL-2013093"};
    (void)state;
    for (size_t i = 0; i < sizeof gminas / sizeof gminas[0]; i++) {
        assert_non_null(found(poland, gminas[i], "2013-06-01"));
    }
}

static void the_places_abroad_are_there(void **state)
{
    static const char *const codes[] = {
        "CITY-CY-latsia",  "CITY-DE-kaiserslautern", "CITY-ES-aviles",    "CITY-FR-rennes",
        "CITY-GB-enfield", "CITY-GB-thurrock",       "CITY-HU-nagykallo", "CITY-IT-cesena",
        "CITY-PT-aveiro",  "CITY-PT-gondomar",       "NUTS-ES43",         "NUTS-UKD1"};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_non_null(found(europe, codes[i], "2013-06-01"));
    }
}

/* ---- What changed ---- */

static void michalowo_is_urban_rural_from_2009(void **state)
{
    (void)state;
    ends("PL-2002072", "2008-12-31", "2009-01-01");
    begins("PL-2002073", "2008-12-31", "2009-01-01");
    is_in("PL-2002072", "2008-12-31", "PL-2002");
    is_in("PL-2002073", "2009-01-01", "PL-2002");
}

static void szepietowo_is_urban_rural_from_2010(void **state)
{
    (void)state;
    ends("PL-2013092", "2009-12-31", "2010-01-01");
    begins("PL-2013093", "2009-12-31", "2010-01-01");
}

static void czyzew_is_urban_rural_and_renamed_from_2011(void **state)
{
    (void)state;
    ends("PL-2013032", "2010-12-31", "2011-01-01");
    begins("PL-2013033", "2010-12-31", "2011-01-01");
    assert_true(bytes_is(found(poland, "PL-2013032", "2010-12-31")->name, "Czyżew-Osada"));
    assert_true(bytes_is(found(poland, "PL-2013033", "2011-01-01")->name, "Czyżew"));
}

static void walbrzych_is_a_county_then_a_gmina_then_a_county(void **state)
{
    (void)state;
    ends("PL-0263", "2002-12-31", "2003-01-01");
    begins("PL-0221091", "2002-12-31", "2003-01-01");
    is_in("PL-0221091", "2003-01-01", "PL-0221");
    ends("PL-0221091", "2012-12-31", "2013-01-01");
    begins("PL-0265", "2012-12-31", "2013-01-01");
    is_in("PL-0265", "2013-01-01", "PLSUB-walbrzyski");
}

static void goldapski_and_wegorzewski_counties_begin_in_2002(void **state)
{
    (void)state;
    begins("PL-2818", "2001-12-31", "2002-01-01");
    begins("PL-2819", "2001-12-31", "2002-01-01");
}

static void inowroclaw_county_has_another_subregion_from_2015(void **state)
{
    (void)state;
    is_in("PL-0407", "2014-12-31", "PLSUB-wloclawski");
    is_in("PL-0407", "2015-01-01", "PLSUB-inowroclawski");
}

static void zyrardowski_subregion_begins_in_2018(void **state)
{
    (void)state;
    begins("PLSUB-zyrardowski", "2017-12-31", "2018-01-01");
    is_in("PL-1438", "2017-12-31", "PLSUB-warszawski-zachodni");
    is_in("PL-1438", "2018-01-01", "PLSUB-zyrardowski");
    is_in("PL-1403", "2017-12-31", "PLSUB-warszawski-wschodni");
    is_in("PL-1403", "2018-01-01", "PLSUB-siedlecki");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(poland_has_16_voivodeships_and_380_counties),
        cmocka_unit_test(subregions_are_66_then_72_then_73),
        cmocka_unit_test(every_county_has_a_subregion_of_its_voivodeship_on_every_day),
        cmocka_unit_test(lines_begin_on_the_first_and_end_on_the_last_of_a_month),
        cmocka_unit_test(no_gmina_is_there_twice),
        cmocka_unit_test(the_gminas_of_the_sources_are_there),
        cmocka_unit_test(the_places_abroad_are_there),
        cmocka_unit_test(michalowo_is_urban_rural_from_2009),
        cmocka_unit_test(szepietowo_is_urban_rural_from_2010),
        cmocka_unit_test(czyzew_is_urban_rural_and_renamed_from_2011),
        cmocka_unit_test(walbrzych_is_a_county_then_a_gmina_then_a_county),
        cmocka_unit_test(goldapski_and_wegorzewski_counties_begin_in_2002),
        cmocka_unit_test(inowroclaw_county_has_another_subregion_from_2015),
        cmocka_unit_test(zyrardowski_subregion_begins_in_2018),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
