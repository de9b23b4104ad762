/* conversation: uplinks and an ingest talking over a bad network, with crashes on both sides.
 *
 * Everything is drawn from the seed. Outboxes and log are arrays; what was not committed is lost in
 * a crash. First comes a time of faults, then one without, in which all must be acknowledged. */
#ifndef TESTS_UNIT_CORE_INGEST_CONVERSATION_H
#define TESTS_UNIT_CORE_INGEST_CONVERSATION_H

#include <stddef.h>
#include <stdint.h>

/* Rare things that the runs must meet, or they prove little. */
#define CONVERSATION_MARKS(X)                                                                      \
    X(DUPLICATE_ANSWERED)                                                                          \
    X(DUPLICATE_IN_OPEN_GROUP)                                                                     \
    X(RESEND)                                                                                      \
    X(SESSION_FENCED)                                                                              \
    X(SESSION_UNKNOWN)                                                                             \
    X(LINK_BLOCKED)                                                                                \
    X(CREDIT_SPENT)                                                                                \
    X(BROKER_CRASH_WITH_OPEN_GROUP)                                                                \
    X(BROKER_CRASH_BEFORE_COMMIT)                                                                  \
    X(BROKER_CRASH_AFTER_COMMIT)                                                                   \
    X(NODE_CRASH_BEFORE_STORING)                                                                   \
    X(NODE_CRASH_AFTER_STORING)                                                                    \
    X(RECEIPT_TO_NEWER_SESSION)                                                                    \
    X(CLONE_DIVERGED)                                                                              \
    X(CLONE_BAD_CHAIN)                                                                             \
    X(CLONE_RECEIPT_OF_ANOTHER)

#define CONVERSATION_MARK_ENUM(name) MARK_##name,
enum conversation_mark { CONVERSATION_MARKS(CONVERSATION_MARK_ENUM) MARK_COUNT };
#undef CONVERSATION_MARK_ENUM

struct conversation_result {
    const char *broken; /* the first invariant found broken, static text; null: none */
    uint64_t at_ms;
    uint64_t batches; /* in the log at the end */
    uint32_t marks[MARK_COUNT];
};

const char *conversation_mark_text(enum conversation_mark mark);

/* Runs one seed to its end or to the first broken invariant. */
void conversation_run(uint64_t seed, struct conversation_result *out);

#endif
