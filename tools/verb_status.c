/* The happy path is: 1 the broker, a node or both are asked; 2 the nodes are judged; 3 all is
 * printed once, or drawn again each second.
 *
 * What may go wrong: nobody answers. Asked once, that is the exit code; a watch says since when,
 * keeps the last picture and tries again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "io/clock.h"
#include "io/loop.h"
#include "tools/moment.h"
#include "tools/say.h"
#include "tools/screen.h"
#include "tools/settle.h"
#include "tools/sheet.h"
#include "tools/site.h"
#include "tools/standing.h"
#include "tools/verbs.h"

enum { LINE_BYTES = 512, EVERY_S = 1, ANSWER_MS = 2000, SECONDS_MAX = 24 * 60 * 60 };

struct status_request {
    struct request request;
    bool watch;
    uint64_t every_s, silent_s; /* silent_s 0: the default limits */
    uint64_t wait_s;            /* 0: for nothing */
};

static const struct usage_option options[] = {
    {"watch", 'w', NULL,
     "Draw the broker's nodes again and again, until Ctrl-C; in a pipe a table or, with --format "
     "jsonl, a line each time",
     USAGE_FLAG, offsetof(struct status_request, watch)},
    {"every", 'e', "SECONDS", "With --watch: how often (default 1)", USAGE_NUMBER,
     offsetof(struct status_request, every_s)},
    {"silent", 's', "SECONDS",
     "When a node counts as silent (default 15; in the first 45 after the broker's start, or "
     "its enrolment, it may still be on its way)",
     USAGE_NUMBER, offsetof(struct status_request, silent_s)},
    {"wait", 'W', "SECONDS",
     "First wait, at most so long, until the broker answers; and with --node, until the node is "
     "connected, has its programmes, and has sent all that it has",
     USAGE_NUMBER, offsetof(struct status_request, wait_s)},
};

/* ---- broker ---- */

static void judge(const struct status_request *asked, json_t *answer)
{
    const uint64_t given_ms = asked->silent_s * 1000;
    const struct standing_limits limits = {.silent_ms =
                                               given_ms > 0 ? given_ms : STANDING_SILENT_MS,
                                           .grace_ms = given_ms > 0 ? given_ms : STANDING_GRACE_MS,
                                           .wall_ms = clock_wall_ms()};
    standing_judge(answer, &limits);
}

static void draw_broker(const json_t *json, bool polish, struct screen *screen)
{
    const json_t *counters = json_object_get(json, "counters");
    const json_t *programmes = json_object_get(json, "programmes");
    char line[LINE_BYTES];
    snprintf(line, sizeof line, "broker  %s  %s %s", standing_text(json, "endpoint"),
             polish ? "wymiana" : "exchange", standing_text(json, "exchange"));
    screen_line(screen, SCREEN_PLAIN, line);
    snprintf(line, sizeof line, "  %s %" PRIu64 "  root %.16s…  totals %.16s…",
             polish ? "pozycja" : "position", standing_number(json, "position"),
             standing_text(json, "root"), standing_text(json, "totals"));
    screen_line(screen, SCREEN_PLAIN, line);
    int used = snprintf(line, sizeof line, "  %s:", polish ? "programy" : "programmes");
    for (size_t i = 0; i < json_array_size(programmes) && used < (int)sizeof line; i++) {
        used += snprintf(line + used, sizeof line - (size_t)used, " %s",
                         standing_text(json_array_get(programmes, i), "programme"));
    }
    screen_line(screen, SCREEN_PLAIN, line);
    snprintf(line, sizeof line, "  %s: %" PRIu64 " (%" PRIu64 " %s, %" PRIu64 " %s)",
             polish ? "paczki od startu" : "batches since the start",
             standing_number(counters, "batches_appended"),
             standing_number(counters, "batches_duplicate"), polish ? "powtórzonych" : "duplicate",
             standing_number(counters, "batches_refused"), polish ? "odrzuconych" : "refused");
    screen_line(screen, SCREEN_PLAIN, line);
    standing_draw(json, polish, clock_wall_ms(), screen);
}

static int print_broker(const json_t *json, bool polish)
{
    struct screen *screen = NULL;
    enum err err = screen_open(stdout, false, &screen);
    if (err == ERR_OK) {
        screen_begin(screen);
        draw_broker(json, polish, screen);
        err = screen_end(screen);
    }
    screen_close(&screen);
    return err == ERR_OK ? EX_OK : say_err(err, "the answer");
}

static int ask_broker(const struct status_request *asked, json_t **answer)
{
    struct broker_config broker;
    int status = site_broker(&asked->request, &broker);
    if (status == EX_OK) {
        status = site_ask_or_say(broker.admin, "status", NULL, answer);
    }
    if (status == EX_OK) {
        judge(asked, *answer);
    }
    return status;
}

/* ---- watching it ---- */

