/* Real processes, killed at random moments in the middle of importing and sending: what they come
 * to in the end is what an exchange comes to that nobody disturbed. Then what the lead's folder
 * holds, and what `ogniwo` prints of it. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <ftw.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/mapping_file.h"
#include "core/base/arena.h"
#include "e2e/support/exchange_here.h"
#include "e2e/support/programs.h"
#include "io/clock.h"
#include "io/file.h"
#include "proto/keys.h"

enum {
    FILES = 15, /* of each node; one of the broker and one node is killed behind each */
    PAUSE_MS_MAX = 400,
    SETTLE_MS = 120000,
    TEXT_BYTES_MAX = 256 << 20
};

static struct programs programs;

static int begin(void **state)
{
    (void)state;
    programs_begin(&programs);
    return 0;
}

static int end(void **state)
{
    (void)state;
    programs_end(&programs);
    return 0;
}

/* ---- killing ---- */

static bool all_are_done(void)
{
    return programs_node_done(&programs, 0) && programs_node_done(&programs, 1);
}

static void settle(void)
{
    const uint64_t end_ms = clock_monotonic_ms() + SETTLE_MS;
    while (!all_are_done()) {
        assert_true(clock_monotonic_ms() < end_ms);
        programs_check_alive(&programs);
        poll(NULL, 0, 50);
    }
}

static void kill_and_start_again(uint32_t which)
{
    if (which == 0) {
        programs_kill(&programs.broker);
        programs_start_broker(&programs);
    } else {
        programs_kill(&programs.nodes[which - 1]);
        programs_start_node(&programs, which - 1);
    }
}

static char *digest_of(const char *name)
{
    json_t *json = programs_ask(&programs, UINT32_MAX, "digest");
    const char *text = json_string_value(json_object_get(json, name));
    assert_non_null(text);
    char *copy = strdup(text);
    json_decref(json);
    return copy;
}

/* The totals of the same files where nothing went wrong. */
static void undisturbed_digest(char hex[65])
{
    static struct here here;
    struct arena *memory = NULL;
    struct mapping_spec mapping;
    struct config_fault fault;
    char path[PROGRAMS_PATH_BYTES];
    uint8_t digest[32];
    programs_path(&programs, programs_partners[0], "mapping.yaml", path);
    assert_int_equal(ERR_OK, arena_new(1 << 20, &memory));
    assert_int_equal(ERR_OK, mapping_file_load(path, memory, &mapping, &fault));
    here_begin(&here);
    for (uint32_t node = 0; node < PROGRAMS_NODES; node++) {
        here_enrol(&here, programs_partners[node]);
        here_settle(&here);
        for (uint32_t i = 0; i < FILES; i++) {
            struct buffer text = {.bytes_max = TEXT_BYTES_MAX};
            office_file(node, i, &text);
            const struct node_file file = {
                .name = "plik.csv", .content = buffer_bytes(&text), .mapping = &mapping};
            struct report report = here_import_file(&here, node, &file);
            assert_int_equal(0, report.rejected);
            report_fini(&report);
            buffer_fini(&text);
        }
    }
    here_settle(&here);
    assert_int_equal(ERR_OK, broker_digest(here.broker, digest));
    bytes_to_hex(bytes_of(digest, sizeof digest), hex);
    here_end(&here);
    arena_free(&memory);
}

