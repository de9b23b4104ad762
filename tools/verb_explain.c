/* The happy path is: 1. the cell asked for becomes a view with a label for each of its dimensions;
 * 2. the log is read once: each batch goes to the totals and to what explains the cell; 3. what
 * was found is told, and its sum must be the cell's.
 *
 * What may go wrong: an indicator, dimension or label that the programme does not have; a log that
 * cannot be read. Sums that differ would be our own fault and are told as one. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config/hint.h"
#include "core/base/date.h"
#include "core/base/mem.h"
#include "core/base/table.h"
#include "core/totals/explain.h"
#include "core/totals/totals.h"
#include "tools/explain_print.h"
#include "tools/moment.h"
#include "tools/past.h"
#include "tools/say.h"
#include "tools/site.h"
#include "tools/verbs.h"

enum {
    PARTS_MAX = 4, /* an indicator, or those that a ratio or a mean is made of */
    SHOWN_DEFAULT = 10000,
    WITHDRAWN_MAX = 1 << 28,
    TITLE_ROOM = CODE_BYTES_MAX + TITLE_BYTES_MAX + 8
};

struct explain_request {
    struct request request;
    const char *programme, *where, *level, *until, *known_at, *regions_at;
    uint64_t limit;
    int32_t until_day, regions_day;
    enum region_level region_level;
    uint32_t dimensions;
    char labels[DIMENSION_COUNT][CODE_BYTES_MAX + 1];
};

static const struct usage_option options[] = {
    {"programme", 'p', "ID", "The programme (default: the only one)", USAGE_TEXT,
     offsetof(struct explain_request, programme)},
    {"where", 'w', "DIMENSION=LABEL,...",
     "The cell: a label of each dimension of its breakdown, as totals print them "
     "(default: the whole programme)",
     USAGE_TEXT, offsetof(struct explain_request, where)},
    {"level", 'l', "LEVEL", "The level of the region (default: as the events have them)",
     USAGE_TEXT, offsetof(struct explain_request, level)},
    {"until", 'u', "DATE", "Only what had happened by the end of that day", USAGE_TEXT,
     offsetof(struct explain_request, until)},
    {"regions-at", 'r', "DATE", "Regions as they were on that day (default: as at each event)",
     USAGE_TEXT, offsetof(struct explain_request, regions_at)},
    {"known-at", 'k', "POS|TIME", "As the broker knew it then", USAGE_TEXT,
     offsetof(struct explain_request, known_at)},
    {"limit", 'n', "N", "Show at most so many events (default 10000; 0: all); all are added up",
     USAGE_NUMBER, offsetof(struct explain_request, limit)},
};
static const struct usage usage = {
    .arguments = "INDICATOR",
    .doc = "Prints the events behind one figure of `ogniwo totals`, and their sum, which is that "
           "figure. People are numbers: the node's own, and the one that the lead knows them by. "
           "It is read from the broker's log, also while the broker runs."
           "\vAn event counts where it was not withdrawn. Of a ratio or a mean the indicators are "
           "told that it is made of, and what is divided by what. Examples:\n"
           "  ogniwo explain coached\n"
           "  ogniwo explain coached --where region=PL-2011,sex=woman --level county\n"
           "  ogniwo explain coached --where partner=KLUCZ,month=2009-03 --known-at 2009-12-31",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .uses = USES_BROKER | USES_FORMAT | USES_LANGUAGE,
    .least = 1,
    .most = 1};

/* An event of the cell, until all withdrawals are known. */
struct told {
    uint64_t position, seq, withdraws;
    int64_t quantity;
    uint32_t node, own, identity;
    int32_t occurred_on;
    int8_t weight;
    uint8_t kind;
    bool entity, has_unit;
};

struct part {
    uint32_t indicator;
    struct explain *explain;
    struct told *told;
    size_t count, room;
    int64_t value, partner_sum;
};

/* Who took an event back: a key of the table. */
struct place {
    uint64_t seq;
    uint32_t node, none;
};