struct watch {
    const struct status_request *asked;
    const char *endpoint;
    struct loop *loop;
    struct screen *screen;
    struct client *client; /* null: not connected */
    json_t *answer;        /* the last one, or null */
    uint64_t lost_ms;      /* since when nobody answers, wall time; 0: somebody does */
};

static enum err ask_again(struct watch *self)
{
    json_t *request = json_pack("{s:b}", "totals", 0), *answer = NULL;
    const struct client_question question = {
        .verb = "status", .request = request, .timeout_ms = ANSWER_MS};
    uint32_t status = EX_OK;
    enum err err = self->client != NULL ? ERR_OK : client_open(self->endpoint, &self->client);
    if (err == ERR_OK) {
        err = client_ask(self->client, &question, &status, &answer);
    }
    json_decref(request);
    if (err == ERR_OK && status == EX_OK) {
        json_decref(self->answer);
        self->answer = answer;
        self->lost_ms = 0;
        judge(self->asked, answer);
        return ERR_OK;
    }
    json_decref(answer);
    /* A new connection is made the next time. */
    client_close(&self->client);
    self->lost_ms = self->lost_ms != 0 ? self->lost_ms : clock_wall_ms();
    return err == ERR_MEMORY ? err : ERR_OK;
}

static enum err draw_watch(struct watch *self)
{
    const bool polish = self->asked->request.polish;
    char line[LINE_BYTES], now[MOMENT_TEXT_BYTES], lost[MOMENT_TEXT_BYTES];
    screen_begin(self->screen);
    moment_local(clock_wall_ms(), now);
    moment_local(self->lost_ms, lost);
    snprintf(line, sizeof line, "ogniwo  %s  %s", now,
             self->answer != NULL ? standing_text(self->answer, "endpoint") : self->endpoint);
    screen_line(self->screen, SCREEN_PLAIN, line);
    if (self->lost_ms != 0) {
        snprintf(line, sizeof line,
                 polish ? "BROKER NIE ODPOWIADA od %s, próba trwa"
                        : "NO ANSWER from the broker since %s, trying again",
                 lost);
        screen_line(self->screen, SCREEN_LOUD, line);
    }
    if (self->answer != NULL) {
        standing_draw(self->answer, polish, clock_wall_ms(), self->screen);
    }
    return screen_end(self->screen);
}

/* A line for a program that reads along: the answer, or since when there is none. */
static enum err print_line(const struct watch *self)
{
    json_t *json = self->lost_ms == 0 ? json_pack("{s:O}", "broker", self->answer)
                                      : json_pack("{s:n,s:I}", "broker", "no_answer_since_ms",
                                                  (json_int_t)self->lost_ms);
    const int fault = json_dumpf(json, stdout, JSON_COMPACT);
    json_decref(json);
    return fault == 0 && putchar('\n') != EOF && fflush(stdout) == 0 ? ERR_OK : ERR_IO;
}

static enum err watch_on(struct watch *self)
{
    const enum format format = self->asked->request.format;
    const bool lines = format == FORMAT_JSON || format == FORMAT_JSONL;
    uint64_t next_ms = clock_monotonic_ms();
    enum err err = ERR_OK;
    while (err == ERR_OK && !loop_stopping(self->loop)) {
        const bool due = clock_monotonic_ms() >= next_ms;
        if (due) {
            err = ask_again(self);
            next_ms = clock_monotonic_ms() + self->asked->every_s * 1000;
        }
        if (err == ERR_OK && (due || screen_changed(self->screen))) {
            err = lines ? print_line(self) : draw_watch(self);
        }
        if (err == ERR_OK) {
            err = loop_wait(self->loop, NULL, 0, next_ms);
        }
    }
    return err;
}

static int watch(const struct status_request *asked)
{
    struct broker_config broker;
    struct watch self = {.asked = asked, .endpoint = broker.admin};
    const bool lines =
        asked->request.format == FORMAT_JSON || asked->request.format == FORMAT_JSONL;
    const int status = site_broker(&asked->request, &broker);
    if (status != EX_OK) {
        return status;
    }
    /* Before the first connection: its threads shall not take the signals. */
    enum err err = loop_new(&self.loop);
    if (err == ERR_OK) {
        err = screen_open(stdout, !lines, &self.screen);
    }
    if (err == ERR_OK) {
        err = watch_on(&self);
    }
    screen_close(&self.screen);
    client_close(&self.client);
    loop_free(&self.loop);
    json_decref(self.answer);
    return err == ERR_OK ? EX_OK : say_err(err, "status");
}

/* ---- node ---- */

static const char *uplink_text(const char *state, bool polish)
{
    static const struct word {
        const char *state, *english, *polish;
    } words[] = {{"ready", "connected", "połączony"},
                 {"greeting", "not connected", "bez połączenia"},
                 {"idle", "not connected", "bez połączenia"},
                 {"stopped", "STOPPED", "ZATRZYMANY"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(state, words[i].state) == 0) {
            return polish ? words[i].polish : words[i].english;
        }
    }
    return state;
}

