/* A programme file: what a good one becomes, and what each wrong one is told. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "config/programme_file.h"
#include "core/base/date.h"
#include "support/mem_failing.h"
#include "unit/config/files.h"

#define FOLDER SOURCE_DIR "/tests/unit/config/"

static char *good;
static char *regions;

static int setup(void **state)
{
    (void)state;
    good = files_read(FOLDER "good.yaml");
    regions = files_read(FOLDER "regions.csv");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(good);
    free(regions);
    return 0;
}

static enum err parse(const char *yaml, struct programme **out, struct config_fault *fault)
{
    *fault = (struct config_fault){0};
    return programme_parse(bytes_text(yaml), bytes_text(regions), out, fault);
}

static struct programme *parse_good(const char *yaml)
{
    struct programme *programme = NULL;
    struct config_fault fault;
    const enum err err = parse(yaml, &programme, &fault);
    if (err != ERR_OK) {
        fail_msg("%u:%u: %s", fault.line, fault.column, fault.text);
    }
    return programme;
}

/* A good file with one thing replaced. */
struct wrong {
    const char *find, *put;
    uint32_t line, column;
    const char *text;
};

static const struct wrong wrongs[] = {
    /* Not YAML at all, or not the right one. */
    {"\"Próba: zażółć gęślą jaźń\"", "Próba: zażółć", 2, 13,
     "this is not YAML: mapping values are not allowed in this context: put a text that holds \": "
     "\" in quotation marks, or indent this line like the one above"},
    {"  - {id: LEAD", "\t- {id: LEAD", 7, 1,
     "this is not YAML: found character that cannot start any token: indent with blanks, not tabs, "
     "and put a text that starts with @, % or ` in quotation marks"},
    {"gęślą", "g\xff\xfelą", 2, 24, "this is not UTF-8: save the file as UTF-8"},
    {"title: Lider}", "title: Lider", 8, 5,
     "this is not YAML: did not find expected ',' or '}': close the list with ] or the entry with "
     "}"},
    {"live:\n", "---\nlive:\n", 49, 1,
     "a second document starts here: leave out the \"---\" and all that follows it"},
    {"programme: P1", "programme: &x P1\ntitle: *x", 1, 12,
     "anchors (&name) and aliases (*name) are not read: write the value out, or put a text that "
     "starts "
     "so in quotation marks"},
    {"title: Lider", "title: *Lider", 7, 23,
     "anchors (&name) and aliases (*name) are not read: write the value out, or put a text that "
     "starts "
     "so in quotation marks"},
    /* Keys and types. */
    {"title: \"P", "titel: \"P", 2, 1,
     "unknown key \"titel\" in the file (did you mean \"title\"?)"},
    {"region: home", "zone: home", 28, 5,
     "unknown key \"zone\" in an entry of \"indicators\" (known: id, title, unit, count, region, "
     "part_of, parts, of, per, over, level, where)"},
    {"sex: [woman]", "sexes: [woman]", 33, 7,
     "unknown key \"sexes\" in where (did you mean \"sex\"?)"},
    {"programme: P1\n", "", 1, 1, "the file lacks the key \"programme\": add it"},
    {"id: A1, ", "", 11, 5, "an entry of \"tasks\" lacks the key \"id\": add it"},
    {"lead: LEAD", "lead: LEAD\nlead: KLUCZ", 6, 1,
     "the key \"lead\" stands in line 5 already: leave one of them out"},
    {"partner: [KLUCZ]", "partner: KLUCZ", 32, 16, "\"partner\" must be a list: write [KLUCZ]"},
    {"unit: person", "unit: [person]", 26, 11, "\"unit\" must be one value, not a list"},
    {"where: {unit: [hour]}", "where: hour", 41, 12,
     "where must hold keys, of kind, partner, task, support, outcome, activity, unit, education, "
     "status, flag, region, sex, age, window, stay, complete, subject"},
    {"lead: LEAD", "lead:", 5, 6,
     "\"lead\" is empty: write a value, or leave the key out where it is optional"},
    {"from: 15, to: 24}\n", "from: 015, to: 24}\n", 21, 23,
     "\"from\" must be a whole number, written in digits without leading zeros"},
    {"from: 15, to: 24}\n", "from: 15y, to: 24}\n", 21, 23,
     "\"from\" must be a whole number, written in digits without leading zeros"},
    {"id: LEAD", "id: LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLL", 7,
     10, "\"id\" is 73 bytes long: 64 are allowed"},
    {"title: Lider", "title: \"Li\\0der\"", 7, 23,
     "\"title\" holds a line end, a control character or a hidden one: type it anew"},
    {"title: Lider",
     "title: \"Li\xe2\x80\xae"
     "der\"",
     7, 23, "\"title\" holds a line end, a control character or a hidden one: type it anew"},
    {"partners:\n  - {id: LEAD, title: Lider}\n  - {id: KLUCZ, title: Partner, valid_from: "
     "2010-06-01}\n",
     "partners: []\n", 6, 11, "\"partners\" has 0 entries: it may have 1 to 1024"},
    /* Codes and dates. */
    {"id: A1", "id: A 1", 11, 10,
     "\"A 1\" cannot be a code: leave out blanks, commas, semicolons, bars and quotation marks"},
    {"id: A1", "id: A", 11, 10, "the id \"A\" stands in line 10 already: choose another"},
    {"parent: A}", "parent: B}", 11, 36,
     "there is no \"B\" in \"tasks\": add it there, or correct it"},
    {"title: Zadanie A}", "title: Zadanie A, parent: A1}", 10, 39,
     "the parents of \"A\" form a circle: leave one of them out"},
    {"lead: LEAD", "lead: LAED", 5, 7,
     "there is no \"LAED\" in \"partners\" (did you mean \"LEAD\"?): add it there, or correct it"},
    {"2012-12-31", "2009-12-31", 4, 10,
     "the programme ends before it starts: exchange starts_on and ends_on"},
    {"2012-12-31", "2011-02-29", 4, 10, "there is no day 2011-02-29: correct the date"},
    {"2010-01-01", "May 2010", 3, 12, "\"May 2010\" is no date: write YYYY-MM-DD"},
    {"valid_to: 2011-12-31", "valid_to: 2009-12-31", 15, 50,
     "\"training\" ends before it begins: valid_to must not lie before valid_from (or before the "
     "programme)"},
    {"from: 25, to: 130", "from: 24, to: 130", 22, 21,
     "the band \"25+\" must begin above 24, the last year of the band before it: bands are written "
     "from "
     "young to old and share no year"},
    {"from: 25, to: 130", "from: 25, to: 131", 22, 29,
     "nobody is older than 130 years: write 130 at most"},
    /* Indicators. */
    {"id: hours", "id: coached", 37, 9,
     "the id \"coached\" stands in line 24 already: choose another"},
    {"id: hours", "id: all", 37, 9, "\"all\" means every indicator: choose another id"},
    {"count: persons", "count: person", 27, 12,
     "\"person\" is not allowed for \"count\" (did you mean \"persons\"?): write one of persons, "
     "participations, occurrences, quantity, ratio, mean"},
    {"region: home", "region: house", 28, 13,
     "\"house\" is not allowed for \"region\" (did you mean \"home\"?): write one of event, home"},
    {"[started, completed]", "[started, complete]", 30, 23,
     "\"complete\" is not allowed for \"kind\" (did you mean \"completed\"?): write one of "
     "enrolled, "
     "started, completed, dropped, outcome, activity"},
    {"[training, coaching]", "[training, coachin]", 31, 27,
     "there is no \"coachin\" in \"vocabulary.support\" (did you mean \"coaching\"?): add it "
     "there, or "
     "correct it"},
    {"[training, coaching]", "[training, training]", 31, 27,
     "\"training\" stands twice in \"support\": leave one out"},
    {"region: [PL-12]", "region: [PL-13]", 35, 16,
     "the region tables have no \"PL-13\": add it to one of the files under \"regions\", or "
     "correct it"},
    {"age: {from: 15, to: 24}", "age: {from: 25, to: 24}", 34, 12,
     "ages go from 0 to 130, and from may not be above to"},
    {"where: {unit: [hour]}", "where: {unit: [PLN]}", 39, 11,
     "a quantity is summed in one unit: add unit: [hour] to \"where\""},
    {"unit: person", "unit: persn", 26, 11,
     "there is no \"persn\" in \"vocabulary.unit\": add it there, or correct it"},
    {"window: [none]", "subject: any", 36, 16,
     "people and entities are never counted together: with the unit \"person\" write subject: "
     "person"},
    /* Parts, ratios and means. */
    {"region: home", "part_of: hours", 28, 14,
     "\"coached\" counts in \"person\" and \"hours\" in \"hour\": units never mix; name an "
     "indicator of the same unit"},
    {"region: home", "part_of: coached", 28, 14,
     "\"coached\" is a part of itself: leave one part_of of the circle out"},
    {"region: home", "parts: sum", 28, 12,
     "no indicator is a part of \"coached\": write part_of: coached at its parts, or leave parts "
     "out"},
    {"region: home", "per: hours", 28, 10,
     "count: persons has no \"per\": leave it out, or choose another count"},
    {"count: participations", "count: ratio", 42, 37,
     "a ratio is told in percent: write unit: percent"},
    {"unit: entity, count: participations", "unit: percent, count: ratio, of: coached", 42, 5,
     "count: ratio needs \"per\": add it, with the id of another indicator"},
    {"unit: entity, count: participations", "unit: percent, count: ratio, of: coached, per: hours",
     42, 78,
     "\"coached\" counts in \"person\" and \"hours\" in \"hour\": units never mix; name an "
     "indicator of the same unit"},
    {"unit: entity, count: participations", "unit: percent, count: ratio, of: firms, per: hours",
     42, 64, "\"firms\" is computed itself: name an indicator that counts or sums"},
    {"unit: entity, count: participations", "unit: hour, count: mean, of: hours", 42, 5,
     "count: mean needs \"over\": add it, such as over: month"},
    {"unit: entity, count: participations",
     "unit: hour, count: mean, of: hours, over: month, level: county", 42, 87,
     "\"level\" goes with over: region: leave it out"},
    {"window: [none]", "stay: [second]", 36, 14,
     "\"second\" is not allowed for \"stay\": write one of first, again"},
    {"window: [none]", "complete: yes", 36, 17,
     "\"yes\" is not allowed for \"complete\": write one of true"},
    /* Targets. */
    {"unit: hour, words", "each: partner, words", 45, 74,
     "\"each\" goes with op: per: leave it out, or choose that op"},
    {"unit: hour, words", "task: B, words", 45, 74,
     "there is no \"B\" in \"tasks\": add it there, or correct it"},
    {"unit: hour, words", "from: 2011-02-01, to: 2011-01-31, words", 45, 90,
     "this target ends before it begins: exchange from and to"},
    {"{indicator: coached, kind: target", "{indicator: coahced, kind: target", 44, 17,
     "there is no indicator \"coahced\" (did you mean \"coached\"?): add it under \"indicators\", "
     "or "
     "correct it"},
    {"unit: hour, words", "unit: PLN, words", 45, 74,
     "the indicator \"hours\" counts in \"hour\", not in \"PLN\": leave unit out, or name another "
     "indicator"},
    {"op: ge", "op: min", 44, 44,
     "\"min\" is not allowed for \"op\": write one of none, eq, ge, approx, gt, avg, teen, per"},
    {"value: 12.5,", "value: 1.3234,", 44, 55,
     "\"1.3234\" is no value: write it like 1323, 1.323, 7665600.50, 5.500,0 tys. zł, ok. 45, "
     "3..6, V or cztery"},
    {"value: 12.5,", "value: ok. 45,", 44, 55,
     "\"ok. 45\" says op: approx, and the target op: ge: leave op out, or correct one of them"},
    {"value: 12.5,", "value: 6..3,", 44, 55, "\"6..3\" ends below its beginning: exchange the two"},
    {"kind: context, op: none,", "kind: context, unit: date, value: 2015,", 47, 40,
     "\"2015\" is no day, month or span of these: write it like 2015-05-31, 2015-05 or "
     "2008-05..2011-06-30"},
    {"kind: context, op: none,", "kind: context, unit: date, value: 2016-01..2015-01,", 47, 40,
     "\"2016-01..2015-01\" is no day, month or span of these: write it like 2015-05-31, 2015-05 or "
     "2008-05..2011-06-30"},
    {"op: ge, value: 12.5,", "value: 45 zł,", 44, 47,
     "\"45 zł\" is in PLN, and this target counts in \"person\": units never mix"},
    {"op: teen", "op: teen, value: 12", 48, 57,
     "op: teen means 11 to 19: leave value out, or choose another op"},
    {"value: 12.5,", "", 44, 5,
     "this target lacks \"value\": add it, or write op: none where no number is given"},
    {"op: none,", "op: none, value: 0,", 47, 38,
     "with op: none no value is written: leave it out, or choose another op"},
    {"kind: money, op", "kind: achieved, op", 46, 5,
     "kind: achieved needs \"indicator\": add it; only money and context can do without"},
    {"value: 0.05, unit: PLN", "value: 0.05", 46, 5,
     "a number without an indicator needs \"unit\": add it"},
    /* Views. */
    {"by: [region, sex]", "by: [region, gender]", 51, 39,
     "\"gender\" is not allowed for \"by\": write one of partner, task, region, month, quarter, "
     "year, "
     "kind, sex, age, education, status"},
    {"by: [region, sex], level", "by: [sex], level", 51, 44,
     "\"level\" says how far regions are rolled up: add region to \"by\", or leave level out"},
    {"level: county", "level: gminas", 51, 52,
     "\"gminas\" is not allowed for \"level\" (did you mean \"gmina\"?): write one of country, "
     "voivodeship, subregion, county, gmina, city"},
};