static void programs_killed_again_and_again_come_to_the_same_totals(void **state)
{
    uint32_t busy = 0;
    char wanted[65];
    (void)state;
    const char *seed = getenv("OGNIWO_TEST_SEED");
    srand(seed != NULL ? (unsigned)strtoul(seed, NULL, 10) : 2011);
    for (uint32_t file = 0; file < FILES; file++) {
        for (uint32_t node = 0; node < PROGRAMS_NODES; node++) {
            programs_drop_office_file(&programs, node, file);
        }
        /* Both orders, and any time between the two. */
        const uint32_t first = (uint32_t)rand() % 2, node = 1 + (uint32_t)rand() % PROGRAMS_NODES;
        for (uint32_t i = 0; i < 2; i++) {
            poll(NULL, 0, rand() % PAUSE_MS_MAX);
            busy += all_are_done() ? 0 : 1;
            kill_and_start_again(i == first ? 0 : node);
        }
    }
    settle();
    undisturbed_digest(wanted);
    char *got = digest_of("totals");
    assert_string_equal(wanted, got);
    free(got);
    print_message("something was under way at %u of %u kills\n", busy, 2 * FILES);
    assert_true(busy >= FILES);
}

static void the_log_they_leave_is_whole(void **state)
{
    const char *const verify[] = {"log", "verify", NULL};
    const char *const diff[] = {"replay", "--diff", NULL};
    struct buffer unread = {.bytes_max = TEXT_BYTES_MAX};
    (void)state;
    assert_int_equal(0, programs_run(&programs, verify, &unread));
    assert_int_equal(0, programs_run(&programs, diff, &unread));
    buffer_fini(&unread);
}

static void the_same_files_again_add_nothing(void **state)
{
    (void)state;
    char *before = digest_of("root");
    for (uint32_t node = 0; node < PROGRAMS_NODES; node++) {
        for (uint32_t i = 0; i < FILES; i++) {
            programs_drop_office_file(&programs, node, i);
        }
    }
    settle();
    char *after = digest_of("root");
    assert_string_equal(before, after);
    free(before);
    free(after);
}

/* ---- privacy ---- */

struct search {
    uint32_t people;
    char (*pesels)[OFFICE_PESEL_BYTES]; /* ascending */
    uint8_t (*pseudonyms)[PSEUDONYM_BYTES];
    uint32_t pseudonym_count;
    uint32_t files, found_pesels, found_names, found_pseudonyms;
};
static struct search search;

static int compare_pesels(const void *a, const void *b)
{
    return memcmp(a, b, OFFICE_PESEL_BYTES - 1);
}

/* Every window of 11 digits is looked up, so that one pass is enough. */
static void find_pesels(struct bytes in)
{
    size_t digits = 0;
    for (size_t i = 0; i < in.size; i++) {
        digits = in.data[i] >= '0' && in.data[i] <= '9' ? digits + 1 : 0;
        if (digits >= 11 && bsearch(in.data + i - 10, search.pesels, search.people,
                                    OFFICE_PESEL_BYTES, compare_pesels) != NULL) {
            search.found_pesels++;
        }
    }
}

static int search_file(const char *path, const struct stat *about, int type, struct FTW *walk)
{
    struct buffer text = {.bytes_max = TEXT_BYTES_MAX};
    (void)walk;
    if (type != FTW_F || !S_ISREG(about->st_mode)) {
        return 0;
    }
    assert_int_equal(ERR_OK, file_read(path, &text));
    search.files++;
    find_pesels(buffer_bytes(&text));
    for (uint32_t i = 0; i < OFFICE_SURNAMES; i++) {
        const char *name = office_surname(i);
        search.found_names += memmem(text.data, text.size, name, strlen(name)) != NULL ? 1 : 0;
    }
    for (uint32_t i = 0; i < search.pseudonym_count; i++) {
        search.found_pseudonyms +=
            memmem(text.data, text.size, search.pseudonyms[i], PSEUDONYM_BYTES) != NULL ? 1 : 0;
    }
    buffer_fini(&text);
    return 0;
}

static void search_folder(const char *place, const char *name)
{
    char path[PROGRAMS_PATH_BYTES];
    programs_path(&programs, place, name, path);
    search.files = search.found_pesels = search.found_names = search.found_pseudonyms = 0;
    assert_int_equal(0, nftw(path, search_file, 16, FTW_PHYS));
    assert_true(search.files > 0);
}