static void print_node(const json_t *json, bool polish)
{
    size_t index;
    json_t *programme;
    const char *stopped = standing_text(json, "stopped");
    printf("node  %s  %s %s  %s%s%s\n", standing_text(json, "name"), polish ? "partner" : "of",
           standing_text(json, "partner"), uplink_text(standing_text(json, "uplink"), polish),
           stopped[0] != '\0' ? ": " : "", stopped);
    printf("  %s %" PRIu64 "  %s %" PRIu64 "  %s %" PRIu64 "\n", polish ? "zdarzeń" : "events",
           standing_number(json, "head_seq"), polish ? "u lidera" : "at the lead",
           standing_number(json, "acked_seq"), polish ? "czeka" : "waiting",
           standing_number(json, "waiting"));
    printf("  %s %" PRIu64 "  %s %" PRIu64 "  %s %" PRIu64 "%s\n", polish ? "plików" : "files",
           standing_number(json, "files"), polish ? "osób" : "people",
           standing_number(json, "people"), polish ? "do poprawy" : "to mend",
           standing_number(json, "rejected_rows"),
           json_is_true(json_object_get(json, "reading"))
               ? (polish ? "  czyta plik" : "  reading a file")
               : "");
    json_array_foreach(json_object_get(json, "programmes"), index, programme)
    {
        if (!json_is_true(json_object_get(programme, "in_force"))) {
            printf("  %s: %s\n", standing_text(programme, "programme"),
                   polish ? "program jeszcze nie nadszedł od lidera"
                          : "the programme has not come from the lead yet");
        }
    }
}

static int ask_node(const struct request *request, json_t **answer)
{
    struct site_node site;
    const int status = site_node(request, &site);
    return status == EX_OK ? site_ask_or_say(site.socket, "status", NULL, answer) : status;
}

/* ---- both ---- */

static int print_json(const struct request *request, const json_t *broker, const json_t *node)
{
    json_t *json = json_object();
    if (broker != NULL) {
        json_object_set(json, "broker", (json_t *)(uintptr_t)broker);
    }
    if (node != NULL) {
        json_object_set(json, "node", (json_t *)(uintptr_t)node);
    }
    const int status = sheet_print_object(request, json);
    json_decref(json);
    return status;
}

static int show_once(const struct status_request *asked)
{
    const struct request *request = &asked->request;
    const bool named = request->node != NULL || request->broker != NULL;
    const bool wants_node = named ? request->node != NULL : site_names_node(request);
    const bool wants_broker =
        named ? request->broker != NULL : site_names_broker(request) || !wants_node;
    const struct settle settle = {
        .request = request, .broker = wants_broker, .node = wants_node, .seconds = asked->wait_s};
    json_t *broker = NULL, *node = NULL;
    int status = asked->wait_s > 0 ? settle_wait(&settle) : EX_OK;
    if (status != EX_OK) {
        return status;
    }
    status = wants_broker ? ask_broker(asked, &broker) : EX_OK;
    const int other = wants_node ? ask_node(request, &node) : EX_OK;
    if (request->format == FORMAT_JSON || request->format == FORMAT_JSONL) {
        (void)print_json(request, broker, node);
    } else {
        if (broker != NULL) {
            status = print_broker(broker, request->polish);
        }
        if (node != NULL) {
            print_node(node, request->polish);
        }
    }
    json_decref(broker);
    json_decref(node);
    return status != EX_OK ? status : other;
}

int verb_status(int count, char **words)
{
    static const struct usage usage = {
        .doc = "Shows how the broker and its nodes are, or a node with --node, or both: who is "
               "silent or behind, and where rows are to be mended. The exit code is 69 where one "
               "of them cannot be reached, and 75 where --wait was too short."
               "\vExamples:\n"
               "  ogniwo status --broker broker.yaml\n"
               "  ogniwo status --watch --silent 60\n"
               "  ogniwo status --node ogniwo-node --wait 10",
        .options = options,
        .option_count = sizeof options / sizeof options[0],
        .uses = USES_BROKER | USES_NODE | USES_FORMAT | USES_LANGUAGE};
    struct status_request asked = {.every_s = EVERY_S};
    usage_read(&usage, count, words, &asked.request);
    if (asked.every_s == 0 || asked.every_s > SECONDS_MAX || asked.silent_s > SECONDS_MAX) {
        return say(EX_USAGE, NULL, "--every and --silent are seconds, at most a day");
    }
    if (asked.wait_s > SECONDS_MAX || (asked.watch && asked.wait_s > 0)) {
        return say(EX_USAGE, NULL, "--wait is at most a day, and does not go with --watch");
    }
    if (asked.watch && asked.request.node != NULL) {
        return say(EX_USAGE, "leave out --node", "--watch looks at the broker");
    }
    return asked.watch ? watch(&asked) : show_once(&asked);
}
