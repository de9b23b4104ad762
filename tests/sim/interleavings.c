/* interleavings: the same batches of six offices in ten thousand orders of arrival, each office's
 * own order kept, come to the same totals line by line.
 *
 *   interleavings COUNT [SEED]
 *
 * The happy path is: 1. each office's batches are made once: people whom others know too,
 * corrections, withdrawals, refused rows; 2. for each order, whoever is new gets the next of the
 * broker's numbers, so that numbers differ from order to order, and every batch is folded; 3. the
 * lines must be those of the first order, and the people enrolled those of a plain count. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/programme_file.h"
#include "core/base/buffer.h"
#include "core/base/date.h"
#include "core/model/reject.h"
#include "core/totals/totals.h"
#include "tests/sim/chance.h"
#include "tests/sim/programme.h"

enum {
    OFFICES = 6,
    BATCHES = 4, /* of an office */
    ROWS = 10,   /* of a batch */
    PEOPLE = 12  /* in the world, known to several offices */
};

struct batch {
    struct columns_builder *builder;
    struct columns columns;
    uint16_t verdicts[BATCH_EVENTS_MAX];
    uint32_t first_person, person_count;
    uint32_t who[PEOPLE]; /* introduced: of the world */
};

struct office {
    struct batch batches[BATCHES];
    uint32_t who[PEOPLE]; /* by the office's number - 1 */
    uint32_t known;
    struct event standing[BATCHES * ROWS];
    bool enrolled[PEOPLE]; /* by the world's number, as the plain count has it */
};

static struct office offices[OFFICES];
static struct chance chance;

static void must(enum err err, const char *what)
{
    if (err != ERR_OK) {
        fprintf(stderr, "interleavings: %s: %s\n", what, err_text(err));
        exit(2);
    }
}

/* ---- the batches ---- */

/* The office's number of one of its people, perhaps introduced with this batch. */
static uint32_t someone(struct office *office, struct batch *batch)
{
    const uint32_t who = chance_below(&chance, PEOPLE);
    for (uint32_t i = 0; i < office->known; i++) {
        if (office->who[i] == who) {
            return i + 1;
        }
    }
    office->who[office->known++] = who;
    batch->who[batch->person_count++] = who;
    return office->known;
}

static struct event make_event(struct office *office, struct batch *batch)
{
    const enum event_kind kind = (enum event_kind)chance_between(&chance, 1, 3);
    struct event event = {
        .kind = kind,
        .occurred_on = date_days((struct date){2023, 1, 1}) + (int32_t)chance_below(&chance, 700),
        .task = bytes_text(programme_tasks[chance_below(&chance, 2)]),
        .region = bytes_text(programme_region_codes[chance_below(&chance, 3)]),
        .support = bytes_text(programme_supports[chance_below(&chance, 2)]),
        .unit = bytes_text("h"),
        .quantity = chance_between(&chance, 1, 1000),
        .person = someone(office, batch),
        .participation = 1,
        .has_profile = true,
        .profile = {.sex = (enum event_sex)chance_below(&chance, 3),
                    .age = (int)chance_between(&chance, 15, 70),
                    .status = bytes_text(programme_statuses[chance_below(&chance, 2)]),
                    .home_region = bytes_text(programme_region_codes[chance_below(&chance, 3)])}};
    return event;
}

static void put(struct batch *batch, const struct event *event, uint16_t verdict)
{
    batch->verdicts[columns_builder_count(batch->builder)] = verdict;
    must(columns_builder_add(batch->builder, event), "an event");
}

/* A new row, a refused one, or a correction or withdrawal of one that stands. */
static void make_row(struct office *office, struct batch *batch, uint32_t *standing)
{
    const uint32_t dice = chance_below(&chance, 10);
    struct event event;
    if (dice >= 7 && *standing > 0) {
        struct event *old = &office->standing[chance_below(&chance, *standing)];
        struct event gone = *old;
        gone.withdrawal = true;
        put(batch, &gone, REJECT_NONE);
        if (dice == 9) {
            *old = office->standing[--*standing];
            return;
        }
        event = make_event(office, batch);
        *old = event;
    } else {
        event = make_event(office, batch);
        if (dice == 0) {
            put(batch, &event, 10);
            return;
        }
        office->standing[(*standing)++] = event;
    }
    put(batch, &event, REJECT_NONE);
}

static void make_office(struct office *office)
{
    uint32_t standing = 0;
    for (uint32_t i = 0; i < BATCHES; i++) {
        struct batch *batch = &office->batches[i];
        batch->first_person = office->known + 1;
        must(columns_builder_new(&batch->builder), "a builder");
        for (uint32_t row = 0; row < ROWS; row++) {
            make_row(office, batch, &standing);
        }
        columns_builder_finish(batch->builder, &batch->columns);
    }
    for (uint32_t i = 0; i < standing; i++) {
        const struct event *event = &office->standing[i];
        if (event->kind == EVENT_ENROLLED) {
            office->enrolled[office->who[event->person - 1]] = true;
        }
    }
}