struct explaining {
    const struct explain_request *asked;
    const struct exchange_programme *version;
    struct past *past;
    struct totals *totals;
    struct part parts[PARTS_MAX];
    uint32_t part_count;
    const struct indicator *indicator; /* that was asked for */
    struct totals_row figure;          /* its cell, where it is a ratio or a mean */
    struct table *withdrawn;           /* struct place */

    /* Of the batch that is being read. */
    struct part *part;
    const struct log_entry *entry;
    const struct batch_header *header;
    const struct totals_batch *batch;
    enum err err;
};

/* ---- the question ---- */

static int read_condition(struct explain_request *asked, char *word)
{
    enum dimension dimension;
    struct hint hint;
    char *label = strchr(word, '=');
    if (label == NULL || label[1] == '\0' || strlen(label + 1) > CODE_BYTES_MAX) {
        return say(EX_USAGE, "region=PL-2011,sex=woman", "--where: \"%s\" is no DIMENSION=LABEL",
                   word);
    }
    *label++ = '\0';
    if (dimension_parse(bytes_text(word), &dimension) != ERR_OK) {
        hint_init(&hint, bytes_text(word));
        for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
            hint_offer(&hint, bytes_text(dimension_text(i)));
        }
        return say(EX_USAGE, NULL, "--where: \"%s\" is no dimension%s: there are %s", word,
                   hint_question(&hint), hint_list(&hint));
    }
    if ((asked->dimensions >> dimension & 1) != 0) {
        return say(EX_USAGE, NULL, "--where: %s is there twice: a cell has one label of each",
                   word);
    }
    asked->dimensions |= UINT32_C(1) << dimension;
    memcpy(asked->labels[dimension], label, strlen(label) + 1);
    return EX_OK;
}

static int read_conditions(struct explain_request *asked)
{
    char *copy = strdup(asked->where != NULL ? asked->where : ""), *rest = copy;
    int status = EX_OK;
    for (char *word = strsep(&rest, ","); status == EX_OK && word != NULL && copy[0] != '\0';
         word = strsep(&rest, ",")) {
        status = read_condition(asked, word);
    }
    free(copy);
    return status;
}

