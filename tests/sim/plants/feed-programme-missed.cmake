# A sheet goes on under the programme file that it began with.
set(PLANT_FILE brokers/live.c)
set(PLANT_FROM "if (sheet->basis == basis_of(self, sheet)) {")
set(PLANT_TO "if (sheet->basis != 0) {")
