# Messages of an older session are taken as if it were still the node's. Needs late messages.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM "if (event->session < node->session) {")
set(PLANT_TO "if (event->session == UINT64_MAX) {")
