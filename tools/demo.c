/* The happy path is: 1. office files are made up; 2. a broker and three nodes are started; 3.
 * the files are dropped in two waves, the second with corrections; 4. all are dropped once more,
 * and nothing happens; 5. the totals are compared with an independent count over the files; 6.
 * the log is verified and the totals are rebuilt from it; 7. the broker's files are searched for
 * people.
 *
 * What may go wrong: any of it. The first failure ends the demo, with what and why; nothing of
 * it stays behind. */
#include "tools/demo.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "tools/demo_abc.h"
#include "tools/demo_check.h"
#include "tools/demo_count.h"
#include "tools/demo_exchange.h"
#include "tools/demo_scan.h"
#include "tools/say.h"
#include "tools/usage.h"

enum { NAMES_MAX = 8, DEPTH_MAX = 5, FILE_BYTES_MAX = 16 << 20 };

struct demo_request {
    struct request request;
    const char *folder, *programmes;
    bool once;
};

static const struct usage_option options[] = {
    {"once", '1', NULL, "End when all is compared, and leave nothing behind", USAGE_FLAG,
     offsetof(struct demo_request, once)},
    {"folder", 'f', "DIR", "An empty folder to work in (default: a new one in $TMPDIR or /tmp)",
     USAGE_TEXT, offsetof(struct demo_request, folder)},
    {"programmes", 'p', "DIR",
     "Where the shipped programme files are (default: beside this program)", USAGE_TEXT,
     offsetof(struct demo_request, programmes)},
};
static const struct usage usage = {
    .arguments = "[NAME...]",
    .doc = "Plays a whole programme with made-up people: starts a broker and a node for each "
           "partner on this machine, drops the offices' files, and compares the totals with an "
           "independent count over the files. NAME is abc, which is also what is played without."
           "\vIt stays until Ctrl-C, so that you can look around, and then leaves nothing behind. "
           "Example:\n"
           "  ogniwo demo abc --once",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .least = 0,
    .most = NAMES_MAX};

struct demo {
    const struct demo_request *asked;
    char programme_file[PATH_MAX];
    uint64_t started_ms;
    struct demo_abc *abc;
    struct demo_count *count;
    char *texts[DEMO_ABC_FILES_MAX]; /* of the files as dropped, cut up by the count */
    struct demo_exchange *exchange;
    struct demo_scan *scan;
    json_t *table;
};

/* Says what was done, and how long after the start. */
__attribute__((format(printf, 2, 3))) static void tell(const struct demo *self, const char *format,
                                                       ...)
{
    va_list arguments;
    printf("%5.1f s  ", (double)(clock_monotonic_ms() - self->started_ms) / 1000.0);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

/* ---- what is needed ---- */

/* The shipped files lie in share/ogniwo of an installation, and in config of a source tree, in or
 * above the folder of this program. */
static int find_programme(struct demo *self)
{
    static const char *const places[] = {"share/ogniwo/programmes/abc.yaml",
                                         "config/programmes/abc.yaml"};
    char folder[PATH_MAX - 64] = {0};
    if (self->asked->programmes != NULL) {
        char *whole = realpath(self->asked->programmes, NULL);
        snprintf(self->programme_file, sizeof self->programme_file, "%s/abc.yaml",
                 whole != NULL ? whole : self->asked->programmes);
        free(whole);
        return access(self->programme_file, R_OK) == 0
                   ? EX_OK
                   : say(EX_NOINPUT, NULL, "%s cannot be read", self->programme_file);
    }
    if (readlink("/proc/self/exe", folder, sizeof folder - 1) < 0) {
        return say(EX_OSFILE, NULL, "this program cannot find itself");
    }
    for (uint32_t depth = 0; depth < DEPTH_MAX; depth++) {
        char *slash = strrchr(folder, '/');
        if (slash == NULL) {
            break;
        }
        *slash = '\0';
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            snprintf(self->programme_file, sizeof self->programme_file, "%s/%s", folder, places[i]);
            if (access(self->programme_file, R_OK) == 0) {
                return EX_OK;
            }
        }
    }
    return say(EX_NOINPUT, "name their folder with --programmes DIR",
               "the programme file abc.yaml is not found beside this program");
}

