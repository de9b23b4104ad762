/* The happy path is: 1. a reader subscribes to a topic, or asks for its sheet: the totals begin to
 * note which cells of its views change; 2. after a commit the changed cells become rows of a CHANGE
 * for each sheet that has them; 3. a BEAT each second; 4. a snapshot is made from what was told
 * last, so that the next change fits it.
 *
 * What may go wrong: a message is lost (the next one's version, or the beat, tells it); another
 * programme file comes into force (the sheet begins anew on its basis); nobody reads (the sheet is
 * dropped); the memory (likewise). The failure of the socket, once it is open, ends nothing but the
 * feed. */
#include "brokers/live.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "brokers/answer.h"
#include "brokers/figures.h"
#include "core/base/mem.h"
#include "io/clock.h"
#include "io/feed.h"
#include "io/log.h"
#include "proto/codec.h"

enum {
    ROWS_A_MS = 100, /* after so many rows a millisecond of quiet: 10 ms after a full part */
    TOLD_SHARE = 3,  /* and so many times as long as the telling took */
    PAUSE_MS_MAX = 1000,
    WISHES_A_TURN = 64,
    BEAT_MS = 1000,
    KEPT_MS = 60 * 1000, /* after a question without a subscription */
    QUEUE_MESSAGES = 256
};

/* Rows on their way into one message. */
struct pack {
    struct bytes indicators[SHEET_PART_ROWS_MAX];
    struct bytes labels[SHEET_PART_ROWS_MAX * DIMENSION_COUNT];
    int64_t values[SHEET_PART_ROWS_MAX], partner_sums[SHEET_PART_ROWS_MAX];
    uint32_t count;
};

struct watched {
    char topic[FEED_TOPIC_BYTES_MAX + 1]; /* empty: free */
    char programme[CODE_BYTES_MAX + 1];
    char indicator[CODE_BYTES_MAX + 1]; /* empty: all */
    uint32_t dimensions;
    enum region_level level;
    bool wanted; /* somebody has subscribed */
    uint64_t kept_until_ms, beat_at_ms;
    uint64_t version, basis, digest;
    struct pack *pack;
};

struct live {
    struct live_options options;
    struct feed *feed; /* null once it has failed */
    char endpoint[FEED_TOPIC_BYTES_MAX + 1];
    struct watched sheets[SHEETS_MAX];
    uint64_t version_last; /* the highest that any sheet has had */
    uint64_t session;
    uint64_t told_position; /* through which all changes are told */
    uint64_t told_received_at_ms;
    uint64_t quiet_until_ms; /* nothing is told before, unless somebody asks */
    uint32_t told_rows;      /* of the telling in hand */
    struct buffer body;
    struct view views[INDICATORS_MAX];
};

/* ---- what a sheet is ---- */

static const struct programme *programme_of(const struct live *self, const struct watched *sheet)
{
    return counting_programme(self->options.counting, bytes_text(sheet->programme));
}

static struct totals *totals_of(const struct live *self, const struct watched *sheet)
{
    return counting_totals(self->options.counting, bytes_text(sheet->programme));
}

static uint64_t basis_of(const struct live *self, const struct watched *sheet)
{
    return exchange_basis(self->options.exchange, bytes_text(sheet->programme));
}

static struct figures_query query_of(const struct live *self, const struct watched *sheet)
{
    const struct programme *programme = programme_of(self, sheet);
    return (struct figures_query){
        .indicator = sheet->indicator[0] == '\0'
                         ? CODE_NONE
                         : programme_indicator(programme, bytes_text(sheet->indicator)),
        .dimensions = sheet->dimensions,
        .level = sheet->level};
}

/* Fills self->views with those of the sheet; 0 where one of them is not kept live now. */
static uint32_t views_of(struct live *self, const struct watched *sheet)
{
    const struct programme *programme = programme_of(self, sheet);
    if (programme == NULL) {
        return 0;
    }
    const struct figures_query query = query_of(self, sheet);
    if (sheet->indicator[0] != '\0' && query.indicator == CODE_NONE) {
        return 0;
    }
    const uint32_t count = figures_views(programme, &query, self->views);
    for (uint32_t i = 0; i < count; i++) {
        if (!totals_has(totals_of(self, sheet), &self->views[i])) {
            return 0;
        }
    }
    return count;
}

