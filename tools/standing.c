#include "tools/standing.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/moment.h"
#include "tools/sheet.h"

enum { CELL_BYTES = 96, LINE_BYTES = 256, NAME_COLUMNS_MAX = 24 };

const char *standing_text(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text != NULL ? text : "";
}

uint64_t standing_number(const json_t *json, const char *name)
{
    const json_int_t number = json_integer_value(json_object_get(json, name));
    return number > 0 ? (uint64_t)number : 0;
}

static bool is_number(const json_t *json, const char *name)
{
    return json_is_integer(json_object_get(json, name));
}

/* ---- judging ---- */

static bool is_revoked(const json_t *node, const struct standing_limits *limits)
{
    (void)limits;
    return json_is_true(json_object_get(node, "revoked"));
}

static bool is_silent(const json_t *node, const struct standing_limits *limits)
{
    const bool heard = standing_number(node, "last_heard_ms") > 0;
    return standing_number(node, "silent_ms") > (heard ? limits->silent_ms : limits->grace_ms);
}

static bool is_awaited(const json_t *node, const struct standing_limits *limits)
{
    (void)limits;
    return standing_number(node, "last_heard_ms") == 0;
}

static bool is_mending(const json_t *node, const struct standing_limits *limits)
{
    (void)limits;
    return standing_number(node, "rejected_files") > 0;
}

static bool is_behind(const json_t *node, const struct standing_limits *limits)
{
    (void)limits;
    return standing_number(node, "waiting") > 0 &&
           standing_number(node, "lag_ms") > STANDING_BEHIND_MS;
}

static bool is_quiet(const json_t *node, const struct standing_limits *limits)
{
    /* 0 where nothing was ever received. */
    return standing_number(node, "last_received_ms") + STANDING_QUIET_MS < limits->wall_ms;
}

static bool is_connected(const json_t *node, const struct standing_limits *limits)
{
    return !is_silent(node, limits) && !is_awaited(node, limits);
}

/* In order of weight: the first that holds is the node's state. */
static const struct state {
    const char *name;
    bool (*holds)(const json_t *node, const struct standing_limits *limits);
    const char *english, *polish;
    const char *age; /* of what, behind the words; null: none */
    enum screen_style style;
} states[] = {
    {"revoked", is_revoked, "REVOKED", "ODWOŁANY", NULL, SCREEN_PLAIN},
    {"silent", is_silent, "SILENT", "MILCZY", "silent_ms", SCREEN_LOUD},
    {"awaited", is_awaited, "awaited", "oczekiwany", "silent_ms", SCREEN_NOTED},
    {"mending", is_mending, "to mend", "do poprawy", NULL, SCREEN_NOTED},
    {"behind", is_behind, "behind", "opóźniony", NULL, SCREEN_NOTED},
    {"quiet", is_quiet, "no data", "bez danych", "quiet_ms", SCREEN_NOTED},
    {"connected", is_connected, "connected", "połączony", NULL, SCREEN_PLAIN},
};
enum { STATE_COUNT = sizeof states / sizeof states[0] };

static const struct state *state_of(const json_t *node)
{
    const char *name = standing_text(node, "state");
    size_t i = 0;
    while (i < STATE_COUNT - 1 && strcmp(states[i].name, name) != 0) {
        i++;
    }
    return &states[i];
}

static int compare_names(const void *a, const void *b)
{
    const json_t *const *left = a, *const *right = b;
    const int order = strcmp(standing_text(*left, "name"), standing_text(*right, "name"));
    return order != 0 ? order : strcmp(standing_text(*left, "node"), standing_text(*right, "node"));
}

/* The gravest first; the revoked last, of whom nothing is expected. */
static size_t weight_of(const json_t *node)
{
    return is_revoked(node, NULL) ? STATE_COUNT : (size_t)(state_of(node) - states);
}

static int compare_weights(const void *a, const void *b)
{
    const json_t *const *left = a, *const *right = b;
    const size_t one = weight_of(*left), other = weight_of(*right);
    return one != other ? (one < other ? -1 : 1) : compare_names(a, b);
}

