/* standing: a broker's status answer judged and drawn: which node is silent, behind, has rows to
 * mend, and how many of each there are. */
#ifndef TOOLS_STANDING_H
#define TOOLS_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "tools/screen.h"

enum {
    /* Nodes ping each 2 s, and open a dead link anew after 6 s and a pause of 2 s: who is silent
     * for longer than two such tries is gone. */
    STANDING_SILENT_MS = 15 * 1000,
    /* After the broker's start nodes come back within their longest pause: 30 s and a quarter. */
    STANDING_GRACE_MS = 45 * 1000,
    /* A receipt that was lost is asked for again after 5 s: only what waits longer is behind. */
    STANDING_BEHIND_MS = 10 * 1000
};

/* Offices report month by month: who is connected and has sent nothing for longer, or never, is
 * noted. */
#define STANDING_QUIET_MS (UINT64_C(35) * 24 * 60 * 60 * 1000)

struct standing_limits {
    uint64_t silent_ms; /* of a node that was heard since the broker's start */
    uint64_t grace_ms;  /* of one that was not, since then or since it was enrolled */
    uint64_t wall_ms;   /* now */
};

/* Sorts the answer's nodes by name, gives each its "state" (revoked, silent, awaited, mending,
 * behind, quiet or connected: the first that holds), and the answer its "summary": numbers of nodes
 * (without the revoked), connected, silent, behind and with rows or files to mend. */
void standing_judge(json_t *answer, const struct standing_limits *limits);

/* The summary and the table of the nodes of a judged answer, the gravest state first and then by
 * name, as lines of the frame in hand. */
void standing_draw(const json_t *answer, bool polish, uint64_t wall_ms, struct screen *screen);

/* A member of an answer's object; "" and 0 where there is none. */
const char *standing_text(const json_t *json, const char *name);
uint64_t standing_number(const json_t *json, const char *name);

#endif
