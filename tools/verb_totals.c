/* The happy path is: 1 the broker is asked; 2 what it does not keep live, or what is asked as of a
 * day or a position, is folded here from its log; 3 both are one document, printed in one way.
 *
 * What may go wrong: a word that is none of the programme's; a log that cannot be read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/figures.h"
#include "config/hint.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/site.h"
#include "tools/totals_since.h"
#include "tools/totals_table.h"
#include "tools/totals_watch.h"
#include "tools/verbs.h"

struct totals_request {
    struct request request;
    const char *programme, *indicator, *by, *level, *until, *regions_at, *known_at, *since;
    bool watch;
    int32_t until_day; /* DATE_MAX: none */
    int32_t regions_day;
};

static const struct usage_option options[] = {
    {"programme", 'p', "ID", "The programme (default: the only one)", USAGE_TEXT,
     offsetof(struct totals_request, programme)},
    {"indicator", 'i', "ID", "One indicator (default: all)", USAGE_TEXT,
     offsetof(struct totals_request, indicator)},
    {"by", 'b', "DIMENSIONS",
     "Break down by partner, task, region, month, quarter, year, kind, "
     "sex, age, education, status; several with commas",
     USAGE_TEXT, offsetof(struct totals_request, by)},
    {"level", 'l', "LEVEL",
     "Regions as country, voivodeship, subregion, county, gmina or city "
     "(default: as the events have them)",
     USAGE_TEXT, offsetof(struct totals_request, level)},
    {"until", 'u', "DATE", "Only what had happened by the end of that day", USAGE_TEXT,
     offsetof(struct totals_request, until)},
    {"regions-at", 'r', "DATE", "Regions as they were on that day (default: as at each event)",
     USAGE_TEXT, offsetof(struct totals_request, regions_at)},
    {"known-at", 'k', "POS|TIME",
     "As the broker knew it then: a position of the log, a day (its "
     "end), a time, or -2h",
     USAGE_TEXT, offsetof(struct totals_request, known_at)},
    {"changed-since", 'c', "POS|TIME",
     "Only what is no longer as the broker knew it then, with the number of then", USAGE_TEXT,
     offsetof(struct totals_request, since)},
    {"watch", 'w', NULL, "Stay and show changes as they come; Ctrl-C ends it", USAGE_FLAG,
     offsetof(struct totals_request, watch)},
};
static const struct usage usage = {
    .doc = "Prints the totals of a programme with its targets. What the broker keeps live comes "
           "from it; anything else is counted here from its log, also while it does not run."
           "\vWhere people are counted, one may be at two partners: the partners' sum less the "
           "overlap is the total. Examples:\n"
           "  ogniwo totals\n"
           "  ogniwo totals -i coached --by region,sex --level county\n"
           "  ogniwo totals --until 2010-12-31 --known-at 2011-03-31\n"
           "  ogniwo totals --by region --level subregion --regions-at 2025-01-01\n"
           "  ogniwo totals --changed-since 2011-03-31 --until 2010-12-31 --by month\n"
           "  ogniwo totals --watch --by region --level subregion",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE};

/* ---- the question ---- */

static json_t *read_dimensions(const char *list)
{
    json_t *by = json_array();
    char *copy = strdup(list), *rest = copy;
    for (char *word = strsep(&rest, ","); word != NULL; word = strsep(&rest, ",")) {
        enum dimension dimension;
        if (dimension_parse(bytes_text(word), &dimension) == ERR_OK) {
            json_array_append_new(by, json_string(word));
            continue;
        }
        struct hint hint;
        hint_init(&hint, bytes_text(word));
        for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
            hint_offer(&hint, bytes_text(dimension_text(i)));
        }
        (void)say(EX_USAGE, NULL, "\"%s\" is no dimension%s: there are %s", word,
                  hint_question(&hint), hint_list(&hint));
        json_decref(by);
        by = NULL;
        break;
    }
    free(copy);
    return by;
}

/* Options that do not go together. */
static int check_pairs(const struct totals_request *asked)
{
    if (asked->watch && asked->regions_at != NULL) {
        return say(EX_USAGE, NULL, "--watch shows regions as at each event: not with --regions-at");
    }
    if (asked->since != NULL && asked->regions_at != NULL) {
        return say(EX_USAGE, NULL,
                   "--changed-since compares by regions as at each event: not with --regions-at");
    }
    if (asked->watch && (asked->until != NULL || asked->known_at != NULL || asked->since != NULL)) {
        return say(EX_USAGE, NULL,
                   "--watch shows what is now: not with --until, --known-at or --changed-since");
    }
    if (asked->watch && asked->request.format == FORMAT_CSV) {
        return say(EX_USAGE, NULL, "--watch goes with --format table, json or jsonl");
    }
    return EX_OK;
}