static void each_wrong_file_is_told_where_and_what_and_how(void **state)
{
    (void)state;
    int bad = 0;
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        const struct wrong *wrong = &wrongs[i];
        struct programme *programme = NULL;
        struct config_fault fault;
        char *yaml = files_replace(good, wrong->find, wrong->put);
        const enum err err = parse(yaml, &programme, &fault);
        if (err != ERR_CONFIG || fault.line != wrong->line || fault.column != wrong->column ||
            strcmp(fault.text, wrong->text) != 0) {
            print_error("%zu: err %d, wanted\n  %u:%u: %s, got\n  %u:%u: %s\n", i, (int)err,
                        wrong->line, wrong->column, wrong->text, fault.line, fault.column,
                        fault.text);
            bad++;
        }
        programme_free(&programme);
        free(yaml);
    }
    assert_int_equal(0, bad);
}

static void a_wrong_region_table_is_told_by_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *find, *put, *text;
    } cases[] = {
        {"code;name", "name;code",
         "region tables, line 1: \"name;code;level;parent;valid_from;valid_to\" is not the header "
         "\"code;name;level;parent;valid_from;valid_to\": write it"},
        {"county;PL-12", "county;PL-14",
         "region tables, line 2: \"PL-1261;Kraków;county;PL-14;;\": its parent is not there, or "
         "not "
         "on all its days: add a line, or correct the dates"},
        {"county;PL-12", "powiat;PL-12",
         "region tables, line 2: \"PL-1261;Kraków;powiat;PL-12;;\": its level is none of country, "
         "voivodeship, subregion, county, gmina, city: write one of these"},
        {"PL-1261;", "PL;",
         "region tables, line 4: \"PL;Polska;country;;;\": its code is valid twice on one day: "
         "correct the dates"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct programme *programme = NULL;
        struct config_fault fault = {.line = 9};
        char *csv = files_replace(regions, cases[i].find, cases[i].put);
        assert_int_equal(ERR_CONFIG,
                         programme_parse(bytes_text(good), bytes_text(csv), &programme, &fault));
        assert_string_equal(cases[i].text, fault.text);
        assert_int_equal(0, fault.line);
        assert_null(programme);
        free(csv);
    }
}