static bool shows(const struct live *self, const struct watched *sheet, const char *programme,
                  const struct view *view)
{
    if (sheet->topic[0] == '\0' || strcmp(sheet->programme, programme) != 0 ||
        sheet->dimensions != view->dimensions || sheet->level != view->level) {
        return false;
    }
    const struct indicator *indicator = &programme_of(self, sheet)->indicators[view->indicator];
    return sheet->indicator[0] == '\0' || bytes_is(indicator->id, sheet->indicator);
}

/* ---- sending ---- */

static void send_part(struct live *self, const struct watched *sheet, enum message_type type,
                      const struct sheet_part *part)
{
    uint8_t header[FRAME_HEADER_BYTES];
    const struct frame_header frame = {.type = type};
    codec_frame_header_put(&frame, header);
    buffer_clear(&self->body);
    enum err err = codec_sheet_part_encode(part, &self->body);
    if (err == ERR_OK) {
        err = feed_send(self->feed, sheet->topic, bytes_of(header, sizeof header),
                        buffer_bytes(&self->body));
    }
    if (err != ERR_OK) {
        /* Readers find out by the version that is missing. */
        log_line(LOG_WARNING, "BROKER-FEED", "a change could not be published", "error=%s",
                 err_name(err));
    }
}

static struct sheet_part part_of(const struct live *self, const struct watched *sheet, bool more)
{
    return (struct sheet_part){.session = self->session,
                               .version = sheet->version,
                               .basis = sheet->basis,
                               .position = self->told_position,
                               .received_at_ms = self->told_received_at_ms,
                               .digest = more ? 0 : sheet->digest,
                               .more = more};
}

static uint32_t label_count_of(const struct watched *sheet)
{
    return (uint32_t)__builtin_popcount(sheet->dimensions);
}

static struct sheet_rows rows_of(const struct watched *sheet)
{
    const struct pack *pack = sheet->pack;
    return (struct sheet_rows){.count = pack->count,
                               .label_count = label_count_of(sheet),
                               .indicators = pack->indicators,
                               .labels = pack->labels,
                               .values = pack->values,
                               .partner_sums = pack->partner_sums};
}

static void send_beat(struct live *self, struct watched *sheet, uint64_t now_ms)
{
    struct sheet_part part = part_of(self, sheet, false);
    part.rows.label_count = label_count_of(sheet);
    send_part(self, sheet, MESSAGE_BEAT, &part);
    sheet->beat_at_ms = now_ms + BEAT_MS;
}

static void send_change(struct live *self, struct watched *sheet, bool more)
{
    sheet->version++;
    self->version_last = sheet->version > self->version_last ? sheet->version : self->version_last;
    struct sheet_part part = part_of(self, sheet, more);
    part.rows = rows_of(sheet);
    send_part(self, sheet, MESSAGE_CHANGE, &part);
    self->told_rows += sheet->pack->count;
    sheet->pack->count = 0;
}

/* ---- rows ---- */

/* What stands on the wire for a partner sum. */
static int64_t sum_of(const struct totals_row *row)
{
    return row->undefined ? SHEET_UNDEFINED : row->derived ? SHEET_DERIVED : row->partner_sum;
}

static void pack_row(struct watched *sheet, struct bytes indicator, const struct totals_row *row)
{
    struct pack *pack = sheet->pack;
    const uint32_t at = pack->count++;
    size_t label = (size_t)at * label_count_of(sheet);
    assert(at < SHEET_PART_ROWS_MAX);
    pack->indicators[at] = indicator;
    pack->values[at] = row->value;
    pack->partner_sums[at] = sum_of(row);
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (sheet->dimensions & 1u << i) {
            pack->labels[label++] = row->labels[i];
        }
    }
}

