/* What is shown of a programme file is a programme file, and the same programme. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "config/programme_file.h"
#include "tools/programme_json.h"

static char *shown(struct bytes yaml, struct bytes regions)
{
    struct programme *programme = NULL;
    struct config_fault fault = {0};
    const enum err err = programme_parse(yaml, regions, &programme, &fault);
    if (err != ERR_OK) {
        fail_msg("%u:%u: %s", fault.line, fault.column, fault.text);
    }
    json_t *json = programme_json(programme, false);
    char *text = json_dumps(json, JSON_INDENT(1));
    json_decref(json);
    programme_free(&programme);
    assert_non_null(text);
    return text;
}

static void what_is_shown_loads_and_is_shown_the_same(void **state)
{
    static const char *const paths[] = {
        SOURCE_DIR "/config/programmes/abc.yaml", SOURCE_DIR "/config/programmes/zmp.yaml",
        SOURCE_DIR "/config/programmes/jobtown.yaml", SOURCE_DIR "/config/programmes/lubuskie.yaml",
        SOURCE_DIR "/tests/unit/tools/every_key.yaml"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct buffer yaml = {0}, regions = {0};
        struct config_fault fault = {0};
        assert_int_equal(ERR_OK, programme_file_read(paths[i], &yaml, &regions, &fault));
        char *once = shown(buffer_bytes(&yaml), buffer_bytes(&regions));
        char *twice = shown(bytes_text(once), buffer_bytes(&regions));
        assert_string_equal(once, twice);
        free(once);
        free(twice);
        buffer_fini(&yaml);
        buffer_fini(&regions);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_shown_loads_and_is_shown_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