static void region_tables_of_too_many_lines_are_told_without_a_line(void **state)
{
    (void)state;
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    struct buffer csv = {.bytes_max = 1 << 20};
    struct programme *programme = NULL;
    struct config_fault fault = {.line = 9};
    assert_int_equal(ERR_OK, buffer_add_text(&csv, "code;name;level;parent;valid_from;valid_to\n"));
    for (unsigned i = 0; i <= REGIONS_MAX; i++) {
        char line[] = "0000;a;city;;;\n";
        for (unsigned place = 0; place < 4; place++) {
            line[3 - place] = digits[i >> 5 * place & 31];
        }
        assert_int_equal(ERR_OK, buffer_add_text(&csv, line));
    }
    assert_int_equal(ERR_CONFIG,
                     programme_parse(bytes_text(good), buffer_bytes(&csv), &programme, &fault));
    assert_string_equal("the region tables have more than 65536 lines: leave some out", fault.text);
    assert_int_equal(0, fault.line);
    buffer_fini(&csv);
}

static void a_good_file_becomes_the_programme_that_it_says(void **state)
{
    (void)state;
    struct programme *programme = parse_good(good);
    assert_true(bytes_is(programme->title, "Próba: zażółć gęślą jaźń"));
    assert_int_equal(2, programme->code_count[CODES_PARTNER]);
    /* Sorted by id, not as in the file. */
    assert_true(bytes_is(programme->codes[CODES_PARTNER][0].id, "KLUCZ"));
    assert_int_equal(programme->ends_on, programme->codes[CODES_PARTNER][0].valid_to);
    assert_int_not_equal(programme->starts_on, programme->codes[CODES_PARTNER][0].valid_from);
    assert_true(bytes_is(programme->lead, "LEAD"));
    assert_true(bytes_is(programme->codes[CODES_TASK][1].parent, "A"));
    assert_true(bytes_is(programme->codes[CODES_FLAG][0].id, "no"));
    assert_int_equal(1, programme_band(programme, 25));

    const struct indicator *coached = &programme->indicators[0];
    assert_true(coached->region_of_home);
    assert_int_equal(1u << EVENT_STARTED | 1u << EVENT_COMPLETED, coached->where.kinds);
    assert_int_equal(2, coached->where.picks[CODES_SUPPORT].count);
    assert_int_equal(0, coached->where.picks[CODES_SUPPORT].numbers[0]);
    assert_int_equal(1, coached->where.picks[CODES_SUPPORT].numbers[1]);
    assert_int_equal(1u << SEX_WOMAN, coached->where.sexes);
    assert_int_equal(1u << WINDOW_NONE, coached->where.windows);
    assert_true(coached->where.by_age);
    assert_int_equal(15, coached->where.age_from);
    assert_int_equal(24, coached->where.age_to);
    assert_true(bytes_is(coached->where.regions[0], "PL-12"));
    assert_int_equal(SUBJECT_PERSON, coached->where.subject);
    assert_int_equal(COUNT_QUANTITY, programme->indicators[1].mode);
    assert_int_equal(SUBJECT_ANY, programme->indicators[1].where.subject);
    assert_int_equal(SUBJECT_ENTITY, programme->indicators[2].where.subject);
    programme_free(&programme);
    assert_null(programme);
}

