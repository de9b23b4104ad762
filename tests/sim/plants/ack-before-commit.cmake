# The receipt goes out when the batch is appended, before its group is on disk.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM [[
    add_action(effects, INGEST_APPEND, event);
]])
set(PLANT_TO [[
    add_action(effects, INGEST_APPEND, event);
    add_receipt(self, event->node, event->first_seq, effects);
]])