static int prepare(struct demo *self)
{
    enum err err = demo_abc_new(&self->abc);
    if (err == ERR_OK) {
        err = demo_scan_new(self->abc, &self->scan);
    }
    self->count = mem_calloc(1, sizeof *self->count);
    if (err != ERR_OK || self->count == NULL) {
        return say_err(ERR_MEMORY, "demo");
    }
    uint32_t rows = 0, files = 0;
    while (demo_abc_file(self->abc, files) != NULL) {
        rows += demo_abc_file(self->abc, files++)->row_count;
    }
    tell(self, "%u office files with %u rows made up, for %u partners", files, rows,
         DEMO_ABC_PARTNERS);
    return EX_OK;
}

static int start(struct demo *self)
{
    const struct demo_exchange_options wanted = {.programme_file = self->programme_file,
                                                 .programme = "ABC",
                                                 .partners = demo_abc_partners,
                                                 .partner_count = DEMO_ABC_PARTNERS,
                                                 .mapping = demo_office_mapping,
                                                 .folder = self->asked->folder};
    int status = demo_exchange_open(&wanted, &self->exchange);
    if (status == EX_OK) {
        status = demo_exchange_start(self->exchange);
    }
    if (status == EX_OK) {
        tell(self, "broker at %s with CURVE, %u nodes, in %s",
             demo_exchange_endpoint(self->exchange), DEMO_ABC_PARTNERS,
             demo_exchange_folder(self->exchange));
    }
    return status;
}

/* ---- files ---- */

/* Drops the files of a wave, or of all with DEMO_ABC_WAVES, and waits. */
static int drop(struct demo *self, uint32_t wave)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK; i++) {
        const struct demo_abc_file *file = demo_abc_file(self->abc, i);
        if (file == NULL) {
            break;
        }
        if (file->wave == wave || wave == DEMO_ABC_WAVES) {
            status = demo_exchange_drop(self->exchange, file->partner, file->name,
                                        buffer_bytes(&file->text));
        }
    }
    return status == EX_OK ? demo_exchange_settle(self->exchange) : status;
}

/* Counts one file where its node has put it, once read. */
static int count_file(struct demo *self, const struct demo_abc_file *file, char **text)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    struct buffer content = {.bytes_max = FILE_BYTES_MAX};
    const int status = demo_exchange_sent(self->exchange, file->partner, file->name, path);
    if (status != EX_OK) {
        return status;
    }
    const enum err err = file_read(path, &content);
    *text = mem_calloc(content.size + 1, 1);
    if (err != ERR_OK || *text == NULL) {
        buffer_fini(&content);
        return say_err(err != ERR_OK ? err : ERR_MEMORY, path);
    }
    memcpy(*text, content.data, content.size);
    buffer_fini(&content);
    return demo_count_file(self->count, file->partner, *text)
               ? EX_OK
               : say(EX_DATAERR, NULL, "%s: %s", path, self->count->fault);
}

static int count_wave(struct demo *self, uint32_t wave)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && demo_abc_file(self->abc, i) != NULL; i++) {
        const struct demo_abc_file *file = demo_abc_file(self->abc, i);
        status = file->wave == wave ? count_file(self, file, &self->texts[i]) : EX_OK;
    }
    return status;
}

/* Where the broker's log stands: its position, its root and the digest of its totals. */
static int ask_digest(struct demo *self, char **text, json_int_t *position)
{
    json_t *answer = NULL;
    const int status = demo_exchange_ask(self->exchange, "digest", &answer);
    *text = status == EX_OK ? json_dumps(answer, JSON_SORT_KEYS) : NULL;
    *position = json_integer_value(json_object_get(answer, "position"));
    json_decref(answer);
    return status == EX_OK && *text == NULL ? say_err(ERR_MEMORY, "demo") : status;
}