static void parts_ratios_means_and_scopes_are_kept(void **state)
{
    char *yaml = files_replace(
        good, "targets:\n",
        "  - {id: women, title: Kobiety, unit: person, count: persons, part_of: everyone}\n"
        "  - {id: everyone, title: Wszyscy, unit: person, count: persons, parts: sum,"
        " where: {stay: [again], complete: true}}\n"
        "  - {id: share, title: Kobiety, unit: percent, count: ratio, of: women, per: everyone}\n"
        "  - {id: mean, title: Na powiat, unit: hour, count: mean, of: hours, over: region,"
        " level: county}\n"
        "targets:\n"
        "  - {indicator: women, kind: target, op: per, value: 4, each: county, task: A1,"
        " partner: KLUCZ, from: 2011-01-01, to: 2011-12-31}\n");
    struct programme *programme = parse_good(yaml);
    const struct indicator *all = programme->indicators;
    const struct target *target = &programme->targets[0];
    (void)state;
    assert_int_equal(4, all[3].part_of);
    assert_int_equal(CODE_NONE, all[4].part_of);
    assert_true(all[4].parts_sum && all[4].where.complete);
    assert_int_equal(1 << STAY_AGAIN, all[4].where.stays);
    assert_int_equal(COUNT_RATIO, all[5].mode);
    assert_int_equal(3, all[5].of);
    assert_int_equal(4, all[5].per);
    assert_int_equal(COUNT_MEAN, all[6].mode);
    assert_int_equal(1, all[6].of);
    assert_int_equal(BY_REGION, all[6].over);
    assert_int_equal(REGION_COUNTY, all[6].over_at);
    assert_int_equal(programme_code(programme, CODES_TASK, bytes_text("A1")), target->task);
    assert_int_equal(programme_code(programme, CODES_PARTNER, bytes_text("KLUCZ")),
                     target->partner);
    assert_true(bytes_is(target->each, "county") && bytes_is(target->written, "4"));
    assert_int_equal(364, target->to_on - target->from_on);
    programme_free(&programme);
    free(yaml);
}

