# The uplink takes any receipt for what is in flight, and with it acknowledges what is before it.
set(PLANT_FILE core/uplink/uplink.c)
set(PLANT_FROM [[
    if (event->first_seq != self->position.acked_seq + 1) {
        return ERR_OK;
    }
]])
set(PLANT_TO [[
    if (event->first_seq <= self->position.acked_seq) {
        return ERR_OK;
    }
    if (through_seq <= self->sent_seq) {
        self->storing_seq = through_seq;
        effects->store_receipt = true;
        return ERR_OK;
    }
]])