static int check_words(struct explain_request *asked)
{
    asked->until_day = DATE_MAX;
    asked->region_level = REGION_LEVEL_COUNT;
    if (asked->level != NULL &&
        region_level_parse(bytes_text(asked->level), &asked->region_level) != ERR_OK) {
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
    return read_conditions(asked);
}

static int find_indicator(const struct explaining *self, const char *id, uint32_t *number)
{
    struct hint hint;
    const struct programme *programme = self->version->programme;
    *number = programme_indicator(programme, bytes_text(id));
    if (*number != CODE_NONE) {
        return EX_OK;
    }
    hint_init(&hint, bytes_text(id));
    for (uint32_t i = 0; i < programme->indicator_count; i++) {
        hint_offer(&hint, programme->indicators[i].id);
    }
    return say(EX_NOINPUT, NULL, "\"%s\" is no indicator of %s%s", id, self->version->id,
               hint_question(&hint));
}

static struct view view_of(const struct explain_request *asked, uint32_t indicator)
{
    return (struct view){
        .indicator = indicator, .dimensions = asked->dimensions, .level = asked->region_level};
}

/* ---- what is told ---- */

/* Notes what a withdrawal takes back. */
static enum err note_withdrawn(struct explaining *self, const struct told *told)
{
    bool fresh;
    const struct place place = {.seq = told->withdraws, .node = told->node};
    return told->weight > 0 || table_put(self->withdrawn, &place, &fresh) != NULL ? ERR_OK
                                                                                  : ERR_MEMORY;
}

static enum err keep(struct part *part, const struct told *told)
{
    if (part->count == part->room) {
        const size_t room = part->room == 0 ? 1024 : 2 * part->room;
        struct told *larger = mem_resize(part->told, room * sizeof *larger);
        if (larger == NULL) {
            return ERR_MEMORY;
        }
        part->told = larger;
        part->room = room;
    }
    part->told[part->count++] = *told;
    return ERR_OK;
}

static void note_event(void *context, const struct explain_event *event)
{
    struct explaining *self = context;
    const struct columns *columns = self->batch->columns;
    const uint32_t at = event->index;
    const struct told told = {
        .position = self->entry->position,
        .seq = self->header->first_seq + at,
        .withdraws = columns->withdraws != NULL ? columns->withdraws[at] : 0,
        .quantity = event->quantity,
        .node = self->batch->node,
        .own = columns_number(columns->person, at),
        .identity = event->person,
        .occurred_on = columns->occurred_on != NULL ? columns->occurred_on[at] : 0,
        .weight = (int8_t)event->weight,
        .kind = columns->kind != NULL ? columns->kind[at] : 0,
        .entity = event->entity,
        .has_unit = columns_number(columns->unit, at) != 0,
    };
    if (self->err == ERR_OK) {
        self->err = note_withdrawn(self, &told);
    }
    if (self->err == ERR_OK) {
        self->err = keep(self->part, &told);
    }
}

static enum err take_batch(void *context, const struct log_entry *entry,
                           const struct batch_header *header, const struct totals_batch *batch)
{
    struct explaining *self = context;
    self->entry = entry;
    self->header = header;
    self->batch = batch;
    enum err err = totals_fold(self->totals, batch);
    for (uint32_t i = 0; err == ERR_OK && i < self->part_count; i++) {
        self->part = &self->parts[i];
        err = explain_fold(self->part->explain, batch, note_event, self);
        err = err == ERR_OK ? self->err : err;
    }
    return err;
}

/* ---- the fold ---- */

/* A computed indicator stands for those it is made of, each once. */
static void add_parts(struct explaining *self, uint32_t indicator)
{
    const struct indicator *what = &self->version->programme->indicators[indicator];
    if (count_mode_derived(what->mode)) {
        add_parts(self, what->of);
        if (what->mode == COUNT_RATIO) {
            add_parts(self, what->per);
        }
        return;
    }
    bool there = self->part_count == PARTS_MAX;
    for (uint32_t i = 0; i < self->part_count; i++) {
        there = there || self->parts[i].indicator == indicator;
    }
    if (!there) {
        self->parts[self->part_count++].indicator = indicator;
    }
}

static int check_labels(const struct explaining *self, const struct explain *explain)
{
    for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
        const bool asked = (self->asked->dimensions >> i & 1) != 0;
        if (asked && !explain_knows(explain, (enum dimension)i)) {
            return say(EX_NOINPUT, "ogniwo totals --by prints the labels",
                       "no event of %s can have the %s \"%s\"", self->version->id,
                       dimension_text(i), self->asked->labels[i]);
        }
    }
    return EX_OK;
}

static int open_part(struct explaining *self, struct part *part)
{
    struct explain_options wanted = {.programme = self->version->programme,
                                     .view = view_of(self->asked, part->indicator),
                                     .until = self->asked->until_day,
                                     .regions_dated = self->asked->regions_at != NULL,
                                     .regions_at = self->asked->regions_day,
                                     .averaged = self->indicator->mode == COUNT_MEAN,
                                     .over = self->indicator->over,
                                     .over_at = self->indicator->over_at};
    for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
        wanted.labels[i] = bytes_text(self->asked->labels[i]);
    }
    const enum err err = explain_new(&wanted, &part->explain);
    return err == ERR_OK ? check_labels(self, part->explain) : say_err(err, "counting");
}

/* The totals of the same cell, of each part and of what was asked for. */
static enum err open_totals(struct explaining *self, uint32_t asked)
{
    struct view views[PARTS_MAX + 1];
    const struct table_options places = {.key_bytes = sizeof(struct place),
                                         .count_max = WITHDRAWN_MAX};
    for (uint32_t i = 0; i < self->part_count; i++) {
        views[i] = view_of(self->asked, self->parts[i].indicator);
    }
    views[self->part_count] = view_of(self->asked, asked);
    const struct totals_options wanted = {.programme = self->version->programme,
                                          .views = views,
                                          .view_count = self->part_count + 1,
                                          .until = self->asked->until_day,
                                          .regions_dated = self->asked->regions_at != NULL,
                                          .regions_at = self->asked->regions_day};
    const enum err err = table_new(&places, &self->withdrawn);
    return err == ERR_OK ? totals_new(&wanted, &self->totals) : err;
}