static void values_become_hundredths_and_none_is_no_zero(void **state)
{
    (void)state;
    struct programme *programme = parse_good(good);
    const struct target *targets = programme->targets;
    assert_int_equal(5, programme->target_count);
    assert_int_equal(1250, targets[0].value);
    assert_int_equal(TARGET_GE, targets[0].op);
    assert_int_equal(TARGET_PLANNED, targets[0].kind);
    assert_int_not_equal(DATE_MIN, targets[0].as_of);
    assert_int_equal(766560000, targets[1].value);
    assert_int_equal(DATE_MIN, targets[1].as_of);
    assert_int_equal(5, targets[2].value);
    assert_int_equal(CODE_NONE, targets[2].indicator);
    assert_int_equal(TARGET_NONE, targets[3].op);
    assert_int_equal(TARGET_CONTEXT, targets[3].kind);
    assert_true(bytes_is(targets[3].words, "czerwiec"));
    assert_int_equal(TARGET_TEEN, targets[4].op);
    assert_int_equal(1100, targets[4].value);
    programme_free(&programme);
}

static void every_indicator_is_live_and_no_view_twice(void **state)
{
    (void)state;
    struct programme *programme = parse_good(good);
    /* Three plain, three by partner (one of them named twice), one by region and sex. */
    assert_int_equal(7, programme->live_count);
    uint32_t plain = 0;
    for (uint32_t i = 0; i < programme->live_count; i++) {
        plain += programme->live[i].dimensions == 0 ? 1 : 0;
        if ((programme->live[i].dimensions & 1u << BY_REGION) != 0) {
            assert_int_equal(REGION_COUNTY, programme->live[i].level);
            assert_int_equal(0, programme->live[i].indicator);
        } else {
            assert_int_equal(REGION_LEVEL_COUNT, programme->live[i].level);
        }
    }
    assert_int_equal(3, plain);
    programme_free(&programme);
}

