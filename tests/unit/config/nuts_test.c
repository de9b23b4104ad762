/* The codes of NUTS: the table's form, and what the shipped one holds. */
#include <stdbool.h>

#include "config/nuts.h"
#include "core/base/date.h"
#include "core/model/region.h"
#include "tests/unit/config/files.h"
#include "support/mem_failing.h"

#define HEADER "code;nuts_2013;nuts_2016\n"

static struct nuts *shipped;
static struct regions *poland;

static struct nuts *parsed(const char *csv)
{
    struct nuts *nuts = NULL;
    struct config_fault fault = {0};
    const enum err err = nuts_parse(bytes_text(csv), &nuts, &fault);
    if (err != ERR_OK) {
        fail_msg("line %u: %s", fault.line, fault.text);
    }
    return nuts;
}

static int setup(void **state)
{
    uint32_t line;
    (void)state;
    char *csv = files_read(SOURCE_DIR "/config/regions/nuts.csv");
    shipped = parsed(csv);
    free(csv);
    csv = files_read(SOURCE_DIR "/config/regions/pl.csv");
    assert_int_equal(ERR_OK, regions_parse(bytes_text(csv), &poland, &line));
    free(csv);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    nuts_free(&shipped);
    regions_free(&poland);
    return 0;
}

static void a_region_is_found_by_any_of_its_codes(void **state)
{
    (void)state;
    struct nuts *nuts =
        parsed("\xef\xbb\xbf" HEADER "PL-14;PL12;PL91 PL92\r\nPLSUB-zyrardowski;;PL926\r\n");
    assert_int_equal(2, nuts_count(nuts));
    const struct nuts_line *line = nuts_get(nuts, 0);
    assert_true(bytes_is(line->nuts_2013, "PL12") && bytes_is(line->nuts_2016, "PL91 PL92"));
    assert_ptr_equal(line, nuts_of(nuts, bytes_text("PL-14")));
    assert_ptr_equal(line, nuts_find(nuts, bytes_text("PL12")));
    assert_ptr_equal(line, nuts_find(nuts, bytes_text("PL91")));
    assert_ptr_equal(line, nuts_find(nuts, bytes_text("PL92")));
    assert_null(nuts_find(nuts, bytes_text("PL9")));
    assert_null(nuts_find(nuts, bytes_text("PL-14")));
    assert_null(nuts_find(nuts, bytes_text("")));
    assert_null(nuts_of(nuts, bytes_text("PL12")));
    nuts_free(&nuts);
    nuts_free(&nuts);
}