static void sort_nodes(json_t *nodes, int (*compare)(const void *, const void *))
{
    const size_t count = json_array_size(nodes);
    json_t **sorted = calloc(count + 1, sizeof(json_t *));
    for (size_t i = 0; sorted != NULL && i < count; i++) {
        sorted[i] = json_incref(json_array_get(nodes, i));
    }
    if (sorted != NULL) {
        qsort(sorted, count, sizeof(json_t *), compare);
        json_array_clear(nodes);
    }
    for (size_t i = 0; sorted != NULL && i < count; i++) {
        json_array_append_new(nodes, sorted[i]);
    }
    free(sorted);
}

void standing_judge(json_t *answer, const struct standing_limits *limits)
{
    static const struct counted {
        const char *name;
        bool (*holds)(const json_t *node, const struct standing_limits *limits);
    } counted[] = {{"connected", is_connected},
                   {"silent", is_silent},
                   {"behind", is_behind},
                   {"mending", is_mending}};
    json_int_t counts[sizeof counted / sizeof counted[0]] = {0}, all = 0;
    json_t *nodes = json_object_get(answer, "nodes"), *node, *summary = json_object();
    size_t index;
    sort_nodes(nodes, compare_names);
    json_array_foreach(nodes, index, node)
    {
        size_t i = 0;
        while (i < STATE_COUNT - 1 && !states[i].holds(node, limits)) {
            i++;
        }
        json_object_set_new(node, "state", json_string(states[i].name));
        all += is_revoked(node, limits) ? 0 : 1;
        for (size_t k = 0; k < sizeof counted / sizeof counted[0]; k++) {
            counts[k] += !is_revoked(node, limits) && counted[k].holds(node, limits) ? 1 : 0;
        }
    }
    json_object_set_new(summary, "nodes", json_integer(all));
    for (size_t k = 0; k < sizeof counted / sizeof counted[0]; k++) {
        json_object_set_new(summary, counted[k].name, json_integer(counts[k]));
    }
    json_object_set_new(answer, "summary", summary);
}

/* ---- drawing ---- */

static void put_state(json_t *row, const json_t *node, bool polish, uint64_t wall_ms)
{
    const struct state *state = state_of(node);
    char age[MOMENT_TEXT_BYTES] = "", text[CELL_BYTES];
    const bool never =
        strcmp(state->name, "silent") == 0 && standing_number(node, "last_heard_ms") == 0;
    const char *words = never    ? (polish ? "BEZ KONTAKTU" : "NEVER HEARD")
                        : polish ? state->polish
                                 : state->english;
    const bool silence = state->age != NULL && strcmp(state->age, "silent_ms") == 0;
    const uint64_t then_ms = silence ? 1 : standing_number(node, "last_received_ms");
    const uint64_t now_ms = silence ? 1 + standing_number(node, "silent_ms") : wall_ms;
    if (state->age != NULL && !never && then_ms != 0) {
        moment_age(then_ms, now_ms, age);
    }
    snprintf(text, sizeof text, "%s%s%s", words, age[0] != '\0' ? " " : "", age);
    json_object_set_new(row, "state", json_string(text));
}

/* "-" where the node has not told. */
static void put_number(json_t *row, const json_t *node, const char *name)
{
    char text[CELL_BYTES] = "-";
    if (is_number(node, name)) {
        snprintf(text, sizeof text, "%" PRIu64, standing_number(node, name));
    }
    json_object_set_new(row, name, json_string(text));
}

static void put_mending(json_t *row, const json_t *node, bool polish)
{
    const uint64_t files = standing_number(node, "rejected_files");
    char text[CELL_BYTES];
    put_number(row, node, "rejected_open");
    if (files > 0 && standing_number(node, "rejected_open") == 0) {
        /* Files that could not be read at all. */
        snprintf(text, sizeof text, "%" PRIu64 " %s", files,
                 polish ? (files == 1 ? "plik" : "pl.") : (files == 1 ? "file" : "files"));
        json_object_set_new(row, "rejected_open", json_string(text));
    }
}

static void put_age(json_t *row, const char *name, uint64_t then_ms, uint64_t now_ms)
{
    char age[MOMENT_TEXT_BYTES];
    moment_age(then_ms, now_ms, age);
    json_object_set_new(row, name, json_string(age));
}