/* The digest of the row packed last, with these numbers. */
static uint64_t digest_last(const struct watched *sheet, int64_t value, int64_t partner_sum)
{
    const struct sheet_rows rows = rows_of(sheet);
    const uint32_t last = rows.count - 1;
    const struct sheet_rows one = {.count = 1,
                                   .label_count = rows.label_count,
                                   .indicators = &rows.indicators[last],
                                   .labels = &rows.labels[(size_t)last * rows.label_count],
                                   .values = &value,
                                   .partner_sums = &partner_sum};
    return sheet_row_digest(&one, 0);
}

/* One view's changes, and the sheets that show it. */
struct telling {
    struct live *live;
    struct bytes indicator;
    struct watched *sheets[SHEETS_MAX];
    uint32_t count;
};

static void tell_cell(void *context, const struct totals_change *change)
{
    const struct telling *telling = context;
    struct totals_row is = change->row;
    is.derived = is.derived && !change->gone;
    const struct totals_row was = {.value = change->was_value,
                                   .partner_sum = change->was_partner_sum,
                                   .derived = change->row.derived && !change->was_gone,
                                   .undefined = change->was_undefined};
    for (uint32_t i = 0; i < telling->count; i++) {
        struct watched *sheet = telling->sheets[i];
        if (sheet->pack->count == SHEET_PART_ROWS_MAX) {
            send_change(telling->live, sheet, true);
        }
        pack_row(sheet, telling->indicator, &is);
        sheet->digest +=
            digest_last(sheet, is.value, sum_of(&is)) - digest_last(sheet, was.value, sum_of(&was));
    }
}

/* ---- following ---- */

static void drop(struct live *self, struct watched *sheet)
{
    const uint32_t count = views_of(self, sheet);
    char programme[CODE_BYTES_MAX + 1];
    memcpy(programme, sheet->programme, sizeof programme);
    sheet->topic[0] = '\0';
    mem_free(sheet->pack);
    sheet->pack = NULL;
    for (uint32_t i = 0; i < count; i++) {
        bool still = false;
        for (uint32_t k = 0; k < SHEETS_MAX && !still; k++) {
            still = shows(self, &self->sheets[k], programme, &self->views[i]);
        }
        if (!still) {
            const enum err err = totals_track(totals_of(self, sheet), &self->views[i], false);
            assert(err == ERR_OK);
        }
    }
}

static void add_digest(void *context, const struct totals_row *row)
{
    struct watched *sheet = context;
    sheet->pack->count = 0;
    pack_row(sheet, sheet->pack->indicators[0], row);
    sheet->digest += digest_last(sheet, row->value, sum_of(row));
}

/* Begins to follow the sheet's views under the programme file in force. Errors: ERR_NOT_FOUND, one
 * of them is not kept live; ERR_MEMORY. */
static enum err follow(struct live *self, struct watched *sheet)
{
    const uint32_t count = views_of(self, sheet);
    const struct programme *programme = programme_of(self, sheet);
    struct totals *totals = totals_of(self, sheet);
    enum err err = count > 0 ? ERR_OK : ERR_NOT_FOUND;
    sheet->version = ++self->version_last;
    sheet->basis = basis_of(self, sheet);
    sheet->digest = 0;
    for (uint32_t i = 0; i < count && err == ERR_OK; i++) {
        err = totals_track(totals, &self->views[i], true);
        if (err == ERR_OK) {
            sheet->pack->indicators[0] = programme->indicators[self->views[i].indicator].id;
            err = totals_query(totals, &self->views[i], add_digest, sheet);
        }
    }
    sheet->pack->count = 0;
    return err;
}

/* Where another programme file has come into force, or people were merged or split, the sheet
 * begins anew; where the file lacks the sheet's views, the last beat makes its readers ask, and be
 * told. */
static void follow_version(struct live *self, struct watched *sheet, uint64_t now_ms)
{
    if (sheet->basis == basis_of(self, sheet)) {
        return;
    }
    const enum err err = follow(self, sheet);
    send_beat(self, sheet, now_ms);
    if (err != ERR_OK) {
        drop(self, sheet);
    }
}

