# A watcher takes any later change for the next one.
set(PLANT_FILE core/view/mirror.c)
set(PLANT_FROM "return part->version == head->version + 1 ? STANDING_NEXT : STANDING_GAP;")
set(PLANT_TO "return STANDING_NEXT;")