static int read_log(struct explaining *self)
{
    struct counting *counting = NULL;
    static const struct view none;
    const struct counting_options wanted = {.programme = self->version->id,
                                            .views = &none,
                                            .until = self->asked->until_day,
                                            .tap = take_batch,
                                            .tap_context = self};
    const int status = past_count(self->past, &wanted, &counting);
    counting_free(&counting);
    return status;
}

/* The cell as the totals have it. */
struct wanted_cell {
    const struct explain_request *asked;
    struct totals_row row;
};

static void pick_cell(void *context, const struct totals_row *row)
{
    struct wanted_cell *wanted = context;
    bool same = true;
    for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
        same = same && ((wanted->asked->dimensions >> i & 1) == 0 ||
                        bytes_is(row->labels[i], wanted->asked->labels[i]));
    }
    if (same) {
        wanted->row = *row;
    }
}

static enum err query(const struct explaining *self, uint32_t indicator, struct totals_row *row)
{
    struct wanted_cell wanted = {.asked = self->asked};
    const struct view view = view_of(self->asked, indicator);
    const enum err err = totals_query(self->totals, &view, pick_cell, &wanted);
    *row = wanted.row;
    return err;
}

static int add_up(struct explaining *self, struct part *part)
{
    struct totals_row row;
    enum err err = explain_sums(part->explain, &part->value, &part->partner_sum);
    if (err == ERR_OK) {
        err = query(self, part->indicator, &row);
    }
    if (err != ERR_OK) {
        return say_err(err, "counting");
    }
    return part->value == row.value && part->partner_sum == row.partner_sum
               ? EX_OK
               : say(EX_SOFTWARE, "report this",
                     "the events come to %" PRId64 ", the totals say %" PRId64, part->value,
                     row.value);
}

/* The part of an indicator that a ratio or a mean is made of. */
static const struct part *part_of(const struct explaining *self, uint32_t indicator)
{
    const struct part *part = self->parts;
    while (part->indicator != indicator) {
        part++;
    }
    return part;
}

/* Whether the events come to what a ratio or a mean divides. How many months a mean goes over is
 * the whole programme's, not the cell's: it is taken from the totals. */
static int check_quotient(struct explaining *self, uint32_t indicator)
{
    const struct indicator *what = self->indicator;
    int64_t above = 0, below = 0;
    uint32_t labels = 0;
    enum err err = query(self, indicator, &self->figure);
    if (err == ERR_OK && what->mode == COUNT_MEAN) {
        err = explain_mean(part_of(self, what->of)->explain, &above, &labels);
        below = what->over == BY_MONTH ? self->figure.below : labels;
    } else if (err == ERR_OK) {
        above = part_of(self, what->of)->value;
        below = part_of(self, what->per)->value;
    }
    if (err != ERR_OK) {
        return say_err(err, "counting");
    }
    return above == self->figure.above && below == self->figure.below
               ? EX_OK
               : say(EX_SOFTWARE, "report this",
                     "the events come to %" PRId64 " / %" PRId64 ", the totals say %" PRId64
                     " / %" PRId64,
                     above, below, self->figure.above, self->figure.below);
}

/* ---- the document ---- */

static json_t *text_of(struct bytes text)
{
    return json_stringn((const char *)text.data, text.size);
}

static json_t *figure_of(const struct indicator *indicator, int64_t value)
{
    return indicator->mode == COUNT_QUANTITY ? json_real((double)value / 100.0)
                                             : json_integer((json_int_t)value);
}

static void set_number(json_t *json, const char *key, uint64_t number)
{
    json_object_set_new(json, key, json_integer((json_int_t)number));
}

