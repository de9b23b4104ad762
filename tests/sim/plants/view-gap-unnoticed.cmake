# A watcher takes any later change for the next one.
set(PLANT_FILE core/view/mirror.c)
set(PLANT_FROM "return part->version == head->version + 1 ? NEWS_NEXT : NEWS_GAP;")
set(PLANT_TO "return NEWS_NEXT;")