/* What was told of the view is not whole, for lack of memory: its sheets begin anew, as under
 * another programme file. */
static void begin_anew(struct telling *telling, struct totals *totals, const struct view *view)
{
    log_line(LOG_WARNING, "BROKER-FEED", "changes could not be told: the sheets begin anew",
             "sheets=%u", telling->count);
    const enum err err = totals_track(totals, view, false);
    assert(err == ERR_OK); /* ending it needs no memory */
    for (uint32_t i = 0; i < telling->count; i++) {
        telling->sheets[i]->basis = 0;
    }
}

/* Tells the changes of a view to all sheets that show it, unless an earlier sheet has had it
 * told. */
static void tell_view(struct live *self, uint32_t number, struct view view)
{
    const struct watched *sheet = &self->sheets[number];
    struct telling telling = {
        .live = self, .indicator = programme_of(self, sheet)->indicators[view.indicator].id};
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        if (shows(self, &self->sheets[i], sheet->programme, &view)) {
            telling.sheets[telling.count++] = &self->sheets[i];
        }
    }
    assert(telling.count > 0);
    if (telling.sheets[0] == sheet &&
        totals_tell_changes(totals_of(self, sheet), &view, tell_cell, &telling) != ERR_OK) {
        begin_anew(&telling, totals_of(self, sheet), &view);
    }
}

static void tell_sheet(struct live *self, uint32_t number)
{
    const uint32_t count = views_of(self, &self->sheets[number]);
    for (uint32_t i = 0; i < count; i++) {
        tell_view(self, number, self->views[i]);
    }
}

static void take_position(struct live *self)
{
    self->told_position = ledger_size(self->options.ledger);
    self->told_received_at_ms = ledger_received_at_ms(self->options.ledger);
}

/* How long to be quiet behind a telling, also one that found nothing to say after all; one that
 * somebody asked for shortens no pause. */
static void take_pause(struct live *self, uint64_t began_ms)
{
    const uint64_t now_ms = clock_monotonic_ms();
    const uint64_t took_ms = TOLD_SHARE * (now_ms - began_ms);
    const uint64_t rows_ms = self->told_rows / ROWS_A_MS;
    const uint64_t wanted_ms = took_ms > rows_ms ? took_ms : rows_ms;
    const uint64_t pause_ms = wanted_ms < PAUSE_MS_MAX ? wanted_ms : PAUSE_MS_MAX;
    if (now_ms + pause_ms > self->quiet_until_ms) {
        self->quiet_until_ms = now_ms + pause_ms;
    }
}

static void follow_versions(struct live *self, uint64_t now_ms)
{
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        if (self->sheets[i].topic[0] != '\0') {
            follow_version(self, &self->sheets[i], now_ms);
        }
    }
}

/* Tells all that has changed since it was told last. */
static void tell(struct live *self)
{
    const uint64_t now_ms = clock_monotonic_ms();
    assert(!ledger_writing(self->options.ledger));
    self->told_rows = 0;
    take_position(self);
    follow_versions(self, now_ms);
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        if (self->sheets[i].topic[0] != '\0') {
            tell_sheet(self, i);
        }
    }
    follow_versions(self, now_ms);
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        struct watched *sheet = &self->sheets[i];
        if (sheet->topic[0] != '\0' && sheet->pack->count > 0) {
            send_change(self, sheet, false);
        }
    }
    take_pause(self, now_ms);
}

/* ---- questions ---- */

/* PROGRAMME|INDICATOR|DIMENSIONS|LEVEL|, with what is not asked for empty. */
static void name_topic(struct watched *sheet)
{
    char by[FEED_TOPIC_BYTES_MAX + 1] = "";
    size_t size = 0;
    for (uint32_t i = 0; i < DIMENSION_COUNT; i++) {
        if (sheet->dimensions & 1u << i) {
            size += (size_t)snprintf(by + size, sizeof by - size, "%s%s", size > 0 ? "," : "",
                                     dimension_text(i));
        }
    }
    const int written = snprintf(
        sheet->topic, sizeof sheet->topic, "%s|%s|%s|%s|", sheet->programme, sheet->indicator, by,
        sheet->level != REGION_LEVEL_COUNT ? region_level_text(sheet->level) : "");
    assert(written > 0 && written < (int)sizeof sheet->topic);
}

