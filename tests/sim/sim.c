/* The happy path is: 1. the lead sets the exchange up; offices work and drop files; faults happen
 * as the seed has drawn them. 2. The faults stop, clocks are right, everything is alive. 3. The
 * clerks drop what is outstanding, and again what reports name, until nothing is. 4. The totals
 * must be what the books come to, also after a last restart.
 *
 * Processes take turns; one that dies in a call, or answers with an error, is closed and opened
 * anew after a while. */
#include "tests/sim/sim.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "brokers/broker.h"
#include "nodes/node.h"
#include "proto/sealing.h"
#include "tests/sim/feed_fake.h"
#include "tests/sim/folder_fake.h"
#include "tests/sim/history.h"
#include "tests/sim/lead.h"
#include "tests/sim/link_fake.h"
#include "tests/sim/model.h"
#include "tests/sim/office.h"
#include "tests/sim/referee.h"
#include "tests/sim/store_fake.h"
#include "tests/sim/watching.h"
#include "tests/sim/world.h"

enum {
    REST_MS = 500,
    RESCAN_MS = 5000,
    TROUBLES = 9,
    CHECK_EVERY = 16,             /* entries of the log between two full checks of the totals */
    LIVENESS_MS = 10 * 60 * 1000, /* the longest that peace may take to settle */
    VIEW_LIVENESS_MS = 30 * 1000, /* and whoever watches, once the broker is there */
    ROUNDS_MAX = 12,
    CLONES_EVERY = 15, /* seeds */
    CLONES_MS = 60000  /* of peace for a clone to be found out */
};

/* One process as the driver sees it. */
struct seat {
    struct process *process;
    struct broker *broker; /* of number 0 */
    struct node *node;     /* of the others */
    uint64_t open_at_ms;   /* while closed */
    uint64_t turn_at_ms, paused_until_ms;
};

struct sim {
    struct lead lead;
    struct office offices[WORLD_NODES_MAX + 1];
    uint32_t node_count;
    uint32_t seat_count;  /* the broker, the nodes, and the clone once it is there */
    uint32_t cloned;      /* which node has a clone */
    uint64_t clone_at_ms; /* UINT64_MAX: never */
    struct seat seats[WORLD_PROCESSES_MAX];
    struct chance schedule, workload;
    uint64_t trouble_at_ms[TROUBLES];
    uint64_t work_at_ms[WORLD_NODES_MAX + 1];
    bool reports_due[WORLD_NODES_MAX + 1];
    uint64_t checked_size;
    uint32_t version_wanted;
};

static struct sim sim;

/* ---- drawing the faults ---- */

static uint32_t maybe(struct chance *chance, uint32_t of_three, uint32_t from, uint32_t to)
{
    const uint32_t value = chance_between(chance, from, to);
    return chance_below(chance, 3) < of_three ? value : 0;
}

/* Of those who watch, from a stream of their own. */
static void draw_view_faults(uint64_t seed)
{
    struct chance chance;
    chance_init(&chance, seed, 750);
    struct faults *faults = &world.faults;
    faults->view_delay_ms_max = chance_between(&chance, 1, 80);
    if (seed % 10 != 0) {
        faults->view_lose_ppm = maybe(&chance, 1, 1000, 200000);
        faults->view_queue_messages = maybe(&chance, 1, 1, 4);
        faults->view_ms = maybe(&chance, 2, 2000, 20000);
    }
}

/* Which classes of faults exist in this seed, and how often they strike; one in ten has none. */
static void draw_faults(uint64_t seed)
{
    struct chance chance;
    chance_init(&chance, seed, 700);
    world.faults = (struct faults){.delay_ms_max = chance_between(&chance, 1, 300)};
    if (seed % 10 == 0) {
        return;
    }
    struct faults *faults = &world.faults;
    faults->crash_ppm = maybe(&chance, 2, 20, 1500);
    faults->commit_ppm = maybe(&chance, 1, 2000, 60000);
    faults->cut_ms = maybe(&chance, 1, 2000, 20000);
    faults->partition_ms = maybe(&chance, 1, 10000, 60000);
    faults->clog_ms = maybe(&chance, 1, 10000, 60000);
    faults->pause_ms = maybe(&chance, 1, 10000, 60000);
    faults->clock_ms = maybe(&chance, 1, 10000, 60000);
    faults->full_ms = maybe(&chance, 1, 10000, 60000);
    faults->folder_ppm = maybe(&chance, 1, 10000, 300000);
    faults->unserved_ms = maybe(&chance, 1, 20000, 60000);
    faults->window_messages = maybe(&chance, 1, 1, 6);
    if (chance_below(&chance, 4) == 0) {
        faults->lose_ppm = chance_between(&chance, 1000, 100000);
        faults->twice_ppm = chance_between(&chance, 1000, 100000);
        faults->late_ppm = chance_between(&chance, 1000, 100000);
    }
}

