/* The happy path is: 1. office files are made up; 2. a broker for all programmes and a node for
 * each partner are started; 3. the files are dropped in two waves, the second with corrections; 4.
 * all are dropped once more, and nothing happens; 5. the totals are compared with an independent
 * count over the files; 6. the log is verified and the totals are rebuilt from it; 7. the broker's
 * files are searched for people; 8. unless it is to end, new files go on coming.
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

#include "config/hint.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/file.h"
#include "tools/demo_check.h"
#include "tools/demo_count.h"
#include "tools/demo_exchange.h"
#include "tools/demo_list.h"
#include "tools/demo_news.h"
#include "tools/demo_scan.h"
#include "tools/say.h"
#include "tools/shipped.h"
#include "tools/usage.h"

enum { NAMES_MAX = 8, FILE_BYTES_MAX = 16 << 20, NEWS_MS = 2000 };

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
    .doc =
        "Plays whole programmes with made-up people: starts a broker and a node for each partner "
        "on this machine, drops the offices' files, and compares the totals with an independent "
        "count over the files. NAME is ABC, ZMP, JOBTOWN or LUBUSKIE; all four without."
        "\vIt stays until Ctrl-C, so that you can look around while new files come in, and then "
        "leaves nothing behind. Examples:\n"
        "  ogniwo demo\n"
        "  ogniwo demo abc zmp --once",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .least = 0,
    .most = NAMES_MAX};

/* One programme. */
struct play {
    const struct demo_programme *programme;
    char path[PATH_MAX]; /* of its file */
    struct demo_files *files;
    uint32_t file_count;
    struct demo_count *count;
    char **texts; /* of the files as dropped, cut up by the count */
    json_t *table;
};

struct demo {
    const struct demo_request *asked;
    struct play plays[DEMO_LIST_COUNT];
    uint32_t play_count;
    uint64_t started_ms;
    struct demo_exchange *exchange;
    struct demo_exchange_programme programmes[DEMO_LIST_COUNT]; /* as the exchange wants them */
    uint32_t partner_count;
    struct demo_scan *scan;
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

static bool in_folder(struct demo *self, const char *folder)
{
    for (uint32_t i = 0; i < self->play_count; i++) {
        struct play *play = &self->plays[i];
        const int size =
            snprintf(play->path, sizeof play->path, "%s/%s", folder, play->programme->file);
        if (size >= (int)sizeof play->path || access(play->path, R_OK) != 0) {
            return false;
        }
    }
    return true;
}

static int find_in(struct demo *self, const char *folder)
{
    char *whole = realpath(folder, NULL);
    const bool found = in_folder(self, whole != NULL ? whole : folder);
    free(whole);
    return found ? EX_OK
                 : say(EX_NOINPUT, NULL, "the programme files cannot be read in %s", folder);
}

static int find_programmes(struct demo *self)
{
    if (self->asked->programmes != NULL) {
        return find_in(self, self->asked->programmes);
    }
    for (uint32_t i = 0; i < self->play_count; i++) {
        struct play *play = &self->plays[i];
        char name[NAME_MAX];
        snprintf(name, sizeof name, "programmes/%s", play->programme->file);
        if (shipped_find(name, play->path, sizeof play->path) != ERR_OK) {
            return say(EX_NOINPUT, "name their folder with --programmes DIR",
                       "the programme files are not found beside this program");
        }
    }
    return EX_OK;
}

/* Makes the files of one programme; counts files and rows. */
static enum err prepare_play(struct play *play, uint32_t *rows)
{
    const struct demo_files_plan *plan = &play->programme->plan;
    enum err err = demo_files_new(plan, &play->files);
    if (err == ERR_OK) {
        err = play->programme->fill(play->files);
    }
    if (err == ERR_OK) {
        err = demo_count_new(plan->partners, plan->partner_count, &play->count);
    }
    while (err == ERR_OK && demo_files_at(play->files, play->file_count) != NULL) {
        *rows += demo_files_at(play->files, play->file_count++)->row_count;
    }
    play->texts = mem_calloc((size_t)play->file_count + 1, sizeof *play->texts);
    return err == ERR_OK && play->texts == NULL ? ERR_MEMORY : err;
}

static int prepare(struct demo *self)
{
    struct demo_files *all[DEMO_LIST_COUNT];
    uint32_t rows = 0, files = 0;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < self->play_count; i++) {
        err = prepare_play(&self->plays[i], &rows);
        all[i] = self->plays[i].files;
        files += self->plays[i].file_count;
        self->partner_count += self->plays[i].programme->plan.partner_count;
    }
    if (err == ERR_OK) {
        err = demo_scan_new(all, self->play_count, &self->scan);
    }
    if (err != ERR_OK) {
        return say_err(err, "demo");
    }
    tell(self, "%u office files with %u rows made up, for %u partners of %u programme%s", files,
         rows, self->partner_count, self->play_count, self->play_count == 1 ? "" : "s");
    return EX_OK;
}

