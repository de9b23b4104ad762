/* programme: what one programme counts: partners, tasks, vocabulary, regions, indicators, targets.
 *
 * Plain data, built once by config/ from a programme file and never changed; a new version is a
 * new object. Lists are sorted by id so that a number (the index) can be found by bisection. */
#ifndef CORE_MODEL_PROGRAMME_H
#define CORE_MODEL_PROGRAMME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/bytes.h"
#include "core/base/err.h"
#include "core/model/event.h"
#include "core/model/limits.h"
#include "core/model/region.h"

#define CODE_NONE UINT32_MAX

/* The lists of codes that a programme has. */
enum code_list {
    CODES_PARTNER,
    CODES_TASK,
    CODES_SUPPORT,
    CODES_OUTCOME,
    CODES_ACTIVITY,
    CODES_UNIT,
    CODES_EDUCATION,
    CODES_STATUS,
    CODES_FLAG,
    CODES_LIST_COUNT
};

/* Codes are closed by date, never removed. */
struct code {
    struct bytes id, title;
    struct bytes parent;          /* another id of the same list, or empty */
    int32_t valid_from, valid_to; /* days, both inclusive; the programme's own span by default */
};

struct age_band {
    struct bytes id; /* "25-29" */
    int from, to;    /* whole years at entry, both inclusive */
};

enum count_mode {
    COUNT_PERSONS,        /* distinct people (or entities) in the programme */
    COUNT_PARTICIPATIONS, /* distinct (partner, person) */
    COUNT_OCCURRENCES,    /* sum of weights */
    COUNT_QUANTITY,       /* sum of quantity, hundredths */
    COUNT_RATIO,          /* of / per, in hundredths of a percent; never stored itself */
    COUNT_MEAN,           /* mean of another indicator, hundredths; never stored itself */
    COUNT_MODE_COUNT
};

/* Any of these numbers of a list; count 0 means no condition. */
struct pick {
    const uint32_t *numbers; /* ascending */
    uint32_t count;
};

/* Which of a person's stays at a node: bits 1 << enum stay in a predicate. */
enum stay { STAY_FIRST, STAY_AGAIN, STAY_COUNT };

enum subject { SUBJECT_ANY, SUBJECT_PERSON, SUBJECT_ENTITY };

/* All conditions must hold. */
struct predicate {
    uint32_t kinds;                      /* bit 1 << enum event_kind; 0: any */
    struct pick picks[CODES_LIST_COUNT]; /* by list */
    const struct bytes *regions;         /* the event's region is one of these or below one */
    uint32_t region_count;
    uint32_t sexes;   /* bit 1 << enum event_sex; 0: any */
    uint32_t windows; /* bit 1 << enum event_window; 0: any */
    uint32_t stays;   /* bit 1 << enum stay; 0: any */
    bool complete;    /* the profile says sex, age, education and status */
    bool by_age;      /* age at entry known and in age_from to age_to */
    int age_from, age_to;
    enum subject subject;
};

/* What totals may be broken down by. Numbers are local to the process. */
enum dimension {
    BY_PARTNER,
    BY_TASK,
    BY_REGION,
    BY_MONTH,
    BY_QUARTER,
    BY_YEAR,
    BY_KIND,
    BY_SEX,
    BY_AGE,
    BY_EDUCATION,
    BY_STATUS,
    DIMENSION_COUNT
};

struct indicator {
    struct bytes id, title;
    struct bytes unit; /* what the number counts: person, entity, event, h, PLN ... */
    enum count_mode mode;
    bool region_of_home; /* break down by the person's home region, not the event's */
    struct predicate where;
    uint32_t part_of;          /* the indicator that this is a part of ("w tym"), or CODE_NONE */
    bool parts_sum;            /* its own parts are meant to add up to it */
    uint32_t of;               /* of COUNT_RATIO and COUNT_MEAN, an indicator of another mode */
    uint32_t per;              /* of COUNT_RATIO: what it is divided by */
    enum dimension over;       /* of COUNT_MEAN: by what it is averaged: BY_MONTH, BY_REGION ... */
    enum region_level over_at; /* of BY_REGION: the level */
};