/* ---- processes ---- */

static enum err open_broker(struct seat *seat)
{
    const struct broker_options options = {.store_path = referee_log_path,
                                           .people_path = referee_people_path,
                                           .listen = lead_broker_endpoint,
                                           .admin = lead_admin_endpoint,
                                           .feed = lead_feed_endpoint,
                                           .signing_seed = sim.lead.broker_signing_seed,
                                           .transport_seed = sim.lead.broker_transport_seed,
                                           .people_key = sim.lead.people_key,
                                           .administrators =
                                               (const uint8_t(*)[KEY_BYTES])sim.lead.administrators,
                                           .administrator_count = 1};
    referee_broker_starts();
    return broker_open(&options, &seat->broker);
}

static enum err open_node(struct seat *seat)
{
    const uint32_t number = seat->process->number - 1;
    const uint32_t who = number < sim.node_count ? number : sim.cloned;
    const struct node_options options = {.join = &sim.lead.joins[who],
                                         .store_path = referee_node_path(number),
                                         .folder = sim.offices[number].folder,
                                         .rest_ms = REST_MS,
                                         .rescan_ms = RESCAN_MS,
                                         .connect = true};
    return node_open(&options, &seat->node);
}

static bool is_open(const struct seat *seat)
{
    return seat->broker != NULL || seat->node != NULL;
}

static void close_seat(struct seat *seat)
{
    struct process *process = seat->process;
    world.current = process;
    broker_close(&seat->broker);
    node_close(&seat->node);
    world.current = NULL;
    process->dead = process->stopping = false;
    seat->open_at_ms = world.now_ms + chance_between(&sim.schedule, 10, 4000);
    if (process->number == WORLD_BROKER) {
        referee_read_log();
        history_read();
    }
}

static void open_seat(struct seat *seat)
{
    struct process *process = seat->process;
    process->starts++;
    process->monotonic_offset_ms = chance_below(&sim.schedule, UINT32_MAX);
    world_say("process %u starts", process->number);
    world.current = process;
    const enum err err = process->number == WORLD_BROKER ? open_broker(seat) : open_node(seat);
    world.current = NULL;
    seat->turn_at_ms = world.now_ms;
    if (err == ERR_OK && !process->dead) {
        return;
    }
    /* A disk that is full at the start is said, and tried again. */
    if (err != ERR_OK && err != ERR_FULL && !process->dead && !process->stopping) {
        world_fail("process %u does not start: %s", process->number, err_name(err));
    }
    close_seat(seat);
}

/* After each turn of the broker: what it committed, and now and then all that it has counted. */
static void check_broker(struct seat *seat)
{
    referee_read_log();
    history_read();
    if (seat->process->dead || seat->process->stopping ||
        referee_log_size() < sim.checked_size + CHECK_EVERY) {
        return;
    }
    sim.checked_size = referee_log_size();
    const enum err err = broker_check(seat->broker);
    if (err != ERR_OK) {
        world_fail("I3: the totals are not the fold of the log: %s", err_name(err));
    }
}

static void visit_report(void *context, const json_t *report)
{
    office_read_report(context, report);
}

static void read_reports(uint32_t number)
{
    struct seat *seat = &sim.seats[1 + number];
    if (is_open(seat)) {
        const enum err err = node_reports(seat->node, visit_report, &sim.offices[number]);
        assert(err == ERR_OK);
        sim.reports_due[number] = false;
    }
}

/* Two offices that run with one identity: what they report makes no sense, and one of them, or
 * both, must stop in the end. Only the lead's log has to stay right. */
static bool is_twofold(uint32_t number)
{
    const bool has_clone = sim.seat_count > sim.node_count + 1;
    return has_clone && (number == sim.cloned || number == sim.node_count);
}

static void check_node(struct seat *seat)
{
    const uint32_t number = seat->process->number - 1;
    const struct node_standing standing = node_standing(seat->node);
    if (is_twofold(number)) {
        if (standing.state == UPLINK_STOPPED) {
            world_mark(MARK_CLONE_STOPPED);
        }
        return;
    }
    referee_check_node(number, &standing);
    if (sim.reports_due[number]) {
        read_reports(number);
    }
}

