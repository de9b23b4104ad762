/* The table reader, seen through a transcript of what it calls: "1[a|b]" is a row that starts on
 * line 1, "3.2 ROW_QUOTES" a fault of field 2 on line 3. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rows/rows.h"
#include "tests/support/mem_failing.h"

struct transcript {
    char *text;
    size_t size, room;
    uint32_t row_count, fault_count;
};

static void write_down(struct transcript *to, const char *text, size_t size)
{
    if (to->size + size + 1 > to->room) {
        to->room = 2 * (to->size + size + 1);
        to->text = realloc(to->text, to->room);
        assert_non_null(to->text);
    }
    memcpy(to->text + to->size, text, size);
    to->size += size;
    to->text[to->size] = '\0';
}

static void write_number(struct transcript *to, uint32_t number)
{
    char text[16];
    write_down(to, text, (size_t)snprintf(text, sizeof text, "%u", number));
}

static void on_row(void *context, const struct rows_row *row)
{
    struct transcript *to = context;
    to->row_count++;
    write_number(to, row->line);
    for (uint32_t i = 0; i < row->field_count; i++) {
        write_down(to, i == 0 ? "[" : "|", 1);
        write_down(to, (const char *)row->fields[i].data, row->fields[i].size);
    }
    write_down(to, "]", 1);
}

static void on_fault(void *context, const struct rows_fault *fault)
{
    struct transcript *to = context;
    to->fault_count++;
    write_number(to, fault->line);
    write_down(to, ".", 1);
    write_number(to, fault->field);
    write_down(to, " ", 1);
    write_down(to, reject_name(fault->code), strlen(reject_name(fault->code)));
    write_down(to, "!", 1);
}

/* Reads the pieces that end at cuts[], then the rest. */
static uint32_t read_cut(struct bytes table, const size_t *cuts, size_t cut_count,
                         struct transcript *out)
{
    *out = (struct transcript){.size = 0};
    write_down(out, "", 0);
    const struct rows_options options = {.context = out, .on_row = on_row, .on_fault = on_fault};
    struct rows *rows;
    assert_int_equal(ERR_OK, rows_new(&options, &rows));
    size_t from = 0;
    for (size_t i = 0; i <= cut_count; i++) {
        const size_t to = i < cut_count ? cuts[i] : table.size;
        /* A copy of its own, so that reading beyond a piece is seen by the sanitizer. */
        uint8_t *piece = malloc(to - from + (to == from));
        assert_non_null(piece);
        memcpy(piece, table.data + from, to - from);
        assert_int_equal(ERR_OK, rows_push(rows, bytes_of(piece, to - from)));
        free(piece);
        from = to;
    }
    assert_int_equal(ERR_OK, rows_finish(rows));
    const uint32_t lines = rows_lines(rows);
    rows_free(&rows);
    assert_null(rows);
    return lines;
}

static void check_bytes(struct bytes table, const char *wanted, uint32_t lines)
{
    struct transcript whole;
    assert_int_equal(lines, read_cut(table, NULL, 0, &whole));
    assert_string_equal(wanted, whole.text);
    free(whole.text);
}

static void check(const char *table, const char *wanted, uint32_t lines)
{
    check_bytes(bytes_text(table), wanted, lines);
}

static void reads_header_and_rows_with_each_line_end(void **state)
{
    (void)state;
    check("a;b\n1;2\n", "1[a|b]2[1|2]", 2);
    check("a;b\r\n1;2\r\n", "1[a|b]2[1|2]", 2);
    check("a;b\r1;2\r", "1[a|b]2[1|2]", 2);
    check("a;b\n1;2", "1[a|b]2[1|2]", 2);
    check("a;b\r\n1;2\r", "1[a|b]2[1|2]", 2);
    check("", "", 0);
    check("\n", "", 1);
}