static void regions_may_be_absent(void **state)
{
    (void)state;
    struct programme *programme = NULL;
    struct config_fault fault;
    char *yaml = files_replace(good, "      region: [PL-12]\n", "");
    char *bare = files_replace(yaml, "region: PL-12, ", "");
    assert_int_equal(ERR_OK,
                     programme_parse(bytes_text(bare), bytes_of(NULL, 0), &programme, &fault));
    assert_int_equal(0, regions_count(programme->regions));
    programme_free(&programme);
    free(yaml);
    free(bare);
}

static void a_file_too_large_to_travel_is_refused(void **state)
{
    (void)state;
    struct programme *programme = NULL;
    struct config_fault fault;
    char *large = calloc(1, PROGRAMME_FILE_BYTES_MAX + 1);
    assert_non_null(large);
    memset(large, '#', PROGRAMME_FILE_BYTES_MAX);
    assert_int_equal(ERR_CONFIG, programme_parse(bytes_of(large, PROGRAMME_FILE_BYTES_MAX),
                                                 bytes_text("x"), &programme, &fault));
    assert_non_null(strstr(fault.text, "are allowed, as they travel in one message"));
    free(large);
}

/* A list of one-letter codes asks for the most memory by the byte. */
static void the_costliest_file_has_memory_enough(void **state)
{
    (void)state;
    enum { INDICATORS = 600, CODES = 256 };
    struct programme *programme = NULL;
    struct config_fault fault = {.text = ""};
    struct buffer yaml = {.bytes_max = PROGRAMME_FILE_BYTES_MAX};
    const char *end = strstr(good, "indicators:");
    assert_non_null(end);
    assert_int_equal(ERR_OK, buffer_add(&yaml, bytes_of(good, (size_t)(end - good))));
    assert_int_equal(ERR_OK, buffer_add_text(&yaml, "indicators:\n"));
    for (int i = 0; i < INDICATORS; i++) {
        char head[128];
        (void)snprintf(head, sizeof head,
                       "- {id: i%d,title: t,unit: person,count: persons,where: {region: [P", i);
        assert_int_equal(ERR_OK, buffer_add_text(&yaml, head));
        for (int j = 1; j < CODES; j++) {
            assert_int_equal(ERR_OK, buffer_add_text(&yaml, ",P"));
        }
        assert_int_equal(ERR_OK, buffer_add_text(&yaml, "]}}\n"));
    }
    const struct bytes csv =
        bytes_text("code;name;level;parent;valid_from;valid_to\nP;Polska;country;;;\n");
    const enum err err = programme_parse(buffer_bytes(&yaml), csv, &programme, &fault);
    assert_string_equal("", fault.text);
    assert_int_equal(ERR_OK, err);
    assert_int_equal(INDICATORS, programme->indicator_count);
    programme_free(&programme);
    buffer_fini(&yaml);
}