static int check_words(struct totals_request *asked)
{
    enum region_level level;
    asked->until_day = DATE_MAX;
    if (asked->level != NULL && region_level_parse(bytes_text(asked->level), &level) != ERR_OK) {
        return say(EX_USAGE, NULL,
                   "\"%s\" is no level: country, voivodeship, subregion, county, gmina or city",
                   asked->level);
    }
    if (asked->until != NULL && date_parse(bytes_text(asked->until), &asked->until_day) != ERR_OK) {
        return say(EX_USAGE, NULL, "--until: \"%s\" is no date like 2010-12-31", asked->until);
    }
    if (asked->regions_at != NULL &&
        date_parse(bytes_text(asked->regions_at), &asked->regions_day) != ERR_OK) {
        return say(EX_USAGE, NULL, "--regions-at: \"%s\" is no date like 2010-12-31",
                   asked->regions_at);
    }
    return check_pairs(asked);
}

static json_t *question_of(const struct totals_request *asked, const char *programme)
{
    json_t *by = asked->by != NULL ? read_dimensions(asked->by) : json_array();
    if (by == NULL) {
        return NULL;
    }
    json_t *json = json_pack("{s:s,s:o}", "programme", programme, "by", by);
    if (asked->indicator != NULL) {
        json_object_set_new(json, "indicator", json_string(asked->indicator));
    }
    if (asked->level != NULL) {
        json_object_set_new(json, "level", json_string(asked->level));
    }
    return json;
}

/* ---- live ---- */

/* The only programme of a status answer, copied into out[CONFIG_NAME_BYTES]. */
static int only_programme(const json_t *answer, char *out)
{
    const json_t *programmes = json_object_get(answer, "programmes");
    const size_t count = json_array_size(programmes);
    struct hint hint;
    hint_init(&hint, (struct bytes){0});
    for (size_t i = 0; i < count; i++) {
        const char *id =
            json_string_value(json_object_get(json_array_get(programmes, i), "programme"));
        snprintf(out, CONFIG_NAME_BYTES, "%s", id != NULL ? id : "");
        hint_offer(&hint, bytes_text(out));
    }
    if (count == 0) {
        return say(EX_NOINPUT, "ogniwo programme put", "there is no programme yet");
    }
    return count == 1 ? EX_OK
                      : say(EX_USAGE, NULL, "which --programme? There are %s", hint_list(&hint));
}

/* What the broker is asked: all options, with the programme. *question stays null where nobody
 * answers. */
static int make_question(const struct totals_request *asked, const struct broker_config *broker,
                         json_t **question)
{
    char only[CONFIG_NAME_BYTES];
    json_t *answer = NULL;
    uint32_t answered = EX_UNAVAILABLE;
    int status = EX_OK;
    if (asked->programme == NULL) {
        const enum err err = site_ask(broker->admin, "status", NULL, &answered, &answer);
        if (err != ERR_OK || answered != EX_OK) {
            json_decref(answer);
            return err == ERR_OK || err == ERR_UNREACHABLE ? EX_OK : say_err(err, broker->admin);
        }
        status = only_programme(answer, only);
        json_decref(answer);
    }
    if (status == EX_OK) {
        *question = question_of(asked, asked->programme != NULL ? asked->programme : only);
        status = *question != NULL ? EX_OK : EX_USAGE;
    }
    return status;
}

/* Asks the broker; *document stays null where it has to be folded. */
static int ask_live(const struct totals_request *asked, const struct broker_config *broker,
                    json_t **document)
{
    json_t *question = NULL, *answer = NULL;
    uint32_t answered = EX_UNAVAILABLE;
    enum err err = ERR_UNREACHABLE;
    int status = make_question(asked, broker, &question);
    if (status == EX_OK && question != NULL) {
        err = site_ask(broker->admin, "totals", question, &answered, &answer);
    }
    json_decref(question);
    if (status == EX_OK && err == ERR_OK && answered != EX_OK && answered != EX_UNAVAILABLE) {
        status = say((int)answered, NULL, "%s", client_error(answer));
    }
    if (status == EX_OK && err != ERR_OK && err != ERR_UNREACHABLE) {
        status = say_err(err, broker->admin);
    }
    if (status == EX_OK && err == ERR_OK && answered == EX_OK) {
        *document = json_incref(answer);
    }
    json_decref(answer);
    return status;
}

/* Follows the totals until the user ends it. What the broker refuses is told at once. */
static int watch(const struct totals_request *asked, const struct broker_config *broker)
{
    json_t *question = NULL, *answer = NULL;
    int status = make_question(asked, broker, &question);
    if (status == EX_OK && question == NULL) {
        status = say(EX_UNAVAILABLE, "is it running?", "nobody answers at %s", broker->admin);
    }
    if (status == EX_OK) {
        status = site_ask_or_say(broker->admin, "sheet", question, &answer);
    }
    json_decref(answer);
    if (status == EX_OK) {
        status = totals_watch(&asked->request, broker->admin, question);
    }
    json_decref(question);
    return status;
}

/* ---- folded ---- */

