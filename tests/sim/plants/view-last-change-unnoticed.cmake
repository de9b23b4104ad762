# A beat that names a later version than the copy's is passed over: a lost last change stays lost.
set(PLANT_FILE core/view/mirror.c)
set(PLANT_FROM [[
    case NEWS_GAP:
        mend(self, event, &self->counters.gaps, effects);
        return;
]])
set(PLANT_TO [[
    case NEWS_GAP:
        return;
]])