static void finds_the_separator_in_the_first_line(void **state)
{
    (void)state;
    check("a,b\n1;x,2\n", "1[a|b]2[1;x|2]", 2);
    check("a\tb\n1\t2,5\n\t3\n", "1[a|b]2[1|2,5]3[|3]", 3);
    check("a\tb\n \t \n", "1[a|b]", 2);
    check("\"x,y,z\";b\n1;2\n", "1[x,y,z|b]2[1|2]", 2);
    check("a\n1\n", "1[a]2[1]", 2);
    check("\n\na,b\n1,2\n", "3[a|b]4[1|2]", 4);
}

static void skips_a_byte_order_mark_at_the_start_only(void **state)
{
    (void)state;
    check("\xef\xbb\xbf\"a\";b\n1;2\n", "1[a|b]2[1|2]", 2);
    check("\xef\xbb\xbf\na;b\n", "2[a|b]", 2);
    check("a;b\n\xef\xbb\xbf;2\n", "1[a|b]2[\xef\xbb\xbf|2]", 2);
}

static void takes_blank_lines_and_empty_rows_for_no_rows(void **state)
{
    (void)state;
    check("a;b\n\n  \t\n;\n;;;;\r\n\"\";\" \"\n1;2\n\r\n", "1[a|b]6[| ]7[1|2]", 8);
}

static void reads_quoted_fields_over_several_lines(void **state)
{
    (void)state;
    check("a;b\n\"x\"\"y;\r\nz\n\" ; 2 \n3;4\n", "1[a|b]2[x\"y;\r\nz\n|2]5[3|4]", 5);
}

static void a_row_with_another_number_of_fields_is_refused_alone(void **state)
{
    (void)state;
    check("a;b\n1\n1;2;3\n4;5\n", "1[a|b]2.0 ROW_FIELDS!3.0 ROW_FIELDS!4[4|5]", 4);
}

static void a_quotation_mark_inside_a_field_costs_its_line_only(void **state)
{
    (void)state;
    check("a;b\n1;x\"y\n\"x\"y;2\n\"x\" \"y;2\n3;4\n",
          "1[a|b]2.2 ROW_QUOTES!3.1 ROW_QUOTES!4.1 ROW_QUOTES!5[3|4]", 5);
}

static void a_quotation_mark_never_closed_costs_its_own_line_only(void **state)
{
    (void)state;
    check("a;b\n1;\"x\n3;4\n5;6\n", "1[a|b]2.2 ROW_QUOTES!3[3|4]4[5|6]", 4);
    check("a;b\n1;\"x\n3;4\n5;\"6\"", "1[a|b]2.2 ROW_QUOTES!3[3|4]4[5|6]", 4);
    check("a;b\n1;\"x\n", "1[a|b]2.2 ROW_QUOTES!", 2);
    check("a;b\n1;\"x\r3;\"y\r5;6", "1[a|b]2.2 ROW_QUOTES!3.2 ROW_QUOTES!4[5|6]", 4);
}

/* The mark is closed by a later row's, which makes one row of several with too many fields. */
static void a_faulty_row_of_several_lines_costs_its_first_line_only(void **state)
{
    (void)state;
    check("a;b\n1;\"x\n3;4\n5;\";7\n8;9\n", "1[a|b]2.0 ROW_FIELDS!3[3|4]4.2 ROW_QUOTES!5[8|9]", 5);
}

static void text_that_is_not_utf8_is_refused_with_its_field(void **state)
{
    (void)state;
    check("a;b\n1;\xb3\n3;4\n", "1[a|b]2.2 ENCODING!3[3|4]", 3);
    static const char zero[] = "a;b\n\0;2\n3;4\n";
    check_bytes(bytes_of(zero, sizeof zero - 1), "1[a|b]2.1 ENCODING!3[3|4]", 3);
    check("a;b\n\"x\ny\xff\";2\n3;4\n", "1[a|b]2.1 ENCODING!4[3|4]", 4);
}