/* Any cut of a good file is refused or read, and never more than that. */
static void a_cut_file_does_no_harm(void **state)
{
    (void)state;
    const size_t size = strlen(good);
    for (size_t cut = 0; cut < size; cut += 3) {
        struct programme *programme = NULL;
        struct config_fault fault = {.text = ""};
        const enum err err =
            programme_parse(bytes_of(good, cut), bytes_text(regions), &programme, &fault);
        assert_true(err == ERR_OK || (err == ERR_CONFIG && fault.text[0] != '\0'));
        programme_free(&programme);
    }
}

static void each_allocation_may_fail(void **state)
{
    (void)state;
    enum err err = ERR_MEMORY;
    for (size_t nth = 1; err == ERR_MEMORY; nth++) {
        struct programme *programme = NULL;
        struct config_fault fault;
        mem_failing_at(nth);
        err = parse(good, &programme, &fault);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
        programme_free(&programme);
    }
    assert_int_equal(ERR_OK, err);
}

static void regions_come_sorted_and_once_whatever_the_order_of_files(void **state)
{
    (void)state;
    static const char first[] = "\xef\xbb\xbf"
                                "code;name;level;parent;valid_from;valid_to\r\n"
                                "PL-12;małopolskie;voivodeship;PL;;\r\nPL;Polska;country;;;\r\n";
    static const char second[] = "code;name;level;parent;valid_from;valid_to\n"
                                 "PL-1261;Kraków;county;PL-12;;\n\nPL;Polska;country;;;";
    char folder[64];
    char path[128];
    struct config_fault fault;
    struct buffer yaml = {0};
    struct buffer csv = {0};
    files_folder(folder);
    files_path(path, sizeof path, folder, "p.yaml");
    files_write(folder, "a.csv", first, sizeof first - 1);
    files_write(folder, "b.csv", second, sizeof second - 1);
    static const char *const lists[] = {"regions: [a.csv, b.csv]\npartners:",
                                        "regions: [b.csv, a.csv]\npartners:"};
    for (size_t i = 0; i < 2; i++) {
        char *text = files_replace(good, "partners:", lists[i]);
        files_write(folder, "p.yaml", text, strlen(text));
        assert_int_equal(ERR_OK, programme_file_read(path, &yaml, &csv, &fault));
        assert_true(bytes_is(buffer_bytes(&yaml), text));
        assert_true(bytes_is(buffer_bytes(&csv), regions));
        free(text);
    }
    char *text = files_replace(good, "partners:", "regions: [a.csv, c.csv]\npartners:");
    files_write(folder, "p.yaml", text, strlen(text));
    free(text);
    assert_int_equal(ERR_CONFIG, programme_file_read(path, &yaml, &csv, &fault));
    assert_int_equal(6, fault.line);
    assert_int_equal(18, fault.column);
    assert_non_null(strstr(fault.text, "/c.csv\": No such file or directory"));
    files_write(folder, "c.csv", "code,name\n", 10);
    assert_int_equal(ERR_CONFIG, programme_file_read(path, &yaml, &csv, &fault));
    assert_int_equal(18, fault.column);
    assert_non_null(strstr(fault.text, "is no region table: its first line must be \"code;"));
    static const char wrong[] = "code;name;level;parent;valid_from;valid_to\n\nA;a;county;Q;;\n";
    files_write(folder, "c.csv", wrong, sizeof wrong - 1);
    assert_int_equal(ERR_CONFIG, programme_file_read(path, &yaml, &csv, &fault));
    assert_int_equal(6, fault.line);
    assert_int_equal(18, fault.column);
    assert_string_equal("c.csv, line 3: \"A;a;county;Q;;\": its parent is not there, or not on all "
                        "its days: add a line, or correct the dates",
                        fault.text);
    files_remove(folder, "p.yaml");
    assert_int_equal(ERR_NOT_FOUND, programme_file_read(path, &yaml, &csv, &fault));
    files_remove(folder, "a.csv");
    files_remove(folder, "b.csv");
    files_remove(folder, "c.csv");
    assert_int_equal(0, rmdir(folder));
    buffer_fini(&yaml);
    buffer_fini(&csv);
}

static struct programme *shipped(const char *name)
{
    char path[256];
    struct config_fault fault;
    struct buffer yaml = {0};
    struct buffer csv = {0};
    struct programme *programme = NULL;
    files_path(path, sizeof path, SOURCE_DIR "/config/programmes", name);
    enum err err = programme_file_read(path, &yaml, &csv, &fault);
    if (err == ERR_OK) {
        err = programme_parse(buffer_bytes(&yaml), buffer_bytes(&csv), &programme, &fault);
    }
    if (err != ERR_OK) {
        fail_msg("%u:%u: %s", fault.line, fault.column, fault.text);
    }
    buffer_fini(&yaml);
    buffer_fini(&csv);
    return programme;
}