/* Reads the request into *out, which is not followed yet. */
static uint32_t read_request(const struct live *self, json_t *request, struct watched *out,
                             json_t **answer)
{
    struct figures_query query;
    const char *what = NULL;
    const char *id = json_string_value(json_object_get(request, "programme"));
    const char *indicator = json_string_value(json_object_get(request, "indicator"));
    const struct programme *programme =
        id != NULL ? counting_programme(self->options.counting, bytes_text(id)) : NULL;
    *out = (struct watched){0};
    if (programme == NULL) {
        return answer_fault(EX_NOINPUT, answer, "there is no programme \"%s\" here",
                            id != NULL ? id : "");
    }
    if (figures_query_read(programme, request, &query, &what) != ERR_OK) {
        return answer_fault(EX_NOINPUT, answer,
                            "\"%s\" is no indicator, dimension or level of the programme",
                            what != NULL ? what : "");
    }
    memcpy(out->programme, id, strlen(id) + 1);
    memcpy(out->indicator, indicator != NULL ? indicator : "",
           indicator != NULL ? strlen(indicator) + 1 : 1);
    out->dimensions = query.dimensions;
    out->level = query.dimensions & 1u << BY_REGION ? query.level : REGION_LEVEL_COUNT;
    name_topic(out);
    return EX_OK;
}

static struct watched *find(struct live *self, const char *topic)
{
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        if (strcmp(self->sheets[i].topic, topic) == 0) {
            return &self->sheets[i];
        }
    }
    return NULL;
}

/* Gives the sheet asked for, followed, with all changes up to now told. */
static uint32_t ensure(struct live *self, json_t *request, struct watched **out, json_t **answer)
{
    struct watched wanted;
    enum err err = ERR_OK;
    const uint32_t status = self->feed != NULL
                                ? read_request(self, request, &wanted, answer)
                                : answer_fault(EX_UNAVAILABLE, answer, "the feed has failed");
    if (status != EX_OK) {
        return status;
    }
    tell(self);
    *out = find(self, wanted.topic);
    if (*out == NULL) {
        *out = find(self, "");
        if (*out == NULL) {
            return answer_fault(EX_TEMPFAIL, answer, "%d breakdowns are watched already",
                                SHEETS_MAX);
        }
        wanted.pack = mem_calloc(1, sizeof *wanted.pack);
        err = wanted.pack != NULL ? ERR_OK : ERR_MEMORY;
        **out = wanted;
        err = err == ERR_OK ? follow(self, *out) : err;
        if (err != ERR_OK) {
            drop(self, *out);
        }
    }
    if (err != ERR_OK) {
        return err == ERR_NOT_FOUND
                   ? answer_fault(EX_UNAVAILABLE, answer,
                                  "this breakdown is not kept live: name it under \"live:\" in the "
                                  "programme file")
                   : answer_fault(EX_SOFTWARE, answer, "%s", err_text(err));
    }
    (*out)->kept_until_ms = clock_monotonic_ms() + KEPT_MS;
    return EX_OK;
}

uint32_t live_describe(struct live *self, json_t *request, json_t **out)
{
    struct watched *sheet = NULL;
    const uint32_t status = ensure(self, request, &sheet, out);
    if (status != EX_OK) {
        return status;
    }
    const struct figures_query query = query_of(self, sheet);
    *out = figures_head_json(programme_of(self, sheet), &query);
    json_object_set_new(*out, "feed", json_string(self->endpoint));
    json_object_set_new(*out, "topic", json_string(sheet->topic));
    json_object_set_new(*out, "basis", json_integer((json_int_t)sheet->basis));
    return EX_OK;
}