static int start(struct demo *self)
{
    const struct demo_exchange_options wanted = {.programmes = self->programmes,
                                                 .programme_count = self->play_count,
                                                 .mapping = demo_office_mapping,
                                                 .folder = self->asked->folder};
    for (uint32_t i = 0; i < self->play_count; i++) {
        const struct demo_programme *programme = self->plays[i].programme;
        self->programmes[i] =
            (struct demo_exchange_programme){.id = programme->id,
                                             .file = self->plays[i].path,
                                             .partners = programme->plan.partners,
                                             .partner_count = programme->plan.partner_count};
    }
    int status = demo_exchange_open(&wanted, &self->exchange);
    if (status == EX_OK) {
        status = demo_exchange_start(self->exchange);
    }
    if (status == EX_OK) {
        tell(self, "broker at %s with CURVE, %u nodes, in %s",
             demo_exchange_endpoint(self->exchange), self->partner_count,
             demo_exchange_folder(self->exchange));
    }
    return status;
}

/* ---- files ---- */

/* Drops the files of a wave, or of all with DEMO_FILES_WAVES. */
static int drop_play(struct demo *self, const struct play *play, uint32_t wave)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < play->file_count; i++) {
        const struct demo_files_file *file = demo_files_at(play->files, i);
        if (file->wave == wave || wave == DEMO_FILES_WAVES) {
            status =
                demo_exchange_drop(self->exchange, play->programme->plan.partners[file->partner],
                                   file->name, buffer_bytes(&file->text));
        }
    }
    return status;
}

/* So for all programmes, and waits. */
static int drop(struct demo *self, uint32_t wave)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < self->play_count; i++) {
        status = drop_play(self, &self->plays[i], wave);
    }
    return status == EX_OK ? demo_exchange_settle(self->exchange) : status;
}

/* Counts one file where its node has put it, once read. */
static int count_file(struct demo *self, struct play *play, uint32_t index)
{
    char path[DEMO_EXCHANGE_PATH_BYTES];
    struct buffer content = {.bytes_max = FILE_BYTES_MAX};
    const struct demo_files_file *file = demo_files_at(play->files, index);
    const char *partner = play->programme->plan.partners[file->partner];
    const int status = demo_exchange_sent(self->exchange, partner, file->name, path);
    if (status != EX_OK) {
        return status;
    }
    const enum err err = file_read(path, &content);
    char *text = mem_calloc(content.size + 1, 1);
    play->texts[index] = text;
    if (err != ERR_OK || text == NULL) {
        buffer_fini(&content);
        return say_err(err != ERR_OK ? err : ERR_MEMORY, path);
    }
    memcpy(text, content.data, content.size);
    buffer_fini(&content);
    return demo_count_file(play->count, file->partner, text)
               ? EX_OK
               : say(EX_DATAERR, NULL, "%s: %s", path, play->count->fault);
}

