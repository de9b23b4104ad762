# The register does not learn which persons a batch introduced.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM "pending->last_person += event->person_count;")
set(PLANT_TO "pending->last_person += 0;")
