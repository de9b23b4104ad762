/* The happy path is: both are asked ten times a second, and quietly, until all is done.
 *
 * What may go wrong: nothing but that the time is over; what is wrong with the files that name them
 * is for who asks them next to say. */
#include "tools/settle.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "io/clock.h"
#include "tools/say.h"
#include "tools/site.h"
#include "tools/standing.h"

enum { BETWEEN_MS = 100, REASON_BYTES = 200 };

static bool node_done(const json_t *answer, char reason[REASON_BYTES])
{
    size_t index;
    json_t *programme;
    const uint64_t waiting = standing_number(answer, "waiting");
    if (strcmp(standing_text(answer, "uplink"), "ready") != 0) {
        snprintf(reason, REASON_BYTES, "the node is not connected");
        return false;
    }
    json_array_foreach(json_object_get(answer, "programmes"), index, programme)
    {
        if (!json_is_true(json_object_get(programme, "in_force"))) {
            snprintf(reason, REASON_BYTES, "the programme %.64s has not come from the lead",
                     standing_text(programme, "programme"));
            return false;
        }
    }
    if (waiting > 0 || json_is_true(json_object_get(answer, "reading"))) {
        snprintf(reason, REASON_BYTES, "%" PRIu64 " events wait at the node", waiting);
        return false;
    }
    return true;
}

/* Asks the broker or a node; a broker that answers is done. */
static bool side_done(const char *socket, bool node, char reason[REASON_BYTES])
{
    uint32_t status = 0;
    json_t *answer = NULL;
    const enum err err = site_ask(socket, "status", NULL, &status, &answer);
    bool done = false;
    if (err != ERR_OK) {
        snprintf(reason, REASON_BYTES, "nobody answers at %.140s", socket);
    } else {
        done = status != EX_OK || !node || standing_text(answer, "stopped")[0] != '\0' ||
               node_done(answer, reason);
    }
    json_decref(answer);
    return done;
}

static bool all_done(const struct settle *self, const char *broker, char reason[REASON_BYTES])
{
    struct site_node site;
    if (self->broker && !side_done(broker, false, reason)) {
        return false;
    }
    if (!self->node) {
        return true;
    }
    if (!site_node_there(self->request)) {
        snprintf(reason, REASON_BYTES, "the node has not been started");
        return false;
    }
    if (site_node(self->request, &site) != EX_OK) {
        return true;
    }
    return side_done(site.socket, true, reason);
}

int settle_wait(const struct settle *self)
{
    const uint64_t end_ms = clock_monotonic_ms() + self->seconds * 1000;
    char reason[REASON_BYTES] = "";
    struct broker_config config = {.admin = ""};
    const int status = self->broker ? site_broker(self->request, &config) : EX_OK;
    bool done = status != EX_OK;
    while (!done) {
        done = all_done(self, config.admin, reason);
        if (!done && clock_monotonic_ms() >= end_ms) {
            return say(EX_TEMPFAIL, NULL, "after %" PRIu64 " s: %s", self->seconds, reason);
        }
        if (!done) {
            usleep(BETWEEN_MS * 1000);
        }
    }
    return status;
}
