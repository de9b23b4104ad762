/* What libcyaml 1.3.1 would let pass, and where things stand. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <cyaml/cyaml.h>
#include <stdio.h>
#include <string.h>

#include "config/document.h"

struct item {
    char *name;
    uint8_t size;
};

struct shelf {
    struct item *items;
    uint32_t items_count;
};

static const cyaml_schema_field_t item_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct item, name, 1, 8),
    CYAML_FIELD_UINT("size", CYAML_FLAG_OPTIONAL, struct item, size),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t item_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct item, item_fields)};
static const cyaml_schema_field_t shelf_fields[] = {
    CYAML_FIELD_SEQUENCE("items", CYAML_FLAG_POINTER, struct shelf, items, &item_entry, 1, 3),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t shelf_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct shelf, shelf_fields)};

static enum err open_text(struct bytes text, struct document **out, struct config_fault *fault)
{
    *out = NULL;
    *fault = (struct config_fault){0};
    return document_new(text, &shelf_schema, out, fault);
}

static void document_gives_what_the_schema_describes(void **state)
{
    (void)state;
    struct document *document;
    struct config_fault fault;
    assert_int_equal(ERR_OK,
                     open_text(bytes_text("\xef\xbb\xbfitems:\n  - {name: no, size: 255}\n"),
                               &document, &fault));
    const struct shelf *shelf = document_data(document);
    assert_int_equal(1, shelf->items_count);
    assert_string_equal("no", shelf->items[0].name);
    assert_int_equal(255, shelf->items[0].size);
    document_free(&document);
    assert_null(document);
    document_free(&document);
}

static void a_byte_order_mark_is_no_column(void **state)
{
    (void)state;
    static const char marked[] = "\xef\xbb\xbf# text\r\nitems:\r\n  - {name: a, size: x}\r\n";
    struct document *document;
    struct config_fault fault;
    for (size_t i = 0; i < 2; i++) {
        /* With the comment, and with the first key behind the mark. */
        char text[sizeof marked] = "\xef\xbb\xbf";
        memcpy(text + 3, marked + (i == 0 ? 3 : 11), sizeof marked - (i == 0 ? 3 : 11));
        assert_int_equal(ERR_CONFIG, open_text(bytes_text(text), &document, &fault));
        assert_int_equal(i == 0 ? 3 : 2, fault.line);
        assert_int_equal(21, fault.column);
    }
    assert_int_equal(
        ERR_CONFIG,
        open_text(bytes_text("\xef\xbb\xbfitems:\n  - name: a\nother: b\n"), &document, &fault));
    assert_string_equal("unknown key \"other\" in the file (known: items)", fault.text);
    assert_int_equal(3, fault.line);
}

static void document_refuses_what_libcyaml_lets_pass(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "items: [{name: a, size: 256}]",
        "items: [{name: a, size: 010}]",
        "items: [{name: a, size: 0x1}]",
        "items: [{name: a, size: 1a}]",
        "items: [{name: a, size: -1}]",
        "items: [{name: a, size: }]",
        "items: [{name: \"a\\0b\"}]",
        "items: [{name: a}]\n---\nitems: [{name: b}]",
        "items: [&a {name: a}, *a]",
        "items: [{name: &a b}, {name: *a}]",
        "items: [{name: a, name: a}]",
        "items: [{[a]: b}]",
        "items: [{<<: {name: a}}]",
        "items: [{name: \xc0\x80}]",
        "items: [{name: \xed\xa0\x80}]",
        "\xff\xfei\0t\0e\0m\0s\0",
        "--- # nothing\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct document *document;
        struct config_fault fault;
        assert_int_equal(ERR_CONFIG, open_text(bytes_text(texts[i]), &document, &fault));
        assert_null(document);
        assert_true(fault.text[0] != '\0');
    }
}

static void document_tells_where_a_path_stands(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        uint32_t line, column;
    } cases[] = {
        {"items", 2, 3},          {"items[0]", 2, 5},
        {"items[0].name", 2, 11}, {"items[1].name", 3, 11},
        {"items[1].size", 4, 11}, {"items[0].size", 2, 5},
        {"items[7].name", 2, 3},  {"", 1, 1},
        {"other", 1, 1},          {"items[0].name.x", 2, 11},
    };
    struct document *document;
    struct config_fault fault;
    assert_int_equal(ERR_OK,
                     open_text(bytes_text("items:\n  - name: ź\n  - name: ź\n    size: 7\n"),
                               &document, &fault));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct place place = document_place(document, "%s", cases[i].path);
        assert_int_equal(cases[i].line, place.line);
        assert_int_equal(cases[i].column, place.column);
    }
    document_free(&document);
}