static json_t *event_json(const struct explaining *self, const struct told *told)
{
    char day[DATE_TEXT_BYTES], person[CODE_BYTES_MAX + 16];
    const struct exchange_node *node = exchange_node_at(self->past->exchange, told->node);
    const struct place place = {.seq = told->seq, .node = told->node};
    const bool counts = told->weight > 0 && table_find(self->withdrawn, &place) == NULL;
    date_format(told->occurred_on, day);
    json_t *json = json_object();
    json_object_set_new(json, "row", json_string("event"));
    set_number(json, "position", told->position);
    json_object_set_new(json, "partner", json_string(node->partner));
    json_object_set_new(json, "node", json_string(node->name));
    set_number(json, "seq", told->seq);
    json_object_set_new(json, "occurred_on", json_string(day));
    json_object_set_new(json, "kind", json_string(event_kind_text((enum event_kind)told->kind)));
    json_object_set_new(json, "weight", json_integer(told->weight));
    if (told->withdraws != 0) {
        set_number(json, told->weight < 0 ? "withdraws" : "replaces", told->withdraws);
    }
    if (told->own != 0) {
        snprintf(person, sizeof person, "%s:%" PRIu32, node->name, told->own);
        json_object_set_new(json, told->entity ? "entity" : "person", json_string(person));
        set_number(json, "identity", told->identity);
    }
    if (told->has_unit) {
        json_object_set_new(json, "quantity", json_real((double)told->quantity / 100.0));
    }
    json_object_set_new(json, "counts", json_boolean(counts));
    return json;
}

struct people_target {
    const struct programme *programme;
    json_t *people;
};

static void add_person(void *context, const struct explain_person *person)
{
    const struct people_target *target = context;
    const struct bytes partner = target->programme->codes[CODES_PARTNER][person->partner].id;
    json_t *json = json_object();
    json_object_set_new(json, "row", json_string(person->entity ? "entity" : "person"));
    json_object_set_new(json, "partner", text_of(partner));
    set_number(json, "identity", person->person);
    json_object_set_new(json, "net", json_integer((json_int_t)person->weight));
    set_number(json, "partners", person->partner_count);
    json_object_set_new(json, "counts", json_boolean(person->weight > 0));
    json_array_append_new(target->people, json);
}

static int part_json(const struct explaining *self, const struct part *part, json_t **out)
{
    const struct programme *programme = self->version->programme;
    const struct indicator *indicator = &programme->indicators[part->indicator];
    json_t *events = json_array();
    struct people_target target = {.programme = programme, .people = json_array()};
    const uint64_t limit = self->asked->limit;
    for (size_t i = 0; i < part->count && (limit == 0 || i < limit); i++) {
        json_array_append_new(events, event_json(self, &part->told[i]));
    }
    const enum err err = explain_people(part->explain, add_person, &target);
    *out = json_pack("{s:o,s:o,s:o,s:s,s:I,s:o,s:o,s:o,s:o,s:o}", "indicator",
                     text_of(indicator->id), "title", text_of(indicator->title), "unit",
                     text_of(indicator->unit), "count", count_mode_text(indicator->mode),
                     "event_count", (json_int_t)part->count, "events", events, "people",
                     target.people, "value", figure_of(indicator, part->value), "partner_sum",
                     figure_of(indicator, part->partner_sum), "overlap",
                     figure_of(indicator, part->partner_sum - part->value));
    return err == ERR_OK ? EX_OK : say_err(err, "counting");
}

static json_t *where_json(const struct explain_request *asked)
{
    json_t *where = json_object();
    for (unsigned i = 0; i < DIMENSION_COUNT; i++) {
        if ((asked->dimensions >> i & 1) != 0) {
            json_object_set_new(where, dimension_text(i), json_string(asked->labels[i]));
        }
    }
    return where;
}

/* What was divided by what, of a ratio or a mean. */
static json_t *quotient_json(const struct explaining *self)
{
    const struct indicator *indicators = self->version->programme->indicators;
    const struct indicator *what = self->indicator;
    const struct totals_row *figure = &self->figure;
    const bool mean = what->mode == COUNT_MEAN;
    json_t *json = json_object();
    json_object_set_new(json, "value",
                        figure->undefined ? json_null() : json_real((double)figure->value / 100.0));
    json_object_set_new(json, "numerator", figure_of(&indicators[what->of], figure->above));
    json_object_set_new(json, "divisor",
                        mean ? json_integer((json_int_t)figure->below)
                             : figure_of(&indicators[what->per], figure->below));
    if (mean) {
        json_object_set_new(json, "over",
                            json_string(what->over == BY_REGION ? region_level_text(what->over_at)
                                                                : dimension_text(what->over)));
    }
    return json;
}