/* A name that is too long for any table is cut; the rest of the row stays readable. */
static void put_name(json_t *row, const json_t *node, const char *name)
{
    struct buffer cut = {.bytes_max = LINE_BYTES};
    if (screen_fit(standing_text(node, name), NAME_COLUMNS_MAX, &cut) == ERR_OK) {
        json_object_set_new(row, name, json_stringn((const char *)cut.data, cut.size));
    }
    buffer_fini(&cut);
}

static json_t *row_of(const json_t *node, bool polish, uint64_t wall_ms)
{
    json_t *row = json_object();
    const uint64_t lag_ms = standing_number(node, "lag_ms");
    put_name(row, node, "name");
    put_name(row, node, "partner");
    put_state(row, node, polish, wall_ms);
    put_age(row, "data", standing_number(node, "last_received_ms"), wall_ms);
    put_age(row, "lag", standing_number(node, "waiting") > 0 ? 1 : 0, 1 + lag_ms);
    put_number(row, node, "events");
    put_number(row, node, "waiting");
    put_number(row, node, "rejected");
    put_mending(row, node, polish);
    return row;
}

static void draw_nodes(const json_t *from, bool polish, uint64_t wall_ms, struct screen *screen)
{
    static const struct sheet_column columns[] = {
        {.key = "name", .english = "NODE", .polish = "WĘZEŁ", .shrinks = true},
        {.key = "state", .english = "STATE", .polish = "STAN"},
        {.key = "data", .english = "DATA", .polish = "DANE", .right = true},
        {.key = "events", .english = "EVENTS", .polish = "ZDARZEŃ", .right = true},
        {.key = "waiting", .english = "WAITS", .polish = "CZEKA", .right = true},
        {.key = "lag", .english = "LAG", .polish = "ZWŁOKA", .right = true},
        {.key = "rejected_open", .english = "MEND", .polish = "POPRAW", .right = true},
        {.key = "rejected", .english = "REFUSED", .polish = "ODMÓW", .right = true},
        {.key = "partner", .english = "PARTNER", .polish = "PARTNER", .shrinks = true},
    };
    struct sheet sheet = {.columns = columns,
                          .column_count = sizeof columns / sizeof columns[0] - 1};
    json_t *rows = json_array(), *nodes = json_copy((json_t *)(uintptr_t)from), *node;
    size_t index;
    /* So that a frame cut at the window's end leaves out those that are well. */
    sort_nodes(nodes, compare_weights);
    json_array_foreach(nodes, index, node)
    {
        json_array_append_new(rows, row_of(node, polish, wall_ms));
        if (strcmp(standing_text(node, "name"), standing_text(node, "partner")) != 0) {
            /* Partners are told where nodes are not named after them. */
            sheet.column_count = sizeof columns / sizeof columns[0];
        }
    }
    char *text = sheet_table_text(polish, &sheet, rows, screen_columns(screen));
    char *rest = text;
    const char *line = text != NULL ? strsep(&rest, "\n") : NULL;
    for (size_t i = 0; line != NULL; i++, line = strsep(&rest, "\n")) {
        /* The headings, then a line for each node. */
        screen_line(screen, i == 0 ? SCREEN_BOLD : state_of(json_array_get(nodes, i - 1))->style,
                    line);
    }
    free(text);
    json_decref(rows);
    json_decref(nodes);
}

void standing_draw(const json_t *answer, bool polish, uint64_t wall_ms, struct screen *screen)
{
    const json_t *summary = json_object_get(answer, "summary");
    const uint64_t silent = standing_number(summary, "silent");
    char line[LINE_BYTES];
    snprintf(line, sizeof line,
             polish ? "węzłów %" PRIu64 ": połączone %" PRIu64 ", %s %" PRIu64
                      ", opóźnione %" PRIu64 ", do poprawy %" PRIu64
                    : "nodes %" PRIu64 ": connected %" PRIu64 ", %s %" PRIu64 ", behind %" PRIu64
                      ", to mend %" PRIu64,
             standing_number(summary, "nodes"), standing_number(summary, "connected"),
             polish ? (silent > 0 ? "MILCZY" : "milczy") : (silent > 0 ? "SILENT" : "silent"),
             silent, standing_number(summary, "behind"), standing_number(summary, "mending"));
    screen_line(screen, silent > 0 ? SCREEN_LOUD : SCREEN_BOLD, line);
    draw_nodes(json_object_get(answer, "nodes"), polish, wall_ms, screen);
}