static void take_turn(struct seat *seat)
{
    struct process *process = seat->process;
    world.current = process;
    const enum err err = seat->broker != NULL ? broker_turn(seat->broker) : node_turn(seat->node);
    world.current = NULL;
    seat->turn_at_ms = world.now_ms + 1 + chance_below(&sim.schedule, 4);
    if (process->stopping && err == ERR_OK) {
        world_fail("P8: process %u goes on after a failed commit", process->number);
    }
    if (err != ERR_OK && !process->dead && !process->stopping) {
        world_fail("process %u stops though nothing has failed: %s", process->number,
                   err_name(err));
    }
    if (seat->broker != NULL) {
        check_broker(seat);
    }
    if (process->dead || err != ERR_OK) {
        close_seat(seat);
    } else if (seat->node != NULL) {
        check_node(seat);
    }
}

/* When the process next wants to run. */
static uint64_t due_ms(const struct seat *seat)
{
    const struct process *process = seat->process;
    if (!is_open(seat)) {
        return process->number == WORLD_BROKER || sim.lead.knows_exchange ? seat->open_at_ms
                                                                          : UINT64_MAX;
    }
    const bool ready = seat->broker != NULL ? broker_ready(seat->broker) : node_ready(seat->node);
    uint64_t at_ms = world.now_ms;
    if (!ready) {
        at_ms =
            seat->broker != NULL ? broker_deadline_ms(seat->broker) : node_deadline_ms(seat->node);
        at_ms = at_ms == UINT64_MAX ? at_ms : at_ms - process->monotonic_offset_ms;
        const uint64_t wake_ms = link_fake_wake_ms(process);
        at_ms = wake_ms < at_ms ? wake_ms : at_ms;
        const uint64_t feed_ms = feed_fake_wake_ms(process);
        at_ms = feed_ms < at_ms ? feed_ms : at_ms;
    }
    at_ms = at_ms < seat->turn_at_ms ? seat->turn_at_ms : at_ms;
    return at_ms < seat->paused_until_ms ? seat->paused_until_ms : at_ms;
}

/* ---- troubles ---- */

static uint32_t any_node(void)
{
    return 1 + chance_below(&sim.schedule, sim.node_count);
}

static uint64_t a_while_ms(uint32_t from, uint32_t to)
{
    return world.now_ms + chance_between(&sim.schedule, from, to);
}

static void step_clock(struct process *process)
{
    static const int64_t hour_ms = 3600 * 1000;
    static const int64_t steps[] = {1, -1, 24, -24, -40 * 24, 15 * 24, 15 * 24, 24 * 3650};
    const uint32_t number = chance_below(&sim.schedule, sizeof steps / sizeof steps[0]);
    process->wall_offset_ms = steps[number] * hour_ms;
    world_mark(MARK_CLOCK_STEP);
}

static void pause(void)
{
    struct seat *seat = &sim.seats[chance_below(&sim.schedule, sim.node_count + 1)];
    seat->paused_until_ms = a_while_ms(10, 30000);
    world_mark(MARK_PAUSE);
}

/* Takes the programme from a node by mistake, and gives it back. */
static void unserve(void)
{
    const uint32_t node = any_node() - 1;
    if (sim.lead.task_count == 0) {
        lead_want(&sim.lead, LEAD_WITHDRAW, node);
        lead_want(&sim.lead, LEAD_ENROL, node);
    }
}

static void change_version(void)
{
    if (sim.version_wanted < 3 && sim.lead.task_count == 0) {
        lead_want(&sim.lead, LEAD_PROGRAMME, ++sim.version_wanted);
    }
}

static void trouble(uint32_t kind)
{
    struct process *any = &world.processes[chance_below(&sim.schedule, sim.node_count + 1)];
    switch (kind) {
    case 0:
        link_fake_cut(any_node());
        break;
    case 1:
        link_fake_partition(any_node(), a_while_ms(100, 20000));
        break;
    case 2:
        link_fake_clog(any_node(), chance_below(&sim.schedule, 2) == 0, a_while_ms(100, 20000));
        break;
    case 3:
        pause();
        break;
    case 4:
        step_clock(any);
        break;
    case 5:
        any->full_until_ms = a_while_ms(100, 15000);
        break;
    case 6:
        unserve();
        break;
    default:
        change_version();
        break;
    }
}