static int document_json(const struct explaining *self, uint32_t indicator, json_t **out)
{
    char received[MOMENT_TEXT_BYTES], day[DATE_TEXT_BYTES];
    const struct programme *programme = self->version->programme;
    json_t *parts = json_array();
    int status = EX_OK;
    moment_utc(self->past->received_at_ms, received);
    date_format(self->asked->until_day, day);
    *out = json_pack("{s:o,s:o,s:o,s:I,s:s,s:o,s:o}", "programme", text_of(programme->id), "title",
                     text_of(programme->title), "indicator",
                     text_of(programme->indicators[indicator].id), "position",
                     (json_int_t)self->past->position, "received_at", received, "where",
                     where_json(self->asked), "parts", parts);
    if (self->asked->level != NULL) {
        json_object_set_new(*out, "level", json_string(self->asked->level));
    }
    if (self->asked->until != NULL) {
        json_object_set_new(*out, "until", json_string(day));
    }
    if (self->asked->regions_at != NULL) {
        date_format(self->asked->regions_day, day);
        json_object_set_new(*out, "regions_at", json_string(day));
    }
    if (count_mode_derived(self->indicator->mode)) {
        json_object_set_new(*out, "quotient", quotient_json(self));
    }
    for (uint32_t i = 0; status == EX_OK && i < self->part_count; i++) {
        json_t *part = NULL;
        status = part_json(self, &self->parts[i], &part);
        json_array_append_new(parts, part);
    }
    return status;
}

/* ---- all ---- */

static void close_parts(struct explaining *self)
{
    for (uint32_t i = 0; i < self->part_count; i++) {
        explain_free(&self->parts[i].explain);
        mem_free(self->parts[i].told);
    }
    totals_free(&self->totals);
    table_free(&self->withdrawn);
}

static int explain_cell(struct explaining *self, json_t **document)
{
    uint32_t indicator = CODE_NONE;
    int status = find_indicator(self, self->asked->request.arguments[0], &indicator);
    if (status != EX_OK) {
        return status;
    }
    self->indicator = &self->version->programme->indicators[indicator];
    add_parts(self, indicator);
    for (uint32_t i = 0; status == EX_OK && i < self->part_count; i++) {
        status = open_part(self, &self->parts[i]);
    }
    if (status == EX_OK) {
        const enum err err = open_totals(self, indicator);
        status = err == ERR_OK ? read_log(self) : say_err(err, "counting");
    }
    for (uint32_t i = 0; status == EX_OK && i < self->part_count; i++) {
        status = add_up(self, &self->parts[i]);
    }
    if (status == EX_OK && count_mode_derived(self->indicator->mode)) {
        status = check_quotient(self, indicator);
    }
    return status == EX_OK ? document_json(self, indicator, document) : status;
}

static int open_past(const struct explain_request *asked, struct past *past,
                     struct exchange_programme **version)
{
    struct broker_config broker;
    uint64_t position = 0;
    int status = site_broker(&asked->request, &broker);
    if (status == EX_OK) {
        status = past_open(&broker, past);
    }
    if (status == EX_OK) {
        status = past_find(past, asked->known_at, &position);
    }
    if (status == EX_OK) {
        status = past_read(past, position);
    }
    return status == EX_OK ? past_programme(past, asked->programme, version) : status;
}

int verb_explain(int count, char **words)
{
    struct explain_request asked = {.limit = SHOWN_DEFAULT};
    struct past past = {0};
    struct exchange_programme *version = NULL;
    json_t *document = NULL;
    usage_read(&usage, count, words, &asked.request);
    int status = check_words(&asked);
    if (status == EX_OK) {
        status = open_past(&asked, &past, &version);
    }
    if (status == EX_OK) {
        struct explaining self = {.asked = &asked, .version = version, .past = &past};
        status = explain_cell(&self, &document);
        close_parts(&self);
    }
    if (status == EX_OK) {
        status = explain_print(&asked.request, document);
    }
    json_decref(document);
    past_close(&past);
    return status;
}
