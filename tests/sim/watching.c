#include "tests/sim/watching.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/view/mirror.h"
#include "proto/codec.h"
#include "tests/sim/feed_fake.h"
#include "tests/sim/history.h"
#include "tests/sim/lead.h"
#include "tests/sim/link_fake.h"
#include "tests/sim/programme.h"
#include "tests/sim/referee.h"
#include "tools/watcher.h"

enum { LINE_BYTES = 256, ARENA_BYTES = 4 << 20 };

/* What each of them watches, and how. */
static const struct habit {
    const char *indicator, *by, *level; /* null: all, none, as sent */
    bool late;                          /* comes when the exchange runs already */
    bool restless;                      /* goes and comes again */
} habits[WORLD_WATCHERS_MAX] = {
    {NULL, NULL, NULL, false, false},
    {"people", "region,status", "county", false, false},
    {"started", "age", NULL, false, true},
    {NULL, NULL, NULL, true, false}, /* a second reader of the first one's sheet */
};

static struct seat {
    const struct habit *habit;
    struct process *process;
    struct watcher *watcher;
    json_t *request;
    bool takes_part;
    uint64_t open_at_ms, close_at_ms;
    uint64_t turn_at_ms, paused_until_ms;
    uint64_t deadline_ms;      /* as the watcher gave it after its last turn */
    uint64_t session, version; /* shown last */
    uint64_t basis;
    uint64_t heard_session, heard_version; /* of the feed, while it could make use of it */
    struct mirror_counters seen;
    bool refused; /* since it opened: it asked before it had subscribed, and may miss something */
} seats[WORLD_WATCHERS_MAX];

static json_t *requests[WORLD_WATCHERS_MAX];
static struct arena *arena;
static struct chance schedule;
static uint64_t trouble_at_ms;
static bool calm;  /* nothing is ever lost, and no broker dies */
static bool peace; /* nobody comes or goes any more */

static uint64_t number_of(const struct seat *seat)
{
    return (uint64_t)(seat - seats);
}

static json_t *request_of(const struct habit *habit)
{
    json_t *by = json_array(), *request = json_pack("{s:s}", "programme", programme_id);
    char words[LINE_BYTES] = "";
    snprintf(words, sizeof words, "%s", habit->by != NULL ? habit->by : "");
    for (char *word = strtok(words, ","); word != NULL; word = strtok(NULL, ",")) {
        json_array_append_new(by, json_string(word));
    }
    json_object_set_new(request, "by", by);
    if (habit->indicator != NULL) {
        json_object_set_new(request, "indicator", json_string(habit->indicator));
    }
    if (habit->level != NULL) {
        json_object_set_new(request, "level", json_string(habit->level));
    }
    return request;
}

void watching_begin(void)
{
    memset(seats, 0, sizeof seats);
    chance_init(&schedule, world.seed, 950);
    calm = world.faults.crash_ppm + world.faults.commit_ppm + world.faults.view_lose_ppm +
               world.faults.view_queue_messages + world.faults.view_ms + world.faults.pause_ms ==
           0;
    peace = false;
    trouble_at_ms = world.faults.view_ms > 0 ? world.faults.view_ms : UINT64_MAX;
    const uint32_t absent = chance_below(&schedule, WORLD_WATCHERS_MAX);
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        struct seat *seat = &seats[i];
        seat->habit = &habits[i];
        seat->process = &world.processes[WORLD_WATCHERS + i];
        seat->request = requests[i] = request_of(seat->habit);
        seat->takes_part = i != absent;
        seat->open_at_ms = seat->habit->late ? chance_between(&schedule, 10000, 60000)
                                             : chance_below(&schedule, 8000);
    }
    history_begin(requests, WORLD_WATCHERS_MAX);
    const enum err err = arena_new(ARENA_BYTES, &arena);
    assert(err == ERR_OK);
}

static void close_watcher(struct seat *seat)
{
    world.current = seat->process;
    watcher_close(&seat->watcher);
    world.current = NULL;
}

void watching_end(void)
{
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        close_watcher(&seats[i]);
        json_decref(seats[i].request);
    }
    arena_free(&arena);
    history_end();
}

/* ---- checks ---- */

static void check_shown(struct seat *seat, const struct sheet_part *head)
{
    struct history_point point;
    const uint64_t who = number_of(seat);
    if (!history_at(head->position, (uint32_t)who, &point)) {
        world_fail("V1: watcher %" PRIu64 " shows position %" PRIu64
                   ", which is not in the durable log",
                   who, head->position);
    }
    if (!point.live || head->basis != point.basis || head->digest != point.digest) {
        world_fail("V1: watcher %" PRIu64 " shows rows that the log up to %" PRIu64
                   " does not come to (version %" PRIu64 ", counted under %" PRIu64 ")",
                   who, head->position, head->version, head->basis);
    }
    if (head->received_at_ms != point.received_at_ms) {
        world_fail("V1: watcher %" PRIu64 " shows a wrong age: %" PRIu64
                   " was not received at %" PRIu64,
                   who, head->position, head->received_at_ms);
    }
    if (head->session < seat->session ||
        (head->session == seat->session && head->version < seat->version)) {
        world_fail("V2: watcher %" PRIu64 " has gone back from version %" PRIu64 " to %" PRIu64,
                   who, seat->version, head->version);
    }
}