static void columns_count_characters_not_bytes(void **state)
{
    (void)state;
    struct document *document;
    struct config_fault fault;
    assert_int_equal(ERR_CONFIG,
                     open_text(bytes_text("items: [{name: żółw, zz: 1}]"), &document, &fault));
    assert_int_equal(1, fault.line);
    assert_int_equal(22, fault.column);
}

static void bytes_that_are_not_utf8_are_found_in_any_line(void **state)
{
    (void)state;
    struct document *document;
    struct config_fault fault;
    assert_int_equal(ERR_CONFIG,
                     open_text(bytes_text("# ąćę\nitems:\n  - name: \xb1\n"), &document, &fault));
    assert_int_equal(3, fault.line);
    assert_int_equal(11, fault.column);
}

static void an_unclosed_quotation_mark_is_told_where_it_opens(void **state)
{
    (void)state;
    struct document *document;
    struct config_fault fault;
    assert_int_equal(ERR_CONFIG, open_text(bytes_text("items:\n  - name: \"a\n  - name: b\n"),
                                           &document, &fault));
    assert_non_null(strstr(fault.text, "close the quotation marks that open here"));
    assert_int_equal(2, fault.line);
    assert_int_equal(11, fault.column);
}

static void a_control_character_outside_of_quotes_is_found(void **state)
{
    (void)state;
    struct document *document;
    struct config_fault fault;
    assert_int_equal(ERR_CONFIG,
                     open_text(bytes_text("items:\n  - name: a\x01\n"), &document, &fault));
    assert_string_equal(
        "this is not YAML: control characters are not allowed: delete what cannot be "
        "seen here",
        fault.text);
    assert_int_equal(2, fault.line);
    assert_int_equal(12, fault.column);
}

/* libyaml's time grows with the square of the depth and of the number of anchors. */
static void deep_nesting_and_many_anchors_are_refused_at_once(void **state)
{
    (void)state;
    enum { LARGE = 1 << 20 };
    static const char *const patterns[] = {"[", "{", "- ", "? ", "[&a ", "*a, "};
    char *text = test_malloc(LARGE + 1);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        struct document *document;
        struct config_fault fault;
        const size_t size = strlen(patterns[i]);
        for (size_t j = 0; j + size <= LARGE; j += size) {
            memcpy(text + j, patterns[i], size);
        }
        text[LARGE / size * size] = '\0';
        assert_int_equal(ERR_CONFIG, open_text(bytes_text(text), &document, &fault));
        assert_true(fault.line <= 1);
    }
    test_free(text);
}

static void a_long_fault_is_cut_between_characters(void **state)
{
    (void)state;
    struct config_fault fault;
    char text[1201];
    for (size_t i = 0; i < 1200; i += 2) {
        memcpy(text + i, "ż", 2);
    }
    text[1200] = '\0';
    for (size_t skip = 0; skip < 2; skip++) {
        const struct place place = {.line = 3, .column = 4};
        assert_int_equal(ERR_CONFIG, place_fault(&fault, place, "%s%s", skip ? "x" : "", text));
        assert_true(bytes_utf8(bytes_text(fault.text)));
        assert_string_equal("...", fault.text + strlen(fault.text) - 3);
        assert_int_equal(3, fault.line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document_gives_what_the_schema_describes),
        cmocka_unit_test(a_byte_order_mark_is_no_column),
        cmocka_unit_test(document_refuses_what_libcyaml_lets_pass),
        cmocka_unit_test(document_tells_where_a_path_stands),
        cmocka_unit_test(columns_count_characters_not_bytes),
        cmocka_unit_test(bytes_that_are_not_utf8_are_found_in_any_line),
        cmocka_unit_test(an_unclosed_quotation_mark_is_told_where_it_opens),
        cmocka_unit_test(a_control_character_outside_of_quotes_is_found),
        cmocka_unit_test(deep_nesting_and_many_anchors_are_refused_at_once),
        cmocka_unit_test(a_long_fault_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
