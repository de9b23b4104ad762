/* ogniwo reasons: why rows are refused, and what is said of rows that are not: the whole list. */
#include <stdio.h>
#include <sysexits.h>

#include <jansson.h>

#include "core/model/notice.h"
#include "core/model/reject.h"
#include "io/polish.h"
#include "tools/sheet.h"
#include "tools/verbs.h"

static const struct reason {
    const char *kind;
    uint32_t number;
    const char *code, *column, *cause, *cure;
} reasons[] = {
#define REJECT_ROW(number, name, column, cause, cure)                                              \
    {"reject", (number), #name, (column), (cause), (cure)},
    REJECT_LIST(REJECT_ROW)
#undef REJECT_ROW
#define NOTICE_ROW(number, name, column, cause, cure)                                              \
    {"notice", (number), #name, (column), (cause), (cure)},
        NOTICE_LIST(NOTICE_ROW)
#undef NOTICE_ROW
};

/* Both languages in every format but the table, which has the one asked for. */
static json_t *row_of(const struct reason *reason)
{
    return json_pack("{s:s,s:i,s:s,s:s,s:s,s:s,s:s,s:s}", "kind", reason->kind, "number",
                     (int)reason->number, "code", reason->code, "column", reason->column, "text",
                     reason->cause, "cure", reason->cure, "text_pl", polish_of(reason->cause),
                     "cure_pl", polish_of(reason->cure));
}

int verb_reasons(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Lists every reason for which a row is refused, and every notice that a row which "
               "was accepted may get: number, code, column of the office table, cause and cure."
               "\vExample:\n  ogniwo reasons --lang pl",
        .uses = USES_FORMAT | USES_LANGUAGE};
    struct request request = {0};
    usage_read(&usage, count, words, &request);
    const bool polish = request.polish;
    const struct sheet_column columns[] = {
        {.key = "kind", .english = "KIND", .polish = "RODZAJ"},
        {.key = "number", .english = "NO", .polish = "NR", .right = true},
        {.key = "code", .english = "CODE", .polish = "KOD"},
        {.key = "column", .english = "COLUMN", .polish = "KOLUMNA"},
        {.key = "text", .english = polish ? NULL : "WHY"},
        {.key = "cure", .english = polish ? NULL : "CURE"},
        {.key = "text_pl", .english = polish ? "WHY" : NULL, .polish = "DLACZEGO"},
        {.key = "cure_pl", .english = polish ? "CURE" : NULL, .polish = "CO ZROBIĆ"},
    };
    const struct sheet sheet = {.columns = columns,
                                .column_count = sizeof columns / sizeof columns[0]};
    json_t *rows = json_array();
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        json_array_append_new(rows, row_of(&reasons[i]));
    }
    const int status = sheet_print(&request, &sheet, rows);
    json_decref(rows);
    return status;
}