static void check_heard(struct seat *seat, const struct sheet_part *head)
{
    if (head->session < seat->heard_session ||
        (head->session == seat->heard_session && head->version < seat->heard_version)) {
        world_fail("V6: watcher %" PRIu64 " has heard of version %" PRIu64
                   " and is content with %" PRIu64,
                   number_of(seat), seat->heard_version, head->version);
    }
}

static void check_document(struct seat *seat, const struct sheet_part *head)
{
    const json_t *document = NULL;
    const enum err err = watcher_document(seat->watcher, &document);
    assert(err == ERR_OK);
    if (document == NULL) {
        world_fail("V3: watcher %" PRIu64 " is current and has nothing to show", number_of(seat));
    }
    const json_int_t position = json_integer_value(json_object_get(document, "position"));
    if ((uint64_t)position != head->position) {
        world_fail("V3: watcher %" PRIu64 " is current at %" PRIu64 " and shows %" PRIu64,
                   number_of(seat), head->position, (uint64_t)position);
    }
}

static void check_counters(struct seat *seat, const struct sheet_part *head)
{
    const struct mirror_counters now = mirror_counters(watcher_mirror(seat->watcher));
    const struct mirror_counters *was = &seat->seen;
    if (now.diverged > 0) {
        world_fail("V4: watcher %" PRIu64 " finds another digest though no message was lost",
                   number_of(seat));
    }
    if (calm && !seat->refused && (now.gaps > 0 || now.silences > 0)) {
        world_fail("V4: watcher %" PRIu64 " misses something though nothing was lost: %" PRIu64
                   " gaps, %" PRIu64 " silences",
                   number_of(seat), now.gaps, now.silences);
    }
    if (now.gaps > was->gaps) {
        world_mark(MARK_VIEW_GAP);
    }
    if (now.silences > was->silences) {
        world_mark(MARK_VIEW_SILENCE);
    }
    if (was->snapshots > 0 && head->session > seat->session) {
        world_mark(MARK_VIEW_RESTART);
    }
    if (was->snapshots > 0 && head->session == seat->session && head->basis > seat->basis) {
        world_mark(MARK_VIEW_VERSION_CHANGED);
    }
    seat->seen = now;
}

static void check(struct seat *seat)
{
    const struct mirror *mirror = watcher_mirror(seat->watcher);
    const struct sheet_part head = mirror_head(mirror);
    const char *trouble = watcher_trouble(seat->watcher);
    mirror_check(mirror);
    if (trouble[0] != '\0' && strncmp(trouble, "nobody", strlen("nobody")) != 0) {
        seat->refused = true;
        world_mark(MARK_VIEW_REFUSED);
    }
    if (mirror_counters(mirror).snapshots > 0) {
        check_shown(seat, &head);
    }
    check_counters(seat, &head);
    seat->session = head.session;
    seat->version = head.version;
    seat->basis = head.basis;
    if (watcher_current(seat->watcher)) {
        world_mark(MARK_VIEW_CURRENT);
        check_heard(seat, &head);
        check_document(seat, &head);
    }
    world_trace_number("view", head.version);
    world_trace_number("digest", head.digest);
}

void watching_received(const struct process *who, struct bytes header, struct bytes body)
{
    struct frame_header frame;
    struct sheet_part part;
    assert(who->number >= WORLD_WATCHERS);
    struct seat *seat = &seats[who->number - WORLD_WATCHERS];
    const enum mirror_state state = mirror_state(watcher_mirror(seat->watcher));
    arena_reset(arena);
    enum err err = codec_frame_header_get(header, &frame);
    if (err == ERR_OK) {
        err = codec_sheet_part_decode(body, arena, &part);
    }
    assert(err == ERR_OK);
    if (frame.type == MESSAGE_CHANGE && state == MIRROR_ASKING) {
        world_mark(MARK_VIEW_HELD_CHANGES);
    }
    if (state == MIRROR_CURRENT || (state == MIRROR_ASKING && frame.type == MESSAGE_CHANGE)) {
        seat->heard_session = part.session;
        seat->heard_version = part.version;
    }
}

/* ---- turns ---- */

