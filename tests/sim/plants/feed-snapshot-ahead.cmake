# A snapshot holds what has not been told yet, under the version told last.
set(PLANT_FILE brokers/live.c)
set(PLANT_FROM [[
    tell(self);
    *out = find(self, wanted.topic);
]])
set(PLANT_TO [[
    *out = find(self, wanted.topic);
]])