/* ---- one order ---- */

struct numbers {
    uint32_t of[PEOPLE]; /* the broker's; 0: not met yet */
    uint32_t last;
};

static void fold(struct totals *totals, uint32_t node, const struct batch *batch,
                 struct numbers *numbers)
{
    uint32_t persons[PEOPLE];
    for (uint32_t i = 0; i < batch->person_count; i++) {
        uint32_t *number = &numbers->of[batch->who[i]];
        *number = *number != 0 ? *number : ++numbers->last;
        persons[i] = *number;
    }
    const struct totals_batch taken = {
        .node = node,
        .partner = bytes_text(programme_partners[node % PROGRAMME_PARTNERS]),
        .columns = &batch->columns,
        .verdicts = batch->verdicts,
        .first_person = batch->person_count > 0 ? batch->first_person : 0,
        .person_count = batch->person_count,
        .persons = persons};
    must(totals_fold(totals, &taken), "a fold");
}

static void add_line(void *context, struct bytes line)
{
    must(buffer_add(context, line), "a line");
    must(buffer_add_text(context, "\n"), "a line");
}

static void count_in_some_order(const struct programme *programme, struct buffer *out)
{
    const struct totals_options options = {.programme = programme,
                                           .views = programme->live,
                                           .view_count = programme->live_count,
                                           .until = DATE_MAX};
    struct totals *totals = NULL;
    struct numbers numbers = {0};
    uint32_t next[OFFICES] = {0};
    must(totals_new(&options, &totals), "totals");
    for (uint32_t left = OFFICES * BATCHES; left > 0; left--) {
        uint32_t node = chance_below(&chance, OFFICES);
        while (next[node] == BATCHES) {
            node = (node + 1) % OFFICES;
        }
        fold(totals, node, &offices[node].batches[next[node]++], &numbers);
    }
    buffer_clear(out);
    must(totals_lines(totals, add_line, out), "lines");
    totals_free(&totals);
}

/* The one line of the people enrolled, by a plain count over what stands in the offices. */
static void plain_line(char *out, size_t room)
{
    uint32_t people = 0, pairs = 0;
    for (uint32_t who = 0; who < PEOPLE; who++) {
        bool at[PROGRAMME_PARTNERS] = {false};
        uint32_t partners = 0;
        for (uint32_t node = 0; node < OFFICES; node++) {
            at[node % PROGRAMME_PARTNERS] |= offices[node].enrolled[who];
        }
        for (uint32_t partner = 0; partner < PROGRAMME_PARTNERS; partner++) {
            partners += at[partner] ? 1 : 0;
        }
        people += partners > 0 ? 1 : 0;
        pairs += partners;
    }
    snprintf(out, room, "people||-||%" PRIu32 "|%" PRIu32 "\n", people, pairs);
}

static int run(const struct programme *programme, uint64_t count)
{
    struct buffer first = {.bytes_max = 1 << 20}, other = {.bytes_max = 1 << 20};
    char line[128];
    int failed = 0;
    count_in_some_order(programme, &first);
    plain_line(line, sizeof line);
    if (memmem(first.data, first.size, line, strlen(line)) == NULL) {
        fprintf(stderr, "interleavings: a plain count comes to %sand the totals do not\n", line);
        failed = 1;
    }
    for (uint64_t i = 1; i < count && failed == 0; i++) {
        count_in_some_order(programme, &other);
        if (!bytes_equal(buffer_bytes(&first), buffer_bytes(&other))) {
            fprintf(stderr, "interleavings: order %" PRIu64 " comes to other totals:\n%.*s\n", i,
                    (int)other.size, (const char *)other.data);
            failed = 1;
        }
    }
    printf("%" PRIu64 " orders of %d batches: %s\n", count, OFFICES * BATCHES,
           failed == 0 ? "the same totals" : "TOTALS DIFFER");
    buffer_fini(&first);
    buffer_fini(&other);
    return failed;
}

int main(int count, char **words)
{
    static char yaml[PROGRAMME_YAML_BYTES];
    struct programme *programme = NULL;
    struct config_fault fault;
    if (count < 2) {
        fprintf(stderr, "usage: interleavings COUNT [SEED]\n");
        return 64;
    }
    chance_init(&chance, count > 2 ? strtoull(words[2], NULL, 10) : 1, 1);
    programme_yaml(1, yaml);
    must(programme_parse(bytes_text(yaml), bytes_text(programme_regions), &programme, &fault),
         "the programme");
    for (uint32_t i = 0; i < OFFICES; i++) {
        make_office(&offices[i]);
    }
    const int failed = run(programme, strtoull(words[1], NULL, 10));
    for (uint32_t i = 0; i < OFFICES; i++) {
        for (uint32_t k = 0; k < BATCHES; k++) {
            columns_builder_free(&offices[i].batches[k].builder);
        }
    }
    programme_free(&programme);
    return failed;
}