struct copying {
    struct live *live;
    struct watched *sheet;
    struct bytes indicator;
    live_emit *emit;
    void *context;
    uint64_t digest;
    enum err err;
};

static void emit_rows(struct copying *copying, bool more)
{
    struct sheet_part part = part_of(copying->live, copying->sheet, more);
    part.rows = rows_of(copying->sheet);
    if (copying->err == ERR_OK) {
        copying->err = copying->emit(copying->context, &part);
    }
    copying->sheet->pack->count = 0;
}

static void copy_row(void *context, const struct totals_row *row)
{
    struct copying *copying = context;
    if (copying->sheet->pack->count == SHEET_PART_ROWS_MAX) {
        emit_rows(copying, true);
    }
    pack_row(copying->sheet, copying->indicator, row);
    copying->digest += digest_last(copying->sheet, row->value, sum_of(row));
}

uint32_t live_snapshot(struct live *self, json_t *request, live_emit *emit, void *context,
                       json_t **out)
{
    struct watched *sheet = NULL;
    const uint32_t status = ensure(self, request, &sheet, out);
    if (status != EX_OK) {
        return status;
    }
    const struct programme *programme = programme_of(self, sheet);
    struct copying copying = {
        .live = self, .sheet = sheet, .emit = emit, .context = context, .err = ERR_OK};
    const uint32_t count = views_of(self, sheet);
    for (uint32_t i = 0; i < count && copying.err == ERR_OK; i++) {
        copying.indicator = programme->indicators[self->views[i].indicator].id;
        const enum err err =
            totals_query(totals_of(self, sheet), &self->views[i], copy_row, &copying);
        copying.err = copying.err == ERR_OK ? err : copying.err;
    }
    assert(copying.err != ERR_OK || copying.digest == sheet->digest);
    emit_rows(&copying, false);
    return copying.err == ERR_OK ? EX_OK
                                 : answer_fault(EX_SOFTWARE, out, "%s", err_text(copying.err));
}

/* ---- wishes ---- */

/* The request that a topic stands for. */
static json_t *request_of(char *topic)
{
    char *fields[4];
    json_t *by = json_array();
    for (size_t i = 0; i < 4; i++) {
        fields[i] = topic != NULL ? strsep(&topic, "|") : NULL;
    }
    for (char *word = fields[2] != NULL ? strsep(&fields[2], ",") : NULL;
         word != NULL && word[0] != '\0'; word = strsep(&fields[2], ",")) {
        json_array_append_new(by, json_string(word));
    }
    json_t *request =
        json_pack("{s:s,s:o}", "programme", fields[0] != NULL ? fields[0] : "", "by", by);
    if (fields[1] != NULL && fields[1][0] != '\0') {
        json_object_set_new(request, "indicator", json_string(fields[1]));
    }
    if (fields[3] != NULL && fields[3][0] != '\0') {
        json_object_set_new(request, "level", json_string(fields[3]));
    }
    return request;
}

/* The sheet of a topic, followed; null where it is none, or is written in another way than
 * name_topic() writes it: its reader would never be seen to go. */
static struct watched *sheet_of(struct live *self, const char *topic)
{
    char copy[FEED_TOPIC_BYTES_MAX + 1];
    struct watched *sheet = NULL;
    json_t *answer = NULL;
    memcpy(copy, topic, strlen(topic) + 1);
    json_t *request = request_of(copy);
    const uint32_t status = ensure(self, request, &sheet, &answer);
    json_decref(request);
    json_decref(answer);
    return status == EX_OK && strcmp(sheet->topic, topic) == 0 ? sheet : NULL;
}

/* A reader of a topic has come, or the last one has gone. */
static void take_wish(struct live *self, const char *topic, bool wanted, uint64_t now_ms)
{
    struct watched *sheet = topic[0] != '\0' ? find(self, topic) : NULL;
    if (sheet == NULL && wanted) {
        sheet = sheet_of(self, topic);
    }
    if (sheet != NULL) {
        sheet->wanted = wanted;
    }
    if (sheet != NULL && wanted) {
        /* The first sign that changes will arrive. */
        send_beat(self, sheet, now_ms);
    }
}