static int count_wave(struct demo *self, uint32_t wave)
{
    int status = EX_OK;
    for (uint32_t i = 0; i < self->play_count; i++) {
        struct play *play = &self->plays[i];
        for (uint32_t k = 0; status == EX_OK && k < play->file_count; k++) {
            const bool due = demo_files_at(play->files, k)->wave == wave;
            status = due ? count_file(self, play, k) : EX_OK;
        }
        demo_count_finish(play->count);
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
        status = drop(self, DEMO_FILES_WAVES);
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
    static const char *const what[DEMO_FILES_WAVES] = {
        "the offices' files are read and acknowledged",
        "their corrections too: other people, places and supports, deletions, late rows"};
    int status = EX_OK;
    for (uint32_t wave = 0; status == EX_OK && wave < DEMO_FILES_WAVES; wave++) {
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

static int ask_totals(struct demo *self, const struct play *play, const char *const *by,
                      json_t **totals)
{
    const char *words[DEMO_EXCHANGE_WORDS_MAX + 1] = {
        "totals",      "--broker",          demo_exchange_broker_yaml(self->exchange),
        "--programme", play->programme->id, "--format",
        "json"};
    for (uint32_t i = 0; by[i] != NULL; i++) {
        words[7 + i] = by[i];
    }
    return demo_exchange_run(self->exchange, words, totals);
}

static int compare_play(struct demo *self, struct play *play, uint32_t *compared, uint32_t *differ)
{
    const struct demo_programme *programme = play->programme;
    const char *const plain[] = {NULL}, *const by_partner[] = {"--by", "partner", NULL};
    const char *const by_county[] = {
        "--indicator", programme->by_county, "--by", "region", "--level", "county", NULL};
    json_t *all = NULL, *partners = NULL, *counties = NULL;
    int status = ask_totals(self, play, plain, &all);
    if (status == EX_OK) {
        status = ask_totals(self, play, by_partner, &partners);
    }
    if (status == EX_OK && programme->by_county != NULL) {
        status = ask_totals(self, play, by_county, &counties);
    }
    if (status == EX_OK) {
        *differ += demo_check_totals(programme, play->count, all, compared, &play->table) +
                   demo_check_partners(programme, play->count, partners, compared);
    }
    if (status == EX_OK && counties != NULL) {
        *differ += demo_check_counties(programme, play->count, counties, compared);
    }
    json_decref(all);
    json_decref(partners);
    json_decref(counties);
    return status;
}

static int print_tables(const struct demo *self)
{
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < self->play_count; i++) {
        printf("\n%s\n", self->plays[i].programme->id);
        status = demo_check_print(self->plays[i].programme, self->plays[i].table);
    }
    fflush(stdout);
    return status;
}

static int compare(struct demo *self)
{
    uint32_t differ = 0, compared = 0;
    int status = EX_OK;
    for (uint32_t i = 0; status == EX_OK && i < self->play_count; i++) {
        status = compare_play(self, &self->plays[i], &compared, &differ);
    }
    if (status != EX_OK) {
        return status;
    }
    tell(self, "%u figures compared with an independent count over the files: %u differ", compared,
         differ);
    if (differ > 0) {
        (void)print_tables(self);
        status = say(EX_DATAERR, NULL, "%u figures differ", differ);
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

static int scan_offices(struct demo *self, struct demo_scan_findings *findings)
{
    int status = EX_OK;
    for (uint32_t i = 0; i < self->play_count; i++) {
        const struct demo_files_plan *plan = &self->plays[i].programme->plan;
        for (uint32_t k = 0; status == EX_OK && k < plan->partner_count; k++) {
            status = scan(self, plan->partners[k], "wrzutka", NULL);
        }
    }
    *findings = demo_scan_take(self->scan);
    return status;
}

static int scan_lead(struct demo *self, struct demo_scan_findings *findings)
{
    static const char *const places[] = {"store", "people", "broker.log"};
    int status = EX_OK;
    for (size_t i = 0; status == EX_OK && i < sizeof places / sizeof places[0]; i++) {
        status = scan(self, NULL, places[i], NULL);
    }
    *findings = demo_scan_take(self->scan);
    return status;
}

/* That the search finds what is there is shown by the offices' own files. */
static int prove_privacy(struct demo *self)
{
    struct demo_scan_findings offices = {0}, lead = {0};
    const uint32_t people = demo_scan_people(self->scan);
    int status = scan_offices(self, &offices);
    if (status == EX_OK) {
        status = scan_lead(self, &lead);
    }
    if (status != EX_OK) {
        return status;
    }
    if (offices.people != people || (people > 0 && offices.surnames == 0)) {
        return say(EX_SOFTWARE, NULL, "the search found %u of %u people in the offices' own files",
                   offices.people, people);
    }
    if (lead.people > 0 || lead.surnames > 0 || lead.bytes == 0) {
        return say(EX_DATAERR, NULL, "%u people and %u surnames stand in the broker's files: %s",
                   lead.people, lead.surnames, lead.where);
    }
    tell(self,
         "%u people's identifiers and %u surnames stand in the offices' files, none in the "
         "broker's %u files (%" PRIu64 " KiB)",
         offices.people, offices.surnames, lead.files, lead.bytes / 1024);
    return EX_OK;
}

/* ---- staying ---- */

/* Of the plan if it is played, else of the first one where people come. */
static const struct demo_programme *find_news(const struct demo *self)
{
    const struct demo_programme *found = NULL;
    for (uint32_t i = 0; i < self->play_count; i++) {
        const struct demo_programme *programme = self->plays[i].programme;
        found =
            programme->news_count > 0 && (found == NULL || programme->planned) ? programme : found;
    }
    return found;
}

/* How this program is called from another terminal, where it may not be on the path. */
static void own_path(char out[PATH_MAX])
{
    const ssize_t size = readlink("/proc/self/exe", out, PATH_MAX - 1);
    if (size < 0) {
        memcpy(out, "ogniwo", sizeof "ogniwo");
        return;
    }
    out[size] = '\0';
}

static void invite(struct demo *self, const struct demo_programme *news)
{
    const struct demo_programme *shown = news != NULL ? news : self->plays[0].programme;
    const char *folder = demo_exchange_folder(self->exchange);
    char program[PATH_MAX];
    own_path(program);
    printf("\nThe exchange runs in %s. Try, in another terminal:\n"
           "  export OGNIWO_BROKER=%s/lead/broker.yaml\n"
           "  %s totals --programme %s --watch\n"
           "  %s status -w\n"
           "  %s totals --programme %s --by region --level subregion\n"
           "  %s log tail\n",
           folder, folder, program, shown->id, program, program, shown->id, program);
    if (news != NULL) {
        printf("Every %d seconds an office of %s drops a new file. You can too: change one below\n"
               "%s/%s/wrzutka/wyslane and put it into wrzutka.\n",
               NEWS_MS / 1000, shown->id, folder, shown->plan.partners[shown->news[0].office]);
    }
    printf("Ctrl-C ends it and removes everything.\n");
    fflush(stdout);
}

static int stay(struct demo *self)
{
    const struct demo_programme *programme = find_news(self);
    struct demo_news news = {.text = {0}};
    bool ended = false;
    invite(self, programme);
    int status =
        demo_exchange_stay(self->exchange, programme != NULL ? NEWS_MS : UINT64_MAX, &ended);
    for (uint32_t number = 0; status == EX_OK && !ended; number++) {
        const enum err err = demo_news_make(programme, number, &news);
        status = err == ERR_OK ? demo_exchange_drop(self->exchange, news.partner, news.name,
                                                    buffer_bytes(&news.text))
                               : say_err(err, "demo");
        if (status == EX_OK) {
            status = demo_exchange_stay(self->exchange, NEWS_MS, &ended);
        }
    }
    buffer_fini(&news.text);
    return status;
}

/* ---- all of it ---- */

static int play(struct demo *self)
{
    static int (*const steps[])(struct demo *) = {
        find_programmes, prepare, start, drop_all, compare, prove_log, prove_privacy};
    int status = EX_OK;
    for (size_t i = 0; status == EX_OK && i < sizeof steps / sizeof steps[0]; i++) {
        status = steps[i](self);
    }
    if (status == EX_OK) {
        status = print_tables(self);
    }
    return status == EX_OK && !self->asked->once ? stay(self) : status;
}

/* The programmes asked for, each once, in the order of the list; without names all of them. */
static int choose(struct demo *self)
{
    const struct request *request = &self->asked->request;
    bool chosen[DEMO_LIST_COUNT] = {false};
    for (uint32_t i = 0; i < request->argument_count; i++) {
        const uint32_t number = demo_list_find(request->arguments[i]);
        if (number == DEMO_LIST_COUNT) {
            struct hint hint;
            hint_init(&hint, bytes_text(request->arguments[i]));
            for (uint32_t k = 0; k < DEMO_LIST_COUNT; k++) {
                hint_offer(&hint, bytes_text(demo_list_at(k)->id));
            }
            return say(EX_USAGE, "ogniwo demo --help", "there is no demo \"%s\"%s: there are %s",
                       request->arguments[i], hint_question(&hint), hint_list(&hint));
        }
        chosen[number] = true;
    }
    for (uint32_t i = 0; i < DEMO_LIST_COUNT; i++) {
        if (chosen[i] || request->argument_count == 0) {
            self->plays[self->play_count++].programme = demo_list_at(i);
        }
    }
    return EX_OK;
}

static void end_play(struct play *play)
{
    for (uint32_t i = 0; play->texts != NULL && i < play->file_count; i++) {
        mem_free(play->texts[i]);
    }
    mem_free(play->texts);
    json_decref(play->table);
    demo_count_free(&play->count);
    demo_files_free(&play->files);
}

int demo_main(int count, char **words)
{
    struct demo_request asked = {0};
    usage_read(&usage, count, words, &asked.request);
    struct demo demo = {.asked = &asked, .started_ms = clock_monotonic_ms()};
    int status = choose(&demo);
    if (status == EX_OK) {
        status = play(&demo);
    }
    if (status != EX_OK && demo.exchange != NULL && demo_exchange_stopped(demo.exchange)) {
        say(status, NULL, "ended before everything was compared");
    }
    demo_exchange_close(&demo.exchange);
    demo_scan_free(&demo.scan);
    for (uint32_t i = 0; i < demo.play_count; i++) {
        end_play(&demo.plays[i]);
    }
    return status;
}