static void a_faulty_header_is_the_only_fault(void **state)
{
    (void)state;
    check("a;\xb3\n1;2\n\"3\n", "1.2 ENCODING!", 3);
    check("a;\"b\n1;2\n", "1.2 ROW_QUOTES!", 2);
    check("\n\xff\xfe"
          "a\r\nb",
          "2.1 ENCODING!", 3);
}

/* A table with the header "a;b" and more than one line of `size` bytes, given by fill. */
struct built {
    uint8_t *data;
    size_t size;
};

static void add(struct built *to, const char *text)
{
    memcpy(to->data + to->size, text, strlen(text));
    to->size += strlen(text);
}

static void add_many(struct built *to, char byte, size_t count)
{
    memset(to->data + to->size, byte, count);
    to->size += count;
}

static struct built built_new(void)
{
    struct built built = {.data = malloc(4 * ROW_BYTES_MAX)};
    assert_non_null(built.data);
    return built;
}

static void check_built(struct built *table, const char *wanted, uint32_t lines)
{
    check_bytes(bytes_of(table->data, table->size), wanted, lines);
    free(table->data);
}

static void a_field_at_its_limit_passes_and_one_beyond_is_refused(void **state)
{
    (void)state;
    struct built table = built_new();
    add(&table, "a;b\n");
    add_many(&table, 'x', FIELD_BYTES_MAX + 1);
    add(&table, ";2\n\"");
    add_many(&table, 'y', FIELD_BYTES_MAX + 1);
    add(&table, "\";2\n3;4\n");
    check_built(&table, "1[a|b]2.1 ROW_TOO_LONG!3.1 ROW_TOO_LONG!4[3|4]", 4);

    table = built_new();
    add(&table, "a\n");
    add_many(&table, 'x', FIELD_BYTES_MAX);
    struct transcript whole;
    assert_int_equal(2, read_cut(bytes_of(table.data, table.size), NULL, 0, &whole));
    assert_int_equal(2, whole.row_count);
    free(whole.text);
    free(table.data);
}

/* Blanks do not count into a field, so that only the row's own limit is reached. */
static void a_line_at_the_limit_passes_and_one_beyond_is_refused(void **state)
{
    static const char *const ends[] = {"\n", "\r\n", "\r", ""};
    (void)state;
    for (size_t e = 0; e < 4; e++) {
        for (size_t over = 0; over < 3; over++) {
            struct built table = built_new();
            add(&table, "a;b\n1;");
            add_many(&table, ' ', ROW_BYTES_MAX + over - 3 - strlen(ends[e]));
            add(&table, "2");
            add(&table, ends[e]);
            const bool more = ends[e][0] != '\0';
            add(&table, more ? "3;4" : "");
            check_built(&table,
                        over == 0
                            ? (more ? "1[a|b]2[1|2]3[3|4]" : "1[a|b]2[1|2]")
                            : (more ? "1[a|b]2.0 ROW_TOO_LONG!3[3|4]" : "1[a|b]2.0 ROW_TOO_LONG!"),
                        more ? 3 : 2);
        }
    }
}

static void a_line_without_end_is_dropped_up_to_the_next_line_end(void **state)
{
    (void)state;
    struct built table = built_new();
    add(&table, "a;b\n");
    add_many(&table, '"', 2 * ROW_BYTES_MAX + 1234);
    add(&table, "\r\n3;4\n");
    check_built(&table, "1[a|b]2.0 ROW_TOO_LONG!3[3|4]", 3);

    table = built_new();
    add_many(&table, ';', 3 * ROW_BYTES_MAX);
    check_built(&table, "1.0 ROW_TOO_LONG!", 1);
}