static int count_views(struct past *past, const struct totals_request *asked,
                       const struct exchange_programme *version, const struct figures_query *query,
                       json_t **document)
{
    const struct programme *programme = version->programme;
    struct counting *counting = NULL;
    struct view *views = mem_calloc(programme->indicator_count + 1u, sizeof *views);
    if (views == NULL) {
        return say_err(ERR_MEMORY, "counting");
    }
    const struct counting_options wanted = {.programme = version->id,
                                            .views = views,
                                            .view_count = figures_views(programme, query, views),
                                            .until = asked->until_day,
                                            .regions_dated = asked->regions_at != NULL,
                                            .regions_at = asked->regions_day};
    int status = past_count(past, &wanted, &counting);
    if (status == EX_OK) {
        const enum err err =
            figures_json(programme, counting_totals(counting, programme->id), query, document);
        status = err == ERR_OK ? EX_OK : say_err(err, "counting");
    }
    counting_free(&counting);
    mem_free(views);
    return status;
}

static int fold(const struct totals_request *asked, struct past *past, json_t **document)
{
    struct exchange_programme *version = NULL;
    struct figures_query query;
    const char *what = NULL;
    uint64_t position = 0;
    int status = past_find(past, asked->known_at, &position);
    if (status == EX_OK) {
        status = past_read(past, position);
    }
    if (status == EX_OK) {
        status = past_programme(past, asked->programme, &version);
    }
    if (status != EX_OK) {
        return status;
    }
    json_t *question = question_of(asked, version->id);
    if (question == NULL) {
        return EX_USAGE;
    }
    if (figures_query_read(version->programme, question, &query, &what) != ERR_OK) {
        status = say(EX_NOINPUT, NULL, "\"%s\" is no indicator of %s", what != NULL ? what : "",
                     version->id);
    }
    json_decref(question);
    return status == EX_OK ? count_views(past, asked, version, &query, document) : status;
}

static int fold_document(const struct totals_request *asked, const struct broker_config *broker,
                         json_t **document)
{
    struct past past = {0};
    char received[MOMENT_TEXT_BYTES];
    int status = past_open(broker, &past);
    if (status == EX_OK) {
        status = fold(asked, &past, document);
    }
    if (status == EX_OK) {
        moment_utc(past.received_at_ms, received);
        json_object_set_new(*document, "position", json_integer((json_int_t)past.position));
        json_object_set_new(*document, "live", json_false());
        json_object_set_new(*document, "received_at", json_string(received));
        if (asked->until != NULL) {
            char day[DATE_TEXT_BYTES];
            date_format(asked->until_day, day);
            json_object_set_new(*document, "until", json_string(day));
        }
        if (asked->regions_at != NULL) {
            char day[DATE_TEXT_BYTES];
            date_format(asked->regions_day, day);
            json_object_set_new(*document, "regions_at", json_string(day));
        }
    }
    past_close(&past);
    return status;
}

static int changed_since(const struct totals_request *asked, const struct broker_config *broker)
{
    json_t *question = question_of(asked, asked->programme != NULL ? asked->programme : "");
    if (question == NULL) {
        return EX_USAGE;
    }
    const struct totals_since_options wanted = {.programme = asked->programme,
                                                .since = asked->since,
                                                .known_at = asked->known_at,
                                                .until = asked->until,
                                                .until_day = asked->until_day,
                                                .question = question};
    const int status = totals_since(&asked->request, broker, &wanted);
    json_decref(question);
    return status;
}

/* The day that the report is of, by which a version of a target is chosen. */
static int32_t day_of(const struct totals_request *asked, const json_t *document)
{
    const char *received = json_string_value(json_object_get(document, "received_at"));
    int32_t day = moment_day(clock_wall_ms());
    if (asked->until != NULL) {
        day = asked->until_day;
    } else if (asked->known_at != NULL && received != NULL) {
        const struct bytes date = bytes_of(received, strcspn(received, "T"));
        day = date_parse(date, &day) == ERR_OK ? day : moment_day(clock_wall_ms());
    }
    return day;
}

int verb_totals(int count, char **words)
{
    struct totals_request asked = {0};
    struct broker_config broker;
    json_t *document = NULL;
    usage_read(&usage, count, words, &asked.request);
    int status = check_words(&asked);
    if (status == EX_OK) {
        status = site_broker(&asked.request, &broker);
    }
    if (status == EX_OK && asked.watch) {
        return watch(&asked, &broker);
    }
    if (status == EX_OK && asked.since != NULL) {
        return changed_since(&asked, &broker);
    }
    if (status == EX_OK && asked.until == NULL && asked.regions_at == NULL &&
        asked.known_at == NULL) {
        status = ask_live(&asked, &broker, &document);
    }
    if (status == EX_OK && document == NULL) {
        status = fold_document(&asked, &broker, &document);
    }
    if (status == EX_OK) {
        totals_table_prepare(document, day_of(&asked, document));
        status = totals_table_print(&asked.request, document);
    }
    json_decref(document);
    return status;
}
