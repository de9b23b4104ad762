#include "config/programme_keys.h"

#include <stddef.h>
#include <string.h>

#define CODE PROGRAMME_FORM_CODE, 0, NULL
#define TEXT PROGRAMME_FORM_TEXT, 0, NULL
#define DATE PROGRAMME_FORM_DATE, 0, NULL
#define FIGURE PROGRAMME_FORM_FIGURE, 0, NULL
#define AGE PROGRAMME_FORM_AGE, 0, NULL
#define WORD(list) PROGRAMME_FORM_WORD, PROGRAMME_WORDS_##list, NULL
#define KEYS PROGRAMME_FORM_NONE, 0, NULL
#define ENTRIES(name) PROGRAMME_FORM_NONE, 0, (name)

static const struct programme_key rows[] = {
    {"programme", "programme", "Code of the programme", "Commands and offices call it so.", CODE},
    {"programme", "title", "Name", "As people read it.", TEXT},
    {"programme", "starts_on", "First day", "YYYY-MM-DD.", DATE},
    {"programme", "ends_on", "Last day", "YYYY-MM-DD; this day is included.", DATE},
    {"programme", "lead", "Lead partner", "An id of \"partners\".", CODE},
    {"programme", "regions", "Region tables", "CSV files, by their way from this file.", TEXT},
    {"programme", "include", "Included files",
     "Files of vocabulary and indicators, by their way from this file.", TEXT},
    {"programme", "partners", "Partners", "Who may send events.", ENTRIES("code")},
    {"programme", "tasks", "Tasks", "Codes that rows carry in the column \"task\".",
     ENTRIES("code")},
    {"programme", "age_bands", "Age bands",
     "Of breakdowns by age at entry: from young to old, sharing no year.", ENTRIES("age_band")},
    {"programme", "vocabulary", "Vocabulary", "Lists of the codes that rows may carry.", KEYS},
    {"programme", "indicators", "Indicators", "What is counted.", ENTRIES("indicator")},
    {"programme", "targets", "Targets", "Planned and reached figures, money, context.",
     ENTRIES("target")},
    {"programme", "live", "Live breakdowns", "Breakdowns that are always kept up to date.",
     ENTRIES("breakdown")},

    {"included", "title", "Name", "For readers of this file only.", TEXT},
    {"included", "vocabulary", "Vocabulary", "Added to the programme's own.", KEYS},
    {"included", "indicators", "Indicators", "Added to the programme's own.", ENTRIES("indicator")},

    {"vocabulary", "support", "Supports", "What people are given: trainings, internships.",
     ENTRIES("code")},
    {"vocabulary", "outcome", "Outcomes", "What has come of it: a job, a firm.", ENTRIES("code")},
    {"vocabulary", "activity", "Activities", "What offices do: conferences, advice.",
     ENTRIES("code")},
    {"vocabulary", "unit", "Units", "Of quantities: hours, PLN.", ENTRIES("code")},
    {"vocabulary", "education", "Levels of education", "At entry.", ENTRIES("code")},
    {"vocabulary", "status", "Statuses on the labour market", "At entry.", ENTRIES("code")},
    {"vocabulary", "flag", "Flags", "What else is said of people at entry; several may hold.",
     ENTRIES("code")},

    {"code", "id", "Code", "What rows carry.", CODE},
    {"code", "title", "Name", "As people read it.", TEXT},
    {"code", "parent", "Parent", "Another id of this list; it changes no total.", CODE},
    {"code", "valid_from", "First day", "When rows may use it; by default the programme's first.",
     DATE},
    {"code", "valid_to", "Last day", "Codes are closed by this day, never removed.", DATE},

    {"age_band", "id", "Code", "Such as 15-24.", CODE},
    {"age_band", "from", "From", "Whole years at entry.", AGE},
    {"age_band", "to", "To", "Whole years, this one included.", AGE},

    {"indicator", "id", "Code", "Any but \"all\".", CODE},
    {"indicator", "title", "Name", "As people read it.", TEXT},
    {"indicator", "unit", "Unit",
     "What the number counts: person, entity, event, percent (of a ratio), or a code of the "
     "vocabulary's \"unit\".",
     CODE},
    {"indicator", "count", "How it counts",
     "Each person or entity once in the programme, or once at a partner; events; a sum of "
     "quantities; or what is computed from other indicators.",
     WORD(COUNT_MODE)},
    {"indicator", "region", "Whose region", "By which breakdowns by region go; by default event's.",
     WORD(REGION_OF)},
    {"indicator", "part_of", "Part of", "Another indicator of the same unit.", CODE},
    {"indicator", "parts", "Parts", "Its parts are meant to add up to it.", WORD(PARTS)},
    {"indicator", "of", "Of", "Of a ratio or a mean: the indicator that it is made of.", CODE},
    {"indicator", "per", "Per", "Of a ratio: the indicator that is divided by.", CODE},
    {"indicator", "over", "Over", "Of a mean: over what it is taken.", WORD(DIMENSION)},
    {"indicator", "level", "Level", "Of a mean over regions: how far they are rolled up.",
     WORD(LEVEL)},
    {"indicator", "where", "Conditions", "All of them must hold; without any, all events count.",
     KEYS},

    {"where", "kind", "Kinds of events", "Any of these.", WORD(KIND)},
    {"where", "partner", "Partners", "Any of these ids of \"partners\".", CODE},
    {"where", "task", "Tasks", "Any of these ids of \"tasks\".", CODE},
    {"where", "support", "Supports", "Any of these codes of the vocabulary.", CODE},
    {"where", "outcome", "Outcomes", "Any of these codes of the vocabulary.", CODE},
    {"where", "activity", "Activities", "Any of these codes of the vocabulary.", CODE},
    {"where", "unit", "Units", "Any of these codes of the vocabulary; of a quantity just one.",
     CODE},
    {"where", "education", "Levels of education", "Any of these codes of the vocabulary.", CODE},
    {"where", "status", "Statuses", "Any of these codes of the vocabulary.", CODE},
    {"where", "flag", "Flags", "Any of these codes of the vocabulary.", CODE},
    {"where", "region", "Regions", "One of these codes of the region tables, or below one.", TEXT},
    {"where", "sex", "Sexes", "Any of these.", WORD(SEX)},
    {"where", "age", "Age", "Years at entry; who has none never matches.", KEYS},
    {"where", "window", "Windows", "When after leaving an outcome was seen: any of these.",
     WORD(WINDOW)},
    {"where", "stay", "Stays", "A person's first stay at an office, or all further ones.",
     WORD(STAY)},
    {"where", "complete", "Complete profile",
     "Only events whose profile says sex, age, education and status.", WORD(COMPLETE)},
    {"where", "subject", "Whom", "People and entities are never counted together.", WORD(SUBJECT)},

    {"age", "from", "From", "Whole years.", AGE},
    {"age", "to", "To", "Whole years, this one included.", AGE},

    {"target", "indicator", "Indicator", "Its id; money and context can do without.", CODE},
    {"target", "kind", "Kind", "Planned, reached as a source says, money, or context.",
     WORD(TARGET_KIND)},
    {"target", "op", "Operator",
     "How the value is meant: equal, at least, about, more than, mean, 11 to 19, each, or that no "
     "number is given.",
     WORD(OP)},
    {"target", "value", "Value",
     "The figure, also as a source prints it: 1323, 5.500,0 tys. zł, ok. 45, 3..6, V, cztery.",
     FIGURE},
    {"target", "unit", "Unit", "The indicator's own, or any code where there is none.", CODE},
    {"target", "region", "Region", "Where it holds: a code of the region tables.", TEXT},
    {"target", "task", "Task", "For which one it holds.", CODE},
    {"target", "partner", "Partner", "For which one it holds.", CODE},
    {"target", "from", "From", "The first day of its span, YYYY-MM-DD.", DATE},
    {"target", "to", "To", "The last day of its span, YYYY-MM-DD.", DATE},
    {"target", "each", "Each", "With op: per, of what each is meant.", WORD(EACH)},
    {"target", "as_of", "Version", "The day of this version, YYYY-MM-DD.", DATE},
    {"target", "source", "Source", "Where the figure is from.", TEXT},
    {"target", "words", "Words", "How the source says it.", TEXT},

    {"breakdown", "indicator", "Indicator", "Its id, or \"all\".", CODE},
    {"breakdown", "by", "By", "The dimensions, one or more.", WORD(DIMENSION)},
    {"breakdown", "level", "Level", "How far regions are rolled up.", WORD(LEVEL)},
};

const struct programme_key *programme_keys_find(const char *mapping, const char *key)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].mapping, mapping) == 0 && strcmp(rows[i].key, key) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}