enum target_op {
    TARGET_NONE, /* no number is given: a state of its own, not zero */
    TARGET_EQ,
    TARGET_GE,
    TARGET_APPROX,
    TARGET_GT,
    TARGET_AVG,
    TARGET_TEEN, /* 11 to 19, "kilkanaście" */
    TARGET_PER,
    TARGET_OP_COUNT
};

/* T, A, F, C of the source documents: a target, a figure reached, money, context. */
enum target_kind { TARGET_PLANNED, TARGET_ACHIEVED, TARGET_MONEY, TARGET_CONTEXT };

struct target {
    uint32_t indicator; /* number; CODE_NONE for context without an indicator */
    enum target_kind kind;
    enum target_op op;
    int64_t value;          /* hundredths; 0 with TARGET_NONE and in unit date */
    int64_t value_to;       /* the upper end of a range; = value where there is none */
    struct bytes written;   /* the value as the file has it: "5.500,0 tys. zł", "kilkanaście" */
    struct bytes unit;      /* as the indicator's, or empty */
    struct bytes region;    /* scope, or empty */
    uint32_t task, partner; /* scope: numbers of codes, or CODE_NONE */
    int32_t from_on, to_on; /* scope: days; DATE_MIN and DATE_MAX where none is given */
    struct bytes each; /* of TARGET_PER: of what each is meant, "partner", "county"; or empty */
    int32_t as_of;     /* date of the version, days; DATE_MIN where none is given */
    struct bytes source, words;
};

/* One breakdown of one indicator: the dimensions as bits, and the level that regions are rolled up
 * to (REGION_LEVEL_COUNT: as the event says). */
struct view {
    uint32_t indicator;
    uint32_t dimensions; /* bit 1 << enum dimension */
    enum region_level level;
};

struct programme {
    struct bytes id, title;
    int32_t starts_on, ends_on; /* days, both inclusive */
    struct bytes lead;          /* a partner's id */
    struct code *codes[CODES_LIST_COUNT];
    uint32_t code_count[CODES_LIST_COUNT];
    struct age_band *bands; /* ascending, not overlapping */
    uint32_t band_count;
    struct indicator *indicators; /* in the file's order */
    uint32_t indicator_count;
    struct target *targets;
    uint32_t target_count;
    struct view *live; /* always kept; every indicator without breakdown is among them */
    uint32_t live_count;
    struct regions *regions; /* owned */
    struct arena *memory;    /* owned: all the above and the programme itself stand in it */
};

/* Gives an empty programme, standing itself in its own memory of at most bytes_max bytes (more than
 * sizeof(struct programme)); the builder takes all else from out->memory. Free with
 * programme_free(). Errors: ERR_MEMORY. */
MUST_CHECK enum err programme_new(size_t bytes_max, struct programme **out);

/* Releases the programme and all it owns, and clears *self, which may be null. */
void programme_free(struct programme **self);

/* The number of id in a list, or CODE_NONE. */
uint32_t programme_code(const struct programme *self, enum code_list list, struct bytes id);

/* Of versions of one target, looked at in the order of the file: whether one of that date is in
 * force on the day, and takes the place of the one dated before (DATE_MAX: none yet). The newest
 * not after the day is in force, of equal dates the last. */
bool target_follows(int32_t as_of, int32_t before, int32_t day);

/* The number of an indicator, or CODE_NONE. */
uint32_t programme_indicator(const struct programme *self, struct bytes id);

/* The number of the age band that holds age, or CODE_NONE (also for AGE_UNKNOWN). */
uint32_t programme_band(const struct programme *self, int age);

/* The words of the programme file and of the command line: "persons", "approx", "region".
 * Parsers' errors: ERR_NOT_FOUND. */
/* Whether the mode is computed from other indicators (ratio, mean). */
bool count_mode_derived(enum count_mode mode);
const char *count_mode_text(enum count_mode mode);
MUST_CHECK enum err count_mode_parse(struct bytes text, enum count_mode *out);
const char *target_op_text(enum target_op op);
MUST_CHECK enum err target_op_parse(struct bytes text, enum target_op *out);
const char *dimension_text(enum dimension dimension);
MUST_CHECK enum err dimension_parse(struct bytes text, enum dimension *out);

#endif
