# Of the changes that came while the snapshot was on its way the last one is forgotten.
set(PLANT_FILE core/view/mirror.c)
set(PLANT_FROM "i < self->held_count")
set(PLANT_TO "i + 1 < self->held_count")