/* The promise: dropping everything again changes nothing. */
static int drop_again(struct demo *self)
{
    char *before = NULL, *after = NULL;
    json_int_t position = 0;
    int status = ask_digest(self, &before, &position);
    if (status == EX_OK) {
        status = drop(self, DEMO_ABC_WAVES);
    }
    if (status == EX_OK) {
        status = ask_digest(self, &after, &position);
    }
    if (status == EX_OK && strcmp(before, after) != 0) {
        status = say(EX_DATAERR, NULL, "dropping all files again changed the log: %s became %s",
                     before, after);
    }
    if (status == EX_OK) {
        tell(self, "all files dropped again: nothing new, the log stays at position %lld",
             (long long)position);
    }
    free(before);
    free(after);
    return status;
}

static int drop_all(struct demo *self)
{
    static const char *const what[DEMO_ABC_WAVES] = {
        "the offices' files are read and acknowledged",
        "their corrections too: other people, places and supports, deletions, late rows"};
    int status = EX_OK;
    for (uint32_t wave = 0; status == EX_OK && wave < DEMO_ABC_WAVES; wave++) {
        status = drop(self, wave);
        if (status == EX_OK) {
            status = count_wave(self, wave);
        }
        if (status == EX_OK) {
            tell(self, "%s", what[wave]);
        }
    }
    return status == EX_OK ? drop_again(self) : status;
}

/* ---- comparing ---- */

static int ask_totals(struct demo *self, const char *const *by, json_t **totals)
{
    const char *words[DEMO_EXCHANGE_WORDS_MAX + 1] = {
        "totals", "--broker", demo_exchange_broker_yaml(self->exchange), "--format", "json"};
    for (uint32_t i = 0; by[i] != NULL; i++) {
        words[5 + i] = by[i];
    }
    return demo_exchange_run(self->exchange, words, totals);
}

static int compare(struct demo *self)
{
    static const char *const plain[] = {NULL};
    static const char *const by_partner[] = {"--by", "partner", NULL};
    static const char *const by_county[] = {
        "--indicator", "participants_total", "--by", "region", "--level", "county", NULL};
    json_t *all = NULL, *partners = NULL, *counties = NULL;
    uint32_t differences = 0, compared = 0;
    int status = ask_totals(self, plain, &all);
    if (status == EX_OK) {
        status = ask_totals(self, by_partner, &partners);
    }
    if (status == EX_OK) {
        status = ask_totals(self, by_county, &counties);
    }
    if (status == EX_OK) {
        differences = demo_check_totals(self->count, all, &compared, &self->table) +
                      demo_check_partners(self->count, partners, &compared) +
                      demo_check_counties(self->count, counties, &compared);
        tell(self, "%u figures compared with an independent count over the files: %u differ",
             compared, differences);
    }
    json_decref(all);
    json_decref(partners);
    json_decref(counties);
    if (status == EX_OK && differences > 0) {
        (void)demo_check_print(self->table);
        status = say(EX_DATAERR, NULL, "%u figures differ", differences);
    }
    return status;
}

static int prove_log(struct demo *self)
{
    const char *broker = demo_exchange_broker_yaml(self->exchange);
    const char *const verify[] = {"log", "verify", "--broker", broker, NULL};
    const char *const replay[] = {"replay", "--diff", "--broker", broker, NULL};
    int status = demo_exchange_run(self->exchange, verify, NULL);
    if (status == EX_OK) {
        tell(self, "log verify: every signature, chain and root is right");
        status = demo_exchange_run(self->exchange, replay, NULL);
    }
    if (status == EX_OK) {
        tell(self, "replay --diff: rebuilt from the log, the totals are the same");
    }
    return status;
}

/* ---- people stay in their offices ---- */

static int scan(struct demo *self, const char *place, const char *name,
                struct demo_scan_findings *findings)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    demo_exchange_path(self->exchange, place, name, path);
    const enum err err = demo_scan_path(self->scan, path);
    if (findings != NULL) {
        *findings = demo_scan_take(self->scan);
    }
    return err == ERR_OK ? EX_OK : say_err(err, path);
}