static void troubles(void)
{
    const struct faults *faults = &world.faults;
    const uint32_t means[TROUBLES] = {faults->cut_ms,
                                      faults->partition_ms,
                                      faults->clog_ms,
                                      faults->pause_ms,
                                      faults->clock_ms,
                                      faults->full_ms,
                                      faults->unserved_ms,
                                      60000,
                                      0};
    for (uint32_t i = 0; i < TROUBLES; i++) {
        if (means[i] == 0 || world.now_ms < sim.trouble_at_ms[i]) {
            continue;
        }
        if (sim.trouble_at_ms[i] != 0 && sim.lead.version > 0) {
            trouble(i);
        }
        sim.trouble_at_ms[i] = world.now_ms + 1 + chance_below(&sim.schedule, 2 * means[i]);
    }
}

/* ---- time ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static void run_seats(void)
{
    const uint32_t count = sim.seat_count;
    const uint32_t first = chance_below(&sim.schedule, count);
    for (uint32_t i = 0; i < count; i++) {
        struct seat *seat = &sim.seats[(first + i) % count];
        if (due_ms(seat) > world.now_ms) {
            continue;
        }
        if (is_open(seat)) {
            take_turn(seat);
        } else {
            open_seat(seat);
        }
    }
}

static void run_offices(bool at_work)
{
    for (uint32_t i = 0; i < sim.seat_count - 1; i++) {
        struct office *office = &sim.offices[i];
        if (office->writing_until_ms != 0 && world.now_ms >= office->writing_until_ms) {
            office_go_on(office);
        }
        if (at_work && world.now_ms >= sim.work_at_ms[i]) {
            office_work(office);
            office_drop_something(office);
            sim.work_at_ms[i] = world.now_ms + chance_between(&sim.workload, 200, 12000);
        }
    }
}

/* Lets everything go on for one step, and the time with it. */
static void step(bool at_work, uint64_t until_ms)
{
    uint64_t next_ms = until_ms;
    run_offices(at_work);
    run_seats();
    watching_run();
    lead_turn(&sim.lead);
    for (uint32_t i = 0; i < sim.seat_count; i++) {
        next_ms = earlier(next_ms, due_ms(&sim.seats[i]));
    }
    for (uint32_t i = 0; i < sim.seat_count - 1; i++) {
        next_ms = at_work ? earlier(next_ms, sim.work_at_ms[i]) : next_ms;
        if (sim.offices[i].writing_until_ms != 0) {
            next_ms = earlier(next_ms, sim.offices[i].writing_until_ms);
        }
    }
    next_ms = earlier(next_ms, lead_deadline_ms(&sim.lead));
    next_ms = earlier(next_ms, watching_due_ms());
    for (uint32_t i = 0; world.faulty && i < TROUBLES; i++) {
        next_ms = sim.trouble_at_ms[i] != 0 ? earlier(next_ms, sim.trouble_at_ms[i]) : next_ms;
    }
    world.now_ms = next_ms > world.now_ms ? next_ms : world.now_ms + 1;
}

/* ---- the phases ---- */

/* Somebody starts a second office from a copy of a node's disk. */
static void clone(void)
{
    const uint32_t number = sim.node_count;
    sim.clone_at_ms = UINT64_MAX;
    world_say("node %u is cloned", sim.cloned);
    store_fake_copy(referee_node_path(sim.cloned), referee_node_path(number));
    office_init(&sim.offices[number], number);
    sim.seats[number + 1].open_at_ms = world.now_ms;
    sim.work_at_ms[number] = world.now_ms;
    sim.seat_count++;
}

static void work(uint64_t span_ms)
{
    world.faulty = world.seed % 10 != 0;
    while (world.now_ms < span_ms) {
        if (world.faulty || sim.lead.version > 0) {
            troubles();
        }
        if (world.now_ms >= sim.clone_at_ms && sim.seats[1 + sim.cloned].process->starts > 0) {
            clone();
        }
        step(true, span_ms);
    }
}

/* Faults stop; what was in the way is taken away; what was down comes up. */
static void make_peace(void)
{
    world.faulty = false;
    world_say("---- peace ----");
    for (uint32_t i = 0; i < sim.seat_count; i++) {
        world.processes[i].wall_offset_ms = 0;
        world.processes[i].full_until_ms = 0;
        sim.seats[i].paused_until_ms = 0;
    }
    for (uint32_t i = 1; i <= sim.node_count; i++) {
        link_fake_partition(i, 0);
        link_fake_clog(i, false, 0);
        link_fake_clog(i, true, 0);
        lead_want(&sim.lead, LEAD_ENROL, i - 1);
    }
    watching_make_peace();
}

