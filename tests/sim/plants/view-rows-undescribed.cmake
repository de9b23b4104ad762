# A watcher takes rows for which it has no description.
set(PLANT_FILE tools/watcher.c)
set(PLANT_FROM "return self->head != NULL && (uint64_t)basis == part->basis;")
set(PLANT_TO "return self->head == NULL || basis >= 0 || part->basis > 0;")