/* That the search finds what is there is shown by the offices' own files. */
static int prove_privacy(struct demo *self)
{
    static const char *const lead_places[] = {"store", "people", "broker.log"};
    struct demo_scan_findings offices = {0}, lead = {0};
    uint32_t people = 0;
    int status = EX_OK;
    while (demo_abc_person(self->abc, people) != NULL) {
        people++;
    }
    for (uint32_t i = 0; status == EX_OK && i < DEMO_ABC_PARTNERS; i++) {
        status = scan(self, demo_abc_partners[i], "wrzutka",
                      i + 1 == DEMO_ABC_PARTNERS ? &offices : NULL);
    }
    for (size_t i = 0; status == EX_OK && i < sizeof lead_places / sizeof lead_places[0]; i++) {
        const bool last = i + 1 == sizeof lead_places / sizeof lead_places[0];
        status = scan(self, NULL, lead_places[i], last ? &lead : NULL);
    }
    if (status != EX_OK) {
        return status;
    }
    if (offices.pesels != people || offices.surnames == 0) {
        return say(EX_SOFTWARE, NULL, "the search found %u of %u PESELs in the offices' own files",
                   offices.pesels, people);
    }
    if (lead.pesels > 0 || lead.surnames > 0 || lead.bytes == 0) {
        return say(EX_DATAERR, NULL, "%u PESELs and %u surnames stand in the broker's files: %s",
                   lead.pesels, lead.surnames, lead.where);
    }
    tell(self,
         "%u PESELs and %u surnames stand in the offices' files, none in the broker's %u files "
         "(%" PRIu64 " KiB)",
         offices.pesels, offices.surnames, lead.files, lead.bytes / 1024);
    return EX_OK;
}

/* ---- all of it ---- */

static void invite(struct demo *self)
{
    const char *folder = demo_exchange_folder(self->exchange);
    printf("\nThe exchange runs in %s. Try, in another terminal:\n"
           "  ogniwo totals --broker %s/lead/broker.yaml --by region --level subregion\n"
           "  ogniwo status --broker %s/lead/broker.yaml\n"
           "  ogniwo log tail --broker %s/lead/broker.yaml\n"
           "or change a file below %s/KLUCZ/wrzutka/wyslane and put it into wrzutka.\n"
           "Ctrl-C ends it and removes everything.\n",
           folder, folder, folder, folder, folder);
    fflush(stdout);
}

static int play(struct demo *self)
{
    static int (*const steps[])(struct demo *) = {find_programme, prepare,   start,        drop_all,
                                                  compare,        prove_log, prove_privacy};
    int status = EX_OK;
    for (size_t i = 0; status == EX_OK && i < sizeof steps / sizeof steps[0]; i++) {
        status = steps[i](self);
    }
    if (status == EX_OK) {
        putchar('\n');
        status = demo_check_print(self->table);
        fflush(stdout);
    }
    if (status == EX_OK && !self->asked->once) {
        invite(self);
        status = demo_exchange_stay(self->exchange);
    }
    return status;
}

int demo_main(int count, char **words)
{
    struct demo_request asked = {0};
    usage_read(&usage, count, words, &asked.request);
    for (uint32_t i = 0; i < asked.request.argument_count; i++) {
        if (strcmp(asked.request.arguments[i], "abc") != 0) {
            return say(EX_USAGE, "ogniwo demo abc", "there is no demo \"%s\"",
                       asked.request.arguments[i]);
        }
    }
    struct demo demo = {.asked = &asked, .started_ms = clock_monotonic_ms()};
    const int status = play(&demo);
    if (status != EX_OK && demo.exchange != NULL && demo_exchange_stopped(demo.exchange)) {
        say(status, NULL, "ended before everything was compared");
    }
    demo_exchange_close(&demo.exchange);
    json_decref(demo.table);
    for (uint32_t i = 0; i < DEMO_ABC_FILES_MAX; i++) {
        mem_free(demo.texts[i]);
    }
    mem_free(demo.count);
    demo_scan_free(&demo.scan);
    demo_abc_free(&demo.abc);
    return status;
}
