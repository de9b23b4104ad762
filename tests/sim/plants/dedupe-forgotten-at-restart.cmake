# After a restart the broker knows nothing of what it took before.
set(PLANT_FILE core/ingest/ingest.c)
set(PLANT_FROM [[
    slot->committed = *reg;
]])
set(PLANT_TO [[
    slot->committed = (struct ingest_register){.revoked = reg->revoked};
]])
