# A batch with the next sequence is taken whatever history it continues. Needs a cloned node.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM "if (!same_chain(event->previous, pending->chain)) {")
set(PLANT_TO "if (event->first_seq == 0) {")