static void prepare_search(void)
{
    enum { SAMPLE = 64 };
    static uint8_t pseudonyms[SAMPLE][PSEUDONYM_BYTES];
    static const struct bytes programme = {(const uint8_t *)"ABC", 3},
                              scheme = {(const uint8_t *)"pesel", 5};
    struct key_file key;
    struct config_fault fault;
    char path[PROGRAMS_PATH_BYTES], pesel[OFFICE_PESEL_BYTES];
    programs_path(&programs, "lead", "abc.keys", path);
    assert_int_equal(ERR_OK, key_file_load(path, &key, &fault));
    search = (struct search){.people = office_people(FILES), .pseudonyms = pseudonyms};
    search.pesels = calloc(search.people, OFFICE_PESEL_BYTES);
    for (uint32_t i = 0; i < search.people; i++) {
        office_pesel(i, search.pesels[i]);
    }
    for (uint32_t i = 0; i < SAMPLE; i++) {
        office_pesel(i, pesel);
        keys_pseudonym(key.pseudonym_key, programme, scheme, bytes_text(pesel),
                       pseudonyms[search.pseudonym_count++]);
    }
    qsort(search.pesels, search.people, OFFICE_PESEL_BYTES, compare_pesels);
}

static void no_identifier_no_name_and_no_pseudonym_stands_at_the_lead(void **state)
{
    (void)state;
    prepare_search();
    /* It finds them where they are: in the office's files, and, as pseudonyms, in its store. */
    search_folder(programs_partners[0], "wrzutka");
    assert_true(search.found_pesels > 0);
    assert_true(search.found_names > 0);
    search_folder(programs_partners[0], "store");
    assert_int_equal(search.pseudonym_count, search.found_pseudonyms);
    assert_int_equal(0, search.found_pesels);
    assert_int_equal(0, search.found_names);

    search_folder("lead", ""); /* its stores, its people, its output */
    assert_int_equal(0, search.found_pesels);
    assert_int_equal(0, search.found_names);
    assert_int_equal(0, search.found_pseudonyms);
    for (uint32_t i = 0; i < PROGRAMS_NODES; i++) {
        search_folder(programs_partners[i], "node.log");
        assert_int_equal(0, search.found_pesels);
        assert_int_equal(0, search.found_names);
    }
    free(search.pesels);
}

/* ---- what is printed ---- */

static struct buffer totals(const char *format, const char *by, const char *level)
{
    const char *words[] = {"totals", "--format", format, "--lang", "en",
                           NULL,     NULL,       NULL,   NULL,     NULL};
    struct buffer out = {.bytes_max = TEXT_BYTES_MAX};
    int count = 5;
    if (by != NULL) {
        words[count++] = "--by";
        words[count++] = by;
    }
    if (level != NULL) {
        words[count++] = "--level";
        words[count++] = level;
    }
    assert_int_equal(0, programs_run(&programs, words, &out));
    assert_int_equal(ERR_OK, buffer_add(&out, bytes_of("", 1)));
    return out;
}

static json_t *totals_rows(const char *by, const char *level, json_t **whole)
{
    struct buffer out = totals("json", by, level);
    *whole = json_loads((const char *)out.data, 0, NULL);
    buffer_fini(&out);
    json_t *rows = json_object_get(*whole, "rows");
    assert_true(json_array_size(rows) > 0);
    return rows;
}

static const char *text_of(const json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    assert_non_null(text);
    return text;
}

static int64_t number_of(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);
    assert_true(json_is_integer(value));
    return json_integer_value(value);
}

/* A line of the text that holds both words; null: none. */
static const char *line_with(const char *text, const char *first, const char *second)
{
    static char line[4096];
    while (text != NULL && *text != '\0') {
        const char *stop = strchr(text, '\n');
        const size_t size = stop != NULL ? (size_t)(stop - text) : strlen(text);
        snprintf(line, sizeof line, "%.*s", (int)size, text);
        if (strstr(line, first) != NULL && strstr(line, second) != NULL) {
            return line;
        }
        text = stop != NULL ? stop + 1 : NULL;
    }
    return NULL;
}