static void a_fault_is_named_by_its_line(void **state)
{
    static const struct {
        const char *csv;
        uint32_t line;
        const char *text;
    } wrong[] = {
        {"code;nuts\n", 1,
         "this is no table of NUTS codes: its first line must be \"code;nuts_2013;nuts_2016\""},
        {HEADER "PL-14;PL12\n", 2,
         "the line has not the form code;nuts_2013;nuts_2016: correct it"},
        {HEADER "PL-14;PL12;PL91;\n", 2,
         "the line has not the form code;nuts_2013;nuts_2016: correct it"},
        {HEADER ";PL12;PL91\n", 2,
         "the line has not the form code;nuts_2013;nuts_2016: correct it"},
        {HEADER "PL-14;PL12\xff;PL91\n", 2,
         "the line has not the form code;nuts_2013;nuts_2016: correct it"},
        {HEADER "A;;\nB;PL12;PL91\nB;;\n", 4,
         "a code of this line stands in line 3 already: leave it out there or here"},
        {HEADER "A;PL12;PL91\nB;PL12;\n", 3,
         "a code of this line stands in line 2 already: leave it out there or here"},
        {HEADER "A;PL12;PL91 PL92\nB;;PL93 PL92\n", 3,
         "a code of this line stands in line 2 already: leave it out there or here"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct nuts *nuts = NULL;
        struct config_fault fault = {0};
        assert_int_equal(ERR_CONFIG, nuts_parse(bytes_text(wrong[i].csv), &nuts, &fault));
        assert_string_equal(wrong[i].text, fault.text);
        assert_int_equal(wrong[i].line, fault.line);
        assert_null(nuts);
    }
}

static void no_memory_is_told(void **state)
{
    struct nuts *nuts = NULL;
    struct config_fault fault = {0};
    enum err err = ERR_MEMORY;
    size_t nth = 0;
    (void)state;
    while (err != ERR_OK) {
        mem_failing_at(++nth);
        err = nuts_parse(bytes_text(HEADER "A;;\n"), &nuts, &fault);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(4, nth);
    nuts_free(&nuts);
}

/* ---- the shipped table ---- */

static bool valid(const struct region *region, const char *from, const char *to)
{
    int32_t first = 0, last = 0;
    assert_int_equal(ERR_OK, date_parse(bytes_text(from), &first));
    assert_int_equal(ERR_OK, date_parse(bytes_text(to), &last));
    return region->valid_from <= last && first <= region->valid_to;
}

/* NUTS 2013 was in force from 2015 to 2017, NUTS 2016 and 2021 since. The codes of one level have
 * one length, so a line that slipped is seen. */
static void every_region_has_the_codes_of_its_time(void **state)
{
    uint32_t in_2013 = 0, in_2016 = 0;
    (void)state;
    for (uint32_t i = 0; i < regions_count(poland); i++) {
        const struct region *region = regions_get(poland, i);
        const bool wide = region->level == REGION_VOIVODESHIP;
        const bool was = valid(region, "2015-01-01", "2017-12-31");
        const bool is = valid(region, "2018-01-01", "2027-12-31");
        if ((!wide && region->level != REGION_SUBREGION) || (!was && !is)) {
            continue;
        }
        const struct nuts_line *line = nuts_of(shipped, region->code);
        if (line == NULL) {
            fail_msg("%.*s has no line", BYTES_FMT(region->code));
            abort();
        }
        const size_t size = wide ? 4 : 5;
        assert_int_equal(was ? size : 0, line->nuts_2013.size);
        assert_true(!is || line->nuts_2016.size == size || bytes_is(line->nuts_2016, "PL91 PL92"));
        in_2013 += was && !wide ? 1 : 0;
        in_2016 += is && !wide ? 1 : 0;
    }
    assert_int_equal(72, in_2013);
    assert_int_equal(73, in_2016);
}

/* A subregion's code begins with that of its voivodeship, in both versions. */
static void a_code_lies_in_that_of_the_voivodeship(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < nuts_count(shipped); i++) {
        const struct nuts_line *line = nuts_get(shipped, i);
        const uint32_t number = regions_nearest(poland, line->code, DATE_MIN);
        if (number == REGION_NONE || regions_get(poland, number)->level != REGION_SUBREGION) {
            continue;
        }
        const struct nuts_line *above = nuts_of(shipped, regions_get(poland, number)->parent);
        assert_non_null(above);
        assert_true(line->nuts_2013.size == 0 ||
                    memcmp(line->nuts_2013.data, above->nuts_2013.data, 4) == 0);
        assert_true(memcmp(line->nuts_2016.data, above->nuts_2016.data, 4) == 0 ||
                    memcmp(line->nuts_2016.data, "PL92", 4) == 0);
        if (memcmp(line->code.data, "NUTS-", 5) == 0) {
            assert_true(
                bytes_equal(bytes_of(line->code.data + 5, line->code.size - 5), line->nuts_2016));
        }
    }
}

static void the_codes_of_the_sources_are_there(void **state)
{
    static const char *const codes[][3] = {
        {"PL-20", "PL34", "PL84"},
        {"PL-14", "PL12", "PL91 PL92"},
        {"NUTS-PL841", "PL343", "PL841"},
        {"NUTS-PL842", "PL344", "PL842"},
        {"NUTS-PL843", "PL345", "PL843"},
        {"NUTS-PL721", "PL331", "PL721"},
        {"NUTS-PL219", "PL219", "PL219"},
        {"PLSUB-plocki", "PL12C", "PL923"},
        {"PLSUB-ostrolecki", "PL12D", "PL924"},
        {"PLSUB-zyrardowski", "", "PL926"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const struct nuts_line *line = nuts_of(shipped, bytes_text(codes[i][0]));
        assert_non_null(line);
        assert_true(bytes_is(line->nuts_2013, codes[i][1]));
        assert_true(bytes_is(line->nuts_2016, codes[i][2]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_region_is_found_by_any_of_its_codes),
        cmocka_unit_test(a_fault_is_named_by_its_line),
        cmocka_unit_test(no_memory_is_told),
        cmocka_unit_test(every_region_has_the_codes_of_its_time),
        cmocka_unit_test(a_code_lies_in_that_of_the_voivodeship),
        cmocka_unit_test(the_codes_of_the_sources_are_there),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
