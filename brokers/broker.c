#include "brokers/broker.h"

#include <inttypes.h>

#include "brokers/reception.h"
#include "brokers/door.h"
#include "brokers/house.h"
#include "core/base/mem.h"
#include "io/link.h"
#include "io/log.h"

struct broker {
    struct house *house;
    struct reception *reception;
    struct door *door; /* may be null */
};

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
    if (err == ERR_OK && options->admin != NULL && options->admin[0] != '\0') {
        err = door_open(self->house, self->reception, options->admin, &self->door);
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
        reception_close(&(*self)->reception);
        house_close(&(*self)->house);
        mem_free(*self);
    }
    *self = NULL;
}

enum err broker_turn(struct broker *self)
{
    const enum err err = reception_turn(self->reception);
    return err == ERR_OK && self->door != NULL ? door_turn(self->door) : err;
}

bool broker_ready(struct broker *self)
{
    return link_ready(reception_link(self->reception)) ||
           (self->door != NULL && link_ready(door_link(self->door)));
}

uint64_t broker_deadline_ms(const struct broker *self)
{
    return ingest_deadline_ms(self->house->ingest);
}

uint32_t broker_descriptors(const struct broker *self, int out[BROKER_DESCRIPTORS_MAX])
{
    uint32_t count = 0;
    out[count++] = link_descriptor(reception_link(self->reception));
    if (self->door != NULL) {
        out[count++] = link_descriptor(door_link(self->door));
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
