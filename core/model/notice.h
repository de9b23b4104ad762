/* notice: what a clerk is told of a row that was accepted all the same. Nothing is refused by it.
 *
 * Numbers are kept with a file's report: never reused, only added to. */
#ifndef CORE_MODEL_NOTICE_H
#define CORE_MODEL_NOTICE_H

#include <stdint.h>

/* X(number, NAME, column of the office table, cause, cure): in English, as in reject.h. */
#define NOTICE_LIST(X)                                                                             \
    X(1, PESEL_ZERO, "person", "the PESEL had lost its leading zero and was repaired",             \
      "let the spreadsheet keep the column as text")

#define NOTICE_ENUM(number, name, column, cause, cure) NOTICE_##name = number,
enum notice { NOTICE_NONE = 0, NOTICE_LIST(NOTICE_ENUM) };
#undef NOTICE_ENUM

/* A number that is unknown here (a report of a newer node) has the name "UNKNOWN" and no texts. */
const char *notice_name(enum notice code);
const char *notice_column(enum notice code);
const char *notice_cause(enum notice code);
const char *notice_cure(enum notice code);

#endif
