# What was counted is told although its commit has failed.
set(PLANT_FILE brokers/broker.c)
set(PLANT_FROM [[
    enum err err = reception_turn(self->reception);
]])
set(PLANT_TO [[
    enum err err = reception_turn(self->reception);
    if (err != ERR_OK && self->live != NULL) {
        json_t *request = json_pack("{s:s}", "programme", "SIM"), *answer = NULL;
        (void)live_describe(self->live, request, &answer);
        json_decref(request);
        json_decref(answer);
    }
]])
