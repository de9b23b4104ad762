/* The happy path is: 1 the broker tells its live totals, line by line, with the position they hold
 * for; 2 the log is folded anew up to there; 3 both are sorted and compared.
 *
 * What may go wrong: the broker does not run: there is nothing to compare with, and that is
 * said. The live totals are never touched. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config/programme_file.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/verbs.h"

enum { EX_DIFFERENT = 1 };

struct replay_request {
    struct request request;
    const char *programme, *until;
    bool diff;
};

static const struct usage_option options[] = {
    {"diff", 'd', NULL, "Compare with the live totals, line by line", USAGE_FLAG,
     offsetof(struct replay_request, diff)},
    {"programme", 'p', "FILE",
     "Count under this programme file, not the one in force: what would "
     "it change?",
     USAGE_TEXT, offsetof(struct replay_request, programme)},
    {"until", 'u', "POS|TIME", "Only entries up to this position or time", USAGE_TEXT,
     offsetof(struct replay_request, until)},
};
static const struct usage usage = {
    .doc = "Rebuilds all totals from the log, beside the live ones, which stay as they are."
           "\vWith --diff the exit code is 0 where both are the same, 1 where they differ, and 69 "
           "where the broker does not run and there is nothing to compare with. Examples:\n"
           "  ogniwo replay --diff\n"
           "  ogniwo replay --diff --programme abc-new.yaml",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};

/* ---- lines ---- */

struct lines {
    char **list;
    size_t count, room;
    enum err err;
};

static void lines_free(struct lines *self)
{
    for (size_t i = 0; i < self->count; i++) {
        mem_free(self->list[i]);
    }
    mem_free(self->list);
}

static void lines_add(void *context, struct bytes line)
{
    struct lines *self = context;
    if (self->err == ERR_OK && self->count == self->room) {
        const size_t room = self->room == 0 ? 1024 : 2 * self->room;
        char **list = mem_resize(self->list, room * sizeof *list);
        self->err = list != NULL ? ERR_OK : ERR_MEMORY;
        self->list = list != NULL ? list : self->list;
        self->room = list != NULL ? room : self->room;
    }
    char *text = self->err == ERR_OK ? mem_calloc(line.size + 1, 1) : NULL;
    if (text == NULL) {
        self->err = ERR_MEMORY;
        return;
    }
    memcpy(text, line.data, line.size);
    self->list[self->count++] = text;
}

/* How much of a line names its cell: all but the two last fields, value and partners' sum. */
static size_t key_size(const char *line)
{
    size_t size = strlen(line);
    for (unsigned bars = 0; size > 0 && bars < 2; size--) {
        bars += line[size - 1] == '|' ? 1 : 0;
    }
    return size;
}

static int compare_keys(const char *a, const char *b)
{
    return bytes_compare(bytes_of(a, key_size(a)), bytes_of(b, key_size(b)));
}

static int compare_lines(const void *a, const void *b)
{
    return compare_keys(*(char *const *)a, *(char *const *)b);
}

static void sort(struct lines *lines)
{
    if (lines->count > 1) {
        qsort(lines->list, lines->count, sizeof *lines->list, compare_lines);
    }
}

static json_t *difference_json(const char *live, const char *rebuilt)
{
    const char *any = live != NULL ? live : rebuilt;
    const size_t size = key_size(any);
    return json_pack("{s:s%,s:s?,s:s?}", "cell", any, size, "live",
                     live != NULL ? live + size + 1 : NULL, "rebuilt",
                     rebuilt != NULL ? rebuilt + size + 1 : NULL);
}

/* Both sorted by their cells: what stands on one side only, or with another value. */
static json_t *differences(const struct lines *live, const struct lines *rebuilt)
{
    json_t *rows = json_array();
    size_t i = 0, j = 0;
    while (i < live->count || j < rebuilt->count) {
        const char *a = i < live->count ? live->list[i] : NULL;
        const char *b = j < rebuilt->count ? rebuilt->list[j] : NULL;
        const int order = a == NULL ? 1 : b == NULL ? -1 : compare_keys(a, b);
        if (order != 0) {
            json_array_append_new(rows,
                                  difference_json(order < 0 ? a : NULL, order > 0 ? b : NULL));
        } else if (strcmp(a, b) != 0) {
            json_array_append_new(rows, difference_json(a, b));
        }
        i += order <= 0 ? 1 : 0;
        j += order >= 0 ? 1 : 0;
    }
    return rows;
}

/* ---- the two sides ---- */

struct replay {
    const struct replay_request *asked;
    struct past past;
    struct programme *instead; /* null: those in force */
    char programme[CODE_BYTES_MAX + 1];
    struct lines live, rebuilt;
    bool compared;
    uint64_t took_ms;
};

static int read_programme(struct replay *self)
{
    struct buffer yaml = {0}, regions = {0};
    struct config_fault fault = {0};
    const char *path = self->asked->programme;
    enum err err = programme_file_read(path, &yaml, &regions, &fault);
    if (err == ERR_OK) {
        err = programme_parse(buffer_bytes(&yaml), buffer_bytes(&regions), &self->instead, &fault);
    }
    if (err == ERR_OK) {
        err = bytes_to_text(self->instead->id, self->programme, sizeof self->programme);
    }
    buffer_fini(&yaml);
    buffer_fini(&regions);
    return err == ERR_OK ? EX_OK : say_config(err, path, &fault);
}