static void an_open_quote_ends_at_the_limit_of_lines_and_bytes(void **state)
{
    (void)state;
    struct built table = built_new();
    add(&table, "a;b\n\"");
    add_many(&table, '\n', ROW_LINES_MAX - 1);
    add(&table, "\";1\n3;4\n");
    struct transcript whole;
    assert_int_equal(ROW_LINES_MAX + 2,
                     read_cut(bytes_of(table.data, table.size), NULL, 0, &whole));
    assert_int_equal(3, whole.row_count);
    assert_int_equal(0, whole.fault_count);
    free(whole.text);
    free(table.data);

    table = built_new();
    add(&table, "a;b\n\"");
    add_many(&table, '\n', ROW_LINES_MAX);
    add(&table, "\";1\n3;4\n");
    check_built(&table, "1[a|b]2.1 ROW_QUOTES!66.1 ROW_QUOTES!67[3|4]", 67);

    table = built_new();
    add(&table, "a;b\n\"x\n");
    add_many(&table, ' ', ROW_BYTES_MAX - 4);
    add(&table, "z;1\n3;4\n");
    check_built(&table, "1[a|b]2.1 ROW_QUOTES!3[z|1]4[3|4]", 4);
}

static void too_many_columns_are_too_long_a_header(void **state)
{
    (void)state;
    struct built table = built_new();
    for (int i = 0; i < ROW_FIELDS_MAX; i++) {
        add(&table, i == 0 ? "a" : ";a");
    }
    add(&table, ";b\n1\n");
    check_built(&table, "1.0 ROW_TOO_LONG!", 2);

    table = built_new();
    add(&table, "a;b\n");
    for (int i = 0; i < 2 * ROW_FIELDS_MAX; i++) {
        add(&table, i == 0 ? "a" : ";a");
    }
    add(&table, "\n1;2\n");
    check_built(&table, "1[a|b]2.0 ROW_FIELDS!3[1|2]", 3);
}

static void check_splits(struct bytes table, const size_t *cuts, size_t cut_count,
                         const struct transcript *whole, uint32_t lines)
{
    struct transcript parts;
    assert_int_equal(lines, read_cut(table, cuts, cut_count, &parts));
    assert_int_equal(whole->size, parts.size);
    assert_memory_equal(whole->text, parts.text, whole->size);
    free(parts.text);
}

static void every_split_of_small_tables_gives_the_same_rows(void **state)
{
    static const char *const tables[] = {
        "\xef\xbb\xbf"
        "a;b\r\n1;\"x\"\"\r\ny\"\r\n;\r\n3;\"u\r\n4;5\r\r\n\n6;\"",
        "a,b\r\"1\",\xc5\x82\r\n\xff,2\n1,2,3\n\"\n\"\n\"",
        "\"\r\n\"\r;\r\n1\n\"a\"b\n\"\"\"\"\r\n",
        "\xef\xbb"
        "a;\"b\r\n1;2",
    };
    (void)state;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        const struct bytes table = bytes_text(tables[t]);
        struct transcript whole;
        const uint32_t lines = read_cut(table, NULL, 0, &whole);
        size_t single[64];
        assert_true(table.size < 64);
        for (size_t i = 0; i <= table.size; i++) {
            single[i] = i;
            for (size_t j = i; j <= table.size; j++) {
                check_splits(table, (const size_t[]){i, j}, 2, &whole, lines);
            }
        }
        check_splits(table, single, table.size, &whole, lines);
        free(whole.text);
    }
}