static void abc_has_every_row_of_its_source(void **state)
{
    (void)state;
    struct programme *abc = shipped("abc.yaml");
    uint32_t kinds[4] = {0};
    uint32_t numbers = 0;
    for (uint32_t i = 0; i < abc->target_count; i++) {
        kinds[abc->targets[i].kind]++;
        numbers += abc->targets[i].op == TARGET_EQ ? 1 : 0;
        if (abc->targets[i].kind == TARGET_PLANNED) {
            assert_int_equal(TARGET_NONE, abc->targets[i].op);
        } else {
            assert_true(abc->targets[i].words.size > 0);
        }
        assert_true((abc->targets[i].indicator == CODE_NONE) ==
                    (abc->targets[i].kind == TARGET_CONTEXT));
    }
    assert_int_equal(22, kinds[TARGET_ACHIEVED] + kinds[TARGET_CONTEXT]);
    assert_int_equal(3, kinds[TARGET_CONTEXT]);
    assert_int_equal(19, abc->indicator_count);
    assert_int_equal(19, kinds[TARGET_PLANNED]);
    assert_int_equal(17 + 3, numbers);
    assert_int_equal(3, abc->code_count[CODES_PARTNER]);
    assert_int_equal(4, abc->code_count[CODES_TASK]);
    const uint32_t founded = programme_indicator(abc, bytes_text("entities_founded"));
    assert_int_equal(3, abc->indicators[founded].where.picks[CODES_OUTCOME].count);
    assert_int_equal(SUBJECT_ENTITY, abc->indicators[founded].where.subject);
    programme_free(&abc);
}

static void a_countys_subregion_goes_by_the_date(void **state)
{
    (void)state;
    struct programme *abc = shipped("abc.yaml");
    static const struct {
        const char *code, *day, *subregion;
    } cases[] = {
        {"PL-1211", "2014-12-31", "NUTS-PL218"},    {"PL-1211", "2015-01-01", "NUTS-PL219"},
        {"PL-1212042", "2010-05-05", "NUTS-PL21A"}, {"PL-1261", "2010-05-05", "NUTS-PL213"},
        {"PL-2002072", "2008-12-31", "NUTS-PL841"}, {"PL-2002073", "2009-01-01", "NUTS-PL841"},
    };
    uint32_t counties = 0;
    int32_t day = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(ERR_OK, date_parse(bytes_text(cases[i].day), &day));
        const uint32_t number = regions_find(abc->regions, bytes_text(cases[i].code), day);
        assert_int_not_equal(REGION_NONE, number);
        const uint32_t above = regions_above(abc->regions, number, REGION_SUBREGION, day);
        assert_int_not_equal(REGION_NONE, above);
        assert_true(bytes_is(regions_get(abc->regions, above)->code, cases[i].subregion));
    }
    for (uint32_t i = 0; i < regions_count(abc->regions); i++) {
        const struct region *region = regions_get(abc->regions, i);
        counties +=
            region->level == REGION_COUNTY && region->valid_from <= day && region->valid_to >= day
                ? 1
                : 0;
    }
    assert_int_equal(379, counties); /* of 2009, when Wałbrzych is none */
    programme_free(&abc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_wrong_file_is_told_where_and_what_and_how),
        cmocka_unit_test(a_wrong_region_table_is_told_by_its_line),
        cmocka_unit_test(region_tables_of_too_many_lines_are_told_without_a_line),
        cmocka_unit_test(a_good_file_becomes_the_programme_that_it_says),
        cmocka_unit_test(parts_ratios_means_and_scopes_are_kept),
        cmocka_unit_test(values_become_hundredths_and_none_is_no_zero),
        cmocka_unit_test(every_indicator_is_live_and_no_view_twice),
        cmocka_unit_test(regions_may_be_absent),
        cmocka_unit_test(a_file_too_large_to_travel_is_refused),
        cmocka_unit_test(the_costliest_file_has_memory_enough),
        cmocka_unit_test(a_cut_file_does_no_harm),
        cmocka_unit_test(each_allocation_may_fail),
        cmocka_unit_test(regions_come_sorted_and_once_whatever_the_order_of_files),
        cmocka_unit_test(abc_has_every_row_of_its_source),
        cmocka_unit_test(a_countys_subregion_goes_by_the_date),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
