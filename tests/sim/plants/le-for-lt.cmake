# A batch that ends exactly at the committed sequence is not seen as a duplicate.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM "if (last_seq <= node->committed.last_seq) {")
set(PLANT_TO "if (last_seq < node->committed.last_seq) {")
