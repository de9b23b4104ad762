#include "brokers/broker.h"

#include <inttypes.h>

#include "brokers/door.h"
#include "brokers/house.h"
#include "brokers/live.h"
#include "brokers/reception.h"
#include "core/base/mem.h"
#include "io/link.h"
#include "io/log.h"

struct broker {
    struct house *house;
    struct reception *reception;
    struct live *live; /* may be null */
    struct door *door; /* may be null */
};

static enum err open_live(struct broker *self, const char *endpoint)
{
    const struct live_options options = {.endpoint = endpoint,
                                         .exchange = self->house->exchange,
                                         .counting = self->house->counting,
                                         .ledger = self->house->ledger};
    return live_open(&options, &self->live);
}

enum err broker_open(const struct broker_options *options, struct broker **out)
{
    struct broker *self = mem_calloc(1, sizeof *self);
    if (self == NULL) {
        return ERR_MEMORY;
    }
    enum err err = house_open(options, &self->house);
    if (err == ERR_OK) {
        err = reception_open(self->house, options->listen, &self->reception);
    }
    if (err == ERR_OK && options->feed != NULL && options->feed[0] != '\0') {
        err = open_live(self, options->feed);
    }
    if (err == ERR_OK && options->admin != NULL && options->admin[0] != '\0') {
        const struct door_options door = {.endpoint = options->admin,
                                          .house = self->house,
                                          .reception = self->reception,
                                          .live = self->live};
        err = door_open(&door, &self->door);
    }
    if (err != ERR_OK) {
        log_line(LOG_ERROR, "BROKER-OPEN", "the broker cannot start", "error=%s text=\"%s\"",
                 err_name(err), err_text(err));
        broker_close(&self);
        return err;
    }
    log_line(LOG_INFO, "BROKER-OPEN", "the broker takes batches",
             "endpoint=%s position=%" PRIu64 " nodes=%u", broker_endpoint(self), broker_size(self),
             exchange_node_count(self->house->exchange));
    *out = self;
    return ERR_OK;
}

void broker_close(struct broker **self)
{
    if (*self != NULL) {
        door_close(&(*self)->door);
        live_close(&(*self)->live);
        reception_close(&(*self)->reception);
        house_close(&(*self)->house);
        mem_free(*self);
    }
    *self = NULL;
}

enum err broker_turn(struct broker *self)
{
    enum err err = reception_turn(self->reception);
    if (err == ERR_OK && self->door != NULL) {
        err = door_turn(self->door);
    }
    if (err == ERR_OK && self->live != NULL) {
        live_turn(self->live);
    }
    return err;
}

bool broker_ready(struct broker *self)
{
    return link_ready(reception_link(self->reception)) ||
           (self->door != NULL && link_ready(door_link(self->door))) ||
           (self->live != NULL && live_ready(self->live));
}

uint64_t broker_deadline_ms(const struct broker *self)
{
    const uint64_t ingest_ms = ingest_deadline_ms(self->house->ingest);
    const uint64_t live_ms = self->live != NULL ? live_deadline_ms(self->live) : UINT64_MAX;
    return live_ms < ingest_ms ? live_ms : ingest_ms;
}

uint32_t broker_descriptors(const struct broker *self, int out[BROKER_DESCRIPTORS_MAX])
{
    uint32_t count = 0;
    out[count++] = link_descriptor(reception_link(self->reception));
    if (self->door != NULL) {
        out[count++] = link_descriptor(door_link(self->door));
    }
    const int live = self->live != NULL ? live_descriptor(self->live) : -1;
    if (live >= 0) {
        out[count++] = live;
    }
    return count;
}

const char *broker_endpoint(const struct broker *self)
{
    return link_endpoint(reception_link(self->reception));
}

uint64_t broker_size(const struct broker *self)
{
    return ledger_size(self->house->ledger);
}

enum err broker_digest(struct broker *self, uint8_t out[32])
{
    return counting_digest(self->house->counting, out);
}

enum err broker_check(struct broker *self)
{
    return house_check(self->house);
}
