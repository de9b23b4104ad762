# A snapshot holds what has not been told yet, under the version told last.
set(PLANT_FILE brokers/live.c)
set(PLANT_FROM "enum err err = tell(self);")
set(PLANT_TO "enum err err = self->told_position == 0 ? tell(self) : ERR_OK;")