static uint32_t random_next(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* All texts of up to eight of these bytes stand for what a table can do in a line. */
static void every_short_text_gives_the_same_rows_byte_by_byte(void **state)
{
    static const char letters[] = {'a', ';', '"', '\r', '\n'};
    static const size_t single[] = {1, 2, 3, 4, 5, 6, 7};
    (void)state;
    for (uint32_t number = 0; number < 15625; number++) {
        uint8_t text[8] = {'h', '\n'};
        uint32_t rest = number;
        for (size_t i = 2; i < 8; i++) {
            text[i] = (uint8_t)letters[rest % 5];
            rest /= 5;
        }
        const struct bytes table = bytes_of(text, sizeof text);
        struct transcript whole;
        const uint32_t lines = read_cut(table, NULL, 0, &whole);
        check_splits(table, single, 7, &whole, lines);
        free(whole.text);
    }
}

static size_t random_table(uint32_t *seed, uint8_t *out, size_t room)
{
    static const char *const parts[] = {
        "1;2;3\n", "\"a\";b;c\r\n", "x;\"y\n", "\"",   ";", "\r", "\n",       "a;\"b\nc\";d\n",
        "\"\"",    "\xc5\x82",      "\xff",    ";;\n", " ", "z",  "1;2;3\r\n"};
    size_t size = 0;
    memcpy(out, "a;b;c\n", 6);
    size += 6;
    const size_t wanted = random_next(seed) % (room - 16);
    while (size < wanted) {
        const char *part = parts[random_next(seed) % (sizeof parts / sizeof parts[0])];
        memcpy(out + size, part, strlen(part));
        size += strlen(part);
        if (random_next(seed) % 400 == 0) {
            const size_t run = random_next(seed) % (ROW_BYTES_MAX + ROW_BYTES_MAX / 4);
            const size_t fits = run < room - 16 - size ? run : room - 16 - size;
            memset(out + size, random_next(seed) % 2 == 0 ? 'x' : ' ', fits);
            size += fits;
        }
        if (size > room - 16) {
            break;
        }
    }
    return size;
}

static void any_split_of_random_tables_gives_the_same_rows(void **state)
{
    uint32_t seed = 20240229;
    const size_t room = 200000;
    uint8_t *data = malloc(room);
    (void)state;
    assert_non_null(data);
    for (int round = 0; round < 300; round++) {
        const size_t size = random_table(&seed, data, round % 3 == 0 ? room : 400);
        const struct bytes table = bytes_of(data, size);
        struct transcript whole;
        const uint32_t lines = read_cut(table, NULL, 0, &whole);
        size_t cuts[200];
        size_t cut_count = 0;
        for (size_t at = 0; cut_count < 200; cut_count++) {
            at += random_next(&seed) % (size / 50 + 3);
            if (at > size) {
                break;
            }
            cuts[cut_count] = at;
        }
        check_splits(table, cuts, cut_count, &whole, lines);
        free(whole.text);
    }
    free(data);
}

/* Promise P4: bad rows, of any kind, never block a good one behind them. Good rows have no
 * quotation marks here, so no bad row can swallow them lawfully but between two marks. */
static void every_good_row_behind_bad_ones_comes_out(void **state)
{
    static const char *const bad[] = {"x;\"y\n",    "x\n",          "x;y;z;u\n", "\xff;2;3\n",
                                      "a\"b;2;3\n", "\"x\"y;2;3\n", "1;2;\"3\n"};
    uint32_t seed = 7;
    (void)state;
    for (int round = 0; round < 500; round++) {
        struct built table = built_new();
        char wanted[64];
        add(&table, "a;b;c\n");
        uint32_t good_count = 0, bad_count = 0;
        bool open = false;
        const uint32_t total = random_next(&seed) % 300;
        for (uint32_t i = 0; i < total; i++) {
            const uint32_t pick = random_next(&seed) % 40;
            const bool quotes = pick == 0 || pick == 4 || pick == 5 || pick == 6;
            if (pick < 7 && !(quotes && open)) {
                open = open || quotes;
                add(&table, bad[pick]);
                bad_count++;
            } else {
                add(&table, "1;2;3\n");
                good_count++;
            }
        }
        struct transcript whole;
        read_cut(bytes_of(table.data, table.size), NULL, 0, &whole);
        (void)snprintf(wanted, sizeof wanted, "%u+%u", good_count + 1, bad_count);
        char found[64];
        (void)snprintf(found, sizeof found, "%u+%u", whole.row_count, whole.fault_count);
        assert_string_equal(wanted, found);
        free(whole.text);
        free(table.data);
    }
}

static void count_row(void *context, const struct rows_row *row)
{
    (void)row;
    (*(uint64_t *)context)++;
}

static void count_fault(void *context, const struct rows_fault *fault)
{
    (void)fault;
    (*(uint64_t *)context)++;
}

/* Reading again is bounded by a row's limits: a megabyte of open quotes is read in the time of the
 * test, where quadratic work would take minutes. */
static void a_file_of_nothing_but_open_quotes_is_read_in_linear_time(void **state)
{
    static const char *const lines[] = {"\"\n", "\"x\n", ";\"\n", "\"x\ny\nz\n", "\"\"\"\n"};
    (void)state;
    for (size_t l = 0; l < sizeof lines / sizeof lines[0]; l++) {
        uint64_t calls = 0;
        const struct rows_options options = {
            .context = &calls, .on_row = count_row, .on_fault = count_fault};
        struct rows *rows;
        assert_int_equal(ERR_OK, rows_new(&options, &rows));
        assert_int_equal(ERR_OK, rows_push(rows, bytes_text("a;b\n")));
        uint32_t bytes = 0;
        for (; bytes < 1 << 20; bytes += (uint32_t)strlen(lines[l])) {
            assert_int_equal(ERR_OK, rows_push(rows, bytes_text(lines[l])));
        }
        assert_int_equal(ERR_OK, rows_finish(rows));
        assert_true(calls > 1000);
        rows_free(&rows);
    }
}

static void each_allocation_that_fails_is_told(void **state)
{
    uint64_t calls = 0;
    const struct rows_options options = {
        .context = &calls, .on_row = count_row, .on_fault = count_fault};
    struct rows *rows = NULL;
    enum err err = ERR_MEMORY;
    (void)state;
    size_t nth = 0;
    while (err == ERR_MEMORY) {
        mem_failing_at(++nth);
        err = rows_new(&options, &rows);
        assert_int_equal(mem_failing_done(), err == ERR_MEMORY);
    }
    assert_int_equal(ERR_OK, err);
    assert_true(nth > 2);
    mem_failing_at(1);
    assert_int_equal(ERR_OK, rows_push(rows, bytes_text("a;b\n1;\"2\n")));
    assert_int_equal(ERR_OK, rows_finish(rows));
    assert_false(mem_failing_done());
    assert_int_equal(2, calls);
    rows_free(&rows);
    rows_free(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_header_and_rows_with_each_line_end),
        cmocka_unit_test(finds_the_separator_in_the_first_line),
        cmocka_unit_test(skips_a_byte_order_mark_at_the_start_only),
        cmocka_unit_test(takes_blank_lines_and_empty_rows_for_no_rows),
        cmocka_unit_test(reads_quoted_fields_over_several_lines),
        cmocka_unit_test(a_row_with_another_number_of_fields_is_refused_alone),
        cmocka_unit_test(a_quotation_mark_inside_a_field_costs_its_line_only),
        cmocka_unit_test(a_quotation_mark_never_closed_costs_its_own_line_only),
        cmocka_unit_test(a_faulty_row_of_several_lines_costs_its_first_line_only),
        cmocka_unit_test(text_that_is_not_utf8_is_refused_with_its_field),
        cmocka_unit_test(a_faulty_header_is_the_only_fault),
        cmocka_unit_test(a_field_at_its_limit_passes_and_one_beyond_is_refused),
        cmocka_unit_test(a_line_at_the_limit_passes_and_one_beyond_is_refused),
        cmocka_unit_test(a_line_without_end_is_dropped_up_to_the_next_line_end),
        cmocka_unit_test(an_open_quote_ends_at_the_limit_of_lines_and_bytes),
        cmocka_unit_test(too_many_columns_are_too_long_a_header),
        cmocka_unit_test(every_split_of_small_tables_gives_the_same_rows),
        cmocka_unit_test(every_short_text_gives_the_same_rows_byte_by_byte),
        cmocka_unit_test(any_split_of_random_tables_gives_the_same_rows),
        cmocka_unit_test(every_good_row_behind_bad_ones_comes_out),
        cmocka_unit_test(a_file_of_nothing_but_open_quotes_is_read_in_linear_time),
        cmocka_unit_test(each_allocation_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