static void the_formats_of_totals_agree_and_sum_overlap_and_total_stand_in_a_row(void **state)
{
    json_t *whole, *row;
    size_t index;
    (void)state;
    struct buffer csv = totals("csv", NULL, NULL), table = totals("table", NULL, NULL);
    struct buffer lines = totals("jsonl", NULL, NULL);
    json_t *rows = totals_rows(NULL, NULL, &whole);
    bool overlaps = false;
    json_array_foreach(rows, index, row)
    {
        const char *id = text_of(row, "indicator"), *title = text_of(row, "title");
        const int64_t value = number_of(row, "value"), sum = number_of(row, "partner_sum");
        assert_int_equal(sum - value, number_of(row, "overlap"));
        overlaps = overlaps || sum > value;
        char numbers[3][24], quoted[96];
        const int64_t all[] = {value, sum, sum - value};
        snprintf(quoted, sizeof quoted, "\"%s\"", id);
        for (int i = 0; i < 3; i++) {
            snprintf(numbers[i], sizeof numbers[i], "%" PRId64, all[i]);
            assert_non_null(line_with((const char *)csv.data, id, numbers[i]));
            assert_non_null(line_with((const char *)table.data, title, numbers[i]));
            assert_non_null(line_with((const char *)lines.data, quoted, numbers[i]));
        }
    }
    assert_true(overlaps);
    json_decref(whole);
    buffer_fini(&csv);
    buffer_fini(&table);
    buffer_fini(&lines);
}

static int64_t sum_of(const json_t *rows, const char *indicator)
{
    const json_t *row;
    size_t index;
    int64_t sum = 0;
    json_array_foreach(rows, index, row)
    {
        if (strcmp(text_of(row, "indicator"), indicator) == 0) {
            sum += number_of(row, "value");
        }
    }
    return sum;
}

static void regions_roll_up_to_their_subregions_and_partners_to_their_sum(void **state)
{
    json_t *plain, *county, *subregion, *partner;
    (void)state;
    const json_t *all = totals_rows(NULL, NULL, &plain);
    const json_t *counties = totals_rows("region", "county", &county);
    const json_t *subregions = totals_rows("region", "subregion", &subregion);
    const json_t *partners = totals_rows("partner", NULL, &partner);
    assert_true(json_array_size(subregions) < json_array_size(counties));
    /* Each person of these files enrols once: in one county of one subregion. But the second
     * partner moves people whom the first has too, so counties may count a person twice. */
    const int64_t people = sum_of(all, "participants_total");
    assert_true(people > 0);
    assert_true(sum_of(counties, "participants_total") >= people);
    assert_true(sum_of(subregions, "participants_total") >= people);
    assert_true(sum_of(subregions, "participants_total") <= sum_of(counties, "participants_total"));
    const json_t *row;
    size_t index;
    json_array_foreach(all, index, row)
    {
        assert_int_equal(number_of(row, "partner_sum"),
                         sum_of(partners, text_of(row, "indicator")));
    }
    json_array_foreach(subregions, index, row)
    {
        assert_int_equal(0, strncmp("PL-", text_of(row, "region"), 3) == 0 &&
                                strlen(text_of(row, "region")) == strlen("PL-1212"));
    }
    json_decref(plain);
    json_decref(county);
    json_decref(subregion);
    json_decref(partner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_killed_again_and_again_come_to_the_same_totals),
        cmocka_unit_test(the_log_they_leave_is_whole),
        cmocka_unit_test(the_same_files_again_add_nothing),
        cmocka_unit_test(no_identifier_no_name_and_no_pseudonym_stands_at_the_lead),
        cmocka_unit_test(the_formats_of_totals_agree_and_sum_overlap_and_total_stand_in_a_row),
        cmocka_unit_test(regions_roll_up_to_their_subregions_and_partners_to_their_sum),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
