/* Uplinks and an ingest together, over many random histories. `conversation SEED` runs one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit/core_ingest/conversation.h"

enum { SEEDS = 2000 };

static void every_batch_is_logged_once_in_order_and_acknowledged_in_the_end(void **state)
{
    (void)state;
    uint64_t marks[MARK_COUNT] = {0};
    uint64_t batches = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct conversation_result result;
        conversation_run(seed, &result);
        if (result.broken) {
            fail_msg("seed %" PRIu64 " at %" PRIu64 " ms: %s", seed, result.at_ms, result.broken);
        }
        batches += result.batches;
        for (int i = 0; i < MARK_COUNT; i++) {
            marks[i] += result.marks[i];
        }
    }
    print_message("%d seeds, %" PRIu64 " batches\n", SEEDS, batches);
    for (int i = 0; i < MARK_COUNT; i++) {
        print_message("%8" PRIu64 " %s\n", marks[i],
                      conversation_mark_text((enum conversation_mark)i));
        if (marks[i] == 0) {
            fail_msg("never met: %s", conversation_mark_text((enum conversation_mark)i));
        }
    }
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        struct conversation_result result;
        conversation_run(strtoull(argv[1], NULL, 10), &result);
        printf("%s, %" PRIu64 " ms\n", result.broken ? result.broken : "fine", result.at_ms);
        return result.broken ? 1 : 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_batch_is_logged_once_in_order_and_acknowledged_in_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