static void open_watcher(struct seat *seat)
{
    const struct watcher_options options = {.admin = lead_admin_endpoint,
                                            .request = seat->request,
                                            .random = chance_next(&seat->process->chance)};
    seat->process->monotonic_offset_ms = chance_below(&schedule, UINT32_MAX);
    world_say("watcher %" PRIu64 " opens", number_of(seat));
    world.current = seat->process;
    const enum err err = watcher_open(&options, &seat->watcher);
    world.current = NULL;
    assert(err == ERR_OK);
    if (seat->process->starts++ > 0) {
        world_mark(MARK_VIEW_OPENED_AGAIN);
    }
    seat->seen = (struct mirror_counters){0};
    seat->session = seat->version = seat->basis = 0;
    seat->refused = false;
    seat->heard_session = seat->heard_version = 0;
    seat->turn_at_ms = seat->deadline_ms = world.now_ms;
    seat->close_at_ms = seat->habit->restless && !peace
                            ? world.now_ms + chance_between(&schedule, 2000, 30000)
                            : UINT64_MAX;
}

static void take_turn(struct seat *seat)
{
    world.current = seat->process;
    const enum err err = watcher_turn(seat->watcher);
    seat->deadline_ms = watcher_deadline_ms(seat->watcher) - seat->process->monotonic_offset_ms;
    world.current = NULL;
    seat->turn_at_ms = world.now_ms + 1 + chance_below(&schedule, 4);
    if (err != ERR_OK) {
        world_fail("watcher %" PRIu64 " stops: %s", number_of(seat), err_name(err));
    }
    check(seat);
}

static uint64_t due_ms(const struct seat *seat)
{
    if (!seat->takes_part) {
        return UINT64_MAX;
    }
    if (seat->watcher == NULL) {
        return seat->open_at_ms;
    }
    uint64_t at_ms = watcher_ready(seat->watcher) ? world.now_ms : seat->deadline_ms;
    const uint64_t link_ms = link_fake_wake_ms(seat->process);
    const uint64_t feed_ms = feed_fake_wake_ms(seat->process);
    at_ms = link_ms < at_ms ? link_ms : at_ms;
    at_ms = feed_ms < at_ms ? feed_ms : at_ms;
    at_ms = at_ms < seat->turn_at_ms ? seat->turn_at_ms : at_ms;
    at_ms = at_ms < seat->paused_until_ms ? seat->paused_until_ms : at_ms;
    return seat->close_at_ms < at_ms ? seat->close_at_ms : at_ms;
}

static void run(struct seat *seat)
{
    if (due_ms(seat) > world.now_ms) {
        return;
    }
    if (seat->watcher == NULL) {
        open_watcher(seat);
    } else if (world.now_ms >= seat->close_at_ms) {
        world_say("watcher %" PRIu64 " closes", number_of(seat));
        close_watcher(seat);
        seat->open_at_ms = world.now_ms + chance_between(&schedule, 10, 10000);
    } else {
        take_turn(seat);
    }
}

static void trouble(void)
{
    struct seat *seat = &seats[chance_below(&schedule, WORLD_WATCHERS_MAX)];
    const uint32_t process = seat->process->number;
    const uint64_t until_ms = world.now_ms + chance_between(&schedule, 100, 15000);
    const uint32_t kind = chance_below(&schedule, 6);
    world_say("watcher %" PRIu64 ": trouble %u", number_of(seat), kind);
    switch (kind) {
    case 0:
        feed_fake_cut(process);
        return;
    case 1:
        link_fake_cut(process);
        return;
    case 2:
        feed_fake_partition(process, until_ms);
        link_fake_partition(process, until_ms);
        return;
    case 3:
        feed_fake_clog(process, until_ms);
        return;
    case 4:
        link_fake_clog(process, chance_below(&schedule, 2) == 0, until_ms);
        return;
    default:
        seat->paused_until_ms = until_ms;
        return;
    }
}

void watching_run(void)
{
    if (world.faulty && world.now_ms >= trouble_at_ms) {
        trouble();
        trouble_at_ms = world.now_ms + 1 + chance_below(&schedule, 2 * world.faults.view_ms);
    }
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        run(&seats[i]);
    }
}

uint64_t watching_due_ms(void)
{
    uint64_t next_ms = world.faulty ? trouble_at_ms : UINT64_MAX;
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        const uint64_t at_ms = due_ms(&seats[i]);
        next_ms = at_ms < next_ms ? at_ms : next_ms;
    }
    return next_ms;
}

/* ---- peace ---- */

void watching_make_peace(void)
{
    peace = true;
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        struct seat *seat = &seats[i];
        seat->paused_until_ms = 0;
        seat->close_at_ms = UINT64_MAX;
        seat->open_at_ms = seat->open_at_ms < world.now_ms ? seat->open_at_ms : world.now_ms;
        feed_fake_partition(seat->process->number, 0);
        feed_fake_clog(seat->process->number, 0);
        link_fake_partition(seat->process->number, 0);
        link_fake_clog(seat->process->number, false, 0);
        link_fake_clog(seat->process->number, true, 0);
    }
}

