# A broker that has started again is taken for the one before, whose versions were higher.
set(PLANT_FILE core/view/mirror.c)
set(PLANT_FROM "if (part->session != head->session || part->basis != head->basis) {")
set(PLANT_TO "if (part->basis != head->basis) {")