static enum err take_wishes(struct live *self, uint64_t now_ms)
{
    char topic[FEED_TOPIC_BYTES_MAX + 1];
    bool wanted = false;
    enum err err = ERR_OK;
    for (uint32_t i = 0; err == ERR_OK && i < WISHES_A_TURN; i++) {
        err = feed_next_wish(self->feed, topic, &wanted);
        if (err == ERR_OK) {
            take_wish(self, topic, wanted, now_ms);
        }
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- life ---- */

enum err live_open(const struct live_options *options, struct live **out)
{
    const struct feed_options feed = {.endpoint = options->endpoint,
                                      .queue_messages = QUEUE_MESSAGES,
                                      .body_bytes_max = FRAME_BYTES_MAX};
    struct live *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    self->options = *options;
    self->body.bytes_max = 2 * FRAME_BYTES_MAX;
    self->session = ledger_session(options->ledger);
    take_position(self);
    enum err err =
        bytes_to_text(bytes_text(options->endpoint), self->endpoint, sizeof self->endpoint);
    if (err == ERR_OK) {
        err = feed_publish_at(&feed, &self->feed);
    }
    if (err != ERR_OK) {
        live_close(&self);
        return err;
    }
    *out = self;
    return ERR_OK;
}

void live_close(struct live **self)
{
    if (*self != NULL) {
        for (uint32_t i = 0; i < SHEETS_MAX; i++) {
            mem_free((*self)->sheets[i].pack);
        }
        feed_close(&(*self)->feed);
        buffer_fini(&(*self)->body);
        mem_free(*self);
    }
    *self = NULL;
}

static bool followed(const struct watched *sheet, uint64_t now_ms)
{
    return sheet->topic[0] != '\0' && (sheet->wanted || now_ms < sheet->kept_until_ms);
}

/* Totals are only watched: the broker goes on without. */
static void give_up_feed(struct live *self, enum err err)
{
    log_line(LOG_ERROR, "BROKER-FEED", "the socket of the live totals has failed", "error=%s",
             err_name(err));
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        if (self->sheets[i].topic[0] != '\0') {
            drop(self, &self->sheets[i]);
        }
    }
    feed_close(&self->feed);
}

static void tend_sheet(struct live *self, struct watched *sheet, uint64_t now_ms)
{
    if (!followed(sheet, now_ms)) {
        drop(self, sheet);
    } else if (now_ms >= sheet->beat_at_ms) {
        send_beat(self, sheet, now_ms);
    }
}

void live_turn(struct live *self)
{
    const uint64_t now_ms = clock_monotonic_ms();
    if (self->feed == NULL) {
        return;
    }
    const enum err err = take_wishes(self, now_ms);
    if (err != ERR_OK) {
        give_up_feed(self, err);
        return;
    }
    if (ledger_size(self->options.ledger) != self->told_position &&
        now_ms >= self->quiet_until_ms) {
        tell(self);
    }
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        if (self->sheets[i].topic[0] != '\0') {
            tend_sheet(self, &self->sheets[i], now_ms);
        }
    }
}

bool live_ready(struct live *self)
{
    return self->feed != NULL && feed_ready(self->feed);
}

uint64_t live_deadline_ms(const struct live *self)
{
    uint64_t deadline = UINT64_MAX;
    if (self->feed != NULL && ledger_size(self->options.ledger) != self->told_position) {
        deadline = self->quiet_until_ms;
    }
    for (uint32_t i = 0; i < SHEETS_MAX; i++) {
        const struct watched *sheet = &self->sheets[i];
        if (sheet->topic[0] != '\0' && sheet->beat_at_ms < deadline) {
            deadline = sheet->beat_at_ms;
        }
    }
    return deadline;
}

int live_descriptor(const struct live *self)
{
    return self->feed != NULL ? feed_descriptor(self->feed) : -1;
}