void watching_expect_restart(void)
{
    calm = false;
}

static bool seat_settled(const struct seat *seat)
{
    struct history_point point;
    if (!seat->takes_part) {
        return true;
    }
    if (seat->watcher == NULL ||
        !history_at(referee_log_size(), (uint32_t)number_of(seat), &point)) {
        return false;
    }
    /* A sheet that the programme file no longer keeps is refused, and said to be. */
    return point.live
               ? watcher_current(seat->watcher) &&
                     mirror_head(watcher_mirror(seat->watcher)).position == referee_log_size()
               : !watcher_current(seat->watcher) && watcher_trouble(seat->watcher)[0] != 0;
}

bool watching_settled(void)
{
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        if (!seat_settled(&seats[i])) {
            return false;
        }
    }
    return true;
}

void watching_say(void)
{
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        const struct seat *seat = &seats[i];
        if (seat->watcher != NULL) {
            const struct mirror *mirror = watcher_mirror(seat->watcher);
            world_say("watcher %u: state %d, position %" PRIu64 " of %" PRIu64 ", \"%s\"", i,
                      (int)mirror_state(mirror), mirror_head(mirror).position, referee_log_size(),
                      watcher_trouble(seat->watcher));
        }
    }
}

/* ---- comparing ---- */

static int64_t hundredths_of(const json_t *row, const char *key)
{
    const json_t *number = json_object_get(row, key);
    return json_is_real(number) ? (int64_t)llround(json_real_value(number) * 100.0)
                                : (int64_t)json_integer_value(number);
}

/* INDICATOR|DIMENSIONS|LEVEL| of the habit, or of each indicator in turn where it has none. */
static void line_head(const struct habit *habit, const char *indicator, char out[LINE_BYTES])
{
    const int size =
        snprintf(out, LINE_BYTES, "%s|%s|%s|%s|", programme_id, indicator,
                 habit->by != NULL ? habit->by : "", habit->level != NULL ? habit->level : "-");
    assert(size > 0 && size < LINE_BYTES);
}

static void line_of(const struct habit *habit, const json_t *row, char out[LINE_BYTES])
{
    char words[LINE_BYTES];
    line_head(habit, json_string_value(json_object_get(row, "indicator")), out);
    snprintf(words, sizeof words, "%s", habit->by != NULL ? habit->by : "");
    const char *comma = "";
    for (char *word = strtok(words, ","); word != NULL; word = strtok(NULL, ",")) {
        const size_t size = strlen(out);
        snprintf(out + size, LINE_BYTES - size, "%s%s", comma,
                 json_string_value(json_object_get(row, word)));
        comma = ",";
    }
    const size_t size = strlen(out);
    snprintf(out + size, LINE_BYTES - size, "|%" PRId64 "|%" PRId64, hundredths_of(row, "value"),
             hundredths_of(row, "partner_sum"));
}

static bool of_sheet(const struct habit *habit, const char *line)
{
    char indicator[LINE_BYTES], head[LINE_BYTES];
    if (sscanf(line, "%*[^|]|%255[^|]", indicator) != 1 ||
        (habit->indicator != NULL && strcmp(habit->indicator, indicator) != 0)) {
        return false;
    }
    line_head(habit, indicator, head);
    return strncmp(line, head, strlen(head)) == 0;
}

static void compare(struct seat *seat, const json_t *lines)
{
    const json_t *document = NULL;
    const enum err err = watcher_document(seat->watcher, &document);
    const json_t *rows = json_object_get(document, "rows");
    size_t index, wanted = 0, at = 0;
    json_t *line;
    assert(err == ERR_OK && rows != NULL);
    json_array_foreach((json_t *)(uintptr_t)lines, index, line)
    {
        char shown[LINE_BYTES] = "";
        if (!of_sheet(seat->habit, json_string_value(line))) {
            continue;
        }
        wanted++;
        for (at = 0; at < json_array_size(rows) && strcmp(shown, json_string_value(line)) != 0;
             at++) {
            line_of(seat->habit, json_array_get(rows, at), shown);
        }
        if (strcmp(shown, json_string_value(line)) != 0) {
            world_fail("V5: watcher %" PRIu64 " does not show %s", number_of(seat),
                       json_string_value(line));
        }
    }
    if (json_array_size(rows) != wanted) {
        world_fail("V5: watcher %" PRIu64 " shows %zu rows, the broker has %zu", number_of(seat),
                   json_array_size(rows), wanted);
    }
}

void watching_compare(const json_t *lines)
{
    for (uint32_t i = 0; i < WORLD_WATCHERS_MAX; i++) {
        if (seats[i].watcher != NULL && watcher_current(seats[i].watcher)) {
            compare(&seats[i], lines);
        }
    }
}