static bool node_settled(uint32_t number)
{
    const struct seat *seat = &sim.seats[1 + number];
    if (seat->node == NULL || folder_fake_waiting(sim.offices[number].folder) > 0) {
        return false;
    }
    const struct node_standing standing = node_standing(seat->node);
    return standing.state == UPLINK_READY && standing.acked_seq == standing.head_seq &&
           !node_ready(seat->node);
}

static void say_unsettled(void)
{
    for (uint32_t i = 0; i < sim.node_count; i++) {
        struct seat *seat = &sim.seats[1 + i];
        if (seat->node != NULL) {
            const struct node_standing standing = node_standing(seat->node);
            world_say("node %u: state %d head %" PRIu64 " acked %" PRIu64 ", %u files wait", i,
                      (int)standing.state, standing.head_seq, standing.acked_seq,
                      folder_fake_waiting(sim.offices[i].folder));
        }
    }
}

static bool settled(void)
{
    if (sim.seats[WORLD_BROKER].broker == NULL || sim.lead.task_count > 0) {
        return false;
    }
    for (uint32_t i = 0; i < sim.node_count; i++) {
        if (!node_settled(i) || sim.offices[i].writing_until_ms != 0) {
            return false;
        }
    }
    return true;
}

static void settle(void)
{
    const uint64_t until_ms = world.now_ms + LIVENESS_MS;
    while (!settled()) {
        if (world.now_ms >= until_ms) {
            say_unsettled();
            world_fail("L1: in ten minutes of peace not every row has reached the lead");
        }
        step(false, until_ms);
    }
}

/* The clerks drop what is outstanding, and what reports name, until nothing is. */
static void clear_desks(void)
{
    const bool whole = chance_below(&sim.workload, 2) == 0;
    bool any = true;
    for (uint32_t round = 0; any; round++) {
        settle();
        any = false;
        for (uint32_t i = 0; i < sim.node_count; i++) {
            read_reports(i);
            any = office_drop_outstanding(&sim.offices[i], whole && round == 0) || any;
        }
        if (round == ROUNDS_MAX) {
            world_fail("reports name rows again and again");
        }
    }
}

static void ask_lines(void)
{
    lead_want(&sim.lead, LEAD_LINES, 0);
    settle();
}

/* Whoever watches sees what the broker has. */
static void check_watching(void)
{
    const uint64_t until_ms = world.now_ms + VIEW_LIVENESS_MS;
    while (!watching_settled() || !settled()) {
        if (world.now_ms >= until_ms) {
            watching_say();
            world_fail("V5: in half a minute of peace not everybody who watches is current");
        }
        step(false, until_ms);
    }
    watching_compare(sim.lead.lines);
}

static void check_all(void)
{
    uint8_t before[DIGEST_BYTES], after[DIGEST_BYTES];
    struct seat *seat = &sim.seats[WORLD_BROKER];
    enum err err = broker_check(seat->broker);
    if (err != ERR_OK) {
        world_fail("I3: the totals are not the fold of the log: %s", err_name(err));
    }
    ask_lines();
    model_compare(sim.offices, sim.node_count, sim.lead.version, NULL, sim.lead.lines);
    check_watching();
    for (uint32_t i = 0; i < sim.node_count; i++) {
        referee_check_outbox(i);
    }
    err = broker_digest(seat->broker, before);
    assert(err == ERR_OK);
    watching_expect_restart();
    close_seat(seat);
    settle();
    check_watching();
    err = broker_digest(seat->broker, after);
    assert(err == ERR_OK);
    if (memcmp(before, after, DIGEST_BYTES) != 0) {
        world_fail("P3: after a restart the totals are others");
    }
    world_trace("totals", after, sizeof after);
}

/* ---- people ---- */

/* Somebody of the office's own who stands in its books, by the node's number; false: nobody. */
static bool own_person(uint32_t number, int *person, struct person_ref *out)
{
    const struct office *office = &sim.offices[number];
    char identifier[16];
    for (uint32_t i = 0; i < office->row_count; i++) {
        const struct office_row *row = &office->rows[i];
        if (!row->there || row->firm || row->person < OFFICE_SHARED) {
            continue;
        }
        office_identifier(office, row, identifier);
        const struct node_person wanted = {.scheme = bytes_text("local"),
                                           .identifier = bytes_text(identifier)};
        enum reject fault = REJECT_NONE;
        const enum err err =
            node_find_person(sim.seats[1 + number].node, &wanted, &out->number, &fault);
        if (err == ERR_OK && fault == REJECT_NONE) {
            memcpy(out->node, sim.lead.joins[number].node, ID_BYTES);
            *person = row->person;
            return true;
        }
    }
    return false;
}