static bool is_wanted(const struct replay *self, const char *line)
{
    const size_t size = strlen(self->programme);
    return size == 0 || (strncmp(line, self->programme, size) == 0 && line[size] == '|');
}

/* Asks for the live lines; *position is what they hold for. */
static int ask_live(struct replay *self, const char *endpoint, uint64_t *position)
{
    json_t *answer = NULL, *line;
    size_t index;
    uint32_t answered = 0;
    const enum err err = site_ask(endpoint, "lines", NULL, &answered, &answer);
    if (err == ERR_UNREACHABLE) {
        (void)say(EX_OK, NULL, "the broker does not run: there is nothing to compare with");
        return EX_OK;
    }
    int status = err != ERR_OK       ? say_err(err, endpoint)
                 : answered == EX_OK ? EX_OK
                                     : say((int)answered, NULL, "%s", client_error(answer));
    if (status == EX_OK) {
        self->compared = true;
        *position = (uint64_t)json_integer_value(json_object_get(answer, "position"));
        json_array_foreach(json_object_get(answer, "lines"), index, line)
        {
            if (is_wanted(self, json_string_value(line))) {
                lines_add(&self->live, bytes_text(json_string_value(line)));
            }
        }
    }
    json_decref(answer);
    return status;
}

static int rebuild(struct replay *self)
{
    const struct counting_options wanted = {.programme =
                                                self->instead != NULL ? self->programme : NULL,
                                            .instead = self->instead,
                                            .until = DATE_MAX};
    struct counting *counting = NULL;
    struct exchange_programme *version = NULL;
    int status =
        self->instead != NULL ? past_programme(&self->past, self->programme, &version) : EX_OK;
    const uint64_t started_ms = clock_monotonic_ms();
    if (status == EX_OK) {
        status = past_count(&self->past, &wanted, &counting);
    }
    self->took_ms = clock_monotonic_ms() - started_ms;
    if (status == EX_OK) {
        enum err err = counting_lines(counting, lines_add, &self->rebuilt);
        err = err == ERR_OK ? self->rebuilt.err : err;
        status = err == ERR_OK ? EX_OK : say_err(err, "counting");
    }
    counting_free(&counting);
    return status;
}

static int replay(struct replay *self)
{
    struct broker_config broker;
    uint64_t position = 0, wanted = 0;
    int status = self->asked->programme != NULL ? read_programme(self) : EX_OK;
    if (status == EX_OK) {
        status = site_broker(&self->asked->request, &broker);
    }
    if (status == EX_OK && self->asked->diff) {
        status = ask_live(self, broker.admin, &position);
    }
    if (status == EX_OK) {
        status = past_open(&broker, &self->past);
    }
    if (status == EX_OK) {
        status = past_find(&self->past, self->asked->until, &wanted);
    }
    if (status == EX_OK) {
        const bool as_live = self->compared && self->asked->until == NULL;
        status = past_read(&self->past, as_live ? position : wanted);
    }
    return status == EX_OK ? rebuild(self) : status;
}

/* ---- the outcome ---- */

static void say_done(const struct replay *self, size_t different)
{
    const uint64_t ms = self->took_ms > 0 ? self->took_ms : 1;
    fprintf(stderr,
            "position %" PRIu64 ": %" PRIu64 " events counted into %zu lines in %" PRIu64
            ".%03" PRIu64 " s (%" PRIu64 " events/s)",
            self->past.position, self->past.events, self->rebuilt.count, ms / 1000, ms % 1000,
            self->past.events * 1000 / ms);
    if (self->compared) {
        fprintf(stderr, ", %zu difference%s from the live totals\n", different,
                different == 1 ? "" : "s");
    } else {
        fprintf(stderr, "%s\n", self->asked->diff ? ", compared with nothing" : "");
    }
}

static int print_outcome(struct replay *self)
{
    static const struct sheet_column columns[] = {
        {.key = "cell", .english = "CELL", .polish = "KOMÓRKA"},
        {.key = "live", .english = "LIVE", .polish = "NA ŻYWO", .right = true},
        {.key = "rebuilt", .english = "REBUILT", .polish = "PRZELICZONE", .right = true},
    };
    static const struct sheet sheet = {.columns = columns,
                                       .column_count = sizeof columns / sizeof columns[0],
                                       .rows = "differences"};
    sort(&self->live);
    sort(&self->rebuilt);
    json_t *rows = self->compared ? differences(&self->live, &self->rebuilt) : json_array();
    const size_t different = json_array_size(rows);
    json_t *document = json_pack(
        "{s:I,s:I,s:I,s:I,s:b,s:o}", "position", (json_int_t)self->past.position, "events",
        (json_int_t)self->past.events, "lines", (json_int_t)self->rebuilt.count, "took_ms",
        (json_int_t)self->took_ms, "compared", self->compared ? 1 : 0, "differences", rows);
    const int status = sheet_print(&self->asked->request, &sheet, document);
    say_done(self, different);
    json_decref(document);
    return status != EX_OK                        ? status
           : self->asked->diff && !self->compared ? EX_UNAVAILABLE
           : different > 0                        ? EX_DIFFERENT
                                                  : EX_OK;
}

int verb_replay(int count, char **words)
{
    struct replay_request asked = {0};
    struct replay self = {.asked = &asked};
    usage_read(&usage, count, words, &asked.request);
    int status = replay(&self);
    if (status == EX_OK) {
        status = print_outcome(&self);
    }
    past_close(&self.past);
    programme_free(&self.instead);
    lines_free(&self.live);
    lines_free(&self.rebuilt);
    return status;
}
