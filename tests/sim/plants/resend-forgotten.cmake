# A lost receipt is never fetched: the timer passes without going back.
set(PLANT_FILE core/uplink/uplink.c)
set(PLANT_FROM [[
self->options.resend_ms) {
        go_back(self);
    }
]])
set(PLANT_TO [[
self->options.resend_ms) {
        self->progress_at_ms = now_ms;
    }
]])