static void decide_people(enum lead_verb verb, const struct model_merge *merge)
{
    lead_want(&sim.lead, verb, verb == LEAD_MERGE ? 1 : 2);
    settle();
    if (broker_check(sim.seats[WORLD_BROKER].broker) != ERR_OK) {
        world_fail("I3: after people were merged or split the totals are not the fold of the log");
    }
    ask_lines();
    model_compare(sim.offices, sim.node_count, sim.lead.version, merge, sim.lead.lines);
    check_watching();
}

/* Two people of two offices become one, and are parted again. */
static void check_people(void)
{
    struct model_merge merge = {.offices = {0, 1}};
    if (own_person(0, &merge.people[0], &sim.lead.pair[0]) &&
        own_person(1, &merge.people[1], &sim.lead.pair[1])) {
        decide_people(LEAD_MERGE, &merge);
        decide_people(LEAD_SPLIT, NULL);
    }
}

/* In a run with a clone only the lead can be right in the end. */
static void run_clones(void)
{
    const uint64_t until_ms = world.now_ms + CLONES_MS;
    struct seat *seat = &sim.seats[WORLD_BROKER];
    while (world.now_ms < until_ms || seat->broker == NULL) {
        step(false, until_ms);
    }
    if (broker_check(seat->broker) != ERR_OK) {
        world_fail("I3: the totals are not the fold of the log");
    }
}

static void folder_done_watch(const char *path, const char *name, bool missing)
{
    for (uint32_t i = 0; i < sim.seat_count - 1; i++) {
        if (strcmp(sim.offices[i].folder, path) != 0) {
            continue;
        }
        if (store_fake_pending(referee_node_path(i))) {
            world_fail("P1: node %u reports %s before it is on disk", i, name);
        }
        sim.reports_due[i] = true;
        if (missing) {
            office_report_missing(&sim.offices[i], name);
        }
    }
}

static void begin(uint64_t seed)
{
    world_init(seed);
    draw_faults(seed);
    draw_view_faults(seed);
    link_fake_reset();
    feed_fake_reset();
    store_fake_reset();
    folder_fake_reset();
    feed_fake_watch(referee_published, watching_received);
    link_fake_watch(referee_sent, referee_received);
    folder_fake_watch(folder_done_watch);
    memset(&sim, 0, sizeof sim);
    chance_init(&sim.schedule, seed, 800);
    chance_init(&sim.workload, seed, 900);
    sim.node_count = chance_between(&sim.workload, 3, WORLD_NODES_MAX);
    sim.version_wanted = 1;
    sim.seat_count = sim.node_count + 1;
    sim.cloned = chance_below(&sim.workload, sim.node_count);
    sim.clone_at_ms = seed % CLONES_EVERY == CLONES_EVERY - 1
                          ? chance_between(&sim.workload, 5000, 40000)
                          : UINT64_MAX;
    for (uint32_t i = 0; i < WORLD_PROCESSES_MAX; i++) {
        sim.seats[i].process = &world.processes[i];
        sim.seats[i].open_at_ms = chance_below(&sim.schedule, 5000);
    }
    lead_init(&sim.lead, sim.node_count);
    referee_begin(&sim.lead);
    watching_begin();
    for (uint32_t i = 0; i < sim.node_count; i++) {
        office_init(&sim.offices[i], i);
    }
}

static void finish(void)
{
    for (uint32_t i = 0; i < sim.seat_count; i++) {
        close_seat(&sim.seats[i]);
    }
    lead_fini(&sim.lead);
    watching_end();
    for (uint32_t i = 0; i < sim.seat_count - 1; i++) {
        office_fini(&sim.offices[i]);
    }
    referee_end();
    store_fake_reset();
    folder_fake_reset();
}

struct sim_result sim_run(uint64_t seed)
{
    begin(seed);
    world_trace_number("seed", seed);
    work(30000 + chance_below(&sim.workload, 60000));
    make_peace();
    if (sim.seat_count > sim.node_count + 1) {
        run_clones();
    } else {
        clear_desks();
        check_people();
        check_all();
    }
    const struct sim_result result = {.trace = world.trace,
                                      .simulated_ms = world.now_ms,
                                      .calls = world.calls,
                                      .log_size = referee_log_size()};
    finish();
    return result;
}
