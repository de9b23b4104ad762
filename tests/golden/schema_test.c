/* The schema against the list of fields that was ever published: a field may be added, never
 * changed or taken away. The one test that sees protobuf-c: it walks the generated descriptors. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include <protobuf-c/protobuf-c.h>

#include "golden/golden_file.h"
#include "proto/ogniwo.pb-c.h"

enum { TEXT_BYTES = 1 << 16, LINE_BYTES = 256, FIELDS_MAX = 31 };

static const ProtobufCMessageDescriptor *const messages[] = {
    &ogniwo__v1__checkpoint__descriptor,
    &ogniwo__v1__sealed_batch__descriptor,
    &ogniwo__v1__batch_header__descriptor,
    &ogniwo__v1__event_columns__descriptor,
    &ogniwo__v1__confidential__descriptor,
    &ogniwo__v1__log_entry__descriptor,
    &ogniwo__v1__stored_batch__descriptor,
    &ogniwo__v1__genesis__descriptor,
    &ogniwo__v1__signed_decision__descriptor,
    &ogniwo__v1__decision__descriptor,
    &ogniwo__v1__programme_file__descriptor,
    &ogniwo__v1__node_enrolment__descriptor,
    &ogniwo__v1__node_revocation__descriptor,
    &ogniwo__v1__hello__descriptor,
    &ogniwo__v1__programme_version__descriptor,
    &ogniwo__v1__welcome__descriptor,
    &ogniwo__v1__receipt__descriptor,
    &ogniwo__v1__receipt_body__descriptor,
    &ogniwo__v1__control__descriptor,
    &ogniwo__v1__standing__descriptor,
    &ogniwo__v1__query__descriptor,
    &ogniwo__v1__answer__descriptor,
    &ogniwo__v1__sheet_part__descriptor,
};

enum { MESSAGE_COUNT = sizeof messages / sizeof messages[0] };

static const char *type_text(ProtobufCType type)
{
    static const char *const texts[] = {
        "int32",  "sint32",  "sfixed32", "int64",   "sint64",  "sfixed64",
        "uint32", "fixed32", "uint64",   "fixed64", "float",   "double",
        "bool",   "enum",    "string",   "bytes",   "message",
    };
    return texts[type];
}

/* "BatchHeader 5 node bytes", and what else decides how it is written. */
static void field_line(const ProtobufCMessageDescriptor *message,
                       const ProtobufCFieldDescriptor *field, char out[LINE_BYTES])
{
    const ProtobufCMessageDescriptor *of = field->descriptor;
    const int size = snprintf(out, LINE_BYTES, "%s %u %s %s%s%s%s%s%s\n", message->short_name,
                              field->id, field->name, type_text(field->type), of != NULL ? " " : "",
                              of != NULL ? of->short_name : "",
                              field->label == PROTOBUF_C_LABEL_REPEATED ? " repeated" : "",
                              (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0 ? " packed" : "",
                              (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 ? " oneof" : "");
    assert_true(size > 0 && size < LINE_BYTES);
}

static void schema_text(char out[TEXT_BYTES])
{
    size_t size = 0;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        for (unsigned k = 0; k < messages[i]->n_fields; k++) {
            char line[LINE_BYTES];
            field_line(messages[i], &messages[i]->fields[k], line);
            assert_true(size + strlen(line) < TEXT_BYTES);
            memcpy(out + size, line, strlen(line));
            size += strlen(line);
        }
    }
    out[size] = '\0';
}

static void published_fields_never_change(void **state)
{
    (void)state;
    static char now[TEXT_BYTES], then[TEXT_BYTES];
    schema_text(now);
    const size_t size = golden_read("schema.txt", then, sizeof then);
    assert_true(size > 0 || golden_writing());
    for (const char *line = then; *line != '\0';) {
        char one[LINE_BYTES];
        const size_t length = (size_t)(strchr(line, '\n') + 1 - line);
        assert_true(length < sizeof one);
        memcpy(one, line, length);
        one[length] = '\0';
        if (strstr(now, one) == NULL) {
            fail_msg("changed or gone: %s", one);
        }
        line += length;
    }
    if (golden_writing()) {
        FILE *file = golden_open("schema.txt", "w");
        assert_non_null(file);
        fputs(now, file);
        assert_int_equal(0, fclose(file));
        return;
    }
    /* What was added is published by writing the file anew. */
    assert_string_equal(then, now);
}

static void no_message_nests_deeper_than_the_scan_goes(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        assert_true(messages[i]->n_fields <= FIELDS_MAX);
        for (unsigned k = 0; k < messages[i]->n_fields; k++) {
            const ProtobufCFieldDescriptor *field = &messages[i]->fields[k];
            const ProtobufCMessageDescriptor *inner = field->descriptor;
            for (unsigned m = 0; inner != NULL && m < inner->n_fields; m++) {
                assert_null(inner->fields[m].descriptor);
            }
        }
    }
}

static void only_field_types_that_the_scan_knows_well_are_used(void **state)
{
    (void)state;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        for (unsigned k = 0; k < messages[i]->n_fields; k++) {
            const ProtobufCFieldDescriptor *field = &messages[i]->fields[k];
            const bool scalar = field->type < PROTOBUF_C_TYPE_STRING;
            assert_int_not_equal(PROTOBUF_C_TYPE_ENUM, field->type);
            assert_int_not_equal(PROTOBUF_C_TYPE_FLOAT, field->type);
            assert_int_not_equal(PROTOBUF_C_TYPE_DOUBLE, field->type);
            /* Only proto3's plain fields and lists: no `optional`, no `required`. */
            assert_true(field->label == PROTOBUF_C_LABEL_NONE ||
                        field->label == PROTOBUF_C_LABEL_REPEATED);
            assert_true(field->label != PROTOBUF_C_LABEL_REPEATED || !scalar ||
                        (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) != 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_fields_never_change),
        cmocka_unit_test(no_message_nests_deeper_than_the_scan_goes),
        cmocka_unit_test(only_field_types_that_the_scan_knows_well_are_used),
    };
    return cmocka_run_group_tests_name("golden.schema", tests, NULL, NULL);
}
