# A duplicate of a batch whose group is still open gets its receipt at once.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM [[
        self->counters.batches_duplicate++; /* its receipt comes with COMMITTED */
]])
set(PLANT_TO [[
        self->counters.batches_duplicate++;
        add_receipt(self, event->node, event->first_seq, effects);
]])
