/* world: what surrounds the simulated processes: time, faults, who runs, marks, how a run fails.
 *
 * There is one world, because the headers of io/ know no context: the fakes find here which process
 * calls them. Without a running process nothing ever fails (setup, inspection, contract tests). */
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/chance.h"

/* Behind the nodes is a clone of one of them, in seeds that have one; then those who watch. */
enum {
    WORLD_NODES_MAX = 5,
    WORLD_WATCHERS_MAX = 4,
    WORLD_BROKER = 0,
    WORLD_WATCHERS = 2 + WORLD_NODES_MAX, /* the first one */
    WORLD_PROCESSES_MAX = WORLD_WATCHERS + WORLD_WATCHERS_MAX
};

/* How often what goes wrong, drawn anew for each seed; 0: this class does not exist. */
struct faults {
    uint32_t crash_ppm;           /* of each call of an edge */
    uint32_t commit_ppm;          /* of each commit: an error, the outcome unknown */
    uint32_t delay_ms_max;        /* of a message */
    uint32_t cut_ms;              /* mean time between cut connections */
    uint32_t partition_ms;        /* mean time between partitions */
    uint32_t clog_ms;             /* mean time between clogs of one direction */
    uint32_t lose_ppm, twice_ppm; /* of each message: the harsher network */
    uint32_t late_ppm;            /* of each message: much later than the next ones */
    uint32_t pause_ms;            /* mean time between pauses of a process */
    uint32_t clock_ms;            /* mean time between steps of a wall clock */
    uint32_t full_ms;             /* mean time between disks that are full for a while */
    uint32_t folder_ppm;          /* of each file read: it cannot be moved, or is gone */
    uint32_t unserved_ms;         /* mean time between withdrawals of a node's programme */
    uint32_t window_messages;     /* that fit into a connection; small ones block */
    uint32_t view_delay_ms_max;   /* of what whoever watches says and hears */
    uint32_t view_lose_ppm;       /* of each message that is published, for each reader */
    uint32_t view_queue_messages; /* that may wait for a reader; small ones lose */
    uint32_t view_ms;             /* mean time between troubles of one that watches */
};

/* X(NAME): states that the whole run of seeds must reach, or it has tested nothing. */
#define MARK_LIST(X)                                                                               \
    X(BROKER_CRASHED)                                                                              \
    X(NODE_CRASHED)                                                                                \
    X(CRASH_IN_COMMIT_KEPT)                                                                        \
    X(CRASH_IN_COMMIT_LOST)                                                                        \
    X(COMMIT_UNKNOWN_KEPT)                                                                         \
    X(COMMIT_UNKNOWN_LOST)                                                                         \
    X(PEOPLE_AHEAD_OF_LOG)                                                                         \
    X(DUPLICATE_AFTER_RESTART)                                                                     \
    X(RECEIPT_AGAIN)                                                                               \
    X(RECEIPT_LOST)                                                                                \
    X(GAP_RESEND)                                                                                  \
    X(STALE_BATCH)                                                                                 \
    X(CLONE_STOPPED)                                                                               \
    X(SESSION_FENCED)                                                                              \
    X(BROKER_BUSY)                                                                                 \
    X(GROUP_OF_MANY)                                                                               \
    X(CONNECTION_CUT)                                                                              \
    X(LINK_BLOCKED)                                                                                \
    X(MESSAGE_LOST)                                                                                \
    X(MESSAGE_TWICE)                                                                               \
    X(MESSAGE_LATE)                                                                                \
    X(PARTITION)                                                                                   \
    X(CLOG)                                                                                        \
    X(PAUSE)                                                                                       \
    X(CLOCK_STEP)                                                                                  \
    X(DISK_FULL)                                                                                   \
    X(ROW_REFUSED_BY_NODE)                                                                         \
    X(ROW_REFUSED_BY_LEAD)                                                                         \
    X(REFUSED_ROW_SENT_AGAIN)                                                                      \
    X(ROW_CORRECTED)                                                                               \
    X(ROW_DELETED)                                                                                 \
    X(ENROLMENT_AFTER_ROWS)                                                                        \
    X(ROW_BEFORE_ENROLMENT)                                                                        \
    X(ENROLMENT_DELETED)                                                                           \
    X(FILE_READ)                                                                                   \
    X(FILE_AGAIN)                                                                                  \
    X(FILE_IN_STEPS)                                                                               \
    X(FILE_CHANGED_LATER)                                                                          \
    X(FILE_NOT_MOVED)                                                                              \
    X(PERSON_AT_TWO_PARTNERS)                                                                      \
    X(FIGURE_DERIVED)                                                                              \
    X(FIGURE_UNDEFINED)                                                                            \
    X(VERSION_CHANGED)                                                                             \
    X(VERSION_BEHIND)                                                                              \
    X(DECISION_SENT_AGAIN)                                                                         \
    X(PEOPLE_MERGED)                                                                               \
    X(VIEW_CURRENT)                                                                                \
    X(VIEW_GAP)                                                                                    \
    X(VIEW_RESTART)                                                                                \
    X(VIEW_SILENCE)                                                                                \
    X(VIEW_VERSION_CHANGED)                                                                        \
    X(VIEW_HELD_CHANGES)                                                                           \
    X(VIEW_SLOW)                                                                                   \
    X(VIEW_REFUSED)                                                                                \
    X(VIEW_OPENED_AGAIN)

#define MARK_ENUM(name) MARK_##name,
enum mark { MARK_LIST(MARK_ENUM) MARK_COUNT };
#undef MARK_ENUM

/* One program with its own clocks. Everything here outlives its crashes. */
struct process {
    uint32_t number; /* WORLD_BROKER, then the nodes */
    bool dead;       /* died in the middle of a call; the call has not come back yet */
    bool stopping;   /* told of a failed commit: it may say nothing more */
    uint32_t starts;
    uint64_t monotonic_offset_ms;
    int64_t wall_offset_ms;
    uint64_t full_until_ms; /* its disk is full */
    struct chance chance;   /* what it is told as random */
    struct chance crashes, disk;
};

struct world {
    uint64_t seed, now_ms;
    bool faulty; /* the faults are on */
    bool verbose;
    struct faults faults;
    struct process processes[WORLD_PROCESSES_MAX];
    struct process *current; /* who runs; null: nobody */
    uint64_t trace;          /* digest of all that happened */
    uint64_t calls;          /* of edges, so far */
};

extern struct world world;

enum { WORLD_EPOCH_DAY = 19711 }; /* 2023-12-20: when every run begins */

/* Starts a new run at time 0 with all processes new and no faults. */
void world_init(uint64_t seed);

/* An edge is being called by the running process: false when it is dead or dies in this moment; the
 * edge must then fail and have no effect. */
bool world_alive(void);

/* The same where dying is that many times as likely. */
bool world_survives(uint32_t times);

/* Takes something that happened into the run's digest. */
void world_trace(const char *what, const void *data, size_t size);
void world_trace_number(const char *what, uint64_t number);

/* A state that not every run reaches was reached. Marks outlive world_init(). */
void world_mark(enum mark mark);
uint64_t world_marked(enum mark mark);
const char *world_mark_name(enum mark mark);

/* Ends the program: a promise was broken. Says the seed and how to repeat it. */
_Noreturn void world_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* For --verbose. */
void world_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
